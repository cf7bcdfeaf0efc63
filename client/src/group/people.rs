//! What entries do: who is invited, let in, put out, who coordinates, and who reads. The rules R6 to R21 of PROTOCOL.md.

use std::{collections::BTreeSet, sync::Arc};

use bellrope_proto::{
    codec::Blob,
    ids::{MailboxId, Timestamp},
    signing::{Device, PublicKey, Recovery, Signed},
};

use super::{
    added::{Add, Another, DEVICES_MAX, NewDevice, Proof, SetRecovery},
    consent::{Consent, ConsentTo, TakeOver},
    entry::{
        Admit, Approve, Change, Entry, EpochKeys, Found, RELAYS_MAX, Role, Take, Turn, Withdraw,
    },
    handle::is_called_rightly,
    pen::{Act, Added, Agreed, Denied},
    policy::Policy,
    roster::{Key, Roster, RosterError},
};
use crate::{
    duty::Rota,
    ids::Position,
    seal::{EpochRecipient, MemberKey, NotAKey},
};

/// Names that people give are cut here: a name is a line on a screen, not a text.
pub(crate) const NAME_CHARS_MAX: usize = 64;

/// Devices of people, and open invitations, that a group may have. The founding issue's groups are about a
/// dozen; sealing to more than this would leave the 8 KiB bucket for most alerts.
pub(crate) const PEOPLE_MAX: usize = 200;

/// A person who is in the group, with one device of theirs: of whoever has several there are as many of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What the group calls them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What the device signs with.
    pub device: PublicKey<Device>,
    /// Who it is: the first device that they had, also when that one is out. People count once, whatever they have.
    pub person: PublicKey<Device>,
    /// The entry that let the person in, with that first device.
    pub came: Position,
    /// What alerts to them are sealed to.
    pub key: MemberKey,
    /// What new epochs' secrets are sealed to; none for those who do not read.
    pub turn: Option<EpochRecipient>,
    /// The entry that let the device in.
    pub since: Position,
    /// The entry that invited it; none for the founder's first.
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
    /// What it says. Of one for another device: what follows from whose it is.
    pub admit: Admit,
    /// Whose other device is invited; none where a person is.
    pub of: Option<PublicKey<Device>>,
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

impl Roster {
    /// What an entry does with the pen.
    pub(super) fn act(&self, entry: &Entry) -> Result<Act<Key>, RosterError> {
        Ok(match &entry.change {
            Change::Approve(approve) => {
                let mut invited = self.invited.iter();
                let invited = invited.find(|it| it.at == approve.admitted_at);
                match invited.map(|it| it.admit.role) {
                    Some(Role::Member) => Act::Join(approve.device),
                    _ => Act::Write,
                }
            }
            Change::Add(add) => Act::Add(Added {
                person: self.invited_for(add.admitted_at)?,
                device: add.device,
                by: match add.proof {
                    Proof::Device(by, _) => Some(by),
                    Proof::Recovery(..) => None,
                },
            }),
            Change::Turn(turn) => {
                let goes = |device: &Key| turn.removed.contains(device);
                let agreed = turn.removed.iter().map(|device| {
                    let stays = self.devices_of(device).any(|other| !goes(&other.device));
                    let to = match stays {
                        true => ConsentTo::RemoveDevice,
                        false => ConsentTo::Remove,
                    };
                    (to, *device)
                });
                Act::Remove(self.agreed(&turn.consents, agreed.collect())?)
            }
            Change::Promote(change) => Act::Promote(self.agreed_one(
                &change.consents,
                ConsentTo::Promote,
                change.device,
            )?),
            Change::Demote(change) => {
                Act::Demote(self.agreed_one(&change.consents, ConsentTo::Demote, change.device)?)
            }
            Change::Hand(hand) => Act::Hand(hand.to),
            Change::Take(take) => Act::Take(self.signers(entry, take)?),
            _ => Act::Write,
        })
    }

