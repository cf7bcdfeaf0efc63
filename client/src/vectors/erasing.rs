//! That two people wish that a case is forgotten: bodies, and what they come to.

use bellrope_proto::codec::{self, Blob};
use serde_json::{Value, json};

use super::{
    cases::{
        bodies::act_name,
        people::{FROZEN, VERAS},
        spoken::{Spoken, hash, spoken},
        told::said_by,
    },
    encoded, hex,
    world::*,
};
use crate::{
    case::erasing,
    extensions::Extensions,
    message::{CaseAct, CaseMessage, ErasedWords, ForgetWords, Reaches, Wishes},
};

fn said(number: u8, (by, at): (u8, u64), act: &CaseAct) -> Spoken {
    Spoken {
        at: (at, at),
        ..spoken(number, by, act)
    }
}

fn wish(number: u8, by: (u8, u64), reaches: Reaches, over: &[u8]) -> Spoken {
    let over = over.iter().copied().map(hash).collect();
    let words = ForgetWords::new(Wishes::Yes, reaches, over, Some(hash(99)));
    said(number, by, &CaseAct::Forget(words))
}

fn back(number: u8, by: (u8, u64), over: &[u8]) -> Spoken {
    let over = over.iter().copied().map(hash).collect();
    let words = ForgetWords::new(Wishes::No, Reaches::Case, over, None);
    said(number, by, &CaseAct::Forget(words))
}

fn erased(number: u8, by: (u8, u64), reaches: Reaches) -> Spoken {
    said(number, by, &CaseAct::Erased(ErasedWords::new(reaches)))
}

fn bodies() -> Value {
    let inside = |act: u16, words: Vec<u8>| CaseMessage {
        act,
        words: Blob(words),
        ..back(1, (VERA, 1), &[]).body
    };
    let none = Extensions::none;
    let forget = |wishes: u16, reaches: u16, over: usize, extensions: Extensions| {
        let words = (
            wishes,
            reaches,
            vec![hash(7); over],
            Some(hash(8)),
            extensions,
        );
        inside(11, codec::encode(&words))
    };
    let erased = |by: u16, reaches: u16, extensions: Extensions| {
        inside(12, codec::encode(&(by, reaches, extensions)))
    };
    let all = [
        ("a wish", forget(1, 1, 0, none())),
        ("a wish, with the sender's card", forget(1, 2, 16, none())),
        ("no longer", forget(2, 1, 1, none())),
        ("in the place of 17", forget(1, 1, 17, none())),
        ("a third way", forget(3, 1, 0, none())),
        ("that reaches further", forget(1, 3, 0, none())),
        (
            "a wish with an extension that is ignored",
            forget(1, 1, 0, extended(40_000)),
        ),
        ("with one that is critical", forget(1, 1, 0, extended(7))),
        ("erased", erased(1, 1, none())),
        ("erased, with the sender's card", erased(1, 2, none())),
        ("erased by something else", erased(2, 1, none())),
        (
            "erased, with an extension that is critical",
            erased(1, 1, extended(7)),
        ),
        ("words that end too soon", inside(12, vec![0, 1])),
    ];
    let all = all.iter().map(|(name, body)| {
        json!({ "name": name, "body": encoded(body), "says": act_name(&body.act()) })
    });
    all.collect()
}

