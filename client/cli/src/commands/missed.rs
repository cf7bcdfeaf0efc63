//! Check-ins that were missed, told while `watch` runs: to who is to try to reach somebody; and loudly once that was in vain. Worked out on this device
//! from what it has; what was settled meanwhile is told to nobody.

use std::{collections::HashSet, time::Duration};

use bellrope_client::{Device, DeviceError, now, show::MissedCheckIn};
use tokio::time::{Instant, sleep_until};

use crate::ui::Ui;

/// How often it is looked: nobody is waited for to the second.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What was told already since this program began.
#[derive(Debug)]
pub(super) struct Missed {
    told: HashSet<String>,
    next: Instant,
    /// Whether something rings still, as far as was looked.
    rings: bool,
}

impl Missed {
    pub(super) fn new() -> Self {
        Self {
            told: HashSet::new(),
            next: Instant::now(),
            rings: false,
        }
    }

    /// Whether somebody must still hear of one: that another thing is settled ends no bell for it.
    pub(super) fn is_ringing(&self) -> bool {
        self.rings
    }

    /// Until it is time to look again.
    pub(super) async fn due(&self) {
        sleep_until(self.next).await;
    }

    /// Something came that may change it.
    pub(super) fn look_soon(&mut self) {
        self.next = Instant::now();
    }

    /// Tells what was not told yet; whether something of it is to ring.
    pub(super) fn tell(&mut self, ui: &mut Ui, device: &Device) -> Result<bool, DeviceError> {
        self.next = Instant::now() + LOOK_EVERY;
        let all = MissedCheckIn::all(device, now())?;
        let (old, new): (Vec<_>, Vec<_>) = all.iter().partition(|missed| missed.is_old());
        let cases: Vec<&str> = old.iter().map(|missed| missed.case()).collect();
        if !cases.is_empty() && self.told.insert(cases.join(" ")) {
            let words = [
                ("count", cases.len().into()),
                ("cases", cases.join(", ").into()),
            ];
            ui.status("missed-old", &words);
        }
        let mut rings = false;
        self.rings = new.iter().any(|missed| missed.is_told() && missed.rings());
        for missed in new.into_iter().filter(|missed| missed.is_told()) {
            if self.told.insert(missed.key()) {
                let text = missed.text(&ui.messages);
                ui.output.status(&text);
                rings |= missed.rings();
            }
        }
        Ok(rings)
    }
}
