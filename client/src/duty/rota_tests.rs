#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::type_complexity)]

use proptest::prelude::*;

use super::*;

const HOUR: u64 = 3_600;
/// 2026-11-30 00:00 UTC, a Monday.
const MONDAY: u64 = 1_795_996_800;

fn line(first: u8, second: Option<u8>) -> Line<u8> {
    Line { first, second }
}

/// In a place two hours ahead: Monday to Friday 8:00 to 20:00 one, with another behind them; Saturday from 22:00 for ten hours the other.
pub(in crate::duty) fn rota() -> Rota<u8> {
    let shift = |from: u16, minutes, line| Shift {
        from,
        minutes,
        line,
    };
    let mut week: Vec<Shift<u8>> = (0..5)
        .map(|day| shift(day * 1440 + 480, 720, line(1, Some(2))))
        .collect();
    week.push(shift(5 * 1440 + 1320, 600, line(2, None)));
    Rota {
        place: "Somewhere".to_owned(),
        clock: vec![(Timestamp(0), 120)],
        week,
        days: Vec::new(),
        extensions: Extensions::none(),
    }
}

fn at(day: u64, hour: u64) -> Timestamp {
    // On the clocks there.
    Timestamp(MONDAY + day * 24 * HOUR + hour * HOUR - 2 * HOUR)
}

fn days(from: Timestamp, until: Timestamp, who: Option<Line<u8>>) -> Days<u8> {
    Days {
        from,
        until,
        line: who,
    }
}

#[test]
fn hours_are_those_on_the_clocks_there() {
    let rota = rota();
    assert!(rota.is_sound());
    for (moment, who) in [
        (at(0, 7), None),
        (Timestamp(at(0, 8).0 - 1), None),
        (at(0, 8), Some(line(1, Some(2)))),
        (Timestamp(at(4, 20).0 - 1), Some(line(1, Some(2)))),
        (at(4, 20), None),
        (at(5, 21), None),
        (at(5, 22), Some(line(2, None))),
        (at(6, 7), Some(line(2, None))),
        (at(6, 8), None),
        (at(7, 9), Some(line(1, Some(2)))),
    ] {
        assert_eq!(rota.at(moment), who, "{moment:?}");
    }
    assert_eq!(rota.next(at(4, 20)), Some(at(5, 22)));
    assert_eq!(rota.next(at(6, 8)), Some(at(7, 8)));
    let week = rota.stretches(at(0, 0), at(7, 0));
    assert_eq!(week.iter().filter(|it| it.line.is_some()).count(), 6);
}

#[test]
fn the_clocks_change_and_the_hours_there_do_not() {
    let mut rota = rota();
    // On Sunday at 1:00 UTC they are set back by an hour.
    let change = Timestamp(MONDAY - 24 * HOUR + HOUR);
    rota.clock = vec![(Timestamp(0), 180), (change, 120)];
    assert!(rota.is_sound());
    let before = Timestamp(MONDAY - 3 * 24 * HOUR);
    assert_eq!(
        rota.at(Timestamp(before.0 + 5 * HOUR)),
        Some(line(1, Some(2)))
    );
    assert_eq!(rota.at(Timestamp(before.0 + 5 * HOUR - 1)), None);
    assert_eq!(rota.at(at(0, 8)), Some(line(1, Some(2))));
    assert_eq!(rota.at(Timestamp(at(0, 8).0 - 1)), None);
    // The night is an hour longer, and nobody goes home before.
    let night = rota.stretches(Timestamp(MONDAY - 36 * HOUR), Timestamp(MONDAY));
    let night: Vec<_> = night.iter().filter(|it| it.line.is_some()).collect();
    assert_eq!(night.len(), 1);
    assert_eq!(night[0].until.0 - night[0].from.0, 11 * HOUR);
}

#[test]
fn on_certain_days_it_is_otherwise_and_the_last_word_counts() {
    let mut rota = rota();
    rota.days = vec![
        days(at(1, 0), at(3, 0), None),
        days(at(2, 10), at(2, 12), Some(line(3, None))),
    ];
    assert!(rota.is_sound());
    assert_eq!(rota.at(at(1, 12)), None);
    assert_eq!(rota.at(at(2, 11)), Some(line(3, None)));
    assert_eq!(rota.at(at(2, 12)), None);
    assert_eq!(rota.at(at(3, 9)), Some(line(1, Some(2))));
    assert_eq!(rota.next(at(1, 0)), Some(at(2, 10)));
}

#[test]
fn who_is_not_there_is_stood_in_for() {
    let without = |gone| rota().map(move |who| (who != gone).then_some(who));
    assert_eq!(without(1).at(at(0, 9)), Some(line(2, None)));
    assert_eq!(without(2).at(at(0, 9)), Some(line(1, None)));
    assert_eq!(without(2).at(at(5, 23)), None);
}

