//! Files that a member adds to a case, and that an original was saved. How they are cut and put together again is in `attachment`.
//!
//! Everybody who reads the case reads what is added. The untouched original of what was written anew can go along for those alone who keep the case's
//! evidence: the secret of its key is sealed to each of their devices, and its hash stands openly beside it, so that everybody can tell later whether
//! something is that file.

use std::collections::BTreeMap;

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{
    case::is_short,
    facts::{is_line, is_time},
};
use crate::{
    alert::EventTime,
    attachment::{ATTACHMENTS_MAX, Attachment, CASE_BYTES_MAX, PaperKind, parts_of},
    extensions::Extensions,
    ids::MessageId,
    seal::{ALONE_BYTES, MemberIdentity, MemberKey, SealError, is_alone, open_alone, seal_alone},
    secret::Seed,
};

/// Devices of those who keep the evidence.
pub(crate) const KEEPERS_MAX: usize = 16;

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
    /// Of some of them the untouched original. Their numbers go on after those of the files.
    pub(crate) originals: Vec<Original>,
    /// For whom these are.
    pub(crate) keepers: Vec<Keeper>,
    /// Where all of them come from.
    pub(crate) provenance: Provenance,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
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

/// A device of somebody who keeps the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keeper {
    /// Which.
    pub(crate) device: PublicKey<Device>,
    /// The secrets of the originals' keys, in their order, sealed to it.
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

impl Keeper {
    /// Seals the secrets of originals to a device.
    ///
    /// # Errors
    /// [`SealError`].
    pub(crate) fn seal(
        (device, key): (PublicKey<Device>, MemberKey),
        originals: &[Attachment],
    ) -> Result<Self, SealError> {
        let secrets: Vec<&Seed> = originals.iter().map(Attachment::secret).collect();
        let bytes = zeroize::Zeroizing::new(codec::encode(&secrets));
        debug_assert!(bytes.len() <= ALONE_BYTES, "at most eight secrets");
        let sealed = Blob(seal_alone(&bytes, key)?);
        Ok(Self { device, sealed })
    }
}

impl FilesWords {
    /// The originals, with their numbers.
    pub(crate) fn originals(&self) -> impl Iterator<Item = Numbered<'_>> {
        let first = self.files.len().saturating_add(1);
        let originals = self.originals.iter().enumerate();
        originals.map(move |(at, said)| Numbered {
            number: u16::try_from(first.saturating_add(at)).unwrap_or(u16::MAX),
            said,
        })
    }

    /// All that a device can open, by its numbers: the files, and the originals if they are for it.
    #[must_use]
    pub(crate) fn for_device(
        &self,
        device: &PublicKey<Device>,
        me: &MemberIdentity,
    ) -> BTreeMap<u16, Attachment> {
        let mut all: BTreeMap<u16, Attachment> = (1..).zip(self.files.iter().cloned()).collect();
        let mut keepers = self.keepers.iter();
        let mine = keepers.find(|keeper| keeper.device == *device);
        let opened = mine.and_then(|keeper| open_alone(&keeper.sealed.0, me).ok());
        let secrets: Option<Vec<Seed>> = opened.and_then(|bytes| codec::decode(&bytes).ok());
        let secrets = secrets.filter(|secrets| secrets.len() == self.originals.len());
        for (secret, one) in secrets.into_iter().flatten().zip(self.originals()) {
            let what = (one.said.size, one.said.hash);
            all.insert(
                one.number,
                Attachment::original(secret, one.said.kind, what),
            );
        }
        all
    }

    /// It, unless it breaks a rule or goes over a limit.
    pub(super) fn checked(self) -> Option<Self> {
        let count = self.files.len();
        let sizes = self.files.iter().map(Attachment::size);
        let sizes = sizes.chain(self.originals.iter().map(|it| it.size));
        let total = sizes.clone().fold(0, u64::saturating_add);
        let are_sizes = sizes.clone().all(|size| parts_of(size) > 0);
        let newer = self.files.iter().map(|it| &it.extensions);
        let newer = newer.chain(self.originals.iter().map(|it| &it.extensions));
        let is_newer =
            self.extensions.has_critical() || newer.clone().any(Extensions::has_critical);
        let ascend = self.originals.is_sorted_by(|one, next| one.of < next.of);
        let are_of = |it: &Original| (1..=count).contains(&usize::from(it.of));
        let fits = (1..=ATTACHMENTS_MAX).contains(&count)
            && are_sizes
            && total <= CASE_BYTES_MAX as u64
            && ascend
            && self.originals.iter().all(are_of)
            && self.are_keepers()
            && self.provenance.is_short();
        (fits && !is_newer).then_some(self)
    }

    /// Whether originals are for somebody, and for each device once.
    fn are_keepers(&self) -> bool {
        let keepers = &self.keepers;
        keepers.is_empty() == self.originals.is_empty()
            && keepers.len() <= KEEPERS_MAX
            && keepers.is_sorted_by(|one, next| one.device < next.device)
            && keepers.iter().all(|it| is_alone(&it.sealed.0))
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

/// That somebody saved an original: what is to be known of who has it lies outside of this program from then on. Their program says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedWords {
    /// With which message it goes: the alert, something that its sender said later, or a message of the case.
    pub(crate) with: MessageId,
    /// Its number there.
    pub(crate) number: u16,
    /// SHA-256 of it, as it was saved.
    pub(crate) hash: Hash,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl SavedWords {
    pub(super) fn checked(self) -> Option<Self> {
        (!self.extensions.has_critical()).then_some(self)
    }
}
