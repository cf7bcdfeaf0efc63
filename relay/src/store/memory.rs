//! A store in memory: for tests of everything above the store, and the model that the real one is
//! held against. Nothing here survives the process.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellrope_proto::{
    ids::{Day, Hash, Leaf, MailboxId, Sequence, TokenId},
    limits::SKIPPED_LEAVES_MAX,
    signing::{Lane, PublicKey},
};

use super::{
    CheckReport, ExpiryReport, LogItem, Mailbox, Record, Store, StoreError, StoredAt, Tail, Usage,
};

#[derive(Debug)]
enum Slot {
    /// Under the day that it was filed under.
    Kept(Day, Record),
    Expired(Leaf),
}

#[derive(Debug, Default)]
struct Tables {
    mailboxes: HashMap<MailboxId, Mailbox>,
    spent: HashMap<TokenId, MailboxId>,
    revoked: HashMap<MailboxId, HashSet<PublicKey<Lane>>>,
    logs: HashMap<MailboxId, BTreeMap<Sequence, Slot>>,
    tails: HashMap<MailboxId, Tail>,
    first_open: Option<Day>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Tables>);

impl Memory {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError> {
        let mut tables = self.tables();
        if let Some(token) = token {
            match tables.spent.get(&token) {
                Some(other) if *other != mailbox.id => return Err(StoreError::TokenSpent),
                Some(_) => return Ok(()),
                None => _ = tables.spent.insert(token, mailbox.id),
            }
        }
        tables.mailboxes.insert(mailbox.id, *mailbox);
        Ok(())
    }

    fn change(&self, mailboxes: &[Mailbox]) -> Result<(), StoreError> {
        let changed = mailboxes.iter().map(|mailbox| (mailbox.id, *mailbox));
        self.tables().mailboxes.extend(changed);
        Ok(())
    }

    fn revoke(&self, id: MailboxId, lane: PublicKey<Lane>) -> Result<(), StoreError> {
        self.tables().revoked.entry(id).or_default().insert(lane);
        Ok(())
    }

    fn is_revoked(&self, id: MailboxId, lane: PublicKey<Lane>) -> bool {
        let tables = self.tables();
        tables
            .revoked
            .get(&id)
            .is_some_and(|all| all.contains(&lane))
    }

    fn revoked_lanes(&self, id: MailboxId) -> usize {
        self.tables().revoked.get(&id).map_or(0, HashSet::len)
    }

    fn mailbox(&self, id: MailboxId) -> Option<Mailbox> {
        self.tables().mailboxes.get(&id).copied()
    }

    fn mailboxes(&self) -> Vec<Mailbox> {
        self.tables().mailboxes.values().copied().collect()
    }

    fn tail(&self, id: MailboxId) -> Tail {
        let tail = self.tables().tails.get(&id).copied();
        tail.unwrap_or_else(|| Tail::start(id))
    }

    fn first_open_day(&self) -> Option<Day> {
        self.tables().first_open
    }

    fn usage(&self, id: MailboxId) -> Usage {
        let mut usage = Usage::default();
        for slot in self.tables().logs.get(&id).into_iter().flatten() {
            if let Slot::Kept(_, record) = slot.1 {
                usage.envelopes += 1;
                usage.bytes += record.envelope.bytes().len() as u64;
                usage.oldest = usage.oldest.or(Some(record.time));
            }
        }
        usage
    }

    fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<StoredAt>, StoreError> {
        let tables = self.tables();
        let mut log = tables.logs.get(&id).into_iter().flatten();
        Ok(log.find_map(|(_, slot)| match slot {
            Slot::Kept(_, record) if record.hash == envelope => Some(record.stored_at()),
            _ => None,
        }))
    }

    fn append(&self, day: Day, records: &[Record]) -> Result<(), StoreError> {
        let mut tables = self.tables();
        tables.first_open = tables.first_open.max(Some(day));
        for record in records {
            tables.tails.insert(record.mailbox, record.tail());
            let log = tables.logs.entry(record.mailbox).or_default();
            log.insert(record.sequence, Slot::Kept(day, record.clone()));
        }
        Ok(())
    }

    fn uncheckpointed_bytes(&self) -> usize {
        0
    }

    fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn recent_after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record> {
        let read = self.read_after(id, after, bytes_max).unwrap_or_default();
        let kept = read.into_iter().map_while(|item| match item {
            LogItem::Kept(record) => Some(record),
            LogItem::Expired { .. } => None,
        });
        kept.collect()
    }

    fn read_after(
        &self,
        id: MailboxId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<LogItem>, StoreError> {
        let tables = self.tables();
        let Some(log) = tables.logs.get(&id) else {
            return Ok(Vec::new());
        };
        let mut items = Vec::new();
        let mut bytes = 0;
        for (sequence, slot) in log.range(after.next()..) {
            match (slot, items.last_mut()) {
                (Slot::Kept(_, record), _) => {
                    bytes += record.envelope.bytes().len();
                    if bytes > bytes_max && !items.is_empty() {
                        break;
                    }
                    items.push(LogItem::Kept(record.clone()));
                }
                (Slot::Expired(leaf), Some(LogItem::Expired { leaves, .. }))
                    if leaves.len() < SKIPPED_LEAVES_MAX =>
                {
                    leaves.push(*leaf);
                }
                (Slot::Expired(leaf), _) => items.push(LogItem::Expired {
                    first: *sequence,
                    leaves: vec![*leaf],
                }),
            }
        }
        Ok(items)
    }

    fn expire(&self, before: Day, _ended: Day) -> Result<ExpiryReport, StoreError> {
        let tables = &mut *self.tables();
        let mut days = std::collections::BTreeSet::new();
        let mut expired = ExpiryReport::default();
        for slot in tables.logs.values_mut().flat_map(BTreeMap::values_mut) {
            let old = match slot {
                Slot::Kept(day, record) if *day < before => (record.leaf(), *day),
                _ => continue,
            };
            *slot = Slot::Expired(old.0);
            days.insert(old.1);

            expired.envelopes += 1;
        }
        let open = days.last().map(|day| Day(day.0.saturating_add(1)));
        tables.first_open = tables.first_open.max(open);
        expired.days = u32::try_from(days.len()).unwrap_or(u32::MAX);
        Ok(expired)
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        let tables = self.tables();
        Ok(CheckReport {
            mailboxes: tables.mailboxes.len() as u64,
            ..CheckReport::default()
        })
    }
}
