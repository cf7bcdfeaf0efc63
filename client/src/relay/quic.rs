//! Frames over QUIC to a relay whose identity is known. The only file of the client that names quinn or socket2, and with
//! `certificate` the only one that names rustls. There is no way to say anything without checking the identity: [`identity_at`], which
//! only asks whose it is, sends no frame.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bellrope_proto::{
    ALPN, EXPORTER_LABEL,
    address::RelayAddress,
    frame::{FrameReader, FrameRefused},
    keys::RelayKeys,
    limits::{FRAME_BYTES_MAX, SILENCE_SECONDS},
    message::Close,
    signing::{PublicKey, Relay, Signed},
};
use quinn::{
    AckFrequencyConfig, ClientConfig, Connection as QuicConnection, ConnectionError, Endpoint,
    EndpointConfig, IdleTimeout, NoneTokenStore, ReadError, RecvStream, SendStream,
    TransportConfig, TransportErrorCode, VarInt, WriteError, crypto::rustls::QuicClientConfig,
};
use rustls::{
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::CertificateDer,
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    net::lookup_host,
    time::{Instant, error::Elapsed, timeout, timeout_at},
};

use super::{
    BoxedError, RelayError,
    certificate::{Verifier, Whose, identity_in, keys_in},
    race::race,
};

/// A handshake is one round trip; on the worst networks that people still use, with a few losses,
/// this is enough for it.
const CONNECT: Duration = Duration::from_secs(10);

/// Home routers forget a UDP flow after 30 seconds; two of these may be lost.
const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// For the goodbye to leave this machine. It is one packet that nobody answers: waiting until the
/// connection is forgotten, three probe timeouts (RFC 9000, 10.2), would keep somebody who has just sent an alert.
const GOODBYE: Duration = Duration::from_millis(30);

/// What a subscriber far behind is sent at once must fit, or the system drops it.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// Fewer than a connection may send at first, or it would stall.
const PACKETS_UNACKNOWLEDGED: u32 = 8;

/// Not sent: the extension that would carry it is off.
const SERVER_NAME: &str = "relay.invalid";

/// One connection with its one stream.
#[derive(Debug)]
pub struct Connection {
    endpoint: Endpoint,
    connection: QuicConnection,
    shown: Signed<RelayKeys>,
    send: SendStream,
    receive: RecvStream,
    frames: FrameReader,
    /// When something was last heard or said: silence counts from then, also for a caller who stops
    /// waiting every now and then.
    active: Instant,
}

