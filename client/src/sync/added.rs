//! Another device of this device's person: asking for an invitation, and saying whether who has come by it is theirs. Who has the pen does the rest
//! by itself.
//!
//! The code is made here and shown at once, whoever has the pen: it goes from one screen to the other, and to the holder sealed. What lets the
//! device in is not the code but the person's word, given after they have compared the code of the device on both screens: whoever saw the
//! code over their shoulder comes no further than to be refused.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    compose::{ComposeError, compose_for},
    receive::Received,
};
use crate::{
    device::{
        Device, DeviceError,
        added::{self, Ask, Mine, Word},
        relay_now,
    },
    extensions::Extensions,
    group::{Claim, DEVICES_MAX, Invited, Role, Roster, valid_claim},
    invitation::{Code, CoordinatorMark, Secret},
    membership::{
        AdmissionError, Waiting, Wanted, add_device, carry_out_added, invite_another, new_device,
        refuse, waiting,
    },
    message::{
        AskForDevice, Coordinator, Delegation, DeviceAsks, KIND_ASK_FOR_DEVICE, KIND_DEVICE_ASKS,
        KIND_WORD_ON_DEVICE, Sender, VerifiedMessage, WordOnDevice,
    },
    seal::MemberKey,
    text::device_code,
};

/// Two people, or one at two tables, need minutes; who has the pen may be away for a day.
const CODE_SECONDS: u64 = 3 * Timestamp::DAY_SECONDS;

