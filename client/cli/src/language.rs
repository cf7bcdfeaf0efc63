//! The program's own messages, and in which language it speaks.

use bellrope_client::text::{Catalogue, Language, Messages, escape};
use jiff::tz::TimeZone;

const CATALOGUES: [Catalogue; 8] = [
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
    Catalogue {
        en: include_str!("../i18n/en/facts.ftl"),
        ru: include_str!("../i18n/ru/facts.ftl"),
    },
    Catalogue {
        en: include_str!("../i18n/en/sensitive.ftl"),
        ru: include_str!("../i18n/ru/sensitive.ftl"),
    },
    Catalogue {
        en: include_str!("../i18n/en/attachments.ftl"),
        ru: include_str!("../i18n/ru/attachments.ftl"),
    },
    Catalogue {
        en: include_str!("../i18n/en/check-in.ftl"),
        ru: include_str!("../i18n/ru/check-in.ftl"),
    },
    Catalogue {
        en: include_str!("../i18n/en/recovery.ftl"),
        ru: include_str!("../i18n/ru/recovery.ftl"),
    },
];

/// The library's messages and this program's, with times on the clock of the system's zone.
pub(crate) fn messages(language: Language) -> Messages {
    Messages::new(language, &CATALOGUES).in_zone(TimeZone::system())
}

/// The language asked for, else the one of the system's locale, else English.
pub(crate) fn choose(asked: Option<Language>) -> Language {
    asked.unwrap_or_else(|| {
        let locale = sys_locale::get_locale();
        let spoken = locale.and_then(|locale| Language::of_locale(&locale));
        spoken.unwrap_or_default()
    })
}

/// What somebody is told whose system has a language that this program does not speak: which there are. Nothing, when it
/// speaks theirs.
pub(crate) fn unspoken(messages: &Messages) -> Option<String> {
    let locale = sys_locale::get_locale().filter(|locale| is_unspoken(locale))?;
    let languages = Language::ALL.map(|language| {
        let tag = language.tag();
        format!(
            "{tag}: {}",
            messages.plain(&format!("help-global-lang-{tag}"))
        )
    });
    let args = [
        ("locale", escape(&locale).into()),
        ("languages", languages.join("; ").into()),
    ];
    Some(messages.say("language-unspoken", &args))
}

/// `C` and `POSIX` are nobody's.
fn is_unspoken(locale: &str) -> bool {
    let no_language = ["", "C", "POSIX"].contains(&locale);
    !no_language && Language::of_locale(locale).is_none()
}

#[cfg(test)]
#[path = "../../src/text/catalogue_check.rs"]
mod catalogue_check;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{fs, path::Path};

    use bellrope_client::text::lay_out;

    use super::*;

    /// Two people compare it by voice: in two rows, the one who reads it out stops where the other does not.
    #[test]
    fn a_devices_code_stands_in_one_row_at_any_width() {
        let code = "1a2b 3c4d 5e6f 7081";
        let words = [
            ("code", code.into()),
            ("name", "Anna".into()),
            ("word", "Anna".into()),
            ("role", "member".into()),
        ];
        for language in Language::ALL {
            for id in ["join-done-reader", "members-asks"] {
                let said = messages(language).say(id, &words);
                for columns in 30..=100 {
                    let laid = lay_out(&said, columns);
                    let row = laid.lines().find(|row| row.trim() == code);
                    assert!(row.is_some(), "{columns} {laid}");
                }
            }
        }
    }

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

    #[test]
    fn a_language_that_is_not_spoken_is_known_for_one() {
        for (locale, unspoken) in [
            ("be-BY", true),
            ("uk", true),
            ("fr-FR", true),
            ("C", false),
            ("POSIX", false),
            ("", false),
            ("en-GB", false),
            ("ru-KZ", false),
        ] {
            assert_eq!(is_unspoken(locale), unspoken, "{locale}");
        }
    }

    /// A remedy that slips to the message above it tells people to do the wrong thing.
    #[test]
    fn every_error_has_its_own_remedy() {
        let [_, errors, ..] = CATALOGUES;
        for source in [errors.en, errors.ru] {
            let mut lines = source.lines().peekable();
            while let Some(line) = lines.next() {
                if line.contains(" = ") && !line.starts_with(' ') {
                    // What is wrong, in several forms.
                    while line.ends_with("->") && lines.next().is_some_and(|form| form != "}") {}
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

    /// One word for one thing, in the whole of the Russian: сигнал, принять, разрешение, форма, владелец ретранслятора, скрипт.
    #[test]
    fn russian_words_that_were_given_up_stay_away() {
        const GIVEN_UP: [&str; 11] = [
            "тревог",
            "впуст",
            "впуск",
            "одобр",
            "токен",
            "жетон",
            "шаблон",
            "сценари",
            "ец сервера",
            "ьца сервера",
            "ьцу сервера",
        ];
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = ["i18n/ru", "../i18n/ru"].map(|folder| root.join(folder));
        let files = folders
            .iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap());
        let files = files.map(|entry| entry.unwrap().path());
        let guides = ["../README.ru.md", "../../relay/README.ru.md"].map(|guide| root.join(guide));
        let mut looked = 0;
        for path in files.chain(guides) {
            let text = fs::read_to_string(&path).unwrap();
            for (number, line) in text.lines().enumerate() {
                // People may type whatever they like; a drill is a тревога in Russian.
                let typed = line.trim_start().starts_with(".also");
                let said = line.to_lowercase().replace("учебная тревога", "");
                let said = said
                    .replace("учебную тревогу", "")
                    .replace("учебной тревоги", "");
                let found = GIVEN_UP.iter().find(|word| said.contains(*word));
                assert!(
                    typed || found.is_none(),
                    "{}, {number}: {found:?}: {line}",
                    path.display()
                );
                looked += 1;
            }
        }
        assert!(looked > 1_000, "{looked}");
    }
}
