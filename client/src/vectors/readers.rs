//! What a reader makes of one message after another: ids (M4), the rows of devices (M7), what others have seen (M8). Run
//! on a device, so that what it keeps on disk takes part.

use bellrope_proto::{
    ids::{Hash, Sequence, Timestamp},
    signing::PublicKey,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    bytes, hex, items,
    messages::{Case, claim, verdict},
    read,
    rosters::chain,
    text,
    turns::PUT_OUT,
    world::*,
};
use crate::{
    clock::now,
    device::{Device, DeviceError, FirstFiles, Senders, State, inbox},
    group::{Role, Roster},
    ids::{Epoch, GroupId, MessageId},
    message::{Message, Payload, Seen, SignedMessage, UNCOUNTED},
    relay::Cursor,
    seal::{self, EpochIdentity},
    secret::Seed,
    sync::{GroupReceiver, Received},
};

/// The head of the reader's log after a place.
fn head(place: u64) -> Hash {
    Hash::tagged("head", &[&place.to_be_bytes()])
}

/// One message on its way to the reader.
struct Step {
    why: &'static str,
    sent: SignedMessage,
    place: u64,
    arrived: Timestamp,
    /// How long ago the reader's relay contradicted itself, when it reads this.
    contradicted: Option<u64>,
}

/// Messages in the making. What they name each other by is their number.
struct Script {
    place: u64,
    steps: Vec<Step>,
}

/// Of the id and the body: tells messages of one number apart.
type Mark = u8;

/// A message of a device with this number, after the one of `previous`, with this id.
fn said(by: u8, number: u64, previous: Hash, mark: Mark) -> Case {
    let mut case = Case::new("", by);
    case.message.number = number;
    case.message.previous = previous;
    let id = Hash::tagged("sequence", &[&[by, mark], &number.to_be_bytes()]);
    case.message.id = MessageId(*id.0.first_chunk().unwrap());
    case
}

/// The message of this number in a row whose every message names the one before it.
fn row(by: u8, number: u64) -> Case {
    let previous = match number {
        1 => Hash([0; 32]),
        _ => hash(&row(by, number - 1)),
    };
    said(by, number, previous, 0)
}

fn hash(case: &Case) -> Hash {
    Message::hash(&case.sent().message)
}

impl Script {
    fn new() -> Self {
        Self::from_place(1)
    }

    /// The reader knows nothing of the log before this place.
    fn from_place(place: u64) -> Self {
        Self {
            place,
            steps: Vec::new(),
        }
    }

    fn then(mut self, why: &'static str, case: &Case) -> Self {
        self.steps.push(Step {
            why,
            sent: case.sent(),
            place: self.place + self.steps.len() as u64,
            arrived: TIME,
            contradicted: None,
        });
        self
    }

    /// Changes how the last one comes.
    fn which(mut self, change: impl FnOnce(&mut Step)) -> Self {
        change(self.steps.last_mut().unwrap());
        self
    }
}

fn ids() -> Script {
    let first = row(IVAN, 1);
    let mut same_id = row(IVAN, 2);
    same_id.message.id = first.message.id;
    let mut veras = row(VERA, 1);
    veras.message.id = first.message.id;
    Script::new()
        .then("the first", &first)
        .then("the same bytes again", &first)
        .then("the same bytes, long after", &first)
        .which(|step| step.arrived = EXPIRES.plus(9))
        .then("other bytes with its id", &same_id)
        .then("another's, with its id", &veras)
        .then("what was refused is in no row", &row(IVAN, 2))
        .then("nor in its sender's", &row(VERA, 1))
        .then("the first once more, out of its order", &first)
}

