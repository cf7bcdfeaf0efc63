//! Another device of somebody: who says so, and what of several devices counts once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{
    ids::MailboxId,
    signing::{Recovery, SecretKey},
};
use proptest::prelude::*;

use super::{
    tests::{Key, admit, approve, founding, key, member_key, turn_key, write},
    *,
};
use crate::{extensions::Extensions, ids::Position};

const VERA: u8 = 1;
const ANNA: u8 = 5;
const BORIS: u8 = 6;

/// Vera coordinates; Anna and Boris are members.
fn group() -> Roster {
    let mut roster = Roster::found(founding(0)).unwrap();
    for who in [ANNA, BORIS] {
        let at = roster.next_position().0;
        write(&mut roster, admit(50 + who, Role::Member)).unwrap();
        write(&mut roster, approve(at, who)).unwrap();
    }
    roster
}

fn another(of: u8, seed: u8) -> Change {
    Change::Another(Another {
        invitation: SecretKey::from_seed(&[seed; 32]).public(),
        of: key(of).public(),
        mailbox: MailboxId([seed; 32]),
        expires: bellrope_proto::ids::Timestamp(2_000),
        extensions: Extensions::none(),
    })
}

fn new_device(roster: &Roster, seed: u8, device: u8) -> NewDevice {
    NewDevice {
        group: roster.id(),
        invitation: SecretKey::from_seed(&[seed; 32]).public(),
        device: key(device).public(),
        key: member_key(device),
        turn: turn_key(device),
    }
}

fn add(at: u32, new: &NewDevice, proof: Proof) -> Change {
    Change::Add(Add {
        admitted_at: Position(at),
        device: new.device,
        key: new.key,
        turn: new.turn.clone(),
        proof,
        extensions: Extensions::none(),
    })
}

/// Gives somebody another device, as one of theirs says.
fn give(roster: &mut Roster, (of, device): (u8, u8), by: &Key) -> Result<Applied, RosterError> {
    let at = roster.next_position().0;
    let seed = 100 + device;
    write(roster, another(of, seed))?;
    let new = new_device(roster, seed, device);
    write(roster, add(at, &new, new.prove(by)))
}

fn recovery(seed: u8) -> SecretKey<Recovery> {
    SecretKey::from_seed(&[seed; 32])
}

#[test]
fn a_second_device_is_the_same_person_and_a_person_is_asked_once() {
    let mut roster = group();
    give(&mut roster, (ANNA, 7), &key(ANNA)).unwrap();
    let anna = |device| *roster.person(&key(device).public()).as_ref().unwrap();
    assert_eq!(anna(7).person, key(ANNA).public());
    assert_eq!(
        (anna(7).name.as_str(), anna(7).role),
        ("Person 55", Role::Member)
    );
    assert_eq!(anna(7).came, anna(ANNA).since);
    assert_eq!(roster.people().len(), 4);
    assert_eq!(roster.persons().count(), 3);
    // Both read, as one.
    assert_eq!(roster.readers_at(roster.next_position()).len(), 4);
    // Both devices of one of two members are no majority of these.
    let taker = key(ANNA).public();
    let both = [taker, key(7).public()].into();
    assert!(!roster.pen.is_quorum(&both));
    let rebuilt = Roster::from_chain(roster.entries().to_vec()).unwrap();
    assert_eq!(rebuilt.people(), roster.people());
}

#[test]
fn nobody_gives_a_device_to_somebody_else() {
    for by in [VERA, BORIS, 7, 9] {
        let mut roster = group();
        let given = give(&mut roster, (ANNA, 7), &key(by));
        assert!(given.is_err(), "{by}");
        assert_eq!(roster.people().len(), 3);
    }
    let mut roster = group();
    let at = roster.next_position().0;
    write(&mut roster, another(ANNA, 107)).unwrap();
    let new = new_device(&roster, 107, 7);
    let stranger = new.prove_by_recovery(&recovery(70));
    let given = write(&mut roster, add(at, &new, stranger));
    assert_eq!(given, Err(RosterError::Contradiction));
    // What Anna signed for one device lets in no other.
    let other = NewDevice {
        turn: turn_key(8),
        ..new.clone()
    };
    let given = write(&mut roster, add(at, &other, new.prove(&key(ANNA))));
    assert_eq!(given, Err(RosterError::Contradiction));
    write(&mut roster, add(at, &new, new.prove(&key(ANNA)))).unwrap();
}

