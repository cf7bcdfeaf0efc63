//! What coordinators' devices tell others' devices about being in the group: all of it signed.

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence, Timestamp},
    signing::{Authority, Device, Invitation, PublicKey, Purpose, SecretKey, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use super::credential::LaneCredential;
use crate::{
    alert::Fields,
    duty::Rota,
    extensions::Extensions,
    group::{
        Change, Claim, Entry, EpochKeys, Meant, Policy, Role, Roster, SENSITIVE_READERS_MAX,
        in_order_once,
    },
    ids::{Epoch, GroupId, Position},
    seal::{EpochIdentity, MemberKey},
    secret::Seed,
};

/// What an invitation is for, signed by the coordinator who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Which invitation: the bundle of another cannot be put in its place.
    pub invitation: PublicKey<Invitation>,
    /// To which group.
    pub group: GroupId,
    /// As what.
    pub role: Role,
    /// Not to be used later.
    pub expires: Timestamp,
    /// Who says so, and signs.
    pub coordinator: PublicKey<Device>,
    /// Why that is not the device that the code names; none where it is.
    pub delegation: Option<Signed<Delegation>>,
    /// Everybody who coordinates: the claim is sealed to them, and each may answer it.
    pub coordinators: Vec<Coordinator>,
    /// How far the roster was,
    pub position: Position,
    /// and its head: one that does not go on from there is another's.
    pub roster: Hash,
    /// What a defender needs to send at once; no names are in it. Readers get a welcome instead.
    pub at_once: Option<AtOnce>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// The extension by which a bundle is for another device of somebody: a newcomer's program says whom to look at. May be ignored.
pub(crate) const FOR_DEVICE: u16 = 32_769;

impl Bundle {
    /// Whether it is for another device of somebody who is in.
    #[must_use]
    pub fn is_for_device(&self) -> bool {
        self.extensions.get(FOR_DEVICE).is_some()
    }

    /// Whether this program must be updated to join by it.
    #[must_use]
    pub(crate) fn is_newer(&self) -> bool {
        let at_once = self.at_once.as_ref().is_some_and(|at_once| {
            at_once.extensions.has_critical()
                || at_once.view.is_newer()
                || at_once.credential.extensions.has_critical()
        });
        self.extensions.has_critical() || self.role.is_critical() || at_once
    }

    /// Whether the device that signed it may say what this invitation is for: it made the code, or who did let it speak (C5).
    pub(crate) fn is_by(&self, made_the_code: impl Fn(&PublicKey<Device>) -> bool) -> bool {
        let delegation = self.delegation.as_ref();
        let delegated = delegation.and_then(|it| it.verify_own(|it| it.coordinator).ok());
        made_the_code(&self.coordinator)
            || delegated.is_some_and(|it| {
                made_the_code(&it.coordinator)
                    && it.invitation == self.invitation
                    && it.group == self.group
                    && it.to.contains(&self.coordinator)
            })
    }
}

/// A device that coordinates, for those who do not have the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordinator {
    /// What it signs with.
    pub device: PublicKey<Device>,
    /// What is sealed to it.
    pub key: MemberKey,
}

impl Coordinator {
    /// Everybody who coordinates a group, the longest in it first.
    #[must_use]
    pub(crate) fn all(roster: &Roster) -> Vec<Self> {
        let people = roster.people().iter();
        let all = people.filter(|person| person.role == Role::Coordinator);
        let all = all.map(|person| Self {
            device: person.device,
            key: person.key,
        });
        all.collect()
    }
}

/// Which devices may say, like the one that made a code, what its invitation is for: who made it may be in no place to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Of which group.
    pub group: GroupId,
    /// Of which invitation.
    pub invitation: PublicKey<Invitation>,
    /// Whose code it is, who signs.
    pub coordinator: PublicKey<Device>,
    /// The devices.
    pub to: Vec<PublicKey<Device>>,
}

impl Statement for Delegation {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Delegation;
}

impl Welcome {
    /// Whether this program must be updated to take it.
    #[must_use]
    pub(crate) fn is_newer(&self) -> bool {
        self.extensions.has_critical() || self.credential.extensions.has_critical()
    }
}

impl Statement for Bundle {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Bundle;
}

