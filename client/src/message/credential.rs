//! What lets a device post to or read a mailbox.

use bellrope_proto::{
    grant::{Grant, Rights},
    signing::{Authority, Lane, SecretKey, Signed},
};
use serde::{Deserialize, Serialize};

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

    /// A right with a new lane, from the mailbox's authority.
    #[must_use]
    pub fn issue(authority: &SecretKey<Authority>, rights: Rights) -> Self {
        let lane = SecretKey::from_seed(Seed::random().bytes());
        let grant = Grant {
            authority: authority.public(),
            lane: lane.public(),
            rights,
            expires: GRANT_ENDS,
        };
        Self::new(&lane, authority.sign(&grant))
    }
}
