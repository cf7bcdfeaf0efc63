//! Who could open a message: on whose devices it is, as far as the roster and the message say.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::labels::role_name;
use crate::{
    case::Opened,
    device::{Device, DeviceError, Folded, StoredMessage, inbox, inbox::Kept, reach},
    group::{Person, Role, Roster, Week, in_order_once},
    ids::{MessageId, Position},
    message::{Message, meant, missed},
    text::{Messages, day_text, device_code, escape},
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageReaders {
    /// Whom it was sealed to, and whom it may have been passed on to; `None` where this device lacks the roster that its sender
    /// saw.
    pub people: Option<Vec<MessageReader>>,
    /// How many others it was sealed to, of whom the roster here knows nothing.
    pub unknown: usize,
    /// The week of the key with which this device opened it; none for its lasting key.
    pub week: Option<Week>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageReader {
    /// What the roster calls the person.
    pub name: String,
    /// What they are, or were.
    pub role: Role,
    /// Whether they are still in the group.
    pub is_in: bool,
    /// The codes of the devices on which it can be opened.
    pub devices: Vec<String>,
    /// Its sender did not know of them: others' devices may have passed it on.
    pub passed_on: bool,
    /// Who opened its case to them, and when; then it was not for them.
    pub opened_by: Option<(String, Timestamp)>,
}

impl MessageReaders {
    /// Who could open a message of the inbox; `None` for one that is not there, or that another version kept.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, id: MessageId) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        let Some(Kept::Message(kept)) = inbox::find_kept(device, id)? else {
            return Ok(None);
        };
        let Ok(message) = kept.sent.message.peek() else {
            return Ok(None);
        };
        // Where that was not noted, whoever came since may be among them.
        let stood = stood(device, &roster, &kept).unwrap_or(Position(u32::MAX));
        let mut readers = Self {
            week: kept.week,
            ..Self::in_roster(&message, &roster, stood)
        };
        if let Some((_, roster, folded)) = Folded::read(device, id)? {
            let people = readers.people.get_or_insert_default();
            people.extend(opened_to(&folded, &roster));
        }
        Ok(Some(readers))
    }

    /// `stood` is how far the roster was when it came.
    fn in_roster(message: &Message, roster: &Roster, stood: Position) -> Self {
        let Some(keys) = meant(message, roster) else {
            return Self {
                people: None,
                unknown: 0,
                week: None,
            };
        };
        let removed = roster.removed().iter().map(|removed| &removed.person);
        let sealed = roster.people().iter().chain(removed);
        let sealed: Vec<&Person> = sealed.filter(|person| keys.contains(&person.key)).collect();
        let unknown = keys.len().saturating_sub(sealed.len());
        let missed = missed(message, roster, stood);
        // A person a line, and each once: to whom it was sealed on one device it was not passed on by being so on another.
        let known = in_order_once(sealed.iter().chain(&missed).map(|it| it.person));
        let people = known.into_iter().filter_map(|person| {
            let of = |all: &[&Person]| -> Vec<Person> {
                let theirs = all.iter().filter(|it| it.person == person);
                theirs.map(|it| (*it).clone()).collect()
            };
            let (direct, passed) = (of(&sealed), of(&missed));
            let passed_on = direct.is_empty();
            let devices = if passed_on { passed } else { direct };
            let first = devices.first()?;
            Some(MessageReader {
                name: first.name.clone(),
                role: first.role,
                is_in: devices.iter().any(|it| roster.person(&it.device).is_some()),
                devices: devices.iter().map(|it| device_code(&it.device)).collect(),
                passed_on,
                opened_by: None,
            })
        });
        let people: Vec<MessageReader> = people.collect();
        Self {
            people: Some(people),
            unknown,
            week: None,
        }
    }

    /// The same in words, a person a line; and until when this device can open what was recorded of it.
    #[must_use]
    pub fn text(&self, messages: &Messages) -> String {
        let people = self.people_text(messages);
        let opened = match self.week {
            None => messages.plain("readers-lasting"),
            Some(week) => {
                let words = [
                    ("since", day_text(week.begins()).into()),
                    ("until", day_text(week.is_over_at()).into()),
                ];
                messages.say("readers-week", &words)
            }
        };
        format!("{people}\n{opened}")
    }

    fn people_text(&self, messages: &Messages) -> String {
        let Some(people) = &self.people else {
            return messages.plain("readers-not-known");
        };
        let of = |passed_on: bool| {
            let sealed = people.iter().filter(|it| it.opened_by.is_none());
            sealed.filter(move |it| it.passed_on == passed_on)
        };
        let mut lines = vec![messages.plain("readers-sealed")];
        lines.extend(of(false).map(|it| it.line(messages)));
        if self.unknown > 0 {
            lines.push(messages.say("readers-unknown", &[("count", self.unknown.into())]));
        }
        if of(true).next().is_some() {
            lines.push(messages.plain("readers-passed-on"));
            lines.extend(of(true).map(|it| it.line(messages)));
        }
        for reader in people {
            let Some((by, at)) = &reader.opened_by else {
                continue;
            };
            let args = [
                ("by", escape(by).into()),
                ("at", messages.moment(*at).into()),
            ];
            lines.push(messages.say("readers-opened", &args));
            lines.push(reader.line(messages));
        }
        lines.join("\n")
    }

    /// The same for programs, one value a person.
    #[must_use]
    pub fn to_json(&self) -> Vec<Value> {
        let people = self.people.iter().flatten();
        let to_json = |it: &MessageReader| {
            json!({
                "name": it.name,
                "role": it.role.key(),
                "in": it.is_in,
                "devices": it.devices,
                "passed_on": it.passed_on,
                "opened_by": it.opened_by.as_ref().map(|(by, _)| by),
            })
        };
        people.map(to_json).collect()
    }
}

