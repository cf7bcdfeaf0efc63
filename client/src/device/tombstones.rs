//! What is left of a case that was forgotten: nothing that identifies people, and what it takes to keep it so. By its alert's id what comes again is known
//! and not kept; by the words with which two people wished it, and no other, who was away learns of it; and there is what is counted.
//!
//! The tombstone is written before the words by which it was settled go, then everything else goes, then the tombstone says that it is done. A program that was ended in between is followed by one
//! that goes on: whoever opens the device does so before anything of it is shown.

use std::collections::BTreeMap;

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{
    answers, attached, attaching, blocks, cases, contacts, copies,
    directory::LockName,
    files::{DAMAGED, DeviceError},
    inbox::{self, Kept, StoredMessage},
    index, opened, outbox, plans, reach,
    unlocked::Device,
};
use crate::{
    alert::{
        country::Country,
        vocabulary::{Act, CaseState, ClosingReason, Kind, Urgency},
    },
    ids::{Epoch, MessageId},
};

/// Cases of which somebody has said that they are to be forgotten: a file for each, with nothing in it.
const FORGETTING: &str = "forgetting";

/// Those that were.
const FORGOTTEN: &str = "forgotten";

/// Rooms of which there are copies.
const COPIES: [&str; 2] = ["index/inbox", "index/cases"];

/// What is counted of a case, and of no day and nobody: with others it makes a report, and alone it names no one by itself. Whoever makes one leaves out cells with
/// few cases in them; these are what a cell may be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// What kind of alert it was.
    pub(crate) kind: Option<Kind>,
    /// Where.
    pub(crate) country: Option<Country>,
    /// What was done.
    pub(crate) acts: Vec<Act>,
    /// How urgent it was.
    pub(crate) urgency: Option<Urgency>,
    /// When its alert came.
    pub(crate) came: Quarter,
    /// When it was closed, if it was.
    pub(crate) closed: Option<Quarter>,
    /// Where it stood,
    pub(crate) state: CaseState,
    /// and what came of it.
    pub(crate) closing: Option<ClosingReason>,
}

/// A quarter of a year, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Quarter {
    /// The year.
    pub(crate) year: i16,
    /// From 1 to 4.
    pub(crate) quarter: u8,
}

impl Quarter {
    /// That of a moment.
    #[must_use]
    pub(crate) fn of(at: Timestamp) -> Self {
        let seconds = i64::try_from(at.0).unwrap_or(i64::MAX);
        let moment = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
        let date = jiff::tz::TimeZone::UTC.to_datetime(moment).date();
        let month = u8::try_from(date.month()).unwrap_or(1);
        Self {
            year: date.year(),
            quarter: month.saturating_sub(1) / 3 + 1,
        }
    }
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tombstone {
    /// The alert.
    pub(crate) alert: MessageId,
    /// Its hash: whoever speaks of it knows that.
    pub(crate) hash: Hash,
    /// The number that people called it by.
    pub(crate) case: String,
    /// What is counted.
    pub(crate) figures: Figures,
    /// When it was settled that it goes, by the relay's clock.
    pub(crate) at: Timestamp,
    /// Who wished it, as the roster tells people apart.
    pub(crate) by: Vec<PublicKey<DeviceKey>>,
    /// Whose contact card goes too, if it does: what the roster calls them.
    pub(crate) handle: Option<String>,
    /// The words by which it was settled, as they were signed.
    pub(crate) words: Vec<StoredMessage>,
    /// The devices on which it was, as far as is known here.
    pub(crate) had: Vec<PublicKey<DeviceKey>>,
    /// Those that say that they have erased it, with when that came.
    pub(crate) erased: BTreeMap<PublicKey<DeviceKey>, Timestamp>,
    /// When this device says that, by its own clock.
    pub(crate) say_at: Timestamp,
    /// In which epoch it said so: with new keys, what did not come back from the relay is said once more.
    pub(crate) said_in: Option<Epoch>,
    /// What is still to go; none when all of it has.
    pub(crate) left: Option<Vec<MessageId>>,
}

fn path(alert: MessageId) -> String {
    format!("{FORGOTTEN}/{alert}")
}

fn mark_path(alert: MessageId) -> String {
    format!("{FORGETTING}/{alert}")
}

/// Whether a case was forgotten here. Opens no file.
#[must_use]
pub(crate) fn has(device: &Device, alert: MessageId) -> bool {
    device.files().has_file(&path(alert))
}

/// What is left of a case.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn read(device: &Device, alert: MessageId) -> Result<Option<Tombstone>, DeviceError> {
    device.files().read(&path(alert))
}

