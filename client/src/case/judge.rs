//! Who speaks in a case, and whether it counts: pure rules over a message, the roster, and what was said of its sender.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::facts::whom;
use crate::{
    alert::vocabulary::Receipt,
    group::{Person, Role, Roster},
    ids::{MessageId, Position},
    message::{
        CaseAct, CaseMessage, Message, ReceiptWords, SaidOfSender, Sender, freezes, in_roster,
        meant, meant_at,
    },
    seal::MemberKey,
};

/// Something that was said in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its message,
    pub(crate) id: MessageId,
    /// and its hash, by which others name it.
    pub(crate) hash: Hash,
    /// Who said it: as the roster tells people apart, or the device that signed it where the roster does not know whose that is.
    pub(crate) author: PublicKey<Device>,
    /// Which of their devices,
    pub(crate) device: PublicKey<Device>,
    /// the how manieth message of it this is,
    pub(crate) number: u64,
    /// and when, by its clock.
    pub(crate) time: Timestamp,
    /// When, by its author's clock, but no later than it came to the relay.
    pub(crate) at: Timestamp,
    /// What its author had seen.
    pub(crate) seen: Vec<Hash>,
    /// What is said.
    pub(crate) act: CaseAct,
    /// Its author's place in the group, if it counts.
    pub(crate) counts: Result<Place, Void>,
    /// That of whom it hands the case over to.
    pub(crate) to: Option<Place>,
}

impl Said {
    /// Whether it says no more than that a device has shown the alert.
    #[must_use]
    pub(crate) fn is_opening(&self) -> bool {
        matches!(&self.act, CaseAct::Receipt(words) if words.receipt == Receipt::Opened)
    }
}

/// Where somebody stands in the roster: who came earlier stands before who came later, whatever anybody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The entry that let them in, with the first device that they had.
    pub(crate) since: Position,
    /// Whether they are still in the group.
    pub(crate) is_in: bool,
}

/// Why something that was said in a case has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Void {
    /// Nobody who reads and sends in this group said it, as far as is known here; or they had been put out.
    NotAMember,
    /// Others may have written it.
    Frozen,
    /// It says that it is by whoever sent the alert, and is not.
    NotTheSender,
    /// It names another alert by the id of this one.
    OtherAlert,
    /// The alert was for others: whoever said it was handed what they know of it.
    NotForThem,
    /// It hands the case, or work in it, over to somebody who cannot read it.
    ToNobody,
}

impl Void {
    /// Its name in JSON, and the end of its message's id.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::NotAMember => "not_a_member",
            Self::Frozen => "frozen",
            Self::NotTheSender => "not_the_sender",
            Self::OtherAlert => "other_alert",
            Self::NotForThem => "not_for_them",
            Self::ToNobody => "to_nobody",
        }
    }
}

/// What a case begins with, as far as it matters for who may speak in it.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    /// The alert's id,
    pub(crate) id: MessageId,
    /// and hash.
    pub(crate) hash: Hash,
    /// Whom its author meant; `None` where that cannot be said here: then whoever knows its hash may speak.
    meant: Option<Vec<MemberKey>>,
    alert: Message,
}

impl Opening {
    /// Of an alert.
    #[must_use]
    pub(crate) fn of(alert: &Message, hash: Hash, roster: &Roster) -> Self {
        Self {
            id: alert.id,
            hash,
            meant: meant(alert, roster),
            alert: alert.clone(),
        }
    }

    /// Who sent it: a device.
    #[must_use]
    pub(crate) fn sender(&self) -> PublicKey<Device> {
        self.alert.sender
    }

    /// Whether what somebody in the group says about it counts now.
    #[must_use]
    pub(crate) fn may_speak(&self, roster: &Roster, device: &PublicKey<Device>) -> bool {
        let person = roster.person(device);
        person.is_some_and(|person| speaks(person.role) && self.is_for(person, roster))
    }

