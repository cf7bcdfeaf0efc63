//! The writer with a store in memory, and with one whose disk fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    thread::JoinHandle,
};

use bellrope_proto::{
    envelope::Envelope,
    ids::{Day, MailboxId, Sequence, Timestamp, TokenId},
    limits::REVOKED_LANES_MAX,
    message::{FromRelay, Reason, RequestId},
    signing::{PublicKey, RelayLog, SecretKey},
};
use tokio::sync::mpsc;

use super::{
    checkpointer,
    jobs::{Answers, Creation, Handover, Job, JobSender, LaneRevocation, Posting},
    quota::{Quota, Rate},
    writer::{News, Writer},
};
use crate::{
    clock::{Clock, Uptime},
    health::{Health, Work},
    lived_time::LivedTime,
    store::{Mailbox, Record, Store, failing::Failing},
};

const BOX: MailboxId = MailboxId([1; 32]);
const BURST: u32 = 200;

/// What the clock says, how long the machine has been up, and what is told of what fails.
#[derive(Clone)]
struct Hands {
    clock: Arc<Mutex<(Timestamp, u64)>>,
    health: Arc<Health>,
    /// What those online were told of.
    told: Arc<Mutex<Vec<News>>>,
}

impl Hands {
    fn new() -> Self {
        Self {
            clock: Arc::new(Mutex::new((Timestamp(1000), 0))),
            health: Arc::default(),
            told: Arc::default(),
        }
    }
}

struct Bench {
    store: Arc<Failing>,
    key: SecretKey<RelayLog>,
    hands: Hands,
    jobs: JobSender,
    thread: JoinHandle<()>,
}

impl Bench {
    /// The clock is set.
    fn set(&self, told: u64) {
        self.hands.clock.lock().unwrap().0 = Timestamp(told);
    }

    /// Time passes.
    fn live(&self, seconds: u64) {
        let mut clock = self.hands.clock.lock().unwrap();
        *clock = (clock.0.plus(seconds), clock.1 + seconds);
    }
}

fn bench() -> Bench {
    bench_on(Failing::default())
}

fn bench_on(store: Failing) -> Bench {
    let (store, hands) = (prepared(store), Hands::new());
    let (jobs, thread) = writer(&store, &hands, BURST).start().unwrap();
    Bench {
        store,
        key: key(),
        hands,
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
        quota_bytes: 1 << 24,
        ends: Timestamp(20 * DAY),
        sponsor: None,
        successor: None,
    };
    store.create(&mailbox, None).unwrap();
    Arc::new(store)
}

