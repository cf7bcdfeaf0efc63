//! One sled database, told what it needs so that it keeps its word. The only file that names sled.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::FileExt as _,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use tempfile::NamedTempFile;

use crate::durable::{make_dir, sync_dir, sync_file};

/// The largest value that may be written. sled keeps up to 17 rows in a page, rewrites pages whole, and
/// moves what is over 128 KiB to a file of its own, which nothing syncs: a page of large rows would take
/// rows with it that were on disk before.
pub(super) const VALUE_BYTES_MAX: usize = 6 * 1024;

/// The largest page that may be written: alone in its tree, it stays in the log whatever sled does.
pub(super) const PAGE_BYTES_MAX: usize = 120 * 1024;

/// The only row of a page's tree.
const PAGE_ROW: &[u8] = b"p";

/// One sled database, and its word that something is on disk.
///
/// sled takes no more writes after one that failed. What is on disk is sound all the same, so the next write opens it
/// anew, if the disk takes writes again; until then what was there before can be read.
#[derive(Debug)]
pub(super) struct Database {
    dir: PathBuf,
    cache_bytes: u64,
    /// None after it was closed to be opened anew, and did not open: then whoever reads tries again.
    opened: RwLock<Option<Opened>>,
    broken: AtomicBool,
    #[cfg(test)]
    pub(super) fails: AtomicBool,
    /// What is written is on disk, and its sync fails all the same.
    #[cfg(test)]
    pub(super) fails_late: AtomicBool,
}

#[derive(Debug)]
struct Opened {
    db: sled::Db,
    log: File,
    path: PathBuf,
    #[cfg(test)]
    dead: AtomicBool,
}

/// Rows that are written together.
#[derive(Debug, Default)]
pub(super) struct WriteBatch(sled::Batch);

impl WriteBatch {
    pub(super) fn insert(&mut self, key: Vec<u8>, value: Vec<u8>) {
        debug_assert!(value.len() <= VALUE_BYTES_MAX);
        self.0.insert(key, value);
    }

    pub(super) fn remove(&mut self, key: Vec<u8>) {
        self.0.remove(key);
    }
}

/// Why a database did not open.
#[derive(Debug)]
pub(super) enum DatabaseError {
    /// The system said no.
    System(io::Error),
    /// What is on disk is no sound database.
    Damaged(io::Error),
}

impl From<DatabaseError> for io::Error {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::System(error) => error,
            DatabaseError::Damaged(why) => Self::new(io::ErrorKind::InvalidData, why),
        }
    }
}

impl Database {
    /// Opens or makes the database in `dir`. A damaged snapshot, which is only a shortcut for
    /// starting, is set aside in `damaged` and made anew.
    pub(super) fn open(
        dir: &Path,
        cache_bytes: u64,
        damaged: &Path,
    ) -> Result<(Self, Option<PathBuf>), DatabaseError> {
        let (opened, aside) = match Opened::open(dir, cache_bytes) {
            Ok(opened) => (opened, None),
            Err(DatabaseError::System(error)) => return Err(DatabaseError::System(error)),
            Err(DatabaseError::Damaged(first)) => {
                // What a full disk keeps from opening is not damaged, whatever sled makes of it.
                takes_writes(dir).map_err(DatabaseError::System)?;
                let aside = set_snapshots_aside(dir, damaged).map_err(DatabaseError::System)?;
                let Some(aside) = aside else {
                    return Err(DatabaseError::Damaged(first));
                };
                (Opened::open(dir, cache_bytes)?, Some(aside))
            }
        };
        let database = Self {
            dir: dir.to_owned(),
            cache_bytes,
            opened: RwLock::new(Some(opened)),
            broken: AtomicBool::new(false),
            #[cfg(test)]
            fails: AtomicBool::new(false),
            #[cfg(test)]
            fails_late: AtomicBool::new(false),
        };
        Ok((database, aside))
    }

