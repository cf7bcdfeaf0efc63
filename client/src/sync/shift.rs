//! Shifts, said and heard: one is handed over, or another is asked to take one; and what they say to that. What there is to know goes to those whom it
//! concerns, and to everybody else who can be on duty who gives which hours to whom: each device works out by itself whom something rings.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    compose::{ComposeError, compose_for, compose_for_asked, may_send},
    receive::Received,
};
use crate::{
    alert::tidy::tidy_lines,
    device::{
        Device, DeviceError,
        heard::RelayClock,
        shifts::{self, KnownShift, ShiftSays, ShiftWord, can_be_on_duty, says},
    },
    duty::{ANSWER_SECONDS, Line, Rota, Stands, Stretch, Want},
    extensions::Extensions,
    group::{Role, Roster},
    message::{
        BECAUSE_CHARS_MAX, HandOver, KIND_HAND_OVER, KIND_HAND_OVER_ANSWER, KIND_SWAP,
        KIND_SWAP_ANSWER, SHIFT_NOTE_CHARS_MAX, SHIFT_SECONDS_MAX, Sender, ShiftAnswer, ShiftSaid,
        Swap, VerifiedMessage,
    },
    random::random,
    seal::MemberKey,
};

type Key = PublicKey<DeviceKey>;

/// For how long it is looked ahead for the next shift, and back for the last.
const LOOKED_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// Why nothing was said of a shift.
#[derive(Debug, thiserror::Error)]
pub enum ShiftError {
    /// There is no rota: there are no shifts.
    #[error("there is no rota")]
    NoRota,
    /// This device's person is not on duty, and was not until just now.
    #[error("this device's person is not on duty")]
    NotOnDuty,
    /// Nobody else is on duty within two weeks.
    #[error("nobody else is on duty within two weeks")]
    NobodyNext,
    /// They have no shift then.
    #[error("this device's person has no shift then")]
    NoShift,
    /// Nobody gives a shift to themselves.
    #[error("nobody gives a shift to themselves")]
    Oneself,
    /// Whoever is to have it cannot be on duty.
    #[error("this person cannot be on duty")]
    CannotBe,
    /// Nothing waits for this person's answer, or nothing of who was named.
    #[error("nothing waits for an answer")]
    NothingWaits,
    /// Too long: so many characters are possible.
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<DeviceError> for ShiftError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// Whose next turn a shift is handed over to. Nothing is said yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedHandOver {
    /// Who is to go on, by a device of theirs.
    pub to: PublicKey<DeviceKey>,
    /// Their name.
    pub name: String,
    /// The second line in their turn, if there is one other than these two: they get the note, too.
    pub second: Option<(PublicKey<DeviceKey>, String)>,
    /// When it is their turn,
    pub turn: Timestamp,
    /// and when that ends.
    pub until: Timestamp,
    /// When it will be the second line's, if nobody has accepted it by then.
    pub waits_until: Timestamp,
}

/// Which hours another is asked to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedSwap {
    /// Who is asked, by a device of theirs.
    pub to: PublicKey<DeviceKey>,
    /// Their name.
    pub name: String,
    /// From when,
    pub from: Timestamp,
    /// and to when.
    pub until: Timestamp,
}

/// A hand-over or a swap that waits for this person's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingShift {
    /// Who gives it: their name.
    pub name: String,
    /// Whether it is handed over, rather than swapped.
    pub is_hand_over: bool,
    /// From when,
    pub from: Timestamp,
    /// and to when.
    pub until: Timestamp,
    by: Key,
    hash: Hash,
}

/// The moment by the relay's clock, the roster, and the rota as it is with all that was agreed.
struct Now {
    at: Timestamp,
    roster: std::sync::Arc<Roster>,
    rota: Rota<Key>,
    me: Key,
}

