//! What a defender was answered: shown once, and kept nowhere after that. Nobody's name is in it but one that they gave on purpose.

use bellrope_proto::ids::{Hash, Timestamp};
use serde_json::{Value, json};

use super::alert::bounded_block;
use crate::{
    device::{Device, DeviceError, answers},
    message::Answered,
    text::{Messages, escape, rfc3339},
};

/// Answers that nobody was shown yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The oldest first.
    pub answers: Vec<AnswerView>,
    hashes: Vec<Hash>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerView {
    /// The number by which members call the alert that it is about.
    pub case: String,
    /// When it was written, by its author's clock.
    pub at: Timestamp,
    /// What it says.
    pub what: Answered,
    /// The name that its author gave; none for "a member of the group".
    pub name: Option<String>,
    /// Its words; empty where it has none.
    pub text: String,
}

impl Answers {
    /// What nobody was shown yet.
    #[must_use]
    pub fn unshown(device: &Device) -> Self {
        let all = answers::unshown(device);
        let hashes = all.iter().map(|it| it.hash).collect();
        let views = all.into_iter().filter_map(|it| {
            let answer = it.answer;
            Some(AnswerView {
                case: answer.case,
                at: answer.time,
                what: Answered::try_from(answer.what).ok()?,
                name: (!answer.name.is_empty()).then_some(answer.name),
                text: answer.text,
            })
        });
        Self {
            answers: views.collect(),
            hashes,
        }
    }

    /// Notes that they were shown: nothing of them is on this device after that.
    ///
    /// # Errors
    /// [`DeviceError`]; they are shown again then.
    pub fn shown(&self, device: &Device) -> Result<(), DeviceError> {
        match self.hashes.is_empty() {
            true => Ok(()),
            false => answers::shown(device, &self.hashes),
        }
    }
}

impl AnswerView {
    /// In words.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let who = match &self.name {
            Some(name) => words.say("answer-by-name", &[("name", escape(name).into())]),
            None => words.plain("answer-by-member"),
        };
        let args = [
            ("case", escape(&self.case).into()),
            ("at", words.moment(self.at).into()),
            ("who", who.into()),
        ];
        match self.what {
            Answered::Read => words.say("answer-read", &args),
            Answered::Led => words.say("answer-led", &args),
            Answered::Words => {
                let head = words.say("answer-words", &args);
                format!("{head}\n{}", bounded_block(&self.text))
            }
        }
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "answer": self.what.key(),
            "case": self.case,
            "at": rfc3339(self.at),
            "name": self.name,
            "text": self.text,
        })
    }
}
