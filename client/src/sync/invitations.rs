//! A coordinator's invitations at the relay: the claims in their mailboxes are read.

use bellrope_proto::{
    address::RelayAddress,
    ids::{MailboxId, Timestamp},
    message::Reason,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Duration, Instant, sleep_until},
};

use super::{
    added::see_to_devices,
    agree::{AgreeError, agree_again},
    answers::hand_on,
    compose::ComposeError,
    context::{Context, spread},
    contradiction::keep_proof,
    event::{EngineError, Event},
    first_claim::{FirstClaim, Opened, open_in_mailbox, waits},
    opened::say_opened,
    renew::{Gone, gone},
    wish::{WishError, carry_out_wishes},
};
use crate::{
    clock::now,
    connect::open_session,
    device::{Device, IssuedInvitation, issued, outbox, relay_now},
    group::{Roster, RosterError},
    ids::Position,
    membership::{
        AdmissionError, CircleError, Claims, DutyError, RetentionError, arrived, carry_out_agreed,
        claim_heard, finish_interrupted, lacking, say_again, share_if_due, turn_if_due,
    },
    message::{Arrival, Payload},
    relay::{Contradiction, Cursor, Delivery, RelayError},
};

/// Between two looks at who asks to join, and up to as much again: a look costs a connection for each open invitation, and
/// the coordinators of a relay that comes back do not all look at once.
const LOOK: Duration = Duration::from_secs(13);

/// What was heard of invitations.
#[derive(Debug, Default)]
pub struct ClaimsReport {
    /// Who asks, and who was admitted.
    pub claims: Claims,
    /// The first failure. The other invitations were read.
    pub failed: Option<EngineError>,
}

/// What the task is asked.
pub(super) enum ClaimsRequest {
    /// Read the mailboxes of invitations that nobody has used yet.
    ReadAll(oneshot::Sender<ClaimsReport>),
    /// Something was agreed with: it may be time to write it down.
    Agreed,
    /// A defender whom the roster does not name has spoken: their claim is in this mailbox, and decided there (C4).
    Heard(MailboxId),
}

/// The task. It looks by itself when the engine follows a mailbox.
pub(super) async fn run(
    context: Context,
    mut requests: mpsc::UnboundedReceiver<ClaimsRequest>,
    looks: bool,
) {
    let mut look_at = Instant::now();
    let mut told = None;
    loop {
        let request = tokio::select! {
            () = context.stopped() => return,
            request = requests.recv() => match request {
                Some(request) => Some(request),
                None => return,
            },
            () = due(&context, look_at), if looks => None,
        };
        let work = async {
            match request {
                Some(ClaimsRequest::ReadAll(answer)) => {
                    let report = read(&context, None).await;
                    tell(&context, &report.claims).await;
                    // Whoever asked may have gone.
                    let _ = answer.send(report);
                }
                Some(ClaimsRequest::Agreed) => {
                    let failed = carry_out(&context).await.err();
                    tell_failure(&context, failed, &mut told);
                }
                // The look after the mailbox was read to its end finds it.
                Some(ClaimsRequest::Heard(_)) if !*context.caught_up.borrow() => {}
                Some(ClaimsRequest::Heard(mailbox)) => {
                    let report = read(&context, Some(mailbox)).await;
                    tell(&context, &report.claims).await;
                    tell_failure(&context, report.failed, &mut told);
                }
                None => {
                    let report = read(&context, None).await;
                    look_at = Instant::now() + spread(LOOK);
                    tell(&context, &report.claims).await;
                    tell_failure(&context, report.failed, &mut told);
                }
            }
        };
        tokio::select! {
            () = work => {}
            () = context.stopped() => return,
        }
    }
}

/// Nothing is let in by itself before the group's mailbox was read to its end: it may say that it was done already.
async fn due(context: &Context, at: Instant) {
    sleep_until(at).await;
    // The context has the other end, so it does not end before.
    let _ = context
        .caught_up
        .subscribe()
        .wait_for(|caught_up| *caught_up)
        .await;
}

