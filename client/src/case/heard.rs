//! Whether anybody has taken note of an alert, or of news of it: what a bell rings for until it is so. Pure, and the same in whatever order things
//! came.

use bellrope_proto::{
    ids::Hash,
    signing::{Device, PublicKey},
};

use super::{fold::Case, judge::Said};
use crate::{
    alert::vocabulary::{CaseState, Receipt},
    duty::Heard,
    message::CaseAct,
};

/// What was heard of the alert with which a case begins, or of a later message about it: `news` is that one's hash.
#[must_use]
pub(crate) fn heard(
    (said, case): (&[Said], &Case),
    news: Option<Hash>,
) -> Heard<PublicKey<Device>> {
    let by = |at: Option<usize>| at.and_then(|at| said.get(at));
    let withdrawn = by(case.withdrawn_by);
    // That it was taken back has to be heard, too.
    let is_withdrawn = withdrawn.is_some_and(|said| Some(said.hash) != news);
    let is_heard = said.iter().any(|one| {
        one.counts.is_ok() && takes_note(one) && news.is_none_or(|news| one.seen.contains(&news))
    });
    if is_withdrawn || is_heard || case.state(said) == CaseState::Closed {
        return Heard::Settled;
    }
    match case.leader().filter(|_| news.is_some()) {
        Some(leader) => Heard::Leads(leader),
        None => Heard::Nothing,
    }
}

/// Whether a person says by it that they have read what there is. Whoever stays out of it leaves it to others.
fn takes_note(said: &Said) -> bool {
    let stays_out = matches!(&said.act, CaseAct::Receipt(words) if words.receipt == Receipt::ConflictOfInterest);
    !said.is_by_itself() && !said.is_senders() && !stays_out
}
