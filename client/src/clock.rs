//! The one place of the library that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use bellrope_proto::ids::Timestamp;

/// Now, by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| since.as_secs()))
}
