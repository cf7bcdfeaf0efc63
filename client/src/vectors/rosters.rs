//! Chains that count, and what they come to.

use std::sync::LazyLock;

use bellrope_proto::{
    address::RelayAddress,
    codec::{self, Blob},
    signing::{Device, Purpose, Signed, Statement},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{decoded, devices, encoded, hex, items, pens, policies, stored, text, turns, world::*};
use crate::{
    extensions::Extensions,
    group::{
        Admit, Applied, Approve, Change, Entry, Found, Lease, LeaseChange, Role, Roster,
        RosterError, Withdraw, in_order_once,
    },
    ids::Position,
};

/// Bytes that are no entry, signed as one.
#[derive(Serialize, Deserialize)]
pub(super) struct Loose<T>(pub T);

impl<T: Serialize + for<'de> Deserialize<'de>> Statement for Loose<T> {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Roster;
}

/// Extensions without their rule.
pub(super) type Items = Vec<(u16, Blob)>;

pub(super) fn unordered() -> Items {
    vec![(8, Blob(Vec::new())), (7, Blob(Vec::new()))]
}

/// A change with fields that a program which keeps the rules cannot write.
pub(super) fn raw<T: Serialize>(number: u16, fields: &T) -> Change {
    Change::Unknown {
        number,
        body: Blob(codec::encode(fields)),
    }
}

pub(super) const REPLACED: &str = "an admission that a later one of its name replaces";

pub(super) const WITHDRAWN: &str = "an admission that the coordinator took back";

pub(super) fn withdraw(at: u32) -> Change {
    Change::Withdraw(Withdraw {
        admitted_at: Position(at),
        extensions: Extensions::none(),
    })
}

fn lease(seconds: u64, extensions: Extensions) -> Change {
    Change::Lease(LeaseChange {
        lease: Lease {
            since: TIME,
            ends: TIME.plus(seconds),
        },
        extensions,
    })
}

pub(super) fn moved(relays: Vec<RelayAddress>) -> Change {
    raw(32_770, &(relays, Extensions::none()))
}

pub(super) fn chains() -> Vec<(&'static str, Chain)> {
    let all = everybody();
    let rosa = |extensions| {
        Change::Approve(Approve {
            extensions,
            ..approve(8, ROSA)
        })
    };
    let by = |role| {
        let stranger = Change::Admit(admit(STRANGER, role));
        let approval = Change::Approve(approve(9, STRANGER));
        all.then(stranger).then(approval)
    };
    let mut entry = all.entry(rosa(Extensions::none()));
    entry.extensions = extended(32_767);
    let entry = device(VERA).sign(&entry);
    let founding = |change: &dyn Fn(&mut Found)| {
        let mut found = found();
        change(&mut found);
        Chain::new(found)
    };
    let twice = Admit {
        name: admit(PAVEL, Role::Defender).name,
        ..admit(STRANGER, Role::Defender)
    };
    let hosts = [NO_HOST, SPELT_OTHERWISE];
    let passed_over = all
        .then(moved(vec![relay(2)]))
        .then(moved(Vec::new()))
        .then(moved(vec![relay(1); 9]))
        .then(unknown(32_770));
    let mut chains = vec![
        ("only the founder", Chain::new(found())),
        ("everybody", all.clone()),
        (
            "an unknown change that is ignored",
            all.then(unknown(32_768)),
        ),
        (
            "an unknown change that is critical, and more after it",
            all.then(unknown(99)).then(rosa(Extensions::none())),
        ),
        ("a role that is ignored", by(Role::Unknown(32_768))),
        ("a role that is critical", by(Role::Unknown(5))),
        (
            "an extension that is ignored",
            all.then(rosa(extended(40_000))),
        ),
        ("an extension that is critical", all.then(rosa(extended(1)))),
        ("an entry's extension that is critical", all.with(&entry)),
        (
            "8 relays, names of 64 characters, and a critical extension of epoch keys",
            founding(&|found| {
                found.epoch.extensions = extended(1);
                found.epoch.relays = vec![relay(1); 8];
                found.founder_name = "я".repeat(64);
            }),
        ),
        (
            REPLACED,
            all.then(Change::Admit(twice))
                .then(Change::Approve(approve(9, PAVEL))),
        ),
        // Pavel's invitation is that of entry 7.
        (WITHDRAWN, all.then(withdraw(7))),
        (
            "until when the host allows the mailbox",
            all.then(lease(9_000, Extensions::none())),
        ),
        (
            "a later lease, with an extension, and one that does not decode",
            all.then(lease(9_000, Extensions::none()))
                .then(lease(18_000, extended(7)))
                .then(raw(32_769, &7_u32)),
        ),
        (
            "a relay that has moved, and moved again",
            all.then(moved(vec![relay(2)]))
                .then(moved(vec![relay(3), relay(4)])),
        ),
        (
            "a relay that has moved, and then moves that are passed over: to nowhere, to 9 relays, in other words, to hosts that are none",
            hosts.into_iter().fold(passed_over, |chain, host| {
                let entry = chain.entry(moved(vec![relay(3)]));
                chain.with(&with_host(VERA, &entry, host))
            }),
        ),
    ];
    chains.extend(turns::chains());
    chains.extend(pens::chains());
    chains.extend(policies::chains());
    chains.extend(devices::chains());
    chains
}

// Making all of them takes seconds, and they are asked for by the hundred.
static CHAINS: LazyLock<Vec<(&'static str, Chain)>> = LazyLock::new(chains);

/// The chain of this name.
pub(super) fn chain(name: &str) -> Chain {
    let found = CHAINS.iter().find(|(of, _)| *of == name);
    found.unwrap().1.clone()
}

/// The name of this chain.
pub(super) fn name_of(chain: &Chain) -> &'static str {
    let found = CHAINS.iter().find(|(_, it)| it.0 == chain.0);
    found.unwrap().0
}

/// What a chain comes to.
fn result(roster: &Roster) -> Value {
    let people = roster.people().iter().map(|person| {
        json!({
            "name": person.name,
            "role": u16::from(person.role),
            "device": hex(person.device.0),
            "person": hex(person.person.0),
            "member": hex(person.key.as_bytes()),
        })
    });
    let recovery = roster.persons().filter_map(|person| {
        let key = roster.recovery_of(&person.device)?;
        Some(json!({ "person": hex(person.person.0), "key": hex(key.0) }))
    });
    let relays = roster
        .epoch()
        .relays
        .iter()
        .map(|relay| json!({ "place": relay.place(), "key": hex(relay.key().0) }));
    let removed = roster
        .removed()
        .iter()
        .map(|it| json!({ "name": it.person.name, "at": it.at.0, "time": it.time.0 }));
    let newest = roster.position_of(&roster.head()).unwrap();
    let (since, policy) = roster.policy_at(newest);
    let members = roster.members_at(newest);
    let all = in_order_once(members.iter().map(|person| person.person));
    let duty = policy.on_duty(&all).who;
    let duty = roster
        .persons()
        .filter(|person| duty.contains(&person.person))
        .map(|person| person.name.as_str());
    json!({
        "group": hex(roster.id().0.0),
        "head": hex(roster.head().0),
        "group_name": roster.name(),
        "people": people.collect::<Vec<_>>(),
        "removed": removed.collect::<Vec<_>>(),
        "epoch": roster.epoch().number.0,
        "mailbox": hex(roster.epoch().mailbox.0),
        "update": roster.is_newer(),
        "pen": hex(roster.holder().0),
        "recovery": recovery.collect::<Vec<_>>(),
        "duty": duty.collect::<Vec<_>>(),
        "policy_since": since.0,
        "lease": roster.lease().map(|lease| [lease.since.0, lease.ends.0]),
        "relays": relays.collect::<Vec<_>>(),
    })
}

/// Each continues one before it where it can: the founding alone has three thousand digits.
pub(super) fn good() -> Value {
    let all = chains();
    let of = |(at, (name, chain)): (usize, &(&str, Chain))| {
        let before = all[..at]
            .iter()
            .filter(|(_, old)| chain.0.starts_with(&old.0));
        let before = before.max_by_key(|(_, old)| old.0.len());
        let known = before.map_or(0, |(_, old)| old.0.len());
        let roster = Roster::from_chain(chain.0.clone()).unwrap();
        json!({
            "name": name,
            "after": before.map(|(name, _)| name),
            "entries": chain.0[known..].iter().map(encoded).collect::<Vec<_>>(),
            "result": result(&roster),
        })
    };
    all.iter().enumerate().map(of).collect()
}

fn stored_chain(vectors: &Value, name: &Value) -> Vec<Signed<Entry>> {
    let mut all = items(&vectors["rosters"]).iter();
    let one = all.find(|one| one["name"] == *name).unwrap();
    let mut chain = match &one["after"] {
        Value::Null => Vec::new(),
        before => stored_chain(vectors, before),
    };
    chain.extend(items(&one["entries"]).iter().map(decoded::<Signed<Entry>>));
    chain
}

/// A roster of the file.
pub(super) fn stored_roster(vectors: &Value, name: &Value) -> Roster {
    Roster::from_chain(stored_chain(vectors, name)).unwrap()
}

#[test]
fn chains_come_to_what_the_file_says() {
    let vectors = stored();
    for one in items(&vectors["rosters"]) {
        let mut roster = stored_roster(&vectors, &one["name"]);
        assert_eq!(result(&roster), one["result"], "{}", one["name"]);
        for again in stored_chain(&vectors, &one["name"]) {
            assert_eq!(roster.apply(again), Ok(Applied::Known));
        }
    }
}

#[test]
fn entries_are_refused_by_their_rules() {
    let vectors = stored();
    let mut rules = std::collections::BTreeSet::new();
    for one in items(&vectors["refused_entries"]) {
        let entry = decoded::<Signed<Entry>>(&one["entry"]);
        let refused = match &one["after"] {
            Value::Null => Roster::found(entry).map(|_| Applied::New),
            name => stored_roster(&vectors, name).apply(entry),
        }
        .unwrap_err();
        let expected: &[RosterError] = match (text(&one["rule"]), one["said"].as_str()) {
            ("R1" | "R12", None) => &[RosterError::NotValid],
            ("R2", None) => &[
                RosterError::Gap,
                RosterError::Elsewhere,
                RosterError::Contradiction,
            ],
            ("R3", Some("missing")) => &[RosterError::Gap],
            ("R3", Some("fork")) => &[RosterError::Fork],
            ("R4", None) => &[RosterError::Elsewhere],
            ("R5", Some("rogue")) => &[RosterError::NotEntitled],
            ("R5", Some("update")) => &[RosterError::Newer],
            ("R6", None) => &[RosterError::OverLimit],
            (
                "R7" | "R8" | "R9" | "R10" | "R11" | "R13" | "R14" | "R15" | "R18" | "R19" | "R21",
                None,
            ) => &[RosterError::Contradiction],
            ("R20", None) => &[
                RosterError::Contradiction,
                RosterError::NotAgreed,
                RosterError::OverLimit,
            ],
            ("R16", None) => &[RosterError::Contradiction, RosterError::NotAgreed],
            ("R17", None) => &[
                RosterError::Contradiction,
                RosterError::NotAgreed,
                RosterError::NotEntitled,
            ],
            other => panic!("no such rule: {other:?}"),
        };
        assert!(expected.contains(&refused), "{}: {refused:?}", one["why"]);
        rules.insert(text(&one["rule"]).to_owned());
    }
    assert_eq!(rules.len(), 21, "every rule refuses something: {rules:?}");
}
