//! The mailbox that this device reads: the group's, or that of its own invitation. Followed through every failure of the
//! network, or read once.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use bellrope_proto::{
    address::RelayAddress,
    ids::{Sequence, Timestamp},
    message::Reason,
    receipt::Receipt,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use super::{
    clocks::Clocks,
    context::{Context, Pauses, RETRY_LAST},
    contradiction::{keep_proof, read_again},
    event::{EngineError, Event, Online, ReplyUpdate},
    former::{self, Former},
    invitations::ClaimsRequest,
    receive::{GroupReceiver, Part, log::move_cursor},
    reply_mailbox::{ReplyMailbox, SharedReplyMailbox},
    resend::{Resending, Resends},
    send::SendRequest,
};
use crate::{
    clock::now,
    connect::{note_greeting, open_session},
    device::{ClaimStatus, Device, DeviceError, heard, out, outbox, relay_now},
    message::LaneCredential,
    relay::{ChainFault, Contradiction, Cursor, Delivery, RelayError, Subscription},
    show::LeaseNotice,
};

/// Epochs that a look goes through one after the other. A relay that would have a device turn for ever must not keep it.
const TURNS_MAX: usize = 64;

/// The cursor is written down at least this often while a long backlog arrives.
const CURSOR_EVERY: u32 = 64;

/// A request to read what waits, once, and where the outcome goes.
pub(super) struct CatchUpRequest {
    /// An alert may wait for this: nothing is done that only others need.
    pub(super) in_haste: bool,
    pub(super) answer: oneshot::Sender<Result<Vec<ReplyUpdate>, EngineError>>,
}

/// What the task needs besides what all tasks share.
pub(super) struct Follower {
    pub(super) context: Context,
    /// Whether this device lets others in.
    pub(super) claims: mpsc::UnboundedSender<ClaimsRequest>,
    /// Where sealed envelopes are kept as well, for other programs to open.
    pub(super) envelopes: Option<PathBuf>,
    /// How far the log was read before it had to be read again: what has expired of that was not missed.
    pub(super) read_before: AtomicU64,
    /// Whether the relay's clock agrees with this device's.
    pub(super) clocks: Clocks,
    /// What other members' devices asked for.
    pub(super) resends: Arc<Mutex<Resends>>,
    /// Sends it.
    pub(super) resending: Resending,
    /// Whether it was told that the relay was reached, and not yet that it is gone.
    pub(super) was_online: AtomicBool,
    /// Whether places of the group's log had expired: a turn may have been among them.
    pub(super) has_missed: AtomicBool,
    /// Whether the relay is somewhere else since this connection began.
    pub(super) has_moved: AtomicBool,
    /// Whether this device was told just now that it is out.
    pub(super) is_out: AtomicBool,
    /// What was told in this run of the mailbox's end: which, and how many days before.
    pub(super) lease_told: Mutex<Option<(Timestamp, u64)>>,
}

/// A mailbox, and what is done with what comes.
enum Source {
    Group {
        relay: RelayAddress,
        credential: LaneCredential,
        cursor: Cursor,
        receiver: Arc<GroupReceiver>,
        receipts: Vec<Receipt>,
        coordinates: bool,
    },
    Reply {
        relay: RelayAddress,
        credential: LaneCredential,
        cursor: Cursor,
        mailbox: SharedReplyMailbox,
        waits: bool,
    },
    /// The coordinator said no: there is nothing to read.
    Refused,
}

/// How long a mailbox is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// All that waits has come, and nothing was done for others.
    Fresh,
    /// All that waits has come.
    CaughtUp,
    /// The connection ends.
    Ended,
}

