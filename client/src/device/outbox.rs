//! What is sealed and waits for its receipt. On disk, synced, before any network is tried; the
//! envelope is forgotten once a relay has answered for it, and the receipt is kept for a while.

use bellrope_proto::{
    codec,
    envelope::Envelope,
    ids::{MailboxId, Timestamp},
    receipt::Receipt,
};
use serde::{Deserialize, Serialize};

use super::{
    directory::{Lock, LockName},
    files::DeviceError,
    unlocked::Device,
};
use crate::ids::MessageId;

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
        let names = self.device.files().names(OUTBOX)?;
        let last = names
            .last()
            .and_then(|name| u64::from_str_radix(name, 16).ok())
            .unwrap_or(0);
        for (queued, number) in all.iter().zip(last.saturating_add(1)..) {
            let name = format!("{OUTBOX}/{number:016x}");
            self.device.files().write(&name, &codec::encode(queued))?;
        }
        Ok(())
    }
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

/// Keeps the receipt and forgets the envelope. What a client sent by itself is forgotten whole.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn stored(
    device: &Device,
    waiting: &OutboxFile,
    receipt: Receipt,
) -> Result<(), DeviceError> {
    let name = format!("{OUTBOX}/{}", waiting.name);
    if waiting.queued.alert.is_none() {
        return device.files().remove(&name);
    }
    let stored = QueuedEnvelope {
        envelope: None,
        receipt: Some(receipt),
        ..waiting.queued.clone()
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
