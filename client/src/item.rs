//! What stands inside an envelope, and its bytes. Kinds are numbered by hand.
//!
//! The payload that is sealed is one [`Item`]. Everything in it that anybody acts on is signed; the
//! item around it only says what to expect.

use bellrope_proto::{
    codec::{self, Blob, Malformed},
    grant::Grant,
    ids::{Hash, Sequence, Timestamp},
    signing::{Device, Lane, PublicKey, Purpose, SecretKey, Signed, Statement},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    alert::AlertId,
    ids::{Epoch, GroupId, Position},
    roster::{Claim, Entry, EpochKeys, Role},
    seal::MemberKey,
};

/// Bytes of roster entries in one item: with its wrapping it fits the largest bucket for the largest
/// group.
pub const ENTRIES_BYTES_MAX: usize = 32 * 1024;

/// One payload.
#[derive(Clone, Debug)]
pub enum Item {
    /// 1: a device speaks to the group.
    Message(Spoken),
    /// 2: entries of the roster, in order.
    Roster(Vec<Signed<Entry>>),
    /// 3: what an invitation is for. Waits in the invitation's mailbox.
    Bundle(Signed<Bundle>),
    /// 4: a device used an invitation.
    Claim(Signed<Claim>),
    /// 5: a device is let in; the roster came before it.
    Welcome(Signed<Welcome>),
    /// 6: the keys in force, for a defender's device.
    View(Signed<View>),
    /// 7: a device is not let in.
    Refusal(Signed<Refusal>),
}

/// A message as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// What is said.
    pub message: Signed<Message>,
    /// Why a device that the roster does not name may say it.
    pub claim: Option<Signed<Claim>>,
}

/// What a device says, and everything that must not be changed around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// To which group.
    pub group: GroupId,
    /// In which epoch.
    pub epoch: Epoch,
    /// The newest roster that its author has seen.
    pub roster: Hash,
    /// To whom.
    pub audience: Audience,
    /// Who speaks, and signs.
    pub sender: PublicKey<Device>,
    /// Names it: random.
    pub id: AlertId,
    /// Counts what this device has said, from 1.
    pub number: u64,
    /// [`Message::hash`] of the one before; all zero for the first. Two messages with one number
    /// show a cloned device.
    pub previous: Hash,
    /// When, by the device's clock.
    pub time: Timestamp,
    /// What arrives at a relay later than this is shown as unverified: it may be an old message that
    /// somebody posted again.
    pub expires: Timestamp,
    /// What the body is: 1 an alert.
    pub kind: u16,
    /// The body.
    pub body: Blob,
}

/// The kind of a message whose body is an [`Alert`](crate::alert::Alert).
pub const KIND_ALERT: u16 = 1;

impl Statement for Message {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Message;
}

impl Message {
    /// The hash by which a later message of the same device names it: of the signed bytes.
    #[must_use]
    pub fn hash(signed: &Signed<Self>) -> Hash {
        Hash::tagged("message", &[signed.bytes()])
    }
}

/// To whom a message was sealed. A reader who is not among them was handed it by one who was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// [`recipients_hash`](crate::roster::recipients_hash) of the keys.
    pub hash: Hash,
    /// The keys, when the sender chose some; empty for all who read at the message's roster.
    pub chosen: Vec<MemberKey>,
}

/// What an invitation is for, signed by the coordinator who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// To which group.
    pub group: GroupId,
    /// As what.
    pub role: Role,
    /// Not to be used later.
    pub expires: Timestamp,
    /// Who made it, and signs everything that the device must know until it has the roster.
    pub coordinator: PublicKey<Device>,
    /// What the claim is sealed to.
    pub coordinator_key: MemberKey,
    /// What a defender needs to send at once; no names are in it. Readers get a welcome instead.
    pub at_once: Option<AtOnce>,
}

impl Statement for Bundle {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Bundle;
}

/// See [`Bundle::at_once`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtOnce {
    /// The keys in force.
    pub view: View,
    /// The right to post.
    pub access: Access,
}

