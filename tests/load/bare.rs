//! Bare QUIC: the relay's transport and its frames with nothing behind them. quinn's own settings, large
//! socket buffers, no store, no signatures.

use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
};

use bellrope_client::internals::Connection;
use bellrope_proto::{
    ALPN,
    address::RelayAddress,
    frame::{FrameReader, frame},
    ids::Timestamp,
    keys::RelayKeys,
    signing::{PublicKey, Relay as RelayKind, RelayTls, SecretKey},
};
use bellrope_relay::bind;
use quinn::{
    Connection as QuicConnection, Endpoint, EndpointConfig, ServerConfig,
    crypto::rustls::QuicServerConfig,
};
use rustls::{
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::{backlog::STORED as BACKLOG, relay::Watched};

/// The first byte of a connection's first frame says what it is.
const ECHO: u8 = b'e';
const FOLLOW: u8 = b'f';
const PUSH: u8 = b'p';
const ALL: u8 = b'a';

/// As long as a receipt from a batch of 64.
const ANSWER_BYTES: usize = 460;

const FRAME_MAX: usize = 70_000;

type Followers = Arc<Mutex<Vec<UnboundedSender<bytes::Bytes>>>>;

/// The process.
pub(crate) fn run() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(serve());
    ExitCode::SUCCESS
}

async fn serve() {
    let identity = SecretKey::<RelayKind>::from_seed(&[7; 32]);
    let tls_key = SecretKey::<RelayTls>::from_seed(&[8; 32]);
    // Clients take no connection without, and use nothing else of it here.
    let statement = identity.sign(&RelayKeys {
        issued: Timestamp(1),
        tls: tls_key.public(),
        log: PublicKey::from_bytes([0; 32]),
        token: PublicKey::from_bytes([0; 32]),
    });
    let (socket, _) = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let der = PrivatePkcs8KeyDer::from(tls_key.to_pkcs8().unwrap().to_vec());
    let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_ED25519).unwrap();
    let mut certificate = rcgen::CertificateParams::new(Vec::new()).unwrap();
    let name = statement.to_uri().as_str().try_into().unwrap();
    certificate.subject_alt_names = vec![rcgen::SanType::URI(name)];
    let certificate = certificate.self_signed(&pair).unwrap();
    let provider = CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768],
        ..aws_lc_rs::default_provider()
    };
    let mut tls = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(der))
        .unwrap();
    tls.alpn_protocols = vec![ALPN.to_vec()];
    let tls = QuicServerConfig::try_from(tls).unwrap();
    let config = ServerConfig::with_crypto(Arc::new(tls));
    let port = socket.local_addr().unwrap().port();
    let endpoint = Endpoint::new(
        EndpointConfig::default(),
        Some(config),
        socket,
        quinn::default_runtime().unwrap(),
    )
    .unwrap();
    println!(
        "{}",
        RelayAddress::new("127.0.0.1", port, identity.public()).unwrap()
    );
    let followers = Followers::default();
    while let Some(incoming) = endpoint.accept().await {
        let followers = Arc::clone(&followers);
        tokio::spawn(async move {
            if let Ok(connection) = incoming.await {
                answer(connection, followers).await;
            }
        });
    }
}

async fn answer(connection: QuicConnection, followers: Followers) -> Option<()> {
    let (mut send, mut receive) = connection.accept_bi().await.ok()?;
    let mut frames = FrameReader::default();
    let mut kind = None;
    let said = bytes::Bytes::from(frame(&[1; ANSWER_BYTES]));
    loop {
        let chunk = receive.read_chunk(65_536, true).await.ok()??;
        frames.push(&chunk.bytes);
        while let Some(body) = frames.next(FRAME_MAX).ok()? {
            match kind {
                None => kind = body.first().copied(),
                Some(PUSH) => {
                    let pushed = bytes::Bytes::from(frame(body));
                    for follower in followers.lock().unwrap().iter() {
                        let _ = follower.send(pushed.clone());
                    }
                    send.write_chunk(said.clone()).await.ok()?;
                }
                Some(_) => send.write_chunk(said.clone()).await.ok()?,
            }
        }
        if kind == Some(ALL) {
            let frame = bytes::Bytes::from(frame(&[1; 4096]));
            for _ in 0..BACKLOG {
                send.write_chunk(frame.clone()).await.ok()?;
            }
            kind = None;
        }
        if kind == Some(FOLLOW) {
            let (sender, mut pushed) = unbounded_channel();
            followers.lock().unwrap().push(sender);
            send.write_chunk(said.clone()).await.ok()?;
            while let Some(bytes) = pushed.recv().await {
                send.write_chunk(bytes).await.ok()?;
            }
        }
    }
}

/// A running one.
pub(crate) struct Bare {
    pub(crate) process: Watched,
    address: RelayAddress,
}

impl Bare {
    pub(crate) fn start() -> Self {
        let mut process = Watched::start(&["bare"]);
        let (_, line) = process.wait_for("bellrope://");
        Self {
            process,
            address: line.trim().parse().unwrap(),
        }
    }

    async fn connect(&self, kind: u8) -> Connection {
        let mut frames = Connection::connect(&self.address).await.unwrap();
        frames.write(&frame(&[kind])).await.unwrap();
        frames
    }

    /// Answers each frame.
    pub(crate) async fn echo(&self) -> Connection {
        self.connect(ECHO).await
    }

    /// Gives each frame to all followers, and answers it.
    pub(crate) async fn push(&self) -> Connection {
        self.connect(PUSH).await
    }

    /// Gets a backlog at once.
    pub(crate) async fn all(&self) -> Connection {
        self.connect(ALL).await
    }

    /// Gets what is pushed.
    pub(crate) async fn follow(&self) -> Connection {
        Self::followed(self.connect(FOLLOW).await).await
    }

    /// One more follower, who shares a socket with this one.
    pub(crate) async fn follow_beside(&self, other: &Connection) -> Connection {
        let mut frames = other.connect_beside(&self.address).await.unwrap();
        frames.write(&frame(&[FOLLOW])).await.unwrap();
        Self::followed(frames).await
    }

    async fn followed(mut frames: Connection) -> Connection {
        let _ = frames.read().await.unwrap();
        frames
    }
}