impl Now {
    fn of(device: &Device, now: Timestamp) -> Result<Self, ShiftError> {
        may_send(device)?;
        let roster = device.roster()?.ok_or(ComposeError::MayNot)?;
        let rota = shifts::rota(device, &roster, |_| true)?.ok_or(ShiftError::NoRota)?;
        let own = device.signing().public();
        let me = roster.person_of(&own).ok_or(ComposeError::MayNot)?;
        Ok(Self {
            at: RelayClock::of(device).at(now),
            roster,
            rota,
            me,
        })
    }

    fn name(&self, who: Key) -> Result<(Key, String), ShiftError> {
        let person = can_be_on_duty(&self.roster, &who).ok_or(ShiftError::CannotBe)?;
        Ok((person.device, person.name.clone()))
    }

    fn person(&self, device: Key) -> Result<Key, ShiftError> {
        let person = self.roster.person_of(&device);
        let person = person.ok_or(ShiftError::CannotBe)?;
        match person == self.me {
            true => Err(ShiftError::Oneself),
            false => Ok(person),
        }
    }

    /// Shifts from a moment on: each as long as one person is first in the line.
    fn shifts(&self, from: Timestamp, until: Timestamp) -> Vec<Stretch<Key>> {
        let mut all: Vec<Stretch<Key>> = Vec::new();
        for stretch in self.rota.stretches(from, until) {
            let first = |line: Option<Line<Key>>| line.map(|line| line.first);
            match all.last_mut() {
                Some(last) if first(last.line) == first(stretch.line) => last.until = stretch.until,
                _ => all.push(stretch),
            }
        }
        all.retain(|it| it.line.is_some());
        all
    }
}

/// Whose turn is next, or what is left of one's own for somebody else.
///
/// # Errors
/// [`ShiftError`].
pub fn plan_hand_over(
    device: &Device,
    to: Option<PublicKey<DeviceKey>>,
    now: Timestamp,
) -> Result<PlannedHandOver, ShiftError> {
    let it = Now::of(device, now)?;
    let to = to.map(|to| it.person(to)).transpose()?;
    let since = Timestamp(it.at.0.saturating_sub(LOOKED_SECONDS));
    let ahead = it.shifts(it.at, it.at.plus(LOOKED_SECONDS));
    let first = |stretch: &Stretch<Key>| stretch.line.map(|line| line.first);
    let is_now = |stretch: &&Stretch<Key>| stretch.from <= it.at;
    let own = ahead.iter().find(is_now);
    let own = own.filter(|stretch| first(stretch) == Some(it.me));
    let before = it.shifts(since, it.at);
    let next = match (own, ahead.first()) {
        (Some(own), _) => ahead
            .iter()
            .find(|next| next.from >= own.until && first(next) != Some(it.me)),
        // Whoever has it now has had it for a moment; or nobody has.
        (None, Some(next)) => {
            let running = before.iter().rev();
            let begun =
                running.take_while(|stretch| first(stretch) == first(next) && next.from <= it.at);
            let begun = begun.last().map_or(next.from, |stretch| stretch.from);
            let mut earlier = before.iter().rev().filter(|stretch| stretch.until <= begun);
            let had_it = earlier
                .next()
                .is_some_and(|last| first(last) == Some(it.me));
            let is_late = it.at >= begun.plus(ANSWER_SECONDS);
            if !had_it || is_late {
                return Err(ShiftError::NotOnDuty);
            }
            Some(next)
        }
        (None, None) => return Err(ShiftError::NotOnDuty),
    };
    let (to, turn, until) = match (to, next, own) {
        (None, None, _) => return Err(ShiftError::NobodyNext),
        (to, Some(next), _) if to.is_none() || to == first(next) => {
            let who = first(next).ok_or(ShiftError::NobodyNext)?;
            (who, next.from, next.until)
        }
        // Somebody else has what is left of this person's, and the rota goes on after that.
        (Some(to), _, Some(own)) => (to, it.at, own.until),
        _ => return Err(ShiftError::NotOnDuty),
    };
    let until = until.min(turn.plus(SHIFT_SECONDS_MAX));
    let lines = [it.rota.at(turn), it.rota.at(it.at)];
    let mut second = lines.into_iter().flatten().filter_map(|line| line.second);
    let second = second.find(|who| *who != to && *who != it.me);
    let (to, name) = it.name(to)?;
    Ok(PlannedHandOver {
        to,
        name,
        second: second.map(|who| it.name(who)).transpose()?,
        turn,
        until,
        waits_until: turn.max(it.at).plus(ANSWER_SECONDS),
    })
}

