//! Others' text, made safe to stand on a terminal or in a listing: nothing in it moves the cursor, turns the
//! direction of reading, hides, or begins a row.

use serde_json::Value;

/// Columns at which a quoted text breaks. Broken by the terminal, its lines would begin at the left
/// edge, where our labels are.
const BLOCK_COLUMNS: usize = 74;
const BLOCK_INDENT: &str = "  ";

/// One line of another's text: whatever would move the cursor, turn the direction of reading, or hide
/// is shown as its code, and line breaks become spaces.
#[must_use]
pub fn escape(text: &str) -> String {
    filter(text, Lines::Join)
}

/// Several lines of another's text, each indented and none wide enough for a terminal to break.
#[must_use]
pub fn block(text: &str) -> String {
    let mut lines = Vec::new();
    for line in filter(text, Lines::Keep).lines() {
        wrap(line, &mut lines);
    }
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

fn wrap(line: &str, lines: &mut Vec<String>) {
    let mut current = String::from(BLOCK_INDENT);
    let mut width = 0_usize;
    for word in line.split(' ') {
        let letters = word.chars().count();
        if width > 0 && width.saturating_add(letters) >= BLOCK_COLUMNS {
            lines.push(core::mem::replace(&mut current, BLOCK_INDENT.to_owned()));
            width = 0;
        }
        if width > 0 {
            current.push(' ');
            width = width.saturating_add(1);
        }
        for letter in word.chars() {
            if width >= BLOCK_COLUMNS {
                lines.push(core::mem::replace(&mut current, BLOCK_INDENT.to_owned()));
                width = 0;
            }
            current.push(letter);
            width = width.saturating_add(1);
        }
    }
    lines.push(current);
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
    fn a_quoted_text_cannot_reach_the_left_edge() {
        let text = format!("one\nUrgency: information\n{}", "я".repeat(200));
        let shown = block(&text);
        assert!(shown.lines().all(|line| line.starts_with("  ")));
        assert!(shown.lines().all(|line| line.chars().count() <= 76));
        assert_eq!(shown.matches('я').count(), 200);
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
