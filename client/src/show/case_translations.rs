//! Translations of what stands in a case: shown first to whoever reads that language, and never in the place of the original.

use bellrope_proto::ids::{Hash, Timestamp};
use serde_json::{Value, json};

use super::{
    alert::{bounded_block, in_line},
    inbox::Inbox,
    names::{Names, list},
    received::{ReceivedAlert, name_in_roster},
};
use crate::{
    alert::{
        Fields, redact,
        vocabulary::{Translator, Vocabulary as _},
    },
    case::translations::{Standing, translated},
    device::{
        DeviceError, Folded, cases,
        inbox::{self, Kept},
        to_translate,
    },
    ids::MessageId,
    message::{CaseAct, Translated},
    text::{Messages, escape, rfc3339},
};

/// Letters of an id by which people name what was said.
const LETTERS: usize = 6;

/// Fewer are a typing error.
const LETTERS_MIN: usize = 4;

/// The letters by which people name what was said.
#[must_use]
pub(super) fn letters(id: MessageId) -> String {
    id.to_string().chars().take(LETTERS).collect()
}

/// A translation that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownTranslation {
    /// Its message.
    pub id: MessageId,
    /// The message that it is of; none: the alert.
    pub of: Option<MessageId>,
    said: Translated,
    name: String,
    at: Timestamp,
    checked_by: Vec<String>,
    is_of_earlier: bool,
    /// Whether its author had only a text without marks of identity.
    is_asked: bool,
}

impl ShownTranslation {
    /// All that stand: of the alert first, then in the order of the story.
    pub(super) fn all(folded: &Folded, names: &Names<'_>) -> Vec<Self> {
        let said = &folded.said;
        let id_of = |hash: &Hash| said.iter().find(|it| it.hash == *hash).map(|it| it.id);
        let shown = |standing: &Standing| {
            let one = said.get(standing.at)?;
            let it = translated(one)?;
            let of = match &it.of {
                // Of what is not here there is nothing to show it with.
                Some(hash) => Some(id_of(hash)?),
                None => None,
            };
            let checked = standing.checked_by.iter();
            let checked = checked.filter_map(|at| said.get(*at));
            Some(Self {
                id: one.id,
                of,
                said: it.clone(),
                name: names.of(&one.author),
                at: one.at,
                checked_by: checked.map(|it| names.of(&it.author)).collect(),
                is_of_earlier: standing.is_of_earlier,
                is_asked: one.is_asked,
            })
        };
        let all = folded.case.translations.values().flatten();
        let mut all: Vec<Self> = all.filter_map(shown).collect();
        let place = |id: Option<MessageId>| {
            let id = id?;
            let mut order = folded.case.order.iter();
            order.position(|at| said.get(*at).is_some_and(|it| it.id == id))
        };
        all.sort_by_key(|it| place(it.of));
        all
    }

    /// Whether it is in the reader's language.
    #[must_use]
    pub(super) fn is_for(&self, words: &Messages) -> bool {
        let language = self.said.language.split('-').next();
        language == Some(words.language().tag())
    }

    /// By whom it is, and how far it can be relied on.
    pub(super) fn head(&self, words: &Messages) -> Vec<String> {
        let is_machine = self.said.by == Translator::Machine;
        let args = [
            ("language", self.said.language.as_str().into()),
            ("name", escape(&self.name).into()),
            ("at", words.moment(self.at).into()),
            ("service", escape(&self.said.service).into()),
            ("names", list(&self.checked_by).into()),
        ];
        let id = match (is_machine, self.said.service.is_empty()) {
            (false, _) => "translation-by",
            (true, true) => "translation-machine",
            (true, false) => "translation-machine-of",
        };
        let mut lines = vec![words.say(id, &args)];
        if !self.checked_by.is_empty() {
            lines.push(words.say("translation-checked", &args));
        } else if is_machine {
            lines.push(words.plain("translation-unchecked"));
        }
        if self.is_asked {
            lines.push(words.plain("translation-asked"));
        }
        if self.is_of_earlier {
            lines.push(words.plain("translation-earlier"));
        }
        lines
    }

