//! Every question of every command is asked here.
//!
//! A text that is pasted must not end up in the next question, in the shell, or in an alert that nobody looked at, and
//! nothing that was typed may be lost or kept. Two line editors of standing were read for that. rustyline 19 hands back what
//! was typed ahead in a buffer of its own that nobody can look into (or drops it: a feature decides), gives up the line
//! that is being typed at the first byte that is no UTF-8, leaves the terminal as it is at SIGTERM and SIGHUP, and
//! draws texts over themselves that are taller than the screen. reedline asks the terminal for the cursor's place
//! before it shows anything, which a dumb terminal never answers, has no line mode for a screen reader, and brings dozens of
//! crates. So the parts of standing are put together here (rustix for the mode, signal-hook for signals,
//! unicode-segmentation and unicode-width for letters): what is ours decodes keys, and draws one line.
//!
//! There is no history and no kill ring. What was typed is in memory until it is let go, and is wiped then.
//!
//! - Pasted text comes in brackets; where a terminal has none, letters that come together with more after a line end
//!   were pasted (people are slower). In a one-line answer the line ends stay in it, are shown as `↵`, and it waits for Enter.
//! - A text of several lines ends with a line that holds a single dot, or with Ctrl-D. Empty lines are part of it.
//! - Without a terminal, lines are read as they come.

mod draw;
mod keys;
mod line;
#[cfg_attr(not(unix), path = "no_terminal.rs")]
mod terminal;

use std::{
    io::{self, BufRead as _},
    time::Duration,
};

use bellrope_client::{alert::answers::parse_aside, text::Messages};
use zeroize::Zeroizing;

use crate::output::prompt;
use draw::{Drawn, Screen};
use keys::{Key, Keys};
use line::Line;
use terminal::{Came, Terminal};

/// Within this time the rest of a letter, of a key or of a pasted text comes, also over a slow line.
const TOGETHER: Duration = Duration::from_millis(40);

/// A line of a file that has none is not read for ever.
const LINE_BYTES_MAX: u64 = 1024 * 1024;

/// What stands for bytes that are no letter.
const MARK: char = '\u{fffd}';

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// Ctrl-C, or a signal: nothing more is to be done.
    Stopped,
    /// The keyboard, or the file in its place, has ended.
    NoAnswer,
    /// A file that is no UTF-8.
    NotText,
    /// There is nobody to ask for a secret.
    NoTerminal,
    /// The system's words.
    Failed(io::Error),
}

impl From<io::Error> for Unanswered {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// What may be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One line.
    Line,
    /// Lines up to a single dot; an empty answer where nothing was typed.
    Text,
    /// One line that is not shown.
    Secret,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Asking {
    terminal: Option<Terminal>,
    keys: Keys,
    is_held: bool,
}

impl Asking {
    /// From now on the terminal is kept between two questions, so that nothing is shown that is typed meanwhile, and
    /// what comes together is seen to.
    pub(crate) fn hold(&mut self) {
        self.is_held = true;
    }

    /// Gives the terminal back, as it was found.
    pub(crate) fn release(&mut self) {
        self.is_held = false;
        self.terminal = None;
        self.keys = Keys::default();
    }

    /// For a command that listens to signals by itself.
    pub(crate) fn leave_signals(&mut self) {
        self.release();
        terminal::leave_signals();
    }

    /// Whether keys are read, and what is typed is shown by us.
    pub(crate) fn has_terminal(&mut self, shape: Shape) -> bool {
        if self.terminal.is_none() {
            self.terminal = Terminal::open(shape == Shape::Secret);
        }
        self.terminal.is_some()
    }

