//! The relay's identity and the keys that it works with: where they are, or why they are not; and new ones.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Relay, SecretKey},
};

use super::{
    error::{CommandError, system},
    print,
};
use crate::{
    clock::Clock,
    config::Config,
    data_dir::DataDir,
    online_keys::{OnlineKeys, Seeds},
    random,
    store::disk::Disk,
};

/// The identity of a relay that is here, or was.
pub(super) fn identity(dir: &DataDir) -> Result<SecretKey<Relay>, CommandError> {
    find_identity(dir)?.ok_or_else(|| CommandError::NoIdentity(dir.path().to_owned()))
}

/// The relay's identity; `None` when it is not here.
pub(super) fn find_identity(dir: &DataDir) -> Result<Option<SecretKey<Relay>>, CommandError> {
    dir.identity()
        .map_err(|error| CommandError::Identity(dir.path().to_owned(), error))
}

pub(super) fn find_online_keys(dir: &DataDir) -> Result<Option<OnlineKeys>, CommandError> {
    dir.online_keys()
        .map_err(|error| CommandError::OnlineKeys(dir.path().to_owned(), error))
}

/// The keys that the relay works with. They are made when there are none, as in a copy that was made without them.
pub(super) fn online_keys(dir: &DataDir) -> Result<OnlineKeys, CommandError> {
    match find_online_keys(dir)? {
        Some(keys) => Ok(keys),
        None => make_online_keys(dir, Timestamp(0)),
    }
}

/// Makes and keeps keys that were issued later than `replaced`, also when the clock went back.
pub(super) fn make_online_keys(
    dir: &DataDir,
    replaced: Timestamp,
) -> Result<OnlineKeys, CommandError> {
    let identity = identity(dir)?;
    let seeds = Seeds::make(random::fill).map_err(CommandError::Random)?;
    let issued = Clock::system().now().max(replaced.plus(1));
    let keys = OnlineKeys::certify(&identity, &seeds, issued);
    dir.store_online_keys(&keys).map_err(system(dir.path()))?;
    Ok(keys)
}

/// Replaces the keys that the relay works with. Those that cannot be read are replaced like others.
pub(super) fn replace_online_keys(dir: &DataDir) -> Result<OnlineKeys, CommandError> {
    let replaced = dir.online_keys().ok().flatten();
    let relay = identity(dir)?.public();
    if replaced.as_ref().is_some_and(|keys| keys.relay() != relay) {
        return Err(CommandError::OtherIdentity(dir.path().to_owned()));
    }
    make_online_keys(dir, replaced.map_or(Timestamp(0), |keys| keys.issued()))
}

pub(super) fn rotate_keys(dir: &DataDir) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    // Opened, so that no relay is running: it would go on with the old ones, and refuse the new tokens.
    Disk::open(&dir.store_dir())?;
    replace_online_keys(dir)?;
    print(
        "the relay has new keys, and the address that it had; tokens that were not used yet no longer work, so make new ones; start it now",
    )
}
