//! Sensitive blocks that are being said: two messages, and others know of the first by the second alone. What a program that was ended in between has left
//! is said by the next one. Who reads a block stands here and in its act; nothing of what it says does.

use bellrope_proto::{
    codec,
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{
    directory::{Lock, LockName},
    files::DeviceError,
    unlocked::Device,
};
use crate::ids::MessageId;

const BLOCKS: &str = "blocks";

/// A block of which the case may not know yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unsaid {
    /// The case.
    pub(crate) alert: MessageId,
    /// The block's message.
    pub(crate) block: MessageId,
    /// Who reads it besides its author.
    pub(crate) who: Vec<PublicKey<DeviceKey>>,
}

/// Held by whoever says one, or says the rest of one.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn lock(device: &Device) -> Result<Lock, DeviceError> {
    device.files().lock(LockName::Blocks)
}

/// All of them.
#[must_use]
pub(crate) fn read(device: &Device) -> Vec<Unsaid> {
    let read = device.files().read(BLOCKS).unwrap_or_else(|error| {
        tracing::warn!(%error, "it is not known any more which sensitive blocks were being said");
        None
    });
    read.unwrap_or_default()
}

/// Changes them, on disk before this returns.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn change(
    device: &Device,
    change: impl FnOnce(&mut Vec<Unsaid>),
) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let mut all = read(device);
    let before = all.clone();
    change(&mut all);
    match (all == before, all.is_empty()) {
        (true, _) => Ok(()),
        // Also where there is no room for anything.
        (false, true) => device.files().remove(BLOCKS),
        (false, false) => device.files().write(BLOCKS, &codec::encode(&all)),
    }
}