/// A right at a mailbox, and the lane key that proves it. The coordinator makes the lane's key, who
/// rules the mailbox anyway; so one sealed message is enough to let somebody in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    lane_seed: [u8; 32],
    /// The right.
    pub grant: Signed<Grant>,
}

impl Access {
    /// A right and its lane.
    #[must_use]
    pub fn new(lane: &SecretKey<Lane>, grant: Signed<Grant>) -> Self {
        Self {
            lane_seed: *lane.seed(),
            grant,
        }
    }

    /// The lane's key.
    #[must_use]
    pub fn lane(&self) -> SecretKey<Lane> {
        SecretKey::from_seed(&Zeroizing::new(self.lane_seed))
    }
}

impl core::fmt::Debug for Access {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Access(hidden)")
    }
}

/// A device is in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Into which group.
    pub group: GroupId,
    /// Which device.
    pub device: PublicKey<Device>,
    /// The roster that came with it.
    pub roster: Hash,
    /// The epoch of the key.
    pub epoch: Epoch,
    epoch_seed: [u8; 32],
    /// The right to read and post.
    pub access: Access,
    /// Reading starts after this place of the group's mailbox,
    pub after: Sequence,
    /// which has this head.
    pub head: Hash,
}

impl Statement for Welcome {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Welcome;
}

impl core::fmt::Debug for Welcome {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Welcome(hidden)")
    }
}

/// What a welcome is made of, besides the epoch's key.
#[derive(Debug)]
pub struct Admission {
    /// Into which group.
    pub group: GroupId,
    /// Which device.
    pub device: PublicKey<Device>,
    /// The roster that comes with it.
    pub roster: Hash,
    /// The epoch of the key.
    pub epoch: Epoch,
    /// The right.
    pub access: Access,
    /// Where reading starts.
    pub after: Sequence,
    /// The head there.
    pub head: Hash,
}

impl Welcome {
    /// Puts an admission and the epoch's secret together.
    #[must_use]
    pub fn new(admission: Admission, epoch_seed: [u8; 32]) -> Self {
        Self {
            group: admission.group,
            device: admission.device,
            roster: admission.roster,
            epoch: admission.epoch,
            epoch_seed,
            access: admission.access,
            after: admission.after,
            head: admission.head,
        }
    }

    /// The epoch's secret.
    #[must_use]
    pub fn epoch_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.epoch_seed)
    }
}

/// What a sender must know of the group: keys, no names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Of which group.
    pub group: GroupId,
    /// How far the roster was. A view that is not newer than the one a device has is old news, or
    /// played back.
    pub position: Position,
    /// Its head.
    pub roster: Hash,
    /// The epoch.
    pub epoch: EpochKeys,
    /// Whom to seal to.
    pub readers: Vec<MemberKey>,
}

impl Statement for View {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::View;
}

/// A device is not in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Into which group.
    pub group: GroupId,
    /// Which device.
    pub device: PublicKey<Device>,
}

impl Statement for Refusal {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Refusal;
}

#[derive(Serialize, Deserialize)]
struct Numbered {
    number: u16,
    body: Blob,
}

