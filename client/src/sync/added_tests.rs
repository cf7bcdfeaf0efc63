//! Another device of somebody, from the first question to the entry, and everybody who would like to have a hand in it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use bellrope_proto::{address::RelayAddress, ids::MailboxId};
use tempfile::TempDir;

use super::*;
use crate::{
    device::{issued, outbox},
    group::{Change, ConsentTo},
    membership::{
        NewGroup, approve, carry_out_agreed, claim_heard, create, invite, join, open_bundle,
    },
    message::{FreezeAct, Payload},
    relay::Cursor,
    seal,
    sync::{AgreeError, Agreed, agree, compose_freeze, receive::GroupReceiver, seen},
};

const NOW: Timestamp = Timestamp(1_000_000);
const PASSPHRASE: &str = "a long enough passphrase";

/// Nina has the pen; Anna and Boris are members.
struct Group {
    dir: TempDir,
    nina: Device,
    anna: Device,
    boris: Device,
}

fn relay() -> RelayAddress {
    RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32])).unwrap()
}

fn newcomer(nina: &Device, dir: &Path, name: &str) -> Device {
    let new = invite(nina, Role::Member, name, NOW.plus(100), NOW).unwrap();
    let bundle = open_bundle(&new.code, &new.bundle, NOW).unwrap();
    let home = dir.join(name);
    let device = join(&home, &PASSPHRASE.into(), &new.code, bundle, NOW).unwrap();
    let claim = device.state().unwrap().joined.unwrap().claim;
    claim_heard(nina, &claim, None, NOW).unwrap();
    let at = issued::all(nina).unwrap().last().unwrap().admitted_at;
    approve(nina, at, NOW).unwrap();
    device
}

impl Group {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay(),
        };
        let nina = create(&dir.path().join("nina"), &PASSPHRASE.into(), &group, NOW).unwrap();
        let mailbox = nina.roster().unwrap().unwrap().epoch().mailbox;
        nina.change(|state| state.cursor = Some(Cursor::start(mailbox)))
            .unwrap();
        let group = Self {
            anna: newcomer(&nina, dir.path(), "Anna"),
            boris: newcomer(&nina, dir.path(), "Boris"),
            nina,
            dir,
        };
        group.all_know();
        group
    }

    fn roster(&self) -> std::sync::Arc<Roster> {
        self.nina.roster().unwrap().unwrap()
    }

    /// What Nina wrote is read everywhere.
    fn all_know(&self) {
        let nina = self.nina.state().unwrap();
        for device in [&self.anna, &self.boris] {
            device.store_roster(&self.roster()).unwrap();
            device
                .change(|state| {
                    state.credential = state.credential.clone().or(nina.credential.clone());
                    state.epoch_seed = nina.epoch_seed.clone();
                    state.cursor = nina.cursor.clone();
                })
                .unwrap();
        }
        outbox::let_go(&self.nina, |_| true).unwrap();
    }

    /// What one device says comes to another; what it made of it.
    fn hears(&self, to: &Device, from: &Device) -> Vec<Received> {
        let mailbox: MailboxId = self.roster().epoch().mailbox;
        let seed = self.nina.state().unwrap().epoch_seed.unwrap();
        let receiver = GroupReceiver::alone(to, &seed, relay());
        let queued = outbox::all(from).unwrap().into_iter();
        let queued = queued.filter(|file| file.queued.to == mailbox);
        queued
            .map(|file| {
                let after = Cursor::start(mailbox);
                receiver
                    .receive(to, &after, NOW, &file.queued.envelope)
                    .unwrap()
            })
            .collect()
    }

    /// Anna has asked, Nina's program has made the invitation, and a device has come by it.
    fn asked_and_come(&self) -> Device {
        ask_for_device(&self.anna, NOW).unwrap();
        assert!(matches!(coming(&self.anna, NOW), Ok(Some(Coming::Asked(name))) if name == "Nina"));
        let heard = self.hears(&self.nina, &self.anna);
        assert!(heard.iter().any(|it| matches!(it, Received::DeviceWanted)));
        outbox::let_go(&self.anna, |_| true).unwrap();
        carry_out_added(&self.nina, NOW).unwrap();
        let new = self.come("Anna 2");
        self.all_know();
        new
    }

    /// A device that uses the newest invitation.
    fn come(&self, name: &str) -> Device {
        let it = issued::all(&self.nina).unwrap().pop().unwrap();
        let keys = it.secret.keys();
        let posted = outbox::all(&self.nina).unwrap().into_iter();
        let mut posted = posted.filter(|file| file.queued.to == keys.mailbox());
        let bundle = posted.next().unwrap().queued.envelope;
        let code = Code {
            secret: it.secret.clone(),
            coordinator: CoordinatorMark::of(&it.made_by(&self.nina)),
            relay: relay(),
        };
        let bundle = open_bundle(&code, &bundle, NOW).unwrap();
        assert!(bundle.is_for_device());
        let home = self.dir.path().join(name);
        let device = join(&home, &PASSPHRASE.into(), &code, bundle, NOW).unwrap();
        let claim = device.state().unwrap().joined.unwrap().claim;
        let claims = claim_heard(&self.nina, &claim, None, NOW).unwrap();
        // Nobody is told that somebody asks to join.
        assert!(claims.asking.is_empty());
        device
    }

    fn is_in(&self, device: &Device) -> bool {
        self.roster().person(&device.signing().public()).is_some()
    }
}

