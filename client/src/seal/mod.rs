//! Sealing: from an alert's signed bytes to an envelope and back. The only folder that names age
//! or hpke.
//!
//! An envelope is an age file to the epoch key around an age file to the members' keys around a
//! padded payload; `bucket.rs` says how that fills one bucket exactly. Who wrote the payload is not
//! settled here: age hides and does not sign.

mod bucket;
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

use std::cell::Cell;
use std::collections::BTreeSet;
use std::iter;

use age::{DecryptError, Identity, Recipient};
use bellrope_proto::envelope::{BUCKETS, ENVELOPE_BYTES_MAX, Envelope};
use rand::seq::SliceRandom;
use zeroize::Zeroizing;

pub use bucket::capacity;
pub use inner::{MemberIdentity, MemberKey};
pub use mlkem768x25519::{EpochIdentity, EpochRecipient};
pub use passphrase::{UnlockError, lock, unlock};

/// Keys that one envelope may be sealed to. Each costs 98 bytes of it, and at this number more
/// than half of the largest bucket is still left for words.
pub(crate) const MEMBERS_MAX: usize = 256;

/// One stanza for the epoch and one of grease; another maker may add a few, each of which costs us
/// at most one decapsulation. Ours is below 2 KiB.
const OUTER_HEADER: header::Limits = header::Limits {
    bytes: 4 * 1024,
    stanzas: 4,
    passphrase: false,
};

/// A stanza for each member and a few of grease; 256 members' take 25 KiB. A sender who is hostile
/// but holds the epoch's public key costs us at most this many X25519 operations: 20 ms.
const INNER_HEADER: header::Limits = header::Limits {
    bytes: 32 * 1024,
    stanzas: MEMBERS_MAX + 4,
    passphrase: false,
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
    let recipients = shuffled(members)?;
    let max = capacity(ENVELOPE_BYTES_MAX, recipients.len()).ok_or(SealError::Library)?;
    let bytes = payload.len();
    if bytes > max {
        return Err(SealError::TooLong { bytes, max });
    }

    let (inner_header, outer_header) = (Cell::new(0), Cell::new(0));
    let inner = recipients
        .iter()
        .map(|recipient| recipient as &dyn Recipient);
    let inner = layer::Started::new(inner, &inner_header);
    let inner = inner.map_err(|error| failed(&error))?;
    let outer = iter::once(epoch as &dyn Recipient);
    let outer = layer::Started::new(outer, &outer_header);
    let outer = outer.map_err(|error| failed(&error))?;

    let taken = inner_header.get() + outer_header.get() + 2 * bucket::CHUNK_TAG_BYTES;
    let padded = bucket::fitting(bytes, recipients.len())
        .find_map(|size| bucket::pad(payload, size.checked_sub(taken)?))
        .ok_or(SealError::Library)?;

    let inner = inner.finish(&padded).map_err(|error| failed(&error))?;
    let outer = outer.finish(&inner).map_err(|error| failed(&error))?;
    Envelope::new(outer).map_err(|error| failed(&error))
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
/// and the header limits.
///
/// # Errors
/// See [`OpenError`].
pub fn open(
    envelope_bytes: &[u8],
    epoch: &EpochIdentity,
    me: &MemberIdentity,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if !BUCKETS.contains(&envelope_bytes.len()) {
        return Err(OpenError::Damaged);
    }
    let inner = open_layer(
        envelope_bytes,
        &OUTER_HEADER,
        epoch,
        OpenError::NotForThisEpoch,
    )?;
    let padded = open_layer(&inner, &INNER_HEADER, me.as_age(), OpenError::NotForMe)?;
    bucket::unpad(&padded).ok_or(OpenError::Damaged)
}

fn open_layer(
    file: &[u8],
    limits: &header::Limits,
    identity: &dyn Identity,
    no_match: OpenError,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    layer::open(file, limits, identity).map_err(|error| match error {
        DecryptError::NoMatchingKeys => no_match,
        _ => OpenError::Damaged,
    })
}
