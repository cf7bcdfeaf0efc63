//! The journal between those who commit and whoever checkpoints: commits go on while one half is put where
//! it stays, and wait for that only when the other half is full as well.

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellrope_proto::ids::Day;

use super::{
    day_keys::DayKey,
    journal::{Checkpoint, Journal, WriteError},
};
use crate::store::Record;

/// Puts what a checkpoint has where it stays; what it returns `Ok` for is on disk there.
pub(super) type Settle<'a> = dyn Fn(Checkpoint) -> io::Result<()> + 'a;

/// See the module.
#[derive(Debug)]
pub(super) struct SharedJournal {
    journal: Mutex<Journal>,
    /// Held during a checkpoint: one at a time, in order. Taken before `journal`, never while that is held.
    checkpoint: Mutex<()>,
}

impl SharedJournal {
    pub(super) fn new(journal: Journal) -> Self {
        Self {
            journal: Mutex::new(journal),
            checkpoint: Mutex::new(()),
        }
    }

    /// The journal itself, for a moment.
    pub(super) fn lock(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes records of one day, all or none; returns when a loss of power cannot take them away.
    pub(super) fn write(
        &self,
        day: Day,
        key: &DayKey,
        records: &[&Record],
        settle: &Settle<'_>,
    ) -> io::Result<()> {
        loop {
            let written = self.lock().write(day, key, records);
            match written {
                Ok(()) => return Ok(()),
                Err(WriteError::Full) => self.make_room(settle)?,
                Err(WriteError::System(error)) => return Err(error),
            }
        }
    }

    /// Waits for the checkpoint that is under way, or does one.
    fn make_room(&self, settle: &Settle<'_>) -> io::Result<()> {
        let held = self.hold();
        if self.lock().has_room() {
            return Ok(());
        }
        self.half(&held, settle)
    }

    /// Until what this returns is dropped, no checkpoint begins, and none is under way. Who holds it must not ask for one.
    pub(super) fn hold(&self) -> MutexGuard<'_, ()> {
        self.checkpoint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn half(&self, _held: &MutexGuard<'_, ()>, settle: &Settle<'_>) -> io::Result<()> {
        let begun = self.lock().begin_checkpoint()?;
        if let Some(half) = begun {
            settle(half)?;
            self.lock().finish_checkpoint();
        }
        Ok(())
    }

    /// Settles one half.
    pub(super) fn checkpoint(&self, settle: &Settle<'_>) -> io::Result<()> {
        self.half(&self.hold(), settle)
    }

    /// Settles everything.
    pub(super) fn checkpoint_all(&self, settle: &Settle<'_>) -> io::Result<()> {
        let held = self.hold();
        while self.lock().uncheckpointed_bytes() > 0 {
            self.half(&held, settle)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cell::RefCell;

    use bellrope_proto::{
        envelope::Envelope,
        ids::{Hash, MailboxId, Sequence, Timestamp},
    };

    use super::*;

    fn record(sequence: u64) -> Record {
        let envelope = Envelope::new(vec![7; 4096]).unwrap();
        Record {
            mailbox: MailboxId([1; 32]),
            sequence: Sequence(sequence),
            hash: envelope.hash(),
            head: Hash([2; 32]),
            time: Timestamp(100_000),
            envelope,
        }
    }

    #[test]
    fn a_checkpoint_that_failed_is_done_again_with_all_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let key = DayKey::make(dir.path(), "day").unwrap();
        // Room for one batch in each half.
        let journal = Journal::open(dir.path(), 8192, &mut |_| Ok(None)).unwrap();
        let shared = SharedJournal::new(journal);
        let settled = RefCell::new(Vec::new());
        let fails = RefCell::new(2);
        // The disk that a checkpoint needs is full, and has room later; the journal's own was there from the start.
        let settle = |half: Checkpoint| {
            if *fails.borrow() > 0 {
                *fails.borrow_mut() -= 1;
                return Err(io::Error::other("the disk is full"));
            }
            let places = half.entries.iter().map(|entry| entry.record.sequence.0);
            settled.borrow_mut().extend(places);
            Ok(())
        };
        let write = |sequence| shared.write(Day(1), &key, &[&record(sequence)], &settle);
        write(1).unwrap();
        write(2).unwrap();
        assert!(write(3).is_err(), "both halves are full");
        assert!(shared.checkpoint(&settle).is_err());
        // What has receipts is not written over.
        write(3).unwrap();
        shared.checkpoint_all(&settle).unwrap();
        assert_eq!(*settled.borrow(), [1, 2, 3]);
    }
}
