//! Sending again what another member's device missed while it was away, or because a sender did not know of it, and asking for what
//! this one missed.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use bellrope_proto::{
    address::RelayAddress,
    codec,
    ids::{MailboxId, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey, Relay, SecretKey},
};
use zeroize::Zeroizing;

use super::{
    compose::{ComposeError, compose_request},
    context::Context,
    erasing,
    event::Event,
    readers,
    receive::GroupReceiver,
    seen,
    weeks::{self, sealed_to},
};
use crate::{
    clock::now,
    device::{
        Device, DeviceError, QueueEnd, QueuedEnvelope, StoredMessage,
        absence::{self, Absence, Missed},
        cases, damaged,
        inbox::{self, Kept},
        reach::{self, Reach},
    },
    extensions::Extensions,
    group::Roster,
    ids::{Epoch, MessageId, Position},
    message::{
        KIND_ALERT, KIND_RESEND_REQUEST, KIND_SENSITIVE, Message, Payload, ResendRequest,
        SignedMessage, VerifiedMessage, is_kept_out, meant, missed, pass_on, passed_on, turn,
    },
    seal::{self, EpochRecipient, MemberKey},
};

/// Messages that one request brings. Somebody who missed more asks again, and is told that they did.
const ANSWERS_MAX: usize = 200;

/// Between two turns. Whoever is online and first has queued its answer by then, and the relay has delivered it.
const TURN_SECONDS: u64 = 60;

/// The same for an alert that is passed on, for which somebody waits who does not know it.
const PASS_ON_TURN_SECONDS: u64 = 15;

/// A device that asks more often has a fault, or wants everybody's relay full.
const ANSWER_EVERY_SECONDS: u64 = 3_600;

/// A request that was heard and not answered yet.
#[derive(Debug)]
pub(super) struct Pending {
    name: String,
    device: PublicKey<DeviceKey>,
    key: MemberKey,
    request: ResendRequest,
    /// When this device may answer, by its own clock.
    due: Timestamp,
    /// What another device sent again since.
    sent: HashSet<MessageId>,
    roster_sent: bool,
}

/// The requests that were heard. It outlives connections: a turn may come after the next one.
#[derive(Debug, Default)]
pub(super) struct Resends {
    pending: Vec<Pending>,
    answered: Vec<(PublicKey<DeviceKey>, Epoch, Timestamp)>,
}

/// What came of a look at all of this.
#[derive(Debug)]
pub(super) struct Done {
    /// The numbers of cases that were forgotten.
    pub(super) forgotten: Vec<String>,
    /// How many alerts were passed on.
    pub(super) passed_on: usize,
    /// Whether the others were asked.
    pub(super) asked: bool,
    /// What was sent again.
    pub(super) resent: Vec<Resent>,
}

/// What was sent again, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resent {
    pub(super) name: String,
    pub(super) messages: usize,
}

impl Resends {
    /// Takes a message that may be a request. It counts when the roster names a reader's device as its author.
    pub(super) fn hear(
        &mut self,
        device: &Device,
        roster: &Roster,
        verified: &VerifiedMessage,
        now: Timestamp,
    ) {
        let message = &verified.message;
        let me = device.signing().public();
        if message.kind != KIND_RESEND_REQUEST || verified.late || message.sender == me {
            return;
        }
        let person = roster.person(&message.sender);
        let Some(person) = person.filter(|person| person.role.reads()) else {
            return;
        };
        let Some(request) = ResendRequest::decode(&message.body.0) else {
            return;
        };
        let mut answered = self.answered.iter();
        if answered.any(|(device, epoch, at)| {
            (*device, *epoch) == (person.device, request.epoch)
                && now < at.plus(ANSWER_EVERY_SECONDS)
        }) {
            return;
        }
        // Observers may not post.
        let could = roster.people().iter().filter(|other| {
            other.role.reads() && other.role.sends() && other.device != person.device
        });
        let turn = turn(message.id, &me, could.map(|other| other.device));
        let turn = u64::try_from(turn).unwrap_or(u64::MAX);
        self.pending
            .retain(|it| (it.device, it.request.epoch) != (person.device, request.epoch));
        self.pending.push(Pending {
            name: person.name.clone(),
            device: person.device,
            key: person.key,
            request,
            due: now.plus(turn.saturating_mul(TURN_SECONDS)),
            sent: HashSet::new(),
            roster_sent: false,
        });
    }

