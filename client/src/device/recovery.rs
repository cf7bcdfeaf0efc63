//! What a device knows of the recovery key of its person: whom the parts are for, since when, and when somebody last made sure that they are
//! still there. Neither the key nor a part is here, nor anywhere else.

use std::{collections::BTreeSet, time::Duration};

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey, Recovery},
};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{
    group::{Change, Entry, Proof, head_after},
    recovery::{Division, SetId},
    text::device_code,
};

const RECOVERY: &str = "recovery";

const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// Sets before the newest that are told from parts that were never of this device's person.
const BEFORE_MAX: usize = 16;

/// A key that was cut on this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cut {
    /// The set of its parts,
    pub(crate) set: SetId,
    /// and what it signs with.
    pub(crate) key: PublicKey<Recovery>,
    /// Which it is to take the place of.
    pub(crate) before: Option<PublicKey<Recovery>>,
    /// Into how many parts, and how many it takes.
    pub(crate) division: Division,
    /// When, by this device's clock.
    pub(crate) made: Timestamp,
    /// When somebody last said or saw that the parts are still there.
    pub(crate) assured: Timestamp,
    /// Whom the parts are for, in their order; fewer where that was not said.
    pub(crate) names: Vec<String>,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cuts {
    /// The newest last.
    all: Vec<Cut>,
    /// The entries of the roster that were told, of those that have to do with recovery keys, by the heads after them.
    told: BTreeSet<Hash>,
}

impl Cuts {
    /// What is known. What cannot be read is as good as not known: it is told, and the parts open what they did.
    pub(crate) fn read(device: &Device) -> Self {
        let read = device.files().read(RECOVERY);
        if let Err(error) = &read {
            tracing::warn!(%error, "it is not known any more whom the parts of the recovery key are for");
        }
        read.ok().flatten().unwrap_or_default()
    }

    /// The newest.
    pub(crate) fn newest(&self) -> Option<&Cut> {
        self.all.last()
    }

    /// That of a key.
    pub(crate) fn of(&self, key: &PublicKey<Recovery>) -> Option<&Cut> {
        self.all.iter().find(|cut| cut.key == *key)
    }

    /// That of a set.
    pub(crate) fn of_set(&self, set: SetId) -> Option<&Cut> {
        self.all.iter().find(|cut| cut.set == set)
    }
}

/// Notes that a key was cut.
///
/// # Errors
/// [`DeviceError`]; nothing is noted then.
pub(crate) fn note(device: &Device, cut: Cut) -> Result<(), DeviceError> {
    change(device, |cuts| {
        cuts.all.push(cut);
        let over = cuts.all.len().saturating_sub(BEFORE_MAX);
        cuts.all.drain(..over);
    })
}

/// Notes that the parts of a key are still there.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn assure(
    device: &Device,
    key: &PublicKey<Recovery>,
    now: Timestamp,
) -> Result<(), DeviceError> {
    change(device, |cuts| {
        for cut in cuts.all.iter_mut().filter(|cut| cut.key == *key) {
            cut.assured = now;
        }
    })
}

/// Something that happened with somebody's recovery key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryNews {
    /// Whose.
    pub name: String,
    /// Whether that is this device's person.
    pub is_mine: bool,
    /// What.
    pub what: RecoveryStep,
    /// The code of the device that it is about: the one that came in, or the one that said so.
    pub device: String,
    /// When, by the clock of who wrote it down.
    pub at: Timestamp,
}

/// See [`RecoveryNews`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryStep {
    /// There is one, in the place of the one before.
    Registered,
    /// There is none any more.
    TakenBack,
    /// Somebody has come in by it as this person.
    Restored,
}

/// What happened since this device is in the group and nobody was told of here, but for what the device itself did. It is told then.
///
/// # Errors
/// [`DeviceError`]; it is told again then.
pub fn unsaid_recoveries(device: &Device) -> Result<Vec<RecoveryNews>, DeviceError> {
    let me = device.signing().public();
    let Some(roster) = device.roster()? else {
        return Ok(Vec::new());
    };
    let Some(since) = roster.person(&me).map(|me| me.since) else {
        return Ok(Vec::new());
    };
    let told = Cuts::read(device).told;
    let entries = roster.entries().iter();
    let entries = entries.filter_map(|signed| {
        let entry = signed.peek().ok().filter(|entry| entry.position > since)?;
        let (by, what) = step(&entry)?;
        let head = head_after(signed);
        (by != me && !told.contains(&head)).then_some((head, by, what, entry.time))
    });
    let untold: Vec<_> = entries.collect();
    if untold.is_empty() {
        return Ok(Vec::new());
    }
    change(device, |cuts| {
        cuts.told.extend(untold.iter().map(|(head, ..)| *head));
    })?;
    let news = untold.into_iter().filter_map(|(_, by, what, at)| {
        let here = roster.person(&by);
        let person = here.or_else(|| Some(&roster.removed_person(&by)?.person))?;
        Some(RecoveryNews {
            name: person.name.clone(),
            is_mine: roster.is_same_person(&by, &me),
            what,
            device: device_code(&by),
            at,
        })
    });
    Ok(news.collect())
}

/// What an entry has to do with a recovery key, and the device that it is about.
pub(crate) fn step(entry: &Entry) -> Option<(PublicKey<DeviceKey>, RecoveryStep)> {
    match &entry.change {
        Change::Recovery(set) if set.key.is_some() => Some((set.by, RecoveryStep::Registered)),
        Change::Recovery(set) => Some((set.by, RecoveryStep::TakenBack)),
        Change::Add(add) if matches!(add.proof, Proof::Recovery(..)) => {
            Some((add.device, RecoveryStep::Restored))
        }
        _ => None,
    }
}

fn change(device: &Device, change: impl FnOnce(&mut Cuts)) -> Result<(), DeviceError> {
    let lock = device.files().lock_within(LockName::State, LOCK_PATIENCE)?;
    let _lock = lock.ok_or(DeviceError::Busy)?;
    let mut cuts = Cuts::read(device);
    change(&mut cuts);
    device.files().write(RECOVERY, &codec::encode(&cuts))
}
