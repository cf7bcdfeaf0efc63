//! `bellrope fact` and `bellrope due`: what somebody states about a case, as they typed it.

use bellrope_client::{
    ConsentFact, DateFact, DateId, Device, Fact, StepName,
    alert::{
        EventTime,
        answers::{AnswerError, parse_one, parse_when},
        vocabulary::{
            ConsentAnswer, ConsentGiver, ContactKind, CustodyStage, DateKind, DateStanding,
            LawyerAccess, Link, Part, Publicity, Purpose, TimePrecision, Timing, Verification,
            Vocabulary, YesNo,
        },
    },
    now,
    show::{CaseView, Checklists, Inbox},
    text::Messages,
};
use bellrope_proto::ids::Timestamp;
use jiff::{Span, civil::Time, fmt::temporal::DateTimeParser, tz::TimeZone};

use super::{case::whom, inbox};
use crate::{
    args::facts::{Checklist, Consent, Custody, Due, FactKind},
    command_error::CommandError,
    given::read_text,
};

/// What somebody states.
#[derive(Clone, Copy)]
pub(super) enum Stated<'a> {
    Fact(&'a FactKind),
    Due(&'a Due),
    /// Of the steps in a case.
    Steps(&'a str, &'a Checklist),
}

impl Stated<'_> {
    /// In which case.
    pub(super) fn case(&self) -> &str {
        match self {
            Self::Due(args) => &args.case,
            Self::Steps(case, _) => case,
            Self::Fact(kind) => match kind {
                FactKind::Verification(args) => &args.case,
                FactKind::Publicity(args) => &args.case,
                FactKind::Consent(args) => &args.case,
                FactKind::Custody(args) => &args.case,
                FactKind::Part(args) => &args.case,
                FactKind::Link(args) => &args.case,
            },
        }
    }

    /// On what ground.
    pub(super) fn ground(&self) -> Option<&str> {
        match self {
            Self::Due(_) | Self::Steps(..) => None,
            Self::Fact(kind) => match kind {
                FactKind::Verification(args) => args.ground.as_deref(),
                FactKind::Publicity(args) => args.ground.as_deref(),
                FactKind::Consent(args) => args.ground.as_deref(),
                FactKind::Custody(args) => args.ground.as_deref(),
                FactKind::Part(_) | FactKind::Link(_) => None,
            },
        }
    }

    /// Whom it names.
    pub(super) fn name(&self) -> &str {
        let name = match self {
            Self::Due(args) => args.who.as_deref(),
            Self::Fact(FactKind::Part(args)) => args.name.as_deref(),
            Self::Fact(_) | Self::Steps(..) => None,
        };
        name.unwrap_or_default()
    }

    /// The facts, in the words of this device's group and cases.
    pub(super) fn facts(
        &self,
        device: &Device,
        (received, view): (&Inbox<'_>, &CaseView),
        words: &Messages,
    ) -> Result<Vec<Fact>, CommandError> {
        match self {
            Self::Due(args) if args.follow_ups => follow_ups(device, args, words),
            Self::Due(args) => Ok(vec![due(device, view, args)?]),
            Self::Steps(_, args) => steps(view, args),
            Self::Fact(FactKind::Verification(args)) => {
                let rung = listed("RUNG", &args.rung)?;
                // Of that nobody has said anything, nobody says anything.
                if rung == Verification::NotSaid {
                    let part = args.rung.clone();
                    return Err(of("RUNG", AnswerError::NotInList { part }));
                }
                Ok(vec![Fact::Verification(rung)])
            }
            Self::Fact(FactKind::Publicity(args)) => {
                let publicity: Publicity = listed("PUBLICITY", &args.publicity)?;
                let until = time("--until", args.until.as_deref(), &TimeZone::system())?;
                Ok(vec![Fact::Publicity(publicity, until)])
            }
            Self::Fact(FactKind::Consent(args)) => consent(args),
            Self::Fact(FactKind::Custody(args)) => custody(args),
            Self::Fact(FactKind::Part(args)) => {
                let part: Part = listed("PART", &args.work)?;
                let who = args.name.as_deref().map(|name| whom(device, name));
                Ok(vec![Fact::Part(part, who.transpose()?)])
            }
            Self::Fact(FactKind::Link(args)) => {
                let other = inbox::find(received, &args.other)?;
                if other.id == view.alert.id {
                    return Err(CommandError::new("error-link-itself").misuse());
                }
                let link = match args.link.trim() {
                    "none" => None,
                    link => Some(listed::<Link>("LINK", link)?),
                };
                Ok(vec![Fact::Link(other.id, link)])
            }
        }
    }
}

fn of(option: &'static str, error: AnswerError) -> CommandError {
    CommandError::of_option(option, error)
}

fn listed<V: Vocabulary>(option: &'static str, text: &str) -> Result<V, CommandError> {
    parse_one(text, V::ALL).map_err(|error| of(option, error))
}

/// A time, or nothing.
fn time(
    option: &'static str,
    text: Option<&str>,
    zone: &TimeZone,
) -> Result<EventTime, CommandError> {
    let read = parse_when(text.unwrap_or_default(), now(), zone);
    let read = read.map_err(|error| of(option, error))?;
    let part = || text.unwrap_or_default().to_owned();
    if text.is_some() && read.at.is_none() {
        return Err(of(option, AnswerError::NotATime { part: part() }));
    }
    Ok(EventTime {
        timing: Timing::NotSaid,
        ..read
    })
}

fn consent(args: &Consent) -> Result<Vec<Fact>, CommandError> {
    let giver: ConsentGiver = listed("--by", &args.giver)?;
    if matches!(giver, ConsentGiver::Unknown | ConsentGiver::None) {
        let part = args.giver.clone();
        return Err(of("--by", AnswerError::NotInList { part }));
    }
    let said = ConsentFact {
        purpose: listed::<Purpose>("PURPOSE", &args.purpose)?,
        answer: listed::<ConsentAnswer>("ANSWER", &args.answer)?,
        giver,
        given: time("--when", args.when.as_deref(), &TimeZone::system())?,
    };
    Ok(vec![Fact::Consent(said)])
}

fn custody(args: &Custody) -> Result<Vec<Fact>, CommandError> {
    let here = TimeZone::system();
    let mut facts = Vec::new();
    if let Some(stage) = &args.stage {
        facts.push(Fact::Stage(listed::<CustodyStage>("--stage", stage)?));
    }
    if let Some(since) = &args.since {
        facts.push(Fact::HeldSince(time("--since", Some(since), &here)?));
    }
    facts.extend(args.place.clone().map(Fact::HeldAt));
    facts.extend(args.body.clone().map(Fact::HeldBy));
    facts.extend(args.articles.clone().map(Fact::Articles));
    if let Some(lawyer) = &args.lawyer {
        let access = listed::<LawyerAccess>("--lawyer", lawyer)?;
        let may_be_named = match args.lawyer_unnamed {
            true => YesNo::No,
            false => YesNo::Unknown,
        };
        let name = args.lawyer_name.clone().unwrap_or_default();
        facts.push(Fact::Lawyer(access, name, may_be_named));
    }
    if let Some(seen) = &args.seen {
        let kind = args.seen_how.as_deref();
        let kind = kind.map(|kind| listed::<ContactKind>("--seen-how", kind));
        facts.push(Fact::LastContact(
            time("--seen", Some(seen), &here)?,
            kind.transpose()?.unwrap_or_default(),
            args.seen_by.clone().unwrap_or_default(),
        ));
    }
    match facts.is_empty() {
        true => Err(CommandError::new("error-custody-nothing").misuse()),
        false => Ok(facts),
    }
}

/// A new date, or one that is there with what was given put in the place of what it had.
fn due(device: &Device, view: &CaseView, args: &Due) -> Result<Fact, CommandError> {
    let there = match &args.date {
        Some(letters) => {
            let there = view.now.facts.date(letters);
            let unknown = || {
                let words = vec![
                    ("date", letters.trim().to_owned()),
                    ("case", view.alert.case.clone()),
                ];
                CommandError::with("error-no-date", words)
            };
            Some(there.ok_or_else(unknown)?.clone())
        }
        None => None,
    };
    let mut date = match there {
        Some(there) => there,
        None => DateFact {
            id: DateId::random(),
            kind: DateKind::default(),
            at: EventTime::default(),
            offset: 0,
            what: String::new(),
            source: String::new(),
            by_lawyer: YesNo::Unknown,
            who: None,
            standing: DateStanding::Open,
        },
    };
    if let Some(when) = &args.when {
        let zone = match &args.zone {
            Some(zone) => zone_of(zone)?,
            None => TimeZone::system(),
        };
        date.at = time("WHEN", Some(when), &zone)?;
        date.offset = minutes_ahead(&zone, &date.at);
        // Whoever said or confirmed the time before has not said this one.
        date.source.clear();
        date.by_lawyer = YesNo::Unknown;
    }
    if date.at.at.is_none() {
        return Err(CommandError::new("error-due-when").misuse());
    }
    if !args.what.is_empty() {
        date.what = args.what.join(" ");
    }
    if let Some(kind) = &args.kind {
        date.kind = listed("--kind", kind)?;
    }
    if let Some(source) = &args.source {
        date.source.clone_from(source);
    }
    if args.by_lawyer {
        date.by_lawyer = YesNo::Yes;
    }
    if let Some(name) = &args.who {
        date.who = Some(whom(device, name)?);
    }
    if let Some(standing) = &args.standing {
        date.standing = listed("--standing", standing)?;
    }
    if date.what.trim().is_empty() && date.kind == DateKind::Other {
        return Err(CommandError::new("error-due-what").misuse());
    }
    Ok(Fact::Date(date))
}

/// What is asked after somebody was released: a week, a month, three and six months after that day.
fn follow_ups(device: &Device, args: &Due, words: &Messages) -> Result<Vec<Fact>, CommandError> {
    let when = args.when.as_deref();
    let when = when.ok_or_else(|| CommandError::new("error-follow-ups-when").misuse())?;
    let released = time("WHEN", Some(when), &TimeZone::system())?;
    let who = args.who.as_deref().map(|name| whom(device, name));
    let who = who.transpose()?;
    let spans = [
        (Span::new().weeks(1), "follow-up-week"),
        (Span::new().months(1), "follow-up-month"),
        (Span::new().months(3), "follow-up-three-months"),
        (Span::new().months(6), "follow-up-six-months"),
    ];
    let dates = spans.into_iter().map(|(span, what)| {
        let at = later(released.at, span);
        let at = at.ok_or_else(|| {
            let part = when.to_owned();
            of("WHEN", AnswerError::NotATime { part })
        })?;
        Ok(Fact::Date(DateFact {
            id: DateId::random(),
            kind: DateKind::FollowUp,
            at: EventTime {
                at: Some(at),
                precision: TimePrecision::Day,
                timing: Timing::NotSaid,
            },
            offset: 0,
            what: words.plain(what),
            source: args.source.clone().unwrap_or_default(),
            by_lawyer: YesNo::Unknown,
            who,
            standing: DateStanding::Open,
        }))
    });
    dates.collect()
}

/// The day so long after that of a moment, in UTC as days are written.
fn later(at: Option<Timestamp>, span: Span) -> Option<Timestamp> {
    let at = jiff::Timestamp::from_second(i64::try_from(at?.0).ok()?).ok()?;
    let day = TimeZone::UTC
        .to_datetime(at)
        .date()
        .checked_add(span)
        .ok()?;
    let midnight = day.to_datetime(Time::midnight());
    let then = TimeZone::UTC.to_timestamp(midnight).ok()?;
    u64::try_from(then.as_second()).ok().map(Timestamp)
}

/// What is said of steps, by the numbers and letters that they have in this case.
fn steps(view: &CaseView, args: &Checklist) -> Result<Vec<Fact>, CommandError> {
    let lists = Checklists::of(view);
    let mut facts = Vec::new();
    for (named, standing) in [
        (&args.done, DateStanding::Done),
        (&args.dropped, DateStanding::Dropped),
        (&args.open, DateStanding::Open),
    ] {
        for named in named {
            let unknown = || {
                let words = vec![
                    ("step", named.trim().to_owned()),
                    ("case", view.alert.case.clone()),
                ];
                CommandError::with("error-no-step", words)
            };
            let step = lists.step(named).ok_or_else(unknown)?;
            facts.push(Fact::Step(step, standing));
        }
    }
    let file = args.from.as_ref().map(read_text).transpose()?;
    let written = file.as_deref().map(String::as_str).unwrap_or_default();
    let added = args.add.iter().map(String::as_str).chain(written.lines());
    // As lists are written in letters and chats.
    let added = added
        .map(|line| line.trim_matches(|sign: char| sign.is_whitespace() || "-–—*•".contains(sign)));
    let added = added.filter(|line| !line.is_empty());
    facts.extend(added.map(|line| Fact::Step(StepName::Own(line.to_owned()), DateStanding::Open)));
    match facts.is_empty() {
        true => Err(CommandError::new("error-checklist-nothing").misuse()),
        false => Ok(facts),
    }
}

/// `Europe/Minsk`, or `+03:00`.
pub(super) fn zone_of(text: &str) -> Result<TimeZone, CommandError> {
    let read = DateTimeParser::new().parse_time_zone(text.trim());
    read.map_err(|error| {
        tracing::debug!(%error, "a zone");
        CommandError::with("error-zone", vec![("zone", text.trim().to_owned())]).misuse()
    })
}

/// How far the clocks there are ahead of UTC then. A day is nowhere else than where it is.
fn minutes_ahead(zone: &TimeZone, at: &EventTime) -> i16 {
    if at.precision != TimePrecision::Minute {
        return 0;
    }
    let seconds = at.at.and_then(|at| i64::try_from(at.0).ok());
    let moment = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let offset = moment.map_or(0, |moment| zone.to_offset(moment).seconds() / 60);
    i16::try_from(offset).unwrap_or(0)
}
