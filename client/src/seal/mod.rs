//! Sealing: from an alert's signed bytes to an envelope and back. The only folder that names age
//! or hpke.
//!
//! An envelope is an age file to the epoch key around an age file to the members' keys around a
//! padded payload; `bucket.rs` says how that fills one bucket exactly. Who wrote the payload is not
//! settled here: age hides and does not sign.

mod bucket;
#[cfg(test)]
mod envelope_vectors;
mod header;
mod inner;
mod layer;
mod mlkem768x25519;
mod passphrase;
mod point;
#[cfg(test)]
mod tests;
mod text;
#[cfg(test)]
mod vectors;

use std::collections::BTreeSet;
use std::slice;

use age::{DecryptError, Identity};
use bellrope_proto::envelope::{BUCKETS, ENVELOPE_BYTES_MAX, Envelope};
use rand::seq::SliceRandom;
use zeroize::Zeroizing;

use header::Shape;

pub use bucket::capacity;
pub use inner::{MemberIdentity, MemberKey};
pub use mlkem768x25519::{EpochIdentity, EpochRecipient};
#[cfg(feature = "internals")]
#[cfg(feature = "internals")]
pub(crate) use passphrase::hands::ease;
pub(crate) use passphrase::is_locked;
pub use passphrase::{UnlockError, lock, unlock};

/// Keys that one envelope may be sealed to. Each costs 98 bytes of it, and at this number more
/// than half of the largest bucket is still left for words.
pub(crate) const MEMBERS_MAX: usize = 256;

/// The one stanza for the epoch: 1,120 bytes of encapsulated key. All that a relay sees of an
/// envelope besides its size.
const OUTER: Shape = Shape {
    start: b"-> mlkem768x25519 ",
    argument: 1494,
    end: b"\n",
    stanzas: 1,
};

/// A stanza for each member, with an ephemeral share of 32 bytes. A sender who is hostile but holds
/// the epoch's public key costs us at most this many X25519 operations: 20 ms.
const INNER: Shape = Shape {
    start: b"-> X25519 ",
    argument: 43,
    end: b"\n",
    stanzas: MEMBERS_MAX,
};

/// These bytes or this text are no key of the kind asked for, or one that must not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an age key of the expected kind")]
pub struct NotAKey;

/// Why a payload was not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// There is nobody to seal to.
    #[error("there are no members to seal to")]
    NoMembers,
    /// Split the recipients.
    #[error("{0} members are more than one envelope is sealed to ({MEMBERS_MAX})")]
    TooManyMembers(usize),
    /// Shorten or split the payload.
    #[error("a payload of {bytes} bytes does not fit; {max} would")]
    TooLong {
        /// The payload's length.
        bytes: usize,
        /// The longest that fits the largest bucket.
        max: usize,
    },
    /// The encryption library broke its own promises; nothing the user does will help.
    #[error("the encryption library failed")]
    Library,
}

/// Why an envelope was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Try another epoch's key. A change to the outer layer's wrapped key looks the same.
    #[error("not sealed to this epoch's key")]
    NotForThisEpoch,
    /// The sender chose other members.
    #[error("not sealed to this member's key")]
    NotForMe,
    /// Nothing will open this copy; another relay may hold an intact one.
    #[error("damaged, or not made as the format demands")]
    Damaged,
}

/// Seals `payload` to all `members` in any order and then to `epoch`. A member named twice counts
/// once.
///
/// # Errors
/// See [`SealError`]. What [`capacity`] promises for the number of members always fits.
pub fn seal(
    payload: &[u8],
    members: &[MemberKey],
    epoch: &EpochRecipient,
) -> Result<Envelope, SealError> {
    seal_both(payload, members, epoch).map(|(envelope, _)| envelope)
}

/// The same, and what stands inside the envelope: [`wrap`] makes one of it for another epoch.
///
/// # Errors
/// As [`seal`].
pub(crate) fn seal_both(
    payload: &[u8],
    members: &[MemberKey],
    epoch: &EpochRecipient,
) -> Result<(Envelope, Vec<u8>), SealError> {
    let recipients = shuffled(members)?;
    let padded = bucket::pad(payload, recipients.len());
    let padded = padded.ok_or_else(|| too_long(payload, recipients.len()))?;
    let inner = layer::seal(&INNER, &recipients, &padded).map_err(|error| failed(&error))?;
    Ok((wrap(&inner, epoch)?, inner))
}

/// Bytes of the payload in a file for one key alone: whatever is said in it, it has one length.
pub(crate) const ALONE_BYTES: usize = 1_664;

/// Seals `payload` to one key, without the outer layer: that is around it wherever it travels.
///
/// # Errors
/// [`SealError`].
pub(crate) fn seal_alone(payload: &[u8], to: MemberKey) -> Result<Vec<u8>, SealError> {
    let padded = bucket::pad_to(payload, ALONE_BYTES).ok_or(SealError::TooLong {
        bytes: payload.len(),
        max: ALONE_BYTES,
    })?;
    let file = layer::seal(&INNER, &[to.to_age()], &padded);
    file.map_err(|error| failed(&error))
}

/// Opens such a file. Safe on bytes from anybody.
///
/// # Errors
/// [`OpenError`].
pub(crate) fn open_alone(
    file: &[u8],
    me: &MemberIdentity,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if !is_alone(file) {
        return Err(OpenError::Damaged);
    }
    let padded = open_layer(file, &INNER, me.as_age(), OpenError::NotForMe)?;
    bucket::unpad(&padded).ok_or(OpenError::Damaged)
}

/// Bytes of the payload in a file for some of those who read what it stands in: the rest of them see which of these it is, and no more of how long it is.
const AMONG_BYTES: [usize; 4] = [1_024, 4_096, 16_384, 32_768];

