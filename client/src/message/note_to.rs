//! A note in a case for some of those who read it: for who leads, or for people whom its author names. It travels like everything else of the case,
//! to all who read it, so that nothing seems to be missing anywhere; its words are sealed once more inside, to the devices of those whom it is
//! for and to its author's. Pure.
//!
//! What is signed has the hash of what is sealed, with something random in it. So somebody who can read it can hand it on, word for word, and nobody
//! can hand on anything else as its author's.

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::case::NOTE_CHARS_MAX;
use crate::{
    alert::vocabulary::NoteAudience,
    extensions::Extensions,
    seal::{MemberIdentity, MemberKey, SealError, open_among, seal_among},
};

/// People whom one note is for.
pub(crate) const WHO_MAX: usize = 16;

/// The words of a message that is a note for some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoteToWords {
    /// As whom they read it: as who leads, or by their names.
    pub(crate) audience: NoteAudience,
    /// The note that is handed on by this, word for word, by the hash of its message; none in a note.
    pub(crate) of: Option<Hash>,
    /// A device of each of them, ascending.
    pub(crate) who: Vec<PublicKey<Device>>,
    /// [`Letter::hash`] of what is sealed.
    hash: Hash,
    /// It.
    sealed: Blob,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// What is sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// Who wrote it: else somebody else could put it into a message of their own, and have it read to them.
    author: PublicKey<Device>,
    /// About which alert, by its hash.
    alert: Hash,
    /// Random, so that nobody finds out by its hash what it says.
    salt: [u8; 16],
    /// The note.
    text: String,
    /// What a later version adds.
    extensions: Extensions,
}

impl Letter {
    /// What this program writes.
    #[must_use]
    pub(crate) fn new(
        author: PublicKey<Device>,
        alert: Hash,
        salt: [u8; 16],
        text: String,
    ) -> Self {
        Self {
            author,
            alert,
            salt,
            text,
            extensions: Extensions::none(),
        }
    }

    fn hash(bytes: &[u8]) -> Hash {
        Hash::tagged("note-to", &[bytes])
    }

    /// Its bytes and their hash.
    #[cfg(test)]
    pub(crate) fn written(&self) -> (Vec<u8>, Hash) {
        let bytes = codec::encode(self);
        let hash = Self::hash(&bytes);
        (bytes, hash)
    }

    /// Seals it to these keys, as a note for these people.
    ///
    /// # Errors
    /// [`SealError`].
    pub(crate) fn seal(
        &self,
        (audience, of): (NoteAudience, Option<Hash>),
        mut who: Vec<PublicKey<Device>>,
        keys: &[MemberKey],
    ) -> Result<NoteToWords, SealError> {
        who.sort_unstable();
        who.dedup();
        let bytes = Zeroizing::new(codec::encode(self));
        Ok(NoteToWords {
            audience,
            of,
            who,
            hash: Self::hash(&bytes),
            sealed: Blob(seal_among(&bytes, keys)?),
            extensions: Extensions::none(),
        })
    }
}

impl NoteToWords {
    pub(super) fn checked(self) -> Option<Self> {
        let is_for = matches!(
            self.audience,
            NoteAudience::Lead | NoteAudience::NamedPeople
        );
        let fits = (1..=WHO_MAX).contains(&self.who.len());
        let ascends = self.who.is_sorted_by(|one, next| one < next);
        (is_for && fits && ascends && !self.extensions.has_critical()).then_some(self)
    }

    /// What was sealed here, if it opens with this key and is what the author of a note signed about an alert.
    #[must_use]
    pub(crate) fn open(
        &self,
        note: &Self,
        (author, alert): (&PublicKey<Device>, &Hash),
        me: &MemberIdentity,
    ) -> Option<Letter> {
        let opened = open_among(&self.sealed.0, me).ok()?;
        if Letter::hash(&opened) != note.hash {
            return None;
        }
        let letter: Letter = codec::decode(&opened).ok()?;
        let chars = letter.text.chars().count();
        let fits = (1..=NOTE_CHARS_MAX).contains(&chars) && !letter.extensions.has_critical();
        let is_theirs = (&letter.author, &letter.alert) == (author, alert);
        (fits && is_theirs).then_some(letter)
    }
}

