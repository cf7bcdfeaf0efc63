//! The rules that makers keep, A2 to A15: each breach, for whoever wants to send, and for whoever shows what came.
//! Checked after [`tidy`](super::tidy), which sees to A1.

use bellrope_proto::codec;

use super::{
    ALERT_BYTES_MAX, FLASH_BYTES_MAX, FLASH_NARRATIVE_CHARS_MAX, Fields, ITEMS_MAX, Intake,
    LANGUAGE_CHARS_MAX, NAME_CHARS_MAX, NARRATIVE_CHARS_MAX, REFERENCE_CHARS_MAX, REMARK_CHARS_MAX,
    SUMMARY_CHARS_MAX, is_small, names_original,
    part::SENSITIVE_PART,
    rules::{AlertError, Field},
    times::is_in_calendar,
    vocabulary::{Kind, Naming, Need, PlacePrecision, TimePrecision, Vocabulary},
};
use crate::{attachment, message::ORIGINALS};

/// Bytes around an extension: its number and its length.
const AROUND_EXTENSION: usize = 2 + 8;

/// A2: characters that fit a text, or one item of a list; `None` for what is no text.
pub(crate) fn chars_max(field: Field, kind: Kind) -> Option<usize> {
    match field {
        Field::Summary => Some(SUMMARY_CHARS_MAX),
        Field::Narrative | Field::IntakeOwnWords if is_small(kind) => {
            Some(FLASH_NARRATIVE_CHARS_MAX)
        }
        Field::Narrative | Field::IntakeOwnWords => Some(NARRATIVE_CHARS_MAX),
        Field::Language | Field::TranslationLanguage => Some(LANGUAGE_CHARS_MAX),
        Field::Reference => Some(REFERENCE_CHARS_MAX),
        Field::Organisation
        | Field::Work
        | Field::PlaceName
        | Field::IntakeFrom
        | Field::IntakeCallHours
        | Field::IntakeNoCallHours
        | Field::IntakeLanguage => Some(NAME_CHARS_MAX),
        Field::MedicalNeed
        | Field::Actor
        | Field::LegalBasis
        | Field::CoeDetails
        | Field::IntakeContact
        | Field::IntakeToldAlready
        | Field::RequestedActions
        | Field::ActionsTaken => Some(REMARK_CHARS_MAX),
        _ => None,
    }
}

/// A3: items that fit a list; `None` for what is no list.
pub(super) fn items_max(field: Field) -> Option<usize> {
    match field {
        Field::Acts | Field::RequestedActions | Field::ActionsTaken => Some(ITEMS_MAX),
        Field::Needs => Some(Need::ALL.len()),
        _ => None,
    }
}

/// Every rule that does not hold, at most once for a field.
pub(super) fn breaches(fields: &Fields) -> Vec<AlertError> {
    let mut breaches = Vec::new();
    what_belongs_together(fields, &mut breaches);
    texts(fields, &mut breaches);
    // What goes with an alert, and what is in it for few, takes none of its words' room.
    let beside = [attachment::EXTENSION, ORIGINALS, SENSITIVE_PART].into_iter();
    let beside = beside.filter_map(|number| fields.extensions.get(number));
    let beside = beside.map(|bytes| bytes.len().saturating_add(AROUND_EXTENSION));
    let bytes = codec::encode(fields).len();
    let bytes = beside.fold(bytes, usize::saturating_sub);
    let max = bytes_max(fields.kind);
    // A12
    if bytes > max {
        breaches.push(AlertError::TooLarge { bytes, max });
    }
    breaches
}

/// A12: encoded bytes that fit.
pub(super) fn bytes_max(kind: Kind) -> usize {
    if is_small(kind) {
        FLASH_BYTES_MAX
    } else {
        ALERT_BYTES_MAX
    }
}

