//! One day's envelopes: a sled database of their own, encrypted under the day's key, so that expiry
//! can drop the directory whole.
//!
//! Keys begin with one letter: `e` an envelope's parts, `m` what is known of it besides (hash, head,
//! time, size: these outlive it), `h` its place by its hash, `t` each mailbox's tally. A commit writes
//! all of its rows in one batch.

use std::{
    collections::HashMap,
    io,
    sync::{PoisonError, RwLock},
};

use bellrope_proto::{
    codec,
    envelope::Envelope,
    ids::{Hash, MailboxId, Sequence, Timestamp},
};
use serde::{Deserialize, Serialize};

use super::{
    Place, Record, Usage,
    day_keys::DayKey,
    sled::{Batch, Database, VALUE_BYTES_MAX},
};

/// Every bucket is a multiple of it. With nonce and tag it stays below what the database may be given.
const PART_BYTES: usize = 4 * 1024;
const _: () = assert!(PART_BYTES + 64 <= VALUE_BYTES_MAX);

/// What one day holds of one mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) first: Sequence,
    pub(super) last: Sequence,
    pub(super) head: Hash,
    pub(super) oldest: Timestamp,
    pub(super) envelopes: u64,
    pub(super) bytes: u64,
}

/// What is known of an envelope besides its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Meta {
    pub(super) hash: Hash,
    pub(super) head: Hash,
    pub(super) time: Timestamp,
    pub(super) bytes: u32,
}

#[derive(Debug)]
pub(super) struct DayStore {
    database: Database,
    key: DayKey,
    tallies: RwLock<HashMap<MailboxId, Tally>>,
}

impl DayStore {
    pub(super) fn new(database: Database, key: DayKey) -> io::Result<Self> {
        let mut tallies = HashMap::new();
        for (key, value) in database.rows(b't')? {
            let mailbox = MailboxId::from_slice(&key);
            let tally = codec::decode::<Tally>(&value).ok();
            let (mailbox, tally) = mailbox.zip(tally).ok_or_else(|| damaged("a tally"))?;
            tallies.insert(mailbox, tally);
        }
        let day = Self {
            database,
            key,
            tallies: RwLock::new(tallies),
        };
        // A batch is all or none: where a tally is, the row of its newest envelope must be.
        for (mailbox, tally) in day.tallies() {
            let meta = day.meta(mailbox, tally.last)?;
            if meta.is_none_or(|meta| meta.head != tally.head) {
                return Err(damaged("a mailbox's newest entry"));
            }
        }
        Ok(day)
    }

    #[cfg(test)]
    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn tallies(&self) -> Vec<(MailboxId, Tally)> {
        let tallies = self.tallies.read().unwrap_or_else(PoisonError::into_inner);
        tallies.iter().map(|(id, tally)| (*id, *tally)).collect()
    }

    pub(super) fn tally(&self, mailbox: MailboxId) -> Option<Tally> {
        let tallies = self.tallies.read().unwrap_or_else(PoisonError::into_inner);
        tallies.get(&mailbox).copied()
    }

    pub(super) fn add_usage(&self, mailbox: MailboxId, usage: &mut Usage) {
        if let Some(tally) = self.tally(mailbox) {
            usage.envelopes = usage.envelopes.saturating_add(tally.envelopes);
            usage.bytes = usage.bytes.saturating_add(tally.bytes);
            usage.oldest = usage.oldest.or(Some(tally.oldest));
        }
    }

