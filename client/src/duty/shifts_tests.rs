#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::{
    super::{
        ringing::{Call, Heard, Urgent, Whose, bell},
        rota::tests::rota,
    },
    *,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// 2026-11-30 8:00 where the rota is, a Monday: one is on duty until 20:00, and two is behind them.
const MORNING: u64 = 1_795_996_800 + 6 * HOUR;

/// One until 14:00, then three until 20:00; two is behind both.
fn day() -> Rota<u8> {
    let mut rota = rota();
    rota.days.push(Days {
        from: Timestamp(MORNING + 6 * HOUR),
        until: Timestamp(MORNING + 12 * HOUR),
        line: Some(line(3, Some(2))),
    });
    rota
}

fn line(first: u8, second: Option<u8>) -> Line<u8> {
    Line { first, second }
}

fn at(minutes: u64) -> Timestamp {
    Timestamp(MORNING + minutes * MINUTE)
}

/// From one to three, whose turn is at 360 minutes; written at 330.
fn handed() -> Offer<u8> {
    Offer {
        want: Want::HandOver,
        by: 1,
        to: 3,
        from: at(360),
        until: at(720),
        arrived: at(330),
        accepted: None,
        refused: None,
        taken_back: None,
    }
}

fn swap(by: u8, to: u8, from: u64, until: u64, accepted: Option<u64>) -> Offer<u8> {
    Offer {
        want: Want::Swap,
        by,
        to,
        from: at(from),
        until: at(until),
        arrived: at(0),
        accepted: accepted.map(at),
        refused: None,
        taken_back: None,
    }
}

fn with(offers: &[Offer<u8>]) -> Rota<u8> {
    shifted(&day(), offers, Some, |_| true)
}

fn lines(offers: &[Offer<u8>], minutes: &[u64]) -> Vec<Option<Line<u8>>> {
    let rota = with(offers);
    minutes.iter().map(|it| rota.at(at(*it))).collect()
}

#[test]
fn who_hands_over_is_rung_until_the_other_accepts() {
    let both = [Some(line(1, Some(2))), Some(line(3, Some(2)))];
    // Nothing is otherwise before the other's turn; then it is waited for half an hour; then it rings the second line, and behind them who was asked.
    let found = lines(&[handed()], &[335, 359, 360, 389, 390, 719, 720]);
    let second = Some(line(2, Some(3)));
    assert_eq!(
        found,
        [both[0], both[0], both[0], both[0], second, second, None]
    );
    // Accepted early: from then on.
    let early = Offer {
        accepted: Some(at(340)),
        ..handed()
    };
    assert_eq!(
        lines(&[early], &[339, 340, 359, 360, 719, 720]),
        [both[0], both[1], both[1], both[1], both[1], None]
    );
    // Late: the second line until then.
    let late = Offer {
        accepted: Some(at(400)),
        ..handed()
    };
    assert_eq!(lines(&[late], &[389, 395, 400]), [both[0], second, both[1]]);
    // Accepted is accepted, whatever else is said.
    let both_ways = Offer {
        refused: Some(at(350)),
        taken_back: Some(at(351)),
        ..early
    };
    assert_eq!(lines(&[both_ways], &[345, 360]), [both[1], both[1]]);
}

#[test]
fn what_is_refused_rings_the_second_line_at_once() {
    let refused = |minute| Offer {
        refused: Some(at(minute)),
        ..handed()
    };
    let second = Some(line(2, Some(1)));
    let one = Some(line(1, Some(2)));
    // Before the turn nothing changes: whoever hands over is on duty still.
    assert_eq!(
        lines(&[refused(340)], &[341, 359, 360, 500]),
        [one, one, second, second]
    );
    assert_eq!(lines(&[refused(370)], &[369, 370]), [one, second]);
    // Another one was asked then: it is waited for them, and who takes it has it no longer than they were asked for.
    let again = Offer {
        to: 4,
        from: at(345),
        until: at(360),
        arrived: at(345),
        ..handed()
    };
    assert_eq!(
        lines(&[refused(340), again], &[350, 359, 360]),
        [one, one, second]
    );
    let taken = Offer {
        accepted: Some(at(350)),
        ..again
    };
    assert_eq!(
        lines(&[refused(340), taken], &[349, 350, 360]),
        [one, Some(line(4, Some(2))), second]
    );
    // Taken back, it goes by the rota.
    let back = Offer {
        taken_back: Some(at(350)),
        ..handed()
    };
    assert_eq!(lines(&[back], &[355, 360]), [one, Some(line(3, Some(2)))]);
}

