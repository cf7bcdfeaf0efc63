//! The pen can only pass to a device that has what it takes: what rules the group's mailboxes, and the invitations' secrets. Who has the
//! pen entrusts every other coordinator's device with them, as they come about, and with all of it now and then: a coordinator who is
//! arrested hands nothing over any more.

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    signing::Signed,
};
use zeroize::Zeroizing;

use super::{
    founder::{self, founder_of, is_founders},
    transaction::{AdmissionError, RosterTransaction},
    wishes::take_wished,
};
use crate::{
    device::{
        Device, DeviceError, IssuedInvitation, Sent, damaged, epochs, issued,
        shared::{self, Shared},
        wishes,
    },
    extensions::Extensions,
    group::{Person, Role, Roster, lifetimes::is_due, valid_claim},
    message::{Coordinator, Custody, Delegation, Entrusted, Payload},
    seal,
    secret::Seed,
};

/// Entrusts the other coordinators' devices with what is new, if anything is.
///
/// # Errors
/// [`AdmissionError`]; nothing is queued then.
pub(crate) fn share_if_due(device: &Device, now: Timestamp) -> Result<(), AdmissionError> {
    let Some(roster) = device.roster()?.filter(|roster| !roster.is_newer()) else {
        return Ok(());
    };
    let others = others(device, &roster);
    // Of most groups nobody else coordinates.
    if others.is_empty() || due(device, &roster, &others, now)?.is_empty() {
        return Ok(());
    }
    let mut change = RosterTransaction::begin(device, now)?;
    let shared = share(&mut change, false)?;
    change.commit()?;
    Ok(shared::store(device, &shared)?)
}

/// Queues what others lack, or all of it; gives what is to be noted once that is queued.
pub(super) fn share(
    change: &mut RosterTransaction<'_>,
    all: bool,
) -> Result<Vec<Shared>, AdmissionError> {
    let others = others(change.device, &change.roster);
    let now = match all {
        true => Timestamp(u64::MAX),
        false => change.now,
    };
    let due = due(change.device, &change.roster, &others, now)?;
    let mut noted = shared::read(change.device);
    noted.retain(|it| others.iter().any(|person| person.device == it.with));
    for Due {
        person,
        invitations,
        mut shared,
    } in due
    {
        for part in Custody::parts(invitations) {
            let authorities = authorities(change);
            let signed = change.device.signing().sign(&Custody {
                group: change.state.group,
                by: change.device.signing().public(),
                device: person.device,
                authorities,
                invitations: part,
                wished: Vec::new(),
                extensions: Extensions::none(),
            });
            let payload = Zeroizing::new(Payload::Custody(Box::new(signed)).encode());
            let turn = person.turn.as_ref();
            let turn = turn.ok_or_else(|| damaged("roster", "a reader has no turn key"))?;
            let envelope = seal::seal(&payload, &[person.key], turn)?;
            let mailbox = change.roster.epoch().mailbox;
            change.queue_plain(mailbox, envelope);
        }
        noted.retain(|it| it.with != shared.with);
        shared.at = shared.at.min(change.now);
        noted.push(shared);
    }
    Ok(noted)
}

/// What rules the mailbox in force and those that are not over yet.
fn authorities(change: &RosterTransaction<'_>) -> Vec<Seed> {
    let state = &change.state;
    let former = state.former.iter().map(|it| it.authority_seed.clone());
    let all = std::iter::once(state.authority_seed.clone()).chain(former);
    all.flatten().collect()
}

/// What one of them lacks.
struct Due {
    person: Person,
    invitations: Vec<Entrusted>,
    shared: Shared,
}

fn others(device: &Device, roster: &Roster) -> Vec<Person> {
    let me = device.signing().public();
    let people = roster.people().iter();
    let others = people.filter(|it| it.role == Role::Coordinator && it.device != me);
    others.cloned().collect()
}

