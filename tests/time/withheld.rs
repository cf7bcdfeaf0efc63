//! A relay that keeps something from one reader, in a log that fits together: that reader is told nothing but what is so, and nothing is lost by it.

use std::sync::Arc;

use bellrope_client::{
    Coming, ConsentTo, Event, ReplyUpdate, Role, agree, ask_for_device, coming,
    internals::{roster, signing_key, state},
    invite, join, now, say_on_device,
    show::WishLine,
};
use bellrope_proto::{
    ids::{Day, Hash, MailboxId, Sequence, TokenId},
    signing::{Lane, PublicKey},
};
use bellrope_relay::store::{
    CheckReport, ExpiryReport, LogItem, Mailbox, Record, Store, StoreError, StoredAt, Tail, Usage,
};

use crate::group::{DAY, NOTHING, Person, World, is_told_elsewhere};

/// What a relay has, but for what came to one mailbox after this.
pub(crate) struct Withholding {
    pub(crate) of: Arc<dyn Store>,
    pub(crate) mailbox: MailboxId,
    pub(crate) end: Tail,
}

impl Withholding {
    fn shows(&self, record: &Record) -> bool {
        record.mailbox != self.mailbox || record.sequence <= self.end.sequence
    }
}

impl Store for Withholding {
    fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError> {
        self.of.create(mailbox, token)
    }

    fn change(&self, mailboxes: &[Mailbox]) -> Result<(), StoreError> {
        self.of.change(mailboxes)
    }

    fn revoke(&self, id: MailboxId, lane: PublicKey<Lane>) -> Result<(), StoreError> {
        self.of.revoke(id, lane)
    }

    fn is_revoked(&self, id: MailboxId, lane: PublicKey<Lane>) -> bool {
        self.of.is_revoked(id, lane)
    }

    fn revoked_lanes(&self, id: MailboxId) -> usize {
        self.of.revoked_lanes(id)
    }

    fn mailbox(&self, id: MailboxId) -> Option<Mailbox> {
        self.of.mailbox(id)
    }

    fn mailboxes(&self) -> Vec<Mailbox> {
        self.of.mailboxes()
    }

    fn tail(&self, id: MailboxId) -> Tail {
        match id == self.mailbox {
            true => self.end,
            false => self.of.tail(id),
        }
    }

    fn first_open_day(&self) -> Option<Day> {
        self.of.first_open_day()
    }

    fn usage(&self, id: MailboxId) -> Usage {
        self.of.usage(id)
    }

    fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<StoredAt>, StoreError> {
        self.of.find(id, envelope)
    }

    fn append(&self, day: Day, records: &[Record]) -> Result<(), StoreError> {
        self.of.append(day, records)
    }

    fn uncheckpointed_bytes(&self) -> usize {
        self.of.uncheckpointed_bytes()
    }

    fn checkpoint(&self) -> Result<(), StoreError> {
        self.of.checkpoint()
    }

    fn recent_after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record> {
        let mut recent = self.of.recent_after(id, after, bytes_max);
        recent.retain(|record| self.shows(record));
        recent
    }

