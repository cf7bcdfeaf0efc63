//! What a member's device remembers of those who speak: enough to notice what is missing, and a copied device.

use bellrope_proto::{
    codec,
    ids::Hash,
    signing::{Device as DeviceKey, Invitation, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{files::DeviceError, unlocked::Device};
use crate::{group::Claim, numbered::numbered};

const SENDERS: &str = "senders";

numbered! {
    /// How a message follows on the one before of the same device.
    pub enum Follows: u8 {
        /// 0: as it should, or it is the first that was heard.
        InOrder = 0,
        /// 1: something that the device said before has not arrived, or not yet.
        AfterGap = 1,
        /// 2: two devices speak with one key: a copy of the device is in use.
        Cloned = 2,
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
        Ok(device.files().read(SENDERS)?.unwrap_or_default())
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn store(&self, device: &Device) -> Result<(), DeviceError> {
        device.files().write(SENDERS, &codec::encode(self))
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
            // The last one again.
            Some(0) if hash == last.2 => Follows::InOrder,
            Some(0 | 1) | None => Follows::Cloned,
            Some(_) => Follows::AfterGap,
        };
        if number > last.1 {
            *last = (sender, number, hash);
        }
        follows
    }
}
