//! What was posted and is not yet checkpointed. A receipt waits for this file and for nothing else: one write
//! and one sync to blocks that are there already, where a database would sync its log and its growth.
//!
//! Two halves: one takes what comes while the other is checkpointed. Each batch begins on a page of its own,
//! so that a torn write cannot reach the batch before it, and is a header, the sealed list of what
//! is in it, and the sealed envelopes. The seal is under the day's key and bound to the half's
//! generation and the place: an old batch in a half that is used again is none, a batch that
//! was cut by a loss of power is none, and what remains here of an erased day is noise.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use bellrope_proto::{
    codec,
    envelope::Envelope,
    ids::{Day, Hash, MailboxId, Sequence, Timestamp},
};
use serde::{Deserialize, Serialize};

use super::{
    day_keys::{DayKey, SEAL_BYTES},
    error::damaged,
    names::place,
};
use crate::{
    durable::{sync_dir, sync_file},
    store::Record,
};

/// A page of the disk: what it writes whole or, at worst, tears.
const PAGE: usize = 4096;

/// Marks a batch's first bytes.
const MAGIC: [u8; 4] = *b"brj1";

const HEADER_BYTES: usize = 4 + 8 + 4 + 4 + 4;

#[derive(Serialize, Deserialize)]
struct Header {
    magic: [u8; 4],
    generation: u64,
    day: u32,
    list_bytes: u32,
    body_bytes: u32,
}

/// One record of a batch, without its envelope.
#[derive(Serialize, Deserialize)]
struct Listed {
    mailbox: MailboxId,
    sequence: Sequence,
    hash: Hash,
    head: Hash,
    time: Timestamp,
    bytes: u32,
}

/// A record, the day that it is filed under, and where in its half the sealed envelope lies.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) day: Day,
    pub(super) record: Record,
    pub(super) at: u64,
}

impl Entry {
    /// Bytes that the sealed envelope has.
    pub(super) fn sealed_bytes(&self) -> usize {
        self.record.envelope.bytes().len() + SEAL_BYTES
    }
}

#[derive(Debug)]
struct Half {
    path: PathBuf,
    file: Arc<File>,
    generation: u64,
    used: usize,
    /// A batch that was refused may lie behind what is used: its sync failed, and who posted it has no receipt.
    refused: bool,
    entries: Vec<Entry>,
    /// Found at the start behind pages that are no batch.
    behind_a_gap: Vec<Entry>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Journal {
    /// Takes what comes.
    active: Half,
    /// Waits for a checkpoint, or is empty.
    waiting: Half,
    generation: u64,
    half_bytes: usize,
    buffer: Vec<u8>,
    syncs: u64,
    #[cfg(test)]
    pub(super) sync_fails: bool,
}

/// What a checkpoint has to put in its place.
pub(super) struct Checkpoint {
    /// The half's file: sealed envelopes are copied from it.
    pub(super) file: Arc<File>,
    pub(super) entries: Vec<Entry>,
}

/// Why a batch was not written.
pub(super) enum WriteError {
    /// Both halves wait for a checkpoint.
    Full,
    System(io::Error),
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// Where a day's key is asked for; `None` when the day was erased.
pub(super) type Keys<'a> = dyn FnMut(Day) -> io::Result<Option<Arc<DayKey>>> + 'a;

impl Journal {
    /// Opens or makes the journal in `dir`. What it holds waits for a checkpoint.
    pub(super) fn open(dir: &Path, half_bytes: usize, keys: &mut Keys<'_>) -> io::Result<Self> {
        let half_bytes = half_bytes.next_multiple_of(PAGE);
        let mut active = Half::open(&dir.join("a"), half_bytes, keys)?;
        let mut waiting = Half::open(&dir.join("b"), half_bytes, keys)?;
        sync_dir(dir)?;
        // The older one is checkpointed first; an empty one has generation 0.
        let older = active.used > 0 && active.generation < waiting.generation;
        if older || waiting.used == 0 {
            std::mem::swap(&mut active, &mut waiting);
        }
        Ok(Self {
            generation: active.generation.max(waiting.generation),
            active,
            waiting,
            half_bytes,
            buffer: Vec::new(),
            syncs: 0,
            #[cfg(test)]
            sync_fails: false,
        })
    }

