//! The directory of one device in one group: private files, replaced as a whole, and the locks that
//! let several commands work on it at once. The only file that knows what a system calls private.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek as _, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use bellrope_proto::codec::Blob;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

#[cfg(test)]
use super::recorded;

/// A file of ours is never larger; a larger one is not ours and is not read into memory.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// How the name of a file begins that is to replace another.
pub(super) const NEW: &str = ".new-";

/// Between two looks at a lock that another program has.
const LOCK_LOOK: Duration = Duration::from_millis(20);

/// One device's directory.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    dir: PathBuf,
    /// Locks that another program did not let go of in time: they are not waited for again until they are free. A backlog
    /// would otherwise wait for each message.
    stuck: Arc<Mutex<HashSet<LockName>>>,
    /// Folders whose names are on disk for certain: one that another program has just made may not be.
    made: Arc<Mutex<HashSet<PathBuf>>>,
    /// Set when a lock was asked for and the file system has none.
    without_locks: Arc<AtomicBool>,
}

/// Held while a command changes what another could be changing. Let go when dropped, also when the
/// process is killed: the system holds it, not a file's existence.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// What programs that work on one directory do one at a time. None but [`Self::Attaching`], for which nobody waits, is held while a network or a
/// person is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LockName {
    /// Reading and replacing the device's state.
    State,
    /// Storing one message that was received.
    Receive,
    /// Numbering what is said and adding it to the queue.
    Queue,
    /// Writing the roster, from reading its newest entry to queueing the next.
    Roster,
    /// Locking the keys anew. Held for as long as a passphrase is hashed twice.
    Identity,
    /// Having the keys: shared by all who do. See `presence.rs`.
    Keys,
    /// Noting what was compared, and what was agreed, by whom.
    Compared,
    /// Making, erasing and noting keys of weeks.
    Weeks,
    /// Posting parts of photographs and papers.
    Attaching,
    /// Writing copies of messages.
    Index,
    /// Taking room for a photograph or paper that is to be posted.
    Room,
    /// Saying that there is a sensitive block.
    Blocks,
    /// Making what is to follow a message: shared by all who do. See `attaching.rs`.
    Making,
}

impl LockName {
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::State => "lock.state",
            Self::Receive => "lock.receive",
            Self::Queue => "lock.queue",
            Self::Roster => "lock.roster",
            Self::Identity => "lock.identity",
            Self::Keys => "lock.keys",
            Self::Compared => "lock.compared",
            Self::Weeks => "lock.weeks",
            Self::Attaching => "lock.attaching",
            Self::Index => "lock.index",
            Self::Room => "lock.room",
            Self::Blocks => "lock.blocks",
            Self::Making => "lock.making",
        }
    }
}

