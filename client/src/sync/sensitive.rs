//! What is sensitive in a case: written for few, and nobody else has it. Others are let in by name, by who answers for it.

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    case_error::{CaseError, one_line},
    cases::{note_said, say_act},
    compose::{ComposeError, compose_sensitive, sender},
    readers::{Missed, seal},
};
use crate::{
    alert::{
        tidy::tidy_lines,
        vocabulary::{Part, SensitiveKind, Vocabulary as _},
    },
    case::{Block, facts::About},
    device::{
        Device, DeviceError, Folded, QueueEnd, QueuedEnvelope,
        blocks::{self, Unsaid},
        cases::{self, Word},
        copies::Copying,
        outbox,
    },
    extensions::Extensions,
    group::Roster,
    ids::{Epoch, MessageId},
    message::{
        BlockWords, CaseAct, Fact, Message, SENSITIVE_CHARS_MAX, SensitiveBlock, WidenedWords,
        around,
    },
    random::random,
    seal::MemberKey,
};

/// Who besides this device's person would read a block that is for these; where none are named, for who leads and who speaks with the person. Each by a
/// device of theirs.
///
/// # Errors
/// [`CaseError`].
pub fn block_readers(
    device: &Device,
    alert: MessageId,
    named: &[PublicKey<DeviceKey>],
) -> Result<Vec<PublicKey<DeviceKey>>, CaseError> {
    let me = device.signing().public();
    let (_, roster, folded) = Folded::read(device, alert)?.ok_or(CaseError::NoCase)?;
    if !folded.opening.may_speak(&roster, &me) {
        return Err(CaseError::NotForYou);
    }
    let devices = |people: Vec<PublicKey<DeviceKey>>| {
        let theirs = people.iter().filter_map(|person| roster.whoever(person));
        theirs.map(|it| it.device).collect()
    };
    if !named.is_empty() {
        return Ok(devices(checked(&folded, &roster, &me, named)?));
    }
    let contact = About::Part(Part::ContactOwner.number());
    let contact = folded.case.facts.get(&contact).into_iter().flatten();
    let contact = contact.filter_map(|said| match &said.fact {
        Fact::Part(_, who) => *who,
        _ => None,
    });
    let usual: Vec<_> = folded.case.leader().into_iter().chain(contact).collect();
    // Who may not is not asked for by anybody.
    let usual = usual.iter().filter_map(|one| {
        let person = roster.person_of(one)?;
        let theirs = roster.whoever(&person)?.device;
        checked(&folded, &roster, &me, &[theirs]).ok()
    });
    let mut all: Vec<_> = usual.flatten().collect();
    all.sort_unstable();
    all.dedup();
    Ok(devices(all))
}

