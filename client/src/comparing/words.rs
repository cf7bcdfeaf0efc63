//! The words in which a comparison's bits can be said: ours, 64 in each language, chosen to be told apart on a bad line.

use std::sync::LazyLock;

use crate::text::Language;

const LIST: &str = include_str!("../../i18n/comparison-words.txt");

/// The languages of the list, in its order. French is there before the program speaks it: a word that is given once stays.
const LANGUAGES: usize = 3;

static ROWS: LazyLock<Vec<[&'static str; LANGUAGES]>> = LazyLock::new(|| {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    lines.map(row).collect()
});

fn row(line: &'static str) -> [&'static str; LANGUAGES] {
    let mut words = line.split(' ');
    std::array::from_fn(|_| words.next().unwrap_or_default())
}

/// The word with this number. A number is six bits.
#[must_use]
pub(crate) fn word(number: u8, language: Language) -> &'static str {
    let [english, russian, _] = ROWS.get(usize::from(number)).copied().unwrap_or_default();
    match language {
        Language::En => english,
        Language::Ru => russian,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::collections::BTreeSet;

    use bellrope_proto::ids::Hash;
    use strsim::levenshtein;
    use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

    use super::*;

    /// As it sounds: ё is said for е, and accents are left out where people write in haste.
    fn plain(word: &str, column: usize) -> String {
        match column {
            1 => word.replace('ё', "е"),
            _ => word.nfd().filter(|it| !is_combining_mark(*it)).collect(),
        }
    }

    #[test]
    fn in_each_language_no_word_is_taken_for_another() {
        assert_eq!(ROWS.len(), 64);
        for column in 0..LANGUAGES {
            let all: Vec<String> = ROWS.iter().map(|row| plain(row[column], column)).collect();
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), ROWS.len());
            for (at, one) in all.iter().enumerate() {
                assert!(one.chars().all(char::is_lowercase), "{one}");
                assert!((2..=10).contains(&one.chars().count()), "{one}");
                for other in &all[at + 1..] {
                    assert!(levenshtein(one, other) >= 3, "{one} {other}");
                    let begins = one.starts_with(other) || other.starts_with(one);
                    assert!(!begins, "{one} {other}");
                }
            }
        }
    }

    #[test]
    fn the_list_is_frozen() {
        let hash = Hash::tagged("test", &[LIST.as_bytes()]).to_string();
        // Whoever has another list hears other words from the same bits: it never changes.
        assert_eq!(
            hash,
            "3129d23441a4e7c0cd0d316301c3c0f8156d184fcb80971aead9fed2d3e3d96b"
        );
        assert_eq!(word(0, Language::En), "airplane");
        assert_eq!(word(63, Language::Ru), "зебра");
    }
}