fn gaps() -> Script {
    Script::new()
        .then("the first that is heard", &row(IVAN, 3))
        .then("the next", &row(IVAN, 4))
        .then("four are left out", &row(IVAN, 9))
        .then("late, and none has named it", &row(IVAN, 7))
        .then("late, as the last named it", &row(IVAN, 8))
        .then("late, as a late one named it", &row(IVAN, 6))
        .then(
            "from before the first that was heard, as that named it",
            &row(IVAN, 2),
        )
        .then(
            "late a second time, in other bytes",
            &said(IVAN, 7, hash(&row(IVAN, 6)), 1),
        )
        .then(
            "late, and not the one that was named",
            &said(IVAN, 5, hash(&row(IVAN, 4)), 1),
        )
        .then(
            "the one that was named, when another came for it",
            &row(IVAN, 5),
        )
        .then("the next", &row(IVAN, 10))
}

fn copies() -> Script {
    let third = said(IVAN, 3, hash(&row(IVAN, 2)), 1);
    let fifth = said(IVAN, 5, hash(&said(IVAN, 4, hash(&third), 1)), 1);
    let sixth = said(IVAN, 6, hash(&fifth), 1);
    Script::new()
        .then("the first", &row(IVAN, 1))
        .then("the second", &row(IVAN, 2))
        .then("the third", &row(IVAN, 3))
        .then("a third in other bytes", &third)
        .then("the row goes on with the first of the two", &row(IVAN, 4))
        .then("a fifth that names another fourth", &fifth)
        .then("the row goes on with the higher number", &sixth)
        .then(
            "a number that was heard goes back",
            &said(IVAN, 2, hash(&row(IVAN, 1)), 1),
        )
        .then(
            "another fourth: it was not missing",
            &said(IVAN, 4, hash(&third), 1),
        )
}

fn far_back() -> Script {
    // Rows of their own, as what lies between was never said.
    let jump = |number| said(IVAN, number, Hash([0x66; 32]), 0);
    let late = |number| said(IVAN, number, Hash([0x55; 32]), 0);
    Script::new()
        .then("the first", &row(IVAN, 1))
        .then("98 are left out", &jump(100))
        .then("the 64th of the missing, from the newest", &late(36))
        .then("one further back", &late(20))
        .then(
            "and once more, in other bytes",
            &said(IVAN, 20, Hash([0x55; 32]), 1),
        )
        .then(
            "the newest of the missing, and not as it was named",
            &late(99),
        )
        .then("39 more are left out", &jump(140))
        .then("the 64th of all that are missing", &late(74))
        .then("one further back, which was among the 64 before", &late(60))
        .then("another device's first", &row(NADIA, 1))
        .then("64 are left out", &said(NADIA, 66, Hash([0x66; 32]), 0))
        .then(
            "the first in other bytes: all that is missing is remembered",
            &said(NADIA, 1, Hash([0; 32]), 1),
        )
        .then("the first of the 64", &said(NADIA, 2, Hash([0x55; 32]), 0))
}

fn uncounted() -> Script {
    let of = |by: u8, previous: &Case, mark| said(by, UNCOUNTED, hash(previous), mark);
    let first = said(IVAN, UNCOUNTED, Hash([0; 32]), 9);
    Script::new()
        .then("before anything that is counted", &first)
        .then("the first that is counted", &row(IVAN, 1))
        .then("the second", &row(IVAN, 2))
        .then("on the second", &of(IVAN, &row(IVAN, 2), 1))
        .then("on the second too", &of(IVAN, &row(IVAN, 2), 2))
        .then("the third, as if they had not been", &row(IVAN, 3))
        .then(
            "on the second, which is not the highest any more",
            &of(IVAN, &row(IVAN, 2), 3),
        )
        .then("on one that has not come", &of(IVAN, &row(IVAN, 4), 4))
        .then("the one that has not come", &row(IVAN, 4))
        .then("two are left out", &row(IVAN, 7))
        .then("on one of these", &of(IVAN, &row(IVAN, 6), 5))
        .then("a copy that counts", &said(IVAN, 7, hash(&row(IVAN, 6)), 6))
        .then("a stranger's", &said(STRANGER, UNCOUNTED, Hash([0; 32]), 1))
}