impl Directory {
    /// Makes the directory, readable by its owner only, if it is not there. One that is there stays as it is: whose it is
    /// besides, and what else is in it, is not known here.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn make(dir: &Path) -> io::Result<Self> {
        let home = Self {
            dir: dir.to_owned(),
            stuck: Arc::default(),
            made: Arc::default(),
            without_locks: Arc::default(),
        };
        home.make_last(dir)?;
        Ok(home)
    }

    /// A directory inside, made if it is not there.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.dir.join(name);
        self.make_last(&path)?;
        Ok(path)
    }

    /// Makes a directory whose name outlives a loss of power: what is in it would go with it.
    fn make_last(&self, path: &Path) -> io::Result<()> {
        make_private_dir(path)?;
        let made = || self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made().contains(path) {
            return Ok(());
        }
        match sync_parent(path) {
            // Somebody else's, who made it long ago.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            // Nothing there waits to be written.
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {}
            synced => synced?,
        }
        made().insert(path.to_owned());
        Ok(())
    }

    /// The path of a file inside.
    #[must_use]
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Some file systems have no locks: exFAT on a stick, NFS without its daemon. An alert goes all the same; people are told
    /// not to run two commands at once.
    fn no_locks(&self) {
        self.without_locks.store(true, Ordering::Relaxed);
    }

    /// Whether a lock was asked for that the file system does not have.
    #[must_use]
    pub(crate) fn is_without_locks(&self) -> bool {
        self.without_locks.load(Ordering::Relaxed)
    }

    /// Waits for a lock for so long; `None` when another program still has it then.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn lock_within(
        &self,
        name: LockName,
        patience: Duration,
    ) -> io::Result<Option<Lock>> {
        self.wait_for(name, patience, File::try_lock)
    }

    /// The same with others who share it, and with none who has it alone.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn share_within(
        &self,
        name: LockName,
        patience: Duration,
    ) -> io::Result<Option<Lock>> {
        self.wait_for(name, patience, File::try_lock_shared)
    }

    fn wait_for(
        &self,
        name: LockName,
        patience: Duration,
        lock: fn(&File) -> Result<(), fs::TryLockError>,
    ) -> io::Result<Option<Lock>> {
        let file = self.lock_file(name)?;
        let stuck = || self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = if stuck().contains(&name) {
            Duration::ZERO
        } else {
            patience
        };
        let until = Instant::now() + patience;
        loop {
            match lock(&file) {
                Ok(()) => {
                    stuck().remove(&name);
                    return Ok(Some(Lock { _file: file }));
                }
                Err(fs::TryLockError::Error(error)) if has_no_locks(&error) => {
                    self.no_locks();
                    return Ok(Some(Lock { _file: file }));
                }
                Err(fs::TryLockError::Error(error)) => return Err(error),
                Err(fs::TryLockError::WouldBlock) if Instant::now() >= until => {
                    stuck().insert(name);
                    return Ok(None);
                }
                // No system wakes whoever waits for a file's lock for a limited time.
                Err(fs::TryLockError::WouldBlock) => thread::sleep(LOCK_LOOK),
            }
        }
    }

    fn lock_file(&self, name: LockName) -> io::Result<File> {
        open_lock(&self.dir.join(name.file()))
    }
}

/// Replaces a file as a whole: a reader, or a start after a loss of power, sees the old bytes or the
/// new ones.
///
/// # Errors
/// Whatever the system says; the old file is then still there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path
        .parent()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    // Made readable by the owner only by its maker.
    let mut new = NamedTempFile::with_prefix_in(NEW, dir)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    #[cfg(test)]
    recorded::file_synced(new.path(), path);
    #[cfg(test)]
    let unfinished = new.path().to_owned();
    new.persist(path).map_err(|error| error.error)?;
    #[cfg(test)]
    recorded::renamed(&unfinished, path);
    sync_dir(dir)
}

/// A file's bytes are to be gone from the disk, which a removal alone does not do. Overwritten where they stand; a file system that
/// copies on write, and flash storage, keep the old ones for a while all the same.
///
/// # Errors
/// Whatever the system says.
pub(crate) fn overwrite(file: &mut File) -> io::Result<()> {
    let length = file.metadata()?.len().min(FILE_BYTES_MAX);
    file.rewind()?;
    io::copy(&mut io::repeat(0).take(length), file)?;
    file.sync_all()
}

/// Overwrites a file where it stands and removes it; whether the first could be done. One that is not there is as good as gone.
///
/// # Errors
/// Whatever the system says to its removal.
pub(crate) fn destroy(path: &Path) -> io::Result<bool> {
    let overwritten = OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(|mut file| overwrite(&mut file));
    #[cfg(test)]
    recorded::overwritten(path);
    gone(fs::remove_file(path))?;
    if let Err(error) = gone(overwritten) {
        tracing::debug!(%error, "a file was not overwritten");
        return Ok(false);
    }
    Ok(true)
}

/// What is not there is as good as gone.
pub(super) fn gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Reads a file of ours; `None` when it is not there.
///
/// # Errors
/// Whatever the system says, and `FileTooLarge` for what cannot be ours.
pub(crate) fn read(path: &Path) -> io::Result<Option<Blob>> {
    read_limited(path, FILE_BYTES_MAX)
}

