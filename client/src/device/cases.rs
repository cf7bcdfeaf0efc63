//! What was said in cases: one sealed file for each message, named by the alert and the message, in `new` until a person was told of it and in
//! `cur` after; in `out` what this device says until it comes back from the relay. What of it counts is worked out whenever it is shown: who was unknown when it came may be known by then.

use std::collections::{BTreeMap, BTreeSet};

use bellrope_proto::{
    codec,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    directory::Stamp,
    files::DeviceError,
    inbox::{Kept, StoredMessage},
    index::Index,
    outbox,
    unlocked::Device,
};
use crate::{ids::MessageId, message::KIND_ALERT};

const NEW: &str = "cases/new";
const CUR: &str = "cases/cur";
const OUT: &str = "cases/out";
const INDEX: &str = "index/cases";

/// What is kept of one device in one case: more than anybody says in years, and somebody who says it all the time takes no room from others.
const OF_ONE_MAX: usize = 2_000;

/// What is kept of one device about alerts that are not here: they may never come.
const OF_NOTHING_MAX: usize = 256;

/// A message of a case. In it `case` is empty; of what waits, `sequence` is 0, and it is for the mailbox of `epoch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its id.
    pub(crate) id: MessageId,
    /// As it came.
    pub(crate) kept: StoredMessage,
    /// Where it lies.
    pub(crate) shelf: Shelf,
    /// Whether no relay has it yet, as far as is known here.
    pub(crate) waits: bool,
}

impl Word {
    fn on(shelf: Shelf, id: MessageId, kept: StoredMessage) -> Self {
        Self {
            id,
            kept,
            shelf,
            waits: shelf == Shelf::Out,
        }
    }
}

/// Where a message lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// Nobody was told of it yet.
    New,
    /// Somebody was.
    Told,
    /// This device said it, and it has not come back from the relay yet.
    Out,
}

impl Shelf {
    fn folder(self) -> &'static str {
        match self {
            Self::New => NEW,
            Self::Told => CUR,
            Self::Out => OUT,
        }
    }
}

fn name(alert: MessageId, id: MessageId) -> String {
    format!("{alert}-{id}")
}

fn of_name(name: &str) -> Option<(MessageId, MessageId)> {
    let (alert, id) = name.split_once('-')?;
    Some((MessageId::from_hex(alert)?, MessageId::from_hex(id)?))
}

/// Keeps a message. On disk before this returns.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn store(device: &Device, alert: MessageId, word: &Word) -> Result<(), DeviceError> {
    make(device)?;
    let name = name(alert, word.id);
    let path = format!("{}/{name}", word.shelf.folder());
    device.files().write(&path, &codec::encode(&word.kept))?;
    match word.shelf {
        Shelf::Out => Ok(()),
        // It has come back.
        Shelf::New | Shelf::Told => device.files().remove(&format!("{OUT}/{name}")),
    }
}

/// The message of a case with this id. One that cannot be read may as well come again.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn find(
    device: &Device,
    alert: MessageId,
    id: MessageId,
) -> Result<Option<Word>, DeviceError> {
    let name = name(alert, id);
    for shelf in [Shelf::Told, Shelf::New, Shelf::Out] {
        if let Some(word) = read(device, shelf, &name)? {
            return Ok(Some(word));
        }
    }
    Ok(None)
}

/// What was said about one alert, in no order.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn of(device: &Device, alert: MessageId) -> Result<Vec<Word>, DeviceError> {
    // These few are opened as fast as they would be found among copies.
    let mut all = some(device, None, |about| about == alert)?;
    Ok(all.remove(&alert).unwrap_or_default())
}

/// The messages that were said about one alert, by their ids. Opens no file.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn ids_of(device: &Device, alert: MessageId) -> Result<Vec<MessageId>, DeviceError> {
    let mut ids = BTreeSet::new();
    for shelf in [Shelf::Out, Shelf::New, Shelf::Told] {
        let names = names(device, shelf.folder())?;
        let named = names.iter().filter_map(|name| of_name(name));
        ids.extend(named.filter(|(about, _)| *about == alert).map(|it| it.1));
    }
    Ok(ids.into_iter().collect())
}

/// What was said about every alert.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn all(device: &Device) -> Result<BTreeMap<MessageId, Vec<Word>>, DeviceError> {
    let mut index = Index::open(device.files(), INDEX);
    let all = some(device, Some(&mut index), |_| true)?;
    index.close();
    Ok(all)
}

