//! What a host may know: counts, sizes, short mailbox ids. Never an address, a key or a whole id.

use std::path::Path;

use bellrope_proto::ids::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    filesystem::keeps_old_copies,
    health::{Trouble, Work},
    lived_time::{NOTICED_SECONDS, span},
    moments,
    store::Store,
};

/// What a store does not know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Now {
    /// By the clock.
    pub(crate) time: Timestamp,
    /// By how much that is ahead of the time that was lived through.
    pub(crate) clock_ahead_seconds: i64,
    /// What does not work.
    pub(crate) troubles: Vec<Trouble>,
    /// How long the writer has been at what it does now.
    pub(crate) writing_seconds: u64,
}

/// So long no commit takes on a disk that answers.
const HANGS_SECONDS: u64 = 10;

/// Which table of the README the keys are by.
const JSON_VERSION: u8 = 1;

/// It writes how it does every ten seconds; so long it may be kept from that by a slow disk.
const SILENT_SECONDS: u64 = 60;

/// The relay at one moment. As JSON, moments are in RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    /// When.
    #[serde(with = "moments")]
    pub(crate) time: u64,
    /// The program's version.
    pub(crate) version: String,
    /// Whether a relay runs; what follows is else as the last one left it.
    pub(crate) running: bool,
    /// By how many seconds the clock is ahead of the time that the relay has lived through; below zero when behind.
    #[serde(default)]
    pub(crate) clock_ahead_seconds: i64,
    /// What does not work.
    #[serde(default)]
    pub(crate) troubles: Vec<Trouble>,
    /// Since when the disk has not answered, if what is to be written waits for it.
    #[serde(default, with = "moments::optional")]
    pub(crate) waits_since: Option<u64>,
    /// Subscribers who are online.
    pub(crate) online: u64,
    /// Envelopes that are kept.
    pub(crate) envelopes: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// When the oldest of them arrived.
    #[serde(with = "moments::optional")]
    pub(crate) oldest: Option<u64>,
    /// Bytes that are left on the disk.
    pub(crate) disk_left: Option<u64>,
    /// A file system that keeps old copies of what is overwritten.
    #[serde(default)]
    pub(crate) keeps_old_copies: Option<String>,
    /// One for each mailbox.
    pub(crate) mailboxes: Vec<MailboxStatus>,
}

/// One mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MailboxStatus {
    /// The first eight hex digits of its id.
    pub(crate) id: String,
    /// The same of the mailbox that pays for it: an invitation's.
    pub(crate) under: Option<String>,
    /// The same of the one that took its account over.
    #[serde(default)]
    pub(crate) successor: Option<String>,
    /// Envelopes that are kept.
    pub(crate) envelopes: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// Bytes that it may hold.
    pub(crate) quota_bytes: u64,
    /// The newest place.
    pub(crate) sequence: u64,
    /// When the oldest envelope arrived.
    #[serde(with = "moments::optional")]
    pub(crate) oldest: Option<u64>,
    /// It takes posts until then.
    #[serde(with = "moments")]
    pub(crate) ends: u64,
}

impl Status {
    /// Looks at a store.
    pub(crate) fn of(store: &dyn Store, dir: &Path, online: Option<usize>, now: Now) -> Self {
        let mut mailboxes: Vec<MailboxStatus> = store
            .mailboxes()
            .iter()
            .map(|mailbox| {
                let usage = store.usage(mailbox.id);
                MailboxStatus {
                    id: mailbox.id.short(),
                    under: mailbox.sponsor.map(|sponsor| sponsor.short()),
                    successor: mailbox.successor.map(|successor| successor.short()),
                    envelopes: usage.envelopes,
                    bytes: usage.bytes,
                    quota_bytes: mailbox.quota_bytes,
                    sequence: store.tail(mailbox.id).sequence.0,
                    oldest: usage.oldest.map(|oldest| oldest.0),
                    ends: mailbox.ends.0,
                }
            })
            .collect();
        mailboxes.sort_by(|one, other| (&one.under, &one.id).cmp(&(&other.under, &other.id)));
        Self {
            time: now.time.0,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            running: online.is_some(),
            clock_ahead_seconds: now.clock_ahead_seconds,
            troubles: now.troubles,
            waits_since: (now.writing_seconds >= HANGS_SECONDS)
                .then(|| now.time.0.saturating_sub(now.writing_seconds)),
            online: online.unwrap_or_default() as u64,
            envelopes: mailboxes.iter().map(|mailbox| mailbox.envelopes).sum(),
            bytes: mailboxes.iter().map(|mailbox| mailbox.bytes).sum(),
            oldest: mailboxes.iter().filter_map(|mailbox| mailbox.oldest).min(),
            disk_left: disk_left(dir),
            keeps_old_copies: keeps_old_copies(dir),
            mailboxes,
        }
    }

    /// As a relay left it that does not run any more, whatever it was ended by.
    pub(crate) fn of_one_that_ended(mut self) -> Self {
        (self.running, self.online, self.waits_since) = (false, 0, None);
        self
    }

