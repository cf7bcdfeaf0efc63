//! What goes on beside the listener for as long as a relay runs: erasure, a look at the clock, the status file.

use std::{io, sync::Arc, time::Duration};

use bellrope_proto::ids::{Day, Timestamp};
use tokio::{
    sync::{Notify, oneshot},
    task::{JoinHandle, spawn_blocking},
    time::{Interval, MissedTickBehavior, interval},
};

use super::subscribers::Subscribers;
use crate::{
    commit::jobs::{Job, JobSender},
    data_dir::DataDir,
    health::{Health, Work},
    lived_time::{LivedTime, NOTICED_SECONDS, span},
    status::{Now, Status},
    store::Store,
};

/// Days change once a day.
const EXPIRE_EVERY: Duration = Duration::from_secs(3600);

/// A host who looks sees what is at most this old.
const STATUS_EVERY: Duration = Duration::from_secs(10);

/// How far time has come is noted so often: so much longer an envelope stays after a loss of power.
const NOTE_TIME_EVERY: Duration = Duration::from_secs(60);

/// See the module.
pub(super) struct Housekeeping<'a> {
    pub(super) store: Arc<dyn Store>,
    pub(super) dir: Option<&'a DataDir>,
    pub(super) jobs: JobSender,
    pub(super) time: Arc<LivedTime>,
    pub(super) health: Arc<Health>,
    pub(super) subscribers: Arc<Subscribers>,
    pub(super) retention_days: u32,
    /// The host has said that the clock is right: what it ends has ended.
    pub(super) erase_now: Notify,
}

impl Housekeeping<'_> {
    pub(super) async fn erase_for_ever(&self) {
        let mut expire = every(EXPIRE_EVERY);
        loop {
            tokio::select! {
                _ = expire.tick() => {}
                () = self.erase_now.notified() => {}
            }
            self.erase().await;
        }
    }

    async fn erase(&self) {
        let kept = |now: Timestamp| Day(now.day().0.saturating_sub(self.retention_days));
        let (before, ended) = (kept(self.time.lived()), kept(self.time.earliest()));
        let (answer, answered) = oneshot::channel();
        let job = Job::Expire(before, ended, answer);
        if self.jobs.send(job).await.is_err() {
            return;
        }
        match answered.await {
            Ok(Ok(expired)) => {
                self.health.done(Work::Erasure);
                let (days, envelopes) = (expired.days, expired.envelopes);
                if days > 0 {
                    tracing::info!(days, envelopes, "expired envelopes were erased");
                }
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "expired envelopes could not be erased; it is tried again within the hour");
                self.health.failed(Work::Erasure, self.time.told(), &error);
            }
            // The writer has gone, which is seen elsewhere.
            Err(_) => {}
        }
    }

    pub(super) async fn look_for_ever(&self) {
        let mut status = every(STATUS_EVERY);
        let mut note = every(NOTE_TIME_EVERY);
        let mut ahead = self.time.ahead_seconds();
        let (mut writes, mut notes) = (Aside::default(), Aside::default());
        loop {
            tokio::select! {
                _ = status.tick() => {
                    ahead = self.look_at_the_clock(ahead);
                    let (write, online) = (self.words(), self.subscribers.count());
                    writes.start(move || write.write_status(Some(online)));
                }
                _ = note.tick() => {
                    let note = self.words();
                    notes.start(move || note.note_time());
                }
            }
        }
    }

    /// Says so when the clock was set, and takes the host's word for it. Gives by how many seconds it is ahead.
    pub(super) fn look_at_the_clock(&self, before: i64) -> i64 {
        if self.store.mailboxes().is_empty() && self.store.first_open_day().is_none() {
            self.time.believe();
        }
        if let Some(dir) = self.dir
            && self.time.take_confirmation(dir.path())
        {
            tracing::info!(
                "the host has said that the clock is right; what has expired by it is erased now"
            );
            self.erase_now.notify_one();
        }
        let ahead = self.time.ahead_seconds();
        if ahead.abs_diff(before) >= NOTICED_SECONDS.unsigned_abs() {
            say_clock(ahead);
        }
        ahead
    }

    /// What is written about the relay, by whoever holds no share of the queue, for whose end the writer waits.
    pub(super) fn words(&self) -> Words {
        Words {
            store: Arc::clone(&self.store),
            dir: self.dir.cloned(),
            time: Arc::clone(&self.time),
            health: Arc::clone(&self.health),
        }
    }
}

