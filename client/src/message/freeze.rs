//! A person's word that a sender may not be who holds their device: taken, seized, in custody. And another's that it is over. Everything else
//! follows from these, in whatever order they come: pure.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};

use crate::{
    extensions::Extensions,
    group::{Person, Role, Roster},
    ids::MessageId,
    numbered::numbered,
};

/// The kind of a message whose body is a [`Freeze`]. Critical: who does not know it must be told that there is more.
pub(crate) const KIND_FREEZE: u16 = 24;

/// Characters of a reason.
pub(crate) const REASON_CHARS_MAX: usize = 280;

/// Freezes that one message lifts.
const LIFTS_MAX: usize = 64;

numbered! {
    /// Which way.
    pub enum FreezeAct: u16 {
        /// 1: from now on, what the device says may be written by others.
        Freeze = 1,
        /// 2: the freezes that are named are over.
        Lift = 2,
    }
}

/// What such a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Which way.
    pub act: FreezeAct,
    /// Whose device.
    pub device: PublicKey<Device>,
    /// Which freezes are over: those that its author knew. Another that was said meanwhile holds.
    pub lifts: Vec<MessageId>,
    /// Why, in the author's words; empty when nothing was said.
    pub reason: String,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Freeze {
    /// Reads a body; `None` for what a newer program wrote, or nobody should have.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        let fits = read.lifts.len() <= LIFTS_MAX
            && read.reason.chars().count() <= REASON_CHARS_MAX
            && !read.extensions.has_critical();
        fits.then_some(read)
    }
}

/// A freeze or a lift that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SaidOfSender {
    /// Its message.
    pub(crate) id: MessageId,
    /// When it arrived at the relay, by the relay's clock.
    pub(crate) arrived: Timestamp,
    /// Who signed it.
    pub(crate) author: PublicKey<Device>,
    /// What it says.
    pub(crate) freeze: Freeze,
    /// Whether it is no such message, but the word by which the sender said of themselves that they are forced, in a check-in that this device could read.
    pub(crate) is_own_word: bool,
}

/// For which time what a sender said may be written by others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The freeze.
    pub(crate) id: MessageId,
    /// Whether it is the sender's own word, agreed beforehand, that they are forced.
    pub is_own_word: bool,
    /// Who said so.
    pub by: String,
    /// Since when, by the relay's clock.
    pub since: Timestamp,
    /// Why, in their words.
    pub reason: String,
    /// Who lifted it, and when.
    pub lifted: Option<(String, Timestamp)>,
}

impl Frozen {
    /// Whether it was in force when something arrived. In the very second of either counts: nobody knows what came first.
    #[must_use]
    pub(crate) fn covers(&self, arrived: Timestamp) -> bool {
        let is_over = |(_, at): &(String, Timestamp)| arrived > *at;
        self.since <= arrived && !self.lifted.as_ref().is_some_and(is_over)
    }
}

/// The freezes of whoever has a device, those that were lifted too, the oldest first: whoever holds a person may hold all that is theirs.
#[must_use]
pub(crate) fn freezes(
    said: &[SaidOfSender],
    device: &PublicKey<Device>,
    roster: &Roster,
) -> Vec<Frozen> {
    let of = |act| {
        let about = said.iter().filter(move |said| said.freeze.act == act);
        about.filter(|said| roster.is_same_person(&said.freeze.device, device))
    };
    let lifted = |id: MessageId| {
        let lifts = of(FreezeAct::Lift).filter(|said| said.freeze.lifts.contains(&id));
        let lifts = lifts.filter_map(|said| Some((said.arrived, entitled(said, roster)?)));
        let first = lifts.min_by_key(|(at, _)| *at);
        first.map(|(at, person)| (person.name.clone(), at))
    };
    let frozen = of(FreezeAct::Freeze).filter_map(|said| {
        let by = match said.is_own_word {
            // Who checks in may not be in the roster yet.
            true => roster.person(&said.author).map(|it| it.name.clone()),
            false => Some(entitled(said, roster)?.name.clone()),
        };
        Some(Frozen {
            id: said.id,
            is_own_word: said.is_own_word,
            by: by.unwrap_or_default(),
            since: said.arrived,
            reason: said.freeze.reason.clone(),
            lifted: lifted(said.id),
        })
    });
    let mut frozen: Vec<Frozen> = frozen.collect();
    frozen.sort_by_key(|frozen| (frozen.since, frozen.id));
    frozen
}

/// The member or coordinator who said it. Of oneself nobody says it: whoever holds a frozen device would lift it. Of somebody who was put out
/// since it still counts, as it was shown to everybody then.
pub(crate) fn entitled<'a>(said: &SaidOfSender, roster: &'a Roster) -> Option<&'a Person> {
    let person = roster.person(&said.author);
    let person = person.or_else(|| {
        let mut removed = roster.removed().iter();
        let removed = removed.find(|removed| removed.person.device == said.author)?;
        (said.arrived < removed.time).then_some(&removed.person)
    })?;
    let may = matches!(person.role, Role::Coordinator | Role::Member);
    let is_own = roster.is_same_person(&said.author, &said.freeze.device);
    (may && !is_own).then_some(person)
}
