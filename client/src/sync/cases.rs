//! What is said in cases: said, heard, and said again when the keys turned before it was posted.

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use zeroize::Zeroizing;

use super::{
    answers::{self, AnswerError},
    compose::{ComposeError, compose_in_case, sender},
    erasing::{self, Wanted},
    facts, keeping,
    notes_to::{self, NoteFor},
    readers::{self, OpenTo},
    sensitive,
    translations::{self, NewTranslation},
    weeks::seal_in_week,
};
use crate::{
    alert::{
        tidy::tidy_lines,
        vocabulary::{CaseState, ClosingReason, Receipt, YesNo},
    },
    device::{
        self, Device, DeviceError, Folded, Follows, QueueEnd, QueuedEnvelope, StoredMessage,
        cases::{self, Counts, Shelf, Word},
        damaged, frozen, inbox, reach, tombstones,
    },
    extensions::Extensions,
    group::{NameError, Person, Roster},
    ids::MessageId,
    message::{
        ANSWER_CHARS_MAX, Answered, CaseAct, CaseMessage, Fact, KIND_CASE, KIND_SENSITIVE, Message,
        NOTE_CHARS_MAX, NoteWords, Payload, REASON_CHARS_MAX, ReachWords, Reached, ReceiptWords,
        Review, Sender, SignedMessage, StateWords, UnverifiedReason, VerifiedMessage,
        has_act_around, is_kept_out, meant, missed,
    },
    random::random,
    seal::{EpochRecipient, MemberKey},
};

