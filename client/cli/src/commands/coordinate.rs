//! What nobody does alone, and who writes the roster: `bellrope members promote`, `demote`, `resign`, `pen`, `take-pen`, `pending` and
//! `confirm`; and `remove`, which is one of these where several coordinate.

use std::sync::Arc;

use bellrope_client::{
    Agreed, ConsentTo, Device, Lacking, Pending, PendingAct, agree, hand_pen, now, pending,
    show::{MemberLine, Members, Standing, WishLine},
    sign_for,
    text::escape,
};
use bellrope_proto::signing::{Device as DeviceKey, PublicKey};
use serde_json::json;

use crate::{command_error::CommandError, ui::Ui};

/// What came of an agreement.
pub(super) enum Came {
    /// It is written down.
    Done,
    /// Others are asked, or the device that has the pen.
    Waits,
}

/// Agrees with a step about somebody, or wishes it.
pub(super) fn wish(
    ui: &mut Ui,
    device: &Arc<Device>,
    (to, line): (ConsentTo, &MemberLine),
) -> Result<Came, CommandError> {
    let nobody = || {
        let id = match to {
            ConsentTo::Promote => "error-not-a-member",
            _ => "error-not-coordinating",
        };
        CommandError::with(id, vec![("name", line.called())]).misuse()
    };
    let key = line.key.ok_or_else(nobody)?;
    let agreed = agree(device, (to, &key), now());
    let agreed = agreed.map_err(|error| match error {
        bellrope_client::AgreeError::Nobody => nobody(),
        other => other.into(),
    })?;
    said(ui, device, (agreed, None))
}

/// The same of one device of somebody.
pub(super) fn wish_of_device(
    ui: &mut Ui,
    device: &Arc<Device>,
    (to, line, key): (ConsentTo, &MemberLine, PublicKey<DeviceKey>),
) -> Result<Came, CommandError> {
    let one = MemberLine {
        key: Some(key),
        ..line.clone()
    };
    wish(ui, device, (to, &one))
}

/// Signs for who takes the pen.
fn take(ui: &mut Ui, device: &Arc<Device>, taker: &MemberLine) -> Result<Came, CommandError> {
    let nobody = || CommandError::with("error-take-pen", vec![("name", taker.called())]).misuse();
    let key = taker.key.ok_or_else(nobody)?;
    let agreed = sign_for(device, &key, now()).map_err(|error| match error {
        bellrope_client::AgreeError::Nobody => nobody(),
        other => other.into(),
    })?;
    let name = taker.called();
    said(ui, device, (agreed, Some(&name)))
}

/// Gives the pen to another coordinator.
pub(super) fn hand(
    ui: &mut Ui,
    device: &Arc<Device>,
    line: &MemberLine,
) -> Result<(), CommandError> {
    let name = escape(&line.called());
    // To another device of one's own, where there is one.
    let own = line.devices.iter().find(|it| !it.is_this);
    let own = own.filter(|_| line.standing == Standing::Me);
    if line.has_pen && own.is_none() {
        return Err(CommandError::with("error-has-the-pen", vec![("name", name)]).misuse());
    }
    let coordinates = line.role == bellrope_client::Role::Coordinator;
    let key = own.map(|it| it.key).or(line.key);
    let Some(key) = key.filter(|_| coordinates) else {
        return Err(CommandError::with("error-pen-to-a-member", vec![("name", name)]).misuse());
    };
    hand_pen(device, &key, now())?;
    ui.print("pen-handed", &[("name", name.into())])
}

/// Agrees with what waits about somebody.
pub(super) fn confirm(
    ui: &mut Ui,
    device: &Arc<Device>,
    (members, name): (&Members, &str),
) -> Result<Came, CommandError> {
    let nothing = || CommandError::with("error-nothing-pending", vec![("name", name.to_owned())]);
    let line = members.find_person(name).ok_or_else(nothing)?;
    let waiting = pending(device)?.into_iter();
    let mut waiting = waiting.filter(|it| line.is_about(&it.about));
    let one = waiting.next().ok_or_else(nothing)?;
    if waiting.next().is_some() {
        let words = vec![("name", line.called())];
        return Err(CommandError::with("error-several-pending", words).misuse());
    }
    let to = match one.act {
        PendingAct::Remove => ConsentTo::Remove,
        PendingAct::RemoveDevice => {
            return wish_of_device(ui, device, (ConsentTo::RemoveDevice, line, one.about));
        }
        PendingAct::Promote => ConsentTo::Promote,
        PendingAct::Demote => ConsentTo::Demote,
        PendingAct::Take => {
            let taker = MemberLine {
                key: Some(one.about),
                ..line.clone()
            };
            return take(ui, device, &taker);
        }
    };
    wish(ui, device, (to, line))
}

