//! A coordinator's side of letting people in: invitations, claims, approvals, new keys for defenders.
//! Everything goes through the outbox, so that it survives a bad network; only reading claims talks
//! to the relay here.

use bellrope_proto::{
    envelope::Envelope,
    grant::Rights,
    ids::Timestamp,
    signing::{Authority, SecretKey, Signed},
};

pub use super::transaction::AdmissionError;
use super::{
    founder::holder_of,
    moved::place_in_bundle,
    take_over::is_cut_off,
    transaction::{RosterTransaction, may_write, sealed},
    views::{send_views, view_in, weeks_for},
};
use crate::{
    device::{
        Device, IssuedInvitation, Sent, WeekBook,
        contacts::{self, Contacts},
        issued, outbox,
    },
    extensions::Extensions,
    group::{
        Admit, Approve, Change, Claim, Role, Roster, RosterError, Withdraw, check_name, handle,
        is_same_name, looks_like, valid_claim,
    },
    ids::Position,
    invitation::{Code, CoordinatorMark, InvitationKeys, Secret},
    message::{
        AtOnce, Bundle, Coordinator, Delegation, FOR_DEVICE, Holder, LaneCredential, Payload,
        Refusal, View, Welcome,
    },
    relay::Cursor,
    secret::Seed,
};

/// An invitation, to be given to somebody.
#[derive(Debug)]
pub struct NewInvitation {
    /// What the person is given.
    pub code: Code,
    /// The sealed bundle, for a file that needs no network.
    pub bundle: Envelope,
    /// Not to be used later.
    pub expires: Timestamp,
    /// As what.
    pub role: Role,
    /// What the roster calls the person: of a defender a handle.
    pub name: String,
    /// Whether another of this name was taken back for it.
    pub replaces: bool,
    /// Whether it is for another device of somebody who is in.
    pub is_for_device: bool,
    /// Whose device has to write it down still.
    pub waits_for: Option<String>,
}

/// Makes an invitation: its roster entry, its mailbox (opened when the queue is sent), its bundle. One of the same name that nobody
/// has used is taken back. A defender's name stays on this device: the roster has a handle.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn invite(
    device: &Device,
    role: Role,
    name: &str,
    expires: Timestamp,
    now: Timestamp,
) -> Result<NewInvitation, AdmissionError> {
    let name = check_name(name)?;
    let mut change = RosterTransaction::begin(device, now)?;
    let drafted = draft(device, &change.roster, (role, &name), expires, now)?;
    let Draft {
        admit,
        secret,
        before,
    } = drafted;
    for at in &before {
        take_back(&mut change, *at)?;
    }
    let keys = secret.keys();
    let admitted_at = change.append(Change::Admit(admit.clone()))?;
    let view = view_in(&change.roster, &WeekBook::read(device), now);
    queue_bundle(&mut change, &keys, (&admit, None), view)?;
    let bundle = change.queue.last().map(|last| last.envelope.clone());
    let bundle = bundle.ok_or(AdmissionError::NoClaim)?;
    // A defender who uses the invitation has the view that is in it.
    let has = (role == Role::Defender).then(|| View::of(&change.roster).position);
    let new = IssuedInvitation {
        sent: has.map(|position| Sent { position, at: now }),
        has,
        ..IssuedInvitation::new(secret.clone(), keys.mailbox(), admitted_at)
    };
    change.issued.push(new);
    let relay = change.relay.clone();
    change.commit()?;
    for at in &before {
        closed(device, *at)?;
    }
    Ok(NewInvitation {
        code: Code {
            secret,
            coordinator: CoordinatorMark::of(&device.signing().public()),
            relay,
        },
        bundle,
        expires,
        role,
        name: admit.name,
        replaces: !before.is_empty(),
        is_for_device: false,
        waits_for: None,
    })
}

/// An invitation that is to be made, and those of the same name that are taken back for it.
pub(super) struct Draft {
    pub(super) admit: Admit,
    pub(super) secret: Secret,
    pub(super) before: Vec<Position>,
}

