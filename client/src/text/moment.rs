//! Moments as people and programs read them. In UTC, and said so.

use bellrope_proto::ids::Timestamp;

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
