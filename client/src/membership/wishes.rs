//! What coordinators wish while another's device has the pen: an invitation that works before the roster has it, and, on the device that has the
//! pen, holding each wish against the roster as it is now. Rules Q1 to Q7 of PROTOCOL.md, "Wishing".

use std::collections::BTreeSet;

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, Invitation, PublicKey, Signed},
};
use zeroize::Zeroizing;

use super::{
    admit::{approve, closed, take_back, withdraw},
    circle::{CircleError, can_be, newest, set_policy},
    duty::{self, DutyError, set_duty},
    inviting::{Draft, NewInvitation, alike, bundle, draft, namesakes, queue_bundle},
    pending::to_be_put_out,
    retention::{RetentionError, set_retention},
    transaction::{AdmissionError, RosterTransaction, sealed},
    views::view_in,
};
use crate::{
    clock,
    device::{
        Device, DeviceError, IssuedInvitation, QueuedEnvelope, Sent, WeekBook,
        contacts::Contacts,
        damaged, frozen, issued,
        wishes::{self, KnownWish, WishedInvitation, Wishes},
    },
    duty::Rota,
    extensions::Extensions,
    group::{
        Admit, Change, Entry, Invited, Policy, Retention, Role, Roster, check_name, is_same_name,
    },
    ids::{Position, WishId},
    invitation::{Code, CoordinatorMark},
    message::{
        Coordinator, Custody, Delegation, Payload, SaidOfSender, View, Wish, WishAct, WishOutcome,
        Wished, freezes,
    },
    random::random,
    seal,
};

type Key = PublicKey<DeviceKey>;

/// An invitation whose maker has not the pen.
pub(crate) struct DraftedInvitation {
    /// What is given to somebody.
    pub(crate) new: NewInvitation,
    /// What is to be written.
    pub(crate) admit: Admit,
    /// What this device keeps of it.
    pub(crate) kept: WishedInvitation,
}

/// Makes an invitation on a coordinator's device that has not the pen. Nothing is said of it yet.
pub(crate) fn draft_invitation(
    device: &Device,
    roster: &Roster,
    (role, name): (Role, &str),
    expires: Timestamp,
    now: Timestamp,
) -> Result<DraftedInvitation, AdmissionError> {
    let name = check_name(name)?;
    let known = wishes::read(device, roster);
    let contacts = Contacts::read(device)?;
    let me = device.signing().public();
    let named = |it: &KnownWish| {
        let named = it.admit()?.name;
        let contact = contacts.of(&named).map(|it| it.name.clone());
        Some(is_same_name(&contact.unwrap_or(named), &name))
    };
    let mut wished = known.known.iter().filter(|it| it.refused.is_none());
    if wished.any(|it| it.by != me && named(it) == Some(true)) {
        return Err(AdmissionError::NameTaken);
    }
    let drafted = draft(device, roster, (role, &name), expires, now)?;
    let Draft {
        admit,
        secret,
        before,
    } = drafted;
    let kept = WishedInvitation {
        mailbox: admit.mailbox,
        delegation: delegation(device, roster, admit.invitation),
        secret,
        open_until: None,
    };
    let new = as_given(device, roster, (&kept, &admit), now)?;
    Ok(DraftedInvitation {
        new: NewInvitation {
            replaces: !before.is_empty(),
            ..new
        },
        admit,
        kept,
    })
}

/// What is given to somebody of an invitation that the roster does not have yet.
fn as_given(
    device: &Device,
    roster: &Roster,
    (kept, admit): (&WishedInvitation, &Admit),
    now: Timestamp,
) -> Result<NewInvitation, AdmissionError> {
    let authority = device.state()?.authority();
    let authority = authority.ok_or(AdmissionError::KeysMissing)?;
    let keys = kept.secret.keys();
    let view = view_in(roster, &WeekBook::read(device), now);
    let bundle = bundle(device, &authority, (roster, view), (admit, None));
    let relay = roster.epoch().relays.first().cloned();
    let holder = roster.person(&roster.holder());
    Ok(NewInvitation {
        code: Code {
            secret: kept.secret.clone(),
            coordinator: CoordinatorMark::of(&device.signing().public()),
            relay: relay.ok_or(AdmissionError::NotACoordinator)?,
        },
        bundle: sealed(&keys, keys.inner().to_key(), &bundle)?,
        expires: admit.expires,
        role: admit.role,
        name: admit.name.clone(),
        replaces: false,
        is_for_device: false,
        waits_for: holder.map(|it| it.name.clone()),
    })
}

