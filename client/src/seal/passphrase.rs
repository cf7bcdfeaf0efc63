//! Secrets at rest under a passphrase: an age file with its scrypt recipient.
//!
//! The passphrase is used as the bytes it comes in. Whoever asks for it decides on a normal form:
//! some keyboards write й as one code point and some as two.

use std::io::{Read, Write};
use std::iter;

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use zeroize::Zeroizing;

use super::header::Shape;

/// scrypt's N is 2 to this power: 128 MiB and about half a second of a cheap phone-class
/// processor. Fixed, because age would otherwise measure this machine, and what a fast desktop
/// chose could be too much memory for the small one that must open it after a loss.
const WORK_FACTOR_LOG2: u8 = 17;

/// One scrypt stanza: a salt of 16 bytes and our own work factor. Another one is damage or an
/// attempt to exhaust memory.
const HEADER: Shape = Shape {
    start: b"-> scrypt ",
    argument: 22,
    end: b" 17\n",
    stanzas: 1,
};

/// Why a locked secret did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// Ask again. A change to the locked key itself looks the same.
    #[error("the passphrase does not fit")]
    WrongPassphrase,
    /// No passphrase will help; a backup may.
    #[error("the locked secret is damaged or not one of ours")]
    Damaged,
}

/// Locks `secret`. Takes about half a second, on purpose.
#[must_use]
pub fn lock(passphrase: &SecretString, secret: &[u8]) -> Vec<u8> {
    const INVARIANT: &str = "one recipient cannot conflict, and a vector takes every write";
    let mut recipient = scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(WORK_FACTOR_LOG2);
    let recipients = iter::once(&recipient as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(recipients).expect(INVARIANT);
    let mut writer = encryptor.wrap_output(Vec::new()).expect(INVARIANT);
    writer.write_all(secret).expect(INVARIANT);
    writer.finish().expect(INVARIANT)
}

/// What the library says of a file is for whoever looks for the fault.
fn damaged(error: &dyn std::fmt::Display) -> UnlockError {
    tracing::debug!(%error, "a locked secret does not open");
    UnlockError::Damaged
}

/// Opens what [`lock`] made.
///
/// # Errors
/// See [`UnlockError`].
pub fn unlock(passphrase: &SecretString, locked: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnlockError> {
    HEADER.check(locked).ok_or(UnlockError::Damaged)?;
    let mut identity = scrypt::Identity::new(passphrase.clone());
    identity.set_max_work_factor(WORK_FACTOR_LOG2);
    let identities = iter::once(&identity as &dyn age::Identity);
    let decryptor = Decryptor::new_buffered(locked).map_err(|error| damaged(&error))?;
    let mut reader = decryptor.decrypt(identities).map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            UnlockError::WrongPassphrase
        }
        _ => UnlockError::Damaged,
    })?;
    // Reserved whole, because growing would leave unwiped copies behind.
    let mut secret = Zeroizing::new(Vec::with_capacity(locked.len()));
    let read = reader.read_to_end(&mut secret);
    read.map_err(|error| damaged(&error))?;
    Ok(secret)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn opens_under_its_passphrase_only() {
        let passphrase = SecretString::from("семь раз отмерь");
        let locked = lock(&passphrase, b"secret");
        let first_lines = String::from_utf8_lossy(&locked[..80]).into_owned();
        assert!(first_lines.starts_with("age-encryption.org/v1\n-> scrypt "));
        assert!(first_lines.contains(" 17\n"));
        assert_eq!(*unlock(&passphrase, &locked).unwrap(), b"secret".as_slice());
        assert_eq!(
            unlock(&"семь раз".into(), &locked),
            Err(UnlockError::WrongPassphrase)
        );

        let mut damaged = locked.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(unlock(&passphrase, &damaged), Err(UnlockError::Damaged));
        assert_eq!(
            unlock(&passphrase, &locked[..locked.len() - 1]),
            Err(UnlockError::Damaged)
        );
    }

    #[test]
    fn more_work_than_ours_is_refused_without_doing_it() {
        let file = b"age-encryption.org/v1\n-> scrypt rF0/NwblUHHTpgQgRpe5CQ 18\n\
            gUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n\
            --- gUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n0123456789abcdef0123456789abcdef";
        assert_eq!(unlock(&"x".into(), file), Err(UnlockError::Damaged));
    }

    #[test]
    fn rubbish_is_damage() {
        for rubbish in [&b""[..], b"age-encryption.org/v1\n", &[0xff; 4096]] {
            assert_eq!(unlock(&"x".into(), rubbish), Err(UnlockError::Damaged));
        }
    }
}