fn cases() -> Vec<(&'static str, Vec<Spoken>)> {
    use Reaches::{Case, Sender};
    vec![
        ("nobody", vec![]),
        ("one wish", vec![wish(1, (VERA, 10), Case, &[])]),
        (
            "of two people",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                wish(2, (ROSA, 20), Case, &[]),
            ],
        ),
        (
            "of one person on two devices",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                wish(2, (VERAS, 20), Case, &[]),
            ],
        ),
        (
            "in one second",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                wish(2, (ROSA, 10), Case, &[]),
            ],
        ),
        (
            "taken back before the other came",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                back(2, (VERA, 15), &[1]),
                wish(3, (ROSA, 20), Case, &[]),
            ],
        ),
        (
            "in the same second",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                back(2, (VERA, 20), &[1]),
                wish(3, (ROSA, 20), Case, &[]),
            ],
        ),
        (
            "after that",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                wish(2, (ROSA, 20), Case, &[]),
                back(3, (VERA, 21), &[1]),
            ],
        ),
        (
            "by somebody else",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                back(2, (ROSA, 12), &[1]),
                wish(3, (ROSA, 20), Case, &[]),
            ],
        ),
        (
            "on another device, and wished again",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                back(2, (VERAS, 12), &[1]),
                wish(3, (ROSA, 20), Case, &[]),
                wish(4, (VERA, 30), Sender, &[1]),
            ],
        ),
        (
            "by who reads and may not speak, who has not the alert, who is out, and others in somebody's place",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                wish(2, (OLGA, 20), Case, &[]),
                wish(3, (PAVEL, 20), Case, &[]),
                wish(4, (IVAN, 20), Case, &[]),
                wish(5, (ROSA, FROZEN + 1), Case, &[]),
            ],
        ),
        (
            "with the card of one alone",
            vec![
                wish(1, (VERA, 10), Sender, &[]),
                wish(2, (ROSA, 20), Case, &[]),
            ],
        ),
        (
            "with the card of both, later",
            vec![
                wish(1, (VERA, 10), Sender, &[]),
                wish(2, (ROSA, 20), Case, &[]),
                wish(3, (ROSA, 30), Sender, &[2]),
            ],
        ),
        (
            "one device that has done it",
            vec![wish(1, (VERA, 10), Case, &[]), erased(2, (ROSA, 20), Case)],
        ),
        (
            "devices of two people that have",
            vec![
                wish(1, (VERA, 10), Case, &[]),
                erased(2, (ROSA, 20), Sender),
                erased(3, (VERA, 30), Sender),
            ],
        ),
        (
            "two devices of one person that have",
            vec![erased(1, (VERA, 20), Case), erased(2, (VERAS, 30), Case)],
        ),
    ]
}

fn told(name: &str, all: &[Spoken]) -> Value {
    let said = said_by(all);
    let found = erasing(&said, |_| true);
    let hashes = |all: &[usize]| -> Vec<String> {
        let mut all: Vec<String> = all.iter().map(|at| hex(said[*at].hash.0)).collect();
        all.sort_unstable();
        all
    };
    let given = all.iter().zip(&said).map(|(one, said)| {
        json!({
            "hash": hex(said.hash.0),
            "id": hex(said.id.0),
            "person": hex(said.author.0),
            "arrived": said.arrived.0,
            "counts": said.counts.is_ok(),
            "is_in": said.counts.is_ok_and(|place| place.is_in),
            "body": encoded(&one.body),
        })
    });
    json!({
        "name": name,
        "said": given.collect::<Vec<_>>(),
        "wished_by": hashes(&found.wished_by),
        "decided": found.decided.map(|it| json!({
            "at": it.at.0,
            "by": hashes(&it.by),
            "reaches": u16::from(it.reaches),
        })),
    })
}

pub(super) fn all() -> Value {
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "bodies": bodies(),
        "cases": cases().iter().map(|(name, all)| told(name, all)).collect::<Vec<_>>(),
        "retention": super::retention::all(),
    })
}

/// What the file says is what the words of its cases mean.
#[test]
fn one_person_alone_decides_nothing() {
    let decided = cases().into_iter().filter_map(|(name, all)| {
        let told = told(name, &all);
        (!told["decided"].is_null()).then_some(name)
    });
    let decided: Vec<&str> = decided.collect();
    assert_eq!(
        decided,
        [
            "of two people",
            "in one second",
            "after that",
            "by somebody else",
            "on another device, and wished again",
            "with the card of one alone",
            "with the card of both, later",
            "devices of two people that have",
        ]
    );
}
