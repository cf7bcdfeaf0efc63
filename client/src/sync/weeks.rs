//! Keys of weeks: this device's own, which are made, published and deleted in time, and those of others, to which it seals.

use bellrope_proto::{
    codec,
    envelope::Envelope,
    ids::{MailboxId, Timestamp},
};

use super::{
    compose::{ComposeError, compose_for_all},
    receive::Received,
};
use crate::{
    device::{
        Device, DeviceError, Lasting, WeekBook,
        epochs::FormerEpoch,
        heard::Heard,
        week_book,
        week_secrets::{self, Notes, Secrets},
    },
    extensions::Extensions,
    group::{
        Roster, Week,
        lifetimes::{WEEKS_AHEAD, WEEKS_LEAST},
    },
    message::{KIND_WEEK_KEYS, Sender, VerifiedMessage, View, WeekKeys},
    seal::{self, EpochRecipient, MemberKey, SealError},
};

/// What readers are sealed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedTo {
    /// A key for each reader: of the week, or their lasting one.
    pub(crate) keys: Vec<MemberKey>,
    /// The week, where any of the keys is of it.
    pub(crate) week: Option<Week>,
}

/// The week in which this device seals: by the later of its own clock and the relay's, as it was heard last. A key of a week that is over may be
/// deleted, and what is sealed to it never opened; one of a week to come is only deleted later.
pub(crate) fn sealing_week(device: &Device, now: Timestamp) -> Week {
    let heard = Heard::read(device);
    Week::of(later(now, heard.map(|heard| (heard.at, heard.time))))
}

/// The later of two clocks: this device's, and the relay's, which said `time` when this device's said `at`.
pub(crate) fn later(now: Timestamp, heard: Option<(Timestamp, Timestamp)>) -> Timestamp {
    heard.map_or(now, |(at, time)| {
        let ahead = time.0.saturating_sub(at.0);
        now.plus(ahead).max(time)
    })
}

/// What these readers, by their lasting keys, are sealed to now; `view` is a defender's. Nothing that cannot be read here keeps an alert back: lasting
/// keys are there.
pub(crate) fn sealed_to(
    device: &Device,
    view: Option<&View>,
    readers: &[MemberKey],
    now: Timestamp,
) -> SealedTo {
    let week = sealing_week(device, now);
    let book = match view {
        Some(_) => WeekBook::default(),
        None => WeekBook::read(device),
    };
    let of_week = |reader: &MemberKey| match view {
        Some(view) => {
            let mut weeks = view.weeks_of(reader).into_iter();
            weeks.find(|(of, _)| *of == week).map(|(_, key)| key)
        }
        None => book.key(reader, week),
    };
    let all: Vec<(MemberKey, Option<MemberKey>)> =
        readers.iter().map(|it| (*it, of_week(it))).collect();
    let is_any = all.iter().any(|(_, key)| key.is_some());
    let keys = all.into_iter();
    SealedTo {
        keys: keys.map(|(lasting, key)| key.unwrap_or(lasting)).collect(),
        week: is_any.then_some(week),
    }
}

/// What people say, sealed.
pub(super) struct SealedInWeek {
    /// To keys of the week,
    pub(super) envelope: Envelope,
    /// and to lasting ones, where there are others.
    pub(super) lasting: Option<Lasting>,
    /// What is sealed to lasting keys, without what an epoch is around it.
    pub(super) inside: Vec<u8>,
}

/// Seals what people say: to keys of the week, and beside it to lasting keys, for when it waits for too long. `view` is a defender's.
///
/// # Errors
/// [`SealError`].
pub(super) fn seal_in_week(
    device: &Device,
    view: Option<&View>,
    payload: &[u8],
    (readers, epoch): (&[MemberKey], &EpochRecipient),
    now: Timestamp,
) -> Result<SealedInWeek, SealError> {
    let to = sealed_to(device, view, readers, now);
    let (envelope, inside) = seal::seal_both(payload, &to.keys, epoch)?;
    let Some(week) = to.week else {
        return Ok(SealedInWeek {
            envelope,
            lasting: None,
            inside,
        });
    };
    let (lasting, inside) = seal::seal_both(payload, readers, epoch)?;
    let lasting = Lasting {
        from: week.is_sealed_until(),
        envelope: lasting,
    };
    Ok(SealedInWeek {
        envelope,
        lasting: Some(lasting),
        inside,
    })
}

/// Takes in what somebody says of their keys. That it could not be kept is not worth the messages after it.
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
    let Some(said) = WeekKeys::decode(&message.body.0) else {
        return Ok(Received::NotForUs);
    };
    let person = roster.person(&message.sender);
    let (Some(person), Sender::Known { .. }) = (person, &verified.sender) else {
        return Ok(Received::NotForUs);
    };
    if !person.role.reads() {
        return Ok(Received::NotForUs);
    }
    let said = (person.key, message.time, &said);
    Ok(
        match week_book::hear(device, roster, said, Week::of(now))? {
            week_book::Heard::Twice => Received::TwoKeysForAWeek,
            week_book::Heard::Fine => Received::NotForUs,
        },
    )
}

