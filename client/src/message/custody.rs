//! What a coordinator's device entrusts another's with, so that the group goes on when it does not: what rules the mailboxes of its
//! epochs, and the secrets of its invitations. Sealed to the other's turn key, as a new epoch is.

use bellrope_proto::{
    codec,
    envelope::ENVELOPE_BYTES_MAX,
    ids::Timestamp,
    signing::{Device, PublicKey, Purpose, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use super::admission::Delegation;
use crate::{
    extensions::Extensions,
    group::Claim,
    ids::{GroupId, Position},
    invitation::Secret,
    relay::Cursor,
    seal::capacity,
    secret::Seed,
};

/// What a custody has around its invitations, and more.
const AROUND: usize = 4096;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// Of which group.
    pub group: GroupId,
    /// Whose device entrusts, and signs.
    pub by: PublicKey<Device>,
    /// With which device.
    pub device: PublicKey<Device>,
    /// What rules the mailboxes of epochs. Each says itself of which: its hash is the mailbox.
    pub authorities: Vec<Seed>,
    /// Invitations.
    pub invitations: Vec<Entrusted>,
    /// Invitations that the roster does not have yet, of who signs.
    pub wished: Vec<Wished>,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Custody {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Custody;
}

/// An invitation with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrusted {
    /// Its secret, which rules its mailbox.
    pub secret: Secret,
    /// Its entry in the roster.
    pub admitted_at: Position,
    /// Who may say what it is for, beside who made it.
    pub delegation: Signed<Delegation>,
    /// The first valid claim in its mailbox.
    pub claim: Option<Signed<Claim>>,
    /// Whether nobody comes in by it any more.
    pub refused: bool,
    /// Whether nothing is to be heard of it any more.
    pub ended: bool,
    /// How new a welcome or view the person was sent, and when.
    pub sent: Option<(Position, Timestamp)>,
    /// How new a one their device was seen to have.
    pub has: Option<Position>,
    /// A reader's: from where on the group's mailbox was sealed to them, and since when.
    pub reads_after: Option<(Cursor, Timestamp)>,
}

/// An invitation whose maker has not the pen: what it takes to write it down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wished {
    /// Its secret.
    pub secret: Secret,
    /// Who may say what it is for, beside who made it.
    pub delegation: Signed<Delegation>,
}

impl Custody {
    /// Cuts invitations into as many as fit an envelope each; one at least, also for none.
    #[must_use]
    pub(crate) fn parts(invitations: Vec<Entrusted>) -> Vec<Vec<Entrusted>> {
        let room = capacity(ENVELOPE_BYTES_MAX, 1).unwrap_or(0);
        let room = room.saturating_sub(AROUND);
        let mut parts = vec![Vec::new()];
        let mut bytes: usize = 0;
        for invitation in invitations {
            let more = zeroize::Zeroizing::new(codec::encode(&invitation)).len();
            bytes = bytes.saturating_add(more);
            match parts.last_mut() {
                Some(part) if bytes <= room || part.is_empty() => part.push(invitation),
                _ => {
                    bytes = more;
                    parts.push(vec![invitation]);
                }
            }
        }
        parts
    }

    /// What it says, if it is whole, for this device, and signed by the device that it names (whose that is, the roster says).
    pub(crate) fn verified(
        signed: &Signed<Self>,
        group: GroupId,
        me: &PublicKey<Device>,
    ) -> Option<Self> {
        let said = signed.verify_own(|said| said.by).ok()?;
        (said.group == group && said.device == *me).then_some(said)
    }
}
