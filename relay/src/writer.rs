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
    envelope::{ENVELOPE_BYTES_MAX, Envelope},
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
    filer::Nudge,
    peer::Creation,
    quota::{Quota, Refusal},
    store::{COMMIT_BYTES_MAX, Expired, Mailbox, Record, Store, StoreError, Tail},
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
    /// Its hash: computed by whoever received it, as the writer is one for all.
    pub hash: Hash,
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
    /// Whom to tell that much waits to be filed.
    pub filer: Nudge,
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
                let bytes: usize = batch.iter().map(|post| post.envelope.bytes().len()).sum();
                let room = bytes + ENVELOPE_BYTES_MAX <= COMMIT_BYTES_MAX;
                next = if room && batch.len() < BATCH_MAX {
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
            self.filer.after_commit(self.store.as_ref());
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
        let hash = posting.hash;
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
mod tests;