/// Those of these people who are not this device's, each once, by who they are.
fn checked(
    folded: &Folded,
    roster: &Roster,
    me: &PublicKey<DeviceKey>,
    named: &[PublicKey<DeviceKey>],
) -> Result<Vec<PublicKey<DeviceKey>>, CaseError> {
    let mut all = Vec::new();
    for device in named {
        let person = roster.person(device).filter(|it| it.role.reads());
        let person = person.ok_or(CaseError::NotAReader(*device))?;
        if roster.is_same_person(device, me) {
            continue;
        }
        let stays_out = |at: &usize| {
            let said = folded.said.get(*at);
            said.is_some_and(|said| said.author == person.person)
        };
        if !folded.opening.may_be_opened_to(person, roster) {
            return Err(CaseError::KeptOut(*device));
        }
        if !folded.opening.may_read_blocks(roster, device) {
            return Err(CaseError::ReadsNot(*device));
        }
        if folded.case.apart.iter().any(stays_out) {
            return Err(CaseError::StaysOut(*device));
        }
        all.push(person.person);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// All devices of these people.
fn keys(roster: &Roster, people: impl IntoIterator<Item = PublicKey<DeviceKey>>) -> Vec<MemberKey> {
    let of = |person| {
        let theirs = roster.people().iter().filter(move |it| it.person == person);
        theirs.filter(|it| it.role.reads()).map(|it| it.key)
    };
    let mut keys: Vec<MemberKey> = people.into_iter().flat_map(of).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// How far a block is written.
#[must_use]
#[derive(Debug)]
pub enum Written {
    /// Wholly: the case knows of it.
    Wholly,
    /// It is on its way, or cannot be taken back; the case does not know of it yet, and nobody is shown it. It is told by this device's next program, or by
    /// this one when it reads the mailbox once more. Why it could not be now.
    ToldLater(CaseError),
}

/// Writes a block for these people, and says in the case that it is there, without its kind. A program that is ended between the two has the next one say the
/// rest.
///
/// # Errors
/// [`CaseError`]; nothing is queued then.
pub fn write_block(
    device: &Device,
    alert: MessageId,
    (kind, text): (SensitiveKind, &str),
    named: &[PublicKey<DeviceKey>],
    now: Timestamp,
) -> Result<Written, CaseError> {
    sender(device)?;
    let me = device.signing().public();
    let (kept, roster, folded) = Folded::read(device, alert)?.ok_or(CaseError::NoCase)?;
    if !folded.opening.may_speak(&roster, &me) {
        return Err(CaseError::NotForYou);
    }
    let text = tidy_lines(text);
    if text.is_empty() {
        return Err(CaseError::Empty);
    }
    if text.chars().count() > SENSITIVE_CHARS_MAX {
        return Err(CaseError::TooLong(SENSITIVE_CHARS_MAX));
    }
    let who = checked(&folded, &roster, &me, named)?;
    let person = roster.person_of(&me).unwrap_or(me);
    let to_whom = keys(&roster, who.iter().copied().chain([person]));
    let block = SensitiveBlock {
        alert,
        kind,
        text,
        extensions: Extensions::none(),
    };
    let id = MessageId(random());
    let unsaid = Unsaid {
        alert,
        block: id,
        who,
    };
    let _lock = blocks::lock(device)?;
    blocks::change(device, |all| all.push(unsaid.clone()))?;
    let said = compose_sensitive(device, (id, codec::encode(&block)), &to_whom, now);
    let said = said.map_err(CaseError::from).and_then(|sent| {
        let hash = Message::hash(&sent.message);
        note_said(device, alert, sent, now)?;
        let act = CaseAct::Block(BlockWords::new(hash, unsaid.who.clone()));
        say_act(device, (&kept, &roster, &folded), &act, now)
    });
    settle(device, &unsaid, said)
}

/// What is left of a block after a try to say it.
fn settle(
    device: &Device,
    unsaid: &Unsaid,
    said: Result<Hash, CaseError>,
) -> Result<Written, CaseError> {
    let Err(error) = said else {
        forget(device, unsaid);
        return Ok(Written::Wholly);
    };
    let is_back = take_back(device, unsaid).unwrap_or_else(|error| {
        tracing::warn!(%error, "a sensitive block could not be taken back, and is said later");
        false
    });
    if !is_back {
        return Ok(Written::ToldLater(error));
    }
    forget(device, unsaid);
    Err(error)
}

/// Whether this device has a block of which the case does not know yet.
#[must_use]
pub fn is_block_untold(device: &Device, alert: MessageId) -> bool {
    blocks::read(device).iter().any(|it| it.alert == alert)
}

/// What cannot be forgotten now is found to be said, or to be nowhere, by the next program.
fn forget(device: &Device, unsaid: &Unsaid) {
    if let Err(error) = blocks::change(device, |all| all.retain(|it| it.block != unsaid.block)) {
        tracing::warn!(%error, "that a sensitive block was being said is still noted");
    }
}

/// Takes a block back of which the case knows nothing, unless a relay has it; whether it did. What is noted of it goes first: where the envelope cannot be
/// removed, it is posted, comes back, and is told; the other way round, an act would name what is nowhere.
fn take_back(device: &Device, unsaid: &Unsaid) -> Result<bool, DeviceError> {
    let is_it = |queued: &QueuedEnvelope| queued.word == Some(unsaid.block);
    let mut queued = outbox::all(device)?.into_iter();
    if queued.any(|file| is_it(&file.queued) && file.queued.receipt.is_some()) {
        return Ok(false);
    }
    cases::erase(device, unsaid.alert, unsaid.block)?;
    outbox::erase(device, is_it)?;
    Ok(true)
}

/// Says of blocks that they are there of which a program could not that was ended just then: without it those who read one are shown nothing.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn finish(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    if blocks::read(device).is_empty() {
        return Ok(());
    }
    let _lock = blocks::lock(device)?;
    for unsaid in blocks::read(device) {
        match say_unsaid(device, &unsaid, now) {
            Ok(true) => forget(device, &unsaid),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "a sensitive block still waits to be said"),
        }
    }
    Ok(())
}

