//! A stretch of network between clients and the relay: forwards UDP, counts and keeps what passes, and
//! can be cut for whoever comes new, or made slow.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// The largest UDP payload.
const DATAGRAM_BYTES_MAX: usize = 65_536;

/// Between two looks of a flow that nothing comes by whether the stretch is over.
const LOOK: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub struct Network {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    relay_port: AtomicU16,
    closed_to_new: AtomicBool,
    turned_away: Mutex<HashSet<SocketAddr>>,
    delay_millis: AtomicU64,
    bytes: AtomicU64,
    flows: AtomicU64,
    heard: Mutex<Vec<u8>>,
    is_over: AtomicBool,
}

impl Shared {
    fn pass(&self, datagram: &[u8]) {
        self.bytes
            .fetch_add(datagram.len() as u64, Ordering::Relaxed);
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extend_from_slice(datagram);
    }
}

impl Network {
    /// Lays the stretch. It leads nowhere until [`Self::lead_to`].
    #[must_use]
    pub fn lay() -> Self {
        Self::lay_from(Ipv4Addr::LOCALHOST)
    }

    /// The same, where a relay sees everybody at this address.
    #[must_use]
    pub fn lay_from(address: Ipv4Addr) -> Self {
        let front = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let port = front.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        thread::spawn(move || forward(&front, address, &theirs));
        Self { port, shared }
    }

    /// The port that clients are told.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Leads to the relay, wherever it listens since its last start.
    pub fn lead_to(&self, relay_port: u16) {
        self.shared.relay_port.store(relay_port, Ordering::SeqCst);
    }

    /// Lets nobody through who was not there before.
    pub fn close_to_new(&self, closed: bool) {
        self.shared.closed_to_new.store(closed, Ordering::SeqCst);
    }

    /// How many were turned away so far, each for as long as it tried.
    #[must_use]
    pub fn turned_away(&self) -> usize {
        let away = self.shared.turned_away.lock();
        away.unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Every datagram takes so long from now on, each way.
    pub fn slow_down(&self, delay: Duration) {
        let millis = u64::try_from(delay.as_millis()).unwrap();
        self.shared.delay_millis.store(millis, Ordering::SeqCst);
    }

    /// Bytes of UDP payload that passed, both ways.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Connections that were let through so far.
    #[must_use]
    pub fn flows(&self) -> u64 {
        self.shared.flows.load(Ordering::SeqCst)
    }

    /// Everything that passed.
    #[must_use]
    pub fn heard(&self) -> Vec<u8> {
        let heard = self.shared.heard.lock();
        heard.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Network {
    /// What one test leaves open, hundreds do: a process has so many sockets.
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // So that it is looked at.
        let here = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        let _ = here.and_then(|here| here.send_to(&[], (Ipv4Addr::LOCALHOST, self.port)));
    }
}

fn forward(front: &Arc<UdpSocket>, address: Ipv4Addr, shared: &Arc<Shared>) {
    let mut flows: HashMap<(SocketAddr, u16), Arc<UdpSocket>> = HashMap::new();
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    let later = Later::new();
    loop {
        // A peer that closed its socket makes the next read fail; the stretch stays.
        let received = front.recv_from(&mut buffer);
        if shared.is_over.load(Ordering::SeqCst) {
            return;
        }
        let Ok((length, from)) = received else {
            continue;
        };
        let relay_port = shared.relay_port.load(Ordering::SeqCst);
        if relay_port == 0 {
            continue;
        }
        let Some(datagram) = buffer.get(..length) else {
            continue;
        };
        // A program that comes new may be given the port of one that has ended.
        let is_known = flows.contains_key(&(from, relay_port)) && !begins_connection(datagram);
        if !is_known && shared.closed_to_new.load(Ordering::SeqCst) {
            let away = shared.turned_away.lock();
            away.unwrap_or_else(PoisonError::into_inner).insert(from);
            continue;
        }
        let back = match flows.entry((from, relay_port)) {
            Entry::Occupied(flow) => flow.into_mut(),
            Entry::Vacant(new) => {
                let back = UdpSocket::bind((address, 0)).unwrap();
                back.connect((Ipv4Addr::LOCALHOST, relay_port)).unwrap();
                back.set_read_timeout(Some(LOOK)).unwrap();
                let back = Arc::new(back);
                let (front, theirs) = (Arc::clone(front), Arc::clone(&back));
                let shared = Arc::clone(shared);
                shared.flows.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || back_to(&front, &theirs, from, &shared));
                new.insert(back)
            }
        };
        shared.pass(datagram);
        let back = Arc::clone(back);
        // The relay may just be down.
        later.send(shared, datagram, move |bytes| _ = back.send(bytes));
    }
}

/// Whether a datagram begins a connection: a long header of the type Initial (RFC 9000, section 17.2.2).
fn begins_connection(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| first & 0xf0 == 0xc0)
}

/// Sends datagrams when their time has come, in the order in which they came.
struct Later(Sender<(Instant, Box<dyn FnOnce() + Send>)>);

impl Later {
    fn new() -> Self {
        let (queue, waiting) = channel::<(Instant, Box<dyn FnOnce() + Send>)>();
        thread::spawn(move || {
            for (due, send) in waiting {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                send();
            }
        });
        Self(queue)
    }

    fn send(&self, shared: &Shared, datagram: &[u8], send: impl FnOnce(&[u8]) + Send + 'static) {
        let delay = shared.delay_millis.load(Ordering::SeqCst);
        if delay == 0 {
            return send(datagram);
        }
        let due = Instant::now() + Duration::from_millis(delay);
        let datagram = datagram.to_vec();
        let _ = self.0.send((due, Box::new(move || send(&datagram))));
    }
}

fn back_to(front: &Arc<UdpSocket>, back: &UdpSocket, to: SocketAddr, shared: &Shared) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    let later = Later::new();
    while !shared.is_over.load(Ordering::SeqCst) {
        let Ok(length) = back.recv(&mut buffer) else {
            continue;
        };
        if let Some(datagram) = buffer.get(..length) {
            shared.pass(datagram);
            let front = Arc::clone(front);
            later.send(shared, datagram, move |bytes| _ = front.send_to(bytes, to));
        }
    }
}
