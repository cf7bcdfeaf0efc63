//! One funnel for everything that can go wrong in a command: which message says it, what to do about
//! it, and the exit code.

use std::io;

use crate::{
    admission::AdmissionError,
    alert::{AlertError, answers::AnswerError, template::TemplateError},
    device::DeviceError,
    found::FoundError,
    invite::NotACode,
    joining::JoinError,
    link::LinkError,
    roster::Refusal,
    screen::escape,
    seal::SealError,
    speak::SpeakError,
    words::Words,
};
use bellrope_proto::message::{Close, Reason};

/// Done.
pub const DONE: u8 = 0;
/// It failed.
pub const FAILED: u8 = 1;
/// It was asked for in a way that cannot be.
pub const MISUSE: u8 = 2;
/// It is sealed and waits on this device for the relay.
pub const QUEUED: u8 = 3;

/// Why a command ended early.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    said: Said,
}

#[derive(Debug)]
enum Said {
    /// A message of `errors.ftl` and its values.
    Message(&'static str, Vec<(&'static str, String)>),
    Answer(AnswerError),
    Template(TemplateError),
    /// Whoever read the output has gone: nothing to say, and nobody to say it to.
    Nothing,
}

impl Failure {
    /// A message of `errors.ftl`.
    #[must_use]
    pub fn new(id: &'static str) -> Self {
        Self::with(id, Vec::new())
    }

    /// A message with values; what people typed is escaped here.
    #[must_use]
    pub fn with(id: &'static str, args: Vec<(&'static str, String)>) -> Self {
        let args = args.into_iter();
        let args = args.map(|(name, value)| (name, escape(&value))).collect();
        Self {
            code: FAILED,
            said: Said::Message(id, args),
        }
    }

    /// The same, as misuse.
    #[must_use]
    pub fn misuse(self) -> Self {
        Self {
            code: MISUSE,
            ..self
        }
    }

    /// The reader has gone. Not an error.
    #[must_use]
    pub fn reader_gone() -> Self {
        Self {
            code: DONE,
            said: Said::Nothing,
        }
    }

    /// What happened and what to do, in the reader's language; empty when there is nothing to say.
    #[must_use]
    pub fn say(&self, words: &Words) -> String {
        match &self.said {
            Said::Message(id, args) => {
                let args: Vec<_> = args
                    .iter()
                    .map(|(name, value)| (*name, value.as_str().into()))
                    .collect();
                words.say(id, &args)
            }
            Said::Answer(error) => error.say(words),
            Said::Template(error) => error.say(words),
            Said::Nothing => String::new(),
        }
    }
}

impl From<AnswerError> for Failure {
    fn from(error: AnswerError) -> Self {
        Self {
            code: MISUSE,
            said: Said::Answer(error),
        }
    }
}

impl From<AlertError> for Failure {
    fn from(error: AlertError) -> Self {
        AnswerError::from(error).into()
    }
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        Self {
            code: MISUSE,
            said: Said::Template(error),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::with("error-system", vec![("what", error.to_string())])
    }
}

impl From<DeviceError> for Failure {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::Nothing => Self::new("error-nothing-here"),
            DeviceError::Taken => Self::new("error-home-taken"),
            DeviceError::WrongPassphrase => Self::new("error-wrong-passphrase"),
            DeviceError::Damaged(file) => Self::with("error-file-damaged", vec![("file", file)]),
            DeviceError::System(file, error) => Self::with(
                "error-file-system",
                vec![("file", file), ("what", error.to_string())],
            ),
        }
    }
}

