//! One day's envelopes: a catalog, volumes of sealed pages, and in memory what is asked for often. All under
//! one directory and one key, so that expiry can drop them whole.

use std::{
    collections::HashMap,
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use bellrope_proto::{
    envelope::Envelope,
    ids::{Hash, Leaf, MailboxId, Sequence, Timestamp},
    receipt::first_head,
};

use super::{
    catalog::{Catalog, EnvelopeMeta, NewRuns, Run},
    day_keys::{DayKey, SEAL_BYTES},
    error::damaged,
    journal::Entry,
    names::place,
    sled::PAGE_BYTES_MAX,
    volumes::Volumes,
};
use crate::store::{Record, StoredAt, Tail, Usage};

/// What one day holds of one mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) first: Sequence,
    pub(super) last: Sequence,
    pub(super) head: Hash,
    pub(super) oldest: Timestamp,
    pub(super) bytes: u64,
}

impl Tally {
    pub(super) fn tail(&self) -> Tail {
        Tail {
            sequence: self.last,
            head: self.head,
        }
    }

    pub(super) fn envelopes(&self) -> u64 {
        self.last.0 - self.first.0 + 1
    }

    fn covers(&self, sequence: Sequence) -> bool {
        self.first <= sequence && sequence <= self.last
    }
}

#[derive(Debug, Default)]
struct Contents {
    tallies: HashMap<MailboxId, Tally>,
    /// Where an envelope is, by a part of its hash: a second post of it must be found at once, also
    /// among half a million. What is found is compared whole.
    places: HashMap<u64, Sequence>,
}

impl Contents {
    fn note(&mut self, mailbox: MailboxId, sequence: Sequence, meta: &EnvelopeMeta) -> &mut Tally {
        self.places.insert(part(mailbox, meta.hash), sequence);
        let tally = self.tallies.entry(mailbox).or_insert(Tally {
            first: sequence,
            last: sequence,
            head: first_head(mailbox),
            oldest: meta.time,
            bytes: 0,
        });
        tally.last = sequence;
        tally.bytes = tally.bytes.saturating_add(u64::from(meta.bytes));
        tally
    }

    /// A run of the catalog, which goes on where the one before it ended.
    fn note_run(&mut self, mailbox: MailboxId, first: Sequence, run: &Run) -> io::Result<()> {
        let before = self.tallies.get(&mailbox).map(|tally| tally.last.next());
        if before.is_some_and(|next| next != first) {
            return Err(damaged("a mailbox's order"));
        }
        let mut sequence = first;
        for meta in run.metas() {
            self.note(mailbox, sequence, &meta);
            sequence = sequence.next();
        }
        Ok(())
    }
}

fn part(mailbox: MailboxId, hash: Hash) -> u64 {
    let first = |bytes: &[u8; 32]| {
        bytes
            .first_chunk::<8>()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes))
    };
    first(&mailbox.0) ^ first(&hash.0)
}

#[derive(Debug)]
pub(super) struct DayStore {
    catalog: Catalog,
    volumes: Volumes,
    key: Arc<DayKey>,
    contents: RwLock<Contents>,
    /// Whether something was checkpointed that is not settled.
    unsettled: AtomicBool,
}

impl DayStore {
    /// A day whose catalog is open.
    pub(super) fn new(catalog: Catalog, volumes: Volumes, key: Arc<DayKey>) -> io::Result<Self> {
        let mut contents = Contents::default();
        let mut newest: HashMap<MailboxId, Run> = HashMap::new();
        for row in catalog.runs() {
            let (mailbox, first, run) = row?;
            contents.note_run(mailbox, first, &run)?;
            newest.insert(mailbox, run);
        }
        // Of each mailbox only the end of the chain is asked for often.
        for (mailbox, run) in newest {
            let head = run.metas_and_heads().last().map(|(_, head)| head);
            if let Some((tally, head)) = contents.tallies.get_mut(&mailbox).zip(head) {
                tally.head = head;
            }
        }
        Ok(Self {
            catalog,
            volumes,
            key,
            contents: RwLock::new(contents),
            unsettled: AtomicBool::new(false),
        })
    }

    pub(super) fn key(&self) -> &Arc<DayKey> {
        &self.key
    }

