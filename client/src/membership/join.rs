//! A newcomer's side of an invitation: reading the bundle, and claiming it. A defender can send at once; a reader
//! waits to be let in.

use std::path::Path;

use bellrope_proto::{
    envelope::Envelope,
    ids::Timestamp,
    signing::{BadSignature, Recovery, SecretKey},
};
use secrecy::SecretString;

use super::moved::told_by;
use crate::{
    device::{
        ClaimStatus, Device, DeviceError, FirstFiles, Joined, OwnKeys, QueuedEnvelope, State,
    },
    group::{Claim, NewDevice},
    invitation::{Code, CoordinatorMark},
    message::{Bundle, Payload},
    recovery::RecoveryKey,
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
    /// The coordinator took it back.
    #[error("the invitation was taken back")]
    TakenBack,
    /// There is no bundle: it expired at the relay, or was never there.
    #[error("nothing waits for this invitation")]
    NoBundle,
    /// The bundle does not belong to the code: it was changed, or somebody else put it there.
    #[error("the invitation is damaged, or not of who made the code")]
    Damaged,
    /// This program does not understand all of it, and must be updated to join.
    #[error("the invitation was made by a newer version")]
    Newer,
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

/// Fetches the newest bundle that waits for a code.
///
/// # Errors
/// [`JoinError`].
pub async fn fetch_bundle(code: &Code, now: Timestamp) -> Result<Bundle, JoinError> {
    let keys = code.secret.keys();
    let session = Session::open_as(&code.relay, &keys.credential()).await?;
    let mut subscription = session
        .subscribe(Cursor::start(keys.mailbox()), Vec::new())
        .await?;
    let mut bundle: Option<Bundle> = None;
    let mut is_used = false;
    loop {
        match subscription.next().await? {
            Delivery::Envelope { envelope, .. } => {
                match (open_bundle(code, &envelope, now), &bundle) {
                    (Ok(newer), Some(known)) if newer.position < known.position => {}
                    (Ok(newer), _) => bundle = Some(newer),
                    (Err(JoinError::Damaged), Some(known))
                        if keys.is_refusal(&envelope, &known.coordinators) =>
                    {
                        return Err(JoinError::TakenBack);
                    }
                    // What comes after a bundle and is none is somebody's claim. It may have been refused.
                    (Err(JoinError::Damaged), Some(_)) => is_used = true,
                    (Err(error), _) => return Err(error),
                }
            }
            Delivery::Missed { .. } => return Err(JoinError::NoBundle),
            Delivery::CaughtUp { .. } => break,
            Delivery::Ahead => {}
        }
    }
    subscription.close().await;
    if is_used {
        return Err(JoinError::Used);
    }
    bundle.ok_or(JoinError::NoBundle)
}

/// Opens a bundle with what its code gives. It counts when it is for this invitation, and signed by the coordinator who
/// made the code, or by one whom they let speak for it.
///
/// # Errors
/// [`JoinError::Damaged`], [`JoinError::Newer`], [`JoinError::Ended`].
pub fn open_bundle(code: &Code, envelope: &Envelope, now: Timestamp) -> Result<Bundle, JoinError> {
    let keys = code.secret.keys();
    let opened = seal::open(envelope.bytes(), &keys.outer(), &keys.inner());
    let item = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok());
    let signed = match item {
        Some(Payload::Bundle(signed)) => signed,
        Some(Payload::Unknown(_)) => return Err(JoinError::Newer),
        _ => return Err(JoinError::Damaged),
    };
    let bundle = signed
        .verify_own(|bundle| bundle.coordinator)
        .map_err(|BadSignature| JoinError::Damaged)?;
    if bundle.invitation != keys.invitation.public()
        || !bundle.is_by(|device| CoordinatorMark::of(device) == code.coordinator)
    {
        return Err(JoinError::Damaged);
    }
    if bundle.is_newer() {
        return Err(JoinError::Newer);
    }
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
    Device::make(dir, passphrase, |keys| {
        claiming(code, bundle, keys, None, now)
    })
}

/// The same of a new device of who has lost every other: with the word of their recovery key on it. It speaks once, and for this device alone.
///
/// # Errors
/// [`JoinError`].
pub fn restore(
    dir: &Path,
    passphrase: &SecretString,
    (code, bundle): (&Code, Bundle),
    key: &RecoveryKey,
    now: Timestamp,
) -> Result<Device, JoinError> {
    let key = key.signing();
    Device::make(dir, passphrase, |keys| {
        claiming(code, bundle, keys, Some(&key), now)
    })
}

