//! Steps of comparisons on a call that came, in the order of the log: several programs of a device may be running, and the one whose person
//! compares is not always the one that reads. Nothing here is secret from the two, and nothing of it is kept for long.

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{ids::Epoch, message::Comparison};

const CALLS: &str = "calls";

/// Steps that are kept of one device to another: more than one call has.
const STEPS_MAX: usize = 24;

/// And of all together.
const ALL_MAX: usize = 512;

/// Somebody who wants to compare is announced so often, by the relay's clock.
const TOLD_SECONDS: u64 = 300;

/// One step that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    place: Sequence,
    /// Of the statement, so that one that is played back is the same.
    hash: Hash,
    said: Comparison,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Calls {
    steps: Vec<Kept>,
    /// Of whom it was told when that they want to compare.
    told: Vec<(PublicKey<DeviceKey>, Timestamp)>,
}

/// What a step that came is to those who listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum New {
    /// It was there.
    Known,
    /// One more.
    Step,
    /// Its author wants to compare, and that was not told lately.
    Wanted,
}

/// Keeps a step that came at this place, and at this time of the relay's. `wants` says whether its author begins by it.
///
/// # Errors
/// [`DeviceError`]; it is then not kept.
pub(crate) fn keep(
    device: &Device,
    (place, arrived): (Sequence, Timestamp),
    (hash, said): (Hash, &Comparison),
    wants: bool,
) -> Result<New, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let mut calls = read(device);
    if calls.steps.iter().any(|kept| kept.hash == hash) {
        return Ok(New::Known);
    }
    let (from, to) = (said.from, said.to);
    calls.steps.push(Kept {
        place,
        hash,
        said: said.clone(),
    });
    let is_one_way = |kept: &Kept| kept.said.from == from && kept.said.to == to;
    let count = calls.steps.iter().filter(|kept| is_one_way(kept)).count();
    let (mut over, mut over_all) = (
        count.saturating_sub(STEPS_MAX),
        calls.steps.len().saturating_sub(ALL_MAX),
    );
    calls.steps.retain(|kept| {
        let goes = (over > 0 && is_one_way(kept)) || over_all > 0;
        if goes {
            over = over.saturating_sub(1);
            over_all = over_all.saturating_sub(1);
        }
        !goes
    });
    let mut told = calls.told.iter_mut();
    let known = told.find(|(device, _)| *device == from);
    let is_wanted = wants
        && match known {
            Some((_, at)) if at.0.abs_diff(arrived.0) < TOLD_SECONDS => false,
            Some((_, at)) => {
                *at = arrived;
                true
            }
            None => {
                calls.told.push((from, arrived));
                true
            }
        };
    let over = calls.told.len().saturating_sub(ALL_MAX);
    calls.told.drain(..over);
    device.files().write(CALLS, &codec::encode(&calls))?;
    Ok(if is_wanted { New::Wanted } else { New::Step })
}

/// Everything that the two have said to each other in an epoch, in the order of the log; or in all of them, in no order.
#[must_use]
pub(crate) fn between(
    device: &Device,
    epoch: Option<Epoch>,
    them: PublicKey<DeviceKey>,
) -> Vec<(Sequence, Comparison)> {
    let is_theirs = |kept: &Kept| {
        let is_then = epoch.is_none_or(|epoch| kept.said.epoch == epoch);
        is_then && (kept.said.from == them || kept.said.to == them)
    };
    let steps = read(device).steps.into_iter();
    let mut steps: Vec<_> = steps
        .filter(is_theirs)
        .map(|kept| (kept.place, kept.said))
        .collect();
    steps.sort_by_key(|(place, _)| *place);
    steps
}

/// What cannot be read did not come: people begin again.
fn read(device: &Device) -> Calls {
    let read = device.files().read(CALLS);
    if let Err(error) = &read {
        tracing::warn!(%error, "what was said of comparisons is forgotten");
    }
    read.ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::SecretKey;

    use super::*;
    use crate::{device::fixtures, ids::GroupId, message::Step};

    fn key(byte: u8) -> PublicKey<DeviceKey> {
        SecretKey::from_seed(&[byte; 32]).public()
    }

    fn said(from: u8, to: u8, epoch: u32, step: u8) -> Comparison {
        let places = (GroupId(Hash([1; 32])), Epoch(epoch), Hash([2; 32]));
        Comparison::new(
            places,
            (key(from), key(to)),
            &Step::Commit(Hash([step; 32])),
        )
    }

    #[test]
    fn steps_are_kept_once_in_the_order_of_the_log_and_not_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let keep = |place: u64, said: &Comparison, wants| {
            let hash = Hash::tagged("test", &[&codec::encode(said)]);
            keep(
                &device,
                (Sequence(place), Timestamp(1_000 + place)),
                (hash, said),
                wants,
            )
            .unwrap()
        };
        assert_eq!(keep(7, &said(1, 2, 1, 7), true), New::Wanted);
        assert_eq!(keep(9, &said(1, 2, 1, 7), true), New::Known, "played back");
        assert_eq!(keep(8, &said(1, 2, 1, 8), true), New::Step, "told already");
        assert_eq!(keep(3, &said(2, 1, 1, 3), false), New::Step);
        assert_eq!(keep(4, &said(3, 1, 1, 4), true), New::Wanted);
        assert_eq!(keep(5, &said(2, 1, 2, 5), false), New::Step);
        let places = |epoch, them| -> Vec<u64> {
            let all = between(&device, Some(Epoch(epoch)), key(them)).into_iter();
            all.map(|(place, _)| place.0).collect()
        };
        assert_eq!(places(1, 2), [3, 7, 8]);
        assert_eq!(places(2, 2), [5]);
        assert_eq!(places(1, 3), [4]);
        assert_eq!(keep(400, &said(1, 2, 1, 9), true), New::Wanted, "later");
        // Whoever says much forgets their own.
        for step in 100..140 {
            keep(u64::from(step), &said(3, 1, 1, step), false);
        }
        assert_eq!(places(1, 3).len(), STEPS_MAX);
        assert_eq!(places(1, 3).first(), Some(&116));
        assert_eq!(places(1, 2), [3, 7, 8, 400]);
    }
}