/// Reads a file of at most so many bytes, which may be secret; `None` when it is not there.
///
/// # Errors
/// Whatever the system says, and `FileTooLarge`.
pub fn read_limited(path: &Path, bytes_max: u64) -> io::Result<Option<Blob>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len().min(bytes_max);
    // Of its whole size: one that grows leaves what it had behind, and this may be a passphrase.
    let room = usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let mut bytes = Blob(Vec::with_capacity(room));
    file.take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes.0)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(Some(bytes))
}

/// What tells one state of a file from another: files are replaced as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    bytes: u64,
    /// Nanoseconds since 1970.
    modified: i128,
    file: u64,
}

/// The state of a file; `None` when it is not there.
///
/// # Errors
/// Whatever the system says.
pub(crate) fn stamp(path: &Path) -> io::Result<Option<Stamp>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    stamp_of(&metadata).map(Some)
}

fn stamp_of(metadata: &fs::Metadata) -> io::Result<Stamp> {
    let nanoseconds = |time: Duration| i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
    let modified = metadata.modified()?.duration_since(SystemTime::UNIX_EPOCH);
    Ok(Stamp {
        bytes: metadata.len(),
        modified: match modified {
            Ok(since) => nanoseconds(since),
            Err(before) => -nanoseconds(before.duration()),
        },
        file: file_number(metadata),
    })
}

/// Locks a file, which is made if it is not there, unless somebody has it locked.
///
/// # Errors
/// Whatever the system says.
pub(crate) fn try_lock_file(path: &Path) -> io::Result<Option<Lock>> {
    let file = open_lock(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        // Who has no locks shows a message twice rather than not.
        Err(fs::TryLockError::Error(error)) if has_no_locks(&error) => {
            Ok(Some(Lock { _file: file }))
        }
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Whether a lock failed because the file system has none.
fn has_no_locks(error: &io::Error) -> bool {
    /// "No locks available", by its number on Linux: what NFS says whose lock daemon is not there.
    const NO_LOCKS_AVAILABLE: i32 = 37;
    error.kind() == io::ErrorKind::Unsupported
        || (cfg!(target_os = "linux") && error.raw_os_error() == Some(NO_LOCKS_AVAILABLE))
}

/// Opens a file to be locked, which is made if it is not there.
///
/// # Errors
/// Whatever the system says.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    private_file(&mut options);
    options.open(path)
}

/// Moves a file to another folder of the same directory, and makes that last.
///
/// # Errors
/// Whatever the system says.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    #[cfg(test)]
    recorded::renamed(from, to);
    match to.parent() {
        Some(dir) => sync_dir(dir),
        None => Ok(()),
    }
}

