//! The ids of alerts that were sent from here, so that whoever has the number that their program told them can go on with it; of one about an earlier
//! alert, of which. Nothing else is kept of them, not even when, or in which order they went: a list that is taken with its passphrase says how many
//! there were, as the device's counter does.

use std::collections::BTreeMap;

use bellrope_proto::codec;

use super::{directory::LockName, files::DeviceError, outbox, unlocked::Device};
use crate::ids::MessageId;

const SENT: &str = "sent";

/// More than one person sends in years of it. What is more is found while it is in the outbox.
const SENT_MAX: usize = 1_024;

/// Alerts, each with the earlier one that it is about.
pub(crate) type Sent = BTreeMap<MessageId, Option<MessageId>>;

/// Notes that an alert was sent.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note(
    device: &Device,
    id: MessageId,
    about: Option<MessageId>,
) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let mut all = kept(device);
    if all.len() >= SENT_MAX || all.insert(id, about).is_some() {
        return Ok(());
    }
    device.files().write(SENT, &codec::encode(&all))
}

fn kept(device: &Device) -> Sent {
    let read = device.files().read(SENT);
    if let Err(error) = &read {
        tracing::warn!(%error, "it is not known any more what was sent from here");
    }
    read.ok().flatten().unwrap_or_default()
}

/// What was sent from here, as far as that is known.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn all(device: &Device) -> Result<Sent, DeviceError> {
    let mut all = kept(device);
    for file in outbox::all(device)? {
        if let Some(id) = file.queued.alert {
            all.entry(id).or_default();
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::device::fixtures;

    #[test]
    fn what_was_sent_is_known_by_its_id_alone_and_takes_no_room_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let id = |number: u16| {
            let [high, low] = number.to_be_bytes();
            MessageId([high, low, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9])
        };
        note(&device, id(7), None).unwrap();
        note(&device, id(3), Some(id(7))).unwrap();
        let known = all(&device).unwrap();
        let order: Vec<MessageId> = known.keys().copied().collect();
        assert_eq!(order, [id(3), id(7)], "not in which order they went");
        assert_eq!(known.get(&id(3)), Some(&Some(id(7))));
        let mut many = known;
        for number in 0..1_100 {
            many.insert(id(number), None);
        }
        device.files().write(SENT, &codec::encode(&many)).unwrap();
        note(&device, id(2_000), None).unwrap();
        assert!(!all(&device).unwrap().contains_key(&id(2_000)));
    }
}
