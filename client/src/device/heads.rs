//! The heads of the group's mailbox as this device computed them, for the newest places: what others say that they saw is
//! held against them.
//!
//! A relay that hides an envelope from one reader must give them another log from there on, and every later head of theirs
//! differs. So a few hundred places are enough, however old the lie is.

use std::collections::VecDeque;

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence},
};
use serde::{Deserialize, Serialize};

use super::{files::DeviceError, unlocked::Device};

const HEADS: &str = "heads";

/// Places that are kept: 20 KiB on disk.
const PLACES_MAX: usize = 512;

/// See the module. The newest is last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownHeads {
    places: VecDeque<(Sequence, Hash)>,
    /// Since it was written: a heartbeat moves the cursor, and brings no place.
    #[serde(skip)]
    has_changed: bool,
}

/// Forgets what is known: the log is another.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn forget(device: &Device) -> Result<(), DeviceError> {
    device.files().remove(HEADS)
}

impl KnownHeads {
    /// Reads what is known. What cannot be read is not known: no alert waits for it.
    #[must_use]
    pub(crate) fn read(device: &Device) -> Self {
        let read = device.files().read::<Self>(HEADS);
        read.ok().flatten().unwrap_or_default()
    }

    /// Writes it, if anything is new.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn store(&mut self, device: &Device) -> Result<(), DeviceError> {
        if self.has_changed {
            device.files().write(HEADS, &codec::encode(self))?;
            self.has_changed = false;
        }
        Ok(())
    }

    /// Notes the head after a place. A log that was begun again replaces what was known from there on.
    pub(crate) fn note(&mut self, sequence: Sequence, head: Hash) {
        while self.places.back().is_some_and(|known| known.0 >= sequence) {
            self.places.pop_back();
        }
        self.places.push_back((sequence, head));
        self.has_changed = true;
        if self.places.len() > PLACES_MAX {
            self.places.pop_front();
        }
    }

    /// The head after a place, if it is known.
    #[must_use]
    pub(crate) fn get(&self, sequence: Sequence) -> Option<Hash> {
        let at = self.places.binary_search_by_key(&sequence, |known| known.0);
        at.ok()
            .and_then(|at| self.places.get(at))
            .map(|known| known.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_places_are_known_and_a_log_that_began_again_replaces_them() {
        let mut known = KnownHeads::default();
        for place in 1..=PLACES_MAX as u64 + 5 {
            known.note(Sequence(place), Hash([1; 32]));
        }
        assert_eq!(known.get(Sequence(5)), None);
        assert_eq!(known.get(Sequence(6)), Some(Hash([1; 32])));
        known.note(Sequence(9), Hash([2; 32]));
        assert_eq!(known.get(Sequence(9)), Some(Hash([2; 32])));
        assert_eq!(known.get(Sequence(10)), None);
        assert_eq!(known.get(Sequence(8)), Some(Hash([1; 32])));
    }
}
