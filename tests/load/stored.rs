//! W5: a start with much stored, and the disk over ten retention cycles.

use std::{env, time::Instant};

use bellrope_proto::{
    envelope::Envelope,
    ids::{Day, MailboxId, Sequence, Timestamp},
};
use bellrope_relay::{
    Disk,
    store::{Mailbox, Record, Store as _},
};
use rand::Rng as _;
use tempfile::TempDir;

use crate::{
    Args,
    group::Group,
    post::fill,
    relay::{Relay, disk_bytes},
    report::Report,
};

/// W5, the start.
pub(crate) async fn start(args: &Args, report: &mut Report) {
    let counts: &[u64] = if args.large {
        &[50_000, 500_000]
    } else {
        &[50_000]
    };
    for &count in counts {
        let mut relay = Relay::start();
        let group = Group::open(&relay).await;
        report.note(&format!("storing {count} envelopes"));
        fill(&group, count).await;
        let mut runs = Vec::new();
        for _ in 0..args.runs {
            let listening = relay.restart();
            let began = Instant::now();
            // Nothing is left to come: the first word is a signed head.
            let mut subscriber = group.moved_to(&relay).subscriber(Sequence(count)).await;
            subscriber.heartbeat().await;
            let ready = listening + began.elapsed();
            subscriber.leave().await;
            runs.push(vec![
                (
                    "milliseconds until it listens",
                    listening.as_secs_f64() * 1e3,
                ),
                (
                    "milliseconds until a client is served",
                    ready.as_secs_f64() * 1e3,
                ),
                (
                    "bytes on disk each",
                    relay.disk_bytes() as f64 / count as f64,
                ),
                (
                    "MiB of memory after the start",
                    relay.process().memory_kib() / 1024.0,
                ),
            ]);
        }
        report.row(
            "W5 much is stored",
            &format!("killed and started with {count} of 4 KiB"),
            &runs,
        );
    }
}

const A_DAY: u64 = 10_000;
const KEPT_DAYS: u32 = 2;
const BOX: MailboxId = MailboxId([1; 32]);

/// W5, ten cycles: each day brings as much as the oldest takes away. The store alone, because days must pass.
pub(crate) fn cycles(report: &mut Report) {
    let beside = env::current_exe().unwrap();
    let dir = TempDir::with_prefix_in("load-", beside.parent().unwrap()).unwrap();
    let (store, _) = Disk::open(dir.path()).unwrap();
    let mailbox = Mailbox {
        id: BOX,
        quota_bytes: u64::MAX,
        ends: Timestamp(u64::MAX),
        sponsor: None,
        successor: None,
    };
    store.create(&mailbox, None).unwrap();
    let mut ratios = Vec::new();
    for day in 0..10 * KEPT_DAYS {
        let time = Timestamp(u64::from(20_000 + day) * Timestamp::DAY_SECONDS);
        for _ in 0..A_DAY / 64 {
            store.append(time.day(), &records(&store, time)).unwrap();
        }
        store
            .expire(Day((20_001 + day).saturating_sub(KEPT_DAYS)), Day(0))
            .unwrap();
        let live = store.usage(BOX).bytes as f64;
        ratios.push(disk_bytes(dir.path()) as f64 / live);
        if day % KEPT_DAYS == 0 {
            report.note(&format!("cycle {} of 10", day / KEPT_DAYS + 1));
        }
    }
    let most = ratios.iter().copied().fold(0.0, f64::max);
    let last = ratios.last().copied().unwrap();
    report.row(
        "W5 much is stored",
        "ten retention cycles, half expires and is filled again",
        &[vec![
            ("disk for each live byte, at most", most),
            ("disk for each live byte, at the end", last),
        ]],
    );
}

fn records(store: &Disk, time: Timestamp) -> Vec<Record> {
    let mut tail = store.tail(BOX);
    let mut bytes = vec![0; 4096];
    rand::rng().fill_bytes(&mut bytes);
    (0..64)
        .map(|_| {
            bytes[..8].copy_from_slice(&tail.sequence.next().0.to_be_bytes());
            let envelope = Envelope::new(bytes.clone()).unwrap();
            Record::next(&mut tail, BOX, time, envelope.hash(), envelope)
        })
        .collect()
}
