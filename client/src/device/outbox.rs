//! What is sealed and waits for its receipt. On disk, synced, before any network is tried; the sealed envelope and the
//! receipt are kept for as long as relays keep envelopes, as a relay may lose what it has answered for.
//!
//! A disk that takes nothing keeps no alert back: what cannot be written down is held in the memory of the program that sealed it, under
//! the name that its file would have. There it waits like the rest, and becomes a file as soon as that can be.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bellrope_proto::{
    codec::{self, Blob},
    envelope::Envelope,
    ids::{Hash, MailboxId, Timestamp},
    receipt::Receipt,
};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::{
    attaching,
    directory::{Lock, LockName},
    files::{DeviceError, Files},
    issued,
    known::KnownFiles,
    unlocked::Device,
};
use crate::{group::lifetimes::RETENTION_SECONDS, ids::MessageId, random::random};

const OUTBOX: &str = "outbox";

/// What was stored is listed, and can be posted again, this long: a relay's retention, unless its host changed it.
const KEPT_SECONDS: u64 = RETENTION_SECONDS;

/// One sealed envelope on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QueuedEnvelope {
    /// To which mailbox.
    pub to: MailboxId,
    /// Which alert it is; none for what a client sends by itself.
    pub alert: Option<MessageId>,
    /// Which message of a case it is.
    pub word: Option<MessageId>,
    /// Since when it waits.
    pub queued: Timestamp,
    /// Late after that: readers are told so.
    pub expires: Timestamp,
    /// What to post.
    pub envelope: Envelope,
    /// What to post in its place when that comes too late to be opened; none where it is never too late.
    pub lasting: Option<Lasting>,
    /// What stands inside that, until it has its receipt: when the mailbox that it waits for is over, it goes to the next in an envelope of that epoch.
    /// None where it is said again in some other way, or is of no use by then.
    pub inside: Option<Blob>,
    /// The relay's word that it is stored.
    pub receipt: Option<Receipt>,
}

/// The same sealed to readers' lasting keys. The secrets of a week's keys are deleted, and what was sealed to them waits for a network for
/// longer than that now and then; nobody can seal it anew, as its words are nowhere. It stays here: once the other has arrived, it is
/// overwritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lasting {
    /// From when on it is posted, by the clock of this device or of the relay.
    pub from: Timestamp,
    /// What is posted then.
    pub envelope: Envelope,
}

impl QueuedEnvelope {
    /// What is to be posted at a moment.
    #[must_use]
    pub(crate) fn at(self, now: Timestamp) -> Self {
        match self.lasting {
            // A clock that is ahead for a day costs the one envelope the protection of its week, and no alert.
            Some(Lasting { from, envelope }) if from <= now => Self {
                envelope,
                lasting: None,
                ..self
            },
            _ => self,
        }
    }

    /// Something that a client sends by itself: never too late.
    #[must_use]
    pub(crate) fn plain(to: MailboxId, envelope: Envelope, now: Timestamp) -> Self {
        Self {
            to,
            alert: None,
            word: None,
            queued: now,
            expires: Timestamp(u64::MAX),
            envelope,
            lasting: None,
            inside: None,
            receipt: None,
        }
    }
}

/// A file of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutboxFile {
    /// Its name; later ones sort later.
    pub name: String,
    /// What is in it.
    pub queued: QueuedEnvelope,
}

/// What could not be written down, by the names that the files would have.
#[derive(Debug, Default)]
pub(super) struct Held(Mutex<BTreeMap<String, QueuedEnvelope>>);

impl Held {
    pub(super) fn all(&self) -> MutexGuard<'_, BTreeMap<String, QueuedEnvelope>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The queue's end, to which one program at a time adds.
#[derive(Debug)]
pub(crate) struct QueueEnd<'a> {
    device: &'a Device,
    _lock: Lock,
}

