//! What comes to the mailbox of the invitation by which this device came in: a welcome or a no for who waits, new keys for
//! a defender.

use std::sync::Arc;

use bellrope_proto::{
    envelope::Envelope,
    ids::{MailboxId, Sequence},
    signing::Signed,
};

use super::event::ReplyUpdate;
use crate::{
    device::{ClaimStatus, Device, DeviceError, Joined},
    extensions::is_critical,
    group::{Entry, Roster},
    invitation::InvitationKeys,
    message::{Payload, View, Welcome},
    relay::Cursor,
    seal,
};

/// See the module. Takes in one envelope after the other; knows no network.
pub(super) struct ReplyMailbox {
    keys: InvitationKeys,
    joined: Joined,
    /// The roster comes in parts, and counts when the welcome has come.
    parts: Vec<Signed<Entry>>,
}

impl ReplyMailbox {
    /// Of a device that came in by this.
    pub(super) fn new(joined: Joined) -> Self {
        Self {
            keys: joined.secret.keys(),
            joined,
            parts: Vec::new(),
        }
    }

    /// From where on it is read.
    pub(super) fn start(&self) -> Cursor {
        // A reader's roster comes in parts: until the welcome, it is read from the start each time.
        if self.joined.claimed == ClaimStatus::Waiting {
            Cursor::start(self.keys.mailbox())
        } else {
            self.joined.cursor.clone()
        }
    }

    /// Notes how far it was read.
    pub(super) fn caught_up(&self, device: &Device, cursor: Cursor) -> Result<(), DeviceError> {
        let seen = self.joined.claim_seen;
        device.change(|state| {
            if let Some(joined) = &mut state.joined {
                joined.cursor = cursor;
                joined.claim_seen = seen;
            }
        })
    }

    /// Takes in an envelope; `None` when it changes nothing.
    pub(super) fn receive(
        &mut self,
        device: &Device,
        sequence: Sequence,
        envelope: &Envelope,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        if sequence == Sequence(1) {
            return Ok(None);
        }
        // The first after the bundle is the first claim: ours, or another device was faster.
        if !self.joined.claim_seen {
            self.joined.claim_seen = true;
            if envelope.hash() != self.joined.claim_envelope {
                return self.end(device, ClaimStatus::Taken, ReplyUpdate::Taken);
            }
            return Ok(None);
        }
        let opened = seal::open(envelope.bytes(), &self.keys.outer(), device.member());
        let coordinator = self.joined.bundle.coordinator;
        let invitation = self.joined.bundle.invitation;
        let waits = self.joined.claimed == ClaimStatus::Waiting;
        match opened.ok().and_then(|bytes| Payload::decode(&bytes).ok()) {
            Some(Payload::Roster(entries)) if waits => {
                self.parts.extend(entries);
                Ok(None)
            }
            Some(Payload::Welcome(welcome)) if waits => match welcome.verify(&coordinator) {
                Ok(welcome) if welcome.invitation != invitation => Ok(None),
                Ok(welcome) if welcome.is_newer() => Ok(Some(ReplyUpdate::Newer)),
                Ok(welcome) => self.welcome(device, &welcome),
                Err(_) => Ok(None),
            },
            Some(Payload::View(view)) => match view.verify(&coordinator) {
                Ok(update) if update.invitation != invitation => Ok(None),
                Ok(update) if update.extensions.has_critical() => Ok(Some(ReplyUpdate::Newer)),
                Ok(update) => take_view(device, update.view),
                Err(_) => Ok(None),
            },
            Some(Payload::Refusal(refusal)) => match refusal.verify(&coordinator) {
                Ok(no) if no.invitation == invitation && no.device == device.signing().public() => {
                    self.end(device, ClaimStatus::Refused, ReplyUpdate::Refused)
                }
                _ => Ok(None),
            },
            Some(Payload::Unknown(number)) if is_critical(number) => Ok(Some(ReplyUpdate::Newer)),
            _ => Ok(None),
        }
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

    /// The roster must be the group's whose id was in the bundle, name this device, and be as long as
    /// the welcome says; then the device reads and sends.
    fn welcome(
        &mut self,
        device: &Device,
        welcome: &Welcome,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        let Ok(roster) = Roster::from_chain(std::mem::take(&mut self.parts)) else {
            return Ok(None);
        };
        let mailbox: MailboxId = roster.epoch().mailbox;
        let granted = welcome.credential.grant.verify_own(|grant| grant.authority);
        let fits = roster.id() == self.joined.bundle.group
            && welcome.group == roster.id()
            && welcome.roster == roster.head()
            && welcome.device == device.signing().public()
            && welcome.epoch == roster.epoch().number
            && granted.is_ok_and(|grant| grant.authority.mailbox() == mailbox);
        let Some(me) = roster.person(&welcome.device).filter(|_| fits) else {
            return Ok(None);
        };
        let role = me.role;
        device.store_roster(&roster)?;
        self.joined.claimed = ClaimStatus::In;
        device.change(|state| {
            state.role = role;
            state.credential = Some(welcome.credential.clone());
            state.epoch_seed = Some(welcome.epoch_seed.clone());
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
        Ok(Some(ReplyUpdate::Welcome))
    }
}

fn take_view(device: &Device, view: View) -> Result<Option<ReplyUpdate>, DeviceError> {
    let newer = view.is_newer();
    let taken = device.change(|state| match &mut state.view {
        Some(known) if view.group == known.group && view.position > known.position => {
            *known = view;
            true
        }
        _ => false,
    })?;
    // What this program cannot seal by is kept all the same: after its update it can.
    Ok(taken.then_some(if newer {
        ReplyUpdate::Newer
    } else {
        ReplyUpdate::NewKeys
    }))
}

/// What a mailbox's task holds while envelopes are taken in on threads that may block.
pub(super) type SharedReplyMailbox = Arc<std::sync::Mutex<ReplyMailbox>>;
