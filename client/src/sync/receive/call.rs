//! What becomes of a step of a comparison on a call.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::Signed,
};

use super::{GroupReceiver, Received};
use crate::{
    clock::now,
    device::{
        Device, DeviceError, Outcome,
        calls::{self, New},
        compared::{self, Mark},
    },
    group::Person,
    message::{Comparison, Step, Verdict},
    relay::Cursor,
    sync::vouch::follow_up,
};

impl GroupReceiver {
    /// Keeps a step between this device and another of the group for the program whose person compares.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(super) fn call(
        &self,
        device: &Device,
        after: &Cursor,
        arrived: Timestamp,
        signed: &Signed<Comparison>,
    ) -> Result<Received, DeviceError> {
        let Ok(said) = signed.verify_own(|said| said.from) else {
            return Ok(Received::Damaged(after.sequence));
        };
        if said.is_newer() {
            return Ok(Received::Newer);
        }
        let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
        let me = device.signing().public();
        let them = match (said.from == me, said.to == me) {
            (true, false) => said.to,
            (false, true) => said.from,
            // Between others, who would not have sealed it to this device.
            _ => return Ok(Received::NotForUs),
        };
        let Some(step) = said.step() else {
            return Ok(Received::Damaged(after.sequence));
        };
        // What a person said of a call is said of keys, whatever epoch has begun meanwhile.
        let is_verdict = matches!(step, Step::Verdict(..));
        let is_now = self.is_in_force() && said.epoch == roster.epoch().number;
        let is_here = said.group == roster.id() && (is_now || is_verdict);
        let Some(person) = roster.person(&them).filter(|_| is_here) else {
            return Ok(Received::NotForUs);
        };
        let begins = matches!(step, Step::Ready(_) | Step::Commit(_)) && said.from == them;
        let hash = Hash::tagged("comparison", &[signed.bytes()]);
        let place = (after.sequence, arrived);
        let kept = calls::keep(device, place, (hash, &said), begins).and_then(|new| {
            // However late it comes, whichever program hears it, and once more after a crash in between.
            let is_over = match step {
                Step::Verdict(call, Verdict::Differ) if said.from == them => {
                    take_back(device, &call, person)?
                }
                _ => false,
            };
            Ok((new, is_over))
        });
        let name = person.name.clone();
        Ok(match kept {
            Ok((_, true)) => Received::CallDiffers(name),
            Ok((New::Wanted, _)) => Received::CallWanted { name, at: arrived },
            Ok((New::Known, _)) => Received::Again,
            Ok((New::Step, _)) => Received::NotForUs,
            // People begin again. The alerts that come after it do not wait for a disk that is full.
            Err(error) => {
                tracing::warn!(%error, "a step of a comparison could not be kept");
                Received::NotForUs
            }
        })
    }
}

/// Where this person said of a call that it was the same, and the other says that it was not.
fn take_back(device: &Device, call: &Hash, person: &Person) -> Result<bool, DeviceError> {
    let at = now();
    let noted = compared::change(device, |compared| {
        let mark = compared.of_call(call)?;
        let is_over = mark.device == person.device && mark.outcome == Outcome::Same;
        let mark = is_over.then(|| mark.clone())?;
        Some(compared.note(Mark {
            outcome: Outcome::Differ,
            at,
            told: false,
            ..mark
        }))
    })?;
    let Some(noted) = noted else {
        return Ok(false);
    };
    follow_up(device, person, noted, at)?;
    Ok(true)
}
