//! The store on disk: commits, reading, looking for what was posted before: `cargo bench -p bellrope-relay`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::cell::RefCell;

use bellrope_proto::{
    envelope::Envelope,
    ids::{Hash, MailboxId, Sequence, Timestamp},
};
use bellrope_relay::{
    Disk,
    store::{Mailbox, Record, Store as _},
};
use divan::{Bencher, black_box};
use tempfile::TempDir;

const BOX: MailboxId = MailboxId([1; 32]);
const TIME: Timestamp = Timestamp(20_000 * Timestamp::DAY_SECONDS);
const KEPT: u64 = 10_000;

fn main() {
    divan::main();
}

struct Bench {
    store: Disk,
    number: RefCell<u64>,
    _dir: TempDir,
}

impl Bench {
    fn new() -> Self {
        // Beside the build, which is on a disk: a temporary directory may be memory.
        let beside = std::env::current_exe().unwrap();
        let dir = TempDir::new_in(beside.parent().unwrap()).unwrap();
        let (store, _) = Disk::open(dir.path()).unwrap();
        let mailbox = Mailbox {
            id: BOX,
            quota_bytes: u64::MAX,
            ends: Timestamp(u64::MAX),
            sponsor: None,
            successor: None,
        };
        store.create(&mailbox, None).unwrap();
        Self {
            store,
            number: RefCell::new(0),
            _dir: dir,
        }
    }

    fn filled() -> Self {
        let bench = Self::new();
        while bench.store.tail(BOX).sequence < Sequence(KEPT) {
            bench.store.append(TIME.day(), &bench.records(100)).unwrap();
        }
        while bench.store.uncheckpointed_bytes() > 0 {
            bench.store.checkpoint().unwrap();
        }
        bench
    }

    fn records(&self, count: usize) -> Vec<Record> {
        let mut tail = self.store.tail(BOX);
        let make = |()| {
            let mut number = self.number.borrow_mut();
            *number += 1;
            let envelope = Envelope::new(number.to_be_bytes().repeat(512)).unwrap();
            Record::next(&mut tail, BOX, TIME, envelope.hash(), envelope)
        };
        std::iter::repeat_n((), count).map(make).collect()
    }
}

/// With its sync, and with the checkpoints that it causes in the long run.
#[divan::bench(args = [1, 16, 128])]
fn commit(bencher: Bencher<'_, '_>, count: usize) {
    let bench = Bench::new();
    bencher
        .with_inputs(|| bench.records(count))
        .bench_local_values(|records| bench.store.append(TIME.day(), &records).unwrap());
}

#[divan::bench]
fn read_256_kib_that_are_checkpointed(bencher: Bencher<'_, '_>) {
    let bench = Bench::filled();
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 64) % (KEPT - 64);
        bench
            .store
            .read_after(BOX, Sequence(at), 256 * 1024)
            .unwrap()
    });
}

#[divan::bench]
fn read_10_000_from_the_first(bencher: Bencher<'_, '_>) {
    let bench = Bench::filled();
    bencher.bench_local(|| {
        let mut at = Sequence(0);
        while at < Sequence(KEPT) {
            let items = bench.store.read_after(BOX, at, 256 * 1024).unwrap();
            at = Sequence(at.0 + items.len() as u64);
        }
    });
}

#[divan::bench]
fn look_for_what_was_never_posted(bencher: Bencher<'_, '_>) {
    let bench = Bench::filled();
    bencher.bench_local(|| bench.store.find(BOX, black_box(Hash([9; 32]))).unwrap());
}
