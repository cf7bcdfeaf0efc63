#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use bellrope_proto::signing::{Device, PublicKey, SecretKey};

use super::*;
use crate::{
    ids::{Epoch, GroupId},
    seal::MemberIdentity,
};

const GROUP: GroupId = GroupId(Hash([1; 32]));
const HEAD: Hash = Hash([2; 32]);

fn key(byte: u8) -> PublicKey<Device> {
    SecretKey::from_seed(&[byte; 32]).public()
}

/// Two devices, the lower first, and somebody between who has keys of their own.
fn pair(one: u8, other: u8) -> [u8; 2] {
    let mut pair = [one, other];
    pair.sort_by_key(|byte| key(*byte));
    pair
}

fn bound([first, second]: [u8; 2]) -> Bound {
    Bound {
        group: GROUP,
        devices: [key(first), key(second)],
        keys: [first, second].map(|byte| MemberIdentity::from_seed(&[byte; 32]).to_key()),
        roster: Hash([0; 32]),
    }
}

/// A log of what two say to each other.
#[derive(Default)]
struct Log(Vec<Heard>);

impl Log {
    fn post(&mut self, (from, to): (u8, u8), step: Step) {
        let said = Comparison::new((GROUP, Epoch(1), HEAD), (key(from), key(to)), &step);
        let place = Sequence(u64::try_from(self.0.len()).unwrap() + 1);
        self.0.push(Heard { place, said });
    }
}

struct End {
    me: u8,
    them: u8,
    talk: Talk,
    code: Option<CallCode>,
}

impl End {
    fn new(pair: [u8; 2], me: u8) -> Self {
        let them = if pair[0] == me { pair[1] } else { pair[0] };
        Self {
            me,
            them,
            talk: Talk::new(bound(pair), pair[0] == me),
            code: None,
        }
    }

    /// Looks until there is nothing to do; what it would not go on for.
    fn looks(&mut self, log: &mut Log) -> Option<Next> {
        loop {
            let way = (self.me, self.them);
            match self.talk.next(&log.0, HEAD, |head| *head == HEAD) {
                Next::Wait => return None,
                Next::Say(step) => log.post(way, step),
                Next::Code(code, step) => {
                    assert!(self.code.is_none());
                    self.code = Some(code);
                    step.into_iter().for_each(|step| log.post(way, step));
                }
                other => return Some(other),
            }
        }
    }
}

#[test]
fn whoever_begins_both_come_to_one_code() {
    let pair = pair(10, 20);
    for first in [0, 1] {
        let mut log = Log::default();
        let mut ends = [End::new(pair, pair[first]), End::new(pair, pair[1 - first])];
        for _ in 0..6 {
            for end in &mut ends {
                assert_eq!(end.looks(&mut log), None);
            }
        }
        assert!(ends[0].code.is_some());
        assert_eq!(ends[0].code, ends[1].code);
        assert_eq!(ends[0].talk.call(), ends[1].talk.call());
        assert!(log.0.len() <= 5, "{}", log.0.len());
    }
}

#[test]
fn who_starts_again_gets_a_code_as_long_as_none_was_shown() {
    let pair = pair(10, 20);
    for again in [0, 1] {
        let mut log = Log::default();
        let mut ends = [End::new(pair, pair[0]), End::new(pair, pair[1])];
        ends[1].looks(&mut log);
        ends[0].looks(&mut log);
        if again == 0 {
            ends[1].looks(&mut log);
        }
        ends[again] = End::new(pair, pair[again]);
        for _ in 0..6 {
            for end in &mut ends {
                assert_eq!(end.looks(&mut log), None);
            }
        }
        assert!(ends[0].code.is_some(), "{again}");
        assert_eq!(ends[0].code, ends[1].code, "{again}");
    }
}

/// What somebody between gets to see before they are bound, for each of the orders in which the three keys can stand.
#[test]
fn somebody_between_two_shows_them_different_codes() {
    for (anna, boris, between) in [
        (10, 20, 30),
        (10, 30, 20),
        (20, 30, 10),
        (30, 20, 10),
        (20, 10, 30),
        (30, 10, 20),
    ] {
        // Each true device talks to the false one, which has the other's name; so there are two logs.
        let mut logs = [Log::default(), Log::default()];
        let pairs = [pair(anna, between), pair(boris, between)];
        let mut victims = [End::new(pairs[0], anna), End::new(pairs[1], boris)];
        let mut false_ends = [End::new(pairs[0], between), End::new(pairs[1], between)];
        for _ in 0..6 {
            for at in [0, 1] {
                victims[at].looks(&mut logs[at]);
                false_ends[at].looks(&mut logs[at]);
            }
        }
        let codes = [victims[0].code.unwrap(), victims[1].code.unwrap()];
        assert_ne!(codes[0], codes[1]);
    }
}

