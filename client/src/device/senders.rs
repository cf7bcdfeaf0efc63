//! What a member's device remembers of those who speak: enough to notice what is missing, and a copied device.

use bellrope_proto::{
    codec,
    ids::Hash,
    signing::{Device as DeviceKey, Invitation, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{files::DeviceError, unlocked::Device};
use crate::{group::Claim, message::UNCOUNTED, numbered::numbered};

const SENDERS: &str = "senders";

numbered! {
    /// How a message follows on the one before of the same device.
    pub enum Follows: u8 {
        /// 0: as it should, or it is the first that was heard.
        InOrder = 0,
        /// 1: something that the device said before has not arrived, or not yet.
        AfterGap = 1,
        /// 2: two devices speak with one key: a copy of the device is in use.
        Cloned = 2,
        /// 3: its device could not write down that it said this, or it is a copy that says so. It follows on what came last.
        Uncounted = 3,
        /// 4: the same, and it does not follow on what came last.
        UncountedApart = 4,
    }
}

impl Follows {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::InOrder => "in_order",
            Self::AfterGap => "after_gap",
            Self::Cloned => "cloned",
            Self::Uncounted => "uncounted",
            Self::UncountedApart => "uncounted_apart",
        }
    }
}

/// Numbers of one device that are remembered as missing: what a relay lost and a sender posts again comes after what was
/// said later, and is no sign of a copied device.
const MISSING_MAX: usize = 64;

/// What a device said last, and what did not arrive before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    device: PublicKey<DeviceKey>,
    number: u64,
    hash: Hash,
    missing: Vec<Missing>,
    /// Of these and lower numbers it is not known which arrived.
    unknown_to: u64,
}

/// A number that has not arrived, and the hash that its message must have, where the next one named it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Missing {
    number: u64,
    hash: Option<Hash>,
}

/// What known devices said last, and which device used an invitation first. Of unknown devices
/// nothing is remembered: they could be as many as an attacker likes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Senders {
    said: Vec<Said>,
    first: Vec<(PublicKey<Invitation>, PublicKey<DeviceKey>)>,
}

