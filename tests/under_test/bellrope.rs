//! `bellrope` as it is, but for the work that a passphrase asks for: a suite that makes a thousand devices would do nothing else than hash
//! one passphrase. And its clock can be set, as nobody waits for days.

use std::{env, process::ExitCode};

use bellrope_client::internals::{ease_passphrases, set_clock};
use bellrope_proto::ids::Timestamp;

#[path = "../../client/cli/src/main.rs"]
mod program;

fn main() -> ExitCode {
    ease_passphrases();
    let set = env::var("BELLROPE_UNDER_TEST_CLOCK").ok();
    if let Some(set) = set.and_then(|set| set.parse().ok()) {
        set_clock(Timestamp(set));
    }
    program::main()
}
