//! Takes the outbox to the relay. Alerts have a task of their own: nothing that has to do with invitations may hold one
//! up.
//!
//! Several programs may send at once: an envelope that is posted twice has one place at the relay and two equal receipts.
//! Each posts what waits in the order of the queue, so that the order of what a device says is kept.

use std::collections::{BTreeMap, BTreeSet};

use bellrope_proto::{
    address::RelayAddress,
    ids::{Hash, MailboxId, Timestamp},
    limits::POSTS_IN_FLIGHT_MAX,
    message::{Reason, RequestId},
    receipt::Receipt,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout},
};

use super::{
    compose::sender_view,
    context::{Context, Pauses},
    contradiction::keep_proof,
    event::{EngineError, Event},
    full::{Full, FullMailboxes, is_full, what_waits},
    relay_tasks,
    renew::{Gone, Renewals, gone},
};
use crate::{
    clock::now,
    connect::{note_greeting, open_session},
    device::{
        Device, DeviceError, KnownFiles, OutboxFile, State, issued, newest_place, outbox,
        relay_now, wishes,
    },
    ids::MessageId,
    message::LaneCredential,
    relay::{RelayError, Session, compare},
    seal::{EpochRecipient, wrap},
};

/// Between two looks at what other programs of this device queued.
pub(super) const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

/// What was queued so lately is left to the program that queued it, and is sending it.
const FRESH_SECONDS: u64 = 2;

/// For the newest head to come when everything has its receipt. What was asked for is done: nobody waits long for a check
/// of it, which is made again with the next post.
const HEAD_PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// What one task sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// What goes to the group's mailbox: alerts, and the roster.
    Group,
    /// What goes to invitations' mailboxes, which are opened first.
    Invitations,
}

/// What became of a look at the outbox.
#[derive(Debug, Default)]
pub struct SendReport {
    /// Alerts that have their receipt now, with its time by the relay's clock.
    pub stored: Vec<(MessageId, Timestamp)>,
    /// What went wrong. The rest was sent.
    pub failed: Vec<EngineError>,
    /// Whose mailboxes take nothing more for now: what is new for these people waits, and nothing else.
    pub full: Vec<String>,
    /// Something is kept now that a relay signed and that does not fit together.
    pub evidence: bool,
    /// What waits in the place of something that arrived too late has to be posted yet.
    is_late: bool,
}

impl SendReport {
    /// Whether the relay was not reached at all.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        self.failed.iter().any(EngineError::is_out_of_reach)
    }
}

/// A request to send everything that waits, and where the outcome goes.
pub(super) type SendRequest = oneshot::Sender<SendReport>;

/// Where envelopes go, and by which right.
struct Destination {
    relay: RelayAddress,
    mailbox: MailboxId,
    credential: LaneCredential,
}

/// What waits for one mailbox.
struct Batch {
    destination: Destination,
    files: Vec<OutboxFile>,
}

struct Plan {
    renewals: Option<Renewals>,
    batches: Vec<Batch>,
    damaged: Option<DeviceError>,
}

/// The task. It looks by itself when the engine follows a mailbox, and otherwise only when it is asked.
pub(super) async fn run(
    context: Context,
    scope: Scope,
    mut requests: mpsc::Receiver<SendRequest>,
    looks: bool,
) {
    let mut sender = OutboxSender {
        context: context.clone(),
        scope,
        known: Known::default(),
        full: FullMailboxes::default(),
    };
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pauses = Pauses::new();
    let mut retry_at = Instant::now();
    let mut told = None;
    loop {
        let request = tokio::select! {
            () = context.stopped() => return,
            request = requests.recv() => match request {
                Some(request) => Some(request),
                None => return,
            },
            // A precondition of select! is looked at once; a pause that ends meanwhile must not be missed.
            () = due(&mut look, retry_at), if looks => None,
        };
        let mut report = tokio::select! {
            report = sender.send(request.is_none()) => report,
            // What was on its way is posted again next time, and has its place then.
            () = context.stopped() => return,
        };
        if let Some(request) = request {
            // Whoever asked may have gone.
            let _ = request.send(report);
            continue;
        }
        let after = |error| match context.is_early(error) {
            true => pauses.next(),
            false => pauses.after(error),
        };
        match report.failed.iter().map(after).min() {
            None => pauses = Pauses::new(),
            Some(pause) => retry_at = Instant::now() + pause,
        }
        report.failed.retain(|error| !context.is_early(error));
        tell(&context, report, &mut told);
    }
}

