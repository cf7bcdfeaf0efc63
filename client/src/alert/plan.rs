//! When somebody means to check in, and by which words: the extension of an alert of the kind `check_in` that makes it a plan. What is to be done when
//! they are not heard stands in the alert's account, where an older program shows it too.

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    EventTime, Fields,
    answers::{AnswerError, parse_when},
    vocabulary::{Kind, TimePrecision},
};
use crate::extensions::Extensions;

/// The number of the extension. Critical: who does not know it must be told that there is more.
pub(crate) const PLAN: u16 = 16;

/// Shortest and longest time between two check-ins, in seconds.
pub const EVERY: [u32; 2] = [30 * 60, 7 * 24 * 3_600];

/// Shortest and longest time that members wait after one is due, in seconds: less is an empty battery.
pub const GRACE: [u32; 2] = [30 * 60, 24 * 3_600];

/// A plan is over after so many seconds from its first check-in.
pub const LASTS_MAX: u64 = 60 * 24 * 3_600;

/// Check-ins that a plan can have: what readers keep of one device in one case has room for twice as many.
pub const CHECK_INS_MAX: u64 = 1_000;

/// Characters of a word.
pub const WORD_CHARS_MAX: usize = 64;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInPlan {
    /// Seconds from one to the next at most.
    pub every: u32,
    /// Seconds that members wait after one is due.
    pub grace: u32,
    /// When the first is due.
    pub first: Timestamp,
    /// When the last is.
    pub until: Timestamp,
    /// The word for "I am well", as [`word`] makes it; empty where none was agreed.
    pub well: String,
    /// The word for "I am forced"; there just where the other is.
    pub forced: String,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// Why a plan cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Too often, or too seldom.
    #[error("the time between two check-ins is not possible")]
    Every,
    /// Shorter or longer than members can wait.
    #[error("the time that members wait is not possible")]
    Grace,
    /// The end is over, or comes before the first is due, or is too far away.
    #[error("the end of the plan is not possible")]
    Until,
    /// So often for so long.
    #[error("a plan has at most {CHECK_INS_MAX} check-ins")]
    TooMany,
    /// One word without the other, one that is too long, or both the same.
    #[error("the words are not possible")]
    Words,
}

impl CheckInPlan {
    /// Checks the rules (CK1).
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn check(&self) -> Result<(), PlanError> {
        let within = |value: u32, [least, most]: [u32; 2]| (least..=most).contains(&value);
        let is_word = |text: &str| text.chars().count() <= WORD_CHARS_MAX && word(text) == text;
        let lasts = self.until.0.checked_sub(self.first.0);
        if !within(self.every, EVERY) {
            return Err(PlanError::Every);
        }
        if !within(self.grace, GRACE) {
            return Err(PlanError::Grace);
        }
        let lasts = lasts.filter(|lasts| *lasts <= LASTS_MAX);
        let lasts = lasts.ok_or(PlanError::Until)?;
        if lasts / u64::from(self.every) >= CHECK_INS_MAX {
            return Err(PlanError::TooMany);
        }
        let has_both = self.well.is_empty() == self.forced.is_empty();
        let differ = self.well.is_empty() || self.well != self.forced;
        let are_words = is_word(&self.well) && is_word(&self.forced);
        match has_both && differ && are_words {
            true => Ok(()),
            false => Err(PlanError::Words),
        }
    }

    /// Whether words were agreed.
    #[must_use]
    pub fn has_words(&self) -> bool {
        !self.well.is_empty()
    }

    /// The plan in an alert; `None` where there is none, or one that this program cannot read.
    #[must_use]
    pub(crate) fn of(fields: &Fields) -> Option<Self> {
        let bytes = fields.extensions.get(PLAN);
        let bytes = bytes.filter(|_| is_plan(fields))?;
        let plan: Self = codec::decode(bytes).ok()?;
        (plan.check().is_ok() && !plan.extensions.has_critical()).then_some(plan)
    }

    /// Puts it into an alert, which is of its kind then.
    pub fn put(&self, fields: &mut Fields) {
        fields.kind = Kind::CheckIn;
        fields.extensions = fields.extensions.with(PLAN, codec::encode(self));
    }
}

/// Whether an alert says when somebody means to check in, in words of this version or of a later one.
#[must_use]
pub(crate) fn is_plan(fields: &Fields) -> bool {
    fields.kind == Kind::CheckIn && fields.extensions.get(PLAN).is_some()
}