#[test]
fn without_a_second_line_somebody_is_still_rung() {
    let mut rota = day();
    rota.days[0].line = Some(line(3, None));
    for shift in &mut rota.week {
        shift.line.second = None;
    }
    let found =
        |offer: Offer<u8>, minutes| shifted(&rota, &[offer], Some, |_| true).at(at(minutes));
    assert_eq!(found(handed(), 365), Some(line(1, Some(3))));
    assert_eq!(found(handed(), 390), Some(line(3, Some(1))));
    let refused = Offer {
        refused: Some(at(365)),
        ..handed()
    };
    assert_eq!(found(refused, 390), Some(line(1, None)));
}

#[test]
fn nobody_hands_over_what_they_did_not_have() {
    let by_rota = [Some(line(3, Some(2)))];
    for other in [
        Offer { by: 4, ..handed() },
        Offer { by: 2, ..handed() },
        Offer { to: 4, ..handed() },
        // Who works since long is not put off by a note that comes late.
        Offer {
            arrived: at(390),
            ..handed()
        },
        Offer {
            by: 3,
            to: 3,
            ..handed()
        },
    ] {
        assert_eq!(lines(&[other], &[395]), by_rota, "{other:?}");
    }
    // The night between does not matter: on Tuesday morning it is one's turn, whom three hands it over to.
    let over_night = Offer {
        by: 3,
        to: 1,
        from: at(24 * 60),
        until: at(36 * 60),
        arrived: at(700),
        ..handed()
    };
    let three = Some(line(3, Some(2)));
    assert_eq!(
        lines(&[over_night], &[710, 730, 24 * 60 + 5, 24 * 60 + 30]),
        [three, None, three, Some(line(2, Some(1)))]
    );
}

#[test]
fn a_swap_counts_when_both_have_said_so_and_for_these_hours() {
    let (one, four) = (Some(line(1, Some(2))), Some(line(4, Some(2))));
    assert_eq!(lines(&[swap(1, 4, 60, 120, None)], &[60]), [one]);
    let agreed = swap(1, 4, 60, 120, Some(10));
    assert_eq!(
        lines(&[agreed], &[59, 60, 119, 120]),
        [one, four, four, one]
    );
    let late = swap(1, 4, 60, 120, Some(90));
    assert_eq!(lines(&[late], &[89, 90]), [one, four]);
    // Of two in one line each stands where the other did.
    let with_second = swap(1, 2, 60, 120, Some(10));
    assert_eq!(lines(&[with_second], &[60]), [Some(line(2, Some(1)))]);
    // Only of who has these hours.
    assert_eq!(lines(&[swap(3, 4, 60, 120, Some(10))], &[60]), [one]);
    // Given on, and back.
    let on = [agreed, swap(4, 5, 60, 120, Some(20))];
    assert_eq!(lines(&on, &[60]), [Some(line(5, Some(2)))]);
    let back = [agreed, swap(4, 1, 60, 120, Some(20))];
    assert_eq!(lines(&back, &[60]), [one]);
    // Of two who both agreed, the first by the roster, whoever was heard first.
    let two = [agreed, swap(1, 3, 60, 120, Some(80))];
    assert_eq!(lines(&two, &[60, 100]), [four, Some(line(3, Some(2)))]);
}

#[test]
fn who_left_or_does_not_read_it_takes_nobodys_place() {
    let agreed = swap(1, 4, 60, 120, Some(10));
    let one = Some(line(1, Some(2)));
    let rank = |who: u8| (who != 4).then_some(who);
    let gone = shifted(&day(), &[agreed], rank, |_| true);
    assert_eq!(gone.at(at(60)), one);
    let not_for_them = shifted(&day(), &[agreed], Some, |who| who != 4);
    assert_eq!(not_for_them.at(at(60)), one);
    let handed = shifted(&day(), &[handed()], Some, |who| who != 2);
    assert_eq!(
        handed.at(at(400)),
        Some(line(3, Some(1))),
        "no second line reads it"
    );
}

