//! What is sensitive in a case: written for few, and nobody else has it. Others are let in by name, by who answers for it.

use bellrope_proto::{
    codec,
    ids::{Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    cases::{CaseError, note_said, one_line, say_act},
    compose::{compose_sensitive, sender},
    readers::{every_case, seal},
};
use crate::{
    alert::{
        tidy::tidy_lines,
        vocabulary::{Part, SensitiveKind, Vocabulary as _},
    },
    case::{Block, facts::About},
    device::{Device, DeviceError, Folded, QueueEnd, cases::Word, copies::Copying, outbox},
    extensions::Extensions,
    group::Roster,
    ids::{Epoch, MessageId},
    message::{
        BlockWords, CaseAct, Fact, Message, SENSITIVE_CHARS_MAX, SensitiveBlock, SignedMessage,
        WidenedWords, around,
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

/// Writes a block for these people, and says in the case that it is there, without its kind.
///
/// # Errors
/// [`CaseError`]; nothing is queued then, unless the disk is full just between: then the block is for nobody, as no act names it.
pub fn write_block(
    device: &Device,
    alert: MessageId,
    (kind, text): (SensitiveKind, &str),
    named: &[PublicKey<DeviceKey>],
    now: Timestamp,
) -> Result<(), CaseError> {
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
    let sent = compose_sensitive(device, (id, codec::encode(&block)), &to_whom, now)?;
    let hash = Message::hash(&sent.message);
    note_said(device, alert, sent, now)?;
    let act = CaseAct::Block(BlockWords::new(hash, who));
    say_act(device, (&kept, &roster, &folded), &act, now).map(drop)
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
    let word = word_of(&folded, &roster, found).ok_or(CaseError::NoBlock)?;
    let who = checked(&folded, &roster, &me, named)?;
    let message = word.kept.sent.message.peek().ok();
    let message = message.ok_or(CaseError::NoBlock)?;
    let has_it = |person: &PublicKey<DeviceKey>| {
        let mut theirs = keys(&roster, [*person]).into_iter();
        theirs.all(|key| message.audience.chosen.contains(&key))
    };
    let new: Vec<_> = who.into_iter().filter(|person| !has_it(person)).collect();
    if new.is_empty() {
        return Err(CaseError::Again);
    }
    let words = WidenedWords::new((found.by, found.block), new, one_line(reason)?);
    say_act(
        device,
        (&kept, &roster, &folded),
        &CaseAct::Widened(words),
        now,
    )
    .map(drop)
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

/// The blocks of those that somebody missed who reads them by what the case says now: whose place, or that of the act by which they read it, they ask for.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn again(
    device: &Device,
    roster: &Roster,
    (of, key): (&PublicKey<DeviceKey>, &MemberKey),
    is_asked: impl Fn(Epoch, Sequence) -> bool,
) -> Result<Vec<(Sequence, MessageId, SignedMessage)>, DeviceError> {
    let person = roster.person_of(of).unwrap_or(*of);
    let mut all = Vec::new();
    for (_, _, folded) in every_case(device, roster)? {
        for block in folded.blocks.iter().filter(|it| it.is_read_by(&person)) {
            let Some(word) = word_of(&folded, roster, block) else {
                continue;
            };
            let (stored, sent) = (&word.kept, &word.kept.sent);
            let chosen = sent.message.peek().ok().map(|it| it.audience.chosen);
            let is_named = chosen.is_some_and(|chosen| chosen.contains(key));
            let act = block.by_which(&person).filter(|act| *act != block.id);
            let act = act.and_then(|act| folded.words.iter().find(|word| word.id == act));
            let places = act.map(|act| (act.kept.epoch, act.kept.sequence));
            let mut places = places.into_iter().chain([(stored.epoch, stored.sequence)]);
            if !places.any(|(epoch, place)| is_asked(epoch, place)) {
                continue;
            }
            let sent = match (is_named, act) {
                (true, _) => sent.clone(),
                (false, Some(act)) => around(sent, &act.kept.sent.message),
                (false, None) => continue,
            };
            all.push((stored.sequence, word.id, sent));
        }
    }
    Ok(all)
}
