//! The directory of one device in one group: private files, replaced as a whole, and the locks that
//! let several commands work on it at once. The only file that knows what a system calls private.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file of ours is never larger; a larger one is not ours and is not read into memory.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// One device's directory.
#[derive(Clone, Debug)]
pub struct Home {
    dir: PathBuf,
}

/// Held while a command changes what another could be changing. Let go when dropped, also when the
/// process is killed: the system holds it, not a file's existence.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What commands take turns at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Reading and replacing the device's state.
    State,
    /// Receiving: what is stored, then the cursor.
    Receive,
    /// Showing what is new: apart from receiving, as a reader's pipe may be full for hours.
    Show,
    /// Sending what is queued.
    Send,
    /// Adding to the queue.
    Queue,
    /// Writing the roster, from reading its newest entry to queueing the next.
    Roster,
}

impl Turn {
    fn file(self) -> &'static str {
        match self {
            Self::State => "lock.state",
            Self::Receive => "lock.receive",
            Self::Show => "lock.show",
            Self::Send => "lock.send",
            Self::Queue => "lock.queue",
            Self::Roster => "lock.roster",
        }
    }
}

impl Home {
    /// Makes the directory, readable by its owner only, if it is not there.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn make(dir: &Path) -> io::Result<Self> {
        let home = Self {
            dir: dir.to_owned(),
        };
        make_private_dir(dir)?;
        Ok(home)
    }

    /// A directory inside, made if it is not there.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.dir.join(name);
        make_private_dir(&path)?;
        Ok(path)
    }

    /// The path of a file inside.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn lock(&self, turn: Turn) -> io::Result<Lock> {
        let file = self.lock_file(turn)?;
        file.lock()?;
        Ok(Lock { _file: file })
    }

    /// Takes a turn if nobody has it; `None` when another command does.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn try_lock(&self, turn: Turn) -> io::Result<Option<Lock>> {
        let file = self.lock_file(turn)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn lock_file(&self, turn: Turn) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private_file(&mut options);
        options.open(self.dir.join(turn.file()))
    }
}

/// Replaces a file as a whole: a reader, or a start after a loss of power, sees the old bytes or the
/// new ones.
///
/// # Errors
/// Whatever the system says; the old file is then still there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path
        .parent()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    // Made readable by the owner only by its maker.
    let mut new = NamedTempFile::with_prefix_in(".new-", dir)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    sync_dir(dir)
}

/// Reads a file of ours; `None` when it is not there.
///
/// # Errors
/// Whatever the system says, and `FileTooLarge` for what cannot be ours.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(Some(bytes))
}

/// Moves a file to another folder of the same home, and makes that last.
///
/// # Errors
/// Whatever the system says.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    match to.parent() {
        Some(dir) => sync_dir(dir),
        None => Ok(()),
    }
}

/// The names of the files in a folder, sorted; unfinished ones left out.
///
/// # Errors
/// Whatever the system says.
pub fn names(dir: &Path) -> io::Result<Vec<String>> {
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

#[cfg(unix)]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)?;
    // It may have been there, open to others.
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// Has a file made readable by its owner only, where the system can.
#[cfg(unix)]
pub fn private_file(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// Has a file made readable by its owner only, where the system can.
#[cfg(not(unix))]
pub fn private_file(_options: &mut OpenOptions) {}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Windows makes a rename last by itself and has no handle to sync a directory by.
#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_turn_is_one_commands_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::make(&dir.path().join("home")).unwrap();
        let held = home.try_lock(Turn::Send).unwrap();
        assert!(held.is_some());
        assert!(home.try_lock(Turn::Send).unwrap().is_none());
        assert!(home.try_lock(Turn::Receive).unwrap().is_some());
        drop(held);
        assert!(home.try_lock(Turn::Send).unwrap().is_some());
    }

    #[test]
    fn replacing_leaves_the_new_file_alone() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::make(dir.path()).unwrap();
        let folder = home.folder("things").unwrap();
        let path = folder.join("one");
        assert_eq!(read(&path).unwrap(), None);
        replace(&path, b"old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), b"new");
        assert_eq!(names(&folder).unwrap(), ["one"]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("home");
        fs::create_dir(&inside).unwrap();
        fs::set_permissions(&inside, fs::Permissions::from_mode(0o755)).unwrap();
        let home = Home::make(&inside).unwrap();
        replace(&home.path("file"), b"x").unwrap();
        drop(home.lock(Turn::State).unwrap());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inside), 0o700);
        assert_eq!(mode(&home.path("file")), 0o600);
        assert_eq!(mode(&home.path("lock.state")), 0o600);
    }
}
