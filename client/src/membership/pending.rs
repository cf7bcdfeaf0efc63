//! What nobody does alone: who wishes what, who agreed, and, on the device that has the pen, writing it down as soon as all have agreed
//! whom it takes. And the pen itself, that is handed over or taken.

use std::collections::BTreeSet;

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey, Signed},
};

use super::{
    custody::share,
    take_over::{self, is_member_of_one, take_from_the_only_one},
    transaction::{AdmissionError, RosterTransaction},
    turn::turn_in,
    views::send_views,
};
use crate::{
    device::{Device, DeviceError, agreed, frozen, issued, shared},
    extensions::Extensions,
    group::{
        Change, Consent, ConsentTo, Hand, Lacking, Role, RoleChange, Roster, SetRecovery, Take,
        in_order_once,
    },
};

/// A step that somebody wishes and nobody has written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What.
    pub act: PendingAct,
    /// Which device it is about, of a person one of theirs: who is put out, becomes or is not a coordinator any more, takes the pen.
    pub about: PublicKey<DeviceKey>,
    /// The name of that person, as the roster has it.
    pub name: String,
    /// The names of those who agreed.
    pub by: Vec<String>,
    /// Whether this device's person is among them.
    pub is_mine: bool,
    /// Who is still to agree.
    pub lacking: Lacking,
    /// Whether who has the pen is put out by it: of the only coordinator a member takes it so.
    pub puts_out: bool,
}

/// What is wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PendingAct {
    /// That somebody is put out.
    Remove,
    /// That one device of somebody's is, and they stay.
    RemoveDevice,
    /// That somebody becomes a coordinator.
    Promote,
    /// That somebody is a coordinator no more.
    Demote,
    /// That somebody takes the pen from who has it.
    Take,
}

impl PendingAct {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::RemoveDevice => "remove-device",
            Self::Promote => "promote",
            Self::Demote => "demote",
            Self::Take => "take-pen",
        }
    }

    pub(crate) fn of(to: ConsentTo) -> Option<Self> {
        match to {
            ConsentTo::Remove => Some(Self::Remove),
            ConsentTo::RemoveDevice => Some(Self::RemoveDevice),
            ConsentTo::Promote => Some(Self::Promote),
            ConsentTo::Demote => Some(Self::Demote),
            ConsentTo::Unknown(_) => None,
        }
    }
}

type Key = PublicKey<DeviceKey>;

/// One step, with those who agreed with it.
struct Wish {
    to: ConsentTo,
    about: Key,
    consents: Vec<Signed<Consent>>,
    by: BTreeSet<Key>,
}

/// What people agreed with in this epoch, of those who are asked.
fn wishes(device: &Device, roster: &Roster) -> Result<Vec<Wish>, DeviceError> {
    let mut all: Vec<Wish> = Vec::new();
    for signed in agreed::read(device, roster)
        .consents
        .into_iter()
        .chain(lost_consents(roster))
    {
        let Ok(said) = signed.verify_own(|said| said.by) else {
            continue;
        };
        if !is_asked(device, roster, &said.by)? || said.group != roster.id() {
            continue;
        }
        // Of a person it does not matter which of their devices somebody named.
        let is_same = |about: &Key| match said.to {
            ConsentTo::RemoveDevice => *about == said.about,
            _ => roster.is_same_person(about, &said.about),
        };
        let of = |it: &&mut Wish| it.to == said.to && is_same(&it.about);
        let wish = match all.iter_mut().find(of) {
            Some(wish) => wish,
            None => {
                all.push(Wish {
                    to: said.to,
                    about: said.about,
                    consents: Vec::new(),
                    by: BTreeSet::new(),
                });
                let Some(last) = all.last_mut() else { continue };
                last
            }
        };
        if wish.by.insert(said.by) {
            wish.consents.push(signed);
        }
    }
    Ok(all)
}

/// What people agreed with in this epoch by which somebody is out whom the chain has in: nobody is asked for it again (B6).
fn lost_consents(roster: &Roster) -> impl Iterator<Item = Signed<Consent>> + use<'_> {
    let lost = roster.lost_removals().into_iter();
    lost.flat_map(|it| it.consents).filter(|consent| {
        consent.peek().is_ok_and(|said| {
            let is_out = roster.out().any(|key| *key == said.about);
            is_out && said.epoch == roster.epoch().number
        })
    })
}

/// The devices of which somebody who is asked wishes that they are put out.
pub(super) fn to_be_put_out(
    device: &Device,
    roster: &Roster,
) -> Result<BTreeSet<Key>, DeviceError> {
    let mut leaving = BTreeSet::new();
    for wish in wishes(device, roster)? {
        match wish.to {
            ConsentTo::Remove => {
                leaving.extend(roster.devices_of(&wish.about).map(|it| it.device));
            }
            ConsentTo::RemoveDevice => _ = leaving.insert(wish.about),
            _ => {}
        }
    }
    Ok(leaving)
}

