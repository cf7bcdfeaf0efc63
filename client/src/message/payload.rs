//! What stands inside an envelope, and its bytes. Kinds are numbered by hand.
//!
//! What is sealed is one [`Payload`]. Everything in it that anybody acts on is signed; what is around it only
//! says what to expect.

use bellrope_proto::{
    codec::{self, Blob, Malformed},
    envelope::ENVELOPE_BYTES_MAX,
    ids::{Hash, Sequence, Timestamp},
    signing::{Device, PublicKey, Purpose, Relay, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use super::{
    admission::{Arrival, Bundle, NewEpoch, Out, Refusal, ViewUpdate, Welcome},
    answer::Carried,
    comparison::Comparison,
    custody::Custody,
};
use crate::{
    alert::Reading,
    attachment::Part,
    extensions::Extensions,
    group::{Claim, Entry},
    ids::{Epoch, GroupId, MessageId},
    seal::{MemberKey, capacity},
};

/// What a payload of roster entries has around them, and more.
const AROUND_ENTRIES: usize = 1024;

/// Bytes of roster entries in one payload that is sealed to so many, so that it fits the largest bucket.
fn entries_bytes(readers: usize) -> usize {
    let room = capacity(ENVELOPE_BYTES_MAX, readers).unwrap_or(0);
    room.saturating_sub(AROUND_ENTRIES)
}

/// One payload.
#[derive(Clone, Debug)]
pub enum Payload {
    /// 1: a device speaks to the group.
    Message(SignedMessage),
    /// 2: entries of the roster, in order.
    Roster(Vec<Signed<Entry>>),
    /// 3: what an invitation is for. Waits in the invitation's mailbox.
    Bundle(Signed<Bundle>),
    /// 4: a device used an invitation.
    Claim(Signed<Claim>),
    /// 5: a device is let in; the roster came before it.
    Welcome(Signed<Welcome>),
    /// 6: the keys in force, for a defender's device.
    View(Signed<ViewUpdate>),
    /// 7: nobody comes in by an invitation any more.
    Refusal(Signed<Refusal>),
    /// 8: the epoch has turned; for one device that stays.
    Turn(Box<Signed<NewEpoch>>),
    /// 9: a coordinator's device entrusts another's with what the pen needs.
    Custody(Box<Signed<Custody>>),
    /// 10: a member answers the sender of an alert.
    Answer(Box<Signed<Carried>>),
    /// 16: a device tells another what their people compare on a call.
    Comparison(Signed<Comparison>),
    /// 32,768: a device has what it was sent.
    Arrival(Signed<Arrival>),
    /// 32,769: a device is out.
    Out(Signed<Out>),
    /// 32,772: a part of a photograph or a paper that goes with an alert, for who reads that. Whoever does not know the number could not open
    /// it either.
    Part(Signed<Part>),
    /// Any other number: a later version's.
    Unknown(u16),
}

/// A message as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedMessage {
    /// What is said.
    pub message: Signed<Message>,
    /// Why a device that the roster does not name may say it.
    pub claim: Option<Signed<Claim>>,
    /// What a later version adds.
    pub extensions: Extensions,
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
    pub id: MessageId,
    /// Counts what this device has said, from 1; or 0 for one that could not be counted.
    pub number: u64,
    /// [`Message::hash`] of the counted one before; all zero for the first. Two messages with one number
    /// show a cloned device.
    pub previous: Hash,
    /// When, by the device's clock.
    pub time: Timestamp,
    /// What arrives at a relay later than this is marked as late: it may be an old message that somebody posted again.
    pub expires: Timestamp,
    /// How far its author knows the mailbox, at each relay: a reader from whom the relay hides something has another
    /// log, and can see it here.
    pub seen: Vec<Seen>,
    /// What the body is: 1 an alert.
    pub kind: u16,
    /// The body.
    pub body: Blob,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// How far somebody knows a mailbox at one relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The relay.
    pub relay: PublicKey<Relay>,
    /// A place in the log,
    pub sequence: Sequence,
    /// and the chain's head after it.
    pub head: Hash,
}

/// The number of a message of which its device could not write down that it said it. Another number might be given a second
/// time.
pub(crate) const UNCOUNTED: u64 = 0;

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

    /// What the body says, as far as it can be read. Who said it is another question.
    #[must_use]
    pub fn reading(&self) -> Reading {
        if self.kind == KIND_ALERT {
            Reading::of_alert(&self.body.0)
        } else {
            Reading::of_other_kind(self.kind, &self.body.0)
        }
    }
}

/// To whom a message was sealed. A reader who is not among them was handed it by one who was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// [`recipients_hash`](crate::group::recipients_hash) of the keys.
    pub hash: Hash,
    /// The keys, when the sender chose some; empty for all who read at the message's roster.
    pub chosen: Vec<MemberKey>,
}

#[derive(Serialize, Deserialize)]
struct Numbered {
    number: u16,
    body: Blob,
}