fn everybodys_row() -> Script {
    let mut ignored = row(IVAN, 2);
    ignored.message.kind = 32_768;
    let mut newer = said(IVAN, 3, hash(&ignored), 0);
    newer.message.kind = 77;
    let late = said(IVAN, 4, hash(&newer), 0);
    let mut elsewhere = said(IVAN, 5, hash(&late), 0);
    elsewhere.message.roster = Hash([0x66; 32]);
    let sixth = said(IVAN, 6, hash(&elsewhere), 0);
    let mut other_epoch = said(IVAN, 7, hash(&sixth), 0);
    other_epoch.message.epoch = Epoch(2);
    let eighth = said(IVAN, 8, hash(&other_epoch), 0);
    let again = said(STRANGER, 9, Hash([0; 32]), 1);
    Script::new()
        .then("the first", &row(IVAN, 1))
        .then("a kind that is ignored", &ignored)
        .then("a kind that is critical", &newer)
        .then("one that came late", &late)
        .which(|step| step.arrived = EXPIRES.plus(1))
        .then("one at a roster head that is not known", &elsewhere)
        .then("the next", &sixth)
        .then("another epoch's, which is refused", &other_epoch)
        .then("it is not in the row", &eighth)
        .then("an observer's first", &row(OLGA, 1))
        .then("an observer's third", &row(OLGA, 3))
        .then("a stranger's first", &row(STRANGER, 1))
        .then(
            "nothing of strangers is remembered",
            &said(STRANGER, 9, Hash([0; 32]), 0),
        )
        .then("nor this", &again)
}

/// The first device that is called by an invitation's name has it, whoever's claim came first to the mailbox.
fn first_device() -> Script {
    let of = |number: u64, previous: Hash, by: u8| {
        let mut case = said(by, number, previous, 0);
        case.claim = Some(claim(PAVEL, by));
        case
    };
    let mut late = of(1, Hash([0; 32]), STRANGER);
    late.message.expires = TIME.plus(1);
    let second = of(2, hash(&late), STRANGER);
    Script::new()
        .then("late, which changes nothing of the name", &late)
        .which(|step| step.arrived = TIME.plus(2))
        .then("another device has it", &of(1, Hash([0; 32]), PAVEL))
        .then("the first one's", &second)
        .then("the other is in no row", &of(3, Hash([0; 32]), PAVEL))
        .then(
            "the first is, and leaves out one",
            &of(4, Hash([0x66; 32]), STRANGER),
        )
}

/// What a message says of a place: the head that the reader has there, or one made of this byte.
type Other = Option<u8>;

fn seen() -> Script {
    let mut rows = std::collections::BTreeMap::new();
    let mut says = |by: u8, seen: &[(u64, Other)], change: &dyn Fn(&mut Case)| {
        let (number, previous) = *rows.entry(by).or_insert((1, Hash([0; 32])));
        let mut case = said(by, number, previous, 0);
        let seen = seen.iter().map(|(place, other)| Seen {
            relay: PublicKey::from_bytes(relay(4433).key().0),
            sequence: Sequence(*place),
            head: other.map_or(head(*place), |byte| Hash([byte; 32])),
        });
        case.message.seen = seen.collect();
        change(&mut case);
        rows.insert(by, (number + 1, hash(&case)));
        case
    };
    let none: &dyn Fn(&mut Case) = &|_| {};
    let other_relay = |case: &mut Case| {
        case.message.seen[0].relay = PublicKey::from_bytes([0x0c; 32]);
    };
    let invited = |case: &mut Case| case.claim = Some(claim(PAVEL, PAVEL));
    let days = |days: u64| Some(days * Timestamp::DAY_SECONDS);
    let (same, other): (Other, Other) = (None, Some(0x60));
    Script::from_place(10)
        .then("nothing seen", &says(VERA, &[], none))
        .then("the same log", &says(VERA, &[(10, same)], none))
        .then(
            "another head for a place",
            &says(VERA, &[(11, other)], none),
        )
        .then(
            "the same place and head: it was told",
            &says(VERA, &[(11, other)], none),
        )
        .then("the same, by another", &says(NADIA, &[(11, other)], none))
        .then("another head yet", &says(NADIA, &[(11, Some(0x61))], none))
        .then("the message's own place", &says(VERA, &[(16, same)], none))
        .then("a place after it", &says(VERA, &[(20, other)], none))
        .then(
            "the second differs",
            &says(VERA, &[(10, same), (12, other)], none),
        )
        .then(
            "of another relay",
            &says(VERA, &[(13, other)], &other_relay),
        )
        .then("a stranger's", &says(STRANGER, &[(13, other)], none))
        .then("an observer's", &says(OLGA, &[(13, other)], none))
        .then(
            "an invited defender's",
            &says(PAVEL, &[(14, other)], &invited),
        )
        .then(
            "a place that the reader does not know",
            &says(VERA, &[(9, other)], none),
        )
        .then("the reader's own", &says(IVAN, &[(15, other)], none))
        .then(
            "13 days after the relay contradicted itself",
            &says(VERA, &[(15, other)], none),
        )
        .which(|step| step.contradicted = days(13))
        .then("14 days after", &says(VERA, &[(15, other)], none))
        .which(|step| step.contradicted = days(14))
}