fn due(
    device: &Device,
    roster: &Roster,
    others: &[Person],
    now: Timestamp,
) -> Result<Vec<Due>, AdmissionError> {
    let mailbox = roster.epoch().mailbox;
    let known = shared::read(device);
    let all: Vec<Entrusted> = entrusted(device, roster)?;
    let due = others.iter().filter_map(|person| {
        let known = known.iter().find(|it| it.with == person.device);
        let is_whole = known.is_none_or(|known| known.mailbox != mailbox || is_due(known.at, now));
        let told = |it: &Entrusted| known.and_then(|known| known.told.get(&it.admitted_at));
        let lacks = |it: &&Entrusted| is_whole || told(it) != Some(&hash(it));
        let invitations: Vec<Entrusted> = all.iter().filter(lacks).cloned().collect();
        (is_whole || !invitations.is_empty()).then(|| Due {
            person: person.clone(),
            invitations,
            shared: Shared {
                with: person.device,
                mailbox,
                at: match known {
                    Some(known) if !is_whole => known.at,
                    _ => now,
                },
                told: all.iter().map(|it| (it.admitted_at, hash(it))).collect(),
            },
        })
    });
    Ok(due.collect())
}

/// What makes it worth saying again at once. How far somebody has come with what they were sent is said with the rest, now and then.
fn hash(it: &Entrusted) -> Hash {
    let said = (
        &it.delegation,
        &it.claim,
        it.refused,
        it.ended,
        it.admitted_at,
    );
    Hash::tagged("entrusted", &[&codec::encode(&said)])
}

/// The invitations by which somebody is in or may still come.
fn entrusted(device: &Device, roster: &Roster) -> Result<Vec<Entrusted>, DeviceError> {
    let mut all = Vec::new();
    let mut issued = issued::all(device)?;
    if founder::note(device, &issued)? {
        issued = issued::all(device)?;
    }
    for it in issued {
        if is_founders(&it) {
            if founder_of(&it, roster).is_some() {
                all.push(entrust(device, roster, it));
            }
            continue;
        }
        let mut invited = roster.invited().iter();
        let Some(invited) = invited.find(|invited| invited.at == it.admitted_at) else {
            continue;
        };
        let is_in = |person: &Person| person.admitted_at == Some(invited.at);
        if !invited.is_open() && !roster.people().iter().any(is_in) {
            continue;
        }
        all.push(entrust(device, roster, it));
    }
    Ok(all)
}

/// What others need of one.
fn entrust(device: &Device, roster: &Roster, it: IssuedInvitation) -> Entrusted {
    // Of one that this device did not make it has only what its maker signed.
    let delegation = it.delegation.clone().unwrap_or_else(|| {
        let coordinators = Coordinator::all(roster);
        device.signing().sign(&Delegation {
            group: roster.id(),
            invitation: it.secret.keys().invitation.public(),
            coordinator: device.signing().public(),
            to: coordinators.iter().map(|it| it.device).collect(),
        })
    });
    Entrusted {
        secret: it.secret,
        admitted_at: it.admitted_at,
        delegation,
        claim: it.claim,
        refused: it.refused,
        ended: it.ended,
        sent: it.sent.map(|sent| (sent.position, sent.at)),
        has: it.has,
        reads_after: it.reads_after,
    }
}

