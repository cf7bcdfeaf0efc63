//! What was shown here and the person's other devices have not been told of: a file for each, as thousands may wait to be shown, and a list of them
//! would be written anew with each.

use bellrope_proto::{codec, ids::Timestamp};

use super::{files::DeviceError, unlocked::Device};
use crate::ids::MessageId;

/// When others were told last.
const SEEN: &str = "seen";

const UNTOLD: &str = "untold";

/// More than one message tells is told by the next.
pub(crate) const TOLD_MAX: usize = 256;

/// Between two times that others are told: whoever watches the relay learns less of when somebody reads.
const BETWEEN_SECONDS: u64 = 10 * 60;

/// Notes that a message was shown here, where its person has other devices.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note(device: &Device, id: MessageId) -> Result<(), DeviceError> {
    let me = device.signing().public();
    let roster = device.roster()?;
    let others = roster.is_some_and(|roster| roster.devices_of(&me).count() > 1);
    match others {
        true => keep(device, id),
        false => Ok(()),
    }
}

fn keep(device: &Device, id: MessageId) -> Result<(), DeviceError> {
    device.files().make_folder(UNTOLD)?;
    device.files().write(&name(id), &[])
}

fn name(id: MessageId) -> String {
    format!("{UNTOLD}/{id}")
}

/// What others are to be told now, at most as much as one message tells.
#[must_use]
pub(crate) fn due(device: &Device, now: Timestamp) -> Vec<MessageId> {
    let told = device.files().read(SEEN);
    if let Err(error) = &told {
        tracing::debug!(%error, "it is not known any more when others were told what was shown here");
    }
    let told: Timestamp = told.ok().flatten().unwrap_or_default();
    // A clock that was set back must not make them wait for ever.
    if now.0.abs_diff(told.0) < BETWEEN_SECONDS {
        return Vec::new();
    }
    let names = device.files().names(UNTOLD).unwrap_or_else(|error| {
        tracing::debug!(%error, "what was shown here cannot be told to others now");
        Vec::new()
    });
    let ids = names.iter().filter_map(|name| MessageId::from_hex(name));
    ids.take(TOLD_MAX).collect()
}

/// Notes that they were told.
///
/// # Errors
/// [`DeviceError`]; then they are told once more.
pub(crate) fn told(device: &Device, ids: &[MessageId], now: Timestamp) -> Result<(), DeviceError> {
    for id in ids {
        device.files().remove(&name(*id))?;
    }
    device.files().write(SEEN, &codec::encode(&now))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::device::fixtures;

    #[test]
    fn what_was_shown_is_told_in_parts_once_each_and_costs_the_same_however_much_waits() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let now = Timestamp(1_000_000);
        assert!(due(&device, now).is_empty());
        let all: Vec<MessageId> = (0..300_u16)
            .map(|number| {
                let mut id = [7; 16];
                id[..2].copy_from_slice(&number.to_be_bytes());
                MessageId(id)
            })
            .collect();
        for id in all.iter().chain(&all[..3]) {
            keep(&device, *id).unwrap();
        }
        let first = due(&device, now);
        assert_eq!(first.len(), TOLD_MAX);
        told(&device, &first, now).unwrap();
        assert!(due(&device, now.plus(BETWEEN_SECONDS - 1)).is_empty());
        // By a clock that was set back as well.
        let later = Timestamp(now.0 - BETWEEN_SECONDS);
        let rest = due(&device, later);
        told(&device, &rest, later).unwrap();
        let mut said: Vec<MessageId> = first.into_iter().chain(rest).collect();
        said.sort_unstable();
        assert_eq!(said, all);
        assert!(due(&device, later.plus(BETWEEN_SECONDS)).is_empty());
        let size = |name: &str| std::fs::metadata(dir.path().join(name)).unwrap().len();
        keep(&device, all[0]).unwrap();
        let one = size(&name(all[0]));
        keep(&device, all[1]).unwrap();
        assert_eq!(size(&name(all[1])), one);
    }
}