    /// A message came, for the first time or again: nobody needs to send it once more.
    pub(super) fn saw_message(&mut self, id: MessageId) {
        for pending in &mut self.pending {
            pending.sent.insert(id);
        }
    }

    /// Entries of the roster came, from this position on.
    pub(super) fn saw_roster(&mut self, from: Position) {
        for pending in &mut self.pending {
            pending.roster_sent |= from <= pending.request.position;
        }
    }

    /// Takes out the requests whose turn it is, or all of them for a program that is about to end.
    pub(super) fn due(&mut self, now: Timestamp, ends: bool) -> Vec<Pending> {
        let is_due = |pending: &mut Pending| ends || pending.due <= now;
        let due: Vec<Pending> = self.pending.extract_if(.., is_due).collect();
        self.answered
            .retain(|(_, _, at)| now < at.plus(ANSWER_EVERY_SECONDS));
        let answered = due.iter();
        let answered = answered.map(|pending| (pending.device, pending.request.epoch, now));
        self.answered.extend(answered);
        due
    }
}

/// Seals and queues what was asked for. It may wait for the queue's lock, so whoever reads must not hold the [`Resends`] meanwhile.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn answer(
    device: &Device,
    relay: &RelayAddress,
    due: Vec<Pending>,
    now: Timestamp,
) -> Result<Vec<Resent>, DeviceError> {
    if due.is_empty() || !device.state()?.role.sends() {
        return Ok(Vec::new());
    }
    let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
    let mut resent: Vec<Resent> = Vec::new();
    // What goes to a whole audience for one is there for the next.
    let mut sent = BTreeSet::new();
    let mut roster_from: Option<Position> = None;
    for mut pending in due {
        let from = pending.request.position;
        pending.roster_sent |= roster_from.is_some_and(|sent| sent <= from);
        let mut answers = answers(device, &roster, relay, &pending)?;
        if answers.is_empty() {
            continue;
        }
        let mut messages = 0;
        answers.retain(|(payload, readers)| match payload {
            Payload::Message(said) => {
                messages += 1;
                let id = said.message.peek().ok().map(|message| message.id);
                id.is_none_or(|id| sent.insert((id, readers.clone())))
            }
            _ => {
                roster_from = Some(from);
                true
            }
        });
        queue(device, &roster, &answers, now)?;
        match resent.iter_mut().find(|it| it.name == pending.name) {
            Some(it) => it.messages += messages,
            None => resent.push(Resent {
                name: pending.name,
                messages,
            }),
        }
    }
    Ok(resent)
}