/// Takes what this device is entrusted with: from a coordinator, for one. What is not of this group's mailboxes and invitations is nothing.
///
/// # Errors
/// [`DeviceError`]; it is taken again then.
pub(crate) fn take_custody(device: &Device, signed: &Signed<Custody>) -> Result<bool, DeviceError> {
    let me = device.signing().public();
    let group = device.state()?.group;
    let (Some(said), Some(roster)) = (Custody::verified(signed, group, &me), device.roster()?)
    else {
        return Ok(false);
    };
    let coordinates = |key| {
        let person = roster.person(key);
        person.is_some_and(|person| person.role == Role::Coordinator)
    };
    if !coordinates(&said.by) || !coordinates(&me) || said.extensions.has_critical() {
        return Ok(false);
    }
    let ruled = |mailbox| {
        let mut all = said.authorities.iter();
        all.find(|seed| Some(epochs::authority(seed).public().mailbox()) == mailbox)
    };
    device.change(|state| {
        let now = state.credential.as_ref().and_then(epochs::mailbox_of);
        state.authority_seed = state.authority_seed.take().or(ruled(now).cloned());
        for former in &mut state.former {
            let seed = ruled(former.mailbox()).cloned();
            former.authority_seed = former.authority_seed.take().or(seed);
        }
    })?;
    take_wished(device, &roster, &said)?;
    for it in said.invitations {
        keep(device, &roster, it)?;
    }
    Ok(true)
}

fn keep(device: &Device, roster: &Roster, it: Entrusted) -> Result<(), DeviceError> {
    let keys = it.secret.keys();
    let invitation = keys.invitation.public();
    let invited = roster.invitation(&invitation);
    let is_founders = founder::is_whole((&it.secret, it.admitted_at), it.claim.as_ref(), roster);
    if invited.is_none_or(|invited| invited.at != it.admitted_at) && !is_founders {
        return Ok(());
    }
    let delegated = it.delegation.verify_own(|said| said.coordinator);
    if !delegated.is_ok_and(|said| said.invitation == invitation && said.group == roster.id()) {
        return Ok(());
    }
    let at = it.admitted_at;
    let claim = it.claim.filter(|claim| {
        let valid = valid_claim(claim, roster);
        is_founders || valid.is_some_and(|claim| claim.invitation == invitation)
    });
    let merge = |known: &mut IssuedInvitation| {
        // This device's own needs nobody's leave.
        known.delegation = known.delegation.as_ref().map(|_| it.delegation.clone());
        known.claim = known.claim.take().or(claim.clone());
        known.refused |= it.refused;
        known.ended |= it.ended && known.claim.is_none();
        let sent = it.sent.map(|(position, at)| Sent { position, at });
        known.sent = match (known.sent, sent) {
            (Some(known), Some(sent)) if known.position >= sent.position => Some(known),
            (known, sent) => sent.or(known),
        };
        known.has = known.has.max(it.has);
        known.reads_after = known.reads_after.take().or(it.reads_after.clone());
    };
    // Of another history, which does not count any more.
    let all = issued::all(device)?;
    let is_other = |known: &IssuedInvitation| known.admitted_at == at && known.secret != it.secret;
    if all.iter().any(is_other) {
        issued::forget(device, at)?;
    }
    if issued::change(device, at, merge)?.is_none() {
        let mut new = IssuedInvitation::new(it.secret.clone(), keys.mailbox(), at);
        new.delegation = Some(it.delegation.clone());
        merge(&mut new);
        issued::store(device, &new)?;
    }
    Ok(())
}

/// Forgets what only coordinators are entrusted with, on a device whose person is none any more.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn lay_down(device: &Device, roster: &Roster) -> Result<(), DeviceError> {
    let me = roster.person(&device.signing().public());
    if me.is_none_or(|me| me.role == Role::Coordinator) {
        return Ok(());
    }
    let state = device.state()?;
    let rules = state.former.iter().any(|it| it.authority_seed.is_some());
    if state.authority_seed.is_some() || rules {
        device.change(|state| {
            state.authority_seed = None;
            state.relay_tasks.clear();
            for former in &mut state.former {
                former.authority_seed = None;
            }
        })?;
    }
    for it in issued::all(device)? {
        issued::forget(device, it.admitted_at)?;
    }
    // It keeps none of a person who coordinates no more.
    wishes::change(device, roster, |_| ())
}

#[cfg(test)]
#[path = "custody_tests.rs"]
pub(super) mod tests;
