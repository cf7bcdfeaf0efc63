//! Moments as people and programs read them: in UTC, and for people on their own clock first.

use bellrope_proto::ids::Timestamp;
use jiff::tz::TimeZone;

/// `2026-11-24 11:30 UTC`.
#[must_use]
pub fn moment_text(at: Timestamp) -> String {
    text(at, "%Y-%m-%d %H:%M UTC")
}

/// `2026-11-24`.
#[must_use]
pub fn day_text(at: Timestamp) -> String {
    text(at, "%Y-%m-%d")
}

/// `2026-11`.
#[must_use]
pub(crate) fn month_text(at: Timestamp) -> String {
    text(at, "%Y-%m")
}

/// `2026-11-24 14:30 UTC+3 (11:30 UTC)`, with the day in UTC where that is another; only `2026-11-24 11:30 UTC` where
/// the clock shows that. For how long it may have been is said by the time of its end.
pub(super) fn local_text(at: Timestamp, seconds: u64, zone: &TimeZone) -> String {
    let Some(from) = moment(at) else {
        return at.0.to_string();
    };
    let to = moment(Timestamp(at.0.saturating_add(seconds))).filter(|_| seconds > 0);
    let clocks = |zone: &TimeZone| {
        let clock = |at| zone.to_datetime(at).strftime("%H:%M").to_string();
        match to {
            Some(to) => format!("{}–{}", clock(from), clock(to)),
            None => clock(from),
        }
    };
    let day = |zone: &TimeZone| zone.to_datetime(from).date();
    let here = format!("{} {}", day(zone), clocks(zone));
    let offset = zone.to_offset(from);
    if offset.is_zero() {
        return format!("{here} UTC");
    }
    let date = match day(&TimeZone::UTC) {
        same if same == day(zone) => String::new(),
        other => format!("{other} "),
    };
    let offset = offset_text(offset.seconds());
    format!("{here} {offset} ({date}{} UTC)", clocks(&TimeZone::UTC))
}

/// The day, the time of day and the place in the week, 0 a Monday, on clocks that are so many minutes ahead of UTC.
pub(crate) fn clock_there(at: Timestamp, ahead: i16) -> (String, String, u64) {
    let there = Timestamp(at.0.saturating_add_signed(i64::from(ahead) * 60));
    // The first of 1970 was a Thursday.
    let weekday = (there.0 / Timestamp::DAY_SECONDS + 3) % 7;
    (text(there, "%Y-%m-%d"), text(there, "%H:%M"), weekday)
}

/// `UTC+3`.
pub(crate) fn ahead_text(ahead: i16) -> String {
    match ahead {
        0 => "UTC".to_owned(),
        ahead => offset_text(i32::from(ahead) * 60),
    }
}

/// An offset and no abbreviation: there are three zones that are called IST.
fn offset_text(seconds: i32) -> String {
    let minutes = seconds.unsigned_abs() / 60;
    let sign = if seconds < 0 { '-' } else { '+' };
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(i64::try_from(at.0).ok()?).ok()
}

/// Moments beyond the calendar come from nobody honest; they are shown as what they are, a number.
fn text(at: Timestamp, form: &str) -> String {
    moment(at).map_or_else(
        || at.0.to_string(),
        |moment| moment.strftime(form).to_string(),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn any_moment_has_a_text() {
        assert_eq!(moment_text(Timestamp(0)), "1970-01-01 00:00 UTC");
        assert_eq!(day_text(Timestamp(1_795_000_000)), "2026-11-18");
        assert_eq!(moment_text(Timestamp(u64::MAX)), u64::MAX.to_string());
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(
            local_text(Timestamp(u64::MAX), 9, &tokyo),
            u64::MAX.to_string()
        );
        local_text(Timestamp(253_402_207_200), 1 << 40, &tokyo);
    }

    #[test]
    fn a_moment_is_on_the_readers_clock_and_in_utc_beside_it() {
        // 2026-11-24 22:40:31 UTC.
        let at = Timestamp(1_795_560_031);
        let new_york = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        for (zone, seconds, text) in [
            (TimeZone::UTC, 0, "2026-11-24 22:40 UTC"),
            (
                TimeZone::posix("<+03>-3").unwrap(),
                0,
                "2026-11-25 01:40 UTC+3 (2026-11-24 22:40 UTC)",
            ),
            (
                TimeZone::posix("<+0530>-5:30").unwrap(),
                0,
                "2026-11-25 04:10 UTC+5:30 (2026-11-24 22:40 UTC)",
            ),
            (new_york.clone(), 0, "2026-11-24 17:40 UTC-5 (22:40 UTC)"),
            (
                new_york.clone(),
                8 * 3600,
                "2026-11-24 17:40–01:40 UTC-5 (22:40–06:40 UTC)",
            ),
            (TimeZone::UTC, 8 * 3600, "2026-11-24 22:40–06:40 UTC"),
        ] {
            assert_eq!(local_text(at, seconds, &zone), text);
        }
        // The hour that there was twice is told apart by the zone, and so is a move to another zone.
        let first = Timestamp(1_793_511_000);
        assert_eq!(
            local_text(first, 0, &new_york),
            "2026-11-01 01:30 UTC-4 (05:30 UTC)"
        );
        let second = Timestamp(first.0 + 3600);
        assert_eq!(
            local_text(second, 0, &new_york),
            "2026-11-01 01:30 UTC-5 (06:30 UTC)"
        );
    }
}
