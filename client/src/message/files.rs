//! Files that a member adds to a case, untouched originals that go with these or with an alert, that one was handed on, and that one was saved. How
//! they are cut and put together again is in `attachment`.
//!
//! Everybody who reads the case reads what is added. The untouched original of what was written anew can go along for those alone who keep originals:
//! the secret of its key is sealed to their devices, and its hash stands openly beside it, so that everybody can tell later whether something is that
//! file.

use std::collections::BTreeMap;

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
};
use serde::{Deserialize, Serialize};

use super::{
    case::is_short,
    facts::{is_line, is_time},
};
use crate::{
    alert::{EventTime, Fields},
    attachment::{
        self, ATTACHMENTS_MAX, Attachment, CASE_BYTES_MAX, ORIGINAL_BYTES_MAX, PaperKind, parts_of,
    },
    extensions::Extensions,
    ids::MessageId,
    numbered::numbered,
    seal::{MemberIdentity, MemberKey, SealError, is_among, open_among, seal_among},
    secret::Seed,
};

/// Devices to which originals are sealed.
pub(crate) const KEEPERS_MAX: usize = 16;

/// The extension of an alert that says which originals go with it. May be ignored: whoever does not know it has all that everybody may open.
pub(crate) const ORIGINALS: u16 = 32_810;

/// Where a file comes from, as who adds it says. All of it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// What is to be seen.
    pub caption: String,
    /// Who took or wrote it.
    pub by: String,
    /// When.
    pub at: EventTime,
    /// How, with what, and by whom it came here.
    pub how: String,
}

/// The words of a message that adds files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FilesWords {
    /// For everybody who reads the case; their numbers are their places, from 1.
    pub(crate) files: Vec<Attachment>,
    /// Of some of them the untouched original.
    pub(crate) originals: Option<Originals>,
    /// Where all of them come from.
    pub(crate) provenance: Provenance,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// What an alert says of the originals that go with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AlertOriginals {
    /// They.
    pub(crate) originals: Originals,
    /// Where they come from.
    pub(crate) provenance: Provenance,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// Originals of some of the files of a message, and for whom they are. Their numbers go on after those of the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Originals {
    /// At least one.
    pub(crate) all: Vec<Original>,
    /// For whom.
    pub(crate) keepers: Keepers,
}

/// What everybody is told of an original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Original {
    /// The number of the file that was made of it.
    pub(crate) of: u16,
    /// What it is.
    pub(crate) kind: PaperKind,
    /// Bytes.
    pub(crate) size: u64,
    /// SHA-256 of the whole.
    pub(crate) hash: Hash,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// Those who can open something that others only hear of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keepers {
    /// The lasting keys of their devices, ascending.
    pub(crate) keys: Vec<MemberKey>,
    /// The secrets of the keys of what they can open, in its order, sealed to these.
    pub(crate) sealed: Blob,
}

/// What is known of an original here, with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered<'a> {
    /// Its number.
    pub(crate) number: u16,
    /// What everybody is told.
    pub(crate) said: &'a Original,
}

impl Original {
    /// Of a paper that is kept as it is.
    pub(crate) fn of(number: u16, kind: PaperKind, paper: &Attachment) -> Self {
        Self {
            of: number,
            kind,
            size: paper.size(),
            hash: paper.hash(),
            extensions: Extensions::none(),
        }
    }
}

impl Keepers {
    /// Seals what opens these papers to the devices with these keys; one that is there twice counts once.
    ///
    /// # Errors
    /// [`SealError`].
    pub(crate) fn seal(mut keys: Vec<MemberKey>, papers: &[Attachment]) -> Result<Self, SealError> {
        keys.sort_unstable();
        keys.dedup();
        let secrets: Vec<&Seed> = papers.iter().map(Attachment::secret).collect();
        let bytes = zeroize::Zeroizing::new(codec::encode(&secrets));
        let sealed = Blob(seal_among(&bytes, &keys)?);
        Ok(Self { keys, sealed })
    }

