//! What the program does, for whoever looks for a fault: off unless it is asked for. No names, no addresses, nothing that
//! was typed.

use std::io;

use tracing_subscriber::{
    Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// Starts the log on stderr, if it is asked for.
pub(crate) fn start(wanted: bool) {
    if !wanted {
        return;
    }
    // Only our own words: a library's could have an address in them.
    let ours = Targets::new()
        .with_target("bellrope_client", tracing::Level::DEBUG)
        .with_target("bellrope_cli", tracing::Level::DEBUG);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(io::stderr)
        .with_filter(ours);
    // A second start in one process keeps the first one's log.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}
