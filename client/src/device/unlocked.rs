//! A device: its keys under a passphrase, what it remembers, the roster that it has.

use std::{
    fs::OpenOptions,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bellrope_proto::{
    codec,
    frame::{self, FrameReader},
    signing::{Device as DeviceKey, SecretKey, Signed},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    directory::{self, Directory, Lock, LockName, Stamp},
    files::{DeviceError, Files, LOCK_PATIENCE, damaged, system},
    format,
    issued::IssuedInvitation,
    known::KnownFiles,
    outbox::{self, Held, QueuedEnvelope},
    state::State,
    tombstones,
    vault::Vault,
    week_secrets,
};
use crate::{
    alert::country::Country,
    group::{Entry, Roster, Week},
    seal::{self, EpochIdentity, MemberIdentity, UnlockError},
    secret::Seed,
    text::device_code,
};

pub(super) const IDENTITY: &str = "identity";
const STATE: &str = "state";
const ROSTER: &str = "roster";
const VERSION: u16 = 2;

/// See [`Device::remember_country`].
const COUNTRY_PATIENCE: Duration = Duration::from_secs(1);

/// What the passphrase protects.
#[derive(Debug, Serialize, Deserialize)]
struct Keys {
    version: u16,
    signing: Seed,
    member: Seed,
    turn: Seed,
    vault: Seed,
}

/// An unlocked device.
#[derive(Debug)]
pub struct Device {
    files: Files,
    signing: SecretKey<DeviceKey>,
    member: MemberIdentity,
    turn: EpochIdentity,
    /// The roster as it was read last: verifying hundreds of signatures for each alert would take longer than all
    /// the rest.
    roster: Mutex<Option<(Stamp, Arc<Roster>)>>,
    issued: Mutex<KnownFiles<IssuedInvitation>>,
    weeks: Mutex<KnownFiles<MemberIdentity>>,
    held: Held,
    making: Mutex<Option<Lock>>,
}

/// See [`Device::export_identities`].
#[derive(Debug)]
pub struct ExportedIdentities {
    /// `AGE-SECRET-KEY-PQ-1...`: open the outer layer, each of an epoch; the last is of what came for this device alone.
    pub outer: Vec<SecretString>,
    /// `AGE-SECRET-KEY-1...`: open the inner layer, each of a week; the last is the lasting one.
    pub inner: Vec<SecretString>,
}

/// What stands in a device's directory before the device is there: a crash leaves all of it, or nothing that counts.
pub(crate) struct FirstFiles {
    /// What it remembers.
    pub(crate) state: State,
    /// Its roster; none for a device that has none yet.
    pub(crate) entries: Vec<Signed<Entry>>,
    /// What waits to be sent.
    pub(crate) queue: Vec<QueuedEnvelope>,
}

/// The keys of a device that is being made.
pub(crate) struct OwnKeys<'a> {
    /// What it signs with.
    pub(crate) signing: &'a SecretKey<DeviceKey>,
    /// What the inner layer is sealed to.
    pub(crate) member: &'a MemberIdentity,
    /// What new epochs' secrets are sealed to.
    pub(crate) turn: &'a EpochIdentity,
}

