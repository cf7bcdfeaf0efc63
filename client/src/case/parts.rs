//! What a part in a case permits, and what it keeps from others: one table, kept by every reader. Pure.
//!
//! What somebody does in an emergency is never refused because of a part: it is shown with whose it would have been. Only what would do harm by being
//! believed, a deadline that no lawyer looked at, counts from one person alone.
//!
//! Whether its author had a part when something was said depends on no clock. Everything that is said of the part counts, also what came at the same
//! time, but for what was said by somebody who had seen the message already. So whoever has had a part taken away does not keep it by hiding that
//! they have seen it; and who takes it away later changes nothing of what was said before, as they name it as seen.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::{fold::Case, judge::Said};
use crate::{
    alert::vocabulary::{CaseState, Part, Vocabulary as _, YesNo},
    message::{CaseAct, Fact, Reached},
};

/// Seconds for which nothing was heard in the case from who leads, after which the deputy is asked.
pub(crate) const SILENT_SECONDS: u64 = 72 * 3_600;

/// What a program does where somebody else does what is a part's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// It is done: the person is asked first, and everybody sees that it was another's.
    Asked,
    /// It stands there, and does not count as if that one had said it.
    NotCounted,
    /// They may, with a reason in their words.
    WithReason,
    /// They may: the part says who is asked first.
    Free,
}

/// One row: what a part has of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Which part.
    pub(crate) part: Part,
    /// What of it others have.
    pub(crate) others: Others,
}

/// The table. PROTOCOL.md and the client's README have the same one, with what is each part's and why others may or may not.
pub(crate) const TABLE: [Row; 8] = [
    row(Part::ContactOwner, Others::Asked),
    row(Part::Deputy, Others::WithReason),
    row(Part::LawyerAdviser, Others::NotCounted),
    row(Part::Translator, Others::Free),
    row(Part::EvidenceKeeper, Others::Free),
    row(Part::Reviewer, Others::NotCounted),
    row(Part::Media, Others::Free),
    row(Part::SecurityAdviser, Others::Free),
];

const fn row(part: Part, others: Others) -> Row {
    Row { part, others }
}

impl Others {
    /// Its name in PROTOCOL.md.
    #[cfg(test)]
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Asked => "asked, and marked",
            Self::NotCounted => "not counted",
            Self::WithReason => "with a reason",
            Self::Free => "free",
        }
    }
}

/// What others have of a part. A part that is not known here keeps nothing from anybody.
#[must_use]
pub(crate) fn others(part: Part) -> Others {
    let row = TABLE.iter().find(|row| row.part == part);
    row.map_or(Others::Free, |row| row.others)
}

/// What of that which was said was another's to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OthersParts {
    /// Messages with a date that a lawyer is said to have confirmed, not by who advises the case.
    pub(crate) not_by_lawyer: BTreeSet<usize>,
    /// Words to the person and from them, by others than who speaks with them: by place, who that was.
    pub(crate) past_contact: BTreeMap<usize, Vec<PublicKey<Device>>>,
}

/// What of that which was said was another's to say; `person` says whose device one is, and whether they are in the group. `order` is that of the
/// story.
#[must_use]
pub(crate) fn others_parts(
    said: &[Said],
    order: &[usize],
    person: impl Fn(&PublicKey<Device>) -> (PublicKey<Device>, bool),
) -> OthersParts {
    let mut found = OthersParts::default();
    let wanted: Vec<(usize, Part)> = order.iter().flat_map(|at| wanted(said, *at)).collect();
    if wanted.is_empty() {
        return found;
    }
    let story = Story::of(said, order);
    for (at, part) in wanted {
        let Some(author) = said.get(at).map(|it| it.author) else {
            continue;
        };
        let holders = story.holders(at, part, &person);
        let is_theirs = holders.iter().any(|(holder, _)| *holder == author);
        match part {
            Part::LawyerAdviser if !is_theirs => {
                found.not_by_lawyer.insert(at);
            }
            Part::ContactOwner if !is_theirs => {
                let holders = holders.into_iter().filter(|(_, is_in)| *is_in);
                let holders: Vec<_> = holders.map(|(holder, _)| holder).collect();
                if !holders.is_empty() {
                    found.past_contact.insert(at, holders);
                }
            }
            _ => {}
        }
    }
    found
}

