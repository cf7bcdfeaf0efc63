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
    device::attaching::room_beside,
    extensions::Extensions,
    group::{Person, Role},
    ids::{MessageId, Position},
    message::{
        AlertOriginals, CaseAct, CaseMessage, FilesWords, HandedOnWords, Keepers, ORIGINALS,
        Original, Originals, Provenance,
    },
    seal::{MemberIdentity, MemberKey},
    show::name_of,
    sync::{keepers, kept_by, parts_max},
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

/// To which devices originals that members add are sealed: of people who are named to keep the evidence and read the case.
fn for_keepers() -> Value {
    /// The first device of whoever has it, the device, and whether they read the case.
    type Has = (u8, u8, bool);
    type Row<'a> = (&'a str, &'a [Has], &'a [u8]);
    let many: Vec<Has> = (20..40).map(|byte| (VERA, byte, true)).collect();
    let both = [(VERA, VERA, true), (ROSA, ROSA, true), (VERA, 30, true)];
    let out = [(VERA, VERA, true), (ROSA, ROSA, false)];
    let rows: [Row<'_>; 8] = [
        ("one of two people, on both devices", &both, &[VERA]),
        (
            "both, as they were named at the same moment",
            &both,
            &[VERA, ROSA],
        ),
        ("one person twice", &both, &[ROSA, ROSA]),
        ("nobody is named", &both, &[]),
        ("who is named does not read the case", &out, &[ROSA]),
        ("one of those who are named does", &out, &[VERA, ROSA]),
        ("who is named is out", &both, &[PAVEL]),
        ("more than sixteen devices", &many, &[VERA]),
    ];
    let rows = rows.map(|(name, all, named)| {
        let people: Vec<Person> = all
            .iter()
            .map(|(first, byte, _)| Person {
                name: String::new(),
                role: Role::Member,
                device: device(*byte).public(),
                person: device(*first).public(),
                came: Position(1),
                key: MemberIdentity::from_seed(&[*byte; 32]).to_key(),
                turn: None,
                since: Position(1),
                admitted_at: None,
            })
            .collect();
        let named: Vec<_> = named.iter().map(|byte| device(*byte).public()).collect();
        let reads = |person: &Person| {
            let at = people.iter().position(|it| it.device == person.device);
            at.is_some_and(|at| all[at].2)
        };
        let found = kept_by(&people, &named, reads);
        let devices = people.iter().map(|it| {
            let keys = [hex(it.person.0), hex(it.device.0), hex(it.key.as_bytes())];
            json!([keys[0], keys[1], keys[2], reads(it)])
        });
        json!({
            "name": name,
            "devices": devices.collect::<Vec<_>>(),
            "named": named.iter().map(|it| hex(it.0)).collect::<Vec<_>>(),
            "kept_by": found.iter().map(|it| hex(it.key.as_bytes())).collect::<Vec<_>>(),
        })
    });
    rows.into()
}

