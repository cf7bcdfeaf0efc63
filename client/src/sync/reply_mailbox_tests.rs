//! What comes to an invitation's mailbox, envelope by envelope.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use bellrope_proto::{
    address::RelayAddress,
    codec::Blob,
    grant::Rights,
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey, SecretKey},
};
use tempfile::TempDir;

use super::*;
use crate::{
    device::outbox,
    extensions::Extensions,
    group::{Admit, Approve, Change, EpochKeys, Found, Policy, Role, head_after},
    ids::{Epoch, GroupId, Position},
    invitation::{Code, CoordinatorMark, Secret},
    membership::join,
    message::{AtOnce, Bundle, Coordinator, Holder, LaneCredential, Refusal, ViewUpdate},
    seal::{EpochIdentity, MemberIdentity},
    secret::Seed,
};

const NOW: Timestamp = Timestamp(1_000_000);
const EPOCH: [u8; 32] = [3; 32];

fn turn_key(seed: u8) -> Blob {
    let turn = EpochIdentity::from_seed(&[seed; 32]).to_recipient();
    Blob(turn.as_bytes().to_vec())
}

fn coordinator() -> SecretKey<DeviceKey> {
    SecretKey::from_seed(&[5; 32])
}

fn adds(number: u16) -> Extensions {
    Extensions::new(vec![(number, b"tomorrow".to_vec())]).unwrap()
}

fn relay() -> RelayAddress {
    RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32])).unwrap()
}

fn authority() -> SecretKey<bellrope_proto::signing::Authority> {
    SecretKey::from_seed(&[9; 32])
}

fn epoch_keys() -> EpochKeys {
    let epoch = EpochIdentity::from_seed(&EPOCH);
    EpochKeys {
        number: Epoch(1),
        recipient: Blob(epoch.to_recipient().as_bytes().to_vec()),
        mailbox: authority().public().mailbox(),
        relays: vec![relay()],
        extensions: Extensions::none(),
    }
}

fn coordinators() -> Vec<Coordinator> {
    vec![Coordinator {
        device: coordinator().public(),
        key: MemberIdentity::from_seed(&[6; 32]).to_key(),
    }]
}

fn view(position: u32) -> View {
    View {
        group: group(),
        position: Position(position),
        roster: Hash([2; 32]),
        epoch: epoch_keys(),
        readers: vec![MemberIdentity::from_seed(&[6; 32]).to_key()],
        people: vec![0],
        policy: Policy::default(),
        coordinators: coordinators(),
        extensions: Extensions::none(),
    }
}

fn founding() -> Signed<Entry> {
    let coordinator = coordinator();
    coordinator.sign(&Entry {
        position: Position(0),
        previous: Hash([0; 32]),
        time: NOW,
        author: coordinator.public(),
        change: Change::Found(Found {
            salt: [7; 16],
            group_name: "Group".into(),
            founder_name: "Vera Lind".into(),
            founder_key: MemberIdentity::from_seed(&[6; 32]).to_key(),
            founder_turn: turn_key(6),
            epoch: epoch_keys(),
            extensions: Extensions::none(),
        }),
        extensions: Extensions::none(),
    })
}

fn group() -> GroupId {
    GroupId(head_after(&founding()))
}

fn bundle_for(role: Role) -> Bundle {
    let at_once = (role == Role::Defender).then(|| AtOnce {
        view: view(1),
        credential: credential(Extensions::none()),
        extensions: Extensions::none(),
    });
    Bundle {
        invitation: Secret::new(&[7; 16]).keys().invitation.public(),
        group: group(),
        role,
        expires: NOW.plus(100),
        coordinator: coordinator().public(),
        delegation: None,
        coordinators: coordinators(),
        position: Position(0),
        roster: head_after(&founding()),
        at_once,
        extensions: Extensions::none(),
    }
}

/// A device that came in by an invitation, and has seen its own claim in the mailbox.
struct Newcomer {
    _dir: TempDir,
    device: Device,
    mailbox: ReplyMailbox,
    next: u64,
}

impl Newcomer {
    fn new(role: Role) -> Self {
        let code = Code {
            secret: Secret::new(&[7; 16]),
            coordinator: CoordinatorMark::of(&coordinator().public()),
            relay: relay(),
        };
        let bundle = bundle_for(role);
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let device = join(&home, &"a passphrase".into(), &code, bundle, NOW).unwrap();
        let joined = device.state().unwrap().joined.unwrap();
        let claim = outbox::all(&device).unwrap().remove(0).queued.envelope;
        let mut newcomer = Self {
            _dir: dir,
            device,
            mailbox: ReplyMailbox::new(joined),
            next: 2,
        };
        assert_eq!(newcomer.take(&claim), None);
        newcomer
    }

    fn take(&mut self, envelope: &Envelope) -> Option<ReplyUpdate> {
        self.next += 1;
        self.mailbox.receive(&self.device, envelope).unwrap()
    }

