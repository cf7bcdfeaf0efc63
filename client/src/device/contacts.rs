//! Who defenders are and how to reach them, as this device's person knows it: the roster has only their handles.

use std::time::Duration;

use bellrope_proto::{codec, ids::Timestamp};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{
    group::{NameError, check_name, is_same_name, named},
    message::check_reach,
};

const CONTACTS: &str = "contacts";

const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// More than a group has people and invitations in many years. Beyond it the oldest that others gave go.
const CONTACTS_MAX: usize = 4_096;

/// One defender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What the roster calls them.
    pub handle: String,
    /// Their name.
    pub name: String,
    /// How to reach them, in one line; may be empty.
    pub reach: String,
    /// Which member said so; `None` for what this device's own person wrote.
    pub from: Option<String>,
    /// When that was said, by its author's clock.
    pub time: Timestamp,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts(Vec<Contact>);

impl Contacts {
    /// What a device knows.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn read(device: &Device) -> Result<Self, DeviceError> {
        Ok(device.files().read(CONTACTS)?.unwrap_or_default())
    }

    /// The same for showing what was received: handles are shown without names where the file cannot be used, and no alert is hidden for it.
    #[must_use]
    pub fn for_showing(device: &Device) -> Self {
        Self::read(device).unwrap_or_else(|error| {
            tracing::warn!(%error, "who defenders are cannot be read");
            Self::default()
        })
    }

    /// All of them, in the order in which they were made.
    #[must_use]
    pub fn all(&self) -> &[Contact] {
        &self.0
    }

    /// That of a handle.
    #[must_use]
    pub fn of(&self, handle: &str) -> Option<&Contact> {
        self.0.iter().find(|contact| contact.handle == handle)
    }

    /// The one whom a typed name or handle names.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<&Contact> {
        let by_handle = named(typed, &self.0, |contact| &contact.handle);
        by_handle.or_else(|| {
            let found = named(typed, &self.0, |contact| &contact.name)?;
            // Others may call two people by one name: it is not guessed who was meant.
            let is_twin = |it: &Contact| it != found && is_same_name(&it.name, &found.name);
            (!self.0.iter().any(is_twin)).then_some(found)
        })
    }

    /// The name of whom the roster calls so, if it is known.
    #[must_use]
    pub fn name_of(&self, handle: &str) -> Option<String> {
        self.of(handle).map(|contact| contact.name.clone())
    }

    /// What people call somebody whom the roster calls so: with the name, where that is known.
    #[must_use]
    pub fn called(&self, in_roster: &str) -> String {
        match self.of(in_roster) {
            Some(contact) => called(&contact.name, in_roster),
            None => in_roster.to_owned(),
        }
    }

    /// Takes one in, in the place of what was known of the same handle. What this device's person wrote stays against what others
    /// say, and what is newer against what is older. Says whether it did.
    fn take(&mut self, contact: Contact) -> bool {
        if let Some(known) = self.0.iter_mut().find(|it| it.handle == contact.handle) {
            let is_own = known.from.is_none() && contact.from.is_some();
            let is_old = contact.from.is_some() && contact.time < known.time;
            let is_new = !is_own && !is_old && *known != contact;
            if is_new {
                *known = contact;
            }
            return is_new;
        }
        if self.0.len() >= CONTACTS_MAX {
            let Some(oldest) = self.0.iter().position(|it| it.from.is_some()) else {
                return false;
            };
            self.0.remove(oldest);
        }
        self.0.push(contact);
        true
    }
}

/// A defender with the name that this device's person knows.
#[must_use]
pub(crate) fn called(name: &str, handle: &str) -> String {
    format!("{name} ({handle})")
}

/// Why a contact was not written down.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    /// It is no name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Who it is was not said.
    #[error("the contact has no name yet")]
    NoName,
    /// How to reach them is too long, or has characters that are not seen.
    #[error("how to reach the contact does not fit in 500 characters that can be seen")]
    Reach,
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// Writes down who a defender is, or how to reach them, as this device's person says; what is not said stays.
///
/// # Errors
/// [`ContactError`].
pub fn note(
    device: &Device,
    handle: &str,
    (name, reach): (Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<Contact, ContactError> {
    let known = Contacts::read(device)?.of(handle).cloned();
    let name = name.map(check_name).transpose()?;
    let reach = match reach {
        Some(reach) => Some(check_reach(reach).ok_or(ContactError::Reach)?),
        None => None,
    };
    let (known_name, known_reach) = known.map(|known| (known.name, known.reach)).unzip();
    let contact = Contact {
        handle: handle.to_owned(),
        name: name.or(known_name).ok_or(ContactError::NoName)?,
        reach: reach.or(known_reach).unwrap_or_default(),
        from: None,
        time: now,
    };
    take(device, contact.clone())?;
    Ok(contact)
}

/// Writes one down; on disk before this returns. Says whether it was new.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn take(device: &Device, contact: Contact) -> Result<bool, DeviceError> {
    change(device, |contacts| contacts.take(contact))
}

/// Forgets one.
///
/// # Errors
/// [`DeviceError`].
pub fn forget(device: &Device, handle: &str) -> Result<(), DeviceError> {
    change(device, |contacts| {
        contacts.0.retain(|contact| contact.handle != handle);
    })
}

/// Forgets one that was written by then: who was let in again since is somebody whom people know.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn forget_before(
    device: &Device,
    handle: &str,
    at: Timestamp,
) -> Result<(), DeviceError> {
    change(device, |contacts| {
        let goes = |it: &Contact| it.handle == handle && it.time <= at;
        contacts.0.retain(|contact| !goes(contact));
    })
}

