//! What the sender of an alert says in its case afterwards: that something is new, was wrong, is over, or is taken back. That, and nothing else:
//! a defender neither leads nor closes, and speaks in no case but their own.

use bellrope_proto::ids::{Hash, Timestamp};

use super::judge::{Opening, Place, Said, Void};
use crate::{
    alert::{names_original, part::SensitivePart, vocabulary::Kind},
    group::Roster,
    ids::Position,
    message::{CaseAct, Message, SaidOfSender, SenderWords, freezes},
};

/// A later alert about one that began a case, as something that was said in it; `None` for what says nothing of this one.
#[must_use]
pub(crate) fn judge_sender(
    (message, hash): (&Message, Hash),
    arrived: Timestamp,
    opening: &Opening,
    (roster, frozen): (&Roster, &[SaidOfSender]),
) -> Option<Said> {
    let reading = message.reading();
    let fields = reading.fields()?;
    let is_about = names_original(fields.kind) == Some(true);
    if !is_about || fields.original != Some(opening.id) {
        return None;
    }
    let sender = opening.sender();
    let freezes = freezes(frozen, &message.sender, roster);
    let counts = if message.sender != sender && !roster.is_same_person(&message.sender, &sender) {
        Err(Void::NotTheSender)
    } else if freezes.iter().any(|frozen| frozen.covers(arrived)) {
        Err(Void::Frozen)
    } else {
        // Who sent the alert has no place among those who act on it.
        Ok(Place {
            since: Position(u32::MAX),
            is_in: true,
        })
    };
    Some(Said {
        id: message.id,
        hash,
        author: roster.person_of(&message.sender).unwrap_or(message.sender),
        device: message.sender,
        number: message.number,
        time: message.time,
        arrived,
        at: message.time.min(arrived),
        seen: Vec::new(),
        act: CaseAct::OfSender(SenderWords {
            kind: fields.kind,
            summary: fields.summary.clone(),
            part: SensitivePart::of(fields).map(Box::new),
        }),
        counts,
        to: None,
        is_asked: false,
    })
}

/// The first by which the sender has taken the alert back. What they say after that does not undo it: whoever means it again sends another.
#[must_use]
pub(super) fn withdrawn(said: &[Said], order: &[usize]) -> Option<usize> {
    let is_that = |at: &&usize| {
        said.get(**at)
            .is_some_and(|said| said.counts.is_ok() && said.is_withdrawal())
    };
    order.iter().find(is_that).copied()
}

impl Said {
    fn is_withdrawal(&self) -> bool {
        matches!(&self.act, CaseAct::OfSender(words) if words.kind == Kind::Withdrawal)
    }

    /// Whether whoever sent the alert says it.
    #[must_use]
    pub(super) fn is_senders(&self) -> bool {
        matches!(self.act, CaseAct::OfSender(_))
    }
}
