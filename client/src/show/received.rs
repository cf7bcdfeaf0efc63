//! Received alerts: the same view for `watch`, a list, one page and JSON.

use std::sync::Arc;

use bellrope_proto::ids::{Sequence, Timestamp};
use serde_json::{Value, json};

use super::{
    labels::role_name,
    reading::{reading_json, reading_line, reading_text},
    reasons::Explain as _,
};
use crate::{
    alert::{Reading, vocabulary::Kind},
    device::{
        Device, DeviceError, Follows, Senders,
        inbox::{self, Kept},
    },
    group::Roster,
    ids::MessageId,
    message::{Sender, UnverifiedReason},
    seal::MemberKey,
    text::{Messages, escape, moment_text},
};

/// Fewer characters of an id are a typing error.
const ID_CHARS_MIN: usize = 4;

/// Characters of an id that stand for a case number that cannot be read.
const CASE_CHARS: usize = 8;

/// What is needed to verify and show messages: read once for a whole list.
#[derive(Debug)]
pub struct Inbox<'a> {
    device: &'a Device,
    roster: Arc<Roster>,
    senders: Senders,
    me: MemberKey,
}

/// An alert as it was received, and what is known of its sender now.
#[derive(Clone, Debug)]
pub struct ReceivedAlert {
    /// Its id.
    pub id: MessageId,
    /// The number that people call it by.
    pub case: String,
    /// Who sent it, and how sure that is.
    pub sender: Sender,
    /// The device that signed it, for telling two apart; `None` when that cannot be read.
    pub device: Option<String>,
    /// How it follows on what the same device said before.
    pub follows: Follows,
    /// It arrived at the relay later than its sender allowed.
    pub late: bool,
    /// It says something that this program must be updated for.
    pub newer: bool,
    /// How many readers the sender chose; 0 when it went to all.
    pub chosen_readers: usize,
    /// When it was signed, by the sender's clock; `None` when that cannot be read.
    pub signed: Option<Timestamp>,
    /// When it arrived at the relay, by the relay's clock; `None` when that cannot be read.
    pub arrived: Option<Timestamp>,
    /// Its place in the group's mailbox; `None` when that cannot be read.
    pub sequence: Option<Sequence>,
    /// Whether it was shown before.
    pub shown: bool,
    /// What it says, as far as it can be read, and what is odd about that.
    pub reading: Reading,
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
            roster,
            senders: Senders::read(device)?,
            me: device.member().to_key(),
        }))
    }

    /// Everything that was received, oldest first.
    ///
    /// # Errors
    /// [`DeviceError`], but not for single files that are damaged.
    pub fn all(&self) -> Result<Listing, DeviceError> {
        let kept = inbox::all(self.device)?;
        let alerts = kept.messages.iter();
        Ok(Listing {
            alerts: alerts
                .map(|(id, kept, shown)| self.view(*id, kept, *shown))
                .collect(),
            damaged: kept.damaged,
        })
    }

    /// One message; `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn get(&self, id: MessageId) -> Result<Option<ReceivedAlert>, DeviceError> {
        let kept = inbox::find_kept(self.device, id)?;
        Ok(kept.map(|kept| self.view(id, &kept, false)))
    }

    /// The alert that a text names: a case number, an id, or the beginning of one.
    ///
    /// # Errors
    /// [`DeviceError`], also when it is not found and may be in a file that is damaged.
    pub fn find(&self, wanted: &str) -> Result<Found, DeviceError> {
        let wanted = wanted.trim();
        let beginning = wanted.to_ascii_lowercase();
        let fits = |id: &MessageId, kept: &Kept| {
            let is_case = match kept {
                Kept::Message(message) => message.case.eq_ignore_ascii_case(wanted),
                Kept::Other(_) => false,
            };
            is_case || (wanted.len() >= ID_CHARS_MIN && id.to_string().starts_with(&beginning))
        };
        let all = inbox::all(self.device)?;
        let mut found = all.messages.iter().filter(|(id, kept, _)| fits(id, kept));
        match (found.next(), found.next(), all.damaged) {
            (Some((id, kept, shown)), None, _) => {
                Ok(Found::One(Box::new(self.view(*id, kept, *shown))))
            }
            (Some(_), Some(_), _) => Ok(Found::Several),
            (None, _, Some(damaged)) => Err(damaged),
            (None, _, None) => Ok(Found::Nothing),
        }
    }

    /// Notes that an alert was shown.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn shown(&self, id: MessageId) -> Result<(), DeviceError> {
        inbox::shown(self.device, id)
    }

    /// Whatever is kept has a view: what cannot be verified any more is shown as from nobody, not hidden.
    fn view(&self, id: MessageId, kept: &Kept, shown: bool) -> ReceivedAlert {
        let message = match kept {
            Kept::Message(message) => message,
            Kept::Other(bytes) => return ReceivedAlert::of_another_version(id, bytes, shown),
        };
        let Ok(verified) = message.verify(&self.roster, &self.me, &self.senders) else {
            let other = ReceivedAlert::of_another_version(id, message.sent.message.bytes(), shown);
            let said = message.sent.message.peek().ok();
            return ReceivedAlert {
                case: message.case.clone(),
                device: said.as_ref().map(|said| said.sender.short()),
                signed: said.as_ref().map(|said| said.time),
                arrived: Some(message.arrived),
                sequence: Some(message.sequence),
                reading: said.map_or(other.reading, |said| said.reading()),
                ..other
            };
        };
        ReceivedAlert {
            id,
            case: message.case.clone(),
            sender: verified.sender,
            device: Some(verified.message.sender.short()),
            follows: message.follows,
            late: verified.late,
            newer: verified.newer,
            chosen_readers: verified.message.audience.chosen.len(),
            signed: Some(verified.message.time),
            arrived: Some(message.arrived),
            sequence: Some(message.sequence),
            shown,
            reading: verified.reading,
        }
    }
}

