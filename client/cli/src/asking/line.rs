//! The line that is being edited: a text and a place in it. Moves by what a reader sees as one character. Pure.

use unicode_segmentation::UnicodeSegmentation as _;
use zeroize::Zeroizing;

use super::keys::Key;

/// See the module.
#[derive(Default)]
pub(super) struct Line {
    text: Zeroizing<String>,
    /// Bytes before the cursor: always between two characters.
    at: usize,
}

impl Line {
    /// With the cursor at its end.
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: Zeroizing::new(text.to_owned()),
            at: text.len(),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor.
    pub(super) fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// What stands after the cursor.
    pub(super) fn after(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn into_text(self) -> Zeroizing<String> {
        self.text
    }

    pub(super) fn insert(&mut self, text: &str) {
        self.text.insert_str(self.at, text);
        self.at = self.at.saturating_add(text.len());
    }

    /// Puts the cursor where it was before.
    pub(super) fn go_to(&mut self, at: usize) {
        if self.text.is_char_boundary(at) {
            self.at = at;
        }
    }

    /// Cuts it at the cursor; gives what stood after it.
    pub(super) fn split(&mut self) -> Zeroizing<String> {
        Zeroizing::new(self.text.split_off(self.at))
    }

    /// Puts another line behind this one, and the cursor between the two.
    pub(super) fn join(&mut self, after: &str) {
        self.at = self.text.len();
        self.text.push_str(after);
    }

    /// Does what a key says, if it is about one line; tells whether anything changed.
    pub(super) fn press(&mut self, key: &Key) -> bool {
        let (at, length) = (self.at, self.text.len());
        match key {
            Key::Left => self.at = at.saturating_sub(last(self.before())),
            Key::Right => self.at = at.saturating_add(first(self.after())),
            Key::WordLeft => self.at = word_start(self.before()),
            Key::WordRight => self.at = at.saturating_add(word_end(self.after())),
            Key::Home => self.at = 0,
            Key::End => self.at = length,
            Key::Backspace => self.erase(at.saturating_sub(last(self.before())), at),
            Key::Delete => self.erase(at, at.saturating_add(first(self.after()))),
            Key::EraseBefore => self.erase(0, at),
            Key::EraseAfter => self.erase(at, length),
            Key::EraseWord => self.erase(word_start(self.before()), at),
            _ => return false,
        }
        (at, length) != (self.at, self.text.len())
    }

    fn erase(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.at = from;
    }
}

/// Bytes of the last character.
fn last(text: &str) -> usize {
    text.graphemes(true).next_back().map_or(0, str::len)
}

/// Bytes of the first character.
fn first(text: &str) -> usize {
    text.graphemes(true).next().map_or(0, str::len)
}

/// Where the last word begins.
fn word_start(before: &str) -> usize {
    let end = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let word = end.trim_end_matches(char::is_alphanumeric);
    word.len()
}

/// Where the first word ends.
fn word_end(after: &str) -> usize {
    let from = after.trim_start_matches(|c: char| !c.is_alphanumeric());
    let rest = from.trim_start_matches(char::is_alphanumeric);
    after.len().saturating_sub(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_that_people_see() {
        // A letter of two bytes, one with a mark on it, a family.
        let mut line = Line::new("Жe\u{301}👨\u{200d}👩\u{200d}👧");
        for left in ["Жe\u{301}", "Ж", "", ""] {
            line.press(&Key::Backspace);
            assert_eq!(line.text(), left);
        }
        assert!(!line.press(&Key::Left) && !line.press(&Key::Delete));
    }

    #[test]
    fn it_is_edited_in_the_middle() {
        let mut line = Line::new("Беларусь, Горел");
        for _ in 0..2 {
            assert!(line.press(&Key::Left));
        }
        assert!(line.press(&Key::Backspace));
        line.insert("м");
        assert_eq!((line.before(), line.after()), ("Беларусь, Гом", "ел"));
        assert!(line.press(&Key::WordLeft));
        assert_eq!(line.before(), "Беларусь, ");
        assert!(line.press(&Key::WordLeft) && line.press(&Key::WordRight));
        assert_eq!(line.before(), "Беларусь");
        assert!(line.press(&Key::EraseWord) && line.press(&Key::End));
        assert_eq!(line.text(), ", Гомел");
        assert!(line.press(&Key::Home) && line.press(&Key::Delete));
        assert_eq!(*line.split(), *" Гомел");
        line.join("ab");
        assert!(line.press(&Key::EraseAfter));
        assert_eq!(line.text(), "");
    }
}
