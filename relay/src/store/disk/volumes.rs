//! A day's sealed envelopes, in volumes: small sled databases, written in order, of which only the newest
//! is open for long.
//!
//! A volume's pages are written once. sled rewrites a tree's leaves as rows come, which tripled what
//! was written and doubled the disk; and what it has to read when it starts grows with the database.
//! So each page is one row in a tree of its own, and a volume is left alone when it is full.

use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::sled::{Database, PAGE_BYTES_MAX};
use crate::durable::make_dir;

/// sled writes the list of a database's trees anew with each tree: short lists.
const VOLUME_PAGES: u64 = 1024;
const CACHE_BYTES: u64 = 4 * 1024 * 1024;

/// Volumes that stay open for readers.
const OPEN_MAX: usize = 6;

/// Where a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct PageId {
    pub(super) volume: u32,
    pub(super) page: u32,
}

/// A volume that is written.
#[derive(Debug)]
struct OpenVolume {
    number: u32,
    database: Arc<Database>,
}

/// A volume that is read: whoever finds it first opens it, and only those who want the same one wait for that. A start of
/// sled takes long, and neither who writes nor who reads another volume has to do with it.
#[derive(Clone, Debug)]
struct ReadVolume {
    number: u32,
    /// None until it is opened, and when the day has gone.
    database: Arc<Mutex<Option<Arc<Database>>>>,
}

