//! Opens and renews mailboxes, on a token or on the account of another that pays for it, and knows what each
//! lends to those that it pays for. What hands an account over is in `succession`.

use std::collections::HashMap;

use bellrope_proto::{
    ids::{MailboxId, Timestamp},
    limits::SPONSORED_MAILBOXES_MAX,
    message::{Created, Reason, RequestId},
};

use super::jobs::{Creation, Refusal};
use crate::store::{Mailbox, Store, StoreError};

/// A mailbox on another's account.
#[derive(Clone, Copy, Debug)]
struct Part {
    quota_bytes: u64,
    ends: Timestamp,
    /// The account was its own, or another's of before, once.
    succeeded: bool,
}

impl Part {
    fn of(mailbox: &Mailbox) -> Self {
        Self {
            quota_bytes: mailbox.quota_bytes,
            ends: mailbox.ends,
            succeeded: mailbox.successor.is_some(),
        }
    }

    /// What it takes of its sponsor's quota: all that it may hold, and when it has ended, what it still holds.
    fn bytes(self, store: &dyn Store, id: MailboxId, now: Timestamp) -> u64 {
        if self.ends > now {
            self.quota_bytes
        } else {
            store.usage(id).bytes
        }
    }
}

/// What one pays for.
#[derive(Debug, Default)]
struct Sponsored {
    parts: HashMap<MailboxId, Part>,
    /// The sum of the parts, and until when it holds: each end changes it.
    sum: Option<(Lent, Timestamp)>,
}

/// What the mailboxes that one pays for have of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lent {
    /// Of invitations, that take posts.
    mailboxes: usize,
    /// Whose account this one has taken over, that take posts. Counted apart, as a group that turns its epoch often must not have
    /// fewer invitations for it.
    pub(super) succeeded: usize,
    pub(super) bytes: u64,
}

impl Sponsored {
    fn sum(&mut self, store: &dyn Store, now: Timestamp) -> Lent {
        if let Some((lent, until)) = self.sum
            && now < until
        {
            return lent;
        }
        let (mut lent, mut until) = (Lent::default(), Timestamp(u64::MAX));
        for (id, part) in &self.parts {
            if part.ends > now {
                let count = if part.succeeded {
                    &mut lent.succeeded
                } else {
                    &mut lent.mailboxes
                };
                *count += 1;
                until = until.min(part.ends);
            }
            lent.bytes = lent.bytes.saturating_add(part.bytes(store, *id, now));
        }
        self.sum = Some((lent, until));
        lent
    }
}

/// What is to be done about a request.
#[derive(Debug)]
pub(super) enum Decision<T> {
    /// Nothing: it is as it would be.
    Same(Created),
    /// Something is to be written.
    Change(T),
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// By the one that pays. Looked up again after an erasure; else it follows each change, and costs what changed.
    sponsored: Option<HashMap<MailboxId, Sponsored>>,
    pub(super) retention_seconds: u64,
}

impl Accounts {
    /// Of a relay that keeps envelopes for so long.
    pub(super) fn new(retention_seconds: u64) -> Self {
        Self {
            retention_seconds,
            ..Self::default()
        }
    }

    /// Envelopes and mailboxes have gone, or who pays for which has changed.
    pub(super) fn look_up_again(&mut self) {
        self.sponsored = None;
    }

    /// Bytes of its quota that a mailbox lends to those that it pays for.
    pub(super) fn lent_bytes(&mut self, store: &dyn Store, id: MailboxId, now: Timestamp) -> u64 {
        self.lent(store, id, now).bytes
    }

    pub(super) fn lent(&mut self, store: &dyn Store, by: MailboxId, now: Timestamp) -> Lent {
        let sponsored = self.sponsored(store).get_mut(&by);
        sponsored.map_or_else(Lent::default, |sponsored| sponsored.sum(store, now))
    }

    fn sponsored(&mut self, store: &dyn Store) -> &mut HashMap<MailboxId, Sponsored> {
        self.sponsored.get_or_insert_with(|| {
            let mut all: HashMap<MailboxId, Sponsored> = HashMap::new();
            for mailbox in store.mailboxes() {
                if let Some(by) = mailbox.sponsor {
                    let part = (mailbox.id, Part::of(&mailbox));
                    all.entry(by).or_default().parts.extend([part]);
                }
            }
            all
        })
    }

    /// A mailbox is not what it was.
    fn changed(&mut self, store: &dyn Store, before: Option<Mailbox>, now: &Mailbox) {
        let all = self.sponsored(store);
        if let Some(sponsored) = before
            .and_then(|before| before.sponsor)
            .and_then(|by| all.get_mut(&by))
        {
            sponsored.parts.remove(&now.id);
            sponsored.sum = None;
        }
        if let Some(by) = now.sponsor {
            let sponsored = all.entry(by).or_default();
            sponsored.parts.insert(now.id, Part::of(now));
            sponsored.sum = None;
        }
    }

