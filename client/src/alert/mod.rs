//! The checked plaintext: what an alert says, and the limits of it.
//!
//! [`Fields`] is what people and templates fill in; [`Alert`] is the same after every rule held, and
//! the only form that is sealed. [`Reading`] is what a reader makes of a body that arrived: it breaks the
//! rules of makers or not, but its words are shown. Nothing here reads a clock, a terminal or a file.
//!
//! The rules are numbered (A1, A2, …) in `proto/PROTOCOL.md`, "Alerts".

mod act_groups;
pub mod answers;
mod check;
pub mod country;
#[cfg(test)]
mod document;
mod fields;
pub mod form;
mod listed;
pub(crate) mod part;
mod places;
pub mod plan;
pub mod questions;
mod reading;
#[cfg(test)]
mod reading_tests;
pub(crate) mod redact;
mod rules;
mod salvage;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tidy;
mod times;
pub mod unclear;
pub mod vocabulary;
mod whom;

pub(crate) use check::chars_max;
pub use check::is_language_tag;
pub use fields::{
    CoeWork, Consent, EventTime, Fields, Intake, Place, Threat, Translation, UNKNOWN_LANGUAGE,
    Victim,
};
pub use part::{PART_CHARS_MAX, PartError, SensitiveWords};
pub use reading::{Oddity, Reading};
pub use rules::{AlertError, Field};
pub(crate) use times::PART_SECONDS;
pub use times::machine_when;

use core::fmt;

use bellrope_proto::codec;
use serde::Serialize;

use part::SensitivePart;
use vocabulary::{Kind, Vocabulary};

use crate::{
    attachment::{self, Attachment},
    message::{AlertOriginals, ORIGINALS},
};

/// Acts, and requested actions, and actions taken, in one alert.
pub const ITEMS_MAX: usize = 8;
/// Characters of a summary: one line of a telephone.
pub const SUMMARY_CHARS_MAX: usize = 140;
/// Characters of a flash's narrative.
pub const FLASH_NARRATIVE_CHARS_MAX: usize = 1_500;
/// Characters of any other narrative.
pub const NARRATIVE_CHARS_MAX: usize = 8_000;
/// Characters of names, initials or a pseudonym: of several people too.
pub const REFERENCE_CHARS_MAX: usize = 280;
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
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Fields")]
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
        tidy::for_makers(&mut fields);
        match check::breaches(&fields).into_iter().next() {
            Some(breach) => Err(breach),
            None => Ok(Self(fields)),
        }
    }

    /// What it says.
    #[must_use]
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The same, with what goes with it.
    pub(crate) fn with(&self, attached: &[Attachment], originals: Option<&AlertOriginals>) -> Self {
        let mut fields = self.0.clone();
        fields.extensions = attachment::say_in(&fields.extensions, attached);
        if let Some(originals) = originals {
            let said = codec::encode(originals);
            fields.extensions = fields.extensions.with(ORIGINALS, said);
        }
        Self(fields)
    }

    /// The same, with a part of it for few.
    pub(crate) fn with_part(self, part: &SensitivePart) -> Self {
        let mut fields = self.0;
        fields.extensions = part.put(&fields.extensions);
        Self(fields)
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