impl<'a> QueueEnd<'a> {
    /// Waits until nobody else adds. Whoever numbers what it says does so while it holds this: messages then wait
    /// in the order of their numbers.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn lock(device: &'a Device) -> Result<Self, DeviceError> {
        let lock = device.files().lock(LockName::Queue)?;
        Ok(Self {
            device,
            _lock: lock,
        })
    }

    /// The same, and waits no longer than this.
    ///
    /// # Errors
    /// As [`Self::lock`].
    pub(crate) fn lock_within(device: &'a Device, patience: Duration) -> Result<Self, DeviceError> {
        let lock = device.files().lock_within(LockName::Queue, patience)?;
        Ok(Self {
            device,
            _lock: lock.ok_or(DeviceError::Busy)?,
        })
    }

    /// Adds envelopes, in this order. They are on disk when this returns.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn put(&self, all: &[QueuedEnvelope]) -> Result<(), DeviceError> {
        put_unordered(self.device, all)
    }
}

/// Adds envelopes also where another program may be adding some: none is lost by it, and nobody knows which waits first.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn put_unordered(device: &Device, all: &[QueuedEnvelope]) -> Result<(), DeviceError> {
    add(device.files(), &names(device)?, all)
}

/// Begins a queue, before the device is there and nobody else can add. What a try before left that came to nothing is of
/// another device, which never was.
pub(super) fn begin(files: &Files, all: &[QueuedEnvelope]) -> Result<(), DeviceError> {
    for name in files.names(OUTBOX)? {
        files.remove(&path(&name))?;
    }
    add(files, &[], all)
}

fn add(files: &Files, before: &[String], all: &[QueuedEnvelope]) -> Result<(), DeviceError> {
    for (queued, number) in all.iter().zip(next_number(before)..) {
        files.write(&path(&new_name(number)), &codec::encode(queued))?;
    }
    Ok(())
}

/// Holds an envelope in memory, as the last of the queue. No lock is needed for that: a name is never given twice.
pub(crate) fn hold(device: &Device, queued: QueuedEnvelope) {
    let names = names(device).unwrap_or_default();
    let name = new_name(next_number(&names));
    device.held().all().insert(name, queued);
}

/// Whether an envelope is in memory alone.
#[must_use]
pub(crate) fn is_held(device: &Device, name: &str) -> bool {
    device.held().all().contains_key(name)
}

/// Whether any is.
#[must_use]
pub(crate) fn holds_any(device: &Device) -> bool {
    !device.held().all().is_empty()
}

/// Whether any is that has no receipt either: it is lost with this program.
#[must_use]
pub(crate) fn is_any_unsafe(device: &Device) -> bool {
    let held = device.held().all();
    held.values().any(|queued| queued.receipt.is_none())
}

/// Writes down what is held, as far as that can be by now.
pub(crate) fn write_down(device: &Device) {
    device.held().all().retain(|name, queued| {
        let written = device.files().write(&path(name), &codec::encode(queued));
        written.is_err()
    });
}

/// What is not ours may be among the names.
fn next_number(names: &[String]) -> u64 {
    let last = names.iter().filter_map(|name| number(name)).max();
    last.unwrap_or(0).saturating_add(1)
}

/// The number gives the order. The rest makes a name that was never used: whoever still has the one of a file that is gone
/// must not take another for it.
fn new_name(number: u64) -> String {
    let tail = HEXLOWER.encode(&random::<8>());
    format!("{number:016x}-{tail}")
}

fn path(name: &str) -> String {
    format!("{OUTBOX}/{name}")
}

fn number(name: &str) -> Option<u64> {
    let (number, _) = name.split_once('-')?;
    u64::from_str_radix(number, 16).ok()
}

/// The names of all files and of what is held, oldest first. Opens none: asked every second.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn names(device: &Device) -> Result<Vec<String>, DeviceError> {
    let held: Vec<String> = device.held().all().keys().cloned().collect();
    let mut names = match device.files().names(OUTBOX) {
        // What is held waits for no disk.
        Err(error) if !held.is_empty() => {
            tracing::warn!(%error, "the outbox cannot be listed");
            Vec::new()
        }
        listed => listed?,
    };
    if !held.is_empty() {
        names.extend(held);
        names.sort_unstable();
        names.dedup();
    }
    Ok(names)
}