    /// Whether a mailbox may be opened or renewed so, and whether that changes anything. Writes nothing.
    pub(super) fn decide(
        &mut self,
        store: &dyn Store,
        creation: &Creation,
        now: Timestamp,
    ) -> Result<Decision<Mailbox>, Refusal> {
        if creation.ends <= now {
            return Err(Refusal::new(Reason::TokenSpent));
        }
        let known = store.mailbox(creation.mailbox);
        // Also with a token: who shows one here has not heard that the group went on, and would spend it for nothing.
        if known.is_some_and(|known| known.successor.is_some()) {
            return Err(Refusal::new(Reason::Succeeded));
        }
        let mut mailbox = Mailbox {
            id: creation.mailbox,
            quota_bytes: creation.quota_bytes,
            ends: creation.ends,
            sponsor: creation.sponsor,
            successor: None,
        };
        let Some(by) = creation.sponsor else {
            return Ok(Decision::Change(mailbox));
        };
        let sponsor = store.mailbox(by).ok_or(Refusal::new(Reason::NoMailbox))?;
        if sponsor.ends <= now {
            return Err(Refusal::new(Reason::MailboxEnded));
        }
        if sponsor.successor.is_some() {
            return Err(Refusal::new(Reason::Succeeded));
        }
        // One that pays for itself, or that another pays for, is not taken over; and nobody who is
        // paid for pays for others.
        let others = known.is_some_and(|known| known.sponsor != Some(by));
        if others || sponsor.sponsor.is_some() || creation.ends > sponsor.ends {
            return Err(Refusal::new(Reason::NotValid));
        }
        if let Some(known) = known {
            // Sponsorships have no order: an old one that is shown again must take nothing away.
            mailbox.quota_bytes = mailbox.quota_bytes.max(known.quota_bytes);
            mailbox.ends = mailbox.ends.max(known.ends);
            if mailbox == known {
                return Ok(Decision::Same(created(creation.request, &known)));
            }
        }
        // The total holds at every change, also of the end alone: else what ends could be filled and renewed for ever.
        let lent = self.lent(store, by, now);
        let had = known.map_or(0, |known| Part::of(&known).bytes(store, known.id, now));
        let total = store
            .usage(by)
            .bytes
            .saturating_add(lent.bytes.saturating_sub(had))
            .saturating_add(mailbox.quota_bytes);
        let is_open = known.is_some_and(|known| known.ends > now);
        let one_more = lent.mailboxes >= SPONSORED_MAILBOXES_MAX && !is_open;
        if one_more || total > sponsor.quota_bytes {
            return Err(Refusal::new(Reason::SponsorFull));
        }
        Ok(Decision::Change(mailbox))
    }

    /// Opens or renews a mailbox.
    pub(super) fn create(
        &mut self,
        store: &dyn Store,
        creation: &Creation,
        now: Timestamp,
    ) -> Result<Created, Refusal> {
        let mailbox = match self.decide(store, creation, now)? {
            Decision::Same(created) => return Ok(created),
            Decision::Change(mailbox) => mailbox,
        };
        let before = store.mailbox(mailbox.id);
        match store.create(&mailbox, creation.token) {
            Ok(()) => {}
            Err(StoreError::TokenSpent) => return Err(Refusal::new(Reason::TokenSpent)),
            Err(error) => {
                tracing::error!(%error, "a mailbox could not be opened");
                // The store may have found another state than was thought.
                self.look_up_again();
                return Err(Refusal::unavailable());
            }
        }
        // What counts is what is stored: a token that was shown before changes nothing.
        let stored = store.mailbox(mailbox.id).unwrap_or(mailbox);
        if before != Some(stored) {
            self.changed(store, before, &stored);
            tracing::info!(
                mailbox = mailbox.id.short(),
                "a mailbox was opened or renewed"
            );
        }
        Ok(created(creation.request, &stored))
    }
}

