//! Going on without who keeps the list of members: `bellrope members take-pen`, also where nobody else coordinates and it takes another
//! mailbox; and `bellrope members renew --token`, where somebody else has the account of the one before.

use std::sync::Arc;

use bellrope_client::{
    AgreeError, Device, NextMailboxError, RelayError, now, open_instead, open_next_mailbox,
    pending, relay_address,
    show::MemberLine,
    sign_for,
    text::{day_text, escape},
};
use bellrope_proto::address::RelayAddress;

use super::{
    coordinate::{Came, said},
    create::host_token,
};
use crate::{
    args::members::WithToken,
    command_error::CommandError,
    paths::shell_word,
    ui::{Background, Ui},
};

/// Takes the pen, or asks those whom it takes. A host's token is asked for when all else is right.
pub(super) fn take_pen(
    ui: &mut Ui,
    device: &Arc<Device>,
    background: &Background,
    (me, holder): (&MemberLine, &str),
    args: &WithToken,
) -> Result<Came, CommandError> {
    let nobody = || CommandError::with("error-take-pen", vec![("name", me.called())]);
    let key = me.key.ok_or_else(nobody)?;
    let mut signed = sign_for(device, &key, now());
    if matches!(signed, Err(AgreeError::MailboxNeeded)) {
        another_mailbox(ui, device, background, (holder, args.token.as_deref()))?;
        signed = sign_for(device, &key, now());
    } else if args.token.is_some() && signed.is_ok() {
        ui.status("token-not-used", &[]);
    }
    let signed = signed.map_err(|error| match error {
        AgreeError::Nobody => nobody(),
        other => other.into(),
    })?;
    let name = me.called();
    let came = said(ui, device, (signed, Some(&name)))?;
    if matches!(came, Came::Waits) {
        let mut waiting = pending(device)?.into_iter();
        if waiting.any(|it| it.puts_out && me.is_about(&it.about)) {
            ui.print("take-pen-puts-out", &[("name", escape(holder).into())])?;
        }
        let word = shell_word(&escape(me.own_name()));
        ui.print("take-pen-ask", &[("word", word.into())])?;
    }
    Ok(came)
}

/// The mailbox in which the group goes on without its only coordinator.
fn another_mailbox(
    ui: &mut Ui,
    device: &Arc<Device>,
    background: &Background,
    (holder, token): (&str, Option<&str>),
) -> Result<(), CommandError> {
    let relay = here(device)?;
    let opens = |ui: &mut Ui, token: Option<&str>, asks: bool| {
        let token = match (token, asks) {
            (None, false) => None,
            (token, _) => Some(host_token(ui, token, &relay)?),
        };
        Ok::<_, CommandError>(background.wait(open_next_mailbox(device, token)))
    };
    let mut opened = opens(ui, token, false)?;
    if matches!(opened, Err(NextMailboxError::TokenNeeded)) && ui.is_attended() {
        ui.status("take-pen-mailbox", &[("name", escape(holder).into())]);
        opened = opens(ui, None, true)?;
    }
    let ends = opened.map_err(|error| {
        if let NextMailboxError::Relay(relay) = &error
            && !matches!(relay, RelayError::Refused(..))
        {
            ui.status("take-pen-token-kept", &[]);
        }
        CommandError::from(error)
    })?;
    ui.print("take-pen-opened", &[("ends", day_text(ends).into())])
}

/// Opens the mailbox in which the group is to be, where the relay does not let it take over the one before.
pub(super) fn open_the_mailbox(
    ui: &mut Ui,
    device: &Arc<Device>,
    background: &Background,
    token: &str,
) -> Result<(), CommandError> {
    let token = host_token(ui, Some(token), &here(device)?)?;
    let ends = background.wait(open_instead(device, token))?;
    ui.print("renew-opened", &[("ends", day_text(ends).into())])
}

fn here(device: &Device) -> Result<RelayAddress, CommandError> {
    relay_address(device)?.ok_or_else(|| CommandError::new("error-nothing-here"))
}
