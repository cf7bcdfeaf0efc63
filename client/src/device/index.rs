//! Copies of what single files say, many in one: ten thousand files take seconds to open and verify one by one.
//!
//! The truth is in the files; what is here is made from them by whoever reads all of them, and nobody else has to know of it. A copy counts only
//! while the file that it was made from is listed and is still the same one. So what a crash left half done, a program of another version, a file
//! that came back from an older copy of the directory, or no room on the disk makes the next reading slower, and never wrong. A message is received
//! without a word here.
//!
//! What stands here has a valid signature: whoever made the copy has verified it, and under the vault's key nobody else makes one. That is as good as
//! the other files under that key, of which many are believed without one. Who somebody is, and whether what they say counts, is judged by the roster
//! of now each time that it is shown, as with any other message.

use std::collections::HashMap;

use bellrope_proto::{
    codec::{self, Blob},
    frame,
    limits::FRAME_BYTES_MAX,
};
use serde::{Deserialize, Serialize};

use super::{
    directory::{LockName, Stamp},
    files::{DeviceError, Files, damaged},
    inbox::StoredMessage,
};
use crate::{parallel, random::random};

/// Fewer new files are not worth a write: they are opened as fast. Tests have few.
const NEW_MIN: usize = if cfg!(test) { 3 } else { 32 };

/// Bytes of copies in one segment: a larger one would take long to write anew when one of its messages is gone.
const SEGMENT_BYTES_MAX: usize = if cfg!(test) { 4 } else { 2 * 1024 } * 1024;

/// What stands in a segment, and what is meant by it. Whoever changes [`Entry`], or what was looked at before one is made, counts on: a program makes
/// anew what another's has in another way.
pub(super) const LAYOUT: u32 = 2;

/// Bytes of a name of a segment.
const NAME_BYTES: usize = 8;

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    /// What the file is called, in whichever of the room's folders it lies.
    name: String,
    /// Which file of that name it was made from.
    stamp: Stamp,
    /// What that says,
    message: StoredMessage,
    /// and whether it is an alert in which all is in order, so that it need not be looked at again.
    is_in_order: bool,
}

/// A file of copies, which is never changed under its name.
#[derive(Debug)]
struct Segment {
    name: String,
    bytes: usize,
    /// Those that were not asked for yet, each at its place.
    copies: Vec<Option<Entry>>,
}

impl Segment {
    /// Whether there is a copy in it that nobody asked for, or that is not right any more.
    fn is_worn(&self) -> bool {
        self.copies.iter().any(Option::is_some)
    }
}

/// The copies of one room's messages. Open it before those are listed: of one that came since there may be a copy, but of none that is gone is one kept.
#[derive(Debug)]
pub(super) struct Index<'a> {
    files: &'a Files,
    folder: &'static str,
    segments: Vec<Segment>,
    /// In which segment the newest copy of a file is, and at which place.
    places: HashMap<String, (usize, usize)>,
    new: Vec<Entry>,
}

/// Destroys all copies in a room, of whatever is still to be had without them.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn erase(files: &Files, folder: &str) -> Result<(), DeviceError> {
    // Whoever writes copies now has read what is about to go.
    let _lock = files.lock(LockName::Index)?;
    let mut names = files.names(folder)?.into_iter();
    names.try_for_each(|name| files.destroy(&format!("{folder}/{name}")))
}