/// What an invitation will say, if there can be one of this name. A defender's is noted on this device.
pub(super) fn draft(
    device: &Device,
    roster: &Roster,
    (role, name): (Role, &str),
    expires: Timestamp,
    now: Timestamp,
) -> Result<Draft, AdmissionError> {
    let issued = issued::all(device)?;
    let contacts = Contacts::read(device)?;
    let before = namesakes(roster, &issued, &contacts, name)?;
    if let Some(other) = alike(roster, &issued, &contacts, (name, now)) {
        return Err(AdmissionError::NameAlike(other));
    }
    let secret = new_secret(roster);
    let keys = secret.keys();
    let name = match role {
        Role::Defender => {
            let known = handle_of(roster, &contacts, name);
            let handle = known.unwrap_or_else(|| handle(&keys.invitation.public()));
            // Before the invitation: one whom nobody knows may be anybody.
            if !is_same_name(&handle, name) {
                contacts::note(device, &handle, (Some(name), None), now)?;
            }
            handle
        }
        _ => name.to_owned(),
    };
    let admit = Admit {
        invitation: keys.invitation.public(),
        role,
        name,
        mailbox: keys.mailbox(),
        expires,
        extensions: Extensions::none(),
    };
    Ok(Draft {
        admit,
        secret,
        before,
    })
}

/// The name of somebody else that people would take for this one.
pub(super) fn alike(
    roster: &Roster,
    issued: &[IssuedInvitation],
    contacts: &Contacts,
    (name, now): (&str, Timestamp),
) -> Option<String> {
    let taken = taken_names(roster, issued, now);
    let taken = taken.into_iter().map(|in_roster| {
        let known = contacts.of(in_roster);
        known.map_or(in_roster, |contact| &contact.name)
    });
    let mut others = taken.filter(|other| !is_same_name(other, name));
    others
        .find(|other| looks_like(other, name))
        .map(ToOwned::to_owned)
}

/// A secret whose handle nobody has had (R9).
fn new_secret(roster: &Roster) -> Secret {
    loop {
        let secret = Secret::random();
        let handle = handle(&secret.keys().invitation.public());
        if roster.invited().iter().all(|it| it.admit.name != handle) {
            return secret;
        }
    }
}

/// Queues what an invitation is for, with the keys in force; last in the queue.
pub(super) fn queue_bundle(
    change: &mut RosterTransaction<'_>,
    keys: &InvitationKeys,
    said: (&Admit, Option<&Signed<Delegation>>),
    view: View,
) -> Result<(), AdmissionError> {
    let known = (&change.roster, view);
    let bundle = bundle(change.device, &change.authority, known, said);
    change.queue_for(keys, keys.inner().to_key(), &bundle)
}

/// Names are what commands and people tell others apart by. That of an invitation that was refused is free again.
fn taken_names<'a>(
    roster: &'a Roster,
    issued: &[IssuedInvitation],
    now: Timestamp,
) -> Vec<&'a str> {
    let refused = |at: Position| {
        issued
            .iter()
            .any(|issued| issued.admitted_at == at && issued.refused)
    };
    let people = roster.people().iter().map(|person| person.name.as_str());
    let invited = roster
        .invited()
        .iter()
        .filter(|invited| invited.is_open() && invited.admit.expires > now && !refused(invited.at));
    let invited = invited.map(|invited| invited.admit.name.as_str());
    people.chain(invited).collect()
}

/// An invitation of this device that nobody has used, to be given to the person again: what was given may be lost. For a defender, with
/// the newest keys.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn invitation(
    device: &Device,
    name: &str,
    now: Timestamp,
) -> Result<NewInvitation, AdmissionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let all = issued::all(device)?;
    let contacts = Contacts::read(device)?;
    let at = namesakes(&roster, &all, &contacts, name)?.pop();
    invitation_at(device, at, now)
}

/// The same of the one that an entry made.
pub(super) fn invitation_at(
    device: &Device,
    at: Option<Position>,
    now: Timestamp,
) -> Result<NewInvitation, AdmissionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let Some(authority) = device.state()?.authority() else {
        may_write(device, &roster)?;
        return Err(AdmissionError::KeysMissing);
    };
    let all = issued::all(device)?;
    let invited = roster.invited().iter().find(|it| Some(it.at) == at);
    let issued = all.into_iter().find(|it| Some(it.admitted_at) == at);
    let (invited, issued) = invited.zip(issued).ok_or(AdmissionError::NotInvited)?;
    let (role, expires) = (invited.admit.role, invited.admit.expires);
    if expires <= now {
        return Err(AdmissionError::Ended);
    }
    let keys = issued.secret.keys();
    let said = (&invited.admit, issued.delegation.as_ref());
    let view = view_in(&roster, &WeekBook::read(device), now);
    let bundle = bundle(device, &authority, (&roster, view), said);
    let relay = roster.epoch().relays.first().cloned();
    Ok(NewInvitation {
        code: Code {
            secret: issued.secret.clone(),
            coordinator: CoordinatorMark::of(&issued.made_by(device)),
            relay: relay.ok_or(AdmissionError::NotACoordinator)?,
        },
        bundle: sealed(&keys, keys.inner().to_key(), &bundle)?,
        expires,
        role,
        name: invited.admit.name.clone(),
        replaces: false,
        is_for_device: invited.of.is_some(),
        waits_for: None,
    })
}

