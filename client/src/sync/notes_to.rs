//! Notes for some of those who read a case: for who leads, or for people whom their author names; and such notes handed on to who leads by now.
//!
//! No program hands one on because somebody else has come to lead: whoever takes the lead in somebody's place says so themselves, and would read what
//! was written to the other. A person does it: whoever leads and hands the lead over, or anybody who can read the note.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{case_error::CaseError, cases::say_act};
use crate::{
    alert::{tidy::tidy_lines, vocabulary::NoteAudience},
    case::Said,
    device::{Device, Folded},
    group::Roster,
    ids::MessageId,
    message::{CaseAct, Letter, NOTE_CHARS_MAX, NoteToWords, WHO_MAX},
    random::random,
    seal::{MemberIdentity, MemberKey, SealError},
};

/// For whom a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteFor<'a> {
    /// For who leads.
    Lead,
    /// For these devices' people.
    People(&'a [PublicKey<DeviceKey>]),
}

/// A note for some, as its message has it.
pub(super) fn act(
    device: &Device,
    (roster, folded): (&Roster, &Folded),
    (to, text): (NoteFor<'_>, &str),
) -> Result<CaseAct, CaseError> {
    let text = tidy_lines(text);
    if text.is_empty() {
        return Err(CaseError::Empty);
    }
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(CaseError::TooLong(NOTE_CHARS_MAX));
    }
    let me = device.signing().public();
    let (audience, who) = match to {
        NoteFor::Lead => match folded.case.leader() {
            None => return Err(CaseError::NobodyLeads),
            Some(leader) if leader == person(roster, &me) => return Err(CaseError::YouLead),
            Some(leader) => (NoteAudience::Lead, vec![leader]),
        },
        NoteFor::People(named) => {
            let mut who: Vec<PublicKey<DeviceKey>> = Vec::new();
            for one in named {
                let reads = roster.person(one);
                if !reads.is_some_and(|person| folded.opening.reads(roster, person)) {
                    return Err(CaseError::DoesNotRead(*one));
                }
                who.push(person(roster, one));
            }
            who.sort_unstable();
            who.dedup();
            if who.len() > WHO_MAX {
                return Err(CaseError::TooMany(WHO_MAX));
            }
            (NoteAudience::NamedPeople, who)
        }
    };
    let letter = Letter::new(me, folded.opening.hash, random(), text);
    seal(&letter, (audience, None), who, (roster, &me)).map(CaseAct::NoteTo)
}

fn seal(
    letter: &Letter,
    as_what: (NoteAudience, Option<Hash>),
    who: Vec<PublicKey<DeviceKey>>,
    (roster, me): (&Roster, &PublicKey<DeviceKey>),
) -> Result<NoteToWords, CaseError> {
    let to = who.iter().chain([me]);
    let devices = to.flat_map(|who| roster.devices_of(who));
    let reading = devices.filter(|device| device.role.reads());
    let keys: Vec<MemberKey> = reading.map(|device| device.key).collect();
    let sealed = letter.seal(as_what, who, &keys);
    sealed.map_err(|error: SealError| CaseError::Compose(error.into()))
}

/// What was written in a note for some, if this device can read it: as it came, or handed on.
#[must_use]
pub(crate) fn letter(
    folded: &Folded,
    note: &Said,
    (me, identity): (&PublicKey<DeviceKey>, &MemberIdentity),
    roster: &Roster,
) -> Option<Letter> {
    let CaseAct::NoteTo(words) = &note.act else {
        return None;
    };
    let mine = person(roster, me);
    let handed = folded.said.iter().filter_map(|one| match &one.act {
        CaseAct::NoteTo(handed) if handed.of == Some(note.hash) && one.counts.is_ok() => {
            Some((one, handed))
        }
        _ => None,
    });
    // Only what says that it is for this device's person, or by them: trying costs time.
    let mut for_me = [(note, words)]
        .into_iter()
        .chain(handed)
        .filter(|(one, words)| {
            let mut who = words.who.iter();
            one.author == mine || who.any(|who| person(roster, who) == mine)
        });
    for_me
        .find_map(|(_, sealed)| sealed.open(words, (&note.device, &folded.opening.hash), identity))
}

fn person(roster: &Roster, device: &PublicKey<DeviceKey>) -> PublicKey<DeviceKey> {
    roster.person_of(device).unwrap_or(*device)
}

/// Hands on to who leads what was written for who led before, as far as this device can read it and they cannot; how many notes that were.
///
/// # Errors
/// [`CaseError`]; what was said before is said.
pub fn hand_notes_on(
    device: &Device,
    alert: MessageId,
    now: Timestamp,
) -> Result<usize, CaseError> {
    let me = device.signing().public();
    let mut count = 0;
    let mut done: Vec<Hash> = Vec::new();
    loop {
        // Read anew each time: each names as seen what was said before it.
        let (kept, roster, folded) = Folded::read(device, alert)?.ok_or(CaseError::NoCase)?;
        if !folded.opening.may_speak(&roster, &me) {
            return Err(CaseError::NotForYou);
        }
        let leader = folded.case.leader().ok_or(CaseError::NobodyLeads)?;
        let next = to_hand_on(&folded, leader, &roster);
        let next = next.into_iter().find_map(|note| {
            let mine = (&me, device.member());
            let letter = letter(&folded, note, mine, &roster)?;
            (!done.contains(&note.hash)).then_some((note.hash, letter))
        });
        let Some((of, letter)) = next else {
            return Ok(count);
        };
        let as_what = (NoteAudience::Lead, Some(of));
        let words = seal(&letter, as_what, vec![leader], (&roster, &me))?;
        let act = CaseAct::NoteTo(words);
        say_act(device, (&kept, &roster, &folded), &act, now)?;
        done.push(of);
        count += 1;
    }
}

/// The notes for who led that are for others than who leads, and were not handed on to them, in order.
fn to_hand_on<'f>(
    folded: &'f Folded,
    leader: PublicKey<DeviceKey>,
    roster: &Roster,
) -> Vec<&'f Said> {
    let is_for = |words: &NoteToWords| words.who.iter().any(|it| person(roster, it) == leader);
    let handed = |of: Hash| {
        folded.said.iter().any(|one| match &one.act {
            CaseAct::NoteTo(words) => words.of == Some(of) && is_for(words) && one.counts.is_ok(),
            _ => false,
        })
    };
    let told = folded.case.order.iter();
    let told = told.filter_map(|at| folded.said.get(*at));
    told.filter(|one| match &one.act {
        CaseAct::NoteTo(words) => {
            words.audience == NoteAudience::Lead
                && words.of.is_none()
                && one.counts.is_ok()
                && one.author != leader
                && !is_for(words)
                && !handed(one.hash)
        }
        _ => false,
    })
    .collect()
}