#[test]
fn a_reveal_of_something_else_and_a_commitment_after_the_answer_are_found_out() {
    let pair = pair(10, 20);
    let [lead, follow] = pair;
    // Commits, waits for what is added, and then reveals what gives the code that it likes.
    let mut log = Log::default();
    let mut honest = End::new(pair, follow);
    honest.looks(&mut log);
    let own = Hash([9; 32]);
    log.post((lead, follow), Step::Commit(own));
    honest.looks(&mut log);
    let Some(Step::Answer(_, added)) = log.0.last().unwrap().said.step() else {
        panic!("no answer");
    };
    let reveal = |added| Step::Reveal {
        commitment: own,
        added,
        committed: [7; 32],
    };
    // For another answer, as one that was played back is, nothing happens.
    log.post((lead, follow), reveal([8; 32]));
    assert_eq!(honest.looks(&mut log), None);
    log.post((lead, follow), reveal(added));
    assert_eq!(honest.looks(&mut log), Some(Next::NotCommitted));
    assert_eq!(honest.code, None);
}

#[test]
fn what_was_added_twice_is_taken_once_and_what_was_played_back_starts_nothing() {
    let pair = pair(10, 20);
    let [lead, follow] = pair;
    let mut log = Log::default();
    // Of an earlier call, all of it.
    let mut ends = [End::new(pair, lead), End::new(pair, follow)];
    for _ in 0..4 {
        for end in &mut ends {
            let _ = end.looks(&mut log);
        }
    }
    let before: Vec<Step> = log.0.iter().filter_map(|it| it.said.step()).collect();
    let code = ends[0].code;

    let mut honest = End::new(pair, lead);
    honest.looks(&mut log);
    for step in &before {
        if matches!(step, Step::Answer(..)) {
            log.post((follow, lead), *step);
        }
    }
    assert_eq!(honest.looks(&mut log), None);
    assert_eq!(honest.code, None);
    let Some(Step::Commit(own)) = log.0.iter().rev().find_map(|it| {
        let step = it.said.step();
        step.filter(|step| matches!(step, Step::Commit(_)))
    }) else {
        panic!("no commitment");
    };
    log.post((follow, lead), Step::Answer(own, [1; 32]));
    log.post((follow, lead), Step::Answer(own, [2; 32]));
    honest.looks(&mut log);
    let first = honest.talk.call();
    assert_eq!(first, Some(call_of(&own, &[1; 32])));
    honest.looks(&mut log);
    assert_eq!(honest.talk.call(), first);
    assert_ne!(honest.code, code);

    let mut honest = End::new(pair, follow);
    for step in &before {
        log.post((lead, follow), *step);
    }
    honest.looks(&mut log);
    assert!(matches!(
        log.0.last().unwrap().said.step(),
        Some(Step::Ready(_))
    ));
}

#[test]
fn another_roster_gives_no_code_and_beginning_for_ever_ends() {
    let pair = pair(10, 20);
    let [lead, follow] = pair;
    let mut log = Log::default();
    let mut ends = [End::new(pair, lead), End::new(pair, follow)];
    ends[1].looks(&mut log);
    ends[0].looks(&mut log);
    let elsewhere = |end: &mut End, log: &Log| end.talk.next(&log.0, Hash([3; 32]), |_| false);
    assert_eq!(elsewhere(&mut ends[1], &log), Next::OtherRoster);
    ends[1].looks(&mut log);
    assert_eq!(elsewhere(&mut ends[0], &log), Next::OtherRoster);

    let mut honest = End::new(pair, lead);
    for _ in 0..AGAIN_MAX {
        assert_eq!(honest.looks(&mut log), None);
        log.post((follow, lead), Step::Ready([0; 32]));
    }
    assert_eq!(honest.looks(&mut log), None);
    log.post((follow, lead), Step::Ready([0; 32]));
    assert_eq!(honest.looks(&mut log), Some(Next::TooOften));
    let mut honest = End::new(pair, follow);
    honest.looks(&mut log);
    for byte in 0..8 {
        log.post((lead, follow), Step::Commit(Hash([byte; 32])));
        assert_eq!(honest.looks(&mut log), None);
    }
    log.post((lead, follow), Step::Commit(Hash([99; 32])));
    assert_eq!(honest.looks(&mut log), Some(Next::TooOften));
}

#[test]
fn of_what_the_other_said_the_worse_counts_and_only_of_this_call() {
    let pair = pair(10, 20);
    let [lead, follow] = pair;
    let mut log = Log::default();
    let mut ends = [End::new(pair, lead), End::new(pair, follow)];
    for _ in 0..4 {
        for end in &mut ends {
            let _ = end.looks(&mut log);
        }
    }
    let call = ends[0].talk.call().unwrap();
    log.post(
        (follow, lead),
        Step::Verdict(Hash([1; 32]), Verdict::Differ),
    );
    log.post((lead, follow), Step::Verdict(call, Verdict::Same));
    assert_eq!(ends[0].talk.verdict(&log.0), None);
    assert_eq!(ends[1].talk.verdict(&log.0), Some(Verdict::Same));
    log.post((follow, lead), Step::Verdict(call, Verdict::Same));
    assert_eq!(ends[0].talk.verdict(&log.0), Some(Verdict::Same));
    log.post((follow, lead), Step::Verdict(call, Verdict::Differ));
    log.post((follow, lead), Step::Verdict(call, Verdict::Same));
    assert_eq!(ends[0].talk.verdict(&log.0), Some(Verdict::Differ));
}
