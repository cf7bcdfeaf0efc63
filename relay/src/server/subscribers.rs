//! Who is online, by mailbox. Wakes them and carries no data: a subscriber reads from the store, so a
//! wake-up may be lost and an envelope may not.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bellrope_proto::{
    ids::{MailboxId, Timestamp},
    message::{FromRelay, Heartbeat},
    receipt::Head,
    signing::{RelayLog, SecretKey, Signed},
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
    /// Under a lock of its own: one mailbox's signing holds up no other.
    newest: Arc<Mutex<Option<SignedHead>>>,
}

/// Somebody who follows a mailbox, until this is dropped.
#[derive(Debug)]
pub(super) struct Following {
    all: Arc<Subscribers>,
    mailbox: MailboxId,
    pub(super) wake: watch::Receiver<()>,
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut all = self.all.all();
        // This one is still counted.
        if let Some(followed) = all.get(&self.mailbox)
            && followed.wake.receiver_count() <= 1
        {
            all.remove(&self.mailbox);
        }
    }
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
    pub(super) fn follow(self: &Arc<Self>, mailbox: MailboxId) -> Following {
        let mut all = self.all();
        let followed = all.entry(mailbox).or_insert_with(|| Followed {
            wake: watch::Sender::new(()),
            newest: Arc::default(),
        });
        Following {
            wake: followed.wake.subscribe(),
            all: Arc::clone(self),
            mailbox,
        }
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
        key: &SecretKey<RelayLog>,
        now: Timestamp,
    ) -> SignedHead {
        let newest = self.all().get(&mailbox).map(|one| Arc::clone(&one.newest));
        let Some(newest) = newest else {
            return sign(mailbox, store.tail(mailbox), key, now);
        };
        let mut newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waited for the lock takes what was signed meanwhile, if the tail is still that.
        let tail = store.tail(mailbox);
        if let Some(newest) = newest.as_ref()
            && newest.tail == tail
            && now.0.abs_diff(newest.at.0) < HEAD_SECONDS_MAX
        {
            return newest.clone();
        }
        newest.insert(sign(mailbox, tail, key, now)).clone()
    }
}

fn sign(mailbox: MailboxId, tail: Tail, key: &SecretKey<RelayLog>, now: Timestamp) -> SignedHead {
    let head = key.sign(&Head {
        mailbox,
        sequence: tail.sequence,
        head: tail.head,
        time: now,
    });
    let heartbeat = Heartbeat { head: head.clone() };
    SignedHead {
        tail,
        at: now,
        head,
        heartbeat: FromRelay::from(heartbeat).to_frame().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::Memory;

    const ONE: MailboxId = MailboxId([1; 32]);
    const OTHER: MailboxId = MailboxId([2; 32]);

    #[test]
    fn a_mailbox_is_known_for_as_long_as_somebody_follows_it() {
        let subscribers = Arc::new(Subscribers::default());
        let (first, second) = (subscribers.follow(ONE), subscribers.follow(ONE));
        let other = subscribers.follow(OTHER);
        assert_eq!((subscribers.count(), subscribers.all().len()), (3, 2));
        drop(first);
        subscribers.wake(ONE);
        assert_eq!(second.wake.has_changed().ok(), Some(true));
        assert_eq!(other.wake.has_changed().ok(), Some(false));
        drop((second, other));
        assert_eq!((subscribers.count(), subscribers.all().len()), (0, 0));
    }

    #[test]
    fn one_signature_serves_all_who_follow_and_holds_up_no_other_mailbox() {
        let (store, key) = (Memory::default(), SecretKey::from_seed(&[3; 32]));
        let subscribers = Arc::new(Subscribers::default());
        let _follows = (subscribers.follow(ONE), subscribers.follow(OTHER));
        let head = |mailbox, at| subscribers.head(mailbox, &store, &key, Timestamp(at)).head;
        assert_eq!(head(ONE, 100), head(ONE, 104));
        assert_ne!(head(ONE, 104), head(ONE, 106));
        // While one mailbox's head is being signed, the others are served, also whoever comes new.
        let signing = subscribers
            .all()
            .get(&ONE)
            .map(|one| Arc::clone(&one.newest));
        let signing = signing.as_ref().map(|newest| newest.lock());
        assert!(signing.is_some());
        assert_eq!(head(OTHER, 100), head(OTHER, 101));
        drop(subscribers.follow(MailboxId([3; 32])));
        subscribers.wake(ONE);
    }

    #[test]
    fn a_head_of_a_clock_that_was_ahead_is_not_told_again() {
        let (store, key) = (Memory::default(), SecretKey::from_seed(&[3; 32]));
        let subscribers = Arc::new(Subscribers::default());
        let _follows = subscribers.follow(ONE);
        let at = |now| subscribers.head(ONE, &store, &key, Timestamp(now)).at.0;
        assert_eq!((at(100), at(104)), (100, 100));
        assert_eq!((at(9_000_000), at(200)), (9_000_000, 200));
    }
}
