//! An answer to the sender of an alert, as it is posted where they read.

use bellrope_proto::ids::Timestamp;

use super::transaction::sealed;
use crate::{
    device::{Device, IssuedInvitation, QueuedEnvelope, answers::Waiting},
    extensions::Extensions,
    group::Roster,
    message::{Carried, Payload},
    seal::{MemberKey, SealError},
};

/// What to post: what somebody answered, and this device's word that they are in the group.
///
/// # Errors
/// [`SealError`].
pub(crate) fn answer_to_post(
    device: &Device,
    roster: &Roster,
    (issued, key): (&IssuedInvitation, MemberKey),
    answer: &Waiting,
    now: Timestamp,
) -> Result<QueuedEnvelope, SealError> {
    let keys = issued.secret.keys();
    let carried = device.signing().sign(&Carried {
        group: roster.id(),
        invitation: keys.invitation.public(),
        author: answer.by,
        sealed: answer.what.sealed.clone(),
        extensions: Extensions::none(),
    });
    let envelope = sealed(&keys, key, &Payload::Answer(Box::new(carried)))?;
    Ok(QueuedEnvelope::plain(issued.mailbox, envelope, now))
}
