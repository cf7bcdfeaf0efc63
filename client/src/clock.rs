//! The one place of the library that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use bellrope_proto::ids::Timestamp;

/// Now, by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(feature = "internals")]
    if let Some(set) = hands::read() {
        return set;
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| since.as_secs()))
}

/// A clock in the hand of a test, for all of its process: what takes years in a group is tested in a minute. Programs are built
/// without.
#[cfg(feature = "internals")]
pub(crate) mod hands {
    use std::sync::atomic::{AtomicU64, Ordering};

    use bellrope_proto::ids::Timestamp;

    /// Nobody sets a clock to the end of time.
    const NOT_SET: u64 = u64::MAX;

    static NOW: AtomicU64 = AtomicU64::new(NOT_SET);

    pub(crate) fn set(now: Timestamp) {
        NOW.store(now.0, Ordering::SeqCst);
    }

    pub(super) fn read() -> Option<Timestamp> {
        let now = NOW.load(Ordering::SeqCst);
        (now != NOT_SET).then_some(Timestamp(now))
    }
}
