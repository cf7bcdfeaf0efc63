//! A new epoch: other keys, another mailbox, other lanes; and with it, somebody is put out of the group.
//!
//! A removal that left the keys in force would be a word and no more, so the two are one change. What stays of the old epoch is
//! its mailbox, for a while: for those who have not heard of the turn.

use bellrope_proto::{
    codec::Blob,
    grant::Rights,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey, Signed},
};
use zeroize::Zeroizing;

use super::{
    admit::{say_no, take_back},
    founder::reply_at,
    transaction::{AdmissionError, Begins, RosterTransaction},
    views::send_views,
};
use crate::{
    device::{
        Device, DeviceError, damaged,
        epochs::{self, EpochAccess, RelayTask},
        issued,
    },
    extensions::Extensions,
    group::{
        Change, Consent, Entry, EpochKeys, Person, Removed, Role, Roster, Turn,
        lifetimes::EPOCH_SECONDS,
    },
    ids::{Epoch, Position},
    message::{Holder, LaneCredential, NewEpoch, Payload, lane_of},
    relay::Cursor,
    seal::{self, EpochIdentity, EpochRecipient, MemberKey},
    secret::Seed,
};

/// Gives the group new keys and another mailbox, and puts nobody out. No network; what follows from it waits in the outbox.
///
/// # Errors
/// [`AdmissionError`]; nothing is changed then.
pub fn renew(device: &Device, now: Timestamp) -> Result<(), AdmissionError> {
    turn_in(RosterTransaction::begin(device, now)?, &[], Vec::new())
}

/// Puts people out whose devices these are, as the only coordinator.
#[cfg(test)]
pub(crate) fn remove(
    device: &Device,
    devices: &[PublicKey<DeviceKey>],
    now: Timestamp,
) -> Result<(), AdmissionError> {
    turn_in(RosterTransaction::begin(device, now)?, devices, Vec::new())
}

/// Whether the relay has still to be told of a new epoch: until then whoever was put out can read what is said in the one before.
///
/// # Errors
/// [`DeviceError`].
pub fn waits_at_relay(device: &Device) -> Result<bool, DeviceError> {
    Ok(!device.state()?.relay_tasks.is_empty())
}

/// Renews the group's keys, when they are old enough, and nobody goes. Whether it was time.
///
/// # Errors
/// [`AdmissionError`]; nothing is changed then.
pub(crate) fn turn_if_due(device: &Device, now: Timestamp) -> Result<bool, AdmissionError> {
    let Some(roster) = device.roster()? else {
        return Ok(false);
    };
    let state = device.state()?;
    if !device.has_pen()?
        || state.cursor.is_none()
        || !state.relay_tasks.is_empty()
        || roster.is_newer()
        || !is_due(&roster, now)
    {
        return Ok(false);
    }
    let change = RosterTransaction::begin(device, now)?;
    // By the roster under the lock: another program of this device may have renewed them in between.
    if !is_due(&change.roster, now) {
        return Ok(false);
    }
    turn_in(change, &[], Vec::new())?;
    Ok(true)
}

fn is_due(roster: &Roster, now: Timestamp) -> bool {
    let place = usize::try_from(roster.turned().0).unwrap_or(usize::MAX);
    let began = roster.entries().get(place);
    let began = began.and_then(|entry| entry.peek().ok());
    // Also one that is said to begin long after now: whoever wrote it had a wrong clock, or has one now, and no epoch is longer for it.
    began.is_some_and(|entry| now.0.abs_diff(entry.time.0) >= EPOCH_SECONDS)
}

/// Begins the next epoch without these people, with the agreement of those who were asked.
pub(super) fn turn_in(
    change: RosterTransaction<'_>,
    devices: &[PublicKey<DeviceKey>],
    consents: Vec<Signed<Consent>>,
) -> Result<(), AdmissionError> {
    let ruled = change.state.authority_seed.clone();
    let ruled = ruled.ok_or(AdmissionError::NotACoordinator)?;
    turn(change, (devices, consents), Opens::TakesOver(ruled))
}

/// The same where this device has nothing that rules the mailbox before: in one that is open, and that this rules.
pub(super) fn turn_anew(
    change: RosterTransaction<'_>,
    (devices, consents): (Vec<PublicKey<DeviceKey>>, Vec<Signed<Consent>>),
    authority: Seed,
) -> Result<(), AdmissionError> {
    turn(change, (&devices, consents), Opens::IsOpen(authority))
}

/// What makes the next epoch's mailbox one.
enum Opens {
    /// It takes over the account of the one before, which this rules.
    TakesOver(Seed),
    /// It is one, and this rules it.
    IsOpen(Seed),
}

