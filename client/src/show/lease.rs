//! What people have to know of the time for which the host has allowed the group's mailbox: the one thing that no program can renew.

use bellrope_proto::{address::RelayAddress, ids::Timestamp};

use crate::{
    device::{Device, DeviceError, newest_place},
    group::LeaseLeft,
    text::{Messages, day_text},
};

/// Something that a person has to do, or to see to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseNotice {
    /// How urgent it is.
    pub left: LeaseLeft,
    /// When the mailbox ends.
    pub ends: Timestamp,
    /// Days until then, begun ones counted.
    pub days: u64,
    /// Where.
    pub relay: RelayAddress,
    /// Whether this device can show the host's new token. The others know only what a coordinator's program has told them.
    pub can_renew: bool,
}

/// When the mailbox ends, or that it has.
pub(super) fn lease_text(ends: Timestamp, now: Timestamp, messages: &Messages) -> String {
    let id = if ends <= now {
        "status-mailbox-ended"
    } else {
        "status-mailbox"
    };
    messages.say(id, &[("ends", day_text(ends).into())])
}

impl LeaseNotice {
    /// What there is to say now; `None` when there is nothing, also for a defender's device, which hears nothing of this.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, now: Timestamp) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        let state = device.state()?;
        let can_renew = state.authority_seed.is_some();
        let lease = state.lease.or(roster.lease());
        let relay = newest_place(device)?.map(|told| told.relay);
        let (Some(lease), Some(relay)) = (lease, relay) else {
            return Ok(None);
        };
        let left = lease.left(now);
        let is_said = if can_renew {
            left > LeaseLeft::Most
        } else {
            left >= LeaseLeft::Quarter
        };
        Ok(is_said.then(|| Self {
            left,
            ends: lease.ends,
            days: lease
                .ends
                .0
                .saturating_sub(now.0)
                .div_ceil(Timestamp::DAY_SECONDS),
            relay,
            can_renew,
        }))
    }

    /// The same, once for each degree of urgency, and each time when it is most urgent. Notes that it was said.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn unsaid(device: &Device, now: Timestamp) -> Result<Option<Self>, DeviceError> {
        let Some(notice) = Self::of(device, now)? else {
            return Ok(None);
        };
        let saying = Some((notice.ends, notice.left));
        let was_said =
            device.change(|state| state.lease_told.replace((notice.ends, notice.left)))?;
        let is_urgent = notice.left >= LeaseLeft::Last;
        Ok((is_urgent || was_said != saying).then_some(notice))
    }
}