impl Connection {
    /// Connects to the first of the host's addresses that answers with keys that the relay's identity signed.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn connect(address: &RelayAddress) -> Result<Self, RelayError> {
        let places = places_of(address.host(), address.port()).await?;
        let config = config(Whose::Of(address.key()))?;
        let relay = address.key();
        race(places, |place| {
            Self::connect_to(place, relay, config.clone())
        })
        .await
    }

    async fn connect_to(
        place: SocketAddr,
        relay: PublicKey<Relay>,
        config: ClientConfig,
    ) -> Result<Self, RelayError> {
        Self::connect_from(endpoint(place)?, place, relay, config).await
    }

    /// Another connection to the same place from the same socket, for whoever plays many people on one machine:
    /// a socket of one's own takes some MiB. A person's client never does this: it would tie lanes together.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn connect_beside(&self, address: &RelayAddress) -> Result<Self, RelayError> {
        let place = self.connection.remote_address();
        let config = config(Whose::Of(address.key()))?;
        Self::connect_from(self.endpoint.clone(), place, address.key(), config).await
    }

    async fn connect_from(
        endpoint: Endpoint,
        place: SocketAddr,
        relay: PublicKey<Relay>,
        config: ClientConfig,
    ) -> Result<Self, RelayError> {
        let connection = shake_hands(&endpoint, place, config).await?;
        // The handshake has verified them already.
        let shown = certificates(&connection);
        let shown = shown.first().and_then(|own| keys_in(own, &relay));
        let shown = shown.ok_or(RelayError::NotTheRelay)?;
        let (send, receive) = connection
            .open_bi()
            .await
            .map_err(|error| ended(&error, unreachable))?;
        Ok(Self {
            endpoint,
            connection,
            shown,
            send,
            receive,
            frames: FrameReader::default(),
            active: Instant::now(),
        })
    }

    /// The keys that the relay works with, signed by its identity.
    #[must_use]
    pub fn keys(&self) -> &Signed<RelayKeys> {
        &self.shown
    }

    /// What binds a proof to this connection: 32 bytes of the TLS exporter (RFC 8446, section 7.5).
    ///
    /// # Errors
    /// [`RelayError::Protocol`], which cannot happen after a handshake.
    pub fn exporter(&self) -> Result<[u8; 32], RelayError> {
        let mut exporter = [0; 32];
        self.connection
            .export_keying_material(&mut exporter, EXPORTER_LABEL, b"")
            .map_err(|_: quinn::crypto::ExportKeyingMaterialError| {
                RelayError::Protocol("the connection exports no keys")
            })?;
        Ok(exporter)
    }

    /// Writes bytes that are whole frames, or, to try what a relay makes of it, are not.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn write(&mut self, frame: &[u8]) -> Result<(), RelayError> {
        let written = timeout(
            Duration::from_secs(SILENCE_SECONDS),
            self.send.write_all(frame),
        );
        self.active = Instant::now();
        written
            .await
            .map_err(|_: Elapsed| RelayError::Silent)?
            .map_err(|error| match error {
                WriteError::ConnectionLost(error) => ended(&error, |_| RelayError::Silent),
                _ => RelayError::Ended(None),
            })
    }

    /// The next frame's body. Safe to drop while it waits: what has arrived is kept.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn read(&mut self) -> Result<Vec<u8>, RelayError> {
        loop {
            let next = self.frames.next(FRAME_BYTES_MAX);
            if let Some(body) =
                next.map_err(|_: FrameRefused| RelayError::Protocol("a frame over the limit"))?
            {
                return Ok(body.to_vec());
            }
            let until = self.active + Duration::from_secs(SILENCE_SECONDS);
            let chunk = timeout_at(until, self.receive.read_chunk(FRAME_BYTES_MAX, true));
            match chunk.await.map_err(|_: Elapsed| RelayError::Silent)? {
                Ok(Some(chunk)) => {
                    self.active = Instant::now();
                    self.frames.push(&chunk.bytes);
                }
                Ok(None) => return Err(RelayError::Ended(None)),
                Err(ReadError::ConnectionLost(error)) => {
                    return Err(ended(&error, |_| RelayError::Silent));
                }
                Err(_) => return Err(RelayError::Ended(None)),
            }
        }
    }

    /// Waits until the relay ends the connection, reading nothing; gives its word for why, if it is one that is known.
    pub async fn ended(&self) -> Option<Close> {
        match ended(&self.connection.closed().await, |_| RelayError::Silent) {
            RelayError::Ended(close) => close,
            _ => None,
        }
    }

    /// Says goodbye, so that the relay need not wait for silence.
    pub async fn close(self) {
        self.connection
            .close(VarInt::from_u32(Close::Done as u32), b"");
        let _ = timeout(GOODBYE, self.endpoint.wait_idle()).await;
    }
}

/// Which relay answers at a place, by its own word: its certificate names an identity that signed the certificate's key. Nothing
/// is said to it.
///
/// # Errors
/// [`RelayError`]; [`RelayError::NotTheRelay`] when what answers is no relay, or is one that does not say who it is.
pub(super) async fn identity_at(host: &str, port: u16) -> Result<PublicKey<Relay>, RelayError> {
    let places = places_of(host, port).await?;
    let config = config(Whose::Anybodys)?;
    let ask = |place: SocketAddr| {
        let config = config.clone();
        async move {
            let endpoint = endpoint(place)?;
            let connection = shake_hands(&endpoint, place, config).await?;
            let shown = certificates(&connection);
            connection.close(VarInt::from_u32(Close::Done as u32), b"");
            let _ = timeout(GOODBYE, endpoint.wait_idle()).await;
            let shown = shown.first().and_then(identity_in);
            shown.ok_or(RelayError::NotTheRelay)
        }
    };
    race(places, ask).await
}

async fn places_of(host: &str, port: u16) -> Result<Vec<SocketAddr>, RelayError> {
    let places = timeout(CONNECT, lookup_host((host, port))).await;
    let places = places
        .map_err(|elapsed| RelayError::NoSuchHost(elapsed.into()))?
        .map_err(RelayError::NoSuchHost)?;
    Ok(places.collect())
}

async fn shake_hands(
    endpoint: &Endpoint,
    place: SocketAddr,
    config: ClientConfig,
) -> Result<QuicConnection, RelayError> {
    let connecting = endpoint
        .connect_with(config, place, SERVER_NAME)
        .map_err(|error| RelayError::Unreachable(error.into()))?;
    timeout(CONNECT, connecting)
        .await
        .map_err(|elapsed| RelayError::Unreachable(elapsed.into()))?
        .map_err(|error| ended(&error, unreachable))
}

fn unreachable(error: &ConnectionError) -> RelayError {
    RelayError::Unreachable(error.clone().into())
}