    fn read_after(
        &self,
        id: MailboxId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<LogItem>, StoreError> {
        let mut items = self.of.read_after(id, after, bytes_max)?;
        items.retain(|item| match item {
            LogItem::Kept(record) => self.shows(record),
            LogItem::Expired { .. } => true,
        });
        Ok(items)
    }

    fn expire(&self, before: Day, ended: Day) -> Result<ExpiryReport, StoreError> {
        self.of.expire(before, ended)
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        self.of.check()
    }
}

/// Whether a look told that somebody did wrong.
fn accused(events: &[Event]) -> bool {
    events.iter().any(|event| {
        matches!(
            event,
            Event::Evidence | Event::OtherLog { .. } | Event::RosterRefused(..) | Event::Removed
        )
    })
}

/// How many devices Anna has, as somebody sees it.
fn devices(of: &Person) -> usize {
    let known = roster(&of.device).unwrap().unwrap();
    known.people().iter().filter(|it| it.name == "Anna").count()
}

#[test]
fn a_device_from_which_its_welcome_is_kept_waits_and_comes_in_when_it_is_not() {
    if is_told_elsewhere() {
        return;
    }
    // Given to it in time, or when the relay had erased it and it was said again.
    for days in [1, 20] {
        let world = World::new();
        let nina = world.coordinator("Nina", 366);
        let anna = world.reader(&nina, "Anna", Role::Member);
        ask_for_device(&anna.device, now()).unwrap();
        for person in [&anna, &nina, &anna] {
            assert_eq!(world.look(person).failed, NOTHING);
        }
        let Some(Coming::Invited(code, _)) = coming(&anna.device, now()).unwrap() else {
            panic!("it is not invited");
        };
        let second = world.join("Anna 2", &code);
        let mailbox = code.secret.keys().mailbox();
        let before = world.tail(mailbox);
        for person in [&nina, &anna] {
            assert_eq!(world.look(person).failed, NOTHING);
        }
        let Some(Coming::Asks(shown)) = coming(&anna.device, now()).unwrap() else {
            panic!("nobody asks");
        };
        say_on_device(&anna.device, (&shown, true), now()).unwrap();
        for person in [&anna, &nina, &anna] {
            assert_eq!(world.look(person).failed, NOTHING);
        }
        assert_eq!(devices(&anna), 2);
        assert_ne!(world.tail(mailbox).sequence, before.sequence);
        let look = world.look_without(&second, (mailbox, before));
        // It says that it waits, as it does, and accuses nobody.
        assert_eq!((look.updates, look.failed), (Vec::new(), NOTHING.to_vec()));
        assert!(!accused(&look.events), "{:?}", look.events);
        assert!(state(&second.device).unwrap().credential.is_none());
        world.alert(&anna, "said meanwhile");
        for _ in 0..days {
            world.pass(1);
            assert_eq!(world.look(&nina).failed, NOTHING);
        }
        let look = world.look(&second);
        assert_eq!(look.updates, [ReplyUpdate::Welcome], "{days}");
        assert!(!accused(&look.events), "{:?}", look.events);
        assert_eq!(devices(&second), 2);
        for person in [&nina, &second] {
            world.look(person);
        }
        assert!(second.has_verified("said meanwhile"), "{days}");
        world.alert(&nina, "to both");
        world.look(&second);
        assert!(second.has_verified("to both"));
    }
}

#[test]
fn a_coordinator_from_whom_the_answer_is_kept_is_told_that_it_waits_until_it_is_not() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let anna = world.reader(&nina, "Anna", Role::Member);
    let key = signing_key(&anna.device).public();
    agree(&nina.device, (ConsentTo::Promote, &key), now()).unwrap();
    for person in [&nina, &anna] {
        assert_eq!(world.look(person).failed, NOTHING);
    }
    let expires = now().plus(7 * DAY);
    let made = invite(&anna.device, Role::Member, "Vera", expires, now()).unwrap();
    assert_eq!(made.waits_for.as_deref(), Some("Nina"));
    world.look(&anna);
    let mailbox = roster(&anna.device).unwrap().unwrap().epoch().mailbox;
    let before = world.tail(mailbox);
    assert_eq!(world.look(&nina).failed, NOTHING);
    assert!(world.tail(mailbox).sequence > before.sequence.next());
    let waits = || {
        let all = WishLine::all(&anna.device).unwrap();
        all.iter()
            .filter(|it| it.is_mine && it.came.is_none())
            .count()
    };
    // Nothing of it, then the entry and not the answer.
    for end in [before, world.tail_after(mailbox, before)] {
        let look = world.look_without(&anna, (mailbox, end));
        assert!(!accused(&look.events), "{:?}", look.events);
        assert_eq!(look.failed, NOTHING);
        let known = roster(&anna.device).unwrap().unwrap();
        let written = known.invited().iter().any(|it| it.admit.name == "Vera");
        assert_eq!(
            waits(),
            usize::from(!written),
            "what the list has waits for nobody"
        );
        assert_eq!(written, end != before);
    }
    // The code works meanwhile.
    let bundle = world.bundle(&made.code);
    let vera = join(
        &world.home("Vera"),
        &"a long enough passphrase".into(),
        &made.code,
        bundle,
        now(),
    );
    drop(vera.unwrap());
    for person in [&anna, &nina, &anna] {
        let look = world.look(person);
        assert_eq!(look.failed, NOTHING);
        assert!(!accused(&look.events), "{:?}", look.events);
    }
    assert_eq!(waits(), 0);
    assert!(WishLine::all(&anna.device).unwrap().is_empty());
    let known = roster(&anna.device).unwrap().unwrap();
    let named = known.invited().iter().filter(|it| it.admit.name == "Vera");
    assert_eq!(named.count(), 1);
}
