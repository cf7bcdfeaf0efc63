//! Who coordinates, as far as a device knows: whose word on invitations, keys and the relay it takes.

use super::{files::DeviceError, unlocked::Device};
use crate::message::Coordinator;

/// Everybody who coordinates: by the roster; for a defender by the newest view; for who waits to be let in by what the invitation says.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn coordinators(device: &Device) -> Result<Vec<Coordinator>, DeviceError> {
    if let Some(roster) = device.roster()? {
        return Ok(Coordinator::all(&roster));
    }
    let state = device.state()?;
    let viewed = state.view.map(|view| view.coordinators);
    let invited = state.joined.map(|joined| joined.bundle.coordinators);
    Ok(viewed.or(invited).unwrap_or_default())
}
