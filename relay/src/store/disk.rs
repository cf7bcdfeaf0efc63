//! The store on disk: an index, a database and a key for each day, and a lock so that one process
//! works here at a time. What is asked for often (accounts, tails, tallies) is in memory.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use bellrope_proto::{
    ids::{Day, Hash, MailboxId, Sequence, TokenId},
    limits::SKIPPED_HASHES_MAX,
    receipt::{first_head, next_head},
};

use super::{
    Expired, Item, Mailbox, Place, Record, Soundness, Store, StoreError, Tail, Usage,
    day::DayStore,
    day_keys::{DayKey, shred},
    index::Index,
    sled::{Database, NotOpened, make_dir, sync_dir},
};

const FORMAT: &str = "bellrope-store 1\n";

/// Today's database works from memory; older ones are read by whoever was away.
const DAY_CACHE_BYTES: u64 = 32 * 1024 * 1024;
const INDEX_CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// A mailbox's faults, each on a line, are worth a screen and no more.
const FAULTS_MAX: usize = 100;

/// See the module.
#[derive(Debug)]
pub struct Disk {
    dir: PathBuf,
    index: Index,
    known: RwLock<Known>,
    failed: AtomicBool,
    _lock: File,
}

#[derive(Debug)]
struct Known {
    accounts: HashMap<MailboxId, Mailbox>,
    tails: HashMap<MailboxId, Tail>,
    days: BTreeMap<Day, Arc<DayStore>>,
}

/// What opening had to mend, for the host's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Damaged snapshots that were set aside; nothing is lost with them.
    pub set_aside: Vec<PathBuf>,
    /// Days whose erasure had begun and is now finished.
    pub erased: u32,
}

