//! What a relay keeps for two weeks must reach who comes after three: it is said again, as long as its addressee has not been seen
//! to have it. The roster, of which nobody says that they have it, is said again anyhow.

use bellrope_proto::ids::Timestamp;

use super::{
    admit::welcome,
    founder::reply_at,
    transaction::{AdmissionError, RosterTransaction},
    turn::say_turn_again,
    views::{Known, held, owed, send_view, tell_owed},
};
use crate::{
    device::{Device, IssuedInvitation, issued, outbox},
    extensions::Extensions,
    group::{Change, LeaseChange, Role, Roster, lifetimes::is_due},
    ids::Position,
    message::Arrival,
    relay::Cursor,
};

/// Who is in the group and has not been seen to have what they were sent last, long enough ago. Whether they have it by now is
/// asked in their mailboxes, before it is said again.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn lacking(
    device: &Device,
    now: Timestamp,
) -> Result<Vec<IssuedInvitation>, AdmissionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let me = device.signing().public();
    let mut lacking = Vec::new();
    let all = issued::all(device)?;
    let held = held(device, &roster, &all)?;
    for issued in all {
        if held.contains(&issued.admitted_at) {
            continue;
        }
        // Nobody has to tell themselves.
        let is_mine = issued.device().is_some_and(|claim| claim.device == me);
        let lacks = issued.lacks() && !issued.refused && !is_mine;
        let is_in = lacks.then(|| role(&issued, &roster)).flatten();
        let due = issued.sent.is_some_and(|sent| is_due(sent.at, now));
        if is_in.is_some_and(|role| due && issued.waits_for_something(role, now))
            // What was not posted yet need not be posted again.
            && !outbox::waits(device, issued.mailbox)?
        {
            lacking.push(issued);
        }
    }
    Ok(lacking)
}

/// The role of the person who came in by an invitation.
fn role(issued: &IssuedInvitation, roster: &Roster) -> Option<Role> {
    let person = roster.person(&issued.device()?.device)?;
    (reply_at(person) == issued.admitted_at).then_some(person.role)
}

/// Notes what somebody's device said that it has, and how far its mailbox was read; whether that is all that it was sent.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn arrived(
    device: &Device,
    at: Position,
    arrivals: &[Arrival],
    read_to: Cursor,
) -> Result<bool, AdmissionError> {
    let newest = arrivals.iter().map(|arrival| arrival.position).max();
    let has_all = issued::change(device, at, |issued| {
        issued.cursor = read_to;
        // Nobody has what they were not sent.
        let sent = issued.sent.map(|sent| sent.position);
        issued.has = issued.has.max(newest.min(sent));
        !issued.lacks()
    })?;
    Ok(has_all.unwrap_or(true))
}

/// Says again what these people lack, and what everybody who reads may lack: the roster, of which entries expire at the relay
/// before who was away has read them, and until when the group's mailbox is there. And tells defenders who came, where that was left for
/// later.
///
/// # Errors
/// [`AdmissionError`].
pub(crate) fn say_again(
    device: &Device,
    lacking: &[IssuedInvitation],
    now: Timestamp,
) -> Result<(), AdmissionError> {
    let (lease, owed, roster) = {
        let known = &device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
        let state = device.state()?;
        let lease = state.lease.filter(|lease| known.lease() != Some(*lease));
        let is_due = state.roster_said.is_none_or(|said| is_due(said, now));
        // What waits to be posted is not posted again, and nobody says to themselves who they are.
        let roster = is_due
            && known.readers_at(known.next_position()).len() > 1
            && !outbox::waits(device, known.epoch().mailbox)?;
        let all = issued::all(device)?;
        let held = held(device, known, &all)?;
        let mut owed = owed(&all, known, now);
        owed.retain(|at| !held.contains(at));
        // They are told with the rest.
        owed.retain(|at| lacking.iter().all(|lacking| lacking.admitted_at != *at));
        (lease, owed, roster)
    };
    if lacking.is_empty() && lease.is_none() && owed.is_empty() && !roster {
        return Ok(());
    }
    // Who does not understand the roster cannot say it again either: that is told where it is read.
    if device.roster()?.is_some_and(|roster| roster.is_newer()) {
        return Ok(());
    }
    let mut change = RosterTransaction::begin(device, now)?;
    if let Some(lease) = lease {
        change.append(Change::Lease(LeaseChange {
            lease,
            extensions: Extensions::none(),
        }))?;
    }
    if roster {
        change.queue_roster()?;
        say_turn_again(&mut change)?;
    }
    let mut known = Known::default();
    for issued in lacking {
        let Some(claim) = issued.device() else {
            continue;
        };
        match role(issued, &change.roster) {
            Some(role) if role.reads() => welcome(&mut change, issued, &claim)?,
            Some(_) => {
                let view = known.view(&change, issued.mailbox)?;
                send_view(&mut change, issued, &claim, view)?;
            }
            None => {}
        }
    }
    tell_owed(&mut change, &issued::all(device)?, &owed)?;
    change.commit()?;
    if roster {
        device.change(|state| state.roster_said = Some(now))?;
    }
    Ok(())
}
