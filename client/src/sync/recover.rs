//! The recovery key of this device's person: made, registered, and held against what is registered.

use std::sync::Arc;

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey, Recovery},
};

use super::{
    compose::{ComposeError, compose_for_all},
    receive::Received,
};
use crate::{
    device::{
        Device, DeviceError, agreed, frozen,
        recovery::{self, Cut, Cuts},
    },
    group::{NameError, Roster, SetRecovery, check_name},
    membership::{AdmissionError, carry_out_agreed},
    message::{KIND_RECOVERY, VerifiedMessage},
    recovery::{Division, Part, RecoveryKey, SetId},
};

/// Why nothing was done about a recovery key.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// Of a defender or an observer, or of a device that waits to be let in.
    #[error("only members and coordinators have a recovery key")]
    NotAsked,
    /// There are more names than parts.
    #[error("there are more names than parts")]
    TooManyNames,
    /// One is no name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No parts of this device's person are known.
    #[error("there are no parts")]
    NoParts,
    /// It could not be written into the roster.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// A recovery key that is registered nowhere yet, in its parts. Let go, they open nothing.
#[derive(Debug)]
pub struct NewRecoveryKey {
    key: RecoveryKey,
    division: Division,
    parts: Vec<Part>,
}

impl NewRecoveryKey {
    /// A fresh one.
    #[must_use]
    pub fn cut(division: Division) -> Self {
        let key = RecoveryKey::random();
        Self {
            parts: key.parts(division),
            key,
            division,
        }
    }

    /// Its parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// What parts are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// They are of the key that is registered for this device's person.
    InForce,
    /// They will be, once that is written into the roster.
    Waits,
    /// They were: a newer key has taken their place, or they were used. Made then.
    Void(Timestamp),
    /// They were never made on this device, and are not of what is registered.
    NotKnown,
}

/// Whether this device's person can have a recovery key: asked before anything is made.
///
/// # Errors
/// [`RecoveryError::NotAsked`].
pub fn may_have_recovery(device: &Device) -> Result<(), RecoveryError> {
    asked(device).map(drop)
}

fn asked(device: &Device) -> Result<Arc<Roster>, RecoveryError> {
    let roster = device.roster()?.ok_or(RecoveryError::NotAsked)?;
    let me = roster.person(&device.signing().public());
    match me.is_some_and(|me| me.role.reads_by_default()) {
        true => Ok(roster),
        false => Err(RecoveryError::NotAsked),
    }
}

/// What parts are worth that came to this key.
///
/// # Errors
/// [`RecoveryError`].
pub fn worth_of_key(device: &Device, key: &RecoveryKey) -> Result<Worth, RecoveryError> {
    let (roster, me) = (asked(device)?, device.signing().public());
    let cuts = Cuts::read(device);
    Ok(worth_of(&roster, &cuts, &me, &key.signing().public()))
}

/// What a part of this set is worth, as far as that can be told by one: nothing is opened by it.
///
/// # Errors
/// [`RecoveryError`].
pub fn worth_of_set(device: &Device, set: SetId) -> Result<Worth, RecoveryError> {
    let (roster, me) = (asked(device)?, device.signing().public());
    let cuts = Cuts::read(device);
    let cut = cuts.of_set(set);
    Ok(cut.map_or(Worth::NotKnown, |cut| {
        worth_of(&roster, &cuts, &me, &cut.key)
    }))
}

/// See [`Worth`].
pub(crate) fn worth_of(
    roster: &Roster,
    cuts: &Cuts,
    me: &PublicKey<DeviceKey>,
    key: &PublicKey<Recovery>,
) -> Worth {
    if roster.recovery_of(me) == Some(*key) {
        return Worth::InForce;
    }
    match cuts.of(key) {
        None => Worth::NotKnown,
        Some(cut) if roster.recovery_of(me) == cut.before && !roster.had_recovery(key) => {
            Worth::Waits
        }
        Some(cut) => Worth::Void(cut.made),
    }
}

/// Notes that the parts of the key that is registered are still there: somebody typed enough of them, or asked.
///
/// # Errors
/// [`RecoveryError`]; [`RecoveryError::NoParts`] where none were made on this device.
pub fn assure_recovery(device: &Device, now: Timestamp) -> Result<(), RecoveryError> {
    let (roster, me) = (asked(device)?, device.signing().public());
    let cuts = Cuts::read(device);
    let key = roster.recovery_of(&me).filter(|key| cuts.of(key).is_some());
    let key = key.ok_or(RecoveryError::NoParts)?;
    Ok(recovery::assure(device, &key, now)?)
}

/// How far a new key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The roster has it.
    Done,
    /// It is queued for the device that writes the roster.
    Sent,
}

/// Has a new key take the place of the one before: asks the device that writes the roster for it, and does it where this is that device. Whom its
/// parts are for stays here.
///
/// # Errors
/// [`RecoveryError`].
pub fn register_recovery(
    device: &Device,
    new: &NewRecoveryKey,
    names: &[String],
    now: Timestamp,
) -> Result<Registered, RecoveryError> {
    let (roster, me) = (asked(device)?, device.signing());
    if names.len() > new.parts.len() {
        return Err(RecoveryError::TooManyNames);
    }
    let names = names.iter().map(|name| check_name(name));
    let (key, before) = (new.key.signing().public(), roster.recovery_of(&me.public()));
    let set = SetRecovery::sign(roster.id(), before, Some(key), me);
    let cut = Cut {
        set: new.key.set(),
        key,
        before,
        division: new.division,
        made: now,
        assured: now,
        names: names.collect::<Result<Vec<_>, _>>()?,
    };
    // Before it is said: what the group has, this device knows.
    recovery::note(device, cut)?;
    if !device.has_pen()? {
        compose_for_all(device, (KIND_RECOVERY, codec::encode(&set)), now)?;
    }
    agreed::change(device, &roster, |all| all.recovery(set))?;
    carry_out_agreed(device, now)?;
    let is_written = asked(device)?.recovery_of(&me.public()) == Some(key);
    Ok(match is_written {
        true => Registered::Done,
        false => Registered::Sent,
    })
}

/// Takes in the recovery key that somebody's device asks to be written down: some random while later, as at once it would show the relay who has the
/// pen. That it could not be kept is not worth the messages after it: it can be said again.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let said: Option<SetRecovery> = codec::decode(&message.body.0).ok();
    let said = said.filter(|said| {
        let before = roster.recovery_of(&said.by);
        said.by == message.sender
            && !verified.late
            && !said.extensions.has_critical()
            && said.is_signed(roster.id(), before)
    });
    let Some(said) = said else {
        return Ok(Received::NotForUs);
    };
    // What others may have written counts later neither.
    if frozen::in_force(device, &said.by, roster)?.is_empty() {
        agreed::change(device, roster, |all| _ = all.recovery(said))?;
    }
    Ok(Received::NotForUs)
}
