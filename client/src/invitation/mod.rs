//! Invitations: a secret of 16 random bytes from which both sides derive everything that they share
//! before they know each other. PROTOCOL.md, "Invitations", is the specification.

mod code;
mod dictated;
mod file;

pub(crate) use code::CoordinatorMark;
pub use code::{Code, NotACode};
#[cfg(test)]
pub(crate) use dictated::under;
pub(crate) use dictated::{CODE_SECONDS, Inviter, Newcomer, Place};
pub use dictated::{NotSpoken, SlotKeys, Spoken, Step};
pub use file::{is_invitation_file, read_file, write_file};

use bellrope_proto::{
    envelope::Envelope,
    grant::{Grant, Rights},
    ids::MailboxId,
    signing::{Authority, Invitation, Lane, SecretKey},
};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    group::lifetimes::GRANT_ENDS,
    message::{Bundle, Coordinator, LaneCredential, Payload},
    seal::{self, EpochIdentity, MemberIdentity},
    secret::{SecretBytes, Seed},
};

/// What an invitation's code carries in secret. 128 random bits: not to be guessed, also offline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(SecretBytes<16>);

/// The keys of an invitation, held by whoever made it and whoever was given it. Each is
/// HKDF-SHA256 (RFC 5869) of the secret, without salt, under its own info string.
#[derive(Debug)]
pub struct InvitationKeys {
    /// Rules the invitation's own small mailbox.
    pub authority: SecretKey<Authority>,
    /// Posts to it and reads it.
    pub lane: SecretKey<Lane>,
    /// Vouches for the device that used the invitation.
    pub invitation: SecretKey<Invitation>,
    /// Seed of the outer-layer identity of everything in that mailbox.
    outer_seed: Seed,
    /// Seed of the inner-layer identity of what is there before the device has shown its own key.
    inner_seed: Seed,
}

impl InvitationKeys {
    /// Its mailbox.
    #[must_use]
    pub fn mailbox(&self) -> MailboxId {
        self.authority.public().mailbox()
    }

    /// The right to post to and read its mailbox, which both sides have.
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

    /// What the outer layer of everything in its mailbox is sealed to.
    #[must_use]
    pub fn outer(&self) -> EpochIdentity {
        EpochIdentity::from_seed(self.outer_seed.bytes())
    }

    /// The bundle in an envelope of its mailbox, which alone is sealed to what the code gives, whichever coordinator signed it.
    /// Not by its place: a device that joined by a file may be faster than the bundle, and there are later ones.
    #[must_use]
    pub(crate) fn open_bundle(&self, envelope: &Envelope) -> Option<Bundle> {
        let opened = seal::open(envelope.bytes(), &self.outer(), &self.inner());
        let payload = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok());
        let Some(Payload::Bundle(bundle)) = payload else {
            return None;
        };
        bundle.verify_own(|bundle| bundle.coordinator).ok()
    }

    /// Whether an envelope of its mailbox is the word of one of these that nobody comes in by it any more.
    #[must_use]
    pub(crate) fn is_refusal(&self, envelope: &Envelope, coordinators: &[Coordinator]) -> bool {
        let opened = seal::open(envelope.bytes(), &self.outer(), &self.inner());
        let payload = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok());
        let Some(Payload::Refusal(refusal)) = payload else {
            return false;
        };
        let mut said = coordinators.iter().map(|it| refusal.verify(&it.device));
        said.any(|said| said.is_ok_and(|said| said.invitation == self.invitation.public()))
    }

    /// What is sealed to who has the code: the bundle, and a refusal.
    #[must_use]
    pub fn inner(&self) -> MemberIdentity {
        MemberIdentity::from_seed(self.inner_seed.bytes())
    }
}

impl Secret {
    /// A new invitation's.
    #[must_use]
    pub(crate) fn random() -> Self {
        Self(SecretBytes::random())
    }

    /// That of a code.
    #[must_use]
    pub fn new(bytes: &[u8; 16]) -> Self {
        Self(SecretBytes::new(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 16] {
        self.0.bytes()
    }

    /// Derives the invitation's keys.
    #[must_use]
    pub fn keys(&self) -> InvitationKeys {
        let expand = |info: &str| {
            Seed::make(|seed| {
                Hkdf::<Sha256>::new(None, self.bytes())
                    .expand_multi_info(&[b"bellrope/invitation/v1/", info.as_bytes()], seed)
                    .expect("32 bytes are within what HKDF-SHA256 gives");
            })
        };
        InvitationKeys {
            authority: SecretKey::from_seed(expand("authority").bytes()),
            lane: SecretKey::from_seed(expand("lane").bytes()),
            invitation: SecretKey::from_seed(expand("claim").bytes()),
            outer_seed: expand("outer"),
            inner_seed: expand("inner"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_derive_the_same_and_every_use_its_own() {
        let (one, two) = (Secret::new(&[9; 16]).keys(), Secret::new(&[9; 16]).keys());
        assert_eq!(one.authority.public(), two.authority.public());
        let seeds = [
            Seed::new(one.authority.seed()),
            Seed::new(one.lane.seed()),
            Seed::new(one.invitation.seed()),
            one.outer_seed.clone(),
            one.inner_seed.clone(),
        ];
        for (at, seed) in seeds.iter().enumerate() {
            assert!(seeds.iter().skip(at + 1).all(|other| other != seed));
        }
        assert_ne!(
            Secret::new(&[8; 16]).keys().authority.public(),
            one.authority.public()
        );
    }

    #[test]
    fn the_secret_is_not_printed() {
        assert!(!format!("{:?}", Secret::new(&[9; 16])).contains('9'));
        assert!(!format!("{:?}", Secret::new(&[9; 16]).keys()).contains("Signing"));
    }
}