pub(super) fn bundle(
    device: &Device,
    authority: &SecretKey<Authority>,
    (roster, view): (&Roster, View),
    (admit, delegation): (&Admit, Option<&Signed<Delegation>>),
) -> Payload {
    let holder = Holder::Invited(admit.invitation);
    let at_once = (admit.role == Role::Defender).then(|| AtOnce {
        view,
        credential: LaneCredential::issue(authority, &holder, Rights::POST),
        extensions: Extensions::none(),
    });
    let extensions = match at_once {
        Some(_) => Extensions::none(),
        None => {
            let invited = roster.invitation(&admit.invitation);
            let is_device = invited.is_some_and(|it| it.of.is_some());
            let said = place_in_bundle(roster);
            if is_device {
                said.with(FOR_DEVICE, vec![1])
            } else {
                said
            }
        }
    };
    Payload::Bundle(device.signing().sign(&Bundle {
        invitation: admit.invitation,
        group: roster.id(),
        role: admit.role,
        expires: admit.expires,
        coordinator: device.signing().public(),
        delegation: delegation.cloned(),
        coordinators: Coordinator::all(roster),
        position: View::of(roster).position,
        roster: roster.head(),
        at_once,
        extensions,
    }))
}

/// Invitations of this name that nobody has used, the newest last. Names are what commands and people tell others apart by: that of
/// somebody who is in or asks is not free.
pub(super) fn namesakes(
    roster: &Roster,
    issued: &[IssuedInvitation],
    contacts: &Contacts,
    name: &str,
) -> Result<Vec<Position>, AdmissionError> {
    let same = |in_roster: &str| {
        let known = contacts.of(in_roster);
        is_same_name(in_roster, name) || known.is_some_and(|it| is_same_name(&it.name, name))
    };
    // Of whom nothing here leads to, as it is lost, can be invited anew.
    let mut people = roster.people().iter();
    if people.any(|person| same(&person.name) && !is_cut_off(person, issued)) {
        return Err(AdmissionError::NameTaken);
    }
    let open = roster.invited().iter();
    let open = open.filter(|invited| invited.is_open() && same(&invited.admit.name));
    let open: Vec<Position> = open.map(|invited| invited.at).collect();
    let asks =
        |it: &IssuedInvitation| open.contains(&it.admitted_at) && it.claim.is_some() && !it.refused;
    if issued.iter().any(asks) {
        return Err(AdmissionError::Asks);
    }
    Ok(open)
}

/// The handle that a defender of this name was invited by before: somebody who comes back is who they were.
fn handle_of(roster: &Roster, contacts: &Contacts, name: &str) -> Option<String> {
    let is_free = |name: &str| roster.people().iter().all(|person| person.name != name);
    let mut admitted = roster.invited().iter().rev().map(|invited| &invited.admit);
    let known = admitted.find(|admit| {
        let contact = contacts.of(&admit.name);
        admit.role == Role::Defender
            && is_free(&admit.name)
            && (is_same_name(&admit.name, name)
                || contact.is_some_and(|it| it.from.is_none() && is_same_name(&it.name, name)))
    });
    known.map(|admit| admit.name.clone())
}

/// What became of claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Readers who ask to be let in: their invitations' places.
    pub asking: Vec<Position>,
    /// Defenders who were written into the roster.
    pub admitted: Vec<Position>,
    /// Invitations that are of no use any more: what came by them can be no claim, or names keys that cannot be let in.
    pub spoiled: Vec<Position>,
}

/// Notes that something other than a claim came first by an invitation. The newcomer's device, if there is one, was
/// forestalled: nobody can come in by it any more.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn spoiled(
    device: &Device,
    at: Position,
    read_to: Cursor,
    now: Timestamp,
) -> Result<Claims, AdmissionError> {
    let mut claims = Claims::default();
    withdraw(device, at, now)?;
    let spoiled = issued::change(device, at, |issued| {
        issued.cursor = read_to;
        let open = issued.claim.is_none() && !issued.refused;
        issued.refused |= open;
        open
    })?;
    if spoiled == Some(true) {
        claims.spoiled.push(at);
    }
    Ok(claims)
}

