//! A relay that has moved: to another address, or the group to another relay. A coordinator writes it into the roster and tells
//! defenders. For whom the old address leads nowhere any more there is a file, which is that entry of the roster: signed, with a
//! place among all others, and without a name in it.

use bellrope_proto::{
    address::RelayAddress,
    codec,
    ids::Timestamp,
    signing::{BadSignature, Signed},
};
use data_encoding::{BASE64, DecodeError};

use super::{
    transaction::{AdmissionError, RosterTransaction},
    views::send_views,
};
use crate::{
    connect::open_session,
    device::{Device, DeviceError, LockName, Told, coordinators, issued, newest_place},
    extensions::Extensions,
    group::{Applied, Change, Entry, Move, Roster},
    ids::Position,
    message::{Bundle, View},
    relay::RelayError,
};

const TITLE: &str = "bellrope moved 1";
const ANY_TITLE: &str = "bellrope moved ";
const LINE_CHARS: usize = 76;

/// What a coordinator's device has to say goes to the relay that the group leaves for so long, unless it is told that all is said.
const LEAVING_SECONDS: u64 = 10 * 60;

/// Why a file is not followed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// It is no such file, or was changed on the way.
    #[error("this is not a file that says where a relay has moved")]
    Form,
    /// A newer program wrote it.
    #[error("a newer version wrote the file")]
    Version,
    /// No coordinator of this device's group signed it.
    #[error("no coordinator of this group signed the file")]
    NotOurs,
    /// Something newer is known.
    #[error("the file is older than what is known")]
    Older,
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// From now on the relay is there.
    New(RelayAddress),
    /// That was known.
    Known(RelayAddress),
}

/// The extension of a bundle that says where the relay is, to who will read: they have no roster yet, and are sent no view.
const PLACE: u16 = 32_768;

/// What a bundle says of it: nothing, as long as the code's relay is the group's.
pub(super) fn place_in_bundle(roster: &Roster) -> Extensions {
    if roster.moved().is_none() {
        return Extensions::none();
    }
    let view = View::of(roster);
    Extensions::none().with(PLACE, codec::encode(&(view.position, view.epoch.relays)))
}

/// Where a bundle says that the relay is, up to which entry of the roster.
pub(crate) fn told_by(bundle: &Bundle) -> Option<Told> {
    let place = codec::decode(bundle.extensions.get(PLACE)?);
    let (position, relays): (Position, Vec<RelayAddress>) = place.ok()?;
    let relay = relays.into_iter().next()?;
    Some(Told { position, relay })
}

/// Goes by what a later bundle says, if nothing newer is known; whether that is somewhere else.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn follow_bundle(device: &Device, bundle: &Bundle) -> Result<bool, DeviceError> {
    let known = newest_place(device)?;
    let told = told_by(bundle);
    let is_new = |told: &Told| {
        known
            .as_ref()
            .is_none_or(|known| known.position < told.position)
    };
    let Some(told) = told.filter(is_new) else {
        return Ok(false);
    };
    let has_moved = known.is_none_or(|known| known.relay != told.relay);
    // Another program of this device may have taken in a newer one since.
    device.change(|state| {
        let known = state
            .place
            .told
            .take()
            .filter(|known| known.position > told.position);
        state.place.told = known.or(Some(told));
    })?;
    Ok(has_moved)
}

/// Where this device looks for its group's relay.
///
/// # Errors
/// [`DeviceError`].
pub fn relay_address(device: &Device) -> Result<Option<RelayAddress>, DeviceError> {
    Ok(newest_place(device)?.map(|told| told.relay))
}

/// Whether a relay answers at an address.
///
/// # Errors
/// [`RelayError`].
pub async fn reach(
    device: &std::sync::Arc<Device>,
    address: &RelayAddress,
) -> Result<(), RelayError> {
    open_session(device, address, None).await?.close().await;
    Ok(())
}

