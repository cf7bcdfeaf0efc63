//! What is done at the network for an alert: the newest keys come while a person types; then it goes, and what is said is how
//! far it got.

use std::{io, sync::Arc};

use bellrope_client::{
    Device, Engine, EngineError, EngineOptions, MemberKey, PartsReport, Provenance, ReadyFile,
    Refresh, RelayError, ReplyUpdate, SealedAlert, SendReport, addressees,
    alert::{Alert, SensitiveWords},
    compose_alert_with, now, sensitive_readers,
    show::{Addressees, Delivery, Outbox, SensitiveReaders, SentAlert, sealed_json},
    text::{escape, rfc3339},
};
use bellrope_proto::ids::Timestamp;
use serde_json::json;

use super::super::{answers, events::say_ready, watch::stopped, whom::readers};
use crate::{
    command_error::{CommandError, DONE, FAILED, QUEUED},
    ui::{Background, Ui},
};

/// A person may type for an hour, and somebody come in meanwhile: keys that were asked for longer ago are asked for again.
const KEYS_OLD_SECONDS: u64 = 180;

/// See the module.
pub(super) struct Post {
    device: Arc<Device>,
    /// The names that were given; none means all.
    names: Vec<String>,
    chosen: Vec<MemberKey>,
    /// An alert is sealed also where the system has no thread left for this.
    network: io::Result<Network>,
}

struct Network {
    background: Background,
    engine: Engine,
    refresh: Option<Refresh>,
    /// When the newest keys were asked for, and whether they have come.
    asked: Timestamp,
    is_fresh: bool,
}

impl Post {
    /// For an alert to the readers with these names, or to all.
    ///
    /// # Errors
    /// [`CommandError`] when nobody has one of the names, also by the newest roster.
    pub(super) fn start(
        ui: &mut Ui,
        device: &Arc<Device>,
        names: &[String],
    ) -> Result<Self, CommandError> {
        let mut post = Self {
            device: Arc::clone(device),
            names: names.to_vec(),
            chosen: Vec::new(),
            network: Network::start(device),
        };
        let found = match readers(device, names) {
            // It may be the name of somebody who has just come in.
            Err(_) if device.reads()? => {
                post.freshen();
                readers(device, names)?
            }
            found => found?,
        };
        for name in found.one_names {
            ui.status("to-one-name", &[("name", escape(&name).into())]);
        }
        Ok(post)
    }

    /// The device.
    pub(super) fn device(&self) -> &Device {
        &self.device
    }

