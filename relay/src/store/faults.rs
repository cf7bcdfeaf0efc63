//! Disks that are full or fail, and have room again: nothing that has a receipt is lost, and nobody restarts anything.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    path::Path,
    sync::{atomic::Ordering, mpsc},
};

use bellrope_proto::ids::{Day, Sequence, Timestamp, TokenId};

use super::{
    LogItem, Store, StoreError,
    conformance::{BOX, DAY, LANE, OTHER, account, append, handed_over, records},
    crash::snapshot,
    disk::{Disk, OpenError, Sizes},
};

/// A half of the journal has room for few.
const SMALL: Sizes = Sizes {
    journal_bytes: 64 * 1024,
    volume_bytes: 256 * 1024,
    reserve_bytes: 64 * 1024,
};

const NOW: Timestamp = Timestamp(100 * DAY);

fn open(dir: &Path) -> Disk {
    let store = Disk::open_with(dir, SMALL).unwrap().0;
    store.create(&account(BOX), None).unwrap();
    store
}

/// Posts one after the other until one is refused; says how many were not.
fn post_until_refused(store: &Disk) -> u64 {
    for count in 0..100 {
        let new = records(store, BOX, NOW, &[(count, 8192)]);
        if append(store, &new).is_err() {
            return u64::from(count);
        }
    }
    unreachable!("never refused");
}

fn all_there(store: &Disk, last: u64) {
    assert_eq!(store.tail(BOX).sequence, Sequence(last));
    assert_eq!(store.check().unwrap().faults, Vec::<String>::new());
    let all = store.read_after(BOX, Sequence(0), usize::MAX).unwrap();
    assert_eq!(all.len() as u64, last);
}

#[test]
fn a_full_disk_refuses_when_the_journal_is_full_and_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.full.store(true, Ordering::SeqCst);
    let last = post_until_refused(&store);
    assert!(last > 4, "the journal takes some");
    let error = store.checkpoint().unwrap_err().to_string();
    assert!(error.contains("left on the disk"), "{error}");
    all_there(&store, last);
    store.full.store(false, Ordering::SeqCst);
    let new = records(&store, BOX, NOW, &[(200, 8192)]);
    append(&store, &new).unwrap();
    all_there(&store, last + 1);
    drop(store);
    all_there(&open(dir.path()), last + 1);
}

#[test]
fn a_database_that_failed_is_opened_anew() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    append(&store, &records(&store, BOX, NOW, &[(201, 8192)])).unwrap();
    store.checkpoint().unwrap();
    store.catalog_fails(NOW.day(), true);
    let last = 1 + post_until_refused(&store);
    // What was there before can be read meanwhile.
    all_there(&store, last);
    store.catalog_fails(NOW.day(), false);
    append(&store, &records(&store, BOX, NOW, &[(202, 8192)])).unwrap();
    store.checkpoint().unwrap();
    all_there(&store, last + 1);
    drop(store);
    all_there(&open(dir.path()), last + 1);
}

#[test]
fn a_batch_that_was_refused_is_not_found_at_a_start_in_the_place_of_one_that_was_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    append(&store, &records(&store, BOX, NOW, &[(1, 8192)])).unwrap();
    // Written, and not synced: refused. What comes next does not fit behind it, and goes into the other half.
    store.sync_fails(true);
    let refused = records(&store, BOX, NOW, &[(2, 4096)]);
    assert!(append(&store, &refused).is_err());
    store.sync_fails(false);
    let new = records(
        &store,
        BOX,
        NOW,
        &[(3, 4096), (4, 16384), (5, 16384), (6, 16384)],
    );
    append(&store, &new).unwrap();
    // Killed here: the journal is all there is.
    let copy = tempfile::tempdir().unwrap();
    super::crash::copy(dir.path(), copy.path());
    let again = Disk::open_with(copy.path(), SMALL).unwrap().0;
    all_there(&again, 5);
    let LogItem::Kept(second) = &again.read_after(BOX, Sequence(1), 1).unwrap()[0] else {
        unreachable!("nothing expired");
    };
    assert_eq!(second.hash, new[0].hash);
}

