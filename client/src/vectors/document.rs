//! PROTOCOL.md and the code say the same of what only clients have: purposes, payloads, the roster's changes, roles,
//! limits, case numbers. Limits are read from the document, and held against what the code does at them and one above.

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet};

use bellrope_proto::{
    codec::{self, Blob},
    ids::{MailboxId, Timestamp},
    signing::{SecretKey, Statement},
};

use super::world::*;
use crate::{
    alert::country::Country,
    case::case_number,
    extensions::{Extensions, is_critical},
    group::{
        Admit, Applied, Approve, Change, Claim, Entry, Hand, Lease, LeaseChange, Move, Policy,
        Retention, Role, RoleChange, Roster, RosterError, Take, Turn, Withdraw,
        lifetimes::{EPOCH_SECONDS, FORMER_SECONDS},
    },
    ids::{MessageId, Position},
    message::{Arrival, Bundle, Message, Payload, Refusal, ViewUpdate, Welcome},
    seal::{MEMBERS_MAX, MemberIdentity},
};

const DOCUMENT: &str = include_str!("../../../proto/PROTOCOL.md");

/// The rows of the table whose head this is.
fn table(head: &str) -> Vec<Vec<&'static str>> {
    let mut lines = DOCUMENT.lines();
    assert!(lines.any(|line| line.starts_with(head)), "no table {head}");
    let rows = lines.take_while(|line| line.starts_with('|')).skip(1);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

fn numbered(head: &str) -> BTreeMap<u16, String> {
    let rows = table(head).into_iter();
    rows.map(|row| (row[0].parse().unwrap(), row[1].to_owned()))
        .collect()
}

/// The number that the document has between these words.
fn stated(before: &str, after: &str) -> usize {
    let words: Vec<&str> = DOCUMENT.split_whitespace().collect();
    let text = words.join(" ");
    let (_, rest) = text.split_once(before).unwrap();
    let (number, _) = rest.split_once(after).unwrap();
    number.replace(',', "").parse().unwrap()
}

fn listed<T: Statement>() -> (String, String) {
    let signer = type_name::<T::Signer>().rsplit("::").next().unwrap();
    let name = format!("{:?}", T::PURPOSE);
    (name.to_lowercase(), signer.to_lowercase())
}

#[test]
fn purposes_of_clients_are_the_documents() {
    let rows = table("| purpose | signed by |");
    let row = rows.last().unwrap();
    let written: BTreeSet<String> = row[0]
        .split(", ")
        .map(|name| name.trim_matches('`').to_owned())
        .collect();
    let known = BTreeMap::from([
        listed::<Message>(),
        listed::<Entry>(),
        listed::<Claim>(),
        listed::<crate::group::Possession>(),
        listed::<Bundle>(),
        listed::<Welcome>(),
        listed::<ViewUpdate>(),
        listed::<Refusal>(),
        listed::<crate::message::NewEpoch>(),
        listed::<Arrival>(),
        listed::<crate::message::Out>(),
        listed::<crate::message::Comparison>(),
        listed::<crate::message::PassedOn>(),
        listed::<crate::group::Consent>(),
        listed::<crate::group::TakeOver>(),
        listed::<crate::message::Delegation>(),
        listed::<crate::message::Custody>(),
        listed::<crate::group::Addition>(),
        listed::<crate::group::Restoration>(),
        listed::<crate::group::Registration>(),
        listed::<crate::message::Answer>(),
        listed::<crate::message::Carried>(),
        listed::<crate::attachment::Part>(),
    ]);
    assert_eq!(written, known.keys().cloned().collect());
    assert_eq!(row[1], "devices, invitations and recovery keys");
    for (purpose, signer) in known {
        let by = match purpose.as_str() {
            "claim" => "invitation",
            "restoration" => "recovery",
            _ => "device",
        };
        assert_eq!(signer, by, "{purpose}");
    }
}

#[test]
fn payloads_have_the_documents_numbers() {
    let written = numbered("| number | payload |");
    // What nobody signed decodes all the same: it is verified later.
    let signed = [0; 8 + 64];
    let message = [signed.as_slice(), &[0], &[0; 8]].concat();
    for number in (0..300).chain([32_767, 32_768, 32_769, 32_772, u16::MAX]) {
        let body = match number {
            1 => message.clone(),
            2 => vec![0; 8],
            _ => signed.to_vec(),
        };
        let bytes = codec::encode(&(number, Blob(body)));
        let payload = Payload::decode(&bytes).unwrap();
        let name = match &payload {
            Payload::Message(_) => Some("message"),
            Payload::Roster(_) => Some("roster"),
            Payload::Bundle(_) => Some("bundle"),
            Payload::Claim(_) => Some("claim"),
            Payload::Welcome(_) => Some("welcome"),
            Payload::View(_) => Some("view"),
            Payload::Refusal(_) => Some("refusal"),
            Payload::Turn(_) => Some("turn"),
            Payload::Custody(_) => Some("custody"),
            Payload::Answer(_) => Some("answer"),
            Payload::Comparison(_) => Some("comparison"),
            Payload::Arrival(_) => Some("arrival"),
            Payload::Out(_) => Some("out"),
            Payload::Part(_) => Some("part"),
            Payload::Unknown(_) => None,
        };
        assert_eq!(written.get(&number).map(String::as_str), name, "{number}");
        if name.is_some() {
            assert_eq!(payload.encode(), bytes, "{number}");
        }
    }
}

