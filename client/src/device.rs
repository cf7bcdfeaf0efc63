//! A device: its keys under a passphrase, and the files that only it can read.

use std::{io, path::Path};

use bellrope_proto::{
    codec,
    frame::{self, FrameReader},
    signing::{Device as DeviceKey, SecretKey, Signed},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    home::{self, Home, Turn},
    ids::Position,
    roster::{Entry, Roster},
    seal::{self, MemberIdentity, UnlockError},
    state::{Issued, State},
    vault::{Vault, random},
};

const IDENTITY: &str = "identity";
const STATE: &str = "state";
const ROSTER: &str = "roster";
const ISSUED: &str = "issued";
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
    home: Home,
    signing: SecretKey<DeviceKey>,
    member: MemberIdentity,
    vault: Vault,
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
    #[error("the file {0} is damaged, or a newer version wrote it")]
    Damaged(String),
    /// The system said no.
    #[error("{0}: {1}")]
    System(String, io::Error),
}

impl Device {
    /// Makes a device's keys and writes them, under the passphrase, with its first state.
    ///
    /// # Errors
    /// [`DeviceError::Taken`] when the directory has a device, and the system's.
    pub fn make(
        dir: &Path,
        passphrase: &SecretString,
        first: impl FnOnce(&SecretKey<DeviceKey>, &MemberIdentity) -> (State, Vec<Signed<Entry>>),
    ) -> Result<Self, DeviceError> {
        let home = Home::make(dir).map_err(|error| system(dir, error))?;
        let _turn = home.lock(Turn::State).map_err(|error| system(dir, error))?;
        let path = home.path(IDENTITY);
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
        let device = Self::with(home, &keys);
        let (state, entries) = first(&device.signing, &device.member);
        device.write(STATE, &codec::encode(&state))?;
        device.write(ROSTER, &chain(&entries))?;
        // Last, because it is what makes the directory a device.
        home::replace(&path, &locked).map_err(|error| system(&path, error))?;
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
        let locked = home::read(&path)
            .map_err(|error| system(&path, error))?
            .ok_or(DeviceError::Nothing)?;
        let bytes = seal::unlock(passphrase, &locked).map_err(|error| match error {
            UnlockError::WrongPassphrase => DeviceError::WrongPassphrase,
            UnlockError::Damaged => DeviceError::Damaged(IDENTITY.to_owned()),
        })?;
        let keys: Keys =
            codec::decode(&bytes).map_err(|_| DeviceError::Damaged(IDENTITY.to_owned()))?;
        if keys.version != VERSION {
            return Err(DeviceError::Damaged(IDENTITY.to_owned()));
        }
        let home = Home::make(dir).map_err(|error| system(dir, error))?;
        Ok(Self::with(home, &keys))
    }

    fn with(home: Home, keys: &Keys) -> Self {
        Self {
            home,
            signing: SecretKey::from_seed(&keys.signing),
            member: MemberIdentity::from_seed(&keys.member),
            vault: Vault::new(keys.vault),
        }
    }

    /// Where its files are.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// What it signs with.
    #[must_use]
    pub fn signing(&self) -> &SecretKey<DeviceKey> {
        &self.signing
    }

    /// What the inner layer is sealed to.
    #[must_use]
    pub fn member(&self) -> &MemberIdentity {
        &self.member
    }

