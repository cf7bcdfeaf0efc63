//! Secrets at rest under a passphrase: an age file with its scrypt recipient.
//!
//! A passphrase is one on every keyboard: й is one character here and two there, and some keyboards write a space that
//! does not break. It is put into the form of RFC 8265's OpaqueString: NFC, and every space the ordinary one.

use std::io::{Read, Write};
use std::iter;

use age::secrecy::{ExposeSecret as _, SecretString};
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::header::Shape;

/// scrypt's N is 2 to this power: 128 MiB and about half a second of a cheap phone-class
/// processor. Fixed, because age would otherwise measure this machine, and what a fast desktop
/// chose could be too much memory for the small one that must open it after a loss.
const WORK_FACTOR_LOG2: u8 = 17;

/// The least that is opened.
pub(crate) const WORK_FACTOR_LEAST_LOG2: u8 = 10;

/// How the line of the stanza ends: the work factors that are opened. Less than ours was chosen by whoever knew the
/// passphrase; more is damage, or an attempt to exhaust memory.
const WORK_FACTORS: [&[u8]; 8] = [
    b" 10\n", b" 11\n", b" 12\n", b" 13\n", b" 14\n", b" 15\n", b" 16\n", b" 17\n",
];

/// Whether a file begins with one scrypt stanza, of a salt of 16 bytes and a work factor that is opened.
pub(crate) fn is_locked(file: &[u8]) -> bool {
    WORK_FACTORS.iter().any(|end| {
        let shape = Shape {
            start: b"-> scrypt ",
            argument: 22,
            end,
            stanzas: 1,
        };
        shape.check(file).is_some()
    })
}

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

/// See the module.
fn normal(passphrase: &SecretString) -> SecretString {
    /// The most by which composing lengthens a text in UTF-8.
    const GROWTH_MAX: usize = 3;
    let typed = passphrase.expose_secret();
    let ordinary = |c: char| if is_space(c) { ' ' } else { c };
    // Of its whole size: one that grows leaves what it had behind.
    let mut normal = String::with_capacity(typed.len() * GROWTH_MAX);
    normal.extend(typed.chars().map(ordinary).nfc());
    SecretString::from(normal)
}

/// Category Zs.
fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Locks `secret`. Takes about half a second, on purpose.
#[must_use]
pub fn lock(passphrase: &SecretString, secret: &[u8]) -> Vec<u8> {
    // This crate's own tests make a hundred devices; the real factor has a test of its own.
    let log2 = if cfg!(test) || is_eased() {
        WORK_FACTOR_LEAST_LOG2
    } else {
        WORK_FACTOR_LOG2
    };
    lock_with(log2, passphrase, secret)
}

#[cfg(not(feature = "internals"))]
const fn is_eased() -> bool {
    false
}

#[cfg(feature = "internals")]
fn is_eased() -> bool {
    hands::is_eased()
}

/// Less work in the hand of a test, for all of its process: a suite that makes a thousand devices would do nothing else than hash one
/// passphrase. Programs are built without.
#[cfg(feature = "internals")]
pub(crate) mod hands {
    use std::sync::atomic::{AtomicBool, Ordering};

    static EASED: AtomicBool = AtomicBool::new(false);

    pub(crate) fn ease() {
        EASED.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_eased() -> bool {
        EASED.load(Ordering::SeqCst)
    }
}

/// The same with another work factor.
pub(crate) fn lock_with(log2: u8, passphrase: &SecretString, secret: &[u8]) -> Vec<u8> {
    const INVARIANT: &str = "one recipient cannot conflict, and a vector takes every write";
    let mut recipient = scrypt::Recipient::new(normal(passphrase));
    recipient.set_work_factor(log2);
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
    if !is_locked(locked) {
        return Err(UnlockError::Damaged);
    }
    let mut identity = scrypt::Identity::new(normal(passphrase));
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
        let locked = lock_with(WORK_FACTOR_LOG2, &passphrase, b"secret");
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
    fn one_passphrase_typed_on_two_keyboards_opens_the_same() {
        let composed = "семь ёлок, один йод, café";
        let apart = "семь\u{a0}е\u{308}лок, один\u{3000}и\u{306}од, cafe\u{301}";
        assert_ne!(composed, apart);
        for (one, other) in [(composed, apart), (apart, composed)] {
            let locked = lock(&one.into(), b"secret");
            assert_eq!(
                *unlock(&other.into(), &locked).unwrap(),
                b"secret".as_slice()
            );
        }
        // Capitals and wide letters are other characters.
        let locked = lock(&composed.into(), b"secret");
        for other in [
            "Семь ёлок, один йод, café",
            "семь  ёлок, один йод, café",
            "семь елок, один иод, cafe",
        ] {
            assert_eq!(
                unlock(&other.into(), &locked),
                Err(UnlockError::WrongPassphrase)
            );
        }
    }

    #[test]
    fn what_was_locked_with_less_work_opens() {
        let passphrase = SecretString::from("семь раз отмерь");
        let locked = lock_with(WORK_FACTOR_LEAST_LOG2, &passphrase, b"secret");
        assert_eq!(*unlock(&passphrase, &locked).unwrap(), b"secret".as_slice());
        let less = lock_with(WORK_FACTOR_LEAST_LOG2 - 1, &passphrase, b"secret");
        assert_eq!(unlock(&passphrase, &less), Err(UnlockError::Damaged));
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
