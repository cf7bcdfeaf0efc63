//! A relay inside the test, with its clock and its patience in hand: slow peers, heartbeats, expiry.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bellrope_client::{
    RelayError,
    internals::{Connection, Cursor, Delivery, Session, Subscription},
};
use bellrope_proto::{
    VERSION,
    address::RelayAddress,
    envelope::Envelope,
    grant::Rights,
    ids::{Day, Hash, MailboxId, Sequence, Timestamp, TokenId},
    message::{AskHead, Close, FromRelay, Hello, Reason, RequestId, Subscribe, ToRelay},
    signing::{Lane, PublicKey},
};
use bellrope_relay::{
    Clock, Config, Disk, OnlineKeys, Server, Timing, bind,
    store::{
        CheckReport, ExpiryReport, LogItem, Mailbox, Record, Store, StoreError, StoredAt, Tail,
        Usage,
    },
};
use bellrope_tests::{people::until, world::World};
use tokio::sync::oneshot;

use crate::{
    send,
    wire::{Owner, wait},
    world,
};

const START: Timestamp = Timestamp(20_000 * Timestamp::DAY_SECONDS);

pub(crate) struct Inside {
    pub(crate) address: RelayAddress,
    clock: Arc<Mutex<Timestamp>>,
    pub(crate) store: Arc<dyn Store>,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
    _dir: tempfile::TempDir,
}

pub(crate) fn mailbox(id: MailboxId) -> Mailbox {
    Mailbox {
        id,
        quota_bytes: 1 << 20,
        ends: START.plus(1000 * Timestamp::DAY_SECONDS),
        sponsor: None,
        successor: None,
    }
}

pub(crate) fn inside(timing: Timing, connections_max: u32) -> Inside {
    inside_with(timing, connections_max, |disk| Arc::new(disk))
}

/// `keep` makes the store that the relay sees of the one on disk.
fn inside_with(
    timing: Timing,
    connections_max: u32,
    keep: impl FnOnce(Disk) -> Arc<dyn Store>,
) -> Inside {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Disk::open(dir.path()).unwrap();
    let store = keep(store);
    store
        .create(&mailbox(Owner::new(1).mailbox()), None)
        .unwrap();
    let keys = OnlineKeys::of_seeds(&[6; 32], &[7; 32]);
    serve((timing, START), connections_max, store, keys, dir)
}

/// Its clock is right before it looks at it: one that jumps by years between two looks lets it erase what it has.
fn serve(
    (timing, time): (Timing, Timestamp),
    connections_max: u32,
    store: Arc<dyn Store>,
    keys: OnlineKeys,
    dir: tempfile::TempDir,
) -> Inside {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (socket, _) = bind(anywhere).unwrap();
    let port = socket.local_addr().unwrap().port();
    let address = RelayAddress::new("127.0.0.1", port, keys.relay()).unwrap();
    let clock = Arc::new(Mutex::new(time));
    let hands = Arc::clone(&clock);
    let server = Server {
        config: Config {
            connections_max,
            ..Config::new("127.0.0.1").unwrap()
        },
        timing,
        clock: Clock::of(move || *hands.lock().unwrap()),
        keys,
        socket,
        restored: None,
    };
    let (stop, stopped) = oneshot::channel();
    let shared = Arc::clone(&store);
    let served = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        server.serve(shared, stopped).await.unwrap();
    });
    Inside {
        address,
        clock,
        store,
        stop,
        served,
        _dir: dir,
    }
}

/// In the place of a world's relay, which must be stopped: with its keys and its store, at another time.
pub(crate) fn in_place_of(
    world: &World,
    keep: impl FnOnce(Disk) -> Arc<dyn Store>,
    time: Timestamp,
) -> Inside {
    let keys = std::fs::read(world.relay_dir().join("online.keys")).unwrap();
    let (disk, _) = Disk::open(&world.relay_dir().join("store")).unwrap();
    let inside = serve(
        (Timing::default(), time),
        100,
        keep(disk),
        OnlineKeys::decode(&keys).unwrap(),
        tempfile::tempdir().unwrap(),
    );
    world.network().lead_to(inside.address.port());
    inside
}

/// The store of a relay that ran inside the test and has ended. A program that another test starts just then has, until it is
/// itself, all that this process had open, and the store's lock with it.
pub(crate) fn open_again(store: &Path) -> Disk {
    let mut opened = None;
    until("the store's lock is free", || {
        opened = Disk::open(store).ok();
        opened.is_some()
    });
    opened.unwrap().0
}

pub(crate) fn today() -> Timestamp {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp(now.unwrap().as_secs())
}

impl Inside {
    /// From now on it is this moment there.
    pub(crate) fn set_clock(&self, time: Timestamp) {
        *self.clock.lock().unwrap() = time;
    }