    /// The same, and the translation.
    pub(super) fn lines(&self, words: &Messages) -> Vec<String> {
        let mut lines = self.head(words);
        lines.push(bounded_block(&self.said.text));
        lines
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id.to_string(),
            "of": self.of.map(|of| of.to_string()),
            "language": self.said.language,
            "by": self.said.by.key(),
            "service": self.said.service,
            "name": self.name,
            "at": rfc3339(self.at),
            "text": self.said.text,
            "checked_by": self.checked_by,
            "of_earlier_text": self.is_of_earlier,
            "by_request": self.is_asked,
        })
    }
}

/// Something in a case that can be translated, and its translations.
#[derive(Clone, Debug)]
pub struct Translatable {
    /// Its message; none: the alert.
    pub id: Option<MessageId>,
    /// Who wrote it; none: whoever sent the alert.
    name: Option<String>,
    /// In which language, as far as its author said.
    language: Option<String>,
    /// What is to be translated.
    pub text: String,
    /// Those that stand.
    pub translations: Vec<ShownTranslation>,
}

impl Translatable {
    /// What it is, with its letters.
    fn line(&self, words: &Messages) -> String {
        let letters = self.id.map(letters).unwrap_or_default();
        let id = match (&self.id, &self.name) {
            (None, _) => "translatable-alert",
            (Some(_), None) => "translatable-sender",
            (Some(_), Some(_)) => "translatable-note",
        };
        let name = self.name.as_deref().map(escape).unwrap_or_default();
        let begin = in_line(self.text.lines().next().unwrap_or_default());
        let args = [
            ("letters", letters.into()),
            ("name", name.into()),
            ("text", begin.into()),
        ];
        words.say(id, &args)
    }

    /// It and its translations.
    #[must_use]
    pub fn page(&self, words: &Messages) -> String {
        let mut lines = vec![self.line(words)];
        for translation in &self.translations {
            lines.extend(translation.lines(words));
            let args = [("letters", letters(translation.id).into())];
            lines.push(words.say("translation-letters", &args));
        }
        lines.join("\n")
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let translations = self.translations.iter();
        json!({
            "id": self.id.map(|id| id.to_string()),
            "name": self.name,
            "language": self.language,
            "text": self.text,
            "translations": translations.map(ShownTranslation::to_json).collect::<Vec<_>>(),
        })
    }
}

/// What somebody names by letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByLetters {
    /// This message.
    Found(MessageId),
    /// Several begin so.
    Several,
    /// None does.
    None,
}

/// Which of these messages begins with these letters.
#[must_use]
pub fn by_letters(ids: impl IntoIterator<Item = MessageId>, letters: &str) -> ByLetters {
    let letters = letters.trim().to_ascii_lowercase();
    let is_short = letters.len() < LETTERS_MIN;
    let mut found = ids.into_iter().filter(|id| {
        let id = id.to_string();
        !is_short && id.starts_with(&letters)
    });
    match (found.next(), found.next()) {
        (Some(id), None) => ByLetters::Found(id),
        (Some(_), Some(_)) => ByLetters::Several,
        (None, _) => ByLetters::None,
    }
}

/// A text that this device's person is asked to translate, of a case that they do not read.
#[derive(Clone, Debug)]
pub struct AskedText {
    /// By which it is answered.
    pub asked: Hash,
    /// Who asks.
    pub name: String,
    /// When that came.
    pub at: Timestamp,
    /// Into which language.
    pub language: String,
    /// The text.
    pub text: String,
}

impl AskedText {
    /// The letters by which people name it.
    #[must_use]
    pub fn letters(&self) -> String {
        self.asked.to_string().chars().take(LETTERS).collect()
    }

