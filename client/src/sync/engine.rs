//! The engine: what a front end starts, asks, and hears from.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64},
    },
    time::Duration,
};

use tokio::{
    sync::{
        Notify, mpsc,
        oneshot::{self, error::RecvError},
        watch,
    },
    task::JoinSet,
    time::{Instant, Interval, MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    attaching::{self, PartsReport},
    clocks::Clocks,
    context::{Context, Pauses, RETRY_LAST},
    event::{EngineError, Event, Events, Given, ReplyUpdate, Unshown},
    follow::{CatchUpRequest, Follower},
    invitations::{self, ClaimsReport, ClaimsRequest},
    resend::Resending,
    send::{self, Scope, SendReport, SendRequest},
};
use crate::{
    blocking::blocking,
    clock::now,
    device::{
        Device, DeviceError,
        inbox::{self, Turn},
        opened, outbox, seen,
    },
    ids::MessageId,
    relay::RelayError,
};

/// Between two looks at what other programs of this device stored, or a crash left unshown.
const LOOK: Duration = Duration::from_secs(1);

/// A program that has begun to show a message and is not done after so long is stuck: its pipe is full, or it was
/// suspended. Then this one shows it too.
const SHOWING_PATIENCE: Duration = Duration::from_secs(2);

/// What an alert that is ready to be sealed waits for newer keys, at most. Who is missed then is sent it by others' devices.
const REFRESH_PATIENCE: Duration = Duration::from_secs(3);

/// For the tasks to say goodbye.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// How an engine works.
#[derive(Clone, Debug, Default)]
pub struct EngineOptions {
    /// Whether it follows its mailbox, sends what waits and reads claims by itself, or does each only when it is asked.
    pub follow: bool,
    /// Where sealed envelopes are kept as well, for other programs to open.
    pub envelopes: Option<PathBuf>,
}

/// One device's connection to its group: tasks that receive, send and admit, and never wait for each other. Runs on the
/// tokio runtime in which it is started, which must have a thread besides the one that a front end blocks.
#[derive(Debug)]
pub struct Engine {
    device: Arc<Device>,
    events: mpsc::UnboundedReceiver<Event>,
    group: mpsc::Sender<SendRequest>,
    invitations: mpsc::Sender<SendRequest>,
    parts: mpsc::Sender<oneshot::Sender<PartsReport>>,
    claims: mpsc::UnboundedSender<ClaimsRequest>,
    reading: mpsc::Sender<CatchUpRequest>,
    follows: bool,
    caught_up: watch::Receiver<bool>,
    inbox: UnshownInbox,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Engine {
    /// Starts the tasks.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn start(device: Arc<Device>, options: EngineOptions) -> Self {
        let (told, events) = mpsc::unbounded_channel();
        let (stop, stopped) = watch::channel(false);
        let context = Context {
            moved: watch::Sender::new(None),
            device: Arc::clone(&device),
            events: Events(told),
            inbox_grew: Arc::new(Notify::new()),
            stop: stopped,
            caught_up: watch::Sender::new(false),
        };
        let caught_up = context.caught_up.subscribe();
        let mut tasks = JoinSet::new();
        let mut sender = |scope| {
            let (requests, asked) = mpsc::channel(1);
            tasks.spawn(send::run(context.clone(), scope, asked, options.follow));
            requests
        };
        let (group, invitations) = (sender(Scope::Group), sender(Scope::Invitations));
        let (parts, asked) = mpsc::channel(1);
        tasks.spawn(attaching::run(context.clone(), asked, options.follow));
        let (claims, asked) = mpsc::unbounded_channel();
        tasks.spawn(invitations::run(context.clone(), asked, options.follow));
        let (reading, asked) = mpsc::channel(1);
        let inbox = UnshownInbox::new(Arc::clone(&device), Arc::clone(&context.inbox_grew));
        let follower = Follower {
            context,
            claims: claims.clone(),
            envelopes: options.envelopes,
            read_before: AtomicU64::new(0),
            resends: Arc::default(),
            resending: Resending::default(),
            clocks: Clocks::default(),
            was_online: AtomicBool::new(false),
            has_missed: AtomicBool::new(false),
            has_moved: AtomicBool::new(false),
            is_out: AtomicBool::new(false),
            lease_told: Mutex::new(None),
        };
        if options.follow {
            tasks.spawn(follower.follow());
        } else {
            tasks.spawn(follower.serve(asked, invitations.clone()));
        }
        Self {
            device,
            events,
            group,
            invitations,
            parts,
            claims,
            reading,
            follows: options.follow,
            caught_up,
            inbox,
            stop,
            tasks,
        }
    }

    /// The device.
    #[must_use]
    pub fn device(&self) -> &Arc<Device> {
        &self.device
    }

    /// Sends everything that waits: alerts first. A coordinator's device reads what its group said before it sends what it has
    /// written into the roster.
    ///
    /// # Errors
    /// [`EngineError`]. That the network failed is no error but part of the report.
    pub async fn send_outbox(&self) -> Result<SendReport, EngineError> {
        let mut report = self.send_alerts().await?;
        if report.is_out_of_reach() {
            return Ok(report);
        }
        if let Some(read) = self.read_first().await? {
            match read {
                Ok(()) => {
                    let more = self.send_alerts().await?;
                    report.stored.extend(more.stored);
                    report.failed.extend(more.failed);
                    report.full.extend(more.full);
                    report.evidence |= more.evidence;
                }
                Err(error) => report.failed.push(error),
            }
        }
        if report.is_out_of_reach() {
            return Ok(report);
        }
        let others = ask(&self.invitations).await?;
        report.stored.extend(others.stored);
        report.failed.extend(others.failed);
        report.full.extend(others.full);
        report.evidence |= others.evidence;
        Ok(report)
    }

    /// Reads what waits for a coordinator's device, if it has not been read yet; before anything is written into the roster. A
    /// device that was restored from an older copy would else write over what it wrote before, and part the group.
    ///
    /// # Errors
    /// [`EngineError::Device`], [`EngineError::Stopped`]. What became of reading is the value: none when nothing had to be read.
    pub async fn read_first(&self) -> Result<Option<Result<(), EngineError>>, EngineError> {
        if self.follows || *self.caught_up.borrow() {
            return Ok(None);
        }
        let must = |device: &Device| {
            let state = device.state()?;
            Ok::<_, DeviceError>(state.cursor.is_some() && device.is_holder()?)
        };
        if !blocking(&self.device, must).await? {
            return Ok(None);
        }
        match self.catch_up().await {
            Ok(_) => Ok(Some(Ok(()))),
            Err(EngineError::Stopped) => Err(EngineError::Stopped),
            Err(error) => Ok(Some(Err(error))),
        }
    }

    /// Sends what waits for the group's mailbox and nothing else.
    ///
    /// # Errors
    /// As [`Self::send_outbox`].
    pub async fn send_alerts(&self) -> Result<SendReport, EngineError> {
        ask(&self.group).await
    }

    /// Sends parts of photographs and papers whose alerts a relay has, one after the other, until all are there or something fails. No alert waits for
    /// them: what is queued meanwhile goes first, and the rest of them another time.
    ///
    /// # Errors
    /// [`EngineError::Stopped`]. What failed is part of the report.
    pub async fn send_parts(&self) -> Result<PartsReport, EngineError> {
        let (answer, answered) = oneshot::channel();
        let _ = self.parts.send(answer).await;
        answered
            .await
            .map_err(|RecvError { .. }| EngineError::Stopped)
    }

    /// Sends what waits for the group's mailbox, again and again, until none of it is in the memory of this program alone: it has its
    /// receipt, or there is room for it on the disk by now. `failed` hears of each kind of failure once in a row.
    ///
    /// # Errors
    /// As [`Self::send_alerts`].
    pub async fn send_held(
        &self,
        mut failed: impl FnMut(EngineError),
    ) -> Result<SendReport, EngineError> {
        let mut pauses = Pauses::new();
        let mut told = None;
        loop {
            let report = self.send_alerts().await?;
            if !blocking(&self.device, outbox::is_any_unsafe).await {
                return Ok(report);
            }
            let mut errors = report.failed;
            if errors.is_empty() {
                errors.push(EngineError::Relay(RelayError::Ended(None)));
            }
            let pause = errors.iter().map(|error| pauses.after(error)).min();
            for error in errors {
                let kind = error.kind();
                if told.as_ref() != Some(&kind) {
                    failed(error);
                    told = Some(kind);
                }
            }
            sleep(pause.unwrap_or(RETRY_LAST)).await;
        }
    }

    /// Reads the mailboxes of invitations that nobody has used yet; lets defenders in.
    ///
    /// # Errors
    /// [`EngineError::Stopped`]. What failed is part of the report.
    pub async fn read_claims(&self) -> Result<ClaimsReport, EngineError> {
        let (answer, answered) = oneshot::channel();
        let _ = self.claims.send(ClaimsRequest::ReadAll(answer));
        answered
            .await
            .map_err(|RecvError { .. }| EngineError::Stopped)
    }

    /// Reads what waits in this device's mailbox, once; for an engine that does not follow.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn catch_up(&self) -> Result<Vec<ReplyUpdate>, EngineError> {
        let (answer, answered) = oneshot::channel();
        let request = CatchUpRequest {
            in_haste: false,
            answer,
        };
        let _ = self.reading.send(request).await;
        answered.await.unwrap_or(Err(EngineError::Stopped))
    }

    /// Begins to fetch the newest keys, so that what is sealed next reaches who came last. It goes on while a person still types.
    #[must_use]
    pub fn refresh(&self) -> Refresh {
        let (answer, answered) = oneshot::channel();
        // What cannot be asked is done at once, and an engine that follows has what there is.
        let _ = self.reading.try_send(CatchUpRequest {
            in_haste: true,
            answer,
        });
        Refresh(answered)
    }

    /// The next event. Safe to drop while it waits.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.inbox.next().await {
                return event;
            }
            tokio::select! {
                Some(event) = self.events.recv() => return event,
                () = self.inbox.changed() => {}
                Some(ended) = self.tasks.join_next() => {
                    // One that has nothing more to do ends; one that panicked leaves an engine that only looks well.
                    if ended.is_err() {
                        return Event::Broken;
                    }
                }
            }
        }
    }

    /// The next event besides messages that were not shown yet: for a front end that does something else meanwhile, and shows none. Safe
    /// to drop while it waits.
    pub async fn next_told(&mut self) -> Event {
        loop {
            tokio::select! {
                Some(event) = self.events.recv() => return event,
                Some(ended) = self.tasks.join_next() => {
                    if ended.is_err() {
                        return Event::Broken;
                    }
                }
            }
        }
    }

    /// The next event that is there already, or is being shown by another program for longer than it should take.
    pub async fn next_ready(&mut self) -> Option<Event> {
        loop {
            if let Ok(event) = self.events.try_recv() {
                return Some(event);
            }
            self.inbox.look_at_next();
            if let Some(event) = self.inbox.next().await {
                return Some(event);
            }
            if !self.inbox.waits_for_others() {
                return None;
            }
            self.inbox.changed().await;
        }
    }

    /// Notes that a message was shown.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn shown(&self, unshown: &Unshown) -> Result<(), DeviceError> {
        inbox::shown(&self.device, unshown.id)?;
        opened::note(&self.device, unshown.id, now())?;
        seen::note(&self.device, unshown.id)
    }

    /// Stops the tasks in good order.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(STOP_PATIENCE, ended).await.is_err() {
            tracing::debug!("a task did not end in time");
        }
    }
}