    /// Stops, and lets go of the store.
    pub(crate) async fn end(self) {
        let _ = self.stop.send(());
        self.served.await.unwrap();
    }

    pub(crate) async fn follow(&self, owner: &Owner, cursor: Cursor) -> Subscription {
        let credential = owner.credential(Rights::BOTH);
        let session = Session::open_as(&self.address, &credential).await.unwrap();
        session.subscribe(cursor, Vec::new()).await.unwrap()
    }

    pub(crate) async fn post(&self, owner: &Owner, byte: u8) {
        let credential = owner.credential(Rights::BOTH);
        let mut session = Session::open_as(&self.address, &credential).await.unwrap();
        let envelope = Envelope::new(vec![byte; 4096]).unwrap();
        session.post(&envelope).await.unwrap();
        session.answer().await.unwrap().1.unwrap();
        session.close().await;
    }
}

pub(crate) fn hello() -> Vec<u8> {
    let hello: ToRelay = Hello {
        version_min: VERSION,
        version_max: VERSION,
    }
    .into();
    hello.to_frame()
}

fn quick() -> Timing {
    Timing {
        greeting: Duration::from_millis(300),
        heartbeat: Duration::from_millis(50),
        ..Timing::default()
    }
}

#[test]
fn whoever_proves_nothing_in_time_is_let_go_and_others_are_served() {
    wait(async {
        let inside = inside(quick(), 100);
        let mut silent = Connection::connect(&inside.address).await.unwrap();
        silent.write(&hello()[..3]).await.unwrap();
        let mut greeted = Connection::connect(&inside.address).await.unwrap();
        greeted.write(&hello()).await.unwrap();
        greeted.read().await.unwrap();
        inside.post(&Owner::new(1), 1).await;
        for frames in [&mut silent, &mut greeted] {
            let ended = frames.read().await;
            assert!(
                matches!(ended, Err(RelayError::Ended(Some(Close::TooSlow)))),
                "{ended:?}"
            );
        }
    });
}

#[test]
fn heartbeats_go_on_and_a_stop_says_goodbye() {
    wait(async {
        let inside = inside(quick(), 100);
        let owner = Owner::new(1);
        let mut follow = inside.follow(&owner, Cursor::start(owner.mailbox())).await;
        for _ in 0..5 {
            assert!(matches!(follow.next().await, Ok(Delivery::CaughtUp { .. })));
        }
        inside.post(&owner, 1).await;
        while !matches!(follow.next().await.unwrap(), Delivery::Envelope { .. }) {}
        inside.stop.send(()).unwrap();
        let ended = loop {
            if let Err(error) = follow.next().await {
                break error;
            }
        };
        assert!(
            matches!(ended, RelayError::Ended(Some(Close::Stopping))),
            "{ended:?}"
        );
        inside.served.await.unwrap();
    });
}

#[test]
fn one_heartbeat_tells_that_a_subscription_has_caught_up() {
    wait(async {
        let inside = inside(Timing::default(), 100);
        let owner = Owner::new(1);
        let mut frames = Connection::connect(&inside.address).await.unwrap();
        let grant = owner.grant(Rights::BOTH, Timestamp(u64::MAX));
        let prove: ToRelay = owner.prove(&frames, &inside.address, &grant).into();
        let subscribe: ToRelay = Subscribe {
            request: RequestId(2),
            after: Sequence(0),
        }
        .into();
        let begin = [hello(), prove.to_frame(), subscribe.to_frame()].concat();
        frames.write(&begin).await.unwrap();
        let mut next = async |says: &[u8]| {
            frames.write(says).await.unwrap();
            FromRelay::from_body(&frames.read().await.unwrap()).unwrap()
        };
        assert!(matches!(next(&[]).await, FromRelay::Welcome(_)));
        assert!(matches!(next(&[]).await, FromRelay::Proven(_)));
        assert!(matches!(next(&[]).await, FromRelay::Heartbeat(_)));
        let ask: ToRelay = AskHead {
            request: RequestId(3),
        }
        .into();
        let answer = next(&ask.to_frame()).await;
        assert!(matches!(answer, FromRelay::NewestHead(_)), "{answer:?}");
    });
}

