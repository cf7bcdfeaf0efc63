//! Wishes of coordinators whose device has not the pen: said to the group, heard, and, on the device that has it, written down by itself as soon as
//! the rules are met. For a person it is one act either way: what their device may write it writes, and what it may not it wishes.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Invitation, PublicKey},
};

use super::{
    compose::{ComposeError, compose_for, compose_for_all, may_send},
    receive::Received,
};
use crate::{
    clock::now,
    device::{
        Device, DeviceError, QueueEnd, frozen, issued, outbox,
        wishes::{self, KnownWish, WishedInvitation},
    },
    group::{Role, Roster, RosterError, lifetimes::RETENTION_SECONDS},
    ids::WishId,
    membership::{
        self, AdmissionError, CircleError, DutyError, Fate, NewInvitation, PlannedCircle,
        PlannedDuty, PlannedRetention, RetentionError, draft_invitation, fate, no_for_wished,
        to_post, wished_invitation, write_wish,
    },
    message::{
        KIND_WISH, KIND_WISH_ANSWER, Sender, VerifiedMessage, Wish, WishAct, WishAnswer,
        WishOutcome, freezes,
    },
    random::random,
    seal::MemberKey,
    show::WishLine,
};

/// Why nothing was written, and nothing wished.
#[derive(Debug, thiserror::Error)]
pub enum WishError {
    /// More waits than one person may have waiting.
    #[error("too much waits for the device that has the pen")]
    TooMuch,
    /// As where this device has the pen.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The same of who reads new alerts.
    #[error(transparent)]
    Circle(#[from] CircleError),
    /// And of who is on duty.
    #[error(transparent)]
    Duty(#[from] DutyError),
    /// And of how long cases are kept.
    #[error(transparent)]
    Retention(#[from] RetentionError),
    /// It could not be said.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<DeviceError> for WishError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is in the roster.
    Written,
    /// The device of this person, who has the pen, is asked.
    Of(String),
}

/// Makes an invitation. Where another device has the pen, it works all the same: a defender sends with it, and a newcomer asks by it; the roster has
/// it when that device has written it down.
///
/// # Errors
/// [`WishError`].
pub fn invite(
    device: &Device,
    role: Role,
    name: &str,
    expires: Timestamp,
    now: Timestamp,
) -> Result<NewInvitation, WishError> {
    let Some(roster) = others_write(device)? else {
        return Ok(membership::invite(device, role, name, expires, now)?);
    };
    if let Some(before) = wished_invitation(device, name, now)? {
        withdraw(device, &before.code.secret.keys().invitation.public(), now)?;
    }
    let drafted = draft_invitation(device, &roster, (role, name), expires, now)?;
    let act = WishAct::Invite(drafted.admit);
    wish(device, &roster, &act, now, |all| all.keep(drafted.kept))?;
    Ok(drafted.new)
}

/// An invitation that nobody has used, to be given to the person again.
///
/// # Errors
/// [`AdmissionError`].
pub fn invitation(
    device: &Device,
    name: &str,
    now: Timestamp,
) -> Result<NewInvitation, AdmissionError> {
    match wished_invitation(device, name, now)? {
        Some(wished) => Ok(wished),
        None => membership::invitation(device, name, now),
    }
}

/// Whether the relay does not have all of an invitation yet: its mailbox, what is in it, or its entry in the roster or the wish for that.
///
/// # Errors
/// [`DeviceError`].
pub fn invitation_waits(device: &Device, invitation: &NewInvitation) -> Result<bool, DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(true);
    };
    let mailbox = invitation.code.secret.keys().mailbox();
    let issued = issued::all(device)?;
    let wished = wishes::read(device, &roster).invitations;
    let issued = issued.iter().map(|it| (it.mailbox, it.open_until));
    let wished = wished.iter().map(|it| (it.mailbox, it.open_until));
    let is_open = issued
        .chain(wished)
        .any(|(its, open_until)| its == mailbox && open_until.is_some());
    for mailbox in [roster.epoch().mailbox, mailbox] {
        if outbox::waits(device, mailbox)? {
            return Ok(true);
        }
    }
    Ok(!is_open)
}

/// Lets in the device that used an invitation.
///
/// # Errors
/// [`WishError`].
pub fn approve(
    device: &Device,
    invitation: &PublicKey<Invitation>,
    now: Timestamp,
) -> Result<Asked, WishError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let invited = roster.invitation(invitation);
    let at = invited.map(|it| it.at).ok_or(AdmissionError::NoClaim)?;
    let Some(roster) = others_write(device)? else {
        membership::approve(device, at, now)?;
        return Ok(Asked::Written);
    };
    let mut all = issued::all(device)?.into_iter();
    let claim = all.find(|it| it.admitted_at == at && !it.refused);
    let claim = claim.and_then(|it| it.device());
    let claim = claim.ok_or(AdmissionError::NoClaim)?;
    let act = WishAct::Approve(*invitation, claim.device);
    wish(device, &roster, &act, now, |_| ())?;
    Ok(asked(&roster))
}