pub(super) async fn due(look: &mut Interval, at: Instant) {
    sleep_until(at).await;
    look.tick().await;
}

/// Tells what came of a look, each kind of failure once in a row.
fn tell(context: &Context, report: SendReport, told: &mut Option<String>) {
    for (id, time) in report.stored {
        context.events.tell(Event::Stored { id, time });
    }
    if report.evidence {
        context.events.tell(Event::Evidence);
    }
    for name in report.full {
        context.events.tell(Event::Full(name));
    }
    let Some(error) = report.failed.into_iter().next() else {
        *told = None;
        return;
    };
    let kind = error.kind();
    if told.as_ref() != Some(&kind) {
        context.events.tell_failure(error);
        *told = Some(kind);
    }
}

struct OutboxSender {
    context: Context,
    scope: Scope,
    known: Known,
    full: FullMailboxes,
}

/// What is known of the outbox's files: a look costs what is new, not what is there.
#[derive(Default)]
struct Known {
    /// Need no sending.
    settled: BTreeSet<String>,
    /// Wait, here or in the other task.
    waiting: KnownFiles<OutboxFile>,
}

impl OutboxSender {
    /// What fails is part of the report: what was stored is told all the same.
    async fn send(&mut self, is_look: bool) -> SendReport {
        let mut report = SendReport::default();
        if self.pass(is_look, false, &mut report).await {
            self.pass(is_look, true, &mut report).await;
        }
        report
    }

    /// Sends what waits once; `true` when a relay does not stand by its receipts, or has lost a mailbox, and something waits
    /// again.
    async fn pass(&mut self, is_look: bool, is_second: bool, report: &mut SendReport) -> bool {
        let mut again = false;
        let scope = self.scope;
        let known = std::mem::take(&mut self.known);
        let caught_up = *self.context.caught_up.borrow();
        let (known, plan) = self
            .context
            .with_device(move |device| {
                let mut known = known;
                let plan = plan(device, scope, (is_look, caught_up), &mut known);
                (known, plan)
            })
            .await;
        self.known = known;
        if scope == Scope::Group
            && let Err(error) = relay_tasks::carry_out(&self.context).await
        {
            // What is there already goes out all the same: alerts by the mailbox that the relay knows.
            let is_out_of_reach = error.is_out_of_reach();
            report.failed.push(error);
            if is_out_of_reach {
                return false;
            }
        }
        let plan = match plan {
            Ok(plan) => plan,
            Err(error) => {
                report.failed.push(error.into());
                return false;
            }
        };
        report.failed.extend(plan.damaged.map(EngineError::Device));
        if let Some(renewals) = plan.renewals {
            let failed = renewals.carry_out(&self.context).await.err();
            report.failed.extend(failed);
        }
        for batch in plan.batches {
            let relay = batch.destination.relay.clone();
            let mailbox = batch.destination.mailbox;
            if is_look && self.full.waits(mailbox) {
                continue;
            }
            let mut given = Vec::new();
            let posted = self.post(batch, &mut given, report).await;
            again |= std::mem::take(&mut report.is_late);
            if posted.is_ok() {
                self.full.has_room(mailbox);
            }
            if let Err(error) = posted {
                tracing::debug!(%error, "an outbox could not be emptied");
                if scope == Scope::Invitations && is_full(&error) {
                    let is_news = self.full.note(mailbox);
                    let waits = self
                        .context
                        .with_device(move |device| what_waits(device, mailbox));
                    match waits.await {
                        // Whoever follows is told once.
                        Ok(Full::Of(name)) if is_news || !is_look => {
                            report.full.push(name);
                            continue;
                        }
                        Ok(Full::Of(_) | Full::NotWorth) => continue,
                        Ok(Full::Unclaimed) => {}
                        Err(error) => report.failed.push(error.into()),
                    }
                }
                if let RelayError::Refused(Reason::NoMailbox | Reason::MailboxEnded, _) = &error
                    && scope == Scope::Invitations
                {
                    let gone = self
                        .context
                        .with_device(move |device| gone(device, mailbox));
                    match gone.await {
                        Ok(Gone::OpensAgain) if !is_second => {
                            again = true;
                            continue;
                        }
                        Ok(Gone::NotNeeded) => continue,
                        Ok(Gone::OpensAgain | Gone::NotOurs) => {}
                        Err(error) => report.failed.push(error.into()),
                    }
                }
                if let RelayError::Refused(Reason::NoMailbox | Reason::MailboxEnded, _) = &error
                    && scope == Scope::Group
                    && let Ok(Some(over)) = self
                        .context
                        .with_device(move |device| over(device, mailbox))
                        .await
                {
                    again |= over.went_on && !is_second;
                    // What the group said of itself is said in the epochs since.
                    if over.left > 0 {
                        report.failed.push(EngineError::EpochOver);
                    }
                    continue;
                }
                if let RelayError::Contradiction(what) = &error {
                    report.evidence |= keep_proof(&self.context, relay, what).await;
                    let queued = self
                        .context
                        .with_device(move |device| outbox::post_again(device, mailbox, &given))
                        .await;
                    again |= queued.is_ok();
                    report.failed.extend(queued.err().map(EngineError::Device));
                }
                report.failed.push(error.into());
            }
        }
        again
    }

