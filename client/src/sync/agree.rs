//! Saying to the group what nobody does alone, and hearing it: a wish and an agreement with it are one and the same statement.

use std::collections::BTreeSet;

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey, Signed},
};

use super::{
    compose::{ComposeError, compose_for_asked},
    receive::Received,
};
use crate::{
    device::{
        Device, DeviceError,
        agreed::{self, ForTaker},
    },
    extensions::Extensions,
    group::{Consent, ConsentTo, Lacking, LostRemoval, Role, Roster, TakeOver, pen::MEMBERS_ASKED},
    membership::{
        AdmissionError, PendingAct, carry_out_agreed, is_member_of_one, is_ready, pending,
    },
    message::{KIND_CONSENT, KIND_SIGNED_FOR, Sender, SignedFor, VerifiedMessage},
};

/// In how many epochs a person's word is said before they are told that it waits.
const EPOCHS_TRIED: usize = 4;

/// Why nothing was agreed with.
#[derive(Debug, thiserror::Error)]
pub enum AgreeError {
    /// Only coordinators and members are asked.
    #[error("this device's person is not asked")]
    NotAsked,
    /// It is nobody's device, or somebody whom it cannot be about: a member who is no coordinator, or is one already.
    #[error("it cannot be about this person")]
    Nobody,
    /// It is about who has the pen: another takes it first.
    #[error("the pen must pass first")]
    HasThePen,
    /// One person coordinates, and there are not the two members whom it takes to take the pen from them.
    #[error("too few could take the pen of the only coordinator")]
    OnlyCoordinator,
    /// What rules the group's mailbox is lost with the only coordinator: whoever takes the pen has a host open another first.
    #[error("taking the pen of the only coordinator needs another mailbox")]
    MailboxNeeded,
    /// This device has signed for another to take the pen from the same holder.
    #[error("this device has signed for another")]
    SignedForAnother,
    /// It was said, and could not be written down.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<DeviceError> for AgreeError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// It is done.
    Done,
    /// These are still to agree; or nobody, and the device that has the pen writes it down.
    Waits(Lacking),
}

/// Agrees for this device's person with a step about somebody: wishes it, if nobody did. It is done at once where that is enough and this
/// device has the pen.
///
/// # Errors
/// [`AgreeError`].
pub fn agree(
    device: &Device,
    (to, about): (ConsentTo, &PublicKey<DeviceKey>),
    now: Timestamp,
) -> Result<Agreed, AgreeError> {
    // What was said in one epoch is of no use in the next, which another program of this device may have begun just now.
    for _ in 0..EPOCHS_TRIED {
        let before = asked(device)?;
        agree_in(device, &before, (to, about), now)?;
        let roster = asked(device)?;
        if is_done(&roster, to, about) {
            return Ok(Agreed::Done);
        }
        if roster.epoch().number == before.epoch().number {
            break;
        }
    }
    let waits = waits_for(device, PendingAct::of(to), about)?;
    let waits = match waits {
        None => asked(device)?.lacking(to, *about, &BTreeSet::new()),
        waits => waits,
    };
    Ok(Agreed::Waits(waits.unwrap_or_default()))
}

/// Agrees in the epoch of this roster, and writes down what is agreed with.
fn agree_in(
    device: &Device,
    roster: &Roster,
    (to, about): (ConsentTo, &PublicKey<DeviceKey>),
    now: Timestamp,
) -> Result<(), AgreeError> {
    let me = device.signing().public();
    let lacking = roster.lacking(to, *about, &[me].into());
    let lacking = lacking.ok_or(AgreeError::Nobody)?;
    if lacking.another_holder {
        return Err(AgreeError::HasThePen);
    }
    let consent = consent(device, roster, (to, about));
    // Where nobody else is asked, nobody has to hear it.
    if !(lacking.is_nobody() && device.has_pen()?) {
        let said = (KIND_CONSENT, codec::encode(&consent));
        // Who is to be put out need not know before.
        let but_for = match to {
            ConsentTo::Remove => roster.devices_of(about).map(|it| it.device).collect(),
            ConsentTo::RemoveDevice => vec![*about],
            _ => Vec::new(),
        };
        compose_for_asked(device, said, &but_for, now)?;
    }
    agreed::change(device, roster, |all| all.consent(consent))?;
    carry_out_agreed(device, now)?;
    Ok(())
}

fn consent(
    device: &Device,
    roster: &Roster,
    (to, about): (ConsentTo, &PublicKey<DeviceKey>),
) -> Signed<Consent> {
    device.signing().sign(&Consent {
        group: roster.id(),
        epoch: roster.epoch().number,
        by: device.signing().public(),
        to,
        about: *about,
        extensions: Extensions::none(),
    })
}

fn members(roster: &Roster) -> usize {
    let members = roster.persons().filter(|it| it.role == Role::Member);
    members.count()
}

