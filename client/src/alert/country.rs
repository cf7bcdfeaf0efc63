//! Countries by their two-letter codes (ISO 3166-1 alpha-2), and XK, which is used for Kosovo.

use core::array::TryFromSliceError;
use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::text::{Lexicon, fold, nearest};

/// Every code that has a name here: those of ISO 3166-1, and XK. What decodes to another is shown as it is.
pub const CODES: [&str; 250] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA", "ZM", "ZW",
];

/// The names of all languages, folded.
static NAMES: LazyLock<BTreeMap<String, Country>> = LazyLock::new(|| {
    let lexicon = Lexicon::shipped();
    let countries = CODES
        .iter()
        .filter_map(|code| Country::from_code(code).ok());
    let named = |country: Country| {
        let names = lexicon.names_of(&country.message_id());
        names.into_iter().map(move |name| (name, country))
    };
    countries.flat_map(named).collect()
});

/// Not a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a country")]
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

    /// Reads a name in any language that this program speaks, or a code that exists, in capitals: in small letters
    /// half of them are words.
    ///
    /// # Errors
    /// [`NotACountry`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, NotACountry> {
        let text = text.trim();
        if CODES.contains(&text) {
            return Self::from_code(text);
        }
        NAMES.get(&fold(text)).copied().ok_or(NotACountry)
    }

    /// The countries whose names are nearest to the text, or whose code it is in small letters.
    pub(super) fn nearest(text: &str) -> Vec<Self> {
        let capitals = text.trim().to_uppercase();
        match Self::parse(&capitals) {
            Ok(country) => vec![country],
            Err(NotACountry) => nearest(text, NAMES.iter().map(|(name, country)| (name, *country))),
        }
    }

    /// The name that answers are written with.
    pub(super) fn first_name(self) -> String {
        Lexicon::shipped().first_name(&self.message_id())
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
        CODES.iter().any(|code| code.as_bytes() == self.0)
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
        for (code, texts) in [
            (
                "BY",
                &["BY", "Belarus", "Беларусь", "беларусь ", "Белоруссия", "РБ"][..],
            ),
            ("TR", &["Турция", "Turkey", "türkiye", "Турцыя"]),
            ("XK", &["Kosovo", "Косово", "XK"]),
            ("US", &["США", "USA", "U.S.A.", "United States", "Америка"]),
            ("GB", &["UK", "GB", "Great Britain", "Великобритания"]),
            ("CZ", &["Czech Republic", "Czechia", "Чехия", "Чэхія"]),
            ("KZ", &["Казахстан", "Kazakhstan", "KZ"]),
            (
                "CI",
                &[
                    "Cote d'Ivoire",
                    "Côte d’Ivoire",
                    "Кот-д'Ивуар",
                    "Ivory Coast",
                ],
            ),
            ("GE", &["Georgia", "Грузия"]),
        ] {
            for text in texts {
                assert_eq!(Country::parse(text).unwrap().code(), code, "{text}");
            }
        }
        for text in [
            "by",
            "no",
            "in",
            "us",
            "ZZ",
            "QQ",
            "Ruritania",
            "",
            "B",
            "Минск",
        ] {
            assert_eq!(Country::parse(text), Err(NotACountry), "{text}");
        }
        for (text, code) in [
            ("kz", "KZ"),
            ("Беларсь", "BY"),
            ("Kazahstan", "KZ"),
            ("Росия", "RU"),
        ] {
            assert_eq!(
                Country::nearest(text).first().unwrap().code(),
                code,
                "{text}"
            );
        }
        let decoded: Country = bellrope_proto::codec::decode(b"by").unwrap();
        assert!(!decoded.is_code() && decoded.in_capitals().code() == "BY");
        let decoded: Country = bellrope_proto::codec::decode(&[0xff, 0xff]).unwrap();
        assert_eq!(decoded.in_capitals().code(), "0xffff");
    }
}
