//! Who is in the group, who was invited, and who asks.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, Invitation, PublicKey},
};
use serde_json::{Value, json};

use super::labels::role_name;
use crate::{
    device::{
        ComparedBy, Comparison, ComparisonsFailed, Device, DeviceError, IssuedInvitation,
        RecoveryStep,
        compared::Compared,
        contacts::{Contacts, called},
        issued,
        recovery::step,
        vouched::Vouches,
        wishes::NotListed,
    },
    group::{Invited, Person, Role, Roster, is_same_name, looks_like, named},
    seal::MemberKey,
    text::{Messages, device_code, rfc3339},
};

/// The group as a member's device knows it.
#[derive(Clone, Debug)]
pub struct Members {
    /// What members call it.
    pub group: String,
    /// Everybody, once, in the order in which they came.
    pub people: Vec<MemberLine>,
    /// Invitations that nobody was let in by.
    pub invited: Vec<MemberLine>,
    /// The name of whose device has the pen: writes who is in.
    pub holder: String,
    readers: Vec<(String, Vec<MemberKey>)>,
}

/// One person, or one invitation.
#[derive(Clone, Debug)]
pub struct MemberLine {
    /// What the roster calls the person.
    pub name: String,
    /// Their name, where that is a defender's handle and this device knows whose.
    pub contact: Option<String>,
    /// What they are, or will be.
    pub role: Role,
    /// Where they stand.
    pub standing: Standing,
    /// Whether a device of theirs has the pen: it writes who is in.
    pub has_pen: bool,
    /// The key of a device of a person who is in: of this one for its person, else of the first.
    pub key: Option<PublicKey<DeviceKey>>,
    /// All devices of a person who is in, in the order in which they came.
    pub devices: Vec<DeviceLine>,
    /// Whether it is an invitation for another device of somebody who is in.
    pub is_device: bool,
    /// The code of their device, for comparing over another channel; none when nobody has used the invitation, as far as this device
    /// knows.
    pub device: Option<String>,
    /// What this device's person has compared with that device.
    pub compared: Comparison,
    /// Who else says that they compared with it,
    pub compared_by: Vec<ComparedBy>,
    /// and who that it failed three times in a day.
    pub failed: Vec<ComparisonsFailed>,
    /// When the invitation ends; none for people who are in.
    pub until: Option<Timestamp>,
    /// When the invitation was taken back.
    pub closed: Option<Timestamp>,
    /// The invitation's key; none for people who are in.
    pub invitation: Option<PublicKey<Invitation>>,
    /// Which coordinator has invited them, if the roster does not have the invitation yet.
    pub invited_by: Option<String>,
}

/// One device of somebody who is in.
#[derive(Clone, Debug)]
pub struct DeviceLine {
    /// Its key.
    pub key: PublicKey<DeviceKey>,
    /// Its code.
    pub code: String,
    /// Whether it is this one.
    pub is_this: bool,
    /// Whether it has the pen.
    pub has_pen: bool,
    /// When it came in by a recovery key, by the clock of who wrote that down; none where it came otherwise.
    pub restored: Option<Timestamp>,
    /// What this device's person has compared with it.
    pub compared: Comparison,
    /// Who else says that they compared with it,
    pub compared_by: Vec<ComparedBy>,
    /// and who that it failed three times in a day.
    pub failed: Vec<ComparisonsFailed>,
}

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In the group: this device's person.
    Me,
    /// In the group.
    In,
    /// Invited; has not asked.
    Invited,
    /// Asks to be let in.
    Asks,
    /// The invitation has ended.
    Ended,
    /// A coordinator closed the invitation.
    Closed,
}

impl Standing {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Me | Self::In => "in",
            Self::Invited => "invited",
            Self::Asks => "asks",
            Self::Ended => "ended",
            Self::Closed => "closed",
        }
    }
}

