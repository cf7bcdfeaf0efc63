//! Saying something to the group: signed, sealed, queued. No network here, and for an alert no disk that it would depend on. What goes with an
//! alert stands in `compose_alert.rs`.

use std::time::Duration;

use bellrope_proto::{
    codec::Blob,
    ids::{Hash, MailboxId, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey, Signed},
};
use zeroize::Zeroizing;

use crate::{
    alert::Fields,
    device::{
        Device, DeviceError, OwnPlan, QueueEnd, QueuedEnvelope, State, damaged, out, outbox, sent,
    },
    extensions::Extensions,
    group::{Role, lifetimes::RETENTION_SECONDS, recipients_hash},
    ids::MessageId,
    message::{
        Audience, KIND_ALERT, KIND_CASE, KIND_CHECK_IN, KIND_CONSENT, KIND_HAND_OVER,
        KIND_HAND_OVER_ANSWER, KIND_REACHED_BY, KIND_RESEND_REQUEST, KIND_SEEN, KIND_SENSITIVE,
        KIND_SIGNED_FOR, KIND_SWAP, KIND_SWAP_ANSWER, KIND_WEEK_KEYS, Message, Payload, Seen,
        SignedMessage, UNCOUNTED, View,
    },
    random::random,
    seal::{EpochRecipient, MemberKey, SealError},
    show::Addressees,
    sync::weeks::seal_in_week,
};

/// A message that arrives later than this after it was signed is marked as late: as long as a relay keeps it, by default.
const ALERT_SECONDS: u64 = RETENTION_SECONDS;

/// What an alert waits for another program of this device, for each of two locks. One that does not let go was suspended, or hangs.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The device is not let in yet, or is an observer's.
    #[error("this device may not send")]
    MayNot,
    /// The device was told that it is out of the group.
    #[error("this device is not in the group any more")]
    Removed,
    /// One that was chosen does not read in this group.
    #[error("a chosen reader is not in the group")]
    NotAReader,
    /// Of those who were to read the sensitive part nobody reads the alert by now.
    #[error("nobody of those who were to read the sensitive part reads the alert")]
    NobodyForPart,
    /// A later version changed the group in a way that is not known here: whom to seal to is not known either.
    #[error("this program must be updated before it can send")]
    Newer,
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

/// Whether this device may send to the group now: asked before a person is asked anything.
///
/// # Errors
/// [`ComposeError::MayNot`], [`ComposeError::Newer`].
pub fn may_send(device: &Device) -> Result<(), ComposeError> {
    sender(device).map(|_| ())
}

pub(super) fn sender(device: &Device) -> Result<(State, View), ComposeError> {
    let state = device.state()?;
    if !state.role.sends() || state.credential.is_none() {
        return Err(ComposeError::MayNot);
    }
    if out::is_out(device)? {
        return Err(ComposeError::Removed);
    }
    let view = sender_view(device, &state)?;
    if is_newer(device, &state, &view)? {
        return Err(ComposeError::Newer);
    }
    Ok((state, view))
}

/// Whom a message is sealed to: those chosen; an alert, those for whom it is; anything else, all who read.
pub(super) fn to_whom(
    device: &Device,
    view: &View,
    alert: Option<&Fields>,
    chosen: &[MemberKey],
) -> Result<(Vec<MemberKey>, Addressees), ComposeError> {
    if let (Some(alert), []) = (alert, chosen) {
        let meant = view.alert_readers(&device.member().to_key(), alert);
        let to = Addressees::meant(device, &meant, view);
        return Ok((meant.who, to));
    }
    let everybody = everybody(device, view)?;
    // One set has one encoding.
    let mut readers = chosen.to_vec();
    readers.sort_unstable();
    readers.dedup();
    if readers.iter().any(|key| !everybody.contains(key)) {
        return Err(ComposeError::NotAReader);
    }
    if chosen.is_empty() {
        readers = everybody;
    }
    let to = Addressees::chosen(device, &readers, view)?;
    Ok((readers, to))
}

