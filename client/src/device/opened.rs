//! Alerts that were shown on this device, of which the other members are to be told, each some random while later: whoever watches the relay would
//! else see everybody's devices speak right after each alert.

use std::collections::BTreeMap;

use bellrope_proto::{codec, ids::Timestamp};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{ids::MessageId, random::random};

const OPENED: &str = "opened";

/// How long it takes at least, and by how much longer.
const LATER_SECONDS: u64 = 2 * 60;
const SPREAD_SECONDS: u64 = 30 * 60;

/// So many wait. Who has been away for long and looks through a thousand alerts opens none of them in time.
const WAITING_MAX: usize = 128;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Opened {
    is_off: bool,
    waiting: BTreeMap<MessageId, Timestamp>,
}

/// Notes that an alert was shown here, unless nobody is to be told.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note(device: &Device, id: MessageId, now: Timestamp) -> Result<(), DeviceError> {
    let role = device.state()?.role;
    if !role.reads() || !role.sends() || stored(device).is_off {
        return Ok(());
    }
    let more = u64::from_be_bytes(random()) % SPREAD_SECONDS;
    let due = now.plus(LATER_SECONDS.saturating_add(more));
    change(device, |opened| {
        if opened.waiting.len() < WAITING_MAX {
            opened.waiting.entry(id).or_insert(due);
        }
    })
}

/// Of which it is time.
#[must_use]
pub(crate) fn due(device: &Device, now: Timestamp) -> Vec<MessageId> {
    let opened = stored(device);
    // A clock that was set back must not make them wait for ever.
    let latest = now.plus(LATER_SECONDS.saturating_add(SPREAD_SECONDS));
    let is_due = |at: &Timestamp| *at <= now || *at > latest;
    let due = opened.waiting.iter().filter(|(_, at)| is_due(at));
    due.map(|(id, _)| *id).collect()
}

/// Notes that it was told, or is not worth it any more.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn done(device: &Device, id: MessageId) -> Result<(), DeviceError> {
    change(device, |opened| {
        opened.waiting.remove(&id);
    })
}

/// The same of several.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn forget(device: &Device, ids: &[MessageId]) -> Result<(), DeviceError> {
    change(device, |opened| {
        opened.waiting.retain(|id, _| !ids.contains(id));
    })
}

/// Whether others are told.
#[must_use]
pub fn is_told(device: &Device) -> bool {
    !stored(device).is_off
}

/// Has others told from now on, or not; then what waits is not told either.
///
/// # Errors
/// [`DeviceError`].
pub fn tell(device: &Device, told: bool) -> Result<(), DeviceError> {
    change(device, |opened| {
        opened.is_off = !told;
        if !told {
            opened.waiting.clear();
        }
    })
}

/// What cannot be read is taken for a no: nobody is told what they may have wished to keep to themselves.
fn stored(device: &Device) -> Opened {
    match device.files().read(OPENED) {
        Ok(read) => read.unwrap_or_default(),
        Err(error) => {
            tracing::warn!(%error, "it is not known any more of which alerts others are to be told that they were opened");
            Opened {
                is_off: true,
                waiting: BTreeMap::new(),
            }
        }
    }
}

fn change(device: &Device, change: impl FnOnce(&mut Opened)) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = stored(device);
    let mut opened = before.clone();
    change(&mut opened);
    if opened == before {
        return Ok(());
    }
    device.files().write(OPENED, &codec::encode(&opened))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{device::fixtures, group::Role};

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn it_is_told_some_while_later_and_not_where_nobody_is_to_be_told() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        device.change(|state| state.role = Role::Member).unwrap();
        let id = |number| MessageId([number; 16]);
        for number in 0..40 {
            note(&device, id(number), NOW).unwrap();
        }
        assert!(due(&device, NOW.plus(LATER_SECONDS - 1)).is_empty());
        let some = due(&device, NOW.plus(LATER_SECONDS + SPREAD_SECONDS / 2)).len();
        assert!(0 < some && some < 40, "not all at once: {some}");
        let late = NOW.plus(LATER_SECONDS + SPREAD_SECONDS);
        assert_eq!(due(&device, late).len(), 40);
        // Shown again, it waits no longer; a clock that was set back lets none wait for ever.
        note(&device, id(1), late).unwrap();
        assert_eq!(due(&device, late).len(), 40);
        assert_eq!(due(&device, Timestamp(5)).len(), 40);
        done(&device, id(1)).unwrap();
        assert_eq!(due(&device, late).len(), 39);
        tell(&device, false).unwrap();
        assert!(!is_told(&device));
        note(&device, id(2), NOW).unwrap();
        assert!(due(&device, late).is_empty());
        tell(&device, true).unwrap();
        for number in 0..200 {
            note(&device, id(number), NOW).unwrap();
        }
        assert_eq!(due(&device, late).len(), WAITING_MAX);
        device.change(|state| state.role = Role::Observer).unwrap();
        tell(&device, false).unwrap();
        tell(&device, true).unwrap();
        note(&device, id(3), NOW).unwrap();
        assert!(due(&device, late).is_empty(), "an observer says nothing");
    }
}
