//! Asking the other members' devices for what a relay erased before this one came, and who answers.
//!
//! A relay keeps envelopes for some days; a reader who was away for longer finds only that they were there. What
//! other devices have they can seal again: entries of the roster for everybody, messages for those whom their author meant.
//! Nothing that is sent again is believed for who sends it: entries and messages have their authors' signatures.

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence},
    signing::{Device, PublicKey, Relay},
};
use serde::{Deserialize, Serialize};

use crate::{
    extensions::Extensions,
    ids::{Epoch, MessageId, Position},
};

/// The kind of a message whose body is a [`ResendRequest`]. May be ignored: whoever does not know it answers nothing.
pub(crate) const KIND_RESEND_REQUEST: u16 = 32_769;

/// Ranges of places in one request. More are of somebody who was away many times and was never answered.
pub(crate) const RANGES_MAX: usize = 16;

/// What a device lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ResendRequest {
    /// The first entry of the roster that it does not have.
    pub(crate) position: Position,
    /// The relay whose log has the places.
    pub(crate) relay: PublicKey<Relay>,
    /// The epoch whose mailbox it is.
    pub(crate) epoch: Epoch,
    /// Places of that mailbox whose envelopes had expired: first and last of each range.
    pub(crate) missed: Vec<(Sequence, Sequence)>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl ResendRequest {
    /// Reads a body. What is over the limits is not answered.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let request: Self = codec::decode(body).ok()?;
        let fits = request.missed.len() <= RANGES_MAX
            && request.missed.iter().all(|(first, last)| first <= last)
            && !request.extensions.has_critical();
        fits.then_some(request)
    }

    /// Whether it asks for what stood at this place.
    #[must_use]
    pub(crate) fn names(&self, epoch: Epoch, place: Sequence) -> bool {
        if self.epoch != epoch {
            return false;
        }
        let mut ranges = self.missed.iter();
        ranges.any(|(first, last)| (*first..=*last).contains(&place))
    }
}

/// Whose turn it is to answer, among those who could: 0 at once, others later and only what was not answered by then. By the
/// request's id, so that it is not always the same device, and all of them agree without a word.
#[must_use]
pub(crate) fn turn(
    request: MessageId,
    me: &PublicKey<Device>,
    others: impl IntoIterator<Item = PublicKey<Device>>,
) -> usize {
    let draw = |device: &PublicKey<Device>| Hash::tagged("turn", &[&request.0, &device.0]);
    let mine = draw(me);
    let others = others.into_iter();
    others
        .filter(|device| device != me && draw(device) < mine)
        .count()
}

#[cfg(test)]
mod tests {
    use bellrope_proto::{codec, signing::SecretKey};

    use super::*;

    fn request(missed: Vec<(u64, u64)>) -> ResendRequest {
        let missed = missed.into_iter();
        ResendRequest {
            position: Position(3),
            relay: PublicKey::from_bytes([1; 32]),
            epoch: Epoch(2),
            missed: missed
                .map(|(first, last)| (Sequence(first), Sequence(last)))
                .collect(),
            extensions: Extensions::none(),
        }
    }

    #[test]
    fn a_request_names_its_places_and_has_limits() {
        let asked = request(vec![(2, 4), (9, 9)]);
        let read = ResendRequest::decode(&codec::encode(&asked));
        assert_eq!(read.as_ref(), Some(&asked));
        let named: Vec<u64> = (0..12)
            .filter(|place| asked.names(Epoch(2), Sequence(*place)))
            .collect();
        assert_eq!(named, [2, 3, 4, 9]);
        // Another epoch's mailbox has the same numbers.
        assert!(!asked.names(Epoch(1), Sequence(2)));
        for wrong in [request(vec![(4, 2)]), request(vec![(1, 1); RANGES_MAX + 1])] {
            assert_eq!(ResendRequest::decode(&codec::encode(&wrong)), None);
        }
        assert_eq!(ResendRequest::decode(b"rubbish"), None);
    }

    #[test]
    fn every_device_has_another_turn_and_not_always_the_same() {
        let devices: Vec<_> = (1..=5)
            .map(|byte| SecretKey::<Device>::from_seed(&[byte; 32]).public())
            .collect();
        let mut first = std::collections::BTreeSet::new();
        for byte in 0..20 {
            let turns: Vec<usize> = devices
                .iter()
                .map(|me| turn(MessageId([byte; 16]), me, devices.iter().copied()))
                .collect();
            let mut sorted = turns.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4]);
            first.insert(turns.iter().position(|turn| *turn == 0));
        }
        assert!(first.len() > 1);
    }
}
