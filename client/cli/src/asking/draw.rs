//! The line on the screen. Plain text is put behind what stands there, which is all that a screen reader needs to say;
//! only a change further left draws the line again. Pure: gives the bytes to print.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;
use zeroize::Zeroizing;

use super::line::Line;

/// What the terminal can show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Whether it moves its cursor: a dumb one is only written on from left to right.
    pub(super) moves: bool,
}

/// Where the cursor is, counted from the beginning of the prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    row: usize,
    column: usize,
}

/// The line as it stands on the screen.
#[derive(Default)]
pub(super) struct Drawn {
    prompt: String,
    before: Zeroizing<String>,
    after: Zeroizing<String>,
    cursor: Place,
}

impl Drawn {
    /// What brings the screen from what stands there to this line, cursor and all.
    pub(super) fn update(&mut self, line: &Line, screen: Screen) -> String {
        let is_at_end = line.after().is_empty() && self.after.is_empty();
        if is_at_end && let Some(more) = line.before().strip_prefix(self.before.as_str()) {
            let more = visible(more);
            let mut cursor = walk(self.cursor, &more, screen.columns);
            let turn = turn(&mut cursor, screen);
            self.remember(line, cursor);
            return more + turn;
        }
        if is_at_end && let Some(less) = self.before.strip_prefix(line.before()) {
            let width = visible(less).width();
            // On the same row, and not at its beginning.
            if width < self.cursor.column || width == self.cursor.column && self.cursor.row == 0 {
                let (row, column) = (self.cursor.row, self.cursor.column.saturating_sub(width));
                self.remember(line, Place { row, column });
                let (back, blank) = ("\u{8}".repeat(width), " ".repeat(width));
                return format!("{back}{blank}{back}");
            }
        }
        self.again(line, screen)
    }

    /// Draws it over itself.
    pub(super) fn again(&mut self, line: &Line, screen: Screen) -> String {
        let prompt = self.prompt.clone();
        if screen.moves {
            let up = up(self.cursor.row.min(screen.rows.saturating_sub(1)));
            return format!("{up}\r\u{1b}[J") + &self.anew(&prompt, line, screen);
        }
        String::from("\r\n") + &self.anew(&prompt, line, screen)
    }

    /// Draws everything, on a row where nothing stands.
    pub(super) fn anew(&mut self, prompt: &str, line: &Line, screen: Screen) -> String {
        prompt.clone_into(&mut self.prompt);
        let (before, after) = window(prompt, line, screen);
        let start = Place::default();
        let mut cursor = walk(start, &format!("{prompt}{before}"), screen.columns);
        let mut end = walk(cursor, &after, screen.columns);
        let at_end = after.is_empty();
        let turn = turn(&mut end, screen);
        if at_end {
            cursor = end;
        } else if cursor.column >= screen.columns {
            cursor = Place {
                row: cursor.row.saturating_add(1),
                column: 0,
            };
        }
        self.remember(line, cursor);
        let mut drawn = format!("{prompt}{before}{after}{turn}");
        if screen.moves && !at_end {
            drawn += &up(end.row.saturating_sub(cursor.row));
            drawn.push('\r');
            if cursor.column > 0 {
                drawn += &format!("\u{1b}[{}C", cursor.column);
            }
        }
        drawn
    }

    /// Leaves the line as it stands; what is printed next begins a new row.
    pub(super) fn leave(&mut self, line: &mut Line, screen: Screen) -> String {
        line.press(&super::keys::Key::End);
        let end = self.update(line, screen);
        let is_fresh = self.cursor.column == 0 && self.cursor.row > 0;
        *self = Self::default();
        if is_fresh { end } else { end + "\r\n" }
    }

    /// After the terminal's size has changed: what stands there was laid out anew by the terminal.
    pub(super) fn resized(&mut self, screen: Screen) {
        let text = Zeroizing::new(visible(&self.before));
        let prompt = self.prompt.as_str();
        self.cursor = walk(
            Place::default(),
            &format!("{prompt}{}", *text),
            screen.columns,
        );
    }

    fn remember(&mut self, line: &Line, cursor: Place) {
        self.before = Zeroizing::new(line.before().to_owned());
        self.after = Zeroizing::new(line.after().to_owned());
        self.cursor = cursor;
    }
}