#[test]
fn a_device_comes_in_at_its_persons_word_and_at_nobody_elses() {
    let group = Group::new();
    let new = group.asked_and_come();
    assert!(!see_to_devices(&group.nina, NOW).unwrap());
    // Of who has come only Anna hears.
    assert!(
        group
            .hears(&group.boris, &group.nina)
            .iter()
            .all(|it| !matches!(it, Received::DeviceAsks))
    );
    let heard = group.hears(&group.anna, &group.nina);
    assert!(heard.iter().any(|it| matches!(it, Received::DeviceAsks)));
    assert!(!group.is_in(&new));
    let at = issued::all(&group.nina).unwrap().pop().unwrap().admitted_at;
    let by_nina = approve(&group.nina, at, NOW);
    assert!(matches!(by_nina, Err(AdmissionError::OnlyTheirs(name)) if name == "Anna"));
    let Ok(Some(Coming::Asks(code))) = coming(&group.anna, NOW) else {
        panic!("nobody asks")
    };
    assert_eq!(code, new.code());
    let other = say_on_device(&group.anna, ("0000 0000 0000 0000", true), NOW);
    assert!(matches!(other, Err(AddDeviceError::OtherCode)));
    // As it is typed from the other screen.
    let typed = code.replace(' ', "").to_uppercase();
    say_on_device(&group.anna, (&typed, true), NOW).unwrap();
    let heard = group.hears(&group.nina, &group.anna);
    assert!(heard.iter().any(|it| matches!(it, Received::DeviceWanted)));
    // Twice is once, as two programs do it.
    carry_out_added(&group.nina, NOW).unwrap();
    carry_out_added(&group.nina, NOW).unwrap();
    assert!(group.is_in(&new));
    let roster = group.roster();
    let anna = group.anna.signing().public();
    assert_eq!(roster.devices_of(&anna).count(), 2);
    assert_eq!(roster.persons().count(), 3);
    let adds = roster
        .entries()
        .iter()
        .filter_map(|entry| entry.peek().ok());
    let adds = adds.filter(|entry| matches!(entry.change, Change::Add(_)));
    assert_eq!(adds.count(), 1);
    // It is sent the roster and the keys.
    let to_it = issued::all(&group.nina).unwrap().pop().unwrap();
    let keys = to_it.secret.keys();
    let queued = outbox::all(&group.nina).unwrap().into_iter();
    let queued = queued.filter(|file| file.queued.to == to_it.mailbox);
    let opened = queued.filter_map(|file| {
        let opened = seal::open(file.queued.envelope.bytes(), &keys.outer(), new.member()).ok()?;
        Payload::decode(&opened).ok()
    });
    assert!(
        opened
            .into_iter()
            .any(|it| matches!(it, Payload::Welcome(_)))
    );
}

#[test]
fn what_another_says_of_it_is_nothing_and_a_no_is_one() {
    let group = Group::new();
    let new = group.asked_and_come();
    see_to_devices(&group.nina, NOW).unwrap();
    group.hears(&group.anna, &group.nina);
    // Boris says that it is Anna's, and his own keys vouch for it.
    let it = issued::all(&group.nina).unwrap().pop().unwrap();
    let roster = group.roster();
    let claim = it.device().unwrap();
    let proof = new_device(&roster, &claim)
        .unwrap()
        .prove(group.boris.signing());
    let body = WordOnDevice {
        invitation: claim.invitation,
        proof: Some(proof),
        extensions: Extensions::none(),
    };
    let nina = [group.nina.member().to_key()];
    let said = (KIND_WORD_ON_DEVICE, codec::encode(&body));
    compose_for(&group.boris, said, &nina, NOW).unwrap();
    group.hears(&group.nina, &group.boris);
    carry_out_added(&group.nina, NOW).unwrap();
    assert!(!group.is_in(&new));
    assert!(roster.invitation(&claim.invitation).unwrap().is_open());
    let code = new.code();
    say_on_device(&group.anna, (&code, false), NOW).unwrap();
    group.hears(&group.nina, &group.anna);
    carry_out_added(&group.nina, NOW).unwrap();
    let roster = group.roster();
    assert!(!group.is_in(&new) && !roster.invitation(&claim.invitation).unwrap().is_open());
}

