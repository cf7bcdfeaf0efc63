//! A case as this device has it: the alert, what was said about it, and what that comes to.

use std::sync::Arc;

use bellrope_proto::ids::Hash;

use super::{
    cases::{self, Shelf, Word},
    files::DeviceError,
    frozen, inbox,
    inbox::{Known, StoredMessage},
    unlocked::Device,
};
use crate::{
    alert::{Consent, Fields, vocabulary::Kind},
    case::{Case, Opening, Said, fold, judge, judge_sender},
    group::Roster,
    ids::MessageId,
    message::{CaseAct, CaseMessage, KIND_ALERT, Message, SaidOfSender},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Folded {
    /// What it begins with.
    pub(crate) opening: Opening,
    /// What was said,
    pub(crate) said: Vec<Said>,
    /// each as it is kept, at the same place,
    pub(crate) words: Vec<Word>,
    /// and what it comes to.
    pub(crate) case: Case,
    /// What the alert says is permitted.
    pub(crate) consent: Option<Consent>,
}

impl Folded {
    /// Of an alert and of what is kept about it; `None` where the message begins no case.
    #[must_use]
    pub(crate) fn of(
        alert: &Known,
        words: Vec<Word>,
        known: (&Roster, &[SaidOfSender]),
    ) -> Option<Self> {
        let alert_says = alert.said()?;
        if !begins_case(alert_says) {
            return None;
        }
        let opening = Opening::of(
            &alert_says.message,
            Message::hash(&alert.sent.message),
            known.0,
        );
        // First who reads it: whether others' words count depends on that.
        let of_readers = words.iter().filter(|word| is_of_readers(word));
        let of_readers: Vec<Said> = of_readers
            .filter_map(|word| said(word, &opening, known))
            .collect();
        let opening = opening.with(&of_readers, known.0);
        let (said, words): (Vec<Said>, Vec<Word>) = words
            .into_iter()
            .filter_map(|word| Some((said(&word, &opening, known)?, word)))
            .unzip();
        let case = fold(&said);
        Some(Self {
            opening,
            said,
            words,
            case,
            consent: alert_says.reading.fields().map(|fields| fields.consent),
        })
    }

    /// The same of an alert that is in the inbox; `None` where it is not, or begins no case.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn read(
        device: &Device,
        alert: MessageId,
    ) -> Result<Option<(StoredMessage, Arc<Roster>, Self)>, DeviceError> {
        let (Some(roster), Some(kept)) = (device.roster()?, inbox::find(device, alert)?) else {
            return Ok(None);
        };
        let frozen = frozen::read(device)?;
        let words = cases::of(device, alert)?;
        let kept = Known::from(kept);
        let folded = Self::of(&kept, words, (&roster, &frozen));
        Ok(folded.map(|folded| (kept.stored, roster, folded)))
    }

    /// What one message says.
    #[must_use]
    pub(crate) fn act(&self, id: MessageId) -> Option<&CaseAct> {
        let mut said = self.said.iter();
        said.find(|said| said.id == id).map(|said| &said.act)
    }

    /// The same as it was before anything was said of which nobody was told yet.
    #[must_use]
    pub(crate) fn before(&self) -> (Vec<Said>, Case) {
        let both = self.said.iter().zip(&self.words);
        let told = both.filter(|(_, word)| word.shelf != Shelf::New);
        let said: Vec<Said> = told.map(|(said, _)| said.clone()).collect();
        let case = fold(&said);
        (said, case)
    }
}

/// Whether a message begins a case. What says something of another alert belongs to that one's.
pub(crate) fn begins_case(said: &inbox::Said) -> bool {
    let begins = |fields: &Fields| fields.original.is_none() && fields.kind != Kind::CheckIn;
    said.message.kind == KIND_ALERT && said.reading.fields().is_none_or(begins)
}

fn is_of_readers(word: &Word) -> bool {
    let message = word.kept.sent.message.peek().ok();
    let body = message.and_then(|message| CaseMessage::decode(&message.body.0));
    body.is_some_and(|body| matches!(body.act(), CaseAct::Readers(_)))
}

fn said(word: &Word, opening: &Opening, known: (&Roster, &[SaidOfSender])) -> Option<Said> {
    let signed = &word.kept.sent.message;
    let message = signed.peek().ok()?;
    if message.kind == KIND_ALERT {
        let hash: Hash = Message::hash(signed);
        return judge_sender((&message, hash), word.kept.arrived, opening, known);
    }
    let body = CaseMessage::decode(&message.body.0)?;
    let hash: Hash = Message::hash(signed);
    Some(judge(
        (&message, hash, &body),
        word.kept.arrived,
        opening,
        known,
    ))
}
