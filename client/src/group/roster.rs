//! Who is in the group: a signed hash chain from its first entry, and the one place with its rules.
//!
//! [`Roster::apply`] is a pure function of the entries so far and one more. Everyone who holds them
//! applies the same rules, R1 to R21 and B1 to B6 of PROTOCOL.md, "Roster": two programs with different rules would part for
//! ever. The relay sees neither chain nor rules.

use core::num::TryFromIntError;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bellrope_proto::{
    ids::Hash,
    signing::{BadSignature, Device, PublicKey, Recovery, Signed},
};

use super::{
    aside::Aside,
    branches::Step,
    entry::{Change, Entry, EpochKeys, Role, head_after},
    lifetimes::Lease,
    pen::{Act, Pen},
    people::{Invited, Person, Removed, found_fits, turn_key},
    policy::Policy,
    retention::Retention,
};
use crate::{duty::Rota, ids::Position};

/// By what devices are told apart, and people, each by the first device that they had.
pub(super) type Key = PublicKey<Device>;

/// Why an entry is not part of this roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// Its signature is not its author's, or it does not decode.
    #[error("the entry is not signed by its author, or a newer version wrote it")]
    NotValid,
    /// Entries before it are missing here.
    #[error("entries before this one are missing")]
    Gap,
    /// Who had the pen wrote two entries for one place.
    #[error("two entries for one place of the roster")]
    Fork,
    /// It continues another group's roster or another history.
    #[error("the entry belongs to another roster")]
    Elsewhere,
    /// Its author has not the pen there, and may not take it.
    #[error("the author may not write the roster there")]
    NotEntitled,
    /// It takes more people than have signed for it.
    #[error("too few have agreed with the entry")]
    NotAgreed,
    /// What it says cannot be: a second founding, a used invitation, a key that is taken or is none.
    #[error("the entry contradicts the roster")]
    Contradiction,
    /// Its author may be one whom a later version let write: entries before it are in words that are not known here.
    #[error("a newer version is needed to follow the roster")]
    Newer,
    /// The group is full, or a name is too long.
    #[error("the entry is over a limit")]
    OverLimit,
}

impl From<BadSignature> for RosterError {
    fn from(_: BadSignature) -> Self {
        Self::NotValid
    }
}

/// Whether an entry was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It is now part of the roster.
    New,
    /// It was already.
    Known,
    /// It counts by its own history, and another is the group's.
    Aside,
    /// The group's history is another now: what the one before had written and this one has not is undone.
    Switched,
}

/// The group as its chain has it.
#[derive(Clone, Debug)]
pub struct Roster {
    pub(super) name: String,
    /// Every epoch and the entry that began it; the last is in force.
    pub(super) epochs: Vec<(Position, EpochKeys)>,
    /// Who reads new alerts by default, and since which entry; the last is in force.
    pub(super) policies: Vec<(Position, Policy<Key>)>,
    /// Who is on duty when, and since which entry. It names people, not devices.
    pub(super) duty: Option<(Position, Rota<Key>)>,
    /// The newest entry since which the hours at which anybody is on duty are others.
    pub(super) hours_since: Option<Position>,
    /// How long cases are kept, and since which entry.
    pub(super) retention: Option<(Position, Retention)>,
    pub(super) people: Vec<Person>,
    pub(super) removed: Vec<Removed>,
    pub(super) invited: Vec<Invited>,
    /// The recovery key that speaks for a person.
    pub(super) recovery: BTreeMap<Key, PublicKey<Recovery>>,
    /// Every one that ever did.
    pub(super) recovery_keys: BTreeSet<PublicKey<Recovery>>,
    pub(super) entries: Vec<Signed<Entry>>,
    /// The head after each entry.
    pub(super) heads: Vec<Hash>,
    /// The first entry that says something which may not be ignored and is not known here.
    pub(super) newer: Option<Position>,
    pub(super) lease: Option<Lease>,
    /// The newest entry that says where the relay is.
    pub(super) moved: Option<Position>,
    /// The newest entry after which others coordinated than before.
    pub(super) coordinated: Option<Position>,
    /// Which device has the pen, and who is asked.
    pub(super) pen: Arc<Pen<Key>>,
    /// What each entry does with it.
    pub(super) steps: Vec<Step<Key>>,
    /// Entries that count by their own history, beside the chain.
    pub(super) aside: Vec<Aside>,
    /// The devices that were put out there, and not here.
    pub(super) out: BTreeSet<Key>,
}

impl Roster {
    /// A roster from its first entry.
    ///
    /// # Errors
    /// [`RosterError`] when it is not a valid first entry.
    pub fn found(first: Signed<Entry>) -> Result<Self, RosterError> {
        let entry = first.verify_own(|entry| entry.author)?;
        let newer = is_newer(&entry).then_some(Position(0));
        let Change::Found(found) = entry.change else {
            return Err(RosterError::Gap);
        };
        if entry.position != Position(0) || entry.previous != Hash([0; 32]) {
            return Err(RosterError::Elsewhere);
        }
        found_fits(&found, &entry.author)?;
        let pen = Arc::new(Pen::of(entry.author));
        Ok(Self {
            newer,
            lease: None,
            moved: None,
            coordinated: None,
            name: found.group_name,
            people: vec![Person {
                name: found.founder_name,
                role: Role::Coordinator,
                device: entry.author,
                person: entry.author,
                came: Position(0),
                key: found.founder_key,
                turn: Some(turn_key(&found.founder_turn)?),
                since: Position(0),
                admitted_at: None,
            }],
            epochs: vec![(Position(0), found.epoch)],
            policies: vec![(Position(0), Policy::default())],
            duty: None,
            hours_since: None,
            retention: None,
            removed: Vec::new(),
            invited: Vec::new(),
            recovery: BTreeMap::new(),
            recovery_keys: BTreeSet::new(),
            heads: vec![head_after(&first)],
            entries: vec![first],
            steps: vec![Step {
                parent: None,
                author: entry.author,
                act: Act::Write,
                after: Arc::clone(&pen),
            }],
            pen,
            aside: Vec::new(),
            out: BTreeSet::new(),
        })
    }

