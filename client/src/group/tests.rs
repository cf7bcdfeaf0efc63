#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{
    codec::Blob,
    ids::{Hash, MailboxId, Timestamp},
    signing::{Device, SecretKey, Signed},
};

use super::*;
use crate::{
    ids::{Epoch, Position},
    seal::MemberKey,
};

type Key = SecretKey<Device>;

fn key(seed: u8) -> Key {
    Key::from_seed(&[seed; 32])
}

fn member_key(seed: u8) -> MemberKey {
    crate::seal::MemberIdentity::from_seed(&[seed; 32]).to_key()
}

fn sign(author: &Key, position: u32, previous: Hash, change: Change) -> Signed<Entry> {
    author.sign(&Entry {
        position: Position(position),
        previous,
        time: Timestamp(1_000),
        author: author.public(),
        change,
    })
}

fn founding(salt: u8) -> Signed<Entry> {
    let found = Found {
        salt: [salt; 16],
        group_name: "Test group".into(),
        founder_name: "Vera Lind".into(),
        founder_key: member_key(1),
        epoch: EpochKeys {
            number: Epoch(1),
            recipient: Blob(vec![0; 1216]),
            mailbox: MailboxId([2; 32]),
            relays: Vec::new(),
        },
    };
    sign(&key(1), 0, Hash([0; 32]), Change::Found(found))
}

fn admit(seed: u8, role: Role) -> Change {
    Change::Admit(Admit {
        invitation: SecretKey::from_seed(&[seed; 32]).public(),
        role,
        name: format!("Person {seed}"),
        mailbox: MailboxId([seed; 32]),
        expires: Timestamp(2_000),
    })
}

fn approve(admitted_at: u32, device: u8) -> Change {
    Change::Approve(Approve {
        admitted_at: Position(admitted_at),
        device: key(device).public(),
        key: member_key(device),
    })
}

/// Writes with the founder's key at the roster's end.
fn write(roster: &mut Roster, change: Change) -> Result<Applied, RosterError> {
    let entry = sign(&key(1), roster.next_position().0, roster.head(), change);
    roster.apply(entry)
}

fn with_member() -> Roster {
    let mut roster = Roster::found(founding(0)).unwrap();
    write(&mut roster, admit(50, Role::Member)).unwrap();
    write(&mut roster, approve(1, 5)).unwrap();
    roster
}

#[test]
fn a_group_grows_and_its_chain_rebuilds_it() {
    let mut roster = with_member();
    write(&mut roster, admit(60, Role::Defender)).unwrap();
    write(&mut roster, approve(3, 6)).unwrap();
    let rebuilt = Roster::from_chain(roster.entries().to_vec()).unwrap();
    assert_eq!(rebuilt.people(), roster.people());
    assert_eq!(rebuilt.id(), roster.id());
    assert_eq!(rebuilt.head(), roster.head());
    // Sealed to those who read and were in when the sender looked; never to a defender.
    assert_eq!(roster.readers_at(Position(1)), [member_key(1)]);
    assert_eq!(
        roster.readers_at(Position(4)),
        [member_key(1), member_key(5)]
    );
}

#[test]
fn an_entry_twice_is_known() {
    let mut roster = with_member();
    let again = roster.entries()[1].clone();
    assert_eq!(roster.apply(again), Ok(Applied::Known));
}

#[test]
fn only_a_coordinator_writes() {
    let mut roster = with_member();
    for seed in [5, 9] {
        let entry = sign(&key(seed), 3, roster.head(), admit(70, Role::Member));
        assert_eq!(roster.apply(entry), Err(RosterError::NotEntitled));
    }
    // Signed by a stranger in the coordinator's name.
    let forged = key(9).sign(&Entry {
        position: Position(3),
        previous: roster.head(),
        time: Timestamp(0),
        author: key(1).public(),
        change: admit(70, Role::Member),
    });
    assert_eq!(roster.apply(forged), Err(RosterError::NotValid));
}

#[test]
fn gaps_forks_and_other_groups_are_told_apart() {
    let mut roster = with_member();
    let head = roster.head();
    let ahead = sign(&key(1), 9, head, admit(70, Role::Member));
    assert_eq!(roster.apply(ahead), Err(RosterError::Gap));

    let fork = sign(&key(1), 1, roster.id().0, admit(71, Role::Member));
    assert_eq!(roster.apply(fork), Err(RosterError::Fork));

    let mut other = Roster::found(founding(1)).unwrap();
    write(&mut other, admit(50, Role::Member)).unwrap();
    write(&mut other, approve(1, 5)).unwrap();
    write(&mut other, admit(72, Role::Member)).unwrap();
    let replayed = other.entries()[3].clone();
    assert_eq!(roster.apply(replayed), Err(RosterError::Elsewhere));
    assert_eq!(roster.head(), head, "a refused entry changes nothing");
}

#[test]
fn an_invitation_lets_one_device_in() {
    let mut roster = with_member();
    assert_eq!(
        write(&mut roster, approve(1, 6)),
        Err(RosterError::Contradiction)
    );
    assert_eq!(
        write(&mut roster, admit(50, Role::Member)),
        Err(RosterError::Contradiction)
    );
    write(&mut roster, admit(51, Role::Member)).unwrap();
    // A device that is in already cannot come in under a second name.
    assert_eq!(
        write(&mut roster, approve(3, 5)),
        Err(RosterError::Contradiction)
    );
    assert_eq!(
        write(&mut roster, admit(52, Role::Coordinator)),
        Err(RosterError::Contradiction)
    );
}

#[test]
fn names_are_one_short_line() {
    let mut roster = with_member();
    for name in ["", "two\nlines", &"я".repeat(65), "\u{1b}[2J"] {
        let Change::Admit(mut change) = admit(80, Role::Member) else {
            unreachable!()
        };
        change.name = name.to_owned();
        assert_eq!(
            write(&mut roster, Change::Admit(change)),
            Err(RosterError::OverLimit)
        );
    }
}

#[test]
fn recipients_are_a_set() {
    let (a, b) = (member_key(1), member_key(2));
    assert_eq!(recipients_hash(&[a, b]), recipients_hash(&[b, a]));
    assert_ne!(recipients_hash(&[a]), recipients_hash(&[a, b]));
}