    /// Posts in order, with as many on their way as the relay takes, and keeps each receipt as it comes.
    async fn post(
        &self,
        batch: Batch,
        given: &mut Vec<Hash>,
        report: &mut SendReport,
    ) -> Result<(), RelayError> {
        let Destination {
            relay,
            mailbox,
            credential,
        } = &batch.destination;
        let mut receipts = Vec::new();
        let mut session = open_session(&self.context.device, relay, Some(credential)).await?;
        let mut in_flight: BTreeMap<RequestId, OutboxFile> = BTreeMap::new();
        let mut rest = batch.files.into_iter();
        let mut refused = None;
        loop {
            while in_flight.len() < POSTS_IN_FLIGHT_MAX
                && refused.is_none()
                && let Some(file) = rest.next()
            {
                match session.post(&file.queued.envelope).await {
                    Ok(request) => _ = in_flight.insert(request, file),
                    // The relay has closed what it refused; what it said before that says more.
                    Err(error) => {
                        return Err(match session.answer().await {
                            Err(refused @ RelayError::Refused(..)) => refused,
                            _ => error,
                        });
                    }
                }
            }
            if in_flight.is_empty() {
                break;
            }
            let (request, answer) = session.answer().await?;
            let Some(file) = in_flight.remove(&request) else {
                return Err(RelayError::Protocol("an answer to no post"));
            };
            match answer {
                Ok(receipt) => {
                    if file.queued.envelope.hash() != receipt.fact.envelope {
                        return Err(RelayError::Protocol("a receipt for something else"));
                    }
                    given.push(receipt.fact.envelope);
                    receipts.push(receipt.clone());
                    let (alert, time) = (file.queued.alert, receipt.fact.time);
                    // Without its receipt it is posted again, and has the place that it has.
                    let noted = self
                        .context
                        .with_device(move |device| outbox::stored(device, &file, receipt))
                        .await;
                    match noted {
                        Ok(true) => report.stored.extend(alert.map(|id| (id, time))),
                        Ok(false) => report.is_late = true,
                        Err(error) => {
                            report.stored.extend(alert.map(|id| (id, time)));
                            report.failed.push(error.into());
                        }
                    }
                }
                Err((reason, retry)) => refused = Some(RelayError::Refused(reason, retry)),
            }
        }
        let checked = self.check(&mut session, *mailbox, receipts).await;
        note_greeting(&self.context.device, session.restored()).await;
        session.close().await;
        refused.map_or(checked, Err)
    }

