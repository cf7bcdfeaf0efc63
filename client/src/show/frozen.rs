//! Senders who may be somebody else: what stands on their pages, and the messages that say so.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use crate::{
    device::{Device, DeviceError, contacts::Contacts, frozen},
    group::Roster,
    message::{Freeze, FreezeAct, Frozen, KIND_FREEZE, SaidOfSender, VerifiedMessage, entitled},
    text::{Messages, device_code, escape, rfc3339},
};

/// A message that says it of a sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    act: FreezeAct,
    /// What the group calls the person; `None` for a device that is nobody's.
    name: Option<String>,
    device: String,
    reason: String,
    /// Whether it is said by somebody who may.
    counts: bool,
}

impl Notice {
    /// What a message says of a sender; `None` for any other message.
    #[must_use]
    pub(super) fn of(
        verified: &VerifiedMessage,
        arrived: Timestamp,
        (roster, contacts): (&Roster, &Contacts),
    ) -> Option<Self> {
        let message = &verified.message;
        let freeze = (message.kind == KIND_FREEZE).then(|| Freeze::decode(&message.body.0));
        let said = SaidOfSender {
            id: message.id,
            arrived,
            author: message.sender,
            freeze: freeze.flatten()?,
            is_own_word: false,
        };
        let counts = entitled(&said, roster).is_some();
        let device = said.freeze.device;
        let removed = roster.removed_person(&device);
        let person = roster.person(&device);
        let person = person.or(removed.map(|removed| &removed.person));
        Some(Self {
            act: said.freeze.act,
            name: person.map(|person| contacts.called(&person.name)),
            device: device_code(&device),
            reason: said.freeze.reason,
            counts,
        })
    }

    fn whom(&self) -> String {
        escape(self.name.as_ref().unwrap_or(&self.device))
    }

    /// What it is.
    pub(super) fn heading(&self, messages: &Messages) -> String {
        messages.plain(match self.act {
            FreezeAct::Freeze => "page-title-freeze",
            FreezeAct::Lift => "page-title-lift",
        })
    }

    /// What it says, before who says so.
    pub(super) fn text(&self, messages: &Messages) -> Vec<String> {
        let id = match self.act {
            FreezeAct::Freeze => "page-freeze",
            FreezeAct::Lift => "page-lift",
        };
        let mut lines = vec![messages.say(id, &[("whom", self.whom().into())])];
        lines.extend(reason(&self.reason, messages));
        if !self.counts {
            lines.push(messages.plain("page-freeze-void"));
        }
        lines
    }

    /// For a list.
    pub(super) fn line(&self, messages: &Messages) -> String {
        let id = match self.act {
            FreezeAct::Freeze => "page-line-freeze",
            FreezeAct::Lift => "page-line-lift",
        };
        messages.say(id, &[("whom", self.whom().into())])
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "what": match self.act {
                FreezeAct::Freeze => "freeze",
                FreezeAct::Lift => "lift",
            },
            "name": self.name,
            "device": self.device,
            "reason": self.reason,
            "counts": self.counts,
        })
    }
}

fn reason(said: &str, messages: &Messages) -> Option<String> {
    let words = [("reason", escape(said).into())];
    (!said.is_empty()).then(|| messages.say("page-freeze-reason", &words))
}

impl Frozen {
    /// What stands at the top of a page.
    pub(super) fn lines(&self, messages: &Messages) -> Vec<String> {
        let words = [
            ("by", escape(&self.by).into()),
            ("since", messages.moment(self.since).into()),
        ];
        let id = match self.is_own_word {
            true => "page-frozen-word",
            false => "page-frozen",
        };
        let mut lines = vec![messages.say(id, &words)];
        lines.extend(reason(&self.reason, messages));
        if let Some((by, at)) = &self.lifted {
            let words = [
                ("by", escape(by).into()),
                ("at", messages.moment(*at).into()),
            ];
            lines.push(messages.say("page-frozen-lifted", &words));
        }
        lines
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let lifted = self.lifted.as_ref();
        json!({
            "by": self.by,
            "own_word": self.is_own_word,
            "since": rfc3339(self.since),
            "reason": self.reason,
            "lifted_by": lifted.map(|(by, _)| by),
            "lifted": lifted.and_then(|(_, at)| rfc3339(*at)),
        })
    }
}

/// Everybody in the group who is frozen now, and by whom; `None` for a device that does not know who is in it.
///
/// # Errors
/// [`DeviceError`].
pub fn frozen_people(device: &Device) -> Result<Option<Vec<(String, Frozen)>>, DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(None);
    };
    let contacts = Contacts::for_showing(device);
    let mut all = Vec::new();
    for person in roster.persons() {
        let frozen = frozen::in_force(device, &person.device, &roster)?;
        all.extend(
            frozen
                .into_iter()
                .map(|it| (contacts.called(&person.name), it)),
        );
    }
    Ok(Some(all))
}
