//! What outlives the days: accounts, spent tokens, the chain's entries of expired envelopes, and each mailbox's
//! tail at the end of the newest expired day. Small; written seldom.

use std::{collections::HashMap, io};

use bellrope_proto::{
    codec,
    ids::{Day, Hash, Leaf, MailboxId, Sequence, Timestamp, TokenId},
    limits::SKIPPED_LEAVES_MAX,
};
use serde::{Deserialize, Serialize};

use super::{
    day::DayStore,
    error::damaged,
    names,
    sled::{Database, VALUE_BYTES_MAX, WriteBatch},
};
use crate::store::{Mailbox, Tail};

// The tables: the first byte of a row's key. The rest of it is named after each.
/// Mailbox.
const MAILBOXES: u8 = b'm';
/// Token.
const SPENT: u8 = b's';
/// Mailbox.
const TAILS: u8 = b't';
/// A day's name.
const CLOSED: u8 = b'd';
/// Mailbox and first place.
const EXPIRED: u8 = b'x';

/// Leaves of expired envelopes in one row: 4 KiB.
const ROW_LEAVES: usize = 128;
const _: () = assert!(ROW_LEAVES <= SKIPPED_LEAVES_MAX);
const _: () = assert!(ROW_LEAVES * Leaf::LEN <= VALUE_BYTES_MAX);

#[derive(Serialize, Deserialize)]
struct AccountRow {
    quota_bytes: u64,
    ends: Timestamp,
    sponsor: Option<MailboxId>,
}

#[derive(Serialize, Deserialize)]
struct TailRow {
    sequence: Sequence,
    head: Hash,
}

#[derive(Debug)]
pub(super) struct Index(Database);

impl Index {
    pub(super) fn new(database: Database) -> Self {
        Self(database)
    }

    pub(super) fn mailboxes(&self) -> io::Result<HashMap<MailboxId, Mailbox>> {
        let mut mailboxes = HashMap::new();
        for row in self.0.rows(MAILBOXES) {
            let (key, value) = row?;
            let id = MailboxId::from_slice(&key);
            let account = codec::decode::<AccountRow>(&value).ok();
            let (id, account) = id.zip(account).ok_or_else(|| damaged("an account"))?;
            let mailbox = Mailbox {
                id,
                quota_bytes: account.quota_bytes,
                ends: account.ends,
                sponsor: account.sponsor,
            };
            mailboxes.insert(id, mailbox);
        }
        Ok(mailboxes)
    }

    /// The mailbox that a token was spent on.
    pub(super) fn spent_on(&self, token: TokenId) -> io::Result<Option<MailboxId>> {
        match self.0.get(&key(SPENT, &token.0))? {
            Some(id) => MailboxId::from_slice(&id)
                .map(Some)
                .ok_or_else(|| damaged("a token")),
            None => Ok(None),
        }
    }

    pub(super) fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> io::Result<()> {
        let mut batch = WriteBatch::default();
        let account = AccountRow {
            quota_bytes: mailbox.quota_bytes,
            ends: mailbox.ends,
            sponsor: mailbox.sponsor,
        };
        batch.insert(key(MAILBOXES, &mailbox.id.0), codec::encode(&account));
        if let Some(token) = token {
            batch.insert(key(SPENT, &token.0), mailbox.id.0.to_vec());
        }
        self.0.commit(batch)
    }

    pub(super) fn forget(&self, mailboxes: &[MailboxId]) -> io::Result<()> {
        let mut batch = WriteBatch::default();
        for id in mailboxes {
            batch.remove(key(MAILBOXES, &id.0));
        }
        self.0.commit(batch)
    }

    pub(super) fn tails(&self) -> io::Result<HashMap<MailboxId, Tail>> {
        let mut tails = HashMap::new();
        for row in self.0.rows(TAILS) {
            let (key, value) = row?;
            let id = MailboxId::from_slice(&key);
            let tail = codec::decode::<TailRow>(&value).ok();
            let (id, tail) = id.zip(tail).ok_or_else(|| damaged("a tail"))?;
            let tail = Tail {
                sequence: tail.sequence,
                head: tail.head,
            };
            tails.insert(id, tail);
        }
        Ok(tails)
    }

    /// Whether a day's entries are all here, so that the day itself may go.
    pub(super) fn has_closed(&self, day: &str) -> io::Result<bool> {
        let row = self.0.get(&key(CLOSED, day.as_bytes()))?;
        Ok(row.is_some())
    }

    /// The newest day that is closed.
    pub(super) fn newest_closed(&self) -> io::Result<Option<Day>> {
        let mut newest = None;
        for row in self.0.rows(CLOSED) {
            let (name, _) = row?;
            newest = newest.max(names::parse_day(&String::from_utf8_lossy(&name)));
        }
        Ok(newest)
    }

    /// Takes over from a day what must outlive it.
    pub(super) fn close(&self, day: &str, store: &DayStore) -> io::Result<()> {
        let mut batch = WriteBatch::default();
        for (mailbox, tally) in store.tallies() {
            let mut leaves = Vec::new();
            while (leaves.len() as u64) < tally.envelopes() {
                let next = Sequence(tally.first.0.saturating_add(leaves.len() as u64));
                leaves.extend(store.leaves(mailbox, next)?);
            }
            let mut first = tally.first;
            for row in leaves.chunks(ROW_LEAVES) {
                let bytes = row.iter().flat_map(|leaf| leaf.0).collect();
                batch.insert(names::row(EXPIRED, mailbox, first), bytes);
                first = Sequence(first.0.saturating_add(row.len() as u64));
            }
            let end = TailRow {
                sequence: tally.last,
                head: tally.head,
            };
            batch.insert(key(TAILS, &mailbox.0), codec::encode(&end));
        }
        batch.insert(key(CLOSED, day.as_bytes()), vec![1]);
        self.0.commit(batch)
    }

    /// The leaves of expired envelopes from a place on, up to the end of the row that has it.
    pub(super) fn expired(
        &self,
        mailbox: MailboxId,
        from: Sequence,
    ) -> io::Result<Option<Vec<Leaf>>> {
        let upto = names::row(EXPIRED, mailbox, from);
        let least = names::row(EXPIRED, mailbox, Sequence(0));
        let Some((key, leaves)) = self.0.last_between(&least, &upto)? else {
            return Ok(None);
        };
        let name = names::parse_place(key.get(1..).unwrap_or_default());
        let (_, first) = name.ok_or_else(|| damaged("expired leaves"))?;
        let skip = usize::try_from(from.0.saturating_sub(first.0)).unwrap_or(usize::MAX);
        let rest: Vec<Leaf> = leaves
            .chunks_exact(Leaf::LEN)
            .skip(skip)
            .filter_map(Leaf::from_slice)
            .collect();
        Ok((!rest.is_empty()).then_some(rest))
    }
}

fn key(table: u8, name: &[u8]) -> Vec<u8> {
    [&[table], name].concat()
}
