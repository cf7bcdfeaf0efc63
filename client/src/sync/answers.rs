//! What the sender of an alert is answered: said, on its way to who can hand it on, handed on, and what became of it.
//!
//! That a person has read the alert, and that somebody leads, the program says by itself, once each, for whoever was first. Nobody's name goes
//! along but one that its author gave on purpose.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey, Signed},
};

use super::{
    compose::{ComposeError, compose_for, compose_for_all},
    receive::Received,
};
use crate::{
    alert::tidy::tidy_lines,
    alert::vocabulary::Receipt,
    case::Case,
    device::{
        Device, DeviceError, IssuedInvitation, QueueEnd, StoredMessage,
        answers::{self, Answers, Pending, Waiting},
        cases, frozen, issued,
    },
    extensions::Extensions,
    group::{NameError, Role, Roster, check_name, lifetimes::RETENTION_SECONDS, valid_claim},
    ids::MessageId,
    membership::answer_to_post,
    message::{
        ANSWER_CHARS_MAX, Answer, AnswerFate, AnswerWords, Answered, CARRIED_MAX, CarriedOn,
        CaseAct, KIND_CARRIED_ON, KIND_TO_CARRY, Sender, ToCarry, VerifiedMessage, freezes,
    },
    seal::{MemberKey, SealError},
};

/// Why nothing is answered.
#[derive(Debug, thiserror::Error)]
pub(super) enum AnswerError {
    /// Whoever sent the alert reads the case themselves.
    #[error("whoever sent the alert reads the case")]
    SenderReads,
    /// It is not known here how to reach whoever sent the alert.
    #[error("nobody knows how to answer whoever sent the alert")]
    NoSender,
    /// The name that somebody answers by will not do.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No words.
    #[error("the answer is empty")]
    Empty,
    /// More than an answer has room for.
    #[error("the answer is longer than {ANSWER_CHARS_MAX} characters")]
    TooLong,
    /// It could not be sealed.
    #[error(transparent)]
    Seal(SealError),
}

/// The words of an answer, as its author typed them.
pub(super) fn words(text: &str, name: Option<&str>) -> Result<AnswerWords, AnswerError> {
    let text = tidy_lines(text);
    if text.is_empty() {
        return Err(AnswerError::Empty);
    }
    if text.chars().count() > ANSWER_CHARS_MAX {
        return Err(AnswerError::TooLong);
    }
    Ok(AnswerWords {
        text,
        name: name.map(check_name).transpose()?.unwrap_or_default(),
        extensions: Extensions::none(),
    })
}

/// What the sender is told by itself when somebody does this in a case: the first that does it says it.
pub(super) fn by_itself(case: &Case, act: &CaseAct) -> Option<Answered> {
    let leads = case.leader().is_some();
    match act {
        CaseAct::Receipt(said) => match said.receipt {
            Receipt::TakingLead | Receipt::HandedOver if !leads => Some(Answered::Led),
            Receipt::ConflictOfInterest | Receipt::Opened => None,
            _ => case.read_by.is_empty().then_some(Answered::Read),
        },
        // Whoever has the device of somebody who is missed is told nothing.
        CaseAct::Answer(_)
        | CaseAct::OfSender(_)
        | CaseAct::Reach(_)
        | CaseAct::Saved(_)
        | CaseAct::HandedOn(_)
        | CaseAct::Newer => None,
        // Nor that they are to be forgotten, which a person tells them.
        CaseAct::Forget(_) | CaseAct::Erased(_) | CaseAct::Keep(_) => None,
        CaseAct::State(_)
        | CaseAct::Note(_)
        | CaseAct::NoteTo(_)
        | CaseAct::Translation(_)
        | CaseAct::Facts(_)
        | CaseAct::Readers(_)
        | CaseAct::Files(_)
        | CaseAct::Block(_)
        | CaseAct::Widened(_) => case.read_by.is_empty().then_some(Answered::Read),
    }
}

/// Whom an alert's sender is reached by.
struct ToWhom {
    device: PublicKey<DeviceKey>,
    key: MemberKey,
}