    /// The secrets, if they are for this device and as many as are due.
    fn open(&self, count: usize, me: &MemberIdentity) -> Option<Vec<Seed>> {
        if !self.keys.contains(&me.to_key()) {
            return None;
        }
        let opened = open_among(&self.sealed.0, me).ok()?;
        let secrets: Vec<Seed> = codec::decode(&opened).ok()?;
        (secrets.len() == count).then_some(secrets)
    }

    /// Whether they are for somebody, for each device once, and sealed to as many.
    fn is_right(&self) -> bool {
        let keys = &self.keys;
        (1..=KEEPERS_MAX).contains(&keys.len())
            && keys.is_sorted_by(|one, next| one < next)
            && is_among(&self.sealed.0, keys.len())
    }
}

impl Originals {
    /// The originals, with their numbers, of a message with so many files.
    fn numbered(&self, files: usize) -> impl Iterator<Item = Numbered<'_>> {
        let originals = self.all.iter().enumerate();
        originals.map(move |(at, said)| Numbered {
            number: u16::try_from(files.saturating_add(1).saturating_add(at)).unwrap_or(u16::MAX),
            said,
        })
    }

    /// Those that a device can open: all, or none.
    fn for_device(&self, files: usize, me: &MemberIdentity) -> BTreeMap<u16, Attachment> {
        let secrets = self.keepers.open(self.all.len(), me);
        let all = secrets.into_iter().flatten().zip(self.numbered(files));
        all.map(|(secret, one)| {
            let what = (one.said.size, one.said.hash);
            let paper = Attachment::original(secret, one.said.kind, what);
            (one.number, paper)
        })
        .collect()
    }

    /// Whether they are of so many files, each of these once.
    fn is_right(&self, files: usize) -> bool {
        let is_of = |it: &Original| (1..=files).contains(&usize::from(it.of));
        !self.all.is_empty()
            && self.all.is_sorted_by(|one, next| one.of < next.of)
            && self.all.iter().all(is_of)
            && self.keepers.is_right()
    }

    fn has_critical(&self) -> bool {
        self.all.iter().any(|it| it.extensions.has_critical())
    }
}

impl AlertOriginals {
    /// What an alert with these fields says; `None` where it says nothing of any, or something that this program does not understand: then it shows
    /// none of them.
    #[must_use]
    pub(crate) fn of(fields: &Fields) -> Option<Self> {
        let bytes = fields.extensions.get(ORIGINALS)?;
        let files = attachment::said_in(&fields.extensions)?.len();
        let said: Self = codec::decode(bytes).ok()?;
        let is_size = |it: &Original| (1..=ORIGINAL_BYTES_MAX as u64).contains(&it.size);
        let fits = said.originals.is_right(files)
            && said.originals.all.iter().all(is_size)
            && said.provenance.is_short();
        let is_newer = said.extensions.has_critical() || said.originals.has_critical();
        (fits && !is_newer).then_some(said)
    }

    /// The originals, with their numbers, behind so many files.
    pub(crate) fn numbered(&self, files: usize) -> impl Iterator<Item = Numbered<'_>> {
        self.originals.numbered(files)
    }

    /// Those that a device can open, by their numbers: all, or none.
    #[must_use]
    pub(crate) fn for_device(
        &self,
        files: usize,
        me: &MemberIdentity,
    ) -> BTreeMap<u16, Attachment> {
        self.originals.for_device(files, me)
    }
}

