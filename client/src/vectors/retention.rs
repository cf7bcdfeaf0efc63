//! How long cases are kept: which entries count, when months are over, and what people say of one that is kept longer.

use bellrope_proto::codec::{self, Blob};
use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    cases::{
        bodies::act_name,
        people::{FROZEN, VERAS},
        spoken::{Spoken, hash, spoken},
        told::said_by,
    },
    encoded, hex,
    rosters::raw,
    world::*,
};
use crate::{
    case::{KEPT_SECONDS_MAX, keeping},
    extensions::Extensions,
    group::{Change, Retention, Roster, retention::months_after},
    message::{CaseAct, CaseMessage, KeepWords},
};

/// What a roster says of it after an entry.
fn entries() -> Vec<Value> {
    let kept = |months: Option<u16>| Change::Retention(Retention::of(months));
    let with = |extensions: Extensions| {
        let months = Some(24);
        raw(32_773, &Retention { months, extensions })
    };
    let chain = everybody();
    let set = chain.then(kept(Some(36)));
    [
        ("two years", chain.then(kept(Some(24)))),
        ("the least", chain.then(kept(Some(3)))),
        ("the most", chain.then(kept(Some(120)))),
        ("not by time", chain.then(kept(None))),
        ("a later one", set.then(kept(Some(6)))),
        (
            "less than the least",
            set.then(raw(32_773, &Retention::of(Some(2)))),
        ),
        (
            "more than the most",
            set.then(raw(32_773, &Retention::of(Some(121)))),
        ),
        (
            "a byte too many",
            set.then(raw(32_773, &(Retention::of(Some(24)), 0_u8))),
        ),
        (
            "an extension that is ignored",
            set.then(with(extended(40_000))),
        ),
        ("an extension that is critical", set.then(with(extended(7)))),
    ]
    .into_iter()
    .map(|(name, chain)| {
        let roster = Roster::from_chain(chain.0.clone()).unwrap();
        let from = everybody().0.len();
        let entries: Vec<String> = chain.0[from..].iter().map(encoded).collect();
        json!({
            "name": name,
            "after": "everybody",
            "entries": entries,
            "months": roster.retention_months(),
        })
    })
    .collect()
}

fn months() -> Vec<Value> {
    let moments = [
        1_795_996_800_u64, // 2026-11-30
        1_709_251_199,     // 2024-02-29 23:59:59
        1_793_491_200,     // 2026-11-01
        4_102_444_799,     // 2099-12-31 23:59:59
    ];
    let each = moments.into_iter().flat_map(|closed| {
        [3, 6, 12, 18, 24, 120].map(|months| {
            let due = months_after(Timestamp(closed), months);
            json!([closed, months, due.map(|due| due.0)])
        })
    });
    each.collect()
}

fn keep(number: u8, (by, at): (u8, u64), until: Option<u64>, over: &[u8]) -> Spoken {
    let over = over.iter().copied().map(hash).collect();
    let until = until.map(|until| TIME.plus(until));
    let words = KeepWords::new(until, over, "a trial".to_owned());
    Spoken {
        at: (at, at),
        ..spoken(number, by, &CaseAct::Keep(words))
    }
}

fn bodies() -> Value {
    let none = Extensions::none;
    let body =
        |until: Option<u64>, over: usize, reason: &str, extensions: Extensions| CaseMessage {
            act: 13,
            words: Blob(codec::encode(&(
                until,
                vec![hash(7); over],
                reason,
                extensions,
            ))),
            ..keep(1, (VERA, 1), None, &[]).body
        };
    let all = [
        ("kept", body(Some(9), 0, "a trial", none())),
        ("in the place of 16", body(Some(9), 16, "a trial", none())),
        ("no longer", body(None, 1, "", none())),
        ("no longer, and why", body(None, 1, "it is over", none())),
        ("without a reason", body(Some(9), 0, "", none())),
        ("in the place of 17", body(Some(9), 17, "a trial", none())),
        (
            "a reason of 281",
            body(Some(9), 0, &"я".repeat(281), none()),
        ),
        (
            "an extension that is ignored",
            body(Some(9), 0, "a trial", extended(40_000)),
        ),
        (
            "an extension that is critical",
            body(Some(9), 0, "a trial", extended(7)),
        ),
    ];
    let all = all.iter().map(|(name, body)| {
        json!({ "name": name, "body": encoded(body), "says": act_name(&body.act()) })
    });
    all.collect()
}

