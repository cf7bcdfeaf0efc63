//! That a case is kept longer than the group's retention says, until a day and for a reason; or no longer.

use bellrope_proto::ids::{Hash, Timestamp};
use serde::{Deserialize, Serialize};

use super::case::is_short;
use crate::extensions::Extensions;

/// Earlier words in whose place one is put.
const OVER_MAX: usize = 16;

/// What somebody says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeepWords {
    /// Until when; none: no longer than the others.
    pub(crate) until: Option<Timestamp>,
    /// What anybody said of it before, as far as this device knew.
    pub(crate) over: Vec<Hash>,
    /// Why.
    pub(crate) reason: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl KeepWords {
    /// What this program writes.
    #[must_use]
    pub(crate) fn new(until: Option<Timestamp>, mut over: Vec<Hash>, reason: String) -> Self {
        over.truncate(OVER_MAX);
        Self {
            until,
            over,
            reason,
            extensions: Extensions::none(),
        }
    }

    pub(super) fn checked(self) -> Option<Self> {
        // Who reads it years later has to know what for.
        let has_why = self.until.is_none() || !self.reason.is_empty();
        let fits = self.over.len() <= OVER_MAX && is_short(&self.reason);
        (fits && has_why && !self.extensions.has_critical()).then_some(self)
    }
}
