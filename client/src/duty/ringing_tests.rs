#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::{super::rota::tests::rota, *};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// 2026-11-30 10:00 where the rota is, a Monday: one is on duty, and two is behind them.
const NOW: u64 = 1_795_996_800 + 8 * HOUR;
/// The Saturday before: nobody is on duty before 22:00 there, and then two is.
const SATURDAY: u64 = NOW - 48 * HOUR;

fn call(urgent: Urgent, arrived: u64) -> Call<u8> {
    Call {
        urgent,
        arrived: Timestamp(arrived),
        heard: Heard::Nothing,
    }
}

/// As on the device of somebody who keeps no quiet hours.
fn on(call: &Call<u8>, me: u8, now: u64) -> Option<Bell<u8>> {
    bell(call, (Some(&rota()), |_| true), (me, None), Timestamp(now))
}

#[test]
fn a_critical_alert_rings_one_then_again_then_the_second_line() {
    let call = call(Urgent::Critical, NOW);
    let whose = |minutes| on(&call, 1, NOW + minutes * MINUTE).unwrap();
    for (minutes, line, since) in [
        (0, Whose::First(1), 0),
        (9, Whose::First(1), 0),
        (10, Whose::First(1), 10),
        (20, Whose::Second(2), 20),
        (29, Whose::Second(2), 20),
        (30, Whose::Second(2), 30),
        (40, Whose::First(1), 40),
    ] {
        let bell = whose(minutes);
        assert_eq!(bell.whose, line, "{minutes}");
        assert_eq!(bell.since, Timestamp(NOW + since * MINUTE));
        assert_eq!(bell.next, Some(Timestamp(NOW + (since + 10) * MINUTE)));
        assert_eq!(bell.is_here, line == Whose::First(1));
    }
    assert!(on(&call, 2, NOW + 20 * MINUTE).unwrap().is_here);
    assert!(!on(&call, 3, NOW + 20 * MINUTE).unwrap().is_here);
}

#[test]
fn what_is_settled_old_or_can_wait_rings_nobody() {
    let settled = Call {
        heard: Heard::Settled,
        ..call(Urgent::Critical, NOW)
    };
    assert_eq!(on(&settled, 1, NOW), None);
    assert_eq!(on(&call(Urgent::No, NOW), 1, NOW), None);
    assert_eq!(on(&call(Urgent::Critical, NOW - 72 * HOUR), 1, NOW), None);
    assert!(on(&call(Urgent::Critical, NOW - 71 * HOUR), 1, NOW).is_some());
    // By a clock here that is behind.
    let bell = on(&call(Urgent::Critical, NOW + 5 * HOUR), 1, NOW).unwrap();
    assert!(bell.is_here && bell.since == Timestamp(NOW));
}

#[test]
fn where_nobody_is_on_duty_a_critical_one_rings_all_and_another_waits() {
    let critical = on(&call(Urgent::Critical, SATURDAY), 3, SATURDAY).unwrap();
    assert_eq!((critical.whose, critical.is_here), (Whose::Rest, true));
    let opens = Timestamp(SATURDAY + 12 * HOUR);
    assert_eq!(critical.next, Some(opens));
    let high = on(&call(Urgent::High, SATURDAY), 2, SATURDAY).unwrap();
    assert_eq!(
        (high.whose, high.is_here, high.next),
        (Whose::Nobody, false, Some(opens))
    );
    let then = on(&call(Urgent::High, SATURDAY), 2, opens.0).unwrap();
    assert_eq!((then.whose, then.is_here), (Whose::First(2), true));
}

#[test]
fn without_a_rota_or_a_reader_in_it_it_rings_all() {
    for (rota, reads) in [(None, true), (Some(rota()), false)] {
        for urgent in [Urgent::High, Urgent::Critical] {
            for now in [NOW, SATURDAY] {
                let call = call(urgent, now);
                let bell = bell(&call, (rota.as_ref(), |_| reads), (9, None), Timestamp(now));
                let bell = bell.unwrap();
                assert_eq!((bell.whose, bell.is_here), (Whose::All, true));
            }
        }
    }
    // Who cannot read it is passed over.
    let call = call(Urgent::Critical, NOW);
    let bell = bell(
        &call,
        (Some(&rota()), |who| who != 1),
        (2, None),
        Timestamp(NOW),
    );
    assert_eq!(bell.unwrap().whose, Whose::First(2));
}