#[test]
fn changes_have_the_documents_numbers() {
    let written = numbered("| number | change |");
    let role_change = || RoleChange {
        device: device(IVAN).public(),
        consents: Vec::new(),
        extensions: Extensions::none(),
    };
    let samples = [
        Change::Found(found()),
        Change::Admit(admit(IVAN, Role::Member)),
        Change::Approve(approve(1, IVAN)),
        Change::Withdraw(Withdraw {
            admitted_at: Position(1),
            extensions: Extensions::none(),
        }),
        Change::Lease(LeaseChange {
            lease: Lease {
                since: TIME,
                ends: EXPIRES,
            },
            extensions: Extensions::none(),
        }),
        Change::Move(Move {
            relays: vec![relay(2)],
            extensions: Extensions::none(),
        }),
        Change::Turn(Turn {
            removed: vec![device(IVAN).public()],
            epoch: found().epoch,
            consents: Vec::new(),
            extensions: Extensions::none(),
        }),
        Change::Promote(role_change()),
        Change::Demote(role_change()),
        Change::Hand(Hand {
            to: device(IVAN).public(),
            extensions: Extensions::none(),
        }),
        Change::Take(Take {
            signatures: Vec::new(),
            extensions: Extensions::none(),
        }),
        Change::Policy(Policy::default()),
        super::devices::another(IVAN, 7),
        super::devices::add(&everybody(), 1, 7, IVAN),
        super::devices::register(&everybody(), IVAN, None, Some(1)),
        Change::Duty(super::duties::usual()),
        Change::Retention(Retention::of(Some(24))),
    ];
    let number = |change: &Change| codec::decode::<u16>(&codec::encode(change)[..2]).unwrap();
    let name = |change: &Change| match change {
        Change::Found(_) => "found",
        Change::Admit(_) => "admit",
        Change::Approve(_) => "approve",
        Change::Withdraw(_) => "withdraw",
        Change::Turn(_) => "turn",
        Change::Promote(_) => "promote",
        Change::Demote(_) => "demote",
        Change::Hand(_) => "hand",
        Change::Take(_) => "take",
        Change::Policy(_) => "policy",
        Change::Another(_) => "another",
        Change::Add(_) => "add",
        Change::Recovery(_) => "recovery",
        Change::Lease(_) => "lease",
        Change::Move(_) => "move",
        Change::Duty(_) => "duty",
        Change::Retention(_) => "retention",
        Change::Unknown { .. } => "unknown",
    };
    let known = samples
        .iter()
        .map(|change| (number(change), name(change).to_owned()));
    assert_eq!(written, known.collect());
    for number in (0..300).chain([32_767, 32_768, u16::MAX]) {
        let bytes = codec::encode(&(number, Blob(b"tomorrow".to_vec())));
        let is_unknown = matches!(codec::decode(&bytes), Ok(Change::Unknown { .. }));
        assert_eq!(is_unknown, !written.contains_key(&number), "{number}");
    }
}

#[test]
fn roles_may_what_the_document_says() {
    let yes = |cell: &str| match cell {
        "yes" => true,
        "no" => false,
        other => panic!("neither yes nor no: {other}"),
    };
    let mut written = BTreeSet::new();
    for row in table("| role | number |") {
        let number: u16 = row[1].parse().unwrap();
        let role = Role::from(number);
        assert!(written.insert(number), "{row:?}");
        assert_eq!((role.key(), u16::from(role)), (row[0], number));
        assert_eq!(
            (role.reads(), role.sends(), role.reads_by_default()),
            (yes(row[2]), yes(row[3]), yes(row[5])),
            "{row:?}"
        );
        let (mut chain, mut author) = (Chain::new(found()), VERA);
        if role != Role::Coordinator {
            chain = chain
                .then(Change::Admit(admit(IVAN, role)))
                .then(Change::Approve(approve(1, IVAN)));
            author = IVAN;
        }
        let mut roster = Roster::from_chain(chain.0.clone()).unwrap();
        let entry = Entry {
            author: device(author).public(),
            ..chain.entry(unknown(32_768))
        };
        // The founder has the pen.
        let expected = match row[4] {
            "with the pen" => Ok(Applied::New),
            other if !yes(other) => Err(RosterError::NotEntitled),
            other => panic!("{other}"),
        };
        assert_eq!(
            roster.apply(device(author).sign(&entry)),
            expected,
            "{row:?}"
        );
    }
    for number in (0..300).chain([32_767, 32_768, u16::MAX]) {
        let is_unknown = matches!(Role::from(number), Role::Unknown(_));
        assert_eq!(is_unknown, !written.contains(&number), "{number}");
    }
}

