//! What a member received: one sealed file for each message, in `new` until it was shown and in `cur`
//! after (as a maildir has it), so that several programs can work here at once and nothing is shown
//! twice.

use std::{
    collections::{BTreeSet, HashSet},
    ops::Deref,
    sync::OnceLock,
};

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Sequence, Timestamp},
};
use serde::{Deserialize, Serialize};

use super::{
    directory::Lock,
    files::DeviceError,
    index::Index,
    senders::{Follows, Senders},
    tombstones,
    unlocked::Device,
    wishes::NotListed,
};
use crate::{
    alert::Reading,
    group::{Claim, Roster, Week},
    ids::{Epoch, MessageId, Position},
    message::{
        KIND_ALERT, Message, PassedOn, SignedMessage, VerifiedMessage, VerifyError, verify,
        verify_signed,
    },
    seal::MemberKey,
};

const NEW: &str = "inbox/new";
const CUR: &str = "inbox/cur";
const SHOWING: &str = "inbox/showing";
const INDEX: &str = "index/inbox";

/// A message as it is stored: the signed bytes, so that it is verified again whenever it is shown. Who
/// was unknown when it arrived may be known by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredMessage {
    /// The epoch in whose mailbox it stands,
    pub epoch: Epoch,
    /// and its place there.
    pub sequence: Sequence,
    /// When it arrived at the relay, by the relay's clock.
    pub arrived: Timestamp,
    /// What arrived.
    pub sent: SignedMessage,
    /// The number that people call it by.
    pub case: String,
    /// How it follows on what the same device said before.
    pub follows: Follows,
    /// The week of the key that opened it; none for this device's lasting key.
    pub week: Option<Week>,
}

/// A message of the inbox, whether this device has verified before that it is signed, and what it says, read once: that takes longer than all the rest.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// The message.
    pub(crate) stored: StoredMessage,
    is_signed: bool,
    /// Whether it is an alert that was in order when it was read before.
    is_in_order: bool,
    said: OnceLock<Option<Said>>,
}

/// What a message says. Nothing in it is verified.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// The message,
    pub(crate) message: Message,
    /// and what its body says.
    pub(crate) reading: Reading,
}

impl Said {
    fn is_in_order(&self) -> bool {
        self.message.kind == KIND_ALERT && self.reading.is_in_order(&self.message.body.0)
    }
}

impl Deref for Known {
    type Target = StoredMessage;

    fn deref(&self) -> &StoredMessage {
        &self.stored
    }
}

impl From<StoredMessage> for Known {
    fn from(stored: StoredMessage) -> Self {
        Self::new(stored, false, false)
    }
}

/// What a file of the inbox holds.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    /// A message.
    Message(Box<Known>),
    /// Another build of this program wrote it, in a form that this one does not read. Its words are shown all the same.
    Other(Blob),
}

impl Kept {
    /// In the order in which messages came; what nobody can place comes first.
    fn place(&self) -> Option<(Epoch, Sequence)> {
        match self {
            Self::Message(message) => Some((message.epoch, message.sequence)),
            Self::Other(_) => None,
        }
    }
}

/// The messages of an inbox, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Each with whether it was shown before.
    pub(crate) messages: Vec<(MessageId, Kept, bool)>,
    /// The first file that cannot be read. The others are listed all the same.
    pub(crate) damaged: Option<DeviceError>,
}

impl Known {
    fn new(stored: StoredMessage, is_signed: bool, is_in_order: bool) -> Self {
        Self {
            stored,
            is_signed,
            is_in_order,
            said: OnceLock::new(),
        }
    }

    /// What it says; `None` of what no message can be made of.
    pub(crate) fn said(&self) -> Option<&Said> {
        let read = || {
            // What is no such statement was not kept.
            let message = self.sent.message.peek_again().ok()?;
            let reading = match self.is_in_order {
                true => Reading::of_alert_in_order(&message.body.0),
                false => message.reading(),
            };
            Some(Said { message, reading })
        };
        self.said.get_or_init(read).as_ref()
    }

