//! `bellrope status`: how this device stands.

use std::{sync::Arc, time::Duration};

use bellrope_client::{Device, EngineError, EngineOptions, now, show::DeviceStatus};

use crate::{
    args,
    command_error::{CommandError, DONE},
    ui::{Background, Ui},
};

/// What is known here is worth showing before anybody gives up on a slow network.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) fn status(ui: &mut Ui, args: &args::device::Status) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    if !args.offline {
        read_first(ui, &device)?;
    }
    let status = DeviceStatus::of(&device, now())?;
    if args.json {
        ui.json(status.to_json())?;
    } else {
        let page = status.page(&ui.messages);
        ui.content(&page)?;
    }
    Ok(DONE)
}

/// Reads what waits, for as long as a person likes to wait for it. Whether there was somebody to ask who answered.
pub(super) fn read_first(ui: &mut Ui, device: &Arc<Device>) -> Result<bool, CommandError> {
    ui.status("status-asking", &[]);
    let background = Background::start()?;
    let engine = background.engine(device, EngineOptions::default());
    let read = background.wait(async { tokio::time::timeout(PATIENCE, engine.catch_up()).await });
    let has_answered = match read {
        Ok(Ok(_)) => true,
        // The group was founded here and has no mailbox yet: there is nobody to ask.
        Ok(Err(EngineError::NoMailbox)) => true,
        Ok(Err(error)) => {
            ui.failed(error);
            false
        }
        Err(_) => {
            ui.status("status-no-answer", &[]);
            false
        }
    };
    background.wait(engine.stop());
    Ok(has_answered)
}
