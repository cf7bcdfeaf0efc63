//! The secrets of this device's keys of weeks, each in a file of its own: it is written once and never replaced, so that it is on the disk in one
//! place, which is overwritten when its time is over.
//!
//! That time is over when nothing that was sealed to it can come any more, and all that could has been read. Of when that is there are three
//! witnesses: this machine's clock, the relay's, and what others signed. What two of them say has passed has passed: so a clock
//! that is years ahead, this one's or the relay's, deletes nothing, and one that was set back keeps nothing for ever.

use bellrope_proto::{
    codec,
    ids::{MailboxId, Timestamp},
};
use serde::{Deserialize, Serialize};

use super::{
    directory::{Lock, LockName},
    files::DeviceError,
    state::State,
    unlocked::Device,
    week_book::WeekBook,
};
use crate::{
    group::Week,
    ids::Epoch,
    seal::{MemberIdentity, MemberKey},
    secret::Seed,
};

const SECRETS: &str = "weeks";
const NOTES: &str = "weeknotes";

/// How far the group's mailboxes were read is noted so often: weeks are long.
const NOTED_SECONDS: u64 = 3_600;

/// What is noted beside the secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// In which epoch keys were published last.
    pub(crate) published: Option<Epoch>,
    /// Everything that arrived in these mailboxes before these moments was read.
    read: Vec<(MailboxId, Timestamp)>,
}

/// The files of secrets, which one program at a time makes and erases.
#[derive(Debug)]
pub(crate) struct Secrets<'a> {
    device: &'a Device,
    _lock: Lock,
}

/// What has surely passed, by the witnesses of the module: this machine's clock, the relay's, and what others signed.
#[must_use]
pub(crate) fn passed(now: Timestamp, relay: Timestamp, others: Option<Timestamp>) -> Timestamp {
    let mut all = [now, relay, others.unwrap_or(Timestamp(0))];
    all.sort_unstable();
    let [_, passed, _] = all;
    passed
}

impl Notes {
    /// What is noted. What cannot be read is noted anew.
    #[must_use]
    pub(crate) fn read(device: &Device) -> Self {
        let read = device.files().read(NOTES);
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "how far mailboxes were read is forgotten");
            None
        })
        .unwrap_or_default()
    }

    /// Until when all has been read that could come to this device.
    fn all_read(&self, state: &State, now: Timestamp) -> Option<Timestamp> {
        let in_force = state.cursor.iter().map(|cursor| cursor.mailbox);
        let former = state.former.iter();
        let former = former.filter(|it| it.reads.is_some() && now < it.until);
        let mailboxes = in_force.chain(former.filter_map(|it| it.mailbox()));
        let read = mailboxes.map(|mailbox| {
            let known = self.read.iter().find(|(of, _)| *of == mailbox);
            known.map(|(_, until)| *until)
        });
        read.collect::<Option<Vec<_>>>()?.into_iter().min()
    }
}

