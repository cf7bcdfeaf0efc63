//! Moments in JSON: seconds since 1970, written as RFC 3339.

use serde::{Deserialize as _, Deserializer, Serializer, de};

/// One that no calendar has is the last that it has.
fn text(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn seconds<E: de::Error>(text: &str) -> Result<u64, E> {
    let moment: jiff::Timestamp = text.parse().map_err(E::custom)?;
    u64::try_from(moment.as_second()).map_err(E::custom)
}

pub(crate) fn serialize<S: Serializer>(at: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text(*at))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    seconds(&String::deserialize(from)?)
}

/// The same of a moment that may not be.
pub(crate) mod optional {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(at: &Option<u64>, to: S) -> Result<S::Ok, S::Error> {
        at.map(super::text).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
        let found = Option::<String>::deserialize(from)?;
        found.map(|text| super::seconds(&text)).transpose()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Two {
        #[serde(with = "super")]
        one: u64,
        #[serde(with = "super::optional")]
        other: Option<u64>,
    }

    #[test]
    fn moments_are_rfc_3339_and_come_back() {
        for (two, json) in [
            (
                Two {
                    one: 1_764_000_000,
                    other: None,
                },
                r#"{"one":"2025-11-24T16:00:00Z","other":null}"#,
            ),
            (
                Two {
                    one: 0,
                    other: Some(951_827_696),
                },
                r#"{"one":"1970-01-01T00:00:00Z","other":"2000-02-29T12:34:56Z"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&two).unwrap(), json);
            assert_eq!(serde_json::from_str::<Two>(json).unwrap(), two);
        }
        let beyond = Two {
            one: u64::MAX,
            other: None,
        };
        let json = serde_json::to_string(&beyond).unwrap();
        assert!(json.contains("\"9999-12-30T22:00:00Z\""), "{json}");
        assert!(serde_json::from_str::<Two>(r#"{"one":1764000000,"other":null}"#).is_err());
    }
}