/// One file, which is read only when it is not the one that was read before; `None` when another program has taken it away.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn look(
    device: &Device,
    name: &str,
    known: &mut KnownFiles<OutboxFile>,
) -> Result<Option<OutboxFile>, DeviceError> {
    if is_held(device, name) {
        return read(device, name);
    }
    known.read(device.files(), &path(name), || read(device, name))
}

/// Forgets what is not among these names.
pub(crate) fn forget_others(known: &mut KnownFiles<OutboxFile>, wanted: impl Fn(&str) -> bool) {
    known.keep(|path| path.rsplit('/').next().is_some_and(&wanted));
}

/// One file; `None` when another program has taken it away.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn read(device: &Device, name: &str) -> Result<Option<OutboxFile>, DeviceError> {
    let held = device.held().all().get(name).cloned();
    let queued = match held {
        Some(held) => Some(held),
        None => device.files().read_one(&path(name))?,
    };
    Ok(queued.map(|queued| OutboxFile {
        name: name.to_owned(),
        queued,
    }))
}

/// Everything that can be read, stored or not, oldest first. What cannot is told by whoever sends.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn all(device: &Device) -> Result<Vec<OutboxFile>, DeviceError> {
    let mut all = Vec::new();
    for name in names(device)? {
        match read(device, &name) {
            Ok(file) => all.extend(file),
            Err(error) => tracing::warn!(%error, "a file of the outbox cannot be read"),
        }
    }
    Ok(all)
}

/// Every receipt that is kept.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn receipts(device: &Device) -> Result<Vec<Receipt>, DeviceError> {
    let all = all(device)?.into_iter();
    Ok(all.filter_map(|file| file.queued.receipt).collect())
}

/// Lets go the receipts for a mailbox, except those for these envelopes, so that what they were for is sent again. Each
/// such file gets a new name: whoever knows the old one as sent must not take this for it.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn post_again(
    device: &Device,
    mailbox: MailboxId,
    except: &[Hash],
) -> Result<(), DeviceError> {
    again(device, |to, receipt| {
        to == mailbox && !except.contains(&receipt.fact.envelope)
    })
    .map(drop)
}

/// Lets go all receipts: another relay has none of what they were for.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn post_all_again(device: &Device) -> Result<(), DeviceError> {
    again(device, |_, _| true).map(drop)
}

/// Lets go the receipts of up to this time; whether there were any.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn post_again_of_before(device: &Device, time: Timestamp) -> Result<bool, DeviceError> {
    again(device, |_, receipt| receipt.fact.time <= time)
}

/// Forgets all that was or is to be said to a mailbox: it is said anew.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn forget(device: &Device, mailbox: MailboxId) -> Result<(), DeviceError> {
    let files = all(device)?.into_iter();
    let mut files = files.filter(|file| file.queued.to == mailbox);
    files.try_for_each(|file| device.files().remove(&path(&file.name)))
}

/// When what was said last was queued for each mailbox of an invitation that this device made. It says all that is to be said there: what
/// was said before need not be said again.
fn newest(
    device: &Device,
    files: &[OutboxFile],
) -> Result<BTreeMap<MailboxId, Timestamp>, DeviceError> {
    let all = issued::all(device)?;
    let is_told = |to| all.iter().any(|issued| issued.mailbox == to);
    let told = files.iter().filter(|file| is_told(file.queued.to));
    Ok(told
        .map(|file| (file.queued.to, file.queued.queued))
        .collect())
}