impl FilesWords {
    /// The originals, with their numbers.
    pub(crate) fn originals(&self) -> impl Iterator<Item = Numbered<'_>> {
        let originals = self.originals.iter();
        originals.flat_map(|it| it.numbered(self.files.len()))
    }

    /// All that a device can open, by its numbers: the files, and the originals if they are for it.
    #[must_use]
    pub(crate) fn for_device(&self, me: &MemberIdentity) -> BTreeMap<u16, Attachment> {
        let mut all: BTreeMap<u16, Attachment> = (1..).zip(self.files.iter().cloned()).collect();
        let originals = self.originals.iter();
        all.extend(originals.flat_map(|it| it.for_device(self.files.len(), me)));
        all
    }

    /// It, unless it breaks a rule or goes over a limit.
    pub(super) fn checked(self) -> Option<Self> {
        let count = self.files.len();
        let sizes = self.files.iter().map(Attachment::size);
        let sizes = sizes.chain(self.originals().map(|it| it.said.size));
        let sizes: Vec<u64> = sizes.collect();
        let total = sizes.iter().copied().fold(0, u64::saturating_add);
        let are_sizes = sizes.iter().all(|size| parts_of(*size) > 0);
        let is_newer = self.extensions.has_critical()
            || self.files.iter().any(|it| it.extensions.has_critical())
            || self.originals.iter().any(Originals::has_critical);
        let fits = (1..=ATTACHMENTS_MAX).contains(&count)
            && are_sizes
            && total <= CASE_BYTES_MAX as u64
            && self.originals.iter().all(|it| it.is_right(count))
            && self.provenance.is_short();
        (fits && !is_newer).then_some(self)
    }
}

/// That an original is there once more, for others: who could open it hands it on. It is sealed and sent anew, as a relay has forgotten what came long
/// ago, and whoever is to keep it was not there then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HandedOnWords {
    /// With which message the original goes,
    pub(crate) with: MessageId,
    /// and its number there.
    pub(crate) number: u16,
    /// What it is,
    pub(crate) kind: PaperKind,
    /// its bytes,
    pub(crate) size: u64,
    /// and SHA-256 of the whole: that of another is no copy of it.
    pub(crate) hash: Hash,
    /// For whom.
    pub(crate) keepers: Keepers,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl HandedOnWords {
    /// The number of what goes with it: one, and nothing else.
    pub(crate) const NUMBER: u16 = 1;

    /// It, if this device can open it.
    #[must_use]
    pub(crate) fn for_device(&self, me: &MemberIdentity) -> Option<Attachment> {
        let secret = self.keepers.open(1, me)?.pop()?;
        let what = (self.size, self.hash);
        Some(Attachment::original(secret, self.kind, what))
    }

    /// AT20: whether it hands this original on, which goes with this message under this number: the same bytes, by somebody one of whose devices could open
    /// it by then.
    #[must_use]
    pub(crate) fn hands_on(
        &self,
        (with, number): (MessageId, u16),
        (size, hash): (u64, Hash),
        (keepers, of_author): (&[MemberKey], &[MemberKey]),
    ) -> bool {
        let is_it = (self.with, self.number, self.size, self.hash) == (with, number, size, hash);
        is_it && of_author.iter().any(|key| keepers.contains(key))
    }

    pub(super) fn checked(self) -> Option<Self> {
        let fits = parts_of(self.size) > 0 && self.keepers.is_right();
        (fits && !self.extensions.has_critical()).then_some(self)
    }
}

impl Provenance {
    /// Whether no text of it is too long.
    #[must_use]
    pub(crate) fn is_short(&self) -> bool {
        is_short(&self.caption) && is_line(&self.by) && is_short(&self.how) && is_time(&self.at)
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

numbered! {
    /// How far the saving of an original is. It is said before, so that nobody has one of whom nobody was told; and after, as saving can fail.
    pub enum Saving: u16 {
        /// 1: it is about to be saved. If nothing follows, nobody knows whether it was.
        Begins = 1,
        /// 2: it was saved.
        Done = 2,
        /// 3: it could not be saved.
        Failed = 3,
    }
}

/// That somebody saves an original: what is to be known of who has it lies outside of this program from then on. Their program says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedWords {
    /// How far that is.
    pub(crate) saving: Saving,
    /// With which message it goes: the alert, something that its sender said later, or a message of the case.
    pub(crate) with: MessageId,
    /// Its number there.
    pub(crate) number: u16,
    /// SHA-256 of it.
    pub(crate) hash: Hash,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl SavedWords {
    pub(super) fn checked(self) -> Option<Self> {
        (!self.extensions.has_critical()).then_some(self)
    }
}
