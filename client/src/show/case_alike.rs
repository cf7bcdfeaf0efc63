//! Other cases that may be about the same.

use super::received::Inbox;
use crate::{
    case::{alike, facts::About},
    device::{
        DeviceError, Folded, StoredMessage, begins_case, cases,
        inbox::{self, Kept},
    },
    ids::MessageId,
};

/// Of one page: more help nobody.
const ALIKE_MAX: usize = 5;

impl Inbox<'_> {
    /// Numbers of cases that may be about the same as one. What somebody has linked, either way round, needs no hint any more.
    pub(super) fn alike(
        &self,
        (alert, kept): (MessageId, &StoredMessage),
        folded: &Folded,
    ) -> Result<Vec<String>, DeviceError> {
        let reading = |kept: &StoredMessage| {
            let message = kept.sent.message.peek().ok()?;
            begins_case(&message).then(|| message.reading())
        };
        let Some(mine) = reading(kept) else {
            return Ok(Vec::new());
        };
        let Some(mine) = mine.fields() else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for (id, other, _) in &inbox::all(self.device)?.messages {
            let Kept::Message(other) = other else {
                continue;
            };
            if *id == alert || folded.case.facts.contains_key(&About::Link(*id)) {
                continue;
            }
            let read = reading(other);
            let is_alike = read
                .as_ref()
                .and_then(|it| it.fields())
                .is_some_and(|fields| alike((mine, kept.arrived), (fields, other.arrived)));
            if !is_alike {
                continue;
            }
            let words = cases::of(self.device, *id)?;
            let theirs = Folded::of(other, words, (&self.roster, &self.frozen));
            let links_here = |it: &Folded| it.case.facts.contains_key(&About::Link(alert));
            if !theirs.as_ref().is_some_and(links_here) {
                found.push(other.case.clone());
            }
            if found.len() == ALIKE_MAX {
                break;
            }
        }
        Ok(found)
    }
}
