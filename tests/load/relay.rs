//! A relay's process under load: started, looked at from outside, killed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use bellrope_proto::{address::RelayAddress, grant::HostToken, signing::Signed, token};
use bellrope_tests::people::Running;
use tempfile::TempDir;

/// Clock ticks a second in `/proc`: fixed on Linux.
const TICKS: f64 = 100.0;

/// A process that is looked at.
pub(crate) struct Watched {
    running: Running,
}

impl Watched {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(args);
        Self {
            running: Running::start(command),
        }
    }

    pub(crate) fn wait_for(&mut self, part: &str) -> (Instant, String) {
        self.running.wait_for(part)
    }

    fn proc(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.running.id())).unwrap()
    }

    /// Processor time so far.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        // The name, in brackets, may have blanks; user and system time are the 12th and 13th after it.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split(' ').collect();
        let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
        Duration::from_secs_f64((ticks(12) + ticks(13)) / TICKS)
    }

    /// KiB of memory that is its own.
    pub(crate) fn memory_kib(&self) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("RssAnon"));
        line.unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap()
    }

    pub(crate) fn kill(self) {
        self.running.kill();
    }
}

/// A relay in a directory that goes away with it.
pub(crate) struct Relay {
    dir: TempDir,
    pub(crate) process: Option<Watched>,
    pub(crate) address: RelayAddress,
}

impl Relay {
    /// With room for what a load run sends, and otherwise as `init` makes it.
    pub(crate) fn start() -> Self {
        Self::with(&[
            "connections_max = 20000",
            "posts_per_minute = 1000000",
            "posts_at_once = 1000000",
        ])
    }

    /// As `init` makes it.
    pub(crate) fn with_usual_limits() -> Self {
        Self::with(&[])
    }

    fn with(limits: &[&'static str]) -> Self {
        // Beside the build, which is on a disk: a temporary directory may be memory.
        let beside = env::current_exe().unwrap();
        let dir = TempDir::with_prefix_in("load-", beside.parent().unwrap()).unwrap();
        let init = ["init", "--host", "127.0.0.1", "--listen", "127.0.0.1:0"];
        let _ = command(dir.path(), &init);
        let file = dir.path().join("relay.toml");
        let settings = fs::read_to_string(&file).unwrap();
        let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        let ours = [limits, &["log = \"warn\""]].concat();
        let settings = settings.lines().map(|line| {
            let mut set = ours.iter().filter(|set| name(set) == name(line));
            set.next().map_or(line, |set| *set)
        });
        fs::write(&file, settings.collect::<Vec<_>>().join("\n")).unwrap();
        let (process, address, _) = run(dir.path());
        Self {
            dir,
            process: Some(process),
            address,
        }
    }

    pub(crate) fn process(&self) -> &Watched {
        self.process.as_ref().unwrap()
    }

    /// Kills it and starts it again; gives the time until it listens.
    pub(crate) fn restart(&mut self) -> Duration {
        self.process.take().unwrap().kill();
        let (process, address, took) = run(self.dir.path());
        self.process = Some(process);
        self.address = address;
        took
    }

    pub(crate) fn token(&self) -> Signed<HostToken> {
        let said = command(self.dir.path(), &["token", "--quota-mib", "1048576"]);
        token::parse(said.trim()).unwrap()
    }

    /// Bytes on disk of the store.
    pub(crate) fn disk_bytes(&self) -> u64 {
        disk_bytes(self.dir.path())
    }
}

fn command(dir: &Path, args: &[&str]) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .arg("relay")
        .arg("--dir")
        .arg(dir)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn run(dir: &Path) -> (Watched, RelayAddress, Duration) {
    let began = Instant::now();
    let mut process = Watched::start(&["relay", "--dir", dir.to_str().unwrap(), "run"]);
    let (ready, line) = process.wait_for("bellrope://");
    let at = line.find("bellrope://").unwrap();
    (process, line[at..].trim().parse().unwrap(), ready - began)
}

/// Bytes on disk of everything below a directory.
pub(crate) fn disk_bytes(dir: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let mut bytes = 0;
    let mut dirs: Vec<PathBuf> = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                dirs.push(entry.path());
            } else {
                bytes += metadata.blocks() * 512;
            }
        }
    }
    bytes
}
