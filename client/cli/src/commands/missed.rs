//! Check-ins that were missed, told while `watch` runs: to who is to try to reach somebody; and loudly, by the rota, once that was in vain. Worked out on
//! this device from what it has; what was settled meanwhile is told to nobody.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use bellrope_client::{Device, DeviceError, now, quiet_hours, show::MissedCheckIn};
use bellrope_proto::ids::Timestamp;
use tokio::time::{Instant, sleep_until};

use crate::ui::Ui;

/// How often it is looked: nobody is waited for to the second.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What was told already since this program began.
#[derive(Debug)]
pub(super) struct Missed {
    told: HashSet<String>,
    /// What each case rang for last.
    rang: HashMap<String, (String, Timestamp)>,
    next: Instant,
    /// Whether something rings here still, as far as was looked.
    rings: bool,
}

impl Missed {
    pub(super) fn new() -> Self {
        Self {
            told: HashSet::new(),
            rang: HashMap::new(),
            next: Instant::now(),
            rings: false,
        }
    }

    /// Whether somebody must still hear of one here: that another thing is settled ends no bell for it.
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

    /// Tells what was not told yet; whether something of it is to ring here.
    pub(super) fn tell(&mut self, ui: &mut Ui, device: &Device) -> Result<bool, DeviceError> {
        self.next = Instant::now() + LOOK_EVERY;
        let now = now();
        let quiet = quiet_hours(device)?.map(|hours| hours.here(ui.messages.minutes_ahead(now)));
        let all = MissedCheckIn::all(device, quiet, now)?;
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
        let rang = std::mem::take(&mut self.rang);
        self.rings = false;
        for missed in new.into_iter().filter(|missed| missed.is_told()) {
            if self.told.insert(missed.key()) {
                let text = missed.text(&ui.messages);
                ui.output.status(&text);
            }
            let Some(ringing) = missed.ringing() else {
                continue;
            };
            self.rings |= ringing.is_here();
            let ring = ringing.ring();
            if rang.get(missed.case()) != Some(&ring) {
                let line = ringing.line(&ui.messages);
                if !line.is_empty() {
                    ui.output.status(&line);
                }
                rings |= ringing.is_here();
            }
            self.rang.insert(missed.case().to_owned(), ring);
        }
        Ok(rings)
    }
}
