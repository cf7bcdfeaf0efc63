//! Photographs and papers: what an alert says goes with it, which parts count, and which whole is it.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
    signing::Signed,
};
use serde_json::{Value, json};

use super::{hex, world::*};
use crate::{
    alert::{EventTime, Fields, vocabulary::Kind},
    attachment::{
        Attachment, CASE_BYTES_MAX, EXTENSION, PART_BYTES, Paper, PaperKind, Part, cut, keep,
        parts_of, said_in, say_in,
    },
    extensions::Extensions,
    ids::MessageId,
    message::{
        AlertOriginals, CaseAct, CaseMessage, FilesWords, HandedOnWords, Keepers, ORIGINALS,
        Original, Originals, Provenance,
    },
    seal::{MemberIdentity, MemberKey},
    show::name_of,
    sync::keepers,
};

const ALERT: MessageId = MessageId([0xa1; 16]);

/// Whose alert it is.
const SENDER: u8 = PAVEL;

/// A part and one byte.
const SIZE: usize = PART_BYTES + 1;

fn paper(bytes: Vec<u8>) -> Paper {
    keep(Blob(bytes), CASE_BYTES_MAX).unwrap()
}

/// With a fixed key.
fn said(bytes: Vec<u8>, byte: u8) -> Attachment {
    Attachment::of(&paper(bytes)).with_key(&[byte; 32])
}

fn announced() -> Value {
    let one = || said(vec![7; 9], 1);
    let of = |name: &str, all: Vec<Attachment>| (name.to_owned(), codec::encode(&all));
    let whole = codec::encode(&vec![one()]);
    let changed = |name: &str, at: usize, bytes: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        (name.to_owned(), changed)
    };
    // After the count and the key, the kind, the treatment, and the size.
    let (kind, size) = (8 + 32, 8 + 32 + 2 + 2);
    let rows = [
        of("one", vec![one()]),
        of("two", vec![one(), said(vec![9; SIZE], 2)]),
        of("as many as can be", vec![one(); 8]),
        of("one more", vec![one(); 9]),
        of("none", Vec::new()),
        changed("a kind that nobody knows", kind, &[0x12, 0x34]),
        changed("a treatment that nobody knows", kind + 2, &[0, 9]),
        changed("nothing in it", size, &0_u64.to_be_bytes()),
        changed("as large as can be", size, &2_000_000_u64.to_be_bytes()),
        changed("a byte larger", size, &2_000_001_u64.to_be_bytes()),
        changed("larger than any", size, &[0xff; 8]),
        (
            "a byte left over".to_owned(),
            [whole.as_slice(), &[0]].concat(),
        ),
        ("cut".to_owned(), whole[..whole.len() - 1].to_vec()),
    ];
    let rows = rows.map(|(name, bytes)| {
        let extensions = Extensions::none().with(EXTENSION, bytes.clone());
        let items = said_in(&extensions).map(|all| {
            let items = all.iter().map(|one| {
                json!({
                    "kind": u16::from(one.kind),
                    "treatment": u16::from(one.treatment),
                    "size": one.size(),
                    "parts": one.parts(),
                })
            });
            items.collect::<Vec<_>>()
        });
        json!({ "name": name, "extension": hex(bytes), "items": items })
    });
    rows.into()
}

fn parts() -> Value {
    let paper = paper(vec![9; SIZE]);
    let said = said(vec![9; SIZE], 2);
    let last = cut(&paper, ALERT, 2).last().unwrap();
    let change = |change: fn(&mut Part)| {
        let mut part = last.clone();
        change(&mut part);
        part
    };
    let rows = [
        ("the last", SENDER, last.clone()),
        ("signed by another", VERA, last.clone()),
        (
            "of another alert",
            SENDER,
            change(|part| part.alert.0 = [3; 16]),
        ),
        ("of another paper", SENDER, change(|part| part.number = 1)),
        ("behind the last", SENDER, change(|part| part.index = 2)),
        (
            "in the place of a longer one",
            SENDER,
            change(|part| part.index = 0),
        ),
        (
            "longer than is due",
            SENDER,
            change(|part| part.bytes = Blob(vec![9; 2])),
        ),
        (
            "empty",
            SENDER,
            change(|part| part.bytes = Blob(Vec::new())),
        ),
        (
            "other bytes, which only the whole tells",
            SENDER,
            change(|part| part.bytes = Blob(vec![8])),
        ),
        (
            "an extension that is ignored",
            SENDER,
            change(|part| part.extensions = extended(40_000)),
        ),
        (
            "an extension that is critical",
            SENDER,
            change(|part| part.extensions = extended(7)),
        ),
    ];
    let rows = rows.map(|(name, signer, part)| {
        let signed: Signed<Part> = device(signer).sign(&part);
        let sender = device(SENDER).public();
        let counts = said.part(&signed, &sender, (ALERT, 2)).is_some();
        json!({ "name": name, "part": hex(codec::encode(&signed)), "counts": counts })
    });
    rows.into()
}

