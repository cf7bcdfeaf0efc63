//! What comes to the mailbox of the invitation by which this device came in: a welcome or a no for who waits, new keys for
//! a defender.

use std::sync::Arc;

use bellrope_proto::{
    codec,
    envelope::Envelope,
    ids::{Hash, MailboxId},
    signing::{Device as DeviceKey, PublicKey, Relay, Signed, Statement},
};

use super::event::ReplyUpdate;
use crate::{
    clock::now,
    device::{
        ClaimStatus, Device, DeviceError, Joined, QueueEnd, QueuedEnvelope, absence, answers,
        coordinators,
        epochs::{self, EpochAccess},
        newest_place, outbox, week_book,
    },
    extensions::{Extensions, is_critical},
    group::{Entry, Roster, RosterError},
    ids::Position,
    invitation::InvitationKeys,
    membership::follow_bundle,
    message::{
        Arrival, Bundle, Carried, Coordinator, LaneCredential, NoAnswer, Payload, View, Welcome,
    },
    relay::Cursor,
    seal,
};

/// See the module. Takes in one envelope after the other; knows no network.
pub(crate) struct ReplyMailbox {
    keys: InvitationKeys,
    joined: Joined,
    /// The roster comes in parts, and counts when the welcome has come.
    parts: Vec<Signed<Entry>>,
    /// Whether the group's mailbox is closed to this device, which reads: what it was sent since is looked for.
    shut_out: bool,
    /// Whether new keys have come, also such as are known: whoever sends them has not heard of it.
    heard: bool,
}

impl ReplyMailbox {
    /// Of a device that came in by this.
    pub(crate) fn new(joined: Joined) -> Self {
        Self {
            keys: joined.secret.keys(),
            joined,
            parts: Vec::new(),
            shut_out: false,
            heard: false,
        }
    }

    /// Of a reader's device that the group's mailbox is closed to: what was said to it since is looked for, from the beginning.
    pub(crate) fn of_shut_out(joined: Joined) -> Self {
        Self {
            shut_out: true,
            ..Self::new(joined)
        }
    }

    /// From where on it is read.
    pub(crate) fn start(&self) -> Cursor {
        // A reader's roster comes in parts: until the welcome, it is read from the start each time.
        if self.joined.claimed == ClaimStatus::Waiting || self.shut_out {
            Cursor::start(self.keys.mailbox())
        } else {
            self.joined.cursor.clone()
        }
    }

    /// Notes how far it was read, and tells the coordinator what has come.
    pub(crate) fn caught_up(
        &mut self,
        device: &Device,
        relay: &PublicKey<Relay>,
        cursor: Cursor,
    ) -> Result<(), DeviceError> {
        if std::mem::take(&mut self.heard)
            && let Some(view) = device.state()?.view
        {
            tell_arrival(device, &self.joined, view.position)?;
        }
        let seen = self.joined.claim_seen;
        device.change(|state| {
            // Another program of this device may have gone on to another relay.
            let is_there = state.place.is_log_of(relay);
            if let Some(joined) = state.joined.as_mut().filter(|_| is_there) {
                joined.cursor = cursor;
                joined.claim_seen = seen;
            }
        })
    }

    /// Something has expired. The claims are the oldest, so whose was first is not to be seen any more: what the coordinator
    /// sends decides.
    pub(crate) fn missed(&mut self) {
        self.joined.claim_seen = true;
    }

    /// Takes in an envelope; `None` when it changes nothing.
    pub(crate) fn receive(
        &mut self,
        device: &Device,
        envelope: &Envelope,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        let coordinators = coordinators(device)?;
        // Whenever it comes, and whoever was first.
        if self.keys.is_refusal(envelope, &coordinators) {
            if self.shut_out {
                return Ok(Some(ReplyUpdate::Removed));
            }
            let update = match self.joined.bundle.at_once {
                Some(_) => ReplyUpdate::TakenBack,
                None => ReplyUpdate::Refused,
            };
            return self.end(device, ClaimStatus::Refused, update);
        }
        // The first besides the bundle is the first claim: ours, or another device was faster (C4).
        if !self.joined.claim_seen {
            if let Some(bundle) = self.keys.open_bundle(envelope) {
                return self.renewed(device, bundle, &coordinators);
            }
            self.joined.claim_seen = true;
            let is_over = self.joined.claimed == ClaimStatus::Refused;
            if envelope.hash() != self.joined.claim_envelope && !is_over {
                return self.end(device, ClaimStatus::Taken, ReplyUpdate::Taken);
            }
            return Ok(None);
        }
        let opened = seal::open(envelope.bytes(), &self.keys.outer(), device.member());
        if opened.is_err()
            && let Some(bundle) = self.keys.open_bundle(envelope)
        {
            return self.renewed(device, bundle, &coordinators);
        }
        let invitation = self.joined.bundle.invitation;
        let waits = self.joined.claimed == ClaimStatus::Waiting || self.shut_out;
        match opened.ok().and_then(|bytes| Payload::decode(&bytes).ok()) {
            Some(Payload::Roster(entries)) if waits => {
                self.parts.extend(entries);
                Ok(None)
            }
            Some(Payload::Welcome(welcome)) if waits => {
                // Who cannot read all of it may not understand the roster either that says who signed it.
                let known = said_by(&welcome, &coordinators);
                match known.is_some_and(|it| it.invitation == invitation && it.is_newer()) {
                    true => Ok(Some(ReplyUpdate::Newer)),
                    false => self.welcome(device, &welcome),
                }
            }
            Some(Payload::View(view)) => match said_by(&view, &coordinators) {
                Some(update) if update.invitation != invitation => Ok(None),
                Some(update) if update.is_newer() => Ok(Some(ReplyUpdate::Newer)),
                Some(update) => {
                    self.heard = true;
                    take_view(device, update.view, update.credential)
                }
                None => Ok(None),
            },
            Some(Payload::Answer(carried)) => match said_by(&carried, &coordinators) {
                Some(carried) if carried.invitation == invitation => self.answer(device, &carried),
                _ => Ok(None),
            },
            Some(Payload::Unknown(number)) if is_critical(number) => Ok(Some(ReplyUpdate::Newer)),
            _ => Ok(None),
        }
    }

