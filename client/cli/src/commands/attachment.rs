//! `bellrope attachment`: lists what goes with an alert or was added to its case, and writes one of it into a file for the programs that show such
//! things. Nothing of it is shown here. That an original is saved is told in the case before it is, and what came of that after. Or it hands originals
//! on to those who keep the evidence by now.

#[cfg(target_os = "linux")]
use std::{fs::File, io::Write as _, os::fd::AsRawFd as _};
use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};

use bellrope_client::{
    CaseError, ComposeError, Device, EngineOptions, Incomplete, MessageId, Saving, fetch_parts,
    hand_original_on, new_private_file, now, say_saved,
    show::{AttachmentView, CaseView, Inbox, Outbox, ReceivedAlert},
    text::escape,
};
use bellrope_proto::codec::Blob;
use serde_json::json;

use super::{
    attach::{refused, say_how_it_ended, say_how_long},
    inbox,
    papers::agrees,
    sending::sent,
};
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
    if args.hand_on {
        return hand_on(ui, (&device, &received), args, &alert);
    }
    let Some(typed) = &args.number else {
        list(ui, (&alert, case.as_ref()), args.json)?;
        return Ok(DONE);
    };
    let view = named(typed, (&alert, case.as_ref()))?;
    let whole = whole(ui, (&device, &received), &view, args.offline)?;
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
    let written = write(&path, &whole);
    drop(whole);
    if let Told::Said(case) = told {
        let saving = match &written {
            Ok(()) => Saving::Done,
            Err(_) => Saving::Failed,
        };
        say_outcome(ui, &device, case, (&view, saving));
        if !args.offline {
            send(ui, &device)?;
        }
    }
    written?;
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
    Ok(DONE)
}

/// One whole, from the relay if it is not here.
fn whole(
    ui: &mut Ui,
    (device, received): (&Arc<Device>, &Inbox<'_>),
    view: &AttachmentView,
    offline: bool,
) -> Result<Blob, CommandError> {
    let mut whole = received.attachment(view);
    if let Err(Incomplete::Missing(count)) = whole
        && !offline
    {
        // It may have gone by before its message was here, or there was no room for it.
        ui.status("attachment-looks", &[("count", count.into())]);
        received.await_attachment(view)?;
        if let Err(error) = Background::start()?.wait(fetch_parts(device)) {
            ui.failed(error);
        }
        whole = received.attachment(view);
    }
    whole.map_err(incomplete)
}

/// Hands originals that this device can open on to those who keep the evidence of the case: the one that is named, or all that they lack.
fn hand_on(
    ui: &mut Ui,
    (device, received): (&Arc<Device>, &Inbox<'_>),
    args: &args::Attachment,
    alert: &ReceivedAlert,
) -> Result<u8, CommandError> {
    let view = received.case(alert)?;
    let views = match &args.number {
        Some(typed) => vec![named(typed, (alert, view.as_ref()))?],
        None => {
            let mut all = all((alert, view.as_ref()));
            all.retain(|it| !it.is_for_others() && !it.lacking().is_empty());
            all
        }
    };
    if let Some(view) = views.iter().find(|view| !view.is_original()) {
        let words = vec![("number", view.name.clone())];
        return Err(CommandError::with("error-hand-on-no-original", words).misuse());
    }
    let case = case_of(received, alert)?.ok_or_else(|| CommandError::new("error-not-possible"))?;
    let mut handed = Vec::new();
    for view in &views {
        let whole = whole(ui, (device, received), view, args.offline)?;
        if view.lacking().is_empty() {
            continue;
        }
        let names: Vec<String> = view.lacking().iter().map(|name| escape(name)).collect();
        let words = [
            ("number", view.name.as_str().into()),
            ("names", names.join(", ").into()),
        ];
        ui.status("hand-on-is-told", &words);
        if !args.yes && ui.is_attended() && !agrees(ui, "ask-hand-on")? {
            continue;
        }
        hand_original_on(device, case, (view, whole), now())
            .map_err(|error| refused(ui, (&args.case, &alert.case), error))?;
        handed.push(view.place());
    }
    if handed.is_empty() {
        ui.status("hand-on-nothing", &[]);
        return Ok(DONE);
    }
    let background = Background::start()?;
    let mut failed = None;
    if !args.offline {
        let engine = background.engine(device, EngineOptions::default());
        failed = sent(&background, &engine, None)?;
        if failed.is_none() {
            say_how_long(ui, &Outbox::of(device, now())?);
            failed = background.wait(engine.send_parts())?.failed;
        }
        background.wait(engine.stop());
    }
    let view = inbox::open(device)?.case(alert)?;
    let of = (alert, view.as_ref());
    for view in all(of).iter().filter(|it| handed.contains(&it.place())) {
        match args.json {
            true => ui.json(json_of(of, view))?,
            false => ui.print("hand-on-done", &[("number", view.name.as_str().into())])?,
        }
    }
    let waits = Outbox::of(device, now())?.waits;
    Ok(say_how_it_ended(ui, failed, waits))
}

/// Whether those who read the case are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Of what was written anew, or belongs to no case.
    Nobody,
    /// In this case: it is on this device's disk, and goes as everything does.
    Said(MessageId),
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
    let said = (Saving::Begins, view.hash());
    match say_saved(device, (case, with, number), said, now()) {
        Ok(()) => Ok(Told::Said(case)),
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

/// Tells the case what came of it. Where that cannot be said, it says still that it was about to be saved.
fn say_outcome(
    ui: &mut Ui,
    device: &Device,
    case: MessageId,
    (view, saving): (&AttachmentView, Saving),
) {
    let (with, number) = view.place();
    let said = say_saved(device, (case, with, number), (saving, view.hash()), now());
    if said.is_err() {
        ui.status("attachment-outcome-untold", &[]);
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
    write_whole(path, whole).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(&file),
        _ => CommandError::of_file(&file, &error),
    })
}

/// Half of an original lies nowhere: the file has no name before all of it is on the disk, and a program that is killed until then leaves nothing.
#[cfg(target_os = "linux")]
fn write_whole(path: &Path, whole: &[u8]) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    // As some file systems have none without a name, those of sticks for one.
    let Ok(file) = open(dir, flags, Mode::RUSR | Mode::WUSR) else {
        return write_named(path, whole);
    };
    let mut file = File::from(file);
    file.write_all(whole)?;
    file.sync_all()?;
    let open = format!("/proc/self/fd/{}", file.as_raw_fd());
    match linkat(CWD, open, CWD, path, AtFlags::SYMLINK_FOLLOW) {
        Err(error) if error == rustix::io::Errno::EXIST => Err(error.into()),
        Err(_) => write_named(path, whole),
        Ok(()) => File::open(dir)?.sync_all(),
    }
}

#[cfg(not(target_os = "linux"))]
fn write_whole(path: &Path, whole: &[u8]) -> io::Result<()> {
    write_named(path, whole)
}

/// The same where a file has its name from the first byte on: what cannot be written wholly is removed, unless the program is killed.
fn write_named(path: &Path, whole: &[u8]) -> io::Result<()> {
    let written = new_private_file(path, whole);
    if let Err(error) = &written
        && error.kind() != ErrorKind::AlreadyExists
    {
        let _ = std::fs::remove_file(path);
    }
    written
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
