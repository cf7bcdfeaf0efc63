//! Opens and renews mailboxes, on a token or on the account of another that pays for it, and knows what each
//! lends to those that it pays for.

use std::collections::HashMap;

use bellrope_proto::{
    ids::{MailboxId, Timestamp},
    limits::SPONSORED_MAILBOXES_MAX,
    message::{Created, Reason},
};

use super::jobs::{Creation, Refusal};
use crate::store::{Mailbox, Store, StoreError};

/// What the mailboxes that one pays for have of it.
#[derive(Clone, Copy, Debug, Default)]
struct Sponsored {
    mailboxes: usize,
    bytes: u64,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// By the one that pays. Looked up again after a change.
    sponsored: Option<HashMap<MailboxId, Sponsored>>,
}

impl Accounts {
    /// Mailboxes have come, ended or gone.
    pub(super) fn changed(&mut self) {
        self.sponsored = None;
    }

    /// Bytes of its quota that a mailbox lends to those that it pays for.
    pub(super) fn lent_bytes(&mut self, store: &dyn Store, id: MailboxId, now: Timestamp) -> u64 {
        self.sponsored(store, id, now).bytes
    }

    fn sponsored(&mut self, store: &dyn Store, id: MailboxId, now: Timestamp) -> Sponsored {
        let sponsored = self.sponsored.get_or_insert_with(|| {
            let mut all: HashMap<MailboxId, Sponsored> = HashMap::new();
            for mailbox in store.mailboxes() {
                if let Some(by) = mailbox.sponsor.filter(|_| mailbox.ends > now) {
                    let sum = all.entry(by).or_default();
                    sum.mailboxes += 1;
                    sum.bytes = sum.bytes.saturating_add(mailbox.quota_bytes);
                }
            }
            all
        });
        sponsored.get(&id).copied().unwrap_or_default()
    }

    /// Opens or renews a mailbox.
    pub(super) fn create(
        &mut self,
        store: &dyn Store,
        creation: &Creation,
        now: Timestamp,
    ) -> Result<Created, Refusal> {
        if creation.ends <= now {
            return Err(Refusal::new(Reason::TokenSpent));
        }
        let mut mailbox = Mailbox {
            id: creation.mailbox,
            quota_bytes: creation.quota_bytes,
            ends: creation.ends,
            sponsor: creation.sponsor,
        };
        if let Some(by) = creation.sponsor {
            let known = store.mailbox(creation.mailbox);
            if let Some(known) = known {
                // Sponsorships have no order: an old one that is shown again must take nothing away.
                mailbox.quota_bytes = mailbox.quota_bytes.max(known.quota_bytes);
                mailbox.ends = mailbox.ends.max(known.ends);
            }
            self.check_sponsor(store, by, creation, (known, mailbox.quota_bytes), now)?;
        }
        match store.create(&mailbox, creation.token) {
            // After the change, not before: what is lent was summed up for the check just made.
            Ok(()) => self.changed(),
            Err(StoreError::TokenSpent) => return Err(Refusal::new(Reason::TokenSpent)),
            Err(error) => {
                tracing::error!(%error, "a mailbox could not be opened");
                return Err(Refusal::unavailable());
            }
        }
        // What counts is what is stored: a token that was shown before changes nothing.
        let stored = store.mailbox(creation.mailbox).unwrap_or(mailbox);
        tracing::info!(
            mailbox = creation.mailbox.short(),
            "a mailbox was opened or renewed"
        );
        Ok(Created {
            request: creation.request,
            mailbox: stored.id,
            ends: stored.ends,
            quota_bytes: stored.quota_bytes,
        })
    }

    /// Whether a mailbox may be opened on another's account.
    fn check_sponsor(
        &mut self,
        store: &dyn Store,
        by: MailboxId,
        creation: &Creation,
        (known, quota_bytes): (Option<Mailbox>, u64),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let sponsor = store.mailbox(by).ok_or(Refusal::new(Reason::NoMailbox))?;
        if sponsor.ends <= now {
            return Err(Refusal::new(Reason::MailboxEnded));
        }
        // One that pays for itself, or that another pays for, is not taken over; and nobody who is
        // paid for pays for others.
        let others = known.is_some_and(|known| known.sponsor != Some(by));
        if others || sponsor.sponsor.is_some() || creation.ends > sponsor.ends {
            return Err(Refusal::new(Reason::NotValid));
        }
        let counted = known.filter(|known| known.ends > now);
        let more = counted.map_or(quota_bytes, |known| {
            quota_bytes.saturating_sub(known.quota_bytes)
        });
        if counted.is_some() && more == 0 {
            return Ok(());
        }
        let lent = self.sponsored(store, by, now);
        let used = store.usage(by).bytes;
        let total = used.saturating_add(lent.bytes).saturating_add(more);
        let one_more = lent.mailboxes >= SPONSORED_MAILBOXES_MAX && counted.is_none();
        if one_more || total > sponsor.quota_bytes {
            return Err(Refusal::new(Reason::SponsorFull));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bellrope_proto::message::RequestId;

    use super::*;
    use crate::store::memory::Memory;

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
        accounts.changed();
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
}
