//! What a relay signed that does not fit together, in a file that another person can check.

use std::path::PathBuf;

use bellrope_proto::{address::RelayAddress, codec, ids::Timestamp, receipt::Receipt};
use data_encoding::BASE64;

use super::{
    directory,
    files::{DeviceError, system},
    unlocked::Device,
};
use crate::{relay::ChainFault, text::moment_text};

const TITLE: &str = "bellrope evidence 1";

/// Writes the evidence; `None` when the relay signed nothing that could be shown to others.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn keep_evidence(
    device: &Device,
    relay: &RelayAddress,
    fault: &ChainFault,
    now: Timestamp,
) -> Result<Option<PathBuf>, DeviceError> {
    let pieces: Vec<(&str, Vec<u8>)> = match fault {
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
    };
    let mut text = format!("{TITLE}\nrelay {relay}\nfound {}\n", moment_text(now));
    for (kind, bytes) in pieces {
        text.push_str(&format!("{kind} {}\n", BASE64.encode(&bytes)));
    }
    let path = device
        .files()
        .public_path("evidence", &format!("{}.txt", now.0))?;
    directory::replace(&path, text.as_bytes()).map_err(|error| system(&path, error))?;
    Ok(Some(path))
}
