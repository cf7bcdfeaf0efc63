//! How another device of somebody comes in: what a device of theirs asks who has the pen, what that says to them of who has come, and their word
//! on it. The word is what the roster's entry needs; the rest is on the way there.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Invitation, PublicKey, Signed},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::admission::Delegation;
use crate::{
    extensions::Extensions,
    group::{Claim, Proof},
    invitation::Secret,
};

/// The kind of a message whose body is an [`AskForDevice`]. To those who coordinate, chosen: the secret is in it.
pub(crate) const KIND_ASK_FOR_DEVICE: u16 = 32_790;

/// The kind of a message whose body is a [`DeviceAsks`]. To the devices of one person, chosen.
pub(crate) const KIND_DEVICE_ASKS: u16 = 32_791;

/// The kind of a message whose body is a [`WordOnDevice`]. To those who coordinate, chosen.
pub(crate) const KIND_WORD_ON_DEVICE: u16 = 32_792;

/// A device asks for an invitation for another of its person's. It made the code itself, so that it can show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AskForDevice {
    /// The invitation's secret.
    pub(crate) secret: Secret,
    /// Until when it is to be used.
    pub(crate) expires: Timestamp,
    /// Whoever coordinates speaks for the code, which is the author's.
    pub(crate) delegation: Signed<Delegation>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// A device has used that invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeviceAsks {
    /// As it came.
    pub(crate) claim: Signed<Claim>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// What the person says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WordOnDevice {
    /// The invitation that was used.
    pub(crate) invitation: PublicKey<Invitation>,
    /// That the device is theirs; none where it is not.
    pub(crate) proof: Option<Proof>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl AskForDevice {
    /// Reads a body.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        known(body, |said: &Self| &said.extensions)
    }
}

impl DeviceAsks {
    /// Reads a body.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        known(body, |said: &Self| &said.extensions)
    }
}

impl WordOnDevice {
    /// Reads a body.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        known(body, |said: &Self| &said.extensions)
    }
}

fn known<T: Serialize + DeserializeOwned>(
    body: &[u8],
    extensions: impl Fn(&T) -> &Extensions,
) -> Option<T> {
    let said: T = codec::decode(body).ok()?;
    (!extensions(&said).has_critical()).then_some(said)
}
