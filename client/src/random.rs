//! The one place of the library that asks the system for randomness; keys that a sealing library makes itself
//! come from the same source.

use rand::{TryRng as _, rngs::SysRng};

/// Fills bytes from the system's random source.
///
/// # Panics
/// When the system has no random source: nothing that Bellrope does is safe then.
pub(crate) fn fill(bytes: &mut [u8]) {
    SysRng
        .try_fill_bytes(bytes)
        .expect("the system gives random bytes");
}

/// Random bytes that are no secret.
///
/// # Panics
/// When the system has no random source: nothing that Bellrope does is safe then.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}