/// Why no device was asked for, or let in.
#[derive(Debug, thiserror::Error)]
pub enum AddDeviceError {
    /// Members and coordinators have several devices, nobody else.
    #[error("this device's person cannot have another")]
    MayNot,
    /// They have as many as one may.
    #[error("no more devices are possible")]
    TooMany,
    /// No device asks to be theirs.
    #[error("no device asks")]
    Nobody,
    /// Another device asks than the one with this code.
    #[error("the device that asks has another code")]
    OtherCode,
    /// It could not be written down.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<DeviceError> for AddDeviceError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// Another device on its way in.
#[derive(Debug)]
pub enum Coming {
    /// Its invitation is asked for: from the device of this person, who has the pen.
    Asked(String),
    /// It is invited: with this code, until then.
    Invited(Box<Code>, Timestamp),
    /// It asks, and has this code.
    Asks(String),
}

/// Asks for an invitation for another device of this one's person; makes it at once on the device that has the pen. One that was asked for before is
/// of no use any more.
///
/// # Errors
/// [`AddDeviceError`]; nothing is asked then.
pub fn ask_for_device(device: &Device, now: Timestamp) -> Result<(), AddDeviceError> {
    let (roster, me) = asked(device)?;
    if roster.devices_of(&me).count() >= DEVICES_MAX {
        return Err(AddDeviceError::TooMany);
    }
    let secret = Secret::random();
    let expires = now.plus(CODE_SECONDS);
    let mine = Mine {
        secret: secret.clone(),
        expires,
    };
    if device.has_pen()? {
        let wanted = Wanted {
            of: me,
            secret: &secret,
            delegation: None,
            expires,
        };
        invite_another(device, &wanted, now)?;
    } else {
        let delegation = device.signing().sign(&Delegation {
            group: roster.id(),
            invitation: secret.keys().invitation.public(),
            coordinator: me,
            to: Coordinator::all(&roster)
                .iter()
                .map(|it| it.device)
                .collect(),
        });
        let body = AskForDevice {
            secret,
            expires,
            delegation,
            extensions: Extensions::none(),
        };
        let said = (KIND_ASK_FOR_DEVICE, codec::encode(&body));
        compose_for(device, said, &coordinators(&roster, &me), now)?;
    }
    added::change(device, (&roster, now), |all| all.mine = Some(mine))?;
    Ok(())
}

/// How far another device of this one's person has come, if one is on its way.
///
/// # Errors
/// [`AddDeviceError`].
pub fn coming(device: &Device, now: Timestamp) -> Result<Option<Coming>, AddDeviceError> {
    let (roster, me) = asked(device)?;
    if let Some((_, claim)) = newest(device, &roster, now)? {
        return Ok(Some(Coming::Asks(device_code(&claim.device))));
    }
    let Some(mine) = added::read(device, &roster, now).mine else {
        return Ok(None);
    };
    let invited = roster.invitation(&mine.secret.keys().invitation.public());
    let Some(invited) = invited else {
        let holder = roster.person(&roster.holder());
        let holder = holder.map(|it| it.name.clone());
        return Ok(Some(Coming::Asked(holder.unwrap_or_default())));
    };
    let relay = relay_now(device)?.ok_or(AddDeviceError::MayNot)?;
    let code = Code {
        secret: mine.secret,
        coordinator: CoordinatorMark::of(&me),
        relay,
    };
    let expires = invited.admit.expires;
    Ok(Some(Coming::Invited(Box::new(code), expires)))
}

/// Says whether the device that asks, whose code this is, is this one's person's. On the device that has the pen it is done at once.
///
/// # Errors
/// [`AddDeviceError`]; nothing is said then.
pub fn say_on_device(
    device: &Device,
    (code, is_mine): (&str, bool),
    now: Timestamp,
) -> Result<(), AddDeviceError> {
    let (roster, me) = asked(device)?;
    let (invited, claim) = newest(device, &roster, now)?.ok_or(AddDeviceError::Nobody)?;
    // It was shown, and answered; another may have come since.
    if digits(code) != digits(&device_code(&claim.device)) {
        return Err(AddDeviceError::OtherCode);
    }
    if is_mine && roster.devices_of(&me).count() >= DEVICES_MAX {
        return Err(AddDeviceError::TooMany);
    }
    let new = new_device(&roster, &claim).ok_or(AddDeviceError::Nobody)?;
    let proof = is_mine.then(|| new.prove(device.signing()));
    if device.has_pen()? {
        match proof {
            Some(proof) => add_device(device, invited.at, proof, now)?,
            None => refuse(device, invited.at, now)?,
        }
        return Ok(());
    }
    let body = WordOnDevice {
        invitation: claim.invitation,
        proof,
        extensions: Extensions::none(),
    };
    let said = (KIND_WORD_ON_DEVICE, codec::encode(&body));
    Ok(compose_for(device, said, &coordinators(&roster, &me), now)?)
}

/// A code as people type it, which they do with and without spaces.
fn digits(code: &str) -> String {
    let digits = code.chars().filter(char::is_ascii_alphanumeric);
    digits.map(|it| it.to_ascii_lowercase()).collect()
}

/// Who has come last by an invitation for another device of this one's person.
fn newest<'r>(
    device: &Device,
    roster: &'r Roster,
    now: Timestamp,
) -> Result<Option<(&'r Invited, Claim)>, AddDeviceError> {
    let me = device.signing().public();
    let mut known = added::read(device, roster, now);
    if device.has_pen()? {
        // It reads the invitation's mailbox itself.
        for Waiting { claim, .. } in waiting(device, roster)? {
            known.claim(claim);
        }
    }
    let mut all = known.claims_of(roster, &me);
    all.sort_by_key(|(invited, _)| invited.at);
    Ok(all.pop())
}

/// The roster, for who may have several devices.
fn asked(
    device: &Device,
) -> Result<(std::sync::Arc<Roster>, PublicKey<DeviceKey>), AddDeviceError> {
    let roster = device.roster()?.ok_or(AddDeviceError::MayNot)?;
    let key = device.signing().public();
    let me = roster.person(&key);
    match me.filter(|me| me.role.reads_by_default()) {
        Some(_) => Ok((roster, key)),
        None => Err(AddDeviceError::MayNot),
    }
}

fn coordinators(roster: &Roster, me: &PublicKey<DeviceKey>) -> Vec<MemberKey> {
    let all = Coordinator::all(roster).into_iter();
    let others = all.filter(|it| it.device != *me);
    others.map(|it| it.key).collect()
}

