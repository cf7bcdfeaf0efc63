//! What an entry of the roster says, and its bytes. Changes are numbered by hand: 1 found, 2 admit,
//! 3 approve; removal, new epochs and promotion will take the next numbers.

use bellrope_proto::{
    address::RelayAddress,
    codec::{self, Blob, Malformed},
    ids::{Hash, MailboxId, Timestamp},
    signing::{Device, Invitation, PublicKey, Purpose, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{Epoch, Position},
    numbered::numbered,
    seal::MemberKey,
};

/// One signed step of the group's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place; one more than the last.
    pub position: Position,
    /// The roster's head before it (all zero for the first). Binds the entry to one group and one
    /// history: the same words replayed elsewhere have another head before them.
    pub previous: Hash,
    /// When, by the author's clock.
    pub time: Timestamp,
    /// Who signs.
    pub author: PublicKey<Device>,
    /// What changes.
    pub change: Change,
}

impl Statement for Entry {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Roster;
}

/// The roster's head after an entry: the hash of the bytes that were signed, the signature left out,
/// so that one statement has one hash.
#[must_use]
pub(crate) fn head_after(entry: &Signed<Entry>) -> Hash {
    Hash::tagged("roster", &[entry.bytes()])
}

/// What an entry changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Numbered", try_from = "Numbered")]
pub enum Change {
    /// 1: the group begins.
    Found(Found),
    /// 2: an invitation was made.
    Admit(Admit),
    /// 3: the person who used an invitation is in the group with these keys.
    Approve(Approve),
}

/// The group begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Random, so that two groups never share an id.
    pub salt: [u8; 16],
    /// What members call the group.
    pub group_name: String,
    /// The founder's name; the founder is its first coordinator and the entry's author.
    pub founder_name: String,
    /// The founder's inner-layer key.
    pub founder_key: MemberKey,
    /// The first epoch.
    pub epoch: EpochKeys,
}

/// What everyone who seals to the group in an epoch needs. The epoch's secret is not here: the chain
/// is handed on to people who join later, and an old secret must not travel with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochKeys {
    /// Its number.
    pub number: Epoch,
    /// The outer layer's `mlkem768x25519` public key, 1,216 bytes.
    pub recipient: Blob,
    /// The group's mailbox.
    pub mailbox: MailboxId,
    /// Where the mailbox is.
    pub relays: Vec<RelayAddress>,
}

/// An invitation was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admit {
    /// The invitation's key, derived from its secret; it vouches for the device that used it.
    pub invitation: PublicKey<Invitation>,
    /// What the person will be.
    pub role: Role,
    /// What the group calls the person; only members read it.
    pub name: String,
    /// The invitation's own small mailbox, which stays the person's reply mailbox.
    pub mailbox: MailboxId,
    /// A device that uses the invitation later is not let in by it.
    pub expires: Timestamp,
}

/// A person is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approve {
    /// The entry that invited.
    pub admitted_at: Position,
    /// The device's signing key.
    pub device: PublicKey<Device>,
    /// Its inner-layer key.
    pub key: MemberKey,
}

numbered! {
    /// What a person may do.
    pub enum Role: u16 {
        /// 1: a member who also writes the roster.
        Coordinator = 1,
        /// 2: reads, sends, answers.
        Member = 2,
        /// 3: reads; never counted.
        Observer = 3,
        /// 4: sends; never reads what others send, and knows no names.
        Defender = 4,
    }
}

impl Role {
    /// Whether alerts are sealed to people of this role.
    #[must_use]
    pub fn reads(self) -> bool {
        !matches!(self, Self::Defender)
    }

    /// Whether people of this role may send alerts.
    #[must_use]
    pub fn sends(self) -> bool {
        !matches!(self, Self::Observer)
    }

    /// Its name in JSON and in the ids of its messages.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Member => "member",
            Self::Observer => "observer",
            Self::Defender => "defender",
        }
    }
}

/// A change as it is encoded.
#[derive(Serialize, Deserialize)]
struct Numbered {
    number: u16,
    body: Blob,
}

impl From<Change> for Numbered {
    fn from(change: Change) -> Self {
        let (number, body) = match change {
            Change::Found(found) => (1, codec::encode(&found)),
            Change::Admit(admit) => (2, codec::encode(&admit)),
            Change::Approve(approve) => (3, codec::encode(&approve)),
        };
        Self {
            number,
            body: Blob(body),
        }
    }
}

impl TryFrom<Numbered> for Change {
    type Error = Malformed;

    fn try_from(numbered: Numbered) -> Result<Self, Malformed> {
        let body = &numbered.body.0;
        match numbered.number {
            1 => codec::decode(body).map(Self::Found),
            2 => codec::decode(body).map(Self::Admit),
            3 => codec::decode(body).map(Self::Approve),
            _ => Err(Malformed),
        }
    }
}
