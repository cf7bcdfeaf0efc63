//! What a member says in a case: that somebody has read the alert, who leads, where it stands, notes, and facts. What all of it comes to is in `case`.

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    answer::{ANSWER_CHARS_MAX, NAME_CHARS_MAX},
    erasing::{ErasedWords, ForgetWords},
    facts::FactsWords,
    files::{FilesWords, HandedOnWords, SavedWords},
    freeze::REASON_CHARS_MAX,
    keep::KeepWords,
    note_to::NoteToWords,
    opened_to::ReadersWords,
    sensitive::{BlockWords, WidenedWords},
    translation::OfTranslation,
};
use crate::{
    alert::part::SensitivePart,
    alert::vocabulary::{CaseState, ClosingReason, Kind, Receipt, Vocabulary as _},
    extensions::Extensions,
    ids::MessageId,
    numbered::numbered,
};

/// The kind of a message whose body is a [`CaseMessage`]. Critical: who does not know it must be told that there is more, as somebody may
/// lead already.
pub(crate) const KIND_CASE: u16 = 25;

/// Messages of the case that one names as seen.
pub(crate) const SEEN_MAX: usize = 16;

/// Characters of a note.
pub(crate) const NOTE_CHARS_MAX: usize = 8_000;

/// What such a message says. What it is about can be read by programs that do not know what it says: they keep it in its case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseMessage {
    /// Which alert began the case: its id,
    pub(crate) alert: MessageId,
    /// and [`Message::hash`](super::Message::hash), which nobody knows who has not read it.
    pub(crate) alert_hash: Hash,
    /// The newest messages of the case that its author had: those that no other one of them names. By their hashes, so that they cannot go
    /// round in a circle.
    pub(crate) seen: Vec<Hash>,
    /// What is said: 1 a receipt, 2 a state, 3 a note, 4 facts, 5 an answer to the alert's sender, 6 to whom the case is open, 7 a note for some
    /// of those who read it, 8 a translation, 9 whether somebody was reached who did not check in,
    /// 10 how far the saving of an original is, 11 whether somebody wishes that it is forgotten, 12 that a device has erased it,
    /// 13 that it is kept longer, 14 files, 15 that there is a sensitive block, 16 who else
    /// reads one, 17 that an original is handed on.
    pub(crate) act: u16,
    /// That.
    pub(crate) words: Blob,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// What a person does about an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReceiptWords {
    /// What.
    pub(crate) receipt: Receipt,
    /// To whose device it is handed over.
    pub(crate) to: Option<PublicKey<Device>>,
    /// The message by which somebody led when this was said, as far as its author knew; none when nobody did.
    pub(crate) over: Option<Hash>,
    /// Why; may be empty.
    pub(crate) reason: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// Where the case stands from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StateWords {
    /// Where.
    pub(crate) state: CaseState,
    /// Why it is closed, in a message that closes it and in no other.
    pub(crate) closing: Option<ClosingReason>,
    /// The message by which it stood where it stood before, as far as its author knew.
    pub(crate) over: Option<Hash>,
    /// In their words; may be empty.
    pub(crate) reason: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// A note for everybody who reads the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoteWords {
    /// The note.
    pub(crate) text: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// What the alert's sender was answered. It goes to them by itself; here it is for everybody who reads the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnswerWords {
    /// What.
    pub(crate) text: String,
    /// The name that its author gave them; empty for "a member of the group".
    pub(crate) name: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

numbered! {
    /// What came of trying to reach somebody.
    pub(crate) enum Reached: u16 {
        /// 1: a person has spoken with them, and they are well.
        Yes = 1,
        /// 2: nobody could be reached.
        No = 2,
    }
}

/// Whether somebody was reached who did not check in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReachWords {
    /// Whether.
    pub(crate) reached: Reached,
    /// How, in the author's words; may be empty.
    pub(crate) reason: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// What the alert's sender says afterwards: an alert of its own that names the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SenderWords {
    /// What it does: an update, a correction, a withdrawal, a closure.
    pub(crate) kind: Kind,
    /// In a line.
    pub(crate) summary: String,
    /// What few read of it.
    pub(crate) part: Option<Box<SensitivePart>>,
}

/// What one message does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CaseAct {
    /// See [`ReceiptWords`].
    Receipt(ReceiptWords),
    /// See [`StateWords`].
    State(StateWords),
    /// See [`NoteWords`].
    Note(NoteWords),
    /// See [`AnswerWords`].
    Answer(AnswerWords),
    /// See [`SenderWords`].
    OfSender(SenderWords),
    /// See [`FactsWords`].
    Facts(FactsWords),
    /// See [`ReadersWords`].
    Readers(ReadersWords),
    /// See [`NoteToWords`].
    NoteTo(NoteToWords),
    /// See [`OfTranslation`].
    Translation(OfTranslation),
    /// See [`ReachWords`].
    Reach(ReachWords),
    /// See [`BlockWords`].
    Block(BlockWords),
    /// See [`WidenedWords`].
    Widened(WidenedWords),
    /// See [`FilesWords`].
    Files(Box<FilesWords>),
    /// See [`SavedWords`].
    Saved(SavedWords),
    /// See [`HandedOnWords`].
    HandedOn(HandedOnWords),
    /// See [`ForgetWords`].
    Forget(ForgetWords),
    /// See [`ErasedWords`].
    Erased(ErasedWords),
    /// See [`KeepWords`].
    Keep(KeepWords),
    /// Something that this program must be updated for.
    Newer,
}

