//! Whom a message is for, by the roster and what it says itself: an alert for those who read such alerts, anything else for all who
//! read. Pure.

use super::payload::{KIND_ALERT, Message};
use crate::{group::Roster, ids::Position, seal::MemberKey};

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
    let reading = message.reading();
    let meant = roster.alert_readers_at(position, &message.sender, reading.fields());
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
    let newest = roster.position_of(&roster.head()).unwrap_or(Position(0));
    let (_, policy) = roster.policy_at(newest);
    policy.keeps_out(person.person, message.reading().fields())
}
