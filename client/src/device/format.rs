//! Which format the files of a directory have. In clear, so that a person hears of it before typing a passphrase.
//!
//! A release reads every format of a release before it: where it opens an older one, it changes the files step by step under the
//! state's lock, writes the new number last, and so goes on after a crash. There was no release yet: formats 1, which
//! had no number, and 2 are refused.

use std::path::Path;

use super::{
    directory::{self, Directory},
    files::{DeviceError, damaged, system},
};

const FILE: &str = "format";
const TITLE: &str = "bellrope device ";

/// What this program reads and writes.
const FORMAT: u16 = 9;

/// Writes down what this program writes.
pub(super) fn write(directory: &Directory) -> Result<(), DeviceError> {
    let path = directory.path(FILE);
    directory::replace(&path, format!("{TITLE}{FORMAT}\n").as_bytes())
        .map_err(|error| system(&path, error))
}

/// Whether a directory is a device's, of whatever format that has a number.
pub(super) fn is_there(dir: &Path) -> bool {
    let text = directory::read(&dir.join(FILE)).ok().flatten();
    text.is_some_and(|text| text.starts_with(TITLE.as_bytes()))
}

/// Whether this program can read what is in a directory.
///
/// # Errors
/// [`DeviceError::Newer`], [`DeviceError::Older`], [`DeviceError::Damaged`].
pub(super) fn check(dir: &Path) -> Result<(), DeviceError> {
    let path = dir.join(FILE);
    let text = directory::read(&path).map_err(|error| system(&path, error))?;
    let Some(text) = text else {
        return Err(DeviceError::Older);
    };
    let number: u16 = std::str::from_utf8(&text)
        .ok()
        .and_then(|text| text.trim_end().strip_prefix(TITLE))
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| damaged(FILE, "it has no number"))?;
    match number {
        FORMAT => Ok(()),
        newer if newer > FORMAT => Err(DeviceError::Newer),
        _ => Err(DeviceError::Older),
    }
}
