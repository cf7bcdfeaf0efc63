//! `bellrope attachment`: lists what goes with an alert, and writes one of it into a file for the programs that show such things. Nothing of it is
//! shown here.

use std::{io::ErrorKind, path::PathBuf};

use bellrope_client::{
    Incomplete, fetch_parts, new_private_file,
    show::{AttachmentView, ReceivedAlert},
    text::escape,
};
use serde_json::json;

use super::inbox;
use crate::{
    args::Attachment,
    command_error::{CommandError, DONE},
    paths::GivenPath,
    ui::{Background, Ui},
};

pub(super) fn attachment(ui: &mut Ui, args: &Attachment) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, &args.case)?;
    let Some(number) = args.number else {
        list(ui, &alert, args.json)?;
        return Ok(DONE);
    };
    let mut all = alert.attachments.iter();
    let view = all.find(|view| view.number == number).ok_or_else(|| {
        let count = alert.attachments.len().to_string();
        CommandError::with("error-attachment-none", vec![("count", count)]).misuse()
    })?;
    let mut whole = received.attachment(&alert, view);
    if let Err(Incomplete::Missing(count)) = whole
        && !args.offline
    {
        // It may have gone by before the alert was here.
        ui.status("attachment-looks", &[("count", count.into())]);
        received.await_attachments(&alert)?;
        if let Err(error) = Background::start()?.wait(fetch_parts(&device)) {
            ui.failed(error);
        }
        whole = received.attachment(&alert, view);
    }
    let whole = whole.map_err(incomplete)?;
    let given = args.save.as_ref().map(GivenPath::meant);
    let path = given.unwrap_or_else(|| PathBuf::from(view.file_name(&alert)));
    let file = path.display().to_string();
    new_private_file(&path, &whole).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            CommandError::with("error-file-exists", vec![("file", file.clone())]).misuse()
        }
        _ => CommandError::of_file(&file, &error),
    })?;
    if args.json {
        let mut said = view.to_json();
        if let Some(said) = said.as_object_mut() {
            said.insert("file".to_owned(), json!(file));
        }
        ui.json(said)?;
    } else {
        ui.print("attachment-saved", &[("file", escape(&file).into())])?;
    }
    ui.status("attachment-is-open", &[]);
    Ok(DONE)
}

fn list(ui: &mut Ui, alert: &ReceivedAlert, as_json: bool) -> Result<(), CommandError> {
    for view in &alert.attachments {
        if as_json {
            ui.json(AttachmentView::to_json(view))?;
        } else {
            let line = view.line(&ui.messages);
            ui.content(&line)?;
        }
    }
    if alert.attachments.is_empty() && !as_json {
        ui.status("attachment-none", &[]);
    }
    Ok(())
}

fn incomplete(error: Incomplete) -> CommandError {
    match error {
        Incomplete::Missing(count) => CommandError::with(
            "error-attachment-missing",
            vec![("count", count.to_string())],
        ),
        Incomplete::Different => CommandError::new("error-attachment-different"),
        Incomplete::Device(error) => error.into(),
    }
}