fn wholes() -> Value {
    let said = said(b"an order".to_vec(), 3);
    let rows = ["an order", "an 0rder", "an order ", ""];
    rows.map(|text| json!({ "whole": hex(text), "is": said.is(text.as_bytes()) }))
        .into()
}

/// Whose devices these are.
fn keys(of: &[u8]) -> Vec<MemberKey> {
    let keys = of
        .iter()
        .map(|byte| MemberIdentity::from_seed(&[*byte; 32]).to_key());
    let mut keys: Vec<MemberKey> = keys.collect();
    keys.sort_unstable();
    keys
}

/// A sealed part of the length that is due. Nothing in it opens: what is in it is no rule of the words, and it is the same each time.
fn unopened(of: &[u8]) -> Keepers {
    let keys = keys(of);
    let length = Keepers::seal(keys.clone(), &[]).unwrap().sealed.0.len();
    Keepers {
        keys,
        sealed: Blob(vec![of[0]; length]),
    }
}

fn original(of: u16, size: u64) -> Original {
    Original {
        of,
        kind: PaperKind::Jpeg,
        size,
        hash: Hash([7; 32]),
        extensions: Extensions::none(),
    }
}

/// Words of files of a case: what is possible first.
fn words_of_files() -> Vec<(&'static str, FilesWords)> {
    let good = FilesWords {
        files: vec![said(vec![7; 9], 1), said(vec![9; SIZE], 2)],
        originals: Some(Originals {
            all: vec![original(2, 70_000)],
            keepers: unopened(&[VERA, PAVEL]),
        }),
        provenance: Provenance {
            caption: "ж".repeat(280),
            by: "я".repeat(140),
            at: EventTime::default(),
            how: String::new(),
        },
        extensions: Extensions::none(),
    };
    let change = |change: &dyn Fn(&mut FilesWords)| {
        let mut words = good.clone();
        change(&mut words);
        words
    };
    let of_originals =
        |of: &dyn Fn(&mut Originals)| change(&|words| words.originals.iter_mut().for_each(of));
    let originals = |all: &[(u16, u64)]| {
        let all: Vec<Original> = all.iter().map(|(of, size)| original(*of, *size)).collect();
        of_originals(&|it| it.all.clone_from(&all))
    };
    let rest = 50_000_000 - 9 - SIZE as u64;
    vec![
        ("two, and one original", good.clone()),
        (
            "without an original",
            change(&|words| words.originals = None),
        ),
        ("as many bytes as are possible", originals(&[(2, rest)])),
        ("an original of each", originals(&[(1, 8), (2, 8)])),
        (
            "an extension that is ignored",
            change(&|words| words.extensions = extended(40_000)),
        ),
        ("none", change(&|words| words.files.clear())),
        (
            "nine",
            change(&|words| words.files = vec![said(vec![7], 1); 9]),
        ),
        ("a byte more than is possible", originals(&[(2, rest + 1)])),
        ("an empty original", originals(&[(2, 0)])),
        ("in the other order", originals(&[(2, 8), (1, 8)])),
        ("two of one", originals(&[(2, 8), (2, 8)])),
        ("of what is not there", originals(&[(3, 8)])),
        ("for nobody", of_originals(&|it| it.keepers.keys.clear())),
        ("keepers of nothing", originals(&[])),
        (
            "keepers in the other order",
            of_originals(&|it| it.keepers.keys.reverse()),
        ),
        (
            "one keeper twice",
            of_originals(&|it| it.keepers.keys[1] = it.keepers.keys[0]),
        ),
        (
            "a sealed part that is too short",
            of_originals(&|it| it.keepers.sealed.0.truncate(1_325)),
        ),
        (
            "a sealed part for one more",
            of_originals(&|it| it.keepers.keys.truncate(1)),
        ),
        (
            "a caption of 281",
            change(&|words| words.provenance.caption.push('x')),
        ),
        (
            "a name of 141",
            change(&|words| words.provenance.by.push('x')),
        ),
        (
            "how in 281",
            change(&|words| words.provenance.how = "x".repeat(281)),
        ),
        (
            "a moment of which nothing is known",
            change(&|words| words.provenance.at.at = Some(Timestamp(5))),
        ),
        (
            "an extension that is critical",
            change(&|words| words.extensions = extended(7)),
        ),
        (
            "one that is critical of a file",
            change(&|words| words.files[0].extensions = extended(7)),
        ),
        (
            "one that is critical of an original",
            of_originals(&|it| it.all[0].extensions = extended(7)),
        ),
    ]
}

