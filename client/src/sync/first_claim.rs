//! What came first to an invitation's mailbox, for the coordinator who made it, and what is done about it (C4). What comes
//! later counts for nothing: the newcomer's device decides by the same rule.

use std::sync::Arc;

use bellrope_proto::{
    envelope::Envelope,
    ids::{MailboxId, Timestamp},
    signing::Signed,
};

use crate::{
    device::{Device, IssuedInvitation, issued},
    extensions::is_critical,
    group::{Claim, Role, Roster, RosterError, valid_claim},
    ids::Position,
    invitation::InvitationKeys,
    membership::{AdmissionError, Claims, claim_heard, spoiled},
    message::Payload,
    relay::Cursor,
    seal,
};

/// Whether nobody has used an invitation yet, or a defender has and is not in the roster.
pub(crate) fn waits(issued: &IssuedInvitation, roster: &Roster) -> bool {
    let mut invited = roster.invited().iter();
    let invited = invited.find(|invited| invited.at == issued.admitted_at);
    let Some(invited) = invited.filter(|invited| !invited.replaced) else {
        return false;
    };
    if issued.refused {
        return false;
    }
    let Some(claim) = issued.device() else {
        return true;
    };
    invited.admit.role == Role::Defender && roster.person(&claim.device).is_none()
}

/// See the module. Takes in one envelope after the other; knows no network.
pub(crate) struct FirstClaim {
    keys: InvitationKeys,
    mailbox: MailboxId,
    roster: Arc<Roster>,
    expires: Timestamp,
    first: First,
}

enum First {
    /// Nothing yet, or nothing in time.
    Nothing,
    /// A claim that counts.
    Claim(Signed<Claim>),
    /// Something that is no claim of this invitation.
    Other,
    /// Something that this program must be updated for.
    Newer,
}

impl FirstClaim {
    /// In the mailbox of this invitation, which nobody has used as far as is known.
    pub(crate) fn new(issued: &IssuedInvitation, roster: &Arc<Roster>) -> Self {
        let keys = issued.secret.keys();
        let invited = roster.invitation(&keys.invitation.public());
        Self {
            mailbox: issued.mailbox,
            roster: Arc::clone(roster),
            expires: invited.map_or(Timestamp(0), |invited| invited.admit.expires),
            keys,
            first: First::Nothing,
        }
    }

    /// Takes in the next envelope, which arrived at this time.
    pub(crate) fn take(&mut self, device: &Device, arrived: Timestamp, envelope: &Envelope) {
        let decided = !matches!(self.first, First::Nothing);
        // The bundle this device put there itself.
        if decided || arrived > self.expires || self.keys.is_bundle(envelope) {
            return;
        }
        let opened = seal::open(envelope.bytes(), &self.keys.outer(), device.member());
        let payload = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok());
        self.first = match payload {
            Some(Payload::Claim(claim)) => match valid_claim(&claim, &self.roster) {
                Some(valid) if valid.mailbox == self.mailbox => First::Claim(claim),
                _ => First::Other,
            },
            Some(Payload::Unknown(number)) if is_critical(number) => First::Newer,
            _ => First::Other,
        };
    }

    /// Does what follows, for the invitation of this entry; its mailbox was read to `read_to`.
    ///
    /// # Errors
    /// [`AdmissionError`]; the mailbox is then read from where it was before.
    pub(crate) fn carry_out(
        self,
        device: &Device,
        at: Position,
        read_to: Cursor,
        now: Timestamp,
    ) -> Result<Claims, AdmissionError> {
        match self.first {
            First::Claim(claim) => claim_heard(device, &claim, Some(read_to), now),
            First::Other => spoiled(device, at, read_to),
            First::Newer => Err(RosterError::Newer.into()),
            First::Nothing => {
                issued::change(device, at, |issued| issued.cursor = read_to)?;
                Ok(Claims::default())
            }
        }
    }
}
