//! One line into the library.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    bellrope_relay::run(env::args_os().collect())
}
