//! Hands the account of a mailbox over to a new one: a group's next, after somebody was removed. The host's token gave the account
//! once, and what all that are on it may hold together stays what the token allowed, at every moment.

use bellrope_proto::{
    ids::Timestamp,
    limits::{SUCCEEDED_MAILBOXES_MAX, SUCCEEDED_ROOM_BYTES_MAX},
    message::{Created, Reason},
};

use super::{
    accounts::{Accounts, Decision, created},
    jobs::{Handover, Refusal},
};
use crate::store::{Mailbox, Store};

/// Beside twice the retention: who comes back as late as the envelope that tells of the new mailbox is kept must still be able to ask
/// others in the old one, and these may come as late again to answer. A week more, for days on which the relay was down.
const GRACE_SECONDS: u64 = 7 * Timestamp::DAY_SECONDS;

/// The old mailbox may take in this part of what is free.
const ROOM_PART: u64 = 8;

impl Accounts {
    /// Whether an account may be handed over so, and which mailboxes are changed by it, the new one first. Writes nothing.
    pub(super) fn decide_handover(
        &mut self,
        store: &dyn Store,
        handover: &Handover,
        now: Timestamp,
    ) -> Result<Decision<Vec<Mailbox>>, Refusal> {
        let Handover { request, from, to } = *handover;
        let old = store.mailbox(from).ok_or(Refusal::new(Reason::NoMailbox))?;
        let known = store.mailbox(to);
        match old.successor {
            // Also long after: whoever heard no answer asks for as long as they must.
            Some(by) if by == to => {
                let new = known.ok_or(Refusal::new(Reason::MailboxEnded))?;
                return Ok(Decision::Same(created(request, &new)));
            }
            Some(_) => return Err(Refusal::new(Reason::Succeeded)),
            None => {}
        }
        if old.ends <= now {
            return Err(Refusal::new(Reason::MailboxEnded));
        }
        // Who is paid for has no account; and one that is here has its own, or is on another's.
        if old.sponsor.is_some() || known.is_some() {
            return Err(Refusal::new(Reason::NotValid));
        }
        let lent = self.lent(store, from, now);
        if lent.succeeded >= SUCCEEDED_MAILBOXES_MAX {
            return Err(Refusal::new(Reason::SponsorFull));
        }
        let stored = store.usage(from).bytes;
        let taken = stored.saturating_add(lent.bytes);
        // So that who has heard keeps nearly all of what is free, also when a group goes on often. None, if the host has allowed less
        // since.
        let free = old.quota_bytes.saturating_sub(taken);
        let room = (free / ROOM_PART).min(SUCCEEDED_ROOM_BYTES_MAX);
        let grace = self.retention_seconds.saturating_mul(2);
        let grace = now.plus(grace.saturating_add(GRACE_SECONDS));
        let mut changed = vec![
            Mailbox { id: to, ..old },
            Mailbox {
                quota_bytes: stored.saturating_add(room),
                ends: old.ends.min(grace),
                sponsor: Some(to),
                successor: Some(to),
                ..old
            },
        ];
        let parts = store.mailboxes().into_iter();
        let parts = parts.filter(|part| part.sponsor == Some(from));
        changed.extend(parts.map(|part| Mailbox {
            sponsor: Some(to),
            ..part
        }));
        Ok(Decision::Change(changed))
    }

    /// Hands an account over.
    pub(super) fn hand_over(
        &mut self,
        store: &dyn Store,
        handover: &Handover,
        now: Timestamp,
    ) -> Result<Created, Refusal> {
        let changed = match self.decide_handover(store, handover, now)? {
            Decision::Same(created) => return Ok(created),
            Decision::Change(changed) => changed,
        };
        if let Err(error) = store.change(&changed) {
            tracing::error!(%error, "an account could not be handed over");
            self.look_up_again();
            return Err(Refusal::unavailable());
        }
        self.look_up_again();
        let new = store.mailbox(handover.to).ok_or(Refusal::unavailable())?;
        let (from, to) = (handover.from.short(), handover.to.short());
        tracing::info!(from, to, "a mailbox has taken over the account of another");
        Ok(created(handover.request, &new))
    }

