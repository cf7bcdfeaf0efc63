//! Peers that speak badly to a real relay: every frame that can be cut, doubled, oversized, out of order
//! or somebody else's. The relay answers clearly or ends the connection, and serves the next peer.

use std::future::Future;

use bellrope_client::{
    RelayError,
    internals::{Connection, Cursor, Delivery, LaneCredential, Session},
};
use bellrope_proto::{
    VERSION,
    address::RelayAddress,
    envelope::Envelope,
    grant::{Grant, Opening, Proof, Rights, Sponsorship},
    ids::{MailboxId, Sequence, Timestamp},
    limits::{GREETING_BYTES_MAX, SPONSORED_BYTES_MAX},
    message::{
        Close, CreateSponsored, CreateWithToken, FromRelay, Hello, Post, Prove, Reason, RequestId,
        Subscribe, ToRelay,
    },
    signing::{Authority, Lane, PublicKey, SecretKey},
    token,
};
use bellrope_tests::world::World;

use crate::world;

const FAR: Timestamp = Timestamp(4_000_000_000);

pub(crate) fn wait<T>(story: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(story)
}

pub(crate) fn address(world: &World) -> RelayAddress {
    world.address().parse().unwrap()
}

fn hello() -> ToRelay {
    Hello {
        version_min: VERSION,
        version_max: VERSION,
    }
    .into()
}

pub(crate) struct Owner {
    pub(crate) authority: SecretKey<Authority>,
    pub(crate) lane: SecretKey<Lane>,
}

impl Owner {
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            authority: SecretKey::from_seed(&[seed; 32]),
            lane: SecretKey::from_seed(&[seed ^ 0xff; 32]),
        }
    }

    pub(crate) fn mailbox(&self) -> MailboxId {
        self.authority.public().mailbox()
    }

    pub(crate) fn grant(&self, rights: Rights, expires: Timestamp) -> Grant {
        Grant {
            authority: self.authority.public(),
            lane: self.lane.public(),
            rights,
            expires,
        }
    }

    pub(crate) fn credential(&self, rights: Rights) -> LaneCredential {
        self.credential_until(rights, FAR)
    }

    pub(crate) fn credential_until(&self, rights: Rights, expires: Timestamp) -> LaneCredential {
        let grant = self.authority.sign(&self.grant(rights, expires));
        LaneCredential::new(&self.lane, grant)
    }

    pub(crate) fn opening(
        &self,
        address: &RelayAddress,
    ) -> bellrope_proto::signing::Signed<Opening> {
        self.authority.sign(&Opening {
            authority: self.authority.public(),
            relay: address.key(),
        })
    }

    pub(crate) async fn open(&self, world: &World) {
        let address = address(world);
        let token = token::parse(&world.token()).unwrap();
        let mut session = Session::open(&address).await.unwrap();
        session.create(self.opening(&address), token).await.unwrap();
        session.close().await;
    }

    /// A proof for this connection, with whatever grant.
    pub(crate) fn prove(&self, frames: &Connection, relay: &RelayAddress, grant: &Grant) -> Prove {
        let proof = Proof {
            exporter: frames.exporter().unwrap(),
            relay: relay.key(),
            mailbox: grant.authority.mailbox(),
        };
        Prove {
            request: RequestId(1),
            grant: self.authority.sign(grant),
            proof: self.lane.sign(&proof).detach(),
        }
    }
}

pub(crate) fn envelope(byte: u8) -> Envelope {
    Envelope::new(vec![byte; 4096]).unwrap()
}

fn post(number: u32, byte: u8) -> ToRelay {
    Post {
        request: RequestId(number),
        envelope: envelope(byte),
    }
    .into()
}

/// Says hello and these bytes; gives what the relay answers until it ends the connection or, after an
/// answer, `answers` were heard.
async fn say(
    address: &RelayAddress,
    bytes: &[u8],
    answers: usize,
) -> (Vec<FromRelay>, Option<Close>) {
    let mut frames = Connection::connect(address).await.unwrap();
    frames.write(&hello().to_frame()).await.unwrap();
    // The relay may have ended it already: then reading tells.
    let _ = frames.write(bytes).await;
    hear(&mut frames, answers).await
}