    /// Verifies it by what is known now. What it says goes with what is returned, as copies of thousands take long.
    ///
    /// # Errors
    /// [`VerifyError`]: never for what this build stored.
    pub(crate) fn verify(
        &mut self,
        roster: &Roster,
        me: &MemberKey,
        (senders, not_listed): (&Senders, &NotListed),
    ) -> Result<VerifiedMessage, VerifyError> {
        // Whether it was passed on rightly was seen when it came.
        let stood = |_: &PassedOn| Some(Position(u32::MAX));
        let first = |claim: &Claim| senders.first(claim);
        let wished = |claim: &Claim| not_listed.of(claim);
        let by = (first, stood, wished);
        let read = self.is_signed && self.said().is_some();
        match self.said.take().flatten().filter(|_| read) {
            Some(said) => {
                let said = (said.message, said.reading);
                verify_signed(&self.sent, said, (roster, me, self.arrived), by)
            }
            None => verify(&self.sent, roster, me, self.arrived, by),
        }
    }
}

impl StoredMessage {
    /// Whether it is signed by the device that it names.
    pub(super) fn is_signed(&self) -> bool {
        let signed = &self.sent.message;
        signed.verify_own(|message| message.sender).is_ok()
    }
}

/// Stores a message as not yet shown.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn store(
    device: &Device,
    id: MessageId,
    message: &StoredMessage,
) -> Result<(), DeviceError> {
    store_bytes(device, id, &codec::encode(message))
}

pub(crate) fn store_bytes(device: &Device, id: MessageId, bytes: &[u8]) -> Result<(), DeviceError> {
    make(device)?;
    device.files().write(&format!("{NEW}/{id}"), bytes)
}

/// The message with this id, shown or not. What another build kept, or what is damaged, may as well come again: it is then
/// stored anew.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn find(device: &Device, id: MessageId) -> Result<Option<StoredMessage>, DeviceError> {
    match find_kept(device, id) {
        Ok(Some(Kept::Message(message))) => Ok(Some(message.stored)),
        Ok(Some(Kept::Other(_)) | None) | Err(DeviceError::Damaged(..)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a message with this id was not shown yet.
#[must_use]
pub(crate) fn is_new(device: &Device, id: MessageId) -> bool {
    device.files().has_file(&format!("{NEW}/{id}"))
}

/// Whether a message with this id is here. Opens no file.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn has(device: &Device, id: MessageId) -> Result<bool, DeviceError> {
    make(device)?;
    let has = |folder| device.files().has_file(&format!("{folder}/{id}"));
    Ok(has(NEW) || has(CUR))
}

/// What is kept under this id, shown or not.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn find_kept(device: &Device, id: MessageId) -> Result<Option<Kept>, DeviceError> {
    match read(device, &format!("{NEW}/{id}"))? {
        Some(kept) => Ok(Some(kept)),
        None => read(device, &format!("{CUR}/{id}")),
    }
}

fn read(device: &Device, name: &str) -> Result<Option<Kept>, DeviceError> {
    // A single one is opened as fast as it would be found among copies.
    let Some(bytes) = device.files().open_one(name)? else {
        return Ok(None);
    };
    Ok(Some(match codec::decode_file::<StoredMessage>(&bytes) {
        Ok(message) => Kept::Message(Box::new(Known::from(message))),
        Err(codec::Malformed) => Kept::Other(bytes),
    }))
}

/// What a look at the messages that were not shown yet found.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Those that were not known, oldest first.
    pub(crate) fresh: Vec<MessageId>,
    /// All that are there, known or not.
    pub(crate) all: HashSet<MessageId>,
    /// The first file that cannot be read. The others are shown all the same.
    pub(crate) damaged: Option<DeviceError>,
}

