//! What opening the store needs: one process at a time, a format that this program knows, the days by
//! their names; and what to tell a host when something is not as it should be.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use bellrope_proto::ids::Day;

use super::{
    day::{CATALOG, DayStore},
    day_keys::DayKey,
    disk::Sizes,
    sled::{Database, NotOpened, make_dir, sync_dir},
    volumes::Volumes,
};

const FORMAT: &str = "bellrope-store 2\n";

const CATALOG_CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// What opening had to mend, for the host's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Damaged snapshots that were set aside; nothing is lost with them.
    pub set_aside: Vec<PathBuf>,
    /// Days whose erasure had begun and is now finished.
    pub erased: u32,
}

/// Why the store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{dir} is in use by the relay with process number {pid}; stop that one first")]
    Held {
        /// Which directory.
        dir: PathBuf,
        /// Who.
        pid: String,
    },
    /// Another version wrote it.
    #[error(
        "{0} was written by another version of bellrope-relay; use that one, or update this one"
    )]
    OtherVersion(PathBuf),
    /// It does not open. Nothing was changed.
    #[error(
        "{path} is damaged ({why}); restore the directory from a backup, or move {path} away to go on without it: what was in it is then lost"
    )]
    Damaged {
        /// What.
        path: PathBuf,
        /// In the database's words.
        why: String,
    },
    /// The system said no.
    #[error("{path}: {error}; check that the directory is yours and that the disk is not full")]
    System {
        /// Where.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

pub(super) fn system(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |error| match error.kind() {
        io::ErrorKind::InvalidData => OpenError::Damaged {
            path,
            why: error.to_string(),
        },
        _ => OpenError::System { path, error },
    }
}

pub(super) fn open_day(
    path: &Path,
    key: Arc<DayKey>,
    sizes: Sizes,
    damaged: &Path,
    opened: &mut Opened,
) -> Result<DayStore, OpenError> {
    let catalog_dir = path.join(CATALOG);
    make_dir(&catalog_dir).map_err(system(path))?;
    let catalog = open_database(&catalog_dir, CATALOG_CACHE_BYTES, damaged, opened)?;
    let volumes = Volumes::new(path, damaged, sizes.volume_bytes).map_err(system(path))?;
    DayStore::new(catalog, volumes, key).map_err(system(path))
}

pub(super) fn open_database(
    path: &Path,
    cache_bytes: u64,
    damaged: &Path,
    opened: &mut Opened,
) -> Result<Database, OpenError> {
    match Database::open(path, cache_bytes, damaged) {
        Ok((database, aside)) => {
            opened.set_aside.extend(aside);
            Ok(database)
        }
        Err(NotOpened::System(error)) => Err(system(path)(error)),
        Err(NotOpened::Damaged(why)) => Err(OpenError::Damaged {
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
        Ok(text) if text.is_empty() => write_format(&path),
        Ok(text) if text.starts_with("bellrope-store ") => {
            Err(OpenError::OtherVersion(dir.to_owned()))
        }
        Ok(_) => Err(OpenError::Damaged {
            path,
            why: "not a relay's store".to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_format(&path),
        Err(error) => Err(system(&path)(error)),
    }
}

fn write_format(path: &Path) -> Result<(), OpenError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(FORMAT.as_bytes())?;
        file.sync_all()?;
        path.parent().map_or(Ok(()), sync_dir)
    };
    write().map_err(system(path))
}

pub(super) fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none())
}

pub(super) fn remove_day(days: &Path, name: &str) -> io::Result<()> {
    match fs::remove_dir_all(days.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => sync_dir(days),
    }
}

pub(super) fn day_name(day: Day) -> String {
    let seconds = i64::from(day.0).saturating_mul(86_400);
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| format!("day-{}", day.0),
        |at| at.strftime("%Y-%m-%d").to_string(),
    )
}

pub(super) fn parse_day(name: &str) -> Option<Day> {
    if let Some(number) = name.strip_prefix("day-") {
        return number.parse().ok().map(Day);
    }
    let date: jiff::civil::Date = name.parse().ok()?;
    let at = jiff::tz::Offset::UTC
        .to_timestamp(date.at(0, 0, 0, 0))
        .ok()?;
    u32::try_from(at.as_second() / 86_400).ok().map(Day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::lock;

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
