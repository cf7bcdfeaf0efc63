//! Programs that have a device's keys, and how they come to forget them.
//!
//! Each shares one lock with the others and looks every so often whether it is to end: somebody has touched the file of that lock, or
//! the keys are gone from the directory. Whoever tells them waits until nobody has the lock any more, and so knows who does not
//! look: a program that was suspended, or hangs.

use std::{
    fs::{self, File, FileTimes},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{
    Device,
    directory::{self, Directory, LockName},
    files::{DeviceError, system},
    unlocked::IDENTITY,
};

/// Longer than any program takes that looks every second.
const PATIENCE: Duration = Duration::from_secs(5);

/// Some file systems count time in steps of two seconds.
const STEP: Duration = Duration::from_secs(2);

/// Why a program is to forget a device's keys, and to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forget {
    /// Somebody locked the device.
    Locked,
    /// The keys are no longer there: erased, or moved with the directory.
    Gone,
}

/// What became of the programs that had the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Programs {
    /// None has them any more.
    Ended,
    /// One still has: it was suspended, or hangs.
    Remain,
    /// They were told, but the file system has no locks by which to see them.
    Unseen,
}

/// See the module. One a program, from before it unlocks the device until it ends.
#[derive(Debug)]
pub struct Presence {
    identity: PathBuf,
    lock: PathBuf,
    touched: Option<SystemTime>,
    _shared: Option<File>,
}

impl Presence {
    /// Fails never: where nothing can be written, an alert goes all the same.
    #[must_use]
    pub fn enter(dir: &Path) -> Self {
        let lock = dir.join(LockName::Keys.file());
        let shared = directory::open_lock(&lock).inspect_err(unseen).ok();
        // Before it is shared: who locks the device in between waits for this program, and it hears of that.
        let touched = touched(&lock);
        if let Some(shared) = &shared {
            let shares = shared.try_lock_shared().map_err(io::Error::from);
            let _ = shares.inspect_err(unseen);
        }
        Self {
            identity: dir.join(IDENTITY),
            lock,
            touched,
            _shared: shared,
        }
    }

    /// Whether this program is to forget the keys now.
    #[must_use]
    pub fn must_forget(&self) -> Option<Forget> {
        let is_gone = fs::symlink_metadata(&self.identity)
            .is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        if is_gone {
            return Some(Forget::Gone);
        }
        (touched(&self.lock) != self.touched).then_some(Forget::Locked)
    }
}

fn unseen(error: &io::Error) {
    tracing::debug!(%error, "nobody sees that this program runs");
}

fn touched(lock: &Path) -> Option<SystemTime> {
    fs::metadata(lock).and_then(|data| data.modified()).ok()
}

impl Device {
    /// Has every program that works with a device forget its keys, and waits until they have, but not for ever. Needs no passphrase.
    ///
    /// # Errors
    /// [`DeviceError::Nothing`], [`DeviceError::System`].
    pub fn lock(dir: &Path) -> Result<Programs, DeviceError> {
        if !Self::is_in(dir) {
            return Err(DeviceError::Nothing);
        }
        let path = dir.join(LockName::Keys.file());
        touch(&path).map_err(|error| system(&path, error))?;
        await_end(dir)
    }
}

/// Takes no byte of a full disk.
fn touch(path: &Path) -> io::Result<()> {
    let file = directory::open_lock(path)?;
    let before = touched(path).unwrap_or(SystemTime::UNIX_EPOCH);
    // Another time than before is enough, whatever the clock says.
    file.set_times(FileTimes::new().set_modified(before + STEP))
}

/// Waits until no program has the keys, but not for ever.
pub(super) fn await_end(dir: &Path) -> Result<Programs, DeviceError> {
    let directory = Directory::make(dir).map_err(|error| system(dir, error))?;
    let alone = directory
        .lock_within(LockName::Keys, PATIENCE)
        .map_err(|error| system(dir, error))?;
    Ok(match alone {
        _ if directory.is_without_locks() => Programs::Unseen,
        Some(_) => Programs::Ended,
        None => Programs::Remain,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::device::fixtures;

    #[test]
    fn who_has_the_keys_is_told_and_seen() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert!(matches!(Device::lock(dir), Err(DeviceError::Nothing)));
        let _device = fixtures::device(dir, Vec::new());
        fs::write(dir.join(IDENTITY), b"locked keys").unwrap();
        let (one, other) = (Presence::enter(dir), Presence::enter(dir));
        assert_eq!(one.must_forget(), None);
        assert_eq!(Device::lock(dir).unwrap(), Programs::Remain);
        for program in [&one, &other] {
            assert_eq!(program.must_forget(), Some(Forget::Locked));
        }
        drop(one);
        // Who comes afterwards is not meant, and is told the next time, however soon.
        let later = Presence::enter(dir);
        assert_eq!(later.must_forget(), None);
        touch(&later.lock).unwrap();
        assert_eq!(later.must_forget(), Some(Forget::Locked));
        drop((later, other));
        assert_eq!(Device::lock(dir).unwrap(), Programs::Ended);

        let last = Presence::enter(dir);
        fs::remove_file(dir.join(IDENTITY)).unwrap();
        assert_eq!(last.must_forget(), Some(Forget::Gone));
    }
}