/// The names of the files in a folder, sorted; unfinished ones left out.
///
/// # Errors
/// Whatever the system says.
pub(crate) fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        if let Ok(name) = entry?.file_name().into_string()
            && !name.starts_with('.')
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The same, each with the state of its file.
///
/// # Errors
/// Whatever the system says.
pub(crate) fn stamps(dir: &Path) -> io::Result<Vec<(String, Stamp)>> {
    let mut stamps = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string()
            && !name.starts_with('.')
        {
            match entry.metadata().and_then(|metadata| stamp_of(&metadata)) {
                Ok(stamp) => stamps.push((name, stamp)),
                // It has moved since.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    stamps.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    Ok(stamps)
}

#[cfg(unix)]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

#[cfg(not(unix))]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// Whether others on this machine can look into a directory that is there.
#[cfg(unix)]
#[must_use]
pub fn is_open_to_others(dir: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(dir).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Whether others on this machine can look into a directory: what Windows says of that is not asked.
#[cfg(not(unix))]
#[must_use]
pub fn is_open_to_others(_dir: &Path) -> bool {
    false
}

/// Makes a new file that only its owner can read, and writes it to the disk.
///
/// # Errors
/// `AlreadyExists`, and whatever else the system says.
pub fn new_private_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private_file(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_parent(path)
}

/// Makes a name last.
fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => sync_dir(dir),
        _ => sync_dir(Path::new(".")),
    }
}

/// Has a file made readable by its owner only, where the system can.
#[cfg(unix)]
fn private_file(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// Has a file made readable by its owner only, where the system can.
#[cfg(not(unix))]
fn private_file(_options: &mut OpenOptions) {}

/// Two files with one length and one time are told apart by this.
#[cfg(unix)]
fn file_number(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn file_number(_metadata: &fs::Metadata) -> u64 {
    0
}

#[cfg(unix)]
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    match File::open(dir)?.sync_all() {
        // A file system whose directories cannot be synced: there is no other way to make a name last there.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) => {}
        synced => synced?,
    }
    #[cfg(test)]
    recorded::dir_synced(dir);
    Ok(())
}

/// Windows makes a rename last by itself and has no handle to sync a directory by.
#[cfg(not(unix))]
pub(super) fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_lock_is_one_programs_at_a_time_and_is_not_waited_for_longer_than_asked() {
        let dir = tempfile::tempdir().unwrap();
        let home = Directory::make(&dir.path().join("home")).unwrap();
        let held = home.lock_within(LockName::Queue, Duration::ZERO).unwrap();
        assert!(held.is_some());
        assert!(
            home.lock_within(LockName::Queue, Duration::ZERO)
                .unwrap()
                .is_none()
        );
        // One that is stuck is not waited for twice.
        let began = Instant::now();
        let long = Duration::from_secs(3600);
        assert!(home.lock_within(LockName::Queue, long).unwrap().is_none());
        assert!(began.elapsed() < long);
        assert!(
            home.lock_within(LockName::Receive, Duration::ZERO)
                .unwrap()
                .is_some()
        );
        drop(held);
        assert!(
            home.lock_within(LockName::Queue, Duration::ZERO)
                .unwrap()
                .is_some()
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_system_without_locks_is_told_from_a_lock_that_failed() {
        // ENOLCK of NFS, EOPNOTSUPP and ENOSYS of others.
        for number in [37, 95, 38] {
            assert!(
                has_no_locks(&io::Error::from_raw_os_error(number)),
                "{number}"
            );
        }
        // EIO, EACCES, EINTR, ENOSPC.
        for number in [5, 13, 4, 28] {
            assert!(
                !has_no_locks(&io::Error::from_raw_os_error(number)),
                "{number}"
            );
        }
    }

    #[test]
    fn replacing_leaves_the_new_file_alone() {
        let dir = tempfile::tempdir().unwrap();
        let home = Directory::make(dir.path()).unwrap();
        let folder = home.folder("things").unwrap();
        let path = folder.join("one");
        assert_eq!(read(&path).unwrap(), None);
        replace(&path, b"old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(read(&path).unwrap(), Some(Blob(b"new".to_vec())));
        assert_eq!(names(&folder).unwrap(), ["one"]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look_into_what_is_made_and_what_was_there_stays_as_it_is() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let made = dir.path().join("made");
        let there = dir.path().join("there");
        fs::create_dir(&there).unwrap();
        assert!(!is_open_to_others(&made), "it is not there");
        for (inside, open) in [
            (&made, 0o700),
            (&there, 0o755),
            (&there, 0o750),
            (&there, 0o701),
        ] {
            if inside == &there {
                fs::set_permissions(inside, fs::Permissions::from_mode(open)).unwrap();
            }
            let home = Directory::make(inside).unwrap();
            replace(&home.path("file"), b"x").unwrap();
            drop(home.lock_within(LockName::State, Duration::ZERO).unwrap());
            assert_eq!(mode(inside), open);
            assert_eq!(is_open_to_others(inside), open != 0o700);
            assert_eq!(mode(&home.folder("things").unwrap()), 0o700);
            assert_eq!(mode(&home.path("file")), 0o600);
            assert_eq!(mode(&home.path("lock.state")), 0o600);
        }
    }
}
