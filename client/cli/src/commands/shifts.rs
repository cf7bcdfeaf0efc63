//! Shifts that are handed over and swapped, told while `watch` runs: to who is asked, and to the second line, loudly, when nobody has taken a shift over.
//! Worked out on this device from what it has; what was settled before is told to nobody.

use std::{collections::HashSet, time::Duration};

use bellrope_client::{Device, DeviceError, now, show::ShiftsNow};
use tokio::time::{Instant, sleep_until};

use crate::ui::Ui;

/// How often it is looked: nobody is waited for to the second.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What was told already since this program began.
#[derive(Debug)]
pub(super) struct Shifts {
    told: HashSet<String>,
    next: Instant,
    is_first: bool,
    /// Whether one rings here that nobody has taken over.
    rings: bool,
}

/// What there is to be done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ShiftRings {
    /// Whether somebody is to be woken.
    pub(super) wakes: bool,
    /// Whether somebody is asked, once.
    pub(super) asks: bool,
}

impl Shifts {
    pub(super) fn new() -> Self {
        Self {
            told: HashSet::new(),
            next: Instant::now(),
            is_first: true,
            rings: false,
        }
    }

    /// Whether a shift rings here that nobody has taken over.
    pub(super) fn is_ringing(&self) -> bool {
        self.rings
    }

    /// Until it is time to look again.
    pub(super) async fn due(&self) {
        sleep_until(self.next).await;
    }

    /// Tells what was not told yet.
    pub(super) fn tell(&mut self, ui: &mut Ui, device: &Device) -> Result<ShiftRings, DeviceError> {
        self.next = Instant::now() + LOOK_EVERY;
        let mut rings = ShiftRings::default();
        let shifts = ShiftsNow::of(device, now())?;
        self.rings = false;
        let ahead = shifts.as_ref().map_or(0, ShiftsNow::minutes_ahead);
        for shift in shifts.iter().flat_map(|it| &it.all) {
            self.rings |= shift.rings();
            if !self.told.insert(shift.key()) {
                continue;
            }
            // What was agreed before this program began is shown by `duty`.
            if !shift.is_told() || (self.is_first && shift.is_settled()) {
                continue;
            }
            for line in shift.lines(ahead, &ui.messages) {
                ui.output.status(&line);
            }
            rings.wakes |= shift.rings();
            rings.asks |= shift.is_asked();
        }
        self.is_first = false;
        Ok(rings)
    }
}
