//! What a reader's device missed because it was away for longer than relays keep envelopes, until the other members' devices
//! were asked for it.

use std::time::Duration;

use bellrope_proto::{
    codec,
    ids::{Sequence, Timestamp},
};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{ids::Epoch, message::RANGES_MAX};

const ABSENCE: &str = "absence";

const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// Somebody who has what is missing may be away too: it is asked for again, while a relay still has the first request.
const ASK_AGAIN_SECONDS: u64 = 7 * Timestamp::DAY_SECONDS;

/// Epochs of whose mailboxes places are asked for: with the ordinary turns, four months. Of longer ago nobody waits for an alert.
const EPOCHS_MAX: usize = 4;

/// Places are asked for so often. What nobody has sent again by then was not meant for this device, or nobody has it.
const ASKED_MAX: u8 = 2;

/// Places of the mailbox of one epoch that this device could not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Missed {
    /// Whose mailbox it is.
    pub(crate) epoch: Epoch,
    /// First and last of each range, in order.
    pub(crate) places: Vec<(Sequence, Sequence)>,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Absence {
    /// What was missed, of the oldest epoch first.
    pub(crate) missed: Vec<Missed>,
    /// Entries of the roster came for which those before are missing.
    pub(crate) is_behind: bool,
    /// When it was last asked for all of this.
    asked: Option<Timestamp>,
    /// How often.
    times: u8,
    /// When it was last found, by this device's clock, that places had expired.
    away_until: Option<Timestamp>,
}

impl Absence {
    /// Whether it is time to ask.
    #[must_use]
    pub(crate) fn must_ask(&self, now: Timestamp) -> bool {
        let lacks = self.is_behind || !self.missed.is_empty();
        // A clock that was set back is no reason not to ask.
        let asked = self.asked.filter(|asked| *asked <= now);
        lacks && asked.is_none_or(|asked| asked.plus(ASK_AGAIN_SECONDS) <= now)
    }

    /// Notes that it was asked.
    pub(crate) fn asked(&mut self, now: Timestamp) {
        self.asked = Some(now);
        self.times = self.times.saturating_add(1);
        if self.times >= ASKED_MAX {
            self.missed.clear();
        }
    }

    /// Notes places that had expired. Of more than can be asked for, the newest count.
    pub(crate) fn miss(&mut self, epoch: Epoch, (first, last): (Sequence, Sequence)) {
        if self.missed.iter().all(|it| it.epoch != epoch) {
            self.missed.push(Missed {
                epoch,
                places: Vec::new(),
            });
            self.missed.sort_by_key(|it| it.epoch);
            let over = self.missed.len().saturating_sub(EPOCHS_MAX);
            self.missed.drain(..over);
        }
        let Some(missed) = self.missed.iter_mut().find(|it| it.epoch == epoch) else {
            return;
        };
        let places = &mut missed.places;
        match places.last_mut() {
            // Two programs that read at once miss the same.
            Some(known) if last <= known.1 => return,
            Some(known) if first <= known.1.next() => known.1 = last,
            _ => places.push((first, last)),
        }
        let over = places.len().saturating_sub(RANGES_MAX);
        places.drain(..over);
        (self.asked, self.times) = (None, 0);
    }

    /// Notes that this device was in an epoch, and goes on in a later one at a place: of those in between it has no key.
    pub(crate) fn skip(&mut self, before: Epoch, (epoch, after): (Epoch, Sequence)) {
        let first = Sequence(0).next();
        let epochs = (before.0..epoch.0).skip(1).map(Epoch);
        for skipped in epochs {
            self.miss(skipped, (first, Sequence(u64::MAX)));
        }
        if after >= first {
            self.miss(epoch, (first, after));
        }
    }

    /// Notes when places were found to have expired. What was signed before may be a copy that was sent again.
    pub(crate) fn came_back(&mut self, now: Timestamp) {
        self.away_until = self.away_until.max(Some(now));
    }

    /// Whether this device has read everything since a moment.
    #[must_use]
    pub(crate) fn was_there_since(&self, moment: Timestamp) -> bool {
        self.away_until.is_none_or(|until| until < moment)
    }

    /// Notes that entries of the roster are missing.
    pub(crate) fn fall_behind(&mut self) {
        if !self.is_behind {
            self.is_behind = true;
            (self.asked, self.times) = (None, 0);
        }
    }
}

/// What is noted. A damaged note is begun anew.
#[must_use]
pub(crate) fn read(device: &Device) -> Absence {
    device
        .files()
        .read(ABSENCE)
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "what was missed while away is forgotten");
            None
        })
        .unwrap_or_default()
}

