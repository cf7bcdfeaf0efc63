//! The checked plaintext: what an alert says, and the limits of it.
//!
//! [`Fields`] is what people and templates fill in; [`Alert`] is the same after every rule held, and
//! the only form that is sealed or shown. Nothing here reads a clock, a terminal or a file.

pub mod answers;
pub mod country;
mod fields;
pub mod form;
pub mod questions;
mod rules;
mod times;
pub mod vocabulary;

pub use fields::{
    CoeWork, Consent, EventTime, Fields, Place, Threat, Translation, UNKNOWN_LANGUAGE, Victim,
};
pub use rules::{AlertError, Field};
pub use times::machine_when;

use core::fmt;

use bellrope_proto::codec;
use serde::{Deserialize, Serialize};

use vocabulary::{Kind, Naming, Need, PlacePrecision, TimePrecision, Vocabulary};

/// Acts, and requested actions, and actions taken, in one alert.
pub const ITEMS_MAX: usize = 8;
/// Characters of a summary: one line of a telephone.
pub const SUMMARY_CHARS_MAX: usize = 140;
/// Characters of a flash's narrative.
pub const FLASH_NARRATIVE_CHARS_MAX: usize = 1_500;
/// Characters of any other narrative.
pub const NARRATIVE_CHARS_MAX: usize = 8_000;
/// Characters of a name, initials or pseudonym.
pub const REFERENCE_CHARS_MAX: usize = 120;
/// Characters of an organisation, a place, or the victim's work.
pub const NAME_CHARS_MAX: usize = 160;
/// Characters of every other remark.
pub const REMARK_CHARS_MAX: usize = 280;
/// Characters of a language tag (RFC 5646, section 4.4.1).
pub const LANGUAGE_CHARS_MAX: usize = 35;
/// Encoded bytes of a flash, a check-in or a drill: what fits the 8 KiB bucket for twelve members.
pub const FLASH_BYTES_MAX: usize = 4_700;
/// Encoded bytes of any other alert: what fits the 64 KiB bucket with room for many members.
pub const ALERT_BYTES_MAX: usize = 40 * 1024;

/// An alert's body, every rule checked. Its encoding is that of [`Fields`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Fields", try_from = "Fields")]
pub struct Alert(Fields);

impl fmt::Debug for Alert {
    /// Says nothing of what it says: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alert({})", self.0.kind.key())
    }
}

impl Alert {
    /// Tidies text (control characters go, as do spaces around it) and checks every rule.
    ///
    /// # Errors
    /// The first rule that does not hold, with its field and limit.
    pub fn new(mut fields: Fields) -> Result<Self, AlertError> {
        fields.tidy();
        check(&fields)?;
        Ok(Self(fields))
    }

    /// What it says.
    #[must_use]
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Gives the fields back, to change them.
    #[must_use]
    pub fn into_fields(self) -> Fields {
        self.0
    }
}

impl From<Alert> for Fields {
    fn from(alert: Alert) -> Self {
        alert.0
    }
}

impl TryFrom<Fields> for Alert {
    type Error = AlertError;
    /// For what arrives: a peer that sends what [`Alert::new`] would have tidied is broken or hostile.
    fn try_from(fields: Fields) -> Result<Self, AlertError> {
        let tidy = Self::new(fields.clone())?;
        if tidy.0 == fields {
            Ok(tidy)
        } else {
            Err(AlertError::Untidy)
        }
    }
}

/// Whether this kind is about an earlier alert. Kinds from the future are not judged.
#[must_use]
pub fn names_original(kind: Kind) -> Option<bool> {
    match kind {
        Kind::Update | Kind::Correction | Kind::Withdrawal | Kind::Closure => Some(true),
        Kind::Flash | Kind::Full | Kind::CheckIn | Kind::Drill => Some(false),
        Kind::Unlisted(_) => None,
    }
}

/// Whether this kind must be small enough to leave in one small envelope.
#[must_use]
pub fn is_small(kind: Kind) -> bool {
    matches!(kind, Kind::Flash | Kind::CheckIn | Kind::Drill)
}

