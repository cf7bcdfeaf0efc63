//! With which keys a relay works. Its identity, which addresses name, signs one statement of three keys and is needed for
//! nothing else: it may be kept away from the machine that is on the network. Whoever takes that machine has its keys until
//! the host makes new ones, and never the relay's name.
//!
//! The statement travels in the relay's certificate, as a name of the kind URI (RFC 5280, section 4.2.1.6): a client has it
//! before it says anything, and one round trip is enough. libp2p certifies its TLS keys in the same way, in an
//! extension of its own; a URI is what TLS libraries read.
//!
//! A second such name says whose it is, for the one client that does not know: somebody who was told only the host's name, and
//! holds what is shown against a code that was dictated to them.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::{
    codec,
    ids::Timestamp,
    signing::{
        BadSignature, PublicKey, Purpose, Relay, RelayLog, RelayTls, RelayToken, Signed, Statement,
    },
};

/// What the name in the certificate begins with. TLS 1.3 encrypts certificates: no observer reads it.
const SCHEME: &str = "bellrope-keys:";

/// What the name begins with that says which relay this is.
const IDENTITY_SCHEME: &str = "bellrope-relay:";

/// Statements that are remembered of one relay. New ones are rare; more than these are of a relay that wants to fill disks.
const STATEMENTS_MAX: usize = 32;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayKeys {
    /// When; later than that of every statement which it replaces.
    pub issued: Timestamp,
    /// The certificate's.
    pub tls: PublicKey<RelayTls>,
    /// What receipts and heads are signed with.
    pub log: PublicKey<RelayLog>,
    /// What the host's tokens are signed with.
    pub token: PublicKey<RelayToken>,
}

impl Statement for RelayKeys {
    type Signer = Relay;
    const PURPOSE: Purpose = Purpose::Keys;
}

impl Signed<RelayKeys> {
    /// The name that a certificate carries: `bellrope-keys:` and base64url without padding (RFC 4648, section 5).
    #[must_use]
    pub fn to_uri(&self) -> String {
        format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&codec::encode(self)))
    }

    /// Reads such a name; `None` for any other. Its signature is not checked.
    #[must_use]
    pub fn from_uri(name: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(name.strip_prefix(SCHEME)?.as_bytes());
        codec::decode(&bytes.ok()?).ok()
    }
}

impl PublicKey<Relay> {
    /// The name in a certificate that says whose it is: `bellrope-relay:` and base64url without padding. It proves nothing: only with a
    /// statement that this identity signed does it mean the certificate's key.
    #[must_use]
    pub fn to_uri(&self) -> String {
        format!("{IDENTITY_SCHEME}{}", BASE64URL_NOPAD.encode(&self.0))
    }

    /// Reads such a name; `None` for any other.
    #[must_use]
    pub fn from_uri(name: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(name.strip_prefix(IDENTITY_SCHEME)?.as_bytes());
        Some(Self::from_bytes(bytes.ok()?.try_into().ok()?))
    }
}

/// Why a statement of keys is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysRefused {
    /// The identity did not sign it.
    #[error("the relay's identity did not sign these keys")]
    NotSigned(#[from] BadSignature),
    /// A later statement is known: whoever shows this one has keys that the relay gave up, or is an old copy of it.
    #[error("the relay has replaced these keys")]
    Replaced,
}

/// The statements of one relay that were seen, the newest last. What was signed with earlier keys still counts: a relay is
/// held to its receipts whatever key it uses today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyHistory {
    relay: PublicKey<Relay>,
    statements: Vec<Signed<RelayKeys>>,
}

impl KeyHistory {
    /// Of a relay of which nothing was seen.
    #[must_use]
    pub fn new(relay: PublicKey<Relay>) -> Self {
        Self {
            relay,
            statements: Vec::new(),
        }
    }

    /// Whose.
    #[must_use]
    pub fn relay(&self) -> PublicKey<Relay> {
        self.relay
    }

    /// The statements, the newest last.
    #[must_use]
    pub fn statements(&self) -> &[Signed<RelayKeys>] {
        &self.statements
    }

    /// Takes what the relay shows now, and gives its keys. A first statement is believed; after it only later ones, so that
    /// keys which were given up, because somebody may have them, are of no more use against this client.
    ///
    /// # Errors
    /// [`KeysRefused`].
    pub fn learn(&mut self, shown: &Signed<RelayKeys>) -> Result<RelayKeys, KeysRefused> {
        let keys = shown.verify(&self.relay)?;
        match self.statements.last() {
            Some(newest) if newest == shown => {}
            Some(newest) if newest.peek()?.issued >= keys.issued => {
                return Err(KeysRefused::Replaced);
            }
            _ => {
                self.statements.push(shown.clone());
                let more = self.statements.len().saturating_sub(STATEMENTS_MAX);
                self.statements.drain(..more);
            }
        }
        Ok(keys)
    }

