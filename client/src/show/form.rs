//! An alert as a form that people fill in: empty, or with what is known already.

use bellrope_proto::ids::Timestamp;
use toml_writer::{ToTomlValue as _, TomlStringBuilder};

use super::labels::{field_name, label};
use crate::alert::{
    EventTime, Field, Fields, Intake, UNKNOWN_LANGUAGE, chars_max, machine_when,
    vocabulary::{
        Act, CoeInteraction, ConsentAnswer, ConsentGiver, CustodyStage, DesignationKind, IntakeVia,
        Kind, LawyerAccess, Naming, Need, PlacePrecision, Sharing, Source, Subject, ThreatOrigin,
        TimePrecision, Timing, Translator, Urgency, Verification, Vocabulary, Whereabouts, YesNo,
    },
};
use crate::text::Messages;

const LINES_START: &str = "\"\"\"";

/// Writes the form with these fields filled in and a comment on each in the language of `words`.
#[must_use]
pub fn write_form(fields: &Fields, words: &Messages) -> String {
    let mut page = Page {
        text: String::new(),
        words,
        table: "",
    };
    for line in words.plain("template-intro").lines() {
        page.comment(line);
    }
    for field in Field::ALL {
        page.field(*field, fields);
    }
    page.text
}

struct Page<'a> {
    text: String,
    words: &'a Messages,
    table: &'static str,
}

impl Page<'_> {
    fn comment(&mut self, line: &str) {
        self.text.push_str("# ");
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn field(&mut self, field: Field, fields: &Fields) {
        let (table, key) = field.key().split_once('.').unwrap_or(("", field.key()));
        self.text.push('\n');
        if table != self.table {
            self.text.push_str(&format!("[{table}]\n"));
            self.table = table;
        }
        let mut label = field_name(field, self.words);
        if let Some(max) = limit(field, fields.kind) {
            let limit = self.words.say("template-limit", &[("max", max.into())]);
            label = format!("{label} ({limit})");
        }
        self.comment(&label);
        self.choices(field);
        let value = value(field, fields);
        self.text.push_str(&format!("{key} = {value}\n"));
    }

    fn choices(&mut self, field: Field) {
        match field {
            Field::Kind => self.list(Kind::ALL),
            Field::Subject => self.list(Subject::ALL),
            Field::Acts => self.list(Act::ALL),
            Field::CustodyStage => self.list(CustodyStage::ALL),
            Field::DesignationKind => self.list(DesignationKind::ALL),
            Field::IntakeVia => {
                let help = self.words.plain("template-intake");
                self.comment(&help);
                self.list(IntakeVia::ALL);
            }
            Field::Urgency => self.list(Urgency::ALL),
            Field::Source => self.list(Source::ALL),
            Field::Firsthand => self.list(YesNo::ALL),
            Field::Verification => self.list(Verification::ALL),
            Field::Sharing => self.list(Sharing::ALL),
            Field::Needs => self.list(Need::ALL),
            Field::Naming => self.list(Naming::ALL),
            Field::Whereabouts => self.list(Whereabouts::ALL),
            Field::LawyerAccess => self.list(LawyerAccess::ALL),
            Field::MedicationNeeded => self.list(YesNo::ALL),
            Field::PlacePrecision => self.list(PlacePrecision::ALL),
            Field::Timing => self.list(Timing::ALL),
            Field::ThreatOrigin => self.list(ThreatOrigin::ALL),
            Field::CoeInteraction => self.list(CoeInteraction::ALL),
            // The other purposes take the same answers.
            Field::ShareInGroup => self.list(ConsentAnswer::ALL),
            Field::ConsentGivenBy => {
                let help = self.words.plain("template-consent-giver");
                self.comment(&help);
                self.list(ConsentGiver::ALL);
            }
            Field::Translator => self.list(Translator::ALL),
            Field::EventTime => {
                let help = self.words.plain("template-time");
                self.comment(&help);
            }
            _ => {}
        }
    }

    fn list<V: Vocabulary>(&mut self, values: &[V]) {
        for value in values {
            let label = label(*value, self.words);
            self.comment(&format!("  {}: {label}", value.key()));
        }
    }
}

/// What a person who fills in the form is told of it. The shape of a language tag leaves few lengths.
fn limit(field: Field, kind: Kind) -> Option<usize> {
    match field {
        Field::Language | Field::TranslationLanguage => None,
        _ => chars_max(field, kind),
    }
}

