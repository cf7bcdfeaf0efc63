//! Who is in the group: a signed hash chain from its first entry, and the one place with its rules.
//!
//! [`Roster::apply`] is a pure function of the chain so far and one entry. Everyone who holds the
//! chain applies the same rules, R1 to R13 of PROTOCOL.md, "Roster": two programs with different rules would part for
//! ever. The relay sees neither chain nor rules.

use core::num::TryFromIntError;

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{BadSignature, Device, Invitation, PublicKey, Signed},
};

use super::{
    entry::{
        Admit, Approve, Change, Entry, EpochKeys, Found, RELAYS_MAX, Role, Withdraw, head_after,
    },
    lifetimes::Lease,
};
use crate::{
    ids::{GroupId, Position},
    seal::{EpochRecipient, MemberKey},
};

/// Names that people give are cut here: a name is a line on a screen, not a text.
pub(crate) const NAME_CHARS_MAX: usize = 64;

/// People and open invitations that a group may have. The founding issue's groups are about a
/// dozen; sealing to more than this would leave the 8 KiB bucket for most alerts.
pub(crate) const PEOPLE_MAX: usize = 200;

/// A person who is in the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What the group calls them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What their device signs with.
    pub device: PublicKey<Device>,
    /// What alerts to them are sealed to.
    pub key: MemberKey,
    /// The entry that let them in.
    pub since: Position,
    /// The entry that invited them; none for the founder.
    pub admitted_at: Option<Position>,
}

/// An invitation, used or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The entry that made it.
    pub at: Position,
    /// What it says.
    pub admit: Admit,
    /// Whether somebody was let in by it.
    pub used: bool,
    /// Whether a later admission of the same name came before that: whoever still has its code is not this person.
    pub replaced: bool,
    /// When a coordinator took it back before that, by their clock.
    pub withdrawn: Option<Timestamp>,
}

impl Invited {
    /// Whether somebody may still be let in by it. When it ends is not asked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.used && !self.replaced && self.withdrawn.is_none()
    }
}

/// Why an entry is not part of this roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// Its signature is not its author's, or it does not decode.
    #[error("the entry is not signed by its author, or a newer version wrote it")]
    NotValid,
    /// Entries before it are missing here.
    #[error("entries before this one are missing")]
    Gap,
    /// A second history: a valid entry of a coordinator for a place that has another.
    #[error("two entries for one place of the roster")]
    Fork,
    /// It continues another group's roster or another history.
    #[error("the entry belongs to another roster")]
    Elsewhere,
    /// Its author may not write the roster.
    #[error("the author is not a coordinator")]
    NotEntitled,
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
}

