//! What members find out and settle about a case: how sure it is, who may know, what is permitted, where somebody is held, what is due and when,
//! who does what, what was done in the first hours, what somebody says who looks back. Several in one message, on one ground. What they come to is in `case::facts`.

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::freeze::REASON_CHARS_MAX;
use crate::{
    alert::{
        EventTime, SUMMARY_CHARS_MAX,
        vocabulary::{
            ConsentAnswer, ConsentGiver, ContactKind, CustodyStage, DateKind, DateStanding,
            LawyerAccess, Link, Part, Publicity, Purpose, Step, TimePrecision, Verification,
            Vocabulary, YesNo,
        },
    },
    extensions::Extensions,
    ids::MessageId,
};

/// Facts in one message.
pub const FACTS_MAX: usize = 16;

/// Facts in whose place one is put.
pub(crate) const OVER_MAX: usize = 16;

/// The words of a message that says facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FactsWords {
    /// One or more.
    pub(crate) facts: Vec<WrittenFact>,
    /// On what ground, in the author's words; may be empty.
    pub(crate) ground: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

/// One fact as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WrittenFact {
    /// What it is about: the numbers are in [`Fact::write`].
    pub(crate) about: u16,
    /// What is so from now on, and extensions.
    pub(crate) value: Blob,
    /// The messages that said what was so about the same until now, as far as the author knew.
    pub(crate) over: Vec<Hash>,
}

/// Something that is so in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// How well it is confirmed.
    Verification(Verification),
    /// Who may hear of it, until when: a day, or nothing.
    Publicity(Publicity, EventTime),
    /// What is permitted.
    Consent(ConsentFact),
    /// What kind of custody it is by now.
    Stage(CustodyStage),
    /// Since when somebody is held.
    HeldSince(EventTime),
    /// Where. Empty: not known any more.
    HeldAt(String),
    /// By which body. Empty: not known any more.
    HeldBy(String),
    /// Under which articles. Empty: none is named any more.
    Articles(String),
    /// Whether a lawyer can see them, who that is, and whether the name may be said.
    Lawyer(LawyerAccess, String, YesNo),
    /// When somebody last saw or heard them for certain, how, and who that was.
    LastContact(EventTime, ContactKind, String),
    /// Something that is due.
    Date(DateFact),
    /// Who does a part of the work: a device of theirs, or nobody any more.
    Part(Part, Option<PublicKey<Device>>),
    /// How the case relates to another, by its alert's id; or that it does no longer.
    Link(MessageId, Option<Link>),
    /// What somebody who looks back on a closed case says of it.
    Review(Review),
    /// What became of a step of the first hours: open, done, or dropped as nothing here needs it.
    Step(StepName, DateStanding),
}

/// What somebody who looks back on a closed case says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The message that closed it: of a case that is closed again it is looked back on again.
    pub closing: Hash,
    /// Whether what was done has harmed anybody.
    pub harm: YesNo,
    /// Whether the person agrees that the group keeps the case.
    pub keep: YesNo,
}

/// A step of the first hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepName {
    /// One that every group has.
    Listed(Step),
    /// One that somebody wrote, in one line.
    Own(String),
}

impl StepName {
    /// The number and the text by which it travels: one of the two is there.
    fn parts(&self) -> (u16, &str) {
        match self {
            Self::Listed(step) => (step.number(), ""),
            Self::Own(text) => (0, text),
        }
    }

    fn of_parts(number: u16, text: String) -> Option<Self> {
        match (number, text.is_empty()) {
            (0, false) => Some(Self::Own(text)),
            (1.., true) => Some(Self::Listed(Step::from_number(number))),
            _ => None,
        }
    }
}

/// What is permitted for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentFact {
    /// For what.
    pub purpose: Purpose,
    /// Whether.
    pub answer: ConsentAnswer,
    /// Who said so.
    pub giver: ConsentGiver,
    /// When they did.
    pub given: EventTime,
}

/// Names one date of a case: random.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct DateId(pub [u8; 8]);

impl DateId {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(crate::random::random())
    }
}

