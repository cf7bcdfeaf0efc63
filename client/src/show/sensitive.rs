//! Whose it is to speak with somebody, for who looks up their number; and sensitive blocks: that there is one, for the page of its case; what it says, for who reads it and asks for it, and for nothing else.
//!
//! No other file puts the words or the kind of a block into text or JSON.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    alert::bounded_block,
    case_view::CaseView,
    inbox::Inbox,
    labels::labels,
    names::{Names, list},
    received::ReceivedAlert,
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
    /// Whether it is the part of an alert that is for few.
    pub is_part: bool,
    /// The message of the case by which it is there.
    pub id: MessageId,
    /// Letters by which people name it.
    pub letters: String,
    /// Who wrote it,
    pub by: String,
    /// and when.
    pub at: Timestamp,
    /// Who reads it, its author first, if that one reads at all.
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
    said: Option<(Vec<SensitiveKind>, Zeroizing<String>)>,
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
        // A defender's device keeps nothing that it could read.
        let author = names.roster.person(&block.author);
        let reads = !block.is_part || author.is_some_and(|it| it.role.reads());
        let first = reads.then(|| by.clone());
        Self {
            is_part: block.is_part,
            id: block.id,
            letters: letters(&block.by).take(LETTERS).collect(),
            readers: first.into_iter().chain(others).collect(),
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
            match (self.is_part, self.is_for_me) {
                (false, true) => "case-sensitive-mine",
                (false, false) => "case-sensitive",
                (true, true) => "case-part-mine",
                (true, false) => "case-part",
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
            "of_alert": self.is_part,
            "for_me": self.is_for_me,
        })
    }
}

fn keys(kinds: &[SensitiveKind]) -> Vec<String> {
    kinds.iter().map(|kind| kind.key().into_owned()).collect()
}

impl BlockView {
    /// All of a case, in the order in which they were written.
    fn all(folded: &Folded, case: &str, me: &PublicKey<DeviceKey>, names: &Names<'_>) -> Vec<Self> {
        let view = |block: &Block| {
            let now = BlockNow::of(block, me, names);
            let said = match block.is_part {
                _ if !now.is_for_me => None,
                true => folded
                    .open_part(block, names.device.member())
                    .map(|part| part.words.into_said()),
                false => {
                    let word = block_here(folded, names.roster, block);
                    let message = word.and_then(|word| word.kept.sent.message.peek().ok());
                    let said = message.and_then(|it| SensitiveBlock::decode(&it.body.0));
                    said.map(|said| (vec![said.kind], Zeroizing::new(said.text)))
                }
            };
            Self {
                now,
                case: case.to_owned(),
                said,
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
        let Some((kinds, text)) = &self.said else {
            return words.say(
                match (self.now.is_part, self.now.is_for_me) {
                    (false, true) => "sensitive-not-here",
                    (false, false) => "sensitive-others",
                    (true, true) => "part-not-here",
                    (true, false) => "part-others",
                },
                &args,
            );
        };
        args.push(("kind", labels(kinds, words).into()));
        let title = match self.now.is_part {
            true => "part-title",
            false => "sensitive-title",
        };
        let read_by = match self.now.is_part {
            true => "part-read-by",
            false => "sensitive-read-by",
        };
        [
            words.say(title, &args),
            bounded_block(text),
            words.say(read_by, &args),
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
            ("kinds", json!(said.map(|(kinds, _)| keys(kinds)))),
            ("text", json!(said.map(|(_, text)| text.as_str()))),
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
