//! What this device's person has compared, and with which keys. What others compared is theirs and stands elsewhere.
//!
//! A mark is bound to keys: another device of the same person, or of somebody who has their name now, has none. Nothing but a
//! person's own answer makes one: no invitation, no code, nothing that came by the network.

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{
    extensions::Extensions,
    group::{Person, Removed, Roster, is_same_name},
    numbered::numbered,
    seal::MemberKey,
};

const COMPARED: &str = "compared";

/// Failures count together for so long.
const FAILURES_SECONDS: u64 = Timestamp::DAY_SECONDS;

/// So many of them, with one device, are more than mistakes.
pub(crate) const FAILURES_MAX: usize = 3;

/// Marks and failures that are kept: more than a group has people. The oldest go.
const KEPT_MAX: usize = 1_000;

numbered! {
    /// How two people compared.
    pub enum How: u8 {
        /// 1: face to face, each looking at both screens or hearing the other.
        Here = 1,
        /// 2: on a call.
        Call = 2,
    }
}

numbered! {
    /// What came of it.
    pub enum Outcome: u8 {
        /// 1: the same.
        Same = 1,
        /// 2: they differ: of the two who compared, one said so.
        Differ = 2,
    }
}

/// What came of a comparison with one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// What the group called the person then; of a defender their name, where this device knew it.
    pub(crate) name: String,
    /// What their device signs with,
    pub(crate) device: PublicKey<DeviceKey>,
    /// and what is sealed to it.
    pub(crate) key: MemberKey,
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// How it was done.
    pub(crate) how: How,
    /// When, by this device's clock.
    pub(crate) at: Timestamp,
    /// Which comparison on a call it was.
    pub(crate) call: Option<Hash>,
    /// Whether the group was told.
    pub(crate) told: bool,
}

/// What follows from what was noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    /// The group was told something that does not hold any more.
    pub(crate) was_told: bool,
    /// Comparisons with this device that have failed within a day, if this one did.
    pub(crate) failures: usize,
}

/// A reader whom a defender's device seals to, and whose person was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct MetReader {
    key: MemberKey,
    at: Timestamp,
}

/// A comparison that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Failure {
    device: PublicKey<DeviceKey>,
    at: Timestamp,
    call: Option<Hash>,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Compared {
    marks: Vec<Mark>,
    readers: Vec<MetReader>,
    failures: Vec<Failure>,
    extensions: Extensions,
}

/// What this person has compared with somebody's device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// Nothing.
    #[default]
    None,
    /// These very keys.
    Done {
        /// What came of it.
        outcome: Outcome,
        /// How it was done.
        how: How,
        /// When, by this device's clock.
        at: Timestamp,
    },
    /// Another device of somebody with this name, and never this one.
    OtherDevice {
        /// When, by this device's clock.
        at: Timestamp,
    },
}

impl Compared {
    /// What is noted. What cannot be read was not compared.
    #[must_use]
    pub(crate) fn read(device: &Device) -> Self {
        let read = device.files().read(COMPARED);
        if let Err(error) = &read {
            tracing::warn!(%error, "what was compared is not known any more");
        }
        read.ok().flatten().unwrap_or_default()
    }

    /// What was compared with this person's device. `name` is their own, where this device knows it: a defender's handle is another with
    /// each device.
    #[must_use]
    pub(crate) fn with(&self, person: &Person, name: Option<&str>) -> Comparison {
        let is_its = |mark: &&Mark| mark.device == person.device && mark.key == person.key;
        if let Some(mark) = self.marks.iter().rev().find(is_its) {
            return Comparison::Done {
                outcome: mark.outcome,
                how: mark.how,
                at: mark.at,
            };
        }
        let mut marks = self.marks.iter().rev();
        let name = name.unwrap_or(&person.name);
        let named = marks.find(|mark| is_same_name(&mark.name, name));
        named.map_or(Comparison::None, |mark| Comparison::OtherDevice {
            at: mark.at,
        })
    }

    /// The same of whose device this key is, also if they are not in any more.
    #[must_use]
    pub(crate) fn with_device(
        &self,
        device: &PublicKey<DeviceKey>,
        roster: &Roster,
        name_of: impl Fn(&str) -> Option<String>,
    ) -> Comparison {
        let removed = roster.removed_person(device);
        let person = roster.person(device);
        let person = person.or(removed.map(|Removed { person, .. }| person));
        person.map_or(Comparison::None, |person| {
            self.with(person, name_of(&person.name).as_deref())
        })
    }

