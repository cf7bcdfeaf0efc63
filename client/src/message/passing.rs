//! Words that a member's device sealed again, with their author's signature, for who was to read them when they came and whom
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

use super::{
    meant::{meant, meant_at},
    payload::{Message, SignedMessage},
};
use crate::{
    extensions::Extensions,
    group::{Person, Roster},
    ids::Position,
    seal::MemberKey,
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
    /// and the place. Whoever was not to read it by the roster before that place is not passed the message on.
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
    let meant = meant_by_default(message, roster)?;
    let by = roster.person(&said.by)?;
    let counts = said.message == Message::hash(&sent.message)
        && !said.extensions.has_critical()
        && meant.contains(&by.key)
        && by.role.sends();
    counts.then_some((said, by))
}

/// Whom a message was for when it came, though its author, who chose nobody, did not know that; `stood` is how far the roster was
/// then.
#[must_use]
pub(crate) fn missed<'r>(
    message: &Message,
    roster: &'r Roster,
    stood: Position,
) -> Vec<&'r Person> {
    // Of what a later version wrote, nobody knows here whom it leaves out.
    let meant = meant_by_default(message, roster).filter(|_| !roster.is_newer());
    let Some((meant, then)) = meant.zip(meant_then(message, roster, stood)) else {
        return Vec::new();
    };
    let is_missed = |person: &&Person| then.contains(&person.key) && !meant.contains(&person.key);
    roster.people().iter().filter(is_missed).collect()
}

/// Whom its author would have meant by the roster as it was when a message came, if that had grown since the author saw it.
#[must_use]
pub(super) fn meant_then(
    message: &Message,
    roster: &Roster,
    stood: Position,
) -> Option<Vec<MemberKey>> {
    let seen = roster.position_of(&message.roster)?;
    (seen < stood).then(|| meant_at(message, roster, stood))?
}

/// Whom its author meant; none when the author chose them, or where that is not known.
fn meant_by_default(message: &Message, roster: &Roster) -> Option<Vec<MemberKey>> {
    meant(message, roster).filter(|_| message.audience.chosen.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{codec::Blob, ids::Timestamp};

    use super::*;
    use crate::{
        group::{
            Change, Policy, Role, head_after,
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

    /// Said in sight of the roster up to a place, to those for whom it is there.
    fn message(roster: &Roster, at: u32) -> Message {
        let head = roster.entries().get(usize::try_from(at).unwrap());
        Message {
            group: GroupId(Hash([1; 32])),
            epoch: Epoch(1),
            roster: head_after(head.unwrap()),
            audience: Audience {
                hash: Hash([0; 32]),
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
        // Not the observer, not the defender, and not who came later.
        assert_eq!(missed_at(&early, &roster, 7), ["Person 52"]);
        assert_eq!(missed_at(&early, &roster, 8), ["Person 52", "Person 55"]);
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
    fn it_is_passed_on_to_whom_the_group_had_named_when_it_came() {
        let mut roster = roster();
        let circle = |who: u8| {
            Change::Policy(Policy {
                circle: Some(vec![key(who).public()]),
                ..Policy::default()
            })
        };
        for who in [2, VERA, 5] {
            write(&mut roster, circle(who)).unwrap();
        }
        // Whoever saw place 9 meant Person 52 alone.
        let early = message(&roster, 9);
        assert_eq!(missed_at(&early, &roster, 9), [] as [&str; 0]);
        assert_eq!(missed_at(&early, &roster, 10), ["Vera Lind"]);
        assert_eq!(missed_at(&early, &roster, 11), ["Person 55"]);
        // Its author knew more than this device did when it came.
        let late = message(&roster, 11);
        assert_eq!(missed_at(&late, &roster, 9), [] as [&str; 0]);
        // Who came later reads nothing for that, while others are named.
        let before = message(&roster, 5);
        assert_eq!(missed_at(&before, &roster, 8), ["Person 55"]);
        assert_eq!(missed_at(&before, &roster, 9), [] as [&str; 0]);
    }

    #[test]
    fn only_a_member_whom_its_author_meant_passes_it_on() {
        let roster = roster();
        // Meant for the founder and the member.
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
