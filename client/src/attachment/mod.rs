//! Photographs and papers that go with an alert, or that members add to its case: what the message says of them, and the parts in which they follow it.
//!
//! The message goes first and alone. Inside it stand the key, the size and the hash of each; the parts follow, each an envelope like any other,
//! sealed to that key. So who reads the message reads them, and nobody else does, without a list of readers in every part.
//!
//! The rules are numbered (AT1, AT2, …) in `proto/PROTOCOL.md`, "Photographs and papers". What a picture tells besides its pixels is taken
//! away in `picture`, before any of this.

mod holds;
mod kind;
mod picture;
mod prepare;
#[cfg(test)]
mod tests;

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::{Device, PublicKey, Purpose, Signed, Statement},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    extensions::Extensions,
    ids::MessageId,
    seal::{MemberIdentity, MemberKey},
    secret::Seed,
};

pub use holds::Told;
pub use kind::{PaperKind, Treatment};
pub use prepare::{FILE_BYTES_MAX, NotTaken, Paper, keep, rewrite};

/// Photographs and papers of one alert, and files of one message in a case.
pub const ATTACHMENTS_MAX: usize = 8;

/// Bytes of one that goes with an alert, as it is sent.
pub const ATTACHMENT_BYTES_MAX: usize = 2_000_000;

/// Bytes of an original that goes with an alert: what a camera makes. It follows behind everything else.
pub const ORIGINAL_BYTES_MAX: usize = 8_000_000;

/// Bytes of all files of one message in a case, their originals too.
pub const CASE_BYTES_MAX: usize = 50_000_000;

/// Bytes of a part but the last: with what is around them, what the largest bucket carries to one key.
pub(crate) const PART_BYTES: usize = 63_000;

/// The extension of an alert that says what goes with it. Whoever does not know it says that there is more.
pub(crate) const EXTENSION: u16 = 17;

/// What a message says of one photograph or paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attachment {
    /// The secret of the key that its parts are sealed to.
    secret: Seed,
    /// What it is.
    pub kind: PaperKind,
    /// What was done with it before it was sent.
    pub treatment: Treatment,
    /// Bytes.
    size: u64,
    /// SHA-256 of the whole.
    hash: Hash,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// Where one belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The alert by whose case it is kept: what goes with an alert is kept by that one's own id.
    pub(crate) case: MessageId,
    /// With which message it goes: an alert, or one of that case.
    pub(crate) with: MessageId,
    /// Its place among what goes with that, from 1.
    pub(crate) number: u16,
}

impl Place {
    /// Of what goes with an alert.
    pub(crate) fn of_alert(alert: MessageId, number: u16) -> Self {
        Self {
            case: alert,
            with: alert,
            number,
        }
    }

    /// Whether somebody adds it to a case.
    pub(crate) fn is_added(&self) -> bool {
        self.case != self.with
    }

    /// The beginning of its files' names. All that belongs to a case begins with its alert's id: so it is found when the case is to go.
    pub(crate) fn name(&self) -> String {
        match self.is_added() {
            true => format!("{}-{}-{}", self.case, self.with, self.number),
            false => format!("{}-{}", self.with, self.number),
        }
    }
}

/// A part as its sender signs it: whoever reads the alert knows the key that parts are sealed to, and could else post others in their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Of what goes with which message: an alert, or one of a case.
    pub alert: MessageId,
    /// Its place among that, from 1.
    pub number: u16,
    /// Which part, from 0.
    pub index: u16,
    /// What stands in it.
    pub bytes: Blob,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Part {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Part;
}

impl Attachment {
    /// What an alert says of this paper, with a new key.
    pub(crate) fn of(paper: &Paper) -> Self {
        Self {
            secret: Seed::random(),
            kind: paper.kind,
            treatment: paper.treatment,
            size: paper.bytes.len() as u64,
            hash: hash(&paper.bytes),
            extensions: Extensions::none(),
        }
    }