    /// Whether these letters name it.
    #[must_use]
    pub fn is_named(&self, letters: &str) -> bool {
        let letters = letters.trim().to_ascii_lowercase();
        letters.len() >= LETTERS_MIN && self.asked.to_string().starts_with(&letters)
    }

    /// Who asks for what, and the text.
    #[must_use]
    pub fn page(&self, words: &Messages) -> String {
        let args = [
            ("letters", self.letters().into()),
            ("name", escape(&self.name).into()),
            ("language", self.language.as_str().into()),
            ("at", words.moment(self.at).into()),
        ];
        [words.say("asked-text", &args), bounded_block(&self.text)].join("\n")
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "asked": self.asked.to_string(),
            "name": self.name,
            "at": rfc3339(self.at),
            "language": self.language,
            "text": self.text,
        })
    }
}

/// The words of an alert that are to be translated.
fn text_of(fields: &Fields) -> String {
    let parts = [fields.summary.trim(), fields.narrative.trim()];
    let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    parts.join("\n\n")
}

impl Inbox<'_> {
    /// What this device's person is asked to translate and has not yet, in the order in which it came.
    #[must_use]
    pub fn asked_texts(&self) -> Vec<AskedText> {
        let all = to_translate::read(self.device).into_iter();
        let open = all.filter(|it| !it.is_done);
        open.map(|it| AskedText {
            asked: it.what.asked,
            name: self.names().of(&it.by),
            at: it.arrived,
            language: it.what.language,
            text: it.what.text,
        })
        .collect()
    }

    /// A text of a case without what names somebody: for who does not read the case. A person looks at it before it goes.
    #[must_use]
    pub fn without_identity(&self, alert: &ReceivedAlert, text: &str) -> String {
        let handle = name_in_roster(&alert.sender);
        let contact = handle.and_then(|it| self.contacts.of(it));
        let told = contact.map(|it| [it.name.clone(), it.reach.clone()]);
        let mut others: Vec<String> = told.into_iter().flatten().collect();
        others.extend(handle.map(str::to_owned));
        redact::without_identity(text, alert.reading.fields(), &others)
    }

    /// What can be translated in the case that began with an alert, the alert first; nothing where it is not here, or begins none.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn translatable(&self, alert: &ReceivedAlert) -> Result<Vec<Translatable>, DeviceError> {
        let Some(Kept::Message(kept)) = inbox::find_kept(self.device, alert.id)? else {
            return Ok(Vec::new());
        };
        let words = cases::of(self.device, alert.id)?;
        let Some(folded) = Folded::of(&kept, words, (&self.roster, &self.frozen)) else {
            return Ok(Vec::new());
        };
        let names = self.names();
        let translations = ShownTranslation::all(&folded, &names);
        let of = |id: Option<MessageId>| -> Vec<ShownTranslation> {
            let these = translations.iter().filter(|it| it.of == id);
            these.cloned().collect()
        };
        let mut all = Vec::new();
        if let Some(fields) = alert.reading.fields() {
            all.push(Translatable {
                id: None,
                name: None,
                language: Some(fields.language.clone()),
                text: text_of(fields),
                translations: of(None),
            });
        }
        let order = folded.case.order.iter();
        for said in order.filter_map(|at| folded.said.get(*at)) {
            let (name, language, text) = match &said.act {
                CaseAct::Note(words) => (Some(names.of(&said.author)), None, words.text.clone()),
                CaseAct::OfSender(_) => {
                    let later = self.get(said.id)?;
                    let fields = later.as_ref().and_then(|it| it.reading.fields());
                    let Some(fields) = fields else { continue };
                    (None, Some(fields.language.clone()), text_of(fields))
                }
                _ => continue,
            };
            all.push(Translatable {
                id: Some(said.id),
                name,
                language,
                text,
                translations: of(Some(said.id)),
            });
        }
        all.retain(|it| !it.text.is_empty());
        Ok(all)
    }
}