/// An invitation of this device that the roster does not have yet, to be given to the person again.
pub(crate) fn wished_invitation(
    device: &Device,
    name: &str,
    now: Timestamp,
) -> Result<Option<NewInvitation>, AdmissionError> {
    let Some(roster) = device.roster()? else {
        return Ok(None);
    };
    let me = device.signing().public();
    let known = wishes::read(device, &roster);
    let contacts = Contacts::read(device)?;
    let mut mine = known.known.iter().filter(|it| it.by == me);
    let admit = mine.find_map(|it| {
        let admit = it.admit().filter(|_| it.refused.is_none())?;
        let called = contacts.of(&admit.name).map(|it| it.name.as_str());
        let is_named = is_same_name(&admit.name, name)
            || called.is_some_and(|called| is_same_name(called, name));
        let is_open = roster.invitation(&admit.invitation).is_none()
            && known.invited(&admit.invitation).is_some();
        (is_named && is_open).then_some(admit)
    });
    let Some(admit) = admit else {
        return Ok(None);
    };
    if admit.expires <= now {
        return Err(AdmissionError::Ended);
    }
    let kept = known.invitation(&admit.invitation);
    let kept = kept.ok_or(AdmissionError::NotInvited)?;
    as_given(device, &roster, (kept, &admit), now).map(Some)
}

/// What has to be posted so that an invitation works before the roster has it, and so that other coordinators' devices can write it down.
pub(crate) fn to_post(
    device: &Device,
    roster: &Roster,
    (kept, admit): (&WishedInvitation, &Admit),
    now: Timestamp,
) -> Result<Vec<QueuedEnvelope>, AdmissionError> {
    let me = device.signing().public();
    let mut all = Vec::new();
    let others = roster.people().iter();
    let others = others.filter(|it| it.role == Role::Coordinator && it.device != me);
    for person in others {
        let signed = device.signing().sign(&Custody {
            group: roster.id(),
            by: me,
            device: person.device,
            authorities: Vec::new(),
            invitations: Vec::new(),
            wished: vec![Wished {
                secret: kept.secret.clone(),
                delegation: kept.delegation.clone(),
            }],
            extensions: Extensions::none(),
        });
        let payload = Zeroizing::new(Payload::Custody(Box::new(signed)).encode());
        let turn = person.turn.as_ref();
        let turn = turn.ok_or_else(|| damaged("roster", "a reader has no turn key"))?;
        let envelope = seal::seal(&payload, &[person.key], turn)?;
        all.push(QueuedEnvelope::plain(roster.epoch().mailbox, envelope, now));
    }
    let given = as_given(device, roster, (kept, admit), now)?;
    all.push(QueuedEnvelope::plain(kept.mailbox, given.bundle, now));
    Ok(all)
}

/// What becomes of a wish on the device that has the pen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is written down now.
    Write,
    /// Not now: something has to come first.
    Waits,
    /// It is so, or it cannot be: who wished it is told.
    Comes(WishOutcome),
    /// It counts for nothing, and nobody is told: others may have that device in their hands.
    Void,
}

/// What a wish is held against.
struct Facts<'a> {
    roster: &'a Roster,
    wishes: &'a Wishes,
    issued: &'a [IssuedInvitation],
    contacts: &'a Contacts,
    frozen: &'a [SaidOfSender],
    /// Of which somebody wishes that they are put out.
    leaving: &'a BTreeSet<Key>,
    now: Timestamp,
}

