//! Posters and subscribers, as the client's protocol code makes them. They check what they are told after
//! the clock has stopped: in life each has a machine of its own for it.

use bellrope_client::internals::{Connection, LaneCredential, Session};
use bellrope_proto::{
    VERSION,
    address::RelayAddress,
    envelope::Envelope,
    grant::{Grant, Opening, Proof, Rights, Sponsorship},
    ids::{Hash, MailboxId, Sequence, Timestamp},
    limits::SPONSORED_BYTES_MAX,
    message::{FromRelay, Hello, Post, Prove, RequestId, Subscribe, ToRelay},
    receipt::Receipt,
    signing::{Authority, Lane, PublicKey, RelayLog, SecretKey, Signed},
};
use rand::Rng as _;

use crate::relay::Relay;

const FAR: Timestamp = Timestamp(4_000_000_000);

/// A mailbox and the key that rules it.
#[derive(Clone)]
pub(crate) struct Group {
    authority: SecretKey<Authority>,
    address: RelayAddress,
    /// No mailbox on its account outlasts it.
    ends: Timestamp,
}

impl Group {
    /// Opens a mailbox.
    pub(crate) async fn open(relay: &Relay) -> Self {
        let authority = SecretKey::from_seed(&random());
        let opening = authority.sign(&Opening {
            authority: authority.public(),
            relay: relay.address.key(),
        });
        let mut session = Session::open(&relay.address).await.unwrap();
        let created = session.create(opening, relay.token()).await.unwrap();
        session.close().await;
        Self {
            authority,
            address: relay.address.clone(),
            ends: created.ends,
        }
    }

    /// What opens one more mailbox on this one's account.
    pub(crate) fn sponsor(&self) -> (Signed<Opening>, Signed<Sponsorship>) {
        let authority = SecretKey::<Authority>::from_seed(&random());
        let opening = authority.sign(&Opening {
            authority: authority.public(),
            relay: self.address.key(),
        });
        let sponsorship = self.authority.sign(&Sponsorship {
            authority: self.authority.public(),
            mailbox: authority.public().mailbox(),
            quota_bytes: SPONSORED_BYTES_MAX,
            mailbox_ends: self.ends,
        });
        (opening, sponsorship)
    }

    /// The same mailbox after the relay came back at another port.
    pub(crate) fn moved_to(&self, relay: &Relay) -> Self {
        Self {
            authority: self.authority.clone(),
            address: relay.address.clone(),
            ends: self.ends,
        }
    }

    pub(crate) fn mailbox(&self) -> MailboxId {
        self.authority.public().mailbox()
    }

    /// A lane of its own.
    pub(crate) fn credential(&self) -> LaneCredential {
        let lane = SecretKey::<Lane>::from_seed(&random());
        let grant = self.authority.sign(&Grant {
            authority: self.authority.public(),
            lane: lane.public(),
            rights: Rights::BOTH,
            expires: FAR,
        });
        LaneCredential::new(&lane, grant)
    }

    /// A connection with a lane proven.
    async fn connect(&self) -> Connection {
        self.prove(Connection::connect(&self.address).await.unwrap())
            .await
    }

    async fn prove(&self, mut frames: Connection) -> Connection {
        let hello = Hello {
            version_min: VERSION,
            version_max: VERSION,
        };
        let credential = self.credential();
        let proof = Proof {
            exporter: frames.exporter().unwrap(),
            relay: self.address.key(),
            mailbox: self.mailbox(),
        };
        let prove = Prove {
            request: RequestId(0),
            grant: credential.grant.clone(),
            proof: credential.lane().sign(&proof).detach(),
        };
        let mut greeting = ToRelay::from(hello).to_frame();
        greeting.extend(ToRelay::from(prove).to_frame());
        frames.write(&greeting).await.unwrap();
        for _ in 0..2 {
            let body = frames.read().await.unwrap();
            let answer = FromRelay::from_body(&body).unwrap();
            assert!(matches!(
                answer,
                FromRelay::Welcome(_) | FromRelay::Proven(_)
            ));
        }
        frames
    }

    /// Somebody who posts envelopes of this size.
    pub(crate) async fn poster(&self, size: usize) -> Poster {
        Poster {
            frames: self.connect().await,
            frame: template(size),
            size,
            posted: 0,
        }
    }

