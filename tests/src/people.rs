//! One person with a home of their own, running the real client.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, PipeWriter, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use serde_json::Value;

use crate::{terminal::AtTerminal, world::Programs};

/// Nothing that is waited for takes longer; a test that hangs must end and say what it saw.
const PATIENCE: Duration = Duration::from_secs(90);

/// Everybody's.
const PASSPHRASE: &str = "a long enough passphrase";

/// Waits for what no line tells, and says what it was when it does not come.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "it never came: {what}");
        thread::yield_now();
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Person {
    programs: Programs,
    home: PathBuf,
    dir: PathBuf,
    language: &'static str,
    columns: &'static str,
    zone: Option<&'static str>,
    clock: Option<u64>,
}

/// What a program said and how it ended.
#[derive(Clone, Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Content.
    pub out: String,
    /// All else.
    pub err: String,
}

impl Said {
    /// It must have been done.
    #[must_use]
    pub fn done(self) -> Self {
        self.ended(0)
    }

    /// It must have ended like this.
    #[must_use]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.out, self.err
        );
        self
    }

    /// The lines of JSON that it printed.
    #[must_use]
    pub fn json(&self) -> Vec<Value> {
        let lines = self.out.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Person {
    pub(crate) fn new(programs: &Programs, dir: &Path, name: &str, language: &'static str) -> Self {
        let home = dir.join(name);
        let passphrase = dir.join("passphrase");
        fs::write(&passphrase, format!("{PASSPHRASE}\n")).unwrap();
        Self {
            programs: programs.clone(),
            home,
            dir: dir.to_owned(),
            language,
            // Tests look for sentences, wherever these would break.
            columns: "10000",
            zone: None,
            clock: None,
        }
    }

    /// The same person with a terminal so wide.
    #[must_use]
    pub fn at_columns(&self, columns: &'static str) -> Self {
        Self {
            columns,
            ..self.clone()
        }
    }

    /// The same person with a computer set to this zone.
    #[must_use]
    pub fn in_zone(&self, zone: &'static str) -> Self {
        Self {
            zone: Some(zone),
            ..self.clone()
        }
    }

    /// The same person with a computer whose clock stands at this moment, in seconds since 1970.
    #[must_use]
    pub fn at_time(&self, clock: u64) -> Self {
        Self {
            clock: Some(clock),
            ..self.clone()
        }
    }

    /// The same person, speaking another language.
    #[must_use]
    pub fn speaking(&self, language: &'static str) -> Self {
        Self {
            language,
            ..self.clone()
        }
    }

    /// The person's directory.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Bytes of every file in the person's directory.
    #[must_use]
    pub fn disk(&self) -> Vec<u8> {
        crate::world::all_bytes(&self.home)
    }

    /// The same person with another directory: a copy of the device, as a thief has it.
    #[must_use]
    pub fn cloned_to(&self, name: &str) -> Self {
        let home = self.dir.join(name);
        copy(&self.home, &home);
        Self {
            home,
            ..self.clone()
        }
    }

    /// The same person, whose programs are killed where they write a file's byte beyond so many blocks.
    #[must_use]
    pub fn killed_at(&self, blocks: usize) -> Self {
        Self {
            programs: self.programs.killed_at(blocks),
            ..self.clone()
        }
    }

    /// The same person, whose disk takes no byte more.
    #[must_use]
    pub fn on_full_disk(&self) -> Self {
        Self {
            programs: self.programs.on_full_disk(),
            ..self.clone()
        }
    }

    /// The same person, whose disk takes no file beyond so many blocks.
    #[must_use]
    pub fn on_disk_for_files_of(&self, blocks: usize) -> Self {
        Self {
            programs: self.programs.on_disk_for_files_of(blocks),
            ..self.clone()
        }
    }

    /// The same person, whose system has no room for another thread.
    #[must_use]
    pub fn without_threads(&self) -> Self {
        Self {
            programs: self.programs.without_threads(),
            ..self.clone()
        }
    }

    /// The same person, who may read the directory and not write to it, until [`Self::may_write`].
    #[must_use]
    pub fn who_may_only_read(&self) -> Self {
        set_modes(&self.home, 0o500, 0o400);
        Self {
            programs: self.programs.without_rights(),
            ..self.clone()
        }
    }

    /// Lets a person write to the directory again.
    pub fn may_write(&self) {
        set_modes(&self.home, 0o700, 0o600);
    }

    fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = self.programs.client();
        command
            .env("BELLROPE_HOME", &self.home)
            .env("BELLROPE_PASSPHRASE_FILE", self.dir.join("passphrase"))
            .env("HOME", &self.dir)
            .env("COLUMNS", self.columns)
            .envs(self.zone.map(|zone| ("TZ", zone)))
            .envs(
                self.clock
                    .map(|clock| ("BELLROPE_UNDER_TEST_CLOCK", clock.to_string())),
            )
            .current_dir(&self.dir)
            .args(args);
        if !args.iter().any(|arg| arg.as_ref() == "--lang") {
            command.args(["--lang", self.language]);
        }
        command
    }

    /// Runs a command to its end.
    #[must_use]
    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Said {
        self.run_with(args, "")
    }

    /// Runs a command to its end, with this typed.
    #[must_use]
    pub fn run_with<S: AsRef<OsStr>>(&self, args: &[S], typed: &str) -> Said {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may have ended without reading.
        let _ = stdin.write_all(typed.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a command that goes on.
    #[must_use]
    pub fn start<S: AsRef<OsStr>>(&self, args: &[S]) -> Running {
        Running::start(self.command(args))
    }

    /// Runs a command at a terminal that is so wide.
    #[must_use]
    pub fn at_terminal<S: AsRef<OsStr>>(&self, args: &[S], columns: u16) -> AtTerminal {
        self.at_terminal_of(args, columns, "xterm-256color")
    }

    /// Runs a command at a terminal of this kind.
    #[must_use]
    pub fn at_terminal_of<S: AsRef<OsStr>>(
        &self,
        args: &[S],
        columns: u16,
        kind: &str,
    ) -> AtTerminal {
        let mut command = self.command(args);
        command.env("TERM", kind);
        AtTerminal::start(command, columns)
    }

    /// The same, who keeps no file with the passphrase.
    #[must_use]
    pub fn at_terminal_with_passphrase<S: AsRef<OsStr>>(
        &self,
        args: &[S],
        columns: u16,
    ) -> AtTerminal {
        let mut command = self.command(args);
        command.env("TERM", "xterm-256color");
        command.env_remove("BELLROPE_PASSPHRASE_FILE");
        AtTerminal::start(command, columns)
    }

    /// Starts a command that goes on and prints its content into a pipe of somebody else's.
    #[must_use]
    pub fn start_into<S: AsRef<OsStr>>(&self, args: &[S], pipe: PipeWriter) -> Child {
        self.command(args)
            .stdin(Stdio::null())
            .stdout(pipe)
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }
}

/// Every byte of a process's memory that it may write to.
#[cfg(target_os = "linux")]
pub(crate) fn memory_of(process: u32) -> Vec<u8> {
    use std::os::unix::fs::FileExt as _;
    let of = |file: &str| format!("/proc/{process}/{file}");
    let memory = fs::File::open(of("mem")).unwrap();
    let mut bytes = Vec::new();
    for line in fs::read_to_string(of("maps")).unwrap().lines() {
        let (range, rest) = line.split_once(' ').unwrap();
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|at| u64::from_str_radix(at, 16).unwrap());
        if !rest.starts_with("rw") {
            continue;
        }
        let mut region = vec![0; usize::try_from(to - from).unwrap()];
        // It may have been given back since the list was made.
        if memory.read_exact_at(&mut region, from).is_ok() {
            bytes.extend_from_slice(&region);
        }
    }
    bytes
}

fn set_modes(dir: &Path, of_dirs: u32, of_files: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            set_modes(&path, of_dirs, of_files);
        } else {
            fs::set_permissions(&path, fs::Permissions::from_mode(of_files)).unwrap();
        }
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(of_dirs)).unwrap();
}

