//! Loss of power, kills, damage and erasure, tried on the store on disk.
//!
//! The model: after each call that returned, what is on disk is durable. A loss of power during the
//! next call leaves, of every page that the call changed, the old or the new bytes, or half of each;
//! of a file that grew, any length in between; of files that came or went, either. A call that writes
//! in several places waits for the disk between them, in one order: index, keys, volumes, catalogs,
//! journal; the loss comes at one of these stages. (That they do wait is what `syncs` tries.) Images like that are made from the directory's states before and after the
//! call, opened, checked, appended to, and opened again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::{
    cmp::Ordering,
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use bellrope_proto::{
    envelope::BUCKETS,
    ids::{Day, MailboxId, Sequence, Timestamp},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::{
    LogItem, Mailbox, Record, Store,
    conformance::{BOX, DAY, LANE, OTHER, account, append, handed_over, records},
    disk::{Disk, OpenError, Sizes},
};
use crate::recorded::Files;

const PAGE: usize = 4096;
const SEED: u64 = 0xbe11;

/// Small, so that both halves of the journal fill and volumes change.
const SMALL: Sizes = Sizes {
    journal_bytes: 512 * 1024,
    volume_bytes: 256 * 1024,
    reserve_bytes: 8 * 1024,
};

fn open(dir: &Path) -> Disk {
    Disk::open_with(dir, SMALL).unwrap().0
}

pub(super) fn snapshot(dir: &Path) -> Files {
    let mut files = Files::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

pub(super) fn lay_down(files: &Files, dir: &Path) {
    for (name, bytes) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// As a kill leaves it.
pub(super) fn copy(from: &Path, to: &Path) {
    lay_down(&snapshot(from), to);
}

/// How much of a call's writes reached the disk.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    All,
    None,
    /// Pages up to a random one, in the order of the file.
    Tail,
    /// Each page for itself.
    Pages,
    /// Each page for itself, and some of them half.
    Torn,
}

fn image(before: &Files, after: &Files, loss: Loss, random: &mut StdRng) -> Files {
    let mut files = Files::new();
    let names: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let changed = names
        .iter()
        .filter(|name| before.get(**name) != after.get(**name));
    let stages: BTreeSet<usize> = changed.map(|name| stage(name)).collect();
    let stages: Vec<usize> = stages.into_iter().collect();
    let lost_at = match stages.len() {
        0 => 0,
        count => stages[random.random_range(0..count)],
    };
    for name in names {
        let loss = match (loss, stage(name).cmp(&lost_at)) {
            (Loss::All, _) | (_, Ordering::Less) => Loss::All,
            (Loss::None, _) | (_, Ordering::Greater) => Loss::None,
            (loss, Ordering::Equal) => loss,
        };
        let bytes = match (before.get(name), after.get(name)) {
            (Some(old), Some(new)) if old == new => Some(new.clone()),
            (Some(old), Some(new)) => Some(mix(old, new, loss, random)),
            (None, Some(new)) => match loss {
                Loss::All => Some(new.clone()),
                Loss::None => None,
                _ => random.random_bool(0.5).then(|| mix(&[], new, loss, random)),
            },
            (Some(old), None) => match loss {
                Loss::All => None,
                Loss::None => Some(old.clone()),
                _ => random.random_bool(0.5).then(|| old.clone()),
            },
            (None, None) => None,
        };
        files.extend(bytes.map(|bytes| (name.clone(), bytes)));
    }
    files
}

fn stage(name: &Path) -> usize {
    let is = |part: &str| {
        name.components()
            .any(|component| component.as_os_str() == part)
    };
    if is("keys") {
        1
    } else if is("catalog") {
        3
    } else if is("days") {
        2
    } else if is("journal") {
        4
    } else {
        0
    }
}

pub(super) fn mix(old: &[u8], new: &[u8], loss: Loss, random: &mut StdRng) -> Vec<u8> {
    let pages = new.len().max(old.len()).div_ceil(PAGE);
    let cut = random.random_range(0..=pages);
    let mut mixed = old.to_vec();
    for page in 0..pages {
        let range = page * PAGE..((page + 1) * PAGE).min(new.len());
        let Some(fresh) = new.get(range.clone()) else {
            continue;
        };
        let written = match loss {
            Loss::All => fresh.len(),
            Loss::None => 0,
            Loss::Tail => fresh.len() * usize::from(page < cut),
            Loss::Pages => fresh.len() * usize::from(random.random_bool(0.5)),
            Loss::Torn if random.random_bool(0.3) => fresh.len() / 2,
            Loss::Torn => fresh.len() * usize::from(random.random_bool(0.5)),
        };
        if written > 0 {
            let end = range.start + written;
            if mixed.len() < end {
                mixed.resize(end, 0);
            }
            mixed[range.start..end].copy_from_slice(&fresh[..written]);
        }
    }
    mixed
}

/// What was answered for: the chain's entry at each place, which has the envelope's hash and its time.
pub(super) type Promised = Vec<bellrope_proto::ids::Leaf>;

pub(super) fn holds(store: &Disk, promised: &Promised, context: &str) {
    let faults = store.check().unwrap().faults;
    assert_eq!(faults, Vec::<String>::new(), "{context}");
    let mut found = Promised::new();
    for item in store.read_after(BOX, Sequence(0), usize::MAX).unwrap() {
        match item {
            LogItem::Kept(record) => found.push(record.leaf()),
            LogItem::Expired { leaves, .. } => found.extend(leaves),
        }
    }
    assert!(found.len() >= promised.len(), "lost: {context}");
    assert_eq!(&found[..promised.len()], promised.as_slice(), "{context}");
}

#[test]
fn what_was_answered_for_survives_a_loss_of_power_at_every_call() {
    println!("seed {SEED:#x}");
    let mut random = StdRng::seed_from_u64(SEED);
    let dir = tempfile::tempdir().unwrap();
    let mut promised = Promised::new();
    let mut store = open(dir.path());
    let mut before = snapshot(dir.path());
    for step in 0..22_u64 {
        let time = Timestamp(100 * DAY + step / 7 * DAY);
        let mut next = promised.clone();
        match step {
            0 => store.create(&account(BOX), None).unwrap(),
            8 | 15 => {
                _ = store
                    .expire(
                        Day(100 + u32::try_from(step / 7).unwrap()),
                        Day(100 + u32::try_from(step / 7).unwrap()),
                    )
                    .unwrap()
            }
            11 => {
                drop(store);
                store = open(dir.path());
            }
            3 | 6 | 13 | 17 => store.checkpoint().unwrap(),
            _ => {
                let count = random.random_range(1..=6);
                let fill: Vec<(u8, usize)> = (0..count)
                    .map(|_| {
                        (
                            random.random(),
                            [4096, 8192, 65536][random.random_range(0..3)],
                        )
                    })
                    .collect();
                let new = records(&store, BOX, time, &fill);
                append(&store, &new).unwrap();
                next.extend(new.iter().map(Record::leaf));
            }
        }
        let after = snapshot(dir.path());
        for loss in [Loss::All, Loss::None, Loss::Tail, Loss::Pages, Loss::Torn] {
            let context = format!("step {step}, {loss:?}");
            let files = image(&before, &after, loss, &mut random);
            lose_power(&files, &promised, time, &context);
        }
        before = after;
        promised = next;
    }
}

/// An account is handed over with all that are on it or not at all, whatever of the call's writes is lost, and a store of the format
/// before is opened as one.
#[test]
fn an_account_changes_hands_as_a_whole_whatever_is_lost() {
    println!("seed {SEED:#x}");
    let mut random = StdRng::seed_from_u64(SEED);
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let guests = (0..80_u8).map(|guest| Mailbox {
        sponsor: Some(BOX),
        ..account(MailboxId([100 + guest; 32]))
    });
    let mut before: Vec<Mailbox> = guests.collect();
    before.push(account(BOX));
    store.change(&before).unwrap();
    before.sort_by_key(|mailbox| mailbox.id);
    let files = snapshot(dir.path());
    let (old, heir) = handed_over(account(BOX), OTHER);
    let mut after = vec![old, heir];
    let guests = before.iter().filter(|guest| guest.id != BOX);
    after.extend(guests.map(|guest| Mailbox {
        sponsor: Some(OTHER),
        ..*guest
    }));
    store.change(&after).unwrap();
    after.sort_by_key(|mailbox| mailbox.id);
    let changed = snapshot(dir.path());
    store.revoke(BOX, LANE).unwrap();
    let revoked = snapshot(dir.path());
    let opened = |files: &Files| {
        let dir = tempfile::tempdir().unwrap();
        lay_down(files, dir.path());
        let store = open(dir.path());
        let mut mailboxes = store.mailboxes();
        mailboxes.sort_by_key(|mailbox| mailbox.id);
        (mailboxes, store.is_revoked(BOX, LANE))
    };
    for loss in [Loss::Tail, Loss::Pages, Loss::Torn] {
        for _ in 0..20 {
            let (mailboxes, _) = opened(&image(&files, &changed, loss, &mut random));
            assert!(mailboxes == before || mailboxes == after, "{loss:?}");
            let (mailboxes, _) = opened(&image(&changed, &revoked, loss, &mut random));
            assert_eq!(mailboxes, after, "{loss:?}");
        }
    }
    assert_eq!(opened(&changed), (after.clone(), false));
    assert_eq!(opened(&revoked), (after.clone(), true));
    let mut earlier = files;
    earlier.insert("format".into(), b"bellrope-store 3\n".to_vec());
    assert_eq!(opened(&earlier), (before, false));
}

/// Opens what is left, twice, with new envelopes in between.
fn lose_power(files: &Files, promised: &Promised, time: Timestamp, context: &str) {
    let dir = tempfile::tempdir().unwrap();
    lay_down(files, dir.path());
    let (store, _) = Disk::open_with(dir.path(), SMALL).unwrap_or_else(|error| {
        unreachable!("{context}: {error}");
    });
    holds(&store, promised, context);
    let new = records(&store, BOX, time, &[(9, 4096), (10, 8192)]);
    append(&store, &new).unwrap();
    let last = new[1].sequence;
    drop(store);
    let store = open(dir.path());
    holds(&store, promised, context);
    assert_eq!(store.tail(BOX).sequence, last, "{context}, second start");
}

/// Set for the child that is killed.
const CHILD: &str = "BELLROPE_STORE_CRASH_CHILD";

/// Not a test by itself: what the killed child does.
#[test]
fn child_that_appends_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let store = open(Path::new(&dir));
    store.create(&account(BOX), None).unwrap();
    for step in 0_u8.. {
        let time = Timestamp(100 * DAY + u64::from(step / 64) * DAY);
        let new = records(&store, BOX, time, &[(step, 4096), (step, 8192)]);
        append(&store, &new).unwrap();
        println!("\nstored {}", new[1].sequence);
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn what_was_answered_for_survives_kills() {
    let dir = tempfile::tempdir().unwrap();
    let mut answered = 0;
    for round in 1..=6_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_that_appends_until_it_is_killed", "--nocapture"])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        for line in lines.map_while(Result::ok) {
            if let Some(number) = line.strip_prefix("stored ") {
                answered = number.parse::<u64>().unwrap();
                seen += 1;
                if seen == round * 3 {
                    child.kill().unwrap();
                }
            }
        }
        child.wait().unwrap();
        let store = open(dir.path());
        assert!(store.tail(BOX).sequence >= Sequence(answered));
        assert_eq!(store.check().unwrap().faults, Vec::<String>::new());
    }
    assert!(answered > 0);
}

#[test]
fn every_commit_waits_for_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.create(&account(BOX), None).unwrap();
    let time = Timestamp(100 * DAY);
    append(&store, &records(&store, BOX, time, &[(1, 4096)])).unwrap();
    let before = store.syncs();
    for byte in 0..5 {
        append(&store, &records(&store, BOX, time, &[(byte, 4096)])).unwrap();
    }
    assert_eq!(store.syncs(), before + 5);
}

