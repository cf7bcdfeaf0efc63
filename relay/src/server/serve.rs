//! A relay from its parts: the writer, the listener, expiry, the status file. Ends when told to.

use std::{future::Future, io, net::UdpSocket, sync::Arc, time::Duration};

use bellrope_proto::{
    ids::{Day, Timestamp},
    receipt::Restored,
    signing::Signed,
};
use tokio::{
    sync::oneshot,
    time::{MissedTickBehavior, interval},
};

use super::{
    listener,
    shared::{Shared, Timing},
    subscribers::Subscribers,
};
use crate::{
    clock::Clock,
    commit::{
        checkpointer,
        jobs::{Job, JobSender},
        quota::{Quota, Rate},
        writer::Writer,
    },
    config::Config,
    data_dir::DataDir,
    online_keys::OnlineKeys,
    status::Status,
    store::Store,
};

/// Days change once a day; a clock that was wrong at start is caught within the hour.
const EXPIRE_EVERY: Duration = Duration::from_secs(3600);

/// A host who looks sees what is at most this old.
const STATUS_EVERY: Duration = Duration::from_secs(10);

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
    /// What the system says: no thread, no endpoint. That the writer has stopped.
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
        let (checkpointer, checkpoints) = checkpointer::start(Arc::clone(&store))?;
        let followers = Arc::clone(&subscribers);
        let writer = Writer::new(
            Arc::clone(&store),
            keys.log().clone(),
            quota(&config),
            clock.clone(),
            checkpointer,
            Box::new(move |mailbox| followers.wake(mailbox)),
        );
        let (jobs, commits) = writer.start()?;
        let shared = Arc::new(Shared {
            store: Arc::clone(&store),
            keys,
            jobs: jobs.clone(),
            subscribers: Arc::clone(&subscribers),
            clock: clock.clone(),
            timing,
            retention_days: config.retention_days,
            restored,
        });
        let connections_max = usize::try_from(config.connections_max).unwrap_or(usize::MAX);
        let note = |running: bool| {
            if let Some(dir) = dir {
                let online = running.then(|| subscribers.count());
                write_status(dir, store.as_ref(), online, clock.now());
            }
        };
        let mut expire = interval(EXPIRE_EVERY);
        let mut status = interval(STATUS_EVERY);
        expire.set_missed_tick_behavior(MissedTickBehavior::Delay);
        status.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let listening = listener::listen(shared, endpoint, connections_max, stop);
        tokio::pin!(listening);
        let served = loop {
            tokio::select! {
                () = &mut listening => break Ok(()),
                // A panic of the database: a relay that goes on without would look well and take nothing.
                () = jobs.closed() => break Err(io::Error::other(WRITER_STOPPED)),
                _ = expire.tick() => erase(&jobs, config.retention_days, clock.now()).await,
                _ = status.tick() => note(true),
            }
        };
        drop(jobs);
        // The writer ends when the last connection's share of the queue is gone, and what was in it is on
        // disk; the checkpointer after it. What a thread panicked with is in the log already.
        for thread in [commits, checkpoints] {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
        note(false);
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

async fn erase(jobs: &JobSender, retention_days: u32, now: Timestamp) {
    let before = Day(now.day().0.saturating_sub(retention_days));
    let (answer, answered) = oneshot::channel();
    if jobs.send(Job::Expire(before, answer)).await.is_err() {
        return;
    }
    match answered.await {
        Ok(Ok(expired)) if expired.days > 0 => {
            let (days, envelopes) = (expired.days, expired.envelopes);
            tracing::info!(days, envelopes, "expired envelopes were erased");
        }
        Ok(Err(error)) => tracing::error!(%error, "expired envelopes could not be erased"),
        _ => {}
    }
}

/// Writes the status file: a running relay has the store, and says itself how it does.
pub(crate) fn write_status(
    dir: &DataDir,
    store: &dyn Store,
    online: Option<usize>,
    now: Timestamp,
) {
    let status = Status::of(store, dir.path(), online, now);
    let written = serde_json::to_string(&status)
        .map_err(io::Error::other)
        .and_then(|json| dir.note_status(&json));
    if let Err(error) = written {
        tracing::warn!(%error, "the status file could not be written");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::Ordering;

    use super::*;
    use crate::store::failing::Failing;

    #[tokio::test]
    async fn a_relay_whose_writer_has_stopped_ends_and_says_so() {
        let store = Failing::default();
        store.panics.store(true, Ordering::SeqCst);
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
        assert_eq!(served.unwrap_err().to_string(), WRITER_STOPPED);
    }
}
