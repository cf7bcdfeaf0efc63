//! Everything that came to this device: read, verified, and found by what people call it. How one alert is shown stands in `received.rs`.

use std::sync::{Arc, OnceLock};

use super::{
    case_now::CaseNow,
    frozen::Notice,
    received::{ReceivedAlert, name_in_roster},
};
use crate::{
    alert::Reading,
    clock::now,
    device::{
        Comparison, Device, DeviceError, Senders, StoredMessage,
        answers::{self, Answers},
        attached::{self, Here},
        compared::Compared,
        contacts::Contacts,
        frozen,
        inbox::{self, Kept, Known},
        opened, seen,
        vouched::Vouches,
        wishes::NotListed,
    },
    group::Roster,
    ids::MessageId,
    message::{KIND_ALERT, Message, SaidOfSender, Sender, freezes},
    parallel,
    seal::MemberKey,
};

/// Fewer characters of an id, or of a case number, are a typing error.
const PART_CHARS_MIN: usize = 4;

/// What is needed to verify and show messages: read once for a whole list.
#[derive(Debug)]
pub struct Inbox<'a> {
    pub(super) device: &'a Device,
    pub(super) roster: Arc<Roster>,
    senders: Senders,
    not_listed: NotListed,
    compared: Compared,
    vouches: Vouches,
    pub(super) contacts: Contacts,
    pub(super) answers: Answers,
    pub(super) frozen: Vec<SaidOfSender>,
    /// Parts of photographs and papers that are here.
    pub(super) parts: Here,
    me: MemberKey,
    /// What was listed to find one.
    pub(super) listed: OnceLock<inbox::Listing>,
}

/// Everything that was received.
#[derive(Debug)]
pub struct Listing {
    /// Oldest first.
    pub alerts: Vec<ReceivedAlert>,
    /// The first file that does not open. Say so: what is in it cannot be shown.
    pub damaged: Option<DeviceError>,
}

/// What a text that should name one alert names.
#[derive(Clone, Debug)]
pub enum Found {
    /// One alert.
    One(Box<ReceivedAlert>),
    /// More than one.
    Several,
    /// None.
    Nothing,
}

