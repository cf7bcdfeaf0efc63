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

use tokio::sync::oneshot;

use crate::{
    health::{Health, Work},
    lived_time::LivedTime,
    store::Store,
};

/// From here on it is worth it: large checkpoints cost less for each envelope.
const MUCH_BYTES: usize = 4 * 1024 * 1024;

/// What is little waits so long, and so does what failed. It is on disk all the time.
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

/// The thread.
#[derive(Debug)]
pub(crate) struct CheckpointerThread {
    /// To be waited for.
    pub(crate) thread: JoinHandle<()>,
    /// Has word when it has ended in good order, and is closed without when it panicked.
    pub(crate) ended: oneshot::Receiver<()>,
}

/// Starts the thread.
///
/// # Errors
/// The system's, when it has no room for one.
pub(crate) fn start(
    store: Arc<dyn Store>,
    time: Arc<LivedTime>,
    health: Arc<Health>,
) -> io::Result<(Checkpointer, CheckpointerThread)> {
    let (sender, wishes) = sync_channel(1);
    let (alive, ended) = oneshot::channel();
    let thread = thread::Builder::new()
        .name("checkpointer".to_owned())
        .spawn(move || {
            run(store.as_ref(), &wishes, &time, &health);
            // Nobody may be there to hear it.
            let _ = alive.send(());
        })?;
    Ok((Checkpointer(sender), CheckpointerThread { thread, ended }))
}

fn run(store: &dyn Store, wishes: &Receiver<()>, time: &LivedTime, health: &Health) {
    // First what a start left, as the disk was full then.
    let mut wished = Err(RecvTimeoutError::Timeout);
    loop {
        let enough = match wished {
            Ok(()) => MUCH_BYTES,
            Err(_) => 1,
        };
        while store.uncheckpointed_bytes() >= enough {
            if let Err(error) = store.checkpoint() {
                // What has receipts stays in the journal, and posts go on until that is full.
                tracing::error!(%error, "checkpointing failed; it is tried again every few seconds");
                health.failed(Work::Checkpoints, time.told(), &error);
                break;
            }
            health.done(Work::Checkpoints);
        }
        if wished == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        wished = wishes.recv_timeout(LITTLE);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::Ordering;

    use bellrope_proto::ids::Timestamp;

    use super::*;
    use crate::{clock::Clock, store::failing::Failing};

    #[test]
    fn what_failed_is_tried_again_and_the_host_is_told_meanwhile() {
        let store = Arc::new(Failing::default());
        store.waits.store(MUCH_BYTES, Ordering::SeqCst);
        store.fails.store(true, Ordering::SeqCst);
        let time = LivedTime::start(Clock::of(|| Timestamp(7)), None, None);
        let health = Arc::new(Health::default());
        let shared = Arc::clone(&store) as Arc<dyn Store>;
        let (checkpointer, started) =
            start(Arc::clone(&shared), Arc::new(time), Arc::clone(&health)).unwrap();
        while health.troubles().is_empty() {
            thread::yield_now();
        }
        let told = health.troubles();
        assert!(
            told.iter()
                .all(|told| told.work == Work::Checkpoints && told.since == 7)
        );
        store.fails.store(false, Ordering::SeqCst);
        checkpointer.after_commit(shared.as_ref());
        drop(checkpointer);
        started.thread.join().unwrap();
        assert_eq!(store.uncheckpointed_bytes(), 0);
        assert_eq!(health.troubles(), []);
    }
}
