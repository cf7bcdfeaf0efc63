//! What tests, fuzz targets and the load driver reach behind the facade for: a hostile member's device, a peer that breaks
//! the protocol, ten thousand devices on one machine. No front end may use it: `.ci/run` builds them without.

use std::{sync::Arc, time::Duration};

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, SecretKey, Signed},
};

pub use crate::{
    alert::machine_when,
    device::{State, StoredMessage},
    group::{Admit, Change, Claim, Entry, EpochKeys, Lease, Roster, recipients_hash},
    ids::{Epoch, GroupId},
    invitation::{Secret, SlotKeys, Step},
    message::{
        Arrival, Audience, KIND_ALERT, LaneCredential, Message, Payload, Seen, SignedMessage,
        VerifiedMessage, View,
    },
    random::random,
    relay::{ChainFault, Connection, Cursor, Delivery, KnownRelay, Session, Subscription},
    seal::{
        EpochIdentity, EpochRecipient, MemberIdentity, NotAKey, OpenError, UnlockError, capacity,
        lock, open, seal, unlock,
    },
    secret::Seed,
    sync::{say_opened, sender_view},
};
use crate::{
    alert::{Fields, vocabulary::Kind},
    attachment::{self, Attachment, PaperKind},
    device::{
        Device, DeviceError,
        cases::{self, Shelf, Word},
        inbox::{self, Kept},
    },
    extensions::Extensions,
    ids::MessageId,
    invitation::{Code, Spoken},
    membership::{self, DictateError, DictatedError, Dictation, NewInvitation},
    message::{AlertOriginals, CaseAct, CaseMessage, KIND_CASE, NoteWords, ORIGINALS},
    seal,
};

/// From now on it is this moment for the whole process, until another is set.
pub fn set_clock(now: Timestamp) {
    crate::clock::hands::set(now);
}

/// How many papers an alert announces by these bytes of its extension; none where it is not understood.
#[must_use]
pub fn announced(bytes: &[u8]) -> Option<usize> {
    let number = attachment::EXTENSION;
    let said = Extensions::new(vec![(number, bytes.to_vec())]).ok()?;
    attachment::said_in(&said).map(|all| all.len())
}

/// Reads the body of a message of a case, and what it adds, as a device reads it for which it is.
pub fn said_in_case(bytes: &[u8]) {
    let me = MemberIdentity::from_seed(&[1; 32]);
    match CaseMessage::decode(bytes).map(|body| body.act()) {
        Some(CaseAct::Files(words)) => {
            let open = words.for_device(&me);
            assert!(open.len() >= words.files.len());
        }
        Some(CaseAct::HandedOn(words)) => drop(words.for_device(&me)),
        _ => {}
    }
}

/// Reads what an alert with two papers says of originals, as a device reads it for which they are.
pub fn said_of_originals(bytes: &[u8]) {
    let paper = Attachment::original(Seed::new(&[1; 32]), PaperKind::Pdf, (9, Hash([0; 32])));
    let mut fields = Fields::of_kind(Kind::Flash);
    let said = attachment::say_in(&fields.extensions, &[paper.clone(), paper]);
    fields.extensions = said.with(ORIGINALS, bytes.to_vec());
    if let Some(said) = AlertOriginals::of(&fields) {
        let _ = said.for_device(2, &MemberIdentity::from_seed(&[1; 32]));
    }
}

/// Takes a signed part for one of a paper that has none like it, or not.
pub fn part_of_announced(bytes: &[u8]) {
    if let Ok(signed) = codec::decode::<Signed<attachment::Part>>(bytes) {
        let paper = Attachment::original(Seed::new(&[1; 32]), PaperKind::Pdf, (9, Hash([0; 32])));
        let device = SecretKey::<DeviceKey>::from_seed(&[1; 32]).public();
        let _ = paper.part(&signed, &device, (MessageId([0; 16]), 1));
    }
}

/// The keys of the mailbox of a slot, which are no secret.
#[must_use]
pub fn slot(spoken: &Spoken) -> SlotKeys {
    spoken.keys()
}

