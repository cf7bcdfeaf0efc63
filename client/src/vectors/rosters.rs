//! Chains that count, and entries that do not: each breaks one rule.

use bellrope_proto::{
    address::RelayAddress,
    codec::{self, Blob},
    ids::Hash,
    signing::{Device, PublicKey, Purpose, Signed, Statement},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{decoded, encoded, hex, items, stored, text, world::*};
use crate::{
    extensions::Extensions,
    group::{
        Admit, Applied, Approve, Change, Entry, Found, Lease, LeaseChange, Role, Roster,
        RosterError, Withdraw,
    },
    ids::Position,
};

/// Bytes that are no entry, signed as one.
#[derive(Serialize, Deserialize)]
struct Loose<T>(T);

impl<T: Serialize + for<'de> Deserialize<'de>> Statement for Loose<T> {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Roster;
}

/// Extensions without their rule.
type Items = Vec<(u16, Blob)>;

fn unordered() -> Items {
    vec![(8, Blob(Vec::new())), (7, Blob(Vec::new()))]
}

/// A change with fields that a program which keeps the rules cannot write.
fn raw<T: Serialize>(number: u16, fields: &T) -> Change {
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

fn moved(relays: Vec<RelayAddress>) -> Change {
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
        name: name(PAVEL).to_owned(),
        ..admit(STRANGER, Role::Member)
    };
    let hosts = [NO_HOST, SPELT_OTHERWISE];
    let passed_over = all
        .then(moved(vec![relay(2)]))
        .then(moved(Vec::new()))
        .then(moved(vec![relay(1); 9]))
        .then(unknown(32_770));
    vec![
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
    ]
}

/// The chain of this name.
pub(super) fn chain(name: &str) -> Chain {
    let mut all = chains().into_iter();
    all.find(|(of, _)| *of == name).unwrap().1
}

/// What a chain comes to.
fn result(roster: &Roster) -> Value {
    let people = roster.people().iter().map(|person| {
        json!({
            "name": person.name,
            "role": u16::from(person.role),
            "device": hex(person.device.0),
            "member": hex(person.key.as_bytes()),
        })
    });
    let relays = roster
        .epoch()
        .relays
        .iter()
        .map(|relay| json!({ "place": relay.place(), "key": hex(relay.key().0) }));
    json!({
        "group": hex(roster.id().0.0),
        "head": hex(roster.head().0),
        "group_name": roster.name(),
        "people": people.collect::<Vec<_>>(),
        "update": roster.is_newer(),
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

struct Refused {
    rule: &'static str,
    why: &'static str,
    after: Option<&'static str>,
    entry: String,
    said: Option<&'static str>,
}

impl Refused {
    fn said(self, said: &'static str) -> Self {
        Self {
            said: Some(said),
            ..self
        }
    }
}

fn after_everybody(rule: &'static str, why: &'static str, entry: String) -> Refused {
    Refused {
        rule,
        why,
        after: Some("everybody"),
        entry,
        said: None,
    }
}

fn by_vera(rule: &'static str, why: &'static str, change: Change) -> Refused {
    let entry = device(VERA).sign(&everybody().entry(change));
    after_everybody(rule, why, encoded(&entry))
}

fn admission(rule: &'static str, why: &'static str, change: &dyn Fn(&mut Admit)) -> Refused {
    let mut admit = admit(STRANGER, Role::Member);
    change(&mut admit);
    by_vera(rule, why, Change::Admit(admit))
}

fn approval(rule: &'static str, why: &'static str, change: &dyn Fn(&mut Approve)) -> Refused {
    let mut approve = approve(8, ROSA);
    change(&mut approve);
    by_vera(rule, why, Change::Approve(approve))
}

fn first(rule: &'static str, why: &'static str, change: &dyn Fn(&mut Found)) -> Refused {
    let mut found = found();
    change(&mut found);
    first_entry(rule, why, encoded(&Chain::new(found).0[0]))
}

fn first_entry(rule: &'static str, why: &'static str, entry: String) -> Refused {
    let after = None;
    Refused {
        after,
        ..after_everybody(rule, why, entry)
    }
}

/// Not a point; of small order; 3 + p, another spelling of a point of large order.
fn no_keys() -> [[u8; 32]; 3] {
    let mut spelling = [0xff; 32];
    (spelling[0], spelling[31]) = (0xf0, 0x7f);
    let mut no_point = [0; 32];
    no_point[0] = 2;
    [no_point, [0; 32], spelling]
}

fn signatures_and_places() -> Vec<Refused> {
    let all = everybody();
    let change = || Change::Approve(approve(8, ROSA));
    let next = all.entry(change());
    let by = |who: u8, entry: &Entry| encoded(&device(who).sign(entry));
    let placed = |position: u32, previous: Hash, author: u8| {
        let entry = Entry {
            position: Position(position),
            previous,
            author: device(author).public(),
            ..next.clone()
        };
        by(author, &entry)
    };
    let head = all.head();
    let longer = Loose((next.clone(), 0_u8));
    let fields = (
        next.position,
        next.previous,
        next.time,
        next.author,
        change(),
    );
    let unordered_entry = Loose((fields, unordered()));
    let not_admission = approve(8, ROSA);
    let unordered_approval = (
        not_admission.admitted_at,
        not_admission.device,
        not_admission.key,
        unordered(),
    );
    let low_order = (
        not_admission.admitted_at,
        not_admission.device,
        [0_u8; 32],
        Extensions::none(),
    );
    let stranger = admit(STRANGER, Role::Member);
    let no_text = (
        stranger.invitation,
        2_u16,
        Blob(b"\xff".to_vec()),
        stranger.mailbox,
        stranger.expires,
        Extensions::none(),
    );
    let second_found = by_vera("R2", "a second founding", Change::Found(found()));
    let other_group = Chain::new(Found {
        salt: [0x5b; 16],
        ..found()
    });
    let moved = Entry {
        position: Position(1),
        ..Chain(Vec::new()).entry(Change::Found(found()))
    };
    let continues = Entry {
        previous: Hash([1; 32]),
        ..Chain(Vec::new()).entry(Change::Found(found()))
    };
    let no_founding = Chain(Vec::new()).entry(Change::Admit(admit(IVAN, Role::Member)));
    let founding = Chain(Vec::new()).entry(Change::Found(found()));
    let at_host = |host| encoded(&with_host(VERA, &founding, host));
    let newer = chain("an unknown change that is critical, and more after it");
    let by_ivan = Entry {
        author: device(IVAN).public(),
        ..newer.entry(Change::Admit(stranger))
    };
    let mut promoted = after_everybody(
        "R5",
        "a member writes, after a critical change",
        by(IVAN, &by_ivan),
    );
    promoted.after = Some("an unknown change that is critical, and more after it");
    let every = |rule, why, entry| after_everybody(rule, why, entry);
    vec![
        every(
            "R1",
            "signed by another than its author",
            by(STRANGER, &next),
        ),
        every(
            "R1",
            "a byte is left over",
            encoded(&device(VERA).sign(&longer)),
        ),
        by_vera(
            "R1",
            "a change whose fields end early",
            raw(3, &Position(8)),
        ),
        by_vera("R1", "a member key of low order", raw(3, &low_order)),
        by_vera("R1", "a name that is no UTF-8", raw(2, &no_text)),
        first_entry("R1", "a relay whose host is none", at_host(NO_HOST)),
        first_entry(
            "R1",
            "a relay whose host is in capitals",
            at_host(SPELT_OTHERWISE),
        ),
        second_found,
        first_entry("R2", "the first has position 1", by(VERA, &moved)),
        first_entry("R2", "the first has a head before it", by(VERA, &continues)),
        first_entry("R2", "the first is an admission", by(VERA, &no_founding)),
        every("R3", "a place is missing", placed(10, head, VERA)).said("missing"),
        every("R3", "another entry for a place", placed(8, head, VERA)).said("fork"),
        every("R4", "another group's", placed(9, other_group.head(), VERA)),
        every("R5", "by a member", placed(9, head, IVAN)).said("rogue"),
        every("R5", "by a stranger", placed(9, head, STRANGER)).said("rogue"),
        every(
            "R5",
            "by a member, for a place before",
            placed(8, head, IVAN),
        )
        .said("rogue"),
        promoted.said("update"),
        every(
            "R12",
            "the entry's extensions descend",
            encoded(&device(VERA).sign(&unordered_entry)),
        ),
        by_vera(
            "R12",
            "the approval's extensions descend",
            raw(3, &unordered_approval),
        ),
    ]
}

fn changes() -> Vec<Refused> {
    let [no_point, small_order, spelling] = no_keys();
    let invitation = PublicKey::from_bytes;
    let device_key = PublicKey::<Device>::from_bytes;
    vec![
        first("R6", "a group without a name", &|found| {
            found.group_name.clear();
        }),
        admission("R6", "a name of 65 characters", &|admit| {
            admit.name = "я".repeat(65);
        }),
        admission("R6", "no name", &|admit| admit.name.clear()),
        admission("R6", "two lines", &|admit| {
            admit.name = "Rosa\nAalto".to_owned();
        }),
        admission("R6", "U+0085 is a control character", &|admit| {
            admit.name = "Rosa\u{85}".to_owned();
        }),
        first("R7", "no relay", &|found| found.epoch.relays.clear()),
        first("R7", "nine relays", &|found| {
            found.epoch.relays = vec![relay(1); 9];
        }),
        first(
            "R7",
            "a recipient with a coefficient above 3,328",
            &|found| {
                found.epoch.recipient.0[..2].fill(0xff);
            },
        ),
        admission("R8", "another coordinator", &|admit| {
            admit.role = Role::Coordinator;
        }),
        admission("R8", "an invitation key that is no point", &|admit| {
            admit.invitation = invitation(no_point);
        }),
        admission("R8", "an invitation key of small order", &|admit| {
            admit.invitation = invitation(small_order);
        }),
        admission("R8", "another spelling of an invitation key", &|admit| {
            admit.invitation = invitation(spelling);
        }),
        admission("R8", "another admission's key", &|admit| {
            admit.invitation = super::world::invitation(IVAN).invitation.public();
        }),
        admission("R8", "the group's mailbox", &|admit| {
            admit.mailbox = group_mailbox();
        }),
        admission("R8", "another admission's mailbox", &|admit| {
            admit.mailbox = super::world::invitation(IVAN).mailbox();
        }),
        admission("R8", "it ends when it is written", &|admit| {
            admit.expires = TIME;
        }),
        admission("R9", "the name of somebody in the group", &|admit| {
            admit.name = name(IVAN).to_owned();
        }),
        approval("R10", "an admission that was approved", &|approve| {
            approve.admitted_at = Position(1);
        }),
        approval("R10", "the place of no admission", &|approve| {
            approve.admitted_at = Position(2);
        }),
        approval("R11", "a device key that is no point", &|approve| {
            approve.device = device_key(no_point);
        }),
        approval("R11", "another's device key", &|approve| {
            approve.device = device(IVAN).public();
        }),
        approval("R11", "another's member key", &|approve| {
            approve.key = member(IVAN);
        }),
    ]
}

/// Nobody comes in by an admission that was replaced, whether the new one was used or not.
fn replaced() -> Refused {
    let before = chain(REPLACED);
    let entry = before.entry(Change::Approve(approve(7, ROSA)));
    let mut one = after_everybody(
        "R10",
        "an admission that was replaced",
        encoded(&device(VERA).sign(&entry)),
    );
    one.after = Some(REPLACED);
    one
}

/// Only an admission that is open is taken back, and nobody comes in by one that was.
fn withdrawn() -> Vec<Refused> {
    let refused = |rule, why, after: &'static str, change| {
        let entry = encoded(&device(VERA).sign(&chain(after).entry(change)));
        let mut one = after_everybody(rule, why, entry);
        one.after = Some(after);
        one
    };
    vec![
        refused(
            "R10",
            "an admission that was taken back",
            WITHDRAWN,
            Change::Approve(approve(7, PAVEL)),
        ),
        refused(
            "R13",
            "an admission that was approved",
            "everybody",
            withdraw(1),
        ),
        refused("R13", "the place of no admission", "everybody", withdraw(2)),
        refused("R13", "taken back already", WITHDRAWN, withdraw(7)),
        refused(
            "R13",
            "an admission that was replaced",
            REPLACED,
            withdraw(7),
        ),
    ]
}

fn all_refused() -> Vec<Refused> {
    let mut all = signatures_and_places();
    all.extend(changes());
    all.push(replaced());
    all.extend(withdrawn());
    all
}

pub(super) fn refused() -> Value {
    let of = |one: Refused| {
        let mut value = json!({
            "rule": one.rule,
            "why": one.why,
            "after": one.after,
            "entry": one.entry,
        });
        if let Some(said) = one.said {
            value["said"] = said.into();
        }
        value
    };
    all_refused().into_iter().map(of).collect()
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
            ("R7" | "R8" | "R9" | "R10" | "R11" | "R13", None) => &[RosterError::Contradiction],
            other => panic!("no such rule: {other:?}"),
        };
        assert!(expected.contains(&refused), "{}: {refused:?}", one["why"]);
        rules.insert(text(&one["rule"]).to_owned());
    }
    assert_eq!(rules.len(), 13, "every rule refuses something: {rules:?}");
}
