//! The ids of alerts that were sent from here, so that whoever has the number that their program told them can go on with it; of one about an earlier
//! alert, of which. Nothing else is kept of them, not even when, or in which order they went: a list that is taken with its passphrase says how many
//! there were, as the device's counter does. Of a plan of check-ins there is what it takes to check in: neither when, nor how often, nor any word.

use std::collections::BTreeMap;

use bellrope_proto::{codec, ids::Hash};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, outbox, unlocked::Device};
use crate::{ids::MessageId, seal::MemberKey};

const SENT: &str = "sent";

/// More than one person sends in years of it. What is more is found while it is in the outbox.
const SENT_MAX: usize = 1_024;

/// What is known of an alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentNote {
    /// The earlier alert that it is about.
    pub(crate) about: Option<MessageId>,
    /// If it is a plan of check-ins.
    pub(crate) plan: Option<OwnPlan>,
}

/// What it takes to check in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OwnPlan {
    /// By which the plan's readers know that it is meant.
    pub(crate) hash: Hash,
    /// Readers whom the plan was not for. Whoever comes in later has check-ins too: else somebody's new device would miss them all.
    pub(crate) not_for: Vec<MemberKey>,
    /// Whether the person has said that it is over. Whether it is, the readers know: it may have been another word.
    pub(crate) is_ended: bool,
}

/// Alerts.
pub(crate) type Sent = BTreeMap<MessageId, SentNote>;

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
    if all.len() >= SENT_MAX || all.contains_key(&id) {
        return Ok(());
    }
    all.insert(id, SentNote { about, plan: None });
    device.files().write(SENT, &codec::encode(&all))
}

/// Notes what it takes to check in by a plan; of those that are over nothing more is kept.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note_plan(device: &Device, id: MessageId, plan: OwnPlan) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let mut all = kept(device);
    for note in all.values_mut() {
        note.plan.take_if(|plan| plan.is_ended);
    }
    all.entry(id).or_default().plan = Some(plan);
    device.files().write(SENT, &codec::encode(&all))
}

/// Notes that the person said of a plan that it is over.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn end_plan(device: &Device, id: MessageId) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let mut all = kept(device);
    if let Some(plan) = all.get_mut(&id).and_then(|note| note.plan.as_mut()) {
        plan.is_ended = true;
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
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
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
        assert_eq!(known[&id(3)].about, Some(id(7)));
        let mut many = known;
        for number in 0..1_100 {
            many.insert(id(number), SentNote::default());
        }
        device.files().write(SENT, &codec::encode(&many)).unwrap();
        note(&device, id(2_000), None).unwrap();
        assert!(!all(&device).unwrap().contains_key(&id(2_000)));
    }

    #[test]
    fn a_plan_stays_until_another_is_made_after_it_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let id = |number| MessageId([number; 16]);
        let plan = |number| OwnPlan {
            hash: Hash([number; 32]),
            not_for: Vec::new(),
            is_ended: false,
        };
        let plans = || {
            let all = all(&device).unwrap().into_iter();
            let plans = all.filter_map(|(id, note)| Some((id, note.plan?.is_ended)));
            plans.collect::<Vec<_>>()
        };
        note_plan(&device, id(7), plan(7)).unwrap();
        note(&device, id(7), None).unwrap();
        note_plan(&device, id(3), plan(3)).unwrap();
        end_plan(&device, id(7)).unwrap();
        end_plan(&device, id(9)).unwrap();
        assert_eq!(plans(), [(id(3), false), (id(7), true)]);
        note_plan(&device, id(5), plan(5)).unwrap();
        assert_eq!(plans(), [(id(3), false), (id(5), false)]);
        assert!(
            all(&device).unwrap().contains_key(&id(7)),
            "its number is known still"
        );
    }
}
