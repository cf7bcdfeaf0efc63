//! `bellrope relay`: where the group's relay is; telling the group that it has moved; going by a file that says so.

use std::{path::Path, sync::Arc};

use bellrope_client::{
    Device, EngineOptions, Followed, RelayError, arrive, follow_moved, may_write_roster,
    move_relay, moved_file, new_private_file, now, open_mailbox, reach, relay_address,
    text::{day_text, escape},
};
use bellrope_proto::address::RelayAddress;
use serde_json::json;

use super::{
    create::{address, host_token},
    events::{say_full, say_ready},
    members::settle,
};
use crate::{
    args::{
        self,
        relay::{Move, RelayAct},
    },
    command_error::{CommandError, DONE},
    given::read_text,
    paths::GivenPath,
    ui::{Background, Ui},
};

pub(super) fn relay(ui: &mut Ui, args: &args::relay::Relay) -> Result<u8, CommandError> {
    match &args.act {
        None => show(ui, args.json),
        Some(RelayAct::Move(args)) => move_to(ui, args),
        Some(RelayAct::Follow(args)) => follow(ui, &args.file),
    }
}

fn show(ui: &mut Ui, as_json: bool) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let address = here(&device)?.to_string();
    if as_json {
        ui.json(json!({ "relay": address }))?;
    } else {
        ui.content(&address)?;
    }
    Ok(DONE)
}

fn here(device: &Device) -> Result<RelayAddress, CommandError> {
    relay_address(device)?.ok_or_else(|| CommandError::new("error-nothing-here"))
}

fn move_to(ui: &mut Ui, args: &Move) -> Result<u8, CommandError> {
    let to = address(ui, Some(&args.relay))?;
    let file = args.file.as_ref().map(GivenPath::meant);
    if let Some(path) = &file
        && path.exists()
    {
        let path = path.display().to_string();
        return Err(CommandError::with("error-file-exists", vec![("file", path)]).misuse());
    }
    let device = ui.unlock()?;
    may_write_roster(&device)?;
    let from = here(&device)?;
    let mut code = DONE;
    if from != to {
        code = change(ui, args, &device, (&from, &to))?;
    } else if file.is_none() {
        return Err(CommandError::new("error-relay-same").misuse());
    }
    if let Some(path) = &file {
        let text = moved_file(&device)?.ok_or_else(|| CommandError::new("error-relay-same"))?;
        write(ui, path, &text)?;
    }
    Ok(code)
}

fn change(
    ui: &mut Ui,
    args: &Move,
    device: &Arc<Device>,
    (from, to): (&RelayAddress, &RelayAddress),
) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let is_another = from.key() != to.key();
    if is_another {
        open(ui, args, device, &background, to)?;
    } else {
        is_there(ui, device, &background, (from, to))?;
    }
    let mut engine = background.engine(device, EngineOptions::default());
    // Without a network it is written all the same, and posted after reading.
    let _ = background.wait(engine.read_first())?;
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    move_relay(device, to, now())?;
    let words = [("address", to.to_string().into())];
    ui.print("relay-moved", &words)?;
    let mut settled = settle(ui, device, &background)?;
    if is_another {
        // Those who are still at the old one can read it there. All else is posted where the group is now.
        arrive(device)?;
        settled = settle(ui, device, &background)?;
    }
    ui.status("relay-moved-advice", &words);
    say_full(ui, &settled.full);
    Ok(settled.code_for_all())
}

/// The group's mailbox at another relay.
fn open(
    ui: &mut Ui,
    args: &Move,
    device: &Arc<Device>,
    background: &Background,
    to: &RelayAddress,
) -> Result<(), CommandError> {
    let given = args.token.as_deref();
    let given = given.ok_or_else(|| CommandError::new("error-move-needs-token").misuse())?;
    let token = host_token(ui, Some(given), to)?;
    ui.status("create-asking", &[]);
    let ends = background.wait(open_mailbox(device, to, token))?;
    ui.status("relay-opened", &[("ends", day_text(ends).into())]);
    Ok(())
}

/// A typing error in an address would part everybody from the relay: it is told only where nobody reaches the old one either.
fn is_there(
    ui: &mut Ui,
    device: &Arc<Device>,
    background: &Background,
    (from, to): (&RelayAddress, &RelayAddress),
) -> Result<(), CommandError> {
    match background.wait(reach(device, to)) {
        Ok(()) => Ok(()),
        Err(error @ (RelayError::NotTheRelay | RelayError::OldKeys)) => Err(error.into()),
        Err(error) => {
            let answers = background.wait(reach(device, from)).is_ok();
            ui.failed(error.into());
            if answers {
                return Err(CommandError::new("error-move-unreached"));
            }
            Ok(())
        }
    }
}

fn write(ui: &mut Ui, path: &Path, text: &str) -> Result<(), CommandError> {
    let shown = path.display().to_string();
    new_private_file(path, text.as_bytes())
        .map_err(|error| CommandError::of_file(&shown, &error))?;
    ui.print("relay-file", &[("file", escape(&shown).into())])?;
    Ok(())
}

fn follow(ui: &mut Ui, path: &GivenPath) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let text = read_text(path)?;
    let (id, address) = match follow_moved(&device, &text)? {
        Followed::New(address) => ("relay-followed", address),
        Followed::Known(address) => ("relay-known", address),
    };
    ui.print(id, &[("address", address.to_string().into())])?;
    Ok(DONE)
}
