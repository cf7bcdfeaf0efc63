//! A relay and the devices of a group, all in this process.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    thread,
};

use bellrope_client::{
    Bundle, Code, Device, Engine, EngineOptions, Event, Extensions, MessageId, NewGroup, Position,
    ReplyUpdate, Role,
    alert::{
        Alert, Fields,
        vocabulary::{Act, Kind},
    },
    approve, compose_alert, create, fetch_bundle,
    internals::{
        Arrival, Payload, Session, ease_passphrases, member_identity, random, seal, set_clock,
    },
    invite, join, now, open_mailbox,
    show::{Inbox, Members},
};
use bellrope_proto::{
    address::RelayAddress,
    grant::HostToken,
    ids::{Day, MailboxId, Timestamp, TokenId},
    signing::{Device as DeviceKey, Invitation, PublicKey, SecretKey, Signed},
};
use bellrope_relay::{
    Clock, Config, Disk, OnlineKeys, Server, Timing, bind,
    store::{LogItem, Store, Tail},
};
use bellrope_tests::network::Network;

use crate::withheld::Withholding;

pub(crate) const DAY: u64 = Timestamp::DAY_SECONDS;

/// Where every story begins.
pub(crate) const START: Timestamp = Timestamp(20_000 * DAY);

/// No failure.
pub(crate) const NOTHING: [String; 0] = [];

/// The clock of the clients is one for the process: each story has a process of its own, that is this program once more. True where it was
/// told there, and there is nothing left to tell.
pub(crate) fn is_told_elsewhere() -> bool {
    const HERE: &str = "BELLROPE_TESTS_STORY";
    let thread = thread::current();
    // With one thread alone, stories are told one after another, by the main thread.
    let Some(name) = thread.name().filter(|name| *name != "main") else {
        return false;
    };
    if env::var_os(HERE).is_some() {
        return false;
    }
    let told = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--test-threads", "1", "--nocapture"])
        .env(HERE, "1")
        .output()
        .unwrap();
    let said = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (said(&told.stdout), said(&told.stderr));
    assert!(told.status.success(), "{out}\n{err}");
    assert!(out.contains("1 passed"), "{out}");
    true
}

/// A relay, the time, and where the devices are.
pub(crate) struct World {
    pub(crate) address: RelayAddress,
    keys: OnlineKeys,
    store: Arc<dyn Store>,
    clock: Arc<Mutex<Timestamp>>,
    network: Network,
    port: u16,
    runtime: tokio::runtime::Runtime,
    dir: tempfile::TempDir,
}

/// Somebody's device.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) device: Arc<Device>,
}

/// What a look at the relay came to.
#[derive(Debug, Default)]
pub(crate) struct Look {
    pub(crate) updates: Vec<ReplyUpdate>,
    pub(crate) failed: Vec<String>,
    pub(crate) events: Vec<Event>,
}

