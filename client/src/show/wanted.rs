//! What a person looks for among the alerts that came.

use std::borrow::Cow;

use bellrope_proto::ids::Timestamp;

use super::{
    alert::when_json,
    labels::{country_name, labels},
    reading::UNREADABLE,
    received::ReceivedAlert,
};
use crate::{
    alert::{
        Fields,
        country::Country,
        vocabulary::{Kind, Purpose, Urgency, Vocabulary as _},
    },
    parallel,
    text::{Messages, fold, rfc3339},
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
    /// Those of these that are looked for.
    #[must_use]
    pub fn among(&self, all: Vec<ReceivedAlert>, messages: &Messages) -> Vec<ReceivedAlert> {
        parallel::filter_map(all, |alert| self.fits(&alert, messages).then_some(alert))
    }

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
    let id = alert.id.to_string();
    let name = alert.sender_called().unwrap_or_default();
    let mut words: Vec<Cow<'_, str>> = vec![alert.case.as_str().into(), id.into(), name.into()];
    match alert.reading.fields() {
        Some(fields) => {
            words.push(labels(&fields.acts, messages).into());
            let country = fields.place.country;
            let country = country.map(|country| country_name(country, messages));
            words.extend(country.map(Cow::from));
            words.extend(values(fields));
        }
        None => {
            let texts = alert.reading.texts().iter();
            words.push(UNREADABLE.into());
            words.extend(texts.map(Cow::from));
        }
    }
    words.join(" ")
}

/// Every text that [`alert_json`](super::alert_json) has: of thousands, that itself would take longer than all the rest.
fn values(fields: &Fields) -> Vec<Cow<'_, str>> {
    let (victim, place, time) = (&fields.victim, &fields.place, &fields.time);
    let mut values = vec![
        fields.kind.key(),
        fields.subject.key(),
        fields.custody_stage.key(),
        fields.designation_kind.key(),
        fields.urgency.key(),
        fields.summary.as_str().into(),
        fields.narrative.as_str().into(),
        fields.language.as_str().into(),
        victim.naming.key(),
        victim.reference.as_str().into(),
        victim.organisation.as_str().into(),
        victim.work.as_str().into(),
        victim.disability_or_medical_need.as_str().into(),
        victim.whereabouts.key(),
        victim.lawyer_access.key(),
        victim.medication_needed.key(),
        place.name.as_str().into(),
        place.precision.key(),
        time.precision.key(),
        time.timing.key(),
        fields.threat.origin.key(),
        fields.threat.actor.as_str().into(),
        fields.threat.legal_basis.as_str().into(),
        fields.source.key(),
        fields.firsthand.key(),
        fields.verification.key(),
        fields.consent.given_by.key(),
        fields.sharing.key(),
        fields.coe.interaction.key(),
        fields.coe.details.as_str().into(),
    ];
    let answers = Purpose::ALL.iter();
    values.extend(answers.map(|purpose| fields.consent.answer(*purpose).key()));
    values.extend(fields.acts.iter().map(|act| act.key()));
    values.extend(fields.needs.iter().map(|need| need.key()));
    let actions = fields.requested_actions.iter().chain(&fields.actions_taken);
    values.extend(actions.map(|text| Cow::from(text.as_str())));
    let said = [
        fields.original.map(|id| id.to_string()),
        place.country.map(Country::code),
        when_json(time.at, time.precision),
        fields.consent.given_at.and_then(rfc3339),
    ];
    values.extend(said.into_iter().flatten().map(Cow::from));
    if let Some(came) = &fields.intake {
        values.extend([
            came.via.key(),
            came.from.as_str().into(),
            came.precision.key(),
            came.own_words.as_str().into(),
            came.contact.as_str().into(),
            came.call_hours.as_str().into(),
            came.no_call_hours.as_str().into(),
            came.language.as_str().into(),
            came.told_already.as_str().into(),
        ]);
        values.extend(when_json(came.at, came.precision).map(Cow::from));
    }
    if let Some(from) = &fields.translation {
        values.extend([from.language.as_str().into(), from.by.key()]);
        values.push(from.original.to_string().into());
    }
    values
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::{alert::tests, show::alert_json};

    fn strings(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => _ = into.insert(text.clone()),
            Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
            Value::Object(values) => values.values().for_each(|value| strings(value, into)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    #[test]
    fn whatever_its_json_says_can_be_looked_for() {
        for fields in [tests::flash(), tests::full()] {
            let mut said = BTreeSet::new();
            strings(&alert_json(&fields), &mut said);
            let values = values(&fields).into_iter().map(Cow::into_owned);
            assert_eq!(values.collect::<BTreeSet<String>>(), said);
        }
    }
}
