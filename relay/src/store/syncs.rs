//! Every sync of the store, one at a time left out: what a loss of power then takes must be seen.
//!
//! The other model of a loss of power takes the order of files, and that a call which returned is on disk, for granted. This one does not:
//! a file has the bytes that it had when it was synced last, and a directory the names. After every sync, and after every call
//! that returned, what is certain is laid down and opened, and so are mixtures of that and of what the files have now.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, Mutex},
};

use bellrope_proto::ids::{Day, Timestamp};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tempfile::TempDir;

use super::{
    Record, Store,
    conformance::{BOX, DAY, LANE, OTHER, account, append, handed_over, records},
    crash::{Loss, Promised, holds, lay_down, mix, snapshot},
    disk::{Disk, Sizes},
};
use crate::recorded::{Files, Recording};

const SMALL: Sizes = Sizes {
    journal_bytes: 64 * 1024,
    volume_bytes: 128 * 1024,
    reserve_bytes: 8 * 1024,
};

const SEED: u64 = 0xbe12;

/// In memory where there is some: no real disk is asked, and waiting for one takes a minute.
fn memory_dir() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// What was answered for so far.
#[derive(Clone, Debug, Default)]
struct Answered {
    mailbox: bool,
    succeeded: bool,
    revoked: bool,
    leaves: Promised,
    /// Keys of days whose erasure was said to be done.
    erased: Vec<Vec<u8>>,
}

fn check(files: &Files, answered: &Answered, context: &str) {
    let dir = memory_dir();
    lay_down(files, dir.path());
    let opened = Disk::open_with(dir.path(), SMALL);
    let (store, _) = opened.unwrap_or_else(|error| unreachable!("{context}: {error}"));
    assert!(
        store.mailbox(BOX).is_some() || !answered.mailbox,
        "{context}"
    );
    let (old, heir) = handed_over(account(BOX), OTHER);
    let changed = (Some(old), Some(heir));
    let accounts = (store.mailbox(BOX), store.mailbox(OTHER));
    let half = accounts != changed && accounts.1.is_some();
    assert!(!half, "a half of an account: {context}");
    assert!(accounts == changed || !answered.succeeded, "{context}");
    assert!(
        store.is_revoked(BOX, LANE) || !answered.revoked,
        "{context}"
    );
    holds(&store, &answered.leaves, context);
}

/// What was said to be erased is in no block.
fn check_erased(recording: &Recording, answered: &Answered) {
    for key in &answered.erased {
        let mut blocks = recording.blocks().into_iter();
        let found = blocks.any(|bytes| bytes.windows(32).any(|part| part == key));
        assert!(!found, "a key that was erased");
    }
}

/// Some of what the files have now, over what is certain.
fn some_of(certain: &Files, now: &Files, random: &mut StdRng) -> Files {
    let mut files = Files::new();
    for name in certain.keys().chain(now.keys()) {
        let old = certain.get(name);
        let bytes = match (old, now.get(name)) {
            (Some(old), Some(new)) => Some(mix(old, new, Loss::Torn, random)),
            (None, Some(new)) => random
                .random_bool(0.5)
                .then(|| mix(&[], new, Loss::Pages, random)),
            (old, None) => old.filter(|_| random.random_bool(0.5)).cloned(),
        };
        files.extend(bytes.map(|bytes| (name.clone(), bytes)));
    }
    files
}

/// A relay's life, with everything that syncs; each time that something was answered for, `look` looks.
fn live(dir: &Path, answered: &Mutex<Answered>, look: &dyn Fn(&str)) {
    let open = || Disk::open_with(dir, SMALL).unwrap().0;
    let mut store = open();
    look("opened");
    store.create(&account(BOX), None).unwrap();
    answered.lock().unwrap().mailbox = true;
    look("a mailbox");
    let (old, heir) = handed_over(account(BOX), OTHER);
    store.change(&[old, heir]).unwrap();
    answered.lock().unwrap().succeeded = true;
    look("a succession");
    store.revoke(BOX, LANE).unwrap();
    answered.lock().unwrap().revoked = true;
    look("a revocation");
    for day in 0..2_u64 {
        for round in 0..7_u8 {
            let time = Timestamp((100 + day) * DAY);
            let fill = [(round, 16384), (round + 100, 8192)];
            let new = records(&store, BOX, time, &fill);
            append(&store, &new).unwrap();
            let leaves = new.iter().map(Record::leaf);
            answered.lock().unwrap().leaves.extend(leaves);
            look("a commit");
        }
        store.checkpoint().unwrap();
        look("a checkpoint");
        if day == 0 {
            drop(store);
            store = open();
            look("opened again");
        }
    }
    let key = std::fs::read(dir.join("keys/1970-04-11")).unwrap()[..32].to_vec();
    store.expire(Day(101), Day(0)).unwrap();
    answered.lock().unwrap().erased.push(key);
    look("an erasure");
}

#[test]
fn what_was_answered_for_is_there_whatever_was_not_synced() {
    println!("seed {SEED:#x}");
    let dir = memory_dir();
    let answered = Arc::new(Mutex::new(Answered::default()));
    let random = Arc::new(Mutex::new(StdRng::seed_from_u64(SEED)));
    let lose = {
        let (answered, root) = (Arc::clone(&answered), dir.path().to_owned());
        move |certain: &Files, context: &str| {
            let answered = answered.lock().unwrap().clone();
            check(certain, &answered, context);
            let now = snapshot(&root);
            let mixed = some_of(certain, &now, &mut random.lock().unwrap());
            check(&mixed, &answered, &format!("{context}, mixed"));
        }
    };
    let lose = Arc::new(lose);
    let inside = Arc::clone(&lose);
    let after = move |certain: Files| inside(&certain, "after a sync");
    let recording = Recording::start(dir.path(), None, Some(Arc::new(after)));
    live(dir.path(), &answered, &|context| {
        lose(&recording.certain(), context)
    });
}

/// Without it nothing is lost: a store that has no format yet, or an empty one, is given one at the next start.
const SPARED: [&str; 1] = ["format"];

#[test]
fn each_sync_that_is_left_out_is_missed() {
    let run = |ignored: Option<&str>| {
        let dir = memory_dir();
        let answered = Mutex::new(Answered::default());
        let recording = Recording::start(dir.path(), ignored, None);
        let lived = catch_unwind(AssertUnwindSafe(|| {
            live(dir.path(), &answered, &|context| {
                let answered = answered.lock().unwrap().clone();
                check_erased(&recording, &answered);
                check(&recording.certain(), &answered, context);
            });
        }));
        (lived.is_ok(), recording.kinds())
    };
    let (sound, kinds) = run(None);
    assert!(sound);
    let missed = |kind: &&String| !run(Some(kind.as_str())).0;
    let unseen: Vec<&String> = kinds.iter().filter(|kind| !missed(kind)).collect();
    println!("kinds: {kinds:?}");
    assert_eq!(unseen, SPARED, "left out, and nothing was lost");
}