/// Whether nothing of it is left to do.
fn say_unsaid(device: &Device, unsaid: &Unsaid, now: Timestamp) -> Result<bool, CaseError> {
    let Some((kept, roster, folded)) = Folded::read(device, unsaid.alert)? else {
        return Ok(true);
    };
    let block = folded.sealed.iter().find(|word| word.id == unsaid.block);
    let Some(block) = block else {
        // It comes back from the relay; or it never was queued.
        let mut queued = outbox::all(device)?.into_iter();
        return Ok(!queued.any(|file| file.queued.word == Some(unsaid.block)));
    };
    let hash = Message::hash(&block.kept.sent.message);
    let mut said = folded.said.iter();
    if !said.any(|said| matches!(&said.act, CaseAct::Block(words) if words.block == hash)) {
        let act = CaseAct::Block(BlockWords::new(hash, unsaid.who.clone()));
        say_act(device, (&kept, &roster, &folded), &act, now)?;
    }
    Ok(true)
}

/// Lets these people read a block, too: the one that the case has by the message with this id.
///
/// # Errors
/// [`CaseError`]; nothing is queued then.
pub fn widen_block(
    device: &Device,
    (alert, block): (MessageId, MessageId),
    (named, reason): (&[PublicKey<DeviceKey>], &str),
    now: Timestamp,
) -> Result<(), CaseError> {
    sender(device)?;
    let me = device.signing().public();
    let (kept, roster, folded) = Folded::read(device, alert)?.ok_or(CaseError::NoCase)?;
    let person = roster.person_of(&me).unwrap_or(me);
    let found = folded.blocks.iter().find(|it| it.id == block);
    let found = found.filter(|it| it.may_widen(&person));
    let found = found.ok_or(CaseError::NoBlock)?;
    let who = checked(&folded, &roster, &me, named)?;
    let has_it = holders(&folded, &roster, found).ok_or(CaseError::NoBlock)?;
    let new: Vec<_> = who.into_iter().filter(|person| !has_it(person)).collect();
    if new.is_empty() {
        return Err(CaseError::Again);
    }
    let to = keys(&roster, new.iter().copied());
    let mut words = WidenedWords::new((found.by, found.block), new, one_line(reason)?);
    if found.is_part {
        let part = folded.open_part(found, device.member());
        let sealed = part.ok_or(CaseError::NoBlock)?.seal(&to);
        words = words.with_letter(sealed.map_err(ComposeError::from)?);
    }
    say_act(
        device,
        (&kept, &roster, &folded),
        &CaseAct::Widened(words),
        now,
    )
    .map(drop)
}

/// Who has a block with all of their devices: those to whom it was sealed, or with the acts by which it went on. `None` where it is not here.
fn holders<'f>(
    folded: &'f Folded,
    roster: &'f Roster,
    block: &'f Block,
) -> Option<impl Fn(&PublicKey<DeviceKey>) -> bool + 'f> {
    let first = match block.is_part {
        true => folded.part_of(block)?.readers.clone(),
        false => {
            let word = word_of(folded, roster, block)?;
            word.kept.sent.message.peek().ok()?.audience.chosen
        }
    };
    let since = folded.words.iter().filter(|word| {
        let act = folded.act(word.id);
        matches!(act, Some(CaseAct::Widened(words)) if block.is_widened_by(words))
    });
    // Everybody who reads the case has the act; whose device came later has it sealed to another.
    let since = since.filter_map(|word| {
        let chosen = word.kept.sent.message.peek().ok()?.audience.chosen;
        Some((word.id, chosen))
    });
    let since: Vec<(MessageId, Vec<MemberKey>)> = since.collect();
    Some(move |person: &PublicKey<DeviceKey>| {
        let by = block.by_which(person);
        let by = since.iter().find(|(id, _)| Some(*id) == by);
        let theirs = keys(roster, [*person]);
        theirs
            .iter()
            .all(|key| first.contains(key) || by.is_some_and(|(_, chosen)| chosen.contains(key)))
    })
}

