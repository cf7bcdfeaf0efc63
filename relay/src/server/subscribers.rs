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
use bytes::Bytes;
use tokio::sync::watch;

use crate::store::{Store, Tail};

/// A signed head is sent to many subscribers at once: signing costs more than all the rest of a
/// wake-up. It is signed anew when its time is further off than this, on either side: a clock may be set back.
const HEAD_SECONDS_MAX: u64 = 5;

/// Online subscribers, and the newest head of each mailbox that somebody follows.
#[derive(Debug, Default)]
pub(super) struct Subscribers(Mutex<HashMap<MailboxId, Followed>>);

#[derive(Debug)]
struct Followed {
    wake: watch::Sender<()>,
    newest: Option<SignedHead>,
}

/// A mailbox's head, signed.
#[derive(Clone, Debug)]
pub(super) struct SignedHead {
    tail: Tail,
    at: Timestamp,
    pub(super) head: Signed<Head>,
    /// The same as a heartbeat's frame.
    pub(super) heartbeat: Bytes,
}

impl Subscribers {
    fn all(&self) -> MutexGuard<'_, HashMap<MailboxId, Followed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes on every change from now on. Look at the tail after calling this, not before.
    pub(super) fn follow(&self, mailbox: MailboxId) -> watch::Receiver<()> {
        let mut all = self.all();
        // Nobody tells when they leave: those that nobody follows are dropped when somebody comes.
        all.retain(|_, followed| followed.wake.receiver_count() > 0);
        let followed = all.entry(mailbox).or_insert_with(|| Followed {
            wake: watch::Sender::new(()),
            newest: None,
        });
        followed.wake.subscribe()
    }

    /// Something was stored in this mailbox.
    pub(super) fn wake(&self, mailbox: MailboxId) {
        if let Some(followed) = self.all().get(&mailbox) {
            followed.wake.send_replace(());
        }
    }

    /// How many follow something.
    pub(super) fn count(&self) -> usize {
        let all = self.all();
        all.values()
            .map(|followed| followed.wake.receiver_count())
            .sum()
    }

    /// The signed head of a mailbox as it is now.
    pub(super) fn head(
        &self,
        mailbox: MailboxId,
        store: &dyn Store,
        key: &SecretKey<Relay>,
        now: Timestamp,
    ) -> SignedHead {
        let tail = store.tail(mailbox);
        let mut all = self.all();
        let followed = all.get_mut(&mailbox);
        if let Some(newest) = followed
            .as_ref()
            .and_then(|followed| followed.newest.as_ref())
            && newest.tail == tail
            && now.0.abs_diff(newest.at.0) < HEAD_SECONDS_MAX
        {
            return newest.clone();
        }
        let head = key.sign(&Head {
            mailbox,
            sequence: tail.sequence,
            head: tail.head,
            time: now,
        });
        let heartbeat = Heartbeat { head: head.clone() };
        let signed = SignedHead {
            tail,
            at: now,
            head,
            heartbeat: FromRelay::from(heartbeat).to_frame().into(),
        };
        if let Some(followed) = followed {
            followed.newest = Some(signed.clone());
        }
        signed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::Memory;

    #[test]
    fn a_head_of_a_clock_that_was_ahead_is_not_told_again() {
        let (all, store) = (Subscribers::default(), Memory::default());
        let key = SecretKey::from_seed(&[3; 32]);
        let mailbox = MailboxId([1; 32]);
        let _follows = all.follow(mailbox);
        let at = |now| all.head(mailbox, &store, &key, Timestamp(now)).at.0;
        assert_eq!((at(100), at(104)), (100, 100));
        assert_eq!((at(9_000_000), at(200)), (9_000_000, 200));
    }
}
