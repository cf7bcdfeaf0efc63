//! Plans of check-ins: made, kept, and heard; and check-ins, said and heard. What a device that checks in knows of its plan is what it takes to say so.

use bellrope_proto::{codec, ids::Timestamp};
use zeroize::Zeroizing;

use super::{
    compose::ComposeError,
    compose_alert::{SealedAlert, compose_check_in, compose_plan},
    receive::Received,
};
use crate::{
    alert::{
        Alert,
        plan::{CheckInPlan, word, word_hash},
    },
    device::{
        Device, DeviceError, OutboxFile, StoredMessage,
        cases::{self, Counts, Shelf, Word},
        frozen, inbox, outbox, plans, sent,
    },
    extensions::Extensions,
    group::Roster,
    ids::MessageId,
    message::{CheckIn, CheckInAct, VerifiedMessage},
};

/// Plans that one device has going: more are somebody's who does not end them.
const GOING_MAX: usize = 3;

/// Why nobody was told.
#[derive(Debug, thiserror::Error)]
pub enum CheckInError {
    /// This device has made no such plan, or does not know of it any more.
    #[error("there is no such plan on this device")]
    NoPlan,
    /// So many of its plans go on.
    #[error("{GOING_MAX} plans of this device go on")]
    Several,
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<DeviceError> for CheckInError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// Seals a plan to those for whom it is, and queues it. Its words are nowhere on this device when this returns.
///
/// # Errors
/// [`CheckInError`]; nothing is queued then, and the person is not waited for by anybody.
pub fn plan_check_ins(
    device: &Device,
    alert: &Alert,
    now: Timestamp,
) -> Result<SealedAlert, CheckInError> {
    let plans = own_plans(device)?;
    if plans.iter().filter(|(_, is_ended)| !is_ended).count() >= GOING_MAX {
        return Err(CheckInError::Several);
    }
    Ok(compose_plan(device, alert, now)?)
}

/// The plans of this device, each with whether its person has said that it is over. In no order.
///
/// # Errors
/// [`DeviceError`].
pub fn own_plans(device: &Device) -> Result<Vec<(MessageId, bool)>, DeviceError> {
    let all = sent::all(device)?.into_iter();
    Ok(all
        .filter_map(|(id, note)| Some((id, note.plan?.is_ended)))
        .collect())
}

/// Checks in by a plan, with whatever was typed: nothing here knows which word it is, and no byte of what leaves is more or less for it. Neither a disk
/// that takes nothing nor another program that does not let go keeps it back: see [`SealedAlert`].
///
/// # Errors
/// [`CheckInError`]; nothing is queued then.
pub fn check_in(
    device: &Device,
    plan: MessageId,
    (act, typed): (CheckInAct, &str),
    now: Timestamp,
) -> Result<SealedAlert, CheckInError> {
    let known = sent::all(device)?.remove(&plan);
    let own = known.and_then(|note| note.plan);
    let own = own.ok_or(CheckInError::NoPlan)?;
    let typed = Zeroizing::new(word(typed));
    let body = CheckIn {
        plan,
        plan_hash: own.hash,
        act,
        word: word_hash(own.hash, &typed),
        extensions: Extensions::none(),
    };
    let sealed = compose_check_in(device, codec::encode(&body), &own.not_for, now)?;
    if act == CheckInAct::End
        && let Err(error) = sent::end_plan(device, plan)
    {
        tracing::warn!(%error, "it is not noted here that a plan is over");
    }
    Ok(sealed)
}

/// Whether a relay has signed that it has a check-in, or a plan: whatever else may be wrong, that is so then.
///
/// # Errors
/// [`DeviceError`].
pub fn is_at_relay(device: &Device, id: MessageId) -> Result<bool, DeviceError> {
    let mut all = outbox::all(device)?.into_iter();
    Ok(all.any(|OutboxFile { queued, .. }| {
        queued.alert.or(queued.word) == Some(id) && queued.receipt.is_some()
    }))
}

/// Keeps a check-in with its plan's case, also where the plan has not come yet; who said it is judged when it is shown.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn keep(
    device: &Device,
    roster: &Roster,
    (verified, body): (&VerifiedMessage, &CheckIn),
    kept: StoredMessage,
    counts: &mut Option<Counts>,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    if let Some(known) = cases::find(device, body.plan, message.id)? {
        let is_same = known.kept.sent.message.bytes() == kept.sent.message.bytes();
        if !is_same {
            return Ok(Received::SameId(kept.sequence, message.id));
        }
        // A crash may have come between it and the note.
        note_forced(device, roster, body.plan)?;
        return Ok(Received::Again);
    }
    let counts = match counts {
        Some(counts) => counts,
        none => none.insert(Counts::read(device)?),
    };
    let is_here = |alert| matches!(inbox::has(device, alert), Ok(true));
    if !counts.has_room(message.sender, body.plan, is_here) {
        tracing::warn!("a device checks in more often than is kept of one");
        return Ok(Received::Again);
    }
    let is_mine = message.sender == device.signing().public();
    let word = Word {
        id: message.id,
        kept,
        shelf: if is_mine { Shelf::Told } else { Shelf::New },
        waits: false,
    };
    cases::store(device, body.plan, &word)?;
    counts.add(message.sender, body.plan);
    note_forced(device, roster, body.plan)?;
    Ok(Received::InCase(None))
}

/// Notes a plan that came, so that it is looked for without reading all that came; and what was heard of it before.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn note_plan(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Result<(), DeviceError> {
    let plan = verified.reading.fields().and_then(CheckInPlan::of);
    let Some(plan) = plan else { return Ok(()) };
    plans::note(device, verified.message.id, plan.until)?;
    note_forced(device, roster, verified.message.id)
}

/// Notes that a sender is forced by their own word, as if somebody had frozen them: from then on what they say may be written by others.
fn note_forced(device: &Device, roster: &Roster, plan: MessageId) -> Result<(), DeviceError> {
    let mut forced = frozen::forced(device, roster, plan)?.into_iter();
    forced.try_for_each(|said| frozen::note(device, said, roster))
}
