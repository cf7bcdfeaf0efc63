//! Everything that is printed. Content goes to stdout and all else to stderr; no colour, no cursor movement, so a screen
//! reader, a pipe and a terminal get the same text. Every line passes a last filter here, whoever wrote what is in it, and is
//! broken into rows: nobody's words begin one. Also in a pipe, as what comes out at its other end is a terminal.

use std::{
    env,
    io::{self, ErrorKind, Write},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use bellrope_client::text::{json_line, json_lines, lay_out, lay_out_each, printable};
use serde_json::Value;
use terminal_size::{Width, terminal_size};

/// Where nobody says how wide the terminal is.
const COLUMNS: usize = 80;

/// Status lines that may wait for a pipe that nobody reads.
const LINES_WAITING_MAX: usize = 1000;

/// For the last status lines to be printed before the program ends.
const LAST_LINES: Duration = Duration::from_millis(500);

/// Whether anybody still reads what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Pipe {
    /// Printed.
    Open,
    /// The pipe is closed. Not an error: `| head` has seen enough.
    Closed,
}

/// The two streams.
pub(crate) struct Output {
    content: Box<dyn Write + Send>,
    status: Status,
}

enum Status {
    Direct(Box<dyn Write + Send>),
    /// Printed by a thread of its own: a pipe for status that is full must not hold up content.
    Detached {
        lines: SyncSender<String>,
        done: Receiver<()>,
    },
}

impl Default for Output {
    fn default() -> Self {
        Self::to(Box::new(io::stdout()), Box::new(io::stderr()))
    }
}

impl Output {
    /// Writes to these streams.
    fn to(content: Box<dyn Write + Send>, status: Box<dyn Write + Send>) -> Self {
        Self {
            content,
            status: Status::Direct(status),
        }
    }

    /// Prints what was asked for, and ends the line.
    ///
    /// # Errors
    /// What the stream says, other than that its reader has gone.
    pub(crate) fn content(&mut self, text: &str) -> io::Result<Pipe> {
        put_line(&mut self.content, &lay_out(text, columns()))
    }

    /// Prints a list at once: of thousands, each by itself would ask for the width of the terminal and be written alone.
    ///
    /// # Errors
    /// As [`Output::content`].
    pub(crate) fn list<T: Send>(
        &mut self,
        items: Vec<T>,
        line: impl Fn(T) -> String + Sync,
    ) -> io::Result<Pipe> {
        match items.is_empty() {
            true => Ok(Pipe::Open),
            false => put_line(&mut self.content, &lay_out_each(items, columns(), line)),
        }
    }

    /// Prints what a program or a camera reads, or a person copies, as it is: nothing of others' is in it.
    ///
    /// # Errors
    /// As [`Output::content`].
    pub(crate) fn verbatim(&mut self, text: &str) -> io::Result<Pipe> {
        put_line(&mut self.content, &printable(text))
    }

    /// Prints one line of JSON.
    ///
    /// # Errors
    /// As [`Output::content`].
    pub(crate) fn json(&mut self, value: &Value) -> io::Result<Pipe> {
        put_line(&mut self.content, &json_line(value))
    }

    /// Prints a list of such lines at once.
    ///
    /// # Errors
    /// As [`Output::content`].
    pub(crate) fn json_list<T: Send>(
        &mut self,
        items: Vec<T>,
        value: impl Fn(T) -> Value + Sync,
    ) -> io::Result<Pipe> {
        match items.is_empty() {
            true => Ok(Pipe::Open),
            false => put_line(&mut self.content, &json_lines(items, value)),
        }
    }

    /// Says how it goes: progress, questions, errors. Losing these loses nothing that was asked for.
    pub(crate) fn status(&mut self, text: &str) {
        let text = lay_out(text, columns());
        match &mut self.status {
            Status::Direct(stream) => _ = put_line(stream, &text),
            Status::Detached { lines, .. } => _ = lines.try_send(text),
        }
    }

