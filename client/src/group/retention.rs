//! How long the group keeps a case after it was closed: what coordinators wrote into the roster, and 18 months as long as nobody has. Pure.
//!
//! It names what is due, and erases nothing. Each of what it is made of is one party's word: the months are a coordinator's, whose device may be in
//! other hands; the moment of a closing is its author's and the relay's; "now" is a clock's. What is erased is gone for ever, so it takes two
//! people, each of whom looks at what is due by their own device (`case/erasing.rs`).

use bellrope_proto::ids::Timestamp;
use jiff::{ToSpan as _, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::extensions::Extensions;

/// As a group is founded.
const MONTHS: u16 = 18;

/// A case that is closed may be opened again: with less than this, people would forget what they still work on.
pub(crate) const MONTHS_LEAST: u16 = 3;

/// Longer than any court takes; a group that has a reason says "not by time" for all, or keeps single cases longer.
pub(crate) const MONTHS_MOST: u16 = 120;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Months after its closing; none: no case is due by time.
    pub months: Option<u16>,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Default for Retention {
    fn default() -> Self {
        Self::of(Some(MONTHS))
    }
}

impl Retention {
    /// For so many months.
    #[must_use]
    pub(crate) fn of(months: Option<u16>) -> Self {
        Self {
            months,
            extensions: Extensions::none(),
        }
    }

    /// Whether it counts (ER9).
    #[must_use]
    pub(crate) fn is_sound(&self) -> bool {
        let mut months = self.months.into_iter();
        months.all(|it| (MONTHS_LEAST..=MONTHS_MOST).contains(&it))
            && !self.extensions.has_critical()
    }
}

/// So many months later, by the calendar in UTC: of the 31st, where the month has none, its last day. `None` beyond any calendar.
#[must_use]
pub(crate) fn months_after(at: Timestamp, months: u16) -> Option<Timestamp> {
    let moment = jiff::Timestamp::from_second(i64::try_from(at.0).ok()?).ok()?;
    let there = TimeZone::UTC.to_datetime(moment);
    let later = there.checked_add(i64::from(months).months()).ok()?;
    let later = TimeZone::UTC.to_timestamp(later).ok()?;
    u64::try_from(later.as_second()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn months_are_the_calendars_and_no_moment_is_beyond_it() {
        let at = |text: &str| {
            let read: jiff::Timestamp = text.parse().unwrap();
            Timestamp(u64::try_from(read.as_second()).unwrap())
        };
        for (closed, months, due) in [
            ("2026-11-30T10:00:00Z", 18, "2028-05-30T10:00:00Z"),
            ("2026-11-30T10:00:00Z", 3, "2027-02-28T10:00:00Z"),
            ("2024-02-29T23:59:59Z", 12, "2025-02-28T23:59:59Z"),
            ("2026-11-30T10:00:00Z", 120, "2036-11-30T10:00:00Z"),
        ] {
            assert_eq!(months_after(at(closed), months), Some(at(due)), "{closed}");
        }
        assert_eq!(months_after(Timestamp(u64::MAX), 18), None);
        assert_eq!(months_after(at("9999-01-01T00:00:00Z"), 18), None);
    }

    #[test]
    fn of_months_that_make_no_sense_nothing_counts() {
        for (months, counts) in [
            (Some(0), false),
            (Some(2), false),
            (Some(3), true),
            (Some(120), true),
            (Some(121), false),
            (None, true),
        ] {
            assert_eq!(Retention::of(months).is_sound(), counts, "{months:?}");
        }
        assert_eq!(Retention::default().months, Some(18));
    }
}
