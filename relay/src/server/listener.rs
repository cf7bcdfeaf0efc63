//! The endpoint: TLS with a key that the relay's identity certifies, limits on every connection, a graceful stop.

use std::{
    future::Future,
    io,
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::Duration,
};

use ::aws_lc_rs::hmac;
use bellrope_proto::{
    ALPN,
    limits::{FRAME_BYTES_MAX, GREETING_BYTES_MAX},
    message::Close,
};
use quinn::{
    AckFrequencyConfig, Connection, Endpoint, EndpointConfig, IdleTimeout, Incoming, NoneTokenLog,
    ServerConfig, TransportConfig, ValidationTokenConfig, VarInt, crypto::rustls::QuicServerConfig,
};
use quinn_proto::HashedConnectionIdGenerator;
use rustls::{
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::NoServerSessionStorage,
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    connection,
    places::{Knock, Place, Places},
    shared::Shared,
};
use crate::online_keys::OnlineKeys;

/// What the kernel keeps between two looks at the socket. With its default, pushing to a hundred
/// subscribers at once loses packets.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// A client asks for a sign of life every 12 seconds; after this long it has gone.
const IDLE: Duration = Duration::from_secs(60);

/// What a peer may send before it is read: a few frames. Small, because every connection may use it.
const WINDOW_BYTES: u32 = 272 * 1024;
const _: () = assert!(WINDOW_BYTES as usize >= 2 * FRAME_BYTES_MAX);

/// What is kept for a peer until it has acknowledged it: 20 Mbit/s at a fifth of a second there and back.
const SEND_WINDOW_BYTES: u64 = 512 * 1024;

/// What whoever has proven nothing may send before it is read: a greeting, and an alert that comes with it.
const STRANGER_WINDOW_BYTES: u32 = 32 * 1024;
const _: () = assert!(STRANGER_WINDOW_BYTES as usize >= GREETING_BYTES_MAX + 16 * 1024);

/// First packets that wait until they are looked at, and what may come behind each: the rest of a client's hello.
const INCOMING_MAX: usize = 1024;
const INCOMING_BYTES: u64 = 16 * 1024;
const INCOMING_BYTES_TOTAL: u64 = 4 * 1024 * 1024;

/// How long the library remembers a connection that has ended (three probe timeouts, RFC 9000, section 10.2). So long its
/// network's place stays taken: or a network would begin as many handshakes as it can end.
const FORGETTING: Duration = Duration::from_secs(3);

/// What a subscriber may receive before it acknowledges (draft-ietf-quic-ack-frequency). Fewer than a
/// connection may send at first, or it would stall.
const PACKETS_UNACKNOWLEDGED: u32 = 8;

/// How long a stop waits for peers to hear of it.
const GOODBYE: Duration = Duration::from_secs(2);

/// Whether the system gave the socket buffers that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffers {
    /// Yes.
    Large,
    /// It gave so many bytes.
    Small(usize),
}

/// Opens the UDP socket.
///
/// # Errors
/// The system's: the port is taken, or is below 1024 and not allowed.
pub fn bind(address: SocketAddr) -> io::Result<(UdpSocket, Buffers)> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // One socket for both.
        socket.set_only_v6(false)?;
    }
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.bind(&address.into())?;
    let given = socket.recv_buffer_size()?.min(socket.send_buffer_size()?);
    let buffers = if given >= SOCKET_BUFFER_BYTES {
        Buffers::Large
    } else {
        Buffers::Small(given)
    };
    Ok((socket.into(), buffers))
}

/// Makes the endpoint on a bound socket.
///
/// # Errors
/// What the TLS library or the system says.
pub(super) fn endpoint(keys: &OnlineKeys, socket: UdpSocket) -> io::Result<Endpoint> {
    let config = server_config(keys).map_err(io::Error::other)?;
    // The same after every start: whoever was connected to a relay that was killed is told with its first packet that the
    // connection is gone (RFC 9000, section 10.3), and need not wait until it has heard nothing for too long.
    let (id_key, reset_seed) = keys.reset_seeds();
    let reset_key = hmac::Key::new(hmac::HMAC_SHA256, &reset_seed.0);
    let mut resets = EndpointConfig::new(Arc::new(reset_key));
    // What has no id of this relay's is no connection that it lost, and gets no answer.
    resets.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(id_key)));
    let runtime = quinn::default_runtime().ok_or_else(|| io::Error::other("no async runtime"))?;
    Endpoint::new(resets, Some(config), socket, runtime)
}