/// What becomes of a wish.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn fate(
    device: &Device,
    roster: &Roster,
    wish: &KnownWish,
    now: Timestamp,
) -> Result<Fate, DeviceError> {
    let facts = Facts {
        roster,
        wishes: &wishes::read(device, roster),
        issued: &issued::all(device)?,
        contacts: &Contacts::read(device)?,
        frozen: &frozen::read(device)?,
        leaving: &to_be_put_out(device, roster)?,
        now,
    };
    Ok(facts.fate(wish))
}

impl Facts<'_> {
    fn fate(&self, it: &KnownWish) -> Fate {
        let coordinates = |key: &Key| {
            let person = self.roster.person(key);
            person.is_some_and(|it| it.role == Role::Coordinator)
        };
        if !coordinates(&it.by) || self.roster.out().any(|key| *key == it.by) {
            return Fate::Void;
        }
        let frozen = freezes(self.frozen, &it.by, self.roster);
        if frozen.iter().any(|frozen| frozen.covers(it.arrived)) {
            return Fate::Void;
        }
        // An answer would tell whoever holds the device what the others think of it.
        if self.leaving.contains(&it.by) || frozen.iter().any(|it| it.lifted.is_none()) {
            return Fate::Waits;
        }
        let Some(head) = self.roster.position_of(&it.head) else {
            return Fate::Waits;
        };
        if !self.roster.coordinators_at(head).all(|it| coordinates(&it)) {
            return Fate::Comes(WishOutcome::OtherCoordinators);
        }
        match it.act() {
            Some(WishAct::Invite(admit)) => self.invite(&admit, head),
            Some(WishAct::Withdraw(invitation)) => self.withdraw(&invitation),
            Some(WishAct::Approve(invitation, device)) => self.approve(&invitation, &device),
            Some(WishAct::Policy(before, policy)) => self.policy(before, &policy),
            Some(WishAct::Duty(before, rota)) => self.duty(before, &rota),
            Some(WishAct::Retention(before, kept)) => self.retention(before, &kept),
            None => Fate::Void,
        }
    }

    fn invite(&self, admit: &Admit, head: Position) -> Fate {
        if self.roster.invitation(&admit.invitation).is_some() {
            return Fate::Comes(WishOutcome::Written);
        }
        if self.wishes.invited(&admit.invitation).is_none() || admit.expires <= self.now {
            return Fate::Comes(WishOutcome::Over);
        }
        // Whom it would replace, its author knew.
        let before = namesakes(self.roster, self.issued, self.contacts, &admit.name);
        let Ok(before) = before else {
            return Fate::Comes(WishOutcome::Name);
        };
        let looks_like = alike(
            self.roster,
            self.issued,
            self.contacts,
            (&admit.name, self.now),
        );
        if before.iter().any(|at| *at > head) || looks_like.is_some() {
            return Fate::Comes(WishOutcome::Name);
        }
        // Without its secret nobody could be heard by it.
        match self.wishes.invitation(&admit.invitation) {
            Some(_) => Fate::Write,
            None => Fate::Waits,
        }
    }

    fn withdraw(&self, invitation: &PublicKey<Invitation>) -> Fate {
        match self.roster.invitation(invitation) {
            // Of one that is only wished the wish is forgotten.
            None => Fate::Comes(WishOutcome::Written),
            Some(invited) if invited.is_open() => Fate::Write,
            Some(invited) if invited.used => Fate::Comes(WishOutcome::Over),
            Some(_) => Fate::Comes(WishOutcome::Written),
        }
    }

    fn approve(&self, invitation: &PublicKey<Invitation>, device: &Key) -> Fate {
        let Some(invited) = self.roster.invitation(invitation) else {
            return match self.wishes.invited(invitation) {
                Some(_) => Fate::Waits,
                None => Fate::Comes(WishOutcome::Over),
            };
        };
        let person = self.roster.person(device);
        if person.is_some_and(|person| person.admitted_at == Some(invited.at)) {
            return Fate::Comes(WishOutcome::Written);
        }
        if !invited.is_open() {
            return Fate::Comes(WishOutcome::Over);
        }
        // Of a device of somebody's only they say whether it is theirs.
        if invited.of.is_some() {
            return Fate::Comes(WishOutcome::Rules);
        }
        let mut issued = self.issued.iter();
        let issued = issued.find(|issued| issued.admitted_at == invited.at);
        match issued {
            Some(issued) if issued.refused => Fate::Comes(WishOutcome::Over),
            Some(issued) => match issued.device() {
                Some(claim) if claim.device == *device => Fate::Write,
                Some(_) => Fate::Comes(WishOutcome::Nobody),
                // This device has not looked there yet.
                None => Fate::Waits,
            },
            None => Fate::Waits,
        }
    }

    fn policy(&self, before: Position, policy: &Policy<Key>) -> Fate {
        let (at, in_force) = newest(self.roster);
        if policy == in_force {
            return Fate::Comes(WishOutcome::Written);
        }
        match at == before && can_be(self.roster, policy).is_ok() {
            true => Fate::Write,
            false => Fate::Comes(WishOutcome::Changed),
        }
    }

    fn duty(&self, before: Position, rota: &Rota<Key>) -> Fate {
        if self.roster.duty_said() == Some(rota) {
            return Fate::Comes(WishOutcome::Written);
        }
        let is_next = self.roster.duty_since() == before;
        match is_next && duty::can_be(self.roster, rota).is_ok() {
            true => Fate::Write,
            false => Fate::Comes(WishOutcome::Changed),
        }
    }

    fn retention(&self, before: Position, kept: &Retention) -> Fate {
        if self.roster.retention_said() == Some(kept) {
            return Fate::Comes(WishOutcome::Written);
        }
        match self.roster.retention_since() == before {
            true => Fate::Write,
            false => Fate::Comes(WishOutcome::Changed),
        }
    }
}