/// Whether a person's agreement counts. Of a device that is frozen it does not until that is lifted: others may have it in their hands. The
/// chain's rules know nothing of that, so it holds for what this device writes and signs.
fn is_asked(device: &Device, roster: &Roster, by: &Key) -> Result<bool, DeviceError> {
    let person = roster.person(by);
    let may = person.is_some_and(|it| matches!(it.role, Role::Coordinator | Role::Member));
    Ok(may && frozen::in_force(device, by, roster)?.is_empty())
}

/// What people agreed with in this epoch by which somebody is put out.
pub(super) fn agreed_to_remove(
    device: &Device,
    roster: &Roster,
    about: &Key,
) -> Result<Vec<Signed<Consent>>, DeviceError> {
    let mut all = wishes(device, roster)?.into_iter();
    let wish = all.find(|it| it.to == ConsentTo::Remove && roster.is_same_person(&it.about, about));
    Ok(wish.map(|it| it.consents).unwrap_or_default())
}

/// Who signed so that somebody takes the pen after this head. Where a member takes it from the only coordinator, who is put out by the same,
/// only who agreed with that, too.
fn signed_for(
    device: &Device,
    roster: &Roster,
) -> Result<Vec<(Key, Vec<agreed::ForTaker>)>, DeviceError> {
    let mut all: Vec<(Key, Vec<agreed::ForTaker>)> = Vec::new();
    for said in agreed::read(device, roster).takers {
        if said.head != roster.head() || !is_asked(device, roster, &said.by)? {
            continue;
        }
        if is_member_of_one(roster, &said.taker) && said.by != said.taker {
            let consents = agreed_to_remove(device, roster, &roster.holder())?;
            let mut by = consents.iter().filter_map(|it| it.peek().ok());
            if !by.any(|it| roster.is_same_person(&it.by, &said.by)) {
                continue;
            }
        }
        match all.iter_mut().find(|(taker, _)| *taker == said.taker) {
            Some((_, signed)) => signed.push(said),
            None => all.push((said.taker, vec![said])),
        }
    }
    Ok(all)
}

/// What waits for somebody's agreement, or for the device that has the pen.
///
/// # Errors
/// [`DeviceError`].
pub fn pending(device: &Device) -> Result<Vec<Pending>, DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(Vec::new());
    };
    let me = device.signing().public();
    let name = |key: &Key| roster.person(key).map(|person| person.name.clone());
    let pending = |act, about: Key, by: &BTreeSet<Key>, lacking| {
        Some(Pending {
            act,
            about,
            name: name(&about)?,
            by: in_order_once(by.iter().filter_map(name)),
            is_mine: by.iter().any(|by| roster.is_same_person(by, &me)),
            lacking,
            puts_out: act == PendingAct::Take && is_member_of_one(&roster, &about),
        })
    };
    let wishes = wishes(device, &roster)?.into_iter().filter_map(|wish| {
        let lacking = roster.lacking(wish.to, wish.about, &wish.by)?;
        // Of the only coordinator it is said with who takes the pen from them.
        if lacking.another_holder && is_member_of_one(&roster, &me) {
            return None;
        }
        pending(PendingAct::of(wish.to)?, wish.about, &wish.by, lacking)
    });
    let takes = signed_for(device, &roster)?.into_iter();
    let takes = takes.filter_map(|(taker, signed)| {
        let by = signed.iter().map(|it| it.by).collect();
        let lacking = roster.lacking_to_take(taker, &by)?;
        pending(PendingAct::Take, taker, &by, lacking)
    });
    Ok(wishes.chain(takes).collect())
}

/// Writes down what all have agreed with whom it takes, on the device that has the pen; takes the pen on the device for which a quorum
/// has signed. Whether anything was written.
///
/// # Errors
/// [`AdmissionError`]; nothing of that step is written then.
pub(crate) fn carry_out_agreed(device: &Device, now: Timestamp) -> Result<bool, AdmissionError> {
    let mut any = take_signed(device, now)?;
    loop {
        let Some(roster) = device.roster()?.filter(|roster| !roster.is_newer()) else {
            return Ok(any);
        };
        // What somebody said last in an epoch whose mailbox the relay does not know yet waits for that.
        if !device.has_pen()? {
            return Ok(any);
        }
        if next_agreed(device, &roster)?.is_none() && next_recovery(device, &roster)?.is_none() {
            return Ok(any);
        }
        let change = match RosterTransaction::begin(device, now) {
            Err(_) if !device.has_pen()? => return Ok(any),
            begun => begun?,
        };
        // By the roster under the lock: another program of this device may have written the same step, or another epoch, in between.
        if let Some(wish) = next_agreed(device, &change.roster)? {
            write(change, wish)?;
            any = true;
        } else if let Some(set) = next_recovery(device, &change.roster)? {
            let mut change = change;
            change.append(Change::Recovery(set))?;
            change.commit()?;
            any = true;
        }
    }
}

