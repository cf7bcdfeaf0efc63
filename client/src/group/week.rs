//! Weeks, by which the keys of readers change. Counted in UTC from Monday, 5 January 1970. Pure.

use bellrope_proto::ids::Timestamp;
use serde::{Deserialize, Serialize};

use super::lifetimes::{SEALED_SECONDS, SECRET_SECONDS, WEEK_SECONDS};

/// The first Monday: 1970 began with a Thursday.
const FIRST: u64 = 4 * Timestamp::DAY_SECONDS;

/// The number of a week. The first is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Week(pub u32);

impl Week {
    /// The week of a moment.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        let weeks = moment.0.saturating_sub(FIRST) / WEEK_SECONDS;
        Self(u32::try_from(weeks).unwrap_or(u32::MAX))
    }

    /// Its first second.
    #[must_use]
    pub fn begins(self) -> Timestamp {
        Timestamp(u64::from(self.0) * WEEK_SECONDS + FIRST)
    }

    /// The first second of the next.
    #[must_use]
    pub fn ends(self) -> Timestamp {
        self.begins().plus(WEEK_SECONDS)
    }

    /// Nothing that was sealed to its keys is posted from then on.
    #[must_use]
    pub(crate) fn is_sealed_until(self) -> Timestamp {
        self.ends().plus(SEALED_SECONDS)
    }

    /// Its secrets are not needed from then on.
    #[must_use]
    pub(crate) fn is_over_at(self) -> Timestamp {
        self.ends().plus(SECRET_SECONDS)
    }

    /// This one and those that follow it, so many in all.
    pub(crate) fn and_on(self, weeks: u32) -> impl Iterator<Item = Self> {
        (self.0..self.0.saturating_add(weeks)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays_in_utc() {
        // Monday, 9 November 2026, 00:00:00 UTC.
        let monday = Timestamp(1_794_182_400);
        let week = Week::of(monday);
        assert_eq!(week, Week(2_966));
        assert_eq!(week.begins(), monday);
        assert_eq!(Week::of(Timestamp(monday.0 - 1)), Week(2_965));
        assert_eq!(Week::of(Timestamp(week.ends().0 - 1)), week);
        assert_eq!(Week::of(week.ends()), Week(2_967));
        let days = |until: Timestamp| (until.0 - monday.0) / Timestamp::DAY_SECONDS;
        assert_eq!(days(week.is_sealed_until()), 21);
        assert_eq!(days(week.is_over_at()), 24);
    }

    #[test]
    fn no_clock_is_out_of_range() {
        assert_eq!(Week::of(Timestamp(0)), Week(0));
        assert_eq!(Week::of(Timestamp(u64::MAX)), Week(u32::MAX));
        assert!(Week(u32::MAX).is_over_at() > Week(0).is_over_at());
        assert_eq!(Week(u32::MAX).and_on(3).count(), 0);
    }
}
