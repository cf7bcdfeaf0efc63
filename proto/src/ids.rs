//! Names of things on the wire. Every identifier, hash and count has a type of its own, so that two
//! of them can never be swapped in a call.

use core::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Makes a newtype over bytes that prints as lower-case hex and compares by value.
macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(#[serde(with = "crate::codec::array")] pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// Reads exactly [`Self::LEN`] bytes.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The first eight hex digits: enough to tell things apart in a log or a listing.
            #[must_use]
            pub fn short(&self) -> String {
                let (head, _) = self.0.split_at(4);
                HEXLOWER.encode(head)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.short())
            }
        }
    };
}

bytes_id!(
    /// A SHA-256 hash (FIPS 180-4).
    Hash,
    32
);
bytes_id!(
    /// An entry of a mailbox's chain: an envelope's hash and its time, under one hash. What is left of an expired envelope.
    Leaf,
    32
);
bytes_id!(
    /// A mailbox: the SHA-256 hash of its authority's public key under the `mailbox` tag.
    MailboxId,
    32
);
bytes_id!(
    /// The identity of a host token, random, so that a token creates one mailbox only.
    TokenId,
    16
);

impl Hash {
    /// Hashes `parts` under a tag: `SHA-256("bellrope/" || tag || "/v1" || 0x00 || parts…)`.
    ///
    /// The tag separates uses; callers give parts of fixed length, or a single part, so that no two
    /// inputs share an encoding.
    #[must_use]
    pub fn tagged(tag: &str, parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"bellrope/");
        hasher.update(tag.as_bytes());
        hasher.update(b"/v1\0");
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Length of a day.
    pub const DAY_SECONDS: u64 = 86_400;

    /// The day this moment lies in, in UTC.
    #[must_use]
    pub fn day(self) -> Day {
        Day(u32::try_from(self.0 / Self::DAY_SECONDS).unwrap_or(u32::MAX))
    }

    /// This moment and `seconds` more, saturating.
    #[must_use]
    pub fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

/// Days since 1970-01-01, in UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Day(pub u32);

/// The place of an envelope in its mailbox. The first is 1; 0 means "before the first".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Sequence(pub u64);

impl Sequence {
    /// The next place.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