pub(super) fn created(request: RequestId, mailbox: &Mailbox) -> Created {
    Created {
        request,
        mailbox: mailbox.id,
        ends: mailbox.ends,
        quota_bytes: mailbox.quota_bytes,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::envelope::Envelope;

    use super::*;
    use crate::store::{Record, memory::Memory};

    #[test]
    fn a_renewal_takes_nothing_away_and_growth_is_paid_for() {
        let store = Memory::default();
        let mut accounts = Accounts::default();
        let now = Timestamp(1000);
        let (group, guest) = (MailboxId([1; 32]), MailboxId([2; 32]));
        let ask = |accounts: &mut Accounts, mailbox, quota_bytes, ends, sponsor, now| {
            let creation = Creation {
                request: RequestId(1),
                mailbox,
                quota_bytes,
                ends: Timestamp(ends),
                sponsor,
                token: None,
            };
            let created = accounts.create(&store, &creation, now);
            created
                .map(|created| (created.quota_bytes, created.ends.0))
                .map_err(|refusal| refusal.reason)
        };
        assert!(ask(&mut accounts, group, 10_000, 9000, None, now).is_ok());
        let by = Some(group);
        assert_eq!(
            ask(&mut accounts, guest, 4096, 5000, by, now),
            Ok((4096, 5000))
        );
        assert_eq!(
            ask(&mut accounts, guest, 1, 1001, by, now),
            Ok((4096, 5000))
        );
        assert_eq!(
            ask(&mut accounts, guest, 1, 6000, by, now),
            Ok((4096, 6000))
        );
        assert_eq!(
            ask(&mut accounts, guest, 10_000, 2000, by, now),
            Ok((10_000, 6000))
        );
        let over = ask(&mut accounts, guest, 10_001, 2000, by, now);
        assert_eq!(over, Err(Reason::SponsorFull), "more than there is");
        // What has ended is not lent any more: to begin again, there must be room.
        let later = Timestamp(7000);
        let other = MailboxId([3; 32]);
        assert_eq!(
            ask(&mut accounts, other, 10_000, 8000, by, later),
            Ok((10_000, 8000))
        );
        assert_eq!(
            ask(&mut accounts, guest, 1, 8000, by, later),
            Err(Reason::SponsorFull)
        );
    }

    #[test]
    fn what_was_just_lent_counts_at_once() {
        let (store, mut accounts) = (Memory::default(), Accounts::default());
        let now = Timestamp(1000);
        let group = MailboxId([1; 32]);
        let opening = |mailbox, sponsor| Creation {
            request: RequestId(1),
            mailbox,
            quota_bytes: 4096,
            ends: now.plus(1000),
            sponsor,
            token: None,
        };
        assert!(accounts.create(&store, &opening(group, None), now).is_ok());
        let guest = opening(MailboxId([2; 32]), Some(group));
        assert!(accounts.create(&store, &guest, now).is_ok());
        assert_eq!(accounts.lent_bytes(&store, group, now), 4096);
        let second = opening(MailboxId([3; 32]), Some(group));
        let refused = accounts.create(&store, &second, now);
        assert!(matches!(
            refused,
            Err(Refusal {
                reason: Reason::SponsorFull,
                ..
            })
        ));
    }

    #[test]
    fn the_total_holds_at_renewals_and_counts_what_ended_mailboxes_still_hold() {
        let (store, mut accounts) = (Memory::default(), Accounts::default());
        let (group, start) = (MailboxId([1; 32]), Timestamp(1000));
        let opening = |mailbox: u8, ends: Timestamp| Creation {
            request: RequestId(1),
            mailbox: MailboxId([mailbox; 32]),
            quota_bytes: 4096,
            ends,
            sponsor: Some(group),
            token: None,
        };
        let own = Creation {
            quota_bytes: 2 * 4096,
            sponsor: None,
            mailbox: group,
            ..opening(1, start.plus(1000))
        };
        assert!(accounts.create(&store, &own, start).is_ok());
        // Two guests fill what there is and end; then there is room for nobody, as all of it is still on the disk.
        for guest in [2, 3] {
            let creation = opening(guest, start.plus(10));
            assert!(accounts.create(&store, &creation, start).is_ok());
            put(&store, MailboxId([guest; 32]), start);
        }
        let later = start.plus(20);
        assert_eq!(accounts.lent_bytes(&store, group, later), 2 * 4096);
        let full = |accounts: &mut Accounts, guest, now: Timestamp| {
            let decided = accounts.decide(&store, &opening(guest, now.plus(10)), now);
            matches!(decided, Err(no) if no.reason == Reason::SponsorFull)
        };
        assert!(full(&mut accounts, 4, later));
        // Those that hold it may go on: it is theirs.
        let renewed = accounts.create(&store, &opening(2, later.plus(10)), later);
        assert!(renewed.is_ok(), "{renewed:?}");
        // The group has stored something of its own meanwhile: a later end is then refused as well.
        put(&store, group, later);
        assert!(full(&mut accounts, 2, later.plus(1)));
        assert!(full(&mut accounts, 3, later.plus(1)));
        // Erased, it does not count any more.
        assert!(
            store
                .expire(Timestamp(u64::MAX).day(), Timestamp(0).day())
                .is_ok()
        );
        accounts.look_up_again();
        assert_eq!(accounts.lent_bytes(&store, group, later.plus(20)), 0);
        assert!(!full(&mut accounts, 4, later.plus(20)));
    }

    fn put(store: &Memory, mailbox: MailboxId, time: Timestamp) {
        let envelope = Envelope::new(vec![7; 4096]).unwrap();
        let mut tail = store.tail(mailbox);
        let record = Record::next(&mut tail, mailbox, time, envelope.hash(), envelope);
        store.append(time.day(), &[record]).unwrap();
    }
}