#[test]
fn hours_say_nothing_of_people() {
    let mut rota = rota();
    // The same hours by one, and by two who take turns, who swap.
    let one = rota.hours();
    rota.week.remove(0);
    rota.week.insert(
        0,
        Shift {
            from: 480,
            minutes: 300,
            line: line(3, None),
        },
    );
    rota.week.push(Shift {
        from: 700,
        minutes: 500,
        line: line(4, Some(1)),
    });
    rota.days = vec![days(at(1, 9), at(1, 12), Some(line(4, None)))];
    let other = rota.hours();
    assert_eq!(one, other);
    assert_eq!(codec::encode(&one), codec::encode(&other));
    assert!(one.place.is_empty() && one.days.is_empty());
    // What makes a difference is told.
    rota.days = vec![
        days(at(1, 9), at(1, 12), Some(line(4, None))),
        days(at(1, 11), at(2, 0), None),
        days(at(5, 9), at(5, 12), Some(line(4, None))),
    ];
    let hours = rota.hours();
    for hour in 0..7 * 24 {
        let moment = Timestamp(MONDAY + hour * HOUR);
        assert_eq!(
            hours.at(moment).is_some(),
            rota.at(moment).is_some(),
            "{hour}"
        );
    }
    // Day and night.
    rota.week = vec![Shift {
        from: 60,
        minutes: 10_080,
        line: line(1, None),
    }];
    let always = rota.hours();
    assert_eq!((always.week[0].from, always.week[0].minutes), (0, 10_080));
}

#[test]
fn what_cannot_be_does_not_count() {
    let sound = rota();
    let broken: Vec<Box<dyn Fn(&mut Rota<u8>)>> = vec![
        Box::new(|it| it.place = "x".repeat(49)),
        Box::new(|it| it.place = "a\nb".to_owned()),
        Box::new(|it| it.clock.clear()),
        Box::new(|it| it.clock = vec![(Timestamp(5), 0), (Timestamp(5), 60)]),
        Box::new(|it| it.clock = vec![(Timestamp(0), 1081)]),
        Box::new(|it| it.clock = vec![(Timestamp(0), i16::MIN)]),
        Box::new(|it| it.week[0].from = 10_080),
        Box::new(|it| it.week[0].minutes = 0),
        Box::new(|it| it.week[0].minutes = 10_081),
        Box::new(|it| it.week[0].line = line(1, Some(1))),
        Box::new(|it| it.week = vec![it.week[0].clone(); 65]),
        Box::new(|it| it.days = vec![days(Timestamp(60), Timestamp(60), None)]),
        Box::new(|it| it.days = vec![days(Timestamp(61), Timestamp(120), None)]),
        Box::new(|it| it.days = vec![days(Timestamp(0), Timestamp(u64::MAX - 15), None)]),
        Box::new(|it| it.extensions = Extensions::none().with(1, Vec::new())),
    ];
    for (number, change) in broken.iter().enumerate() {
        let mut rota = sound.clone();
        change(&mut rota);
        assert!(!rota.is_sound(), "{number}");
    }
    // No week and no days is no rota, and says so.
    let none = Rota {
        week: Vec::new(),
        ..sound
    };
    assert!(none.is_sound() && none.next(at(0, 0)).is_none());
}

#[test]
fn the_clocks_of_a_place_are_written_for_years() {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let clock = clock_of(&zone, Timestamp(MONDAY));
    assert_eq!(clock[0], (Timestamp(MONDAY), 60));
    // 2027-03-28 01:00 UTC.
    assert_eq!(clock[1], (Timestamp(1_806_195_600), 120));
    assert_eq!(clock.len(), 21);
    let fixed = TimeZone::fixed(jiff::tz::offset(3));
    assert_eq!(
        clock_of(&fixed, Timestamp(MONDAY)),
        [(Timestamp(MONDAY), 180)]
    );
    assert_eq!(clock_of(&fixed, Timestamp(u64::MAX)).len(), 1);
}

proptest! {
    /// Between two changes nothing changes, whatever the rota is.
    #[test]
    fn nothing_changes_between_changes(
        shifts in prop::collection::vec((0..10_080_u16, 1..=10_080_u16, 0..4_u8), 0..6),
        days_off in prop::collection::vec((0..500_u64, 1..3_000_u64, prop::option::of(0..4_u8)), 0..4),
        clock in prop::collection::btree_map(0..20_000_u64, -720..840_i16, 1..4),
        start in 0..12_000_u64,
    ) {
        let moment = |minutes: u64| Timestamp(MONDAY + minutes * 60);
        let rota = Rota {
            place: String::new(),
            clock: clock.into_iter().map(|(from, ahead)| (moment(from), ahead)).collect(),
            week: shifts.into_iter().map(|(from, minutes, who)| Shift { from, minutes, line: line(who, None) }).collect(),
            days: days_off.into_iter().map(|(from, minutes, who)| {
                days(moment(from), moment(from + minutes), who.map(|who| line(who, None)))
            }).collect(),
            extensions: Extensions::none(),
        };
        prop_assert!(rota.is_sound());
        let hours = rota.hours();
        let mut next = moment(0);
        for minute in start..start + 300 {
            let now = moment(minute);
            if minute > start && now < next {
                prop_assert_eq!(rota.at(now), rota.at(moment(minute - 1)));
            }
            if minute == start || now >= next {
                next = rota.change_after(now);
                prop_assert!(next > now);
            }
            prop_assert_eq!(hours.at(now).is_some(), rota.at(now).is_some());
        }
    }
}
