//! A relay and what surrounds it, in a directory that goes away with it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    network::Network,
    people::{Person, Running, Said, copy},
};

/// Where the two programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    client: (PathBuf, Vec<String>),
    relay: (PathBuf, Vec<String>),
}

impl Programs {
    /// Two programs.
    #[must_use]
    pub fn two(client: &str, relay: &str) -> Self {
        Self {
            client: (client.into(), Vec::new()),
            relay: (relay.into(), Vec::new()),
        }
    }

    /// One program that is either, by its first argument.
    #[must_use]
    pub fn one(program: &Path) -> Self {
        Self {
            client: (program.to_owned(), vec!["client".to_owned()]),
            relay: (program.to_owned(), vec!["relay".to_owned()]),
        }
    }

    /// The same two, which the system kills where they write a file's byte beyond so many blocks: of 512 bytes, or of
    /// more in some shells.
    #[must_use]
    pub(crate) fn killed_at(&self, blocks: usize) -> Self {
        let limited = |(program, args): &(PathBuf, Vec<String>)| {
            let script = format!("ulimit -c 0; ulimit -f {blocks}; exec \"$@\"");
            let mut all = vec!["-c".to_owned(), script, "sh".to_owned()];
            all.push(program.to_str().unwrap().to_owned());
            all.extend(args.iter().cloned());
            (PathBuf::from("/bin/sh"), all)
        };
        Self {
            client: limited(&self.client),
            relay: limited(&self.relay),
        }
    }

    /// The same two on a disk that takes no byte more: every write to a file fails, and nothing is killed for it.
    #[must_use]
    pub(crate) fn on_full_disk(&self) -> Self {
        self.on_disk_for_files_of(0)
    }

    /// The same two on a disk that takes no file beyond so many blocks: a write beyond them fails, and nothing is killed for it.
    #[must_use]
    pub(crate) fn on_disk_for_files_of(&self, blocks: usize) -> Self {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        self.started_by(&["/bin/sh", "-c", &script, "sh"])
    }

    /// The same two, to whom the modes of files mean something, also where the tests are run by root.
    #[must_use]
    pub(crate) fn without_rights(&self) -> Self {
        if !rustix::process::geteuid().is_root() {
            return self.clone();
        }
        self.started_by(&[
            "setpriv",
            "--bounding-set",
            "-dac_override,-dac_read_search",
        ])
    }

    /// The same two on a system that has no room for a thread besides the one that each begins with: no machine has one of this size.
    #[must_use]
    pub(crate) fn without_threads(&self) -> Self {
        self.started_by(&["env", "RUST_MIN_STACK=281474976710656"])
    }

    fn started_by(&self, starter: &[&str]) -> Self {
        let started = |(program, args): &(PathBuf, Vec<String>)| {
            let mut all = starter.iter().map(ToString::to_string);
            let first = PathBuf::from(all.next().unwrap());
            let program = program.to_str().unwrap().to_owned();
            let rest = all.chain([program]).chain(args.iter().cloned());
            (first, rest.collect())
        };
        Self {
            client: started(&self.client),
            relay: started(&self.relay),
        }
    }

    fn command((program, args): &(PathBuf, Vec<String>)) -> Command {
        let mut command = Command::new(program);
        command.env_clear().args(args);
        command
    }

    pub(crate) fn client(&self) -> Command {
        Self::command(&self.client)
    }

    fn relay(&self) -> Command {
        Self::command(&self.relay)
    }
}

/// See the module.
#[derive(Debug)]
pub struct World {
    dir: TempDir,
    programs: Programs,
    network: Network,
    relay: Option<Running>,
    relay_port: u16,
    address: String,
}

