//! Photographs and papers: what an alert says goes with it, which parts count, and which whole is it.

use bellrope_proto::{
    codec::{self, Blob},
    signing::Signed,
};
use serde_json::{Value, json};

use super::{hex, world::*};
use crate::{
    attachment::{Attachment, EXTENSION, PART_BYTES, Paper, Part, cut, keep, said_in, say_in},
    extensions::Extensions,
    ids::MessageId,
};

const ALERT: MessageId = MessageId([0xa1; 16]);

/// Whose alert it is.
const SENDER: u8 = PAVEL;

/// A part and one byte.
const SIZE: usize = PART_BYTES + 1;

fn paper(bytes: Vec<u8>) -> Paper {
    keep(bytes.into()).unwrap()
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
}
