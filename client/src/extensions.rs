//! The room at the end of a record for what later versions add. Numbers are assigned by hand and never reused.
//!
//! The rule is the same wherever a record ends in extensions:
//!
//! - They are a sequence of (number `u16`, bytes), numbers strictly ascending: one number once, and one encoding of a set.
//! - A number below 32768 is **critical**: whoever does not know it shows or does what they understand, and says beside it
//!   that there is more, for which the program must be updated. It never makes a record vanish.
//! - A number from 32768 on may be ignored in silence.
//! - Whoever keeps or passes on a record keeps the extensions that they do not know, to the byte.
//! - No empty stand-in: an extension that has nothing to say is absent.

use bellrope_proto::codec::Blob;
use serde::{Deserialize, Serialize};

/// Whether a number that a program does not know must not be ignored. So for extensions, for the roster's changes and
/// roles, and for kinds of messages and payloads.
pub(crate) const fn is_critical(number: u16) -> bool {
    number < Extensions::IGNORABLE_FROM
}

/// The numbers of a sequence of extensions do not ascend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the numbers of the extensions do not ascend")]
pub struct NotAscending;

/// What a later version added to a record. Encoded as a sequence of (number, bytes).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<(u16, Blob)>", try_from = "Vec<(u16, Blob)>")]
pub struct Extensions(Vec<(u16, Blob)>);

impl Extensions {
    /// Numbers from here on may be ignored.
    pub const IGNORABLE_FROM: u16 = 32_768;

    /// None: what this version writes.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Extensions with these numbers.
    ///
    /// # Errors
    /// [`NotAscending`], also for a number that is there twice.
    pub fn new(items: Vec<(u16, Vec<u8>)>) -> Result<Self, NotAscending> {
        let items: Vec<_> = items
            .into_iter()
            .map(|(number, bytes)| (number, Blob(bytes)))
            .collect();
        Self::try_from(items)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each number with its bytes, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &[u8])> {
        self.0
            .iter()
            .map(|(number, bytes)| (*number, bytes.0.as_slice()))
    }

    /// The bytes of one.
    #[must_use]
    pub fn get(&self, number: u16) -> Option<&[u8]> {
        self.iter()
            .find_map(|(there, bytes)| (there == number).then_some(bytes))
    }

    /// These and one more, in the place of one of its number.
    #[must_use]
    pub(crate) fn with(&self, number: u16, bytes: Vec<u8>) -> Self {
        let mut items = self.0.clone();
        items.retain(|(there, _)| *there != number);
        let at = items.partition_point(|(there, _)| *there < number);
        items.insert(at, (number, Blob(bytes)));
        Self(items)
    }

    /// These, but for one.
    #[must_use]
    pub(crate) fn without(&self, number: u16) -> Self {
        let mut items = self.0.clone();
        items.retain(|(there, _)| *there != number);
        Self(items)
    }

    /// The numbers, in order.
    pub fn numbers(&self) -> impl Iterator<Item = u16> {
        self.0.iter().map(|(number, _)| *number)
    }

    /// The numbers that a reader may not ignore, in order. A reader takes those away that it knows.
    pub fn critical(&self) -> impl Iterator<Item = u16> {
        self.numbers().filter(|number| is_critical(*number))
    }

    /// Whether there is one that this program must be updated for: it knows none.
    #[must_use]
    pub(crate) fn has_critical(&self) -> bool {
        self.critical().next().is_some()
    }
}

impl From<Extensions> for Vec<(u16, Blob)> {
    fn from(extensions: Extensions) -> Self {
        extensions.0
    }
}

impl TryFrom<Vec<(u16, Blob)>> for Extensions {
    type Error = NotAscending;

    fn try_from(items: Vec<(u16, Blob)>) -> Result<Self, NotAscending> {
        if items.is_sorted_by(|(one, _), (next, _)| one < next) {
            Ok(Self(items))
        } else {
            Err(NotAscending)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::codec::{Malformed, decode, encode};

    use super::*;

    #[test]
    fn none_is_a_count_of_nothing() {
        assert_eq!(encode(&Extensions::none()), [0; 8]);
        assert_eq!(decode::<Extensions>(&[0; 8]), Ok(Extensions::none()));
    }

    #[test]
    fn the_encoding_is_frozen_and_keeps_what_nobody_knows() {
        let both = Extensions::new(vec![(7, vec![1, 2]), (32_768, vec![])]).unwrap();
        let bytes = encode(&both);
        assert_eq!(
            bytes,
            [
                0, 0, 0, 0, 0, 0, 0, 2, // two
                0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, // the first, of two bytes
                0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, // the second, of none
            ]
        );
        assert_eq!(decode::<Extensions>(&bytes), Ok(both.clone()));
        assert_eq!(both.numbers().collect::<Vec<_>>(), [7, 32_768]);
        assert_eq!(both.critical().collect::<Vec<_>>(), [7]);
        assert_eq!(both.get(7), Some([1, 2].as_slice()));
        assert_eq!(both.get(8), None);
    }

    #[test]
    fn one_more_has_its_place_and_takes_that_of_its_number() {
        let all = Extensions::none().with(9, vec![1]).with(7, vec![2]);
        let all = all.with(32_768, vec![3]).with(9, vec![4]);
        let read: Vec<(u16, &[u8])> = all.iter().collect();
        assert_eq!(read, [(7, &[2][..]), (9, &[4]), (32_768, &[3])]);
        let numbers: Vec<u16> = all.without(9).without(8).numbers().collect();
        assert_eq!(numbers, [7, 32_768]);
    }

    #[test]
    fn the_last_critical_number_is_32767() {
        let edge = Extensions::new(vec![(32_767, vec![]), (32_768, vec![])]).unwrap();
        assert_eq!(edge.critical().collect::<Vec<_>>(), [32_767]);
    }

    #[test]
    fn numbers_ascend_and_are_there_once() {
        for numbers in [[8, 7], [7, 7]] {
            let items: Vec<_> = numbers.map(|number| (number, Blob(vec![]))).to_vec();
            assert_eq!(
                decode::<Extensions>(&encode(&items)),
                Err(Malformed),
                "{numbers:?}"
            );
            let items = numbers.map(|number| (number, vec![])).to_vec();
            assert_eq!(Extensions::new(items), Err(NotAscending));
        }
    }
}