/// Hands a shift over, with a note for who goes on and one for the second line. It is in the outbox then; until the other accepts it, whoever said it
/// goes on being rung.
///
/// # Errors
/// [`ShiftError`]; where it is for nobody, nothing is said.
pub fn hand_over(
    device: &Device,
    planned: &PlannedHandOver,
    (note, for_second): (&str, &str),
    now: Timestamp,
) -> Result<(), ShiftError> {
    let (note, for_second) = (tidy_lines(note), tidy_lines(for_second));
    if note.chars().count().max(for_second.chars().count()) > SHIFT_NOTE_CHARS_MAX {
        return Err(ShiftError::TooLong(SHIFT_NOTE_CHARS_MAX));
    }
    let it = Now::of(device, now)?;
    it.person(planned.to)?;
    let body = HandOver {
        nonce: random(),
        to: planned.to,
        turn: planned.turn,
        until: planned.until,
        note,
        extensions: Extensions::none(),
    };
    let with = |note: &str| {
        codec::encode(&HandOver {
            note: note.to_owned(),
            ..body.clone()
        })
    };
    let mut told = vec![(planned.to, with(&body.note))];
    told.extend(
        planned
            .second
            .iter()
            .map(|(who, _)| (*who, with(&for_second))),
    );
    say(device, &it.roster, KIND_HAND_OVER, &told, with(""), now)
}

/// Which shift another is asked to take: the one that has this moment, or begins on that day; without one, the next.
///
/// # Errors
/// [`ShiftError`].
pub fn plan_swap(
    device: &Device,
    to: PublicKey<DeviceKey>,
    from: Option<Timestamp>,
    now: Timestamp,
) -> Result<PlannedSwap, ShiftError> {
    let it = Now::of(device, now)?;
    let to = it.person(to)?;
    let begin = from.unwrap_or(it.at);
    let begin = begin.max(Timestamp(it.at.0 / 60 * 60));
    let own = it.shifts(begin, begin.plus(SHIFT_SECONDS_MAX)).into_iter();
    let mut own = own.filter(|shift| shift.line.is_some_and(|line| line.first == it.me));
    let shift = own.next().ok_or(ShiftError::NoShift)?;
    // A day has the shifts that begin on it, a moment the one that it is in.
    let is_near = from.is_none_or(|from| shift.from < from.plus(Timestamp::DAY_SECONDS));
    if !is_near {
        return Err(ShiftError::NoShift);
    }
    let (to, name) = it.name(to)?;
    Ok(PlannedSwap {
        to,
        name,
        from: shift.from,
        until: shift.until,
    })
}

/// Asks another to take these hours. It is in the outbox then, and changes nothing before they say so.
///
/// # Errors
/// [`ShiftError`]; nothing is said then.
pub fn swap(device: &Device, planned: &PlannedSwap, now: Timestamp) -> Result<(), ShiftError> {
    let it = Now::of(device, now)?;
    it.person(planned.to)?;
    let body = codec::encode(&Swap {
        nonce: random(),
        to: planned.to,
        from: planned.from,
        until: planned.until,
        extensions: Extensions::none(),
    });
    say(device, &it.roster, KIND_SWAP, &[], body, now)
}

/// What waits for this person's answer, the first that begins first.
///
/// # Errors
/// [`ShiftError`].
pub fn waiting_shifts(device: &Device, now: Timestamp) -> Result<Vec<WaitingShift>, ShiftError> {
    let it = Now::of(device, now)?;
    waiting(
        device,
        &it,
        |known| known.offer.to == it.me,
        |known| known.offer.by,
    )
}