/// Takes in what somebody says of a device that is to come. What could not be kept can be said again.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
    now: Timestamp,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let me = device.member().to_key();
    let Sender::Known { role, .. } = &verified.sender else {
        return Ok(Received::NotForUs);
    };
    let may = matches!(role, Role::Coordinator | Role::Member);
    // To those who were chosen: a secret that all read would be none.
    if !may || verified.late || !message.audience.chosen.contains(&me) {
        return Ok(Received::NotForUs);
    }
    let by = message.sender;
    let body = &message.body.0;
    let take = |take: &mut dyn FnMut(&mut added::Added) -> bool| {
        added::change(device, (roster, now), take)
    };
    Ok(match message.kind {
        KIND_ASK_FOR_DEVICE => {
            let Some(said) = AskForDevice::decode(body) else {
                return Ok(Received::NotForUs);
            };
            let ask = Ask {
                by,
                secret: said.secret,
                expires: said.expires.min(now.plus(2 * CODE_SECONDS)),
                delegation: said.delegation,
            };
            let is_theirs = ask
                .delegation
                .verify_own(|it| it.coordinator)
                .is_ok_and(|it| {
                    it.coordinator == by
                        && it.group == roster.id()
                        && it.invitation == ask.secret.keys().invitation.public()
                });
            match is_theirs && take(&mut |all| all.ask(ask.clone()))? {
                true => Received::DeviceWanted,
                false => Received::NotForUs,
            }
        }
        KIND_WORD_ON_DEVICE => {
            let said = WordOnDevice::decode(body);
            let word = said.map(|said| Word {
                by,
                invitation: said.invitation,
                proof: said.proof,
            });
            let word = word.map(|word| take(&mut |all| all.word(word.clone())));
            match word.transpose()? == Some(true) {
                true => Received::DeviceWanted,
                false => Received::NotForUs,
            }
        }
        KIND_DEVICE_ASKS if *role == Role::Coordinator => {
            let claim = DeviceAsks::decode(body).map(|said| said.claim);
            let claim = claim.filter(|it| valid_claim(it, roster).is_some());
            let Some(claim) = claim else {
                return Ok(Received::NotForUs);
            };
            match take(&mut |all| all.claim(claim.clone()))? {
                true => Received::DeviceAsks,
                false => Received::NotForUs,
            }
        }
        _ => Received::NotForUs,
    })
}

/// Writes down what people's devices asked for and said, and tells people who has come by their invitations, on the device that has the pen. Whether
/// one has come for this device's own person.
///
/// # Errors
/// [`AdmissionError`].
pub(super) fn see_to_devices(device: &Device, now: Timestamp) -> Result<bool, AdmissionError> {
    carry_out_added(device, now)?;
    let Some(roster) = device.roster()? else {
        return Ok(false);
    };
    if !device.has_pen()? {
        return Ok(false);
    }
    let me = device.signing().public();
    let known = added::read(device, &roster, now);
    let mut is_mine = false;
    for Waiting { at, whose, claim } in waiting(device, &roster)? {
        if !known.is_untold(at, now) {
            continue;
        }
        let theirs = roster.people().iter();
        let theirs = theirs.filter(|it| it.person == whose && it.device != me);
        let theirs: Vec<MemberKey> = theirs.map(|it| it.key).collect();
        is_mine |= roster.person(&me).is_some_and(|it| it.person == whose);
        if !theirs.is_empty() {
            let body = DeviceAsks {
                claim,
                extensions: Extensions::none(),
            };
            let said = (KIND_DEVICE_ASKS, codec::encode(&body));
            if let Err(error) = compose_for(device, said, &theirs, now) {
                tracing::warn!(%error, "nobody could be told that a device of theirs asks");
                continue;
            }
        }
        added::change(device, (&roster, now), |all| {
            all.told.retain(|it| it.0 != at);
            all.told.push((at, now));
        })?;
    }
    Ok(is_mine)
}

#[cfg(test)]
#[path = "added_tests.rs"]
mod tests;
