//! The store on disk: a journal for what came last, a directory and a key for each day, an index of what
//! outlives the days, and a lock so that one process works here at a time.
//!
//! A record is durable when it is in the journal. It is filed with its day later, many at a time: until
//! then it is also in memory, where those who follow a mailbox find it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use bellrope_proto::{
    ids::{Day, Hash, MailboxId, Sequence, TokenId},
    limits::SKIPPED_HASHES_MAX,
    receipt::{first_head, next_head},
};

use super::{
    COMMIT_BYTES_MAX, Expired, Item, Mailbox, Place, Record, Soundness, Store, StoreError, Tail,
    Usage,
    check::check,
    day::{DayStore, damaged},
    day_keys::{DayKey, shred},
    index::Index,
    journal::{Entry, Journal, NotWritten},
    opening::{
        Lock, OpenError, Opened, check_format, day_name, is_empty, lock, open_database, open_day,
        parse_day, remove_day, system,
    },
    sled::make_dir,
};

const INDEX_CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// Tests make them small.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Of one half of the journal. The two hold what comes while a filing is under way, at the rate of a
    /// fast disk; what they hold is also in memory.
    pub(super) journal_bytes: usize,
    /// Of one volume of a day, which is in memory while it is the newest.
    pub(super) volume_bytes: usize,
}

const SIZES: Sizes = Sizes {
    journal_bytes: 8 * 1024 * 1024,
    volume_bytes: 16 * 1024 * 1024,
};
const _: () = assert!(SIZES.journal_bytes > 2 * COMMIT_BYTES_MAX);

/// See the module.
#[derive(Debug)]
pub struct Disk {
    dir: PathBuf,
    sizes: Sizes,
    index: Index,
    journal: Mutex<Journal>,
    /// Held while something is filed: one at a time, in order.
    filing: Mutex<()>,
    known: RwLock<Known>,
    failed: AtomicBool,
    _lock: Lock,
}

#[derive(Debug)]
struct Known {
    accounts: HashMap<MailboxId, Mailbox>,
    tails: HashMap<MailboxId, Tail>,
    days: BTreeMap<Day, Arc<DayStore>>,
    /// What is in the journal and not filed.
    fresh: HashMap<MailboxId, VecDeque<Record>>,
}

