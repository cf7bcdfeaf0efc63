//! What somebody may have meant: the names that are nearest to what was typed. They are asked about, never taken.

use strsim::osa_distance;

use super::fold;

/// More guesses than this are no help.
const GUESSES_MAX: usize = 5;

/// Somebody who typed this much of a name may have stopped there.
const PREFIX_CHARS_MIN: usize = 4;

/// Nothing that is longer is a name with a mistake in it, and comparing it would take long.
const TYPED_CHARS_MAX: usize = 60;

/// The things whose names are nearest to the text, the nearest first, each once. `names` gives each name, folded as
/// [`fold`] does, with what it names.
pub(crate) fn nearest<T: PartialEq>(
    text: &str,
    names: impl IntoIterator<Item = (impl AsRef<str>, T)>,
) -> Vec<T> {
    let text = fold(text);
    let chars = text.chars().count();
    if chars > TYPED_CHARS_MAX {
        return Vec::new();
    }
    // A slip of the finger in a short word, two in a longer one. Two letters are near to everything.
    let slips = match chars {
        0..=2 => 0,
        3..=5 => 1,
        _ => chars / 4,
    };
    let mut found: Vec<(usize, T)> = names
        .into_iter()
        .filter_map(|(name, named)| {
            let name = name.as_ref();
            let distance = osa_distance(&text, name);
            if distance <= slips {
                return Some((distance, named));
            }
            let begins = chars >= PREFIX_CHARS_MIN && name.starts_with(&text);
            begins.then_some((slips.saturating_add(1), named))
        })
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    let mut guesses = Vec::new();
    for (_, named) in found {
        if guesses.len() < GUESSES_MAX && !guesses.contains(&named) {
            guesses.push(named);
        }
    }
    guesses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_beginnings_are_near_and_nothing_else_is() {
        let names = [("обыск", 1), ("задержание", 2), ("арест", 3), ("search", 4)];
        for (text, guesses) in [
            ("обысск", vec![1]),
            ("Обсык", vec![1]),
            ("задержяние", vec![2]),
            ("задерж", vec![2]),
            ("serach", vec![4]),
            ("ар", vec![]),
            ("совсем другое", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(nearest(text, names), guesses, "{text}");
        }
        let long = "обыск".repeat(20_000);
        assert!(nearest(&long, names).is_empty());
    }
}
