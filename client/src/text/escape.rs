//! Others' text, made safe to stand on a terminal or in a listing: nothing in it moves the cursor, turns the
//! direction of reading, hides, or piles up over other rows. That none of it begins a row is the work of `rows.rs`.

use serde_json::Value;
use unicode_width::UnicodeWidthChar as _;

use crate::parallel;

/// What says by its place that a line is somebody else's.
pub(super) const INDENT: &str = "  ";

/// Marks that one letter may carry. Scripts need three or four; more are piled up to cover the rows around.
const MARKS_MAX: usize = 4;

/// Stands where there were more.
const MORE_MARKS: char = '\u{fffd}';

/// One line of another's text: whatever would move the cursor, turn the direction of reading, or hide
/// is shown as its code, and line breaks become spaces.
#[must_use]
pub fn escape(text: &str) -> String {
    filter(text, Lines::Join)
}

/// Several lines of another's text, each indented.
#[must_use]
pub fn block(text: &str) -> String {
    let text = filter(text, Lines::Keep);
    let lines: Vec<String> = text.lines().map(|line| format!("{INDENT}{line}")).collect();
    lines.join("\n")
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

/// The same of each of these, one under the other, on as many cores as there are.
#[must_use]
pub fn json_lines<T: Send>(items: Vec<T>, value: impl Fn(T) -> Value + Sync) -> String {
    parallel::map(items, |item| json_line(&value(item))).join("\n")
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
    // A mark without a letter before it would sit on what is ours.
    let mut marks = MARKS_MAX;
    for character in text.chars() {
        match character {
            // Most letters of most languages written with these need no look into tables.
            ' '..='~' => shown.push(character),
            '\n' if lines == Lines::Keep => shown.push('\n'),
            '\n' | '\t' => shown.push(' '),
            // Several scripts cannot be spelt without joiners, so longer texts keep them; in a name
            // they would let two people look alike.
            other if is_hostile(other) || (lines == Lines::Join && hides(other)) => {
                shown.extend(other.escape_unicode());
            }
            mark if mark.width() == Some(0) => {
                match marks.cmp(&MARKS_MAX) {
                    core::cmp::Ordering::Less => shown.push(mark),
                    core::cmp::Ordering::Equal => shown.push(MORE_MARKS),
                    core::cmp::Ordering::Greater => {}
                }
                marks = marks.saturating_add(1);
                continue;
            }
            other => shown.push(other),
        }
        marks = if character == '\n' { MARKS_MAX } else { 0 };
    }
    shown
}

/// Is not seen in a line, or changes how its neighbours are.
pub(crate) fn hides(character: char) -> bool {
    is_hostile(character) || is_joiner(character)
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Moves the cursor, turns the direction, breaks the line, takes no space on the screen, or is a letter that looks like
/// none.
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
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffc}'
                | '\u{fffe}'..='\u{ffff}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{16fe4}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d159}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
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
    fn what_looks_like_nothing_is_shown_as_its_code() {
        for nothing in [
            '\u{3164}',
            '\u{ffa0}',
            '\u{115f}',
            '\u{2800}',
            '\u{1d159}',
            '\u{2066}',
            '\u{2067}',
            '\u{2069}',
            '\u{61c}',
            '\u{e0041}',
        ] {
            let shown = block(&format!("a{nothing}b"));
            assert!(!shown.contains(nothing) && shown.starts_with("  a\\u{"));
        }
    }

    #[test]
    fn marks_do_not_pile_up_nor_sit_on_what_is_ours() {
        assert_eq!(escape(&"е\u{301}".repeat(3)), "е\u{301}".repeat(3));
        let pile = format!("a{}b\u{301}", "\u{301}".repeat(500));
        assert_eq!(
            escape(&pile),
            "a\u{301}\u{301}\u{301}\u{301}\u{fffd}b\u{301}"
        );
        assert_eq!(escape("\u{20dd}a"), "\u{fffd}a");
        assert_eq!(block("a\n\u{338}b"), "  a\n  \u{fffd}b");
        // Joiners and selectors are as good for it as marks.
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(block(family), format!("  {family}"));
        let hidden = block(&format!("a{}b", "\u{200d}".repeat(500)));
        assert_eq!(hidden.chars().count(), 2 + 1 + MARKS_MAX + 1 + 1);
        assert_eq!(escape(&escape(&pile)), escape(&pile));
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
