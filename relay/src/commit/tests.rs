//! The writer with a store in memory, and with one whose disk fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    thread::JoinHandle,
};

use bellrope_proto::{
    envelope::Envelope,
    ids::{MailboxId, Sequence, Timestamp},
    message::{FromRelay, Reason, RequestId},
    signing::{PublicKey, RelayLog, SecretKey},
};
use tokio::sync::mpsc;

use super::{
    checkpointer,
    jobs::{Answers, Creation, Job, JobSender, Posting},
    quota::{Quota, Rate},
    writer::Writer,
};
use crate::{
    clock::Clock,
    store::{Mailbox, Record, Store, failing::Failing},
};

const BOX: MailboxId = MailboxId([1; 32]);

struct Bench {
    store: Arc<Failing>,
    key: SecretKey<RelayLog>,
    clock: Arc<Mutex<Timestamp>>,
    jobs: JobSender,
    thread: JoinHandle<()>,
}

fn bench() -> Bench {
    bench_on(Failing::default())
}

fn bench_on(store: Failing) -> Bench {
    let (store, clock) = (prepared(store), Arc::new(Mutex::new(Timestamp(1000))));
    let (jobs, thread) = writer(&store, &clock, 1000).start().unwrap();
    Bench {
        store,
        key: key(),
        clock,
        jobs,
        thread,
    }
}

fn key() -> SecretKey<RelayLog> {
    SecretKey::from_seed(&[3; 32])
}

fn prepared(store: Failing) -> Arc<Failing> {
    let mailbox = Mailbox {
        id: BOX,
        quota_bytes: 1 << 20,
        ends: Timestamp(10_000),
        sponsor: None,
    };
    store.create(&mailbox, None).unwrap();
    Arc::new(store)
}

fn writer(store: &Arc<Failing>, clock: &Arc<Mutex<Timestamp>>, burst: u32) -> Writer {
    let hands = Arc::clone(clock);
    let rate = Rate {
        per_minute: 1000,
        burst,
    };
    let shared = Arc::clone(store) as Arc<dyn Store>;
    let (checkpointer, _) = checkpointer::start(Arc::clone(&shared)).unwrap();
    Writer::new(
        shared,
        key(),
        Quota::new(rate, 1 << 20),
        Clock::of(move || *hands.lock().unwrap()),
        checkpointer,
        Box::new(|_| {}),
    )
}

/// Posts these all at once, and gives the answers.
fn post(bench: &Bench, mailbox: MailboxId, bytes: &[u8]) -> Vec<FromRelay> {
    let (answers, mut inbox) = mpsc::unbounded_channel();
    for byte in bytes {
        let job = posting(mailbox, *byte, &answers);
        bench.jobs.blocking_send(job).unwrap();
    }
    bytes
        .iter()
        .map(|_| inbox.blocking_recv().unwrap())
        .collect()
}

fn posting(mailbox: MailboxId, byte: u8, answers: &Answers) -> Job {
    let envelope = Envelope::new(vec![byte; 4096]).unwrap();
    Job::Append(Posting {
        mailbox,
        lane: PublicKey::from_bytes([5; 32]),
        hash: envelope.hash(),
        envelope,
        request: RequestId(u32::from(byte)),
        answers: answers.clone(),
    })
}

/// What a writer answers to jobs that all wait when it begins.
fn answers_to(writer: Writer, jobs: impl FnOnce(&Answers) -> Vec<Job>) -> Vec<FromRelay> {
    let (answers, mut heard) = mpsc::unbounded_channel();
    let jobs = jobs(&answers);
    let (queue, inbox) = mpsc::channel(jobs.len());
    for job in jobs {
        queue.try_send(job).unwrap();
    }
    drop((queue, answers));
    writer.run(inbox);
    std::iter::from_fn(|| heard.try_recv().ok()).collect()
}

fn places(bench: &Bench, answers: &[FromRelay]) -> Vec<u64> {
    answers
        .iter()
        .map(|answer| match answer {
            FromRelay::Stored(stored) => {
                let fact = stored.receipt.verify(&bench.key.public()).unwrap();
                fact.sequence.0
            }
            _ => 0,
        })
        .collect()
}

#[test]
fn the_same_bytes_have_one_place_also_within_one_commit() {
    let bench = bench();
    let answers = post(&bench, BOX, &[1, 2, 1, 1, 3]);
    assert_eq!(places(&bench, &answers), [1, 2, 1, 1, 3]);
    let answers = post(&bench, BOX, &[3, 4]);
    assert_eq!(places(&bench, &answers), [3, 4]);
    drop(bench.jobs);
    bench.thread.join().unwrap();
}

#[test]
fn a_disk_that_fails_gives_no_receipt_and_what_is_there_can_be_read() {
    let bench = bench();
    assert_eq!(places(&bench, &post(&bench, BOX, &[1])), [1]);
    bench.store.fails.store(true, Ordering::SeqCst);
    for answer in post(&bench, BOX, &[2, 3]) {
        let FromRelay::Refused(refused) = answer else {
            unreachable!("a receipt without a disk");
        };
        assert_eq!(refused.reason, Reason::Unavailable);
        assert!(refused.retry_seconds > 0);
    }
    assert_eq!(bench.store.tail(BOX).sequence, Sequence(1));
    assert_eq!(
        bench.store.read_after(BOX, Sequence(0), 1).unwrap().len(),
        1
    );
    // What was there before is still answered for: nothing has to be written.
    assert_eq!(places(&bench, &post(&bench, BOX, &[1])), [1]);
    bench.store.fails.store(false, Ordering::SeqCst);
    assert_eq!(places(&bench, &post(&bench, BOX, &[2])), [2]);
}