/// Whether others may have sealed something that arrived then to a key of this device whose secret it does not have: it was put back from an
/// older copy, a file of it is damaged, or somebody published a key in its name.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn has_lost(
    device: &Device,
    arrived: Timestamp,
    now: Timestamp,
) -> Result<bool, DeviceError> {
    let book = WeekBook::read(device);
    let me = device.member().to_key();
    let held = week_secrets::keys(device)?;
    let near = Week(Week::of(arrived).0.saturating_sub(2));
    // Those before, for what waited, and the next, for clocks that differ.
    // What is over was deleted, and read before.
    let mut weeks = near.and_on(4).filter(|week| week.is_over_at() > now);
    Ok(weeks.any(|week| match book.said(&me, week) {
        None => false,
        Some(said) => said.is_none_or(|key| !held.contains(&(week, key))),
    }))
}

/// Sees to this device's own keys, when all that waited in a mailbox has come: erases the secrets of which nothing is needed any more, and
/// publishes keys of weeks to come. `relay` is what the relay's clock says.
///
/// # Errors
/// [`DeviceError`]; it is tried again with the next heartbeat.
pub(super) fn tend(
    device: &Device,
    mailbox: MailboxId,
    relay: Timestamp,
    now: Timestamp,
) -> Result<(), DeviceError> {
    was_read(device, mailbox, relay, now)?;
    let others = WeekBook::read(device).newest_said(&device.member().to_key());
    let passed = week_secrets::passed(now, relay, others);
    forget_epochs(device, passed)?;
    publish(device, passed, now)
}

/// Nobody reads the mailboxes of epochs that are over for so long: their secrets go.
fn forget_epochs(device: &Device, passed: Timestamp) -> Result<(), DeviceError> {
    let is_over = |former: &FormerEpoch| former.reads.is_some() && former.until <= passed;
    if !device.state()?.former.iter().any(is_over) {
        return Ok(());
    }
    device.change(|state| {
        let over = state.former.iter_mut().filter(|it| is_over(it));
        over.for_each(|former| former.reads = None);
    })
}

/// The first half of that, for the mailbox of an epoch that is over.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn was_read(
    device: &Device,
    mailbox: MailboxId,
    relay: Timestamp,
    now: Timestamp,
) -> Result<(), DeviceError> {
    let over = Secrets::lock(device)?.was_read((mailbox, relay), now)?;
    if !over.is_empty() {
        tracing::debug!(
            weeks = over.len(),
            "secrets of weeks that are over are erased"
        );
    }
    Ok(())
}

