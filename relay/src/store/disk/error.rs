//! What to tell a host when something on disk is not as it should be.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why the store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{dir} is in use by the relay with process number {pid}; stop that one first")]
    Held {
        /// Which directory.
        dir: PathBuf,
        /// Who.
        pid: String,
    },
    /// It is somebody else's.
    #[error(
        "{path} belongs to the user with number {owner}, and this runs as {me}: run it as that user, or give the whole directory to the one that the relay runs as, with chown -R"
    )]
    Foreign {
        /// What.
        path: PathBuf,
        /// Whose.
        owner: u32,
        /// Who asks.
        me: u32,
    },
    /// Another version wrote it.
    #[error(
        "{0} was written by another version of bellrope-relay; use that one, or update this one"
    )]
    OtherVersion(PathBuf),
    /// An earlier state of this program wrote it, whose chains had no times.
    #[error(
        "{0} was written by an earlier bellrope-relay, whose receipts this one could not keep; nothing was changed: go on with that program until what it holds has expired, or start with an empty directory and give new tokens"
    )]
    Earlier(PathBuf),
    /// It does not open. Nothing was changed.
    #[error(
        "{path} is damaged ({why}); restore the directory from a backup, or move {path} away to go on without it: what was in it is then lost"
    )]
    Damaged {
        /// What.
        path: PathBuf,
        /// In the database's words.
        #[source]
        why: io::Error,
    },
    /// The system said no.
    #[error(
        "{path}: {error}; check that the directory is yours, and that the disk is neither full nor failing"
    )]
    System {
        /// Where.
        path: PathBuf,
        /// What it said.
        #[source]
        error: io::Error,
    },
}

impl From<OpenError> for io::Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::System { error, .. } => error,
            other => Self::new(io::ErrorKind::InvalidData, other),
        }
    }
}

/// An error at this path, which is damage or the system's no.
pub(super) fn system(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |error| match error.kind() {
        io::ErrorKind::InvalidData => OpenError::Damaged { path, why: error },
        _ => OpenError::System { path, error },
    }
}

/// What was read is not what was written.
pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} is damaged"))
}
