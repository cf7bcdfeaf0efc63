//! Who is in the group: a signed hash chain from its first entry, and the one place with its rules.
//!
//! [`Roster::apply`] is a pure function of the chain so far and one entry. Everyone who holds the
//! chain applies the same rules, R1 to R14 of PROTOCOL.md, "Roster": two programs with different rules would part for
//! ever. The relay sees neither chain nor rules.

use core::num::TryFromIntError;
use std::collections::BTreeSet;

use bellrope_proto::{
    codec::Blob,
    ids::{Hash, MailboxId, Timestamp},
    signing::{BadSignature, Device, Invitation, PublicKey, Signed},
};

use super::{
    entry::{
        Admit, Approve, Change, Entry, EpochKeys, Found, RELAYS_MAX, Role, Turn, Withdraw,
        head_after,
    },
    handle::is_called_rightly,
    lifetimes::Lease,
};
use crate::{
    ids::{Epoch, GroupId, Position},
    seal::{EpochRecipient, MemberKey, NotAKey},
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
    /// What new epochs' secrets are sealed to; none for those who do not read.
    pub turn: Option<EpochRecipient>,
    /// The entry that let them in.
    pub since: Position,
    /// The entry that invited them; none for the founder.
    pub admitted_at: Option<Position>,
}

/// Somebody who is not in the group any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// As they were.
    pub person: Person,
    /// The entry that put them out.
    pub at: Position,
    /// When, by its author's clock.
    pub time: Timestamp,
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
    /// Every epoch and the entry that began it; the last is in force.
    epochs: Vec<(Position, EpochKeys)>,
    people: Vec<Person>,
    removed: Vec<Removed>,
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
            people: vec![Person {
                name: found.founder_name,
                role: Role::Coordinator,
                device: entry.author,
                key: found.founder_key,
                turn: Some(turn_key(&found.founder_turn)?),
                since: Position(0),
                admitted_at: None,
            }],
            epochs: vec![(Position(0), found.epoch)],
            removed: Vec::new(),
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
            Change::Turn(turn) => self.turn((entry.position, entry.time), &entry.author, turn)?,
            Change::Lease(change) => self.lease = Some(change.lease),
            Change::Move(change) => {
                if let Some((_, epoch)) = self.epochs.last_mut() {
                    epoch.relays = change.relays;
                }
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
        // What is over does not count: a group that lives for years invites more people than it ever has.
        let open = self.invited.iter().filter(|invited| invited.is_open());
        if self.people.len() + open.count() >= 2 * PEOPLE_MAX {
            return Err(RosterError::OverLimit);
        }
        let clash = |old: &Invited| {
            old.admit.invitation == admit.invitation || old.admit.mailbox == admit.mailbox
        };
        // Coordinators beyond the founder come with an issue of their own.
        if admit.role == Role::Coordinator
            || !admit.invitation.is_valid()
            || admit.expires <= time
            || self.is_of_an_epoch(&admit.mailbox)
            || !is_called_rightly(&admit, &self.invited)
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
        let meant = |it: &&Invited| it.at == approve.admitted_at && it.is_open();
        let invited = self.invited.iter().find(meant);
        let role = invited.ok_or(RosterError::Contradiction)?.admit.role;
        if !self.may_approve(role, &approve.device, &approve.key, approve.turn.as_ref()) {
            return Err(RosterError::Contradiction);
        }
        let turn = approve.turn.as_ref().map(turn_key).transpose()?;
        let mut invited = self.invited.iter_mut();
        let invited = invited.find(|it| it.at == approve.admitted_at);
        let invited = invited.ok_or(RosterError::Contradiction)?;
        invited.used = true;
        self.people.push(Person {
            name: invited.admit.name.clone(),
            role: invited.admit.role,
            device: approve.device,
            key: approve.key,
            turn,
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

    fn turn(
        &mut self,
        (at, time): (Position, Timestamp),
        author: &PublicKey<Device>,
        turn: Turn,
    ) -> Result<(), RosterError> {
        let epoch = &turn.epoch;
        let fits = epoch.number.0 == self.epoch().number.0.saturating_add(1)
            && epoch_fits(epoch)
            && !self.is_of_an_epoch(&epoch.mailbox)
            && !self
                .invited
                .iter()
                .any(|it| it.admit.mailbox == epoch.mailbox)
            && !self
                .epochs
                .iter()
                .any(|(_, it)| it.recipient == epoch.recipient);
        // Who writes stays: one who could put themselves out could leave a group that nobody can write for.
        let is_in = |device: &PublicKey<Device>| device != author && self.person(device).is_some();
        let mut once = BTreeSet::new();
        let all_in = (turn.removed.iter()).all(|device| is_in(device) && once.insert(device.0));
        if !fits || !all_in {
            return Err(RosterError::Contradiction);
        }
        let (gone, stay) = std::mem::take(&mut self.people)
            .into_iter()
            .partition(|person| turn.removed.contains(&person.device));
        self.people = stay;
        let gone: Vec<Person> = gone;
        let removed = gone.into_iter().map(|person| Removed { person, at, time });
        self.removed.extend(removed);
        self.epochs.push((at, turn.epoch));
        Ok(())
    }

    /// Whether a mailbox is, or was, the group's.
    fn is_of_an_epoch(&self, mailbox: &MailboxId) -> bool {
        self.epochs.iter().any(|(_, it)| it.mailbox == *mailbox)
    }

    /// Whether an approval with these keys can be written: what [`Self::apply`] would refuse is not worth noting as a
    /// request to join.
    #[must_use]
    pub(crate) fn may_approve(
        &self,
        role: Role,
        device: &PublicKey<Device>,
        key: &MemberKey,
        turn: Option<&Blob>,
    ) -> bool {
        let free = |person: &Person| person.device != *device && person.key != *key;
        let removed = self.removed.iter().map(|removed| &removed.person);
        // Keys that were put out do not come back: somebody who does makes new ones.
        let is_free = device.is_valid() && self.people.iter().chain(removed).all(free);
        // Whoever reads must be reached when the epoch turns.
        let is_reached = match turn {
            Some(turn) => turn_key(turn).is_ok(),
            None => !role.reads(),
        };
        is_free && is_reached
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
        const INVARIANT: &str = "a roster begins with an epoch and loses none";
        let (_, epoch) = self.epochs.last().expect(INVARIANT);
        epoch
    }

    /// The entry that began the epoch in force.
    #[must_use]
    pub(crate) fn turned(&self) -> Position {
        self.epochs.last().map_or(Position(0), |(at, _)| *at)
    }

    /// The epoch that was in force after an entry.
    #[must_use]
    pub(crate) fn epoch_at(&self, position: Position) -> Epoch {
        let mut epochs = self.epochs.iter().rev();
        let epoch = epochs.find(|(at, _)| *at <= position);
        epoch.map_or(Epoch(0), |(_, epoch)| epoch.number)
    }

    /// The epoch whose mailbox this is, or was.
    #[must_use]
    pub(crate) fn epoch_of(&self, mailbox: MailboxId) -> Option<Epoch> {
        let mut epochs = self.epochs.iter().map(|(_, epoch)| epoch);
        epochs.find(|it| it.mailbox == mailbox).map(|it| it.number)
    }

    /// Whether the group has, or had, an epoch of this number.
    #[must_use]
    pub(crate) fn has_epoch(&self, number: Epoch) -> bool {
        self.epochs.iter().any(|(_, epoch)| epoch.number == number)
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

    /// Everybody who was in and is not any more.
    #[must_use]
    pub fn removed(&self) -> &[Removed] {
        &self.removed
    }

    /// The person whose device this was, who is not in any more.
    #[must_use]
    pub(crate) fn removed_person(&self, device: &PublicKey<Device>) -> Option<&Removed> {
        let mut removed = self.removed.iter();
        removed.find(|removed| removed.person.device == *device)
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
        let removed = self.removed.iter().filter(|removed| position < removed.at);
        let then = removed.map(|removed| &removed.person);
        let readers = self.people.iter().chain(then);
        let mut readers: Vec<&Person> = readers
            .filter(|person| person.role.reads() && person.since <= position)
            .collect();
        readers.sort_by_key(|person| person.since);
        readers.iter().map(|person| person.key).collect()
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
    if author.is_valid() && epoch_fits(&found.epoch) {
        Ok(())
    } else {
        Err(RosterError::Contradiction)
    }
}

fn epoch_fits(epoch: &EpochKeys) -> bool {
    EpochRecipient::from_bytes(&epoch.recipient.0).is_ok()
        && (1..=RELAYS_MAX).contains(&epoch.relays.len())
}

fn turn_key(bytes: &Blob) -> Result<EpochRecipient, RosterError> {
    EpochRecipient::from_bytes(&bytes.0).map_err(|_: NotAKey| RosterError::Contradiction)
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
