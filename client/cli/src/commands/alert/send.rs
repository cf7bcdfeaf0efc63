//! Tries the network, and says honestly how far an alert got.

use std::sync::Arc;

use bellrope_client::{
    Device, EngineError, EngineOptions, MessageId, RelayError, ReplyUpdate, SendReport, now,
    show::{Delivery, Outbox, SentAlert},
    text::{moment_text, rfc3339},
};
use serde_json::json;

use crate::{
    command_error::{CommandError, DONE, QUEUED},
    ui::{Background, Ui},
};

/// Tries the network, and says what came of this alert.
pub(super) fn send(
    ui: &mut Ui,
    device: &Arc<Device>,
    id: MessageId,
    as_json: bool,
) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let engine = background.engine(device, EngineOptions::default());
    let sent = background.wait(engine.send_alerts())?;
    let is_sent = sent.failed.is_empty();
    let code = say(ui, device, id, sent, as_json)?;
    if is_sent {
        // New keys wait for a defender where nothing else brings them. What fails here is done another time.
        let reads = device.reads()?;
        let updates = background.wait(async {
            let _ = engine.send_outbox().await;
            if reads {
                return Vec::new();
            }
            engine.catch_up().await.unwrap_or_default()
        });
        if updates.contains(&ReplyUpdate::Taken) {
            ui.status("watch-taken", &[]);
        }
    }
    background.wait(engine.stop());
    Ok(code)
}

/// The relay's word counts, also when it could not be written down: nobody should write an alert again that is stored.
fn say(
    ui: &mut Ui,
    device: &Device,
    id: MessageId,
    sent: SendReport,
    as_json: bool,
) -> Result<u8, CommandError> {
    let listed = Outbox::of(device, now()).ok();
    let listed_alert = listed.as_ref().and_then(|outbox| outbox.get(id));
    let case = listed_alert.map(SentAlert::case);
    let (mut stored, mut sequence) = (None, None);
    if let Some(Delivery::Stored { time, sequence: at }) = listed_alert.map(|sent| sent.delivery) {
        (stored, sequence) = (Some(time), Some(at));
    }
    let mut told = sent.stored.iter();
    stored = stored.or(told.find(|(of, _)| *of == id).map(|(_, time)| *time));
    if as_json {
        ui.json(json!({
            "id": id.to_string(),
            "case": case,
            "state": if stored.is_some() { "stored" } else { "queued" },
            "stored": stored.and_then(rfc3339),
            "sequence": sequence,
        }))?;
    }
    if let Some(time) = stored {
        if !as_json {
            let words = [
                ("time", moment_text(time).into()),
                ("id", id.to_string().into()),
            ];
            ui.print("alert-stored", &words)?;
            say_case(ui, case)?;
        }
        // It is stored. That a relay says what cannot be, or a file could not be used, is said all the same.
        let other = |error: &EngineError| !matches!(error, EngineError::Relay(error) if !matches!(error, RelayError::Contradiction(_)));
        if let Some(error) = sent.failed.into_iter().find(other) {
            ui.failed(error);
        }
        if sent.evidence {
            ui.status("watch-evidence", &[]);
        }
        return Ok(DONE);
    }
    let failed = sent.failed.into_iter().next();
    let may_pass = !matches!(&failed, Some(EngineError::Relay(error)) if !error.may_pass());
    match failed {
        Some(error) => ui.failed(error),
        None => ui.status("error-relay-ended", &[]),
    }
    if !as_json {
        ui.print("alert-queued", &[("id", id.to_string().into())])?;
        say_case(ui, case)?;
    }
    if !may_pass {
        ui.status("alert-needs-help", &[]);
    }
    Ok(QUEUED)
}

/// Under which number people can speak of it.
fn say_case(ui: &mut Ui, case: Option<String>) -> Result<(), CommandError> {
    match case {
        Some(case) => ui.print("alert-case", &[("case", case.into())]),
        None => Ok(()),
    }
}
