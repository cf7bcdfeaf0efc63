//! `bellrope lock`: every program of this device forgets its keys.

use bellrope_client::{Device, Programs};

use super::erase::say_programs;
use crate::{command_error::CommandError, ui::Ui};

pub(super) fn lock(ui: &mut Ui) -> Result<u8, CommandError> {
    if !Device::is_in(&ui.dir) {
        return Err(ui.no_device());
    }
    let programs = Device::lock(&ui.dir)?;
    if programs == Programs::Ended {
        ui.status("lock-done", &[]);
    }
    Ok(say_programs(ui, programs))
}
