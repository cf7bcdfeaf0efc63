//! What somebody meant who typed with the other keyboard layout switched on: "pflth;fkb" is «задержали», «фккуые» is
//! "arrest". Where it matters which was meant, what was typed as it stands comes first.

/// The keys of three layouts in one order: US, Russian, Belarusian. Shifted signs that separate words in one of them are
/// there as they are typed in the other.
const US: &str = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./?";
const RU: &str = "ёйцукенгшщзхъфывапролджэячсмитьбю.,";
const BE: &str = "ёйцукенгшўзх'фывапролджэячсмітьбю.,";

/// Letters below which a slip is too likely to be something else: "y" is the key of «н», which is no.
const LETTERS_MIN: usize = 2;

/// What the same keys write in the other layouts, in small letters; nothing for a text that no such slip explains.
pub(crate) fn other_layouts(text: &str) -> Vec<String> {
    let text = text.trim().to_lowercase();
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    if letters().count() < LETTERS_MIN {
        return Vec::new();
    }
    // A text in two scripts was typed with the switch in hand.
    let to: &[(&str, &str)] = if letters().all(|c| c.is_ascii_alphabetic()) {
        &[(US, RU), (US, BE)]
    } else if letters().all(|c| RU.contains(c) || BE.contains(c)) {
        &[(RU, US), (BE, US)]
    } else {
        &[]
    };
    let mut found: Vec<String> = Vec::new();
    for (from, to) in to {
        let meant: String = text.chars().map(|typed| key(typed, from, to)).collect();
        if !found.contains(&meant) {
            found.push(meant);
        }
    }
    found
}

fn key(typed: char, from: &str, to: &str) -> char {
    let at = from.chars().position(|there| there == typed);
    at.and_then(|at| to.chars().nth(at)).unwrap_or(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_have_the_same_keys() {
        for layout in [RU, BE] {
            assert_eq!(layout.chars().count(), US.chars().count());
        }
    }

    #[test]
    fn the_same_keys_in_the_other_layout() {
        for (typed, meant) in [
            ("pflth;fkb", "задержали"),
            ("J,SCR B PFLTH;FYBT", "обыск и задержание"),
            ("fhtcn? j,scr", "арест, обыск"),
            ("фккуые", "arrest"),
            ("вуефштув", "detained"),
            ("lf", "да"),
        ] {
            assert_eq!(
                other_layouts(typed).first().map(String::as_str),
                Some(meant)
            );
        }
        // ў and і are where щ and и are.
        assert!(other_layouts("pfnhsvfkb").contains(&"затрымалі".to_owned()));
        assert!(other_layouts("dsrkbr").contains(&"выклік".to_owned()));
        for nothing in ["y", "н", "", "7", "арест arrest", "逮捕"] {
            assert!(other_layouts(nothing).is_empty(), "{nothing}");
        }
    }
}