impl<'a> Inbox<'a> {
    /// The inbox of a device; `None` for one that does not read.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn open(device: &'a Device) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        Ok(Some(Self {
            device,
            senders: Senders::read(device)?,
            not_listed: NotListed::read(device, &roster)?,
            roster,
            compared: Compared::read(device),
            vouches: Vouches::read(device),
            contacts: Contacts::for_showing(device),
            answers: answers::read(device),
            frozen: frozen::read(device)?,
            parts: attached::here(device),
            me: device.member().to_key(),
            listed: OnceLock::new(),
        }))
    }

    /// Everything that was received, oldest first.
    ///
    /// # Errors
    /// [`DeviceError`], but not for single files that are damaged.
    pub fn all(&self) -> Result<Listing, DeviceError> {
        let (all, mut words) = self.all_with_words()?;
        let with_words = (1_usize..)
            .zip(all.messages)
            .map(|(number, it)| (number, words.remove(&it.0).unwrap_or_default(), it));
        let alert = |(number, words, (id, kept, shown)): (_, _, (MessageId, Kept, bool))| {
            let now = self.case_now(&kept, words);
            ReceivedAlert {
                number: Some(number),
                ..self.view(id, kept, shown, now)
            }
        };
        Ok(Listing {
            alerts: parallel::map(with_words.collect(), alert),
            damaged: all.damaged,
        })
    }

    /// A message that is not in the inbox, as there was no room for it.
    #[must_use]
    pub(crate) fn not_kept(&self, id: MessageId, message: StoredMessage) -> ReceivedAlert {
        let kept = Kept::Message(Box::new(message.into()));
        // What was said about it comes after it, and has no room either.
        let now = self.case_now(&kept, Vec::new());
        self.view(id, kept, false, now)
    }

    /// One message; `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn get(&self, id: MessageId) -> Result<Option<ReceivedAlert>, DeviceError> {
        let Some(kept) = inbox::find_kept(self.device, id)? else {
            return Ok(None);
        };
        let now = self.case_now(&kept, self.words_of(id)?);
        Ok(Some(self.view(id, kept, false, now)))
    }

    /// The alert that a text names: its number in the list, a case number or the end of one, an id, or the beginning of one.
    ///
    /// # Errors
    /// [`DeviceError`], also when it is not found and may be in a file that is damaged.
    pub fn find(&self, wanted: &str) -> Result<Found, DeviceError> {
        let all = inbox::all(self.device)?;
        let names = all.messages.iter().map(|(id, kept, _)| match kept {
            Kept::Message(message) => (*id, message.case.as_str()),
            Kept::Other(_) => (*id, ""),
        });
        // What is said about an alert that is here has its number, which names that one.
        let has_own = |at: usize| match all.messages.get(at) {
            Some((_, Kept::Message(message), _)) => !self.is_about_another(message),
            Some((_, Kept::Other(_), _)) | None => false,
        };
        let found = named(wanted, names, has_own);
        match found.as_slice() {
            [at] => {
                let Some((id, kept, shown)) = all.messages.get(*at) else {
                    return Ok(Found::Nothing);
                };
                let now = self.case_now(kept, self.words_of(*id)?);
                let found = ReceivedAlert {
                    number: Some(at.saturating_add(1)),
                    ..self.view(*id, kept.clone(), *shown, now)
                };
                // Whoever looks for others like it need not read them again.
                let _ = self.listed.set(all);
                Ok(Found::One(Box::new(found)))
            }
            [_, ..] => Ok(Found::Several),
            [] => all.damaged.map_or(Ok(Found::Nothing), Err),
        }
    }

    /// Whether a message is about an earlier alert that is here, and is not from whoever sent that one.
    fn is_anothers(&self, message: &Message, reading: &Reading) -> bool {
        let original = reading.fields().and_then(|it| it.original);
        let original = original.filter(|_| message.kind == KIND_ALERT);
        let original = original.and_then(|id| inbox::find(self.device, id).ok().flatten());
        let original = original.and_then(|kept| kept.sent.message.peek().ok());
        original.is_some_and(|original| {
            let (one, other) = (&original.sender, &message.sender);
            one != other && !self.roster.is_same_person(one, other)
        })
    }

    /// Whether it is about an earlier alert, and has its number.
    fn is_about_another(&self, kept: &Known) -> bool {
        let said = kept.said();
        let said = said.filter(|said| said.message.kind == KIND_ALERT);
        let original = said.and_then(|said| said.reading.fields()?.original);
        original.is_some_and(|id| matches!(inbox::has(self.device, id), Ok(true)))
    }

    /// Notes that an alert was shown.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn shown(&self, id: MessageId) -> Result<(), DeviceError> {
        inbox::shown(self.device, id)?;
        opened::note(self.device, id, now())?;
        seen::note(self.device, id)
    }

    /// Whatever is kept has a view: what cannot be verified any more is shown as from nobody, not hidden.
    pub(super) fn view(
        &self,
        id: MessageId,
        kept: Kept,
        shown: bool,
        now: Option<Arc<CaseNow>>,
    ) -> ReceivedAlert {
        let mut message = match kept {
            Kept::Message(message) => message,
            Kept::Other(bytes) => return ReceivedAlert::of_another_version(id, &bytes, shown),
        };
        let Ok(verified) =
            message.verify(&self.roster, &self.me, (&self.senders, &self.not_listed))
        else {
            let other = ReceivedAlert::of_another_version(id, message.sent.message.bytes(), shown);
            let said = message.sent.message.peek().ok();
            return ReceivedAlert {
                case: message.case.clone(),
                now,
                device: said.as_ref().map(|said| said.sender.short()),
                signed: said.as_ref().map(|said| said.time),
                arrived: Some(message.arrived),
                sequence: Some(message.sequence),
                week: message.week,
                reading: said.map_or(other.reading, |said| said.reading()),
                ..other
            };
        };
        let person = self.roster.person(&verified.message.sender);
        let failed =
            person.map_or_else(Vec::new, |person| self.vouches.failed(person, &self.roster));
        let compared = match verified.sender {
            Sender::Known { .. } => {
                let device = &verified.message.sender;
                let name_of = |handle: &str| self.contacts.name_of(handle);
                self.compared.with_device(device, &self.roster, name_of)
            }
            Sender::Invited { .. } | Sender::Unverified(_) => Comparison::None,
        };
        let contact = name_in_roster(&verified.sender).and_then(|it| self.contacts.of(it));
        let (contact, contact_from) = contact.map(|it| (it.name.clone(), it.from.clone())).unzip();
        let notice = Notice::of(&verified, message.arrived, (&self.roster, &self.contacts));
        let mut frozen = freezes(&self.frozen, &verified.message.sender, &self.roster);
        frozen.retain(|frozen| frozen.covers(message.arrived));
        ReceivedAlert {
            id,
            number: None,
            anothers: self.is_anothers(&verified.message, &verified.reading),
            frozen,
            notice,
            now,
            case: message.case.clone(),
            contact,
            contact_from: contact_from.flatten(),
            sender: verified.sender,
            device: Some(verified.message.sender.short()),
            compared,
            failed,
            follows: message.follows,
            passed_on_by: verified.passed_on,
            opened_by: verified.opened_by,
            open_to_removed: (verified.open_to_removed.iter())
                .map(|name| self.contacts.called(name))
                .collect(),
            late: verified.late,
            newer: verified.newer,
            chosen_readers: verified.message.audience.chosen.len(),
            signed: Some(verified.message.time),
            arrived: Some(message.arrived),
            sequence: Some(message.sequence),
            week: message.week,
            shown,
            attachments: self.attachments(id, &verified.reading),
            reading: verified.reading,
        }
    }
}

