//! What every connection shares.

use std::{sync::Arc, time::Duration};

use bellrope_proto::{
    ids::MailboxId,
    limits::{GREETING_SECONDS_MAX, HEARTBEAT_SECONDS},
    receipt::Restored,
    signing::Signed,
};

use super::subscribers::{SignedHead, Subscribers};
use crate::{
    commit::jobs::JobSender, health::Health, lived_time::LivedTime, online_keys::OnlineKeys,
    store::Store,
};

/// How long the relay waits for peers, and they for it. Fixed by the protocol; tests shorten it.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// For a handshake: one round trip, or two, with a few losses.
    pub handshake: Duration,
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
            handshake: Duration::from_secs(10),
            greeting: Duration::from_secs(GREETING_SECONDS_MAX),
            heartbeat: Duration::from_secs(HEARTBEAT_SECONDS),
            // The slowest network that is worth serving moves one chunk in this time.
            write: Duration::from_secs(60),
        }
    }
}

/// See the module.
pub(super) struct Shared {
    pub(super) store: Arc<dyn Store>,
    pub(super) keys: OnlineKeys,
    pub(super) jobs: JobSender,
    pub(super) subscribers: Arc<Subscribers>,
    pub(super) time: Arc<LivedTime>,
    pub(super) health: Arc<Health>,
    pub(super) timing: Timing,
    pub(super) retention_days: u32,
    pub(super) restored: Option<Signed<Restored>>,
}

impl Shared {
    /// A mailbox's signed head as it is now.
    pub(super) fn head(&self, mailbox: MailboxId) -> SignedHead {
        let (store, now) = (self.store.as_ref(), self.time.told());
        self.subscribers.head(mailbox, store, self.keys.log(), now)
    }
}
