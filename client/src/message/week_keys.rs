//! The keys of weeks to come: what a reader's device says of its own to the group, and what a view says of readers' keys to a defender.
//!
//! A reader's lasting key stays what the roster says; audiences name it, and it opens what must reach a device that was away for months.
//! What people say is sealed to keys that change each week and whose secrets are deleted soon after, so that whoever takes a device and
//! its passphrase cannot open with them what was recorded long before.

use bellrope_proto::codec;
use serde::{Deserialize, Serialize};

use super::admission::{View, Welcome};
use crate::{extensions::Extensions, group::Week, seal::MemberKey};

/// The kind of a message whose body is [`WeekKeys`]. May be ignored: whoever does not know it seals to lasting keys.
pub(crate) const KIND_WEEK_KEYS: u16 = 32_776;

/// The extension of a view, and of a welcome, whose bytes are the keys of readers. May be ignored for the same reason.
const OF_READERS: u16 = 32_776;

/// Weeks that one statement names.
const WEEKS_MAX: usize = 32;

/// What a device says of its own keys. Its signature is that of the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WeekKeys {
    /// The first week,
    pub(crate) first: Week,
    /// and a key for it and each that follows; none of a week for which there is no key, or no secret any more.
    pub(crate) keys: Vec<Option<MemberKey>>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl WeekKeys {
    /// Reads a body. What is over the limit, or must not be ignored, says nothing.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let said: Self = codec::decode(body).ok()?;
        let fits = said.keys.len() <= WEEKS_MAX && !said.extensions.has_critical();
        fits.then_some(said)
    }

    /// Each week with its key.
    pub(crate) fn weeks(&self) -> impl Iterator<Item = (Week, Option<MemberKey>)> {
        let weeks = (self.first.0..u32::MAX).map(Week);
        weeks.zip(self.keys.iter().copied())
    }
}

/// Keys of readers, in the order in which these stand elsewhere: of each from the same week on, as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OfReaders {
    first: Week,
    keys: Vec<Vec<Option<MemberKey>>>,
}

/// Extensions with what `key` knows of these readers' keys of these weeks; none where it knows nothing.
#[must_use]
pub(crate) fn say_of(
    readers: &[MemberKey],
    (first, weeks): (Week, u32),
    key: impl Fn(&MemberKey, Week) -> Option<MemberKey>,
) -> Option<Vec<u8>> {
    let of_one = |reader: &MemberKey| {
        let mut keys: Vec<_> = first.and_on(weeks).map(|week| key(reader, week)).collect();
        // What is not known at the end takes no room.
        let known = keys.iter().rposition(Option::is_some);
        keys.truncate(known.map_or(0, |last| last.saturating_add(1)));
        keys
    };
    let keys: Vec<_> = readers.iter().map(of_one).collect();
    let is_any = keys.iter().any(|keys| !keys.is_empty());
    is_any.then(|| codec::encode(&OfReaders { first, keys }))
}

/// What extensions say of these readers. What does not decode, or is of other readers, says nothing: lasting keys are there.
fn read_of(readers: &[MemberKey], extensions: &Extensions) -> Option<OfReaders> {
    let said: OfReaders = codec::decode(extensions.get(OF_READERS)?).ok()?;
    let fits =
        said.keys.len() == readers.len() && said.keys.iter().all(|keys| keys.len() <= WEEKS_MAX);
    fits.then_some(said)
}

impl OfReaders {
    fn of(&self, place: usize) -> Vec<(Week, MemberKey)> {
        let weeks = (self.first.0..u32::MAX).map(Week);
        let keys = weeks.zip(self.keys.get(place).into_iter().flatten());
        keys.filter_map(|(week, key)| Some((week, (*key)?)))
            .collect()
    }
}

impl Welcome {
    /// The same with what is known of readers' keys, for somebody who was not there when they were published: `None` is nothing.
    #[must_use]
    pub(crate) fn with_weeks(self, said: Option<Vec<u8>>) -> Self {
        let Some(bytes) = said else { return self };
        let extensions = self.extensions.with(OF_READERS, bytes);
        Self { extensions, ..self }
    }