fn what_belongs_together(fields: &Fields, breaches: &mut Vec<AlertError>) {
    // A5
    match (names_original(fields.kind), fields.original) {
        (Some(true), None) => breaches.push(AlertError::Missing(Field::Original)),
        (Some(false), Some(_)) => breaches.push(AlertError::NotWith(Field::Original)),
        _ => {}
    }
    // A6
    if fields.acts.is_empty() && matches!(fields.kind, Kind::Flash | Kind::Full) {
        breaches.push(AlertError::Missing(Field::Acts));
    }
    // A7
    if fields.summary.is_empty() && fields.kind.is_listed() && fields.kind != Kind::CheckIn {
        breaches.push(AlertError::Missing(Field::Summary));
    }
    // A8: a name typed next to "withheld" must not travel because somebody forgot to delete it.
    match (fields.victim.naming, fields.victim.reference.is_empty()) {
        (Naming::Withheld, false) => breaches.push(AlertError::NotWith(Field::Reference)),
        (Naming::Name | Naming::Initials | Naming::Pseudonym, true) => {
            breaches.push(AlertError::Missing(Field::Reference));
        }
        _ => {}
    }
    // A9
    match (fields.place.precision, fields.place.name.is_empty()) {
        (PlacePrecision::Withheld | PlacePrecision::Country, false) => {
            breaches.push(AlertError::NotWith(Field::PlaceName));
        }
        (PlacePrecision::Region | PlacePrecision::City | PlacePrecision::Exact, true) => {
            breaches.push(AlertError::Missing(Field::PlaceName));
        }
        _ => {}
    }
    if fields.place.precision == PlacePrecision::Withheld && fields.place.country.is_some() {
        breaches.push(AlertError::NotWith(Field::Country));
    }
    // A10
    let came = fields.intake.as_ref();
    for (field, precision, at) in [
        (Field::EventTime, fields.time.precision, fields.time.at),
        (
            Field::IntakeAt,
            came.map(|came| came.precision).unwrap_or_default(),
            came.and_then(|came| came.at),
        ),
    ] {
        match (precision, at) {
            (TimePrecision::Unknown, Some(_)) => breaches.push(AlertError::NotWith(field)),
            (
                TimePrecision::Month
                | TimePrecision::Day
                | TimePrecision::Minute
                | TimePrecision::Hour
                | TimePrecision::PartOfDay,
                None,
            ) => {
                breaches.push(AlertError::Missing(field));
            }
            _ => {}
        }
    }
    // A15
    for (field, at) in [
        (Field::EventTime, fields.time.at),
        (Field::ConsentGivenAt, fields.consent.given_at),
        (Field::IntakeAt, came.and_then(|came| came.at)),
    ] {
        if at.is_some_and(|at| !is_in_calendar(at)) {
            breaches.push(AlertError::NotATime(field));
        }
    }
    // A4
    if fields.needs.len() > 1 && fields.needs.contains(&Need::None) {
        breaches.push(AlertError::NotWith(Field::Needs));
    }
    // A13
    if fields.place.country.is_some_and(|there| !there.is_code()) {
        breaches.push(AlertError::NotACountry);
    }
}

fn texts(fields: &Fields, breaches: &mut Vec<AlertError>) {
    let victim = &fields.victim;
    let nobody = Intake::default();
    let came = fields.intake.as_ref().unwrap_or(&nobody);
    for (field, text) in [
        (Field::Summary, &fields.summary),
        (Field::Narrative, &fields.narrative),
        (Field::Language, &fields.language),
        (Field::Reference, &victim.reference),
        (Field::Organisation, &victim.organisation),
        (Field::Work, &victim.work),
        (Field::MedicalNeed, &victim.disability_or_medical_need),
        (Field::PlaceName, &fields.place.name),
        (Field::Actor, &fields.threat.actor),
        (Field::LegalBasis, &fields.threat.legal_basis),
        (Field::CoeDetails, &fields.coe.details),
        (Field::IntakeFrom, &came.from),
        (Field::IntakeOwnWords, &came.own_words),
        (Field::IntakeContact, &came.contact),
        (Field::IntakeCallHours, &came.call_hours),
        (Field::IntakeNoCallHours, &came.no_call_hours),
        (Field::IntakeLanguage, &came.language),
        (Field::IntakeToldAlready, &came.told_already),
    ] {
        let max = chars_max(field, fields.kind).unwrap_or(REMARK_CHARS_MAX);
        breaches.extend(within(field, text, max).err());
    }
    for (field, count) in [
        (Field::Acts, fields.acts.len()),
        (Field::RequestedActions, fields.requested_actions.len()),
        (Field::ActionsTaken, fields.actions_taken.len()),
        (Field::Needs, fields.needs.len()),
    ] {
        let max = items_max(field).unwrap_or(ITEMS_MAX);
        breaches.extend(at_most(field, count, max).err());
    }
    for (field, items) in [
        (Field::RequestedActions, &fields.requested_actions),
        (Field::ActionsTaken, &fields.actions_taken),
    ] {
        let longest = items.iter().max_by_key(|text| text.chars().count());
        let max = chars_max(field, fields.kind).unwrap_or(REMARK_CHARS_MAX);
        breaches.extend(longest.and_then(|text| within(field, text, max).err()));
    }
    breaches.extend(language_tag(Field::Language, &fields.language).err());
    if let Some(translation) = &fields.translation {
        let (field, tag) = (Field::TranslationLanguage, &translation.language);
        breaches.extend(within(field, tag, LANGUAGE_CHARS_MAX).err());
        breaches.extend(language_tag(field, tag).err());
    }
}

/// A2.
pub(super) fn within(field: Field, text: &str, max: usize) -> Result<(), AlertError> {
    let found = text.chars().count();
    if found > max {
        return Err(AlertError::TooLong { field, max, found });
    }
    Ok(())
}

/// A3.
pub(super) fn at_most(field: Field, found: usize, max: usize) -> Result<(), AlertError> {
    if found > max {
        return Err(AlertError::TooMany { field, max, found });
    }
    Ok(())
}

/// A11: the shape of a tag only: whether the language exists is not ours to say.
fn language_tag(field: Field, tag: &str) -> Result<(), AlertError> {
    match is_language_tag(tag) {
        true => Ok(()),
        false => Err(AlertError::NotALanguage(field)),
    }
}

/// Whether it has the shape of a tag (BCP 47).
#[must_use]
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
