#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::{
    super::unclear::{Unclear, Why},
    *,
};

/// Tuesday 2026-11-24 22:40:31 UTC, which is already Wednesday the 25th, 01:40, at UTC+3.
const NOW: Timestamp = Timestamp(1_795_560_031);

/// The same Wednesday, 15:40 at UTC+3.
const AFTERNOON: Timestamp = Timestamp(NOW.0 + 14 * 3600);

fn parse(text: &str, now: Timestamp) -> Result<EventTime, AnswerError> {
    parse_when(text, now, &TimeZone::fixed(jiff::tz::offset(3)))
}

/// As forms have it, in UTC.
fn read(text: &str, now: Timestamp) -> (String, Timing) {
    let when = parse(text, now).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let again = machine_when(&when).map(|machine| parse(&machine, now).unwrap());
    let again = again.map_or((None, TimePrecision::Unknown), |again| {
        (again.at, again.precision)
    });
    assert_eq!(again, (when.at, when.precision), "{text}: not read back");
    (
        machine_when(&when).unwrap_or_else(|| "-".to_owned()),
        when.timing,
    )
}

fn unclear(text: &str, now: Timestamp) -> Unclear {
    match parse(text, now) {
        Err(AnswerError::Unclear(unclear)) => *unclear,
        other => panic!("{text}: {other:?}"),
    }
}

/// What the candidates mean when they are chosen.
fn meant(text: &str, now: Timestamp) -> Vec<String> {
    let unclear = unclear(text, now);
    let numbers = 1..=unclear.candidates.len();
    let answers = numbers.map(|number| unclear.answer(&number.to_string()).unwrap());
    answers.map(|answer| read(&answer, now).0).collect()
}

