//! Saying of a sender that others may write in their name, and that this is over.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::compose::{ComposeError, Words, compose, everybody, sender};
use crate::{
    device::{Device, DeviceError, frozen},
    extensions::Extensions,
    group::Person,
    message::{Freeze, FreezeAct, KIND_FREEZE, REASON_CHARS_MAX, SaidOfSender, View},
    seal::MemberKey,
};

/// Why nothing was said of a sender.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// The reason is too long: so many characters are possible.
    #[error("the reason is longer than {0} characters")]
    TooLong(usize),
    /// Nobody says it of their own device.
    #[error("nobody freezes their own device")]
    Oneself,
    /// There is nothing to lift.
    #[error("this sender is not frozen")]
    NotFrozen,
    /// It is nobody's device.
    #[error("nobody in the group has this device")]
    Nobody,
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<DeviceError> for FreezeError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// Says to the group that what a device says from now on may be written by others, or that this is over. It goes to everybody who reads, but not to
/// that device: whoever holds it need not know.
///
/// # Errors
/// [`FreezeError`]; nothing is queued then.
pub fn compose_freeze(
    device: &Device,
    (act, of): (FreezeAct, PublicKey<DeviceKey>),
    reason: &str,
    now: Timestamp,
) -> Result<(), FreezeError> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(FreezeError::TooLong(REASON_CHARS_MAX));
    }
    let (state, view) = sender(device)?;
    let roster = device.roster()?.filter(|_| state.role.reads());
    let roster = roster.ok_or(ComposeError::MayNot)?;
    if roster.is_same_person(&of, &device.signing().public()) {
        return Err(FreezeError::Oneself);
    }
    let theirs: Vec<&Person> = roster.devices_of(&of).collect();
    if theirs.is_empty() {
        return Err(FreezeError::Nobody);
    }
    let lifts = match act {
        FreezeAct::Freeze => Vec::new(),
        FreezeAct::Lift => {
            let known = frozen::in_force(device, &of, &roster)?;
            if known.is_empty() {
                return Err(FreezeError::NotFrozen);
            }
            known.into_iter().map(|frozen| frozen.id).collect()
        }
    };
    let freeze = Freeze {
        act,
        device: of,
        lifts,
        reason,
        extensions: Extensions::none(),
    };
    let words = Words::of(KIND_FREEZE, codec::encode(&freeze), now);
    let others = but_for(device, &view, &theirs)?;
    let said = SaidOfSender {
        id: compose(device, words, &others)?.id,
        arrived: now,
        author: device.signing().public(),
        freeze,
        is_own_word: false,
    };
    // It counts here at once, and by the relay's clock when it comes back from there.
    Ok(frozen::note(device, said, &roster)?)
}

/// Everybody who reads but for these devices; nobody, which is everybody, where none of these reads.
fn but_for(
    device: &Device,
    view: &View,
    devices: &[&Person],
) -> Result<Vec<MemberKey>, ComposeError> {
    let reading = devices.iter().filter(|it| it.role.reads());
    let keys: Vec<MemberKey> = reading.map(|it| it.key).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let readers = everybody(device, view)?.into_iter();
    Ok(readers.filter(|it| !keys.contains(it)).collect())
}
