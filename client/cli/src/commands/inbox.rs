//! `bellrope inbox` and `bellrope show`: what came, from this device's own disk.

use bellrope_client::{
    Device,
    show::{Found, Inbox},
};

use crate::{
    args::{Listing, Show},
    command_error::{CommandError, DONE},
    ui::Ui,
};

pub(super) fn inbox(ui: &mut Ui, args: &Listing) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let all = open(&device)?.all()?;
    if all.alerts.is_empty() && all.damaged.is_none() && !args.json {
        ui.status("inbox-empty", &[]);
    }
    for received in &all.alerts {
        if args.json {
            ui.json(&received.to_json())?;
            continue;
        }
        let line = received.line(&ui.messages);
        if received.shown {
            ui.content(&line)?;
        } else {
            ui.print("inbox-new", &[("line", line.into())])?;
        }
    }
    ui.unsaid_lease(&device)?;
    all.damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()))
}

pub(super) fn show(ui: &mut Ui, args: &Show) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let inbox = open(&device)?;
    let received = match inbox.find(&args.id)? {
        Found::One(received) => received,
        Found::Several => return Err(CommandError::new("error-several-alerts").misuse()),
        Found::Nothing => {
            let id = vec![("id", args.id.trim().to_owned())];
            return Err(CommandError::with("error-no-such-alert", id));
        }
    };
    if args.json {
        ui.json(&received.to_json())?;
    } else {
        let page = received.page(&ui.messages);
        ui.content(&page)?;
    }
    if !received.shown {
        inbox.shown(received.id)?;
    }
    Ok(DONE)
}

fn open(device: &Device) -> Result<Inbox<'_>, CommandError> {
    Inbox::open(device)?.ok_or_else(|| CommandError::new("error-no-inbox"))
}
