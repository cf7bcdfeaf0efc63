//! How often defenders hear of a group that grows, by what waits in the outbox of the device that lets people in.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;

use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    ids::{Hash, Sequence},
    receipt::{Fact, Receipt},
    signing::{Device as DeviceKey, PublicKey, RelayLog, SecretKey, Signed},
};
use tempfile::TempDir;

use super::*;
use crate::{
    device::{OutboxFile, QueueEnd, QueuedEnvelope, issued},
    group::About,
    membership::{
        CircleChange, NewGroup, NewInvitation, approve, claim_heard, create, invite, plan_circle,
        refuse, remove, say_again, set_circle,
    },
    relay::Cursor,
    seal::{self, EpochIdentity, MemberIdentity},
};

const NOW: Timestamp = Timestamp(1_000_000);
const HOUR: u64 = 3_600;
const FAR: Timestamp = Timestamp(400 * Timestamp::DAY_SECONDS);

struct Group {
    dir: TempDir,
    nina: Device,
    now: Timestamp,
    /// Who came so far, and the keys that the next one has.
    came: u8,
}

/// Somebody who uses an invitation: a device without a disk.
struct Guest {
    new: NewInvitation,
    at: Position,
    seed: [u8; 32],
}

impl Guest {
    fn mailbox(&self) -> MailboxId {
        self.new.code.secret.keys().mailbox()
    }

    fn signing(&self) -> SecretKey<DeviceKey> {
        SecretKey::from_seed(&self.seed)
    }

    fn member(&self) -> MemberIdentity {
        MemberIdentity::from_seed(&self.seed)
    }

    fn claim(&self, now: Timestamp) -> Signed<Claim> {
        let keys = self.new.code.secret.keys();
        let turn = EpochIdentity::from_seed(&self.seed).to_recipient();
        let turn = self.new.role.reads().then_some(&turn);
        let own = (&self.signing(), self.member().to_key(), turn);
        Claim::sign((&keys.invitation, keys.mailbox()), own, None, now)
    }

    /// The place of the roster up to which what is sealed to this device says it.
    fn told(&self, queued: &QueuedEnvelope) -> Option<Position> {
        let outer = self.new.code.secret.keys().outer();
        let opened = seal::open(queued.envelope.bytes(), &outer, &self.member()).ok()?;
        match Payload::decode(&opened).unwrap() {
            Payload::View(view) => Some(view.peek().unwrap().view.position),
            _ => None,
        }
    }
}

impl Group {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay.unwrap(),
        };
        let nina = create(dir.path(), &"a passphrase".into(), &group, NOW).unwrap();
        let mailbox = nina.roster().unwrap().unwrap().epoch().mailbox;
        nina.change(|state| state.cursor = Some(Cursor::start(mailbox)))
            .unwrap();
        Self {
            dir,
            nina,
            now: NOW,
            came: 0,
        }
    }

    fn invite(&mut self, name: &str, role: Role) -> Guest {
        self.came += 1;
        let new = invite(&self.nina, role, name, FAR, self.now).unwrap();
        let at = issued::all(&self.nina).unwrap().last().unwrap().admitted_at;
        let seed = [self.came; 32];
        Guest { new, at, seed }
    }

    /// Who uses the invitation, and is in.
    fn joins(&mut self, name: &str, role: Role) -> Guest {
        let guest = self.invite(name, role);
        claim_heard(&self.nina, &guest.claim(self.now), None, self.now).unwrap();
        if role.reads() {
            approve(&self.nina, guest.at, self.now).unwrap();
        }
        guest
    }

    fn files(&self, mailbox: MailboxId) -> Vec<OutboxFile> {
        let mut files = outbox::all(&self.nina).unwrap();
        files.retain(|file| file.queued.to == mailbox);
        files
    }

    fn waiting(&self, mailbox: MailboxId) -> Vec<QueuedEnvelope> {
        let files = self.files(mailbox).into_iter().map(|file| file.queued);
        files.filter(|queued| queued.receipt.is_none()).collect()
    }

    /// The relay takes what waits. What others are sent says nothing here, and is let go for the sake of speed.
    fn posted(&self, kept: &[&Guest]) {
        for file in outbox::all(&self.nina).unwrap() {
            let to = file.queued.to;
            if !kept.iter().any(|guest| guest.mailbox() == to) {
                fs::remove_file(self.dir.path().join("outbox").join(&file.name)).unwrap();
            } else if file.queued.receipt.is_none() {
                outbox::stored(&self.nina, &file, receipt(to)).unwrap();
            }
        }
    }

    fn sent(&self, guest: &Guest) -> crate::device::Sent {
        let mut all = issued::all(&self.nina).unwrap().into_iter();
        all.find(|issued| issued.admitted_at == guest.at)
            .and_then(|issued| issued.sent)
            .unwrap()
    }
}

