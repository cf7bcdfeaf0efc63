//! How far time has really come, as far as this relay knows. The machine's clock is a witness: it dates what
//! is posted. It is no judge: what cannot be undone, an erasure above all, waits until the time for it was
//! lived through, or until the host has said that the clock is right.
//!
//! Clocks are wrong: before the network told the time, after a battery died, by a typing error, or because
//! somebody wants the alerts gone. The time that the machine was up cannot be set, so lived time
//! goes by that, and goes on from where it was noted last. It never goes back, and never
//! faster than time does. It may lag: a relay that was off keeps what it has for longer.

use std::{
    fs, io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellrope_proto::ids::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    clock::{Clock, Uptime},
    durable::replace_file,
};

/// How far it has come, in the relay's directory.
const NOTED: &str = "clock";
/// That the host has said that the clock is right.
const CONFIRMED: &str = "clock-confirmed";

/// What the clock may be off before anybody is told: time that the machine takes to start adds up.
pub(crate) const NOTICED_SECONDS: i64 = 3600;

/// Lived time at a moment. On disk as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Noted {
    /// What envelopes are filed and erased by. It need not be what a calendar says.
    lived: Timestamp,
    /// What the clock should say at that moment, if it is right.
    expected: Timestamp,
    /// The moment.
    uptime: Uptime,
}

impl Noted {
    /// That a clock is right at this moment.
    pub(crate) fn right(clock: &Clock) -> Self {
        let now = clock.now();
        Self {
            lived: now,
            expected: now,
            uptime: clock.uptime(),
        }
    }

    /// Where it has come to since.
    fn at(&self, uptime: Uptime) -> Self {
        let passed = uptime.since(&self.uptime);
        Self {
            lived: self.lived.plus(passed),
            expected: self.expected.plus(passed),
            uptime,
        }
    }

