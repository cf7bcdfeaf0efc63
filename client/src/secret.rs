//! Secrets that are stored and sent: not printed, also not under `Debug`, and wiped when they are let go.

use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, SeqAccess, Visitor},
    ser::SerializeTuple as _,
};
use zeroize::Zeroize as _;

use crate::random::fill;

/// The 32 bytes that a key is made of.
pub type Seed = SecretBytes<32>;

/// So many secret bytes, encoded as they are. They stay where they were made until they are wiped: a value that holds
/// its bytes itself leaves a copy on the stack whenever it is moved, and nobody wipes those.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBytes<const N: usize>(Box<[u8; N]>);

impl<const N: usize> SecretBytes<N> {
    /// New ones, from the system's random source.
    #[must_use]
    pub(crate) fn random() -> Self {
        Self::make(|bytes| fill(bytes))
    }

    /// What is written into them.
    #[must_use]
    pub(crate) fn make(write: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self::zeros();
        write(&mut secret.0);
        secret
    }

    /// Those that were stored.
    #[must_use]
    pub fn new(bytes: &[u8; N]) -> Self {
        Self::make(|own| own.copy_from_slice(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; N] {
        &self.0
    }

    fn zeros() -> Self {
        Self(Box::new([0; N]))
    }
}

impl<const N: usize> Drop for SecretBytes<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> fmt::Debug for SecretBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(hidden)")
    }
}

impl<const N: usize> Serialize for SecretBytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        for byte in self.0.iter() {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

impl<'de, const N: usize> Deserialize<'de> for SecretBytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes<const N: usize>;
        impl<'de, const N: usize> Visitor<'de> for Bytes<N> {
            type Value = SecretBytes<N>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{N} bytes")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut secret = SecretBytes::zeros();
                for (at, byte) in secret.0.iter_mut().enumerate() {
                    let next = seq.next_element()?;
                    *byte = next.ok_or_else(|| de::Error::invalid_length(at, &self))?;
                }
                Ok(secret)
            }
        }
        deserializer.deserialize_tuple(N, Bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::codec;

    use super::*;

    #[test]
    fn a_secret_is_encoded_as_its_bytes_and_not_printed() {
        let secret = SecretBytes::new(&[0x2a; 16]);
        assert_eq!(codec::encode(&secret), [0x2a; 16]);
        assert_eq!(codec::decode(&[0x2a; 16]), Ok(secret.clone()));
        for other in [15, 17] {
            let read = codec::decode::<SecretBytes<16>>(&vec![0x2a; other]);
            assert_eq!(read, Err(codec::Malformed), "{other} bytes");
        }
        assert_eq!(format!("{secret:?}"), "SecretBytes(hidden)");
        assert_ne!(Seed::random(), Seed::random());
    }
}