/// Dictates an invitation at the first of these slots that is free, for so many seconds.
///
/// # Errors
/// [`DictateError`].
pub async fn dictate_one_of(
    device: &Arc<Device>,
    invitation: &NewInvitation,
    tries: Vec<Spoken>,
    seconds: u64,
) -> Result<Dictation, DictateError> {
    membership::dictate_one_of(device, invitation, tries.into_iter(), seconds).await
}

/// Hears a dictated invitation, with so much patience.
///
/// # Errors
/// [`DictatedError`].
pub async fn hear_spoken_within(
    spoken: &Spoken,
    patience: Duration,
) -> Result<Code, DictatedError> {
    membership::hear_spoken_within(spoken, patience).await
}

/// What a device remembers.
///
/// # Errors
/// [`DeviceError`].
pub fn state(device: &Device) -> Result<State, DeviceError> {
    device.state()
}

/// Makes a coordinator's device know another time of the group's mailbox than its relay said.
///
/// # Errors
/// [`DeviceError`].
pub fn set_lease(device: &Device, since: Timestamp, ends: Timestamp) -> Result<(), DeviceError> {
    device.change(|state| state.lease = Some(Lease { since, ends }))
}

/// The roster that a device has.
///
/// # Errors
/// [`DeviceError`].
pub fn roster(device: &Device) -> Result<Option<Arc<Roster>>, DeviceError> {
    device.roster()
}

/// What a device signs with.
#[must_use]
pub fn signing_key(device: &Device) -> &SecretKey<DeviceKey> {
    device.signing()
}

/// What is sealed to a device opens with this.
#[must_use]
pub fn member_identity(device: &Device) -> &MemberIdentity {
    device.member()
}

/// Every message in an inbox.
///
/// # Errors
/// [`DeviceError`].
pub fn stored_messages(device: &Device) -> Result<Vec<(MessageId, StoredMessage)>, DeviceError> {
    let all = inbox::all(device)?.messages.into_iter();
    Ok(all
        .filter_map(|(id, kept, _)| match kept {
            Kept::Message(message) => Some((id, message.stored)),
            Kept::Other(_) => None,
        })
        .collect())
}

/// A message with a device's word around it that it passed the message on, from this place of the group's log.
#[must_use]
pub fn pass_on(
    device: &Device,
    sent: &SignedMessage,
    relay: bellrope_proto::signing::PublicKey<bellrope_proto::signing::Relay>,
    place: bellrope_proto::ids::Sequence,
) -> SignedMessage {
    crate::message::pass_on(sent, (relay, place), device.signing())
}

/// From now on passphrases are locked with the least work that is opened, for the whole process.
pub fn ease_passphrases() {
    seal::ease();
}

/// Puts a message into an inbox, as if it had been received.
///
/// # Errors
/// [`DeviceError`].
pub fn store_message(
    device: &Device,
    id: MessageId,
    message: &StoredMessage,
) -> Result<(), DeviceError> {
    inbox::store(device, id, message)
}

/// The kind and the body of a note about an alert.
#[must_use]
pub fn note_body(alert: &Signed<Message>, text: &str) -> (u16, Blob) {
    let id = alert
        .peek()
        .map(|alert| alert.id)
        .unwrap_or(MessageId([0; 16]));
    let note = CaseAct::Note(NoteWords {
        text: text.to_owned(),
        extensions: Extensions::none(),
    });
    let body = CaseMessage::new((id, Message::hash(alert)), Vec::new(), &note);
    (
        KIND_CASE,
        Blob(body.as_ref().map(codec::encode).unwrap_or_default()),
    )
}

/// Puts a message into a case, as if it had been received and a person had been told of it.
///
/// # Errors
/// [`DeviceError`].
pub fn store_word(
    device: &Device,
    alert: MessageId,
    id: MessageId,
    kept: StoredMessage,
) -> Result<(), DeviceError> {
    let word = Word {
        id,
        kept,
        shelf: Shelf::Told,
        waits: false,
    };
    cases::store(device, alert, &word)
}

/// Puts a file into an inbox, as another build of the program may have written it.
///
/// # Errors
/// [`DeviceError`].
pub fn store_other(device: &Device, id: MessageId, bytes: &[u8]) -> Result<(), DeviceError> {
    inbox::store_bytes(device, id, bytes)
}
