//! How a group goes on whose only coordinator is lost. A majority of the members takes the pen; but what rules the group's mailbox was on
//! that coordinator's device alone. So whoever takes the pen has the relay's host open another mailbox by a token, before anybody is asked;
//! once a quorum has signed, they begin the next epoch in that one, without the coordinator who is lost. The same opens the mailbox of an
//! epoch that has begun, where somebody else was first to give the account of the one before to a mailbox of their own.

use std::sync::Arc;

use bellrope_proto::{
    address::RelayAddress,
    grant::{HostToken, Opening},
    ids::{MailboxId, Timestamp},
    message::Reason,
    signing::{Authority, Device as DeviceKey, PublicKey, SecretKey, Signed},
};

use super::{
    admit::take_back,
    founder::{self, reply_at},
    pending::agreed_to_remove,
    transaction::{AdmissionError, RosterTransaction},
    turn::turn_anew,
};
use crate::{
    blocking::blocking,
    clock::now,
    connect::open_session,
    device::{
        Device, DeviceError, IssuedInvitation, Sent,
        epochs::{self, RelayTask, authority},
        issued,
        next_mailbox::{self, NextMailbox},
        relay_now,
    },
    extensions::Extensions,
    group::{Change, Lease, Person, Role, Roster, Take, valid_claim},
    ids::Position,
    message::{Out, Payload, ReachedBy, View},
    relay::RelayError,
    seal,
    secret::Seed,
};

