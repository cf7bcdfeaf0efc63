//! Floods: whoever has proven nothing, or has one right, leaves room for everybody else.

use std::{
    collections::HashSet,
    net::{Ipv4Addr, UdpSocket},
    time::Duration,
};

use bellrope_client::{
    RelayError,
    internals::{Connection, Cursor, Session},
};
use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    grant::Rights,
    ids::Sequence,
    message::{Close, RequestId, Subscribe, ToRelay},
};
use bellrope_relay::{Timing, store::Mailbox};
use bellrope_tests::{
    flood::{first_packets, is_retry},
    network::Network,
};
use tokio::task::JoinSet;

use crate::{
    inside::{Inside, hello, inside, mailbox},
    wire::{Owner, wait},
};

/// What a relay lets in from one network that has proven nothing, and what of that without a look at its addresses.
const NETWORK_MAX: usize = 128;
const NETWORK_BEFORE_RETRY: usize = 8;

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connections of one lane.
const LANE_MAX: usize = 16;

/// The connection ids to which Retry packets came, until nothing comes.
fn retries(socket: &UdpSocket, wanted: usize) -> HashSet<Vec<u8>> {
    let mut retries = HashSet::new();
    let mut buffer = [0; 2048];
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    while retries.len() < wanted {
        let Ok(length) = socket.recv(&mut buffer) else {
            return retries;
        };
        let packet = &buffer[..length];
        if is_retry(packet) {
            let to = usize::from(packet[5]);
            retries.insert(packet[6..6 + to].to_vec());
        }
    }
    retries
}

/// The relay as it is seen from another network.
fn from_elsewhere(inside: &Inside) -> (Network, RelayAddress) {
    let network = Network::lay_from(Ipv4Addr::new(127, 0, 1, 1));
    network.lead_to(inside.address.port());
    let address = RelayAddress::new("127.0.0.1", network.port(), inside.address.key());
    (network, address.unwrap())
}

async fn follow(address: &RelayAddress, owner: &Owner) -> Result<(), RelayError> {
    let session = Session::open_as(address, &owner.credential(Rights::BOTH)).await?;
    let cursor = Cursor::start(owner.mailbox());
    let mut follow = session.subscribe(cursor, Vec::new()).await?;
    follow.next().await.map(|_| ())
}

#[test]
fn first_packets_without_end_are_asked_for_their_address_and_others_get_in() {
    const FLOOD: usize = 300;
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(async {
        let inside = inside(Timing::default(), 100);
        let packets = first_packets(FLOOD, &inside.address).await;
        let flood = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        flood.connect(("127.0.0.1", inside.address.port())).unwrap();
        let asked = tokio::task::spawn_blocking(move || {
            // Sent in portions that a small buffer of the system takes.
            let mut asked = HashSet::new();
            for (number, packet) in (1..).zip(packets) {
                flood.send(&packet).unwrap();
                if number > NETWORK_BEFORE_RETRY {
                    let before = asked.len();
                    asked.extend(retries(&flood, 1));
                    assert_eq!(asked.len(), before + 1, "packet {number}");
                }
            }
            asked.len()
        })
        .await
        .unwrap();
        assert_eq!(asked, FLOOD - NETWORK_BEFORE_RETRY);
        // From the same network, and from another.
        let owner = Owner::new(1);
        follow(&inside.address, &owner).await.unwrap();
        let (_network, elsewhere) = from_elsewhere(&inside);
        follow(&elsewhere, &owner).await.unwrap();
    });
}

#[test]
fn a_handshake_that_does_not_end_gives_its_place_back() {
    wait(async {
        let timing = Timing {
            handshake: Duration::from_millis(50),
            ..Timing::default()
        };
        let inside = inside(timing, 100);
        let packets = first_packets(NETWORK_BEFORE_RETRY + 1, &inside.address).await;
        let port = inside.address.port();
        let half_open = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .unwrap();
        for packet in &packets[1..] {
            half_open
                .send_to(packet, ("127.0.0.1", port))
                .await
                .unwrap();
        }
        let next = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .unwrap();
        let mut buffer = [0; 2048];
        let mut asked = 0;
        let let_in = async {
            loop {
                next.send_to(&packets[0], ("127.0.0.1", port))
                    .await
                    .unwrap();
                let length = next.recv(&mut buffer).await.unwrap();
                if !is_retry(&buffer[..length]) {
                    return;
                }
                asked += 1;
            }
        };
        tokio::time::timeout(PATIENCE, let_in).await.unwrap();
        assert!(asked > 0, "first there was no place");
    });
}

