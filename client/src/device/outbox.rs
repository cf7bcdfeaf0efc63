//! What is sealed and waits for its receipt. On disk, synced, before any network is tried; the
//! envelope is forgotten once a relay has answered for it, and the receipt is kept for a while.

use bellrope_proto::{
    codec,
    envelope::Envelope,
    ids::{MailboxId, Timestamp},
    receipt::Receipt,
};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::{
    directory::{Lock, LockName},
    files::{DeviceError, Files},
    unlocked::Device,
};
use crate::{ids::MessageId, random::random};

const OUTBOX: &str = "outbox";

/// Receipts of what was stored are listed this long.
const KEPT_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// One sealed envelope on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QueuedEnvelope {
    /// To which mailbox.
    pub to: MailboxId,
    /// Which alert it is; none for what a client sends by itself.
    pub alert: Option<MessageId>,
    /// Since when it waits.
    pub queued: Timestamp,
    /// Late after that: readers are shown what arrives later as unverified.
    pub expires: Timestamp,
    /// What to post; none once it is stored.
    pub envelope: Option<Envelope>,
    /// The relay's word that it is stored.
    pub receipt: Option<Receipt>,
}

impl QueuedEnvelope {
    /// Something that a client sends by itself: never too late.
    #[must_use]
    pub(crate) fn plain(to: MailboxId, envelope: Envelope, now: Timestamp) -> Self {
        Self {
            to,
            alert: None,
            queued: now,
            expires: Timestamp(u64::MAX),
            envelope: Some(envelope),
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
        Ok(Self {
            device,
            _lock: device.files().lock(LockName::Queue)?,
        })
    }

    /// Adds envelopes, in this order. They are on disk when this returns.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn put(&self, all: &[QueuedEnvelope]) -> Result<(), DeviceError> {
        put_first(self.device.files(), all)
    }
}

/// Adds envelopes where nobody else can: before the device is there.
pub(super) fn put_first(files: &Files, all: &[QueuedEnvelope]) -> Result<(), DeviceError> {
    let names = files.names(OUTBOX)?;
    let last = names.last().and_then(|name| number(name)).unwrap_or(0);
    for (queued, number) in all.iter().zip(last.saturating_add(1)..) {
        // The number gives the order. The rest makes a name that was never used: whoever still has the one of a file that
        // is gone must not take another for it.
        let tail = HEXLOWER.encode(&random::<8>());
        let name = format!("{OUTBOX}/{number:016x}-{tail}");
        files.write(&name, &codec::encode(queued))?;
    }
    Ok(())
}

fn number(name: &str) -> Option<u64> {
    let (number, _) = name.split_once('-')?;
    u64::from_str_radix(number, 16).ok()
}

/// The names of all files, oldest first. Opens none: asked every second.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn names(device: &Device) -> Result<Vec<String>, DeviceError> {
    device.files().names(OUTBOX)
}

/// One file; `None` when another program has taken it away.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn read(device: &Device, name: &str) -> Result<Option<OutboxFile>, DeviceError> {
    let queued = device.files().read(&format!("{OUTBOX}/{name}"))?;
    Ok(queued.map(|queued| OutboxFile {
        name: name.to_owned(),
        queued,
    }))
}

/// Everything, stored or not, oldest first.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn all(device: &Device) -> Result<Vec<OutboxFile>, DeviceError> {
    let mut all = Vec::new();
    for name in names(device)? {
        all.extend(read(device, &name)?);
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

/// Keeps the receipt and forgets the envelope. What a client sent by itself is forgotten whole.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn stored(
    device: &Device,
    file: &OutboxFile,
    receipt: Receipt,
) -> Result<(), DeviceError> {
    let name = format!("{OUTBOX}/{}", file.name);
    if file.queued.alert.is_none() {
        return device.files().remove(&name);
    }
    let stored = QueuedEnvelope {
        envelope: None,
        receipt: Some(receipt),
        ..file.queued.clone()
    };
    device.files().write(&name, &codec::encode(&stored))
}

/// Takes away what was stored long ago.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn prune(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    for waiting in all(device)? {
        let old = waiting.queued.queued.plus(KEPT_SECONDS) < now;
        if old && waiting.queued.envelope.is_none() {
            device
                .files()
                .remove(&format!("{OUTBOX}/{}", waiting.name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        ids::{Hash, Sequence},
        receipt::Fact,
        signing::{Relay, SecretKey},
    };

    use super::*;
    use crate::{
        device::{FirstFiles, State},
        group::Role,
        ids::GroupId,
    };

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
        Receipt::issue(&SecretKey::<Relay>::from_seed(&[6; 32]), &[fact]).remove(0)
    }

    #[test]
    fn a_late_receipt_takes_nothing_away_that_came_since() {
        let dir = tempfile::tempdir().unwrap();
        let device = Device::make(dir.path(), &"a passphrase".into(), |_, _| {
            Ok::<_, DeviceError>(FirstFiles {
                state: State::new(GroupId(Hash([1; 32])), Role::Member),
                entries: Vec::new(),
                queue: vec![queued(1)],
            })
        });
        let device = device.unwrap();
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
        assert_eq!(left.len(), 1);
        assert!(left.iter().all(|file| file.queued.envelope.is_some()));
    }
}