    /// Whether it does what it should: everything works, the clock is right, and it has said so lately.
    pub(crate) fn is_well(&self, now: Timestamp) -> bool {
        self.troubles.is_empty()
            && self.waits_since.is_none()
            && clock(self.clock_ahead_seconds).is_none()
            && !self.is_silent(now)
    }

    /// A relay that runs and does not write how it does has stopped working, or its disk has.
    fn is_silent(&self, now: Timestamp) -> bool {
        self.running && now.0.saturating_sub(self.time) > SILENT_SECONDS
    }

    /// For programs.
    ///
    /// # Errors
    /// None that can be: there is a text for every key.
    pub(crate) fn to_json(&self) -> serde_json::Result<serde_json::Value> {
        let mut json = serde_json::to_value(self)?;
        if let Some(object) = json.as_object_mut() {
            object.insert("v".to_owned(), JSON_VERSION.into());
        }
        Ok(json)
    }

    /// In words.
    pub(crate) fn to_text(&self, now: Timestamp) -> String {
        let mut lines = Vec::new();
        if self.running {
            let age = now.0.saturating_sub(self.time);
            lines.push(format!(
                "running, {} online; as of {age} s ago",
                self.online
            ));
        } else {
            lines.push(format!("not running; as of {}", moment(Some(self.time))));
        }
        if self.is_silent(now) {
            lines.push("THE RELAY IS SILENT: it should say every 10 s how it does; look into its log, see whether the disk is full, and restart it".to_owned());
        }
        lines.extend(self.waits_since.map(|since| format!(
            "THE DISK HAS NOT ANSWERED since {}: what is to be stored waits for it, and nobody gets a receipt; look into the system's log for its errors, and replace it if it goes on",
            moment(Some(since))
        )));
        lines.extend(self.troubles.iter().map(trouble));
        lines.extend(clock(self.clock_ahead_seconds));
        lines.push(format!(
            "{} mailboxes, {} envelopes, {}, oldest {}",
            self.mailboxes.len(),
            self.envelopes,
            size(self.bytes),
            moment(self.oldest),
        ));
        if let Some(left) = self.disk_left {
            lines.push(format!("disk left: {}", size(left)));
        }
        if let Some(kind) = &self.keeps_old_copies {
            lines.push(format!(
                "THE FILE SYSTEM ({kind}) keeps old copies of what is overwritten, the keys of expired days with it; move the relay's directory to ext4 or XFS, on an encrypted disk"
            ));
        }
        if self.running && self.is_well(now) {
            lines.push("store: opened soundly; stop the relay to check every envelope with bellrope-relay check".to_owned());
        }
        for mailbox in &self.mailboxes {
            let under = match (&mailbox.successor, &mailbox.under) {
                (Some(successor), _) => format!(" (succeeded by {successor})"),
                (None, Some(under)) => format!(" (invitation of {under})"),
                (None, None) => String::new(),
            };
            lines.push(format!(
                "mailbox {}{under}: {} envelopes, {} of {}, newest place {}, oldest {}, ends {}",
                mailbox.id,
                mailbox.envelopes,
                size(mailbox.bytes),
                size(mailbox.quota_bytes),
                mailbox.sequence,
                moment(mailbox.oldest),
                moment(Some(mailbox.ends)),
            ));
        }
        lines.join("\n")
    }
}

fn trouble(trouble: &Trouble) -> String {
    let (what, remedy) = match trouble.work {
        Work::Posts => (
            "POSTS ARE REFUSED",
            "make room, or replace the disk: it goes on by itself when the disk takes what is written",
        ),
        Work::Checkpoints => (
            "the store cannot put what was posted where it stays; posts are refused when the journal is full",
            "make room, or replace the disk",
        ),
        Work::Reads => (
            "SOME OF WHAT IS STORED CANNOT BE READ",
            "make room, or replace the disk; if it goes on, stop the relay and run bellrope-relay check",
        ),
        Work::Erasure => (
            "WHAT HAS EXPIRED IS NOT ERASED",
            "make room, or replace the disk; it is tried again every hour",
        ),
    };
    format!(
        "{what} since {}, last seen {}: {}; {remedy}",
        moment(Some(trouble.since)),
        moment(Some(trouble.last)),
        trouble.why
    )
}

fn clock(ahead: i64) -> Option<String> {
    let by = span(ahead.unsigned_abs());
    let where_it_is = if ahead >= NOTICED_SECONDS {
        "ahead of"
    } else if ahead <= -NOTICED_SECONDS {
        "behind"
    } else {
        return None;
    };
    Some(format!(
        "THE CLOCK is {by} {where_it_is} the time that this relay has lived through; nothing is erased on its word. If it is right, run bellrope-relay confirm-clock; otherwise set it right"
    ))
}

pub(crate) fn moment(seconds: Option<u64>) -> String {
    seconds
        .and_then(|seconds| i64::try_from(seconds).ok())
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(
            || "none".to_owned(),
            |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        )
}

fn size(bytes: u64) -> String {
    const UNITS: [(&str, u32); 3] = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (unit, shift) in UNITS {
        if bytes >> shift > 0 {
            let tenths = (u128::from(bytes) * 10) >> shift;
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} bytes")
}

fn disk_left(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(4096), "4.0 KiB");
        assert_eq!(size(1_610_612_736), "1.5 GiB");
    }
}