impl Follower {
    /// The task when it is asked to read now and then. What a defender's device answers to new keys goes in the lane that was just
    /// read, while the person still types: beside the alert, it would tell the relay whose that is.
    pub(super) async fn serve(
        self,
        mut requests: mpsc::Receiver<CatchUpRequest>,
        answers: mpsc::Sender<SendRequest>,
    ) {
        loop {
            let request = tokio::select! {
                () = self.context.stopped() => return,
                request = requests.recv() => request,
            };
            let Some(request) = request else { return };
            let until = if request.in_haste {
                Until::Fresh
            } else {
                Until::CaughtUp
            };
            let read = tokio::select! {
                read = self.read_once(until) => read,
                () = self.context.stopped() => return,
            };
            let reads = self.context.with_device(Device::reads).await;
            if request.in_haste && read.is_ok() && matches!(reads, Ok(false)) {
                // Nobody waits for it, and one that is being sent already is enough.
                let _ = answers.try_send(oneshot::channel().0);
            }
            // Whoever asked may have gone.
            let _ = request.answer.send(read);
        }
    }

    async fn read_once(&self, until: Until) -> Result<Vec<ReplyUpdate>, EngineError> {
        let mut updates = Vec::new();
        let read = self.read_on(until, &mut updates).await;
        if let Some(what) = contradiction(&read) {
            self.begin_again(&what, true).await;
            // What there is to read is read; that the relay has contradicted itself is what is said of it.
            let _ = self.read_on(until, &mut updates).await;
        }
        if until == Until::CaughtUp {
            former::read_once(self).await;
        }
        read.map(|()| updates)
    }

    /// Reads, and goes on where that leads: as a reader, when this device was let in, or in another mailbox, as often as it was away for
    /// turns.
    async fn read_on(
        &self,
        until: Until,
        updates: &mut Vec<ReplyUpdate>,
    ) -> Result<(), EngineError> {
        let mut read = self.read(until, updates).await;
        let mut goes_on = updates.contains(&ReplyUpdate::Welcome) || self.has_moved();
        for _ in 0..TURNS_MAX {
            if read.is_err() || !goes_on {
                break;
            }
            read = self.read(until, updates).await;
            goes_on = self.has_moved();
        }
        read
    }

    /// The task when it follows.
    pub(super) async fn follow(self) {
        let follower = Arc::new(self);
        let mut former = Former::default();
        follower.follow_with(&mut former).await;
    }

    async fn follow_with(self: &Arc<Self>, former: &mut Former) {
        let mut pauses = Pauses::new();
        let mut told = None;
        loop {
            former.follow(self).await;
            let began = Instant::now();
            let mut updates = Vec::new();
            let error = tokio::select! {
                read = self.read(Until::Ended, &mut updates) => match read {
                    // Nothing more is to be heard by a device that was not let in.
                    Ok(()) if updates.contains(&ReplyUpdate::Refused) => return,
                    // Let in: it goes on as a reader. Or it goes on at another relay.
                    Ok(()) => {
                        self.has_moved();
                        continue;
                    }
                    Err(error) => error,
                },
                () = self.context.stopped() => return,
            };
            if began.elapsed() > RETRY_LAST {
                pauses = Pauses::new();
                told = None;
            }
            let error = Err(error);
            let what = contradiction(&error);
            let Err(error) = error else { continue };
            // Or "online" would be the last word. A lie is told again only when it is another one.
            if self.was_online.swap(false, Ordering::Relaxed) && what.is_none() {
                told = None;
            }
            let kind = error.kind();
            let is_final = matches!(error, EngineError::NoMailbox | EngineError::Removed);
            let is_early = self.context.is_early(&error);
            let pause = match is_early {
                true => pauses.next(),
                false => pauses.after(&error),
            };
            let is_new = !is_early && told.as_ref() != Some(&kind);
            if is_new {
                self.context.events.tell_failure(error);
                told = Some(kind);
            }
            if let Some(what) = what {
                self.begin_again(&what, is_new).await;
            }
            if is_final || !self.context.pause(pause).await {
                return;
            }
        }
    }

    /// Another program of this device may have heard that the relay has moved.
    pub(super) async fn look_where(&self, read: &RelayAddress) {
        let relay = self.context.with_device(relay_now).await;
        if relay.is_ok_and(|relay| relay.is_some_and(|relay| relay != *read)) {
            self.moves();
        }
    }

