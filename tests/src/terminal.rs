//! Somebody at a terminal: the real program on a pseudo-terminal of a given size, typed to and read like a screen.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::{ffi::OsStrExt as _, fs::OpenOptionsExt as _, process::CommandExt as _},
    process::{Child, Command},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
    process::{Pid, Signal, WaitOptions, kill_process, waitpid},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, Termios, Winsize, tcgetattr, tcsetwinsize},
};

/// Nothing that is waited for takes longer; a test that hangs must end and say what it saw.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a terminal puts around pasted text when it was asked to.
const PASTE: [&str; 2] = ["\u{1b}[200~", "\u{1b}[201~"];

/// See the module.
#[derive(Debug)]
pub struct AtTerminal {
    child: Child,
    /// The side of the person; `None` when the window was closed.
    master: Option<File>,
    before: Termios,
    seen: Vec<u8>,
    /// What was waited for already.
    read_to: usize,
}

impl AtTerminal {
    /// Starts it.
    #[must_use]
    pub fn start(mut command: Command, columns: u16) -> Self {
        let master =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, size).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open(std::ffi::OsStr::from_bytes(path.to_bytes()))
            .unwrap();
        let before = tcgetattr(&slave).unwrap();
        let child = command
            .process_group(0)
            .stdin(slave.try_clone().unwrap())
            .stdout(slave.try_clone().unwrap())
            .stderr(slave)
            .spawn()
            .unwrap();
        // It has copies of the other side, which would keep the terminal open.
        drop(command);
        Self {
            child,
            master: Some(File::from(master)),
            before,
            seen: Vec::new(),
            read_to: 0,
        }
    }

    fn master(&self) -> &File {
        self.master.as_ref().unwrap()
    }

    /// Types, or sends bytes that nobody types.
    pub fn types(&self, text: impl AsRef<[u8]>) {
        let mut master = self.master();
        // A terminal that is full waits for its program.
        for piece in text.as_ref().chunks(1024) {
            master.write_all(piece).unwrap();
        }
    }

    /// Types a line and ends it, as quickly as that.
    pub fn enters(&self, line: &str) {
        self.types(format!("{line}\r"));
    }

    /// Pastes where the terminal tells what is pasted. Enter is not part of it.
    pub fn pastes(&self, text: &str) {
        let [begins, ends] = PASTE;
        self.types(format!("{begins}{}{ends}", text.replace('\n', "\r")));
    }

    /// Waits until this is on the screen, after what was waited for before; gives what came up to it.
    pub fn sees(&mut self, part: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let fresh = self.seen.split_at(self.read_to).1;
            let mut windows = fresh.windows(part.len());
            if let Some(at) = windows.position(|window| window == part.as_bytes()) {
                let came = fresh.split_at(at + part.len()).0;
                let came = String::from_utf8_lossy(came).into_owned();
                self.read_to += at + part.len();
                return came;
            }
            if !self.read(end) {
                panic!("never seen: {part:?}; on the screen:\n{}", self.screen());
            }
        }
    }

    /// Everything so far.
    #[must_use]
    pub fn screen(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    /// Reads more; tells whether there was any.
    fn read(&mut self, end: Instant) -> bool {
        let left = end.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).unwrap();
        let mut waiting = [PollFd::new(self.master.as_ref().unwrap(), PollFlags::IN)];
        if poll(&mut waiting, Some(&left)).unwrap() == 0 {
            return false;
        }
        let mut bytes = [0; 4096];
        match self.master().read(&mut bytes) {
            // The program has ended, and with it the other side.
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.seen.extend_from_slice(bytes.split_at(count).0);
                true
            }
        }
    }

    /// Whether the terminal is as it was before the program, echo and all.
    #[must_use]
    pub fn is_as_before(&self) -> bool {
        let now = tcgetattr(self.master()).unwrap();
        let brackets = |mode: &str| self.screen().matches(mode).count();
        now.local_modes == self.before.local_modes
            && now.input_modes == self.before.input_modes
            && now.local_modes.contains(LocalModes::ECHO)
            && brackets("\u{1b}[?2004h") == brackets("\u{1b}[?2004l")
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Every byte of its memory: see [`crate::people::Running::memory`].
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn memory(&self) -> Vec<u8> {
        crate::people::memory_of(self.child.id())
    }

    /// Sends a signal from elsewhere.
    pub fn signals(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits until it has suspended itself.
    pub fn is_suspended(&mut self) {
        let (_, status) = waitpid(Some(self.pid()), WaitOptions::UNTRACED)
            .unwrap()
            .unwrap();
        assert!(status.stopped(), "{status:?}: {}", self.screen());
        let soon = Instant::now() + Duration::from_millis(1);
        while self.read(soon) {}
    }

    /// Makes the window narrower or wider.
    pub fn resizes(&self, columns: u16) {
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(self.master(), size).unwrap();
        // The kernel tells the session whose terminal it is; this program is in none.
        self.signals(Signal::WINCH);
    }

    /// Closes the window; waits for the program's end and gives its code.
    #[must_use]
    pub fn closes(mut self) -> i32 {
        self.master = None;
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Waits for its end; gives its code, and leaves the terminal to be looked at.
    pub fn ends(&mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        while self.read(end) {}
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for AtTerminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