#[test]
fn what_was_seen_on_one_is_seen_on_the_others_and_on_nobody_elses() {
    let group = Group::new();
    let new = group.asked_and_come();
    see_to_devices(&group.nina, NOW).unwrap();
    group.hears(&group.anna, &group.nina);
    say_on_device(&group.anna, (&new.code(), true), NOW).unwrap();
    group.hears(&group.nina, &group.anna);
    carry_out_added(&group.nina, NOW).unwrap();
    group.all_know();
    let nina = group.nina.state().unwrap();
    new.store_roster(&group.roster()).unwrap();
    new.change(|state| {
        state.credential = nina.credential.clone();
        state.epoch_seed = nina.epoch_seed.clone();
    })
    .unwrap();
    outbox::let_go(&group.anna, |_| true).unwrap();
    let alert = crate::device::fixtures::stored(5, NOW, NOW);
    let id = alert.sent.message.peek().unwrap().id;
    for device in [&group.anna, &new, &group.boris] {
        crate::device::inbox::store(device, id, &alert).unwrap();
    }
    let inbox = crate::show::Inbox::open(&group.anna).unwrap().unwrap();
    inbox.shown(id).unwrap();
    seen::tell(&group.anna, NOW).unwrap();
    let heard = group.hears(&new, &group.anna);
    assert!(
        heard
            .iter()
            .any(|it| matches!(it, Received::SeenElsewhere(1)))
    );
    assert!(!crate::device::inbox::is_new(&new, id));
    // Said again, nothing is new; and nobody else is told, or heard about it.
    let again = group.hears(&new, &group.anna);
    assert!(
        again
            .iter()
            .all(|it| !matches!(it, Received::SeenElsewhere(_)))
    );
    group.hears(&group.boris, &group.anna);
    assert!(crate::device::inbox::is_new(&group.boris, id));
    // Whoever holds a device of somebody who is frozen hides nothing by it.
    let other = crate::ids::MessageId([6; 16]);
    for device in [&group.anna, &new] {
        crate::device::inbox::store(device, other, &alert).unwrap();
    }
    crate::device::seen::note(&group.anna, other).unwrap();
    let anna = group.anna.signing().public();
    let said = crate::message::SaidOfSender {
        id: other,
        arrived: NOW,
        author: group.boris.signing().public(),
        freeze: crate::message::Freeze {
            act: FreezeAct::Freeze,
            device: anna,
            lifts: Vec::new(),
            reason: String::new(),
            extensions: Extensions::none(),
        },
        is_own_word: false,
    };
    crate::device::frozen::note(&new, said, &group.roster()).unwrap();
    seen::tell(&group.anna, NOW.plus(900)).unwrap();
    group.hears(&new, &group.anna);
    assert!(crate::device::inbox::is_new(&new, other));
    // Of who has one device nothing is noted; and once told is told.
    let boris = crate::show::Inbox::open(&group.boris).unwrap().unwrap();
    boris.shown(id).unwrap();
    assert!(crate::device::seen::due(&group.boris, NOW).is_empty());
    assert!(crate::device::seen::due(&group.anna, NOW.plus(9_000)).is_empty());
}