/// What a disk that hangs may keep for as long as it likes: one at a time, and nobody waits for it.
#[derive(Default)]
struct Aside(Option<JoinHandle<()>>);

impl Aside {
    fn start(&mut self, work: impl FnOnce() + Send + 'static) {
        if self.0.as_ref().is_none_or(JoinHandle::is_finished) {
            self.0 = Some(spawn_blocking(work));
        }
    }
}

/// How the relay does, and how far time has come, as its directory is told.
pub(super) struct Words {
    store: Arc<dyn Store>,
    dir: Option<DataDir>,
    time: Arc<LivedTime>,
    health: Arc<Health>,
}

impl Words {
    fn note_time(&self) {
        if let Some(dir) = &self.dir {
            self.time.note(dir.path());
        }
    }

    fn write_status(&self, online: Option<usize>) {
        let Some(dir) = &self.dir else {
            return;
        };
        let now = Now {
            time: self.time.told(),
            clock_ahead_seconds: self.time.ahead_seconds(),
            troubles: self.health.troubles(),
            writing_seconds: self.health.writing_seconds(self.time.uptime_seconds()),
        };
        write_status(dir, self.store.as_ref(), online, now);
    }

    pub(super) fn end(&self) {
        self.note_time();
        self.write_status(None);
    }
}

fn every(period: Duration) -> Interval {
    let mut every = interval(period);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    every
}

fn say_clock(ahead: i64) {
    let by = span(ahead.unsigned_abs());
    if ahead >= NOTICED_SECONDS {
        tracing::warn!(
            by,
            "the clock is ahead of the time that this relay has lived through; it dates what is posted, and erases nothing sooner. If it is right, run bellrope-relay confirm-clock; otherwise set it right"
        );
    } else if ahead <= -NOTICED_SECONDS {
        tracing::warn!(
            by,
            "the clock is behind the time that this relay has lived through; it dates what is posted. If it is right, run bellrope-relay confirm-clock; otherwise set it right"
        );
    } else {
        tracing::info!("the clock agrees with the time that this relay has lived through");
    }
}

