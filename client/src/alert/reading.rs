//! What a reader makes of a body that somebody signed. It is never refused: in an alarm system, an alert that is lost
//! because its writer's program was careless, newer or damaged is worse than one that is shown with a remark.

use core::fmt;

use bellrope_proto::codec;

use super::{
    AlertError, Field, Fields, check,
    country::Country,
    part::{SENSITIVE_PART, SensitivePart},
    plan::{CheckInPlan, PLAN},
    salvage, tidy,
    vocabulary::{Purpose, Vocabulary},
};
use crate::{attachment, extensions::Extensions};

/// A body as it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Reading {
    said: Said,
    oddities: Vec<Oddity>,
}

#[derive(Clone, PartialEq, Eq)]
enum Said {
    /// Every field, tidied. Rules of makers may be broken.
    Fields(Box<Fields>),
    /// The words that were found in what cannot be read.
    Texts(Vec<String>),
}

/// What a person or a program should know about how an alert was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// The body is damaged, or a newer program wrote it in a way that this one cannot read.
    Incomplete,
    /// The message is of a kind that this program does not know.
    OtherKind(u16),
    /// It says something that this program cannot show: the numbers of the critical extensions.
    More(Vec<u16>),
    /// A value that a newer program knows.
    Newer(Field),
    /// Spaces, line breaks, control characters or repetitions were taken away.
    Untidy(Field),
    /// The country is no code: its two bytes.
    NoCountry(Country),
    /// Another rule of makers that does not hold. What it is about is shown as it arrived.
    Breach(AlertError),
}

impl fmt::Debug for Reading {
    /// Says nothing of what it says: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reading({} oddities)", self.oddities.len())
    }
}

impl Reading {
    /// Reads an alert's body.
    #[must_use]
    pub fn of_alert(body: &[u8]) -> Self {
        match decode(body) {
            Some(fields) => Self::of_fields(fields),
            None => Self::of_bytes(body),
        }
    }

    /// Reads once more the body of one that [was in order](Self::is_in_order).
    #[must_use]
    pub(crate) fn of_alert_in_order(body: &[u8]) -> Self {
        match codec::decode_again(body) {
            Ok(fields) => Self {
                said: Said::Fields(Box::new(fields)),
                oddities: Vec::new(),
            },
            Err(codec::Malformed) => Self::of_alert(body),
        }
    }

    /// Whether a body is what is read from it, with nothing to tidy and nothing odd.
    #[must_use]
    pub(crate) fn is_in_order(&self, body: &[u8]) -> bool {
        let is_same = |fields: &Fields| codec::encode(fields) == body;
        self.oddities.is_empty() && self.fields().is_some_and(is_same)
    }

    /// Finds the words in what nobody here can read.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self {
            said: Said::Texts(salvage::texts(bytes)),
            oddities: vec![Oddity::Incomplete],
        }
    }

    /// Reads the body of a message that a newer program knows.
    #[must_use]
    pub fn of_other_kind(kind: u16, body: &[u8]) -> Self {
        Self {
            said: Said::Texts(salvage::texts(body)),
            oddities: vec![Oddity::OtherKind(kind)],
        }
    }

    fn of_fields(mut fields: Fields) -> Self {
        let mut oddities = Vec::new();
        // A14: this version knows what goes with an alert, a plan of check-ins, a part for few, and no other extension.
        let has_plan = CheckInPlan::of(&fields).is_some();
        let has_part = SensitivePart::of(&fields).is_some();
        let is_known = |number: &u16| match *number {
            attachment::EXTENSION => attachment::said_in(&fields.extensions).is_some(),
            SENSITIVE_PART => has_part,
            number => number == PLAN && has_plan,
        };
        let critical = fields.extensions.critical();
        let more: Vec<u16> = critical.filter(|number| !is_known(number)).collect();
        if !more.is_empty() {
            oddities.push(Oddity::More(more));
        }
        oddities.extend(newer(&fields).into_iter().map(Oddity::Newer));
        let untidy = tidy::for_readers(&mut fields);
        oddities.extend(untidy.into_iter().map(Oddity::Untidy));
        // A13: what is no code names no country, in a list or in a case number.
        if let Some(country) = fields.place.country.filter(|country| !country.is_code()) {
            oddities.push(Oddity::NoCountry(country));
            fields.place.country = None;
        }
        let breaches = check::breaches(&fields).into_iter();
        oddities.extend(breaches.map(Oddity::Breach));
        Self {
            said: Said::Fields(Box::new(fields)),
            oddities,
        }
    }

    /// What it says; `None` when it could not be read completely.
    #[must_use]
    pub fn fields(&self) -> Option<&Fields> {
        match &self.said {
            Said::Fields(fields) => Some(fields),
            Said::Texts(_) => None,
        }
    }

    /// The words that were found in what could not be read.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        match &self.said {
            Said::Fields(_) => &[],
            Said::Texts(texts) => texts,
        }
    }

    /// What is odd about it.
    #[must_use]
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// Where it happened, for the case's number.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        self.fields()?.place.country
    }
}

