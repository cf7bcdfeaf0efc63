//! One line into the library of this folder.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    bellrope_cli::run(env::args_os().collect())
}
