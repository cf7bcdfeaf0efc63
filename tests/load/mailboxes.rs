//! W8: a relay with many mailboxes, beside one with a single one.

use std::time::{Duration, Instant};

use bellrope_client::internals::Session;
use bellrope_proto::{ids::Sequence, limits::SPONSORED_MAILBOXES_MAX};

use crate::{
    Args,
    flood::receipts,
    group::Group,
    post::micros,
    relay::Relay,
    report::{Figures, Report, percentile},
};

const NAME: &str = "W8 many mailboxes";

/// What a relay of forty groups has, each with as many open invitations as it may.
const MAILBOXES: usize = 10_000;

/// W8.
pub(crate) async fn many(args: &Args, report: &mut Report) {
    let long = Duration::from_secs(args.seconds);
    let mut rows = [Vec::new(), Vec::new()];
    for _ in 0..args.runs {
        for (row, count) in rows.iter_mut().zip([1, MAILBOXES]) {
            row.push(run(count, long, report).await);
        }
    }
    let [one, many] = rows;
    report.row(NAME, "one", &one);
    report.row(NAME, "10,000", &many);
}

async fn run(count: usize, long: Duration, report: &Report) -> Figures {
    let mut relay = Relay::start();
    let before = relay.process().memory_kib();
    let began = Instant::now();
    let mut open = 0;
    let group = loop {
        let group = Group::open(&relay).await;
        open += 1;
        let mut session = Session::open(&relay.address).await.unwrap();
        for _ in 0..(count - open).min(SPONSORED_MAILBOXES_MAX) {
            let (opening, sponsorship) = group.sponsor();
            session
                .create_sponsored(opening, sponsorship)
                .await
                .unwrap();
            open += 1;
        }
        session.close().await;
        if open == count {
            break group;
        }
    };
    let rate = count as f64 / began.elapsed().as_secs_f64();
    let memory = relay.process().memory_kib() - before;
    if count > 1 {
        report.note(&format!("{count} mailboxes, {rate:.0} a second"));
    }
    let waits = receipts(&group, long).await;
    let mut heads = Vec::new();
    for _ in 0..50 {
        let began = Instant::now();
        let mut subscriber = group.subscriber(Sequence(u64::MAX / 2)).await;
        subscriber.heartbeat().await;
        heads.push(micros(began));
        subscriber.leave().await;
    }
    heads.sort_unstable();
    let listening = relay.restart();
    vec![
        ("KiB of memory more", memory),
        ("connect to receipt, p50, us", percentile(&waits, 0.50)),
        ("connect to receipt, p99, us", percentile(&waits, 0.99)),
        ("connect to signed head, p50, us", percentile(&heads, 0.50)),
        (
            "milliseconds until it listens again",
            listening.as_secs_f64() * 1e3,
        ),
    ]
}