impl Device {
    /// Makes a device's keys and writes them, under the passphrase, with its first state.
    ///
    /// # Errors
    /// [`DeviceError::Taken`] when the directory has a device, and the system's.
    pub(crate) fn make<E: From<DeviceError>>(
        dir: &Path,
        passphrase: &SecretString,
        first: impl FnOnce(&OwnKeys<'_>) -> Result<FirstFiles, E>,
    ) -> Result<Self, E> {
        let directory = Directory::make(dir).map_err(|error| system(dir, error))?;
        let _lock = directory
            .lock_within(LockName::State, LOCK_PATIENCE)
            .map_err(|error| system(dir, error))?
            .ok_or(DeviceError::Busy)?;
        let path = directory.path(IDENTITY);
        if path.exists() {
            return Err(DeviceError::Taken.into());
        }
        let keys = Keys {
            version: VERSION,
            signing: Seed::random(),
            member: Seed::random(),
            turn: Seed::random(),
            vault: Seed::random(),
        };
        let locked = seal::lock(passphrase, &Zeroizing::new(codec::encode(&keys)));
        let device = Self::with(directory.clone(), &keys);
        let files = first(&device.keys())?;
        device.begin(&files)?;
        format::write(&directory)?;
        // Last, because it is what makes the directory a device.
        directory::replace(&path, &locked).map_err(|error| system(&path, error))?;
        Ok(device)
    }

    fn begin(&self, files: &FirstFiles) -> Result<(), DeviceError> {
        let state = Zeroizing::new(codec::encode(&files.state));
        self.files.write(STATE, &state)?;
        self.files.write(ROSTER, &chain(&files.entries))?;
        outbox::begin(&self.files, &files.queue)
    }

    /// A device whose keys are known, for tests that say in bytes what comes to it. It has no passphrase, so nobody can unlock
    /// it again.
    #[cfg(test)]
    pub(crate) fn of_seeds<E: From<DeviceError>>(
        dir: &Path,
        (signing, member): ([u8; 32], [u8; 32]),
        first: impl FnOnce(&OwnKeys<'_>) -> Result<FirstFiles, E>,
    ) -> Result<Self, E> {
        let directory = Directory::make(dir).map_err(|error| system(dir, error))?;
        let keys = Keys {
            version: VERSION,
            signing: Seed::new(&signing),
            member: Seed::new(&member),
            turn: Seed::new(&member),
            vault: Seed::random(),
        };
        let device = Self::with(directory, &keys);
        let files = first(&device.keys())?;
        device.begin(&files)?;
        Ok(device)
    }

    /// The same device in a copy of its directory, for tests.
    #[cfg(test)]
    pub(super) fn at(&self, dir: &Path) -> Self {
        Self {
            files: self.files.at(Directory::make(dir).expect("a directory")),
            signing: self.signing.clone(),
            member: self.member.clone(),
            turn: self.turn.clone(),
            roster: Mutex::default(),
            issued: Mutex::default(),
            weeks: Mutex::default(),
            held: Held::default(),
            making: Mutex::default(),
        }
    }

    /// Whether a directory has a device, without its passphrase.
    #[must_use]
    pub fn is_in(dir: &Path) -> bool {
        dir.join(IDENTITY).exists()
    }

    /// Whether this program can read what is in a directory, without its passphrase.
    ///
    /// # Errors
    /// [`DeviceError::Nothing`], [`DeviceError::Newer`], [`DeviceError::Older`].
    pub fn check(dir: &Path) -> Result<(), DeviceError> {
        if !Self::is_in(dir) {
            return Err(DeviceError::Nothing);
        }
        format::check(dir)
    }

    /// Unlocks the device in a directory. Takes about half a second, on purpose.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn unlock(dir: &Path, passphrase: &SecretString) -> Result<Self, DeviceError> {
        let bytes = keys_in(dir, passphrase)?;
        let keys: Keys = codec::decode(&bytes).map_err(|error| damaged(IDENTITY, error))?;
        if keys.version != VERSION {
            return Err(damaged(IDENTITY, "the version is another"));
        }
        let directory = Directory::make(dir).map_err(|error| system(dir, error))?;
        let device = Self::with(directory, &keys);
        // Before anything of it is shown.
        tombstones::finish(&device);
        Ok(device)
    }

    /// Puts a device's keys under another passphrase, with as much work as this program asks for. They stay the same keys: a copy
    /// of the file from before opens with the old passphrase for ever. Takes about a second, on purpose.
    ///
    /// # Errors
    /// [`DeviceError`]; nothing is changed then.
    pub fn change_passphrase(
        dir: &Path,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), DeviceError> {
        Self::check(dir)?;
        let directory = Directory::make(dir).map_err(|error| system(dir, error))?;
        // Of two that change it at once, the second finds that its old passphrase does not fit any more.
        let _lock = directory
            .lock_within(LockName::Identity, LOCK_PATIENCE)
            .map_err(|error| system(dir, error))?
            .ok_or(DeviceError::Busy)?;
        let path = directory.path(IDENTITY);
        let before = OpenOptions::new().write(true).open(&path);
        let locked = seal::lock(new, &keys_in(dir, old)?);
        directory::replace(&path, &locked).map_err(|error| system(&path, error))?;
        // Only now, when the new one is there for certain. What cannot be done about the old one is no failure of the new.
        let overwritten = before.and_then(|mut before| directory::overwrite(&mut before));
        if let Err(error) = overwritten {
            tracing::debug!(%error, "the bytes of the old identity stay on the disk");
        }
        Ok(())
    }

    fn with(directory: Directory, keys: &Keys) -> Self {
        Self {
            files: Files::new(directory, Vault::new(&keys.vault)),
            roster: Mutex::new(None),
            issued: Mutex::default(),
            weeks: Mutex::default(),
            held: Held::default(),
            making: Mutex::default(),
            signing: SecretKey::from_seed(keys.signing.bytes()),
            member: MemberIdentity::from_seed(keys.member.bytes()),
            turn: EpochIdentity::from_seed(keys.turn.bytes()),
        }
    }

    fn keys(&self) -> OwnKeys<'_> {
        OwnKeys {
            signing: &self.signing,
            member: &self.member,
            turn: &self.turn,
        }
    }

