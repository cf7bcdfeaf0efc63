//! Parts of photographs and papers that wait to follow their message. What stands here is sealed to a key whose secret is in the sealed message
//! alone: this device cannot open it either.
//!
//! A few large files have the parts of one paper, some in each, and a small one beside them says how many of the parts a relay has: a disk is synced
//! a few times for a paper, and once for a part. Nobody ever has more than one of the large files in memory. The layer around a part is made when it
//! is posted, to the epoch in force then. What a relay has is kept for as long as the message is, as a relay may lose what it has answered for.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bellrope_proto::{codec, ids::Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    directory::{Lock, LockName},
    files::DeviceError,
    unlocked::Device,
};
use crate::{attachment::Place, ids::MessageId};

const ATTACHING: &str = "attaching";

/// After the name of the small file and a number.
const PARTS: &str = ".parts";

/// Parts in one large file: 2 MiB.
const IN_ONE: u16 = 32;

/// A paper is written before its message is queued. One whose message never was, as something was ended in between, is let go by the next program that
/// makes one, if it can see that no other does (see [`begin_making`]); where it cannot, after so long.
const ORPHAN_SECONDS: u64 = Timestamp::DAY_SECONDS;

/// Sealed parts of a paper, in order.
pub(crate) type SealedParts = Vec<Vec<u8>>;

/// How far one paper got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Where it belongs.
    pub place: Place,
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

    fn path(&self) -> String {
        path(&self.place)
    }
}

fn path(place: &Place) -> String {
    format!("{ATTACHING}/{}", place.name())
}

fn parts_path(place: &Place, file: u16) -> String {
    format!("{}.{file}{PARTS}", path(place))
}

/// Whether there is room for a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// It has its place.
    Done,
    /// For no more than so many parts.
    Room(usize),
}

/// What finds the messages that are listed.
type Listed = fn(&Device) -> Result<BTreeSet<MessageId>, DeviceError>;

/// What a paper waits for who else reserves room: one who does not let go was suspended, or hangs, and an alert is not held up by that.
const PATIENCE: Duration = Duration::from_secs(3);

/// Reserves room for a paper of so many parts, of what goes with alerts or of what is added to cases, of which there may be so many together: two
/// programs at once would else take more. Nothing of it is posted before its message is, which speaks of it when all of it is on the disk.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn reserve(
    device: &Device,
    (place, total): (Place, u16),
    max: usize,
    listed: Listed,
    now: Timestamp,
) -> Result<Reserved, DeviceError> {
    let _lock = device.files().lock_within(LockName::Room, PATIENCE)?;
    begin_making(device, listed)?;
    let all = all(device);
    let taken = all.values().flatten();
    let taken = taken.map(|it| (it.place.is_added(), it.total));
    let room = room_beside(taken, place.is_added(), max);
    if usize::from(total) > room {
        return Ok(Reserved::Room(room));
    }
    device.files().make_folder(ATTACHING)?;
    let progress = Progress {
        place,
        total,
        posted: 0,
        queued: now,
    };
    device
        .files()
        .write(&progress.path(), &codec::encode(&progress))?;
    Ok(Reserved::Done)
}

/// Room for how many parts is left beside these: what goes with alerts, and what is added to cases, are counted apart.
pub(crate) fn room_beside(
    taken: impl IntoIterator<Item = (bool, u16)>,
    is_added: bool,
    max: usize,
) -> usize {
    let alike = taken.into_iter().filter(|it| it.0 == is_added);
    let taken: usize = alike.map(|it| usize::from(it.1)).sum();
    max.saturating_sub(taken)
}

/// Says, until this program ends, that it makes what is to follow a message. Whoever makes some shares a lock with the others, so that who comes first finds
/// it free: then nobody is left whose papers are without a message, and these take nobody's room any more. Not until that message is queued alone: what a
/// disk did not take waits in the memory of the program that made it.
fn begin_making(device: &Device, listed: Listed) -> Result<(), DeviceError> {
    let mut making = device.making();
    if making.is_some() {
        return Ok(());
    }
    let files = device.files();
    // Where there are no locks, nobody sees who else does.
    if !files.is_without_locks()
        && let Some(_alone) = files.try_lock_file(LockName::Making.file())?
        && let Err(error) = let_orphans_go(device, listed)
    {
        tracing::warn!(%error, "what follows no message takes its room still");
    }
    // Without it the next program would let go what this one makes.
    let shared = files.share_within(LockName::Making, PATIENCE)?;
    *making = Some(shared.ok_or(DeviceError::Busy)?);
    Ok(())
}

fn let_orphans_go(device: &Device, listed: Listed) -> Result<(), DeviceError> {
    let is_orphan = |listed: &BTreeSet<MessageId>, paper: &Progress| {
        paper.posted == 0 && !listed.contains(&paper.place.with)
    };
    let all: Vec<Progress> = all(device).into_values().flatten().collect();
    if all.is_empty() {
        return Ok(());
    }
    // Twice: what is to be posted again gets another name, and one look may find neither.
    let once = listed(device)?;
    if !all.iter().any(|paper| is_orphan(&once, paper)) {
        return Ok(());
    }
    let twice = &listed(device)? | &once;
    let mut orphans = all.iter().filter(|paper| is_orphan(&twice, paper));
    orphans.try_for_each(|paper| let_go(device, &paper.place))
}