impl World {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let keys = OnlineKeys::of_seeds(&[6; 32], &[7; 32]);
        let (disk, _) = Disk::open(&dir.path().join("relay")).unwrap();
        let store: Arc<dyn Store> = Arc::new(disk);
        let clock = Arc::new(Mutex::new(START));
        let network = Network::lay();
        let port = serve(&runtime, &keys, &store, &clock);
        network.lead_to(port);
        let address = RelayAddress::new("127.0.0.1", network.port(), keys.relay()).unwrap();
        set_clock(START);
        ease_passphrases();
        Self {
            address,
            keys,
            store,
            clock,
            network,
            port,
            runtime,
            dir,
        }
    }

    /// Lets time pass, for everybody; the relay erases what has expired, as it does each hour.
    pub(crate) fn pass(&self, days: u64) {
        let now = now().plus(days * DAY);
        *self.clock.lock().unwrap() = now;
        set_clock(now);
        let before = Day(now.day().0 - 14);
        self.store.expire(before, before).unwrap();
    }

    /// How many connections a look takes.
    pub(crate) fn connections(&self, look: impl FnOnce()) -> u64 {
        let before = self.network.flows();
        look();
        self.network.flows() - before
    }

    /// How many envelopes were ever posted to the mailbox of an invitation.
    pub(crate) fn posted(&self, code: &Code) -> u64 {
        self.store.tail(code.secret.keys().mailbox()).sequence.0
    }

    /// Until when the mailbox of an invitation takes posts at the relay.
    pub(crate) fn ends(&self, code: &Code) -> Timestamp {
        let mailbox = self.store.mailbox(code.secret.keys().mailbox());
        mailbox.unwrap().ends
    }

    /// Sets the relay's clock alone.
    pub(crate) fn set_relay_clock(&self, now: Timestamp) {
        *self.clock.lock().unwrap() = now;
    }

    /// What a host gives a coordinator.
    pub(crate) fn token(&self, days: u64) -> Signed<HostToken> {
        self.keys.token().sign(&HostToken {
            relay: self.keys.relay(),
            id: TokenId(random()),
            quota_bytes: 256 << 20,
            expires: now().plus(14 * DAY),
            mailbox_ends: now().plus(days * DAY),
        })
    }

    /// Where somebody's device is.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What whoever has a copy of somebody's home now, and the passphrase, has.
    pub(crate) fn copy(&self, name: &str) -> Person {
        let copy = self.dir.path().join(format!("copy of {name} {}", now().0));
        copy_dir(&self.home(name), &copy);
        Person::new(Device::unlock(&copy, &passphrase()).unwrap())
    }

    pub(crate) fn wait<T>(&self, story: impl Future<Output = T>) -> T {
        self.runtime.block_on(story)
    }

    /// A coordinator with a new group, whose mailbox lasts so long.
    pub(crate) fn coordinator(&self, name: &str, days: u64) -> Person {
        let group = NewGroup {
            group_name: "Working group",
            my_name: name,
            relay: &self.address,
        };
        let device = create(&self.home(name), &passphrase(), &group, now()).unwrap();
        let person = Person::new(device);
        self.renew(&person, days);
        person
    }

    /// The host has given a new token, and the coordinator shows it.
    pub(crate) fn renew(&self, coordinator: &Person, days: u64) {
        let token = self.token(days);
        let opened = self.wait(open_mailbox(&coordinator.device, &self.address, token));
        opened.unwrap();
    }

    pub(crate) fn invite(&self, coordinator: &Person, name: &str, role: Role) -> Code {
        let expires = now().plus(7 * DAY);
        let made = invite(&coordinator.device, role, name, expires, now()).unwrap();
        let look = self.look(coordinator);
        assert!(look.failed.is_empty(), "{:?}", look.failed);
        made.code
    }

    pub(crate) fn bundle(&self, code: &Code) -> Bundle {
        self.wait(fetch_bundle(code, now())).unwrap()
    }

    /// Somebody uses a code, and has asked or can send.
    pub(crate) fn join(&self, name: &str, code: &Code) -> Person {
        let bundle = self.bundle(code);
        self.join_with(name, code, bundle, now())
    }

    /// The same, with a bundle that was fetched before, and by whatever clock.
    pub(crate) fn join_with(
        &self,
        name: &str,
        code: &Code,
        bundle: Bundle,
        now: Timestamp,
    ) -> Person {
        let device = join(&self.home(name), &passphrase(), code, bundle, now).unwrap();
        let person = Person::new(device);
        let look = self.look(&person);
        assert!(look.failed.is_empty(), "{:?}", look.failed);
        person
    }

    pub(crate) fn approve(&self, coordinator: &Person, name: &str) {
        self.look(coordinator);
        approve(&coordinator.device, &coordinator.invitation(name), now()).unwrap();
        self.look(coordinator);
    }

    /// Somebody who reads, and is in.
    pub(crate) fn reader(&self, coordinator: &Person, name: &str, role: Role) -> Person {
        let code = self.invite(coordinator, name, role);
        let person = self.join(name, &code);
        self.approve(coordinator, name);
        let look = self.look(&person);
        assert_eq!(look.updates, [ReplyUpdate::Welcome], "{name}");
        person
    }

    /// Many members who come at once, and are in.
    pub(crate) fn readers(&self, coordinator: &Person, names: &[String]) -> Vec<Person> {
        let expires = now().plus(7 * DAY);
        let codes = names.iter().map(|name| {
            let made = invite(&coordinator.device, Role::Member, name, expires, now());
            made.unwrap().code
        });
        let codes: Vec<Code> = codes.collect();
        self.look(coordinator);
        let joined = names.iter().zip(&codes);
        let people: Vec<Person> = joined.map(|(name, code)| self.join(name, code)).collect();
        self.look(coordinator);
        for name in names {
            approve(&coordinator.device, &coordinator.invitation(name), now()).unwrap();
        }
        self.look(coordinator);
        for person in &people {
            assert_eq!(self.look(person).updates, [ReplyUpdate::Welcome]);
        }
        people
    }

    /// A defender, who is in.
    pub(crate) fn defender(&self, coordinator: &Person, name: &str) -> Person {
        let code = self.invite(coordinator, name, Role::Defender);
        let person = self.join(name, &code);
        self.look(coordinator);
        person
    }

    /// What `bellrope watch --once` does.
    pub(crate) fn look(&self, person: &Person) -> Look {
        self.look_with(person, EngineOptions::default())
    }

    /// The same, where the relay shows this person a mailbox as it was once.
    pub(crate) fn look_without(&self, person: &Person, (mailbox, end): (MailboxId, Tail)) -> Look {
        let store: Arc<dyn Store> = Arc::new(Withholding {
            of: Arc::clone(&self.store),
            mailbox,
            end,
        });
        let port = serve(&self.runtime, &self.keys, &store, &self.clock);
        self.network.lead_to(port);
        let look = self.look(person);
        self.network.lead_to(self.port);
        look
    }

    /// How a mailbox is now.
    pub(crate) fn tail(&self, mailbox: MailboxId) -> Tail {
        self.store.tail(mailbox)
    }

    /// How it was when one more envelope had come.
    pub(crate) fn tail_after(&self, mailbox: MailboxId, before: Tail) -> Tail {
        let items = self.store.read_after(mailbox, before.sequence, 1).unwrap();
        match items.first() {
            Some(LogItem::Kept(record)) => Tail {
                sequence: record.sequence,
                head: record.head,
            },
            item => panic!("{item:?}"),
        }
    }

    /// The same, and keeps every envelope that comes in a folder, as somebody does who records what the relay has.
    pub(crate) fn record(&self, person: &Person, dir: PathBuf) {
        let envelopes = Some(dir);
        let options = EngineOptions {
            envelopes,
            follow: false,
        };
        let look = self.look_with(person, options);
        assert_eq!(look.failed, NOTHING);
    }

    fn look_with(&self, person: &Person, options: EngineOptions) -> Look {
        self.wait(async {
            let mut engine = Engine::start(Arc::clone(&person.device), options);
            let mut look = Look::default();
            match engine.catch_up().await {
                Ok(updates) => look.updates = updates,
                Err(error) => look.failed.push(error.to_string()),
            }
            let sent = engine.send_outbox().await.unwrap();
            look.failed
                .extend(sent.failed.iter().map(ToString::to_string));
            if person.device.reads().unwrap() {
                let claims = engine.read_claims().await.unwrap();
                look.failed
                    .extend(claims.failed.iter().map(ToString::to_string));
                let sent = engine.send_outbox().await.unwrap();
                look.failed
                    .extend(sent.failed.iter().map(ToString::to_string));
            }
            while let Some(event) = engine.next_ready().await {
                if let Event::Unshown(unshown) = &event {
                    engine.shown(unshown).unwrap();
                }
                look.events.push(event);
            }
            engine.stop().await;
            look
        })
    }

    /// Says, with what a code gives and another's key, that the person of that code has everything.
    pub(crate) fn forge_arrival(&self, code: &Code, coordinator: &Person) {
        let keys = code.secret.keys();
        let stranger = SecretKey::<DeviceKey>::from_seed(&[9; 32]);
        let arrival = stranger.sign(&Arrival {
            invitation: keys.invitation.public(),
            position: Position(1000),
            extensions: Extensions::none(),
        });
        let to = [member_identity(&coordinator.device).to_key()];
        let payload = Payload::Arrival(arrival).encode();
        let envelope = seal(&payload, &to, &keys.outer().to_recipient()).unwrap();
        self.wait(async {
            let session = Session::open_as(&self.address, &keys.credential()).await;
            let mut session = session.unwrap();
            session.post(&envelope).await.unwrap();
            session.answer().await.unwrap().1.unwrap();
            session.close().await;
        });
    }

    /// Writes an alert and sends it; the relay must have it.
    pub(crate) fn alert(&self, person: &Person, summary: &str) {
        let id = person.write(summary);
        self.wait(async {
            let options = EngineOptions::default();
            let engine = Engine::start(Arc::clone(&person.device), options);
            let report = engine.send_outbox().await.unwrap();
            let stored = report.stored.iter().any(|(stored, _)| *stored == id);
            assert!(stored, "{summary}: {report:?}");
            engine.stop().await;
        });
    }
}

