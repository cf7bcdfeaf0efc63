//! `bellrope erase`: everything on the device unreadable, at once and for ever.

use bellrope_client::{Device, Programs, text::escape};

use crate::{
    args::device::Erase,
    asking::Shape,
    command_error::{CommandError, DONE, FAILED},
    ui::Ui,
};

/// A typing error or two is nobody's fault.
const TRIES: usize = 3;

pub(super) fn erase(ui: &mut Ui, args: &Erase) -> Result<u8, CommandError> {
    if !Device::has_rest(&ui.dir) {
        return Err(ui.no_device());
    }
    if !args.yes {
        confirm(ui)?;
    }
    let dir = escape(&ui.dir.display().to_string());
    let dir = [("dir", dir.into())];
    let keys = Device::destroy_keys(&ui.dir)?;
    ui.status("erase-keys", &[]);
    if !keys.is_overwritten() {
        ui.status("erase-keys-removed", &[]);
    }
    let programs = keys.remove_rest()?;
    ui.status("erase-done", &dir);
    Ok(say_programs(ui, programs))
}

/// A word, as Enter is pressed by mistake.
fn confirm(ui: &mut Ui) -> Result<(), CommandError> {
    if !ui.is_attended() {
        return Err(CommandError::new("error-erase-needs-yes").misuse());
    }
    let dir = escape(&ui.dir.display().to_string());
    ui.status("erase-cost", &[("dir", dir.into())]);
    let word = ui.messages.plain("erase-word");
    let question = ui.messages.plain("ask-erase");
    for _ in 0..TRIES {
        let answer = ui.answer(Shape::Line, &question, "")?;
        let typed = answer.trim().trim_matches(['"', '“', '”', '«', '»']);
        if typed.to_lowercase() == word {
            return Ok(());
        }
        if typed.is_empty() {
            break;
        }
    }
    Err(CommandError::new("error-not-erased"))
}

/// What became of the programs that had the keys, and how the command ends.
pub(super) fn say_programs(ui: &mut Ui, programs: Programs) -> u8 {
    match programs {
        Programs::Ended => DONE,
        Programs::Remain => {
            ui.status("programs-remain", &[]);
            FAILED
        }
        Programs::Unseen => {
            ui.status("programs-unseen", &[]);
            FAILED
        }
    }
}
