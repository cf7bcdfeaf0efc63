//! An alert as people and programs read it: labelled lines, one line for a list, JSON.

use serde_json::{Map, Value, json};

use super::labels::{country_name, field_name, label, labels};
use crate::{
    alert::{
        Alert, EventTime, Field, Fields, Place, UNKNOWN_LANGUAGE,
        country::Country,
        machine_when,
        vocabulary::{
            ConsentAnswer, Kind, Naming, PlacePrecision, Purpose, TimePrecision, Vocabulary,
        },
    },
    text::{Messages, block, escape},
};

/// The alert in lines of "label: value", one fact a line, what is unknown or empty left out. What the
/// sender wrote is escaped, and lines of it are indented, so that it cannot pass for our own labels.
#[must_use]
pub fn alert_text(alert: &Alert, words: &Messages) -> String {
    let fields = alert.fields();
    let mut page = Page {
        text: String::new(),
        words,
    };
    if fields.kind == Kind::Drill {
        page.text.push_str(&words.plain("show-drill"));
        page.text.push('\n');
    }
    page.value(Field::Kind, fields.kind);
    page.said(
        Field::Original,
        &fields.original.map(|id| id.to_string()).unwrap_or_default(),
    );
    page.value(Field::Urgency, fields.urgency);
    page.value(Field::Sharing, fields.sharing);
    page.said(Field::Summary, &fields.summary);
    page.values(Field::Acts, &fields.acts);
    page.value(Field::Subject, fields.subject);
    page.victim(fields);
    page.line("show-place", &place_text(&fields.place, words));
    page.line("show-time", &when_text(&fields.time, words));
    page.known(Field::ThreatOrigin, fields.threat.origin);
    page.said(Field::Actor, &fields.threat.actor);
    page.said(Field::LegalBasis, &fields.threat.legal_basis);
    page.block(Field::Narrative, &fields.narrative);
    page.texts(fields);
    page.known(Field::Source, fields.source);
    page.known(Field::Firsthand, fields.firsthand);
    page.value(Field::Verification, fields.verification);
    page.known(Field::CoeInteraction, fields.coe.interaction);
    page.said(Field::CoeDetails, &fields.coe.details);
    page.values(Field::Needs, &fields.needs);
    page.items(Field::RequestedActions, &fields.requested_actions);
    page.items(Field::ActionsTaken, &fields.actions_taken);
    page.consent(fields);
    page.text
}

/// One line for a list: urgency, where, what, to whom, and the summary.
#[must_use]
pub fn summary_line(alert: &Alert, words: &Messages) -> String {
    let fields = alert.fields();
    let acts = labels(&fields.acts, words);
    let parts = [
        if fields.kind == Kind::Flash {
            String::new()
        } else {
            label(fields.kind, words)
        },
        label(fields.urgency, words),
        fields
            .place
            .country
            .map(|country| country_name(country, words))
            .unwrap_or_default(),
        acts,
        match fields.victim.naming {
            Naming::Withheld => String::new(),
            _ => escape(&fields.victim.reference),
        },
        escape(&fields.summary),
    ];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("; ")
}

/// When, as closely as it is known, and whether it goes on.
fn when_text(time: &EventTime, words: &Messages) -> String {
    let at = machine_when(time).unwrap_or_else(|| label(TimePrecision::Unknown, words));
    format!("{at}; {}", label(time.timing, words))
}

fn place_text(place: &Place, words: &Messages) -> String {
    let precision = label(place.precision, words);
    let country = place.country.map(|country| country_name(country, words));
    match (country, place.precision) {
        (_, PlacePrecision::Withheld) | (None, PlacePrecision::Country) => precision,
        (Some(country), PlacePrecision::Country) => country,
        (Some(country), _) => format!("{country}, {} ({precision})", escape(&place.name)),
        (None, _) => format!("{} ({precision})", escape(&place.name)),
    }
}

struct Page<'a> {
    text: String,
    words: &'a Messages,
}

