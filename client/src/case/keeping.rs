//! Whether a case is kept longer than the group's retention says. Pure, and the same in whatever order anything came.
//!
//! One word takes the place of those that its author had seen, whoever said them. Of several that nobody has put another in the place of, the one
//! that keeps it the longest counts: what is forgotten too early is gone, and what is kept too long is seen again.

use std::collections::HashSet;

use bellrope_proto::ids::{Hash, Timestamp};

use super::judge::Said;
use crate::message::CaseAct;

/// Seconds after it was said beyond which nobody's word keeps a case: then somebody has to look at it again, and say so again. Five years.
pub(crate) const KEPT_SECONDS_MAX: u64 = 1_827 * Timestamp::DAY_SECONDS;

/// That a case is kept longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keeping {
    /// The place of who says so among what was said,
    pub(crate) at: usize,
    /// and until when.
    pub(crate) until: Timestamp,
}

/// The words of it that stand: that it is kept, and that it is no longer.
pub(crate) fn standing(said: &[Said]) -> impl Iterator<Item = (usize, &Said)> {
    let counting = (0..).zip(said).filter(|(_, said)| said.counts.is_ok());
    let counting: Vec<(usize, &Said)> = counting.collect();
    let over = counting.iter().flat_map(|(_, said)| match &said.act {
        CaseAct::Keep(words) => words.over.clone(),
        _ => Vec::new(),
    });
    let replaced: HashSet<Hash> = over.collect();
    let is_of_it = |said: &Said| matches!(said.act, CaseAct::Keep(_));
    let stands = counting.into_iter();
    stands.filter(move |(_, said)| is_of_it(said) && !replaced.contains(&said.hash))
}

/// What all that was said of it comes to.
#[must_use]
pub(crate) fn keeping(said: &[Said]) -> Option<Keeping> {
    let kept = standing(said).filter_map(|(at, said)| match &said.act {
        CaseAct::Keep(words) => {
            // By whichever of the two clocks is ahead, as with the closing: neither a relay that says it came years ago nor a device whose clock stood
            // still lets a case go that is kept.
            let latest = said.time.max(said.arrived).plus(KEPT_SECONDS_MAX);
            let until = words.until?.min(latest);
            Some((until, said.hash, at))
        }
        _ => None,
    });
    let longest = kept.max();
    longest.map(|(until, _, at)| Keeping { at, until })
}

#[cfg(test)]
#[path = "keeping_tests.rs"]
mod tests;
