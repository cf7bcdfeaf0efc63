//! What the engine's tasks share.

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use bellrope_proto::message::Reason;
#[cfg(test)]
use tokio::sync::mpsc;
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use super::event::{EngineError, Event, Events};
use crate::{blocking::blocking, device::Device, random::random, relay::RelayError};

/// A failed connection is tried again soon, then less often.
const RETRY_FIRST: Duration = Duration::from_secs(1);
pub(super) const RETRY_LAST: Duration = Duration::from_secs(30);

/// At another relay, the coordinator's program opens the invitations' mailboxes when it is there itself, and whoever hears of the move
/// may be there before: so long nobody is told that theirs is missing.
const ARRIVING: Duration = Duration::from_secs(10 * 60);

/// See the module.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) device: Arc<Device>,
    pub(super) events: Events,
    /// There is something new in the inbox.
    pub(super) inbox_grew: Arc<Notify>,
    pub(super) stop: watch::Receiver<bool>,
    /// Whether the group's mailbox was read to its end since the engine began.
    pub(super) caught_up: watch::Sender<bool>,
    /// When it was heard that the relay is somewhere else.
    pub(super) moved: watch::Sender<Option<Instant>>,
}

impl Context {
    /// One whose events nobody hears, and that nobody stops.
    #[cfg(test)]
    pub(super) fn of(device: Device) -> Self {
        Self {
            device: Arc::new(device),
            events: Events(mpsc::unbounded_channel().0),
            inbox_grew: Arc::default(),
            stop: watch::channel(false).1,
            caught_up: watch::Sender::new(false),
            moved: watch::Sender::new(None),
        }
    }

    /// Does something with the device on a thread that may block.
    pub(super) async fn with_device<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Device) -> T + Send + 'static,
    ) -> T {
        let done = blocking(&self.device, work).await;
        if self.device.files().has_aside() {
            self.events.tell(Event::SetAside);
        }
        done
    }

    /// Whether a failure is that of who has come to another relay before their mailbox is there.
    pub(super) fn is_early(&self, failed: &EngineError) -> bool {
        let is_missing = matches!(
            failed,
            EngineError::Relay(RelayError::Refused(Reason::NoMailbox, _))
        );
        let moved = *self.moved.borrow();
        is_missing && moved.is_some_and(|moved| moved.elapsed() < ARRIVING)
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

/// Between two tries of what the relay has refused and will refuse again, until somebody does something: a host who had
/// started it on the wrong directory, a coordinator who renews. Nobody should have to start `watch` anew for that.
const RETRY_REFUSED: Duration = Duration::from_secs(300);

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

    /// The pause after this failure.
    pub(super) fn after(&mut self, failed: &EngineError) -> Duration {
        match failed {
            EngineError::Relay(error @ RelayError::Refused(..)) if !error.may_pass() => {
                spread(RETRY_REFUSED)
            }
            _ => self.next(),
        }
    }
}

/// As long as this, and up to as much again.
pub(super) fn spread(pause: Duration) -> Duration {
    let share = u32::from(u16::from_be_bytes(random()));
    pause.saturating_add(pause.saturating_mul(share) / u32::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use bellrope_proto::message::Close;

    use super::*;

    #[test]
    fn what_is_refused_for_good_is_tried_seldom_and_what_may_pass_soon() {
        let mut pauses = Pauses::new();
        for reason in [
            Reason::NotValid,
            Reason::GrantExpired,
            Reason::NoMailbox,
            Reason::NoRight,
            Reason::Revoked,
            Reason::Other(99),
        ] {
            let pause = pauses.after(&RelayError::Refused(reason, 0).into());
            assert!((RETRY_REFUSED..=RETRY_REFUSED * 2).contains(&pause));
        }
        for error in [
            RelayError::Refused(Reason::MailboxFull, 3600),
            RelayError::Refused(Reason::Unavailable, 30),
            RelayError::Ended(Some(Close::Busy)),
            RelayError::Silent,
        ] {
            assert!(pauses.after(&error.into()) <= RETRY_LAST);
        }
    }

    #[test]
    fn two_clients_do_not_come_back_at_the_same_moment() {
        let pauses: Vec<Duration> = (0..8).map(|_| Pauses::new().next()).collect();
        assert!(pauses.iter().any(|pause| Some(pause) != pauses.first()));
        let pauses: Vec<Duration> = (0..8).map(|_| spread(RETRY_REFUSED)).collect();
        assert!(pauses.iter().any(|pause| Some(pause) != pauses.first()));
    }
}
