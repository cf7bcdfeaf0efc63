//! A mailbox of an invitation that takes nothing more for a while. What waits for it waits, and nothing else does.

use std::{collections::BTreeMap, time::Duration};

use bellrope_proto::{
    ids::{Hash, MailboxId},
    message::Reason,
};
use tokio::time::Instant;

use super::context::spread;
use crate::{
    device::{Device, DeviceError, issued, outbox},
    membership::founder_of,
    relay::RelayError,
};

/// Between two tries, and up to as much again. Room comes back as envelopes expire: no faster than in hours.
const PAUSE: Duration = Duration::from_secs(300);

/// Those that were full the last time, each with when it is tried again.
#[derive(Debug, Default)]
pub(super) struct FullMailboxes(BTreeMap<MailboxId, Instant>);

impl FullMailboxes {
    /// Whether nothing is to be tried there for now.
    pub(super) fn waits(&self, mailbox: MailboxId) -> bool {
        let until = self.0.get(&mailbox);
        until.is_some_and(|until| Instant::now() < *until)
    }

    /// Notes one; whether it was not so before.
    pub(super) fn note(&mut self, mailbox: MailboxId) -> bool {
        self.0
            .insert(mailbox, Instant::now() + spread(PAUSE))
            .is_none()
    }

    /// Notes that one took all that there was.
    pub(super) fn has_room(&mut self, mailbox: MailboxId) {
        self.0.remove(&mailbox);
    }
}

/// Whether a refusal says that a mailbox takes nothing more for now.
pub(super) fn is_full(error: &RelayError) -> bool {
    matches!(
        error,
        RelayError::Refused(Reason::MailboxFull | Reason::LaneShare, _)
    )
}

/// What it means that an invitation's mailbox is full.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// What waits is for this person, whom this device has invited.
    Of(String),
    /// What this device wanted to say there is let go: that it has what it was sent. It is sent again, and says it then.
    NotWorth,
    /// Whoever used the invitation cannot say so.
    Unclaimed,
}

/// See [`Full`].
///
/// # Errors
/// [`DeviceError`].
pub(super) fn what_waits(device: &Device, mailbox: MailboxId) -> Result<Full, DeviceError> {
    let mut all = issued::all(device)?.into_iter();
    if let Some(issued) = all.find(|issued| issued.mailbox == mailbox) {
        let roster = device.roster()?;
        let invited = roster.iter().flat_map(|roster| roster.invited());
        let mut names = invited.filter(|invited| invited.at == issued.admitted_at);
        let name = names.next().map(|invited| invited.admit.name.clone());
        let founder = || {
            let founder = founder_of(&issued, roster.as_deref()?)?;
            Some(founder.name.clone())
        };
        let name = name.or_else(founder);
        return Ok(Full::Of(name.unwrap_or_default()));
    }
    let joined = device.state()?.joined;
    let claim: Option<Hash> = joined.map(|joined| joined.claim_envelope);
    outbox::let_go(device, |queued| {
        queued.to == mailbox && Some(queued.envelope.hash()) != claim
    })?;
    Ok(if outbox::waits(device, mailbox)? {
        Full::Unclaimed
    } else {
        Full::NotWorth
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        address::RelayAddress,
        envelope::Envelope,
        ids::{Sequence, Timestamp},
        receipt::{Fact, Receipt},
        signing::{PublicKey, RelayLog, SecretKey},
    };

    use super::*;
    use crate::{
        device::{QueueEnd, QueuedEnvelope},
        group::Role,
        membership::{NewGroup, create, invite, join, open_bundle},
    };

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn what_waits_is_somebodys_or_a_claim_or_not_worth_it() {
        let dir = tempfile::tempdir().unwrap();
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay.unwrap(),
        };
        let passphrase = "a passphrase".into();
        let nina = create(&dir.path().join("nina"), &passphrase, &group, NOW).unwrap();
        let new = invite(&nina, Role::Defender, "Alena", NOW.plus(9), NOW).unwrap();
        let mailbox = new.code.secret.keys().mailbox();
        let before = outbox::names(&nina).unwrap();
        assert_eq!(
            what_waits(&nina, mailbox).unwrap(),
            Full::Of(new.name.clone())
        );
        assert_eq!(outbox::names(&nina).unwrap(), before);

        let bundle = open_bundle(&new.code, &new.bundle, NOW).unwrap();
        let home = dir.path().join("alena");
        let alena = join(&home, &passphrase, &new.code, bundle, NOW).unwrap();
        let arrival = || {
            let envelope = Envelope::new(vec![7; 4096]).unwrap();
            let arrival = QueuedEnvelope::plain(mailbox, envelope, NOW);
            QueueEnd::lock(&alena).unwrap().put(&[arrival]).unwrap();
        };
        arrival();
        assert_eq!(what_waits(&alena, mailbox).unwrap(), Full::Unclaimed);
        let claim = outbox::all(&alena).unwrap().remove(0);
        let fact = Fact {
            mailbox,
            sequence: Sequence(1),
            envelope: claim.queued.envelope.hash(),
            head: Hash([0; 32]),
            time: NOW,
        };
        let key = SecretKey::<RelayLog>::from_seed(&[6; 32]);
        let receipt = Receipt::issue(&key, &[fact]).remove(0);
        outbox::stored(&alena, &claim, receipt).unwrap();
        arrival();
        assert_eq!(what_waits(&alena, mailbox).unwrap(), Full::NotWorth);
        assert_eq!(outbox::names(&alena).unwrap().len(), 1, "the claim is kept");
    }
}
