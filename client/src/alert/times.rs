//! Reading when something happened, as people say it.

use bellrope_proto::ids::Timestamp;
use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use super::{
    EventTime,
    answers::{AnswerError, parse_one},
    vocabulary::{TimePrecision, Timing, Vocabulary},
};
use crate::text::Lexicon;

const MINUTE_SECONDS: u64 = 60;

/// Reads a time, whether it still goes on, or both with a comma between them.
///
/// Understood: now, today, yesterday, tomorrow, unknown; `2026-11-24`, `24.11.2026`, `2026-11`, each
/// day with or without `14:30`; `14:30` alone is today. Times are those of `zone`, or UTC with `UTC`
/// after them. What is not said is now, and ongoing; what lies ahead is imminent.
///
/// # Errors
/// [`AnswerError::NotATime`] with the part that is none.
pub fn parse_when(text: &str, now: Timestamp, zone: &TimeZone) -> Result<EventTime, AnswerError> {
    let mut timing = None;
    let mut rest = Vec::new();
    for part in text
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match parse_one(part, Timing::ALL) {
            Ok(said) => timing = Some(said),
            Err(_) => rest.push(part),
        }
    }
    let said = rest.join(" ");
    let (at, precision) = if said.is_empty() || is_name(&said, "word-now") {
        (Some(whole_minute(now)), TimePrecision::Minute)
    } else if is_name(&said, "word-unknown") {
        (None, TimePrecision::Unknown)
    } else {
        let (at, precision) = parse_moment(&said, now, zone)
            .ok_or_else(|| AnswerError::NotATime { part: said.clone() })?;
        (Some(at), precision)
    };
    let ahead = match precision {
        TimePrecision::Minute => at > Some(now),
        // A date is ahead only when it is later than the date here.
        TimePrecision::Day => at > local(now, zone).and_then(|here| of_date(here.date())),
        _ => false,
    };
    let usual = if ahead {
        Timing::Imminent
    } else {
        Timing::Ongoing
    };
    Ok(EventTime {
        at,
        precision,
        timing: timing.unwrap_or(usual),
    })
}

/// `2026-11-24 11:30 UTC`, `2026-11-24` or `2026-11`: never closer than it is known.
pub fn machine_when(time: &EventTime) -> Option<String> {
    let at = utc(time.at?)?;
    let date = at.date();
    match time.precision {
        TimePrecision::Month => Some(format!("{:04}-{:02}", date.year(), date.month())),
        TimePrecision::Day => Some(date.to_string()),
        TimePrecision::Minute => Some(format!("{date} {:02}:{:02} UTC", at.hour(), at.minute())),
        TimePrecision::Unknown | TimePrecision::Unlisted(_) => None,
    }
}

/// A15: whether a calendar has a date for it. What has none comes from nobody honest, and is shown as a number.
pub(super) fn is_in_calendar(at: Timestamp) -> bool {
    utc(at).is_some()
}

/// The date and time of a moment in UTC.
fn utc(at: Timestamp) -> Option<DateTime> {
    let at = jiff::Timestamp::from_second(i64::try_from(at.0).ok()?).ok()?;
    Some(Offset::UTC.to_datetime(at))
}

fn is_name(text: &str, id: &str) -> bool {
    Lexicon::shipped().is_name(text, id)
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<DateTime> {
    let at = jiff::Timestamp::from_second(i64::try_from(at.0).ok()?).ok()?;
    Some(zone.to_datetime(at))
}

fn whole_minute(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0 % MINUTE_SECONDS)
}

fn of_date(date: Date) -> Option<Timestamp> {
    of_moment(date.to_datetime(Time::midnight()), &TimeZone::UTC)
}

fn of_moment(moment: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let at = zone.to_timestamp(moment).ok()?;
    u64::try_from(at.as_second()).ok().map(Timestamp)
}

fn parse_moment(text: &str, now: Timestamp, zone: &TimeZone) -> Option<(Timestamp, TimePrecision)> {
    let mut parts: Vec<&str> = text
        .split_whitespace()
        .filter(|part| !is_name(part, "word-at"))
        .collect();
    let mut zone = zone.clone();
    if parts
        .last()
        .is_some_and(|part| part.eq_ignore_ascii_case("utc"))
    {
        parts.pop();
        zone = TimeZone::UTC;
    }
    let here = local(now, &zone)?.date();
    let day = |part: &str| parse_day(part, here);
    match parts.as_slice() {
        [month] if parse_month(month).is_some() => {
            Some((of_date(parse_month(month)?)?, TimePrecision::Month))
        }
        [one] => match (parse_clock(one), day(one)) {
            (Some(clock), _) => Some((
                of_moment(here.to_datetime(clock), &zone)?,
                TimePrecision::Minute,
            )),
            (None, date) => Some((of_date(date?)?, TimePrecision::Day)),
        },
        [one, two] => {
            let (date, clock) = match parse_clock(two) {
                Some(clock) => (day(one)?, clock),
                None => (day(two)?, parse_clock(one)?),
            };
            Some((
                of_moment(date.to_datetime(clock), &zone)?,
                TimePrecision::Minute,
            ))
        }
        _ => None,
    }
}

