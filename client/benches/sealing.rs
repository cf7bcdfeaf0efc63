//! Sealing and opening, by the number of readers: `cargo bench -p bellrope-client`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::time::{Duration, Instant};

use bellrope_client::internals::{self, EpochIdentity, MemberIdentity};
use divan::Bencher;

/// The last is more than any group so far.
const READERS: [usize; 4] = [5, 12, 50, 200];

/// A flash alert of a few sentences.
const PAYLOAD: [u8; 1500] = [7; 1500];

fn main() {
    for count in READERS {
        let bytes = Group::of(count).sealed.len();
        println!("{count} readers: an envelope of {bytes} bytes");
    }
    divan::main();
}

struct Group {
    epoch: EpochIdentity,
    readers: Vec<MemberIdentity>,
    sealed: Vec<u8>,
}

impl Group {
    fn of(count: usize) -> Self {
        let epoch = EpochIdentity::generate();
        let readers: Vec<MemberIdentity> = (0..count).map(|_| MemberIdentity::generate()).collect();
        let keys: Vec<_> = readers.iter().map(MemberIdentity::to_key).collect();
        let sealed = internals::seal(&PAYLOAD, &keys, &epoch.to_recipient()).unwrap();
        Self {
            epoch,
            readers,
            sealed: sealed.bytes().to_vec(),
        }
    }

    fn open(&self, reader: &MemberIdentity) {
        internals::open(divan::black_box(&self.sealed), &self.epoch, reader).unwrap();
    }

    /// Who reads fastest, and who slowest. Stanzas are shuffled: whoever comes first and last is anybody.
    fn ends(&self) -> (MemberIdentity, MemberIdentity) {
        let mut timed: Vec<(Duration, &MemberIdentity)> = self
            .readers
            .iter()
            .map(|reader| {
                let time = |_| {
                    let began = Instant::now();
                    self.open(reader);
                    began.elapsed()
                };
                ((0..5).map(time).min().unwrap(), reader)
            })
            .collect();
        timed.sort_by_key(|(time, _)| *time);
        let (first, last) = (timed.first().unwrap(), timed.last().unwrap());
        (first.1.clone(), last.1.clone())
    }
}

#[divan::bench(args = READERS)]
fn seal(bencher: Bencher<'_, '_>, count: usize) {
    let group = Group::of(count);
    let keys: Vec<_> = group.readers.iter().map(MemberIdentity::to_key).collect();
    let recipient = group.epoch.to_recipient();
    bencher.bench(|| internals::seal(&PAYLOAD, &keys, &recipient).unwrap());
}

#[divan::bench(args = READERS)]
fn open_as_the_first_reader(bencher: Bencher<'_, '_>, count: usize) {
    let group = Group::of(count);
    let (first, _) = group.ends();
    bencher.bench(|| group.open(&first));
}

#[divan::bench(args = READERS)]
fn open_as_the_last_reader(bencher: Bencher<'_, '_>, count: usize) {
    let group = Group::of(count);
    let (_, last) = group.ends();
    bencher.bench(|| group.open(&last));
}