impl Payload {
    /// The payload's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (number, body) = match self {
            Self::Message(sent) => (1, codec::encode(sent)),
            Self::Roster(entries) => (2, codec::encode(entries)),
            Self::Bundle(bundle) => (3, codec::encode(bundle)),
            Self::Claim(claim) => (4, codec::encode(claim)),
            Self::Welcome(welcome) => (5, codec::encode(welcome)),
            Self::View(view) => (6, codec::encode(view)),
            Self::Refusal(refusal) => (7, codec::encode(refusal)),
            Self::Turn(turn) => (8, codec::encode(turn)),
            Self::Custody(said) => (9, codec::encode(said)),
            Self::Answer(carried) => (10, codec::encode(carried)),
            Self::Comparison(said) => (16, codec::encode(said)),
            Self::Arrival(arrival) => (32_768, codec::encode(arrival)),
            Self::Out(out) => (32_769, codec::encode(out)),
            Self::Part(part) => (32_772, codec::encode(part)),
            Self::Unknown(number) => (*number, Vec::new()),
        };
        codec::encode(&Numbered {
            number,
            body: Blob(body),
        })
    }

    /// Reads a payload. Nothing in it is verified.
    ///
    /// # Errors
    /// [`Malformed`].
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
            8 => codec::decode(body).map(Self::Turn),
            9 => codec::decode(body).map(Self::Custody),
            10 => codec::decode(body).map(Self::Answer),
            16 => codec::decode(body).map(Self::Comparison),
            32_768 => codec::decode(body).map(Self::Arrival),
            32_769 => codec::decode(body).map(Self::Out),
            32_772 => codec::decode(body).map(Self::Part),
            number => Ok(Self::Unknown(number)),
        }
    }

    /// Roster entries in as many payloads as they need when each is sealed to so many.
    #[must_use]
    pub fn roster(entries: &[Signed<Entry>], readers: usize) -> Vec<Self> {
        let room = entries_bytes(readers);
        let mut parts: Vec<Vec<Signed<Entry>>> = Vec::new();
        let mut bytes = usize::MAX;
        for entry in entries {
            let more = codec::encode(entry).len();
            match parts.last_mut() {
                Some(last) if bytes.saturating_add(more) <= room => {
                    last.push(entry.clone());
                    bytes = bytes.saturating_add(more);
                }
                _ => {
                    parts.push(vec![entry.clone()]);
                    bytes = more;
                }
            }
        }
        parts.into_iter().map(Self::Roster).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{ids::MailboxId, signing::SecretKey};

    use super::*;
    use crate::alert::{
        Alert, Fields,
        vocabulary::{Act, Kind},
    };
    use crate::{
        group::{Admit, Change, Role},
        ids::Position,
    };

    /// A message that never changes.
    fn fixed() -> Payload {
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
            id: MessageId([5; 16]),
            number: 6,
            previous: Hash([7; 32]),
            time: Timestamp(1_795_000_000),
            expires: Timestamp(1_796_000_000),
            seen: Vec::new(),
            kind: KIND_ALERT,
            body: Blob(codec::encode(&alert)),
            extensions: Extensions::none(),
        };
        Payload::Message(SignedMessage {
            message: device.sign(&message),
            claim: None,
            extensions: Extensions::none(),
        })
    }

    #[test]
    fn the_bytes_are_frozen() {
        let bytes = fixed().encode();
        let hash = Hash::tagged("test", &[&bytes]).to_string();
        // What older devices wrote must be read for ever: a change here is a new kind or number.
        assert_eq!(
            hash,
            "0ccdd2fd1e0aa246452095344e93b922592ecd01940658be98fa22b38f02c5bd",
            "{} bytes",
            bytes.len()
        );
        let Payload::Message(sent) = Payload::decode(&bytes).unwrap() else {
            unreachable!("another item");
        };
        let message = sent.message.verify_own(|message| message.sender).unwrap();
        let reading = Reading::of_alert(&message.body.0);
        assert_eq!(reading.fields().unwrap().summary, "Увели из дома");
    }

    #[test]
    fn roster_entries_are_cut_into_items_that_fit() {
        let device = SecretKey::<Device>::from_seed(&[1; 32]);
        let entry = device.sign(&Entry {
            position: Position(1),
            previous: Hash([0; 32]),
            time: Timestamp(1),
            author: device.public(),
            change: Change::Admit(Admit {
                invitation: SecretKey::from_seed(&[2; 32]).public(),
                role: Role::Member,
                name: "я".repeat(64),
                mailbox: MailboxId([1; 32]),
                expires: Timestamp(2),
                extensions: Extensions::none(),
            }),
            extensions: Extensions::none(),
        });
        let entries = vec![entry; 400];
        for readers in [1, 12, 256] {
            let items = Payload::roster(&entries, readers);
            let mut count = 0;
            for item in &items {
                let room = capacity(ENVELOPE_BYTES_MAX, readers).unwrap();
                assert!(item.encode().len() <= room, "{readers}");
                if let Payload::Roster(entries) = item {
                    count += entries.len();
                }
            }
            assert_eq!(count, 400);
            assert!(items.len() > 2, "{readers}");
        }
        assert!(Payload::decode(&[0, 99]).is_err());
    }
}
