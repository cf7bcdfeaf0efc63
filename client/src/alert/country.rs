//! Countries by their two-letter codes (ISO 3166-1 alpha-2), and XK, which is used for Kosovo.

use serde::{Deserialize, Serialize};

use super::answers::fold;
use crate::words::Words;

/// Countries that have a name in every language: the member states of the Council of Europe,
/// Belarus, Russia and Kosovo. Any other code is accepted and shown as it is.
pub const NAMED: [&str; 49] = [
    "AL", "AD", "AM", "AT", "AZ", "BE", "BA", "BG", "BY", "HR", "CY", "CZ", "DK", "EE", "FI", "FR",
    "GE", "DE", "GR", "HU", "IS", "IE", "IT", "LV", "LI", "LT", "LU", "MT", "MD", "MC", "ME", "NL",
    "MK", "NO", "PL", "PT", "RO", "RU", "SM", "RS", "SK", "SI", "ES", "SE", "CH", "TR", "UA", "GB",
    "XK",
];

/// Not two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a two-letter country code")]
pub struct NotACountry;

/// A country's code, in capitals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "[u8; 2]", try_from = "[u8; 2]")]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code in either case.
    ///
    /// # Errors
    /// [`NotACountry`] unless it is two Latin letters.
    pub fn from_code(code: &str) -> Result<Self, NotACountry> {
        let bytes: [u8; 2] = code.as_bytes().try_into().map_err(|_| NotACountry)?;
        Self::try_from(bytes.map(|byte| byte.to_ascii_uppercase()))
    }

    /// Reads a code, or a name in any language that this program speaks.
    ///
    /// # Errors
    /// [`NotACountry`] when it is neither.
    pub fn parse(text: &str, words: &Words) -> Result<Self, NotACountry> {
        let text = text.trim();
        if let Ok(country) = Self::from_code(text) {
            return Ok(country);
        }
        let wanted = fold(text);
        NAMED
            .iter()
            .filter_map(|code| Self::from_code(code).ok())
            .find(|country| {
                let names = words.names_of(&country.message_id());
                names.iter().any(|name| fold(name) == wanted)
            })
            .ok_or(NotACountry)
    }

    /// The code, in capitals.
    #[must_use]
    pub fn code(self) -> String {
        self.0.iter().map(|byte| char::from(*byte)).collect()
    }

    /// Whether it has a name here.
    #[must_use]
    pub fn is_named(self) -> bool {
        NAMED.iter().any(|code| code.as_bytes() == self.0)
    }

    /// The id of its name.
    #[must_use]
    pub fn message_id(self) -> String {
        format!("country-{}", self.code().to_ascii_lowercase())
    }

    /// Its name, or its code where it has none here.
    #[must_use]
    pub fn name(self, words: &Words) -> String {
        if self.is_named() {
            words.plain(&self.message_id())
        } else {
            self.code()
        }
    }
}

impl core::fmt::Debug for Country {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Country({})", self.code())
    }
}

impl From<Country> for [u8; 2] {
    fn from(country: Country) -> Self {
        country.0
    }
}

impl TryFrom<[u8; 2]> for Country {
    type Error = NotACountry;
    fn try_from(code: [u8; 2]) -> Result<Self, NotACountry> {
        if code.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(code))
        } else {
            Err(NotACountry)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::words::Language;

    #[test]
    fn codes_and_names_in_either_language() {
        let words = Words::new(Language::En);
        for text in ["BY", "by", "Belarus", "Беларусь", "беларусь ", "Белоруссия"]
        {
            assert_eq!(Country::parse(text, &words).unwrap().code(), "BY", "{text}");
        }
        assert_eq!(Country::parse("Турция", &words).unwrap().code(), "TR");
        assert_eq!(Country::parse("Kosovo", &words).unwrap().code(), "XK");
        assert_eq!(Country::parse("kz", &words).unwrap().name(&words), "KZ");
        assert_eq!(Country::parse("Ruritania", &words), Err(NotACountry));
        let decoded: Result<Country, _> = bellrope_proto::codec::decode(b"by");
        assert!(decoded.is_err(), "one encoding for one country");
    }
}