/// Why no mailbox was opened.
#[derive(Debug, thiserror::Error)]
pub enum NextMailboxError {
    /// It takes a token of the relay's host, and this device has none.
    #[error("a host's token is needed")]
    TokenNeeded,
    /// The group goes on in the mailbox that it has.
    #[error("no other mailbox is needed")]
    NotNeeded,
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The relay did not open it. A token that it did not refuse is kept: the same again goes on from there.
    #[error(transparent)]
    Relay(#[from] RelayError),
}

/// Whether this device's person can take the pen only with another mailbox for the group: they are a member, and one person coordinates.
fn takes_a_mailbox(device: &Device) -> Result<bool, DeviceError> {
    let roster = device.roster()?;
    let me = device.signing().public();
    Ok(roster.is_some_and(|roster| is_member_of_one(&roster, &me)))
}

/// Whether this is a member's device, in a group with one coordinator.
pub(crate) fn is_member_of_one(roster: &Roster, device: &PublicKey<DeviceKey>) -> bool {
    let coordinators = roster
        .persons()
        .filter(|it| it.role == Role::Coordinator)
        .count();
    let person = roster.person(device);
    coordinators == 1 && person.is_some_and(|it| it.role == Role::Member)
}

/// Whether the mailbox is there with which this device can take the pen.
pub(crate) fn is_ready(device: &Device) -> Result<bool, DeviceError> {
    Ok(ready(device)?.is_some())
}

fn ready(device: &Device) -> Result<Option<NextMailbox>, DeviceError> {
    let next = next_mailbox::read(device)?.filter(|it| it.lease.is_some());
    let Some(next) = next else {
        return Ok(None);
    };
    // At another relay, where the group is by now, there is none.
    let relay = relay_now(device)?;
    Ok(relay
        .is_some_and(|relay| relay.key() == next.relay)
        .then_some(next))
}

/// Has a host's token open the mailbox with which this device can take the pen; or goes on with one that was given before. Gives its end.
///
/// # Errors
/// [`NextMailboxError`].
pub async fn open_next_mailbox(
    device: &Arc<Device>,
    token: Option<Signed<HostToken>>,
) -> Result<Timestamp, NextMailboxError> {
    let (relay, next) = blocking(device, move |device| begin(device, token)).await?;
    let token = match (next.token, next.lease) {
        (Some(token), _) => token,
        (None, Some(lease)) => return Ok(lease.ends),
        (None, None) => return Err(NextMailboxError::TokenNeeded),
    };
    let opened = open(device, &relay, (&authority(&next.authority), token)).await;
    let used_up = opened.as_ref().err().is_some_and(is_of_the_token);
    let opened = opened.map(|ends| Lease { since: now(), ends });
    let lease = opened.as_ref().ok().copied();
    blocking(device, move |device| {
        next_mailbox::change(device, |next| {
            let Some(next) = next else { return };
            if used_up || lease.is_some() {
                next.token = None;
            }
            next.lease = lease.or(next.lease);
        })
    })
    .await?;
    Ok(opened?.ends)
}

/// Writes down what is about to be asked for, if anything is.
fn begin(
    device: &Device,
    token: Option<Signed<HostToken>>,
) -> Result<(RelayAddress, NextMailbox), NextMailboxError> {
    if !takes_a_mailbox(device)? {
        return Err(NextMailboxError::NotNeeded);
    }
    let relay = relay_now(device)?.ok_or(DeviceError::Nothing)?;
    next_mailbox::change(device, |next| {
        // One at another relay is of no use here.
        if next.as_ref().is_none_or(|next| next.relay != relay.key()) {
            *next = Some(NextMailbox {
                authority: Seed::random(),
                relay: relay.key(),
                token: None,
                lease: None,
            });
        }
        if let Some(next) = next {
            next.token = token.or(next.token.take());
        }
    })?;
    let next = next_mailbox::read(device)?.ok_or(NextMailboxError::TokenNeeded)?;
    Ok((relay, next))
}

/// Whether another token is needed.
fn is_of_the_token(error: &RelayError) -> bool {
    matches!(
        error,
        RelayError::Refused(Reason::TokenSpent | Reason::NotValid, _)
    )
}

/// Opens a mailbox by a token, or renews it.
async fn open(
    device: &Arc<Device>,
    relay: &RelayAddress,
    (authority, token): (&SecretKey<Authority>, Signed<HostToken>),
) -> Result<Timestamp, RelayError> {
    let opening = authority.sign(&Opening {
        authority: authority.public(),
        relay: relay.key(),
    });
    let mut session = open_session(device, relay, None).await?;
    let created = session.create(opening, token).await?;
    session.close().await;
    if created.mailbox == authority.public().mailbox() {
        Ok(created.ends)
    } else {
        Err(RelayError::Protocol("another mailbox was opened"))
    }
}

/// Opens, by a host's token, the mailbox of the epoch that has begun here and that the relay does not know, as somebody else was first to
/// give the account of the one before to a mailbox of theirs. Gives its end.
///
/// # Errors
/// [`NextMailboxError`].
pub async fn open_instead(
    device: &Arc<Device>,
    token: Signed<HostToken>,
) -> Result<Timestamp, NextMailboxError> {
    let waits = blocking(device, |device| {
        let task = device.state()?.succession();
        let relay = relay_now(device)?;
        Ok::<_, DeviceError>(task.zip(relay))
    })
    .await?;
    let Some(((from, to), relay)) = waits else {
        return Err(NextMailboxError::NotNeeded);
    };
    let ends = open(device, &relay, (&authority(&to), token)).await?;
    blocking(device, move |device| {
        let done = RelayTask::Succeed { from, to };
        device.change(|state| {
            state.relay_tasks.retain(|task| *task != done);
            state.lease = Some(Lease { since: now(), ends });
        })
    })
    .await?;
    Ok(ends)
}

/// Takes the pen on a member's device, with what a quorum signed, and begins the next epoch in the mailbox that a host has opened, without
/// the coordinator who is lost. Whether it was done.
pub(super) fn take_from_the_only_one(
    device: &Device,
    (roster, take): (&Roster, Take),
    now: Timestamp,
) -> Result<bool, AdmissionError> {
    let Some(next) = ready(device)? else {
        return Ok(false);
    };
    let authority = epochs::authority(&next.authority);
    let mut change = RosterTransaction::begin_anew(device, authority, now)?;
    if change.roster.head() != roster.head() {
        return Ok(false);
    }
    let lost = roster.holder();
    let gone: Vec<Person> = roster.devices_of(&lost).cloned().collect();
    let out = gone.iter().map(|it| it.device).collect();
    let mut consents = agreed_to_remove(device, roster, &lost)?;
    // The author's signature says it.
    let me = device.signing().public();
    consents.retain(|it| {
        it.peek()
            .is_ok_and(|it| !roster.is_same_person(&it.by, &me))
    });
    change.append(Change::Take(take))?;
    for person in &gone {
        say_out(&mut change, person)?;
    }
    // Nobody can look any more who asks by these: what they are looked at by is lost with whoever made them.
    let open = change.roster.invited().iter().filter(|it| it.is_open());
    let open: Vec<Position> = open.map(|it| it.at).collect();
    for at in open {
        take_back(&mut change, at)?;
    }
    turn_anew(change, (out, consents), next.authority)?;
    settle(device)?;
    Ok(true)
}

/// Tells a device that it is out. The relay lets it in on: its lane can only be taken back by what is lost.
fn say_out(change: &mut RosterTransaction<'_>, person: &Person) -> Result<(), AdmissionError> {
    let said = change.device.signing().sign(&Out {
        group: change.roster.id(),
        device: person.device,
        head: change.roster.head(),
        extensions: Extensions::none(),
    });
    let Some(turn) = &person.turn else {
        return Ok(());
    };
    let envelope = seal::seal(&Payload::Out(said).encode(), &[person.key], turn)?;
    change.queue_plain(change.roster.epoch().mailbox, envelope);
    Ok(())
}

/// Keeps by what a reader's device is reached, as it says itself, on a coordinator's that was not entrusted with it.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn keep_reached_by(
    device: &Device,
    roster: &Roster,
    (by, said): (&PublicKey<DeviceKey>, ReachedBy),
) -> Result<(), DeviceError> {
    let me = roster.person(&device.signing().public());
    let Some(person) = roster.person(by) else {
        return Ok(());
    };
    let at = reply_at(person);
    let keys = said.secret.keys();
    let key = keys.invitation.public();
    let is_theirs = match roster.invitation(&key) {
        Some(invited) => {
            let claim = valid_claim(&said.claim, roster);
            invited.at == at && claim.is_some_and(|it| it.device == *by && it.invitation == key)
        }
        None => founder::is_whole((&said.secret, at), Some(&said.claim), roster),
    };
    let is_known = issued::all(device)?.iter().any(|it| it.admitted_at == at);
    if !is_theirs || is_known || me.is_none_or(|me| me.role != Role::Coordinator) {
        return Ok(());
    }
    // What there is to be had they have: they have just said it in the epoch in force.
    let position = View::of(roster).position;
    let mut kept = IssuedInvitation::new(said.secret, keys.mailbox(), at);
    kept.claim = Some(said.claim);
    kept.has = Some(position);
    kept.sent = Some(Sent {
        position,
        at: now(),
    });
    issued::store(device, &kept)
}