impl CaseMessage {
    /// What this program writes.
    #[must_use]
    pub(crate) fn new(
        (alert, alert_hash): (MessageId, Hash),
        seen: Vec<Hash>,
        act: &CaseAct,
    ) -> Option<Self> {
        let (number, words) = match act {
            CaseAct::Receipt(words) => (1, codec::encode(words)),
            CaseAct::State(words) => (2, codec::encode(words)),
            CaseAct::Note(words) => (3, codec::encode(words)),
            CaseAct::Answer(words) => (5, codec::encode(words)),
            CaseAct::Facts(words) => (4, codec::encode(words)),
            CaseAct::Readers(words) => (6, codec::encode(words)),
            CaseAct::NoteTo(words) => (7, codec::encode(words)),
            CaseAct::Translation(said) => (8, codec::encode(&said.write())),
            CaseAct::Reach(words) => (9, codec::encode(words)),
            CaseAct::Saved(words) => (10, codec::encode(words)),
            CaseAct::Files(words) => (14, codec::encode(words)),
            CaseAct::Block(words) => (15, codec::encode(words)),
            CaseAct::Widened(words) => (16, codec::encode(words)),
            CaseAct::HandedOn(words) => (17, codec::encode(words)),
            CaseAct::Forget(words) => (11, codec::encode(words)),
            CaseAct::Erased(words) => (12, codec::encode(words)),
            CaseAct::Keep(words) => (13, codec::encode(words)),
            // The alert says it.
            CaseAct::OfSender(_) | CaseAct::Newer => return None,
        };
        Some(Self {
            alert,
            alert_hash,
            seen,
            act: number,
            words: Blob(words),
            extensions: Extensions::none(),
        })
    }

    /// Reads a body; `None` for what is of no case that can be told.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        (read.seen.len() <= SEEN_MAX).then_some(read)
    }

    /// What it says. What breaks a rule or goes over a limit was not written by a program that keeps them: perhaps a later one.
    #[must_use]
    pub(crate) fn act(&self) -> CaseAct {
        let known = match self.act {
            _ if self.extensions.has_critical() => None,
            1 => self
                .words()
                .and_then(ReceiptWords::checked)
                .map(CaseAct::Receipt),
            2 => self
                .words()
                .and_then(StateWords::checked)
                .map(CaseAct::State),
            3 => self.words().and_then(NoteWords::checked).map(CaseAct::Note),
            5 => self
                .words()
                .and_then(AnswerWords::checked)
                .map(CaseAct::Answer),
            4 => self
                .words()
                .and_then(FactsWords::checked)
                .map(CaseAct::Facts),
            6 => self
                .words()
                .and_then(ReadersWords::checked)
                .map(CaseAct::Readers),
            7 => self
                .words()
                .and_then(NoteToWords::checked)
                .map(CaseAct::NoteTo),
            8 => self
                .words()
                .and_then(OfTranslation::of_words)
                .map(CaseAct::Translation),
            9 => self
                .words()
                .and_then(ReachWords::checked)
                .map(CaseAct::Reach),
            10 => self
                .words()
                .and_then(SavedWords::checked)
                .map(CaseAct::Saved),
            14 => self
                .words()
                .and_then(FilesWords::checked)
                .map(|words| CaseAct::Files(Box::new(words))),
            15 => self
                .words()
                .and_then(BlockWords::checked)
                .map(CaseAct::Block),
            16 => self
                .words()
                .and_then(WidenedWords::checked)
                .map(CaseAct::Widened),
            17 => self
                .words()
                .and_then(HandedOnWords::checked)
                .map(CaseAct::HandedOn),
            11 => self
                .words()
                .and_then(ForgetWords::checked)
                .map(CaseAct::Forget),
            12 => self
                .words()
                .and_then(ErasedWords::checked)
                .map(CaseAct::Erased),
            13 => self.words().and_then(KeepWords::checked).map(CaseAct::Keep),
            _ => None,
        };
        known.unwrap_or(CaseAct::Newer)
    }

    fn words<T: Serialize + DeserializeOwned>(&self) -> Option<T> {
        codec::decode(&self.words.0).ok()
    }
}

impl ReceiptWords {
    fn checked(self) -> Option<Self> {
        let is_known = self.receipt.is_listed() && !self.extensions.has_critical();
        let has_whom = self.to.is_some() == (self.receipt == Receipt::HandedOver);
        (is_known && has_whom && is_short(&self.reason)).then_some(self)
    }
}

impl StateWords {
    fn checked(self) -> Option<Self> {
        let is_known = self.state.is_listed() && !self.extensions.has_critical();
        let has_why = self.closing.is_some() == (self.state == CaseState::Closed);
        (is_known && has_why && is_short(&self.reason)).then_some(self)
    }
}

impl ReachWords {
    fn checked(self) -> Option<Self> {
        (is_short(&self.reason) && !self.extensions.has_critical()).then_some(self)
    }
}

impl NoteWords {
    fn checked(self) -> Option<Self> {
        let fits = self.text.chars().count() <= NOTE_CHARS_MAX;
        (fits && !self.text.is_empty() && !self.extensions.has_critical()).then_some(self)
    }
}

impl AnswerWords {
    fn checked(self) -> Option<Self> {
        let fits = self.text.chars().count() <= ANSWER_CHARS_MAX
            && self.name.chars().count() <= NAME_CHARS_MAX;
        (fits && !self.text.is_empty() && !self.extensions.has_critical()).then_some(self)
    }
}

pub(super) fn is_short(reason: &str) -> bool {
    reason.chars().count() <= REASON_CHARS_MAX
}
