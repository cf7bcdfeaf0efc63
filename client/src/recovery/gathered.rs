//! Parts as they come together, in any order and of any set: what one is is said when it comes, and nothing that was right is lost.

use super::{
    key::{DoNotFit, RecoveryKey, SetId},
    part::Part,
};

/// Parts that are kept at once: nobody holds more, and trying what fits together stays quick.
const PARTS_KEPT_MAX: usize = 14;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Gathered(Vec<Part>);

/// What a part that was taken is beside those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Of the same set, or the first.
    Fits,
    /// Of another set than the one before: the parts of both are kept.
    OtherSet,
}

/// Why a part was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdded {
    /// It is there already.
    #[error("part {0} was given twice")]
    Twice(u8),
    /// There is room for no more.
    #[error("too many parts")]
    TooMany,
}

impl Gathered {
    /// Takes one.
    ///
    /// # Errors
    /// [`NotAdded`].
    pub fn add(&mut self, part: Part) -> Result<Taken, NotAdded> {
        if self.0.contains(&part) {
            return Err(NotAdded::Twice(part.number));
        }
        if self.0.len() >= PARTS_KEPT_MAX {
            return Err(NotAdded::TooMany);
        }
        let before = self.0.last().map(Part::set);
        let is_other = before.is_some_and(|before| before != part.set);
        self.0.push(part);
        Ok(if is_other {
            Taken::OtherSet
        } else {
            Taken::Fits
        })
    }

    /// How many parts are lacking of the set of which the newest is; 0 when there are enough, and none before there is any.
    #[must_use]
    pub fn lacking(&self) -> Option<u8> {
        let newest = self.0.last()?;
        let mut there: Vec<u8> = self.of(newest.set).map(|part| part.number).collect();
        there.sort_unstable();
        there.dedup();
        let there = u8::try_from(there.len()).unwrap_or(u8::MAX);
        Some(newest.needed.saturating_sub(there))
    }

    /// The set of the newest.
    #[must_use]
    pub fn set(&self) -> Option<SetId> {
        self.0.last().map(Part::set)
    }

    /// The key, once there are enough of the newest one's set. Any of them that fit together: one that was changed on purpose has a check that
    /// fits, and does no harm once enough others are there.
    ///
    /// # Errors
    /// [`DoNotFit`]: another part is needed.
    pub fn key(&self) -> Result<RecoveryKey, DoNotFit> {
        let newest = self.0.last().ok_or(DoNotFit)?;
        let parts: Vec<&Part> = self.of(newest.set).collect();
        let mut chosen = Vec::new();
        choose(&parts, newest.needed, &mut chosen).ok_or(DoNotFit)
    }

    fn of(&self, set: SetId) -> impl Iterator<Item = &Part> {
        self.0.iter().filter(move |part| part.set == set)
    }
}

/// The key of some of these, with what was chosen before.
fn choose<'a>(parts: &[&'a Part], needed: u8, chosen: &mut Vec<&'a Part>) -> Option<RecoveryKey> {
    if chosen.len() == usize::from(needed) {
        return RecoveryKey::of(chosen).ok();
    }
    let (next, rest) = parts.split_first()?;
    let fits = next.needed == needed && chosen.iter().all(|it| it.number != next.number);
    if fits {
        chosen.push(next);
        let key = choose(rest, needed, chosen);
        chosen.pop();
        if key.is_some() {
            return key;
        }
    }
    choose(rest, needed, chosen)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use proptest::{prelude::*, sample::subsequence};

    use super::*;
    use crate::recovery::Division;

    fn parts(needed: u8, parts: u8) -> (RecoveryKey, Vec<Part>) {
        let key = RecoveryKey::random();
        let parts = key.parts(Division::new(needed, parts).unwrap());
        (key, parts)
    }

    fn gathered<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Gathered {
        let mut gathered = Gathered::default();
        for part in parts {
            gathered.add(part.clone()).unwrap();
        }
        gathered
    }

    fn divisions() -> impl Strategy<Value = (u8, u8)> {
        (2..=7_u8).prop_flat_map(|parts| (2..=parts, Just(parts)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_that_are_enough_give_the_key_back_in_any_order(
            (key, some) in divisions().prop_flat_map(|(needed, count)| {
                let (key, all) = parts(needed, count);
                let enough = usize::from(needed)..=usize::from(count);
                (Just(key), subsequence(all, enough).prop_shuffle())
            })
        ) {
            let gathered = gathered(&some);
            prop_assert_eq!(gathered.lacking(), Some(0));
            prop_assert_eq!(gathered.key(), Ok(key));
        }

        #[test]
        fn fewer_give_nothing((needed, count) in divisions()) {
            let (_, all) = parts(needed, count);
            let gathered = gathered(&all[..usize::from(needed) - 1]);
            prop_assert_eq!(gathered.lacking(), Some(1));
            prop_assert_eq!(gathered.key(), Err(DoNotFit));
        }
    }

    /// Whatever one part of two says, each key is as likely as any other: there is one second part that makes it that.
    #[test]
    fn one_part_fits_every_key() {
        let (_, all) = parts(2, 2);
        for byte in [0, 1, 0x5c, 255_u8] {
            let came_to = (0..=255_u8).filter(|other| {
                let points = [(1, all[0].value.bytes()[0]), (2, *other)];
                let points =
                    points.map(|(x, y)| blahaj::Share::try_from([x, y].as_slice()).unwrap());
                blahaj::Sharks(2).recover(&points).unwrap() == [byte]
            });
            assert_eq!(came_to.count(), 1);
        }
    }

    #[test]
    fn a_part_that_was_given_twice_is_named_and_another_set_too_and_nothing_is_lost() {
        let (key, first) = parts(2, 3);
        let (_, second) = parts(2, 3);
        let mut gathered = Gathered::default();
        assert_eq!(gathered.lacking(), None);
        assert_eq!(gathered.add(first[2].clone()), Ok(Taken::Fits));
        assert_eq!(gathered.add(first[2].clone()), Err(NotAdded::Twice(3)));
        assert_eq!(gathered.lacking(), Some(1));
        assert_eq!(gathered.add(second[0].clone()), Ok(Taken::OtherSet));
        assert_eq!(gathered.lacking(), Some(1));
        assert_eq!(gathered.key(), Err(DoNotFit));
        assert_eq!(gathered.add(first[0].clone()), Ok(Taken::OtherSet));
        assert_eq!(gathered.lacking(), Some(0));
        assert_eq!(gathered.key(), Ok(key));
    }

    #[test]
    fn one_that_was_changed_on_purpose_does_no_harm_once_enough_others_are_there() {
        let (key, all) = parts(2, 3);
        let mut forged = all[1].clone();
        forged.value = crate::secret::Seed::random();
        let mut gathered = gathered([&forged, &all[0]]);
        assert_eq!(gathered.lacking(), Some(0));
        assert_eq!(gathered.key(), Err(DoNotFit));
        gathered.add(all[1].clone()).unwrap();
        assert_eq!(gathered.key(), Ok(key));
    }

    #[test]
    fn each_key_is_cut_into_other_parts() {
        let (key, all) = parts(2, 3);
        let again = key.parts(Division::new(2, 3).unwrap());
        assert!(
            all.iter()
                .zip(&again)
                .all(|(one, other)| one.value != other.value)
        );
        assert_ne!(parts(2, 3).0.set(), parts(2, 3).0.set());
    }
}