    /// Holds the relay's newest head against these receipts and those of before: whoever may only post has no other way to
    /// notice that what has a receipt is kept from the readers.
    async fn check(
        &self,
        session: &mut Session,
        mailbox: MailboxId,
        mut receipts: Vec<Receipt>,
    ) -> Result<(), RelayError> {
        if receipts.is_empty() {
            return Ok(());
        }
        // Another program of this device may have more: theirs are read before the head is asked for.
        let known = self
            .context
            .with_device(|device| outbox::prune(device, now()))
            .await;
        match known {
            Ok(known) => receipts.extend(known),
            Err(error) => tracing::warn!(%error, "earlier receipts could not be read"),
        }
        let newest = match timeout(HEAD_PATIENCE, session.ask_head()).await {
            Ok(Ok(newest)) => newest,
            Ok(Err(error)) if !error.may_pass() => return Err(error),
            failed => {
                tracing::debug!(?failed, "the newest head did not come");
                return Ok(());
            }
        };
        let keys = session.relay().keys().clone();
        let compared = self
            .context
            .with_device(move |_| compare(&keys, mailbox, &receipts, newest))
            .await;
        compared.map_err(|fault| session.contradiction(fault, None))
    }
}

/// What became of what waited for the mailbox of an epoch that is over.
struct Over {
    /// Some of it waits for the mailbox of the epoch in force.
    went_on: bool,
    /// So much of what people said is left there.
    left: usize,
}

/// Has what people said go on to the epoch in force, of what waits for the mailbox of an epoch that is over and that the relay does not take, and lets go the
/// rest, which nobody needs any more. `None` for another mailbox.
fn over(device: &Device, mailbox: MailboxId) -> Result<Option<Over>, DeviceError> {
    let state = device.state()?;
    let mut former = state.former.iter();
    if !former.any(|former| former.mailbox() == Some(mailbox)) {
        return Ok(None);
    }
    let went_on = go_on(device, &state, |to| to == mailbox)?;
    outbox::let_go(device, |queued| {
        queued.to == mailbox && queued.inside.is_none()
    })?;
    let left = outbox::all(device)?.into_iter();
    let left = left.filter(|file| file.queued.to == mailbox && file.queued.receipt.is_none());
    Ok(Some(Over {
        went_on,
        left: left.count(),
    }))
}

/// Whether something that people said goes on to the epoch in force from a mailbox that is over. Nothing does where this device may not send.
fn go_on(
    device: &Device,
    state: &State,
    is_over: impl Fn(MailboxId) -> bool,
) -> Result<bool, DeviceError> {
    let view = match sender_view(device, state) {
        Ok(view) => view,
        Err(error) => {
            tracing::debug!(%error, "nothing goes on to another epoch");
            return Ok(false);
        }
    };
    let epoch = EpochRecipient::from_bytes(&view.epoch.recipient.0);
    let Ok(epoch) = epoch else { return Ok(false) };
    let wrapped = |inside: &[u8]| wrap(inside, &epoch).ok();
    let count = outbox::go_on(device, view.epoch.mailbox, wrapped, is_over)?;
    Ok(count > 0)
}

