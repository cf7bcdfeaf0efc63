//! The store on disk: a journal for what came last, a directory and a key for each day, an index of what
//! outlives the days, and a lock so that one process works here at a time.
//!
//! A record is durable when it is in the journal. A checkpoint, later and many at a time, puts it where it
//! stays, with its day: until then it is also in memory, where those who follow a mailbox find it.

mod accounts;
mod catalog;
mod check;
mod checkpoint;
mod day;
mod day_keys;
mod days;
mod error;
#[cfg(test)]
mod hooks;
mod index;
mod journal;
mod names;
mod opening;
mod recent;
mod reserve;
mod sled;
mod volumes;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, atomic::AtomicBool},
};

use bellrope_proto::{
    ids::{Day, Hash, Leaf, MailboxId, Sequence, TokenId},
    limits::SKIPPED_LEAVES_MAX,
    signing::{Lane, PublicKey},
};

use self::{
    checkpoint::SharedJournal,
    day::DayStore,
    days::DayDirs,
    error::{damaged, system},
    index::{Index, RevokedLanes},
    journal::{Checkpoint, Entry, Journal},
    opening::{Lock, check_format, check_owner, lock, open_database},
    recent::Recent,
    reserve::Reserve,
};
pub use self::{error::OpenError, opening::OpenReport};
use super::{
    COMMIT_BYTES_MAX, CheckReport, ExpiryReport, LogItem, Mailbox, Record, Store, StoreError,
    StoredAt, Tail, Usage,
};
use crate::durable::make_dir;

const INDEX_CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// What a checkpoint's databases may write beside what it has.
const ROOM_BYTES: u64 = 4 * 1024 * 1024;

/// Tests make them small.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Of one half of the journal. The two hold what comes while a checkpoint is under way, at the rate of
    /// a fast disk; what they hold is also in memory.
    pub(super) journal_bytes: usize,
    /// Of one volume of a day, which is in memory while it is the newest.
    pub(super) volume_bytes: usize,
    /// Kept for when the disk is full: a start writes up to half a MiB for the index, for the newest days' catalogs and for what each
    /// checkpointed last.
    pub(super) reserve_bytes: u64,
}

const SIZES: Sizes = Sizes {
    journal_bytes: 8 * 1024 * 1024,
    volume_bytes: 16 * 1024 * 1024,
    reserve_bytes: 4 * 1024 * 1024,
};
const _: () = assert!(SIZES.journal_bytes > 2 * COMMIT_BYTES_MAX);

/// See the module.
#[derive(Debug)]
pub struct Disk {
    dir: PathBuf,
    index: Index,
    day_dirs: DayDirs,
    journal: SharedJournal,
    reserve: Reserve,
    /// A write of accounts or lanes failed: what the disk has of it is not known.
    unsure: AtomicBool,
    memory: RwLock<InMemory>,
    /// There is no room on the disk, as far as checkpoints are told.
    #[cfg(test)]
    pub(super) full: AtomicBool,
    _lock: Lock,
}

/// What costs no read.
#[derive(Debug)]
struct InMemory {
    mailboxes: HashMap<MailboxId, Mailbox>,
    revoked: RevokedLanes,
    tails: HashMap<MailboxId, Tail>,
    days: BTreeMap<Day, Arc<DayStore>>,
    newest_erased: Option<Day>,
    recent: Recent,
    /// Days that the index has closed, and whose key or directory could not be taken away yet.
    half_erased: Vec<(Day, Arc<DayStore>)>,
}

