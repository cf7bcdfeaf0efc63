//! Words out of bytes that nobody here can read: a damaged body, or one that a newer program wrote. What is found is
//! shown as words that somebody signed, and never taken for an answer to any question.

use super::UNKNOWN_LANGUAGE;

/// Bytes of the length before a text (`proto/PROTOCOL.md`, section 1).
const LENGTH_BYTES: usize = 8;

/// Characters in a row, without a length before them, that make it likely that they are words.
const LETTERS_MIN: usize = 3;

/// The texts in these bytes, in order. No more comes out than went in, and that is bounded by the envelope.
pub(super) fn texts(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut loose = String::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        // The text that its writer meant, where a length stands before it.
        if let Some((text, after)) = measured(rest) {
            keep(&mut found, &mut loose);
            found.push(text.trim().to_owned());
            rest = after;
        } else if let Some((letter, after)) = letter(rest) {
            loose.push(letter);
            rest = after;
        } else {
            keep(&mut found, &mut loose);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    keep(&mut found, &mut loose);
    // What stands there when nobody named a language is no word of anybody's.
    found.retain(|text| !text.is_empty() && text != UNKNOWN_LANGUAGE);
    found
}

fn keep(found: &mut Vec<String>, loose: &mut String) {
    if loose
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .count()
        >= LETTERS_MIN
    {
        found.push(loose.trim().to_owned());
    }
    loose.clear();
}

/// A text with its length before it. A run of numbers is none: each has a zero byte. That is looked at first, as it ends
/// the look at once: bytes that are full of lengths would otherwise be read over and over.
fn measured(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, after) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (text, after) = after.split_at_checked(length)?;
    if text.contains(&0) {
        return None;
    }
    let text = core::str::from_utf8(text).ok()?;
    text.contains(char::is_alphanumeric)
        .then_some((text, after))
}

/// The character that these bytes begin with, if a text may hold it.
fn letter(bytes: &[u8]) -> Option<(char, &[u8])> {
    let (letter, length) = (1..=4).find_map(|length| {
        let text = core::str::from_utf8(bytes.get(..length)?).ok()?;
        Some((text.chars().next()?, length))
    })?;
    let is_text = !letter.is_control() || matches!(letter, '\n' | '\r' | '\t');
    is_text.then_some((letter, bytes.get(length..)?))
}

#[cfg(test)]
mod tests {
    use bellrope_proto::codec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_found_with_and_without_their_lengths() {
        let body = codec::encode(&(7_u16, "Men at the door", 900_u64, "да", "", "x\u{1b}[2Jy"));
        assert_eq!(texts(&body), ["Men at the door", "да", "x\u{1b}[2Jy"]);
        assert_eq!(
            texts("Прыйшлі ў 6:00\nSOS".as_bytes()),
            ["Прыйшлі ў 6:00\nSOS"]
        );
        let broken = [b"\xff\xfe".as_slice(), "СИЗО".as_bytes(), b"\xd0"].concat();
        assert_eq!(texts(&broken), ["СИЗО"]);
        // A length whose last byte is a letter is no part of the text.
        let long = "я".repeat(40);
        assert_eq!(texts(&codec::encode(&long)), [long]);
    }

    #[test]
    fn numbers_are_no_words() {
        assert!(texts(&codec::encode(&(vec![7_u16, 9, 0x4142], [0_u8; 30], 1_u64))).is_empty());
        assert!(texts(&[0xff; 64]).is_empty());
        assert!(texts(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_grows_and_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let found = texts(&bytes);
            prop_assert!(found.iter().map(String::len).sum::<usize>() <= bytes.len());
        }

        #[test]
        fn words_survive_whatever_stands_around_them(
            before in prop::collection::vec(0x80_u8..=0xff, 0..20),
            text in "[а-яa-z ]{0,40}Гомель",
        ) {
            let body = [before, codec::encode(&text), vec![0xff; 5]].concat();
            prop_assert!(texts(&body).iter().any(|found| found.contains(text.trim())));
        }
    }
}
