//! Every message, with its hand-written number. A frame's body is the number (`u16`) and then the
//! message's fields. Numbers are never reused; `PROTOCOL.md` lists them and a test compares.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    codec::{self, Malformed},
    envelope::Envelope,
    frame,
    grant::{Grant, HostToken, Opening, Revocation, Sponsorship, Succession},
    ids::{Leaf, MailboxId, Sequence, Timestamp},
    limits::SKIPPED_LEAVES_MAX,
    receipt::{self, Receipt},
    signing::{Signature, Signed},
};

/// Names a request on its connection, chosen by the client; the answer repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u32);

/// Declares one direction's messages: the enum, its numbers, its codec.
macro_rules! messages {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$vdoc])* $variant($variant),)+
        }

        impl $name {
            /// Every number in use and its message's name, for the specification's test.
            pub const NUMBERS: &'static [(u16, &'static str)] = &[$(($number, stringify!($variant))),+];

            /// The whole frame: length, number, fields.
            #[must_use]
            pub fn to_frame(&self) -> Vec<u8> {
                let (number, fields): (u16, Vec<u8>) = match self {
                    $(Self::$variant(message) => ($number, codec::encode(message)),)+
                };
                let mut body = Vec::with_capacity(2 + fields.len());
                body.extend_from_slice(&number.to_be_bytes());
                body.extend_from_slice(&fields);
                frame::frame(&body)
            }

            /// Reads a frame's body.
            ///
            /// # Errors
            /// [`Malformed`] for an unknown number and for fields that do not decode exactly.
            pub fn from_body(body: &[u8]) -> Result<Self, Malformed> {
                let (number, fields) = body.split_first_chunk::<2>().ok_or(Malformed)?;
                match u16::from_be_bytes(*number) {
                    $($number => codec::decode(fields).map(Self::$variant),)+
                    _ => Err(Malformed),
                }
            }
        }

        $(impl From<$variant> for $name {
            fn from(message: $variant) -> Self {
                Self::$variant(message)
            }
        })+
    };
}

messages!(
    /// What a client says.
    ToRelay {
        /// The first message.
        Hello = 1,
        /// Proves a lane.
        Prove = 2,
        /// Stores an envelope.
        Post = 3,
        /// Asks for everything after a place, and then for what comes.
        Subscribe = 4,
        /// Asks for the newest head.
        AskHead = 5,
        /// Opens or renews a mailbox with a host's token.
        CreateWithToken = 6,
        /// Opens a small mailbox on another's account.
        CreateSponsored = 7,
        /// Opens a mailbox that takes over another's account.
        Succeed = 8,
        /// Takes a lane's rights back.
        Revoke = 9,
    }
);

messages!(
    /// What a relay says.
    FromRelay {
        /// Answers Hello.
        Welcome = 1,
        /// The lane is proven.
        Proven = 2,
        /// The envelope is on disk.
        Stored = 3,
        /// One envelope of a subscription.
        Deliver = 4,
        /// Places whose envelopes have expired.
        Skipped = 5,
        /// The newest head, asked for.
        NewestHead = 6,
        /// The newest head, at an interval and whenever a subscription has caught up.
        Heartbeat = 7,
        /// The mailbox is there.
        Created = 8,
        /// No, and why.
        Refused = 9,
        /// The lane has no rights any more.
        Revoked = 10,
    }
);

/// See [`ToRelay::Hello`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Lowest protocol version that the client speaks.
    pub version_min: u16,
    /// Highest.
    pub version_max: u16,
}

/// See [`ToRelay::Prove`]. A connection proves one lane: proving two would tell the relay
/// that they are one person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prove {
    /// Repeated in the answer.
    pub request: RequestId,
    /// The right.
    pub grant: Signed<Grant>,
    /// The lane's signature over a [`Proof`](crate::grant::Proof) of this connection.
    pub proof: Signature,
}

/// See [`ToRelay::Post`]. Idempotent by the envelope's hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Repeated in the answer.
    pub request: RequestId,
    /// What to store.
    pub envelope: Envelope,
}

/// See [`ToRelay::Subscribe`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribe {
    /// Repeated in a refusal.
    pub request: RequestId,
    /// The last place that the client has; 0 for none.
    pub after: Sequence,
}

/// See [`ToRelay::AskHead`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskHead {
    /// Repeated in the answer.
    pub request: RequestId,
}

