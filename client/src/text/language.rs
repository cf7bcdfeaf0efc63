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

    /// The language for a locale such as `ru-BY`; English for one that is not spoken here.
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
        assert_eq!(Language::of_locale("ru_BY.UTF-8"), Language::Ru);
        assert_eq!(Language::of_locale("ru"), Language::Ru);
        assert_eq!(Language::of_locale("fr-FR"), Language::En);
    }
}
