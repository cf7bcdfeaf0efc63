//! What a reader's device keeps so that alerts reach everybody who was in the group when they came: where in the group's log the
//! roster grew, and which alerts are still to be passed on.

use std::time::Duration;

use bellrope_proto::{
    codec,
    ids::{Sequence, Timestamp},
};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::ids::{MessageId, Position};

const REACH: &str = "reach";

const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// More than people and their invitations can be; what is older is of no use any more.
const PLACES_MAX: usize = 1_024;

/// Alerts that wait. More at once are a flood, which others' devices see to as well.
const WAITING_MAX: usize = 256;

/// Alerts that are passed on within an hour. Whoever floods the group by an old view must not use up the right to post of those who
/// pass it on.
const HOURLY_MAX: u32 = 60;

const HOUR_SECONDS: u64 = 3_600;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reach {
    /// The newest entry of the roster, and where it was seen first, each time that it was another. Ascending.
    places: Vec<(Position, Sequence)>,
    /// Alerts to be passed on, and when it is this device's turn.
    waiting: Vec<(MessageId, Timestamp)>,
    /// Since when, and how many were passed on since.
    hour: (Timestamp, u32),
}

impl Reach {
    /// A new mailbox, whose beginning came after the roster's entries up to this one.
    pub(crate) fn begin(&mut self, entry: Position) {
        *self = Self {
            places: vec![(entry, Sequence(0))],
            hour: self.hour,
            ..Self::default()
        };
    }

    /// Notes that the roster's entries up to this one were seen at a place.
    pub(crate) fn saw(&mut self, entry: Position, place: Sequence) {
        if self.places.last().is_none_or(|(known, _)| *known < entry) {
            self.places.push((entry, place));
            let over = self.places.len().saturating_sub(PLACES_MAX);
            self.places.drain(..over);
        }
    }

    /// How far the roster was before what stands at a place.
    #[must_use]
    pub(crate) fn stood(&self, place: Sequence) -> Option<Position> {
        let mut places = self.places.iter().rev();
        places.find(|(_, seen)| *seen < place).map(|(at, _)| *at)
    }

    /// An alert is to be passed on, by this device when it is its turn.
    pub(crate) fn wait(&mut self, id: MessageId, due: Timestamp) {
        let is_known = self.waiting.iter().any(|(known, _)| *known == id);
        if !is_known && self.waiting.len() < WAITING_MAX {
            self.waiting.push((id, due));
        }
    }

    /// It was passed on, by whatever device.
    pub(crate) fn done(&mut self, id: MessageId) {
        self.waiting.retain(|(known, _)| *known != id);
    }

    /// Those whose turn it is, or all of them for a program that is about to end; as many as may be passed on now.
    #[must_use]
    pub(crate) fn due(&self, now: Timestamp, ends: bool) -> Vec<MessageId> {
        let left = HOURLY_MAX.saturating_sub(self.within_the_hour(now));
        let due = self.waiting.iter().filter(|(_, due)| ends || *due <= now);
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        due.map(|(id, _)| *id).take(left).collect()
    }

    /// Notes that these were passed on by this device.
    pub(crate) fn passed(&mut self, ids: &[MessageId], now: Timestamp) {
        let count = self.within_the_hour(now);
        if count == 0 {
            self.hour.0 = now;
        }
        let more = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        self.hour.1 = count.saturating_add(more);
        self.waiting.retain(|(known, _)| !ids.contains(known));
    }

    fn within_the_hour(&self, now: Timestamp) -> u32 {
        let (since, count) = self.hour;
        // A clock that was set back begins a new one.
        let is_within = since <= now && now < since.plus(HOUR_SECONDS);
        if is_within { count } else { 0 }
    }
}

/// What is noted. A damaged note is begun anew: others' devices have theirs.
#[must_use]
pub(crate) fn read(device: &Device) -> Reach {
    let read = device.files().read(REACH).unwrap_or_else(|error| {
        tracing::warn!(%error, "where the roster grew is forgotten");
        None
    });
    read.unwrap_or_default()
}

/// Changes what is noted; on disk before this returns.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn change(device: &Device, change: impl FnOnce(&mut Reach)) -> Result<(), DeviceError> {
    // No alert waits for a program that keeps the lock: at worst a note of two that are made at once is lost.
    let _lock = device.files().lock_within(LockName::State, LOCK_PATIENCE)?;
    let before = read(device);
    let mut reach = before.clone();
    change(&mut reach);
    if reach != before {
        device.files().write(REACH, &codec::encode(&reach))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> MessageId {
        MessageId([number; 16])
    }

    #[test]
    fn an_entry_counts_from_the_first_place_at_which_it_was_seen() {
        let mut reach = Reach::default();
        assert_eq!(reach.stood(Sequence(9)), None);
        reach.saw(Position(1), Sequence(3));
        reach.saw(Position(3), Sequence(6));
        // The whole roster once more, a week later.
        reach.saw(Position(3), Sequence(50));
        reach.saw(Position(0), Sequence(51));
        let stood = [3, 4, 6, 7, 60].map(|place| reach.stood(Sequence(place)).map(|at| at.0));
        assert_eq!(stood, [None, Some(1), Some(1), Some(3), Some(3)]);
        for more in 4..3_000 {
            reach.saw(Position(more), Sequence(100 + u64::from(more)));
        }
        assert_eq!(reach.places.len(), PLACES_MAX);
        assert_eq!(reach.stood(Sequence(u64::MAX)), Some(Position(2_999)));
    }

    #[test]
    fn an_alert_waits_once_for_its_turn_until_somebody_has_passed_it_on() {
        let mut reach = Reach::default();
        reach.wait(id(1), Timestamp(10));
        reach.wait(id(1), Timestamp(5));
        reach.wait(id(2), Timestamp(20));
        assert_eq!(reach.due(Timestamp(9), false), []);
        assert_eq!(reach.due(Timestamp(10), false), [id(1)]);
        assert_eq!(reach.due(Timestamp(0), true), [id(1), id(2)]);
        reach.done(id(1));
        assert_eq!(reach.due(Timestamp(99), false), [id(2)]);
    }

    #[test]
    fn a_flood_is_passed_on_in_parts() {
        let mut reach = Reach::default();
        for number in 0..=255 {
            reach.wait(id(number), Timestamp(0));
            reach.wait(
                MessageId([number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6]),
                Timestamp(0),
            );
        }
        assert_eq!(reach.waiting.len(), WAITING_MAX);
        let now = Timestamp(1_000_000);
        let first = reach.due(now, true);
        assert_eq!(first.len(), 60);
        reach.passed(&first, now);
        assert_eq!(reach.due(now.plus(3_599), true), []);
        let next = reach.due(now.plus(3_600), true);
        assert_eq!(next.len(), 60);
        assert!(next.iter().all(|id| !first.contains(id)));
        // Its clock was a day ahead.
        assert_eq!(reach.due(Timestamp(1), true).len(), 60);
    }
}