/// A row that is full to its last column: some terminals go to the next one only with the next letter, so we do.
fn turn(end: &mut Place, screen: Screen) -> &'static str {
    if end.column < screen.columns {
        return "";
    }
    *end = Place {
        row: end.row.saturating_add(1),
        column: 0,
    };
    "\r\n"
}

fn up(rows: usize) -> String {
    match rows {
        0 => String::new(),
        rows => format!("\u{1b}[{rows}A"),
    }
}

/// Where the cursor is after this text. A wide letter that does not fit goes to the next row.
fn walk(from: Place, text: &str, columns: usize) -> Place {
    let mut place = from;
    for letter in text.graphemes(true) {
        let width = letter.width();
        if place.column.saturating_add(width) > columns {
            place = Place {
                row: place.row.saturating_add(1),
                column: 0,
            };
        }
        place.column = place.column.saturating_add(width);
    }
    place
}

/// A line end inside a one-line answer is shown, and is one column wide.
fn visible(text: &str) -> String {
    text.replace('\n', "↵")
}

/// As much around the cursor as the screen holds: what is longer cannot be drawn over.
fn window(prompt: &str, line: &Line, screen: Screen) -> (String, String) {
    let (before, after) = (visible(line.before()), visible(line.after()));
    let rows = screen.rows.saturating_sub(2).max(1);
    let room = rows
        .saturating_mul(screen.columns)
        .saturating_sub(prompt.width());
    // Letters of two columns may leave one empty at the end of each row.
    let room = room.saturating_sub(rows);
    if !screen.moves || before.width().saturating_add(after.width()) <= room {
        return (before, after);
    }
    let half = room.saturating_sub(2).max(2);
    let shown_after = fitting(after.graphemes(true), half / 2);
    let left = half.saturating_sub(after.get(..shown_after).unwrap_or_default().width());
    let shown_before = fitting(before.graphemes(true).rev(), left);
    let from = before.len().saturating_sub(shown_before);
    let cut = |is_cut| if is_cut { "…" } else { "" };
    (
        format!(
            "{}{}",
            cut(from > 0),
            before.get(from..).unwrap_or_default()
        ),
        format!(
            "{}{}",
            after.get(..shown_after).unwrap_or_default(),
            cut(shown_after < after.len())
        ),
    )
}

