//! What came, as far as it can be read, with remarks on what is odd about it: beside the words, never instead of them.

use serde_json::{Value, json};

use super::{
    alert::{alert_json, alert_text, bounded_block, in_line, summary_line},
    labels::field_name,
};
use crate::{
    alert::{AlertError, Field, Oddity, Reading},
    text::Messages,
};

/// The remarks, a line each, and then the alert, or the words that were found in what could not be read.
#[must_use]
pub fn reading_text(reading: &Reading, words: &Messages) -> String {
    let mut text = String::new();
    for line in remarks(reading.oddities(), words) {
        text.push_str(&line);
        text.push('\n');
    }
    if let Some(fields) = reading.fields() {
        text.push_str(&alert_text(fields, words));
        return text;
    }
    let label = if reading.texts().is_empty() {
        "show-no-words"
    } else {
        "show-words"
    };
    text.push_str(&words.plain(label));
    text.push('\n');
    if !reading.texts().is_empty() {
        text.push_str(&bounded_block(&reading.texts().join("\n")));
        text.push('\n');
    }
    text
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
        None => json!({ "kind": "unreadable", "texts": reading.texts() }),
    };
    (alert, reading.oddities().iter().map(oddity_json).collect())
}

/// One line for each sort of oddity, what a reader must know first. As fields are few, so are the lines.
fn remarks(oddities: &[Oddity], words: &Messages) -> Vec<String> {
    let mut lines = Vec::new();
    let mut by_field: Vec<(&str, Vec<String>)> = Vec::new();
    for oddity in oddities {
        let (id, field) = match *oddity {
            Oddity::Incomplete => {
                lines.push(words.plain("odd-incomplete"));
                continue;
            }
            Oddity::OtherKind(number) => {
                lines.push(words.say("odd-other-kind", &[("number", number.into())]));
                continue;
            }
            Oddity::More(_) => {
                lines.push(words.plain("odd-more"));
                continue;
            }
            Oddity::NoCountry(country) => {
                let code = country.code();
                lines.push(words.say("odd-no-country", &[("code", code.into())]));
                continue;
            }
            Oddity::Breach(AlertError::TooLarge { bytes, max }) => {
                let sizes = [("bytes", bytes.into()), ("max", max.into())];
                lines.push(words.say("odd-too-large", &sizes));
                continue;
            }
            Oddity::Newer(field) => ("odd-newer", field_name(field, words)),
            Oddity::Untidy(field) => ("odd-untidy", field_name(field, words)),
            Oddity::Breach(AlertError::Missing(field)) => ("odd-missing", field_name(field, words)),
            Oddity::Breach(AlertError::NotWith(field)) => {
                ("odd-not-with", field_name(field, words))
            }
            Oddity::Breach(AlertError::NotALanguage(field)) => {
                ("odd-not-a-language", field_name(field, words))
            }
            Oddity::Breach(AlertError::NotATime(field)) => {
                ("odd-not-a-time", field_name(field, words))
            }
            Oddity::Breach(AlertError::NotACountry) => {
                ("odd-not-with", field_name(Field::Country, words))
            }
            Oddity::Breach(
                AlertError::TooLong { field, max, found }
                | AlertError::TooMany { field, max, found },
            ) => {
                let name = field_name(field, words);
                ("odd-too-long", format!("{name} ({found} > {max})"))
            }
        };
        match by_field.iter_mut().find(|(there, _)| *there == id) {
            Some((_, fields)) => fields.push(field),
            None => by_field.push((id, vec![field])),
        }
    }
    for (id, fields) in by_field {
        lines.push(words.say(id, &[("fields", fields.join("; ").into())]));
    }
    lines
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
