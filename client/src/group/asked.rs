//! What is asked of a roster.

use std::collections::BTreeSet;

use bellrope_proto::{
    ids::{Hash, MailboxId},
    signing::{Device, Invitation, PublicKey, Recovery, Signed},
};

use super::{
    consent::ConsentTo,
    entry::{Entry, EpochKeys, Role},
    lacking::Lacking,
    lifetimes::Lease,
    pen::Act,
    people::{Invited, Person, Removed},
    policy::{Meant, Policy},
    retention::Retention,
    roster::{Key, Roster},
};
use crate::{
    alert::Fields,
    duty::Rota,
    ids::{Epoch, GroupId, Position},
    seal::MemberKey,
};

impl Roster {
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

    /// The keys of the epoch whose mailbox this is, or was.
    #[must_use]
    pub(crate) fn keys_of(&self, mailbox: MailboxId) -> Option<&EpochKeys> {
        let mut epochs = self.epochs.iter().map(|(_, epoch)| epoch);
        epochs.find(|it| it.mailbox == mailbox)
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

    /// The newest entry after which others coordinated than before.
    #[must_use]
    pub(crate) fn coordinated(&self) -> Option<Position> {
        self.coordinated
    }

    /// Everybody who is in, with each of their devices.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Everybody who is in, once: with the first device of theirs that is.
    pub(crate) fn persons(&self) -> impl Iterator<Item = &Person> {
        let people = self.people.iter().enumerate();
        let is_first = |(at, person): &(usize, &Person)| {
            let mut before = self.people.iter().take(*at);
            before.all(|it| it.person != person.person)
        };
        people.filter(is_first).map(|(_, person)| person)
    }

    /// Who has this device, or had it: as people are named.
    #[must_use]
    pub(crate) fn person_of(&self, device: &Key) -> Option<Key> {
        let here = self.person(device).map(|it| it.person);
        here.or_else(|| Some(self.removed_person(device)?.person.person))
    }

    /// The device that has this member key, or had it.
    #[must_use]
    pub(crate) fn device_with(&self, key: &MemberKey) -> Option<Key> {
        let removed = self.removed.iter().map(|it| &it.person);
        let mut all = self.people.iter().chain(removed);
        all.find(|it| it.key == *key).map(|it| it.device)
    }

    /// Whether two devices are, or were, one person's; a device is its own person's, also where nobody knows it.
    #[must_use]
    pub(crate) fn is_same_person(&self, one: &Key, other: &Key) -> bool {
        one == other
            || self
                .person_of(one)
                .is_some_and(|it| self.person_of(other) == Some(it))
    }

    /// The devices of whoever has, or had, this one that are in.
    pub(crate) fn devices_of(&self, device: &Key) -> impl Iterator<Item = &Person> + use<'_> {
        let person = self.person_of(device);
        self.people
            .iter()
            .filter(move |it| Some(it.person) == person)
    }

    /// Somebody who is in, by who they are: with the first device of theirs that is.
    #[must_use]
    pub(crate) fn whoever(&self, person: &Key) -> Option<&Person> {
        self.people.iter().find(|it| it.person == *person)
    }

    /// The recovery key that speaks for whoever has this device.
    #[must_use]
    pub(crate) fn recovery_of(&self, device: &Key) -> Option<PublicKey<Recovery>> {
        self.recovery.get(&self.person_of(device)?).copied()
    }

    /// Whether a recovery key speaks, or ever spoke, for anybody.
    #[must_use]
    pub(crate) fn had_recovery(&self, key: &PublicKey<Recovery>) -> bool {
        self.recovery_keys.contains(key)
    }

    /// Everybody who was in and is not any more, and devices of people who still are.
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

    /// Whose device writes the roster.
    #[must_use]
    pub fn holder(&self) -> PublicKey<Device> {
        self.pen.holder
    }

    /// Whose device wrote it after an entry of this chain.
    pub(crate) fn holder_at(&self, at: Position) -> Option<PublicKey<Device>> {
        let place = usize::try_from(at.0).ok()?;
        self.steps.get(place).map(|step| step.after.holder)
    }

    /// The newest entry by which a member took the pen from the only coordinator: what others were entrusted with is lost.
    pub(crate) fn taken_over(&self) -> Option<Position> {
        let pairs = self.steps.iter().zip(self.steps.iter().skip(1));
        let mut taken = pairs.map(|(before, step)| {
            let whose = before.after.person(step.author);
            let was = whose.is_some_and(|it| before.after.coordinators.contains(&it));
            matches!(step.act, Act::Take(_)) && !was
        });
        let at = taken.rposition(|taken| taken)?;
        u32::try_from(at.saturating_add(1)).ok().map(Position)
    }

    /// Who is still to agree with a step about somebody, of whom these did; none when it cannot be.
    #[must_use]
    pub(crate) fn lacking(&self, to: ConsentTo, about: Key, by: &BTreeSet<Key>) -> Option<Lacking> {
        let is_in = self.person(&about).is_some();
        is_in.then(|| self.pen.lacking(to, about, by))?
    }

