//! What others are given that did not come to them: alerts for who was in when they came, and what somebody missed and asks for.

use std::sync::atomic::Ordering;

use bellrope_proto::ids::Sequence;

use super::GroupReceiver;
use crate::{
    clock::now,
    device::{Device, DeviceError, reach},
    group::Roster,
    message::{KIND_ALERT, Sender, SignedMessage, VerifiedMessage, passed_on},
    sync::{
        cases, erasing, readers,
        resend::{self, Done, Noted},
        sensitive, shift,
    },
};

impl GroupReceiver {
    /// Notes whether an alert is to be passed on to who was in when it came, of whom its author did not know; or that it is done.
    /// The alert that is here does not wait for it: others' devices have notes of their own.
    pub(super) fn see_to_others(
        &self,
        device: &Device,
        roster: &Roster,
        verified: &VerifiedMessage,
        sent: &SignedMessage,
        places: (Sequence, Sequence),
    ) {
        if let Err(error) = self.note_for_others(device, roster, verified, sent, places) {
            tracing::warn!(%error, "it could not be noted whether an alert is to be passed on");
        }
    }

    /// `first` is where this device has it from, `here` where it came now.
    fn note_for_others(
        &self,
        device: &Device,
        roster: &Roster,
        verified: &VerifiedMessage,
        sent: &SignedMessage,
        (first, here): (Sequence, Sequence),
    ) -> Result<(), DeviceError> {
        let message = &verified.message;
        // Where the roster grew is noted of the mailbox in force, and of no other.
        if !self.is_in_force() || message.kind != KIND_ALERT || message.roster == roster.head() {
            return Ok(());
        }
        if let Some((said, _)) = passed_on(sent, message, roster) {
            // One that names another place is a lie, or of another log, and does not count as done.
            if said.relay == self.relay.key() && (said.place == first || first == here) {
                reach::change(device, |reach| reach.done(message.id))?;
            }
            return Ok(());
        }
        let is_verified = !matches!(verified.sender, Sender::Unverified(_));
        let is_meant = verified.passed_on.is_none() && verified.opened_by.is_none();
        let is_mine = is_meant && device.state()?.role.sends();
        if first != here || !is_verified || !is_mine || verified.late {
            return Ok(());
        }
        if Noted::read(device)
            .latecomers(roster, message, here)
            .is_empty()
        {
            return Ok(());
        }
        let turn = resend::turn_to_pass_on(device, roster, message);
        let due = resend::when_to_pass_on(now(), turn);
        reach::change(device, |reach| reach.wait(message.id, due))?;
        if turn == 0 {
            self.has_to_pass_on.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Whether an alert came since this was asked that this device is the first to pass on.
    pub(in crate::sync) fn has_to_pass_on(&self) -> bool {
        self.has_to_pass_on.swap(false, Ordering::Relaxed)
    }

    /// When all that waits has come: passes on alerts, asks for what this device missed, and sends again what others asked for.
    /// `ends` says that this program does not stay until it is its turn.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(in crate::sync) fn resend(&self, device: &Device, ends: bool) -> Result<Done, DeviceError> {
        // What is to go is not sealed once more before it does.
        let forgotten = erasing::tend(device, now())?;
        sensitive::finish(device, now())?;
        cases::say_again(device, now())?;
        readers::copy(device, now())?;
        shift::say_again(device, now())?;
        let passed_on = resend::pass_waiting_on(device, &self.relay, now(), ends)?;
        let asked = resend::ask(device, &self.relay, now())?;
        let due = self.resends().due(now(), ends);
        let resent = resend::answer(device, &self.relay, due, now())?;
        Ok(Done {
            forgotten,
            passed_on,
            asked,
            resent,
        })
    }
}
