//! Words that a member's device sealed again, with their author's signature, for who was in the group when they came and whom
//! their author did not know of. Who says that it did, and for whom it counts: pure rules.
//!
//! Whoever reads something can hand it on, by this or any other way. What the rules give is that nobody is shown words as passed
//! on which their author kept from them, and that a person answers for what is passed on.

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence},
    signing::{Device, PublicKey, Purpose, Relay, SecretKey, Signed, Statement},
};
use serde::{Deserialize, Serialize};

use super::payload::{Message, SignedMessage};
use crate::{
    extensions::Extensions,
    group::{Person, Roster},
    ids::Position,
};

/// The extension around a message. May be ignored: those whom its author meant have the words without it.
const PASSED_ON: u16 = 32_768;

/// A device says that it sealed a message again, and where in the log the message was first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassedOn {
    /// [`Message::hash`].
    pub(crate) message: Hash,
    /// The relay whose log it is,
    pub(crate) relay: PublicKey<Relay>,
    /// and the place. Who was not in the roster before it came later, and is not passed the message on.
    pub(crate) place: Sequence,
    /// The device that says so, and signs.
    pub(crate) by: PublicKey<Device>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl Statement for PassedOn {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Passing;
}

/// The message as it came, with this device's word around it.
#[must_use]
pub(crate) fn pass_on(
    sent: &SignedMessage,
    (relay, place): (PublicKey<Relay>, Sequence),
    device: &SecretKey<Device>,
) -> SignedMessage {
    let said = device.sign(&PassedOn {
        message: Message::hash(&sent.message),
        relay,
        place,
        by: device.public(),
        extensions: Extensions::none(),
    });
    SignedMessage {
        extensions: sent.extensions.with(PASSED_ON, codec::encode(&said)),
        ..sent.clone()
    }
}

/// What is said around a message of its having been passed on, if it counts, and by whom it is said: by a member whom its author
/// meant.
#[must_use]
pub(crate) fn passed_on<'r>(
    sent: &SignedMessage,
    message: &Message,
    roster: &'r Roster,
) -> Option<(PassedOn, &'r Person)> {
    let said: Signed<PassedOn> = codec::decode(sent.extensions.get(PASSED_ON)?).ok()?;
    let said = said.verify_own(|said| said.by).ok()?;
    let meant = meant_for_all(message, roster)?;
    let by = roster.person(&said.by)?;
    let counts = said.message == Message::hash(&sent.message)
        && !said.extensions.has_critical()
        && by.since <= meant
        && by.role.reads()
        && by.role.sends();
    counts.then_some((said, by))
}

/// Who was in the group when a message came, reads there, and was not known to its author, who meant everybody; `stood` is how far
/// the roster was when it came.
#[must_use]
pub(crate) fn missed<'r>(
    message: &Message,
    roster: &'r Roster,
    stood: Position,
) -> Vec<&'r Person> {
    // Of what a later version wrote, nobody knows here whom it leaves out.
    let Some(meant) = meant_for_all(message, roster).filter(|_| !roster.is_newer()) else {
        return Vec::new();
    };
    let people = roster.people().iter();
    people
        .filter(|person| person.role.reads() && meant < person.since && person.since <= stood)
        .collect()
}