/// Bytes of as many letters as fit.
fn fitting<'a>(letters: impl Iterator<Item = &'a str>, columns: usize) -> usize {
    let (mut bytes, mut width) = (0_usize, 0_usize);
    for letter in letters {
        width = width.saturating_add(letter.width());
        if width > columns {
            break;
        }
        bytes = bytes.saturating_add(letter.len());
    }
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
    use super::{super::keys::Key, *};

    /// A terminal of the simplest kind.
    struct Paper {
        rows: Vec<Vec<char>>,
        at: Place,
        screen: Screen,
    }

    impl Paper {
        fn new(screen: Screen) -> Self {
            let at = Place::default();
            Self {
                rows: vec![Vec::new()],
                at,
                screen,
            }
        }

        fn print(&mut self, bytes: &str) {
            let mut rest = bytes.chars();
            while let Some(c) = rest.next() {
                match c {
                    '\r' => self.at.column = 0,
                    '\n' => self.at.row += 1,
                    '\u{8}' => self.at.column = self.at.column.saturating_sub(1),
                    '\u{1b}' => self.command(&mut rest),
                    c => self.letter(c),
                }
                let rows = self.rows.len().max(self.at.row + 1);
                self.rows.resize(rows, Vec::new());
            }
        }

        fn letter(&mut self, c: char) {
            let width = unicode_width::UnicodeWidthChar::width(c).unwrap();
            if self.at.column + width > self.screen.columns {
                self.at = Place {
                    row: self.at.row + 1,
                    column: 0,
                };
                self.rows
                    .resize(self.rows.len().max(self.at.row + 1), Vec::new());
            }
            let row = &mut self.rows[self.at.row];
            row.resize(row.len().max(self.at.column + width), ' ');
            row[self.at.column] = c;
            if width == 2 {
                row[self.at.column + 1] = '\0';
            }
            self.at.column += width;
        }

        fn command(&mut self, rest: &mut std::str::Chars<'_>) {
            assert_eq!(rest.next(), Some('['));
            let text: String = rest
                .as_str()
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            let count = text.parse().unwrap_or(0);
            match rest.nth(text.len()) {
                Some('A') => self.at.row = self.at.row.checked_sub(count).unwrap(),
                Some('C') => self.at.column += count,
                Some('J') => {
                    self.rows.truncate(self.at.row + 1);
                    self.rows[self.at.row].truncate(self.at.column);
                }
                other => panic!("{other:?}"),
            }
        }

        fn shows(&self) -> String {
            let rows = self
                .rows
                .iter()
                .map(|row| row.iter().filter(|c| **c != '\0').collect::<String>());
            let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
            rows.join("\n").trim_end().to_owned()
        }
    }

    fn screen(columns: usize) -> Screen {
        Screen {
            columns,
            rows: 24,
            moves: true,
        }
    }

    /// Types this and looks at every step whether the screen shows it, and the cursor in its place.
    fn check(columns: usize, steps: &[(&str, Option<Key>)]) {
        let screen = screen(columns);
        let (mut paper, mut drawn, mut line) =
            (Paper::new(screen), Drawn::default(), Line::default());
        paper.print(&drawn.anew("> ", &line, screen));
        for (text, key) in steps {
            line.insert(text);
            if let Some(key) = key {
                line.press(key);
            }
            paper.print(&drawn.update(&line, screen));
            let mut whole = Paper::new(screen);
            whole.print(&format!("> {}", line.text()));
            assert_eq!(paper.shows(), whole.shows(), "{text} {key:?} at {columns}");
            assert_eq!(paper.at, drawn.cursor);
            let mut before = Paper::new(screen);
            before.print(&format!("> {}", line.before()));
            let is_margin = before.at.column == columns;
            let end = Place {
                row: before.at.row + 1,
                column: 0,
            };
            assert_eq!(
                paper.at,
                if is_margin { end } else { before.at },
                "{text} {key:?} at {columns}"
            );
        }
    }

    #[test]
    fn the_screen_shows_the_line_whatever_was_done_to_it() {
        for columns in [7, 8, 40, 80] {
            let text = "Задержан у дома 会议 в Минске";
            let mut steps: Vec<_> = text
                .char_indices()
                .map(|(at, c)| (&text[at..at + c.len_utf8()], None))
                .collect();
            steps.extend(
                [Key::Left, Key::Left, Key::Backspace, Key::Home].map(|key| ("", Some(key))),
            );
            steps.push(("Вчера ", None));
            steps.extend([Key::Delete, Key::End].map(|key| ("", Some(key))));
            steps.extend(std::iter::repeat_n(("", Some(Key::Backspace)), 40));
            check(columns, &steps);
        }
    }

    #[test]
    fn letters_that_follow_each_other_are_only_written() {
        let (mut drawn, mut line) = (Drawn::default(), Line::default());
        assert_eq!(drawn.anew("> ", &line, screen(40)), "> ");
        line.insert("Минск");
        assert_eq!(drawn.update(&line, screen(40)), "Минск");
        line.press(&Key::Backspace);
        assert_eq!(drawn.update(&line, screen(40)), "\u{8} \u{8}");
        assert_eq!(drawn.leave(&mut line, screen(40)), "\r\n");
    }

    #[test]
    fn a_dumb_terminal_is_told_no_movement() {
        let dumb = Screen {
            moves: false,
            ..screen(40)
        };
        let (mut drawn, mut line) = (Drawn::default(), Line::new("Minsk"));
        let mut said = drawn.anew("> ", &line, dumb);
        for key in [
            Key::Left,
            Key::Backspace,
            Key::Home,
            Key::End,
            Key::EraseBefore,
        ] {
            line.press(&key);
            said += &drawn.update(&line, dumb);
        }
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }

    #[test]
    fn a_text_larger_than_the_screen_shows_what_is_at_the_cursor() {
        let (mut drawn, mut line) = (Drawn::default(), Line::new(&"слово ".repeat(20_000)));
        let screen = screen(40);
        let shown = drawn.anew("> ", &line, screen);
        assert!(shown.width() <= 24 * 40 && shown.starts_with("> …"));
        line.press(&Key::Home);
        let shown = drawn.update(&line, screen);
        assert!(shown.contains("> слово") && shown.contains('…'), "{shown}");
        assert!(drawn.cursor.row < screen.rows);
    }
}