/// The newest keys, on their way.
#[derive(Debug)]
pub struct Refresh(oneshot::Receiver<Result<Vec<ReplyUpdate>, EngineError>>);

impl Refresh {
    /// Waits until they have come, or will not come now; a few seconds at most, as an alert does not wait for them. Whether they have.
    pub async fn done(self) -> bool {
        match timeout(REFRESH_PATIENCE, self.0).await {
            Ok(Ok(Ok(_))) => true,
            failed => {
                tracing::debug!(?failed, "the newest keys did not come");
                false
            }
        }
    }
}

async fn ask(requests: &mpsc::Sender<SendRequest>) -> Result<SendReport, EngineError> {
    let (answer, answered) = oneshot::channel();
    let _ = requests.send(answer).await;
    answered
        .await
        .map_err(|RecvError { .. }| EngineError::Stopped)
}

/// The messages that nobody has shown yet. What is on the disk decides, not what passed through a channel: a wake-up may
/// be lost, an alert may not.
#[derive(Debug)]
struct UnshownInbox {
    device: Arc<Device>,
    grew: Arc<Notify>,
    look: Interval,
    is_due: bool,
    waiting: VecDeque<MessageId>,
    given: Given,
    /// Being shown by another program, since when it is known.
    elsewhere: HashMap<MessageId, Instant>,
    /// The last failure that was told.
    told: Option<String>,
}

