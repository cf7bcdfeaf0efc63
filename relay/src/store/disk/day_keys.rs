//! Erasure: each day's envelopes are encrypted under a random key of their own, in a small file
//! beside the database. A database keeps removed bytes in its file, and a disk may keep removed files;
//! a key of 32 bytes can be overwritten, synced and unlinked, and what it encrypted is noise then.
//!
//! Flash storage may keep an old copy of the overwritten block until it is reused, and so may file systems that write
//! what changes to another place: SECURITY.md and the host's guide say so, and recommend an encrypted disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, MAX_TAG_LEN, NONCE_LEN, Nonce, RandomizedNonceKey},
    error::Unspecified,
};
use zeroize::Zeroizing;

use crate::{
    durable::{create_file, sync_dir, sync_file},
    random,
};

const KEY_BYTES: usize = 32;

/// A key's file is a block: a file system may keep a smaller one beside its name, from where old copies go into its journal
/// (`inline_data` of ext4).
const FILE_BYTES: usize = 4096;

/// What sealing adds: a nonce before, a tag behind.
pub(super) const SEAL_BYTES: usize = NONCE_LEN + MAX_TAG_LEN;

/// One day's key, in memory while the day is kept.
///
/// AES-256-GCM with random nonces: NIST SP 800-38D allows 2^32 of them under one key, more than a day
/// brings. The writer seals for everybody, so it must be fast; TLS has it in the program already.
pub(super) struct DayKey(RandomizedNonceKey);

impl core::fmt::Debug for DayKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("DayKey(hidden)")
    }
}

impl DayKey {
    fn new(bytes: &[u8; KEY_BYTES]) -> io::Result<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes);
        key.map(Self).map_err(broken)
    }

    /// Makes a day's key, on disk and synced before anything is encrypted under it.
    pub(super) fn make(keys: &Path, day: &str) -> io::Result<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        random::fill(key.as_mut_slice())?;
        let mut block = Zeroizing::new([0; FILE_BYTES]);
        block
            .iter_mut()
            .zip(key.iter())
            .for_each(|(at, byte)| *at = *byte);
        create_file(keys, day, block.as_slice())?;
        Self::new(&key)
    }

    /// Reads a day's key; `None` when it is not there or was being overwritten.
    pub(super) fn read(keys: &Path, day: &str) -> io::Result<Option<Self>> {
        let mut file = match File::open(keys.join(day)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        match file.read_exact(key.as_mut_slice()) {
            Ok(()) if *key != [0; KEY_BYTES] => Self::new(&key).map(Some),
            Ok(()) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a key that is there last, before anything more is encrypted under it.
    pub(super) fn sync(keys: &Path, day: &str) -> io::Result<()> {
        let path = keys.join(day);
        sync_file(&File::open(&path)?, &path)
    }

    /// Appends `plain`, encrypted and bound to `place`, to `out`: nonce, ciphertext, tag.
    pub(super) fn seal(&self, place: &[u8], plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let begin = out.len();
        out.extend_from_slice(&[0; NONCE_LEN]);
        out.extend_from_slice(plain);
        let (nonce, sealed) = out
            .get_mut(begin..)
            .and_then(|new| new.split_first_chunk_mut::<NONCE_LEN>())
            .ok_or_else(|| broken(Unspecified))?;
        // Random, because a place may be written twice: once before a loss of power, once after.
        let done = self.0.seal_in_place_separate_tag(Aad::from(place), sealed);
        let (used, tag) = done.map_err(broken)?;
        nonce.copy_from_slice(used.as_ref());
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Decrypts what was sealed; `None` when it was changed, or is of another place or day.
    pub(super) fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut plain = sealed.to_vec();
        let nonce = Nonce::from(nonce);
        let length = self
            .0
            .open_in_place(nonce, Aad::from(place), &mut plain)
            .ok()?
            .len();
        plain.truncate(length);
        Some(plain)
    }
}

/// The library says no more than that it failed, on purpose.
fn broken(_: Unspecified) -> io::Error {
    io::Error::other("the cipher failed")
}

/// Overwrites a day's key and takes its file away. Safe to do again after a crash.
pub(super) fn shred(keys: &Path, day: &str) -> io::Result<()> {
    let path: PathBuf = keys.join(day);
    match OpenOptions::new().write(true).open(&path) {
        Ok(mut file) => {
            file.write_all(&[0; FILE_BYTES])?;
            sync_file(&file, &path)?;
            fs::remove_file(&path)?;
            sync_dir(keys)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
