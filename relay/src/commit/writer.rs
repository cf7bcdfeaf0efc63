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
    clock::Clock,
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
    clock: Clock,
    checkpointer: Checkpointer,
    wake: Wake,
    /// When the last commit was.
    last: Timestamp,
}

impl Writer {
    /// A writer that has written nothing yet.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        key: SecretKey<RelayLog>,
        quota: Quota,
        clock: Clock,
        checkpointer: Checkpointer,
        wake: Wake,
    ) -> Self {
        // A clock that was set back while the relay was down must not reach behind what is stored.
        let newest = store.newest_day().map_or(0, |day| u64::from(day.0));
        Self {
            store,
            key,
            quota,
            accounts: Accounts::default(),
            clock,
            checkpointer,
            wake,
            last: Timestamp(newest.saturating_mul(Timestamp::DAY_SECONDS)),
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
                    Job::Expire(before, answer) => {
                        self.commit(&mut batch);
                        self.accounts.erased();
                        let _ = answer.send(self.store.expire(before));
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
        let now = self.clock.now();
        let store = self.store.as_ref();
        if let Decision::Same(created) = self.accounts.decide(store, creation, now)? {
            return Ok(created);
        }
        self.quota.pace(creation.whose(), now)?;
        self.commit(batch);
        self.accounts.create(self.store.as_ref(), creation, now)
    }

    fn commit(&mut self, batch: &mut Vec<Posting>) {
        if batch.is_empty() {
            return;
        }
        let now = self.clock.now();
        // A clock that was set back must not put an envelope into a day before the last one's.
        self.last = now.max(self.last);
        let mut commit = Commit::new(self.last);
        for posting in batch.iter() {
            let verdict = self.judge(posting, now, &mut commit);
            commit.verdicts.push((posting.request, verdict));
        }
        let appended = if commit.records.is_empty() {
            Ok(())
        } else {
            self.store.append(&commit.records)
        };
        if let Err(error) = &appended {
            tracing::error!(%error, "the store did not take a commit; no receipt was given");
        }
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

    /// Whether a post is stored, and at which place; an envelope that is there keeps its place.
    fn judge(
        &mut self,
        posting: &Posting,
        now: Timestamp,
        commit: &mut Commit,
    ) -> Result<Fact, Refusal> {
        let (id, hash) = (posting.mailbox, posting.hash);
        let store = self.store.as_ref();
        let mailbox = store.mailbox(id).ok_or(Refusal::new(Reason::NoMailbox))?;
        if mailbox.ends <= now {
            return Err(Refusal::new(Reason::MailboxEnded));
        }
        self.quota.pace(Whose::Lane(id, posting.lane), now)?;
        if let Some(fact) = commit.facts.get(&(id, hash)) {
            return Ok(*fact);
        }
        let unavailable = |error: StoreError| {
            tracing::error!(%error, "the store could not be read");
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
        let lent = self.accounts.lent_bytes(store, id, now);
        let coming = commit.bytes.entry(id).or_default();
        let stored = store.usage(id).bytes;
        let used = stored.saturating_add(*coming).saturating_add(lent);
        let limits = (used, mailbox.quota_bytes);
        self.quota.take((id, posting.lane), bytes, limits, now)?;
        *coming = coming.saturating_add(bytes);
        let tail = commit.tails.entry(id).or_insert_with(|| store.tail(id));
        let record = Record::next(tail, id, commit.time, hash, posting.envelope.clone());
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

/// One commit while it is put together.
struct Commit {
    time: Timestamp,
    records: Vec<Record>,
    tails: HashMap<MailboxId, Tail>,
    bytes: HashMap<MailboxId, u64>,
    facts: HashMap<(MailboxId, Hash), Fact>,
    verdicts: Vec<(RequestId, Result<Fact, Refusal>)>,
}

impl Commit {
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