fn added() -> Value {
    let rows = words_of_files().into_iter().map(|(name, words)| {
        let body = CaseMessage {
            alert: ALERT,
            alert_hash: Hash([2; 32]),
            seen: Vec::new(),
            act: 14,
            words: Blob(codec::encode(&words)),
            extensions: Extensions::none(),
        };
        let items = match body.act() {
            CaseAct::Files(words) => {
                let files = (1_u16..).zip(&words.files);
                let files = files.map(|(number, it)| json!([number, it.parts(), null]));
                let originals = words.originals();
                let originals =
                    originals.map(|it| json!([it.number, parts_of(it.said.size), it.said.of]));
                Some(files.chain(originals).collect::<Vec<Value>>())
            }
            _ => None,
        };
        json!({ "name": name, "words": hex(&body.words.0), "items": items })
    });
    rows.collect()
}

/// Words of an alert's originals, behind two files: what is possible first.
fn of_alerts() -> Value {
    let good = AlertOriginals {
        originals: Originals {
            all: vec![original(1, 8_000_000), original(2, 1)],
            keepers: unopened(&[VERA]),
        },
        provenance: Provenance {
            by: "я".repeat(140),
            how: "ж".repeat(280),
            ..Provenance::default()
        },
        extensions: Extensions::none(),
    };
    let change = |change: &dyn Fn(&mut AlertOriginals)| {
        let mut words = good.clone();
        change(&mut words);
        codec::encode(&words)
    };
    let sixteen: Vec<u8> = (1..=16).collect();
    let rows = [
        ("of both", codec::encode(&good)),
        (
            "of the second alone",
            change(&|words| _ = words.originals.all.remove(0)),
        ),
        (
            "for sixteen",
            change(&|words| words.originals.keepers = unopened(&sixteen)),
        ),
        (
            "an extension that is ignored",
            change(&|words| words.extensions = extended(40_000)),
        ),
        (
            "for seventeen",
            change(&|words| {
                let all: Vec<u8> = (1..=17).collect();
                words.originals.keepers = unopened(&all);
            }),
        ),
        (
            "a byte larger",
            change(&|words| words.originals.all[0].size += 1),
        ),
        ("empty", change(&|words| words.originals.all[1].size = 0)),
        ("of a third", change(&|words| words.originals.all[1].of = 3)),
        ("none", change(&|words| words.originals.all.clear())),
        (
            "how in 281",
            change(&|words| words.provenance.how.push('x')),
        ),
        (
            "an extension that is critical",
            change(&|words| words.extensions = extended(7)),
        ),
        (
            "a byte left over",
            [codec::encode(&good).as_slice(), &[0]].concat(),
        ),
    ];
    let two = [said(vec![7; 9], 1), said(vec![9; SIZE], 2)];
    let rows = rows.map(|(name, bytes)| {
        let mut fields = Fields::of_kind(Kind::Flash);
        fields.extensions = say_in(&Extensions::none(), &two).with(ORIGINALS, bytes.clone());
        let items = AlertOriginals::of(&fields).map(|said| {
            let all = said.numbered(two.len());
            let all = all.map(|it| json!([it.number, parts_of(it.said.size), it.said.of]));
            all.collect::<Vec<Value>>()
        });
        json!({ "name": name, "extension": hex(bytes), "items": items })
    });
    rows.into()
}

