//! Other cases that may be about the same.

use super::{case::CaseView, received::Inbox};
use crate::{
    case::{alike, facts::About},
    device::{
        DeviceError, Folded, StoredMessage, begins_case, cases,
        inbox::{self, Kept},
    },
};

/// Of one page: more help nobody.
const ALIKE_MAX: usize = 5;

impl Inbox<'_> {
    /// Looks for cases that may be about the same as one, which reads every alert. What somebody has linked, either way round, needs no hint any
    /// more.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn with_alike(&self, case: CaseView) -> Result<CaseView, DeviceError> {
        let alike = self.alike(&case)?;
        Ok(CaseView { alike, ..case })
    }

    fn alike(&self, case: &CaseView) -> Result<Vec<String>, DeviceError> {
        let alert = case.alert.id;
        let Some(Kept::Message(kept)) = inbox::find_kept(self.device, alert)? else {
            return Ok(Vec::new());
        };
        let reading = |kept: &StoredMessage| {
            let message = kept.sent.message.peek().ok()?;
            begins_case(&message).then(|| message.reading())
        };
        let Some(mine) = reading(&kept) else {
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
            if *id == alert || case.now.facts.says_of(*id) {
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