/// Notes a claim that was heard, and in the same step how far its mailbox was read. The first valid one of an invitation
/// counts; a defender's is carried out at once.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn claim_heard(
    device: &Device,
    claim: &Signed<Claim>,
    read_to: Option<Cursor>,
    now: Timestamp,
) -> Result<Claims, AdmissionError> {
    let mut claims = Claims::default();
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let Some(valid) = valid_claim(claim, &roster) else {
        return Ok(claims);
    };
    let invited = roster.invitation(&valid.invitation);
    let Some(invited) = invited.filter(|it| !it.replaced && it.withdrawn.is_none()) else {
        return Ok(claims);
    };
    if valid.extensions.has_critical() {
        return Err(RosterError::Newer.into());
    }
    let mut all = issued::all(device)?.into_iter();
    let Some(issued) = all.find(|issued| issued.mailbox == valid.mailbox) else {
        return Ok(claims);
    };
    let at = issued.admitted_at;
    // Another's keys, or the coordinator's own: the roster would never take them (R11).
    let turn = valid.turn.as_ref();
    let fits = roster.may_approve(invited.admit.role, &valid.device, &valid.key, turn)
        || (roster.person(&valid.device)).is_some_and(|person| person.admitted_at == Some(at));
    if !fits && issued.claim.is_none() && !issued.refused {
        withdraw(device, at, now)?;
    }
    let (first, counts) = issued::change(device, at, |issued| {
        let first = issued.claim.is_none() && !issued.refused;
        if first && fits {
            issued.claim = Some(claim.clone());
        } else if first {
            issued.refused = true;
        }
        if let Some(cursor) = read_to {
            issued.cursor = cursor;
        }
        let counts = issued.claim.as_ref() == Some(claim) && !issued.refused;
        (first, counts)
    })?
    .unwrap_or_default();
    if first && !fits {
        claims.spoiled.push(at);
        return Ok(claims);
    }
    let invited = roster.invited().iter().find(|invited| invited.at == at);
    match invited.map(|invited| invited.admit.role) {
        // Also when it was noted before: what was noted and not carried out was interrupted.
        Some(Role::Defender) if counts && roster.person(&valid.device).is_none() => {
            approve(device, at, now)?;
            claims.admitted.push(at);
        }
        Some(Role::Defender) | None => {}
        // Its person is asked, and nobody else.
        Some(_) if invited.is_some_and(|it| it.of.is_some()) => {}
        Some(_) if first => claims.asking.push(at),
        Some(_) => {}
    }
    Ok(claims)
}

/// Lets in the device that used an invitation, and tells it and every defender what they need.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn approve(device: &Device, at: Position, now: Timestamp) -> Result<(), AdmissionError> {
    let_in(device, at, now, |roster, claim| {
        let mut invited = roster.invited().iter();
        match invited.find(|it| it.at == at && it.of.is_some()) {
            Some(theirs) => Err(AdmissionError::OnlyTheirs(theirs.admit.name.clone())),
            None => Ok(Change::Approve(Approve {
                admitted_at: at,
                device: claim.device,
                key: claim.key,
                turn: claim.turn.clone(),
                extensions: Extensions::none(),
            })),
        }
    })
}

/// Lets in whoever used an invitation, by the entry that is made of their claim.
pub(super) fn let_in(
    device: &Device,
    at: Position,
    now: Timestamp,
    entry: impl FnOnce(&Roster, &Claim) -> Result<Change, AdmissionError>,
) -> Result<(), AdmissionError> {
    let mut change = RosterTransaction::begin(device, now)?;
    let all = issued::all(device)?;
    let issued = all.iter().find(|issued| issued.admitted_at == at);
    let issued = issued
        .filter(|issued| !issued.refused)
        .ok_or(AdmissionError::NoClaim)?;
    let claim = issued.device().ok_or(AdmissionError::NoClaim)?;
    if change.roster.person(&claim.device).is_some() {
        return Ok(());
    }
    let entry = entry(&change.roster, &claim)?;
    change.append(entry)?;
    let reads = change
        .roster
        .person(&claim.device)
        .is_some_and(|person| person.role.reads());
    if reads {
        welcome(&mut change, issued, &claim)?;
    }
    send_views(&mut change, &all, at)?;
    change.commit()
}

