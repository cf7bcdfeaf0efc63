//! Saying something to the group: signed, sealed, queued. No network here.

use bellrope_proto::{
    codec::{self, Blob},
    ids::Timestamp,
};

use crate::{
    alert::{Alert, AlertId},
    device::{Device, DeviceError},
    item::{Audience, Item, KIND_ALERT, Message, Spoken, View},
    outbox::{self, Queued},
    roster::{Roster, recipients_hash},
    seal::{self, EpochRecipient, MemberKey, SealError},
    state::State,
    vault::random,
};

/// A message that arrives later than this after it was signed is shown as unverified: as long as a
/// relay keeps it, by default.
pub const ALERT_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum SpeakError {
    /// The device is not let in yet, or is an observer's.
    #[error("this device may not send")]
    MayNot,
    /// There is nobody to read it.
    #[error("nobody would read it")]
    Nobody,
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

impl View {
    /// What a sender must know, from the whole roster.
    #[must_use]
    pub fn of(roster: &Roster) -> Self {
        let head = roster.head();
        let position = roster.position_of(&head).unwrap_or(crate::ids::Position(0));
        Self {
            group: roster.id(),
            position,
            roster: head,
            epoch: roster.epoch().clone(),
            readers: roster.readers_at(position),
        }
    }
}

/// The group as this device sees it, for sending.
///
/// # Errors
/// [`SpeakError::MayNot`] while it is not let in.
pub fn view(device: &Device, state: &State) -> Result<View, SpeakError> {
    if let Some(view) = &state.view {
        return Ok(view.clone());
    }
    let roster = device.roster()?.ok_or(SpeakError::MayNot)?;
    Ok(View::of(&roster))
}

/// Signs an alert, seals it to all readers or to the chosen ones, and queues it. The words are
/// nowhere on this device when this returns; the sender cannot read them back either.
///
/// # Errors
/// [`SpeakError`]; nothing is queued then.
pub fn alert(
    device: &Device,
    alert: &Alert,
    chosen: &[MemberKey],
    now: Timestamp,
) -> Result<AlertId, SpeakError> {
    let state = device.state()?;
    if !state.role.sends() || state.access.is_none() {
        return Err(SpeakError::MayNot);
    }
    let view = view(device, &state)?;
    if chosen.iter().any(|key| !view.readers.contains(key)) {
        return Err(SpeakError::NotAReader);
    }
    let readers = if chosen.is_empty() {
        view.readers.as_slice()
    } else {
        chosen
    };
    let epoch =
        EpochRecipient::from_bytes(&view.epoch.recipient.0).map_err(|_| SpeakError::MayNot)?;
    let id = AlertId(random());
    let audience = Audience {
        hash: recipients_hash(readers),
        chosen: chosen.to_vec(),
    };
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
            number: state.said.number.saturating_add(1),
            previous: state.said.last,
            time: now,
            expires: now.plus(ALERT_SECONDS),
            kind: KIND_ALERT,
            body: Blob(codec::encode(alert)),
        };
        let signed = device.signing().sign(&message);
        state.said.number = message.number;
        state.said.last = Message::hash(&signed);
        signed
    })?;
    let spoken = Spoken {
        message: signed,
        claim: state.claim().cloned(),
    };
    let payload = zeroize::Zeroizing::new(Item::Message(spoken).encode());
    let envelope = seal::seal(&payload, readers, &epoch)?;
    outbox::put(
        device,
        &[Queued {
            to: view.epoch.mailbox,
            alert: Some(id),
            queued: now,
            expires: now.plus(ALERT_SECONDS),
            envelope: Some(envelope),
            receipt: None,
        }],
    )?;
    Ok(id)
}