/// A block as it is kept: the message with its hash, by the author of the act that says it is there.
pub(crate) fn word_of<'f>(folded: &'f Folded, roster: &Roster, block: &Block) -> Option<&'f Word> {
    folded.sealed.iter().find(|word| {
        let sent = &word.kept.sent.message;
        Message::hash(sent) == block.block
            && sent.peek().is_ok_and(|message| {
                let person = roster.person_of(&message.sender);
                person.unwrap_or(message.sender) == block.author
            })
    })
}

/// The keys of those who read a block that this device wrote, for who seals it again. Nobody's, where nothing says that it is there.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn readers_of(
    device: &Device,
    alert: MessageId,
    word: &Word,
) -> Result<Vec<MemberKey>, DeviceError> {
    let Some((_, roster, folded)) = Folded::read(device, alert)? else {
        return Ok(Vec::new());
    };
    let hash = Message::hash(&word.kept.sent.message);
    let block = folded.blocks.iter().find(|it| it.block == hash);
    let message = word.kept.sent.message.peek().ok();
    let readers = block.zip(message).map(|(block, message)| {
        let people = block.readers.iter().map(|(who, _)| *who);
        let mut keys = keys(&roster, people.chain([block.author]));
        keys.retain(|key| message.audience.chosen.contains(key));
        keys
    });
    Ok(readers.unwrap_or_default())
}

/// Seals a block for those whom this device's person let in. Whether it is to be followed on: while it waits here, as new keys may come before it is
/// posted.
pub(super) fn copy(
    device: &Device,
    roster: &Roster,
    (copying, act): (&mut Copying, &Word),
    now: Timestamp,
) -> Result<bool, DeviceError> {
    let mailbox = roster.epoch().mailbox;
    if !copying.done.is_empty() {
        return outbox::waits(device, mailbox);
    }
    let Some((_, roster, folded)) = Folded::read(device, copying.alert)? else {
        return Ok(false);
    };
    let Some(CaseAct::Widened(words)) = folded.act(copying.act) else {
        return Ok(false);
    };
    let block = folded.blocks.iter().find(|it| it.by == words.by);
    let Some((block, word)) = block.and_then(|it| Some((it, word_of(&folded, &roster, it)?)))
    else {
        return Ok(false);
    };
    let named = words.who.iter().filter_map(|who| roster.person_of(who));
    let to = keys(&roster, named.filter(|person| block.is_read_by(person)));
    if to.is_empty() {
        return Ok(false);
    }
    let sent = around(&word.kept.sent, &act.kept.sent.message);
    let envelopes: Vec<_> = seal(device, (&roster, &to), &sent, now)?
        .into_iter()
        .collect();
    // In this order: after a crash in between it is done twice, which is once.
    QueueEnd::lock(device)?.put(&envelopes)?;
    copying.done.push(word.id);
    Ok(true)
}

/// The blocks of a case that somebody reads and missed: whose place, or that of the act by which they read it, they ask for. What is the part of an alert
/// comes with that.
pub(super) fn again(
    (roster, folded): (&Roster, &Folded),
    (person, key): (&PublicKey<DeviceKey>, &MemberKey),
    is_asked: impl Fn(Epoch, Sequence) -> bool,
) -> Vec<Missed> {
    let read = folded.blocks.iter().filter(|it| it.is_read_by(person));
    let missed = read.filter_map(|block| {
        let word = word_of(folded, roster, block)?;
        let (stored, sent) = (&word.kept, &word.kept.sent);
        let chosen = sent.message.peek().ok().map(|it| it.audience.chosen);
        let is_named = chosen.is_some_and(|chosen| chosen.contains(key));
        let act = block.by_which(person).filter(|act| *act != block.id);
        let act = act.and_then(|act| folded.words.iter().find(|word| word.id == act));
        let places = act.map(|act| (act.kept.epoch, act.kept.sequence));
        let mut places = places.into_iter().chain([(stored.epoch, stored.sequence)]);
        if !places.any(|(epoch, place)| is_asked(epoch, place)) {
            return None;
        }
        let sent = match (is_named, act) {
            (true, _) => sent.clone(),
            (false, Some(act)) => around(sent, &act.kept.sent.message),
            (false, None) => return None,
        };
        Some((stored.sequence, word.id, sent))
    });
    missed.collect()
}

#[cfg(test)]
#[path = "sensitive_tests.rs"]
mod tests;
