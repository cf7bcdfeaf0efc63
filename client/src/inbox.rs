//! What a member received: one sealed file for each message, in `new` until it was shown and in `cur`
//! after (as a maildir has it), so that several commands can work here at once and nothing is shown
//! twice.

use std::collections::BTreeSet;

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, Invitation, PublicKey},
};
use serde::{Deserialize, Serialize};

use crate::{
    alert::AlertId,
    device::{Device, DeviceError},
    item::Spoken,
    judge::{self, Heard, Refused},
    roster::{Claim, Roster},
    seal::MemberKey,
};

const NEW: &str = "inbox/new";
const CUR: &str = "inbox/cur";
const SENDERS: &str = "senders";

/// A message as it is kept: the signed bytes, so that it is judged again whenever it is shown. Who
/// was unknown when it arrived may be known by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its place in the group's mailbox.
    pub sequence: Sequence,
    /// When it arrived at the relay, by the relay's clock.
    pub arrived: Timestamp,
    /// What arrived.
    pub spoken: Spoken,
    /// The number that people call it by.
    pub case: String,
    /// How it follows on what the same device said before.
    pub follows: Follows,
}

/// How a message follows on the one before of the same device. Numbered by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Follows {
    /// 0: as it should, or it is the first that was heard.
    InOrder,
    /// 1: something that the device said before has not arrived, or not yet.
    AfterGap,
    /// 2: two devices speak with one key: a copy of the device is in use.
    Cloned,
}

impl From<Follows> for u8 {
    fn from(follows: Follows) -> Self {
        match follows {
            Follows::InOrder => 0,
            Follows::AfterGap => 1,
            Follows::Cloned => 2,
        }
    }
}

impl TryFrom<u8> for Follows {
    type Error = codec::Malformed;

    fn try_from(number: u8) -> Result<Self, codec::Malformed> {
        match number {
            0 => Ok(Self::InOrder),
            1 => Ok(Self::AfterGap),
            2 => Ok(Self::Cloned),
            _ => Err(codec::Malformed),
        }
    }
}

/// What known devices said last, and which device used an invitation first. Of unknown devices
/// nothing is remembered: they could be as many as an attacker likes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Senders {
    last: Vec<(PublicKey<DeviceKey>, u64, Hash)>,
    first: Vec<(PublicKey<Invitation>, PublicKey<DeviceKey>)>,
}

impl Senders {
    /// Reads what is remembered.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn read(device: &Device) -> Result<Self, DeviceError> {
        Ok(device.read(SENDERS)?.unwrap_or_default())
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn keep(&self, device: &Device) -> Result<(), DeviceError> {
        device.write(SENDERS, &codec::encode(self))
    }

    /// The device that used an invitation first.
    #[must_use]
    pub fn first(&self, claim: &Claim) -> Option<PublicKey<DeviceKey>> {
        let mut known = self.first.iter();
        let found = known.find(|(invitation, _)| *invitation == claim.invitation)?;
        Some(found.1)
    }

    /// Remembers the first user of an invitation.
    pub fn used(&mut self, claim: &Claim) {
        if self.first(claim).is_none() {
            self.first.push((claim.invitation, claim.device));
        }
    }

    /// Takes one more message of a known device.
    pub fn follow(
        &mut self,
        sender: PublicKey<DeviceKey>,
        number: u64,
        (previous, hash): (Hash, Hash),
    ) -> Follows {
        let Some(last) = self.last.iter_mut().find(|last| last.0 == sender) else {
            self.last.push((sender, number, hash));
            return Follows::InOrder;
        };
        let follows = match number.checked_sub(last.1) {
            Some(1) if previous == last.2 => Follows::InOrder,
            Some(0 | 1) | None => Follows::Cloned,
            Some(_) => Follows::AfterGap,
        };
        if number > last.1 {
            *last = (sender, number, hash);
        }
        follows
    }
}

impl Kept {
    /// Judges it by what is known now.
    ///
    /// # Errors
    /// [`Refused`]: never for what was kept by this version.
    pub fn judge(
        &self,
        roster: &Roster,
        me: &MemberKey,
        senders: &Senders,
    ) -> Result<Heard, Refused> {
        judge::judge(&self.spoken, roster, me, self.arrived, |claim| {
            senders.first(claim)
        })
    }
}

/// Stores a message as not yet shown.
///
/// # Errors
/// [`DeviceError`].
pub fn keep(device: &Device, id: AlertId, kept: &Kept) -> Result<(), DeviceError> {
    make(device)?;
    device.write(&format!("{NEW}/{id}"), &codec::encode(kept))
}

/// The message with this id, shown or not.
///
/// # Errors
/// [`DeviceError`].
pub fn find(device: &Device, id: AlertId) -> Result<Option<Kept>, DeviceError> {
    match device.read(&format!("{NEW}/{id}"))? {
        Some(kept) => Ok(Some(kept)),
        None => device.read(&format!("{CUR}/{id}")),
    }
}

/// Whether everything was shown. Opens no file: asked every second.
///
/// # Errors
/// [`DeviceError`].
pub fn is_empty(device: &Device) -> Result<bool, DeviceError> {
    make(device)?;
    Ok(device.names(NEW)?.is_empty())
}

/// Messages that were not shown yet, oldest first.
///
/// # Errors
/// [`DeviceError`].
pub fn new(device: &Device) -> Result<Vec<(AlertId, Kept)>, DeviceError> {
    make(device)?;
    folder(device, NEW)
}

/// All messages, oldest first, each with whether it was shown before.
///
/// # Errors
/// [`DeviceError`].
pub fn all(device: &Device) -> Result<Vec<(AlertId, Kept, bool)>, DeviceError> {
    make(device)?;
    // The new ones first: one that is shown meanwhile is then seen twice rather than not at all.
    let new = folder(device, NEW)?;
    let mut all: Vec<_> = folder(device, CUR)?
        .into_iter()
        .map(|(id, kept)| (id, kept, true))
        .collect();
    let shown: BTreeSet<AlertId> = all.iter().map(|(id, ..)| *id).collect();
    let new = new.into_iter().filter(|(id, _)| !shown.contains(id));
    all.extend(new.map(|(id, kept)| (id, kept, false)));
    all.sort_by_key(|(_, kept, _)| kept.sequence);
    Ok(all)
}

/// The case numbers that are taken.
///
/// # Errors
/// [`DeviceError`].
pub fn cases(device: &Device) -> Result<BTreeSet<String>, DeviceError> {
    let all = all(device)?;
    Ok(all.into_iter().map(|(_, kept, _)| kept.case).collect())
}

/// Notes that a message was shown.
///
/// # Errors
/// [`DeviceError`].
pub fn shown(device: &Device, id: AlertId) -> Result<(), DeviceError> {
    device.rename(&format!("{NEW}/{id}"), &format!("{CUR}/{id}"))
}

fn make(device: &Device) -> Result<(), DeviceError> {
    device.names("inbox")?;
    device.names(NEW)?;
    device.names(CUR)?;
    Ok(())
}

fn folder(device: &Device, folder: &str) -> Result<Vec<(AlertId, Kept)>, DeviceError> {
    let mut all = Vec::new();
    for name in device.names(folder)? {
        let Some(id) = AlertId::from_hex(&name) else {
            continue;
        };
        // It may have moved since.
        if let Some(kept) = device.read::<Kept>(&format!("{folder}/{name}"))? {
            all.push((id, kept));
        }
    }
    all.sort_by_key(|(_, kept)| kept.sequence);
    Ok(all)
}
