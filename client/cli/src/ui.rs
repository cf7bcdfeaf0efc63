//! What every command has in front of it: the words, the output, the keyboard, the device's directory.

use std::{
    future::Future,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use bellrope_client::{
    Contacts, Device, DeviceError, Engine, EngineError, EngineOptions, LeaseLeft, RecoveryStep,
    is_open_to_others, now, read_limited,
    show::LeaseNotice,
    text::{Arg, Messages, day_text, decode_text, escape},
    unsaid_failures, unsaid_recoveries, unsaid_restore, unsaid_twice,
};
use secrecy::SecretString;
use serde_json::Value;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::{
    asking::{Asking, Shape},
    command_error::{CommandError, FAILED},
    forget,
    output::{self, Output, Pipe},
    paths::shell_word,
};

/// A passphrase file is a line.
const PASSPHRASE_FILE_BYTES_MAX: u64 = 64 * 1024;

/// The engine's work is waiting for the network: this many threads are enough, and none of them is the one that waits
/// for a person.
const THREADS: usize = 2;

/// For what is being written to a disk when a command ends.
const LAST_WORK: Duration = Duration::from_secs(2);

/// Fewer characters than this are guessed, also against the slow hash.
const PASSPHRASE_CHARS_MIN: usize = 10;

/// A typing error or two is nobody's fault.
const TRIES: usize = 3;

/// See the module.
pub(crate) struct Ui {
    /// The words.
    pub(crate) messages: Messages,
    /// Where it prints.
    pub(crate) output: Output,
    /// The keyboard.
    pub(crate) asking: Asking,
    /// The device's directory.
    pub(crate) dir: PathBuf,
    /// The device, once it is unlocked.
    pub(crate) device: Option<Arc<Device>>,
    /// Where scripts keep the passphrase.
    pub(crate) passphrase_file: Option<PathBuf>,
}

impl Ui {
    /// Says how it goes.
    pub(crate) fn status(&mut self, id: &str, args: &[(&str, Arg<'_>)]) {
        let said = self.messages.say(id, args);
        self.output.status(&said);
    }

    /// What people call those whom the roster calls so: of a defender with the name, where this device knows it.
    pub(crate) fn called(&self, in_roster: &[String]) -> Vec<String> {
        let device = self.device.as_ref();
        let contacts = device.map(|device| Contacts::for_showing(device));
        let contacts = contacts.unwrap_or_default();
        let called = in_roster.iter().map(|name| contacts.called(name));
        called.map(|name| escape(&name)).collect()
    }

    /// Says what failed, which ends nothing: it is tried again.
    pub(crate) fn failed(&mut self, error: EngineError) {
        let said = CommandError::from(error).say(&self.messages);
        self.output.status(&said);
    }

    /// Says which of the device's files were damaged, each once.
    pub(crate) fn set_aside(&mut self) {
        let Some(device) = &self.device else { return };
        for name in device.take_set_aside() {
            let what = name.split('/').next().unwrap_or_default().to_owned();
            let file = escape(&self.dir.join(&name).display().to_string());
            let dir = escape(&self.dir.join("damaged").display().to_string());
            let words = [
                ("file", file.into()),
                ("dir", dir.into()),
                ("what", what.into()),
            ];
            self.status("file-set-aside", &words);
        }
    }

    /// Says once, at the end, that the file system has no locks.
    pub(crate) fn without_locks(&mut self) {
        if self
            .device
            .as_ref()
            .is_some_and(|device| device.is_without_locks())
        {
            let dir = escape(&self.dir.display().to_string());
            self.status("home-without-locks", &[("dir", dir.into())]);
        }
    }

    /// Says what a person has to see to before the group's mailbox ends.
    pub(crate) fn lease(&mut self, notice: &LeaseNotice) {
        let id = match (notice.can_renew, notice.left) {
            (true, LeaseLeft::Most | LeaseLeft::Half) => "lease-half",
            (true, LeaseLeft::Quarter) => "lease-quarter",
            (true, LeaseLeft::Last) => "lease-last",
            (true, LeaseLeft::Nothing) => "lease-over",
            (false, LeaseLeft::Nothing) => "lease-over-member",
            (false, _) => "lease-member",
        };
        let words = [
            ("ends", day_text(notice.ends).into()),
            ("days", notice.days.into()),
            ("relay", shell_word(&notice.relay.to_string()).into()),
        ];
        self.status(id, &words);
    }

    /// The same, when it was not said yet.
    pub(crate) fn unsaid_lease(&mut self, device: &Device) {
        match LeaseNotice::unsaid(device, now()) {
            Ok(notice) => notice.iter().for_each(|notice| self.lease(notice)),
            // On a disk that cannot be written to, a list is read all the same.
            Err(error) => {
                tracing::debug!(%error, "what is left of the mailbox's time is not known")
            }
        }
    }

    /// Says that an old copy of the relay was put back, if that is still to be said.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(crate) fn unsaid_restore(&mut self, device: &Device) -> Result<(), CommandError> {
        if let Some(copied) = unsaid_restore(device)? {
            let said = CommandError::with(
                "error-relay-restored",
                vec![("time", self.messages.moment(copied))],
            );
            self.output.status(&said.say(&self.messages));
        }
        Ok(())
    }

    /// Says of whose device comparisons failed three times in a day, as somebody tells the group, if that is still to be said.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(crate) fn unsaid_failures(&mut self, device: &Device) -> Result<(), CommandError> {
        for failed in unsaid_failures(device)? {
            let said = failed.say("watch-comparisons-failed", &self.messages);
            self.output.status(&said);
        }
        Ok(())
    }

    /// Says of whose device two keys came for one week, if that is still to be said.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(crate) fn unsaid_twice(&mut self, device: &Device) -> Result<(), CommandError> {
        for name in unsaid_twice(device)? {
            self.status("watch-two-keys", &[("name", escape(&name).into())]);
        }
        Ok(())
    }

    /// Says who has another recovery key, or came in by one, if that is still to be said.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(crate) fn unsaid_recoveries(&mut self, device: &Device) -> Result<(), CommandError> {
        for news in unsaid_recoveries(device)? {
            let id = match (news.what, news.is_mine) {
                (RecoveryStep::Restored, true) => "watch-restored-mine",
                (RecoveryStep::Restored, false) => "watch-restored",
                (RecoveryStep::Registered, true) => "watch-recovery-mine",
                (RecoveryStep::Registered, false) => "watch-recovery",
                (RecoveryStep::TakenBack, _) => "watch-recovery-none",
            };
            let words = [
                ("name", escape(&news.name).into()),
                ("word", shell_word(&escape(&news.name)).into()),
                ("device", news.device.into()),
                ("at", self.messages.moment(news.at).into()),
            ];
            self.status(id, &words);
        }
        Ok(())
    }

    /// Prints what was asked for.
    ///
    /// # Errors
    /// [`CommandError`] when nobody reads it any more.
    pub(crate) fn content(&mut self, text: &str) -> Result<(), CommandError> {
        printed(self.output.content(text))
    }

    /// Prints a list, each of these as it is put into words.
    ///
    /// # Errors
    /// As [`Self::content`].
    pub(crate) fn list<T: Send>(
        &mut self,
        items: Vec<T>,
        line: impl Fn(T, &Messages) -> String + Sync,
    ) -> Result<(), CommandError> {
        printed(self.output.list(items, |item| line(item, &self.messages)))
    }

    /// Prints what a program or a camera reads, or a person copies, as it is.
    ///
    /// # Errors
    /// As [`Self::content`].
    pub(crate) fn verbatim(&mut self, text: &str) -> Result<(), CommandError> {
        printed(self.output.verbatim(text))
    }

    /// Prints a message of ours as what was asked for.
    ///
    /// # Errors
    /// As [`Self::content`].
    pub(crate) fn print(&mut self, id: &str, args: &[(&str, Arg<'_>)]) -> Result<(), CommandError> {
        let said = self.messages.say(id, args);
        self.content(&said)
    }

    /// Prints one line of JSON.
    ///
    /// # Errors
    /// As [`Self::content`].
    pub(crate) fn json(&mut self, value: Value) -> Result<(), CommandError> {
        printed(self.output.json(&versioned(value)))
    }

    /// Prints a list, a line of JSON for each.
    ///
    /// # Errors
    /// As [`Self::content`].
    pub(crate) fn json_list<T: Send>(
        &mut self,
        items: Vec<T>,
        value: impl Fn(T) -> Value + Sync,
    ) -> Result<(), CommandError> {
        let value = |item| versioned(value(item));
        printed(self.output.json_list(items, value))
    }

    /// Whether somebody sits at the keyboard.
    #[must_use]
    pub(crate) fn is_attended(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// Asks for one line.
    ///
    /// # Errors
    /// [`CommandError`] when nobody answers.
    pub(crate) fn ask(&mut self, id: &str) -> Result<Zeroizing<String>, CommandError> {
        let question = self.messages.plain(id);
        self.answer(Shape::Line, &question, "")
    }

    /// Asks with a prompt of one's own, and with what is there already, to be changed.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(crate) fn answer(
        &mut self,
        shape: Shape,
        prompt: &str,
        start: &str,
    ) -> Result<Zeroizing<String>, CommandError> {
        if shape != Shape::Secret && !self.asking.has_terminal(shape) {
            self.output.ask(prompt);
        }
        let rows = output::prompt(prompt);
        Ok(self.asking.ask(shape, &rows, start, &self.messages)?)
    }

    /// Opens the device. Asks for its passphrase unless a file has it.
    ///
    /// # Errors
    /// [`CommandError`].
    pub(crate) fn unlock(&mut self) -> Result<Arc<Device>, CommandError> {
        // Who has just typed the passphrase does not type it again.
        if let Some(device) = &self.device {
            return Ok(Arc::clone(device));
        }
        let (_, device) = self.opened()?;
        let device = Arc::new(device);
        self.device = Some(Arc::clone(&device));
        Ok(device)
    }

    /// Opens the device by itself, with the passphrase that fits.
    ///
    /// # Errors
    /// [`CommandError`].
    pub(crate) fn opened(&mut self) -> Result<(SecretString, Device), CommandError> {
        if !Device::is_in(&self.dir) {
            return Err(self.no_device());
        }
        // Before anything is typed that would be in vain.
        Device::check(&self.dir)?;
        self.forget_when_told();
        self.warn_of_open_dir();
        if let Some(path) = &self.passphrase_file {
            let passphrase = passphrase_in(path)?;
            let device = Device::unlock(&self.dir, &passphrase)?;
            return Ok((passphrase, device));
        }
        for _ in 1..TRIES {
            let passphrase = self.prompt("ask-passphrase")?;
            match Device::unlock(&self.dir, &passphrase) {
                Err(DeviceError::WrongPassphrase) => self.status("passphrase-again", &[]),
                other => return Ok((passphrase, other?)),
            }
        }
        let passphrase = self.prompt("ask-passphrase")?;
        let device = Device::unlock(&self.dir, &passphrase)?;
        Ok((passphrase, device))
    }

    /// What is said where there is none.
    pub(crate) fn no_device(&self) -> CommandError {
        let dir = self.dir.display().to_string();
        CommandError::with("error-no-device", vec![("dir", dir)])
    }

    /// For a program that has the keys, or is about to.
    pub(crate) fn forget_when_told(&self) {
        forget::when_told(&self.dir, self.messages.language());
    }

    /// A passphrase for a new device, in the file that scripts name or asked for twice.
    ///
    /// # Errors
    /// [`CommandError`].
    pub(crate) fn first_passphrase(&mut self) -> Result<SecretString, CommandError> {
        self.warn_of_open_dir();
        let file = self.passphrase_file.clone();
        self.new_passphrase(file.as_deref())
    }

    /// A passphrase of somebody's choice, in this file or asked for twice.
    ///
    /// # Errors
    /// [`CommandError`].
    pub(crate) fn new_passphrase(
        &mut self,
        file: Option<&Path>,
    ) -> Result<SecretString, CommandError> {
        if let Some(path) = file {
            let passphrase = passphrase_in(path)?;
            long_enough(&passphrase)?;
            return Ok(passphrase);
        }
        let min = ("min", PASSPHRASE_CHARS_MIN.into());
        self.status("passphrase-advice", &[min]);
        for _ in 1..TRIES {
            match self.typed_twice()? {
                Ok(passphrase) => return Ok(passphrase),
                Err(error) => {
                    let said = error.say(&self.messages);
                    self.output.status(&said);
                }
            }
        }
        self.typed_twice()?
    }

    /// One that is too short is not asked for again, and one that was typed in two ways is not taken.
    fn typed_twice(&mut self) -> Result<Result<SecretString, CommandError>, CommandError> {
        use secrecy::ExposeSecret as _;
        let first = self.prompt("ask-new-passphrase")?;
        if let Err(error) = long_enough(&first) {
            return Ok(Err(error));
        }
        let second = self.prompt("ask-passphrase-again")?;
        if first.expose_secret() != second.expose_secret() {
            return Ok(Err(CommandError::new("error-passphrases-differ")));
        }
        Ok(Ok(first))
    }

    /// A directory that somebody else made is theirs to close.
    fn warn_of_open_dir(&mut self) {
        if is_open_to_others(&self.dir) {
            let dir = escape(&self.dir.display().to_string());
            self.status("home-open-to-others", &[("dir", dir.into())]);
        }
    }

    /// Who changed the passphrase has a file that does not fit any more.
    pub(crate) fn passphrase_file_is_old(&mut self) {
        if let Some(path) = &self.passphrase_file {
            let file = escape(&path.display().to_string());
            self.status("passphrase-file-old", &[("file", file.into())]);
        }
    }

    fn prompt(&mut self, id: &str) -> Result<SecretString, CommandError> {
        let question = self.messages.plain(id);
        let secret = self.answer(Shape::Secret, &question, "")?;
        Ok(SecretString::from(secret.as_str()))
    }
}

/// The first line of a file.
fn passphrase_in(path: &Path) -> Result<SecretString, CommandError> {
    let file = || vec![("file", path.display().to_string())];
    let unreadable = |cause: &dyn std::fmt::Display| {
        tracing::debug!(%cause, "the passphrase file");
        CommandError::with("error-passphrase-file", file())
    };
    let bytes = read_limited(path, PASSPHRASE_FILE_BYTES_MAX)
        .map_err(|error| unreadable(&error))?
        .ok_or_else(|| unreadable(&"not there"))?;
    let text = decode_text(&bytes).map_err(|error| unreadable(&error))?;
    // Whatever ends a line where it was written.
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    Ok(SecretString::from(line))
}

fn long_enough(passphrase: &SecretString) -> Result<(), CommandError> {
    use secrecy::ExposeSecret as _;
    if passphrase.expose_secret().chars().count() >= PASSPHRASE_CHARS_MIN {
        return Ok(());
    }
    let min = PASSPHRASE_CHARS_MIN.to_string();
    Err(CommandError::with(
        "error-passphrase-short",
        vec![("min", min)],
    ))
}

/// The threads on which the engine works. Ended without waiting for what is stuck.
pub(crate) struct Background(Option<Runtime>);

impl Background {
    /// Starts them.
    ///
    /// # Errors
    /// The system's, when it has no room for another thread.
    pub(crate) fn start() -> io::Result<Self> {
        look_for_room()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Waits for something on this thread; the engine's tasks go on meanwhile and afterwards.
    pub(crate) fn wait<T>(&self, story: impl Future<Output = T>) -> T {
        let runtime = self.0.as_ref().expect("it is taken away only by the drop");
        runtime.block_on(story)
    }

    /// Ends the program when this comes and the command has not ended by itself soon after: it waits for a pipe that
    /// nobody reads.
    pub(crate) fn end_when(&self, stopped: impl Future<Output = ()> + Send + 'static) {
        let _guard = self.0.as_ref().map(Runtime::enter);
        tokio::spawn(async {
            stopped.await;
            tokio::time::sleep(LAST_WORK * 2).await;
            std::process::exit(i32::from(FAILED));
        });
    }

    /// An engine on these threads.
    pub(crate) fn engine(&self, device: &Arc<Device>, options: EngineOptions) -> Engine {
        self.wait(async { Engine::start(Arc::clone(device), options) })
    }
}

/// Whether there is room for the runtime's threads, and for one that may block, at one time: one that finds none ends the program.
fn look_for_room() -> io::Result<()> {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock();
    let mut begun = Vec::new();
    for _ in 0..=THREADS {
        let gate = Arc::clone(&gate);
        begun.push(thread::Builder::new().spawn(move || drop(gate.lock()))?);
    }
    drop(closed);
    for thread in begun {
        // It has nothing to panic over.
        let _ = thread.join();
    }
    Ok(())
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_timeout(LAST_WORK);
        }
    }
}

/// Which table of the README an object is by. A key that is added changes nothing; one that is taken away, or comes to mean something
/// else, makes the next version.
const JSON_VERSION: u8 = 1;

fn versioned(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.insert("v".to_owned(), JSON_VERSION.into());
    }
    value
}

fn printed(result: io::Result<Pipe>) -> Result<(), CommandError> {
    match result? {
        Pipe::Open => Ok(()),
        Pipe::Closed => Err(CommandError::reader_gone()),
    }
}