    /// One durable commit.
    pub(super) fn append(&self, records: &[&Record]) -> io::Result<()> {
        let mut batch = Batch::default();
        let mut tallies: HashMap<MailboxId, Tally> = HashMap::new();
        for record in records {
            self.write(&mut batch, record)?;
            let bytes = record.envelope.bytes().len() as u64;
            let tally =
                tallies
                    .entry(record.mailbox)
                    .or_insert_with(|| match self.tally(record.mailbox) {
                        Some(tally) => tally,
                        None => Tally {
                            first: record.sequence,
                            last: record.sequence,
                            head: record.head,
                            oldest: record.time,
                            envelopes: 0,
                            bytes: 0,
                        },
                    });
            tally.last = record.sequence;
            tally.head = record.head;
            tally.envelopes = tally.envelopes.saturating_add(1);
            tally.bytes = tally.bytes.saturating_add(bytes);
        }
        for (mailbox, tally) in &tallies {
            batch.insert(key(b't', *mailbox, &[]), codec::encode(tally));
        }
        self.database.commit(batch)?;
        let mut known = self.tallies.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(tallies);
        Ok(())
    }

    fn write(&self, batch: &mut Batch, record: &Record) -> io::Result<()> {
        let (mailbox, sequence) = (record.mailbox, record.sequence.0.to_be_bytes());
        for (number, part) in (0_u8..).zip(record.envelope.bytes().chunks(PART_BYTES)) {
            let place = key(b'e', mailbox, &[sequence.as_slice(), &[number]].concat());
            let sealed = self.key.seal(&place, part)?;
            batch.insert(place, sealed);
        }
        let meta = Meta {
            hash: record.hash,
            head: record.head,
            time: record.time,
            bytes: u32::try_from(record.envelope.bytes().len()).map_err(io::Error::other)?,
        };
        batch.insert(key(b'm', mailbox, &sequence), codec::encode(&meta));
        batch.insert(
            key(b'h', mailbox, &record.hash.0),
            codec::encode(&record.sequence),
        );
        Ok(())
    }

    pub(super) fn find(&self, mailbox: MailboxId, envelope: Hash) -> io::Result<Option<Place>> {
        let Some(row) = self.get(&key(b'h', mailbox, &envelope.0))? else {
            return Ok(None);
        };
        let sequence = codec::decode(&row).map_err(|_| damaged("a place"))?;
        let meta = self.meta(mailbox, sequence)?;
        Ok(meta.map(|meta| Place {
            sequence,
            head: meta.head,
            time: meta.time,
        }))
    }

    pub(super) fn meta(&self, mailbox: MailboxId, sequence: Sequence) -> io::Result<Option<Meta>> {
        match self.get(&key(b'm', mailbox, &sequence.0.to_be_bytes()))? {
            Some(row) => codec::decode(&row)
                .map(Some)
                .map_err(|_| damaged("an entry")),
            None => Ok(None),
        }
    }

    /// The record at a place that the tally covers.
    pub(super) fn read(&self, mailbox: MailboxId, sequence: Sequence) -> io::Result<Record> {
        let meta = self.meta(mailbox, sequence)?;
        let meta = meta.ok_or_else(|| damaged("a missing entry"))?;
        let mut bytes = Vec::with_capacity(meta.bytes as usize);
        let number = sequence.0.to_be_bytes();
        for part in 0_u8.. {
            if bytes.len() >= meta.bytes as usize {
                break;
            }
            let place = key(b'e', mailbox, &[number.as_slice(), &[part]].concat());
            let stored = self.get(&place)?.ok_or_else(|| damaged("a part"))?;
            let opened = self.key.open(&place, &stored);
            bytes.extend_from_slice(&opened.ok_or_else(|| damaged("a part"))?);
        }
        let envelope = Envelope::new(bytes).map_err(|_| damaged("an envelope"))?;
        Ok(Record {
            mailbox,
            sequence,
            hash: meta.hash,
            head: meta.head,
            time: meta.time,
            envelope,
        })
    }

    fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        self.database.get(key)
    }
}

fn key(kind: u8, mailbox: MailboxId, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + MailboxId::LEN + rest.len());
    key.push(kind);
    key.extend_from_slice(&mailbox.0);
    key.extend_from_slice(rest);
    key
}

pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} is damaged"))
}