    /// Prints a question's last line and leaves the cursor a space after it.
    pub(crate) fn ask(&mut self, text: &str) {
        if let Status::Direct(stream) = &mut self.status {
            let text = format!("{} ", prompt(text));
            let _ = stream
                .write_all(text.as_bytes())
                .and_then(|()| stream.flush());
        }
    }

    /// From now on nothing waits for whoever reads the status lines.
    pub(crate) fn detach_status(&mut self) {
        let Status::Direct(stream) = &mut self.status else {
            return;
        };
        let mut stream = std::mem::replace(stream, Box::new(io::sink()));
        let (lines, waiting) = sync_channel::<String>(LINES_WAITING_MAX);
        let (ended, done) = sync_channel(1);
        let printer = thread::Builder::new().spawn(move || {
            for line in waiting {
                let _ = put_line(&mut stream, &line);
            }
            let _ = ended.send(());
        });
        self.status = match printer {
            Ok(_) => Status::Detached { lines, done },
            // No room for a thread: better late than never.
            Err(_) => Status::Direct(Box::new(io::stderr())),
        };
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let status = std::mem::replace(&mut self.status, Status::Direct(Box::new(io::sink())));
        if let Status::Detached { lines, done } = status {
            drop(lines);
            // A pipe that nobody reads does not keep the program.
            let _ = done.recv_timeout(LAST_LINES);
        }
    }
}

/// A question whose words are whole at any width.
pub(crate) fn prompt(text: &str) -> String {
    lay_out(text.trim_end(), columns())
}

/// The columns of the terminal at any of our ends, or of whatever a script says. Asked each time: windows change.
fn columns() -> usize {
    if let Some((Width(columns), _)) = terminal_size() {
        return columns.into();
    }
    let said = env::var("COLUMNS").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(COLUMNS)
}

fn put_line(stream: &mut Box<dyn Write + Send>, text: &str) -> io::Result<Pipe> {
    let text = text.trim_end_matches('\n');
    let done = writeln!(stream, "{text}").and_then(|()| stream.flush());
    match done {
        Ok(()) => Ok(Pipe::Open),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Pipe::Closed),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex,
        mpsc::{Sender, channel},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Memory {
        fn bytes(&self) -> Vec<u8> {
            self.0.lock().map(|all| all.clone()).unwrap_or_default()
        }
    }

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Ok(mut all) = self.0.lock() {
                all.extend_from_slice(bytes);
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A pipe that is full until its reader is let go.
    struct Full(Sender<()>, Receiver<()>);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.send(());
            let _ = self.1.recv();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn content_and_status_are_apart_and_a_closed_pipe_is_no_error() {
        let (content, status) = (Memory::default(), Memory::default());
        let mut output = Output::to(Box::new(content.clone()), Box::new(status.clone()));
        assert!(matches!(output.content("fact\u{1b}\n"), Ok(Pipe::Open)));
        output.status("stored");
        assert_eq!(content.bytes(), b"fact\\u{1b}\n");
        assert_eq!(status.bytes(), b"stored\n");
        let mut output = Output::to(Box::new(Closed), Box::new(Closed));
        assert!(matches!(output.content("fact"), Ok(Pipe::Closed)));
        output.status("nobody hears this");
    }

    #[test]
    fn a_full_pipe_for_status_does_not_hold_up_content() {
        let content = Memory::default();
        let (stuck, is_stuck) = channel();
        let (let_go, waits) = channel();
        let full = Full(stuck, waits);
        let mut output = Output::to(Box::new(content.clone()), Box::new(full));
        output.detach_status();
        output.status("nobody reads this");
        assert!(is_stuck.recv().is_ok());
        for _ in 0..LINES_WAITING_MAX * 2 {
            output.status("nor this");
        }
        assert!(matches!(output.content("an alert"), Ok(Pipe::Open)));
        assert_eq!(content.bytes(), b"an alert\n");
        drop(let_go);
    }

    #[test]
    fn what_was_said_last_is_printed_before_the_end() {
        let status = Memory::default();
        let mut output = Output::to(Box::new(Memory::default()), Box::new(status.clone()));
        output.detach_status();
        output.status("stopped");
        drop(output);
        assert_eq!(status.bytes(), b"stopped\n");
    }
}
