//! What was said of shifts: who hands over to whom, who swaps with whom, and what the others said. No roster has it, and of what comes too late for
//! anybody nothing is kept.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, frozen, unlocked::Device};
use crate::{
    duty::{Offer, Rota, Want, shifted},
    group::{Person, Roster},
    ids::{Epoch, Position},
    message::{
        HandOver, KIND_HAND_OVER, KIND_HAND_OVER_ANSWER, KIND_SWAP, KIND_SWAP_ANSWER, SaidOfSender,
        ShiftAnswer, ShiftSaid, Swap, freezes,
    },
};

const SHIFTS: &str = "shifts";

/// What is kept of one device, more than anybody says of shifts in two months; somebody who says it all the time takes no room from others.
const OF_ONE_MAX: usize = 64;

/// For how long it is kept after its time is over: so long people look back on a note. What is said before the shift that it is about has come is kept
/// as long as a shift can be ahead.
const KEPT_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;
const AHEAD_SECONDS: u64 = 120 * Timestamp::DAY_SECONDS;

type Key = PublicKey<DeviceKey>;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShiftWord {
    /// Whose device said it.
    pub(crate) by: Key,
    /// When it came to the relay; of what this device said and has not come back from there, when it did.
    pub(crate) arrived: Timestamp,
    /// What kind of message it is,
    pub(crate) kind: u16,
    /// and what stands in it.
    pub(crate) body: Blob,
    /// In which epoch it was said.
    pub(crate) epoch: Epoch,
    /// Whether it has come from the relay.
    pub(crate) heard: bool,
}

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ShiftSays {
    /// A shift is handed over.
    HandOver(HandOver),
    /// Somebody asks another to have one.
    Swap(Swap),
    /// What is said of one of these.
    Answer(Want, ShiftAnswer),
}

impl ShiftWord {
    /// What it says; `None` for what nobody should have written.
    #[must_use]
    pub(crate) fn says(&self) -> Option<ShiftSays> {
        says(self.kind, &self.body.0)
    }

    /// What tells it from others by the same device: what it is about, and what it says of that.
    fn key(&self) -> Option<(Hash, u16)> {
        Some(match self.says()? {
            ShiftSays::HandOver(it) => (it.hash(&self.by), 0),
            ShiftSays::Swap(it) => (it.hash(&self.by), 0),
            ShiftSays::Answer(_, it) => (it.of, it.said.into()),
        })
    }

    /// Until when it can matter.
    fn until(&self) -> Timestamp {
        match self.says() {
            Some(ShiftSays::HandOver(it)) => it.until.max(self.arrived).plus(KEPT_SECONDS),
            Some(ShiftSays::Swap(it)) => it.until.max(self.arrived).plus(KEPT_SECONDS),
            _ => self.arrived.plus(AHEAD_SECONDS),
        }
    }
}

/// What a body says, by the kind of its message.
#[must_use]
pub(crate) fn says(kind: u16, body: &[u8]) -> Option<ShiftSays> {
    match kind {
        KIND_HAND_OVER => HandOver::decode(body).map(ShiftSays::HandOver),
        KIND_SWAP => Swap::decode(body).map(ShiftSays::Swap),
        KIND_HAND_OVER_ANSWER => {
            ShiftAnswer::decode(body).map(|it| ShiftSays::Answer(Want::HandOver, it))
        }
        KIND_SWAP_ANSWER => ShiftAnswer::decode(body).map(|it| ShiftSays::Answer(Want::Swap, it)),
        _ => None,
    }
}

/// A hand-over or a swap, with all that was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownShift {
    /// What an answer to it names.
    pub(crate) hash: Hash,
    /// Who gives what to whom, and what became of it. People are named as the roster tells them apart.
    pub(crate) offer: Offer<Key>,
    /// What goes with it, where it is for this device's person.
    pub(crate) note: String,
    /// Why it was refused, likewise.
    pub(crate) because: String,
}

/// Everything that is kept, in no order. Of what cannot be read it goes by the rota: so it does for whoever has not heard of it.
///
/// # Errors
/// [`DeviceError`] of the system.
pub(crate) fn read(device: &Device) -> Result<Vec<ShiftWord>, DeviceError> {
    match device.files().read(SHIFTS) {
        Err(error @ DeviceError::Damaged(..)) => {
            tracing::warn!(%error, "it is not known any more what was said of shifts");
            Ok(Vec::new())
        }
        read => Ok(read?.unwrap_or_default()),
    }
}

/// Keeps one more; whether it was not known. The same said again, later or by another message, is no other.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(crate) fn note(device: &Device, word: ShiftWord) -> Result<bool, DeviceError> {
    change(device, |all| take(all, word))
}

/// Notes that what this device said was said again in this epoch.
///
/// # Errors
/// [`DeviceError`]; it is said once more then.
pub(crate) fn said_again(
    device: &Device,
    these: &[ShiftWord],
    epoch: Epoch,
) -> Result<(), DeviceError> {
    change(device, |all| {
        let is_it = |it: &ShiftWord| {
            let mut these = these.iter();
            these.any(|one| one.by == it.by && one.key() == it.key())
        };
        for word in all.iter_mut().filter(|it| is_it(it)) {
            word.epoch = epoch;
        }
    })
}

fn change<T>(
    device: &Device,
    change: impl FnOnce(&mut Vec<ShiftWord>) -> T,
) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = read(device)?;
    let mut all = before.clone();
    let done = change(&mut all);
    if all != before {
        device.files().write(SHIFTS, &codec::encode(&all))?;
    }
    Ok(done)
}