/// Tells a failure of a look, once in a row. That the relay is not there is told by whoever reads the mailbox.
fn tell_failure(context: &Context, failed: Option<EngineError>, told: &mut Option<String>) {
    let failed = failed.filter(|error| !matches!(error, EngineError::Relay(_)));
    let kind = failed.as_ref().map(EngineError::kind);
    if *told != kind
        && let Some(error) = failed
    {
        context.events.tell_failure(error);
    }
    *told = kind;
}

async fn tell(context: &Context, claims: &Claims) {
    let Ok(Some(roster)) = context.with_device(Device::roster).await else {
        return;
    };
    for at in &claims.asking {
        context.events.tell(Event::Asks(name_at(&roster, *at)));
    }
    for at in &claims.admitted {
        context.events.tell(Event::Admitted(name_at(&roster, *at)));
    }
    for at in &claims.spoiled {
        let mut invited = roster.invited().iter();
        let Some(invited) = invited.find(|invited| invited.at == *at) else {
            continue;
        };
        let name = invited.admit.name.clone();
        context.events.tell(Event::Spoiled(name));
    }
}

fn name_at(roster: &Roster, at: Position) -> String {
    let mut invited = roster.invited().iter();
    let found = invited.find(|invited| invited.at == at);
    found
        .map(|invited| invited.admit.name.clone())
        .unwrap_or_default()
}

/// An invitation that nobody has used yet.
struct Open {
    relay: RelayAddress,
    roster: std::sync::Arc<Roster>,
    issued: IssuedInvitation,
}

/// Writes down what all have agreed with whom it takes, once it is known what others wrote.
async fn carry_out(context: &Context) -> Result<(), EngineError> {
    if !*context.caught_up.borrow() {
        return Ok(());
    }
    let done = context.with_device(|device| {
        // Who is to be put out wishes nothing before that.
        agree_again(device, now())?;
        let had = device.is_holder()?;
        carry_out_agreed(device, now())?;
        let took = !had && device.is_holder()?;
        let lines = carry_out_wishes(device, now())?;
        say_opened(device, now())?;
        hand_on(device, now())?;
        Ok::<_, WishError>((took, lines))
    });
    let (took, wishes) = done.await?;
    if took {
        context.events.tell(Event::TookPen);
    }
    for line in wishes {
        context.events.tell(Event::Wish(line));
    }
    Ok(see_to(context).await?)
}

impl From<AgreeError> for WishError {
    fn from(error: AgreeError) -> Self {
        match error {
            AgreeError::Admission(error) => error.into(),
            AgreeError::Compose(error) => error.into(),
            // Of what this device says by itself nothing else comes.
            _ => AdmissionError::NotACoordinator.into(),
        }
    }
}

impl From<WishError> for EngineError {
    fn from(error: WishError) -> Self {
        match error {
            WishError::Admission(error)
            | WishError::Circle(CircleError::Admission(error))
            | WishError::Duty(DutyError::Admission(error))
            | WishError::Retention(RetentionError::Admission(error)) => error.into(),
            WishError::Compose(ComposeError::Device(error)) => error.into(),
            WishError::Compose(ComposeError::Newer) => {
                AdmissionError::Rule(RosterError::Newer).into()
            }
            WishError::Compose(ComposeError::Seal(error)) => AdmissionError::Seal(error).into(),
            // Of what this device says by itself nothing else comes.
            WishError::TooMuch
            | WishError::Circle(_)
            | WishError::Duty(_)
            | WishError::Retention(_)
            | WishError::Compose(
                ComposeError::MayNot
                | ComposeError::Removed
                | ComposeError::NotAReader
                | ComposeError::NobodyForPart,
            ) => AdmissionError::NotACoordinator.into(),
        }
    }
}