    fn hear(&mut self, payload: &Payload) -> Option<ReplyUpdate> {
        let keys = Secret::new(&[7; 16]).keys();
        let to = [self.device.member().to_key()];
        let outer = keys.outer().to_recipient();
        self.take(&seal::seal(&payload.encode(), &to, &outer).unwrap())
    }

    fn view_update(&mut self, change: impl FnOnce(&mut ViewUpdate)) -> Option<ReplyUpdate> {
        let position = u32::try_from(self.next).unwrap();
        let mut update = ViewUpdate {
            invitation: Secret::new(&[7; 16]).keys().invitation.public(),
            view: view(position),
            credential: credential(Extensions::none()),
            extensions: Extensions::none(),
        };
        change(&mut update);
        self.hear(&Payload::View(coordinator().sign(&update)))
    }

    /// The roster with this device in it, and a welcome to it.
    fn welcome(&mut self, change: impl FnOnce(&mut Welcome)) -> Option<ReplyUpdate> {
        let mut roster = Roster::found(founding()).unwrap();
        let invitation = Secret::new(&[7; 16]).keys().invitation.public();
        for change in [
            Change::Admit(Admit {
                invitation,
                role: Role::Member,
                name: "Anna".into(),
                mailbox: Secret::new(&[7; 16]).keys().mailbox(),
                expires: NOW.plus(100),
                extensions: Extensions::none(),
            }),
            Change::Approve(Approve {
                admitted_at: Position(1),
                device: self.device.signing().public(),
                key: self.device.member().to_key(),
                turn: Some(turn_key(7)),
                extensions: Extensions::none(),
            }),
        ] {
            let entry = coordinator().sign(&Entry {
                position: roster.next_position(),
                previous: roster.head(),
                time: NOW,
                author: coordinator().public(),
                change,
                extensions: Extensions::none(),
            });
            roster.apply(entry).unwrap();
        }
        for part in Payload::roster(roster.entries(), 1) {
            assert_eq!(self.hear(&part), None);
        }
        let mut welcome = Welcome {
            invitation,
            group: group(),
            device: self.device.signing().public(),
            roster: roster.head(),
            epoch: Epoch(1),
            epoch_seed: Seed::new(&EPOCH),
            credential: credential(Extensions::none()),
            after: Sequence(0),
            head: Hash([0; 32]),
            extensions: Extensions::none(),
        };
        change(&mut welcome);
        self.hear(&Payload::Welcome(coordinator().sign(&welcome)))
    }
}

fn credential(extensions: Extensions) -> LaneCredential {
    let holder = Holder::Founder(coordinator().public());
    let mut credential = LaneCredential::issue(&authority(), &holder, Rights::BOTH);
    credential.extensions = extensions;
    credential
}

#[test]
fn new_keys_of_tomorrow_are_kept_and_said_where_they_may_not_be_ignored() {
    let mut alena = Newcomer::new(Role::Defender);
    let position = |alena: &Newcomer| alena.device.state().unwrap().view.unwrap().position;
    let usual = Some(ReplyUpdate::NewKeys);
    assert_eq!(alena.view_update(|_| {}), usual);
    assert_eq!(alena.view_update(|it| it.extensions = adds(40_000)), usual);
    let ignorable = alena.view_update(|it| {
        it.view.extensions = adds(40_000);
        it.view.epoch.extensions = adds(40_000);
    });
    assert_eq!(ignorable, usual);
    let newest = position(&alena);
    let newer = Some(ReplyUpdate::Newer);
    // An update that is not wholly understood is not taken; its view would be.
    assert_eq!(alena.view_update(|it| it.extensions = adds(9)), newer);
    assert_eq!(position(&alena), newest);
    assert_eq!(alena.view_update(|it| it.view.extensions = adds(9)), newer);
    assert!(position(&alena) > newest);
    assert!(alena.device.state().unwrap().view.unwrap().is_newer());
    // Once it is followed by one in words of today, all is well again.
    assert_eq!(alena.view_update(|_| {}), usual);
    let epoch = alena.view_update(|it| it.view.epoch.extensions = adds(9));
    assert_eq!(epoch, newer);
    assert_eq!(alena.hear(&Payload::Unknown(77)), newer);
    assert_eq!(alena.hear(&Payload::Unknown(40_000)), None);
}

