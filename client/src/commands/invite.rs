//! `bellrope invite`: a code, a QR code of it, or everything in one file.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use bellrope_proto::ids::Timestamp;
use qrcode::{EcLevel, QrCode, render::unicode};

use super::desk::{Desk, wait_for};
use crate::{
    admission::{self, Invitation},
    carry,
    cli::{Invite, InviteRole},
    clock::{moment_text, now},
    failure::{DONE, Failure, QUEUED, link_message},
    invite::file,
    roster::Role,
    screen::escape,
};

pub(super) fn invite(desk: &mut Desk, args: &Invite) -> Result<u8, Failure> {
    if let Some(path) = &args.file
        && path.exists()
    {
        let path = path.display().to_string();
        return Err(Failure::with("error-file-exists", vec![("file", path)]).misuse());
    }
    let device = desk.unlock()?;
    let now = now();
    let expires = now.plus(u64::from(args.days) * Timestamp::DAY_SECONDS);
    let role = Role::from(args.role);
    let invitation = admission::invite(&device, role, args.name.trim(), expires, now)?;
    let name = escape(args.name.trim());
    let until = moment_text(expires);
    let words = [("name", name.into()), ("until", until.into())];
    if let Some(path) = &args.file {
        write_file(path, &invitation)?;
        let path = path.display().to_string();
        desk.print("invite-file", &[("file", escape(&path).into())])?;
    } else {
        let code = invitation.code.to_text();
        desk.content(&code)?;
        if args.qr {
            let drawn = draw(&code)?;
            desk.content(&drawn)?;
        }
    }
    desk.status("invite-advice", &words);
    if args.role == InviteRole::Defender {
        desk.status("invite-advice-defender", &[]);
    } else {
        desk.status("invite-advice-reader", &words);
    }
    let carried = wait_for(async { Ok(carry::flush(&device).await?) })?;
    match carried.failed.first() {
        None => Ok(DONE),
        Some((_, error)) => {
            desk.status(link_message(error), &[]);
            desk.status("invite-queued", &[]);
            Ok(QUEUED)
        }
    }
}

/// Small enough for a terminal of 80 by 24: a module is half a character high.
fn draw(code: &str) -> Result<String, Failure> {
    let code = QrCode::with_error_correction_level(code, EcLevel::L)
        .map_err(|_| Failure::new("error-qr"))?;
    // For terminals that write light on dark; where it is the other way round, the code is inverted,
    // which telephones read as well.
    Ok(code
        .render::<unicode::Dense1x2>()
        .dark_color(unicode::Dense1x2::Light)
        .light_color(unicode::Dense1x2::Dark)
        .build())
}

fn write_file(path: &Path, invitation: &Invitation) -> Result<(), Failure> {
    let text = file::write(&invitation.code, &invitation.bundle);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    crate::home::private_file(&mut options);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}
