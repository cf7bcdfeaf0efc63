//! How long sealing and opening take, and how large what comes out is, by the number of readers:
//! `cargo run --release -p bellrope-client --example seal_times`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use bellrope_client::seal::{self, EpochIdentity, MemberIdentity};

const ROUNDS: usize = 201;

/// A flash alert of a few sentences.
const PAYLOAD_BYTES: usize = 1500;

fn main() {
    let epoch = EpochIdentity::generate();
    let payload = vec![7; PAYLOAD_BYTES];
    println!("readers  bytes  seal  open, first reader  open, last reader  (medians of {ROUNDS})");
    for count in [1, 5, 12, 50] {
        let readers: Vec<MemberIdentity> = (0..count).map(|_| MemberIdentity::generate()).collect();
        let keys: Vec<_> = readers.iter().map(MemberIdentity::to_key).collect();
        let recipient = epoch.to_recipient();
        let sealed = seal::seal(&payload, &keys, &recipient).unwrap();
        let sealing = median(|| {
            seal::seal(&payload, &keys, &recipient).unwrap();
        });
        // Stanzas are shuffled: over many seals, whoever comes first and last is anybody.
        let opening = |reader: &MemberIdentity| {
            let reader = reader.clone();
            median(|| {
                seal::open(sealed.bytes(), &epoch, &reader).unwrap();
            })
        };
        let mut times: Vec<Duration> = readers.iter().map(opening).collect();
        times.sort_unstable();
        let (first, last) = (times.first().unwrap(), times.last().unwrap());
        println!(
            "{count:>7} {:>6}  {sealing:?}  {first:?}  {last:?}",
            sealed.bytes().len()
        );
    }
}

fn median(mut act: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            act();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}