/// Does not let in who used an invitation, or takes back one that nobody used.
///
/// # Errors
/// [`WishError`].
pub fn refuse(
    device: &Device,
    invitation: &PublicKey<Invitation>,
    now: Timestamp,
) -> Result<Asked, WishError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    match (others_write(device)?, roster.invitation(invitation)) {
        (None, Some(invited)) => {
            membership::refuse(device, invited.at, now)?;
            Ok(Asked::Written)
        }
        (None, None) => Err(AdmissionError::NotInvited.into()),
        (Some(_), Some(invited)) if !invited.is_open() => Err(AdmissionError::NoClaim.into()),
        (Some(roster), Some(_)) => {
            let act = WishAct::Withdraw(*invitation);
            wish(device, &roster, &act, now, |_| ())?;
            Ok(asked(&roster))
        }
        (Some(_), None) => {
            withdraw(device, invitation, now)?;
            Ok(Asked::Written)
        }
    }
}

/// Takes back an invitation that the roster does not have: nothing is left to be written, and whoever has the code is told.
fn withdraw(
    device: &Device,
    invitation: &PublicKey<Invitation>,
    now: Timestamp,
) -> Result<(), WishError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let known = wishes::read(device, &roster);
    let kept = known.invitation(invitation);
    let kept = kept.ok_or(AdmissionError::NotInvited)?.clone();
    wish(
        device,
        &roster,
        &WishAct::Withdraw(*invitation),
        now,
        |_| (),
    )?;
    let refusal = no_for_wished(device, &roster, &kept, now)?;
    Ok(QueueEnd::lock(device)?.put(&[refusal])?)
}

/// Has it be as it was planned who reads new alerts.
///
/// # Errors
/// [`WishError`].
pub fn set_circle(
    device: &Device,
    planned: PlannedCircle,
    now: Timestamp,
) -> Result<Asked, WishError> {
    let Some(roster) = others_write(device)? else {
        membership::set_circle(device, planned, now)?;
        return Ok(Asked::Written);
    };
    let act = WishAct::Policy(planned.before, planned.policy);
    wish(device, &roster, &act, now, |_| ())?;
    Ok(asked(&roster))
}

/// Has it be as it was planned who is on duty when.
///
/// # Errors
/// [`WishError`].
pub fn set_duty(device: &Device, planned: PlannedDuty, now: Timestamp) -> Result<Asked, WishError> {
    let Some(roster) = others_write(device)? else {
        membership::set_duty(device, (planned.rota, planned.before), now)?;
        return Ok(Asked::Written);
    };
    let act = WishAct::Duty(planned.before, planned.rota);
    wish(device, &roster, &act, now, |_| ())?;
    Ok(asked(&roster))
}

/// Has cases be kept for as long as it was planned.
///
/// # Errors
/// [`WishError`].
pub fn set_retention(
    device: &Device,
    planned: PlannedRetention,
    now: Timestamp,
) -> Result<Asked, WishError> {
    let Some(roster) = others_write(device)? else {
        membership::set_retention(device, (planned.kept, planned.before), now)?;
        return Ok(Asked::Written);
    };
    let act = WishAct::Retention(planned.before, planned.kept);
    wish(device, &roster, &act, now, |_| ())?;
    Ok(asked(&roster))
}

/// The roster, if this device's person coordinates and another's device writes it.
fn others_write(device: &Device) -> Result<Option<std::sync::Arc<Roster>>, WishError> {
    membership::may_wish_roster(device)?;
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let is_holder = roster.holder() == device.signing().public();
    Ok((!is_holder).then_some(roster))
}

fn asked(roster: &Roster) -> Asked {
    let holder = roster.person(&roster.holder());
    Asked::Of(holder.map(|it| it.name.clone()).unwrap_or_default())
}