    /// What it says of these readers, those of the roster that came with it.
    #[must_use]
    pub(crate) fn weeks_of(
        &self,
        readers: &[MemberKey],
    ) -> Vec<(MemberKey, Vec<(Week, MemberKey)>)> {
        let Some(said) = read_of(readers, &self.extensions) else {
            return Vec::new();
        };
        let readers = readers.iter().enumerate();
        readers
            .map(|(place, reader)| (*reader, said.of(place)))
            .collect()
    }
}

impl View {
    /// The same with keys of these weeks for its readers, as far as `key` knows them.
    #[must_use]
    pub(crate) fn with_weeks(
        self,
        weeks: (Week, u32),
        key: impl Fn(&MemberKey, Week) -> Option<MemberKey>,
    ) -> Self {
        let Some(bytes) = say_of(&self.readers, weeks, key) else {
            return self;
        };
        let extensions = self.extensions.with(OF_READERS, bytes);
        Self { extensions, ..self }
    }

    /// What it says of the keys of one of its readers, a week at a time.
    #[must_use]
    pub(crate) fn weeks_of(&self, reader: &MemberKey) -> Vec<(Week, MemberKey)> {
        let place = self.readers.iter().position(|it| it == reader);
        let said = read_of(&self.readers, &self.extensions).zip(place);
        said.map_or_else(Vec::new, |(said, place)| said.of(place))
    }