#[test]
fn a_device_goes_alone_and_a_person_goes_with_all() {
    let group = Group::new();
    let new = group.asked_and_come();
    see_to_devices(&group.nina, NOW).unwrap();
    group.hears(&group.anna, &group.nina);
    say_on_device(&group.anna, (&new.code(), true), NOW).unwrap();
    group.hears(&group.nina, &group.anna);
    carry_out_added(&group.nina, NOW).unwrap();
    group.all_know();
    let (anna, boris) = (
        group.anna.signing().public(),
        group.boris.signing().public(),
    );
    let second = new.signing().public();
    // The only device of somebody does not go alone, and nobody's does by another member's word.
    let only = agree(&group.boris, (ConsentTo::RemoveDevice, &boris), NOW);
    assert!(matches!(only, Err(AgreeError::Nobody)));
    agree(&group.boris, (ConsentTo::RemoveDevice, &second), NOW).unwrap();
    group.hears(&group.nina, &group.boris);
    carry_out_agreed(&group.nina, NOW).unwrap();
    assert!(group.is_in(&new));
    // Her own word is enough, and her first device may be the one that goes.
    let waits = agree(&group.anna, (ConsentTo::RemoveDevice, &second), NOW).unwrap();
    assert!(matches!(waits, Agreed::Waits(lacking) if lacking.is_nobody()));
    group.hears(&group.nina, &group.anna);
    carry_out_agreed(&group.nina, NOW).unwrap();
    assert!(!group.is_in(&new) && group.is_in(&group.anna));
    let roster = group.roster();
    assert_eq!(roster.epoch().number.0, 2);
    assert_eq!(roster.persons().count(), 3);
    // A third, and then she goes with both.
    group.all_know();
    let third = {
        ask_for_device(&group.anna, NOW).unwrap();
        group.hears(&group.nina, &group.anna);
        carry_out_added(&group.nina, NOW).unwrap();
        let third = group.come("Anna 3");
        group.all_know();
        see_to_devices(&group.nina, NOW).unwrap();
        group.hears(&group.anna, &group.nina);
        say_on_device(&group.anna, (&third.code(), true), NOW).unwrap();
        group.hears(&group.nina, &group.anna);
        carry_out_added(&group.nina, NOW).unwrap();
        third
    };
    assert!(group.is_in(&third));
    let done = agree(
        &group.nina,
        (ConsentTo::Remove, &third.signing().public()),
        NOW,
    )
    .unwrap();
    assert_eq!(done, Agreed::Done);
    assert!(group.roster().person_of(&anna).is_some() && !group.is_in(&group.anna));
    assert!(!group.is_in(&third));
}

#[test]
fn nothing_is_done_for_a_person_who_is_frozen_until_that_is_lifted() {
    let group = Group::new();
    let new = group.asked_and_come();
    see_to_devices(&group.nina, NOW).unwrap();
    group.hears(&group.anna, &group.nina);
    let anna = group.anna.signing().public();
    compose_freeze(&group.nina, (FreezeAct::Freeze, anna), "", NOW).unwrap();
    say_on_device(&group.anna, (&new.code(), true), NOW).unwrap();
    group.hears(&group.nina, &group.anna);
    carry_out_added(&group.nina, NOW).unwrap();
    assert!(!group.is_in(&new));
    compose_freeze(&group.nina, (FreezeAct::Lift, anna), "", NOW).unwrap();
    carry_out_added(&group.nina, NOW).unwrap();
    assert!(group.is_in(&new));
    // Whichever of her devices is named, it is she who is frozen.
    let second = new.signing().public();
    compose_freeze(&group.nina, (FreezeAct::Freeze, second), "", NOW).unwrap();
    let frozen = crate::device::frozen::in_force(&group.nina, &anna, &group.roster()).unwrap();
    assert_eq!(frozen.len(), 1);
}

#[test]
fn who_asks_again_has_one_newest_code_and_not_without_end() {
    let group = Group::new();
    let mut made = 0;
    for _ in 0..20 {
        ask_for_device(&group.anna, NOW).unwrap();
        group.hears(&group.nina, &group.anna);
        outbox::let_go(&group.anna, |_| true).unwrap();
        carry_out_added(&group.nina, NOW).unwrap();
        let roster = group.roster();
        let theirs = roster.invited().iter().filter(|it| it.of.is_some());
        assert_eq!(theirs.clone().filter(|it| it.is_open()).count(), 1);
        made = theirs.count();
    }
    assert_eq!(made, 16);
    // What was asked too long ago is not made.
    ask_for_device(&group.boris, NOW).unwrap();
    group.hears(&group.nina, &group.boris);
    carry_out_added(&group.nina, NOW.plus(CODE_SECONDS)).unwrap();
    let boris = group.boris.signing().public();
    assert!(
        group
            .roster()
            .invited()
            .iter()
            .all(|it| it.of != Some(boris))
    );
}

#[test]
fn who_has_the_pen_adds_a_device_alone() {
    let group = Group::new();
    ask_for_device(&group.nina, NOW).unwrap();
    let Ok(Some(Coming::Invited(code, _))) = coming(&group.nina, NOW) else {
        panic!("not invited")
    };
    assert!(!code.to_text().is_empty());
    let new = group.come("Nina 2");
    assert!(see_to_devices(&group.nina, NOW).unwrap());
    assert!(
        !see_to_devices(&group.nina, NOW).unwrap(),
        "it is told once"
    );
    say_on_device(&group.nina, (&new.code(), true), NOW).unwrap();
    assert!(group.is_in(&new));
    assert!(coming(&group.nina, NOW).unwrap().is_none());
    let roster = group.roster();
    let me = new.signing().public();
    assert_eq!(roster.person(&me).unwrap().role, Role::Coordinator);
    // Two devices of one coordinator are one coordinator.
    let both = [me, group.nina.signing().public()];
    let lacking = roster.lacking_to_take(me, &both.into()).unwrap();
    assert_eq!(lacking.members, 2);
}
