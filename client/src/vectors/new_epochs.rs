//! What a member's device makes of the part of a new epoch that it was sent (E1, E2).

use bellrope_proto::{
    grant::Rights,
    ids::{Hash, Sequence},
    signing::Signed,
};
use serde_json::{Value, json};

use super::{
    bytes, hex, items,
    mailbox::{access, access_to, group, resigned},
    read,
    readers::Reader,
    rosters::{chain, withdraw},
    text,
    turns::PUT_OUT,
    world::*,
};
use crate::{
    extensions::Extensions,
    group::{Change, Entry, Role},
    ids::GroupId,
    message::{NewEpoch, Payload},
    relay::Cursor,
    seal::{self, EpochIdentity},
    secret::Seed,
    sync::Received,
};

/// Whose key opens the outer layer: the device's own turn key, or another's. The inner one is the device's.
const OUTER: [&str; 2] = ["turn", "other"];

struct Item {
    why: &'static str,
    roster: String,
    sealed_to: &'static str,
    payload: Vec<u8>,
}

impl Item {
    fn new(why: &'static str, by: u8, said: &NewEpoch) -> Self {
        let signed = Payload::Turn(Box::new(device(by).sign(said)));
        Self {
            why,
            roster: "everybody".to_owned(),
            sealed_to: OUTER[0],
            payload: signed.encode(),
        }
    }
}

/// Ivan's part of an epoch without Olga.
fn said(entry: &Signed<Entry>, number: u8) -> NewEpoch {
    NewEpoch {
        group: group().id(),
        device: device(IVAN).public(),
        entry: entry.clone(),
        epoch_seed: Seed::new(&epoch_seed(number)),
        authority_seed: None,
        credential: access_to(&authority(number), Rights::BOTH),
        extensions: Extensions::none(),
    }
}

fn entry(chain: &Chain, change: Change) -> Signed<Entry> {
    device(VERA).sign(&chain.entry(change))
}

fn all_items() -> Vec<Item> {
    let all = everybody();
    let turn = || Change::Turn(turn_to(2, &[OLGA]));
    let usual = said(&entry(&all, turn()), 2);
    let with = |why, change: &dyn Fn(&mut NewEpoch)| {
        let mut said = usual.clone();
        change(&mut said);
        Item::new(why, VERA, &said)
    };
    let by_ivan = Entry {
        author: device(IVAN).public(),
        ..all.entry(turn())
    };
    let missing = all.then(Change::Admit(admit(STRANGER, Role::Member)));
    let no_turn = Change::Turn(turn_to(2, &[STRANGER]));
    let put_out = chain(PUT_OUT);
    let newer = said(&entry(&put_out, Change::Turn(turn_to(3, &[]))), 3);
    vec![
        with("of a member", &|_| {}),
        with("of a coordinator, with what rules the mailbox", &|it| {
            it.authority_seed = Some(Seed::new(&authority_seed(2)));
        }),
        with("an extension that is ignored", &|it| {
            it.extensions = extended(40_000)
        }),
        Item {
            sealed_to: OUTER[1],
            ..with("sealed to another's turn key", &|_| {})
        },
        Item::new("signed by another than the entry's author", OLGA, &usual),
        with("its entry is signed by another than its author", &|it| {
            it.entry = device(OLGA).sign(&all.entry(turn()));
        }),
        with("the same, and something critical around it", &|it| {
            it.entry = device(OLGA).sign(&all.entry(turn()));
            it.extensions = extended(7);
        }),
        with("of another group", &|it| {
            it.group = GroupId(Hash([0x66; 32]))
        }),
        with("for another device", &|it| {
            it.device = device(NADIA).public();
        }),
        with("its entry is no turn", &|it| {
            it.entry = entry(&all, withdraw(7));
        }),
        with("the secret of another epoch", &|it| {
            it.epoch_seed = Seed::new(&epoch_seed(1));
        }),
        with("an access to the mailbox of another epoch", &|it| {
            it.credential = access(Rights::BOTH);
        }),
        with("an access with a grant of another's", &|it| {
            it.credential.grant = resigned(&it.credential);
        }),
        with("what rules the mailbox of another epoch", &|it| {
            it.authority_seed = Some(Seed::new(&authority_seed(1)));
        }),
        with("something critical around it", &|it| {
            it.extensions = extended(7)
        }),
        with("something critical in its access", &|it| {
            it.credential.extensions = extended(7);
        }),
        with(
            "its entry does not count: it puts out nobody who is in",
            &|it| {
                it.entry = entry(&all, no_turn.clone());
            },
        ),
        Item::new("its entry does not count: a member wrote it", IVAN, &{
            let mut said = usual.clone();
            said.entry = device(IVAN).sign(&by_ivan);
            said
        }),
        with("entries before its own are missing", &|it| {
            it.entry = entry(&missing, turn());
        }),
        Item {
            roster: "an epoch that begins with everybody".to_owned(),
            ..Item::new(
                "of the epoch after the next",
                VERA,
                &said(
                    &entry(
                        &chain("an epoch that begins with everybody"),
                        Change::Turn(turn_to(3, &[])),
                    ),
                    3,
                ),
            )
        },
        Item::new("of another history, further on", VERA, &newer),
    ]
}

/// What Ivan's device does: begins an epoch, or waits.
fn taken(item: &Item) -> Value {
    let reader = Reader::new(IVAN, &item.roster);
    let keys = reader.roster.epoch().clone();
    let outer = match item.sealed_to {
        "turn" => reader.device.turn().to_recipient(),
        _ => EpochIdentity::from_seed(&[0x20 + OLGA; 32]).to_recipient(),
    };
    let envelope = seal::seal(&item.payload, &[member(IVAN)], &outer).unwrap();
    let after = Cursor {
        mailbox: keys.mailbox,
        sequence: Sequence(1),
        head: Hash([0x77; 32]),
        signed_head: None,
    };
    let received = reader
        .receiver
        .receive(&reader.device, &after, TURNED, &envelope);
    match received.unwrap() {
        Received::Turned(_) => {
            let entries = reader.device.roster().unwrap().unwrap();
            let state = reader.device.state().unwrap();
            let cursor = state.cursor.unwrap();
            assert_eq!(cursor, Cursor::start(entries.epoch().mailbox));
            entries.epoch().number.0.into()
        }
        Received::RosterNewer => "update".into(),
        Received::RosterBehind => "missing".into(),
        Received::NotForUs | Received::Damaged(_) | Received::RosterRefused(..) => Value::Null,
        other => panic!("{}: {other:?}", item.why),
    }
}

pub(super) fn all() -> Value {
    let of = |item: Item| {
        json!({
            "why": item.why,
            "roster": item.roster,
            "device": hex(device(IVAN).public().0),
            "sealed_to": item.sealed_to,
            "payload": hex(&item.payload),
            "begins": taken(&item),
        })
    };
    all_items().into_iter().map(of).collect()
}

#[test]
fn a_new_epoch_begins_by_what_the_entry_and_its_author_say() {
    for one in items(&read("sequences.json")["new_epochs"]) {
        let named = |found: &&&str| one["sealed_to"] == **found;
        let item = Item {
            why: "",
            roster: text(&one["roster"]).to_owned(),
            sealed_to: OUTER.iter().find(named).unwrap(),
            payload: bytes(&one["payload"]),
        };
        assert_eq!(taken(&item), one["begins"], "{}", one["why"]);
    }
}