fn some(
    device: &Device,
    mut index: Option<&mut Index<'_>>,
    is_meant: impl Fn(MessageId) -> bool,
) -> Result<BTreeMap<MessageId, Vec<Word>>, DeviceError> {
    let mut all: BTreeMap<MessageId, Vec<Word>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    // In the order in which they are moved: one that is moved meanwhile is then seen twice rather than not at all. What is on two shelves, after a
    // crash, counts on the later one.
    let shelves = [Shelf::Out, Shelf::New, Shelf::Told];
    make(device)?;
    // Only who has copies needs the state of each file: of ten thousand that takes long.
    let list = |shelf: Shelf| -> Result<Vec<(String, Option<Stamp>)>, DeviceError> {
        let files = device.files();
        Ok(match index {
            Some(_) => {
                let all = files.stamps(shelf.folder())?.into_iter();
                all.map(|(name, stamp)| (name, Some(stamp))).collect()
            }
            None => {
                let all = files.names(shelf.folder())?.into_iter();
                all.map(|name| (name, None)).collect()
            }
        })
    };
    let listed = shelves.map(list);
    for (shelf, names) in shelves.into_iter().zip(listed).rev() {
        for (name, stamp) in names? {
            let Some((alert, id)) = of_name(&name) else {
                device
                    .files()
                    .set_aside(&format!("{}/{name}", shelf.folder()));
                continue;
            };
            if !is_meant(alert) || seen.contains(&(alert, id)) {
                continue;
            }
            // What this device says is written once more when it comes back.
            let index = index.as_mut().filter(|_| shelf != Shelf::Out);
            let word = match index.zip(stamp) {
                None => read(device, shelf, &name)?,
                Some((index, stamp)) => match index.take(&name, &stamp) {
                    Some((kept, _)) => Some(Word::on(shelf, id, kept)),
                    None => read(device, shelf, &name)?.inspect(|word| {
                        if word.kept.is_signed() {
                            index.put(&name, stamp, &word.kept, false);
                        }
                    }),
                },
            };
            if let Some(word) = word {
                seen.insert((alert, id));
                all.entry(alert).or_default().push(word);
            }
        }
    }
    let mut out = all
        .values_mut()
        .flatten()
        .filter(|word| word.waits)
        .peekable();
    if out.peek().is_some() {
        let posted = outbox::words_posted(device)?;
        out.for_each(|word| word.waits = !posted.contains(&word.id));
    }
    Ok(all)
}

/// Of one message. What another build kept is left where it is: this one cannot say what it was.
fn read(device: &Device, shelf: Shelf, name: &str) -> Result<Option<Word>, DeviceError> {
    let path = format!("{}/{name}", shelf.folder());
    let Some(bytes) = device.files().open_one(&path)? else {
        return Ok(None);
    };
    let kept = codec::decode_file(&bytes).ok();
    let kept = kept.zip(of_name(name));
    Ok(kept.map(|(kept, (_, id))| Word::on(shelf, id, kept)))
}

/// The alerts about which something is on a shelf. Opens no file.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn on_shelf(device: &Device, shelf: Shelf) -> Result<BTreeSet<MessageId>, DeviceError> {
    let names = names(device, shelf.folder())?.into_iter();
    let alerts = names.filter_map(|name| of_name(&name).map(|(alert, _)| alert));
    Ok(alerts.collect())
}

/// Notes that a person was told of a message. Another program may have noted it before.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn told(device: &Device, alert: MessageId, id: MessageId) -> Result<(), DeviceError> {
    let name = name(alert, id);
    let files = device.files();
    files.rename(&format!("{NEW}/{name}"), &format!("{CUR}/{name}"))
}

fn names(device: &Device, folder: &str) -> Result<Vec<String>, DeviceError> {
    make(device)?;
    device.files().names(folder)
}

fn make(device: &Device) -> Result<(), DeviceError> {
    ["cases", NEW, CUR, OUT]
        .into_iter()
        .try_for_each(|folder| device.files().make_folder(folder))
}

/// Destroys a message of a case, on whichever shelf.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn erase(device: &Device, alert: MessageId, id: MessageId) -> Result<(), DeviceError> {
    let name = name(alert, id);
    let shelves = [Shelf::Out, Shelf::New, Shelf::Told];
    shelves.into_iter().try_for_each(|shelf| {
        device
            .files()
            .destroy(&format!("{}/{name}", shelf.folder()))
    })
}

/// Every message that is kept, for whoever sends again what others missed.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn messages(device: &Device) -> Result<Vec<(MessageId, Kept)>, DeviceError> {
    let all = all(device)?.into_values().flatten();
    // What an alert's sender said is in the inbox as well.
    let is_alert = |word: &Word| {
        let message = word.kept.sent.message.peek();
        message.is_ok_and(|message| message.kind == KIND_ALERT)
    };
    let came = all.filter(|word| word.shelf != Shelf::Out && !is_alert(word));
    Ok(came
        .map(|word| (word.id, Kept::Message(Box::new(word.kept.into()))))
        .collect())
}

/// How much is kept of each device: read once, as reading thousands of messages for each new one would make catching up slow.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    of: BTreeMap<(PublicKey<DeviceKey>, MessageId), usize>,
}

