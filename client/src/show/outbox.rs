//! What was sent from this device, and how far each alert got.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use crate::{
    case::case_ending,
    device::{Device, DeviceError, outbox},
    ids::MessageId,
    text::rfc3339,
};

/// The outbox of a device.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    /// Alerts of the last days, oldest first.
    pub alerts: Vec<SentAlert>,
    /// What was said in cases and waits.
    pub words: usize,
    /// Messages of the program itself that wait.
    pub others: usize,
    /// Whether anything waits.
    pub waits: bool,
}

/// An alert of this device. What it says is not known here any more.
#[derive(Clone, Debug)]
pub struct SentAlert {
    /// Its id.
    pub id: MessageId,
    /// Since when it waits, or waited.
    pub queued: Timestamp,
    /// How far it got.
    pub delivery: Delivery,
    /// Whether this device could write it down, as it is now.
    pub kept: bool,
}

/// How far an alert got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It waits on this device.
    Queued,
    /// It waits on this device, and is shown as unverified by whoever gets it now.
    Late,
    /// A relay has signed that it is on its disk.
    Stored {
        /// When, by the relay's clock.
        time: Timestamp,
        /// Its place in the group's mailbox.
        sequence: u64,
    },
}

impl Delivery {
    /// Its name in JSON, and the end of its message's id.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Late => "late",
            Self::Stored { .. } => "stored",
        }
    }
}

impl Outbox {
    /// What is there now. What was stored long ago is forgotten.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, now: Timestamp) -> Result<Self, DeviceError> {
        outbox::prune(device, now)?;
        let mut outbox = Self::default();
        for file in outbox::all(device)? {
            let kept = !outbox::is_held(device, &file.name);
            let queued = file.queued;
            let waits = queued.receipt.is_none();
            outbox.waits |= waits;
            let Some(id) = queued.alert else {
                let count = match queued.word {
                    Some(_) => &mut outbox.words,
                    None => &mut outbox.others,
                };
                *count = count.saturating_add(usize::from(waits));
                continue;
            };
            let delivery = match queued.receipt {
                Some(receipt) => Delivery::Stored {
                    time: receipt.fact.time,
                    sequence: receipt.fact.sequence.0,
                },
                None if queued.expires < now => Delivery::Late,
                None => Delivery::Queued,
            };
            outbox.alerts.push(SentAlert {
                id,
                queued: queued.queued,
                delivery,
                kept,
            });
        }
        Ok(outbox)
    }

    /// One alert; `None` when it was never queued here, or is long stored.
    #[must_use]
    pub fn get(&self, id: MessageId) -> Option<&SentAlert> {
        self.alerts.iter().find(|sent| sent.id == id)
    }
}

impl SentAlert {
    /// Whether it is not at a relay yet.
    #[must_use]
    pub fn waits(&self) -> bool {
        !matches!(self.delivery, Delivery::Stored { .. })
    }

    /// The number by which members call it, without the country: where it happened is not known here any more.
    #[must_use]
    pub fn case(&self) -> String {
        case_ending(self.queued, self.id)
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (stored, sequence) = match self.delivery {
            Delivery::Stored { time, sequence } => (rfc3339(time), Some(sequence)),
            Delivery::Queued | Delivery::Late => (None, None),
        };
        json!({
            "id": self.id.to_string(),
            "state": self.delivery.key(),
            "case": self.case(),
            "queued": rfc3339(self.queued),
            "stored": stored,
            "sequence": sequence,
        })
    }
}