pub(super) fn welcome(
    change: &mut RosterTransaction<'_>,
    issued: &IssuedInvitation,
    claim: &Claim,
) -> Result<(), AdmissionError> {
    let keys = issued.secret.keys();
    // Who is in has entries already, and a roster grows by years: their mailbox is small.
    let has = issued
        .has
        .map_or(0, |at| usize::try_from(at.0).unwrap_or(0).saturating_add(1));
    let entries = change.roster.entries().get(has..).unwrap_or_default();
    for part in Payload::roster(entries, 1) {
        change.queue_for(&keys, claim.key, &part)?;
    }
    let person = change.roster.person(&claim.device);
    let rights = match person.map(|person| person.role) {
        Some(Role::Observer) => Rights::READ,
        _ => Rights::BOTH,
    };
    let mailbox = change.roster.epoch().mailbox;
    let known = match &issued.reads_after {
        // Posted again, it leads to the same place: what came since was sealed to them.
        Some((known, _)) => Some(known.clone()),
        None => change.state.cursor.clone(),
    };
    // One of an epoch before is a place of another log. Who was in then reads this epoch from its beginning.
    let known = known.filter(|known| known.mailbox == mailbox);
    let cursor = known.unwrap_or_else(|| Cursor::start(mailbox));
    let seed: Seed = change
        .state
        .epoch_seed
        .clone()
        .ok_or(AdmissionError::NotACoordinator)?;
    let holder = holder_of(issued, claim);
    let weeks = weeks_for(&change.roster, &WeekBook::read(change.device), change.now);
    let welcome = Welcome {
        invitation: claim.invitation,
        group: change.state.group,
        device: claim.device,
        roster: change.roster.head(),
        epoch: change.roster.epoch().number,
        epoch_seed: seed,
        credential: LaneCredential::issue(&change.authority, &holder, rights),
        after: cursor.sequence,
        head: cursor.head,
        extensions: Extensions::none(),
    };
    let welcome = welcome.with_weeks(weeks);
    let welcome = change.device.signing().sign(&welcome);
    change.queue_for(&keys, claim.key, &Payload::Welcome(welcome))?;
    change.told.push((issued.admitted_at, Some(cursor)));
    Ok(())
}

/// Does not let in who used an invitation, or closes one that nobody used.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn refuse(device: &Device, at: Position, now: Timestamp) -> Result<(), AdmissionError> {
    let mut change = RosterTransaction::begin(device, now)?;
    let issued = issued::all(device)?
        .into_iter()
        .find(|issued| issued.admitted_at == at)
        .ok_or(AdmissionError::NoClaim)?;
    if let Some(claim) = issued.device()
        && change.roster.person(&claim.device).is_some()
    {
        return Err(AdmissionError::NoClaim);
    }
    take_back(&mut change, at)?;
    change.commit()?;
    closed(device, at)
}

/// Notes that an invitation was taken back.
pub(super) fn closed(device: &Device, at: Position) -> Result<(), AdmissionError> {
    let unopened = issued::change(device, at, |issued| {
        issued.refused = true;
        issued.open_until.is_none().then_some(issued.mailbox)
    })?;
    if let Some(Some(mailbox)) = unopened {
        // It was never opened, and now it never is.
        outbox::let_go(device, |queued| queued.to == mailbox)?;
    }
    Ok(())
}

/// Takes an invitation back by itself: what came by it can be no request to join.
pub(super) fn withdraw(
    device: &Device,
    at: Position,
    now: Timestamp,
) -> Result<(), AdmissionError> {
    let mut change = RosterTransaction::begin(device, now)?;
    take_back(&mut change, at)?;
    change.commit()
}

/// Members must know too: else who has the code could still send, and be shown as this person. And so must whoever has the code: else
/// they would use it and believe that they are in.
pub(super) fn take_back(
    change: &mut RosterTransaction<'_>,
    at: Position,
) -> Result<(), AdmissionError> {
    let mut invited = change.roster.invited().iter();
    if !invited.any(|invited| invited.at == at && invited.is_open()) {
        return Ok(());
    }
    change.append(Change::Withdraw(Withdraw {
        admitted_at: at,
        extensions: Extensions::none(),
    }))?;
    say_no(change, at)
}

/// Tells whoever has the code that nobody is, or stays, in by it.
pub(super) fn say_no(
    change: &mut RosterTransaction<'_>,
    at: Position,
) -> Result<(), AdmissionError> {
    let mut issued = issued::all(change.device)?.into_iter();
    let Some(issued) = issued.find(|issued| issued.admitted_at == at) else {
        return Ok(());
    };
    let keys = issued.secret.keys();
    let refusal = change.device.signing().sign(&Refusal {
        invitation: keys.invitation.public(),
        group: change.state.group,
        extensions: Extensions::none(),
    });
    change.queue_for(&keys, keys.inner().to_key(), &Payload::Refusal(refusal))
}

#[cfg(test)]
#[path = "admit_tests.rs"]
mod tests;