/// To which devices an alert's originals are sealed: who coordinates, who reads it, and the author's own.
fn kept() -> Value {
    type Row<'a> = (&'a str, &'a [u8], &'a [u8], &'a [u8]);
    let many: Vec<u8> = (1..=20).collect();
    let rows: [Row<'_>; 7] = [
        ("who coordinates", &[VERA, PAVEL], &[VERA, ROSA], &[]),
        ("nobody of them reads it", &[PAVEL], &[VERA, ROSA], &[]),
        ("nobody coordinates", &[], &[VERA], &[]),
        ("a member's own", &[], &[VERA, ROSA], &[ROSA]),
        ("for nobody else", &[], &[ROSA], &[ROSA]),
        ("a coordinator's own", &[ROSA], &[VERA, ROSA], &[ROSA]),
        ("more than sixteen", &[], &many, &[]),
    ];
    let hexed = |keys: &[MemberKey]| keys.iter().map(|it| hex(it.as_bytes())).collect::<Vec<_>>();
    let rows = rows.map(|(name, coordinate, readers, mine)| {
        let (coordinate, readers, mine) = (keys(coordinate), keys(readers), keys(mine));
        let (found, by_role) = keepers(&coordinate, &mine, &readers);
        json!({
            "name": name,
            "coordinate": hexed(&coordinate),
            "readers": hexed(&readers),
            "mine": hexed(&mine),
            "kept_by": hexed(&found),
            "coordinators": by_role,
        })
    });
    rows.into()
}

/// Words by which an original is handed on.
fn handed_on() -> Value {
    let good = HandedOnWords {
        with: ALERT,
        number: 3,
        kind: PaperKind::Jpeg,
        size: 50_000_000,
        hash: Hash([7; 32]),
        keepers: unopened(&[VERA, PAVEL]),
        extensions: Extensions::none(),
    };
    let change = |change: &dyn Fn(&mut HandedOnWords)| {
        let mut words = good.clone();
        change(&mut words);
        words
    };
    let rows = [
        ("as large as can be", good.clone()),
        (
            "an extension that is ignored",
            change(&|words| words.extensions = extended(40_000)),
        ),
        ("a byte larger", change(&|words| words.size += 1)),
        ("empty", change(&|words| words.size = 0)),
        ("for nobody", change(&|words| words.keepers.keys.clear())),
        (
            "keepers in the other order",
            change(&|words| words.keepers.keys.reverse()),
        ),
        (
            "an extension that is critical",
            change(&|words| words.extensions = extended(7)),
        ),
    ];
    let rows = rows.map(|(name, words)| {
        let body = CaseMessage {
            alert: ALERT,
            alert_hash: Hash([2; 32]),
            seen: Vec::new(),
            act: 17,
            words: Blob(codec::encode(&words)),
            extensions: Extensions::none(),
        };
        let is = matches!(body.act(), CaseAct::HandedOn(_));
        json!({ "name": name, "words": hex(&body.words.0), "is": is })
    });
    rows.into()
}

/// A part of a file of a case, whose alert's id is not in it, and of one that is larger than any of an alert.
fn parts_of_cases() -> Value {
    let with = MessageId([0xc4; 16]);
    let size = 32 * PART_BYTES + 9;
    let paper = paper(vec![9; size]);
    let one = Attachment::of(&paper).with_key(&[4; 32]);
    let last = cut(&paper, with, 9).last().unwrap();
    let change = |change: fn(&mut Part)| {
        let mut part = last.clone();
        change(&mut part);
        part
    };
    let rows = [
        ("the last", SENDER, last.clone()),
        ("signed by who sent the alert", VERA, last.clone()),
        (
            "with the alert's id",
            SENDER,
            change(|part| part.alert = ALERT),
        ),
        ("of another file", SENDER, change(|part| part.number = 1)),
        ("behind the last", SENDER, change(|part| part.index += 1)),
    ];
    let rows = rows.map(|(name, signer, part)| {
        let signed: Signed<Part> = device(signer).sign(&part);
        let sender = device(SENDER).public();
        let counts = one.part(&signed, &sender, (with, 9)).is_some();
        json!({ "name": name, "part": hex(codec::encode(&signed)), "counts": counts })
    });
    json!({
        "with": hex(with.0),
        "number": 9,
        "size": size,
        "parts": Value::from(rows.to_vec()),
    })
}

