#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;
use crate::{
    case::{
        Void,
        fixtures::{self, SENDER, device, hashes},
    },
    message::ReadersWords,
};

/// 1 and 2 can be opened to, and 12 is another device of 1; 3 cannot.
fn whom(of: &PublicKey<Device>) -> Option<PublicKey<Device>> {
    [(1, 1), (12, 1), (2, 2)]
        .into_iter()
        .find(|(known, _)| device(*known) == *of)
        .map(|(_, person)| device(person))
}

fn said(number: u8, opens: bool, who: &[u8], over: &[u8]) -> Said {
    let who = who.iter().map(|who| device(*who)).collect();
    let words = ReadersWords::new(opens, who, hashes(over), String::new());
    fixtures::said(number, SENDER, CaseAct::Readers(words))
}

/// Of the first two until when it is open, in whatever order it was said: nothing where it never was, nothing in it where it still is.
fn until(all: &[Said]) -> [Option<Option<u64>>; 2] {
    let of = |all: &[Said]| {
        let found = opened_to(all, whom);
        [1, 2].map(|who| {
            let opened = found.of(&device(who));
            opened.map(|opened| opened.until.map(|(at, _)| at.0))
        })
    };
    let mut turned = all.to_vec();
    let found = of(all);
    for _ in 0..all.len() {
        turned.rotate_left(1);
        assert_eq!(of(&turned), found);
    }
    found
}

#[test]
fn it_is_open_to_whom_somebody_opened_it_until_somebody_who_had_seen_that_says_no() {
    assert_eq!(until(&[]), [None, None]);
    let open = said(1, true, &[1, 3], &[]);
    assert_eq!(until(std::slice::from_ref(&open)), [Some(None), None]);
    // By another of their devices.
    let other = said(1, true, &[12], &[]);
    assert_eq!(until(&[other]), [Some(None), None]);
    let no = said(2, false, &[1], &[1]);
    assert_eq!(until(&[open.clone(), no.clone()]), [Some(Some(2)), None]);
    let again = said(3, true, &[1], &[1, 2]);
    assert_eq!(
        until(&[open.clone(), no.clone(), again.clone()]),
        [Some(None), None]
    );
    // Somebody who had not seen that it was opened again.
    let late = said(4, false, &[1], &[1]);
    let all = [open.clone(), no.clone(), again, late];
    assert_eq!(until(&all), [Some(Some(4)), None]);
    // Of somebody else nothing is changed.
    let both = said(1, true, &[1, 2], &[]);
    assert_eq!(until(&[both, no.clone()]), [Some(Some(2)), Some(None)]);
    assert_eq!(until(std::slice::from_ref(&no)), [None, None]);
    // What does not count.
    let mut void = no;
    void.counts = Err(Void::Frozen);
    assert_eq!(until(&[open, void]), [Some(None), None]);
}

#[test]
fn what_was_said_before_it_ended_was_said_by_somebody_who_read_it() {
    let all = [said(1, true, &[1], &[]), said(5, false, &[1], &[1])];
    let found = opened_to(&all, whom);
    let was = |at| found.was_open(&device(1), Timestamp(at));
    assert!(!found.is_open(&device(1)));
    assert_eq!([was(0), was(4), was(5), was(6)], [true, true, false, false]);
    assert!(!found.was_open(&device(2), Timestamp(0)));
}

fn any_said(number: u8) -> impl Strategy<Value = Said> {
    let who = proptest::collection::btree_set(proptest::sample::select(vec![1_u8, 2, 3, 12]), 1..4);
    let over = proptest::collection::vec(0_u8..8, 0..4);
    (any::<bool>(), who, over).prop_map(move |(opens, who, over)| {
        said(number, opens, &who.into_iter().collect::<Vec<_>>(), &over)
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
        let found = opened_to(&all, whom);
        prop_assert_eq!(&opened_to(&other, whom), &found);
        let ends = |found: &OpenedTo| -> Vec<_> {
            found.iter().map(|(who, it)| (*who, it.by, it.until)).collect()
        };
        let twice = [all, other].concat();
        prop_assert_eq!(ends(&opened_to(&twice, whom)), ends(&found));
    }

    /// Whatever is missing, nobody reads it to whom nobody opened it, and one more "no" opens it to nobody.
    #[test]
    fn nothing_opens_it_but_that_somebody_opened_it(all in any_all(), over in proptest::collection::vec(0_u8..8, 0..4)) {
        let found = opened_to(&all, whom);
        for who in [1, 2] {
            let named = all.iter().any(|said| {
                let CaseAct::Readers(words) = &said.act else { unreachable!() };
                words.opens() && words.who.iter().any(|it| whom(it) == Some(device(who)))
            });
            prop_assert!(named || found.of(&device(who)).is_none());
            let no = said(20, false, &[who], &over);
            let with = [all.as_slice(), &[no]].concat();
            prop_assert!(!opened_to(&with, whom).is_open(&device(who)));
        }
    }
}