/// Writes down what is wished, on the device that has the pen; what came of it. Once more, it is there already: the roster has one entry of an
/// invitation, a device and a policy.
///
/// # Errors
/// [`AdmissionError`]; nothing is changed then.
pub(crate) fn write_wish(
    device: &Device,
    wish: &KnownWish,
    now: Timestamp,
) -> Result<Fate, AdmissionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let at = |invitation| {
        let invited = roster.invitation(&invitation);
        invited.map(|it| it.at).ok_or(AdmissionError::NotInvited)
    };
    match wish.act() {
        Some(WishAct::Invite(admit)) => return write_invitation(device, (wish, &admit), now),
        Some(WishAct::Withdraw(invitation)) => {
            // Also where this device has no secret of it: then nobody who has the code is told, and nobody comes in all the same.
            withdraw(device, at(invitation)?, now)?;
            closed(device, at(invitation)?)?;
        }
        Some(WishAct::Approve(invitation, _)) => approve(device, at(invitation)?, now)?,
        Some(WishAct::Policy(before, policy)) => match set_policy(device, (policy, before), now) {
            // Also where another program of this device was faster.
            Err(CircleError::Changed) => {
                let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
                return Ok(fate(device, &roster, wish, now)?);
            }
            Err(CircleError::Admission(error)) => return Err(error),
            Err(_) => return Ok(Fate::Comes(WishOutcome::Rules)),
            Ok(()) => {}
        },
        Some(WishAct::Duty(before, rota)) => match set_duty(device, (rota, before), now) {
            Err(DutyError::Changed) => {
                let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
                return Ok(fate(device, &roster, wish, now)?);
            }
            Err(DutyError::Admission(error)) => return Err(error),
            Err(_) => return Ok(Fate::Comes(WishOutcome::Rules)),
            Ok(()) => {}
        },
        Some(WishAct::Retention(before, kept)) => {
            match set_retention(device, (kept, before), now) {
                Err(RetentionError::Changed) => {
                    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
                    return Ok(fate(device, &roster, wish, now)?);
                }
                Err(RetentionError::Admission(error)) => return Err(error),
                Err(_) => return Ok(Fate::Comes(WishOutcome::Rules)),
                Ok(()) => {}
            }
        }
        None => return Ok(Fate::Void),
    }
    Ok(Fate::Comes(WishOutcome::Written))
}