fn parse_day(text: &str, here: Date) -> Option<Date> {
    if is_name(text, "word-today") {
        return Some(here);
    }
    if is_name(text, "word-yesterday") {
        return here.checked_sub(1.day()).ok();
    }
    if is_name(text, "word-tomorrow") {
        return here.checked_add(1.day()).ok();
    }
    if let [year, month, day] = text.split('-').collect::<Vec<_>>().as_slice() {
        return date(year, month, day);
    }
    if let [day, month, year] = text.split('.').collect::<Vec<_>>().as_slice() {
        return date(year, month, day);
    }
    None
}

/// Four digits for a year: a two-digit one could be a day typed in another order.
fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let year = Some(year).filter(|year| year.len() == 4)?;
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (date.year() >= 1970).then_some(date)
}

fn parse_month(text: &str) -> Option<Date> {
    match text.split_once('-') {
        Some((year, month)) => date(year, month, "1"),
        None => text
            .split_once('.')
            .and_then(|(month, year)| date(year, month, "1")),
    }
}

fn parse_clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let minute = Some(minute).filter(|minute| minute.len() == 2)?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 2026-11-24 22:40:31 UTC, which is already the 25th at UTC+3.
    const NOW: Timestamp = Timestamp(1_795_560_031);

    fn read(text: &str) -> (String, &'static str, Timing) {
        let zone = TimeZone::fixed(jiff::tz::offset(3));
        let when = parse_when(text, NOW, &zone).unwrap();
        let shown = when
            .at
            .and_then(utc)
            .map_or("-".to_owned(), |at| at.to_string());
        let precision = match when.precision {
            TimePrecision::Minute => "minute",
            TimePrecision::Day => "day",
            TimePrecision::Month => "month",
            _ => "unknown",
        };
        (shown, precision, when.timing)
    }

    #[test]
    fn times_in_both_languages() {
        for (texts, shown, precision, timing) in [
            (
                vec!["", "now", "сейчас", " Сейчас "],
                "2026-11-24T22:40:00",
                "minute",
                Timing::Ongoing,
            ),
            (
                vec!["today", "сегодня", "25.11.2026", "2026-11-25"],
                "2026-11-25T00:00:00",
                "day",
                Timing::Ongoing,
            ),
            (
                vec!["yesterday", "вчера", "2026-11-24"],
                "2026-11-24T00:00:00",
                "day",
                Timing::Ongoing,
            ),
            (
                vec!["tomorrow", "завтра"],
                "2026-11-26T00:00:00",
                "day",
                Timing::Imminent,
            ),
            (
                vec![
                    "2026-11-24 14:30",
                    "yesterday at 14:30",
                    "вчера в 14:30",
                    "24.11.2026, 14:30",
                    "2026-11-24 11:30 UTC",
                ],
                "2026-11-24T11:30:00",
                "minute",
                Timing::Ongoing,
            ),
            (
                vec!["1:05", "сегодня, 01:05"],
                "2026-11-24T22:05:00",
                "minute",
                Timing::Ongoing,
            ),
            (
                vec!["14:30"],
                "2026-11-25T11:30:00",
                "minute",
                Timing::Imminent,
            ),
            (
                vec!["2026-10", "10.2026"],
                "2026-10-01T00:00:00",
                "month",
                Timing::Ongoing,
            ),
            (
                vec!["unknown", "неизвестно", "не знаю"],
                "-",
                "unknown",
                Timing::Ongoing,
            ),
            (
                vec!["yesterday, occurred", "вчера, 3", "вчера, уже произошло"],
                "2026-11-24T00:00:00",
                "day",
                Timing::Occurred,
            ),
        ] {
            for text in texts {
                assert_eq!(read(text), (shown.to_owned(), precision, timing), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_time_is_named() {
        for text in [
            "25:00",
            "2026-13-01",
            "24-11-26",
            "1969-01-01",
            "soon",
            "-",
            "99999-01-01",
            "1.1",
        ] {
            let error = parse_when(text, NOW, &TimeZone::UTC).unwrap_err();
            assert!(
                matches!(&error, AnswerError::NotATime { part } if part == text),
                "{text}: {error:?}"
            );
        }
    }
}
