//! Another device of somebody: the side of who has the pen. It writes down what a person's own device asks for and says, and nobody else's word
//! brings a device in (R20).

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey, Signed},
};

use super::{
    admit::{closed, let_in, refuse, take_back},
    inviting::queue_bundle,
    transaction::{AdmissionError, RosterTransaction},
    views::view_in,
};
use crate::{
    device::{
        Device, IssuedInvitation, WeekBook,
        added::{self, Added},
        frozen, issued,
    },
    extensions::Extensions,
    group::{Add, Another, Change, Claim, Invited, NewDevice, Proof, Role, Roster, RosterError},
    ids::Position,
    invitation::Secret,
    message::Delegation,
};

/// Invitations for devices that one person has in one epoch: each costs the group a mailbox and entries for ever.
const IN_EPOCH_MAX: usize = 16;

/// An invitation for another device of somebody.
pub(crate) struct Wanted<'a> {
    /// Whose: a device of theirs.
    pub(crate) of: PublicKey<DeviceKey>,
    /// Its secret.
    pub(crate) secret: &'a Secret,
    /// Who may speak for the code, where another device made it.
    pub(crate) delegation: Option<&'a Signed<Delegation>>,
    /// Until when it is to be used.
    pub(crate) expires: Timestamp,
}

/// Makes an invitation for another device of somebody. One that waits is taken back: there is one newest code.
///
/// # Errors
/// [`AdmissionError`]; nothing is changed then.
pub(crate) fn invite_another(
    device: &Device,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Position, AdmissionError> {
    let mut change = RosterTransaction::begin(device, now)?;
    let keys = wanted.secret.keys();
    if let Some(known) = change.roster.invitation(&keys.invitation.public()) {
        return Ok(known.at);
    }
    let person = change.roster.person(&wanted.of).map(|it| it.person);
    let person = person.ok_or(AdmissionError::Rule(RosterError::Contradiction))?;
    let turned = change.roster.turned();
    let theirs = change.roster.invited().iter();
    let theirs: Vec<&Invited> = theirs.filter(|it| it.of == Some(person)).collect();
    if theirs.iter().filter(|it| it.at >= turned).count() >= IN_EPOCH_MAX {
        return Err(RosterError::OverLimit.into());
    }
    let before = theirs.iter().filter(|it| it.is_open());
    let before: Vec<Position> = before.map(|it| it.at).collect();
    for at in &before {
        take_back(&mut change, *at)?;
    }
    let admitted_at = change.append(Change::Another(Another {
        invitation: keys.invitation.public(),
        of: wanted.of,
        mailbox: keys.mailbox(),
        expires: wanted.expires,
        extensions: Extensions::none(),
    }))?;
    let invited = change.roster.invitation(&keys.invitation.public());
    let admit = invited.ok_or(AdmissionError::NotInvited)?.admit.clone();
    let view = view_in(&change.roster, &WeekBook::read(device), now);
    queue_bundle(&mut change, &keys, (&admit, wanted.delegation), view)?;
    change.issued.push(IssuedInvitation {
        delegation: wanted.delegation.cloned(),
        ..IssuedInvitation::new(wanted.secret.clone(), keys.mailbox(), admitted_at)
    });
    change.commit()?;
    for at in &before {
        closed(device, *at)?;
    }
    Ok(admitted_at)
}

/// What somebody's word is about: the keys of the device that has come.
pub(crate) fn new_device(roster: &Roster, claim: &Claim) -> Option<NewDevice> {
    Some(NewDevice {
        group: roster.id(),
        invitation: claim.invitation,
        device: claim.device,
        key: claim.key,
        turn: claim.turn.clone()?,
    })
}

/// Lets in another device of somebody, who says that it is theirs.
///
/// # Errors
/// [`AdmissionError`]; nothing is changed then.
pub(crate) fn add_device(
    device: &Device,
    at: Position,
    proof: Proof,
    now: Timestamp,
) -> Result<(), AdmissionError> {
    let_in(device, at, now, |roster, claim| {
        let new = new_device(roster, claim).ok_or(AdmissionError::NoClaim)?;
        Ok(Change::Add(Add {
            admitted_at: at,
            device: new.device,
            key: new.key,
            turn: new.turn,
            proof,
            extensions: Extensions::none(),
        }))
    })
}

/// A device that has come, and waits for its person's word.
pub(crate) struct Waiting {
    /// The entry that invited it.
    pub(crate) at: Position,
    /// Whose it is to be.
    pub(crate) whose: PublicKey<DeviceKey>,
    /// As it came.
    pub(crate) claim: Signed<Claim>,
}

/// The devices that wait for their person's word.
pub(crate) fn waiting(device: &Device, roster: &Roster) -> Result<Vec<Waiting>, AdmissionError> {
    let all = issued::all(device)?.into_iter().filter(|it| !it.refused);
    let waiting = all.filter_map(|issued| {
        let mut invited = roster.invited().iter();
        let invited = invited.find(|it| it.at == issued.admitted_at)?;
        Some(Waiting {
            at: issued.admitted_at,
            whose: invited.of.filter(|_| invited.is_open())?,
            claim: issued.claim?,
        })
    });
    Ok(waiting.collect())
}

/// Writes down, on the device that has the pen, what people's own devices ask for and say. Whether anything was written.
///
/// # Errors
/// [`AdmissionError`]; nothing of that step is written then.
pub(crate) fn carry_out_added(device: &Device, now: Timestamp) -> Result<bool, AdmissionError> {
    let Some(roster) = device.roster()?.filter(|roster| !roster.is_newer()) else {
        return Ok(false);
    };
    if !device.has_pen()? {
        return Ok(false);
    }
    let known = added::read(device, &roster, now);
    let waiting = waiting(device, &roster)?;
    write_down(device, (&roster, &known), waiting, now)
}

/// Writes down what was read. Another program of this device may have done so since, or have handed the pen on.
pub(super) fn write_down(
    device: &Device,
    (roster, known): (&Roster, &Added),
    waiting: Vec<Waiting>,
    now: Timestamp,
) -> Result<bool, AdmissionError> {
    let mut any = false;
    for ask in &known.asks {
        let person = roster.person(&ask.by);
        let may = person.is_some_and(|it| matches!(it.role, Role::Coordinator | Role::Member));
        if may && frozen::in_force(device, &ask.by, roster)?.is_empty() {
            let wanted = Wanted {
                of: ask.by,
                secret: &ask.secret,
                delegation: Some(&ask.delegation),
                expires: ask.expires,
            };
            any |= is_written(device, invite_another(device, &wanted, now).map(drop))?;
        }
    }
    for Waiting { at, whose, claim } in waiting {
        let Ok(claim) = claim.peek() else { continue };
        match word(device, (roster, known), &whose, &claim)? {
            Some(Some(proof)) => any |= is_written(device, add_device(device, at, proof, now))?,
            Some(None) => any |= is_written(device, refuse(device, at, now))?,
            None => {}
        }
    }
    // What was not written down, as the pen was handed on, stays: it may come back.
    if !known.asks.is_empty() && device.has_pen()? {
        added::change(device, (roster, now), |all| {
            all.asks.retain(|it| !known.asks.contains(it));
        })?;
    }
    Ok(any)
}

/// Whether a step was written. What the rules forbid is not tried again for ever, and keeps nothing else waiting.
fn is_written(device: &Device, done: Result<(), AdmissionError>) -> Result<bool, AdmissionError> {
    match done {
        Ok(()) => Ok(true),
        Err(AdmissionError::Rule(error)) => {
            tracing::debug!(%error, "a device is not let in");
            Ok(false)
        }
        // Another program of this device was faster: it has decided, or the pen is another device's now, which hears the same.
        Err(AdmissionError::NoClaim) => Ok(false),
        Err(_) if !device.has_pen()? => Ok(false),
        Err(error) => Err(error),
    }
}

/// The word that counts on who has come, while nobody has frozen the person: that of the recovery key, in the claim itself, as who has a lost device in
/// their hands would say no; else of one of the person's devices. The first that says no is heard before any that says yes.
fn word(
    device: &Device,
    (roster, known): (&Roster, &Added),
    whose: &PublicKey<DeviceKey>,
    claim: &Claim,
) -> Result<Option<Option<Proof>>, AdmissionError> {
    let Some(new) = new_device(roster, claim) else {
        return Ok(None);
    };
    let first = roster.whoever(whose).map(|it| it.device);
    if let Some(first) = first
        && !frozen::in_force(device, &first, roster)?.is_empty()
    {
        return Ok(None);
    }
    let words = known.words.iter().filter(|it| {
        let theirs = roster.person(&it.by).is_some_and(|by| by.person == *whose);
        theirs && it.invitation == claim.invitation
    });
    let recovery = claim.proof().filter(|proof| match proof {
        Proof::Recovery(key, _) => first.and_then(|it| roster.recovery_of(&it)) == Some(*key),
        Proof::Device(..) => false,
    });
    if let Some(proof) = recovery.filter(|proof| new.is_proven(proof)) {
        return Ok(Some(Some(proof)));
    }
    let mut said: Vec<Option<Proof>> = words.map(|it| it.proof).collect();
    said.retain(|it| it.is_none_or(|proof| new.is_proven(&proof)));
    let no = said.iter().find(|it| it.is_none());
    Ok(no.or(said.first()).copied())
}
