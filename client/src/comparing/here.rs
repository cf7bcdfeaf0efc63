//! Face to face, and without a network: the digits of two people's keys, and what is noted when these were compared. And the number
//! of the whole group.

use std::sync::Arc;

use bellrope_proto::ids::Timestamp;

use super::numbers::{HALF_DIGITS, both, half_of_device, half_of_reader, of_group};
use crate::{
    device::{
        Device, DeviceError, How, Outcome,
        compared::{self, Mark},
        contacts::Contacts,
    },
    group::{Person, Role, Roster, named},
    ids::Epoch,
    message::Vouched,
    show::role_name,
    sync::{ComposeError, follow_up, say},
    text::Messages,
};

/// Why there is nothing to compare.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The device waits to be let in: nobody has its keys yet.
    #[error("this device is not in the group yet")]
    Waits,
    /// A defender's, which knows no names.
    #[error("a defender's device knows nobody by name")]
    NoNames,
    /// Nobody in the group has this name.
    #[error("nobody in the group has this name")]
    NoSuchPerson(String),
    /// That is this device's own person.
    #[error("one cannot compare with oneself")]
    Oneself,
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// Two people face to face, as a member's device has it.
#[derive(Clone, Debug)]
pub struct Here {
    person: Person,
    called: Called,
    mine: String,
    theirs: String,
}

impl Here {
    /// What people call the other.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.called.both
    }

    /// Whether the other is a defender: their device shows and takes one half at a time, as it does not know who this is.
    #[must_use]
    pub fn is_with_defender(&self) -> bool {
        self.person.role == Role::Defender
    }

    /// The name of what they are, in the reader's language.
    #[must_use]
    pub fn role_name(&self, messages: &Messages) -> String {
        role_name(self.person.role, messages)
    }

    /// All digits: the same on both screens.
    #[must_use]
    pub fn digits(&self) -> String {
        both(&self.mine, &self.theirs)
    }

    /// The half that stands for this device's person.
    #[must_use]
    pub fn mine(&self) -> &str {
        &self.mine
    }

    /// The half that stands for the other.
    #[must_use]
    pub fn theirs(&self) -> &str {
        &self.theirs
    }
}

/// What people call somebody.
#[derive(Clone, Debug)]
pub(super) struct Called {
    /// A defender's own name, where this device knows it.
    own: Option<String>,
    /// With the handle, if there is one.
    pub(super) both: String,
}

/// The person whom this name names, who is somebody else, and what people call them.
///
/// # Errors
/// [`CompareError`].
pub(super) fn other(
    device: &Device,
    name: &str,
) -> Result<(Arc<Roster>, Person, Called), CompareError> {
    let Some(roster) = device.roster()? else {
        return Err(match device.state()?.credential {
            Some(_) => CompareError::NoNames,
            None => CompareError::Waits,
        });
    };
    let contacts = Contacts::for_showing(device);
    let person = named(name, roster.people(), |person| &person.name).or_else(|| {
        let contact = contacts.find(name)?;
        let mut people = roster.people().iter();
        people.find(|person| person.name == contact.handle)
    });
    let person = person
        .ok_or_else(|| CompareError::NoSuchPerson(name.to_owned()))?
        .clone();
    if roster.is_same_person(&person.device, &device.signing().public()) {
        return Err(CompareError::Oneself);
    }
    let called = Called {
        own: contacts.name_of(&person.name),
        both: contacts.called(&person.name),
    };
    Ok((roster, person, called))
}

/// The digits for comparing with whom this name names.
///
/// # Errors
/// [`CompareError`].
pub fn here(device: &Device, name: &str) -> Result<Here, CompareError> {
    let (roster, person, called) = other(device, name)?;
    let me = device.signing().public();
    let group = roster.id();
    let my_key = device.member().to_key();
    let mine = match person.role {
        // All that their device has of this one.
        Role::Defender => half_of_reader(group, &my_key),
        _ => half_of_device(group, &me, &my_key),
    };
    Ok(Here {
        theirs: half_of_device(group, &person.device, &person.key),
        called,
        person,
        mine,
    })
}

