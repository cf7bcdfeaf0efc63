//! `bellrope invite`: a code, a QR code of it, everything in one file, or something to be read out; also of an invitation that nobody has
//! used yet.

use std::{path::Path, sync::Arc};

use bellrope_client::{
    Device, Engine, EngineOptions, NewInvitation, Role, check_name, dictate, invitation_waits,
    invite_back, new_private_file, now,
    show::{Members, frozen_people},
    text::{Arg, escape},
    write_file,
};
use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    events::{say_full, say_ready},
    members::settle,
};
use crate::{
    args::joining::Invite,
    command_error::{CommandError, DONE, QUEUED},
    paths::{GivenPath, shell_word},
    qr,
    ui::{Background, Ui},
};

pub(super) fn invite(ui: &mut Ui, args: &Invite) -> Result<u8, CommandError> {
    let file = args.file.as_ref().map(GivenPath::meant);
    let name = check_name(&args.name).map_err(|error| CommandError::of_name("person", error))?;
    if let Some(path) = &file
        && path.exists()
    {
        let path = path.display().to_string();
        return Err(CommandError::with("error-file-exists", vec![("file", path)]).misuse());
    }
    let device = ui.unlock()?;
    let background = Background::start()?;
    let file = file.as_deref();
    let known = Members::of(&device, now())?;
    let invited = known.and_then(|known| Some(known.find_invited(&name)?.own_name().to_owned()));
    if invited.is_some() {
        // Whether somebody has used it, its mailbox says.
        settle(ui, &device, &background)?;
    }
    if args.role.is_none() && !args.recovery {
        let name = invited.unwrap_or(name);
        let invitation = bellrope_client::invitation(&device, &name, now())?;
        if args.dictate {
            let engine = background.engine(&device, EngineOptions::default());
            return say(ui, (&name, &invitation), (engine, &device), &background);
        }
        give(ui, args, (&name, file), &invitation)?;
        return Ok(DONE);
    }
    make(ui, args, (&name, file), &device, &background)
}

fn make(
    ui: &mut Ui,
    args: &Invite,
    (name, file): (&str, Option<&Path>),
    device: &Arc<Device>,
    background: &Background,
) -> Result<u8, CommandError> {
    let mut engine = background.engine(device, EngineOptions::default());
    // Without a network it is made all the same, and posted after reading.
    let _ = background.wait(engine.read_first())?;
    say_ready(ui, background, &mut engine)?;
    let now = now();
    let expires = now.plus(u64::from(args.days) * Timestamp::DAY_SECONDS);
    let invitation = match args.role {
        Some(role) => bellrope_client::invite(device, role.into(), name, expires, now)?,
        None => invite_back(device, &who(ui, device, name)?, expires, now)?,
    };
    if args.dictate {
        return say(ui, (name, &invitation), (engine, device), background);
    }
    give(ui, args, (name, file), &invitation)?;
    let report = background.wait(engine.send_outbox())?;
    say_ready(ui, background, &mut engine)?;
    background.wait(engine.stop());
    if let Some(error) = report.failed.into_iter().next() {
        ui.failed(error);
    }
    say_full(ui, &report.full);
    // What failed may have to do with others.
    if !invitation_waits(device, &invitation)? {
        return Ok(DONE);
    }
    ui.status("invite-queued", &[]);
    Ok(QUEUED)
}

/// The device of somebody who is in. Whoever froze them has to say first that they are themselves.
fn who(ui: &mut Ui, device: &Device, name: &str) -> Result<PublicKey<DeviceKey>, CommandError> {
    let members = Members::of(device, now())?;
    let person = members.as_ref().and_then(|it| it.find_person(name));
    let Some((person, key)) = person.and_then(|it| Some((it, it.key?))) else {
        let words = vec![("name", name.to_owned())];
        return Err(CommandError::with("error-no-such-person", words));
    };
    let frozen = frozen_people(device)?.unwrap_or_default();
    if frozen.iter().any(|(name, _)| *name == person.called()) {
        let words = [
            ("name", escape(&person.called()).into()),
            ("word", shell_word(&escape(&person.name)).into()),
        ];
        ui.status("invite-recovery-frozen", &words);
    }
    Ok(key)
}