/// Whether it is so, by what the roster says and not by what does not wait any more: nobody is said to be out who is in.
fn is_done(roster: &Roster, to: ConsentTo, about: &PublicKey<DeviceKey>) -> bool {
    let role = roster.person(about).map(|person| person.role);
    match to {
        ConsentTo::Remove | ConsentTo::RemoveDevice => role.is_none(),
        ConsentTo::Promote => role == Some(Role::Coordinator),
        ConsentTo::Demote => role.is_some_and(|role| role != Role::Coordinator),
        ConsentTo::Unknown(_) => false,
    }
}

/// Agrees once more, once in each epoch, with what this device's person had agreed with or written, in a history that is not the group's any more:
/// who is out by it and still in by the roster is put out by the next turn (B6). Nobody is asked for it again.
///
/// # Errors
/// [`AgreeError`].
pub(crate) fn agree_again(device: &Device, now: Timestamp) -> Result<(), AgreeError> {
    let Some(roster) = device.roster()?.filter(|roster| !roster.is_newer()) else {
        return Ok(());
    };
    let lost = roster.lost_removals();
    if lost.is_empty() || asked(device).is_err() {
        return Ok(());
    }
    let me = device.signing().public();
    let out: BTreeSet<_> = roster.out().copied().collect();
    let is_mine = |key: &PublicKey<DeviceKey>| roster.is_same_person(key, &me);
    if out.contains(&me) {
        return Ok(());
    }
    for about in &out {
        let agreed_then = |it: &LostRemoval| {
            let mut consents = it.consents.iter().filter_map(|it| it.peek().ok());
            it.removed.contains(about)
                && (is_mine(&it.author)
                    || consents
                        .any(|it| is_mine(&it.by) && roster.is_same_person(&it.about, about)))
        };
        // Of a person it is said once, of whichever of their devices.
        let all_are_out = roster.devices_of(about).all(|it| out.contains(&it.device));
        let to = match all_are_out {
            true => ConsentTo::Remove,
            false => ConsentTo::RemoveDevice,
        };
        let waits = waits_for(device, PendingAct::of(to), about)?;
        let can_be = roster.lacking(to, *about, &BTreeSet::new());
        let can_be = can_be.is_some_and(|lacking| !lacking.another_holder);
        let has_agreed = || {
            let mut said = agreed::read(device, &roster).consents.into_iter();
            said.any(|it| {
                it.peek().is_ok_and(|it| {
                    let is_same = match to {
                        ConsentTo::Remove => roster.is_same_person(&it.about, about),
                        _ => it.about == *about,
                    };
                    is_mine(&it.by) && it.to == to && is_same
                })
            })
        };
        let is_decided = waits.is_some_and(|lacking| lacking.is_nobody());
        if can_be && !is_decided && lost.iter().any(agreed_then) && !has_agreed() {
            agree(device, (to, about), now)?;
        }
    }
    Ok(())
}

/// Signs for who takes the pen after the roster's head; for this device itself, takes it as soon as enough have.
///
/// # Errors
/// [`AgreeError`].
pub fn sign_for(
    device: &Device,
    taker: &PublicKey<DeviceKey>,
    now: Timestamp,
) -> Result<Agreed, AgreeError> {
    let roster = asked(device)?;
    let me = device.signing().public();
    // Whoever was lost with what rules the mailbox is put out by the same step.
    let lost = is_member_of_one(&roster, taker).then(|| roster.holder());
    if lost.is_some() && members(&roster) < MEMBERS_ASKED {
        return Err(AgreeError::OnlyCoordinator);
    }
    if roster.lacking_to_take(*taker, &[me].into()).is_none() || me == roster.holder() {
        return Err(AgreeError::Nobody);
    }
    let asked_to_remove = |it: &Signed<Consent>| {
        let said = it.peek();
        said.is_ok_and(|it| {
            let is_whole = it.to == ConsentTo::Remove && roster.is_same_person(&it.about, taker);
            let is_device = it.to == ConsentTo::RemoveDevice && it.about == *taker;
            roster.is_same_person(&it.by, &me) && (is_whole || is_device)
        })
    };
    let for_another = |it: &ForTaker| {
        roster.is_same_person(&it.by, &me) && it.holder == roster.holder() && it.taker != *taker
    };
    let said = agreed::read(device, &roster);
    if said.consents.iter().any(asked_to_remove) {
        return Err(AgreeError::Nobody);
    }
    // Before a host's token is asked for.
    if said.takers.iter().any(for_another) {
        return Err(AgreeError::SignedForAnother);
    }
    if lost.is_some() && me == *taker && !is_ready(device)? {
        return Err(AgreeError::MailboxNeeded);
    }
    let head = roster.head();
    let signature = TakeOver::sign((roster.id(), head), *taker, device.signing());
    let said = ForTaker {
        head,
        taker: *taker,
        holder: roster.holder(),
        by: me,
        signature,
    };
    // Before it is said: after a crash this device must know that it signed.
    let signed = agreed::change(device, &roster, |all| {
        if all.takers.iter().any(for_another) {
            return false;
        }
        all.taker(said.clone());
        all.takers.contains(&said)
    })?;
    if !signed {
        return Err(AgreeError::SignedForAnother);
    }
    let body = codec::encode(&SignedFor {
        head,
        taker: *taker,
        signature,
        extensions: Extensions::none(),
    });
    let mut but_for = Vec::new();
    if let Some(lost) = lost {
        // Who has that device in their hands could put everybody else out first.
        but_for = roster.devices_of(&lost).map(|it| it.device).collect();
        let consent = consent(device, &roster, (ConsentTo::Remove, &lost));
        let said = (KIND_CONSENT, codec::encode(&consent));
        compose_for_asked(device, said, &but_for, now)?;
        agreed::change(device, &roster, |all| all.consent(consent))?;
    }
    compose_for_asked(device, (KIND_SIGNED_FOR, body), &but_for, now)?;
    carry_out_agreed(device, now)?;
    let roster = asked(device)?;
    if roster.holder() == *taker {
        return Ok(Agreed::Done);
    }
    let waits = waits_for(device, Some(PendingAct::Take), taker)?;
    let waits = waits.or_else(|| roster.lacking_to_take(*taker, &BTreeSet::new()));
    Ok(Agreed::Waits(waits.unwrap_or_default()))
}