/// See [`Bundle::at_once`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtOnce {
    /// The keys in force.
    pub view: View,
    /// The right to post.
    pub credential: LaneCredential,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// A device is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The invitation by which the device came in: what was said for another's is not for this device.
    pub invitation: PublicKey<Invitation>,
    /// Into which group.
    pub group: GroupId,
    /// Which device.
    pub device: PublicKey<Device>,
    /// The roster that came with it.
    pub roster: Hash,
    /// The epoch of the key.
    pub epoch: Epoch,
    /// The epoch's secret.
    pub epoch_seed: Seed,
    /// The right to read and post.
    pub credential: LaneCredential,
    /// Reading starts after this place of the group's mailbox,
    pub after: Sequence,
    /// which has this head.
    pub head: Hash,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Welcome {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Welcome;
}

/// A new epoch, for one device that stays: sealed to its turn key. Whoever is put out by the entry is sent none, and cannot open
/// another's with the keys of the old epoch, nor in twenty years.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEpoch {
    /// Of which group.
    pub group: GroupId,
    /// For which device.
    pub device: PublicKey<Device>,
    /// The turn. It is nowhere else until the roster is said again in the new mailbox: those who were put out learn neither
    /// the new mailbox nor its key.
    pub entry: Signed<Entry>,
    /// The epoch's secret.
    pub epoch_seed: Seed,
    /// What rules the new mailbox: for coordinators.
    pub authority_seed: Option<Seed>,
    /// The right to read, and to post, in the new mailbox.
    pub credential: LaneCredential,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for NewEpoch {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Turn;
}

impl NewEpoch {
    /// The turn that it is of, if it is whole: from the entry's author, for this device, and its secret and its right are those
    /// of the epoch that the entry begins (E2).
    pub(crate) fn verified(
        signed: &Signed<Self>,
        group: GroupId,
        me: &PublicKey<Device>,
    ) -> Option<(Self, EpochKeys)> {
        let said = signed.peek().ok()?;
        let entry = said.entry.verify_own(|entry| entry.author).ok()?;
        signed.verify(&entry.author).ok()?;
        let Change::Turn(turn) = entry.change else {
            return None;
        };
        let mailbox = turn.epoch.mailbox;
        let recipient = EpochIdentity::from_seed(said.epoch_seed.bytes()).to_recipient();
        let grant = said.credential.grant.verify_own(|grant| grant.authority);
        let ruled = said.authority_seed.as_ref().map(|seed| {
            let authority = SecretKey::<Authority>::from_seed(seed.bytes());
            authority.public().mailbox()
        });
        let fits = said.group == group
            && said.device == *me
            && recipient.as_bytes() == turn.epoch.recipient.0
            && grant.is_ok_and(|grant| grant.authority.mailbox() == mailbox)
            && ruled.is_none_or(|ruled| ruled == mailbox);
        fits.then_some((said, turn.epoch))
    }

    /// Whether this program must be updated to take it.
    #[must_use]
    pub(crate) fn is_newer(&self) -> bool {
        self.extensions.has_critical() || self.credential.extensions.has_critical()
    }
}

/// New keys for one defender's device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewUpdate {
    /// The invitation by which the device came in: what was said for another's is not for this device.
    pub invitation: PublicKey<Invitation>,
    /// The keys.
    pub view: View,
    /// The right to post in that epoch's mailbox.
    pub credential: LaneCredential,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for ViewUpdate {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::View;
}

impl ViewUpdate {
    /// Whether this program must be updated to take it. What is in the view alone is kept all the same.
    #[must_use]
    pub(crate) fn is_newer(&self) -> bool {
        self.extensions.has_critical() || self.credential.extensions.has_critical()
    }
}

/// The extension of a view whose bytes are the hours at which somebody is on duty. May be ignored: nothing is sealed by it.
const HOURS: u16 = 32_780;

/// The hours at which somebody is on duty who reads new alerts, and nothing of who (DU4).
fn hours_of(roster: &Roster) -> Option<Rota<()>> {
    let position = roster.position_of(&roster.head())?;
    let members = roster.members_at(position);
    let all = in_order_once(members.iter().map(|person| person.person));
    let readers = roster.policy_at(position).1.on_duty(&all).who;
    let rota = roster
        .duty()?
        .map(|who| readers.contains(&who).then_some(who));
    Some(rota.hours()).filter(|hours| !hours.is_empty())
}

