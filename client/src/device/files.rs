//! The sealed files of one device: what stands in its directory, under the vault's key.

use std::{
    collections::BTreeSet,
    fs::OpenOptions,
    io,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bellrope_proto::codec::{self, Blob};
use data_encoding::HEXLOWER;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    directory::{self, Directory, Lock, LockName, Stamp},
    vault::Vault,
};
use crate::random::random;

/// What a lock is waited for. Each is held for as long as a few files are written: another program that has one for longer was
/// suspended, or hangs, and may have it for hours.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// Where files go that were in the way.
pub(super) const DAMAGED: &str = "damaged";

/// What stands in a device's directory, and goes when it is erased: what is not named here is somebody else's.
pub(super) const FILES: &[&str] = &[
    "identity",
    "state",
    "roster",
    "absence",
    "added",
    "agreed",
    "answers",
    "blocks",
    "to-translate",
    "calls",
    "compared",
    "contacts",
    "copies",
    "frozen",
    "heads",
    "heard",
    "intent",
    "opened",
    "next",
    "out",
    "plans",
    "quiet",
    "reach",
    "recovery",
    "relays",
    "seen",
    "senders",
    "sent",
    "shared",
    "shifts",
    "vouched",
    "weekbook",
    "weeknotes",
    "wishes",
    "lock.state",
    "lock.receive",
    "lock.queue",
    "lock.roster",
    "lock.identity",
    "lock.keys",
    "lock.compared",
    "lock.weeks",
    "lock.attaching",
    "lock.index",
    "lock.room",
    "lock.blocks",
    "lock.making",
    // Last, as it says whose the others are.
    "format",
];

/// The folders beside them, each after what is in it.
pub(super) const FOLDERS: &[&str] = &[
    "inbox/new",
    "inbox/cur",
    "inbox/showing",
    "inbox",
    "cases/new",
    "cases/cur",
    "cases/out",
    "cases",
    "index/inbox",
    "index/cases",
    "index",
    "outbox",
    "attaching",
    "awaited",
    "parts",
    "issued",
    "evidence",
    "untold",
    "forgetting",
    "forgotten",
    "weeks",
    DAMAGED,
];

