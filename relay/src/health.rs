//! What the relay cannot do at the moment, since when, and why: for its host, who sees only `status`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bellrope_proto::ids::Timestamp;
use serde::{Deserialize, Serialize};

use crate::moments;

/// What may fail by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Work {
    /// Taking posts.
    Posts,
    /// Putting what was posted where it stays.
    Checkpoints,
    /// Reading what is stored, for who follows a mailbox.
    Reads,
    /// Erasing what has expired.
    Erasure,
}

/// Work that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    /// Which.
    pub(crate) work: Work,
    /// When it failed first, without having been done since.
    #[serde(with = "moments")]
    pub(crate) since: u64,
    /// When it failed last.
    #[serde(with = "moments")]
    pub(crate) last: u64,
    /// In the system's words.
    pub(crate) why: String,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Health {
    troubles: Mutex<Vec<Trouble>>,
    /// Since when the writer is at what it does now, by the machine's uptime: a disk that hangs fails nothing.
    writing: Mutex<Option<u64>>,
}

impl Health {
    fn all(&self) -> MutexGuard<'_, Vec<Trouble>> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> MutexGuard<'_, Option<u64>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The writer begins something, or has ended it.
    pub(crate) fn writes_since(&self, uptime_seconds: Option<u64>) {
        *self.writing() = uptime_seconds;
    }

    #[cfg(test)]
    pub(crate) fn is_writing(&self) -> bool {
        self.writing().is_some()
    }

    /// How long the writer has been at what it does now.
    pub(crate) fn writing_seconds(&self, uptime_seconds: u64) -> u64 {
        let begun = self.writing().unwrap_or(uptime_seconds);
        uptime_seconds.saturating_sub(begun)
    }

    /// It was done.
    pub(crate) fn done(&self, work: Work) {
        let mut all = self.all();
        let before = all.len();
        all.retain(|trouble| trouble.work != work);
        if all.len() < before {
            tracing::info!(?work, "works again");
        }
    }

    /// It failed.
    pub(crate) fn failed(&self, work: Work, at: Timestamp, why: &impl ToString) {
        let (last, why) = (at.0, why.to_string());
        let mut all = self.all();
        match all.iter_mut().find(|trouble| trouble.work == work) {
            Some(trouble) => (trouble.last, trouble.why) = (last, why),
            None => all.push(Trouble {
                work,
                since: last,
                last,
                why,
            }),
        }
    }

    /// What fails.
    pub(crate) fn troubles(&self) -> Vec<Trouble> {
        self.all().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_since_when_and_why_until_it_is_done() {
        let health = Health::default();
        health.failed(Work::Posts, Timestamp(5), &"full");
        health.failed(Work::Posts, Timestamp(9), &"broken");
        health.failed(Work::Erasure, Timestamp(9), &"broken");
        health.done(Work::Erasure);
        let trouble = Trouble {
            work: Work::Posts,
            since: 5,
            last: 9,
            why: "broken".to_owned(),
        };
        assert_eq!(health.troubles(), [trouble]);
        health.done(Work::Posts);
        assert_eq!(health.troubles(), []);
    }
}
