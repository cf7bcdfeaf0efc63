//! The one place that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use bellrope_proto::ids::Timestamp;

/// Now, by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| since.as_secs()))
}

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

/// Moments beyond the calendar come from nobody honest; they are shown as what they are, a number.
fn text(at: Timestamp, form: &str) -> String {
    let moment = i64::try_from(at.0)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    moment.map_or_else(
        || at.0.to_string(),
        |moment| moment.strftime(form).to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_moment_has_a_text() {
        assert_eq!(moment_text(Timestamp(0)), "1970-01-01 00:00 UTC");
        assert_eq!(day_text(Timestamp(1_795_000_000)), "2026-11-18");
        assert_eq!(moment_text(Timestamp(u64::MAX)), u64::MAX.to_string());
    }
}