    /// Does something with the database. A panic of sled is an error here: whoever checkpoints must not end by it.
    fn with<T>(&self, act: impl FnOnce(&Opened) -> io::Result<T>) -> io::Result<T> {
        let read = || self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let mut opened = read();
        if opened.is_none() && !self.broken.load(Ordering::SeqCst) {
            drop(opened);
            self.open_if_closed()?;
            opened = read();
        }
        let opened = opened
            .as_ref()
            .ok_or_else(|| io::Error::other("the database is closed, since a write failed"))?;
        panic::catch_unwind(AssertUnwindSafe(|| act(opened))).unwrap_or_else(|_| Err(own_check()))
    }

    /// The same for what changes it.
    fn change(&self, act: impl FnOnce(&Opened) -> io::Result<()>) -> io::Result<()> {
        if self.broken.load(Ordering::SeqCst) {
            self.open_anew()?;
        }
        #[cfg(test)]
        let act = |opened: &Opened| {
            // As sled does: what has failed once does not work again.
            let fails = self.fails.load(Ordering::SeqCst);
            if opened.dead.fetch_or(fails, Ordering::SeqCst) || fails {
                return Err(io::ErrorKind::StorageFull.into());
            }
            act(opened)
        };
        let done = self.with(act);
        #[cfg(test)]
        let done = done.and_then(|()| match self.fails_late.load(Ordering::SeqCst) {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        });
        if done.is_err() {
            self.broken.store(true, Ordering::SeqCst);
        }
        done
    }

    fn open_anew(&self) -> io::Result<()> {
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        if !self.broken.load(Ordering::SeqCst) {
            return Ok(());
        }
        // Before what can be read is closed.
        takes_writes(&self.dir)?;
        *opened = None;
        write_again(&self.dir.join("db"))?;
        *opened = Some(Opened::open(&self.dir, self.cache_bytes)?);
        self.broken.store(false, Ordering::SeqCst);
        Ok(())
    }

    fn open_if_closed(&self) -> io::Result<()> {
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        if opened.is_none() {
            *opened = Some(Opened::open(&self.dir, self.cache_bytes)?);
        }
        Ok(())
    }

    /// Opens it anew when nothing more will be written. sled fills up its last half MiB when it opens what was written since it was opened
    /// last, and writes nothing where nothing was: what is settled can be read from a disk without a byte left.
    pub(super) fn settle(&self) -> io::Result<()> {
        // Before what can be read is closed.
        takes_writes(&self.dir)?;
        *self.opened.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.open_if_closed()
    }

    pub(super) fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let row = self.with(|opened| opened.db.get(key).map_err(system))?;
        Ok(row.map(|value| value.to_vec()))
    }

    /// Every row whose key begins with this, with the rest of its key.
    pub(super) fn rows(&self, prefix: u8) -> impl Iterator<Item = io::Result<(Vec<u8>, Vec<u8>)>> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let rows = opened
            .as_ref()
            .map(|opened| opened.db.scan_prefix([prefix]));
        rows.into_iter().flatten().map(|row| {
            let (key, value) = row.map_err(system)?;
            let rest = key.get(1..).unwrap_or_default().to_vec();
            Ok((rest, value.to_vec()))
        })
    }

    /// The last row with a key from `least` to `most`.
    pub(super) fn last_between(
        &self,
        least: &[u8],
        most: &[u8],
    ) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let row = self.with(|opened| {
            let row = opened.db.range(least..=most).next_back();
            row.transpose().map_err(system)
        })?;
        Ok(row.map(|(key, value)| (key.to_vec(), value.to_vec())))
    }

    /// Writes a batch, all or none of it, and returns when a loss of power cannot take it away.
    pub(super) fn commit(&self, batch: WriteBatch) -> io::Result<()> {
        self.change(|opened| {
            opened.db.apply_batch(batch.0).map_err(system)?;
            opened.sync()
        })
    }

    /// Writes a page, which is on disk after [`Self::sync`].
    pub(super) fn write_page(&self, number: u32, page: &[u8]) -> io::Result<()> {
        debug_assert!(page.len() <= PAGE_BYTES_MAX);
        self.change(|opened| {
            let tree = opened.db.open_tree(number.to_be_bytes()).map_err(system)?;
            tree.insert(PAGE_ROW, page).map_err(system)?;
            Ok(())
        })
    }

    /// Looks at a page; `None` when there is none.
    pub(super) fn read_page<T>(
        &self,
        number: u32,
        look: impl FnOnce(&[u8]) -> T,
    ) -> io::Result<Option<T>> {
        let page = self.with(|opened| {
            let tree = opened.db.open_tree(number.to_be_bytes()).map_err(system)?;
            tree.get(PAGE_ROW).map_err(system)
        })?;
        Ok(page.map(|page| look(&page)))
    }

    /// Returns when a loss of power cannot take away what was written.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.change(Opened::sync)
    }
}