fn ended(
    error: &ConnectionError,
    on_timeout: impl FnOnce(&ConnectionError) -> RelayError,
) -> RelayError {
    match error {
        ConnectionError::ApplicationClosed(close) => {
            let known = [
                Close::Done,
                Close::Violation,
                Close::TooSlow,
                Close::Stopping,
                Close::Busy,
            ];
            let code = close.error_code.into_inner();
            let close = known.into_iter().find(|close| *close as u64 == code);
            RelayError::Ended(close)
        }
        ConnectionError::TimedOut => on_timeout(error),
        // What a full relay says to who has not come in yet (RFC 9000, section 20.1).
        ConnectionError::ConnectionClosed(close)
            if close.error_code == TransportErrorCode::CONNECTION_REFUSED =>
        {
            RelayError::Ended(Some(Close::Busy))
        }
        // A failed certificate check is our own TLS alert, in QUIC's range for them (RFC 9001 4.8).
        ConnectionError::TransportError(error) if is_tls_alert(u64::from(error.code)) => {
            RelayError::NotTheRelay
        }
        ConnectionError::ConnectionClosed(close) if is_tls_alert(u64::from(close.error_code)) => {
            RelayError::NotTheRelay
        }
        _ => RelayError::Ended(None),
    }
}

fn is_tls_alert(code: u64) -> bool {
    (0x100..0x200).contains(&code)
}

fn endpoint(place: SocketAddr) -> Result<Endpoint, RelayError> {
    let local: SocketAddr = if place.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = Socket::new(Domain::for_address(local), Type::DGRAM, Some(Protocol::UDP))
        .and_then(|socket| {
            // Where the system gives less, a client far behind is only slower.
            let _ = socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES);
            let _ = socket.set_send_buffer_size(SOCKET_BUFFER_BYTES);
            socket.bind(&local.into())?;
            Ok(socket)
        })
        .map_err(system)?;
    let runtime = quinn::default_runtime().ok_or_else(|| system("there is no runtime"))?;
    Endpoint::new(EndpointConfig::default(), None, socket.into(), runtime).map_err(system)
}

fn system(error: impl Into<BoxedError>) -> RelayError {
    RelayError::System(error.into())
}

/// An envelope is four packets and is answered by a receipt: acknowledgements on the way to it cost bytes
/// and tell nothing (draft-ietf-quic-ack-frequency; a relay that does not know it ignores it).
fn acknowledge_seldom() -> AckFrequencyConfig {
    let mut seldom = AckFrequencyConfig::default();
    seldom.ack_eliciting_threshold(VarInt::from_u32(PACKETS_UNACKNOWLEDGED));
    seldom
}

fn config(whose: Whose) -> Result<ClientConfig, RelayError> {
    let provider = CryptoProvider {
        // The only key exchange: what is recorded today stays closed to a later quantum computer.
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768],
        ..aws_lc_rs::default_provider()
    };
    let provider = Arc::new(provider);
    let verifier = Verifier {
        whose,
        provider: Arc::clone(&provider),
    };
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(system)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    tls.enable_sni = false;
    tls.alpn_protocols = vec![ALPN.to_vec()];
    // A ticket would let the relay, and an observer, tell that two connections are one client's; so would an address token,
    // below. Early data could be replayed as well.
    tls.resumption = rustls::client::Resumption::disabled();
    tls.enable_early_data = false;

    let mut transport = TransportConfig::default();
    transport.keep_alive_interval(Some(KEEP_ALIVE));
    let idle = Duration::from_secs(SILENCE_SECONDS);
    transport.max_idle_timeout(Some(IdleTimeout::try_from(idle).map_err(system)?));
    transport.max_concurrent_bidi_streams(VarInt::from_u32(0));
    transport.max_concurrent_uni_streams(VarInt::from_u32(0));
    transport.datagram_receive_buffer_size(None);
    // Probing for larger packets costs 6 KB, more than an alert. Some networks freeze a connection
    // after 15 to 20 KB, and what a client sends is small.
    transport.mtu_discovery_config(None);
    transport.ack_frequency_config(Some(acknowledge_seldom()));
    let tls = QuicClientConfig::try_from(tls).map_err(system)?;
    let mut config = ClientConfig::new(Arc::new(tls));
    config.transport_config(Arc::new(transport));
    config.token_store(Arc::new(NoneTokenStore));
    Ok(config)
}

fn certificates(connection: &QuicConnection) -> Vec<CertificateDer<'static>> {
    let identity = connection.peer_identity();
    let certificates = identity.and_then(|identity| identity.downcast().ok());
    certificates.map_or_else(Vec::new, |certificates| *certificates)
}