#[test]
fn what_the_system_refuses_is_not_called_damaged() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let log = dir.path().join("index/db");
    let aside = dir.path().join("aside");
    std::fs::rename(&log, &aside).unwrap();
    std::fs::create_dir(&log).unwrap();
    let error = Disk::open_with(dir.path(), SMALL).unwrap_err();
    assert!(matches!(error, OpenError::System { .. }), "{error}");
    assert!(
        !dir.path().join("damaged").exists(),
        "nothing was set aside"
    );
    std::fs::remove_dir(&log).unwrap();
    std::fs::rename(&aside, &log).unwrap();
    assert!(open(dir.path()).mailbox(BOX).is_some());
}

#[test]
fn what_expired_makes_room_on_a_disk_that_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    append(&store, &records(&store, BOX, NOW, &[(1, 8192)])).unwrap();
    store.checkpoint().unwrap();
    append(&store, &records(&store, BOX, NOW.plus(DAY), &[(2, 8192)])).unwrap();
    store.full.store(true, Ordering::SeqCst);
    assert_eq!(store.expire(Day(101), Day(0)).unwrap().days, 1);
    all_there(&store, 2);
}

#[test]
fn an_erasure_that_failed_is_done_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    append(&store, &records(&store, BOX, NOW, &[(1, 8192)])).unwrap();
    // No key can be overwritten that is a directory.
    let key = dir.path().join("keys/1970-04-11");
    let bytes = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    std::fs::create_dir(&key).unwrap();
    assert!(matches!(
        store.expire(Day(101), Day(0)),
        Err(StoreError::Failed(_))
    ));
    std::fs::remove_dir(&key).unwrap();
    std::fs::write(&key, bytes).unwrap();
    store.expire(Day(101), Day(0)).unwrap();
    assert!(!key.exists());
    assert!(!dir.path().join("days/1970-04-11").exists());
}

#[test]
fn a_start_on_a_full_disk_serves_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.full.store(true, Ordering::SeqCst);
    let last = post_until_refused(&store);
    drop(store);
    let (store, report) = Disk::open_full(dir.path(), SMALL).unwrap();
    assert!(report.waits.is_some());
    all_there(&store, last);
    store.full.store(false, Ordering::SeqCst);
    store.checkpoint().unwrap();
    append(&store, &records(&store, BOX, NOW, &[(203, 8192)])).unwrap();
    all_there(&store, last + 1);
    drop(store);
    all_there(&open(dir.path()), last + 1);
}

#[test]
fn a_mailbox_whose_making_failed_on_the_way_is_made_by_the_next_try() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let token = Some(TokenId([7; 16]));
    let other = account(bellrope_proto::ids::MailboxId([2; 32]));
    // On disk, and its answer was that it failed.
    store.create_on_disk_alone(&other, token);
    assert_eq!(store.mailbox(other.id), None);
    store.create(&other, token).unwrap();
    assert_eq!(store.mailbox(other.id), Some(other));
}

#[test]
fn an_account_and_a_lane_of_which_the_disk_took_nothing_are_as_they_were_until_the_next_try() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (old, heir) = handed_over(account(BOX), OTHER);
    store.index_fails(true);
    assert!(store.change(&[old, heir]).is_err());
    assert!(store.revoke(BOX, LANE).is_err());
    assert_eq!(store.mailboxes(), [account(BOX)]);
    assert!(!store.is_revoked(BOX, LANE));
    store.index_fails(false);
    store.change(&[old, heir]).unwrap();
    store.revoke(BOX, LANE).unwrap();
    drop(store);
    let store = Disk::open_with(dir.path(), SMALL).unwrap().0;
    assert_eq!(
        (store.mailbox(BOX), store.mailbox(OTHER)),
        (Some(old), Some(heir))
    );
    assert!(store.is_revoked(BOX, LANE));
}