/// Adds the sealed parts of a paper that has its place, all of one length, as they are made. They are on disk when this returns.
///
/// # Errors
/// That of the first part that was not made, or [`DeviceError`]; nothing of it is sent then.
pub(crate) fn put<E: From<DeviceError>>(
    device: &Device,
    place: Place,
    parts: impl Iterator<Item = Result<Vec<u8>, E>>,
) -> Result<(), E> {
    let written = write(device, place, parts);
    if written.is_err() {
        // A full disk is not filled further by what will not be sent.
        let _ = let_go(device, &place);
    }
    written
}

fn write<E: From<DeviceError>>(
    device: &Device,
    place: Place,
    parts: impl Iterator<Item = Result<Vec<u8>, E>>,
) -> Result<(), E> {
    let files = device.files();
    let mut parts = parts.peekable();
    let mut file = 0_u16;
    while parts.peek().is_some() {
        let mut together = Vec::new();
        for part in parts.by_ref().take(usize::from(IN_ONE)) {
            together.extend_from_slice(&part?);
        }
        files.write(&parts_path(&place, file), &together)?;
        file = file.saturating_add(1);
    }
    Ok(())
}

/// Lets go what will not be sent.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn let_go(device: &Device, place: &Place) -> Result<(), DeviceError> {
    let files = device.files();
    files.remove(&path(place))?;
    let its = format!("{}.", place.name());
    let names = files.names(ATTACHING)?;
    let mut names = names.iter().filter(|name| name.starts_with(&its));
    names.try_for_each(|name| files.remove(&format!("{ATTACHING}/{name}")))
}

/// How far each paper got, by the message with which it goes, in their order. In a folder that cannot be made, on a disk that takes nothing, there is
/// nothing; and no alert waits for it.
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
            Ok(Some(progress)) => all.entry(progress.place.with).or_default().push(progress),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a paper cannot be sent"),
        }
    }
    for papers in all.values_mut() {
        papers.sort_by_key(|paper| paper.place.number);
    }
    all
}

/// Whether any has parts that were not posted.
pub(crate) fn any_waits(device: &Device) -> bool {
    all(device).values().flatten().any(Progress::waits)
}

/// The next paper that has parts to be posted, of what goes with these messages in this order: those that a relay has. The message goes first.
pub(crate) fn next(device: &Device, stored: &[MessageId]) -> Option<Progress> {
    let all = all(device);
    let papers = stored.iter().filter_map(|with| all.get(with)).flatten();
    let mut waiting = papers.filter(|paper| paper.waits());
    waiting.find(|paper| is_there(device, paper)).cloned()
}

/// Whether the file is there that has the next parts.
fn is_there(device: &Device, paper: &Progress) -> bool {
    let file = paper.posted.checked_div(IN_ONE).unwrap_or(0);
    device.files().has_file(&parts_path(&paper.place, file))
}

/// The next parts of a paper, from the first that was not posted: as many as stand in one file. None where that is damaged: then it was set aside.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn parts(device: &Device, paper: &Progress) -> Result<SealedParts, DeviceError> {
    let file = paper.posted.checked_div(IN_ONE).unwrap_or(0);
    let before = file.saturating_mul(IN_ONE);
    let count = usize::from(paper.total.saturating_sub(before).min(IN_ONE));
    let Some(bytes) = device.files().open_one(&parts_path(&paper.place, file))? else {
        return Ok(Vec::new());
    };
    // They stand behind each other as they are.
    let length = bytes.len().div_ceil(count.max(1)).max(1);
    let parts = bytes.chunks(length);
    let parts = parts.skip(usize::from(paper.posted.saturating_sub(before)));
    Ok(parts.map(<[u8]>::to_vec).collect())
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

/// Lets go what goes with no message that is listed any more.
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
        if is_old && !is_listed(&paper.place.with) {
            let_go(device, &paper.place)?;
        }
    }
    Ok(())
}

