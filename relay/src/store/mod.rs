//! Where envelopes are kept. The rest of the relay sees only the [`Store`] trait; what a database
//! must be told so that it keeps its word, and how bytes are made to disappear, stays below it.
//!
//! One conformance suite runs against every implementation: sled on disk, and memory for tests.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod crash;
pub(crate) mod disk;
#[cfg(test)]
pub(crate) mod failing;
#[cfg(test)]
mod faults;
#[cfg(test)]
pub(crate) mod memory;
#[cfg(test)]
mod syncs;

use std::io;

use bellrope_proto::{
    envelope::Envelope,
    ids::{Day, Hash, Leaf, MailboxId, Sequence, Timestamp, TokenId},
    receipt::{first_head, leaf, next_head},
    signing::{Lane, PublicKey},
};

/// Bytes of envelopes in one [`append`](Store::append) at most.
pub const COMMIT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A mailbox's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Which.
    pub id: MailboxId,
    /// Bytes of envelopes that it may hold.
    pub quota_bytes: u64,
    /// It takes posts until then; it can be read for the retention after.
    pub ends: Timestamp,
    /// Who pays, for an invitation's mailbox and for one whose account another has taken over.
    pub sponsor: Option<MailboxId>,
    /// Which took its account over. Not always who pays: that one's may have been taken over since.
    pub successor: Option<MailboxId>,
}

impl Mailbox {
    /// Whether several people have lanes in it: those of a group, also when another has its account by now. What is opened on an account is
    /// one person's.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.sponsor.is_none() || self.successor.is_some()
    }
}

/// One envelope at its place in a mailbox. Its hash and the chain's head travel with it, as the
/// writer computes both once, and nobody after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where.
    pub mailbox: MailboxId,
    /// Its place.
    pub sequence: Sequence,
    /// The envelope's hash.
    pub hash: Hash,
    /// The chain's head after it.
    pub head: Hash,
    /// When it arrived, by the relay's clock.
    pub time: Timestamp,
    /// The envelope.
    pub envelope: Envelope,
}

impl Record {
    /// An envelope as the next of its mailbox, whose tail moves to it. Its hash is given, because whoever
    /// received it has computed it.
    #[must_use]
    pub fn next(
        tail: &mut Tail,
        mailbox: MailboxId,
        time: Timestamp,
        hash: Hash,
        envelope: Envelope,
    ) -> Self {
        *tail = tail.next(leaf(hash, time));
        Self {
            mailbox,
            sequence: tail.sequence,
            hash,
            head: tail.head,
            time,
            envelope,
        }
    }

    /// The mailbox's tail when this is its newest.
    #[must_use]
    pub fn tail(&self) -> Tail {
        Tail {
            sequence: self.sequence,
            head: self.head,
        }
    }

    /// Its entry in the chain: what is left of it when it has expired.
    #[must_use]
    pub fn leaf(&self) -> Leaf {
        leaf(self.hash, self.time)
    }

    /// What its receipt says.
    #[must_use]
    pub fn stored_at(&self) -> StoredAt {
        StoredAt {
            sequence: self.sequence,
            head: self.head,
            time: self.time,
        }
    }
}

/// Where an envelope is that was stored before: what its receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredAt {
    /// Its place.
    pub sequence: Sequence,
    /// The chain's head after it.
    pub head: Hash,
    /// When it arrived.
    pub time: Timestamp,
}

/// The newest place of a mailbox and the head after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// 0 when the mailbox has never held anything.
    pub sequence: Sequence,
    /// [`first_head`] then.
    pub head: Hash,
}

impl Tail {
    /// Of a mailbox that has never held anything.
    #[must_use]
    pub fn start(mailbox: MailboxId) -> Self {
        Self {
            sequence: Sequence(0),
            head: first_head(mailbox),
        }
    }

    /// When this entry has come after it.
    #[must_use]
    pub fn next(self, leaf: Leaf) -> Self {
        Self {
            sequence: self.sequence.next(),
            head: next_head(self.head, leaf),
        }
    }
}

/// What a mailbox's log has at a place, or at several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogItem {
    /// An envelope that is there.
    Kept(Record),
    /// Places whose envelopes have expired: the chain's entries of `first` and those after it, without gaps.
    Expired {
        /// The first place.
        first: Sequence,
        /// At most [`SKIPPED_LEAVES_MAX`](bellrope_proto::limits::SKIPPED_LEAVES_MAX).
        leaves: Vec<Leaf>,
    },
}

/// What a mailbox holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Envelopes that are there.
    pub envelopes: u64,
    /// Their bytes.
    pub bytes: u64,
    /// When the oldest of them arrived.
    pub oldest: Option<Timestamp>,
}

/// What an [`expire`](Store::expire) took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpiryReport {
    /// Days erased.
    pub days: u32,
    /// Envelopes that were in them.
    pub envelopes: u64,
}