impl MessageReader {
    fn line(&self, messages: &Messages) -> String {
        let id = match self.is_in {
            true => "readers-person",
            false => "readers-removed",
        };
        let role = role_name(self.role, messages);
        let words = [("name", escape(&self.name).into()), ("role", role.into())];
        let mut lines = vec![messages.say(id, &words)];
        // Of one device it goes without saying.
        for code in self.devices.iter().filter(|_| self.devices.len() > 1) {
            lines.push(messages.say("readers-device", &[("code", code.as_str().into())]));
        }
        lines.join("\n")
    }
}

/// Those to whom people have opened a case, as far as it still is.
fn opened_to(folded: &Folded, roster: &Roster) -> Vec<MessageReader> {
    let opened = folded.opening.opened_to().iter();
    let open = opened.filter(|(_, opened)| opened.until.is_none());
    let reader = |(person, opened): (&PublicKey<DeviceKey>, &Opened)| {
        let devices: Vec<&Person> = roster.devices_of(person).collect();
        let first = devices.first()?;
        let by = folded.said.iter().find(|said| said.id == opened.by)?;
        let author = roster.person(&by.author);
        let author = author.or_else(|| roster.removed_person(&by.author).map(|it| &it.person));
        Some(MessageReader {
            name: first.name.clone(),
            role: first.role,
            is_in: true,
            devices: devices.iter().map(|it| device_code(&it.device)).collect(),
            passed_on: false,
            opened_by: author.map(|author| (author.name.clone(), by.at)),
        })
    };
    open.filter_map(reader).collect()
}

/// How far the roster was when a message came, if that was noted: it is of the mailbox in force alone.
fn stood(device: &Device, roster: &Roster, kept: &StoredMessage) -> Option<Position> {
    let is_in_force = kept.epoch == roster.epoch().number;
    is_in_force.then(|| reach::read(device).stood(kept.sequence))?
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        codec::Blob,
        ids::{Hash, Timestamp},
    };

    use super::*;
    use crate::{
        group::{
            Change, head_after, recipients_hash,
            tests::{admit, approve, founding, key, member_key, turn, write},
        },
        ids::{Epoch, GroupId},
        message::{Audience, KIND_ALERT},
        seal::MemberKey,
        text::Language,
    };

    /// The founder (1), and members 2, 3 and 4, let in at places 2, 4 and 6; 3 is put out at 7.
    fn roster() -> Roster {
        let mut roster = Roster::found(founding(7)).unwrap();
        for who in 2..5 {
            let at = roster.next_position().0;
            write(&mut roster, admit(50 + who, Role::Member)).unwrap();
            write(&mut roster, approve(at, who)).unwrap();
        }
        write(&mut roster, Change::Turn(turn(2, &[3]))).unwrap();
        roster
    }

    fn message(roster: &Roster, at: usize, chosen: &[u8]) -> Message {
        let head = head_after(roster.entries().get(at).unwrap());
        let chosen: Vec<MemberKey> = chosen.iter().map(|who| member_key(*who)).collect();
        Message {
            group: GroupId(Hash([1; 32])),
            epoch: Epoch(1),
            roster: head,
            audience: Audience {
                hash: recipients_hash(&chosen),
                chosen,
            },
            sender: key(1).public(),
            id: MessageId([5; 16]),
            number: 1,
            previous: Hash([0; 32]),
            time: Timestamp(5_000),
            expires: Timestamp(9_000),
            seen: Vec::new(),
            kind: KIND_ALERT,
            body: Blob(b"words".to_vec()),
            extensions: crate::extensions::Extensions::none(),
        }
    }

    fn names(readers: &MessageReaders) -> Vec<(String, bool, bool)> {
        let people = readers.people.iter().flatten();
        people
            .map(|it| (it.name.clone(), it.is_in, it.passed_on))
            .collect()
    }

    #[test]
    fn whoever_it_was_sealed_to_is_named_and_whoever_left_since_too() {
        let roster = roster();
        let of =
            |message: &Message, stood| MessageReaders::in_roster(message, &roster, Position(stood));
        let line = |seed: u8, is_in, passed_on| (format!("Person {seed}"), is_in, passed_on);
        let founder = (roster.people().first().unwrap().name.clone(), true, false);
        // Sealed when 2 and 3 were in; 4 was in when it came.
        let early = message(&roster, 4, &[]);
        let expected = [founder, line(52, true, false), line(53, false, false)];
        assert_eq!(names(&of(&early, 4)), expected);
        let passed_on = [expected.as_slice(), &[line(54, true, true)]].concat();
        assert_eq!(names(&of(&early, 6)), passed_on);
        let chosen = message(&roster, 6, &[3, 9]);
        let chosen = of(&chosen, 6);
        assert_eq!(names(&chosen), [line(53, false, false)]);
        assert_eq!(chosen.unknown, 1);
        let mut elsewhere = early;
        elsewhere.roster = Hash([9; 32]);
        assert_eq!(of(&elsewhere, 6).people, None);
        for language in Language::ALL {
            let said = chosen.text(&Messages::new(language, &[]));
            assert!(said.contains("Person 53"), "{said}");
        }
    }
}
