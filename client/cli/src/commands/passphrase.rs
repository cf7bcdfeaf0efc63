//! `bellrope passphrase`: the same device under another passphrase.

use bellrope_client::Device;

use crate::{
    args::device::Passphrase,
    command_error::{CommandError, DONE},
    paths::GivenPath,
    ui::Ui,
};

pub(super) fn passphrase(ui: &mut Ui, args: &Passphrase) -> Result<u8, CommandError> {
    let (old, _) = ui.opened()?;
    let file = args.new_file.as_ref().map(GivenPath::meant);
    let new = ui.new_passphrase(file.as_deref())?;
    Device::change_passphrase(&ui.dir, &old, &new)?;
    ui.status("passphrase-changed", &[]);
    ui.passphrase_file_is_old();
    Ok(DONE)
}
