//! Readers' keys of weeks: what was recorded opens until its week is over, nothing that is sent is lost for it, and no wrong clock deletes what is
//! needed or keeps what is not.

use std::{collections::BTreeSet, fs, path::Path};

use bellrope_client::{
    Event, Extensions, MessageId, Role,
    internals::{
        Audience, EpochIdentity, EpochRecipient, LaneCredential, MemberIdentity, Message, Payload,
        Session, SignedMessage, member_identity, open, random, recipients_hash, roster, seal,
        set_clock, signing_key, state, stored_messages,
    },
    now,
    show::{DeviceStatus, Inbox},
};
use bellrope_proto::{
    codec::{self, Blob},
    ids::Timestamp,
};

use crate::group::{DAY, NOTHING, Person, World, is_told_elsewhere};

/// The week in which every story begins: it ends three days later.
const FIRST: u32 = 2_856;

/// What of recorded envelopes opens with what a device has: the summaries of the alerts.
fn opened(thief: &Person, recorded: &Path) -> BTreeSet<String> {
    let keys = thief.device.export_identities().unwrap().unwrap();
    let outer = keys.outer.iter().map(EpochIdentity::from_text);
    let outer: Vec<EpochIdentity> = outer.map(Result::unwrap).collect();
    let inner = keys.inner.iter().map(MemberIdentity::from_text);
    let inner: Vec<MemberIdentity> = inner.map(Result::unwrap).collect();
    let mut opened = BTreeSet::new();
    for file in fs::read_dir(recorded).unwrap() {
        let envelope = fs::read(file.unwrap().path()).unwrap();
        for (outer, inner) in outer
            .iter()
            .flat_map(|it| inner.iter().map(move |me| (it, me)))
        {
            let Ok(payload) = open(&envelope, outer, inner) else {
                continue;
            };
            if let Ok(Payload::Message(sent)) = Payload::decode(&payload) {
                let message = sent.message.peek().unwrap();
                let reading = message.reading();
                opened.extend(reading.fields().map(|fields| fields.summary.clone()));
            }
        }
    }
    opened
}

/// The week of the key that opened an alert on somebody's device.
fn week_of(person: &Person, summary: &str) -> Option<u32> {
    let inbox = Inbox::open(&person.device).unwrap().unwrap();
    let all = inbox.all().unwrap().alerts;
    let alert = all
        .iter()
        .find(|it| it.to_json()["alert"]["summary"] == summary);
    let id = alert.expect("it came").id;
    let mut all = stored_messages(&person.device).unwrap().into_iter();
    let (_, kept) = all.find(|(kept, _)| *kept == id).unwrap();
    kept.week.map(|week| week.0)
}

fn lacking(person: &Person) -> Vec<String> {
    let status = DeviceStatus::of(&person.device, now()).unwrap();
    status.weeks.lacking
}

/// Lets days pass, in which these look in every few days.
fn live(world: &World, days: u64, people: &[&Person]) {
    for _ in 0..days / 5 {
        world.pass(5);
        for person in people {
            assert_eq!(world.look(person).failed, NOTHING);
        }
    }
    world.pass(days % 5);
}

struct Group {
    world: World,
    nina: Person,
    anna: Person,
    alena: Person,
}

/// A coordinator, a member and a defender, of whom each knows the others' keys.
fn group() -> Group {
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let anna = world.reader(&nina, "Anna", Role::Member);
    world.look(&nina);
    world.look(&anna);
    let alena = world.defender(&nina, "Alena");
    assert_eq!((lacking(&nina), lacking(&anna)), (vec![], vec![]));
    Group {
        world,
        nina,
        anna,
        alena,
    }
}

#[test]
fn what_was_recorded_opens_with_the_device_and_its_passphrase_until_its_week_is_over() {
    if is_told_elsewhere() {
        return;
    }
    let Group {
        world,
        nina,
        anna,
        alena,
    } = group();
    let recorded = world.home("recorded");
    world.alert(&alena, "early");
    world.alert(&anna, "early, by a member");
    world.record(&anna, recorded.clone());
    world.look(&nina);
    let both = BTreeSet::from(["early".to_owned(), "early, by a member".to_owned()]);
    assert_eq!(week_of(&anna, "early"), Some(FIRST));
    // The week ends after three days: to the last of seventeen more everything is there.
    for days in [0, 10, 9] {
        live(&world, days, &[&nina, &anna]);
        for name in ["Anna", "Nina"] {
            assert_eq!(opened(&world.copy(name), &recorded), both, "{days}");
        }
    }
    live(&world, 1, &[]);
    for person in [&nina, &anna] {
        world.look(person);
    }
    for name in ["Anna", "Nina"] {
        let copy = world.copy(name);
        assert_eq!(opened(&copy, &recorded), BTreeSet::new(), "{name}");
        // What was kept is there.
        assert!(copy.has_verified("early"), "{name}");
    }
    let since = DeviceStatus::of(&anna.device, now())
        .unwrap()
        .weeks
        .opens_since;
    assert_eq!(since, Some(Timestamp((20_000 + 3) * DAY)));
    // And it goes on, also over the turn of the epoch, for three years.
    for year in 0..3 {
        world.renew(&nina, 366);
        for _ in 0..26 {
            world.pass(14);
            for person in [&nina, &anna, &alena] {
                assert_eq!(world.look(person).failed, NOTHING);
            }
        }
        let summary = format!("year {year}");
        world.alert(&alena, &summary);
        for person in [&nina, &anna] {
            world.look(person);
            assert!(person.has_verified(&summary), "{summary}");
        }
        assert_eq!((lacking(&nina), lacking(&anna)), (vec![], vec![]));
    }
    let status = DeviceStatus::of(&anna.device, now()).unwrap().weeks;
    assert!(status.opens_since > Some(Timestamp(now().0 - 30 * DAY)));
    assert!(status.keys_until > Some(now().plus(30 * DAY)), "{status:?}");
}

