//! How accounts and revoked lanes change: in the index, and then in memory, where they are looked at.

use std::{io, sync::atomic::Ordering};

use bellrope_proto::ids::MailboxId;

use super::{Disk, InMemory, index::Index};
use crate::store::StoreError;

impl Disk {
    /// Changes accounts or lanes, on the disk and then in memory. What is written must be meant for what the disk has: after a write that
    /// failed this is read again, and if it is not what was thought, nothing is written, and whoever asked may ask again. Else an account
    /// that was handed over might be given a second time.
    pub(super) fn change_index(
        &self,
        write: impl FnOnce(&Index) -> io::Result<()>,
        note: impl FnOnce(&mut InMemory),
    ) -> Result<(), StoreError> {
        self.make_sure().map_err(StoreError::Failed)?;
        let written = write(&self.index);
        self.unsure.store(written.is_err(), Ordering::SeqCst);
        written.map_err(StoreError::Failed)?;
        self.write(note);
        Ok(())
    }

    fn make_sure(&self) -> io::Result<()> {
        if !self.unsure.load(Ordering::SeqCst) {
            return Ok(());
        }
        let (mailboxes, revoked) = self.index.accounts_again()?;
        self.unsure.store(false, Ordering::SeqCst);
        let same = self.write(|memory| {
            let same = memory.mailboxes == mailboxes && memory.revoked == revoked;
            (memory.mailboxes, memory.revoked) = (mailboxes, revoked);
            same
        });
        if same {
            Ok(())
        } else {
            Err(io::Error::other(
                "what failed before was on the disk all the same",
            ))
        }
    }

    pub(super) fn forget(&self, mailboxes: &[MailboxId]) -> Result<(), StoreError> {
        let lanes = |memory: &InMemory, id: &MailboxId| {
            let lanes = memory.revoked.get(id).into_iter().flatten();
            lanes.map(|lane| (*id, *lane)).collect::<Vec<_>>()
        };
        let revoked =
            |memory: &InMemory| mailboxes.iter().flat_map(|id| lanes(memory, id)).collect();
        let revoked: Vec<_> = self.read(revoked);
        self.change_index(
            |index| index.forget(mailboxes, &revoked),
            |memory| {
                memory.mailboxes.retain(|id, _| !mailboxes.contains(id));
                memory.revoked.retain(|id, _| !mailboxes.contains(id));
            },
        )
    }
}
