//! What a relay signed that does not fit together, in a file that another person can check.

use std::{io, path::PathBuf};

use bellrope_proto::{address::RelayAddress, codec, receipt::Receipt};
use data_encoding::BASE64;

use crate::{
    clock::{moment_text, now},
    device::Device,
    home,
    link::Broken,
};

const TITLE: &str = "bellrope evidence 1";

/// Writes the evidence; `None` when the relay signed nothing that could be shown to others.
///
/// # Errors
/// The system's.
pub fn keep(device: &Device, relay: &RelayAddress, broken: &Broken) -> io::Result<Option<PathBuf>> {
    let pieces: Vec<(&str, Vec<u8>)> = match broken {
        Broken::OutOfOrder | Broken::NotSigned => return Ok(None),
        Broken::Mismatch { signed, before } => {
            let mut pieces = vec![("head", codec::encode(signed.as_ref()))];
            let before = before.as_ref().map(|before| codec::encode(before.as_ref()));
            pieces.extend(before.map(|before| ("head", before)));
            pieces
        }
        Broken::RolledBack { before, now } => vec![
            ("head", codec::encode(before.as_ref())),
            ("head", codec::encode(now.as_ref())),
        ],
        Broken::Promise(receipt) => vec![("receipt", codec::encode::<Receipt>(receipt.as_ref()))],
    };
    let at = now();
    let mut text = format!("{TITLE}\nrelay {relay}\nfound {}\n", moment_text(at));
    for (kind, bytes) in pieces {
        text.push_str(&format!("{kind} {}\n", BASE64.encode(&bytes)));
    }
    let folder = device.home().folder("evidence")?;
    let path = folder.join(format!("{}.txt", at.0));
    home::replace(&path, text.as_bytes())?;
    Ok(Some(path))
}