    /// Somebody who follows from a place on.
    pub(crate) async fn subscriber(&self, after: Sequence) -> Subscriber {
        self.follow(self.connect().await, after).await
    }

    /// One more subscriber, who shares a socket with this one.
    pub(crate) async fn subscriber_beside(&self, other: &Subscriber) -> Subscriber {
        let frames = other.frames.connect_beside(&self.address).await.unwrap();
        self.follow(self.prove(frames).await, Sequence(0)).await
    }

    async fn follow(&self, mut frames: Connection, after: Sequence) -> Subscriber {
        let subscribe = Subscribe {
            request: RequestId(1),
            after,
        };
        let frame = ToRelay::from(subscribe).to_frame();
        frames.write(&frame).await.unwrap();
        Subscriber {
            frames,
            last: after,
        }
    }
}

fn random() -> [u8; 32] {
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    seed
}

/// A post as it travels. What is sealed looks random.
pub(crate) fn template(size: usize) -> Vec<u8> {
    let mut sealed = vec![0; size];
    rand::rng().fill_bytes(&mut sealed);
    let post = Post {
        request: RequestId(1),
        envelope: Envelope::new(sealed).unwrap(),
    };
    ToRelay::from(post).to_frame()
}

/// See [`Group::poster`].
pub(crate) struct Poster {
    frames: Connection,
    frame: Vec<u8>,
    size: usize,
    posted: u64,
}

impl Poster {
    /// Sends one more envelope.
    pub(crate) async fn send(&mut self) -> Option<()> {
        self.posted += 1;
        // The envelope is the frame's end; no two are the same.
        let at = self.frame.len() - self.size;
        self.frame[at..at + 8].copy_from_slice(&self.posted.to_be_bytes());
        self.frames.write(&self.frame).await.ok()
    }

    /// What the relay signs its receipts with.
    pub(crate) fn log_key(&self) -> PublicKey<RelayLog> {
        self.frames.keys().peek().unwrap().log
    }

    /// The next answer, as it came; `None` when the relay has gone.
    pub(crate) async fn answer(&mut self) -> Option<Vec<u8>> {
        self.frames.read().await.ok()
    }

    /// The hash of the envelope that was sent last.
    pub(crate) fn hash(&self) -> Hash {
        let bytes = &self.frame[self.frame.len() - self.size..];
        Envelope::new(bytes.to_vec()).unwrap().hash()
    }

    pub(crate) async fn leave(self) {
        self.frames.close().await;
    }
}

/// The receipt in an answer. A refusal is a fault of the run.
pub(crate) fn receipt(answer: &[u8]) -> Receipt {
    match FromRelay::from_body(answer) {
        Ok(FromRelay::Stored(stored)) => stored.receipt,
        other => panic!("no receipt: {other:?}"),
    }
}

/// See [`Group::subscriber`].
pub(crate) struct Subscriber {
    frames: Connection,
    last: Sequence,
}

/// Where an envelope begins in a Deliver: number, sequence, time, length.
const DELIVER_HEAD: usize = 2 + 8 + 8 + 8;

impl Subscriber {
    /// The envelope at the next place, as it came; signed heads pass by. Places without gaps, or the run
    /// is at fault.
    pub(crate) async fn next(&mut self) -> Vec<u8> {
        loop {
            let body = self.frames.read().await.unwrap();
            if body.starts_with(&[0, 4]) {
                let place = u64::from_be_bytes(body[2..10].try_into().unwrap());
                assert_eq!(place, self.last.next().0);
                self.last = Sequence(place);
                return body;
            }
        }
    }

    /// Waits for the next signed head.
    pub(crate) async fn heartbeat(&mut self) {
        while !self.frames.read().await.unwrap().starts_with(&[0, 7]) {}
    }

    pub(crate) async fn leave(self) {
        self.frames.close().await;
    }
}

/// The envelope's hash of what [`Subscriber::next`] gave.
pub(crate) fn delivered_hash(body: &[u8]) -> Hash {
    Envelope::new(body[DELIVER_HEAD..].to_vec()).unwrap().hash()
}