impl<'a> Secrets<'a> {
    /// Waits until no other program makes or erases any.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn lock(device: &'a Device) -> Result<Self, DeviceError> {
        let lock = device.files().lock(LockName::Weeks)?;
        Ok(Self {
            device,
            _lock: lock,
        })
    }

    /// Makes the secrets of those of these weeks that have none. They are on disk when this returns: a key is published only then.
    ///
    /// # Errors
    /// [`DeviceError`]: what was made stays.
    pub(crate) fn make(&self, weeks: impl Iterator<Item = Week>) -> Result<(), DeviceError> {
        let files = self.device.files();
        files.make_folder(SECRETS)?;
        for week in weeks {
            let path = path(week);
            if !files.has_file(&path) {
                let seed = Seed::random();
                files.write(&path, seed.bytes())?;
            }
        }
        Ok(())
    }

    /// Notes that everything that arrived in a mailbox up to now was read, and erases the secrets of which nothing is needed any more; those
    /// weeks, if there are any.
    ///
    /// # Errors
    /// [`DeviceError`]: what could not be erased is tried again the next time.
    pub(crate) fn was_read(
        &self,
        (mailbox, relay): (MailboxId, Timestamp),
        now: Timestamp,
    ) -> Result<Vec<Week>, DeviceError> {
        let state = self.device.state()?;
        let others = WeekBook::read(self.device).newest_said(&self.device.member().to_key());
        let passed = passed(now, relay, others);
        let mut notes = Notes::read(self.device);
        notes.read.retain(|(of, _)| state.is_groups(*of));
        let known = notes.read.iter_mut().find(|(of, _)| *of == mailbox);
        let is_news = match known {
            Some((_, until)) if until.0.abs_diff(passed.0) < NOTED_SECONDS => false,
            // Also back, when clocks that were ahead are right again.
            Some((_, until)) => {
                *until = passed;
                true
            }
            None => {
                notes.read.push((mailbox, passed));
                true
            }
        };
        if !is_news {
            return Ok(Vec::new());
        }
        self.note(&notes)?;
        let Some(read) = notes.all_read(&state, now) else {
            return Ok(Vec::new());
        };
        let mut over = weeks(self.device)?;
        over.retain(|week| week.is_over_at() <= read);
        for week in &over {
            if !self.device.files().erase(&path(*week))? {
                tracing::debug!("the bytes of a secret may stay on the disk for a while");
            }
        }
        Ok(over)
    }

    /// Changes what is noted.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn change(&self, change: impl FnOnce(&mut Notes)) -> Result<(), DeviceError> {
        let mut notes = Notes::read(self.device);
        change(&mut notes);
        self.note(&notes)
    }

    fn note(&self, notes: &Notes) -> Result<(), DeviceError> {
        self.device.files().write(NOTES, &codec::encode(notes))
    }
}

/// The weeks of which this device has a secret, in order. Opens none.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn weeks(device: &Device) -> Result<Vec<Week>, DeviceError> {
    let names = device.files().names(SECRETS)?;
    let weeks = names.iter().map(|name| u32::from_str_radix(name, 16));
    let mut weeks: Vec<Week> = weeks.filter_map(|week| week.ok().map(Week)).collect();
    weeks.sort_unstable();
    Ok(weeks)
}

/// The secrets that this device has, those of the weeks nearest to this one first: what arrives in a week was most probably sealed in it.
/// One that is damaged is as good as erased.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn held(
    device: &Device,
    near: Week,
) -> Result<Vec<(Week, MemberIdentity)>, DeviceError> {
    let mut weeks = weeks(device)?;
    weeks.sort_by_key(|week| week.0.abs_diff(near.0));
    let mut known = device.known_weeks();
    let paths: Vec<String> = weeks.iter().map(|week| path(*week)).collect();
    known.keep(|there| paths.iter().any(|path| path == there));
    let mut held = Vec::new();
    for (week, path) in weeks.into_iter().zip(paths) {
        let read = || {
            let seed: Option<Seed> = device.files().read_one(&path)?;
            Ok(seed.map(|seed| MemberIdentity::from_seed(seed.bytes())))
        };
        let identity = known.read(device.files(), &path, read)?;
        held.extend(identity.map(|identity| (week, identity)));
    }
    Ok(held)
}

/// The public halves.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn keys(device: &Device) -> Result<Vec<(Week, MemberKey)>, DeviceError> {
    let held = held(device, Week(0))?.into_iter();
    Ok(held.map(|(week, it)| (week, it.to_key())).collect())
}

