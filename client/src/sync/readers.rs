//! Who reads a case besides those for whom its alert was: a person opens it to them. Its alert and words are sealed again for them, as their authors
//! signed them, with the message around them by which it was opened.

use bellrope_proto::{
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use zeroize::Zeroizing;

use super::{
    case_error::{CaseError, one_line},
    sensitive,
    weeks::seal_in_week,
};
use crate::{
    case::facts::whom,
    device::{
        Device, DeviceError, Folded, QueueEnd, QueuedEnvelope, StoredMessage,
        cases::{self, Word},
        copies::{self, Copying},
        damaged, frozen, inbox, outbox,
    },
    group::{Person, Role, Roster},
    ids::{Epoch, MessageId},
    message::{CaseAct, CaseMessage, Payload, ReadersWords, SignedMessage, around, meant},
    seal::{EpochRecipient, MemberKey},
};

/// To whom a case is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenTo<'a> {
    /// To these devices' people.
    People(&'a [PublicKey<DeviceKey>]),
    /// To every member and coordinator of now whom nothing keeps out of it.
    Group,
}

/// The act by which a case is opened to others. `readers` are the keys of whoever has it: who came into the group later has not, though they would be
/// among those for whom such an alert is now.
pub(super) fn open(
    folded: &Folded,
    (roster, readers): (&Roster, &[MemberKey]),
    me: &PublicKey<DeviceKey>,
    (to, reason): (OpenTo<'_>, &str),
) -> Result<CaseAct, CaseError> {
    let opening = &folded.opening;
    if !opening.may_open(roster, me) {
        return Err(CaseError::MayNotOpen);
    }
    let people: Vec<&Person> = match to {
        OpenTo::People(named) => {
            let known = |device: &PublicKey<DeviceKey>| {
                let person = roster.person(device).filter(|it| it.role.reads());
                let person = person.ok_or(CaseError::NotAReader(*device))?;
                match opening.may_be_opened_to(person, roster) || readers.contains(&person.key) {
                    true => Ok(person),
                    false => Err(CaseError::KeptOut(*device)),
                }
            };
            named.iter().map(known).collect::<Result<_, _>>()?
        }
        OpenTo::Group => {
            let members = roster.people().iter();
            let members = members.filter(|it| matches!(it.role, Role::Coordinator | Role::Member));
            members
                .filter(|it| opening.may_be_opened_to(it, roster))
                .collect()
        }
    };
    let new = people.into_iter().filter(|person| {
        !readers.contains(&person.key)
            || (opening.opened_to().is_open(&person.person) && lacks_device(folded, roster, person))
    });
    let who: Vec<PublicKey<DeviceKey>> = new.map(|person| person.person).collect();
    act(folded, true, who, one_line(reason)?)
}

/// The act by which it is open to some no longer.
pub(super) fn narrow(
    folded: &Folded,
    roster: &Roster,
    me: &PublicKey<DeviceKey>,
    (from, reason): (&[PublicKey<DeviceKey>], &str),
) -> Result<CaseAct, CaseError> {
    if !folded.opening.may_open(roster, me) {
        return Err(CaseError::MayNotOpen);
    }
    let open = |device: &PublicKey<DeviceKey>| {
        let person = roster.person_of(device).unwrap_or(*device);
        if !folded.opening.opened_to().is_open(&person) {
            return Err(CaseError::NotOpenTo(*device));
        }
        match folded.case.leader() == Some(person) {
            true => Err(CaseError::Leads(*device)),
            false => Ok(person),
        }
    };
    let who = from.iter().map(open).collect::<Result<_, _>>()?;
    act(folded, false, who, one_line(reason)?)
}

fn act(
    folded: &Folded,
    opens: bool,
    who: Vec<PublicKey<DeviceKey>>,
    reason: String,
) -> Result<CaseAct, CaseError> {
    if who.is_empty() {
        return Err(CaseError::Again);
    }
    let stands = who
        .iter()
        .filter_map(|it| folded.opening.opened_to().of(it));
    let mut over: Vec<Hash> = stands.flat_map(|it| it.stands.clone()).collect();
    over.sort_unstable();
    over.dedup();
    Ok(CaseAct::Readers(ReadersWords::new(
        opens, who, over, reason,
    )))
}

/// Whether somebody to whom it is open has come by a device since.
fn lacks_device(folded: &Folded, roster: &Roster, person: &Person) -> bool {
    let by = folded.opening.opened_to().of(&person.person);
    let by = by.and_then(|it| folded.words.iter().find(|word| word.id == it.by));
    let message = by.and_then(|word| word.kept.sent.message.peek().ok());
    let mut theirs = roster.devices_of(&person.device);
    message.is_some_and(|message| theirs.any(|it| !message.audience.chosen.contains(&it.key)))
}

/// Of a case that was opened to this device's person, whom else whoever opened it knew to read it: nobody here can say to whom its alert was passed
/// on. Only those for whom the alert may be.
pub(super) fn known_to_opener(folded: &Folded, roster: &Roster) -> Vec<MemberKey> {
    let acts = folded.words.iter().zip(&folded.said);
    let acts = acts.filter(|(_, said)| {
        said.counts.is_ok() && matches!(&said.act, CaseAct::Readers(words) if words.opens())
    });
    let messages = acts.filter_map(|(word, _)| word.kept.sent.message.peek().ok());
    let known: Vec<MemberKey> = messages.flat_map(|it| it.audience.chosen).collect();
    let people = roster.people().iter();
    let those = people.filter(|it| known.contains(&it.key) && folded.opening.is_for(it, roster));
    those.map(|it| it.key).collect()
}

/// Who has said something in a case that was for them: they have it, also where nobody knows here any more to whom its alert was passed on. A
/// translation is no such word: whoever is asked for one has its text alone. Nobody of whom it is said whether it is open to them.
pub(super) fn spoke(folded: &Folded, roster: &Roster) -> Vec<MemberKey> {
    let opening = &folded.opening;
    let said = folded.said.iter().filter(|said| {
        let is_word = !matches!(said.act, CaseAct::Translation(_));
        is_word && said.counts.is_ok() && opening.opened_to().of(&said.author).is_none()
    });
    let who = said.filter_map(|said| roster.whoever(&said.author));
    let who = who.filter(|it| opening.is_for(it, roster));
    who.map(|it| it.key).collect()
}

/// Somebody whom an act names and to whom it would not come, though what they say in the case would count: they were let in after the alert.
pub(super) fn does_not_reach(
    act: &CaseAct,
    roster: &Roster,
    readers: &[MemberKey],
) -> Option<PublicKey<DeviceKey>> {
    let named: Vec<PublicKey<DeviceKey>> = match act {
        CaseAct::Receipt(words) => words.to.into_iter().collect(),
        CaseAct::Facts(words) => words.known().filter_map(|(fact, _)| whom(&fact)).collect(),
        CaseAct::NoteTo(words) => words.who.clone(),
        _ => Vec::new(),
    };
    named.into_iter().find(|who| {
        let theirs: Vec<&Person> = roster.devices_of(who).collect();
        !theirs.is_empty() && !theirs.iter().any(|it| readers.contains(&it.key))
    })
}

/// The keys of all devices of those to whom people have opened it.
pub(super) fn keys(folded: &Folded, roster: &Roster) -> Vec<MemberKey> {
    let people = roster
        .people()
        .iter()
        .filter(|person| person.role.reads() && folded.opening.opened_to().is_open(&person.person));
    people.map(|person| person.key).collect()
}

/// The same of those whom an act names, whatever stood of them before.
pub(super) fn named(words: &ReadersWords, folded: &Folded, roster: &Roster) -> Vec<MemberKey> {
    let is_named = |person: &&Person| {
        let mut who = words.who.iter();
        who.any(|it| roster.is_same_person(it, &person.device))
            && folded.opening.may_be_opened_to(person, roster)
    };
    let people = roster.people().iter().filter(is_named);
    people.map(|person| person.key).collect()
}

/// Notes that a case is about to be opened, before that is said: then a crash loses neither alone.
pub(super) fn note(device: &Device, alert: MessageId, act: MessageId) -> Result<(), DeviceError> {
    copies::change(device, |all| {
        all.push(Copying {
            alert,
            act,
            mailbox: None,
            done: Vec::new(),
        });
    })
}

/// Seals for those to whom this device's person opened cases what is not sealed for them: all until then, and what comes later from who had not seen
/// it. With new keys, what waited for the old ones is sealed once more.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn copy(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    for mut copying in copies::read(device) {
        let before = copying.clone();
        let goes_on = copy_one(device, &mut copying, now)?;
        copies::change(device, |all| {
            if !goes_on {
                all.retain(|it| it.act != before.act);
            }
            let known = all.iter_mut().find(|it| it.act == before.act);
            if let Some(known) = known {
                *known = copying;
            }
        })?;
    }
    Ok(())
}