/// Which parts a message that counts is the word of.
fn wanted(said: &[Said], at: usize) -> BTreeSet<(usize, Part)> {
    let one = said.get(at).filter(|said| said.counts.is_ok());
    let parts: Vec<Part> = match one.map(|said| &said.act) {
        Some(CaseAct::Answer(_)) => vec![Part::ContactOwner],
        Some(CaseAct::Reach(words)) if words.reached == Reached::Yes => vec![Part::ContactOwner],
        Some(CaseAct::Facts(words)) => {
            let facts = words.known().map(|(fact, _)| fact);
            let parts = facts.filter_map(|fact| match fact {
                Fact::Date(date) if date.by_lawyer == YesNo::Yes => Some(Part::LawyerAdviser),
                Fact::LastContact(..) => Some(Part::ContactOwner),
                _ => None,
            });
            parts.collect()
        }
        _ => Vec::new(),
    };
    parts.into_iter().map(|part| (at, part)).collect()
}

/// Something that was said of a part.
struct OfPart {
    at: usize,
    part: u16,
    who: Option<PublicKey<Device>>,
    hash: Hash,
    over: Vec<Hash>,
}

/// What was said of parts, and which message names which.
struct Story<'s> {
    order: &'s [usize],
    named: Vec<Vec<usize>>,
    of_parts: Vec<OfPart>,
}

impl<'s> Story<'s> {
    fn of(said: &[Said], order: &'s [usize]) -> Self {
        let at_of: HashMap<Hash, usize> = said
            .iter()
            .zip(0..)
            .map(|(said, at)| (said.hash, at))
            .collect();
        let named = said.iter().map(|said| {
            let named = super::fold::named(said);
            named.filter_map(|hash| at_of.get(hash).copied()).collect()
        });
        let mut of_parts = Vec::new();
        for at in order {
            let Some(said) = said.get(*at).filter(|said| said.counts.is_ok()) else {
                continue;
            };
            let CaseAct::Facts(words) = &said.act else {
                continue;
            };
            for (fact, over) in words.known() {
                if let Fact::Part(part, who) = fact {
                    of_parts.push(OfPart {
                        at: *at,
                        part: part.number(),
                        who,
                        hash: said.hash,
                        over: over.clone(),
                    });
                }
            }
        }
        Self {
            order,
            named: named.collect(),
            of_parts,
        }
    }

    /// Who had a part when something was said, and whether each is in the group.
    fn holders(
        &self,
        at: usize,
        part: Part,
        person: impl Fn(&PublicKey<Device>) -> (PublicKey<Device>, bool),
    ) -> Vec<(PublicKey<Device>, bool)> {
        let part = part.number();
        let of_part: Vec<&OfPart> = self.of_parts.iter().filter(|it| it.part == part).collect();
        if of_part.is_empty() {
            return Vec::new();
        }
        let after = self.after(at);
        let then: Vec<&OfPart> = of_part
            .into_iter()
            .filter(|it| after.get(it.at) != Some(&true))
            .collect();
        let replaced: HashSet<Hash> = then
            .iter()
            .flat_map(|it| it.over.iter().filter(|over| **over != it.hash))
            .copied()
            .collect();
        let stands = then.iter().filter(|it| !replaced.contains(&it.hash));
        stands
            .filter_map(|it| it.who.as_ref().map(&person))
            .collect()
    }

    /// Which messages were said by somebody who had seen one, or what names it.
    fn after(&self, at: usize) -> Vec<bool> {
        let mut after = vec![false; self.named.len()];
        for next in self.order {
            let named = self.named.get(*next).map(Vec::as_slice).unwrap_or_default();
            let follows = named
                .iter()
                .any(|it| *it == at || after.get(*it) == Some(&true));
            if let Some(mark) = after.get_mut(*next) {
                *mark = follows;
            }
        }
        after
    }
}

/// Since when nothing was heard in the case from who leads and is in the group: of what counts, whatever it was, but that their device has shown the
/// alert. None where nobody leads, and of a case that rests or is over: there nobody waits for them.
#[must_use]
pub(crate) fn lead_heard(said: &[Said], case: &Case) -> Option<Timestamp> {
    let leader = case.leader()?;
    let rests = matches!(
        case.state(said),
        CaseState::Closed | CaseState::Suspended | CaseState::Monitoring
    );
    let theirs = said
        .iter()
        .filter(|said| said.author == leader && said.counts.is_ok() && !said.is_of_device());
    let given = case.lead_by.and_then(|at| said.get(at));
    let heard = theirs.chain(given).map(|said| said.at).max();
    heard.filter(|_| !rests)
}

#[cfg(test)]
#[path = "parts_tests.rs"]
mod tests;
