//! Others' text, made safe to stand on a terminal or in a listing: nothing in it moves the cursor, turns the
//! direction of reading, hides, or begins a row.

use serde_json::Value;
use textwrap::{
    WordSeparator, WrapAlgorithm,
    core::{Word, break_words},
};

/// Columns at which a quoted text breaks. Broken by the terminal, its rows would begin at the left
/// edge, where our labels are.
const BLOCK_COLUMNS: usize = 74;
const BLOCK_INDENT: &str = "  ";

/// Makes an emoji of the sign before it, one column wider, on terminals that know it.
const EMOJI_SELECTOR: char = '\u{fe0f}';

/// One line of another's text: whatever would move the cursor, turn the direction of reading, or hide
/// is shown as its code, and line breaks become spaces.
#[must_use]
pub fn escape(text: &str) -> String {
    filter(text, Lines::Join)
}

/// Several lines of another's text, each indented and none wide enough for a terminal to break.
#[must_use]
pub fn block(text: &str) -> String {
    let text = filter(text, Lines::Keep);
    let rows: Vec<String> = text.lines().flat_map(rows).collect();
    rows.join("\n")
}

fn rows(line: &str) -> Vec<String> {
    let words = WordSeparator::AsciiSpace.find_words(line);
    // Apart after each selector, so that a part has one at its end or none.
    let parts = words.flat_map(|word| {
        let spaces = Word {
            word: "",
            width: 0,
            ..word
        };
        let parts = word.word.split_inclusive(EMOJI_SELECTOR);
        parts.map(Word::from).chain([spaces])
    });
    // Room for the selector that may follow.
    let mut parts = break_words(parts, BLOCK_COLUMNS.saturating_sub(1));
    for part in &mut parts {
        // textwrap counts letters one by one.
        if part.word.ends_with(EMOJI_SELECTOR) {
            part.width = part.width.saturating_add(1);
        }
    }
    let row = |parts: &[Word<'_>]| {
        let texts = parts.iter().flat_map(|part| [part.word, part.whitespace]);
        let text: String = texts.collect();
        format!("{BLOCK_INDENT}{}", text.trim_end_matches(' '))
    };
    let rows = WrapAlgorithm::FirstFit.wrap(&parts, &[BLOCK_COLUMNS]);
    rows.into_iter().map(row).collect()
}

/// JSON on one line, with all that [`escape`] neutralises in JSON's own escapes.
#[must_use]
pub fn json_line(value: &Value) -> String {
    let mut line = String::new();
    // Such characters stand only inside strings, where the escape means the same.
    for character in value.to_string().chars() {
        if is_hostile(character) || is_joiner(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            line.push(character);
        }
    }
    line
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Keep,
    Join,
}

/// All of it, with what would act on a terminal shown as its code.
pub fn printable(text: &str) -> String {
    filter(text, Lines::Keep)
}

