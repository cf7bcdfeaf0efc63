//! What was seen on one device of a person is seen on the others.

use bellrope_proto::{codec, ids::Timestamp};

use super::{
    compose::{ComposeError, compose_for},
    receive::Received,
};
use crate::{
    device::{Device, DeviceError, frozen, inbox, seen},
    extensions::Extensions,
    group::Roster,
    message::{KIND_SEEN, SeenHere, Sender, VerifiedMessage},
    seal::MemberKey,
};

/// Tells this person's other devices what was shown here, once in a while.
///
/// # Errors
/// [`DeviceError`]; it is tried again with the next heartbeat.
pub(super) fn tell(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    let ids = seen::due(device, now);
    let Some(roster) = device.roster()?.filter(|_| !ids.is_empty()) else {
        return Ok(());
    };
    let me = device.signing().public();
    let others = roster.devices_of(&me).filter(|it| it.device != me);
    let others: Vec<MemberKey> = others.map(|it| it.key).collect();
    if !others.is_empty() {
        let body = SeenHere {
            ids: ids.clone(),
            extensions: Extensions::none(),
        };
        match compose_for(device, (KIND_SEEN, codec::encode(&body)), &others, now) {
            Ok(()) => {}
            Err(ComposeError::Device(error)) => return Err(error),
            Err(error) => {
                tracing::debug!(%error, "nobody is told now what was seen here");
                return Ok(());
            }
        }
    }
    seen::told(device, &ids, now)
}

/// Takes in what was seen on another device of this one's person. How much of it was new here is told: somebody who has that device could else have
/// alerts go by unseen.
///
/// # Errors
/// [`DeviceError`]; what was not noted stays new then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Result<Received, DeviceError> {
    let me = device.signing().public();
    let sender = verified.message.sender;
    let is_mine = matches!(verified.sender, Sender::Known { .. })
        && sender != me
        && roster.person(&sender).is_some()
        && roster.is_same_person(&sender, &me)
        // Of a device that others may have it counts for nothing.
        && frozen::in_force(device, &me, roster).is_ok_and(|it| it.is_empty());
    let said = is_mine.then(|| SeenHere::decode(&verified.message.body.0));
    let Some(said) = said.flatten() else {
        return Ok(Received::NotForUs);
    };
    let new = said.ids.iter().filter(|id| inbox::is_new(device, **id));
    let new: Vec<_> = new.take(seen::TOLD_MAX).collect();
    for id in &new {
        inbox::shown(device, **id)?;
    }
    Ok(match new.len() {
        0 => Received::NotForUs,
        count => Received::SeenElsewhere(count),
    })
}
