//! That somebody is there: what a device says to the readers of a plan, in as many bytes whatever it says.

use bellrope_proto::{codec, ids::Hash};
use serde::{Deserialize, Serialize};

use crate::{extensions::Extensions, ids::MessageId, numbered::numbered};

/// The kind of a message whose body is a [`CheckIn`]. Critical: who does not know it would miss that somebody is forced.
pub(crate) const KIND_CHECK_IN: u16 = 26;

numbered! {
    /// What a check-in does.
    pub enum CheckInAct: u16 {
        /// 1: the next is due when the plan says.
        Here = 1,
        /// 2: the plan is over.
        End = 2,
    }
}

/// What such a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CheckIn {
    /// Which plan: the id of its alert,
    pub(crate) plan: MessageId,
    /// and [`Message::hash`](super::Message::hash), which nobody knows who has not read it.
    pub(crate) plan_hash: Hash,
    /// What it does.
    pub(crate) act: CheckInAct,
    /// [`word_hash`](crate::alert::plan::word_hash) of what was typed; of nothing too.
    pub(crate) word: Hash,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl CheckIn {
    /// Reads a body; `None` for what a newer program wrote, or nobody should have.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        (!read.extensions.has_critical()).then_some(read)
    }
}