    /// To whom an alert goes, as far as it is known when the newest keys have come, or will not come now.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(super) fn addressees(&mut self, alert: &Alert) -> Result<Addressees, CommandError> {
        self.choose()?;
        Ok(addressees(&self.device, alert, &self.chosen)?)
    }

    /// Who would read the part of it that is for few, as far as that is known by then.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(super) fn sensitive_readers(
        &mut self,
        alert: &Alert,
    ) -> Result<SensitiveReaders, CommandError> {
        self.choose()?;
        Ok(sensitive_readers(&self.device, alert, &self.chosen)?)
    }

    /// Seals it by the newest keys.
    ///
    /// # Errors
    /// [`CommandError`]; nothing is queued then.
    pub(super) fn seal(
        &mut self,
        alert: &Alert,
        goes_along: (&[ReadyFile], &Provenance),
        sensitive: Option<(&SensitiveWords, &SensitiveReaders)>,
    ) -> Result<SealedAlert, CommandError> {
        self.choose()?;
        Ok(compose_alert_with(
            &self.device,
            alert,
            (goes_along, sensitive),
            &self.chosen,
            now(),
        )?)
    }

    /// Looks the names up by the newest roster.
    fn choose(&mut self) -> Result<(), CommandError> {
        self.freshen();
        self.chosen = readers(&self.device, &self.names)?.keys;
        Ok(())
    }

    fn freshen(&mut self) {
        if let Ok(network) = &mut self.network {
            network.freshen();
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
        let is_kept = sealed.unkept.is_none();
        let Network {
            background,
            mut engine,
            is_fresh,
            ..
        } = match self.network {
            Ok(network) => network,
            // What is sealed and on disk is not lost, and nobody should think so.
            Err(error) => {
                let said = CommandError::from(error).say(&ui.messages);
                ui.output.status(&said);
                let case = Outbox::of(device, now())
                    .ok()
                    .and_then(|outbox| outbox.get(sealed.id).map(SentAlert::case));
                return if is_kept {
                    say_queued(ui, sealed, case, as_json)
                } else {
                    say_lost(ui, sealed, as_json)
                };
            }
        };
        let sent = if is_kept {
            background.wait(engine.send_alerts())?
        } else {
            match send_from_memory(ui, &background, &engine)? {
                Some(sent) => sent,
                None => return say_lost(ui, sealed, as_json),
            }
        };
        let is_sent = sent.failed.is_empty();
        let code = say(ui, device, sealed, sent, as_json)?;
        if is_sent && is_kept {
            // New keys wait for a defender where nothing else brings them. A second connection tells the relay whose the first was: it
            // is not made for what was read just before. What fails here is done another time.
            let must_read = !device.reads()? && (!is_fresh || device.awaits_claim()?);
            background.wait(async {
                let _ = engine.send_outbox().await;
                if must_read
                    && let Ok(updates) = engine.catch_up().await
                    && updates.contains(&ReplyUpdate::Moved)
                {
                    // The alert is where the relay was.
                    let _ = engine.send_outbox().await;
                }
            });
        }
        let following = sealed.following();
        if is_sent && is_kept && following > 0 {
            // The alert is there and said to be: whoever ends the program now loses nothing of it, and the rest goes another time.
            ui.status("alert-parts", &[("count", following.into())]);
            let report = background.wait(engine.send_parts())?;
            say_parts(ui, device, sealed, report)?;
        }
        say_ready(ui, &background, &mut engine)?;
        answers::say(ui, device);
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
            asked: now(),
            is_fresh: false,
        })
    }

    fn freshen(&mut self) {
        if is_old(self.asked, now()) {
            self.asked = now();
            self.refresh = Some(self.engine.refresh());
        }
        if let Some(refresh) = self.refresh.take() {
            self.is_fresh = self.background.wait(refresh.done());
        }
    }
}

/// Also by a clock that was set back since.
fn is_old(asked: Timestamp, now: Timestamp) -> bool {
    asked.0.abs_diff(now.0) > KEYS_OLD_SECONDS
}

