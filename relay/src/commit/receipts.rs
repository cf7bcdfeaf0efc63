//! Answers for what was committed: a signed receipt to each whose envelope is on disk, a refusal to each
//! other. Nothing here stores anything, and nothing is signed for that was not stored.

use bellrope_proto::{
    message::{FromRelay, RequestId, Stored},
    receipt::{Fact, Receipt},
    signing::{RelayLog, SecretKey},
};

use super::jobs::Refusal;

/// The answers to these requests, in their order. `committed` says whether the store took what is new.
pub(super) fn answers(
    key: &SecretKey<RelayLog>,
    verdicts: &[(RequestId, Result<Fact, Refusal>)],
    committed: bool,
) -> Vec<FromRelay> {
    let facts: Vec<Fact> = verdicts
        .iter()
        .filter_map(|(_, verdict)| verdict.ok())
        .collect();
    let receipts = if committed && !facts.is_empty() {
        Receipt::issue(key, &facts)
    } else {
        Vec::new()
    };
    let mut receipts = receipts.into_iter();
    let answer = |(request, verdict): &(RequestId, Result<Fact, Refusal>)| match verdict {
        Err(refusal) => refusal.answer(*request),
        Ok(_) => match receipts.next() {
            Some(receipt) => Stored {
                request: *request,
                receipt,
            }
            .into(),
            None => Refusal::unavailable().answer(*request),
        },
    };
    verdicts.iter().map(answer).collect()
}
