//! On a call: both look, both answer, and each is told what the other said.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bellrope_client::{
    Call, CallCode, CallNews, Device, Engine, EngineError, EngineOptions, Event, Outcome, now,
    show::DeviceStatus, text::escape,
};

use super::{same_or_not, wants_to_tell, warn_of_unread};
use crate::{
    command_error::{CommandError, DONE, FAILED, relay_message},
    commands::events::say,
    paths::shell_word,
    ui::{Background, Ui},
};

/// Between two looks at what came, also by another program of this device.
const LOOK: Duration = Duration::from_millis(200);

/// For the other's answer, when this person has given theirs: they are still on the call.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where this person has said that they differ, nothing depends on it.
const PATIENCE_IF_THEY_DIFFER: Duration = Duration::from_secs(10);

pub(super) fn call(
    ui: &mut Ui,
    device: &Arc<Device>,
    name: &str,
    tell: bool,
) -> Result<u8, CommandError> {
    let call = Call::begin(device, name)?;
    let name = escape(call.name());
    let unread = DeviceStatus::of(device, now())?.unread;
    ui.status("verify-call", &[("name", name.as_str().into())]);
    let background = Background::start()?;
    let options = EngineOptions {
        follow: true,
        envelopes: None,
    };
    let engine = background.engine(device, options);
    let mut comparing = Comparing {
        call,
        name,
        device: Arc::clone(device),
        engine,
        background,
        offline: "",
    };
    let done = comparing.compare(ui, tell);
    let Comparing {
        engine, background, ..
    } = comparing;
    background.wait(engine.stop());
    warn_of_unread(ui, unread, DeviceStatus::of(device, now())?.unread);
    done
}

struct Comparing {
    call: Call,
    name: String,
    device: Arc<Device>,
    engine: Engine,
    background: Background,
    /// What was said last of a relay that is not there.
    offline: &'static str,
}

impl Comparing {
    fn compare(&mut self, ui: &mut Ui, tell: bool) -> Result<u8, CommandError> {
        let Some(code) = self.code(ui)? else {
            return Ok(FAILED);
        };
        self.show(ui, &code)?;
        let outcome = same_or_not(ui, "ask-verify-call")?;
        let mut is_alarm = self.call.answer(&self.device, outcome, now())?;
        self.send(ui)?;
        let patience = match outcome {
            Outcome::Same => PATIENCE,
            Outcome::Differ => PATIENCE_IF_THEY_DIFFER,
        };
        let theirs = self.theirs(ui, patience)?.map(|(theirs, alarm)| {
            is_alarm |= alarm;
            theirs
        });
        let name = self.name.clone();
        let words = [
            ("name", name.as_str().into()),
            ("word", shell_word(&name).into()),
        ];
        let (id, code) = match (outcome, theirs) {
            (Outcome::Same, Some(Outcome::Same)) => ("verify-both-same", DONE),
            (Outcome::Same, None) => ("verify-no-answer", DONE),
            (Outcome::Same, Some(Outcome::Differ)) => ("verify-they-differ", FAILED),
            (Outcome::Differ, Some(Outcome::Same)) => ("verify-differ-they-same", FAILED),
            (Outcome::Differ, _) => ("verify-differ", FAILED),
        };
        ui.print(id, &words)?;
        if is_alarm {
            ui.status("verify-alarm", &words);
        }
        if code == DONE && wants_to_tell(ui, &self.device, tell)? {
            self.call.tell(&self.device, now())?;
            ui.status("verify-told", &[]);
        }
        self.send(ui)?;
        Ok(code)
    }

    /// Waits until both are there; `None` when the other's device does not keep to what it said, which is told.
    fn code(&mut self, ui: &mut Ui) -> Result<Option<CallCode>, CommandError> {
        let mut other_roster = false;
        loop {
            match self.call.look(&self.device)? {
                CallNews::Nothing => {}
                CallNews::Said => self.send(ui)?,
                CallNews::OtherRoster if other_roster => {}
                CallNews::OtherRoster => {
                    other_roster = true;
                    let name = self.name.clone();
                    ui.status("verify-other-roster", &[("name", name.into())]);
                }
                CallNews::Code(code) => {
                    self.send(ui)?;
                    return Ok(Some(code));
                }
                CallNews::NotCommitted(is_alarm) => {
                    let name = self.name.clone();
                    let words = [("name", name.into())];
                    ui.print("verify-not-committed", &words)?;
                    if is_alarm {
                        ui.status("verify-alarm", &words);
                        self.send(ui)?;
                    }
                    return Ok(None);
                }
            }
            self.wait(ui)?;
        }
    }

    fn show(&self, ui: &mut Ui, code: &CallCode) -> Result<(), CommandError> {
        ui.print("verify-code", &[("name", self.name.as_str().into())])?;
        let numbers = code.numbers().map(|number| number.to_string());
        ui.content(&format!("    {}", numbers.join("  ")))?;
        ui.print("verify-code-words", &[])?;
        let words = code.in_words(ui.messages.language());
        for line in words.chunks(3) {
            ui.content(&format!("    {}", line.join("  ")))?;
        }
        Ok(())
    }

    /// The other's answer, if it comes while they are still on the call.
    fn theirs(
        &mut self,
        ui: &mut Ui,
        patience: Duration,
    ) -> Result<Option<(Outcome, bool)>, CommandError> {
        ui.status(
            "verify-waits-for-answer",
            &[("name", self.name.as_str().into())],
        );
        let end = Instant::now() + patience;
        loop {
            let theirs = self.call.theirs(&self.device, now())?;
            if theirs.is_some() || Instant::now() >= end {
                return Ok(theirs);
            }
            self.wait(ui)?;
        }
    }

    fn send(&mut self, ui: &mut Ui) -> Result<(), CommandError> {
        let report = self.background.wait(self.engine.send_alerts())?;
        // The rest goes when the relay is there again, and by itself.
        if let Some(EngineError::Relay(error)) = report.failed.into_iter().next() {
            self.say_offline(ui, error);
        }
        Ok(())
    }

    /// Waits for what the engine tells, or for a moment.
    fn wait(&mut self, ui: &mut Ui) -> Result<(), CommandError> {
        let engine = &mut self.engine;
        let told = self
            .background
            .wait(async { tokio::time::timeout(LOOK, engine.next_told()).await });
        match told {
            Err(_) => Ok(()),
            Ok(Event::Offline(error)) => {
                self.say_offline(ui, error);
                Ok(())
            }
            Ok(Event::Online(_)) => {
                self.offline = "";
                Ok(())
            }
            // Of this very call.
            Ok(Event::CallWanted { name, .. } | Event::CallDiffers(name))
                if name == self.call.name() =>
            {
                Ok(())
            }
            Ok(Event::ComparisonsFailed) => ui.unsaid_failures(&self.device),
            Ok(event) => say(ui, event),
        }
    }

    fn say_offline(&mut self, ui: &mut Ui, error: bellrope_client::RelayError) {
        let id = relay_message(&error);
        if self.offline != id {
            self.offline = id;
            ui.failed(error.into());
        }
    }
}
