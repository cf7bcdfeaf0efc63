//! What a relay signed that does not fit together, in a file that another person can check.

use std::path::PathBuf;

use bellrope_proto::{
    address::RelayAddress,
    codec,
    ids::{Hash, Timestamp},
    keys::RelayKeys,
    receipt::{Commitment, Head, Restored},
    signing::Signed,
};
use data_encoding::{BASE64, HEXLOWER};

use super::{
    directory,
    files::{DeviceError, system},
    relays::known_relay,
    unlocked::Device,
};
use crate::{
    message::Seen,
    relay::{ChainFault, Contradiction, Cursor},
    text::moment_text,
};

const TITLE: &str = "bellrope evidence 1";

/// Writes the evidence; `None` when the relay signed nothing that could be shown to others, or when it is written already.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn keep_evidence(
    device: &Device,
    relay: &RelayAddress,
    what: &Contradiction,
    now: Timestamp,
) -> Result<Option<PathBuf>, DeviceError> {
    let fault = &what.fault;
    let head = |head: &Signed<Head>| Commitment::Head(head.clone());
    let said: Vec<Commitment> = match fault {
        ChainFault::OutOfOrder | ChainFault::NotSigned => return Ok(None),
        ChainFault::Mismatch { signed, before } => {
            let before = before.as_deref();
            [signed.as_ref()]
                .into_iter()
                .chain(before)
                .map(head)
                .collect()
        }
        ChainFault::RolledBack { before, now } => vec![head(before), head(now)],
        ChainFault::Promise(receipt) => vec![Commitment::Receipt(receipt.as_ref().clone())],
        ChainFault::Commitments(said) => said.clone(),
    };
    let lines = signed_lines(device, relay, &said, what.restored.as_ref());
    keep(device, relay, &place(fault), &lines, now)
}

/// What the relay signed, and its identity's word on the keys that it signed with: whoever has the address can check all
/// of it.
fn signed_lines(
    device: &Device,
    relay: &RelayAddress,
    said: &[Commitment],
    restored: Option<&Signed<Restored>>,
) -> String {
    let known = known_relay(device, relay.clone());
    let keys = known.keys();
    let of_said = said
        .iter()
        .map(|said| keys.find(|log| said.verify(log).map(drop)));
    let of_restored = restored.map(|said| keys.find(|log| said.verify(log).map(drop)));
    let found = of_said.chain(of_restored).filter_map(Result::ok);
    let mut statements: Vec<&Signed<RelayKeys>> = found.map(|found| found.1).collect();
    statements.dedup();
    let statements = statements
        .into_iter()
        .map(|statement| ("keys", codec::encode(statement)));
    let said = said.iter().map(|said| match said {
        Commitment::Receipt(receipt) => ("receipt", codec::encode(receipt)),
        Commitment::Head(head) => ("head", codec::encode(head)),
    });
    let restored = restored.map(|said| ("restored", codec::encode(said)));
    let pieces = statements.chain(said).chain(restored);
    pieces
        .map(|(kind, bytes)| format!("{kind} {}\n", BASE64.encode(&bytes)))
        .collect()
}

/// Writes down that somebody was shown another log than this device, which was at `after`. No proof by itself, as the relay
/// signed nothing of what the other saw: with what is on the other's device, it is.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn keep_other_log(
    device: &Device,
    relay: &RelayAddress,
    seen: &Seen,
    (after, now): (&Cursor, Timestamp),
) -> Result<Option<PathBuf>, DeviceError> {
    let mut lines = format!(
        "mailbox {}\ntheirs {} {}\nours {} {}\n",
        HEXLOWER.encode(&after.mailbox.0),
        seen.sequence.0,
        seen.head,
        after.sequence.0,
        after.head
    );
    let signed = after.signed_head.clone().map(Commitment::Head);
    lines.push_str(&signed_lines(device, relay, signed.as_slice(), None));
    keep(device, relay, &codec::encode(&(5_u8, seen)), &lines, now)
}

fn keep(
    device: &Device,
    relay: &RelayAddress,
    fault: &[u8],
    lines: &str,
    now: Timestamp,
) -> Result<Option<PathBuf>, DeviceError> {
    // One fault has one file, however often it is met.
    let name = Hash::tagged("evidence", &[&relay.key().0, fault]).to_string();
    let name = format!("{}.txt", name.get(..16).unwrap_or(&name));
    let path = device.files().public_path("evidence", &name)?;
    if path.exists() {
        return Ok(None);
    }
    let found = moment_text(now);
    let text = format!("{TITLE}\nrelay {relay}\nfound {found}\n{lines}");
    directory::replace(&path, text.as_bytes()).map_err(|error| system(&path, error))?;
    Ok(Some(path))
}

/// Where the relay contradicted itself: mailbox and sequence, and in which way.
fn place(fault: &ChainFault) -> Vec<u8> {
    let of_head = |head: &Signed<Head>| head.peek().ok().map(|head| (head.mailbox, head.sequence));
    let (kind, at) = match fault {
        ChainFault::OutOfOrder | ChainFault::NotSigned => (0_u8, None),
        ChainFault::Mismatch { signed, .. } => (1, of_head(signed)),
        ChainFault::RolledBack { before, .. } => (2, of_head(before)),
        ChainFault::Promise(receipt) => (3, Some((receipt.fact.mailbox, receipt.fact.sequence))),
        ChainFault::Commitments(said) => {
            let at = said.iter().find_map(|said| match said {
                Commitment::Receipt(receipt) => Some((receipt.fact.mailbox, receipt.fact.sequence)),
                Commitment::Head(head) => of_head(head),
            });
            (4, at)
        }
    };
    codec::encode(&(kind, at))
}