    /// Goes through what was found at the start, in order. `is_new` says whether a record is not
    /// checkpointed yet; those that are, are let go.
    ///
    /// A loss of power cuts the last batch, or the first of a half that is used again: what lies behind it
    /// is then checkpointed long since. A new record behind a gap means that something that was answered for
    /// is lost.
    pub(super) fn replay(
        &mut self,
        mut is_new: impl FnMut(&Entry) -> io::Result<bool>,
    ) -> io::Result<()> {
        for half in [&mut self.waiting, &mut self.active] {
            for entry in std::mem::take(&mut half.entries) {
                if is_new(&entry)? {
                    half.entries.push(entry);
                }
            }
            for entry in std::mem::take(&mut half.behind_a_gap) {
                if is_new(&entry)? {
                    return Err(damaged("the journal"));
                }
            }
            if half.entries.is_empty() {
                half.used = 0;
            }
        }
        Ok(())
    }

    /// Bytes that wait for a checkpoint.
    pub(super) fn uncheckpointed_bytes(&self) -> usize {
        self.active.used + self.waiting.used
    }

    /// Overwrites what no checkpoint waits for. It is noise when the day's key is gone; but a key may have been copied.
    pub(super) fn wipe(&mut self) -> io::Result<()> {
        for half in [&mut self.active, &mut self.waiting] {
            let zeros = vec![0; self.half_bytes.saturating_sub(half.used)];
            half.file.write_all_at(&zeros, half.used as u64)?;
            sync_file(&half.file, &half.path)?;
            half.refused = false;
        }
        Ok(())
    }

    /// Whether something of a day before this one waits.
    pub(super) fn has_before(&self, day: Day) -> bool {
        let mut all = self.waiting.entries.iter().chain(&self.active.entries);
        all.any(|entry| entry.day < day)
    }

    /// Whether a half is empty: a commit that found no room has some now.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.used == 0
    }

    /// Writes records of one day, all or none; returns when a loss of power cannot take them away.
    pub(super) fn write(
        &mut self,
        day: Day,
        key: &DayKey,
        records: &[&Record],
    ) -> Result<(), WriteError> {
        let body: usize = records.iter().map(|record| sealed_bytes(record)).sum();
        let list = codec::encode(&records.iter().map(|r| listed(r)).collect::<Vec<_>>());
        let bytes = (HEADER_BYTES + list.len() + SEAL_BYTES + body).next_multiple_of(PAGE);
        if bytes > self.half_bytes {
            return Err(io::Error::other("a commit is larger than the journal").into());
        }
        if self.active.used + bytes > self.half_bytes {
            if self.waiting.used > 0 {
                return Err(WriteError::Full);
            }
            self.active.forget_refused()?;
            std::mem::swap(&mut self.active, &mut self.waiting);
        }
        let half = &mut self.active;
        if half.used == 0 {
            self.generation += 1;
            half.generation = self.generation;
        }
        let header = codec::encode(&Header {
            magic: MAGIC,
            generation: half.generation,
            day: day.0,
            list_bytes: size(list.len() + SEAL_BYTES)?,
            body_bytes: size(body)?,
        });
        self.buffer.clear();
        self.buffer.extend_from_slice(&header);
        key.seal(&bound(&header, half.used), &list, &mut self.buffer)?;
        let mut entries = Vec::with_capacity(records.len());
        for record in records {
            entries.push(Entry {
                day,
                record: (*record).clone(),
                at: (half.used + self.buffer.len()) as u64,
            });
            let place = place(record.mailbox, record.sequence);
            key.seal(&place, record.envelope.bytes(), &mut self.buffer)?;
        }
        self.buffer.resize(bytes, 0);
        // One that was refused before is written over.
        half.refused = true;
        half.file.write_all_at(&self.buffer, half.used as u64)?;
        #[cfg(test)]
        if self.sync_fails {
            return Err(io::Error::from(io::ErrorKind::StorageFull).into());
        }
        sync_file(&half.file, &half.path)?;
        half.refused = false;
        self.syncs += 1;
        half.used += bytes;
        half.entries.extend(entries);
        Ok(())
    }

    /// The older half's records; from here on the other half takes what comes. They stay here until [`Self::finish_checkpoint`]:
    /// a checkpoint that fails is begun again with all of them, or what has receipts would be written over.
    pub(super) fn begin_checkpoint(&mut self) -> io::Result<Option<Checkpoint>> {
        if self.waiting.used == 0 && self.active.used > 0 {
            self.active.forget_refused()?;
            std::mem::swap(&mut self.active, &mut self.waiting);
        }
        Ok((self.waiting.used > 0).then(|| Checkpoint {
            file: Arc::clone(&self.waiting.file),
            entries: self.waiting.entries.clone(),
        }))
    }

    /// All of it is where it stays: its half may be used again.
    pub(super) fn finish_checkpoint(&mut self) {
        self.waiting.entries.clear();
        self.waiting.used = 0;
    }