/// The defender who sent an alert: by the roster, or by the claim that came with it.
fn sender_of(kept: &StoredMessage, roster: &Roster) -> Result<ToWhom, AnswerError> {
    let message = kept.sent.message.peek();
    let device = message.map_err(|_| AnswerError::NoSender)?.sender;
    if let Some(person) = roster.person(&device) {
        return match person.role {
            Role::Defender => Ok(ToWhom {
                device,
                key: person.key,
            }),
            _ => Err(AnswerError::SenderReads),
        };
    }
    if roster.removed_person(&device).is_some() {
        return Err(AnswerError::NoSender);
    }
    let claim = kept.sent.claim.as_ref();
    let claim = claim.and_then(|claim| valid_claim(claim, roster));
    let claim = claim.filter(|claim| {
        let invited = roster.invitation(&claim.invitation);
        claim.device == device && invited.is_some_and(|it| it.admit.role == Role::Defender)
    });
    claim
        .map(|claim| ToWhom {
            device,
            key: claim.key,
        })
        .ok_or(AnswerError::NoSender)
}

/// Seals an answer to the sender of an alert; `said` is the message of the case with which it goes. It is written down, and not on its way yet.
///
/// # Errors
/// [`AnswerError`].
pub(super) fn seal(
    device: &Device,
    (kept, roster): (&StoredMessage, &Roster),
    said: MessageId,
    (what, words): (Answered, Option<&AnswerWords>),
    readers: &[MemberKey],
    now: Timestamp,
) -> Result<Pending, AnswerError> {
    let to = sender_of(kept, roster)?;
    let alert = kept.sent.message.peek();
    let alert = alert.map_err(|_| AnswerError::NoSender)?;
    let answer: Signed<Answer> = device.signing().sign(&Answer {
        group: roster.id(),
        author: device.signing().public(),
        to: to.device,
        alert: alert.id,
        case: kept.case.clone(),
        time: now,
        what: what.into(),
        name: words.map(|words| words.name.clone()).unwrap_or_default(),
        text: words.map(|words| words.text.clone()).unwrap_or_default(),
        extensions: Extensions::none(),
    });
    let sealed = ToCarry::seal(said, (to.device, to.key), &answer);
    let what = sealed.map_err(|error| match error {
        // Of letters that take four bytes each there is room for fewer.
        SealError::TooLong { .. } => AnswerError::TooLong,
        error => AnswerError::Seal(error),
    })?;
    Ok(Pending {
        what,
        alert: alert.id,
        readers: readers.to_vec(),
    })
}

/// Puts into the outbox what this device's person answered and is not there yet: after a crash too. What was to go with a message that was
/// never said does not go.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn send_pending(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    let pending = answers::read(device).pending;
    let Some(roster) = device.roster()?.filter(|_| !pending.is_empty()) else {
        return Ok(());
    };
    for it in pending {
        let people = roster.people().iter();
        let to = people.filter(|person| {
            let reads = it.readers.contains(&person.key) && person.role.reads();
            reads || person.role == Role::Coordinator
        });
        let keys: Vec<MemberKey> = to.map(|person| person.key).collect();
        if cases::find(device, it.alert, it.what.said)?.is_some() {
            let said = (KIND_TO_CARRY, codec::encode(&it.what));
            match compose_for(device, said, &keys, now) {
                Ok(()) => {}
                Err(ComposeError::Device(error)) => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "an answer is not on its way yet");
                    continue;
                }
            }
        }
        answers::change(device, |all| all.pending.retain(|known| *known != it))?;
    }
    Ok(())
}

