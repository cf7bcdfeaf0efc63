//! Reading when something happened, as people say it, and never closer than they say it.

mod said;
#[cfg(test)]
mod tests;
mod words;

use bellrope_proto::ids::Timestamp;
use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use super::{
    EventTime,
    answers::{AnswerError, parse_one},
    vocabulary::{TimePrecision, Timing, Vocabulary},
};
use crate::text::Lexicon;
use said::Reading;

const MINUTE_SECONDS: u64 = 60;

/// To what a time is rounded that is known to an hour or so.
const ABOUT_SECONDS: u64 = 30 * MINUTE_SECONDS;

/// The hours of a part of a day. Everything that people mean by "morning" lies in eight.
const PART_HOURS: i64 = 8;

/// Reads a time, whether it still goes on, or both with a comma between them. Clock times are those of `zone`, or UTC
/// with `UTC` after them. Nothing is nothing said; "now" goes on, and what lies ahead is imminent.
///
/// # Errors
/// [`AnswerError::NotATime`] with the part that is none, [`AnswerError::Unclear`] with what it may mean.
pub fn parse_when(text: &str, now: Timestamp, zone: &TimeZone) -> Result<EventTime, AnswerError> {
    let mut timing = None;
    let mut rest = Vec::new();
    for part in text
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match parse_one(part, Timing::ALL) {
            _ if is_name(part, "word-unknown") => {}
            Ok(said) => timing = Some(said),
            Err(_) => rest.push(part),
        }
    }
    let said = rest.join(" ");
    let this_minute = (whole(now, MINUTE_SECONDS), TimePrecision::Minute);
    let (moment, usual) = if said.is_empty() {
        (None, Timing::NotSaid)
    } else if is_name(&said, "word-now") {
        (Some(this_minute), Timing::Ongoing)
    } else if is_name(&said, "time-just-now") {
        (Some(this_minute), Timing::NotSaid)
    } else {
        let reading = Reading {
            now,
            zone,
            text: &said,
        };
        let moment = reading.moment().map_err(|error| match (error, timing) {
            // The other half of the answer is kept.
            (AnswerError::Unclear(unclear), Some(timing)) => {
                unclear.within(&timing.key(), "").into()
            }
            (error, _) => error,
        })?;
        let is_ahead = reading.is_ahead(moment);
        let usual = if is_ahead {
            Timing::Imminent
        } else {
            Timing::NotSaid
        };
        (Some(moment), usual)
    };
    let (at, precision) = moment.map_or((None, TimePrecision::Unknown), |(at, precision)| {
        (Some(at), precision)
    });
    Ok(EventTime {
        at,
        precision,
        timing: timing.unwrap_or(usual),
    })
}

/// `2026-11-24 11:30 UTC`, `~2026-11-24 11:30 UTC`, `2026-11-24 04:00..12:00 UTC`, `2026-11-24` or `2026-11`: never
/// closer than it is known, and read back as it is.
pub fn machine_when(time: &EventTime) -> Option<String> {
    let at = utc(time.at?)?;
    let (date, clock) = (at.date(), at.time());
    match time.precision {
        TimePrecision::Month => Some(format!("{:04}-{:02}", date.year(), date.month())),
        TimePrecision::Day => Some(date.to_string()),
        TimePrecision::Minute => Some(format!("{date} {} UTC", hour_minute(clock))),
        TimePrecision::Hour => Some(format!("~{date} {} UTC", hour_minute(clock))),
        TimePrecision::PartOfDay => {
            let end = clock.wrapping_add(PART_HOURS.hours());
            Some(format!(
                "{date} {}..{} UTC",
                hour_minute(clock),
                hour_minute(end)
            ))
        }
        TimePrecision::Unknown | TimePrecision::Unlisted(_) => None,
    }
}

/// How long a part of a day is, in seconds: it may have been at any time from its moment on.
pub(crate) const PART_SECONDS: u64 = PART_HOURS.unsigned_abs() * 60 * MINUTE_SECONDS;

fn hour_minute(clock: Time) -> String {
    format!("{:02}:{:02}", clock.hour(), clock.minute())
}

/// A15: whether a calendar has a date for it. What has none comes from nobody honest, and is shown as a number.
pub(super) fn is_in_calendar(at: Timestamp) -> bool {
    utc(at).is_some()
}

/// The date and time of a moment in UTC.
fn utc(at: Timestamp) -> Option<DateTime> {
    local(at, &TimeZone::UTC)
}

fn is_name(text: &str, id: &str) -> bool {
    Lexicon::shipped().is_name(text, id)
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<DateTime> {
    let at = jiff::Timestamp::from_second(i64::try_from(at.0).ok()?).ok()?;
    Some(zone.to_datetime(at))
}

/// Down to whole ones of so many seconds.
fn whole(at: Timestamp, seconds: u64) -> Timestamp {
    Timestamp(at.0 - at.0 % seconds)
}

/// To the nearest time that is worth saying of an hour or so.
fn about(at: Timestamp) -> Timestamp {
    whole(
        Timestamp(at.0.saturating_add(ABOUT_SECONDS / 2)),
        ABOUT_SECONDS,
    )
}

fn of_date(date: Date) -> Option<Timestamp> {
    of_moment(date.to_datetime(Time::midnight()), &TimeZone::UTC)
}

fn of_moment(moment: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let at = zone.to_timestamp(moment).ok()?;
    u64::try_from(at.as_second()).ok().map(Timestamp)
}
