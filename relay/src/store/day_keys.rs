//! Erasure: each day's envelopes are encrypted under a random key of their own, in a small file
//! beside the database. A database keeps removed bytes in its file, and a disk may keep removed files;
//! a key of 32 bytes can be overwritten, synced and unlinked, and what it encrypted is noise then.
//!
//! Flash storage may keep an old copy of the overwritten block until it is reused: PROTOCOL.md and the
//! host's guide say so, and recommend an encrypted disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use chacha20poly1305::{KeyInit as _, Tag, XChaCha20Poly1305, XNonce, aead::AeadInOut as _};
use rand::{TryRng as _, rngs::SysRng};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::sled::sync_dir;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// What sealing adds: a nonce before, a tag behind.
pub(super) const SEAL_BYTES: usize = NONCE_BYTES + TAG_BYTES;

/// One day's key, in memory while the day is kept.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct DayKey([u8; KEY_BYTES]);

impl core::fmt::Debug for DayKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("DayKey(hidden)")
    }
}

impl DayKey {
    /// Makes a day's key, on disk and synced before anything is encrypted under it.
    pub(super) fn make(keys: &Path, day: &str) -> io::Result<Self> {
        let mut key = Self([0; KEY_BYTES]);
        SysRng
            .try_fill_bytes(&mut key.0)
            .map_err(io::Error::other)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(keys.join(day))?;
        file.write_all(&key.0)?;
        file.sync_all()?;
        sync_dir(keys)?;
        Ok(key)
    }

    /// Reads a day's key; `None` when it is not there or was being overwritten.
    pub(super) fn read(keys: &Path, day: &str) -> io::Result<Option<Self>> {
        let mut file = match File::open(keys.join(day)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut key = Self([0; KEY_BYTES]);
        match file.read_exact(&mut key.0) {
            Ok(()) if key.0 != [0; KEY_BYTES] => Ok(Some(key)),
            Ok(()) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Appends `plain`, encrypted and bound to `place`, to `out`: nonce, ciphertext, tag.
    pub(super) fn seal(&self, place: &[u8], plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let mut nonce = [0; NONCE_BYTES];
        // Random, because a place may be written twice: once before a loss of power, once after.
        SysRng
            .try_fill_bytes(&mut nonce)
            .map_err(io::Error::other)?;
        out.extend_from_slice(&nonce);
        let begin = out.len();
        out.extend_from_slice(plain);
        let tag = XChaCha20Poly1305::new(&self.0.into())
            .encrypt_inout_detached(
                &XNonce::from(nonce),
                place,
                out.get_mut(begin..).unwrap_or_default().into(),
            )
            .map_err(|_| io::Error::other("the cipher failed"))?;
        out.extend_from_slice(&tag);
        Ok(())
    }

    /// Decrypts what was sealed; `None` when it was changed, or is of another place or day.
    pub(super) fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let (sealed, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
        let mut plain = sealed.to_vec();
        XChaCha20Poly1305::new(&self.0.into())
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                place,
                plain.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .ok()?;
        Some(plain)
    }
}

/// Overwrites a day's key and takes its file away. Safe to do again after a crash.
pub(super) fn shred(keys: &Path, day: &str) -> io::Result<()> {
    let path: PathBuf = keys.join(day);
    match OpenOptions::new().write(true).open(&path) {
        Ok(mut file) => {
            file.write_all(&[0; KEY_BYTES])?;
            file.sync_all()?;
            fs::remove_file(&path)?;
            sync_dir(keys)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
