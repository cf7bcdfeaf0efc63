//! Every word that a person reads, in their language; the only file that names Fluent.
//!
//! Nothing here decides what to say. A message that is missing in one language is said in English,
//! and one that is missing everywhere is its own id, so that no alert is lost to a wording mistake.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

const EN: [&str; 5] = [
    include_str!("../i18n/en/vocabulary.ftl"),
    include_str!("../i18n/en/alert.ftl"),
    include_str!("../i18n/en/commands.ftl"),
    include_str!("../i18n/en/errors.ftl"),
    include_str!("../i18n/en/help.ftl"),
];
const RU: [&str; 5] = [
    include_str!("../i18n/ru/vocabulary.ftl"),
    include_str!("../i18n/ru/alert.ftl"),
    include_str!("../i18n/ru/commands.ftl"),
    include_str!("../i18n/ru/errors.ftl"),
    include_str!("../i18n/ru/help.ftl"),
];

/// A language that is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

/// This language is not spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a language that this program speaks; use en or ru")]
pub struct NotSpoken;

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The one asked for, else the one of the system's locale, else English.
    #[must_use]
    pub fn choose(asked: Option<Self>) -> Self {
        asked.unwrap_or_else(|| {
            sys_locale::get_locale().map_or(Self::En, |locale| Self::of_locale(&locale))
        })
    }

    /// The language for a locale such as `ru-BY`.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_', '.']).next().unwrap_or_default();
        language.parse().unwrap_or_default()
    }

    /// Its BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        // Both tags are well formed; the default is a language without a name, which still formats.
        self.tag().parse().unwrap_or_default()
    }

    fn sources(self) -> [&'static str; 5] {
        match self {
            Self::En => EN,
            Self::Ru => RU,
        }
    }
}

impl core::str::FromStr for Language {
    type Err = NotSpoken;
    fn from_str(text: &str) -> Result<Self, NotSpoken> {
        Self::ALL
            .into_iter()
            .find(|language| text.eq_ignore_ascii_case(language.tag()))
            .ok_or(NotSpoken)
    }
}

/// A value put into a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    /// Words; the caller escapes what others wrote.
    Text(std::borrow::Cow<'a, str>),
    /// A count, for which messages choose the plural.
    Number(u64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

macro_rules! number_arg {
    ($($number:ty),+) => {$(
        impl From<$number> for Arg<'_> {
            fn from(number: $number) -> Self {
                Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
            }
        }
    )+};
}
number_arg!(u8, u16, u32, u64, usize);

/// The messages of every language, and the one to speak.
pub struct Words {
    language: Language,
    en: FluentBundle<FluentResource>,
    ru: FluentBundle<FluentResource>,
}

impl core::fmt::Debug for Words {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Words({})", self.language.tag())
    }
}

