//! Parts of photographs and papers that wait to follow their alert. What stands here is sealed to a key whose secret is in the sealed alert alone:
//! this device cannot open it either.
//!
//! One file has all the parts of one paper, and a small one beside it says how many of them a relay has: a disk is synced twice for a paper, and once
//! for a part. The layer around a part is made when it is posted, to the epoch in force then. What a relay has is kept for as long as the
//! alert is, as a relay may lose what it has answered for.

use std::{collections::BTreeMap, time::Duration};

use bellrope_proto::{codec, ids::Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    directory::{Lock, LockName},
    files::DeviceError,
    unlocked::Device,
};
use crate::ids::MessageId;

const ATTACHING: &str = "attaching";

/// After the name of the small file.
const PARTS: &str = ".parts";

/// A paper is written before its alert is queued. One whose alert never was, as something was ended in between, is let go after so long.
const ORPHAN_SECONDS: u64 = Timestamp::DAY_SECONDS;

/// The parts of a paper, in order.
pub(crate) type SealedParts = Vec<Vec<u8>>;

/// How far one paper got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// With which alert it goes.
    pub alert: MessageId,
    /// Its place among what goes with it, from 1.
    pub number: u16,
    /// How many parts it has,
    pub total: u16,
    /// and how many of them, from the first on, a relay has on its disk.
    pub posted: u16,
    /// Since when it waits.
    pub queued: Timestamp,
}

impl Progress {
    /// Whether a relay has not all of it.
    pub(crate) fn waits(&self) -> bool {
        self.posted < self.total
    }

    fn name(&self) -> String {
        format!("{}-{}", self.alert, self.number)
    }

    fn path(&self) -> String {
        format!("{ATTACHING}/{}", self.name())
    }
}

/// Adds a paper's sealed parts, all of one length. They are on disk when this returns.
///
/// # Errors
/// [`DeviceError`]; nothing of it is sent then.
pub(crate) fn put(
    device: &Device,
    (alert, number): (MessageId, u16),
    parts: &[Vec<u8>],
    now: Timestamp,
) -> Result<(), DeviceError> {
    let progress = Progress {
        alert,
        number,
        total: u16::try_from(parts.len()).unwrap_or(u16::MAX),
        posted: 0,
        queued: now,
    };
    let files = device.files();
    let path = progress.path();
    // In this order: what has no small file is no paper.
    let written = files
        .write(&format!("{path}{PARTS}"), &parts.concat())
        .and_then(|()| files.write(&path, &codec::encode(&progress)));
    if written.is_err() {
        // A full disk is not filled further by what will not be sent.
        let _ = files.remove(&format!("{path}{PARTS}"));
    }
    written
}

/// How far each paper got, by alert, in their order. In a folder that cannot be made, on a disk that takes nothing, there is nothing; and no alert
/// waits for it.
pub(crate) fn all(device: &Device) -> BTreeMap<MessageId, Vec<Progress>> {
    let mut all: BTreeMap<MessageId, Vec<Progress>> = BTreeMap::new();
    let names = device.files().names(ATTACHING);
    if let Err(error) = &names {
        tracing::warn!(%error, "what goes with alerts cannot be listed");
    }
    for name in names.unwrap_or_default() {
        if name.ends_with(PARTS) {
            continue;
        }
        match device
            .files()
            .read_one::<Progress>(&format!("{ATTACHING}/{name}"))
        {
            Ok(Some(progress)) => all.entry(progress.alert).or_default().push(progress),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a paper cannot be sent"),
        }
    }
    for papers in all.values_mut() {
        papers.sort_by_key(|paper| paper.number);
    }
    all
}

/// Whether any has parts that were not posted.
pub(crate) fn any_waits(device: &Device) -> bool {
    all(device).values().flatten().any(Progress::waits)
}

/// The next paper that has parts to be posted, with them, of what goes with these alerts in this order: those that a relay has. The alert goes
/// first.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn next(
    device: &Device,
    stored: &[MessageId],
) -> Result<Option<(Progress, SealedParts)>, DeviceError> {
    let all = all(device);
    for alert in stored {
        for paper in all.get(alert).into_iter().flatten().filter(|it| it.waits()) {
            let path = format!("{}{PARTS}", paper.path());
            match device.files().open_one(&path) {
                Ok(Some(bytes)) => {
                    // More than a codec takes at once: they stand behind each other as they are.
                    let length = bytes.len().div_ceil(usize::from(paper.total)).max(1);
                    let parts = bytes.chunks(length).map(<[u8]>::to_vec).collect();
                    return Ok(Some((paper.clone(), parts)));
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "a paper cannot be sent"),
            }
        }
    }
    Ok(None)
}

/// Notes that a relay has so many of a paper's parts. One that was let go meanwhile, or is to be posted again, stays so.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn posted(device: &Device, before: &Progress) -> Result<Option<Progress>, DeviceError> {
    let known: Option<Progress> = device.files().read_one(&before.path())?;
    if known.as_ref() != Some(before) {
        return Ok(None);
    }
    let progress = Progress {
        posted: before.posted.saturating_add(1).min(before.total),
        ..before.clone()
    };
    device
        .files()
        .write(&progress.path(), &codec::encode(&progress))?;
    Ok(Some(progress))
}

/// Has everything posted again: the relay has lost it, or another has none of it. Whoever has a part takes it once.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn post_again(device: &Device) -> Result<(), DeviceError> {
    for paper in all(device).into_values().flatten() {
        let again = Progress { posted: 0, ..paper };
        device
            .files()
            .write(&again.path(), &codec::encode(&again))?;
    }
    Ok(())
}

/// Lets go what goes with no alert that is listed any more.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn prune(
    device: &Device,
    is_listed: impl Fn(&MessageId) -> bool,
    now: Timestamp,
) -> Result<(), DeviceError> {
    for paper in all(device).into_values().flatten() {
        let is_old = paper.queued.plus(ORPHAN_SECONDS) < now;
        if is_old && !is_listed(&paper.alert) {
            device.files().remove(&paper.path())?;
            device.files().remove(&format!("{}{PARTS}", paper.path()))?;
        }
    }
    Ok(())
}

/// Waits for no other program that posts them already.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn begin(device: &Device) -> Result<Option<Lock>, DeviceError> {
    device
        .files()
        .lock_within(LockName::Attaching, Duration::ZERO)
}