/// Each payload with whom it is sealed to.
fn answers(
    device: &Device,
    roster: &Roster,
    relay: &RelayAddress,
    pending: &Pending,
) -> Result<Vec<(Payload, Vec<MemberKey>)>, DeviceError> {
    let mut answers = Vec::new();
    let request = &pending.request;
    let from = usize::try_from(request.position.0).unwrap_or(usize::MAX);
    if !pending.roster_sent
        && let Some(missing) = roster.entries().get(from..).filter(|rest| !rest.is_empty())
    {
        let everybody = roster.position_of(&roster.head());
        let everybody = everybody.map_or_else(Vec::new, |at| roster.readers_at(at));
        let parts = Payload::roster(missing, everybody.len()).into_iter();
        answers.extend(parts.map(|part| (part, everybody.clone())));
    }
    // Whoever was away has a case that others have forgotten, wherever its words stood.
    let words = erasing::again(device, &pending.device, |id| pending.sent.contains(id));
    let words = words.into_iter();
    answers.extend(words.map(|word| (Payload::Message(word.sent), vec![pending.key])));
    if request.relay != relay.key() || request.missed.is_empty() {
        return Ok(answers);
    }
    let again = Again::of(device, roster, relay);
    let mut messages: Vec<(Sequence, SentAgain)> = Vec::new();
    let alerts = inbox::all(device)?.messages.into_iter();
    let alerts = alerts.map(|(id, kept, _)| (id, kept));
    for (id, kept) in alerts.chain(cases::messages(device)?) {
        let Kept::Message(message) = kept else {
            continue;
        };
        if !request.names(message.epoch, message.sequence) || pending.sent.contains(&id) {
            continue;
        }
        // Who reads a sensitive block the case says.
        let kind = message.sent.message.peek().map(|message| message.kind);
        if kind.is_ok_and(|kind| kind == KIND_SENSITIVE) {
            continue;
        }
        // Only for whom its author meant it, or who was in when it came.
        let again = again.of_kept(&message);
        let again = again.filter(|again| again.readers.contains(&pending.key));
        messages.extend(again.map(|again| (message.sequence, again)));
    }
    let opened = readers::again(
        device,
        roster,
        (&pending.device, &pending.key),
        |epoch, place| request.names(epoch, place),
    )?;
    let opened = opened.into_iter();
    let opened = opened.filter(|(_, id, _)| !pending.sent.contains(id));
    messages.extend(opened.map(|(place, _, sent)| {
        let again = SentAgain {
            sent,
            readers: vec![pending.key],
            is_passed_on: false,
        };
        (place, again)
    }));
    messages.sort_by_key(|(place, _)| *place);
    let over = messages.len().saturating_sub(ANSWERS_MAX);
    let newest = messages.into_iter().skip(over);
    answers.extend(newest.map(|(_, again)| (Payload::Message(again.sent), again.readers)));
    Ok(answers)
}

/// A message that is sent again, and to whom.
struct SentAgain {
    sent: SignedMessage,
    readers: Vec<MemberKey>,
    /// Whether its author did not know of some of them.
    is_passed_on: bool,
}

/// Says to whom messages go again, by what this device noted of its log: read once for all of them, as an inbox has thousands.
struct Again<'a> {
    signing: &'a SecretKey<DeviceKey>,
    roster: &'a Roster,
    relay: PublicKey<Relay>,
    noted: Noted,
}

impl<'a> Again<'a> {
    fn of(device: &'a Device, roster: &'a Roster, relay: &RelayAddress) -> Self {
        Self {
            signing: device.signing(),
            roster,
            relay: relay.key(),
            noted: Noted::read(device),
        }
    }

    /// A kept message for those whom its author meant, and for who was in the roster when it came; `None` when nobody can say here
    /// who was meant.
    fn of_kept(&self, kept: &StoredMessage) -> Option<SentAgain> {
        let message = kept.sent.message.peek().ok()?;
        let mut readers = meant(&message, self.roster)?;
        let mut sent = kept.sent.clone();
        let passed = passed_on(&kept.sent, &message, self.roster);
        // Whoever was put out since is not among them, nor whom it is to be kept from by now.
        readers.retain(|key| {
            self.roster.people().iter().any(|it| it.key == *key)
                && !is_kept_out(&message, self.roster, key)
        });
        let place = match &passed {
            Some((said, _)) if said.relay == self.relay => said.place,
            _ => kept.sequence,
        };
        let is_of_now = kept.epoch == self.roster.epoch().number;
        let missed = if message.kind != KIND_ALERT || !is_of_now {
            Vec::new()
        } else if passed.is_some() {
            self.noted.missed(self.roster, &message, place)
        } else {
            self.noted.latecomers(self.roster, &message, place)
        };
        let is_passed_on = !missed.is_empty();
        if is_passed_on && passed.is_none() {
            sent = pass_on(&sent, (self.relay, place), self.signing);
        }
        readers.extend(missed);
        Some(SentAgain {
            sent,
            readers,
            is_passed_on,
        })
    }
}

/// What this device noted of its log: how far the roster was at a place, and since when nothing was missed.
pub(super) struct Noted {
    reach: Reach,
    absence: Absence,
}

