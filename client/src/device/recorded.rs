//! For tests: what a disk has for certain when it loses its power, which is what was synced, and no more. A test can have one
//! kind of sync not count. A recording is of the thread that began it.
#![allow(clippy::unwrap_used)]

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// What stands in a directory for certain.
#[derive(Clone)]
enum Entry {
    Directory,
    /// What was synced of it; nothing, if nothing was.
    File(Vec<u8>),
}

struct Recorder {
    root: PathBuf,
    ignored: Option<String>,
    /// What was synced of the file that has this name now.
    synced: BTreeMap<PathBuf, Vec<u8>>,
    /// The names that were synced, of each directory.
    names: BTreeMap<PathBuf, BTreeMap<OsString, Entry>>,
    kinds: BTreeSet<String>,
    /// What was certain after each sync.
    states: Vec<BTreeMap<PathBuf, Vec<u8>>>,
}

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// What is certain after one of the syncs: files by their paths below the root.
pub(super) type Certain = BTreeMap<PathBuf, Vec<u8>>;

/// Begins to record below a directory that is empty. Syncs of the kind that is `ignored` do not count.
pub(super) fn start(root: &Path, ignored: Option<&str>) {
    let recorder = Recorder {
        root: root.to_owned(),
        ignored: ignored.map(ToOwned::to_owned),
        synced: BTreeMap::new(),
        names: BTreeMap::new(),
        kinds: BTreeSet::new(),
        states: Vec::new(),
    };
    RECORDER.set(Some(recorder));
}

/// From now on syncs of this kind do not count, and of those before nothing is said.
pub(super) fn ignore(kind: Option<&str>) {
    with(|recorder| {
        recorder.ignored = kind.map(ToOwned::to_owned);
        recorder.kinds.clear();
        recorder.states.clear();
    });
}

/// What was certain after each sync since this was asked last.
pub(super) fn states() -> Vec<Certain> {
    with(|recorder| std::mem::take(&mut recorder.states)).unwrap()
}

/// What is certain now.
pub(super) fn certain() -> Certain {
    with(|recorder| recorder.certain()).unwrap()
}

/// Ends; gives the kinds of syncs that there were.
pub(super) fn stop() -> BTreeSet<String> {
    RECORDER.take().unwrap().kinds
}

fn with<T>(act: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    RECORDER.with_borrow_mut(|recorder| recorder.as_mut().map(act))
}

/// A file's bytes are on disk, under a name that it will not keep.
pub(super) fn file_synced(path: &Path, as_: &Path) {
    with(|recorder| {
        if as_.starts_with(&recorder.root)
            && recorder.counts(&format!("the file {}", recorder.room(as_)))
        {
            let bytes = fs::read(path).unwrap();
            recorder.synced.insert(path.to_owned(), bytes);
        }
    });
}

/// A file's bytes were replaced where they stand, and are on disk.
pub(super) fn overwritten(path: &Path) {
    with(|recorder| {
        if path.starts_with(&recorder.root)
            && path.exists()
            && recorder.counts(&format!("the bytes of {}", recorder.room(path)))
        {
            let names = recorder.names.entry(path.parent().unwrap().to_owned());
            let name = path.file_name().unwrap().to_owned();
            let bytes = fs::read(path).unwrap();
            names.or_default().insert(name, Entry::File(bytes));
        }
    });
}

/// A file has another name, which is on disk when the directory is.
pub(super) fn renamed(from: &Path, to: &Path) {
    with(|recorder| match recorder.synced.remove(from) {
        Some(bytes) => _ = recorder.synced.insert(to.to_owned(), bytes),
        None => _ = recorder.synced.remove(to),
    });
}

/// A directory's names are on disk.
pub(super) fn dir_synced(dir: &Path) {
    with(|recorder| {
        if !dir.starts_with(&recorder.root)
            || !recorder.counts(&format!("the names in {}", recorder.room(dir)))
        {
            return;
        }
        let entries = fs::read_dir(dir).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_owned();
            let entry = if path.is_dir() {
                Entry::Directory
            } else {
                Entry::File(recorder.synced.get(&path).cloned().unwrap_or_default())
            };
            (name, entry)
        });
        let entries = entries.collect();
        recorder.names.insert(dir.to_owned(), entries);
    });
}

impl Recorder {
    /// Where it is, without what is only a number.
    fn room(&self, path: &Path) -> String {
        let room = path.strip_prefix(&self.root).unwrap_or(path);
        let plain = |part: &std::ffi::OsStr| {
            let part = part.to_string_lossy();
            let is_number = part.len() > 7 && part.starts_with(|c: char| c.is_ascii_hexdigit());
            if is_number {
                "…".to_owned()
            } else {
                part.into_owned()
            }
        };
        room.iter().map(plain).collect::<Vec<_>>().join("/")
    }

    fn counts(&mut self, kind: &str) -> bool {
        self.kinds.insert(kind.to_owned());
        let counts = self.ignored.as_deref() != Some(kind);
        // What was certain before this one.
        let certain = self.certain();
        self.states.push(certain);
        counts
    }

    fn certain(&self) -> Certain {
        let mut certain = Certain::new();
        let mut dirs = vec![self.root.clone()];
        while let Some(dir) = dirs.pop() {
            for (name, entry) in self.names.get(&dir).into_iter().flatten() {
                let path = dir.join(name);
                match entry {
                    Entry::Directory => dirs.push(path),
                    Entry::File(bytes) => {
                        let name = path.strip_prefix(&self.root).unwrap().to_owned();
                        certain.insert(name, bytes.clone());
                    }
                }
            }
        }
        certain
    }
}
