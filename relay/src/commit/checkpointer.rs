//! Checkpoints what commits left durable and not settled, beside them. No receipt waits for it.

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

/// From here on it is worth it: large checkpoints cost less for each envelope.
const MUCH_BYTES: usize = 4 * 1024 * 1024;

/// What is little waits so long. It is on disk all the time.
const LITTLE: Duration = Duration::from_secs(10);

/// Tells the thread that there is work. It ends, with nothing left to checkpoint, when this is dropped.
#[derive(Debug)]
pub(crate) struct Checkpointer(SyncSender<()>);

impl Checkpointer {
    /// Called after each commit.
    pub(crate) fn after_commit(&self, store: &dyn Store) {
        if store.uncheckpointed_bytes() >= MUCH_BYTES {
            // One that waits already is enough.
            let _ = self.0.try_send(());
        }
    }
}

/// Starts the thread.
///
/// # Errors
/// The system's, when it has no room for one.
pub(crate) fn start(store: Arc<dyn Store>) -> io::Result<(Checkpointer, JoinHandle<()>)> {
    let (sender, wishes) = sync_channel(1);
    let thread = thread::Builder::new()
        .name("checkpointer".to_owned())
        .spawn(move || run(store.as_ref(), &wishes))?;
    Ok((Checkpointer(sender), thread))
}

fn run(store: &dyn Store, wishes: &Receiver<()>) {
    loop {
        let wished = wishes.recv_timeout(LITTLE);
        let enough = match wished {
            Ok(()) => MUCH_BYTES,
            Err(_) => 1,
        };
        while store.uncheckpointed_bytes() >= enough {
            if let Err(error) = store.checkpoint() {
                // The store takes no more commits then, which everybody who posts is told.
                tracing::error!(%error, "checkpointing failed; restart the relay");
                return;
            }
        }
        if wished == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}
