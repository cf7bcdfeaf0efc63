//! Waking whoever sleeps: by whose turn it is, and only for as long as nobody has seen to it. One bell rings for everything that rings here, and stops
//! when nothing does any more.

use bellrope_client::{
    DeviceError, now, quiet_hours,
    show::{DutyRota, ReceivedAlert},
};
use tokio::time::Instant;

use super::Watcher;
use crate::{
    bell::{self, Bell},
    command_error::CommandError,
    ui::Ui,
};

impl Watcher {
    /// Wakes whoever sleeps, as something of this kind should.
    fn wake(&mut self, ui: &mut Ui, kind: &str) {
        if let Some(hook) = &self.hook {
            hook.start(kind);
        }
        if let Some(bell) = &mut self.bell {
            bell::ring();
            if bell.begin(Instant::now()) {
                let words = [("seconds", bell::AGAIN.as_secs().into())];
                ui.status("watch-bell", &words);
            }
        }
    }

    /// The same for what nobody's word ends: whoever is there presses a key.
    pub(super) fn wake_for_good(&mut self, ui: &mut Ui, kind: &str) {
        self.must_be_seen = true;
        self.wake(ui, kind);
    }

    /// Of what is not kept here, or cannot be read, nobody can say whose turn it is.
    pub(super) fn ring_for_all(&mut self, ui: &mut Ui, received: &ReceivedAlert) {
        if received.rings() {
            self.wake_for_good(ui, &received.kind_key());
        }
    }

    /// What rang before this program began rings here, if it is this person's turn.
    pub(super) fn begin_ringing(&mut self, ui: &mut Ui) {
        match self.ringing.begin(self.engine.device()) {
            Ok(()) => self.look_who_rings(ui),
            Err(error) => ui.failed(error.into()),
        }
    }

    /// Rings if it is this person's turn, and stops if somebody has acknowledged it. Alerts come in whether or not that can be read.
    pub(super) fn look_who_rings(&mut self, ui: &mut Ui) {
        let kinds = match self.ringing.look(ui, self.engine.device()) {
            Ok(kinds) => kinds,
            Err(error) => return ui.failed(error.into()),
        };
        for kind in kinds {
            self.wake(ui, &kind);
        }
        self.end_bell(ui);
    }

    /// The same of check-ins that were missed.
    pub(super) fn look_who_is_missed(&mut self, ui: &mut Ui) {
        let Some(missed) = &mut self.missed else {
            return;
        };
        match missed.tell(ui, self.engine.device()) {
            Ok(true) => self.wake(ui, "check_in"),
            Ok(false) => {}
            Err(error) => return ui.failed(error.into()),
        }
        self.end_bell(ui);
    }

    /// The same of shifts that nobody has taken over; and once where somebody is asked.
    pub(super) fn look_at_shifts(&mut self, ui: &mut Ui) {
        let rings = match self.shifts.tell(ui, self.engine.device()) {
            Ok(rings) => rings,
            Err(error) => return ui.failed(error.into()),
        };
        if rings.wakes {
            self.wake(ui, "shift");
        } else if rings.asks && self.bell.is_some() && !self.is_quiet(ui).unwrap_or(false) {
            bell::ring();
        }
        // Whoever is on duty now may be another.
        self.look_who_rings(ui);
    }

    /// Whether these are the hours in which this device's person sleeps.
    fn is_quiet(&self, ui: &Ui) -> Result<bool, DeviceError> {
        let now = now();
        let quiet = quiet_hours(self.engine.device())?;
        let quiet = quiet.map(|hours| hours.here(ui.messages.minutes_ahead(now)));
        Ok(quiet.is_some_and(|quiet| quiet.is_now(now)))
    }

    /// Stops the bell where nothing rings here any more that rang.
    fn end_bell(&mut self, ui: &mut Ui) {
        let missed = self.missed.iter().any(|it| it.is_ringing());
        let rings = self.ringing.is_ringing() || missed || self.shifts.is_ringing();
        let is_over = std::mem::replace(&mut self.rang, rings) && !rings;
        if is_over && !self.must_be_seen && self.bell.as_mut().is_some_and(Bell::end) {
            ui.status("watch-bell-settled", &[]);
        }
    }

    /// Says who is on duty now.
    pub(super) fn duty_changed(&mut self, ui: &mut Ui) -> Result<(), CommandError> {
        ui.status("watch-duty", &[]);
        if let Some(rota) = DutyRota::of(self.engine.device(), now())? {
            let line = rota.headline(&ui.messages);
            ui.output.status(&line);
        }
        self.look_at_shifts(ui);
        Ok(())
    }
}
