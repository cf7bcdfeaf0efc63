//! W3: subscribers who wait.

use std::time::Duration;

use bellrope_client::internals::Connection;
use bellrope_proto::{ids::Sequence, limits::HEARTBEAT_SECONDS};

use crate::{
    Args,
    bare::Bare,
    group::{Group, Subscriber},
    relay::{Relay, Watched},
    report::{Figures, Report},
};

const NAME: &str = "W3 idle subscribers";

/// Subscribers who share one of the driver's sockets: one for each took 23 GiB for 10,000.
const A_SOCKET: usize = 100;

/// W3.
pub(crate) async fn subscribers(args: &Args, report: &mut Report) {
    let counts: &[usize] = if args.large { &[2000, 10_000] } else { &[2000] };
    for &count in counts {
        let relay = Relay::start();
        let group = Group::open(&relay).await;
        let process = relay.process();
        let before = process.memory_kib();
        let mut online: Vec<Subscriber> = Vec::new();
        for number in 0..count {
            let mut subscriber = match online.last() {
                Some(other) if number % A_SOCKET != 0 => group.subscriber_beside(other).await,
                _ => group.subscriber(Sequence(0)).await,
            };
            subscriber.heartbeat().await;
            online.push(subscriber);
            if number % 1000 == 999 {
                report.note(&format!("{} subscribers are online", number + 1));
            }
        }
        let ours = figures(process, before, count).await;
        drop(online);
        let bare = Bare::start();
        let before = bare.process.memory_kib();
        let mut online: Vec<Connection> = Vec::new();
        for number in 0..count {
            let follower = match online.last() {
                Some(other) if number % A_SOCKET != 0 => bare.follow_beside(other).await,
                _ => bare.follow().await,
            };
            online.push(follower);
        }
        let theirs = figures(&bare.process, before, count).await;
        drop(online);
        report.row(NAME, &format!("{count}: relay"), &[ours]);
        report.row(
            NAME,
            &format!("{count}: bare QUIC, no heartbeats"),
            &[theirs],
        );
    }
}

async fn figures(process: &Watched, before: f64, count: usize) -> Figures {
    let cpu = process.cpu();
    // Long enough for everybody's heartbeat.
    let long = Duration::from_secs(HEARTBEAT_SECONDS);
    tokio::time::sleep(long).await;
    let cpu = process.cpu() - cpu;
    vec![
        ("KiB each", (process.memory_kib() - before) / count as f64),
        (
            "percent of one core",
            cpu.as_secs_f64() / long.as_secs_f64() * 100.0,
        ),
    ]
}
