//! The sensitive part of an alert: what would harm somebody again if all who read the alert read it. Its words stand in the alert itself, sealed once
//! more inside to few of those whom the alert is for, and signed with the rest of it. So it comes and goes with the alert: no crash parts the two, no
//! relay sees a second envelope, and who hands the alert on hands on nothing of the words.
//!
//! The others see that it is there and by whose keys it opens. What is signed has the hash of what is sealed, with something random in it: so one of the
//! few can let somebody else read it word for word, and nobody finds out by the hash what it says.

use core::fmt;

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Fields,
    tidy::tidy_lines,
    vocabulary::{SensitiveKind, Vocabulary as _},
};
use crate::{
    extensions::Extensions,
    group::{DEVICES_MAX, SENSITIVE_READERS_MAX},
    ids::MessageId,
    seal::{MemberIdentity, MemberKey, SealError, open_among, seal_among},
};

/// The number of the extension. Critical: who does not know it must be told that there is more.
pub(crate) const SENSITIVE_PART: u16 = 19;

/// Characters of one. Of every alphabet but a few signs it fits what others see no more of than that.
pub const PART_CHARS_MAX: usize = 1_000;

/// Kinds of one.
const KINDS_MAX: usize = 8;

/// Keys to which one is sealed: all devices of the few, and of its author.
const KEYS_MAX: usize = (SENSITIVE_READERS_MAX + 1) * DEVICES_MAX;

/// What somebody writes for few.
#[derive(Clone, PartialEq, Eq)]
pub struct SensitiveWords {
    kinds: Vec<SensitiveKind>,
    text: Zeroizing<String>,
}

impl fmt::Debug for SensitiveWords {
    /// Says nothing of what it says: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SensitiveWords(..)")
    }
}

/// Why it cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// It is not said what it is about.
    #[error("it is not said what it is about")]
    NoKind,
    /// There are no words in it.
    #[error("it has no words")]
    Empty,
    /// So many characters are possible.
    #[error("it has more than {PART_CHARS_MAX} characters")]
    TooLong,
}

impl SensitiveWords {
    /// Tidies the words and checks the rules.
    ///
    /// # Errors
    /// [`PartError`].
    pub fn new(kinds: &[SensitiveKind], text: &str) -> Result<Self, PartError> {
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable_by_key(|kind| kind.number());
        kinds.dedup();
        let text = Zeroizing::new(tidy_lines(text));
        if kinds.is_empty() || kinds.len() > KINDS_MAX {
            return Err(PartError::NoKind);
        }
        if text.is_empty() {
            return Err(PartError::Empty);
        }
        match text.chars().count() > PART_CHARS_MAX {
            true => Err(PartError::TooLong),
            false => Ok(Self { kinds, text }),
        }
    }

    /// What it is about.
    #[must_use]
    pub fn kinds(&self) -> &[SensitiveKind] {
        &self.kinds
    }

    /// The words.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Both.
    pub(crate) fn into_said(self) -> (Vec<SensitiveKind>, Zeroizing<String>) {
        (self.kinds, self.text)
    }
}

/// The extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SensitivePart {
    /// Whose keys it opens with, ascending.
    pub(crate) readers: Vec<MemberKey>,
    /// The hash of what is sealed (SB10).
    pub(crate) hash: Hash,
    /// It.
    sealed: Blob,
    /// What a later version adds.
    extensions: Extensions,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Letter {
    /// Who wrote it, and in which alert: else somebody else could put it into one of their own, and have it read to them.
    author: PublicKey<Device>,
    alert: MessageId,
    /// Random, so that nobody finds out by its hash what it says.
    salt: [u8; 16],
    /// What it is about, ascending.
    kinds: Vec<SensitiveKind>,
    /// The words.
    text: String,
    /// What a later version adds.
    extensions: Extensions,
}

/// A part that was opened.
#[derive(Clone)]
pub(crate) struct OpenedPart {
    /// What it says,
    pub(crate) words: SensitiveWords,
    /// and its bytes, by which it is sealed to others.
    bytes: Zeroizing<Vec<u8>>,
}

fn hash(bytes: &[u8]) -> Hash {
    Hash::tagged("sensitive-part", &[bytes])
}

