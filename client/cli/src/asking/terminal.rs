//! The terminal while somebody is asked: byte by byte, without the system's own echo, with brackets around what is pasted.
//! However it is left, it is left as it was found. What only Unix has is in this file.
//!
//! Between the letters of an answer the system would act on Ctrl-C and Ctrl-Z by itself, and leave the terminal as it is:
//! they are read as keys instead, and signals from elsewhere as a reason to stop.

use std::{
    env,
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::{self, IsTerminal as _, Read as _, Write as _},
    os::unix::{ffi::OsStrExt as _, fs::OpenOptionsExt as _, net::UnixStream},
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
    process::{Signal, kill_current_process_group},
    termios::{
        InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr,
        tcgetwinsize, tcsetattr, ttyname,
    },
};
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGWINCH},
    flag, low_level,
};

use super::draw::Screen;

const BRACKETS_ON: &str = "\u{1b}[?2004h";
const BRACKETS_OFF: &str = "\u{1b}[?2004l";

/// What a terminal hands over at once.
const READ_BYTES: usize = 64 * 1024;

/// Where the system does not say how large the terminal is.
const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

/// See the module.
pub(super) struct Terminal {
    tty: File,
    before: Termios,
    moves: bool,
    /// Off where whoever runs the terminal shows what is typed: an editor with a window for programs does.
    echoes: bool,
}

/// What waiting for the keyboard brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    Bytes,
    /// Nothing within the time.
    Quiet,
    /// The size or the mode may have changed.
    Changed,
    /// Somebody ended the program, or the terminal has gone.
    Ended,
}

impl Terminal {
    /// The terminal that is the standard input, or the one of this session where a secret is asked for; `None` when there
    /// is none that can be read byte by byte.
    pub(super) fn open(for_secret: bool) -> Option<Self> {
        let stdin = io::stdin();
        let path = if stdin.is_terminal() {
            ttyname(&stdin, Vec::new()).ok()
        } else if for_secret {
            Some(c"/dev/tty".to_owned())
        } else {
            None
        }?;
        let tty = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open(Path::new(OsStr::from_bytes(path.to_bytes())))
            .ok()?;
        let before = tcgetattr(&tty).ok()?;
        // One that says nothing of itself is not sent commands.
        let moves = env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
        let echoes = before.local_modes.contains(LocalModes::ECHO);
        signals();
        let terminal = Self {
            tty,
            before,
            moves,
            echoes,
        };
        terminal.enter().ok()?;
        Some(terminal)
    }

    /// Whether what is typed is to be shown.
    pub(super) fn echoes(&self) -> bool {
        self.echoes
    }

    pub(super) fn screen(&self) -> Screen {
        let size = tcgetwinsize(&self.tty);
        let (columns, rows) = size.map_or((COLUMNS, ROWS), |size| (size.ws_col, size.ws_row));
        let or = |value: u16, other| usize::from(if value == 0 { other } else { value });
        Screen {
            columns: or(columns, COLUMNS).max(4),
            rows: or(rows, ROWS),
            moves: self.moves,
        }
    }

    /// Prints. A terminal that takes nothing is noticed when it is read.
    pub(super) fn print(&mut self, text: &str) {
        let _ = self.tty.write_all(text.as_bytes());
    }

    /// Waits for the keyboard; without a limit of time, for ever.
    pub(super) fn wait(&mut self, limit: Option<Duration>) -> io::Result<Came> {
        let signals = signals();
        if signals.ended.load(Ordering::SeqCst) {
            return Ok(Came::Ended);
        }
        let limit = limit.map(|limit| Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(limit.subsec_nanos()),
        });
        let mut waiting = vec![PollFd::new(&self.tty, PollFlags::IN)];
        waiting.extend(
            signals
                .woken
                .as_ref()
                .map(|woken| PollFd::new(woken, PollFlags::IN)),
        );
        match poll(&mut waiting, limit.as_ref()) {
            Ok(0) => return Ok(Came::Quiet),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut came = waiting.iter().map(|one| !one.revents().is_empty());
        let (tty, _) = (came.next().unwrap_or_default(), came.next());
        if signals.drain() {
            return Ok(if signals.ended.load(Ordering::SeqCst) {
                Came::Ended
            } else {
                Came::Changed
            });
        }
        Ok(if tty { Came::Bytes } else { Came::Changed })
    }