#[test]
fn silent_connections_of_one_network_shut_nobody_out() {
    wait(async {
        let inside = inside(Timing::default(), 100);
        let mut coming = JoinSet::new();
        for _ in 0..NETWORK_MAX + 72 {
            let address = inside.address.clone();
            coming.spawn(async move { Connection::connect(&address).await });
        }
        let mut silent = Vec::new();
        while let Some(came) = coming.join_next().await {
            match came.unwrap() {
                Ok(connection) => silent.push(connection),
                Err(RelayError::Ended(Some(Close::Busy))) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(silent.len(), NETWORK_MAX);
        let (_network, elsewhere) = from_elsewhere(&inside);
        follow(&elsewhere, &Owner::new(1)).await.unwrap();
    });
}

#[test]
fn strangers_take_no_seat_and_a_full_house_says_so() {
    wait(async {
        let inside = inside(Timing::default(), 1);
        let mut strangers = Vec::new();
        for _ in 0..3 {
            let mut frames = Connection::connect(&inside.address).await.unwrap();
            frames.write(&hello()).await.unwrap();
            frames.read().await.unwrap();
            strangers.push(frames);
        }
        let owner = Owner::new(1);
        let mut seated = inside.follow(&owner, Cursor::start(owner.mailbox())).await;
        seated.next().await.unwrap();
        let busy = follow(&inside.address, &owner).await;
        assert!(
            matches!(busy, Err(RelayError::Ended(Some(Close::Busy)))),
            "{busy:?}"
        );
    });
}

#[test]
fn one_lane_has_a_few_connections() {
    wait(async {
        let inside = inside(Timing::default(), 100);
        let owner = Owner::new(1);
        let mut seated = Vec::new();
        for _ in 0..LANE_MAX {
            let mut follow = inside.follow(&owner, Cursor::start(owner.mailbox())).await;
            follow.next().await.unwrap();
            seated.push(follow);
        }
        let busy = follow(&inside.address, &owner).await;
        assert!(
            matches!(busy, Err(RelayError::Ended(Some(Close::Busy)))),
            "{busy:?}"
        );
    });
}

#[test]
fn a_subscriber_that_reads_nothing_is_let_go_in_time() {
    wait(async {
        let timing = Timing {
            write: Duration::from_millis(200),
            ..Timing::default()
        };
        let inside = inside(timing, 100);
        let owner = Owner::new(1);
        let large = Mailbox {
            quota_bytes: 1 << 30,
            ..mailbox(owner.mailbox())
        };
        inside.store.create(&large, None).unwrap();
        // More than a client takes in before it is read.
        let credential = owner.credential(Rights::BOTH);
        let mut poster = Session::open_as(&inside.address, &credential)
            .await
            .unwrap();
        for byte in 0..60 {
            let envelope = Envelope::new(vec![byte; 65_536]).unwrap();
            poster.post(&envelope).await.unwrap();
            poster.answer().await.unwrap().1.unwrap();
        }
        let mut frames = Connection::connect(&inside.address).await.unwrap();
        let grant = owner.grant(Rights::BOTH, credential.grant.peek().unwrap().expires);
        let prove: ToRelay = owner.prove(&frames, &inside.address, &grant).into();
        let subscribe: ToRelay = Subscribe {
            request: RequestId(2),
            after: Sequence(0),
        }
        .into();
        let greeting = [hello(), prove.to_frame(), subscribe.to_frame()].concat();
        frames.write(&greeting).await.unwrap();
        let ended = tokio::time::timeout(PATIENCE, frames.ended()).await;
        assert_eq!(ended.ok().flatten(), Some(Close::TooSlow));
        // Others were served meanwhile.
        poster.ask_head().await.unwrap();
    });
}
