//! Names as people write them and as others read them: which will do, which are one name, and which look like another.
//!
//! For who writes a name and for who shows one. None of it is a rule of the roster: what looks alike is a matter of tables
//! that grow each year, and two programs with different tables would part for ever (R6 and R9 compare characters).

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

use super::people::NAME_CHARS_MAX;
use crate::text::hides;

/// Why a name will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is nothing in it.
    #[error("the name is empty")]
    Empty,
    /// It is no line on a screen any more.
    #[error("the name is too long")]
    TooLong,
    /// A character that is not seen, or that changes how others are: two names could look like one.
    #[error("the name has a character that cannot be seen: U+{:04X}", u32::from(*.0))]
    Hidden(char),
}

/// A name as it is written down: composed (NFC), each white space one space, none at the ends.
///
/// # Errors
/// [`NameError`].
pub fn check_name(name: &str) -> Result<String, NameError> {
    let name = tidy(name);
    if let Some(hidden) = name.chars().find(|c| hides(*c)) {
        return Err(NameError::Hidden(hidden));
    }
    match name.chars().count() {
        0 => Err(NameError::Empty),
        count if count > NAME_CHARS_MAX => Err(NameError::TooLong),
        _ => Ok(name),
    }
}

fn tidy(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

/// Whether two texts are one name to people: capitals and spaces do not matter, nor how an accent was typed.
pub(crate) fn is_same_name(one: &str, other: &str) -> bool {
    tidy(one).to_lowercase() == tidy(other).to_lowercase()
}

/// Whether people take one name for the other: the skeletons of UTS 39 are equal, with capitals as they are or without.
pub(crate) fn looks_like(one: &str, other: &str) -> bool {
    let seen = |name: &str| -> String { tidy(name).chars().filter(|c| !hides(*c)).collect() };
    let (one, other) = (seen(one), seen(other));
    let alike = |one: &str, other: &str| skeleton(one).eq(skeleton(other));
    alike(&one, &other) || alike(&one.to_lowercase(), &other.to_lowercase())
}

/// Whom a typed name names: somebody of this name, else the one whose name it is to people, else the one whose it looks like. Of
/// several of one name, the newest. Nobody, where two names may be meant: it is not guessed who gets an alert, or is let in.
pub(crate) fn named<'a, T>(typed: &str, all: &'a [T], name: impl Fn(&T) -> &str) -> Option<&'a T> {
    let typed = tidy(typed);
    let ways: [fn(&str, &str) -> bool; 3] =
        [|one, other| tidy(one) == other, is_same_name, looks_like];
    let mut ways = ways.into_iter().map(|is_meant| {
        let meant = all.iter().filter(|one| is_meant(name(one), &typed));
        meant.collect::<Vec<_>>()
    });
    let meant = ways.find(|meant| !meant.is_empty())?;
    let newest = meant.last()?;
    let is_clear = meant.iter().all(|one| name(one) == name(newest));
    is_clear.then_some(*newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_down_in_one_way() {
        for (typed, written) in [
            ("  Нина \u{a0} Примерная ", "Нина Примерная"),
            ("Андреи\u{306}", "Андрей"),
            ("one\ttwo\nthree", "one two three"),
            ("O’Example", "O’Example"),
        ] {
            assert_eq!(check_name(typed).as_deref(), Ok(written));
        }
        for (typed, error) in [
            ("", NameError::Empty),
            (" \t", NameError::Empty),
            ("Нина\u{200b}", NameError::Hidden('\u{200b}')),
            ("\u{202e}Anna", NameError::Hidden('\u{202e}')),
            ("An\u{ad}na", NameError::Hidden('\u{ad}')),
            ("An\u{200d}na", NameError::Hidden('\u{200d}')),
            ("Anna\u{7}", NameError::Hidden('\u{7}')),
        ] {
            assert_eq!(check_name(typed), Err(error));
        }
        let long = "я".repeat(NAME_CHARS_MAX);
        assert_eq!(check_name(&long).as_deref(), Ok(long.as_str()));
        assert_eq!(check_name(&(long + "я")), Err(NameError::TooLong));
        // Counted as it is written down.
        assert!(check_name(&"и\u{306}".repeat(NAME_CHARS_MAX)).is_ok());
    }

    #[test]
    fn a_typed_name_names_one_person_or_nobody() {
        let people = ["Андрей", "Anna", "anna", "Olga", "Вера", "Bера", "Anna"];
        let people: Vec<(usize, &str)> = people.into_iter().enumerate().collect();
        for (typed, found) in [
            // Of one name, the newest.
            ("Anna", Some(6)),
            (" anna ", Some(2)),
            ("ANNA", None),
            ("Аnna", None),
            ("андреи\u{306}", Some(0)),
            ("Oльгa", None),
            ("Оlga", Some(3)),
            ("OLGA", Some(3)),
            ("Вера", Some(4)),
            ("вера", Some(4)),
            ("Bера", Some(5)),
            ("вepa", Some(4)),
            ("Bepa", None),
            ("", None),
        ] {
            let one = named(typed, &people, |(_, name)| name);
            assert_eq!(one.map(|(at, _)| *at), found, "{typed}");
        }
    }

    #[test]
    fn names_that_people_take_for_each_other_are_told() {
        for (one, other) in [
            ("Anna", "Аnna"),
            ("Anna", "ANNA"),
            ("Нина", "Hина"),
            ("Paul", "PauI"),
            ("Example House", "Examp1e House"),
            ("Нина", "Ни\u{200b}на"),
            ("Алена", "алена"),
            ("Сора", "Copa"),
        ] {
            assert!(looks_like(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("Anna", "Hanna"),
            ("Нина", "Инна"),
            ("Ivan", "Иван"),
            ("Anna 1", "Anna 2"),
            ("Елена", "Алена"),
        ] {
            assert!(!looks_like(one, other), "{one} {other}");
        }
        assert!(is_same_name(" Нина  ПРИМЕРНАЯ", "нина примерная"));
        assert!(
            !is_same_name("Anna", "Аnna"),
            "that looks alike, and is another"
        );
    }
}
