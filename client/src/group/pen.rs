//! Who has the pen, and whose agreement each step needs. Over keys of any kind, so that a model that knows no
//! cryptography checks the very rules that the roster goes by (`tests/model`).
//!
//! One coordinator's device writes the roster at a time: what two write at once would be two histories. It can put nobody
//! out and make nobody a coordinator alone where there is another coordinator, so one key in the wrong hands changes
//! neither who may take the pen from it nor how many of them it takes.

use std::collections::BTreeSet;

/// Of members, whom it takes beside the other of two coordinators, and at the least to take over from the only one.
pub(crate) const MEMBERS_ASKED: usize = 2;

/// Who writes, and who is asked, after some entry. People are asked and counted, and devices write and sign: a person is named by the
/// first device that they had, also when that one is out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pen<K> {
    /// The device that writes the next entry.
    pub(crate) holder: K,
    /// All who coordinate, the holder's person among them, in the order in which they became that.
    pub(crate) coordinators: Vec<K>,
    /// All members; observers and defenders are asked nothing.
    pub(crate) members: Vec<K>,
    /// The devices of these, in the order in which they came, each with whose it is.
    pub(crate) devices: Vec<(K, K)>,
}

/// What an entry does with the pen and with those who are asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act<K> {
    /// Nothing.
    Write,
    /// A member is in, with this device.
    Join(K),
    /// Somebody has another device.
    Add(Added<K>),
    /// Devices are out: each with those who agreed beside the author.
    Remove(Vec<Agreed<K>>),
    /// A member becomes a coordinator.
    Promote(Agreed<K>),
    /// A coordinator becomes a member.
    Demote(Agreed<K>),
    /// The holder hands the pen to another device of somebody who coordinates.
    Hand(K),
    /// The author takes the pen: with those who signed for it beside them.
    Take(Vec<K>),
}

/// Another device of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Added<K> {
    /// Whose.
    pub(crate) person: K,
    /// Which.
    pub(crate) device: K,
    /// The device that vouched for it; none where a recovery key did.
    pub(crate) by: Option<K>,
}

