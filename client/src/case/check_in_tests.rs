#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;
use crate::{
    case::fixtures::{ANNA, said_at},
    extensions::Extensions,
    message::{NoteWords, ReachWords},
};

const HOUR: u64 = 3_600;

/// When the plan came.
const CAME: Timestamp = Timestamp(1_000_000);

fn at(hours: u64) -> Timestamp {
    CAME.plus(hours * HOUR)
}

/// Every twelve hours, for four days.
fn plan() -> CheckInPlan {
    CheckInPlan {
        every: 12 * 3_600,
        grace: 30 * 60,
        first: at(12),
        until: at(96),
        well: "мята".to_owned(),
        forced: "чабрец".to_owned(),
        extensions: Extensions::none(),
    }
}

fn came(number: u8, arrived: Timestamp, act: CheckInAct, spoken: Spoken) -> CheckedIn {
    CheckedIn {
        id: MessageId([number; 16]),
        arrived,
        signed: arrived,
        act,
        spoken,
        void: None,
    }
}

fn well(number: u8, arrived: Timestamp) -> CheckedIn {
    came(number, arrived, CheckInAct::Here, Spoken::Well)
}

fn reach(number: u8, at: Timestamp, reached: Reached) -> Said {
    let words = ReachWords {
        reached,
        reason: String::new(),
        extensions: Extensions::none(),
    };
    said_at(at, number, ANNA, CaseAct::Reach(words))
}

fn note(number: u8, at: Timestamp) -> Said {
    let words = NoteWords {
        text: "called the lawyer".to_owned(),
        extensions: Extensions::none(),
    };
    said_at(at, number, ANNA, CaseAct::Note(words))
}

fn of(checked: &[CheckedIn], said: &[Said], freezes: &[Frozen]) -> CheckIns {
    check_ins((&plan(), CAME), checked, said, freezes)
}

fn word(since: Timestamp, lifted: Option<Timestamp>) -> Frozen {
    Frozen {
        id: MessageId([9; 16]),
        is_own_word: true,
        by: "D-1".to_owned(),
        since,
        reason: String::new(),
        lifted: lifted.map(|at| ("Anna".to_owned(), at)),
    }
}

#[test]
fn each_is_due_so_long_after_the_last_came_and_the_last_at_the_end() {
    let none = of(&[], &[], &[]);
    assert_eq!(none.heard(at(11)), Heard::Waiting(at(12)));
    assert_eq!(none.heard(at(12)), Heard::Late(at(12)));
    let overdue = at(12).plus(1_800);
    assert_eq!(none.heard(Timestamp(overdue.0 - 1)), Heard::Late(at(12)));
    assert_eq!(none.heard(overdue), Heard::Overdue(at(12)));
    let since = overdue.plus(SILENCE);
    assert_eq!(none.heard(Timestamp(since.0 - 1)), Heard::Overdue(at(12)));
    let silent = Heard::Unreached {
        due: at(12),
        since,
        said: false,
    };
    assert_eq!(none.heard(since), silent);

    // Before the first is due nobody is early; after it the last one counts.
    assert_eq!(of(&[well(1, at(0))], &[], &[]).due(), at(12));
    assert_eq!(of(&[well(1, at(3))], &[], &[]).due(), at(15));
    let both = [well(2, at(20)), well(1, at(3))];
    assert_eq!(of(&both, &[], &[]).due(), at(32));
    assert_eq!(of(&[well(1, at(90))], &[], &[]).due(), at(96));
    let last = at(96).0 - 1_800;
    assert_eq!(
        of(&[well(1, Timestamp(last))], &[], &[]).heard(at(1_000)),
        Heard::Over
    );
    let before = of(&[well(1, Timestamp(last - 1))], &[], &[]);
    assert_eq!(before.heard(at(96)), Heard::Late(at(96)));
}

#[test]
fn a_plan_that_waited_for_a_network_begins_when_it_comes() {
    let late = |came| check_ins((&plan(), came), &[], &[], &[]);
    assert_eq!(late(at(12)).due(), at(12));
    assert_eq!(late(at(13)).due(), at(25));
    assert_eq!(late(at(97)).heard(at(98)), Heard::Over);
}

#[test]
fn what_a_person_says_counts_and_for_this_time_only() {
    let nobody = [reach(1, at(13), Reached::No)];
    let missed = of(&[], &nobody, &[]);
    let unreached = |since| Heard::Unreached {
        due: at(12),
        since,
        said: true,
    };
    assert_eq!(missed.heard(at(13)), unreached(at(13)));
    // Said in the grace, it counts from its end on.
    let early = of(&[], &[reach(1, at(12), Reached::No)], &[]);
    assert_eq!(early.heard(at(12)), Heard::Late(at(12)));
    assert_eq!(early.heard(at(13)), unreached(at(12).plus(1_800)));
    // Before it was due, it was of another time.
    let before = of(&[], &[reach(1, at(11), Reached::No)], &[]);
    assert_eq!(before.heard(at(13)), Heard::Overdue(at(12)));
    // They came after all, by either way.
    for (checked, said) in [
        (vec![well(7, at(14))], nobody.to_vec()),
        (
            Vec::new(),
            vec![nobody[0].clone(), reach(2, at(14), Reached::Yes)],
        ),
    ] {
        assert_eq!(
            of(&checked, &said, &[]).heard(at(15)),
            Heard::Waiting(at(26))
        );
    }
    // A note is no word on it; who has no say has none.
    assert_eq!(
        of(&[], &[note(1, at(13))], &[]).heard(at(13)),
        Heard::Overdue(at(12))
    );
    assert_eq!(of(&[], &[note(1, at(13))], &[]).answered, Some(at(13)));
    let mut void = reach(1, at(13), Reached::No);
    void.counts = Err(Void::NotForThem);
    assert_eq!(of(&[], &[void], &[]).heard(at(13)), Heard::Overdue(at(12)));
}

