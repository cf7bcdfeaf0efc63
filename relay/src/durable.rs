//! Files and directories that only their owner reads, and that a loss of power does not take away once
//! they were said to be there. Whatever waits for the disk, waits here: tests record it.

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
    sync_file(&file, &dir.join(name))?;
    sync_dir(dir)
}

/// Puts these bytes in a file's place: a loss of power leaves what was there before, or this.
pub(crate) fn replace_file(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = NamedTempFile::with_prefix_in(".new-", dir)?;
    file.write_all(bytes)?;
    sync_file(file.as_file(), file.path())?;
    file.persist(dir.join(name))?;
    sync_dir(dir)
}

/// Makes the names in a directory last.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()?;
    #[cfg(test)]
    crate::recorded::dir_synced(dir);
    Ok(())
}

/// Makes a file's bytes last. Its name is the directory's.
pub(crate) fn sync_file(file: &File, path: &Path) -> io::Result<()> {
    // With what is needed to find the bytes again, also when it grew; only times may be older.
    file.sync_data()?;
    #[cfg(test)]
    crate::recorded::file_synced(path);
    // Read by the tests alone.
    let _ = path;
    Ok(())
}
