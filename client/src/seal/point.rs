//! Which X25519 public keys must be refused.
//!
//! A shared secret with a point of low order is zero, known to everyone. age panics when asked to
//! seal to one, so without this a hostile member could stop every sender of the group.

/// All u-coordinates below 2^255 whose point has an order dividing eight, on the curve or on its
/// twist: five, and two more spellings of 0 and 1.
const LOW_ORDER: [[u8; 32]; 7] = [
    spread(0x00, 0x00, 0x00),
    spread(0x01, 0x00, 0x00),
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4,
        0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49,
        0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef,
        0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f,
        0x11, 0x57,
    ],
    spread(0xec, 0xff, 0x7f),
    spread(0xed, 0xff, 0x7f),
    spread(0xee, 0xff, 0x7f),
];

const fn spread(lowest: u8, middle: u8, highest: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    let [first, .., last] = &mut bytes;
    *first = lowest;
    *last = highest;
    bytes
}

/// True for a point whose shared secrets are all zero. The top bit is ignored, as RFC 7748 demands.
pub(super) fn is_low_order(point: &[u8; 32]) -> bool {
    let mut masked = *point;
    let [.., last] = &mut masked;
    *last &= 0x7f;
    LOW_ORDER.contains(&masked)
}

/// True for the one spelling of each coordinate: below 2^255 - 19. Were two spellings accepted,
/// one person could be counted as two.
pub(super) fn is_canonical(point: &[u8; 32]) -> bool {
    let [lowest, middle @ .., highest] = point;
    let at_or_above_prime =
        *highest == 0x7f && middle.iter().all(|byte| *byte == 0xff) && *lowest >= 0xed;
    *highest & 0x80 == 0 && !at_or_above_prime
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    use age::Recipient as _;

    use crate::seal::text;

    #[test]
    fn age_panics_on_exactly_these() {
        let wraps = |point: [u8; 32]| {
            let recipient: age::x25519::Recipient = text::encode("age", &point).parse().unwrap();
            let file_key = age_core::format::FileKey::new(Box::new([1; 16]));
            std::panic::catch_unwind(|| recipient.wrap_file_key(&file_key).is_ok()).is_ok()
        };
        for point in LOW_ORDER {
            assert!(!wraps(point), "{point:02x?}");
            assert!(is_low_order(&point));
        }
        for point in [spread(2, 0, 0), spread(9, 0, 0), spread(0xeb, 0xff, 0x7f)] {
            assert!(wraps(point), "{point:02x?}");
            assert!(!is_low_order(&point));
        }
    }

    #[test]
    fn one_spelling_each() {
        assert!(is_canonical(&spread(0xec, 0xff, 0x7f)));
        assert!(!is_canonical(&spread(0xed, 0xff, 0x7f)));
        assert!(!is_canonical(&spread(0xff, 0xff, 0x7f)));
        assert!(!is_canonical(&spread(0x09, 0x00, 0x80)));
        assert!(is_canonical(&spread(0xff, 0xff, 0x7e)));
    }
}