/// Whether it is to be followed on.
fn copy_one(device: &Device, copying: &mut Copying, now: Timestamp) -> Result<bool, DeviceError> {
    let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
    let Some(act) = cases::find(device, copying.alert, copying.act)? else {
        // It is on its way, and comes back from the relay; or it never was said.
        let mut queued = outbox::all(device)?.into_iter();
        return Ok(queued.any(|file| file.queued.word == Some(copying.act)));
    };
    let is_of_block = {
        let message = act.kept.sent.message.peek().ok();
        let body = message.and_then(|message| CaseMessage::decode(&message.body.0));
        body.is_some_and(|body| matches!(body.act(), CaseAct::Widened(_)))
    };
    let mailbox = roster.epoch().mailbox;
    if let Some(old) = copying.mailbox.filter(|old| *old != mailbox)
        && outbox::waits(device, old)?
    {
        copying.done.clear();
    }
    copying.mailbox = Some(mailbox);
    if is_of_block {
        return sensitive::copy(device, &roster, (copying, &act), now);
    }
    let mut new = cases::ids_of(device, copying.alert)?;
    new.push(copying.alert);
    new.retain(|id| *id != copying.act && !copying.done.contains(id));
    if new.is_empty() {
        return Ok(true);
    }
    let Some((kept, roster, folded)) = Folded::read(device, copying.alert)? else {
        return Ok(false);
    };
    let Some(CaseAct::Readers(words)) = folded.act(copying.act) else {
        return Ok(false);
    };
    let mut to = named(words, &folded, &roster);
    to.retain(|key| keys(&folded, &roster).contains(key));
    if to.is_empty() {
        return Ok(false);
    }
    let mut envelopes = Vec::new();
    let mut all: Vec<(MessageId, &StoredMessage)> = vec![(copying.alert, &kept)];
    all.extend(folded.words.iter().map(|word| (word.id, &word.kept)));
    for (_, kept) in all.into_iter().filter(|(id, _)| new.contains(id)) {
        let lacking = lacking(kept, &to, &roster);
        if !lacking.is_empty() {
            let sent = around(&kept.sent, &act.kept.sent.message);
            envelopes.extend(seal(device, (&roster, &lacking), &sent, now)?);
        }
    }
    // In this order: after a crash in between it is done twice, which is once.
    QueueEnd::lock(device)?.put(&envelopes)?;
    copying.done.append(&mut new);
    Ok(true)
}