fn value(field: Field, fields: &Fields) -> String {
    let (victim, consent) = (&fields.victim, &fields.consent);
    let translation = fields.translation.as_ref();
    let came = fields.intake.as_ref();
    let told = |said: fn(&Intake) -> &str| text(came.map_or("", said));
    match field {
        Field::Kind => key(fields.kind),
        Field::Original => text(&fields.original.map(|id| id.to_string()).unwrap_or_default()),
        Field::Subject => key(fields.subject),
        Field::Acts => texts(fields.acts.iter().map(|act| act.key())),
        Field::CustodyStage => key(fields.custody_stage),
        Field::DesignationKind => key(fields.designation_kind),
        Field::IntakeVia => text(&came.map(|came| came.via.key()).unwrap_or_default()),
        Field::IntakeFrom => told(|came| &came.from),
        Field::IntakeAt => text(&came.and_then(came_at).unwrap_or_default()),
        Field::IntakeOwnWords => lines(came.map_or("", |came| &came.own_words)),
        Field::IntakeContact => told(|came| &came.contact),
        Field::IntakeCallHours => told(|came| &came.call_hours),
        Field::IntakeNoCallHours => told(|came| &came.no_call_hours),
        Field::IntakeLanguage => told(|came| &came.language),
        Field::IntakeToldAlready => told(|came| &came.told_already),
        Field::Urgency => key(fields.urgency),
        Field::Summary => text(&fields.summary),
        Field::Narrative => lines(&fields.narrative),
        Field::Language if fields.language == UNKNOWN_LANGUAGE => text(""),
        Field::Language => text(&fields.language),
        Field::Source => key(fields.source),
        Field::Firsthand => key(fields.firsthand),
        Field::Verification => key(fields.verification),
        Field::Sharing => key(fields.sharing),
        Field::Needs => texts(fields.needs.iter().map(|need| need.key())),
        Field::RequestedActions => texts(fields.requested_actions.iter()),
        Field::ActionsTaken => texts(fields.actions_taken.iter()),
        Field::Naming => key(victim.naming),
        Field::Reference => text(&victim.reference),
        Field::Organisation => text(&victim.organisation),
        Field::Work => text(&victim.work),
        Field::MedicalNeed => text(&victim.disability_or_medical_need),
        Field::Whereabouts => key(victim.whereabouts),
        Field::LawyerAccess => key(victim.lawyer_access),
        Field::MedicationNeeded => key(victim.medication_needed),
        Field::Country => text(
            &fields
                .place
                .country
                .map(|country| country.code())
                .unwrap_or_default(),
        ),
        Field::PlaceName => text(&fields.place.name),
        Field::PlacePrecision => key(fields.place.precision),
        Field::EventTime => text(&machine_when(&fields.time).unwrap_or_default()),
        Field::Timing => key(fields.time.timing),
        Field::ThreatOrigin => key(fields.threat.origin),
        Field::Actor => text(&fields.threat.actor),
        Field::LegalBasis => text(&fields.threat.legal_basis),
        Field::CoeInteraction => key(fields.coe.interaction),
        Field::CoeDetails => text(&fields.coe.details),
        Field::ShareInGroup => key(consent.share_in_group),
        Field::ContactFamily => key(consent.contact_family),
        Field::SendToState => key(consent.send_to_state),
        Field::SendToInstitutions => key(consent.send_to_institutions),
        Field::UseName => key(consent.use_name),
        Field::Publish => key(consent.publish),
        Field::Media => key(consent.media),
        Field::ConsentGivenBy => key(consent.given_by),
        Field::ConsentGivenAt => text(&minute(consent.given_at)),
        Field::TranslationOriginal => text(
            &translation
                .map(|from| from.original.to_string())
                .unwrap_or_default(),
        ),
        Field::TranslationLanguage => text(translation.map_or("", |from| &from.language)),
        Field::Translator => key(translation.map(|from| from.by).unwrap_or_default()),
    }
}

/// When a report came, as closely as it is known.
pub(super) fn came_at(came: &Intake) -> Option<String> {
    machine_when(&EventTime {
        at: came.at,
        precision: came.precision,
        ..EventTime::default()
    })
}

fn minute(at: Option<Timestamp>) -> String {
    let time = EventTime {
        at,
        precision: TimePrecision::Minute,
        ..EventTime::default()
    };
    machine_when(&time).unwrap_or_default()
}

fn key(value: impl Vocabulary) -> String {
    text(&value.key())
}

fn text(text: &str) -> String {
    TomlStringBuilder::new(text).as_basic().to_toml_value()
}

/// Three quotes and a line of its own, so that an account can be written in lines.
fn lines(text: &str) -> String {
    let quoted = TomlStringBuilder::new(text).as_ml_basic().to_toml_value();
    match quoted.strip_prefix(LINES_START) {
        // A text without a break would begin beside the quotes.
        Some(rest) if !text.contains('\n') => format!("{LINES_START}\n{rest}"),
        _ => quoted,
    }
}

fn texts<T: AsRef<str>>(items: impl Iterator<Item = T>) -> String {
    let items: Vec<String> = items.map(|item| text(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}
