//! A device: its keys under a passphrase, and the files that only it can read.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bellrope_proto::{
    codec,
    frame::{self, FrameReader},
    signing::{Device as DeviceKey, SecretKey, Signed},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    directory::{self, Directory, Lock, LockName, Stamp},
    state::State,
    vault::Vault,
};
use crate::{
    group::{Entry, Roster},
    random::random,
    seal::{self, EpochIdentity, MemberIdentity, UnlockError},
};

/// Whatever was found wrong with a file.
type BoxedError = Box<dyn std::error::Error + Send + Sync>;

const IDENTITY: &str = "identity";
const STATE: &str = "state";
const ROSTER: &str = "roster";
const VERSION: u16 = 1;

/// What the passphrase protects.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Keys {
    version: u16,
    signing: [u8; 32],
    member: [u8; 32],
    vault: [u8; 32],
}

/// An unlocked device.
#[derive(Debug)]
pub struct Device {
    directory: Directory,
    signing: SecretKey<DeviceKey>,
    member: MemberIdentity,
    vault: Vault,
    /// The roster as it was read last: verifying hundreds of signatures for each alert would take longer than all
    /// the rest.
    roster: Mutex<Option<(Stamp, Arc<Roster>)>>,
}

/// See [`Device::export_identities`].
#[derive(Debug)]
pub struct ExportedIdentities {
    /// `AGE-SECRET-KEY-PQ-1...`: opens the outer layer.
    pub outer: SecretString,
    /// `AGE-SECRET-KEY-1...`: opens the inner layer.
    pub inner: SecretString,
}

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
    /// A file was changed, cut, or written by a newer version.
    #[error("the file {0} is damaged, or a newer version wrote it: {1}")]
    Damaged(String, #[source] BoxedError),
    /// The system said no.
    #[error("{0}: {1}")]
    System(String, #[source] io::Error),
}

impl Device {
    /// Makes a device's keys and writes them, under the passphrase, with its first state.
    ///
    /// # Errors
    /// [`DeviceError::Taken`] when the directory has a device, and the system's.
    pub(crate) fn make(
        dir: &Path,
        passphrase: &SecretString,
        first: impl FnOnce(&SecretKey<DeviceKey>, &MemberIdentity) -> (State, Vec<Signed<Entry>>),
    ) -> Result<Self, DeviceError> {
        let directory = Directory::make(dir).map_err(|error| system(dir, error))?;
        let _lock = directory
            .lock(LockName::State)
            .map_err(|error| system(dir, error))?;
        let path = directory.path(IDENTITY);
        if path.exists() {
            return Err(DeviceError::Taken);
        }
        let keys = Keys {
            version: VERSION,
            signing: random(),
            member: random(),
            vault: random(),
        };
        let locked = seal::lock(passphrase, &Zeroizing::new(codec::encode(&keys)));
        let device = Self::with(directory, &keys);
        let (state, entries) = first(&device.signing, &device.member);
        device.write(STATE, &codec::encode(&state))?;
        device.write(ROSTER, &chain(&entries))?;
        // Last, because it is what makes the directory a device.
        directory::replace(&path, &locked).map_err(|error| system(&path, error))?;
        Ok(device)
    }

    /// Whether a directory has a device, without its passphrase.
    #[must_use]
    pub fn is_in(dir: &Path) -> bool {
        dir.join(IDENTITY).exists()
    }

    /// Unlocks the device in a directory. Takes about half a second, on purpose.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn unlock(dir: &Path, passphrase: &SecretString) -> Result<Self, DeviceError> {
        let path = dir.join(IDENTITY);
        let locked = directory::read(&path)
            .map_err(|error| system(&path, error))?
            .ok_or(DeviceError::Nothing)?;
        let bytes = seal::unlock(passphrase, &locked).map_err(|error| match error {
            UnlockError::WrongPassphrase => DeviceError::WrongPassphrase,
            UnlockError::Damaged => damaged(IDENTITY, error),
        })?;
        let keys: Keys = codec::decode(&bytes).map_err(|error| damaged(IDENTITY, error))?;
        if keys.version != VERSION {
            return Err(damaged(IDENTITY, "the version is another"));
        }
        let directory = Directory::make(dir).map_err(|error| system(dir, error))?;
        Ok(Self::with(directory, &keys))
    }

    fn with(directory: Directory, keys: &Keys) -> Self {
        Self {
            directory,
            roster: Mutex::new(None),
            signing: SecretKey::from_seed(&keys.signing),
            member: MemberIdentity::from_seed(&keys.member),
            vault: Vault::new(keys.vault),
        }
    }

    /// Whether it lets others into the group.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn is_coordinators(&self) -> Result<bool, DeviceError> {
        Ok(self.state()?.authority_seed.is_some())
    }

    /// Whether it may send or read; one that is not waits for a coordinator.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn is_let_in(&self) -> Result<bool, DeviceError> {
        Ok(self.state()?.credential.is_some())
    }

    /// Whether it reads what the group says.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn reads(&self) -> Result<bool, DeviceError> {
        Ok(self.state()?.epoch_seed.is_some())
    }

    /// The keys that open what is sealed to this device, as any age tool reads them; `None` for one that does not read.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn export_identities(&self) -> Result<Option<ExportedIdentities>, DeviceError> {
        let seed = self.state()?.epoch_seed;
        Ok(seed.map(|seed| ExportedIdentities {
            outer: EpochIdentity::from_seed(seed.0).to_text(),
            inner: self.member.to_text(),
        }))
    }

    /// What it signs with.
    #[must_use]
    pub(crate) fn signing(&self) -> &SecretKey<DeviceKey> {
        &self.signing
    }

    /// What the inner layer is sealed to.
    #[must_use]
    pub(crate) fn member(&self) -> &MemberIdentity {
        &self.member
    }

    /// What it remembers.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn state(&self) -> Result<State, DeviceError> {
        self.read(STATE)?.ok_or(DeviceError::Nothing)
    }

    /// Changes what it remembers: alone, and on disk before this returns.
    ///
    /// # Errors
    /// [`DeviceError`]; nothing is changed then.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, DeviceError> {
        let _lock = self.lock(LockName::State)?;
        self.change_locked(change)
    }

    /// The same, unless another program keeps the lock for too long: `None`, and nothing is changed then.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub(crate) fn change_within<T>(
        &self,
        patience: Duration,
        change: impl FnOnce(&mut State) -> T,
    ) -> Result<Option<T>, DeviceError> {
        match self.lock_within(LockName::State, patience)? {
            Some(_lock) => self.change_locked(change).map(Some),
            None => Ok(None),
        }
    }

    fn change_locked<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, DeviceError> {
        let mut state = self.state()?;
        let before = codec::encode(&state);
        let done = change(&mut state);
        let after = codec::encode(&state);
        if after != before {
            self.write(STATE, &after)?;
        }
        Ok(done)
    }

    /// The roster that it has; `None` for a device that has none: a defender's, or one that waits.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn roster(&self) -> Result<Option<Arc<Roster>>, DeviceError> {
        let path = self.directory.path(ROSTER);
        let stamp = directory::stamp(&path).map_err(|error| system(&path, error))?;
        {
            let known = self.roster.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, roster)) = known.as_ref()
                && Some(*at) == stamp
            {
                return Ok(Some(Arc::clone(roster)));
            }
        }
        let roster = self.read_roster()?.map(Arc::new);
        if let (Some(stamp), Some(roster)) = (stamp, &roster) {
            // What was read may be newer than the stamp: then the next look reads once more.
            let mut known = self.roster.lock().unwrap_or_else(PoisonError::into_inner);
            *known = Some((stamp, Arc::clone(roster)));
        }
        Ok(roster)
    }

    fn read_roster(&self) -> Result<Option<Roster>, DeviceError> {
        let Some(bytes) = self.open_file(ROSTER)? else {
            return Ok(None);
        };
        let mut reader = FrameReader::default();
        reader.push(&bytes);
        let mut entries = Vec::new();
        while let Some(entry) = reader
            .next(bellrope_proto::limits::STATEMENT_BYTES_MAX)
            .map_err(|error| damaged(ROSTER, error))?
        {
            entries.push(codec::decode(entry).map_err(|error| damaged(ROSTER, error))?);
        }
        if entries.is_empty() {
            return Ok(None);
        }
        let roster = Roster::from_chain(entries).map_err(|error| damaged(ROSTER, error))?;
        Ok(Some(roster))
    }

    /// Writes the roster.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn store_roster(&self, roster: &Roster) -> Result<(), DeviceError> {
        self.write(ROSTER, &chain(roster.entries()))
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

    /// Waits until no other program holds this lock.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn lock(&self, name: LockName) -> Result<Lock, DeviceError> {
        self.directory
            .lock(name)
            .map_err(|error| system(&self.directory.path(""), error))
    }

    /// Waits for a lock, but not for ever: a program that was suspended while it held one may hold it for hours.
    /// `None` when the patience is over.
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

    /// Whether a file is there.
    #[must_use]
    pub(crate) fn has_file(&self, name: &str) -> bool {
        self.directory.path(name).exists()
    }

    /// Locks one of the device's files if nobody has it locked; `None` when somebody has, or when it is gone.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn try_lock_file(&self, name: &str) -> Result<Option<Lock>, DeviceError> {
        let path = self.directory.path(name);
        directory::try_lock_file(&path).map_err(|error| system(&path, error))
    }

    /// Makes a folder for files that others may read, and gives the path of one.
    pub(super) fn public_path(&self, folder: &str, name: &str) -> Result<PathBuf, DeviceError> {
        let path = self.directory.path(folder);
        let folder = self.directory.folder(folder);
        Ok(folder.map_err(|error| system(&path, error))?.join(name))
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
        codec::decode(&bytes)
            .map(Some)
            .map_err(|error| damaged(name, error))
    }

    pub(crate) fn open_file(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, DeviceError> {
        let path = self.directory.path(name);
        let Some(sealed) = directory::read(&path).map_err(|error| system(&path, error))? else {
            return Ok(None);
        };
        self.vault
            .open(&file_use(name), &sealed)
            .map(Some)
            .map_err(|error| damaged(name, error))
    }

    /// Seals and replaces one of the device's files.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), DeviceError> {
        let path = self.directory.path(name);
        directory::replace(&path, &self.vault.seal(&file_use(name), bytes))
            .map_err(|error| system(&path, error))
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

fn chain(entries: &[Signed<Entry>]) -> Vec<u8> {
    entries
        .iter()
        .flat_map(|entry| frame::frame(&codec::encode(entry)))
        .collect()
}

pub(crate) fn damaged(file: &str, error: impl Into<BoxedError>) -> DeviceError {
    DeviceError::Damaged(file.to_owned(), error.into())
}

pub(super) fn system(path: &Path, error: io::Error) -> DeviceError {
    DeviceError::System(path.display().to_string(), error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::ids::Hash;

    use super::*;
    use crate::{group::Role, ids::GroupId};

    #[test]
    fn a_device_opens_under_its_passphrase_and_keeps_what_it_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let passphrase = SecretString::from("a passphrase");
        let first = |_: &_, _: &_| (State::new(GroupId(Hash([1; 32])), Role::Member), Vec::new());
        assert!(matches!(
            Device::unlock(dir.path(), &passphrase),
            Err(DeviceError::Nothing)
        ));
        let made = Device::make(dir.path(), &passphrase, first).unwrap();
        made.change(|state| state.last_sent.number = 7).unwrap();
        assert!(matches!(
            Device::make(dir.path(), &passphrase, first),
            Err(DeviceError::Taken)
        ));
        let again = Device::unlock(dir.path(), &passphrase).unwrap();
        assert_eq!(again.state().unwrap().last_sent.number, 7);
        assert_eq!(again.signing().public(), made.signing().public());
        assert!(again.roster().unwrap().is_none());
        assert!(matches!(
            Device::unlock(dir.path(), &"another".into()),
            Err(DeviceError::WrongPassphrase)
        ));
        std::fs::write(dir.path().join("state"), b"rubbish").unwrap();
        assert!(matches!(again.state(), Err(DeviceError::Damaged(..))));
    }
}