impl Letter {
    /// The note.
    #[must_use]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::SecretKey;

    use super::*;

    const ALERT: Hash = Hash([5; 32]);

    fn device(seed: u8) -> PublicKey<Device> {
        SecretKey::from_seed(&[seed; 32]).public()
    }

    fn member(seed: u8) -> MemberIdentity {
        MemberIdentity::from_seed(&[seed; 32])
    }

    fn letter(text: &str) -> Letter {
        Letter::new(device(1), ALERT, [7; 16], text.to_owned())
    }

    fn sealed(letter: &Letter, to: &[u8]) -> NoteToWords {
        let keys: Vec<MemberKey> = to.iter().map(|who| member(*who).to_key()).collect();
        let who = to.iter().map(|who| device(*who)).collect();
        letter.seal((NoteAudience::Lead, None), who, &keys).unwrap()
    }

    #[test]
    fn it_opens_for_whom_it_is_and_as_its_authors_words_alone() {
        let note = sealed(&letter("for who leads"), &[1, 2]);
        let open = |by: u8, who: u8, alert| {
            let opened = note.open(&note, (&device(by), &alert), &member(who));
            opened.map(|it| it.text)
        };
        assert_eq!(open(1, 2, ALERT).as_deref(), Some("for who leads"));
        assert_eq!(open(1, 1, ALERT).as_deref(), Some("for who leads"));
        assert_eq!(open(1, 3, ALERT), None, "it was not for them");
        // Somebody puts it into a message of their own, or into another case.
        assert_eq!(open(4, 2, ALERT), None);
        assert_eq!(open(1, 2, Hash([6; 32])), None);
        // Handed on word for word, and in no other words.
        let handed = sealed(&letter("for who leads"), &[3]);
        let by = (&device(1), &ALERT);
        assert_eq!(
            handed.open(&note, by, &member(3)).unwrap().text,
            "for who leads"
        );
        let forged = sealed(&letter("pay 500 euros"), &[3]);
        assert!(forged.open(&note, by, &member(3)).is_none());
        let mut cut = note.clone();
        cut.sealed.0.pop();
        assert!(cut.open(&note, by, &member(2)).is_none());
    }

    #[test]
    fn others_see_no_more_of_its_length_than_one_of_four() {
        let mut sizes = Vec::new();
        for text in [
            "n".to_owned(),
            "ж".repeat(400),
            "ж".repeat(500),
            "ж".repeat(2_000),
            "ж".repeat(NOTE_CHARS_MAX),
            "\u{1d11e}".repeat(NOTE_CHARS_MAX),
        ] {
            let note = sealed(&letter(&text), &[1, 2]);
            assert!(note.clone().checked().is_some());
            let opened = note.open(&note, (&device(1), &ALERT), &member(2));
            assert_eq!(opened.unwrap().text, text);
            sizes.push(note.sealed.0.len());
        }
        let room = [1_024, 1_024, 4_096, 4_096, 16_384, 32_768];
        assert_eq!(
            sizes,
            room.map(|room| room + 4 + 102 + 2 * 98),
            "as PROTOCOL.md has it"
        );
    }

    #[test]
    fn what_breaks_a_rule_is_a_later_versions() {
        let good = sealed(&letter("a"), &[1, 2]);
        let with = |change: &dyn Fn(&mut NoteToWords)| {
            let mut words = good.clone();
            change(&mut words);
            words.checked()
        };
        assert!(with(&|_| {}).is_some());
        assert!(with(&|it| it.audience = NoteAudience::Group).is_none());
        assert!(with(&|it| it.who.reverse()).is_none());
        assert!(with(&|it| it.who.clear()).is_none());
        let many = |count: u8| {
            let mut who: Vec<_> = (1..=count).map(device).collect();
            who.sort_unstable();
            who
        };
        assert!(with(&|it| it.who = many(16)).is_some());
        assert!(with(&|it| it.who = many(17)).is_none());
    }
}