/// Says that the group's relay is at this address from now on. For another relay its mailbox must be open there; what this device has to
/// say goes to the old one until [`arrive`].
///
/// # Errors
/// [`AdmissionError`].
pub fn move_relay(
    device: &Device,
    to: &RelayAddress,
    now: Timestamp,
) -> Result<(), AdmissionError> {
    let mut change = RosterTransaction::begin(device, now)?;
    let from = change.relay.clone();
    let at = change.append(Change::Move(Move {
        relays: vec![to.clone()],
        extensions: Extensions::none(),
    }))?;
    send_views(&mut change, &issued::all(device)?, at)?;
    if from.key() != to.key() {
        // Before the roster says so: from then on another program of this device would go.
        device.change(|state| {
            state.place.log_of.get_or_insert(from.key());
            state.place.leaves = Some((from, now.plus(LEAVING_SECONDS)));
        })?;
    }
    change.commit()
}

/// Goes to the relay where the group is now.
///
/// # Errors
/// [`DeviceError`].
pub fn arrive(device: &Device) -> Result<(), DeviceError> {
    device.change(|state| state.place.leaves = None)
}

/// The file that says where the relay has moved last; `None` when it never has, as far as this device's roster goes.
///
/// # Errors
/// [`DeviceError`].
pub fn moved_file(device: &Device) -> Result<Option<String>, DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(None);
    };
    let is_move = |entry: &&Signed<Entry>| {
        let entry = entry.peek();
        entry.is_ok_and(|entry| matches!(entry.change, Change::Move(_)))
    };
    let last = roster.entries().iter().rev().find(is_move);
    Ok(last.map(write))
}

fn write(entry: &Signed<Entry>) -> String {
    let encoded = BASE64.encode(&codec::encode(entry));
    let mut text = format!("{TITLE}\n");
    for line in encoded.as_bytes().chunks(LINE_CHARS) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text
}

/// Reads it, whatever a messenger did to its line ends.
fn read(text: &str) -> Result<Signed<Entry>, FollowError> {
    let lines = text.trim_start_matches('\u{feff}').split(['\n', '\r']);
    let mut lines = lines.map(str::trim).filter(|line| !line.is_empty());
    match lines.next() {
        Some(TITLE) => {}
        Some(other) if other.starts_with(ANY_TITLE) => return Err(FollowError::Version),
        _ => return Err(FollowError::Form),
    }
    let encoded: String = lines.collect();
    let bytes = BASE64
        .decode(encoded.as_bytes())
        .map_err(|_: DecodeError| FollowError::Form)?;
    codec::decode(&bytes).map_err(|_: codec::Malformed| FollowError::Form)
}

/// Follows what a file says. It counts if a coordinator of this group signed it, and it is newer than what is known.
///
/// # Errors
/// [`FollowError`]; nothing is changed then.
pub fn follow_moved(device: &Device, text: &str) -> Result<Followed, FollowError> {
    let signed = read(text)?;
    let entry = signed
        .verify_own(|entry| entry.author)
        .map_err(|BadSignature| FollowError::Form)?;
    let Change::Move(change) = &entry.change else {
        return Err(FollowError::Form);
    };
    if entry.extensions.has_critical() || change.extensions.has_critical() {
        return Err(FollowError::Version);
    }
    let relay = change.relays.first().cloned().ok_or(FollowError::Form)?;
    // A device is in one group: who signs with its key speaks of that group.
    let _lock = device.files().lock(LockName::Roster)?;
    let roster = device.roster()?;
    let mut all = coordinators(device)?.into_iter();
    if !all.any(|it| it.device == entry.author) {
        return Err(FollowError::NotOurs);
    }
    let known = newest_place(device)?;
    if let Some(known) = known.filter(|known| entry.position <= known.position) {
        return if known.relay == relay {
            Ok(Followed::Known(relay))
        } else {
            Err(FollowError::Older)
        };
    }
    if let Some(roster) = roster {
        let mut roster = std::sync::Arc::unwrap_or_clone(roster);
        if let Ok(Applied::New) = roster.apply(signed) {
            device.store_roster(&roster)?;
            return Ok(Followed::New(relay));
        }
        // Entries before it are missing: they come from the relay.
    }
    let told = Told {
        position: entry.position,
        relay: relay.clone(),
    };
    device.change(|state| state.place.told = Some(told))?;
    Ok(Followed::New(relay))
}

#[cfg(test)]
#[path = "moved_tests.rs"]
mod tests;
