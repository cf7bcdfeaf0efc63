//! Text files that other programs wrote: byte-order marks, UTF-16, the code pages of Russian systems, quoting by mail
//! programs. What is not certainly one of these is refused: a guess that is wrong would seal a text that nobody can read.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, KOI8_R, KOI8_U, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};
use zeroize::Zeroizing;

/// Fewer letters than this are guessed rightly and wrongly alike.
const CYRILLIC_LETTERS_MIN: usize = 6;

/// A file that is no text, or in an encoding that cannot be told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no text, or in an encoding that is not known")]
pub struct NotText;

/// The text of a file, without its byte-order mark.
///
/// # Errors
/// [`NotText`].
pub fn decode_text(bytes: &[u8]) -> Result<Zeroizing<String>, NotText> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return decode(encoding, bytes.get(mark_bytes..).unwrap_or_default()).ok_or(NotText);
    }
    // No text has a zero in it, but UTF-16 has one in each character of ASCII: the line's end is one.
    if bytes.contains(&0) {
        let zeros_at = |rest| (bytes.iter().skip(rest).step_by(2)).filter(|byte| **byte == 0);
        let little = zeros_at(1).count() > zeros_at(0).count();
        let encoding = if little { UTF_16LE } else { UTF_16BE };
        return decode(encoding, bytes).ok_or(NotText);
    }
    decode(UTF_8, bytes)
        .or_else(|| decode_code_page(bytes))
        .ok_or(NotText)
}

fn decode(encoding: &'static Encoding, bytes: &[u8]) -> Option<Zeroizing<String>> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let text = Zeroizing::new(text.into_owned());
    (!text.contains('\0')).then_some(text)
}

/// Windows-1251 or KOI8-R, where it is certain which: read as the other, words have small letters before capitals.
fn decode_code_page(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"ru"), Utf8Detection::Deny);
    let guess = [WINDOWS_1251, KOI8_R, KOI8_U]
        .into_iter()
        .find(|known| *known == guess)?;
    let text = decode(guess, bytes)?;
    let mut beyond_ascii = text.chars().filter(|c| !c.is_ascii());
    let letters = beyond_ascii.clone().filter(|c| is_cyrillic(*c)).count();
    let is_plain = beyond_ascii.all(|c| is_cyrillic(c) || "«»„“”‘’–—…№°§\u{a0}".contains(c));
    (is_plain && letters >= CYRILLIC_LETTERS_MIN && has_usual_capitals(&text)).then_some(text)
}

fn is_cyrillic(c: char) -> bool {
    c.is_alphabetic() && matches!(c, '\u{400}'..='\u{52f}')
}

fn has_usual_capitals(text: &str) -> bool {
    let mut pairs = text.chars().zip(text.chars().skip(1));
    pairs.all(|(one, next)| !(is_cyrillic(one) && one.is_lowercase() && next.is_uppercase()))
}

/// A text without the marks with which mail programs quote, when every line that is not empty has one.
#[must_use]
pub fn unquoted(text: &str) -> Zeroizing<String> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    if text.trim().is_empty() || !lines.all(|line| line.trim_start().starts_with('>')) {
        return Zeroizing::new(text.to_owned());
    }
    let mut plain = Zeroizing::new(String::with_capacity(text.len() + 1));
    for line in text.lines() {
        let line = line.trim_start();
        let line = line.strip_prefix('>').unwrap_or(line);
        plain.push_str(line.strip_prefix(' ').unwrap_or(line));
        plain.push('\n');
    }
    // Quoted twice, by who answered an answer.
    unquoted(&plain)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = "summary = \"Задержали у дома, увезли в неизвестном направлении\"\r\nacts = [\"задержание\"]\n";

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn a_text_is_read_in_every_encoding_that_editors_on_russian_systems_write() {
        let little = utf16(TEXT, u16::to_le_bytes);
        let big = utf16(TEXT, u16::to_be_bytes);
        for (name, bytes) in [
            ("UTF-8", TEXT.as_bytes().to_vec()),
            (
                "UTF-8 with a mark",
                [b"\xef\xbb\xbf", TEXT.as_bytes()].concat(),
            ),
            ("UTF-16LE", [b"\xff\xfe", little.as_slice()].concat()),
            ("UTF-16BE", [b"\xfe\xff", big.as_slice()].concat()),
            ("UTF-16LE without a mark", little),
            ("UTF-16BE without a mark", big),
            ("Windows-1251", WINDOWS_1251.encode(TEXT).0.into_owned()),
            ("KOI8-R", KOI8_R.encode(TEXT).0.into_owned()),
        ] {
            assert_eq!(
                decode_text(&bytes).as_deref().map(String::as_str),
                Ok(TEXT),
                "{name}"
            );
        }
    }

    /// Neither guess is ever another text than the one that was written.
    #[test]
    fn a_code_page_is_read_rightly_or_not_at_all() {
        let texts = [
            "ПРИВЕТ",
            "привет",
            "Привет",
            "задержали у дома",
            "ЗАДЕРЖАЛИ У ДОМА",
            "обыск",
            "Ёлка и ёж",
            "семь раз отмерь, один раз отрежь",
            "затрымалі на плошчы ў Мінску",
            "Он сказал: «нет» — и ушёл",
            "МВД и ФСБ пришли утром",
            "Нина",
            "да",
            "Гродно, ул. Победы, 5",
            "а б в г д е ж з",
        ];
        let mut read = 0;
        for text in texts {
            for encoding in [WINDOWS_1251, KOI8_R] {
                let (bytes, _, lost) = encoding.encode(text);
                if lost {
                    continue;
                }
                if let Ok(found) = decode_text(&bytes) {
                    assert_eq!(*found, text, "{}", encoding.name());
                    read += 1;
                }
            }
        }
        assert!(read >= 14, "{read}");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(),
            b"PK\x03\x04\x14\0\0\0\x08\0\xb7\xac",
            b"caf\xe9",
            b"\xff\xfe\0",
            b"a\0\0\0",
        ] {
            assert_eq!(decode_text(bytes), Err(NotText), "{bytes:?}");
        }
        assert_eq!(decode_text(b"").as_deref().map(String::as_str), Ok(""));
    }

    #[test]
    fn quoting_is_taken_away_only_where_all_of_a_text_is_quoted() {
        for (text, plain) in [
            ("> one\n> two", "one\ntwo\n"),
            ("> > one\n\n>> two\n", "one\n\ntwo\n"),
            (">one", "one\n"),
            ("one\n> two", "one\n> two"),
            ("", ""),
        ] {
            assert_eq!(*unquoted(text), plain, "{text}");
        }
    }
}
