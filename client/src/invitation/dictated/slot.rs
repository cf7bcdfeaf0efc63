//! The mailbox of a slot. Its keys come from the place and the four digits alone: whoever knows these, and there are ten thousand at each
//! host, can read it and post to it. What is in it looks like any other envelope, and is worth nothing without the code.

use bellrope_proto::{
    codec::{self, Blob, Malformed},
    envelope::Envelope,
    grant::{Grant, Rights},
    ids::{Hash, MailboxId},
    signing::{Authority, Lane, SecretKey},
};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::{
    group::lifetimes::GRANT_ENDS,
    message::LaneCredential,
    seal::{self, EpochIdentity, MemberIdentity, SealError},
    secret::Seed,
};

/// Numbers of what is in a slot's mailbox, of the payloads' row so that none is taken for another.
const OFFER: u16 = 24;
const ANSWER: u16 = 25;
const HANDING: u16 = 26;
const VOID: u16 = 27;

/// A message of SPAKE2: the side and a point.
const SHARE_BYTES: usize = 33;

/// What the other's key is confirmed by.
pub(super) const PROOF_BYTES: usize = 32;

/// A step of the exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The inviter's half.
    Offer([u8; SHARE_BYTES]),
    /// The newcomer's half, and the proof that both have one key.
    Answer {
        /// The half.
        share: [u8; SHARE_BYTES],
        /// The proof.
        proof: [u8; PROOF_BYTES],
    },
    /// The inviter's proof, and the invitation under the key.
    Handing {
        /// The proof.
        proof: [u8; PROOF_BYTES],
        /// The sealed code of the invitation.
        sealed: Vec<u8>,
    },
    /// Nothing is handed over any more. Not signed: whoever sits on the slot can spoil it anyhow.
    Void,
}

impl Step {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (number, body) = match self {
            Self::Offer(share) => (OFFER, share.to_vec()),
            Self::Answer { share, proof } => (ANSWER, [share.as_slice(), proof].concat()),
            Self::Handing { proof, sealed } => (HANDING, [proof, sealed.as_slice()].concat()),
            Self::Void => (VOID, Vec::new()),
        };
        codec::encode(&(number, Blob(body)))
    }

    /// `None` for whatever else somebody put there.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (number, body): (u16, Blob) = codec::decode(bytes).map_err(|Malformed| ()).ok()?;
        let body = body.0.as_slice();
        match number {
            OFFER => Some(Self::Offer(body.try_into().ok()?)),
            ANSWER => {
                let (share, proof) = body.split_first_chunk()?;
                let proof = proof.try_into().ok()?;
                Some(Self::Answer {
                    share: *share,
                    proof,
                })
            }
            HANDING => {
                let (proof, sealed) = body.split_first_chunk()?;
                Some(Self::Handing {
                    proof: *proof,
                    sealed: sealed.to_vec(),
                })
            }
            VOID => body.is_empty().then_some(Self::Void),
            _ => None,
        }
    }
}

/// The keys of a slot's mailbox. HKDF-SHA256 without salt, as for an invitation, of what anybody knows.
#[derive(Clone, Debug)]
pub struct SlotKeys {
    authority: SecretKey<Authority>,
    lane: SecretKey<Lane>,
    outer_seed: Seed,
    inner_seed: Seed,
}

impl SlotKeys {
    /// Those of a slot at `HOST:PORT`.
    pub(super) fn of(place: &str, slot: &[u8; 4]) -> Self {
        let known = Hash::tagged("dictate", &[place.as_bytes(), b"/", slot]);
        let expand = |info: &str| {
            Seed::make(|seed| {
                Hkdf::<Sha256>::new(None, &known.0)
                    .expand_multi_info(&[b"bellrope/dictate/v1/", info.as_bytes()], seed)
                    .expect("32 bytes are within what HKDF-SHA256 gives");
            })
        };
        Self {
            authority: SecretKey::from_seed(expand("authority").bytes()),
            lane: SecretKey::from_seed(expand("lane").bytes()),
            outer_seed: expand("outer"),
            inner_seed: expand("inner"),
        }
    }

    /// What opens the mailbox at the relay.
    #[must_use]
    pub fn authority(&self) -> &SecretKey<Authority> {
        &self.authority
    }

    /// The mailbox.
    #[must_use]
    pub fn mailbox(&self) -> MailboxId {
        self.authority.public().mailbox()
    }

    /// The right to post to and read it, which everybody has.
    #[must_use]
    pub fn credential(&self) -> LaneCredential {
        let grant = Grant {
            authority: self.authority.public(),
            lane: self.lane.public(),
            rights: Rights::BOTH,
            expires: GRANT_ENDS,
        };
        LaneCredential::new(&self.lane, self.authority.sign(&grant))
    }

    /// A step in an envelope.
    ///
    /// # Errors
    /// [`SealError`], for the library's failures alone: a step fits.
    pub fn seal(&self, step: &Step) -> Result<Envelope, SealError> {
        let to = [MemberIdentity::from_seed(self.inner_seed.bytes()).to_key()];
        seal::seal(&step.encode(), &to, &self.outer().to_recipient())
    }

    /// The step in an envelope; `None` for whatever else somebody put there.
    #[must_use]
    pub fn open(&self, envelope: &Envelope) -> Option<Step> {
        let inner = MemberIdentity::from_seed(self.inner_seed.bytes());
        let opened = seal::open(envelope.bytes(), &self.outer(), &inner).ok()?;
        Step::decode(&opened)
    }

    /// For the vectors: each use and its seed.
    #[cfg(test)]
    pub(crate) fn seeds(&self) -> [(&'static str, [u8; 32]); 4] {
        [
            ("authority", *self.authority.seed()),
            ("lane", *self.lane.seed()),
            ("outer", *self.outer_seed.bytes()),
            ("inner", *self.inner_seed.bytes()),
        ]
    }

    fn outer(&self) -> EpochIdentity {
        EpochIdentity::from_seed(self.outer_seed.bytes())
    }
}