#[test]
fn quiet_hours_hold_for_all_but_a_critical_alert_to_who_is_on_duty() {
    // From 9:00 for two hours by clocks two hours ahead: 10:00 is within.
    let quiet = Quiet {
        from: 540,
        minutes: 120,
        ahead: 120,
    };
    let quietly = |urgent, rota: Option<&Rota<u8>>, now| {
        let call = call(urgent, now);
        bell(&call, (rota, |_| true), (1, Some(quiet)), Timestamp(now)).unwrap()
    };
    let rota = rota();
    assert!(quietly(Urgent::Critical, Some(&rota), NOW).is_here);
    let high = quietly(Urgent::High, Some(&rota), NOW);
    assert!(!high.is_here && high.is_quiet);
    assert_eq!(high.next, Some(Timestamp(NOW + HOUR)));
    assert!(quietly(Urgent::High, Some(&rota), NOW + HOUR).is_here);
    // Where nobody is on duty somebody who sleeps does not stand in; where nobody ever is, everybody is.
    assert!(quietly(Urgent::Critical, Some(&rota), SATURDAY).is_quiet);
    assert!(quietly(Urgent::Critical, None, NOW).is_here);
    assert!(quietly(Urgent::High, None, NOW).is_quiet);
    // Over midnight.
    let night = Quiet {
        from: 1320,
        minutes: 540,
        ahead: 0,
    };
    assert_eq!(night.end(Timestamp(23 * HOUR)), Some(Timestamp(31 * HOUR)));
    assert_eq!(night.end(Timestamp(HOUR)), Some(Timestamp(7 * HOUR)));
    assert_eq!(night.end(Timestamp(7 * HOUR)), None);
}

#[test]
fn news_of_a_case_rings_who_leads_it() {
    let news = Call {
        heard: Heard::Leads(3),
        ..call(Urgent::High, SATURDAY)
    };
    assert!(on(&news, 3, SATURDAY).unwrap().is_here);
    let other = on(&news, 1, SATURDAY).unwrap();
    assert_eq!((other.is_here, other.next), (false, None));
}

/// Something that a device hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard1 {
    Alert,
    Acknowledged,
}

/// What a device does of which it hears these in this order, at the same moment.
fn after(heard: &[Heard1], me: u8, now: u64) -> Option<Bell<u8>> {
    heard.contains(&Heard1::Alert).then_some(())?;
    let settled = heard.contains(&Heard1::Acknowledged);
    let heard = if settled {
        Heard::Settled
    } else {
        Heard::Nothing
    };
    on(
        &Call {
            heard,
            ..call(Urgent::Critical, NOW)
        },
        me,
        now,
    )
}

/// What there is to know at one moment: who has the alert, and who has the acknowledgement, each of three devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct World {
    minutes: u64,
    alert: [bool; 3],
    is_acknowledged: bool,
    acknowledged: [bool; 3],
}

impl World {
    /// Whom it rings, of the first, the second, and somebody else who reads it.
    fn rings(&self) -> Vec<u8> {
        let each = self.alert.iter().zip(self.acknowledged).zip([1, 2, 3]);
        let rings = each.filter_map(|((alert, acknowledged), me)| {
            let heard = match acknowledged {
                true => Heard::Settled,
                false => Heard::Nothing,
            };
            let call = Call {
                heard,
                ..call(Urgent::Critical, NOW)
            };
            let bell = on(&call, me, NOW + self.minutes * MINUTE).filter(|_| *alert)?;
            bell.is_here.then_some(me)
        });
        rings.collect()
    }