#[test]
fn times_are_read_as_people_say_them() {
    use Timing::{Imminent, NotSaid as Unknown, Occurred, Ongoing};
    for (texts, shown, timing) in [
        (
            &["now", "сейчас", " Сейчас ", "прямо сейчас"][..],
            "2026-11-25 12:40 UTC",
            Ongoing,
        ),
        (
            &["", "unknown", "неизвестно", "не знаю", "unknown, unknown"],
            "-",
            Unknown,
        ),
        (
            &["just now", "только что", "сейчас, неизвестно"][..2],
            "2026-11-25 12:40 UTC",
            Unknown,
        ),
        (
            &[
                "today",
                "сегодня",
                "25.11.2026",
                "2026-11-25",
                "25.11",
                "25.11.26",
                "25/11/2026",
                "11/25/2026",
                "25 ноября",
                "25 Nov",
                "Nov 25",
                "November 25th",
                "25-е ноября",
                "25 ноября 2026 года",
                "Nov 25, 2026",
                "25 лістапада",
            ],
            "2026-11-25",
            Unknown,
        ),
        (
            &[
                "yesterday",
                "вчера",
                "учора",
                "2026-11-24",
                "1 day ago",
                "день назад",
                "on Tuesday",
                "во вторник",
                "last Tuesday",
                "в прошлый вторник",
                "Tuesday 24 November",
            ],
            "2026-11-24",
            Unknown,
        ),
        (
            &[
                "позавчера",
                "the day before yesterday",
                "2 дня назад",
                "two days ago",
                "в понедельник",
                "Monday",
            ],
            "2026-11-23",
            Unknown,
        ),
        (&["tomorrow", "завтра"], "2026-11-26", Imminent),
        (&["28 ноября", "28.11"], "2026-11-28", Imminent),
        (&["24 декабря", "24.12", "Dec 24"], "2025-12-24", Unknown),
        (&["29 февраля", "29.02"], "2024-02-29", Unknown),
        (
            &["yesterday, occurred", "вчера, 3", "вчера, уже произошло"],
            "2026-11-24",
            Occurred,
        ),
        (
            &[
                "2026-11-24 14:30",
                "yesterday at 14:30",
                "вчера в 14:30",
                "24.11.2026, 14:30",
                "2026-11-24 11:30 UTC",
                "24 ноября в 14:30",
                "24.11 14.30",
                "вчера 14-30",
                "14:30 вчера",
                "Nov 24 2:30 pm",
                "yesterday 2:30pm",
                "24.11, 14:30",
            ],
            "2026-11-24 11:30 UTC",
            Unknown,
        ),
        (
            &[
                "14.00",
                "14-00",
                "в 14:00",
                "2:00 pm",
                "2:00 дня",
                "сегодня в 14:00",
            ],
            "2026-11-25 11:00 UTC",
            Unknown,
        ),
        (
            &[
                "2 pm",
                "2pm",
                "2 часа дня",
                "в 2 часа дня",
                "в 14",
                "около 14:00",
                "about 2 pm",
                "в 14 часов",
                "сегодня в 14",
                "at 14",
                "примерно в 14:00",
            ],
            "~2026-11-25 11:00 UTC",
            Unknown,
        ),
        (
            &[
                "7 вечера вчера",
                "вчера в 7 вечера",
                "yesterday at 7 in the evening",
                "в 19 часов 24 ноября",
            ],
            "~2026-11-24 16:00 UTC",
            Unknown,
        ),
        (
            &[
                "2 hours ago",
                "2 часа назад",
                "два часа назад",
                "two hours ago",
                "about 2 hours ago",
                "часа 2 назад",
                "дзве гадзіны таму",
            ],
            "~2026-11-25 10:30 UTC",
            Unknown,
        ),
        (
            &["час назад", "an hour ago", "1 час назад", "гадзіну таму"],
            "~2026-11-25 11:30 UTC",
            Unknown,
        ),
        (
            &["half an hour ago", "полчаса назад", "30 минут назад"],
            "~2026-11-25 12:00 UTC",
            Unknown,
        ),
        (
            &[
                "10 minutes ago",
                "10 минут назад",
                "минут 10 назад",
                "ten minutes ago",
            ],
            "2026-11-25 12:30 UTC",
            Unknown,
        ),
        (
            &[
                "this morning",
                "утром",
                "сегодня утром",
                "in the morning",
                "раніцай",
            ],
            "2026-11-25 01:00..09:00 UTC",
            Unknown,
        ),
        (
            &[
                "yesterday evening",
                "вчера вечером",
                "вечером 24 ноября",
                "evening of Nov 24",
                "вечером",
                "увечары",
            ],
            "2026-11-24 13:00..21:00 UTC",
            Unknown,
        ),
        (
            &[
                "ночью",
                "прошлой ночью",
                "at night",
                "в ночь на 25 ноября",
                "в ночь с 24 на 25 ноября",
                "ночь на 25.11",
            ],
            "2026-11-24 19:00..03:00 UTC",
            Unknown,
        ),
        (
            &["в понедельник утром", "Monday morning", "позавчера утром"],
            "2026-11-23 01:00..09:00 UTC",
            Unknown,
        ),
        (
            &[
                "2026-10",
                "10.2026",
                "в октябре",
                "October 2026",
                "last month",
                "в прошлом месяце",
                "месяц назад",
            ],
            "2026-10",
            Unknown,
        ),
    ] {
        for text in texts {
            assert_eq!(read(text, AFTERNOON), (shown.to_owned(), timing), "{text}");
        }
    }
}

