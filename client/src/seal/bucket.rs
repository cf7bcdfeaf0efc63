//! Which bucket an envelope gets and how a payload is padded to fill it.
//!
//! The zeros go inside the inner layer, not between the two: each layer is then exactly one age
//! file, and `age -d -i epoch | age -d -i member` opens both without anything being cut off in
//! between. What comes out is the length, the payload and the zeros.
//!
//! age puts a random "grease" stanza into each header. The bucket is chosen as if both were of the
//! largest size, so it depends on the payload's length and the number of members alone: what
//! fitted once always fits, and the text limits can be promised before anything is sealed.

use bellrope_proto::envelope::BUCKETS;
use zeroize::Zeroizing;

/// The payload's length, big-endian, before the payload.
pub(super) const LENGTH_BYTES: usize = 4;

/// The tag of a payload's only STREAM chunk. Chunks hold 64 KiB, more than any layer here has.
pub(super) const CHUNK_TAG_BYTES: usize = 16;

/// Version line, MAC line and the nonce after them.
const FRAME_BYTES: usize = "age-encryption.org/v1\n".len() + "--- \n".len() + 43 + 16;

/// The largest stanza that age 0.11.5 greases with: `-> `, a tag of 8 characters and its
/// `-grease`, four arguments of 8, and 99 bytes of body, which are 132 characters on three lines.
const GREASE_BYTES_MAX: usize = "-> \n".len() + 15 + 4 * 9 + 132 + 3;

/// `-> mlkem768x25519 `, 1,120 bytes in base64, and 32 bytes in base64.
const EPOCH_STANZA_BYTES: usize = "-> mlkem768x25519 \n".len() + 1494 + 43 + 1;

/// `-> X25519 `, 32 bytes in base64, and 32 bytes in base64.
const MEMBER_STANZA_BYTES: usize = "-> X25519 \n".len() + 43 + 43 + 1;

const LAYER_BYTES_MAX: usize = FRAME_BYTES + GREASE_BYTES_MAX + CHUNK_TAG_BYTES;

/// The longest payload that an envelope of `bucket` bytes can carry to `members` keys.
/// `None` when not even an empty one fits.
#[must_use]
pub fn capacity(bucket: usize, members: usize) -> Option<usize> {
    let stanzas = members.checked_mul(MEMBER_STANZA_BYTES)?;
    let fixed = 2 * LAYER_BYTES_MAX + EPOCH_STANZA_BYTES + LENGTH_BYTES;
    bucket.checked_sub(fixed)?.checked_sub(stanzas)
}

/// The buckets that can carry `payload` bytes to `members` keys, smallest first.
pub(super) fn fitting(payload: usize, members: usize) -> impl Iterator<Item = usize> {
    let fits = move |bucket: &usize| capacity(*bucket, members) >= Some(payload);
    BUCKETS.into_iter().filter(fits)
}

/// Length, payload and zeros: `total` bytes. `None` if they are too few.
pub(super) fn pad(payload: &[u8], total: usize) -> Option<Zeroizing<Vec<u8>>> {
    if total.checked_sub(LENGTH_BYTES)? < payload.len() {
        return None;
    }
    let length = u32::try_from(payload.len()).ok()?;
    let mut padded = Zeroizing::new(Vec::with_capacity(total));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(payload);
    padded.resize(total, 0);
    Some(padded)
}

/// The payload again. `None` if the length is out of range or a byte after the payload is not
/// zero: room for words that no screen shows but some other tool might.
pub(super) fn unpad(padded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = padded.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (payload, zeros) = rest.split_at_checked(length)?;
    if zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    Some(Zeroizing::new(payload.to_vec()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The numbers that the alert's text limits and the documents rely on.
    #[test]
    fn capacities() {
        let table = [
            (1, [Some(1853), Some(5949), Some(14141), Some(63293)]),
            (5, [Some(1461), Some(5557), Some(13749), Some(62901)]),
            (12, [Some(775), Some(4871), Some(13063), Some(62215)]),
            (50, [None, Some(1147), Some(9339), Some(58491)]),
            (256, [None, None, None, Some(38303)]),
        ];
        for (members, expected) in table {
            let found = BUCKETS.map(|bucket| capacity(bucket, members));
            assert_eq!(found, expected, "{members} members");
        }
        assert_eq!(capacity(64 * 1024, usize::MAX), None);
    }

    #[test]
    fn the_smallest_bucket_is_taken_to_the_last_byte() {
        let smallest = |payload, members| fitting(payload, members).next();
        assert_eq!(smallest(775, 12), Some(4096));
        assert_eq!(smallest(776, 12), Some(8192));
        assert_eq!(smallest(4871, 12), Some(8192));
        assert_eq!(smallest(62215, 12), Some(65536));
        assert_eq!(smallest(62216, 12), None);
        assert_eq!(smallest(0, 50), Some(8192));
    }

    #[test]
    fn padding_returns_and_is_checked() {
        let padded = pad(b"bell", 10).unwrap();
        assert_eq!(*padded, b"\0\0\0\x04bell\0\0".as_slice());
        assert_eq!(*unpad(&padded).unwrap(), b"bell".as_slice());
        assert_eq!(pad(b"bell", 7), None);
        assert_eq!(*unpad(&[0; 4]).unwrap(), b"".as_slice());
        let refused: [&[u8]; 5] = [
            b"",
            b"\0\0\0",
            b"\0\0\0\x05bell",
            b"\xff\xff\xff\xffbell",
            b"\0\0\0\x04bell\0\x01",
        ];
        for bytes in refused {
            assert_eq!(unpad(bytes), None);
        }
    }
}