impl Disk {
    /// Opens the store in a directory, made if it is not there, and finishes what a crash left
    /// unfinished.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(dir: &Path) -> Result<(Self, OpenReport), OpenError> {
        Self::open_with(dir, SIZES)
    }

    pub(super) fn open_with(dir: &Path, sizes: Sizes) -> Result<(Self, OpenReport), OpenError> {
        let left = bytes_left(dir).unwrap_or(u64::MAX);
        let (store, mut report) = Self::open_journal(dir, sizes, left)?;
        store.settle_what_came_last(&mut report)?;
        store.keep_reserve();
        Ok((store, report))
    }

    /// On a disk that is full, as far as checkpoints are told.
    #[cfg(test)]
    pub(super) fn open_full(dir: &Path, sizes: Sizes) -> Result<(Self, OpenReport), OpenError> {
        let (store, mut report) = Self::open_journal(dir, sizes, 0)?;
        store.full.store(true, std::sync::atomic::Ordering::SeqCst);
        store.settle_what_came_last(&mut report)?;
        Ok((store, report))
    }

    /// On a disk that has so much left.
    fn open_journal(dir: &Path, sizes: Sizes, left: u64) -> Result<(Self, OpenReport), OpenError> {
        let make = |path: &Path| make_dir(path).map_err(system(path));
        make(dir)?;
        check_owner(dir)?;
        let lock = lock(dir)?;
        let reserve = Reserve::new(dir, sizes.reserve_bytes);
        reserve.release_at(left);
        check_format(dir)?;
        let mut report = OpenReport::default();
        let (index_dir, journal_dir) = (dir.join("index"), dir.join("journal"));
        let damaged = dir.join("damaged");
        let day_dirs = DayDirs::new(dir, &damaged, sizes.volume_bytes)?;
        make(&index_dir)?;
        make(&journal_dir)?;
        let database = open_database(&index_dir, INDEX_CACHE_BYTES, &damaged, &mut report)?;
        let index = Index::new(database);
        let mut tails = index.tails().map_err(system(&index_dir))?;
        let mailboxes = index.mailboxes().map_err(system(&index_dir))?;
        let revoked = index.revoked().map_err(system(&index_dir))?;
        let newest_erased = index.newest_closed().map_err(system(&index_dir))?;
        let days = day_dirs.open_all(&index, &index_dir, &mut report)?;
        for day in days.values() {
            tails.extend(day.tallies().iter().map(|(id, tally)| (*id, tally.tail())));
        }
        let mut day_key = |day: Day| match days.get(&day) {
            Some(store) => Ok(Some(Arc::clone(store.key()))),
            None => day_dirs.key(day, &index),
        };
        let journal = Journal::open(&journal_dir, sizes.journal_bytes, &mut day_key)
            .map_err(system(&journal_dir))?;
        let store = Self {
            dir: dir.to_owned(),
            index,
            day_dirs,
            journal: SharedJournal::new(journal),
            reserve,
            unsure: AtomicBool::new(false),
            memory: RwLock::new(InMemory {
                mailboxes,
                revoked,
                tails,
                days,
                newest_erased,
                recent: Recent::default(),
                half_erased: Vec::new(),
            }),
            #[cfg(test)]
            full: AtomicBool::new(false),
            _lock: lock,
        };
        store.replay().map_err(system(&journal_dir))?;
        Ok((store, report))
    }

    fn settle_what_came_last(&self, report: &mut OpenReport) -> Result<(), OpenError> {
        match self.checkpoint_all() {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(system(&self.dir)(error))
            }
            // The disk is full, or fails: what the journal has can be read, and waits on.
            Err(error) => {
                report.waits = Some(error.to_string());
                Ok(())
            }
        }
    }

    /// Takes over what the journal has from before.
    fn replay(&self) -> io::Result<()> {
        self.journal.lock().replay(|Entry { day, record, .. }| {
            let tail = self.tail(record.mailbox);
            if record.sequence <= tail.sequence {
                return Ok(false);
            }
            if record.tail() != tail.next(record.leaf()) {
                return Err(damaged("the journal"));
            }
            self.day(*day)?.note(&[record]);
            self.note(std::slice::from_ref(record));
            Ok(true)
        })
    }

    fn read<T>(&self, look: impl FnOnce(&InMemory) -> T) -> T {
        look(&self.memory.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut InMemory) -> T) -> T {
        change(&mut self.memory.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn day(&self, day: Day) -> io::Result<Arc<DayStore>> {
        if let Some(store) = self.read(|memory| memory.days.get(&day).cloned()) {
            return Ok(store);
        }
        if self.first_open_day().is_some_and(|first| day < first) {
            return Err(io::Error::other("a day that takes no envelopes any more"));
        }
        let store = Arc::new(self.day_dirs.make(day, &self.index)?);
        self.write(|memory| memory.days.insert(day, Arc::clone(&store)));
        Ok(store)
    }

    fn append_all(&self, day: Day, records: &[Record]) -> io::Result<()> {
        let day_store = self.day(day)?;
        let all: Vec<&Record> = records.iter().collect();
        self.journal
            .write(day, day_store.key(), &all, &|half| self.settle(half))?;
        day_store.note(&all);
        self.note(records);
        Ok(())
    }

    /// These are in the journal.
    fn note(&self, records: &[Record]) {
        self.write(|memory| {
            for record in records {
                memory.tails.insert(record.mailbox, record.tail());
                memory.recent.push(record);
            }
        });
    }

    /// Puts one half of the journal where it stays.
    fn settle(&self, mut half: Checkpoint) -> io::Result<()> {
        let bytes: usize = half.entries.iter().map(Entry::sealed_bytes).sum();
        self.check_room(bytes as u64)?;
        let mut by_day: BTreeMap<Day, Vec<Entry>> = BTreeMap::new();
        for entry in half.entries.drain(..) {
            by_day.entry(entry.day).or_default().push(entry);
        }
        let newest = by_day.keys().next_back().copied();
        let mut last: HashMap<MailboxId, Sequence> = HashMap::new();
        for (day, mut entries) in by_day {
            self.day(day)?.checkpoint(&mut entries, &half.file)?;
            let places = entries.iter().map(|entry| &entry.record);
            last.extend(places.map(|record| (record.mailbox, record.sequence)));
        }
        self.write(|memory| memory.recent.release(last));
        self.settle_days_before(newest);
        self.keep_reserve();
        Ok(())
    }

    /// What is over has to be readable whatever becomes of the disk.
    fn settle_days_before(&self, newest: Option<Day>) {
        let Some(newest) = newest else {
            return;
        };
        let over = |memory: &InMemory| {
            memory
                .days
                .range(..newest)
                .map(|(_, day)| Arc::clone(day))
                .collect()
        };
        let over: Vec<_> = self.read(over);
        for day in over {
            day.settle();
        }
    }

    fn keep_reserve(&self) {
        if let Ok(left) = self.bytes_left() {
            self.reserve.keep_at(left);
        }
    }

    /// Whether a checkpoint of so many bytes has room. Before it is begun: what a database writes of one that fails is not given
    /// back by it.
    fn check_room(&self, bytes: u64) -> io::Result<()> {
        let needed = bytes.saturating_mul(2).saturating_add(ROOM_BYTES);
        let left = self.bytes_left()?;
        if left < needed {
            let why = format!("{left} bytes are left on the disk, and {needed} are needed");
            return Err(io::Error::new(io::ErrorKind::StorageFull, why));
        }
        Ok(())
    }

    fn bytes_left(&self) -> io::Result<u64> {
        #[cfg(test)]
        if self.full.load(std::sync::atomic::Ordering::SeqCst) {
            return Ok(0);
        }
        bytes_left(&self.dir)
    }

    fn checkpoint_all(&self) -> io::Result<()> {
        self.journal.checkpoint_all(&|half| self.settle(half))
    }

    /// What lies at a place at or before the tail and is checkpointed, and what follows it closely.
    fn read_days(
        &self,
        id: MailboxId,
        sequence: Sequence,
        bytes_max: usize,
    ) -> io::Result<Vec<LogItem>> {
        let days = self.read(|memory| memory.days.values().cloned().collect::<Vec<_>>());
        if let Some(day) = days.iter().rev().find(|day| day.covers(id, sequence)) {
            let records = day.read(id, sequence, bytes_max)?;
            return Ok(records.into_iter().map(LogItem::Kept).collect());
        }
        match self.index.expired(id, sequence)? {
            Some(leaves) => Ok(vec![LogItem::Expired {
                first: sequence,
                leaves,
            }]),
            None => Err(damaged("a missing place")),
        }
    }

    /// Where an envelope that was posted on a day is, if this is the one.
    fn find_in(
        &self,
        day: &DayStore,
        id: MailboxId,
        envelope: Hash,
    ) -> io::Result<Option<StoredAt>> {
        let Some(sequence) = day.find(id, envelope) else {
            return Ok(None);
        };
        let recent = self.read(|memory| memory.recent.get(id, sequence));
        let (hash, stored_at) = match recent {
            Some(record) => (record.hash, record.stored_at()),
            None => day.stored_at(id, sequence)?,
        };
        Ok((hash == envelope).then_some(stored_at))
    }

    fn erase(&self, day: Day) -> io::Result<u64> {
        let Some(store) = self.read(|memory| memory.days.get(&day).cloned()) else {
            return Ok(0);
        };
        self.index.close(&names::day(day), &store)?;
        let tallies = store.tallies();
        // From here on readers find the entries in the index. One that has the day in hand already may
        // still finish: it was there a moment ago.
        self.write(|memory| {
            memory.newest_erased = memory.newest_erased.max(Some(day));
            memory.days.remove(&day);
            memory.half_erased.push((day, store));
        });
        Ok(tallies.iter().map(|(_, tally)| tally.envelopes()).sum())
    }

    /// Takes away the keys and directories of days that are closed, also of those where that failed before.
    fn finish_erasing(&self) -> io::Result<()> {
        for (day, store) in self.read(|memory| memory.half_erased.clone()) {
            self.day_dirs.erase(day, &store)?;
            self.write(|memory| memory.half_erased.retain(|(other, _)| *other != day));
        }
        Ok(())
    }
}

fn bytes_left(dir: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(dir)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

impl Store for Disk {
    fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError> {
        if let Some(token) = token {
            match self.index.spent_on(token).map_err(StoreError::Failed)? {
                Some(other) if other != mailbox.id => return Err(StoreError::TokenSpent),
                // One whose answer was that it failed may be on disk all the same: then it is made again.
                Some(_) if self.mailbox(mailbox.id).is_some() => return Ok(()),
                Some(_) | None => {}
            }
        }
        self.change_index(
            |index| index.create(mailbox, token),
            |memory| _ = memory.mailboxes.insert(mailbox.id, *mailbox),
        )
    }

    fn change(&self, mailboxes: &[Mailbox]) -> Result<(), StoreError> {
        let changed = mailboxes.iter().map(|mailbox| (mailbox.id, *mailbox));
        self.change_index(
            |index| index.change(mailboxes),
            |memory| memory.mailboxes.extend(changed),
        )
    }

    fn revoke(&self, id: MailboxId, lane: PublicKey<Lane>) -> Result<(), StoreError> {
        self.change_index(
            |index| index.revoke(id, lane),
            |memory| _ = memory.revoked.entry(id).or_default().insert(lane),
        )
    }

    fn is_revoked(&self, id: MailboxId, lane: PublicKey<Lane>) -> bool {
        self.read(|memory| {
            memory
                .revoked
                .get(&id)
                .is_some_and(|all| all.contains(&lane))
        })
    }

    fn revoked_lanes(&self, id: MailboxId) -> usize {
        self.read(|memory| memory.revoked.get(&id).map_or(0, HashSet::len))
    }

    fn mailbox(&self, id: MailboxId) -> Option<Mailbox> {
        self.read(|memory| memory.mailboxes.get(&id).copied())
    }

    fn mailboxes(&self) -> Vec<Mailbox> {
        self.read(|memory| memory.mailboxes.values().copied().collect())
    }

    fn tail(&self, id: MailboxId) -> Tail {
        let tail = self.read(|memory| memory.tails.get(&id).copied());
        tail.unwrap_or_else(|| Tail::start(id))
    }

    fn first_open_day(&self) -> Option<Day> {
        self.read(|memory| {
            let newest = memory.days.last_key_value().map(|(day, _)| *day);
            let after = |day: Day| Day(day.0.saturating_add(1));
            newest.max(memory.newest_erased.map(after))
        })
    }

    fn usage(&self, id: MailboxId) -> Usage {
        let mut usage = Usage::default();
        self.read(|memory| {
            for day in memory.days.values() {
                day.add_usage(id, &mut usage);
            }
        });
        usage
    }

    fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<StoredAt>, StoreError> {
        let days = self.read(|memory| memory.days.values().cloned().collect::<Vec<_>>());
        for day in days.iter().rev() {
            if let Some(found) = self
                .find_in(day, id, envelope)
                .map_err(StoreError::Failed)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn append(&self, day: Day, records: &[Record]) -> Result<(), StoreError> {
        self.append_all(day, records).map_err(StoreError::Failed)
    }

    fn uncheckpointed_bytes(&self) -> usize {
        self.journal.lock().uncheckpointed_bytes()
    }

    fn checkpoint(&self) -> Result<(), StoreError> {
        self.journal
            .checkpoint(&|half| self.settle(half))
            .map_err(StoreError::Failed)
    }

    fn recent_after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record> {
        self.read(|memory| memory.recent.after(id, after, bytes_max))
    }

    fn read_after(
        &self,
        id: MailboxId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<LogItem>, StoreError> {
        let tail = self.tail(id).sequence;
        let mut items = Vec::new();
        let mut bytes = 0_usize;
        let mut at = after;
        while at < tail {
            let left = bytes_max.saturating_sub(bytes);
            let recent = self.recent_after(id, at, left);
            let next = if recent.is_empty() {
                match self.read_days(id, at.next(), left) {
                    Ok(items) => items,
                    // It may have expired while it was being read: then the index has it now. Or there is no room to open what has it.
                    Err(error) => {
                        if error.kind() == io::ErrorKind::StorageFull {
                            self.reserve.release_at(0);
                        }
                        self.read_days(id, at.next(), left)
                            .map_err(StoreError::Failed)?
                    }
                }
            } else {
                recent.into_iter().map(LogItem::Kept).collect()
            };
            for item in next {
                let (count, size) = match &item {
                    LogItem::Kept(record) => (1, record.envelope.bytes().len()),
                    LogItem::Expired { leaves, .. } => {
                        debug_assert!(leaves.len() <= SKIPPED_LEAVES_MAX);
                        (leaves.len() as u64, leaves.len().saturating_mul(Leaf::LEN))
                    }
                };
                bytes = bytes.saturating_add(size);
                if bytes > bytes_max && !items.is_empty() {
                    return Ok(items);
                }
                at = Sequence(at.0.saturating_add(count));
                items.push(item);
            }
        }
        Ok(items)
    }

    fn expire(&self, before: Day, ended: Day) -> Result<ExpiryReport, StoreError> {
        let old: Vec<Day> = self.read(|memory| {
            let days = memory.days.range(..before);
            days.map(|(day, _)| *day).collect()
        });
        let mut expired = ExpiryReport::default();
        // Only if there is something of them: a disk that is too full for a checkpoint gets room by this.
        if self.journal.lock().has_before(before) {
            self.checkpoint_all().map_err(StoreError::Failed)?;
        }
        // A checkpoint settles days that are over: it would make files in a directory that is being removed.
        let held = self.journal.hold();
        self.finish_erasing().map_err(StoreError::Failed)?;
        for day in old {
            let envelopes = self.erase(day).map_err(StoreError::Failed)?;
            self.finish_erasing().map_err(StoreError::Failed)?;
            expired.envelopes = expired.envelopes.saturating_add(envelopes);
            expired.days = expired.days.saturating_add(1);
        }
        if expired.days > 0 {
            self.journal.lock().wipe().map_err(StoreError::Failed)?;
        }
        drop(held);
        let ended: Vec<MailboxId> = self.read(|memory| {
            let mailboxes = memory.mailboxes.values();
            let over = mailboxes.filter(|mailbox| mailbox.ends.day() < ended);
            over.map(|mailbox| mailbox.id).collect()
        });
        let empty = |id: &MailboxId| self.usage(*id) == Usage::default();
        let ended: Vec<MailboxId> = ended.into_iter().filter(empty).collect();
        if !ended.is_empty() {
            self.forget(&ended)?;
        }
        Ok(expired)
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        let mailboxes = self.read(|memory| memory.tails.keys().copied().collect::<Vec<_>>());
        Ok(check::check(self, &mailboxes))
    }
}