/// All who read, as far as this device knows.
pub(super) fn everybody(device: &Device, view: &View) -> Result<Vec<MemberKey>, ComposeError> {
    let roster = device.roster()?;
    let at = roster.and_then(|roster| {
        let at = roster.position_of(&view.roster)?;
        Some(roster.readers_at(at))
    });
    Ok(at.unwrap_or_else(|| view.readers.clone()))
}

/// Asks the other readers' devices for something, by itself.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_request(
    device: &Device,
    body: &[u8],
    now: Timestamp,
) -> Result<(), ComposeError> {
    compose_for_all(device, (KIND_RESEND_REQUEST, body.to_vec()), now)
}

/// Says something to chosen members, by itself.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_for(
    device: &Device,
    (kind, body): (u16, Vec<u8>),
    chosen: &[MemberKey],
    now: Timestamp,
) -> Result<(), ComposeError> {
    // An empty choice would mean all who read.
    if chosen.is_empty() {
        return Err(ComposeError::NotAReader);
    }
    compose(device, Words::of(kind, body, now), chosen).map(drop)
}

/// Says something in a case, with this id, to those who read it; what was signed.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_in_case(
    device: &Device,
    (id, body): (MessageId, Vec<u8>),
    readers: &[MemberKey],
    now: Timestamp,
) -> Result<SignedMessage, ComposeError> {
    let words = Words {
        id,
        ..Words::of(KIND_CASE, body, now)
    };
    compose(device, words, readers).map(|queued| queued.sent)
}

/// Says something in a case, with this id, to those who were chosen for it; what was signed.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_sensitive(
    device: &Device,
    (id, body): (MessageId, Vec<u8>),
    readers: &[MemberKey],
    now: Timestamp,
) -> Result<SignedMessage, ComposeError> {
    // An empty choice would mean all who read.
    if readers.is_empty() {
        return Err(ComposeError::NotAReader);
    }
    let words = Words {
        id,
        ..Words::of(KIND_SENSITIVE, body, now)
    };
    compose(device, words, readers).map(|queued| queued.sent)
}

/// Says something to everybody who reads, by itself or for its person.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_for_all(
    device: &Device,
    (kind, body): (u16, Vec<u8>),
    now: Timestamp,
) -> Result<(), ComposeError> {
    compose(device, Words::of(kind, body, now), &[]).map(drop)
}

/// The same, to those who are asked what the group does, coordinators and members, but for these devices.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_for_asked(
    device: &Device,
    (kind, body): (u16, Vec<u8>),
    but_for: &[PublicKey<DeviceKey>],
    now: Timestamp,
) -> Result<(), ComposeError> {
    let (_, view) = sender(device)?;
    let roster = device.roster()?.ok_or(ComposeError::MayNot)?;
    let asked = roster.people().iter().filter(|it| {
        matches!(it.role, Role::Coordinator | Role::Member) && !but_for.contains(&it.device)
    });
    let asked: Vec<MemberKey> = asked.map(|it| it.key).collect();
    let mut readers = everybody(device, &view)?;
    let count = readers.len();
    readers.retain(|it| asked.contains(it));
    if readers.len() == count {
        return compose_for_all(device, (kind, body), now);
    }
    compose_for(device, (kind, body), &readers, now)
}

/// Those of them who are not in by a history that overtook the one by which they were put out (B6); whether these are all.
pub(super) fn but_for_those_out(
    device: &Device,
    readers: Vec<MemberKey>,
) -> Result<(Vec<MemberKey>, bool), DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok((readers, true));
    };
    let out = roster.out().filter_map(|key| roster.person(key));
    let out: Vec<MemberKey> = out.map(|person| person.key).collect();
    let count = readers.len();
    let mut left = readers;
    left.retain(|key| !out.contains(key));
    let is_all = left.len() == count;
    Ok((left, is_all))
}

