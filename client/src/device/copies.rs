//! Cases that this device's person opened to others: what of each was sealed again for them. What comes later from whoever had not seen it yet
//! must follow, and a crash in between loses nothing.

use bellrope_proto::{codec, ids::MailboxId};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::ids::MessageId;

const COPIES: &str = "copies";

/// So many openings are followed, the newest. Of one that is older, whoever reads the case has long seen that it is open.
const OPENINGS_MAX: usize = 128;

/// One opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Copying {
    /// The case.
    pub(crate) alert: MessageId,
    /// The message by which it was opened.
    pub(crate) act: MessageId,
    /// The mailbox into which it was put; none as long as nothing was.
    pub(crate) mailbox: Option<MailboxId>,
    /// What was seen to.
    pub(crate) done: Vec<MessageId>,
}

/// All that are followed.
#[must_use]
pub(crate) fn read(device: &Device) -> Vec<Copying> {
    device
        .files()
        .read(COPIES)
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "it is not known any more what was opened to others");
            None
        })
        .unwrap_or_default()
}

/// Changes them, on disk before this returns.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn change(
    device: &Device,
    change: impl FnOnce(&mut Vec<Copying>),
) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let mut all = read(device);
    let before = all.clone();
    change(&mut all);
    let over = all.len().saturating_sub(OPENINGS_MAX);
    all.drain(..over);
    match all == before {
        true => Ok(()),
        false => device.files().write(COPIES, &codec::encode(&all)),
    }
}
