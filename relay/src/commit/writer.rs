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
    message::{Created, Reason, RequestId},
    receipt::Fact,
    signing::{RelayLog, SecretKey},
};
use tokio::sync::mpsc;

use super::{
    accounts::{Accounts, Decision},
    checkpointer::Checkpointer,
    jobs::{Creation, Job, JobSender, Posting, Refusal},
    quota::{Quota, Whose},
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

/// Whom to tell that a mailbox has something new. It may not wait for anybody.
pub(crate) type Wake = Box<dyn Fn(MailboxId) + Send>;

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
    wake: Wake,
}

impl Writer {
    /// A writer that has written nothing yet.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        key: SecretKey<RelayLog>,
        quota: Quota,
        (time, health): (Arc<LivedTime>, Arc<Health>),
        checkpointer: Checkpointer,
        wake: Wake,
    ) -> Self {
        Self {
            store,
            key,
            quota,
            accounts: Accounts::default(),
            time,
            health,
            checkpointer,
            wake,
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
            let mut next = Some(job);
            while let Some(job) = next {
                // In the order in which things were asked: what waits is committed before anything else.
                match job {
                    Job::Append(posting) => batch.push(posting),
                    Job::Create(creation, answers) => {
                        let created = self.create(&creation, &mut batch);
                        // A peer that has left needs no answer.
                        let _ = answers.send(match created {
                            Ok(created) => created.into(),
                            Err(refusal) => refusal.answer(creation.request),
                        });
                    }
                    Job::Expire(before, ended, answer) => {
                        self.commit(&mut batch);
                        self.accounts.erased();
                        let _ = answer.send(self.store.expire(before, ended));
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
                (self.wake)(mailbox);
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
        let used = stored.saturating_add(*coming).saturating_add(lent);
        let limits = (used, mailbox.quota_bytes);
        self.quota.take((id, posting.lane), bytes, limits, lived)?;
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