impl Page<'_> {
    fn line(&mut self, label_id: &str, value: &str) {
        let label = self.words.plain(label_id);
        self.text.push_str(&format!("{label}: {value}\n"));
    }

    fn value<V: Vocabulary>(&mut self, field: Field, value: V) {
        self.line(&field.message_id(), &label(value, self.words));
    }

    fn known<V: Vocabulary + Default>(&mut self, field: Field, value: V) {
        if value != V::default() {
            self.value(field, value);
        }
    }

    fn values<V: Vocabulary>(&mut self, field: Field, values: &[V]) {
        if !values.is_empty() {
            self.line(&field.message_id(), &labels(values, self.words));
        }
    }

    fn said(&mut self, field: Field, text: &str) {
        if !text.is_empty() {
            self.line(&field.message_id(), &escape(text));
        }
    }

    fn block(&mut self, field: Field, text: &str) {
        if !text.is_empty() {
            let label = field_name(field, self.words);
            self.text.push_str(&format!("{label}:\n{}\n", block(text)));
        }
    }

    fn items(&mut self, field: Field, items: &[String]) {
        for item in items {
            self.said(field, item);
        }
    }

    fn victim(&mut self, fields: &Fields) {
        let victim = &fields.victim;
        match victim.naming {
            Naming::Withheld => self.line("show-victim", &label(victim.naming, self.words)),
            naming => {
                let naming = label(naming, self.words);
                self.line(
                    "show-victim",
                    &format!("{} ({naming})", escape(&victim.reference)),
                );
            }
        }
        self.said(Field::Organisation, &victim.organisation);
        self.said(Field::Work, &victim.work);
        self.said(Field::MedicalNeed, &victim.disability_or_medical_need);
        self.known(Field::Whereabouts, victim.whereabouts);
        self.known(Field::LawyerAccess, victim.lawyer_access);
        self.known(Field::MedicationNeeded, victim.medication_needed);
    }

    fn texts(&mut self, fields: &Fields) {
        if fields.language != UNKNOWN_LANGUAGE {
            self.said(Field::Language, &fields.language);
        }
        if let Some(from) = &fields.translation {
            self.said(Field::TranslationOriginal, &from.original.to_string());
            self.said(Field::TranslationLanguage, &from.language);
            self.value(Field::Translator, from.by);
        }
    }

    /// What is permitted, what is refused, and what was not answered, each on a line of its own.
    fn consent(&mut self, fields: &Fields) {
        let consent = &fields.consent;
        for (id, wanted) in [
            ("show-permitted", ConsentAnswer::Yes),
            ("show-refused", ConsentAnswer::No),
            ("show-not-reachable", ConsentAnswer::NotReachable),
        ] {
            let purposes: Vec<Purpose> = Purpose::ALL
                .iter()
                .copied()
                .filter(|purpose| consent.answer(*purpose) == wanted)
                .collect();
            if !purposes.is_empty() {
                self.line(id, &labels(&purposes, self.words));
            } else if wanted == ConsentAnswer::Yes {
                let nothing = self.words.plain("show-nothing");
                self.line(id, &nothing);
            }
        }
        self.known(Field::ConsentGivenBy, consent.given_by);
        let given = EventTime {
            at: consent.given_at,
            precision: TimePrecision::Minute,
            ..EventTime::default()
        };
        self.said(
            Field::ConsentGivenAt,
            &machine_when(&given).unwrap_or_default(),
        );
    }
}

/// The alert with the keys of the template, in every language the same. Empty texts are there and
/// empty; times are strings as close as they are known.
#[must_use]
pub fn alert_json(alert: &Alert) -> Value {
    let fields = alert.fields();
    let (victim, time, place) = (&fields.victim, &fields.time, &fields.place);
    let mut consent = Map::new();
    for purpose in Purpose::ALL {
        let answer = fields.consent.answer(*purpose).key();
        consent.insert(purpose.key().into_owned(), answer.into());
    }
    let given = EventTime {
        at: fields.consent.given_at,
        precision: TimePrecision::Minute,
        ..EventTime::default()
    };
    consent.insert("given_by".into(), fields.consent.given_by.key().into());
    consent.insert("given_at".into(), machine_when(&given).into());
    json!({
        "kind": fields.kind.key(),
        "original": fields.original.map(|id| id.to_string()),
        "subject": fields.subject.key(),
        "acts": fields.acts.iter().map(|act| act.key()).collect::<Vec<_>>(),
        "urgency": fields.urgency.key(),
        "summary": fields.summary,
        "narrative": fields.narrative,
        "language": fields.language,
        "translation": fields.translation.as_ref().map(|from| json!({
            "original": from.original.to_string(),
            "language": from.language,
            "by": from.by.key(),
        })),
        "victim": {
            "naming": victim.naming.key(),
            "reference": victim.reference,
            "organisation": victim.organisation,
            "work": victim.work,
            "disability_or_medical_need": victim.disability_or_medical_need,
            "whereabouts": victim.whereabouts.key(),
            "lawyer_access": victim.lawyer_access.key(),
            "medication_needed": victim.medication_needed.key(),
        },
        "place": {
            "country": place.country.map(Country::code),
            "name": place.name,
            "precision": place.precision.key(),
        },
        "time": {
            "at": machine_when(time),
            "precision": time.precision.key(),
            "timing": time.timing.key(),
        },
        "threat": {
            "origin": fields.threat.origin.key(),
            "actor": fields.threat.actor,
            "legal_basis": fields.threat.legal_basis,
        },
        "source": fields.source.key(),
        "firsthand": fields.firsthand.key(),
        "verification": fields.verification.key(),
        "consent": consent,
        "sharing": fields.sharing.key(),
        "coe": {
            "interaction": fields.coe.interaction.key(),
            "details": fields.coe.details,
        },
        "needs": fields.needs.iter().map(|need| need.key()).collect::<Vec<_>>(),
        "requested_actions": fields.requested_actions,
        "actions_taken": fields.actions_taken,
    })
}