    /// Asks. `start` is there already, to be changed.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub(crate) fn ask(
        &mut self,
        shape: Shape,
        prompt: &str,
        start: &str,
        words: &Messages,
    ) -> Result<Zeroizing<String>, Unanswered> {
        if !self.has_terminal(shape) {
            return match shape {
                Shape::Secret => secret(prompt),
                Shape::Line => plain_line(),
                Shape::Text => plain_text(),
            };
        }
        let terminal = self.terminal.as_mut().expect("it was opened above");
        // The row on which it is answered is drawn with the answer.
        let (rows, last) = prompt.rsplit_once('\n').unwrap_or(("", prompt));
        if !rows.is_empty() {
            terminal.print(&format!("{}\r\n", rows.replace('\n', "\r\n")));
        }
        let prompt = &format!("{last} ");
        let answer = Round::new(terminal, &mut self.keys, shape, prompt, words).run(start);
        if !self.is_held || answer.is_err() {
            self.release();
        }
        answer
    }
}

/// One question.
struct Round<'a> {
    terminal: &'a mut Terminal,
    keys: &'a mut Keys,
    words: &'a Messages,
    shape: Shape,
    prompt: &'a str,
    shows: bool,
    screen: Screen,
    drawn: Drawn,
    above: Vec<Zeroizing<String>>,
    line: Line,
    /// Lines that were there before anything was typed.
    given: usize,
    /// The next one is the last.
    below: Vec<Zeroizing<String>>,
    /// Bytes of the last piece: more than one were not typed by hand.
    piece: usize,
    /// A line end came in the middle of what came together.
    is_burst: bool,
    has_garbage: bool,
}

impl<'a> Round<'a> {
    fn new(
        terminal: &'a mut Terminal,
        keys: &'a mut Keys,
        shape: Shape,
        prompt: &'a str,
        words: &'a Messages,
    ) -> Self {
        Self {
            shows: shape != Shape::Secret && terminal.echoes(),
            screen: terminal.screen(),
            terminal,
            keys,
            words,
            shape,
            prompt,
            drawn: Drawn::default(),
            above: Vec::new(),
            given: 0,
            line: Line::default(),
            below: Vec::new(),
            piece: 0,
            is_burst: false,
            has_garbage: false,
        }
    }

    fn run(mut self, start: &str) -> Result<Zeroizing<String>, Unanswered> {
        self.begin(start);
        let mut is_quiet = false;
        loop {
            while let Some(key) = self.keys.next(is_quiet) {
                if self.press(key)? {
                    return Ok(self.answer());
                }
            }
            self.update();
            let limit = self.is_burst || !self.keys.is_empty();
            let limit = limit && !self.keys.is_pasting();
            is_quiet = self.wait(limit.then_some(TOGETHER))?;
            if is_quiet {
                self.settle();
            }
        }
    }

    fn begin(&mut self, start: &str) {
        match self.shape {
            Shape::Text if !start.is_empty() => {
                for line in start.split('\n') {
                    self.line = Line::new(line);
                    self.draw();
                    self.commit();
                }
                self.given = self.above.len();
            }
            _ => self.line = Line::new(start),
        }
        self.draw();
    }

    /// Waits for more; tells whether nothing came in time.
    fn wait(&mut self, limit: Option<Duration>) -> Result<bool, Unanswered> {
        match self.terminal.wait(limit)? {
            Came::Quiet => return Ok(true),
            Came::Ended => return self.stop(),
            Came::Changed => {
                self.screen = self.terminal.screen();
                self.drawn.resized(self.screen);
                self.terminal.enter_again()?;
                if self.shows {
                    let drawn = Zeroizing::new(self.drawn.again(&self.line, self.screen));
                    self.terminal.print(&drawn);
                }
                return Ok(false);
            }
            Came::Bytes => {}
        }
        let mut bytes = Zeroizing::new(Vec::new());
        self.terminal.read(&mut bytes)?;
        if bytes.is_empty() {
            return self.stop();
        }
        self.piece = bytes.len();
        self.keys.feed(&bytes);
        Ok(false)
    }

    fn stop<T>(&mut self) -> Result<T, Unanswered> {
        self.leave();
        Err(Unanswered::Stopped)
    }