/// All of them, in no order. One that cannot be read still keeps out what it is about, by its name.
#[must_use]
pub(crate) fn all(device: &Device) -> Vec<Tombstone> {
    let names = ids(device, FORGOTTEN).into_iter();
    let all = names.filter_map(|alert| match read(device, alert) {
        Ok(read) => read,
        Err(error) => {
            tracing::warn!(%error, "what is left of a forgotten case cannot be read");
            None
        }
    });
    all.collect()
}

/// Notes that somebody says of a case that it is to be forgotten, before their word is kept: then nobody reads thousands of them to find it.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn mark(device: &Device, alert: MessageId) -> Result<(), DeviceError> {
    let path = mark_path(alert);
    if device.files().has_file(&path) {
        return Ok(());
    }
    device.files().make_folder(FORGETTING)?;
    device.files().write(&path, &[])
}

/// Those of which somebody said so, and that are not gone yet.
#[must_use]
pub(crate) fn marked(device: &Device) -> Vec<MessageId> {
    ids(device, FORGETTING)
}

fn ids(device: &Device, folder: &str) -> Vec<MessageId> {
    if !device.files().has_file(folder) {
        return Vec::new();
    }
    let names = device.files().names(folder).unwrap_or_else(|error| {
        tracing::warn!(%error, "what was forgotten cannot be listed");
        Vec::new()
    });
    let ids = names.iter().filter_map(|name| MessageId::from_hex(name));
    ids.collect()
}

/// Changes one; on disk before this returns.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn change(
    device: &Device,
    alert: MessageId,
    change: impl FnOnce(&mut Tombstone),
) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let Some(before) = read(device, alert)? else {
        return Ok(());
    };
    let mut stone = before.clone();
    change(&mut stone);
    match stone == before {
        true => Ok(()),
        false => device.files().write(&path(alert), &codec::encode(&stone)),
    }
}

/// Forgets cases: the tombstone of each is on disk before anything goes by which it was decided, and when this returns without an error everything has.
/// Of hundreds that are due at once the inbox is looked through once.
///
/// # Errors
/// [`DeviceError`]: what is left goes when this is tried again, or by [`finish`].
pub(crate) fn forget(device: &Device, stones: &[Tombstone]) -> Result<(), DeviceError> {
    if stones.is_empty() {
        return Ok(());
    }
    // Nothing of them is stored meanwhile.
    let _receive = device
        .files()
        .lock_within(LockName::Receive, super::files::LOCK_PATIENCE)?;
    let mut of_cases = of_cases(device, stones)?;
    // What can go without it goes before it, and makes room for it on a full disk: copies, photographs and papers. It is decided, so nobody misses them.
    for room in COPIES {
        index::erase(device.files(), room)?;
    }
    device.files().make_folder(FORGOTTEN)?;
    for stone in stones {
        let stone = Tombstone {
            left: Some(of_cases.remove(&stone.alert).unwrap_or_default()),
            ..stone.clone()
        };
        for id in stone.left.iter().flatten() {
            attached::erase(device, *id)?;
        }
        let path = path(stone.alert);
        device.files().write(&path, &codec::encode(&stone))?;
        erase(device, &stone)?;
    }
    Ok(())
}

