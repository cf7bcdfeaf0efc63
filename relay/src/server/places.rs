//! Who may take a place at the relay. Whoever has proven nothing has one of a few, shared among networks; whoever has
//! proven a lane has one that no stranger can take. In memory only: no address is logged, written, or kept for longer than
//! its connections.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bellrope_proto::{
    ids::MailboxId,
    signing::{Lane, PublicKey},
};

/// Connections that have proven nothing, half-open ones and those that are being forgotten among them. Each takes some
/// 50 KiB, and few need theirs for more than a second.
const STRANGERS_MAX: usize = 1024;

/// Of these from one network: an office, or everybody behind one address of a phone company, may come back at once.
const NETWORK_MAX: usize = 128;

/// From one network when half of all places are taken.
const NETWORK_SHARE: usize = NETWORK_MAX / 8;

/// Strangers above which a peer must first show that its address is its own (RFC 9000, section 8.1.2): whoever floods with
/// invented addresses then costs a packet, not a handshake.
const BEFORE_RETRY: usize = 64;

/// The same for one network, so that who invents its addresses takes few of its places.
const NETWORK_BEFORE_RETRY: usize = 8;

/// Connections of one lane: it is one device, with a few programs, and some that a changed network left behind.
const LANE_MAX: usize = 16;

/// What one customer of a network commonly has: with IPv4 a few addresses, with IPv6 a /56 (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Network([u8; 7]);

impl Network {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                // No IPv6 network that is in use begins with zeros.
                Self([0, 0, 0, 0, a, b, c])
            }
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, ..] = address.octets();
                Self([a, b, c, d, e, f, g])
            }
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Places {
    /// For those who have proven a lane.
    seats_max: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    networks: HashMap<Network, usize>,
    strangers: usize,
    lanes: HashMap<PublicKey<Lane>, usize>,
    mailboxes: HashMap<MailboxId, usize>,
    seats: usize,
}

/// What becomes of somebody who comes.
#[derive(Debug)]
pub(super) enum Knock {
    /// Come in.
    Come(Place),
    /// First show that the address is yours.
    Show,
    /// There is no room.
    Full,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    of: Of,
}

#[derive(Clone, Copy, Debug)]
enum Of {
    Stranger(Network),
    Seat(MailboxId, PublicKey<Lane>),
}