/// Rows go on from one epoch to the next; what was seen of the log before is held against no other (E6).
fn in_the_next_epoch() -> Script {
    let other = |place: u64| Seen {
        relay: PublicKey::from_bytes(relay(4433).key().0),
        sequence: Sequence(place),
        head: Hash([0x60; 32]),
    };
    let now = Case::of(PUT_OUT, "", NADIA).message;
    let mut before = row(NADIA, 1);
    before.message.seen = vec![other(10)];
    let mut second = said(NADIA, 2, hash(&before), 0);
    second.message.epoch = now.epoch;
    second.message.roster = now.roster;
    second.message.audience = now.audience;
    second.message.seen = vec![other(10)];
    Script::from_place(10)
        .then("nothing seen", &row(VERA, 1))
        .then("another head, of the log of the epoch before", &before)
        .then("another head, of this one's", &second)
        .then("by who is out, before that", &row(IVAN, 1))
        .then("two are left out, before that", &row(IVAN, 4))
        .then("after that, which is in no row", &row(IVAN, 9))
        .which(|step| step.arrived = TURNED)
        .then("before that, and the row goes on", &row(IVAN, 5))
}

/// Each name, of a reader with this roster.
fn scripts() -> Vec<(&'static str, &'static str, u8, Script)> {
    let all = [
        ("ids that were used", VERA, ids()),
        ("numbers that are missing and come late", VERA, gaps()),
        ("two devices with one key", VERA, copies()),
        ("numbers far back", VERA, far_back()),
        ("what could not be counted", VERA, uncounted()),
        ("what is in a row, and what is not", VERA, everybodys_row()),
        ("an invitation's first device", VERA, first_device()),
        ("what others have seen", IVAN, seen()),
    ];
    let all = all.map(|(name, who, script)| (name, "everybody", who, script));
    let later = ("in the epoch after", PUT_OUT, VERA, in_the_next_epoch());
    all.into_iter().chain([later]).collect()
}

/// A reader's device.
pub(super) struct Reader {
    _dir: TempDir,
    pub(super) device: Device,
    pub(super) receiver: GroupReceiver,
    pub(super) roster: Roster,
}

impl Reader {
    /// With the keys of the epoch in force there.
    pub(super) fn new(who: u8, roster: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let entries = chain(roster).0;
        let roster = Roster::from_chain(entries.clone()).unwrap();
        let group: GroupId = roster.id();
        let seed = Self::seed(&roster);
        let device = Device::of_seeds::<DeviceError>(
            &dir.path().join("home"),
            ([0x10 + who; 32], [0x20 + who; 32]),
            |_| {
                let mut state = State::new(group, Role::Member);
                state.epoch_seed = Some(seed.clone());
                Ok(FirstFiles {
                    state,
                    entries,
                    queue: Vec::new(),
                })
            },
        )
        .unwrap();
        let receiver = GroupReceiver::alone(&device, &seed, relay(4433));
        Self {
            _dir: dir,
            device,
            receiver,
            roster,
        }
    }