fn change<T>(device: &Device, change: impl FnOnce(&mut Contacts) -> T) -> Result<T, DeviceError> {
    let lock = device.files().lock_within(LockName::State, LOCK_PATIENCE)?;
    let _lock = lock.ok_or(DeviceError::Busy)?;
    let before = Contacts::read(device)?;
    let mut contacts = before.clone();
    let done = change(&mut contacts);
    if contacts != before {
        device.files().write(CONTACTS, &codec::encode(&contacts))?;
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{address::RelayAddress, signing::PublicKey};

    use super::*;
    use crate::device::fixtures;
    use crate::{
        membership::{NewGroup, create},
        show::{Inbox, Members},
    };

    fn contact(handle: &str, name: &str, from: Option<&str>, time: u64) -> Contact {
        Contact {
            handle: handle.to_owned(),
            name: name.to_owned(),
            reach: String::new(),
            from: from.map(ToOwned::to_owned),
            time: Timestamp(time),
        }
    }

    #[test]
    fn ones_own_word_stays_and_of_others_the_newest() {
        let mut contacts = Contacts::default();
        let mut take = |name, from, time| contacts.take(contact("D-AAAAA", name, from, time));
        assert!(take("Vera", Some("Anna"), 10));
        assert!(!take("Olga", Some("Boris"), 9), "older");
        assert!(take("Vera K.", Some("Boris"), 11));
        assert!(take("Vera Own", None, 5), "one's own, whenever");
        assert!(!take("Olga", Some("Anna"), 99));
        assert_eq!(contacts.called("D-AAAAA"), "Vera Own (D-AAAAA)");
        assert_eq!(contacts.called("Anna"), "Anna");
    }

    #[test]
    fn a_damaged_book_hides_no_alert_and_nobody_in_the_group() {
        let dir = tempfile::tempdir().unwrap();
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay.unwrap(),
        };
        let (home, now) = (dir.path().join("nina"), Timestamp(1_000_000));
        let nina = create(&home, &"a long enough passphrase".into(), &group, now).unwrap();
        take(&nina, contact("D-AAAAA", "Vera", None, 1)).unwrap();
        std::fs::write(home.join(CONTACTS), b"rubbish").unwrap();
        assert!(Contacts::read(&nina).is_err());
        let inbox = Inbox::open(&nina).unwrap().unwrap();
        assert!(inbox.all().unwrap().damaged.is_none());
        assert_eq!(Members::of(&nina, now).unwrap().unwrap().people.len(), 1);
        // What was there is not written over.
        assert!(take(&nina, contact("D-BBBBB", "Olga", None, 2)).is_err());
    }

    #[test]
    fn a_full_book_keeps_what_its_owner_wrote() {
        let mut contacts = Contacts::default();
        contacts.take(contact("D-OWN22", "Own", None, 1));
        for number in 1..CONTACTS_MAX + 5 {
            let handle = format!("D-{number}");
            assert!(contacts.take(contact(&handle, "Somebody", Some("Anna"), 1)));
        }
        assert_eq!(contacts.all().len(), CONTACTS_MAX);
        assert!(contacts.of("D-OWN22").is_some());
        assert!(contacts.of("D-1").is_none());
        // It is read again, which a frame of that length would not be.
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        device
            .files()
            .write(CONTACTS, &codec::encode(&contacts))
            .unwrap();
        assert_eq!(Contacts::read(&device).unwrap(), contacts);
    }

    #[test]
    fn a_name_or_a_handle_names_one() {
        let contacts = Contacts(vec![
            contact("D-7KQ4M", "Vera", None, 1),
            contact("D-AAAAA", "Vera", Some("Anna"), 1),
            contact("D-BBBBB", "Алена", None, 1),
        ]);
        for (typed, handle) in [
            ("d-7kq4m", "D-7KQ4M"),
            (" D-BBBBB ", "D-BBBBB"),
            ("алена", "D-BBBBB"),
        ] {
            assert_eq!(contacts.find(typed).unwrap().handle, handle, "{typed}");
        }
        for nobody in ["Zoe", "Vera"] {
            assert!(contacts.find(nobody).is_none(), "{nobody}");
        }
    }
}
