//! What is said of senders who may be somebody else: bodies, and for which time a device is frozen.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{encoded, hex, world::*};
use crate::{
    extensions::Extensions,
    group::{Role, Roster},
    ids::MessageId,
    message::{Freeze, FreezeAct, SaidOfSender, freezes},
};

const OWN: &str = "a lift by the device itself, a coordinator's";

/// Ivan is put out in it.
fn roster() -> Roster {
    let chain = everybody().turned(turn_to(2, &[IVAN]));
    Roster::from_chain(chain.0).unwrap()
}

fn freeze(act: FreezeAct, of: u8, lifts: &[u8]) -> Freeze {
    Freeze {
        act,
        device: device(of).public(),
        lifts: lifts.iter().map(|id| MessageId([*id; 16])).collect(),
        reason: "detained".to_owned(),
        extensions: Extensions::none(),
    }
}

/// The message of this number, at a second after the roster's.
fn said(id: u8, by: u8, seconds: u64, freeze: Freeze) -> SaidOfSender {
    SaidOfSender {
        id: MessageId([id; 16]),
        arrived: TIME.plus(seconds),
        author: device(by).public(),
        freeze,
        is_own_word: false,
    }
}

fn bodies() -> Value {
    let good = freeze(FreezeAct::Freeze, NADIA, &[]);
    let with = |change: &dyn Fn(&mut Freeze)| {
        let mut freeze = good.clone();
        change(&mut freeze);
        encoded(&freeze)
    };
    let of_another_act = encoded(&good).replacen("0001", "0003", 1);
    [
        ("a freeze", encoded(&good)),
        ("a lift", encoded(&freeze(FreezeAct::Lift, NADIA, &[1, 2]))),
        ("another act", of_another_act),
        (
            "65 that it lifts",
            with(&|freeze| freeze.lifts = vec![MessageId([1; 16]); 65]),
        ),
        (
            "a reason of 280 characters",
            with(&|freeze| freeze.reason = "ж".repeat(280)),
        ),
        (
            "a reason of 281",
            with(&|freeze| freeze.reason = "x".repeat(281)),
        ),
        (
            "an extension that is ignored",
            with(&|freeze| freeze.extensions = extended(40_000)),
        ),
        (
            "an extension that is critical",
            with(&|freeze| freeze.extensions = extended(7)),
        ),
    ]
    .map(|(name, body)| {
        let bytes = data_encoding::HEXLOWER.decode(body.as_bytes()).unwrap();
        json!({ "name": name, "body": body, "counts": Freeze::decode(&bytes).is_some() })
    })
    .into()
}