fn take(all: &mut Vec<ShiftWord>, word: ShiftWord) -> bool {
    let Some(key) = word.key() else { return false };
    let same = |it: &&mut ShiftWord| it.by == word.by && it.key() == Some(key);
    if let Some(known) = all.iter_mut().find(same) {
        known.arrived = match (known.heard, word.heard) {
            (false, true) => word.arrived,
            (true, false) => known.arrived,
            _ => known.arrived.min(word.arrived),
        };
        known.heard |= word.heard;
        // What goes with it came to some, and to others not; of two the longer, so that everybody who has both comes to the same.
        let rank = |body: &Blob| (body.0.len(), body.0.clone());
        if rank(&known.body) < rank(&word.body) {
            known.body = word.body;
        }
        return false;
    }
    let (by, now) = (word.by, word.arrived);
    all.push(word);
    all.retain(|it| it.until() >= now);
    let count = all.iter().filter(|it| it.by == by).count();
    let mut over = count.saturating_sub(OF_ONE_MAX);
    while over > 0 {
        let of_one = all.iter().enumerate().filter(|(_, it)| it.by == by);
        let oldest = of_one.min_by_key(|(_, it)| (it.arrived, it.key()));
        let Some((at, _)) = oldest else { break };
        all.remove(at);
        over -= 1;
    }
    true
}

/// What all that was said comes to, by the roster and by what was said of senders. Pure, and the same in whatever order it came.
#[must_use]
pub(crate) fn known(
    words: &[ShiftWord],
    roster: &Roster,
    frozen: &[SaidOfSender],
) -> Vec<KnownShift> {
    let counts = |word: &&ShiftWord| {
        let freezes = freezes(frozen, &word.by, roster);
        !freezes.iter().any(|it| it.covers(word.arrived))
    };
    let words: Vec<&ShiftWord> = words.iter().filter(counts).collect();
    let answers = |want: Want, of: Hash| {
        let answers = words.iter().filter_map(move |word| match word.says()? {
            ShiftSays::Answer(to, answer) if to == want && answer.of == of => {
                Some((word.arrived, roster.person_of(&word.by)?, answer))
            }
            _ => None,
        });
        answers.collect::<Vec<_>>()
    };
    let shifts = words.iter().filter_map(|word| {
        let (want, to, hours, hash, note) = match word.says()? {
            ShiftSays::HandOver(it) => {
                let hash = it.hash(&word.by);
                (Want::HandOver, it.to, (it.turn, it.until), hash, it.note)
            }
            ShiftSays::Swap(it) => {
                let hash = it.hash(&word.by);
                (Want::Swap, it.to, (it.from, it.until), hash, String::new())
            }
            ShiftSays::Answer(..) => return None,
        };
        let (by, to) = (roster.person_of(&word.by)?, roster.person_of(&to)?);
        let answers = answers(want, hash);
        let said = |who: Key, what: ShiftSaid| {
            let said = answers.iter();
            let said = said.filter(move |(_, by, it)| *by == who && it.said == what);
            said.map(|(at, ..)| *at).min()
        };
        let refusals = answers.iter();
        let because = refusals.filter(|(_, by, it)| *by == to && it.said == ShiftSaid::Refused);
        Some(KnownShift {
            hash,
            offer: Offer {
                want,
                by,
                to,
                from: hours.0,
                until: hours.1,
                arrived: word.arrived,
                accepted: said(to, ShiftSaid::Accepted),
                refused: said(to, ShiftSaid::Refused),
                taken_back: said(by, ShiftSaid::TakenBack),
            },
            note,
            because: because
                .map(|(.., it)| it.because.clone())
                .max()
                .unwrap_or_default(),
        })
    });
    let mut shifts: Vec<KnownShift> = shifts.collect();
    shifts.sort_by_key(|it| (it.offer.from, it.offer.arrived, it.hash));
    shifts
}

/// The same of what this device has.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn all(device: &Device, roster: &Roster) -> Result<Vec<KnownShift>, DeviceError> {
    let words = read(device)?;
    match words.is_empty() {
        true => Ok(Vec::new()),
        false => Ok(known(&words, roster, &frozen::read(device)?)),
    }
}

/// Somebody who can be on duty: a member or coordinator who is in the rota, or reads new alerts by default.
#[must_use]
pub(crate) fn can_be_on_duty<'r>(roster: &'r Roster, who: &Key) -> Option<&'r Person> {
    let person = roster.whoever(who)?;
    let is_named = roster
        .duty()
        .is_some_and(|rota| rota.named().any(|it| it == *who));
    let all: Vec<Key> = roster.persons().map(|it| it.person).collect();
    let (_, policy) = roster.policy_at(Position(u32::MAX));
    let reads = is_named || policy.on_duty(&all).who.contains(who);
    (person.role.reads_by_default() && reads).then_some(person)
}

/// The rota with what was agreed laid over it, as it is for what these people read; `None` where there is no rota.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn rota(
    device: &Device,
    roster: &Roster,
    reads: impl Fn(Key) -> bool,
) -> Result<Option<Rota<Key>>, DeviceError> {
    let Some(rota) = roster.duty() else {
        return Ok(None);
    };
    let offers = all(device, roster)?.into_iter().map(|it| it.offer);
    Ok(Some(laid_over(
        rota,
        &offers.collect::<Vec<_>>(),
        roster,
        reads,
    )))
}

/// The same of what is known already.
#[must_use]
pub(crate) fn laid_over(
    rota: &Rota<Key>,
    offers: &[Offer<Key>],
    roster: &Roster,
    reads: impl Fn(Key) -> bool,
) -> Rota<Key> {
    let rota = rota.map(|who| roster.whoever(&who).map(|it| it.person));
    let rank = |who: Key| can_be_on_duty(roster, &who).map(|it| it.came);
    shifted(&rota, offers, rank, reads)
}

#[cfg(test)]
#[path = "shifts_tests.rs"]
pub(crate) mod tests;
