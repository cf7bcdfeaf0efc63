//! `confirm-clock`: the host's word that the machine's clock is right.

use super::{
    error::{CommandError, system},
    print,
};
use crate::{clock::Clock, config::Config, data_dir::DataDir, lived_time::Noted, status};

pub(super) fn confirm_clock(dir: &DataDir) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    let clock = Clock::system();
    let right = Noted::right(&clock);
    right.confirm(dir.path()).map_err(system(dir.path()))?;
    print(&format!(
        "the clock says {}; a running relay takes that within half a minute, another one when it is started: what has expired by then is erased",
        status::moment(Some(clock.now().0))
    ))
}
