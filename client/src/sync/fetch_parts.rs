//! Reads mailboxes again for parts of photographs and papers that went by before this device could know of them: it got their alert later, as it was
//! passed on or opened to it, or its disk took nothing then.
//!
//! The chain is not held against what is known here: what the alert announced is told by its hash, and from whoever signed it. The cursors stay.

use std::sync::Arc;

use bellrope_proto::{address::RelayAddress, ids::MailboxId};

use super::{
    event::EngineError,
    receive::{GroupReceiver, Part, part::IsPart},
};
use crate::{
    blocking::blocking,
    connect::open_session,
    device::{Device, DeviceError, relay_now},
    message::LaneCredential,
    relay::{Cursor, Delivery},
};

/// A mailbox, and what is needed to read it.
struct Source {
    credential: LaneCredential,
    mailbox: MailboxId,
    receiver: Arc<GroupReceiver>,
}

/// Looks through all that the relay still has for this device's group, the newest epoch first. A whole mailbox may be much: only when a person
/// asks for it.
///
/// # Errors
/// [`EngineError`]; what came until then is kept.
pub async fn fetch_parts(device: &Arc<Device>) -> Result<(), EngineError> {
    let Some((relay, sources)) = blocking(device, sources).await? else {
        return Ok(());
    };
    let mut failed = None;
    for source in sources {
        // A relay has not every mailbox of before any more.
        if let Err(error) = read(device, &relay, source).await {
            tracing::debug!(%error, "a mailbox was not looked through");
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

fn sources(device: &Device) -> Result<Option<(RelayAddress, Vec<Source>)>, DeviceError> {
    let Some(relay) = relay_now(device)? else {
        return Ok(None);
    };
    let state = device.state()?;
    let in_force = state.epoch_seed.as_ref().zip(state.cursor.as_ref());
    let in_force = in_force.zip(state.credential.as_ref());
    let in_force = in_force.map(|((seed, cursor), credential)| (seed, cursor, credential));
    let former = state.former.iter().rev().filter_map(|former| {
        let (seed, cursor) = former.reads.as_ref()?;
        Some((seed, cursor, &former.credential))
    });
    let all = in_force.into_iter().chain(former);
    let all = all.map(|(seed, cursor, credential)| Source {
        credential: credential.clone(),
        mailbox: cursor.mailbox,
        receiver: Arc::new(GroupReceiver::new(
            device,
            (seed, Part::Over),
            relay.clone(),
            Arc::default(),
        )),
    });
    let all = all.collect();
    Ok(Some((relay, all)))
}

async fn read(
    device: &Arc<Device>,
    relay: &RelayAddress,
    source: Source,
) -> Result<(), EngineError> {
    let session = open_session(device, relay, Some(&source.credential)).await?;
    let start = Cursor::start(source.mailbox);
    let mut subscription = session.subscribe(start, Vec::new()).await?;
    loop {
        match subscription.next().await? {
            Delivery::Envelope { envelope, .. } => {
                let receiver = Arc::clone(&source.receiver);
                let take = move |device: &Device| receiver.part(device, &envelope);
                if let IsPart::NotKept(error) = blocking(device, take).await? {
                    return Err(error.into());
                }
            }
            Delivery::CaughtUp { .. } => break,
            Delivery::Missed { .. } | Delivery::Ahead => {}
        }
    }
    subscription.close().await;
    Ok(())
}
