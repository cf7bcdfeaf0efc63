//! The invitations that a coordinator's device made. A file each, as each grows and there may be hundreds.

use bellrope_proto::{codec, ids::MailboxId, signing::Signed};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{group::Claim, ids::Position, invitation::Secret, relay::Cursor};

const ISSUED: &str = "issued";

/// An invitation that this device made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IssuedInvitation {
    /// Its secret, which rules its mailbox.
    pub secret: Secret,
    /// Its mailbox.
    pub mailbox: MailboxId,
    /// Its entry in the roster.
    pub admitted_at: Position,
    /// Whether its mailbox is open at the relay.
    pub open: bool,
    /// Where its mailbox was read to.
    pub cursor: Cursor,
    /// The first valid claim in its mailbox.
    pub claim: Option<Signed<Claim>>,
    /// Whether the coordinator said no, to the claim or before there was one.
    pub refused: bool,
    /// How new a view its defender was sent.
    pub view_sent: Option<Position>,
}

impl IssuedInvitation {
    /// The device that used it first.
    #[must_use]
    pub(crate) fn device(&self) -> Option<Claim> {
        self.claim.as_ref().and_then(|claim| claim.peek().ok())
    }
}

/// Every invitation, in the order of their entries.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn all(device: &Device) -> Result<Vec<IssuedInvitation>, DeviceError> {
    let mut all = Vec::new();
    for name in device.files().names(ISSUED)? {
        all.extend(
            device
                .files()
                .read::<IssuedInvitation>(&format!("{ISSUED}/{name}"))?,
        );
    }
    Ok(all)
}

/// Stores a new invitation.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn store(device: &Device, issued: &IssuedInvitation) -> Result<(), DeviceError> {
    device.files().make_folder(ISSUED)?;
    device.files().write(
        &path(issued.admitted_at),
        &Zeroizing::new(codec::encode(issued)),
    )
}

/// Changes an invitation: alone, and on disk before this returns. `None` when it is not there.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn change<T>(
    device: &Device,
    at: Position,
    change: impl FnOnce(&mut IssuedInvitation) -> T,
) -> Result<Option<T>, DeviceError> {
    let _lock = device.files().lock(LockName::State)?;
    let Some(mut issued) = device.files().read::<IssuedInvitation>(&path(at))? else {
        return Ok(None);
    };
    let before = issued.clone();
    let done = change(&mut issued);
    if issued != before {
        store(device, &issued)?;
    }
    Ok(Some(done))
}

fn path(at: Position) -> String {
    format!("{ISSUED}/{:08x}", at.0)
}