/// Wishes something, and says so. Written down here first: after a crash it is said, and as the same wish.
fn wish(
    device: &Device,
    roster: &Roster,
    act: &WishAct,
    now: Timestamp,
    besides: impl FnOnce(&mut wishes::Wishes),
) -> Result<(), WishError> {
    may_send(device)?;
    let new = KnownWish {
        by: device.signing().public(),
        wish: Wish::new(WishId(random()), act),
        head: roster.head(),
        arrived: now,
        said: false,
        refused: None,
    };
    let is_noted = wishes::change(device, roster, |all| {
        // What is asked for once more after a no is asked for anew.
        let is_same = |it: &KnownWish| it.by == new.by && it.act().as_ref() == Some(act);
        all.known
            .retain(|it| !(is_same(it) && it.refused.is_some()));
        if all.known.iter().any(is_same) {
            return true;
        }
        let is_noted = all.note(new);
        if is_noted {
            besides(all);
        }
        is_noted
    })?;
    if !is_noted {
        return Err(WishError::TooMuch);
    }
    say_unsaid(device, roster, now)
}

/// Says what this device's person wishes and is not in the outbox: after a crash; and again, where it was said in sight of a history that
/// is not the group's any more.
fn say_unsaid(device: &Device, roster: &Roster, now: Timestamp) -> Result<(), WishError> {
    let me = device.signing().public();
    let known = wishes::read(device, roster);
    for it in known.known.iter().filter(|it| it.by == me) {
        if it.refused.is_some() && now > it.arrived.plus(RETENTION_SECONDS) {
            wishes::change(device, roster, |all| all.forget(it.wish.id))?;
        }
        let is_lost = roster.position_of(&it.head).is_none();
        if it.by != me || it.refused.is_some() || (it.said && !is_lost) {
            continue;
        }
        let Some(act) = it.act() else { continue };
        if let WishAct::Invite(admit) = &act
            && let Some(kept) = known.invitation(&admit.invitation)
        {
            let queue = to_post(device, roster, (kept, admit), now)?;
            QueueEnd::lock(device)?.put(&queue)?;
        }
        let said = (KIND_WISH, codec::encode(&it.wish));
        say(device, (roster, &act), said, now)?;
        let id = it.wish.id;
        wishes::change(device, roster, |all| {
            if let Some(it) = all.known.iter_mut().find(|it| it.wish.id == id) {
                it.said = true;
                it.head = roster.head();
            }
        })?;
    }
    Ok(())
}

/// Who has to know of it: everybody of an invitation, as they are shown who speaks by it; of the rest only who coordinates, as nothing came of it yet.
fn say(
    device: &Device,
    (roster, act): (&Roster, &WishAct),
    said: (u16, Vec<u8>),
    now: Timestamp,
) -> Result<(), ComposeError> {
    match act {
        WishAct::Invite(_) | WishAct::Withdraw(_) => compose_for_all(device, said, now),
        WishAct::Approve(..) | WishAct::Policy(..) | WishAct::Duty(..) | WishAct::Retention(..) => {
            let people = roster.people().iter();
            let coordinators = people.filter(|it| it.role == Role::Coordinator);
            let keys: Vec<MemberKey> = coordinators.map(|it| it.key).collect();
            compose_for(device, said, &keys, now)
        }
    }
}

/// Takes in a wish, or what came of one. That it could not be kept is not worth the messages after it: it can be said again.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
    arrived: Timestamp,
) -> Result<Received, DeviceError> {
    let Sender::Known {
        role: Role::Coordinator,
        ..
    } = &verified.sender
    else {
        return Ok(Received::NotForUs);
    };
    match verified.message.kind {
        KIND_WISH => hear_wish(device, roster, verified, arrived),
        _ => hear_answer(device, roster, verified),
    }
}

fn hear_wish(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
    arrived: Timestamp,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    // One that comes late was posted again by somebody: what came of it may be forgotten.
    let Some((wish, _)) = Wish::decode(&message.body.0).filter(|_| !verified.late) else {
        return Ok(Received::NotForUs);
    };
    let heard = KnownWish {
        by: message.sender,
        wish,
        head: message.roster,
        arrived,
        said: true,
        refused: None,
    };
    let is_new = wishes::change(device, roster, |all| all.note(heard.clone()))?;
    let me = device.signing().public();
    let coordinates = roster.person(&me).map(|me| me.role) == Some(Role::Coordinator);
    let frozen = freezes(&frozen::read(device)?, &message.sender, roster);
    let is_told = is_new
        && coordinates
        && message.sender != me
        && !frozen.iter().any(|frozen| frozen.covers(arrived));
    let line = is_told.then(|| WishLine::of(device, roster, &heard, None));
    Ok(match line.flatten() {
        Some(line) => Received::Wish(Box::new(line)),
        None => Received::NotForUs,
    })
}

