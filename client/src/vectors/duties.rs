//! Who is on duty when, what a defender holds of it, and whom something rings (DU1 to DU10).

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device, PublicKey},
};
use serde_json::{Value, json};

use super::{encoded, hex, rosters::raw, world::*};
use crate::{
    duty::{Bell, Call, Days, Heard, Line, Quiet, Rota, Shift, Urgent, Whose, bell},
    extensions::Extensions,
    group::{Change, Roster},
};

type Key = PublicKey<Device>;

/// 2026-11-30 00:00 UTC, a Monday.
const MONDAY: u64 = 1_795_996_800;
const HOUR: u64 = 3_600;

fn key(who: u8) -> Key {
    device(who).public()
}

fn line(first: u8, second: Option<u8>) -> Line<Key> {
    Line {
        first: key(first),
        second: second.map(key),
    }
}

fn shift(day: u16, hour: u16, hours: u16, line: Line<Key>) -> Shift<Key> {
    Shift {
        from: (day * 24 + hour) * 60,
        minutes: hours * 60,
        line,
    }
}

fn days(from: u64, until: u64, line: Option<Line<Key>>) -> Days<Key> {
    Days {
        from: Timestamp(MONDAY + from * HOUR),
        until: Timestamp(MONDAY + until * HOUR),
        line,
    }
}

/// Two hours ahead, and three from the Wednesday on.
pub(super) fn usual() -> Rota<Key> {
    let mut week: Vec<Shift<Key>> = (0..5)
        .map(|day| shift(day, 8, 12, line(IVAN, Some(ROSA))))
        .collect();
    week.push(shift(5, 22, 10, line(ROSA, None)));
    Rota {
        place: "Somewhere/Here".to_owned(),
        clock: vec![
            (Timestamp(MONDAY - 9 * HOUR), 120),
            (Timestamp(MONDAY + 49 * HOUR), 180),
        ],
        week,
        days: vec![
            days(24, 28, Some(line(VERA, None))),
            days(30, 40, None),
            days(34, 36, Some(line(ROSA, Some(VERA)))),
        ],
        extensions: Extensions::none(),
    }
}

fn rotas() -> Vec<(&'static str, Rota<Key>)> {
    let with = |change: &dyn Fn(&mut Rota<Key>)| {
        let mut rota = usual();
        change(&mut rota);
        rota
    };
    vec![
        ("as usual", usual()),
        (
            "no week and no days",
            with(&|it| {
                it.week.clear();
                it.days.clear();
            }),
        ),
        (
            "behind UTC, and over the end of the week",
            with(&|it| {
                it.clock = vec![(Timestamp(0), -330)];
                it.week = vec![
                    shift(6, 20, 12, line(IVAN, None)),
                    shift(0, 6, 4, line(ROSA, None)),
                ];
            }),
        ),
        (
            "always somebody, by turns",
            with(&|it| {
                it.days = vec![days(10, 20, Some(line(VERA, None)))];
                it.week = vec![
                    shift(0, 0, 84, line(IVAN, None)),
                    shift(3, 12, 84, line(ROSA, None)),
                ];
            }),
        ),
        (
            "an extension that is ignored",
            with(&|it| it.extensions = extended(40_000)),
        ),
        (
            "an extension that is critical",
            with(&|it| it.extensions = extended(7)),
        ),
        (
            "a place of 49 letters",
            with(&|it| it.place = "x".repeat(49)),
        ),
        (
            "a place with a letter that is not of ASCII",
            with(&|it| it.place = "ł".to_owned()),
        ),
        ("no clock", with(&|it| it.clock.clear())),
        (
            "25 changes of the clock",
            with(&|it| it.clock = (0..25).map(|at| (Timestamp(at), 0)).collect()),
        ),
        (
            "a clock that goes back in time",
            with(&|it| it.clock.reverse()),
        ),
        (
            "more than 18 hours ahead",
            with(&|it| it.clock[0].1 = 1_081),
        ),
        (
            "a shift after the week",
            with(&|it| it.week[0].from = 10_080),
        ),
        ("a shift of nothing", with(&|it| it.week[0].minutes = 0)),
        (
            "a shift of more than a week",
            with(&|it| it.week[0].minutes = 10_081),
        ),
        (
            "65 shifts",
            with(&|it| it.week = vec![it.week[0].clone(); 65]),
        ),
        (
            "65 days",
            with(&|it| it.days = vec![it.days[0].clone(); 65]),
        ),
        (
            "first and second the same",
            with(&|it| it.week[0].line = line(IVAN, Some(IVAN))),
        ),
        (
            "the same on a day",
            with(&|it| it.days[0].line = Some(line(IVAN, Some(IVAN)))),
        ),
        (
            "days that end before they begin",
            with(&|it| it.days[0].until = it.days[0].from),
        ),
        (
            "days from half a minute on",
            with(&|it| it.days[0].from.0 += 30),
        ),
        (
            "days until half a minute",
            with(&|it| it.days[0].until.0 += 30),
        ),
        (
            "a hundred days and a minute",
            with(&|it| it.days[0].until.0 = it.days[0].from.0 + 100 * 86_400 + 60),
        ),
    ]
}