/// What a device begins with that uses an invitation.
pub(crate) fn claiming(
    code: &Code,
    bundle: Bundle,
    own: &OwnKeys<'_>,
    recovery: Option<&SecretKey<Recovery>>,
    now: Timestamp,
) -> Result<FirstFiles, JoinError> {
    let keys = code.secret.keys();
    let mailbox = keys.mailbox();
    // Only those who read are sent what a new epoch's secrets are.
    let turn = bundle.role.reads().then(|| own.turn.to_recipient());
    let own = (own.signing, own.member.to_key(), turn.as_ref());
    let proof = recovery.zip(turn.as_ref()).map(|(recovery, turn)| {
        let named = (bundle.group, keys.invitation.public());
        NewDevice::new(named, (own.0.public(), own.1, turn)).prove_by_recovery(recovery)
    });
    let claim = Claim::sign((&keys.invitation, mailbox), own, proof.as_ref(), now);
    let payload = Payload::Claim(claim.clone()).encode();
    let to: Vec<_> = bundle.coordinators.iter().map(|it| it.key).collect();
    let envelope = seal::seal(&payload, &to, &keys.outer().to_recipient())?;
    let mut state = State::new(bundle.group, bundle.role);
    state.place.told = told_by(&bundle);
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
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        address::RelayAddress,
        ids::Hash,
        signing::{Device as DeviceKey, PublicKey, SecretKey},
    };

    use super::*;
    use crate::seal::MemberIdentity;
    use crate::{
        extensions::Extensions,
        group::Role,
        ids::{GroupId, Position},
        invitation::Secret,
        message::Coordinator,
    };

    const NOW: Timestamp = Timestamp(1_000_000);

    /// What waits for `code`, signed by `sign`.
    fn waiting(code: &Code, item: &Payload) -> Envelope {
        let keys = code.secret.keys();
        let to = [keys.inner().to_key()];
        seal::seal(&item.encode(), &to, &keys.outer().to_recipient()).unwrap()
    }

    fn code(secret: u8) -> Code {
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        Code {
            secret: Secret::new(&[secret; 16]),
            coordinator: CoordinatorMark::of(&coordinator().public()),
            relay: relay.unwrap(),
        }
    }

    fn coordinator() -> SecretKey<DeviceKey> {
        SecretKey::from_seed(&[5; 32])
    }

    fn bundle(code: &Code, coordinator: &SecretKey<DeviceKey>) -> Bundle {
        Bundle {
            invitation: code.secret.keys().invitation.public(),
            group: GroupId(Hash([1; 32])),
            role: Role::Member,
            expires: NOW.plus(1),
            coordinator: coordinator.public(),
            delegation: None,
            coordinators: vec![Coordinator {
                device: coordinator.public(),
                key: MemberIdentity::from_seed(&[6; 32]).to_key(),
            }],
            position: Position(1),
            roster: Hash([2; 32]),
            at_once: None,
            extensions: Extensions::none(),
        }
    }

    #[test]
    fn a_bundle_opens_with_its_code_in_its_time() {
        let code = code(7);
        let signed = coordinator().sign(&bundle(&code, &coordinator()));
        let good = waiting(&code, &Payload::Bundle(signed));
        assert!(open_bundle(&code, &good, NOW).is_ok());
        let ended = open_bundle(&code, &good, NOW.plus(1));
        assert!(matches!(ended, Err(JoinError::Ended)));
        let something = waiting(&code, &Payload::Roster(Vec::new()));
        let something = open_bundle(&code, &something, NOW);
        assert!(matches!(something, Err(JoinError::Damaged)));
    }

    #[test]
    fn whoever_knows_the_code_and_runs_the_relay_is_not_taken_for_the_group() {
        let (code, other) = (code(7), code(8));
        let refused = |envelope: &Envelope| {
            matches!(open_bundle(&code, envelope, NOW), Err(JoinError::Damaged))
        };
        let mallory = SecretKey::from_seed(&[9; 32]);
        let by_another = mallory.sign(&bundle(&code, &mallory));
        assert!(refused(&waiting(&code, &Payload::Bundle(by_another))));
        let not_signed = mallory.sign(&bundle(&code, &coordinator()));
        assert!(refused(&waiting(&code, &Payload::Bundle(not_signed))));
        // The same coordinator's, for another person.
        let for_another = coordinator().sign(&bundle(&other, &coordinator()));
        assert!(refused(&waiting(
            &code,
            &Payload::Bundle(for_another.clone())
        )));
        assert!(refused(&waiting(&other, &Payload::Bundle(for_another))));
    }

    #[test]
    fn what_tomorrows_coordinator_adds_is_passed_over_or_said() {
        let code = code(7);
        let opened = |change: &dyn Fn(&mut Bundle)| {
            let mut bundle = bundle(&code, &coordinator());
            change(&mut bundle);
            let signed = coordinator().sign(&bundle);
            open_bundle(&code, &waiting(&code, &Payload::Bundle(signed)), NOW)
        };
        let adds = |number| Extensions::new(vec![(number, vec![1])]).unwrap();
        assert!(opened(&|bundle| bundle.extensions = adds(40_000)).is_ok());
        let critical = opened(&|bundle| bundle.extensions = adds(7));
        assert!(matches!(critical, Err(JoinError::Newer)));
        let role = opened(&|bundle| bundle.role = Role::Unknown(9));
        assert!(matches!(role, Err(JoinError::Newer)));
        let unknown = open_bundle(&code, &waiting(&code, &Payload::Unknown(77)), NOW);
        assert!(matches!(unknown, Err(JoinError::Newer)));
    }
}
