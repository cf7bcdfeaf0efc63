//! Forgetting a case when two people wish it: on this device, said to the others, and told to who was away.

use std::collections::BTreeSet;

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    case_error::CaseError,
    cases::readers_of,
    compose::{ComposeError, compose_in_case},
    receive::Received,
};
use crate::{
    alert::{Reading, vocabulary::CaseState},
    case::{Opening, Said, ToErase, erasing},
    device::{
        Device, DeviceError, Folded, Follows, Senders, StoredMessage,
        cases::{self, Shelf, Word},
        frozen, inbox,
        tombstones::{self, Figures, Quarter, Tombstone},
    },
    group::{Person, Role, Roster},
    ids::MessageId,
    message::{
        CaseAct, CaseMessage, CheckIn, ErasedWords, ForgetWords, KIND_ALERT, KIND_CASE,
        KIND_CHECK_IN, KIND_SENSITIVE, Message, Reaches, Sender, SensitiveBlock, VerifiedMessage,
        Wishes, meant,
    },
    random::random,
    seal::MemberKey,
};

/// A device says that it has erased something between this much later and so much more: whoever watches the relay learns nothing of when.
const LATER_SECONDS: u64 = 2 * 60;
const SPREAD_SECONDS: u64 = 30 * 60;

/// So many words one request for what was missed brings of forgotten cases.
const AGAIN_MAX: usize = 200;

/// Characters of an id that stand for a number that is not known.
const CASE_CHARS: usize = 8;

/// What somebody does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// They wish it, with the sender's contact card or without.
    Forgotten(bool),
    /// They agree with who does.
    Agreed,
    /// They wish it no longer.
    Kept,
}

/// The act by which a person wishes it, or does not any more. `why` is the note that says so.
pub(super) fn act(
    folded: &Folded,
    me: PublicKey<DeviceKey>,
    (wanted, why): (Wanted, Option<Hash>),
) -> Result<CaseAct, CaseError> {
    let wishes = folded.erasing.wished_by.iter();
    let wishes = wishes.filter_map(|at| {
        let said = folded.said.get(*at)?;
        match &said.act {
            CaseAct::Forget(words) => Some((said, words)),
            _ => None,
        }
    });
    let (mine, others): (Vec<_>, Vec<_>) = wishes.partition(|(said, _)| said.author == me);
    let reaches = match wanted {
        Wanted::Forgotten(true) => Reaches::Sender,
        Wanted::Forgotten(false) | Wanted::Kept => Reaches::Case,
        Wanted::Agreed => {
            let theirs = others.iter().map(|(_, words)| words.reaches);
            theirs.max().ok_or(CaseError::NobodyWishes)?
        }
    };
    let is_same = mine.iter().any(|(_, words)| words.reaches >= reaches);
    match wanted {
        Wanted::Kept if mine.is_empty() => return Err(CaseError::NotWished),
        Wanted::Forgotten(_) | Wanted::Agreed if is_same => return Err(CaseError::Again),
        _ => {}
    }
    // Whichever of one's devices said it.
    let own = folded.said.iter().filter_map(|said| match &said.act {
        CaseAct::Forget(words) if said.author == me && said.counts.is_ok() => Some((said, words)),
        _ => None,
    });
    let taken: Vec<Hash> = own.clone().flat_map(|(_, it)| it.over.clone()).collect();
    let stand = own.filter(|(said, it)| it.wishes == Wishes::Yes && !taken.contains(&said.hash));
    let over: Vec<Hash> = stand.map(|(said, _)| said.hash).collect();
    let wishes = match wanted {
        Wanted::Kept => Wishes::No,
        Wanted::Forgotten(_) | Wanted::Agreed => Wishes::Yes,
    };
    Ok(CaseAct::Forget(ForgetWords::new(
        wishes, reaches, over, why,
    )))
}

/// Forgets what is to be forgotten, and says of what is gone what it is time to say; the numbers of the cases that were forgotten now.
///
/// # Errors
/// [`DeviceError`]; it is tried again with the next heartbeat.
pub(super) fn tend(device: &Device, now: Timestamp) -> Result<Vec<String>, DeviceError> {
    let mut gone = Vec::new();
    for alert in tombstones::marked(device) {
        let stone = match tombstones::read(device, alert) {
            Ok(Some(stone)) => Some(stone),
            Ok(None) => decided(device, alert, now)?,
            // What it is about is gone, or goes with the next try.
            Err(error) => {
                tracing::warn!(%error, "what is left of a forgotten case cannot be read");
                continue;
            }
        };
        gone.extend(stone);
    }
    tombstones::forget(device, &gone)?;
    say_erased(device, now)?;
    Ok(gone.into_iter().map(|stone| stone.case).collect())
}

