//! Where a mailbox was read to.

use bellrope_proto::{
    ids::{Hash, MailboxId, Sequence},
    receipt::{Head, first_head},
    signing::Signed,
};
use serde::{Deserialize, Serialize};

/// How far a mailbox was read, and the relay's newest word on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Of which mailbox.
    pub mailbox: MailboxId,
    /// The last place that was stored here.
    pub sequence: Sequence,
    /// The chain's head after it, computed here.
    pub head: Hash,
    /// The newest head that the relay signed and that fits.
    pub signed_head: Option<Signed<Head>>,
}

impl Cursor {
    /// Before the first place.
    #[must_use]
    pub fn start(mailbox: MailboxId) -> Self {
        Self {
            mailbox,
            sequence: Sequence(0),
            head: first_head(mailbox),
            signed_head: None,
        }
    }
}
