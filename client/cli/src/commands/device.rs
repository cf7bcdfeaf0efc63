//! `bellrope device`: the devices of one's own: which there are, one more, one less.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bellrope_client::{
    AddDeviceError, Coming, ConsentTo, Device, Engine, EngineOptions, Event,
    alert::answers::parse_yes_no,
    ask_for_device, coming, now, say_on_device,
    show::{DeviceLine, MemberLine},
    text::escape,
    waits_at_relay,
};
use serde_json::json;

use super::{
    coordinate::{Came, wish_of_device},
    events::say,
    members::{known, me, settle},
};
use crate::{
    args::{self, device::DeviceAct},
    command_error::{CommandError, DONE, QUEUED},
    qr,
    ui::{Background, Ui},
};

/// Between two looks at how far the other device has come.
const LOOK: Duration = Duration::from_millis(200);

/// For the program of who keeps the list of members, where it is online: it looks every half minute.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn device(ui: &mut Ui, args: &args::device::Devices) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    known(&device)?;
    match &args.act {
        None => list(ui, &device, args.json),
        Some(DeviceAct::Add(add_args)) => add(ui, &device, add_args.qr),
        Some(DeviceAct::Approve(approve)) => answer(ui, &device, Some(&approve.code)),
        Some(DeviceAct::Refuse) => answer(ui, &device, None),
        Some(DeviceAct::Remove(remove)) => {
            let members = known(&device)?;
            let line = me(&members)?;
            put_out(ui, &device, (line, &remove.code), remove.yes)
        }
    }
}

fn list(ui: &mut Ui, device: &Arc<Device>, as_json: bool) -> Result<u8, CommandError> {
    let members = known(device)?;
    let line = me(&members)?;
    for one in &line.devices {
        if as_json {
            ui.json(json!({ "device": one.code, "this": one.is_this, "pen": one.has_pen }))?;
        } else {
            let words = [
                ("code", one.code.as_str().into()),
                ("this", if one.is_this { "yes" } else { "no" }.into()),
                ("pen", if one.has_pen { "yes" } else { "no" }.into()),
            ];
            ui.print("device-line", &words)?;
        }
    }
    Ok(DONE)
}

fn add(ui: &mut Ui, device: &Arc<Device>, as_qr: bool) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let settled = settle(ui, device, &background)?;
    // What was asked for and not used yet is shown again: it may be on its way.
    if coming(device, now())?.is_none() {
        ask_for_device(device, now())?;
        let _ = settled.again(ui, device, &background)?;
    }
    let options = EngineOptions {
        follow: true,
        envelopes: None,
    };
    let engine = background.engine(device, options);
    let mut adding = Adding {
        device: Arc::clone(device),
        engine,
        background,
    };
    let done = adding.go_on(ui, as_qr);
    let Adding {
        engine, background, ..
    } = adding;
    background.wait(engine.stop());
    done
}

struct Adding {
    device: Arc<Device>,
    engine: Engine,
    background: Background,
}

impl Adding {
    fn go_on(&mut self, ui: &mut Ui, as_qr: bool) -> Result<u8, CommandError> {
        let mut shown = false;
        let mut asked = false;
        let end = Instant::now() + PATIENCE;
        loop {
            match coming(&self.device, now())? {
                Some(Coming::Asked(holder)) if !asked => {
                    asked = true;
                    ui.status("device-asked", &[("holder", escape(&holder).into())]);
                }
                Some(Coming::Asked(holder)) if Instant::now() >= end => {
                    ui.status("device-asked-later", &[("holder", escape(&holder).into())]);
                    return Ok(QUEUED);
                }
                Some(Coming::Invited(code, until)) if !shown => {
                    shown = true;
                    let text = code.to_text();
                    ui.verbatim(&text)?;
                    if as_qr {
                        let drawn = qr::draw(&text)?;
                        ui.verbatim(&drawn)?;
                    }
                    let until = ui.messages.moment(until);
                    ui.status("device-invited", &[("until", until.into())]);
                    if !ui.is_attended() {
                        ui.status("device-invited-later", &[]);
                        return Ok(DONE);
                    }
                }
                Some(Coming::Asks(code)) => return self.ask(ui, &code),
                // It was taken back, or has ended.
                None => return Err(AddDeviceError::Nobody.into()),
                Some(Coming::Asked(_) | Coming::Invited(..)) => {}
            }
            self.wait(ui)?;
        }
    }