impl Person {
    fn new(device: Device) -> Self {
        Self {
            device: Arc::new(device),
        }
    }

    /// Writes an alert, which waits to be sent.
    pub(crate) fn write(&self, summary: &str) -> MessageId {
        let mut fields = Fields::of_kind(Kind::Flash);
        fields.acts = vec![Act::Threat];
        fields.summary = summary.to_owned();
        let alert = Alert::new(fields).unwrap();
        let sealed = compose_alert(&self.device, &alert, &[], now());
        sealed.unwrap().id
    }

    fn invitation(&self, name: &str) -> PublicKey<Invitation> {
        let members = Members::of(&self.device, now()).unwrap().unwrap();
        members.find_invited(name).unwrap().invitation.unwrap()
    }

    /// Where somebody stands, as `bellrope members` says it.
    pub(crate) fn standing(&self, name: &str) -> &'static str {
        let members = Members::of(&self.device, now()).unwrap().unwrap();
        let mut lines = members.lines();
        let line = lines.find(|line| line.own_name() == name);
        line.map_or("nobody", |line| line.standing.key())
    }

    /// Whether an alert with this summary came, and its sender is the one whom the roster names.
    pub(crate) fn has_verified(&self, summary: &str) -> bool {
        let inbox = Inbox::open(&self.device).unwrap().unwrap();
        let all = inbox.all().unwrap().alerts;
        all.iter().any(|received| {
            let json = received.to_json();
            json["alert"]["summary"] == summary && json["sender"]["status"] == "known"
        })
    }
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_dir(&entry.path(), &to),
            false => _ = fs::copy(entry.path(), to).unwrap(),
        }
    }
}

fn passphrase() -> secrecy::SecretString {
    "a long enough passphrase".into()
}

fn serve(
    runtime: &tokio::runtime::Runtime,
    keys: &OnlineKeys,
    store: &Arc<dyn Store>,
    clock: &Arc<Mutex<Timestamp>>,
) -> u16 {
    let _inside = runtime.enter();
    let (socket, _) = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let port = socket.local_addr().unwrap().port();
    let hands = Arc::clone(clock);
    let server = Server {
        config: Config::new("127.0.0.1").unwrap(),
        timing: Timing::default(),
        clock: Clock::of(move || *hands.lock().unwrap()),
        keys: keys.clone(),
        socket,
        restored: None,
    };
    let store = Arc::clone(store);
    runtime.spawn(async move { server.serve(store, std::future::pending()).await });
    port
}