/// See [`ToRelay::CreateWithToken`]. For a mailbox that is there, a new token renews it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateWithToken {
    /// Repeated in the answer.
    pub request: RequestId,
    /// By the new mailbox's authority.
    pub opening: Signed<Opening>,
    /// By this relay.
    pub token: Signed<HostToken>,
}

/// See [`ToRelay::CreateSponsored`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateSponsored {
    /// Repeated in the answer.
    pub request: RequestId,
    /// By the new mailbox's authority.
    pub opening: Signed<Opening>,
    /// By the authority of the mailbox that pays.
    pub sponsorship: Signed<Sponsorship>,
}

/// See [`ToRelay::Succeed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succeed {
    /// Repeated in the answer.
    pub request: RequestId,
    /// By the new mailbox's authority.
    pub opening: Signed<Opening>,
    /// By the authority of the mailbox that has the account.
    pub succession: Signed<Succession>,
}

/// See [`ToRelay::Revoke`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoke {
    /// Repeated in the answer.
    pub request: RequestId,
    /// By the mailbox's authority.
    pub revocation: Signed<Revocation>,
}

/// See [`FromRelay::Welcome`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version both will speak.
    pub version: u16,
    /// The relay's clock.
    pub time: Timestamp,
    /// Seconds between heartbeats.
    pub heartbeat_seconds: u32,
    /// Days that an envelope is kept.
    pub retention_days: u32,
    /// The newest time that an old copy of the relay was put back, if ever.
    pub restored: Option<Signed<receipt::Restored>>,
}

/// See [`FromRelay::Proven`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// The request.
    pub request: RequestId,
    /// Which mailbox.
    pub mailbox: MailboxId,
}

/// See [`FromRelay::Stored`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The request.
    pub request: RequestId,
    /// The relay's word.
    pub receipt: Receipt,
}

/// See [`FromRelay::Deliver`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    /// Its place: one more than the last delivered or skipped.
    pub sequence: Sequence,
    /// When it arrived at the relay.
    pub time: Timestamp,
    /// The envelope.
    pub envelope: Envelope,
}

impl Deliver {
    /// The same bytes as [`FromRelay::to_frame`], the envelope's own not copied.
    #[must_use]
    pub fn to_chunks(&self) -> [Bytes; 2] {
        let envelope = self.envelope.shared();
        let mut head = Vec::with_capacity(Self::HEAD);
        let length = Self::HEAD - frame::PREFIX + envelope.len();
        let length = u32::try_from(length).expect("an envelope is at most 64 KiB");
        head.extend_from_slice(&length.to_be_bytes());
        head.extend_from_slice(&Self::NUMBER.to_be_bytes());
        head.extend_from_slice(&self.sequence.0.to_be_bytes());
        head.extend_from_slice(&self.time.0.to_be_bytes());
        head.extend_from_slice(&(envelope.len() as u64).to_be_bytes());
        [head.into(), envelope]
    }

    const NUMBER: u16 = 4;
    /// Prefix, number, sequence, time, the envelope's length.
    const HEAD: usize = frame::PREFIX + 2 + 8 + 8 + 8;
}

/// See [`FromRelay::Skipped`]: the chain's entries outlive the envelopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The first place skipped.
    pub first: Sequence,
    /// The chain's entries, one for each place: 1 to [`SKIPPED_LEAVES_MAX`].
    #[serde(deserialize_with = "counted_leaves")]
    pub leaves: Vec<Leaf>,
}

/// No other number decodes: none would be no progress, and what is too many for one relay's reader is for another's too.
fn counted_leaves<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Leaf>, D::Error> {
    let leaves = Vec::deserialize(deserializer)?;
    if (1..=SKIPPED_LEAVES_MAX).contains(&leaves.len()) {
        Ok(leaves)
    } else {
        Err(de::Error::invalid_length(leaves.len(), &"1 to 512 leaves"))
    }
}

/// See [`FromRelay::NewestHead`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewestHead {
    /// The request.
    pub request: RequestId,
    /// The relay's word.
    pub head: Signed<receipt::Head>,
}

/// See [`FromRelay::Heartbeat`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The relay's word.
    pub head: Signed<receipt::Head>,
}

/// See [`FromRelay::Created`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// The request.
    pub request: RequestId,
    /// Which mailbox.
    pub mailbox: MailboxId,
    /// It takes posts until then.
    pub ends: Timestamp,
    /// Bytes that it may hold.
    pub quota_bytes: u64,
}