/// What came of it; of who takes the pen, their name.
pub(super) fn said(
    ui: &mut Ui,
    device: &Device,
    (agreed, taker): (Agreed, Option<&str>),
) -> Result<Came, CommandError> {
    match agreed {
        Agreed::Done => Ok(Came::Done),
        Agreed::Waits(lacking) => {
            ui.print("agreed", &[])?;
            let members = members(device)?;
            show_lacking(ui, (&members.holder, taker), lacking)?;
            Ok(Came::Waits)
        }
    }
}

fn members(device: &Device) -> Result<Members, CommandError> {
    Members::of(device, now())?.ok_or_else(|| CommandError::new("error-no-roster"))
}

/// Lists what waits, and for whom.
pub(super) fn list(ui: &mut Ui, device: &Device, as_json: bool) -> Result<(), CommandError> {
    let members = members(device)?;
    let waiting = pending(device)?;
    let wished = WishLine::all(device)?;
    if waiting.is_empty() && wished.is_empty() && !as_json {
        ui.status("pending-none", &[]);
    }
    for it in waiting {
        if as_json {
            ui.json(json!({
                "act": it.act.key(),
                "name": it.name,
                "by": it.by,
                "mine": it.is_mine,
                "lacking": {
                    "holder": it.lacking.holder,
                    "coordinators": it.lacking.coordinators,
                    "members": it.lacking.members,
                    "another_holder": it.lacking.another_holder,
                },
                "refused": null,
            }))?;
        } else {
            show(ui, &members, &it)?;
        }
    }
    for line in wished {
        if as_json {
            ui.json(line.to_json())?;
        } else {
            show_wish(ui, &members, &line)?;
        }
    }
    Ok(())
}

/// What somebody wishes alone, and whose device it waits for; or why that was not done.
fn show_wish(ui: &mut Ui, members: &Members, line: &WishLine) -> Result<(), CommandError> {
    let words = [
        ("what", line.what(&ui.messages).into()),
        ("by", escape(&line.by).into()),
        ("holder", escape(&members.holder).into()),
    ];
    match line.why(&ui.messages) {
        None => ui.print("wish-waits", &words),
        Some(why) => ui.print(
            "wish-refused",
            &[words.as_slice(), &[("why", why.into())]].concat(),
        ),
    }
}

fn show(ui: &mut Ui, members: &Members, it: &Pending) -> Result<(), CommandError> {
    let line = members.people.iter().find(|line| line.is_about(&it.about));
    let name = line.map_or_else(|| it.name.clone(), MemberLine::called);
    let by: Vec<String> = it.by.iter().map(|by| escape(by)).collect();
    let id = match it.act {
        PendingAct::Remove => "pending-remove",
        PendingAct::RemoveDevice => "pending-remove-device",
        PendingAct::Promote => "pending-promote",
        PendingAct::Demote => "pending-demote",
        PendingAct::Take if it.puts_out => "pending-take-over",
        PendingAct::Take => "pending-take-pen",
    };
    let words = [
        ("name", escape(&name).into()),
        ("holder", escape(&members.holder).into()),
    ];
    ui.print(id, &words)?;
    ui.print("pending-by", &[("names", by.join(", ").into())])?;
    let taker = (it.act == PendingAct::Take).then_some(name.as_str());
    show_lacking(ui, (&members.holder, taker), it.lacking)?;
    let is_about_me = line.is_some_and(|line| line.standing == Standing::Me);
    if !it.is_mine && !is_about_me && !it.lacking.is_nobody() {
        let word = crate::paths::shell_word(&escape(line.map_or(&it.name, MemberLine::own_name)));
        ui.print("pending-confirm", &[("word", word.into())])?;
    }
    Ok(())
}

fn show_lacking(
    ui: &mut Ui,
    (holder, taker): (&str, Option<&str>),
    lacking: Lacking,
) -> Result<(), CommandError> {
    let holder = escape(holder);
    if let Some(taker) = taker.filter(|_| lacking.is_nobody()) {
        return ui.print("lacking-nobody-take", &[("name", escape(taker).into())]);
    }
    if lacking.is_nobody() {
        return ui.print("lacking-nobody", &[("holder", holder.into())]);
    }
    if lacking.another_holder {
        return ui.print("lacking-another-holder", &[("holder", holder.into())]);
    }
    if lacking.holder {
        ui.print("lacking-holder", &[("holder", holder.into())])?;
    }
    if lacking.coordinators > 0 {
        ui.print(
            "lacking-coordinators",
            &[("count", lacking.coordinators.into())],
        )?;
    }
    if lacking.members > 0 {
        ui.print("lacking-members", &[("count", lacking.members.into())])?;
    }
    Ok(())
}