#[test]
fn a_subscription_ends_with_its_grant_and_says_so() {
    wait(async {
        let owner = Owner::new(1);
        let ends = START.plus(10);
        let credential = owner.credential_until(Rights::READ, ends);
        // Noticed with the next envelope, and when nothing comes, with the next heartbeat.
        for (timing, posts) in [(Timing::default(), true), (quick(), false)] {
            let inside = inside(timing, 100);
            let session = Session::open_as(&inside.address, &credential)
                .await
                .unwrap();
            let cursor = Cursor::start(owner.mailbox());
            let mut follow = session.subscribe(cursor, Vec::new()).await.unwrap();
            assert!(matches!(follow.next().await, Ok(Delivery::CaughtUp { .. })));
            *inside.clock.lock().unwrap() = ends;
            if posts {
                inside.post(&owner, 1).await;
            }
            let refused = loop {
                match follow.next().await {
                    Ok(Delivery::CaughtUp { .. }) => {}
                    other => break other,
                }
            };
            assert!(
                matches!(refused, Err(RelayError::Refused(Reason::GrantExpired, 0))),
                "{refused:?}"
            );
            let ended = follow.next().await;
            assert!(matches!(ended, Err(RelayError::Ended(_))), "{ended:?}");
        }
    });
}

#[test]
fn what_expired_is_told_and_the_chain_goes_on() {
    wait(async {
        let inside = inside(Timing::default(), 100);
        let owner = Owner::new(1);
        for byte in 1..=3 {
            inside.post(&owner, byte).await;
        }
        let later = START.plus(20 * Timestamp::DAY_SECONDS);
        *inside.clock.lock().unwrap() = later;
        inside.post(&owner, 4).await;
        let store = Arc::clone(&inside.store);
        let before = Day(later.day().0 - 14);
        let expired = tokio::task::spawn_blocking(move || store.expire(before, before));
        assert_eq!(expired.await.unwrap().unwrap().envelopes, 3);
        let mut follow = inside.follow(&owner, Cursor::start(owner.mailbox())).await;
        assert!(matches!(
            follow.next().await,
            Ok(Delivery::Missed { count: 3 })
        ));
        let next = follow.next().await.unwrap();
        assert!(
            matches!(
                next,
                Delivery::Envelope {
                    sequence: Sequence(4),
                    ..
                }
            ),
            "{next:?}"
        );
        assert!(matches!(follow.next().await, Ok(Delivery::CaughtUp { .. })));
    });
}

/// What a store does to its readers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Oddity {
    /// It has another time than the relay stored and signed.
    OtherTime,
    /// Its disk gives nothing back.
    Unreadable,
    /// A lane is revoked after it was read for it, and before it is sent.
    RevokesAsItReads(PublicKey<Lane>),
}

/// A store that is not as it should be.
struct Odd(Disk, Oddity);

impl Odd {
    fn later(record: Record) -> Record {
        Record {
            time: record.time.plus(1),
            ..record
        }
    }
}

