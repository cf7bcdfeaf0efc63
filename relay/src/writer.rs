//! The single writer: takes what waits, commits it at once, then answers everybody and wakes those
//! who follow. Nothing is answered for before it is on disk. No timer: under load batches grow by
//! themselves, and a lone alert waits for nobody.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::Arc,
    thread::{self, JoinHandle},
};

use bellrope_proto::{
    envelope::Envelope,
    ids::{Day, Hash, MailboxId, Timestamp},
    limits::SPONSORED_MAILBOXES_MAX,
    message::{Created, FromRelay, Reason, Refused, RequestId, Stored},
    receipt::{Fact, Receipt, next_head},
    signing::{Lane, PublicKey, Relay, SecretKey},
};
use tokio::sync::{
    mpsc::{self, UnboundedSender},
    oneshot,
};

use crate::{
    clock::Clock,
    peer::Creation,
    quota::{Quota, Refusal},
    store::{Expired, Mailbox, Record, Store, StoreError, Tail},
    subscribers::Subscribers,
};

/// What a commit takes at most: more gains little and makes the first of them wait.
const BATCH_MAX: usize = 128;

/// Posts that wait for the writer. Beyond it, connections stop reading.
const QUEUE_MAX: usize = 1024;

/// Seconds after which a post that the disk refused is worth another try.
const UNAVAILABLE_RETRY_SECONDS: u32 = 30;

/// A connection's queue of answers. Bounded by the posts it may have on their way.
pub type Answers = UnboundedSender<FromRelay>;

/// An envelope to store.
#[derive(Debug)]
pub struct Posting {
    /// Where.
    pub mailbox: MailboxId,
    /// Whose share.
    pub lane: PublicKey<Lane>,
    /// What.
    pub envelope: Envelope,
    /// Repeated in the answer.
    pub request: RequestId,
    /// Where the answer goes.
    pub answers: Answers,
}

/// What the writer is asked.
#[derive(Debug)]
pub enum Job {
    /// Store an envelope.
    Post(Posting),
    /// Open or renew a mailbox.
    Create(Creation, Answers),
    /// Erase the days before this one.
    Expire(Day, oneshot::Sender<Result<Expired, StoreError>>),
}

/// Where jobs go. The writer ends when the last one is dropped.
pub type Jobs = mpsc::Sender<Job>;

/// The writer, which lives on a thread of its own: a sync may take as long as a disk likes.
pub struct Writer {
    /// Where.
    pub store: Arc<dyn Store>,
    /// What receipts are signed with.
    pub key: SecretKey<Relay>,
    /// What a lane may post.
    pub quota: Quota,
    /// Whom to wake.
    pub subscribers: Arc<Subscribers>,
    /// The time.
    pub clock: Clock,
    /// What each mailbox lends to those that it pays for. Looked up again after a change.
    pub lent: Option<Lent>,
}

/// How many mailboxes one pays for, and the bytes that it lends them.
pub type Lent = HashMap<MailboxId, (usize, u64)>;