/// Which device a step is about, and which agreed with it beside its author's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Agreed<K> {
    /// Which.
    pub(crate) about: K,
    /// Which others.
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
            devices: vec![(founder, founder)],
        }
    }

    /// Whose device it is, of those who are asked.
    #[must_use]
    pub(crate) fn person(&self, device: K) -> Option<K> {
        let mut devices = self.devices.iter();
        devices.find(|it| it.0 == device).map(|it| it.1)
    }

    /// Whose these devices are.
    pub(super) fn persons(&self, devices: impl IntoIterator<Item = K>) -> BTreeSet<K> {
        let devices = devices.into_iter();
        devices.filter_map(|it| self.person(it)).collect()
    }

    /// The place of a device among those that could take the pen: that of its person, then its own.
    pub(super) fn rank(&self, device: K) -> Option<(usize, usize)> {
        let person = self.person(device)?;
        let mut all = self.coordinators.iter().chain(&self.members);
        let mut devices = self.devices.iter();
        Some((
            all.position(|it| *it == person)?,
            devices.position(|it| it.0 == device)?,
        ))
    }

    /// What is after a step; of those devices to which `counts` does not apply no agreement and no signature counts.
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
        let own = self.person(author);
        // The others who agreed. Nobody who is put out by the same step lends it their agreement.
        let others = |agreed: &Agreed<K>, gone: &[K]| -> BTreeSet<K> {
            let by = agreed.by.iter().copied();
            let by = by.filter(|it| counts(*it) && !gone.contains(it));
            let mut by = self.persons(by);
            by.retain(|it| Some(*it) != own);
            by
        };
        let is_agreed = |about: K, by: &BTreeSet<K>| {
            if self.agrees(about, by) {
                Ok(())
            } else {
                Err(Denied::TooFew)
            }
        };
        let mut after = self.clone();
        match act {
            Act::Write | Act::Take(_) => {}
            Act::Join(new) => {
                after.members.push(*new);
                after.devices.push((*new, *new));
            }
            Act::Add(added) => {
                if !self.is_asked(added.person) || self.person(added.device).is_some() {
                    return Err(Denied::Nobody);
                }
                if added
                    .by
                    .is_some_and(|by| !counts(by) || self.person(by) != Some(added.person))
                {
                    return Err(Denied::TooFew);
                }
                after.devices.push((added.device, added.person));
            }
            Act::Remove(gone) => {
                let out: Vec<K> = gone.iter().map(|it| it.about).collect();
                if out.contains(&author) {
                    return Err(Denied::Nobody);
                }
                after.devices.retain(|it| !out.contains(&it.0));
                let is_left = |person: &K| after.devices.iter().any(|it| it.1 == *person);
                for it in gone {
                    let whose = self.person(it.about).unwrap_or(it.about);
                    let by = others(it, &out);
                    // Of what is theirs people dispose alone, as long as something is left.
                    let is_theirs = own == Some(whose) || by.contains(&whose);
                    if !(is_left(&whose) && is_theirs) {
                        is_agreed(whose, &by)?;
                    }
                }
                after.coordinators.retain(is_left);
                after.members.retain(is_left);
            }
            Act::Promote(it) => {
                let whose = self.person(it.about).ok_or(Denied::Nobody)?;
                if !self.members.contains(&whose) {
                    return Err(Denied::Nobody);
                }
                is_agreed(whose, &others(it, &[]))?;
                after.members.retain(|other| *other != whose);
                after.coordinators.push(whose);
            }
            Act::Demote(it) => {
                let whose = self.person(it.about).ok_or(Denied::Nobody)?;
                if own == Some(whose) || !self.coordinators.contains(&whose) {
                    return Err(Denied::Nobody);
                }
                let by = others(it, &[]);
                // Who resigns needs nobody's leave.
                if !by.contains(&whose) {
                    is_agreed(whose, &by)?;
                }
                after.coordinators.retain(|other| *other != whose);
                after.members.push(whose);
            }
            Act::Hand(to) => {
                let whose = self.person(*to).ok_or(Denied::Nobody)?;
                if *to == author || !self.coordinators.contains(&whose) {
                    return Err(Denied::Nobody);
                }
                after.holder = *to;
            }
        }
        Ok(after)
    }

    fn taken(&self, author: K, signers: impl Iterator<Item = K>) -> Result<Self, Denied> {
        let whose = self.person(author).filter(|_| author != self.holder);
        let whose = whose.ok_or(Denied::NotTheHolder)?;
        let coordinates = self.coordinators.contains(&whose);
        if !coordinates && self.coordinators.len() > 1 {
            return Err(Denied::NotTheHolder);
        }
        let by = signers.chain([author]).collect();
        if !self.is_quorum(&by) {
            return Err(Denied::TooFew);
        }
        let mut after = self.clone();
        after.holder = author;
        if !coordinates {
            after.members.retain(|it| *it != whose);
            after.coordinators.push(whose);
        }
        Ok(after)
    }

    /// Whether the people whose devices these are are enough to take the pen from its holder: a majority of the coordinators; of two,
    /// the other and two members; of one, a majority of the members, and two at least.
    #[must_use]
    pub(crate) fn is_quorum(&self, by: &BTreeSet<K>) -> bool {
        let by = self.persons(by.iter().copied());
        let coordinators = self.coordinators.iter().filter(|it| by.contains(it));
        let members = self.count_members(&by);
        match self.coordinators.len() {
            0 | 1 => members >= MEMBERS_ASKED && members * 2 > self.members.len(),
            2 => {
                let holder = self.person(self.holder);
                let mut others = coordinators.filter(|it| Some(**it) != holder);
                others.next().is_some() && members >= self.members_asked()
            }
            all => coordinators.count() * 2 > all,
        }
    }

    /// Whether the holder may do with somebody what takes a second person where there is one.
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

    /// Whether it is somebody who is asked.
    pub(super) fn is_asked(&self, person: K) -> bool {
        self.coordinators.contains(&person) || self.members.contains(&person)
    }

    pub(super) fn count_members(&self, by: &BTreeSet<K>) -> usize {
        self.members.iter().filter(|it| by.contains(it)).count()
    }

    /// Where there is one member, that one is asked; where there is none, one of two coordinators does nothing to the other.
    pub(super) fn members_asked(&self) -> usize {
        self.members.len().clamp(1, MEMBERS_ASKED)
    }
}
