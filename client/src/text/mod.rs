//! Words: every message that a person reads, the names that people may type for a thing, and others' text
//! made safe for a terminal. Knows no alert.

#[cfg(test)]
mod catalogue_check;
mod device_code;
mod escape;
mod foreign;
mod language;
mod layout;
mod lexicon;
mod messages;
mod moment;
mod nearest;
mod rfc3339;
mod rows;
#[cfg(test)]
pub(crate) mod terminal;
#[cfg(test)]
mod tests;

pub(crate) use device_code::device_code;
pub(crate) use escape::hides;
pub use escape::{block, escape, json_line, json_lines, printable};
pub use foreign::{NotText, decode_text, unquoted};
pub use language::{Language, UnknownLanguage};
pub(crate) use layout::other_layouts;
pub(crate) use lexicon::{Lexicon, fold};
pub use messages::{Arg, Catalogue, Messages};
pub(crate) use moment::{ahead_text, clock_there, month_text};
pub use moment::{day_text, moment_text};
pub(crate) use nearest::nearest;
pub use rfc3339::rfc3339;
pub use rows::{lay_out, lay_out_each};

/// The library's own messages: what alerts, lists and members' pages are made of.
pub(crate) const CATALOGUES: [Catalogue; 15] = [
    Catalogue {
        en: include_str!("../../i18n/en/vocabulary.ftl"),
        ru: include_str!("../../i18n/ru/vocabulary.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/acts.ftl"),
        ru: include_str!("../../i18n/ru/acts.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/countries.ftl"),
        ru: include_str!("../../i18n/ru/countries.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/times.ftl"),
        ru: include_str!("../../i18n/ru/times.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/alert.ftl"),
        ru: include_str!("../../i18n/ru/alert.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/pages.ftl"),
        ru: include_str!("../../i18n/ru/pages.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/cases.ftl"),
        ru: include_str!("../../i18n/ru/cases.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/duty.ftl"),
        ru: include_str!("../../i18n/ru/duty.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/shifts.ftl"),
        ru: include_str!("../../i18n/ru/shifts.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/facts.ftl"),
        ru: include_str!("../../i18n/ru/facts.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/sensitive.ftl"),
        ru: include_str!("../../i18n/ru/sensitive.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/attachments.ftl"),
        ru: include_str!("../../i18n/ru/attachments.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/check-in.ftl"),
        ru: include_str!("../../i18n/ru/check-in.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/erasing.ftl"),
        ru: include_str!("../../i18n/ru/erasing.ftl"),
    },
    Catalogue {
        en: include_str!("../../i18n/en/recovery.ftl"),
        ru: include_str!("../../i18n/ru/recovery.ftl"),
    },
];

/// Words that people type in languages that the program does not speak: lists of values with semicolons between, by the ids
/// of the library's messages.
pub(crate) const TYPED_ONLY: [(&str, &str); 1] = [("be", include_str!("../../i18n/be/typed.ftl"))];