impl ReadVolume {
    fn of(number: u32, database: Option<Arc<Database>>) -> Self {
        Self {
            number,
            database: Arc::new(Mutex::new(database)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Database>>> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody opens or reads it.
    fn is_idle(&self) -> bool {
        // Whoever is about to has the one or the other in hand.
        Arc::strong_count(&self.database) == 1
            && self.database.try_lock().is_ok_and(|database| {
                database
                    .as_ref()
                    .is_none_or(|database| Arc::strong_count(database) == 1)
            })
    }
}

#[derive(Debug)]
struct State {
    /// The one that is written; none until something is.
    newest: Option<OpenVolume>,
    /// The number that the next one gets.
    next: u32,
    pages: u64,
    bytes: usize,
    /// Whether the newest is of another start.
    inherits: bool,
    /// Whether something that lasts names a page of the newest.
    named: bool,
    /// Read lately, the last one at the end.
    read: VecDeque<ReadVolume>,
    closed: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Volumes {
    dir: PathBuf,
    damaged: PathBuf,
    /// When a volume is full. sled keeps an open one in memory whole.
    volume_bytes: usize,
    state: Mutex<State>,
}

impl State {
    /// Keeps a volume open for reading, and lets go the oldest of more than a few. Never one that somebody reads: opened a
    /// second time, it would find itself in use and look damaged.
    fn keep(&mut self, volume: ReadVolume) {
        self.read.push_back(volume);
        while self.read.len() > OPEN_MAX {
            let Some(idle) = self.read.iter().position(ReadVolume::is_idle) else {
                return;
            };
            self.read.remove(idle);
        }
    }
}

impl Volumes {
    /// The volumes in a day's directory. The next page begins a new one: what a crash left in the
    /// newest is not written over.
    pub(super) fn new(dir: &Path, damaged: &Path, volume_bytes: usize) -> io::Result<Self> {
        let mut next = 0;
        for entry in std::fs::read_dir(dir)? {
            let name = entry?.file_name();
            if let Ok(number) = name.to_string_lossy().parse::<u32>() {
                next = next.max(number.saturating_add(1));
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            damaged: damaged.to_owned(),
            volume_bytes,
            state: Mutex::new(State {
                newest: None,
                next,
                inherits: true,
                pages: 0,
                bytes: 0,
                named: false,
                read: VecDeque::new(),
                closed: false,
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, number: u32) -> io::Result<OpenVolume> {
        let path = self.dir.join(number.to_string());
        let (database, _) = Database::open(&path, CACHE_BYTES, &self.damaged)?;
        Ok(OpenVolume {
            number,
            database: Arc::new(database),
        })
    }

    /// Writes one page of at most [`PAGE_BYTES_MAX`]; it is on disk after [`Self::sync`].
    pub(super) fn write(&self, page: &[u8]) -> io::Result<PageId> {
        debug_assert!(page.len() <= PAGE_BYTES_MAX);
        let mut state = self.state();
        let full = state.bytes + page.len() > self.volume_bytes || state.pages >= VOLUME_PAGES;
        if full && let Some(newest) = state.newest.take() {
            let database = Arc::clone(&newest.database);
            state.keep(ReadVolume::of(newest.number, Some(newest.database)));
            // Readers do not wait for the disk.
            drop(state);
            database.sync()?;
            settle(&database);
            state = self.state();
        }
        if state.closed {
            return Err(gone());
        }
        if state.newest.is_none() {
            let number = state.next;
            // What a relay that was stopped wrote last: opened, it is settled.
            if std::mem::take(&mut state.inherits) {
                drop(state);
                let _ = number.checked_sub(1).map(|last| self.database(last));
                state = self.state();
            }
            make_dir(&self.dir.join(number.to_string()))?;
            state.newest = Some(self.open(number)?);
            state.next = number.saturating_add(1);
            (state.pages, state.bytes, state.named) = (0, 0, false);
        }
        let number = u32::try_from(state.pages).map_err(io::Error::other)?;
        state.pages += 1;
        state.bytes += page.len();
        let newest = state.newest.as_ref().ok_or_else(gone)?;
        newest.database.write_page(number, page)?;
        Ok(PageId {
            volume: newest.number,
            page: number,
        })
    }

    /// Returns when a loss of power cannot take away what was written.
    pub(super) fn sync(&self) -> io::Result<()> {
        let newest = self
            .state()
            .newest
            .as_ref()
            .map(|open| Arc::clone(&open.database));
        newest.map_or(Ok(()), |database| database.sync())
    }

    /// What was written until here may be named by something that lasts, from now on.
    pub(super) fn keep(&self) {
        self.state().named = true;
    }

    /// When no page comes any more. One that comes all the same begins a new volume.
    pub(super) fn settle(&self) {
        let newest = self.state().newest.take();
        if let Some(OpenVolume { number, database }) = newest {
            let volume = ReadVolume::of(number, Some(Arc::clone(&database)));
            self.state().keep(volume);
            settle(&database);
        }
    }

    /// What was written and is not named is written again, elsewhere: how much of it is on disk is not known. A disk that is full gets back
    /// what it was given of that.
    pub(super) fn give_up(&self) {
        let mut state = self.state();
        let Some(newest) = state.newest.take() else {
            return;
        };
        if state.named {
            state.keep(ReadVolume::of(newest.number, Some(newest.database)));
        } else {
            let dir = self.dir.join(newest.number.to_string());
            drop(newest);
            // What cannot be removed goes with the day.
            let _ = std::fs::remove_dir_all(dir);
        }
    }

    /// Looks at a page. `None` when it is not there.
    pub(super) fn read<T>(
        &self,
        id: PageId,
        look: impl FnOnce(&[u8]) -> T,
    ) -> io::Result<Option<T>> {
        let database = self.database(id.volume)?;
        database.read_page(id.page, look)
    }

    fn database(&self, number: u32) -> io::Result<Arc<Database>> {
        let volume = {
            let mut state = self.state();
            if state.closed || number >= state.next {
                return Err(gone());
            }
            if let Some(newest) = state.newest.as_ref().filter(|open| open.number == number) {
                return Ok(Arc::clone(&newest.database));
            }
            let known = state.read.iter().position(|open| open.number == number);
            let volume = known
                .and_then(|at| state.read.remove(at))
                .unwrap_or_else(|| ReadVolume::of(number, None));
            state.keep(volume.clone());
            volume
        };
        let mut database = volume.lock();
        if let Some(database) = database.as_ref() {
            return Ok(Arc::clone(database));
        }
        // Whoever closes waits for this lock: what is opened under it is still there, or is not opened any more.
        if self.state().closed {
            return Err(gone());
        }
        let open = self.open(number)?;
        Ok(Arc::clone(database.insert(open.database)))
    }

    /// Nothing is opened any more: the directory is about to go. Returns when nobody is at it.
    pub(super) fn close(&self) {
        let read = {
            let mut state = self.state();
            state.closed = true;
            state.newest = None;
            std::mem::take(&mut state.read)
        };
        for volume in read {
            *volume.lock() = None;
        }
    }
}

/// Not settled, it is read as long as the disk has room.
fn settle(database: &Database) {
    if let Err(error) = database.settle() {
        tracing::debug!(%error, "a volume could not be settled");
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the volume is gone")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_volume_that_is_being_read_is_not_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let (days, damaged) = (dir.path().join("day"), dir.path().join("damaged"));
        make_dir(&days).unwrap();
        // A page fills a volume.
        let volumes = Volumes::new(&days, &damaged, 100).unwrap();
        let page = |byte| volumes.write(&[byte; 100]).unwrap();
        let first = page(1);
        let read = volumes.read(first, |bytes| {
            // More than may be open, written and read while the first is read.
            let more: Vec<_> = (2..=u8::try_from(OPEN_MAX + 3).unwrap())
                .map(page)
                .collect();
            for id in more {
                assert!(volumes.read(id, |_| ()).unwrap().is_some());
            }
            assert_eq!(
                volumes.read(first, |bytes| bytes.first().copied()).unwrap(),
                Some(Some(1))
            );
            bytes.to_vec()
        });
        assert_eq!(read.unwrap(), Some(vec![1; 100]));
        assert!(!damaged.exists(), "nothing was set aside");
    }

    #[test]
    fn whoever_opens_a_volume_holds_up_only_those_who_want_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let (days, damaged) = (dir.path().join("day"), dir.path().join("damaged"));
        make_dir(&days).unwrap();
        let volumes = Volumes::new(&days, &damaged, 100).unwrap();
        let page = |byte| volumes.write(&[byte; 100]).unwrap();
        let (first, second, _) = (page(1), page(2), page(3));
        // Somebody is opening the first.
        let opening = {
            let state = volumes.state();
            let mut read = state.read.iter();
            read.find(|volume| volume.number == first.volume)
                .unwrap()
                .clone()
        };
        let held = opening.lock();
        let byte = |id| volumes.read(id, |bytes| bytes.first().copied()).unwrap();
        assert_eq!(byte(second), Some(Some(2)));
        let newest = page(4);
        assert_eq!(byte(newest), Some(Some(4)));
        // It is not let go meanwhile, however many others are read.
        let more: Vec<PageId> = (5..15).map(page).collect();
        for id in more {
            assert!(byte(id).is_some());
        }
        drop(held);
        for id in (15..25).map(page) {
            assert!(byte(id).is_some());
        }
        let mut read = volumes.state().read.clone().into_iter();
        let same = |volume: ReadVolume| Arc::ptr_eq(&volume.database, &opening.database);
        assert!(read.any(same), "somebody is about to open it");
        assert_eq!(byte(first), Some(Some(1)));
    }

    #[test]
    fn nothing_is_opened_in_a_day_that_goes() {
        let dir = tempfile::tempdir().unwrap();
        let (days, damaged) = (dir.path().join("day"), dir.path().join("damaged"));
        make_dir(&days).unwrap();
        let volumes = Arc::new(Volumes::new(&days, &damaged, 100).unwrap());
        let first = volumes.write(&[1; 100]).unwrap();
        let volume = ReadVolume::of(first.volume, None);
        volumes.state().newest = None;
        volumes.state().keep(volume.clone());
        // A reader has found it and not opened it yet when the day is closed.
        let opening = volume.lock();
        let (reader, closer) = (Arc::clone(&volumes), Arc::clone(&volumes));
        let read = std::thread::spawn(move || reader.read(first, |_| ()));
        while Arc::strong_count(&volume.database) < 3 {
            std::thread::yield_now();
        }
        let closed = std::thread::spawn(move || closer.close());
        while !volumes.state().closed {
            std::thread::yield_now();
        }
        drop(opening);
        let error = read.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        closed.join().unwrap();
        assert!(!damaged.exists());
    }
}
