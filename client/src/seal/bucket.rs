//! Which bucket an envelope gets and how a payload is padded to fill it.
//!
//! The zeros go inside the inner layer, not between the two: each layer is then exactly one age
//! file, and `age -d -i epoch | age -d -i member` opens both without anything being cut off in
//! between. What comes out is the length, the payload and the zeros.
//!
//! Headers have one shape (`header.rs`), so how much a bucket carries depends on the number of
//! members alone, and the text limits can be promised before anything is sealed.

use bellrope_proto::envelope::BUCKETS;
use zeroize::Zeroizing;

use super::{INNER, OUTER, layer};

/// The payload's length, big-endian, before the payload.
const LENGTH_BYTES: usize = 4;

/// The longest payload that an envelope of `bucket` bytes can carry to `members` keys.
/// `None` when not even an empty one fits.
#[must_use]
pub fn capacity(bucket: usize, members: usize) -> Option<usize> {
    const FIXED: usize = LENGTH_BYTES + layer::overhead(&OUTER, 1) + layer::overhead(&INNER, 0);
    let stanzas = members.checked_mul(INNER.stanza_bytes())?;
    bucket.checked_sub(FIXED)?.checked_sub(stanzas)
}

/// Length, payload and as many zeros as fill the smallest bucket that fits. `None` if none does.
pub(super) fn pad(payload: &[u8], members: usize) -> Option<Zeroizing<Vec<u8>>> {
    let room = |bucket: usize| capacity(bucket, members);
    let fits = |room: &usize| *room >= payload.len();
    pad_to(payload, BUCKETS.into_iter().filter_map(room).find(fits)?)
}

/// The same with room for so many bytes of payload. `None` if it has more.
pub(super) fn pad_to(payload: &[u8], room: usize) -> Option<Zeroizing<Vec<u8>>> {
    if payload.len() > room {
        return None;
    }
    let total = padded_length(room);
    let length = u32::try_from(payload.len()).ok()?;
    let mut padded = Zeroizing::new(Vec::with_capacity(total));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(payload);
    padded.resize(total, 0);
    Some(padded)
}

/// With room for so many bytes of payload.
pub(super) const fn padded_length(room: usize) -> usize {
    LENGTH_BYTES + room
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
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    use crate::seal::MEMBERS_MAX;

    const DOCUMENT: &str = include_str!("../../../proto/PROTOCOL.md");

    /// The formula as PROTOCOL.md states it.
    #[test]
    fn the_overhead_is_the_documents() {
        for (bucket, members) in [(4096, 1), (8192, 12), (65536, MEMBERS_MAX)] {
            let overhead = bucket - capacity(bucket, members).unwrap();
            assert_eq!(overhead, 1_765 + 98 * members);
        }
        for line in ["bucket - 1,765 - 98 × readers", "1,627 bytes"] {
            assert!(DOCUMENT.contains(line), "{line}");
        }
        assert_eq!(OUTER.bytes(1), 1_627);
        assert_eq!(capacity(64 * 1024, usize::MAX), None);
    }

    /// The numbers that the alert's text limits and the documents rely on.
    #[test]
    fn capacities() {
        let table = [
            (1, [Some(2233), Some(6329), Some(14521), Some(63673)]),
            (5, [Some(1841), Some(5937), Some(14129), Some(63281)]),
            (12, [Some(1155), Some(5251), Some(13443), Some(62595)]),
            (50, [None, Some(1527), Some(9719), Some(58871)]),
            (256, [None, None, None, Some(38683)]),
        ];
        for (members, expected) in table {
            let found = BUCKETS.map(|bucket| capacity(bucket, members));
            assert_eq!(found, expected, "{members} members");
        }
    }

    /// The table of section 7, cell by cell.
    #[test]
    fn the_documents_table_of_readers_is_what_the_buckets_give() {
        let (_, after) = DOCUMENT.split_once("| bytes of payload |").unwrap();
        let rows: Vec<&str> = after
            .lines()
            .skip(2)
            .take_while(|row| row.starts_with('|'))
            .collect();
        assert_eq!(rows.len(), 4);
        for row in rows {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let payload = cells[1].split(' ').next().unwrap().replace(',', "");
            let payload: usize = payload.parse().unwrap();
            let mut most_before = 0;
            for (bucket, cell) in BUCKETS.into_iter().zip(&cells[2..]) {
                let fits = |members: &usize| capacity(bucket, *members) >= Some(payload);
                let most = (1..=MEMBERS_MAX).rev().find(fits).unwrap_or(0);
                let expected = match most {
                    0 => "none".to_owned(),
                    _ => format!("{} – {most}", most_before + 1),
                };
                assert_eq!(*cell, expected, "{row}");
                most_before = most;
            }
        }
    }

    #[test]
    fn the_smallest_bucket_is_filled_to_the_last_byte() {
        let filled = |payload: usize, members: usize| {
            let inner = pad(&vec![1; payload], members)?.len() + layer::overhead(&INNER, members);
            Some(inner + layer::overhead(&OUTER, 1))
        };
        assert_eq!(filled(1155, 12), Some(4096));
        assert_eq!(filled(1156, 12), Some(8192));
        assert_eq!(filled(5251, 12), Some(8192));
        assert_eq!(filled(62595, 12), Some(65536));
        assert_eq!(filled(62596, 12), None);
        assert_eq!(filled(0, 50), Some(8192));
    }

    #[test]
    fn padding_returns_and_is_checked() {
        let padded = pad(b"bell", 1).unwrap();
        assert!(padded.starts_with(b"\0\0\0\x04bell\0\0"));
        assert_eq!(padded.len(), 2237);
        assert_eq!(*unpad(&padded).unwrap(), b"bell".as_slice());
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
