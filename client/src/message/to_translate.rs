//! A text that somebody is asked to translate who does not read its case: what was taken from it is not in it. Pure.

use bellrope_proto::{
    codec,
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::translation::TRANSLATION_CHARS_MAX;
use crate::{alert::is_language_tag, extensions::Extensions, ids::MessageId};

/// The kind of a message whose body is a [`ToTranslate`], to the readers of the case and to whom it asks. May be ignored: nothing changes by it alone.
pub(crate) const KIND_TO_TRANSLATE: u16 = 32_802;

/// The body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToTranslate {
    /// Who is asked: a device of theirs.
    pub(crate) whom: PublicKey<Device>,
    /// About which alert,
    pub(crate) alert: MessageId,
    /// and its hash, without which an answer would count for nothing.
    pub(crate) alert_hash: Hash,
    /// The message of the case by which they are asked.
    pub(crate) asked: Hash,
    /// Of which message of the case; none: of the alert.
    pub(crate) of: Option<Hash>,
    /// Into which language.
    pub(crate) language: String,
    /// The text.
    pub(crate) text: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl ToTranslate {
    /// Reads a body.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        let fits = (1..=TRANSLATION_CHARS_MAX).contains(&read.text.chars().count())
            && is_language_tag(&read.language);
        (fits && !read.extensions.has_critical()).then_some(read)
    }
}
