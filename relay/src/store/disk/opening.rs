//! What opening the store needs: one process at a time, a format that this program knows, sound databases.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access, AtFlags},
    process::Uid,
};

use super::{
    error::{OpenError, system},
    sled::{Database, DatabaseError},
};
use crate::durable::{sync_dir, sync_file};

const FORMAT: &str = "bellrope-store 4\n";

/// Has everything that 4 has but successions and revocations, so it is one without any. An earlier program must not open it afterwards:
/// it would let revoked lanes in.
const BEFORE: &str = "bellrope-store 3\n";

/// Not upgraded: the heads that receipts were given for cannot be computed anew.
const EARLIER: [&str; 2] = ["bellrope-store 1\n", "bellrope-store 2\n"];

/// What opening had to mend, for the host's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// Damaged snapshots that were set aside; nothing is lost with them.
    pub set_aside: Vec<PathBuf>,
    /// Days whose erasure had begun and is now finished.
    pub erased: u32,
    /// Why what came last waits in the journal: there was no room to put it where it stays.
    pub waits: Option<String>,
}

/// Opens a database, and reports what that had to mend.
pub(super) fn open_database(
    path: &Path,
    cache_bytes: u64,
    damaged: &Path,
    report: &mut OpenReport,
) -> Result<Database, OpenError> {
    match Database::open(path, cache_bytes, damaged) {
        Ok((database, aside)) => {
            report.set_aside.extend(aside);
            Ok(database)
        }
        Err(DatabaseError::System(error)) => Err(system(path)(error)),
        Err(DatabaseError::Damaged(why)) => Err(OpenError::Damaged {
            path: path.to_owned(),
            why,
        }),
    }
}

/// One process at a time works in a directory.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Drop for Lock {
    /// Closing the file would not do: a child that another thread is just starting has a copy of the descriptor until
    /// it runs its own program, and the lock is held as long as a copy is open, unless it is released (flock(2)).
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Whether this process may work with all of it. Days and volumes are opened when somebody asks for them: without this a relay would
/// start, and its readers would be the first to learn.
pub(super) fn check_owner(dir: &Path) -> Result<(), OpenError> {
    let me = rustix::process::geteuid();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        check_one(&next, me, true)?;
        for entry in fs::read_dir(&next).map_err(system(&next))? {
            let path = entry.map_err(system(&next))?.path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                check_one(&path, me, false)?;
            }
        }
    }
    Ok(())
}

fn check_one(path: &Path, me: Uid, is_dir: bool) -> Result<(), OpenError> {
    let owner = match fs::symlink_metadata(path) {
        Ok(data) => data.uid(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(system(path)(error)),
    };
    // Root may do everything, and what it makes is nobody's but root's: the relay's own user could not open it.
    let may = if me.is_root() {
        owner == 0
    } else {
        let enter = if is_dir {
            Access::EXEC_OK
        } else {
            Access::empty()
        };
        owner == me.as_raw()
            || rustix::fs::accessat(
                rustix::fs::CWD,
                path,
                Access::READ_OK | Access::WRITE_OK | enter,
                AtFlags::EACCESS,
            )
            .is_ok()
    };
    if may {
        return Ok(());
    }
    Err(OpenError::Foreign {
        path: path.to_owned(),
        owner,
        me: me.as_raw(),
    })
}

pub(super) fn lock(dir: &Path) -> Result<Lock, OpenError> {
    let path = dir.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(system(&path))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).map_err(system(&path))?;
            write!(file, "{}", std::process::id()).map_err(system(&path))?;
            Ok(Lock(file))
        }
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let dir = dir.to_owned();
            Err(OpenError::Held { dir, pid })
        }
        Err(TryLockError::Error(error)) => Err(system(&path)(error)),
    }
}

pub(super) fn check_format(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join("format");
    match fs::read_to_string(&path) {
        Ok(text) if text == FORMAT => Ok(()),
        Ok(text) if text.is_empty() || text == BEFORE => write_format(&path),
        Ok(text) if EARLIER.contains(&text.as_str()) => Err(OpenError::Earlier(dir.to_owned())),
        Ok(text) if text.starts_with("bellrope-store ") => {
            Err(OpenError::OtherVersion(dir.to_owned()))
        }
        Ok(_) => Err(OpenError::Damaged {
            path,
            why: io::Error::other("not a relay's store"),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_format(&path),
        Err(error) => Err(system(&path)(error)),
    }
}

fn write_format(path: &Path) -> Result<(), OpenError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(FORMAT.as_bytes())?;
        sync_file(&file, path)?;
        path.parent().map_or(Ok(()), sync_dir)
    };
    write().map_err(system(path))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_belongs_to_another_is_named_with_a_remedy() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let me = rustix::process::geteuid();
        assert!(check_one(&file, me, false).is_ok());
        assert!(check_one(dir.path(), me, true).is_ok());
        assert!(check_owner(dir.path()).is_ok());
        // For everybody but its owner and root the file may be read and no more.
        let other = Uid::from_raw(me.as_raw() + 1);
        let named = |me: Uid| match check_one(&file, me, false) {
            Err(error @ OpenError::Foreign { .. }) => error.to_string(),
            other => unreachable!("{other:?}"),
        };
        if me.is_root() {
            let dir_of_another = tempfile::tempdir().unwrap();
            std::os::unix::fs::chown(dir_of_another.path(), Some(other.as_raw()), None).unwrap();
            let error = check_owner(dir_of_another.path()).unwrap_err().to_string();
            assert!(error.contains("chown"), "{error}");
        } else {
            assert!(named(Uid::ROOT).contains("chown"));
        }
    }

    #[test]
    fn the_lock_is_free_when_it_is_dropped_while_a_child_still_has_a_copy_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let held = lock(dir.path()).unwrap();
        let copy = held.0.try_clone().unwrap();
        assert!(lock(dir.path()).is_err());
        drop(held);
        let _again = lock(dir.path()).unwrap();
        drop(copy);
    }
}
