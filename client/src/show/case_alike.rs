//! Other cases that may be about the same.

use super::{case_view::CaseView, inbox::Inbox};
use crate::{
    alert::Fields,
    case::{alike, facts::About},
    device::{
        DeviceError, Folded, begins_case, cases,
        inbox::{self, Kept, Known},
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
        fn fields(kept: &Known) -> Option<&Fields> {
            let said = kept.said().filter(|said| begins_case(said))?;
            said.reading.fields()
        }
        let Some(mine) = fields(&kept) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let read;
        let all = match self.listed.get() {
            Some(listed) => listed,
            None => {
                read = inbox::all(self.device)?;
                &read
            }
        };
        for (id, other, _) in &all.messages {
            let Kept::Message(other) = other else {
                continue;
            };
            if *id == alert || case.now.facts.says_of(*id) {
                continue;
            }
            let is_alike = fields(other)
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