impl Store for Odd {
    fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError> {
        self.0.create(mailbox, token)
    }
    fn change(&self, mailboxes: &[Mailbox]) -> Result<(), StoreError> {
        self.0.change(mailboxes)
    }
    fn revoke(&self, id: MailboxId, lane: PublicKey<Lane>) -> Result<(), StoreError> {
        self.0.revoke(id, lane)
    }
    fn is_revoked(&self, id: MailboxId, lane: PublicKey<Lane>) -> bool {
        self.0.is_revoked(id, lane)
    }
    fn revoked_lanes(&self, id: MailboxId) -> usize {
        self.0.revoked_lanes(id)
    }
    fn mailbox(&self, id: MailboxId) -> Option<Mailbox> {
        self.0.mailbox(id)
    }
    fn mailboxes(&self) -> Vec<Mailbox> {
        self.0.mailboxes()
    }
    fn tail(&self, id: MailboxId) -> Tail {
        self.0.tail(id)
    }
    fn first_open_day(&self) -> Option<Day> {
        self.0.first_open_day()
    }
    fn usage(&self, id: MailboxId) -> Usage {
        self.0.usage(id)
    }
    fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<StoredAt>, StoreError> {
        self.0.find(id, envelope)
    }
    fn append(&self, day: Day, records: &[Record]) -> Result<(), StoreError> {
        self.0.append(day, records)
    }
    fn uncheckpointed_bytes(&self) -> usize {
        self.0.uncheckpointed_bytes()
    }
    fn checkpoint(&self) -> Result<(), StoreError> {
        self.0.checkpoint()
    }
    fn recent_after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record> {
        if self.1 == Oddity::Unreadable {
            return Vec::new();
        }
        let records = self.0.recent_after(id, after, bytes_max);
        if let Oddity::RevokesAsItReads(lane) = self.1 {
            self.0.revoke(id, lane).unwrap();
            return records;
        }
        records.into_iter().map(Self::later).collect()
    }
    fn read_after(
        &self,
        id: MailboxId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<LogItem>, StoreError> {
        if self.1 == Oddity::Unreadable {
            return Err(StoreError::Failed(std::io::ErrorKind::StorageFull.into()));
        }
        let items = self.0.read_after(id, after, bytes_max)?.into_iter();
        Ok(items
            .map(|item| match item {
                LogItem::Kept(record) => LogItem::Kept(Self::later(record)),
                expired @ LogItem::Expired { .. } => expired,
            })
            .collect())
    }
    fn expire(&self, before: Day, ended: Day) -> Result<ExpiryReport, StoreError> {
        self.0.expire(before, ended)
    }
    fn check(&self) -> Result<CheckReport, StoreError> {
        self.0.check()
    }
}

#[test]
fn a_relay_that_tells_a_reader_another_time_is_caught() {
    wait(async {
        let owner = Owner::new(1);
        let liar = inside_with(Timing::default(), 100, |disk| {
            Arc::new(Odd(disk, Oddity::OtherTime))
        });
        liar.post(&owner, 1).await;
        let mut follow = liar.follow(&owner, Cursor::start(owner.mailbox())).await;
        let told = follow.next().await;
        assert!(matches!(told, Ok(Delivery::Envelope { .. })), "{told:?}");
        let caught = follow.next().await;
        assert!(
            matches!(caught, Err(RelayError::Contradiction(_))),
            "{caught:?}"
        );
    });
}

#[test]
fn a_reader_is_told_that_the_disk_fails_and_not_of_a_restart() {
    wait(async {
        let owner = Owner::new(1);
        let broken = |disk| -> Arc<dyn Store> { Arc::new(Odd(disk, Oddity::Unreadable)) };
        let inside = inside_with(Timing::default(), 100, broken);
        inside.post(&owner, 1).await;
        let mut follow = inside.follow(&owner, Cursor::start(owner.mailbox())).await;
        let refused = follow.next().await;
        assert!(
            matches!(refused, Err(RelayError::Refused(Reason::Unavailable, 1..))),
            "{refused:?}"
        );
    });
}

/// What was read for a lane may be of after its revocation, which came while it was read.
#[test]
fn what_was_read_for_a_lane_is_not_sent_when_it_was_revoked_meanwhile() {
    wait(async {
        let owner = Owner::new(1);
        let odd = Oddity::RevokesAsItReads(owner.lane.public());
        let inside = inside_with(Timing::default(), 100, |disk| Arc::new(Odd(disk, odd)));
        inside.post(&owner, 1).await;
        let mut follow = inside.follow(&owner, Cursor::start(owner.mailbox())).await;
        let refused = follow.next().await;
        assert!(
            matches!(refused, Err(RelayError::Refused(Reason::Revoked, 0))),
            "{refused:?}"
        );
    });
}

#[test]
fn a_relay_that_goes_on_lying_keeps_no_alert_from_anybody() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    assert_eq!(world.stop_relay().0, 0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let odd = |disk| Arc::new(Odd(disk, Oddity::OtherTime)) as Arc<dyn Store>;
    let _liar = in_place_of(&world, odd, today());
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    send(&nina, "the first");
    watch.wait_for_times("the first", 1);
    watch.wait_for_times("contradicts what it signed", 1);
    // It is read again once, and then from where it is: it does not go round for ever.
    watch.wait_for_times("Watching", 2);
    send(&nina, "the second");
    watch.wait_for_times("the second", 1);
    // What Anna has receipts for is retold as well.
    send(&anna, "from Anna");
    send(&nina, "the third");
    watch.wait_for_times("the third", 1);
    let (_, seen) = watch.stop();
    for summary in ["the first", "the second", "from Anna", "the third"] {
        assert_eq!(seen.matches(summary).count(), 1, "{summary}: {seen}");
    }
}

#[test]
fn a_relay_that_forgot_what_it_signed_is_caught() {
    wait(async {
        let first = inside(Timing::default(), 100);
        let owner = Owner::new(1);
        for byte in 1..=3 {
            first.post(&owner, byte).await;
        }
        let mut follow = first.follow(&owner, Cursor::start(owner.mailbox())).await;
        while !matches!(follow.next().await.unwrap(), Delivery::CaughtUp { .. }) {}
        let cursor = follow.cursor().clone();
        // The same keys, restored from a backup of before.
        let second = inside(Timing::default(), 100);
        second.post(&owner, 1).await;
        let mut follow = second.follow(&owner, cursor.clone()).await;
        let caught = follow.next().await;
        assert!(
            matches!(caught, Err(RelayError::Contradiction(_))),
            "{caught:?}"
        );
        // And one that put something else in its place.
        for byte in 7..=8 {
            second.post(&owner, byte).await;
        }
        let mut follow = second.follow(&owner, cursor).await;
        let caught = follow.next().await;
        assert!(
            matches!(caught, Err(RelayError::Contradiction(_))),
            "{caught:?}"
        );
    });
}
