//! What people say to the group of steps that nobody takes alone: that they agree with one, which asks for it too; and that they sign for who takes
//! the pen. Whoever has it, or takes it, writes down what was signed.

use bellrope_proto::{
    codec,
    ids::Hash,
    signing::{Device, PublicKey, Signature},
};
use serde::{Deserialize, Serialize};

use crate::extensions::Extensions;

/// The kind of a message whose body is a signed [`Consent`](crate::group::Consent). May be ignored: nothing changes by it alone.
pub(crate) const KIND_CONSENT: u16 = 32_780;

/// The kind of a message whose body is a [`SignedFor`]. May be ignored: nothing changes by it alone.
pub(crate) const KIND_SIGNED_FOR: u16 = 32_781;

/// The kind of a message whose body is a [`SetRecovery`](crate::group::SetRecovery) of the author's device. May be ignored: nothing changes by it alone.
pub(crate) const KIND_RECOVERY: u16 = 32_795;

/// The author of the message signs for who takes the pen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignedFor {
    /// After which head of the roster.
    pub(crate) head: Hash,
    /// Who takes it.
    pub(crate) taker: PublicKey<Device>,
    /// The author's, as the entry needs it.
    pub(crate) signature: Signature,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl SignedFor {
    /// Reads a body.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let said: Self = codec::decode(body).ok()?;
        (!said.extensions.has_critical()).then_some(said)
    }
}
