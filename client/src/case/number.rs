//! Case numbers that people can say on the phone: `BY-2026-7KQ4`.
//!
//! A number comes from the alert's id, so every machine gives an alert the same one. It is a name,
//! not a secret and not a proof.

use std::collections::BTreeSet;

use bellrope_proto::ids::{Hash, Timestamp};

use crate::{alert::country::Country, ids::MessageId};

/// Digits and capitals without look-alikes: no I, L, O, U (as Crockford has it), and no 0 and 1,
/// which people read aloud as letters.
const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters at first, and at most: a hash has 32 bytes to spend, one a letter.
const CHARS_MIN: usize = 4;
const CHARS_MAX: usize = 16;

/// The number of the case that begins with this alert.
///
/// `signed`, the time in the signed message, gives the year, in UTC, on every machine the same. `taken` holds the
/// numbers of earlier cases; give every machine's cases in the same order and they agree.
/// A case whose country is withheld has `ZZ` in its place.
#[must_use]
pub(crate) fn case_number(
    country: Option<Country>,
    signed: Timestamp,
    id: MessageId,
    taken: &BTreeSet<String>,
) -> String {
    let place = country.map_or_else(|| "ZZ".to_owned(), Country::code);
    let mut number = format!("{place}-{}-", year(signed));
    for (count, letter) in case_letters(id).enumerate() {
        if count >= CHARS_MIN && !taken.contains(&number) {
            break;
        }
        number.push(letter);
    }
    number
}

/// The letters of an alert's number: it has the first few.
pub(crate) fn case_letters(id: MessageId) -> impl Iterator<Item = char> {
    let hash = Hash::tagged("case-number", &[&id.0]);
    let letters: Vec<char> = letters(&hash).take(CHARS_MAX).collect();
    letters.into_iter()
}

/// A hash as letters that people can say, one a byte.
pub(crate) fn letters(hash: &Hash) -> impl Iterator<Item = char> {
    let letter = |byte: &u8| LETTERS.get(usize::from(*byte) % LETTERS.len());
    hash.0.iter().filter_map(letter).map(|l| char::from(*l))
}

/// Such a number without the country and without letters that a second case would have more: all that is known of it from the id.
#[must_use]
pub(crate) fn case_ending(signed: Timestamp, id: MessageId) -> String {
    let number = case_number(None, signed, id, &BTreeSet::new());
    let ending = number.split_once('-').map(|(_, ending)| ending.to_owned());
    ending.unwrap_or(number)
}

fn year(at: Timestamp) -> i16 {
    i64::try_from(at.0)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or(9999, |at| jiff::tz::Offset::UTC.to_datetime(at).year())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_000_000);

    #[test]
    fn the_number_is_frozen() {
        let by = Country::from_code("BY").ok();
        let first = case_number(by, NOW, MessageId([7; 16]), &BTreeSet::new());
        assert_eq!(first, "BY-2026-EYT2");
        assert_eq!(
            case_number(None, NOW, MessageId([7; 16]), &BTreeSet::new()),
            "ZZ-2026-EYT2"
        );
    }

    #[test]
    fn a_sender_knows_the_end_of_it() {
        assert_eq!(case_ending(NOW, MessageId([7; 16])), "2026-EYT2");
    }

    #[test]
    fn a_collision_adds_one_letter() {
        let by = Country::from_code("BY").ok();
        let first = case_number(by, NOW, MessageId([7; 16]), &BTreeSet::new());
        let second = case_number(
            by,
            NOW,
            MessageId([7; 16]),
            &BTreeSet::from([first.clone()]),
        );
        assert_eq!(second.len(), first.len() + 1);
        assert!(second.starts_with(&first));
    }

    #[test]
    fn no_look_alikes() {
        for seed in 0..=255 {
            let number = case_number(None, NOW, MessageId([seed; 16]), &BTreeSet::new());
            let tail = number.strip_prefix("ZZ-2026-").unwrap();
            assert_eq!(tail.len(), 4);
            assert!(!tail.contains(['0', '1', 'I', 'L', 'O', 'U']), "{number}");
        }
    }
}
