//! Who is online, by mailbox. Wakes them and carries no data: a subscriber reads from the store, so a
//! wake-up may be lost and an envelope may not; and each asks the store whether its lane was revoked.

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

use crate::{
    commit::writer::News,
    store::{Store, Tail},
};

/// A signed head is sent to many subscribers at once: signing costs more than all the rest of a
/// wake-up. It is signed anew when its time is further off than this, on either side: a clock may be set back.
const HEAD_SECONDS_MAX: u64 = 5;

/// Those who have proven a lane, and the newest head of each mailbox of theirs.
#[derive(Debug, Default)]
pub(super) struct Subscribers(Mutex<HashMap<MailboxId, Attended>>);

#[derive(Debug)]
struct Attended {
    /// For those who follow it.
    wake: watch::Sender<()>,
    /// For all.
    revoked: watch::Sender<()>,
    /// Under a lock of its own: one mailbox's signing holds up no other.
    newest: Arc<Mutex<Option<SignedHead>>>,
}

/// Somebody who has proven a lane of a mailbox, until this is dropped.
#[derive(Debug)]
pub(super) struct Attending {
    all: Arc<Subscribers>,
    mailbox: MailboxId,
    /// A lane of the mailbox was revoked, or may have been before this came to be.
    pub(super) revoked: watch::Receiver<()>,
}

impl Attending {
    /// Wakes on every change from now on. Look at the tail after calling this, not before.
    pub(super) fn follow(&self) -> watch::Receiver<()> {
        self.all
            .all()
            .entry(self.mailbox)
            .or_default()
            .wake
            .subscribe()
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        let mut all = self.all.all();
        // This one is still counted.
        if let Some(attended) = all.get(&self.mailbox)
            && attended.revoked.receiver_count() <= 1
        {
            all.remove(&self.mailbox);
        }
    }
}

impl Default for Attended {
    fn default() -> Self {
        Self {
            wake: watch::Sender::new(()),
            revoked: watch::Sender::new(()),
            newest: Arc::default(),
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
    fn all(&self) -> MutexGuard<'_, HashMap<MailboxId, Attended>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A lane was proven. It may have been revoked since that was looked at: so there is something to look at once more.
    pub(super) fn attend(self: &Arc<Self>, mailbox: MailboxId) -> Attending {
        let mut revoked = { self.all().entry(mailbox).or_default().revoked.subscribe() };
        revoked.mark_changed();
        Attending {
            all: Arc::clone(self),
            mailbox,
            revoked,
        }
    }

    /// Wakes those whom it concerns.
    pub(super) fn tell(&self, news: News) {
        let (News::Stored(mailbox) | News::Revoked(mailbox)) = news;
        if let Some(attended) = self.all().get(&mailbox) {
            match news {
                News::Stored(_) => attended.wake.send_replace(()),
                News::Revoked(_) => attended.revoked.send_replace(()),
            }
        }
    }

    /// How many follow something.
    pub(super) fn count(&self) -> usize {
        let all = self.all();
        all.values()
            .map(|attended| attended.wake.receiver_count())
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
    fn a_mailbox_is_known_for_as_long_as_somebody_has_a_proven_lane_of_it() {
        let subscribers = Arc::new(Subscribers::default());
        let (first, second) = (subscribers.attend(ONE), subscribers.attend(ONE));
        let other = subscribers.attend(OTHER);
        assert_eq!((subscribers.count(), subscribers.all().len()), (0, 2));
        let follow = (first.follow(), second.follow(), other.follow());
        assert_eq!((subscribers.count(), subscribers.all().len()), (3, 2));
        drop(first);
        subscribers.tell(News::Stored(ONE));
        assert_eq!(follow.1.has_changed().ok(), Some(true));
        assert_eq!(follow.2.has_changed().ok(), Some(false));
        drop(follow);
        assert_eq!((subscribers.count(), subscribers.all().len()), (0, 2));
        drop((second, other));
        assert_eq!((subscribers.count(), subscribers.all().len()), (0, 0));
    }

    #[test]
    fn who_comes_looks_once_and_again_when_a_lane_of_the_mailbox_is_revoked() {
        let subscribers = Arc::new(Subscribers::default());
        let (mut one, mut other) = (subscribers.attend(ONE), subscribers.attend(OTHER));
        for attending in [&mut one, &mut other] {
            assert_eq!(attending.revoked.has_changed().ok(), Some(true));
            attending.revoked.mark_unchanged();
        }
        let wake = one.follow();
        subscribers.tell(News::Revoked(ONE));
        assert_eq!(one.revoked.has_changed().ok(), Some(true));
        assert_eq!(wake.has_changed().ok(), Some(false));
        assert_eq!(other.revoked.has_changed().ok(), Some(false));
    }

    #[test]
    fn one_signature_serves_all_who_follow_and_holds_up_no_other_mailbox() {
        let (store, key) = (Memory::default(), SecretKey::from_seed(&[3; 32]));
        let subscribers = Arc::new(Subscribers::default());
        let _attend = (subscribers.attend(ONE), subscribers.attend(OTHER));
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
        drop(subscribers.attend(MailboxId([3; 32])));
        subscribers.tell(News::Stored(ONE));
    }

    #[test]
    fn a_head_of_a_clock_that_was_ahead_is_not_told_again() {
        let (store, key) = (Memory::default(), SecretKey::from_seed(&[3; 32]));
        let subscribers = Arc::new(Subscribers::default());
        let _attends = subscribers.attend(ONE);
        let at = |now| subscribers.head(ONE, &store, &key, Timestamp(now)).at.0;
        assert_eq!((at(100), at(104)), (100, 100));
        assert_eq!((at(9_000_000), at(200)), (9_000_000, 200));
    }
}
