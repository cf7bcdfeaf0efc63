//! What people agreed with and signed for that was not written down yet, recovery keys of theirs among it; and what this device signed: it signs for one
//! taker after a head.

use bellrope_proto::{
    codec,
    ids::Hash,
    signing::{Device as DeviceKey, PublicKey, Signature, Signed},
};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::group::{Consent, Roster, SetRecovery};

const AGREED: &str = "agreed";

/// What one person may have waiting: more than anybody asks for in an epoch.
const OF_ONE_MAX: usize = 32;

/// Signed for who takes the pen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ForTaker {
    /// After which head.
    pub(crate) head: Hash,
    /// Who takes it.
    pub(crate) taker: PublicKey<DeviceKey>,
    /// From whom,
    pub(crate) holder: PublicKey<DeviceKey>,
    /// Who signed,
    pub(crate) by: PublicKey<DeviceKey>,
    /// this.
    pub(crate) signature: Signature,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Agreements {
    /// With steps.
    pub(crate) consents: Vec<Signed<Consent>>,
    /// For takers.
    pub(crate) takers: Vec<ForTaker>,
    /// Recovery keys that people's devices ask to be written down.
    pub(crate) recoveries: Vec<SetRecovery>,
}

impl Agreements {
    /// Takes in one; whether it is new. What is one person's counts for one, however often they say it.
    pub(crate) fn consent(&mut self, said: Signed<Consent>) -> bool {
        let Ok(new) = said.peek() else { return false };
        let is_same = |it: &Signed<Consent>| {
            it.peek().is_ok_and(|it| {
                (it.by, it.to, it.about, it.epoch) == (new.by, new.to, new.about, new.epoch)
            })
        };
        let is_known = self.consents.iter().any(is_same);
        let of_one = self.consents.iter();
        let of_one = of_one.filter(|it| it.peek().is_ok_and(|it| it.by == new.by));
        let is_new = !is_known && of_one.count() < OF_ONE_MAX;
        if is_new {
            self.consents.push(said);
        }
        is_new
    }

    /// Takes in one; whether it is new.
    pub(crate) fn taker(&mut self, said: ForTaker) -> bool {
        let of_one = || self.takers.iter().filter(|it| it.by == said.by);
        // Of two by one author after one head, which nobody honest signs, the first.
        if of_one().any(|it| it.head == said.head) {
            return false;
        }
        if of_one().count() >= OF_ONE_MAX
            && let Some(oldest) = self.takers.iter().position(|it| it.by == said.by)
        {
            self.takers.remove(oldest);
        }
        self.takers.push(said);
        true
    }

    /// Takes in one; whether it is new. Of two by one device, the one that came later.
    pub(crate) fn recovery(&mut self, said: SetRecovery) -> bool {
        if self.recoveries.contains(&said) {
            return false;
        }
        self.recoveries.retain(|it| it.by != said.by);
        self.recoveries.push(said);
        true
    }

    /// Forgets what is of no use any more: of another epoch, after another head, by and about who is not in.
    fn forget_old(&mut self, roster: &Roster, me: &PublicKey<DeviceKey>) {
        let is_in = |key: &PublicKey<DeviceKey>| roster.person(key).is_some();
        self.consents.retain(|it| {
            it.peek().is_ok_and(|it| {
                it.epoch == roster.epoch().number && is_in(&it.by) && is_in(&it.about)
            })
        });
        // Whose key before is not the one that it names can never be written.
        self.recoveries.retain(|it| {
            let before = roster.recovery_of(&it.by);
            is_in(&it.by) && before != it.key && it.is_signed(roster.id(), before)
        });
        // What this device signed it does not forget: a history may come back to a head.
        self.takers
            .retain(|it| it.by == *me || (it.head == roster.head() && is_in(&it.by)));
    }
}

/// What is of use at this head of the roster. What cannot be read is asked for again.
#[must_use]
pub(crate) fn read(device: &Device, roster: &Roster) -> Agreements {
    let mut all = stored(device);
    all.forget_old(roster, &device.signing().public());
    all
}

fn stored(device: &Device) -> Agreements {
    let read = device.files().read(AGREED);
    if let Err(error) = &read {
        tracing::warn!(%error, "it is not known any more who agreed with what");
    }
    read.ok().flatten().unwrap_or_default()
}

/// Changes it: alone, and on disk before this returns.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn change<T>(
    device: &Device,
    roster: &Roster,
    change: impl FnOnce(&mut Agreements) -> T,
) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = stored(device);
    let mut all = before.clone();
    // The roster that this program last read may be older than the one by which another of this device kept what it heard.
    let stored = device.roster()?;
    let newest = stored
        .as_deref()
        .filter(|it| it.known_len() > roster.known_len());
    all.forget_old(newest.unwrap_or(roster), &device.signing().public());
    let done = change(&mut all);
    if all != before {
        device.files().write(AGREED, &codec::encode(&all))?;
    }
    Ok(done)
}