/// The group as its chain has it.
#[derive(Clone, Debug)]
pub struct Roster {
    name: String,
    epoch: EpochKeys,
    people: Vec<Person>,
    invited: Vec<Invited>,
    entries: Vec<Signed<Entry>>,
    /// The head after each entry.
    heads: Vec<Hash>,
    /// The first entry that says something which may not be ignored and is not known here.
    newer: Option<Position>,
    lease: Option<Lease>,
    /// The newest entry that says where the relay is.
    moved: Option<Position>,
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
        Ok(Self {
            newer,
            lease: None,
            moved: None,
            name: found.group_name,
            epoch: found.epoch,
            people: vec![Person {
                name: found.founder_name,
                role: Role::Coordinator,
                device: entry.author,
                key: found.founder_key,
                since: Position(0),
                admitted_at: None,
            }],
            invited: Vec::new(),
            heads: vec![head_after(&first)],
            entries: vec![first],
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

    /// Takes one more entry, by the rules.
    ///
    /// # Errors
    /// [`RosterError`]; the roster is then as it was.
    pub fn apply(&mut self, signed: Signed<Entry>) -> Result<Applied, RosterError> {
        let entry = signed.verify_own(|entry| entry.author)?;
        let place =
            usize::try_from(entry.position.0).map_err(|_: TryFromIntError| RosterError::Gap)?;
        if let Some(known) = self.heads.get(place) {
            return if *known == head_after(&signed) {
                Ok(Applied::Known)
            } else if self.may_write(&entry.author) {
                Err(RosterError::Fork)
            } else {
                Err(RosterError::NotEntitled)
            };
        }
        if place > self.entries.len() {
            return Err(RosterError::Gap);
        }
        if entry.previous != self.head() {
            return Err(RosterError::Elsewhere);
        }
        if !self.may_write(&entry.author) {
            return Err(if self.newer.is_some() {
                RosterError::Newer
            } else {
                RosterError::NotEntitled
            });
        }
        let newer = is_newer(&entry);
        match entry.change {
            Change::Found(_) => return Err(RosterError::Contradiction),
            Change::Admit(admit) => self.admit(entry.position, entry.time, admit)?,
            Change::Approve(approve) => self.approve(entry.position, &approve)?,
            Change::Withdraw(withdraw) => self.withdraw(entry.time, &withdraw)?,
            Change::Lease(change) => self.lease = Some(change.lease),
            Change::Move(change) => {
                self.epoch.relays = change.relays;
                self.moved = Some(entry.position);
            }
            Change::Unknown { .. } => {}
        }
        if newer {
            self.newer.get_or_insert(entry.position);
        }
        self.heads.push(head_after(&signed));
        self.entries.push(signed);
        Ok(Applied::New)
    }

    fn admit(&mut self, at: Position, time: Timestamp, admit: Admit) -> Result<(), RosterError> {
        name_fits(&admit.name)?;
        if self.people.len() + self.invited.len() >= 2 * PEOPLE_MAX {
            return Err(RosterError::OverLimit);
        }
        let clash = |old: &Invited| {
            old.admit.invitation == admit.invitation || old.admit.mailbox == admit.mailbox
        };
        // Coordinators beyond the founder come with an issue of their own.
        if admit.role == Role::Coordinator
            || !admit.invitation.is_valid()
            || admit.expires <= time
            || admit.mailbox == self.epoch.mailbox
            || self.people.iter().any(|person| person.name == admit.name)
            || self.invited.iter().any(clash)
        {
            return Err(RosterError::Contradiction);
        }
        for old in &mut self.invited {
            old.replaced |= !old.used && old.admit.name == admit.name;
        }
        self.invited.push(Invited {
            at,
            admit,
            used: false,
            replaced: false,
            withdrawn: None,
        });
        Ok(())
    }

    fn approve(&mut self, at: Position, approve: &Approve) -> Result<(), RosterError> {
        if self.people.len() >= PEOPLE_MAX {
            return Err(RosterError::OverLimit);
        }
        if !self.may_approve(&approve.device, &approve.key) {
            return Err(RosterError::Contradiction);
        }
        let invited = self
            .invited
            .iter_mut()
            .find(|invited| invited.at == approve.admitted_at && invited.is_open())
            .ok_or(RosterError::Contradiction)?;
        invited.used = true;
        self.people.push(Person {
            name: invited.admit.name.clone(),
            role: invited.admit.role,
            device: approve.device,
            key: approve.key,
            since: at,
            admitted_at: Some(invited.at),
        });
        Ok(())
    }

    fn withdraw(&mut self, time: Timestamp, withdraw: &Withdraw) -> Result<(), RosterError> {
        let mut invited = self.invited.iter_mut();
        let invited = invited.find(|invited| invited.at == withdraw.admitted_at);
        let invited = invited.filter(|invited| invited.is_open());
        invited.ok_or(RosterError::Contradiction)?.withdrawn = Some(time);
        Ok(())
    }

    /// Whether an approval with these keys can be written: what [`Self::apply`] would refuse is not worth noting as a
    /// request to join.
    #[must_use]
    pub(crate) fn may_approve(&self, device: &PublicKey<Device>, key: &MemberKey) -> bool {
        let free = |person: &Person| person.device != *device && person.key != *key;
        device.is_valid() && self.people.iter().all(free)
    }

    fn may_write(&self, author: &PublicKey<Device>) -> bool {
        self.person(author)
            .is_some_and(|person| person.role == Role::Coordinator)
    }

    /// The group's id.
    #[must_use]
    pub fn id(&self) -> GroupId {
        GroupId(self.heads.first().copied().unwrap_or(Hash([0; 32])))
    }

    /// What members call the group.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The keys in force.
    #[must_use]
    pub fn epoch(&self) -> &EpochKeys {
        &self.epoch
    }

    /// The head after the newest entry.
    #[must_use]
    pub fn head(&self) -> Hash {
        self.heads.last().copied().unwrap_or(Hash([0; 32]))
    }

    /// The place after which the head was this one.
    #[must_use]
    pub fn position_of(&self, head: &Hash) -> Option<Position> {
        let place = self.heads.iter().position(|known| known == head)?;
        u32::try_from(place).ok().map(Position)
    }

    /// The place that the next entry takes.
    #[must_use]
    pub fn next_position(&self) -> Position {
        Position(u32::try_from(self.entries.len()).unwrap_or(u32::MAX))
    }

    /// The chain.
    #[must_use]
    pub fn entries(&self) -> &[Signed<Entry>] {
        &self.entries
    }

    /// Whether the roster, up to this place, says something that this program must be updated for. Whom to seal to is then not known.
    #[must_use]
    pub fn is_newer_at(&self, position: Position) -> bool {
        self.newer.is_some_and(|newer| newer <= position)
    }

    /// Whether the roster says something that this program must be updated for.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        self.newer.is_some()
    }

    /// For how long the group's mailbox is there, as a coordinator said last.
    #[must_use]
    pub fn lease(&self) -> Option<Lease> {
        self.lease
    }

    /// The newest entry that says that the relay has moved.
    #[must_use]
    pub(crate) fn moved(&self) -> Option<Position> {
        self.moved
    }

    /// Everybody who is in.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// All invitations.
    #[must_use]
    pub fn invited(&self) -> &[Invited] {
        &self.invited
    }

    /// The person whose device this is.
    #[must_use]
    pub fn person(&self, device: &PublicKey<Device>) -> Option<&Person> {
        self.people.iter().find(|person| person.device == *device)
    }

    /// The invitation of this key.
    #[must_use]
    pub fn invitation(&self, key: &PublicKey<Invitation>) -> Option<&Invited> {
        self.invited
            .iter()
            .find(|invited| invited.admit.invitation == *key)
    }

    /// Whom an alert is sealed to by default by someone who saw the roster up to this place.
    #[must_use]
    pub fn readers_at(&self, position: Position) -> Vec<MemberKey> {
        self.people
            .iter()
            .filter(|person| person.role.reads() && person.since <= position)
            .map(|person| person.key)
            .collect()
    }
}

/// The hash by which a signed alert names the people it was sealed to: of their keys, sorted, so
/// that the order in which they were shuffled does not matter.
#[must_use]
pub fn recipients_hash(keys: &[MemberKey]) -> Hash {
    let mut sorted: Vec<[u8; 32]> = keys.iter().map(|key| *key.as_bytes()).collect();
    sorted.sort_unstable();
    Hash::tagged("recipients", &[sorted.concat().as_slice()])
}

fn is_newer(entry: &Entry) -> bool {
    entry.extensions.has_critical() || entry.change.is_newer()
}

fn found_fits(found: &Found, author: &PublicKey<Device>) -> Result<(), RosterError> {
    name_fits(&found.group_name)?;
    name_fits(&found.founder_name)?;
    let fits = author.is_valid()
        && EpochRecipient::from_bytes(&found.epoch.recipient.0).is_ok()
        && (1..=RELAYS_MAX).contains(&found.epoch.relays.len());
    if fits {
        Ok(())
    } else {
        Err(RosterError::Contradiction)
    }
}

fn name_fits(name: &str) -> Result<(), RosterError> {
    let fits = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(RosterError::OverLimit)
    }
}
