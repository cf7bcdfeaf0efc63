//! The time, from one place, so that a test can set it: what the machine's clock says, which anybody may set,
//! and how long the machine has been up, which nobody can.

use std::{
    fs,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use bellrope_proto::ids::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// How long a machine has been up. Two of the same start tell how much time has really passed between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    /// Which start of the machine; empty when the system does not say.
    pub boot: String,
    /// Seconds since then, also those that the machine slept.
    pub seconds: u64,
}

impl Uptime {
    /// Seconds that have passed since `earlier`, as far as that is known: never more than have.
    pub(crate) fn since(&self, earlier: &Self) -> u64 {
        if self.boot.is_empty() || earlier.boot.is_empty() {
            0
        } else if self.boot == earlier.boot {
            self.seconds.saturating_sub(earlier.seconds)
        } else {
            // How long it was off is not known; since it was started again, that long has passed.
            self.seconds
        }
    }
}

/// Tells the time.
#[derive(Clone)]
pub struct Clock {
    told: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    uptime: Arc<dyn Fn() -> Uptime + Send + Sync>,
}

impl core::fmt::Debug for Clock {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Clock")
    }
}

impl Clock {
    /// The system's.
    #[must_use]
    pub fn system() -> Self {
        let tell = || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            Timestamp(since.map_or(0, |since| since.as_secs()))
        };
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let boot = boot.trim().to_owned();
        let uptime = move || Uptime {
            boot: boot.clone(),
            seconds: u64::try_from(clock_gettime(UPTIME).tv_sec).unwrap_or(0),
        };
        Self::set(tell, uptime)
    }

    /// Another, under which all the time that it tells has really passed.
    #[must_use]
    pub fn of(tell: impl Fn() -> Timestamp + Clone + Send + Sync + 'static) -> Self {
        let passed = tell.clone();
        Self::set(tell, move || Uptime {
            boot: "of".to_owned(),
            seconds: passed().0,
        })
    }

    /// Another, which may be wrong about how much time has passed.
    #[must_use]
    pub fn set(
        tell: impl Fn() -> Timestamp + Send + Sync + 'static,
        uptime: impl Fn() -> Uptime + Send + Sync + 'static,
    ) -> Self {
        Self {
            told: Arc::new(tell),
            uptime: Arc::new(uptime),
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.told)()
    }

    /// How long the machine has been up.
    pub(crate) fn uptime(&self) -> Uptime {
        (self.uptime)()
    }
}

/// One that goes on while the machine sleeps, where there is one.
#[cfg(target_os = "linux")]
const UPTIME: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const UPTIME: ClockId = ClockId::Monotonic;