async fn hear(frames: &mut Connection, answers: usize) -> (Vec<FromRelay>, Option<Close>) {
    let mut heard = Vec::new();
    while heard.len() < answers {
        match frames.read().await {
            Ok(body) => match FromRelay::from_body(&body).unwrap() {
                FromRelay::Welcome(_) => {}
                message => heard.push(message),
            },
            Err(RelayError::Ended(close)) => return (heard, close),
            Err(error) => panic!("{error:?}"),
        }
    }
    (heard, None)
}

fn reason(heard: &[FromRelay]) -> Reason {
    match heard {
        [FromRelay::Refused(refused)] => refused.reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn broken_frames_end_the_connection_and_nothing_else() {
    let mut world = world();
    // Usually the log is silent about them: whoever reaches the port could fill a disk.
    assert_eq!(world.stop_relay().0, 0);
    world.set("log", "\"debug\"");
    world.start_relay();
    let address = address(&world);
    let mut long = (u32::try_from(GREETING_BYTES_MAX).unwrap() + 1)
        .to_be_bytes()
        .to_vec();
    long.push(0);
    let huge = u32::MAX.to_be_bytes().to_vec();
    let unknown = [0, 0, 0, 2, 0, 99].to_vec();
    let short = [0, 0, 0, 1, 0].to_vec();
    let empty = [0, 0, 0, 0].to_vec();
    let mut leftover = hello().to_frame();
    leftover[3] += 1;
    leftover.push(7);
    let again = hello().to_frame();
    let early = post(1, 1).to_frame();
    let unproven: ToRelay = Subscribe {
        request: RequestId(1),
        after: Sequence(0),
    }
    .into();
    wait(async {
        for (bytes, what) in [
            (long, "a frame over the limit for strangers"),
            (huge, "a frame of 4 GiB"),
            (unknown, "an unknown message"),
            (short, "half a number"),
            (empty, "an empty frame"),
            (leftover, "bytes left over"),
            (again, "hello twice"),
            (early, "a post before the proof"),
            (unproven.to_frame(), "a subscription before the proof"),
        ] {
            let (heard, close) = say(&address, &bytes, 1).await;
            assert!(heard.is_empty(), "{what}: {heard:?}");
            assert_eq!(close, Some(Close::Violation), "{what}");
        }
        let mut frames = Connection::connect(&address).await.unwrap();
        frames.write(&post(1, 1).to_frame()[..9]).await.unwrap();
        frames.close().await;
        let mut frames = Connection::connect(&address).await.unwrap();
        let other: ToRelay = Hello {
            version_min: 7,
            version_max: 9,
        }
        .into();
        frames.write(&other.to_frame()).await.unwrap();
        let (heard, _) = hear(&mut frames, 2).await;
        assert_eq!(reason(&heard), Reason::Version, "and then the end");
        // Byte by byte is slow, and in order.
        let owner = Owner::new(1);
        owner.open(&world).await;
    });
    let log = world.relay_log();
    assert!(
        log.contains("a frame over the limit") && log.contains("a malformed message"),
        "{log}"
    );
    assert_eq!(world.stop_relay().0, 0);
}

#[test]
fn a_grant_holds_for_its_mailbox_lane_time_right_and_connection() {
    let world = world();
    let address = address(&world);
    wait(async {
        let (owner, other) = (Owner::new(1), Owner::new(2));
        owner.open(&world).await;
        let prove = async |change: &dyn Fn(&Connection) -> Prove, what: &str, expected: Reason| {
            let mut frames = Connection::connect(&address).await.unwrap();
            let prove: ToRelay = change(&frames).into();
            let bytes = [hello().to_frame(), prove.to_frame()].concat();
            frames.write(&bytes).await.unwrap();
            let (heard, _) = hear(&mut frames, 1).await;
            assert_eq!(reason(&heard), expected, "{what}");
        };
        let good = owner.grant(Rights::BOTH, FAR);
        let expired = owner.grant(Rights::BOTH, Timestamp(1));
        prove(
            &|f| owner.prove(f, &address, &expired),
            "expired",
            Reason::GrantExpired,
        )
        .await;
        let nowhere = other.grant(Rights::BOTH, FAR);
        prove(
            &|f| other.prove(f, &address, &nowhere),
            "no mailbox",
            Reason::NoMailbox,
        )
        .await;
        let strange = |frames: &Connection| Prove {
            grant: other.authority.sign(&good),
            ..owner.prove(frames, &address, &good)
        };
        prove(&strange, "granted by another", Reason::NotValid).await;
        let stolen = |frames: &Connection| Prove {
            proof: other.prove(frames, &address, &good).proof,
            ..owner.prove(frames, &address, &good)
        };
        prove(&stolen, "without the lane's key", Reason::NotValid).await;
        let before = Connection::connect(&address).await.unwrap();
        let replayed = owner.prove(&before, &address, &good);
        prove(
            &|_| replayed.clone(),
            "of another connection",
            Reason::NotValid,
        )
        .await;

        // A lane that only posts does not read, and the other way round.
        let session = Session::open_as(&address, &owner.credential(Rights::POST))
            .await
            .unwrap();
        let cursor = Cursor::start(owner.mailbox());
        let mut follow = session.subscribe(cursor.clone(), Vec::new()).await.unwrap();
        let refused = follow.next().await;
        assert!(
            matches!(refused, Err(RelayError::Refused(Reason::NoRight, 0))),
            "{refused:?}"
        );
        let mut session = Session::open_as(&address, &owner.credential(Rights::READ))
            .await
            .unwrap();
        session.post(&envelope(1)).await.unwrap();
        let (_, answer) = session.answer().await.unwrap();
        assert_eq!(answer, Err((Reason::NoRight, 0)));
        // Either of them may ask for the head: who only posts has nothing else to hold against the relay.
        for rights in [Rights::POST, Rights::READ] {
            let mut session = Session::open_as(&address, &owner.credential(rights))
                .await
                .unwrap();
            let head = session.ask_head().await.unwrap().peek().unwrap();
            assert_eq!(head.sequence, Sequence(0));
        }
        let mut session = Session::open_as(&address, &owner.credential(Rights::POST))
            .await
            .unwrap();
        session.post(&envelope(1)).await.unwrap();
        let receipt = session.answer().await.unwrap().1.unwrap();
        let head = session.ask_head().await.unwrap().peek().unwrap();
        assert_eq!((head.sequence, head.head), (Sequence(1), receipt.fact.head));
        // Nobody proves two lanes on one connection.
        let mut frames = Connection::connect(&address).await.unwrap();
        let prove: ToRelay = owner.prove(&frames, &address, &good).into();
        let twice = [hello().to_frame(), prove.to_frame(), prove.to_frame()].concat();
        frames.write(&twice).await.unwrap();
        let (heard, close) = hear(&mut frames, 2).await;
        assert!(matches!(heard.as_slice(), [] | [FromRelay::Proven(_)]));
        assert_eq!(close, Some(Close::Violation));
    });
}

#[test]
fn posts_are_answered_from_the_disk_and_the_same_bytes_have_one_place() {
    let world = world();
    let address = address(&world);
    wait(async {
        let owner = Owner::new(1);
        owner.open(&world).await;
        let mut session = Session::open_as(&address, &owner.credential(Rights::BOTH))
            .await
            .unwrap();
        // All at once on one stream, the last the same as the first.
        let bytes: Vec<u8> = (1..=20).chain([1]).collect();
        for byte in &bytes {
            session.post(&envelope(*byte)).await.unwrap();
        }
        let mut places = Vec::new();
        for byte in &bytes {
            let (_, answer) = session.answer().await.unwrap();
            let receipt = answer.unwrap();
            assert_eq!(receipt.fact.envelope, envelope(*byte).hash());
            places.push(receipt.fact.sequence.0);
        }
        assert_eq!(places, (1..=20).chain([1]).collect::<Vec<u64>>());
        session.close().await;
        let session = Session::open_as(&address, &owner.credential(Rights::READ))
            .await
            .unwrap();
        let cursor = Cursor::start(owner.mailbox());
        let mut follow = session.subscribe(cursor, Vec::new()).await.unwrap();
        let mut delivered = 0;
        loop {
            match follow.next().await.unwrap() {
                Delivery::Envelope { .. } => delivered += 1,
                Delivery::CaughtUp { .. } => break,
                _ => {}
            }
        }
        assert_eq!(delivered, 20);
    });
}

#[test]
fn a_full_mailbox_a_fast_lane_and_a_greedy_one_are_told_so() {
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    world.set("posts_at_once", "200");
    world.start_relay();
    let address = address(&world);
    wait(async {
        let (owner, other) = (Owner::new(1), Owner::new(1));
        let other = Owner {
            lane: SecretKey::from_seed(&[0x33; 32]),
            ..other
        };
        let token = world
            .relay_command(&["token", "--quota-mib", "1"])
            .done()
            .out;
        let token = token::parse(&token).unwrap();
        let mut session = Session::open(&address).await.unwrap();
        session
            .create(owner.opening(&address), token)
            .await
            .unwrap();
        let mut session = Session::open_as(&address, &owner.credential(Rights::POST))
            .await
            .unwrap();
        let mut refused = None;
        for byte in 0..=255 {
            session.post(&envelope(byte)).await.unwrap();
            if let (_, Err(answer)) = session.answer().await.unwrap() {
                refused = Some((byte, answer));
                break;
            }
        }
        // Half of 1 MiB is 128 envelopes: one more, and the lane would have more than it leaves to others.
        let (byte, (reason, retry)) = refused.unwrap();
        assert_eq!((byte, reason), (128, Reason::LaneShare));
        assert!(retry > 0);
        // The other lane's alert still passes.
        let mut session = Session::open_as(&address, &other.credential(Rights::POST))
            .await
            .unwrap();
        session.post(&envelope(200)).await.unwrap();
        assert!(session.answer().await.unwrap().1.is_ok());
    });
    assert_eq!(world.stop_relay().0, 0);
    world.set("posts_at_once", "3");
    // On a busy machine the four posts may take seconds.
    world.set("posts_per_minute", "1");
    world.start_relay();
    wait(async {
        let owner = Owner::new(5);
        owner.open(&world).await;
        let mut session = Session::open_as(&address, &owner.credential(Rights::POST))
            .await
            .unwrap();
        let mut last = None;
        for byte in 0..=3 {
            session.post(&envelope(byte)).await.unwrap();
            last = Some(session.answer().await.unwrap().1);
        }
        let is_told =
            matches!(last, Some(Err((Reason::LaneRate, retry))) if (1..=60).contains(&retry));
        assert!(is_told, "{last:?}");
    });
}

#[test]
fn mailboxes_are_opened_by_who_may_and_not_taken_over() {
    let world = world();
    let address = address(&world);
    wait(async {
        let (owner, thief, guest) = (Owner::new(1), Owner::new(2), Owner::new(3));
        let host_token = token::parse(&world.token()).unwrap();
        let ask = async |message: ToRelay| {
            let (heard, _) = say(&address, &message.to_frame(), 1).await;
            heard
        };
        let create = |opening, token: &bellrope_proto::signing::Signed<_>| CreateWithToken {
            request: RequestId(1),
            opening,
            token: token.clone(),
        };
        let first = ask(create(owner.opening(&address), &host_token).into()).await;
        assert!(
            matches!(first.as_slice(), [FromRelay::Created(_)]),
            "{first:?}"
        );
        let again = ask(create(owner.opening(&address), &host_token).into()).await;
        assert!(
            matches!(again.as_slice(), [FromRelay::Created(_)]),
            "an answer lost is given again"
        );
        let spent = ask(create(thief.opening(&address), &host_token).into()).await;
        assert_eq!(reason(&spent), Reason::TokenSpent);
        let other_relay = RelayAddress::new("h", 1, PublicKey::from_bytes([9; 32])).unwrap();
        let misplaced = ask(create(thief.opening(&other_relay), &host_token).into()).await;
        assert_eq!(reason(&misplaced), Reason::NotValid);

        let sponsored = |by: &Owner, whose: &Owner, bytes: u64, ends: Timestamp| CreateSponsored {
            request: RequestId(1),
            opening: whose.opening(&address),
            sponsorship: by.authority.sign(&Sponsorship {
                authority: by.authority.public(),
                mailbox: whose.mailbox(),
                quota_bytes: bytes,
                mailbox_ends: ends,
            }),
        };
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let soon = Timestamp(now.as_secs() + 86_400);
        let stranger = ask(sponsored(&thief, &guest, 4096, soon).into()).await;
        assert_eq!(reason(&stranger), Reason::NoMailbox);
        let large = ask(sponsored(&owner, &guest, SPONSORED_BYTES_MAX + 1, soon).into()).await;
        assert_eq!(reason(&large), Reason::NotValid);
        let long = ask(sponsored(&owner, &guest, 4096, FAR).into()).await;
        assert_eq!(reason(&long), Reason::NotValid);
        let mut forged = sponsored(&owner, &guest, 4096, soon);
        forged.opening = thief.opening(&address);
        assert_eq!(reason(&ask(forged.into()).await), Reason::NotValid);
        let none = ask(sponsored(&owner, &guest, 0, soon).into()).await;
        assert_eq!(reason(&none), Reason::NotValid);
        let over = ask(sponsored(&owner, &guest, 4096, Timestamp(1)).into()).await;
        assert_eq!(reason(&over), Reason::NotValid);
        let good = ask(sponsored(&owner, &guest, 4096, soon).into()).await;
        assert!(
            matches!(good.as_slice(), [FromRelay::Created(_)]),
            "{good:?}"
        );
        let less = ask(sponsored(&owner, &guest, 1, Timestamp(soon.0 - 60)).into()).await;
        assert!(
            matches!(less.as_slice(), [FromRelay::Created(c)] if c.quota_bytes == 4096 && c.ends == soon),
            "{less:?}"
        );
        let nested = ask(sponsored(&guest, &thief, 4096, soon).into()).await;
        assert_eq!(reason(&nested), Reason::NotValid);
        let over = ask(sponsored(&guest, &owner, 4096, soon).into()).await;
        assert_eq!(reason(&over), Reason::NotValid);
        // One envelope of 4 KiB fits, a second does not.
        let mut session = Session::open_as(&address, &guest.credential(Rights::BOTH))
            .await
            .unwrap();
        session.post(&envelope(1)).await.unwrap();
        assert!(session.answer().await.unwrap().1.is_ok());
        session.post(&envelope(2)).await.unwrap();
        let (_, full) = session.answer().await.unwrap();
        assert!(matches!(full, Err((Reason::MailboxFull, 1..))), "{full:?}");
    });
}

#[test]
fn another_relays_key_is_not_taken() {
    let world = world();
    let real = address(&world);
    let other = SecretKey::from_seed(&[7; 32]).public();
    let pinned = RelayAddress::new(real.host(), real.port(), other).unwrap();
    wait(async {
        let refused = Connection::connect(&pinned).await;
        assert!(
            matches!(refused, Err(RelayError::NotTheRelay)),
            "{:?}",
            refused.err()
        );
    });
}

/// What is sent with a proof, and how the answer is read.
#[derive(Clone, Copy, Debug)]
enum With {
    Post,
    ManyPosts,
    Subscribe,
    AskHead,
}

#[test]
fn a_refused_proof_says_why_whatever_was_sent_with_it() {
    let world = world();
    let address = address(&world);
    wait(async {
        let (owner, nobody) = (Owner::new(1), Owner::new(2));
        owner.open(&world).await;
        let strange = owner.authority.sign(&owner.grant(Rights::BOTH, FAR));
        for (credential, expected) in [
            (
                owner.credential_until(Rights::BOTH, Timestamp(1)),
                Reason::GrantExpired,
            ),
            (nobody.credential(Rights::BOTH), Reason::NoMailbox),
            (LaneCredential::new(&nobody.lane, strange), Reason::NotValid),
        ] {
            for with in [With::Post, With::ManyPosts, With::Subscribe, With::AskHead] {
                let session = Session::open_as(&address, &credential).await.unwrap();
                let refused = ask_with_proof(session, with).await;
                assert!(
                    matches!(&refused, Err(RelayError::Refused(reason, 0)) if *reason == expected),
                    "{expected:?}, {with:?}: {refused:?}"
                );
            }
        }
    });
}

async fn ask_with_proof(mut session: Session, with: With) -> Result<(), RelayError> {
    match with {
        With::Post => {
            session.post(&envelope(1)).await?;
            session.answer().await.map(|_| ())
        }
        With::ManyPosts => {
            // More than the relay takes of what it does not read.
            for _ in 0..64 {
                let large = Envelope::new(vec![1; 65_536]).unwrap();
                session.post(&large).await?;
            }
            session.answer().await.map(|_| ())
        }
        With::Subscribe => {
            let cursor = Cursor::start(MailboxId([1; 32]));
            let mut follow = session.subscribe(cursor, Vec::new()).await?;
            follow.next().await.map(|_| ())
        }
        With::AskHead => session.ask_head().await.map(|_| ()),
    }
}
