//! What people sign for others to write down: that they agree with a step which nobody takes alone, and that another takes the
//! pen. Each is for one group, and for one epoch or one head: what was signed once is no weapon years later.

use bellrope_proto::{
    ids::Hash,
    signing::{Device, PublicKey, Purpose, SecretKey, Signature, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use crate::{
    extensions::Extensions,
    ids::{Epoch, GroupId},
};

/// With what somebody agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub enum ConsentTo {
    /// 1: that they are put out, with all their devices.
    Remove,
    /// 2: that they become a coordinator.
    Promote,
    /// 3: that they are a coordinator no more; said by themselves, that they resign.
    Demote,
    /// 4: that one of their devices is put out and they stay.
    RemoveDevice,
    /// Any other number: a later version's.
    Unknown(u16),
}

impl From<u16> for ConsentTo {
    fn from(number: u16) -> Self {
        match number {
            1 => Self::Remove,
            2 => Self::Promote,
            3 => Self::Demote,
            4 => Self::RemoveDevice,
            other => Self::Unknown(other),
        }
    }
}

impl From<ConsentTo> for u16 {
    fn from(to: ConsentTo) -> Self {
        match to {
            ConsentTo::Remove => 1,
            ConsentTo::Promote => 2,
            ConsentTo::Demote => 3,
            ConsentTo::RemoveDevice => 4,
            ConsentTo::Unknown(number) => number,
        }
    }
}

/// Somebody agrees with a step that another writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// In which group.
    pub group: GroupId,
    /// In which epoch it is of use.
    pub epoch: Epoch,
    /// Who agrees, and signs.
    pub by: PublicKey<Device>,
    /// With what.
    pub to: ConsentTo,
    /// Which device it is about: of a person, any of theirs.
    pub about: PublicKey<Device>,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Consent {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Consent;
}

impl Consent {
    /// Whether one of them has something that this program does not know and must not ignore.
    pub(super) fn any_newer(all: &[Signed<Self>]) -> bool {
        let mut said = all.iter().filter_map(|one| one.peek().ok());
        said.any(|one| one.extensions.has_critical())
    }
}

/// That a device takes the pen at a head. Everybody can write it down: only the signature travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakeOver {
    /// In which group.
    group: GroupId,
    /// After which entry.
    head: Hash,
    /// Who takes it.
    holder: PublicKey<Device>,
    /// Who signs for that.
    by: PublicKey<Device>,
}

impl Statement for TakeOver {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Take;
}

impl TakeOver {
    /// Signs for who takes the pen after a head.
    #[must_use]
    pub(crate) fn sign(
        (group, head): (GroupId, Hash),
        holder: PublicKey<Device>,
        by: &SecretKey<Device>,
    ) -> Signature {
        let statement = Self {
            group,
            head,
            holder,
            by: by.public(),
        };
        by.sign(&statement).detach()
    }

    /// Whether somebody did.
    pub(crate) fn is_signed(
        (group, head): (GroupId, Hash),
        holder: PublicKey<Device>,
        by: PublicKey<Device>,
        signature: Signature,
    ) -> bool {
        let statement = Self {
            group,
            head,
            holder,
            by,
        };
        Signed::attach(&statement, signature).verify(&by).is_ok()
    }
}