/// By the relay's clock: a critical alert of 14:05 rings one, who hands over; then, unanswered, the second line; and never two at once.
#[test]
fn at_most_one_line_rings_whatever_was_said() {
    let rings = |offers: &[Offer<u8>], came: u64, now: u64| {
        let call = Call {
            urgent: Urgent::Critical,
            arrived: at(came),
            heard: Heard::Nothing,
        };
        let rota = with(offers);
        let of = |me| bell(&call, (Some(&rota), |_| true), (me, None), at(now)).unwrap();
        let here: Vec<u8> = (1..=5).filter(|me| of(*me).is_here).collect();
        (here, of(1).whose)
    };
    let refused = Offer {
        refused: Some(at(370)),
        ..handed()
    };
    let accepted = Offer {
        accepted: Some(at(370)),
        ..handed()
    };
    for (offer, now, who) in [
        (handed(), 365, 1),
        (handed(), 386, 2),
        (handed(), 391, 3),
        (handed(), 406, 2),
        (refused, 371, 2),
        (refused, 386, 1),
        (accepted, 371, 3),
        (accepted, 386, 2),
    ] {
        let (here, whose) = rings(&[offer], 365, now);
        assert_eq!(here, [who], "{offer:?} {now}");
        assert!(matches!(whose, Whose::First(it) | Whose::Second(it) if it == who));
    }
}

fn offer() -> impl Strategy<Value = Offer<u8>> {
    let said = || prop::option::weighted(0.4, 300_u64..500);
    (
        (any::<bool>(), 1..6_u8, 1..6_u8),
        (300_u64..460, 1_u64..400, 300_u64..500),
        (said(), said(), said()),
    )
        .prop_map(
            |((is_swap, by, to), (from, length, arrived), (yes, no, back))| Offer {
                want: if is_swap { Want::Swap } else { Want::HandOver },
                by,
                to,
                from: at(from),
                until: at(from + length),
                arrived: at(arrived),
                accepted: yes.map(at),
                refused: no.map(at),
                taken_back: back.map(at),
            },
        )
}

proptest! {
    #[test]
    fn whatever_is_agreed_leaves_somebody_and_is_the_same_in_any_order(
        offers in prop::collection::vec(offer(), 0..6),
        turned in 0..6_usize,
        again in any::<prop::sample::Index>(),
        gone in 0..7_u8,
        blind in 0..7_u8,
    ) {
        let rank = |who: u8| (who != gone).then_some(who);
        let reads = |who: u8| who != blind;
        let can = |who: u8| (who != gone).then_some(who);
        let base = day().map(can);
        let found = shifted(&base, &offers, rank, reads);
        let mut other = offers.clone();
        other.reverse();
        if !other.is_empty() {
            let turned = turned % other.len();
            other.rotate_left(turned);
            other.push(*again.get(&offers));
        }
        let same = shifted(&base, &other, rank, reads);
        let readable = |rota: &Rota<u8>| rota.map(|who| reads(who).then_some(who));
        let (before, after) = (readable(&base), readable(&found));
        let mut next = at(0);
        for minute in 290..860 {
            let line = found.at(at(minute));
            prop_assert_eq!(same.at(at(minute)), line);
            // Never nobody where there was somebody, and nobody twice.
            prop_assert!(before.at(at(minute)).is_none() || after.at(at(minute)).is_some());
            if let Some(line) = line {
                prop_assert_ne!(line.second, Some(line.first));
            } else {
                prop_assert!(base.at(at(minute)).is_none());
            }
            // Whoever looks again when it says so misses nothing.
            if minute > 290 && at(minute) < next {
                prop_assert_eq!(line, found.at(at(minute - 1)));
            } else {
                next = found.change_after(at(minute));
            }
        }
    }

    #[test]
    fn who_accepted_is_the_one_and_nobody_waits_any_more(
        minute in 300_u64..720,
        accepted in 331_u64..700,
        no in prop::option::of(300_u64..700),
    ) {
        let offer = Offer { accepted: Some(at(accepted)), refused: no.map(at), ..handed() };
        let found = with(&[offer]).at(at(minute)).unwrap();
        if minute >= accepted {
            prop_assert_eq!(found, line(3, Some(2)));
        }
    }
}
