//! What a holder can do who signs two entries for one place.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{ids::Hash, signing::Signed};

use super::{
    tests::{admit, approve, founding, key, write},
    *,
};
use crate::{extensions::Extensions, ids::Position};

/// The founder's entry after a head, whatever else continues it.
fn second(position: u32, previous: Hash, seed: u8) -> Signed<Entry> {
    key(1).sign(&Entry {
        position: Position(position),
        previous,
        time: bellrope_proto::ids::Timestamp(1_000),
        author: key(1).public(),
        change: admit(seed, Role::Member),
        extensions: Extensions::none(),
    })
}

#[test]
fn second_entries_are_told_kept_up_to_a_limit_and_followed_by_nobody() {
    let mut roster = Roster::found(founding(0)).unwrap();
    write(&mut roster, admit(50, Role::Member)).unwrap();
    let head = roster.head();
    for seed in 60..160 {
        let entry = second(1, roster.id().0, seed);
        assert_eq!(
            roster.apply(entry.clone()),
            Err(RosterError::Fork),
            "{seed}"
        );
        assert_eq!(roster.head(), head);
        // One that is kept is told once.
        let is_kept = roster.known().contains(&entry);
        let again = roster.apply(entry);
        assert_eq!(again == Ok(Applied::Known), is_kept, "{seed}");
    }
    assert_eq!(roster.known_len(), 2 + 64);
    write(&mut roster, approve(1, 5)).unwrap();
    let again = Roster::from_known(roster.known()).unwrap();
    assert_eq!((again.head(), again.known_len()), (roster.head(), 3 + 64));
    assert_eq!(again.people(), roster.people());
}

#[test]
fn what_continues_a_second_entry_is_kept_and_what_breaks_a_rule_there_is_not() {
    let mut roster = Roster::found(founding(0)).unwrap();
    write(&mut roster, admit(50, Role::Member)).unwrap();
    let other = second(1, roster.id().0, 60);
    let after = head_after(&other);
    // Before it, it is of no history that is known here.
    let next = second(2, after, 61);
    assert_eq!(roster.apply(next.clone()), Err(RosterError::Elsewhere));
    assert_eq!(roster.apply(other), Err(RosterError::Fork));
    assert_eq!(roster.apply(next), Ok(Applied::Aside));
    let same_again = second(3, head_after(&second(2, after, 61)), 60);
    assert_eq!(roster.apply(same_again), Err(RosterError::Contradiction));
    assert_eq!(roster.entries().len(), 2);
}
