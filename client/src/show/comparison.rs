//! What was compared with a device, in words and for programs.

use serde_json::{Value, json};

use crate::{
    device::{ComparedBy, Comparison, ComparisonsFailed, How, Outcome},
    text::{Messages, escape, rfc3339},
};

impl Comparison {
    /// What stands beside the sender of what came: that this person compared, and nothing where they did not.
    #[must_use]
    pub(crate) fn beside(&self, name: &str, messages: &Messages) -> Option<String> {
        match self {
            Self::Done {
                outcome: Outcome::Same,
                ..
            } => Some(self.say("page", name, messages)),
            _ => None,
        }
    }

    /// What has to be read before anything that the device signed.
    #[must_use]
    pub(crate) fn warning(&self, name: &str, messages: &Messages) -> Option<String> {
        match self {
            Self::OtherDevice { .. }
            | Self::Done {
                outcome: Outcome::Differ,
                ..
            } => Some(self.say("page", name, messages)),
            _ => None,
        }
    }

    /// What stands under somebody's line in the list of members.
    #[must_use]
    pub fn line(&self, name: &str, messages: &Messages) -> Option<String> {
        (*self != Self::None).then(|| self.say("members", name, messages))
    }

    fn say(&self, place: &str, name: &str, messages: &Messages) -> String {
        let (what, at) = match self {
            Self::None => return String::new(),
            Self::OtherDevice { at } => ("other", at),
            Self::Done { outcome, how, at } => match (outcome, how) {
                (Outcome::Same, How::Here) => ("here", at),
                (Outcome::Same, How::Call) => ("call", at),
                (Outcome::Differ, _) => ("differ", at),
            },
        };
        let words = [
            ("name", escape(name).into()),
            ("at", messages.moment(*at).into()),
        ];
        messages.say(&format!("{place}-compared-{what}"), &words)
    }

    /// The same for programs.
    #[must_use]
    pub(crate) fn to_json(&self) -> Value {
        let (result, how, at) = match self {
            Self::None => return Value::Null,
            Self::OtherDevice { at } => ("other_device", None, at),
            Self::Done { outcome, how, at } => {
                let result = match outcome {
                    Outcome::Same => "same",
                    Outcome::Differ => "differ",
                };
                (result, Some(how.key()), at)
            }
        };
        json!({ "result": result, "how": how, "at": rfc3339(*at) })
    }
}

impl How {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Call => "call",
        }
    }
}

/// So many who say that they compared stand in a list; of the rest, how many there are.
const COMPARED_BY_MAX: usize = 3;

/// What others say of their comparisons with somebody's device, for the list of members: alarms first.
#[must_use]
pub fn others_lines(
    compared_by: &[ComparedBy],
    failed: &[ComparisonsFailed],
    messages: &Messages,
) -> Vec<String> {
    let mut lines: Vec<String> = failed
        .iter()
        .map(|failed| failed.say("members-comparisons-failed", messages))
        .collect();
    let shown = compared_by.iter().take(COMPARED_BY_MAX);
    lines.extend(shown.map(|by| {
        let words = [
            ("name", escape(&by.name).into()),
            ("at", messages.moment(by.at).into()),
        ];
        messages.say(&format!("members-compared-by-{}", by.how.key()), &words)
    }));
    let rest = compared_by.len().saturating_sub(COMPARED_BY_MAX);
    if rest > 0 {
        lines.push(messages.say("members-compared-by-more", &[("count", rest.into())]));
    }
    lines
}

impl ComparisonsFailed {
    /// In plain words, what it means and what to do.
    #[must_use]
    pub fn say(&self, id: &str, messages: &Messages) -> String {
        let words = [
            ("by", escape(&self.by).into()),
            ("about", escape(&self.about).into()),
            ("at", messages.moment(self.at).into()),
        ];
        messages.say(id, &words)
    }

    /// The same for programs.
    #[must_use]
    pub(crate) fn to_json(&self) -> Value {
        json!({ "name": self.by, "at": rfc3339(self.at) })
    }
}

impl ComparedBy {
    /// The same for programs.
    #[must_use]
    pub(crate) fn to_json(&self) -> Value {
        json!({ "name": self.name, "how": self.how.key(), "at": rfc3339(self.at) })
    }
}
