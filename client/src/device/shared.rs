//! What other coordinators' devices were entrusted with, so that each is sent what is new.

use std::collections::BTreeMap;

use bellrope_proto::{
    codec,
    ids::{Hash, MailboxId, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{files::DeviceError, unlocked::Device};
use crate::ids::Position;

const SHARED: &str = "shared";

/// What one device was told last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shared {
    /// Which.
    pub(crate) with: PublicKey<DeviceKey>,
    /// The newest mailbox of the group whose authority it was told.
    pub(crate) mailbox: MailboxId,
    /// When it was told everything.
    pub(crate) at: Timestamp,
    /// What of which invitation, as a hash.
    pub(crate) told: BTreeMap<Position, Hash>,
}

/// Everything that was told. What cannot be read is told again.
#[must_use]
pub(crate) fn read(device: &Device) -> Vec<Shared> {
    let read = device.files().read(SHARED);
    if let Err(error) = &read {
        tracing::warn!(%error, "it is not known any more what other coordinators were told");
    }
    read.ok().flatten().unwrap_or_default()
}

/// Writes it down. The roster's lock is held.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn store(device: &Device, all: &[Shared]) -> Result<(), DeviceError> {
    device.files().write(SHARED, &codec::encode(&all))
}
