//! Why nothing is said in a case, and what every act in one asks of a reason.

use bellrope_proto::signing::{Device as DeviceKey, PublicKey};

use super::{answers::AnswerError, compose::ComposeError};
use crate::{
    alert::{tidy::tidy_lines, vocabulary::CaseState},
    device::DeviceError,
    group::NameError,
    message::{ANSWER_CHARS_MAX, REASON_CHARS_MAX},
};

/// Why nothing was said in a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// There is no such alert here, or what is here begins no case.
    #[error("there is no such case on this device")]
    NoCase,
    /// It was for others, and was handed on: what is said about it here would count for nobody.
    #[error("this alert was written for others")]
    NotForYou,
    /// This device lacks the roster that the alert's author saw: it is not known here who reads it.
    #[error("it is not known here who reads this alert")]
    Behind,
    /// Somebody else leads: a reason is needed.
    #[error("somebody else leads this case")]
    Led(PublicKey<DeviceKey>),
    /// It was said before, and still is so.
    #[error("this was said before")]
    Again,
    /// Whoever it is handed over to cannot read it, or cannot answer.
    #[error("whoever it is handed over to does not read this case")]
    ToNobody,
    /// It was opened to this device's person: they open it to nobody further.
    #[error("the case was opened to this person, who may not open it further")]
    MayNotOpen,
    /// Nobody who reads in the group has this device.
    #[error("nobody who reads in this group has this device")]
    NotAReader(PublicKey<DeviceKey>),
    /// The group keeps them out of such alerts.
    #[error("the group keeps this person out of such alerts")]
    KeptOut(PublicKey<DeviceKey>),
    /// They read the case: nobody has to ask them.
    #[error("this person reads the case")]
    ReadsAlready(PublicKey<DeviceKey>),
    /// They read and send nothing: an observer's device posts nothing.
    #[error("this person cannot answer")]
    CannotAnswer(PublicKey<DeviceKey>),
    /// They do not read the case.
    #[error("this person does not read the case")]
    DoesNotRead(PublicKey<DeviceKey>),
    /// A note is for so many people at most.
    #[error("a note is for {0} people at most")]
    TooMany(usize),
    /// Nobody leads whom a note could be for.
    #[error("nobody leads this case")]
    NobodyLeads,
    /// This device's person leads: such a note would be for nobody else.
    #[error("this person leads the case themselves")]
    YouLead,
    /// This is the tag of no language.
    #[error("this is the tag of no language")]
    NotALanguage,
    /// There is no note of this id, and nothing that the alert's sender said later.
    #[error("there is nothing of this id that can be translated")]
    NothingToTranslate,
    /// No translation of this id stands.
    #[error("there is no translation of this id")]
    NothingToCheck,
    /// It is of this device's person: a second one compares it.
    #[error("nobody checks their own translation")]
    OwnTranslation,
    /// Nobody opened it to them.
    #[error("the case was not opened to this person")]
    NotOpenTo(PublicKey<DeviceKey>),
    /// They have said that they stay out of it.
    #[error("this person stays out of the case")]
    StaysOut(PublicKey<DeviceKey>),
    /// They do not read it, or say nothing in cases.
    #[error("this person does not read the case")]
    ReadsNot(PublicKey<DeviceKey>),
    /// There is no such sensitive block, or it is not here, or others let in who reads it.
    #[error("this person cannot let anybody read such a block")]
    NoBlock,
    /// Whoever looks at it for a second time cannot be who leads it.
    #[error("who leads the case does not review it")]
    ReviewerLeads(PublicKey<DeviceKey>),
    /// They lead it.
    #[error("this person leads the case")]
    Leads(PublicKey<DeviceKey>),
    /// It is closed already, or it is open.
    #[error("the case is so already")]
    Already(CaseState),
    /// It is not closed: nobody looks back on it yet.
    #[error("the case is not closed")]
    NotClosed,
    /// Whoever sent the alert reads the case themselves.
    #[error("whoever sent the alert reads the case")]
    SenderReads,
    /// It is not known here how to reach whoever sent the alert.
    #[error("nobody knows how to answer whoever sent the alert")]
    NoSender,
    /// Nobody means to check in in this case.
    #[error("there is no plan of check-ins in this case")]
    NoPlan,
    /// Whoever sent the alert has said by the agreed word that they are forced: nothing is answered.
    #[error("whoever sent the alert is forced")]
    SenderForced,
    /// Nobody else wishes that the case is forgotten.
    #[error("nobody else wishes that the case is forgotten")]
    NobodyWishes,
    /// This device's person has not wished that.
    #[error("this person has not wished that the case is forgotten")]
    NotWished,
    /// It is not kept longer than others.
    #[error("the case is not kept longer than others")]
    NotKept,
    /// The end of that is over.
    #[error("that time is over")]
    Past,
    /// The end of that is too far away.
    #[error("nobody keeps a case for so long")]
    TooFar,
    /// The name that somebody answers by will not do.
    #[error(transparent)]
    Name(NameError),
    /// A note without words.
    #[error("the note is empty")]
    Empty,
    /// No reader would take it for what it says.
    #[error("this cannot be said")]
    NotPossible,
    /// Too long: so many characters are possible.
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<AnswerError> for CaseError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::SenderReads => Self::SenderReads,
            AnswerError::NoSender => Self::NoSender,
            AnswerError::Name(error) => Self::Name(error),
            AnswerError::Empty => Self::Empty,
            AnswerError::TooLong => Self::TooLong(ANSWER_CHARS_MAX),
            AnswerError::Seal(error) => Self::Compose(error.into()),
        }
    }
}

impl From<DeviceError> for CaseError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// A reason in one line.
pub(super) fn one_line(reason: &str) -> Result<String, CaseError> {
    let words: Vec<&str> = reason.split_whitespace().collect();
    let reason = tidy_lines(&words.join(" "));
    match reason.chars().count() > REASON_CHARS_MAX {
        true => Err(CaseError::TooLong(REASON_CHARS_MAX)),
        false => Ok(reason),
    }
}
