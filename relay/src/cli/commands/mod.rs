//! What each command does, from top to bottom: each has a file.

mod address;
mod check;
mod clock;
mod error;
mod init;
mod keys;
mod restored;
mod run;
mod status;
mod token;

use std::{
    env,
    ffi::OsString,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use bellrope_proto::paths;
use clap::{Parser as _, error::ErrorKind};

use self::error::CommandError;
use super::{Cli, Command};
use crate::data_dir::DataDir;

/// Done; of `status`, that the relay runs and is well.
const DONE: u8 = 0;
/// Failed; of `status`, that the relay is not well, or that nothing can be said.
const FAILED: u8 = 1;
/// Misuse.
const MISUSE: u8 = 2;
/// Of `status`: no relay runs. As service managers have it.
const NOT_RUNNING: u8 = 3;

/// Runs the command that the arguments say, and tells how it ended.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is no error here.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(MISUSE),
            };
        }
    };
    let code = match perform(cli) {
        Ok(code) => code,
        Err(CommandError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => DONE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bellrope-relay: {error}");
            match error {
                CommandError::NeverRan(_) | CommandError::NoLastStatus(_) => NOT_RUNNING,
                _ => FAILED,
            }
        }
    };
    ExitCode::from(code)
}

/// The directory that is meant. One that is there as it is written is that; else `~` is the home, as no shell makes it that behind
/// `--dir=` or in a unit's settings, and quotes are none of its name.
fn meant(given: PathBuf, home: Option<&Path>) -> PathBuf {
    match given.to_str() {
        Some(text) if !given.exists() => paths::meant(text, home),
        _ => given,
    }
}

fn perform(cli: Cli) -> Result<u8, CommandError> {
    let given = cli
        .dir
        .or_else(|| env::var_os("BELLROPE_RELAY_DIR").map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("bellrope-relay"));
    let dir = meant(given, env::home_dir().as_deref());
    let dir = DataDir::new(&dir);
    match cli.command {
        Command::Status(args) => return status::show_status(&dir, &args),
        Command::Init(args) => init::init(&dir, &args),
        Command::Run => run::run_relay(&dir),
        Command::Address => address::show_address(&dir),
        Command::Token(args) => token::make_token(&dir, &args),
        Command::Check => check::check(&dir),
        Command::RotateKeys => keys::rotate_keys(&dir),
        Command::Restored => restored::note_restored(&dir),
        Command::ConfirmClock => clock::confirm_clock(&dir),
    }?;
    Ok(DONE)
}

fn write_out(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

fn print(text: &str) -> Result<(), CommandError> {
    write_out(text).map_err(CommandError::Output)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_directory_is_the_one_that_is_meant_and_one_that_is_there_is_itself() {
        let home = tempfile::tempdir().unwrap();
        let meant = |given: &str| meant(PathBuf::from(given), Some(home.path()));
        assert_eq!(meant("~/relay"), home.path().join("relay"));
        assert_eq!(meant("'/srv/my relay'"), Path::new("/srv/my relay"));
        assert_eq!(meant("bellrope-relay"), Path::new("bellrope-relay"));
        let odd = home.path().join("'odd' ~");
        std::fs::create_dir(&odd).unwrap();
        assert_eq!(meant(odd.to_str().unwrap()), odd);
    }
}
