//! How long cases are kept, as whoever writes the roster decides it: planned first, so that a person sees what becomes due by it, then written as
//! it was seen.

use bellrope_proto::ids::Timestamp;

use super::transaction::{AdmissionError, RosterTransaction, may_wish};
use crate::{
    device::{Device, DeviceError},
    group::{Change, Retention},
    ids::Position,
};

/// Why nothing is different.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// Fewer months than a group needs, or more than anybody thinks of.
    #[error("a case is not kept for so many months")]
    NoTime,
    /// It is so already.
    #[error("that is so already")]
    Same,
    /// Somebody else has changed it since it was planned.
    #[error("it was changed meanwhile")]
    Changed,
    /// As with every change of the roster.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
}

impl From<DeviceError> for RetentionError {
    fn from(error: DeviceError) -> Self {
        Self::Admission(error.into())
    }
}

/// What it will come to.
#[derive(Clone, Debug)]
pub struct PlannedRetention {
    pub(crate) kept: Retention,
    /// The entry that it takes the place of.
    pub(crate) before: Position,
}

/// What a change would come to: for so many months, or, without any, that no case is due by time. Nothing is written.
///
/// # Errors
/// [`RetentionError`].
pub fn plan_retention(
    device: &Device,
    months: Option<u16>,
) -> Result<PlannedRetention, RetentionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    may_wish(device, &roster)?;
    let kept = Retention::of(months);
    if !kept.is_sound() {
        return Err(RetentionError::NoTime);
    }
    // That what a group began with is what it wants can be said, once.
    if roster.retention_said() == Some(&kept) {
        return Err(RetentionError::Same);
    }
    Ok(PlannedRetention {
        kept,
        before: roster.retention_since(),
    })
}

/// Writes it into the roster. No network.
///
/// # Errors
/// [`RetentionError`]; nothing is changed then.
pub(crate) fn set_retention(
    device: &Device,
    (kept, before): (Retention, Position),
    now: Timestamp,
) -> Result<(), RetentionError> {
    let mut change = RosterTransaction::begin(device, now)?;
    if change.roster.retention_since() != before {
        return Err(RetentionError::Changed);
    }
    change.append(Change::Retention(kept))?;
    Ok(change.commit()?)
}