fn said(rota: &Rota<Key>) -> Value {
    let counts = codec::decode::<Rota<Key>>(&codec::encode(rota)).is_ok() && rota.is_sound();
    if !counts {
        return json!({ "counts": false });
    }
    let at = (0..80_u64).map(|step| {
        let at = Timestamp(MONDAY - 30 * HOUR + step * 5 * HOUR / 2);
        let line = rota.at(at);
        let line =
            line.map(|line| [Some(line.first), line.second].map(|who| who.map(|it| hex(it.0))));
        json!([at.0, line])
    });
    json!({ "counts": true, "at": at.collect::<Vec<_>>(), "hours": encoded(&rota.hours()) })
}

/// What a roster says of it after an entry.
fn entries() -> Vec<Value> {
    let chain = everybody().then(Change::Approve(approve(8, ROSA)));
    let by = |who: u8| Rota {
        week: vec![shift(0, 0, 168, line(who, None))],
        days: Vec::new(),
        ..usual()
    };
    let unsound = Rota {
        clock: Vec::new(),
        ..usual()
    };
    [
        ("members", Change::Duty(usual())),
        (
            "nobody",
            Change::Duty(Rota {
                week: Vec::new(),
                days: Vec::new(),
                ..usual()
            }),
        ),
        ("an observer", Change::Duty(by(OLGA))),
        ("a stranger", Change::Duty(by(STRANGER))),
        ("what does not count", raw(32_771, &unsound)),
        ("a byte too many", raw(32_771, &(usual(), 0_u8))),
    ]
    .into_iter()
    .map(|(name, change)| {
        let chain = chain.then(change);
        let roster = Roster::from_chain(chain.0.clone()).unwrap();
        json!({
            "name": name,
            "after": "three who can read",
            "entry": encoded(chain.0.last().unwrap()),
            "rota": roster.duty_said().map(encoded),
        })
    })
    .collect()
}

