//! What the sender of an alert says of it afterwards, and others in their place.

use bellrope_proto::codec;
use serde_json::{Value, json};

use super::{
    people::{ALERT, ALERT_HASH, FROZEN, alert, frozen, message, roster},
    spoken::hash,
};
use crate::{
    alert::{Fields, vocabulary::Kind},
    case::{Opening, Said, Void, fold, judge_sender},
    ids::MessageId,
    message::{KIND_ALERT, Message},
    vectors::{hex, world::*},
};

/// What Rosa says of an alert of hers, and others in her place; the last says that it is taken back while others may have her device.
pub(super) fn of_sender() -> Value {
    let roster = roster();
    let alert = Message {
        sender: device(ROSA).public(),
        ..alert()
    };
    let opening = Opening::of(&alert, ALERT_HASH, &roster);
    let (other, frozen) = (MessageId([0xa9; 16]), frozen());
    let said = [
        (ROSA, Kind::Update, ALERT, 10),
        (IVAN, Kind::Withdrawal, ALERT, 20),
        (PAVEL, Kind::Closure, ALERT, 30),
        (ROSA, Kind::Withdrawal, other, 40),
        (ROSA, Kind::Withdrawal, ALERT, 100),
        (ROSA, Kind::Correction, ALERT, 200),
        (ROSA, Kind::Withdrawal, ALERT, FROZEN + 10),
    ];
    let judged: Vec<Option<Said>> = (1_u8..)
        .zip(said)
        .map(|(number, (by, kind, original, at))| {
            let mut fields = Fields::of_kind(kind);
            fields.original = Some(original);
            fields.summary = "слова".to_owned();
            let message = Message {
                kind: KIND_ALERT,
                id: MessageId([number; 16]),
                time: TIME.plus(at),
                ..message(by, u64::from(number), codec::encode(&fields))
            };
            let known = (&roster, frozen.as_slice());
            judge_sender((&message, hash(number)), TIME.plus(at), &opening, known)
        })
        .collect();
    let counting: Vec<Said> = judged.iter().flatten().cloned().collect();
    let withdrawn = |said: &[Said]| -> Option<String> {
        let at = fold(said).withdrawn_by;
        at.map(|at| hex(said[at].id.0))
    };
    let turned: Vec<Said> = counting.iter().rev().cloned().collect();
    assert_eq!(withdrawn(&counting), withdrawn(&turned));
    let case = fold(&counting);
    assert!(case.read_by.is_empty() && case.lead.is_none() && case.state_by.is_none());
    let rows: Vec<Value> = said
        .iter()
        .zip(&judged)
        .map(|((by, kind, original, at), judged)| {
            json!({
                "by": hex(device(*by).public().0),
                "kind": u16::from(*kind),
                "original": hex(original.0),
                "arrived": TIME.plus(*at).0,
                "of_case": judged.is_some(),
                "void": judged.as_ref().and_then(|said| said.counts.err()).map(Void::key),
            })
        })
        .collect();
    json!({
        "sender": hex(device(ROSA).public().0),
        "alert": hex(ALERT.0),
        "said": rows,
        "withdrawn_at": withdrawn(&counting).map(|_| TIME.0 + 100),
    })
}