impl<'a> Index<'a> {
    /// What is there. A segment that cannot be read is removed: there is nothing in it that is nowhere else.
    pub(super) fn open(files: &'a Files, folder: &'static str) -> Self {
        let names = files.names(folder).unwrap_or_else(|error| {
            tracing::debug!(%error, "the copies of messages cannot be listed");
            Vec::new()
        });
        let read = |name: String| {
            let read = read(files, &format!("{folder}/{name}"));
            (name, read)
        };
        let mut segments = Vec::new();
        for (name, read) in parallel::map_large(names, read) {
            match read {
                Ok(Some((copies, bytes))) => segments.push(Segment {
                    name,
                    bytes,
                    copies: copies.into_iter().map(Some).collect(),
                }),
                // Another program has just put it together with others.
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "copies of messages that cannot be read are made anew");
                    if let Err(error) = files.remove(&format!("{folder}/{name}")) {
                        tracing::debug!(%error, "they stay where they are");
                    }
                }
            }
        }
        let count = segments.iter().map(|segment| segment.copies.len()).sum();
        let mut places = HashMap::with_capacity(count);
        for (at, segment) in segments.iter_mut().enumerate() {
            let entries = segment.copies.iter_mut().flatten();
            // Whoever writes a segment anew reads it once more.
            let names = entries.map(|entry| std::mem::take(&mut entry.name));
            places.extend(names.zip((0..).map(|place| (at, place))));
        }
        Self {
            files,
            folder,
            segments,
            places,
            new: Vec::new(),
        }
    }

    /// What a file says, and whether all is in order in that, if there is a copy of it.
    pub(super) fn take(&mut self, name: &str, stamp: &Stamp) -> Option<(StoredMessage, bool)> {
        let (at, place) = *self.places.get(name)?;
        let copy = self.segments.get_mut(at)?.copies.get_mut(place)?;
        // A file of that name in another of the folders may be the one that it was made from.
        let entry = copy.take_if(|it| it.stamp == *stamp)?;
        Some((entry.message, entry.is_in_order))
    }

    /// Of a file that was opened, and whose message has a valid signature, a copy is kept.
    pub(super) fn put(
        &mut self,
        name: &str,
        stamp: Stamp,
        message: &StoredMessage,
        is_in_order: bool,
    ) {
        self.new.push(Entry {
            name: name.to_owned(),
            stamp,
            message: message.clone(),
            is_in_order,
        });
    }

    /// Writes down what is new, if it is worth it, and forgets what was not asked for. To be called when all of the room's messages were. What cannot be
    /// written is opened one by one the next time as well.
    pub(super) fn close(self) {
        if let Err(error) = self.write() {
            tracing::debug!(%error, "copies of messages could not be kept");
        }
    }

    fn write(&self) -> Result<(), DeviceError> {
        let worn = self.segments.iter().any(Segment::is_worn);
        if self.new.len() < NEW_MIN && !worn {
            return Ok(());
        }
        // Another program that is at it will have written the same.
        let lock = self
            .files
            .lock_within(LockName::Index, std::time::Duration::ZERO)?;
        let Some(_lock) = lock else {
            return Ok(());
        };
        let mut frames: Vec<Blob> = self.new.iter().filter_map(Entry::frame).collect();
        let mut bytes: usize = frames.iter().map(|frame| frame.len()).sum();
        let mut old = Vec::new();
        // Each is written anew together with as much as it has itself, so that a message is written a few times in all, and there are few segments.
        let mut order: Vec<&Segment> = self.segments.iter().collect();
        order.sort_by_key(|segment| segment.bytes);
        for segment in order {
            let is_small = segment.bytes <= bytes && segment.bytes < SEGMENT_BYTES_MAX / 2;
            if !is_small && !segment.is_worn() {
                continue;
            }
            let path = format!("{}/{}", self.folder, segment.name);
            // One that is not there any more was put together with others by another program.
            let Some((entries, _)) = read(self.files, &path)? else {
                continue;
            };
            let used = entries.iter().zip(&segment.copies);
            let used = used.filter_map(|(entry, left)| left.is_none().then_some(entry));
            for frame in used.filter_map(Entry::frame) {
                bytes = bytes.saturating_add(frame.len());
                frames.push(frame);
            }
            old.push(path);
        }
        let mut segment = Blob(Vec::with_capacity(SEGMENT_BYTES_MAX));
        segment.0.extend(layout());
        let mut frames = frames.iter().peekable();
        while let Some(frame) = frames.next() {
            segment.0.extend_from_slice(frame);
            let next = frames.peek().map_or(SEGMENT_BYTES_MAX, |next| next.len());
            if segment.len().saturating_add(next) > SEGMENT_BYTES_MAX {
                let name = data_encoding::HEXLOWER.encode(&random::<NAME_BYTES>());
                self.files
                    .write(&format!("{}/{name}", self.folder), &segment)?;
                segment.0.clear();
                segment.0.extend(layout());
            }
        }
        // A crash before this leaves two copies of some: the next reading puts that in order. What a person had erased is to be gone from here too.
        for path in old {
            self.files.erase(&path)?;
        }
        Ok(())
    }
}

impl Entry {
    /// `None` for what is larger than any message.
    fn frame(&self) -> Option<Blob> {
        let bytes = Blob(codec::encode(self));
        (bytes.len() <= FRAME_BYTES_MAX).then(|| Blob(frame::frame(&bytes)))
    }
}

/// How a segment begins.
fn layout() -> Vec<u8> {
    frame::frame(&codec::encode(&LAYOUT))
}

/// What a segment has, and how large it is.
fn read(files: &Files, path: &str) -> Result<Option<(Vec<Entry>, usize)>, DeviceError> {
    let Some(bytes) = files.open_file(path)? else {
        return Ok(None);
    };
    let mut rest: &[u8] = &bytes;
    let mut next = || frame::next(&mut rest, FRAME_BYTES_MAX).map_err(|it| damaged(path, it));
    let mut entries = Vec::new();
    let wrong = |error| damaged(path, error);
    let layout = next()?;
    if layout.and_then(|it| codec::decode(it).ok()) != Some(LAYOUT) {
        return Err(damaged(path, "another version wrote it"));
    }
    while let Some(entry) = next()? {
        entries.push(codec::decode_again(entry).map_err(wrong)?);
    }
    Ok(Some((entries, bytes.len())))
}

/// Of which files there are copies.
#[cfg(test)]
pub(super) fn names(files: &Files, folder: &'static str) -> std::collections::BTreeSet<String> {
    Index::open(files, folder).places.into_keys().collect()
}