/// Whom things ring, on the device of Ivan.
fn rings() -> Vec<Value> {
    let all = [IVAN, ROSA, VERA];
    let quiet = Quiet {
        from: 9 * 60,
        minutes: 120,
        ahead: 120,
    };
    let ring = |name: &str,
                (urgent, heard): (Urgent, Heard<Key>),
                (came, now): (u64, u64),
                reads: &[u8],
                quiet: Option<Quiet>,
                rota: Option<Rota<Key>>| {
        let call = Call {
            urgent,
            arrived: Timestamp(MONDAY + came),
            heard,
        };
        let keys: Vec<Key> = reads.iter().map(|who| key(*who)).collect();
        let reads_it = |who: Key| keys.contains(&who);
        let now = Timestamp(MONDAY + now);
        let found = bell(&call, (rota.as_ref(), reads_it), (key(IVAN), quiet), now);
        let urgent = match urgent {
            Urgent::No => "no",
            Urgent::High => "high",
            Urgent::Critical => "critical",
        };
        let heard = match heard {
            Heard::Nothing => json!("nothing"),
            Heard::Settled => json!("settled"),
            Heard::Leads(who) => json!(hex(who.0)),
        };
        json!({
            "name": name,
            "urgent": urgent,
            "heard": heard,
            "arrived": call.arrived.0,
            "now": now.0,
            "rota": rota.as_ref().map(encoded),
            "reads": keys.iter().map(|it| hex(it.0)).collect::<Vec<_>>(),
            "me": hex(key(IVAN).0),
            "quiet": quiet.map(|it| json!([it.from, it.minutes, it.ahead])),
            "bell": found.map(shown),
        })
    };
    let critical = (Urgent::Critical, Heard::Nothing);
    let high = (Urgent::High, Heard::Nothing);
    let rota = || {
        Some(Rota {
            days: Vec::new(),
            ..usual()
        })
    };
    // On duty from 6:00 UTC on.
    let begun = 8 * HOUR;
    let night = 20 * HOUR;
    let mut rows: Vec<Value> = [0, 9, 10, 19, 20, 29, 30, 39, 40, 60, 4_319, 4_320]
        .map(|minutes| {
            ring(
                &format!("critical, after {minutes} minutes"),
                critical,
                (begun, begun + minutes * 60),
                &all,
                None,
                rota(),
            )
        })
        .into();
    rows.extend([
        ring("high", high, (begun, begun + HOUR), &all, None, rota()),
        ring(
            "can wait",
            (Urgent::No, Heard::Nothing),
            (begun, begun),
            &all,
            None,
            rota(),
        ),
        ring(
            "settled",
            (Urgent::Critical, Heard::Settled),
            (begun, begun),
            &all,
            None,
            rota(),
        ),
        ring(
            "led by Ivan",
            (Urgent::High, Heard::Leads(key(IVAN))),
            (night, night),
            &all,
            None,
            rota(),
        ),
        ring(
            "led by Rosa",
            (Urgent::Critical, Heard::Leads(key(ROSA))),
            (begun, begun),
            &all,
            None,
            rota(),
        ),
        ring(
            "by a clock that is behind",
            critical,
            (begun + HOUR, begun),
            &all,
            None,
            rota(),
        ),
        ring(
            "critical, nobody is on duty",
            critical,
            (night, night),
            &all,
            None,
            rota(),
        ),
        ring(
            "high, nobody is on duty",
            high,
            (night, night),
            &all,
            None,
            rota(),
        ),
        ring(
            "the next is on duty by now",
            critical,
            (night, 30 * HOUR),
            &all,
            None,
            rota(),
        ),
        ring("no rota", critical, (night, night), &all, None, None),
        ring(
            "nobody of the rota reads it",
            critical,
            (begun, begun),
            &[VERA],
            None,
            rota(),
        ),
        ring(
            "the first does not read it",
            critical,
            (begun, begun),
            &[ROSA, VERA],
            None,
            rota(),
        ),
        ring(
            "the second does not read it",
            critical,
            (begun, begun + 1_200),
            &[IVAN, VERA],
            None,
            rota(),
        ),
        ring(
            "critical, in quiet hours",
            critical,
            (begun, begun),
            &all,
            Some(quiet),
            rota(),
        ),
        ring(
            "high, in quiet hours",
            high,
            (begun, begun),
            &all,
            Some(quiet),
            rota(),
        ),
        ring(
            "high, after quiet hours",
            high,
            (begun, begun + HOUR),
            &all,
            Some(quiet),
            rota(),
        ),
        ring(
            "critical, nobody on duty, in quiet hours",
            critical,
            (night, night),
            &all,
            Some(Quiet {
                from: 21 * 60,
                ..quiet
            }),
            rota(),
        ),
        ring(
            "critical, no rota, in quiet hours",
            critical,
            (begun, begun),
            &all,
            Some(quiet),
            None,
        ),
        ring(
            "high, no rota, in quiet hours",
            high,
            (begun, begun),
            &all,
            Some(quiet),
            None,
        ),
    ]);
    rows
}

fn shown(bell: Bell<Key>) -> Value {
    let whose = match bell.whose {
        Whose::All => json!(["all"]),
        Whose::Rest => json!(["rest"]),
        Whose::First(who) => json!(["first", hex(who.0)]),
        Whose::Second(who) => json!(["second", hex(who.0)]),
        Whose::Lead(who) => json!(["lead", hex(who.0)]),
        Whose::Nobody => json!(["nobody"]),
    };
    json!({ "whose": whose, "since": bell.since.0, "here": bell.is_here })
}

pub(super) fn all() -> Value {
    let rotas = rotas().into_iter();
    let rotas: Vec<Value> = rotas
        .map(|(name, rota)| {
            let mut value = said(&rota);
            value["name"] = name.into();
            value["rota"] = encoded(&rota).into();
            value
        })
        .collect();
    json!({ "rotas": rotas, "entries": entries(), "rings": rings(), "shifts": super::shifts::all() })
}

#[test]
fn they_say_what_their_names_say() {
    let all = all();
    let counts: Vec<bool> = all["rotas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["counts"] == true)
        .collect();
    assert_eq!(counts.iter().filter(|it| **it).count(), 5);
    assert!(counts[..5].iter().all(|it| *it));
    let says: Vec<bool> = all["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| !it["rota"].is_null())
        .collect();
    assert_eq!(says, [true, true, false, false, false, false]);
}