fn receipt(mailbox: MailboxId) -> Receipt {
    let fact = Fact {
        mailbox,
        sequence: Sequence(1),
        envelope: Hash([0; 32]),
        head: Hash([0; 32]),
        time: NOW,
    };
    Receipt::issue(&SecretKey::<RelayLog>::from_seed(&[6; 32]), &[fact]).remove(0)
}

#[test]
fn a_group_that_grows_by_many_in_two_weeks_tells_each_within_a_day_and_has_room_for_a_removal() {
    let mut group = Group::new();
    let alena = group.joins("Alena", Role::Defender);
    // Whoever uses this after a year seals by the keys that the mailbox has then.
    let irina = group.invite("Irina", Role::Defender);
    group.posted(&[&alena, &irina]);
    let mut said = [0; 2];
    let mut last = None;
    // Somebody every five hours: 65 in two weeks.
    for number in 0..65 {
        group.now = group.now.plus(5 * HOUR);
        let reader = group.joins(&format!("Reader {number}"), Role::Member);
        let came = group.nina.roster().unwrap().unwrap().next_position();
        say_again(&group.nina, &[], group.now).unwrap();
        for (guest, said) in [&alena, &irina].into_iter().zip(&mut said) {
            let waiting = group.waiting(guest.mailbox());
            assert!(waiting.len() <= 1, "{number}: {}", waiting.len());
            *said += waiting.len();
            let sent = group.sent(guest);
            let is_old = sent.position.0 + 1 < came.0;
            assert!(!is_old || group.now.0 - sent.at.0 < Timestamp::DAY_SECONDS);
            // While there is much room, at once.
            assert!(!is_old || number > 12, "{number}");
        }
        group.posted(&[&alena, &irina]);
        last = Some(reader);
    }
    for said in said {
        assert!((20..=40).contains(&said), "{said}");
    }
    for guest in [&alena, &irina] {
        let files = group.files(guest.mailbox()).into_iter();
        let bytes: usize = files.map(|it| it.queued.envelope.bytes().len()).sum();
        assert!(bytes as u64 <= INVITATION_BYTES * 5 / 8, "{bytes}");
    }
    // Who is put out is said at once, whatever was said before.
    let gone = last.unwrap().signing().public();
    group.now = group.now.plus(1);
    remove(&group.nina, &[gone], group.now).unwrap();
    let turned = group.nina.roster().unwrap().unwrap().turned();
    let waiting = group.waiting(alena.mailbox());
    assert_eq!(waiting.len(), 1);
    assert_eq!(alena.told(&waiting[0]), Some(turned));
    assert_eq!(group.waiting(irina.mailbox()).len(), 1);
    // A look writes nothing that was written.
    group.posted(&[&alena, &irina]);
    group.now = group.now.plus(2 * Timestamp::DAY_SECONDS);
    say_again(&group.nina, &[], group.now).unwrap();
    for guest in [&alena, &irina] {
        assert_eq!(group.waiting(guest.mailbox()).len(), 0);
    }
}

#[test]
fn what_was_left_for_later_is_said_by_a_look_when_it_is_time() {
    let mut group = Group::new();
    let alena = group.joins("Alena", Role::Defender);
    let mailbox = alena.mailbox();
    group.posted(&[&alena]);
    for byte in 1..=3 {
        let envelope = Envelope::new(vec![byte; 64 * 1024]).unwrap();
        let queued = QueuedEnvelope::plain(mailbox, envelope, group.now);
        QueueEnd::lock(&group.nina).unwrap().put(&[queued]).unwrap();
    }
    group.posted(&[&alena]);
    let _anna = group.joins("Anna", Role::Member);
    assert!(group.waiting(mailbox).is_empty());
    let look = |group: &mut Group, later: u64| {
        group.now = group.now.plus(later);
        say_again(&group.nina, &[], group.now).unwrap();
        group.waiting(mailbox).len()
    };
    assert_eq!(look(&mut group, 23 * HOUR), 0);
    assert_eq!(look(&mut group, HOUR), 1);
    let newest = group.nina.roster().unwrap().unwrap().next_position();
    let told = alena.told(&group.waiting(mailbox)[0]).unwrap();
    assert_eq!(told.0 + 1, newest.0);
    group.posted(&[&alena]);
    assert_eq!(look(&mut group, 48 * HOUR), 0, "nobody has come");
    // When what fills it has expired, whoever comes is told of at once.
    group.now = group.now.plus(RETENTION_SECONDS);
    let _olga = group.joins("Olga", Role::Observer);
    assert_eq!(group.waiting(mailbox).len(), 0, "no alert is for her");
    let _boris = group.joins("Boris", Role::Member);
    assert_eq!(group.waiting(mailbox).len(), 1);
    // A clock that is set back by years keeps nobody waiting for years.
    group.posted(&[&alena]);
    group.now = NOW;
    let _vera = group.joins("Vera", Role::Member);
    assert_eq!(group.waiting(mailbox).len(), 1);
}

