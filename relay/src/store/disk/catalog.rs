//! A day's catalog: which of its envelopes lie where, in runs, and what is asked for of each. Its database is
//! read whole when the day is opened.
//!
//! A run is a stretch of one mailbox's envelopes that lie one behind the other in one page.

use std::io;

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Leaf, MailboxId, Sequence, Timestamp},
    receipt::{leaf, next_head},
};
use serde::{Deserialize, Serialize};

use super::{
    error::damaged,
    names,
    sled::{Database, WriteBatch},
    volumes::PageId,
};
use crate::store::Record;

/// The catalog's only table.
const RUNS: u8 = b'r';

/// A row of the catalog. Its key is the mailbox and the first place.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) page: PageId,
    /// Where in the page it begins.
    pub(super) offset: u32,
    /// The chain's head after the first envelope.
    head: Hash,
    /// Each [`EnvelopeMeta`], packed: half a million are read at a start.
    metas: Blob,
}

/// What is known of an envelope besides its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct EnvelopeMeta {
    pub(super) hash: Hash,
    pub(super) time: Timestamp,
    pub(super) bytes: u32,
}

impl EnvelopeMeta {
    const BYTES: usize = Hash::LEN + 8 + 4;

    pub(super) fn of(record: &Record) -> io::Result<Self> {
        let bytes = u32::try_from(record.envelope.bytes().len());
        Ok(Self {
            hash: record.hash,
            time: record.time,
            bytes: bytes.map_err(io::Error::other)?,
        })
    }

    /// Its entry in the chain.
    pub(super) fn leaf(&self) -> Leaf {
        leaf(self.hash, self.time)
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
        let whole = |run: &Self| {
            !run.metas.0.is_empty() && run.metas.0.len().is_multiple_of(EnvelopeMeta::BYTES)
        };
        run.filter(whole).ok_or_else(|| damaged("a run"))
    }

    pub(super) fn len(&self) -> u64 {
        (self.metas.0.len() / EnvelopeMeta::BYTES) as u64
    }

    pub(super) fn metas(&self) -> impl Iterator<Item = EnvelopeMeta> {
        let (packed, _) = self.metas.0.as_chunks();
        packed.iter().filter_map(EnvelopeMeta::unpack)
    }

    /// Each envelope with the chain's head after it.
    pub(super) fn metas_and_heads(&self) -> impl Iterator<Item = (EnvelopeMeta, Hash)> {
        let mut head = self.head;
        self.metas().enumerate().map(move |(at, meta)| {
            if at > 0 {
                head = next_head(head, meta.leaf());
            }
            (meta, head)
        })
    }
}

#[derive(Debug)]
pub(super) struct Catalog(Database);

/// Runs that become visible together.
#[derive(Debug, Default)]
pub(super) struct NewRuns(WriteBatch);

impl NewRuns {
    /// The run that these records make, at an offset in a page.
    pub(super) fn add<'a>(
        &mut self,
        mut records: impl Iterator<Item = &'a Record>,
        page: PageId,
        offset: usize,
    ) -> io::Result<()> {
        let Some(first) = records.next() else {
            return Ok(());
        };
        let mut metas = Vec::new();
        EnvelopeMeta::of(first)?.pack(&mut metas);
        for record in records {
            EnvelopeMeta::of(record)?.pack(&mut metas);
        }
        let run = Run {
            page,
            offset: u32::try_from(offset).map_err(io::Error::other)?,
            head: first.head,
            metas: Blob(metas),
        };
        let key = names::row(RUNS, first.mailbox, first.sequence);
        self.0.insert(key, codec::encode(&run));
        Ok(())
    }
}

impl Catalog {
    pub(super) fn new(database: Database) -> Self {
        Self(database)
    }

    /// Every run, in order, with its mailbox and first place.
    pub(super) fn runs(&self) -> impl Iterator<Item = io::Result<(MailboxId, Sequence, Run)>> {
        self.0.rows(RUNS).map(|row| {
            let (key, value) = row?;
            let name = names::parse_place(&key);
            let (mailbox, first) = name.ok_or_else(|| damaged("a run's name"))?;
            Ok((mailbox, first, Run::decode(&value)?))
        })
    }

    /// The run that a place is in, and the first place of it.
    pub(super) fn run(&self, mailbox: MailboxId, at: Sequence) -> io::Result<(Sequence, Run)> {
        let least = names::row(RUNS, mailbox, Sequence(0));
        let most = names::row(RUNS, mailbox, at);
        let row = self.0.last_between(&least, &most)?;
        let (key, value) = row.ok_or_else(|| damaged("a missing run"))?;
        let name = names::parse_place(key.get(1..).unwrap_or_default());
        let (_, first) = name.ok_or_else(|| damaged("a run's name"))?;
        let run = Run::decode(&value)?;
        if at.0 - first.0 >= run.len() {
            return Err(damaged("a missing run"));
        }
        Ok((first, run))
    }

    /// When no run comes any more.
    pub(super) fn settle(&self) -> io::Result<()> {
        self.0.settle()
    }

    #[cfg(test)]
    pub(super) fn fails(&self, fails: bool) {
        self.0
            .fails
            .store(fails, std::sync::atomic::Ordering::SeqCst);
    }

    /// Returns when a loss of power cannot take the new runs away.
    pub(super) fn commit(&self, runs: NewRuns) -> io::Result<()> {
        self.0.commit(runs.0)
    }
}