fn cases() -> Vec<(&'static str, Vec<Spoken>)> {
    vec![
        ("nobody", vec![]),
        ("one person", vec![keep(1, (VERA, 10), Some(1_000), &[])]),
        (
            "another, who saw it, for less",
            vec![
                keep(1, (VERA, 10), Some(1_000), &[]),
                keep(2, (ROSA, 20), Some(500), &[1]),
            ],
        ),
        (
            "another, who did not",
            vec![
                keep(1, (VERA, 10), Some(1_000), &[]),
                keep(2, (ROSA, 20), Some(500), &[]),
            ],
        ),
        (
            "no longer, by who saw one of two",
            vec![
                keep(1, (VERA, 10), Some(1_000), &[]),
                keep(2, (VERAS, 15), Some(500), &[]),
                keep(3, (ROSA, 20), None, &[1]),
            ],
        ),
        (
            "no longer, and again",
            vec![
                keep(1, (VERA, 10), Some(1_000), &[]),
                keep(2, (ROSA, 20), None, &[1]),
                keep(3, (VERA, 30), Some(700), &[2]),
            ],
        ),
        (
            "for ever",
            vec![keep(1, (VERA, 10), Some(KEPT_SECONDS_MAX * 9), &[])],
        ),
        (
            "who may not speak, who has not the alert, and others in somebody's place; and who is out by now",
            vec![
                keep(1, (OLGA, 20), Some(1_000), &[]),
                keep(2, (PAVEL, 20), Some(1_000), &[]),
                keep(3, (ROSA, FROZEN + 1), Some(9_000), &[]),
                keep(4, (IVAN, 20), Some(300), &[]),
            ],
        ),
    ]
}

fn told(name: &str, all: &[Spoken]) -> Value {
    let said = said_by(all);
    let given = all.iter().zip(&said).map(|(one, said)| {
        json!({
            "hash": hex(said.hash.0),
            "at": said.time.max(said.arrived).0,
            "counts": said.counts.is_ok(),
            "body": encoded(&one.body),
        })
    });
    json!({
        "name": name,
        "said": given.collect::<Vec<_>>(),
        "kept": keeping(&said).map(|it| json!([hex(said[it.at].hash.0), it.until.0])),
    })
}

pub(super) fn all() -> Value {
    json!({
        "entries": entries(),
        "months": months(),
        "bodies": bodies(),
        "cases": cases().iter().map(|(name, all)| told(name, all)).collect::<Vec<_>>(),
    })
}

/// What the file says is what the words of its parts mean.
#[test]
fn they_say_what_their_names_say() {
    let all = all();
    let of = |part: &str, key: &str| -> Vec<Value> {
        let rows = all[part].as_array().unwrap().iter();
        rows.map(|row| row[key].clone()).collect()
    };
    let months = [24, 3, 120, 0, 6, 36, 36, 36, 24, 36];
    let months = months.map(|months| match months {
        0 => Value::Null,
        months => json!(months),
    });
    assert_eq!(of("entries", "months"), months);
    let says = [
        "keep", "keep", "keep", "keep", "newer", "newer", "newer", "keep", "newer",
    ];
    assert_eq!(of("bodies", "says"), says.map(Value::from));
    let until = |seconds: u64| json!(TIME.0 + seconds);
    let kept: Vec<Value> = of("cases", "kept").iter().map(|it| it[1].clone()).collect();
    assert_eq!(
        kept,
        [
            Value::Null,
            until(1_000),
            until(500),
            until(1_000),
            until(500),
            until(700),
            until(10 + KEPT_SECONDS_MAX),
            until(300),
        ]
    );
}
