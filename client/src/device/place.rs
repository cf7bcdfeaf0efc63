//! Where the group's relay is. A coordinator may say that it has moved: in the roster, in a defender's view, or in a file, where no
//! network leads to it any more. What was said of the newest entry of the roster counts, whichever way it came.

use bellrope_proto::{
    address::RelayAddress,
    ids::Timestamp,
    receipt::Restored,
    signing::{PublicKey, Relay},
};
use serde::{Deserialize, Serialize};

use super::{absence, files::DeviceError, heads, issued, outbox, state::State, unlocked::Device};
use crate::{clock::now, group::Roster, ids::Position, relay::Cursor};

/// What a device remembers of it, besides the roster or the view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What a file said.
    pub told: Option<Told>,
    /// Whose logs the cursors, heads and receipts are of; none before the first connection.
    pub log_of: Option<PublicKey<Relay>>,
    /// The relay's newest word that an old copy of it was put back.
    pub restored: Option<HeardRestored>,
    /// A coordinator's: the relay that the group leaves, and until when what is said goes there still.
    pub leaves: Option<(RelayAddress, Timestamp)>,
}

/// That a relay goes on from an old copy of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardRestored {
    /// Of when the copy is.
    pub copied: Timestamp,
    /// When it was put back.
    pub restored: Timestamp,
    /// Whether this device's person was told, or has nothing to be told.
    pub told: bool,
}

/// Where an entry of the roster says that the relay is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The entry.
    pub position: Position,
    /// Where.
    pub relay: RelayAddress,
}

/// The newest that this device knows, and up to which entry of the roster that is certain. `None` for one that is in no group.
#[must_use]
pub(crate) fn newest(state: &State, roster: Option<&Roster>) -> Option<Told> {
    let of = |position, relay: Option<&RelayAddress>| {
        relay.cloned().map(|relay| Told { position, relay })
    };
    let code = (state.joined.as_ref()).and_then(|it| of(Position(0), Some(&it.relay)));
    let view = (state.view.as_ref()).and_then(|it| of(it.position, it.epoch.relays.first()));
    let roster = roster.and_then(|it| {
        let last = it.next_position().0.saturating_sub(1);
        of(Position(last), it.epoch().relays.first())
    });
    let known = [code, state.place.told.clone(), view, roster];
    known.into_iter().flatten().max_by_key(|told| told.position)
}

/// The same, of a device.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn newest_of(device: &Device) -> Result<Option<Told>, DeviceError> {
    Ok(newest(&device.state()?, device.roster()?.as_deref()))
}

/// The relay to speak to now. Where it is another than before, everything begins anew there: its logs are others, and what the
/// one before has receipts for is posted to it. At another address of the same relay all goes on.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn relay(device: &Device) -> Result<Option<RelayAddress>, DeviceError> {
    let state = device.state()?;
    let left = state.place.leaves.as_ref();
    let left = left.filter(|(_, until)| now() < *until);
    let relay = match left {
        Some((relay, _)) => Some(relay.clone()),
        None => newest(&state, device.roster()?.as_deref()).map(|told| told.relay),
    };
    let Some(relay) = relay else { return Ok(None) };
    let key = relay.key();
    match state.place.log_of {
        Some(of) if of == key => {}
        Some(_) => begin_anew(device, key)?,
        None => {
            let noted = device.change(|state| state.place.log_of = Some(key));
            if let Err(error) = noted {
                // Nothing is known yet that could be taken for another relay's. It is noted the next time.
                tracing::debug!(%error, "whose logs are read could not be noted");
            }
        }
    }
    Ok(Some(relay))
}

/// Whose logs they are is noted last: what a crash interrupts is done again.
fn begin_anew(device: &Device, relay: PublicKey<Relay>) -> Result<(), DeviceError> {
    for made in issued::all(device)? {
        // A welcome names a place of the log. Who has not been seen to have it gets another.
        let lacks = made.lacks() && made.reads_after.is_some();
        if lacks {
            outbox::forget(device, made.mailbox)?;
        }
        issued::change(device, made.admitted_at, |issued| {
            issued.open_until = None;
            issued.cursor = Cursor::start(issued.mailbox);
            if let (true, Some(sent), Some((cursor, _))) =
                (lacks, &mut issued.sent, &mut issued.reads_after)
            {
                sent.at = Timestamp(0);
                *cursor = Cursor::start(cursor.mailbox);
            }
        })?;
    }
    heads::forget(device)?;
    absence::change(device, |absence| absence.missed.clear())?;
    outbox::post_all_again(device)?;
    device.change(|state| {
        let joined = state.joined.as_mut().map(|joined| &mut joined.cursor);
        for cursor in state.cursor.iter_mut().chain(joined) {
            *cursor = Cursor::start(cursor.mailbox);
        }
        state.sponsored = None;
        state.roster_said = None;
        state.contradicted = None;
        state.place.log_of = Some(relay);
        state.place.restored = None;
    })
}

