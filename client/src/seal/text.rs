//! Key texts: Bech32 as the age specification uses it, without a length limit.

use bech32::{FromBase32, ToBase32, Variant};
use zeroize::{Zeroize, Zeroizing};

/// Writes lower case; `prefix` must be lower case too, or the checksum would be of another text.
pub(super) fn encode(prefix: &str, bytes: &[u8]) -> String {
    bech32::encode(prefix, bytes.to_base32(), Variant::Bech32)
        .expect("every prefix here is a lower-case constant, the only thing that is checked")
}

/// Secret keys are upper case by the specification, to stand out from public ones.
pub(super) fn encode_secret(prefix: &str, bytes: &[u8]) -> String {
    let mut lower = encode(prefix, bytes);
    let upper = lower.to_ascii_uppercase();
    lower.zeroize();
    upper
}

/// Reads either case, but not a mix. The crate's five-bit digits cannot be wiped; the bytes are.
pub(super) fn decode(prefix: &str, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (found, digits, variant) = bech32::decode(text).ok()?;
    if found != prefix || variant != Variant::Bech32 {
        return None;
    }
    Vec::from_base32(&digits).ok().map(Zeroizing::new)
}