fn cases() -> Value {
    use FreezeAct::{Freeze, Lift};
    let out = TURNED.0 - TIME.0;
    let of = |act, lifts: &[u8]| freeze(act, NADIA, lifts);
    let cases = [
        ("a freeze", vec![said(1, VERA, 10, of(Freeze, &[]))]),
        (
            "a lift, which came here first",
            vec![
                said(2, VERA, 20, of(Lift, &[1])),
                said(1, VERA, 10, of(Freeze, &[])),
            ],
        ),
        (
            "two freezes, and a lift that knew of one",
            vec![
                said(1, VERA, 10, of(Freeze, &[])),
                said(3, IVAN, 15, of(Freeze, &[])),
                said(2, VERA, 20, of(Lift, &[1])),
            ],
        ),
        (
            "two lifts: the first counts",
            vec![
                said(3, VERA, 30, of(Lift, &[1])),
                said(2, IVAN, 20, of(Lift, &[1])),
                said(1, VERA, 10, of(Freeze, &[])),
            ],
        ),
        (
            "by an observer, and by the device itself",
            vec![
                said(1, OLGA, 10, of(Freeze, &[])),
                said(2, VERA, 11, of(Freeze, &[])),
                said(3, NADIA, 12, of(Lift, &[2])),
                said(4, OLGA, 13, of(Lift, &[2])),
            ],
        ),
        (
            "by somebody before they were put out, and after",
            vec![
                said(1, IVAN, out - 1, of(Freeze, &[])),
                said(2, IVAN, out, of(Freeze, &[])),
                said(3, STRANGER, 10, of(Freeze, &[])),
            ],
        ),
        (
            "a lift of another device's freeze",
            vec![
                said(1, VERA, 10, of(Freeze, &[])),
                said(2, VERA, 20, freeze(Lift, OLGA, &[1])),
            ],
        ),
        (
            OWN,
            vec![
                said(1, IVAN, 10, freeze(Freeze, VERA, &[])),
                said(2, VERA, 20, freeze(Lift, VERA, &[1])),
            ],
        ),
    ];
    let cases = cases.map(|(name, all)| {
        // The last is about a member, who lifts it.
        let of = device(if name == OWN { VERA } else { NADIA }).public();
        let frozen = freezes(&all, &of, &roster());
        let frozen: Vec<Value> = frozen
            .iter()
            .map(|frozen| {
                let until = frozen.lifted.as_ref().map(|(_, at)| at.0);
                let seconds = [9, 10, 20, 21].map(|at| TIME.plus(at));
                let covers = seconds.map(|at: Timestamp| frozen.covers(at));
                json!({
                    "id": hex(frozen.id.0),
                    "by": frozen.by,
                    "since": frozen.since.0,
                    "lifted_by": frozen.lifted.as_ref().map(|(by, _)| by),
                    "lifted": until,
                    "covers": covers,
                })
            })
            .collect();
        let said: Vec<Value> = all
            .iter()
            .map(|said| {
                json!({
                    "id": hex(said.id.0),
                    "arrived": said.arrived.0,
                    "author": hex(said.author.0),
                    "body": encoded(&said.freeze),
                })
            })
            .collect();
        json!({ "name": name, "of": hex(of.0), "said": said, "frozen": frozen })
    });
    cases.into()
}

pub(super) fn all() -> Value {
    let roster = roster();
    let removed = roster.removed().iter();
    let removed = removed.map(|removed| (&removed.person, Some(removed.time.0)));
    let people = roster.people().iter().map(|person| (person, None));
    let people: Vec<Value> = people
        .chain(removed)
        .map(|(person, removed)| {
            json!({
                "name": person.name,
                "device": hex(person.device.0),
                "says": matches!(person.role, Role::Coordinator | Role::Member),
                "removed": removed,
            })
        })
        .collect();
    let seconds = [9, 10, 20, 21].map(|at| TIME.0 + at);
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "people": people,
        "seconds": seconds,
        "bodies": bodies(),
        "cases": cases(),
    })
}

/// What the file says is what the words of its cases mean.
#[test]
fn a_device_is_frozen_until_a_person_lifts_it() {
    let cases = cases();
    let of = |at: usize| {
        let frozen = cases[at]["frozen"].as_array().unwrap().iter();
        let all: Vec<(u64, Option<u64>)> = frozen
            .map(|one| {
                let lifted = one["lifted"].as_u64();
                let since = one["since"].as_u64().unwrap();
                (since - TIME.0, lifted.map(|at| at - TIME.0))
            })
            .collect();
        all
    };
    let out = TURNED.0 - TIME.0;
    assert_eq!(of(0), [(10, None)]);
    assert_eq!(of(1), [(10, Some(20))]);
    assert_eq!(of(2), [(10, Some(20)), (15, None)]);
    assert_eq!(of(3), [(10, Some(20))]);
    assert_eq!(of(4), [(11, None)]);
    assert_eq!(of(5), [(out - 1, None)]);
    assert_eq!(of(6), [(10, None)]);
    assert_eq!(of(7), [(10, None)]);
    let covers = &cases[1]["frozen"][0]["covers"];
    assert_eq!(*covers, json!([false, true, true, false]));
    let bodies = bodies();
    let counts: Vec<bool> = bodies
        .as_array()
        .unwrap()
        .iter()
        .map(|body| body["counts"].as_bool().unwrap())
        .collect();
    assert_eq!(counts, [true, true, false, false, true, false, true, false]);
}
