//! `bellrope` as it is, but for the work that a passphrase asks for: a suite that makes a thousand devices would do nothing else than hash
//! one passphrase.

use std::process::ExitCode;

use bellrope_client::internals::ease_passphrases;

#[path = "../../client/cli/src/main.rs"]
mod program;

fn main() -> ExitCode {
    ease_passphrases();
    program::main()
}