/// Sends what is nowhere else for as long as it takes; `None` when the program is ended before that.
fn send_from_memory(
    ui: &mut Ui,
    background: &Background,
    engine: &Engine,
) -> Result<Option<SendReport>, CommandError> {
    ui.asking.leave_signals();
    background.end_when(stopped());
    let mut is_told = false;
    let sending = engine.send_held(|error| {
        ui.failed(error);
        if !std::mem::replace(&mut is_told, true) {
            ui.status("alert-not-kept-yet", &[]);
        }
    });
    let sent = background.wait(async {
        tokio::select! {
            sent = sending => Some(sent),
            () = stopped() => None,
        }
    });
    Ok(sent.transpose()?)
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
    let is_kept = listed_alert.map_or(sealed.unkept.is_none(), |sent| sent.kept);
    let (mut stored, mut sequence) = (None, None);
    if let Some(Delivery::Stored { time, sequence: at }) = listed_alert.map(|sent| sent.delivery) {
        (stored, sequence) = (Some(time), Some(at));
    }
    let mut told = sent.stored.iter();
    stored = stored.or(told.find(|(of, _)| *of == id).map(|(_, time)| *time));
    if let Some(time) = stored {
        if as_json {
            let stored = (rfc3339(time), sequence);
            say_json(ui, sealed, case, ("stored", is_kept), stored)?;
        } else {
            let words = [
                ("time", ui.messages.moment(time).into()),
                ("id", id.to_string().into()),
            ];
            ui.print("alert-stored", &words)?;
            say_case(ui, case)?;
        }
        if !is_kept {
            ui.status("alert-receipt-not-kept", &[]);
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
        // Told already.
        None if sealed.unkept.is_some() => {}
        None => ui.status("error-relay-ended", &[]),
    }
    let code = say_queued(ui, sealed, case, as_json)?;
    if !may_pass {
        ui.status("alert-needs-help", &[]);
    }
    Ok(code)
}

/// How far what goes with it got.
fn say_parts(
    ui: &mut Ui,
    device: &Device,
    sealed: &SealedAlert,
    report: PartsReport,
) -> Result<(), CommandError> {
    let outbox = Outbox::of(device, now())?;
    let papers = outbox.get(sealed.id).map(|sent| sent.papers.as_slice());
    let papers = papers.unwrap_or_default();
    for paper in papers {
        let line = paper.line(&ui.messages);
        ui.output.status(&line);
    }
    let is_full = report.failed.as_ref().is_some_and(EngineError::is_full);
    if let Some(error) = report.failed {
        ui.failed(error);
    }
    if is_full {
        ui.status("parts-no-room", &[]);
    } else if papers.iter().any(|paper| paper.waits()) {
        ui.status("alert-parts-wait", &[]);
    }
    Ok(())
}

/// It waits on this device.
fn say_queued(
    ui: &mut Ui,
    sealed: &SealedAlert,
    case: Option<String>,
    as_json: bool,
) -> Result<u8, CommandError> {
    if as_json {
        say_json(ui, sealed, case, ("queued", true), (None, None))?;
    } else {
        ui.print("alert-queued", &[("id", sealed.id.to_string().into())])?;
        say_case(ui, case)?;
    }
    Ok(QUEUED)
}

/// It was nowhere but in this program's memory, and has no receipt.
fn say_lost(ui: &mut Ui, sealed: &SealedAlert, as_json: bool) -> Result<u8, CommandError> {
    if as_json {
        say_json(ui, sealed, None, ("lost", false), (None, None))?;
    } else {
        ui.print("alert-lost", &[("id", sealed.id.to_string().into())])?;
    }
    Ok(FAILED)
}

/// As the client's README has it: what became of it, and whether this device has kept it; since when and where it is stored.
fn say_json(
    ui: &mut Ui,
    sealed: &SealedAlert,
    case: Option<String>,
    (state, kept): (&str, bool),
    (stored, sequence): (Option<String>, Option<u64>),
) -> Result<(), CommandError> {
    ui.json(json!({
        "id": sealed.id.to_string(),
        "case": case,
        "readers": sealed.to.people,
        "state": state,
        "kept": kept,
        "stored": stored,
        "sequence": sequence,
        "attachments": sealed_json(sealed),
        "sensitive_readers": sealed.sensitive,
    }))
}

/// Under which number people can speak of it.
fn say_case(ui: &mut Ui, case: Option<String>) -> Result<(), CommandError> {
    match case {
        Some(case) => ui.print("alert-case", &[("case", case.into())]),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_client::{NewGroup, create};
    use bellrope_proto::{address::RelayAddress, signing::PublicKey};

    use super::*;

    #[test]
    fn keys_are_asked_for_again_after_some_minutes_by_any_clock() {
        let asked = Timestamp(1_000_000);
        for (now, expected) in [(0, false), (KEYS_OLD_SECONDS, false), (3_600, true)] {
            assert_eq!(is_old(asked, asked.plus(now)), expected, "{now}");
        }
        assert!(is_old(asked, Timestamp(0)), "a clock that was set back");
    }

    #[test]
    fn what_was_asked_for_while_a_person_began_to_type_is_asked_for_again_before_it_is_used() {
        let dir = tempfile::tempdir().unwrap();
        let relay = PublicKey::from_bytes([1; 32]);
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &RelayAddress::new("127.0.0.1", 9, relay).unwrap(),
        };
        let device = create(
            dir.path(),
            &"a long enough passphrase".into(),
            &group,
            now(),
        )
        .unwrap();
        let mut network = Network::start(&Arc::new(device)).unwrap();
        for (asked, is_asked_again) in [(now(), false), (Timestamp(0), true)] {
            network.asked = asked;
            network.is_fresh = true;
            network.freshen();
            assert_eq!(network.asked != asked, is_asked_again);
            assert!(network.refresh.is_none(), "it was waited for");
        }
    }
}
