//! Entries beside the chain, and the choice between them: see [`super::branches`]. Rare, so that what it takes is worked out
//! anew each time.

use std::collections::BTreeMap;

use bellrope_proto::{ids::Hash, signing::Signed};

use super::{
    branches::{Step, choose},
    consent::Consent,
    entry::{Change, Entry},
    pen::Act,
    roster::{Applied, Key, Roster, RosterError},
};

/// Entries that are kept beside the chain. Only somebody who had the pen, or whom a quorum signed for, can make one.
const ASIDE_MAX: usize = 64;

/// An entry that counts by its own history, which is not the group's.
#[derive(Clone, Debug)]
pub(super) struct Aside {
    entry: Signed<Entry>,
    head: Hash,
    /// The head before it.
    previous: Hash,
    step: Step<Key>,
}

impl Roster {
    /// All that is known: the chain, then what stands beside it, each entry after the one that it continues.
    #[must_use]
    pub(crate) fn known(&self) -> Vec<Signed<Entry>> {
        let aside = self.aside.iter().map(|aside| aside.entry.clone());
        self.entries.iter().cloned().chain(aside).collect()
    }

    /// How many that are.
    #[must_use]
    pub(crate) fn known_len(&self) -> usize {
        self.entries.len().saturating_add(self.aside.len())
    }

    pub(super) fn is_aside(&self, head: &Hash) -> bool {
        self.aside.iter().any(|aside| aside.head == *head)
    }

    /// Takes an entry that does not continue the chain where it ends.
    pub(super) fn put_aside(
        &mut self,
        signed: Signed<Entry>,
        entry: Entry,
        head: Hash,
    ) -> Result<Applied, RosterError> {
        let branch = self.branch(&entry.previous)?;
        let branch = branch.filter(|branch| branch.next_position() == entry.position);
        let Some(mut branch) = branch else {
            return Err(if entry.position > self.next_position() {
                RosterError::Gap
            } else {
                RosterError::Elsewhere
            });
        };
        let previous = entry.previous;
        let is_second = !matches!(entry.change, Change::Take(_))
            && self
                .steps_after(&previous)
                .any(|step| step.author == entry.author && !matches!(step.act, Act::Take(_)));
        let refused = |error| if is_second { RosterError::Fork } else { error };
        branch.append(signed.clone(), entry).map_err(refused)?;
        if self.aside.len() >= ASIDE_MAX {
            return Err(refused(RosterError::OverLimit));
        }
        let Some(step) = branch.steps.pop() else {
            return Err(RosterError::Elsewhere);
        };
        self.aside.push(Aside {
            entry: signed,
            head,
            previous,
            step,
        });
        if self.settle()? {
            Ok(Applied::Switched)
        } else if is_second {
            Err(RosterError::Fork)
        } else {
            Ok(Applied::Aside)
        }
    }

    /// Chooses among all that is known. Whether the chain is another now.
    pub(super) fn settle(&mut self) -> Result<bool, RosterError> {
        if self.aside.is_empty() {
            return Ok(false);
        }
        let heads = self.heads.iter();
        let heads = heads.chain(self.aside.iter().map(|aside| &aside.head));
        let places: BTreeMap<Hash, usize> = heads.enumerate().map(|(at, it)| (*it, at)).collect();
        let aside = self.aside.iter().map(|aside| Step {
            parent: places.get(&aside.previous).copied(),
            ..aside.step.clone()
        });
        let steps: Vec<Step<Key>> = self.steps.iter().cloned().chain(aside).collect();
        let choice = choose(&steps);
        let has_changed = !choice.chain.iter().copied().eq(0..self.entries.len());
        if has_changed {
            let known = self.known();
            let chosen = choice.chain.iter().filter_map(|at| known.get(*at));
            let mut chain = Self::of_verified(chosen)?;
            let all = known.into_iter().zip(places_in_order(&places)).zip(steps);
            for (at, ((entry, head), step)) in all.enumerate() {
                if !choice.chain.contains(&at) {
                    let previous = entry.peek()?.previous;
                    chain.aside.push(Aside {
                        entry,
                        head,
                        previous,
                        step,
                    });
                }
            }
            *self = chain;
        }
        let out = choice.out.into_iter();
        self.out = out.filter(|key| self.person(key).is_some()).collect();
        Ok(has_changed)
    }

    /// The roster as it was after a head; none where that is not known.
    fn branch(&self, head: &Hash) -> Result<Option<Self>, RosterError> {
        let mut beside = Vec::new();
        let mut head = *head;
        while let Some(aside) = self.aside.iter().find(|aside| aside.head == head) {
            beside.push(&aside.entry);
            head = aside.previous;
        }
        let Some(last) = self.heads.iter().position(|known| *known == head) else {
            return Ok(None);
        };
        let chain = self.entries.iter().take(last.saturating_add(1));
        Self::of_verified(chain.chain(beside.into_iter().rev())).map(Some)
    }

    /// A chain of entries that were taken before.
    fn of_verified<'a>(
        mut entries: impl Iterator<Item = &'a Signed<Entry>>,
    ) -> Result<Self, RosterError> {
        let first = entries.next().ok_or(RosterError::Gap)?;
        let mut roster = Self::found(first.clone())?;
        for signed in entries {
            roster.append(signed.clone(), signed.peek()?)?;
        }
        Ok(roster)
    }

    /// What continues a head.
    fn steps_after(&self, head: &Hash) -> impl Iterator<Item = &Step<Key>> {
        let after = self.heads.iter().position(|known| known == head);
        let next = after.and_then(|at| self.steps.get(at.saturating_add(1)));
        let aside = self.aside.iter().filter(move |it| it.previous == *head);
        next.into_iter().chain(aside.map(|it| &it.step))
    }
}

/// That somebody is put out who is in by the chain, as an entry has it that is not followed.
#[derive(Clone, Debug)]
pub(crate) struct LostRemoval {
    /// Whose device wrote it.
    pub(crate) author: Key,
    /// Which devices it puts out.
    pub(crate) removed: Vec<Key>,
    /// Who agreed.
    pub(crate) consents: Vec<Signed<Consent>>,
}

impl Roster {
    /// What stands beside the chain about those who are out and still in by it (B6).
    pub(crate) fn lost_removals(&self) -> Vec<LostRemoval> {
        if self.out.is_empty() {
            return Vec::new();
        }
        let entries = self
            .aside
            .iter()
            .filter_map(|aside| aside.entry.peek().ok());
        let removals = entries.filter_map(|entry| match entry.change {
            Change::Turn(turn) => Some(LostRemoval {
                author: entry.author,
                removed: turn.removed,
                consents: turn.consents,
            }),
            _ => None,
        });
        let is_meant = |it: &LostRemoval| it.removed.iter().any(|key| self.out.contains(key));
        removals.filter(is_meant).collect()
    }
}

/// The heads, in the order of what they are after.
fn places_in_order(places: &BTreeMap<Hash, usize>) -> Vec<Hash> {
    let mut heads: Vec<(usize, Hash)> = places.iter().map(|(head, at)| (*at, *head)).collect();
    heads.sort_unstable();
    heads.into_iter().map(|(_, head)| head).collect()
}