#[test]
fn what_takes_reading_away_is_said_at_once_and_what_gives_it_may_wait() {
    let mut group = Group::new();
    let alena = group.joins("Alena", Role::Defender);
    let anna = group.joins("Anna", Role::Member).signing().public();
    let mailbox = alena.mailbox();
    group.posted(&[&alena]);
    for byte in 1..=3 {
        let envelope = Envelope::new(vec![byte; 64 * 1024]).unwrap();
        let queued = QueuedEnvelope::plain(mailbox, envelope, group.now);
        QueueEnd::lock(&group.nina).unwrap().put(&[queued]).unwrap();
    }
    group.posted(&[&alena]);
    let mut set = |change| {
        group.now = group.now.plus(1);
        let planned = plan_circle(&group.nina, change).unwrap();
        set_circle(&group.nina, planned, group.now).unwrap();
        let waiting = group.waiting(mailbox);
        let told = waiting.first().and_then(|queued| alena.told(queued));
        group.posted(&[&alena]);
        told.is_some_and(|told| {
            told.0 + 1 == group.nina.roster().unwrap().unwrap().next_position().0
        })
    };
    assert!(set(CircleChange::Duty(vec![anna])));
    assert!(!set(CircleChange::Everybody));
    assert!(set(CircleChange::KeepOut(vec![anna], About::default())));
    assert!(!set(CircleChange::Remove(1)));
    // As with newcomers: it is said within a day.
    group.now = group.now.plus(24 * HOUR);
    say_again(&group.nina, &[], group.now).unwrap();
    assert_eq!(group.waiting(mailbox).len(), 1);
}

#[test]
fn of_what_waits_for_one_mailbox_only_the_newest_does() {
    let mut group = Group::new();
    let alena = group.joins("Alena", Role::Defender);
    let irina = group.invite("Irina", Role::Defender);
    group.posted(&[&alena, &irina]);
    let posted = group.files(alena.mailbox()).len();
    for name in ["Anna", "Boris", "Vera"] {
        group.now = group.now.plus(1);
        let guest = group.joins(name, Role::Member);
        assert_eq!(group.waiting(alena.mailbox()).len(), 1);
        assert_eq!(group.waiting(irina.mailbox()).len(), 1);
        // All of a welcome: the roster, and the welcome itself.
        assert_eq!(group.waiting(guest.mailbox()).len(), 2);
    }
    let newest = group.nina.roster().unwrap().unwrap().next_position();
    let told = alena.told(&group.waiting(alena.mailbox())[0]).unwrap();
    assert_eq!(told.0 + 1, newest.0);
    assert_eq!(group.files(alena.mailbox()).len(), posted + 1);
    // Every entry of the roster waits: they say different things.
    let of_group = group.nina.roster().unwrap().unwrap().epoch().mailbox;
    assert_eq!(group.waiting(of_group).len(), 6);
    // After a no there is nothing more to say.
    issued::change(&group.nina, irina.at, |irina| irina.open_until = Some(FAR)).unwrap();
    refuse(&group.nina, irina.at, group.now).unwrap();
    assert_eq!(group.waiting(irina.mailbox()).len(), 1);
    // A relay that has lost the mailbox is given what is true now, and not what was said on the way to it.
    group.posted(&[&alena, &irina]);
    group.now = group.now.plus(1);
    let _olga = group.joins("Olga", Role::Member);
    group.posted(&[&alena, &irina]);
    assert!(group.files(alena.mailbox()).len() > posted + 1);
    outbox::post_again(&group.nina, alena.mailbox(), &[]).unwrap();
    let again = group.files(alena.mailbox());
    assert_eq!((again.len(), group.waiting(alena.mailbox()).len()), (1, 1));
    let newest = group.nina.roster().unwrap().unwrap().next_position();
    assert_eq!(alena.told(&again[0].queued).unwrap().0 + 1, newest.0);
}
