//! A new epoch comes before entries of the roster that it follows on, in whatever order.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{
    address::RelayAddress,
    codec::Blob,
    envelope::Envelope,
    grant::Rights,
    ids::{Hash, MailboxId, Timestamp},
    signing::{Device as DeviceKey, PublicKey, SecretKey},
};
use tempfile::TempDir;

use super::*;
use crate::{
    device::{FirstFiles, State, issued, outbox},
    extensions::Extensions,
    group::{Change, Claim, EpochKeys, Turn},
    ids::Epoch,
    membership::{NewGroup, approve, claim_heard, create, invite, remove},
    message::{Holder, LaneCredential, Payload},
    relay::Cursor,
    seal::{self, EpochIdentity, MemberIdentity},
    secret::Seed,
};

const NOW: Timestamp = Timestamp(1_000_000);
const FAR: Timestamp = Timestamp(2_000_000);
const ANNA: ([u8; 32], [u8; 32]) = ([0x11; 32], [0x22; 32]);

/// Nina, who coordinates, and what waits at the relay; Anna knows the roster as it was when she came.
struct Group {
    dir: TempDir,
    nina: Device,
    mailbox: MailboxId,
    /// When Anna came.
    known: Roster,
    copies: u32,
}

impl Group {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay(),
        };
        let home = dir.path().join("nina");
        let nina = create(&home, &"a passphrase".into(), &group, NOW).unwrap();
        let mailbox = nina.roster().unwrap().unwrap().epoch().mailbox;
        nina.change(|state| state.cursor = Some(Cursor::start(mailbox)))
            .unwrap();
        let new = invite(&nina, Role::Member, "Anna", FAR, NOW).unwrap();
        let keys = new.code.secret.keys();
        let signing = SecretKey::<DeviceKey>::from_seed(&ANNA.0);
        let turn = EpochIdentity::from_seed(&ANNA.1).to_recipient();
        let member = MemberIdentity::from_seed(&ANNA.1).to_key();
        let own = (&signing, member, Some(&turn));
        let claim = Claim::sign((&keys.invitation, keys.mailbox()), own, None, NOW);
        claim_heard(&nina, &claim, None, NOW).unwrap();
        let at = issued::all(&nina).unwrap()[0].admitted_at;
        approve(&nina, at, NOW).unwrap();
        let known = (*nina.roster().unwrap().unwrap()).clone();
        outbox::let_go(&nina, |_| true).unwrap();
        Self {
            dir,
            nina,
            mailbox,
            known,
            copies: 0,
        }
    }

    /// Anna's device as it was when she came, and its end of the group's mailbox.
    fn anna(&mut self) -> (Device, GroupReceiver) {
        self.copies += 1;
        let seed = self.known_seed();
        let device = Device::of_seeds::<DeviceError>(
            &self.dir.path().join(self.copies.to_string()),
            ANNA,
            |_| {
                let mut state = State::new(self.known.id(), Role::Member);
                state.epoch_seed = Some(seed.clone());
                state.cursor = Some(Cursor::start(self.mailbox));
                Ok(FirstFiles {
                    state,
                    entries: self.known.entries().to_vec(),
                    queue: Vec::new(),
                })
            },
        );
        let device = device.unwrap();
        let receiver = GroupReceiver::alone(&device, &seed, relay());
        (device, receiver)
    }

    /// Of the first epoch, also when it is over.
    fn known_seed(&self) -> Seed {
        let state = self.nina.state().unwrap();
        let former = state.former.first();
        let former = former.and_then(|it| it.reads.as_ref().map(|(seed, _)| seed.clone()));
        former.or(state.epoch_seed).unwrap()
    }

    /// What waits for the group's first mailbox.
    fn said(&self) -> Vec<Envelope> {
        let files = outbox::all(&self.nina).unwrap().into_iter();
        let said = files.filter(|file| file.queued.to == self.mailbox);
        said.map(|file| file.queued.envelope).collect()
    }

    /// Three entries, each in an envelope, and Anna's part of an epoch that follows on them; the roster that is sent before it is left out.
    fn turned(&self) -> Vec<Envelope> {
        for name in ["Boris", "Vera", "Ivan"] {
            let _ = invite(&self.nina, Role::Member, name, FAR, NOW).unwrap();
        }
        let mut said = self.said();
        assert_eq!(said.len(), 3);
        remove(&self.nina, &[], NOW).unwrap();
        let turn = EpochIdentity::from_seed(&ANNA.1);
        let member = MemberIdentity::from_seed(&ANNA.1);
        let all = self.said().into_iter();
        said.extend(all.filter(|it| seal::open(it.bytes(), &turn, &member).is_ok()));
        assert_eq!(said.len(), 4);
        said
    }
}

fn relay() -> RelayAddress {
    RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32])).unwrap()
}

fn after(mailbox: MailboxId, sequence: u64) -> Cursor {
    Cursor {
        mailbox,
        sequence: Sequence(sequence),
        head: Hash([0x77; 32]),
        signed_head: None,
    }
}

/// Every order of so many.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for next in 0..count {
        let longer = all.iter().flat_map(|order| {
            (0..=order.len()).map(|at| {
                let mut order: Vec<usize> = order.clone();
                order.insert(at, next);
                order
            })
        });
        all = longer.collect();
    }
    all
}