/// What [`check`](Store::check) went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Mailboxes.
    pub mailboxes: u64,
    /// Envelopes that are there and hash to what the chain says.
    pub envelopes: u64,
    /// One line for each fault, in words for the host, with short mailbox ids; empty when sound.
    pub faults: Vec<String>,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// This token has opened a mailbox before.
    #[error("the token was used before")]
    TokenSpent,
    /// The database or the disk failed. Nothing of the call may be believed to be kept.
    #[error("the store failed: {0}")]
    Failed(#[source] io::Error),
}

/// What the relay needs of a store. Whatever returns `Ok` after a change is durable: it is there
/// after a loss of power at any later moment. Changes come from one thread; reads from many.
pub trait Store: Send + Sync + 'static {
    /// Opens a mailbox, or renews it: quota and end are then replaced, what it holds stays. Spends
    /// the token in the same commit.
    ///
    /// # Errors
    /// [`StoreError::TokenSpent`] when the token was spent on another mailbox; on the same one the
    /// call succeeds again and changes nothing, so that an answer lost on the way can be asked for again.
    fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError>;

    /// Writes accounts as they are given, opened before or not, in one durable commit, all or none.
    ///
    /// # Errors
    /// [`StoreError::Failed`]; then they count as they were until the next change, which may find that they are changed, and fails for that.
    fn change(&self, mailboxes: &[Mailbox]) -> Result<(), StoreError>;

    /// Takes a lane's rights at a mailbox back, until the mailbox is forgotten.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn revoke(&self, id: MailboxId, lane: PublicKey<Lane>) -> Result<(), StoreError>;

    /// Whether a lane has no rights any more. In memory: costs no read.
    fn is_revoked(&self, id: MailboxId, lane: PublicKey<Lane>) -> bool;

    /// How many lanes of a mailbox have none. In memory: costs no read.
    fn revoked_lanes(&self, id: MailboxId) -> usize;

    /// A mailbox's account; `None` when it was never opened here. In memory: costs no read.
    fn mailbox(&self, id: MailboxId) -> Option<Mailbox>;

    /// Every account, in no order.
    fn mailboxes(&self) -> Vec<Mailbox>;

    /// The newest place of a mailbox. In memory: costs no read.
    fn tail(&self, id: MailboxId) -> Tail;

    /// The first day that takes envelopes: the newest that has some, or the one after the newest that was erased; `None` when there was
    /// never one. Nothing may be filed under a day before it: a mailbox's places must not run against its days, and a
    /// day that was erased does not come again.
    fn first_open_day(&self) -> Option<Day>;

    /// What a mailbox holds. In memory: costs no read.
    fn usage(&self, id: MailboxId) -> Usage;

    /// Where an envelope with this hash is, as long as it has not expired.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<StoredAt>, StoreError>;

    /// Stores records in one durable commit, all or none, filed under a day: with it they expire. It is the caller's, and no
    /// matter of the records' times, which come from a clock that may be wrong. The caller gives each the place and head
    /// after the mailbox's tail, in order. Their envelopes have at most [`COMMIT_BYTES_MAX`] together.
    ///
    /// # Errors
    /// [`StoreError::Failed`]; then none may be receipted. The next call tries again: it may find the disk
    /// with room.
    fn append(&self, day: Day, records: &[Record]) -> Result<(), StoreError>;

    /// Bytes that are durable but not settled: they lie where a commit is quick, and not yet where they are
    /// read from and expire. They wait until [`checkpoint`](Self::checkpoint) is called, or until a
    /// commit needs the room and does it itself. 0 for a store that settles what it commits at once.
    fn uncheckpointed_bytes(&self) -> usize;

    /// Settles a part of what is durable and not settled. Commits go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Failed`], as for [`append`](Self::append).
    fn checkpoint(&self) -> Result<(), StoreError>;

    /// The next records after a place, if they came so lately that they are in memory; none otherwise, or
    /// at the tail. Costs no read. About `bytes_max` bytes, but one if there is any.
    fn recent_after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record>;

    /// The next items after a place, in order and without gaps, up to about `bytes_max` bytes of
    /// envelopes but at least one item if there is any. Empty at the tail.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn read_after(
        &self,
        id: MailboxId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<LogItem>, StoreError>;

    /// Erases every day before `before`: its key first, so that what remains of it anywhere is
    /// noise. The chain's entries and heads stay. Mailboxes that ended before `ended` and hold nothing are
    /// forgotten with their revoked lanes, except that their tokens stay spent. Two days, because `before` is one of those that envelopes are filed under, and
    /// the other is the calendar's.
    ///
    /// # Errors
    /// [`StoreError::Failed`]; what was begun is finished by the next call, or when the store is opened again.
    fn expire(&self, before: Day, ended: Day) -> Result<ExpiryReport, StoreError>;

    /// Walks everything: every envelope's hash, every chain.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when even walking failed.
    fn check(&self) -> Result<CheckReport, StoreError>;
}