#[test]
fn another_word_and_what_is_void_are_no_sign_of_life_and_end_nothing() {
    let other = |act| came(1, at(13), act, Spoken::Other);
    for act in [CheckInAct::Here, CheckInAct::End] {
        assert_eq!(
            of(&[other(act)], &[], &[]).heard(at(13)),
            Heard::Overdue(at(12))
        );
    }
    let voids = [
        NotHeard::Old,
        NotHeard::Void(Void::Frozen),
        NotHeard::Void(Void::NotTheSender),
    ];
    for void in voids {
        let one = CheckedIn {
            void: Some(void),
            ..came(1, at(13), CheckInAct::End, Spoken::Well)
        };
        assert_eq!(of(&[one], &[], &[]).heard(at(13)), Heard::Overdue(at(12)));
    }
    let end = came(1, at(13), CheckInAct::End, Spoken::Well);
    assert_eq!(of(&[end], &[], &[]).heard(at(500)), Heard::Over);
}

#[test]
fn forced_is_forced_until_a_person_lifts_it_whatever_else_comes() {
    let end = came(1, at(13), CheckInAct::End, Spoken::Well);
    let all = [end, well(2, at(14))];
    let forced = of(
        &all,
        &[reach(1, at(15), Reached::Yes)],
        &[word(at(12), None)],
    );
    assert_eq!(forced.heard(at(15)), Heard::Forced(at(12)));
    let lifted = of(&[], &[], &[word(at(12), Some(at(16)))]);
    assert_eq!(lifted.heard(at(17)), Heard::Waiting(at(28)));

    let word = |void| {
        CheckedIn {
            void,
            ..came(1, at(13), CheckInAct::Here, Spoken::Forced)
        }
        .is_forced()
    };
    assert!(word(None) && word(Some(NotHeard::Old)));
    assert!(word(Some(NotHeard::Void(Void::Frozen))));
    assert!(!word(Some(NotHeard::Void(Void::NotTheSender))));
    assert!(!word(Some(NotHeard::Void(Void::OtherAlert))));
}

fn any_checked() -> impl Strategy<Value = CheckedIn> {
    (any::<u8>(), 0_u64..100, any::<bool>(), 0_u8..3, 0_u8..4).prop_map(
        |(number, hours, ends, spoken, void)| CheckedIn {
            spoken: [Spoken::Well, Spoken::Forced, Spoken::Other][usize::from(spoken)],
            void: match void {
                0 | 1 => None,
                2 => Some(NotHeard::Old),
                _ => Some(NotHeard::Void(Void::Frozen)),
            },
            act: if ends {
                CheckInAct::End
            } else {
                CheckInAct::Here
            },
            ..well(number, at(hours))
        },
    )
}

fn any_said() -> impl Strategy<Value = Said> {
    (any::<u8>(), 0_u64..100, 0_u8..3).prop_map(|(number, hours, what)| match what {
        0 => note(number, at(hours)),
        1 => reach(number, at(hours), Reached::Yes),
        _ => reach(number, at(hours), Reached::No),
    })
}

proptest! {
    #[test]
    fn it_comes_to_the_same_in_whatever_order_and_however_often(
        (all, other) in proptest::collection::vec(any_checked(), 0..8)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        (said, others) in proptest::collection::vec(any_said(), 0..6)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        now in 0_u64..200,
    ) {
        let (one, two) = (of(&all, &said, &[]), of(&other, &others, &[]));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(one.heard(at(now)), two.heard(at(now)));
    }

    /// Nothing but the word for it, or a person, keeps members from looking for somebody; and more of what is no sign of life changes nothing.
    #[test]
    fn nothing_but_a_sign_of_life_puts_it_off(
        noise in proptest::collection::vec(any_checked(), 0..8),
        now in 0_u64..200,
    ) {
        let noise: Vec<CheckedIn> = noise.into_iter().filter(|it| !it.is_sign_of_life()).collect();
        prop_assert_eq!(of(&noise, &[], &[]).heard(at(now)), of(&[], &[], &[]).heard(at(now)));
    }

    /// Once it is late, time alone does not make it less so.
    #[test]
    fn it_only_gets_later(hours in 0_u64..100, more in 0_u64..100) {
        let rank = |heard| match heard {
            Heard::Waiting(_) => 0,
            Heard::Late(_) => 1,
            Heard::Overdue(_) => 2,
            Heard::Unreached { .. } => 3,
            Heard::Over | Heard::Forced(_) => 4,
        };
        let case = of(&[well(1, at(5))], &[], &[]);
        prop_assert!(rank(case.heard(at(hours))) <= rank(case.heard(at(hours + more))));
    }
}
