//! One peer's task: turns bytes into messages, lets [`PeerState`] decide, does what it decided. Never holds
//! more of a peer than one frame and what it may have on its way.

use std::{future::ready, sync::Arc, time::Duration};

use bellrope_proto::{
    EXPORTER_LABEL,
    codec::Malformed,
    frame::FrameReader,
    ids::{MailboxId, Sequence},
    limits::{FRAME_BYTES_MAX, GREETING_BYTES_MAX, GREETING_SECONDS_MAX, POSTS_IN_FLIGHT_MAX},
    message::{Close, Deliver, FromRelay, NewestHead, Reason, RequestId, Skipped, ToRelay},
};
use bytes::Bytes;
use quinn::{Connection, RecvStream, SendStream, VarInt};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, spawn_blocking},
    time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout},
};

use super::{
    listener,
    places::Place,
    protocol::{Action, PeerState},
    shared::Shared,
    subscribers::Attending,
};
use crate::{
    commit::jobs::{Answers, Job, Posting, Refusal},
    health::Work,
    store::{LogItem, StoreError},
};

/// Envelopes read from the store for one subscriber at a time. Twice that is what one who reads nothing holds: a chunk on its
/// way, and the next. Larger ones bring a backlog no faster.
const READ_BYTES: usize = 64 * 1024;

/// Read from a socket at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// How long a refused peer has to take in why: as long as it would have had to prove a lane.
const LAST_WORD: Duration = Duration::from_secs(GREETING_SECONDS_MAX);

/// Why a connection ends. The peer learns the code; the host's log learns which rule.
struct Ending {
    close: Close,
    rule: &'static str,
}

fn ending(close: Close, rule: &'static str) -> Ending {
    Ending { close, rule }
}

/// Serves one peer until it ends.
pub(super) async fn serve(shared: Arc<Shared>, connection: Connection, place: &mut Place) {
    let ended = Task::run(&shared, &connection, place).await;
    if let Err(Ending { close, rule }) = ended {
        if close != Close::Done {
            // Whoever reaches the port could fill a disk with these.
            tracing::debug!(rule, "a connection was ended");
        }
        connection.close(VarInt::from_u32(close as u32), b"");
    }
}

struct Task<'a> {
    shared: &'a Arc<Shared>,
    connection: &'a Connection,
    place: &'a mut Place,
    peer: PeerState,
    frames: FrameReader,
    send: SendStream,
    /// Answers that come from the writer.
    answers: (Answers, mpsc::UnboundedReceiver<FromRelay>),
    in_flight: usize,
    /// Since a lane is proven.
    attending: Option<Attending>,
    subscription: Option<Subscription>,
    /// When the next heartbeat is due: an interval after the last one, whatever that was sent for.
    beat: Interval,
}

struct Subscription {
    /// Repeated in the refusal that ends it.
    request: RequestId,
    mailbox: MailboxId,
    after: Sequence,
    wake: watch::Receiver<()>,
    /// There may be something after the cursor.
    behind: bool,
    /// What comes after the cursor, being read while the peer gets what is before it.
    ahead: Option<Reading>,
}

type Reading = JoinHandle<Result<Vec<LogItem>, StoreError>>;

impl<'a> Task<'a> {
    async fn run(
        shared: &'a Arc<Shared>,
        connection: &'a Connection,
        place: &'a mut Place,
    ) -> Result<(), Ending> {
        let deadline = Instant::now() + shared.timing.greeting;
        let accepted = tokio::time::timeout_at(deadline, connection.accept_bi()).await;
        let (send, mut receive) = match accepted {
            Ok(Ok(streams)) => streams,
            // It has gone.
            Ok(Err(_)) => return Ok(()),
            Err(_) => return Err(ending(Close::TooSlow, "no stream was opened in time")),
        };
        let mut exporter = [0; 32];
        connection
            .export_keying_material(&mut exporter, EXPORTER_LABEL, b"")
            // The library says no more than that it failed.
            .map_err(|_| ending(Close::Violation, "no exporter"))?;
        let (relay, token_key) = (shared.keys.relay(), shared.keys.token().public());
        let peer = PeerState::new(relay, token_key, exporter, shared.retention_days)
            .with_restored(shared.restored.clone());
        let mut task = Self {
            shared,
            connection,
            place,
            peer,
            frames: FrameReader::default(),
            send,
            answers: mpsc::unbounded_channel(),
            in_flight: 0,
            attending: None,
            subscription: None,
            beat: interval(shared.timing.heartbeat),
        };
        task.beat
            .set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = task.talk(&mut receive, deadline).await;
        if let Err(Ending { close, .. }) = &ended {
            // While the streams are open: dropping them ends them in good order, and a peer that hears
            // of that first never learns why.
            connection.close(VarInt::from_u32(*close as u32), b"");
        }
        ended
    }