/// Destroys what goes with a message of this device, posted or not; of an alert also what goes with messages of its case.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn erase(device: &Device, with: MessageId) -> Result<(), DeviceError> {
    let with = with.to_string();
    let names = device.files().names(ATTACHING)?.into_iter();
    let mut its = names.filter(|name| name.contains(&with));
    its.try_for_each(|name| device.files().destroy(&format!("{ATTACHING}/{name}")))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::device::fixtures;

    const NOW: Timestamp = Timestamp(1_000_000);

    /// No message, but the one with this id.
    #[allow(clippy::unnecessary_wraps)]
    fn listed(_: &Device) -> Result<BTreeSet<MessageId>, DeviceError> {
        Ok([MessageId([8; 16])].into())
    }

    fn part(index: u16) -> Vec<u8> {
        let [high, low] = index.to_be_bytes();
        vec![high, low, 7]
    }

    #[test]
    fn parts_stand_in_several_files_and_are_read_from_where_it_ended() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        for total in [1, IN_ONE, IN_ONE + 1, 3 * IN_ONE + 5] {
            let place = Place {
                case: MessageId([1; 16]),
                with: MessageId([2; 16]),
                number: total,
            };
            let parts_of = (0..total).map(|index| Ok::<_, DeviceError>(part(index)));
            let room = usize::from(total);
            let reserved = |total| reserve(&device, (place, total), room, listed, NOW).unwrap();
            assert_eq!(reserved(total + 1), Reserved::Room(room));
            assert_eq!(reserved(total), Reserved::Done);
            put(&device, place, parts_of).unwrap();
            let mut read = Vec::new();
            while let Some(mut paper) = next(&device, &[place.with]) {
                assert_eq!(
                    (paper.total, usize::from(paper.posted)),
                    (total, read.len())
                );
                for one in parts(&device, &paper).unwrap() {
                    // What was begun and ended is read from there on.
                    assert_eq!(parts(&device, &paper).unwrap().first(), Some(&one));
                    read.push(one);
                    paper = posted(&device, &paper).unwrap().unwrap();
                }
            }
            let all: Vec<Vec<u8>> = (0..total).map(part).collect();
            assert_eq!(read, all);
            post_again(&device).unwrap();
            assert_eq!(next(&device, &[place.with]).unwrap().posted, 0);
            prune(&device, |with| *with == place.with, Timestamp(9_000_000)).unwrap();
            assert!(any_waits(&device));
            prune(&device, |_| false, NOW.plus(ORPHAN_SECONDS)).unwrap();
            assert!(any_waits(&device), "its message may be about to be queued");
            prune(&device, |_| false, NOW.plus(ORPHAN_SECONDS + 1)).unwrap();
            assert_eq!(device.files().names(ATTACHING).unwrap(), [""; 0]);
        }
    }

    #[test]
    fn of_what_could_not_be_made_nothing_stays() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let place = Place::of_alert(MessageId([3; 16]), 1);
        let other = Place::of_alert(MessageId([3; 16]), 11);
        let whole = (0..2).map(|index| Ok::<_, DeviceError>(part(index)));
        let reserved = |place, total| reserve(&device, (place, total), 50, listed, NOW).unwrap();
        assert_eq!(reserved(other, 2), Reserved::Done);
        assert_eq!(reserved(place, IN_ONE + 2), Reserved::Done);
        put(&device, other, whole).unwrap();
        let half = (0..IN_ONE + 2).map(|index| match index {
            0..=IN_ONE => Ok(part(index)),
            _ => Err(DeviceError::Busy),
        });
        assert!(put(&device, place, half).is_err());
        let names = device.files().names(ATTACHING).unwrap();
        assert_eq!(names.len(), 2, "those of the other alone: {names:?}");
    }
    #[test]
    fn what_a_program_left_without_its_message_takes_no_room_once_no_other_makes_any() {
        let dir = tempfile::tempdir().unwrap();
        let place = |with| Place::of_alert(MessageId([with; 16]), 1);
        let reserved = |device: &Device, with, total| {
            reserve(device, (place(with), total), 10, listed, NOW).unwrap()
        };
        let first = fixtures::device(dir.path(), Vec::new());
        assert_eq!(
            reserved(&first, 8, 3),
            Reserved::Done,
            "its message is listed"
        );
        assert_eq!(reserved(&first, 1, 4), Reserved::Done);
        let second = first.at(dir.path());
        assert_eq!(
            reserved(&second, 2, 4),
            Reserved::Room(3),
            "the first may be at work"
        );
        drop(first);
        assert_eq!(
            reserved(&second, 2, 4),
            Reserved::Room(3),
            "it has looked before"
        );
        let third = second.at(dir.path());
        assert_eq!(
            reserved(&third, 2, 4),
            Reserved::Room(3),
            "the second may be at work"
        );
        let fourth = third.at(dir.path());
        drop((second, third));
        assert_eq!(
            reserved(&fourth, 2, 8),
            Reserved::Room(7),
            "what is listed stays"
        );
        assert_eq!(reserved(&fourth, 2, 7), Reserved::Done);
    }
    #[test]
    fn two_programs_at_once_reserve_no_more_than_there_is() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        for round in 0..20 {
            let start = std::sync::Barrier::new(2);
            // Both are there until the end: what one that has ended left would be let go.
            let programs = [device.at(dir.path()), device.at(dir.path())];
            let reserved = |program: &Device, number: u8| {
                let mut id = [round; 16];
                id[15] = number;
                let place = Place::of_alert(MessageId(id), 1);
                start.wait();
                reserve(program, (place, 6), 10, listed, NOW).unwrap()
            };
            let both = std::thread::scope(|scope| {
                let other = scope.spawn(|| reserved(&programs[0], 1));
                [reserved(&programs[1], 2), other.join().unwrap()]
            });
            let done = both.iter().filter(|it| **it == Reserved::Done).count();
            assert_eq!(done, 1, "{both:?}");
        }
    }
}
