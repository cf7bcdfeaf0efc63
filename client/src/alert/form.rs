//! An alert as a TOML file that people fill in: reads it. [`show`](crate::show) writes it.
//!
//! Lists take keys, or labels in any language. An empty text means "unknown" or "not said"; a key that
//! does not belong here is an error, because a misspelt one would lose what somebody wrote under it.

use bellrope_proto::ids::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{
    Alert, AlertError, CoeWork, Consent, EventTime, Field, Fields, Intake, Place, Threat,
    Translation, Victim,
    answers::{AnswerError, parse_one, parse_when},
    country::{Country, NotACountry},
    vocabulary::Vocabulary,
};
use crate::{extensions::Extensions, ids::MessageId};

/// Why a form is not an alert.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not TOML, or a key or type that does not belong here.
    #[error("line {line}: {reason}")]
    Form {
        /// Counted from 1.
        line: usize,
        /// The parser's words, in English.
        reason: String,
    },
    /// A value that is not understood.
    #[error("`{}` cannot be `{part}`; use one of: {allowed}", .field.key())]
    Value {
        /// Where.
        field: Field,
        /// What was written.
        part: String,
        /// The keys of the list, or nothing where there is none.
        allowed: String,
    },
    /// A rule of the alert does not hold.
    #[error(transparent)]
    Rule(#[from] AlertError),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Form {
    kind: String,
    original: String,
    subject: String,
    acts: Vec<String>,
    custody_stage: String,
    designation_kind: String,
    urgency: String,
    summary: String,
    narrative: String,
    language: String,
    source: String,
    firsthand: String,
    verification: String,
    sharing: String,
    needs: Vec<String>,
    requested_actions: Vec<String>,
    actions_taken: Vec<String>,
    victim: VictimForm,
    place: PlaceForm,
    time: TimeForm,
    threat: ThreatForm,
    coe: CoeForm,
    consent: ConsentForm,
    intake: IntakeForm,
    translation: TranslationForm,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct VictimForm {
    naming: String,
    reference: String,
    organisation: String,
    work: String,
    disability_or_medical_need: String,
    whereabouts: String,
    lawyer_access: String,
    medication_needed: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PlaceForm {
    country: String,
    name: String,
    precision: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TimeForm {
    at: String,
    timing: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ThreatForm {
    origin: String,
    actor: String,
    legal_basis: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CoeForm {
    interaction: String,
    details: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConsentForm {
    share_in_group: String,
    contact_family: String,
    send_to_state: String,
    send_to_institutions: String,
    use_name: String,
    publish: String,
    media: String,
    given_by: String,
    given_at: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct IntakeForm {
    via: String,
    from: String,
    at: String,
    own_words: String,
    contact: String,
    call_hours: String,
    no_call_hours: String,
    language: String,
    told_already: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TranslationForm {
    original: String,
    language: String,
    by: String,
}

/// Reads a filled-in form. Clock times in it are those of `zone`.
///
/// # Errors
/// [`FormError`], with the line or the field.
pub fn read(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Alert, FormError> {
    // Editors on some systems put a mark before the first character.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let form: Form = toml::from_str(text).map_err(|error| FormError::Form {
        line: error.span().map_or(1, |span| {
            let before = text.get(..span.start).unwrap_or(text);
            before.matches('\n').count().saturating_add(1)
        }),
        reason: error.message().to_owned(),
    })?;
    Ok(Alert::new(form.fields(&FormReader { now, zone })?)?)
}

struct FormReader<'a> {
    now: Timestamp,
    zone: &'a TimeZone,
}

impl FormReader<'_> {
    fn one<V: Vocabulary + Default>(&self, field: Field, text: &str) -> Result<V, FormError> {
        if text.trim().is_empty() {
            return Ok(V::default());
        }
        // No list was shown with numbers, so numbers mean nothing here.
        let number = text.trim().parse::<u64>().is_ok();
        let value = parse_one(text, V::ALL);
        let allowed: Vec<String> = match value {
            Ok(value) if !number => return Ok(value),
            Err(AnswerError::Unclear(unclear)) => {
                let candidates = unclear.candidates.into_iter();
                candidates.map(|candidate| candidate.answer).collect()
            }
            _ => V::ALL
                .iter()
                .map(|value| value.key().into_owned())
                .collect(),
        };
        Err(FormError::Value {
            field,
            part: text.to_owned(),
            allowed: allowed.join(", "),
        })
    }

    fn several<V: Vocabulary + Default>(
        &self,
        field: Field,
        texts: &[String],
    ) -> Result<Vec<V>, FormError> {
        let said = texts.iter().filter(|text| !text.trim().is_empty());
        said.map(|text| self.one(field, text)).collect()
    }

    fn id(&self, field: Field, text: &str) -> Result<Option<MessageId>, FormError> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        MessageId::from_hex(text)
            .map(Some)
            .ok_or_else(|| refused(field, text))
    }

    fn when(&self, field: Field, text: &str) -> Result<EventTime, FormError> {
        if text.trim().is_empty() {
            return Ok(EventTime::default());
        }
        parse_when(text, self.now, self.zone).map_err(|error| match error {
            AnswerError::Unclear(unclear) => {
                let meant = unclear.candidates.into_iter().map(|one| one.answer);
                one_of(field, text, meant)
            }
            _ => one_of(field, text, []),
        })
    }

    fn country(&self, text: &str) -> Result<Option<Country>, FormError> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        Country::parse(text).map(Some).map_err(|NotACountry| {
            let near = Country::nearest(text).into_iter();
            one_of(Field::Country, text, near.map(Country::first_name))
        })
    }
}

fn refused(field: Field, text: &str) -> FormError {
    one_of(field, text, [])
}

/// What may be meant is named, and never taken.
fn one_of(field: Field, text: &str, meant: impl IntoIterator<Item = String>) -> FormError {
    let meant: Vec<String> = meant.into_iter().collect();
    FormError::Value {
        field,
        part: text.to_owned(),
        allowed: meant.join(", "),
    }
}

impl Form {
    fn fields(self, read: &FormReader<'_>) -> Result<Fields, FormError> {
        let at = read.when(Field::EventTime, &self.time.at)?;
        let timing = if self.time.timing.trim().is_empty() {
            at.timing
        } else {
            read.one(Field::Timing, &self.time.timing)?
        };
        Ok(Fields {
            kind: if self.kind.trim().is_empty() {
                super::vocabulary::Kind::Full
            } else {
                read.one(Field::Kind, &self.kind)?
            },
            original: read.id(Field::Original, &self.original)?,
            subject: read.one(Field::Subject, &self.subject)?,
            acts: read.several(Field::Acts, &self.acts)?,
            urgency: read.one(Field::Urgency, &self.urgency)?,
            custody_stage: read.one(Field::CustodyStage, &self.custody_stage)?,
            designation_kind: read.one(Field::DesignationKind, &self.designation_kind)?,
            intake: self.intake.read(read)?,
            translation: self.translation.read(read)?,
            victim: self.victim.read(read)?,
            place: Place {
                country: read.country(&self.place.country)?,
                precision: read.one(Field::PlacePrecision, &self.place.precision)?,
                name: self.place.name,
            },
            time: EventTime { timing, ..at },
            threat: Threat {
                origin: read.one(Field::ThreatOrigin, &self.threat.origin)?,
                actor: self.threat.actor,
                legal_basis: self.threat.legal_basis,
            },
            source: read.one(Field::Source, &self.source)?,
            firsthand: read.one(Field::Firsthand, &self.firsthand)?,
            verification: read.one(Field::Verification, &self.verification)?,
            consent: self.consent.read(read)?,
            sharing: read.one(Field::Sharing, &self.sharing)?,
            coe: CoeWork {
                interaction: read.one(Field::CoeInteraction, &self.coe.interaction)?,
                details: self.coe.details,
            },
            needs: read.several(Field::Needs, &self.needs)?,
            summary: self.summary,
            narrative: self.narrative,
            language: self.language,
            requested_actions: self.requested_actions,
            actions_taken: self.actions_taken,
            extensions: Extensions::none(),
        })
    }
}

impl VictimForm {
    fn read(self, read: &FormReader<'_>) -> Result<Victim, FormError> {
        Ok(Victim {
            naming: read.one(Field::Naming, &self.naming)?,
            whereabouts: read.one(Field::Whereabouts, &self.whereabouts)?,
            lawyer_access: read.one(Field::LawyerAccess, &self.lawyer_access)?,
            medication_needed: read.one(Field::MedicationNeeded, &self.medication_needed)?,
            reference: self.reference,
            organisation: self.organisation,
            work: self.work,
            disability_or_medical_need: self.disability_or_medical_need,
        })
    }
}

impl ConsentForm {
    fn read(self, read: &FormReader<'_>) -> Result<Consent, FormError> {
        Ok(Consent {
            share_in_group: read.one(Field::ShareInGroup, &self.share_in_group)?,
            contact_family: read.one(Field::ContactFamily, &self.contact_family)?,
            send_to_state: read.one(Field::SendToState, &self.send_to_state)?,
            send_to_institutions: read
                .one(Field::SendToInstitutions, &self.send_to_institutions)?,
            use_name: read.one(Field::UseName, &self.use_name)?,
            publish: read.one(Field::Publish, &self.publish)?,
            media: read.one(Field::Media, &self.media)?,
            given_by: read.one(Field::ConsentGivenBy, &self.given_by)?,
            given_at: read.when(Field::ConsentGivenAt, &self.given_at)?.at,
        })
    }
}

impl IntakeForm {
    /// None where nothing of it is filled in. How it came may be filled in with "not said", which says that it came.
    fn read(self, read: &FormReader<'_>) -> Result<Option<Intake>, FormError> {
        let said = [
            &self.via,
            &self.from,
            &self.at,
            &self.own_words,
            &self.contact,
            &self.call_hours,
            &self.no_call_hours,
            &self.language,
            &self.told_already,
        ];
        if said.iter().all(|text| text.trim().is_empty()) {
            return Ok(None);
        }
        let came = read.when(Field::IntakeAt, &self.at)?;
        Ok(Some(Intake {
            via: read.one(Field::IntakeVia, &self.via)?,
            from: self.from,
            at: came.at,
            precision: came.precision,
            own_words: self.own_words,
            contact: self.contact,
            call_hours: self.call_hours,
            no_call_hours: self.no_call_hours,
            language: self.language,
            told_already: self.told_already,
        }))
    }
}

impl TranslationForm {
    fn read(self, read: &FormReader<'_>) -> Result<Option<Translation>, FormError> {
        match read.id(Field::TranslationOriginal, &self.original)? {
            Some(original) => Ok(Some(Translation {
                original,
                language: self.language.trim().to_owned(),
                by: read.one(Field::Translator, &self.by)?,
            })),
            None if self.language.trim().is_empty() => Ok(None),
            None => Err(AlertError::Missing(Field::TranslationOriginal).into()),
        }
    }
}
