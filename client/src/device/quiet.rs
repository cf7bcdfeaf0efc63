//! The hours of each day at which a device's person does not want to be woken. Nobody else is told of them.

use bellrope_proto::codec;
use serde::{Deserialize, Serialize};

use super::{files::DeviceError, unlocked::Device};
use crate::duty::Quiet;

const QUIET: &str = "quiet";

/// Hours of each day, on the clock of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// The minute of the day at which they begin,
    pub from: u16,
    /// and how many minutes they last.
    pub minutes: u16,
}

impl QuietHours {
    /// `22:00–07:00`.
    #[must_use]
    pub fn text(self) -> String {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        let until = self.from.saturating_add(self.minutes);
        format!("{}–{}", clock(self.from), clock(until))
    }

    /// The same where the clocks are so many minutes ahead of UTC now.
    #[must_use]
    pub fn here(self, ahead: i16) -> Quiet {
        Quiet {
            from: self.from,
            minutes: self.minutes,
            ahead,
        }
    }
}

/// The hours that are kept; `None` where there are none, or what is kept cannot be read: rather a ring too many.
///
/// # Errors
/// [`DeviceError`] of the system.
pub fn quiet_hours(device: &Device) -> Result<Option<QuietHours>, DeviceError> {
    match device.files().read(QUIET) {
        Err(DeviceError::Damaged(..)) => Ok(None),
        read => Ok(read?.flatten()),
    }
}

/// Keeps other hours, or none.
///
/// # Errors
/// [`DeviceError`].
pub fn keep_quiet(device: &Device, hours: Option<QuietHours>) -> Result<(), DeviceError> {
    device.files().write(QUIET, &codec::encode(&hours))
}
