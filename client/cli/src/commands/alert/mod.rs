//! `bellrope alert`: pulls the rope. Sealed and on disk before any network is tried; then said
//! honestly how far it got.

mod flow;
mod post;

use std::io::ErrorKind;

use bellrope_client::{
    Device, MemberKey,
    alert::{Alert, Fields, form, vocabulary::Kind},
    may_send, new_private_file, now,
    show::{Members, write_form},
    text::escape,
};
use jiff::tz::TimeZone;

use self::post::Post;
use crate::{
    args,
    command_error::{CommandError, DONE},
    given::read_text,
    paths::GivenPath,
    ui::Ui,
};

pub(super) fn alert(ui: &mut Ui, args: &args::Alert) -> Result<u8, CommandError> {
    if args.template {
        return template(ui, args.form.as_ref());
    }
    // The passphrase first: nobody should lose seven answers to a typing error.
    let device = ui.unlock()?;
    may_send(&device)?;
    let chosen = readers(ui, &device, &args.to)?;
    let mut post = Post::start(&device, chosen);
    let written = match &args.from {
        Some(path) => flow::look_at_form(ui, &mut post, read_form(path)?, args.yes)?,
        None => {
            let (home, reads) = (device.country()?, device.reads()?);
            flow::write(ui, &mut post, home, args, reads)?
        }
    };
    let Some(alert) = written else {
        ui.status("alert-not-sent", &[]);
        return Ok(DONE);
    };
    let sealed = post.seal(&alert)?;
    // What a script or a form says is no answer of the person who sits here.
    let said = args.place.is_none() && args.from.is_none();
    let said = alert.fields().place.country.filter(|_| said);
    drop(alert);
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
    post.send(ui, &sealed, args.json)
}

/// An empty form: where it is filled in it is not sealed, so nobody else may read the file.
fn template(ui: &mut Ui, out: Option<&GivenPath>) -> Result<u8, CommandError> {
    let form = write_form(&Fields::of_kind(Kind::Flash), &ui.messages);
    let Some(path) = out.map(GivenPath::meant) else {
        ui.verbatim(&form)?;
        return Ok(DONE);
    };
    let file = ("file", path.display().to_string());
    new_private_file(&path, form.as_bytes()).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            CommandError::with("error-file-exists", vec![file.clone()]).misuse()
        }
        _ => {
            let words = vec![file.clone(), ("what", error.to_string())];
            CommandError::with("error-file-system", words)
        }
    })?;
    ui.status("alert-form", &[("file", escape(&file.1).into())]);
    Ok(DONE)
}

/// The readers with these names; none means all. Several may stand in one text with commas between them, and a name may
/// hold a comma: the whole is looked for first.
fn readers(ui: &mut Ui, device: &Device, given: &[String]) -> Result<Vec<MemberKey>, CommandError> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let members = Members::of(device, now())?
        .ok_or_else(|| CommandError::new("error-to-needs-names").misuse())?;
    let mut keys = Vec::new();
    for given in given {
        let names = given
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let names: Vec<&str> = names.collect();
        if let Some(key) = members.reader(given) {
            if names.len() > 1 && names.iter().all(|name| members.reader(name).is_some()) {
                ui.status("to-one-name", &[("name", escape(given).into())]);
            }
            keys.push(key);
            continue;
        }
        if names.is_empty() {
            return Err(no_such_reader(given));
        }
        for name in names {
            keys.push(members.reader(name).ok_or_else(|| no_such_reader(name))?);
        }
    }
    Ok(keys)
}

fn no_such_reader(name: &str) -> CommandError {
    CommandError::with("error-no-such-reader", vec![("name", name.to_owned())]).misuse()
}

fn read_form(path: &GivenPath) -> Result<Alert, CommandError> {
    Ok(form::read(&read_text(path)?, now(), &TimeZone::system())?)
}
