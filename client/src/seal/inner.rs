//! The inner layer's keys: age's own X25519 identities, one for each member device and epoch.

use std::{array::TryFromSliceError, fmt};

use age::secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{NotAKey, point, text};

const PUBLIC_PREFIX: &str = "age";
const SECRET_PREFIX: &str = "age-secret-key-";

/// The secret half of a member device's encryption key for one epoch.
/// Boxed: what is moved leaves a copy on the stack.
#[derive(Clone)]
pub struct MemberIdentity(Box<age::x25519::Identity>);

impl MemberIdentity {
    /// Makes a new key from the system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self(Box::new(age::x25519::Identity::generate()))
    }

    /// Takes a stored key.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let written = Zeroizing::new(text::encode_secret(SECRET_PREFIX, seed));
        let identity = written.parse();
        Self(Box::new(identity.expect(
            "the text was written a line above, from any 32 bytes",
        )))
    }

    /// The 32 bytes to store.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        let written = self.to_text();
        let bytes = text::decode(SECRET_PREFIX, written.expose_secret());
        let seed = bytes.and_then(|bytes| bytes.as_slice().try_into().ok());
        Zeroizing::new(seed.expect("age wrote the text from the 32 bytes of its key"))
    }

    /// Reads `AGE-SECRET-KEY-1...`.
    ///
    /// # Errors
    /// [`NotAKey`] for any other text.
    pub fn from_text(written: &SecretString) -> Result<Self, NotAKey> {
        let identity = written.expose_secret().parse();
        identity
            .map(|identity| Self(Box::new(identity)))
            .map_err(|_: &str| NotAKey)
    }

    /// Writes `AGE-SECRET-KEY-1...`, which any age tool reads.
    #[must_use]
    pub fn to_text(&self) -> SecretString {
        self.0.to_string()
    }

    /// The public half.
    #[must_use]
    pub fn to_key(&self) -> MemberKey {
        let written = self.0.to_public().to_string();
        MemberKey::from_text(&written)
            .expect("a clamped secret times the base point is canonical and not of low order")
    }

    pub(super) fn as_age(&self) -> &age::x25519::Identity {
        &self.0
    }
}

impl fmt::Debug for MemberIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemberIdentity(..)")
    }
}

/// The public half: 32 bytes, in their one spelling and never of low order, however it was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bytes", into = "Bytes")]
pub struct MemberKey([u8; 32]);

#[derive(Serialize, Deserialize)]
struct Bytes(#[serde(with = "bellrope_proto::codec::array")] [u8; 32]);

impl MemberKey {
    /// Takes a received key.
    ///
    /// # Errors
    /// [`NotAKey`] for a point of low order, to which age panics, and for a second spelling.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, NotAKey> {
        if point::is_canonical(&bytes) && !point::is_low_order(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(NotAKey)
        }
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads `age1...`.
    ///
    /// # Errors
    /// [`NotAKey`] for any other text and for what [`Self::from_bytes`] refuses.
    pub fn from_text(written: &str) -> Result<Self, NotAKey> {
        let bytes = text::decode(PUBLIC_PREFIX, written).ok_or(NotAKey)?;
        let bytes = bytes
            .as_slice()
            .try_into()
            .map_err(|_: TryFromSliceError| NotAKey)?;
        Self::from_bytes(bytes)
    }

    /// Writes `age1...`, which any age tool reads.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::encode(PUBLIC_PREFIX, &self.0)
    }

    pub(super) fn to_age(self) -> age::x25519::Recipient {
        let recipient = self.to_text().parse();
        recipient.expect("age accepts the text of any 32 bytes")
    }
}

impl TryFrom<Bytes> for MemberKey {
    type Error = NotAKey;

    fn try_from(bytes: Bytes) -> Result<Self, NotAKey> {
        Self::from_bytes(bytes.0)
    }
}

impl From<MemberKey> for Bytes {
    fn from(key: MemberKey) -> Self {
        Self(key.0)
    }
}

impl fmt::Debug for MemberKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberKey({})", self.to_text())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_example() {
        let written = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
        let identity = MemberIdentity::from_text(&written.into()).unwrap();
        assert_eq!(*identity.seed(), [0x42; 32]);
        assert_eq!(
            identity.to_key().to_text(),
            "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
        );
    }

    #[test]
    fn seeds_and_texts_return() {
        let identity = MemberIdentity::generate();
        let key = identity.to_key();
        assert_eq!(MemberIdentity::from_seed(&identity.seed()).to_key(), key);
        let read = MemberIdentity::from_text(&identity.to_text()).unwrap();
        assert_eq!(read.to_key(), key);
        assert_eq!(MemberKey::from_text(&key.to_text()), Ok(key));
        assert_eq!(MemberKey::from_bytes(*key.as_bytes()), Ok(key));
        assert_eq!(format!("{identity:?}"), "MemberIdentity(..)");
    }

    #[test]
    fn other_texts_are_refused() {
        for written in ["", "age1", "age1pq1qqqq", "AGE-SECRET-KEY-1QQ"] {
            assert_eq!(MemberKey::from_text(written), Err(NotAKey));
            assert!(MemberIdentity::from_text(&written.into()).is_err());
        }
        let short = text::encode(PUBLIC_PREFIX, &[9; 31]);
        assert_eq!(MemberKey::from_text(&short), Err(NotAKey));
    }

    #[test]
    fn hostile_points_are_refused_when_decoded_too() {
        let zero = serde_json::to_string(&[0_u8; 32]).unwrap();
        assert!(serde_json::from_str::<MemberKey>(&zero).is_err());
        let key = MemberIdentity::generate().to_key();
        let encoded = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<MemberKey>(&encoded).unwrap(), key);
    }
}
