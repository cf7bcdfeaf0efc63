//! Answers to a defender: shown once, by whichever command comes first.

use bellrope_client::{Device, show::Answers};

use crate::{command_error::CommandError, ui::Ui};

/// Shows what nobody was shown yet, and then notes it: after a crash in between it is shown again.
pub(super) fn show(ui: &mut Ui, device: &Device, as_json: bool) -> Result<(), CommandError> {
    let answers = Answers::unshown(device);
    for answer in &answers.answers {
        if as_json {
            ui.json(answer.to_json())?;
        } else {
            let text = answer.text(&ui.messages);
            ui.content(&text)?;
            ui.content("")?;
        }
    }
    shown(ui, device, &answers);
    Ok(())
}

/// The same beside what a command says, where that is not for them.
pub(super) fn say(ui: &mut Ui, device: &Device) {
    let answers = Answers::unshown(device);
    for answer in &answers.answers {
        let text = answer.text(&ui.messages);
        ui.output.status(&text);
    }
    shown(ui, device, &answers);
}

fn shown(ui: &mut Ui, device: &Device, answers: &Answers) {
    if answers.answers.iter().any(|answer| !answer.text.is_empty()) {
        ui.status("answers-not-kept", &[]);
    }
    if let Err(error) = answers.shown(device) {
        ui.failed(error.into());
    }
}
