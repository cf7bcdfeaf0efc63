//! One file a story, each to be read from top to bottom; [`run`] is the program.

mod alert;
mod create;
mod desk;
mod export;
mod inbox;
mod invite;
mod join;
mod members;
mod outbox;
mod page;
mod watch;

use std::{env, ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{FromArgMatches as _, error::ErrorKind};

use crate::{
    cli::{self, Cli, Command},
    failure::{DONE, FAILED, Failure, MISUSE},
    screen::Screen,
    words::{Language, Words},
};
use desk::Desk;

/// Runs the command that the arguments say, and tells how it ended: 0 done, 1 failed, 2 misuse,
/// 3 sealed and waiting on this device.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    let asked = cli::language_asked(&args);
    let words = Words::new(Language::choose(asked));
    let mut screen = Screen::default();
    let matches = cli::command(&words).try_get_matches_from(args);
    let cli = match matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, &words, &mut screen),
    };
    let mut desk = Desk {
        dir: directory(cli.home),
        passphrase_file: env::var_os("BELLROPE_PASSPHRASE_FILE").map(PathBuf::from),
        words,
        screen,
    };
    let code = match perform(&mut desk, cli.command) {
        Ok(code) => code,
        Err(failure) => {
            let said = failure.say(&desk.words);
            if !said.is_empty() {
                desk.screen.status(&said);
            }
            failure.code
        }
    };
    ExitCode::from(code)
}

fn refuse(error: &clap::Error, words: &Words, screen: &mut Screen) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match screen.content(&error.to_string()) {
                Ok(_) => ExitCode::from(DONE),
                Err(_) => ExitCode::from(FAILED),
            }
        }
        _ => {
            screen.status(&cli::usage_error(error, words));
            ExitCode::from(MISUSE)
        }
    }
}

fn perform(desk: &mut Desk, command: Command) -> Result<u8, Failure> {
    match command {
        Command::Create(args) => create::create(desk, &args),
        Command::Invite(args) => invite::invite(desk, &args),
        Command::Join(args) => join::join(desk, args),
        Command::Members(args) => members::members(desk, &args),
        Command::Alert(args) => alert::alert(desk, &args),
        Command::Watch(args) => watch::watch(desk, &args),
        Command::Inbox(args) => inbox::inbox(desk, &args),
        Command::Show(args) => inbox::show(desk, &args),
        Command::Outbox(args) => outbox::outbox(desk, &args),
        Command::ExportIdentity(args) => export::identity(desk, &args),
        Command::Completions(args) => export::completions(desk, &args),
        Command::Man(args) => export::man(desk, &args),
    }
}

/// The one named, else the one of `BELLROPE_HOME`, else `.bellrope` in the person's own directory.
fn directory(named: Option<PathBuf>) -> PathBuf {
    named
        .or_else(|| env::var_os("BELLROPE_HOME").map(PathBuf::from))
        .or_else(|| env::home_dir().map(|home| home.join(".bellrope")))
        .unwrap_or_else(|| PathBuf::from(".bellrope"))
}
