//! `bellrope join`: from a code or a file to a device of its own.

use std::sync::Arc;

use bellrope_client::{
    Code, Device, EngineError, EngineOptions, ReplyUpdate, Role, fetch_bundle, is_invitation_file,
    now, open_bundle, read_file,
};
use bellrope_proto::envelope::Envelope;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    args::Join,
    command_error::{CommandError, DONE},
    given,
    ui::{Background, Ui},
};

pub(super) fn join(ui: &mut Ui, args: Join) -> Result<u8, CommandError> {
    if Device::is_in(&ui.dir) {
        return Err(CommandError::new("error-home-taken"));
    }
    let given = args.invitation.map(Zeroizing::new);
    let given = given.as_ref().map(|given| given.as_str());
    let (code, sealed) = given::given(ui, given, "ask-invitation", read)?;
    let background = Background::start()?;
    let bundle = match sealed {
        Some(sealed) => open_bundle(&code, &sealed, now())?,
        None => {
            ui.status("join-fetching", &[]);
            background.wait(fetch_bundle(&code, now()))?
        }
    };
    let role = bundle.role;
    let passphrase: SecretString = ui.first_passphrase()?;
    let device = bellrope_client::join(&ui.dir, &passphrase, &code, bundle, now())?;
    ui.forget_when_told();
    let device_code = device.code();
    let claimed = claim(&background, Arc::new(device))?;
    if claimed.updates.contains(&ReplyUpdate::Taken) {
        return Err(CommandError::new("error-invitation-used-by-other"));
    }
    if claimed.updates.contains(&ReplyUpdate::TakenBack)
        || claimed.updates.contains(&ReplyUpdate::Refused)
    {
        return Err(CommandError::new("error-invitation-taken-back"));
    }
    if let Some(error) = claimed.failed {
        ui.failed(error);
    }
    if !claimed.is_sent {
        ui.status("join-claim-waits", &[]);
    }
    match role {
        Role::Defender => ui.print("join-done-defender", &[])?,
        _ => ui.print("join-done-reader", &[("code", device_code.into())])?,
    }
    Ok(DONE)
}

/// How far a claim got.
#[derive(Default)]
struct Claimed {
    is_sent: bool,
    updates: Vec<ReplyUpdate>,
    failed: Option<EngineError>,
}

/// Sends the claim, and reads what came before and after it. That the network failed is no error: it is sent later.
fn claim(background: &Background, device: Arc<Device>) -> Result<Claimed, CommandError> {
    let engine = background.engine(&device, EngineOptions::default());
    let claimed = background.wait(async {
        let mut claimed = Claimed::default();
        let report = engine.send_outbox().await?;
        claimed.failed = report.failed.into_iter().next();
        claimed.is_sent = claimed.failed.is_none();
        if claimed.is_sent {
            match engine.catch_up().await {
                Ok(updates) => claimed.updates = updates,
                Err(error) => claimed.failed = Some(error),
            }
        }
        Ok::<_, EngineError>(claimed)
    });
    background.wait(engine.stop());
    Ok(claimed?)
}

/// A code, whose bundle is fetched, or the text of a file with both.
fn read(text: &str) -> Result<(Code, Option<Envelope>), CommandError> {
    if is_invitation_file(text) {
        let (code, sealed) = read_file(text)?;
        return Ok((code, Some(sealed)));
    }
    Ok((text.parse()?, None))
}
