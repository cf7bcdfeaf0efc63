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
    envelope::ENVELOPE_BYTES_MAX,
    ids::{Hash, MailboxId, Timestamp},
    limits::REVOKED_LANES_MAX,
    message::{Created, FromRelay, Reason, RequestId, Revoked},
    receipt::Fact,
    signing::{RelayLog, SecretKey},
};
use tokio::sync::mpsc;

use super::{
    accounts::{Accounts, Decision},
    checkpointer::Checkpointer,
    jobs::{Answers, Creation, Handover, Job, JobSender, LaneRevocation, Posting, Refusal},
    quota::{Quota, Room, Whose},
    receipts,
};
use crate::{
    health::{Health, Work},
    lived_time::LivedTime,
    store::{COMMIT_BYTES_MAX, Record, Store, StoreError, Tail},
};

/// What a commit takes at most: more gains little and makes the first of them wait.
const BATCH_MAX: usize = 128;

/// Posts that wait for the writer. Beyond it, connections stop reading.
const QUEUE_MAX: usize = 1024;

/// What those who are online are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// A mailbox has something new.
    Stored(MailboxId),
    /// A lane of a mailbox has no rights any more.
    Revoked(MailboxId),
}

/// Whom to tell. It may not wait for anybody.
pub(crate) type Tell = Box<dyn Fn(News) + Send>;

/// The writer, which lives on a thread of its own: a sync may take as long as a disk likes.
pub(crate) struct Writer {
    store: Arc<dyn Store>,
    /// What receipts are signed with.
    key: SecretKey<RelayLog>,
    quota: Quota,
    accounts: Accounts,
    time: Arc<LivedTime>,
    health: Arc<Health>,
    checkpointer: Checkpointer,
    tell: Tell,
}

