//! When somebody looks at what is sent, as far as whoever sends it can know: nothing where the group has no rota.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use crate::{
    device::Device,
    duty::Rota,
    sync::{ComposeError, sender_view},
    text::{Messages, rfc3339},
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    rota: Rota<()>,
    now: Timestamp,
}

impl Hours {
    /// By the newest that this device was told of the group.
    ///
    /// # Errors
    /// [`ComposeError`] on a device that may not send.
    pub fn of(device: &Device, now: Timestamp) -> Result<Option<Self>, ComposeError> {
        let view = sender_view(device, &device.state()?)?;
        Ok(view.hours().map(|rota| Self { rota, now }))
    }

    /// Whether somebody is on duty now, or when.
    #[must_use]
    pub fn line(&self, words: &Messages) -> String {
        match self.rota.next(self.now) {
            Some(at) if at == self.now => words.plain("hours-now"),
            Some(at) => {
                let at = words.moment_there(at, self.rota.minutes_ahead(at));
                words.say("hours-next", &[("at", at.into())])
            }
            None => words.plain("hours-none"),
        }
    }

    /// The same for programs: when somebody is on duty next, which is now if somebody is; `null` where nobody will be within two weeks.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!(self.rota.next(self.now).and_then(rfc3339))
    }
}
