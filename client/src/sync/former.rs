//! The mailboxes of epochs that are over: whoever has not heard of a turn still sends there, and some of that is urgent.

use std::{collections::HashMap, sync::Arc};

use bellrope_proto::{
    address::RelayAddress,
    ids::{MailboxId, Timestamp},
    message::Reason,
};
use tokio::task::{AbortHandle, JoinSet};

use super::{
    context::Pauses,
    event::EngineError,
    follow::Follower,
    receive::{GroupReceiver, Part, log::move_cursor},
    weeks,
};
use crate::{
    clock::now,
    connect::open_session,
    device::{Device, DeviceError, relay_now},
    message::LaneCredential,
    relay::{Cursor, Delivery, RelayError},
};

/// What is needed to read one of them.
struct Source {
    relay: RelayAddress,
    credential: LaneCredential,
    cursor: Cursor,
    receiver: Arc<GroupReceiver>,
}

/// Those that are followed, each by a task.
#[derive(Default)]
pub(super) struct Former {
    tasks: JoinSet<()>,
    followed: HashMap<MailboxId, AbortHandle>,
}

impl Former {
    /// Follows each that is not followed yet.
    pub(super) async fn follow(&mut self, follower: &Arc<Follower>) {
        let all = follower.context.with_device(mailboxes).await;
        for mailbox in all.unwrap_or_default() {
            let followed = self.followed.get(&mailbox);
            if followed.is_none_or(AbortHandle::is_finished) {
                let follower = Arc::clone(follower);
                let task = self.tasks.spawn(follow(follower, mailbox));
                self.followed.insert(mailbox, task);
            }
        }
    }
}

/// Reads each to its end, once. What fails is no failure of the epoch in force: it is tried again the next time.
pub(super) async fn read_once(follower: &Follower) {
    let all = follower.context.with_device(mailboxes).await;
    for mailbox in all.unwrap_or_default() {
        if let Err(error) = read(follower, mailbox, true).await {
            tracing::debug!(%error, "the mailbox of an epoch before could not be read");
        }
    }
}

async fn follow(follower: Arc<Follower>, mailbox: MailboxId) {
    let mut pauses = Pauses::new();
    loop {
        let read = tokio::select! {
            read = read(&follower, mailbox, false) => read,
            () = follower.context.stopped() => return,
        };
        let error = match read {
            Ok(()) => return,
            Err(error) => error,
        };
        tracing::debug!(%error, "the mailbox of an epoch before is not followed");
        if !follower.context.pause(pauses.after(&error)).await {
            return;
        }
    }
}

/// Reads one until the connection ends, or to its end; `Ok` when there is nothing more to be read there.
async fn read(follower: &Follower, mailbox: MailboxId, once: bool) -> Result<(), EngineError> {
    let resends = Arc::clone(&follower.resends);
    let context = &follower.context;
    let source = context.with_device(move |device| source(device, mailbox, resends));
    let Some(source) = source.await? else {
        return Ok(());
    };
    let Source {
        relay,
        credential,
        cursor,
        receiver,
    } = source;
    let session = open_session(&context.device, &relay, Some(&credential)).await?;
    let mut subscription = session.subscribe(cursor, Vec::new()).await?;
    loop {
        let delivery = match subscription.next().await {
            // It has ended, and is empty; or this device was put out since. Nothing comes there any more.
            Err(RelayError::Refused(Reason::NoMailbox | Reason::Revoked, _)) => {
                let end = Timestamp(u64::MAX);
                return Ok(context
                    .with_device(move |device| weeks::was_read(device, mailbox, end, end))
                    .await?);
            }
            delivery => delivery?,
        };
        let after = subscription.cursor().clone();
        let time = match &delivery {
            Delivery::CaughtUp { time } => Some(*time),
            _ => None,
        };
        let caught_up = time.is_some();
        follower
            .take(&receiver, false, delivery, after.clone())
            .await?;
        if !receiver.has_waiting() {
            let key = relay.key();
            context
                .with_device(move |device| move_cursor(device, &key, &after))
                .await?;
        }
        if let Some(time) = time
            && !receiver.has_waiting()
        {
            let read =
                context.with_device(move |device| weeks::was_read(device, mailbox, time, now()));
            if let Err(error) = read.await {
                tracing::warn!(%error, "how far a mailbox was read could not be noted");
            }
        }
        if caught_up {
            let is_left = context.with_device(mailboxes).await?.contains(&mailbox);
            if once || !is_left {
                subscription.close().await;
                return Ok(());
            }
        }
    }
}

/// The mailboxes of former epochs that are not over yet.
fn mailboxes(device: &Device) -> Result<Vec<MailboxId>, DeviceError> {
    let state = device.state()?;
    // The newest of them is still read as the group's.
    let skipped = usize::from(state.waits_for_succession());
    let former = state.former.iter().rev().skip(skipped);
    let former = former.filter(|it| it.reads.is_some() && now() < it.until);
    Ok(former.filter_map(|it| it.mailbox()).collect())
}

fn source(
    device: &Device,
    mailbox: MailboxId,
    resends: Arc<std::sync::Mutex<super::resend::Resends>>,
) -> Result<Option<Source>, DeviceError> {
    let Some(relay) = relay_now(device)? else {
        return Ok(None);
    };
    let state = device.state()?;
    let former = state.former.into_iter();
    let mut former = former.filter(|it| it.mailbox() == Some(mailbox));
    let Some(former) = former.next() else {
        return Ok(None);
    };
    Ok(former.reads.map(|(seed, cursor)| Source {
        receiver: Arc::new(GroupReceiver::new(
            device,
            (&seed, Part::Over),
            relay.clone(),
            resends,
        )),
        relay,
        credential: former.credential,
        cursor,
    }))
}