    /// What can happen next.
    fn next(self) -> Vec<Self> {
        let mut all = vec![];
        if self.minutes < 90 {
            all.push(Self {
                minutes: self.minutes + 5,
                ..self
            });
        }
        for device in 0..3 {
            let mut next = self;
            next.alert[device] = true;
            all.push(next);
            // By who has it, while it rings or not, and then to the others in any order; also to one who has not the alert yet.
            if self.alert[device] && !self.is_acknowledged {
                let mut next = self;
                next.is_acknowledged = true;
                next.acknowledged[device] = true;
                all.push(next);
            }
            if self.is_acknowledged {
                let mut next = self;
                next.acknowledged[device] = true;
                all.push(next);
            }
        }
        all
    }
}

#[test]
fn acknowledged_while_it_rings_it_rings_at_no_time_at_more_than_one_and_never_again() {
    let start = World {
        minutes: 0,
        alert: [false; 3],
        is_acknowledged: false,
        acknowledged: [false; 3],
    };
    let (mut known, mut ahead) = (std::collections::HashSet::from([start]), vec![start]);
    while let Some(world) = ahead.pop() {
        let rings = world.rings();
        assert!(
            rings.len() <= 1 && !rings.contains(&3),
            "{world:?}: {rings:?}"
        );
        for (acknowledged, me) in world.acknowledged.iter().zip([1, 2, 3]) {
            assert!(!acknowledged || !rings.contains(&me), "{world:?}");
        }
        // While nobody has acknowledged it, one whose turn it is and who has it is rung: the first at once, and the second in less than half an hour.
        let turn = usize::from(world.minutes % 40 >= 20);
        if !world.is_acknowledged && world.alert[turn] {
            assert_eq!(rings.len(), 1, "{world:?}");
        }
        for next in world.next() {
            if known.insert(next) {
                ahead.push(next);
            }
        }
    }
    assert!(known.len() > 500, "{}", known.len());
}

proptest! {
    /// At one moment one line rings, whoever looks: all see the same turn, and it is here for one of those on duty, or, where nobody is, for all.
    #[test]
    fn at_most_one_line_rings_at_a_time(
        critical in any::<bool>(), later in 0..80 * HOUR, begin in 0..14 * 24 * HOUR, unread in 0..4_u8,
    ) {
        let urgent = if critical { Urgent::Critical } else { Urgent::High };
        let call = call(urgent, NOW + begin);
        let now = Timestamp(NOW + begin + later);
        let rota = rota();
        let of = |me: u8| bell(&call, (Some(&rota), |who| who != unread), (me, None), now);
        let all: Vec<Option<Bell<u8>>> = (1..=5).map(of).collect();
        let turns: Vec<_> = all.iter().map(|it| it.map(|it| (it.whose, it.since))).collect();
        prop_assert!(turns.iter().all(|turn| *turn == turns[0]));
        let ringing = all.iter().flatten().filter(|it| it.is_here).count();
        match turns[0].map(|it| it.0) {
            None | Some(Whose::Nobody) => prop_assert_eq!(ringing, 0),
            Some(Whose::All | Whose::Rest) => prop_assert_eq!(ringing, 5),
            Some(_) => prop_assert_eq!(ringing, 1),
        }
        // Until it is looked at again nothing is otherwise, and it is looked at again.
        if let Some(next) = all[0].and_then(|bell| bell.next) {
            prop_assert!(next > now);
            let just_before = super::bell(&call, (Some(&rota), |who| who != unread), (1, None), Timestamp(next.0 - 1));
            prop_assert_eq!(just_before.map(|it| (it.whose, it.since)), turns[0]);
        }
    }

    /// Whatever came first, it comes to the same; and what somebody has acknowledged never rings again.
    #[test]
    fn the_order_does_not_matter_and_acknowledged_is_acknowledged(
        copies in prop::collection::vec(prop::bool::ANY, 0..6), later in 0..200 * HOUR, me in 1..4_u8,
    ) {
        let one: Vec<Heard1> = copies.iter().map(|it| if *it { Heard1::Alert } else { Heard1::Acknowledged }).collect();
        let mut other = one.clone();
        other.reverse();
        let now = NOW + later;
        prop_assert_eq!(after(&one, me, now), after(&other, me, now));
        if one.contains(&Heard1::Acknowledged) {
            prop_assert_eq!(after(&one, me, now), None);
        }
    }
}