    fn seed(roster: &Roster) -> Seed {
        let number = roster.epoch().number.0;
        Seed::new(&epoch_seed(u8::try_from(number).unwrap()))
    }

    fn take(&self, step: &Step) -> Value {
        let Step { sent, arrived, .. } = step;
        let me = self.device.member().to_key();
        let contradicted = step
            .contradicted
            .map(|ago| Timestamp(now().0.saturating_sub(ago)));
        self.device
            .change(|state| state.contradicted = contradicted)
            .unwrap();
        let senders = Senders::read(&self.device).unwrap();
        let first = sent
            .claim
            .as_ref()
            .and_then(|claim| senders.first(&claim.peek().unwrap()));
        let mut found = verdict(sent, &self.roster, &me, *arrived, (first, None));
        let seed = Self::seed(&self.roster);
        let outer = EpochIdentity::from_seed(seed.bytes()).to_recipient();
        let payload = Payload::Message(sent.clone()).encode();
        let envelope = seal::seal(&payload, &[me], &outer).unwrap();
        let after = Cursor {
            mailbox: self.roster.epoch().mailbox,
            sequence: Sequence(step.place),
            head: head(step.place),
            signed_head: None,
        };
        let received = self
            .receiver
            .receive(&self.device, &after, *arrived, &envelope);
        match received.unwrap() {
            Received::Again => return json!({ "known": true }),
            Received::SameId(..) => return json!({ "refused": "M4" }),
            Received::Rejected(..) => return found,
            Received::NotForUs => return json!({ "ignored": true }),
            Received::Message(_) => found["other_log"] = false.into(),
            Received::OtherLog { .. } => found["other_log"] = true.into(),
            other => panic!("no message: {other:?}"),
        }
        let id = sent.message.peek().unwrap().id;
        let kept = inbox::find(&self.device, id).unwrap().unwrap();
        found["follows"] = kept.follows.key().into();
        found
    }
}

pub(super) fn all() -> Value {
    let of = |(name, roster, who, script): (&str, &str, u8, Script)| {
        let reader = Reader::new(who, roster);
        let items = script.steps.iter().map(|step| {
            json!({
                "why": step.why,
                "payload": hex(Payload::Message(step.sent.clone()).encode()),
                "place": step.place,
                "head": hex(head(step.place)),
                "arrived": step.arrived.0,
                "contradicted_seconds_ago": step.contradicted,
                "verdict": reader.take(step),
            })
        });
        let items: Vec<Value> = items.collect();
        json!({
            "name": name,
            "roster": roster,
            "relay": hex(relay(4433).key().0),
            "reader": hex(member(who).as_bytes()),
            "device": hex(device(who).public().0),
            "items": items,
        })
    };
    scripts().into_iter().map(of).collect()
}

#[test]
fn every_message_of_a_sequence_is_told_as_the_file_says() {
    let mut told = std::collections::BTreeSet::new();
    for sequence in items(&read("sequences.json")["readers"]) {
        let who = [VERA, IVAN].into_iter();
        let mut who = who.filter(|who| hex(device(*who).public().0) == text(&sequence["device"]));
        let reader = Reader::new(who.next().unwrap(), text(&sequence["roster"]));
        for item in items(&sequence["items"]) {
            let Ok(Payload::Message(sent)) = Payload::decode(&bytes(&item["payload"])) else {
                panic!("no message: {}", item["why"]);
            };
            let step = Step {
                why: "",
                sent,
                place: item["place"].as_u64().unwrap(),
                arrived: Timestamp(item["arrived"].as_u64().unwrap()),
                contradicted: item["contradicted_seconds_ago"].as_u64(),
            };
            let found = reader.take(&step);
            let name = &sequence["name"];
            assert_eq!(found, item["verdict"], "{name}: {}", item["why"]);
            for key in ["refused", "follows", "known", "ignored", "other_log"] {
                if let Some(found) = found.get(key) {
                    told.insert(format!("{key} {found}"));
                }
            }
        }
    }
    assert_eq!(told.len(), 11, "{told:?}");
}
