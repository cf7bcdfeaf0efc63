//! Files that a member adds to a case: sealed and on disk before the message that speaks of them is queued, posted after it. An original that is handed
//! on goes in the same way. And the word that an original is saved, which is on disk before the original is.

use bellrope_proto::{
    codec::Blob,
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    attaching::{NotAttached, ReadyFile, attach_one},
    case_error::{CaseError, one_line},
    cases::say_act_as,
    compose::sender,
};
use crate::{
    alert::{
        SUMMARY_CHARS_MAX,
        vocabulary::{Part, Vocabulary as _},
    },
    attachment::{ATTACHMENTS_MAX, Attachment, CASE_BYTES_MAX, Paper, Place, keep},
    case::facts::About,
    device::{Device, DeviceError, Folded, attaching},
    extensions::Extensions,
    group::{Person, Roster},
    ids::MessageId,
    message::{
        CaseAct, Fact, FilesWords, HandedOnWords, KEEPERS_MAX, Keepers, Original, Originals,
        Provenance, SavedWords, Saving,
    },
    random::random,
    seal::MemberKey,
    show::AttachmentView,
};

/// Why no file was added.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// There is none.
    #[error("no file is named")]
    None,
    /// Together they are larger than this.
    #[error("together they have more than {0} bytes")]
    TooLarge(usize),
    /// Nobody keeps the evidence of this case.
    #[error("nobody keeps the evidence of this case")]
    NoKeeper,
    /// See [`NotAttached`].
    #[error(transparent)]
    NotAttached(#[from] NotAttached),
    /// See [`CaseError`].
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<DeviceError> for FilesError {
    fn from(error: DeviceError) -> Self {
        Self::Case(error.into())
    }
}

/// Whether files can be added to a case now, before anybody waits for them to be read: who may speak in it, and if originals go along, who keeps them.
///
/// # Errors
/// [`FilesError`].
pub fn may_add_files(
    device: &Device,
    case: MessageId,
    with_originals: bool,
) -> Result<(), FilesError> {
    let (folded, roster) = speaking(device, case)?;
    match with_originals && evidence_keepers(&folded, &roster).is_empty() {
        true => Err(FilesError::NoKeeper),
        false => Ok(()),
    }
}

/// The case, in which this device's person may say something.
fn speaking(
    device: &Device,
    case: MessageId,
) -> Result<(Folded, std::sync::Arc<Roster>), FilesError> {
    sender(device).map_err(CaseError::from)?;
    let (_, roster, folded) = Folded::read(device, case)?.ok_or(CaseError::NoCase)?;
    match folded
        .opening
        .may_speak(&roster, &device.signing().public())
    {
        true => Ok((folded, roster)),
        false => Err(CaseError::NotForYou.into()),
    }
}

/// Adds files to a case, for everybody who reads it; the id of the message with which they go. Nothing of what is in them can be read on this device
/// by them. A crash loses the whole of it, or nothing.
///
/// # Errors
/// [`FilesError`]; nothing is queued then.
pub fn add_files(
    device: &Device,
    case: MessageId,
    files: &[ReadyFile],
    provenance: &Provenance,
    now: Timestamp,
) -> Result<MessageId, FilesError> {
    let provenance = tidy_provenance(provenance)?;
    let sizes = files
        .iter()
        .flat_map(|file| [Some(&file.paper), file.original.as_ref()]);
    let total = sizes
        .flatten()
        .map(Paper::size)
        .fold(0, usize::saturating_add);
    if files.is_empty() {
        return Err(FilesError::None);
    }
    if files.len() > ATTACHMENTS_MAX {
        return Err(NotAttached::TooMany.into());
    }
    if total > CASE_BYTES_MAX {
        return Err(FilesError::TooLarge(CASE_BYTES_MAX));
    }
    may_add_files(device, case, files.iter().any(|it| it.original.is_some()))?;
    let with = MessageId(random());
    let mut written = Vec::new();
    let said = seal_all(device, (case, with), (files, now), &mut written).and_then(|sealed| {
        // Read again: it may have gone on while this was written.
        let said = Folded::read(device, case)?;
        let (kept, roster, folded) = said.ok_or(CaseError::NoCase)?;
        let words = words(sealed, &evidence_keepers(&folded, &roster), provenance)?;
        let act = CaseAct::Files(Box::new(words));
        Ok(say_act_as(
            device,
            (&kept, &roster, &folded),
            (with, &act),
            now,
        )?)
    });
    if let Err(error) = said {
        for place in &written {
            // What stays is let go a day later.
            let _ = attaching::let_go(device, place);
        }
        return Err(error);
    }
    Ok(with)
}

/// What was sealed: the files, and of which of them the original, what it is, and its parts.
type Sealed = (Vec<Attachment>, Vec<(Original, Attachment)>);

fn seal_all(
    device: &Device,
    (case, with): (MessageId, MessageId),
    (files, now): (&[ReadyFile], Timestamp),
    written: &mut Vec<Place>,
) -> Result<Sealed, FilesError> {
    let mut seal = |paper: &Paper, number: u16| {
        let place = Place { case, with, number };
        written.push(place);
        attach_one(device, place, paper, now)
    };
    let mut open = Vec::new();
    for (file, number) in files.iter().zip(1..) {
        open.push(seal(&file.paper, number)?);
    }
    let mut originals = Vec::new();
    let next = u16::try_from(files.len()).map_or(u16::MAX, |count| count.saturating_add(1));
    let of = (1..).zip(files);
    let of = of.filter_map(|(of, file)| Some((of, file.original.as_ref()?)));
    for ((of, original), number) in of.zip(next..) {
        let sealed = seal(original, number)?;
        originals.push((Original::of(of, original.kind, &sealed), sealed));
    }
    Ok((open, originals))
}

fn words(
    (files, originals): Sealed,
    keepers: &[&Person],
    provenance: Provenance,
) -> Result<FilesWords, FilesError> {
    let (all, sealed): (Vec<Original>, Vec<Attachment>) = originals.into_iter().unzip();
    let originals = match (all.is_empty(), keepers.is_empty()) {
        (true, _) => None,
        (false, true) => return Err(FilesError::NoKeeper),
        (false, false) => {
            let keys = keepers.iter().map(|it| it.key).collect();
            let keepers = Keepers::seal(keys, &sealed).map_err(NotAttached::from)?;
            Some(Originals { all, keepers })
        }
    };
    Ok(FilesWords {
        files,
        originals,
        provenance,
        extensions: Extensions::none(),
    })
}

/// The devices of those who keep the evidence of a case, as far as they are in the group and read it; ascending.
pub(crate) fn evidence_keepers<'r>(folded: &Folded, roster: &'r Roster) -> Vec<&'r Person> {
    let facts = folded
        .case
        .facts
        .get(&About::Part(Part::EvidenceKeeper.number()));
    let facts = facts.into_iter().flatten();
    let named = facts.filter_map(|said| match &said.fact {
        Fact::Part(_, who) => *who,
        _ => None,
    });
    let named: Vec<PublicKey<DeviceKey>> = named.filter_map(|it| roster.person_of(&it)).collect();
    let reads = |person: &Person| folded.opening.reads(roster, person);
    kept_by(roster.people(), &named, reads)
}

