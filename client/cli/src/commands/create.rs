//! `bellrope create`: a group, its first coordinator, its mailbox at a relay.

use std::sync::Arc;

use bellrope_client::{
    Device, Founded, NewGroup, check_name, founded, now, open_mailbox,
    text::{day_text, escape},
};
use bellrope_proto::{address::RelayAddress, grant::HostToken, signing::Signed, token};

use crate::{
    args::joining::Create,
    command_error::{CommandError, DONE},
    given::given,
    ui::{Background, Ui},
};

pub(super) fn create(ui: &mut Ui, args: &Create) -> Result<u8, CommandError> {
    let relay = address(ui, args.relay.as_deref())?;
    let token = host_token(ui, args.token.as_deref(), &relay)?;
    let (device, renews) = if Device::is_in(&ui.dir) {
        go_on(ui, &relay)?
    } else {
        (make(ui, args, &relay)?, false)
    };
    ui.status("create-asking", &[]);
    let background = Background::start()?;
    let ends = background.wait(open_mailbox(&device, &relay, token))?;
    let ends = [("ends", day_text(ends).into())];
    if !renews {
        ui.print("create-done", &ends)?;
        return Ok(DONE);
    }
    ui.print("create-renewed", &ends)?;
    // What others have in that mailbox's account lasts longer by this, and is not left to the next command.
    let settled = super::members::settle(ui, &device, &background)?;
    super::events::say_full(ui, &settled.full);
    Ok(settled.code)
}

/// A relay's address.
pub(super) fn address(ui: &mut Ui, said: Option<&str>) -> Result<RelayAddress, CommandError> {
    given(ui, said, "ask-relay", |text| {
        let read = text.parse();
        read.map_err(|error| misuse("error-address", &error))
    })
}

/// A token of this relay's host. Who signed it, the relay says.
pub(super) fn host_token(
    ui: &mut Ui,
    said: Option<&str>,
    relay: &RelayAddress,
) -> Result<Signed<HostToken>, CommandError> {
    let token: Signed<HostToken> = given(ui, said, "ask-token", |text| {
        let read = token::parse(text);
        read.map_err(|error| misuse("error-token", &error))
    })?;
    if token.peek().is_ok_and(|token| token.relay == relay.key()) {
        Ok(token)
    } else {
        Err(CommandError::new("error-token-of-another").misuse())
    }
}

/// A group whose mailbox the relay did not open the first time, or one whose mailbox is renewed; whether it is that.
fn go_on(ui: &mut Ui, relay: &RelayAddress) -> Result<(Arc<Device>, bool), CommandError> {
    let device = ui.unlock()?;
    let (id, renews) = match founded(&device, relay)? {
        Founded::No => return Err(CommandError::new("error-home-taken")),
        Founded::Unfinished => ("create-going-on", false),
        Founded::Open => ("create-renewing", true),
    };
    ui.status(id, &[]);
    Ok((device, renews))
}

fn make(ui: &mut Ui, args: &Create, relay: &RelayAddress) -> Result<Arc<Device>, CommandError> {
    // Before two passphrases are thought of and typed.
    let group_name = name(ui, args.group.as_deref(), "ask-group-name", "group")?;
    let my_name = name(ui, args.name.as_deref(), "ask-my-name", "person")?;
    let group = NewGroup {
        group_name: &group_name,
        my_name: &my_name,
        relay,
    };
    let passphrase = ui.first_passphrase()?;
    let device = bellrope_client::create(&ui.dir, &passphrase, &group, now())?;
    ui.forget_when_told();
    ui.status("create-made", &[("group", escape(group.group_name).into())]);
    Ok(Arc::new(device))
}

/// A name that will do: given, or asked for until it does.
fn name(
    ui: &mut Ui,
    given: Option<&str>,
    question: &'static str,
    whose: &'static str,
) -> Result<String, CommandError> {
    if let Some(name) = given {
        return check_name(name).map_err(|error| CommandError::of_name(whose, error));
    }
    loop {
        let answer = ui.ask(question)?;
        match check_name(&answer) {
            Ok(name) => return Ok(name),
            Err(error) if ui.is_attended() => {
                let said = CommandError::of_name(whose, error).say(&ui.messages);
                ui.output.status(&said);
            }
            Err(error) => return Err(CommandError::of_name(whose, error)),
        }
    }
}

fn misuse(id: &'static str, error: &dyn std::fmt::Display) -> CommandError {
    tracing::debug!(%error, "an argument");
    CommandError::new(id).misuse()
}