fn write_invitation(
    device: &Device,
    (wish, admit): (&KnownWish, &Admit),
    now: Timestamp,
) -> Result<Fate, AdmissionError> {
    let mut change = RosterTransaction::begin(device, now)?;
    // By the roster under the lock: another program of this device may have written it, or somebody of that name.
    let fate = fate(device, &change.roster, wish, now)?;
    if fate != Fate::Write {
        return Ok(fate);
    }
    let known = wishes::read(device, &change.roster);
    let kept = known.invitation(&admit.invitation);
    let kept = kept.ok_or(AdmissionError::NotInvited)?;
    let all = issued::all(device)?;
    let before = namesakes(&change.roster, &all, &Contacts::read(device)?, &admit.name)?;
    for at in &before {
        take_back(&mut change, *at)?;
    }
    let admitted_at = change.append(Change::Admit(admit.clone()))?;
    let is_mine = wish.by == device.signing().public();
    let delegation = (!is_mine).then(|| kept.delegation.clone());
    let mut new = IssuedInvitation {
        delegation,
        ..IssuedInvitation::new(kept.secret.clone(), kept.mailbox, admitted_at)
    };
    // Whoever holds the code takes only what its maker lets this device say.
    if new.speaks(device) {
        let view = view_in(&change.roster, &WeekBook::read(device), now);
        let said = (admit, new.delegation.as_ref());
        queue_bundle(&mut change, &kept.secret.keys(), said, view)?;
        new.sent = Some(Sent {
            position: View::of(&change.roster).position,
            at: now,
        });
    }
    // A defender has used it with what its maker gave them.
    let given = change.roster.position_of(&wish.head);
    new.has = given.filter(|_| admit.role == Role::Defender);
    new.sent = new.sent.filter(|_| admit.role == Role::Defender);
    change.issued.push(new);
    change.commit()?;
    for at in &before {
        closed(device, *at)?;
    }
    Ok(Fate::Comes(WishOutcome::Written))
}

/// What this device had written, or others for it, in a history that is not the group's any more is wished again, by itself: its person wanted it,
/// and others took the pen as it did not answer. The roster's lock is held.
pub(super) fn wish_again(
    device: &Device,
    (before, now): (&Roster, &Roster),
    undone: &[Signed<Entry>],
) -> Result<(), DeviceError> {
    let me = device.signing().public();
    let coordinates = now.person(&me).map(|me| me.role) == Some(Role::Coordinator);
    if !coordinates || now.out().any(|key| *key == me) {
        return Ok(());
    }
    let issued = issued::all(device)?;
    let first = undone.iter().filter_map(|it| it.peek().ok());
    let first = first.map(|it| it.position).min();
    let invited_at = |at: Position| {
        let mut invited = before.invited().iter();
        invited.find(|it| it.at == at)
    };
    let mut all = Vec::new();
    let mut kept = Vec::new();
    for entry in undone.iter().filter_map(|it| it.peek().ok()) {
        let is_mine = entry.author == me;
        match entry.change {
            Change::Admit(admit) if now.invitation(&admit.invitation).is_none() => {
                let mut mine = issued.iter();
                let mine = mine.find(|it| it.admitted_at == entry.position);
                let mine = mine.filter(|it| it.delegation.is_none() && !it.refused && !it.ended);
                let stood = before.invitation(&admit.invitation);
                let stood = stood.is_some_and(|it| it.withdrawn.is_none() && !it.replaced);
                if let Some(mine) = mine.filter(|_| stood) {
                    kept.push(WishedInvitation {
                        secret: mine.secret.clone(),
                        mailbox: mine.mailbox,
                        delegation: delegation(device, now, admit.invitation),
                        open_until: mine.open_until,
                    });
                    all.push(WishAct::Invite(admit));
                }
            }
            // A defender comes in by their claim.
            Change::Approve(approve) if is_mine => {
                let invited = invited_at(approve.admitted_at);
                let reads = invited.filter(|it| it.admit.role.reads());
                let act = |it: &Invited| WishAct::Approve(it.admit.invitation, approve.device);
                all.extend(reads.map(act));
            }
            Change::Withdraw(withdraw) if is_mine => {
                let invited = invited_at(withdraw.admitted_at).map(|it| it.admit.invitation);
                let is_open =
                    |key: &PublicKey<Invitation>| now.invitation(key).is_some_and(Invited::is_open);
                all.extend(invited.filter(is_open).map(WishAct::Withdraw));
            }
            Change::Policy(_) if is_mine => {
                let (at, in_force) = newest(before);
                let (then, _) = newest(now);
                // Unless others have changed it since.
                if at == entry.position && first.is_some_and(|first| then < first) {
                    all.push(WishAct::Policy(then, in_force.clone()));
                }
            }
            Change::Duty(_) if is_mine && before.duty_since() == entry.position => {
                // Unless others have changed it since.
                let is_next = first.is_some_and(|first| now.duty_since() < first);
                let rota = before.duty_said().filter(|_| is_next);
                all.extend(rota.map(|rota| WishAct::Duty(now.duty_since(), rota.clone())));
            }
            _ => {}
        }
    }
    if all.is_empty() {
        return Ok(());
    }
    wishes::change(device, now, |known| {
        for act in &all {
            known.note(KnownWish {
                by: me,
                wish: Wish::new(WishId(random()), act),
                head: now.head(),
                arrived: clock::now(),
                said: false,
                refused: None,
            });
        }
        for it in kept {
            known.keep(it);
        }
    })
}

