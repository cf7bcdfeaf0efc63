//! Who a defender is, and how to reach them, from one member to others: what the roster does not say.

use bellrope_proto::codec;
use serde::{Deserialize, Serialize};

use crate::{extensions::Extensions, group::check_name, text::hides};

/// The kind of a message whose body is a [`ContactCard`]. May be ignored: whoever does not know it goes on calling the person by
/// their handle.
pub(crate) const KIND_CONTACT_CARD: u16 = 32_770;

/// Characters of how to reach somebody.
const REACH_CHARS_MAX: usize = 500;

/// See the module. It goes to people who were chosen, never to all who read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContactCard {
    /// What the roster calls the person.
    pub(crate) handle: String,
    /// Their name, as [`check_name`] has it.
    pub(crate) name: String,
    /// How to reach them, in one line; may be empty.
    pub(crate) reach: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl ContactCard {
    /// Reads a body, tidied; `None` for what is no card that can be shown.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let card: Self = codec::decode(body).ok()?;
        if card.extensions.has_critical() {
            return None;
        }
        Some(Self {
            name: check_name(&card.name).ok()?,
            reach: check_reach(&card.reach)?,
            ..card
        })
    }
}

/// How to reach somebody, as it is written down: one line; `None` when it is too long or has characters that are not seen.
#[must_use]
pub(crate) fn check_reach(reach: &str) -> Option<String> {
    let words: Vec<&str> = reach.split_whitespace().collect();
    let reach = words.join(" ");
    let fits = reach.chars().count() <= REACH_CHARS_MAX && !reach.chars().any(hides);
    fits.then_some(reach)
}