/// What a sender must know of the group: keys, no names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Of which group.
    pub group: GroupId,
    /// How far the roster was. A view that is not newer than the one a device has is old news, or
    /// played back.
    pub position: Position,
    /// Its head.
    pub roster: Hash,
    /// The epoch.
    pub epoch: EpochKeys,
    /// Whom alerts can be sealed to: members and coordinators.
    pub readers: Vec<MemberKey>,
    /// For each of these keys the place, from 0, of the first that is the same person's: people are counted, and not what they have.
    pub people: Vec<u16>,
    /// Who of them, each by the place of their first key, reads which. The numbers say nothing about anybody.
    pub policy: Policy<u16>,
    /// Who coordinates: only they tell a defender's device anything (C6).
    pub coordinators: Vec<Coordinator>,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl View {
    /// What a sender must know, from the whole roster.
    #[must_use]
    pub fn of(roster: &Roster) -> Self {
        let head = roster.head();
        let position = roster.position_of(&head).unwrap_or(Position(0));
        let members = roster.members_at(position);
        let (_, policy) = roster.policy_at(position);
        let place = |who| {
            let place = members.iter().position(|person| person.person == who);
            place.and_then(|place| u16::try_from(place).ok())
        };
        let people = members.iter().filter_map(|it| place(it.person));
        Self {
            group: roster.id(),
            position,
            roster: head,
            epoch: roster.epoch().clone(),
            policy: policy.map(place),
            readers: members.iter().map(|person| person.key).collect(),
            people: people.collect(),
            coordinators: Coordinator::all(roster),
            extensions: hours_of(roster).map_or_else(Extensions::none, |hours| {
                Extensions::none().with(HOURS, codec::encode(&hours))
            }),
        }
    }

    /// At which hours somebody is on duty; `None` where the group has no rota, or does not say it in words that are known here.
    #[must_use]
    pub(crate) fn hours(&self) -> Option<Rota<()>> {
        let hours: Rota<()> = codec::decode(self.extensions.get(HOURS)?).ok()?;
        (hours.is_sound() && !hours.is_empty()).then_some(hours)
    }

    /// Whether a later version made it in words that this program must be updated for: sealing by it could leave
    /// somebody out, or let somebody in.
    #[must_use]
    pub(crate) fn is_newer(&self) -> bool {
        self.extensions.has_critical()
            || self.epoch.extensions.has_critical()
            || self.policy.is_newer()
    }

    /// Who reads every new alert of which nobody is kept out.
    #[must_use]
    pub(crate) fn on_duty(&self) -> Meant<u16> {
        self.policy.on_duty(&self.persons())
    }

    /// Everybody, each by the place of their first key.
    #[must_use]
    pub(crate) fn persons(&self) -> Vec<u16> {
        in_order_once(self.numbered().map(|(who, _)| who))
    }

    /// How many people have these keys, of those who read; a key that is none of theirs is a person by itself.
    #[must_use]
    pub(crate) fn count_people(&self, keys: &[MemberKey]) -> usize {
        let theirs = self.numbered().filter(|(_, key)| keys.contains(key));
        let count = in_order_once(theirs.map(|(who, _)| who)).len();
        let unknown = keys.iter().filter(|key| !self.readers.contains(key));
        count.saturating_add(unknown.count())
    }

    /// The keys of whoever has this one.
    #[must_use]
    pub(crate) fn keys_of(&self, key: &MemberKey) -> Vec<MemberKey> {
        let whose = self.numbered().find(|(_, it)| *it == key);
        let whose = whose.map(|(who, _)| who);
        let theirs = self.numbered().filter(|(who, _)| Some(*who) == whose);
        theirs.map(|(_, key)| *key).collect()
    }

    /// Each key with whose it is. One of which that is not said is a person's by itself.
    fn numbered(&self) -> impl Iterator<Item = (u16, &MemberKey)> {
        let places = (0_u16..).zip(&self.readers);
        places.map(|(at, key)| {
            let first = self
                .people
                .get(usize::from(at))
                .filter(|first| **first < at);
            (first.copied().unwrap_or(at), key)
        })
    }

    /// For whom an alert is that says this, by default; `me` is the key of whoever sends it, who may be a reader too.
    #[must_use]
    pub(crate) fn alert_readers(&self, me: &MemberKey, said: &Fields) -> Meant<MemberKey> {
        let me = self.numbered().find(|(_, key)| *key == me);
        let me = me.map(|(who, _)| who);
        let meant = self.policy.meant(&self.persons(), me, Some(said));
        let meant = meant.expect("what can be read is for somebody");
        let who = self.numbered().filter(|(at, _)| meant.who.contains(at));
        Meant {
            who: who.map(|(_, key)| *key).collect(),
            is_for_want_of_others: meant.is_for_want_of_others,
        }
    }
}

