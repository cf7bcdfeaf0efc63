//! What goes with an alert: sealed before it, posted after it. A task of its own with a connection of its own, so that nothing here holds an alert up.
//!
//! The relay sees that one lane posts some large envelopes after another; see section 7 of `proto/PROTOCOL.md`.

use std::time::Duration;

use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    ids::{MailboxId, Timestamp},
    message::Reason,
    receipt::Receipt,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior, interval},
};
use zeroize::Zeroizing;

use super::{
    compose::sender,
    context::{Context, Pauses},
    event::EngineError,
    send::{LOOK, due},
};
use crate::{
    attachment::{ATTACHMENTS_MAX, Attachment, Paper, cut},
    connect::{note_greeting, open_session},
    device::{
        Device, DeviceError,
        attaching::{self, Progress, SealedParts},
        damaged, outbox, relay_now,
    },
    ids::MessageId,
    message::{LaneCredential, Payload},
    relay::{RelayError, Session},
    seal::{EpochRecipient, SealError, seal_inside, wrap},
};

/// Parts that are posted without a pause. A relay takes more at once, by default, and the rest of that is for alerts.
const AT_ONCE: usize = 100;

/// Between two parts after that: as fast as a lane gets its posts back, by default.
const PAUSE: Duration = Duration::from_secs(1);

/// A lane that is told to wait for longer has other reasons than its speed.
const RATE_SECONDS_MAX: u32 = 60;

/// Parts of one device that a relay may have at one time, 16 MiB: as many as go with one alert. A lane has a share of its mailbox, and its next alerts
/// need some of that too.
const PARTS_MAX: usize = 256;