impl Members {
    /// The members that a device knows; `None` for one that knows none.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, now: Timestamp) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        let issued = issued::all(device)?;
        let contacts = Contacts::for_showing(device);
        let me: PublicKey<_> = device.signing().public();
        let compared = Compared::read(device);
        let vouches = Vouches::read(device);
        let device_line = |person: &Person| DeviceLine {
            key: person.device,
            code: device_code(&person.device),
            is_this: person.device == me,
            has_pen: person.device == roster.holder(),
            restored: restored(&roster, person),
            compared: compared.with(person, contacts.name_of(&person.name).as_deref()),
            compared_by: vouches.compared_by(person, &roster),
            failed: vouches.failed(person, &roster),
        };
        let people = roster.persons().map(|person| {
            let devices = roster.devices_of(&person.device);
            let devices: Vec<DeviceLine> = devices.map(device_line).collect();
            let shown = devices.iter().find(|it| it.is_this).or(devices.first());
            MemberLine {
                name: person.name.clone(),
                contact: contacts.name_of(&person.name),
                role: person.role,
                standing: match shown {
                    Some(shown) if shown.is_this => Standing::Me,
                    _ => Standing::In,
                },
                has_pen: devices.iter().any(|it| it.has_pen),
                key: shown.map(|it| it.key),
                device: shown.map(|it| it.code.clone()),
                compared: shown.map(|it| it.compared.clone()).unwrap_or_default(),
                compared_by: shown.map(|it| it.compared_by.clone()).unwrap_or_default(),
                failed: shown.map(|it| it.failed.clone()).unwrap_or_default(),
                devices,
                is_device: false,
                until: None,
                closed: None,
                invitation: None,
                invited_by: None,
            }
        });
        let open = roster.invited().iter();
        let open = open.filter(|invited| !invited.used && !invited.replaced);
        let invited = open.map(|invited| MemberLine {
            name: invited.admit.name.clone(),
            contact: contacts.name_of(&invited.admit.name),
            role: invited.admit.role,
            standing: standing(invited, &issued, now),
            has_pen: false,
            key: None,
            devices: Vec::new(),
            is_device: invited.of.is_some(),
            device: claimed(invited, &issued),
            compared: Comparison::None,
            compared_by: Vec::new(),
            failed: Vec::new(),
            until: Some(invited.admit.expires),
            closed: invited.withdrawn,
            invitation: Some(invited.admit.invitation),
            invited_by: None,
        });
        let not_listed = NotListed::read(device, &roster)?;
        let not_listed = not_listed
            .all()
            .iter()
            .filter(|(_, admit)| roster.invitation(&admit.invitation).is_none());
        let wished = not_listed.map(|(by, admit)| MemberLine {
            name: admit.name.clone(),
            contact: contacts.name_of(&admit.name),
            role: admit.role,
            standing: match admit.expires <= now {
                true => Standing::Ended,
                false => Standing::Invited,
            },
            has_pen: false,
            key: None,
            devices: Vec::new(),
            is_device: false,
            device: None,
            compared: Comparison::None,
            compared_by: Vec::new(),
            failed: Vec::new(),
            until: Some(admit.expires),
            closed: None,
            invitation: Some(admit.invitation),
            invited_by: Some(by.clone()),
        });
        let readers = roster.persons().filter(|person| person.role.reads());
        let holder = roster.person(&roster.holder());
        Ok(Some(Self {
            group: roster.name().to_owned(),
            people: people.collect(),
            invited: invited.chain(wished).collect(),
            holder: holder.map(|it| it.name.clone()).unwrap_or_default(),
            readers: readers
                .map(|person| {
                    let keys = roster.devices_of(&person.device).map(|it| it.key);
                    (person.name.clone(), keys.collect())
                })
                .collect(),
        }))
    }

    /// The newest invitation of whom this name names: those before it were taken back.
    #[must_use]
    pub fn find_invited(&self, name: &str) -> Option<&MemberLine> {
        one_of(name, &self.invited)
    }

    /// The person in the group whom this name names.
    #[must_use]
    pub fn find_person(&self, name: &str) -> Option<&MemberLine> {
        one_of(name, &self.people)
    }

    /// What an alert to the reader whom this name names is sealed to: each of their devices.
    #[must_use]
    pub fn reader(&self, name: &str) -> Option<&[MemberKey]> {
        let found = named(name, &self.readers, |(name, _)| name);
        found.map(|(_, keys)| keys.as_slice())
    }

    /// A name of somebody else that people would take for this one: another program may have written it.
    #[must_use]
    pub fn alike(&self, line: &MemberLine) -> Option<&str> {
        let others = self.lines().filter(|other| !std::ptr::eq(*other, line));
        // One name twice is one person: an invitation that is over, and a newer one.
        let mut others = others.filter(|other| other.name != line.name);
        let other = others.find(|other| looks_like(other.own_name(), line.own_name()));
        other.map(MemberLine::own_name)
    }

    /// Whether the group has more than one coordinator.
    #[must_use]
    pub fn several_coordinate(&self) -> bool {
        let coordinators = self.people.iter();
        coordinators
            .filter(|it| it.role == Role::Coordinator)
            .count()
            > 1
    }

    /// Everybody and all open invitations, in the order in which they are listed.
    pub fn lines(&self) -> impl Iterator<Item = &MemberLine> {
        self.people.iter().chain(&self.invited)
    }
}

/// When a person's device came in by a recovery key, if it did.
fn restored(roster: &Roster, person: &Person) -> Option<Timestamp> {
    let at = usize::try_from(person.since.0).ok()?;
    let entry = roster.entries().get(at)?.peek().ok()?;
    matches!(step(&entry), Some((_, RecoveryStep::Restored))).then_some(entry.time)
}

/// The line that a typed name names: by people's own names, as far as this device knows them, else by what the roster calls them.
/// Nobody, where another defender has the name too: others may have told this device so.
fn one_of<'a>(typed: &str, lines: &'a [MemberLine]) -> Option<&'a MemberLine> {
    let Some(found) = named(typed, lines, MemberLine::own_name) else {
        return named(typed, lines, |line| &line.name);
    };
    let is_twin = |it: &MemberLine| {
        let is_over = matches!(it.standing, Standing::Ended | Standing::Closed);
        !is_over && it.name != found.name && is_same_name(it.own_name(), found.own_name())
    };
    (!lines.iter().any(is_twin)).then_some(found)
}

