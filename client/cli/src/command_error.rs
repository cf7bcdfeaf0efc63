//! One funnel for everything that can go wrong in a command: which message says it, what to do about
//! it, and the exit code.

use std::io;

use bellrope_client::{
    AddDeviceError, AdmissionError, AgreeError, CallError, CompareError, ComposeError,
    ContactError, CreateError, DeviceError, DictateError, DictatedError, EngineError, FollowError,
    FreezeError, JoinError, NameError, NextMailboxError, NotACode, NotAttached, NotSpoken,
    RelayError, RosterError, SealError, WishError,
    alert::{AlertError, answers::AnswerError, form::FormError},
    attachment::ATTACHMENTS_MAX,
    show::Explain as _,
    text::{Messages, escape, moment_text},
};
use bellrope_proto::message::{Close, Reason};

use crate::asking::Unanswered;

/// Done.
pub(crate) const DONE: u8 = 0;
/// It failed.
pub(crate) const FAILED: u8 = 1;
/// It was asked for in a way that cannot be.
pub(crate) const MISUSE: u8 = 2;
/// It is sealed and waits on this device for the relay.
pub(crate) const QUEUED: u8 = 3;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// The exit code.
    pub(crate) code: u8,
    text: Text,
}

#[derive(Debug)]
enum Text {
    /// A message of `errors.ftl` and its values.
    Message(&'static str, Vec<(&'static str, String)>),
    /// With the option it was given by.
    Answer(Option<&'static str>, AnswerError),
    Form(FormError),
    /// Whoever read the output has gone: nothing to say, and nobody to say it to.
    Nothing,
}

impl CommandError {
    /// A message of `errors.ftl`.
    #[must_use]
    pub(crate) fn new(id: &'static str) -> Self {
        Self::with(id, Vec::new())
    }

    /// A message with values; what people typed is escaped here.
    #[must_use]
    pub(crate) fn with(id: &'static str, args: Vec<(&'static str, String)>) -> Self {
        let args = args.into_iter();
        let args = args.map(|(name, value)| (name, escape(&value))).collect();
        Self {
            code: FAILED,
            text: Text::Message(id, args),
        }
    }

    /// A failure to talk to a relay.
    #[must_use]
    pub(crate) fn of_relay(error: &RelayError) -> Self {
        let restored = match error {
            RelayError::Contradiction(what) => what.restored_from(),
            _ => None,
        };
        let time = restored.map(|time| ("time", moment_text(time)));
        Self::with(relay_message(error), time.into_iter().collect())
    }

    /// An answer given by an option.
    #[must_use]
    pub(crate) fn of_option(option: &'static str, error: AnswerError) -> Self {
        Self {
            code: MISUSE,
            text: Text::Answer(Some(option), error),
        }
    }

    /// A name that will not do: the `group`'s or a `person`'s.
    #[must_use]
    pub(crate) fn of_name(whose: &'static str, error: NameError) -> Self {
        let whose = ("whose", whose.to_owned());
        let error = match error {
            NameError::Empty => Self::with("error-name-empty", vec![whose]),
            NameError::TooLong => Self::with("error-name-long", vec![whose]),
            NameError::Hidden(c) => {
                let code = format!("U+{:04X}", u32::from(c));
                Self::with("error-name-hidden", vec![whose, ("code", code)])
            }
        };
        error.misuse()
    }

    /// A file that the system would not read or write, and what to do about that.
    #[must_use]
    pub(crate) fn of_file(file: impl std::fmt::Display, error: &io::Error) -> Self {
        let words = vec![("file", file.to_string()), what(error), cause(error)];
        Self::with("error-file-system", words)
    }

    /// The same, as misuse.
    #[must_use]
    pub(crate) fn misuse(self) -> Self {
        Self {
            code: MISUSE,
            ..self
        }
    }

    /// The reader has gone. Not an error.
    #[must_use]
    pub(crate) fn reader_gone() -> Self {
        Self {
            code: DONE,
            text: Text::Nothing,
        }
    }

    /// What happened and what to do, in the reader's language; empty when there is nothing to say.
    #[must_use]
    pub(crate) fn say(&self, messages: &Messages) -> String {
        match &self.text {
            Text::Message(id, args) => {
                let args: Vec<_> = args
                    .iter()
                    .map(|(name, value)| (*name, value.as_str().into()))
                    .collect();
                messages.say(id, &args)
            }
            Text::Answer(None, error) => error.explain(messages),
            Text::Answer(Some(option), error) => {
                let said = error.explain(messages);
                let words = [("option", (*option).into()), ("said", said.into())];
                messages.say("error-option", &words)
            }
            Text::Form(error) => error.explain(messages),
            Text::Nothing => String::new(),
        }
    }
}