#[test]
fn who_was_away_for_two_months_opens_what_the_relay_still_has_and_for_longer_too() {
    if is_told_elsewhere() {
        return;
    }
    let Group {
        world,
        nina,
        anna,
        alena,
    } = group();
    live(&world, 55, &[&nina, &alena]);
    world.alert(&alena, "in the eighth week");
    live(&world, 5, &[&nina]);
    assert_eq!(world.look(&anna).failed, NOTHING);
    assert_eq!(week_of(&anna, "in the eighth week"), Some(FIRST + 8));
    // What is over goes when everything has been read, and not before.
    let since = DeviceStatus::of(&anna.device, now())
        .unwrap()
        .weeks
        .opens_since;
    assert!(since > Some(Timestamp(now().0 - 30 * DAY)), "{since:?}");
    // For longer than keys were published: to the lasting key, and said so.
    live(&world, 150, &[&nina, &alena]);
    assert_eq!(lacking(&nina), ["Anna"]);
    world.alert(&alena, "in the fifth month");
    assert_eq!(world.look(&anna).failed, NOTHING);
    assert_eq!(week_of(&anna, "in the fifth month"), None);
    world.look(&nina);
    assert_eq!(lacking(&nina), Vec::<String>::new(), "she is back");
    let nobodys = DeviceStatus::of(&alena.device, now()).unwrap().weeks;
    assert_eq!(
        nobodys.lacking,
        Vec::<String>::new(),
        "a defender knows no names"
    );
    assert_eq!(nobodys.lacking_count, 1);
}

/// The same moment by a clock that is so many days off.
fn off(days: i64) -> Timestamp {
    let seconds = days.unsigned_abs() * DAY;
    match days > 0 {
        true => now().plus(seconds),
        false => Timestamp(now().0 - seconds),
    }
}

#[test]
fn a_clock_that_is_a_year_ahead_deletes_nothing() {
    if is_told_elsewhere() {
        return;
    }
    for is_relays in [false, true] {
        let Group {
            world,
            nina,
            anna,
            alena,
        } = group();
        world.alert(&alena, "before");
        let right = now();
        match is_relays {
            true => world.set_relay_clock(off(365)),
            false => set_clock(off(365)),
        }
        let _ = world.look(&anna);
        set_clock(right);
        world.set_relay_clock(right);
        let recorded = world.home("recorded");
        world.record(&nina, recorded.clone());
        let copy = world.copy("Anna");
        assert!(opened(&copy, &recorded).contains("before"), "{is_relays}");
        world.alert(&alena, "after");
        world.look(&anna);
        assert!(anna.has_verified("after"), "{is_relays}");
        // When it is right again, everything goes on as it should.
        live(&world, 30, &[&nina, &anna, &alena]);
        assert!(
            !opened(&world.copy("Anna"), &recorded).contains("before"),
            "{is_relays}"
        );
        world.alert(&alena, "much later");
        world.look(&anna);
        assert!(week_of(&anna, "much later").is_some(), "{is_relays}");
    }
}

#[test]
fn a_clock_that_was_set_back_keeps_nothing_for_ever() {
    if is_told_elsewhere() {
        return;
    }
    let Group {
        world,
        nina,
        anna,
        alena,
    } = group();
    world.alert(&alena, "early");
    let recorded = world.home("recorded");
    world.record(&nina, recorded.clone());
    let slow = |days: u64| {
        for _ in 0..days / 5 {
            world.pass(5);
            world.look(&nina);
            let right = now();
            set_clock(off(-1_800));
            world.look(&anna);
            set_clock(right);
        }
    };
    slow(15);
    assert!(opened(&world.copy("Anna"), &recorded).contains("early"));
    slow(60);
    assert!(!opened(&world.copy("Anna"), &recorded).contains("early"));
    world.look(&alena);
    world.alert(&alena, "late");
    slow(5);
    assert!(anna.has_verified("late"));
}