/// Copies a directory and all below it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A program that goes on. Killed when it is let go.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lines: Receiver<(Instant, String)>,
    seen: Vec<String>,
}

impl Running {
    /// Starts it.
    #[must_use]
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let streams: [Box<dyn BufRead + Send>; 2] =
            [Box::new(BufReader::new(out)), Box::new(BufReader::new(err))];
        for stream in streams {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in stream.lines().map_while(Result::ok) {
                    if sender.send((Instant::now(), line)).is_err() {
                        return;
                    }
                }
            });
        }
        Self {
            child,
            lines,
            seen: Vec::new(),
        }
    }

    /// Its process number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Every byte of its memory that it may write to, as somebody with the machine sees it: Linux alone shows it.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn memory(&self) -> Vec<u8> {
        memory_of(self.child.id())
    }

    /// Waits for a line with this in it; gives it, and when it came.
    pub fn wait_for(&mut self, part: &str) -> (Instant, String) {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok((at, line)) => {
                    self.seen.push(line.clone());
                    if line.contains(part) {
                        return (at, line);
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("no line with {part:?}; seen:\n{}", self.seen.join("\n"));
                }
            }
        }
    }

    /// Waits until this was said so often, before now or after.
    pub fn wait_for_times(&mut self, part: &str, times: usize) {
        while self.seen().matches(part).count() < times {
            self.wait_for(part);
        }
    }

    /// Every line so far.
    #[must_use]
    pub fn seen(&mut self) -> String {
        while let Ok((_, line)) = self.lines.try_recv() {
            self.seen.push(line);
        }
        self.seen.join("\n")
    }

    /// Asks it to stop, as a system does, and waits; gives the exit code and every line.
    #[must_use]
    pub fn stop(self) -> (i32, String) {
        self.signal(Signal::TERM);
        self.end()
    }

    /// Suspends it, as Ctrl-Z does, and waits until none of its threads goes on: the signal alone leaves others time for one
    /// more write.
    pub fn suspend(&self) {
        self.signal(Signal::STOP);
        let stopped = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let status = rustix::process::waitid(WaitId::Pid(self.pid()), stopped).unwrap();
        assert!(status.unwrap().stopped(), "it ended instead");
    }

    /// Hangs up, as a terminal does that is closed.
    pub fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap()
    }

    /// Waits for its own end.
    #[must_use]
    pub fn end(mut self) -> (i32, String) {
        let end = Instant::now() + PATIENCE;
        // Its lines end when it does.
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok((_, line)) => self.seen.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    panic!("it does not end; seen:\n{}", self.seen.join("\n"));
                }
            }
        }
        let status = self.child.wait().unwrap();
        (status.code().unwrap_or(-1), self.seen.join("\n"))
    }

    /// Kills it where it stands.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
