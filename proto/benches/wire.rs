//! Frames, hashes, signatures, receipts: `cargo bench -p bellrope-proto`.
#![allow(clippy::unwrap_used, missing_docs)]

use bellrope_proto::{
    envelope::{BUCKETS, Envelope},
    frame::FrameReader,
    ids::{Hash, MailboxId, Sequence, Timestamp},
    message::{Deliver, FromRelay, Post, RequestId, ToRelay},
    receipt::{Fact, Receipt},
    signing::{RelayLog, SecretKey},
};
use divan::{Bencher, black_box};

/// Posts that one commit answers for.
const BATCHES: [u64; 3] = [1, 16, 128];

fn main() {
    divan::main();
}

fn envelope(size: usize) -> Envelope {
    Envelope::new(vec![7; size]).unwrap()
}

fn post(size: usize) -> ToRelay {
    let envelope = envelope(size);
    let request = RequestId(1);
    Post { request, envelope }.into()
}

#[divan::bench(args = BUCKETS)]
fn hash_an_envelope(bencher: Bencher<'_, '_>, size: usize) {
    let envelope = envelope(size);
    bencher.bench(|| black_box(&envelope).hash());
}

#[divan::bench(args = BUCKETS)]
fn write_a_post(bencher: Bencher<'_, '_>, size: usize) {
    let post = post(size);
    bencher.bench(|| black_box(&post).to_frame());
}

#[divan::bench(args = BUCKETS)]
fn read_a_post(bencher: Bencher<'_, '_>, size: usize) {
    let frame = post(size).to_frame();
    bencher.bench(|| {
        let mut reader = FrameReader::default();
        reader.push(black_box(&frame));
        let body = reader.next(usize::MAX).unwrap().unwrap();
        ToRelay::from_body(body).unwrap()
    });
}

#[divan::bench(args = BUCKETS)]
fn read_a_delivery(bencher: Bencher<'_, '_>, size: usize) {
    let deliver = Deliver {
        sequence: Sequence(1),
        time: Timestamp(1),
        envelope: envelope(size),
    };
    let frame = FromRelay::from(deliver).to_frame();
    bencher.bench(|| FromRelay::from_body(black_box(&frame).get(4..).unwrap()).unwrap());
}

fn facts(count: u64) -> Vec<Fact> {
    let fact = |number| Fact {
        mailbox: MailboxId([1; 32]),
        sequence: Sequence(number),
        envelope: Hash([2; 32]),
        head: Hash([3; 32]),
        time: Timestamp(4),
    };
    (1..=count).map(fact).collect()
}

#[divan::bench(args = BATCHES)]
fn sign_receipts(bencher: Bencher<'_, '_>, count: u64) {
    let key = SecretKey::<RelayLog>::from_seed(&[3; 32]);
    let facts = facts(count);
    bencher.bench(|| Receipt::issue(&key, black_box(&facts)));
}

#[divan::bench(args = BATCHES)]
fn check_a_receipt(bencher: Bencher<'_, '_>, count: u64) {
    let key = SecretKey::<RelayLog>::from_seed(&[3; 32]);
    let receipt = Receipt::issue(&key, &facts(count)).remove(0);
    let relay = key.public();
    bencher.bench(|| black_box(&receipt).verify(&relay).map(|fact| fact.sequence));
}