#[test]
fn what_a_slow_clock_sealed_to_keys_that_are_gone_arrives_all_the_same() {
    if is_told_elsewhere() {
        return;
    }
    let Group {
        world,
        nina,
        anna,
        alena,
    } = group();
    live(&world, 40, &[&nina, &anna]);
    // Her clock stopped soon after she was online last.
    let right = now();
    set_clock(off(-39));
    alena.write("slow");
    let look = world.look(&alena);
    set_clock(right);
    assert_eq!(look.failed, NOTHING);
    let stored = look
        .events
        .iter()
        .filter(|it| matches!(it, Event::Stored { .. }));
    assert!(stored.count() <= 1);
    world.look(&anna);
    assert!(anna.has_verified("slow"));
    assert_eq!(week_of(&anna, "slow"), None, "to the lasting key");
    assert_eq!(world.look(&alena).failed, NOTHING);
}

/// Says in the name of a device, as whoever has a copy of it can, which keys it has.
fn publish_as(world: &World, person: &Person, first: u32, keys: &[Option<[u8; 32]>]) {
    let known = roster(&person.device).unwrap().unwrap();
    let state = state(&person.device).unwrap();
    let position = known.position_of(&known.head()).unwrap();
    let readers = known.readers_at(position);
    let body = codec::encode(&(first, keys.to_vec(), Extensions::none()));
    let message = Message {
        group: known.id(),
        epoch: known.epoch().number,
        roster: known.head(),
        audience: Audience {
            hash: recipients_hash(&readers),
            chosen: Vec::new(),
        },
        sender: signing_key(&person.device).public(),
        id: MessageId(random()),
        number: 0,
        previous: state.last_sent.last,
        time: now(),
        expires: now().plus(14 * DAY),
        seen: Vec::new(),
        kind: 32_776,
        body: Blob(body),
        extensions: Extensions::none(),
    };
    let payload = Payload::Message(SignedMessage {
        message: signing_key(&person.device).sign(&message),
        claim: None,
        extensions: Extensions::none(),
    });
    let epoch = EpochRecipient::from_bytes(&known.epoch().recipient.0).unwrap();
    let envelope = seal(&payload.encode(), &readers, &epoch).unwrap();
    let credential: LaneCredential = state.credential.unwrap();
    world.wait(async {
        let session = Session::open_as(&world.address, &credential).await;
        let mut session = session.unwrap();
        session.post(&envelope).await.unwrap();
        session.answer().await.unwrap().1.unwrap();
        session.close().await;
    });
}

fn two_keys(look: &crate::group::Look) -> bool {
    let mut events = look.events.iter();
    events.any(|it| matches!(it, Event::TwoKeysForAWeek))
}

#[test]
fn whoever_publishes_other_keys_in_somebodys_name_is_noticed_and_reads_nothing_by_it() {
    if is_told_elsewhere() {
        return;
    }
    let Group {
        world,
        nina,
        anna,
        alena,
    } = group();
    let thief = MemberIdentity::from_seed(&[66; 32]);
    publish_as(&world, &anna, FIRST, &[Some(*thief.to_key().as_bytes())]);
    // Both of whom it is said hear of it, and once.
    for person in [&nina, &anna] {
        assert!(two_keys(&world.look(person)));
        assert!(!two_keys(&world.look(person)));
        let status = DeviceStatus::of(&person.device, now()).unwrap();
        assert_eq!(status.weeks.two_keys, ["Anna"]);
    }
    assert_eq!(lacking(&nina), ["Anna"]);
    world.alert(&nina, "to Anna");
    world.look(&anna);
    assert_eq!(
        week_of(&anna, "to Anna"),
        None,
        "to the key that the roster has"
    );
    // The next week is not concerned, and what somebody who is not in the group says concerns nobody.
    live(&world, 5, &[&nina, &anna]);
    assert_eq!(lacking(&nina), Vec::<String>::new());
    world.alert(&alena, "in the next week");
    world.look(&anna);
    assert_eq!(week_of(&anna, "in the next week"), Some(FIRST + 1));
}

#[test]
fn a_device_that_was_put_back_takes_back_the_keys_that_it_has_lost() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let code = world.invite(&nina, "Anna", Role::Member);
    let anna = world.join("Anna", &code);
    let copy = world.copy("Anna");
    world.approve(&nina, "Anna");
    world.look(&anna);
    world.look(&nina);
    assert_eq!(lacking(&nina), Vec::<String>::new());
    // Her disk has failed; what she has is of before she was let in.
    world.alert(&nina, "to keys that are lost");
    assert_eq!(world.look(&copy).failed, NOTHING);
    assert!(!two_keys(&world.look(&nina)), "it says so itself");
    assert_eq!(lacking(&nina), ["Anna"]);
    world.alert(&nina, "to what there is");
    world.look(&copy);
    assert!(copy.has_verified("to what there is"));
    // What was sealed to lost keys is asked for, and comes again.
    assert!(copy.has_verified("to keys that are lost"));
    // The weeks after the lost ones are as they should be.
    live(&world, 75, &[&nina, &copy]);
    assert_eq!(lacking(&nina), Vec::<String>::new());
    let member = member_identity(&copy.device).to_key();
    assert_eq!(member, member_identity(&anna.device).to_key());
}
