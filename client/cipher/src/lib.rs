//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) over the files of a device.
//!
//! A crate of its own because generic code is compiled with whoever calls it: in a debug build of the client's library this one cipher, not
//! optimised, took a sixth of all the time of the programs under test. This crate is optimised in every build.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, AeadInOut as _, Payload},
};

/// Bytes of a nonce: random ones never repeat in practice.
pub const NONCE_BYTES: usize = 24;

/// The bytes were not sealed under this key, nonce and name, or were changed. The cipher says nothing more, so that nobody learns anything by trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes were changed, or sealed under another key or name")]
pub struct NotSealed;

/// Seals bytes for a name, which is authenticated and not among what comes out. The nonce is to be random, and new each time.
///
/// # Panics
/// Never: the cipher fails only over 256 GiB.
#[must_use]
pub fn seal(key: &[u8; 32], nonce: [u8; NONCE_BYTES], name: &str, bytes: &[u8]) -> Vec<u8> {
    let payload = Payload {
        msg: bytes,
        aad: name.as_bytes(),
    };
    XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), payload)
        .expect("files are far below the cipher's limit")
}

/// Opens what was sealed for a name, in its place: of megabytes a second copy takes as long as the cipher.
///
/// # Errors
/// [`NotSealed`]; nothing is opened then.
pub fn open(
    key: &[u8; 32],
    nonce: [u8; NONCE_BYTES],
    name: &str,
    sealed: &mut Vec<u8>,
) -> Result<(), NotSealed> {
    XChaCha20Poly1305::new(key.into())
        .decrypt_in_place(&XNonce::from(nonce), name.as_bytes(), sealed)
        .map_err(|_: chacha20poly1305::aead::Error| NotSealed)
}