/// Why something does not go with an alert.
#[derive(Debug, thiserror::Error)]
pub enum NotAttached {
    /// There are so many already.
    #[error("more than {ATTACHMENTS_MAX} files")]
    TooMany,
    /// What went from this device lately, and is still at the relay, is as much as may be.
    #[error("more than {PARTS_MAX} parts at one time")]
    TooMuch,
    /// It was not sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// It could not be written down.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// Seals what goes with an alert and writes it down; what the alert is to say of it, and what was left out.
pub(super) fn attach(
    device: &Device,
    alert: MessageId,
    papers: &[Paper],
    now: Timestamp,
) -> (Vec<Attachment>, Vec<(usize, NotAttached)>) {
    let (mut attached, mut unattached) = (Vec::new(), Vec::new());
    for (place, paper) in papers.iter().enumerate() {
        match attach_one(device, (alert, attached.len()), paper, now) {
            Ok(one) => attached.push(one),
            Err(error) => unattached.push((place, error)),
        }
    }
    (attached, unattached)
}

fn attach_one(
    device: &Device,
    (alert, before): (MessageId, usize),
    paper: &Paper,
    now: Timestamp,
) -> Result<Attachment, NotAttached> {
    if before >= ATTACHMENTS_MAX {
        return Err(NotAttached::TooMany);
    }
    let number = u16::try_from(before.saturating_add(1)).map_err(|_| NotAttached::TooMany)?;
    let attachment = Attachment::of(paper);
    let papers = attaching::all(device);
    let before = papers.values().flatten().map(|it| usize::from(it.total));
    if before
        .sum::<usize>()
        .saturating_add(usize::from(attachment.parts()))
        > PARTS_MAX
    {
        return Err(NotAttached::TooMuch);
    }
    let key = attachment.key();
    let sealed = cut(paper, alert, number).map(|part| {
        let payload = Payload::Part(device.signing().sign(&part)).encode();
        seal_inside(&Zeroizing::new(payload), key)
    });
    let sealed = sealed.collect::<Result<Vec<_>, _>>()?;
    attaching::put(device, (alert, number), &sealed, now)?;
    Ok(attachment)
}

/// What became of a try to post parts.
#[derive(Debug, Default)]
pub struct PartsReport {
    /// Parts that a relay has on its disk since then.
    pub posted: usize,
    /// What went wrong.
    pub failed: Option<EngineError>,
}

/// A part on its way needs all of this.
struct Work {
    paper: Progress,
    parts: SealedParts,
    relay: RelayAddress,
    mailbox: MailboxId,
    credential: LaneCredential,
    epoch: EpochRecipient,
}

/// The task. It looks by itself when the engine follows a mailbox, and otherwise only when it is asked.
pub(super) async fn run(
    context: Context,
    mut requests: mpsc::Receiver<oneshot::Sender<PartsReport>>,
    looks: bool,
) {
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pauses = Pauses::new();
    let mut retry_at = Instant::now();
    loop {
        let request = tokio::select! {
            () = context.stopped() => return,
            request = requests.recv() => match request {
                Some(request) => Some(request),
                None => return,
            },
            () = due(&mut look, retry_at), if looks => None,
        };
        let mut report = PartsReport::default();
        let outcome = tokio::select! {
            outcome = post_all(&context, &mut report) => outcome,
            // What was on its way is posted again next time, and is taken once by who reads it.
            () = context.stopped() => return,
        };
        match &outcome {
            Ok(()) => pauses = Pauses::new(),
            Err(error) => retry_at = Instant::now() + pauses.after(error),
        }
        report.failed = outcome.err();
        if let Some(request) = request {
            // Whoever asked may have gone.
            let _ = request.send(report);
        } else if let Some(error) = report.failed {
            // The alerts' task tells of a relay that cannot be reached.
            tracing::debug!(%error, "parts of a paper wait");
        }
    }
}

async fn post_all(context: &Context, report: &mut PartsReport) -> Result<(), EngineError> {
    if !context.with_device(attaching::any_waits).await {
        return Ok(());
    }
    let Some(_posting) = context.with_device(attaching::begin).await? else {
        return Ok(());
    };
    while let Some(work) = context.with_device(next).await? {
        if !post_paper(context, work, report).await? {
            return Ok(());
        }
    }
    Ok(())
}

fn next(device: &Device) -> Result<Option<Work>, DeviceError> {
    let queue = outbox::all(device)?.into_iter().map(|file| file.queued);
    let stored = queue.filter(|queued| queued.receipt.is_some());
    let stored: Vec<MessageId> = stored.filter_map(|queued| queued.alert).collect();
    // Who may not send, or has to be updated first, is told so by other things.
    let Ok((state, view)) = sender(device) else {
        return Ok(None);
    };
    let mailbox = view.epoch.mailbox;
    let Some(credential) = state.credential_for(mailbox).cloned() else {
        return Ok(None);
    };
    let Some((relay, (paper, parts))) = relay_now(device)?.zip(attaching::next(device, &stored)?)
    else {
        return Ok(None);
    };
    let epoch = EpochRecipient::from_bytes(&view.epoch.recipient.0);
    let epoch = epoch.map_err(|error| damaged("state", error))?;
    Ok(Some(Work {
        paper,
        parts,
        relay,
        mailbox,
        credential,
        epoch,
    }))
}

/// Posts the parts of one paper that are left; whether there may be more to do.
async fn post_paper(
    context: &Context,
    work: Work,
    report: &mut PartsReport,
) -> Result<bool, EngineError> {
    let Work {
        mut paper,
        parts,
        relay,
        mailbox,
        credential,
        epoch,
    } = work;
    let mut session = open_session(&context.device, &relay, Some(&credential)).await?;
    let mut goes_on = true;
    for part in parts.into_iter().skip(usize::from(paper.posted)) {
        let waits = context.with_device(move |device| outbox::waits(device, mailbox));
        if waits.await? {
            goes_on = false;
            break;
        }
        if report.posted >= AT_ONCE && !context.pause(PAUSE).await {
            goes_on = false;
            break;
        }
        let to = epoch.clone();
        let wrapped = context.with_device(move |_| wrap(&part, &to)).await;
        let envelope = wrapped.map_err(|error| damaged("attaching", error))?;
        match post(&mut session, &envelope).await {
            Ok(_) => {}
            Err(RelayError::Refused(Reason::LaneRate, seconds)) if seconds <= RATE_SECONDS_MAX => {
                goes_on = context
                    .pause(Duration::from_secs(seconds.max(1).into()))
                    .await;
                break;
            }
            Err(error) => return Err(error.into()),
        }
        report.posted = report.posted.saturating_add(1);
        let noted = context.with_device(move |device| attaching::posted(device, &paper));
        match noted.await? {
            Some(next) => paper = next,
            None => break,
        }
    }
    note_greeting(&context.device, session.restored()).await;
    session.close().await;
    Ok(goes_on)
}

async fn post(session: &mut Session, envelope: &Envelope) -> Result<Receipt, RelayError> {
    let answer = match session.post(envelope).await {
        Ok(_) => session.answer().await,
        // The relay has closed what it refused; what it said before that says more.
        Err(error) => match session.answer().await {
            Err(refused @ RelayError::Refused(..)) => Err(refused),
            _ => Err(error),
        },
    };
    let (_, answer) = answer?;
    let receipt = answer.map_err(|(reason, retry)| RelayError::Refused(reason, retry))?;
    match receipt.fact.envelope == envelope.hash() {
        true => Ok(receipt),
        false => Err(RelayError::Protocol("a receipt for something else")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use zeroize::Zeroizing;

    use super::*;
    use crate::{
        attachment::{ATTACHMENT_BYTES_MAX, keep},
        device::fixtures,
    };

    #[test]
    fn what_goes_with_one_alert_fits_and_leaves_the_next_ones_their_share() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let paper = |size| keep(Zeroizing::new(vec![7; size])).unwrap();
        let all = vec![paper(ATTACHMENT_BYTES_MAX); ATTACHMENTS_MAX + 1];
        let now = Timestamp(1_795_000_000);
        let (attached, left) = attach(&device, MessageId([1; 16]), &all, now);
        assert_eq!(attached.len(), ATTACHMENTS_MAX);
        assert!(matches!(left.as_slice(), [(8, NotAttached::TooMany)]));
        let (attached, left) = attach(&device, MessageId([2; 16]), &[paper(1)], now);
        assert!(attached.is_empty());
        assert!(matches!(left.as_slice(), [(0, NotAttached::TooMuch)]));
    }
}