/// AT12: the devices to which an original is sealed, ascending: those of people who are named to keep the evidence and read the case; of more than can be named,
/// the lowest.
pub(crate) fn kept_by<'p>(
    devices: &'p [Person],
    named: &[PublicKey<DeviceKey>],
    reads: impl Fn(&Person) -> bool,
) -> Vec<&'p Person> {
    let keeps = |it: &&Person| named.contains(&it.person) && reads(it);
    let mut all: Vec<&Person> = devices.iter().filter(keeps).collect();
    all.sort_by_key(|person| person.device);
    all.truncate(KEEPERS_MAX);
    all
}

/// In lines as they are shown.
///
/// # Errors
/// [`FilesError`] of what is too long.
pub fn tidy_provenance(said: &Provenance) -> Result<Provenance, FilesError> {
    let by = one_line(&said.by)?;
    if by.chars().count() > SUMMARY_CHARS_MAX {
        return Err(CaseError::TooLong(SUMMARY_CHARS_MAX).into());
    }
    let tidied = Provenance {
        caption: one_line(&said.caption)?,
        by,
        at: said.at,
        how: one_line(&said.how)?,
    };
    match tidied.is_short() {
        true => Ok(tidied),
        false => Err(CaseError::NotPossible.into()),
    }
}

/// Hands an original that is whole on this device on to those who keep the evidence of its case and cannot open it; how many devices these have. It is
/// sealed and sent once more: the relay may have let go of what came first, and its parts were never kept where they could not be opened.
///
/// # Errors
/// [`FilesError`]; nothing is queued then.
pub fn hand_original_on(
    device: &Device,
    case: MessageId,
    (view, whole): (&AttachmentView, Blob),
    now: Timestamp,
) -> Result<usize, FilesError> {
    let (folded, roster) = speaking(device, case)?;
    let keepers = evidence_keepers(&folded, &roster);
    if keepers.is_empty() {
        return Err(FilesError::NoKeeper);
    }
    let keys: Vec<MemberKey> = keepers.iter().map(|it| it.key).collect();
    let keys: Vec<MemberKey> = keys
        .into_iter()
        .filter(|key| !view.keys().contains(key))
        .collect();
    if keys.is_empty() {
        return Err(CaseError::Again.into());
    }
    let count = keys.len();
    let paper = keep(whole, CASE_BYTES_MAX).map_err(|_| FilesError::TooLarge(CASE_BYTES_MAX))?;
    let id = MessageId(random());
    let place = Place {
        case,
        with: id,
        number: HandedOnWords::NUMBER,
    };
    let sealed = attach_one(device, place, &paper, now)?;
    drop(paper);
    let (with, number) = view.place();
    let said = Keepers::seal(keys, std::slice::from_ref(&sealed));
    let said = said.map_err(NotAttached::from).map(|keepers| {
        CaseAct::HandedOn(HandedOnWords {
            with,
            number,
            kind: sealed.kind,
            size: sealed.size(),
            hash: sealed.hash(),
            keepers,
            extensions: Extensions::none(),
        })
    });
    let said = said.map_err(FilesError::from).and_then(|act| {
        let said = Folded::read(device, case)?;
        let (kept, roster, folded) = said.ok_or(CaseError::NoCase)?;
        Ok(say_act_as(
            device,
            (&kept, &roster, &folded),
            (id, &act),
            now,
        )?)
    });
    if let Err(error) = said {
        // What stays is let go a day later.
        let _ = attaching::let_go(device, &place);
        return Err(error);
    }
    Ok(count)
}

/// Says in a case how far the saving of its original is; that it begins is on disk before the original is.
///
/// # Errors
/// [`CaseError`]; if that it begins cannot be said, it must not be saved.
pub fn say_saved(
    device: &Device,
    (case, with, number): (MessageId, MessageId, u16),
    (saving, hash): (Saving, Hash),
    now: Timestamp,
) -> Result<(), CaseError> {
    sender(device)?;
    let (kept, roster, folded) = Folded::read(device, case)?.ok_or(CaseError::NoCase)?;
    if !folded
        .opening
        .may_speak(&roster, &device.signing().public())
    {
        return Err(CaseError::NotForYou);
    }
    let act = CaseAct::Saved(SavedWords {
        saving,
        with,
        number,
        hash,
        extensions: Extensions::none(),
    });
    let id = MessageId(random());
    say_act_as(device, (&kept, &roster, &folded), (id, &act), now).map(drop)
}