/// The model above holds only for the log, which is what a commit waits for.
#[test]
fn no_page_is_kept_in_a_file_that_nothing_waits_for() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Disk::open(dir.path()).unwrap();
    store.create(&account(BOX), None).unwrap();
    for size in BUCKETS {
        for round in 0..30_u8 {
            let fill: Vec<(u8, usize)> = (0..8).map(|n| (round * 8 + n, size)).collect();
            let new = records(&store, BOX, Timestamp(100 * DAY), &fill);
            append(&store, &new).unwrap();
        }
    }
    while store.uncheckpointed_bytes() > 0 {
        store.checkpoint().unwrap();
    }
    let beside = || {
        let mut files = snapshot(dir.path()).into_keys();
        files.find(|name| {
            name.parent()
                .is_some_and(|parent| parent.ends_with("blobs"))
        })
    };
    assert_eq!(beside(), None);
    let new = records(&store, BOX, Timestamp(101 * DAY), &[(255, 4096)]);
    append(&store, &new).unwrap();
    // The entries of 960 envelopes go into the index.
    store.expire(Day(101), Day(101)).unwrap();
    assert_eq!(beside(), None);
}

#[test]
fn nothing_of_an_expired_envelope_or_its_key_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.create(&account(BOX), None).unwrap();
    let (old, new) = (Timestamp(100 * DAY), Timestamp(101 * DAY));
    append(&store, &records(&store, BOX, old, &[(0xa7, 4096)])).unwrap();
    let keys = dir.path().join("keys");
    let file = fs::read(keys.join("1970-04-11")).unwrap();
    assert_eq!(file.len(), PAGE, "a block of its own");
    let key = &file[..32];
    // Checkpointed, so that the journal has it still, and nothing waits for it.
    store.checkpoint().unwrap();
    let halves = ["journal/a", "journal/b"].map(|half| fs::read(dir.path().join(half)).unwrap());
    let sealed = halves.iter().map(|half| &half[1000..1032]);
    let sealed = sealed.max().unwrap();
    assert_ne!(sealed, [0; 32]);
    append(&store, &records(&store, BOX, new, &[(0xb8, 4096)])).unwrap();
    let contains = |needle: &[u8]| {
        let files = snapshot(dir.path());
        let mut all = files.values();
        all.any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    };
    assert!(contains(key) && contains(sealed));
    assert!(!contains(&[0xa7; 32]), "stored values are encrypted");
    store.expire(new.day(), new.day()).unwrap();
    assert!(!contains(key));
    assert!(!contains(sealed), "nor what was sealed under it");
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 1);
    assert_eq!(fs::read_dir(dir.path().join("days")).unwrap().count(), 1);
}