    /// What it remembers.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn state(&self) -> Result<State, DeviceError> {
        self.read(STATE)?.ok_or(DeviceError::Nothing)
    }

    /// Changes what it remembers: alone, and on disk before this returns.
    ///
    /// # Errors
    /// [`DeviceError`]; nothing is changed then.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, DeviceError> {
        let _turn = self.turn(Turn::State)?;
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
    pub fn roster(&self) -> Result<Option<Roster>, DeviceError> {
        let damaged = || DeviceError::Damaged(ROSTER.to_owned());
        let Some(bytes) = self.open_file(ROSTER)? else {
            return Ok(None);
        };
        let mut reader = FrameReader::default();
        reader.push(&bytes);
        let mut entries = Vec::new();
        while let Some(entry) = reader
            .next(bellrope_proto::limits::STATEMENT_BYTES_MAX)
            .map_err(|_| damaged())?
        {
            entries.push(codec::decode(entry).map_err(|_| damaged())?);
        }
        if entries.is_empty() {
            return Ok(None);
        }
        Roster::from_chain(entries).map(Some).map_err(|_| damaged())
    }

    /// Writes the roster.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn keep_roster(&self, roster: &Roster) -> Result<(), DeviceError> {
        self.write(ROSTER, &chain(roster.entries()))
    }

    /// The invitations made here, in the order of their entries. A file each, as each grows and
    /// there may be hundreds.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn issued(&self) -> Result<Vec<Issued>, DeviceError> {
        let mut all = Vec::new();
        for name in self.names(ISSUED)? {
            all.extend(self.read::<Issued>(&format!("{ISSUED}/{name}"))?);
        }
        Ok(all)
    }

    /// Writes a new invitation.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub fn keep_issued(&self, issued: &Issued) -> Result<(), DeviceError> {
        self.names(ISSUED)?;
        let name = format!("{ISSUED}/{:08x}", issued.admitted_at.0);
        self.write(&name, &codec::encode(issued))
    }

    /// Changes an invitation: alone, and on disk before this returns. `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError`]; nothing is changed then.
    pub fn change_issued<T>(
        &self,
        at: Position,
        change: impl FnOnce(&mut Issued) -> T,
    ) -> Result<Option<T>, DeviceError> {
        let _turn = self.turn(Turn::State)?;
        let Some(mut issued) = self.read::<Issued>(&format!("{ISSUED}/{:08x}", at.0))? else {
            return Ok(None);
        };
        let before = issued.clone();
        let done = change(&mut issued);
        if issued != before {
            self.keep_issued(&issued)?;
        }
        Ok(Some(done))
    }

    /// The names of the files in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub fn names(&self, folder: &str) -> Result<Vec<String>, DeviceError> {
        let path = self.home.path(folder);
        self.home
            .folder(folder)
            .and_then(|path| home::names(&path))
            .map_err(|error| system(&path, error))
    }

    /// Removes a file; one that is not there is as good as removed.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub fn remove(&self, name: &str) -> Result<(), DeviceError> {
        let path = self.home.path(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(system(&path, error)),
            _ => Ok(()),
        }
    }

    /// Moves a file to another folder.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub fn rename(&self, from: &str, to: &str) -> Result<(), DeviceError> {
        let path = self.home.path(from);
        home::rename(&path, &self.home.path(to)).map_err(|error| system(&path, error))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub fn turn(&self, turn: Turn) -> Result<home::Lock, DeviceError> {
        self.home
            .lock(turn)
            .map_err(|error| system(&self.home.path(""), error))
    }

    /// Takes a turn if nobody has it.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub fn try_turn(&self, turn: Turn) -> Result<Option<home::Lock>, DeviceError> {
        self.home
            .try_lock(turn)
            .map_err(|error| system(&self.home.path(""), error))
    }

    /// Reads and opens one of the device's files; `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn read<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, DeviceError> {
        let Some(bytes) = self.open_file(name)? else {
            return Ok(None);
        };
        codec::decode(&bytes)
            .map(Some)
            .map_err(|_| DeviceError::Damaged(name.to_owned()))
    }

    pub(crate) fn open_file(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, DeviceError> {
        let path = self.home.path(name);
        let Some(sealed) = home::read(&path).map_err(|error| system(&path, error))? else {
            return Ok(None);
        };
        self.vault
            .open(&file_use(name), &sealed)
            .map(Some)
            .map_err(|_| DeviceError::Damaged(name.to_owned()))
    }

    /// Seals and replaces one of the device's files.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), DeviceError> {
        let path = self.home.path(name);
        home::replace(&path, &self.vault.seal(&file_use(name), bytes))
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

fn system(path: &Path, error: io::Error) -> DeviceError {
    DeviceError::System(path.display().to_string(), error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::ids::Hash;

    use super::*;
    use crate::{ids::GroupId, roster::Role};

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
        made.change(|state| state.said.number = 7).unwrap();
        assert!(matches!(
            Device::make(dir.path(), &passphrase, first),
            Err(DeviceError::Taken)
        ));
        let again = Device::unlock(dir.path(), &passphrase).unwrap();
        assert_eq!(again.state().unwrap().said.number, 7);
        assert_eq!(again.signing().public(), made.signing().public());
        assert!(again.roster().unwrap().is_none());
        assert!(matches!(
            Device::unlock(dir.path(), &"another".into()),
            Err(DeviceError::WrongPassphrase)
        ));
        std::fs::write(dir.path().join("state"), b"rubbish").unwrap();
        assert!(matches!(again.state(), Err(DeviceError::Damaged(_))));
    }
}