/// Those of them to whom a message was not sealed.
fn lacking(kept: &StoredMessage, to: &[MemberKey], roster: &Roster) -> Vec<MemberKey> {
    let message = kept.sent.message.peek().ok();
    let meant = message.and_then(|message| meant(&message, roster));
    let meant = meant.unwrap_or_default();
    let all = to.iter().filter(|key| !meant.contains(key));
    all.copied().collect()
}

pub(super) fn seal(
    device: &Device,
    (roster, to): (&Roster, &[MemberKey]),
    sent: &SignedMessage,
    now: Timestamp,
) -> Result<Option<QueuedEnvelope>, DeviceError> {
    let keys = roster.epoch();
    let epoch =
        EpochRecipient::from_bytes(&keys.recipient.0).map_err(|error| damaged("roster", error))?;
    let payload = Zeroizing::new(Payload::Message(sent.clone()).encode());
    match seal_in_week(device, None, &payload, (to, &epoch), now) {
        Ok(sealed) => Ok(Some(QueuedEnvelope {
            lasting: sealed.lasting,
            ..QueuedEnvelope::plain(keys.mailbox, sealed.envelope, now)
        })),
        Err(error) => {
            tracing::warn!(%error, "a message could not be sealed for whom its case was opened to");
            Ok(None)
        }
    }
}

/// Every case of which something was said, with its alert.
pub(super) fn every_case(
    device: &Device,
    roster: &Roster,
) -> Result<Vec<(MessageId, inbox::Known, Folded)>, DeviceError> {
    let frozen = frozen::read(device)?;
    let mut all = Vec::new();
    for (alert, words) in cases::all(device)? {
        let Some(kept) = inbox::find(device, alert)?.map(inbox::Known::from) else {
            continue;
        };
        let folded = Folded::of(&kept, words, (roster, &frozen));
        all.extend(folded.map(|folded| (alert, kept, folded)));
    }
    Ok(all)
}

/// What was opened to somebody and they missed, and the sensitive blocks that they read by what the case says now: whose place, or that of the message by
/// which they read it, they ask for. Each with its place here.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn again(
    device: &Device,
    roster: &Roster,
    (of, key): (&PublicKey<DeviceKey>, &MemberKey),
    is_asked: impl Fn(Epoch, Sequence) -> bool,
) -> Result<Vec<Missed>, DeviceError> {
    let person = roster.person_of(of).unwrap_or(*of);
    let whom = (&person, key);
    let mut all = Vec::new();
    for (alert, kept, folded) in every_case(device, roster)? {
        let alert = (alert, &kept.stored);
        all.extend(again_opened(alert, (roster, &folded), whom, &is_asked));
        all.extend(sensitive::again((roster, &folded), whom, &is_asked));
    }
    Ok(all)
}

/// Something that somebody missed: its place here, its id, and it.
pub(super) type Missed = (Sequence, MessageId, SignedMessage);

fn again_opened(
    alert: (MessageId, &StoredMessage),
    (roster, folded): (&Roster, &Folded),
    (person, key): (&PublicKey<DeviceKey>, &MemberKey),
    is_asked: impl Fn(Epoch, Sequence) -> bool,
) -> Vec<Missed> {
    let opened = folded.opening.opened_to().of(person);
    let opened = opened.filter(|it| it.until.is_none());
    let act = opened.and_then(|it| folded.words.iter().find(|word| word.id == it.by));
    let Some((act, place)) = act.map(|act| (&act.kept.sent.message, &act.kept)) else {
        return Vec::new();
    };
    let is_whole = is_asked(place.epoch, place.sequence);
    let mut of_case = vec![alert];
    of_case.extend(folded.words.iter().map(|it: &Word| (it.id, &it.kept)));
    let wanted = of_case.into_iter().filter(|(_, kept)| {
        (is_whole || is_asked(kept.epoch, kept.sequence))
            && !lacking(kept, &[*key], roster).is_empty()
    });
    wanted
        .map(|(id, kept)| (kept.sequence, id, around(&kept.sent, act)))
        .collect()
}