/// Writes the status file: a running relay has the store, and says itself how it does.
pub(crate) fn write_status(dir: &DataDir, store: &dyn Store, online: Option<usize>, now: Now) {
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
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::{
        path::Path,
        sync::{Mutex, atomic::Ordering},
        thread::JoinHandle,
    };

    use bellrope_proto::{
        envelope::Envelope,
        ids::{MailboxId, Sequence},
        message::RequestId,
        signing::{PublicKey, SecretKey},
    };
    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        clock::{Clock, Uptime},
        commit::{
            checkpointer,
            jobs::Posting,
            quota::{Quota, Rate},
            writer::Writer,
        },
        lived_time::Noted,
        store::{Mailbox, Record, disk::Disk, failing::Failing},
    };

    const DAY: u64 = Timestamp::DAY_SECONDS;
    const START: Timestamp = Timestamp(20_000 * DAY);
    const KEPT: MailboxId = MailboxId([1; 32]);
    const EMPTY: MailboxId = MailboxId([2; 32]);

    /// What the clock says, and how long the machine has been up.
    type Hands = Arc<Mutex<(Timestamp, u64)>>;

    fn clock(hands: &Hands) -> Clock {
        let (told, up) = (Arc::clone(hands), Arc::clone(hands));
        Clock::set(
            move || told.lock().unwrap().0,
            move || Uptime {
                boot: "one".to_owned(),
                seconds: up.lock().unwrap().1,
            },
        )
    }

    fn started<'a>(dir: &'a DataDir, hands: &Hands) -> (Housekeeping<'a>, [JoinHandle<()>; 2]) {
        let (store, _) = Disk::open(&dir.store_dir()).unwrap();
        started_on(dir, hands, Arc::new(store))
    }

    fn started_on<'a>(
        dir: &'a DataDir,
        hands: &Hands,
        store: Arc<dyn Store>,
    ) -> (Housekeeping<'a>, [JoinHandle<()>; 2]) {
        let health = Arc::new(Health::default());
        let time = LivedTime::open(dir.path(), clock(hands), store.first_open_day());
        let time = Arc::new(time);
        let rate = Rate {
            per_minute: 1,
            burst: 1,
        };
        let keep = (Arc::clone(&time), Arc::clone(&health));
        let (checkpointer, checkpoints) =
            checkpointer::start(Arc::clone(&store), Arc::clone(&time), Arc::clone(&health))
                .unwrap();
        let writer = Writer::new(
            Arc::clone(&store),
            SecretKey::from_seed(&[3; 32]),
            Quota::new(rate, 1),
            keep,
            checkpointer,
            Box::new(|_| {}),
        );
        let (jobs, thread) = writer.start().unwrap();
        let keeping = Housekeeping {
            store,
            dir: Some(dir),
            jobs,
            time,
            health,
            subscribers: Arc::default(),
            retention_days: 14,
            erase_now: Notify::new(),
        };
        (keeping, [thread, checkpoints.thread])
    }

    fn stop(keeping: Housekeeping<'_>, threads: [JoinHandle<()>; 2]) {
        let words = keeping.words();
        drop(keeping);
        for thread in threads {
            thread.join().unwrap();
        }
        words.end();
    }

    fn what_is_left(store: &dyn Store) -> (u64, usize) {
        (store.usage(KEPT).envelopes, store.mailboxes().len())
    }

    fn fill(store: &dyn Store) {
        for (id, ends) in [(KEPT, 1000), (EMPTY, 30)] {
            let mailbox = Mailbox {
                id,
                quota_bytes: 1 << 20,
                ends: START.plus(ends * DAY),
                sponsor: None,
                successor: None,
            };
            store.create(&mailbox, None).unwrap();
        }
        let envelope = Envelope::new(vec![7; 4096]).unwrap();
        let mut tail = store.tail(KEPT);
        let record = Record::next(&mut tail, KEPT, START, envelope.hash(), envelope);
        assert_eq!(record.sequence, Sequence(1));
        store.append(START.day(), &[record]).unwrap();
    }

    fn status(path: &Path) -> Status {
        let text = std::fs::read_to_string(path.join("status.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[tokio::test]
    async fn a_clock_that_is_ahead_at_a_start_erases_nothing_until_the_host_confirms_it() {
        let path = tempfile::tempdir().unwrap();
        let dir = DataDir::new(path.path());
        let hands: Hands = Arc::new(Mutex::new((START, 1000)));
        let (keeping, threads) = started(&dir, &hands);
        fill(keeping.store.as_ref());
        keeping.erase().await;
        stop(keeping, threads);
        *hands.lock().unwrap() = (START.plus(60 * DAY), 1010);
        let (keeping, threads) = started(&dir, &hands);
        let ahead = keeping.look_at_the_clock(0);
        assert_eq!(ahead, i64::try_from(60 * DAY).unwrap() - 10);
        keeping.erase().await;
        assert_eq!(what_is_left(keeping.store.as_ref()), (1, 2));
        keeping.words().write_status(Some(0));
        let said = status(path.path()).to_text(START);
        assert!(said.contains("THE CLOCK is 59 days ahead"), "{said}");
        assert!(said.contains("confirm-clock"), "{said}");
        // Set right again, it says nothing; and it goes on from there.
        *hands.lock().unwrap() = (START.plus(20), 1020);
        keeping.look_at_the_clock(ahead);
        keeping.words().write_status(Some(0));
        assert_eq!(status(path.path()).clock_ahead_seconds, 0);
        // Ahead again, and this time it is true.
        *hands.lock().unwrap() = (START.plus(60 * DAY), 1030);
        Noted::right(&clock(&hands)).confirm(path.path()).unwrap();
        keeping.look_at_the_clock(0);
        keeping.erase().await;
        assert_eq!(what_is_left(keeping.store.as_ref()), (0, 1));
        stop(keeping, threads);
    }

    #[tokio::test]
    async fn what_was_lived_through_is_erased_also_when_the_clock_stands_still() {
        let path = tempfile::tempdir().unwrap();
        let dir = DataDir::new(path.path());
        let hands: Hands = Arc::new(Mutex::new((START, 1000)));
        let (keeping, threads) = started(&dir, &hands);
        fill(keeping.store.as_ref());
        hands.lock().unwrap().1 += 14 * DAY;
        keeping.erase().await;
        assert_eq!(what_is_left(keeping.store.as_ref()), (1, 2));
        hands.lock().unwrap().1 += DAY;
        keeping.erase().await;
        assert_eq!(what_is_left(keeping.store.as_ref()), (0, 2));
        // A mailbox ends by the calendar, which is the clock's: by that, none has.
        hands.lock().unwrap().1 += 60 * DAY;
        keeping.erase().await;
        assert_eq!(what_is_left(keeping.store.as_ref()), (0, 2));
        stop(keeping, threads);
    }

    #[tokio::test]
    async fn a_relay_that_has_nothing_believes_the_clock() {
        let path = tempfile::tempdir().unwrap();
        let dir = DataDir::new(path.path());
        let hands: Hands = Arc::new(Mutex::new((Timestamp(60), 60)));
        let (keeping, threads) = started(&dir, &hands);
        assert_eq!(keeping.look_at_the_clock(0), 0);
        // The network tells the time.
        *hands.lock().unwrap() = (START, 120);
        assert_eq!(keeping.look_at_the_clock(0), 0);
        assert_eq!(keeping.time.lived(), START);
        fill(keeping.store.as_ref());
        hands.lock().unwrap().0 = START.plus(60 * DAY);
        assert!(keeping.look_at_the_clock(0) > 0);
        stop(keeping, threads);
    }

    /// It fails nothing, so nobody would hear of it.
    #[tokio::test]
    async fn a_disk_that_hangs_is_told_of_until_it_answers() {
        let path = tempfile::tempdir().unwrap();
        let dir = DataDir::new(path.path());
        let hands: Hands = Arc::new(Mutex::new((START, 1000)));
        let store = Arc::new(Failing::default());
        fill(store.as_ref());
        let (keeping, threads) = started_on(&dir, &hands, Arc::clone(&store) as Arc<dyn Store>);
        let words = keeping.words();
        let told = || {
            words.write_status(Some(0));
            let told = status(path.path());
            (told.waits_since, told.is_well(Timestamp(told.time)))
        };
        assert_eq!(told(), (None, true));
        store.hangs.store(true, Ordering::SeqCst);
        let (answers, mut answered) = mpsc::unbounded_channel();
        let envelope = Envelope::new(vec![8; 4096]).unwrap();
        let posting = Posting {
            mailbox: KEPT,
            lane: PublicKey::from_bytes([5; 32]),
            hash: envelope.hash(),
            envelope,
            request: RequestId(1),
            answers,
        };
        keeping.jobs.send(Job::Append(posting)).await.unwrap();
        while !keeping.health.is_writing() {
            tokio::task::yield_now().await;
        }
        // A clock that is set changes nothing of how long it is.
        *hands.lock().unwrap() = (START.plus(500), 1000 + 9);
        assert_eq!(told(), (None, true));
        *hands.lock().unwrap() = (START.plus(500), 1000 + 70);
        assert_eq!(told(), (Some(START.0 + 500 - 70), false));
        let said = status(path.path()).to_text(START.plus(500));
        assert!(said.contains("THE DISK HAS NOT ANSWERED since"), "{said}");
        store.hangs.store(false, Ordering::SeqCst);
        assert!(answered.recv().await.is_some());
        while keeping.health.is_writing() {
            tokio::task::yield_now().await;
        }
        assert_eq!(told(), (None, true));
        drop(words);
        stop(keeping, threads);
    }
}
