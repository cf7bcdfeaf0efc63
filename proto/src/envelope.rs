//! An envelope: what the relay stores. Opaque bytes of exactly one bucket size, and their hash.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ids::Hash;

/// The only sizes an envelope may have, in bytes: 4, 8, 16 and 64 KiB. Size is all that a relay
/// sees of an alert, so there are few.
pub const BUCKETS: [usize; 4] = [4 * 1024, 8 * 1024, 16 * 1024, 64 * 1024];

/// The largest bucket.
pub const ENVELOPE_BYTES_MAX: usize = 64 * 1024;

/// Sealed bytes of exactly one bucket size. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope(Bytes);

/// These bytes are no envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} bytes is not a bucket size (4096, 8192, 16384 or 65536)")]
pub struct NotABucket(pub usize);

impl Envelope {
    /// Takes bytes of exactly one bucket size.
    ///
    /// # Errors
    /// [`NotABucket`] for every other length.
    pub fn new(bytes: impl Into<Bytes>) -> Result<Self, NotABucket> {
        let bytes = bytes.into();
        if BUCKETS.contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(NotABucket(bytes.len()))
        }
    }

    /// The sealed bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The sealed bytes, shared: for whoever sends them on to many.
    #[must_use]
    pub fn shared(&self) -> Bytes {
        self.0.clone()
    }

    /// The hash that a receipt names and the chain is built of.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::tagged("envelope", &[&self.0])
    }
}

impl core::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Envelope({} bytes)", self.0.len())
    }
}

impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Opaque;
        impl de::Visitor<'_> for Opaque {
            type Value = Envelope;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("bytes of one bucket size")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Envelope, E> {
                Envelope::new(Bytes::copy_from_slice(bytes)).map_err(E::custom)
            }
        }
        deserializer.deserialize_bytes(Opaque)
    }
}
