//! What every store must do, whatever it keeps things in.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{
    envelope::Envelope,
    ids::{Day, MailboxId, Sequence, Timestamp, TokenId},
    receipt::first_head,
    signing::{Lane, PublicKey},
};

use super::{
    LogItem, Mailbox, Record, Store, StoreError, Usage,
    disk::{Disk, OpenReport},
    memory::Memory,
};

pub(super) const BOX: MailboxId = MailboxId([1; 32]);
pub(super) const OTHER: MailboxId = MailboxId([2; 32]);
pub(super) const LANE: PublicKey<Lane> = PublicKey::from_bytes([5; 32]);
pub(super) const DAY: u64 = Timestamp::DAY_SECONDS;

pub(super) fn account(id: MailboxId) -> Mailbox {
    Mailbox {
        id,
        quota_bytes: 1 << 20,
        ends: Timestamp(1000 * DAY),
        sponsor: None,
        successor: None,
    }
}

/// An account, and what becomes of it and of the mailbox that takes it over.
pub(super) fn handed_over(account: Mailbox, to: MailboxId) -> (Mailbox, Mailbox) {
    let old = Mailbox {
        sponsor: Some(to),
        successor: Some(to),
        ..account
    };
    (old, Mailbox { id: to, ..account })
}

/// Records for a mailbox, as the writer makes them.
pub(super) fn records(
    store: &dyn Store,
    id: MailboxId,
    time: Timestamp,
    fill: &[(u8, usize)],
) -> Vec<Record> {
    let mut tail = store.tail(id);
    let make = |(byte, size): &(u8, usize)| {
        let envelope = Envelope::new(vec![*byte; *size]).unwrap();
        Record::next(&mut tail, id, time, envelope.hash(), envelope)
    };
    fill.iter().map(make).collect()
}

/// Files records under the day of their time, as a relay with a right clock does.
pub(super) fn append(store: &dyn Store, records: &[Record]) -> Result<(), StoreError> {
    store.append(records[0].time.day(), records)
}

