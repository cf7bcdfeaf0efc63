//! Who is in the group of these cases, what others said of one of them, and the alert with which each case begins.

use bellrope_proto::{codec::Blob, ids::Hash};
use serde_json::{Value, json};

use crate::{
    extensions::Extensions,
    group::{About as AboutAlerts, Change, Policy, Role, Roster, Rule},
    ids::{Epoch, MessageId},
    message::{
        Audience, Freeze, FreezeAct, KIND_ALERT, KIND_CASE, Message, SaidOfSender, is_kept_from,
    },
    vectors::{devices, hex, world::*},
};

pub(super) const ALERT: MessageId = MessageId([0xa1; 16]);
pub(super) const ALERT_HASH: Hash = Hash([0xa2; 32]);

/// Vera's second device.
pub(in crate::vectors) const VERAS: u8 = 8;

/// Vera, Ivan, Pavel, Rosa, and Olga, who observes; then Vera has a second device, and Ivan is put out; and Nadia, who is kept out of all alerts.
pub(super) fn roster() -> Roster {
    let chain = Chain::new(found())
        .then(Change::Admit(admit(IVAN, Role::Member)))
        .then(Change::Approve(approve(1, IVAN)))
        .then(Change::Admit(admit(PAVEL, Role::Member)))
        .then(Change::Approve(approve(3, PAVEL)))
        .then(Change::Admit(admit(ROSA, Role::Member)))
        .then(Change::Approve(approve(5, ROSA)))
        .then(Change::Admit(admit(OLGA, Role::Observer)))
        .then(Change::Approve(approve(7, OLGA)))
        .then(devices::another(VERA, VERAS));
    let added = devices::add(&chain, 9, VERAS, VERA);
    let chain = chain.then(added).turned(turn_to(2, &[IVAN]));
    let at = u32::try_from(chain.0.len()).unwrap();
    let chain = chain
        .then(Change::Admit(admit(NADIA, Role::Member)))
        .then(Change::Approve(approve(at, NADIA)))
        .then(Change::Policy(Policy {
            kept_out: vec![Rule {
                who: device(NADIA).public(),
                about: AboutAlerts::default(),
            }],
            ..Policy::default()
        }));
    Roster::from_chain(chain.0).unwrap()
}

/// Rosa's device is in other hands, from then on.
pub(in crate::vectors) const FROZEN: u64 = 500;

pub(super) fn frozen() -> Vec<SaidOfSender> {
    vec![SaidOfSender {
        id: MessageId([0xf0; 16]),
        arrived: TIME.plus(FROZEN),
        author: device(VERA).public(),
        freeze: Freeze {
            act: FreezeAct::Freeze,
            device: device(ROSA).public(),
            lifts: Vec::new(),
            reason: String::new(),
            extensions: Extensions::none(),
        },
        is_own_word: false,
    }]
}

/// For all but Pavel, whom its author did not choose.
pub(super) fn alert() -> Message {
    Message {
        kind: KIND_ALERT,
        audience: Audience {
            hash: Hash([0; 32]),
            chosen: [VERA, IVAN, ROSA, OLGA].map(member).to_vec(),
        },
        ..message(VERA, 0, Vec::new())
    }
}

pub(super) fn message(by: u8, number: u64, body: Vec<u8>) -> Message {
    let roster = roster();
    Message {
        group: roster.id(),
        epoch: Epoch(2),
        roster: roster.head(),
        audience: Audience {
            hash: Hash([0; 32]),
            chosen: Vec::new(),
        },
        sender: device(by).public(),
        id: ALERT,
        number,
        previous: Hash([0; 32]),
        time: TIME,
        expires: EXPIRES,
        seen: Vec::new(),
        kind: KIND_CASE,
        body: Blob(body),
        extensions: Extensions::none(),
    }
}

/// Each of them, as a client has to know them.
pub(super) fn people() -> Vec<Value> {
    let roster = roster();
    let removed = roster.removed().iter();
    let removed = removed.map(|removed| (&removed.person, Some(removed.time.0)));
    let people = roster.people().iter().map(|person| (person, None));
    let chosen = alert().audience.chosen;
    people
        .chain(removed)
        .map(|(person, removed): (_, Option<u64>)| {
            let frozen = (person.device == device(ROSA).public()).then_some(TIME.0 + FROZEN);
            json!({
                "name": person.name,
                "device": hex(person.device.0),
                "person": hex(person.person.0),
                "key": hex(person.key.as_bytes()),
                "since": person.came.0,
                "says": person.role.reads() && person.role.sends(),
                "reads": person.role.reads(),
                "kept_out": is_kept_from(&alert(), &roster, person.person),
                "removed": removed,
                "frozen": frozen,
                "has_alert": chosen.contains(&person.key),
            })
        })
        .collect()
}
