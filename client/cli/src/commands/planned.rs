//! What coordinators decide about the group is shown before it is written: planned, agreed to, and asked of whoever has the pen.

use std::sync::Arc;

use bellrope_client::{
    Asked, Device, WishError, alert::answers::parse_yes_no, may_wish_roster, now, show::Members,
    text::Messages,
};
use bellrope_proto::signing::{Device as DeviceKey, PublicKey};

use super::members::{say_asked, settle};
use crate::{
    command_error::CommandError,
    ui::{Background, Ui},
};

/// What it will come to.
pub(super) struct Planned<P> {
    /// As it is written.
    pub(super) change: P,
    /// In a line,
    pub(super) headline: String,
    /// and whole.
    pub(super) text: String,
    /// Whether nobody is asked.
    pub(super) is_agreed: bool,
}

/// Looks who is in the group now, plans, asks, and writes it, or asks whoever writes. `needs_yes` says that there is nobody to ask, `done` what follows.
pub(super) fn decide<P>(
    ui: &mut Ui,
    device: &Arc<Device>,
    plan: impl FnOnce(&Device, &Messages) -> Result<Planned<P>, CommandError>,
    set: impl FnOnce(&Device, P) -> Result<Asked, WishError>,
    (needs_yes, done): (&'static str, &'static str),
) -> Result<u8, CommandError> {
    may_wish_roster(device)?;
    let background = Background::start()?;
    // Who came last can be named, too.
    let settled = settle(ui, device, &background)?;
    let planned = plan(device, &ui.messages)?;
    if !planned.is_agreed {
        must_be_attended(ui, needs_yes)?;
        ui.status("circle-look", &[]);
        ui.output.status(&planned.text);
        if !agrees(ui, "ask-circle")? {
            ui.status("circle-not-set", &[]);
            return Ok(settled.code);
        }
    }
    let asked = set(device, planned.change)?;
    let settled = settled.again(ui, device, &background)?;
    match asked {
        Asked::Of(holder) => say_asked(ui, &holder)?,
        Asked::Written => {
            ui.content(&planned.headline)?;
            ui.status(done, &[]);
        }
    }
    Ok(settled.code_for_all())
}

/// Nobody agrees where there is nobody.
pub(super) fn must_be_attended(ui: &Ui, needs_yes: &'static str) -> Result<(), CommandError> {
    match ui.is_attended() {
        true => Ok(()),
        false => Err(CommandError::new(needs_yes).misuse()),
    }
}

/// Whether the person at the keyboard wants what was shown; no answer is a no.
pub(super) fn agrees(ui: &mut Ui, question: &'static str) -> Result<bool, CommandError> {
    loop {
        let answer = ui.ask(question)?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}

/// The device of whom a name names.
pub(super) fn person(device: &Device, name: &str) -> Result<PublicKey<DeviceKey>, CommandError> {
    let members = Members::of(device, now())?;
    let members = members.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let found = members.find_person(name).and_then(|person| person.key);
    found.ok_or_else(|| {
        CommandError::with("error-no-such-person", vec![("name", name.to_owned())]).misuse()
    })
}
