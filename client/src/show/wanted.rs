//! What a person looks for among the alerts that came.

use bellrope_proto::ids::Timestamp;
use serde_json::Value;

use super::{
    labels::{country_name, labels},
    reading::reading_json,
    received::ReceivedAlert,
};
use crate::{
    alert::{
        country::Country,
        vocabulary::{Kind, Urgency},
    },
    text::{Messages, fold},
};

/// Everything that is said here must hold.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only what was not shown whole on this device yet.
    pub unread: bool,
    /// Only this urgent; empty: any.
    pub urgency: Vec<Urgency>,
    /// Only from there.
    pub country: Option<Country>,
    /// Only what arrived at the relay since then.
    pub since: Option<Timestamp>,
    /// Only drills.
    pub drills: bool,
    /// Only what has each of these words in its texts, names or labels, however they are spelt: case, ё and hyphens do not
    /// matter.
    pub search: String,
}

impl Wanted {
    /// Whether this alert is looked for.
    #[must_use]
    pub fn fits(&self, alert: &ReceivedAlert, messages: &Messages) -> bool {
        let fields = alert.reading.fields();
        let kind = fields.map(|fields| fields.kind);
        let urgency = fields.map(|fields| fields.urgency);
        let is_urgent = urgency.is_some_and(|urgency| self.urgency.contains(&urgency));
        // What arrived nobody knows when is not left out: it may be what is looked for.
        let is_new = alert
            .arrived
            .is_none_or(|arrived| Some(arrived) >= self.since);
        (!self.unread || !alert.shown)
            && (self.urgency.is_empty() || is_urgent)
            && (self.country.is_none() || alert.reading.country() == self.country)
            && is_new
            && (!self.drills || kind == Some(Kind::Drill))
            && self.is_found_in(alert, messages)
    }

    fn is_found_in(&self, alert: &ReceivedAlert, messages: &Messages) -> bool {
        has_words(&self.search, || words_of(alert, messages))
    }
}

/// Whether each of these words is in a text, however they are spelt.
pub(super) fn has_words(search: &str, text: impl FnOnce() -> String) -> bool {
    let wanted = fold(search);
    if wanted.is_empty() {
        return true;
    }
    let text = fold(&text());
    wanted.split(' ').all(|word| text.contains(word))
}

/// Everything that its page says, apart from the names of fields.
pub(super) fn words_of(alert: &ReceivedAlert, messages: &Messages) -> String {
    let mut words = vec![alert.case.clone(), alert.id.to_string()];
    words.extend(alert.sender_called());
    if let Some(fields) = alert.reading.fields() {
        words.push(labels(&fields.acts, messages));
        let country = fields.place.country;
        words.extend(country.map(|country| country_name(country, messages)));
    }
    let (said, _) = reading_json(&alert.reading);
    strings(&said, &mut words);
    words.join(" ")
}

fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
        Value::Object(values) => values.values().for_each(|value| strings(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