    /// What `verify` finds with one of the log keys, the newest first, and the statement of that key.
    ///
    /// # Errors
    /// [`BadSignature`] when it finds nothing with any key that is known here.
    pub fn find<T>(
        &self,
        verify: impl Fn(&PublicKey<RelayLog>) -> Result<T, BadSignature>,
    ) -> Result<(T, &Signed<RelayKeys>), BadSignature> {
        let found = self.statements.iter().rev().find_map(|statement| {
            let keys = statement.peek().ok()?;
            Some((verify(&keys.log).ok()?, statement))
        });
        found.ok_or(BadSignature)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        ids::{Hash, MailboxId, Sequence},
        receipt::{Commitment, Head, Word},
        signing::SecretKey,
    };

    fn identity() -> SecretKey<Relay> {
        SecretKey::from_seed(&[1; 32])
    }

    fn log(number: u8) -> SecretKey<RelayLog> {
        SecretKey::from_seed(&[number; 32])
    }

    fn keys(issued: u64, number: u8) -> Signed<RelayKeys> {
        identity().sign(&RelayKeys {
            issued: Timestamp(issued),
            tls: PublicKey::from_bytes([2; 32]),
            log: log(number).public(),
            token: PublicKey::from_bytes([4; 32]),
        })
    }

    fn head(number: u8) -> Commitment {
        Commitment::Head(log(number).sign(&Head {
            mailbox: MailboxId([1; 32]),
            sequence: Sequence(1),
            head: Hash([2; 32]),
            time: Timestamp(3),
        }))
    }

    fn verify<'a>(
        history: &'a KeyHistory,
        said: &Commitment,
    ) -> Result<(Word, &'a Signed<RelayKeys>), BadSignature> {
        history.find(|log| said.verify(log))
    }

    #[test]
    fn a_statement_is_read_as_it_was_written_and_fits_a_certificate() {
        let signed = keys(5, 3);
        let uri = signed.to_uri();
        assert_eq!(Signed::from_uri(&uri), Some(signed));
        assert!(uri.len() < 300, "{}", uri.len());
        for other in [
            "",
            "bellrope-keys:",
            "bellrope-keys:AAAA",
            "https://example.org",
        ] {
            assert_eq!(Signed::<RelayKeys>::from_uri(other), None, "{other}");
        }
    }

    #[test]
    fn later_keys_replace_earlier_ones_and_what_those_signed_still_counts() {
        let mut history = KeyHistory::new(identity().public());
        assert_eq!(verify(&history, &head(3)), Err(BadSignature));
        history.learn(&keys(5, 3)).unwrap();
        history.learn(&keys(5, 3)).unwrap();
        assert_eq!(history.learn(&keys(5, 4)), Err(KeysRefused::Replaced));
        assert_eq!(verify(&history, &head(4)), Err(BadSignature));
        history.learn(&keys(6, 4)).unwrap();
        assert_eq!(history.learn(&keys(5, 3)), Err(KeysRefused::Replaced));
        assert_eq!(verify(&history, &head(3)).unwrap().1, &keys(5, 3));
        assert_eq!(verify(&history, &head(4)).unwrap().1, &keys(6, 4));
        assert_eq!(history.statements(), [keys(5, 3), keys(6, 4)]);
    }

    #[test]
    fn only_the_identity_says_which_keys_count() {
        let other = SecretKey::<Relay>::from_seed(&[9; 32]);
        let forged = other.sign(&keys(5, 3).peek().unwrap());
        let mut history = KeyHistory::new(identity().public());
        let refused = Err(KeysRefused::NotSigned(BadSignature));
        assert_eq!(history.learn(&forged), refused);
        assert!(history.statements().is_empty());
    }

    #[test]
    fn a_relay_that_always_has_new_keys_fills_no_disk() {
        let mut history = KeyHistory::new(identity().public());
        for issued in 1..200 {
            history.learn(&keys(issued, 3)).unwrap();
        }
        assert_eq!(history.statements().len(), STATEMENTS_MAX);
        assert_eq!(history.statements().last(), Some(&keys(199, 3)));
    }
}
