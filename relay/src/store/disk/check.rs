//! Looks at everything that is stored: every envelope's hash, every mailbox's chain.

use bellrope_proto::ids::MailboxId;

use crate::store::{CheckReport, LogItem, Store, Tail};

/// Read at a time.
const READ_BYTES: usize = 1024 * 1024;

/// A mailbox's faults, each on a line, are worth a screen and no more.
const FAULTS_MAX: usize = 100;

/// Follows the chain of each of these mailboxes from its beginning to its head.
pub(super) fn check(store: &dyn Store, mailboxes: &[MailboxId]) -> CheckReport {
    let mut report = CheckReport {
        mailboxes: store.mailboxes().len() as u64,
        ..CheckReport::default()
    };
    for id in mailboxes {
        walk(store, *id, &mut report);
        if report.faults.len() >= FAULTS_MAX {
            break;
        }
    }
    report
}

fn walk(store: &dyn Store, id: MailboxId, report: &mut CheckReport) {
    let end = store.tail(id);
    let mut at = Tail::start(id);
    while at.sequence < end.sequence {
        let items = match store.read_after(id, at.sequence, READ_BYTES) {
            Ok(items) => items,
            Err(error) => {
                let place = at.sequence.next();
                let fault = format!("mailbox {} at {place}: {error}", id.short());
                report.faults.push(fault);
                return;
            }
        };
        for item in items {
            match item {
                LogItem::Kept(record) => {
                    at = at.next(record.leaf());
                    if record.tail() != at || record.hash != record.envelope.hash() {
                        let place = at.sequence;
                        let fault = format!("mailbox {} at {place}: wrong hash", id.short());
                        report.faults.push(fault);
                        return;
                    }
                    report.envelopes = report.envelopes.saturating_add(1);
                }
                LogItem::Expired { leaves, .. } => {
                    at = leaves.into_iter().fold(at, Tail::next);
                }
            }
        }
    }
    if at.head != end.head {
        let fault = format!("mailbox {}: the chain does not end in its head", id.short());
        report.faults.push(fault);
    }
}