#[test]
fn what_was_said_for_another_invitation_counts_for_nothing() {
    let other = Secret::new(&[8; 16]).keys().invitation.public();
    let mut alena = Newcomer::new(Role::Defender);
    assert_eq!(alena.view_update(|it| it.invitation = other), None);
    let mut anna = Newcomer::new(Role::Member);
    assert_eq!(anna.welcome(|it| it.invitation = other), None);
    let ours = Secret::new(&[7; 16]).keys().invitation.public();
    let refusal = |invitation, extensions| Refusal {
        invitation,
        group: group(),
        extensions,
    };
    let mut hear = |by: &SecretKey<DeviceKey>, refusal: &Refusal| {
        let keys = Secret::new(&[7; 16]).keys();
        let payload = Payload::Refusal(by.sign(refusal)).encode();
        let to = [keys.inner().to_key()];
        anna.take(&seal::seal(&payload, &to, &keys.outer().to_recipient()).unwrap())
    };
    let of_another = refusal(other, Extensions::none());
    assert_eq!(hear(&coordinator(), &of_another), None);
    // Whoever has the code can seal to it.
    let by_another = refusal(ours, Extensions::none());
    assert_eq!(hear(&SecretKey::from_seed(&[8; 32]), &by_another), None);
    // A no is a no, whatever more it says.
    let refused = refusal(ours, adds(9));
    assert_eq!(hear(&coordinator(), &refused), Some(ReplyUpdate::Refused));
}

#[test]
fn a_welcome_of_tomorrow_waits_for_the_update() {
    let welcomed = Some(ReplyUpdate::Welcome);
    let mut anna = Newcomer::new(Role::Member);
    let ignorable = anna.welcome(|it| {
        it.extensions = adds(40_000);
        it.credential = credential(adds(40_000));
    });
    assert_eq!(ignorable, welcomed);
    for critical in [
        (&|it: &mut Welcome| it.extensions = adds(9)) as &dyn Fn(&mut Welcome),
        &|it: &mut Welcome| it.credential = credential(adds(9)),
    ] {
        let mut boris = Newcomer::new(Role::Member);
        assert_eq!(boris.welcome(critical), Some(ReplyUpdate::Newer));
        assert!(!boris.device.is_let_in().unwrap());
        // It is read from the mailbox's start until then.
        assert_eq!(boris.mailbox.start().sequence, Sequence(0));
    }
}

#[test]
fn what_came_first_decides_wherever_the_bundle_is() {
    let keys = Secret::new(&[7; 16]).keys();
    let outer = keys.outer().to_recipient();
    let bundle = coordinator().sign(&bundle_for(Role::Defender));
    let bundle = Payload::Bundle(bundle).encode();
    let bundle = seal::seal(&bundle, &[keys.inner().to_key()], &outer).unwrap();
    let other = seal::seal(b"anything", &[keys.inner().to_key()], &outer).unwrap();
    let fresh = || {
        let mut alena = Newcomer::new(Role::Defender);
        alena.mailbox.joined.claim_seen = false;
        let claim = outbox::all(&alena.device)
            .unwrap()
            .remove(0)
            .queued
            .envelope;
        (alena, claim)
    };
    // A device that joined by a file may be faster than the bundle.
    let (mut alena, claim) = fresh();
    assert_eq!(alena.take(&claim), None);
    assert_eq!(alena.take(&bundle), None);
    assert_eq!(alena.view_update(|_| {}), Some(ReplyUpdate::NewKeys));
    let (mut alena, claim) = fresh();
    assert_eq!(alena.take(&bundle), None);
    assert_eq!(alena.take(&claim), None);
    let (mut alena, _) = fresh();
    assert_eq!(alena.take(&other), Some(ReplyUpdate::Taken));
    // An invitation that was taken back before it was used: nobody was faster.
    let refusal = Refusal {
        invitation: keys.invitation.public(),
        group: group(),
        extensions: Extensions::none(),
    };
    let refusal = Payload::Refusal(coordinator().sign(&refusal)).encode();
    let refusal = seal::seal(&refusal, &[keys.inner().to_key()], &outer).unwrap();
    let (mut alena, _) = fresh();
    assert_eq!(alena.take(&refusal), Some(ReplyUpdate::TakenBack));
    // After the claims have expired, new keys are not taken for one.
    let (mut alena, _) = fresh();
    alena.mailbox.missed();
    assert_eq!(alena.view_update(|_| {}), Some(ReplyUpdate::NewKeys));
}

#[test]
fn only_the_newest_arrival_waits_beside_the_claim() {
    let mut alena = Newcomer::new(Role::Defender);
    let hashes = |alena: &Newcomer| -> Vec<Hash> {
        let files = outbox::all(&alena.device).unwrap().into_iter();
        files.map(|file| file.queued.envelope.hash()).collect()
    };
    let claim = hashes(&alena);
    let mut before = claim.clone();
    for _ in 0..3 {
        assert_eq!(alena.view_update(|_| {}), Some(ReplyUpdate::NewKeys));
        let cursor = alena.mailbox.start();
        alena
            .mailbox
            .caught_up(&alena.device, &relay().key(), cursor)
            .unwrap();
        let now = hashes(&alena);
        assert_eq!((now.len(), now[0]), (2, claim[0]));
        assert_ne!(now, before);
        before = now;
    }
}
