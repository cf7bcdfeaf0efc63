//! What goes with a message: sealed before it, posted after it. A task of its own with a connection of its own, so that nothing here holds an alert up.
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
    attachment::{ATTACHMENTS_MAX, Attachment, PART_BYTES, Paper, Place, cut},
    connect::{note_greeting, open_session},
    device::{
        Device, DeviceError,
        attaching::{self, Progress, Reserved},
        damaged, outbox, relay_now,
    },
    ids::MessageId,
    message::{LaneCredential, Original, Payload},
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

/// The same of what is added to cases, 52 MiB: as many as one message has at most. Counted apart, so that no file of a case takes an alert's room. In
/// the mailbox that a host opens by default, 256 MiB, two devices can fill that, and what people write still fits.
const ADDED_PARTS_MAX: usize = 832;

/// AT7 and AT13: parts of one device that a relay may have at one time, of what is added to cases or of what goes with alerts.
pub(crate) fn parts_max(is_added: bool) -> usize {
    match is_added {
        true => ADDED_PARTS_MAX,
        false => PARTS_MAX,
    }
}

/// Why something does not go with a message.
#[derive(Debug, thiserror::Error)]
pub enum NotAttached {
    /// There are so many already.
    #[error("more than {ATTACHMENTS_MAX} files")]
    TooMany,
    /// What went from this device lately, and is still at the relay, leaves room for so many bytes.
    #[error("there is room for {0} bytes")]
    TooMuch(u64),
    /// It was not sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// It could not be written down.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// A file that is ready to go with a message.
#[derive(Debug)]
pub struct ReadyFile {
    /// As everybody reads it who reads the message.
    pub paper: Paper,
    /// As it was, for those who keep originals.
    pub original: Option<Paper>,
}

/// What goes with an alert.
#[derive(Debug, Default)]
pub(super) struct WithAlert {
    /// For everybody who reads it.
    pub(super) attached: Vec<Attachment>,
    /// Of which of these the original.
    pub(super) originals: Vec<(Original, Attachment)>,
    /// What was left out, by its place among what was given, from 0, and why: with its original,
    pub(super) unattached: Vec<(usize, NotAttached)>,
    /// or the original alone.
    pub(super) without_original: Vec<(usize, NotAttached)>,
}

/// Seals what goes with an alert and writes it down; what the alert is to say of it, and what was left out. Originals come last.
pub(super) fn attach(
    device: &Device,
    alert: MessageId,
    files: &[ReadyFile],
    now: Timestamp,
) -> WithAlert {
    let mut with = WithAlert::default();
    let mut of = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let number = with.attached.len().saturating_add(1);
        let place = u16::try_from(number).map(|number| Place::of_alert(alert, number));
        let place = place.ok().filter(|_| number <= ATTACHMENTS_MAX);
        let place = place.ok_or(NotAttached::TooMany);
        match place.and_then(|place| Ok((place, attach_one(device, place, &file.paper, now)?))) {
            Ok((place, one)) => {
                with.attached.push(one);
                of.extend(file.original.as_ref().map(|it| (at, place.number, it)));
            }
            Err(error) => with.unattached.push((at, error)),
        }
    }
    for (at, of, original) in of {
        let number = with.attached.len().saturating_add(with.originals.len());
        let number = u16::try_from(number.saturating_add(1)).unwrap_or(u16::MAX);
        let place = Place::of_alert(alert, number);
        match attach_one(device, place, original, now) {
            Ok(one) => {
                let said = Original::of(of, original.kind, &one);
                with.originals.push((said, one));
            }
            Err(error) => with.without_original.push((at, error)),
        }
    }
    with
}

/// Lets the originals go that were to go with an alert.
pub(super) fn let_originals_go(device: &Device, alert: MessageId, with: &mut WithAlert) {
    let first = with.attached.len().saturating_add(1);
    for at in 0..with.originals.len() {
        let number = u16::try_from(first.saturating_add(at)).unwrap_or(u16::MAX);
        // What stays is let go a day later.
        let _ = attaching::let_go(device, &Place::of_alert(alert, number));
    }
    with.originals.clear();
}

