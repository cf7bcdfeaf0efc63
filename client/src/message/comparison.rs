//! What two devices tell each other while their people compare on a call: who is there, a commitment, and what was committed. Sealed to
//! the two, and in nobody's row: it is no speech to the group.
//!
//! Who commits first is fixed by the keys: the device with the lower one. It has bound itself before it sees what the other adds, and the
//! other adds before it sees what it was: so nobody between can search for two calls with one code.

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::{Device, PublicKey, Purpose, Statement},
};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    extensions::Extensions,
    ids::{Epoch, GroupId},
    seal::MemberKey,
};

/// Random bytes that one of two devices adds.
pub(crate) type Nonce = [u8; 32];

/// One step, from one of the two to the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// In which group.
    pub(crate) group: GroupId,
    /// In which epoch.
    pub(crate) epoch: Epoch,
    /// The newest roster that its author has seen.
    pub(crate) roster: Hash,
    /// Who says it, and signs.
    pub(crate) from: PublicKey<Device>,
    /// To whom.
    pub(crate) to: PublicKey<Device>,
    /// Which step it is,
    step: u16,
    /// and what it says.
    body: Blob,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl Statement for Comparison {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Comparison;
}

/// What a step says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// 1: somebody is there and waits for the other to commit. The bytes are random, and tell one run from another.
    Ready(Nonce),
    /// 2: a commitment.
    Commit(Hash),
    /// 3: what the other adds, to this commitment.
    Answer(Hash, Nonce),
    /// 4: what was committed, to this answer.
    Reveal {
        /// The commitment.
        commitment: Hash,
        /// What the other added to it.
        added: Nonce,
        /// What it was of.
        committed: Nonce,
    },
    /// 5: what a person said of the code of this call.
    Verdict(Hash, Verdict),
}

/// What a person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// 1: the same.
    Same,
    /// 2: they differ; and any other number, of which nobody knows better here.
    Differ,
}

impl Comparison {
    /// A step.
    #[must_use]
    pub(crate) fn new(
        (group, epoch, roster): (GroupId, Epoch, Hash),
        (from, to): (PublicKey<Device>, PublicKey<Device>),
        step: &Step,
    ) -> Self {
        let (step, body) = match step {
            Step::Ready(run) => (1, codec::encode(run)),
            Step::Commit(commitment) => (2, codec::encode(commitment)),
            Step::Answer(commitment, added) => (3, codec::encode(&(*commitment, *added))),
            Step::Reveal {
                commitment,
                added,
                committed,
            } => (4, codec::encode(&(*commitment, *added, *committed))),
            Step::Verdict(call, verdict) => {
                let verdict: u16 = match verdict {
                    Verdict::Same => 1,
                    Verdict::Differ => 2,
                };
                (5, codec::encode(&(*call, verdict)))
            }
        };
        Self {
            group,
            epoch,
            roster,
            from,
            to,
            step,
            body: Blob(body),
            extensions: Extensions::none(),
        }
    }

    /// What it says; `None` for a step of a later version, or one that is none.
    #[must_use]
    pub(crate) fn step(&self) -> Option<Step> {
        let body = &self.body.0;
        match self.step {
            1 => codec::decode(body).ok().map(Step::Ready),
            2 => codec::decode(body).ok().map(Step::Commit),
            3 => {
                let (commitment, added) = codec::decode::<(Hash, Nonce)>(body).ok()?;
                Some(Step::Answer(commitment, added))
            }
            4 => {
                let read = codec::decode::<(Hash, Nonce, Nonce)>(body).ok()?;
                let (commitment, added, committed) = read;
                Some(Step::Reveal {
                    commitment,
                    added,
                    committed,
                })
            }
            5 => {
                let (call, verdict) = codec::decode::<(Hash, u16)>(body).ok()?;
                let verdict = match verdict {
                    1 => Verdict::Same,
                    _ => Verdict::Differ,
                };
                Some(Step::Verdict(call, verdict))
            }
            _ => None,
        }
    }

    /// Whether this program must be updated for it.
    #[must_use]
    pub(crate) fn is_newer(&self) -> bool {
        self.extensions.has_critical() || !(1..=5).contains(&self.step)
    }
}

/// The commitment of one device to the other.
#[must_use]
pub(crate) fn commitment(
    group: GroupId,
    (from, to): (&PublicKey<Device>, &PublicKey<Device>),
    nonce: &Nonce,
) -> Hash {
    Hash::tagged(
        "comparison-commitment",
        &[&group.0.0, &from.0, &to.0, nonce],
    )
}

/// Names one call: of what was committed and what was added to it.
#[must_use]
pub(crate) fn call_of(commitment: &Hash, added: &Nonce) -> Hash {
    Hash::tagged("comparison-call", &[&commitment.0, added])
}

/// What the code of a call is made of; of each pair, the device that commits comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) group: GroupId,
    pub(crate) devices: [PublicKey<Device>; 2],
    pub(crate) keys: [MemberKey; 2],
    /// The roster's head that the answer names.
    pub(crate) roster: Hash,
}