#[test]
fn what_may_mean_several_things_is_asked() {
    for (text, expected) in [
        ("03/04/2026", &["2026-04-03", "2026-03-04"][..]),
        ("11/12", &["2025-12-11", "2026-11-12"]),
        ("24-11-26", &["2024-11-26", "2026-11-24"]),
        ("14.11", &["2026-11-25 11:11 UTC", "2026-11-14"]),
        ("23:30", &["2026-11-24 20:30 UTC", "2026-11-25 20:30 UTC"]),
        (
            "в 11 вечера",
            &["~2026-11-24 20:00 UTC", "~2026-11-25 20:00 UTC"],
        ),
        (
            "last night",
            &["2026-11-24 13:00..21:00 UTC", "2026-11-24 19:00..03:00 UTC"],
        ),
        (
            "вчера ночью",
            &["2026-11-24 13:00..21:00 UTC", "2026-11-24 19:00..03:00 UTC"],
        ),
        (
            "24 ноября ночью",
            &["2026-11-23 19:00..03:00 UTC", "2026-11-24 19:00..03:00 UTC"],
        ),
        ("в среду", &["2026-11-25", "2026-11-18"]),
        (
            "Wednesday morning",
            &["2026-11-25 01:00..09:00 UTC", "2026-11-18 01:00..09:00 UTC"],
        ),
        ("неделю назад", &["2026-11-18", "2026-11"]),
        ("two weeks ago", &["2026-11-11", "2026-11"]),
    ] {
        assert_eq!(unclear(text, AFTERNOON).why, Why::Ambiguous, "{text}");
        assert_eq!(meant(text, AFTERNOON), expected, "{text}");
    }
    // The other half of the answer is kept.
    let asked = unclear("03/04/2026, occurred", AFTERNOON);
    let when = parse(&asked.answer("2").unwrap(), AFTERNOON).unwrap();
    assert_eq!(when.timing, Timing::Occurred);
    // A slip of the finger.
    for (text, expected) in [
        ("вчерра", "2026-11-24"),
        ("yesteday", "2026-11-24"),
        ("24 ноябряя", "2026-11-24"),
    ] {
        assert_eq!(unclear(text, AFTERNOON).why, Why::Nearest, "{text}");
        assert!(
            meant(text, AFTERNOON).contains(&expected.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn after_midnight_the_day_is_the_one_here() {
    for (text, shown) in [
        ("today", "2026-11-25"),
        ("1:05", "2026-11-24 22:05 UTC"),
        ("сегодня, 01:05", "2026-11-24 22:05 UTC"),
        ("час назад", "~2026-11-24 21:30 UTC"),
        ("утром", "2026-11-24 01:00..09:00 UTC"),
        ("ночью", "2026-11-24 19:00..03:00 UTC"),
    ] {
        assert_eq!(read(text, NOW).0, shown, "{text}");
    }
    // Half past two in the afternoon, said at night, may be yesterday's.
    assert_eq!(
        meant("14:30", NOW),
        ["2026-11-24 11:30 UTC", "2026-11-25 11:30 UTC"]
    );
}

#[test]
fn what_is_no_time_is_named() {
    for text in [
        "25:00",
        "2026-13-01",
        "1969-01-01",
        "soon enough",
        "-",
        "99999-01-01",
        "3 часа",
        "31 ноября",
        "вчера сегодня",
        "утром вечером",
        "14:30 15:30",
        "13 pm 5",
        "..",
        "1..2",
        "утром 14:30",
        "Monday 24 November 2026",
    ] {
        let error = parse(text, AFTERNOON).unwrap_err();
        assert!(
            matches!(&error, AnswerError::NotATime { part } if part == text),
            "{text}: {error:?}"
        );
    }
}

/// New York's rule, without a database of zones: winter time begins on 1 November 2026 at 2:00, summer time on 8 March.
#[test]
fn clock_times_keep_to_summer_and_winter_time() {
    let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
    let read = |text: &str, now: u64| {
        machine_when(&parse_when(text, Timestamp(now), &zone).unwrap()).unwrap()
    };
    // 2026-11-01 12:00 UTC: seven in the morning, in winter time since five hours.
    let now = 1_793_534_400;
    assert_eq!(read("7:00", now), "2026-11-01 12:00 UTC");
    assert_eq!(read("yesterday 7:00", now), "2026-10-31 11:00 UTC");
    assert_eq!(read("0:30", now), "2026-11-01 04:30 UTC");
    // 1:30 was twice; it is one of the two.
    assert_eq!(read("1:30", now), "2026-11-01 05:30 UTC");
    assert_eq!(read("8 hours ago", now), "~2026-11-01 04:00 UTC");
    // 2026-03-08 12:00 UTC: 2:30 never was, and is within an hour of what is meant.
    assert_eq!(read("2:30", 1_772_971_200), "2026-03-08 07:30 UTC");
}

proptest! {
    #[test]
    fn no_text_panics(
        text in "\\PC{0,60}|[0-9 .:/~-]{0,24}|([0-9]{1,4}|утром|ago|час|ночь на|May|last|в|pm|[-./: \u{301}\u{202e}]){0,10}",
        now in any::<u64>(),
    ) {
        for now in [now, AFTERNOON.0, 0, 253_402_207_200] {
            if let Ok(when) = parse(&text, Timestamp(now)) {
                prop_assert_eq!(when.at.is_none(), when.precision == TimePrecision::Unknown);
            }
        }
    }
}

#[test]
fn a_long_text_is_read_in_no_time() {
    assert!(parse(&"утром 24 ноября ".repeat(20_000), NOW).is_err());
    assert!(parse(&"1".repeat(200_000), NOW).is_err());
}