    /// Whether it was for somebody: whom its author meant, or, where the author named nobody, whom it would have been for by any state of the roster
    /// since. They know its hash from one of those whom it was for.
    fn is_for(&self, person: &Person, roster: &Roster) -> bool {
        let Some(meant) = &self.meant else {
            return true;
        };
        // Of a person, whichever of their devices it was sealed to.
        let keys = keys_of(person, roster);
        let is_among = |meant: &[MemberKey]| keys.iter().any(|key| meant.contains(key));
        if is_among(meant) {
            return true;
        }
        let seen = roster.position_of(&self.alert.roster);
        let Some(seen) = seen.filter(|_| self.alert.audience.chosen.is_empty()) else {
            return false;
        };
        let mut since = seen.0.saturating_add(1)..roster.next_position().0;
        since.any(|at| {
            let then = meant_at(&self.alert, roster, Position(at));
            then.is_some_and(|then| is_among(&then))
        })
    }
}

/// The message as something that was said in a case. What it says of itself was checked when it came; who says it is judged by what is known
/// now.
#[must_use]
pub(crate) fn judge(
    (message, hash, body): (&Message, Hash, &CaseMessage),
    arrived: Timestamp,
    opening: &Opening,
    (roster, frozen): (&Roster, &[SaidOfSender]),
) -> Said {
    let act = body.act();
    let place_of = |device: &PublicKey<Device>| {
        let person = person(roster, device)?;
        (speaks(person.0.role) && opening.is_for(person.0, roster)).then_some(person.1)
    };
    let named: Vec<PublicKey<Device>> = match &act {
        CaseAct::Receipt(words) => words.to.into_iter().collect(),
        CaseAct::Facts(words) => words.known().filter_map(|(fact, _)| whom(&fact)).collect(),
        _ => Vec::new(),
    };
    let is_nobody = named.iter().any(|device| place_of(device).is_none());
    let mut counts = counts(message, arrived, opening, (roster, frozen));
    if counts.is_ok() && body.alert_hash != opening.hash {
        counts = Err(Void::OtherAlert);
    }
    if counts.is_ok() && is_nobody {
        counts = Err(Void::ToNobody);
    }
    let to = match &act {
        CaseAct::Receipt(words) => words.to.as_ref().and_then(place_of),
        _ => None,
    };
    // Who leads is a person; the message names a device of theirs.
    let act = match act {
        CaseAct::Receipt(words) => CaseAct::Receipt(ReceiptWords {
            to: words.to.map(|to| roster.person_of(&to).unwrap_or(to)),
            ..words
        }),
        other => other,
    };
    Said {
        id: message.id,
        hash,
        author: roster.person_of(&message.sender).unwrap_or(message.sender),
        device: message.sender,
        number: message.number,
        time: message.time,
        at: message.time.min(arrived),
        seen: body.seen.clone(),
        act,
        counts,
        to,
    }
}

fn counts(
    message: &Message,
    arrived: Timestamp,
    opening: &Opening,
    (roster, frozen): (&Roster, &[SaidOfSender]),
) -> Result<Place, Void> {
    match in_roster(message, roster, arrived) {
        Some(Sender::Known { role, .. }) if speaks(role) => {}
        _ => return Err(Void::NotAMember),
    }
    let (person, place) = person(roster, &message.sender).ok_or(Void::NotAMember)?;
    let freezes = freezes(frozen, &message.sender, roster);
    if freezes.iter().any(|frozen| frozen.covers(arrived)) {
        return Err(Void::Frozen);
    }
    match opening.is_for(person, roster) {
        true => Ok(place),
        false => Err(Void::NotForThem),
    }
}

/// Those who read and send.
fn speaks(role: Role) -> bool {
    role.reads() && role.sends()
}

/// The keys of all devices that somebody has, or had.
fn keys_of(person: &Person, roster: &Roster) -> Vec<MemberKey> {
    let removed = roster.removed().iter().map(|it| &it.person);
    let all = roster.people().iter().chain(removed);
    let theirs = all.filter(|it| it.person == person.person);
    theirs.map(|it| it.key).collect()
}

/// Who has this device, or had it.
fn person<'r>(roster: &'r Roster, device: &PublicKey<Device>) -> Option<(&'r Person, Place)> {
    let here = roster.person(device).map(|person| (person, true));
    let gone = || roster.removed_person(device).map(|it| (&it.person, false));
    let (person, is_in) = here.or_else(gone)?;
    let since = person.came;
    // Whoever has lost this device and has another is still in.
    let is_in = is_in || roster.whoever(&person.person).is_some();
    Some((person, Place { since, is_in }))
}
