//! A claim: that a device used an invitation.

use bellrope_proto::{
    ids::{MailboxId, Timestamp},
    signing::{Device, Invitation, PublicKey, Purpose, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use super::roster::Roster;
use crate::seal::MemberKey;

/// An invitation's key vouches for the device that used it. It travels with everything that the
/// device says until the chain names the device, so that a first alert is known at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The invitation.
    pub invitation: PublicKey<Invitation>,
    /// Its mailbox.
    pub mailbox: MailboxId,
    /// The device's signing key.
    pub device: PublicKey<Device>,
    /// The device's inner-layer key, for answers to it.
    pub key: MemberKey,
    /// When, by the device's clock.
    pub time: Timestamp,
}

impl Statement for Claim {
    type Signer = Invitation;
    const PURPOSE: Purpose = Purpose::Claim;
}

/// A claim that an invitation of this roster signed, for its own mailbox.
#[must_use]
pub(crate) fn valid_claim(claim: &Signed<Claim>, roster: &Roster) -> Option<Claim> {
    let claim = claim.verify_own(|claim| claim.invitation).ok()?;
    let invited = roster.invitation(&claim.invitation)?;
    (invited.admit.mailbox == claim.mailbox).then_some(claim)
}