/// Takes in an answer that is to be handed on, or what became of some. That it could not be kept is not worth the messages after it.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
    arrived: Timestamp,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let Sender::Known { role, .. } = &verified.sender else {
        return Ok(Received::NotForUs);
    };
    let coordinates = |key| roster.person(key).map(|it| it.role) == Some(Role::Coordinator);
    let me = device.signing().public();
    let heard = match ToCarry::decode(&message.body.0) {
        Some(what) if message.kind == KIND_TO_CARRY => {
            // One that comes late was posted again by somebody: what became of it may be forgotten.
            let counts = role.reads() && role.sends() && coordinates(&me) && !verified.late;
            let new = Waiting {
                by: message.sender,
                arrived,
                what,
            };
            counts.then(|| answers::change(device, |all| all.wait(new)))
        }
        _ if message.kind == KIND_CARRIED_ON && *role == Role::Coordinator => {
            CarriedOn::decode(&message.body.0).map(|said| {
                answers::change(device, |all| {
                    for (of, fate) in &said.answers {
                        if let Ok(fate) = AnswerFate::try_from(*fate) {
                            all.note(*of, fate);
                        }
                    }
                })
            })
        }
        _ => None,
    };
    heard.transpose()?;
    Ok(Received::NotForUs)
}

/// On the device that has the pen, hands on what waits, and says so; what cannot be is said too. On any other's, sends what its person answered.
///
/// # Errors
/// [`ComposeError`]; what was done before is done.
pub(super) fn hand_on(device: &Device, now: Timestamp) -> Result<(), ComposeError> {
    send_pending(device, now)?;
    let known = answers::read(device);
    let Some(roster) = device.roster()?.filter(|roster| !roster.is_newer()) else {
        return Ok(());
    };
    if known.waiting.is_empty() || !device.has_pen()? {
        return Ok(());
    }
    let issued = issued::all(device)?;
    let frozen = frozen::read(device)?;
    let mut said: Vec<(MessageId, u16)> = Vec::new();
    for it in &known.waiting {
        let freezes_of = |key| freezes(&frozen, key, &roster);
        let by_others = freezes_of(&it.by).iter().any(|it_| it_.covers(it.arrived));
        let is_held = freezes_of(&it.what.to)
            .iter()
            .any(|frozen| frozen.lifted.is_none());
        let to = reachable(&issued, &roster, &it.what.to);
        let is_old = now > it.arrived.plus(RETENTION_SECONDS);
        let fate = match to {
            _ if by_others => AnswerFate::Dropped,
            _ if is_held && !is_old => AnswerFate::Held,
            Some((issued, key)) if !is_held => {
                if !answers::read(device).has_room(issued.mailbox, now) && !is_old {
                    continue;
                }
                if is_old {
                    AnswerFate::Dropped
                } else {
                    let post = answer_to_post(device, &roster, (issued, key), it, now);
                    QueueEnd::lock(device)?.put(&[post?])?;
                    answers::change(device, |all| all.hand(it.what.said, issued.mailbox, now))?;
                    AnswerFate::Handed
                }
            }
            // It may be that what it takes has not come yet.
            _ if !is_old => continue,
            _ => AnswerFate::Dropped,
        };
        if known.fate(it.what.said) != Some(fate) {
            said.push((it.what.said, fate.into()));
        }
    }
    // After it is in the outbox: a crash in between hands it on once more, and its reader's program knows it again.
    for part in said.chunks(CARRIED_MAX) {
        let body = CarriedOn {
            answers: part.to_vec(),
            extensions: Extensions::none(),
        };
        compose_for_all(device, (KIND_CARRIED_ON, codec::encode(&body)), now)?;
        answers::change(device, |all: &mut Answers| {
            for (of, fate) in part {
                if let Ok(fate) = AnswerFate::try_from(*fate) {
                    all.note(*of, fate);
                }
            }
        })?;
    }
    Ok(())
}

/// The invitation by which a defender's device came in, and the device's key.
fn reachable<'i>(
    issued: &'i [IssuedInvitation],
    roster: &Roster,
    to: &PublicKey<DeviceKey>,
) -> Option<(&'i IssuedInvitation, MemberKey)> {
    if roster.removed_person(to).is_some() {
        return None;
    }
    issued.iter().filter(|it| !it.refused).find_map(|it| {
        let claim = it.device().filter(|claim| claim.device == *to)?;
        let invited = roster.invitation(&claim.invitation)?;
        (invited.admit.role == Role::Defender).then_some((it, claim.key))
    })
}
