//! What `watch` rings for, and when it looks again. Whose bell something rings is the library's to say; that somebody has acknowledged it, wherever,
//! ends the ringing here.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bellrope_client::{
    Device, DeviceError, MessageId, now, quiet_hours,
    show::{self, may_ring},
};
use bellrope_proto::ids::Timestamp;
use tokio::time::{Instant, sleep_until};

use crate::ui::Ui;

/// It is looked again at least so often: a computer that slept, or whose clock was set, is not to sleep through it.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Ringing {
    /// What may ring, each with what it rang for last.
    waiting: BTreeMap<MessageId, Option<(String, Timestamp)>>,
    /// When to look again.
    next: Option<Instant>,
    /// Of which it was not said yet that they ring here.
    here: BTreeSet<MessageId>,
}

impl Ringing {
    /// With what came before this program began, and nobody has acknowledged.
    pub(super) fn begin(&mut self, device: &Device) -> Result<(), DeviceError> {
        for id in may_ring(device, now())? {
            self.add(id);
        }
        Ok(())
    }

    /// One more that may ring.
    pub(super) fn add(&mut self, id: MessageId) {
        self.waiting.entry(id).or_default();
    }

    /// Until it is time to look again.
    pub(super) async fn due(&self) {
        match self.next {
            Some(next) => sleep_until(next).await,
            None => std::future::pending().await,
        }
    }

    /// Whether something rings here, as far as was looked.
    pub(super) fn is_ringing(&self) -> bool {
        !self.here.is_empty()
    }

    /// Looks at everything that may ring, and says what has become otherwise; the kinds of what rings now.
    pub(super) fn look(
        &mut self,
        ui: &mut Ui,
        device: &Device,
    ) -> Result<Vec<String>, DeviceError> {
        // What cannot be read now is looked at again.
        self.next = Some(Instant::now() + LOOK_EVERY);
        let now = now();
        let ahead = ui.messages.minutes_ahead(now);
        let quiet = quiet_hours(device)?.map(|hours| hours.here(ahead));
        let mut kinds = Vec::new();
        let mut still = BTreeMap::new();
        let mut here = BTreeSet::new();
        let mut wait: Option<u64> = None;
        for (id, before) in std::mem::take(&mut self.waiting) {
            let ringing = match show::Ringing::of(device, id, quiet, now) {
                Ok(Some(ringing)) => ringing,
                Ok(None) => continue,
                Err(error) => {
                    tracing::warn!(%error, "it is not known whether this rings");
                    still.insert(id, before);
                    continue;
                }
            };
            let ring = ringing.ring();
            if before.as_ref() != Some(&ring) {
                let line = ringing.line(&ui.messages);
                if !line.is_empty() {
                    ui.output.status(&line);
                }
                if ringing.is_here() {
                    kinds.push(ringing.kind.clone());
                }
            }
            if ringing.is_here() {
                here.insert(id);
            }
            wait = [wait, ringing.wait()].into_iter().flatten().min();
            still.insert(id, Some(ring));
        }
        self.here = here;
        self.next = (!still.is_empty()).then(|| {
            let wait = wait.map_or(LOOK_EVERY, Duration::from_secs);
            Instant::now() + wait.min(LOOK_EVERY)
        });
        self.waiting = still;
        Ok(kinds)
    }
}