/// What this person gave and may still take back, each with whom it was given to.
///
/// # Errors
/// [`ShiftError`].
pub fn given_shifts(device: &Device, now: Timestamp) -> Result<Vec<WaitingShift>, ShiftError> {
    let it = Now::of(device, now)?;
    waiting(
        device,
        &it,
        |known| known.offer.by == it.me,
        |known| known.offer.to,
    )
}

fn waiting(
    device: &Device,
    it: &Now,
    is_meant: impl Fn(&KnownShift) -> bool,
    whose: impl Fn(&KnownShift) -> Key,
) -> Result<Vec<WaitingShift>, ShiftError> {
    let all = shifts::all(device, &it.roster)?.into_iter();
    let all = all.filter(|known| {
        let stands = known.offer.stands(it.at);
        is_meant(known) && matches!(stands, Stands::Waits(_) | Stands::Unanswered(_))
    });
    Ok(all
        .map(|known| {
            let who = whose(&known);
            let person = it.roster.whoever(&who);
            WaitingShift {
                name: person.map(|it| it.name.clone()).unwrap_or_default(),
                is_hand_over: known.offer.want == Want::HandOver,
                from: known.offer.from,
                until: known.offer.until,
                by: known.offer.by,
                hash: known.hash,
            }
        })
        .collect())
}

/// What a person says of a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayOfShift<'a> {
    /// They take it.
    Accept,
    /// They do not, and why.
    Refuse(&'a str),
    /// Whoever gave it takes it back.
    TakeBack,
}

/// Says it. It counts here at once, and for the others when it comes to them.
///
/// # Errors
/// [`ShiftError`]; nothing is said then.
pub fn say_of_shift(
    device: &Device,
    shift: &WaitingShift,
    what: SayOfShift<'_>,
    now: Timestamp,
) -> Result<(), ShiftError> {
    let it = Now::of(device, now)?;
    let all = shifts::all(device, &it.roster)?;
    let known = all
        .iter()
        .find(|known| known.hash == shift.hash && known.offer.by == shift.by);
    let offer = known.ok_or(ShiftError::NothingWaits)?.offer;
    let (said, because) = match what {
        SayOfShift::Accept => (ShiftSaid::Accepted, ""),
        SayOfShift::Refuse(because) => (ShiftSaid::Refused, because),
        SayOfShift::TakeBack => (ShiftSaid::TakenBack, ""),
    };
    let because = because.split_whitespace().collect::<Vec<_>>().join(" ");
    if because.chars().count() > BECAUSE_CHARS_MAX {
        return Err(ShiftError::TooLong(BECAUSE_CHARS_MAX));
    }
    let kind = match offer.want {
        Want::HandOver => KIND_HAND_OVER_ANSWER,
        Want::Swap => KIND_SWAP_ANSWER,
    };
    let with = |because: &str| {
        codec::encode(&ShiftAnswer {
            of: shift.hash,
            said,
            because: because.to_owned(),
            extensions: Extensions::none(),
        })
    };
    // Why somebody cannot is their own business, and that of whom it falls back on.
    let told = match because.is_empty() {
        true => Vec::new(),
        false => {
            let line = it.rota.at(offer.from);
            let second = line.and_then(|line| line.second);
            let second = second.filter(|who| *who != offer.by && *who != it.me);
            let told = [Some(offer.by), second].into_iter().flatten();
            told.map(|who| (who, with(&because))).collect()
        }
    };
    say(device, &it.roster, kind, &told, with(""), now)
}