    /// Who agreed with each of these steps, where nothing else was agreed with.
    fn agreed(
        &self,
        consents: &[Signed<Consent>],
        steps: Vec<(ConsentTo, Key)>,
    ) -> Result<Vec<Agreed<Key>>, RosterError> {
        let mut once = BTreeSet::new();
        let steps = steps.into_iter();
        let mut steps: Vec<(ConsentTo, Agreed<Key>)> = steps
            .map(|(to, about)| {
                (
                    to,
                    Agreed {
                        about,
                        by: Vec::new(),
                    },
                )
            })
            .collect();
        for consent in consents {
            let said = consent.verify_own(|said| said.by);
            let said = said.map_err(|_| RosterError::Contradiction)?;
            let is_of_now = said.group == self.id() && said.epoch == self.epoch().number;
            let whom = (u16::from(said.to), self.person_of(&said.about));
            // Of a person, which of their devices is named does not matter.
            let is_meant = |to: ConsentTo, about: &Key| {
                to == said.to
                    && (*about == said.about
                        || (to != ConsentTo::RemoveDevice && self.person_of(about) == whom.1))
            };
            let about = match said.to {
                ConsentTo::RemoveDevice => Some(said.about),
                _ => whom.1,
            };
            let mut meant = steps
                .iter_mut()
                .filter(|(to, it)| is_meant(*to, &it.about))
                .peekable();
            if !is_of_now || meant.peek().is_none() || !once.insert((said.by, whom.0, about)) {
                return Err(RosterError::Contradiction);
            }
            for (_, it) in meant {
                it.by.push(said.by);
            }
        }
        Ok(steps.into_iter().map(|(_, agreed)| agreed).collect())
    }

    /// The same of one step.
    fn agreed_one(
        &self,
        consents: &[Signed<Consent>],
        to: ConsentTo,
        about: Key,
    ) -> Result<Agreed<Key>, RosterError> {
        let mut agreed = self.agreed(consents, vec![(to, about)])?;
        agreed.pop().ok_or(RosterError::Contradiction)
    }

    /// For whose other device an invitation is.
    fn invited_for(&self, at: Position) -> Result<Key, RosterError> {
        let mut invited = self.invited.iter();
        let invited = invited.find(|it| it.at == at);
        invited
            .and_then(|it| it.of)
            .ok_or(RosterError::Contradiction)
    }

    /// Who signed for a take-over.
    fn signers(&self, entry: &Entry, take: &Take) -> Result<Vec<Key>, RosterError> {
        let at = (self.id(), entry.previous);
        let mut by = BTreeSet::new();
        let each = |(key, signature): &(Key, _)| {
            TakeOver::is_signed(at, entry.author, *key, *signature) && by.insert(*key)
        };
        if take.signatures.iter().all(each) {
            Ok(by.into_iter().collect())
        } else {
            Err(RosterError::Contradiction)
        }
    }

    /// Who coordinates, as the pen has it.
    pub(super) fn set_roles(&mut self) {
        let pen = Arc::clone(&self.pen);
        for person in &mut self.people {
            person.role = match person.role {
                Role::Member if pen.coordinators.contains(&person.person) => Role::Coordinator,
                Role::Coordinator if pen.members.contains(&person.person) => Role::Member,
                role => role,
            };
        }
    }

    pub(super) fn admit(
        &mut self,
        at: Position,
        time: Timestamp,
        admit: Admit,
    ) -> Result<(), RosterError> {
        name_fits(&admit.name)?;
        // Somebody becomes a coordinator only when people have seen them be a member.
        if admit.role == Role::Coordinator
            || self.people.iter().any(|person| person.name == admit.name)
            || !is_called_rightly(&admit, &self.invited)
        {
            return Err(RosterError::Contradiction);
        }
        self.note_invitation(at, time, admit, None)
    }

