//! What a member answers the sender of an alert. The sender has no roster, and most members cannot post where the sender reads: so the words are
//! signed by the member and sealed to the sender's device alone, and whoever has the pen hands them on, and says beside them that whoever signed
//! is in the group. They need not be trusted with what is said, and cannot change it.

use bellrope_proto::{
    codec::{self, Blob},
    ids::Timestamp,
    signing::{Device, Invitation, PublicKey, Purpose, Signed, Statement},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    extensions::Extensions,
    ids::{GroupId, MessageId},
    numbered::numbered,
    seal::{MemberIdentity, MemberKey, SealError, is_alone, open_alone, seal_alone},
};

/// The kind of a message whose body is a [`ToCarry`], to those who coordinate. May be ignored: nothing changes by it alone.
pub(crate) const KIND_TO_CARRY: u16 = 32_800;

/// The kind of a message whose body is a [`CarriedOn`], to all who read. May be ignored: it says how far something came.
pub(crate) const KIND_CARRIED_ON: u16 = 32_801;

/// Characters of an answer.
pub(crate) const ANSWER_CHARS_MAX: usize = 500;

/// Characters of a case number, and more.
const CASE_CHARS_MAX: usize = 32;

/// Characters of a name, as the roster has them.
pub(super) const NAME_CHARS_MAX: usize = 64;

/// Answers of which one message says what became of them.
pub(crate) const CARRIED_MAX: usize = 64;

numbered! {
    /// What an answer says.
    pub enum Answered: u16 {
        /// 1: that a person has read the alert.
        Read = 1,
        /// 2: that somebody leads the case.
        Led = 2,
        /// 3: words.
        Words = 3,
    }
}

impl Answered {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Led => "led",
            Self::Words => "words",
        }
    }
}

/// An answer, for one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Of which group.
    pub(crate) group: GroupId,
    /// Who answers, and signs.
    pub(crate) author: PublicKey<Device>,
    /// Whom: nobody else shows it.
    pub(crate) to: PublicKey<Device>,
    /// About which alert,
    pub(crate) alert: MessageId,
    /// and by which number people call it.
    pub(crate) case: String,
    /// When, by the author's clock.
    pub(crate) time: Timestamp,
    /// What it says.
    pub(crate) what: u16,
    /// The name that its author gave on purpose; may be empty.
    pub(crate) name: String,
    /// Words; empty but where these are what it says.
    pub(crate) text: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl Statement for Answer {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Answer;
}

/// An answer on its way to those who can hand it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToCarry {
    /// The message of the case with which it was said: what becomes of it is said by this. Whoever does not read the case learns nothing by it.
    pub(crate) said: MessageId,
    /// To which device.
    pub(crate) to: PublicKey<Device>,
    /// A signed [`Answer`], sealed to that device alone.
    pub(crate) sealed: Blob,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// An answer as it comes to whom it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Of which group.
    pub group: GroupId,
    /// The invitation by which the device came in.
    pub invitation: PublicKey<Invitation>,
    /// Who signed what is sealed: a member or coordinator, as the signer of this says.
    pub author: PublicKey<Device>,
    /// As it came from them.
    pub sealed: Blob,
    /// What a later version adds.
    pub extensions: Extensions,
}

impl Statement for Carried {
    type Signer = Device;
    const PURPOSE: Purpose = Purpose::Carried;
}

numbered! {
    /// What became of an answer.
    pub enum AnswerFate: u16 {
        /// 1: it was handed on, and is posted where its reader looks.
        Handed = 1,
        /// 2: it waits, as its reader is frozen.
        Held = 2,
        /// 3: it is for nobody who can be reached, or its author was frozen.
        Dropped = 3,
    }
}

impl AnswerFate {
    /// Its name in JSON, and the end of its message's id.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Handed => "handed_on",
            Self::Held => "held",
            Self::Dropped => "dropped",
        }
    }
}

/// What became of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CarriedOn {
    /// Each by the message with which it was said, and what.
    pub(crate) answers: Vec<(MessageId, u16)>,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// Why what was handed on is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// It does not open, or whoever is named did not sign it, or not for this device.
    Foreign,
    /// This program must be updated for it.
    Newer,
}

impl ToCarry {
    /// Seals an answer to whom it is for.
    ///
    /// # Errors
    /// [`SealError`].
    pub(crate) fn seal(
        said: MessageId,
        (to, key): (PublicKey<Device>, MemberKey),
        answer: &Signed<Answer>,
    ) -> Result<Self, SealError> {
        let bytes = Zeroizing::new(codec::encode(answer));
        Ok(Self {
            said,
            to,
            sealed: Blob(seal_alone(&bytes, key)?),
            extensions: Extensions::none(),
        })
    }

    /// Reads a body. What has not the length that every answer has was made by no program that keeps the rules.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        (is_alone(&read.sealed.0) && !read.extensions.has_critical()).then_some(read)
    }
}

impl CarriedOn {
    /// Reads a body.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let read: Self = codec::decode(body).ok()?;
        let fits = read.answers.len() <= CARRIED_MAX && !read.extensions.has_critical();
        fits.then_some(read)
    }
}

