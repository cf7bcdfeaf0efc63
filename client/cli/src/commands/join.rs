//! `bellrope join`: from a code or a file to a device of its own.

use std::{path::Path, sync::Arc};

use bellrope_client::{
    Bundle, Code, Device, EngineError, EngineOptions, ReplyUpdate, Role, fetch_bundle,
    is_invitation_file, now, open_bundle, read_file, read_limited,
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    args::Join,
    command_error::{CommandError, DONE},
    ui::{Background, Ui},
};

/// A file with an invitation is below 90 KiB.
const FILE_BYTES_MAX: u64 = 128 * 1024;

pub(super) fn join(ui: &mut Ui, args: Join) -> Result<u8, CommandError> {
    if Device::is_in(&ui.dir) {
        return Err(CommandError::new("error-home-taken"));
    }
    let given = match args.invitation {
        Some(given) => Zeroizing::new(given),
        None => ui.ask("ask-invitation")?,
    };
    let background = Background::start()?;
    let (code, bundle) = understand(ui, &background, &given)?;
    let role = bundle.role;
    let passphrase: SecretString = ui.new_passphrase()?;
    let device = bellrope_client::join(&ui.dir, &passphrase, &code, bundle, now())?;
    let device_code = device.code();
    let claimed = claim(&background, Arc::new(device))?;
    if claimed.updates.contains(&ReplyUpdate::Taken) {
        return Err(CommandError::new("error-invitation-used-by-other"));
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

/// A code whose bundle is fetched, or a file with both.
fn understand(
    ui: &mut Ui,
    background: &Background,
    given: &str,
) -> Result<(Code, Bundle), CommandError> {
    let now = now();
    let text = match read(Path::new(given.trim()))? {
        Some(text) => text,
        None => Zeroizing::new(given.to_owned()),
    };
    if is_invitation_file(&text) {
        let (code, sealed) = read_file(&text)?;
        let bundle = open_bundle(&code, &sealed, now)?;
        return Ok((code, bundle));
    }
    let code: Code = text.parse()?;
    ui.status("join-fetching", &[]);
    let bundle = background.wait(fetch_bundle(&code, now))?;
    Ok((code, bundle))
}

/// The text of a file; `None` when there is no such file, and a code was meant.
fn read(path: &Path) -> Result<Option<Zeroizing<String>>, CommandError> {
    if !path.is_file() {
        return Ok(None);
    }
    let Some(bytes) = read_limited(path, FILE_BYTES_MAX)? else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        tracing::debug!(%error, "not a text file");
        CommandError::new("error-code-form").misuse()
    })?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}