impl World {
    /// A world whose relay runs.
    #[must_use]
    pub fn start(programs: Programs) -> Self {
        let network = Network::lay();
        let mut world = Self {
            dir: tempfile::tempdir().unwrap(),
            programs,
            network,
            relay: None,
            relay_port: 0,
            address: String::new(),
        };
        let said = world.relay_command(&["init", "--host", "127.0.0.1", "--listen", "127.0.0.1:0"]);
        let _ = said.done();
        // Clients are told the port of the network between.
        let file = world.relay_dir().join("relay.toml");
        let port = world.network.port();
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("port = 0", &format!("port = {port}"))).unwrap();
        world.start_relay();
        world
    }

    /// The relay's directory.
    #[must_use]
    pub fn relay_dir(&self) -> PathBuf {
        self.dir.path().join("relay")
    }

    /// The directory of everything.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The network between.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The relay's address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The port at which the relay itself listens, past the network between.
    #[must_use]
    pub fn relay_port(&self) -> u16 {
        self.relay_port
    }

    /// Changes the relay's settings; they count from its next start.
    pub fn set(&self, key: &str, value: &str) {
        let file = self.relay_dir().join("relay.toml");
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().map(|line| {
            if line.starts_with(&format!("{key} =")) {
                format!("{key} = {value}")
            } else {
                line.to_owned()
            }
        });
        fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
    }

    /// Runs one of the relay's commands to its end.
    #[must_use]
    pub fn relay_command(&self, args: &[&str]) -> Said {
        self.relay_command_of(&self.programs, args)
    }

    /// The same, killed where it writes a file's byte beyond so many blocks.
    #[must_use]
    pub fn relay_command_killed_at(&self, blocks: usize, args: &[&str]) -> Said {
        self.relay_command_of(&self.programs.killed_at(blocks), args)
    }

    fn relay_command_of(&self, programs: &Programs, args: &[&str]) -> Said {
        let output = programs
            .relay()
            .arg("--dir")
            .arg(self.relay_dir())
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts the relay and waits until it says that it is ready.
    pub fn start_relay(&mut self) {
        let mut command = self.programs.relay();
        command.arg("--dir").arg(self.relay_dir()).arg("run");
        let mut relay = Running::start(command);
        let (_, listening) = relay.wait_for("listening on");
        let port: u16 = listening.rsplit(':').next().unwrap().parse().unwrap();
        self.network.lead_to(port);
        self.relay_port = port;
        let (_, address) = relay.wait_for("bellrope://");
        self.address = address;
        self.relay = Some(relay);
    }

    /// The running relay.
    #[must_use]
    pub fn relay(&mut self) -> &mut Running {
        self.relay.as_mut().unwrap()
    }

    /// Stops the relay in good order; gives its exit code and log.
    pub fn stop_relay(&mut self) -> (i32, String) {
        self.relay.take().unwrap().stop()
    }

    /// Kills the relay where it stands.
    pub fn kill_relay(&mut self) {
        self.relay.take().unwrap().kill();
    }

    /// Copies the directory of the relay, which must be stopped.
    pub fn back_up(&self, name: &str) {
        copy(&self.relay_dir(), &self.dir.path().join(name));
    }

    /// Puts a copy of before in the place of the directory of the relay, which must be stopped.
    pub fn restore(&self, name: &str) {
        fs::remove_dir_all(self.relay_dir()).unwrap();
        copy(&self.dir.path().join(name), &self.relay_dir());
    }

    /// The running relay's log so far.
    #[must_use]
    pub fn relay_log(&mut self) -> String {
        self.relay.as_mut().unwrap().seen()
    }

    /// A token for one mailbox.
    #[must_use]
    pub fn token(&self) -> String {
        let said = self.relay_command(&["token"]).done();
        said.out.trim().to_owned()
    }

    /// A person with an empty home.
    #[must_use]
    pub fn person(&self, name: &str, language: &'static str) -> Person {
        Person::new(&self.programs, self.dir.path(), name, language)
    }

    /// A coordinator with a new group.
    #[must_use]
    pub fn coordinator(&self, name: &str) -> Person {
        let person = self.person(name, "en");
        let token = self.token();
        let args = [
            "create",
            "--relay",
            &self.address,
            "--token",
            &token,
            "--group",
            "Working group",
            "--name",
            name,
        ];
        let _ = person.run(&args).done();
        person
    }

    /// A code that a coordinator made for somebody.
    #[must_use]
    pub fn invite(&self, coordinator: &Person, name: &str, role: &str) -> String {
        let said = coordinator.run(&["invite", name, "--role", role]).done();
        said.out.lines().next().unwrap().to_owned()
    }

    /// A member, or an observer, who is let in and knows the group.
    #[must_use]
    pub fn reader(
        &self,
        coordinator: &Person,
        name: &str,
        role: &str,
        language: &'static str,
    ) -> Person {
        let person = self.person(name, language);
        let code = self.invite(coordinator, name, role);
        let _ = person.run(&["join", &code]).done();
        let _ = coordinator.run(&["members", "approve", name]).done();
        let _ = person.run(&["watch", "--once"]).done();
        person
    }

    /// A defender who has joined.
    #[must_use]
    pub fn defender(&self, coordinator: &Person, name: &str, language: &'static str) -> Person {
        let person = self.person(name, language);
        let code = self.invite(coordinator, name, "defender");
        let _ = person.run(&["join", &code]).done();
        person
    }

    /// Bytes of everything that the relay has on disk.
    #[must_use]
    pub fn relay_disk(&self) -> Vec<u8> {
        all_bytes(&self.relay_dir())
    }
}

/// The bytes of every file below a directory.
#[must_use]
pub fn all_bytes(dir: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                bytes.extend(fs::read(path).unwrap());
            }
        }
    }
    bytes
}

/// Whether a text is among the bytes, as UTF-8 or UTF-16.
#[must_use]
pub fn contains(bytes: &[u8], text: &str) -> bool {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    has(text.as_bytes()) || has(&wide)
}
