//! That an alert was shown on this device, said to those who read it. It says nothing of a person: a screen is looked at by whoever is there, or by
//! nobody.

use bellrope_proto::ids::Timestamp;

use super::{case_error::CaseError, cases::say_act};
use crate::{
    alert::vocabulary::Receipt,
    device::{Device, DeviceError, Folded, opened},
    extensions::Extensions,
    group::lifetimes::RETENTION_SECONDS,
    ids::MessageId,
    message::{CaseAct, ReceiptWords},
};

/// Says what it is time to say.
///
/// # Errors
/// [`DeviceError`]; what was said before is said.
pub fn say_opened(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    for id in opened::due(device, now) {
        match say_one(device, id, now) {
            Ok(()) => {}
            Err(CaseError::Compose(error)) => {
                // A device that cannot send now can later.
                tracing::debug!(%error, "it is not said yet that an alert was opened");
                continue;
            }
            Err(error) => tracing::debug!(%error, "that an alert was opened is said to nobody"),
        }
        opened::done(device, id)?;
    }
    Ok(())
}

fn say_one(device: &Device, id: MessageId, now: Timestamp) -> Result<(), CaseError> {
    let me = device.signing().public();
    let (kept, roster, folded) = Folded::read(device, id)?.ok_or(CaseError::NoCase)?;
    let sender = kept.sent.message.peek().map(|message| message.sender);
    let is_mine = sender.is_ok_and(|it| it == me || roster.is_same_person(&it, &me));
    let is_old = now > kept.arrived.plus(RETENTION_SECONDS);
    // Whoever has said anything has opened it.
    let person = roster.person_of(&me).unwrap_or(me);
    let has_said = folded
        .said
        .iter()
        .any(|said| said.author == person && (!said.is_of_device() || said.device == me));
    if is_mine || is_old || has_said {
        return Err(CaseError::Again);
    }
    if !folded.opening.may_speak(&roster, &me) {
        return Err(CaseError::NotForYou);
    }
    let act = CaseAct::Receipt(ReceiptWords {
        receipt: Receipt::Opened,
        to: None,
        over: None,
        reason: String::new(),
        extensions: Extensions::none(),
    });
    say_act(device, (&kept, &roster, &folded), &act, now).map(drop)
}
