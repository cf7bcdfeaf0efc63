//! A coordinator's side of letting people in: claims, approvals, welcomes, and a no. Everything goes through the outbox, so that it survives a
//! bad network; nothing here talks to a relay.

use bellrope_proto::{grant::Rights, ids::Timestamp, signing::Signed};

pub use super::transaction::AdmissionError;
use super::{
    founder::holder_of,
    transaction::RosterTransaction,
    views::{send_views, weeks_for},
};
use crate::{
    device::{Device, IssuedInvitation, WeekBook, issued, outbox},
    extensions::Extensions,
    group::{Approve, Change, Claim, Role, Roster, RosterError, Withdraw, valid_claim},
    ids::Position,
    message::{LaneCredential, Payload, Refusal, Welcome},
    relay::Cursor,
    secret::Seed,
};

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