/// Whatever was found wrong with a file.
type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// Why a device's files could not be used.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// There is no device in this directory.
    #[error("there is nothing in this directory yet")]
    Nothing,
    /// There is one already.
    #[error("this directory is in use by another group or device")]
    Taken,
    /// The passphrase is another.
    #[error("the passphrase does not fit")]
    WrongPassphrase,
    /// A newer version has it, and writes its files in a way that is not known here.
    #[error("a newer version wrote this directory")]
    Newer,
    /// It was written before the first release, in a format that is not read any more.
    #[error("an old trial version wrote this directory")]
    Older,
    /// A file was changed, cut, or written by a newer version.
    #[error("the file {0} is damaged, or a newer version wrote it: {1}")]
    Damaged(String, #[source] BoxedError),
    /// Another program works on the directory and does not go on.
    #[error("another program does not let go of this directory")]
    Busy,
    /// The system said no.
    #[error("{0}: {1}")]
    System(String, #[source] io::Error),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Files {
    directory: Directory,
    vault: Vault,
    aside: Mutex<Aside>,
}

/// Files that were in everybody's way.
#[derive(Debug, Default)]
struct Aside {
    /// Nobody was told of these yet.
    untold: Vec<String>,
    /// These could not be moved, on a disk that cannot be written to, and were told.
    stuck: BTreeSet<String>,
}

impl Files {
    /// The files of a directory.
    pub(super) fn new(directory: Directory, vault: Vault) -> Self {
        Self {
            directory,
            vault,
            aside: Mutex::default(),
        }
    }

    /// The same device's files in another place.
    #[cfg(test)]
    pub(super) fn at(&self, directory: Directory) -> Self {
        Self::new(directory, self.vault.clone())
    }

    /// The state of a file; `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(super) fn stamp(&self, name: &str) -> Result<Option<Stamp>, DeviceError> {
        let path = self.directory.path(name);
        directory::stamp(&path).map_err(|error| system(&path, error))
    }

    /// Makes a folder that is not there. Lists nothing: an inbox may hold thousands.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn make_folder(&self, folder: &str) -> Result<(), DeviceError> {
        let path = self.directory.path(folder);
        let made = self.directory.folder(folder);
        made.map(drop).map_err(|error| system(&path, error))
    }

    /// The names of the files in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn names(&self, folder: &str) -> Result<Vec<String>, DeviceError> {
        let path = self.directory.path(folder);
        self.directory
            .folder(folder)
            .and_then(|path| directory::names(&path))
            .map_err(|error| system(&path, error))
    }

    /// The same, each with the state of its file.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(super) fn stamps(&self, folder: &str) -> Result<Vec<(String, Stamp)>, DeviceError> {
        let path = self.directory.path(folder);
        self.directory
            .folder(folder)
            .and_then(|path| directory::stamps(&path))
            .map_err(|error| system(&path, error))
    }

    /// Removes a file; one that is not there is as good as removed.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn remove(&self, name: &str) -> Result<(), DeviceError> {
        let path = self.directory.path(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(system(&path, error)),
            _ => Ok(()),
        }
    }

    /// Overwrites a file where it stands and removes it, and makes that last; whether the first could be done.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn erase(&self, name: &str) -> Result<bool, DeviceError> {
        let path = self.directory.path(name);
        let erased = directory::destroy(&path).and_then(|overwritten| {
            path.parent().map_or(Ok(()), directory::sync_dir)?;
            Ok(overwritten)
        });
        erased.map_err(|error| system(&path, error))
    }

    /// The same of one that may not be there: then nothing is synced.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(super) fn destroy(&self, name: &str) -> Result<(), DeviceError> {
        match self.has_file(name) {
            true => self.erase(name).map(drop),
            false => Ok(()),
        }
    }

    /// Moves a file to another folder; one that is not there has been moved before.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<(), DeviceError> {
        let path = self.directory.path(from);
        match directory::rename(&path, &self.directory.path(to)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(system(&path, error)),
            _ => Ok(()),
        }
    }

    /// Waits until no other program holds this lock, and not for ever.
    ///
    /// # Errors
    /// [`DeviceError::Busy`], [`DeviceError::System`].
    pub(crate) fn lock(&self, name: LockName) -> Result<Lock, DeviceError> {
        self.lock_within(name, LOCK_PATIENCE)?
            .ok_or(DeviceError::Busy)
    }

    /// Waits for a lock for so long; `None` when another program still has it then.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn lock_within(
        &self,
        name: LockName,
        patience: Duration,
    ) -> Result<Option<Lock>, DeviceError> {
        self.directory
            .lock_within(name, patience)
            .map_err(|error| system(&self.directory.path(""), error))
    }

    /// The same with others who share it.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn share_within(
        &self,
        name: LockName,
        patience: Duration,
    ) -> Result<Option<Lock>, DeviceError> {
        self.directory
            .share_within(name, patience)
            .map_err(|error| system(&self.directory.path(""), error))
    }

    /// Whether a file is there.
    #[must_use]
    pub(crate) fn has_file(&self, name: &str) -> bool {
        self.directory.path(name).exists()
    }

    /// Locks a file, which is made if it is not there; `None` when somebody has it locked.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn try_lock_file(&self, name: &str) -> Result<Option<Lock>, DeviceError> {
        let path = self.directory.path(name);
        directory::try_lock_file(&path).map_err(|error| system(&path, error))
    }

    /// Reads and opens one of the device's files; `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn read<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, DeviceError> {
        let Some(bytes) = self.open_file(name)? else {
            return Ok(None);
        };
        codec::decode_file(&bytes)
            .map(Some)
            .map_err(|error| damaged(name, error))
    }

    /// The same of a file that stands for itself, in a folder of its kind. One that is damaged, or was never ours, is set aside: it
    /// must be in nobody's way, and is not deleted, as somebody may still make something of it.
    ///
    /// # Errors
    /// As [`Self::read`]: what another build wrote stays where it is.
    pub(crate) fn read_one<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, DeviceError> {
        let Some(bytes) = self.open_one(name)? else {
            return Ok(None);
        };
        codec::decode_file(&bytes)
            .map(Some)
            .map_err(|error| damaged(name, error))
    }

    /// The bytes of such a file.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn open_one(&self, name: &str) -> Result<Option<Blob>, DeviceError> {
        use io::ErrorKind::{FileTooLarge, IsADirectory};
        match self.open_file(name) {
            Err(DeviceError::Damaged(..)) => {}
            Err(DeviceError::System(_, error))
                if matches!(error.kind(), FileTooLarge | IsADirectory) => {}
            other => return other,
        }
        self.set_aside(name);
        Ok(None)
    }

    /// Moves a file out of the way, and notes that for whoever tells people.
    pub(crate) fn set_aside(&self, name: &str) {
        let mut aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has read it at the same moment and was faster tells it.
        if aside.stuck.contains(name) || !self.has_file(name) {
            return;
        }
        // Of a name that nothing there has: what was set aside before stays.
        let tail = HEXLOWER.encode(&random::<4>());
        let to = format!("{DAMAGED}/{}-{tail}", name.replace('/', "-"));
        let moved = self.make_folder(DAMAGED);
        if let Err(error) = moved.and_then(|()| self.rename(name, &to)) {
            tracing::warn!(%error, "a damaged file could not be set aside");
            aside.stuck.insert(name.to_owned());
        }
        aside.untold.push(name.to_owned());
    }

    /// What was set aside and is not told yet.
    pub(super) fn take_aside(&self) -> Vec<String> {
        let mut aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut aside.untold)
    }

    /// Whether a lock was asked for that the file system does not have.
    pub(super) fn is_without_locks(&self) -> bool {
        self.directory.is_without_locks()
    }

    /// Whether there is something to tell.
    pub(crate) fn has_aside(&self) -> bool {
        let aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        !aside.untold.is_empty()
    }

    pub(crate) fn open_file(&self, name: &str) -> Result<Option<Blob>, DeviceError> {
        let path = self.directory.path(name);
        let Some(sealed) = directory::read(&path).map_err(|error| system(&path, error))? else {
            return Ok(None);
        };
        self.vault
            .open(&file_use(name), sealed)
            .map(Some)
            .map_err(|error| damaged(name, error))
    }

    /// Seals and replaces one of the device's files.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), DeviceError> {
        debug_assert!(
            match name.rsplit_once('/') {
                Some((folder, _)) => FOLDERS.contains(&folder),
                None => FILES.contains(&name),
            },
            "{name} would outlive the device"
        );
        let path = self.directory.path(name);
        directory::replace(&path, &self.vault.seal(&file_use(name), bytes))
            .map_err(|error| system(&path, error))
    }

    /// The same, and overwrites what was there before. What cannot be done about that is no failure of the new.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn write_over(&self, name: &str, bytes: &[u8]) -> Result<(), DeviceError> {
        let before = OpenOptions::new()
            .write(true)
            .open(self.directory.path(name));
        self.write(name, bytes)?;
        let overwritten = before.and_then(|mut before| directory::overwrite(&mut before));
        if let Err(error) = overwritten {
            tracing::debug!(%error, "the bytes of a file that was replaced stay on the disk");
        }
        Ok(())
    }
}

/// What a file is bound to under the vault: where it is, but not whether it was read, as it moves
/// when it is.
fn file_use(name: &str) -> String {
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        [folder, _, file] => format!("{folder}/{file}"),
        _ => name.to_owned(),
    }
}

pub(crate) fn damaged(file: &str, error: impl Into<BoxedError>) -> DeviceError {
    DeviceError::Damaged(file.to_owned(), error.into())
}

pub(super) fn system(path: &Path, error: io::Error) -> DeviceError {
    DeviceError::System(path.display().to_string(), error)
}