impl core::fmt::Debug for Writer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system's, when it has no room for one.
    pub fn start(self) -> io::Result<(Jobs, JoinHandle<()>)> {
        let (jobs, inbox) = mpsc::channel(QUEUE_MAX);
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || self.run(inbox))?;
        Ok((jobs, thread))
    }

    fn run(mut self, mut inbox: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        // A clock that was set back while the relay was down must not reach behind what is stored.
        let newest = self.store.newest_day().map_or(0, |day| u64::from(day.0));
        let mut last = Timestamp(newest.saturating_mul(Timestamp::DAY_SECONDS));
        while let Some(job) = inbox.blocking_recv() {
            let mut next = Some(job);
            while let Some(job) = next {
                match job {
                    Job::Post(posting) => batch.push(posting),
                    // In the order in which things were asked.
                    other => {
                        self.commit(&mut batch, &mut last);
                        self.other(other);
                    }
                }
                next = if batch.len() < BATCH_MAX {
                    inbox.try_recv().ok()
                } else {
                    None
                };
            }
            self.commit(&mut batch, &mut last);
        }
    }

    fn other(&mut self, job: Job) {
        self.lent = None;
        match job {
            Job::Post(_) => {}
            Job::Create(creation, answers) => {
                let answer = match self.create(&creation) {
                    Ok(created) => created.into(),
                    Err(refusal) => refused(creation.request, refusal),
                };
                // A peer that has left needs no answer.
                let _ = answers.send(answer);
            }
            Job::Expire(before, answer) => {
                let _ = answer.send(self.store.expire(before));
            }
        }
    }

    fn commit(&mut self, batch: &mut Vec<Posting>, last: &mut Timestamp) {
        if batch.is_empty() {
            return;
        }
        let now = self.clock.now();
        // A clock that was set back must not put an envelope into a day before the last one's.
        let time = now.max(*last);
        *last = time;
        let mut round = Round::new(time);
        for posting in batch.iter() {
            let verdict = self.judge(posting, now, &mut round);
            round.verdicts.push(verdict);
        }
        let appended = if round.records.is_empty() {
            Ok(())
        } else {
            self.store.append(&round.records)
        };
        if let Err(error) = &appended {
            tracing::error!(%error, "the store did not take a commit; no receipt was given");
        }
        let facts: Vec<Fact> = round.verdicts.iter().filter_map(|v| v.ok()).collect();
        let mut receipts = match &appended {
            Ok(()) if !facts.is_empty() => Receipt::issue(&self.key, &facts),
            _ => Vec::new(),
        }
        .into_iter();
        for (posting, verdict) in batch.drain(..).zip(round.verdicts) {
            let request = posting.request;
            let answer = match (verdict, &appended) {
                (Err(refusal), _) => refused(request, refusal),
                (Ok(_), Err(_)) => {
                    refused(request, (Reason::Unavailable, UNAVAILABLE_RETRY_SECONDS))
                }
                (Ok(_), Ok(())) => match receipts.next() {
                    Some(receipt) => Stored { request, receipt }.into(),
                    None => refused(request, (Reason::Unavailable, UNAVAILABLE_RETRY_SECONDS)),
                },
            };
            let _ = posting.answers.send(answer);
        }
        if appended.is_ok() {
            let woken: HashSet<MailboxId> = round.records.iter().map(|r| r.mailbox).collect();
            for mailbox in woken {
                self.subscribers.wake(mailbox);
            }
        }
    }

    /// Whether a post is stored, and at which place; an envelope that is there keeps its place.
    fn judge(
        &mut self,
        posting: &Posting,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<Fact, Refusal> {
        let id = posting.mailbox;
        let account = self.store.mailbox(id).ok_or((Reason::NoMailbox, 0))?;
        if account.ends <= now {
            return Err((Reason::MailboxEnded, 0));
        }
        let hash = posting.envelope.hash();
        if let Some(fact) = round.facts.get(&(id, hash)) {
            return Ok(*fact);
        }
        let unavailable = |error: StoreError| {
            tracing::error!(%error, "the store could not be read");
            (Reason::Unavailable, UNAVAILABLE_RETRY_SECONDS)
        };
        if let Some(place) = self.store.find(id, hash).map_err(unavailable)? {
            return Ok(Fact {
                mailbox: id,
                sequence: place.sequence,
                envelope: hash,
                head: place.head,
                time: place.time,
            });
        }
        let bytes = posting.envelope.bytes().len() as u64;
        let lent = self.lent(id, now).1;
        let coming = round.bytes.entry(id).or_default();
        let stored = self.store.usage(id).bytes;
        let used = stored.saturating_add(*coming).saturating_add(lent);
        let limits = (used, account.quota_bytes);
        self.quota.take((id, posting.lane), bytes, limits, now)?;
        *coming = coming.saturating_add(bytes);
        let tail = round.tails.entry(id).or_insert_with(|| self.store.tail(id));
        tail.sequence = tail.sequence.next();
        tail.head = next_head(tail.head, hash);
        let fact = Fact {
            mailbox: id,
            sequence: tail.sequence,
            envelope: hash,
            head: tail.head,
            time: round.time,
        };
        round.facts.insert((id, hash), fact);
        round.records.push(Record {
            mailbox: id,
            sequence: fact.sequence,
            hash,
            head: fact.head,
            time: fact.time,
            envelope: posting.envelope.clone(),
        });
        Ok(fact)
    }

    fn lent(&mut self, id: MailboxId, now: Timestamp) -> (usize, u64) {
        let lent = self.lent.get_or_insert_with(|| {
            let mut lent = Lent::new();
            for mailbox in self.store.mailboxes() {
                if let Some(by) = mailbox.sponsor.filter(|_| mailbox.ends > now) {
                    let sum = lent.entry(by).or_default();
                    sum.0 += 1;
                    sum.1 = sum.1.saturating_add(mailbox.quota_bytes);
                }
            }
            lent
        });
        lent.get(&id).copied().unwrap_or_default()
    }

    fn create(&mut self, creation: &Creation) -> Result<Created, Refusal> {
        let now = self.clock.now();
        if creation.ends <= now {
            return Err((Reason::TokenSpent, 0));
        }
        let known = self.store.mailbox(creation.mailbox);
        if let Some(by) = creation.sponsor {
            self.sponsor(by, creation, known, now)?;
        }
        let mailbox = Mailbox {
            id: creation.mailbox,
            quota_bytes: creation.quota_bytes,
            ends: creation.ends,
            sponsor: creation.sponsor,
        };
        match self.store.create(&mailbox, creation.token) {
            Ok(()) => {}
            Err(StoreError::TokenSpent) => return Err((Reason::TokenSpent, 0)),
            Err(error) => {
                tracing::error!(%error, "a mailbox could not be opened");
                return Err((Reason::Unavailable, UNAVAILABLE_RETRY_SECONDS));
            }
        }
        // What counts is what is stored: a token that was shown before changes nothing.
        let stored = self.store.mailbox(creation.mailbox).unwrap_or(mailbox);
        tracing::info!(
            mailbox = creation.mailbox.short(),
            "a mailbox was opened or renewed"
        );
        Ok(Created {
            request: creation.request,
            mailbox: stored.id,
            ends: stored.ends,
            quota_bytes: stored.quota_bytes,
        })
    }

    /// Whether a mailbox may be opened on another's account.
    fn sponsor(
        &mut self,
        by: MailboxId,
        creation: &Creation,
        known: Option<Mailbox>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let sponsor = self.store.mailbox(by).ok_or((Reason::NoMailbox, 0))?;
        if sponsor.ends <= now {
            return Err((Reason::MailboxEnded, 0));
        }
        // One that pays for itself, or that another pays for, is not taken over; and nobody who is
        // paid for pays for others.
        let others = known.is_some_and(|known| known.sponsor != Some(by));
        if others || sponsor.sponsor.is_some() || creation.ends > sponsor.ends {
            return Err((Reason::NotValid, 0));
        }
        if known.is_some() {
            return Ok(());
        }
        let (count, lent) = self.lent(by, now);
        let used = self.store.usage(by).bytes;
        let total = used
            .saturating_add(lent)
            .saturating_add(creation.quota_bytes);
        if count >= SPONSORED_MAILBOXES_MAX || total > sponsor.quota_bytes {
            return Err((Reason::SponsorFull, 0));
        }
        Ok(())
    }
}