fn again(
    device: &Device,
    is_meant: impl Fn(MailboxId, &Receipt) -> bool,
) -> Result<bool, DeviceError> {
    let mut any = false;
    let files = all(device)?;
    let newest = newest(device, &files)?;
    for file in files {
        let Some(receipt) = &file.queued.receipt else {
            continue;
        };
        let number = number(&file.name);
        let (Some(number), true) = (number, is_meant(file.queued.to, receipt)) else {
            continue;
        };
        any = true;
        let since = newest.get(&file.queued.to);
        if since.is_some_and(|since| *since != file.queued.queued) {
            device.files().remove(&path(&file.name))?;
            continue;
        }
        let again = QueuedEnvelope {
            receipt: None,
            ..file.queued.clone()
        };
        if renew(device, &file.name, (number, again))? {
            device.files().remove(&path(&file.name))?;
        }
    }
    if any {
        attaching::post_again(device)?;
    }
    Ok(any)
}

/// Lets go what a client wanted to say by itself and has not posted, as far as it is meant.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn let_go(
    device: &Device,
    is_meant: impl Fn(&QueuedEnvelope) -> bool,
) -> Result<(), DeviceError> {
    let mut files = unsaid_files(device, is_meant)?.into_iter();
    files.try_for_each(|file| device.files().remove(&path(&file.name)))
}

/// Puts what people said, and that waits for a mailbox which takes nothing any more, into an envelope for another: its words are not here, and nobody could
/// say them again. How much of that there was. Who was put out since has no key for the other epoch, whoever it was sealed to.
///
/// # Errors
/// [`DeviceError`]; the rest is left as it was.
pub(crate) fn go_on(
    device: &Device,
    to: MailboxId,
    wrap: impl Fn(&[u8]) -> Option<Envelope>,
    is_over: impl Fn(MailboxId) -> bool,
) -> Result<usize, DeviceError> {
    let mut count: usize = 0;
    for file in all(device)? {
        let queued = file.queued;
        if queued.receipt.is_some() || queued.to == to || !is_over(queued.to) {
            continue;
        }
        let wrapped = queued.inside.as_ref().and_then(|inside| wrap(&inside.0));
        let (Some(number), Some(envelope)) = (number(&file.name), wrapped) else {
            continue;
        };
        let again = QueuedEnvelope {
            to,
            envelope,
            lasting: None,
            ..queued
        };
        if renew(device, &file.name, (number, again))? {
            // It is sealed to keys of a week, whose secrets are kept for less long.
            device.files().destroy(&path(&file.name))?;
        }
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// Puts something else into a file's place of the queue, under a name of its own: whoever knows the old one as sent must not take this for it. Whether the old
/// file is to go now: a crash before that has it posted twice, which is once.
fn renew(
    device: &Device,
    old: &str,
    (number, again): (u64, QueuedEnvelope),
) -> Result<bool, DeviceError> {
    let name = new_name(number);
    let mut held = device.held().all();
    if held.remove(old).is_some() {
        held.insert(name, again);
        return Ok(false);
    }
    drop(held);
    device.files().write(&path(&name), &codec::encode(&again))?;
    Ok(true)
}

/// Destroys envelopes, posted or not, also those that are in memory alone.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn erase(
    device: &Device,
    is_meant: impl Fn(&QueuedEnvelope) -> bool,
) -> Result<(), DeviceError> {
    device.held().all().retain(|_, queued| !is_meant(queued));
    for file in all(device)?.into_iter().filter(|it| is_meant(&it.queued)) {
        device.files().destroy(&path(&file.name))?;
    }
    Ok(())
}

/// Whether something for this mailbox has no receipt yet.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn waits(device: &Device, mailbox: MailboxId) -> Result<bool, DeviceError> {
    let mut all = all(device)?.into_iter();
    Ok(all.any(|file| file.queued.to == mailbox && file.queued.receipt.is_none()))
}

/// What was said in cases and has its receipt.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn words_posted(device: &Device) -> Result<BTreeSet<MessageId>, DeviceError> {
    let all = all(device)?.into_iter().map(|file| file.queued);
    let posted = all.filter(|queued| queued.receipt.is_some());
    Ok(posted.filter_map(|queued| queued.word).collect())
}

