//! The key, and how it is cut into parts and put together; the only file that names blahaj.
//!
//! blahaj works over GF(256) by tables, in a time that depends on the secret: nobody else measures that on the device of its
//! person. It checks nothing, so what it gives is held against the set's id. One key is cut once: the sharing that it was
//! forked from gave the secret away to who had parts of several cuts.

use bellrope_proto::signing::{Recovery, SecretKey};
use blahaj::{Share, Sharks};
use hkdf::Hkdf;
use rand::{rand_core::UnwrapErr, rngs::SysRng};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::part::Part;
use crate::secret::{SecretBytes, Seed};

/// Parts that a key may have. More people than these are not asked on a bad day, and one more is one more who can be searched.
pub const PARTS_MAX: u8 = 7;

/// Of one part alone a key would be the part.
const NEEDED_MIN: u8 = 2;

/// 32 random bytes. Whoever has them can make one new device of their person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryKey(Seed);

/// Which parts belong together: 28 bits of the key itself, so that they also say whether what parts came to is the key. Nothing else that
/// anybody holds says anything about it, the group's chain neither: whose part somebody found is in no part.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct SetId(pub(super) u32);

impl SetId {
    /// As a number, for tests.
    #[cfg(test)]
    pub(crate) fn number(self) -> u32 {
        self.0
    }
}

/// Into how many parts a key is cut, and how many of them are the key again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Division {
    needed: u8,
    parts: u8,
}

/// A key cannot be cut so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key has 2 to 7 parts, and takes 2 of them or more")]
pub struct NotADivision;

/// What these parts come to is no key of their set: at least one of them is not what was given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these parts come to no key together")]
pub struct DoNotFit;

impl Division {
    /// `needed` of `parts`.
    ///
    /// # Errors
    /// [`NotADivision`].
    pub fn new(needed: u8, parts: u8) -> Result<Self, NotADivision> {
        if needed < NEEDED_MIN || needed > parts || parts > PARTS_MAX {
            return Err(NotADivision);
        }
        Ok(Self { needed, parts })
    }

    /// How many of them are the key again.
    #[must_use]
    pub fn needed(self) -> u8 {
        self.needed
    }

    /// How many there are.
    #[must_use]
    pub fn parts(self) -> u8 {
        self.parts
    }
}

impl RecoveryKey {
    /// A fresh one.
    #[must_use]
    pub(crate) fn random() -> Self {
        Self(Seed::random())
    }

    /// That of these bytes.
    #[cfg(test)]
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        Self(Seed::new(bytes))
    }

    /// Its bytes, for tests.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// What it signs with, once.
    #[must_use]
    pub(crate) fn signing(&self) -> SecretKey<Recovery> {
        let seed = Seed::make(|seed| self.derive("sign", seed));
        SecretKey::from_seed(seed.bytes())
    }

    /// Its set.
    #[must_use]
    pub(crate) fn set(&self) -> SetId {
        let derived = SecretBytes::<4>::make(|bytes| self.derive("set", bytes));
        SetId(u32::from_be_bytes(*derived.bytes()) >> 4)
    }

    /// HKDF-SHA256 (RFC 5869) without salt, each use under its own info string.
    fn derive(&self, info: &str, output: &mut [u8]) {
        Hkdf::<Sha256>::new(None, self.0.bytes())
            .expand_multi_info(&[b"bellrope/recovery/v1/", info.as_bytes()], output)
            .expect("32 bytes are within what HKDF-SHA256 gives");
    }

    /// Cuts it. To be done once with a key.
    #[must_use]
    pub(crate) fn parts(&self, division: Division) -> Vec<Part> {
        let sharks = Sharks(division.needed);
        let mut random = UnwrapErr(SysRng);
        let all = sharks.dealer_rng(self.0.bytes(), &mut random);
        let all = all.take(usize::from(division.parts)).map(|share| Part {
            set: self.set(),
            needed: division.needed,
            number: share.x.0,
            value: Seed::make(|value| {
                for (to, from) in value.iter_mut().zip(&share.y) {
                    *to = from.0;
                }
            }),
        });
        all.collect()
    }

    /// What parts of one set with different numbers come to.
    ///
    /// # Errors
    /// [`DoNotFit`].
    pub(super) fn of(parts: &[&Part]) -> Result<Self, DoNotFit> {
        let [first, ..] = parts else {
            return Err(DoNotFit);
        };
        let shares = parts.iter().map(|part| {
            // Of its whole size: one that grows leaves the secret behind.
            let mut bytes = Zeroizing::new(Vec::with_capacity(33));
            bytes.push(part.number);
            bytes.extend_from_slice(part.value.bytes());
            Share::try_from(bytes.as_slice()).map_err(|_| DoNotFit)
        });
        let shares = shares.collect::<Result<Vec<Share>, DoNotFit>>()?;
        let sharks = Sharks(first.needed);
        let come_to = sharks.recover(&shares);
        let come_to = Zeroizing::new(come_to.map_err(|_| DoNotFit)?);
        let bytes: &[u8; 32] = come_to.as_slice().try_into().map_err(|_| DoNotFit)?;
        let key = Self(Seed::new(bytes));
        (key.set() == first.set).then_some(key).ok_or(DoNotFit)
    }
}