    /// Its code, which a person reads out to whoever lets them in.
    #[must_use]
    pub fn code(&self) -> String {
        device_code(&self.signing.public())
    }

    /// Whether it writes the roster: it has the pen, and what it takes.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn has_pen(&self) -> Result<bool, DeviceError> {
        Ok(self.state()?.authority_seed.is_some() && self.is_holder()?)
    }

    /// Whether the pen is this device's, as far as it knows.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn is_holder(&self) -> Result<bool, DeviceError> {
        let roster = self.roster()?;
        Ok(roster.is_some_and(|roster| roster.holder() == self.signing.public()))
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

    /// Whether its claim was not seen in the invitation's mailbox yet, so that another device may have been first.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn awaits_claim(&self) -> Result<bool, DeviceError> {
        let joined = self.state()?.joined;
        Ok(joined.is_some_and(|joined| !joined.claim_seen))
    }

    /// The country that was said last on this device.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn country(&self) -> Result<Option<Country>, DeviceError> {
        Ok(self.state()?.country)
    }

    /// Keeps the country that a person said, among what the passphrase seals. An alert waits behind it: it is not worth more than a
    /// second.
    ///
    /// # Errors
    /// [`DeviceError`]; nothing is changed then.
    pub fn remember_country(&self, country: Country) -> Result<(), DeviceError> {
        let changed =
            self.change_within(COUNTRY_PATIENCE, |state| state.country = Some(country))?;
        changed.ok_or(DeviceError::Busy)
    }

    /// The keys that open what is sealed to this device, as any age tool reads them; `None` for one that does not read.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn export_identities(&self) -> Result<Option<ExportedIdentities>, DeviceError> {
        let state = self.state()?;
        let Some(newest) = &state.epoch_seed else {
            return Ok(None);
        };
        let former = state.former.iter().rev().filter_map(|it| it.reads.as_ref());
        let epochs = std::iter::once(newest).chain(former.map(|(seed, _)| seed));
        let epochs = epochs.map(|seed| EpochIdentity::from_seed(seed.bytes()).to_text());
        let weeks = week_secrets::held(self, Week(u32::MAX))?.into_iter();
        let weeks = weeks.map(|(_, identity)| identity.to_text());
        Ok(Some(ExportedIdentities {
            outer: epochs.chain([self.turn.to_text()]).collect(),
            inner: weeks.chain([self.member.to_text()]).collect(),
        }))
    }

    /// Files of this device that were damaged, or never its own, and were set aside since this was asked last. Tell people:
    /// what was in them is gone.
    #[must_use]
    pub fn take_set_aside(&self) -> Vec<String> {
        self.files.take_aside()
    }

    /// Whether its file system turned out to have no locks: two programs must not work here at once then. Tell people.
    #[must_use]
    pub fn is_without_locks(&self) -> bool {
        self.files.is_without_locks()
    }

    /// Its files.
    #[must_use]
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// What is sealed and could not be written down.
    pub(super) fn held(&self) -> &Held {
        &self.held
    }

    /// What says, until this program ends, that it makes what is to follow a message.
    pub(super) fn making(&self) -> MutexGuard<'_, Option<Lock>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// What new epochs' secrets are sealed to: the outer layer of what is for this device alone.
    #[must_use]
    pub(crate) fn turn(&self) -> &EpochIdentity {
        &self.turn
    }

    /// What it remembers.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn state(&self) -> Result<State, DeviceError> {
        self.files.read(STATE)?.ok_or(DeviceError::Nothing)
    }

    /// Changes what it remembers: alone, and on disk before this returns.
    ///
    /// # Errors
    /// [`DeviceError`]; nothing is changed then.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, DeviceError> {
        let _lock = self.files.lock(LockName::State)?;
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
        match self.files.lock_within(LockName::State, patience)? {
            Some(_lock) => self.change_locked(change).map(Some),
            None => Ok(None),
        }
    }

    fn change_locked<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, DeviceError> {
        let mut state = self.state()?;
        let before = Zeroizing::new(codec::encode(&state));
        let done = change(&mut state);
        let after = Zeroizing::new(codec::encode(&state));
        if after != before {
            self.files.write(STATE, &after)?;
        }
        Ok(done)
    }

    /// The roster that it has; `None` for a device that has none: a defender's, or one that waits.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn roster(&self) -> Result<Option<Arc<Roster>>, DeviceError> {
        let stamp = self.files.stamp(ROSTER)?;
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

    /// The invitations as they were read last.
    pub(super) fn known_issued(&self) -> MutexGuard<'_, KnownFiles<IssuedInvitation>> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secrets of weeks as they were read last.
    pub(super) fn known_weeks(&self) -> MutexGuard<'_, KnownFiles<MemberIdentity>> {
        self.weeks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_roster(&self) -> Result<Option<Roster>, DeviceError> {
        let Some(bytes) = self.files.open_file(ROSTER)? else {
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
        let roster = Roster::from_known(entries).map_err(|error| damaged(ROSTER, error))?;
        Ok(Some(roster))
    }

    /// Writes the roster.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn store_roster(&self, roster: &Roster) -> Result<(), DeviceError> {
        let mut known = self.roster.lock().unwrap_or_else(PoisonError::into_inner);
        self.files.write(ROSTER, &chain(&roster.known()))?;
        // Known as it is, without verifying the whole chain again. Nobody else writes it: its lock is held here.
        let stamp = self.files.stamp(ROSTER)?;
        *known = stamp.map(|stamp| (stamp, Arc::new(roster.clone())));
        drop(known);
        // What a person may do is what the roster says of them.
        let me = roster.person(&self.signing.public());
        let role = me.map(|person| person.role);
        match role {
            Some(role) if self.state()?.role != role => self.change(|state| state.role = role),
            _ => Ok(()),
        }
    }
}

