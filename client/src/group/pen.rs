//! Who has the pen, and whose agreement each step needs. Over keys of any kind, so that a model that knows no
//! cryptography checks the very rules that the roster goes by (`tests/model`).
//!
//! One coordinator's device writes the roster at a time: what two write at once would be two histories. It can put nobody
//! out and make nobody a coordinator alone where there is another coordinator, so one key in the wrong hands changes
//! neither who may take the pen from it nor how many of them it takes.

use std::collections::BTreeSet;

/// Of members, whom it takes beside the other of two coordinators, and at the least to take over from the only one.
pub(crate) const MEMBERS_ASKED: usize = 2;

/// Who writes, and who is asked, after some entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pen<K> {
    /// Writes the next entry.
    pub(crate) holder: K,
    /// All coordinators, the holder among them, in the order in which they became that.
    pub(crate) coordinators: Vec<K>,
    /// All members; observers and defenders are asked nothing.
    pub(crate) members: Vec<K>,
}

/// What an entry does with the pen and with those who are asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act<K> {
    /// Nothing.
    Write,
    /// A member is in.
    Join(K),
    /// People are out: each with those who agreed beside the author.
    Remove(Vec<Agreed<K>>),
    /// A member becomes a coordinator.
    Promote(Agreed<K>),
    /// A coordinator becomes a member.
    Demote(Agreed<K>),
    /// The holder hands the pen to another coordinator.
    Hand(K),
    /// The author takes the pen: with those who signed for it beside them.
    Take(Vec<K>),
}

/// Whom a step is about, and who agreed with it beside its author.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Agreed<K> {
    /// Whom.
    pub(crate) about: K,
    /// Who.
    pub(crate) by: Vec<K>,
}

/// Why a step is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Its author has not the pen, or may not take it.
    NotTheHolder,
    /// It can be of nobody there: not in, not of that role, or the author themselves.
    Nobody,
    /// Too few agreed.
    TooFew,
}

impl<K: Copy + Ord> Pen<K> {
    /// Where one person begins.
    #[must_use]
    pub(crate) fn of(founder: K) -> Self {
        Self {
            holder: founder,
            coordinators: vec![founder],
            members: Vec::new(),
        }
    }

    /// What is after a step; of those to whom `counts` does not apply no agreement and no signature counts.
    ///
    /// # Errors
    /// [`Denied`].
    pub(crate) fn after(
        &self,
        author: K,
        act: &Act<K>,
        counts: impl Fn(K) -> bool,
    ) -> Result<Self, Denied> {
        if let Act::Take(signers) = act {
            return self.taken(author, signers.iter().copied().filter(|it| counts(*it)));
        }
        if author != self.holder {
            return Err(Denied::NotTheHolder);
        }
        let agrees = |agreed: &Agreed<K>, gone: &[K]| {
            let by = agreed.by.iter().copied();
            let by = by.filter(|it| counts(*it) && *it != author);
            // Nobody who is put out by the same step lends it their agreement.
            let by = by.filter(|it| !gone.contains(it)).collect();
            self.agrees(agreed.about, &by)
        };
        let mut after = self.clone();
        match act {
            Act::Write | Act::Take(_) => {}
            Act::Join(new) => after.members.push(*new),
            Act::Remove(gone) => {
                let out: Vec<K> = gone.iter().map(|it| it.about).collect();
                if out.contains(&author) {
                    return Err(Denied::Nobody);
                }
                if !gone.iter().all(|it| agrees(it, &out)) {
                    return Err(Denied::TooFew);
                }
                after.coordinators.retain(|it| !out.contains(it));
                after.members.retain(|it| !out.contains(it));
            }
            Act::Promote(it) => {
                if !self.members.contains(&it.about) {
                    return Err(Denied::Nobody);
                }
                if !agrees(it, &[it.about]) {
                    return Err(Denied::TooFew);
                }
                after.members.retain(|other| *other != it.about);
                after.coordinators.push(it.about);
            }
            Act::Demote(it) => {
                if it.about == author || !self.coordinators.contains(&it.about) {
                    return Err(Denied::Nobody);
                }
                // Who resigns needs nobody's leave.
                let resigns = it.by.contains(&it.about) && counts(it.about);
                if !resigns && !agrees(it, &[it.about]) {
                    return Err(Denied::TooFew);
                }
                after.coordinators.retain(|other| *other != it.about);
                after.members.push(it.about);
            }
            Act::Hand(to) => {
                if *to == author || !self.coordinators.contains(to) {
                    return Err(Denied::Nobody);
                }
                after.holder = *to;
            }
        }
        Ok(after)
    }

    fn taken(&self, author: K, signers: impl Iterator<Item = K>) -> Result<Self, Denied> {
        let may = match self.coordinators.len() {
            0 | 1 => self.members.contains(&author),
            _ => author != self.holder && self.coordinators.contains(&author),
        };
        if !may {
            return Err(Denied::NotTheHolder);
        }
        let by = signers.chain([author]).collect();
        if !self.is_quorum(&by) {
            return Err(Denied::TooFew);
        }
        let mut after = self.clone();
        after.holder = author;
        if !self.coordinators.contains(&author) {
            after.members.retain(|it| *it != author);
            after.coordinators.push(author);
        }
        Ok(after)
    }

    /// Whether these are enough to take the pen from its holder: a majority of the coordinators; of two, the other and two
    /// members; of one, a majority of the members, and two at least.
    #[must_use]
    pub(crate) fn is_quorum(&self, by: &BTreeSet<K>) -> bool {
        let coordinators = self.coordinators.iter().filter(|it| by.contains(it));
        let members = self.count_members(by);
        match self.coordinators.len() {
            0 | 1 => members >= MEMBERS_ASKED && members * 2 > self.members.len(),
            2 => {
                let mut others = coordinators.filter(|it| **it != self.holder);
                others.next().is_some() && members >= self.members_asked()
            }
            all => coordinators.count() * 2 > all,
        }
    }

    /// Whether the holder may do with `about` what takes a second person where there is one.
    fn agrees(&self, about: K, by: &BTreeSet<K>) -> bool {
        match self.coordinators.len() {
            0 | 1 => true,
            2 if self.coordinators.contains(&about) => {
                self.count_members(by) >= self.members_asked()
            }
            _ => {
                let others = self.coordinators.iter().filter(|it| **it != about);
                others.into_iter().any(|it| by.contains(it))
            }
        }
    }

    pub(super) fn count_members(&self, by: &BTreeSet<K>) -> usize {
        self.members.iter().filter(|it| by.contains(it)).count()
    }

    /// Where there is one member, that one is asked; where there is none, one of two coordinators does nothing to the other.
    pub(super) fn members_asked(&self) -> usize {
        self.members.len().clamp(1, MEMBERS_ASKED)
    }
}