#[test]
fn what_is_ignored_begins_where_the_document_says() {
    let first = u16::try_from(stated("two ranges: - from ", " on, an unknown one")).unwrap();
    assert_eq!(
        usize::from(first),
        stated("said; - below ", ", an unknown one")
    );
    assert_eq!((is_critical(first - 1), is_critical(first)), (true, false));
}

#[test]
fn names_and_relays_end_at_the_documents_limits() {
    let found = |chars: usize, relays: usize| {
        let mut found = super::world::found();
        found.founder_name = "я".repeat(chars);
        found.epoch.relays = vec![relay(1); relays];
        Roster::from_chain(Chain::new(found).0).map(|_| ())
    };
    let chars = stated("Names have 1 to ", " characters");
    let relays = stated("there are 1 to ", " relays");
    assert_eq!(found(chars, relays), Ok(()));
    assert_eq!(found(chars + 1, relays), Err(RosterError::OverLimit));
    assert_eq!(found(chars, relays + 1), Err(RosterError::Contradiction));
    assert_eq!(found(chars, 0), Err(RosterError::Contradiction));
    assert_eq!(found(0, relays), Err(RosterError::OverLimit));
}

/// A person of whom there are as many as are asked for.
fn numbered_admission(number: usize) -> Admit {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    Admit {
        invitation: SecretKey::from_seed(&seed).public(),
        name: format!("Person {number}"),
        mailbox: MailboxId(seed),
        ..admit(IVAN, Role::Member)
    }
}

fn numbered_approval(number: usize, admitted_at: u32) -> Approve {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    Approve {
        admitted_at: Position(admitted_at),
        device: SecretKey::from_seed(&seed).public(),
        key: MemberIdentity::from_seed(&seed).to_key(),
        turn: Some(super::world::turn(IVAN)),
        extensions: Extensions::none(),
    }
}

/// Lets people in until the roster takes no more, and says how many there are then.
#[test]
fn groups_end_at_the_documents_limits() {
    let people = stated(
        "withdrew yet and no later one replaced. There are fewer than ",
        " people",
    );
    let all = stated("There are fewer than ", " people and admissions");
    let mut roster = Roster::from_chain(Chain::new(found()).0).unwrap();
    let write = |roster: &mut Roster, change| {
        let entry = Entry {
            position: roster.next_position(),
            previous: roster.head(),
            time: TIME,
            author: device(VERA).public(),
            change,
            extensions: Extensions::none(),
        };
        roster.apply(device(VERA).sign(&entry))
    };
    let mut next = 0;
    loop {
        next += 1;
        let admit = Change::Admit(numbered_admission(next));
        match write(&mut roster, admit) {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error, RosterError::OverLimit);
                break;
            }
        }
        let at = roster.next_position().0 - 1;
        // Half the room is for admissions, used or not.
        let approve = Change::Approve(numbered_approval(next, at));
        if let Err(error) = write(&mut roster, approve) {
            assert_eq!(error, RosterError::OverLimit);
        }
    }
    assert_eq!(roster.people().len(), people);
    let open = roster.invited().iter().filter(|it| it.is_open()).count();
    assert_eq!(roster.people().len() + open, all);
    // What is over leaves room.
    let last = roster.next_position().0 - 1;
    write(&mut roster, super::rosters::withdraw(last)).unwrap();
    let admit = Change::Admit(numbered_admission(next));
    assert_eq!(write(&mut roster, admit), Ok(Applied::New));
}

#[test]
fn epochs_last_as_long_as_the_document_says() {
    let seconds = |days: usize| days as u64 * Timestamp::DAY_SECONDS;
    let renewed = stated("somebody is put out, after ", " days when a coordinator");
    assert_eq!(seconds(renewed), EPOCH_SECONDS);
    let read = stated("of an epoch that is over is read for ", " days more");
    assert_eq!(seconds(read), FORMER_SECONDS);
}

#[test]
fn one_envelope_has_at_most_the_documents_readers() {
    assert_eq!(
        stated("stanza for each reader's key, at most ", ", in random"),
        MEMBERS_MAX
    );
    let chosen = stated(
        "when the sender chose some, ascending, at most ",
        "; empty, in",
    );
    assert!(super::messages::takes_chosen(chosen));
    assert!(!super::messages::takes_chosen(chosen + 1));
}

#[test]
fn case_numbers_come_out_as_written() {
    let rows = table("| country |");
    assert_eq!(rows.len(), 2);
    for row in rows {
        let country = Country::from_code(row[0]).ok();
        let at = Timestamp(row[1].replace(',', "").parse().unwrap());
        assert_eq!(row[2], "16 times 0x07");
        let name = |taken: &[&str]| {
            let taken = taken.iter().map(|name| (*name).to_owned()).collect();
            format!("`{}`", case_number(country, at, MessageId([7; 16]), &taken))
        };
        assert_eq!(name(&[]), row[3]);
        assert_eq!(name(&[row[3].trim_matches('`')]), row[4]);
    }
}
