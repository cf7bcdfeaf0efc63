//! Keeps what a relay signed and did not keep.

use std::path::PathBuf;

use bellrope_proto::address::RelayAddress;

use super::context::Context;
use crate::{clock::now, device::keep_evidence, relay::ChainFault};

/// The file of what is new; that it cannot be written is no reason to stop reading or sending.
pub(super) async fn keep_proof(
    context: &Context,
    relay: RelayAddress,
    fault: &ChainFault,
) -> Option<PathBuf> {
    let fault = fault.clone();
    let kept = context
        .with_device(move |device| keep_evidence(device, &relay, &fault, now()))
        .await;
    kept.unwrap_or_else(|error| {
        tracing::warn!(%error, "evidence could not be kept");
        None
    })
}
