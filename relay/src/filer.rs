//! Files what commits left in the journal, beside them. No receipt waits for it.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::store::Store;

/// From here on it is worth it: large filings cost less for each envelope.
const MUCH_BYTES: usize = 4 * 1024 * 1024;

/// What is little waits so long. It is on disk all the time.
const LITTLE: Duration = Duration::from_secs(10);

/// Tells the filer that there is work. It ends, with nothing left to file, when this is dropped.
#[derive(Debug)]
pub struct Nudge(SyncSender<()>);

impl Nudge {
    /// Called after each commit.
    pub fn after_commit(&self, store: &dyn Store) {
        if store.waiting_bytes() >= MUCH_BYTES {
            // One that waits already is enough.
            let _ = self.0.try_send(());
        }
    }
}

/// Starts the filer's thread.
///
/// # Errors
/// The system's, when it has no room for one.
pub fn start(store: Arc<dyn Store>) -> io::Result<(Nudge, JoinHandle<()>)> {
    let (nudge, nudges) = sync_channel(1);
    let thread = thread::Builder::new()
        .name("filer".to_owned())
        .spawn(move || run(store.as_ref(), &nudges))?;
    Ok((Nudge(nudge), thread))
}

fn run(store: &dyn Store, nudges: &Receiver<()>) {
    loop {
        let nudged = nudges.recv_timeout(LITTLE);
        let enough = match nudged {
            Ok(()) => MUCH_BYTES,
            Err(_) => 1,
        };
        while store.waiting_bytes() >= enough {
            if let Err(error) = store.file() {
                // The store takes no more commits then, which everybody who posts is told.
                tracing::error!(%error, "filing failed; restart the relay");
                return;
            }
        }
        if nudged == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}