    /// Whether this line end stands in the middle of what came together.
    fn more_follows(&mut self) -> Result<bool, Unanswered> {
        if !self.keys.is_empty() {
            return Ok(true);
        }
        Ok(self.piece > 1 && !self.wait(Some(TOGETHER))? && !self.keys.is_empty())
    }

    /// What came together has come: says what became of it.
    fn settle(&mut self) {
        if !std::mem::take(&mut self.is_burst) {
            return;
        }
        let text = Zeroizing::new(self.line.text().trim_end_matches('\n').to_owned());
        self.line = Line::new(&text);
        self.note("asked-several-lines");
    }

    /// Does what a key says; tells whether the answer is given.
    fn press(&mut self, key: Key) -> Result<bool, Unanswered> {
        match key {
            Key::Enter => return self.enter(),
            Key::Finish if self.shape == Shape::Text => {
                return Ok(!self.more_follows()? && self.is_readable());
            }
            Key::Finish if self.line.text().is_empty() => {
                self.leave();
                return Err(Unanswered::NoAnswer);
            }
            Key::Interrupt => return self.stop(),
            Key::Suspend => {
                self.leave();
                self.terminal.suspend()?;
                self.screen = self.terminal.screen();
                self.draw();
            }
            Key::Redraw => {
                self.leave();
                self.draw();
            }
            Key::Text(text) => self.line.insert(&Zeroizing::new(text)),
            Key::Paste(text) => self.paste(&Zeroizing::new(text)),
            Key::Garbage => {
                self.has_garbage = true;
                self.line.insert(MARK.encode_utf8(&mut [0; 4]));
            }
            Key::Up => self.go_up(),
            Key::Down => self.go_down(),
            Key::Backspace if self.line.before().is_empty() => self.join_above(),
            key => _ = self.line.press(&key),
        }
        Ok(false)
    }

    fn enter(&mut self) -> Result<bool, Unanswered> {
        let more = self.is_burst || self.more_follows()?;
        if self.shape != Shape::Text {
            if more {
                self.is_burst = true;
                self.line.insert("\n");
            }
            return Ok(!more && self.is_readable());
        }
        let is_last = self.below.is_empty();
        let is_dot = is_last && self.line.text().trim() == ".";
        let is_nothing = is_last && self.above.is_empty() && self.line.text().is_empty();
        // "Back" is no text, where nothing else was typed.
        let is_aside =
            is_last && self.above.len() == self.given && parse_aside(self.line.text()).is_some();
        if !more && (is_dot || is_nothing || is_aside) && self.is_readable() {
            if is_dot {
                self.line = Line::default();
                self.drawn = Drawn::default();
            }
            return Ok(true);
        }
        // A dot behind which something came that is no text was seen to.
        if more || !is_dot {
            self.break_line();
        }
        Ok(false)
    }

    /// Bytes that are no letters are not sent as if they were.
    fn is_readable(&mut self) -> bool {
        let mut lines = self
            .above
            .iter()
            .chain(&self.below)
            .map(|line| line.as_str());
        let is_marked = lines.any(|line| line.contains(MARK)) || self.line.text().contains(MARK);
        if !self.has_garbage || !is_marked {
            return true;
        }
        if self.shape == Shape::Secret {
            self.line = Line::default();
            self.has_garbage = false;
        }
        self.note("asked-not-utf8");
        false
    }

    fn answer(mut self) -> Zeroizing<String> {
        self.leave();
        let mut text = Zeroizing::new(String::new());
        let line = self.line.into_text();
        let mut lines: Vec<&str> = self.above.iter().map(|line| line.as_str()).collect();
        lines.push(&line);
        lines.extend(self.below.iter().rev().map(|line| line.as_str()));
        text.push_str(&Zeroizing::new(lines.join("\n")));
        if self.shape == Shape::Text {
            let end = text.trim_end().len();
            text.truncate(end);
        }
        text
    }