fn check(fields: &Fields) -> Result<(), AlertError> {
    match (names_original(fields.kind), fields.original) {
        (Some(true), None) => return Err(AlertError::Missing(Field::Original)),
        (Some(false), Some(_)) => return Err(AlertError::NotWith(Field::Original)),
        _ => {}
    }
    if fields.acts.is_empty() && matches!(fields.kind, Kind::Flash | Kind::Full) {
        return Err(AlertError::Missing(Field::Acts));
    }
    if fields.summary.is_empty() && fields.kind.is_listed() && fields.kind != Kind::CheckIn {
        return Err(AlertError::Missing(Field::Summary));
    }
    // A name typed next to "withheld" must not travel because somebody forgot to delete it.
    match (fields.victim.naming, fields.victim.reference.is_empty()) {
        (Naming::Withheld, false) => return Err(AlertError::NotWith(Field::Reference)),
        (Naming::Name | Naming::Initials | Naming::Pseudonym, true) => {
            return Err(AlertError::Missing(Field::Reference));
        }
        _ => {}
    }
    match (fields.place.precision, fields.place.name.is_empty()) {
        (PlacePrecision::Withheld | PlacePrecision::Country, false) => {
            return Err(AlertError::NotWith(Field::PlaceName));
        }
        (PlacePrecision::Region | PlacePrecision::City | PlacePrecision::Exact, true) => {
            return Err(AlertError::Missing(Field::PlaceName));
        }
        _ => {}
    }
    if fields.time.precision == TimePrecision::Unknown && fields.time.at.is_some() {
        return Err(AlertError::NotWith(Field::EventTime));
    }
    check_texts(fields)?;
    let bytes = codec::encode(fields).len();
    let max = if is_small(fields.kind) {
        FLASH_BYTES_MAX
    } else {
        ALERT_BYTES_MAX
    };
    if bytes > max {
        return Err(AlertError::TooLarge { bytes, max });
    }
    Ok(())
}

fn check_texts(fields: &Fields) -> Result<(), AlertError> {
    let narrative_max = if is_small(fields.kind) {
        FLASH_NARRATIVE_CHARS_MAX
    } else {
        NARRATIVE_CHARS_MAX
    };
    let victim = &fields.victim;
    for (field, text, max) in [
        (Field::Summary, &fields.summary, SUMMARY_CHARS_MAX),
        (Field::Narrative, &fields.narrative, narrative_max),
        (Field::Language, &fields.language, LANGUAGE_CHARS_MAX),
        (Field::Reference, &victim.reference, REFERENCE_CHARS_MAX),
        (Field::Organisation, &victim.organisation, NAME_CHARS_MAX),
        (Field::Work, &victim.work, NAME_CHARS_MAX),
        (
            Field::MedicalNeed,
            &victim.disability_or_medical_need,
            REMARK_CHARS_MAX,
        ),
        (Field::PlaceName, &fields.place.name, NAME_CHARS_MAX),
        (Field::Actor, &fields.threat.actor, REMARK_CHARS_MAX),
        (
            Field::LegalBasis,
            &fields.threat.legal_basis,
            REMARK_CHARS_MAX,
        ),
        (Field::CoeDetails, &fields.coe.details, REMARK_CHARS_MAX),
    ] {
        within(field, text, max)?;
    }
    for (field, count) in [
        (Field::Acts, fields.acts.len()),
        (Field::RequestedActions, fields.requested_actions.len()),
        (Field::ActionsTaken, fields.actions_taken.len()),
    ] {
        at_most(field, count, ITEMS_MAX)?;
    }
    at_most(Field::Needs, fields.needs.len(), Need::ALL.len())?;
    for text in &fields.requested_actions {
        within(Field::RequestedActions, text, REMARK_CHARS_MAX)?;
    }
    for text in &fields.actions_taken {
        within(Field::ActionsTaken, text, REMARK_CHARS_MAX)?;
    }
    language_tag(Field::Language, &fields.language)?;
    if let Some(translation) = &fields.translation {
        within(
            Field::TranslationLanguage,
            &translation.language,
            LANGUAGE_CHARS_MAX,
        )?;
        language_tag(Field::TranslationLanguage, &translation.language)?;
    }
    Ok(())
}

fn within(field: Field, text: &str, max: usize) -> Result<(), AlertError> {
    let found = text.chars().count();
    if found > max {
        return Err(AlertError::TooLong { field, max, found });
    }
    Ok(())
}

fn at_most(field: Field, found: usize, max: usize) -> Result<(), AlertError> {
    if found > max {
        return Err(AlertError::TooMany { field, max, found });
    }
    Ok(())
}

/// The shape of a tag only: whether the language exists is not ours to say.
fn language_tag(field: Field, tag: &str) -> Result<(), AlertError> {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let good = (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if good {
        Ok(())
    } else {
        Err(AlertError::NotALanguage(field))
    }
}

#[cfg(test)]
mod tests;
