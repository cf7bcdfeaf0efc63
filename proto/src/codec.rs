//! Values to bytes and back; the only file that names bincode.
//!
//! The encoding is bincode 2's with fixed-width big-endian integers: a struct is its fields in
//! order, a sequence is a `u64` count and its items, bytes are a `u64` length and the bytes, an
//! option is one byte 0 or 1. There is one encoding for each value, and [`decode`] enforces it.

use bincode::{
    config::{BigEndian, Configuration, Fixint, Limit},
    enc::write::Writer,
    error::EncodeError,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::{Zeroize, ZeroizeOnDrop, zeroize_bytes};

use crate::limits::{FILE_BYTES_MAX, FRAME_BYTES_MAX};

type Config<const MAX: usize> = Configuration<BigEndian, Fixint, Limit<MAX>>;

const fn config<const MAX: usize>() -> Config<MAX> {
    bincode::config::standard()
        .with_big_endian()
        .with_fixed_int_encoding()
        .with_limit::<MAX>()
}

const CONFIG: Config<FRAME_BYTES_MAX> = config();

/// These bytes are not the one encoding of a value of the wanted type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes do not encode what they should")]
pub struct Malformed;

/// Encodes a value, into memory that is asked for once: a vector that grows leaves what it had so far behind it, and many
/// values have secrets in them. So whoever wipes what this gives has wiped it all.
///
/// # Panics
/// Never for this project's types: the encoder fails only on what they do not have (sequences of
/// unknown length, 128-bit numbers in text form).
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    const INVARIANT: &str = "wire types have lengths and encode";
    let mut count = Count(0);
    bincode::serde::encode_into_writer(value, &mut count, CONFIG).expect(INVARIANT);
    let mut whole = Whole(Vec::with_capacity(count.0));
    bincode::serde::encode_into_writer(value, &mut whole, CONFIG).expect(INVARIANT);
    whole.0
}

/// Counts what is encoded.
struct Count(usize);

impl Writer for &mut Count {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.0 += bytes.len();
        Ok(())
    }
}

/// Keeps what is encoded, in memory of the size that was counted.
struct Whole(Vec<u8>);

impl Writer for &mut Whole {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

/// Decodes a value from exactly these bytes.
///
/// # Errors
/// [`Malformed`] when bytes are missing or left over, when a length is over the limit, or when the
/// value would be encoded in other bytes than these.
pub fn decode<'de, T: Serialize + Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Malformed> {
    decode_within::<FRAME_BYTES_MAX, T>(bytes)
}

/// The same of a file that this program wrote for itself and sealed: lists grow over years, and what waits to be posted may be two
/// envelopes. Never of what came over a network.
///
/// # Errors
/// As [`decode`].
pub fn decode_file<'de, T: Serialize + Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Malformed> {
    decode_within::<FILE_BYTES_MAX, T>(bytes)
}

fn decode_within<'de, const MAX: usize, T: Serialize + Deserialize<'de>>(
    bytes: &'de [u8],
) -> Result<T, Malformed> {
    if bytes.len() > MAX {
        return Err(Malformed);
    }
    let (value, consumed): (T, usize) =
        bincode::serde::borrow_decode_from_slice(bytes, config::<MAX>()).map_err(|_| Malformed)?;
    if consumed != bytes.len() {
        return Err(Malformed);
    }
    let mut same = Compare { rest: bytes };
    bincode::serde::encode_into_writer(&value, &mut same, CONFIG).map_err(|_| Malformed)?;
    if same.rest.is_empty() {
        Ok(value)
    } else {
        Err(Malformed)
    }
}

/// The same of bytes that were decoded before, and that nobody else can have changed since: that they are the one encoding of their value was seen then.
///
/// # Errors
/// [`Malformed`] when bytes are missing or left over.
pub fn decode_again<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Malformed> {
    let (value, consumed): (T, usize) =
        bincode::serde::borrow_decode_from_slice(bytes, CONFIG).map_err(|_| Malformed)?;
    match consumed == bytes.len() {
        true => Ok(value),
        false => Err(Malformed),
    }
}

/// Compares what is encoded with what arrived, without holding both.
struct Compare<'a> {
    rest: &'a [u8],
}

impl Writer for &mut Compare<'_> {
    // Mostly of one number, whose length is known where it is called: a call to compare so few bytes takes longer than the comparison.
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        match self.rest.strip_prefix(bytes) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(EncodeError::Other("another encoding")),
        }
    }
}

/// Bytes of any length, encoded as one run: `Vec<u8>` would go through the codec byte by byte. Wiped when they are let
/// go, as a signed statement may have a key in it, and a message has words; all of them at once, where a `Zeroizing<Vec<u8>>` is wiped byte by byte,
/// which took a tenth of a list of ten thousand alerts.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Blob(pub Vec<u8>);

impl Zeroize for Blob {
    fn zeroize(&mut self) {
        // What it had before it became shorter lies behind its end.
        self.0.resize(self.0.capacity(), 0);
        zeroize_bytes(&mut self.0);
        self.0.clear();
    }
}