    pub(super) fn moves(&self) {
        self.has_moved.store(true, Ordering::Relaxed);
        self.context.moved.send_replace(Some(Instant::now()));
    }

    /// Whether the relay has moved since this was asked last.
    pub(super) fn has_moved(&self) -> bool {
        self.has_moved.swap(false, Ordering::Relaxed)
    }

    async fn source(&self) -> Result<Source, EngineError> {
        let resends = Arc::clone(&self.resends);
        let source = move |device: &Device| source(device, resends);
        self.context.with_device(source).await
    }

    async fn read(&self, until: Until, updates: &mut Vec<ReplyUpdate>) -> Result<(), EngineError> {
        let source = self.source().await?;
        let is_groups = matches!(source, Source::Group { .. });
        match self.read_source(source, until, updates).await {
            Err(EngineError::Relay(RelayError::Refused(reason, _)))
                if is_groups && shuts_out(reason) =>
            {
                self.shut_out(reason, until, updates).await
            }
            read => read,
        }
    }

    async fn read_source(
        &self,
        source: Source,
        until: Until,
        updates: &mut Vec<ReplyUpdate>,
    ) -> Result<(), EngineError> {
        match source {
            Source::Refused => {
                self.update(ReplyUpdate::Refused, updates);
                Ok(())
            }
            Source::Group {
                relay,
                credential,
                cursor,
                receiver,
                receipts,
                coordinates,
            } => {
                let from_start = cursor.sequence == Sequence(0);
                // What is read again is not held against receipts that were found not to hold.
                let receipts = if from_start { Vec::new() } else { receipts };
                let session = open_session(&self.context.device, &relay, Some(&credential)).await?;
                let mut subscription = session.subscribe(cursor, receipts).await?;
                let read = self
                    .read_group(&mut subscription, &receiver, coordinates, (until, updates))
                    .await;
                // A lie is not built upon, and what could not be stored comes again.
                let all_stored = match &read {
                    Ok(()) => true,
                    Err(EngineError::Relay(error)) => {
                        !matches!(error, RelayError::Contradiction(_))
                    }
                    Err(_) => false,
                };
                if all_stored {
                    self.move_cursor(&subscription, &receiver).await?;
                }
                if from_start
                    && let Some(what) = contradiction(&read)
                    && let Some(cursor) = go_on_from(&what.fault, subscription.cursor())
                    && !receiver.has_waiting()
                {
                    self.context
                        .with_device(move |device| move_cursor(device, &relay.key(), &cursor))
                        .await?;
                }
                if read.is_ok() {
                    subscription.close().await;
                }
                read
            }
            Source::Reply {
                relay,
                credential,
                cursor,
                mailbox,
                waits,
            } => {
                let session = open_session(&self.context.device, &relay, Some(&credential)).await?;
                let mut subscription = session.subscribe(cursor, Vec::new()).await?;
                let online = if waits {
                    Online::Waiting
                } else {
                    Online::Sending
                };
                let source = (&mailbox, &relay);
                self.read_reply(&mut subscription, source, Some(online), until, updates)
                    .await?;
                subscription.close().await;
                Ok(())
            }
        }
    }