/// Notes what a person said of the digits. Whether it was the third failure in a day, of which everybody is told.
///
/// # Errors
/// [`DeviceError`].
pub fn note_here(
    device: &Device,
    here: &Here,
    outcome: Outcome,
    now: Timestamp,
) -> Result<bool, DeviceError> {
    let person = &here.person;
    let noted = compared::change(device, |compared| {
        compared.note(Mark {
            name: here.called.own.as_ref().unwrap_or(&person.name).clone(),
            device: person.device,
            key: person.key,
            outcome,
            how: How::Here,
            at: now,
            call: None,
            told: false,
        })
    })?;
    follow_up(device, person, noted, now)
}

/// Tells the group that this person has compared, as their word.
///
/// # Errors
/// [`ComposeError`]; nothing is told then.
pub fn tell_here(device: &Device, here: &Here, now: Timestamp) -> Result<(), ComposeError> {
    tell(device, &here.person, Vouched::Here, now)
}

pub(super) fn tell(
    device: &Device,
    person: &Person,
    what: Vouched,
    now: Timestamp,
) -> Result<(), ComposeError> {
    say(device, person, what, now)?;
    compared::change(device, |compared| compared.tell(&person.device))?;
    Ok(())
}

/// Who compares on this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// One who knows the others by name.
    ByName,
    /// A defender.
    AsDefender,
}

impl Compare {
    /// Who does on this device.
    ///
    /// # Errors
    /// [`CompareError::Waits`], and the device's.
    pub fn on(device: &Device) -> Result<Self, CompareError> {
        if device.roster()?.is_some() {
            return Ok(Self::ByName);
        }
        match device.state()?.view {
            Some(_) => Ok(Self::AsDefender),
            None => Err(CompareError::Waits),
        }
    }
}

/// The half of a defender's device: what its person reads out.
///
/// # Errors
/// [`DeviceError`].
pub fn own_half(device: &Device) -> Result<String, DeviceError> {
    let group = device.state()?.group;
    let (me, key) = (device.signing().public(), device.member().to_key());
    Ok(half_of_device(group, &me, &key))
}

/// What a defender typed of the other's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedHalf {
    /// Other than so many digits.
    Incomplete,
    /// The digits of somebody whom what is sent from here is sealed to. It is noted.
    AReader,
    /// Of nobody whom this device seals to.
    Nobody,
}

/// Compares what a defender heard with everybody to whom their device seals.
///
/// # Errors
/// [`CompareError`]; nothing is noted then.
pub fn compare_typed(
    device: &Device,
    digits: &str,
    now: Timestamp,
) -> Result<TypedHalf, CompareError> {
    if digits.len() != HALF_DIGITS {
        return Ok(TypedHalf::Incomplete);
    }
    let view = device.state()?.view.ok_or(CompareError::Waits)?;
    let mut readers = view.readers.iter();
    let Some(key) = readers.find(|key| half_of_reader(view.group, key) == digits) else {
        return Ok(TypedHalf::Nobody);
    };
    compared::change(device, |compared| compared.met(*key, now))?;
    Ok(TypedHalf::AReader)
}

/// What a member reads out for the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupNumber {
    /// Twelve digits.
    pub digits: String,
    /// The epoch that it is of.
    pub epoch: Epoch,
    /// How many entries the roster has: who has fewer is behind.
    pub entries: usize,
}

/// The group's number, with digits in it that the people just said; `None` for a device that has no roster.
///
/// # Errors
/// [`DeviceError`].
pub fn group_number(device: &Device, said: &str) -> Result<Option<GroupNumber>, DeviceError> {
    let roster = device.roster()?;
    Ok(roster.map(|roster| {
        let epoch = roster.epoch().number;
        GroupNumber {
            digits: of_group(roster.id(), epoch, &roster.head(), said),
            epoch,
            entries: roster.entries().len(),
        }
    }))
}
