//! The keys that relays were seen to work with: a relay that shows earlier ones is not spoken to, and what was signed with
//! those is still held against it.

use bellrope_proto::{address::RelayAddress, codec, keys::KeyHistory};

use super::{files::DeviceError, unlocked::Device};
use crate::relay::KnownRelay;

const RELAYS: &str = "relays";

/// What is remembered of a relay. What cannot be read is not remembered: no alert waits for it.
#[must_use]
pub(crate) fn known_relay(device: &Device, address: RelayAddress) -> KnownRelay {
    let read = read(device);
    if let Err(error) = &read {
        tracing::warn!(%error, "the keys of relays are not known any more");
    }
    let mut known = read.unwrap_or_default().into_iter();
    let keys = known.find(|keys| keys.relay() == address.key());
    KnownRelay::new(address, keys)
}

/// Remembers a relay's keys. Of two programs that do so at once one may be forgotten, until it connects again.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note_relay(device: &Device, relay: &KnownRelay) -> Result<(), DeviceError> {
    let mut known = read(device).unwrap_or_default();
    known.retain(|keys| keys.relay() != relay.address().key());
    known.push(relay.keys().clone());
    device.files().write(RELAYS, &codec::encode(&known))
}

fn read(device: &Device) -> Result<Vec<KeyHistory>, DeviceError> {
    Ok(device.files().read(RELAYS)?.unwrap_or_default())
}
