//! A relay from its parts: the writer, the checkpointer, the listener, and what goes on beside. Ends when told to.

use std::{future::Future, io, net::UdpSocket, sync::Arc};

use bellrope_proto::{ids::Timestamp, receipt::Restored, signing::Signed};
use tokio::sync::Notify;

use super::{
    housekeeping::Housekeeping,
    listener,
    shared::{Shared, Timing},
    subscribers::Subscribers,
};
use crate::{
    clock::Clock,
    commit::{
        checkpointer,
        quota::{Quota, Rate},
        writer::Writer,
    },
    config::Config,
    data_dir::DataDir,
    health::Health,
    lived_time::LivedTime,
    online_keys::OnlineKeys,
    store::Store,
};

const CHECKPOINTER_STOPPED: &str = "the thread that checkpoints broke; nothing that got a receipt is lost. Start the \
     relay again; if it breaks again, run `bellrope-relay check`";

const WRITER_STOPPED: &str = "the store broke; nothing that got a receipt is lost. Start the relay again; \
     if it breaks again, run `bellrope-relay check`";

/// A relay that can be started.
#[derive(Debug)]
pub struct Server {
    /// Settings.
    pub config: Config,
    /// How long it waits for peers.
    pub timing: Timing,
    /// The time.
    pub clock: Clock,
    /// What it signs with.
    pub keys: OnlineKeys,
    /// Where it listens.
    pub socket: UdpSocket,
    /// What its host says of an old copy that was put back.
    pub restored: Option<Signed<Restored>>,
}

impl Server {
    /// Serves until `stop` comes. Posts that were taken are stored first; those that are not answered by then are asked for
    /// again by their senders.
    ///
    /// # Errors
    /// What the system says: no thread, no endpoint. That a thread has stopped which should not.
    pub async fn serve(
        self,
        store: Arc<dyn Store>,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        self.serve_with_status(store, None, stop).await
    }

    /// The same, with a directory where it says how it does.
    pub(crate) async fn serve_with_status(
        self,
        store: Arc<dyn Store>,
        dir: Option<&DataDir>,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let Self {
            config,
            timing,
            clock,
            keys,
            socket,
            restored,
        } = self;
        let endpoint = listener::endpoint(&keys, socket)?;
        let subscribers = Arc::new(Subscribers::default());
        let first_open = store.first_open_day();
        let time = Arc::new(match dir {
            Some(dir) => LivedTime::open(dir.path(), clock, first_open),
            None => LivedTime::start(clock, None, first_open),
        });
        let health = Arc::new(Health::default());
        let (checkpointer, checkpoints) =
            checkpointer::start(Arc::clone(&store), Arc::clone(&time), Arc::clone(&health))?;
        let followers = Arc::clone(&subscribers);
        let writer = Writer::new(
            Arc::clone(&store),
            keys.log().clone(),
            quota(&config),
            (Arc::clone(&time), Arc::clone(&health)),
            checkpointer,
            Box::new(move |news| followers.tell(news)),
        );
        let (jobs, commits) = writer.start()?;
        let shared = Arc::new(Shared {
            store: Arc::clone(&store),
            keys,
            jobs: jobs.clone(),
            subscribers: Arc::clone(&subscribers),
            time: Arc::clone(&time),
            health: Arc::clone(&health),
            timing,
            retention_days: config.retention_days,
            restored,
        });
        let connections_max = usize::try_from(config.connections_max).unwrap_or(usize::MAX);
        let keeping = Housekeeping {
            store,
            dir,
            jobs,
            time,
            health,
            subscribers,
            retention_days: config.retention_days,
            erase_now: Notify::new(),
        };
        // Before the first erasure looks at the time.
        keeping.look_at_the_clock(0);
        let mut listening = Box::pin(listener::listen(shared, endpoint, connections_max, stop));
        let served = tokio::select! {
            () = &mut listening => Ok(()),
            // A panic of the database: a relay that goes on without would look well and take nothing.
            () = keeping.jobs.closed() => Err(io::Error::other(WRITER_STOPPED)),
            Err(_) = checkpoints.ended => Err(io::Error::other(CHECKPOINTER_STOPPED)),
            // Beside the listener, not before it: an erasure may take long.
            () = keeping.erase_for_ever() => Ok(()),
            () = keeping.look_for_ever() => Ok(()),
        };
        // With the connections, if it has not ended by itself: each has a share of the queue.
        drop(listening);
        let words = keeping.words();
        drop(keeping);
        // The writer ends when the last connection's share of the queue is gone, and what was in it is on
        // disk; the checkpointer after it. What a thread panicked with is in the log already.
        for thread in [commits, checkpoints.thread] {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
        words.end();
        served
    }
}

fn quota(config: &Config) -> Quota {
    let rate = Rate {
        per_minute: config.posts_per_minute,
        burst: config.posts_at_once,
    };
    let retention_days = u64::from(config.retention_days);
    Quota::new(rate, retention_days * Timestamp::DAY_SECONDS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{sync::atomic::Ordering, time::Duration};

    use super::*;
    use crate::store::failing::Failing;

    #[tokio::test]
    async fn a_relay_of_which_a_thread_has_stopped_ends_and_says_so() {
        let store = Failing::default();
        store.panics.store(true, Ordering::SeqCst);
        assert_eq!(ended_by(store).await, WRITER_STOPPED);
        let store = Failing::default();
        store.checkpoint_panics.store(true, Ordering::SeqCst);
        assert_eq!(ended_by(store).await, CHECKPOINTER_STOPPED);
    }

    async fn ended_by(store: Failing) -> String {
        let server = Server {
            config: Config::new("127.0.0.1").unwrap(),
            timing: Timing::default(),
            clock: Clock::system(),
            keys: OnlineKeys::of_seeds(&[3; 32], &[4; 32]),
            socket: UdpSocket::bind("127.0.0.1:0").unwrap(),
            restored: None,
        };
        // One that goes on fails the test instead of hanging it.
        let stop = tokio::time::sleep(Duration::from_secs(30));
        let served = server.serve(Arc::new(store), stop).await;
        served.unwrap_err().to_string()
    }
}
