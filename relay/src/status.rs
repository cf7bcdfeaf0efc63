//! What a host may know: counts, sizes, short mailbox ids. Never an address, a key or a whole id.

use std::path::Path;

use bellrope_proto::ids::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::{CheckReport, Store};

/// The relay at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    /// When, in seconds since 1970.
    pub(crate) time: u64,
    /// The program's version.
    pub(crate) version: String,
    /// Whether a relay runs, or the store was opened to look.
    pub(crate) running: bool,
    /// Subscribers who are online.
    pub(crate) online: u64,
    /// Envelopes that are kept.
    pub(crate) envelopes: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// When the oldest of them arrived.
    pub(crate) oldest: Option<u64>,
    /// Bytes that are left on the disk.
    pub(crate) disk_left: Option<u64>,
    /// Faults that were found: none, or not looked for while running.
    pub(crate) faults: Option<Vec<String>>,
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
    /// Envelopes that are kept.
    pub(crate) envelopes: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// Bytes that it may hold.
    pub(crate) quota_bytes: u64,
    /// The newest place.
    pub(crate) sequence: u64,
    /// When the oldest envelope arrived.
    pub(crate) oldest: Option<u64>,
    /// It takes posts until then.
    pub(crate) ends: u64,
}

impl Status {
    /// Looks at a store.
    pub(crate) fn of(store: &dyn Store, dir: &Path, online: Option<usize>, now: Timestamp) -> Self {
        let mut mailboxes: Vec<MailboxStatus> = store
            .mailboxes()
            .iter()
            .map(|mailbox| {
                let usage = store.usage(mailbox.id);
                MailboxStatus {
                    id: mailbox.id.short(),
                    under: mailbox.sponsor.map(|sponsor| sponsor.short()),
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
            time: now.0,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            running: online.is_some(),
            online: online.unwrap_or_default() as u64,
            envelopes: mailboxes.iter().map(|mailbox| mailbox.envelopes).sum(),
            bytes: mailboxes.iter().map(|mailbox| mailbox.bytes).sum(),
            oldest: mailboxes.iter().filter_map(|mailbox| mailbox.oldest).min(),
            disk_left: disk_left(dir),
            faults: None,
            mailboxes,
        }
    }

    /// With what a check found.
    pub(crate) fn checked(mut self, report: CheckReport) -> Self {
        self.faults = Some(report.faults);
        self
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
            lines.push("not running".to_owned());
        }
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
        match &self.faults {
            None => lines.push("store: opened soundly; stop the relay to check every envelope with bellrope-relay check".to_owned()),
            Some(faults) if faults.is_empty() => lines.push("store: sound, every envelope checked".to_owned()),
            Some(faults) => {
                lines.push("store: DAMAGED; restore a backup".to_owned());
                lines.extend(faults.iter().map(|fault| format!("  {fault}")));
            }
        }
        for mailbox in &self.mailboxes {
            let under = match &mailbox.under {
                Some(under) => format!(" (invitation of {under})"),
                None => String::new(),
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

fn moment(seconds: Option<u64>) -> String {
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
