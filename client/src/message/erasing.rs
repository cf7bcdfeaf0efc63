//! That a person wishes a case to be forgotten, or wishes it no longer; and that a device has erased what identifies people in it.
//!
//! Neither has words of a person in it: both outlive the case, on every device, as the proof by which whoever was away erases it too. Why somebody
//! wishes it stands in a note, which goes with the rest.

use bellrope_proto::ids::Hash;
use serde::{Deserialize, Serialize};

use crate::{extensions::Extensions, numbered::numbered};

/// Earlier words of the same person in whose place one is put.
const OVER_MAX: usize = 16;

numbered! {
    /// Whether somebody wishes it.
    pub(crate) enum Wishes: u16 {
        /// 1: they do.
        Yes = 1,
        /// 2: they do no longer.
        No = 2,
    }
}

numbered! {
    /// How much is to be forgotten.
    pub(crate) enum Reaches: u16 {
        /// 1: the case.
        Case = 1,
        /// 2: the case, and the contact card of who sent its alert.
        Sender = 2,
    }
}

numbered! {
    /// By what a device has erased it.
    pub(crate) enum ErasedBy: u16 {
        /// 1: two people wished it.
        People = 1,
    }
}

/// What somebody wishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ForgetWords {
    /// Whether they do.
    pub(crate) wishes: Wishes,
    /// How much.
    pub(crate) reaches: Reaches,
    /// What the same person said of it before, as far as this device knew.
    pub(crate) over: Vec<Hash>,
    /// The note that says why.
    pub(crate) why: Option<Hash>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// What a device says that has erased it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ErasedWords {
    /// By what.
    pub(crate) by: ErasedBy,
    /// How much.
    pub(crate) reaches: Reaches,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl ForgetWords {
    /// What this program writes.
    #[must_use]
    pub(crate) fn new(
        wishes: Wishes,
        reaches: Reaches,
        mut over: Vec<Hash>,
        why: Option<Hash>,
    ) -> Self {
        over.truncate(OVER_MAX);
        Self {
            wishes,
            reaches,
            over,
            why,
            extensions: Extensions::none(),
        }
    }

    pub(super) fn checked(self) -> Option<Self> {
        let fits = self.over.len() <= OVER_MAX && !self.extensions.has_critical();
        fits.then_some(self)
    }
}

impl ErasedWords {
    /// What this program writes.
    #[must_use]
    pub(crate) fn new(reaches: Reaches) -> Self {
        Self {
            by: ErasedBy::People,
            reaches,
            extensions: Extensions::none(),
        }
    }

    pub(super) fn checked(self) -> Option<Self> {
        (!self.extensions.has_critical()).then_some(self)
    }
}
