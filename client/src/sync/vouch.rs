//! What follows from a comparison for the group: what was said of it is taken back where it does not hold any more, and three failures in a day
//! are told to everybody.

use bellrope_proto::{codec, ids::Timestamp};

use super::{
    compose::{ComposeError, compose_for_all},
    receive::Received,
};
use crate::{
    device::{
        Device, DeviceError,
        compared::{self, FAILURES_MAX, Noted},
        vouched,
    },
    group::{Person, Roster},
    message::{KIND_VOUCH, Sender, VerifiedMessage, Vouch, Vouched},
};

/// Says it to everybody who reads. It is in the outbox then.
///
/// # Errors
/// [`ComposeError`]; nothing is said then.
pub(crate) fn say(
    device: &Device,
    person: &Person,
    what: Vouched,
    now: Timestamp,
) -> Result<(), ComposeError> {
    let vouch = Vouch::new((person.device, person.key), what, now);
    compose_for_all(device, (KIND_VOUCH, codec::encode(&vouch)), now)
}

/// Sees to what follows from what was noted; whether everybody is told of three failures. A device that may not send tells nobody.
///
/// # Errors
/// [`DeviceError`]; it is tried again with the next failure.
pub(crate) fn follow_up(
    device: &Device,
    person: &Person,
    noted: Noted,
    now: Timestamp,
) -> Result<bool, DeviceError> {
    let is_alarm = noted.failures >= FAILURES_MAX;
    let what = match (is_alarm, noted.was_told) {
        (true, _) => Vouched::Failed,
        (false, true) => Vouched::TakenBack,
        (false, false) => return Ok(false),
    };
    match say(device, person, what, now) {
        Ok(()) => {}
        Err(ComposeError::Device(error)) => return Err(error),
        Err(error) => {
            tracing::warn!(%error, "what came of a comparison could not be told");
            return Ok(false);
        }
    }
    if is_alarm {
        compared::change(device, |compared| compared.forgive(&person.device))?;
    }
    Ok(is_alarm)
}

/// Takes in what somebody who is known says of a comparison. That it could not be kept is not worth the messages after it.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Result<Received, DeviceError> {
    let is_known = matches!(verified.sender, Sender::Known { .. });
    Ok(
        match is_known && vouched::hear(device, roster, &verified.message)? {
            true => Received::ComparisonsFailed,
            false => Received::NotForUs,
        },
    )
}
