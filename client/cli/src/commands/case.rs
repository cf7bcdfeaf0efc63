//! `bellrope cases` and `bellrope case`, and what a member says in one: that they have read it, lead, help, hand over or stay out, notes, where it
//! stands, what is so in it, and its end.

use bellrope_client::{
    CaseError, Device, EngineOptions, FACTS_MAX, Fact, MessageId, NewTranslation, NoteFor, OpenTo,
    SayInCase,
    alert::{
        answers::parse_one,
        vocabulary::{CaseState, ClosingReason, ConsentAnswer, Part, Vocabulary as _, YesNo},
    },
    hand_notes_on, is_opening_told, now, say_in_case,
    show::{CaseTable, CaseView, Cases, Inbox, Members, ReceivedAlert, WantedCases},
    tell_opening,
    text::escape,
};
use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use zeroize::Zeroizing;

use super::{
    circle::about,
    events::say_ready,
    facts::Stated,
    forget, inbox,
    open::Named,
    sending::{done_or_queued, sent},
    sensitive::agreed,
};
use crate::{
    args,
    asking::Shape,
    command_error::{CommandError, DONE},
    ui::{Background, Ui},
};

/// The cases of this device: those that are open, or all.
pub(super) fn cases(ui: &mut Ui, args: &args::Cases) -> Result<u8, CommandError> {
    let wanted = wanted(args)?;
    let device = ui.unlock()?;
    let Cases { cases, damaged } = inbox::open(&device)?.cases()?;
    let is_empty = cases.is_empty();
    let cases = wanted.among(cases, &ui.messages);
    if args.table {
        let table = CaseTable::of(&cases);
        if args.json {
            ui.json(table.to_json())?;
        } else {
            let text = table.text(&ui.messages);
            ui.content(&text)?;
        }
        return damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()));
    }
    if args.json {
        ui.json_list(cases, |case| case.to_json())?;
    } else if cases.is_empty() && damaged.is_none() {
        let id = match (is_empty, wanted.is_any_open()) {
            (true, _) => inbox::empty(&device)?,
            (false, true) => "cases-none-open",
            (false, false) => "cases-none-fit",
        };
        ui.status(id, &[]);
    } else {
        ui.list(cases, |case, words| case.line(words))?;
    }
    damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()))
}

/// What is looked for, as it was typed.
fn wanted(args: &args::Cases) -> Result<WantedCases, CommandError> {
    let when = |text: &Option<String>| text.as_deref().map(inbox::when).transpose();
    Ok(WantedCases {
        open: !args.all && !args.closed,
        closed: args.closed,
        mine: args.mine,
        unled: args.unled,
        about: about(&args.about)?,
        since: when(&args.since)?,
        until: when(&args.until)?,
        search: args.search.clone().unwrap_or_default(),
    })
}

/// One case: where it stands, and what was said.
pub(super) fn case(ui: &mut Ui, args: &args::Case) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    if let Some(forgotten) = received.forgotten(&args.case)? {
        return forget::show(ui, &forgotten, args.json);
    }
    let alert = inbox::find(&received, &args.case)?;
    let case = received.case(&alert)?;
    let case = received.with_alike(case.ok_or_else(|| no_case(&args.case))?)?;
    if args.json {
        ui.json(case.whole_json())?;
    } else {
        let page = match args.original {
            true => case.original_page(now(), &ui.messages),
            false => case.page(now(), &ui.messages),
        };
        ui.content(&page)?;
    }
    // That a disk that cannot be written to does not know it is said, and no failure of this.
    if let Err(error) = received.case_shown(alert.id) {
        ui.failed(error.into());
    }
    Ok(DONE)
}

/// Where a case is put that is neither closed nor opened again: these have commands of their own.
const STATES: [CaseState; 7] = [
    CaseState::Triage,
    CaseState::Verifying,
    CaseState::Active,
    CaseState::WaitingForStateReply,
    CaseState::WaitingForSource,
    CaseState::Suspended,
    CaseState::Monitoring,
];

/// Whether others are told that an alert was opened on this device.
pub(super) fn opened(ui: &mut Ui, args: &args::Opened) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    if args.on || args.off {
        tell_opening(&device, args.on)?;
    }
    let id = match is_opening_told(&device) {
        true => "opened-on",
        false => "opened-off",
    };
    ui.print(id, &[])?;
    Ok(DONE)
}