/// The recovery key that is written down next. Those of who is frozen are forgotten: who has the device in their hands could come back by one, also
/// when that is lifted.
fn next_recovery(device: &Device, roster: &Roster) -> Result<Option<SetRecovery>, DeviceError> {
    for set in agreed::read(device, roster).recoveries {
        if is_asked(device, roster, &set.by)? {
            return Ok(Some(set));
        }
        agreed::change(device, roster, |all| all.recoveries.retain(|it| *it != set))?;
    }
    Ok(None)
}

/// The step that is written down next: one with which all have agreed whom it takes.
fn next_agreed(device: &Device, roster: &Roster) -> Result<Option<Wish>, DeviceError> {
    let is_agreed = |wish: &Wish| {
        let lacking = roster.lacking(wish.to, wish.about, &wish.by);
        lacking.is_some_and(|lacking| lacking.is_nobody())
    };
    let agreed = wishes(device, roster)?.into_iter().filter(is_agreed);
    // Who is to be put out is not made anything first.
    Ok(agreed.min_by_key(|wish| PendingAct::of(wish.to)))
}

fn write(mut change: RosterTransaction<'_>, wish: Wish) -> Result<(), AdmissionError> {
    let device = change.device;
    let me = device.signing().public();
    // The author's signature says it.
    let mut consents = wish.consents;
    consents.retain(|it| it.peek().is_ok_and(|it| it.by != me));
    match wish.to {
        ConsentTo::Remove => {
            let all = change.roster.devices_of(&wish.about);
            let all: Vec<Key> = all.map(|it| it.device).collect();
            return turn_in(change, &all, consents);
        }
        ConsentTo::RemoveDevice => return turn_in(change, &[wish.about], consents),
        ConsentTo::Promote => {
            let at = change.append(Change::Promote(RoleChange {
                device: wish.about,
                consents,
                extensions: Extensions::none(),
            }))?;
            let shared = share(&mut change, false)?;
            send_views(&mut change, &issued::all(device)?, at)?;
            change.commit()?;
            shared::store(device, &shared)?;
        }
        ConsentTo::Demote => {
            change.append(Change::Demote(RoleChange {
                device: wish.about,
                consents,
                extensions: Extensions::none(),
            }))?;
            // What rules the mailbox they still have.
            return turn_in(change, &[], Vec::new());
        }
        ConsentTo::Unknown(_) => {}
    }
    Ok(())
}

/// Gives the pen to another coordinator, whose device is entrusted with everything first.
///
/// # Errors
/// [`AdmissionError`]; nothing is changed then.
pub fn hand_pen(device: &Device, to: &Key, now: Timestamp) -> Result<(), AdmissionError> {
    let mut change = RosterTransaction::begin(device, now)?;
    let shared = share(&mut change, true)?;
    change.append(Change::Hand(Hand {
        to: *to,
        extensions: Extensions::none(),
    }))?;
    change.commit()?;
    Ok(shared::store(device, &shared)?)
}

/// Takes the pen if enough have signed for this device at the roster's head.
fn take_signed(device: &Device, now: Timestamp) -> Result<bool, AdmissionError> {
    take_over::settle(device)?;
    let Some(roster) = device.roster()?.filter(|roster| !roster.is_newer()) else {
        return Ok(false);
    };
    let me = device.signing().public();
    let mut all = signed_for(device, &roster)?.into_iter();
    let Some((_, signed)) = all.find(|(taker, _)| *taker == me) else {
        return Ok(false);
    };
    // Not on the others' word alone: this person has to want it.
    if !signed.iter().any(|it| it.by == me) {
        return Ok(false);
    }
    let by = signed.iter().map(|it| it.by).collect();
    let lacking = roster.lacking_to_take(me, &by);
    if !lacking.is_some_and(|lacking| lacking.is_nobody()) {
        return Ok(false);
    }
    let signatures = signed.into_iter().filter(|it| it.by != me);
    let take = Take {
        signatures: signatures.map(|it| (it.by, it.signature)).collect(),
        extensions: Extensions::none(),
    };
    if is_member_of_one(&roster, &me) {
        return take_from_the_only_one(device, (&roster, take), now);
    }
    let mut change = RosterTransaction::begin_taking(device, now)?;
    if change.roster.head() != roster.head() {
        return Ok(false);
    }
    change.append(Change::Take(take))?;
    change.commit()?;
    Ok(true)
}

#[cfg(test)]
#[path = "pending_tests.rs"]
mod tests;
