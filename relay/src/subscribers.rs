//! Who is online, by mailbox. Wakes them and carries no data: a subscriber reads from the store, so a
//! wake-up may be lost and an envelope may not.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellrope_proto::{
    ids::{MailboxId, Timestamp},
    message::{FromRelay, Heartbeat},
    receipt::Head,
    signing::{Relay, SecretKey, Signed},
};
use tokio::sync::watch;

use crate::store::{Store, Tail};

/// A signed head is said to many subscribers at once: signing costs more than all the rest of a
/// wake-up. It is signed anew when its clock is older than this.
const HEAD_SECONDS_MAX: u64 = 5;

/// Online subscribers, and the newest head of each mailbox that somebody follows.
#[derive(Debug, Default)]
pub struct Subscribers(Mutex<HashMap<MailboxId, Followed>>);

#[derive(Debug)]
struct Followed {
    wake: watch::Sender<()>,
    said: Option<(Tail, Timestamp, Signed<Head>)>,
}

impl Subscribers {
    fn all(&self) -> MutexGuard<'_, HashMap<MailboxId, Followed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes on every change from now on. Look at the tail after calling this, not before.
    pub fn follow(&self, mailbox: MailboxId) -> watch::Receiver<()> {
        let mut all = self.all();
        // Nobody tells when they leave: those that nobody follows are dropped when somebody comes.
        all.retain(|_, followed| followed.wake.receiver_count() > 0);
        let followed = all.entry(mailbox).or_insert_with(|| Followed {
            wake: watch::Sender::new(()),
            said: None,
        });
        followed.wake.subscribe()
    }

    /// Something was stored in this mailbox.
    pub fn wake(&self, mailbox: MailboxId) {
        if let Some(followed) = self.all().get(&mailbox) {
            followed.wake.send_replace(());
        }
    }

    /// How many follow something.
    #[must_use]
    pub fn count(&self) -> usize {
        let all = self.all();
        all.values()
            .map(|followed| followed.wake.receiver_count())
            .sum()
    }

    /// The signed head of a mailbox as it is now.
    #[must_use]
    pub fn head(
        &self,
        mailbox: MailboxId,
        store: &dyn Store,
        key: &SecretKey<Relay>,
        now: Timestamp,
    ) -> Signed<Head> {
        let tail = store.tail(mailbox);
        let mut all = self.all();
        let followed = all.get_mut(&mailbox);
        if let Some(Followed {
            said: Some((said, at, head)),
            ..
        }) = &followed
            && *said == tail
            && now.0.saturating_sub(at.0) < HEAD_SECONDS_MAX
        {
            return head.clone();
        }
        let head = key.sign(&Head {
            mailbox,
            sequence: tail.sequence,
            head: tail.head,
            time: now,
        });
        if let Some(followed) = followed {
            followed.said = Some((tail, now, head.clone()));
        }
        head
    }

    /// The same as a heartbeat.
    #[must_use]
    pub fn heartbeat(
        &self,
        mailbox: MailboxId,
        store: &dyn Store,
        key: &SecretKey<Relay>,
        now: Timestamp,
    ) -> FromRelay {
        let head = self.head(mailbox, store, key, now);
        Heartbeat { head }.into()
    }
}
