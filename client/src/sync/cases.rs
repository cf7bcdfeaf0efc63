//! What is said in cases: said, and said again when the keys turned before it was posted. What can be said stands in `case_acts.rs`.

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence, Timestamp},
};
use zeroize::Zeroizing;

use super::{
    answers,
    case_acts::{SayInCase, act},
    case_error::CaseError,
    compose::{compose_in_case, sender},
    erasing::{self, Wanted},
    keeping, notes_to, readers, sensitive,
    weeks::seal_in_week,
};
use crate::{
    device::{
        self, Device, DeviceError, Folded, Follows, QueueEnd, QueuedEnvelope, StoredMessage,
        cases::{self, Shelf, Word},
        damaged, frozen, reach, tombstones,
    },
    group::{Person, Roster},
    ids::MessageId,
    message::{
        Answered, CaseAct, CaseMessage, KIND_SENSITIVE, Message, Payload, SignedMessage,
        has_act_around, is_kept_out, meant, missed,
    },
    random::random,
    seal::{EpochRecipient, MemberKey},
};

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
    let act = match what {
        SayInCase::Open(to, reason) => {
            let readers = readers_of(device, &kept, (&roster, &folded)).ok_or(CaseError::Behind)?;
            readers::open(&folded, (&roster, &readers), &me, (to, reason))?
        }
        SayInCase::NoteTo(to, text) => notes_to::act(device, (&roster, &folded), (to, text))?,
        SayInCase::Forget(sender, why) => {
            let wanted = Wanted::Forgotten(sender);
            // Nothing is said where it is so already.
            erasing::act(&folded, person, (wanted, None))?;
            let note = act(&folded, &roster, (person, SayInCase::Note(why)))?;
            let note = say_act(device, (&kept, &roster, &folded), &note, now)?;
            let (_, _, folded) = Folded::read(device, alert)?.ok_or(CaseError::NoCase)?;
            let act = erasing::act(&folded, person, (wanted, Some(note)))?;
            return say_act(device, (&kept, &roster, &folded), &act, now).map(drop);
        }
        SayInCase::Keep(until, why) => keeping::act(&folded, (Some(until), why), now)?,
        SayInCase::DoNotKeep(why) => keeping::act(&folded, (None, why), now)?,
        what => act(&folded, &roster, (person, what))?,
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
