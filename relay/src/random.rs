//! Randomness, from the system and from nowhere else.

use std::io;

use rand::{TryRng as _, rngs::SysRng};

/// Fills a key or an id that nobody may guess. Without, nothing is safe: there is no other source to fall
/// back to.
pub(crate) fn fill(bytes: &mut [u8]) -> io::Result<()> {
    SysRng.try_fill_bytes(bytes).map_err(io::Error::other)
}
