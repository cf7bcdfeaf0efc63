//! Photographs and papers: what an alert says goes with it, which parts count, and which whole is it.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
    signing::Signed,
};
use serde_json::{Value, json};

use super::{hex, world::*};
use crate::{
    alert::EventTime,
    attachment::{
        Attachment, CASE_BYTES_MAX, EXTENSION, PART_BYTES, Paper, PaperKind, Part, cut, keep,
        parts_of, said_in, say_in,
    },
    extensions::Extensions,
    ids::MessageId,
    message::{CaseAct, CaseMessage, FilesWords, Keeper, Original, Provenance},
    seal::MemberIdentity,
    show::name_of,
};

const ALERT: MessageId = MessageId([0xa1; 16]);

/// Whose alert it is.
const SENDER: u8 = PAVEL;

/// A part and one byte.
const SIZE: usize = PART_BYTES + 1;

fn paper(bytes: Vec<u8>) -> Paper {
    keep(bytes.into(), CASE_BYTES_MAX).unwrap()
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

/// A sealed part of the length that is due. Nothing in it opens: what is in it is no rule of the words.
fn keeper(byte: u8) -> Keeper {
    let device = device(byte).public();
    let key = MemberIdentity::from_seed(&[byte; 32]).to_key();
    let length = Keeper::seal((device, key), &[]).unwrap().sealed.0.len();
    Keeper {
        device,
        sealed: Blob(vec![byte; length]),
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
    let mut keepers = vec![keeper(VERA), keeper(PAVEL)];
    keepers.sort_by_key(|it| it.device);
    let good = FilesWords {
        files: vec![said(vec![7; 9], 1), said(vec![9; SIZE], 2)],
        originals: vec![original(2, 70_000)],
        keepers,
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
    let originals = |all: &[(u16, u64)]| {
        let all: Vec<Original> = all.iter().map(|(of, size)| original(*of, *size)).collect();
        change(&|words| words.originals.clone_from(&all))
    };
    let rest = 50_000_000 - 9 - SIZE as u64;
    vec![
        ("two, and one original", good.clone()),
        (
            "without an original",
            change(&|words| {
                words.originals.clear();
                words.keepers.clear();
            }),
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
        ("for nobody", change(&|words| words.keepers.clear())),
        ("keepers of nothing", originals(&[])),
        (
            "keepers in the other order",
            change(&|words| words.keepers.reverse()),
        ),
        (
            "one keeper twice",
            change(&|words| words.keepers[1] = words.keepers[0].clone()),
        ),
        (
            "a sealed part that is too short",
            change(&|words| words.keepers[0].sealed.0.truncate(1_867)),
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
            change(&|words| words.originals[0].extensions = extended(7)),
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
    assert_eq!(added[5..], [no; 19]);
}
