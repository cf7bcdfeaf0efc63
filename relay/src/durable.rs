//! Files and directories that only their owner reads, and that a loss of power does not take away once
//! they were said to be there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use tempfile::NamedTempFile;

/// Makes a directory that only its owner reads, and makes its name last: also when it is there already, as whoever made it
/// may have ended before it was on disk.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    if !dir.is_dir() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)?;
    }
    match dir.parent() {
        Some(parent) if parent.is_dir() => sync_dir(parent),
        _ => Ok(()),
    }
}

/// Makes a file that only its owner reads. It never replaces one.
pub(crate) fn create_file(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(dir.join(name))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_dir(dir)
}

/// Puts these bytes in a file's place: a loss of power leaves what was there before, or this.
pub(crate) fn replace_file(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = NamedTempFile::with_prefix_in(".new-", dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(dir.join(name))?;
    sync_dir(dir)
}

/// Makes the names in a directory last.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
