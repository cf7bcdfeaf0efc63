//! Who is still to agree with what somebody wishes, before a person's program writes it down: what is shown to people, and what the holder's
//! program goes by. Stricter than the rules of the chain, which cannot know whether the author's person was asked: a program that
//! carried out one other's wish would make the pen's holder agree in their sleep.

use std::collections::BTreeSet;

use super::{consent::ConsentTo, pen::Pen};

/// Who is still to agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// The person whose device has the pen.
    pub holder: bool,
    /// So many coordinators.
    pub coordinators: usize,
    /// So many members.
    pub members: usize,
    /// Nobody, as it is about who has the pen: another must have it first.
    pub another_holder: bool,
}

impl Lacking {
    /// Whether everybody agreed whom it takes.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        *self == Self::default()
    }
}

/// Coordinators whose persons must have agreed.
const COORDINATORS_ASKED: usize = 2;

impl<K: Copy + Ord> Pen<K> {
    /// Who is still to agree with a step about somebody, of whom these did; none when it cannot be.
    #[must_use]
    pub(crate) fn lacking(&self, to: ConsentTo, about: K, by: &BTreeSet<K>) -> Option<Lacking> {
        let is_coordinator = self.coordinators.contains(&about);
        let can_be = match to {
            ConsentTo::Remove => true,
            ConsentTo::Promote => self.members.contains(&about),
            ConsentTo::Demote => is_coordinator,
            ConsentTo::Unknown(_) => false,
        };
        if !can_be {
            return None;
        }
        if about == self.holder {
            return Some(Lacking {
                another_holder: true,
                ..Lacking::default()
            });
        }
        if to == ConsentTo::Demote && by.contains(&about) {
            return Some(Lacking::default());
        }
        let mut others = by.clone();
        others.remove(&about);
        let holder = !others.contains(&self.holder);
        let agree = self.coordinators.iter().filter(|it| others.contains(it));
        Some(match self.coordinators.len() {
            0 | 1 => Lacking {
                holder,
                ..Lacking::default()
            },
            2 if is_coordinator => Lacking {
                holder,
                members: (self.members_asked()).saturating_sub(self.count_members(&others)),
                ..Lacking::default()
            },
            _ => Lacking {
                coordinators: COORDINATORS_ASKED.saturating_sub(agree.count()),
                ..Lacking::default()
            },
        })
    }

    /// Who is still to sign so that somebody takes the pen; none when they may not. Of one coordinator nobody can: what rules the group's
    /// mailbox is on their device alone.
    #[must_use]
    pub(crate) fn lacking_to_take(&self, taker: K, by: &BTreeSet<K>) -> Option<Lacking> {
        if taker == self.holder || !self.coordinators.contains(&taker) {
            return None;
        }
        let mut by = by.clone();
        by.insert(taker);
        let agree = self.coordinators.iter().filter(|it| by.contains(it));
        Some(match self.coordinators.len() {
            0..=2 => Lacking {
                members: (self.members_asked()).saturating_sub(self.count_members(&by)),
                ..Lacking::default()
            },
            all => Lacking {
                coordinators: (all / 2).saturating_add(1).saturating_sub(agree.count()),
                ..Lacking::default()
            },
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use proptest::prelude::*;

    use super::*;
    use crate::group::pen::{Act, Agreed};

    fn pens() -> impl Strategy<Value = Pen<u8>> {
        (1..5u8, 0..4u8, any::<prop::sample::Index>()).prop_map(
            |(coordinators, members, holder)| {
                let coordinators: Vec<u8> = (0..coordinators).collect();
                Pen {
                    holder: coordinators[holder.index(coordinators.len())],
                    coordinators,
                    members: (10..10 + members).collect(),
                }
            },
        )
    }

    fn keys() -> impl Strategy<Value = BTreeSet<u8>> {
        let all: Vec<u8> = (0..5).chain(10..14).collect();
        proptest::sample::subsequence(all, 0..9).prop_map(|all| all.into_iter().collect())
    }

    proptest! {
        #[test]
        fn where_nobody_is_lacking_the_holder_may_write_it_and_never_at_one_persons_word(
            pen in pens(), by in keys(), about in 0..14u8, to in 0..3u8,
        ) {
            let to = [ConsentTo::Remove, ConsentTo::Promote, ConsentTo::Demote][usize::from(to)];
            let is_in = |it: &u8| pen.coordinators.contains(it) || pen.members.contains(it);
            let by: BTreeSet<u8> = by.into_iter().filter(is_in).collect();
            let lacking = pen.lacking(to, about, &by);
            if lacking.is_some_and(|lacking| lacking.is_nobody()) {
                let agreed = Agreed {
                    about,
                    by: by.iter().copied().filter(|it| *it != pen.holder).collect(),
                };
                let act = match to {
                    ConsentTo::Promote => Act::Promote(agreed),
                    ConsentTo::Demote => Act::Demote(agreed),
                    _ => Act::Remove(vec![agreed]),
                };
                prop_assert!(pen.after(pen.holder, &act, |_| true).is_ok());
                let resigns = to == ConsentTo::Demote && by.contains(&about);
                let alone = pen.coordinators.len() == 1 || resigns;
                prop_assert!(alone || by.iter().filter(|it| **it != about).count() >= 2);
            }
        }

        #[test]
        fn where_nobody_is_lacking_the_pen_may_be_taken_and_else_not(
            pen in pens(), by in keys(), taker in 0..5u8,
        ) {
            let by: BTreeSet<u8> = by.into_iter().collect();
            let taken = pen.after(taker, &Act::Take(by.iter().copied().collect()), |_| true);
            match pen.lacking_to_take(taker, &by) {
                Some(lacking) => prop_assert_eq!(lacking.is_nobody(), taken.is_ok()),
                None => prop_assert!(taken.is_err()),
            }
        }
    }
}