/// Why certain people read the sensitive part of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FewBy {
    /// The group named them for it.
    Name,
    /// They coordinate, and nobody who is named reads the alert.
    Coordinating,
}

/// Who reads the sensitive part of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Few {
    /// All keys of each that the alert is sealed to, in the order of the view: of nobody, where none of them is.
    pub(crate) keys: Vec<MemberKey>,
    /// Why these.
    pub(crate) by: FewBy,
}

impl View {
    /// Who reads the sensitive part of an alert that is for these keys, besides its author (SB8): of those whom the group named for that, who read the
    /// alert. Where none does, who coordinates and reads it, as whoever must be heard tonight would else write it for all of them. Where none of these
    /// does either, nobody: whoever else reads it was chosen by no one for this.
    #[must_use]
    pub(crate) fn few(&self, me: &MemberKey, meant: &[MemberKey]) -> Few {
        let mine = self.keys_of(me);
        let theirs = |of: &[u16]| -> Vec<MemberKey> {
            let reading = self.numbered().filter(|(who, key)| {
                of.contains(who) && meant.contains(key) && !mine.contains(key)
            });
            let people = in_order_once(reading.map(|(who, _)| who));
            let first = people.get(..SENSITIVE_READERS_MAX).unwrap_or(&people);
            let all = self.numbered().filter(|(_, key)| meant.contains(key));
            let few = all.filter(|(who, _)| first.contains(who));
            few.map(|(_, key)| *key).collect()
        };
        let named = theirs(&self.policy.sensitive_readers());
        if !named.is_empty() {
            return Few {
                keys: named,
                by: FewBy::Name,
            };
        }
        let coordinates = |key: &MemberKey| self.coordinators.iter().any(|it| it.key == *key);
        let coordinating = self.numbered().filter(|(_, key)| coordinates(key));
        let people: Vec<u16> = coordinating.map(|(who, _)| who).collect();
        Few {
            keys: theirs(&people),
            by: FewBy::Coordinating,
        }
    }
}

/// Nobody comes in by an invitation any more: a coordinator took it back, or said no to who had used it. Whoever has the code can open
/// it, before they use it and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Which invitation.
    pub invitation: PublicKey<Invitation>,
    /// Into which group.
    pub group: GroupId,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Refusal {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Refusal;
}

/// A device is out since the `turn` that follows on this head, whose author has nothing by which its lane could be taken back: the relay lets
/// it read on in the mailbox before, and nothing else would tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Out {
    /// Of which group.
    pub group: GroupId,
    /// The device that is out.
    pub device: PublicKey<Device>,
    /// After which head: whoever signs has the pen there.
    pub head: Hash,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Out {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Out;
}

impl Out {
    /// Whether this device is out, as who has the pen says (E9).
    pub(crate) fn counts(signed: &Signed<Self>, roster: &Roster, me: &PublicKey<Device>) -> bool {
        let said = signed.peek().ok();
        let at = said.and_then(|said| roster.position_of(&said.head));
        let holder = at.and_then(|at| roster.holder_at(at));
        let said = holder.and_then(|holder| signed.verify(&holder).ok());
        said.is_some_and(|said| said.group == roster.id() && said.device == *me)
    }
}

/// A device has the welcome or the view that it was sent: nobody has to say it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The invitation by which the device came in.
    pub invitation: PublicKey<Invitation>,
    /// How far the roster was that the device's keys are of.
    pub position: Position,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Arrival {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Arrival;
}

impl Arrival {
    /// What the device of this claim says that it has; nobody else can say it for it (L4).
    pub(crate) fn of(signed: &Signed<Self>, claim: &Claim) -> Option<Self> {
        let arrival = signed.verify(&claim.device).ok()?;
        (arrival.invitation == claim.invitation).then_some(arrival)
    }
}