    /// Has both codes compared: nothing else keeps out who has seen the invitation.
    fn ask(&mut self, ui: &mut Ui, code: &str) -> Result<u8, CommandError> {
        ui.print("device-asks", &[("code", code.into())])?;
        if !ui.is_attended() {
            ui.status("device-asks-later", &[("code", code.into())]);
            return Ok(DONE);
        }
        let is_mine = loop {
            // Neither answer is chosen beforehand.
            let typed = ui.ask("ask-device")?;
            if let Some(is_mine) = parse_yes_no(&typed) {
                break is_mine;
            }
        };
        say_on_device(&self.device, (code, is_mine), now())?;
        let report = self.background.wait(self.engine.send_outbox())?;
        if let Some(error) = report.failed.into_iter().next() {
            ui.failed(error);
        }
        if !is_mine {
            ui.print("device-refused", &[])?;
            return Ok(DONE);
        }
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if is_in(&self.device, code)? {
                ui.print("device-added", &[("code", code.into())])?;
                return Ok(DONE);
            }
            self.wait(ui)?;
        }
        approved(ui, &self.device)?;
        Ok(QUEUED)
    }

    /// Waits for what the engine tells, or for a moment.
    fn wait(&mut self, ui: &mut Ui) -> Result<(), CommandError> {
        let engine = &mut self.engine;
        let told = self
            .background
            .wait(async { tokio::time::timeout(LOOK, engine.next_told()).await });
        match told {
            // Of this very device.
            Err(_) | Ok(Event::DeviceAsks | Event::RosterChanged) => Ok(()),
            Ok(event) => say(ui, event),
        }
    }
}

fn is_in(device: &Device, code: &str) -> Result<bool, CommandError> {
    let members = known(device)?;
    Ok(me(&members)?.devices.iter().any(|it| it.code == code))
}

fn approved(ui: &mut Ui, device: &Device) -> Result<(), CommandError> {
    let holder = escape(&known(device)?.holder);
    ui.print("device-approved", &[("holder", holder.into())])
}

/// Says of the device that asks that it is this person's, with the code that it shows, or that it is not.
fn answer(ui: &mut Ui, device: &Arc<Device>, code: Option<&str>) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let settled = settle(ui, device, &background)?;
    let Some(Coming::Asks(asks)) = coming(device, now())? else {
        return Err(AddDeviceError::Nobody.into());
    };
    say_on_device(device, (code.unwrap_or(&asks), code.is_some()), now())?;
    let settled = settled.again(ui, device, &background)?;
    match code {
        None => ui.print("device-refused", &[])?,
        Some(_) if is_in(device, &asks)? => {
            ui.print("device-added", &[("code", asks.as_str().into())])?;
        }
        Some(_) => approved(ui, device)?,
    }
    Ok(settled.code_for_all())
}

/// Puts one device of somebody out; they stay.
pub(super) fn put_out(
    ui: &mut Ui,
    device: &Arc<Device>,
    (line, code): (&MemberLine, &str),
    yes: bool,
) -> Result<u8, CommandError> {
    let name = line.called();
    let no_such = || {
        let words = vec![("name", name.clone()), ("code", code.to_owned())];
        CommandError::with("error-no-such-device", words).misuse()
    };
    let one = line.device_of(code).ok_or_else(no_such)?;
    if one.is_this {
        return Err(CommandError::new("error-remove-this-device").misuse());
    }
    if line.devices.len() < 2 {
        return Err(CommandError::with("error-only-device", vec![("name", name)]).misuse());
    }
    if !yes && !is_wanted(ui, line, one)? {
        ui.status("device-not-removed", &[]);
        return Ok(DONE);
    }
    let background = Background::start()?;
    let came = wish_of_device(ui, device, (ConsentTo::RemoveDevice, line, one.key))?;
    let settled = settle(ui, device, &background)?;
    // Who keeps the list may have written it down meanwhile.
    let is_out = known(device)?
        .people
        .iter()
        .all(|it| !it.is_about(&one.key));
    if matches!(came, Came::Waits) && !is_out {
        return Ok(settled.code_for_all());
    }
    let id = if waits_at_relay(device)? {
        "device-removed-here"
    } else {
        "device-removed"
    };
    let words = [
        ("name", escape(&name).into()),
        ("code", one.code.as_str().into()),
    ];
    ui.print(id, &words)?;
    Ok(settled.code_for_all())
}

fn is_wanted(ui: &mut Ui, line: &MemberLine, one: &DeviceLine) -> Result<bool, CommandError> {
    if !ui.is_attended() {
        return Err(CommandError::new("error-remove-needs-yes").misuse());
    }
    let words = [
        ("name", escape(&line.called()).into()),
        ("code", one.code.as_str().into()),
    ];
    ui.status("device-remove-look", &words);
    loop {
        let answer = ui.ask("ask-remove-device")?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}
