//! What is done when a relay contradicts itself, by a lie or because an old copy of it was put back: the proof is kept, and
//! people go on getting alerts. A relay that is not trusted is still better than none, and nothing that it says is believed
//! without the sender's signature.

use std::time::Duration;

use bellrope_proto::{address::RelayAddress, ids::MailboxId};

use super::context::Context;
use crate::{
    clock::now,
    device::{Device, DeviceError, heard_restored, keep_evidence},
    relay::{Contradiction, Cursor},
};

/// Another program that has not let go of the lock for so long was suspended; then it is done with the next contradiction.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// Whether something new is kept; that it cannot be written is no reason to stop reading or sending.
pub(super) async fn keep_proof(
    context: &Context,
    relay: RelayAddress,
    what: &Contradiction,
) -> bool {
    let what = what.clone();
    let announced = what.restored.as_ref().and_then(|said| said.peek().ok());
    let kept = context
        .with_device(move |device| {
            let noted = device.change_within(LOCK_PATIENCE, |state| {
                state.contradicted = Some(now());
                // What it does not have any more may be mailboxes too.
                state.sponsored = None;
            });
            // It is told with what contradicts.
            let heard = announced.map_or(Ok(()), |said| heard_restored(device, &said, true));
            let kept = keep_evidence(device, &relay, &what, now());
            noted.and(heard).and(kept)
        })
        .await;
    kept.unwrap_or_else(|error| {
        tracing::warn!(%error, "evidence could not be kept");
        false
    })
}

/// Reads the mailbox from its beginning the next time: no later place is known to be the same still. What is here already is
/// known by its id. Until then nothing is held against the relay that it has contradicted.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn read_again(device: &Device, mailbox: MailboxId) -> Result<(), DeviceError> {
    device.change_within(LOCK_PATIENCE, |state| {
        let joined = state.joined.as_mut().map(|joined| &mut joined.cursor);
        for cursor in state.cursor.iter_mut().chain(joined) {
            if cursor.mailbox == mailbox {
                *cursor = Cursor::start(mailbox);
            }
        }
    })?;
    Ok(())
}
