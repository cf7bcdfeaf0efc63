//! Whether a relay runs in a directory, for whoever only looks: looking takes nothing that a relay needs to start.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
};

/// Locked for as long as a relay runs. Not the store's own lock: who looked at that would keep a relay from starting.
const RUNNING: &str = "running";

/// A relay that runs.
#[derive(Debug)]
pub(crate) struct Running(File);

impl Running {
    /// Says that one runs. The caller has the store, so that there is no other; what this waits for is somebody's look.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn start(dir: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(dir.join(RUNNING))?;
        file.lock()?;
        Ok(Self(file))
    }

    /// Whether one runs.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn is_there(dir: &Path) -> io::Result<bool> {
        let file = match File::open(dir.join(RUNNING)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        match file.try_lock_shared() {
            Ok(()) => file.unlock().map(|()| false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Running {
    /// See the store's lock: a child that is just being started may have a copy of the file.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::store::disk::Disk;

    #[test]
    fn whoever_looks_without_a_pause_keeps_no_relay_from_starting() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!Running::is_there(dir.path()).unwrap());
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while !stop.load(Ordering::SeqCst) {
                        Running::is_there(dir.path()).unwrap();
                    }
                });
            }
            for _ in 0..20 {
                let store = Disk::open(&dir.path().join("store")).unwrap();
                let running = Running::start(dir.path()).unwrap();
                assert!(Running::is_there(dir.path()).unwrap());
                drop((running, store));
            }
            stop.store(true, Ordering::SeqCst);
        });
        assert!(!Running::is_there(dir.path()).unwrap());
    }
}