/// Why the store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{dir} is in use by the relay with process number {pid}; stop that one first")]
    Held {
        /// Which directory.
        dir: PathBuf,
        /// Who.
        pid: String,
    },
    /// A newer version wrote it.
    #[error("{0} was written by a newer version; update bellrope-relay")]
    Newer(PathBuf),
    /// It does not open. Nothing was changed.
    #[error(
        "{path} is damaged ({why}); restore the directory from a backup, or move {path} away to go on without it: what was in it is then lost"
    )]
    Damaged {
        /// What.
        path: PathBuf,
        /// In the database's words.
        why: String,
    },
    /// The system said no.
    #[error("{path}: {error}; check that the directory is yours and that the disk is not full")]
    System {
        /// Where.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

fn system(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |error| match error.kind() {
        io::ErrorKind::InvalidData => OpenError::Damaged {
            path,
            why: error.to_string(),
        },
        _ => OpenError::System { path, error },
    }
}

impl Disk {
    /// Opens the store in a directory, made if it is not there, and finishes what a crash left
    /// unfinished.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(dir: &Path) -> Result<(Self, Opened), OpenError> {
        let make = |path: &Path| make_dir(path).map_err(system(path));
        make(dir)?;
        let lock = lock(dir)?;
        check_format(dir)?;
        let mut opened = Opened::default();
        let damaged = dir.join("damaged");
        let (keys, days_dir, index_dir) = (dir.join("keys"), dir.join("days"), dir.join("index"));
        for path in [&keys, &days_dir, &index_dir] {
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
            let database = open_database(&path, DAY_CACHE_BYTES, &damaged, &mut opened)?;
            let store = DayStore::new(database, key).map_err(system(&path))?;
            for (mailbox, tally) in store.tallies() {
                let tail = Tail {
                    sequence: tally.last,
                    head: tally.head,
                };
                tails.insert(mailbox, tail);
            }
            days.insert(day, Arc::new(store));
        }
        let known = Known {
            accounts,
            tails,
            days,
        };
        let store = Self {
            dir: dir.to_owned(),
            index,
            known: RwLock::new(known),
            failed: AtomicBool::new(false),
            _lock: lock,
        };
        Ok((store, opened))
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
        let opened = Database::open(&path, DAY_CACHE_BYTES, &self.dir.join("damaged"));
        let (database, _) = opened.map_err(|error| match error {
            NotOpened::System(error) => error,
            NotOpened::Damaged(why) => io::Error::new(io::ErrorKind::InvalidData, why),
        })?;
        let store = Arc::new(DayStore::new(database, key)?);
        self.write(|known| known.days.insert(day, Arc::clone(&store)));
        Ok(store)
    }

    fn append_all(&self, records: &[Record]) -> io::Result<()> {
        let mut by_day: BTreeMap<Day, Vec<&Record>> = BTreeMap::new();
        for record in records {
            by_day.entry(record.time.day()).or_default().push(record);
        }
        for (day, records) in by_day {
            self.day(day)?.append(&records)?;
        }
        self.write(|known| {
            for record in records {
                let tail = Tail {
                    sequence: record.sequence,
                    head: record.head,
                };
                known.tails.insert(record.mailbox, tail);
            }
        });
        Ok(())
    }

    /// One item at a place at or before the tail.
    fn item(&self, id: MailboxId, sequence: Sequence) -> io::Result<Item> {
        let days = self.read(|known| known.days.values().cloned().collect::<Vec<_>>());
        for day in days.iter().rev() {
            let Some(tally) = day.tally(id) else {
                continue;
            };
            if tally.first <= sequence && sequence <= tally.last {
                return day.read(id, sequence).map(Item::Kept);
            }
        }
        match self.index.expired(id, sequence)? {
            Some(hashes) => Ok(Item::Expired {
                first: sequence,
                hashes,
            }),
            None => Err(super::day::damaged("a missing place")),
        }
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
            .map(|(_, tally)| tally.envelopes)
            .sum();
        // From here on readers find the hashes in the index. One that has the day in hand already may
        // still finish: it was there a moment ago.
        self.write(|known| known.days.remove(&day));
        shred(&self.dir.join("keys"), &name)?;
        drop(store);
        remove_day(&self.dir.join("days"), &name)?;
        Ok(envelopes)
    }

    fn walk(&self, id: MailboxId, soundness: &mut Soundness) {
        let tail = self.tail(id);
        let mut head = first_head(id);
        let mut at = Sequence(0);
        while at < tail.sequence {
            let item = match self.item(id, at.next()) {
                Ok(item) => item,
                Err(error) => {
                    let fault = format!("mailbox {} at {}: {error}", id.short(), at.next());
                    soundness.faults.push(fault);
                    return;
                }
            };
            match item {
                Item::Kept(record) => {
                    head = next_head(head, record.hash);
                    let sound = record.hash == record.envelope.hash() && record.head == head;
                    if !sound {
                        let fault = format!("mailbox {} at {}: wrong hash", id.short(), at.next());
                        soundness.faults.push(fault);
                        return;
                    }
                    soundness.envelopes = soundness.envelopes.saturating_add(1);
                    at = at.next();
                }
                Item::Expired { hashes, .. } => {
                    for hash in hashes {
                        head = next_head(head, hash);
                        at = at.next();
                    }
                }
            }
        }
        if head != tail.head {
            let fault = format!("mailbox {}: the chain does not end in its head", id.short());
            soundness.faults.push(fault);
        }
    }

    /// How often the day's disk was waited for.
    #[cfg(test)]
    pub(super) fn syncs(&self, day: Day) -> u64 {
        self.day(day).map_or(0, |day| day.database().syncs())
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
            if day.tally(id).is_none() {
                continue;
            }
            if let Some(place) = day.find(id, envelope).map_err(failed)? {
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
        self.append_all(records).map_err(|error| {
            // What is on disk now is unknown: only opening again can tell.
            self.failed.store(true, Ordering::SeqCst);
            failed(error)
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
            let item = match self.item(id, at.next()) {
                Ok(item) => item,
                // It may have expired while it was being read: then the index has it now.
                Err(_) => self.item(id, at.next()).map_err(failed)?,
            };
            match &item {
                Item::Kept(record) => {
                    bytes = bytes.saturating_add(record.envelope.bytes().len());
                    at = at.next();
                }
                Item::Expired { hashes, .. } => {
                    bytes = bytes.saturating_add(hashes.len().saturating_mul(Hash::LEN));
                    at = Sequence(at.0.saturating_add(hashes.len() as u64));
                    debug_assert!(hashes.len() <= SKIPPED_HASHES_MAX);
                }
            }
            if bytes > bytes_max && !items.is_empty() {
                break;
            }
            items.push(item);
        }
        Ok(items)
    }

    fn expire(&self, before: Day) -> Result<Expired, StoreError> {
        let old: Vec<Day> = self.read(|known| {
            let days = known.days.range(..before);
            days.map(|(day, _)| *day).collect()
        });
        let mut expired = Expired::default();
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
        let mut soundness = Soundness {
            mailboxes: self.read(|known| known.accounts.len()) as u64,
            ..Soundness::default()
        };
        for id in mailboxes {
            self.walk(id, &mut soundness);
            if soundness.faults.len() >= FAULTS_MAX {
                break;
            }
        }
        Ok(soundness)
    }
}

fn open_database(
    path: &Path,
    cache_bytes: u64,
    damaged: &Path,
    opened: &mut Opened,
) -> Result<Database, OpenError> {
    match Database::open(path, cache_bytes, damaged) {
        Ok((database, aside)) => {
            opened.set_aside.extend(aside);
            Ok(database)
        }
        Err(NotOpened::System(error)) => Err(system(path)(error)),
        Err(NotOpened::Damaged(why)) => Err(OpenError::Damaged {
            path: path.to_owned(),
            why,
        }),
    }
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(system(&path))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).map_err(system(&path))?;
            write!(file, "{}", std::process::id()).map_err(system(&path))?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let dir = dir.to_owned();
            Err(OpenError::Held { dir, pid })
        }
        Err(TryLockError::Error(error)) => Err(system(&path)(error)),
    }
}

fn check_format(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join("format");
    match fs::read_to_string(&path) {
        Ok(text) if text == FORMAT => Ok(()),
        Ok(text) if text.is_empty() => write_format(&path),
        Ok(text) if text.starts_with("bellrope-store ") => Err(OpenError::Newer(dir.to_owned())),
        Ok(_) => Err(OpenError::Damaged {
            path,
            why: "not a relay's store".to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_format(&path),
        Err(error) => Err(system(&path)(error)),
    }
}

fn write_format(path: &Path) -> Result<(), OpenError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(FORMAT.as_bytes())?;
        file.sync_all()?;
        path.parent().map_or(Ok(()), sync_dir)
    };
    write().map_err(system(path))
}

fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none())
}

fn remove_day(days: &Path, name: &str) -> io::Result<()> {
    match fs::remove_dir_all(days.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => sync_dir(days),
    }
}

fn day_name(day: Day) -> String {
    let seconds = i64::from(day.0).saturating_mul(86_400);
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| format!("day-{}", day.0),
        |at| at.strftime("%Y-%m-%d").to_string(),
    )
}

fn parse_day(name: &str) -> Option<Day> {
    if let Some(number) = name.strip_prefix("day-") {
        return number.parse().ok().map(Day);
    }
    let date: jiff::civil::Date = name.parse().ok()?;
    let at = jiff::tz::Offset::UTC
        .to_timestamp(date.at(0, 0, 0, 0))
        .ok()?;
    u32::try_from(at.as_second() / 86_400).ok().map(Day)
}