    /// An answer, of which a coordinator says that whoever signed it is in the group. It is kept until it was shown, and no longer.
    fn answer(
        &self,
        device: &Device,
        carried: &Carried,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        let me = device.signing().public();
        let answer = carried.open(self.joined.bundle.group, &me, device.member());
        let update = match answer {
            Ok(answer) => {
                let hash = Hash::tagged("answer", &[&codec::encode(&answer)]);
                let new = answers::ForMe { answer, hash };
                let is_new = answers::change(device, |all| all.hear(new))?;
                is_new.then_some(ReplyUpdate::Answer)
            }
            Err(NoAnswer::Newer) => Some(ReplyUpdate::Newer),
            Err(NoAnswer::Foreign) => Some(ReplyUpdate::ForeignAnswer),
        };
        Ok(update)
    }

    /// The bundle once more: with the keys of who came to read since, for a device that the coordinator did not know of.
    fn renewed(
        &mut self,
        device: &Device,
        bundle: Bundle,
        coordinators: &[Coordinator],
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        let known = &self.joined.bundle;
        let is_one = |it: &Coordinator| it.device == bundle.coordinator;
        if !coordinators.iter().any(is_one) || bundle.invitation != known.invitation {
            return Ok(None);
        }
        if bundle.is_newer() {
            return Ok(Some(ReplyUpdate::Newer));
        }
        if let Some(at_once) = bundle.at_once {
            return take_view(device, at_once.view, at_once.credential);
        }
        let has_moved = follow_bundle(device, &bundle)?;
        if bundle.position > known.position {
            device.change(|state| {
                if let Some(joined) = &mut state.joined {
                    joined.bundle = bundle.clone();
                }
            })?;
            self.joined.bundle = bundle;
        }
        Ok(has_moved.then_some(ReplyUpdate::Moved))
    }

    fn end(
        &mut self,
        device: &Device,
        claimed: ClaimStatus,
        update: ReplyUpdate,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        self.joined.claimed = claimed;
        device.change(|state| {
            if let Some(joined) = &mut state.joined {
                joined.claimed = claimed;
            }
        })?;
        Ok(Some(update))
    }