fn names() -> Value {
    let rows = [(1, 1, true), (1, 1, false), (1, 2, false), (2, 11, false)];
    let rows = rows.map(|(byte, number, begins)| {
        let with = MessageId([byte; 16]);
        let name = name_of(with, number, begins);
        json!({ "with": hex(with.0), "number": number, "begins": begins, "name": name })
    });
    rows.into()
}

pub(super) fn all() -> Value {
    let extension = |all: &[Attachment]| {
        let said = say_in(&Extensions::none(), all);
        hex(said.get(EXTENSION).unwrap())
    };
    json!({
        "alert": hex(ALERT.0),
        "sender": hex(device(SENDER).public().0),
        "announced": announced(),
        "of": extension(&[said(vec![7; 9], 1), said(vec![9; SIZE], 2)]),
        "number": 2,
        "parts": parts(),
        "order": extension(&[said(b"an order".to_vec(), 3)]),
        "wholes": wholes(),
        "added": added(),
        "parts_of_cases": parts_of_cases(),
        "of_alerts": of_alerts(),
        "kept": kept(),
        "handed_on": handed_on(),
        "names": names(),
    })
}

#[test]
fn they_say_what_their_names_say() {
    let all = all();
    let is = |of: &str, key: &str| -> Vec<bool> {
        let rows = all[of].as_array().unwrap().iter();
        rows.map(|row| !matches!(row[key], Value::Null | Value::Bool(false)))
            .collect()
    };
    let (yes, no) = (true, false);
    let announced = [yes, yes, yes, no, no, yes, yes, no, yes, no, no, no, no];
    assert_eq!(is("announced", "items"), announced);
    let parts = [yes, no, no, no, no, no, no, no, yes, yes, no];
    assert_eq!(is("parts", "counts"), parts);
    assert_eq!(is("wholes", "is"), [yes, no, no, no]);
    let added = is("added", "items");
    assert_eq!(added[..5], [yes; 5]);
    assert_eq!(added[5..], [no; 20]);
    let of_alerts = is("of_alerts", "items");
    assert_eq!(of_alerts[..4], [yes; 4]);
    assert_eq!(of_alerts[4..], [no; 8]);
    assert_eq!(is("handed_on", "is"), [yes, yes, no, no, no, no, no]);
    let counts = all["parts_of_cases"]["parts"].as_array().unwrap().iter();
    let counts: Vec<bool> = counts.map(|it| it["counts"] == true).collect();
    assert_eq!(counts, [yes, no, no, no, no]);
}

/// AT11. They are sealed anew each time, so there is no vector.
#[test]
fn who_is_named_and_whom_it_is_sealed_for_opens_originals() {
    let papers = [said(b"one".to_vec(), 5), said(b"two".to_vec(), 6)];
    let all = papers.iter().zip(1..);
    let all: Vec<Original> = all.map(|(it, of)| Original::of(of, it.kind, it)).collect();
    let words = |keepers: Keepers| FilesWords {
        files: papers.to_vec(),
        originals: Some(Originals {
            all: all.clone(),
            keepers,
        }),
        provenance: Provenance::default(),
        extensions: Extensions::none(),
    };
    let sealed = |of: &[u8], papers: &[Attachment]| Keepers::seal(keys(of), papers).unwrap();
    let named = |keepers: Keepers, of: &[u8]| Keepers {
        keys: keys(of),
        ..keepers
    };
    let both = sealed(&[VERA, PAVEL], &papers);
    for (what, keepers, expected) in [
        ("for both", both.clone(), [4, 4, 2]),
        (
            "one secret too few",
            sealed(&[VERA, PAVEL], &papers[..1]),
            [2, 2, 2],
        ),
        (
            "sealed for another than is named",
            named(sealed(&[VERA, ROSA], &papers), &[VERA, PAVEL]),
            [4, 2, 2],
        ),
        (
            "named for another than it is sealed for",
            named(both, &[ROSA, PAVEL]),
            [2, 4, 2],
        ),
    ] {
        let words = words(keepers);
        let open = [VERA, PAVEL, ROSA].map(|byte| {
            let open = words.for_device(&MemberIdentity::from_seed(&[byte; 32]));
            open.len()
        });
        assert_eq!(open, expected, "{what}");
    }
}
