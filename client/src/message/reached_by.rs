//! By what a device is reached that was away for longer than a relay keeps envelopes, for a coordinator who was not entrusted with it: whoever
//! was is lost.

use bellrope_proto::{codec, signing::Signed};
use serde::{Deserialize, Serialize};

use crate::{extensions::Extensions, group::Claim, invitation::Secret};

/// The kind of a message whose body is a [`ReachedBy`]. To the coordinators, chosen. May be ignored.
pub(crate) const KIND_REACHED_BY: u16 = 32_797;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReachedBy {
    /// Of the invitation by which its author came in: it rules that mailbox.
    pub(crate) secret: Secret,
    /// The author's claim by it.
    pub(crate) claim: Signed<Claim>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl ReachedBy {
    /// Reads a body.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let said: Self = codec::decode(body).ok()?;
        (!said.extensions.has_critical()).then_some(said)
    }
}
