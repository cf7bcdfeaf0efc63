//! How one received alert is shown: the same in `watch`, `inbox` and `show`.

use serde_json::{Value, json};

use super::members::{role_key, role_name};
use crate::{
    alert::{AlertId, render, summary_line, to_json},
    clock::moment_text,
    device::{Device, DeviceError},
    failure::Failure,
    inbox::{Follows, Kept, Senders},
    judge::{Heard, Sender, Why},
    roster::Roster,
    screen::escape,
    words::Words,
};

/// What is needed to judge and show: read once for a whole list.
#[derive(Debug)]
pub(super) struct Reading {
    roster: Roster,
    senders: Senders,
    me: crate::seal::MemberKey,
}

impl Reading {
    pub(super) fn of(device: &Device) -> Result<Self, Failure> {
        Ok(Self {
            roster: device
                .roster()?
                .ok_or_else(|| Failure::new("error-no-inbox"))?,
            senders: Senders::read(device)?,
            me: device.member().to_key(),
        })
    }

    fn judge(&self, kept: &Kept) -> Result<Heard, Failure> {
        kept.judge(&self.roster, &self.me, &self.senders)
            .map_err(|_| DeviceError::Damaged(kept.case.clone()).into())
    }

    /// The whole alert.
    pub(super) fn page(&self, id: AlertId, kept: &Kept, words: &Words) -> Result<String, Failure> {
        let heard = self.judge(kept)?;
        let mut lines = vec![
            words.say("page-title", &[("case", kept.case.as_str().into())]),
            sender_line(&heard.sender, words),
        ];
        match kept.follows {
            Follows::InOrder => {}
            Follows::AfterGap => lines.push(words.plain("page-gap")),
            Follows::Cloned => lines.push(words.plain("page-cloned")),
        }
        if !heard.message.audience.chosen.is_empty() {
            let count = heard.message.audience.chosen.len();
            lines.push(words.say("page-chosen", &[("count", count.into())]));
        }
        let times = [
            ("signed", moment_text(heard.message.time).into()),
            ("arrived", moment_text(kept.arrived).into()),
        ];
        lines.push(words.say("page-times", &times));
        lines.push(words.say("page-id", &[("id", id.to_string().into())]));
        lines.push(render(&heard.alert, words));
        Ok(lines.join("\n"))
    }

    /// One line for a list.
    pub(super) fn line(&self, kept: &Kept, words: &Words) -> Result<String, Failure> {
        let heard = self.judge(kept)?;
        let name = match &heard.sender {
            Sender::Known { name, .. } | Sender::Invited { name, .. } => escape(name),
            Sender::Unverified(_) => words.plain("page-unverified-short"),
        };
        let words_of = [
            ("case", kept.case.as_str().into()),
            ("arrived", moment_text(kept.arrived).into()),
            ("sender", name.into()),
            ("summary", summary_line(&heard.alert, words).into()),
        ];
        Ok(words.say("page-line", &words_of))
    }

    /// The alert for programs.
    pub(super) fn json(&self, id: AlertId, kept: &Kept, shown: bool) -> Result<Value, Failure> {
        let heard = self.judge(kept)?;
        let (status, name, role, why) = match &heard.sender {
            Sender::Known { name, role } => ("known", Some(name), Some(*role), None),
            Sender::Invited { name, role } => ("invited", Some(name), Some(*role), None),
            Sender::Unverified(why) => ("unverified", None, None, Some(why_key(*why))),
        };
        Ok(json!({
            "id": id.to_string(),
            "case": kept.case,
            "shown": shown,
            "sender": {
                "status": status,
                "name": name,
                "role": role.map(role_key),
                "why": why,
                "device": heard.message.sender.short(),
            },
            "follows": match kept.follows {
                Follows::InOrder => "in_order",
                Follows::AfterGap => "after_gap",
                Follows::Cloned => "cloned",
            },
            "chosen_readers": heard.message.audience.chosen.len(),
            "signed": moment_text(heard.message.time),
            "arrived": moment_text(kept.arrived),
            "sequence": kept.sequence.0,
            "alert": to_json(&heard.alert),
        }))
    }
}

fn sender_line(sender: &Sender, words: &Words) -> String {
    match sender {
        Sender::Known { name, role } => words.say(
            "page-known",
            &[
                ("name", escape(name).into()),
                ("role", role_name(*role, words).into()),
            ],
        ),
        Sender::Invited { name, role } => words.say(
            "page-invited",
            &[
                ("name", escape(name).into()),
                ("role", role_name(*role, words).into()),
            ],
        ),
        Sender::Unverified(why) => {
            let reason = words.plain(&format!("why-{}", why_key(*why).replace('_', "-")));
            words.say("page-unverified", &[("reason", reason.into())])
        }
    }
}

fn why_key(why: Why) -> &'static str {
    match why {
        Why::Unknown => "unknown",
        Why::InvitationTaken => "invitation_taken",
        Why::InvitationEnded => "invitation_ended",
        Why::Observer => "observer",
        Why::OtherRoster => "other_roster",
        Why::Late => "late",
    }
}
