//! To whom people have opened a case that was not for them, and to whom it is open no longer. Pure, and the same in whatever order it was said.
//!
//! What is said of somebody takes the place of what its author had seen said of them. Where several stand, that it is not open counts: nobody makes
//! the reading wider by hiding what they have seen.

use std::collections::{BTreeMap, HashSet};

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::judge::Said;
use crate::{ids::MessageId, message::CaseAct};

/// What stands of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// The messages that stand of them, by their hashes, in their order.
    pub(crate) stands: Vec<Hash>,
    /// By which it was opened, of several the earliest: what came first.
    pub(crate) by: MessageId,
    /// By which it is open no longer, and when that came: what the person said before counts.
    pub(crate) until: Option<(Timestamp, MessageId)>,
}

/// For each person, as the roster tells them apart, to whom it was ever opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenedTo(BTreeMap<PublicKey<Device>, Opened>);

impl OpenedTo {
    /// Everybody.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&PublicKey<Device>, &Opened)> {
        self.0.iter()
    }

    /// What stands of somebody.
    #[must_use]
    pub(crate) fn of(&self, person: &PublicKey<Device>) -> Option<&Opened> {
        self.0.get(person)
    }

    /// Whether it is open to somebody now.
    #[must_use]
    pub(crate) fn is_open(&self, person: &PublicKey<Device>) -> bool {
        self.of(person).is_some_and(|it| it.until.is_none())
    }

    /// Whether it was when something came.
    #[must_use]
    pub(crate) fn was_open(&self, person: &PublicKey<Device>, arrived: Timestamp) -> bool {
        let until = self.of(person).map(|it| it.until);
        until.is_some_and(|until| until.is_none_or(|(until, _)| arrived < until))
    }
}

/// One message that says it of somebody: whether it opens it, and what it takes the place of.
type OfOne<'s> = (&'s Said, bool, &'s [Hash]);

/// What all that was said of it comes to; `whom` says whose device one is, if it can be opened to them.
#[must_use]
pub(super) fn opened_to(
    said: &[Said],
    whom: impl Fn(&PublicKey<Device>) -> Option<PublicKey<Device>>,
) -> OpenedTo {
    let mut all: BTreeMap<PublicKey<Device>, Vec<OfOne<'_>>> = BTreeMap::new();
    for one in said.iter().filter(|said| said.counts.is_ok()) {
        let CaseAct::Readers(words) = &one.act else {
            continue;
        };
        let mut people: Vec<_> = words.who.iter().filter_map(&whom).collect();
        people.sort_unstable();
        people.dedup();
        for person in people {
            let of_person = all.entry(person).or_default();
            of_person.push((one, words.opens(), &words.over));
        }
    }
    let all = all.into_iter().filter_map(|(person, said)| {
        let replaced: HashSet<Hash> = said
            .iter()
            .flat_map(|(one, _, over)| over.iter().filter(|over| **over != one.hash))
            .copied()
            .collect();
        let stands = |one: &&OfOne<'_>| !replaced.contains(&one.0.hash);
        // A circle, which takes somebody who finds two hashes, leaves nothing: then nothing was said.
        let standing: Vec<_> = said.iter().filter(stands).collect();
        let first = |opens: bool| {
            let these = standing.iter().filter(|(_, it, _)| *it == opens);
            these.map(|(one, ..)| (one.arrived, one.id)).min()
        };
        let until = first(false);
        // Nobody says of somebody to whom it never was open that it is so no longer.
        let ever = said.iter().filter(|(_, opens, _)| *opens);
        let by = first(true).or_else(|| ever.map(|(one, ..)| (one.arrived, one.id)).min())?;
        let mut stands: Vec<Hash> = standing.iter().map(|(one, ..)| one.hash).collect();
        stands.sort_unstable();
        (!stands.is_empty()).then_some((
            person,
            Opened {
                stands,
                by: by.1,
                until,
            },
        ))
    });
    OpenedTo(all.collect())
}

#[cfg(test)]
#[path = "readers_tests.rs"]
mod tests;
