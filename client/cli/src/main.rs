//! The process: its memory, and nothing else of its own.

use std::{alloc::System, env, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed. The library wipes its own secrets; what age and the standard library copy them to on the
/// way is nobody else's to wipe: a buffer in front of a sealed file, one behind the keyboard.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Visible for the tests' own program, which is this one.
pub(crate) fn main() -> ExitCode {
    // A crash would write what is in memory to a disk. Where it cannot be refused, it is as before.
    #[cfg(unix)]
    let _ = rustix::process::setrlimit(
        rustix::process::Resource::Core,
        rustix::process::Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    );
    bellrope_cli::run(env::args_os().collect())
}
