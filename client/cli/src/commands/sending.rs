//! How a command ends that has said something: what waits is sent, and whoever typed it hears whether it is out.

use bellrope_client::{Engine, EngineError};

use crate::{
    command_error::{CommandError, DONE, QUEUED},
    ui::{Background, Ui},
};

/// Sends what waits, and says what failed. Who has just waited for a relay that cannot be reached does not wait a second time: it goes out with
/// what is sent next.
pub(super) fn sent(
    background: &Background,
    engine: &Engine,
    unread: Option<EngineError>,
) -> Result<Option<EngineError>, CommandError> {
    match unread.filter(EngineError::is_out_of_reach) {
        Some(error) => Ok(Some(error)),
        None => {
            let report = background.wait(engine.send_outbox())?;
            Ok(report.failed.into_iter().next())
        }
    }
}

/// That what was said is out; or what kept it, and that it waits on this device, in the words of `queued`.
pub(super) fn done_or_queued(ui: &mut Ui, failed: Option<EngineError>, queued: &str) -> u8 {
    match failed {
        None => DONE,
        Some(error) => {
            ui.failed(error);
            ui.status(queued, &[]);
            QUEUED
        }
    }
}
