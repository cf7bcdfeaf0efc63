//! What floods a relay: the first packets of real clients that never send another.

use std::{collections::HashSet, net::Ipv4Addr};

use bellrope_client::internals::Connection;
use bellrope_proto::address::RelayAddress;
use tokio::net::UdpSocket;

/// The first packet of each of so many clients, which never send another.
pub async fn first_packets(count: usize, relay: &RelayAddress) -> Vec<Vec<u8>> {
    let hole = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = hole.local_addr().unwrap().port();
    let address = RelayAddress::new("127.0.0.1", port, relay.key()).unwrap();
    let mut packets = Vec::new();
    let mut seen = HashSet::new();
    let mut buffer = [0; 2048];
    while packets.len() < count {
        let connecting = Connection::connect(&address);
        tokio::pin!(connecting);
        loop {
            tokio::select! {
                _ = &mut connecting => panic!("nothing answers there"),
                received = hole.recv(&mut buffer) => {
                    let packet = buffer.get(..received.unwrap()).unwrap().to_vec();
                    // The rest of the same client's hello has the same connection ids; a part of the first byte is masked.
                    if seen.insert(packet.get(1..14).unwrap().to_vec()) {
                        packets.push(packet);
                        break;
                    }
                }
            }
        }
    }
    packets
}

/// Whether a packet asks for a sign that an address is its sender's own (RFC 9000, section 17.2.5).
#[must_use]
pub fn is_retry(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| first & 0xf0 == 0xf0)
}