/// Goes on with what a program before this one did not end. Said to nobody: it was settled before.
pub(super) fn finish(device: &Device) {
    for alert in marked(device) {
        let stone = match has(device, alert) {
            true => read(device, alert),
            false => continue,
        };
        let done = stone.and_then(|stone| match stone {
            Some(stone) => erase(device, &stone),
            None => Ok(()),
        });
        if let Err(error) = done {
            tracing::warn!(%error, "a case is not forgotten to the end");
        }
    }
}

/// Of each case its alert, and everything that was said about it or goes with it, by their ids.
fn of_cases(
    device: &Device,
    stones: &[Tombstone],
) -> Result<BTreeMap<MessageId, Vec<MessageId>>, DeviceError> {
    let mut of_cases = BTreeMap::new();
    for stone in stones {
        let mut ids = vec![stone.alert];
        ids.extend(cases::ids_of(device, stone.alert)?);
        of_cases.insert(stone.alert, ids);
    }
    // Of an alert's sender there may be more in the inbox than there is room for in the case.
    for (id, kept, _) in inbox::all(device)?.messages {
        let Kept::Message(kept) = kept else { continue };
        let original = kept.said().and_then(|said| said.reading.fields()?.original);
        if let Some(ids) = original.and_then(|original| of_cases.get_mut(&original)) {
            ids.push(id);
        }
    }
    for ids in of_cases.values_mut() {
        ids.sort_unstable();
        ids.dedup();
    }
    Ok(of_cases)
}

fn erase(device: &Device, stone: &Tombstone) -> Result<(), DeviceError> {
    let files = device.files();
    let alert = stone.alert;
    // What came between the first try and this one is of the case, too.
    let mut ids: Vec<MessageId> = stone.left.clone().unwrap_or_default();
    ids.extend(cases::ids_of(device, alert)?);
    ids.push(alert);
    ids.sort_unstable();
    ids.dedup();
    for id in &ids {
        inbox::erase(device, *id)?;
        cases::erase(device, alert, *id)?;
        attached::erase(device, *id)?;
        attaching::erase(device, *id)?;
        files.destroy(&format!("untold/{id}"))?;
    }
    for room in COPIES {
        index::erase(files, room)?;
    }
    // Whoever was away must still learn of it by these.
    let words: Vec<MessageId> = stone
        .words
        .iter()
        .filter_map(|it| it.sent.message.peek().ok().map(|message| message.id))
        .collect();
    outbox::erase(device, |queued| {
        let is_word = queued.word.is_some_and(|id| words.contains(&id));
        let of = [queued.alert, queued.word].into_iter().flatten();
        !is_word && of.into_iter().any(|id| ids.contains(&id))
    })?;
    for name in files.names(DAMAGED)? {
        if ids.iter().any(|id| name.contains(&id.to_string())) {
            files.destroy(&format!("{DAMAGED}/{name}"))?;
        }
    }
    opened::forget(device, &ids)?;
    answers::change(device, |all| all.forget(alert, &ids))?;
    copies::change(device, |all| all.retain(|it| it.alert != alert))?;
    blocks::change(device, |all| all.retain(|it| it.alert != alert))?;
    reach::change(device, |reach| reach.done(alert))?;
    plans::forget(device, alert)?;
    if let Some(handle) = &stone.handle {
        contacts::forget_before(device, handle, stone.at)?;
    }
    change(device, alert, |stone| stone.left = None)?;
    files.remove(&mark_path(alert))
}

/// Whether a contact card is of somebody who was forgotten since it was written.
#[must_use]
pub(crate) fn forgets_contact(device: &Device, handle: &str, written: Timestamp) -> bool {
    let mut all = all(device).into_iter();
    all.any(|stone| stone.handle.as_deref() == Some(handle) && written <= stone.at)
}

#[cfg(test)]
#[path = "tombstones_tests.rs"]
mod tests;
