//! `bellrope freeze` and `bellrope unfreeze`: a sender may be in custody, or their device in other hands; and it is over.

use bellrope_client::{
    EngineOptions, FreezeAct, compose_freeze, now,
    show::{Members, frozen_people},
    text::escape,
};
use serde_json::json;

use super::{
    events::say_ready,
    sending::{done_or_queued, sent},
};
use crate::{
    args,
    command_error::{CommandError, DONE},
    paths::shell_word,
    ui::{Background, Ui},
};

pub(super) fn freeze(ui: &mut Ui, args: &args::people::Freeze) -> Result<u8, CommandError> {
    match &args.name {
        Some(name) => say(ui, FreezeAct::Freeze, name, args.reason.as_deref()),
        None => list(ui, args.json),
    }
}

pub(super) fn unfreeze(ui: &mut Ui, args: &args::people::Unfreeze) -> Result<u8, CommandError> {
    say(ui, FreezeAct::Lift, &args.name, args.reason.as_deref())
}

fn say(ui: &mut Ui, act: FreezeAct, name: &str, reason: Option<&str>) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let background = Background::start()?;
    let mut engine = background.engine(&device, EngineOptions::default());
    // Who came last, and what others said of them. Without a network it is said all the same, and posted later.
    let read = background.wait(engine.catch_up());
    say_ready(ui, &background, &mut engine)?;
    let members = Members::of(&device, now())?;
    let members = members.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let person = members.find_person(name);
    let Some((person, key)) = person.and_then(|person| Some((person, person.key?))) else {
        let words = vec![("name", name.to_owned())];
        return Err(CommandError::with("error-no-such-person", words));
    };
    compose_freeze(&device, (act, key), reason.unwrap_or_default(), now())?;
    let failed = sent(&background, &engine, read.err())?;
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    let words = [
        ("name", escape(&person.called()).into()),
        ("word", shell_word(&escape(&person.name)).into()),
    ];
    match act {
        FreezeAct::Freeze => {
            ui.print("freeze-done", &words)?;
            let reads = person.role.reads();
            ui.status(if reads { "freeze-reads" } else { "freeze-held" }, &words);
        }
        FreezeAct::Lift => ui.print("unfreeze-done", &words)?,
    }
    Ok(done_or_queued(ui, failed, "freeze-queued"))
}

/// Who is frozen now, as far as this device has heard.
fn list(ui: &mut Ui, as_json: bool) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let all = frozen_people(&device)?;
    let all = all.ok_or_else(|| CommandError::new("error-no-roster"))?;
    if all.is_empty() && !as_json {
        ui.print("freeze-nobody", &[])?;
    }
    for (name, frozen) in all {
        if as_json {
            let mut value = frozen.to_json();
            if let Some(object) = value.as_object_mut() {
                object.insert("name".to_owned(), json!(name));
            }
            ui.json(value)?;
            continue;
        }
        let since = ui.messages.moment(frozen.since);
        let words = [
            ("name", escape(&name).into()),
            ("by", escape(&frozen.by).into()),
            ("since", since.into()),
            ("reason", escape(&frozen.reason).into()),
            (
                "has",
                if frozen.reason.is_empty() {
                    "no"
                } else {
                    "yes"
                }
                .into(),
            ),
        ];
        ui.print("freeze-line", &words)?;
    }
    Ok(DONE)
}