    /// Reads what was noted; `None` when nothing was.
    fn read(dir: &Path, name: &str) -> io::Result<Option<Self>> {
        match fs::read_to_string(dir.join(name)) {
            Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, dir: &Path, name: &str) -> io::Result<()> {
        replace_file(dir, name, &serde_json::to_vec(self)?)
    }

    /// Leaves word for the relay, running or not, that the clock is right now.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn confirm(&self, dir: &Path) -> io::Result<()> {
        self.write(dir, CONFIRMED)
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct LivedTime {
    clock: Clock,
    noted: Mutex<Noted>,
}

impl LivedTime {
    /// Goes on from what was noted in the relay's directory. `first_open` is the day that the store has come to: an
    /// earlier one takes nothing.
    pub(crate) fn open(dir: &Path, clock: Clock, first_open: Option<Day>) -> Self {
        let noted = Noted::read(dir, NOTED).unwrap_or_else(|error| {
            // Nothing is erased too soon for it: it goes on from what the store has.
            tracing::warn!(%error, "how far time had come could not be read; the newest envelopes tell");
            None
        });
        Self::start(clock, noted, first_open)
    }

    /// Goes on from what was noted; without that, from what the store has come to; without that, the clock is all there is.
    pub(crate) fn start(clock: Clock, noted: Option<Noted>, first_open: Option<Day>) -> Self {
        let stored = first_open
            .map(|day| Timestamp(u64::from(day.0).saturating_mul(Timestamp::DAY_SECONDS)));
        let mut noted = noted.unwrap_or_else(|| Noted {
            lived: stored.unwrap_or_else(|| clock.now()),
            expected: stored.unwrap_or_else(|| clock.now()),
            uptime: clock.uptime(),
        });
        noted = noted.at(clock.uptime());
        noted.lived = noted.lived.max(stored.unwrap_or_default());
        Self {
            clock,
            noted: Mutex::new(noted),
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn here(&self) -> Noted {
        self.noted().at(self.clock.uptime())
    }

    /// What the clock says, right or wrong: for dates that people read.
    pub(crate) fn told(&self) -> Timestamp {
        self.clock.now()
    }

    /// How long the machine has been up: for how long something takes, whatever becomes of the clock.
    pub(crate) fn uptime_seconds(&self) -> u64 {
        self.clock.uptime().seconds
    }

    /// What envelopes are filed and erased by, and whatever else must not go back.
    pub(crate) fn lived(&self) -> Timestamp {
        self.here().lived
    }

    /// The earliest that it may be: what has ended by this has ended. A clock that is ahead ends nothing before its time.
    pub(crate) fn earliest(&self) -> Timestamp {
        self.clock.now().min(self.here().expected)
    }

    /// By how many seconds the clock is ahead of what it should say; below zero when it is behind.
    pub(crate) fn ahead_seconds(&self) -> i64 {
        let told = i128::from(self.clock.now().0);
        let expected = i128::from(self.here().expected.0);
        i64::try_from(told - expected).unwrap_or(i64::MAX)
    }

    /// The clock was right at that moment: what it skipped was lived through as well.
    pub(crate) fn take(&self, right: &Noted) {
        let mut noted = self.noted();
        let uptime = self.clock.uptime();
        let (mut here, right) = (noted.at(uptime.clone()), right.at(uptime));
        let skipped = right.expected.0.saturating_sub(here.expected.0);
        here.lived = here.lived.plus(skipped);
        here.expected = right.expected;
        *noted = here;
    }

    /// Nothing is stored that it could end too soon: the clock is taken at its word.
    pub(crate) fn believe(&self) {
        self.take(&Noted::right(&self.clock));
    }

    /// Takes the host's word, if there is one in the relay's directory; says whether there was.
    pub(crate) fn take_confirmation(&self, dir: &Path) -> bool {
        let confirmed = match Noted::read(dir, CONFIRMED) {
            Ok(None) => return false,
            Ok(Some(confirmed)) => {
                self.take(&confirmed);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the host's word that the clock is right could not be read; run bellrope-relay confirm-clock again, as the user that the relay runs as");
                false
            }
        };
        // First what it says, or a loss of power takes both.
        if !confirmed || self.note(dir) {
            let _ = fs::remove_file(dir.join(CONFIRMED));
        }
        confirmed
    }

    /// Notes how far time has come; says whether it could.
    pub(crate) fn note(&self, dir: &Path) -> bool {
        let written = self.here().write(dir, NOTED);
        if let Err(error) = &written {
            tracing::warn!(%error, "how far time has come could not be noted; after a restart, envelopes stay for longer");
        }
        written.is_ok()
    }
}

/// Seconds, as a host reads them.
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        0..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / Timestamp::DAY_SECONDS),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::*;

    const DAY: u64 = Timestamp::DAY_SECONDS;
    const START: u64 = 20_000 * DAY;

    /// A machine whose clock and uptime a test sets.
    #[derive(Clone)]
    struct Machine(Arc<Mutex<(u64, Uptime)>>);

    impl Machine {
        fn new() -> Self {
            Self(Arc::new(Mutex::new((START, up("first", 100)))))
        }

        fn clock(&self) -> Clock {
            let (one, other) = (Arc::clone(&self.0), Arc::clone(&self.0));
            Clock::set(
                move || Timestamp(one.lock().unwrap().0),
                move || other.lock().unwrap().1.clone(),
            )
        }

        /// Time passes.
        fn live(&self, seconds: u64) {
            let mut machine = self.0.lock().unwrap();
            machine.0 += seconds;
            machine.1.seconds += seconds;
        }

        /// The clock is set.
        fn set(&self, told: u64) {
            self.0.lock().unwrap().0 = told;
        }

        /// It is off for so long, and then up for a minute.
        fn restart(&self, off: u64) {
            let mut machine = self.0.lock().unwrap();
            machine.0 += off + 60;
            machine.1 = up(&format!("{}+", machine.1.boot), 60);
        }
    }

    fn up(boot: &str, seconds: u64) -> Uptime {
        let boot = boot.to_owned();
        Uptime { boot, seconds }
    }

    fn noted(time: &LivedTime, dir: &Path) {
        assert!(time.note(dir));
    }

    #[test]
    fn a_clock_that_jumps_while_the_relay_runs_moves_nothing() {
        let machine = Machine::new();
        let time = LivedTime::start(machine.clock(), None, None);
        for wrong in [START + 60 * DAY, START + 400 * DAY, 0, u64::MAX] {
            machine.set(wrong);
            assert_eq!(time.lived(), Timestamp(START));
            assert!(time.earliest() <= Timestamp(START));
            assert!(time.ahead_seconds().unsigned_abs() >= 60 * DAY);
        }
        machine.set(START);
        machine.live(DAY);
        assert_eq!(time.lived(), Timestamp(START + DAY));
        assert_eq!(time.ahead_seconds(), 0);
    }

    #[test]
    fn a_restart_believes_what_the_machine_was_up_and_no_more() {
        let (machine, dir) = (Machine::new(), tempfile::tempdir().unwrap());
        noted(
            &LivedTime::open(dir.path(), machine.clock(), None),
            dir.path(),
        );
        // Another start of the program alone: the machine was up all the time.
        machine.live(3 * DAY);
        let time = LivedTime::open(dir.path(), machine.clock(), None);
        assert_eq!((time.lived().0, time.ahead_seconds()), (START + 3 * DAY, 0));
        // The clock is ahead at a start.
        machine.set(START + 63 * DAY);
        let time = LivedTime::open(dir.path(), machine.clock(), None);
        assert_eq!(time.lived().0, START + 3 * DAY);
        assert_eq!(time.earliest().0, START + 3 * DAY);
        machine.set(START + 3 * DAY);
        noted(&time, dir.path());
        // The machine was off for weeks, which nobody but the clock says.
        machine.restart(21 * DAY);
        let time = LivedTime::open(dir.path(), machine.clock(), None);
        assert_eq!(time.lived().0, START + 3 * DAY + 60);
        assert_eq!(time.ahead_seconds(), i64::try_from(21 * DAY).unwrap());
        // It comes to an end all the same.
        machine.live(14 * DAY);
        assert_eq!(time.lived().0, START + 17 * DAY + 60);
        noted(&time, dir.path());
        // Without a clock of its own, the machine begins in 1970 until the network tells the time.
        machine.restart(60);
        machine.set(60);
        let time = LivedTime::open(dir.path(), machine.clock(), None);
        assert_eq!(time.lived().0, START + 17 * DAY + 120);
        machine.set(START + 38 * DAY + 240);
        assert_eq!(time.ahead_seconds(), i64::try_from(21 * DAY + 120).unwrap());
    }

    #[test]
    fn the_host_says_that_the_clock_is_right() {
        let (machine, dir) = (Machine::new(), tempfile::tempdir().unwrap());
        let time = LivedTime::open(dir.path(), machine.clock(), None);
        noted(&time, dir.path());
        assert!(!time.take_confirmation(dir.path()));
        // While the relay runs.
        machine.set(START + 21 * DAY);
        Noted::right(&machine.clock()).confirm(dir.path()).unwrap();
        machine.live(10);
        assert!(time.take_confirmation(dir.path()));
        assert_eq!(
            (time.lived().0, time.ahead_seconds()),
            (START + 21 * DAY + 10, 0)
        );
        assert!(!time.take_confirmation(dir.path()), "once");
        // While it does not; the clock is wrong again when it starts.
        machine.live(7 * DAY);
        Noted::right(&machine.clock()).confirm(dir.path()).unwrap();
        machine.set(START + 400 * DAY);
        machine.live(10);
        let time = LivedTime::open(dir.path(), machine.clock(), None);
        assert!(time.take_confirmation(dir.path()));
        assert_eq!(time.lived().0, START + 28 * DAY + 20);
        // A clock that was ahead from the beginning, and is put right: lived time does not go back.
        machine.set(START);
        Noted::right(&machine.clock()).confirm(dir.path()).unwrap();
        assert!(time.take_confirmation(dir.path()));
        assert_eq!(
            (time.lived().0, time.ahead_seconds()),
            (START + 28 * DAY + 20, 0)
        );
        machine.live(DAY);
        assert_eq!(time.lived().0, START + 29 * DAY + 20);
    }

    #[test]
    fn without_a_note_the_store_tells() {
        let (machine, dir) = (Machine::new(), tempfile::tempdir().unwrap());
        machine.set(START + 60 * DAY);
        fs::write(dir.path().join(NOTED), "{\"lived\":").unwrap();
        let time = LivedTime::open(dir.path(), machine.clock(), Some(Day(20_000)));
        assert_eq!(time.lived().0, START);
        assert_eq!(time.ahead_seconds(), i64::try_from(60 * DAY).unwrap());
        // What the store has come to is not gone behind.
        noted(&time, dir.path());
        let time = LivedTime::open(dir.path(), machine.clock(), Some(Day(20_007)));
        assert_eq!(time.lived().0, START + 7 * DAY);
    }

    #[test]
    fn uptimes_of_unknown_starts_say_nothing() {
        assert_eq!(up("a", 50).since(&up("a", 20)), 30);
        assert_eq!(up("b", 50).since(&up("a", 20)), 50);
        assert_eq!(up("", 50).since(&up("", 20)), 0);
        assert_eq!(up("a", 10).since(&up("a", 20)), 0);
    }
}
