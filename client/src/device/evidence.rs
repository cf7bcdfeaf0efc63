//! What a relay signed that does not fit together, in a file that another person can check.

use std::path::PathBuf;

use bellrope_proto::{
    address::RelayAddress,
    codec,
    ids::{Hash, Timestamp},
    receipt::{Commitment, Head, Receipt},
    signing::Signed,
};
use data_encoding::{BASE64, HEXLOWER};

use super::{
    directory,
    files::{DeviceError, system},
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
    let mut pieces: Vec<(&str, Vec<u8>)> = match fault {
        ChainFault::OutOfOrder | ChainFault::NotSigned => return Ok(None),
        ChainFault::Mismatch { signed, before } => {
            let mut pieces = vec![("head", codec::encode(signed.as_ref()))];
            let before = before.as_ref().map(|before| codec::encode(before.as_ref()));
            pieces.extend(before.map(|before| ("head", before)));
            pieces
        }
        ChainFault::RolledBack { before, now } => vec![
            ("head", codec::encode(before.as_ref())),
            ("head", codec::encode(now.as_ref())),
        ],
        ChainFault::Promise(receipt) => {
            vec![("receipt", codec::encode::<Receipt>(receipt.as_ref()))]
        }
        ChainFault::Commitments(said) => {
            let piece = |said: &Commitment| match said {
                Commitment::Receipt(receipt) => ("receipt", codec::encode(receipt)),
                Commitment::Head(head) => ("head", codec::encode(head)),
            };
            said.iter().map(piece).collect()
        }
    };
    let restored = what.restored.as_ref();
    pieces.extend(restored.map(|said| ("restored", codec::encode(said))));
    let mut lines = String::new();
    for (kind, bytes) in pieces {
        lines.push_str(&format!("{kind} {}\n", BASE64.encode(&bytes)));
    }
    keep(device, relay, &place(fault), &lines, now)
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
    if let Some(signed) = &after.signed_head {
        lines.push_str(&format!("head {}\n", BASE64.encode(&codec::encode(signed))));
    }
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
