//! What an entry of the roster says, and its bytes. Changes are numbered by hand: 1 found, 2 admit,
//! 3 approve, 4 withdraw, 5 turn, 6 promote, 7 demote, 8 hand, 9 take, 10 policy, 11 another, 12 add, 13 recovery, 32,769 lease, 32,770 move, 32,771 duty,
//! 32,773 retention.
//!
//! What a later version writes decodes here too: a chain that stops at the first unknown number would part old programs
//! from the group for ever. Whether it may be passed over in silence is said by its number, as in [`Extensions`].

use bellrope_proto::{
    address::RelayAddress,
    codec::{self, Blob, Malformed},
    ids::{Hash, MailboxId, Timestamp},
    signing::{Device, Invitation, PublicKey, Purpose, Signature, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use super::{
    added::{Add, Another, SetRecovery},
    consent::Consent,
    lifetimes::Lease,
    policy::Policy,
    retention::Retention,
};
use crate::{
    duty::Rota,
    extensions::{Extensions, is_critical},
    ids::{Epoch, Position},
    seal::MemberKey,
};

const LEASE: u16 = 32_769;
const MOVE: u16 = 32_770;
const DUTY: u16 = 32_771;
const RETENTION: u16 = 32_773;

/// Relays that an epoch may have.
pub(super) const RELAYS_MAX: usize = 8;

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
    /// What a later version adds.
    pub extensions: Extensions,
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
    /// 4: nobody can come in, or speak, by an invitation any more.
    Withdraw(Withdraw),
    /// 5: a new epoch begins, without these people.
    Turn(Turn),
    /// 6: a member becomes a coordinator.
    Promote(RoleChange),
    /// 7: a coordinator becomes a member.
    Demote(RoleChange),
    /// 8: who has the pen gives it to another coordinator.
    Hand(Hand),
    /// 9: the author takes the pen from who has it, with those who signed for that.
    Take(Take),
    /// 10: who reads new alerts from here on. Who does not know it seals to whom it keeps out.
    Policy(Policy<PublicKey<Device>>),
    /// 11: an invitation was made for another device of somebody.
    Another(Another),
    /// 12: the device that used it is theirs.
    Add(Add),
    /// 13: another recovery key speaks for a person.
    Recovery(SetRecovery),
    /// 32,769: the group's mailbox lasts until then. No rule asks for it, so that who does not know it follows the same chain.
    Lease(LeaseChange),
    /// 32,770: the group's mailbox is elsewhere. Whom to seal to does not change, so that who does not know it follows the same chain.
    Move(Move),
    /// 32,771: who is on duty when. Whom to seal to does not change: who does not know it seals to the same people, and is rung for more.
    Duty(Rota<PublicKey<Device>>),
    /// 32,773: how long a case is kept after it was closed. Nothing goes by it alone: who does not know it names other cases as due.
    Retention(Retention),
    /// Any other number: a later version's.
    Unknown {
        /// Its number.
        number: u16,
        /// Its fields, which nobody here can read.
        body: Blob,
    },
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
    /// What new epochs' secrets are sealed to for the founder's device: an `mlkem768x25519` public key, 1,216 bytes.
    pub founder_turn: Blob,
    /// The first epoch.
    pub epoch: EpochKeys,
    /// What a later version adds.
    pub extensions: Extensions,
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
    /// What a later version adds.
    pub extensions: Extensions,
}

/// An invitation was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admit {
    /// The invitation's key, derived from its secret; it vouches for the device that used it.
    pub invitation: PublicKey<Invitation>,
    /// What the person will be.
    pub role: Role,
    /// What the group calls the person; only members read it. Of a defender no name: a handle (R9).
    pub name: String,
    /// The invitation's own small mailbox, which stays the person's reply mailbox.
    pub mailbox: MailboxId,
    /// A device that uses the invitation later is not let in by it.
    pub expires: Timestamp,
    /// What a later version adds.
    pub extensions: Extensions,
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
    /// What new epochs' secrets are sealed to for it, 1,216 bytes; none for one that does not read.
    pub turn: Option<Blob>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// A new epoch begins: with another key, another mailbox and other lanes, which nobody has who is put out by it.
///
/// The one change that puts devices out: a removal that left the old keys in force would be a word and no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The devices that are not in the group any more, of a person who goes all; none when the keys are renewed and nobody goes.
    pub removed: Vec<PublicKey<Device>>,
    /// The new epoch.
    pub epoch: EpochKeys,
    /// Of those who agreed with that.
    pub consents: Vec<Signed<Consent>>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// Somebody becomes a coordinator, or is one no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChange {
    /// Whose device it is.
    pub device: PublicKey<Device>,
    /// Of those who agreed with it.
    pub consents: Vec<Signed<Consent>>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// Another coordinator writes from here on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Whose device.
    pub to: PublicKey<Device>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// The author writes from here on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    /// Of those who signed for it, each with their device's key. The author has signed the entry.
    pub signatures: Vec<(PublicKey<Device>, Signature)>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// A coordinator takes an invitation back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdraw {
    /// The entry that made it.
    pub admitted_at: Position,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// The host has allowed the group's mailbox for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseChange {
    /// For which.
    pub lease: Lease,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// The relay has another address, or the group another relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Where the epoch's mailbox is from now on: 1 to 8.
    pub relays: Vec<RelayAddress>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub enum Role {
    /// 1: a member who also writes the roster.
    Coordinator,
    /// 2: reads, sends, answers.
    Member,
    /// 3: reads; never counted.
    Observer,
    /// 4: sends; never reads what others send, and knows no names.
    Defender,
    /// Any other number: a later version's. Nothing is sealed to such a person here; what they say is theirs.
    Unknown(u16),
}

impl From<u16> for Role {
    fn from(number: u16) -> Self {
        match number {
            1 => Self::Coordinator,
            2 => Self::Member,
            3 => Self::Observer,
            4 => Self::Defender,
            other => Self::Unknown(other),
        }
    }
}

impl From<Role> for u16 {
    fn from(role: Role) -> Self {
        match role {
            Role::Coordinator => 1,
            Role::Member => 2,
            Role::Observer => 3,
            Role::Defender => 4,
            Role::Unknown(number) => number,
        }
    }
}

impl Change {
    /// Whether this program must be updated to follow it.
    #[must_use]
    pub(super) fn is_newer(&self) -> bool {
        match self {
            Self::Found(found) => {
                found.extensions.has_critical() || found.epoch.extensions.has_critical()
            }
            Self::Admit(admit) => admit.extensions.has_critical() || admit.role.is_critical(),
            Self::Approve(approve) => approve.extensions.has_critical(),
            Self::Withdraw(withdraw) => withdraw.extensions.has_critical(),
            Self::Turn(turn) => {
                turn.extensions.has_critical()
                    || turn.epoch.extensions.has_critical()
                    || Consent::any_newer(&turn.consents)
            }
            Self::Promote(change) | Self::Demote(change) => {
                change.extensions.has_critical() || Consent::any_newer(&change.consents)
            }
            Self::Hand(hand) => hand.extensions.has_critical(),
            Self::Take(take) => take.extensions.has_critical(),
            Self::Policy(policy) => policy.is_newer(),
            Self::Another(another) => another.extensions.has_critical(),
            Self::Add(add) => add.extensions.has_critical(),
            Self::Recovery(set) => set.extensions.has_critical(),
            // Nobody seals by it.
            Self::Lease(_) | Self::Move(_) | Self::Duty(_) | Self::Retention(_) => false,
            Self::Unknown { number, .. } => is_critical(*number),
        }
    }
}

impl Role {
    /// Whether what the group says of itself is sealed to people of this role, and alerts can be.
    #[must_use]
    pub fn reads(self) -> bool {
        matches!(self, Self::Coordinator | Self::Member | Self::Observer)
    }

    /// Whether new alerts can be for people of this role without somebody's naming them.
    #[must_use]
    pub fn reads_by_default(self) -> bool {
        matches!(self, Self::Coordinator | Self::Member)
    }

    /// Whether a program that does not know this role must say so: it cannot tell whom it should seal to.
    #[must_use]
    pub(crate) fn is_critical(self) -> bool {
        matches!(self, Self::Unknown(number) if is_critical(number))
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
            Self::Unknown(_) => "unknown",
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
            Change::Found(found) => (1, Blob(codec::encode(&found))),
            Change::Admit(admit) => (2, Blob(codec::encode(&admit))),
            Change::Approve(approve) => (3, Blob(codec::encode(&approve))),
            Change::Withdraw(withdraw) => (4, Blob(codec::encode(&withdraw))),
            Change::Turn(turn) => (5, Blob(codec::encode(&turn))),
            Change::Promote(change) => (6, Blob(codec::encode(&change))),
            Change::Demote(change) => (7, Blob(codec::encode(&change))),
            Change::Hand(hand) => (8, Blob(codec::encode(&hand))),
            Change::Take(take) => (9, Blob(codec::encode(&take))),
            Change::Policy(policy) => (10, Blob(codec::encode(&policy))),
            Change::Another(another) => (11, Blob(codec::encode(&another))),
            Change::Add(add) => (12, Blob(codec::encode(&add))),
            Change::Recovery(set) => (13, Blob(codec::encode(&set))),
            Change::Lease(lease) => (LEASE, Blob(codec::encode(&lease))),
            Change::Move(change) => (MOVE, Blob(codec::encode(&change))),
            Change::Duty(rota) => (DUTY, Blob(codec::encode(&rota))),
            Change::Retention(kept) => (RETENTION, Blob(codec::encode(&kept))),
            Change::Unknown { number, body } => (number, body),
        };
        Self { number, body }
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
            4 => codec::decode(body).map(Self::Withdraw),
            5 => codec::decode(body).map(Self::Turn),
            6 => codec::decode(body).map(Self::Promote),
            7 => codec::decode(body).map(Self::Demote),
            8 => codec::decode(body).map(Self::Hand),
            9 => codec::decode(body).map(Self::Take),
            10 => codec::decode(body).map(Self::Policy),
            11 => codec::decode(body).map(Self::Another),
            12 => codec::decode(body).map(Self::Add),
            13 => codec::decode(body).map(Self::Recovery),
            // One that does not decode here is passed over, as it is by who does not know the number at all.
            LEASE if let Ok(lease) = codec::decode(body) => Ok(Self::Lease(lease)),
            MOVE if let Ok(change) = codec::decode::<Move>(body)
                && (1..=RELAYS_MAX).contains(&change.relays.len()) =>
            {
                Ok(Self::Move(change))
            }
            DUTY if let Ok(rota) = codec::decode::<Rota<PublicKey<Device>>>(body)
                && rota.is_sound() =>
            {
                Ok(Self::Duty(rota))
            }
            RETENTION
                if let Ok(kept) = codec::decode::<Retention>(body)
                    && kept.is_sound() =>
            {
                Ok(Self::Retention(kept))
            }
            number => Ok(Self::Unknown {
                number,
                body: numbered.body,
            }),
        }
    }
}