/// What the passphrase protects, as it is in the file.
fn keys_in(dir: &Path, passphrase: &SecretString) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
    Device::check(dir)?;
    let path = dir.join(IDENTITY);
    let locked = directory::read(&path)
        .map_err(|error| system(&path, error))?
        .ok_or(DeviceError::Nothing)?;
    seal::unlock(passphrase, &locked).map_err(|error| match error {
        UnlockError::WrongPassphrase => DeviceError::WrongPassphrase,
        UnlockError::Damaged => damaged(IDENTITY, error),
    })
}

fn chain(entries: &[Signed<Entry>]) -> Vec<u8> {
    entries
        .iter()
        .flat_map(|entry| frame::frame(&codec::encode(entry)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use bellrope_proto::{
        envelope::Envelope,
        ids::{Hash, MailboxId, Timestamp},
    };

    use super::*;
    use crate::{group::Role, ids::GroupId};

    /// A crash at any write of [`Device::make`] leaves no device, and the next try makes one as if there had been none.
    #[test]
    fn what_a_try_before_left_is_in_nobodys_way() {
        let group = |number| GroupId(Hash([number; 32]));
        let envelope = |byte| Envelope::new(vec![byte; 4096]).unwrap();
        let first = |number| {
            move |_: &OwnKeys<'_>| {
                let one = |byte| {
                    QueuedEnvelope::plain(MailboxId([number; 32]), envelope(byte), Timestamp(1))
                };
                Ok::<_, DeviceError>(FirstFiles {
                    state: State::new(group(number), Role::Member),
                    entries: Vec::new(),
                    queue: vec![one(number), one(number + 1)],
                })
            }
        };
        // In the order in which they are written; the second is the queue's, of two files.
        let written = [STATE, ROSTER, "outbox", "outbox", "format", IDENTITY];
        let old = tempfile::tempdir().unwrap();
        let before = Device::make(old.path(), &"a passphrase".into(), first(1)).unwrap();
        let mut queue = outbox::names(&before).unwrap().into_iter();
        for cut in 0..written.len() {
            let dir = tempfile::tempdir().unwrap();
            std::fs::create_dir(dir.path().join("outbox")).unwrap();
            for name in &written[..cut] {
                let name = match *name {
                    "outbox" => format!("outbox/{}", queue.next().unwrap()),
                    other => other.to_owned(),
                };
                std::fs::copy(old.path().join(&name), dir.path().join(&name)).unwrap();
            }
            queue = outbox::names(&before).unwrap().into_iter();
            std::fs::write(dir.path().join(".new-cut"), b"half a file").unwrap();
            assert!(!Device::is_in(dir.path()), "{cut}");
            let made = Device::make(dir.path(), &"another".into(), first(5)).unwrap();
            assert_eq!(made.state().unwrap().group, group(5));
            assert!(made.roster().unwrap().is_none());
            assert_eq!(outbox::names(&made).unwrap().len(), 2, "{cut}");
            let queue = outbox::all(&made).unwrap().into_iter();
            let queue: Vec<_> = queue.map(|file| file.queued.envelope).collect();
            assert_eq!(queue, [envelope(5), envelope(6)], "{cut}");
        }
    }

    #[test]
    fn a_device_opens_under_its_passphrase_and_keeps_what_it_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let passphrase = SecretString::from("a passphrase");
        let first = |_: &OwnKeys<'_>| {
            Ok::<_, DeviceError>(FirstFiles {
                state: State::new(GroupId(Hash([1; 32])), Role::Member),
                entries: Vec::new(),
                queue: Vec::new(),
            })
        };
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
