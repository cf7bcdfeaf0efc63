//! Looks at everything that is stored: every envelope's hash, every mailbox's chain.

use bellrope_proto::{
    ids::{MailboxId, Sequence},
    receipt::{first_head, next_head},
};

use super::{Item, Soundness, Store};

/// Read at a time.
const READ_BYTES: usize = 1024 * 1024;

/// A mailbox's faults, each on a line, are worth a screen and no more.
const FAULTS_MAX: usize = 100;

/// Follows the chain of each of these mailboxes from its beginning to its head.
pub(super) fn check(store: &dyn Store, mailboxes: &[MailboxId]) -> Soundness {
    let mut soundness = Soundness {
        mailboxes: store.mailboxes().len() as u64,
        ..Soundness::default()
    };
    for id in mailboxes {
        walk(store, *id, &mut soundness);
        if soundness.faults.len() >= FAULTS_MAX {
            break;
        }
    }
    soundness
}

fn walk(store: &dyn Store, id: MailboxId, soundness: &mut Soundness) {
    let tail = store.tail(id);
    let mut head = first_head(id);
    let mut at = Sequence(0);
    while at < tail.sequence {
        let items = match store.read_after(id, at, READ_BYTES) {
            Ok(items) => items,
            Err(error) => {
                let fault = format!("mailbox {} at {}: {error}", id.short(), at.next());
                soundness.faults.push(fault);
                return;
            }
        };
        for item in items {
            match item {
                Item::Kept(record) => {
                    head = next_head(head, record.hash);
                    at = at.next();
                    let sound = record.sequence == at
                        && record.hash == record.envelope.hash()
                        && record.head == head;
                    if !sound {
                        let fault = format!("mailbox {} at {at}: wrong hash", id.short());
                        soundness.faults.push(fault);
                        return;
                    }
                    soundness.envelopes = soundness.envelopes.saturating_add(1);
                }
                Item::Expired { hashes, .. } => {
                    for hash in hashes {
                        head = next_head(head, hash);
                        at = at.next();
                    }
                }
            }
        }
    }
    if head != tail.head {
        let fault = format!("mailbox {}: the chain does not end in its head", id.short());
        soundness.faults.push(fault);
    }
}
