//! What tests do to a store's disk.

use bellrope_proto::ids::{Day, TokenId};

use super::Disk;
use crate::store::Mailbox;

impl Disk {
    pub(in crate::store) fn catalog_fails(&self, day: Day, fails: bool) {
        if let Some(day) = self.read(|memory| memory.days.get(&day).cloned()) {
            day.catalog_fails(fails);
        }
    }

    pub(in crate::store) fn index_fails_late(&self, fails: bool) {
        self.index.fails_late(fails);
    }

    pub(in crate::store) fn index_fails(&self, fails: bool) {
        self.index.fails(fails);
    }

    pub(in crate::store) fn sync_fails(&self, fails: bool) {
        self.journal.lock().sync_fails = fails;
    }

    pub(in crate::store) fn create_on_disk_alone(&self, mailbox: &Mailbox, token: Option<TokenId>) {
        assert!(self.index.create(mailbox, token).is_ok());
    }

    /// How often the disk was waited for.
    pub(in crate::store) fn syncs(&self) -> u64 {
        self.journal.lock().syncs()
    }
}