fn server_config(
    keys: &OnlineKeys,
) -> Result<ServerConfig, Box<dyn core::error::Error + Send + Sync>> {
    let pkcs8 = keys.tls().to_pkcs8()?;
    let der = PrivatePkcs8KeyDer::from(pkcs8.to_vec());
    let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_ED25519)?;
    // What clients look for is the name that is the identity's word on this key. Dates say nothing.
    let mut params = rcgen::CertificateParams::new(Vec::new())?;
    // Who was told a code on the phone knows no identity to look for, and learns from the second whose it is.
    for name in [keys.statement().to_uri(), keys.relay().to_uri()] {
        let name = rcgen::SanType::URI(name.as_str().try_into()?);
        params.subject_alt_names.push(name);
    }
    let certificate = params.self_signed(&pair)?;
    let provider = CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768],
        ..aws_lc_rs::default_provider()
    };
    let mut tls = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(der))?;
    tls.alpn_protocols = vec![ALPN.to_vec()];
    // No resumption, no early data, no address tokens for later: each would tie a client's connections, and so its
    // lanes, together. Early data could be replayed as well.
    tls.send_tls13_tickets = 0;
    tls.session_storage = Arc::new(NoServerSessionStorage {});
    tls.max_early_data_size = 0;
    let mut config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls)?));
    let mut no_tokens = ValidationTokenConfig::default();
    no_tokens.sent(0).log(Arc::new(NoneTokenLog));
    config.validation_token_config(no_tokens);
    // A subscriber who acknowledges each other packet costs as many packets again as half its envelopes.
    let mut seldom = AckFrequencyConfig::default();
    seldom.ack_eliciting_threshold(VarInt::from_u32(PACKETS_UNACKNOWLEDGED));
    let mut transport = TransportConfig::default();
    transport
        .ack_frequency_config(Some(seldom))
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .datagram_receive_buffer_size(None)
        .stream_receive_window(VarInt::from_u32(WINDOW_BYTES))
        .receive_window(VarInt::from_u32(STRANGER_WINDOW_BYTES))
        .send_window(SEND_WINDOW_BYTES)
        .max_idle_timeout(Some(IdleTimeout::try_from(IDLE)?));
    config.transport_config(Arc::new(transport));
    config
        .max_incoming(INCOMING_MAX)
        .incoming_buffer_size(INCOMING_BYTES)
        .incoming_buffer_size_total(INCOMING_BYTES_TOTAL);
    Ok(config)
}

/// A peer that has proven a lane may send more.
pub(super) fn widen(connection: &Connection) {
    connection.set_receive_window(VarInt::from_u32(WINDOW_BYTES));
}

/// Accepts until `stop` comes, then says goodbye.
pub(super) async fn listen(
    shared: Arc<Shared>,
    endpoint: Endpoint,
    connections_max: usize,
    stop: impl Future<Output = ()>,
) {
    let places = Places::new(connections_max);
    let mut tasks = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let incoming = tokio::select! {
            () = &mut stop => break,
            Some(_) = tasks.join_next() => continue,
            incoming = endpoint.accept() => incoming,
        };
        let Some(incoming) = incoming else {
            break;
        };
        let from = incoming.remote_address().ip();
        let is_shown = incoming.remote_address_validated();
        let place = match places.knock(from, is_shown, endpoint.open_connections()) {
            Knock::Come(place) => place,
            Knock::Show => {
                // It fails only for an address that was validated.
                let _ = incoming.retry();
                continue;
            }
            Knock::Full => {
                incoming.refuse();
                continue;
            }
        };
        tasks.spawn(attend(Arc::clone(&shared), incoming, place));
    }
    endpoint.close(VarInt::from_u32(Close::Stopping as u32), b"");
    let _ = timeout(GOODBYE, endpoint.wait_idle()).await;
    tasks.shutdown().await;
}

async fn attend(shared: Arc<Shared>, incoming: Incoming, mut place: Place) {
    // Whoever does not end a handshake is not worth a line: anybody can begin one.
    if let Ok(Ok(connection)) = timeout(shared.timing.handshake, incoming).await {
        connection::serve(shared, connection, &mut place).await;
    }
    if place.is_strangers() {
        sleep(FORGETTING).await;
    }
}
