//! W1: posters that each wait for their receipt. W6: the same, and a kill in the middle.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use bellrope_client::internals::Connection;
use bellrope_proto::{
    ids::{Hash, Sequence},
    receipt::Receipt,
};
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    Args,
    bare::Bare,
    group::{Group, Poster, delivered_hash, receipt, template},
    machine,
    relay::Relay,
    report::{Figures, Report, percentile},
};

/// Groups that share the relay; posters are spread over them.
const GROUPS: usize = 8;

/// Before the clock starts: connections, caches, the first pages of the day.
const WARM: Duration = Duration::from_millis(300);

/// W1.
pub(crate) async fn rates(args: &Args, report: &mut Report) {
    const NAME: &str = "W1 durable posts";
    let long = Duration::from_secs(args.seconds);
    for size in args.kib.iter().map(|kib| kib * 1024) {
        for &posters in &args.posters {
            let mut ours = Vec::new();
            let mut echoes = Vec::new();
            let mut plain = Vec::new();
            let mut sled = Vec::new();
            for _ in 0..args.runs {
                let relay = Relay::start();
                ours.push(run(&relay, posters, size, long).await);
                echoes.push(echo(posters, size, long).await);
                plain.push(machine::plain_file(posters, size, long / 2));
                sled.push(machine::sled_alone(posters, size, long / 2));
            }
            let case = |who: &str| format!("{posters} at once, {} KiB: {who}", size / 1024);
            report.row(NAME, &case("relay"), &ours);
            report.row(NAME, &case("bare QUIC, nothing stored"), &echoes);
            report.row(NAME, &case("plain file, same batches"), &plain);
            report.row(NAME, &case("sled alone, same batches"), &sled);
        }
    }
}

async fn posters(relay: &Relay, count: usize, size: usize) -> Vec<Poster> {
    let mut groups = Vec::new();
    for _ in 0..GROUPS.min(count) {
        groups.push(Group::open(relay).await);
    }
    let mut posters = Vec::new();
    for number in 0..count {
        posters.push(groups[number % groups.len()].poster(size).await);
    }
    posters
}

async fn run(relay: &Relay, count: usize, size: usize, long: Duration) -> Figures {
    let posters = posters(relay, count, size).await;
    let began = Instant::now() + WARM;
    let end = began + long;
    let mut tasks = JoinSet::new();
    for mut poster in posters {
        tasks.spawn(async move {
            let mut waits = Vec::new();
            let mut last = Vec::new();
            loop {
                let sent = Instant::now();
                if sent >= end {
                    break;
                }
                poster.send().await.unwrap();
                last = poster.answer().await.unwrap();
                // Every answer is a receipt; the number says so.
                assert!(last.starts_with(&[0, 3]));
                if sent >= began {
                    waits.push(micros(sent));
                }
            }
            let (hash, log) = (poster.hash(), poster.log_key());
            poster.leave().await;
            (waits, last, hash, log)
        });
    }
    tokio::time::sleep_until(began.into()).await;
    let before = relay.process().cpu();
    tokio::time::sleep_until(end.into()).await;
    let cpu = relay.process().cpu() - before;
    let ended = tasks.join_all().await;
    let mut waits = Vec::new();
    for (some, last, hash, log) in ended {
        waits.extend(some);
        let receipt = receipt(&last);
        let fact = receipt.verify(&log).unwrap();
        assert_eq!(fact.envelope, hash);
    }
    figures(waits, long, cpu)
}

fn figures(mut waits: Vec<u32>, long: Duration, cpu: Duration) -> Figures {
    waits.sort_unstable();
    let count = waits.len() as f64;
    vec![
        ("receipts a second", count / long.as_secs_f64()),
        ("p50, microseconds", percentile(&waits, 0.50)),
        ("p99, microseconds", percentile(&waits, 0.99)),
        (
            "server's CPU, microseconds each",
            cpu.as_secs_f64() * 1e6 / count,
        ),
    ]
}

pub(crate) fn micros(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX)
}

