//! What was shown here and the person's other devices have not been told of.

use bellrope_proto::{codec, ids::Timestamp};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::ids::MessageId;

const SEEN: &str = "seen";

/// More than one message tells is told by the next.
pub(crate) const TOLD_MAX: usize = 256;

/// Between two times that others are told: whoever watches the relay learns less of when somebody reads.
const BETWEEN_SECONDS: u64 = 10 * 60;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    untold: Vec<MessageId>,
    told: Timestamp,
}

/// Notes that a message was shown here, where its person has other devices.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note(device: &Device, id: MessageId) -> Result<(), DeviceError> {
    let me = device.signing().public();
    let roster = device.roster()?;
    let others = roster.is_some_and(|roster| roster.devices_of(&me).count() > 1);
    if !others {
        return Ok(());
    }
    change(device, |seen| {
        if !seen.untold.contains(&id) {
            seen.untold.push(id);
        }
    })
}

/// What others are to be told now, at most as much as one message tells.
#[must_use]
pub(crate) fn due(device: &Device, now: Timestamp) -> Vec<MessageId> {
    let seen = stored(device);
    // A clock that was set back must not make them wait for ever.
    let is_due = now.0.abs_diff(seen.told.0) >= BETWEEN_SECONDS;
    let due = seen.untold.into_iter().take(TOLD_MAX);
    due.filter(|_| is_due).collect()
}

/// Notes that they were told.
///
/// # Errors
/// [`DeviceError`]; then they are told once more.
pub(crate) fn told(device: &Device, ids: &[MessageId], now: Timestamp) -> Result<(), DeviceError> {
    change(device, |seen| {
        seen.untold.retain(|id| !ids.contains(id));
        seen.told = now;
    })
}

fn stored(device: &Device) -> Seen {
    let read = device.files().read(SEEN);
    if let Err(error) = &read {
        tracing::debug!(%error, "it is not known any more what was shown here");
    }
    read.ok().flatten().unwrap_or_default()
}

fn change(device: &Device, change: impl FnOnce(&mut Seen)) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = stored(device);
    let mut seen = before.clone();
    change(&mut seen);
    if seen == before {
        return Ok(());
    }
    device.files().write(SEEN, &codec::encode(&seen))
}
