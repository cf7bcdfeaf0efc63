//! Whose it is to speak with somebody, for who looks up their number; and sensitive blocks: that there is one, for the page of its case; what it says, for who reads it and asks for it, and for nothing else.
//!
//! No other file puts the words or the kind of a block into text or JSON.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::{
    alert::bounded_block,
    case::{CaseView, Names, list},
    labels::label,
    received::{Inbox, ReceivedAlert},
};
use crate::{
    alert::vocabulary::{SensitiveKind, Vocabulary as _},
    case::{Block, letters},
    device::{DeviceError, Folded},
    ids::MessageId,
    message::{Sender, SensitiveBlock},
    sync::block_here,
    text::{Messages, escape, rfc3339},
};

/// Letters by which people name a block.
const LETTERS: usize = 4;

/// That there is a block, and who reads it. Everybody in the case may know that: so nobody asks the person a second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockNow {
    /// The message of the case by which it is there.
    pub id: MessageId,
    /// Letters by which people name it.
    pub letters: String,
    /// Who wrote it,
    pub by: String,
    /// and when.
    pub at: Timestamp,
    /// Who reads it, its author first.
    pub readers: Vec<String>,
    /// Whether this device's person does.
    pub is_for_me: bool,
    /// Whether they may let others read it.
    pub may_widen: bool,
}

/// A block, for who reads it.
#[derive(Clone, Debug)]
pub struct BlockView {
    /// That it is there.
    pub now: BlockNow,
    /// The number of its case.
    case: String,
    /// What it says, if this device's person reads it and it is here.
    said: Option<(SensitiveKind, String)>,
}

impl BlockNow {
    pub(super) fn of(block: &Block, me: &PublicKey<DeviceKey>, names: &Names<'_>) -> Self {
        let me = names.person(me);
        let mut others: Vec<String> = block
            .readers
            .iter()
            .map(|(reader, _)| names.of(reader))
            .collect();
        others.sort_unstable();
        let by = names.of(&block.author);
        Self {
            id: block.id,
            letters: letters(&block.by).take(LETTERS).collect(),
            readers: [by.clone()].into_iter().chain(others).collect(),
            by,
            at: block.at,
            is_for_me: block.is_read_by(&me),
            may_widen: block.may_widen(&me),
        }
    }

    fn args(&self) -> [(&'static str, crate::text::Arg<'_>); 4] {
        [
            ("block", self.letters.as_str().into()),
            ("count", self.readers.len().into()),
            ("names", list(&self.readers).into()),
            ("name", escape(&self.by).into()),
        ]
    }

    /// For the page of its case.
    pub(super) fn line(&self, case: &str, words: &Messages) -> String {
        let mut args = self.args().to_vec();
        args.push(("case", case.into()));
        args.push(("at", words.moment(self.at).into()));
        words.say(
            match self.is_for_me {
                true => "case-sensitive-mine",
                false => "case-sensitive",
            },
            &args,
        )
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "block": self.letters,
            "id": self.id.to_string(),
            "name": self.by,
            "at": rfc3339(self.at),
            "readers": self.readers,
            "for_me": self.is_for_me,
        })
    }
}

impl BlockView {
    /// All of a case, in the order in which they were written.
    fn all(folded: &Folded, case: &str, me: &PublicKey<DeviceKey>, names: &Names<'_>) -> Vec<Self> {
        let view = |block: &Block| {
            let now = BlockNow::of(block, me, names);
            let word = block_here(folded, names.roster, block).filter(|_| now.is_for_me);
            let message = word.and_then(|word| word.kept.sent.message.peek().ok());
            let said = message.and_then(|message| SensitiveBlock::decode(&message.body.0));
            Self {
                now,
                case: case.to_owned(),
                said: said.map(|said| (said.kind, said.text)),
            }
        };
        folded.blocks.iter().map(view).collect()
    }

    /// In words, with what it says.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let mut args = self.now.args().to_vec();
        args.push(("case", self.case.as_str().into()));
        args.push(("at", words.moment(self.now.at).into()));
        let Some((kind, text)) = &self.said else {
            return words.say(
                match self.now.is_for_me {
                    true => "sensitive-not-here",
                    false => "sensitive-others",
                },
                &args,
            );
        };
        args.push(("kind", label(*kind, words).into()));
        [
            words.say("sensitive-title", &args),
            bounded_block(text),
            words.say("sensitive-read-by", &args),
        ]
        .join("\n")
    }

    /// For programs: what it says too.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut value = self.now.to_json();
        let said = self.said.as_ref();
        let more = [
            ("case", json!(self.case)),
            ("kind", json!(said.map(|(kind, _)| kind.key()))),
            ("text", json!(said.map(|(_, text)| text))),
        ];
        if let Some(object) = value.as_object_mut() {
            for (key, value) in more {
                object.insert(key.to_owned(), value);
            }
        }
        value
    }
}

impl Inbox<'_> {
    /// The open cases of a defender, by what the roster calls them, in which somebody else alone speaks with them: to be read before any number.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn not_to_call(&self, handle: &str) -> Result<Vec<CaseView>, DeviceError> {
        let mut cases = self.cases_with_words()?;
        cases.retain(|case| {
            let is_theirs = match &case.alert.sender {
                Sender::Known { name, .. } | Sender::Invited { name, .. } => name == handle,
                Sender::Unverified(_) => false,
            };
            is_theirs && !case.now.is_closed() && case.now.facts.is_anothers_to_call()
        });
        Ok(cases)
    }

    /// The sensitive blocks of a case; `None` where the alert is not here, or begins none.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn blocks(&self, alert: &ReceivedAlert) -> Result<Option<Vec<BlockView>>, DeviceError> {
        let folded = Folded::read(self.device, alert.id)?;
        let me = self.device.signing().public();
        let names = self.names();
        Ok(folded.map(|(_, _, folded)| BlockView::all(&folded, &alert.case, &me, &names)))
    }
}
