//! What members say to each other of their shifts: that one hands over what is left of theirs, or wants another to take one, and what the other says.
//! No roster has it: it takes two who agree, and nobody who writes.

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};

use crate::{extensions::Extensions, numbered::numbered};

/// The kind of a message whose body is a [`HandOver`]. May be ignored: who does not know it goes by the rota.
pub(crate) const KIND_HAND_OVER: u16 = 32_806;

/// The kind of what is said of one, a [`ShiftAnswer`].
pub(crate) const KIND_HAND_OVER_ANSWER: u16 = 32_807;

/// The kind of a message whose body is a [`Swap`].
pub(crate) const KIND_SWAP: u16 = 32_808;

/// The kind of what is said of one, a [`ShiftAnswer`].
pub(crate) const KIND_SWAP_ANSWER: u16 = 32_809;

/// Characters of a note that goes with a shift.
pub(crate) const SHIFT_NOTE_CHARS_MAX: usize = 8_000;

/// Characters of why somebody says no.
pub(crate) const BECAUSE_CHARS_MAX: usize = 500;

/// For how long one shift can be another's.
pub(crate) const SHIFT_SECONDS_MAX: u64 = 31 * Timestamp::DAY_SECONDS;

/// A shift is handed over: from now on, if the other accepts, or from their turn on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HandOver {
    /// At random: it makes one shift another than the next.
    pub(crate) nonce: [u8; 16],
    /// A device of whom it is handed to.
    pub(crate) to: PublicKey<Device>,
    /// When it is their turn by the rota; when it was written, where it is not.
    pub(crate) turn: Timestamp,
    /// When their turn ends.
    pub(crate) until: Timestamp,
    /// What they have to know; empty for those whom it does not concern.
    pub(crate) note: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// Somebody wants another to be on duty in their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Swap {
    /// As in [`HandOver`].
    pub(crate) nonce: [u8; 16],
    /// A device of whom they ask.
    pub(crate) to: PublicKey<Device>,
    /// From when,
    pub(crate) from: Timestamp,
    /// and to when.
    pub(crate) until: Timestamp,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

numbered! {
    /// What is said of a hand-over or a swap.
    pub(crate) enum ShiftSaid: u16 {
        /// 1: whom it is given to takes it.
        Accepted = 1,
        /// 2: they do not.
        Refused = 2,
        /// 3: whoever gave it takes it back.
        TakenBack = 3,
    }
}

/// What somebody says of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShiftAnswer {
    /// [`offer_hash`] of it.
    pub(crate) of: Hash,
    /// What.
    pub(crate) said: ShiftSaid,
    /// Why; empty for those whom it does not concern, and where it was not said.
    pub(crate) because: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// What an answer names: who gives which hours to whom. Not the note, which is not everybody's; and not the message, which is said again with new keys.
#[must_use]
pub(crate) fn offer_hash(
    (kind, by): (u16, &PublicKey<Device>),
    (nonce, to): (&[u8; 16], &PublicKey<Device>),
    (from, until): (Timestamp, Timestamp),
) -> Hash {
    let kind = kind.to_be_bytes();
    let (from, until) = (from.0.to_be_bytes(), until.0.to_be_bytes());
    let parts: [&[u8]; 6] = [&kind, &by.0, nonce, &to.0, &from, &until];
    Hash::tagged("shift", &parts)
}

fn can_be(from: Timestamp, until: Timestamp) -> bool {
    from < until && until.0 - from.0 <= SHIFT_SECONDS_MAX
}

impl HandOver {
    /// Reads a body; `None` for what a newer program wrote, or nobody should have.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        let fits = can_be(read.turn, read.until)
            && read.note.chars().count() <= SHIFT_NOTE_CHARS_MAX
            && !read.extensions.has_critical();
        fits.then_some(read)
    }

    /// What an answer to it names.
    #[must_use]
    pub(crate) fn hash(&self, by: &PublicKey<Device>) -> Hash {
        let hours = (self.turn, self.until);
        offer_hash((KIND_HAND_OVER, by), (&self.nonce, &self.to), hours)
    }
}

impl Swap {
    /// The same.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        (can_be(read.from, read.until) && !read.extensions.has_critical()).then_some(read)
    }

    /// What an answer to it names.
    #[must_use]
    pub(crate) fn hash(&self, by: &PublicKey<Device>) -> Hash {
        let hours = (self.from, self.until);
        offer_hash((KIND_SWAP, by), (&self.nonce, &self.to), hours)
    }
}

impl ShiftAnswer {
    /// The same.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        let fits = read.because.chars().count() <= BECAUSE_CHARS_MAX;
        (fits && !read.extensions.has_critical()).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_nobody_should_have_written_says_nothing() {
        let key = PublicKey::from_bytes([7; 32]);
        let good = HandOver {
            nonce: [1; 16],
            to: key,
            turn: Timestamp(100),
            until: Timestamp(200),
            note: "ж".repeat(SHIFT_NOTE_CHARS_MAX),
            extensions: Extensions::none(),
        };
        let read = |it: &HandOver| HandOver::decode(&codec::encode(it));
        assert_eq!(read(&good), Some(good.clone()));
        for change in [
            |it: &mut HandOver| it.until = it.turn,
            |it: &mut HandOver| it.until.0 = it.turn.0 + SHIFT_SECONDS_MAX + 1,
            |it: &mut HandOver| it.note.push('x'),
            |it: &mut HandOver| it.extensions = Extensions::new(vec![(7, vec![])]).unwrap(),
        ] {
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(read(&bad), None);
        }
        // An answer is to just these hours, by whom and to whom.
        let by = PublicKey::from_bytes([9; 32]);
        let hash = good.hash(&by);
        let swap = Swap {
            nonce: good.nonce,
            to: good.to,
            from: good.turn,
            until: good.until,
            extensions: Extensions::none(),
        };
        assert_eq!(Swap::decode(&codec::encode(&swap)), Some(swap.clone()));
        let other = HandOver {
            turn: Timestamp(101),
            ..good.clone()
        };
        for other in [swap.hash(&by), good.hash(&key), other.hash(&by)] {
            assert_ne!(hash, other);
        }
        let noteless = HandOver {
            note: String::new(),
            ..good
        };
        assert_eq!(noteless.hash(&by), hash, "without the note it is the same");
        let answer = ShiftAnswer {
            of: hash,
            said: ShiftSaid::Refused,
            because: "ж".repeat(BECAUSE_CHARS_MAX),
            extensions: Extensions::none(),
        };
        let read = |it: &ShiftAnswer| ShiftAnswer::decode(&codec::encode(it));
        assert_eq!(read(&answer), Some(answer.clone()));
        let long = ShiftAnswer {
            because: "ж".repeat(BECAUSE_CHARS_MAX + 1),
            ..answer
        };
        assert_eq!(read(&long), None);
    }
}
