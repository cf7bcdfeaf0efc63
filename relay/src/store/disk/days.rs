//! The days' directories and keys: opened when the store is, made with a day's first envelope, erased when
//! the day has expired.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bellrope_proto::ids::Day;

use super::{
    catalog::Catalog,
    day::DayStore,
    day_keys::{DayKey, shred},
    error::{OpenError, system},
    index::Index,
    names,
    opening::{OpenReport, open_database},
    volumes::Volumes,
};
use crate::durable::{make_dir, sync_dir};

/// Where the catalog is, beside the numbered volumes.
const CATALOG: &str = "catalog";
const CATALOG_CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// See the module.
#[derive(Debug)]
pub(super) struct DayDirs {
    days: PathBuf,
    keys: PathBuf,
    damaged: PathBuf,
    volume_bytes: usize,
}

impl DayDirs {
    /// The days of the store in `dir`.
    pub(super) fn new(dir: &Path, damaged: &Path, volume_bytes: usize) -> Result<Self, OpenError> {
        let (days, keys) = (dir.join("days"), dir.join("keys"));
        for path in [&keys, &days] {
            make_dir(path).map_err(system(path))?;
        }
        Ok(Self {
            days,
            keys,
            damaged: damaged.to_owned(),
            volume_bytes,
        })
    }

    /// Opens every day that is kept, and finishes the erasure of those whose end had begun: the index,
    /// which lies at `index_dir`, has closed them, or their key is gone.
    pub(super) fn open_all(
        &self,
        index: &Index,
        index_dir: &Path,
        report: &mut OpenReport,
    ) -> Result<BTreeMap<Day, Arc<DayStore>>, OpenError> {
        let mut days = BTreeMap::new();
        for name in self.names().map_err(system(&self.days))? {
            let path = self.days.join(&name);
            let Some(day) = names::parse_day(&name) else {
                continue;
            };
            let closed = index.has_closed(&name).map_err(system(index_dir))?;
            let key = DayKey::read(&self.keys, &name).map_err(system(&self.keys))?;
            let Some(key) = key.filter(|_| !closed) else {
                if !closed && !is_empty(&path) {
                    let why = io::Error::other("its key is missing");
                    return Err(OpenError::Damaged { path, why });
                }
                shred(&self.keys, &name).map_err(system(&self.keys))?;
                self.remove(&name).map_err(system(&path))?;
                report.erased = report.erased.saturating_add(1);
                continue;
            };
            let store = self.open(&path, Arc::new(key), report)?;
            days.insert(day, Arc::new(store));
        }
        Ok(days)
    }

    /// The key of a day that is not open: the journal may have envelopes of one whose directory is not
    /// made yet. `None` when the day was erased.
    pub(super) fn key(&self, day: Day, index: &Index) -> io::Result<Option<Arc<DayKey>>> {
        let name = names::day(day);
        if index.has_closed(&name)? {
            return Ok(None);
        }
        Ok(DayKey::read(&self.keys, &name)?.map(Arc::new))
    }

    /// Makes a day.
    pub(super) fn make(&self, day: Day, index: &Index) -> io::Result<DayStore> {
        let name = names::day(day);
        if index.has_closed(&name)? {
            // What is written under it would be erased at the next start.
            return Err(io::Error::other("the day was erased"));
        }
        // A key without a day is what a crash between the two leaves.
        let key = match DayKey::read(&self.keys, &name)? {
            // It may have come no further than into memory.
            Some(key) => {
                sync_dir(&self.keys)?;
                DayKey::sync(&self.keys, &name)?;
                key
            }
            None => {
                shred(&self.keys, &name)?;
                DayKey::make(&self.keys, &name)?
            }
        };
        let path = self.days.join(&name);
        make_dir(&path)?;
        Ok(self.open(&path, Arc::new(key), &mut OpenReport::default())?)
    }

    /// Erases a day that the index has closed: its key first, so that what remains of it is noise.
    pub(super) fn erase(&self, day: Day, store: &DayStore) -> io::Result<()> {
        let name = names::day(day);
        shred(&self.keys, &name)?;
        store.close();
        self.remove(&name)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.days)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn open(
        &self,
        path: &Path,
        key: Arc<DayKey>,
        report: &mut OpenReport,
    ) -> Result<DayStore, OpenError> {
        let catalog_dir = path.join(CATALOG);
        make_dir(&catalog_dir).map_err(system(path))?;
        let database = open_database(&catalog_dir, CATALOG_CACHE_BYTES, &self.damaged, report)?;
        let volumes = Volumes::new(path, &self.damaged, self.volume_bytes).map_err(system(path))?;
        DayStore::new(Catalog::new(database), volumes, key).map_err(system(path))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.days.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync_dir(&self.days),
        }
    }
}

fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none())
}
