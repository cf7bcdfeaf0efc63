//! What came, as far as it can be read, with remarks on what is odd about it: beside the words, never instead of them.

use serde_json::{Value, json};

use super::{
    alert::{
        account_text, alert_json, bounded_block, in_line, incident_text, sources_text, summary_line,
    },
    labels::field_name,
};
use crate::{
    alert::{AlertError, Field, Oddity, Reading},
    text::Messages,
};

/// The kind, in JSON, of what could not be read.
pub(super) const UNREADABLE: &str = "unreadable";

/// A page around what came, in the order in which somebody decides: what happened; then `sender`, which says who says so,
/// with the remarks on how it was written and how sure it is; then the account, or the words that were found in what could not be read.
#[must_use]
pub fn reading_text(reading: &Reading, sender: &[String], words: &Messages) -> String {
    let mut lines = Vec::new();
    let fields = reading.fields();
    lines.extend(fields.map(|fields| incident_text(fields, words)));
    lines.extend(sender.iter().cloned());
    lines.extend(remarks(reading.oddities(), words));
    match fields {
        Some(fields) => {
            lines.push(sources_text(fields, words));
            lines.push(account_text(fields, words));
        }
        None if reading.texts().is_empty() => lines.push(words.plain("show-no-words")),
        None => {
            lines.push(words.plain("show-words"));
            lines.push(bounded_block(&reading.texts().join("\n")));
        }
    }
    let lines = lines.iter().map(|line| line.trim_end_matches('\n'));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// One line for a list.
#[must_use]
pub fn reading_line(reading: &Reading, words: &Messages) -> String {
    if let Some(fields) = reading.fields() {
        return summary_line(fields, words);
    }
    let texts = reading.texts().join(" ");
    let said = [words.plain("show-incomplete-short"), in_line(&texts)];
    let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("; ")
}

/// The alert, and the list of what is odd about it. An alert that could not be read has the kind "unreadable" and,
/// instead of fields, the texts that were found.
#[must_use]
pub fn reading_json(reading: &Reading) -> (Value, Value) {
    let alert = match reading.fields() {
        Some(fields) => alert_json(fields),
        None => json!({ "kind": UNREADABLE, "texts": reading.texts() }),
    };
    (alert, reading.oddities().iter().map(oddity_json).collect())
}

/// The sorts of oddity that name fields, in the order in which a reader needs to know of them.
const BY_FIELD: [&str; 7] = [
    "odd-newer",
    "odd-not-with",
    "odd-not-a-time",
    "odd-missing",
    "odd-too-long",
    "odd-not-a-language",
    "odd-untidy",
];

/// One line for each sort of oddity, what a reader must know first. As sorts are few, so are the lines.
fn remarks(oddities: &[Oddity], words: &Messages) -> Vec<String> {
    let whole = oddities.iter();
    let mut lines: Vec<String> = whole.filter_map(|odd| of_the_whole(odd, words)).collect();
    for sort in BY_FIELD {
        let fields: Vec<String> = oddities
            .iter()
            .filter_map(|oddity| of_a_field(oddity, words))
            .filter(|(id, _)| *id == sort)
            .map(|(_, field)| field)
            .collect();
        if !fields.is_empty() {
            lines.push(words.say(sort, &[("fields", fields.join("; ").into())]));
        }
    }
    lines
}

fn of_the_whole(oddity: &Oddity, words: &Messages) -> Option<String> {
    Some(match oddity {
        Oddity::Incomplete => words.plain("odd-incomplete"),
        Oddity::OtherKind(number) => words.say("odd-other-kind", &[("number", (*number).into())]),
        Oddity::More(_) => words.plain("odd-more"),
        Oddity::NoCountry(country) => {
            words.say("odd-no-country", &[("code", country.code().into())])
        }
        Oddity::Breach(AlertError::TooLarge { bytes, max }) => {
            let sizes = [("bytes", (*bytes).into()), ("max", (*max).into())];
            words.say("odd-too-large", &sizes)
        }
        Oddity::Newer(_) | Oddity::Untidy(_) | Oddity::Breach(_) => return None,
    })
}

fn of_a_field(oddity: &Oddity, words: &Messages) -> Option<(&'static str, String)> {
    let (id, field) = match *oddity {
        Oddity::Newer(field) => ("odd-newer", field),
        Oddity::Untidy(field) => ("odd-untidy", field),
        Oddity::Breach(AlertError::NotWith(field)) => ("odd-not-with", field),
        Oddity::Breach(AlertError::NotATime(field)) => ("odd-not-a-time", field),
        Oddity::Breach(AlertError::Missing(field)) => ("odd-missing", field),
        Oddity::Breach(AlertError::NotALanguage(field)) => ("odd-not-a-language", field),
        Oddity::Breach(
            AlertError::TooLong { field, max, found } | AlertError::TooMany { field, max, found },
        ) => {
            let name = field_name(field, words);
            let counts = [
                ("field", name.into()),
                ("found", found.into()),
                ("max", max.into()),
            ];
            return Some(("odd-too-long", words.say("odd-limit", &counts)));
        }
        _ => return None,
    };
    Some((id, field_name(field, words)))
}

fn oddity_json(oddity: &Oddity) -> Value {
    match oddity {
        Oddity::Incomplete => json!({ "what": "incomplete" }),
        Oddity::OtherKind(number) => json!({ "what": "other_kind", "number": number }),
        Oddity::More(numbers) => json!({ "what": "more", "extensions": numbers }),
        Oddity::Newer(field) => json!({ "what": "newer", "field": field.key() }),
        Oddity::Untidy(field) => json!({ "what": "untidy", "field": field.key() }),
        Oddity::NoCountry(country) => json!({ "what": "no_country", "code": country.code() }),
        Oddity::Breach(breach) => breach_json(*breach),
    }
}

fn breach_json(breach: AlertError) -> Value {
    match breach {
        AlertError::Missing(field) => json!({ "what": "missing", "field": field.key() }),
        AlertError::NotWith(field) => json!({ "what": "not_with", "field": field.key() }),
        AlertError::TooLong { field, max, found } => {
            json!({ "what": "too_long", "field": field.key(), "max": max, "found": found })
        }
        AlertError::TooMany { field, max, found } => {
            json!({ "what": "too_many", "field": field.key(), "max": max, "found": found })
        }
        AlertError::TooLarge { bytes, max } => {
            json!({ "what": "too_large", "max": max, "found": bytes })
        }
        AlertError::NotALanguage(field) => {
            json!({ "what": "not_a_language", "field": field.key() })
        }
        AlertError::NotATime(field) => json!({ "what": "not_a_time", "field": field.key() }),
        AlertError::NotACountry => {
            json!({ "what": "no_country", "field": Field::Country.key() })
        }
    }
}
