//! Which translations of what stand in a case, who has compared each with its original, and whether the original was corrected since. Pure, and the same
//! in whatever order it came.
//!
//! A machine's translation takes the place of no person's. Somebody's own word that theirs is right is worth nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use bellrope_proto::ids::Hash;

use super::{fold::named, judge::Said};
use crate::{
    alert::vocabulary::{Kind, Translator},
    message::{CaseAct, OfTranslation, Translated},
};

/// What stands of one text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its message, by its place in what was said.
    pub(crate) at: usize,
    /// Who has compared it with its original, by their first message that says so, in the order of the story.
    pub(crate) checked_by: Vec<usize>,
    /// Whether the alert's sender has said more or corrected something since, of which its author had not seen.
    pub(crate) is_of_earlier: bool,
}

/// Of which message, none for the alert, and into which language.
pub(crate) type Of = (Option<Hash>, String);

/// All that stand, of each text in each language in the order of the story.
pub(crate) type Translations = BTreeMap<Of, Vec<Standing>>;

/// A translation that counts.
#[must_use]
pub(crate) fn translated(said: &Said) -> Option<&Translated> {
    match &said.act {
        CaseAct::Translation(OfTranslation::Is(it)) if said.counts.is_ok() => Some(it),
        _ => None,
    }
}

/// What all that was said about translations comes to.
#[must_use]
pub(super) fn translations(said: &[Said], order: &[usize]) -> Translations {
    let told = || order.iter().filter_map(|at| Some((*at, said.get(*at)?)));
    let mut all: BTreeMap<Of, Vec<usize>> = BTreeMap::new();
    for (at, one) in told() {
        if let Some(it) = translated(one) {
            let of = (it.of, it.language.clone());
            all.entry(of).or_default().push(at);
        }
    }
    if all.is_empty() {
        return Translations::new();
    }
    let mut checks: HashMap<Hash, Vec<usize>> = HashMap::new();
    for (at, one) in told().filter(|(_, one)| one.counts.is_ok()) {
        if let CaseAct::Translation(OfTranslation::Checked(of)) = &one.act {
            checks.entry(*of).or_default().push(at);
        }
    }
    let changes: Vec<&Said> = told()
        .map(|(_, one)| one)
        .filter(|one| one.counts.is_ok() && changes_text(one))
        .collect();
    let standing = |places: &[usize]| {
        let of_places = || places.iter().filter_map(|at| said.get(*at));
        let replaced: HashSet<(Hash, bool)> = of_places()
            .filter_map(|one| Some((one, translated(one)?)))
            .flat_map(|(one, it)| {
                let over = it.over.iter().filter(|over| **over != one.hash);
                over.map(|over| (*over, it.by == Translator::Machine))
            })
            .collect();
        let stands = |at: &&usize| {
            let one = said.get(**at).and_then(|one| Some((one, translated(one)?)));
            one.is_some_and(|(one, it)| {
                let is_machine = it.by == Translator::Machine;
                let by_machine = is_machine && replaced.contains(&(one.hash, true));
                !by_machine && !replaced.contains(&(one.hash, false))
            })
        };
        let stands = places.iter().filter(stands);
        let stands = stands.filter_map(|at| {
            let one = said.get(*at)?;
            Some(Standing {
                at: *at,
                checked_by: checked_by(said, one, checks.get(&one.hash)),
                is_of_earlier: is_of_earlier(said, one, &changes),
            })
        });
        stands.collect::<Vec<_>>()
    };
    all.into_iter()
        .map(|(of, places)| (of, standing(&places)))
        // A circle, which takes somebody who finds two hashes, leaves nothing.
        .filter(|(_, stands)| !stands.is_empty())
        .collect()
}

/// Of each other person who says that they have compared it, the first message.
fn checked_by(said: &[Said], translation: &Said, checks: Option<&Vec<usize>>) -> Vec<usize> {
    let mut known = HashSet::from([translation.author]);
    let checks = checks.into_iter().flatten();
    let first = checks.filter(|at| said.get(**at).is_some_and(|one| known.insert(one.author)));
    first.copied().collect()
}

/// Whether it adds to what the alert says, or corrects it.
fn changes_text(one: &Said) -> bool {
    matches!(&one.act, CaseAct::OfSender(words) if matches!(words.kind, Kind::Update | Kind::Correction))
}

/// Whether something was added to the alert, or corrected in it, that a translation's author had not seen, nor translated. Of other texts than the
/// alert's and its sender's nothing is.
fn is_of_earlier(said: &[Said], translation: &Said, changes: &[&Said]) -> bool {
    let of = translated(translation).and_then(|it| it.of);
    let is_senders = |hash: Hash| changes.iter().any(|it| it.hash == hash);
    if changes.is_empty() || of.is_some_and(|of| !is_senders(of)) {
        return false;
    }
    let by_hash: HashMap<Hash, &Said> = said.iter().map(|one| (one.hash, one)).collect();
    let mut known: HashSet<Hash> = HashSet::new();
    let mut next = vec![translation];
    while let Some(one) = next.pop() {
        for hash in named(one) {
            if known.insert(*hash) {
                next.extend(by_hash.get(hash).copied());
            }
        }
    }
    changes.iter().any(|change| !known.contains(&change.hash))
}

#[cfg(test)]
#[path = "translations_tests.rs"]
mod tests;