    /// Envelopes and mailboxes have gone. What those of a mailbox leave that was succeeded goes to the account: its group fills another.
    pub(super) fn erased(&mut self, store: &dyn Store, now: Timestamp) {
        self.look_up_again();
        let smaller = |mailbox: &Mailbox| {
            let stored = store.usage(mailbox.id).bytes;
            Mailbox {
                quota_bytes: stored.saturating_add(SUCCEEDED_ROOM_BYTES_MAX),
                ..*mailbox
            }
        };
        let all = store.mailboxes();
        let succeeded = all
            .iter()
            .filter(|one| one.successor.is_some() && one.ends > now);
        let changed: Vec<Mailbox> = succeeded
            .map(|mailbox| (mailbox, smaller(mailbox)))
            .filter(|(before, after)| after.quota_bytes < before.quota_bytes)
            .map(|(_, after)| after)
            .collect();
        if changed.is_empty() {
            return;
        }
        // Not done, it is as it was: what is reserved and not used. The next erasure tries again.
        if let Err(error) = store.change(&changed) {
            tracing::error!(%error, "what a succeeded mailbox may hold could not be lowered");
            self.look_up_again();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        envelope::Envelope,
        ids::{Day, MailboxId, TokenId},
        limits::SPONSORED_MAILBOXES_MAX,
        message::RequestId,
    };

    use super::*;
    use crate::{
        commit::jobs::Creation,
        store::{Record, memory::Memory},
    };

    const DAY: u64 = Timestamp::DAY_SECONDS;
    const START: Timestamp = Timestamp(100 * DAY);
    const QUOTA: u64 = 64 * 4096;

    struct Bench {
        store: Memory,
        accounts: Accounts,
        now: Timestamp,
    }

    fn id(byte: u8) -> MailboxId {
        MailboxId([byte; 32])
    }

    fn creation(mailbox: MailboxId, by: Option<MailboxId>, ends: Timestamp) -> Creation {
        Creation {
            request: RequestId(1),
            mailbox,
            quota_bytes: if by.is_some() { 4096 } else { QUOTA },
            ends,
            token: by.is_none().then_some(TokenId([7; 16])),
            sponsor: by,
        }
    }

    impl Bench {
        /// Mailbox 1 has an account for a year.
        fn new() -> Self {
            let mut bench = Self {
                store: Memory::default(),
                accounts: Accounts::new(14 * DAY),
                now: START,
            };
            bench
                .create(creation(id(1), None, START.plus(365 * DAY)))
                .unwrap();
            bench
        }

        fn create(&mut self, creation: Creation) -> Result<Created, Reason> {
            let created = self.accounts.create(&self.store, &creation, self.now);
            created.map_err(|refusal| refusal.reason)
        }

        fn hand_over(&mut self, from: u8, to: u8) -> Result<Created, Reason> {
            let handover = Handover {
                request: RequestId(2),
                from: id(from),
                to: id(to),
            };
            let done = self.accounts.hand_over(&self.store, &handover, self.now);
            done.map_err(|refusal| refusal.reason)
        }

        fn mailbox(&self, byte: u8) -> Mailbox {
            self.store.mailbox(id(byte)).unwrap()
        }

        /// As many as it takes, up to a number, by the rule of the writer.
        fn fill(&mut self, byte: u8, most: u64) -> u64 {
            for count in 0..most {
                let usage = self.store.usage(id(byte)).bytes;
                let lent = self.accounts.lent_bytes(&self.store, id(byte), self.now);
                if usage + lent + 4096 > self.mailbox(byte).quota_bytes {
                    return count;
                }
                let envelope = Envelope::new(vec![byte; 4096]).unwrap();
                let mut tail = self.store.tail(id(byte));
                let record = Record::next(&mut tail, id(byte), self.now, envelope.hash(), envelope);
                self.store.append(self.now.day(), &[record]).unwrap();
            }
            most
        }

        fn bytes_held(&self) -> u64 {
            let all = self.store.mailboxes();
            all.iter().map(|one| self.store.usage(one.id).bytes).sum()
        }

        /// What is held and what may be, on the account of a mailbox.
        fn total(&mut self, byte: u8) -> u64 {
            let lent = self.accounts.lent_bytes(&self.store, id(byte), self.now);
            self.store.usage(id(byte)).bytes + lent
        }
    }

    #[test]
    fn the_new_mailbox_has_the_account_and_the_old_one_room_for_stragglers() {
        let mut bench = Bench::new();
        let by_old = |guest| creation(id(guest), Some(id(1)), START.plus(30 * DAY));
        bench.create(by_old(10)).unwrap();
        bench.create(by_old(11)).unwrap();
        assert_eq!(bench.fill(1, 22), 22);
        let created = bench.hand_over(1, 2).unwrap();
        assert_eq!((created.mailbox, created.quota_bytes), (id(2), QUOTA));
        assert_eq!(created.ends, START.plus(365 * DAY));
        // 22 are held, 2 lent, 40 free: an eighth of those.
        let old = bench.mailbox(1);
        assert_eq!(old.quota_bytes, (22 + 5) * 4096);
        assert_eq!(old.ends, START.plus((28 + 7) * DAY));
        assert_eq!((old.sponsor, old.successor), (Some(id(2)), Some(id(2))));
        let guests = [10, 11].map(|guest| bench.mailbox(guest).sponsor);
        assert_eq!(guests, [Some(id(2)); 2]);
        assert_eq!(bench.fill(1, 99), 5);
        assert_eq!(bench.fill(2, 99), 35);
        assert_eq!((bench.fill(10, 99), bench.fill(11, 99)), (1, 1));
        assert_eq!((bench.bytes_held(), bench.total(2)), (QUOTA, QUOTA));
        // What the old one had expires, and its room for stragglers stays.
        bench.store.expire(Day(101), Day(0)).unwrap();
        bench.accounts.erased(&bench.store, bench.now.plus(DAY));
        assert_eq!(
            bench.mailbox(1).quota_bytes,
            (22 + 5) * 4096,
            "less than there may be room for"
        );
        assert!(bench.total(2) <= QUOTA);
    }

    #[test]
    fn what_expires_in_the_old_mailbox_is_the_new_ones() {
        let mut bench = Bench::new();
        let large = creation(id(1), None, START.plus(365 * DAY));
        let quota_bytes = 16 * SUCCEEDED_ROOM_BYTES_MAX;
        let token = Some(TokenId([8; 16]));
        bench
            .create(Creation {
                quota_bytes,
                token,
                ..large
            })
            .unwrap();
        assert_eq!(bench.fill(1, 3), 3);
        bench.now = START.plus(DAY);
        assert_eq!(bench.fill(1, 1), 1);
        bench.hand_over(1, 2).unwrap();
        let room = SUCCEEDED_ROOM_BYTES_MAX;
        assert_eq!(
            bench.mailbox(1).quota_bytes,
            4 * 4096 + room,
            "and no eighth"
        );
        bench.store.expire(Day(101), Day(0)).unwrap();
        bench.accounts.erased(&bench.store, bench.now);
        assert_eq!(bench.mailbox(1).quota_bytes, 4096 + room);
        assert_eq!(bench.total(2), 4096 + room);
    }

    #[test]
    fn the_total_holds_over_a_chain_and_a_full_account_can_be_handed_over() {
        let mut bench = Bench::new();
        for from in 1..20 {
            let _ = bench.fill(from, 5);
            bench.hand_over(from, from + 1).unwrap();
            assert!(bench.total(from + 1) <= QUOTA, "{from}");
            assert_eq!(bench.mailbox(from + 1).quota_bytes, QUOTA);
            assert_eq!(
                bench.mailbox(1).sponsor,
                Some(id(from + 1)),
                "whoever has the account"
            );
            assert_eq!(
                bench.mailbox(1).successor,
                Some(id(2)),
                "and who had it first"
            );
        }
        for byte in 1..=20 {
            let _ = bench.fill(byte, 999);
        }
        assert!(bench.bytes_held() <= QUOTA);
        // Nothing is free: the old one takes nothing more, and nor does the new one.
        bench.hand_over(20, 21).unwrap();
        assert_eq!((bench.fill(20, 9), bench.fill(21, 9)), (0, 0));
        assert!(bench.bytes_held() <= QUOTA);
    }

    #[test]
    fn it_is_done_once_and_asked_for_as_often_as_it_must_be() {
        let mut bench = Bench::new();
        bench
            .create(creation(id(10), Some(id(1)), START.plus(DAY)))
            .unwrap();
        assert_eq!(bench.hand_over(9, 2), Err(Reason::NoMailbox));
        assert_eq!(bench.hand_over(1, 1), Err(Reason::NotValid), "to itself");
        assert_eq!(
            bench.hand_over(1, 10),
            Err(Reason::NotValid),
            "to one that is there"
        );
        assert_eq!(
            bench.hand_over(10, 2),
            Err(Reason::NotValid),
            "of one without an account"
        );
        let created = bench.hand_over(1, 2).unwrap();
        assert_eq!(bench.hand_over(1, 2), Ok(created.clone()));
        assert_eq!(bench.hand_over(1, 3), Err(Reason::Succeeded));
        let later = bench.hand_over(2, 3).unwrap();
        assert_eq!(
            (later.quota_bytes, later.ends),
            (created.quota_bytes, created.ends)
        );
        assert_eq!(bench.hand_over(2, 1), Err(Reason::Succeeded));
        // Whoever heard nothing of the first is still told what came of it: it is the third's part by now.
        let again = bench.hand_over(1, 2).unwrap();
        assert_eq!(
            (again.mailbox, again.quota_bytes),
            (id(2), bench.mailbox(2).quota_bytes)
        );
        bench.now = START.plus(365 * DAY);
        assert_eq!(bench.hand_over(3, 4), Err(Reason::MailboxEnded));
        assert!(bench.hand_over(1, 2).is_ok());
    }

    #[test]
    fn what_the_old_authority_signs_opens_nothing_any_more_and_spends_no_token() {
        let mut bench = Bench::new();
        let ends = START.plus(20 * DAY);
        bench.create(creation(id(10), Some(id(1)), ends)).unwrap();
        bench.hand_over(1, 2).unwrap();
        for guest in [10, 11] {
            let old = creation(id(guest), Some(id(1)), ends.plus(1));
            assert_eq!(bench.create(old), Err(Reason::Succeeded));
        }
        let token = Some(TokenId([9; 16]));
        let renewal = |mailbox| Creation {
            token,
            quota_bytes: 2 * QUOTA,
            ..creation(id(mailbox), None, START.plus(700 * DAY))
        };
        assert_eq!(bench.create(renewal(1)), Err(Reason::Succeeded));
        assert_eq!(bench.create(renewal(2)).unwrap().quota_bytes, 2 * QUOTA);
        // The new one lends as the old one did, to those that were there too; and not to the old one.
        for guest in [10, 11] {
            let new = creation(id(guest), Some(id(2)), ends.plus(1));
            assert_eq!(bench.create(new).unwrap().ends, ends.plus(1));
        }
        let longer = creation(id(1), Some(id(2)), START.plus(100 * DAY));
        assert_eq!(bench.create(longer), Err(Reason::Succeeded));
    }

    #[test]
    fn old_mailboxes_are_as_many_as_they_may_be_and_take_no_invitations_place() {
        let mut bench = Bench::new();
        let large = creation(id(1), None, START.plus(365 * DAY));
        let (quota_bytes, token) = (1 << 30, Some(TokenId([8; 16])));
        bench
            .create(Creation {
                quota_bytes,
                token,
                ..large
            })
            .unwrap();
        let most = u8::try_from(SUCCEEDED_MAILBOXES_MAX).unwrap();
        for from in 1..=most {
            bench.hand_over(from, from + 1).unwrap();
        }
        assert_eq!(
            bench.hand_over(most + 1, most + 2),
            Err(Reason::SponsorFull)
        );
        let by = Some(id(most + 1));
        for number in 0..SPONSORED_MAILBOXES_MAX {
            let mut guest = [0xee; 32];
            guest[..8].copy_from_slice(&number.to_be_bytes());
            let small = Creation {
                quota_bytes: 1,
                ..creation(MailboxId(guest), by, START.plus(DAY))
            };
            bench.create(small).unwrap();
        }
        let one_more = Creation {
            quota_bytes: 1,
            ..creation(id(0xdd), by, START.plus(DAY))
        };
        assert_eq!(bench.create(one_more), Err(Reason::SponsorFull));
        // They end, and there is room for others.
        bench.now = START.plus(35 * DAY);
        bench.accounts.look_up_again();
        assert!(bench.hand_over(most + 1, most + 2).is_ok());
    }
}
