#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;
use crate::{
    case::{
        Void,
        fixtures::{hashes, said_at},
        judge::Place,
    },
    ids::Position,
    message::KeepWords,
};

/// Its number is its id and hash. It was said at `at`.
fn said(number: u8, at: u64, (until, over): (Option<u64>, &[u8])) -> Said {
    let until = until.map(Timestamp);
    let words = KeepWords::new(until, hashes(over), "a trial".to_owned());
    said_at(Timestamp(at), number, number % 3, CaseAct::Keep(words))
}

/// By which it is kept, and until when.
fn found(all: &[Said]) -> Option<(u8, u64)> {
    let found = keeping(all)?;
    Some((all[found.at].hash.0[0], found.until.0))
}

#[test]
fn the_newest_that_saw_the_others_counts_and_else_the_longest() {
    let first = said(1, 10, (Some(100), &[]));
    assert_eq!(found(std::slice::from_ref(&first)), Some((1, 100)));
    // Also where it is shorter, and by somebody else.
    let shorter = said(2, 20, (Some(50), &[1]));
    assert_eq!(found(&[first.clone(), shorter]), Some((2, 50)));
    let back = said(3, 20, (None, &[1]));
    assert_eq!(found(&[first.clone(), back.clone()]), None);
    // Who did not see that it is kept takes nothing of that back.
    let blind = said(4, 20, (None, &[]));
    assert_eq!(found(&[first.clone(), blind]), Some((1, 100)));
    let beside = said(5, 20, (Some(200), &[]));
    let all = [first.clone(), beside.clone(), back];
    assert_eq!(found(&all), Some((5, 200)));
    // Who was put out since has said it all the same; whose word never counted has not.
    let mut out = beside.clone();
    out.counts = Ok(Place {
        since: Position(0),
        is_in: false,
    });
    assert_eq!(found(&[first.clone(), out]), Some((5, 200)));
    let mut void = beside;
    void.counts = Err(Void::Frozen);
    assert_eq!(found(&[first, void]), Some((1, 100)));
}

#[test]
fn nobody_keeps_a_case_for_ever() {
    let ever = said(1, 10, (Some(u64::MAX), &[]));
    assert_eq!(found(&[ever]), Some((1, 10 + KEPT_SECONDS_MAX)));
}

/// One of the two clocks is years behind: the author's, or that of a relay that lies.
#[test]
fn no_clock_that_is_behind_ends_what_is_kept() {
    const YEARS: u64 = 3 * KEPT_SECONDS_MAX;
    for (time, arrived) in [(0, YEARS), (YEARS, 0)] {
        let mut one = said(1, 0, (Some(YEARS + 900), &[]));
        (one.time, one.arrived) = (Timestamp(time), Timestamp(arrived));
        assert_eq!(found(&[one]), Some((1, YEARS + 900)));
    }
}

/// What somebody would find who has all that was said before them on paper: it is crossed out whatever another word names, of the rest the one with the
/// latest end is taken, and no end is more than five years, of which two may have a day more, after both clocks.
fn by_hand(all: &[Said]) -> Option<(u8, u64)> {
    let counting: Vec<&Said> = all.iter().filter(|said| said.counts.is_ok()).collect();
    let words = |said: &Said| match &said.act {
        CaseAct::Keep(words) => words.clone(),
        _ => unreachable!(),
    };
    let mut best = None;
    for one in &counting {
        let is_crossed_out = counting
            .iter()
            .any(|other| words(other).over.contains(&one.hash));
        let Some(until) = words(one).until.filter(|_| !is_crossed_out) else {
            continue;
        };
        let later = one.time.0.max(one.arrived.0);
        let until = until.0.min(later + (5 * 365 + 2) * 86_400);
        best = best.max(Some((until, one.hash.0[0])));
    }
    best.map(|(until, number)| (number, until))
}

fn any_said(number: u8) -> impl Strategy<Value = Said> {
    let over = proptest::collection::vec(0_u8..8, 0..3);
    let until = proptest::option::of(0_u64..9);
    let clocks = (0_u64..6, 0_u64..6);
    (until, over, clocks, proptest::bool::weighted(0.9)).prop_map(
        move |(until, over, (time, arrived), counts)| {
            let quarters = |it| it * KEPT_SECONDS_MAX / 4;
            let over: Vec<u8> = over.into_iter().filter(|it| *it != number).collect();
            let mut said = said(number, 0, (until.map(quarters), &over));
            (said.time, said.arrived) = (Timestamp(time), Timestamp(arrived));
            said.at = said.time.min(said.arrived);
            if !counts {
                said.counts = Err(Void::Frozen);
            }
            said
        },
    )
}

fn any_all() -> impl Strategy<Value = Vec<Said>> {
    let all: Vec<_> = (0..8).map(any_said).collect();
    all.prop_flat_map(|all| proptest::sample::subsequence(all, 0..=8))
}

proptest! {
    #[test]
    fn it_comes_to_what_somebody_finds_by_hand(all in any_all()) {
        prop_assert_eq!(found(&all), by_hand(&all));
    }

    #[test]
    fn the_order_in_which_it_comes_and_what_comes_twice_change_nothing(
        (all, other) in any_all().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        let first = found(&all);
        prop_assert_eq!(found(&other), first);
        let twice = [all, other].concat();
        prop_assert_eq!(found(&twice), first);
    }

    /// One word more that saw nothing never lets a case go earlier.
    #[test]
    fn what_saw_nothing_takes_nothing_back(all in any_all(), until in proptest::option::of(0_u64..900)) {
        let before = found(&all).map(|it| it.1);
        let more = [all, vec![said(20, 3, (until, &[]))]].concat();
        prop_assert!(found(&more).map(|it| it.1) >= before);
    }
}