/// 39 bits that two people read to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallCode(u64);

impl CallCode {
    /// HKDF-SHA256 of what both added; everything that must not differ is its info.
    #[must_use]
    pub(crate) fn of(bound: &Bound, committed: &Nonce, added: &Nonce) -> Self {
        let mut secret = Zeroizing::new([0; 64]);
        for (to, from) in secret.iter_mut().zip(committed.iter().chain(added)) {
            *to = *from;
        }
        let [[first, second], [one, other]] = [
            bound.devices.map(|key| key.0),
            bound.keys.map(|key| *key.as_bytes()),
        ];
        let info: [&[u8]; 7] = [
            b"bellrope/comparison/v1",
            &bound.group.0.0,
            &first,
            &second,
            &one,
            &other,
            &bound.roster.0,
        ];
        let mut bytes = [0; 5];
        Hkdf::<Sha256>::new(None, secret.as_slice())
            .expand_multi_info(&info, &mut bytes)
            .expect("5 bytes can be derived");
        let bits = bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        Self(bits >> 1)
    }

    /// The bits as three numbers of four digits.
    #[must_use]
    pub fn numbers(&self) -> [u16; 3] {
        [26, 13, 0].map(|below| {
            let number = u16::try_from(self.0 >> below & 0x1fff).unwrap_or_default();
            number.saturating_add(1000)
        })
    }

    /// The first 36 bits as six numbers of words.
    #[must_use]
    pub(crate) fn words(&self) -> [u8; 6] {
        [33, 27, 21, 15, 9, 3].map(|below| u8::try_from(self.0 >> below & 0x3f).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::SecretKey;

    use super::*;
    use crate::seal::MemberIdentity;

    fn bound() -> Bound {
        Bound {
            group: GroupId(Hash([1; 32])),
            devices: [1, 2].map(|byte| SecretKey::from_seed(&[byte; 32]).public()),
            keys: [3, 4].map(|byte| MemberIdentity::from_seed(&[byte; 32]).to_key()),
            roster: Hash([5; 32]),
        }
    }

    #[test]
    fn numbers_and_words_are_readings_of_the_same_bits() {
        assert_eq!(CallCode(0).numbers(), [1000; 3]);
        assert_eq!(CallCode((1 << 39) - 1).numbers(), [9191; 3]);
        assert_eq!(CallCode((1 << 39) - 1).words(), [63; 6]);
        let bits = [32, 1, 32, 1, 32, 1].into_iter();
        let code = CallCode(bits.fold(0, |sum, six: u64| sum << 6 | six) << 3 | 5);
        assert_eq!(code.words(), [32, 1, 32, 1, 32, 1]);
        let [first, second, third] = code.numbers().map(|number| u64::from(number) - 1000);
        assert_eq!(first << 26 | second << 13 | third, code.0);
    }

    #[test]
    fn the_code_changes_with_everything_that_is_bound() {
        let (committed, added) = ([6; 32], [7; 32]);
        let code = CallCode::of(&bound(), &committed, &added);
        let other = |change: fn(&mut Bound)| {
            let mut other = bound();
            change(&mut other);
            CallCode::of(&other, &committed, &added)
        };
        for other in [
            other(|bound| bound.group = GroupId(Hash([2; 32]))),
            other(|bound| bound.devices.swap(0, 1)),
            other(|bound| bound.keys.swap(0, 1)),
            other(|bound| bound.roster = Hash([6; 32])),
            CallCode::of(&bound(), &added, &committed),
            CallCode::of(&bound(), &committed, &committed),
        ] {
            assert_ne!(other, code);
        }
    }

    #[test]
    fn steps_are_read_as_they_were_written_and_later_ones_are_known_as_that() {
        let places = (GroupId(Hash([1; 32])), Epoch(1), Hash([2; 32]));
        let [from, to] = bound().devices;
        let steps = [
            Step::Ready([9; 32]),
            Step::Commit(Hash([1; 32])),
            Step::Answer(Hash([1; 32]), [2; 32]),
            Step::Reveal {
                commitment: Hash([1; 32]),
                added: [2; 32],
                committed: [3; 32],
            },
            Step::Verdict(Hash([4; 32]), Verdict::Same),
            Step::Verdict(Hash([4; 32]), Verdict::Differ),
        ];
        for step in steps {
            let said = Comparison::new(places, (from, to), &step);
            let read: Comparison = codec::decode(&codec::encode(&said)).unwrap();
            assert_eq!(read.step(), Some(step));
            assert!(!read.is_newer());
            let cut = Comparison {
                body: Blob([said.body.0.as_slice(), &[0]].concat()),
                ..said.clone()
            };
            assert_eq!(cut.step(), None, "{step:?}");
            let later = Comparison { step: 6, ..said };
            assert_eq!((later.step(), later.is_newer()), (None, true));
        }
    }
}
