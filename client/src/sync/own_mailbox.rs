//! The mailbox of the invitation by which this device came in, as the network brings it: a defender's and a newcomer's always, a
//! reader's when the group's mailbox is closed to it or has nothing more for it.

use std::sync::{Arc, Mutex, PoisonError, atomic::Ordering};

use bellrope_proto::{address::RelayAddress, ids::Sequence, message::Reason};

use super::{
    event::{EngineError, Online, ReplyUpdate},
    follow::{Follower, Until},
    reply_mailbox::{ReplyMailbox, SharedReplyMailbox},
};
use crate::{
    connect::{note_greeting, open_session},
    device::{Device, DeviceError, absence, relay_now},
    relay::{Delivery, RelayError, Subscription},
};

impl Follower {
    /// The group's mailbox is closed to this device: the group may have gone on while it was away, or without it. What it was
    /// sent since waits where it came in.
    pub(super) async fn shut_out(
        &self,
        reason: Reason,
        until: Until,
        updates: &mut Vec<ReplyUpdate>,
    ) -> Result<(), EngineError> {
        let error = || RelayError::Refused(reason, 0);
        let before = updates.len();
        // A mailbox may be there again; a right that was taken back does not come back by itself.
        let until = match reason {
            Reason::Revoked => until,
            _ => Until::CaughtUp,
        };
        match self.read_own(Some(&error), until, updates).await {
            // Nothing waits there either. What the group's mailbox said says more.
            Err(EngineError::Relay(RelayError::Refused(..))) => return Err(error().into()),
            read => read?,
        }
        let came = updates.get(before..).unwrap_or_default();
        if came.contains(&ReplyUpdate::Welcome) {
            if reason == Reason::NoMailbox {
                self.context.with_device(miss_the_rest).await?;
            }
            Ok(())
        } else if came.contains(&ReplyUpdate::Removed) {
            Err(EngineError::Removed)
        } else {
            Err(error().into())
        }
    }

    /// Whether a welcome to a later epoch waits where this device came in: one that was away for longer than the relay keeps
    /// envelopes finds no turn in a mailbox that is over, and nobody there either.
    pub(super) async fn was_sent_a_welcome(&self, updates: &mut Vec<ReplyUpdate>) -> bool {
        let before = updates.len();
        if let Err(error) = self.read_own(None, Until::CaughtUp, updates).await {
            tracing::debug!(%error, "it could not be looked where this device came in");
        }
        let came = updates.get(before..).unwrap_or_default();
        came.contains(&ReplyUpdate::Welcome)
    }

    /// Reads the mailbox of the invitation by which a reader's device came in, from the beginning. Where it is followed, the failure
    /// for which that is done is told first: what says why may be on its way.
    async fn read_own(
        &self,
        failure: Option<&(dyn Fn() -> RelayError + Sync)>,
        until: Until,
        updates: &mut Vec<ReplyUpdate>,
    ) -> Result<(), EngineError> {
        let joined = |device: &Device| {
            Ok::<_, DeviceError>((device.state()?.reply().cloned(), relay_now(device)?))
        };
        let (Some(joined), Some(relay)) = self.context.with_device(joined).await? else {
            return Ok(());
        };
        let credential = joined.secret.keys().credential();
        let mailbox = ReplyMailbox::of_shut_out(joined);
        let cursor = mailbox.start();
        let mailbox = Arc::new(Mutex::new(mailbox));
        let session = open_session(&self.context.device, &relay, Some(&credential)).await?;
        let mut subscription = session.subscribe(cursor, Vec::new()).await?;
        if until == Until::Ended
            && let Some(failure) = failure
        {
            self.context.events.tell_failure(failure().into());
        }
        let source = (&mailbox, &relay);
        self.read_reply(&mut subscription, source, None, until, updates)
            .await?;
        subscription.close().await;
        Ok(())
    }

    pub(super) async fn read_reply(
        &self,
        subscription: &mut Subscription,
        (mailbox, relay): (&SharedReplyMailbox, &RelayAddress),
        online: Option<Online>,
        until: Until,
        updates: &mut Vec<ReplyUpdate>,
    ) -> Result<(), EngineError> {
        let mut greeted = false;
        loop {
            match subscription.next().await? {
                Delivery::Envelope { envelope, .. } => {
                    let mailbox = Arc::clone(mailbox);
                    let update = self
                        .context
                        .with_device(move |device| {
                            let mut mailbox =
                                mailbox.lock().unwrap_or_else(PoisonError::into_inner);
                            mailbox.receive(device, &envelope)
                        })
                        .await?;
                    let Some(update) = update else { continue };
                    self.update(update, updates);
                    if update == ReplyUpdate::Moved {
                        self.moves();
                    }
                    if matches!(
                        update,
                        ReplyUpdate::Welcome
                            | ReplyUpdate::Refused
                            | ReplyUpdate::Removed
                            | ReplyUpdate::Moved
                    ) {
                        return Ok(());
                    }
                }
                Delivery::CaughtUp { time } => {
                    self.heard(time).await;
                    if !greeted {
                        note_greeting(&self.context.device, subscription.restored()).await;
                    }
                    let cursor = subscription.cursor().clone();
                    let (mailbox, key) = (Arc::clone(mailbox), relay.key());
                    self.context
                        .with_device(move |device| {
                            let mut mailbox =
                                mailbox.lock().unwrap_or_else(PoisonError::into_inner);
                            mailbox.caught_up(device, &key, cursor)
                        })
                        .await?;
                    self.look_where(relay).await;
                    if until != Until::Ended || self.has_moved.load(Ordering::Relaxed) {
                        return Ok(());
                    }
                    if !greeted {
                        greeted = true;
                        if let Some(online) = online {
                            self.online(online);
                        }
                    }
                }
                Delivery::Missed { .. } => {
                    mailbox
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .missed();
                }
                Delivery::Ahead => {}
            }
        }
    }
}

/// The mailbox in which this device read is gone, and with it whatever had come there since.
fn miss_the_rest(device: &Device) -> Result<(), DeviceError> {
    let former = device.state()?.former.pop();
    let read_to = former.and_then(|it| Some(it.reads?.1));
    let roster = device.roster()?;
    let epoch = (read_to.as_ref().zip(roster)).and_then(|(at, roster)| roster.epoch_of(at.mailbox));
    if let (Some(epoch), Some(read_to)) = (epoch, read_to) {
        let rest = (read_to.sequence.next(), Sequence(u64::MAX));
        absence::change(device, |absence| absence.miss(epoch, rest))?;
    }
    Ok(())
}