impl Drop for Blob {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Blob {}

impl core::ops::Deref for Blob {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl core::fmt::Debug for Blob {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl de::Visitor<'_> for Bytes {
            type Value = Blob;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// For `#[serde(with = "codec::array")]`: bytes of a length that is known, eight at a time. The encoding is that of the bytes, as numbers are
/// big-endian; byte by byte, keys and hashes were most of the work of reading a message.
pub mod array {
    use core::fmt;

    use serde::{
        Deserializer, Serializer,
        de::{self, SeqAccess, Visitor},
        ser::SerializeTuple as _,
    };

    /// Encodes them.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer, const N: usize>(
        bytes: &[u8; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let (eights, rest) = bytes.as_chunks::<8>();
        let mut tuple = serializer.serialize_tuple(eights.len() + rest.len())?;
        for eight in eights {
            tuple.serialize_element(&u64::from_be_bytes(*eight))?;
        }
        for byte in rest {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }

    /// Decodes them.
    ///
    /// # Errors
    /// The deserializer's.
    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<[u8; N], D::Error> {
        struct Bytes<const N: usize>;
        impl<'de, const N: usize> Visitor<'de> for Bytes<N> {
            type Value = [u8; N];
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{N} bytes")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let short = || de::Error::invalid_length(N, &"all bytes");
                let mut bytes = [0; N];
                let (eights, rest) = bytes.as_chunks_mut::<8>();
                for eight in eights {
                    let number: u64 = seq.next_element()?.ok_or_else(short)?;
                    *eight = number.to_be_bytes();
                }
                for byte in rest {
                    *byte = seq.next_element()?.ok_or_else(short)?;
                }
                Ok(bytes)
            }
        }
        deserializer.deserialize_tuple(N / 8 + N % 8, Bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn leftovers_and_other_encodings_are_refused() {
        let bytes = encode(&(7u32, Some(true)));
        assert_eq!(bytes, [0, 0, 0, 7, 1, 1]);
        assert_eq!(decode::<(u32, Option<bool>)>(&bytes), Ok((7, Some(true))));
        assert_eq!(decode::<(u32, Option<bool>)>(&bytes[..5]), Err(Malformed));
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(decode::<(u32, Option<bool>)>(&longer), Err(Malformed));
        assert_eq!(decode_again(&bytes), Ok((7_u32, Some(true))));
        for wrong in [&bytes[..5], &longer] {
            assert_eq!(decode_again::<(u32, Option<bool>)>(wrong), Err(Malformed));
        }
        assert_eq!(
            decode::<(u32, Option<bool>)>(&[0, 0, 0, 7, 2, 1]),
            Err(Malformed)
        );
    }

    #[test]
    fn the_longest_is_read_and_a_longer_one_is_not() {
        let longest = encode(&Blob(vec![7; FRAME_BYTES_MAX - 8]));
        assert_eq!(longest.len(), FRAME_BYTES_MAX);
        assert!(decode::<Blob>(&longest).is_ok());
        let mut longer = longest;
        longer.push(7);
        assert_eq!(decode::<Blob>(&longer), Err(Malformed));
    }

    #[test]
    fn a_file_may_be_longer_than_a_frame() {
        let bytes = encode(&Blob(vec![7; 4 * FRAME_BYTES_MAX]));
        assert_eq!(decode::<Blob>(&bytes), Err(Malformed));
        assert!(decode_file::<Blob>(&bytes).is_ok());
        assert_eq!(decode_file::<Blob>(&bytes[1..]), Err(Malformed));
    }

    #[test]
    fn bytes_are_counted_and_not_printed() {
        assert_eq!(format!("{:?}", Blob(vec![0x77; 3])), "Blob(3 bytes)");
    }

    #[test]
    fn encoding_asks_for_memory_once() {
        for bytes in [0, 1, 7, 8, 9, 100, 4_000] {
            let value = (Blob(vec![7; bytes]), vec![3_u64; bytes], Some(5_u16));
            let encoded = encode(&value);
            assert_eq!(encoded.len(), 8 + bytes + 8 + 8 * bytes + 3);
            // A vector that grew has room to spare.
            assert_eq!(encoded.capacity(), encoded.len());
        }
    }

    #[test]
    fn bytes_that_are_read_eight_at_a_time_are_encoded_as_they_are() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Of<const N: usize>(#[serde(with = "super::array")] [u8; N]);
        fn same<const N: usize>() {
            let bytes: [u8; N] = core::array::from_fn(|at| u8::try_from(at * 7 % 256).unwrap());
            assert_eq!(encode(&Of(bytes)), bytes);
            assert_eq!(decode(&bytes), Ok(Of(bytes)));
            for other in (0..N).chain([N + 1]) {
                assert_eq!(decode::<Of<N>>(&vec![7; other]), Err(Malformed));
            }
        }
        same::<0>();
        same::<2>();
        same::<8>();
        same::<17>();
        same::<32>();
    }

    #[test]
    fn a_claimed_length_allocates_nothing() {
        let mut bytes = vec![0xff; 8];
        bytes.extend_from_slice(b"short");
        assert_eq!(decode::<Blob>(&bytes), Err(Malformed));
        assert_eq!(decode::<Vec<u64>>(&bytes), Err(Malformed));
    }
}
