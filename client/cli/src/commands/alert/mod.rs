//! `bellrope alert`: pulls the rope. Sealed, and on disk if the disk takes it, before any network is tried; then said honestly how far it
//! got.

mod attach;
mod few;
mod flow;
mod post;

use std::io::ErrorKind;

use bellrope_client::{
    Device, MessageId, SealedAlert,
    alert::{Alert, Fields, form, vocabulary::Kind},
    may_send, new_private_file, now,
    show::{FoundSent, Hours, find_sent, write_form},
    text::escape,
};
use jiff::tz::TimeZone;

use self::{few::Few, post::Post};
use super::answers;
use crate::{
    args,
    command_error::{CommandError, DONE},
    given::read_text,
    paths::GivenPath,
    ui::Ui,
};

pub(super) fn alert(ui: &mut Ui, args: &args::alert::Alert) -> Result<u8, CommandError> {
    if args.template {
        return template(ui, args.form.as_ref());
    }
    // The passphrase first: nobody should lose seven answers to a typing error.
    let device = ui.unlock()?;
    may_send(&device)?;
    // It may change what is to be said.
    answers::say(ui, &device);
    let about = about(&device, args)?;
    let mut few = Few::given(args)?;
    let (files, provenance) = attach::prepare(ui, args)?;
    let mut post = Post::start(ui, &device, &args.to)?;
    let written = match &args.from {
        Some(path) => {
            let alert = read_form(path)?;
            flow::look_at_form(ui, (&mut post, &mut few), alert, args.yes)?
        }
        None => {
            let (home, reads) = (device.country()?, device.reads()?);
            flow::write(ui, (&mut post, &mut few), (home, about), args, reads)?
        }
    };
    let Some(alert) = written else {
        ui.status("alert-not-sent", &[]);
        return Ok(DONE);
    };
    few.settle(ui, &mut post, &alert)?;
    let sealed = post.seal(&alert, (&files, &provenance), few.sealed())?;
    // What a script or a form says is no answer of the person who sits here.
    let said = args.place.is_none() && args.from.is_none();
    let said = alert.fields().place.country.filter(|_| said);
    drop((alert, files, few));
    if let Some(country) = said
        && let Err(error) = device.remember_country(country)
    {
        tracing::debug!(%error, "the country is asked for again next time");
    }
    let said = if device.reads()? {
        "alert-sealed"
    } else {
        "alert-sealed-for-ever"
    };
    let to = sealed.to.text(&ui.messages);
    ui.status(said, &[("to", to.into())]);
    if let Some(people) = sealed.sensitive {
        ui.status("few-sealed", &[("count", people.into())]);
    }
    say_hours(ui, &device);
    for (_, error) in &sealed.unattached {
        ui.output
            .status(&CommandError::from(error).say(&ui.messages));
    }
    if !sealed.unattached.is_empty() {
        let count = sealed.unattached.len();
        ui.status("alert-unattached", &[("count", count.into())]);
    }
    say_originals(ui, &sealed);
    let odd = match (&sealed.unkept, &sealed.uncounted) {
        (Some(error), _) => Some((error, "alert-not-kept")),
        (None, Some(error)) => Some((error, "alert-not-counted")),
        (None, None) => None,
    };
    if let Some((error, id)) = odd {
        let said = CommandError::from(error).say(&ui.messages);
        ui.output.status(&said);
        ui.status(id, &[]);
    }
    post.send(ui, &sealed, args.json)
}

/// Who can open the originals that go along, and which do not.
fn say_originals(ui: &mut Ui, sealed: &SealedAlert) {
    if let Some(by) = sealed.kept_by {
        let id = match by.coordinate {
            true => "alert-originals",
            false => "alert-originals-all",
        };
        let words = [
            ("count", sealed.originals().into()),
            ("others", by.people.into()),
        ];
        ui.status(id, &words);
    }
    for (_, error) in &sealed.without_original {
        ui.output
            .status(&CommandError::from(error).say(&ui.messages));
    }
    if !sealed.without_original.is_empty() {
        let count = sealed.without_original.len();
        ui.status("alert-without-original", &[("count", count.into())]);
    }
}

/// When somebody looks at it. It is sealed whether or not that is known.
fn say_hours(ui: &mut Ui, device: &Device) {
    match Hours::of(device, now()) {
        Ok(hours) => {
            let line = hours.map(|hours| hours.line(&ui.messages));
            line.iter().for_each(|line| ui.output.status(line));
        }
        Err(error) => tracing::debug!(%error, "it is not known who is on duty when"),
    }
}

/// Which alert that was sent from here is meant, and what is to be said of it.
fn about(
    device: &Device,
    args: &args::alert::Alert,
) -> Result<Option<(Kind, MessageId)>, CommandError> {
    let given = [
        (Kind::Update, &args.update),
        (Kind::Correction, &args.correct),
        (Kind::Withdrawal, &args.withdraw),
        (Kind::Closure, &args.over),
    ];
    let Some((kind, typed)) = given
        .into_iter()
        .find_map(|(kind, typed)| Some((kind, typed.as_ref()?)))
    else {
        return Ok(None);
    };
    match find_sent(device, typed)? {
        FoundSent::One(id) => Ok(Some((kind, id))),
        FoundSent::Several => Err(CommandError::new("error-sent-several").misuse()),
        FoundSent::Nothing => {
            let words = vec![("case", typed.trim().to_owned())];
            Err(CommandError::with("error-sent-nothing", words))
        }
    }
}

/// An empty form: where it is filled in it is not sealed, so nobody else may read the file.
fn template(ui: &mut Ui, out: Option<&GivenPath>) -> Result<u8, CommandError> {
    let form = write_form(&Fields::of_kind(Kind::Flash), &ui.messages);
    let Some(path) = out.map(GivenPath::meant) else {
        ui.verbatim(&form)?;
        return Ok(DONE);
    };
    let file = path.display().to_string();
    new_private_file(&path, form.as_bytes()).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            CommandError::with("error-file-exists", vec![("file", file.clone())]).misuse()
        }
        _ => CommandError::of_file(&file, &error),
    })?;
    ui.status("alert-form", &[("file", escape(&file).into())]);
    Ok(DONE)
}

fn read_form(path: &GivenPath) -> Result<Alert, CommandError> {
    Ok(form::read(&read_text(path)?, now(), &TimeZone::system())?)
}
