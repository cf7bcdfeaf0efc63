//! `bellrope alert`: pulls the rope. Sealed and on disk before any network is tried; then said
//! honestly how far it got.

mod flow;
mod post;

use std::path::Path;

use bellrope_client::{
    Device, MemberKey,
    alert::{Alert, Fields, form, vocabulary::Kind},
    may_send, now,
    show::{Members, write_form},
};
use jiff::tz::TimeZone;

use self::post::Post;
use crate::{
    args,
    command_error::{CommandError, DONE},
    given::read_text,
    ui::Ui,
};

pub(super) fn alert(ui: &mut Ui, args: &args::Alert) -> Result<u8, CommandError> {
    if args.template {
        let form = write_form(&Fields::of_kind(Kind::Flash), &ui.messages);
        ui.verbatim(&form)?;
        return Ok(DONE);
    }
    // The passphrase first: nobody should lose seven answers to a typing error.
    let device = ui.unlock()?;
    may_send(&device)?;
    let chosen = readers(&device, &args.to)?;
    let mut post = Post::start(&device, chosen);
    let written = match &args.from {
        Some(path) => flow::look_at_form(ui, &mut post, read_form(path)?, args.yes)?,
        None => flow::write(ui, &mut post, device.country()?, args)?,
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

/// The readers with these names; none means all.
fn readers(device: &Device, names: &[String]) -> Result<Vec<MemberKey>, CommandError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let members = Members::of(device, now())?
        .ok_or_else(|| CommandError::new("error-to-needs-names").misuse())?;
    let mut keys = Vec::new();
    for name in names {
        let key = members.reader(name).ok_or_else(|| {
            let name = vec![("name", name.clone())];
            CommandError::with("error-no-such-reader", name).misuse()
        })?;
        keys.push(key);
    }
    Ok(keys)
}

fn read_form(path: &Path) -> Result<Alert, CommandError> {
    Ok(form::read(&read_text(path)?, now(), &TimeZone::system())?)
}