fn plan(
    device: &Device,
    scope: Scope,
    (is_look, caught_up): (bool, bool),
    known: &mut Known,
) -> Result<Plan, DeviceError> {
    let mut plan = Plan {
        renewals: None,
        batches: Vec::new(),
        damaged: None,
    };
    outbox::write_down(device);
    // A relay that has moved may make more wait.
    let relay = match relay_now(device) {
        // That it has moved cannot be written down. What is held here goes where it is now.
        Err(_) if outbox::holds_any(device) => newest_place(device)?.map(|told| told.relay),
        relay => relay?,
    };
    let pending = pending(device, is_look, known, &mut plan.damaged)?;
    plan.renewals = match scope {
        Scope::Group => None,
        Scope::Invitations => Renewals::due(device, now())?,
    };
    if pending.is_empty() {
        return Ok(plan);
    }
    let state = device.state()?;
    // Of an epoch before the last that is still known here: no relay would be asked.
    let is_forgotten = |to| !state.is_groups(to);
    let has_forgotten =
        |file: &OutboxFile| file.queued.inside.is_some() && is_forgotten(file.queued.to);
    let pending = match scope == Scope::Group && pending.iter().any(has_forgotten) {
        true if go_on(device, &state, is_forgotten)? => {
            self::pending(device, is_look, known, &mut plan.damaged)?
        }
        _ => pending,
    };
    let is_holder = device.is_holder()?;
    let mut by_mailbox: BTreeMap<MailboxId, Vec<OutboxFile>> = BTreeMap::new();
    for file in pending {
        let to_group = state.is_groups(file.queued.to);
        // What a coordinator's device has written may have been written over: see `Engine::read_first`.
        let is_peoples = file.queued.alert.or(file.queued.word).is_some();
        if to_group && !is_peoples && is_holder && !caught_up {
            continue;
        }
        if to_group == (scope == Scope::Group) {
            by_mailbox.entry(file.queued.to).or_default().push(file);
        }
    }
    for (mailbox, files) in by_mailbox {
        if let Some(destination) = destination(device, &state, mailbox, relay.as_ref())? {
            plan.batches.push(Batch { destination, files });
        }
    }
    Ok(plan)
}

/// What has no receipt, oldest first. A look stops before what another program has only just queued. A file that cannot be
/// read is told once, and holds up no other.
fn pending(
    device: &Device,
    is_look: bool,
    known: &mut Known,
    damaged: &mut Option<DeviceError>,
) -> Result<Vec<OutboxFile>, DeviceError> {
    let names = outbox::names(device)?;
    let Known { settled, waiting } = known;
    settled.retain(|name| names.binary_search(name).is_ok());
    outbox::forget_others(waiting, |name| {
        let is_there = names.binary_search_by(|there| there.as_str().cmp(name));
        is_there.is_ok() && !settled.contains(name)
    });
    let now = now();
    let mut pending = Vec::new();
    for name in names {
        if settled.contains(&name) {
            continue;
        }
        let file = match outbox::look(device, &name, waiting) {
            Ok(Some(file)) => file,
            Ok(None) => continue,
            Err(error) => {
                damaged.get_or_insert(error);
                settled.insert(name);
                continue;
            }
        };
        if file.queued.receipt.is_some() {
            settled.insert(name);
            continue;
        }
        // A clock that was set back since must not make it wait.
        let age = now.0.checked_sub(file.queued.queued.0);
        if is_look && age.is_some_and(|age| age < FRESH_SECONDS) {
            break;
        }
        let queued = file.queued.at(now);
        pending.push(OutboxFile { queued, ..file });
    }
    Ok(pending)
}

fn destination(
    device: &Device,
    state: &State,
    mailbox: MailboxId,
    relay: Option<&RelayAddress>,
) -> Result<Option<Destination>, DeviceError> {
    if let (Some(credential), Some(relay)) = (state.credential_for(mailbox), relay) {
        return Ok(Some(Destination {
            relay: relay.clone(),
            mailbox,
            credential: credential.clone(),
        }));
    }
    if let Some(joined) = state.reply()
        && joined.cursor.mailbox == mailbox
    {
        return Ok(Some(Destination {
            relay: relay.unwrap_or(&joined.relay).clone(),
            mailbox,
            credential: joined.secret.keys().credential(),
        }));
    }
    let issued = issued::all(device)?;
    let found = issued.iter().find(|issued| issued.mailbox == mailbox);
    let mut secret = found.map(|issued| issued.secret.clone());
    if secret.is_none()
        && let Some(roster) = device.roster()?
    {
        let mut wished = wishes::read(device, &roster).invitations.into_iter();
        secret = wished.find(|it| it.mailbox == mailbox).map(|it| it.secret);
    }
    Ok(secret.zip(relay).map(|(secret, relay)| Destination {
        relay: relay.clone(),
        mailbox,
        credential: secret.keys().credential(),
    }))
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