    pub(super) fn invite_another(
        &mut self,
        at: Position,
        time: Timestamp,
        another: Another,
    ) -> Result<(), RosterError> {
        let whose = self.person(&another.of).ok_or(RosterError::Contradiction)?;
        let (person, role, name) = (whose.person, whose.role, whose.name.clone());
        if !role.reads_by_default() {
            return Err(RosterError::Contradiction);
        }
        let admit = Admit {
            invitation: another.invitation,
            role,
            name,
            mailbox: another.mailbox,
            expires: another.expires,
            extensions: another.extensions,
        };
        self.note_invitation(at, time, admit, Some(person))
    }

    fn note_invitation(
        &mut self,
        at: Position,
        time: Timestamp,
        admit: Admit,
        of: Option<Key>,
    ) -> Result<(), RosterError> {
        // What is over does not count: a group that lives for years invites more people than it ever has.
        let open = self.invited.iter().filter(|invited| invited.is_open());
        if self.people.len() + open.count() >= 2 * PEOPLE_MAX {
            return Err(RosterError::OverLimit);
        }
        let clash = |old: &Invited| {
            old.admit.invitation == admit.invitation || old.admit.mailbox == admit.mailbox
        };
        if !admit.invitation.is_valid()
            || admit.expires <= time
            || self.is_of_an_epoch(&admit.mailbox)
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
            of,
            used: false,
            replaced: false,
            withdrawn: None,
        });
        Ok(())
    }

    /// The device that used an invitation for another device of somebody is theirs: a device of theirs says so, or their recovery key, once.
    pub(super) fn add(&mut self, at: Position, add: &Add) -> Result<(), RosterError> {
        if self.people.len() >= PEOPLE_MAX {
            return Err(RosterError::OverLimit);
        }
        let meant = |it: &&Invited| it.at == add.admitted_at && it.is_open();
        let invited = self.invited.iter().find(meant);
        let invited = invited.ok_or(RosterError::Contradiction)?;
        let person = invited.of.ok_or(RosterError::Contradiction)?;
        let theirs: Vec<&Person> = (self.people.iter())
            .filter(|it| it.person == person)
            .collect();
        let first = *theirs.first().ok_or(RosterError::Contradiction)?;
        if theirs.len() >= DEVICES_MAX {
            return Err(RosterError::OverLimit);
        }
        let new = NewDevice {
            group: self.id(),
            invitation: invited.admit.invitation,
            device: add.device,
            key: add.key,
            turn: add.turn.clone(),
        };
        let may_prove = match &add.proof {
            Proof::Device(by, _) => theirs.iter().any(|it| it.device == *by),
            Proof::Recovery(by, _) => self.recovery.get(&person) == Some(by),
        };
        let may_come = self.may_approve(first.role, &add.device, &add.key, Some(&add.turn));
        if !may_prove || !may_come || !new.is_proven(&add.proof) {
            return Err(RosterError::Contradiction);
        }
        let row = Person {
            name: first.name.clone(),
            role: first.role,
            device: add.device,
            person,
            came: first.came,
            key: add.key,
            turn: Some(turn_key(&add.turn)?),
            since: at,
            admitted_at: Some(add.admitted_at),
        };
        self.people.push(row);
        // It speaks once: whoever finds the shares again later brings nobody in.
        if matches!(add.proof, Proof::Recovery(..)) {
            self.recovery.remove(&person);
        }
        self.note_used(add.admitted_at);
        Ok(())
    }

    pub(super) fn set_recovery(&mut self, set: &SetRecovery) -> Result<(), RosterError> {
        let by = self.person(&set.by).ok_or(RosterError::Contradiction)?;
        let person = by.person;
        let before = self.recovery.get(&person).copied();
        let is_new =
            |key: PublicKey<Recovery>| key.is_valid() && !self.recovery_keys.contains(&key);
        if !by.role.reads_by_default()
            || !set.key.is_none_or(is_new)
            || set.key == before
            || !set.is_signed(self.id(), before)
        {
            return Err(RosterError::Contradiction);
        }
        match set.key {
            Some(key) => {
                self.recovery_keys.insert(key);
                self.recovery.insert(person, key);
            }
            None => _ = self.recovery.remove(&person),
        }
        Ok(())
    }

    fn note_used(&mut self, at: Position) {
        for invited in self.invited.iter_mut().filter(|it| it.at == at) {
            invited.used = true;
        }
    }

    pub(super) fn approve(&mut self, at: Position, approve: &Approve) -> Result<(), RosterError> {
        if self.people.len() >= PEOPLE_MAX {
            return Err(RosterError::OverLimit);
        }
        let meant = |it: &&Invited| it.at == approve.admitted_at && it.is_open() && it.of.is_none();
        let invited = self.invited.iter().find(meant);
        let invited = invited.ok_or(RosterError::Contradiction)?;
        let (role, name) = (invited.admit.role, invited.admit.name.clone());
        if !self.may_approve(role, &approve.device, &approve.key, approve.turn.as_ref()) {
            return Err(RosterError::Contradiction);
        }
        let turn = approve.turn.as_ref().map(turn_key).transpose()?;
        self.people.push(Person {
            name,
            role,
            device: approve.device,
            person: approve.device,
            came: at,
            key: approve.key,
            turn,
            since: at,
            admitted_at: Some(approve.admitted_at),
        });
        self.note_used(approve.admitted_at);
        Ok(())
    }

    pub(super) fn withdraw(
        &mut self,
        time: Timestamp,
        withdraw: &Withdraw,
    ) -> Result<(), RosterError> {
        let mut invited = self.invited.iter_mut();
        let invited = invited.find(|invited| invited.at == withdraw.admitted_at);
        let invited = invited.filter(|invited| invited.is_open());
        invited.ok_or(RosterError::Contradiction)?.withdrawn = Some(time);
        Ok(())
    }

    pub(super) fn turn(
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
        let people = &self.people;
        self.recovery
            .retain(|person, _| people.iter().any(|it| it.person == *person));
        self.epochs.push((at, turn.epoch));
        Ok(())
    }

    pub(super) fn set_policy(
        &mut self,
        at: Position,
        policy: Policy<Key>,
    ) -> Result<(), RosterError> {
        // Of observers nobody decides beforehand: they read what is opened to them.
        let may_be_named = |device| {
            let person = self.person(&device);
            person.is_some_and(|person| person.role.reads_by_default())
        };
        if !policy.named().all(may_be_named) {
            return Err(RosterError::Contradiction);
        }
        // As it was written: what is dropped of it below takes room, too.
        if !policy.is_sound() {
            return Err(RosterError::Contradiction);
        }
        // Of people: the device that it names may go, and they stay.
        let policy = policy.map(|device| self.person_of(&device));
        if !policy.is_sound() {
            return Err(RosterError::Contradiction);
        }
        self.policies.push((at, policy));
        Ok(())
    }

    /// One that names somebody who is no member has no effect: who does not know this change at all follows the same chain (DU1).
    pub(super) fn set_duty(&mut self, at: Position, rota: &Rota<Key>) {
        let person = |device| {
            let person = self.person(&device)?;
            person.role.reads_by_default().then_some(person.person)
        };
        if rota.named().all(|device| person(device).is_some()) {
            let rota = rota.map(person);
            // That somebody stands in for somebody is nothing that senders are told.
            if self.duty.as_ref().map(|(_, before)| before.hours()) != Some(rota.hours()) {
                self.hours_since = Some(at);
            }
            self.duty = Some((at, rota));
        }
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
}

impl From<Denied> for RosterError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotTheHolder => Self::NotEntitled,
            Denied::Nobody => Self::Contradiction,
            Denied::TooFew => Self::NotAgreed,
        }
    }
}

pub(super) fn found_fits(found: &Found, author: &PublicKey<Device>) -> Result<(), RosterError> {
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

pub(super) fn turn_key(bytes: &Blob) -> Result<EpochRecipient, RosterError> {
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