    /// The same, where it says nothing of keys of weeks and another view did: that was not taken back. A view that is sent when
    /// there is little room has none.
    #[must_use]
    pub(crate) fn keeping_weeks_of(self, before: &Self) -> Self {
        if self.extensions.get(OF_READERS).is_some() {
            return self;
        }
        let Some(said) = read_of(&before.readers, &before.extensions) else {
            return self;
        };
        let most = said.keys.iter().map(Vec::len).max().unwrap_or_default();
        let weeks = u32::try_from(most).unwrap_or_default();
        self.with_weeks((said.first, weeks), |reader, week| {
            let known = before.weeks_of(reader).into_iter();
            let mut known = known.filter(|(of, _)| *of == week);
            known.next().map(|(_, key)| key)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use bellrope_proto::{
        codec::Blob,
        envelope::BUCKETS,
        ids::{Hash, MailboxId},
    };

    use super::*;
    use crate::{
        group::{EpochKeys, Policy, lifetimes::WEEKS_LEAST},
        ids::{Epoch, GroupId, Position},
        seal::{MemberIdentity, capacity},
    };

    fn key(number: u32) -> MemberKey {
        let mut seed = [7; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        MemberIdentity::from_seed(&seed).to_key()
    }

    fn of_week(reader: u32, week: Week) -> MemberKey {
        key(1_000_000 + reader * 1_000 + week.0)
    }

    fn view(readers: u32) -> View {
        View {
            group: GroupId(Hash([1; 32])),
            position: Position(1),
            roster: Hash([2; 32]),
            epoch: EpochKeys {
                number: Epoch(1),
                recipient: Blob(vec![0; 1_216]),
                mailbox: MailboxId([3; 32]),
                relays: Vec::new(),
                extensions: Extensions::none(),
            },
            people: Vec::new(),
            readers: (0..readers).map(key).collect(),
            policy: Policy::default(),
            coordinators: Vec::new(),
            extensions: Extensions::none(),
        }
    }

    fn place(view: &View, reader: &MemberKey) -> u32 {
        let place = view.readers.iter().position(|it| it == reader);
        u32::try_from(place.unwrap()).unwrap()
    }

    #[test]
    fn what_a_device_says_is_read_back_and_later_words_are_nothing() {
        let said = WeekKeys {
            first: Week(7),
            keys: vec![Some(key(1)), None, Some(key(3))],
            extensions: Extensions::none(),
        };
        let read = WeekKeys::decode(&codec::encode(&said)).unwrap();
        assert_eq!(read, said);
        let weeks: Vec<_> = read.weeks().collect();
        let expected = [
            (Week(7), Some(key(1))),
            (Week(8), None),
            (Week(9), Some(key(3))),
        ];
        assert_eq!(weeks, expected);
        for later in [
            WeekKeys {
                keys: vec![None; WEEKS_MAX + 1],
                ..said.clone()
            },
            WeekKeys {
                extensions: Extensions::new(vec![(7, vec![])]).unwrap(),
                ..said.clone()
            },
        ] {
            assert_eq!(WeekKeys::decode(&codec::encode(&later)), None);
        }
        let last = WeekKeys {
            first: Week(u32::MAX),
            ..said
        };
        assert_eq!(last.weeks().count(), 0, "no week is beyond the last");
    }

    #[test]
    fn a_view_says_what_is_known_of_each_reader() {
        let view = view(3);
        let known = |reader: &MemberKey, week: Week| {
            let knows = *reader == key(0) || (*reader == key(2) && week == Week(11));
            knows.then(|| of_week(place(&view, reader), week))
        };
        let said = view.clone().with_weeks((Week(10), 3), known);
        assert!(!said.is_newer(), "an older program seals by it");
        let weeks = |reader| -> Vec<u32> {
            let weeks = said.weeks_of(&key(reader)).into_iter();
            weeks.map(|(week, _)| week.0).collect()
        };
        assert_eq!(weeks(0), [10, 11, 12]);
        assert_eq!((weeks(1), weeks(2)), (vec![], vec![11]));
        assert_eq!(said.weeks_of(&key(2)), [(Week(11), of_week(2, Week(11)))]);
        assert_eq!(weeks(9), Vec::<u32>::new());
        // Nothing is known of anybody: it is as it was.
        assert_eq!(view.clone().with_weeks((Week(10), 3), |_, _| None), view);
    }

    #[test]
    fn what_was_said_before_is_kept_for_who_is_still_there() {
        let before = view(3);
        let of = |reader: &MemberKey, week: Week| Some(of_week(place(&before, reader), week));
        let before = before.clone().with_weeks((Week(10), 2), of);
        let mut next = view(2);
        next.readers = vec![key(9), key(2)];
        let next = next.keeping_weeks_of(&before);
        assert_eq!(next.weeks_of(&key(2)), before.weeks_of(&key(2)));
        assert_eq!(next.weeks_of(&key(9)), []);
        assert_eq!(next.weeks_of(&key(0)), [], "put out");
        // What it says itself counts.
        let newer = view(3).with_weeks((Week(12), 1), |_, week| Some(of_week(1, week)));
        assert_eq!(newer.clone().keeping_weeks_of(&before), newer);
    }

    #[test]
    fn what_does_not_fit_the_view_says_nothing() {
        let said = view(2).with_weeks((Week(10), 2), |_, week| Some(of_week(1, week)));
        let mut other = said.clone();
        other.readers.push(key(5));
        assert_eq!(other.weeks_of(&key(0)), []);
        let mut cut = said;
        cut.extensions = cut.extensions.with(OF_READERS, vec![1, 2, 3]);
        assert_eq!(cut.weeks_of(&key(0)), []);
    }

    /// The bytes of a view, and the bucket of an envelope with it, for groups of every size.
    #[test]
    fn a_view_of_the_largest_group_fits_with_the_keys_of_its_readers() {
        // What is around it: the update, its signature, a right at the mailbox.
        const AROUND: usize = 600;
        // All of one key: only the bytes count.
        let one = key(1);
        let bucket = |readers: usize, weeks: u32| {
            let mut view = view(0);
            view.readers = vec![one; readers];
            let view = view.with_weeks((Week(10), weeks), |_, _| Some(one));
            let bytes = codec::encode(&view).len() + AROUND;
            let mut fits = BUCKETS.into_iter();
            fits.find(|bucket| capacity(*bucket, 1).unwrap() >= bytes)
        };
        let of = |weeks: u32| [5, 12, 50, 100, 200].map(|readers| bucket(readers, weeks).unwrap());
        assert_eq!(of(0), [4_096, 8_192, 8_192, 8_192, 16_384]);
        assert_eq!(of(WEEKS_LEAST), [8_192, 8_192, 16_384, 65_536, 65_536]);
    }
}
