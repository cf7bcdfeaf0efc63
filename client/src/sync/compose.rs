//! Saying something to the group: signed, sealed, queued. No network here.

use bellrope_proto::{
    codec::{self, Blob},
    ids::Timestamp,
};
use zeroize::Zeroizing;

use crate::{
    alert::Alert,
    device::{Device, DeviceError, QueueEnd, QueuedEnvelope, State, damaged},
    group::recipients_hash,
    ids::MessageId,
    message::{Audience, KIND_ALERT, Message, Payload, SignedMessage, View},
    random::random,
    seal::{self, EpochRecipient, MemberKey, SealError},
};

/// A message that arrives later than this after it was signed is shown as unverified: as long as a
/// relay keeps it, by default.
const ALERT_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The device is not let in yet, or is an observer's.
    #[error("this device may not send")]
    MayNot,
    /// One that was chosen does not read in this group.
    #[error("a chosen reader is not in the group")]
    NotAReader,
    /// It does not fit.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// The group as this device sees it, for sending.
///
/// # Errors
/// [`ComposeError::MayNot`] while it is not let in.
pub fn sender_view(device: &Device, state: &State) -> Result<View, ComposeError> {
    if let Some(view) = &state.view {
        return Ok(view.clone());
    }
    let roster = device.roster()?.ok_or(ComposeError::MayNot)?;
    Ok(View::of(&roster))
}

/// Signs an alert, seals it to all readers or to the chosen ones, and queues it. The words are
/// nowhere on this device when this returns; the sender cannot read them back either.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub fn compose_alert(
    device: &Device,
    alert: &Alert,
    chosen: &[MemberKey],
    now: Timestamp,
) -> Result<MessageId, ComposeError> {
    let state = device.state()?;
    if !state.role.sends() || state.credential.is_none() {
        return Err(ComposeError::MayNot);
    }
    let view = sender_view(device, &state)?;
    if chosen.iter().any(|key| !view.readers.contains(key)) {
        return Err(ComposeError::NotAReader);
    }
    let readers = if chosen.is_empty() {
        view.readers.as_slice()
    } else {
        chosen
    };
    let epoch = EpochRecipient::from_bytes(&view.epoch.recipient.0)
        .map_err(|error| damaged("state", error))?;
    let id = MessageId(random());
    let audience = Audience {
        hash: recipients_hash(readers),
        chosen: chosen.to_vec(),
    };
    let queue = QueueEnd::lock(device)?;
    // The number is taken before the message exists: after a crash in between, readers see a gap,
    // and never two messages with one number, which would mean a cloned device.
    let signed = device.change(|state| {
        let message = Message {
            group: state.group,
            epoch: view.epoch.number,
            roster: view.roster,
            audience,
            sender: device.signing().public(),
            id,
            number: state.last_sent.number.saturating_add(1),
            previous: state.last_sent.last,
            time: now,
            expires: now.plus(ALERT_SECONDS),
            kind: KIND_ALERT,
            body: Blob(codec::encode(alert)),
        };
        let signed = device.signing().sign(&message);
        state.last_sent.number = message.number;
        state.last_sent.last = Message::hash(&signed);
        signed
    })?;
    let message = SignedMessage {
        message: signed,
        claim: state.claim().cloned(),
    };
    let payload = Zeroizing::new(Payload::Message(message).encode());
    let envelope = seal::seal(&payload, readers, &epoch)?;
    queue.put(&[QueuedEnvelope {
        to: view.epoch.mailbox,
        alert: Some(id),
        queued: now,
        expires: now.plus(ALERT_SECONDS),
        envelope,
        receipt: None,
    }])?;
    Ok(id)
}