#[test]
fn a_new_epoch_begins_when_all_before_it_has_come_in_whatever_order() {
    let mut group = Group::new();
    let said = group.turned();
    let turn = said.len() - 1;
    let newest = group.nina.roster().unwrap().unwrap();
    for order in orders(said.len()) {
        let (anna, receiver) = group.anna();
        let mut told = 0;
        for (number, at) in order.iter().enumerate() {
            let cursor = after(group.mailbox, number as u64 + 1);
            let received = receiver.receive(&anna, &cursor, NOW, &said[*at]).unwrap();
            let is_last = number == turn;
            let has_turn = order[..=number].contains(&turn);
            assert_eq!(
                matches!(received, Received::Turned(_)),
                is_last,
                "{order:?}: {received:?}"
            );
            told += usize::from(matches!(received, Received::RosterBehind));
            // The cursor stays before it, so that a crash loses nothing.
            assert_eq!(receiver.has_waiting(), has_turn && !is_last, "{order:?}");
            if !is_last {
                // A look finds nothing new, and says nothing twice.
                let again = receiver.retry(&anna, cursor.sequence);
                assert!(matches!(again, Received::Again), "{order:?}: {again:?}");
            }
        }
        assert_eq!(anna.roster().unwrap().unwrap().head(), newest.head());
        let state = anna.state().unwrap();
        assert_eq!(state.cursor, Some(Cursor::start(newest.epoch().mailbox)));
        let is_in_order = order == [0, 1, 2, 3];
        assert_eq!(told == 0, is_in_order, "{order:?}: {told}");
        assert!(told <= 3, "{order:?}: {told}");
        assert!(!absence::read(&anna).is_behind, "{order:?}");
    }
}

/// What is missing may come with the whole roster, a week later.
#[test]
fn the_whole_roster_brings_what_was_missing() {
    let mut group = Group::new();
    let said = group.turned();
    let (anna, receiver) = group.anna();
    let take =
        |at: u64, envelope| receiver.receive(&anna, &after(group.mailbox, at), NOW, envelope);
    assert!(matches!(take(1, &said[3]), Ok(Received::RosterBehind)));
    assert!(absence::read(&anna).is_behind);
    let whole = Payload::roster(&group.nina.roster().unwrap().unwrap().entries()[..6], 1);
    let outer = EpochIdentity::from_seed(group.known_seed().bytes()).to_recipient();
    let to = [anna.member().to_key()];
    let whole = seal::seal(&whole[0].encode(), &to, &outer).unwrap();
    assert!(matches!(take(2, &whole), Ok(Received::Turned(_))));
    assert!(!absence::read(&anna).is_behind && !receiver.has_waiting());
}

/// Somebody's part of a new epoch, at a place that the roster does not reach.
fn far(group: &Group, by: &SecretKey<DeviceKey>, position: u32) -> Envelope {
    let seed = Seed::random();
    let rules = Seed::random();
    let authority = crate::device::epochs::authority(&rules);
    let entry = by.sign(&Entry {
        position: Position(position),
        previous: Hash([9; 32]),
        time: NOW,
        author: by.public(),
        change: Change::Turn(Turn {
            removed: Vec::new(),
            epoch: EpochKeys {
                number: Epoch(2),
                recipient: Blob(
                    EpochIdentity::from_seed(seed.bytes())
                        .to_recipient()
                        .as_bytes()
                        .to_vec(),
                ),
                mailbox: authority.public().mailbox(),
                relays: vec![relay()],
                extensions: Extensions::none(),
            },
            consents: Vec::new(),
            extensions: Extensions::none(),
        }),
        extensions: Extensions::none(),
    });
    let anna = SecretKey::<DeviceKey>::from_seed(&ANNA.0).public();
    let said = by.sign(&NewEpoch {
        group: group.known.id(),
        device: anna,
        entry,
        epoch_seed: seed,
        authority_seed: None,
        credential: LaneCredential::issue(&authority, &Holder::Founder(anna), Rights::BOTH),
        extensions: Extensions::none(),
    });
    let turn = EpochIdentity::from_seed(&ANNA.1).to_recipient();
    let to = [MemberIdentity::from_seed(&ANNA.1).to_key()];
    seal::seal(&Payload::Turn(Box::new(said)).encode(), &to, &turn).unwrap()
}

#[test]
fn only_a_coordinators_word_is_waited_for_and_not_any_number_of_them() {
    let mut group = Group::new();
    let (anna, receiver) = group.anna();
    let stranger = SecretKey::from_seed(&[0x55; 32]);
    let envelope = far(&group, &stranger, 50);
    let received = receiver.receive(&anna, &after(group.mailbox, 1), NOW, &envelope);
    assert!(matches!(received, Ok(Received::RosterBehind)));
    assert!(!receiver.has_waiting() && receiver.ahead().is_empty());
    for number in 0..20 {
        let envelope = far(&group, group.nina.signing(), 100 - number);
        let cursor = after(group.mailbox, u64::from(number) + 2);
        let received = receiver.receive(&anna, &cursor, NOW, &envelope);
        assert!(matches!(received, Ok(Received::RosterBehind)));
        assert!(receiver.has_waiting());
    }
    let kept: Vec<u32> = receiver.turns().iter().map(|it| it.position.0).collect();
    assert_eq!(kept, (81..=88).collect::<Vec<_>>(), "the nearest");
    assert!(receiver.ahead().len() <= AHEAD_MAX);
}
