//! The roster, and the epochs that it turns to, as they come to the group's mailbox. Unlike a message, the roster is read, changed and
//! written: never without its lock. What cannot be written down now waits, and keeps back no alert.

use std::sync::{PoisonError, atomic::Ordering};

use bellrope_proto::{
    ids::Sequence,
    signing::{Device as DeviceKey, PublicKey, Signed},
};

use super::{GroupReceiver, LOCK_PATIENCE, Part, Received};
use crate::{
    clock::now,
    device::{
        Device, DeviceError, LockName,
        absence::{self, Absence},
        newest_place, reach,
        recovery::step,
        wishes,
    },
    group::{Applied, Entry, Policy, Role, Roster, RosterError},
    ids::Position,
    membership::{adopt, lay_down, overtaken, take_epoch},
    message::NewEpoch,
    sync::{reached_by, reply_mailbox::tell_arrival},
};

/// New epochs that wait for the entries before theirs. There is one at a time, unless somebody makes many: those nearest to the roster's
/// end are kept.
const TURNS_MAX: usize = 8;

/// Entries that wait for those before them: more than a large group has.
const AHEAD_MAX: usize = 512;

/// A new epoch whose entry the roster does not have yet.
#[derive(Debug)]
pub(super) struct WaitingTurn {
    /// Where it came.
    place: Sequence,
    position: Position,
    said: NewEpoch,
    /// Whether that it waits was told.
    is_told: bool,
}

impl GroupReceiver {
    pub(super) fn turns(&self) -> std::sync::MutexGuard<'_, Vec<WaitingTurn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ahead(&self) -> std::sync::MutexGuard<'_, Vec<(Sequence, Signed<Entry>)>> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What this device was sent of a new epoch, whose entry is written down first.
    pub(super) fn turn(
        &self,
        device: &Device,
        sequence: Sequence,
        said: &Signed<NewEpoch>,
    ) -> Result<Received, DeviceError> {
        let state = device.state()?;
        let me = device.signing().public();
        let Some((said, epoch)) = NewEpoch::verified(said, state.group, &me) else {
            return Ok(Received::Damaged(sequence));
        };
        if said.is_newer() {
            return Ok(Received::RosterNewer);
        }
        let entry = said.entry.clone();
        if state.is_groups(epoch.mailbox) {
            // Another program of this device was faster, or the one that began the epoch: this one goes after it.
            let goes_on = self.part != Part::Over && !state.waits_for_succession();
            let roster = device.roster()?.filter(|_| goes_on);
            let at = entry.peek().ok().map(|entry| entry.position);
            return Ok(match roster.zip(at) {
                Some((roster, at)) => Received::Turned(put_out(&roster, |it| it == at)),
                None => Received::Again,
            });
        }
        let Ok(position) = entry.peek().map(|entry| entry.position) else {
            return Ok(Received::Damaged(sequence));
        };
        self.resends().saw_roster(position);
        self.turns().push(WaitingTurn {
            place: sequence,
            position,
            said,
            is_told: false,
        });
        Ok(self.roster(device, sequence, Vec::new()))
    }

    /// A coordinator's device sends it all again to whoever was not seen to have it.
    fn tell_arrival(&self, device: &Device, roster: &Roster) {
        let last = roster.position_of(&roster.head()).unwrap_or(Position(0));
        let told = device.state().and_then(|state| {
            let joined = state.reply();
            joined.map_or(Ok(()), |joined| tell_arrival(device, joined, last))
        });
        if let Err(error) = told {
            tracing::warn!(%error, "that the new epoch has come could not be told");
        }
    }

    /// Goes on to the epochs whose entries the roster has now. One that comes after entries that are not here waits for them, and the
    /// cursor before it: it is said once. Only a coordinator's word does so: anybody else could keep a device reading the same for ever.
    fn take_turns(&self, device: &Device, roster: &Roster) -> Result<bool, DeviceError> {
        let mut turned = false;
        let mut turns = self.turns();
        turns.sort_by_key(|turn| turn.position);
        let mut waiting = Vec::new();
        while let Some(turn) = turns.first() {
            let entry = &turn.said.entry;
            let place = usize::try_from(turn.position.0).unwrap_or(usize::MAX);
            // One whose entry breaks the rules, or is of a history that does not count, is none.
            if roster.entries().get(place) == Some(entry) {
                turned |= take_epoch(device, &turn.said, turn.position, now())?;
            }
            let mut turn = turns.remove(0);
            let is_ours = is_coordinators(roster, &turn.said.entry);
            if place > roster.entries().len() && is_ours && waiting.len() < TURNS_MAX {
                turn.is_told = true;
                waiting.push(turn);
            }
        }
        *turns = waiting;
        Ok(turned)
    }

