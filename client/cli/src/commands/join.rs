//! `bellrope join`: from a code, a file, or what was read out on the phone to a device of its own.

use std::sync::Arc;

use bellrope_client::{
    Bundle, Code, Device, EngineError, EngineOptions, NotACode, NotSpoken, ReplyUpdate, Role,
    Spoken, fetch_bundle, hear_spoken, is_invitation_file, now, open_bundle, read_file,
    text::escape,
};
use bellrope_proto::envelope::Envelope;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    args::joining::Join,
    command_error::{CommandError, DONE},
    given,
    ui::{Background, Ui},
};

pub(super) fn join(ui: &mut Ui, args: Join) -> Result<u8, CommandError> {
    if Device::is_in(&ui.dir) {
        return Err(CommandError::new("error-home-taken"));
    }
    let given = Zeroizing::new(args.invitation.join(" "));
    let given = Some(given.as_str()).filter(|given| !given.is_empty());
    let background = Background::start()?;
    let (code, bundle) = invitation(ui, &background, given)?;
    let role = bundle.role;
    let is_device = bundle.is_for_device();
    let passphrase: SecretString = ui.first_passphrase()?;
    let device = bellrope_client::join(&ui.dir, &passphrase, &code, bundle, now())?;
    ui.forget_when_told();
    let device_code = device.code();
    claimed(ui, &background, device)?;
    match role {
        Role::Defender => ui.print("join-done-defender", &[])?,
        _ if is_device => ui.print("join-done-device", &[("code", device_code.into())])?,
        _ => ui.print("join-done-reader", &[("code", device_code.into())])?,
    }
    Ok(DONE)
}

/// What was given, or is asked for, and what it is for: from the relay, or from the file.
pub(super) fn invitation(
    ui: &mut Ui,
    background: &Background,
    given: Option<&str>,
) -> Result<(Code, Bundle), CommandError> {
    let given = given::given(ui, given, "ask-invitation", read)?;
    let (code, sealed) = match given {
        Given::Code(code, sealed) => (code, sealed),
        Given::Spoken(spoken) => {
            let host = escape(&spoken.host_text());
            ui.status("join-asking", &[("host", host.into())]);
            let code = background.wait(hear_spoken(&spoken))?;
            ui.status("join-across", &[]);
            (code, None)
        }
    };
    let bundle = match sealed {
        Some(sealed) => open_bundle(&code, &sealed, now())?,
        None => {
            ui.status("join-fetching", &[]);
            background.wait(fetch_bundle(&code, now()))?
        }
    };
    Ok((code, bundle))
}

/// Sends the claim of a new device, and says what came of it.
pub(super) fn claimed(
    ui: &mut Ui,
    background: &Background,
    device: Device,
) -> Result<(), CommandError> {
    let claimed = claim(background, Arc::new(device))?;
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
    Ok(())
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

/// What somebody was given.
enum Given {
    /// A code, whose bundle is fetched, or the text of a file with both.
    Code(Code, Option<Envelope>),
    /// What was read out.
    Spoken(Spoken),
}

fn read(text: &str) -> Result<Given, CommandError> {
    if is_invitation_file(text) {
        let (code, sealed) = read_file(text)?;
        return Ok(Given::Code(code, Some(sealed)));
    }
    match (text.parse(), text.parse()) {
        (Ok(code), _) => Ok(Given::Code(code, None)),
        (_, Ok(spoken)) => Ok(Given::Spoken(spoken)),
        // It is one or the other: what was nearly right says what is wrong.
        (Err(NotACode::Form), Err(error @ NotSpoken::Digits(_))) => Err(error.into()),
        (Err(error), _) => Err(error.into()),
    }
}