/// Something that is due at a time that people were told or agreed. Nothing computes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateFact {
    /// Which: the same when it is moved or done.
    pub id: DateId,
    /// Of what kind.
    pub kind: DateKind,
    /// When.
    pub at: EventTime,
    /// Minutes by which clocks are ahead of UTC where it is.
    pub offset: i16,
    /// What, in one line; may be empty where the kind says it.
    pub what: String,
    /// Who says so: a decision, a lawyer, a law. May be empty.
    pub source: String,
    /// Whether a lawyer has confirmed it.
    pub by_lawyer: YesNo,
    /// Who promised to see to it: a device of theirs.
    pub who: Option<PublicKey<Device>>,
    /// What became of it.
    pub standing: DateStanding,
}

impl Fact {
    /// As it travels, in the place of what these messages said.
    #[must_use]
    pub(crate) fn write(&self, mut over: Vec<Hash>) -> WrittenFact {
        over.truncate(OVER_MAX);
        let none = Extensions::none();
        let (about, value) = match self {
            Self::Verification(value) => (1, codec::encode(&(value, none))),
            Self::Publicity(value, until) => (2, codec::encode(&(value, until, none))),
            Self::Consent(consent) => (3, codec::encode(&(consent, none))),
            Self::Stage(stage) => (4, codec::encode(&(stage, none))),
            Self::HeldSince(since) => (5, codec::encode(&(since, none))),
            Self::HeldAt(place) => (6, codec::encode(&(place, none))),
            Self::HeldBy(body) => (7, codec::encode(&(body, none))),
            Self::Articles(articles) => (8, codec::encode(&(articles, none))),
            Self::Lawyer(access, who, named) => (9, codec::encode(&(access, who, named, none))),
            Self::LastContact(at, kind, who) => (10, codec::encode(&(at, kind, who, none))),
            Self::Date(date) => (11, codec::encode(&(date, none))),
            Self::Part(part, who) => (12, codec::encode(&(part, who, none))),
            Self::Link(to, link) => (13, codec::encode(&(to, link, none))),
            Self::Review(review) => (14, codec::encode(&(review, none))),
            Self::Step(step, standing) => {
                let (number, text) = step.parts();
                (15, codec::encode(&(number, text, standing, none)))
            }
        };
        WrittenFact {
            about,
            value: Blob(value),
            over,
        }
    }

    /// Whether nothing in it is over a limit or unknown here.
    fn is_known(&self) -> bool {
        match self {
            Self::Verification(value) => value.is_listed(),
            Self::Publicity(value, until) => value.is_listed() && is_time(until),
            Self::Consent(said) => {
                said.purpose.is_listed()
                    && said.answer.is_listed()
                    && said.giver.is_listed()
                    && is_time(&said.given)
            }
            Self::Stage(stage) => stage.is_listed(),
            Self::HeldSince(since) => is_time(since),
            Self::HeldAt(text) | Self::HeldBy(text) | Self::Articles(text) => is_text(text),
            Self::Lawyer(access, who, named) => {
                access.is_listed() && is_text(who) && named.is_listed()
            }
            Self::LastContact(at, kind, who) => is_time(at) && kind.is_listed() && is_text(who),
            Self::Date(date) => {
                date.kind.is_listed()
                    && date.at.at.is_some()
                    && is_time(&date.at)
                    && is_offset(date.offset)
                    && is_line(&date.what)
                    && is_text(&date.source)
                    && date.by_lawyer.is_listed()
                    && date.standing.is_listed()
            }
            Self::Part(part, _) => part.is_listed(),
            Self::Link(_, link) => link.is_none_or(Vocabulary::is_listed),
            Self::Review(review) => review.harm.is_listed() && review.keep.is_listed(),
            Self::Step(step, standing) => {
                let is_step = match step {
                    StepName::Listed(step) => step.is_listed(),
                    StepName::Own(text) => !text.is_empty() && is_line(text),
                };
                // Nobody misses a step: it is done late.
                is_step && standing.is_listed() && *standing != DateStanding::Missed
            }
        }
    }