    /// Notes what came of a comparison. What was noted of this device is over; of another device of this name it stays, as people have several.
    pub(crate) fn note(&mut self, mut mark: Mark) -> Noted {
        let mut known = self.marks.iter();
        let was_told =
            known.any(|known| known.told && known.device == mark.device && known.key == mark.key);
        let is_same = mark.outcome == Outcome::Same;
        mark.told |= is_same && was_told;
        let failures = match mark.outcome {
            Outcome::Same => 0,
            Outcome::Differ => self.fail(mark.device, mark.at, mark.call).unwrap_or(0),
        };
        self.marks.retain(|known| known.device != mark.device);
        self.marks.push(mark);
        let over = self.marks.len().saturating_sub(KEPT_MAX);
        self.marks.drain(..over);
        Noted {
            was_told: was_told && !is_same,
            failures,
        }
    }

    /// Notes that the group was told of the mark of this device.
    pub(crate) fn tell(&mut self, device: &PublicKey<DeviceKey>) {
        let mut marks = self.marks.iter_mut();
        if let Some(mark) = marks.find(|mark| mark.device == *device) {
            mark.told = mark.outcome == Outcome::Same;
        }
    }

    /// The mark that this comparison on a call left.
    #[must_use]
    pub(crate) fn of_call(&self, call: &Hash) -> Option<&Mark> {
        let mut marks = self.marks.iter();
        marks.find(|mark| mark.call.as_ref() == Some(call))
    }

    /// Notes that a comparison failed, once for each on a call; how many have within a day, this one with them. `None` when it was noted before.
    pub(crate) fn fail(
        &mut self,
        device: PublicKey<DeviceKey>,
        at: Timestamp,
        call: Option<Hash>,
    ) -> Option<usize> {
        let mut failures = self.failures.iter();
        if call.is_some() && failures.any(|known| known.device == device && known.call == call) {
            return None;
        }
        self.failures.push(Failure { device, at, call });
        let over = self.failures.len().saturating_sub(KEPT_MAX);
        self.failures.drain(..over);
        // Of a clock that was set, either way, what is farther than a day counts no more.
        let lately = self
            .failures
            .iter()
            .filter(|known| known.device == device && known.at.0.abs_diff(at.0) < FAILURES_SECONDS);
        Some(lately.count())
    }

    /// Forgets the failures with a device: they were told, and begin anew.
    pub(crate) fn forgive(&mut self, device: &PublicKey<DeviceKey>) {
        self.failures.retain(|known| known.device != *device);
    }

    /// Notes that a defender has met the person of a key to which their device seals.
    pub(crate) fn met(&mut self, key: MemberKey, at: Timestamp) {
        self.readers.retain(|known| known.key != key);
        self.readers.push(MetReader { key, at });
        let over = self.readers.len().saturating_sub(KEPT_MAX);
        self.readers.drain(..over);
    }

    /// How many of these readers a defender has met.
    #[must_use]
    pub(crate) fn met_of(&self, readers: &[MemberKey]) -> usize {
        let met = self.readers.iter();
        met.filter(|known| readers.contains(&known.key)).count()
    }
}

impl Default for Compared {
    fn default() -> Self {
        Self {
            marks: Vec::new(),
            readers: Vec::new(),
            failures: Vec::new(),
            extensions: Extensions::none(),
        }
    }
}

/// How many of those to whom a defender's device seals the person has met; `None` for any other device.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn met(device: &Device) -> Result<Option<usize>, DeviceError> {
    let view = device.state()?.view;
    Ok(view.map(|view| Compared::read(device).met_of(&view.readers)))
}

