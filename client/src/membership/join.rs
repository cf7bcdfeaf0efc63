//! A newcomer's side of an invitation: reading the bundle, and claiming it. A defender can send at once; a reader
//! waits to be let in.

use std::path::Path;

use bellrope_proto::{envelope::Envelope, ids::Timestamp, signing::BadSignature};
use secrecy::SecretString;

use crate::{
    device::{ClaimStatus, Device, DeviceError, FirstFiles, Joined, QueuedEnvelope, State},
    group::Claim,
    invitation::{Code, InvitationKeys},
    message::{Bundle, Payload},
    relay::{Cursor, Delivery, RelayError, Session},
    seal::{self, SealError},
};

/// Why nobody joined.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Its time is over.
    #[error("the invitation has ended")]
    Ended,
    /// Another device was first.
    #[error("the invitation was used before")]
    Used,
    /// There is no bundle: it expired at the relay, or was never there.
    #[error("nothing waits for this invitation")]
    NoBundle,
    /// The bundle does not belong to the code, or was made by a newer version.
    #[error("the invitation is damaged or made by a newer version")]
    Damaged,
    /// The relay.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The claim did not fit, which cannot be.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Fetches the bundle that waits for a code.
///
/// # Errors
/// [`JoinError`].
pub async fn fetch_bundle(code: &Code, now: Timestamp) -> Result<Bundle, JoinError> {
    let keys = code.secret.keys();
    let session = Session::open_as(&code.relay, &keys.credential()).await?;
    let mut subscription = session
        .subscribe(Cursor::start(keys.mailbox()), Vec::new())
        .await?;
    let mut bundle = None;
    loop {
        match subscription.next().await? {
            Delivery::Envelope { envelope, .. } => {
                if bundle.is_some() {
                    return Err(JoinError::Used);
                }
                bundle = Some(open_bundle(&keys, &envelope, now)?);
            }
            Delivery::Missed { .. } => return Err(JoinError::NoBundle),
            Delivery::CaughtUp { .. } => break,
            Delivery::Ahead => {}
        }
    }
    subscription.close().await;
    bundle.ok_or(JoinError::NoBundle)
}

/// Opens a bundle with what its code gives.
///
/// # Errors
/// [`JoinError::Damaged`], [`JoinError::Ended`].
pub fn open_bundle(
    keys: &InvitationKeys,
    envelope: &Envelope,
    now: Timestamp,
) -> Result<Bundle, JoinError> {
    let opened = seal::open(envelope.bytes(), &keys.outer(), &keys.inner());
    let item = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok());
    let Some(Payload::Bundle(signed)) = item else {
        return Err(JoinError::Damaged);
    };
    let bundle = signed
        .verify_own(|bundle| bundle.coordinator)
        .map_err(|BadSignature| JoinError::Damaged)?;
    if bundle.expires <= now {
        return Err(JoinError::Ended);
    }
    Ok(bundle)
}

/// Makes the device with its claim in the queue. No network.
///
/// # Errors
/// [`JoinError`].
pub fn join(
    dir: &Path,
    passphrase: &SecretString,
    code: &Code,
    bundle: Bundle,
    now: Timestamp,
) -> Result<Device, JoinError> {
    let keys = code.secret.keys();
    let outer = keys.outer().to_recipient();
    let mailbox = keys.mailbox();
    let coordinator_key = bundle.coordinator_key;
    Device::make(dir, passphrase, |signing, member| {
        let claim = keys.invitation.sign(&Claim {
            invitation: keys.invitation.public(),
            mailbox,
            device: signing.public(),
            key: member.to_key(),
            time: now,
        });
        let payload = Payload::Claim(claim.clone()).encode();
        let envelope = seal::seal(&payload, &[coordinator_key], &outer)?;
        let mut state = State::new(bundle.group, bundle.role);
        let claimed = match &bundle.at_once {
            Some(at_once) => {
                state.view = Some(at_once.view.clone());
                state.credential = Some(at_once.credential.clone());
                ClaimStatus::In
            }
            None => ClaimStatus::Waiting,
        };
        state.joined = Some(Joined {
            secret: code.secret.clone(),
            relay: code.relay.clone(),
            bundle,
            claim,
            claim_envelope: envelope.hash(),
            claim_seen: false,
            cursor: Cursor::start(mailbox),
            claimed,
        });
        Ok(FirstFiles {
            state,
            entries: Vec::new(),
            queue: vec![QueuedEnvelope::plain(mailbox, envelope, now)],
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        ids::Hash,
        signing::{Device as DeviceKey, SecretKey, Signed},
    };

    use super::*;
    use crate::{group::Role, ids::GroupId, invitation::Secret, seal::MemberIdentity};

    const NOW: Timestamp = Timestamp(1_000_000);

    fn bundle(expires: Timestamp, sign: &SecretKey<DeviceKey>) -> Signed<Bundle> {
        sign.sign(&Bundle {
            group: GroupId(Hash([1; 32])),
            role: Role::Member,
            expires,
            coordinator: SecretKey::<DeviceKey>::from_seed(&[5; 32]).public(),
            coordinator_key: MemberIdentity::from_seed(&[6; 32]).to_key(),
            at_once: None,
        })
    }

    #[test]
    fn a_bundle_opens_with_its_code_in_its_time() {
        let keys = Secret([7; 16]).keys();
        let coordinator = SecretKey::from_seed(&[5; 32]);
        let seal = |item: &Payload| {
            let to = [keys.inner().to_key()];
            seal::seal(&item.encode(), &to, &keys.outer().to_recipient()).unwrap()
        };
        let good = seal(&Payload::Bundle(bundle(NOW.plus(1), &coordinator)));
        assert!(open_bundle(&keys, &good, NOW).is_ok());
        let ended = open_bundle(&keys, &good, NOW.plus(1));
        assert!(matches!(ended, Err(JoinError::Ended)));
        let other = Secret([8; 16]).keys();
        let other = open_bundle(&other, &good, NOW);
        assert!(matches!(other, Err(JoinError::Damaged)));
        let forged = SecretKey::from_seed(&[9; 32]);
        let forged = seal(&Payload::Bundle(bundle(NOW.plus(1), &forged)));
        let forged = open_bundle(&keys, &forged, NOW);
        assert!(matches!(forged, Err(JoinError::Damaged)));
        let something = seal(&Payload::Roster(Vec::new()));
        let something = open_bundle(&keys, &something, NOW);
        assert!(matches!(something, Err(JoinError::Damaged)));
    }
}