impl Item {
    /// The payload's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (number, body) = match self {
            Self::Message(spoken) => (1, codec::encode(spoken)),
            Self::Roster(entries) => (2, codec::encode(entries)),
            Self::Bundle(bundle) => (3, codec::encode(bundle)),
            Self::Claim(claim) => (4, codec::encode(claim)),
            Self::Welcome(welcome) => (5, codec::encode(welcome)),
            Self::View(view) => (6, codec::encode(view)),
            Self::Refusal(refusal) => (7, codec::encode(refusal)),
        };
        codec::encode(&Numbered {
            number,
            body: Blob(body),
        })
    }

    /// Reads a payload. Nothing in it is verified.
    ///
    /// # Errors
    /// [`Malformed`], also for a kind that a newer version has.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let numbered: Numbered = codec::decode(bytes)?;
        let body = &numbered.body.0;
        match numbered.number {
            1 => codec::decode(body).map(Self::Message),
            2 => codec::decode(body).map(Self::Roster),
            3 => codec::decode(body).map(Self::Bundle),
            4 => codec::decode(body).map(Self::Claim),
            5 => codec::decode(body).map(Self::Welcome),
            6 => codec::decode(body).map(Self::View),
            7 => codec::decode(body).map(Self::Refusal),
            _ => Err(Malformed),
        }
    }

    /// Roster entries in as many items as they need.
    #[must_use]
    pub fn roster(entries: &[Signed<Entry>]) -> Vec<Self> {
        let mut items: Vec<Vec<Signed<Entry>>> = Vec::new();
        let mut bytes = usize::MAX;
        for entry in entries {
            let more = codec::encode(entry).len();
            match items.last_mut() {
                Some(last) if bytes.saturating_add(more) <= ENTRIES_BYTES_MAX => {
                    last.push(entry.clone());
                    bytes = bytes.saturating_add(more);
                }
                _ => {
                    items.push(vec![entry.clone()]);
                    bytes = more;
                }
            }
        }
        items.into_iter().map(Self::Roster).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::alert::{
        Alert, Fields,
        vocabulary::{Act, Kind},
    };

    /// A message that never changes.
    fn fixed() -> Item {
        let device = SecretKey::<Device>::from_seed(&[1; 32]);
        let mut fields = Fields::of_kind(Kind::Flash);
        fields.acts = vec![Act::ArbitraryArrest, Act::Threat];
        fields.summary = "Увели из дома".to_owned();
        let alert = Alert::new(fields).unwrap();
        let message = Message {
            group: GroupId(Hash([2; 32])),
            epoch: Epoch(1),
            roster: Hash([3; 32]),
            audience: Audience {
                hash: Hash([4; 32]),
                chosen: Vec::new(),
            },
            sender: device.public(),
            id: AlertId([5; 16]),
            number: 6,
            previous: Hash([7; 32]),
            time: Timestamp(1_795_000_000),
            expires: Timestamp(1_796_000_000),
            kind: KIND_ALERT,
            body: Blob(codec::encode(&alert)),
        };
        Item::Message(Spoken {
            message: device.sign(&message),
            claim: None,
        })
    }

    #[test]
    fn the_bytes_are_frozen() {
        let bytes = fixed().encode();
        let hash = Hash::tagged("test", &[&bytes]).to_string();
        // What older devices wrote must be read for ever: a change here is a new kind or number.
        assert_eq!(
            hash,
            "24c55f32db3b9385b6740aebfdeda3a98827da605d947a509448c97d8dfc7c25",
            "{} bytes",
            bytes.len()
        );
        let Item::Message(spoken) = Item::decode(&bytes).unwrap() else {
            unreachable!("another item");
        };
        let message = spoken.message.verify_own(|message| message.sender).unwrap();
        let alert: Alert = codec::decode(&message.body.0).unwrap();
        assert_eq!(alert.fields().summary, "Увели из дома");
    }

    #[test]
    fn roster_entries_are_cut_into_items_that_fit() {
        let device = SecretKey::<Device>::from_seed(&[1; 32]);
        let entry = device.sign(&Entry {
            position: Position(1),
            previous: Hash([0; 32]),
            time: Timestamp(1),
            author: device.public(),
            change: crate::roster::Change::Admit(crate::roster::Admit {
                invitation: SecretKey::from_seed(&[2; 32]).public(),
                role: Role::Member,
                name: "я".repeat(64),
                mailbox: bellrope_proto::ids::MailboxId([1; 32]),
                expires: Timestamp(2),
            }),
        });
        let entries = vec![entry; 400];
        let items = Item::roster(&entries);
        let mut count = 0;
        for item in &items {
            assert!(item.encode().len() < ENTRIES_BYTES_MAX + 1024);
            if let Item::Roster(entries) = item {
                count += entries.len();
            }
        }
        assert_eq!(count, 400);
        assert!(items.len() > 3);
        assert!(Item::decode(&[0, 99]).is_err());
    }
}