    /// Why it cannot be said; `None` where it can.
    #[must_use]
    pub(crate) fn fault(&self) -> Option<FactFault> {
        let texts: &[(&String, usize)] = match self {
            Self::HeldAt(text) | Self::HeldBy(text) | Self::Articles(text) => {
                &[(text, REASON_CHARS_MAX)]
            }
            Self::Lawyer(_, who, _) | Self::LastContact(_, _, who) => &[(who, REASON_CHARS_MAX)],
            Self::Date(date) => &[
                (&date.what, SUMMARY_CHARS_MAX),
                (&date.source, REASON_CHARS_MAX),
            ],
            Self::Step(StepName::Own(text), _) => &[(text, SUMMARY_CHARS_MAX)],
            _ => &[],
        };
        let long = texts.iter().find(|(text, max)| text.chars().count() > *max);
        match long {
            Some((_, max)) => Some(FactFault::TooLong(*max)),
            None => (!self.is_known()).then_some(FactFault::NotPossible),
        }
    }
}

/// Why a fact cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FactFault {
    /// A text has more than so many characters.
    TooLong(usize),
    /// No reader would take it for what it says.
    NotPossible,
}

impl WrittenFact {
    /// What it says; `None` for what a later version says.
    #[must_use]
    pub(crate) fn read(&self) -> Option<Fact> {
        let fact = match self.about {
            1 => self.value().map(Fact::Verification),
            2 => self
                .value()
                .map(|(value, until)| Fact::Publicity(value, until)),
            3 => self.value().map(Fact::Consent),
            4 => self.value().map(Fact::Stage),
            5 => self.value().map(Fact::HeldSince),
            6 => self.value().map(Fact::HeldAt),
            7 => self.value().map(Fact::HeldBy),
            8 => self.value().map(Fact::Articles),
            9 => self
                .value()
                .map(|(access, who, named)| Fact::Lawyer(access, who, named)),
            10 => self
                .value()
                .map(|(at, kind, who)| Fact::LastContact(at, kind, who)),
            11 => self.value().map(Fact::Date),
            12 => self.value().map(|(part, who)| Fact::Part(part, who)),
            13 => self.value().map(|(to, link)| Fact::Link(to, link)),
            14 => self.value().map(Fact::Review),
            15 => self.value().and_then(|(number, text, standing)| {
                Some(Fact::Step(StepName::of_parts(number, text)?, standing))
            }),
            _ => None,
        };
        fact.filter(Fact::is_known)
    }

    /// The value before its extensions.
    fn value<T: Serialize + DeserializeOwned>(&self) -> Option<T> {
        let (value, extensions): (T, Extensions) = codec::decode(&self.value.0).ok()?;
        (!extensions.has_critical()).then_some(value)
    }
}

impl FactsWords {
    /// Those that are known here, each with the messages in whose place it is said.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Fact, &Vec<Hash>)> {
        let facts = self.facts.iter();
        facts.filter_map(|written| Some((written.read()?, &written.over)))
    }

    /// How many are not: a later version's.
    #[must_use]
    pub(crate) fn newer(&self) -> usize {
        let newer = self.facts.iter().filter(|it| it.read().is_none());
        newer.count()
    }

    /// It, unless it breaks a rule or goes over a limit.
    pub(super) fn checked(self) -> Option<Self> {
        let few = |fact: &WrittenFact| fact.over.len() <= OVER_MAX;
        let fits = (1..=FACTS_MAX).contains(&self.facts.len())
            && self.facts.iter().all(few)
            && self.ground.chars().count() <= REASON_CHARS_MAX
            && !self.extensions.has_critical();
        fits.then_some(self)
    }
}

fn is_text(text: &str) -> bool {
    text.chars().count() <= REASON_CHARS_MAX
}

pub(super) fn is_line(text: &str) -> bool {
    text.chars().count() <= SUMMARY_CHARS_MAX
}

pub(super) fn is_time(time: &EventTime) -> bool {
    let is_unknown = time.precision == TimePrecision::Unknown;
    time.precision.is_listed() && time.timing.is_listed() && time.at.is_none() == is_unknown
}

/// No clock on earth is further from UTC.
fn is_offset(minutes: i16) -> bool {
    minutes.unsigned_abs() <= 14 * 60
}
