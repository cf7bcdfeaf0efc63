//! For tests: what a disk has for certain when it loses its power, which is what was synced, and no more. Whatever in
//! the relay waits for the disk says so here; a test can have one kind of it not count.
#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Files by their path below a directory.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Called after each sync, with what is certain then.
type AfterSync = Arc<dyn Fn(Files) + Send + Sync>;

static RECORDERS: Mutex<Vec<Recorder>> = Mutex::new(Vec::new());

struct Recorder {
    root: PathBuf,
    ignored: Option<String>,
    files: Files,
    dirs: BTreeMap<PathBuf, BTreeSet<OsString>>,
    seen: BTreeSet<String>,
    after_sync: Option<AfterSync>,
}

/// Records below a directory until it is dropped.
pub(crate) struct Recording(PathBuf);

impl Recording {
    /// Begins with an empty directory. Syncs of the kind that is `ignored` do not count.
    pub(crate) fn start(root: &Path, ignored: Option<&str>, after_sync: Option<AfterSync>) -> Self {
        let recorder = Recorder {
            root: root.to_owned(),
            ignored: ignored.map(ToOwned::to_owned),
            files: Files::new(),
            dirs: BTreeMap::new(),
            seen: BTreeSet::new(),
            after_sync,
        };
        let all = RECORDERS.lock();
        all.unwrap_or_else(PoisonError::into_inner).push(recorder);
        Self(root.to_owned())
    }

    /// What is certain now.
    pub(crate) fn certain(&self) -> Files {
        with(&self.0, |recorder| recorder.certain()).unwrap()
    }

    /// The bytes that files have on disk, also those whose names are gone: their blocks are free, and not empty.
    pub(crate) fn blocks(&self) -> Vec<Vec<u8>> {
        with(&self.0, |recorder| {
            recorder.files.values().cloned().collect()
        })
        .unwrap()
    }

    /// The kinds of syncs that there were.
    pub(crate) fn kinds(&self) -> BTreeSet<String> {
        with(&self.0, |recorder| recorder.seen.clone()).unwrap()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let all = RECORDERS.lock();
        let mut all = all.unwrap_or_else(PoisonError::into_inner);
        all.retain(|recorder| recorder.root != self.0);
    }
}

fn with<T>(path: &Path, act: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    let all = RECORDERS.lock();
    let mut all = all.unwrap_or_else(PoisonError::into_inner);
    let mut all = all.iter_mut();
    all.find(|recorder| path.starts_with(&recorder.root))
        .map(act)
}

/// A file's bytes are on disk.
pub(crate) fn file_synced(path: &Path) {
    synced(path, |recorder, name| {
        let bytes = fs::read(path).unwrap_or_default();
        let kind = kind(&name, &bytes);
        recorder
            .count(&kind)
            .then(|| recorder.files.insert(name, bytes));
    });
}

/// A directory's names are on disk.
pub(crate) fn dir_synced(path: &Path) {
    synced(path, |recorder, name| {
        let names = fs::read_dir(path).into_iter().flatten();
        let names = names
            .filter_map(|entry| Some(entry.ok()?.file_name()))
            .collect();
        let kind = format!("names in {}", room(&name));
        recorder
            .count(&kind)
            .then(|| recorder.dirs.insert(name, names));
    });
}

fn synced(path: &Path, note: impl FnOnce(&mut Recorder, PathBuf)) {
    let after = with(path, |recorder| {
        let name = path.strip_prefix(&recorder.root).unwrap().to_owned();
        note(recorder, name);
        let after = recorder.after_sync.clone();
        after.map(|after| (after, recorder.certain()))
    });
    if let Some((after, certain)) = after.flatten() {
        after(certain);
    }
}

/// Days and volumes by what they are, not by their number.
fn room(name: &Path) -> String {
    let plain = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy();
        match part.parse::<u32>() {
            Ok(_) => "volume".to_owned(),
            Err(_) if part.starts_with(|first: char| first.is_ascii_digit()) => "day".to_owned(),
            Err(_) => part.into_owned(),
        }
    };
    name.iter().map(plain).collect::<Vec<_>>().join("/")
}

fn kind(name: &Path, bytes: &[u8]) -> String {
    match room(name) {
        room if room == "keys/day" && bytes.iter().all(|byte| *byte == 0) => {
            "the overwritten keys/day".to_owned()
        }
        room => room
            .replace("journal/a", "journal/half")
            .replace("journal/b", "journal/half"),
    }
}

impl Recorder {
    fn count(&mut self, kind: &str) -> bool {
        self.seen.insert(kind.to_owned());
        self.ignored.as_deref() != Some(kind)
    }

    fn certain(&self) -> Files {
        let mut files = Files::new();
        self.add(Path::new(""), &mut files);
        files
    }

    fn add(&self, dir: &Path, files: &mut Files) {
        for name in self.dirs.get(dir).into_iter().flatten() {
            let path = dir.join(name);
            let here = self.root.join(&path);
            if self.dirs.contains_key(&path) || here.is_dir() {
                self.add(&path, files);
            } else if let Some(bytes) = self.files.get(&path) {
                files.insert(path, bytes.clone());
            } else if dir.join("db") != path
                && self
                    .dirs
                    .get(dir)
                    .is_some_and(|names| names.contains(&OsString::from("db")))
            {
                // sled's own, beside its log: it syncs them by itself.
                files.insert(path, fs::read(here).unwrap_or_default());
            } else {
                files.insert(path, Vec::new());
            }
        }
    }
}