impl From<AnswerError> for CommandError {
    fn from(error: AnswerError) -> Self {
        Self {
            code: MISUSE,
            text: Text::Answer(None, error),
        }
    }
}

impl From<AlertError> for CommandError {
    fn from(error: AlertError) -> Self {
        AnswerError::from(error).into()
    }
}

impl From<FormError> for CommandError {
    fn from(error: FormError) -> Self {
        Self {
            code: MISUSE,
            text: Text::Form(error),
        }
    }
}

impl From<Unanswered> for CommandError {
    fn from(error: Unanswered) -> Self {
        match error {
            Unanswered::Stopped => Self::new("error-stopped"),
            Unanswered::NoAnswer => Self::new("error-no-answer"),
            Unanswered::NotText => Self::new("error-not-text"),
            Unanswered::NoTerminal => Self::new("error-no-terminal"),
            Unanswered::Failed(error) => error.into(),
        }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::with("error-system", vec![what(&error), cause(&error)])
    }
}

impl From<CompareError> for CommandError {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Waits => Self::new("error-verify-waits"),
            CompareError::NoNames => Self::new("error-verify-no-names").misuse(),
            CompareError::NoSuchPerson(name) => {
                Self::with("error-no-such-person", vec![("name", name)])
            }
            CompareError::Oneself => Self::new("error-verify-oneself").misuse(),
            CompareError::Device(error) => error.into(),
        }
    }
}

impl From<CallError> for CommandError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Compare(error) => error.into(),
            CallError::HereOnly(name) => {
                Self::with("error-verify-here-only", vec![("name", name)]).misuse()
            }
            CallError::Newer => Self::new("error-verify-update"),
            CallError::Changed => Self::new("error-verify-changed"),
            CallError::TooOften => Self::new("error-verify-too-often"),
            CallError::Seal(error) => error.into(),
            CallError::Device(error) => error.into(),
        }
    }
}

impl From<&NotAttached> for CommandError {
    fn from(error: &NotAttached) -> Self {
        match error {
            NotAttached::TooMany => {
                let max = ("max", ATTACHMENTS_MAX.to_string());
                Self::with("error-attach-many", vec![max])
            }
            NotAttached::TooMuch(_) => Self::new("error-attach-much"),
            NotAttached::Seal(error) => (*error).into(),
            NotAttached::Device(error) => error.into(),
        }
    }
}

impl From<DeviceError> for CommandError {
    fn from(error: DeviceError) -> Self {
        Self::from(&error)
    }
}

impl From<&DeviceError> for CommandError {
    fn from(error: &DeviceError) -> Self {
        match error {
            DeviceError::Nothing => Self::new("error-nothing-here"),
            DeviceError::Taken => Self::new("error-home-taken"),
            DeviceError::Newer => Self::new("error-home-newer"),
            DeviceError::Older => Self::new("error-home-older"),
            DeviceError::WrongPassphrase => Self::new("error-wrong-passphrase"),
            DeviceError::Damaged(file, cause) => {
                tracing::debug!(%cause, "a file is damaged");
                Self::with("error-file-damaged", vec![("file", file.clone())])
            }
            DeviceError::Busy => Self::new("error-home-busy"),
            DeviceError::System(file, error) => Self::of_file(file, error),
        }
    }
}

/// In the system's own words.
fn what(error: &io::Error) -> (&'static str, String) {
    ("what", error.to_string())
}

/// What helps against it, as messages choose by it.
fn cause(error: &io::Error) -> (&'static str, String) {
    use io::ErrorKind;
    let cause = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "no-space",
        ErrorKind::PermissionDenied => "permission",
        ErrorKind::ReadOnlyFilesystem => "read-only",
        ErrorKind::NotFound => "missing",
        _ => "other",
    };
    ("cause", cause.to_owned())
}

