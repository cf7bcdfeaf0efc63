//! Days and hours as people type them, in English and in Russian.

use bellrope_proto::ids::Timestamp;

use super::rota::Rota;

const DAY: u16 = 24 * 60;

/// Monday first, each as it begins.
const DAYS: [[&str; 2]; 7] = [
    ["mon", "пн"],
    ["tue", "вт"],
    ["wed", "ср"],
    ["thu", "чт"],
    ["fri", "пт"],
    ["sat", "сб"],
    ["sun", "вс"],
];

/// What was typed is no such time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no such time")]
pub struct BadTime;

/// `mon-fri`, `sat,sun`, `пт-пн`: days from 0, Monday, each once, as they were named.
///
/// # Errors
/// [`BadTime`].
pub fn parse_days(text: &str) -> Result<Vec<u16>, BadTime> {
    let text = text.to_lowercase();
    let mut all = Vec::new();
    for part in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let (from, until) = match dash(part) {
            Some((from, until)) => (day(from)?, day(until)?),
            None => (day(part)?, day(part)?),
        };
        for more in 0..=(until + 7 - from) % 7 {
            let day = (from + more) % 7;
            if !all.contains(&day) {
                all.push(day);
            }
        }
    }
    if all.is_empty() {
        Err(BadTime)
    } else {
        Ok(all)
    }
}

fn day(text: &str) -> Result<u16, BadTime> {
    let text = text.trim();
    let named = |names: &[&str; 2]| names.contains(&text);
    let place = DAYS.iter().position(named).ok_or(BadTime)?;
    u16::try_from(place).map_err(|_| BadTime)
}

/// A text pasted from a page has other dashes.
fn dash(text: &str) -> Option<(&str, &str)> {
    text.split_once(['-', '–', '—'])
}

/// `08:00-20:00`, `22-7`: the minute of the day at which it begins, and how many minutes it lasts; what ends no later than it begins ends the day after.
///
/// # Errors
/// [`BadTime`].
pub fn parse_hours(text: &str) -> Result<(u16, u16), BadTime> {
    let (from, until) = dash(text).ok_or(BadTime)?;
    let (from, until) = (clock(from)?, clock(until)?);
    let minutes = (until + 2 * DAY - from) % DAY;
    let minutes = if minutes == 0 { DAY } else { minutes };
    if from >= DAY {
        Err(BadTime)
    } else {
        Ok((from, minutes))
    }
}

/// Hours of each day at which somebody sleeps: as [`parse_hours`], but not all day.
///
/// # Errors
/// [`BadTime`].
pub fn parse_quiet(text: &str) -> Result<(u16, u16), BadTime> {
    parse_hours(text).and_then(|hours| {
        if hours.1 < DAY {
            Ok(hours)
        } else {
            Err(BadTime)
        }
    })
}

/// Minutes since midnight, at most 24:00.
fn clock(text: &str) -> Result<u16, BadTime> {
    let text = text.trim();
    let (hours, minutes) = text.split_once([':', '.']).unwrap_or((text, "0"));
    let number = |text: &str| {
        let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        is_short
            .then(|| text.parse::<u16>().ok())
            .flatten()
            .ok_or(BadTime)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let at = hours * 60 + minutes;
    if minutes < 60 && at <= DAY {
        Ok(at)
    } else {
        Err(BadTime)
    }
}

/// `2026-12-24 18:00`, or `2026-12-24` for its beginning, on the clocks of a rota's place. Of an hour that there is twice, the first; in one that
/// there is not, when it would have been.
///
/// # Errors
/// [`BadTime`].
pub(crate) fn parse_local<W: Copy + PartialEq>(
    text: &str,
    rota: &Rota<W>,
) -> Result<Timestamp, BadTime> {
    let text = text.trim();
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "0:00"));
    let date: jiff::civil::Date = date.parse().map_err(|_| BadTime)?;
    let minutes = i64::from(clock(time)?);
    let midnight = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0));
    let there = midnight.map_err(|_| BadTime)?.as_second() + minutes * 60;
    let offsets = rota.clock.iter().map(|(_, ahead)| i64::from(*ahead));
    let at = |ahead: i64| u64::try_from(there - ahead * 60).ok().map(Timestamp);
    let fits = |at: &Timestamp| {
        let ahead = i64::from(rota.minutes_ahead(*at));
        i64::try_from(at.0).is_ok_and(|at| at + ahead * 60 == there)
    };
    let first = offsets.filter_map(at).filter(fits).min();
    let usual = rota.clock.first().and_then(|it| at(i64::from(it.1)));
    first.or(usual).ok_or(BadTime)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::extensions::Extensions;

    #[test]
    fn days_and_hours_are_read_as_people_type_them() {
        assert_eq!(parse_days("Mon-Fri").unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(parse_days("сб, вс").unwrap(), [5, 6]);
        assert_eq!(parse_days("пт–пн").unwrap(), [4, 5, 6, 0]);
        assert_eq!(parse_days("sun").unwrap(), [6]);
        for text in ["", "mo", "mon-", "-", "monday-x", ",", "1-5"] {
            assert_eq!(parse_days(text), Err(BadTime), "{text}");
        }
        assert_eq!(parse_hours("08:00-20:00").unwrap(), (480, 720));
        assert_eq!(parse_hours("22 – 7:30").unwrap(), (1320, 570));
        assert_eq!(parse_hours("0-24").unwrap(), (0, 1440));
        assert_eq!(parse_hours("8:00-8:00").unwrap(), (480, 1440));
        for text in ["", "8", "25-3", "8:60-9", "24-3", "-5-6", "8:000-9", "a-b"] {
            assert_eq!(parse_hours(text), Err(BadTime), "{text}");
        }
        assert_eq!(parse_quiet("22-7").unwrap(), (1320, 540));
        assert_eq!(parse_quiet("0-24"), Err(BadTime));
    }

    #[test]
    fn a_moment_is_on_the_clocks_of_the_place() {
        // Until 2026-10-25 01:00 UTC three hours ahead, then two.
        let rota: Rota<u8> = Rota {
            place: String::new(),
            clock: vec![(Timestamp(0), 180), (Timestamp(1_792_890_000), 120)],
            week: Vec::new(),
            days: Vec::new(),
            extensions: Extensions::none(),
        };
        let read = |text| parse_local(text, &rota).unwrap().0;
        assert_eq!(read("2026-10-24 18:00"), 1_792_890_000 - 10 * 3600);
        assert_eq!(read("2026-10-26"), 1_792_890_000 + 21 * 3600);
        // There is 3:30 twice.
        assert_eq!(read("2026-10-25 03:30"), 1_792_890_000 - 1800);
        assert!(parse_local("24.12.2026", &rota).is_err());
        assert!(parse_local("2026-12-24 25:00", &rota).is_err());
    }
}