    async fn talk(&mut self, receive: &mut RecvStream, deadline: Instant) -> Result<(), Ending> {
        loop {
            // Whole frames first: a chunk may have brought several.
            while self.in_flight < POSTS_IN_FLIGHT_MAX
                && let Some(message) = self.next_message()?
            {
                self.receive(message).await?;
            }
            let behind = self.subscription.as_ref().is_some_and(|sub| sub.behind);
            let reads = self.in_flight < POSTS_IN_FLIGHT_MAX;
            let greeting = !self.peer.is_proven();
            tokio::select! {
                biased;
                Some(answer) = self.answers.1.recv() => self.answer(answer).await?,
                // Before what a peer sends: who sends without end is not let go later for it.
                () = sleep_until(deadline), if greeting => {
                    return Err(ending(Close::TooSlow, "no lane was proven in time"));
                }
                () = woken(self.attending.as_mut().map(|all| &mut all.revoked)) => self.end_if_revoked().await?,
                chunk = receive.read_chunk(CHUNK_BYTES, true), if reads => match chunk {
                    Ok(Some(chunk)) => self.frames.push(&chunk.bytes),
                    Ok(None) | Err(_) => return Ok(()),
                },
                _ = self.beat.tick(), if !behind && self.subscription.is_some() => self.beat().await?,
                () = woken(self.subscription.as_mut().map(|sub| &mut sub.wake)), if !behind => self.look_again(),
                () = ready(()), if behind => self.deliver().await?,
            }
        }
    }

    fn next_message(&mut self) -> Result<Option<ToRelay>, Ending> {
        let max = if self.peer.is_proven() {
            FRAME_BYTES_MAX
        } else {
            GREETING_BYTES_MAX
        };
        let body = self.frames.next(max).map_err(|error| {
            tracing::debug!(%error, "a frame was refused");
            ending(Close::Violation, "a frame over the limit")
        })?;
        match body.map(ToRelay::from_body) {
            None => Ok(None),
            Some(Ok(message)) => Ok(Some(message)),
            // Malformed is all that there is to say.
            Some(Err(Malformed)) => Err(ending(Close::Violation, "a malformed message")),
        }
    }

    async fn receive(&mut self, message: ToRelay) -> Result<(), Ending> {
        // A clock that is ahead ends no grant and no token before its time. What a peer is told is what the clock says.
        let now = match &message {
            ToRelay::Hello(_) => self.shared.time.told(),
            _ => self.shared.time.earliest(),
        };
        let store = &self.shared.store;
        let actions = self.peer.receive(message, now, store.as_ref());
        if self.place.is_strangers()
            && let Some((mailbox, lane)) = self.peer.lane()
        {
            let seat = self.place.seat(mailbox, lane);
            *self.place = seat.ok_or(ending(Close::Busy, "a lane that found no place"))?;
            listener::widen(self.connection);
            self.attending = Some(self.shared.subscribers.attend(mailbox));
        }
        for action in actions {
            match action {
                Action::Send(message) => self.write(vec![message.to_frame().into()]).await?,
                Action::Create(creation) => {
                    let job = Job::Create(creation, self.answers.0.clone());
                    self.ask_writer(job).await?;
                }
                Action::Succeed(handover) => {
                    let job = Job::Succeed(handover, self.answers.0.clone());
                    self.ask_writer(job).await?;
                }
                Action::Revoke(revocation) => {
                    let job = Job::Revoke(revocation, self.answers.0.clone());
                    self.ask_writer(job).await?;
                }
                Action::Append {
                    request,
                    mailbox,
                    lane,
                    envelope,
                } => {
                    let answers = self.answers.0.clone();
                    let posting = Posting {
                        mailbox,
                        lane,
                        hash: envelope.hash(),
                        envelope,
                        request,
                        answers,
                    };
                    self.ask_writer(Job::Append(posting)).await?;
                }
                Action::Subscribe {
                    request,
                    mailbox,
                    after,
                } => self.subscribe(request, mailbox, after),
                Action::SendHead(request, mailbox) => {
                    let head = self.shared.head(mailbox).head;
                    let newest: FromRelay = NewestHead { request, head }.into();
                    self.write(vec![newest.to_frame().into()]).await?;
                }
                Action::Close(Close::Done) => {
                    return Err(self.last_word("a peer was refused").await);
                }
                Action::Close(close) => return Err(ending(close, "a message out of order")),
            }
        }
        Ok(())
    }

