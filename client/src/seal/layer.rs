//! One age file whose header has one shape: made, and opened.
//!
//! The age crate cannot be told to leave its grease stanza out. What it made is therefore cut to
//! shape afterwards: the stanza is removed and the header's MAC made anew. The payload stays as it
//! is, because its key depends on the file key and the nonce before it, not on the header
//! (C2SP age, "Payload").

use std::cell::OnceCell;
use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::iter;

use age::secrecy::ExposeSecret;
use age::{DecryptError, Decryptor, EncryptError, Encryptor, Recipient};
use age_core::format::{FileKey, Stanza};
use age_core::primitives;
use data_encoding::BASE64_NOPAD;
use hkdf::hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::header::Shape;

/// Between the header and the payload: HKDF's salt for the payload's key.
const NONCE_BYTES: usize = 16;

/// The tag of a payload's only STREAM chunk. Chunks hold 64 KiB, more than any layer here has.
const CHUNK_TAG_BYTES: usize = 16;

/// By how much a file with so many stanzas is longer than its payload.
pub(super) const fn overhead(shape: &Shape, stanzas: usize) -> usize {
    shape.bytes(stanzas) + NONCE_BYTES + CHUNK_TAG_BYTES
}

/// Several recipients as one, which keeps what the MAC is made with. They are of one type, so that
/// what age checks between recipients (that none is added who is weaker than the rest) holds.
struct Together<'a, R> {
    recipients: &'a [R],
    /// The header's key, and not the file key: it opens nothing.
    mac_key: OnceCell<Zeroizing<[u8; 32]>>,
}

impl<R: Recipient> Recipient for Together<'_, R> {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let derived = || primitives::hkdf(&[], b"header", file_key.expose_secret());
        self.mac_key.get_or_init(|| Zeroizing::new(derived()));
        let (mut stanzas, mut labels) = (Vec::new(), HashSet::new());
        for recipient in self.recipients {
            let (more, of_this_type) = recipient.wrap_file_key(file_key)?;
            stanzas.extend(more);
            labels = of_this_type;
        }
        Ok((stanzas, labels))
    }
}

/// Makes a file: `payload` with a header of `shape`, one stanza for each recipient.
pub(super) fn seal<R: Recipient>(
    shape: &Shape,
    recipients: &[R],
    payload: &[u8],
) -> Result<Vec<u8>, EncryptError> {
    let together = Together {
        recipients,
        mac_key: OnceCell::new(),
    };
    let encryptor = Encryptor::with_recipients(iter::once(&together as &dyn Recipient))?;
    let mut writer = encryptor.wrap_output(Vec::new())?;
    writer.write_all(payload)?;
    let file = writer.finish()?;
    let key = together.mac_key.get();
    key.and_then(|key| in_shape(shape, recipients.len(), file, key))
        .ok_or_else(|| EncryptError::Io(io::Error::other("age made a header of another kind")))
}

/// The file without what is between the last recipient's stanza and the MAC.
fn in_shape(shape: &Shape, stanzas: usize, mut file: Vec<u8>, key: &[u8; 32]) -> Option<Vec<u8>> {
    let kept = shape.mac_at(stanzas);
    // No line of a stanza begins with hyphens but its first, and that goes on with `> `.
    let is_mac = |four: &[u8]| four == b"\n---";
    let cut = file.get(kept - 1..)?.windows(4).position(is_mac)?;
    file.drain(kept..kept + cut);

    let (covered, rest) = file.split_at_mut_checked(kept + b"---".len())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(covered);
    let mac = BASE64_NOPAD.encode(&mac.finalize().into_bytes());
    let place = rest.get_mut(b" ".len()..)?.get_mut(..mac.len())?;
    place.copy_from_slice(mac.as_bytes());
    shape.check(&file).map(|()| file)
}

/// Opens one layer. Allocates no more than a few times the file's own length.
pub(super) fn open(
    file: &[u8],
    shape: &Shape,
    identity: &dyn age::Identity,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    shape.check(file).ok_or(DecryptError::InvalidHeader)?;
    // The unbuffered constructor is quadratic in the header's length.
    let decryptor = Decryptor::new_buffered(file)?;
    let mut reader = decryptor.decrypt(iter::once(identity))?;
    // Reserved whole, because growing would leave unwiped copies behind.
    let mut payload = Zeroizing::new(Vec::with_capacity(file.len()));
    reader.read_to_end(&mut payload)?;
    Ok(payload)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    use crate::seal::tests::open_with_age;
    use crate::seal::{EpochIdentity, INNER, MemberIdentity, OUTER};

    #[test]
    fn age_opens_what_was_cut_to_shape() {
        let epoch = EpochIdentity::generate();
        let members: Vec<_> = (0..20).map(|_| MemberIdentity::generate()).collect();
        let keys: Vec<_> = members.iter().map(|me| me.to_key().to_age()).collect();
        // Grease is of random length: some is empty, some has as many lines as there can be.
        for turn in 0..300 {
            let payload = vec![7; turn];
            let outer = seal(&OUTER, &[epoch.to_recipient()], &payload).unwrap();
            assert_eq!(outer.len(), turn + overhead(&OUTER, 1));
            assert_eq!(open_with_age(&outer, &epoch).unwrap(), payload);

            let count = 1 + turn % members.len();
            let inner = seal(&INNER, &keys[..count], &payload).unwrap();
            assert_eq!(inner.len(), turn + overhead(&INNER, count));
            for me in [&members[0], &members[count - 1]] {
                assert_eq!(open_with_age(&inner, me.as_age()).unwrap(), payload);
            }
        }
    }

    #[test]
    fn the_mac_is_over_the_header_that_is_left() {
        let epoch = EpochIdentity::generate();
        let mut file = seal(&OUTER, &[epoch.to_recipient()], b"bell").unwrap();
        let at = OUTER.mac_at(1) + b"--- ".len();
        file[at] = if file[at] == b'A' { b'B' } else { b'A' };
        let refused = open_with_age(&file, &epoch).unwrap_err();
        assert!(matches!(refused, DecryptError::InvalidMac), "{refused:?}");
    }

    #[test]
    fn stanzas_of_another_kind_are_not_made() {
        let key = MemberIdentity::generate().to_key().to_age();
        assert!(seal(&OUTER, &[key], b"").is_err());
        let epoch = EpochIdentity::generate().to_recipient();
        let two = [epoch.clone(), epoch];
        assert!(seal(&OUTER, &two, b"").is_err());
        assert!(seal(&INNER, &[] as &[age::x25519::Recipient], b"").is_err());
    }
}