/// The message for a failure to talk to a relay. Also said, without ending anything, by commands that
/// go on trying.
#[must_use]
pub fn link_message(error: &LinkError) -> &'static str {
    match error {
        LinkError::NoSuchHost => "error-relay-name",
        LinkError::Unreachable => "error-relay-unreachable",
        LinkError::NotTheRelay => "error-relay-key",
        LinkError::Ended(Some(Close::Busy)) => "error-relay-busy",
        LinkError::Ended(Some(Close::Stopping)) => "error-relay-stopping",
        LinkError::Ended(_) => "error-relay-ended",
        LinkError::Silent => "error-relay-silent",
        LinkError::Refused(reason, _) => reason_message(*reason),
        LinkError::Protocol => "error-relay-protocol",
        LinkError::Broken(_) => "error-relay-broken",
        LinkError::System => "error-no-socket",
    }
}

fn reason_message(reason: Reason) -> &'static str {
    match reason {
        Reason::Version => "refused-version",
        Reason::NotValid => "refused-not-valid",
        Reason::GrantExpired => "refused-grant-expired",
        Reason::NoMailbox => "refused-no-mailbox",
        Reason::NoRight => "refused-no-right",
        Reason::MailboxEnded => "refused-mailbox-ended",
        Reason::MailboxFull => "refused-mailbox-full",
        Reason::LaneShare => "refused-lane-share",
        Reason::LaneRate => "refused-lane-rate",
        Reason::TokenSpent => "refused-token-spent",
        Reason::SponsorFull => "refused-sponsor-full",
        Reason::Unavailable => "refused-unavailable",
        Reason::Other(_) => "refused-other",
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        Self::new(link_message(&error))
    }
}

impl From<FoundError> for Failure {
    fn from(error: FoundError) -> Self {
        match error {
            FoundError::Name => Self::new("error-name").misuse(),
            FoundError::Device(error) => error.into(),
            FoundError::Link(error) => error.into(),
        }
    }
}

impl From<SpeakError> for Failure {
    fn from(error: SpeakError) -> Self {
        match error {
            SpeakError::MayNot => Self::new("error-may-not-send"),
            SpeakError::Nobody => Self::new("error-nobody-reads"),
            SpeakError::NotAReader => Self::new("error-not-a-reader").misuse(),
            SpeakError::Seal(error) => error.into(),
            SpeakError::Device(error) => error.into(),
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        match error {
            SealError::NoMembers => Self::new("error-nobody-reads"),
            SealError::TooManyMembers(_) => Self::new("error-too-many-readers"),
            SealError::TooLong { .. } => Self::new("error-does-not-fit"),
            SealError::Library => Self::new("error-sealing"),
        }
    }
}

impl From<AdmissionError> for Failure {
    fn from(error: AdmissionError) -> Self {
        match error {
            AdmissionError::NotACoordinator => Self::new("error-not-a-coordinator"),
            AdmissionError::Rule(Refusal::OverLimit) => Self::new("error-name-or-full").misuse(),
            AdmissionError::Rule(_) => Self::new("error-roster-rule"),
            AdmissionError::NoClaim => Self::new("error-nobody-asks"),
            AdmissionError::NameTaken => Self::new("error-name-taken").misuse(),
            AdmissionError::Seal(error) => error.into(),
            AdmissionError::Device(error) => error.into(),
        }
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Ended => Self::new("error-invitation-ended"),
            JoinError::Used => Self::new("error-invitation-used"),
            JoinError::NoBundle
            | JoinError::Link(LinkError::Refused(
                Reason::NoMailbox | Reason::GrantExpired | Reason::MailboxEnded,
                _,
            )) => Self::new("error-invitation-gone"),
            JoinError::Damaged => Self::new("error-invitation-damaged"),
            JoinError::Link(error) => error.into(),
            JoinError::Device(error) => error.into(),
            JoinError::Seal(error) => error.into(),
        }
    }
}

impl From<NotACode> for Failure {
    fn from(error: NotACode) -> Self {
        match error {
            NotACode::Form => Self::new("error-code-form").misuse(),
            NotACode::Checksum => Self::new("error-code-typo").misuse(),
            NotACode::Version => Self::new("error-code-version").misuse(),
        }
    }
}
