//! `check`: goes through everything that is stored.

use super::{error::CommandError, print};
use crate::{
    config::Config,
    data_dir::DataDir,
    store::{Store as _, disk::Disk},
};

pub(super) fn check(dir: &DataDir) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    let (store, _) = Disk::open(&dir.store_dir())?;
    let report = store.check().map_err(CommandError::Check)?;
    print(&format!(
        "{} mailboxes, {} envelopes, {} faults",
        report.mailboxes,
        report.envelopes,
        report.faults.len()
    ))?;
    for fault in &report.faults {
        print(fault)?;
    }
    if report.faults.is_empty() {
        Ok(())
    } else {
        Err(CommandError::Unsound)
    }
}