    async fn read_group(
        &self,
        subscription: &mut Subscription,
        receiver: &Arc<GroupReceiver>,
        coordinates: bool,
        (until, updates): (Until, &mut Vec<ReplyUpdate>),
    ) -> Result<(), EngineError> {
        let mut behind = 0_u32;
        let mut greeted = false;
        loop {
            let delivery = subscription.next().await?;
            let time = match &delivery {
                Delivery::CaughtUp { time } => Some(*time),
                _ => None,
            };
            let caught_up = time.is_some();
            let after = subscription.cursor().clone();
            let after_mailbox = after.mailbox;
            self.take(receiver, coordinates, delivery, after).await?;
            if self.is_out.swap(false, Ordering::Relaxed) {
                return Err(EngineError::Removed);
            }
            behind = behind.saturating_add(1);
            if caught_up && !greeted {
                note_greeting(&self.context.device, subscription.restored()).await;
            }
            if caught_up {
                self.look_where(receiver.relay()).await;
                if self.has_missed.swap(false, Ordering::Relaxed)
                    && self.was_sent_a_welcome(updates).await
                {
                    return Ok(());
                }
            }
            if self.has_moved.load(Ordering::Relaxed) {
                return Ok(());
            }
            if let Some(time) = time {
                self.heard(time).await;
                let differ = self.clocks.compare(&self.context, time, now()).await;
                if let Some(differ) = differ {
                    self.context.events.tell(Event::ClocksDiffer(differ));
                }
                self.context.caught_up.send_replace(true);
                // What is shown and not stored comes again: it was not read.
                let read_to = Some((after_mailbox, time)).filter(|_| !receiver.has_waiting());
                match until {
                    Until::Fresh => {}
                    Until::CaughtUp => {
                        self.resending.once(&self.context, receiver, read_to).await;
                    }
                    Until::Ended => self.resending.beside(&self.context, receiver, read_to),
                }
            } else if greeted && receiver.has_to_pass_on() {
                // An alert is not kept waiting for a heartbeat.
                self.resending.beside(&self.context, receiver, None);
            }
            if caught_up && until != Until::Ended {
                return Ok(());
            }
            if caught_up || behind >= CURSOR_EVERY {
                self.move_cursor(subscription, receiver).await?;
                behind = 0;
            }
            if caught_up && !greeted {
                greeted = true;
                self.online(Online::Reading);
            }
            if caught_up {
                self.tell_lease().await;
            }
        }
    }

    /// Notes that the relay was heard, for whoever asks how things stand.
    pub(super) async fn heard(&self, time: Timestamp) {
        let noted = self
            .context
            .with_device(move |device| heard::note(device, time, now()));
        if let Err(error) = noted.await {
            tracing::debug!(%error, "that the relay was heard could not be noted");
        }
    }

    /// Tells what a person has to see to: when everything that waited has come, as it may be done already.
    async fn tell_lease(&self) {
        let notice = self
            .context
            .with_device(|device| LeaseNotice::unsaid(device, now()));
        let notice = match notice.await {
            Ok(notice) => notice,
            Err(error) => {
                tracing::debug!(%error, "what is left of the mailbox's time is not known");
                None
            }
        };
        let Some(notice) = notice else { return };
        let telling = Some((notice.ends, notice.days));
        let mut told = self
            .lease_told
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *told != telling {
            *told = telling;
            self.context.events.tell(Event::Lease(notice));
        }
    }

    pub(super) fn online(&self, online: Online) {
        self.was_online.store(true, Ordering::Relaxed);
        self.context.events.tell(Event::Online(online));
    }

    pub(super) fn update(&self, update: ReplyUpdate, updates: &mut Vec<ReplyUpdate>) {
        updates.push(update);
        self.context.events.tell(Event::Reply(update));
    }

    async fn move_cursor(
        &self,
        subscription: &Subscription,
        receiver: &Arc<GroupReceiver>,
    ) -> Result<(), DeviceError> {
        if receiver.has_waiting() {
            return Ok(());
        }
        let cursor = subscription.cursor().clone();
        let receiver = Arc::clone(receiver);
        self.context
            .with_device(move |device| {
                // What others' logs are held against is not worth the subscription.
                if let Err(error) = receiver.store_heads(device) {
                    tracing::warn!(%error, "the known heads could not be written");
                }
                move_cursor(device, &receiver.relay().key(), &cursor)
            })
            .await
    }

