//! The end of a program that is told to forget its device's keys, whatever it waits for. It is what a system's own signal to end
//! does: a question gives its terminal back, a watch stops its engine. What hangs is ended without.

use std::{path::Path, process, thread, time::Duration};

use bellrope_client::{
    Forget, Presence,
    text::{Language, escape},
};

use crate::{command_error::FAILED, language, output::Output};

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);

/// From now on this program ends when somebody locks or erases the device.
pub(crate) fn when_told(dir: &Path, language: Language) {
    // Seen as long as the process lives, also where there is no room for a thread that looks.
    let presence: &'static Presence = Box::leak(Box::new(Presence::enter(dir)));
    let dir = escape(&dir.display().to_string());
    let looks = thread::Builder::new().spawn(move || {
        let why = loop {
            match presence.must_forget() {
                Some(why) => break why,
                None => thread::sleep(LOOK),
            }
        };
        say(why, &dir, language);
        end();
    });
    if let Err(error) = looks {
        tracing::debug!(%error, "this program does not see that the device is locked");
    }
}

/// Nobody need read it.
fn say(why: Forget, dir: &str, language: Language) {
    let id = match why {
        Forget::Locked => "forget-locked",
        Forget::Gone => "forget-gone",
    };
    let said = language::messages(language).say(id, &[("dir", dir.into())]);
    let mut output = Output::default();
    output.detach_status();
    // Below whatever is being typed.
    output.status(&format!("\n{said}"));
}

fn end() -> ! {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, kill_process};
        /// For a program to end by itself.
        const LAST_WORK: Duration = Duration::from_secs(2);
        let _ = kill_process(getpid(), Signal::TERM);
        thread::sleep(LAST_WORK);
    }
    process::exit(i32::from(FAILED))
}