/// Lets people's other devices in, and tells people of those that ask.
async fn see_to(context: &Context) -> Result<(), AdmissionError> {
    let is_mine = context.with_device(|device| see_to_devices(device, now()));
    if is_mine.await? {
        context.events.tell(Event::DeviceAsks);
    }
    Ok(())
}

/// Reads the mailboxes of invitations that nobody has used yet, or one of them.
async fn read(context: &Context, only: Option<MailboxId>) -> ClaimsReport {
    let mut report = ClaimsReport::default();
    if only.is_none()
        && let Err(error) = carry_out(context).await
    {
        report.failed = Some(error);
    }
    let open = match context.with_device(open_invitations).await {
        Ok(open) => open,
        Err(AdmissionError::NotACoordinator) => return report,
        Err(error) => {
            report.failed.get_or_insert(error.into());
            return report;
        }
    };
    let wanted = |open: &Open| only.is_none_or(|mailbox| open.issued.mailbox == mailbox);
    for open in open.into_iter().filter(wanted) {
        // One dead mailbox is one dead mailbox: the next is read all the same.
        if let Err(error) = read_one(context, &open, &mut report.claims).await
            && let Some(error) = not_healed(context, &open, error).await
        {
            report.failed.get_or_insert(error);
        }
    }
    // Who has come just now is told of at once.
    if *context.caught_up.borrow()
        && let Err(error) = see_to(context).await
    {
        report.failed.get_or_insert(error.into());
    }
    if only.is_none()
        && let Err(error) = again(context, &mut report.failed).await
    {
        report.failed.get_or_insert(error);
    }
    report
}

/// Does what can be done about a mailbox that could not be read; gives the error if that is something to tell.
async fn not_healed(context: &Context, open: &Open, error: EngineError) -> Option<EngineError> {
    tracing::debug!(%error, "an invitation could not be looked at");
    match &error {
        EngineError::Relay(RelayError::Contradiction(what)) => {
            begin_again(context, open, what).await;
        }
        EngineError::Relay(RelayError::Refused(Reason::NoMailbox, _)) => {
            let mailbox = open.issued.mailbox;
            let gone = context.with_device(move |device| gone(device, mailbox));
            if let Ok(Gone::OpensAgain | Gone::NotNeeded) = gone.await {
                return None;
            }
        }
        _ => {}
    }
    Some(error)
}

/// Says again what people were not seen to have. Whether they have it by now stands in their mailboxes, which are read for
/// that when it is time, and not each time.
async fn again(context: &Context, failed: &mut Option<EngineError>) -> Result<(), EngineError> {
    let due = context.with_device(lacking_people).await?;
    let mut still = Vec::new();
    for open in due {
        let at = open.issued.admitted_at;
        let take = |known: &mut Vec<Arrival>, _, opened| known.extend(open.arrival(opened));
        let read = read_log(context, &open, Vec::new(), take);
        match read.await {
            Ok((cursor, arrivals, _)) => {
                let has_all = context
                    .with_device(move |device| arrived(device, at, &arrivals, cursor))
                    .await?;
                if !has_all {
                    still.push(open.issued);
                }
            }
            Err(error) => {
                let is_of_this_one = matches!(
                    error,
                    RelayError::Refused(..) | RelayError::Contradiction(_)
                );
                if let Some(error) = not_healed(context, &open, error.into()).await {
                    failed.get_or_insert(error);
                } else {
                    still.push(open.issued);
                }
                if !is_of_this_one {
                    break;
                }
            }
        }
    }
    // What others wrote is read before: else two epochs would begin at one place.
    let caught_up = *context.caught_up.borrow();
    context
        .with_device(move |device| {
            if caught_up {
                turn_if_due(device, now())?;
            }
            share_if_due(device, now())?;
            say_again(device, &still, now())
        })
        .await?;
    Ok(())
}

fn lacking_people(device: &Device) -> Result<Vec<Open>, AdmissionError> {
    let lacking = lacking(device, now())?;
    open(device, lacking)
}