async fn echo(count: usize, size: usize, long: Duration) -> Figures {
    let bare = Bare::start();
    let mut clients: Vec<Connection> = Vec::new();
    for _ in 0..count {
        clients.push(bare.echo().await);
    }
    let frame = template(size);
    let began = Instant::now() + WARM;
    let end = began + long;
    let mut tasks = JoinSet::new();
    for mut client in clients {
        let frame = frame.clone();
        tasks.spawn(async move {
            let mut waits = Vec::new();
            loop {
                let sent = Instant::now();
                if sent >= end {
                    break;
                }
                client.write(&frame).await.unwrap();
                let _ = client.read().await.unwrap();
                if sent >= began {
                    waits.push(micros(sent));
                }
            }
            client.close().await;
            waits
        });
    }
    tokio::time::sleep_until(began.into()).await;
    let before = bare.process.cpu();
    tokio::time::sleep_until(end.into()).await;
    let cpu = bare.process.cpu() - before;
    let waits = tasks.join_all().await.concat();
    figures(waits, long, cpu)
}

/// W6.
pub(crate) async fn killed(args: &Args, report: &mut Report) {
    let mut runs = Vec::new();
    for _ in 0..args.runs {
        runs.push(kill_once().await);
    }
    report.row("W6 killed during W1", "64 posters, 4 KiB", &runs);
}

/// The kill comes after so many receipts, when every poster is in full swing.
const RECEIPTS_BEFORE_KILL: usize = 16_000;

async fn kill_once() -> Figures {
    let mut relay = Relay::start();
    let group = Group::open(&relay).await;
    let (give, mut given) = mpsc::unbounded_channel();
    for _ in 0..64 {
        let mut poster = group.poster(4096).await;
        let give = give.clone();
        tokio::spawn(async move {
            while poster.send().await.is_some()
                && let Some(answer) = poster.answer().await
            {
                give.send(receipt(&answer)).unwrap();
            }
        });
    }
    drop(give);
    let mut receipts: Vec<Receipt> = Vec::new();
    while receipts.len() < RECEIPTS_BEFORE_KILL {
        receipts.push(given.recv().await.unwrap());
    }
    let took = relay.restart();
    // Until every poster has given up its connection, as QUIC does when nothing has come for a while: what the relay
    // sent last is still on its way, and may well be what it lost.
    while let Some(receipt) = given.recv().await {
        receipts.push(receipt);
    }
    let newest = receipts
        .iter()
        .map(|receipt| receipt.fact.sequence)
        .max()
        .unwrap();
    let kept = read_all(&group.moved_to(&relay), newest).await;
    let promised: HashSet<Hash> = receipts
        .iter()
        .map(|receipt| receipt.fact.envelope)
        .collect();
    let lost = promised.difference(&kept).count();
    assert_eq!(lost, 0, "receipted envelopes are gone");
    vec![
        ("receipts given", receipts.len() as f64),
        ("of them lost", lost as f64),
        ("milliseconds until it listened", took.as_secs_f64() * 1e3),
    ]
}

async fn read_all(group: &Group, newest: Sequence) -> HashSet<Hash> {
    let mut subscriber = group.subscriber(Sequence(0)).await;
    let mut kept = HashSet::new();
    for _ in 0..newest.0 {
        kept.insert(delivered_hash(&subscriber.next().await));
    }
    subscriber.leave().await;
    kept
}

/// Stores so many envelopes of 4 KiB in one mailbox, quickly.
pub(crate) async fn fill(group: &Group, count: u64) {
    const LANES: u64 = 8;
    const ON_THEIR_WAY: u64 = 32;
    let mut tasks = JoinSet::new();
    for lane in 0..LANES {
        let mut poster = group.poster(4096).await;
        let share = count / LANES + u64::from(lane < count % LANES);
        tasks.spawn(async move {
            for number in 0..share + ON_THEIR_WAY {
                if number < share {
                    poster.send().await.unwrap();
                }
                if number >= ON_THEIR_WAY.min(share) && number < share + ON_THEIR_WAY.min(share) {
                    let answer = poster.answer().await.unwrap();
                    assert!(answer.starts_with(&[0, 3]));
                }
            }
            poster.leave().await;
        });
    }
    let _ = tasks.join_all().await;
}
