//! QR codes at a terminal.

use qrcode::{EcLevel, QrCode, render::unicode};

use crate::command_error::CommandError;

/// Small enough for a terminal of 80 by 24: a module is half a character high.
pub(crate) fn draw(code: &str) -> Result<String, CommandError> {
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
