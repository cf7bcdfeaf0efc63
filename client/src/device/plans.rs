//! Which plans of check-ins came, and until when each lasts: a note beside the messages themselves, so that nobody reads thousands of them each minute
//! to know who is overdue.

use std::collections::BTreeMap;

use bellrope_proto::{codec, ids::Timestamp};

use super::{
    directory::LockName,
    files::DeviceError,
    inbox::{self, Kept},
    unlocked::Device,
};
use crate::{alert::plan::CheckInPlan, ids::MessageId};

const PLANS: &str = "plans";

/// What is noted; of more, somebody makes plans who does not mean them, and those that end first are not looked for.
const NOTED_MAX: usize = 1_024;

/// Plans, each with when it ends.
pub(crate) type Plans = BTreeMap<MessageId, Timestamp>;

/// What is noted. What cannot be read is gathered from the messages.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn read(device: &Device) -> Result<Plans, DeviceError> {
    match device.files().read(PLANS) {
        Ok(read) => Ok(read.unwrap_or_default()),
        Err(error @ DeviceError::Damaged(..)) => {
            tracing::warn!(%error, "plans of check-ins are read from the messages");
            let all = inbox::all(device)?.messages.into_iter();
            let plans = all.filter_map(|(id, kept, _)| match kept {
                Kept::Message(kept) => {
                    let message = kept.sent.message.peek().ok()?;
                    let reading = message.reading();
                    let plan = reading.fields().and_then(CheckInPlan::of)?;
                    Some((id, plan.until))
                }
                Kept::Other(_) => None,
            });
            Ok(plans.collect())
        }
        Err(error) => Err(error),
    }
}

/// Notes a plan.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note(device: &Device, id: MessageId, until: Timestamp) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let mut all = read(device)?;
    if all.insert(id, until) == Some(until) {
        return Ok(());
    }
    while all.len() > NOTED_MAX {
        let first = all.iter().min_by_key(|(_, until)| **until);
        let Some(first) = first.map(|(id, _)| *id) else {
            break;
        };
        all.remove(&first);
    }
    device.files().write(PLANS, &codec::encode(&all))
}

/// Forgets a plan.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn forget(device: &Device, id: MessageId) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let mut all = read(device)?;
    match all.remove(&id) {
        Some(_) => device.files().write(PLANS, &codec::encode(&all)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::device::fixtures;

    #[test]
    fn a_note_that_is_damaged_is_made_again_and_takes_no_room_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let id = |number: u16| {
            let [high, low] = number.to_be_bytes();
            MessageId([high, low, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9])
        };
        note(&device, id(1), Timestamp(5)).unwrap();
        note(&device, id(2), Timestamp(3)).unwrap();
        let all = Plans::from([(id(1), Timestamp(5)), (id(2), Timestamp(3))]);
        assert_eq!(read(&device).unwrap(), all);
        let many: Plans = (0..1_024)
            .map(|it| (id(it), Timestamp(u64::from(it) + 10)))
            .collect();
        device.files().write(PLANS, &codec::encode(&many)).unwrap();
        note(&device, id(5_000), Timestamp(7)).unwrap();
        assert!(!read(&device).unwrap().contains_key(&id(5_000)));
        std::fs::write(dir.path().join(PLANS), b"rubbish").unwrap();
        assert!(read(&device).unwrap().is_empty(), "nothing came");
    }
}