impl Opened {
    fn open(dir: &Path, cache_bytes: u64) -> Result<Self, DatabaseError> {
        let db = try_open(dir, cache_bytes)?;
        let path = dir.join("db");
        let log = File::open(&path).map_err(DatabaseError::System)?;
        let opened = Self {
            db,
            log,
            path,
            #[cfg(test)]
            dead: AtomicBool::new(false),
        };
        opened.sync().map_err(DatabaseError::System)?;
        sync_dir(dir).map_err(DatabaseError::System)?;
        Ok(opened)
    }

    /// sled 0.34's flush ends in `sync_file_range`, which starts writing and waits for no disk.
    fn sync(&self) -> io::Result<()> {
        self.db.flush().map_err(system)?;
        sync_file(&self.log, &self.path)
    }
}

/// sled panics on some damaged files: that must end as an error with a remedy, not as a crash.
fn try_open(dir: &Path, cache_bytes: u64) -> Result<sled::Db, DatabaseError> {
    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(cache_bytes)
        .flush_every_ms(None)
        .print_profile_on_drop(false);
    let opened = panic::catch_unwind(AssertUnwindSafe(|| config.open()));
    match opened {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(error)) => {
            let error = system(error);
            // What the system refuses says nothing of what is on disk.
            Err(match error.kind() {
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::PermissionDenied
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::WouldBlock => DatabaseError::System(error),
                _ if error.raw_os_error().is_some() => DatabaseError::System(error),
                _ => DatabaseError::Damaged(error),
            })
        }
        // What it panicked with is in the log already.
        Err(_) => Err(DatabaseError::Damaged(own_check())),
    }
}

fn own_check() -> io::Error {
    io::Error::other("the database's own check failed")
}

/// What the system said, where it was the system.
fn system(error: sled::Error) -> io::Error {
    match error {
        sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => {
            io::Error::new(io::ErrorKind::WouldBlock, error)
        }
        sled::Error::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// What opening a database may write at least.
const PROBE_BYTES: usize = 1024 * 1024;

/// Whether the disk takes what is written beside a database.
fn takes_writes(dir: &Path) -> io::Result<()> {
    let mut probe = NamedTempFile::with_prefix_in(".probe-", dir)?;
    probe.write_all(&vec![0x5a; PROBE_BYTES])?;
    probe.as_file().sync_data()
}

/// Writes a file's bytes over themselves. A sync that failed leaves pages in memory that look written and are not, and the next
/// sync does not know of them: read from there, they would be believed.
fn write_again(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut bytes = vec![0; PROBE_BYTES];
    let mut at = 0;
    loop {
        let read = file.read_at(&mut bytes, at)?;
        let Some(read) = bytes.get(..read).filter(|read| !read.is_empty()) else {
            return sync_file(&file, path);
        };
        file.write_all_at(read, at)?;
        at = at.saturating_add(read.len() as u64);
    }
}

fn set_snapshots_aside(dir: &Path, damaged: &Path) -> io::Result<Option<PathBuf>> {
    let mut aside = None;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("snap.") {
            make_dir(damaged)?;
            let part = |dir: Option<&Path>| {
                let name = dir.and_then(Path::file_name).unwrap_or_default();
                name.to_string_lossy().into_owned()
            };
            let name = format!(
                "{}-{}-{}",
                part(dir.parent()),
                part(Some(dir)),
                entry.file_name().to_string_lossy()
            );
            let to = damaged.join(name);
            fs::rename(entry.path(), &to)?;
            aside = Some(to);
        }
    }
    sync_dir(dir)?;
    Ok(aside)
}
