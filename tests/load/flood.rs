//! W7: what floods take of the relay, and how long somebody else waits for a receipt meanwhile.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use bellrope_client::internals::Connection;
use bellrope_proto::{address::RelayAddress, ids::Sequence, limits::POSTS_IN_FLIGHT_MAX};
use bellrope_tests::{flood::first_packets, network::Network};
use rand::Rng as _;
use tokio::{net::UdpSocket, task::JoinSet};

use crate::{
    Args,
    group::Group,
    post::fill,
    relay::Relay,
    report::{Figures, Report, percentile},
};

const NAME: &str = "W7 floods";

/// Different first packets, more than the relay has places; they are sent again and again.
const FIRST_PACKETS: usize = 3000;

/// Networks that a flood comes from.
const NETWORKS: u8 = 100;

/// Connections that are opened and say nothing.
const SILENT: usize = 1200;

/// Subscribers that read nothing, and what there is for each.
const STALLED: usize = 200;
const BACKLOG: u64 = 2000;

/// W7.
pub(crate) async fn all(args: &Args, report: &mut Report) {
    let long = Duration::from_secs(args.seconds);
    report.row(NAME, "nobody else", &[calm(long).await]);
    report.row(
        NAME,
        "first packets from a hundred networks",
        &[half_open(long).await],
    );
    report.row(NAME, "garbage", &[garbage(long).await]);
    report.row(
        NAME,
        "one lane that posts as fast as it may",
        &[lane(long, false).await],
    );
    report.row(NAME, "one lane without a limit", &[lane(long, true).await]);
    report.row(NAME, "1,200 silent connections", &[silent(long).await]);
    report.row(
        NAME,
        "200 subscribers that read nothing of 8 MiB",
        &[stalled(long).await],
    );
}

async fn calm(long: Duration) -> Figures {
    let relay = Relay::start();
    let group = Group::open(&relay).await;
    let before = relay.process().memory_kib();
    let waits = receipts(&group, long).await;
    figures(&relay, before, waits)
}

async fn half_open(long: Duration) -> Figures {
    let relay = Relay::start();
    let group = Group::open(&relay).await;
    let packets = first_packets(FIRST_PACKETS, &relay.address).await;
    let before = relay.process().memory_kib();
    let to = (Ipv4Addr::LOCALHOST, relay.address.port());
    let flood = tokio::spawn(async move {
        let packets = packets.iter().map(Vec::as_slice).cycle();
        pour(packets, to, long).await
    });
    let waits = receipts(&group, long).await;
    let rate = flood.await.unwrap();
    let mut figures = figures(&relay, before, waits);
    figures.push(("first packets a second", rate));
    figures
}

/// Sends datagrams for so long, each from the next network; how many a second.
async fn pour<'a>(
    datagrams: impl Iterator<Item = &'a [u8]>,
    to: (Ipv4Addr, u16),
    long: Duration,
) -> f64 {
    let mut sockets = Vec::new();
    for network in 1..=NETWORKS {
        let from = Ipv4Addr::new(127, 1, network, 1);
        sockets.push(UdpSocket::bind((from, 0)).await.unwrap());
    }
    let began = Instant::now();
    let mut sent = 0_u64;
    for (datagram, socket) in datagrams.zip(sockets.iter().cycle()) {
        // A full buffer of the system loses some.
        let _ = socket.send_to(datagram, to).await;
        sent += 1;
        if began.elapsed() > long {
            break;
        }
    }
    sent as f64 / began.elapsed().as_secs_f64()
}

/// Datagrams of random bytes, of every size and from every network: some look like the beginning of a connection.
async fn garbage(long: Duration) -> Figures {
    let relay = Relay::start();
    let group = Group::open(&relay).await;
    let before = relay.process().memory_kib();
    let to = (Ipv4Addr::LOCALHOST, relay.address.port());
    let mut noise = vec![0; 1 << 20];
    rand::rng().fill_bytes(&mut noise);
    let flood = tokio::spawn(async move {
        let mut at = 0;
        let pieces = std::iter::repeat_with(|| {
            let piece = &noise[at..][..1 + usize::from(noise[at]) * 5];
            at = (at + piece.len()) % (noise.len() - 1280);
            piece
        });
        pour(pieces, to, long).await
    });
    let waits = receipts(&group, long).await;
    let rate = flood.await.unwrap();
    let mut figures = figures(&relay, before, waits);
    figures.push(("datagrams a second", rate));
    figures
}

/// Another lane of the same mailbox, with as many posts on their way as a client may have.
async fn lane(long: Duration, unlimited: bool) -> Figures {
    let relay = if unlimited {
        Relay::start()
    } else {
        Relay::with_usual_limits()
    };
    let group = Group::open(&relay).await;
    let before = relay.process().memory_kib();
    let mut poster = group.poster(4096).await;
    let posting = tokio::spawn(async move {
        let began = Instant::now();
        let (mut sent, mut stored) = (0_usize, 0_u64);
        while began.elapsed() < long {
            poster.send().await.unwrap();
            sent += 1;
            if sent >= POSTS_IN_FLIGHT_MAX {
                stored += u64::from(poster.answer().await.unwrap().starts_with(&[0, 3]));
            }
        }
        stored as f64 / began.elapsed().as_secs_f64()
    });
    // Each comes by a lane of its own, as defenders do.
    let waits = receipts(&group, long).await;
    let rate = posting.await.unwrap();
    let mut figures = figures(&relay, before, waits);
    figures.push(("its receipts a second", rate));
    figures
}

async fn silent(long: Duration) -> Figures {
    let relay = Relay::start();
    let group = Group::open(&relay).await;
    let before = relay.process().memory_kib();
    let mut networks = Vec::new();
    let mut coming = JoinSet::new();
    for number in 0..12 {
        let network = Network::lay_from(Ipv4Addr::new(127, 1, number, 1));
        network.lead_to(relay.address.port());
        let address = RelayAddress::new("127.0.0.1", network.port(), relay.address.key()).unwrap();
        networks.push(network);
        for _ in 0..SILENT / 12 {
            let address = address.clone();
            coming.spawn(async move { Connection::connect(&address).await.ok() });
        }
    }
    let came: Vec<Connection> = coming.join_all().await.into_iter().flatten().collect();
    let waits = receipts(&group, long).await;
    let mut figures = figures(&relay, before, waits);
    figures.push(("connections", came.len() as f64));
    figures
}

async fn stalled(long: Duration) -> Figures {
    let relay = Relay::start();
    let group = Group::open(&relay).await;
    fill(&group, BACKLOG).await;
    let before = relay.process().memory_kib();
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        stalled.push(group.subscriber(Sequence(0)).await);
    }
    let waits = receipts(&group, long).await;
    figures(&relay, before, waits)
}

/// How long each took, from the first packet to the receipt.
pub(crate) async fn receipts(group: &Group, long: Duration) -> Vec<u32> {
    let began = Instant::now();
    let mut waits = Vec::new();
    while began.elapsed() < long {
        let sent = Instant::now();
        let mut poster = group.poster(4096).await;
        poster.send().await.unwrap();
        poster.answer().await.unwrap();
        waits.push(u32::try_from(sent.elapsed().as_micros()).unwrap());
        poster.leave().await;
    }
    waits.sort_unstable();
    waits
}

fn figures(relay: &Relay, before: f64, waits: Vec<u32>) -> Figures {
    vec![
        ("KiB of memory more", relay.process().memory_kib() - before),
        ("connect to receipt, p50, us", percentile(&waits, 0.50)),
        ("connect to receipt, p99, us", percentile(&waits, 0.99)),
    ]
}
