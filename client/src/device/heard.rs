//! When the relay was last heard, and what its clock said: for whoever asks how things stand, and for nothing else.

use bellrope_proto::{address::RelayAddress, codec, ids::Timestamp};
use serde::{Deserialize, Serialize};

use super::{files::DeviceError, place, unlocked::Device};

const HEARD: &str = "heard";

/// A relay that is heard all the time is noted so often: nobody asks for seconds.
const NOTED_SECONDS: u64 = 300;

/// The relay is noted as heard every five minutes: who was heard so lately is not silent.
const SILENT_SECONDS: u64 = 600;

/// What was heard last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Heard {
    /// Of which relay.
    pub(crate) relay: RelayAddress,
    /// When, by this device's clock.
    pub(crate) at: Timestamp,
    /// What the relay's clock said.
    pub(crate) time: Timestamp,
}

impl Heard {
    /// What is noted. What cannot be read was not heard: no alert waits for it.
    #[must_use]
    pub(crate) fn read(device: &Device) -> Option<Self> {
        device.files().read(HEARD).ok().flatten()
    }
}

/// The relay from which this device reads; `None` while it has none.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn relay(device: &Device) -> Result<Option<RelayAddress>, DeviceError> {
    Ok(place::newest_of(device)?.map(|told| told.relay))
}

/// Notes that the relay was heard. Of two programs that do so at once one may be forgotten, until the next heartbeat.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note(device: &Device, time: Timestamp, now: Timestamp) -> Result<(), DeviceError> {
    let Some(relay) = relay(device)? else {
        return Ok(());
    };
    let is_noted = Heard::read(device).is_some_and(|last| {
        let since = now.0.abs_diff(last.at.0);
        let since_there = time.0.abs_diff(last.time.0);
        // Neither clock was set meanwhile.
        last.relay == relay && since < NOTED_SECONDS && since_there < NOTED_SECONDS
    });
    if is_noted {
        return Ok(());
    }
    let heard = Heard {
        relay,
        at: now,
        time,
    };
    device.files().write(HEARD, &codec::encode(&heard))
}

/// What this device knows of the relay's clock. What has arrived by then is known here; what came since is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RelayClock {
    /// When the relay was heard last, by this device's clock and by its own.
    heard: Option<(Timestamp, Timestamp)>,
}

impl RelayClock {
    /// As it is known now.
    #[must_use]
    pub(crate) fn of(device: &Device) -> Self {
        let heard = Heard::read(device);
        Self {
            heard: heard.map(|heard| (heard.at, heard.time)),
        }
    }

    /// The moment by the relay's clock: what is due goes by that, and this device's may be wrong.
    #[must_use]
    pub(crate) fn at(self, ours: Timestamp) -> Timestamp {
        match self.heard {
            Some((at, time)) => time.plus(ours.0.saturating_sub(at.0)),
            None => ours,
        }
    }

    /// Since when nothing is known of what arrived, if it was not known at this moment of the relay's.
    #[must_use]
    pub(crate) fn silent_at(self, then: Timestamp) -> Option<Option<Timestamp>> {
        match self.heard {
            Some((_, time)) => (time.plus(SILENT_SECONDS) < then).then_some(Some(time)),
            None => Some(None),
        }
    }
}
