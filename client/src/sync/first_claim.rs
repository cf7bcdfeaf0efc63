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
    invitation::Secret,
    membership::{AdmissionError, Claims, claim_heard, spoiled},
    message::Payload,
    relay::Cursor,
    seal,
};

/// Whether nobody has used an invitation yet, or a defender has and is not in the roster.
pub(crate) fn waits(issued: &IssuedInvitation, roster: &Roster) -> bool {
    let mut invited = roster.invited().iter();
    let invited = invited.find(|invited| invited.at == issued.admitted_at);
    let Some(invited) = invited.filter(|invited| !invited.replaced && invited.withdrawn.is_none())
    else {
        return false;
    };
    if issued.refused || issued.ended {
        return false;
    }
    let Some(claim) = issued.device() else {
        return true;
    };
    invited.admit.role == Role::Defender && roster.person(&claim.device).is_none()
}

/// What an envelope of an invitation's mailbox is.
pub(crate) enum Opened {
    /// The bundle, which the coordinator's device put there itself.
    Bundle,
    /// Something for the coordinator.
    Payload(Payload),
    /// Something that does not open.
    Nothing,
}

/// Opens an envelope of the mailbox of this invitation, with the keys of the coordinator who made it.
pub(crate) fn open_in_mailbox(device: &Device, secret: &Secret, envelope: &Envelope) -> Opened {
    let keys = secret.keys();
    if keys.open_bundle(envelope).is_some() {
        return Opened::Bundle;
    }
    let opened = seal::open(envelope.bytes(), &keys.outer(), device.member());
    let payload = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok());
    payload.map_or(Opened::Nothing, Opened::Payload)
}

/// See the module. Takes in one envelope after the other; knows no network.
pub(crate) struct FirstClaim {
    mailbox: MailboxId,
    roster: Arc<Roster>,
    expires: Timestamp,
    first: Option<(Timestamp, First)>,
}

enum First {
    /// A claim that counts.
    Claim(Signed<Claim>),
    /// Something that is no claim of this invitation.
    Other,
    /// Something that this program must be updated for.
    Newer,
}

/// A relay's clock that is further behind this device's is not believed.
const CLOCKS_DIFFER_SECONDS: u64 = 60 * 60;

/// When something arrived, by the relay's clock, which is `now_there`, and at `now` by this device's, which the coordinator
/// answers for. With a relay's clock alone, whoever runs the relay could let in by a code that is long over.
fn arrived_at(arrived: Timestamp, now_there: Timestamp, now: Timestamp) -> Timestamp {
    let behind = now.0.saturating_sub(now_there.0);
    if behind > CLOCKS_DIFFER_SECONDS {
        arrived.plus(behind)
    } else {
        arrived
    }
}

impl FirstClaim {
    /// In the mailbox of this invitation, which nobody has used as far as is known.
    pub(crate) fn new(issued: &IssuedInvitation, roster: &Arc<Roster>) -> Self {
        let key = issued.secret.keys().invitation.public();
        let invited = roster.invitation(&key);
        Self {
            mailbox: issued.mailbox,
            roster: Arc::clone(roster),
            expires: invited.map_or(Timestamp(0), |invited| invited.admit.expires),
            first: None,
        }
    }

    /// Takes in what came next, which arrived at this time by the relay's clock.
    pub(crate) fn take(&mut self, arrived: Timestamp, opened: Opened) {
        if self.first.is_some() {
            return;
        }
        let first = match opened {
            Opened::Bundle => return,
            Opened::Payload(Payload::Claim(claim)) => match valid_claim(&claim, &self.roster) {
                Some(valid) if valid.mailbox == self.mailbox => First::Claim(claim),
                _ => First::Other,
            },
            Opened::Payload(Payload::Unknown(number)) if is_critical(number) => First::Newer,
            _ => First::Other,
        };
        self.first = Some((arrived, first));
    }

    /// Does what follows, for the invitation of this entry; its mailbox was read to `read_to`, when the relay's clock said
    /// `now_there`.
    ///
    /// # Errors
    /// [`AdmissionError`]; the mailbox is then read from where it was before.
    pub(crate) fn carry_out(
        self,
        device: &Device,
        at: Position,
        (read_to, now_there): (Cursor, Timestamp),
        now: Timestamp,
    ) -> Result<Claims, AdmissionError> {
        let is_late = |arrived| arrived_at(arrived, now_there, now) > self.expires;
        let came = self.first.is_some();
        match self.first.filter(|(arrived, _)| !is_late(*arrived)) {
            Some((_, First::Claim(claim))) => claim_heard(device, &claim, Some(read_to), now),
            Some((_, First::Other)) => spoiled(device, at, read_to, now),
            Some((_, First::Newer)) => Err(RosterError::Newer.into()),
            None => {
                // By its own clock too: what a relay says later to have come in time is not heard any more.
                let ended = came || self.expires < now;
                issued::change(device, at, |issued| {
                    issued.cursor = read_to;
                    issued.ended = ended;
                })?;
                Ok(Claims::default())
            }
        }
    }
}
