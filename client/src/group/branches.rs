//! Which of several histories is the group's. What a relay delivers in which order decides nothing, nor does what an author
//! can choose (a hash, a time, a key): only who signed what, on which head.
//!
//! Two histories come from a take-over beside what the holder wrote meanwhile, from keys in the wrong hands, or from a device
//! that was put back from a copy. The rules are B1 to B6 of PROTOCOL.md, "Branches". `tests/model` checks them in every
//! order of a few events.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::pen::{Act, Pen};

/// An entry that counts by its own history, as far as the choice looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Step<K> {
    /// The entry that it continues, among those before it; none for the first.
    pub(crate) parent: Option<usize>,
    /// Who wrote it.
    pub(crate) author: K,
    /// What it does.
    pub(crate) act: Act<K>,
    /// What is after it.
    pub(crate) after: Arc<Pen<K>>,
}

/// What is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice<K> {
    /// The group's history, from its first entry.
    pub(crate) chain: Vec<usize>,
    /// Every device that was put out, on whatever branch.
    pub(crate) out: BTreeSet<K>,
}

/// Chooses among entries, each of which comes after the one that it continues.
#[must_use]
pub(crate) fn choose<K: Copy + Ord>(steps: &[Step<K>]) -> Choice<K> {
    let tree = Tree::of(steps);
    let mut out = Out::default();
    loop {
        let chosen = tree.choose(&out);
        let mut more = out.clone();
        for at in &chosen.chain {
            more.note(steps, *at);
        }
        // What lost puts out too, unless by somebody whom the chosen one puts out: of two who put each other out it is the one
        // that the others' signatures stand behind who stays.
        let counts = tree.counting(&more);
        for at in 0..steps.len() {
            if chosen.sound.contains(&at) && counts.contains(&at) {
                more.note(steps, at);
            }
        }
        if more == out {
            return Choice {
                chain: chosen.chain,
                out: out.0.into_keys().collect(),
            };
        }
        out = more;
    }
}

/// Who is put out, and what each such entry builds on, itself included: there what they signed stays.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Out<K>(BTreeMap<K, BTreeSet<usize>>);

impl<K> Default for Out<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Copy + Ord> Out<K> {
    fn note(&mut self, steps: &[Step<K>], at: usize) {
        let Some(step) = steps.get(at) else {
            return;
        };
        let Act::Remove(gone) = &step.act else {
            return;
        };
        let before = step.parent.and_then(|parent| steps.get(parent));
        let mut devices: BTreeSet<K> = gone.iter().map(|it| it.about).collect();
        // Of somebody who is out whatever they came to have on another branch is out, too.
        let gone = gone.iter().filter_map(|it| before?.after.person(it.about));
        for person in gone.filter(|it| !step.after.is_asked(*it)) {
            let all = steps.iter().flat_map(|it| &it.after.devices);
            devices.extend(all.filter(|it| it.1 == person).map(|it| it.0));
        }
        for device in devices {
            let built_on = self.0.entry(device).or_default();
            let mut next = Some(at);
            while let Some(at) = next.filter(|at| built_on.insert(*at)) {
                next = steps.get(at).and_then(|step| step.parent);
            }
        }
    }

    /// Whether a key's signature counts in an entry.
    fn counts(&self, key: K, at: usize) -> bool {
        self.0
            .get(&key)
            .is_none_or(|built_on| built_on.contains(&at))
    }
}

/// The entries, and what continues each, in the order in which they came.
struct Tree<'a, K> {
    steps: &'a [Step<K>],
    children: Vec<Vec<usize>>,
}

/// What is chosen while certain people are out.
struct Chosen {
    chain: Vec<usize>,
    /// Entries that did not lose for want of signatures.
    sound: BTreeSet<usize>,
}

/// Where the best history from an entry on leads.
#[derive(Clone, Copy)]
struct Best {
    next: Option<usize>,
    end: usize,
    /// The first take-over on it.
    take: Option<usize>,
}

impl<'a, K: Copy + Ord> Tree<'a, K> {
    fn of(steps: &'a [Step<K>]) -> Self {
        let mut children = vec![Vec::new(); steps.len()];
        for (at, step) in steps.iter().enumerate() {
            let siblings = step.parent.and_then(|parent| children.get_mut(parent));
            if let Some(siblings) = siblings {
                siblings.push(at);
            }
        }
        Self { steps, children }
    }