/// Looks for messages that were not shown yet. Opens no file that is known: asked every second.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn look(device: &Device, known: &HashSet<MessageId>) -> Result<Look, DeviceError> {
    make(device)?;
    let mut look = Look::default();
    let names = device.files().names(NEW)?;
    look.all = names
        .iter()
        .filter_map(|name| MessageId::from_hex(name))
        .collect();
    let mut fresh: Vec<(Option<(Epoch, Sequence)>, MessageId)> = Vec::new();
    for id in look.all.difference(known) {
        match read(device, &format!("{NEW}/{id}")) {
            Ok(Some(kept)) => fresh.push((kept.place(), *id)),
            // It has moved since.
            Ok(None) => {}
            Err(error) => look.damaged = look.damaged.or(Some(error)),
        }
    }
    fresh.sort_unstable();
    look.fresh = fresh.into_iter().map(|(_, id)| id).collect();
    Ok(look)
}

/// Held while this program shows a message. Others leave it alone until this is dropped.
#[derive(Debug)]
pub(crate) struct Showing {
    _lock: Lock,
}

/// Who shows a message.
#[derive(Debug)]
pub(crate) enum Turn {
    /// This program.
    Ours(Showing),
    /// Another one is at it.
    Theirs,
    /// It was shown before.
    Shown,
}

/// Begins to show a message. The lock is a file of its own: where locks are mandatory, the message could not be read.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn begin_showing(device: &Device, id: MessageId) -> Result<Turn, DeviceError> {
    let Some(lock) = device.files().try_lock_file(&format!("{SHOWING}/{id}"))? else {
        return Ok(Turn::Theirs);
    };
    // Whoever had it locked may have shown it since.
    if device.files().has_file(&format!("{NEW}/{id}")) {
        return Ok(Turn::Ours(Showing { _lock: lock }));
    }
    device.files().remove(&format!("{SHOWING}/{id}"))?;
    Ok(Turn::Shown)
}

/// All messages.
///
/// # Errors
/// [`DeviceError`], but not for single files that are damaged.
pub(crate) fn all(device: &Device) -> Result<Listing, DeviceError> {
    make(device)?;
    let mut listing = Listing::default();
    let mut index = Index::open(device.files(), INDEX);
    // The new ones first: one that is shown meanwhile is then seen twice rather than not at all.
    let new = folder(device, NEW, &mut index, &mut listing.damaged)?;
    let cur = folder(device, CUR, &mut index, &mut listing.damaged)?;
    index.close();
    let shown: BTreeSet<MessageId> = cur.iter().map(|(id, _)| *id).collect();
    let new = new.into_iter().filter(|(id, _)| !shown.contains(id));
    let cur = cur.into_iter().map(|(id, kept)| (id, kept, true));
    listing.messages = cur.chain(new.map(|(id, kept)| (id, kept, false))).collect();
    listing.messages.sort_by_key(|(_, kept, _)| kept.place());
    Ok(listing)
}

/// How many messages were not shown whole yet. Opens none.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn unread(device: &Device) -> Result<usize, DeviceError> {
    make(device)?;
    let names = |folder| device.files().names(folder);
    let shown: HashSet<String> = names(CUR)?.into_iter().collect();
    let new = names(NEW)?
        .into_iter()
        .filter(|name| MessageId::from_hex(name).is_some() && !shown.contains(name));
    Ok(new.count())
}

/// The case numbers that are taken. A file that does not open has none: a number is not worth an alert.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn cases(device: &Device) -> Result<BTreeSet<String>, DeviceError> {
    let all = all(device)?.messages.into_iter();
    let cases = all.filter_map(|(_, kept, _)| match kept {
        Kept::Message(message) => Some(message.stored.case),
        Kept::Other(_) => None,
    });
    // The number of what was forgotten names no other.
    let forgotten = tombstones::all(device).into_iter().map(|it| it.case);
    Ok(cases.chain(forgotten).collect())
}

