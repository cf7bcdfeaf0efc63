//! One message of a case, and what every row is made of.

use bellrope_proto::ids::Hash;

use super::people::{ALERT, ALERT_HASH, message};
use crate::{
    case::{Opening, Said, judge},
    group::Roster,
    ids::MessageId,
    message::{CaseAct, CaseMessage, SaidOfSender},
    vectors::world::*,
};

/// Rows of bodies, by their names.
pub(super) type Bodies = Vec<(&'static str, CaseMessage)>;

/// Rows of what is said in cases, by their names.
pub(super) type Cases = Vec<(&'static str, Vec<Spoken>)>;

/// One message: its number is its id and its hash.
#[derive(Clone)]
pub(in crate::vectors) struct Spoken {
    pub(in crate::vectors) number: u8,
    pub(in crate::vectors) by: u8,
    /// Seconds after [`TIME`] at which it was signed, and came.
    pub(in crate::vectors) at: (u64, u64),
    pub(in crate::vectors) body: CaseMessage,
}

impl Spoken {
    /// Both signed and come so many seconds after [`TIME`].
    pub(super) fn came(self, at: u64) -> Self {
        Self {
            at: (at, at),
            ..self
        }
    }

    /// Having seen these.
    pub(super) fn seeing(mut self, seen: &[u8]) -> Self {
        self.body.seen = hashes(seen);
        self
    }

    /// What it counts for.
    pub(super) fn judged(&self, opening: &Opening, known: (&Roster, &[SaidOfSender])) -> Said {
        let mut message = message(self.by, u64::from(self.number), Vec::new());
        message.id = MessageId([self.number; 16]);
        message.time = TIME.plus(self.at.0);
        let about = (&message, hash(self.number), &self.body);
        judge(about, TIME.plus(self.at.1), opening, known)
    }
}

pub(in crate::vectors) fn hash(number: u8) -> Hash {
    Hash([number; 32])
}

pub(super) fn hashes(numbers: &[u8]) -> Vec<Hash> {
    numbers.iter().copied().map(hash).collect()
}

pub(in crate::vectors) fn spoken(number: u8, by: u8, act: &CaseAct) -> Spoken {
    let at = u64::from(number);
    Spoken {
        number,
        by,
        at: (at, at),
        body: CaseMessage::new((ALERT, ALERT_HASH), Vec::new(), act).unwrap(),
    }
}