fn turn(
    mut change: RosterTransaction<'_>,
    (devices, consents): (&[PublicKey<DeviceKey>], Vec<Signed<Consent>>),
    opens: Opens,
) -> Result<(), AdmissionError> {
    let knew_secrets = take_back_open(&mut change, devices)?;
    // Whoever was away lacks entries, and could not go on from them.
    change.queue_roster()?;
    let before = change.roster.epoch().clone();
    let epoch = EpochIdentity::generate();
    let (ruled, authority_seed) = match opens {
        Opens::TakesOver(ruled) => (Some(ruled), Seed::random()),
        Opens::IsOpen(authority) => (None, authority),
    };
    change.authority = epochs::authority(&authority_seed);
    let mailbox = change.authority.public().mailbox();
    let entry = change.write(Change::Turn(Turn {
        removed: devices.to_vec(),
        epoch: EpochKeys {
            number: Epoch(before.number.0.saturating_add(1)),
            recipient: Blob(epoch.to_recipient().as_bytes().to_vec()),
            mailbox,
            relays: before.relays,
            extensions: Extensions::none(),
        },
        consents,
        extensions: Extensions::none(),
    }))?;
    let access = EpochAccess {
        credential: credential(&change, change.device.signing().public())?,
        seed: Some(Seed::new(epoch.seed())),
        authority_seed: Some(authority_seed.clone()),
    };
    let readers = change.roster.people().iter();
    let readers: Vec<Person> = readers.filter(|it| it.role.reads()).cloned().collect();
    for person in &readers {
        let access = EpochAccess {
            credential: credential(&change, person.device)?,
            authority_seed: (person.role == Role::Coordinator).then(|| authority_seed.clone()),
            ..access.clone()
        };
        let envelope = for_one(&change, person, &entry, access)?;
        change.queue_plain(before.mailbox, envelope);
        // Until they are seen to have it, they are sent a welcome as well.
        if person.device != change.device.signing().public() {
            let told = (reply_at(person), Some(Cursor::start(mailbox)));
            change.told.push(told);
        }
    }
    let all = issued::all(change.device)?;
    let at = change.roster.turned();
    send_views(&mut change, &all, at)?;
    let succeeds = ruled.clone().map(|from| RelayTask::Succeed {
        from,
        to: authority_seed,
    });
    let mut tasks: Vec<RelayTask> = succeeds.into_iter().collect();
    let removed = change.roster.removed().iter();
    let removed: Vec<Removed> = removed.filter(|it| it.at == at).cloned().collect();
    // They have a lane in each mailbox that is not over yet.
    let former = change.state.former.iter();
    let former = former.filter_map(|former| former.authority_seed.clone());
    let ruled: Vec<Seed> = former.chain(ruled).collect();
    for Removed { person, .. } in &removed {
        let holder = holder(&change, person);
        let revocations = ruled.iter().zip(holder.into_iter().cycle());
        // First: whoever is put out must not see how much is said to the others about it.
        tasks.splice(
            0..0,
            revocations.map(|(seed, holder)| RelayTask::Revoke {
                authority: seed.clone(),
                lane: lane_of(&epochs::authority(seed), &holder).public(),
            }),
        );
        // Their program would else only find that the relay does not let it in.
        say_no(&mut change, reply_at(person))?;
    }
    change.begins = Some(Begins { access, tasks });
    let device = change.device;
    change.commit()?;
    let refused = removed.iter().map(|it| reply_at(&it.person));
    for at in refused.chain(knew_secrets) {
        issued::change(device, at, |issued| issued.refused = true)?;
    }
    Ok(())
}

/// Says the turn once more, by which this device went on without the only coordinator, to the mailbox before: nothing else reaches a device that
/// was away since before. As long as that mailbox is read, and no later epoch has begun.
pub(super) fn say_turn_again(change: &mut RosterTransaction<'_>) -> Result<(), AdmissionError> {
    let roster = &change.roster;
    let at = roster.turned();
    let is_first = roster
        .taken_over()
        .is_some_and(|taken| roster.epoch_at(taken).0.saturating_add(1) == roster.epoch().number.0);
    let former = change.state.former.last();
    let former = former.filter(|it| it.authority_seed.is_none() && change.now < it.until);
    let before = former.and_then(|it| roster.keys_of(it.mailbox()?)).cloned();
    let place = usize::try_from(at.0).unwrap_or(usize::MAX);
    let (Some(before), Some(entry)) = (before, roster.entries().get(place).cloned()) else {
        return Ok(());
    };
    if !is_first {
        return Ok(());
    }
    let me = change.device.signing().public();
    let readers = roster.people().iter();
    let readers = readers.filter(|it| it.role.reads() && it.device != me && it.since < at);
    let readers: Vec<Person> = readers.cloned().collect();
    if readers.is_empty() {
        return Ok(());
    }
    let keys: Vec<MemberKey> = readers.iter().map(|it| it.key).collect();
    let recipient = EpochRecipient::from_bytes(&before.recipient.0);
    let recipient = recipient.map_err(|error| damaged("roster", error))?;
    let earlier = roster.entries().get(..place).unwrap_or_default();
    for part in Payload::roster(earlier, keys.len()) {
        let envelope = seal::seal(&part.encode(), &keys, &recipient)?;
        change.queue_plain(before.mailbox, envelope);
    }
    for person in &readers {
        let access = EpochAccess {
            credential: credential(change, person.device)?,
            seed: change.state.epoch_seed.clone(),
            authority_seed: change
                .state
                .authority_seed
                .clone()
                .filter(|_| person.role == Role::Coordinator),
        };
        let envelope = for_one(change, person, &entry, access)?;
        change.queue_plain(before.mailbox, envelope);
    }
    Ok(())
}