/// One commit while it is put together.
struct Round {
    time: Timestamp,
    records: Vec<Record>,
    tails: HashMap<MailboxId, Tail>,
    bytes: HashMap<MailboxId, u64>,
    facts: HashMap<(MailboxId, Hash), Fact>,
    verdicts: Vec<Result<Fact, Refusal>>,
}

impl Round {
    fn new(time: Timestamp) -> Self {
        Self {
            time,
            records: Vec::new(),
            tails: HashMap::new(),
            bytes: HashMap::new(),
            facts: HashMap::new(),
            verdicts: Vec::new(),
        }
    }
}

fn refused(request: RequestId, (reason, retry_seconds): Refusal) -> FromRelay {
    Refused {
        request,
        reason,
        retry_seconds,
    }
    .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::sync::atomic::{AtomicBool, Ordering};

    use bellrope_proto::ids::{Sequence, TokenId};

    use super::*;
    use crate::{
        quota::Rate,
        store::{Item, Memory, Place, Soundness, Usage},
    };

    /// A store whose disk fails when told to.
    #[derive(Default)]
    struct Failing {
        memory: Memory,
        fails: AtomicBool,
    }

    impl Store for Failing {
        fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError> {
            self.memory.create(mailbox, token)
        }
        fn mailbox(&self, id: MailboxId) -> Option<Mailbox> {
            self.memory.mailbox(id)
        }
        fn mailboxes(&self) -> Vec<Mailbox> {
            self.memory.mailboxes()
        }
        fn tail(&self, id: MailboxId) -> Tail {
            self.memory.tail(id)
        }
        fn newest_day(&self) -> Option<Day> {
            self.memory.newest_day()
        }
        fn usage(&self, id: MailboxId) -> Usage {
            self.memory.usage(id)
        }
        fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<Place>, StoreError> {
            self.memory.find(id, envelope)
        }
        fn append(&self, records: &[Record]) -> Result<(), StoreError> {
            if self.fails.load(Ordering::SeqCst) {
                return Err(StoreError::Failed("no space left".to_owned()));
            }
            self.memory.append(records)
        }
        fn read_after(
            &self,
            id: MailboxId,
            after: Sequence,
            bytes_max: usize,
        ) -> Result<Vec<Item>, StoreError> {
            self.memory.read_after(id, after, bytes_max)
        }
        fn expire(&self, before: Day) -> Result<Expired, StoreError> {
            self.memory.expire(before)
        }
        fn check(&self) -> Result<Soundness, StoreError> {
            self.memory.check()
        }
    }

    const BOX: MailboxId = MailboxId([1; 32]);

    struct Bench {
        store: Arc<Failing>,
        key: SecretKey<Relay>,
        clock: Arc<std::sync::Mutex<Timestamp>>,
        jobs: Jobs,
        thread: JoinHandle<()>,
    }

    fn bench() -> Bench {
        bench_on(Failing::default())
    }

    fn bench_on(store: Failing) -> Bench {
        let store = Arc::new(store);
        let mailbox = Mailbox {
            id: BOX,
            quota_bytes: 1 << 20,
            ends: Timestamp(10_000),
            sponsor: None,
        };
        store.create(&mailbox, None).unwrap();
        let key = SecretKey::from_seed(&[3; 32]);
        let clock = Arc::new(std::sync::Mutex::new(Timestamp(1000)));
        let hands = Arc::clone(&clock);
        let rate = Rate {
            per_minute: 1000,
            burst: 1000,
        };
        let writer = Writer {
            store: Arc::clone(&store) as Arc<dyn Store>,
            key: key.clone(),
            quota: Quota::new(rate, 1 << 20),
            subscribers: Arc::default(),
            clock: Clock::of(move || *hands.lock().unwrap()),
            lent: None,
        };
        let (jobs, thread) = writer.start().unwrap();
        Bench {
            store,
            key,
            clock,
            jobs,
            thread,
        }
    }

    /// Posts these all at once, and gives the answers.
    fn post(bench: &Bench, mailbox: MailboxId, bytes: &[u8]) -> Vec<FromRelay> {
        let (answers, mut inbox) = mpsc::unbounded_channel();
        for (request, byte) in (0..).zip(bytes) {
            let posting = Posting {
                mailbox,
                lane: PublicKey::from_bytes([5; 32]),
                envelope: Envelope::new(vec![*byte; 4096]).unwrap(),
                request: RequestId(request),
                answers: answers.clone(),
            };
            bench.jobs.blocking_send(Job::Post(posting)).unwrap();
        }
        bytes
            .iter()
            .map(|_| inbox.blocking_recv().unwrap())
            .collect()
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
        let head = next_head(store.tail(BOX).head, envelope.hash());
        let later = Timestamp(5 * Timestamp::DAY_SECONDS + 77);
        let record = Record {
            mailbox: BOX,
            sequence: Sequence(1),
            hash: envelope.hash(),
            head,
            time: later,
            envelope,
        };
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
}
