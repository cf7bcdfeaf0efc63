//! Moments as programs read them.

use bellrope_proto::ids::Timestamp;

/// `2026-11-24T11:30:00Z`; `None` for a moment beyond the calendar, which comes from nobody honest.
#[must_use]
pub fn rfc3339(at: Timestamp) -> Option<String> {
    let seconds = i64::try_from(at.0).ok()?;
    let at = jiff::Timestamp::from_second(seconds).ok()?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_one_or_none() {
        let said = rfc3339(Timestamp(1_795_560_031));
        assert_eq!(said.as_deref(), Some("2026-11-24T22:40:31Z"));
        assert_eq!(rfc3339(Timestamp(u64::MAX)), None);
    }
}