impl Carried {
    /// The answer in it, if whoever the hander-on names signed it for this device.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub(crate) fn open(
        &self,
        group: GroupId,
        me: &PublicKey<Device>,
        key: &MemberIdentity,
    ) -> Result<Answer, NoAnswer> {
        let opened = open_alone(&self.sealed.0, key).map_err(|_| NoAnswer::Foreign)?;
        self.says(&opened, group, me)
    }

    /// The same of what was sealed.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub(crate) fn says(
        &self,
        opened: &[u8],
        group: GroupId,
        me: &PublicKey<Device>,
    ) -> Result<Answer, NoAnswer> {
        if self.extensions.has_critical() {
            return Err(NoAnswer::Newer);
        }
        let signed: Signed<Answer> = codec::decode(opened).map_err(|_| NoAnswer::Foreign)?;
        let said = signed.verify(&self.author).map_err(|_| NoAnswer::Foreign)?;
        let is_ours = said.group == group
            && self.group == group
            && said.to == *me
            && said.author == self.author;
        match is_ours {
            false => Err(NoAnswer::Foreign),
            true if said.is_newer() => Err(NoAnswer::Newer),
            true => Ok(said),
        }
    }
}

impl Answer {
    /// Whether it was made by other rules than this program knows.
    fn is_newer(&self) -> bool {
        let is_long = |text: &str, max: usize| text.chars().count() > max;
        let has_words = !self.text.is_empty();
        let what = Answered::try_from(self.what).ok();
        self.extensions.has_critical()
            || what.is_none_or(|what| has_words != (what == Answered::Words))
            || is_long(&self.text, ANSWER_CHARS_MAX)
            || is_long(&self.name, NAME_CHARS_MAX)
            || is_long(&self.case, CASE_CHARS_MAX)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{ids::Hash, signing::SecretKey};

    use super::*;
    use crate::seal::{EpochIdentity, seal};

    const GROUP: GroupId = GroupId(Hash([2; 32]));

    fn device(seed: u8) -> SecretKey<Device> {
        SecretKey::from_seed(&[seed; 32])
    }

    fn member(seed: u8) -> MemberIdentity {
        MemberIdentity::from_seed(&[seed; 32])
    }

    fn answer(text: String) -> Answer {
        Answer {
            group: GROUP,
            author: device(1).public(),
            to: device(2).public(),
            alert: MessageId([3; 16]),
            case: "BY-2026-7KQ4".to_owned(),
            time: Timestamp(5),
            what: Answered::Words.into(),
            name: String::new(),
            text,
            extensions: Extensions::none(),
        }
    }

    fn carried(to: &ToCarry) -> Carried {
        Carried {
            group: GROUP,
            invitation: SecretKey::from_seed(&[9; 32]).public(),
            author: device(1).public(),
            sealed: to.sealed.clone(),
            extensions: Extensions::none(),
        }
    }

    #[test]
    fn every_answer_has_one_size_and_fits_the_smallest_envelope() {
        let mut sizes = Vec::new();
        for text in ["n".to_owned(), "ж".repeat(ANSWER_CHARS_MAX)] {
            let signed = device(1).sign(&Answer {
                name: "я".repeat(NAME_CHARS_MAX),
                ..answer(text)
            });
            let to = (device(2).public(), member(2).to_key());
            let to = ToCarry::seal(MessageId([4; 16]), to, &signed).unwrap();
            sizes.push(to.sealed.0.len());
            assert!(ToCarry::decode(&codec::encode(&to)).is_some());
            let payload = crate::message::Payload::Answer(Box::new(device(5).sign(&carried(&to))));
            let outer = EpochIdentity::from_seed(&[7; 32]).to_recipient();
            let envelope = seal(&payload.encode(), &[member(2).to_key()], &outer).unwrap();
            assert_eq!(envelope.bytes().len(), 4_096);
        }
        assert_eq!(sizes, [1_868, 1_868], "as PROTOCOL.md has it");
        let wide = device(1).sign(&answer("\u{1d11e}".repeat(ANSWER_CHARS_MAX - 1)));
        let to = (device(2).public(), member(2).to_key());
        let sealed = ToCarry::seal(MessageId([4; 16]), to, &wide);
        assert!(matches!(sealed, Err(SealError::TooLong { .. })));
    }

    #[test]
    fn an_answer_opens_for_whom_it_is_and_is_nobodys_else() {
        let signed = device(1).sign(&answer("who".to_owned()));
        let to = (device(2).public(), member(2).to_key());
        let to = ToCarry::seal(MessageId([4; 16]), to, &signed).unwrap();
        let carried = carried(&to);
        let open =
            |carried: &Carried, who: u8| carried.open(GROUP, &device(who).public(), &member(who));
        assert_eq!(open(&carried, 2).unwrap().text, "who");
        assert_eq!(open(&carried, 3), Err(NoAnswer::Foreign));
        // A coordinator names another author, or cuts it.
        let other = Carried {
            author: device(5).public(),
            ..carried.clone()
        };
        assert_eq!(open(&other, 2), Err(NoAnswer::Foreign));
        let mut cut = carried.clone();
        cut.sealed.0.pop();
        assert_eq!(open(&cut, 2), Err(NoAnswer::Foreign));
        let mut longer = to;
        longer.sealed.0.push(0);
        assert!(ToCarry::decode(&codec::encode(&longer)).is_none());
    }
}