/// The places in the list that a text names. The most exact way in which it names any is the one that was meant: a number is not also
/// the beginning of an id.
fn named<'a>(
    wanted: &str,
    names: impl Iterator<Item = (MessageId, &'a str)>,
    has_own: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let wanted = wanted.trim().trim_start_matches('#').to_ascii_uppercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let (mut exact, mut near) = (Vec::new(), Vec::new());
    let mut count = 0_usize;
    for (at, (id, case)) in names.enumerate() {
        count = at.saturating_add(1);
        if case == wanted && has_own(at) {
            exact.push(at);
        }
        // A sender is told the number without its country, and a second case of the same number has a letter more.
        let is_part =
            |text: &str| wanted.len() >= PART_CHARS_MIN && text.starts_with(wanted.as_str());
        let year = case.split_once('-').map_or("", |(_, rest)| rest);
        let letters = year.split_once('-').map_or("", |(_, rest)| rest);
        let id = id.to_string().to_ascii_uppercase();
        let by_case = [case, year, letters].into_iter().any(is_part);
        if (by_case && has_own(at)) || is_part(&id) {
            near.push(at);
        }
    }
    let number = wanted.parse::<usize>().ok();
    match number.filter(|number| (1..=count).contains(number)) {
        Some(number) => vec![number.saturating_sub(1)],
        None if exact.is_empty() => near,
        None => exact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_what_it_names_most_exactly() {
        let id = |byte| MessageId([byte; 16]);
        let names = [
            (id(0x11), "BY-2026-7KQ4"),
            (id(0x22), "BY-2026-7KQ4X"),
            (id(0x33), "RU-2026-ABCD"),
            (id(0x44), ""),
        ];
        for (text, places) in [
            ("BY-2026-7KQ4", vec![0]),
            (" by-2026-7kq4x ", vec![1]),
            ("2026-7KQ4", vec![0, 1]),
            ("7KQ4X", vec![1]),
            ("abcd", vec![2]),
            ("2", vec![1]),
            ("#3", vec![2]),
            ("1111", vec![0]),
            ("44444444444444444444444444444444", vec![3]),
            ("5", vec![]),
            ("7KQ", vec![]),
            ("0", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(named(text, names.into_iter(), |_| true), places, "{text}");
        }
    }
}