/// What is said.
pub(super) struct Words<'a> {
    pub(super) id: MessageId,
    pub(super) kind: u16,
    pub(super) body: Vec<u8>,
    /// What it says, if it is an alert.
    pub(super) alert: Option<&'a Fields>,
    /// Whom it is not for, of those who read, if it is a plan of check-ins.
    pub(super) plan_not_for: Option<Vec<MemberKey>>,
    pub(super) now: Timestamp,
}

impl Words<'_> {
    /// No alert.
    pub(super) fn of(kind: u16, body: Vec<u8>, now: Timestamp) -> Self {
        Self {
            id: MessageId(random()),
            kind,
            body,
            alert: None,
            plan_not_for: None,
            now,
        }
    }
}

/// What was said and is queued.
pub(super) struct Queued {
    pub(super) id: MessageId,
    pub(super) to: Addressees,
    /// Why it has no number, and why it is in the memory of this program alone: of an alert, which goes all the same.
    pub(super) uncounted: Option<DeviceError>,
    pub(super) unkept: Option<DeviceError>,
    sent: SignedMessage,
}

/// Signs what is said, seals it, and queues it.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose(
    device: &Device,
    words: Words<'_>,
    chosen: &[MemberKey],
) -> Result<Queued, ComposeError> {
    let Words {
        id,
        kind,
        body,
        alert,
        plan_not_for,
        now,
    } = words;
    let (state, view) = sender(device)?;
    let (readers, to) = to_whom(device, &view, alert, chosen)?;
    let (readers, is_all) = but_for_those_out(device, readers)?;
    let epoch = EpochRecipient::from_bytes(&view.epoch.recipient.0)
        .map_err(|error| damaged("state", error))?;
    let mut message = Message {
        group: state.group,
        epoch: view.epoch.number,
        roster: view.roster,
        audience: Audience {
            hash: recipients_hash(&readers),
            chosen: if chosen.is_empty() && is_all {
                Vec::new()
            } else {
                readers.clone()
            },
        },
        sender: device.signing().public(),
        id,
        number: UNCOUNTED,
        previous: state.last_sent.last,
        time: now,
        expires: now.plus(ALERT_SECONDS),
        seen: known_log(device, &state, &view),
        kind,
        body: Blob(body),
        extensions: Extensions::none(),
    };
    // Nobody who is in a hurry makes a plan, and one of which nothing is known here would be missed by everybody.
    let must_go = (kind == KIND_ALERT && plan_not_for.is_none()) || kind == KIND_CHECK_IN;
    let (signed, queue, uncounted) = match number(device, &mut message) {
        Ok((signed, queue)) => (signed, Some(queue), None),
        Err(error) if must_go => {
            message.number = UNCOUNTED;
            (device.signing().sign(&message), None, Some(error))
        }
        Err(error) => return Err(error.into()),
    };
    let message = SignedMessage {
        message: signed,
        // A reader is in the roster: whoever reads it knows the device.
        claim: state.claim().filter(|_| !state.role.reads()).cloned(),
        extensions: Extensions::none(),
    };
    let payload = Zeroizing::new(Payload::Message(message.clone()).encode());
    let (view_of_weeks, to_whom) = (state.view.as_ref(), (readers.as_slice(), &epoch));
    let sealed = seal_in_week(device, view_of_weeks, &payload, to_whom, now)?;
    let queued = QueuedEnvelope {
        to: view.epoch.mailbox,
        alert: (kind == KIND_ALERT).then_some(id),
        word: matches!(kind, KIND_CASE | KIND_CHECK_IN | KIND_SENSITIVE).then_some(id),
        queued: now,
        expires: now.plus(ALERT_SECONDS),
        envelope: sealed.envelope,
        lasting: sealed.lasting,
        inside: goes_on(kind).then_some(Blob(sealed.inside)),
        receipt: None,
    };
    if let Some(not_for) = plan_not_for {
        let plan = OwnPlan {
            hash: Message::hash(&message.message),
            not_for,
            is_ended: false,
        };
        sent::note_plan(device, id, plan)?;
    }
    let all = std::slice::from_ref(&queued);
    let kept = match queue {
        Some(queue) => queue.put(all),
        None => outbox::put_unordered(device, all),
    };
    let unkept = match kept {
        Ok(()) => None,
        Err(error) if must_go => {
            outbox::hold(device, queued);
            Some(error)
        }
        Err(error) => return Err(error.into()),
    };
    // Nothing of the alert depends on it.
    if let Some(alert) = alert
        && let Err(error) = sent::note(device, id, alert.original)
    {
        tracing::warn!(%error, "the alert's id was not noted");
    }
    Ok(Queued {
        id,
        to,
        uncounted,
        unkept,
        sent: message,
    })
}