/// See [`FromRelay::Refused`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The request.
    pub request: RequestId,
    /// Why.
    pub reason: Reason,
    /// Worth another try after so many seconds; 0 when trying again does not help.
    pub retry_seconds: u32,
}

/// See [`FromRelay::Revoked`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// The request.
    pub request: RequestId,
}

/// Why a relay said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u16", from = "u16")]
pub enum Reason {
    /// 1: no common version.
    Version,
    /// 2: what is shown (a grant, proof, opening, token or another statement) is not valid here.
    NotValid,
    /// 3: the grant has expired.
    GrantExpired,
    /// 4: there is no such mailbox here.
    NoMailbox,
    /// 5: the lane's grant does not give this right.
    NoRight,
    /// 6: the mailbox takes no posts any more.
    MailboxEnded,
    /// 7: the mailbox is full.
    MailboxFull,
    /// 8: this lane has used its share of a mailbox that is filling up.
    LaneShare,
    /// 9: this lane posts too fast.
    LaneRate,
    /// 10: the token was used, or has expired.
    TokenSpent,
    /// 11: the sponsor has no room for another mailbox.
    SponsorFull,
    /// 12: the relay cannot store now, or not read what is stored.
    Unavailable,
    /// 13: the mailbox's authority has taken this lane's rights back.
    Revoked,
    /// 14: another mailbox has taken over this one's account.
    Succeeded,
    /// 15: no more lanes of this mailbox can be revoked.
    RevocationsFull,
    /// A reason that a newer relay has.
    Other(u16),
}

impl From<u16> for Reason {
    fn from(number: u16) -> Self {
        match number {
            1 => Self::Version,
            2 => Self::NotValid,
            3 => Self::GrantExpired,
            4 => Self::NoMailbox,
            5 => Self::NoRight,
            6 => Self::MailboxEnded,
            7 => Self::MailboxFull,
            8 => Self::LaneShare,
            9 => Self::LaneRate,
            10 => Self::TokenSpent,
            11 => Self::SponsorFull,
            12 => Self::Unavailable,
            13 => Self::Revoked,
            14 => Self::Succeeded,
            15 => Self::RevocationsFull,
            other => Self::Other(other),
        }
    }
}

impl From<Reason> for u16 {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Version => 1,
            Reason::NotValid => 2,
            Reason::GrantExpired => 3,
            Reason::NoMailbox => 4,
            Reason::NoRight => 5,
            Reason::MailboxEnded => 6,
            Reason::MailboxFull => 7,
            Reason::LaneShare => 8,
            Reason::LaneRate => 9,
            Reason::TokenSpent => 10,
            Reason::SponsorFull => 11,
            Reason::Unavailable => 12,
            Reason::Revoked => 13,
            Reason::Succeeded => 14,
            Reason::RevocationsFull => 15,
            Reason::Other(number) => number,
        }
    }
}

/// Why a connection ends: the application error code of QUIC's CONNECTION_CLOSE (RFC 9000 19.19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Close {
    /// All said.
    Done = 0,
    /// The peer broke the protocol.
    Violation = 1,
    /// The peer said nothing, or read nothing, for too long.
    TooSlow = 2,
    /// The relay is stopping; try again soon.
    Stopping = 3,
    /// The relay has as many connections as it takes.
    Busy = 4,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_message_is_its_number_and_its_fields() {
        let frame = ToRelay::from(Hello {
            version_min: 1,
            version_max: 2,
        })
        .to_frame();
        assert_eq!(frame, [0, 0, 0, 6, 0, 1, 0, 1, 0, 2]);
        assert_eq!(
            ToRelay::from_body(&frame[4..]),
            Ok(ToRelay::Hello(Hello {
                version_min: 1,
                version_max: 2
            }))
        );
        assert_eq!(ToRelay::from_body(&[0, 99]), Err(Malformed));
        assert_eq!(ToRelay::from_body(&[0]), Err(Malformed));
    }

    #[test]
    fn an_envelope_in_chunks_is_the_same_frame() {
        for size in crate::envelope::BUCKETS {
            let deliver = Deliver {
                sequence: Sequence(7),
                time: Timestamp(9),
                envelope: Envelope::new(vec![3; size]).unwrap(),
            };
            let chunks = deliver.to_chunks().concat();
            assert_eq!(chunks, FromRelay::from(deliver).to_frame());
        }
    }

    #[test]
    fn reasons_keep_their_numbers() {
        for number in 0..100u16 {
            assert_eq!(u16::from(Reason::from(number)), number);
        }
    }
}