/// The message for a failure that ends nothing: it is said, and tried again.
#[must_use]
pub(crate) fn engine_message(error: EngineError, messages: &Messages) -> String {
    CommandError::from(error).say(messages)
}

/// Which message is for a failure to talk to a relay.
#[must_use]
pub(crate) fn relay_message(error: &RelayError) -> &'static str {
    match error {
        RelayError::NoSuchHost(_) => "error-relay-name",
        RelayError::Unreachable(_) => "error-relay-unreachable",
        RelayError::NotTheRelay => "error-relay-key",
        RelayError::OldKeys => "error-relay-old-keys",
        RelayError::Ended(Some(Close::Busy)) => "error-relay-busy",
        RelayError::Ended(Some(Close::Stopping)) => "error-relay-stopping",
        RelayError::Ended(_) => "error-relay-ended",
        RelayError::Silent => "error-relay-silent",
        RelayError::Refused(reason, _) => reason_message(*reason),
        RelayError::Protocol(_) => "error-relay-protocol",
        RelayError::Contradiction(what) if what.restored_from().is_some() => "error-relay-restored",
        RelayError::Contradiction(_) => "error-relay-broken",
        RelayError::System(_) => "error-no-socket",
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
        Reason::Revoked => "refused-revoked",
        Reason::Succeeded => "refused-succeeded",
        Reason::RevocationsFull => "refused-revocations-full",
        Reason::Other(_) => "refused-other",
    }
}

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Relay(error) => error.into(),
            EngineError::Device(error) => error.into(),
            EngineError::Admission(error) => error.into(),
            EngineError::NoMailbox => Self::new("error-group-unfinished"),
            EngineError::Removed => Self::new("error-removed"),
            EngineError::EpochOver => Self::new("error-epoch-over"),
            EngineError::AccountGone => Self::new("error-account-gone"),
            EngineError::Stopped => Self::new("error-engine-stopped"),
        }
    }
}

impl From<RelayError> for CommandError {
    fn from(error: RelayError) -> Self {
        Self::of_relay(&error)
    }
}

impl From<CreateError> for CommandError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Name(error) => Self::of_name("person", error),
            CreateError::Device(error) => error.into(),
            // Nothing else of what it was shown can be wrong.
            CreateError::Relay(RelayError::Refused(Reason::NotValid, _)) => {
                Self::new("error-token-not-valid")
            }
            CreateError::Relay(error) => error.into(),
        }
    }
}

impl From<NextMailboxError> for CommandError {
    fn from(error: NextMailboxError) -> Self {
        match error {
            NextMailboxError::TokenNeeded => Self::new("error-take-pen-needs-token"),
            NextMailboxError::NotNeeded => Self::new("error-token-not-needed").misuse(),
            NextMailboxError::Device(error) => error.into(),
            NextMailboxError::Relay(error) => CreateError::Relay(error).into(),
        }
    }
}

impl From<ComposeError> for CommandError {
    fn from(error: ComposeError) -> Self {
        match error {
            ComposeError::MayNot => Self::new("error-may-not-send"),
            ComposeError::Removed => Self::new("error-removed"),
            ComposeError::Newer => Self::new("error-update-to-send"),
            ComposeError::NobodyForPart => Self::new("error-few-nobody"),
            ComposeError::NotAReader => Self::new("error-not-a-reader").misuse(),
            ComposeError::Seal(error) => error.into(),
            ComposeError::Device(error) => error.into(),
        }
    }
}

impl From<SealError> for CommandError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::NoMembers => Self::new("error-nobody-reads"),
            SealError::TooManyMembers(_) => Self::new("error-too-many-readers"),
            SealError::TooLong { .. } => Self::new("error-does-not-fit"),
            SealError::Library => Self::new("error-sealing"),
        }
    }
}

