//! A mailbox that a host's token opens for an epoch which is still to begin: the group goes on there without what rules the one that it
//! has. What rules the new one is on this disk before a relay hears of it, so that a crash, or an answer that never came, costs no token.

use bellrope_proto::{
    codec,
    grant::HostToken,
    ids::MailboxId,
    signing::{PublicKey, Relay, Signed},
};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, epochs::authority, files::DeviceError, unlocked::Device};
use crate::{group::Lease, secret::Seed};

const NEXT: &str = "next";

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NextMailbox {
    /// Rules it.
    pub(crate) authority: Seed,
    /// At which relay.
    pub(crate) relay: PublicKey<Relay>,
    /// What opens it, until it has.
    pub(crate) token: Option<Signed<HostToken>>,
    /// How long it is there, once it is.
    pub(crate) lease: Option<Lease>,
}

impl NextMailbox {
    /// Its id.
    #[must_use]
    pub(crate) fn mailbox(&self) -> MailboxId {
        authority(&self.authority).public().mailbox()
    }
}

/// The one that there is.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn read(device: &Device) -> Result<Option<NextMailbox>, DeviceError> {
    device.files().read(NEXT)
}

/// Changes it: alone, and on disk before this returns.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn change(
    device: &Device,
    change: impl FnOnce(&mut Option<NextMailbox>),
) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = read(device)?;
    let mut next = before.clone();
    change(&mut next);
    match next {
        next if next == before => Ok(()),
        Some(next) => device.files().write(NEXT, &codec::encode(&next)),
        None => device.files().remove(NEXT),
    }
}
