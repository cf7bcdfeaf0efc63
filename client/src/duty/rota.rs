//! The rota: who looks at new alerts in which hours of the week, and on which days it is otherwise. The rules DU1 to DU4 of PROTOCOL.md,
//! "Duty".
//!
//! The hours are those on the clocks of one place. When these clocks change is written beside them, by whoever wrote the rota, and is not
//! looked up by readers: two of whom one has last year's table of zones would ring two people, or nobody, and a program on a machine
//! without a table has to know it as well.

use bellrope_proto::{codec, ids::Timestamp};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::extensions::Extensions;

/// What a rota may take.
const ROTA_BYTES_MAX: usize = 12 * 1024;

/// Characters of the name of a place.
const PLACE_CHARS_MAX: usize = 48;

/// Changes of the clocks that are written: at two a year, more than ten years.
const CLOCK_MAX: usize = 24;

/// Years for which they are.
const CLOCK_YEARS: u64 = 10;

/// Parts of a week, and days that are otherwise.
const PARTS_MAX: usize = 64;

/// For how long it can be otherwise at once.
const DAYS_SECONDS_MAX: u64 = 100 * Timestamp::DAY_SECONDS;

const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;

/// Minutes that a place can be ahead of UTC, or behind it.
const AHEAD_MAX: u16 = 18 * 60;

/// Who is on duty when. In the roster people are named by their devices' keys; in what a defender holds, nobody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rota<W> {
    /// The place whose clocks are meant, as people call its zone: for showing only.
    pub place: String,
    /// From when on these clocks are how many minutes ahead of UTC, ascending; before the first, as from it.
    pub clock: Vec<(Timestamp, i16)>,
    /// Each week. Where two overlap, the first counts.
    pub week: Vec<Shift<W>>,
    /// When it is otherwise. Where two overlap, the last counts.
    pub days: Vec<Days<W>>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// A part of each week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift<W> {
    /// Its beginning: minutes since Monday, 0:00.
    pub from: u16,
    /// Its length in minutes, at most a week.
    pub minutes: u16,
    /// Who.
    pub line: Line<W>,
}

/// Whom it rings, and whom if they do not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line<W> {
    /// Who is on duty.
    pub first: W,
    /// The second line.
    pub second: Option<W>,
}

/// A time at which it is otherwise than each week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days<W> {
    /// From a full minute,
    pub from: Timestamp,
    /// to another.
    pub until: Timestamp,
    /// Who; none where nobody is on duty.
    pub line: Option<Line<W>>,
}

/// A time at which the same people are on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch<W> {
    /// From when,
    pub(crate) from: Timestamp,
    /// to when,
    pub(crate) until: Timestamp,
    /// who; none where nobody is.
    pub(crate) line: Option<Line<W>>,
}

impl<W: Copy> Line<W> {
    fn map<V>(self, name: &impl Fn(W) -> Option<V>) -> Option<Line<V>> {
        let mut both = [Some(self.first), self.second]
            .into_iter()
            .flatten()
            .filter_map(name);
        let first = both.next()?;
        let second = both.next();
        Some(Line { first, second })
    }
}

impl<W> Days<W> {
    /// Whether they are a time, of full minutes, that is not too long.
    pub(crate) fn can_be(&self) -> bool {
        self.from < self.until
            && self.until.0 - self.from.0 <= DAYS_SECONDS_MAX
            && self.from.0.is_multiple_of(60)
            && self.until.0.is_multiple_of(60)
    }
}

impl<W: Copy + PartialEq> Rota<W> {
    /// Who is on duty at a moment (DU2).
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<Line<W>> {
        let mut days = self.days.iter().rev();
        match days.find(|days| days.from <= at && at < days.until) {
            Some(days) => days.line,
            None => self.weekly(at),
        }
    }

    /// Who is on duty then each week.
    fn weekly(&self, at: Timestamp) -> Option<Line<W>> {
        let minute = self.minute_of_week(at);
        let mut week = self.week.iter();
        let shift = week.find(|shift| {
            let since = (minute + WEEK - u32::from(shift.from) % WEEK) % WEEK;
            since < u32::from(shift.minutes)
        });
        shift.map(|shift| shift.line)
    }