/// Whether what waits for the mailbox of an epoch that is over goes on to the next as it is. Not what is said again from what this device has of it
/// (`say_again`), what is of no use in another epoch, and what a client says by itself and would say otherwise by then.
fn goes_on(kind: u16) -> bool {
    !matches!(
        kind,
        KIND_CASE
            | KIND_SENSITIVE
            | KIND_HAND_OVER
            | KIND_HAND_OVER_ANSWER
            | KIND_SWAP
            | KIND_SWAP_ANSWER
            | KIND_CONSENT
            | KIND_SIGNED_FOR
            | KIND_RESEND_REQUEST
            | KIND_WEEK_KEYS
            | KIND_SEEN
            | KIND_REACHED_BY
    )
}

/// Gives a message its number, and signs it. The number is on disk before the message leaves this file: after a crash in between,
/// readers see a gap, and never two messages with one number, which would mean a copied device.
fn number<'a>(
    device: &'a Device,
    message: &mut Message,
) -> Result<(Signed<Message>, QueueEnd<'a>), DeviceError> {
    let queue = QueueEnd::lock_within(device, LOCK_PATIENCE)?;
    let signed = device.change_within(LOCK_PATIENCE, |state| {
        message.number = state.last_sent.number.saturating_add(1);
        message.previous = state.last_sent.last;
        let signed = device.signing().sign(message);
        state.last_sent.number = message.number;
        state.last_sent.last = Message::hash(&signed);
        signed
    })?;
    Ok((signed.ok_or(DeviceError::Busy)?, queue))
}

/// Whether what this device knows of the group has parts that this program must be updated for.
fn is_newer(device: &Device, state: &State, view: &View) -> Result<bool, DeviceError> {
    let credential = state.credential.as_ref();
    let roster = device.roster()?;
    Ok(view.is_newer()
        || credential.is_some_and(|credential| credential.extensions.has_critical())
        || roster.is_some_and(|roster| roster.is_newer()))
}

/// How far this device knows the group's mailbox: a reader's cursor; else the newest receipt, which is all that a
/// defender ever hears of it. Nothing is worth holding an alert up for.
fn known_log(device: &Device, state: &State, view: &View) -> Vec<Seen> {
    let known = state.place.log_of;
    let Some(relay) = known.or_else(|| view.epoch.relays.first().map(|relay| relay.key())) else {
        return Vec::new();
    };
    let cursor = state.cursor.as_ref();
    let known = match cursor.map(|cursor| (cursor.sequence, cursor.head)) {
        Some(known) => Some(known),
        None => newest_receipt(device, view.epoch.mailbox),
    };
    let known = known.filter(|(sequence, _)| *sequence > Sequence(0));
    let seen = known.map(|(sequence, head)| Seen {
        relay,
        sequence,
        head,
    });
    seen.into_iter().collect()
}

fn newest_receipt(device: &Device, mailbox: MailboxId) -> Option<(Sequence, Hash)> {
    let receipts = outbox::receipts(device).ok()?.into_iter();
    let facts = receipts.map(|receipt| receipt.fact);
    let newest = facts
        .filter(|fact| fact.mailbox == mailbox)
        .max_by_key(|fact| fact.sequence);
    newest.map(|fact| (fact.sequence, fact.head))
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
