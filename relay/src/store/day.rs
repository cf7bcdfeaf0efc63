//! One day's envelopes: a catalog of runs, volumes of sealed pages, and in memory what is asked for often.
//! All under one directory and one key, so that expiry can drop them whole.
//!
//! A run is a stretch of one mailbox's envelopes that lie one behind the other in one page.

use std::{
    collections::HashMap,
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    sync::{Arc, PoisonError, RwLock},
};

use bellrope_proto::{
    codec::{self, Blob},
    envelope::Envelope,
    ids::{Hash, MailboxId, Sequence, Timestamp},
    receipt::{first_head, next_head},
};
use serde::{Deserialize, Serialize};

use super::{
    Place, Record, Usage,
    day_keys::{DayKey, SEAL_BYTES},
    journal::{Entry, place},
    sled::{Batch, Database, PAGE_BYTES_MAX},
    volumes::{PageId, Volumes},
};

/// Where the catalog is, beside the numbered volumes.
pub(super) const CATALOG: &str = "catalog";

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
    pub(super) fn envelopes(&self) -> u64 {
        self.last.0 - self.first.0 + 1
    }

    fn covers(&self, sequence: Sequence) -> bool {
        self.first <= sequence && sequence <= self.last
    }
}

/// A row of the catalog. Its key is the mailbox and the first place.
#[derive(Debug, Serialize, Deserialize)]
struct Run {
    page: PageId,
    /// Where in the page it begins.
    offset: u32,
    /// The chain's head after the first envelope.
    head: Hash,
    /// Each [`Meta`], packed: half a million are read at a start.
    metas: Blob,
}

/// What is known of an envelope besides its bytes.
#[derive(Clone, Copy, Debug)]
struct Meta {
    hash: Hash,
    time: Timestamp,
    bytes: u32,
}

impl Meta {
    const BYTES: usize = Hash::LEN + 8 + 4;

    fn of(record: &Record) -> io::Result<Self> {
        let bytes = u32::try_from(record.envelope.bytes().len());
        Ok(Self {
            hash: record.hash,
            time: record.time,
            bytes: bytes.map_err(io::Error::other)?,
        })
    }

    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hash.0);
        out.extend_from_slice(&self.time.0.to_be_bytes());
        out.extend_from_slice(&self.bytes.to_be_bytes());
    }

    fn unpack(packed: &[u8; Self::BYTES]) -> Option<Self> {
        let (hash, rest) = packed.split_first_chunk()?;
        let (time, rest) = rest.split_first_chunk()?;
        let (bytes, _) = rest.split_first_chunk()?;
        Some(Self {
            hash: Hash(*hash),
            time: Timestamp(u64::from_be_bytes(*time)),
            bytes: u32::from_be_bytes(*bytes),
        })
    }
}

impl Run {
    fn decode(row: &[u8]) -> io::Result<Self> {
        let run = codec::decode::<Self>(row).ok();
        let whole =
            |run: &Self| !run.metas.0.is_empty() && run.metas.0.len().is_multiple_of(Meta::BYTES);
        run.filter(whole).ok_or_else(|| damaged("a run"))
    }

    fn len(&self) -> u64 {
        (self.metas.0.len() / Meta::BYTES) as u64
    }

    fn metas(&self) -> impl Iterator<Item = Meta> {
        let (packed, _) = self.metas.0.as_chunks();
        packed.iter().filter_map(Meta::unpack)
    }

    /// Each envelope with the chain's head after it.
    fn metas_and_heads(&self) -> impl Iterator<Item = (Meta, Hash)> {
        let mut head = self.head;
        self.metas().enumerate().map(move |(at, meta)| {
            if at > 0 {
                head = next_head(head, meta.hash);
            }
            (meta, head)
        })
    }
}

#[derive(Debug, Default)]
struct Known {
    tallies: HashMap<MailboxId, Tally>,
    /// Where an envelope is, by a part of its hash: a second post of it must be found at once, also
    /// among half a million. What is found is compared whole.
    places: HashMap<u64, Sequence>,
}

impl Known {
    fn note(&mut self, mailbox: MailboxId, sequence: Sequence, meta: &Meta) -> &mut Tally {
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
    catalog: Database,
    volumes: Volumes,
    key: Arc<DayKey>,
    known: RwLock<Known>,
}

impl DayStore {
    /// A day whose catalog is open.
    pub(super) fn new(catalog: Database, volumes: Volumes, key: Arc<DayKey>) -> io::Result<Self> {
        let mut known = Known::default();
        let mut newest: HashMap<MailboxId, Run> = HashMap::new();
        for row in catalog.rows(b'r') {
            let (key, value) = row?;
            let (mailbox, first) = parse(&key).ok_or_else(|| damaged("a run's name"))?;
            let run = Run::decode(&value)?;
            known.note_run(mailbox, first, &run)?;
            newest.insert(mailbox, run);
        }
        // Of each mailbox only the end of the chain is asked for often.
        for (mailbox, run) in newest {
            let head = run.metas_and_heads().last().map(|(_, head)| head);
            if let Some((tally, head)) = known.tallies.get_mut(&mailbox).zip(head) {
                tally.head = head;
            }
        }
        Ok(Self {
            catalog,
            volumes,
            key,
            known: RwLock::new(known),
        })
    }

