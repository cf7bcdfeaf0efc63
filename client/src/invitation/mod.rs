//! Invitations: a secret of 16 random bytes from which both sides derive everything that they share
//! before they know each other. PROTOCOL.md, "Invitations", is the specification.

mod code;
mod file;

pub(crate) use code::CoordinatorMark;
pub use code::{Code, NotACode};
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
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    group::lifetimes::GRANT_ENDS,
    message::{LaneCredential, Payload},
    seal::{self, EpochIdentity, MemberIdentity},
};

/// What an invitation's code carries in secret. 128 random bits: not to be guessed, also offline.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Secret(pub [u8; 16]);

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

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
    outer_seed: Zeroizing<[u8; 32]>,
    /// Seed of the inner-layer identity of what is there before the device has shown its own key.
    inner_seed: Zeroizing<[u8; 32]>,
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
        EpochIdentity::from_seed(*self.outer_seed)
    }

    /// Whether an envelope of its mailbox is sealed to what the code gives, as the bundle alone is. Not by its place: a
    /// device that joined by a file may be faster than the bundle.
    #[must_use]
    pub(crate) fn is_bundle(&self, envelope: &Envelope) -> bool {
        let opened = seal::open(envelope.bytes(), &self.outer(), &self.inner());
        let payload = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok());
        matches!(payload, Some(Payload::Bundle(bundle)) if bundle.verify_own(|it| it.coordinator).is_ok())
    }

    /// What the bundle's inner layer is sealed to.
    #[must_use]
    pub fn inner(&self) -> MemberIdentity {
        MemberIdentity::from_seed(&self.inner_seed)
    }
}

impl Secret {
    /// Derives the invitation's keys.
    #[must_use]
    pub fn keys(&self) -> InvitationKeys {
        let expand = |info: &str| {
            let mut seed = Zeroizing::new([0; 32]);
            Hkdf::<Sha256>::new(None, &self.0)
                .expand_multi_info(
                    &[b"bellrope/invitation/v1/", info.as_bytes()],
                    seed.as_mut(),
                )
                .expect("32 bytes are within what HKDF-SHA256 gives");
            seed
        };
        InvitationKeys {
            authority: SecretKey::from_seed(&expand("authority")),
            lane: SecretKey::from_seed(&expand("lane")),
            invitation: SecretKey::from_seed(&expand("claim")),
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
        let (one, two) = (Secret([9; 16]).keys(), Secret([9; 16]).keys());
        assert_eq!(one.authority.public(), two.authority.public());
        let seeds = [
            one.authority.seed(),
            one.lane.seed(),
            one.invitation.seed(),
            one.outer_seed.clone(),
            one.inner_seed.clone(),
        ];
        for (at, seed) in seeds.iter().enumerate() {
            assert!(seeds.iter().skip(at + 1).all(|other| other != seed));
        }
        assert_ne!(
            Secret([8; 16]).keys().authority.public(),
            one.authority.public()
        );
    }

    #[test]
    fn the_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret([9; 16])), "Secret(hidden)");
        assert!(!format!("{:?}", Secret([9; 16]).keys()).contains("Signing"));
    }
}