    /// Lets the peer read why before the connection, and with it all that is on its way, ends. What it sends meanwhile is
    /// not read.
    async fn last_word(&mut self, rule: &'static str) -> Ending {
        let _ = self.send.finish();
        let _ = timeout(LAST_WORD, self.send.stopped()).await;
        ending(Close::Done, rule)
    }

    /// A subscription holds no longer than its grant. What was posted while it held is answered first.
    async fn end_with_the_grant(&mut self, request: RequestId) -> Result<(), Ending> {
        let expired = Refusal::new(Reason::GrantExpired);
        self.end_with(request, expired, "a grant ended").await
    }

    /// A lane that was revoked is worth nothing, whatever it was used for. The refusal is of the request that proved it.
    async fn end_if_revoked(&mut self) -> Result<(), Ending> {
        let lane = self.peer.lane().zip(self.peer.proven_by());
        match lane {
            Some(((mailbox, lane), request)) if self.shared.store.is_revoked(mailbox, lane) => {
                let revoked = Refusal::new(Reason::Revoked);
                self.end_with(request, revoked, "a lane was revoked").await
            }
            _ => Ok(()),
        }
    }

    async fn end_with(
        &mut self,
        request: RequestId,
        refusal: Refusal,
        rule: &'static str,
    ) -> Result<(), Ending> {
        while self.in_flight > 0
            && let Ok(Some(answer)) = timeout(LAST_WORD, self.answers.1.recv()).await
        {
            self.answer(answer).await?;
        }
        let refused = refusal.answer(request);
        self.write(vec![refused.to_frame().into()]).await?;
        Err(self.last_word(rule).await)
    }

    async fn ask_writer(&mut self, job: Job) -> Result<(), Ending> {
        self.in_flight = self.in_flight.saturating_add(1);
        let sent = self.shared.jobs.send(job).await;
        // The error is the job itself, which nobody takes any more.
        sent.map_err(|_| ending(Close::Stopping, "the relay is stopping"))
    }

    /// One answer, and all that are ready with it.
    async fn answer(&mut self, answer: FromRelay) -> Result<(), Ending> {
        let mut bytes = answer.to_frame();
        self.in_flight = self.in_flight.saturating_sub(1);
        while let Ok(answer) = self.answers.1.try_recv() {
            bytes.extend_from_slice(&answer.to_frame());
            self.in_flight = self.in_flight.saturating_sub(1);
        }
        self.write(vec![bytes.into()]).await
    }

    fn subscribe(&mut self, request: RequestId, mailbox: MailboxId, after: Sequence) {
        let Some(attending) = &self.attending else {
            return;
        };
        // A cursor beyond the tail is answered with the signed head, which says what there is.
        let after = after.min(self.shared.store.tail(mailbox).sequence);
        self.subscription = Some(Subscription {
            request,
            mailbox,
            after,
            wake: attending.follow(),
            behind: true,
            ahead: None,
        });
    }

    fn look_again(&mut self) {
        if let Some(subscription) = &mut self.subscription {
            subscription.wake.mark_unchanged();
            subscription.behind = true;
        }
    }

