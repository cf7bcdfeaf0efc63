//! `restored`: an old copy of the directory was put back.

use bellrope_proto::{ids::Timestamp, receipt::Restored};

use super::{
    error::{CommandError, system},
    keys::replace_online_keys,
    print,
};
use crate::{
    clock::Clock,
    config::Config,
    data_dir::DataDir,
    status::Status,
    store::{Store as _, disk::Disk},
};

pub(super) fn note_restored(dir: &DataDir) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    let now = Clock::system().now();
    // Opened, so that no relay is running: its clients would be told too late.
    let (store, _) = Disk::open(&dir.store_dir())?;
    let noted = dir
        .status()
        .ok()
        .and_then(|json| serde_json::from_str::<Status>(&json).ok());
    let newest = store.first_open_day().map_or(0, |day| u64::from(day.0));
    let newest = newest.saturating_mul(Timestamp::DAY_SECONDS);
    let copied = noted.map_or(newest, |status| status.time).min(now.0);
    // Tokens that were used after the copy was made are new to it; and clients that have seen later keys
    // take none of before.
    let keys = replace_online_keys(dir)?;
    dir.note_restored(&Restored {
        relay: keys.relay(),
        copied: Timestamp(copied),
        restored: now,
    })
    .map_err(system(dir.path()))?;
    let moment = i64::try_from(copied)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    print(&format!(
        "clients will be told that this relay was restored from a copy of {}; tokens that were not used yet no longer work; start it now",
        moment.map_or_else(|| "long ago".to_owned(), |moment| moment.to_string())
    ))
}