/// Who may speak for an invitation, beside its maker: everybody who coordinates.
fn delegation(
    device: &Device,
    roster: &Roster,
    invitation: PublicKey<Invitation>,
) -> Signed<Delegation> {
    let coordinators = Coordinator::all(roster);
    device.signing().sign(&Delegation {
        group: roster.id(),
        invitation,
        coordinator: device.signing().public(),
        to: coordinators.iter().map(|it| it.device).collect(),
    })
}

/// Takes the secrets of invitations that others' wishes are about: each from its maker.
pub(super) fn take_wished(
    device: &Device,
    roster: &Roster,
    said: &Custody,
) -> Result<(), DeviceError> {
    if said.wished.is_empty() {
        return Ok(());
    }
    let whole = said.wished.iter().filter_map(|it| {
        let keys = it.secret.keys();
        let delegation = it.delegation.verify_own(|said| said.coordinator).ok()?;
        let fits = delegation.group == roster.id()
            && delegation.invitation == keys.invitation.public()
            && delegation.coordinator == said.by;
        fits.then(|| WishedInvitation {
            mailbox: keys.mailbox(),
            secret: it.secret.clone(),
            delegation: it.delegation.clone(),
            open_until: None,
        })
    });
    let whole: Vec<WishedInvitation> = whole
        .filter(|it| roster.invitation(&it.key()).is_none())
        .collect();
    wishes::change(device, roster, |all| {
        for it in whole {
            all.keep(it);
        }
    })
}

/// Envelopes that tell whoever has the code of an invitation that is only wished that nobody comes in by it.
pub(crate) fn no_for_wished(
    device: &Device,
    roster: &Roster,
    kept: &WishedInvitation,
    now: Timestamp,
) -> Result<QueuedEnvelope, AdmissionError> {
    let keys = kept.secret.keys();
    let refusal = device.signing().sign(&crate::message::Refusal {
        invitation: keys.invitation.public(),
        group: roster.id(),
        extensions: Extensions::none(),
    });
    let envelope = sealed(&keys, keys.inner().to_key(), &Payload::Refusal(refusal))?;
    Ok(QueuedEnvelope::plain(kept.mailbox, envelope, now))
}

#[cfg(test)]
#[path = "wishes_tests.rs"]
mod tests;