impl Counts {
    /// What is kept now.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn read(device: &Device) -> Result<Self, DeviceError> {
        let mut counts = Self::default();
        for (alert, words) in all(device)? {
            for word in words {
                if let Ok(message) = word.kept.sent.message.peek() {
                    counts.add(message.sender, alert);
                }
            }
        }
        Ok(counts)
    }

    /// Whether there is room for one more of a device; `is_here` says whether an alert is.
    #[must_use]
    pub(crate) fn has_room(
        &self,
        author: PublicKey<DeviceKey>,
        alert: MessageId,
        is_here: impl Fn(MessageId) -> bool,
    ) -> bool {
        let of = |alert| self.of.get(&(author, alert)).copied().unwrap_or_default();
        if of(alert) >= OF_ONE_MAX {
            return false;
        }
        if is_here(alert) {
            return true;
        }
        let of_author = self.of.iter().filter(|((of, _), _)| *of == author);
        let mut left = OF_NOTHING_MAX;
        for ((_, about), count) in of_author {
            if !is_here(*about) {
                left = left.saturating_sub(*count);
            }
        }
        left > 0
    }

    /// One more is kept.
    pub(crate) fn add(&mut self, author: PublicKey<DeviceKey>, alert: MessageId) {
        let count = self.of.entry((author, alert)).or_default();
        *count = count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{ids::Timestamp, signing::SecretKey};

    use super::*;
    use crate::device::fixtures;

    fn id(number: u8) -> MessageId {
        MessageId([number; 16])
    }

    fn word(number: u8, sequence: u64) -> Word {
        Word {
            id: id(number),
            kept: fixtures::stored(sequence, Timestamp(1), Timestamp(3)),
            shelf: Shelf::New,
            waits: false,
        }
    }

    fn out(number: u8) -> Word {
        Word {
            shelf: Shelf::Out,
            ..word(number, 0)
        }
    }

    #[test]
    fn what_was_told_stays_told_and_nothing_is_there_twice() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        assert!(all(&device).unwrap().is_empty());
        for (alert, one) in [(1, word(5, 1)), (1, out(6)), (2, word(5, 3))] {
            store(&device, id(alert), &one).unwrap();
        }
        let on = |shelf| on_shelf(&device, shelf).unwrap();
        assert_eq!(on(Shelf::New), BTreeSet::from([id(1), id(2)]));
        assert_eq!(on(Shelf::Out), BTreeSet::from([id(1)]));
        told(&device, id(2), id(5)).unwrap();
        told(&device, id(2), id(5)).unwrap();
        assert_eq!(on(Shelf::New), BTreeSet::from([id(1)]));
        // One's own comes back from the relay, and is no news.
        let back = Word {
            shelf: Shelf::Told,
            ..word(6, 9)
        };
        store(&device, id(1), &back).unwrap();
        assert!(on(Shelf::Out).is_empty());
        let of_first = of(&device, id(1)).unwrap();
        let places: Vec<(MessageId, u64, Shelf)> = of_first
            .iter()
            .map(|word| (word.id, word.kept.sequence.0, word.shelf))
            .collect();
        assert_eq!(places, [(id(6), 9, Shelf::Told), (id(5), 1, Shelf::New)]);
        assert_eq!(
            find(&device, id(2), id(5))
                .unwrap()
                .unwrap()
                .kept
                .sequence
                .0,
            3
        );
        assert!(find(&device, id(2), id(6)).unwrap().is_none());
        // It came again, from another copy of the device's files.
        let copy = format!("cases/new/{}", name(id(1), id(6)));
        device
            .files()
            .write(&copy, &codec::encode(&word(6, 9).kept))
            .unwrap();
        assert_eq!(of(&device, id(1)).unwrap().len(), 2);

        // One that is damaged keeps no other back.
        let damaged = dir.path().join("cases/new").join(name(id(1), id(5)));
        std::fs::write(damaged, b"rubbish").unwrap();
        std::fs::write(dir.path().join("cases/cur/notes"), b"a person's").unwrap();
        assert_eq!(all(&device).unwrap().len(), 2);
        assert_eq!(device.take_set_aside().len(), 2);
        assert_eq!(of(&device, id(1)).unwrap().len(), 1);
    }

    #[test]
    fn somebody_who_says_it_all_the_time_takes_no_room_from_others() {
        let author = |seed| SecretKey::from_seed(&[seed; 32]).public();
        let mut counts = Counts::default();
        for _ in 0..OF_ONE_MAX {
            assert!(counts.has_room(author(1), id(1), |_| true));
            counts.add(author(1), id(1));
        }
        assert!(!counts.has_room(author(1), id(1), |_| true));
        assert!(counts.has_room(author(1), id(2), |_| true));
        assert!(counts.has_room(author(2), id(1), |_| true));
        // About many alerts that are not here.
        let mut counts = Counts::default();
        for number in 0..OF_NOTHING_MAX {
            let alert = id(u8::try_from(number).unwrap());
            assert!(counts.has_room(author(1), alert, |_| false));
            counts.add(author(1), alert);
        }
        assert!(!counts.has_room(author(1), MessageId([1; 16]), |_| false));
        assert!(counts.has_room(author(2), id(1), |_| false));
        assert!(counts.has_room(author(1), id(1), |alert| alert == id(1)));
    }
}