/// Takes in a relay's word that an old copy of it was put back, once. What it has given receipts for before that is posted again, also
/// where nothing contradicts: to who only posts, a log that has grown since says nothing of what is not in it any more.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn heard_restored(
    device: &Device,
    said: &Restored,
    told: bool,
) -> Result<(), DeviceError> {
    let known = device.state()?.place.restored;
    if let Some(known) = known.filter(|known| known.restored >= said.restored) {
        if told && !known.told {
            unsaid_restore(device)?;
        }
        return Ok(());
    }
    let lost = outbox::post_again_of_before(device, said.restored)?;
    device.change(|state| {
        state.place.restored = Some(HeardRestored {
            copied: said.copied,
            restored: said.restored,
            told: told || !lost,
        });
        if lost {
            // Others may know the log as it was, and mailboxes may be lost too.
            state.contradicted = Some(now());
            state.sponsored = None;
        }
    })
}

/// Of when the copy is that was put back, if the person is still to be told. Notes that they are.
///
/// # Errors
/// [`DeviceError`].
pub fn unsaid_restore(device: &Device) -> Result<Option<Timestamp>, DeviceError> {
    let known = device.state()?.place.restored;
    if known.is_none_or(|known| known.told) {
        return Ok(None);
    }
    let noted = device.change(|state| {
        let known = state.place.restored.as_mut()?;
        let is_said = std::mem::replace(&mut known.told, true);
        (!is_said).then_some(known.copied)
    });
    Ok(noted.unwrap_or_else(|error| {
        // It is said once more, the next time.
        tracing::debug!(%error, "that an old copy of the relay was put back could not be noted");
        known.map(|known| known.copied)
    }))
}

impl Place {
    /// Whether a cursor in this relay's log may be kept: another program may have gone on to another.
    pub(crate) fn is_log_of(&self, relay: &PublicKey<Relay>) -> bool {
        self.log_of.is_none_or(|of| of == *relay)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        envelope::Envelope,
        ids::{Hash, MailboxId, Sequence},
        receipt::{Fact, Receipt},
        signing::{RelayLog, SecretKey},
    };

    use super::*;
    use crate::{
        device::{FirstFiles, QueuedEnvelope},
        group::Role,
        ids::GroupId,
    };

    fn stored(mailbox: u8, time: u64) -> QueuedEnvelope {
        let fact = Fact {
            mailbox: MailboxId([mailbox; 32]),
            sequence: Sequence(time),
            envelope: Hash([0; 32]),
            head: Hash([0; 32]),
            time: Timestamp(time),
        };
        let log = SecretKey::<RelayLog>::from_seed(&[6; 32]);
        let envelope = Envelope::new(vec![mailbox; 4096]).unwrap();
        QueuedEnvelope {
            receipt: Some(Receipt::issue(&log, &[fact]).remove(0)),
            ..QueuedEnvelope::plain(MailboxId([mailbox; 32]), envelope, Timestamp(time))
        }
    }

    #[test]
    fn what_a_restored_relay_may_have_lost_is_posted_again_once_and_told_once() {
        let dir = tempfile::tempdir().unwrap();
        let device = Device::of_seeds(dir.path(), ([1; 32], [2; 32]), |_| {
            Ok::<_, DeviceError>(FirstFiles {
                state: State::new(GroupId(Hash([1; 32])), Role::Member),
                entries: Vec::new(),
                queue: vec![stored(1, 50), stored(2, 100), stored(1, 101)],
            })
        });
        let device = device.unwrap();
        let waiting = || {
            let files = outbox::all(&device).unwrap().into_iter();
            let waiting = files.map(|file| file.queued.receipt.is_none());
            waiting.collect::<Vec<_>>()
        };
        let said = |restored| Restored {
            relay: PublicKey::from_bytes([1; 32]),
            copied: Timestamp(40),
            restored: Timestamp(restored),
        };
        heard_restored(&device, &said(100), false).unwrap();
        assert_eq!(waiting(), [true, true, false], "in whichever mailbox");
        assert_eq!(unsaid_restore(&device).unwrap(), Some(Timestamp(40)));
        assert_eq!(unsaid_restore(&device).unwrap(), None);
        // An older word, and the same again, bring nothing.
        for restored in [100, 99] {
            heard_restored(&device, &said(restored), false).unwrap();
        }
        assert_eq!(waiting(), [true, true, false]);
        assert_eq!(unsaid_restore(&device).unwrap(), None);
        // Another one was told with what contradicts.
        heard_restored(&device, &said(200), false).unwrap();
        heard_restored(&device, &said(200), true).unwrap();
        assert_eq!(waiting(), [true, true, true]);
        assert_eq!(unsaid_restore(&device).unwrap(), None);
        // Who has no receipt has nothing to be told.
        heard_restored(&device, &said(300), false).unwrap();
        assert_eq!(unsaid_restore(&device).unwrap(), None);
    }
}
