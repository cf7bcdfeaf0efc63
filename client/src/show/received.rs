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
    alert::Reading,
    device::{Device, DeviceError, Follows, Senders, StoredMessage, damaged, inbox},
    group::Roster,
    ids::MessageId,
    message::Sender,
    seal::MemberKey,
    text::{Messages, escape, moment_text},
};

/// Fewer characters of an id are a typing error.
const ID_CHARS_MIN: usize = 4;

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
    /// The device that signed it, for telling two apart.
    pub device: String,
    /// How it follows on what the same device said before.
    pub follows: Follows,
    /// How many readers the sender chose; 0 when it went to all.
    pub chosen_readers: usize,
    /// When it was signed, by the sender's clock.
    pub signed: Timestamp,
    /// When it arrived at the relay, by the relay's clock.
    pub arrived: Timestamp,
    /// Its place in the group's mailbox.
    pub sequence: Sequence,
    /// Whether it was shown before.
    pub shown: bool,
    /// What it says, as far as it can be read, and what is odd about that.
    pub reading: Reading,
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
    /// [`DeviceError`].
    pub fn all(&self) -> Result<Vec<ReceivedAlert>, DeviceError> {
        let all = inbox::all(self.device)?.into_iter();
        all.map(|(id, message, shown)| self.view(id, &message, shown))
            .collect()
    }

    /// One message; `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn get(&self, id: MessageId) -> Result<Option<ReceivedAlert>, DeviceError> {
        let message = inbox::find(self.device, id)?;
        message
            .map(|message| self.view(id, &message, false))
            .transpose()
    }

    /// The alert that a text names: a case number, an id, or the beginning of one.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn find(&self, wanted: &str) -> Result<Found, DeviceError> {
        let wanted = wanted.trim();
        let beginning = wanted.to_ascii_lowercase();
        let fits = |id: &MessageId, message: &StoredMessage| {
            message.case.eq_ignore_ascii_case(wanted)
                || (wanted.len() >= ID_CHARS_MIN && id.to_string().starts_with(&beginning))
        };
        let all = inbox::all(self.device)?.into_iter();
        let mut found = all.filter(|(id, message, _)| fits(id, message));
        match (found.next(), found.next()) {
            (Some((id, message, shown)), None) => {
                let view = self.view(id, &message, shown)?;
                Ok(Found::One(Box::new(view)))
            }
            (Some(_), Some(_)) => Ok(Found::Several),
            (None, _) => Ok(Found::Nothing),
        }
    }

    /// Notes that an alert was shown.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn shown(&self, id: MessageId) -> Result<(), DeviceError> {
        inbox::shown(self.device, id)
    }

    fn view(
        &self,
        id: MessageId,
        message: &StoredMessage,
        shown: bool,
    ) -> Result<ReceivedAlert, DeviceError> {
        let verified = message
            .verify(&self.roster, &self.me, &self.senders)
            .map_err(|error| damaged(&message.case, error))?;
        Ok(ReceivedAlert {
            id,
            case: message.case.clone(),
            sender: verified.sender,
            device: verified.message.sender.short(),
            follows: message.follows,
            chosen_readers: verified.message.audience.chosen.len(),
            signed: verified.message.time,
            arrived: message.arrived,
            sequence: message.sequence,
            shown,
            reading: verified.reading,
        })
    }
}

impl ReceivedAlert {
    /// The whole alert, a fact a line.
    #[must_use]
    pub fn page(&self, messages: &Messages) -> String {
        let mut lines = vec![
            messages.say("page-title", &[("case", self.case.as_str().into())]),
            sender_line(&self.sender, messages),
        ];
        match self.follows {
            Follows::InOrder => {}
            Follows::AfterGap => lines.push(messages.plain("page-gap")),
            Follows::Cloned => lines.push(messages.plain("page-cloned")),
        }
        if self.chosen_readers > 0 {
            let count = self.chosen_readers;
            lines.push(messages.say("page-chosen", &[("count", count.into())]));
        }
        let times = [
            ("signed", moment_text(self.signed).into()),
            ("arrived", moment_text(self.arrived).into()),
        ];
        lines.push(messages.say("page-times", &times));
        lines.push(messages.say("page-id", &[("id", self.id.to_string().into())]));
        lines.push(reading_text(&self.reading, messages));
        lines.join("\n")
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
            ("arrived", moment_text(self.arrived).into()),
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
            "chosen_readers": self.chosen_readers,
            "signed": moment_text(self.signed),
            "arrived": moment_text(self.arrived),
            "sequence": self.sequence.0,
            "oddities": oddities,
            "alert": alert,
        })
    }
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