/// Who can open an original when acts 17 have been told, in this order, each with the devices of its author's person.
fn copies() -> Value {
    /// Whose devices say it, of which number, with which hash, for whom.
    type Act<'a> = (&'a [u8], u16, u8, &'a [u8]);
    type Row<'a> = (&'a str, &'a [Act<'a>]);
    let rows: [Row<'_>; 8] = [
        ("by who can open it", &[(&[VERA], 3, 7, &[ROSA])]),
        ("by who cannot", &[(&[PAVEL], 3, 7, &[ROSA])]),
        ("to oneself", &[(&[ROSA], 3, 7, &[ROSA])]),
        (
            "by another device of who can",
            &[(&[30, VERA], 3, 7, &[ROSA, 30])],
        ),
        ("another number", &[(&[VERA], 4, 7, &[ROSA])]),
        ("another file", &[(&[VERA], 3, 8, &[ROSA])]),
        (
            "by who was handed it",
            &[(&[VERA], 3, 7, &[ROSA]), (&[ROSA], 3, 7, &[PAVEL])],
        ),
        (
            "by who is handed it later",
            &[(&[ROSA], 3, 7, &[PAVEL]), (&[VERA], 3, 7, &[ROSA])],
        ),
    ];
    let hexed = |all: &[MemberKey]| all.iter().map(|it| hex(it.as_bytes())).collect::<Vec<_>>();
    let rows = rows.map(|(name, acts)| {
        let mut open = keys(&[VERA]);
        let mut said = Vec::new();
        for (author, number, byte, to) in acts {
            let words = HandedOnWords {
                with: ALERT,
                number: *number,
                kind: PaperKind::Jpeg,
                size: 9,
                hash: Hash([*byte; 32]),
                keepers: unopened(to),
                extensions: Extensions::none(),
            };
            let author = keys(author);
            if words.hands_on((ALERT, 3), (9, Hash([7; 32])), (&open, &author)) {
                open.extend(&words.keepers.keys);
            }
            said.push(json!({ "author": hexed(&author), "words": hex(codec::encode(&words)) }));
        }
        open.sort_unstable();
        open.dedup();
        json!({ "name": name, "acts": said, "kept_by": hexed(&open) })
    });
    json!({
        "number": 3,
        "size": 9,
        "hash": hex([7; 32]),
        "kept_by": hexed(&keys(&[VERA])),
        "rows": rows,
    })
}

/// Whether a device may announce one more, beside what it announced in these 14 days: of each whether a member added it to a case, and its bytes.
fn room() -> Value {
    type Row<'a> = (&'a str, &'a [(bool, u64)], (bool, u64));
    const PART: u64 = PART_BYTES as u64;
    let (added, of_alert) = (true, false);
    let rows: [Row<'_>; 10] = [
        ("the largest message", &[], (added, 50_000_000)),
        (
            "the last part",
            &[(added, 50_000_000), (added, 37 * PART)],
            (added, PART),
        ),
        (
            "a byte more",
            &[(added, 50_000_000), (added, 37 * PART)],
            (added, PART + 1),
        ),
        (
            "a byte, and none is left",
            &[(added, 50_000_000), (added, 38 * PART)],
            (added, 1),
        ),
        (
            "each part is counted whole",
            &[(added, 400 * PART + 1), (added, 430 * PART + 1)],
            (added, 1),
        ),
        (
            "what goes with alerts is counted apart",
            &[(of_alert, 256 * PART)],
            (added, 50_000_000),
        ),
        (
            "the last part of an alert",
            &[(of_alert, 255 * PART)],
            (of_alert, PART),
        ),
        (
            "a byte more of an alert",
            &[(of_alert, 255 * PART)],
            (of_alert, PART + 1),
        ),
        (
            "what is added takes no alert's room",
            &[(added, 50_000_000), (added, 38 * PART)],
            (of_alert, 256 * PART),
        ),
        (
            "two that fit alone",
            &[(added, 30_000_000)],
            (added, 30_000_000),
        ),
    ];
    let rows = rows.map(|(name, taken, (is_added, bytes))| {
        let parts = taken
            .iter()
            .map(|(added, bytes)| (*added, parts_of(*bytes)));
        let room = room_beside(parts, is_added, parts_max(is_added));
        json!({
            "name": name,
            "announced": taken,
            "next": [json!(is_added), json!(bytes)],
            "fits": usize::from(parts_of(bytes)) <= room,
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
        "for_keepers": for_keepers(),
        "room": room(),
        "copies": copies(),
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
    let kept = all["for_keepers"].as_array().unwrap().iter();
    let kept: Vec<usize> = kept
        .map(|row| row["kept_by"].as_array().unwrap().len())
        .collect();
    assert_eq!(kept, [2, 3, 1, 0, 0, 1, 0, 16]);
    let copies = all["copies"]["rows"].as_array().unwrap().iter();
    let copies: Vec<usize> = copies
        .map(|row| row["kept_by"].as_array().unwrap().len())
        .collect();
    assert_eq!(copies, [2, 1, 1, 3, 1, 1, 3, 2]);
    let room = [yes, yes, no, no, no, yes, yes, no, yes, no];
    assert_eq!(is("room", "fits"), room);
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
