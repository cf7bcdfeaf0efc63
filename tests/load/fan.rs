//! W2: what one posts reaches a hundred.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bellrope_client::internals::Connection;
use bellrope_proto::ids::Sequence;
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    Args,
    bare::Bare,
    group::{Group, Poster, Subscriber, template},
    relay::Relay,
    report::{Figures, Report, percentile},
};

const FOLLOWERS: usize = 100;
const NAME: &str = "W2 fan-out to 100";

/// Posts on their way in the fastest run.
const ON_THEIR_WAY: usize = 32;

/// Who posts: the relay's poster or bare QUIC's.
enum Source {
    Relay(Poster),
    Bare(Connection, Vec<u8>),
}

impl Source {
    async fn send(&mut self) {
        match self {
            Self::Relay(poster) => poster.send().await.unwrap(),
            Self::Bare(frames, frame) => frames.write(frame).await.unwrap(),
        }
    }

    async fn answer(&mut self) {
        let answer = match self {
            Self::Relay(poster) => poster.answer().await.unwrap(),
            Self::Bare(frames, _) => frames.read().await.unwrap(),
        };
        assert!(matches!(self, Self::Bare(..)) || answer.starts_with(&[0, 3]));
    }
}

enum Follower {
    Relay(Subscriber),
    Bare(Connection),
}

impl Follower {
    async fn next(&mut self) {
        match self {
            Self::Relay(subscriber) => drop(subscriber.next().await),
            Self::Bare(frames) => drop(frames.read().await.unwrap()),
        }
    }
}

/// W2.
pub(crate) async fn out(args: &Args, report: &mut Report) {
    let long = Duration::from_secs(args.seconds);
    let (mut paced, mut paced_bare) = (Vec::new(), Vec::new());
    let (mut most, mut most_bare) = (Vec::new(), Vec::new());
    for _ in 0..args.runs {
        let relay = Relay::start();
        paced.push(pace(ours(&relay).await, long * 2).await);
        let bare = Bare::start();
        paced_bare.push(pace(theirs(&bare).await, long * 2).await);
        let relay = Relay::start();
        most.push(flood(ours(&relay).await, long).await);
        let bare = Bare::start();
        most_bare.push(flood(theirs(&bare).await, long).await);
    }
    report.row(NAME, "50 posts a second: relay, each one on disk", &paced);
    report.row(NAME, "50 posts a second: bare QUIC", &paced_bare);
    report.row(NAME, "as fast as it goes: relay", &most);
    report.row(NAME, "as fast as it goes: bare QUIC", &most_bare);
}

async fn ours(relay: &Relay) -> (Source, Vec<Follower>) {
    let group = Group::open(relay).await;
    let mut followers = Vec::new();
    for _ in 0..FOLLOWERS {
        let mut subscriber = group.subscriber(Sequence(0)).await;
        subscriber.heartbeat().await;
        followers.push(Follower::Relay(subscriber));
    }
    (Source::Relay(group.poster(4096).await), followers)
}

async fn theirs(bare: &Bare) -> (Source, Vec<Follower>) {
    let mut followers = Vec::new();
    for _ in 0..FOLLOWERS {
        followers.push(Follower::Bare(bare.follow().await));
    }
    let source = Source::Bare(bare.push().await, template(4096));
    (source, followers)
}

/// From the moment a post leaves to the moment the last of the hundred has it.
async fn pace((mut source, followers): (Source, Vec<Follower>), long: Duration) -> Figures {
    let posts = usize::try_from(long.as_secs()).unwrap() * 50;
    let last = Arc::new(Mutex::new(vec![None::<Instant>; posts]));
    let mut tasks = JoinSet::new();
    for mut follower in followers {
        let last = Arc::clone(&last);
        tasks.spawn(async move {
            for post in 0..posts {
                follower.next().await;
                let now = Instant::now();
                let mut last = last.lock().unwrap();
                last[post] = last[post].max(Some(now));
            }
        });
    }
    let mut sent = Vec::new();
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..posts {
        beat.tick().await;
        sent.push(Instant::now());
        source.send().await;
        source.answer().await;
    }
    let _ = tasks.join_all().await;
    let last = last.lock().unwrap();
    let took = sent.iter().zip(last.iter());
    let mut waits: Vec<u32> = took
        .map(|(sent, last)| u32::try_from((last.unwrap() - *sent).as_micros()).unwrap())
        .collect();
    waits.sort_unstable();
    vec![
        ("last of 100, p50, microseconds", percentile(&waits, 0.50)),
        ("last of 100, p99, microseconds", percentile(&waits, 0.99)),
    ]
}

/// Posts as fast as answers allow, then waits until everybody has everything.
async fn flood((mut source, followers): (Source, Vec<Follower>), long: Duration) -> Figures {
    let posted = Arc::new(Mutex::new(None::<usize>));
    let ready = Arc::new(Barrier::new(FOLLOWERS + 1));
    let mut tasks = JoinSet::new();
    for mut follower in followers {
        let (posted, ready) = (Arc::clone(&posted), Arc::clone(&ready));
        tasks.spawn(async move {
            ready.wait().await;
            let mut seen = 0;
            while posted.lock().unwrap().is_none_or(|posted| seen < posted) {
                follower.next().await;
                seen += 1;
            }
        });
    }
    ready.wait().await;
    let began = Instant::now();
    let (mut sent, mut answered) = (0, 0);
    while began.elapsed() < long {
        source.send().await;
        sent += 1;
        if sent - answered >= ON_THEIR_WAY {
            source.answer().await;
            answered += 1;
        }
    }
    // One more, so that whoever waits for the next one learns that it is the last.
    *posted.lock().unwrap() = Some(sent + 1);
    source.send().await;
    while answered < sent + 1 {
        source.answer().await;
        answered += 1;
    }
    let _ = tasks.join_all().await;
    let rate = (sent + 1) as f64 / began.elapsed().as_secs_f64();
    vec![
        ("deliveries a second", rate * FOLLOWERS as f64),
        ("posts a second", rate),
    ]
}