/// A word as it is compared: in small letters, with one space where there were several and none around it. Nobody under pressure minds a shift key,
/// or looks for ё.
#[must_use]
pub fn word(typed: &str) -> String {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let small = words.join(" ").to_lowercase();
    small.replace('ё', "е")
}

/// Reads how long: "12", "12 h", "90 min", "2 days", in the program's languages; a number alone is hours. `None` for what is no such time.
#[must_use]
pub fn parse_span(typed: &str) -> Option<u32> {
    let typed = typed.trim().to_lowercase().replace(',', ".");
    let end = typed.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = typed.split_at(end.unwrap_or(typed.len()));
    let seconds = match unit.trim().chars().next() {
        None | Some('h' | 'ч' | 'г') => 3_600.0,
        Some('m' | 'м' | 'х') => 60.0,
        Some('d' | 'д' | 'с') => 24.0 * 3_600.0,
        Some(_) => return None,
    };
    let number: f64 = number.parse().ok()?;
    let whole = (number * seconds / 60.0).round() * 60.0;
    // A year of minutes is below it.
    let fits = (0.0..=31_622_400.0).contains(&whole);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fits.then_some(whole as u32)
}

/// Reads when something that lies ahead is to be, as people say it: of a day its end, of a weekday the next.
///
/// # Errors
/// [`AnswerError::NotATime`] also for what is over.
pub fn parse_ahead(typed: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, AnswerError> {
    const DAY: u64 = Timestamp::DAY_SECONDS;
    let nothing = || AnswerError::NotATime {
        part: typed.trim().to_owned(),
    };
    let ends = |read: &EventTime| match (read.at, read.precision) {
        (Some(at), TimePrecision::Minute | TimePrecision::Hour) => Some(at),
        (Some(at), TimePrecision::Day) => end_of_day(at, zone),
        _ => None,
    };
    let read = parse_when(typed, now, zone)?;
    let end = ends(&read).ok_or_else(nothing)?;
    if end > now {
        return Ok(end);
    }
    // What people call by a weekday is the last one, unless they mean to come: seen from some day of this week, the same words name the next.
    let next = (1..7).find_map(|days| {
        let seen = parse_when(typed, now.plus(days * DAY), zone).ok()?;
        let is_next = seen.at.map(|at| at.0) == read.at.map(|at| at.0.saturating_add(7 * DAY));
        is_next.then(|| ends(&seen))?
    });
    next.filter(|at| *at > now).ok_or_else(nothing)
}

/// Of a day, which is a date wherever it was said.
fn end_of_day(at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let start = i64::try_from(at.0).ok()?;
    let start = jiff::Timestamp::from_second(start).ok()?;
    let date = TimeZone::UTC.to_datetime(start).date().tomorrow().ok()?;
    let end = zone.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
    u64::try_from(end.ok()?.as_second()).ok().map(Timestamp)
}

/// What travels in the place of a word: 32 bytes, whatever was typed. Nobody reads what was typed by mistake, and no length tells which it was.
#[must_use]
pub(crate) fn word_hash(plan: Hash, word: &str) -> Hash {
    Hash::tagged("check-in-word", &[&plan.0, word.as_bytes()])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HOUR: u32 = 3_600;

    pub(crate) fn plan() -> CheckInPlan {
        CheckInPlan {
            every: 12 * HOUR,
            grace: 30 * 60,
            first: Timestamp(1_000_000),
            until: Timestamp(1_400_000),
            well: "мята".to_owned(),
            forced: "чабрец".to_owned(),
            extensions: Extensions::none(),
        }
    }

    #[test]
    fn a_plan_keeps_its_limits() {
        let with = |change: &dyn Fn(&mut CheckInPlan)| {
            let mut plan = plan();
            change(&mut plan);
            plan.check()
        };
        assert_eq!(plan().check(), Ok(()));
        assert_eq!(with(&|it| it.every = 1_799), Err(PlanError::Every));
        assert_eq!(with(&|it| it.every = 604_801), Err(PlanError::Every));
        assert_eq!(with(&|it| it.grace = 1_799), Err(PlanError::Grace));
        assert_eq!(with(&|it| it.grace = 86_401), Err(PlanError::Grace));
        let until = |seconds: u64| with(&|it| it.until = it.first.plus(seconds));
        assert_eq!(until(0), Ok(()), "one alone");
        assert_eq!(until(LASTS_MAX), Ok(()));
        assert_eq!(until(LASTS_MAX + 1), Err(PlanError::Until));
        assert_eq!(
            with(&|it| it.until = Timestamp(it.first.0 - 1)),
            Err(PlanError::Until)
        );
        let often = |seconds: u64| {
            with(&|it| {
                it.every = 1_800;
                it.until = it.first.plus(seconds);
            })
        };
        assert_eq!(often(1_800 * 1_000 - 1), Ok(()));
        assert_eq!(often(1_800 * 1_000), Err(PlanError::TooMany));
        let words = |well: &str, forced: &str| {
            with(&|it| {
                well.clone_into(&mut it.well);
                forced.clone_into(&mut it.forced);
            })
        };
        assert_eq!(words("", ""), Ok(()));
        for (well, forced) in [
            ("мята", ""),
            ("", "мята"),
            ("мята", "мята"),
            ("Мята", "чабрец"),
            ("мята ", "чабрец"),
            ("мёд", "чабрец"),
            ("мята", &"x".repeat(65)),
        ] {
            assert_eq!(
                words(well, forced),
                Err(PlanError::Words),
                "{well} {forced}"
            );
        }
    }

    #[test]
    fn a_word_is_the_same_however_it_is_typed_and_its_hash_tells_no_length() {
        for typed in ["мед с мятой", "  МЁД  с\tмятой\n", "Мед с Мятой"]
        {
            assert_eq!(word(typed), "мед с мятой");
        }
        let plan = Hash([1; 32]);
        assert_ne!(word_hash(plan, "мята"), word_hash(plan, "чабрец"));
        assert_ne!(word_hash(plan, "мята"), word_hash(Hash([2; 32]), "мята"));
    }

    #[test]
    fn how_long_is_read_as_people_write_it() {
        for (typed, seconds) in [
            ("12", 43_200),
            (" 12 h", 43_200),
            ("12 часов", 43_200),
            ("0,5", 1_800),
            ("1.5 ч", 5_400),
            ("90m", 5_400),
            ("90 минут", 5_400),
            ("2 days", 172_800),
            ("2 дня", 172_800),
            ("3 суток", 259_200),
        ] {
            assert_eq!(parse_span(typed), Some(seconds), "{typed}");
        }
        for typed in [
            "",
            "h",
            "soon",
            "12 apples",
            "-1",
            "1.2.3",
            "1e9",
            "999999999999",
        ] {
            assert_eq!(parse_span(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_weekday_is_the_next_and_a_day_ends_at_its_midnight() {
        // Wednesday, 2026-11-25 10:00 UTC.
        let now = Timestamp(1_795_600_800);
        let minsk = TimeZone::fixed(jiff::tz::offset(3));
        let ahead = |typed: &str| parse_ahead(typed, now, &minsk).map(|at| at.0);
        let hour = |days: u64, hour: u64| 1_795_564_800 + days * 86_400 + hour * 3_600;
        assert_eq!(ahead("Friday"), Ok(hour(3, 0) - 3 * 3_600));
        assert_eq!(ahead("в пятницу 18:00"), Ok(hour(2, 15)));
        assert_eq!(ahead("monday 9:00"), Ok(hour(5, 6)));
        assert_eq!(ahead("tomorrow"), Ok(hour(2, 0) - 3 * 3_600));
        assert_eq!(ahead("2026-12-01 18:00"), Ok(hour(6, 15)));
        for typed in [
            "yesterday",
            "2026-11-01",
            "2026-11-24 11:00 UTC",
            "soon",
            "",
        ] {
            assert!(ahead(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn an_alert_of_another_kind_has_no_plan() {
        let mut fields = Fields::of_kind(Kind::CheckIn);
        assert!(CheckInPlan::of(&fields).is_none() && !is_plan(&fields));
        plan().put(&mut fields);
        assert_eq!(CheckInPlan::of(&fields), Some(plan()));
        fields.kind = Kind::Flash;
        assert!(CheckInPlan::of(&fields).is_none());
        fields.kind = Kind::CheckIn;
        let later = Extensions::new(vec![(7, Vec::new())]).unwrap();
        let later = CheckInPlan {
            extensions: later,
            ..plan()
        };
        later.put(&mut fields);
        assert!(CheckInPlan::of(&fields).is_none() && is_plan(&fields));
    }
}