/// Whoever is put out and coordinated, or coordinates no more, has the secrets of the invitations that nobody has used: they could use
/// them. They are taken back; the people are invited anew.
fn take_back_open(
    change: &mut RosterTransaction<'_>,
    devices: &[PublicKey<DeviceKey>],
) -> Result<Vec<Position>, AdmissionError> {
    let roster = &change.roster;
    let coordinated = |key: &PublicKey<DeviceKey>| {
        let person = roster.person(key);
        person.is_some_and(|person| person.role == Role::Coordinator)
    };
    // A demotion is the entry before this.
    let demoted = roster.coordinated() > Some(roster.turned())
        && roster.coordinated() == roster.position_of(&roster.head());
    if !demoted && !devices.iter().any(coordinated) {
        return Ok(Vec::new());
    }
    let mut open = Vec::new();
    for issued in issued::all(change.device)? {
        let mut invited = change.roster.invited().iter();
        let is_open = invited.any(|it| it.at == issued.admitted_at && it.is_open());
        if is_open && issued.claim.is_none() {
            take_back(change, issued.admitted_at)?;
            open.push(issued.admitted_at);
        }
    }
    Ok(open)
}

/// Who has a person's lane.
fn holder(change: &RosterTransaction<'_>, person: &Person) -> Option<Holder> {
    let Some(at) = person.admitted_at else {
        return Some(Holder::Founder(person.device));
    };
    let mut invited = change.roster.invited().iter();
    let invited = invited.find(|invited| invited.at == at)?;
    Some(Holder::Invited(invited.admit.invitation))
}

/// The right of somebody who is in, at the new mailbox.
fn credential(
    change: &RosterTransaction<'_>,
    device: PublicKey<DeviceKey>,
) -> Result<LaneCredential, AdmissionError> {
    const BROKEN: &str = "somebody came by no invitation";
    let person = change.roster.person(&device);
    let rights = match person.map(|person| person.role) {
        Some(Role::Observer) => Rights::READ,
        _ => Rights::BOTH,
    };
    let holder = person.and_then(|person| holder(change, person));
    let holder = holder.ok_or_else(|| damaged("roster", BROKEN))?;
    Ok(LaneCredential::issue(&change.authority, &holder, rights))
}

/// What one device needs of the new epoch. Its outer layer is to the device's own turn key, so that the old epoch's key, which
/// whoever is put out has, opens nothing of it; and it looks like any other envelope.
fn for_one(
    change: &RosterTransaction<'_>,
    person: &Person,
    entry: &Signed<Entry>,
    access: EpochAccess,
) -> Result<bellrope_proto::envelope::Envelope, AdmissionError> {
    const UNREACHED: &str = "a reader has no turn key";
    let turn = person.turn.as_ref();
    let turn = turn.ok_or_else(|| damaged("roster", UNREACHED))?;
    let seed = access.seed.ok_or(AdmissionError::NotACoordinator)?;
    let signed = change.device.signing().sign(&NewEpoch {
        group: change.state.group,
        device: person.device,
        entry: entry.clone(),
        epoch_seed: seed,
        authority_seed: access.authority_seed,
        credential: access.credential,
        extensions: Extensions::none(),
    });
    let payload = Zeroizing::new(Payload::Turn(Box::new(signed)).encode());
    Ok(seal::seal(&payload, &[person.key], turn)?)
}

/// Takes what this device was sent of a new epoch whose entry its roster has. Whether the epoch is new to it.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn take(
    device: &Device,
    said: &NewEpoch,
    at: Position,
    now: Timestamp,
) -> Result<bool, DeviceError> {
    let access = EpochAccess {
        credential: said.credential.clone(),
        seed: Some(said.epoch_seed.clone()),
        authority_seed: said.authority_seed.clone(),
    };
    // A clock that is behind must not end the time in which the mailbox before is read, once it is put right.
    let began = said.entry.peek().map_or(now, |entry| now.max(entry.time));
    epochs::begin(device, &access, (at, began))
}

#[cfg(test)]
#[path = "turn_tests.rs"]
pub(super) mod tests;