/// Says something of a shift: to these people what is theirs, and to this person's other devices what the first of them has; to everybody else who can
/// be on duty the rest. Two who have different words for it have the same hours.
fn say(
    device: &Device,
    roster: &Roster,
    kind: u16,
    told: &[(Key, Vec<u8>)],
    rest: Vec<u8>,
    now: Timestamp,
) -> Result<(), ShiftError> {
    let own = device.signing().public();
    let devices = |who: &Key| -> Vec<(Key, MemberKey)> {
        let devices = roster.devices_of(who).filter(|it| it.role.reads());
        devices.map(|it| (it.device, it.key)).collect()
    };
    let mut done: Vec<Key> = Vec::new();
    for (who, body) in told {
        let mut to = devices(who);
        if done.is_empty() {
            to.extend(devices(&own));
        }
        let keys: Vec<MemberKey> = to.iter().map(|(_, key)| *key).collect();
        compose_for(device, (kind, body.clone()), &keys, now)?;
        done.extend(to.into_iter().map(|(device, _)| device));
    }
    let is_left = |it: &crate::group::Person| {
        matches!(it.role, Role::Coordinator | Role::Member) && !done.contains(&it.device)
    };
    if roster.people().iter().any(is_left) {
        compose_for_asked(device, (kind, rest.clone()), &done, now)?;
    }
    let body = told.first().map_or(rest, |(_, body)| body.clone());
    let word = ShiftWord {
        by: own,
        arrived: RelayClock::of(device).at(now),
        kind,
        body: Blob(body),
        epoch: roster.epoch().number,
        heard: false,
    };
    shifts::note(device, word)?;
    Ok(())
}

/// Takes in what somebody says of a shift. Until it is kept, this device rings more than it need, and never less.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    verified: &VerifiedMessage,
    arrived: Timestamp,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let may = match verified.sender {
        Sender::Known { role, .. } => role.reads() && role.sends(),
        _ => false,
    };
    if !may || verified.late || says(message.kind, &message.body.0).is_none() {
        return Ok(Received::NotForUs);
    }
    let word = ShiftWord {
        by: message.sender,
        arrived,
        kind: message.kind,
        body: message.body.clone(),
        epoch: message.epoch,
        heard: true,
    };
    Ok(match shifts::note(device, word)? {
        true => Received::Shift,
        false => Received::NotForUs,
    })
}

/// What this device said and the relay of the keys before never had is said again with the new ones: it names the same hours, so it is no other.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn say_again(device: &Device, now: Timestamp) -> Result<(), DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(());
    };
    let (own, epoch) = (device.signing().public(), roster.epoch().number);
    let all = shifts::read(device)?.into_iter();
    let mut lost = all.filter(|it| it.by == own && !it.heard && it.epoch < epoch);
    let Some(first) = lost.next() else {
        return Ok(());
    };
    let lost: Vec<ShiftWord> = std::iter::once(first).chain(lost).collect();
    for word in &lost {
        let told = whom(&roster, word, device)?;
        match say(device, &roster, word.kind, &told.0, told.1, now) {
            Ok(()) => {}
            Err(ShiftError::Compose(ComposeError::Device(error))) => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "what was said of a shift could not be said again")
            }
        }
    }
    shifts::said_again(device, &lost, epoch)
}

/// To whom a word goes with its note, and what the others get. The second line had a note of its own, which is not here: they get the hours.
#[allow(clippy::type_complexity)]
fn whom(
    roster: &Roster,
    word: &ShiftWord,
    device: &Device,
) -> Result<(Vec<(Key, Vec<u8>)>, Vec<u8>), DeviceError> {
    Ok(match word.says() {
        Some(ShiftSays::HandOver(it)) => {
            let rest = HandOver {
                note: String::new(),
                ..it.clone()
            };
            (vec![(it.to, codec::encode(&it))], codec::encode(&rest))
        }
        Some(ShiftSays::Answer(_, it)) if !it.because.is_empty() => {
            let all = shifts::all(device, roster)?;
            let given = all.iter().find(|known| known.hash == it.of);
            let rest = ShiftAnswer {
                because: String::new(),
                ..it.clone()
            };
            let told = given.map(|known| (known.offer.by, codec::encode(&it)));
            (told.into_iter().collect(), codec::encode(&rest))
        }
        _ => (Vec::new(), word.body.0.clone()),
    })
}
