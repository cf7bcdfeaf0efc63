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
        let one = self.one();
        if self.lock().has_room() {
            return Ok(());
        }
        self.half(&one, settle)
    }

    fn one(&self) -> MutexGuard<'_, ()> {
        self.checkpoint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn half(&self, _one: &MutexGuard<'_, ()>, settle: &Settle<'_>) -> io::Result<()> {
        let begun = self.lock().begin_checkpoint();
        if let Some(half) = begun {
            settle(half)?;
            self.lock().finish_checkpoint();
        }
        Ok(())
    }

    /// Settles one half.
    pub(super) fn checkpoint(&self, settle: &Settle<'_>) -> io::Result<()> {
        self.half(&self.one(), settle)
    }

    /// Settles everything.
    pub(super) fn checkpoint_all(&self, settle: &Settle<'_>) -> io::Result<()> {
        let one = self.one();
        while self.lock().uncheckpointed_bytes() > 0 {
            self.half(&one, settle)?;
        }
        Ok(())
    }
}