    /// Entries that cannot be written down now keep back no alert that comes after them: they wait.
    pub(super) fn roster(
        &self,
        device: &Device,
        sequence: Sequence,
        entries: Vec<Signed<Entry>>,
    ) -> Received {
        let first = entries.first().and_then(|entry| entry.peek().ok());
        if let Some(first) = first {
            self.resends().saw_roster(first.position);
        }
        let entries = entries.into_iter().map(|entry| (sequence, entry));
        self.waiting().extend(entries);
        let written = self.write_roster(device, sequence);
        let was_told = self.waiting_told.swap(written.is_err(), Ordering::Relaxed);
        match written {
            Ok(received) => received,
            Err(_) if was_told => Received::Again,
            Err(error) => Received::RosterNotKept(error),
        }
    }

    /// Unlike a message, the roster is read, changed and written: never without its lock.
    fn write_roster(&self, device: &Device, sequence: Sequence) -> Result<Received, DeviceError> {
        let lock = device
            .files()
            .lock_within(LockName::Roster, LOCK_PATIENCE)?;
        if lock.is_none() {
            return Ok(Received::Again);
        }
        let before = device.roster()?.ok_or(DeviceError::Nothing)?;
        let mut roster = (*before).clone();
        let mut has_switched = false;
        let was_newer = roster.is_newer();
        let known = (
            roster.known_len(),
            people(&roster),
            roster.position_of(&roster.head()).unwrap_or(Position(0)),
        );
        let moved_before = roster.moved();
        let read_before = policy(&roster);
        let duty_before = roster.duty_since();
        let retention_before = roster.retention_since();
        let mut received = Received::Again;
        let mut refused = None;
        let mut undone: Option<Vec<String>> = None;
        let mut seen: Option<(Position, Sequence)> = None;
        let mut waiting = self.waiting();
        // Whether a gap before it is news.
        let mut coming: Vec<(Sequence, Signed<Entry>, bool)> = Vec::new();
        coming.extend(waiting.iter().map(|(at, entry)| (*at, entry.clone(), true)));
        let turns = self.turns();
        coming.extend(
            turns
                .iter()
                .map(|it| (it.place, it.said.entry.clone(), !it.is_told)),
        );
        drop(turns);
        let ahead = self.ahead().clone().into_iter();
        coming.extend(ahead.map(|(at, entry)| (at, entry, false)));
        // Those that come after what is missing are looked at again when something of it came.
        let ahead = loop {
            let length = roster.known_len();
            let mut ahead = Vec::new();
            for (place, entry, is_news) in coming {
                match roster.apply(entry.clone()) {
                    Ok(Applied::New | Applied::Known) => {
                        let position = entry.peek().map(|entry| entry.position);
                        let newer = position
                            .ok()
                            .filter(|at| seen.is_none_or(|(known, _)| *at > known));
                        seen = newer.map(|at| (at, place)).or(seen);
                    }
                    // Another has the pen: who wrote before may have let somebody in who is not in by this.
                    Ok(Applied::Switched) => has_switched = true,
                    Ok(Applied::Aside) => {}
                    // This device was away: nobody broke a rule.
                    Err(RosterError::Gap) => ahead.push((place, entry, is_news)),
                    Err(RosterError::Fork) => match adopt(device, &mut roster, &entry)? {
                        Some(names) => undone.get_or_insert_default().extend(names),
                        None => _ = refused.get_or_insert(RosterError::Fork),
                    },
                    // Those behind it may be others'.
                    Err(refusal) => _ = refused.get_or_insert(refusal),
                }
            }
            if ahead.is_empty() || roster.known_len() == length {
                break ahead;
            }
            coming = ahead;
        };
        let is_behind = ahead.iter().any(|(_, _, is_news)| *is_news);
        let has_grown = roster.known_len() > known.0;
        if has_grown || undone.is_some() {
            device.store_roster(&roster)?;
            lay_down(device, &roster)?;
            wishes::settle(device, &roster)?;
        }
        if policy(&roster) != read_before {
            self.circle_has_changed.store(true, Ordering::Relaxed);
        }
        if roster.duty_since() != duty_before {
            self.duty_has_changed.store(true, Ordering::Relaxed);
        }
        if roster.retention_since() != retention_before {
            self.retention_has_changed.store(true, Ordering::Relaxed);
        }
        let overtaken = match has_switched {
            true => overtaken(device, &before, &roster)?,
            false => Vec::new(),
        };
        waiting.clear();
        let lacks_some = !ahead.is_empty();
        self.keep_ahead(&roster, ahead);
        if is_behind {
            absence::change(device, Absence::fall_behind)?;
        } else if has_grown && !lacks_some {
            absence::change(device, |absence| absence.is_behind = false)?;
        }
        if self.take_turns(device, &roster)? {
            self.tell_arrival(device, &roster);
            reached_by::tell(device, &roster, now());
            return Ok(Received::Turned(put_out(&roster, |at| at > known.2)));
        }
        if let Some((position, place)) = seen
            && self.is_in_force()
            && let Err(error) = reach::change(device, |reach| reach.saw(position, place))
        {
            tracing::warn!(%error, "it could not be noted where the roster grew");
        }
        // Not each entry is about who is in.
        if people(&roster) != known.1 || has_switched {
            received = Received::Roster;
        }
        let is_new = |entry: &&Signed<Entry>| !before.entries().contains(entry);
        let mut fresh = roster.entries().iter().rev().take_while(is_new);
        if fresh.any(|entry| entry.peek().is_ok_and(|entry| step(&entry).is_some())) {
            received = Received::Recovery;
        }
        if roster.holder() != before.holder() {
            let holder = roster.person(&roster.holder());
            let name = holder.map(|person| person.name.clone());
            received = Received::Pen(name.unwrap_or_default());
        }
        if !overtaken.is_empty() {
            received = Received::Overtaken(overtaken);
        }
        let moved = roster.moved() > moved_before
            && newest_place(device)?.is_some_and(|told| told.relay != self.relay);
        if moved {
            received = Received::Moved;
        }
        if roster.is_newer() && !was_newer {
            received = Received::RosterNewer;
        }
        Ok(match refused {
            Some(refusal) => Received::RosterRefused(sequence, refusal),
            None if is_behind => Received::RosterBehind,
            None if undone.is_some() => Received::Undone(undone.unwrap_or_default()),
            None => received,
        })
    }