impl Noted {
    pub(super) fn read(device: &Device) -> Self {
        Self {
            reach: reach::read(device),
            absence: absence::read(device),
        }
    }

    /// The keys of those for whom a message was by the roster before the place at which this device has it from, though its author did
    /// not know that. Nobody's, where the message may be a copy that was sent again, long after: they may have come since.
    pub(super) fn latecomers(
        &self,
        roster: &Roster,
        message: &Message,
        place: Sequence,
    ) -> Vec<MemberKey> {
        if !self.absence.was_there_since(message.time) {
            return Vec::new();
        }
        self.missed(roster, message, place)
    }

    fn missed(&self, roster: &Roster, message: &Message, place: Sequence) -> Vec<MemberKey> {
        let stood = self.reach.stood(place);
        let missed = stood.map_or_else(Vec::new, |stood| missed(message, roster, stood));
        let missed = missed.into_iter().map(|person| person.key);
        missed
            .filter(|key| !is_kept_out(message, roster, key))
            .collect()
    }
}

/// Whose turn it is to pass a message on, among those of its readers who may post.
pub(super) fn turn_to_pass_on(device: &Device, roster: &Roster, message: &Message) -> usize {
    let meant = meant(message, roster).unwrap_or_default();
    let could = roster.people().iter();
    let could = could.filter(|person| person.role.sends() && meant.contains(&person.key));
    let me = device.signing().public();
    turn(message.id, &me, could.map(|person| person.device))
}

/// When it is somebody's turn to pass an alert on.
pub(super) fn when_to_pass_on(now: Timestamp, turn: usize) -> Timestamp {
    let turn = u64::try_from(turn).unwrap_or(u64::MAX);
    now.plus(turn.saturating_mul(PASS_ON_TURN_SECONDS))
}

/// Seals the alerts again that wait for it, for those who were missed; how many that were. As in [`answer`], it may wait for the
/// queue's lock.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn pass_waiting_on(
    device: &Device,
    relay: &RelayAddress,
    now: Timestamp,
    ends: bool,
) -> Result<usize, DeviceError> {
    let due = reach::read(device).due(now, ends);
    if due.is_empty() {
        return Ok(0);
    }
    let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
    let again = Again::of(device, &roster, relay);
    let mut passed = Vec::new();
    for id in &due {
        let Some(kept) = inbox::find(device, *id)? else {
            continue;
        };
        let again = again.of_kept(&kept).filter(|again| again.is_passed_on);
        passed.extend(again.map(|again| (Payload::Message(again.sent), again.readers)));
    }
    // In this order: after a crash in between it is done twice, which is once.
    queue(device, &roster, &passed, now)?;
    reach::change(device, |reach| reach.passed(&due, now))?;
    Ok(passed.len())
}

fn queue(
    device: &Device,
    roster: &Roster,
    answers: &[(Payload, Vec<MemberKey>)],
    now: Timestamp,
) -> Result<(), DeviceError> {
    let keys = roster.epoch();
    let epoch =
        EpochRecipient::from_bytes(&keys.recipient.0).map_err(|error| damaged("roster", error))?;
    let mut envelopes = Vec::new();
    for (payload, readers) in answers {
        // What people said is sealed to keys of the week in which it is sent again; the roster must reach who was away for long.
        let sealed_to = match payload {
            Payload::Message(_) => sealed_to(device, None, readers, now).keys,
            _ => readers.clone(),
        };
        let payload = Zeroizing::new(payload.encode());
        match seal::seal(&payload, &sealed_to, &epoch) {
            Ok(envelope) => envelopes.push(QueuedEnvelope::plain(keys.mailbox, envelope, now)),
            // It came in one envelope, so it fits one.
            Err(error) => tracing::warn!(%error, "a message could not be sealed again"),
        }
    }
    QueueEnd::lock(device)?.put(&envelopes)
}

