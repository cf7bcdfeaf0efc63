//! `bellrope contact`: who a defender is and how to reach them. The roster says neither; this device does, and those to whom it is
//! given.

use std::sync::Arc;

use bellrope_client::{
    Contact, Contacts, Device, EngineOptions, Role, forget_contact, give_contact, note_contact,
    now,
    show::{Inbox, MemberLine, Members},
    text::{escape, rfc3339},
};
use serde_json::{Value, json};

use super::{events::say_ready, whom::readers};
use crate::{
    args,
    command_error::{CommandError, DONE, QUEUED},
    ui::{Background, Ui},
};

pub(super) fn contact(ui: &mut Ui, args: &args::people::Contact) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let members = Members::of(&device, now())?;
    let members = members.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let Some(name) = &args.name else {
        return list(ui, &device, args.json);
    };
    let handle = handle(&device, &members, name)?;
    if args.forget {
        forget_contact(&device, &handle)?;
        ui.print("contact-forgotten", &[("handle", escape(&handle).into())])?;
        return Ok(DONE);
    }
    let chosen = readers(&device, &args.to)?;
    let said = (args.call.as_deref(), args.reach.as_deref());
    let contact = if said == (None, None) {
        Contacts::read(&device)?.of(&handle).cloned()
    } else {
        Some(note_contact(&device, &handle, said, now())?)
    };
    let unknown = || CommandError::with("error-contact-unknown", vec![("handle", handle.clone())]);
    let contact = contact.ok_or_else(unknown)?;
    if chosen.keys.is_empty() {
        return show(ui, &device, &contact, args.json).map(|()| DONE);
    }
    give_contact(&device, &contact, &chosen.keys, now())?;
    let code = send(ui, &device)?;
    let id = match code {
        DONE => "contact-given",
        _ => "contact-queued",
    };
    let words = [
        ("name", escape(&contact.name).into()),
        (
            "to",
            args.to
                .iter()
                .map(|to| escape(to))
                .collect::<Vec<_>>()
                .join(", ")
                .into(),
        ),
    ];
    ui.print(id, &words)?;
    Ok(code)
}

/// The handle of the defender whom a typed name names: one whom the roster has, or of whom this device still has a card.
fn handle(device: &Device, members: &Members, typed: &str) -> Result<String, CommandError> {
    let line = members
        .find_person(typed)
        .or_else(|| members.find_invited(typed));
    let is_defender = |line: &&MemberLine| line.role == Role::Defender;
    if let Some(line) = line.filter(is_defender) {
        return Ok(line.name.clone());
    }
    if let Some(contact) = Contacts::read(device)?.find(typed) {
        return Ok(contact.handle.clone());
    }
    let words = vec![("name", typed.to_owned())];
    Err(CommandError::with(
        match line {
            Some(_) => "error-contact-is-a-reader",
            None => "error-no-such-defender",
        },
        words,
    )
    .misuse())
}

fn list(ui: &mut Ui, device: &Device, as_json: bool) -> Result<u8, CommandError> {
    let contacts = Contacts::read(device)?;
    if contacts.all().is_empty() && !as_json {
        ui.status("contact-none", &[]);
    }
    for contact in contacts.all() {
        show(ui, device, contact, as_json)?;
    }
    Ok(DONE)
}

fn show(
    ui: &mut Ui,
    device: &Device,
    contact: &Contact,
    as_json: bool,
) -> Result<(), CommandError> {
    let inbox = Inbox::open(device)?;
    let not_to_call = inbox.map(|inbox| inbox.not_to_call(&contact.handle));
    let not_to_call = not_to_call.transpose()?.unwrap_or_default();
    if as_json {
        let cases: Vec<&String> = not_to_call.iter().map(|case| &case.alert.case).collect();
        return ui.json(to_json(contact, &cases));
    }
    // Before any number.
    for case in &not_to_call {
        let line = case.now.facts.do_not_call(&ui.messages);
        let line = line.unwrap_or_default();
        let words = [
            ("case", case.alert.case.as_str().into()),
            ("line", line.into()),
        ];
        ui.print("contact-not-to-call", &words)?;
    }
    let said = ui.messages.moment(contact.time);
    let words = [
        ("handle", escape(&contact.handle).into()),
        ("name", escape(&contact.name).into()),
        ("reach", escape(&contact.reach).into()),
        (
            "by",
            escape(contact.from.as_deref().unwrap_or_default()).into(),
        ),
        ("time", said.into()),
    ];
    ui.print("contact-line", &words)?;
    if !contact.reach.is_empty() {
        ui.print("contact-reach", &words)?;
    }
    let id = match contact.from {
        Some(_) => "contact-from",
        None => "contact-own",
    };
    ui.print(id, &words)
}

fn to_json(contact: &Contact, not_to_call: &[&String]) -> Value {
    json!({
        "handle": contact.handle,
        "name": contact.name,
        "reach": contact.reach,
        "from": contact.from,
        "time": rfc3339(contact.time),
        "do_not_call": not_to_call,
    })
}

fn send(ui: &mut Ui, device: &Arc<Device>) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let mut engine = background.engine(device, EngineOptions::default());
    let report = background.wait(engine.send_outbox())?;
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    match report.failed.into_iter().next() {
        None => Ok(DONE),
        Some(error) => {
            ui.failed(error);
            Ok(QUEUED)
        }
    }
}