/// The record, also as states of this version before the first release wrote it: they ended before the extensions, or had
/// them, always empty, right after what was done already. Devices may have kept such bodies.
fn decode(body: &[u8]) -> Option<Fields> {
    if let Ok(fields) = codec::decode(body) {
        return Some(fields);
    }
    let nothing = codec::encode(&Extensions::none());
    let said = Fields::default();
    let unsaid = codec::encode(&(said.custody_stage, said.designation_kind, said.intake));
    let as_today = |head: &[u8]| codec::decode(&[head, &unsaid, &nothing].concat()).ok();
    as_today(body).or_else(|| as_today(body.strip_suffix(nothing.as_slice())?))
}

/// The fields with a value that this version does not know.
fn newer(fields: &Fields) -> Vec<Field> {
    fn is_newer<V: Vocabulary>(field: Field, value: V) -> Option<Field> {
        (!value.is_listed()).then_some(field)
    }
    fn any_newer<V: Vocabulary>(field: Field, values: &[V]) -> Option<Field> {
        values
            .iter()
            .any(|value| !value.is_listed())
            .then_some(field)
    }
    let (victim, consent) = (&fields.victim, &fields.consent);
    let came = fields.intake.as_ref();
    let mut newer: Vec<Field> = [
        is_newer(Field::Kind, fields.kind),
        is_newer(Field::Subject, fields.subject),
        any_newer(Field::Acts, &fields.acts),
        is_newer(Field::CustodyStage, fields.custody_stage),
        is_newer(Field::DesignationKind, fields.designation_kind),
        is_newer(Field::Urgency, fields.urgency),
        is_newer(Field::Naming, victim.naming),
        is_newer(Field::Whereabouts, victim.whereabouts),
        is_newer(Field::LawyerAccess, victim.lawyer_access),
        is_newer(Field::MedicationNeeded, victim.medication_needed),
        is_newer(Field::PlacePrecision, fields.place.precision),
        is_newer(Field::EventTime, fields.time.precision),
        is_newer(Field::Timing, fields.time.timing),
        is_newer(Field::ThreatOrigin, fields.threat.origin),
        is_newer(Field::Source, fields.source),
        is_newer(Field::Firsthand, fields.firsthand),
        is_newer(Field::Verification, fields.verification),
        is_newer(Field::Sharing, fields.sharing),
        is_newer(Field::CoeInteraction, fields.coe.interaction),
        any_newer(Field::Needs, &fields.needs),
        is_newer(Field::ConsentGivenBy, consent.given_by),
        came.and_then(|came| is_newer(Field::IntakeVia, came.via)),
        came.and_then(|came| is_newer(Field::IntakeAt, came.precision)),
        fields
            .translation
            .as_ref()
            .and_then(|from| is_newer(Field::Translator, from.by)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let purposes = Purpose::ALL.iter().copied();
    newer.extend(
        purposes
            .filter_map(|purpose| is_newer(Field::of_purpose(purpose)?, consent.answer(purpose))),
    );
    newer
}