impl MemberLine {
    /// Their name as far as this device knows it: else what the roster calls them.
    #[must_use]
    pub fn own_name(&self) -> &str {
        self.contact.as_deref().unwrap_or(&self.name)
    }

    /// What people call them: both.
    #[must_use]
    pub fn called(&self) -> String {
        match &self.contact {
            Some(name) => called(name, &self.name),
            None => self.name.clone(),
        }
    }

    /// The role's name in the reader's language.
    #[must_use]
    pub fn role_name(&self, messages: &Messages) -> String {
        role_name(self.role, messages)
    }

    /// Whether it is about this device.
    #[must_use]
    pub fn is_about(&self, device: &PublicKey<DeviceKey>) -> bool {
        self.devices.iter().any(|it| it.key == *device)
    }

    /// The one of their devices whose code begins so.
    #[must_use]
    pub fn device_of(&self, code: &str) -> Option<&DeviceLine> {
        let plain = |code: &str| -> String {
            let plain = code.chars().filter(|it| !it.is_whitespace());
            plain.map(|it| it.to_ascii_lowercase()).collect()
        };
        let typed = plain(code);
        let mut meant = self.devices.iter();
        let mut meant = meant
            .by_ref()
            .filter(|it| plain(&it.code).starts_with(&typed));
        let found = meant.next()?;
        (!typed.is_empty() && meant.next().is_none()).then_some(found)
    }

    /// The same for programs, with the name that people would take this one for.
    #[must_use]
    pub fn to_json(&self, alike: Option<&str>) -> Value {
        json!({
            "name": self.name,
            "contact": self.contact,
            "role": self.role.key(),
            "standing": self.standing.key(),
            "me": self.standing == Standing::Me,
            "pen": self.has_pen,
            "device": self.device,
            "devices": self.devices.iter().map(DeviceLine::to_json).collect::<Vec<_>>(),
            "another_device": self.is_device,
            "compared": self.compared.to_json(),
            "compared_by": self.compared_by.iter().map(ComparedBy::to_json).collect::<Vec<_>>(),
            "failed": self.failed.iter().map(ComparisonsFailed::to_json).collect::<Vec<_>>(),
            "until": self.until.and_then(rfc3339),
            "looks_like": alike,
            "closed": self.closed.and_then(rfc3339),
            "invited_by": self.invited_by,
        })
    }
}

impl DeviceLine {
    fn to_json(&self) -> Value {
        json!({
            "device": self.code,
            "restored": self.restored.and_then(rfc3339),
            "this": self.is_this,
            "pen": self.has_pen,
            "compared": self.compared.to_json(),
        })
    }
}

/// The code of the device that asks.
fn claimed(invited: &Invited, issued: &[IssuedInvitation]) -> Option<String> {
    let mut issued = issued.iter();
    let mine = issued.find(|issued| issued.admitted_at == invited.at)?;
    mine.device().map(|claim| device_code(&claim.device))
}

fn standing(invited: &Invited, issued: &[IssuedInvitation], now: Timestamp) -> Standing {
    let mine = issued
        .iter()
        .find(|issued| issued.admitted_at == invited.at);
    match mine {
        _ if invited.withdrawn.is_some() => Standing::Closed,
        Some(issued) if issued.claim.is_some() => Standing::Asks,
        _ if invited.admit.expires <= now => Standing::Ended,
        _ => Standing::Invited,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, contact: Option<&str>, standing: Standing) -> MemberLine {
        MemberLine {
            name: name.to_owned(),
            contact: contact.map(ToOwned::to_owned),
            role: Role::Defender,
            standing,
            has_pen: false,
            compared: Comparison::None,
            compared_by: Vec::new(),
            failed: Vec::new(),
            key: None,
            devices: Vec::new(),
            is_device: false,
            device: None,
            until: None,
            closed: None,
            invitation: None,
            invited_by: None,
        }
    }

    #[test]
    fn a_typed_name_names_one_line_or_none() {
        let lines = [
            line("Alena", None, Standing::Closed),
            line("D-AAAAA", Some("Alena"), Standing::Invited),
            line("D-BBBBB", Some("Vera"), Standing::In),
            line("D-CCCCC", Some("Vera"), Standing::In),
            line("D-DDDDD", None, Standing::In),
        ];
        for (typed, meant) in [
            ("alena", Some("D-AAAAA")),
            ("Vera", None),
            ("d-bbbbb", Some("D-BBBBB")),
            ("D-DDDDD", Some("D-DDDDD")),
            ("Zoe", None),
        ] {
            let found = one_of(typed, &lines).map(|line| line.name.as_str());
            assert_eq!(found, meant, "{typed}");
        }
    }
}
