//! Translations in a case: the words of one, that a second person has compared it with the original, and that somebody is asked for one who does not
//! read the case. Pure.

use bellrope_proto::{
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};

use crate::{
    alert::{
        is_language_tag,
        vocabulary::{Translator, Vocabulary as _},
    },
    extensions::Extensions,
};

/// Characters of a translation.
pub(crate) const TRANSLATION_CHARS_MAX: usize = 8_000;

/// Characters of what somebody calls the machine that made one.
pub(crate) const SERVICE_CHARS_MAX: usize = 64;

/// Characters of the tag of a language.
const LANGUAGE_CHARS_MAX: usize = 35;

/// Translations in whose place one is put.
pub(crate) const OVER_MAX: usize = 16;

const TRANSLATES: u16 = 1;
const CHECKS: u16 = 2;
const ASKS: u16 = 3;

/// The words of a message about a translation, as they travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TranslationWords {
    /// 1: a translation; 2: its author has compared one with its original; 3: somebody is asked for one.
    what: u16,
    /// Of which message of the case, by its hash; none: of the alert. With 2 the translation's.
    of: Option<Hash>,
    /// Into which language: a tag (BCP 47). Empty with 2.
    language: String,
    /// Who made it. A person, but with 1.
    by: Translator,
    /// What its author calls the machine that made it; may be empty.
    service: String,
    /// The translation; with 3 what was given to be translated. Empty with 2.
    text: String,
    /// The translations of the same into the same language that stood until now, as far as the author knew.
    over: Vec<Hash>,
    /// A device of whom is asked, with 3.
    whom: Option<PublicKey<Device>>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// A translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Translated {
    /// Of which message of the case; none: of the alert.
    pub(crate) of: Option<Hash>,
    /// Into which language.
    pub(crate) language: String,
    /// Who made it.
    pub(crate) by: Translator,
    /// What its author calls the machine that made it; may be empty.
    pub(crate) service: String,
    /// It.
    pub(crate) text: String,
    /// In whose place it is put.
    pub(crate) over: Vec<Hash>,
}

/// What a message says about a translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OfTranslation {
    /// It is one.
    Is(Translated),
    /// Its author has compared this one with the original.
    Checked(Hash),
    /// Its author asks somebody for one.
    Asked {
        /// Of which message of the case; none: of the alert.
        of: Option<Hash>,
        /// Into which language.
        language: String,
        /// Whom: a device of theirs.
        whom: PublicKey<Device>,
        /// What they were given.
        text: String,
    },
}

impl TranslationWords {
    fn new(what: u16, of: Option<Hash>) -> Self {
        Self {
            what,
            of,
            language: String::new(),
            by: Translator::Person,
            service: String::new(),
            text: String::new(),
            over: Vec::new(),
            whom: None,
            extensions: Extensions::none(),
        }
    }

    /// What it says; `None` for what breaks a rule or goes over a limit.
    fn read(self) -> Option<OfTranslation> {
        let has_language =
            is_language_tag(&self.language) && self.language.chars().count() <= LANGUAGE_CHARS_MAX;
        let has_text = (1..=TRANSLATION_CHARS_MAX).contains(&self.text.chars().count());
        let is_of_person =
            self.by == Translator::Person && self.service.is_empty() && self.over.is_empty();
        let is_known = self.by.is_listed() && !self.extensions.has_critical();
        let is_machine = self.by == Translator::Machine || self.service.is_empty();
        if !is_known || !is_machine {
            return None;
        }
        match (self.what, self.of, self.whom) {
            (TRANSLATES, of, None) => {
                let fits = self.service.chars().count() <= SERVICE_CHARS_MAX
                    && self.over.len() <= OVER_MAX;
                (has_language && has_text && fits).then_some(OfTranslation::Is(Translated {
                    of,
                    language: self.language,
                    by: self.by,
                    service: self.service,
                    text: self.text,
                    over: self.over,
                }))
            }
            (CHECKS, Some(of), None) => {
                let is_empty = self.language.is_empty() && self.text.is_empty();
                (is_empty && is_of_person).then_some(OfTranslation::Checked(of))
            }
            (ASKS, of, Some(whom)) => {
                (has_language && has_text && is_of_person).then_some(OfTranslation::Asked {
                    of,
                    language: self.language,
                    whom,
                    text: self.text,
                })
            }
            _ => None,
        }
    }
}

impl OfTranslation {
    /// As it travels.
    #[must_use]
    pub(crate) fn write(&self) -> TranslationWords {
        match self.clone() {
            Self::Is(it) => TranslationWords {
                language: it.language,
                by: it.by,
                service: it.service,
                text: it.text,
                over: it.over,
                ..TranslationWords::new(TRANSLATES, it.of)
            },
            Self::Checked(of) => TranslationWords::new(CHECKS, Some(of)),
            Self::Asked {
                of,
                language,
                whom,
                text,
            } => TranslationWords {
                language,
                text,
                whom: Some(whom),
                ..TranslationWords::new(ASKS, of)
            },
        }
    }

    /// The same, unless what came breaks a rule.
    pub(super) fn of_words(words: TranslationWords) -> Option<Self> {
        words.read()
    }

    /// The messages of the case that it names.
    pub(crate) fn named(&self) -> Vec<&Hash> {
        match self {
            Self::Is(it) => it.of.iter().chain(&it.over).collect(),
            Self::Checked(of) => vec![of],
            Self::Asked { of, .. } => of.iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(text: &str) -> Translated {
        Translated {
            of: None,
            language: "ru".to_owned(),
            by: Translator::Machine,
            service: "Argos".to_owned(),
            text: text.to_owned(),
            over: Vec::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_and_what_breaks_a_rule_is_not() {
        let whom = PublicKey::from_bytes([3; 32]);
        let asked = |text: &str| OfTranslation::Asked {
            of: Some(Hash([1; 32])),
            language: "be-tarask".to_owned(),
            whom,
            text: text.to_owned(),
        };
        for good in [
            OfTranslation::Is(translated(&"ж".repeat(TRANSLATION_CHARS_MAX))),
            OfTranslation::Checked(Hash([2; 32])),
            asked("text"),
        ] {
            assert_eq!(OfTranslation::of_words(good.write()), Some(good));
        }
        let of = |change: &dyn Fn(&mut TranslationWords)| {
            let mut words = OfTranslation::Is(translated("text")).write();
            change(&mut words);
            OfTranslation::of_words(words)
        };
        assert!(of(&|_| {}).is_some());
        for bad in [
            of(&|it| it.text.clear()),
            of(&|it| it.text = "x".repeat(TRANSLATION_CHARS_MAX + 1)),
            of(&|it| it.language = "Russian".to_owned()),
            of(&|it| it.language = "ru-".to_owned() + &"a-".repeat(20) + "a"),
            // A person is no machine with a name.
            of(&|it| it.by = Translator::Person),
            of(&|it| it.by = Translator::from_number(7)),
            of(&|it| it.service = "x".repeat(SERVICE_CHARS_MAX + 1)),
            of(&|it| it.over = vec![Hash([1; 32]); OVER_MAX + 1]),
            of(&|it| it.whom = Some(whom)),
            of(&|it| it.what = 4),
            of(&|it| it.what = CHECKS),
            of(&|it| it.what = ASKS),
        ] {
            assert_eq!(bad, None);
        }
        let mut lost = OfTranslation::Checked(Hash([2; 32])).write();
        lost.of = None;
        assert_eq!(OfTranslation::of_words(lost), None);
    }
}