    fn look<T>(&self, look: impl FnOnce(&Contents) -> T) -> T {
        look(&self.contents.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn tallies(&self) -> Vec<(MailboxId, Tally)> {
        self.look(|contents| {
            contents
                .tallies
                .iter()
                .map(|(id, tally)| (*id, *tally))
                .collect()
        })
    }

    pub(super) fn tally(&self, mailbox: MailboxId) -> Option<Tally> {
        self.look(|contents| contents.tallies.get(&mailbox).copied())
    }

    pub(super) fn covers(&self, mailbox: MailboxId, sequence: Sequence) -> bool {
        self.tally(mailbox)
            .is_some_and(|tally| tally.covers(sequence))
    }

    pub(super) fn add_usage(&self, mailbox: MailboxId, usage: &mut Usage) {
        if let Some(tally) = self.tally(mailbox) {
            usage.envelopes = usage.envelopes.saturating_add(tally.envelopes());
            usage.bytes = usage.bytes.saturating_add(tally.bytes);
            usage.oldest = usage.oldest.or(Some(tally.oldest));
        }
    }

    /// These records are in the journal: they count from now on.
    pub(super) fn note(&self, records: &[&Record]) {
        let mut contents = self
            .contents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        for record in records {
            if let Ok(meta) = EnvelopeMeta::of(record) {
                contents.note(record.mailbox, record.sequence, &meta).head = record.head;
            }
        }
    }

    /// Where an envelope may be; whoever asks compares.
    pub(super) fn find(&self, mailbox: MailboxId, hash: Hash) -> Option<Sequence> {
        self.look(|contents| contents.places.get(&part(mailbox, hash)).copied())
    }

    /// Takes over from the journal: pages first, then, when they are on disk, the catalog that names them.
    pub(super) fn checkpoint(&self, entries: &mut [Entry], journal: &File) -> io::Result<()> {
        self.unsettled.store(true, Ordering::SeqCst);
        let done = self.copy(entries, journal);
        if done.is_err() {
            self.volumes.give_up();
        }
        done
    }

    /// When it is over.
    pub(super) fn settle(&self) {
        if self.unsettled.swap(false, Ordering::SeqCst) {
            self.volumes.settle();
            if let Err(error) = self.catalog.settle() {
                tracing::debug!(%error, "a day's catalog could not be settled");
            }
        }
    }

    fn copy(&self, entries: &mut [Entry], journal: &File) -> io::Result<()> {
        // One mailbox's envelopes together: a page is read whole.
        entries.sort_by_key(|entry| (entry.record.mailbox, entry.record.sequence));
        let mut runs = NewRuns::default();
        let mut rest = &*entries;
        let mut page = Vec::with_capacity(PAGE_BYTES_MAX);
        while !rest.is_empty() {
            page.clear();
            let mut filled = 0;
            for entry in rest {
                let (begin, bytes) = (page.len(), entry.sealed_bytes());
                if begin + bytes > PAGE_BYTES_MAX {
                    break;
                }
                page.resize(begin + bytes, 0);
                let sealed = page.get_mut(begin..).unwrap_or_default();
                journal.read_exact_at(sealed, entry.at)?;
                filled += 1;
            }
            let (these, others) = rest.split_at(filled);
            let id = self.volumes.write(&page)?;
            let mut offset = 0;
            for run in these.chunk_by(|one, other| one.record.mailbox == other.record.mailbox) {
                let bytes: usize = run.iter().map(Entry::sealed_bytes).sum();
                runs.add(run.iter().map(|entry| &entry.record), id, offset)?;
                offset += bytes;
            }
            rest = others;
        }
        self.volumes.sync()?;
        // Before the catalog is asked: one that fails may have it all the same.
        self.volumes.keep();
        self.catalog.commit(runs)
    }

    /// What a receipt said of a checkpointed envelope, and its hash.
    pub(super) fn stored_at(&self, id: MailboxId, at: Sequence) -> io::Result<(Hash, StoredAt)> {
        let (first, run) = self.catalog.run(id, at)?;
        let skip = usize::try_from(at.0 - first.0).map_err(io::Error::other)?;
        let found = run.metas_and_heads().nth(skip);
        let (meta, head) = found.ok_or_else(|| damaged("a missing run"))?;
        let stored_at = StoredAt {
            sequence: at,
            head,
            time: meta.time,
        };
        Ok((meta.hash, stored_at))
    }

    /// Checkpointed records from a place on: the rest of its run, or about so many bytes of it, but one at least.
    pub(super) fn read(
        &self,
        mailbox: MailboxId,
        from: Sequence,
        bytes_max: usize,
    ) -> io::Result<Vec<Record>> {
        let (first, run) = self.catalog.run(mailbox, from)?;
        let read = self.volumes.read(run.page, |page| {
            let mut records = Vec::new();
            let mut sequence = first;
            let mut at = run.offset as usize;
            let mut bytes = 0_usize;
            for (meta, head) in run.metas_and_heads() {
                let end = at + meta.bytes as usize + SEAL_BYTES;
                if sequence >= from {
                    bytes = bytes.saturating_add(meta.bytes as usize);
                    if bytes > bytes_max && !records.is_empty() {
                        break;
                    }
                    let opened = page
                        .get(at..end)
                        .and_then(|sealed| self.key.open(&place(mailbox, sequence), sealed))
                        .ok_or_else(|| damaged("an envelope"))?;
                    records.push(Record {
                        mailbox,
                        sequence,
                        hash: meta.hash,
                        head,
                        time: meta.time,
                        envelope: Envelope::new(opened)
                            .map_err(|error| damaged(&format!("an envelope ({error})")))?,
                    });
                }
                at = end;
                sequence = sequence.next();
            }
            Ok(records)
        })?;
        read.ok_or_else(|| damaged("a missing page"))?
    }

    /// The chain's entries from a place on, a run at a time: what outlives the day.
    pub(super) fn leaves(&self, mailbox: MailboxId, from: Sequence) -> io::Result<Vec<Leaf>> {
        let (first, run) = self.catalog.run(mailbox, from)?;
        let skip = usize::try_from(from.0 - first.0).map_err(io::Error::other)?;
        Ok(run.metas().skip(skip).map(|meta| meta.leaf()).collect())
    }

    /// Whether the disk fails for the catalog, from now on.
    #[cfg(test)]
    pub(super) fn catalog_fails(&self, fails: bool) {
        self.catalog.fails(fails);
    }

    /// Readers get nothing any more.
    pub(super) fn close(&self) {
        self.volumes.close();
    }
}