impl Words {
    /// Speaks this language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            language,
            en: bundle(Language::En),
            ru: bundle(Language::Ru),
        }
    }

    /// The language spoken.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message with its values filled in.
    #[must_use]
    pub fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let said = self
            .find(self.language, id, None, args)
            .or_else(|| self.find(Language::En, id, None, args));
        debug_assert!(said.is_some(), "no message `{id}`");
        said.unwrap_or_else(|| id.to_owned())
    }

    /// A message without values.
    #[must_use]
    pub fn plain(&self, id: &str) -> String {
        self.say(id, &[])
    }

    /// Whether this message exists in the language spoken.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.bundle(self.language).has_message(id)
    }

    /// What people may call this in any language: labels, and other names listed with them.
    #[must_use]
    pub fn names_of(&self, id: &str) -> Vec<String> {
        let mut names = Vec::new();
        for language in Language::ALL {
            names.extend(self.find(language, id, None, &[]));
            if let Some(others) = self.find(language, id, Some("also"), &[]) {
                names.extend(others.split(';').map(|name| name.trim().to_owned()));
            }
        }
        names
    }

    fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::En => &self.en,
            Language::Ru => &self.ru,
        }
    }

    fn find(
        &self,
        language: Language,
        id: &str,
        attribute: Option<&str>,
        args: &[(&str, Arg<'_>)],
    ) -> Option<String> {
        let bundle = self.bundle(language);
        let message = bundle.get_message(id)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            let value = match value {
                Arg::Text(text) => FluentValue::String(text.clone()),
                Arg::Number(number) => FluentValue::from(*number),
            };
            values.set(*name, value);
        }
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&values), &mut errors);
        debug_assert!(errors.is_empty(), "message `{id}`: {errors:?}");
        Some(said.into_owned())
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(vec![language.identifier()]);
    // The marks that isolate directions are read aloud, or shown as boxes, by some terminals.
    bundle.set_use_isolating(false);
    for source in language.sources() {
        let resource =
            FluentResource::try_new(source.to_owned()).unwrap_or_else(|(rest, errors)| {
                debug_assert!(errors.is_empty(), "{}: {errors:?}", language.tag());
                rest
            });
        let added = bundle.add_resource(resource);
        debug_assert!(added.is_ok(), "{}: {added:?}", language.tag());
    }
    bundle
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::alert::{country, vocabulary};

    /// Ids of one file, with the variables of each.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        let mut current = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" =")
                && line.starts_with(|c: char| c.is_ascii_lowercase())
            {
                current = id.to_owned();
                let before = found.insert(current.clone(), BTreeSet::new());
                assert!(before.is_none(), "{current} is there twice");
            }
            for part in line.split('$').skip(1) {
                let name = part
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || *c == '_' || *c == '-')
                    .collect();
                found.get_mut(&current).unwrap().insert(name);
            }
        }
        found
    }

    #[test]
    fn every_message_and_variable_is_in_both_languages() {
        let mut seen = BTreeSet::new();
        for (en, ru) in EN.into_iter().zip(RU) {
            let (en, ru) = (messages(en), messages(ru));
            assert_eq!(
                en.keys().collect::<Vec<_>>(),
                ru.keys().collect::<Vec<_>>(),
                "messages differ"
            );
            for (id, variables) in &en {
                assert_eq!(variables, &ru[id], "variables of {id}");
                assert!(seen.insert(id.clone()), "{id} is in two files");
            }
        }
        for language in Language::ALL {
            let words = Words::new(language);
            assert!(seen.iter().all(|id| words.has(id)), "a file did not parse");
        }
    }

    #[test]
    fn every_value_has_its_label_and_no_label_is_left_over() {
        let mut wanted: BTreeSet<String> = vocabulary::every_label().into_iter().collect();
        wanted.extend(
            country::NAMED
                .iter()
                .map(|code| country::Country::from_code(code).unwrap().message_id()),
        );
        let listed: BTreeSet<String> = messages(EN[0]).into_keys().collect();
        assert_eq!(
            wanted.difference(&listed).collect::<Vec<_>>(),
            Vec::<&String>::new()
        );
        assert_eq!(
            listed.difference(&wanted).collect::<Vec<_>>(),
            Vec::<&String>::new()
        );
    }

    #[test]
    fn russian_plurals_agree() {
        let words = Words::new(Language::Ru);
        let say = |count: usize| {
            words.say(
                "error-too-many",
                &[("field", "x".into()), ("max", count.into())],
            )
        };
        assert!(say(1).contains("1 пункт"));
        assert!(say(3).contains("3 пункт"));
        assert_ne!(say(1).replace('1', ""), say(8).replace('8', ""));
    }

    #[test]
    fn locales_choose_the_language() {
        assert_eq!(Language::of_locale("ru_BY.UTF-8"), Language::Ru);
        assert_eq!(Language::of_locale("ru"), Language::Ru);
        assert_eq!(Language::of_locale("fr-FR"), Language::En);
        assert_eq!(Language::choose(Some(Language::Ru)), Language::Ru);
    }
}
