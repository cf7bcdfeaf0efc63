//! What every connection shares.

use std::{sync::Arc, time::Duration};

use bellrope_proto::{
    ids::MailboxId,
    limits::{GREETING_SECONDS_MAX, HEARTBEAT_SECONDS},
    receipt::Head,
    signing::{Relay, SecretKey, Signed},
};

use bytes::Bytes;

use crate::{clock::Clock, store::Store, subscribers::Subscribers, writer::Jobs};

/// How long the relay waits for peers, and they for it. Fixed by the protocol; tests shorten it.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// For a lane to be proven.
    pub greeting: Duration,
    /// Between two heartbeats.
    pub heartbeat: Duration,
    /// For a peer to read what it is sent.
    pub write: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            greeting: Duration::from_secs(GREETING_SECONDS_MAX),
            heartbeat: Duration::from_secs(HEARTBEAT_SECONDS),
            // The slowest network that is worth serving moves one chunk in this time.
            write: Duration::from_secs(60),
        }
    }
}

/// See the module.
pub(crate) struct Service {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) key: SecretKey<Relay>,
    pub(crate) jobs: Jobs,
    pub(crate) subscribers: Arc<Subscribers>,
    pub(crate) clock: Clock,
    pub(crate) timing: Timing,
    pub(crate) retention_days: u32,
}

impl Service {
    pub(crate) fn head(&self, mailbox: MailboxId) -> Signed<Head> {
        let now = self.clock.now();
        self.subscribers
            .head(mailbox, self.store.as_ref(), &self.key, now)
    }

    pub(crate) fn heartbeat(&self, mailbox: MailboxId) -> Bytes {
        let now = self.clock.now();
        self.subscribers
            .heartbeat(mailbox, self.store.as_ref(), &self.key, now)
    }
}
