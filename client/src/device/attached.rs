//! What came of photographs and papers that go with alerts, or were added to cases: which parts are awaited, and those that are here. Kept sealed like the rest, and put
//! together only when somebody asks for one.
//!
//! Nobody from outside can fill a disk with it: a part is kept for what a known sender's alert or a member announced, in a place that is empty, with the length that is due there, and the
//! number of what is awaited at one time is limited.

use std::collections::{BTreeMap, BTreeSet};

use bellrope_proto::{
    codec::{self, Blob},
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{files::DeviceError, unlocked::Device};
use crate::{
    attachment::{Attachment, Part, Place},
    group::lifetimes::RETENTION_SECONDS,
    ids::MessageId,
};

/// Papers of which parts are missing.
const AWAITED: &str = "awaited";

/// The parts that are here.
const PARTS: &str = "parts";

/// Papers that are awaited at one time: each costs a try at every envelope that is for somebody else.
const AWAITED_MAX: usize = 256;

/// AT6: parts are awaited for so long after the alert came. The sender may be away from a network for as long as a relay keeps an envelope, and so
/// may this device.
const AWAITED_SECONDS: u64 = 2 * RETENTION_SECONDS;

/// A paper of which parts are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Awaited {
    /// Where it belongs.
    pub place: Place,
    /// Who signed the message, and has to sign the parts.
    pub sender: PublicKey<DeviceKey>,
    /// What the message says of it.
    pub paper: Attachment,
    /// Until when.
    until: Timestamp,
}

impl Awaited {
    /// Whether its time is over.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.until < now
    }
}

/// The parts that are here, by message and number.
#[derive(Debug, Default)]
pub(crate) struct Here(BTreeMap<(MessageId, u16), BTreeSet<u16>>);

/// Why a paper is not put together.
#[derive(Debug, thiserror::Error)]
pub enum Incomplete {
    /// So many parts are missing.
    #[error("{0} parts are missing")]
    Missing(u16),
    /// All parts are here and are not what the message says.
    #[error("this is not what was announced")]
    Different,
    /// It was sealed for others.
    #[error("it was sealed for others")]
    ForOthers,
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

fn part_path(place: &Place, index: u16) -> String {
    format!("{PARTS}/{}-{index}", place.name())
}

/// Awaits what goes with a message of this sender. Before that is stored: a crash in between repeats both.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn announce(
    device: &Device,
    sender: PublicKey<DeviceKey>,
    papers: Vec<(Place, Attachment)>,
    now: Timestamp,
) -> Result<(), DeviceError> {
    if papers.is_empty() {
        return Ok(());
    }
    let files = device.files();
    let here = here(device);
    let mut room = AWAITED_MAX.saturating_sub(names(device).len());
    for (place, paper) in papers {
        if here.parts(&place) >= paper.parts() || room == 0 {
            continue;
        }
        room = room.saturating_sub(1);
        let awaited = Awaited {
            place,
            sender,
            paper,
            until: now.plus(AWAITED_SECONDS),
        };
        let path = format!("{AWAITED}/{}", place.name());
        files.write(&path, &codec::encode(&awaited))?;
    }
    Ok(())
}

/// The names of what is awaited: asked at every envelope that is for somebody else.
pub(crate) fn names(device: &Device) -> Vec<String> {
    listed(device, AWAITED)
}

/// What is in a folder. In one that cannot be made, on a disk that takes nothing, there is nothing; and no alert waits for it.
fn listed(device: &Device, folder: &str) -> Vec<String> {
    device.files().names(folder).unwrap_or_else(|error| {
        tracing::warn!(%error, "what came with alerts cannot be listed");
        Vec::new()
    })
}

/// One that is awaited; `None` when its time is over, or another program has it whole.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn awaited(
    device: &Device,
    name: &str,
    now: Timestamp,
) -> Result<Option<Awaited>, DeviceError> {
    let path = format!("{AWAITED}/{name}");
    let awaited: Option<Awaited> = device.files().read_one(&path)?;
    if awaited.as_ref().is_some_and(|awaited| awaited.is_over(now)) {
        device.files().remove(&path)?;
        return Ok(None);
    }
    Ok(awaited)
}

/// AT4: keeps a part of what is awaited, the first that comes in its place. With the last one it is not awaited any more.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn keep(device: &Device, of: &Awaited, part: &Part) -> Result<(), DeviceError> {
    let files = device.files();
    // Whoever awaits it may have begun before it was forgotten by another program.
    if !files.has_file(&format!("{AWAITED}/{}", of.place.name())) {
        return Ok(());
    }
    let path = part_path(&of.place, part.index);
    if !files.has_file(&path) {
        files.write(&path, &codec::encode(&part.bytes))?;
    }
    if here(device).parts(&of.place) >= of.paper.parts() {
        files.remove(&format!("{AWAITED}/{}", of.place.name()))?;
    }
    Ok(())
}

/// Destroys the parts of all that goes with an alert, and awaits none of it.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn erase(device: &Device, alert: MessageId) -> Result<(), DeviceError> {
    let of = format!("{alert}-");
    for folder in [AWAITED, PARTS] {
        let names = device.files().names(folder)?.into_iter();
        let mut of_alert = names.filter(|name| name.starts_with(&of));
        of_alert.try_for_each(|name| device.files().destroy(&format!("{folder}/{name}")))?;
    }
    Ok(())
}

/// Which parts are here.
pub(crate) fn here(device: &Device) -> Here {
    let mut here = Here::default();
    for file in listed(device, PARTS) {
        // From the end: before the message's id may stand that of its case.
        let mut fields = file.rsplit('-');
        let mut number = || fields.next().and_then(|number| number.parse().ok());
        let (index, number) = (number(), number());
        let with = fields.next().and_then(MessageId::from_hex);
        if let (Some(with), Some(number), Some(index)) = (with, number, index) {
            here.0.entry((with, number)).or_default().insert(index);
        }
    }
    here
}

impl Here {
    /// How many parts of one are here.
    pub(crate) fn parts(&self, place: &Place) -> u16 {
        let parts = self.0.get(&(place.with, place.number));
        let parts = parts.map_or(0, BTreeSet::len);
        u16::try_from(parts).unwrap_or(u16::MAX)
    }
}

/// Puts one together.
///
/// # Errors
/// [`Incomplete`].
pub(crate) fn whole(
    device: &Device,
    place: &Place,
    paper: &Attachment,
) -> Result<Blob, Incomplete> {
    let size = usize::try_from(paper.size()).unwrap_or(0);
    let mut whole = Blob(Vec::with_capacity(size));
    let mut missing = 0_u16;
    for index in 0..paper.parts() {
        let path = part_path(place, index);
        match device.files().read_one::<Blob>(&path)? {
            Some(bytes) => whole.0.extend_from_slice(&bytes),
            None => missing = missing.saturating_add(1),
        }
    }
    match missing {
        0 if paper.is(&whole) => Ok(whole),
        0 => Err(Incomplete::Different),
        missing => Err(Incomplete::Missing(missing)),
    }
}
