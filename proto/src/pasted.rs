//! Codes as people hand them on: copied out of chats and mails, or typed from paper with another keyboard. What stands
//! around and between their characters is guessed at freely, because their checks decide: a guess makes no other code
//! right than the one that was written.

use zeroize::Zeroizing;

/// What is longer is no message with a code in it. It also bounds the search.
const TEXT_CHARS_MAX: usize = 4096;

/// Characters of the longest code: an invitation's, with a host name of 253 characters.
const CODE_CHARS_MAX: usize = 600;

/// Stands for a letter or digit that no code has. A code does not go on behind it.
pub const FOREIGN: char = '?';

/// Capitals of other scripts that look like one letter or digit of ours and no other, with all their small forms.
const LOOK_ALIKES: [(char, char); 31] = [
    // Cyrillic, as on Russian, Belarusian, Ukrainian and Serbian keyboards.
    ('А', 'A'),
    ('В', 'B'),
    ('С', 'C'),
    ('Е', 'E'),
    ('Н', 'H'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('О', 'O'),
    ('Р', 'P'),
    ('Ѕ', 'S'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
    ('Ү', 'Y'),
    ('З', '3'),
    // Greek.
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
];

/// Reads the code that stands in a text: letters and digits in capitals, without what stands between them. `read` is
/// shown each stretch of the text that could be it, and says no by an error; the greatest error is given back.
///
/// # Errors
/// The greatest of `read`'s; `None` when there was nothing to read, or far too much.
pub fn find<T, E: Ord>(text: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<T, Option<E>> {
    find_in(&plain(text).ok_or(None)?, read)
}

/// The same in what [`plain`] made.
///
/// # Errors
/// As [`find`].
pub fn find_in<T, E: Ord>(
    plain: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T, Option<E>> {
    let mut worst = None;
    for stretch in plain.split(FOREIGN) {
        let pieces: Vec<&str> = pieces(stretch).collect();
        for start in 0..pieces.len() {
            // Of its whole size: one that grows leaves a secret behind.
            let mut code = Zeroizing::new(String::with_capacity(stretch.len()));
            for piece in pieces.iter().skip(start) {
                code.push_str(piece);
                if code.len() > CODE_CHARS_MAX {
                    break;
                }
                match read(&code) {
                    Ok(found) => return Ok(found),
                    Err(error) => worst = worst.max(Some(error)),
                }
            }
        }
    }
    Err(worst)
}

/// What stands together.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|piece| !piece.is_empty())
}

/// A text in the characters that codes and addresses are written in: capitals, digits and `-._:/[]`; [`FOREIGN`] for other
/// letters and digits, a space for everything else. `None` for one that is too long.
#[must_use]
pub fn plain(text: &str) -> Option<Zeroizing<String>> {
    let mut plain = Zeroizing::new(String::with_capacity(TEXT_CHARS_MAX));
    for (at, c) in text.chars().enumerate() {
        if at >= TEXT_CHARS_MAX {
            return None;
        }
        plain.push(plain_char(c));
    }
    Some(plain)
}

fn plain_char(c: char) -> char {
    /// From U+FF01 on stand the characters of ASCII from `!` on once more, in the width of Chinese ones.
    const FULL_WIDTH: core::ops::RangeInclusive<u32> = 0xff01..=0xff5e;
    let c = if FULL_WIDTH.contains(&u32::from(c)) {
        char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
    } else {
        c
    };
    // One capital for one letter: what has two in capitals looks like none of ours.
    let mut capitals = c.to_uppercase();
    let capital = match (capitals.next(), capitals.next()) {
        (Some(capital), None) => capital,
        _ => c,
    };
    if capital.is_ascii_alphanumeric() {
        return capital;
    }
    let mut alike = LOOK_ALIKES.iter();
    if let Some((_, ours)) = alike.find(|(theirs, _)| *theirs == capital) {
        return *ours;
    }
    match capital {
        '-' | '.' | '_' | ':' | '/' | '[' | ']' => capital,
        // Hyphens and dashes of all lengths, the minus sign.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' => '-',
        other if other.is_alphanumeric() => FOREIGN,
        _ => ' ',
    }
}

/// Base32 of RFC 4648 without its padding, in which 0 and 8 stand for what they look like. 1 looks like two of its letters.
pub(crate) fn base32(text: &str) -> Result<Vec<u8>, data_encoding::DecodeError> {
    let text = Zeroizing::new(text.replace('0', "O").replace('8', "B"));
    data_encoding::BASE32_NOPAD.decode(text.as_bytes())
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use proptest::{prelude::*, sample::select};

    use super::*;

    /// What chats, mails and people put between the characters of a code.
    const BETWEEN: [&str; 22] = [
        " ", "\n", "\r\n", "\t", "-", "–", "—", "\u{2011}", "\u{2212}", "\u{200b}", "\u{feff}",
        "\u{ad}", "\u{202e}", "\u{2066}", "\u{a0}", "\n> ", "\n>> ", "\u{301}", "«", "’", "*", "`",
    ];

    /// What stands around it.
    const BEFORE: [&str; 8] = [
        "",
        "Код: ",
        "вот код приглашения: ",
        "Here is the code, use it today: ",
        "\u{feff}",
        "(",
        "«",
        "[21:03] Anna: ",
    ];
    const AFTER: [&str; 8] = [
        "",
        ".",
        "\n",
        "»",
        ") thank you, see you tomorrow",
        "\n-- \nАнна",
        ". Жду ответа!",
        "\u{200f}",
    ];

    /// A code as somebody handed it on: letters of other widths, scripts and cases, and things between and around them.
    pub(crate) fn handed_on(code: &str) -> impl Strategy<Value = String> + use<> {
        let letters: Vec<char> = code.chars().collect();
        let count = letters.len();
        let how = prop::collection::vec((0..8_u8, select(&BETWEEN[..])), count);
        let around = (select(&BEFORE[..]), select(&AFTER[..]));
        (how, around).prop_map(move |(how, (before, after))| {
            let mut text = before.to_owned();
            for (c, (how, between)) in letters.iter().zip(how) {
                let full_width = char::from_u32(u32::from(*c) + 0xfee0);
                let alike = LOOK_ALIKES
                    .iter()
                    .find(|(_, ours)| *ours == c.to_ascii_uppercase());
                match how {
                    0 => text.extend(c.to_lowercase()),
                    1 => text.extend(c.to_uppercase()),
                    2 => text.extend(full_width),
                    3 => text.push(alike.map_or(*c, |(theirs, _)| *theirs)),
                    4 => text.extend(alike.map_or(*c, |(theirs, _)| *theirs).to_lowercase()),
                    _ => text.push(*c),
                }
                if how == 5 {
                    text.push_str(between);
                }
            }
            text + after
        })
    }

    #[test]
    fn each_look_alike_is_read_as_one_letter_in_both_cases() {
        for (theirs, ours) in LOOK_ALIKES {
            assert!(ours.is_ascii_alphanumeric() && !theirs.is_ascii());
            assert_eq!(plain_char(theirs), ours);
            let small: Vec<char> = theirs.to_lowercase().collect();
            assert_eq!(plain_char(small[0]), ours, "{theirs}");
        }
        assert_eq!(plain_char('ß'), FOREIGN);
        assert_eq!(plain_char('Ж'), FOREIGN);
        assert_eq!(plain_char('٣'), FOREIGN);
    }

    #[test]
    fn a_stretch_is_read_whole_from_where_it_begins_to_where_it_ends() {
        let read = |code: &str| (code == "AB12").then_some(()).ok_or(code.len());
        for text in [
            "ab12",
            "> a-b\n> 1-2.",
            "so ab 12 it is",
            "код:аВ12",
            "жab12ж",
        ] {
            assert_eq!(find(text, read), Ok(()), "{text}");
        }
        for text in ["abж12", "ab", "", "12 ab", "ab 1 x 2"] {
            assert!(find(text, read).is_err(), "{text}");
        }
        assert_eq!(find("", read), Err(None));
        assert_eq!(find(&" ".repeat(TEXT_CHARS_MAX + 1), read), Err(None));
        assert_eq!(find("a bc", read), Err(Some(3)), "the greatest error");
    }
}