    fn paste(&mut self, text: &str) {
        if self.shape != Shape::Text {
            self.line.insert(text.trim_matches('\n'));
            return;
        }
        let mut lines = text.split('\n');
        self.line.insert(lines.next().unwrap_or_default());
        for line in lines {
            self.break_line();
            self.line.insert(line);
        }
    }

    /// A line end at the cursor of a text.
    fn break_line(&mut self) {
        let rest = self.line.split();
        self.update();
        self.commit();
        self.line.join(&rest);
        self.draw();
    }

    /// The line is done: the next one is below it.
    fn commit(&mut self) {
        self.leave();
        let done = std::mem::take(&mut self.line);
        self.above.push(done.into_text());
    }

    fn go_up(&mut self) {
        if let Some(line) = self.above.pop() {
            self.leave();
            let left = std::mem::replace(&mut self.line, Line::new(&line));
            self.below.push(left.into_text());
            self.draw();
        }
    }

    fn go_down(&mut self) {
        if let Some(line) = self.below.pop() {
            self.commit();
            self.line = Line::new(&line);
            self.draw();
        }
    }

    fn join_above(&mut self) {
        if let Some(line) = self.above.pop() {
            self.leave();
            let rest = std::mem::replace(&mut self.line, Line::new(&line));
            self.line.join(rest.text());
            self.draw();
        }
    }

    /// Says something between the lines, and shows the line again.
    fn note(&mut self, id: &str) {
        let said = prompt(&self.words.plain(id));
        self.leave();
        self.terminal.print(&said.replace('\n', "\r\n"));
        self.terminal.print("\r\n");
        self.draw();
    }

    /// Shows the line on a row of its own.
    fn draw(&mut self) {
        let number = self.above.len().saturating_add(1);
        let prompt = match self.below.is_empty() {
            true => self.prompt.to_owned(),
            false => format!("{number}{}", self.prompt),
        };
        if self.shows {
            let drawn = Zeroizing::new(self.drawn.anew(&prompt, &self.line, self.screen));
            self.terminal.print(&drawn);
        } else {
            self.terminal.print(&prompt);
        }
    }

    fn update(&mut self) {
        if self.shows {
            let drawn = Zeroizing::new(self.drawn.update(&self.line, self.screen));
            self.terminal.print(&drawn);
        }
    }

    fn leave(&mut self) {
        if self.shows {
            let place = self.line.before().len();
            let drawn = Zeroizing::new(self.drawn.leave(&mut self.line, self.screen));
            self.line.go_to(place);
            self.terminal.print(&drawn);
        } else if self.shape == Shape::Secret {
            self.terminal.print("\r\n");
        }
    }
}

/// A line of whatever is there in place of a keyboard.
fn plain_line() -> Result<Zeroizing<String>, Unanswered> {
    use std::io::Read as _;
    let mut bytes = Zeroizing::new(Vec::new());
    let count = io::stdin()
        .lock()
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut bytes)?;
    if count == 0 {
        return Err(Unanswered::NoAnswer);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Unanswered::NotText)?;
    Ok(Zeroizing::new(
        text.trim_end_matches(['\n', '\r']).to_owned(),
    ))
}

fn plain_text() -> Result<Zeroizing<String>, Unanswered> {
    let mut text = Zeroizing::new(String::new());
    loop {
        match plain_line() {
            Err(Unanswered::NoAnswer) => break,
            line if line.as_ref().is_ok_and(|line| line.trim() == ".") => break,
            line => {
                text.push_str(&line?);
                text.push('\n');
            }
        }
    }
    let end = text.trim_end().len();
    text.truncate(end);
    Ok(text)
}

#[cfg(unix)]
fn secret(_: &str) -> Result<Zeroizing<String>, Unanswered> {
    Err(Unanswered::NoTerminal)
}

#[cfg(not(unix))]
fn secret(prompt: &str) -> Result<Zeroizing<String>, Unanswered> {
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|_| Unanswered::NoTerminal)
}