#[test]
fn a_recovery_key_speaks_once_and_the_last_that_was_registered() {
    let mut roster = group();
    let set = |roster: &mut Roster, before: Option<u8>, key_: u8| {
        let before = before.map(|seed| recovery(seed).public());
        let key_ = Some(recovery(key_).public());
        let set = SetRecovery::sign(roster.id(), before, key_, &key(ANNA));
        write(roster, Change::Recovery(set))
    };
    set(&mut roster, None, 70).unwrap();
    assert_eq!(set(&mut roster, None, 71), Err(RosterError::Contradiction));
    set(&mut roster, Some(70), 71).unwrap();
    assert_eq!(
        roster.recovery_of(&key(ANNA).public()),
        Some(recovery(71).public())
    );
    let at = roster.next_position().0;
    write(&mut roster, another(ANNA, 107)).unwrap();
    let new = new_device(&roster, 107, 7);
    let by = |seed| new.prove_by_recovery(&recovery(seed));
    let given = write(&mut roster, add(at, &new, by(70)));
    assert_eq!(given, Err(RosterError::Contradiction));
    write(&mut roster, add(at, &new, by(71))).unwrap();
    assert_eq!(roster.recovery_of(&key(7).public()), None);
    let at = roster.next_position().0;
    write(&mut roster, another(ANNA, 108)).unwrap();
    let next = new_device(&roster, 108, 8);
    let again = next.prove_by_recovery(&recovery(71));
    let given = write(&mut roster, add(at, &next, again));
    assert_eq!(given, Err(RosterError::Contradiction));
}

#[test]
fn nobody_fills_the_group_with_their_devices() {
    let mut roster = group();
    for device in 10..10 + u8::try_from(DEVICES_MAX).unwrap() - 1 {
        give(&mut roster, (ANNA, device), &key(ANNA)).unwrap();
    }
    let given = give(&mut roster, (ANNA, 30), &key(ANNA));
    assert_eq!(given, Err(RosterError::OverLimit));
    give(&mut roster, (BORIS, 31), &key(BORIS)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried_people_stay_who_they_are(
        tried in prop::collection::vec((0u8..3, 0usize..3, 0usize..6, 0usize..6), 1..20),
    ) {
        let mut roster = group();
        let mut devices = vec![VERA, ANNA, BORIS];
        let mut next = 10;
        for (kind, of, by, out) in tried {
            let of = [VERA, ANNA, BORIS][of];
            let by = devices[by % devices.len()];
            let before = roster.clone();
            match kind {
                0 | 1 => {
                    let owner = before.person_of(&key(of).public());
                    let is_theirs = before.person(&key(by).public())
                        .is_some_and(|it| Some(it.person) == owner);
                    let has_any = before.person(&key(of).public()).is_some();
                    let given = give(&mut roster, (of, next), &key(by));
                    let room = before.devices_of(&key(of).public()).count() < DEVICES_MAX;
                    prop_assert_eq!(given.is_ok(), is_theirs && has_any && room);
                    if given.is_ok() {
                        devices.push(next);
                    }
                    next += 1;
                }
                _ => {
                    let out = devices[out % devices.len()];
                    let gone = super::tests::turn_out(&before, &[out]);
                    let is_in = before.person(&key(out).public()).is_some();
                    let done = write(&mut roster, gone);
                    prop_assert_eq!(done.is_ok(), is_in && out != VERA);
                }
            }
            // Names, roles and who somebody is are one for all their devices.
            for row in roster.people() {
                let first = roster.whoever(&row.person).unwrap();
                prop_assert_eq!((&first.name, first.role, first.came), (&row.name, row.role, row.came));
                prop_assert_eq!(roster.person_of(&row.device), Some(row.person));
            }
            let persons: Vec<_> = roster.persons().map(|it| it.person).collect();
            let asked = roster.pen.coordinators.iter().chain(&roster.pen.members);
            let asked: Vec<_> = asked.copied().collect();
            prop_assert_eq!(persons.len(), asked.len());
            prop_assert!(persons.iter().all(|it| asked.contains(it)));
            prop_assert_eq!(roster.pen.devices.len(), roster.people().len());
            let rebuilt = Roster::from_chain(roster.entries().to_vec()).unwrap();
            prop_assert_eq!(rebuilt.people(), roster.people());
        }
    }
}