impl Senders {
    /// Reads what is remembered. A damaged note on who said what is not worth an alert: it is begun anew.
    ///
    /// # Errors
    /// [`DeviceError::System`].
    pub(crate) fn read(device: &Device) -> Result<Self, DeviceError> {
        match device.files().read(SENDERS) {
            Ok(read) => Ok(read.unwrap_or_default()),
            Err(error @ DeviceError::Damaged(..)) => {
                tracing::warn!(%error, "what senders said before is forgotten");
                Ok(Self::default())
            }
            Err(error) => Err(error),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn store(&self, device: &Device) -> Result<(), DeviceError> {
        device.files().write(SENDERS, &codec::encode(self))
    }

    /// The device that used an invitation first.
    #[must_use]
    pub(crate) fn first(&self, claim: &Claim) -> Option<PublicKey<DeviceKey>> {
        let mut known = self.first.iter();
        let found = known.find(|(invitation, _)| *invitation == claim.invitation)?;
        Some(found.1)
    }

    /// Remembers the first user of an invitation.
    pub(crate) fn used(&mut self, claim: &Claim) {
        if self.first(claim).is_none() {
            self.first.push((claim.invitation, claim.device));
        }
    }

    /// Whether a device has said something since, as far as is known here: then this is no news of it.
    #[must_use]
    pub(crate) fn is_past(&self, sender: &PublicKey<DeviceKey>, number: u64) -> bool {
        let mut known = self.said.iter();
        known.any(|known| known.device == *sender && number <= known.number)
    }

    /// Takes one more message of a known device.
    pub(crate) fn follow(
        &mut self,
        sender: PublicKey<DeviceKey>,
        number: u64,
        (previous, hash): (Hash, Hash),
    ) -> Follows {
        let known = self.said.iter_mut().find(|known| known.device == sender);
        // It is in no row. A copy of the device can say that of itself too: so it is told of each.
        if number == UNCOUNTED {
            return match known {
                Some(known) if known.hash != previous => Follows::UncountedApart,
                _ => Follows::Uncounted,
            };
        }
        let Some(known) = known else {
            let mut said = Said {
                device: sender,
                number,
                hash,
                missing: Vec::new(),
                unknown_to: 0,
            };
            said.miss(0, number, previous);
            self.said.push(said);
            return Follows::InOrder;
        };
        let follows = match number.checked_sub(known.number) {
            Some(1) if previous == known.hash => Follows::InOrder,
            // The last one again.
            Some(0) if hash == known.hash => Follows::InOrder,
            Some(0 | 1) => Follows::Cloned,
            Some(_) => Follows::AfterGap,
            None => return known.late(number, (previous, hash)),
        };
        if number > known.number {
            known.miss(known.number, number, previous);
            (known.number, known.hash) = (number, hash);
        }
        follows
    }
}

impl Said {
    /// Notes what lies between two numbers, of which the later names its predecessor. The newest are kept.
    fn miss(&mut self, before: u64, after: u64, previous: Hash) {
        let newest = (before.saturating_add(1)..after).rev().take(MISSING_MAX);
        let mut missing: Vec<Missing> = newest
            .map(|number| Missing { number, hash: None })
            .collect();
        if let Some(named) = missing.first_mut() {
            named.hash = Some(previous);
        }
        let lowest = missing.last().map(|missing| missing.number);
        if let Some(skipped) = lowest.map(|lowest| lowest.saturating_sub(1))
            && skipped > before
        {
            self.unknown_to = skipped;
        }
        missing.append(&mut self.missing);
        for forgotten in missing.drain(missing.len().min(MISSING_MAX)..) {
            self.unknown_to = self.unknown_to.max(forgotten.number);
        }
        self.missing = missing;
    }

    /// A message with a lower number than the last: one that was missing, or another device's with the same key.
    fn late(&mut self, number: u64, (previous, hash): (Hash, Hash)) -> Follows {
        let mut missing = self.missing.iter();
        let Some(at) = missing.position(|missing| missing.number == number) else {
            return if number <= self.unknown_to {
                Follows::AfterGap
            } else {
                Follows::Cloned
            };
        };
        let expected = self.missing.remove(at).hash;
        // It names the one before it, which may come later still.
        let before = number.checked_sub(1);
        let mut missing = self.missing.iter_mut();
        if let Some(named) = missing.find(|missing| Some(missing.number) == before) {
            named.hash = Some(previous);
        }
        if expected.is_none_or(|expected| expected == hash) {
            Follows::InOrder
        } else {
            Follows::Cloned
        }
    }
}

#[cfg(test)]
mod tests {
    use bellrope_proto::signing::SecretKey;

    use super::*;

    fn hash(number: u64) -> Hash {
        Hash::tagged("test", &[&number.to_be_bytes()])
    }

    fn say(senders: &mut Senders, number: u64) -> Follows {
        let device = SecretKey::from_seed(&[1; 32]).public();
        senders.follow(
            device,
            number,
            (hash(number.saturating_sub(1)), hash(number)),
        )
    }

    #[test]
    fn what_was_missing_may_come_late_once_and_only_as_it_was_named() {
        let mut senders = Senders::default();
        assert_eq!(say(&mut senders, 3), Follows::InOrder, "the first heard");
        assert_eq!(say(&mut senders, 4), Follows::InOrder);
        assert_eq!(say(&mut senders, 4), Follows::InOrder, "again");
        assert_eq!(say(&mut senders, 8), Follows::AfterGap);
        for late in [6, 7, 2] {
            assert_eq!(say(&mut senders, late), Follows::InOrder, "{late}");
            assert_eq!(say(&mut senders, late), Follows::Cloned, "{late} twice");
        }
        let device = SecretKey::from_seed(&[1; 32]).public();
        let forged = senders.clone().follow(device, 5, (hash(4), hash(99)));
        assert_eq!(forged, Follows::Cloned, "not the one that 6 named");
        assert_eq!(say(&mut senders, 5), Follows::InOrder);
        let mut copy = senders.clone();
        assert_eq!(say(&mut senders, 12), Follows::AfterGap);
        let other = senders.follow(device, 11, (hash(10), hash(99)));
        assert_eq!(other, Follows::Cloned, "not the one that 12 named");
        let forked = copy.follow(device, 9, (hash(99), hash(9)));
        assert_eq!(forked, Follows::Cloned);
    }

    #[test]
    fn what_no_device_could_count_is_in_no_row_and_told_as_that() {
        let mut senders = Senders::default();
        let device = SecretKey::from_seed(&[1; 32]).public();
        let uncounted = |senders: &mut Senders, (previous, own)| {
            let before = senders.clone();
            let follows = senders.follow(device, UNCOUNTED, (hash(previous), hash(own)));
            assert_eq!(*senders, before, "it changes nothing");
            follows
        };
        assert_eq!(uncounted(&mut senders, (0, 90)), Follows::Uncounted);
        assert_eq!(say(&mut senders, 1), Follows::InOrder);
        assert_eq!(say(&mut senders, 2), Follows::InOrder);
        for own in [91, 92, 91] {
            let follows = uncounted(&mut senders, (2, own));
            assert_eq!(follows, Follows::Uncounted, "{own}, also again");
        }
        for previous in [1, 3] {
            let follows = uncounted(&mut senders, (previous, 93));
            assert_eq!(follows, Follows::UncountedApart, "after {previous}");
        }
        assert_eq!(
            say(&mut senders, 3),
            Follows::InOrder,
            "as if it had not been"
        );
        // A copy that counts is found all the same.
        let copied = senders.follow(device, 3, (hash(2), hash(94)));
        assert_eq!(copied, Follows::Cloned);
    }

    #[test]
    fn a_number_of_nowhere_costs_no_memory() {
        let mut senders = Senders::default();
        say(&mut senders, 1);
        say(&mut senders, u64::MAX);
        assert_eq!(
            senders.said.iter().map(|said| said.missing.len()).max(),
            Some(64)
        );
    }
}