/// In order as a number is.
fn path(week: Week) -> String {
    format!("{SECRETS}/{:08x}", week.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::fs;

    use bellrope_proto::grant::Rights;

    use super::*;
    use crate::{
        device::{
            epochs::{EpochAccess, authority},
            fixtures,
        },
        message::{Holder, LaneCredential},
    };

    const FIRST: Week = Week(100);

    /// A reader's device, and the mailboxes of the epoch that is over and of the one in force.
    fn device(dir: &std::path::Path) -> (Device, [MailboxId; 2]) {
        let device = fixtures::device(dir, Vec::new());
        let now = FIRST.begins();
        let seeds = [[7; 32], [8; 32]].map(|seed| Seed::new(&seed));
        let mailboxes = [&seeds[0], &seeds[1]].map(|seed| {
            let holder = Holder::Founder(device.signing().public());
            let authority = authority(seed);
            let access = EpochAccess {
                credential: LaneCredential::issue(&authority, &holder, Rights::BOTH),
                seed: Some(seed.clone()),
                authority_seed: None,
            };
            device
                .change(|state| state.begin_epoch(&access, now))
                .unwrap();
            authority.public().mailbox()
        });
        let secrets = Secrets::lock(&device).unwrap();
        secrets.make(FIRST.and_on(6)).unwrap();
        drop(secrets);
        (device, mailboxes)
    }

    fn read(device: &Device, mailbox: MailboxId, now: Timestamp) -> Vec<u32> {
        let secrets = Secrets::lock(device).unwrap();
        let erased = secrets.was_read((mailbox, now), now).unwrap();
        erased.into_iter().map(|week| week.0).collect()
    }

    #[test]
    fn a_secret_goes_when_every_mailbox_that_is_read_was_read_past_its_time() {
        let dir = tempfile::tempdir().unwrap();
        let (device, [former, in_force]) = device(dir.path());
        let over = FIRST.is_over_at();
        assert_eq!(read(&device, in_force, over), [] as [u32; 0]);
        assert_eq!(read(&device, former, Timestamp(over.0 - 1)), [] as [u32; 0]);
        // Noted once an hour, as weeks are long.
        assert_eq!(read(&device, former, over), [] as [u32; 0]);
        assert_eq!(read(&device, former, over.plus(NOTED_SECONDS)), [100]);
        assert_eq!(weeks(&device).unwrap().first(), Some(&Week(101)));
        // Nobody reads it any more, so nobody waits for it.
        let later = Week(102).is_over_at();
        assert_eq!(read(&device, in_force, later), [101, 102]);
        assert_eq!(read(&device, in_force, later), [] as [u32; 0]);
        assert_eq!(weeks(&device).unwrap(), [103, 104, 105].map(Week));
        // One clock that is ahead is not enough.
        let secrets = Secrets::lock(&device).unwrap();
        let far = later.plus(Timestamp::DAY_SECONDS * 1_000);
        for (relay, now) in [(later, far), (far, later)] {
            assert!(secrets.was_read((in_force, relay), now).unwrap().is_empty());
        }
    }

    #[test]
    fn what_is_erased_is_overwritten_where_it_stood_and_opened_by_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let (device, [former, in_force]) = device(dir.path());
        assert_eq!(held(&device, FIRST).unwrap().len(), 6);
        let (place, same) = (dir.path().join(path(FIRST)), dir.path().join("same"));
        fs::hard_link(place, &same).unwrap();
        assert!(fs::read(&same).unwrap().iter().any(|byte| *byte != 0));
        let over = FIRST.is_over_at();
        read(&device, former, over);
        assert_eq!(read(&device, in_force, over), [100]);
        assert!(fs::read(&same).unwrap().iter().all(|byte| *byte == 0));
        // Nor by who had read it before.
        let left = held(&device, FIRST).unwrap();
        let left: Vec<u32> = left.iter().map(|(week, _)| week.0).collect();
        assert_eq!(left, [101, 102, 103, 104, 105], "the nearest first");
    }

    #[test]
    fn a_crash_in_between_leaves_a_secret_or_none() {
        let dir = tempfile::tempdir().unwrap();
        let (device, _) = device(dir.path());
        let before = keys(&device).unwrap();
        // Overwritten, and not removed; half made; and made by nobody.
        let place = |week: Week| dir.path().join(path(week));
        fs::write(place(FIRST), [0; 73]).unwrap();
        fs::write(dir.path().join("weeks/.new-cut"), b"half").unwrap();
        fs::write(dir.path().join("weeks/notes.txt"), b"mine").unwrap();
        let after = keys(&device).unwrap();
        assert_eq!(after, before[1..].to_vec());
        // One that is gone is not made again by what only fills up; those that are there stay as they are.
        let secrets = Secrets::lock(&device).unwrap();
        secrets.make(Week(101).and_on(6)).unwrap();
        let again = keys(&device).unwrap();
        assert_eq!((again.len(), &again[..5]), (6, &after[..]));
    }
}
