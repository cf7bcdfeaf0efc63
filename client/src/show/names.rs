//! What people call those who speak in cases.

use bellrope_proto::signing::{Device as DeviceKey, PublicKey};

use super::received::CASE_CHARS;
use crate::{
    device::{Contacts, Device, answers::Answers, inbox, tombstones},
    group::Roster,
    ids::MessageId,
    message::Fact,
    seal::MemberKey,
    text::{device_code, escape},
};

/// What people call those who speak in cases.
pub(super) struct Names<'a> {
    pub(super) roster: &'a Roster,
    pub(super) contacts: &'a Contacts,
    /// And what became of answers to who sent the alerts.
    pub(super) answers: &'a Answers,
    pub(super) device: &'a Device,
}

impl Names<'_> {
    /// Who has a device, as the roster tells people apart.
    pub(super) fn person(&self, device: &PublicKey<DeviceKey>) -> PublicKey<DeviceKey> {
        self.roster.person_of(device).unwrap_or(*device)
    }

    /// Who has a device with this key, or had it, and whether it is in the group; `None` of a key that is nobody's.
    pub(super) fn of_key(&self, key: &MemberKey) -> Option<(String, bool)> {
        let here = self.roster.people().iter().map(|it| (it, true));
        let gone = self.roster.removed().iter().map(|it| (&it.person, false));
        let (person, is_in) = here.chain(gone).find(|(it, _)| it.key == *key)?;
        Some((self.contacts.called(&person.name), is_in))
    }

    /// Whether who has a device is in the group.
    pub(super) fn is_in(&self, device: &PublicKey<DeviceKey>) -> bool {
        self.roster.whoever(&self.person(device)).is_some()
    }

    /// Whether it links with a case that was forgotten: that was not to be found by the others.
    pub(super) fn is_of_forgotten(&self, fact: &Fact) -> bool {
        matches!(fact, Fact::Link(to, _) if tombstones::has(self.device, *to))
    }

    /// The number of the case that begins with an alert; the beginning of its id, where it is not here.
    pub(super) fn case(&self, alert: MessageId) -> String {
        let kept = inbox::find(self.device, alert).ok().flatten();
        let case = kept.map(|kept| kept.case);
        case.unwrap_or_else(|| alert.to_string().chars().take(CASE_CHARS).collect())
    }

    /// Of somebody in the group, or who was; else the code of the device.
    pub(super) fn of(&self, device: &PublicKey<DeviceKey>) -> String {
        let removed = || self.roster.removed_person(device).map(|it| &it.person);
        let person = self.roster.person(device).or_else(removed);
        person.map_or_else(
            || device_code(device),
            |person| self.contacts.called(&person.name),
        )
    }
}

pub(super) fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| escape(name)).collect();
    names.join(", ")
}