/// What somebody says, as they typed it.
pub(super) enum Saying<'a> {
    Ack(&'a args::InCase),
    Lead(&'a args::WithReason),
    Support(&'a args::InCase),
    HandOver(&'a args::HandOver),
    Conflict(&'a args::WithReason),
    Open(&'a args::Open),
    Note(&'a args::Note),
    Answer(&'a args::Answer),
    Close(&'a args::Close),
    Reopen(&'a args::WithText),
    State(&'a args::State),
    Facts(Stated<'a>),
    Review(&'a args::Review),
    Reached(&'a args::ReachedArgs, bool),
    Forget(&'a args::Forget, &'a str),
    Keep(&'a args::Keep, Option<Timestamp>),
    Translate(&'a str, &'a args::Translate, Option<MessageId>, &'a str),
    CheckTranslation(&'a str, MessageId),
}

impl Saying<'_> {
    fn case(&self) -> &str {
        match self {
            Self::Ack(args) | Self::Support(args) => &args.case,
            Self::Lead(args) | Self::Conflict(args) => &args.case,
            Self::HandOver(args) => &args.case,
            Self::Open(args) => &args.case,
            Self::Note(args) => &args.case,
            Self::Answer(args) => &args.case,
            Self::Close(args) => &args.case,
            Self::Reopen(args) => &args.case,
            Self::State(args) => &args.case,
            Self::Facts(stated) => stated.case(),
            Self::Review(args) => &args.case,
            Self::Reached(args, _) => &args.case,
            Self::Forget(_, case) => case,
            Self::Keep(args, _) => &args.case,
            Self::Translate(case, ..) | Self::CheckTranslation(case, _) => case,
        }
    }

    /// What is said when it was said.
    fn done(&self) -> &'static str {
        match self {
            Self::Ack(_) => "ack-done",
            Self::Lead(_) => "lead-done",
            Self::Support(_) => "support-done",
            Self::HandOver(_) => "hand-over-done",
            Self::Conflict(_) => "conflict-done",
            Self::Open(_) => "said-done",
            Self::Note(args) if args.to_lead => "note-lead-done",
            Self::Note(args) if !args.to.is_empty() => "note-to-done",
            Self::Note(_) => "note-done",
            Self::Translate(_, args, ..) if args.by_machine.is_some() => "translate-machine-done",
            Self::Translate(..) => "translate-done",
            Self::CheckTranslation(..) => "translate-check-done",
            Self::Answer(_) => "answer-done",
            Self::Close(_) => "close-done",
            Self::Reopen(_) => "reopen-done",
            Self::State(_) | Self::Facts(_) | Self::Review(_) | Self::Reached(..) => "said-done",
            Self::Forget(args, _) if args.agree => "forget-agreed",
            Self::Forget(args, _) if args.not => "forget-taken-back",
            Self::Forget(..) => "forget-wished-done",
            Self::Keep(..) => "said-done",
        }
    }
}

pub(super) fn say(ui: &mut Ui, saying: &Saying<'_>) -> Result<u8, CommandError> {
    let closing = match saying {
        Saying::Close(args) => {
            let found = parse_one(&args.closing, ClosingReason::ALL);
            Some(found.map_err(|error| CommandError::of_option("--reason", error))?)
        }
        _ => None,
    };
    let state = match saying {
        Saying::State(args) => {
            let found = parse_one(&args.state, &STATES);
            Some(found.map_err(|error| CommandError::of_option("STATE", error))?)
        }
        _ => None,
    };
    let (harm, keep) = match saying {
        Saying::Review(args) => (yes_no("--harm", &args.harm)?, yes_no("--keep", &args.keep)?),
        _ => (YesNo::Unknown, YesNo::Unknown),
    };
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, saying.case())?;
    let facts = match saying {
        Saying::Facts(stated) => {
            let view = received.case(&alert)?;
            let view = view.ok_or_else(|| no_case(saying.case()))?;
            stated.facts(&device, (&received, &view), &ui.messages)?
        }
        _ => Vec::new(),
    };
    let is_yes = match saying {
        Saying::Answer(args) => Some(args.yes),
        Saying::Reached(args, true) => Some(args.yes),
        _ => None,
    };
    if let Some(is_yes) = is_yes {
        past_contact(ui, (&received, &alert), is_yes)?;
    }
    let text = match saying {
        Saying::Note(args) if args.text.is_empty() => ask_text(ui, "ask-note")?,
        Saying::Note(args) => joined(&args.text),
        Saying::Answer(args) if args.text.is_empty() => ask_text(ui, "ask-answer")?,
        Saying::Answer(args) => joined(&args.text),
        Saying::Close(args) => joined(&args.text),
        Saying::Reopen(args) => joined(&args.text),
        Saying::State(args) => joined(&args.text),
        Saying::Review(args) => joined(&args.text),
        Saying::Reached(args, _) => joined(&args.text),
        Saying::Facts(stated) => reason(stated.ground()),
        Saying::Lead(args) | Saying::Conflict(args) => reason(args.reason.as_deref()),
        Saying::HandOver(args) => reason(args.reason.as_deref()),
        Saying::Open(args) => reason(args.reason.as_deref()),
        Saying::Forget(args, _) => reason(args.because.as_deref()),
        Saying::Keep(args, _) => reason(args.because.as_deref()),
        Saying::Translate(_, _, _, text) => reason(Some(text)),
        Saying::Ack(_) | Saying::Support(_) | Saying::CheckTranslation(..) => reason(None),
    };
    let named = match saying {
        Saying::Open(args) => Some(Named::of(&device, args)?),
        _ => None,
    };
    let note_for = match saying {
        Saying::Note(args) => {
            let names = args.to.iter();
            let named = names.map(|name| whom(&device, name));
            named.collect::<Result<Vec<_>, _>>()?
        }
        _ => Vec::new(),
    };
    let background = Background::start()?;
    let mut engine = background.engine(&device, EngineOptions::default());
    // What others said last. Without a network it is said all the same, and posted later.
    let read = background.wait(engine.catch_up());
    say_ready(ui, &background, &mut engine)?;
    let text = match saying {
        // Who stands in for somebody who is not heard needs no reason of their own.
        Saying::Lead(_) | Saying::HandOver(_) if text.is_empty() => {
            let view = inbox::open(&device)?.case(&alert)?;
            let reason = view.and_then(|view| view.now.stand_in_reason(now(), &ui.messages));
            Zeroizing::new(reason.unwrap_or_default())
        }
        _ => text,
    };
    let what = match saying {
        Saying::Ack(_) => SayInCase::Acknowledge,
        Saying::Lead(_) => SayInCase::Lead(&text),
        Saying::Support(_) => SayInCase::Support,
        Saying::HandOver(args) => SayInCase::HandOver(whom(&device, &args.name)?, &text),
        Saying::Conflict(_) => SayInCase::StayOut(&text),
        Saying::Open(args) => {
            let named = named.as_ref();
            match args.no_longer_to.is_empty() {
                true => SayInCase::Open(named.map_or(OpenTo::Group, Named::open_to), &text),
                false => SayInCase::Narrow(named.map_or(&[], Named::people), &text),
            }
        }
        Saying::Note(args) if args.to_lead => SayInCase::NoteTo(NoteFor::Lead, &text),
        Saying::Note(args) if !args.to.is_empty() => {
            SayInCase::NoteTo(NoteFor::People(&note_for), &text)
        }
        Saying::Note(_) => SayInCase::Note(&text),
        Saying::Translate(_, args, of, _) => SayInCase::Translate(NewTranslation {
            of: *of,
            language: args.into.as_deref().unwrap_or_default(),
            machine: args.by_machine.as_deref(),
            text: &text,
        }),
        Saying::CheckTranslation(_, of) => SayInCase::CheckTranslation(*of),
        Saying::Answer(args) => SayInCase::Answer(&text, args.name.as_deref()),
        Saying::Close(_) => SayInCase::Close(closing.unwrap_or_default(), &text),
        Saying::Reopen(_) => SayInCase::Reopen(&text),
        Saying::State(_) => SayInCase::Put(state.unwrap_or_default(), &text),
        Saying::Review(_) => SayInCase::Review(harm, keep, &text),
        Saying::Facts(_) => SayInCase::Facts(&[], &text),
        Saying::Reached(_, reached) => SayInCase::Reached(*reached, &text),
        Saying::Forget(args, _) if args.agree => SayInCase::AgreeToForget,
        Saying::Forget(args, _) if args.not => SayInCase::DoNotForget,
        Saying::Forget(args, _) => SayInCase::Forget(args.with_sender, &text),
        Saying::Keep(_, Some(until)) => SayInCase::Keep(*until, &text),
        Saying::Keep(_, None) => SayInCase::DoNotKeep(&text),
    };
    let case = alert.case.as_str();
    let all: Vec<SayInCase<'_>> = match facts.is_empty() {
        true => vec![what],
        // As many as one message holds.
        false => facts
            .chunks(FACTS_MAX)
            .map(|facts| SayInCase::Facts(facts, &text))
            .collect(),
    };
    let led = match saying {
        Saying::HandOver(_) => {
            let view = inbox::open(&device)?.case(&alert)?;
            view.is_some_and(|view| view.now.is_mine)
        }
        _ => false,
    };
    let mut is_said = false;
    for what in all {
        match say_in_case(&device, alert.id, what, now()) {
            Ok(()) => is_said = true,
            Err(CaseError::Again) => {}
            Err(error) => return Err(refused(&device, Some(saying), case, error)),
        }
    }
    if !is_said {
        ui.print("case-said-before", &[("case", case.into())])?;
        return Ok(DONE);
    }
    // Whoever leads and hands that over hands on what was written to them alone as who leads.
    let handed_on = match led {
        true => hand_notes_on(&device, alert.id, now()),
        false => Ok(0),
    };
    let failed = sent(&background, &engine, read.err())?;
    if failed.is_none() {
        // Somebody else may have said so at the same moment: then it is told now who leads.
        let _ = background.wait(engine.catch_up());
    }
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    let view = inbox::open(&device)?.case(&alert)?;
    let (id, name) = outcome(saying, view.as_ref());
    let mut story = view.iter().flat_map(|view| &view.story);
    let mine = story.rfind(|told| told.is_mine);
    let what = mine.map(|told| told.what(&ui.messages));
    let words = [
        ("case", case.into()),
        ("name", escape(&name).into()),
        ("what", what.unwrap_or_default().into()),
    ];
    ui.print(id, &words)?;
    if let Saying::Close(_) = saying {
        ui.print(closed_next(closing), &[("case", case.into())])?;
    }
    if let Saying::Open(args) = saying {
        let id = match args.no_longer_to.is_empty() {
            true => "open-follows",
            false => "narrow-follows",
        };
        ui.print(id, &[])?;
    }
    match handed_on {
        Ok(0) => {}
        Ok(count) => ui.print("notes-handed-on", &[("count", count.into())])?,
        Err(error) => {
            tracing::warn!(%error, "notes for who leads were not handed on");
            ui.status("notes-not-handed-on", &[("case", case.into())]);
        }
    }
    for follows in facts.iter().filter_map(what_follows) {
        ui.print(&follows, &[])?;
    }
    say_originals(ui, &facts, view.as_ref())?;
    Ok(done_or_queued(ui, failed, "case-queued"))
}

/// Hands on to who leads a case what was written for who led it before.
pub(super) fn hand_on(ui: &mut Ui, case: &str) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let alert = inbox::find(&inbox::open(&device)?, case)?;
    let background = Background::start()?;
    let mut engine = background.engine(&device, EngineOptions::default());
    let read = background.wait(engine.catch_up());
    say_ready(ui, &background, &mut engine)?;
    let count = hand_notes_on(&device, alert.id, now())
        .map_err(|error| refused(&device, None, &alert.case, error))?;
    if count == 0 {
        background.wait(engine.stop());
        ui.print("notes-none-to-hand-on", &[("case", alert.case.into())])?;
        return Ok(DONE);
    }
    let failed = sent(&background, &engine, read.err())?;
    background.wait(engine.stop());
    ui.print("notes-handed-on", &[("count", count.into())])?;
    Ok(done_or_queued(ui, failed, "case-queued"))
}

/// How it stands after that, as far as is known here: who wanted to lead may not.
fn outcome(saying: &Saying<'_>, view: Option<&CaseView>) -> (&'static str, String) {
    let lead = view.and_then(|view| view.now.lead.clone());
    let lead = lead.map(|(name, _)| name).unwrap_or_default();
    let is_mine = view.is_some_and(|view| view.now.is_mine);
    match saying {
        Saying::Lead(_) if !is_mine => ("lead-not", lead),
        _ => (saying.done(), lead),
    }
}

/// What somebody does next who has closed a case: released is not the end.
fn closed_next(closing: Option<ClosingReason>) -> &'static str {
    match closing {
        Some(
            ClosingReason::Released
            | ClosingReason::ReleasedAndExpelled
            | ClosingReason::SentenceServed
            | ClosingReason::Pardoned
            | ClosingReason::Acquitted
            | ClosingReason::ChargesDropped,
        ) => "close-released",
        _ => "close-review",
    }
}

/// Who was named to keep the evidence has none of the originals of before until somebody hands them on: nothing does that by itself.
fn say_originals(ui: &mut Ui, facts: &[Fact], view: Option<&CaseView>) -> Result<(), CommandError> {
    let is_keeper = |fact: &Fact| matches!(fact, Fact::Part(Part::EvidenceKeeper, Some(_)));
    let Some(view) = view.filter(|_| facts.iter().any(is_keeper)) else {
        return Ok(());
    };
    let waiting = || view.attachments().filter(|it| !it.lacking().is_empty());
    let mine = waiting().filter(|it| !it.is_for_others()).count();
    let case = view.alert.case.as_str();
    let words = |count: usize| [("case", case.into()), ("count", count.into())];
    if mine > 0 {
        ui.print("originals-to-hand-on", &words(mine))?;
    }
    match waiting().count().saturating_sub(mine) {
        0 => Ok(()),
        others => ui.print("originals-of-others", &words(others)),
    }
}

/// What a "yes" leads to, so that nobody asks for it, or gives it, without knowing.
fn what_follows(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Consent(said) if said.answer == ConsentAnswer::Yes => {
            let purpose = said.purpose.key().replace('_', "-");
            Some(format!("follows-{purpose}"))
        }
        _ => None,
    }
}

pub(super) fn refused(
    device: &Device,
    saying: Option<&Saying<'_>>,
    case: &str,
    error: CaseError,
) -> CommandError {
    let of_case = |id| CommandError::with(id, vec![("case", case.to_owned())]);
    let of_person = |id, key| {
        let name = name_of(device, key);
        CommandError::with(id, vec![("case", case.to_owned()), ("name", name)])
    };
    match error {
        CaseError::NoCase => no_case(saying.map_or(case, Saying::case)),
        CaseError::NotForYou => of_case("error-case-not-for-you"),
        CaseError::Behind => of_case("error-case-behind"),
        CaseError::Led(key) => of_person("error-case-led", &key).misuse(),
        CaseError::NotPossible => CommandError::new("error-not-possible").misuse(),
        CaseError::ToNobody => {
            let name = match saying {
                Some(Saying::HandOver(args)) => args.name.clone(),
                Some(Saying::Facts(stated)) => stated.name().to_owned(),
                _ => String::new(),
            };
            let words = vec![("case", case.to_owned()), ("name", name)];
            CommandError::with("error-case-to-nobody", words)
        }
        CaseError::MayNotOpen => of_case("error-may-not-open"),
        CaseError::NotAReader(key) => of_person("error-open-not-a-reader", &key),
        CaseError::KeptOut(key) => of_person("error-kept-out", &key),
        CaseError::NotOpenTo(key) => of_person("error-not-open-to", &key),
        CaseError::Leads(key) => of_person("error-open-leads", &key),
        CaseError::StaysOut(key) => of_person("error-sensitive-stays-out", &key),
        CaseError::ReadsNot(key) => of_person("error-sensitive-reads-not", &key),
        CaseError::ReviewerLeads(key) => of_person("error-reviewer-leads", &key),
        CaseError::NoBlock => of_case("error-no-block"),
        CaseError::Already(_) => match saying {
            Some(Saying::Close(_) | Saying::State(_)) => of_case("error-case-closed"),
            _ => of_case("error-case-open"),
        },
        CaseError::ReadsAlready(key) => of_person("error-translate-reads", &key),
        CaseError::CannotAnswer(key) => of_person("error-translate-observer", &key),
        CaseError::DoesNotRead(key) => of_person("error-note-does-not-read", &key),
        CaseError::TooMany(max) => {
            CommandError::with("error-note-many", vec![("max", max.to_string())]).misuse()
        }
        CaseError::NobodyLeads => of_case("error-note-nobody-leads"),
        CaseError::YouLead => of_case("error-note-you-lead"),
        CaseError::NotALanguage => CommandError::new("error-translate-language").misuse(),
        CaseError::NothingToTranslate | CaseError::NothingToCheck => {
            of_case("error-translate-gone")
        }
        CaseError::OwnTranslation => of_case("error-translation-own"),
        CaseError::NotClosed => of_case("error-review-open"),
        CaseError::NobodyWishes => of_case("error-forget-nobody"),
        CaseError::NotWished => of_case("error-forget-not-you"),
        CaseError::NotKept => of_case("error-keep-not"),
        CaseError::Past => of_case("error-keep-past").misuse(),
        CaseError::TooFar => of_case("error-keep-far").misuse(),
        CaseError::NoPlan => of_case("error-case-no-plan"),
        CaseError::SenderForced => of_case("error-answer-forced"),
        CaseError::SenderReads => of_case("error-answer-reads"),
        CaseError::NoSender => of_case("error-answer-nobody"),
        CaseError::Name(error) => CommandError::of_name("person", error),
        CaseError::Empty => {
            let id = match saying {
                Some(Saying::Answer(_)) => "error-answer-empty",
                Some(Saying::Translate(..)) => "error-translation-empty",
                Some(Saying::Forget(..)) => "error-forget-why",
                Some(Saying::Keep(..)) => "error-keep-why",
                _ => "error-note-empty",
            };
            CommandError::new(id).misuse()
        }
        CaseError::TooLong(max) => {
            let words = vec![("max", max.to_string())];
            let id = match saying {
                Some(Saying::Note(_) | Saying::Forget(..)) => "error-note-long",
                Some(Saying::Translate(..)) => "error-translation-long",
                Some(Saying::Answer(_)) => "error-answer-long",
                Some(Saying::Facts(_)) => "error-fact-long",
                _ => "error-reason-long",
            };
            CommandError::with(id, words).misuse()
        }
        CaseError::Again => of_case("error-case-open"),
        CaseError::Compose(error) => error.into(),
    }
}

/// Before a word goes to the person, or is said to come from them: who alone speaks with them, if that is somebody else. It is done all the same where
/// somebody says so, as an emergency does not wait.
fn past_contact(
    ui: &mut Ui,
    (received, alert): (&Inbox<'_>, &ReceivedAlert),
    is_yes: bool,
) -> Result<(), CommandError> {
    let Some(view) = received.case(alert)? else {
        return Ok(());
    };
    let Some(line) = view.now.facts.do_not_call(&ui.messages) else {
        return Ok(());
    };
    ui.output.status(&line);
    ui.status("past-contact", &[]);
    match is_yes || agreed(ui, "ask-past-contact")? {
        true => Ok(()),
        false => Err(CommandError::new("error-past-contact")),
    }
}

/// What people call who has a device.
pub(super) fn name_of(device: &Device, key: &PublicKey<DeviceKey>) -> String {
    let members = Members::of(device, now()).ok().flatten();
    let mut people = members.iter().flat_map(|members| &members.people);
    let name = people.find(|line| line.is_about(key));
    name.map(|line| line.called()).unwrap_or_default()
}

pub(super) fn no_case(typed: &str) -> CommandError {
    CommandError::with("error-no-case", vec![("id", typed.trim().to_owned())])
}

/// The device of whom a name names.
pub(super) fn whom(device: &Device, name: &str) -> Result<PublicKey<DeviceKey>, CommandError> {
    let members = Members::of(device, now())?;
    let members = members.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let person = members.find_person(name);
    person.and_then(|person| person.key).ok_or_else(|| {
        let words = vec![("name", name.to_owned())];
        CommandError::with("error-no-such-person", words)
    })
}

fn yes_no(option: &'static str, text: &str) -> Result<YesNo, CommandError> {
    parse_one(text, YesNo::ALL).map_err(|error| CommandError::of_option(option, error))
}

fn reason(given: Option<&str>) -> Zeroizing<String> {
    Zeroizing::new(given.unwrap_or_default().to_owned())
}

/// Words that a shell has taken apart.
pub(super) fn joined(words: &[String]) -> Zeroizing<String> {
    Zeroizing::new(words.join(" "))
}

/// Asked for, it is in no history of a shell.
pub(super) fn ask_text(ui: &mut Ui, id: &str) -> Result<Zeroizing<String>, CommandError> {
    ui.status(id, &[]);
    ui.answer(Shape::Text, ">", "")
}