impl Places {
    /// With so many for those who have proven a lane.
    pub(super) fn new(seats_max: usize) -> Arc<Self> {
        Arc::new(Self {
            seats_max,
            taken: Mutex::default(),
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody comes. `is_shown` says whether the address is known to be theirs, `open` how many connections the
    /// endpoint keeps, also such as are only being forgotten.
    pub(super) fn knock(self: &Arc<Self>, from: IpAddr, is_shown: bool, open: usize) -> Knock {
        let network = Network::of(from);
        let mut taken = self.taken();
        let strangers = taken.strangers.max(open.saturating_sub(taken.seats));
        let theirs = taken.networks.get(&network).copied().unwrap_or_default();
        if !is_shown && (strangers >= BEFORE_RETRY || theirs >= NETWORK_BEFORE_RETRY) {
            return Knock::Show;
        }
        let share = if strangers < STRANGERS_MAX / 2 {
            NETWORK_MAX
        } else {
            NETWORK_SHARE
        };
        if strangers >= STRANGERS_MAX || theirs >= share {
            return Knock::Full;
        }
        taken.strangers += 1;
        *taken.networks.entry(network).or_default() += 1;
        drop(taken);
        Knock::Come(Place {
            places: Arc::clone(self),
            of: Of::Stranger(network),
        })
    }
}

impl Place {
    /// Whether its holder has proven nothing.
    pub(super) fn is_strangers(&self) -> bool {
        matches!(self.of, Of::Stranger(_))
    }

    /// Its holder has proven a lane. `None` when there is no seat for another connection of this lane, mailbox or relay.
    pub(super) fn seat(&self, mailbox: MailboxId, lane: PublicKey<Lane>) -> Option<Self> {
        let seats_max = self.places.seats_max;
        // Who rules a mailbox can make lanes without end: other mailboxes have the other half.
        let mailbox_max = seats_max.div_ceil(2);
        let mut taken = self.places.taken();
        let of_lane = taken.lanes.get(&lane).copied().unwrap_or_default();
        let of_mailbox = taken.mailboxes.get(&mailbox).copied().unwrap_or_default();
        if taken.seats >= seats_max || of_lane >= LANE_MAX || of_mailbox >= mailbox_max {
            return None;
        }
        taken.seats += 1;
        *taken.lanes.entry(lane).or_default() += 1;
        *taken.mailboxes.entry(mailbox).or_default() += 1;
        drop(taken);
        Some(Self {
            places: Arc::clone(&self.places),
            of: Of::Seat(mailbox, lane),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        match self.of {
            Of::Stranger(network) => {
                taken.strangers = taken.strangers.saturating_sub(1);
                one_less(&mut taken.networks, network);
            }
            Of::Seat(mailbox, lane) => {
                taken.seats = taken.seats.saturating_sub(1);
                one_less(&mut taken.lanes, lane);
                one_less(&mut taken.mailboxes, mailbox);
            }
        }
    }
}

fn one_less<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K) {
    if let Some(count) = counts.get_mut(&key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    fn v4(network: u8, host: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, network, host).into()
    }

    fn come(places: &Arc<Places>, from: IpAddr) -> Option<Place> {
        match places.knock(from, true, 0) {
            Knock::Come(place) => Some(place),
            Knock::Show | Knock::Full => None,
        }
    }

    fn lane(n: u8) -> PublicKey<Lane> {
        PublicKey::from_bytes([n; 32])
    }

    #[test]
    fn invented_addresses_take_few_places_and_only_of_their_own_network() {
        let places = Places::new(10);
        let mut held = Vec::new();
        for host in 0..=255 {
            match places.knock(v4(1, host), false, 0) {
                Knock::Come(place) => held.push(place),
                Knock::Show => {}
                Knock::Full => unreachable!("whoever shows nothing is told nothing"),
            }
        }
        assert_eq!(held.len(), NETWORK_BEFORE_RETRY);
        assert!(come(&places, v4(1, 1)).is_some(), "who shows it is let in");
        // From many networks: up to a number in all.
        for network in 2..=255 {
            if let Knock::Come(place) = places.knock(v4(network, 1), false, 0) {
                held.push(place);
            }
        }
        assert_eq!(held.len(), BEFORE_RETRY);
        // What the endpoint is still forgetting counts too.
        drop(held);
        let open = BEFORE_RETRY;
        assert!(matches!(places.knock(v4(1, 1), false, open), Knock::Show));
        assert!(matches!(
            places.knock(v4(1, 1), true, STRANGERS_MAX),
            Knock::Full
        ));
    }

    #[test]
    fn one_network_leaves_room_for_others_and_gets_its_places_back() {
        let places = Places::new(10);
        let one: Vec<Place> = (0..=255).filter_map(|n| come(&places, v4(1, n))).collect();
        assert_eq!(one.len(), NETWORK_MAX);
        assert!(come(&places, v4(2, 1)).is_some());
        let mapped = Ipv4Addr::new(192, 0, 1, 9).to_ipv6_mapped().into();
        assert!(come(&places, mapped).is_none(), "the same network");
        let v6 = |subnet: u16| Ipv6Addr::new(0x2001, 0xdb8, 1, subnet, 0, 0, 0, 1).into();
        let site: Vec<Place> = (0..=255).filter_map(|n| come(&places, v6(n))).collect();
        assert_eq!(site.len(), NETWORK_MAX, "one /56");
        assert!(come(&places, v6(0x100)).is_some(), "the next /56");
        drop((one, site));
        assert!(come(&places, v4(1, 1)).is_some());
        assert!(places.taken().networks.is_empty(), "no address is kept");
        // The more are there, the less each network may have.
        let many: Vec<Place> = (1..=20)
            .flat_map(|network| (0..=255).map(move |host| v4(network, host)))
            .filter_map(|from| come(&places, from))
            .collect();
        assert!(many.len() < STRANGERS_MAX);
        assert!(come(&places, v4(200, 1)).is_some());
    }

    #[test]
    fn strangers_take_no_seat_and_no_lane_or_mailbox_takes_all() {
        let places = Places::new(40);
        let strangers: Vec<Place> = (0..=255)
            .flat_map(|network| (0..=255).map(move |host| v4(network, host)))
            .filter_map(|from| come(&places, from))
            .collect();
        assert_eq!(strangers.len(), STRANGERS_MAX);
        let stranger = strangers.first().unwrap();
        let (one, other) = (MailboxId([1; 32]), MailboxId([2; 32]));
        let seats: Vec<Place> = (0..100)
            .filter_map(|_| stranger.seat(one, lane(1)))
            .collect();
        assert_eq!(seats.len(), LANE_MAX);
        let lanes: Vec<Place> = (2..100)
            .filter_map(|n| stranger.seat(one, lane(n)))
            .collect();
        assert_eq!(seats.len() + lanes.len(), 20, "half of all");
        let rest: Vec<Place> = (100..200)
            .filter_map(|n| stranger.seat(other, lane(n)))
            .collect();
        assert_eq!(rest.len(), 20);
        drop(seats);
        assert!(stranger.seat(one, lane(1)).is_some());
    }
}