/// What is left of a case that is to go now; `None` of one that stays.
fn decided(
    device: &Device,
    alert: MessageId,
    now: Timestamp,
) -> Result<Option<Tombstone>, DeviceError> {
    let Some((kept, roster, folded)) = Folded::read(device, alert)? else {
        return unseen(device, alert, now);
    };
    let Some(decided) = folded.erasing.decided.clone() else {
        return Ok(None);
    };
    Ok(Some(Tombstone {
        case: kept.case.clone(),
        figures: figures(&kept, &folded),
        handle: handle(&folded, &roster, &decided),
        had: had(device, &kept, (&roster, &folded)),
        ..stone(
            (alert, folded.opening.hash),
            (&folded.said, &folded.words),
            &decided,
            now,
        )
    }))
}

/// The same where the alert has not come, or begins no case here: nobody is shown what was said about it, and it goes like the rest. Whom it was for is not
/// known then, but by those to whom its readers say this.
fn unseen(
    device: &Device,
    alert: MessageId,
    now: Timestamp,
) -> Result<Option<Tombstone>, DeviceError> {
    let Some(roster) = device
        .roster()?
        .filter(|_| matches!(inbox::has(device, alert), Ok(false)))
    else {
        return Ok(None);
    };
    let words = cases::of(device, alert)?;
    let is_of_this = |word: &&Word| {
        let message = word.kept.sent.message.peek().ok();
        let body = message.and_then(|message| CaseMessage::decode(&message.body.0));
        body.is_some_and(|body| matches!(body.act(), CaseAct::Forget(_) | CaseAct::Erased(_)))
    };
    let first = words.iter().filter(is_of_this).min_by_key(|word| word.id);
    let message = first.and_then(|word| word.kept.sent.message.peek().ok());
    let Some(message) = message else {
        return Ok(None);
    };
    let Some(body) = CaseMessage::decode(&message.body.0) else {
        return Ok(None);
    };
    let keys = meant(&message, &roster).unwrap_or_default();
    let opening = Opening::of(&message, body.alert_hash, &roster);
    let frozen = frozen::read(device)?;
    let (said, words) = Folded::said_of(words, &opening, (&roster, &frozen));
    let came = |at: usize| words.get(at).is_some_and(|it| it.shelf != Shelf::Out);
    let Some(decided) = erasing(&said, came).decided else {
        return Ok(None);
    };
    let people = roster.people().iter();
    let had = people.filter(|person| person.role.reads() && keys.contains(&person.key));
    Ok(Some(Tombstone {
        had: had.map(|person| person.device).collect(),
        ..stone((alert, body.alert_hash), (&said, &words), &decided, now)
    }))
}

/// What is left of it by what was said alone.
fn stone(
    (alert, hash): (MessageId, Hash),
    (said, words): (&[Said], &[Word]),
    decided: &ToErase,
    now: Timestamp,
) -> Tombstone {
    let kept = decided.by.iter().filter_map(|at| words.get(*at));
    let by = decided.by.iter().filter_map(|at| said.get(*at));
    let erased = said
        .iter()
        .filter(|said| said.counts.is_ok() && matches!(said.act, CaseAct::Erased(_)));
    Tombstone {
        alert,
        hash,
        case: alert.to_string().chars().take(CASE_CHARS).collect(),
        figures: Figures {
            kind: None,
            country: None,
            acts: Vec::new(),
            urgency: None,
            came: Quarter::of(decided.at),
            closed: None,
            state: CaseState::New,
            closing: None,
        },
        at: decided.at,
        by: by.map(|said| said.author).collect(),
        handle: None,
        words: kept.map(|word| word.kept.clone()).collect(),
        had: Vec::new(),
        erased: erased.map(|said| (said.device, said.arrived)).collect(),
        say_at: later(now),
        said_in: None,
        left: None,
    }
}

/// When a device says something by itself.
fn later(now: Timestamp) -> Timestamp {
    let more = u64::from_be_bytes(random()) % SPREAD_SECONDS;
    now.plus(LATER_SECONDS.saturating_add(more))
}

