//! Who is still to agree with what somebody wishes, before a person's program writes it down: what is shown to people, and what the holder's
//! program goes by. Stricter than the rules of the chain, which cannot know whether the author's person was asked: a program that
//! carried out one other's wish would make the pen's holder agree in their sleep.

use std::collections::BTreeSet;

use super::{
    consent::ConsentTo,
    pen::{MEMBERS_ASKED, Pen},
};

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
    /// Who is still to agree with a step about somebody's device, of whose devices these did; none when it cannot be.
    #[must_use]
    pub(crate) fn lacking(&self, to: ConsentTo, about: K, by: &BTreeSet<K>) -> Option<Lacking> {
        // Of observers and defenders each has one device.
        let whose = self.person(about).unwrap_or(about);
        let is_coordinator = self.coordinators.contains(&whose);
        let mut theirs = self.devices.iter().filter(|it| it.1 == whose);
        let can_be = match to {
            ConsentTo::Remove => true,
            ConsentTo::RemoveDevice => theirs.nth(1).is_some(),
            ConsentTo::Promote => self.members.contains(&whose),
            ConsentTo::Demote => is_coordinator,
            ConsentTo::Unknown(_) => false,
        };
        if !can_be {
            return None;
        }
        let one_device = to == ConsentTo::RemoveDevice;
        let holder = self.person(self.holder);
        if about == self.holder || (!one_device && Some(whose) == holder) {
            return Some(Lacking {
                another_holder: true,
                ..Lacking::default()
            });
        }
        // Whoever has a device in their hands says nothing about itself with it.
        let by = by.iter().copied().filter(|it| !one_device || *it != about);
        let mut others = self.persons(by);
        // Of what is theirs, and of their own office, people dispose alone.
        if (to == ConsentTo::Demote || one_device) && others.contains(&whose) {
            return Some(Lacking::default());
        }
        others.remove(&whose);
        let holder = holder.is_some_and(|it| !others.contains(&it));
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

    /// Who is still to sign so that a device takes the pen; none when it may not. A member takes it from the only coordinator, and puts them
    /// out at once, as there are two coordinators then and one of them is lost: so each who signs agrees with that as well, and two
    /// others do where there are two.
    #[must_use]
    pub(crate) fn lacking_to_take(&self, taker: K, by: &BTreeSet<K>) -> Option<Lacking> {
        let whose = self.person(taker)?;
        let may = match self.coordinators.len() {
            0 | 1 => self.is_asked(whose),
            _ => self.coordinators.contains(&whose),
        };
        if taker == self.holder || !may {
            return None;
        }
        let by = self.persons(by.iter().copied().chain([taker]));
        let agree = self.coordinators.iter().filter(|it| by.contains(it));
        let members = |asked: usize| asked.saturating_sub(self.count_members(&by));
        Some(match self.coordinators.len() {
            0 | 1 => {
                let most = (self.members.len() / 2).saturating_add(1);
                let to_take = members(most.max(MEMBERS_ASKED));
                let others = self.members.iter().filter(|it| **it != whose);
                let asked = others.clone().count().clamp(1, MEMBERS_ASKED);
                let agree = others.filter(|it| by.contains(it)).count();
                let to_remove = match self.members.contains(&whose) {
                    true => asked.saturating_sub(agree),
                    false => 0,
                };
                Lacking {
                    members: to_take.max(to_remove),
                    ..Lacking::default()
                }
            }
            2 => {
                let holder = self.person(self.holder);
                let mut others = agree.filter(|it| Some(**it) != holder);
                Lacking {
                    coordinators: usize::from(others.next().is_none()),
                    members: members(self.members_asked()),
                    ..Lacking::default()
                }
            }
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
        let some = || {
            prop::collection::btree_set(
                (0..14u8).prop_filter("nobody", |it| *it < 5 || *it > 9),
                0..4,
            )
        };
        (1..5u8, 0..4u8, any::<prop::sample::Index>(), some(), some()).prop_map(
            |(coordinators, members, holder, second, lost)| {
                let coordinators: Vec<u8> = (0..coordinators).collect();
                let members: Vec<u8> = (10..10 + members).collect();
                let all = coordinators.iter().chain(&members);
                let mut devices: Vec<(u8, u8)> = all.map(|it| (*it, *it)).collect();
                // Some have a second device, and some have lost their first.
                devices.extend(
                    second
                        .iter()
                        .filter(|it| devices.contains(&(**it, **it)))
                        .map(|it| (it + 20, *it))
                        .collect::<Vec<_>>(),
                );
                devices
                    .retain(|it| it.0 != it.1 || !(lost.contains(&it.0) && second.contains(&it.0)));
                let pens = devices.iter().filter(|it| coordinators.contains(&it.1));
                let pens: Vec<u8> = pens.map(|it| it.0).collect();
                Pen {
                    holder: pens[holder.index(pens.len())],
                    coordinators,
                    members,
                    devices,
                }
            },
        )
    }

    fn keys() -> impl Strategy<Value = BTreeSet<u8>> {
        let all: Vec<u8> = (0..5).chain(10..14).chain(20..25).chain(30..34).collect();
        proptest::sample::subsequence(all, 0..14).prop_map(|all| all.into_iter().collect())
    }

    proptest! {
        #[test]
        fn where_nobody_is_lacking_the_holder_may_write_it_and_never_at_one_persons_word(
            pen in pens(), by in keys(), about in 0..34u8, to in 0..4u8,
        ) {
            use ConsentTo::{Demote, Promote, Remove, RemoveDevice};
            let to = [Remove, Promote, Demote, RemoveDevice][usize::from(to)];
            let Some(whose) = pen.person(about) else { return Ok(()) };
            let by: BTreeSet<u8> = by.into_iter().filter(|it| pen.person(*it).is_some()).collect();
            let lacking = pen.lacking(to, about, &by);
            if lacking.is_some_and(|lacking| lacking.is_nobody()) {
                let agreed = |about: u8| Agreed {
                    about,
                    by: by.iter().copied().filter(|it| *it != pen.holder).collect(),
                };
                let theirs = pen.devices.iter().filter(|it| it.1 == whose);
                let act = match to {
                    Promote => Act::Promote(agreed(about)),
                    Demote => Act::Demote(agreed(about)),
                    Remove => Act::Remove(theirs.map(|it| agreed(it.0)).collect()),
                    _ => Act::Remove(vec![agreed(about)]),
                };
                prop_assert!(pen.after(pen.holder, &act, |_| true).is_ok());
                let mut others = pen.persons(by.iter().copied().filter(|it| *it != about));
                let own = others.remove(&whose) || (to == Demote && by.contains(&about));
                let alone = pen.coordinators.len() == 1 || (own && matches!(to, Demote | RemoveDevice));
                prop_assert!(alone || others.len() >= 2);
            }
        }

        #[test]
        fn where_nobody_is_lacking_the_pen_may_be_taken_and_else_not(
            pen in pens(), by in keys(), taker in 0..25u8,
        ) {
            let by: BTreeSet<u8> = by.into_iter().collect();
            let taken = pen.after(taker, &Act::Take(by.iter().copied().collect()), |_| true);
            let is_member = pen.person(taker).is_some_and(|it| pen.members.contains(&it));
            // A member puts the only coordinator out at once.
            let done = taken.and_then(|taken| {
                if !is_member {
                    return Ok(taken);
                }
                let lost = pen.devices.iter().filter(|it| Some(it.1) == pen.person(pen.holder));
                let agreed = |about: u8| Agreed { about, by: by.iter().copied().collect() };
                let out = lost.map(|it| agreed(it.0)).collect();
                taken.after(taker, &Act::Remove(out), |_| true)
            });
            match pen.lacking_to_take(taker, &by) {
                Some(lacking) => prop_assert_eq!(lacking.is_nobody(), done.is_ok()),
                None => prop_assert!(done.is_err()),
            }
            if is_member && let Ok(done) = done {
                prop_assert_eq!(&done.coordinators, &[pen.person(taker).unwrap()]);
            }
        }
    }
}