/// What its messages are about.
fn words_of(ui: &Ui, name: &str, invitation: &NewInvitation) -> [(&'static str, Arg<'static>); 3] {
    let until = ui.messages.moment(invitation.expires);
    [
        ("name", escape(name).into()),
        ("word", shell_word(&escape(name)).into()),
        ("until", until.into()),
    ]
}

/// Has it read out on the phone, and hands it over to the first who answers with the code. The relay must have it before.
fn say(
    ui: &mut Ui,
    (name, invitation): (&str, &NewInvitation),
    (mut engine, device): (Engine, &Arc<Device>),
    background: &Background,
) -> Result<u8, CommandError> {
    let words = words_of(ui, name, invitation);
    if invitation.replaces {
        ui.status("invite-replaces", &words);
    }
    let report = background.wait(engine.send_outbox())?;
    say_ready(ui, background, &mut engine)?;
    background.wait(engine.stop());
    if let Some(error) = report.failed.into_iter().next() {
        ui.failed(error);
    }
    say_full(ui, &report.full);
    if invitation_waits(device, invitation)? {
        ui.status("invite-not-said", &words);
        return Ok(QUEUED);
    }
    let dictation = background.wait(dictate(device, invitation))?;
    let [name, word, _] = words;
    ui.verbatim(&dictation.spoken().to_text())?;
    let host = escape(&dictation.spoken().host_text());
    ui.status("invite-say", &[name.clone(), ("host", host.into())]);
    background.wait(dictation.wait())?;
    ui.print("invite-said", &[name.clone(), word.clone()])?;
    advise(ui, invitation, &[name, word]);
    Ok(DONE)
}

fn advise(ui: &mut Ui, invitation: &NewInvitation, words: &[(&str, Arg<'_>)]) {
    if let Some(holder) = &invitation.waits_for {
        let holder = ("holder", escape(holder).into());
        let id = match invitation.role {
            Role::Defender => "invite-waits-defender",
            _ => "invite-waits-reader",
        };
        ui.status(id, &[words, &[holder]].concat());
    }
    if invitation.is_for_device {
        ui.status("invite-advice-recovery", words);
    } else if invitation.role == Role::Defender {
        let handle = ("handle", escape(&invitation.name).into());
        ui.status("invite-advice-defender", &[]);
        ui.status("invite-advice-handle", &[words, &[handle]].concat());
    } else {
        ui.status("invite-advice-reader", words);
    }
}

/// Gives it out as asked for, and says what to do with it.
fn give(
    ui: &mut Ui,
    args: &Invite,
    (name, file): (&str, Option<&Path>),
    invitation: &NewInvitation,
) -> Result<(), CommandError> {
    let words = words_of(ui, name, invitation);
    if invitation.replaces {
        ui.status("invite-replaces", &words);
    }
    if let Some(path) = file {
        let text = write_file(&invitation.code, &invitation.bundle);
        let written = new_private_file(path, text.as_bytes());
        let shown = path.display().to_string();
        match written {
            Ok(()) => ui.print("invite-file", &[("file", escape(&shown).into())])?,
            // The invitation is made, and its name taken: it must not be lost with the file.
            Err(error) => {
                let error = CommandError::of_file(shown, &error);
                ui.output.status(&error.say(&ui.messages));
                ui.verbatim(&invitation.code.to_text())?;
            }
        }
    } else {
        let code = invitation.code.to_text();
        ui.verbatim(&code)?;
        if args.qr {
            let drawn = qr::draw(&code)?;
            ui.verbatim(&drawn)?;
        }
    }
    ui.status("invite-advice", &words);
    advise(ui, invitation, &words);
    Ok(())
}