fn figures(kept: &StoredMessage, folded: &Folded) -> Figures {
    let message = kept.sent.message.peek().ok();
    let reading: Option<Reading> = message.map(|message| message.reading());
    let fields = reading.as_ref().and_then(Reading::fields);
    let by = folded.case.state_by.and_then(|at| folded.said.get(at));
    let closed = by.and_then(|said| match &said.act {
        CaseAct::State(words) => Some((words.closing?, said.at)),
        _ => None,
    });
    Figures {
        kind: fields.map(|fields| fields.kind),
        country: fields.and_then(|fields| fields.place.country),
        acts: fields.map_or_else(Vec::new, |fields| fields.acts.clone()),
        urgency: fields.map(|fields| fields.urgency),
        came: Quarter::of(kept.arrived),
        closed: closed.map(|(_, at)| Quarter::of(at)),
        state: folded.case.state(&folded.said),
        closing: closed.map(|(closing, _)| closing),
    }
}

/// What the roster calls the defender whose contact card goes too.
fn handle(folded: &Folded, roster: &Roster, decided: &ToErase) -> Option<String> {
    if decided.reaches == Reaches::Case {
        return None;
    }
    let sender = folded.opening.sender();
    let removed = || roster.removed_person(&sender).map(|it| &it.person);
    let person = roster.person(&sender).or_else(removed)?;
    (person.role == Role::Defender).then(|| person.name.clone())
}

/// The devices on which a case is, as far as is known here: of those whom its author meant, who read it by what is known now, to whom it was opened, and
/// who said something; those too that are out of the group.
fn had(
    device: &Device,
    kept: &StoredMessage,
    (roster, folded): (&Roster, &Folded),
) -> Vec<PublicKey<DeviceKey>> {
    let message = kept.sent.message.peek().ok();
    let mut keys = message
        .and_then(|message| meant(&message, roster))
        .unwrap_or_default();
    keys.extend(readers_of(device, kept, (roster, folded)).unwrap_or_default());
    for word in &folded.words {
        if let Ok(message) = word.kept.sent.message.peek()
            && matches!(folded.act(word.id), Some(CaseAct::Readers(words)) if words.opens())
        {
            keys.extend(message.audience.chosen);
        }
    }
    let removed = roster.removed().iter().map(|it| &it.person);
    let all = roster.people().iter().chain(removed);
    let had = all.filter(|person: &&Person| {
        let spoke = || {
            let mut said = folded.said.iter();
            said.any(|said| said.device == person.device && said.counts.is_ok())
        };
        person.role.reads() && (keys.contains(&person.key) || spoke())
    });
    let mut had: Vec<PublicKey<DeviceKey>> = had.map(|person| person.device).collect();
    had.push(device.signing().public());
    had.sort_unstable();
    had.dedup();
    had
}

/// Says that this device has erased something, once it is time; and once more where the keys have turned before it came back from the relay.
fn say_erased(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    let role = device.state()?.role;
    let Some(roster) = device.roster()? else {
        return Ok(());
    };
    let me = device.signing().public();
    let epoch = roster.epoch().number;
    for stone in tombstones::all(device) {
        // A clock that was set back must not make it wait for ever.
        let latest = now.plus(LATER_SECONDS.saturating_add(SPREAD_SECONDS));
        let is_due = stone.say_at <= now || stone.say_at > latest;
        let is_said = stone.said_in.is_some_and(|said| said >= epoch);
        let has_come = stone.erased.contains_key(&me);
        if stone.left.is_some() || !is_due || is_said || has_come || !role.reads() || !role.sends()
        {
            continue;
        }
        let reaches = match stone.handle {
            Some(_) => Reaches::Sender,
            None => Reaches::Case,
        };
        let act = CaseAct::Erased(ErasedWords::new(reaches));
        let body = CaseMessage::new((stone.alert, stone.hash), Vec::new(), &act);
        let Some(body) = body else { continue };
        let readers = roster.people().iter();
        let readers = readers.filter(|it| it.role.reads() && stone.had.contains(&it.device));
        let readers: Vec<MemberKey> = readers.map(|it| it.key).collect();
        if readers.is_empty() {
            continue;
        }
        let id = MessageId(random());
        let sent = match compose_in_case(device, (id, codec::encode(&body)), &readers, now) {
            Ok(sent) => sent,
            Err(ComposeError::Device(error)) => return Err(error),
            Err(error) => {
                tracing::debug!(%error, "it is not said now that a case was erased here");
                continue;
            }
        };
        let word = StoredMessage {
            epoch,
            sequence: Sequence(0),
            arrived: now,
            sent,
            case: String::new(),
            follows: Follows::InOrder,
            week: None,
        };
        tombstones::change(device, stone.alert, |stone| {
            stone.said_in = Some(epoch);
            stone
                .words
                .retain(|it| !is_own(&it.sent.message.peek().ok(), &me));
            stone.words.push(word);
        })?;
    }
    Ok(())
}

