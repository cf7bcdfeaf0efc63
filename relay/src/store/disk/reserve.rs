//! A little of the disk that is kept for when it is full: a start has to write where nothing was settled yet, and what others filled
//! must not keep anybody from reading. Where a file system compresses or shares blocks there is less behind it.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

const NAME: &str = "reserve";

#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
    bytes: u64,
}

impl Reserve {
    pub(super) fn new(dir: &Path, bytes: u64) -> Self {
        Self {
            path: dir.join(NAME),
            bytes,
        }
    }

    /// Lets it go; says whether there was one.
    fn release(&self) -> bool {
        fs::remove_file(&self.path).is_ok()
    }

    /// The same, if that is needed where so much is left.
    pub(super) fn release_at(&self, left: u64) {
        if left < self.bytes && self.release() {
            tracing::warn!(
                "the disk is full; what was kept in reserve was let go, so that what is stored can be read"
            );
        }
    }

    /// Keeps it again, if there is room for it and more. What does not work now is tried again after a while.
    pub(super) fn keep_at(&self, left: u64) {
        let has_room = left > self.bytes.saturating_mul(4);
        if !has_room || self.path.exists() {
            return;
        }
        if self.fill().is_err() {
            self.release();
        }
    }

    /// Not waited for: after a loss of power there is another.
    fn fill(&self) -> io::Result<()> {
        const CHUNK: [u8; 4096] = [0x5a; 4096];
        let mut file = File::create(&self.path)?;
        for _ in 0..self.bytes / CHUNK.len() as u64 {
            file.write_all(&CHUNK)?;
        }
        Ok(())
    }
}