/// Seals one paper, a part at a time, and writes it down.
///
/// # Errors
/// [`NotAttached`]; nothing of it is on the disk then.
pub(super) fn attach_one(
    device: &Device,
    place: Place,
    paper: &Paper,
    now: Timestamp,
) -> Result<Attachment, NotAttached> {
    let attachment = Attachment::of(paper);
    let parts = attachment.parts();
    let max = parts_max(place.is_added());
    // Of all programs of this device together.
    match attaching::reserve(device, (place, parts), max, outbox::listed, now)? {
        Reserved::Done => {}
        Reserved::Room(room) => {
            let bytes = room.saturating_mul(PART_BYTES);
            return Err(NotAttached::TooMuch(bytes as u64));
        }
    }
    let key = attachment.key();
    let sealed = cut(paper, place.with, place.number).map(|part| {
        let payload = Payload::Part(device.signing().sign(&part)).encode();
        let sealed = seal_inside(&Zeroizing::new(payload), key);
        sealed.map_err(NotAttached::from)
    });
    attaching::put(device, place, sealed)?;
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
    let stored: Vec<MessageId> = stored
        .filter_map(|queued| queued.alert.or(queued.word))
        .collect();
    // Who may not send, or has to be updated first, is told so by other things.
    let Ok((state, view)) = sender(device) else {
        return Ok(None);
    };
    let mailbox = view.epoch.mailbox;
    let Some(credential) = state.credential_for(mailbox).cloned() else {
        return Ok(None);
    };
    let Some((relay, paper)) = relay_now(device)?.zip(attaching::next(device, &stored)) else {
        return Ok(None);
    };
    let epoch = EpochRecipient::from_bytes(&view.epoch.recipient.0);
    let epoch = epoch.map_err(|error| damaged("state", error))?;
    Ok(Some(Work {
        paper,
        relay,
        mailbox,
        credential,
        epoch,
    }))
}

/// Posts the parts of one paper that are left, by one connection; whether there may be more to do.
async fn post_paper(
    context: &Context,
    work: Work,
    report: &mut PartsReport,
) -> Result<bool, EngineError> {
    let mut session = open_session(&context.device, &work.relay, Some(&work.credential)).await?;
    let goes_on = post_parts(context, work, report, &mut session).await?;
    note_greeting(&context.device, session.restored()).await;
    session.close().await;
    Ok(goes_on)
}

async fn post_parts(
    context: &Context,
    work: Work,
    report: &mut PartsReport,
    session: &mut Session,
) -> Result<bool, EngineError> {
    let mut paper = work.paper;
    while paper.waits() {
        let before = paper.clone();
        let parts = context.with_device(move |device| attaching::parts(device, &before));
        let parts = parts.await?;
        if parts.is_empty() {
            // Another is sent all the same.
            return Ok(true);
        }
        for part in parts {
            let mailbox = work.mailbox;
            let waits = context.with_device(move |device| outbox::waits(device, mailbox));
            if waits.await? || (report.posted >= AT_ONCE && !context.pause(PAUSE).await) {
                return Ok(false);
            }
            let to = work.epoch.clone();
            let wrapped = context.with_device(move |_| wrap(&part, &to)).await;
            let envelope = wrapped.map_err(|error| damaged("attaching", error))?;
            match post(session, &envelope).await {
                Ok(_) => {}
                Err(RelayError::Refused(Reason::LaneRate, seconds))
                    if seconds <= RATE_SECONDS_MAX =>
                {
                    let pause = Duration::from_secs(seconds.max(1).into());
                    return Ok(context.pause(pause).await);
                }
                Err(error) => return Err(error.into()),
            }
            report.posted = report.posted.saturating_add(1);
            let noted = context.with_device(move |device| attaching::posted(device, &paper));
            match noted.await? {
                Some(next) => paper = next,
                None => return Ok(true),
            }
        }
    }
    Ok(true)
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
    use bellrope_proto::codec::Blob;

    use super::*;
    use crate::{
        attachment::{ATTACHMENT_BYTES_MAX, CASE_BYTES_MAX, keep},
        device::fixtures,
    };

    #[test]
    fn what_goes_with_one_alert_fits_and_leaves_the_next_ones_their_share() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let paper = |size| keep(Blob(vec![7; size]), CASE_BYTES_MAX).unwrap();
        let file = |size| ReadyFile {
            paper: paper(size),
            original: None,
        };
        let all: Vec<ReadyFile> = (0..=ATTACHMENTS_MAX)
            .map(|_| file(ATTACHMENT_BYTES_MAX))
            .collect();
        let now = Timestamp(1_795_000_000);
        let with = attach(&device, MessageId([1; 16]), &all, now);
        assert_eq!(with.attached.len(), ATTACHMENTS_MAX);
        assert!(matches!(
            with.unattached.as_slice(),
            [(8, NotAttached::TooMany)]
        ));
        let with = attach(&device, MessageId([2; 16]), &[file(1)], now);
        assert!(with.attached.is_empty());
        assert!(matches!(
            with.unattached.as_slice(),
            [(0, NotAttached::TooMuch(0))]
        ));
        // What is added to cases is counted apart.
        let added = |number| Place {
            case: MessageId([3; 16]),
            with: MessageId([4; 16]),
            number,
        };
        attach_one(&device, added(1), &paper(CASE_BYTES_MAX), now).unwrap();
        let left = (ADDED_PARTS_MAX - CASE_BYTES_MAX.div_ceil(PART_BYTES)) * PART_BYTES;
        let refused = attach_one(&device, added(2), &paper(left + 1), now);
        assert!(matches!(refused, Err(NotAttached::TooMuch(bytes)) if bytes == left as u64));
        attach_one(&device, added(2), &paper(left), now).unwrap();
    }
}
