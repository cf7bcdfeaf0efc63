//! Another device of somebody who is in the group, and the recovery key that speaks for a person once when every device is lost.
//!
//! Who has the pen adds no device to anybody: the entry carries the signature of a device of that person, or of the recovery key that they
//! registered, over the keys of the new one. It is for one invitation, which is used once.

use bellrope_proto::{
    codec::Blob,
    ids::{MailboxId, Timestamp},
    signing::{
        Device, Invitation, PublicKey, Purpose, Recovery, SecretKey, Signature, Signed, Statement,
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    extensions::Extensions,
    ids::{GroupId, Position},
    seal::{EpochRecipient, MemberKey},
};

/// Devices that one person may have: everything is sealed to each, and the group's room is everybody's.
pub(crate) const DEVICES_MAX: usize = 5;

/// An invitation was made for another device of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Another {
    /// The invitation's key.
    pub invitation: PublicKey<Invitation>,
    /// Whose: any device of theirs.
    pub of: PublicKey<Device>,
    /// The invitation's own small mailbox.
    pub mailbox: MailboxId,
    /// A device that uses it later is not let in by it.
    pub expires: Timestamp,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// A person has another device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Add {
    /// The entry that invited.
    pub admitted_at: Position,
    /// The device's signing key.
    pub device: PublicKey<Device>,
    /// Its inner-layer key.
    pub key: MemberKey,
    /// What new epochs' secrets are sealed to for it, 1,216 bytes.
    pub turn: Blob,
    /// Who says that it is that person's.
    pub proof: Proof,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// A person's recovery key is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetRecovery {
    /// The device of that person which says so.
    pub by: PublicKey<Device>,
    /// Which; none when none speaks for them any more.
    pub key: Option<PublicKey<Recovery>>,
    /// That device's.
    pub signature: Signature,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// Who says that a device is a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    into = "(u16, [u8; 32], Signature)",
    try_from = "(u16, [u8; 32], Signature)"
)]
pub enum Proof {
    /// 1: a device of theirs.
    Device(PublicKey<Device>, Signature),
    /// 2: their recovery key.
    Recovery(PublicKey<Recovery>, Signature),
}

/// No such proof is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a proof of a kind that is not known")]
pub struct UnknownProof;

impl From<Proof> for (u16, [u8; 32], Signature) {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::Device(key, signature) => (1, key.0, signature),
            Proof::Recovery(key, signature) => (2, key.0, signature),
        }
    }
}

impl TryFrom<(u16, [u8; 32], Signature)> for Proof {
    type Error = UnknownProof;

    fn try_from(
        (number, key, signature): (u16, [u8; 32], Signature),
    ) -> Result<Self, UnknownProof> {
        match number {
            1 => Ok(Self::Device(PublicKey::from_bytes(key), signature)),
            2 => Ok(Self::Recovery(PublicKey::from_bytes(key), signature)),
            _ => Err(UnknownProof),
        }
    }
}

/// The keys of a device that somebody says is a person's, by the invitation that it used: whose it is, the chain says of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewDevice {
    /// In which group.
    pub(crate) group: GroupId,
    /// The invitation that it used.
    pub(crate) invitation: PublicKey<Invitation>,
    /// Its signing key.
    pub(crate) device: PublicKey<Device>,
    /// Its inner-layer key.
    pub(crate) key: MemberKey,
    /// Its turn key, 1,216 bytes.
    pub(crate) turn: Blob,
}

/// What a device signs. Everybody can write it down: only the signature travels.
#[derive(Serialize, Deserialize)]
pub(crate) struct Addition(Said, PublicKey<Device>);

/// What a recovery key signs. Only the signature travels.
#[derive(Serialize, Deserialize)]
pub(crate) struct Restoration(Said, PublicKey<Recovery>);

type Said = (
    GroupId,
    PublicKey<Invitation>,
    PublicKey<Device>,
    MemberKey,
    Blob,
);

impl Statement for Addition {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Addition;
}

impl Statement for Restoration {
    type Signer = Recovery;
    const PURPOSE: Purpose = Purpose::Restoration;
}

impl NewDevice {
    /// With its turn key as it is used.
    #[must_use]
    pub(crate) fn new(
        (group, invitation): (GroupId, PublicKey<Invitation>),
        (device, key, turn): (PublicKey<Device>, MemberKey, &EpochRecipient),
    ) -> Self {
        Self {
            group,
            invitation,
            device,
            key,
            turn: Blob(turn.as_bytes().to_vec()),
        }
    }

    fn said(&self) -> Said {
        let turn = self.turn.clone();
        (self.group, self.invitation, self.device, self.key, turn)
    }

    /// A device says that it is its person's.
    #[must_use]
    pub(crate) fn prove(&self, by: &SecretKey<Device>) -> Proof {
        let said = Addition(self.said(), by.public());
        Proof::Device(by.public(), by.sign(&said).detach())
    }

    /// A recovery key says that it is its person's.
    #[must_use]
    pub(crate) fn prove_by_recovery(&self, by: &SecretKey<Recovery>) -> Proof {
        let said = Restoration(self.said(), by.public());
        Proof::Recovery(by.public(), by.sign(&said).detach())
    }

    /// Whether the key that a proof names signed it for this device. Whose key that is, the chain says.
    #[must_use]
    pub(crate) fn is_proven(&self, proof: &Proof) -> bool {
        match proof {
            Proof::Device(by, signature) => {
                let said = Addition(self.said(), *by);
                Signed::attach(&said, *signature).verify(by).is_ok()
            }
            Proof::Recovery(by, signature) => {
                let said = Restoration(self.said(), *by);
                Signed::attach(&said, *signature).verify(by).is_ok()
            }
        }
    }
}

/// That a recovery key takes the place of the one before. Only the signature travels. With the one before in it, nobody brings back a key that
/// its person replaced.
#[derive(Serialize, Deserialize)]
pub(crate) struct Registration {
    group: GroupId,
    by: PublicKey<Device>,
    before: Option<PublicKey<Recovery>>,
    key: Option<PublicKey<Recovery>>,
}

impl Statement for Registration {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Recovery;
}

impl SetRecovery {
    /// A device says which recovery key speaks for its person from now on; `before` is the one that the roster has.
    #[must_use]
    pub fn sign(
        group: GroupId,
        before: Option<PublicKey<Recovery>>,
        key: Option<PublicKey<Recovery>>,
        by: &SecretKey<Device>,
    ) -> Self {
        let said = Registration {
            group,
            by: by.public(),
            before,
            key,
        };
        Self {
            by: said.by,
            key,
            signature: by.sign(&said).detach(),
            extensions: Extensions::none(),
        }
    }

    /// Whether that device signed it, where this one speaks for its person.
    #[must_use]
    pub fn is_signed(&self, group: GroupId, before: Option<PublicKey<Recovery>>) -> bool {
        let said = Registration {
            group,
            by: self.by,
            before,
            key: self.key,
        };
        Signed::attach(&said, self.signature)
            .verify(&self.by)
            .is_ok()
    }
}