    /// The roster must be the group's whose id was in the bundle, go on from the head that was, name this device, and be as long as
    /// the welcome says; and it says who may welcome somebody. Then the device reads and sends.
    fn welcome(
        &mut self,
        device: &Device,
        signed: &Signed<Welcome>,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        let Ok(claimed) = signed.peek() else {
            return Ok(None);
        };
        if claimed.invitation != self.joined.bundle.invitation {
            return Ok(None);
        }
        let parts = std::mem::take(&mut self.parts);
        let known = device.roster()?.filter(|_| self.shut_out);
        let roster = match &known {
            // Who is in has the entries before these.
            Some(known) => {
                parts
                    .iter()
                    .cloned()
                    .try_fold((**known).clone(), |mut roster, entry| {
                        roster.apply(entry)?;
                        Ok::<_, RosterError>(roster)
                    })
            }
            None => Roster::from_chain(parts.clone()),
        };
        let Ok(roster) = roster else {
            return Ok(None);
        };
        let Some(welcome) = said_by(signed, &Coordinator::all(&roster)) else {
            self.parts = parts;
            return Ok(None);
        };
        if welcome.is_newer() {
            return Ok(Some(ReplyUpdate::Newer));
        }
        let mailbox: MailboxId = roster.epoch().mailbox;
        let granted = welcome.credential.grant.verify_own(|grant| grant.authority);
        let fits = roster.id() == self.joined.bundle.group
            && roster.position_of(&self.joined.bundle.roster).is_some()
            && welcome.group == roster.id()
            && welcome.roster == roster.head()
            && welcome.device == device.signing().public()
            && welcome.epoch == roster.epoch().number
            && granted.is_ok_and(|grant| grant.authority.mailbox() == mailbox);
        let Some(me) = roster.person(&welcome.device).filter(|_| fits) else {
            return Ok(None);
        };
        let role = me.role;
        let before = known.map(|known| known.epoch().number);
        // One that it has had takes a device that is in back to where it was.
        if before.is_some_and(|before| before >= welcome.epoch) {
            return Ok(None);
        }
        device.store_roster(&roster)?;
        self.joined.claimed = ClaimStatus::In;
        let access = EpochAccess {
            credential: welcome.credential.clone(),
            seed: Some(welcome.epoch_seed.clone()),
            authority_seed: None,
        };
        epochs::begin(device, &access, (roster.turned(), now()))?;
        device.change(|state| {
            state.role = role;
            state.cursor = Some(Cursor {
                mailbox,
                sequence: welcome.after,
                head: welcome.head,
                signed_head: None,
            });
            if let Some(joined) = &mut state.joined {
                joined.claimed = ClaimStatus::In;
            }
        })?;
        if let Some(before) = before {
            absence::change(device, |absence| {
                absence.skip(before, (welcome.epoch, welcome.after));
                absence.came_back(now());
            })?;
        }
        let last = roster.position_of(&roster.head()).unwrap_or(Position(0));
        let mut weeks = welcome.weeks_of(&View::of(&roster).readers);
        // Of its own keys it needs no word.
        weeks.retain(|(reader, _)| *reader != device.member().to_key());
        week_book::tell(device, weeks)?;
        tell_arrival(device, &self.joined, last)?;
        Ok(Some(ReplyUpdate::Welcome))
    }
}

/// Queues for the coordinators what a device has that came in by this: or it would be posted again and again.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn tell_arrival(
    device: &Device,
    joined: &Joined,
    position: Position,
) -> Result<(), DeviceError> {
    let keys = joined.secret.keys();
    let arrival = device.signing().sign(&Arrival {
        invitation: joined.bundle.invitation,
        position,
        extensions: Extensions::none(),
    });
    let payload = Payload::Arrival(arrival).encode();
    let to = coordinators(device)?;
    let to: Vec<_> = to.iter().map(|it| it.key).collect();
    match seal::seal(&payload, &to, &keys.outer().to_recipient()) {
        Ok(envelope) => {
            let arrival = QueuedEnvelope::plain(keys.mailbox(), envelope, now());
            let end = QueueEnd::lock(device)?;
            // One that was to say less and was not posted is not needed any more.
            outbox::let_go(device, |queued| {
                queued.to == arrival.to && queued.envelope.hash() != joined.claim_envelope
            })?;
            end.put(&[arrival])
        }
        // It is not worth what has come: it comes again, and is told again.
        Err(error) => {
            tracing::warn!(%error, "an arrival could not be told");
            Ok(())
        }
    }
}

/// What one of these has signed.
fn said_by<T: Statement<Signer = DeviceKey>>(
    signed: &Signed<T>,
    coordinators: &[Coordinator],
) -> Option<T> {
    let mut said = coordinators
        .iter()
        .filter_map(|it| signed.verify(&it.device).ok());
    said.next()
}

fn take_view(
    device: &Device,
    view: View,
    credential: LaneCredential,
) -> Result<Option<ReplyUpdate>, DeviceError> {
    // A right at another mailbox is none to post there.
    let granted = credential.grant.verify_own(|grant| grant.authority);
    if !granted.is_ok_and(|grant| grant.authority.mailbox() == view.epoch.mailbox) {
        return Ok(None);
    }
    let newer = view.is_newer();
    let before = newest_place(device)?;
    let taken = device.change(|state| match &mut state.view {
        Some(known) if view.group == known.group && view.position > known.position => {
            *known = view.keeping_weeks_of(known);
            let access = EpochAccess {
                credential,
                seed: None,
                authority_seed: None,
            };
            // What waits for the mailbox before goes there still.
            state.begin_epoch(&access, now());
            true
        }
        _ => false,
    })?;
    // What this program cannot seal by is kept all the same: after its update it can.
    let has_moved = before.map(|told| told.relay) != newest_place(device)?.map(|told| told.relay);
    Ok(taken.then_some(if newer {
        ReplyUpdate::Newer
    } else if has_moved {
        ReplyUpdate::Moved
    } else {
        ReplyUpdate::NewKeys
    }))
}

/// What a mailbox's task holds while envelopes are taken in on threads that may block.
pub(super) type SharedReplyMailbox = Arc<std::sync::Mutex<ReplyMailbox>>;

#[cfg(test)]
#[path = "reply_mailbox_tests.rs"]
mod tests;