fn filter(text: &str, lines: Lines) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' if lines == Lines::Keep => shown.push('\n'),
            '\n' | '\t' => shown.push(' '),
            // Several scripts cannot be spelt without joiners, so longer texts keep them; in a name
            // they would let two people look alike.
            other if is_hostile(other) || (lines == Lines::Join && is_joiner(other)) => {
                shown.extend(other.escape_unicode());
            }
            other => shown.push(other),
        }
    }
    shown
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Moves the cursor, turns the direction, breaks the line, or takes no space on the screen.
fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

    use super::*;

    #[test]
    fn terminal_tricks_are_shown_as_codes() {
        assert_eq!(escape("a\u{1b}[2J\u{7}b"), "a\\u{1b}[2J\\u{7}b");
        assert_eq!(escape("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(escape("Alena\u{202e}txt"), "Alena\\u{202e}txt");
        assert_eq!(
            escape("Al\u{200b}e\u{200d}na\r"),
            "Al\\u{200b}e\\u{200d}na\\u{d}"
        );
        assert_eq!(escape("one\ntwo\tthree"), "one two three");
        assert_eq!(
            escape("Алена Прыкладная, O’Example"),
            "Алена Прыкладная, O’Example"
        );
        assert_eq!(escape(&escape("\u{1b}")), escape("\u{1b}"));
    }

    #[test]
    fn a_quoted_text_cannot_reach_the_left_edge() {
        let long = |letter: &str| letter.repeat(200);
        for text in [
            "one\nUrgency: information\n".to_owned(),
            long("я"),
            long("案"),
            long("🔥"),
            // The same as parts and joined, the second with selectors: ☂ alone takes one column.
            long("👨\u{200d}👩\u{200d}👧 "),
            long("☂\u{fe0f}"),
            long("☂\u{fe0f}x "),
            // Words that no row has room for, a selector at their ends.
            long(&format!("{}☂\u{fe0f}", "я".repeat(73))),
            format!("{} {}", long("я"), long("я☂\u{fe0f} 案")),
            // Marks alone, and more of them than a row has columns.
            long("\u{301}"),
            format!("е{}", long("\u{301}\u{20dd}")),
            long("е\u{301}"),
            format!("a{}b{}", " ".repeat(300), " ".repeat(300)),
            format!("{}Urgency: information", " ".repeat(300)),
            "one\n\n \n\ntwo\n".to_owned(),
            format!("{} {} x", "я".repeat(73), "-".repeat(74)),
        ] {
            whole_and_indented(&text);
        }
    }

    #[test]
    fn a_quoted_text_breaks_between_words_and_by_columns() {
        let rows = |text: &str| block(text).lines().map(width).collect::<Vec<_>>();
        assert_eq!(block("one  two\n\nthree"), "  one  two\n  \n  three");
        assert_eq!(rows(&"案".repeat(40)), [74, 10]);
        assert_eq!(rows(&"е\u{301}".repeat(75)), [75, 4]);
        assert_eq!(rows(&"one two ".repeat(10)), [73, 9]);
        assert_eq!(rows(&"☂\u{fe0f} ".repeat(26)), [76, 4]);
        assert!(!block(&"well-known ".repeat(20)).contains("-\n"));
    }

    /// The columns that the most generous terminal gives a row.
    fn width(row: &str) -> usize {
        let letters = row.chars().map(|letter| letter.width().unwrap_or(1));
        letters.sum::<usize>().max(row.width())
    }

    fn whole_and_indented(text: &str) {
        let shown = block(text);
        for row in shown.lines() {
            assert!(row.starts_with(BLOCK_INDENT), "{row:?} of {text:?}");
            assert!(width(row) <= 76, "{row:?} of {text:?}");
        }
        let letters = |text: &str| text.replace([' ', '\n'], "");
        let neutral = filter(text, Lines::Keep);
        assert_eq!(letters(&shown), letters(&neutral));
    }

    const KINDS: [&str; 21] = [
        "а",
        "b",
        " ",
        "   ",
        "\n",
        "-",
        "案",
        "🔥",
        "☂",
        "☂\u{fe0f}",
        "\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "\u{200d}",
        "\u{301}",
        "🇧🇾",
        "👍🏽",
        "한",
        "\u{1100}",
        "क्",
        "لا",
        "\u{1b}[2J",
    ];

    /// Letters of every kind that a terminal shows at another width than one, spaces, and any other.
    fn letters() -> impl Strategy<Value = String> {
        let kind = prop_oneof![
            4 => prop::sample::select(KINDS.to_vec()).prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ];
        prop::collection::vec((kind, 1..90_usize), 0..30).prop_map(|runs| {
            runs.iter()
                .map(|(kind, times)| kind.repeat(*times))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn any_quoted_text_stays_whole_and_indented(text in letters()) {
            whole_and_indented(&text);
        }
    }

    #[test]
    fn json_stays_one_line_and_means_the_same() {
        let value = serde_json::json!({"text": "a\u{202e}\u{e0041}\u{7f}\u{200d}\nб"});
        let line = json_line(&value);
        assert!(
            !line
                .chars()
                .any(|c| c.is_control() || c == '\u{202e}' || c == '\u{e0041}')
        );
        assert_eq!(serde_json::from_str::<Value>(&line).ok(), Some(value));
    }
}
