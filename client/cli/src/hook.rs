//! The program of `watch --exec`: started for what should wake somebody. It gets one word, the kind of the message, and nothing that
//! anybody wrote: what is in a program's arguments or environment, everybody on the machine may see, and a shell may run.

use std::{
    env, io,
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The variable that has the kind.
const KIND: &str = "BELLROPE_KIND";

/// What is ours in the environment: where the device and its passphrase are is nothing for others.
const OURS: &str = "BELLROPE_";

/// Programs that may run at once. One that hangs does not keep the next from being started, and a hundred that hang do not
/// take the machine.
const RUNNING_MAX: usize = 16;

/// Starts the program, and hears how it ended.
#[derive(Debug)]
pub(crate) struct Hook {
    program: PathBuf,
    running: Arc<AtomicUsize>,
    failed: UnboundedSender<HookFailure>,
}

/// Why a program did not do what it is there for.
#[derive(Debug)]
pub(crate) enum HookFailure {
    /// It could not be started.
    NotStarted(io::Error),
    /// It ended and says that it failed.
    Failed(ExitStatus),
    /// Too many run still.
    TooMany,
}

impl Hook {
    pub(crate) fn new(program: PathBuf) -> (Self, UnboundedReceiver<HookFailure>) {
        let (failed, failures) = unbounded_channel();
        let running = Arc::default();
        let hook = Self {
            program,
            running,
            failed,
        };
        (hook, failures)
    }

    /// Starts it, and waits for nothing: a thread of its own does, so that it leaves nothing behind.
    pub(crate) fn start(&self, kind: &str) {
        if self.running.fetch_add(1, Ordering::SeqCst) >= RUNNING_MAX {
            self.running.fetch_sub(1, Ordering::SeqCst);
            let _ = self.failed.send(HookFailure::TooMany);
            return;
        }
        let mut command = Command::new(&self.program);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // The rest stays: a program that makes a sound or shows a notice has to know of what desk.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with(OURS) {
                command.env_remove(name);
            }
        }
        command.env(KIND, kind);
        let (failed, running) = (self.failed.clone(), Arc::clone(&self.running));
        let started = thread::Builder::new().spawn(move || {
            let failure = match command.status() {
                Ok(status) if status.success() => None,
                Ok(status) => Some(HookFailure::Failed(status)),
                Err(error) => Some(HookFailure::NotStarted(error)),
            };
            running.fetch_sub(1, Ordering::SeqCst);
            // Whoever heard may have gone.
            let _ = failure.map(|failure| failed.send(failure));
        });
        if let Err(error) = started {
            self.running.fetch_sub(1, Ordering::SeqCst);
            let _ = self.failed.send(HookFailure::NotStarted(error));
        }
    }
}