/// Defenders whom this device, which writes the roster, can tell nothing: what leads to them was lost with the coordinator who let them in. Until
/// when what they send is read all the same, as far as that is known.
///
/// # Errors
/// [`DeviceError`].
pub fn cut_off(
    device: &Device,
) -> Result<(Vec<PublicKey<DeviceKey>>, Option<Timestamp>), DeviceError> {
    let Some(roster) = device
        .roster()?
        .filter(|_| device.has_pen().unwrap_or(false))
    else {
        return Ok((Vec::new(), None));
    };
    let issued = issued::all(device)?;
    let people = roster.people().iter();
    let cut = people.filter(|person| is_cut_off(person, &issued));
    let cut = cut.map(|it| it.device).collect();
    // What this device does not rule was the mailbox of who is lost.
    let former = device.state()?.former.into_iter();
    let theirs = former.filter(|it| it.authority_seed.is_none());
    Ok((cut, theirs.map(|it| it.until).max()))
}

/// Whether this device has nothing that leads to a defender.
pub(super) fn is_cut_off(person: &Person, issued: &[IssuedInvitation]) -> bool {
    let at = person.admitted_at;
    person.role == Role::Defender && !issued.iter().any(|it| Some(it.admitted_at) == at)
}

/// Notes how long the mailbox is there in which the epoch has begun.
pub(super) fn settle(device: &Device) -> Result<(), DeviceError> {
    let Some(next) = next_mailbox::read(device)? else {
        return Ok(());
    };
    let in_force: Option<MailboxId> = device
        .state()?
        .credential
        .as_ref()
        .and_then(epochs::mailbox_of);
    if in_force != Some(next.mailbox()) {
        return Ok(());
    }
    device.change(|state| state.lease = next.lease.or(state.lease))?;
    next_mailbox::change(device, |next| *next = None)
}

#[cfg(test)]
#[path = "take_over_tests.rs"]
mod tests;