    /// How many minutes the clocks are ahead of UTC then.
    #[must_use]
    pub fn minutes_ahead(&self, at: Timestamp) -> i16 {
        let since = self.clock.iter().rev().find(|(from, _)| *from <= at);
        let since = since.or_else(|| self.clock.first());
        since.map_or(0, |(_, minutes)| *minutes)
    }

    /// Minutes since Monday, 0:00, on the clocks there.
    fn minute_of_week(&self, at: Timestamp) -> u32 {
        // The first of 1970 was a Thursday.
        let since = u64::from(3 * DAY + WEEK) + (at.0 / 60) % u64::from(WEEK);
        let there = since.saturating_add_signed(i64::from(self.minutes_ahead(at)));
        u32::try_from(there % u64::from(WEEK)).unwrap_or(0)
    }

    /// The next moment at which it can be otherwise.
    #[must_use]
    pub fn change_after(&self, at: Timestamp) -> Timestamp {
        let minute = self.minute_of_week(at);
        let to = |of_week: u32| {
            let minutes = (of_week % WEEK + WEEK - minute) % WEEK;
            let minutes = if minutes == 0 { WEEK } else { minutes };
            Timestamp(
                (at.0 / 60)
                    .saturating_add(u64::from(minutes))
                    .saturating_mul(60),
            )
        };
        let week = self.week.iter().flat_map(|shift| {
            let from = u32::from(shift.from);
            [to(from), to(from + u32::from(shift.minutes))]
        });
        let days = self.days.iter().flat_map(|days| [days.from, days.until]);
        let clock = self.clock.iter().map(|(from, _)| *from);
        let all = week.chain(days).chain(clock).filter(|next| *next > at);
        all.min()
            .unwrap_or(Timestamp(at.0.saturating_add(u64::from(WEEK) * 60)))
    }

    /// Who is on duty from one moment to another, a stretch after the other.
    pub(crate) fn stretches(&self, from: Timestamp, until: Timestamp) -> Vec<Stretch<W>> {
        let mut all: Vec<Stretch<W>> = Vec::new();
        let mut at = from;
        while at < until {
            let next = self.change_after(at).min(until);
            let line = self.at(at);
            match all.last_mut() {
                Some(last) if last.line == line => last.until = next,
                _ => all.push(Stretch {
                    from: at,
                    until: next,
                    line,
                }),
            }
            at = next;
        }
        all
    }

    /// The beginning of the first stretch from a moment on, within two weeks, at which somebody is on duty: that moment itself, if somebody is.
    #[must_use]
    pub fn next(&self, from: Timestamp) -> Option<Timestamp> {
        let until = Timestamp(from.0.saturating_add(2 * u64::from(WEEK) * 60));
        let mut at = from;
        while at < until {
            if self.at(at).is_some() {
                return Some(at);
            }
            at = self.change_after(at);
        }
        None
    }

    /// The same with other names for people. Who has none is not there: the second line stands in for the first.
    #[must_use]
    pub fn map<V: Copy + PartialEq>(&self, name: impl Fn(W) -> Option<V>) -> Rota<V> {
        let week = self.week.iter().filter_map(|shift| {
            Some(Shift {
                from: shift.from,
                minutes: shift.minutes,
                line: shift.line.map(&name)?,
            })
        });
        let days = self.days.iter().map(|days| Days {
            from: days.from,
            until: days.until,
            line: days.line.and_then(|line| line.map(&name)),
        });
        Rota {
            place: self.place.clone(),
            clock: self.clock.clone(),
            week: week.collect(),
            days: days.collect(),
            extensions: self.extensions.clone(),
        }
    }

