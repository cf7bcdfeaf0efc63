//! Another device of somebody, on its way in: what this device asked for, and who has come by it; and, where it has the pen, what others asked and
//! said.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, Invitation, PublicKey, Signed},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{
    group::{Claim, Invited, Proof, Roster, lifetimes::is_due, valid_claim},
    ids::Position,
    invitation::Secret,
    message::Delegation,
};

const ADDED: &str = "added";

/// What is kept of one author.
const OF_ONE_MAX: usize = 8;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Added {
    /// The invitation that this device asked for.
    pub(crate) mine: Option<Mine>,
    /// Who has come by an invitation for a device of this one's person.
    pub(crate) claims: Vec<Signed<Claim>>,
    /// What others ask of whoever has the pen,
    pub(crate) asks: Vec<Ask>,
    /// and what they say of who has come.
    pub(crate) words: Vec<Word>,
    /// Of which invitation's claim its person was told, and when.
    pub(crate) told: Vec<(Position, Timestamp)>,
}

/// An invitation that this device asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mine {
    /// Its secret.
    pub(crate) secret: Secret,
    /// When it ends.
    pub(crate) expires: Timestamp,
}

/// An invitation that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ask {
    /// The device that asks.
    pub(crate) by: PublicKey<DeviceKey>,
    /// As in [`crate::message::AskForDevice`].
    pub(crate) secret: Secret,
    pub(crate) expires: Timestamp,
    pub(crate) delegation: Signed<Delegation>,
}

/// Somebody's word on a device that has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Word {
    /// The device that says it.
    pub(crate) by: PublicKey<DeviceKey>,
    /// As in [`crate::message::WordOnDevice`].
    pub(crate) invitation: PublicKey<Invitation>,
    pub(crate) proof: Option<Proof>,
}

impl Added {
    /// Takes in what somebody asks: the newest of one author's, as they have shown the newest code. Whether it is new.
    pub(crate) fn ask(&mut self, ask: Ask) -> bool {
        if self.asks.contains(&ask) {
            return false;
        }
        self.asks.retain(|it| it.by != ask.by);
        self.asks.push(ask);
        true
    }

    /// Takes in a word; whether it is new.
    pub(crate) fn word(&mut self, word: Word) -> bool {
        let is_same = |it: &Word| it.by == word.by && it.invitation == word.invitation;
        let of_one = self.words.iter().filter(|it| it.by == word.by).count();
        if self.words.contains(&word) || of_one >= OF_ONE_MAX {
            return false;
        }
        self.words.retain(|it| !is_same(it));
        self.words.push(word);
        true
    }

    /// Takes in who has come; whether it is new.
    pub(crate) fn claim(&mut self, claim: Signed<Claim>) -> bool {
        let is_new = !self.claims.contains(&claim) && self.claims.len() < OF_ONE_MAX;
        if is_new {
            self.claims.push(claim);
        }
        is_new
    }

    /// Forgets what is of no use any more.
    fn forget_old(&mut self, roster: &Roster, now: Timestamp) {
        let is_open = |key: &PublicKey<Invitation>| {
            let invited = roster.invitation(key);
            invited.is_some_and(|it| it.of.is_some() && it.is_open())
        };
        let is_over = |mine: &Mine| {
            let invited = roster.invitation(&mine.secret.keys().invitation.public());
            mine.expires <= now || invited.is_some_and(|it| !it.is_open())
        };
        self.mine = self.mine.take().filter(|mine| !is_over(mine));
        self.claims
            .retain(|it| it.peek().is_ok_and(|it| is_open(&it.invitation)));
        self.words.retain(|it| is_open(&it.invitation));
        self.asks
            .retain(|it| it.expires > now && roster.person(&it.by).is_some());
        self.told.retain(|(at, _)| {
            let mut invited = roster.invited().iter();
            invited.any(|it| it.at == *at && it.is_open())
        });
    }

    /// Who has come by an invitation for another device of whoever has this one, with what the roster has of it.
    pub(crate) fn claims_of<'r>(
        &self,
        roster: &'r Roster,
        device: &PublicKey<DeviceKey>,
    ) -> Vec<(&'r Invited, Claim)> {
        let person = roster.person(device).map(|it| it.person);
        let claims = self.claims.iter();
        let claims = claims.filter_map(|claim| {
            let claim = valid_claim(claim, roster)?;
            let invited = roster.invitation(&claim.invitation)?;
            (invited.of.is_some() && invited.of == person && invited.is_open())
                .then_some((invited, claim))
        });
        claims.collect()
    }

    /// Whether a person has to be told of who has come.
    pub(crate) fn is_untold(&self, at: Position, now: Timestamp) -> bool {
        let told = self.told.iter().find(|it| it.0 == at);
        told.is_none_or(|it| is_due(it.1, now))
    }
}

/// What is of use with this roster. What cannot be read is asked for again.
#[must_use]
pub(crate) fn read(device: &Device, roster: &Roster, now: Timestamp) -> Added {
    let mut all = stored(device);
    all.forget_old(roster, now);
    all
}

fn stored(device: &Device) -> Added {
    let read = device.files().read(ADDED);
    if let Err(error) = &read {
        tracing::warn!(%error, "it is not known any more which devices were to come");
    }
    read.ok().flatten().unwrap_or_default()
}

/// Changes it: alone, and on disk before this returns.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn change<T>(
    device: &Device,
    (roster, now): (&Roster, Timestamp),
    change: impl FnOnce(&mut Added) -> T,
) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = stored(device);
    let mut all = before.clone();
    all.forget_old(roster, now);
    let done = change(&mut all);
    if all != before {
        let encoded = Zeroizing::new(codec::encode(&all));
        device.files().write(ADDED, &encoded)?;
    }
    Ok(done)
}
