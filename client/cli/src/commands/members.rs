//! `bellrope members`: who is in, who was invited, who asks; and letting in.

use std::sync::Arc;

use bellrope_client::{
    Device, EngineOptions, Position, approve, now, refuse,
    show::{LeaseNotice, MemberLine, Members, Standing},
    text::escape,
};

use super::watch::say_ready;
use crate::{
    args::{self, MembersAct},
    command_error::{CommandError, DONE, QUEUED, engine_message},
    paths::shell_word,
    ui::{Background, Ui},
};

pub(super) fn members(ui: &mut Ui, args: &args::Members) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    known(&device)?;
    let mut code = DONE;
    let background = Background::start()?;
    if device.is_coordinators()? {
        code = settle(ui, &device, &background)?;
    }
    match &args.act {
        Some(MembersAct::Approve(named)) => {
            let members = known(&device)?;
            let (line, at) = find(&members, &named.name)?;
            warn(ui, &members, line);
            approve(&device, at, now())?;
            let name = escape(&line.name);
            ui.print("members-approved", &[("name", name.into())])?;
            code = settle(ui, &device, &background)?;
        }
        Some(MembersAct::Refuse(named)) => {
            let members = known(&device)?;
            let (line, at) = find(&members, &named.name)?;
            refuse(&device, at, now())?;
            let name = escape(&line.name);
            ui.print("members-refused", &[("name", name.into())])?;
            code = settle(ui, &device, &background)?;
        }
        None => list(ui, &device, args.json)?,
    }
    Ok(code)
}

fn known(device: &Device) -> Result<Members, CommandError> {
    Members::of(device, now())?.ok_or_else(|| CommandError::new("error-no-roster"))
}

/// Sends what waits and reads who asks. Without a network the list is still worth showing.
pub(super) fn settle(
    ui: &mut Ui,
    device: &Arc<Device>,
    background: &Background,
) -> Result<u8, CommandError> {
    let mut engine = background.engine(device, EngineOptions::default());
    let failed = background.wait(async {
        // What cannot be sent keeps nobody from being heard.
        let before = engine.send_outbox().await?.failed;
        let claims = engine.read_claims().await?.failed;
        let after = engine.send_outbox().await?.failed;
        let mut failed = before.into_iter().chain(claims).chain(after);
        Ok::<_, CommandError>(failed.next())
    })?;
    say_ready(ui, background, &mut engine)?;
    background.wait(engine.stop());
    ui.unsaid_restore(device)?;
    match failed {
        None => Ok(DONE),
        Some(error) => {
            let said = engine_message(error, &ui.messages);
            ui.output.status(&said);
            ui.status("members-offline", &[]);
            Ok(QUEUED)
        }
    }
}

/// The open invitation of whom this name names.
fn find<'a>(members: &'a Members, name: &str) -> Result<(&'a MemberLine, Position), CommandError> {
    let found = members.find_invited(name);
    found
        .and_then(|line| Some((line, line.invitation?)))
        .ok_or_else(|| CommandError::with("error-no-such-request", vec![("name", name.to_owned())]))
}

fn list(ui: &mut Ui, device: &Device, as_json: bool) -> Result<(), CommandError> {
    let members = known(device)?;
    if as_json {
        for line in members.lines() {
            ui.json(line.to_json(members.alike(line)))?;
        }
        return Ok(());
    }
    ui.print("members-title", &[("group", escape(&members.group).into())])?;
    for line in members.lines() {
        show(ui, line)?;
        warn(ui, &members, line);
    }
    if let Some(notice) = LeaseNotice::of(device, now())? {
        ui.lease(&notice);
    }
    Ok(())
}

/// Another program may have written a name that people take for somebody else's.
fn warn(ui: &mut Ui, members: &Members, line: &MemberLine) {
    if let Some(other) = members.alike(line) {
        let words = [
            ("name", escape(&line.name).into()),
            ("other", escape(other).into()),
        ];
        ui.status("members-alike", &words);
    }
}

fn show(ui: &mut Ui, line: &MemberLine) -> Result<(), CommandError> {
    let id = match line.standing {
        Standing::Me => "members-me",
        Standing::In => "members-person",
        Standing::Invited => "members-invited",
        Standing::Asks => "members-asks",
        Standing::Ended => "members-ended",
        Standing::Closed => "members-closed",
    };
    let role = line.role_name(&ui.messages);
    let words = [
        ("name", escape(&line.name).into()),
        ("word", shell_word(&escape(&line.name)).into()),
        ("role", role.into()),
        ("code", line.device.clone().unwrap_or_default().into()),
        (
            "until",
            line.until
                .map(|until| ui.messages.moment(until))
                .unwrap_or_default()
                .into(),
        ),
        (
            "closed",
            line.closed
                .map(|closed| ui.messages.moment(closed))
                .unwrap_or_default()
                .into(),
        ),
    ];
    ui.print(id, &words)
}
