//! `bellrope invite`: a code, a QR code of it, or everything in one file.

use bellrope_client::{
    EngineOptions, Role, check_name, new_private_file, now, text::escape, write_file,
};
use bellrope_proto::ids::Timestamp;
use qrcode::{EcLevel, QrCode, render::unicode};

use super::watch::say_ready;
use crate::{
    args::{Invite, InviteRole},
    command_error::{CommandError, DONE, QUEUED},
    paths::{given_path, shell_word},
    ui::{Background, Ui},
};

pub(super) fn invite(ui: &mut Ui, args: &Invite) -> Result<u8, CommandError> {
    let file = args.file.as_deref().map(given_path);
    let name = check_name(&args.name).map_err(|error| CommandError::of_name("person", error))?;
    if let Some(path) = &file
        && path.exists()
    {
        let path = path.display().to_string();
        return Err(CommandError::with("error-file-exists", vec![("file", path)]).misuse());
    }
    let device = ui.unlock()?;
    let background = Background::start()?;
    let mut engine = background.engine(&device, EngineOptions::default());
    // Without a network it is made all the same, and posted after reading.
    let _ = background.wait(engine.read_first())?;
    say_ready(ui, &background, &mut engine)?;
    let now = now();
    let expires = now.plus(u64::from(args.days) * Timestamp::DAY_SECONDS);
    let role = Role::from(args.role);
    let invitation = bellrope_client::invite(&device, role, &name, expires, now)?;
    let word = shell_word(&escape(&name));
    let name = escape(&name);
    let until = ui.messages.moment(expires);
    let words = [
        ("name", name.into()),
        ("word", word.into()),
        ("until", until.into()),
    ];
    if let Some(path) = &file {
        let text = write_file(&invitation.code, &invitation.bundle);
        let written = new_private_file(path, text.as_bytes());
        let path = path.display().to_string();
        match written {
            Ok(()) => ui.print("invite-file", &[("file", escape(&path).into())])?,
            // The invitation is made, and its name taken: it must not be lost with the file.
            Err(error) => {
                let what = ("what", error.to_string());
                let error = CommandError::with("error-file-system", vec![("file", path), what]);
                ui.output.status(&error.say(&ui.messages));
                ui.verbatim(&invitation.code.to_text())?;
            }
        }
    } else {
        let code = invitation.code.to_text();
        ui.verbatim(&code)?;
        if args.qr {
            let drawn = draw(&code)?;
            ui.verbatim(&drawn)?;
        }
    }
    ui.status("invite-advice", &words);
    if args.role == InviteRole::Defender {
        ui.status("invite-advice-defender", &[]);
    } else {
        ui.status("invite-advice-reader", &words);
    }
    let report = background.wait(engine.send_outbox())?;
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    match report.failed.into_iter().next() {
        None => Ok(DONE),
        Some(error) => {
            ui.failed(error);
            ui.status("invite-queued", &[]);
            Ok(QUEUED)
        }
    }
}

/// Small enough for a terminal of 80 by 24: a module is half a character high.
fn draw(code: &str) -> Result<String, CommandError> {
    let code = QrCode::with_error_correction_level(code, EcLevel::L).map_err(|error| {
        tracing::debug!(%error, "no QR code");
        CommandError::new("error-qr")
    })?;
    // For terminals that write light on dark; where it is the other way round, the code is inverted,
    // which telephones read as well.
    Ok(code
        .render::<unicode::Dense1x2>()
        .dark_color(unicode::Dense1x2::Light)
        .light_color(unicode::Dense1x2::Dark)
        .build())
}
