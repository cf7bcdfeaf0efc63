//! `bellrope attachment`: lists what goes with an alert or was added to its case, and writes one of it into a file for the programs that show such
//! things. Nothing of it is shown here. That an original was saved is told in the case before it is.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

use bellrope_client::{
    CaseError, ComposeError, Device, EngineOptions, Incomplete, MessageId, fetch_parts,
    new_private_file, now, say_saved,
    show::{AttachmentView, CaseView, Inbox, ReceivedAlert},
    text::escape,
};
use serde_json::json;

use super::{case::sent, inbox, papers::agrees};
use crate::{
    args,
    command_error::{CommandError, DONE},
    paths::GivenPath,
    ui::{Background, Ui},
};

pub(super) fn attachment(ui: &mut Ui, args: &args::Attachment) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, &args.case)?;
    let case = received.case(&alert)?;
    let Some(typed) = &args.number else {
        list(ui, (&alert, case.as_ref()), args.json)?;
        return Ok(DONE);
    };
    let view = named(typed, (&alert, case.as_ref()))?;
    let mut whole = received.attachment(&view);
    if let Err(Incomplete::Missing(count)) = whole
        && !args.offline
    {
        // It may have gone by before its message was here.
        ui.status("attachment-looks", &[("count", count.into())]);
        received.await_attachment(&view)?;
        if let Err(error) = Background::start()?.wait(fetch_parts(&device)) {
            ui.failed(error);
        }
        whole = received.attachment(&view);
    }
    let whole = whole.map_err(incomplete)?;
    let given = args.save.as_ref().map(GivenPath::meant);
    let path = given.unwrap_or_else(|| PathBuf::from(view.file_name(&alert.case)));
    let file = path.display().to_string();
    if path.symlink_metadata().is_ok() {
        return Err(exists(&file));
    }
    let told = match view.is_told() {
        true => tell(ui, (&device, &received), args, (&alert, &view))?,
        false => Told::Nobody,
    };
    if told == Told::Refused {
        ui.status("attachment-not-saved", &[]);
        return Ok(DONE);
    }
    write(&path, &whole)?;
    drop(whole);
    if args.json {
        let mut said = json_of((&alert, case.as_ref()), &view);
        if let Some(said) = said.as_object_mut() {
            said.insert("file".to_owned(), json!(file));
        }
        ui.json(said)?;
    } else {
        ui.print("attachment-saved", &[("file", escape(&file).into())])?;
    }
    ui.status("attachment-is-open", &[]);
    if told == Told::Said && !args.offline {
        send(ui, &device)?;
    }
    Ok(DONE)
}

/// Whether those who read the case are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Of what was written anew, or belongs to no case.
    Nobody,
    /// It is on this device's disk, and goes as everything does.
    Said,
    /// Whoever sits here did not want that.
    Refused,
}