/// Publishes what has to be. Secrets first, then the statement, then what is noted of it: after a crash in between the same keys are
/// published again.
fn publish(device: &Device, passed: Timestamp, now: Timestamp) -> Result<(), DeviceError> {
    let state = device.state()?;
    let Some(roster) = device.roster()? else {
        return Ok(());
    };
    let me = device.member().to_key();
    let book = WeekBook::read(device);
    let week = Week::of(passed);
    let held = week_secrets::keys(device)?;
    let secret = |week: Week| held.iter().find(|(of, _)| *of == week).map(|(_, key)| *key);
    // What was published and has no secret here: the device was put back from an older copy, or a file is damaged.
    let is_lost = |week: &Week| {
        let own = book.said(&me, *week).flatten();
        own.is_some_and(|key| secret(*week) != Some(key))
    };
    // Also what is void: of such a week there is nothing more to say.
    let is_said = |week: &Week| book.said(&me, *week).is_some();
    let left = week.and_on(WEEKS_AHEAD).take_while(is_said).count();
    let is_due = left < WEEKS_LEAST as usize
        || week.and_on(WEEKS_AHEAD).any(|week| is_lost(&week))
        // Who came since has not heard of them.
        || Notes::read(device).published != Some(roster.epoch().number);
    // Who only reads has nowhere to say it, and stays with the lasting key.
    if !is_due || !state.role.sends() || !state.role.reads() || state.waits_for_succession() {
        return Ok(());
    }
    let is_new = |week: &Week| book.said(&me, *week).is_none();
    let secrets = Secrets::lock(device)?;
    secrets.make(week.and_on(WEEKS_AHEAD).filter(is_new))?;
    drop(secrets);
    let held = week_secrets::keys(device)?;
    let key = |week: Week| {
        let made = held.iter().find(|(of, _)| *of == week).map(|(_, key)| *key);
        match book.said(&me, week) {
            // What is void stays void, and what has no secret any more is void from now on.
            Some(None) => None,
            Some(key) => key.filter(|key| made == Some(*key)),
            None => made,
        }
    };
    let said = WeekKeys {
        first: week,
        keys: week.and_on(WEEKS_AHEAD).map(key).collect(),
        extensions: Extensions::none(),
    };
    match compose_for_all(device, (KIND_WEEK_KEYS, codec::encode(&said)), now) {
        Ok(()) => {}
        Err(ComposeError::Device(error)) => return Err(error),
        Err(error) => {
            tracing::debug!(%error, "no keys of weeks are published now");
            return Ok(());
        }
    }
    week_book::hear(device, &roster, (me, now, &said), week)?;
    Secrets::lock(device)?.change(|notes| notes.published = Some(roster.epoch().number))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{fs, path::Path};

    use bellrope_proto::{address::RelayAddress, signing::PublicKey};

    use super::*;
    use crate::{
        device::outbox,
        membership::{NewGroup, create},
        seal::MemberIdentity,
    };

    const WEEK: Week = Week(2_967);

    fn coordinator(dir: &Path) -> Device {
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay.unwrap(),
        };
        let now = WEEK.begins();
        create(dir, &"a long enough passphrase".into(), &group, now).unwrap()
    }

    fn tend_at(device: &Device, now: Timestamp) -> Result<usize, DeviceError> {
        let before = outbox::names(device)?.len();
        let mailbox = device.roster()?.unwrap().epoch().mailbox;
        tend(device, mailbox, now, now)?;
        Ok(outbox::names(device)?.len() - before)
    }

    fn known(device: &Device) -> u32 {
        let me = device.member().to_key();
        let until = WeekBook::read(device).known_until(&me, WEEK);
        until.map_or(0, |until| until.0 - WEEK.0 + 1)
    }

    #[test]
    fn keys_are_published_once_when_their_secrets_are_there_and_again_in_time() {
        let dir = tempfile::tempdir().unwrap();
        let device = coordinator(dir.path());
        let now = WEEK.begins();
        // No room for a secret: nothing is said of it.
        let folder = dir.path().join("weeks");
        fs::write(&folder, b"no folder").unwrap();
        assert!(tend_at(&device, now).is_err());
        assert_eq!(
            (outbox::all(&device).unwrap().len(), known(&device)),
            (0, 0)
        );
        fs::remove_file(&folder).unwrap();
        assert_eq!(tend_at(&device, now).unwrap(), 1);
        assert_eq!(known(&device), WEEKS_AHEAD);
        let keys = week_secrets::keys(&device).unwrap();
        assert_eq!(keys.len(), WEEKS_AHEAD as usize);
        // A crash before it was noted publishes the same once more, and a heartbeat nothing.
        Secrets::lock(&device)
            .unwrap()
            .change(|notes| notes.published = None)
            .unwrap();
        assert_eq!(tend_at(&device, now).unwrap(), 1);
        assert_eq!(week_secrets::keys(&device).unwrap(), keys);
        assert_eq!(tend_at(&device, now).unwrap(), 0);
        let fourth = Week(WEEK.0 + 4).begins();
        assert_eq!(tend_at(&device, fourth).unwrap(), 0, "six are left");
        let fifth = Week(WEEK.0 + 5).begins();
        assert_eq!(tend_at(&device, fifth).unwrap(), 1);
        assert_eq!(known(&device), WEEKS_AHEAD + 5);
    }

    #[test]
    fn what_is_void_is_not_published_again_and_what_is_lost_is_taken_back_once() {
        let dir = tempfile::tempdir().unwrap();
        let device = coordinator(dir.path());
        let now = WEEK.begins();
        assert_eq!(tend_at(&device, now).unwrap(), 1);
        let roster = device.roster().unwrap().unwrap();
        let me = device.member().to_key();
        let thiefs = WeekKeys {
            first: WEEK,
            keys: vec![Some(MemberIdentity::from_seed(&[9; 32]).to_key())],
            extensions: Extensions::none(),
        };
        let heard = week_book::hear(&device, &roster, (me, now, &thiefs), WEEK).unwrap();
        assert_eq!(heard, week_book::Heard::Twice);
        assert!(has_lost(&device, now, now).unwrap());
        assert_eq!(tend_at(&device, now).unwrap(), 0, "not at each heartbeat");
        let readers = [me];
        let sealed = sealed_to(&device, None, &readers, now);
        assert_eq!(
            sealed,
            SealedTo {
                keys: vec![me],
                week: None
            }
        );
        let next = Week(WEEK.0 + 1);
        assert_eq!(
            sealed_to(&device, None, &readers, next.begins()).week,
            Some(next)
        );
        // Of another a file is lost.
        fs::remove_file(dir.path().join(format!("weeks/{:08x}", next.0))).unwrap();
        assert_eq!(tend_at(&device, now).unwrap(), 1);
        assert_eq!(WeekBook::read(&device).said(&me, next), Some(None));
        assert_eq!(tend_at(&device, now).unwrap(), 0);
        assert_eq!(sealed_to(&device, None, &readers, next.begins()).week, None);
        // What arrives while all of its weeks are as they should be was not sealed to lost keys.
        let far = Week(WEEK.0 + 6).begins();
        assert!(!has_lost(&device, far, now).unwrap());
    }
}