/// The place of the roster of which its author meant everybody; none when the author chose some, or when the place is not known.
fn meant_for_all(message: &Message, roster: &Roster) -> Option<Position> {
    let at = roster.position_of(&message.roster)?;
    (message.audience.chosen.is_empty() && !roster.is_newer_at(at)).then_some(at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{codec::Blob, ids::Timestamp};

    use super::*;
    use crate::{
        group::{
            Change, Role, head_after, recipients_hash,
            tests::{admit, approve, founding, key, member_key, write},
        },
        ids::{Epoch, GroupId, MessageId},
        message::{Audience, KIND_ALERT},
    };

    /// The founder's seed.
    const VERA: u8 = 1;

    /// The founder; then a member (2), an observer (3), a defender (4), a member (5): let in at places 2, 4, 6, 8 of the roster.
    fn roster() -> Roster {
        let mut roster = Roster::found(founding(7)).unwrap();
        let others = [Role::Member, Role::Observer, Role::Defender, Role::Member];
        for (who, role) in (2..).zip(others) {
            let admitted_at = roster.next_position().0;
            write(&mut roster, admit(50 + who, role)).unwrap();
            write(&mut roster, approve(admitted_at, who)).unwrap();
        }
        roster
    }

    /// Said in sight of the roster up to a place, to all who read there.
    fn message(roster: &Roster, at: u32) -> Message {
        let head = roster.entries().get(usize::try_from(at).unwrap());
        Message {
            group: GroupId(Hash([1; 32])),
            epoch: Epoch(1),
            roster: head_after(head.unwrap()),
            audience: Audience {
                hash: recipients_hash(&roster.readers_at(Position(at))),
                chosen: Vec::new(),
            },
            sender: key(4).public(),
            id: MessageId([5; 16]),
            number: 1,
            previous: Hash([0; 32]),
            time: Timestamp(5_000),
            expires: Timestamp(9_000),
            seen: Vec::new(),
            kind: KIND_ALERT,
            body: Blob(b"words".to_vec()),
            extensions: Extensions::none(),
        }
    }

    fn missed_at(message: &Message, roster: &Roster, stood: u32) -> Vec<String> {
        let missed = missed(message, roster, Position(stood)).into_iter();
        missed.map(|person| person.name.clone()).collect()
    }

    #[test]
    fn whoever_read_when_it_came_and_was_not_known_to_its_author_was_missed() {
        let roster = roster();
        let early = message(&roster, 1);
        assert_eq!(missed_at(&early, &roster, 1), [] as [&str; 0]);
        assert_eq!(missed_at(&early, &roster, 2), ["Person 52"]);
        // Not the defender, and not who came later.
        assert_eq!(missed_at(&early, &roster, 7), ["Person 52", "Person 53"]);
        let newest = message(&roster, 8);
        assert_eq!(missed_at(&newest, &roster, 8), [] as [&str; 0]);
        let chosen = Message {
            audience: Audience {
                chosen: vec![member_key(VERA)],
                ..early.audience.clone()
            },
            ..early.clone()
        };
        assert_eq!(missed_at(&chosen, &roster, 8), [] as [&str; 0]);
        let elsewhere = Message {
            roster: Hash([9; 32]),
            ..early.clone()
        };
        assert_eq!(missed_at(&elsewhere, &roster, 8), [] as [&str; 0]);
        // A later version may have taken somebody out.
        let mut newer = roster;
        let unknown = Change::Unknown {
            number: 99,
            body: Blob(Vec::new()),
        };
        write(&mut newer, unknown).unwrap();
        assert_eq!(missed_at(&early, &newer, 8), [] as [&str; 0]);
    }

    #[test]
    fn only_a_member_whom_its_author_meant_passes_it_on() {
        let roster = roster();
        // Meant for the founder, the member and the observer.
        let message = message(&roster, 5);
        let sent = SignedMessage {
            message: key(4).sign(&message),
            claim: None,
            extensions: Extensions::none().with(40_000, b"tomorrow".to_vec()),
        };
        let relay = PublicKey::from_bytes([1; 32]);
        let by = |who| pass_on(&sent, (relay, Sequence(7)), &key(who));
        let passer = |sent: &SignedMessage| {
            let found = passed_on(sent, &message, &roster);
            found.map(|(said, by)| (said.place, by.name.clone()))
        };
        assert_eq!(passer(&sent), None);
        for (who, name) in [(VERA, "Vera Lind"), (2, "Person 52")] {
            assert_eq!(passer(&by(who)), Some((Sequence(7), name.to_owned())));
        }
        // An observer, the defender, who came later, a stranger.
        for who in [3, 4, 5, 6] {
            assert_eq!(passer(&by(who)), None, "{who}");
        }
        let passed = by(VERA);
        assert_eq!(passed.message, sent.message);
        assert!(passed.extensions.get(40_000).is_some());
        // The word of another message, and one in another's name.
        let said = PassedOn {
            message: Message::hash(&sent.message),
            relay,
            place: Sequence(7),
            by: key(VERA).public(),
            extensions: Extensions::none(),
        };
        let around = |said: &Signed<PassedOn>| SignedMessage {
            extensions: Extensions::none().with(PASSED_ON, codec::encode(said)),
            ..sent.clone()
        };
        assert!(passer(&around(&key(VERA).sign(&said))).is_some());
        assert_eq!(passer(&around(&key(2).sign(&said))), None);
        let other = PassedOn {
            message: Hash([0; 32]),
            ..said.clone()
        };
        assert_eq!(passer(&around(&key(VERA).sign(&other))), None);
        let critical = PassedOn {
            extensions: Extensions::none().with(7, Vec::new()),
            ..said
        };
        assert_eq!(passer(&around(&key(VERA).sign(&critical))), None);
        let rubbish = SignedMessage {
            extensions: Extensions::none().with(PASSED_ON, b"rubbish".to_vec()),
            ..sent.clone()
        };
        assert_eq!(passer(&rubbish), None);
    }
}
