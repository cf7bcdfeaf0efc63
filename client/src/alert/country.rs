//! Countries by their two-letter codes (ISO 3166-1 alpha-2), and XK, which is used for Kosovo.

use core::array::TryFromSliceError;

use serde::{Deserialize, Serialize};

use crate::text::Lexicon;

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

/// A country's code, in capitals. Decoding takes any two bytes, so that no alert is lost to them; the checks of makers
/// and readers let none through that is no code (A13).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code in either case.
    ///
    /// # Errors
    /// [`NotACountry`] unless it is two Latin letters.
    pub fn from_code(code: &str) -> Result<Self, NotACountry> {
        let bytes: [u8; 2] = code
            .as_bytes()
            .try_into()
            .map_err(|_: TryFromSliceError| NotACountry)?;
        Self::try_from(bytes.map(|byte| byte.to_ascii_uppercase()))
    }

    /// Reads a code, or a name in any language that this program speaks.
    ///
    /// # Errors
    /// [`NotACountry`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, NotACountry> {
        let text = text.trim();
        if let Ok(country) = Self::from_code(text) {
            return Ok(country);
        }
        let lexicon = Lexicon::shipped();
        NAMED
            .iter()
            .filter_map(|code| Self::from_code(code).ok())
            .find(|country| lexicon.is_name(text, &country.message_id()))
            .ok_or(NotACountry)
    }

    /// Whether these are two capitals.
    pub(super) fn is_code(self) -> bool {
        self.0.iter().all(u8::is_ascii_uppercase)
    }

    /// The same with capitals for small letters.
    pub(super) fn in_capitals(self) -> Self {
        Self(self.0.map(|byte| byte.to_ascii_uppercase()))
    }

    /// The code, in capitals; two bytes that are none, as a number.
    #[must_use]
    pub fn code(self) -> String {
        if self.is_code() {
            self.0.iter().map(|byte| char::from(*byte)).collect()
        } else {
            format!("0x{:04x}", u16::from_be_bytes(self.0))
        }
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
}

impl core::fmt::Debug for Country {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Country({})", self.code())
    }
}

impl TryFrom<[u8; 2]> for Country {
    type Error = NotACountry;
    fn try_from(code: [u8; 2]) -> Result<Self, NotACountry> {
        let country = Self(code);
        country.is_code().then_some(country).ok_or(NotACountry)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn codes_and_names_in_either_language() {
        for text in ["BY", "by", "Belarus", "Беларусь", "беларусь ", "Белоруссия"]
        {
            assert_eq!(Country::parse(text).unwrap().code(), "BY", "{text}");
        }
        assert_eq!(Country::parse("Турция").unwrap().code(), "TR");
        assert_eq!(Country::parse("Kosovo").unwrap().code(), "XK");
        assert!(!Country::parse("kz").unwrap().is_named());
        assert_eq!(Country::parse("Ruritania"), Err(NotACountry));
        let decoded: Country = bellrope_proto::codec::decode(b"by").unwrap();
        assert!(!decoded.is_code() && decoded.in_capitals().code() == "BY");
        let decoded: Country = bellrope_proto::codec::decode(&[0xff, 0xff]).unwrap();
        assert_eq!(decoded.in_capitals().code(), "0xffff");
    }
}