/// Asks for what this device missed, if it missed something and it is time to ask; whether it did.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn ask(
    device: &Device,
    relay: &RelayAddress,
    now: Timestamp,
) -> Result<bool, DeviceError> {
    let absence = absence::read(device);
    let Some(roster) = device.roster()?.filter(|_| absence.must_ask(now)) else {
        return Ok(false);
    };
    let mut missed = absence.missed;
    if missed.is_empty() {
        missed.push(Missed {
            epoch: roster.epoch().number,
            places: Vec::new(),
        });
    }
    let mut asked = false;
    for Missed { epoch, places } in missed {
        let request = ResendRequest {
            position: roster.next_position(),
            relay: relay.key(),
            epoch,
            missed: places,
            extensions: Extensions::none(),
        };
        match compose_request(device, &codec::encode(&request), now) {
            Ok(()) => asked = true,
            Err(ComposeError::Device(error)) => return Err(error),
            // An observer may not, and is sent what others ask for; nor whoever must update first.
            Err(
                ComposeError::MayNot
                | ComposeError::Removed
                | ComposeError::Newer
                | ComposeError::NotAReader
                | ComposeError::NobodyForPart
                | ComposeError::Seal(_),
            ) => {}
        }
    }
    absence::change(device, |absence| absence.asked(now))?;
    Ok(asked)
}

/// Longer than it takes to seal all that one request may bring.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for what was missed, and sends again what others missed. It takes the queue's lock, which a program that was suspended
/// may keep for hours: whoever follows does not wait for it, and who reads once not for long.
#[derive(Debug, Default)]
pub(super) struct Resending(Arc<tokio::sync::Mutex<()>>);

impl Resending {
    /// Does all of it, for a program that is about to end.
    pub(super) async fn once(
        &self,
        context: &Context,
        receiver: &Arc<GroupReceiver>,
        read_to: Option<ReadTo>,
    ) {
        let resend = resend(context, Arc::clone(receiver), (read_to, true));
        if tokio::time::timeout(PATIENCE, resend).await.is_err() {
            tracing::warn!(
                "another program of this device keeps the queue: nothing was asked for or sent again"
            );
        }
    }

    /// Does what it is time for, beside whatever else is done.
    pub(super) fn beside(
        &self,
        context: &Context,
        receiver: &Arc<GroupReceiver>,
        read_to: Option<ReadTo>,
    ) {
        let Ok(turn) = Arc::clone(&self.0).try_lock_owned() else {
            return;
        };
        let (context, receiver) = (context.clone(), Arc::clone(receiver));
        tokio::spawn(async move {
            resend(&context, receiver, (read_to, false)).await;
            drop(turn);
        });
    }
}

/// A mailbox of which everything was read that had arrived, and what the relay's clock said then.
pub(super) type ReadTo = (MailboxId, Timestamp);

/// What fails here is tried again with the next heartbeat.
async fn resend(
    context: &Context,
    receiver: Arc<GroupReceiver>,
    (read_to, ends): (Option<ReadTo>, bool),
) {
    if let Some((mailbox, time)) = read_to {
        // First: what is asked for is sealed to what is published.
        let tended = context.with_device(move |device| {
            // What cannot be told now keeps no key waiting.
            if let Err(error) = seen::tell(device, now()) {
                tracing::debug!(%error, "nobody is told now what was seen here");
            }
            weeks::tend(device, mailbox, time, now())
        });
        if let Err(error) = tended.await {
            tracing::warn!(%error, "keys of weeks could not be seen to");
        }
    }
    let done = context.with_device(move |device| receiver.resend(device, ends));
    match done.await {
        Ok(done) => {
            for case in done.forgotten {
                context.events.tell(Event::Forgotten(case));
            }
            if done.passed_on > 0 {
                context.events.tell(Event::PassedOn(done.passed_on));
            }
            if done.asked {
                context.events.tell(Event::AskedAgain);
            }
            for Resent { name, messages } in done.resent {
                context.events.tell(Event::SentAgain { name, messages });
            }
        }
        Err(error) => {
            tracing::warn!(%error, "what was missed could not be asked for, or sent again");
        }
    }
}
