//! Telling other members who a defender is, and hearing it from them.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    compose::{ComposeError, compose_for},
    receive::Received,
};
use crate::{
    device::{
        Device, DeviceError,
        contacts::{self, Contact},
        tombstones,
    },
    extensions::Extensions,
    group::{Role, Roster},
    message::{ContactCard, KIND_CONTACT_CARD, Sender, VerifiedMessage},
    seal::MemberKey,
};

/// Tells chosen members who a defender is: what the roster does not say. Queued, as an alert is.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub fn give_contact(
    device: &Device,
    contact: &Contact,
    chosen: &[MemberKey],
    now: Timestamp,
) -> Result<(), ComposeError> {
    let card = ContactCard {
        handle: contact.handle.clone(),
        name: contact.name.clone(),
        reach: contact.reach.clone(),
        extensions: Extensions::none(),
    };
    let said = (KIND_CONTACT_CARD, codec::encode(&card));
    compose_for(device, said, chosen, now)
}

/// Takes in who a defender is, if that is what a message says to this device.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Result<Received, DeviceError> {
    let me = (&device.signing().public(), &device.member().to_key());
    let Some(contact) = told(me, roster, verified) else {
        return Ok(Received::NotForUs);
    };
    let handle = contact.handle.clone();
    if tombstones::forgets_contact(device, &handle, contact.time) {
        return Ok(Received::Again);
    }
    let by = contact.from.clone().unwrap_or_default();
    Ok(match contacts::take(device, contact)? {
        true => Received::Contact { handle, by },
        false => Received::Again,
    })
}

/// What a member tells this device. Who reads and sends may: the group lets others say nothing to its members.
fn told(
    (device, key): (&PublicKey<DeviceKey>, &MemberKey),
    roster: &Roster,
    verified: &VerifiedMessage,
) -> Option<Contact> {
    let message = &verified.message;
    let Sender::Known { name: by, role } = &verified.sender else {
        return None;
    };
    let is_meant = message.kind == KIND_CONTACT_CARD
        && message.sender != *device
        && message.audience.chosen.contains(key)
        && role.reads();
    let card = is_meant.then(|| ContactCard::decode(&message.body.0));
    let card = card.flatten()?;
    let mut invited = roster.invited().iter().map(|invited| &invited.admit);
    // Of a reader the roster has the name, which no member may change on another's screen.
    let is_defenders = invited.any(|it| it.role == Role::Defender && it.name == card.handle);
    is_defenders.then(|| Contact {
        handle: card.handle,
        name: card.name,
        reach: card.reach,
        from: Some(by.clone()),
        time: message.time,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{codec::Blob, ids::Hash};

    use super::*;
    use crate::{
        group::tests::{admit, approve, founding, key, member_key, write},
        ids::{Epoch, GroupId, MessageId},
        message::{Audience, Message},
    };

    const ANNA: u8 = 2;
    const ME: u8 = 3;

    /// The founder (1), Anna (2), me (3), and a defender who is called by this handle.
    fn roster() -> (Roster, String) {
        let mut roster = Roster::found(founding(7)).unwrap();
        for who in [ANNA, ME] {
            let at = roster.next_position().0;
            write(&mut roster, admit(50 + who, Role::Member)).unwrap();
            write(&mut roster, approve(at, who)).unwrap();
        }
        write(&mut roster, admit(60, Role::Defender)).unwrap();
        let handle = roster.invited().last().unwrap().admit.name.clone();
        (roster, handle)
    }

    fn said(sender: Sender, handle: &str, name: &str) -> VerifiedMessage {
        let card = ContactCard {
            handle: handle.to_owned(),
            name: name.to_owned(),
            reach: "  Signal,\n after 18:00 ".to_owned(),
            extensions: Extensions::none(),
        };
        let message = Message {
            group: GroupId(Hash([1; 32])),
            epoch: Epoch(1),
            roster: Hash([0; 32]),
            audience: Audience {
                hash: Hash([0; 32]),
                chosen: vec![member_key(ME)],
            },
            sender: key(ANNA).public(),
            id: MessageId([5; 16]),
            number: 1,
            previous: Hash([0; 32]),
            time: Timestamp(5_000),
            expires: Timestamp(9_000),
            seen: Vec::new(),
            kind: KIND_CONTACT_CARD,
            body: Blob(codec::encode(&card)),
            extensions: Extensions::none(),
        };
        VerifiedMessage {
            reading: message.reading(),
            message,
            sender,
            passed_on: None,
            opened_by: None,
            open_to_removed: Vec::new(),
            late: false,
            newer: false,
        }
    }

    fn known(role: Role) -> Sender {
        Sender::Known {
            name: "Anna".to_owned(),
            role,
        }
    }

    #[test]
    fn only_members_say_it_and_only_of_defenders_and_only_to_those_whom_they_chose() {
        let (roster, handle) = roster();
        let me = (&key(ME).public(), &member_key(ME));
        let right = said(known(Role::Member), &handle, "Vera");
        let contact = told(me, &roster, &right).unwrap();
        assert_eq!(contact.name, "Vera");
        assert_eq!(contact.reach, "Signal, after 18:00");
        assert_eq!(contact.from.as_deref(), Some("Anna"));
        let unverified = Sender::Unverified(crate::message::UnverifiedReason::Unknown);
        let wrong = [
            ("a defender", said(known(Role::Defender), &handle, "Vera")),
            ("nobody known", said(unverified, &handle, "Vera")),
            ("of a reader", said(known(Role::Member), "Person 52", "Eve")),
            ("of nobody", said(known(Role::Member), "D-22222", "Eve")),
            (
                "no name",
                said(known(Role::Member), &handle, "Ve\u{202e}ra"),
            ),
        ];
        for (why, wrong) in wrong {
            assert_eq!(told(me, &roster, &wrong), None, "{why}");
        }
        let mut to_all = right.clone();
        to_all.message.audience.chosen.clear();
        assert_eq!(told(me, &roster, &to_all), None, "to all who read");
        let mut own = right;
        own.message.sender = key(ME).public();
        assert_eq!(told(me, &roster, &own), None, "one's own");
    }
}