    /// An original, as its message says it openly, with the secret that was sealed for whoever keeps it.
    pub(crate) fn original(secret: Seed, kind: PaperKind, (size, hash): (u64, Hash)) -> Self {
        Self {
            secret,
            kind,
            treatment: Treatment::AsItIs,
            size,
            hash,
            extensions: Extensions::none(),
        }
    }

    /// The secret of the key that its parts are sealed to.
    pub(crate) fn secret(&self) -> &Seed {
        &self.secret
    }

    /// SHA-256 of the whole.
    pub(crate) fn hash(&self) -> Hash {
        self.hash
    }

    /// The same with a key that never changes.
    #[cfg(test)]
    pub(crate) fn with_key(self, seed: &[u8; 32]) -> Self {
        let secret = Seed::new(seed);
        Self { secret, ..self }
    }

    /// Bytes of the whole.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// What its parts are sealed to.
    pub(crate) fn key(&self) -> MemberKey {
        self.identity().to_key()
    }

    /// What opens its parts.
    pub(crate) fn identity(&self) -> MemberIdentity {
        MemberIdentity::from_seed(self.secret.bytes())
    }

    /// AT2: how many parts there are; none of a size that nobody may send.
    pub(crate) fn parts(&self) -> u16 {
        parts_of(self.size)
    }

    /// AT3, AT4: the part that a statement is, if it counts as one of this, the how manieth of what goes with that message.
    pub(crate) fn part(
        &self,
        signed: &Signed<Part>,
        sender: &PublicKey<Device>,
        (with, number): (MessageId, u16),
    ) -> Option<Part> {
        let part = signed.verify(sender).ok()?;
        let is_its = part.alert == with && part.number == number;
        let is_known = !part.extensions.has_critical();
        (is_its && is_known && self.takes(&part)).then_some(part)
    }

    /// Whether a part has its place here, and the length that is due there.
    fn takes(&self, part: &Part) -> bool {
        if part.index >= self.parts() {
            return false;
        }
        let before = PART_BYTES.saturating_mul(usize::from(part.index));
        let left = usize::try_from(self.size).map_or(0, |size| size.saturating_sub(before));
        part.bytes.0.len() == left.min(PART_BYTES)
    }

    /// AT5: whether these bytes are what was sent.
    pub(crate) fn is(&self, whole: &[u8]) -> bool {
        whole.len() as u64 == self.size && hash(whole) == self.hash
    }
}

/// How many parts so many bytes have; none where nobody may send them.
pub(crate) fn parts_of(size: u64) -> u16 {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    match size {
        1..=CASE_BYTES_MAX => u16::try_from(size.div_ceil(PART_BYTES)).unwrap_or(0),
        _ => 0,
    }
}

/// The parts of a paper, in order.
pub(crate) fn cut(paper: &Paper, with: MessageId, number: u16) -> impl Iterator<Item = Part> {
    let parts = paper.bytes.chunks(PART_BYTES);
    parts.zip(0..).map(move |(bytes, index)| Part {
        alert: with,
        number,
        index,
        bytes: Blob(bytes.to_vec()),
        extensions: Extensions::none(),
    })
}

/// AT1: what an alert with these extensions says goes with it; `None` where it says so in a way that this program does not understand. The
/// numbers of the rest would be others if one of them were left out.
pub(crate) fn said_in(extensions: &Extensions) -> Option<Vec<Attachment>> {
    let Some(bytes) = extensions.get(EXTENSION) else {
        return Some(Vec::new());
    };
    let all: Vec<Attachment> = codec::decode(bytes).ok()?;
    let is_right = |one: &Attachment| {
        let fits = one.parts() > 0 && one.size <= ATTACHMENT_BYTES_MAX as u64;
        fits && !one.extensions.has_critical()
    };
    ((1..=ATTACHMENTS_MAX).contains(&all.len()) && all.iter().all(is_right)).then_some(all)
}

/// The same, with these.
pub(crate) fn say_in(extensions: &Extensions, all: &[Attachment]) -> Extensions {
    match all {
        [] => extensions.clone(),
        all => extensions.with(EXTENSION, codec::encode(&all)),
    }
}

fn hash(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}
