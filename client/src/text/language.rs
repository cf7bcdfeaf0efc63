//! The languages that are complete.

/// A language that is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

/// This language is not among those that the program speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a language that this program speaks; use en or ru")]
pub struct UnknownLanguage;

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The language of a locale such as `ru-BY`, if it is spoken here. No neighbour stands in for one that is not: who reads Belarusian
    /// or Ukrainian may read Russian, and may not want to.
    #[must_use]
    pub fn of_locale(locale: &str) -> Option<Self> {
        let language = locale.split(['-', '_', '.']).next().unwrap_or_default();
        language.parse().ok()
    }

    /// Its BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }
}

impl core::str::FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL
            .into_iter()
            .find(|language| text.eq_ignore_ascii_case(language.tag()))
            .ok_or(UnknownLanguage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_choose_the_language() {
        assert_eq!(Language::of_locale("ru_BY.UTF-8"), Some(Language::Ru));
        assert_eq!(Language::of_locale("ru"), Some(Language::Ru));
        for other in ["fr-FR", "be_BY.UTF-8", "uk", "de", "kk-KZ", "C", ""] {
            assert_eq!(Language::of_locale(other), None, "{other}");
        }
    }
}