fn hear_answer(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let me = device.signing().public();
    // Whoever had the pen when they said it, or has it now.
    let then = roster.position_of(&message.roster);
    let had_pen = then.is_some_and(|at| roster.holder_at(at) == Some(message.sender))
        || roster.holder() == message.sender;
    let Some((id, outcome)) = WishAnswer::decode(&message.body.0).filter(|_| had_pen) else {
        return Ok(Received::NotForUs);
    };
    let known = wishes::read(device, roster);
    let Some(it) = known.of(id).filter(|_| message.sender != me) else {
        return Ok(Received::NotForUs);
    };
    wishes::settle(device, roster)?;
    let line = WishLine::of(device, roster, it, Some(outcome));
    // What they took back themselves is no news.
    let is_mine = it.by == me && !takes_back(&known, it);
    let admit = it
        .admit()
        .filter(|_| is_mine && outcome != WishOutcome::Written);
    let kept = admit.and_then(|admit| known.invitation(&admit.invitation));
    if let Some(kept) = kept {
        tell_no(device, roster, kept)?;
    }
    wishes::change(device, roster, |all| {
        let known = all.known.iter_mut().find(|it| it.wish.id == id);
        match known.filter(|_| is_mine && outcome != WishOutcome::Written) {
            Some(known) => known.refused = Some(outcome),
            None => all.forget(id),
        }
    })?;
    Ok(match line.filter(|_| is_mine) {
        Some(line) => Received::Wish(Box::new(line)),
        None => Received::NotForUs,
    })
}

/// Whoever has the code of an invitation that is not written down is told that nobody comes in by it.
fn tell_no(device: &Device, roster: &Roster, kept: &WishedInvitation) -> Result<(), DeviceError> {
    match no_for_wished(device, roster, kept, now()) {
        Ok(refusal) => QueueEnd::lock(device)?.put(&[refusal]),
        Err(error) => {
            tracing::warn!(%error, "who has the code of an invitation could not be told that it is over");
            Ok(())
        }
    }
}

/// On the device that has the pen, writes down what is wished, or says why not; on another coordinator's, says what was not said yet. What was written
/// for others, and what was not.
///
/// # Errors
/// [`WishError`]; what was done before is done.
pub(crate) fn carry_out_wishes(
    device: &Device,
    now: Timestamp,
) -> Result<Vec<WishLine>, WishError> {
    let Some(roster) = device.roster()?.filter(|roster| !roster.is_newer()) else {
        return Ok(Vec::new());
    };
    let known = wishes::read(device, &roster);
    if known == wishes::Wishes::default() {
        return Ok(Vec::new());
    }
    wishes::settle(device, &roster)?;
    if !device.has_pen()? {
        if membership::may_wish_roster(device).is_ok() {
            say_unsaid(device, &roster, now)?;
        }
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for it in known.known.iter().filter(|it| it.refused.is_none()) {
        let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
        let mut came = fate(device, &roster, it, now)?;
        if came == Fate::Write {
            came = match write_wish(device, it, now) {
                // It has gone to another device meanwhile.
                Err(_) if !device.has_pen()? => return Ok(lines),
                done => written(done)?,
            };
        }
        let outcome = match came {
            Fate::Write | Fate::Waits => continue,
            Fate::Void => None,
            Fate::Comes(outcome) => Some(outcome),
        };
        let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
        if let (Some(outcome), Some(act)) = (outcome, it.act()) {
            if !takes_back(&known, it) {
                lines.extend(WishLine::of(device, &roster, it, Some(outcome)));
            }
            let said = codec::encode(&WishAnswer::new(it.wish.id, outcome));
            say(device, (&roster, &act), (KIND_WISH_ANSWER, said), now)?;
        }
        // After the answer: a crash in between says it twice.
        wishes::change(device, &roster, |all| all.forget(it.wish.id))?;
    }
    Ok(lines)
}

/// Whether an invitation is wished that a coordinator has taken back since.
fn takes_back(known: &wishes::Wishes, it: &KnownWish) -> bool {
    let admit = it.admit();
    admit.is_some_and(|admit| known.invited(&admit.invitation).is_none())
}

/// What came of writing a wish down; what may be otherwise the next time is an error.
fn written(done: Result<Fate, AdmissionError>) -> Result<Fate, AdmissionError> {
    Ok(Fate::Comes(match done {
        Ok(fate) => return Ok(fate),
        Err(AdmissionError::Rule(RosterError::OverLimit)) => WishOutcome::Full,
        Err(AdmissionError::NameTaken | AdmissionError::Asks) => WishOutcome::Name,
        Err(AdmissionError::NoClaim | AdmissionError::NotInvited) => WishOutcome::Over,
        Err(AdmissionError::Rule(RosterError::Newer)) => {
            return Err(RosterError::Newer.into());
        }
        Err(AdmissionError::Rule(_)) => WishOutcome::Rules,
        Err(error) => return Err(error),
    }))
}