/// Changes what is noted: alone, and on disk before this returns.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn change<T>(
    device: &Device,
    change: impl FnOnce(&mut Compared) -> T,
) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = Compared::read(device);
    let mut compared = before.clone();
    let done = change(&mut compared);
    if compared != before {
        device.files().write(COMPARED, &codec::encode(&compared))?;
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::SecretKey;

    use super::*;
    use crate::{device::fixtures, group::Role, ids::Position, seal::MemberIdentity};

    fn person(name: &str, device: u8, key: u8) -> Person {
        Person {
            name: name.to_owned(),
            role: Role::Member,
            device: SecretKey::from_seed(&[device; 32]).public(),
            person: SecretKey::from_seed(&[device; 32]).public(),
            came: Position(1),
            key: MemberIdentity::from_seed(&[key; 32]).to_key(),
            turn: None,
            since: Position(1),
            admitted_at: None,
        }
    }

    fn mark(person: &Person, outcome: Outcome, at: u64) -> Mark {
        Mark {
            name: person.name.clone(),
            device: person.device,
            key: person.key,
            outcome,
            how: How::Here,
            at: Timestamp(at),
            call: None,
            told: false,
        }
    }

    #[test]
    fn a_mark_is_of_both_keys_and_of_no_other_device_of_the_name() {
        let anna = person("Anna", 1, 1);
        let mut compared = Compared::default();
        assert_eq!(compared.with(&anna, None), Comparison::None);
        compared.note(mark(&anna, Outcome::Same, 5));
        let done = |outcome, at| Comparison::Done {
            outcome,
            how: How::Here,
            at: Timestamp(at),
        };
        assert_eq!(compared.with(&anna, None), done(Outcome::Same, 5));
        let other = Comparison::OtherDevice { at: Timestamp(5) };
        for changed in [
            person("Anna", 2, 1),
            person("Anna", 1, 2),
            person("ANNA", 2, 2),
        ] {
            assert_eq!(compared.with(&changed, None), other, "{changed:?}");
        }
        assert_eq!(
            compared.with(&person("Boris", 2, 2), None),
            Comparison::None
        );
        // A defender's handle is another with each device, and the name is known from elsewhere.
        let handle = person("D-ABCDE", 2, 2);
        assert_eq!(compared.with(&handle, None), Comparison::None);
        assert_eq!(compared.with(&handle, Some("anna")), other);
        // What comes later of the same keys counts; what is said of another device of the name takes nothing from the first.
        compared.note(mark(&anna, Outcome::Differ, 6));
        assert_eq!(compared.with(&anna, None), done(Outcome::Differ, 6));
        let new = person("Anna", 3, 3);
        compared.note(mark(&new, Outcome::Same, 7));
        assert_eq!(compared.with(&new, None), done(Outcome::Same, 7));
        assert_eq!(compared.with(&anna, None), done(Outcome::Differ, 6));
        let third = compared.with(&person("Anna", 4, 4), None);
        assert_eq!(third, Comparison::OtherDevice { at: Timestamp(7) });
    }

    #[test]
    fn what_the_group_was_told_is_remembered_until_it_does_not_hold() {
        let anna = person("Anna", 1, 1);
        let mut compared = Compared::default();
        let note = |compared: &mut Compared, outcome| {
            let noted = compared.note(mark(&anna, outcome, 5));
            (noted.was_told, noted.failures)
        };
        assert_eq!(note(&mut compared, Outcome::Same), (false, 0));
        assert_eq!(note(&mut compared, Outcome::Differ), (false, 1));
        assert_eq!(note(&mut compared, Outcome::Same), (false, 0));
        compared.tell(&anna.device);
        assert_eq!(note(&mut compared, Outcome::Same), (false, 0));
        assert_eq!(note(&mut compared, Outcome::Differ), (true, 2));
        compared.tell(&anna.device);
        assert_eq!(note(&mut compared, Outcome::Differ), (false, 3));
    }

    #[test]
    fn three_failures_in_a_day_are_counted_each_call_once() {
        let anna = SecretKey::from_seed(&[1; 32]).public();
        let boris = SecretKey::from_seed(&[2; 32]).public();
        let call = |byte| Some(Hash([byte; 32]));
        let mut compared = Compared::default();
        assert_eq!(compared.fail(anna, Timestamp(100_000), call(1)), Some(1));
        assert_eq!(compared.fail(anna, Timestamp(100_001), call(1)), None);
        assert_eq!(compared.fail(boris, Timestamp(100_002), call(2)), Some(1));
        assert_eq!(compared.fail(anna, Timestamp(186_399), None), Some(2));
        let third = compared.clone().fail(anna, Timestamp(186_399), None);
        assert_eq!(third, Some(3));
        assert_eq!(
            compared.fail(anna, Timestamp(186_400), None),
            Some(2),
            "a day later"
        );
        assert_eq!(
            compared.fail(anna, Timestamp(5), None),
            Some(1),
            "a clock set back"
        );
        compared.forgive(&anna);
        assert_eq!(compared.fail(anna, Timestamp(186_400), None), Some(1));
    }

    #[test]
    fn what_is_noted_is_on_the_disk_and_sealed() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let anna = person("Anna Example", 1, 1);
        change(&device, |compared| {
            compared.note(mark(&anna, Outcome::Same, 5));
            compared.met(anna.key, Timestamp(6));
            compared.met(anna.key, Timestamp(7));
        })
        .unwrap();
        let read = Compared::read(&device);
        assert!(matches!(read.with(&anna, None), Comparison::Done { .. }));
        assert_eq!(read.met_of(&[anna.key, person("", 2, 2).key]), 1);
        let file = std::fs::read(dir.path().join(COMPARED)).unwrap();
        assert!(!file.windows(4).any(|bytes| bytes == b"Anna"));
        std::fs::write(dir.path().join(COMPARED), b"rubbish").unwrap();
        assert_eq!(Compared::read(&device), Compared::default());
    }
}
