//! Everything on a device's disk is encrypted under one random key, which itself is kept under the
//! passphrase: opening an inbox of thousands costs the slow passphrase hash once.
//!
//! A sealed file is `version (1) || nonce (24) || XChaCha20-Poly1305` (draft-irtf-cfrg-xchacha), with
//! the file's use and name as associated data, so that one file cannot be put in another's place.
//! Nonces are random: 24 bytes never repeat in practice.

use bellrope_cipher::{NONCE_BYTES, NotSealed};
use bellrope_proto::codec::Blob;

use crate::{random::random, secret::Seed};

const VERSION: u8 = 1;

/// The key over a device's files.
#[derive(Clone, Debug)]
pub(crate) struct Vault(Seed);

/// The bytes were not sealed under this key for this name, or were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is damaged, or belongs to another device or place")]
pub(crate) struct NotOurs;

impl Vault {
    /// A vault with a key from the device's identity.
    #[must_use]
    pub(crate) fn new(key: &Seed) -> Self {
        Self(key.clone())
    }

    /// Seals a file's bytes for its name.
    #[must_use]
    pub(crate) fn seal(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let nonce = random::<NONCE_BYTES>();
        let sealed = bellrope_cipher::seal(self.0.bytes(), nonce, name, bytes);
        [&[VERSION], nonce.as_slice(), &sealed].concat()
    }

    /// Opens a file's bytes.
    ///
    /// # Errors
    /// [`NotOurs`].
    pub(crate) fn open(&self, name: &str, mut file: Blob) -> Result<Blob, NotOurs> {
        let rest = file.strip_prefix(&[VERSION]).ok_or(NotOurs)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(NotOurs)?;
        let (nonce, before) = (*nonce, file.len().saturating_sub(sealed.len()));
        file.0.drain(..before);
        bellrope_cipher::open(self.0.bytes(), nonce, name, &mut file.0)
            .map_err(|_: NotSealed| NotOurs)?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_file_opens_in_its_place_only() {
        let vault = Vault::new(&Seed::random());
        let sealed = vault.seal("outbox/1", b"words");
        let open = |vault: &Vault, name| vault.open(name, Blob(sealed.clone()));
        assert_eq!(open(&vault, "outbox/1"), Ok(Blob(b"words".to_vec())));
        assert_eq!(open(&vault, "outbox/2"), Err(NotOurs));
        assert_eq!(open(&Vault::new(&Seed::random()), "outbox/1"), Err(NotOurs));
        assert!(!sealed.windows(5).any(|bytes| bytes == b"words"));
    }

    #[test]
    fn damage_is_an_error() {
        let vault = Vault::new(&Seed::random());
        let sealed = vault.seal("a", b"words");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(vault.open("a", Blob(changed)), Err(NotOurs));
            assert_eq!(vault.open("a", Blob(sealed[..at].to_vec())), Err(NotOurs));
        }
    }

    #[test]
    fn the_same_words_never_look_the_same() {
        let vault = Vault::new(&Seed::random());
        assert_ne!(vault.seal("a", b"words"), vault.seal("a", b"words"));
    }
}
