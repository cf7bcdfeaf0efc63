//! `bellrope members`: who is in, who was invited, who asks; and letting in.

use serde_json::json;

use super::desk::{Desk, wait_for};
use crate::{
    admission, carry,
    cli::{Members, MembersAct},
    clock::{moment_text, now},
    device::Device,
    failure::{DONE, Failure, QUEUED, link_message},
    ids::Position,
    roster::{Invited, Role, Roster},
    screen::escape,
    state::Issued,
    words::Words,
};

pub(super) fn members(desk: &mut Desk, args: &Members) -> Result<u8, Failure> {
    let device = desk.unlock()?;
    let state = device.state()?;
    if device.roster()?.is_none() {
        return Err(Failure::new("error-no-roster"));
    }
    let mut code = DONE;
    if state.authority_seed.is_some() {
        code = settle(desk, &device)?;
    }
    match &args.act {
        Some(MembersAct::Approve(named)) => {
            let at = find(&device, &named.name)?;
            admission::approve(&device, at, now())?;
            let name = escape(&named.name);
            desk.print("members-approved", &[("name", name.into())])?;
            code = settle(desk, &device)?;
        }
        Some(MembersAct::Refuse(named)) => {
            let at = find(&device, &named.name)?;
            admission::refuse(&device, at, now())?;
            let name = escape(&named.name);
            desk.print("members-refused", &[("name", name.into())])?;
            code = settle(desk, &device)?;
        }
        None => list(desk, &device, args.json)?,
    }
    Ok(code)
}

/// Sends what waits and reads who asks. Without a network the list is still worth showing.
fn settle(desk: &mut Desk, device: &Device) -> Result<u8, Failure> {
    let failed = wait_for(async {
        let carried = carry::flush(device).await?;
        if let Some((_, error)) = carried.failed.into_iter().next() {
            return Ok(Some(error));
        }
        if let Err(error) = admission::read_claims(device, now()).await? {
            return Ok(Some(error));
        }
        let carried = carry::flush(device).await?;
        Ok(carried.failed.into_iter().next().map(|(_, error)| error))
    })?;
    match failed {
        None => Ok(DONE),
        Some(error) => {
            desk.status(link_message(&error), &[]);
            desk.status("members-offline", &[]);
            Ok(QUEUED)
        }
    }
}

/// The open invitation with this name.
fn find(device: &Device, name: &str) -> Result<Position, Failure> {
    let roster = device.roster()?;
    let wanted = name.trim().to_lowercase();
    let mut invited = roster.iter().flat_map(|roster| roster.invited());
    invited
        .find(|invited| !invited.used && invited.admit.name.to_lowercase() == wanted)
        .map(|invited| invited.at)
        .ok_or_else(|| Failure::with("error-no-such-request", vec![("name", name.to_owned())]))
}

fn list(desk: &mut Desk, device: &Device, as_json: bool) -> Result<(), Failure> {
    let Some(roster) = device.roster()? else {
        return Ok(());
    };
    let issued = device.issued()?;
    if as_json {
        return list_json(desk, &roster, &issued);
    }
    let me = device.signing().public();
    let group = escape(roster.name());
    desk.print("members-title", &[("group", group.into())])?;
    for person in roster.people() {
        let role = role_name(person.role, &desk.words);
        let words = [("name", escape(&person.name).into()), ("role", role.into())];
        if person.device == me {
            desk.print("members-me", &words)?;
        } else {
            desk.print("members-person", &words)?;
        }
    }
    for invited in roster.invited().iter().filter(|invited| !invited.used) {
        let standing = standing(invited, &issued);
        let role = role_name(invited.admit.role, &desk.words);
        let words = [
            ("name", escape(&invited.admit.name).into()),
            ("role", role.into()),
            ("until", moment_text(invited.admit.expires).into()),
        ];
        desk.print(&format!("members-{standing}"), &words)?;
    }
    Ok(())
}

fn list_json(desk: &mut Desk, roster: &Roster, issued: &[Issued]) -> Result<(), Failure> {
    for person in roster.people() {
        desk.json(&json!({
            "name": person.name,
            "role": role_key(person.role),
            "standing": "in",
        }))?;
    }
    for invited in roster.invited().iter().filter(|invited| !invited.used) {
        desk.json(&json!({
            "name": invited.admit.name,
            "role": role_key(invited.admit.role),
            "standing": standing(invited, issued),
            "until": moment_text(invited.admit.expires),
        }))?;
    }
    Ok(())
}

fn standing(invited: &Invited, issued: &[Issued]) -> &'static str {
    let mine = issued
        .iter()
        .find(|issued| issued.admitted_at == invited.at);
    match mine {
        Some(issued) if issued.refused => "closed",
        Some(issued) if issued.claim.is_some() => "asks",
        _ if invited.admit.expires <= now() => "ended",
        _ => "invited",
    }
}

/// The role's name in the reader's language.
pub(super) fn role_name(role: Role, words: &Words) -> String {
    words.plain(&format!("role-{}", role_key(role)))
}

/// The role's name in JSON.
pub(super) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Coordinator => "coordinator",
        Role::Member => "member",
        Role::Observer => "observer",
        Role::Defender => "defender",
    }
}
