//! What is known of the relay's log while it is read: how far that is, its heads, and whether a sender was shown another.

use std::sync::{MutexGuard, PoisonError};

use bellrope_proto::{
    ids::Timestamp,
    signing::{PublicKey, Relay},
};

use super::{GroupReceiver, LOCK_PATIENCE};
use crate::{
    clock::now,
    device::{Device, DeviceError, KnownHeads, keep_other_log},
    message::{Seen, Sender, VerifiedMessage},
    relay::Cursor,
};

/// After a relay has contradicted itself, be it that an old copy was put back, others may know the log as it was for as long as
/// they have receipts of it. People were told that there are two.
const CONTRADICTED_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

impl GroupReceiver {
    /// Whether the sender says that they were shown another log than this device; who, and whether that is kept. Only of
    /// those who are known: anybody else could say anything. The message is stored, and nothing here may hold it up.
    pub(super) fn other_log(
        &self,
        device: &Device,
        after: &Cursor,
        verified: &VerifiedMessage,
    ) -> Option<(String, bool)> {
        let (Sender::Known { name, .. } | Sender::Invited { name, .. }) = &verified.sender else {
            return None;
        };
        // Of another mailbox's log, or said of another than this.
        let is_here = verified.message.epoch == device.roster().ok()??.epoch().number;
        if !self.is_in_force() || !is_here {
            return None;
        }
        let heads = self.heads();
        let differs = |seen: &&Seen| {
            // They knew of the place before they spoke, and it is not before what they said.
            seen.sequence >= after.sequence
                || heads
                    .get(seen.sequence)
                    .is_some_and(|head| head != seen.head)
        };
        let relay = self.relay.key();
        let mut seen = verified.message.seen.iter();
        let seen = seen.find(|seen| seen.relay == relay && differs(seen))?;
        let is_mine = verified.message.sender == device.signing().public();
        let said = device.state().ok().and_then(|state| state.contradicted);
        if is_mine || said.is_some_and(|said| now() < said.plus(CONTRADICTED_SECONDS)) {
            return None;
        }
        match keep_other_log(device, &self.relay, seen, (after, now())) {
            Ok(true) => Some((name.clone(), true)),
            // It was told when it was kept.
            Ok(false) => None,
            Err(error) => {
                tracing::warn!(%error, "evidence could not be kept");
                Some((name.clone(), false))
            }
        }
    }

    pub(super) fn heads(&self) -> MutexGuard<'_, KnownHeads> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down which heads are known, when the cursor moves.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn store_heads(&self, device: &Device) -> Result<(), DeviceError> {
        if !self.is_in_force() {
            return Ok(());
        }
        self.heads().store(device)
    }
}

/// Moves the device's cursor, if another program has not moved it further. One that cannot be moved now is moved later.
///
/// # Errors
/// [`DeviceError`].
pub(in crate::sync) fn move_cursor(
    device: &Device,
    relay: &PublicKey<Relay>,
    cursor: &Cursor,
) -> Result<(), DeviceError> {
    device.change_within(LOCK_PATIENCE, |state| {
        // Another program of this device has gone on to another relay.
        if !state.place.is_log_of(relay) {
            return;
        }
        let Some(known) = state.cursor_of(cursor.mailbox) else {
            return;
        };
        // A newer date of the same head is nothing new.
        let is_same = cursor.sequence == known.sequence
            && cursor.head == known.head
            && cursor.signed_head.is_some() == known.signed_head.is_some();
        if cursor.sequence >= known.sequence && !is_same {
            *known = cursor.clone();
        }
    })?;
    Ok(())
}