/// What a letter says, if it is this author's, of this alert, and breaks no rule.
fn read(bytes: &[u8], (author, alert): (&PublicKey<Device>, MessageId)) -> Option<SensitiveWords> {
    let letter: Letter = codec::decode(bytes).ok()?;
    let text = Zeroizing::new(letter.text);
    let kinds = letter.kinds;
    let is_theirs = (&letter.author, letter.alert) == (author, alert);
    let ascends = kinds.is_sorted_by(|one, next| one.number() < next.number());
    let fits = (1..=KINDS_MAX).contains(&kinds.len())
        && kinds.first().is_some_and(|kind| kind.number() != 0)
        && (1..=PART_CHARS_MAX).contains(&text.chars().count());
    let is_known = is_theirs && ascends && fits && !letter.extensions.has_critical();
    is_known.then_some(SensitiveWords { kinds, text })
}

/// A letter for the files that others decide by: its bytes, their hash, and what a reader shows of it.
#[cfg(test)]
pub(crate) fn letter(
    author: (PublicKey<Device>, MessageId),
    (kinds, text): (&[SensitiveKind], &str),
    extensions: Extensions,
    meant: (&PublicKey<Device>, MessageId),
) -> (Vec<u8>, Hash, Option<SensitiveWords>) {
    let letter = Letter {
        author: author.0,
        alert: author.1,
        salt: [7; 16],
        kinds: kinds.to_vec(),
        text: text.to_owned(),
        extensions,
    };
    let bytes = codec::encode(&letter);
    let (hash, shown) = (hash(&bytes), read(&bytes, meant));
    (bytes, hash, shown)
}

/// A part for the same: with what would be sealed as it is.
#[cfg(test)]
pub(crate) fn part(readers: Vec<MemberKey>, hash: Hash, extensions: Extensions) -> SensitivePart {
    SensitivePart {
        readers,
        hash,
        sealed: Blob(vec![1, 2, 3]),
        extensions,
    }
}

impl SensitivePart {
    /// Seals words for an alert of this author to these keys.
    ///
    /// # Errors
    /// [`SealError`].
    pub(crate) fn seal(
        words: &SensitiveWords,
        (author, alert, salt): (PublicKey<Device>, MessageId, [u8; 16]),
        keys: &[MemberKey],
    ) -> Result<Self, SealError> {
        let mut readers = keys.to_vec();
        readers.sort_unstable();
        readers.dedup();
        let letter = Letter {
            author,
            alert,
            salt,
            kinds: words.kinds.clone(),
            text: words.text().to_owned(),
            extensions: Extensions::none(),
        };
        let bytes = Zeroizing::new(codec::encode(&letter));
        drop(Zeroizing::new(letter.text));
        Ok(Self {
            hash: hash(&bytes),
            sealed: Blob(seal_among(&bytes, &readers)?),
            readers,
            extensions: Extensions::none(),
        })
    }

    /// The part in an alert (SB9); `None` where there is none, or one that this program cannot read.
    #[must_use]
    pub(crate) fn of(fields: &Fields) -> Option<Self> {
        let read: Self = codec::decode(fields.extensions.get(SENSITIVE_PART)?).ok()?;
        let fits = (1..=KEYS_MAX).contains(&read.readers.len());
        let ascends = read.readers.is_sorted_by(|one, next| one < next);
        (fits && ascends && !read.extensions.has_critical()).then_some(read)
    }

    /// These extensions, and it.
    #[must_use]
    pub(crate) fn put(&self, extensions: &Extensions) -> Extensions {
        extensions.with(SENSITIVE_PART, codec::encode(self))
    }

    /// What it says, if it opens with this key: as it stands in the alert, or as one of its readers sealed it since; and if the author of this alert wrote
    /// it there (SB11).
    #[must_use]
    pub(crate) fn open<'s>(
        &'s self,
        sealed_since: impl IntoIterator<Item = &'s [u8]>,
        (author, alert): (&PublicKey<Device>, MessageId),
        me: &MemberIdentity,
    ) -> Option<OpenedPart> {
        let own = self.readers.contains(&me.to_key());
        let own = own.then_some(self.sealed.0.as_slice());
        own.into_iter().chain(sealed_since).find_map(|sealed| {
            let bytes = open_among(sealed, me).ok()?;
            if hash(&bytes) != self.hash {
                return None;
            }
            let words = read(&bytes, (author, alert))?;
            Some(OpenedPart { words, bytes })
        })
    }
}

impl OpenedPart {
    /// Seals it to others, word for word.
    ///
    /// # Errors
    /// [`SealError`].
    pub(crate) fn seal(&self, keys: &[MemberKey]) -> Result<Vec<u8>, SealError> {
        seal_among(&self.bytes, keys)
    }
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
