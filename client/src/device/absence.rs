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

/// Places are asked for so often. What nobody has sent again by then was not meant for this device, or nobody has it.
const ASKED_MAX: u8 = 2;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Absence {
    /// Places whose envelopes had expired: first and last of each range, in order,
    pub(crate) missed: Vec<(Sequence, Sequence)>,
    /// in the mailbox of this epoch.
    pub(crate) missed_in: Option<Epoch>,
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
        if self.missed_in != Some(epoch) {
            // There is room for the places of one epoch: what of the one before was not asked for yet is given up.
            self.missed.clear();
            self.missed_in = Some(epoch);
        }
        match self.missed.last_mut() {
            // Two programs that read at once miss the same.
            Some(known) if last <= known.1 => return,
            Some(known) if first <= known.1.next() => known.1 = last,
            _ => self.missed.push((first, last)),
        }
        let over = self.missed.len().saturating_sub(RANGES_MAX);
        self.missed.drain(..over);
        (self.asked, self.times) = (None, 0);
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
    #![allow(clippy::unwrap_used)]
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
        assert_eq!(
            absence.missed,
            [(place(1), place(9)), (place(20), place(21))]
        );
        for number in 10..100 {
            absence.miss(Epoch(1), (place(number * 10), place(number * 10)));
        }
        assert_eq!(absence.missed.len(), RANGES_MAX);
        assert_eq!(absence.missed.last(), Some(&(place(990), place(990))));
    }
}