    /// A roster from its whole chain, checked entry by entry.
    ///
    /// # Errors
    /// The first [`RosterError`] met.
    pub fn from_chain(chain: Vec<Signed<Entry>>) -> Result<Self, RosterError> {
        let mut chain = chain.into_iter();
        let mut roster = Self::found(chain.next().ok_or(RosterError::Gap)?)?;
        for entry in chain {
            roster.apply(entry)?;
        }
        Ok(roster)
    }

    /// A roster from all that is known of it: see [`Self::known`].
    ///
    /// # Errors
    /// The first [`RosterError`] met.
    pub(crate) fn from_known(known: Vec<Signed<Entry>>) -> Result<Self, RosterError> {
        let mut known = known.into_iter();
        let mut roster = Self::found(known.next().ok_or(RosterError::Gap)?)?;
        for entry in known {
            match roster.apply(entry) {
                // It was told when it came.
                Ok(_) | Err(RosterError::Fork) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(roster)
    }

    /// Takes one more entry, by the rules.
    ///
    /// # Errors
    /// [`RosterError`]; the chain is then as it was.
    pub fn apply(&mut self, signed: Signed<Entry>) -> Result<Applied, RosterError> {
        let entry = signed.verify_own(|entry| entry.author)?;
        let head = head_after(&signed);
        let place =
            usize::try_from(entry.position.0).map_err(|_: TryFromIntError| RosterError::Gap)?;
        if self.heads.get(place) == Some(&head) || self.is_aside(&head) {
            return Ok(Applied::Known);
        }
        if place != self.heads.len() || entry.previous != self.head() {
            return self.put_aside(signed, entry, head);
        }
        self.append(signed, entry)?;
        // What stands aside is held against where the chain has come to.
        Ok(if self.settle()? {
            Applied::Switched
        } else {
            Applied::New
        })
    }

    /// Takes the next entry of this chain, whose signature is its author's.
    pub(super) fn append(
        &mut self,
        signed: Signed<Entry>,
        entry: Entry,
    ) -> Result<(), RosterError> {
        let author = entry.author;
        let is_take = matches!(entry.change, Change::Take(_));
        if self.out.contains(&author) || (!is_take && author != self.pen.holder) {
            return Err(self.not_entitled());
        }
        if matches!(entry.change, Change::Found(_)) {
            return Err(RosterError::Contradiction);
        }
        let act = self.act(&entry)?;
        let counts = |key| !self.out.contains(&key);
        let after = self.pen.after(author, &act, counts);
        let after = after.map_err(|denied| match denied.into() {
            RosterError::NotEntitled => self.not_entitled(),
            other => other,
        })?;
        let newer = is_newer(&entry);
        match entry.change {
            Change::Admit(admit) => self.admit(entry.position, entry.time, admit)?,
            Change::Approve(approve) => self.approve(entry.position, &approve)?,
            Change::Withdraw(withdraw) => self.withdraw(entry.time, &withdraw)?,
            Change::Turn(turn) => self.turn((entry.position, entry.time), &author, turn)?,
            Change::Policy(policy) => self.set_policy(entry.position, policy)?,
            Change::Another(another) => self.invite_another(entry.position, entry.time, another)?,
            Change::Add(add) => self.add(entry.position, &add)?,
            Change::Recovery(set) => self.set_recovery(&set)?,
            Change::Duty(rota) => self.set_duty(entry.position, &rota),
            Change::Retention(kept) => self.retention = Some((entry.position, kept)),
            Change::Lease(change) => self.lease = Some(change.lease),
            Change::Move(change) => {
                if let Some((_, epoch)) = self.epochs.last_mut() {
                    epoch.relays = change.relays;
                }
                self.moved = Some(entry.position);
            }
            Change::Found(_)
            | Change::Promote(_)
            | Change::Demote(_)
            | Change::Hand(_)
            | Change::Take(_)
            | Change::Unknown { .. } => {}
        }
        if newer {
            self.newer.get_or_insert(entry.position);
        }
        if after != *self.pen {
            if after.coordinators != self.pen.coordinators {
                self.coordinated = Some(entry.position);
            }
            self.pen = Arc::new(after);
            self.set_roles();
        }
        self.steps.push(Step {
            parent: self.steps.len().checked_sub(1),
            author,
            act,
            after: Arc::clone(&self.pen),
        });
        self.heads.push(head_after(&signed));
        self.entries.push(signed);
        Ok(())
    }

    /// The devices of those who coordinated after an entry of this chain.
    pub(crate) fn coordinators_at(&self, at: Position) -> impl Iterator<Item = Key> {
        let place = usize::try_from(at.0).unwrap_or(usize::MAX);
        let pen = self.steps.get(place).map(|step| &step.after);
        let devices = pen.map(|pen| pen.devices.iter().map(move |it| (it, pen)));
        let coordinate = devices.into_iter().flatten();
        let coordinate = coordinate.filter(|((_, person), pen)| pen.coordinators.contains(person));
        coordinate.map(|((device, _), _)| *device)
    }

    fn not_entitled(&self) -> RosterError {
        if self.newer.is_some() {
            RosterError::Newer
        } else {
            RosterError::NotEntitled
        }
    }
}

fn is_newer(entry: &Entry) -> bool {
    entry.extensions.has_critical() || entry.change.is_newer()
}
