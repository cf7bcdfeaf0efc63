//! Why a command failed, with what to do.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use crate::{
    config::ConfigError,
    store::{StoreError, disk::OpenError},
};

/// Why a command failed, with what to do.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(
        "{0} has a relay already; its identity is what clients know, and is not replaced; bellrope-relay address prints its address"
    )]
    Taken(PathBuf),
    #[error(
        "relay.key in {0} cannot be read ({1}); if it is another user's, run this as the user that the relay runs as; if it is damaged, put your copy of it there. Without it the relay's address is lost: no other key can take its place"
    )]
    Identity(PathBuf, #[source] io::Error),
    #[error(
        "there is no relay.key in {0}; put your copy of it there for this. No other key can take its place: when there is no copy and no online.keys, the relay's address is lost, and another relay has to be made in an empty directory"
    )]
    NoIdentity(PathBuf),
    #[error(
        "relay.key in {0} is another relay's than online.keys beside it; put the right one there"
    )]
    OtherIdentity(PathBuf),
    #[error(
        "online.keys in {0} cannot be read ({1}); bellrope-relay rotate-keys makes new ones, with relay.key"
    )]
    OnlineKeys(PathBuf, #[source] io::Error),
    #[error("{0}: {1}; check that the directory is yours and that the disk is not full")]
    System(PathBuf, #[source] io::Error),
    #[error(
        "cannot listen on {0} ({1}); choose another port in relay.toml, or allow this one: see the README"
    )]
    Listen(SocketAddr, #[source] io::Error),
    #[error("no relay runs here, so nobody knows its port; set port in relay.toml, or start it")]
    NoPort,
    #[error(
        "the relay is running, and its status cannot be read ({0}); try again in a few seconds, as the user that it runs as"
    )]
    NoStatus(#[source] io::Error),
    #[error(
        "no relay runs here, and what the last one wrote of itself cannot be read ({0}); start it with bellrope-relay run"
    )]
    NoLastStatus(#[source] io::Error),
    #[error("no relay has run in {0} yet; start it with bellrope-relay run")]
    NeverRan(PathBuf),
    #[error(
        "the file named restored in {0} cannot be read ({1}); run bellrope-relay restored again if an old copy was put back, or remove the file"
    )]
    Restored(PathBuf, #[source] io::Error),
    #[error("the store could not be checked ({0}); restore a backup")]
    Check(#[source] StoreError),
    #[error("the store is damaged; restore a backup")]
    Unsound,
    #[error("the system has no random numbers ({0}); nothing is safe without")]
    Random(#[source] io::Error),
    #[error("the relay stopped: {0}")]
    Stopped(#[source] io::Error),
    #[error("the output could not be written: {0}")]
    Output(#[source] io::Error),
}

pub(super) fn system(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.to_owned();
    move |error| CommandError::System(path, error)
}
