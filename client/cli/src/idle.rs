//! Whether anybody still sits at a terminal: a machine that is taken, or left, is to forget the keys by itself.

use std::time::Duration;

/// Between two looks. A timer of its own for the whole time would stand still while the machine sleeps.
const LOOK: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub(crate) struct Idle {
    patience: Duration,
    pressed: Duration,
}

impl Idle {
    pub(crate) fn after_minutes(minutes: u16) -> Self {
        Self {
            patience: Duration::from_secs(u64::from(minutes) * 60),
            pressed: running(),
        }
    }

    /// Somebody is there.
    pub(crate) fn pressed(&mut self) {
        self.pressed = running();
    }

    fn is_over(&self, now: Duration) -> bool {
        now.saturating_sub(self.pressed) >= self.patience
    }

    /// Waits until nobody was there for so long. Safe to drop while it waits.
    pub(crate) async fn over(&self) {
        while !self.is_over(running()) {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// How long the machine has run, asleep or not.
#[cfg(target_os = "linux")]
fn running() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(now).unwrap_or_default()
}

/// How long this program has looked, by the system's clock that nobody sets.
#[cfg(not(target_os = "linux"))]
fn running() -> Duration {
    use std::{sync::OnceLock, time::Instant};
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_begins_the_time_anew() {
        let minute = Duration::from_secs(60);
        let mut idle = Idle::after_minutes(2);
        let begun = idle.pressed;
        assert!(!idle.is_over(begun) && !idle.is_over(begun + minute));
        assert!(idle.is_over(begun + minute * 2));
        // As if somebody had pressed a minute later, and then never.
        idle.pressed = begun + minute;
        assert!(!idle.is_over(begun + minute * 2) && idle.is_over(begun + minute * 3));
        idle.pressed = Duration::ZERO;
        idle.pressed();
        assert!(idle.pressed >= begun);
    }

    #[test]
    fn what_is_over_is_said_at_once() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let idle = Idle {
            patience: Duration::ZERO,
            pressed: running(),
        };
        runtime.expect("a runtime").block_on(idle.over());
    }
}