/// Tells the case that an original is saved, if whoever sits here agrees. What cannot be told must not be saved.
fn tell(
    ui: &mut Ui,
    (device, received): (&Device, &Inbox<'_>),
    args: &args::Attachment,
    (alert, view): (&ReceivedAlert, &AttachmentView),
) -> Result<Told, CommandError> {
    let Some(case) = case_of(received, alert)? else {
        return Ok(Told::Nobody);
    };
    ui.status(
        "attachment-is-told",
        &[("case", alert.case.as_str().into())],
    );
    if !args.yes && ui.is_attended() && !agrees(ui, "ask-attachment-told")? {
        return Ok(Told::Refused);
    }
    let (with, number) = view.place();
    match say_saved(device, (case, with, number), view.hash(), now()) {
        Ok(()) => Ok(Told::Said),
        Err(CaseError::NotForYou | CaseError::Compose(ComposeError::MayNot)) => {
            Err(CommandError::new("error-original-not-yours"))
        }
        Err(CaseError::Compose(error)) => {
            let said = CommandError::from(error);
            let said = said.say(&ui.messages);
            ui.output.status(&said);
            Err(CommandError::new("error-original-untold"))
        }
        Err(_) => Err(CommandError::new("error-original-untold")),
    }
}

/// The alert with which the case begins that one belongs to; none where that is not here, or nothing was said that begins one.
fn case_of(received: &Inbox<'_>, alert: &ReceivedAlert) -> Result<Option<MessageId>, CommandError> {
    let about = alert.reading.fields().and_then(|fields| fields.original);
    let begins = match about {
        Some(original) => received.get(original)?,
        None => Some(alert.clone()),
    };
    let Some(begins) = begins else {
        return Ok(None);
    };
    Ok(received.case(&begins)?.map(|case| case.alert.id))
}

/// What was told goes now, if that can be.
fn send(ui: &mut Ui, device: &Arc<Device>) -> Result<(), CommandError> {
    let background = Background::start()?;
    let engine = background.engine(device, EngineOptions::default());
    let failed = sent(&background, &engine, None)?;
    background.wait(engine.stop());
    if let Some(error) = failed {
        ui.failed(error);
        ui.status("case-queued", &[]);
    }
    Ok(())
}

fn write(path: &Path, whole: &[u8]) -> Result<(), CommandError> {
    let file = path.display().to_string();
    new_private_file(path, whole).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(&file),
        _ => CommandError::of_file(&file, &error),
    })
}

fn exists(file: &str) -> CommandError {
    CommandError::with("error-file-exists", vec![("file", file.to_owned())]).misuse()
}

type Of<'a> = (&'a ReceivedAlert, Option<&'a CaseView>);

fn all((alert, case): Of<'_>) -> Vec<AttachmentView> {
    match case {
        Some(case) => case.attachments().cloned().collect(),
        None => alert.attachments.clone(),
    }
}

/// The one that is meant; of an alert that is about an earlier one, by its number too. Of two that are called alike none is guessed.
fn named(typed: &str, of: Of<'_>) -> Result<AttachmentView, CommandError> {
    let all = all(of);
    let count = all.len().to_string();
    let typed = typed.trim();
    let is_number = |view: &AttachmentView| of.1.is_none() && view.number.to_string() == typed;
    let is_meant = |view: &AttachmentView| view.is_called(typed) || is_number(view);
    let mut meant = all.into_iter().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(view), None) => Ok(view),
        (Some(_), Some(_)) => Err(CommandError::new("error-attachment-several").misuse()),
        (None, _) => {
            let words = vec![("count", count)];
            Err(CommandError::with("error-attachment-none", words).misuse())
        }
    }
}

fn json_of((alert, case): Of<'_>, view: &AttachmentView) -> serde_json::Value {
    let listed = match case {
        Some(case) => case.attachments_json(),
        None => alert.attachments_json(),
    };
    let mut listed = listed.into_iter();
    let (with, number) = view.place();
    let is_it = |it: &serde_json::Value| it["id"] == with.to_string() && it["number"] == number;
    let its = listed.find(is_it);
    its.unwrap_or_else(|| view.to_json())
}

fn list(ui: &mut Ui, of: Of<'_>, as_json: bool) -> Result<(), CommandError> {
    let (alert, case) = of;
    if as_json {
        let listed = match case {
            Some(case) => case.attachments_json(),
            None => alert.attachments_json(),
        };
        return listed.into_iter().try_for_each(|it| ui.json(it));
    }
    let lines = match case {
        Some(case) => case.attachment_pages(&ui.messages),
        None => alert
            .attachments
            .iter()
            .map(|it| it.line(&ui.messages))
            .collect(),
    };
    for line in lines {
        ui.content(&line)?;
    }
    if all(of).is_empty() {
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
        Incomplete::ForOthers => CommandError::new("error-attachment-for-others"),
        Incomplete::Device(error) => error.into(),
    }
}
