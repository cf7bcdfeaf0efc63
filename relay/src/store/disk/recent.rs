//! What came last and is not checkpointed: also in memory, where those who follow a mailbox find it without
//! a read.

use std::collections::{HashMap, VecDeque};

use bellrope_proto::ids::{MailboxId, Sequence};

use crate::store::Record;

/// Each mailbox's newest records, without gaps.
#[derive(Debug, Default)]
pub(super) struct Recent(HashMap<MailboxId, VecDeque<Record>>);

impl Recent {
    pub(super) fn push(&mut self, record: &Record) {
        let records = self.0.entry(record.mailbox).or_default();
        records.push_back(record.clone());
    }

    pub(super) fn get(&self, id: MailboxId, sequence: Sequence) -> Option<Record> {
        let records = self.0.get(&id)?;
        let first = records.front()?.sequence;
        let at = sequence.0.checked_sub(first.0)?;
        records.get(usize::try_from(at).ok()?).cloned()
    }

    /// What follows a place, if that is all here.
    pub(super) fn after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record> {
        let Some(records) = self.0.get(&id) else {
            return Vec::new();
        };
        let first = records
            .front()
            .map_or(Sequence(0), |record| record.sequence);
        let Some(skip) = after.next().0.checked_sub(first.0) else {
            return Vec::new();
        };
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let mut bytes = 0_usize;
        let next = records.iter().skip(skip).take_while(|record| {
            let before = bytes;
            bytes = bytes.saturating_add(record.envelope.bytes().len());
            before == 0 || bytes <= bytes_max
        });
        next.cloned().collect()
    }

    /// Lets go what is checkpointed: each mailbox's records up to its place.
    pub(super) fn release(&mut self, checkpointed: HashMap<MailboxId, Sequence>) {
        for (mailbox, last) in checkpointed {
            if let Some(records) = self.0.get_mut(&mailbox) {
                while records
                    .front()
                    .is_some_and(|record| record.sequence <= last)
                {
                    records.pop_front();
                }
                if records.is_empty() {
                    self.0.remove(&mailbox);
                }
            }
        }
    }
}