    /// Keeps entries that follow on what is missing; those that are nearest, if there are too many.
    fn keep_ahead(&self, roster: &Roster, ahead: Vec<(Sequence, Signed<Entry>, bool)>) {
        let ahead = ahead.into_iter().filter_map(|(at, entry, _)| {
            let position = entry.peek().ok()?.position;
            is_coordinators(roster, &entry).then_some((position, (at, entry)))
        });
        let mut ahead: Vec<_> = ahead.collect();
        ahead.sort_by_key(|(position, _)| *position);
        ahead.dedup_by(|one, other| one.1.1 == other.1.1);
        ahead.truncate(AHEAD_MAX);
        *self.ahead() = ahead.into_iter().map(|(_, entry)| entry).collect();
    }

    /// Writes down what waits, if that can be done now.
    pub(crate) fn retry(&self, device: &Device, at: Sequence) -> Received {
        self.keep_again(device);
        if self.waiting().is_empty() && self.turns().is_empty() {
            return Received::Again;
        }
        self.roster(device, at, Vec::new())
    }
}

/// Who was put out by the entries that are meant.
fn put_out(roster: &Roster, is_meant: impl Fn(Position) -> bool) -> Vec<String> {
    let out = roster.removed().iter().filter(|it| is_meant(it.at));
    out.map(|it| it.person.name.clone()).collect()
}

/// Whether an entry, which is signed by its author, is of somebody who may write as far as the roster is known.
fn is_coordinators(roster: &Roster, entry: &Signed<Entry>) -> bool {
    let author = entry.peek().ok().map(|entry| entry.author);
    let person = author.and_then(|author| roster.person(&author));
    person.is_some_and(|person| person.role == Role::Coordinator)
}

/// Who reads new alerts.
fn policy(roster: &Roster) -> Policy<PublicKey<DeviceKey>> {
    let newest = roster.position_of(&roster.head()).unwrap_or(Position(0));
    roster.policy_at(newest).1.clone()
}

/// How many are in the group, and were invited to it.
fn people(roster: &Roster) -> (usize, usize) {
    (roster.people().len(), roster.invited().len())
}

#[cfg(test)]
#[path = "roster_tests.rs"]
mod tests;
