//! Whoever coordinates after the only coordinator was lost has no way to reach a device that was away for long. Each tells them its own, so that
//! it is welcomed to new keys as it was before.

use bellrope_proto::{codec, ids::Timestamp, signing::PublicKey};

use super::{
    compose::{ComposeError, compose_for},
    receive::Received,
};
use crate::{
    device::{Device, DeviceError},
    extensions::Extensions,
    group::{Role, Roster},
    membership::keep_reached_by,
    message::{KIND_REACHED_BY, ReachedBy, Sender, VerifiedMessage},
    seal::MemberKey,
};

/// Tells the coordinators by what this device is reached, with each new epoch since somebody took over without knowing it: what was said before may
/// not have been heard. That it cannot be said is not worth the epoch: it is said with the next.
pub(super) fn tell(device: &Device, roster: &Roster, now: Timestamp) {
    let is_owed = roster
        .taken_over()
        .is_some_and(|taken| taken < roster.turned());
    if !is_owed {
        return;
    }
    if let Err(error) = say(device, roster, now) {
        tracing::debug!(%error, "it was not told by what this device is reached");
    }
}

fn say(device: &Device, roster: &Roster, now: Timestamp) -> Result<(), ComposeError> {
    let me = device.signing().public();
    let to = coordinators(roster, &me);
    let state = device.state()?;
    let Some(joined) = state.reply().filter(|_| !to.is_empty()) else {
        return Ok(());
    };
    let body = ReachedBy {
        secret: joined.secret.clone(),
        claim: joined.claim.clone(),
        extensions: Extensions::none(),
    };
    compose_for(device, (KIND_REACHED_BY, codec::encode(&body)), &to, now)
}

fn coordinators(
    roster: &Roster,
    but_for: &PublicKey<bellrope_proto::signing::Device>,
) -> Vec<MemberKey> {
    let people = roster.people().iter();
    let others = people.filter(|it| it.role == Role::Coordinator && it.device != *but_for);
    others.map(|it| it.key).collect()
}

/// Takes in by what somebody's device is reached. That it could not be kept is no worse than before: it is said with the next epoch.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let is_known = matches!(verified.sender, Sender::Known { .. });
    let said = is_known.then(|| ReachedBy::decode(&message.body.0));
    if let Some(said) = said.flatten() {
        keep_reached_by(device, roster, (&message.sender, said))?;
    }
    Ok(Received::NotForUs)
}
