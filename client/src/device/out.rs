//! That this device is out of the group, as whoever has the pen told it. Kept for where the relay lets it in all the same: it reads and
//! sends nothing more there, and says why as often as it is asked.

use bellrope_proto::{codec, signing::Signed};

use super::{files::DeviceError, unlocked::Device};
use crate::message::Out;

const OUT: &str = "out";

/// Writes it down.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note(device: &Device, said: &Signed<Out>) -> Result<(), DeviceError> {
    device.files().write(OUT, &codec::encode(said))
}

/// Whether it was told so, by somebody who has the pen in the history that counts now.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn is_out(device: &Device) -> Result<bool, DeviceError> {
    let read: Result<Option<Signed<Out>>, DeviceError> = device.files().read(OUT);
    if let Err(error) = &read {
        tracing::warn!(%error, "it is not known any more whether this device is out");
    }
    let Some(said) = read.ok().flatten() else {
        return Ok(false);
    };
    let roster = device.roster()?;
    let me = device.signing().public();
    Ok(roster.is_some_and(|roster| Out::counts(&said, &roster, &me)))
}