impl Disk {
    /// Opens the store in a directory, made if it is not there, and finishes what a crash left
    /// unfinished.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(dir: &Path) -> Result<(Self, Opened), OpenError> {
        Self::open_with(dir, SIZES)
    }

    pub(super) fn open_with(dir: &Path, sizes: Sizes) -> Result<(Self, Opened), OpenError> {
        let make = |path: &Path| make_dir(path).map_err(system(path));
        make(dir)?;
        let lock = lock(dir)?;
        check_format(dir)?;
        let mut opened = Opened::default();
        let damaged = dir.join("damaged");
        let (keys, days_dir, index_dir) = (dir.join("keys"), dir.join("days"), dir.join("index"));
        let journal_dir = dir.join("journal");
        for path in [&keys, &days_dir, &index_dir, &journal_dir] {
            make(path)?;
        }
        let database = open_database(&index_dir, INDEX_CACHE_BYTES, &damaged, &mut opened)?;
        let index = Index::new(database);
        let mut tails = index.tails().map_err(system(&index_dir))?;
        let accounts = index.accounts().map_err(system(&index_dir))?;
        let mut days = BTreeMap::new();
        let mut names: Vec<String> = Vec::new();
        for entry in fs::read_dir(&days_dir).map_err(system(&days_dir))? {
            let entry = entry.map_err(system(&days_dir))?;
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        for name in names {
            let path = days_dir.join(&name);
            let Some(day) = parse_day(&name) else {
                continue;
            };
            let closed = index.has_closed(&name).map_err(system(&index_dir))?;
            let key = DayKey::read(&keys, &name).map_err(system(&keys))?;
            let Some(key) = key.filter(|_| !closed) else {
                if !closed && !is_empty(&path) {
                    let why = "its key is missing".to_owned();
                    return Err(OpenError::Damaged { path, why });
                }
                shred(&keys, &name).map_err(system(&keys))?;
                remove_day(&days_dir, &name).map_err(system(&path))?;
                opened.erased = opened.erased.saturating_add(1);
                continue;
            };
            let store = open_day(&path, Arc::new(key), sizes, &damaged, &mut opened)?;
            for (mailbox, tally) in store.tallies() {
                let tail = Tail {
                    sequence: tally.last,
                    head: tally.head,
                };
                tails.insert(mailbox, tail);
            }
            days.insert(day, Arc::new(store));
        }
        let mut day_key = |day: Day| {
            let known = days.get(&day).map(|store| Arc::clone(store.key()));
            match known {
                Some(key) => Ok(Some(key)),
                None if index.has_closed(&day_name(day))? => Ok(None),
                None => Ok(DayKey::read(&keys, &day_name(day))?.map(Arc::new)),
            }
        };
        let journal = Journal::open(&journal_dir, sizes.journal_bytes, &mut day_key);
        let known = Known {
            accounts,
            tails,
            days,
            fresh: HashMap::new(),
        };
        let store = Self {
            dir: dir.to_owned(),
            sizes,
            index,
            journal: Mutex::new(journal.map_err(system(&journal_dir))?),
            filing: Mutex::new(()),
            known: RwLock::new(known),
            failed: AtomicBool::new(false),
            _lock: lock,
        };
        store.replay().map_err(system(&journal_dir))?;
        Ok((store, opened))
    }

    /// Files what the journal has from before.
    fn replay(&self) -> io::Result<()> {
        self.journal().replay(|record| {
            let tail = self.tail(record.mailbox);
            if record.sequence <= tail.sequence {
                return Ok(false);
            }
            let follows = record.sequence == tail.sequence.next()
                && record.head == next_head(tail.head, record.hash);
            if !follows {
                return Err(damaged("the journal"));
            }
            self.day(record.time.day())?.note(&[record]);
            self.note(std::slice::from_ref(record));
            Ok(true)
        })?;
        self.file_all()
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn day(&self, day: Day) -> io::Result<Arc<DayStore>> {
        if let Some(store) = self.read(|known| known.days.get(&day).cloned()) {
            return Ok(store);
        }
        if self.newest_day().is_some_and(|newest| day < newest) {
            return Err(io::Error::other("the clock is behind what is stored"));
        }
        let name = day_name(day);
        if self.index.has_closed(&name)? {
            // What is written under it would be erased at the next start.
            return Err(io::Error::other("the clock is at a day that was erased"));
        }
        let keys = self.dir.join("keys");
        // A key without a day is what a crash between the two leaves.
        let key = match DayKey::read(&keys, &name)? {
            Some(key) => key,
            None => {
                shred(&keys, &name)?;
                DayKey::make(&keys, &name)?
            }
        };
        let path = self.dir.join("days").join(&name);
        make_dir(&path)?;
        let damaged = self.dir.join("damaged");
        let opened = open_day(
            &path,
            Arc::new(key),
            self.sizes,
            &damaged,
            &mut Opened::default(),
        );
        let store = Arc::new(opened.map_err(|error| match error {
            OpenError::System { error, .. } => error,
            other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
        })?);
        self.write(|known| known.days.insert(day, Arc::clone(&store)));
        Ok(store)
    }

    fn append_all(&self, records: &[Record]) -> io::Result<()> {
        let mut by_day: BTreeMap<Day, Vec<&Record>> = BTreeMap::new();
        for record in records {
            by_day.entry(record.time.day()).or_default().push(record);
        }
        for (day, records) in by_day {
            let day_store = self.day(day)?;
            loop {
                let written = self.journal().write(day, day_store.key(), &records);
                match written {
                    Ok(()) => break,
                    Err(NotWritten::Full) => self.make_room()?,
                    Err(NotWritten::System(error)) => return Err(error),
                }
            }
            day_store.note(&records);
        }
        self.note(records);
        Ok(())
    }

    /// These are in the journal.
    fn note(&self, records: &[Record]) {
        self.write(|known| {
            for record in records {
                let tail = Tail {
                    sequence: record.sequence,
                    head: record.head,
                };
                known.tails.insert(record.mailbox, tail);
                let fresh = known.fresh.entry(record.mailbox).or_default();
                fresh.push_back(record.clone());
            }
        });
    }

    fn filing(&self) -> MutexGuard<'_, ()> {
        self.filing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the filing that is under way, or does one.
    fn make_room(&self) -> io::Result<()> {
        let filing = self.filing();
        if self.journal().has_room() {
            return Ok(());
        }
        self.file(&filing)
    }

    /// Files one half of the journal.
    fn file(&self, _one: &MutexGuard<'_, ()>) -> io::Result<()> {
        let taken = self.journal().take();
        let Some(mut taken) = taken else {
            return Ok(());
        };
        let mut by_day: BTreeMap<Day, Vec<Entry>> = BTreeMap::new();
        for entry in taken.entries.drain(..) {
            by_day
                .entry(entry.record.time.day())
                .or_default()
                .push(entry);
        }
        let mut filed: HashMap<MailboxId, Sequence> = HashMap::new();
        for (day, mut entries) in by_day {
            self.day(day)?.file(&mut entries, &taken.file)?;
            filed.extend(
                entries
                    .iter()
                    .map(|e| (e.record.mailbox, e.record.sequence)),
            );
        }
        self.write(|known| {
            for (mailbox, last) in filed {
                if let Some(fresh) = known.fresh.get_mut(&mailbox) {
                    while fresh.front().is_some_and(|record| record.sequence <= last) {
                        fresh.pop_front();
                    }
                    if fresh.is_empty() {
                        known.fresh.remove(&mailbox);
                    }
                }
            }
        });
        self.journal().filed();
        Ok(())
    }

    fn file_all(&self) -> io::Result<()> {
        let filing = self.filing();
        while self.journal().waiting_bytes() > 0 {
            self.file(&filing)?;
        }
        Ok(())
    }

    fn fresh_record(&self, id: MailboxId, sequence: Sequence) -> Option<Record> {
        self.read(|known| {
            let fresh = known.fresh.get(&id)?;
            let first = fresh.front()?.sequence;
            let at = sequence.0.checked_sub(first.0)?;
            fresh.get(usize::try_from(at).ok()?).cloned()
        })
    }

    /// What lies at a place at or before the tail and that is not fresh, and what follows it closely.
    fn filed(&self, id: MailboxId, sequence: Sequence, bytes_max: usize) -> io::Result<Vec<Item>> {
        let days = self.read(|known| known.days.values().cloned().collect::<Vec<_>>());
        if let Some(day) = days.iter().rev().find(|day| day.covers(id, sequence)) {
            let records = day.read(id, sequence, bytes_max)?;
            return Ok(records.into_iter().map(Item::Kept).collect());
        }
        match self.index.expired(id, sequence)? {
            Some(hashes) => Ok(vec![Item::Expired {
                first: sequence,
                hashes,
            }]),
            None => Err(damaged("a missing place")),
        }
    }

    /// Where an envelope that was posted before is, if this is the one.
    fn place(&self, day: &DayStore, id: MailboxId, envelope: Hash) -> io::Result<Option<Place>> {
        let Some(sequence) = day.find(id, envelope) else {
            return Ok(None);
        };
        let (hash, place) = match self.fresh_record(id, sequence) {
            Some(record) => {
                let place = Place {
                    sequence,
                    head: record.head,
                    time: record.time,
                };
                (record.hash, place)
            }
            None => day.filed_place(id, sequence)?,
        };
        Ok((hash == envelope).then_some(place))
    }

    fn erase(&self, day: Day) -> io::Result<u64> {
        let name = day_name(day);
        let Some(store) = self.read(|known| known.days.get(&day).cloned()) else {
            return Ok(0);
        };
        self.index.close(&name, &store)?;
        let envelopes = store
            .tallies()
            .iter()
            .map(|(_, tally)| tally.envelopes())
            .sum();
        // From here on readers find the hashes in the index. One that has the day in hand already may
        // still finish: it was there a moment ago.
        self.write(|known| known.days.remove(&day));
        shred(&self.dir.join("keys"), &name)?;
        store.close();
        remove_day(&self.dir.join("days"), &name)?;
        Ok(envelopes)
    }

    /// How often the disk was waited for.
    #[cfg(test)]
    pub(super) fn syncs(&self) -> u64 {
        self.journal().syncs()
    }

    /// What is on disk now is unknown: only opening again can tell.
    fn fail(&self, error: io::Error) -> StoreError {
        self.failed.store(true, Ordering::SeqCst);
        failed(error)
    }
}

fn failed(error: io::Error) -> StoreError {
    StoreError::Failed(error.to_string())
}

impl Store for Disk {
    fn create(&self, mailbox: &Mailbox, token: Option<TokenId>) -> Result<(), StoreError> {
        if let Some(token) = token {
            match self.index.spent_on(token).map_err(failed)? {
                Some(other) if other != mailbox.id => return Err(StoreError::TokenSpent),
                Some(_) => return Ok(()),
                None => {}
            }
        }
        self.index.create(mailbox, token).map_err(failed)?;
        self.write(|known| known.accounts.insert(mailbox.id, *mailbox));
        Ok(())
    }

    fn mailbox(&self, id: MailboxId) -> Option<Mailbox> {
        self.read(|known| known.accounts.get(&id).copied())
    }

    fn mailboxes(&self) -> Vec<Mailbox> {
        self.read(|known| known.accounts.values().copied().collect())
    }

    fn tail(&self, id: MailboxId) -> Tail {
        let tail = self.read(|known| known.tails.get(&id).copied());
        tail.unwrap_or(Tail {
            sequence: Sequence(0),
            head: first_head(id),
        })
    }

    fn newest_day(&self) -> Option<Day> {
        self.read(|known| known.days.last_key_value().map(|(day, _)| *day))
    }

    fn usage(&self, id: MailboxId) -> Usage {
        let mut usage = Usage::default();
        self.read(|known| {
            for day in known.days.values() {
                day.add_usage(id, &mut usage);
            }
        });
        usage
    }

    fn find(&self, id: MailboxId, envelope: Hash) -> Result<Option<Place>, StoreError> {
        let days = self.read(|known| known.days.values().cloned().collect::<Vec<_>>());
        for day in days.iter().rev() {
            if let Some(place) = self.place(day, id, envelope).map_err(failed)? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn append(&self, records: &[Record]) -> Result<(), StoreError> {
        if self.failed.load(Ordering::SeqCst) {
            let why = "an earlier write failed; restart the relay".to_owned();
            return Err(StoreError::Failed(why));
        }
        self.append_all(records).map_err(|error| self.fail(error))
    }

    fn waiting_bytes(&self) -> usize {
        self.journal().waiting_bytes()
    }

    fn file(&self) -> Result<(), StoreError> {
        Self::file(self, &self.filing()).map_err(|error| self.fail(error))
    }

    fn fresh_after(&self, id: MailboxId, after: Sequence, bytes_max: usize) -> Vec<Record> {
        self.read(|known| {
            let Some(fresh) = known.fresh.get(&id) else {
                return Vec::new();
            };
            let first = fresh.front().map_or(Sequence(0), |record| record.sequence);
            let Some(skip) = after.next().0.checked_sub(first.0) else {
                return Vec::new();
            };
            let mut bytes = 0_usize;
            let records = fresh
                .iter()
                .skip(usize::try_from(skip).unwrap_or(usize::MAX));
            let some = records.take_while(|record| {
                let before = bytes;
                bytes = bytes.saturating_add(record.envelope.bytes().len());
                before == 0 || bytes <= bytes_max
            });
            some.cloned().collect()
        })
    }

    fn read_after(
        &self,
        id: MailboxId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let tail = self.tail(id).sequence;
        let mut items = Vec::new();
        let mut bytes = 0_usize;
        let mut at = after;
        while at < tail {
            let left = bytes_max.saturating_sub(bytes);
            let fresh = self.fresh_after(id, at, left);
            let next = if fresh.is_empty() {
                match self.filed(id, at.next(), left) {
                    Ok(items) => items,
                    // It may have expired while it was being read: then the index has it now.
                    Err(_) => self.filed(id, at.next(), left).map_err(failed)?,
                }
            } else {
                fresh.into_iter().map(Item::Kept).collect()
            };
            for item in next {
                let (count, size) = match &item {
                    Item::Kept(record) => (1, record.envelope.bytes().len()),
                    Item::Expired { hashes, .. } => {
                        debug_assert!(hashes.len() <= SKIPPED_HASHES_MAX);
                        (hashes.len() as u64, hashes.len().saturating_mul(Hash::LEN))
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

    fn expire(&self, before: Day) -> Result<Expired, StoreError> {
        let old: Vec<Day> = self.read(|known| {
            let days = known.days.range(..before);
            days.map(|(day, _)| *day).collect()
        });
        let mut expired = Expired::default();
        if !old.is_empty() {
            self.file_all().map_err(|error| self.fail(error))?;
        }
        for day in old {
            let envelopes = self.erase(day).map_err(failed)?;
            expired.envelopes = expired.envelopes.saturating_add(envelopes);
            expired.days = expired.days.saturating_add(1);
        }
        let ended: Vec<MailboxId> = self.read(|known| {
            let accounts = known.accounts.values();
            let ended = accounts.filter(|account| account.ends.day() < before);
            ended.map(|account| account.id).collect()
        });
        let empty = |id: &MailboxId| self.usage(*id) == Usage::default();
        let ended: Vec<MailboxId> = ended.into_iter().filter(empty).collect();
        if !ended.is_empty() {
            self.index.forget(&ended).map_err(failed)?;
            self.write(|known| known.accounts.retain(|id, _| !ended.contains(id)));
        }
        Ok(expired)
    }

    fn check(&self) -> Result<Soundness, StoreError> {
        let mailboxes = self.read(|known| known.tails.keys().copied().collect::<Vec<_>>());
        Ok(check(self, &mailboxes))
    }
}