    /// Keeps what a relay signed and did not keep, and sees to it that everybody gets what there is.
    async fn begin_again(&self, what: &Contradiction, is_new: bool) {
        let (relay, cursor) = match self.source().await {
            Ok(Source::Group { relay, cursor, .. } | Source::Reply { relay, cursor, .. }) => {
                (relay, cursor)
            }
            _ => return,
        };
        if keep_proof(&self.context, relay, what).await {
            self.context.events.tell(Event::Evidence);
        }
        if let ChainFault::Mismatch { signed, .. } = &what.fault
            && cursor.signed_head.as_ref() == Some(signed.as_ref())
        {
            return;
        }
        let before = self.read_before.load(Ordering::Relaxed);
        let before = before.max(cursor.sequence.0);
        self.read_before.store(before, Ordering::Relaxed);
        let begun = self
            .context
            .with_device(move |device| {
                read_again(device, cursor.mailbox)?;
                outbox::post_again(device, cursor.mailbox, &[])
            })
            .await;
        match begun {
            Ok(()) if is_new => self.context.events.tell(Event::ReadingAgain),
            Ok(()) => {}
            Err(error) => self.context.events.tell(Event::Failed(error)),
        }
    }
}

/// Whether a relay that says this lets a device into the group's mailbox no more.
fn shuts_out(reason: Reason) -> bool {
    matches!(reason, Reason::NoMailbox | Reason::Revoked)
}

/// Where to go on after a log that was read from its beginning, all of it, and does not lead to the head that was signed: it
/// has nothing more to give, and would be read from its beginning for ever.
fn go_on_from(fault: &ChainFault, read: &Cursor) -> Option<Cursor> {
    let ChainFault::Mismatch { signed, .. } = fault else {
        return None;
    };
    let word = signed.peek().ok()?;
    (word.mailbox == read.mailbox && word.sequence == read.sequence).then(|| Cursor {
        head: word.head,
        signed_head: Some(signed.as_ref().clone()),
        ..read.clone()
    })
}

fn contradiction(read: &Result<(), EngineError>) -> Option<Box<Contradiction>> {
    match read {
        Err(EngineError::Relay(RelayError::Contradiction(what))) => Some(what.clone()),
        _ => None,
    }
}

fn source(device: &Device, resends: Arc<Mutex<Resends>>) -> Result<Source, EngineError> {
    if out::is_out(device)? {
        return Err(EngineError::Removed);
    }
    // First: at another relay everything begins anew.
    let relay = relay_now(device)?;
    let state = device.state()?;
    let coordinates = device.has_pen()?;
    if let (Some(seed), Some(credential), Some(cursor)) =
        (&state.epoch_seed, &state.credential, &state.cursor)
    {
        let relay = relay.ok_or(EngineError::NoMailbox)?;
        // Until the relay knows of the new mailbox, the group is where it was.
        let before = state.former.last().filter(|_| state.waits_for_succession());
        let before = before.and_then(|it| it.reads.as_ref().map(|reads| (&it.credential, reads)));
        let (credential, seed, cursor) = match before {
            Some((credential, (seed, cursor))) => (credential, seed, cursor),
            None => (credential, seed, cursor),
        };
        let part = match before {
            Some(_) => Part::UntilSuccession,
            None => Part::InForce,
        };
        return Ok(Source::Group {
            receiver: Arc::new(GroupReceiver::new(
                device,
                (seed, part),
                relay.clone(),
                resends,
            )),
            relay,
            credential: credential.clone(),
            cursor: cursor.clone(),
            receipts: outbox::receipts(device)?,
            coordinates,
        });
    }
    let joined = state.joined.ok_or(EngineError::NoMailbox)?;
    if joined.claimed == ClaimStatus::Refused && state.credential.is_none() {
        return Ok(Source::Refused);
    }
    let relay = relay.unwrap_or_else(|| joined.relay.clone());
    let credential = joined.secret.keys().credential();
    let mailbox = ReplyMailbox::new(joined);
    Ok(Source::Reply {
        relay,
        credential,
        cursor: mailbox.start(),
        waits: state.credential.is_none(),
        mailbox: Arc::new(Mutex::new(mailbox)),
    })
}
