//! A claim: that a device used an invitation.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{MailboxId, Timestamp},
    signing::{Device, Invitation, PublicKey, Purpose, SecretKey, Signature, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use super::{added::Proof, roster::Roster};
use crate::{
    extensions::Extensions,
    seal::{EpochRecipient, MemberKey},
};

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
    /// What new epochs' secrets are sealed to for the device, if it will read; 1,216 bytes.
    pub turn: Option<Blob>,
    /// When, by the device's clock.
    pub time: Timestamp,
    /// The device's signature that it has these keys, of purpose `possession`: without it, who holds the code could name another's key as theirs.
    pub possession: Signature,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Claim {
    type Signer = Invitation;
    const PURPOSE: Purpose = Purpose::Claim;
}

/// That a device has its keys, and means this invitation. Both sides can write it down: only the signature travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Possession {
    /// The device's signing key, which signs this.
    device: PublicKey<Device>,
    /// Its inner-layer key.
    key: MemberKey,
    /// Its turn key.
    turn: Option<Blob>,
    /// The invitation that it uses.
    invitation: PublicKey<Invitation>,
}

impl Statement for Possession {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Possession;
}

/// The extension by which a claim has the word of a person's recovery key on its own device. May be ignored: who does not know it asks the person.
const PROOF: u16 = 32_769;

impl Claim {
    /// Whose device it is, as a recovery key says beside it. It speaks for nobody by that: the roster says for whom.
    #[must_use]
    pub(crate) fn proof(&self) -> Option<Proof> {
        let proof = self.extensions.get(PROOF)?;
        codec::decode(proof).ok()
    }

    /// A device uses an invitation; with the word of a recovery key on it, where one is used.
    #[must_use]
    pub fn sign(
        (invitation, mailbox): (&SecretKey<Invitation>, MailboxId),
        (device, key, turn): (&SecretKey<Device>, MemberKey, Option<&EpochRecipient>),
        proof: Option<&Proof>,
        time: Timestamp,
    ) -> Signed<Self> {
        let extensions = proof.map(|proof| Extensions::none().with(PROOF, codec::encode(proof)));
        let turn = turn.map(|turn| Blob(turn.as_bytes().to_vec()));
        let possession = Possession {
            device: device.public(),
            key,
            turn: turn.clone(),
            invitation: invitation.public(),
        };
        invitation.sign(&Self {
            invitation: possession.invitation,
            mailbox,
            device: possession.device,
            key,
            turn,
            time,
            possession: device.sign(&possession).detach(),
            extensions: extensions.unwrap_or_else(Extensions::none),
        })
    }

    fn has_its_keys(&self) -> bool {
        let possession = Possession {
            device: self.device,
            key: self.key,
            turn: self.turn.clone(),
            invitation: self.invitation,
        };
        Signed::attach(&possession, self.possession)
            .verify(&self.device)
            .is_ok()
    }
}

/// A claim that counts: signed by an invitation of this roster, for its own mailbox, by the device that it names
/// (PROTOCOL.md, C1 to C3).
#[must_use]
pub(crate) fn valid_claim(claim: &Signed<Claim>, roster: &Roster) -> Option<Claim> {
    let claim = whole_claim(claim)?;
    let invited = roster.invitation(&claim.invitation)?;
    (invited.admit.mailbox == claim.mailbox).then_some(claim)
}

/// A claim that its invitation and its device signed, whosever that invitation is (C1 and C3).
#[must_use]
pub(crate) fn whole_claim(claim: &Signed<Claim>) -> Option<Claim> {
    let claim = claim.verify_own(|claim| claim.invitation).ok()?;
    claim.has_its_keys().then_some(claim)
}