    /// How often the disk was waited for.
    #[cfg(test)]
    pub(super) fn syncs(&self) -> u64 {
        self.syncs
    }
}

impl Half {
    fn open(path: &Path, bytes: usize, keys: &mut Keys<'_>) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        let mut there = Vec::new();
        (&file).read_to_end(&mut there)?;
        let mut half = Self {
            path: path.to_owned(),
            file: Arc::new(file),
            generation: 0,
            used: 0,
            refused: false,
            entries: Vec::new(),
            behind_a_gap: Vec::new(),
        };
        half.read(&there, keys)?;
        if there.len() < bytes {
            // Written, not reserved: a sync then has no new blocks to note.
            let zeros = vec![0; bytes - there.len()];
            half.file.write_all_at(&zeros, there.len() as u64)?;
            sync_file(&half.file, path)?;
        }
        Ok(half)
    }

    /// Before the other half takes what comes. A start would take the refused batch for one that was answered for, and what was
    /// written at its places since for something that it has.
    fn forget_refused(&mut self) -> io::Result<()> {
        if self.refused {
            self.file.write_all_at(&[0; PAGE], self.used as u64)?;
            sync_file(&self.file, &self.path)?;
            self.refused = false;
        }
        Ok(())
    }

    /// Every whole batch of the generation of the first one.
    fn read(&mut self, there: &[u8], keys: &mut Keys<'_>) -> io::Result<()> {
        let (mut at, mut gap) = (0, false);
        while at < there.len() {
            let Some(batch) = self.batch(at, there, keys)? else {
                gap = true;
                at += PAGE;
                continue;
            };
            self.generation = batch.generation;
            self.used = batch.end;
            if gap {
                self.behind_a_gap.extend(batch.entries);
            } else {
                self.entries.extend(batch.entries);
            }
            at = batch.end;
        }
        Ok(())
    }

    fn batch(
        &self,
        at: usize,
        there: &[u8],
        keys: &mut Keys<'_>,
    ) -> io::Result<Option<FoundBatch>> {
        let there = there.get(at..).unwrap_or_default();
        let Some((head, rest)) = there.split_at_checked(HEADER_BYTES) else {
            return Ok(None);
        };
        let Ok(header) = codec::decode::<Header>(head) else {
            return Ok(None);
        };
        let other = self.generation != 0 && header.generation != self.generation;
        if header.magic != MAGIC || other {
            return Ok(None);
        }
        let (list, body) = (header.list_bytes as usize, header.body_bytes as usize);
        let sealed = rest.split_at_checked(list);
        let Some((list, rest)) = sealed.filter(|(_, rest)| rest.len() >= body) else {
            return Ok(None);
        };
        let bytes = HEADER_BYTES + list.len() + body;
        let mut batch = FoundBatch {
            generation: header.generation,
            end: at + bytes.next_multiple_of(PAGE),
            entries: Vec::new(),
        };
        let Some(key) = keys(Day(header.day))? else {
            return Ok(Some(batch));
        };
        let list = key.open(&bound(head, at), list);
        let list = list.map(|list| codec::decode::<Vec<Listed>>(&list));
        let Some(Ok(list)) = list else {
            return Ok(None);
        };
        let mut offset = 0;
        for listed in list {
            let end = offset + listed.bytes as usize + SEAL_BYTES;
            let opened = rest
                .get(offset..end)
                .and_then(|sealed| key.open(&place(listed.mailbox, listed.sequence), sealed))
                .and_then(|opened| Envelope::new(opened).ok());
            let Some(envelope) = opened else {
                return Ok(None);
            };
            batch.entries.push(Entry {
                day: Day(header.day),
                at: (at + HEADER_BYTES + header.list_bytes as usize + offset) as u64,
                record: Record {
                    mailbox: listed.mailbox,
                    sequence: listed.sequence,
                    hash: listed.hash,
                    head: listed.head,
                    time: listed.time,
                    envelope,
                },
            });
            offset = end;
        }
        Ok(Some(batch))
    }
}

/// A batch as it is found at the start.
struct FoundBatch {
    generation: u64,
    end: usize,
    entries: Vec<Entry>,
}

fn listed(record: &Record) -> Listed {
    Listed {
        mailbox: record.mailbox,
        sequence: record.sequence,
        hash: record.hash,
        head: record.head,
        time: record.time,
        bytes: size(record.envelope.bytes().len()).unwrap_or(u32::MAX),
    }
}

fn sealed_bytes(record: &Record) -> usize {
    record.envelope.bytes().len() + SEAL_BYTES
}

fn size(bytes: usize) -> io::Result<u32> {
    u32::try_from(bytes).map_err(io::Error::other)
}

fn bound(header: &[u8], at: usize) -> Vec<u8> {
    [b"journal", header, &(at as u64).to_be_bytes()].concat()
}