/// What a client has queued by itself and not posted yet.
fn unsaid_files(
    device: &Device,
    is_meant: impl Fn(&QueuedEnvelope) -> bool,
) -> Result<Vec<OutboxFile>, DeviceError> {
    let mut files = all(device)?;
    files.retain(|OutboxFile { queued, .. }| {
        queued.alert.is_none() && queued.receipt.is_none() && is_meant(queued)
    });
    Ok(files)
}

/// How much of that there is for a mailbox.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn unsaid(device: &Device, mailbox: MailboxId) -> Result<usize, DeviceError> {
    Ok(unsaid_files(device, |queued| queued.to == mailbox)?.len())
}

/// Keeps the receipt with the envelope; whether that is all. One that has arrived too late to be opened is not: what waits in its place is posted
/// next.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn stored(
    device: &Device,
    file: &OutboxFile,
    receipt: Receipt,
) -> Result<bool, DeviceError> {
    let arrived = file.queued.clone().at(receipt.fact.time);
    let is_all = arrived.envelope == file.queued.envelope;
    let had_lasting = file.queued.lasting.is_some() || file.queued.inside.is_some();
    let stored = QueuedEnvelope {
        receipt: is_all.then_some(receipt),
        lasting: None,
        inside: arrived.inside.clone().filter(|_| !is_all),
        ..arrived
    };
    let mut held = device.held().all();
    if let Some(known) = held.get_mut(&file.name) {
        *known = stored;
        drop(held);
        write_down(device);
        return Ok(is_all);
    }
    drop(held);
    let name = path(&file.name);
    // Another program has just let go the receipt, to have another one.
    if !device.files().has_file(&name) {
        return Ok(is_all);
    }
    let bytes = codec::encode(&stored);
    match had_lasting {
        true => device.files().write_over(&name, &bytes)?,
        false => device.files().write(&name, &bytes)?,
    }
    Ok(is_all)
}

/// Takes away what was stored long ago; gives the receipts of the rest.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn prune(device: &Device, now: Timestamp) -> Result<Vec<Receipt>, DeviceError> {
    let mut kept = Vec::new();
    let mut listed = BTreeSet::new();
    for file in all(device)? {
        let is_old = file.queued.queued.plus(KEPT_SECONDS) < now;
        match file.queued.receipt {
            Some(_) if is_old => {
                device.files().remove(&path(&file.name))?;
                continue;
            }
            receipt => kept.extend(receipt),
        }
        listed.extend(file.queued.alert);
        listed.extend(file.queued.word);
    }
    attaching::prune(device, |with| listed.contains(with), now)?;
    Ok(kept)
}

