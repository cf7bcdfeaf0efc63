//! A store in memory that breaks when told to.

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use bellrope_proto::{
    ids::{Day, Hash, MailboxId, Sequence, TokenId},
    signing::{Lane, PublicKey},
};

use super::{
    CheckReport, ExpiryReport, LogItem, Mailbox, Record, Store, StoreError, StoredAt, Tail, Usage,
    memory::Memory,
};

/// A store whose disk fails when told to.
#[derive(Debug, Default)]
pub(crate) struct Failing {
    pub(crate) memory: Memory,
    /// Appending, a checkpoint, and a change of accounts and lanes say that they failed.
    pub(crate) fails: AtomicBool,
    /// Appending waits.
    pub(crate) hangs: AtomicBool,
    /// Expiring panics, as sled does on some damage.
    pub(crate) panics: AtomicBool,
    /// How often something was appended.
    pub(crate) appends: AtomicU64,
    /// There is something to checkpoint, which panics.
    pub(crate) checkpoint_panics: AtomicBool,
    /// So much waits for a checkpoint.
    pub(crate) waits: AtomicUsize,
}

impl Failing {
    fn may_fail(&self) -> Result<(), StoreError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(StoreError::Failed(io::ErrorKind::StorageFull.into()));
        }
        Ok(())
    }
}

impl Store for Failing {
    fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError> {
        self.memory.create(mailbox, token)
    }
    fn change(&self, mailboxes: &[Mailbox]) -> Result<(), StoreError> {
        self.may_fail()?;
        self.memory.change(mailboxes)
    }
    fn revoke(&self, id: MailboxId, lane: PublicKey<Lane>) -> Result<(), StoreError> {
        self.may_fail()?;
        self.memory.revoke(id, lane)
    }
    fn is_revoked(&self, id: MailboxId, lane: PublicKey<Lane>) -> bool {
        self.memory.is_revoked(id, lane)
    }
    fn revoked_lanes(&self, id: MailboxId) -> usize {
        self.memory.revoked_lanes(id)
    }
    fn mailbox(&self, id: MailboxId) -> Option<Mailbox> {
        self.memory.mailbox(id)
    }
    fn mailboxes(&self) -> Vec<Mailbox> {
        self.memory.mailboxes()
    }
    fn tail(&self, id: MailboxId) -> Tail {
        self.memory.tail(id)
    }
    fn first_open_day(&self) -> Option<Day> {
        self.memory.first_open_day()
    }
    fn usage(&self, id: MailboxId) -> Usage {
        self.memory.usage(id)
    }
    fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<StoredAt>, StoreError> {
        self.memory.find(id, envelope)
    }
    fn append(&self, day: Day, records: &[Record]) -> Result<(), StoreError> {
        while self.hangs.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        self.may_fail()?;
        self.appends.fetch_add(1, Ordering::SeqCst);
        self.memory.append(day, records)
    }
    fn uncheckpointed_bytes(&self) -> usize {
        let panics = usize::from(self.checkpoint_panics.load(Ordering::SeqCst));
        panics + self.waits.load(Ordering::SeqCst)
    }

    fn checkpoint(&self) -> Result<(), StoreError> {
        assert!(!self.checkpoint_panics.load(Ordering::SeqCst), "as told");
        self.may_fail()?;
        self.waits.store(0, Ordering::SeqCst);
        self.memory.checkpoint()
    }

    fn recent_after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record> {
        self.memory.recent_after(id, after, bytes_max)
    }

    fn read_after(
        &self,
        id: MailboxId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<LogItem>, StoreError> {
        self.memory.read_after(id, after, bytes_max)
    }
    fn expire(&self, before: Day, ended: Day) -> Result<ExpiryReport, StoreError> {
        assert!(!self.panics.load(Ordering::SeqCst), "as told");
        self.memory.expire(before, ended)
    }
    fn check(&self) -> Result<CheckReport, StoreError> {
        self.memory.check()
    }
}
