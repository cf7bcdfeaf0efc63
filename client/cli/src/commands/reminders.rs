//! What is due, told to who promised to see to it and to who leads: a day before, and when its time is over; and to who stands in for somebody who
//! leads, that nothing is heard from them. Worked out on this device from what
//! it has; what was settled meanwhile reminds nobody.

use std::{collections::HashSet, time::Duration};

use bellrope_client::{
    Device, DeviceError, now,
    show::{Due, Inbox},
};
use tokio::time::{Instant, sleep_until};

use crate::ui::Ui;

/// How often it is looked whether something is due. Reading all that was said takes a while where there are thousands of cases.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);

/// What was told already since this program began.
#[derive(Debug)]
pub(super) struct Reminders {
    told: HashSet<String>,
    next: Instant,
}

impl Reminders {
    pub(super) fn new() -> Self {
        Self {
            told: HashSet::new(),
            next: Instant::now(),
        }
    }

    /// Until it is time to look again.
    pub(super) async fn due(&self) {
        sleep_until(self.next).await;
    }

    /// Tells what was not told yet.
    pub(super) fn tell(&mut self, ui: &mut Ui, device: &Device) -> Result<(), DeviceError> {
        self.next = Instant::now() + LOOK_EVERY;
        let Some(inbox) = Inbox::open(device)? else {
            return Ok(());
        };
        let cases = inbox.cases_with_words()?;
        for case in &cases {
            let number = case.alert.case.as_str();
            let line = case.now.stand_in_line(number, now(), &ui.messages);
            if let Some(line) = line.filter(|line| self.told.insert(line.clone())) {
                ui.output.status(&line);
            }
        }
        for due in Due::of(&cases, false) {
            let Some(line) = due.reminder(now(), &ui.messages) else {
                continue;
            };
            if self.told.insert(line.clone()) {
                ui.output.status(&line);
            }
        }
        Ok(())
    }
}