impl Writer {
    /// A writer that has written nothing yet.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        key: SecretKey<RelayLog>,
        quota: Quota,
        (time, health): (Arc<LivedTime>, Arc<Health>),
        checkpointer: Checkpointer,
        tell: Tell,
    ) -> Self {
        Self {
            store,
            key,
            accounts: Accounts::new(quota.retention_seconds()),
            quota,
            time,
            health,
            checkpointer,
            tell,
        }
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// The system's, when it has no room for one.
    pub(crate) fn start(self) -> io::Result<(JobSender, JoinHandle<()>)> {
        let (jobs, inbox) = mpsc::channel(QUEUE_MAX);
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || self.run(inbox))?;
        Ok((jobs, thread))
    }

    /// Until the last sender of the queue has gone and nothing is left in it.
    pub(super) fn run(mut self, mut inbox: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while let Some(job) = inbox.blocking_recv() {
            self.health.writes_since(Some(self.time.uptime_seconds()));
            let mut next = Some(job);
            while let Some(job) = next {
                // In the order in which things were asked: what waits is committed before anything else.
                match job {
                    Job::Append(posting) => batch.push(posting),
                    Job::Create(creation, answers) => {
                        let created = self.create(&creation, &mut batch);
                        answer(&answers, creation.request, created);
                    }
                    Job::Succeed(handover, answers) => {
                        let created = self.hand_over(&handover, &mut batch);
                        answer(&answers, handover.request, created);
                    }
                    Job::Revoke(revocation, answers) => {
                        let revoked = self.revoke(&revocation, &mut batch);
                        answer(&answers, revocation.request, revoked);
                    }
                    Job::Expire(before, ended, answer) => {
                        self.commit(&mut batch);
                        let expired = self.store.expire(before, ended);
                        let now = self.time.earliest();
                        self.accounts.erased(self.store.as_ref(), now);
                        let _ = answer.send(expired);
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
            self.commit(&mut batch);
            self.health.writes_since(None);
        }
    }

    /// Commits what waits only for what will be written: what is refused or changes nothing must not cut a batch.
    fn create(
        &mut self,
        creation: &Creation,
        batch: &mut Vec<Posting>,
    ) -> Result<Created, Refusal> {
        let now = self.time.earliest();
        let store = self.store.as_ref();
        if let Decision::Same(created) = self.accounts.decide(store, creation, now)? {
            return Ok(created);
        }
        self.quota.pace(creation.whose(), self.time.lived())?;
        self.commit(batch);
        self.accounts.create(self.store.as_ref(), creation, now)
    }

    fn hand_over(
        &mut self,
        handover: &Handover,
        batch: &mut Vec<Posting>,
    ) -> Result<Created, Refusal> {
        let now = self.time.earliest();
        let store = self.store.as_ref();
        if let Decision::Same(created) = self.accounts.decide_handover(store, handover, now)? {
            return Ok(created);
        }
        let whose = Whose::Owner(handover.from);
        self.quota.pace(whose, self.time.lived())?;
        self.commit(batch);
        let store = self.store.as_ref();
        let created = self.accounts.hand_over(store, handover, now)?;
        self.quota.share_anew(handover.from);
        Ok(created)
    }

    /// What the lane asked for before is answered as it would have been; what it asks for later is not, and what others post later
    /// reaches it no more when this has returned.
    fn revoke(
        &mut self,
        revocation: &LaneRevocation,
        batch: &mut Vec<Posting>,
    ) -> Result<Revoked, Refusal> {
        let LaneRevocation {
            request,
            mailbox,
            lane,
        } = *revocation;
        let revoked = Revoked { request };
        if self.store.mailbox(mailbox).is_none() {
            return Err(Refusal::new(Reason::NoMailbox));
        }
        if self.store.is_revoked(mailbox, lane) {
            return Ok(revoked);
        }
        if self.store.revoked_lanes(mailbox) >= REVOKED_LANES_MAX {
            return Err(Refusal::new(Reason::RevocationsFull));
        }
        let whose = Whose::Owner(mailbox);
        self.quota.pace(whose, self.time.lived())?;
        self.commit(batch);
        if let Err(error) = self.store.revoke(mailbox, lane) {
            tracing::error!(%error, "a lane could not be revoked");
            return Err(Refusal::unavailable());
        }
        tracing::info!(mailbox = mailbox.short(), "a lane was revoked");
        (self.tell)(News::Revoked(mailbox));
        Ok(revoked)
    }

    fn commit(&mut self, batch: &mut Vec<Posting>) {
        if batch.is_empty() {
            return;
        }
        let mut commit = Commit::new(Now::of(&self.time));
        for posting in batch.iter() {
            let verdict = self.judge(posting, &mut commit);
            commit.verdicts.push((posting.request, verdict));
        }
        let appended = if commit.records.is_empty() {
            Ok(())
        } else {
            let appended = self.store.append(commit.now.lived.day(), &commit.records);
            self.note(&appended);
            appended
        };
        let answers = receipts::answers(&self.key, &commit.verdicts, appended.is_ok());
        for (posting, answer) in batch.drain(..).zip(answers) {
            let _ = posting.answers.send(answer);
        }
        if appended.is_ok() {
            let changed: HashSet<MailboxId> = commit.records.iter().map(|r| r.mailbox).collect();
            for mailbox in changed {
                (self.tell)(News::Stored(mailbox));
            }
            self.checkpointer.after_commit(self.store.as_ref());
        }
    }

    fn note(&self, appended: &Result<(), StoreError>) {
        match appended {
            Ok(()) => self.health.done(Work::Posts),
            Err(error) => {
                tracing::error!(%error, "the store did not take a commit; no receipt was given");
                self.health.failed(Work::Posts, self.time.told(), error);
            }
        }
    }

    /// Whether a post is stored, and at which place; an envelope that is there keeps its place.
    fn judge(&mut self, posting: &Posting, commit: &mut Commit) -> Result<Fact, Refusal> {
        let Now {
            told,
            earliest,
            lived,
        } = commit.now;
        let (id, hash) = (posting.mailbox, posting.hash);
        let store = self.store.as_ref();
        let mailbox = store.mailbox(id).ok_or(Refusal::new(Reason::NoMailbox))?;
        if mailbox.ends <= earliest {
            return Err(Refusal::new(Reason::MailboxEnded));
        }
        // Its connection may have asked before it learned of it.
        if store.is_revoked(id, posting.lane) {
            return Err(Refusal::new(Reason::Revoked));
        }
        self.quota.pace(Whose::Lane(id, posting.lane), lived)?;
        if let Some(fact) = commit.facts.get(&(id, hash)) {
            return Ok(*fact);
        }
        let unavailable = |error: StoreError| {
            tracing::error!(%error, "the store could not be read");
            self.health.failed(Work::Posts, told, &error);
            Refusal::unavailable()
        };
        if let Some(found) = store.find(id, hash).map_err(unavailable)? {
            return Ok(Fact {
                mailbox: id,
                sequence: found.sequence,
                envelope: hash,
                head: found.head,
                time: found.time,
            });
        }
        let bytes = posting.envelope.bytes().len() as u64;
        let lent = self.accounts.lent_bytes(store, id, earliest);
        let coming = commit.bytes.entry(id).or_default();
        let stored = store.usage(id).bytes;
        let room = Room {
            quota: mailbox.quota_bytes,
            lent,
            held: stored.saturating_add(*coming),
            is_shared: mailbox.is_shared(),
        };
        self.quota.take((id, posting.lane), bytes, room, lived)?;
        *coming = coming.saturating_add(bytes);
        let tail = commit.tails.entry(id).or_insert_with(|| store.tail(id));
        let record = Record::next(tail, id, told, hash, posting.envelope.clone());
        let fact = Fact {
            mailbox: id,
            sequence: record.sequence,
            envelope: hash,
            head: record.head,
            time: record.time,
        };
        commit.facts.insert((id, hash), fact);
        commit.records.push(record);
        Ok(fact)
    }
}

/// A peer that has left needs no answer.
fn answer(answers: &Answers, request: RequestId, done: Result<impl Into<FromRelay>, Refusal>) {
    let _ = answers.send(match done {
        Ok(done) => done.into(),
        Err(refusal) => refusal.answer(request),
    });
}

/// The moment of a commit.
#[derive(Clone, Copy)]
struct Now {
    /// By the clock: when something arrived. A receipt says what the clock said, also when it is set back.
    told: Timestamp,
    /// What has ended by this has ended.
    earliest: Timestamp,
    /// What envelopes are filed by.
    lived: Timestamp,
}

impl Now {
    fn of(time: &LivedTime) -> Self {
        Self {
            told: time.told(),
            earliest: time.earliest(),
            lived: time.lived(),
        }
    }
}

/// One commit while it is put together.
struct Commit {
    now: Now,
    records: Vec<Record>,
    tails: HashMap<MailboxId, Tail>,
    bytes: HashMap<MailboxId, u64>,
    facts: HashMap<(MailboxId, Hash), Fact>,
    verdicts: Vec<(RequestId, Result<Fact, Refusal>)>,
}

impl Commit {
    fn new(now: Now) -> Self {
        Self {
            now,
            records: Vec::new(),
            tails: HashMap::new(),
            bytes: HashMap::new(),
            facts: HashMap::new(),
            verdicts: Vec::new(),
        }
    }
}