    /// The entries that count when what was signed by those who are out is struck.
    fn counting(&self, out: &Out<K>) -> BTreeSet<usize> {
        let mut counting = BTreeSet::new();
        for (at, step) in self.steps.iter().enumerate() {
            let counts = |key| out.counts(key, at);
            let holds = step.parent.is_none_or(|parent| {
                let before = self.steps.get(parent);
                counting.contains(&parent)
                    && counts(step.author)
                    && before.is_some_and(|before| {
                        before.after.after(step.author, &step.act, counts).is_ok()
                    })
            });
            if holds {
                counting.insert(at);
            }
        }
        counting
    }

    fn choose(&self, out: &Out<K>) -> Chosen {
        let counting = self.counting(out);
        let mut best: BTreeMap<usize, Best> = BTreeMap::new();
        let mut lost = BTreeSet::new();
        // From the ends to the beginning: what continues an entry comes after it.
        for at in counting.iter().rev().copied() {
            let chosen = self.next(at, &best, out, &mut lost);
            let on = chosen.and_then(|next| best.get(&next)).copied();
            let own = self.is_take(at).then_some(at);
            best.insert(
                at,
                Best {
                    next: chosen,
                    end: on.map_or(at, |on| on.end),
                    take: own.or(on.and_then(|on| on.take)),
                },
            );
        }
        let mut chain = Vec::new();
        let mut next = counting.first().copied();
        while let Some(at) = next {
            chain.push(at);
            next = best.get(&at).and_then(|best| best.next);
        }
        let mut sound = BTreeSet::new();
        for at in counting {
            let parent = self.steps.get(at).and_then(|step| step.parent);
            if parent.is_none_or(|parent| sound.contains(&parent)) && !lost.contains(&at) {
                sound.insert(at);
            }
        }
        Chosen { chain, sound }
    }

    /// What continues an entry: what its holder wrote first, unless a take-over comes in its place.
    fn next(
        &self,
        at: usize,
        best: &BTreeMap<usize, Best>,
        out: &Out<K>,
        lost: &mut BTreeSet<usize>,
    ) -> Option<usize> {
        let children = self.children.get(at).into_iter().flatten().copied();
        let children: Vec<usize> = children.filter(|it| best.contains_key(it)).collect();
        let (mut takes, written): (Vec<usize>, Vec<usize>) =
            children.into_iter().partition(|it| self.is_take(*it));
        // The earliest coordinator's last, so that of several it is the one that stays. By a place that nobody chooses.
        // Of two by one author, which nobody honest signs, the one that came first.
        takes.sort_by_key(|it| std::cmp::Reverse((self.rank(at, *it), *it)));
        let mut written = written.into_iter();
        let mut chosen = written.next();
        for rival in written.chain(takes) {
            let end = chosen.and_then(|it| best.get(&it)).map(|best| best.end);
            let take = best.get(&rival).and_then(|best| best.take);
            let wins = take.is_some_and(|take| match end {
                Some(end) => self.suffices(take, end, out),
                None => true,
            });
            if wins {
                chosen = Some(rival);
            } else {
                lost.insert(rival);
            }
        }
        chosen
    }

    fn is_take(&self, at: usize) -> bool {
        let act = self.steps.get(at).map(|step| &step.act);
        matches!(act, Some(Act::Take(_)))
    }

    /// The place of who takes the pen among those who could.
    fn rank(&self, at: usize, take: usize) -> Option<(usize, usize)> {
        let (before, take) = (self.steps.get(at)?, self.steps.get(take)?);
        before.after.rank(take.author)
    }

    /// Whether those who signed a take-over are also enough where the history that it would replace has come to. Else whoever
    /// was a majority years ago could for ever take the group back to then.
    fn suffices(&self, take: usize, end: usize, out: &Out<K>) -> bool {
        let (Some(step), Some(end)) = (self.steps.get(take), self.steps.get(end)) else {
            return false;
        };
        let Act::Take(signers) = &step.act else {
            return false;
        };
        let by = signers.iter().chain([&step.author]).copied();
        let by = by.filter(|it| out.counts(*it, take)).collect();
        end.after.is_quorum(&by)
    }
}