#[test]
fn an_erasure_that_was_interrupted_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.create(&account(BOX), None).unwrap();
    let old = Timestamp(100 * DAY);
    append(&store, &records(&store, BOX, old, &[(1, 4096), (2, 4096)])).unwrap();
    drop(store);
    let whole = snapshot(dir.path());
    let store = open(dir.path());
    store.expire(Day(101), Day(101)).unwrap();
    drop(store);
    let gone = snapshot(dir.path());
    // The entries are in the index; key and day are still there.
    let day = whole
        .iter()
        .filter(|(name, _)| name.starts_with("days") || name.starts_with("keys"));
    let mut half = gone;
    half.extend(day.map(|(name, bytes)| (name.clone(), bytes.clone())));
    let again = tempfile::tempdir().unwrap();
    lay_down(&half, again.path());
    let (store, opened) = Disk::open_with(again.path(), SMALL).unwrap();
    assert_eq!(opened.erased, 1);
    assert_eq!(store.usage(BOX).envelopes, 0);
    assert_eq!(store.check().unwrap().faults, Vec::<String>::new());
    assert_eq!(fs::read_dir(again.path().join("keys")).unwrap().count(), 0);
}

#[test]
fn damage_is_said_and_nothing_panics() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.create(&account(BOX), None).unwrap();
    let time = Timestamp(100 * DAY);
    append(&store, &records(&store, BOX, time, &[(1, 4096), (2, 4096)])).unwrap();
    store.checkpoint().unwrap();
    for byte in 3..6 {
        let new = records(&store, BOX, time, &[(byte, 4096)]);
        append(&store, &new).unwrap();
    }
    let Err(OpenError::Held { pid, .. }) = Disk::open_with(dir.path(), SMALL) else {
        unreachable!("opened twice");
    };
    assert_eq!(pid, std::process::id().to_string());
    drop(store);
    let sound = snapshot(dir.path());
    let lay = |change: &dyn Fn(&mut Files)| {
        let mut files = sound.clone();
        change(&mut files);
        let dir = tempfile::tempdir().unwrap();
        lay_down(&files, dir.path());
        let opened = Disk::open_with(dir.path(), SMALL).map(|(store, _)| store.check());
        (
            dir,
            opened.map(|report| report.map_or(1, |report| report.faults.len())),
        )
    };
    let newer = lay(&|files| _ = files.insert("format".into(), b"bellrope-store 5\n".to_vec()));
    assert!(matches!(newer.1, Err(OpenError::OtherVersion(_))));
    let older = lay(&|files| _ = files.insert("format".into(), b"bellrope-store 2\n".to_vec()));
    assert!(matches!(older.1, Err(OpenError::Earlier(_))));
    assert_eq!(
        fs::read(older.0.path().join("format")).unwrap(),
        b"bellrope-store 2\n",
        "nothing is changed"
    );
    let keyless = lay(&|files| _ = files.remove(Path::new("keys/1970-04-11")));
    assert!(matches!(keyless.1, Err(OpenError::Damaged { .. })));
    let snapless = lay(&|files| {
        for (name, bytes) in files.iter_mut() {
            if name.to_string_lossy().contains("snap.") {
                bytes.truncate(bytes.len() / 2);
            }
        }
    });
    assert!(matches!(snapless.1, Ok(0)), "a snapshot is only a shortcut");
    // The journal has three commits of two pages each, in the half that was not checkpointed.
    let rotten = |page: usize| {
        lay(&|files| files.get_mut(Path::new("journal/a")).unwrap()[page * PAGE + 100] ^= 0x55).1
    };
    assert!(matches!(rotten(0), Err(OpenError::Damaged { .. })));
    assert!(matches!(rotten(2), Err(OpenError::Damaged { .. })));
    assert!(matches!(rotten(4), Ok(0)), "as a loss of power leaves it");
    let mut random = StdRng::seed_from_u64(SEED);
    for name in [
        "days/1970-04-11/catalog/db",
        "days/1970-04-11/0/db",
        "journal/a",
    ] {
        for _ in 0..10 {
            let at: f64 = random.random();
            let _ = lay(&|files| {
                let file = files.get_mut(Path::new(name)).unwrap();
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss
                )]
                let at = (at * file.len() as f64) as usize;
                file[at] ^= 0x55;
            });
        }
    }
}

#[test]
fn checkpoints_go_on_beside_commits_and_readers() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.create(&account(BOX), None).unwrap();
    let commits = 60_u8;
    let last = Sequence(u64::from(commits) * 4);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..commits {
                let fill: Vec<(u8, usize)> =
                    (0..4).map(|n| (round.wrapping_mul(4) + n, 8192)).collect();
                let time = Timestamp(100 * DAY + u64::from(round / 20) * DAY);
                append(&store, &records(&store, BOX, time, &fill)).unwrap();
            }
        });
        scope.spawn(|| {
            while store.tail(BOX).sequence < last {
                store.checkpoint().unwrap();
            }
        });
        for _ in 0..2 {
            scope.spawn(|| {
                let mut at = Sequence(0);
                while at < last {
                    for item in store.read_after(BOX, at, 64 * 1024).unwrap() {
                        let LogItem::Kept(record) = item else {
                            unreachable!("nothing expires");
                        };
                        assert_eq!(record.sequence, at.next());
                        assert_eq!(record.hash, record.envelope.hash());
                        at = record.sequence;
                    }
                }
            });
        }
    });
    assert_eq!(store.check().unwrap().faults, Vec::<String>::new());
}
