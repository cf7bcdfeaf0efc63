//! One sled database, told what it needs so that it keeps its word. The only file that names sled.

use std::{
    fs::{self, File},
    io,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
};

use crate::durable::{make_dir, sync_dir};

/// The largest value that may be written. sled keeps up to 17 rows in a page, rewrites pages whole, and
/// moves what is over 128 KiB to a file of its own, which nothing syncs: a page of large rows would take
/// rows with it that were on disk before.
pub(super) const VALUE_BYTES_MAX: usize = 6 * 1024;

/// The largest page that may be written: alone in its tree, it stays in the log whatever sled does.
pub(super) const PAGE_BYTES_MAX: usize = 120 * 1024;

/// The only row of a page's tree.
const PAGE_ROW: &[u8] = b"p";

/// One sled database, and its word that something is on disk.
#[derive(Debug)]
pub(super) struct Database {
    db: sled::Db,
    log: File,
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
        let (db, aside) = match try_open(dir, cache_bytes) {
            Ok(db) => (db, None),
            Err(first) => {
                let aside = set_snapshots_aside(dir, damaged).map_err(DatabaseError::System)?;
                let Some(aside) = aside else {
                    return Err(DatabaseError::Damaged(first));
                };
                let db = try_open(dir, cache_bytes).map_err(DatabaseError::Damaged)?;
                (db, Some(aside))
            }
        };
        let log = File::open(dir.join("db")).map_err(DatabaseError::System)?;
        let database = Self { db, log };
        database.sync().map_err(DatabaseError::System)?;
        sync_dir(dir).map_err(DatabaseError::System)?;
        Ok((database, aside))
    }

    pub(super) fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let row = self.db.get(key).map_err(io::Error::other)?;
        Ok(row.map(|value| value.to_vec()))
    }

    /// Every row whose key begins with this, with the rest of its key.
    pub(super) fn rows(&self, prefix: u8) -> impl Iterator<Item = io::Result<(Vec<u8>, Vec<u8>)>> {
        self.db.scan_prefix([prefix]).map(|row| {
            let (key, value) = row.map_err(io::Error::other)?;
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
        let row = self.db.range(least..=most).next_back();
        let row = row.transpose().map_err(io::Error::other)?;
        Ok(row.map(|(key, value)| (key.to_vec(), value.to_vec())))
    }

    /// Writes a batch, all or none of it, and returns when a loss of power cannot take it away.
    pub(super) fn commit(&self, batch: WriteBatch) -> io::Result<()> {
        self.db.apply_batch(batch.0).map_err(io::Error::other)?;
        self.sync()
    }

    /// Writes a page, which is on disk after [`Self::sync`].
    pub(super) fn write_page(&self, number: u32, page: &[u8]) -> io::Result<()> {
        debug_assert!(page.len() <= PAGE_BYTES_MAX);
        let tree = self.db.open_tree(number.to_be_bytes());
        let tree = tree.map_err(io::Error::other)?;
        tree.insert(PAGE_ROW, page).map_err(io::Error::other)?;
        Ok(())
    }

    /// Looks at a page; `None` when there is none.
    pub(super) fn read_page<T>(
        &self,
        number: u32,
        look: impl FnOnce(&[u8]) -> T,
    ) -> io::Result<Option<T>> {
        let tree = self.db.open_tree(number.to_be_bytes());
        let row = tree.map_err(io::Error::other)?.get(PAGE_ROW);
        Ok(row.map_err(io::Error::other)?.map(|page| look(&page)))
    }

    /// Returns when a loss of power cannot take away what was written.
    ///
    /// sled 0.34's flush ends in `sync_file_range`, which starts writing and waits for no disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.db.flush().map_err(io::Error::other)?;
        self.log.sync_data()
    }
}

/// sled panics on some damaged files: that must end as an error with a remedy, not as a crash.
fn try_open(dir: &Path, cache_bytes: u64) -> io::Result<sled::Db> {
    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(cache_bytes)
        .flush_every_ms(None)
        .print_profile_on_drop(false);
    let opened = panic::catch_unwind(AssertUnwindSafe(|| config.open()));
    match opened {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(error)) => Err(io::Error::other(error)),
        // What it panicked with is in the log already.
        Err(_) => Err(io::Error::other("the database's own check failed")),
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