/// sled writes when it opens what was written since it was opened last: on a disk without a byte left nobody could read that.
#[test]
fn days_that_are_over_are_read_without_a_byte_being_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut last = 0;
    let mut fill = |store: &Disk, time, many: u8| {
        for _ in 0..many {
            last += 1;
            let byte = u8::try_from(last).unwrap();
            append(store, &records(store, BOX, time, &[(byte, 16384)])).unwrap();
        }
        store.checkpoint().unwrap();
    };
    let store = open(dir.path());
    fill(&store, NOW, 40);
    drop(store);
    // Goes on in the same day, with volumes of its own.
    let store = open(dir.path());
    fill(&store, NOW, 20);
    fill(&store, NOW.plus(DAY), 5);
    drop(store);
    let day = dir.path().join("days/1970-04-11");
    let before = snapshot(&day);
    let volumes = before.keys().filter(|name| name.ends_with("db")).count();
    assert!(volumes > 4, "{volumes}");
    let store = Disk::open_with(dir.path(), SMALL).unwrap().0;
    all_there(&store, last);
    drop(store);
    assert!(snapshot(&day) == before, "something was written");
}

#[test]
fn what_is_in_reserve_is_let_go_at_a_start_on_a_full_disk_and_kept_again_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let reserve = dir.path().join("reserve");
    let kept = || std::fs::metadata(&reserve).map(|file| file.len()).ok();
    assert_eq!(kept(), Some(SMALL.reserve_bytes));
    append(&store, &records(&store, BOX, NOW, &[(1, 8192)])).unwrap();
    drop(store);
    let (store, _) = Disk::open_full(dir.path(), SMALL).unwrap();
    assert_eq!(kept(), None);
    all_there(&store, 1);
    assert!(store.checkpoint().is_err());
    assert_eq!(kept(), None);
    store.full.store(false, Ordering::SeqCst);
    store.checkpoint().unwrap();
    assert_eq!(kept(), Some(SMALL.reserve_bytes));
}

/// Else a token for the old mailbox, of which the disk knows that it was succeeded, would give its account a second time.
#[test]
fn an_account_whose_change_failed_and_is_on_disk_is_read_again_before_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (old, heir) = handed_over(account(BOX), OTHER);
    store.index_fails_late(true);
    assert!(store.change(&[old, heir]).is_err());
    assert!(store.revoke(BOX, LANE).is_err());
    assert_eq!(store.mailboxes(), [account(BOX)]);
    store.index_fails_late(false);
    let renewed = store.create(&account(BOX), Some(TokenId([7; 16])));
    assert!(matches!(renewed, Err(StoreError::Failed(_))), "{renewed:?}");
    assert_eq!(
        (store.mailbox(BOX), store.mailbox(OTHER)),
        (Some(old), Some(heir))
    );
    // Asked again, it goes on from there; and a token that was not spent is not.
    store.revoke(BOX, LANE).unwrap();
    store
        .create(&account(OTHER), Some(TokenId([7; 16])))
        .unwrap();
    drop(store);
    let store = Disk::open_with(dir.path(), SMALL).unwrap().0;
    assert_eq!(
        (store.mailbox(BOX), store.mailbox(OTHER)),
        (Some(old), Some(account(OTHER)))
    );
}

#[test]
fn a_day_goes_whole_while_the_one_after_it_is_put_where_it_stays() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (appended, to_checkpoint) = mpsc::channel();
    std::thread::scope(|scope| {
        let store = &store;
        scope.spawn(move || {
            for () in to_checkpoint {
                store.checkpoint().unwrap();
            }
        });
        // What ends the loop ends the thread.
        let appended = appended;
        for day in 100..130 {
            let time = Timestamp(day * DAY);
            append(store, &records(store, BOX, time, &[(1, 4096)])).unwrap();
            appended.send(()).unwrap();
            store.expire(time.day(), Day(0)).unwrap();
        }
    });
    let days = std::fs::read_dir(dir.path().join("days")).unwrap();
    assert_eq!(days.count(), 1, "nothing is left of those that went");
    assert_eq!(store.check().unwrap().faults, Vec::<String>::new());
}