    /// Whether it names no hours at all: there is no rota then.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.week.is_empty() && self.days.is_empty()
    }

    /// Everybody whom it names, as often as it does.
    pub(crate) fn named(&self) -> impl Iterator<Item = W> + '_ {
        let week = self.week.iter().map(|shift| shift.line);
        let days = self.days.iter().filter_map(|days| days.line);
        let lines = week.chain(days);
        lines.flat_map(|line| [Some(line.first), line.second].into_iter().flatten())
    }

    /// The hours at which somebody is on duty, and nothing of who (DU4): neither how many there are, nor when one takes over from another, nor what
    /// the place is called.
    #[must_use]
    pub fn hours(&self) -> Rota<()> {
        let is_on = |minute: u32| {
            let mut week = self.week.iter();
            week.any(|shift| {
                (minute + WEEK - u32::from(shift.from) % WEEK) % WEEK < u32::from(shift.minutes)
            })
        };
        let line = Line {
            first: (),
            second: None,
        };
        let begins = |minute: &u32| is_on(*minute) && !is_on((minute + WEEK - 1) % WEEK);
        let length = |from: u32| {
            (0..WEEK)
                .take_while(|more| is_on((from + more) % WEEK))
                .count()
        };
        let mut begins: Vec<u32> = (0..WEEK).filter(begins).collect();
        if begins.is_empty() && is_on(0) {
            begins.push(0);
        }
        let week = begins.into_iter().filter_map(|from| {
            Some(Shift {
                from: u16::try_from(from).ok()?,
                minutes: u16::try_from(length(from)).ok()?,
                line,
            })
        });
        // That somebody stands in for somebody changes nothing at whose hours.
        let is_told = |days: &&Days<W>| {
            let overlaps = |other: &Days<W>| other.from < days.until && days.from < other.until;
            let mut closed = self.days.iter().filter(|it| it.line.is_none());
            days.line.is_none()
                || closed.any(overlaps)
                || !self.is_weekly_throughout(days.from, days.until)
        };
        let days = self.days.iter().filter(is_told).map(|days| Days {
            from: days.from,
            until: days.until,
            line: days.line.map(|_| line),
        });
        Rota {
            place: String::new(),
            clock: self.clock.clone(),
            week: week.collect(),
            days: days.collect(),
            extensions: Extensions::none(),
        }
    }

    fn is_weekly_throughout(&self, from: Timestamp, until: Timestamp) -> bool {
        let mut at = from;
        while at < until {
            if self.weekly(at).is_none() {
                return false;
            }
            at = self.change_after(at);
        }
        true
    }
}

impl<W: Copy + PartialEq + Serialize> Rota<W> {
    /// Whether it is one that counts (DU1). Who is in the group, the roster says.
    #[must_use]
    pub(crate) fn is_sound(&self) -> bool {
        let place = self.place.chars();
        let is_place = place.clone().count() <= PLACE_CHARS_MAX
            && place.clone().all(|it| it == ' ' || it.is_ascii_graphic());
        let is_clock = (1..=CLOCK_MAX).contains(&self.clock.len())
            && self.clock.is_sorted_by(|one, next| one.0 < next.0)
            && self.clock.iter().all(|it| it.1.unsigned_abs() <= AHEAD_MAX);
        let is_line = |line: &Line<W>| line.second != Some(line.first);
        let is_shift = |it: &Shift<W>| {
            u32::from(it.from) < WEEK
                && (1..=WEEK).contains(&u32::from(it.minutes))
                && is_line(&it.line)
        };
        let is_days = |it: &Days<W>| it.can_be() && it.line.as_ref().is_none_or(is_line);
        is_place
            && is_clock
            && self.week.len() <= PARTS_MAX
            && self.days.len() <= PARTS_MAX
            && self.week.iter().all(is_shift)
            && self.days.iter().all(is_days)
            && !self.extensions.has_critical()
            && codec::encode(self).len() <= ROTA_BYTES_MAX
    }
}

/// From when on the clocks of a place are how far ahead of UTC, for some years.
#[must_use]
pub(crate) fn clock_of(zone: &TimeZone, now: Timestamp) -> Vec<(Timestamp, i16)> {
    let moment = |at: Timestamp| jiff::Timestamp::from_second(i64::try_from(at.0).ok()?).ok();
    let Some(begin) = moment(now) else {
        return vec![(now, 0)];
    };
    let end = now
        .0
        .saturating_add(CLOCK_YEARS * 366 * Timestamp::DAY_SECONDS);
    let minutes = |offset: jiff::tz::Offset| i16::try_from(offset.seconds() / 60).unwrap_or(0);
    let mut all = vec![(now, minutes(zone.to_offset(begin)))];
    for change in zone.following(begin) {
        let Ok(at) = u64::try_from(change.timestamp().as_second()) else {
            continue;
        };
        if at > end || all.len() >= CLOCK_MAX {
            break;
        }
        let ahead = minutes(change.offset());
        // Some changes are of a name alone.
        if all.last().is_some_and(|(_, before)| *before != ahead) {
            all.push((Timestamp(at), ahead));
        }
    }
    all
}

#[cfg(test)]
#[path = "rota_tests.rs"]
pub(super) mod tests;
