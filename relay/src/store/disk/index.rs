//! What outlives the days: accounts, spent tokens, the chain's entries of expired envelopes, and each mailbox's
//! tail at the end of the newest expired day. Small; written seldom.

use std::{
    collections::{HashMap, HashSet},
    io,
};

use bellrope_proto::{
    codec,
    ids::{Day, Hash, Leaf, MailboxId, Sequence, Timestamp, TokenId},
    limits::SKIPPED_LEAVES_MAX,
    signing::{Lane, PublicKey},
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
/// Mailbox; the one that took its account over. Beside the account, as stores of format 3 have none of it.
const SUCCEEDED: u8 = b'n';
/// Mailbox and lane; nothing in it.
const REVOKED: u8 = b'v';
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

impl AccountRow {
    fn of(mailbox: &Mailbox) -> Self {
        Self {
            quota_bytes: mailbox.quota_bytes,
            ends: mailbox.ends,
            sponsor: mailbox.sponsor,
        }
    }
}

/// By mailbox: lanes without rights.
pub(super) type RevokedLanes = HashMap<MailboxId, HashSet<PublicKey<Lane>>>;

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

    /// Reads anew, from the disk, what a write that failed may have left there or not.
    pub(super) fn accounts_again(&self) -> io::Result<(HashMap<MailboxId, Mailbox>, RevokedLanes)> {
        // A database of which a write failed is opened anew before the next.
        self.0.sync()?;
        Ok((self.mailboxes()?, self.revoked()?))
    }

    #[cfg(test)]
    pub(super) fn fails_late(&self, fails: bool) {
        self.0
            .fails_late
            .store(fails, std::sync::atomic::Ordering::SeqCst);
    }

    #[cfg(test)]
    pub(super) fn fails(&self, fails: bool) {
        self.0
            .fails
            .store(fails, std::sync::atomic::Ordering::SeqCst);
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
                successor: None,
            };
            mailboxes.insert(id, mailbox);
        }
        for row in self.0.rows(SUCCEEDED) {
            let (id, by) = row?;
            let ids = MailboxId::from_slice(&id).zip(MailboxId::from_slice(&by));
            let (id, by) = ids.ok_or_else(|| damaged("a succession"))?;
            let mailbox = mailboxes.get_mut(&id);
            mailbox.ok_or_else(|| damaged("a succession"))?.successor = Some(by);
        }
        Ok(mailboxes)
    }

    pub(super) fn revoked(&self) -> io::Result<RevokedLanes> {
        let mut revoked = RevokedLanes::new();
        for row in self.0.rows(REVOKED) {
            let (name, _) = row?;
            let ids = name.split_first_chunk().and_then(|(mailbox, lane)| {
                let lane = lane.try_into().ok().map(PublicKey::from_bytes);
                Some(MailboxId(*mailbox)).zip(lane)
            });
            let (mailbox, lane) = ids.ok_or_else(|| damaged("a revocation"))?;
            revoked.entry(mailbox).or_default().insert(lane);
        }
        Ok(revoked)
    }

    pub(super) fn revoke(&self, mailbox: MailboxId, lane: PublicKey<Lane>) -> io::Result<()> {
        let mut batch = WriteBatch::default();
        batch.insert(revoked_key(mailbox, lane), Vec::new());
        self.0.commit(batch)
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
        write_account(&mut batch, mailbox);
        if let Some(token) = token {
            batch.insert(key(SPENT, &token.0), mailbox.id.0.to_vec());
        }
        self.0.commit(batch)
    }

    pub(super) fn change(&self, mailboxes: &[Mailbox]) -> io::Result<()> {
        let mut batch = WriteBatch::default();
        for mailbox in mailboxes {
            write_account(&mut batch, mailbox);
        }
        self.0.commit(batch)
    }

    pub(super) fn forget(
        &self,
        mailboxes: &[MailboxId],
        revoked: &[(MailboxId, PublicKey<Lane>)],
    ) -> io::Result<()> {
        let mut batch = WriteBatch::default();
        for id in mailboxes {
            batch.remove(key(MAILBOXES, &id.0));
            batch.remove(key(SUCCEEDED, &id.0));
        }
        for (mailbox, lane) in revoked {
            batch.remove(revoked_key(*mailbox, *lane));
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

fn write_account(batch: &mut WriteBatch, mailbox: &Mailbox) {
    let account = codec::encode(&AccountRow::of(mailbox));
    batch.insert(key(MAILBOXES, &mailbox.id.0), account);
    let succeeded = key(SUCCEEDED, &mailbox.id.0);
    match mailbox.successor {
        Some(by) => batch.insert(succeeded, by.0.to_vec()),
        None => batch.remove(succeeded),
    }
}

fn revoked_key(mailbox: MailboxId, lane: PublicKey<Lane>) -> Vec<u8> {
    key(REVOKED, &[mailbox.0, lane.0].concat())
}

fn key(table: u8, name: &[u8]) -> Vec<u8> {
    [&[table], name].concat()
}