    /// The next of what a subscriber lacks; the signed head when that is all.
    async fn deliver(&mut self) -> Result<(), Ending> {
        let ended = self.grant_ended();
        let Some(subscription) = &mut self.subscription else {
            return Ok(());
        };
        let request = subscription.request;
        if ended {
            return self.end_with_the_grant(request).await;
        }
        let (mailbox, after) = (subscription.mailbox, subscription.after);
        let ahead = subscription.ahead.take();
        let recent = match &ahead {
            Some(_) => Vec::new(),
            None => self.shared.store.recent_after(mailbox, after, READ_BYTES),
        };
        let from_disk = recent.is_empty();
        let items = if from_disk {
            let reading = ahead.unwrap_or_else(|| self.read(mailbox, after));
            match finish(self.shared, reading, mailbox).await {
                Some(items) => items,
                // It is not being restarted, and a reader who is told so waits for nothing.
                None => {
                    return self
                        .end_with(
                            request,
                            Refusal::unavailable(),
                            "the store could not be read",
                        )
                        .await;
                }
            }
        } else {
            recent.into_iter().map(LogItem::Kept).collect()
        };
        // After it was read: what was posted since the lane was revoked is in what is read later, and in nothing that is sent.
        self.end_if_revoked().await?;
        let mut chunks: Vec<Bytes> = Vec::with_capacity(items.len() * 2 + 1);
        let mut last = after;
        for item in items {
            match item {
                LogItem::Kept(record) => {
                    last = record.sequence;
                    let deliver = Deliver {
                        sequence: record.sequence,
                        time: record.time,
                        envelope: record.envelope,
                    };
                    chunks.extend(deliver.to_chunks());
                }
                LogItem::Expired { first, leaves } => {
                    let count = leaves.len() as u64;
                    last = Sequence(first.0.saturating_add(count).saturating_sub(1));
                    let skipped = Skipped { first, leaves };
                    chunks.push(FromRelay::from(skipped).to_frame().into());
                }
            }
        }
        let caught_up = last >= self.shared.store.tail(mailbox).sequence;
        let ahead = (from_disk && !caught_up).then(|| self.read(mailbox, last));
        if let Some(subscription) = &mut self.subscription {
            subscription.after = last;
            subscription.behind = !caught_up;
            subscription.ahead = ahead;
        }
        if caught_up {
            chunks.push(self.shared.head(mailbox).heartbeat);
            self.beat.reset();
        }
        self.write(chunks).await
    }

    fn read(&self, mailbox: MailboxId, after: Sequence) -> Reading {
        let store = Arc::clone(&self.shared.store);
        spawn_blocking(move || store.read_after(mailbox, after, READ_BYTES))
    }

    fn grant_ended(&self) -> bool {
        let now = self.shared.time.earliest();
        self.peer.expires().is_some_and(|expires| expires <= now)
    }

    async fn beat(&mut self) -> Result<(), Ending> {
        let subscription = self.subscription.as_ref();
        match subscription.map(|sub| (sub.request, sub.mailbox)) {
            Some((request, _)) if self.grant_ended() => self.end_with_the_grant(request).await,
            Some((_, mailbox)) => {
                let heartbeat = self.shared.head(mailbox).heartbeat;
                self.write(vec![heartbeat]).await
            }
            None => Ok(()),
        }
    }

    /// Whole frames, none of them copied.
    async fn write(&mut self, mut chunks: Vec<Bytes>) -> Result<(), Ending> {
        let patience: Duration = self.shared.timing.write;
        match timeout(patience, self.send.write_all_chunks(&mut chunks)).await {
            Ok(Ok(())) => Ok(()),
            // It has gone.
            Ok(Err(_)) => Err(ending(Close::Done, "the peer left")),
            Err(_) => Err(ending(Close::TooSlow, "the peer does not read")),
        }
    }
}

/// What was read; `None` when the disk did not give it.
async fn finish(shared: &Shared, reading: Reading, mailbox: MailboxId) -> Option<Vec<LogItem>> {
    let why = match reading.await {
        Ok(Ok(items)) => {
            shared.health.done(Work::Reads);
            return Some(items);
        }
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    tracing::error!(
        why,
        mailbox = mailbox.short(),
        "a mailbox could not be read"
    );
    shared.health.failed(Work::Reads, shared.time.told(), &why);
    None
}

/// Waits for a wake-up; for ever when nothing is followed.
async fn woken(wake: Option<&mut watch::Receiver<()>>) {
    match wake {
        Some(wake) => {
            if wake.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
        None => std::future::pending().await,
    }
}