impl From<AdmissionError> for CommandError {
    fn from(error: AdmissionError) -> Self {
        match error {
            AdmissionError::NotACoordinator => Self::new("error-not-a-coordinator"),
            AdmissionError::NotTheHolder(name) => {
                Self::with("error-not-the-holder", vec![("name", name)])
            }
            AdmissionError::KeysMissing => Self::new("error-pen-keys"),
            AdmissionError::Rule(RosterError::OverLimit) => Self::new("error-group-full"),
            AdmissionError::Rule(RosterError::Newer) => Self::new("error-roster-newer"),
            AdmissionError::Rule(_) => Self::new("error-roster-rule"),
            AdmissionError::NoClaim => Self::new("error-nobody-asks"),
            AdmissionError::OnlyTheirs(name) => {
                Self::with("error-only-theirs", vec![("name", name)]).misuse()
            }
            AdmissionError::NameTaken => Self::new("error-name-taken").misuse(),
            AdmissionError::NameAlike(other) => {
                Self::with("error-name-alike", vec![("other", other)]).misuse()
            }
            AdmissionError::Name(error) => Self::of_name("person", error),
            AdmissionError::Asks => Self::new("error-name-asks").misuse(),
            AdmissionError::NotInvited => Self::new("error-not-invited").misuse(),
            AdmissionError::Ended => Self::new("error-ended-make-new"),
            AdmissionError::NoRecoveryKey => Self::new("error-invite-no-recovery"),
            AdmissionError::Contact(error) => error.into(),
            AdmissionError::Seal(error) => error.into(),
            AdmissionError::Device(error) => error.into(),
        }
    }
}

impl From<WishError> for CommandError {
    fn from(error: WishError) -> Self {
        match error {
            WishError::TooMuch => Self::new("error-wishes-too-many"),
            WishError::Admission(error) => error.into(),
            WishError::Circle(error) => error.into(),
            WishError::Duty(error) => error.into(),
            WishError::Retention(error) => error.into(),
            WishError::Compose(error) => error.into(),
        }
    }
}

impl From<AgreeError> for CommandError {
    fn from(error: AgreeError) -> Self {
        match error {
            AgreeError::NotAsked => Self::new("error-agree-not-asked"),
            AgreeError::Nobody => Self::new("error-agree-nobody").misuse(),
            AgreeError::HasThePen => Self::new("error-agree-has-the-pen"),
            AgreeError::OnlyCoordinator => Self::new("error-agree-only-coordinator"),
            AgreeError::MailboxNeeded => Self::new("error-take-pen-needs-token"),
            AgreeError::SignedForAnother => Self::new("error-agree-signed-for-another"),
            AgreeError::Admission(error) => error.into(),
            AgreeError::Compose(error) => error.into(),
        }
    }
}

impl From<AddDeviceError> for CommandError {
    fn from(error: AddDeviceError) -> Self {
        match error {
            AddDeviceError::MayNot => Self::new("error-device-may-not"),
            AddDeviceError::TooMany => Self::new("error-device-too-many"),
            AddDeviceError::Nobody => Self::new("error-device-nobody"),
            AddDeviceError::OtherCode => Self::new("error-device-other-code"),
            AddDeviceError::Admission(error) => error.into(),
            AddDeviceError::Compose(error) => error.into(),
        }
    }
}

impl From<ContactError> for CommandError {
    fn from(error: ContactError) -> Self {
        match error {
            ContactError::Name(error) => Self::of_name("person", error),
            ContactError::NoName => Self::new("error-contact-no-name").misuse(),
            ContactError::Reach => Self::new("error-contact-reach").misuse(),
            ContactError::Device(error) => error.into(),
        }
    }
}

impl From<FollowError> for CommandError {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Form => Self::new("error-moved-form").misuse(),
            FollowError::Version => Self::new("error-moved-version").misuse(),
            FollowError::NotOurs => Self::new("error-moved-not-ours"),
            FollowError::Older => Self::new("error-moved-older"),
            FollowError::Device(error) => error.into(),
        }
    }
}

impl From<JoinError> for CommandError {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Ended => Self::new("error-invitation-ended"),
            JoinError::Used => Self::new("error-invitation-used"),
            JoinError::TakenBack => Self::new("error-invitation-taken-back"),
            JoinError::NoBundle
            | JoinError::Relay(RelayError::Refused(
                Reason::NoMailbox | Reason::GrantExpired | Reason::MailboxEnded,
                _,
            )) => Self::new("error-invitation-gone"),
            JoinError::Newer => Self::new("error-invitation-newer"),
            JoinError::Damaged => Self::new("error-invitation-damaged"),
            JoinError::Relay(error) => error.into(),
            JoinError::Device(error) => error.into(),
            JoinError::Seal(error) => error.into(),
        }
    }
}

