//! One line into the library of this folder.

use std::{alloc::System, env, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed. The library wipes its own secrets; what age, rpassword and the standard library copy them to on the
/// way is nobody else's to wipe: a buffer in front of a sealed file, one behind the keyboard.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    bellrope_cli::run(env::args_os().collect())
}
