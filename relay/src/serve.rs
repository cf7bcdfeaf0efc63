//! A relay from its parts: the writer, the listener, expiry, the status file. Ends when told to.

use std::{future::Future, io, net::UdpSocket, path::Path, sync::Arc, time::Duration};

use bellrope_proto::{
    ids::{Day, Timestamp},
    signing::{Relay, SecretKey},
};
use tokio::{
    sync::oneshot,
    time::{MissedTickBehavior, interval},
};

use crate::{
    clock::Clock,
    config::Config,
    filer, listener,
    place::Place,
    quota::Quota,
    service::{Service, Timing},
    status::Status,
    store::Store,
    subscribers::Subscribers,
    writer::{Job, Jobs, Writer},
};

/// Days change once a day; a clock that was wrong at start is caught within the hour.
const EXPIRE_EVERY: Duration = Duration::from_secs(3600);

/// A host who looks sees what is at most this old.
const STATUS_EVERY: Duration = Duration::from_secs(10);

const WRITER_STOPPED: &str = "the store broke; nothing that got a receipt is lost. Start the relay again; \
     if it breaks again, run `bellrope-relay check`";

/// What a relay is made of.
#[derive(Debug)]
pub struct Parts {
    /// Settings.
    pub config: Config,
    /// How long it waits for peers.
    pub timing: Timing,
    /// The time.
    pub clock: Clock,
    /// What it signs with.
    pub key: SecretKey<Relay>,
    /// Where it listens.
    pub socket: UdpSocket,
}

/// Serves until `stop` comes. Posts that were taken are answered first.
///
/// # Errors
/// What the system says: no thread, no endpoint. That the writer has stopped.
pub async fn serve(
    parts: Parts,
    store: Arc<dyn Store>,
    place: Option<Place>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let Parts {
        config,
        timing,
        clock,
        key,
        socket,
    } = parts;
    let endpoint = listener::endpoint(&key, socket)?;
    let subscribers = Arc::new(Subscribers::default());
    let retention = u64::from(config.retention_days) * Timestamp::DAY_SECONDS;
    let (filer, filing) = filer::start(Arc::clone(&store))?;
    let writer = Writer {
        store: Arc::clone(&store),
        key: key.clone(),
        quota: Quota::new(config.rate(), retention),
        subscribers: Arc::clone(&subscribers),
        clock: clock.clone(),
        filer,
        lent: None,
    };
    let (jobs, thread) = writer.start()?;
    let service = Arc::new(Service {
        store: Arc::clone(&store),
        key,
        jobs: jobs.clone(),
        subscribers: Arc::clone(&subscribers),
        clock: clock.clone(),
        timing,
        retention_days: config.retention_days,
    });
    let connections_max = usize::try_from(config.connections_max).unwrap_or(usize::MAX);
    let note = |running: bool| {
        if let Some(place) = &place {
            let online = running.then(|| subscribers.count());
            write_status(place, store.as_ref(), online, clock.now());
        }
    };
    let mut expire = interval(EXPIRE_EVERY);
    let mut status = interval(STATUS_EVERY);
    expire.set_missed_tick_behavior(MissedTickBehavior::Delay);
    status.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listening = listener::listen(service, endpoint, connections_max, stop);
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
    // It ends when the last connection's share of the queue is gone, and what was in it is on disk.
    let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    let _ = tokio::task::spawn_blocking(move || filing.join()).await;
    note(false);
    served
}

async fn erase(jobs: &Jobs, retention_days: u32, now: Timestamp) {
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

fn write_status(place: &Place, store: &dyn Store, online: Option<usize>, now: Timestamp) {
    let dir: &Path = place.dir();
    let status = Status::of(store, dir, online, now);
    let written = serde_json::to_string(&status)
        .map_err(io::Error::other)
        .and_then(|json| place.note_status(&json));
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
        let parts = Parts {
            config: Config::new("127.0.0.1").unwrap(),
            timing: Timing::default(),
            clock: Clock::system(),
            key: SecretKey::from_seed(&[3; 32]),
            socket: UdpSocket::bind("127.0.0.1:0").unwrap(),
        };
        // One that goes on fails the test instead of hanging it.
        let stop = tokio::time::sleep(Duration::from_secs(30));
        let served = serve(parts, Arc::new(store), None, stop).await;
        assert_eq!(served.unwrap_err().to_string(), WRITER_STOPPED);
    }
}