fn writer(store: &Arc<Failing>, hands: &Hands, burst: u32) -> Writer {
    let (told, up) = (Arc::clone(&hands.clock), Arc::clone(&hands.clock));
    let rate = Rate {
        per_minute: BURST,
        burst,
    };
    let shared = Arc::clone(store) as Arc<dyn Store>;
    let tell = Clock::set(
        move || told.lock().unwrap().0,
        move || Uptime {
            boot: "one".to_owned(),
            seconds: up.lock().unwrap().1,
        },
    );
    let time = Arc::new(LivedTime::start(tell, None, store.first_open_day()));
    let health = Arc::clone(&hands.health);
    let told = Arc::clone(&hands.told);
    let keep = (Arc::clone(&time), Arc::clone(&health));
    let (checkpointer, _) = checkpointer::start(Arc::clone(&shared), keep.0, keep.1).unwrap();
    Writer::new(
        shared,
        key(),
        Quota::new(rate, 1 << 20),
        (time, Arc::clone(&health)),
        checkpointer,
        Box::new(move |news| told.lock().unwrap().push(news)),
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
    // The host is told as well, since when and why.
    let told = bench.hands.health.troubles();
    assert_eq!(
        (told.len(), told[0].work, told[0].since),
        (1, Work::Posts, 1000)
    );
    assert!(told[0].why.contains("storage"), "{told:?}");
    assert_eq!(bench.store.tail(BOX).sequence, Sequence(1));
    assert_eq!(
        bench.store.read_after(BOX, Sequence(0), 1).unwrap().len(),
        1
    );
    // What was there before is still answered for: nothing has to be written.
    assert_eq!(places(&bench, &post(&bench, BOX, &[1])), [1]);
    bench.store.fails.store(false, Ordering::SeqCst);
    assert_eq!(places(&bench, &post(&bench, BOX, &[2])), [2]);
    assert_eq!(bench.hands.health.troubles(), []);
}

fn time_of(answers: &[FromRelay]) -> u64 {
    match answers {
        [FromRelay::Stored(stored)] => stored.receipt.fact.time.0,
        other => unreachable!("{other:?}"),
    }
}

fn refused(answers: &[FromRelay]) -> Reason {
    match answers {
        [FromRelay::Refused(refused)] => refused.reason,
        other => unreachable!("{other:?}"),
    }
}

const DAY: u64 = Timestamp::DAY_SECONDS;

#[test]
fn what_the_clock_says_dates_posts_and_what_was_lived_through_files_them() {
    let store = Failing::default();
    let envelope = Envelope::new(vec![9; 4096]).unwrap();
    let later = Timestamp(5 * DAY + 77);
    let mut tail = store.tail(BOX);
    let record = Record::next(&mut tail, BOX, later, envelope.hash(), envelope);
    store.append(later.day(), &[record]).unwrap();
    // The clock was set back while the relay was down.
    let bench = bench_on(store);
    let answers = post(&bench, BOX, &[1]);
    assert_eq!(time_of(&answers), 1000);
    assert_eq!(places(&bench, &answers), [2]);
    assert_eq!(bench.store.first_open_day(), Some(later.day()));
    bench.live(DAY);
    assert_eq!(time_of(&post(&bench, BOX, &[2])), DAY + 1000);
    assert_eq!(bench.store.first_open_day(), Some(Day(6)));
    assert_eq!(bench.store.expire(Day(6), Day(0)).unwrap().envelopes, 2);
}

#[test]
fn a_clock_that_was_wrong_leaves_nothing_behind() {
    let bench = bench();
    for wrong in [1000 + 60 * DAY, 1000 + 400 * DAY, 0] {
        bench.set(wrong);
        let byte = u8::try_from(wrong % 251).unwrap();
        // The mailbox has ended by this clock, and takes posts all the same.
        assert_eq!(time_of(&post(&bench, BOX, &[byte])), wrong);
        bench.set(1000);
        assert_eq!(time_of(&post(&bench, BOX, &[byte + 1])), 1000);
    }
    assert_eq!(bench.store.first_open_day(), Some(Day(0)));
    // What a lane may post comes back with the time that passes.
    bench.set(1000 + 60 * DAY);
    let all: Vec<u8> = (0..u8::MAX).collect();
    let answers = post(&bench, BOX, &all);
    assert_eq!(refused(&answers[254..]), Reason::LaneRate);
    bench.set(1000);
    bench.live(60);
    assert_eq!(time_of(&post(&bench, BOX, &[255])), 1060);
}

#[test]
fn ended_and_missing_mailboxes_take_nothing() {
    let bench = bench();
    assert_eq!(
        refused(&post(&bench, MailboxId([9; 32]), &[1])),
        Reason::NoMailbox
    );
    assert_eq!(places(&bench, &post(&bench, BOX, &[1])), [1]);
    bench.live(20 * DAY);
    assert_eq!(refused(&post(&bench, BOX, &[3])), Reason::MailboxEnded);
}

#[test]
fn a_creation_that_is_worth_nothing_cuts_no_batch() {
    let (store, hands) = (prepared(Failing::default()), Hands::new());
    let guest = |id, quota_bytes, sponsor| Creation {
        request: RequestId(99),
        mailbox: MailboxId([id; 32]),
        quota_bytes,
        ends: Timestamp(5000),
        token: None,
        sponsor: Some(MailboxId([sponsor; 32])),
    };
    let known = guest(2, 4096, 1);
    let answers = answers_to(writer(&store, &hands, 1000), |answers| {
        vec![Job::Create(known, answers.clone())]
    });
    assert!(matches!(answers[..], [FromRelay::Created(_)]));
    // Shown again, more than there is, of a sponsor that is not here, and an old one.
    let worthless = [
        known,
        guest(3, 1 << 25, 1),
        guest(3, 4096, 9),
        guest(2, 1, 1),
    ];
    let answers = answers_to(writer(&store, &hands, 1000), |answers| {
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
    let (store, hands) = (prepared(Failing::default()), Hands::new());
    let answers = answers_to(writer(&store, &hands, 3), |answers| {
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
    let (store, hands) = (prepared(Failing::default()), Hands::new());
    let answers = answers_to(writer(&store, &hands, 3), |answers| {
        (0..5).map(|_| posting(BOX, 1, answers)).collect()
    });
    let stored = |answer: &&FromRelay| matches!(answer, FromRelay::Stored(_));
    let fast = |answer: &&FromRelay| matches!(answer, FromRelay::Refused(no) if no.reason == Reason::LaneRate);
    assert_eq!(answers.iter().filter(stored).count(), 3);
    assert_eq!(answers.iter().filter(fast).count(), 2);
}

fn revocation(mailbox: MailboxId, lane: u8) -> LaneRevocation {
    LaneRevocation {
        request: RequestId(7),
        mailbox,
        lane: PublicKey::from_bytes([lane; 32]),
    }
}

#[test]
fn a_lane_is_revoked_between_what_it_posted_before_and_what_it_posts_after() {
    let (store, hands) = (prepared(Failing::default()), Hands::new());
    let answers = answers_to(writer(&store, &hands, BURST), |answers| {
        vec![
            posting(BOX, 1, answers),
            Job::Revoke(revocation(BOX, 5), answers.clone()),
            posting(BOX, 2, answers),
            Job::Revoke(revocation(BOX, 5), answers.clone()),
            Job::Revoke(revocation(MailboxId([9; 32]), 5), answers.clone()),
        ]
    });
    let [
        FromRelay::Stored(_),
        FromRelay::Revoked(first),
        FromRelay::Revoked(again),
        nowhere,
        after,
    ] = &answers[..]
    else {
        unreachable!("{answers:?}");
    };
    assert_eq!((first.request, again), (RequestId(7), first));
    assert_eq!(refused(std::slice::from_ref(nowhere)), Reason::NoMailbox);
    assert_eq!(refused(std::slice::from_ref(after)), Reason::Revoked);
    // Those online are told once, and after what was posted before.
    let told = hands.told.lock().unwrap().clone();
    assert_eq!(told, [News::Stored(BOX), News::Revoked(BOX)]);
    // No more than there may be; those that are there are still answered.
    for lane in 0..REVOKED_LANES_MAX {
        let mut key = [6; 32];
        key[..8].copy_from_slice(&lane.to_be_bytes());
        store.revoke(BOX, PublicKey::from_bytes(key)).unwrap();
    }
    let answers = answers_to(writer(&store, &hands, BURST), |answers| {
        let both = [8, 5].map(|lane| Job::Revoke(revocation(BOX, lane), answers.clone()));
        both.into()
    });
    assert_eq!(refused(&answers[..1]), Reason::RevocationsFull);
    assert!(matches!(answers[1], FromRelay::Revoked(_)));
}

#[test]
fn what_the_disk_did_not_take_is_said_to_nobody_and_done_by_the_next_try() {
    let (store, hands) = (prepared(Failing::default()), Hands::new());
    let new = MailboxId([2; 32]);
    let handover = Handover {
        request: RequestId(8),
        from: BOX,
        to: new,
    };
    let ask = || {
        answers_to(writer(&store, &hands, BURST), |answers| {
            vec![
                Job::Revoke(revocation(BOX, 5), answers.clone()),
                Job::Succeed(handover, answers.clone()),
            ]
        })
    };
    store.fails.store(true, Ordering::SeqCst);
    let answers = ask();
    assert_eq!(refused(&answers[..1]), Reason::Unavailable);
    assert_eq!(refused(&answers[1..]), Reason::Unavailable);
    assert_eq!(hands.told.lock().unwrap().len(), 0);
    assert_eq!((store.mailbox(new), store.revoked_lanes(BOX)), (None, 0));
    store.fails.store(false, Ordering::SeqCst);
    let answers = ask();
    assert!(matches!(
        answers[..],
        [FromRelay::Revoked(_), FromRelay::Created(_)]
    ));
    assert_eq!(store.mailbox(BOX).and_then(|old| old.sponsor), Some(new));
}

/// Posts of a lane, each another, until one is refused; how many were stored.
fn fill(bench: &Bench, mailbox: MailboxId, lane: u8) -> (u64, Reason) {
    let (answers, mut heard) = mpsc::unbounded_channel();
    let before = bench.store.tail(mailbox).sequence.0;
    for number in 0.. {
        let mut bytes = vec![lane; 4096];
        bytes[..8].copy_from_slice(&(before + number).to_be_bytes());
        let envelope = Envelope::new(bytes).unwrap();
        let posting = Posting {
            mailbox,
            lane: PublicKey::from_bytes([lane; 32]),
            hash: envelope.hash(),
            envelope,
            request: RequestId(1),
            answers: answers.clone(),
        };
        bench.jobs.blocking_send(Job::Append(posting)).unwrap();
        match heard.blocking_recv().unwrap() {
            FromRelay::Refused(no) => return (number, no.reason),
            answer => assert!(matches!(answer, FromRelay::Stored(_)), "{answer:?}"),
        }
    }
    unreachable!()
}

#[test]
fn a_group_shares_what_it_has_not_lent_and_who_is_invited_gets_all_that_was_promised() {
    let bench = bench();
    let ask = |creation: Creation| {
        let (answers, mut heard) = mpsc::unbounded_channel();
        let job = Job::Create(creation, answers);
        bench.jobs.blocking_send(job).unwrap();
        let created = heard.blocking_recv().unwrap();
        assert!(matches!(created, FromRelay::Created(_)), "{created:?}");
    };
    let guest = |byte| MailboxId([byte; 32]);
    // 64 envelopes, of which 48 are lent.
    let group = Creation {
        request: RequestId(1),
        mailbox: BOX,
        quota_bytes: 64 * 4096,
        ends: Timestamp(20 * DAY),
        token: Some(TokenId([1; 16])),
        sponsor: None,
    };
    ask(group);
    for byte in 10..13 {
        ask(Creation {
            mailbox: guest(byte),
            quota_bytes: 16 * 4096,
            token: None,
            sponsor: Some(BOX),
            ..group
        });
    }
    assert_eq!(fill(&bench, BOX, 5), (8, Reason::LaneShare));
    assert_eq!(fill(&bench, BOX, 6), (4, Reason::LaneShare));
    assert_eq!(fill(&bench, guest(10), 5), (16, Reason::MailboxFull));
    assert_eq!(fill(&bench, guest(11), 5), (16, Reason::MailboxFull));
    // The account goes to another mailbox. What is left here is for those who have not heard, whatever they posted before.
    let (answers, mut heard) = mpsc::unbounded_channel();
    let handover = Handover {
        request: RequestId(8),
        from: BOX,
        to: MailboxId([2; 32]),
    };
    let waits = bench.store.usage(BOX).bytes;
    let job = Job::Succeed(handover, answers);
    bench.jobs.blocking_send(job).unwrap();
    assert!(matches!(heard.blocking_recv(), Some(FromRelay::Created(_))));
    // What is free is too little for an eighth of it to be one: more, by the host.
    let old = bench.store.mailbox(BOX).unwrap();
    assert_eq!(old.quota_bytes, waits + 2048);
    let roomy = Mailbox {
        quota_bytes: waits + 4 * 4096,
        ..old
    };
    bench.store.change(&[roomy]).unwrap();
    assert_eq!(fill(&bench, BOX, 5), (2, Reason::LaneShare));
}
