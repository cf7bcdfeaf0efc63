//! A store in memory: for tests of everything above the store, and the model that the real one is
//! held against. Nothing here survives the process.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellrope_proto::{
    ids::{Day, Hash, MailboxId, Sequence, TokenId},
    limits::SKIPPED_HASHES_MAX,
    receipt::first_head,
};

use super::{Expired, Item, Mailbox, Place, Record, Soundness, Store, StoreError, Tail, Usage};

#[derive(Debug)]
enum Slot {
    Kept(Record),
    Expired(Hash),
}

#[derive(Debug, Default)]
struct Inner {
    mailboxes: HashMap<MailboxId, Mailbox>,
    spent: HashMap<TokenId, MailboxId>,
    logs: HashMap<MailboxId, BTreeMap<Sequence, Slot>>,
    tails: HashMap<MailboxId, Tail>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Inner>);

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError> {
        let mut inner = self.inner();
        if let Some(token) = token {
            match inner.spent.get(&token) {
                Some(other) if *other != mailbox.id => return Err(StoreError::TokenSpent),
                Some(_) => return Ok(()),
                None => _ = inner.spent.insert(token, mailbox.id),
            }
        }
        inner.mailboxes.insert(mailbox.id, *mailbox);
        Ok(())
    }

    fn mailbox(&self, id: MailboxId) -> Option<Mailbox> {
        self.inner().mailboxes.get(&id).copied()
    }

    fn mailboxes(&self) -> Vec<Mailbox> {
        self.inner().mailboxes.values().copied().collect()
    }

    fn tail(&self, id: MailboxId) -> Tail {
        let tail = self.inner().tails.get(&id).copied();
        tail.unwrap_or(Tail {
            sequence: Sequence(0),
            head: first_head(id),
        })
    }

    fn newest_day(&self) -> Option<Day> {
        let inner = self.inner();
        let slots = inner.logs.values().flat_map(BTreeMap::values);
        slots
            .filter_map(|slot| match slot {
                Slot::Kept(record) => Some(record.time.day()),
                Slot::Expired(_) => None,
            })
            .max()
    }

    fn usage(&self, id: MailboxId) -> Usage {
        let mut usage = Usage::default();
        for slot in self.inner().logs.get(&id).into_iter().flatten() {
            if let Slot::Kept(record) = slot.1 {
                usage.envelopes += 1;
                usage.bytes += record.envelope.bytes().len() as u64;
                usage.oldest = usage.oldest.or(Some(record.time));
            }
        }
        usage
    }

    fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<Place>, StoreError> {
        let inner = self.inner();
        let mut log = inner.logs.get(&id).into_iter().flatten();
        Ok(log.find_map(|(sequence, slot)| match slot {
            Slot::Kept(record) if record.hash == envelope => Some(Place {
                sequence: *sequence,
                head: record.head,
                time: record.time,
            }),
            _ => None,
        }))
    }

    fn append(&self, records: &[Record]) -> Result<(), StoreError> {
        let mut inner = self.inner();
        for record in records {
            let tail = Tail {
                sequence: record.sequence,
                head: record.head,
            };
            inner.tails.insert(record.mailbox, tail);
            let log = inner.logs.entry(record.mailbox).or_default();
            log.insert(record.sequence, Slot::Kept(record.clone()));
        }
        Ok(())
    }

    fn waiting_bytes(&self) -> usize {
        0
    }

    fn file(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn fresh_after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record> {
        let read = self.read_after(id, after, bytes_max).unwrap_or_default();
        let kept = read.into_iter().map_while(|item| match item {
            Item::Kept(record) => Some(record),
            Item::Expired { .. } => None,
        });
        kept.collect()
    }

    fn read_after(
        &self,
        id: MailboxId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let inner = self.inner();
        let Some(log) = inner.logs.get(&id) else {
            return Ok(Vec::new());
        };
        let mut items = Vec::new();
        let mut bytes = 0;
        for (sequence, slot) in log.range(after.next()..) {
            match (slot, items.last_mut()) {
                (Slot::Kept(record), _) => {
                    bytes += record.envelope.bytes().len();
                    if bytes > bytes_max && !items.is_empty() {
                        break;
                    }
                    items.push(Item::Kept(record.clone()));
                }
                (Slot::Expired(hash), Some(Item::Expired { hashes, .. }))
                    if hashes.len() < SKIPPED_HASHES_MAX =>
                {
                    hashes.push(*hash);
                }
                (Slot::Expired(hash), _) => items.push(Item::Expired {
                    first: *sequence,
                    hashes: vec![*hash],
                }),
            }
        }
        Ok(items)
    }

    fn expire(&self, before: Day) -> Result<Expired, StoreError> {
        let mut inner = self.inner();
        let mut days = std::collections::BTreeSet::new();
        let mut expired = Expired::default();
        for slot in inner.logs.values_mut().flat_map(BTreeMap::values_mut) {
            let old = match slot {
                Slot::Kept(record) if record.time.day() < before => (record.hash, record.time),
                _ => continue,
            };
            *slot = Slot::Expired(old.0);
            days.insert(old.1.day());
            expired.envelopes += 1;
        }
        expired.days = u32::try_from(days.len()).unwrap_or(u32::MAX);
        Ok(expired)
    }

    fn check(&self) -> Result<Soundness, StoreError> {
        let inner = self.inner();
        Ok(Soundness {
            mailboxes: inner.mailboxes.len() as u64,
            ..Soundness::default()
        })
    }
}
