//! What is sealed and waits for its receipt. On disk, synced, before any network is tried; the
//! envelope is forgotten once a relay has answered for it, and the receipt is kept for a while.

use bellrope_proto::{
    codec,
    envelope::Envelope,
    ids::{MailboxId, Timestamp},
    receipt::Receipt,
};
use serde::{Deserialize, Serialize};

use crate::{
    alert::AlertId,
    device::{Device, DeviceError},
    home::Turn,
};

const OUTBOX: &str = "outbox";

/// Receipts of what was stored are listed this long.
const KEPT_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// One sealed envelope on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// To which mailbox.
    pub to: MailboxId,
    /// Which alert it is; none for what a client sends by itself.
    pub alert: Option<AlertId>,
    /// Since when it waits.
    pub queued: Timestamp,
    /// Late after that: readers are shown what arrives later as unverified.
    pub expires: Timestamp,
    /// What to post; none once it is stored.
    pub envelope: Option<Envelope>,
    /// The relay's word that it is stored.
    pub receipt: Option<Receipt>,
}

impl Queued {
    /// Something that a client sends by itself: never too late.
    #[must_use]
    pub fn plain(to: MailboxId, envelope: Envelope, now: Timestamp) -> Self {
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
pub struct Waiting {
    /// Its name; later ones sort later.
    pub name: String,
    /// What is in it.
    pub queued: Queued,
}

/// Puts envelopes in the queue, in this order. They are on disk when this returns.
///
/// # Errors
/// [`DeviceError`].
pub fn put(device: &Device, all: &[Queued]) -> Result<(), DeviceError> {
    let _turn = device.turn(Turn::Queue)?;
    let names = device.names(OUTBOX)?;
    let last = names
        .last()
        .and_then(|name| u64::from_str_radix(name, 16).ok())
        .unwrap_or(0);
    for (queued, number) in all.iter().zip(last.saturating_add(1)..) {
        device.write(&format!("{OUTBOX}/{number:016x}"), &codec::encode(queued))?;
    }
    Ok(())
}

/// Everything, stored or not, oldest first.
///
/// # Errors
/// [`DeviceError`].
pub fn all(device: &Device) -> Result<Vec<Waiting>, DeviceError> {
    let mut all = Vec::new();
    for name in device.names(OUTBOX)? {
        // Another command may have taken it away since.
        if let Some(queued) = device.read(&format!("{OUTBOX}/{name}"))? {
            all.push(Waiting { name, queued });
        }
    }
    Ok(all)
}

/// What still has no receipt, oldest first.
///
/// # Errors
/// [`DeviceError`].
pub fn pending(device: &Device) -> Result<Vec<Waiting>, DeviceError> {
    let mut all = all(device)?;
    all.retain(|waiting| waiting.queued.envelope.is_some());
    Ok(all)
}

/// Keeps the receipt and forgets the envelope. What a client sent by itself is forgotten whole.
///
/// # Errors
/// [`DeviceError`].
pub fn stored(device: &Device, waiting: &Waiting, receipt: Receipt) -> Result<(), DeviceError> {
    let name = format!("{OUTBOX}/{}", waiting.name);
    if waiting.queued.alert.is_none() {
        return device.remove(&name);
    }
    let stored = Queued {
        envelope: None,
        receipt: Some(receipt),
        ..waiting.queued.clone()
    };
    device.write(&name, &codec::encode(&stored))
}

/// Takes away what was stored long ago.
///
/// # Errors
/// [`DeviceError`].
pub fn prune(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    for waiting in all(device)? {
        let old = waiting.queued.queued.plus(KEPT_SECONDS) < now;
        if old && waiting.queued.envelope.is_none() {
            device.remove(&format!("{OUTBOX}/{}", waiting.name))?;
        }
    }
    Ok(())
}
