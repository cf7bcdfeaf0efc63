//! What lets a device post to or read a mailbox.

use bellrope_proto::{
    grant::{Grant, Rights},
    signing::{Authority, Device, Invitation, Lane, PublicKey, SecretKey, Signed},
};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{extensions::Extensions, group::lifetimes::GRANT_ENDS, secret::Seed};

/// A right at a mailbox, and the lane key that proves it. The coordinator makes the lane's key, who
/// rules the mailbox anyway; so one sealed message is enough to let somebody in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneCredential {
    lane_seed: Seed,
    /// The right.
    pub grant: Signed<Grant>,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl LaneCredential {
    /// A right and its lane.
    #[must_use]
    pub fn new(lane: &SecretKey<Lane>, grant: Signed<Grant>) -> Self {
        Self {
            lane_seed: Seed::new(lane.seed()),
            grant,
            extensions: Extensions::none(),
        }
    }

    /// The lane's key.
    #[must_use]
    pub fn lane(&self) -> SecretKey<Lane> {
        SecretKey::from_seed(self.lane_seed.bytes())
    }

    /// A right from the mailbox's authority, for who came in by an invitation, or founded the group: always the same lane, so
    /// that who issued it can name it when it has to be taken back.
    #[must_use]
    pub fn issue(authority: &SecretKey<Authority>, holder: &Holder, rights: Rights) -> Self {
        let lane = lane_of(authority, holder);
        let grant = Grant {
            authority: authority.public(),
            lane: lane.public(),
            rights,
            expires: GRANT_ENDS,
        };
        Self::new(&lane, authority.sign(&grant))
    }
}

/// Who has a lane: the key of the invitation by which they came, or of the founder's device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Of an invitation.
    Invited(PublicKey<Invitation>),
    /// Of the group.
    Founder(PublicKey<Device>),
}

/// HKDF-SHA256 (RFC 5869) of the authority's secret key; the holder's key is the info.
#[must_use]
pub(crate) fn lane_of(authority: &SecretKey<Authority>, holder: &Holder) -> SecretKey<Lane> {
    let (label, key) = match holder {
        Holder::Invited(key) => (b"bellrope/lane/invited/v1", &key.0),
        Holder::Founder(key) => (b"bellrope/lane/founder/v1", &key.0),
    };
    let mut seed = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, authority.seed())
        .expand_multi_info(&[label, key], seed.as_mut_slice())
        .expect("32 bytes can be derived");
    SecretKey::from_seed(&seed)
}
