//! What is said of somebody that would harm them again where others read it: health, orientation, religion, violence. It is a message of its own, for
//! readers who were chosen for it; everybody else in the case has the hash, and the names of those who can say more. Pure.

use bellrope_proto::{
    codec,
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::case::is_short;
use crate::{
    alert::vocabulary::{SensitiveKind, Vocabulary as _},
    extensions::Extensions,
    ids::MessageId,
    seal::MEMBERS_MAX,
};

/// The kind of a message whose body is a [`SensitiveBlock`]. May be ignored, though it is for a person: of a critical kind that it does not know a
/// program shows the words that it finds, in lists and to whoever looks over a shoulder. That there is one says the case, which is critical.
pub(crate) const KIND_SENSITIVE: u16 = 32_805;

/// Characters of one. Who has more to say writes another.
pub const SENSITIVE_CHARS_MAX: usize = 2_000;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SensitiveBlock {
    /// Which alert began the case.
    pub(crate) alert: MessageId,
    /// What it is about.
    pub(crate) kind: SensitiveKind,
    /// The words.
    pub(crate) text: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl SensitiveBlock {
    /// Reads a body; `None` for what is none that can be shown.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        let fits = (1..=SENSITIVE_CHARS_MAX).contains(&read.text.chars().count());
        (fits && read.kind.number() != 0 && !read.extensions.has_critical()).then_some(read)
    }
}

/// The extension of an act by which others read the part of an alert: it, sealed to them. Critical, as it is all that they get of it.
const LETTER: u16 = 1;

/// That there is a block, and who reads it. Its kind is in the block alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BlockWords {
    /// Which.
    pub(crate) block: Hash,
    /// A device of each who reads it besides its author, ascending.
    pub(crate) who: Vec<PublicKey<Device>>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// That others read a block too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WidenedWords {
    /// The message of the case by which the block is there: whoever names another's block in one of their own gives out nothing.
    pub(crate) by: Hash,
    /// The block.
    pub(crate) block: Hash,
    /// A device of each, ascending.
    pub(crate) who: Vec<PublicKey<Device>>,
    /// Why; may be empty.
    pub(crate) reason: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl BlockWords {
    /// What this program writes.
    #[must_use]
    pub(crate) fn new(block: Hash, who: Vec<PublicKey<Device>>) -> Self {
        Self {
            block,
            who: ascending(who),
            extensions: Extensions::none(),
        }
    }

    pub(super) fn checked(self) -> Option<Self> {
        let fits = self.who.len() <= MEMBERS_MAX && ascends(&self.who);
        (fits && !self.extensions.has_critical()).then_some(self)
    }
}

impl WidenedWords {
    /// What this program writes.
    #[must_use]
    pub(crate) fn new(
        (by, block): (Hash, Hash),
        who: Vec<PublicKey<Device>>,
        reason: String,
    ) -> Self {
        Self {
            by,
            block,
            who: ascending(who),
            reason,
            extensions: Extensions::none(),
        }
    }

    /// The same of the part of an alert, which is sealed to them here.
    #[must_use]
    pub(crate) fn with_letter(self, sealed: Vec<u8>) -> Self {
        let extensions = self.extensions.with(LETTER, sealed);
        Self { extensions, ..self }
    }

    /// What is sealed here of the part of an alert; `None` of a block, which goes for itself.
    #[must_use]
    pub(crate) fn letter(&self) -> Option<&[u8]> {
        self.extensions.get(LETTER)
    }

    pub(super) fn checked(self) -> Option<Self> {
        let fits = (1..=MEMBERS_MAX).contains(&self.who.len()) && ascends(&self.who);
        let is_known = self.extensions.critical().all(|number| number == LETTER);
        (fits && is_short(&self.reason) && is_known).then_some(self)
    }
}

fn ascending(mut who: Vec<PublicKey<Device>>) -> Vec<PublicKey<Device>> {
    who.sort_unstable();
    who.dedup();
    who
}

fn ascends(who: &[PublicKey<Device>]) -> bool {
    who.is_sorted_by(|one, next| one < next)
}
