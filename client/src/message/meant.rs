//! Whom a message is for, by the roster and what it says itself: an alert for those who read such alerts, anything else for all who
//! read. Pure.

use bellrope_proto::signing::{Device, PublicKey};

use super::payload::{KIND_ALERT, Message};
use crate::{
    alert::Reading,
    group::{Person, Roster},
    ids::Position,
    seal::MemberKey,
};

/// Whom its author meant; `None` where nobody here can say: the author saw a roster that is not known or not understood here, or
/// the words on which it depends cannot be read.
#[must_use]
pub(crate) fn meant(message: &Message, roster: &Roster) -> Option<Vec<MemberKey>> {
    if !message.audience.chosen.is_empty() {
        return Some(message.audience.chosen.clone());
    }
    let position = roster.position_of(&message.roster)?;
    (!roster.is_newer_at(position)).then(|| meant_at(message, roster, position))?
}

/// Whom its author would have meant who chose nobody and saw the roster up to this place.
#[must_use]
pub(crate) fn meant_at(
    message: &Message,
    roster: &Roster,
    position: Position,
) -> Option<Vec<MemberKey>> {
    if message.kind != KIND_ALERT {
        return Some(roster.readers_at(position));
    }
    // Where it does not depend on that, its words are not read: that takes longer than all the rest.
    let (_, policy) = roster.policy_at(position);
    let reading = policy.depends_on_words().then(|| message.reading());
    let said = reading.as_ref().and_then(Reading::fields);
    let meant = roster.alert_readers_at(position, &message.sender, said);
    meant.map(|meant| meant.who)
}

/// Whether the newest roster keeps somebody out of an alert that is not for them by their name.
#[must_use]
pub(crate) fn is_kept_out(message: &Message, roster: &Roster, key: &MemberKey) -> bool {
    if message.kind != KIND_ALERT || !message.audience.chosen.is_empty() {
        return false;
    }
    let mut people = roster.people().iter();
    let Some(person) = people.find(|person| person.key == *key) else {
        return false;
    };
    is_kept_from(message, roster, person.person)
}

/// The same of whom it is to be opened to, whomever its author chose.
#[must_use]
pub(crate) fn is_kept_from(message: &Message, roster: &Roster, person: PublicKey<Device>) -> bool {
    let newest = roster.position_of(&roster.head()).unwrap_or(Position(0));
    let (_, policy) = roster.policy_at(newest);
    policy.keeps_out(person, message.reading().fields())
}

/// Whether somebody is among these: whichever of their devices it was sealed to, also one that is out.
#[must_use]
pub(crate) fn is_among(meant: &[MemberKey], person: &Person, roster: &Roster) -> bool {
    let removed = roster.removed().iter().map(|it| &it.person);
    let all = roster.people().iter().chain(removed);
    let mut theirs = all.filter(|it| it.person == person.person);
    theirs.any(|it| meant.contains(&it.key))
}

/// Whether a message was for somebody: whom its author meant, or, where the author named nobody, whom it would have been for by any state of the
/// roster since. Where nobody can say here whom its author meant, it may be.
#[must_use]
pub(crate) fn is_for(
    (message, meant): (&Message, Option<&[MemberKey]>),
    person: &Person,
    roster: &Roster,
) -> bool {
    let Some(meant) = meant else {
        return true;
    };
    let is_among = |meant: &[MemberKey]| is_among(meant, person, roster);
    if is_among(meant) {
        return true;
    }
    let seen = roster.position_of(&message.roster);
    let Some(seen) = seen.filter(|_| message.audience.chosen.is_empty()) else {
        return false;
    };
    let mut since = seen.0.saturating_add(1)..roster.next_position().0;
    since.any(|at| {
        let then = meant_at(message, roster, Position(at));
        then.is_some_and(|then| is_among(&then))
    })
}
