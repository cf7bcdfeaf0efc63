#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;
use crate::{
    case::{
        Void,
        fixtures::{device, hashes, said_at},
        judge::Place,
    },
    ids::Position,
    message::ErasedWords,
};

/// Its number is its id and hash. It came at `at`.
fn said(number: u8, (by, at): (u8, u64), act: CaseAct) -> Said {
    Said {
        // Each time another of their devices.
        device: device(100 + number),
        ..said_at(Timestamp(at), number, by, act)
    }
}

fn word(wishes: Wishes, reaches: Reaches, over: &[u8]) -> CaseAct {
    CaseAct::Forget(ForgetWords::new(wishes, reaches, hashes(over), None))
}

fn wish(number: u8, by: (u8, u64)) -> Said {
    said(number, by, word(Wishes::Yes, Reaches::Case, &[]))
}

fn no(number: u8, by: (u8, u64), over: &[u8]) -> Said {
    said(number, by, word(Wishes::No, Reaches::Case, over))
}

fn erased(number: u8, by: (u8, u64), reaches: Reaches) -> Said {
    said(number, by, CaseAct::Erased(ErasedWords::new(reaches)))
}

/// When it was decided, by which words, how much.
type Decided = Option<(u64, [u8; 2], Reaches)>;

/// What it comes to without places in a list: who wishes it, and what is decided.
fn found(all: &[Said]) -> (Vec<u8>, Decided) {
    let found = erasing(all, |_| true);
    let number = |at: &At| all[*at].hash.0[0];
    let decided = found.decided.map(|it| {
        let mut by = it.by.map(|at| number(&at));
        by.sort_unstable();
        (it.at.0, by, it.reaches)
    });
    (found.wished_by.iter().map(number).collect(), decided)
}

#[test]
fn two_people_wish_it_at_one_time_and_one_person_destroys_nothing() {
    let case = Reaches::Case;
    assert_eq!(found(&[wish(1, (1, 5))]), (vec![1], None));
    let both = [wish(1, (1, 5)), wish(2, (2, 9))];
    assert_eq!(found(&both), (vec![1, 2], Some((9, [1, 2], case))));
    // One person on two devices is one.
    assert_eq!(found(&[wish(1, (1, 5)), wish(2, (1, 9))]), (vec![1], None));
    // At the same moment, neither having seen the other.
    let same = [wish(1, (1, 5)), wish(2, (2, 5))];
    assert_eq!(found(&same).1, Some((5, [1, 2], case)));
    // What a relay does not have yet would be one's own decision alone.
    let waits = erasing(&both, |at| at != 1);
    assert_eq!((waits.wished_by.len(), waits.decided), (2, None));
}

#[test]
fn what_was_taken_back_before_somebody_agreed_does_not_count_and_after_that_it_is_too_late() {
    let first = wish(1, (1, 5));
    let back = no(2, (1, 7), &[1]);
    assert_eq!(found(&[first.clone(), back.clone()]), (vec![], None));
    let late = [first.clone(), back.clone(), wish(3, (2, 8))];
    assert_eq!(found(&late), (vec![3], None));
    let agreed = [first.clone(), back, wish(3, (2, 6))];
    assert_eq!(found(&agreed).1, Some((6, [1, 3], Reaches::Case)));
    // In one second nobody can say which was first.
    let one = [first.clone(), no(2, (1, 7), &[1]), wish(3, (2, 7))];
    assert_eq!(found(&one).1, None);
    // Nobody takes back what another wishes.
    let others = [first.clone(), no(2, (3, 6), &[1]), wish(3, (2, 8))];
    assert!(found(&others).1.is_some());
    // Again, after all.
    let again = said(4, (1, 9), word(Wishes::Yes, Reaches::Case, &[1]));
    let all = [first, no(2, (1, 7), &[1]), wish(3, (2, 8)), again];
    assert_eq!(found(&all), (vec![3, 4], Some((9, [3, 4], Reaches::Case))));
}

#[test]
fn the_senders_card_goes_only_if_two_people_wish_that_too() {
    let sender = |number, by| said(number, by, word(Wishes::Yes, Reaches::Sender, &[]));
    let one = [sender(1, (1, 5)), wish(2, (2, 6))];
    assert_eq!(found(&one).1, Some((6, [1, 2], Reaches::Case)));
    let two = [sender(1, (1, 5)), wish(2, (2, 6)), sender(3, (3, 7))];
    assert_eq!(found(&two).1, Some((6, [1, 2], Reaches::Sender)));
}

#[test]
fn who_is_out_or_frozen_decides_nothing_and_two_who_have_done_it_are_followed() {
    let mut out = wish(2, (2, 6));
    out.counts = Ok(Place {
        since: Position(2),
        is_in: false,
    });
    let mut frozen = wish(3, (3, 6));
    frozen.counts = Err(Void::Frozen);
    let all = [wish(1, (1, 5)), out.clone(), frozen];
    assert_eq!(found(&all), (vec![1], None));
    // Whoever was away learns of it by the others.
    let one = [
        wish(1, (1, 5)),
        out,
        erased(4, (1, 50), Reaches::Case),
        erased(5, (1, 50), Reaches::Case),
    ];
    assert_eq!(found(&one).1, None, "one person's devices");
    let two = [one.as_slice(), &[erased(6, (3, 60), Reaches::Sender)]].concat();
    assert_eq!(found(&two).1, Some((60, [4, 6], Reaches::Case)));
}

fn any_said(number: u8) -> impl Strategy<Value = Said> {
    let over = proptest::collection::vec(0_u8..8, 0..3);
    let reaches = any::<bool>().prop_map(|sender| match sender {
        true => Reaches::Sender,
        false => Reaches::Case,
    });
    (0_u8..4, reaches, over, 1_u8..4, 0_u64..6).prop_map(move |(what, reaches, over, by, at)| {
        let act = match what {
            0 => word(Wishes::No, reaches, &over),
            1 => CaseAct::Erased(ErasedWords::new(reaches)),
            _ => word(Wishes::Yes, reaches, &over),
        };
        said(number, (by, at), act)
    })
}

fn any_all() -> impl Strategy<Value = Vec<Said>> {
    let all: Vec<_> = (0..8).map(any_said).collect();
    all.prop_flat_map(|all| proptest::sample::subsequence(all, 0..=8))
}

proptest! {
    #[test]
    fn the_order_in_which_it_comes_and_what_comes_twice_change_nothing(
        (all, other) in any_all().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        let first = found(&all);
        prop_assert_eq!(&found(&other), &first);
        let twice = [all, other].concat();
        prop_assert_eq!(&found(&twice), &first);
    }

    #[test]
    fn whatever_is_missing_no_single_person_decides_it(all in any_all(), by in 1_u8..4) {
        let mut all = all;
        for one in &mut all {
            one.author = device(by);
        }
        prop_assert_eq!(found(&all).1, None);
    }

    /// What was decided by wishes stays so, whatever is taken back later: only what came before it matters.
    #[test]
    fn what_comes_later_changes_nothing_of_what_was_decided(all in any_all(), over in proptest::collection::vec(0_u8..8, 0..4), by in 1_u8..4) {
        let before = found(&all).1;
        let back = no(20, (by, 100), &over);
        let with = [all.as_slice(), &[back]].concat();
        if let Some((at, ..)) = before {
            prop_assert_eq!(found(&with).1.map(|it| it.0), Some(at));
        }
    }
}