/// The invitation's mailbox is read from its beginning the next time: whoever asks there must be heard.
async fn begin_again(context: &Context, open: &Open, what: &Contradiction) {
    let (at, mailbox) = (open.issued.admitted_at, open.issued.mailbox);
    if keep_proof(context, open.relay.clone(), what).await {
        context.events.tell(Event::Evidence);
    }
    let begun = context
        .with_device(move |device| {
            issued::change(device, at, |issued| issued.cursor = Cursor::start(mailbox))?;
            outbox::post_again(device, mailbox, &[])
        })
        .await;
    if let Err(error) = begun {
        context.events.tell(Event::Failed(error));
    }
}

async fn read_one(context: &Context, open: &Open, claims: &mut Claims) -> Result<(), EngineError> {
    let at = open.issued.admitted_at;
    let heard = match &open.issued.claim {
        // Heard before, and not carried out: a crash, or a group that was full.
        Some(claim) => {
            let claim = claim.clone();
            context
                .with_device(move |device| claim_heard(device, &claim, None, now()))
                .await?
        }
        None => {
            let first = FirstClaim::new(&open.issued, &open.roster);
            let read = read_log(context, open, first, FirstClaim::take).await?;
            let (cursor, first, now_there) = read;
            context
                .with_device(move |device| first.carry_out(device, at, (cursor, now_there), now()))
                .await?
        }
    };
    claims.asking.extend(heard.asking);
    claims.admitted.extend(heard.admitted);
    claims.spoiled.extend(heard.spoiled);
    Ok(())
}

fn open_invitations(device: &Device) -> Result<Vec<Open>, AdmissionError> {
    finish_interrupted(device)?;
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    if !device.has_pen()? {
        return Err(AdmissionError::NotACoordinator);
    }
    let mut all = issued::all(device)?;
    all.retain(|issued| {
        let is_there = issued.open_until.is_some() || issued.claim.is_some();
        is_there && !issued.refused && !issued.ended && waits(issued, &roster)
    });
    open(device, all)
}

fn open(device: &Device, issued: Vec<IssuedInvitation>) -> Result<Vec<Open>, AdmissionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let relay = relay_now(device)?;
    let relay = relay.ok_or(AdmissionError::NotACoordinator)?;
    let of = |issued| Open {
        relay: relay.clone(),
        roster: std::sync::Arc::clone(&roster),
        issued,
    };
    Ok(issued.into_iter().map(of).collect())
}

/// Reads what is new in an invitation's mailbox; gives how far, what was taken, and the time by the relay's clock.
async fn read_log<T>(
    context: &Context,
    open: &Open,
    mut taken: T,
    mut take: impl FnMut(&mut T, Timestamp, Opened),
) -> Result<(Cursor, T, Timestamp), RelayError> {
    let keys = open.issued.secret.keys();
    let session = open_session(&context.device, &open.relay, Some(&keys.credential())).await?;
    let cursor = open.issued.cursor.clone();
    let mut subscription = session.subscribe(cursor, Vec::new()).await?;
    let now_there = loop {
        match subscription.next().await? {
            Delivery::Envelope { time, envelope, .. } => {
                let secret = open.issued.secret.clone();
                let opened = context
                    .with_device(move |device| open_in_mailbox(device, &secret, &envelope))
                    .await;
                take(&mut taken, time, opened);
            }
            Delivery::CaughtUp { time } => break time,
            _ => {}
        }
    };
    let cursor = subscription.cursor().clone();
    subscription.close().await;
    Ok((cursor, taken, now_there))
}

impl Open {
    /// What the person's device says that it has; nobody else can say it for them.
    fn arrival(&self, opened: Opened) -> Option<Arrival> {
        let Opened::Payload(Payload::Arrival(arrival)) = opened else {
            return None;
        };
        Arrival::of(&arrival, &self.issued.device()?)
    }
}