    /// Reads what is there; nothing when the terminal has gone.
    pub(super) fn read(&mut self, into: &mut Vec<u8>) -> io::Result<()> {
        into.resize(READ_BYTES, 0);
        let count = match self.tty.read(into) {
            Ok(count) => count,
            // EIO: the other side of the terminal was closed.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => 0,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return self.read(into),
            Err(error) => return Err(error),
        };
        into.truncate(count);
        Ok(())
    }

    /// As it was found.
    pub(super) fn leave(&mut self) {
        signals().idle.store(true, Ordering::SeqCst);
        if self.moves {
            self.print(BRACKETS_OFF);
        }
        // Not TCSAFLUSH: what was typed meanwhile is the shell's.
        let _ = tcsetattr(&self.tty, OptionalActions::Drain, &self.before);
    }

    /// As it is needed; also after whoever had it meanwhile.
    pub(super) fn enter(&self) -> io::Result<()> {
        let mut mode = self.before.clone();
        mode.local_modes -=
            LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG | LocalModes::IEXTEN;
        mode.input_modes -= InputModes::ICRNL
            | InputModes::INLCR
            | InputModes::IGNCR
            | InputModes::IXON
            | InputModes::ISTRIP;
        mode.special_codes[SpecialCodeIndex::VMIN] = 1;
        mode.special_codes[SpecialCodeIndex::VTIME] = 0;
        signals().idle.store(false, Ordering::SeqCst);
        tcsetattr(&self.tty, OptionalActions::Drain, &mode)?;
        if self.moves {
            let _ = (&self.tty).write_all(BRACKETS_ON.as_bytes());
        }
        Ok(())
    }

    /// After somebody stopped the program from elsewhere, and had the terminal meanwhile.
    pub(super) fn enter_again(&self) -> io::Result<()> {
        let is_ours = !tcgetattr(&self.tty)?
            .local_modes
            .contains(LocalModes::ICANON);
        if is_ours { Ok(()) } else { self.enter() }
    }

    /// Ctrl-Z: gives the terminal back until the program is called again.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        self.leave();
        kill_current_process_group(Signal::TSTP)?;
        // From here it was called again.
        self.before = tcgetattr(&self.tty)?;
        self.enter()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
    }
}

/// What came from outside. Once for the program, as what a signal does can be changed and not be put back.
struct Signals {
    /// Nobody is being asked: the program ends as if it had never looked at its signals.
    idle: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
    woken: Option<UnixStream>,
}

impl Signals {
    fn drain(&self) -> bool {
        let mut bytes = [0; 64];
        self.woken
            .as_ref()
            .is_some_and(|mut woken| woken.read(&mut bytes).is_ok_and(|count| count > 0))
    }
}

static SIGNALS: OnceLock<Signals> = OnceLock::new();

fn signals() -> &'static Signals {
    SIGNALS.get_or_init(|| {
        let idle = Arc::new(AtomicBool::new(true));
        let ended = Arc::new(AtomicBool::new(false));
        let woken = listen(&idle, &ended)
            .inspect_err(|error| tracing::debug!(%error, "no signal is listened to"))
            .ok();
        Signals { idle, ended, woken }
    })
}

fn listen(idle: &Arc<AtomicBool>, ended: &Arc<AtomicBool>) -> io::Result<UnixStream> {
    let (reads, writes) = UnixStream::pair()?;
    reads.set_nonblocking(true)?;
    for signal in [SIGTERM, SIGHUP, SIGINT] {
        flag::register_conditional_default(signal, Arc::clone(idle))?;
        flag::register(signal, Arc::clone(ended))?;
        low_level::pipe::register(signal, writes.try_clone()?)?;
    }
    for signal in [SIGWINCH, SIGCONT] {
        low_level::pipe::register(signal, writes.try_clone()?)?;
    }
    Ok(reads)
}

/// From now on signals are the business of whoever else listens to them.
pub(super) fn leave_signals() {
    if let Some(signals) = SIGNALS.get() {
        signals.idle.store(false, Ordering::SeqCst);
    }
}