impl From<NotACode> for CommandError {
    fn from(error: NotACode) -> Self {
        match error {
            NotACode::Form => Self::new("error-code-form").misuse(),
            NotACode::Checksum => Self::new("error-code-typo").misuse(),
            NotACode::Version => Self::new("error-code-version").misuse(),
        }
    }
}

impl From<NotSpoken> for CommandError {
    fn from(error: NotSpoken) -> Self {
        match error {
            NotSpoken::Form => Self::new("error-code-form").misuse(),
            NotSpoken::Digits(found) => {
                Self::with("error-spoken-digits", vec![("found", found.to_string())]).misuse()
            }
        }
    }
}

impl From<FreezeError> for CommandError {
    fn from(error: FreezeError) -> Self {
        match error {
            FreezeError::TooLong(max) => {
                Self::with("error-reason-long", vec![("max", max.to_string())]).misuse()
            }
            FreezeError::Oneself => Self::new("error-freeze-oneself").misuse(),
            FreezeError::NotFrozen => Self::new("error-not-frozen").misuse(),
            FreezeError::Nobody => Self::new("error-roster-rule"),
            FreezeError::Compose(error) => error.into(),
        }
    }
}

impl From<DictateError> for CommandError {
    fn from(error: DictateError) -> Self {
        match error {
            DictateError::WrongCode => Self::new("error-dictate-wrong"),
            DictateError::TimeOver => Self::new("error-dictate-time"),
            DictateError::NoSlot => Self::new("error-dictate-no-slot"),
            DictateError::NoAccount => Self::new("error-group-unfinished"),
            DictateError::Admission(error) => error.into(),
            DictateError::Relay(error) => error.into(),
            DictateError::Seal(error) => error.into(),
        }
    }
}

impl From<DictatedError> for CommandError {
    fn from(error: DictatedError) -> Self {
        match error {
            DictatedError::NoSlot => Self::new("error-spoken-no-slot"),
            DictatedError::NoRelay => Self::new("error-spoken-host"),
            DictatedError::Forestalled => Self::new("error-spoken-forestalled"),
            DictatedError::WrongCode => Self::new("error-spoken-wrong"),
            DictatedError::TimeOver => Self::new("error-spoken-time"),
            DictatedError::Silent => Self::new("error-spoken-silent"),
            DictatedError::Relay(error) => error.into(),
            DictatedError::Seal(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use bellrope_client::text::Language;

    use super::*;
    use crate::language::messages;

    #[test]
    fn each_cause_has_a_remedy_of_its_own_and_the_systems_words() {
        let kinds = [
            (io::ErrorKind::StorageFull, "Make room", "Освободите место"),
            (
                io::ErrorKind::QuotaExceeded,
                "Make room",
                "Освободите место",
            ),
            (io::ErrorKind::PermissionDenied, "is yours", "ваш ли"),
            (
                io::ErrorKind::ReadOnlyFilesystem,
                "only be read",
                "только читать",
            ),
            (io::ErrorKind::NotFound, "path is right", "верен ли путь"),
            (io::ErrorKind::TimedOut, "happens again", "повторится"),
        ];
        for (language, is_en) in [(Language::En, true), (Language::Ru, false)] {
            let messages = messages(language);
            for (kind, en, ru) in kinds {
                let words = kind.to_string();
                let of_file = CommandError::of_file("home/state", &kind.into());
                for said in [of_file, io::Error::from(kind).into()] {
                    let said = said.say(&messages);
                    let remedy = if is_en { en } else { ru };
                    assert!(said.contains(&words) && said.contains(remedy), "{said}");
                    let others = kinds
                        .iter()
                        .map(|(_, en, ru)| if is_en { *en } else { *ru });
                    let count = others.filter(|other| *other != remedy && said.contains(other));
                    assert_eq!(count.count(), 0, "{said}");
                }
            }
        }
    }
}