    pub(super) fn key(&self) -> &Arc<DayKey> {
        &self.key
    }

    fn look<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn tallies(&self) -> Vec<(MailboxId, Tally)> {
        self.look(|known| {
            known
                .tallies
                .iter()
                .map(|(id, tally)| (*id, *tally))
                .collect()
        })
    }

    pub(super) fn tally(&self, mailbox: MailboxId) -> Option<Tally> {
        self.look(|known| known.tallies.get(&mailbox).copied())
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
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            if let Ok(meta) = Meta::of(record) {
                known.note(record.mailbox, record.sequence, &meta).head = record.head;
            }
        }
    }

    /// Where an envelope may be; whoever asks compares.
    pub(super) fn find(&self, mailbox: MailboxId, hash: Hash) -> Option<Sequence> {
        self.look(|known| known.places.get(&part(mailbox, hash)).copied())
    }

    /// Files what is in the journal: pages first, then, when they are on disk, the catalog that names them.
    pub(super) fn file(&self, entries: &mut [Entry], journal: &File) -> io::Result<()> {
        // One mailbox's envelopes together: a page is read whole.
        entries.sort_by_key(|entry| (entry.record.mailbox, entry.record.sequence));
        let mut batch = Batch::default();
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
                add_run(&mut batch, run, id, offset)?;
                offset += bytes;
            }
            rest = others;
        }
        self.volumes.sync()?;
        self.catalog.commit(batch)
    }

    fn run(&self, mailbox: MailboxId, sequence: Sequence) -> io::Result<(Sequence, Run)> {
        let least = run_key(mailbox, Sequence(0));
        let most = run_key(mailbox, sequence);
        let row = self.catalog.last_between(&least, &most)?;
        let (key, value) = row.ok_or_else(|| damaged("a missing run"))?;
        let name = parse(key.get(1..).unwrap_or_default());
        let (_, first) = name.ok_or_else(|| damaged("a run's name"))?;
        let run = Run::decode(&value)?;
        if sequence.0 - first.0 >= run.len() {
            return Err(damaged("a missing run"));
        }
        Ok((first, run))
    }

    /// What a receipt said of a filed envelope, and its hash.
    pub(super) fn filed_place(&self, id: MailboxId, at: Sequence) -> io::Result<(Hash, Place)> {
        let (first, run) = self.run(id, at)?;
        let skip = usize::try_from(at.0 - first.0).map_err(io::Error::other)?;
        let found = run.metas_and_heads().nth(skip);
        let (meta, head) = found.ok_or_else(|| damaged("a missing run"))?;
        let place = Place {
            sequence: at,
            head,
            time: meta.time,
        };
        Ok((meta.hash, place))
    }

    /// Filed records from a place on: the rest of its run, or about so many bytes of it, but one at least.
    pub(super) fn read(
        &self,
        mailbox: MailboxId,
        from: Sequence,
        bytes_max: usize,
    ) -> io::Result<Vec<Record>> {
        let (first, run) = self.run(mailbox, from)?;
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
                        envelope: Envelope::new(opened).map_err(|_| damaged("an envelope"))?,
                    });
                }
                at = end;
                sequence = sequence.next();
            }
            Ok(records)
        })?;
        read.ok_or_else(|| damaged("a missing page"))?
    }

    /// A mailbox's hashes from a place on, a run at a time: what outlives the day.
    pub(super) fn hashes(&self, mailbox: MailboxId, from: Sequence) -> io::Result<Vec<Hash>> {
        let (first, run) = self.run(mailbox, from)?;
        let skip = usize::try_from(from.0 - first.0).map_err(io::Error::other)?;
        Ok(run.metas().skip(skip).map(|meta| meta.hash).collect())
    }

    /// Readers get nothing any more.
    pub(super) fn close(&self) {
        self.volumes.close();
    }
}

fn add_run(batch: &mut Batch, run: &[Entry], page: PageId, offset: usize) -> io::Result<()> {
    let Some(Entry { record: first, .. }) = run.first() else {
        return Ok(());
    };
    let mut metas = Vec::with_capacity(run.len() * Meta::BYTES);
    for entry in run {
        Meta::of(&entry.record)?.pack(&mut metas);
    }
    let row = Run {
        page,
        offset: u32::try_from(offset).map_err(io::Error::other)?,
        head: first.head,
        metas: Blob(metas),
    };
    batch.insert(run_key(first.mailbox, first.sequence), codec::encode(&row));
    Ok(())
}

fn run_key(mailbox: MailboxId, first: Sequence) -> Vec<u8> {
    [b"r".as_slice(), &place(mailbox, first)].concat()
}

fn parse(name: &[u8]) -> Option<(MailboxId, Sequence)> {
    let (mailbox, first) = name.split_at_checked(MailboxId::LEN)?;
    let first = u64::from_be_bytes(first.try_into().ok()?);
    Some((MailboxId::from_slice(mailbox)?, Sequence(first)))
}

pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} is damaged"))
}
