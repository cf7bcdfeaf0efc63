//! The program's own messages, and in which language it speaks.

use bellrope_client::text::{Catalogue, Language, Messages};

const CATALOGUES: [Catalogue; 3] = [
    Catalogue {
        en: include_str!("../i18n/en/commands.ftl"),
        ru: include_str!("../i18n/ru/commands.ftl"),
    },
    Catalogue {
        en: include_str!("../i18n/en/errors.ftl"),
        ru: include_str!("../i18n/ru/errors.ftl"),
    },
    Catalogue {
        en: include_str!("../i18n/en/help.ftl"),
        ru: include_str!("../i18n/ru/help.ftl"),
    },
];

/// The library's messages and this program's.
pub(crate) fn messages(language: Language) -> Messages {
    Messages::new(language, &CATALOGUES)
}

/// The language asked for, else the one of the system's locale, else English.
pub(crate) fn choose(asked: Option<Language>) -> Language {
    asked.unwrap_or_else(|| {
        sys_locale::get_locale().map_or(Language::En, |locale| Language::of_locale(&locale))
    })
}

#[cfg(test)]
#[path = "../../src/text/catalogue_check.rs"]
mod catalogue_check;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_and_variable_is_in_every_language() {
        let ids = catalogue_check::check(&CATALOGUES);
        for language in Language::ALL {
            let messages = messages(language);
            assert!(
                ids.iter().all(|id| messages.has(id)),
                "a file did not parse"
            );
        }
        assert_eq!(choose(Some(Language::Ru)), Language::Ru);
    }

    /// A remedy that slips to the message above it tells people to do the wrong thing.
    #[test]
    fn every_error_has_its_own_remedy() {
        let [_, errors, _] = CATALOGUES;
        for source in [errors.en, errors.ru] {
            let mut lines = source.lines().peekable();
            while let Some(line) = lines.next() {
                if line.contains(" = ") && !line.starts_with(' ') {
                    let remedy = lines.next();
                    assert!(
                        remedy.is_some_and(|remedy| remedy.starts_with("    ")),
                        "{line}"
                    );
                    let more = lines.peek().is_some_and(|more| more.starts_with(' '));
                    assert!(!more, "two remedies: {line}");
                }
            }
        }
    }
}