impl UnshownInbox {
    fn new(device: Arc<Device>, grew: Arc<Notify>) -> Self {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            device,
            grew,
            look,
            is_due: true,
            waiting: VecDeque::new(),
            given: Given::default(),
            elsewhere: HashMap::new(),
            told: None,
        }
    }

    /// Whether another program is showing something that this one would show if that one is stuck.
    fn waits_for_others(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    fn look_at_next(&mut self) {
        self.is_due = true;
    }

    async fn changed(&mut self) {
        tokio::select! {
            () = self.grew.notified() => {}
            _ = self.look.tick() => {}
        }
        self.is_due = true;
    }

    async fn next(&mut self) -> Option<Event> {
        if self.waiting.is_empty()
            && std::mem::take(&mut self.is_due)
            && let Err(error) = self.look().await
        {
            let said = error.to_string();
            if self.told.as_ref() != Some(&said) {
                self.told = Some(said);
                return Some(Event::Failed(error));
            }
        }
        while let Some(id) = self.waiting.pop_front() {
            let turn = blocking(&self.device, move |device| inbox::begin_showing(device, id)).await;
            let showing = match turn {
                Ok(Turn::Ours(showing)) => Some(showing),
                Ok(Turn::Shown) => continue,
                Ok(Turn::Theirs) => {
                    let since = *self.elsewhere.entry(id).or_insert_with(Instant::now);
                    if since.elapsed() < SHOWING_PATIENCE {
                        continue;
                    }
                    None
                }
                // A home where nothing can be locked, as it is read-only or full: shown all the same.
                Err(error) => {
                    tracing::debug!(%error, "a message could not be locked");
                    None
                }
            };
            self.elsewhere.remove(&id);
            self.given().insert(id);
            return Some(Event::Unshown(Unshown {
                id,
                _showing: showing,
                given: Arc::clone(&self.given),
            }));
        }
        None
    }

    fn given(&self) -> MutexGuard<'_, HashSet<MessageId>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn look(&mut self) -> Result<(), DeviceError> {
        let given = self.given().clone();
        let look = blocking(&self.device, move |device| inbox::look(device, &given)).await?;
        self.elsewhere.retain(|id, _| look.all.contains(id));
        self.waiting = look.fresh.into();
        look.damaged.map_or(Ok(()), Err)
    }
}