/// What is listed of alerts and of what was said in cases.
///
/// # Errors
/// [`DeviceError`], also of one file that cannot be read: what follows it is nobody's to let go.
pub(crate) fn listed(device: &Device) -> Result<BTreeSet<MessageId>, DeviceError> {
    let mut listed = BTreeSet::new();
    for name in names(device)? {
        let queued = read(device, &name)?.map(|file| file.queued);
        listed.extend(queued.iter().filter_map(|queued| queued.alert));
        listed.extend(queued.iter().filter_map(|queued| queued.word));
    }
    Ok(listed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use bellrope_proto::{
        ids::Sequence,
        receipt::Fact,
        signing::{RelayLog, SecretKey},
    };

    use super::*;
    use crate::device::fixtures;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn queued(byte: u8) -> QueuedEnvelope {
        let envelope = Envelope::new(vec![byte; 4096]).unwrap();
        QueuedEnvelope::plain(MailboxId([1; 32]), envelope, NOW)
    }

    fn receipt() -> Receipt {
        let fact = Fact {
            mailbox: MailboxId([1; 32]),
            sequence: Sequence(1),
            envelope: Hash([0; 32]),
            head: Hash([0; 32]),
            time: NOW,
        };
        Receipt::issue(&SecretKey::<RelayLog>::from_seed(&[6; 32]), &[fact]).remove(0)
    }

    #[test]
    fn a_late_receipt_takes_nothing_away_that_came_since() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), vec![queued(1)]);
        // Two programs post the same envelope, and an alert is queued between their receipts.
        let [one, two] = [(); 2].map(|()| all(&device).unwrap().remove(0));
        stored(&device, &one, receipt()).unwrap();
        let alert = QueuedEnvelope {
            alert: Some(MessageId([7; 16])),
            ..queued(2)
        };
        QueueEnd::lock(&device).unwrap().put(&[alert]).unwrap();
        stored(&device, &two, receipt()).unwrap();
        let left = all(&device).unwrap();
        let has_receipt: Vec<_> = left
            .iter()
            .map(|file| file.queued.receipt.is_some())
            .collect();
        assert_eq!(has_receipt, [true, false]);
        // The receipt does not hold: it is posted again, before what came after it, under a name that nobody knows.
        post_again(&device, MailboxId([9; 32]), &[]).unwrap();
        post_again(&device, MailboxId([1; 32]), &[Hash([0; 32])]).unwrap();
        assert_eq!(
            all(&device).unwrap(),
            left,
            "of another mailbox, or just given"
        );
        post_again(&device, MailboxId([1; 32]), &[]).unwrap();
        let again = all(&device).unwrap();
        assert_eq!(again[0].queued, queued(1));
        assert_ne!(again[0].name, left[0].name);
        assert_eq!(again[1], left[1]);
        // A receipt that comes for the old name is not kept: there will be another.
        stored(&device, &left[0], receipt()).unwrap();
        assert_eq!(all(&device).unwrap(), again);
        prune(&device, Timestamp(u64::MAX)).unwrap();
        assert_eq!(all(&device).unwrap(), again, "what waits is kept for ever");
        stored(&device, &again[0], receipt()).unwrap();
        prune(&device, Timestamp(u64::MAX)).unwrap();
        assert_eq!(all(&device).unwrap(), again[1..]);
    }

    #[test]
    fn what_arrives_too_late_for_its_week_is_followed_by_what_opens_for_ever_and_no_trace_of_that_stays()
     {
        let from = Timestamp(NOW.0 + 100);
        let lasting = Envelope::new(vec![2; 4096]).unwrap();
        let both = QueuedEnvelope {
            lasting: Some(Lasting {
                from,
                envelope: lasting.clone(),
            }),
            inside: Some(Blob(vec![3; 64])),
            ..queued(1)
        };
        let at = |time| both.clone().at(Timestamp(time)).envelope;
        assert_eq!(at(from.0 - 1), both.envelope);
        assert_eq!(at(from.0), lasting);
        let arrived = |time: Timestamp| {
            let mut receipt = receipt();
            receipt.fact.time = time;
            receipt
        };
        for (time, is_all) in [(Timestamp(from.0 - 1), true), (from, false)] {
            let dir = tempfile::tempdir().unwrap();
            let device = fixtures::device(dir.path(), vec![both.clone()]);
            let file = all(&device).unwrap().remove(0);
            let same = dir.path().join("same");
            std::fs::hard_link(dir.path().join(path(&file.name)), &same).unwrap();
            assert_eq!(stored(&device, &file, arrived(time)).unwrap(), is_all);
            let left = all(&device).unwrap().remove(0).queued;
            assert_eq!((&left.lasting, left.receipt.is_some()), (&None, is_all));
            assert_eq!(
                left.inside.is_none(),
                is_all,
                "no longer than it may be needed"
            );
            let expected = if is_all { &both.envelope } else { &lasting };
            assert_eq!(left.envelope, *expected);
            let before = std::fs::read(&same).unwrap();
            assert!(before.iter().all(|byte| *byte == 0), "overwritten");
        }
    }
}
