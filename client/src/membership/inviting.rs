//! Making invitations: what a coordinator writes into the roster and posts, so that somebody can come; and their names.

use bellrope_proto::{
    envelope::Envelope,
    grant::Rights,
    ids::Timestamp,
    signing::{Authority, SecretKey, Signed},
};

use super::{
    admit::{closed, take_back},
    moved::place_in_bundle,
    take_over::is_cut_off,
    transaction::{AdmissionError, RosterTransaction, may_write, sealed},
    views::view_in,
};
use crate::{
    device::{
        Device, IssuedInvitation, Sent, WeekBook,
        contacts::{self, Contacts},
        issued,
    },
    extensions::Extensions,
    group::{Admit, Change, Role, Roster, check_name, handle, is_same_name, looks_like},
    ids::Position,
    invitation::{Code, CoordinatorMark, InvitationKeys, Secret},
    message::{
        AtOnce, Bundle, Coordinator, Delegation, FOR_DEVICE, Holder, LaneCredential, Payload, View,
    },
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
