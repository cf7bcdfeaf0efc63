//! A coordinator's side of somebody's coming back by a recovery key: the invitation for it. The word of the key lets them in, and no coordinator's.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    added::{Wanted, invite_another},
    inviting::{NewInvitation, invitation_at},
    transaction::{AdmissionError, may_write},
};
use crate::{device::Device, invitation::Secret};

/// Makes an invitation by which somebody who is in and has lost every device comes back with a new one. One that they have open is taken back.
///
/// # Errors
/// [`AdmissionError`]; [`AdmissionError::NoRecoveryKey`] when nothing would speak for the new device. Nothing is changed then.
pub fn invite_back(
    device: &Device,
    who: &PublicKey<DeviceKey>,
    expires: Timestamp,
    now: Timestamp,
) -> Result<NewInvitation, AdmissionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    may_write(device, &roster)?;
    if roster.recovery_of(who).is_none() {
        return Err(AdmissionError::NoRecoveryKey);
    }
    let secret = Secret::random();
    let wanted = Wanted {
        of: *who,
        secret: &secret,
        delegation: None,
        expires,
    };
    let at = invite_another(device, &wanted, now)?;
    invitation_at(device, Some(at), now)
}
