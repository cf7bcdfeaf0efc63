//! What the engine's tasks share.

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use tokio::sync::{Notify, watch};

use super::event::Events;
use crate::{blocking::blocking, device::Device};

/// A failed connection is tried again soon, then less often.
const RETRY_FIRST: Duration = Duration::from_secs(1);
pub(super) const RETRY_LAST: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) device: Arc<Device>,
    pub(super) events: Events,
    /// There is something new in the inbox.
    pub(super) inbox_grew: Arc<Notify>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Context {
    /// Does something with the device on a thread that may block.
    pub(super) async fn with_device<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Device) -> T + Send + 'static,
    ) -> T {
        blocking(&self.device, work).await
    }

    /// Returns when the engine is asked to stop.
    pub(super) async fn stopped(&self) {
        // An engine that has gone without a word stops its tasks too.
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }

    /// Waits before the next try; `false` when it is time to stop instead.
    pub(super) async fn pause(&self, delay: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(delay) => true,
            () = self.stopped() => false,
        }
    }
}

/// The pauses between tries. With jitter: the clients of a relay that was restarted do not come back all at once.
pub(super) struct Pauses(ExponentialBackoff);

impl Pauses {
    pub(super) fn new() -> Self {
        Self(
            ExponentialBuilder::new()
                .with_min_delay(RETRY_FIRST)
                // The jitter comes on top, up to as much again.
                .with_max_delay(RETRY_LAST / 2)
                .without_max_times()
                .with_jitter()
                .build(),
        )
    }

    pub(super) fn next(&mut self) -> Duration {
        self.0.next().unwrap_or(RETRY_LAST).min(RETRY_LAST)
    }
}