fn suite(store: &dyn Store) {
    let day = |n: u64| Timestamp(100 * DAY + n * DAY);
    assert_eq!(store.mailbox(BOX), None);
    store.create(&account(BOX), Some(TokenId([7; 16]))).unwrap();
    store.create(&account(BOX), Some(TokenId([7; 16]))).unwrap();
    assert!(matches!(
        store.create(&account(OTHER), Some(TokenId([7; 16]))),
        Err(StoreError::TokenSpent)
    ));
    assert_eq!(store.mailbox(OTHER), None);
    let renewed = Mailbox {
        quota_bytes: 2 << 20,
        ..account(BOX)
    };
    store.create(&renewed, Some(TokenId([8; 16]))).unwrap();
    assert_eq!(store.mailboxes(), [renewed]);
    let (old, heir) = handed_over(renewed, OTHER);
    store.change(&[old, heir]).unwrap();
    assert_eq!(
        (store.mailbox(BOX), store.mailbox(OTHER)),
        (Some(old), Some(heir))
    );
    store.revoke(OTHER, LANE).unwrap();
    store.revoke(OTHER, LANE).unwrap();
    assert!(store.is_revoked(OTHER, LANE) && !store.is_revoked(BOX, LANE));
    assert!(!store.is_revoked(OTHER, PublicKey::from_bytes([6; 32])));
    assert_eq!(
        (store.revoked_lanes(OTHER), store.revoked_lanes(BOX)),
        (1, 0)
    );
    assert_eq!(store.tail(BOX).head, first_head(BOX));
    assert_eq!(store.read_after(BOX, Sequence(0), 1 << 20).unwrap(), []);

    let first = records(store, BOX, day(0), &[(1, 4096), (2, 65536), (3, 8192)]);
    append(store, &first).unwrap();
    let fresh = store.recent_after(BOX, Sequence(1), 1 << 20);
    assert_eq!(fresh, first[1..]);
    assert_eq!(store.recent_after(BOX, Sequence(1), 1), first[1..2]);
    assert_eq!(store.recent_after(BOX, Sequence(3), 1), []);
    store.checkpoint().unwrap();
    assert_eq!(store.uncheckpointed_bytes(), 0);
    let second = records(store, BOX, day(1), &[(4, 4096)]);
    append(store, &second).unwrap();
    let tail = store.tail(BOX);
    assert_eq!((tail.sequence, tail.head), (Sequence(4), second[0].head));
    let usage = Usage {
        envelopes: 4,
        bytes: 4096 + 65536 + 8192 + 4096,
        oldest: Some(day(0)),
    };
    assert_eq!(store.usage(BOX), usage);
    let found = store.find(BOX, first[1].hash).unwrap().unwrap();
    assert_eq!((found.sequence, found.head), (Sequence(2), first[1].head));
    assert_eq!(store.find(OTHER, first[1].hash).unwrap(), None);

    let all: Vec<LogItem> = first
        .iter()
        .chain(&second)
        .cloned()
        .map(LogItem::Kept)
        .collect();
    assert_eq!(store.read_after(BOX, Sequence(0), 1 << 20).unwrap(), all);
    assert_eq!(store.read_after(BOX, Sequence(1), 1).unwrap(), all[1..2]);
    assert_eq!(store.read_after(BOX, Sequence(4), 1).unwrap(), []);

    assert_eq!(store.expire(day(0).day(), day(0).day()).unwrap().days, 0);
    let gone = store.expire(day(1).day(), day(1).day()).unwrap();
    assert_eq!((gone.days, gone.envelopes), (1, 3));
    let leaves = first.iter().map(Record::leaf).collect();
    let expired = LogItem::Expired {
        first: Sequence(1),
        leaves,
    };
    let left = store.read_after(BOX, Sequence(0), 1 << 20).unwrap();
    assert_eq!(left, [expired, LogItem::Kept(second[0].clone())]);
    let LogItem::Expired { first: at, leaves } = &store.read_after(BOX, Sequence(1), 1).unwrap()[0]
    else {
        unreachable!("place 2 has expired");
    };
    assert_eq!((*at, leaves.len()), (Sequence(2), 2));
    assert_eq!(store.find(BOX, first[1].hash).unwrap(), None);
    assert_eq!(store.usage(BOX).envelopes, 1);
    store.expire(day(9).day(), day(9).day()).unwrap();
    assert_eq!(store.tail(BOX).head, second[0].head, "sequences go on");
    let third = records(store, BOX, day(10), &[(5, 4096)]);
    append(store, &third).unwrap();
    assert_eq!(third[0].sequence, Sequence(5));
    assert_eq!(store.first_open_day(), Some(day(10).day()));
    assert_eq!(store.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn memory_conforms() {
    suite(&Memory::default());
}

#[test]
fn disk_conforms_and_is_the_same_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, opened) = Disk::open(dir.path()).unwrap();
    assert_eq!(opened, OpenReport::default());
    suite(&store);
    let before = store.read_after(BOX, Sequence(0), 1 << 20).unwrap();
    let (tail, usage) = (store.tail(BOX), store.usage(BOX));
    let (old, heir) = (store.mailbox(BOX), store.mailbox(OTHER));
    drop(store);
    let (store, _) = Disk::open(dir.path()).unwrap();
    assert_eq!((store.mailbox(BOX), store.mailbox(OTHER)), (old, heir));
    assert!(store.is_revoked(OTHER, LANE) && !store.is_revoked(BOX, LANE));
    assert_eq!(store.read_after(BOX, Sequence(0), 1 << 20).unwrap(), before);
    assert_eq!((store.tail(BOX), store.usage(BOX)), (tail, usage));
    assert_eq!(store.check().unwrap().faults, Vec::<String>::new());
    assert!(matches!(
        store.create(&account(OTHER), Some(TokenId([7; 16]))),
        Err(StoreError::TokenSpent)
    ));
}

#[test]
fn a_mailbox_that_ended_and_is_empty_is_forgotten_and_its_token_stays_spent() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Disk::open(dir.path()).unwrap();
    let ended = Mailbox {
        ends: Timestamp(50 * DAY),
        ..account(BOX)
    };
    store.create(&ended, Some(TokenId([7; 16]))).unwrap();
    store.create(&account(OTHER), None).unwrap();
    store.expire(Day(60), Day(60)).unwrap();
    assert_eq!(store.mailboxes(), [account(OTHER)]);
    assert!(matches!(
        store.create(&account(OTHER), Some(TokenId([7; 16]))),
        Err(StoreError::TokenSpent)
    ));
}

#[test]
fn what_is_forgotten_leaves_no_succession_and_no_revoked_lane() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Disk::open(dir.path()).unwrap();
    let ended = Mailbox {
        ends: Timestamp(50 * DAY),
        ..account(BOX)
    };
    let (old, heir) = handed_over(ended, OTHER);
    let heir = Mailbox {
        ends: account(BOX).ends,
        ..heir
    };
    store.change(&[old, heir]).unwrap();
    for id in [BOX, OTHER] {
        store.revoke(id, LANE).unwrap();
    }
    store.expire(Day(60), Day(60)).unwrap();
    let check = |store: &Disk| {
        assert_eq!(store.mailboxes(), [heir]);
        assert!(store.is_revoked(OTHER, LANE) && !store.is_revoked(BOX, LANE));
    };
    check(&store);
    drop(store);
    let (store, _) = Disk::open(dir.path()).unwrap();
    check(&store);
    // Opened again it is as new.
    store.create(&account(BOX), None).unwrap();
    assert_eq!(store.mailbox(BOX), Some(account(BOX)));
    assert_eq!(store.revoked_lanes(BOX), 0);
}
