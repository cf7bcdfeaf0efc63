//! What a person says of a case that is to be kept longer than the group's retention says.

use bellrope_proto::ids::Timestamp;

use super::case_error::{CaseError, one_line};
use crate::{
    case::{KEPT_SECONDS_MAX, keeps_standing},
    device::Folded,
    message::{CaseAct, KeepWords},
};

/// The act by which it is kept until then; or, without an end, no longer.
pub(super) fn act(
    folded: &Folded,
    (until, reason): (Option<Timestamp>, &str),
    now: Timestamp,
) -> Result<CaseAct, CaseError> {
    let reason = one_line(reason)?;
    match until {
        None if folded.kept.is_none() => return Err(CaseError::NotKept),
        Some(_) if reason.is_empty() => return Err(CaseError::Empty),
        Some(until) if until <= now => return Err(CaseError::Past),
        Some(until) if until > now.plus(KEPT_SECONDS_MAX) => return Err(CaseError::TooFar),
        _ => {}
    }
    let over = keeps_standing(&folded.said).map(|(_, said)| said.hash);
    Ok(CaseAct::Keep(KeepWords::new(until, over.collect(), reason)))
}