/// The roster, if this device's person is asked anything.
fn asked(device: &Device) -> Result<std::sync::Arc<Roster>, AgreeError> {
    let roster = device.roster()?.ok_or(AgreeError::NotAsked)?;
    let me = roster.person(&device.signing().public());
    let is_asked = me.is_some_and(|me| matches!(me.role, Role::Coordinator | Role::Member));
    if is_asked {
        Ok(roster)
    } else {
        Err(AgreeError::NotAsked)
    }
}

/// Who is still to agree with a step that waits; none when it does not.
fn waits_for(
    device: &Device,
    act: Option<PendingAct>,
    about: &PublicKey<DeviceKey>,
) -> Result<Option<Lacking>, DeviceError> {
    let mut waiting = pending(device)?.into_iter();
    let roster = asked(device).ok();
    let is_same = |it: &PublicKey<DeviceKey>| match act {
        Some(PendingAct::RemoveDevice | PendingAct::Take) => it == about,
        _ => roster
            .as_ref()
            .is_some_and(|roster| roster.is_same_person(it, about)),
    };
    let it = waiting.find(|it| Some(it.act) == act && is_same(&it.about));
    Ok(it.map(|it| it.lacking))
}

/// Takes in what somebody agrees with, or signs for. That it could not be kept is not worth the messages after it: it can be said again.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let Sender::Known { name, role } = &verified.sender else {
        return Ok(Received::NotForUs);
    };
    if !matches!(role, Role::Coordinator | Role::Member) {
        return Ok(Received::NotForUs);
    }
    let mut at_once = message.kind == KIND_SIGNED_FOR;
    let kept = match message.kind {
        KIND_CONSENT => {
            let said = codec::decode(&message.body.0).ok();
            let said: Option<Signed<Consent>> = said;
            let said = said.filter(|said| {
                let said = said.verify(&message.sender);
                said.is_ok_and(|said| {
                    at_once = matches!(said.to, ConsentTo::Remove | ConsentTo::RemoveDevice);
                    said.by == message.sender && said.group == roster.id()
                })
            });
            // What is agreed with for a take-over is told with the signature that comes after it.
            let is_told_later = said
                .as_ref()
                .and_then(|said| said.peek().ok())
                .is_some_and(|it| {
                    it.to == ConsentTo::Remove
                        && roster.is_same_person(&it.about, &roster.holder())
                        && is_member_of_one(roster, &device.signing().public())
                });
            let kept = said.map(|said| agreed::change(device, roster, |all| all.consent(said)));
            match kept {
                Some(Ok(_)) if is_told_later => None,
                kept => kept,
            }
        }
        KIND_SIGNED_FOR => {
            let said = SignedFor::decode(&message.body.0);
            let said = said.filter(|said| {
                let at = (roster.id(), said.head);
                TakeOver::is_signed(at, said.taker, message.sender, said.signature)
            });
            said.map(|said| {
                let said = ForTaker {
                    head: said.head,
                    taker: said.taker,
                    holder: roster.holder(),
                    by: message.sender,
                    signature: said.signature,
                };
                agreed::change(device, roster, |all| all.taker(said))
            })
        }
        _ => None,
    };
    Ok(match kept.transpose()? {
        Some(true) if message.sender != device.signing().public() => Received::Agreed {
            name: name.clone(),
            at_once,
        },
        _ => Received::NotForUs,
    })
}