/// Seals `payload` to some of those who read what this stands in.
///
/// # Errors
/// [`SealError`].
pub(crate) fn seal_among(payload: &[u8], to: &[MemberKey]) -> Result<Vec<u8>, SealError> {
    let recipients = shuffled(to)?;
    let room = AMONG_BYTES.into_iter().find(|room| *room >= payload.len());
    let padded = room.and_then(|room| bucket::pad_to(payload, room));
    let padded = padded.ok_or_else(|| too_long(payload, recipients.len()))?;
    layer::seal(&INNER, &recipients, &padded).map_err(|error| failed(&error))
}

/// Opens such a file. Safe on bytes from anybody.
///
/// # Errors
/// [`OpenError`].
pub(crate) fn open_among(
    file: &[u8],
    me: &MemberIdentity,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let padded = open_layer(file, &INNER, me.as_age(), OpenError::NotForMe)?;
    bucket::unpad(&padded).ok_or(OpenError::Damaged)
}

/// Whether these bytes have the length of such a file for so many keys, with the shortest payload.
pub(crate) fn is_among(file: &[u8], readers: usize) -> bool {
    file.len() == bucket::padded_length(AMONG_BYTES[0]) + layer::overhead(&INNER, readers)
}

/// Whether these bytes have the length of such a file.
pub(crate) fn is_alone(file: &[u8]) -> bool {
    file.len() == bucket::padded_length(ALONE_BYTES) + layer::overhead(&INNER, 1)
}

/// Seals `payload` to one key as what stands inside an envelope of the largest bucket: the layer around it is made when it is posted, by
/// [`wrap`].
///
/// # Errors
/// [`SealError`].
pub(crate) fn seal_inside(payload: &[u8], to: MemberKey) -> Result<Vec<u8>, SealError> {
    let room = capacity(ENVELOPE_BYTES_MAX, 1).unwrap_or(0);
    let padded = bucket::pad_to(payload, room).ok_or_else(|| too_long(payload, 1))?;
    layer::seal(&INNER, &[to.to_age()], &padded).map_err(|error| failed(&error))
}

/// The envelope around what [`seal_inside`] or [`seal_both`] made, for the epoch in force: what waited while the group turned goes to the new one, and
/// nothing has to be sealed anew whose key, or whose words, are not known here any more.
///
/// # Errors
/// [`SealError`].
pub(crate) fn wrap(inside: &[u8], epoch: &EpochRecipient) -> Result<Envelope, SealError> {
    let outer = layer::seal(&OUTER, slice::from_ref(epoch), inside);
    Envelope::new(outer.map_err(|error| failed(&error))?).map_err(|error| failed(&error))
}

fn too_long(payload: &[u8], members: usize) -> SealError {
    let bytes = payload.len();
    let max = capacity(ENVELOPE_BYTES_MAX, members).unwrap_or(0);
    SealError::TooLong { bytes, max }
}

/// What the library says is for whoever looks for the fault; people cannot help it.
fn failed(error: &dyn std::fmt::Display) -> SealError {
    tracing::error!(%error, "sealing failed");
    SealError::Library
}

/// In random order: the order of the roster would tell each member who the others are.
fn shuffled(members: &[MemberKey]) -> Result<Vec<age::x25519::Recipient>, SealError> {
    let members: BTreeSet<MemberKey> = members.iter().copied().collect();
    match members.len() {
        0 => return Err(SealError::NoMembers),
        count if count > MEMBERS_MAX => return Err(SealError::TooManyMembers(count)),
        _ => {}
    }
    let mut recipients: Vec<_> = members.into_iter().map(MemberKey::to_age).collect();
    recipients.shuffle(&mut rand::rng());
    Ok(recipients)
}

/// Opens both layers. Safe on bytes from anybody: work and memory are bounded by the bucket sizes
/// and the headers' shapes.
///
/// # Errors
/// See [`OpenError`].
pub fn open(
    envelope_bytes: &[u8],
    epoch: &EpochIdentity,
    me: &MemberIdentity,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    open_by(envelope_bytes, epoch, [me]).map(|(payload, _)| payload)
}

/// The same with one of several keys of a member, tried in this order; tells which it was. What a hostile sender can cost is the work of
/// [`open`] for each of them, so whoever calls has few.
///
/// # Errors
/// See [`OpenError`]: [`OpenError::NotForMe`] when none of them opens it.
pub(crate) fn open_by<'a>(
    envelope_bytes: &[u8],
    epoch: &EpochIdentity,
    mine: impl IntoIterator<Item = &'a MemberIdentity>,
) -> Result<(Zeroizing<Vec<u8>>, usize), OpenError> {
    if !BUCKETS.contains(&envelope_bytes.len()) {
        return Err(OpenError::Damaged);
    }
    let inner = open_layer(envelope_bytes, &OUTER, epoch, OpenError::NotForThisEpoch)?;
    for (place, me) in mine.into_iter().enumerate() {
        match open_layer(&inner, &INNER, me.as_age(), OpenError::NotForMe) {
            Err(OpenError::NotForMe) => {}
            Err(error) => return Err(error),
            Ok(padded) => {
                let payload = bucket::unpad(&padded).ok_or(OpenError::Damaged)?;
                return Ok((payload, place));
            }
        }
    }
    Err(OpenError::NotForMe)
}

fn open_layer(
    file: &[u8],
    shape: &Shape,
    identity: &dyn Identity,
    no_match: OpenError,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    layer::open(file, shape, identity).map_err(|error| match error {
        DecryptError::NoMatchingKeys => no_match,
        _ => OpenError::Damaged,
    })
}