/// Changes what is noted; on disk before this returns.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn change<T>(
    device: &Device,
    change: impl FnOnce(&mut Absence) -> T,
) -> Result<T, DeviceError> {
    // Whoever keeps the lock for longer was suspended. No alert waits for that: at worst a note of two that are made at once is lost,
    // and what it was of is missed again or comes with the roster.
    let _lock = device.files().lock_within(LockName::State, LOCK_PATIENCE)?;
    let before = read(device);
    let mut absence = before.clone();
    let done = change(&mut absence);
    if absence != before {
        device.files().write(ABSENCE, &codec::encode(&absence))?;
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::device::fixtures;

    fn place(number: u64) -> Sequence {
        Sequence(number)
    }

    #[test]
    fn what_was_missed_is_asked_for_twice_and_a_roster_until_it_is_there() {
        let day = |days: u64| Timestamp(days * Timestamp::DAY_SECONDS);
        let mut absence = Absence::default();
        assert!(!absence.must_ask(day(1)));
        absence.miss(Epoch(1), (place(3), place(5)));
        assert!(absence.must_ask(day(1)));
        absence.asked(day(1));
        assert!(!absence.must_ask(day(7)));
        assert!(absence.must_ask(day(8)));
        absence.asked(day(8));
        assert!(!absence.must_ask(day(100)), "asked twice");
        absence.fall_behind();
        for week in 15..20 {
            assert!(absence.must_ask(day(week * 7)));
            absence.asked(day(week * 7));
            absence.fall_behind();
            assert!(!absence.must_ask(day(week * 7 + 6)));
        }
        // Its clock was a year ahead when it asked.
        assert!(absence.must_ask(day(20)));
    }

    #[test]
    fn what_was_signed_before_it_came_back_may_be_a_copy() {
        let mut absence = Absence::default();
        assert!(absence.was_there_since(Timestamp(0)));
        absence.came_back(Timestamp(50));
        // Its clock was set back since.
        absence.came_back(Timestamp(40));
        assert!(!absence.was_there_since(Timestamp(50)));
        assert!(absence.was_there_since(Timestamp(51)));
    }

    #[test]
    fn a_program_that_keeps_the_lock_holds_nobody_up() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let _held = device.files().lock(LockName::State).unwrap();
        change(&device, Absence::fall_behind).unwrap();
        assert!(read(&device).is_behind);
    }

    #[test]
    fn ranges_grow_together_are_noted_once_and_bounded() {
        let mut absence = Absence::default();
        absence.miss(Epoch(1), (place(1), place(5)));
        absence.miss(Epoch(1), (place(1), place(5)));
        absence.miss(Epoch(1), (place(6), place(9)));
        absence.miss(Epoch(1), (place(20), place(21)));
        let places = |absence: &Absence| absence.missed[0].places.clone();
        assert_eq!(
            places(&absence),
            [(place(1), place(9)), (place(20), place(21))]
        );
        for number in 10..100 {
            absence.miss(Epoch(1), (place(number * 10), place(number * 10)));
        }
        assert_eq!(places(&absence).len(), RANGES_MAX);
        assert_eq!(places(&absence).last(), Some(&(place(990), place(990))));
    }

    #[test]
    fn places_of_the_newest_epochs_are_kept_beside_each_other() {
        let mut absence = Absence::default();
        absence.miss(Epoch(1), (place(3), place(5)));
        absence.skip(Epoch(1), (Epoch(4), place(0)));
        // The mailbox of the first is read to its end only now.
        absence.miss(Epoch(1), (place(6), place(6)));
        let end = place(u64::MAX);
        let known = |absence: &Absence| {
            let missed = absence.missed.iter();
            let missed = missed.map(|it| (it.epoch.0, it.places.clone()));
            missed.collect::<Vec<_>>()
        };
        let skipped = |epoch| (epoch, vec![(place(1), end)]);
        assert_eq!(
            known(&absence),
            [(1, vec![(place(3), place(6))]), skipped(2), skipped(3)]
        );
        absence.skip(Epoch(4), (Epoch(6), place(7)));
        assert_eq!(
            known(&absence),
            [
                skipped(2),
                skipped(3),
                skipped(5),
                (6, vec![(place(1), place(7))])
            ]
        );
        // Too long ago, beside four newer ones.
        absence.miss(Epoch(1), (place(1), place(2)));
        assert_eq!(known(&absence).len(), EPOCHS_MAX);
    }
}