    /// Who is still to sign so that somebody takes the pen; none when they may not.
    #[must_use]
    pub(crate) fn lacking_to_take(&self, taker: Key, by: &BTreeSet<Key>) -> Option<Lacking> {
        self.pen.lacking_to_take(taker, by)
    }

    /// Devices that are in by the chain and were put out by an entry that is not followed: nothing is sealed to them (B6).
    pub(crate) fn out(&self) -> impl Iterator<Item = &PublicKey<Device>> {
        self.out.iter()
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

    /// Whom what is no alert is sealed to by someone who saw the roster up to this place.
    #[must_use]
    pub fn readers_at(&self, position: Position) -> Vec<MemberKey> {
        let readers = self.people_at(position, Role::reads).into_iter();
        readers.map(|person| person.key).collect()
    }

    /// Members and coordinators at a place: new alerts are for some of them, or for all.
    #[must_use]
    pub(crate) fn members_at(&self, position: Position) -> Vec<&Person> {
        self.people_at(position, Role::reads_by_default)
    }

    fn people_at(&self, position: Position, is_meant: impl Fn(Role) -> bool) -> Vec<&Person> {
        let removed = self.removed.iter().filter(|removed| position < removed.at);
        let then = removed.map(|removed| &removed.person);
        let people = self.people.iter().chain(then);
        let mut people: Vec<&Person> = people
            .filter(|person| is_meant(person.role) && person.since <= position)
            .collect();
        people.sort_by_key(|person| person.since);
        people
    }

    /// Who reads new alerts by default at a place, and since which entry that holds. It names people, not devices.
    #[must_use]
    pub(crate) fn policy_at(&self, position: Position) -> (Position, &Policy<Key>) {
        const INVARIANT: &str = "a roster begins with a policy and loses none";
        let mut policies = self.policies.iter().rev();
        let (at, policy) = policies.find(|(at, _)| *at <= position).expect(INVARIANT);
        (*at, policy)
    }

    /// Who is on duty when, by the newest entry that says it; none where no hours are named. It names people; who has left is still
    /// among them.
    #[must_use]
    pub(crate) fn duty(&self) -> Option<&Rota<Key>> {
        self.duty_said().filter(|rota| !rota.is_empty())
    }

    /// The same also where it names none.
    #[must_use]
    pub(crate) fn duty_said(&self) -> Option<&Rota<Key>> {
        self.duty.as_ref().map(|(_, rota)| rota)
    }

    /// The newest entry since which the hours at which anybody is on duty are others.
    #[must_use]
    pub(crate) fn hours_since(&self) -> Option<Position> {
        self.hours_since
    }

    /// The entry by which it stands; 0 where nothing was ever said of it.
    #[must_use]
    pub(crate) fn duty_since(&self) -> Position {
        self.duty.as_ref().map_or(Position(0), |(at, _)| *at)
    }

    /// How long cases are kept, as it was written; none where nobody has.
    #[must_use]
    pub(crate) fn retention_said(&self) -> Option<&Retention> {
        self.retention.as_ref().map(|(_, kept)| kept)
    }

    /// For how many months a case is kept after it was closed; none where none is due by time.
    #[must_use]
    pub(crate) fn retention_months(&self) -> Option<u16> {
        let said = self.retention_said();
        said.map_or_else(|| Retention::default().months, |kept| kept.months)
    }

    /// The entry by which it stands; 0 where nothing was ever said of it.
    #[must_use]
    pub(crate) fn retention_since(&self) -> Position {
        let since = self.retention.as_ref();
        since.map_or(Position(0), |(at, _)| *at)
    }

    /// Every policy, and since which entry it holds.
    pub(crate) fn policies(&self) -> &[(Position, Policy<Key>)] {
        &self.policies
    }

    /// Whom an alert is for that says this, by default, from a sender who saw the roster up to this place; `None` where it cannot be
    /// read and that depends on it.
    #[must_use]
    pub(crate) fn alert_readers_at(
        &self,
        position: Position,
        sender: &Key,
        said: Option<&Fields>,
    ) -> Option<Meant<MemberKey>> {
        let members = self.members_at(position);
        let all = in_order_once(members.iter().map(|person| person.person));
        let (_, policy) = self.policy_at(position);
        let sender = self.person_of(sender);
        let meant = policy.meant(&all, sender, said)?;
        let members = members.into_iter();
        let who = members.filter(|person| meant.who.contains(&person.person));
        Some(Meant {
            who: who.map(|person| person.key).collect(),
            is_for_want_of_others: meant.is_for_want_of_others,
        })
    }
}

/// The same, each once.
pub(crate) fn in_order_once<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

/// The hash by which a signed alert names the people it was sealed to: of their keys, sorted, so
/// that the order in which they were shuffled does not matter.
#[must_use]
pub fn recipients_hash(keys: &[MemberKey]) -> Hash {
    let mut sorted: Vec<[u8; 32]> = keys.iter().map(|key| *key.as_bytes()).collect();
    sorted.sort_unstable();
    Hash::tagged("recipients", &[sorted.concat().as_slice()])
}