/// Whether a message says that this device has erased a case.
fn is_own(message: &Option<Message>, me: &PublicKey<DeviceKey>) -> bool {
    let message = message.as_ref().filter(|it| it.sender == *me);
    let body = message.and_then(|message| CaseMessage::decode(&message.body.0));
    body.is_some_and(|body| matches!(body.act(), CaseAct::Erased(_)))
}

/// Of which case that was forgotten here a message is, if it is to go the same way. What the alert's sender says since is none of them: it begins anew, and
/// somebody has to read it.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn forgotten(
    device: &Device,
    verified: &VerifiedMessage,
    (senders, hash): (&Senders, Hash),
) -> Result<Option<Tombstone>, DeviceError> {
    let message = &verified.message;
    let body = &message.body.0;
    let about = match message.kind {
        KIND_ALERT if tombstones::has(device, message.id) => Some(message.id),
        KIND_ALERT => verified.reading.fields().and_then(|it| it.original),
        KIND_CASE => CaseMessage::decode(body).map(|it| it.alert),
        KIND_CHECK_IN => CheckIn::decode(body).map(|it| it.plan),
        KIND_SENSITIVE => SensitiveBlock::decode(body).map(|it| it.alert),
        _ => None,
    };
    let Some(alert) = about.filter(|alert| tombstones::has(device, *alert)) else {
        return Ok(None);
    };
    let Some(stone) = tombstones::read(device, alert)? else {
        return Ok(None);
    };
    let is_of_it = match message.kind {
        KIND_ALERT if message.id == alert => hash == stone.hash,
        KIND_ALERT => message.time <= stone.at && senders.is_past(&message.sender, message.number),
        _ => true,
    };
    Ok(is_of_it.then_some(stone))
}

/// Takes in what comes of a case that was forgotten here: that another device has done the same is noted, and to whom
/// somebody opened it who had not heard of it, and nothing else is kept.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    (verified, stone): (&VerifiedMessage, &Tombstone),
    (arrived, now): (Timestamp, Timestamp),
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let body = (message.kind == KIND_CASE).then(|| CaseMessage::decode(&message.body.0));
    let body = body.flatten().filter(|body| body.alert_hash == stone.hash);
    let is_known = matches!(&verified.sender, Sender::Known { role, .. } if role.reads());
    if !is_known || !frozen::in_force(device, &message.sender, roster)?.is_empty() {
        return Ok(Received::Again);
    }
    match body.map(|body| body.act()) {
        Some(CaseAct::Erased(_)) => tombstones::change(device, stone.alert, |stone| {
            stone.erased.entry(message.sender).or_insert(arrived);
        })?,
        // Whoever had not heard of it has opened it to somebody: they have it now, and are told by those who have erased it.
        Some(CaseAct::Readers(words)) if words.opens() => {
            let has_it = |person: &&Person| {
                let mut who = words.who.iter();
                person.role.reads() && who.any(|it| roster.is_same_person(it, &person.device))
            };
            let people = roster.people().iter().filter(has_it);
            let new = people.map(|person| person.device);
            let new: Vec<_> = new.filter(|it| !stone.had.contains(it)).collect();
            if !new.is_empty() {
                tombstones::change(device, stone.alert, |stone| {
                    stone.had.extend(new);
                    stone.erased.remove(&device.signing().public());
                    stone.said_in = None;
                    stone.say_at = later(now);
                })?;
            }
        }
        _ => {}
    }
    Ok(Received::Again)
}

/// The words by which cases were forgotten that a device had and has not said to have erased: it is sent them with whatever it asks for. Without those that
/// others have sent since.
pub(super) fn again(
    device: &Device,
    of: &PublicKey<DeviceKey>,
    was_sent: impl Fn(&MessageId) -> bool,
) -> Vec<StoredMessage> {
    let stones = tombstones::all(device).into_iter();
    let theirs = stones.filter(|it| it.had.contains(of) && !it.erased.contains_key(of));
    let words = theirs.flat_map(|stone| stone.words);
    let id = |word: &StoredMessage| word.sent.message.peek().ok().map(|message| message.id);
    let mut known = BTreeSet::new();
    let words = words.filter(|word| {
        let id = id(word);
        id.is_some_and(|id| !was_sent(&id) && known.insert(id))
    });
    words.take(AGAIN_MAX).collect()
}