/// Notes that a message was shown. Another program may have noted it before.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn shown(device: &Device, id: MessageId) -> Result<(), DeviceError> {
    let files = device.files();
    files.rename(&format!("{NEW}/{id}"), &format!("{CUR}/{id}"))?;
    files.remove(&format!("{SHOWING}/{id}"))
}

/// Destroys a message, shown or not.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn erase(device: &Device, id: MessageId) -> Result<(), DeviceError> {
    for folder in [NEW, CUR] {
        device.files().destroy(&format!("{folder}/{id}"))?;
    }
    device.files().remove(&format!("{SHOWING}/{id}"))
}

fn make(device: &Device) -> Result<(), DeviceError> {
    ["inbox", NEW, CUR, SHOWING]
        .into_iter()
        .try_for_each(|folder| device.files().make_folder(folder))
}

fn folder(
    device: &Device,
    folder: &str,
    index: &mut Index<'_>,
    damaged: &mut Option<DeviceError>,
) -> Result<Vec<(MessageId, Kept)>, DeviceError> {
    let mut all = Vec::new();
    for (name, stamp) in device.files().stamps(folder)? {
        let path = format!("{folder}/{name}");
        let Some(id) = MessageId::from_hex(&name) else {
            device.files().set_aside(&path);
            continue;
        };
        if let Some((stored, is_in_order)) = index.take(&name, &stamp) {
            let known = Known::new(stored, true, is_in_order);
            all.push((id, Kept::Message(Box::new(known))));
            continue;
        }
        match read(device, &path) {
            Ok(Some(Kept::Message(mut known))) => {
                known.is_signed = known.stored.is_signed();
                if known.is_signed {
                    let is_in_order = known.said().is_some_and(Said::is_in_order);
                    index.put(&name, stamp, &known.stored, is_in_order);
                }
                all.push((id, Kept::Message(known)));
            }
            Ok(Some(kept)) => all.push((id, kept)),
            // It has moved since.
            Ok(None) => {}
            Err(error) => *damaged = damaged.take().or(Some(error)),
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::device::fixtures;

    fn id(number: u8) -> MessageId {
        MessageId([number; 16])
    }

    fn stored(sequence: u64, case: &str) -> StoredMessage {
        StoredMessage {
            case: case.to_owned(),
            ..fixtures::stored(sequence, Timestamp(1), Timestamp(3))
        }
    }

    fn damage(dir: &std::path::Path, folder: &str, id: MessageId) {
        std::fs::write(dir.join(folder).join(id.to_string()), b"rubbish").unwrap();
    }

    fn listed(device: &Device) -> Vec<(MessageId, bool)> {
        let all = all(device).unwrap().messages.into_iter();
        all.map(|(id, _, shown)| (id, shown)).collect()
    }

    #[test]
    fn messages_are_looked_at_once_in_the_order_in_which_they_came() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        assert!(look(&device, &HashSet::new()).unwrap().all.is_empty());
        for (number, sequence) in [(1, 30), (2, 10), (3, 20)] {
            store(&device, id(number), &stored(sequence, "")).unwrap();
        }
        store_bytes(&device, id(4), b"another build's").unwrap();
        let first = look(&device, &HashSet::new()).unwrap();
        // What nobody can place comes first.
        assert_eq!(first.fresh, [id(4), id(2), id(3), id(1)]);
        assert!(first.damaged.is_none());

        store(&device, id(5), &stored(5, "")).unwrap();
        damage(dir.path(), NEW, id(1));
        damage(dir.path(), NEW, id(6));
        std::fs::write(dir.path().join(NEW).join(id(7).to_string()), b"").unwrap();
        let second = look(&device, &first.all).unwrap();
        // One that is damaged keeps no other back, and one that is known is not opened again.
        assert_eq!(second.fresh, [id(5)]);
        assert!(second.damaged.is_none());
        let mut aside = device.take_set_aside();
        aside.sort();
        let of = |number| format!("{NEW}/{}", id(number));
        assert_eq!(aside, [of(6), of(7)]);
        device.files().set_aside(&of(6));
        assert!(device.take_set_aside().is_empty(), "it is told once");
        assert_eq!(device.files().names("damaged").unwrap().len(), 2);
        shown(&device, id(5)).unwrap();
        let third = look(&device, &second.all).unwrap();
        assert!(third.fresh.is_empty() && !third.all.contains(&id(5)));
    }

    #[test]
    fn what_was_shown_is_listed_as_shown_and_nothing_is_listed_twice() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        store(&device, id(1), &stored(2, "BY-2")).unwrap();
        store(&device, id(2), &stored(1, "BY-1")).unwrap();
        assert_eq!(listed(&device), [(id(2), false), (id(1), false)]);
        shown(&device, id(2)).unwrap();
        // Another program has noted it before.
        shown(&device, id(2)).unwrap();
        assert_eq!(listed(&device), [(id(2), true), (id(1), false)]);
        // It came again, from another copy of the device's files.
        store(&device, id(2), &stored(1, "BY-1")).unwrap();
        assert_eq!(listed(&device), [(id(2), true), (id(1), false)]);
        let taken = cases(&device).unwrap();
        assert_eq!(
            taken,
            BTreeSet::from(["BY-1".to_owned(), "BY-2".to_owned()])
        );

        damage(dir.path(), CUR, id(7));
        std::fs::write(dir.path().join(NEW).join("notes"), b"a person's").unwrap();
        let listed = all(&device).unwrap();
        assert_eq!(listed.messages.len(), 2);
        assert!(listed.damaged.is_none());
        assert_eq!(device.take_set_aside().len(), 2);
        // Nothing is deleted.
        let kept = dir.path().join("damaged");
        let kept = device
            .files()
            .names("damaged")
            .unwrap()
            .into_iter()
            .map(|name| std::fs::read(kept.join(name)).unwrap());
        assert!(kept.into_iter().any(|bytes| bytes == b"a person's"));
        assert_eq!(all(&device).unwrap().messages.len(), 2);
        assert!(device.take_set_aside().is_empty());
    }

    #[test]
    fn what_cannot_be_read_may_come_again() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        assert!(find(&device, id(1)).unwrap().is_none());
        store_bytes(&device, id(1), b"another build's").unwrap();
        assert!(find(&device, id(1)).unwrap().is_none());
        let kept = find_kept(&device, id(1)).unwrap();
        assert!(matches!(kept, Some(Kept::Other(bytes)) if *bytes == *b"another build's"));
        damage(dir.path(), NEW, id(1));
        assert!(find(&device, id(1)).unwrap().is_none());
        assert!(find_kept(&device, id(1)).unwrap().is_none());
        store(&device, id(1), &stored(4, "")).unwrap();
        shown(&device, id(1)).unwrap();
        assert_eq!(find(&device, id(1)).unwrap(), Some(stored(4, "")));
    }

    #[test]
    fn one_program_shows_a_message_and_another_goes_on_when_that_is_killed() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        store(&device, id(1), &stored(1, "")).unwrap();
        let turn = |id| begin_showing(&device, id).unwrap();
        let Turn::Ours(showing) = turn(id(1)) else {
            unreachable!("nobody else is at it");
        };
        assert!(matches!(turn(id(1)), Turn::Theirs));
        // Killed, or suspended and killed: the system lets go its lock.
        drop(showing);
        let Turn::Ours(showing) = turn(id(1)) else {
            unreachable!("it was not shown");
        };
        shown(&device, id(1)).unwrap();
        drop(showing);
        assert!(matches!(turn(id(1)), Turn::Shown));
        let left = device.files().names(SHOWING).unwrap();
        assert_eq!(left, Vec::<String>::new(), "of a lock that nobody needs");
    }
}