#[test]
fn a_clock_that_was_set_back_meanwhile_does_not_reach_behind_what_is_stored() {
    let store = Failing::default();
    let envelope = Envelope::new(vec![9; 4096]).unwrap();
    let later = Timestamp(5 * Timestamp::DAY_SECONDS + 77);
    let mut tail = store.tail(BOX);
    let record = Record::next(&mut tail, BOX, later, envelope.hash(), envelope);
    store.append(&[record]).unwrap();
    let bench = bench_on(store);
    let answers = post(&bench, BOX, &[1]);
    let FromRelay::Stored(stored) = &answers[0] else {
        unreachable!("{answers:?}");
    };
    assert_eq!(stored.receipt.fact.time.day(), later.day());
    assert_eq!(stored.receipt.fact.sequence, Sequence(2));
}

#[test]
fn ended_and_missing_mailboxes_take_nothing_and_time_does_not_go_back() {
    let bench = bench();
    let refused = |answers: Vec<FromRelay>| match &answers[..] {
        [FromRelay::Refused(refused)] => refused.reason,
        other => unreachable!("{other:?}"),
    };
    let nowhere = post(&bench, MailboxId([9; 32]), &[1]);
    assert_eq!(refused(nowhere), Reason::NoMailbox);
    assert_eq!(places(&bench, &post(&bench, BOX, &[1])), [1]);
    *bench.clock.lock().unwrap() = Timestamp(500);
    let answers = post(&bench, BOX, &[2]);
    let FromRelay::Stored(stored) = &answers[0] else {
        unreachable!("{answers:?}");
    };
    assert_eq!(stored.receipt.fact.time, Timestamp(1000));
    *bench.clock.lock().unwrap() = Timestamp(10_000);
    assert_eq!(refused(post(&bench, BOX, &[3])), Reason::MailboxEnded);
}

#[test]
fn a_creation_that_is_worth_nothing_cuts_no_batch() {
    let (store, clock) = (
        prepared(Failing::default()),
        Arc::new(Mutex::new(Timestamp(1000))),
    );
    let guest = |id, quota_bytes, sponsor| Creation {
        request: RequestId(99),
        mailbox: MailboxId([id; 32]),
        quota_bytes,
        ends: Timestamp(5000),
        token: None,
        sponsor: Some(MailboxId([sponsor; 32])),
    };
    let known = guest(2, 4096, 1);
    let answers = answers_to(writer(&store, &clock, 1000), |answers| {
        vec![Job::Create(known, answers.clone())]
    });
    assert!(matches!(answers[..], [FromRelay::Created(_)]));
    // Shown again, more than there is, of a sponsor that is not here, and an old one.
    let worthless = [
        known,
        guest(3, 2 << 20, 1),
        guest(3, 4096, 9),
        guest(2, 1, 1),
    ];
    let answers = answers_to(writer(&store, &clock, 1000), |answers| {
        let mut jobs = vec![posting(BOX, 0, answers)];
        for (byte, creation) in (1..).zip(worthless) {
            jobs.push(Job::Create(creation, answers.clone()));
            jobs.push(posting(BOX, byte, answers));
        }
        jobs
    });
    let stored = |answer: &&FromRelay| matches!(answer, FromRelay::Stored(_));
    assert_eq!(answers.len(), 9);
    assert_eq!(answers.iter().filter(stored).count(), 5);
    assert_eq!(
        store.appends.load(Ordering::SeqCst),
        1,
        "one commit for all"
    );
}

#[test]
fn whoever_pays_opens_no_faster_than_others_post() {
    let (store, clock) = (
        prepared(Failing::default()),
        Arc::new(Mutex::new(Timestamp(1000))),
    );
    let answers = answers_to(writer(&store, &clock, 3), |answers| {
        let renewal = |later: u64| Creation {
            request: RequestId(99),
            mailbox: MailboxId([2; 32]),
            quota_bytes: 4096,
            ends: Timestamp(5000 + later),
            token: None,
            sponsor: Some(BOX),
        };
        (0..5)
            .map(|later| Job::Create(renewal(later), answers.clone()))
            .collect()
    });
    let fast = |answer: &&FromRelay| matches!(answer, FromRelay::Refused(no) if no.reason == Reason::LaneRate && no.retry_seconds > 0);
    assert_eq!(answers.iter().filter(fast).count(), 2, "{answers:?}");
}

#[test]
fn the_same_bytes_again_count_against_the_rate_like_others() {
    let (store, clock) = (
        prepared(Failing::default()),
        Arc::new(Mutex::new(Timestamp(1000))),
    );
    let answers = answers_to(writer(&store, &clock, 3), |answers| {
        (0..5).map(|_| posting(BOX, 1, answers)).collect()
    });
    let stored = |answer: &&FromRelay| matches!(answer, FromRelay::Stored(_));
    let fast = |answer: &&FromRelay| matches!(answer, FromRelay::Refused(no) if no.reason == Reason::LaneRate);
    assert_eq!(answers.iter().filter(stored).count(), 3);
    assert_eq!(answers.iter().filter(fast).count(), 2);
}
