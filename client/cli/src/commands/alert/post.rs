//! What is done at the network for an alert: the newest keys come while a person types; then it goes, and what is said is how
//! far it got.

use std::{io, sync::Arc};

use bellrope_client::{
    Device, Engine, EngineError, EngineOptions, MemberKey, Refresh, RelayError, ReplyUpdate,
    SealedAlert, SendReport, addressees,
    alert::Alert,
    compose_alert, now,
    show::{Addressees, Delivery, Outbox, SentAlert},
    text::rfc3339,
};
use bellrope_proto::ids::Timestamp;
use serde_json::json;

use super::super::watch::say_ready;
use crate::{
    command_error::{CommandError, DONE, QUEUED},
    ui::{Background, Ui},
};

/// See the module.
pub(super) struct Post {
    device: Arc<Device>,
    chosen: Vec<MemberKey>,
    /// An alert is sealed also where the system has no thread left for this.
    network: io::Result<Network>,
}

struct Network {
    background: Background,
    engine: Engine,
    refresh: Option<Refresh>,
}

impl Post {
    /// For an alert to these readers, or to all.
    pub(super) fn start(device: &Arc<Device>, chosen: Vec<MemberKey>) -> Self {
        Self {
            device: Arc::clone(device),
            chosen,
            network: Network::start(device),
        }
    }

    /// To whom an alert goes, as far as it is known when the newest keys have come, or will not come now.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(super) fn addressees(&mut self) -> Result<Addressees, CommandError> {
        self.freshen();
        Ok(addressees(&self.device, &self.chosen)?)
    }

    /// Seals it by the newest keys.
    ///
    /// # Errors
    /// [`CommandError`]; nothing is queued then.
    pub(super) fn seal(&mut self, alert: &Alert) -> Result<SealedAlert, CommandError> {
        self.freshen();
        Ok(compose_alert(&self.device, alert, &self.chosen, now())?)
    }

    fn freshen(&mut self) {
        if let Ok(network) = &mut self.network
            && let Some(refresh) = network.refresh.take()
        {
            network.background.wait(refresh.done());
        }
    }

    /// Tries the network, and says what came of this alert.
    ///
    /// # Errors
    /// [`CommandError`].
    pub(super) fn send(
        self,
        ui: &mut Ui,
        sealed: &SealedAlert,
        as_json: bool,
    ) -> Result<u8, CommandError> {
        let device = &self.device;
        let Network {
            background,
            mut engine,
            ..
        } = match self.network {
            Ok(network) => network,
            // It is sealed and on disk: nobody should think that it is lost.
            Err(error) => {
                let said = CommandError::from(error).say(&ui.messages);
                ui.output.status(&said);
                let case = Outbox::of(device, now())
                    .ok()
                    .and_then(|outbox| outbox.get(sealed.id).map(SentAlert::case));
                return say_queued(ui, sealed, case, as_json);
            }
        };
        let sent = background.wait(engine.send_alerts())?;
        let is_sent = sent.failed.is_empty();
        let code = say(ui, device, sealed, sent, as_json)?;
        if is_sent {
            // New keys wait for a defender where nothing else brings them. What fails here is done another time.
            let reads = device.reads()?;
            background.wait(async {
                let _ = engine.send_outbox().await;
                if !reads
                    && let Ok(updates) = engine.catch_up().await
                    && updates.contains(&ReplyUpdate::Moved)
                {
                    // The alert is where the relay was.
                    let _ = engine.send_outbox().await;
                }
            });
        }
        say_ready(ui, &background, &mut engine)?;
        background.wait(engine.stop());
        ui.unsaid_restore(device)?;
        Ok(code)
    }
}

impl Network {
    fn start(device: &Arc<Device>) -> io::Result<Self> {
        let background = Background::start()?;
        let engine = background.engine(device, EngineOptions::default());
        let refresh = Some(engine.refresh());
        Ok(Self {
            background,
            engine,
            refresh,
        })
    }
}

/// The relay's word counts, also when it could not be written down: nobody should write an alert again that is stored.
fn say(
    ui: &mut Ui,
    device: &Device,
    sealed: &SealedAlert,
    sent: SendReport,
    as_json: bool,
) -> Result<u8, CommandError> {
    let id = sealed.id;
    let listed = Outbox::of(device, now()).ok();
    let listed_alert = listed.as_ref().and_then(|outbox| outbox.get(id));
    let case = listed_alert.map(SentAlert::case);
    let (mut stored, mut sequence) = (None, None);
    if let Some(Delivery::Stored { time, sequence: at }) = listed_alert.map(|sent| sent.delivery) {
        (stored, sequence) = (Some(time), Some(at));
    }
    let mut told = sent.stored.iter();
    stored = stored.or(told.find(|(of, _)| *of == id).map(|(_, time)| *time));
    if let Some(time) = stored {
        if as_json {
            say_json(ui, sealed, case, Some((time, sequence)))?;
        } else {
            let words = [
                ("time", ui.messages.moment(time).into()),
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
    let code = say_queued(ui, sealed, case, as_json)?;
    if !may_pass {
        ui.status("alert-needs-help", &[]);
    }
    Ok(code)
}

/// It waits on this device.
fn say_queued(
    ui: &mut Ui,
    sealed: &SealedAlert,
    case: Option<String>,
    as_json: bool,
) -> Result<u8, CommandError> {
    if as_json {
        say_json(ui, sealed, case, None)?;
    } else {
        ui.print("alert-queued", &[("id", sealed.id.to_string().into())])?;
        say_case(ui, case)?;
    }
    Ok(QUEUED)
}

/// As the client's README has it; where it is stored, if it is, and since when.
fn say_json(
    ui: &mut Ui,
    sealed: &SealedAlert,
    case: Option<String>,
    stored: Option<(Timestamp, Option<u64>)>,
) -> Result<(), CommandError> {
    ui.json(json!({
        "id": sealed.id.to_string(),
        "case": case,
        "readers": sealed.to.people,
        "state": if stored.is_some() { "stored" } else { "queued" },
        "stored": stored.and_then(|(time, _)| rfc3339(time)),
        "sequence": stored.and_then(|(_, sequence)| sequence),
    }))
}

/// Under which number people can speak of it.
fn say_case(ui: &mut Ui, case: Option<String>) -> Result<(), CommandError> {
    match case {
        Some(case) => ui.print("alert-case", &[("case", case.into())]),
        None => Ok(()),
    }
}
