//! What somebody was shown on one of their devices, for the others.

use bellrope_proto::codec;
use serde::{Deserialize, Serialize};

use crate::{extensions::Extensions, ids::MessageId};

/// The kind of a message whose body is a [`SeenHere`]. To the other devices of its author's person, chosen. May be ignored.
pub(crate) const KIND_SEEN: u16 = 32_793;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenHere {
    /// The messages.
    pub(crate) ids: Vec<MessageId>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl SeenHere {
    /// Reads a body.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let said: Self = codec::decode(body).ok()?;
        (!said.extensions.has_critical()).then_some(said)
    }
}