impl ReceivedAlert {
    /// A file of which only the words can be shown. It goes by the beginning of its id.
    fn of_another_version(id: MessageId, bytes: &[u8], shown: bool) -> Self {
        Self {
            id,
            case: id.to_string().chars().take(CASE_CHARS).collect(),
            sender: Sender::Unverified(UnverifiedReason::OtherVersion),
            device: None,
            follows: Follows::InOrder,
            late: false,
            newer: false,
            chosen_readers: 0,
            signed: None,
            arrived: None,
            sequence: None,
            shown,
            reading: Reading::of_bytes(bytes),
        }
    }

    /// The whole alert, a fact a line.
    #[must_use]
    pub fn page(&self, messages: &Messages) -> String {
        let mut lines = vec![sender_line(&self.sender, messages)];
        match self.follows {
            Follows::InOrder => {}
            Follows::AfterGap => lines.push(messages.plain("page-gap")),
            Follows::Cloned => lines.push(messages.plain("page-cloned")),
        }
        if self.late {
            lines.push(messages.plain("page-late"));
        }
        if self.newer {
            lines.push(messages.plain("page-newer"));
        }
        if self.chosen_readers > 0 {
            let count = self.chosen_readers;
            lines.push(messages.say("page-chosen", &[("count", count.into())]));
        }
        let times = [
            ("signed", when(self.signed, messages).into()),
            ("arrived", when(self.arrived, messages).into()),
        ];
        lines.push(messages.say("page-times", &times));
        [
            self.heading(messages),
            reading_text(&self.reading, &lines, messages),
            messages.say("page-id", &[("id", self.id.to_string().into())]),
        ]
        .join("\n")
    }

    /// What it is, and its number. Only what calls for help is headed as an alert.
    fn heading(&self, messages: &Messages) -> String {
        let kind = self.reading.fields().map(|fields| fields.kind);
        let id = match kind {
            Some(Kind::Flash | Kind::Full) => "page-title",
            Some(Kind::Update) => "page-title-update",
            Some(Kind::Correction) => "page-title-correction",
            Some(Kind::Withdrawal) => "page-title-withdrawal",
            Some(Kind::Closure) => "page-title-closure",
            Some(Kind::CheckIn) => "page-title-check-in",
            Some(Kind::Drill) => "page-title-drill",
            Some(Kind::Unlisted(_)) | None => "page-title-other",
        };
        messages.say(id, &[("case", self.case.as_str().into())])
    }

    /// One line for a list.
    #[must_use]
    pub fn line(&self, messages: &Messages) -> String {
        let name = match &self.sender {
            Sender::Known { name, .. } | Sender::Invited { name, .. } => escape(name),
            Sender::Unverified(_) => messages.plain("page-unverified-short"),
        };
        let args = [
            ("case", self.case.as_str().into()),
            ("arrived", when(self.arrived, messages).into()),
            ("sender", name.into()),
            ("summary", reading_line(&self.reading, messages).into()),
        ];
        messages.say("page-line", &args)
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (status, name, role, why) = match &self.sender {
            Sender::Known { name, role } => ("known", Some(name), Some(role.key()), None),
            Sender::Invited { name, role } => ("invited", Some(name), Some(role.key()), None),
            Sender::Unverified(why) => ("unverified", None, None, Some(why.key())),
        };
        let (alert, oddities) = reading_json(&self.reading);
        json!({
            "id": self.id.to_string(),
            "case": self.case,
            "shown": self.shown,
            "sender": {
                "status": status,
                "name": name,
                "role": role,
                "why": why,
                "device": self.device,
            },
            "follows": match self.follows {
                Follows::InOrder => "in_order",
                Follows::AfterGap => "after_gap",
                Follows::Cloned => "cloned",
            },
            "late": self.late,
            "needs_update": self.newer,
            "chosen_readers": self.chosen_readers,
            "signed": self.signed.map(moment_text),
            "arrived": self.arrived.map(moment_text),
            "sequence": self.sequence.map(|sequence| sequence.0),
            "oddities": oddities,
            "alert": alert,
        })
    }
}

fn when(at: Option<Timestamp>, messages: &Messages) -> String {
    at.map_or_else(|| messages.plain("page-time-unknown"), moment_text)
}

fn sender_line(sender: &Sender, messages: &Messages) -> String {
    let (id, name, role) = match sender {
        Sender::Known { name, role } => ("page-known", name, *role),
        Sender::Invited { name, role } => ("page-invited", name, *role),
        Sender::Unverified(why) => {
            let reason = why.explain(messages);
            return messages.say("page-unverified", &[("reason", reason.into())]);
        }
    };
    let args = [
        ("name", escape(name).into()),
        ("role", role_name(role, messages).into()),
    ];
    messages.say(id, &args)
}