/// What somebody says in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayInCase<'a> {
    /// That they have read it.
    Acknowledge,
    /// That they lead it from now on. Of somebody else who leads, a reason says why.
    Lead(&'a str),
    /// That they help.
    Support,
    /// That this device's person leads it from now on, and why.
    HandOver(PublicKey<DeviceKey>, &'a str),
    /// That they stay out of it, and why; whoever leads leads no longer.
    StayOut(&'a str),
    /// A note.
    Note(&'a str),
    /// A note that only some of those who read it can read.
    NoteTo(NoteFor<'a>, &'a str),
    /// A translation.
    Translate(NewTranslation<'a>),
    /// That they have compared this translation with its original.
    CheckTranslation(MessageId),
    /// What the alert's sender is answered, and by which name; none for "a member of the group".
    Answer(&'a str, Option<&'a str>),
    /// That it is closed, for which reason, and more in their words.
    Close(ClosingReason, &'a str),
    /// That it is open again, and why.
    Reopen(&'a str),
    /// That it stands here from now on, and why: anywhere but closed or reopened.
    Put(CaseState, &'a str),
    /// What is so, and on what ground.
    Facts(&'a [Fact], &'a str),
    /// What they say who look back on it when it is closed: whether what was done has harmed anybody, whether the person agrees that the case is kept,
    /// and what is to be learned.
    Review(YesNo, YesNo, &'a str),
    /// To whom it is open from now on, and why.
    Open(OpenTo<'a>, &'a str),
    /// To whose devices' people it is open no longer, and why.
    Narrow(&'a [PublicKey<DeviceKey>], &'a str),
    /// That somebody was reached who did not check in, or that nobody could, and how.
    Reached(bool, &'a str),
    /// That they wish it to be forgotten, with the sender's contact card or without, and why.
    Forget(bool, &'a str),
    /// That they agree with who wishes that.
    AgreeToForget,
    /// That they wish it no longer.
    DoNotForget,
    /// That they wish it to be forgotten as it is due, or agree with who does. What is so is for every reader to see: nobody gives a reason.
    ForgetDue,
    /// That it is kept until then, and why.
    Keep(Timestamp, &'a str),
    /// That it is kept no longer than others, and why.
    DoNotKeep(&'a str),
}

/// Why nothing was said in a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// There is no such alert here, or what is here begins no case.
    #[error("there is no such case on this device")]
    NoCase,
    /// It was for others, and was handed on: what is said about it here would count for nobody.
    #[error("this alert was written for others")]
    NotForYou,
    /// This device lacks the roster that the alert's author saw: it is not known here who reads it.
    #[error("it is not known here who reads this alert")]
    Behind,
    /// Somebody else leads: a reason is needed.
    #[error("somebody else leads this case")]
    Led(PublicKey<DeviceKey>),
    /// It was said before, and still is so.
    #[error("this was said before")]
    Again,
    /// Whoever it is handed over to cannot read it, or cannot answer.
    #[error("whoever it is handed over to does not read this case")]
    ToNobody,
    /// It was opened to this device's person: they open it to nobody further.
    #[error("the case was opened to this person, who may not open it further")]
    MayNotOpen,
    /// Nobody who reads in the group has this device.
    #[error("nobody who reads in this group has this device")]
    NotAReader(PublicKey<DeviceKey>),
    /// The group keeps them out of such alerts.
    #[error("the group keeps this person out of such alerts")]
    KeptOut(PublicKey<DeviceKey>),
    /// They read the case: nobody has to ask them.
    #[error("this person reads the case")]
    ReadsAlready(PublicKey<DeviceKey>),
    /// They read and send nothing: an observer's device posts nothing.
    #[error("this person cannot answer")]
    CannotAnswer(PublicKey<DeviceKey>),
    /// They do not read the case.
    #[error("this person does not read the case")]
    DoesNotRead(PublicKey<DeviceKey>),
    /// A note is for so many people at most.
    #[error("a note is for {0} people at most")]
    TooMany(usize),
    /// Nobody leads whom a note could be for.
    #[error("nobody leads this case")]
    NobodyLeads,
    /// This device's person leads: such a note would be for nobody else.
    #[error("this person leads the case themselves")]
    YouLead,
    /// This is the tag of no language.
    #[error("this is the tag of no language")]
    NotALanguage,
    /// There is no note of this id, and nothing that the alert's sender said later.
    #[error("there is nothing of this id that can be translated")]
    NothingToTranslate,
    /// No translation of this id stands.
    #[error("there is no translation of this id")]
    NothingToCheck,
    /// It is of this device's person: a second one compares it.
    #[error("nobody checks their own translation")]
    OwnTranslation,
    /// Nobody opened it to them.
    #[error("the case was not opened to this person")]
    NotOpenTo(PublicKey<DeviceKey>),
    /// They have said that they stay out of it.
    #[error("this person stays out of the case")]
    StaysOut(PublicKey<DeviceKey>),
    /// They do not read it, or say nothing in cases.
    #[error("this person does not read the case")]
    ReadsNot(PublicKey<DeviceKey>),
    /// There is no such sensitive block, or it is not here, or others let in who reads it.
    #[error("this person cannot let anybody read such a block")]
    NoBlock,
    /// Whoever looks at it for a second time cannot be who leads it.
    #[error("who leads the case does not review it")]
    ReviewerLeads(PublicKey<DeviceKey>),
    /// They lead it.
    #[error("this person leads the case")]
    Leads(PublicKey<DeviceKey>),
    /// It is closed already, or it is open.
    #[error("the case is so already")]
    Already(CaseState),
    /// It is not closed: nobody looks back on it yet.
    #[error("the case is not closed")]
    NotClosed,
    /// Whoever sent the alert reads the case themselves.
    #[error("whoever sent the alert reads the case")]
    SenderReads,
    /// It is not known here how to reach whoever sent the alert.
    #[error("nobody knows how to answer whoever sent the alert")]
    NoSender,
    /// Nobody means to check in in this case.
    #[error("there is no plan of check-ins in this case")]
    NoPlan,
    /// Whoever sent the alert has said by the agreed word that they are forced: nothing is answered.
    #[error("whoever sent the alert is forced")]
    SenderForced,
    /// Nobody else wishes that the case is forgotten.
    #[error("nobody else wishes that the case is forgotten")]
    NobodyWishes,
    /// This device's person has not wished that.
    #[error("this person has not wished that the case is forgotten")]
    NotWished,
    /// It is not kept longer than others.
    #[error("the case is not kept longer than others")]
    NotKept,
    /// The end of that is over.
    #[error("that time is over")]
    Past,
    /// The end of that is too far away.
    #[error("nobody keeps a case for so long")]
    TooFar,
    /// The name that somebody answers by will not do.
    #[error(transparent)]
    Name(NameError),
    /// A note without words.
    #[error("the note is empty")]
    Empty,
    /// No reader would take it for what it says.
    #[error("this cannot be said")]
    NotPossible,
    /// Too long: so many characters are possible.
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<AnswerError> for CaseError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::SenderReads => Self::SenderReads,
            AnswerError::NoSender => Self::NoSender,
            AnswerError::Name(error) => Self::Name(error),
            AnswerError::Empty => Self::Empty,
            AnswerError::TooLong => Self::TooLong(ANSWER_CHARS_MAX),
            AnswerError::Seal(error) => Self::Compose(error.into()),
        }
    }
}

impl From<DeviceError> for CaseError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// Says something in a case, to those who read it. It counts here at once, and for the others when it comes to them.
///
/// # Errors
/// [`CaseError`]; nothing is queued then.
pub fn say_in_case(
    device: &Device,
    alert: MessageId,
    what: SayInCase<'_>,
    now: Timestamp,
) -> Result<(), CaseError> {
    sender(device)?;
    let me = device.signing().public();
    let (kept, roster, folded) = Folded::read(device, alert)?.ok_or(CaseError::NoCase)?;
    if !folded.opening.may_speak(&roster, &me) {
        return Err(CaseError::NotForYou);
    }
    let person = roster.person_of(&me).unwrap_or(me);
    let readers = readers_of(device, &kept, (&roster, &folded)).ok_or(CaseError::Behind)?;
    let act = match what {
        SayInCase::NoteTo(to, text) => notes_to::act(device, (&roster, &folded), (to, text))?,
        SayInCase::Forget(sender, why) => {
            let wanted = Wanted::Forgotten(sender);
            // Nothing is said where it is so already.
            erasing::act(&folded, person, (wanted, None))?;
            let note = act(&folded, (&roster, &readers), (person, SayInCase::Note(why)))?;
            let note = say_act(device, (&kept, &roster, &folded), &note, now)?;
            let (_, _, folded) = Folded::read(device, alert)?.ok_or(CaseError::NoCase)?;
            let act = erasing::act(&folded, person, (wanted, Some(note)))?;
            return say_act(device, (&kept, &roster, &folded), &act, now).map(drop);
        }
        SayInCase::Keep(until, why) => keeping::act(&folded, (Some(until), why), now)?,
        SayInCase::DoNotKeep(why) => keeping::act(&folded, (None, why), now)?,
        what => act(&folded, (&roster, &readers), (person, what))?,
    };
    say_act(device, (&kept, &roster, &folded), &act, now).map(drop)
}

/// The same of what is decided; the hash of its message.
///
/// # Errors
/// [`CaseError`]; nothing is queued then.
pub(super) fn say_act(
    device: &Device,
    case: (&StoredMessage, &Roster, &Folded),
    act: &CaseAct,
    now: Timestamp,
) -> Result<Hash, CaseError> {
    say_act_as(device, case, (MessageId(random()), act), now)
}

/// The same with an id under which something stands already.
///
/// # Errors
/// [`CaseError`]; nothing is queued then.
pub(super) fn say_act_as(
    device: &Device,
    (kept, roster, folded): (&StoredMessage, &Roster, &Folded),
    (id, act): (MessageId, &CaseAct),
    now: Timestamp,
) -> Result<Hash, CaseError> {
    let alert = folded.opening.id;
    let mut to_whom = readers_of(device, kept, (roster, folded)).ok_or(CaseError::Behind)?;
    if let Some(whom) = readers::does_not_reach(act, roster, &to_whom) {
        return Err(CaseError::DoesNotRead(whom));
    }
    match act {
        CaseAct::Readers(words) => {
            // Those to whom it is open no longer are told so.
            to_whom.extend(readers::named(words, folded, roster));
            to_whom.sort_unstable();
            to_whom.dedup();
            readers::note(device, alert, id)?;
        }
        CaseAct::Widened(_) => readers::note(device, alert, id)?,
        _ => {}
    }
    if matches!(act, CaseAct::Forget(_)) {
        tombstones::mark(device, alert)?;
    }
    note_answer(device, (kept, roster), (id, act, folded), &to_whom, now)?;
    let about = (folded.opening.id, folded.opening.hash);
    let body = CaseMessage::new(about, folded.case.heads.clone(), act).ok_or(CaseError::Empty)?;
    let sent = compose_in_case(device, (id, codec::encode(&body)), &to_whom, now)?;
    let hash = Message::hash(&sent.message);
    note_said(device, alert, sent, now)?;
    // What cannot be sealed for them now is, when this device connects next.
    if let Err(error) = readers::copy(device, now) {
        tracing::warn!(%error, "what was said in a case waits to be sealed again");
    }
    // It is queued: what it leads to is tried again by whoever reads the mailbox next, and is no reason to take any of it back.
    if let Err(error) = answers::send_pending(device, now) {
        tracing::warn!(%error, "an answer is not on its way yet");
    }
    Ok(hash)
}

/// Notes what this device has said in a case and queued, so that it counts here at once.
pub(super) fn note_said(
    device: &Device,
    alert: MessageId,
    sent: SignedMessage,
    now: Timestamp,
) -> Result<(), DeviceError> {
    let said = sent.message.peek();
    let said = said.map_err(|error| damaged("outbox", error))?;
    let word = Word {
        id: said.id,
        kept: StoredMessage {
            epoch: said.epoch,
            sequence: Sequence(0),
            arrived: now,
            sent,
            case: String::new(),
            follows: Follows::InOrder,
            week: None,
        },
        shelf: Shelf::Out,
        waits: true,
    };
    // It is in the outbox: what could not be noted here comes back from the relay.
    if let Err(error) = cases::store(device, alert, &word) {
        tracing::warn!(%error, "what was said in a case could not be noted");
    }
    Ok(())
}

/// Writes down what the alert's sender is to be answered, before it is said in the case: then a crash loses neither alone.
fn note_answer(
    device: &Device,
    (kept, roster): (&StoredMessage, &Roster),
    (id, act, folded): (MessageId, &CaseAct, &Folded),
    readers: &[MemberKey],
    now: Timestamp,
) -> Result<(), CaseError> {
    let (what, words) = match act {
        CaseAct::Answer(words) => (Some(Answered::Words), Some(words)),
        act => (answers::by_itself(&folded.case, act), None),
    };
    let Some(what) = what else { return Ok(()) };
    // Whoever holds them reads what they are told. Others than the plan's readers do not know it: who hands answers on may be among those.
    let frozen = frozen::in_force(device, &folded.opening.sender(), roster)?;
    if frozen.iter().any(|frozen| frozen.is_own_word) {
        return match words {
            Some(_) => Err(CaseError::SenderForced),
            None => Ok(()),
        };
    }
    match answers::seal(device, (kept, roster), id, (what, words), readers, now) {
        Ok(pending) => {
            device::answers::change(device, |all| all.pending.push(pending))?;
            Ok(())
        }
        Err(error) if words.is_some() => Err(error.into()),
        // Nobody asked for it.
        Err(_) => Ok(()),
    }
}

/// What is said, as a message has it.
fn act(
    folded: &Folded,
    (roster, readers): (&Roster, &[MemberKey]),
    (me, what): (PublicKey<DeviceKey>, SayInCase<'_>),
) -> Result<CaseAct, CaseError> {
    let case = &folded.case;
    let hash = |at: Option<usize>| -> Option<Hash> {
        at.and_then(|at| folded.said.get(at)).map(|said| said.hash)
    };
    let leader = case.leader();
    let receipt = |receipt, to, reason| {
        let over = hash(case.lead_by);
        // A lead is given up by whoever has it.
        let over = over.filter(|_| receipt != Receipt::ConflictOfInterest || leader == Some(me));
        let claims = [
            Receipt::TakingLead,
            Receipt::HandedOver,
            Receipt::ConflictOfInterest,
        ];
        Ok(CaseAct::Receipt(ReceiptWords {
            receipt,
            to,
            over: over.filter(|_| claims.contains(&receipt)),
            reason,
            extensions: Extensions::none(),
        }))
    };
    let state = |state, closing, reason| {
        Ok(CaseAct::State(StateWords {
            state,
            closing,
            over: hash(case.state_by),
            reason,
            extensions: Extensions::none(),
        }))
    };
    let is_closed = case.state(&folded.said) == CaseState::Closed;
    let said_last = |at: &usize| folded.said.get(*at).is_some_and(|said| said.author == me);
    let others = leader.filter(|leader| *leader != me);
    let device_of = |person| roster.whoever(&person).map_or(person, |it| it.device);
    match what {
        SayInCase::Acknowledge if case.read_by.iter().any(said_last) => Err(CaseError::Again),
        SayInCase::Acknowledge => receipt(Receipt::Acknowledged, None, String::new()),
        SayInCase::Lead(reason) => {
            let reason = one_line(reason)?;
            match others {
                _ if leader == Some(me) => Err(CaseError::Again),
                Some(other) if reason.is_empty() => Err(CaseError::Led(device_of(other))),
                _ => receipt(Receipt::TakingLead, None, reason),
            }
        }
        SayInCase::Support if case.supporting.iter().any(said_last) => Err(CaseError::Again),
        SayInCase::Support => receipt(Receipt::Supporting, None, String::new()),
        SayInCase::HandOver(to, reason) => {
            let reason = one_line(reason)?;
            match others {
                _ if leader == roster.person_of(&to) => Err(CaseError::Again),
                Some(other) if reason.is_empty() => Err(CaseError::Led(device_of(other))),
                _ if !folded.opening.may_speak(roster, &to) => Err(CaseError::ToNobody),
                _ => receipt(Receipt::HandedOver, Some(to), reason),
            }
        }
        SayInCase::StayOut(reason) => {
            let is_out = case.apart.iter().any(said_last) && leader != Some(me);
            match is_out {
                true => Err(CaseError::Again),
                false => receipt(Receipt::ConflictOfInterest, None, one_line(reason)?),
            }
        }
        SayInCase::Note(text) => {
            let text = tidy_lines(text);
            if text.is_empty() {
                return Err(CaseError::Empty);
            }
            if text.chars().count() > NOTE_CHARS_MAX {
                return Err(CaseError::TooLong(NOTE_CHARS_MAX));
            }
            Ok(CaseAct::Note(NoteWords {
                text,
                extensions: Extensions::none(),
            }))
        }
        // What takes the keys, or a clock.
        SayInCase::NoteTo(..) | SayInCase::Keep(..) | SayInCase::DoNotKeep(_) => {
            Err(CaseError::NotPossible)
        }
        SayInCase::Translate(new) => translations::act(folded, &new),
        SayInCase::CheckTranslation(of) => translations::check(folded, roster, me, of),
        SayInCase::Answer(text, name) => Ok(CaseAct::Answer(answers::words(text, name)?)),
        SayInCase::Close(..) if is_closed => Err(CaseError::Already(CaseState::Closed)),
        SayInCase::Close(reason, text) => state(CaseState::Closed, Some(reason), one_line(text)?),
        SayInCase::Reopen(_) if !is_closed => Err(CaseError::Already(CaseState::Reopened)),
        SayInCase::Reopen(text) => state(CaseState::Reopened, None, one_line(text)?),
        SayInCase::Put(..) if is_closed => Err(CaseError::Already(CaseState::Closed)),
        SayInCase::Put(CaseState::Closed | CaseState::Unlisted(_), _) => {
            Err(CaseError::NotPossible)
        }
        SayInCase::Put(to, text) => {
            let text = one_line(text)?;
            match to == case.state(&folded.said) && text.is_empty() {
                true => Err(CaseError::Again),
                false => state(to, None, text),
            }
        }
        SayInCase::Open(to, reason) => readers::open(folded, (roster, readers), &me, (to, reason)),
        SayInCase::Narrow(from, reason) => readers::narrow(folded, roster, &me, (from, reason)),
        SayInCase::Facts(said, ground) => facts::act(folded, roster, me, (said, ground)),
        SayInCase::Review(..) if !is_closed => Err(CaseError::NotClosed),
        SayInCase::Review(harm, keep, text) => {
            let closing = hash(case.state_by).ok_or(CaseError::NotClosed)?;
            let review = Fact::Review(Review {
                closing,
                harm,
                keep,
            });
            facts::act(folded, roster, me, (&[review], text))
        }
        SayInCase::Forget(sender, _) => erasing::act(folded, me, (Wanted::Forgotten(sender), None)),
        SayInCase::AgreeToForget => erasing::act(folded, me, (Wanted::Agreed, None)),
        SayInCase::DoNotForget => erasing::act(folded, me, (Wanted::Kept, None)),
        SayInCase::ForgetDue => match erasing::act(folded, me, (Wanted::Agreed, None)) {
            Err(CaseError::NobodyWishes) => {
                erasing::act(folded, me, (Wanted::Forgotten(false), None))
            }
            done => done,
        },
        SayInCase::Reached(..) if folded.check_ins.is_none() => Err(CaseError::NoPlan),
        SayInCase::Reached(reached, text) => Ok(CaseAct::Reach(ReachWords {
            reached: if reached { Reached::Yes } else { Reached::No },
            reason: one_line(text)?,
            extensions: Extensions::none(),
        })),
    }
}

/// A reason in one line.
pub(super) fn one_line(reason: &str) -> Result<String, CaseError> {
    let words: Vec<&str> = reason.split_whitespace().collect();
    let reason = tidy_lines(&words.join(" "));
    match reason.chars().count() > REASON_CHARS_MAX {
        true => Err(CaseError::TooLong(REASON_CHARS_MAX)),
        false => Ok(reason),
    }
}

/// Of those who read in the group, those who can read an alert: whom its author meant, for whom it was when it came and who had it passed on, who has
/// said something about it since, and to whom a person opened it. Nobody whom it is to be kept from by now.
pub(super) fn readers_of(
    device: &Device,
    kept: &StoredMessage,
    (roster, folded): (&Roster, &Folded),
) -> Option<Vec<MemberKey>> {
    let message = kept.sent.message.peek().ok()?;
    let mut found = meant(&message, roster)?;
    found.push(device.member().to_key());
    if has_act_around(&kept.sent) {
        // When it came first is not known here, and so not to whom it was passed on.
        found.extend(readers::known_to_opener(folded, roster));
    }
    let is_in_force = !has_act_around(&kept.sent) && kept.epoch == roster.epoch().number;
    let stood = is_in_force.then(|| reach::read(device).stood(kept.sequence));
    let missed = stood.flatten().map(|stood| missed(&message, roster, stood));
    found.extend(missed.into_iter().flatten().map(|person| person.key));
    found.extend(readers::spoke(folded, roster));
    let keys = keys_of_readers(roster, &found).into_iter();
    let mut keys: Vec<MemberKey> = keys
        .filter(|key| !is_kept_out(&message, roster, key))
        .collect();
    keys.extend(readers::keys(folded, roster));
    keys.sort_unstable();
    keys.dedup();
    Some(keys)
}

/// All keys of those who read and have one of these: a person goes on with a case on whichever of their devices.
fn keys_of_readers(roster: &Roster, readers: &[MemberKey]) -> Vec<MemberKey> {
    let has_one = |who: &Person| {
        let mut theirs = roster.devices_of(&who.device);
        theirs.any(|it| readers.contains(&it.key))
    };
    let people = roster.people().iter();
    let reads = people.filter(|person| person.role.reads() && has_one(person));
    reads.map(|person| person.key).collect()
}

/// What became of a message of a case.
#[derive(Debug)]
pub(super) enum Heard {
    /// It is kept, and was not there before.
    New,
    /// It was there, or is not worth its room.
    Again,
    /// Another message of the case has its id.
    SameId,
}

/// Keeps what somebody says in a case: of those who read and send in the group, or may as far as this device knows, also of an alert that has not
/// come yet.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn keep(
    device: &Device,
    roster: &Roster,
    (verified, alert): (&VerifiedMessage, MessageId),
    kept: StoredMessage,
    counts: &mut Option<Counts>,
) -> Result<Heard, DeviceError> {
    let (id, author) = (verified.message.id, verified.message.sender);
    let mut word = Word {
        id,
        kept,
        shelf: Shelf::New,
        waits: false,
    };
    if let Some(known) = cases::find(device, alert, id)? {
        if known.kept.sent.message.bytes() != word.kept.sent.message.bytes() {
            return Ok(Heard::SameId);
        }
        if known.shelf == Shelf::Out {
            word.shelf = Shelf::Told;
            cases::store(device, alert, &word)?;
        }
        return Ok(Heard::Again);
    }
    let person = roster.person(&author);
    let person = person.or_else(|| roster.removed_person(&author).map(|it| &it.person));
    let is_behind = matches!(
        verified.sender,
        Sender::Unverified(UnverifiedReason::OtherRoster)
    );
    if !is_behind && !person.is_some_and(|person| person.role.reads() && person.role.sends()) {
        return Ok(Heard::Again);
    }
    let counts = match counts {
        Some(counts) => counts,
        none => none.insert(Counts::read(device)?),
    };
    let is_here = |alert| matches!(inbox::has(device, alert), Ok(true));
    if !counts.has_room(author, alert, is_here) {
        tracing::warn!("a device says more in cases than is kept of one");
        return Ok(Heard::Again);
    }
    // What this device said before it was restored from an older copy is no news to its person; that a device has shown it is none to anybody.
    let body =
        (verified.message.kind == KIND_CASE).then(|| CaseMessage::decode(&verified.message.body.0));
    let act = body.flatten().map(|body| body.act());
    let is_quiet = match &act {
        Some(CaseAct::Receipt(said)) => said.receipt == Receipt::Opened,
        Some(act) => matches!(act, CaseAct::Erased(_)),
        // Of a sensitive block its act is told, and it is shown to who asks for it.
        None => true,
    };
    if author == device.signing().public() || is_quiet {
        word.shelf = Shelf::Told;
    }
    if matches!(act, Some(CaseAct::Forget(_) | CaseAct::Erased(_))) {
        tombstones::mark(device, alert)?;
    }
    cases::store(device, alert, &word)?;
    counts.add(author, alert);
    Ok(Heard::New)
}

/// Keeps what somebody says about an earlier alert of theirs with its case; whether they may is judged when it is shown. It is in the inbox besides.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn keep_of_sender(
    device: &Device,
    message: &Message,
    (alert, kept): (MessageId, &StoredMessage),
    counts: &mut Option<Counts>,
) -> Result<(), DeviceError> {
    if cases::find(device, alert, message.id)?.is_some() {
        return Ok(());
    }
    let counts = match counts {
        Some(counts) => counts,
        none => none.insert(Counts::read(device)?),
    };
    let is_here = |alert| matches!(inbox::has(device, alert), Ok(true));
    if !counts.has_room(message.sender, alert, is_here) {
        tracing::warn!("a device says more about its alerts than is kept of one");
        return Ok(());
    }
    let is_mine = message.sender == device.signing().public();
    let word = Word {
        id: message.id,
        kept: kept.clone(),
        shelf: if is_mine { Shelf::Told } else { Shelf::New },
        waits: false,
    };
    cases::store(device, alert, &word)?;
    counts.add(message.sender, alert);
    Ok(())
}

/// Seals what this device said and has not come back from the relay again, when the keys have turned since: the mailbox that it waited for is
/// over for those who read. With its first signature, so that it is one message wherever it comes.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn say_again(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(());
    };
    let keys = roster.epoch();
    for alert in cases::on_shelf(device, Shelf::Out)? {
        for mut word in cases::of(device, alert)? {
            if !word.waits || word.kept.epoch >= keys.number {
                continue;
            }
            let Some(message) = word.kept.sent.message.peek().ok() else {
                continue;
            };
            // Whoever was put out since is not among them.
            let readers = match message.kind {
                KIND_SENSITIVE => sensitive::readers_of(device, alert, &word)?,
                _ => keys_of_readers(&roster, &meant(&message, &roster).unwrap_or_default()),
            };
            if readers.is_empty() {
                continue;
            }
            let epoch = EpochRecipient::from_bytes(&keys.recipient.0)
                .map_err(|error| damaged("roster", error))?;
            let payload = Zeroizing::new(Payload::Message(word.kept.sent.clone()).encode());
            let to_whom = (readers.as_slice(), &epoch);
            match seal_in_week(device, None, &payload, to_whom, now) {
                Ok(sealed) => {
                    let queued = QueuedEnvelope {
                        word: Some(word.id),
                        lasting: sealed.lasting,
                        ..QueuedEnvelope::plain(keys.mailbox, sealed.envelope, now)
                    };
                    QueueEnd::lock(device)?.put(&[queued])?;
                }
                Err(error) => tracing::warn!(%error, "a message could not be sealed again"),
            }
            word.kept.epoch = keys.number;
            cases::store(device, alert, &word)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{address::RelayAddress, signing::PublicKey};

    use super::*;
    use crate::{
        alert::{
            Alert, Fields,
            vocabulary::{Act, Kind},
        },
        device::outbox,
        ids::Epoch,
        membership::{NewGroup, create},
        sync::compose_alert,
    };

    #[test]
    fn what_waits_is_sealed_again_when_the_keys_have_turned_and_once() {
        let dir = tempfile::tempdir().unwrap();
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay.unwrap(),
        };
        let (home, now) = (dir.path().join("nina"), Timestamp(1_000_000));
        let nina = create(&home, &"a long enough passphrase".into(), &group, now).unwrap();
        let mut fields = Fields::of_kind(Kind::Flash);
        fields.acts = vec![Act::Threat];
        fields.summary = "Men at the door".to_owned();
        let sealed = compose_alert(&nina, &Alert::new(fields.clone()).unwrap(), &[], now).unwrap();
        assert!(matches!(
            say_in_case(&nina, sealed.id, SayInCase::Acknowledge, now),
            Err(CaseError::NoCase)
        ));
        let sent = compose_in_case(
            &nina,
            (MessageId([3; 16]), codec::encode(&fields)),
            &[],
            now,
        )
        .unwrap();
        let id = sent.message.peek().unwrap().id;
        let word = Word {
            id,
            kept: StoredMessage {
                epoch: Epoch(0),
                sequence: Sequence(0),
                arrived: now,
                sent,
                case: String::new(),
                follows: Follows::InOrder,
                week: None,
            },
            shelf: Shelf::Out,
            waits: true,
        };
        cases::store(&nina, sealed.id, &word).unwrap();
        let queued = || {
            let all = outbox::all(&nina).unwrap().into_iter();
            all.filter(|file| file.queued.word == Some(id)).count()
        };
        assert_eq!(queued(), 1);
        for _ in 0..2 {
            say_again(&nina, now).unwrap();
            assert_eq!(queued(), 2, "and not a third time");
        }
        let kept = cases::find(&nina, sealed.id, id).unwrap().unwrap();
        assert_eq!(kept.kept.epoch, Epoch(1));
        assert_eq!(kept.kept.sent, word.kept.sent, "with its first signature");
    }
}
