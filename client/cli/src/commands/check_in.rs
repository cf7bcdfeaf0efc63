//! `bellrope check-in`: a plan is made, somebody is there, or it is over. What is said when it was done is the same whatever word was typed.

use bellrope_client::{
    CheckInAct, CheckInError, Device, Engine, EngineOptions, Extensions, MessageId, SealedAlert,
    addressees,
    alert::{
        Alert, Fields,
        answers::{parse_place, parse_yes_no},
        plan::{CheckInPlan, EVERY, PlanError, parse_ahead, parse_span, word},
        vocabulary::{Kind, Urgency},
    },
    check_in as say_check_in, is_at_relay, may_send, now, own_plans, plan_check_ins,
    show::{FoundSent, Outbox, SentAlert, find_sent, plan_letters, plan_line},
    text::escape,
};
use jiff::tz::TimeZone;
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    case::{self, Saying},
    watch::stopped,
};
use crate::{
    args,
    asking::Shape,
    command_error::{CommandError, DONE, FAILED, QUEUED},
    given::read_text,
    ui::{Background, Ui},
};

/// What members wait, where nothing else is said.
const GRACE: u32 = 30 * 60;

pub(super) fn check_in(ui: &mut Ui, args: &args::CheckIn) -> Result<u8, CommandError> {
    match &args.act {
        None => here(ui, args),
        Some(args::CheckInCommand::Plan(args)) => plan(ui, args),
        Some(args::CheckInCommand::Reached(args)) => case::say(ui, &Saying::Reached(args, true)),
        Some(args::CheckInCommand::NobodyReached(args)) => {
            case::say(ui, &Saying::Reached(args, false))
        }
    }
}

/// Says that somebody is there. Sealed and on disk before any network is tried.
fn here(ui: &mut Ui, args: &args::CheckIn) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    may_send(&device)?;
    let plan = which(&device, args.case.as_deref())?;
    let typed = typed(ui)?;
    let act = match args.end {
        true => CheckInAct::End,
        false => CheckInAct::Here,
    };
    let sealed = say_check_in(&device, plan, (act, &typed), now());
    let sealed = sealed.map_err(not_said)?;
    drop(typed);
    let background = Background::start()?;
    let engine = background.engine(&device, EngineOptions::default());
    let sent = send(ui, &background, &engine, &sealed)?;
    if sent == Sent::Stored && !device.reads()? {
        // New keys wait for a defender where nothing else brings them. What fails here is done another time.
        let _ = background.wait(engine.catch_up());
    }
    background.wait(engine.stop());
    let what = match (sent, act) {
        (Sent::Stored, CheckInAct::Here) => "check-in-done",
        (Sent::Stored, CheckInAct::End) => "check-in-ended",
        (Sent::Queued, _) => "check-in-queued",
        (Sent::Lost, _) => "check-in-lost",
    };
    match args.json {
        true => ui.json(json!({
            "plan": plan_letters(plan),
            "state": sent.key(),
            "end": args.end,
        }))?,
        false => ui.print(what, &[])?,
    }
    Ok(sent.code())
}

/// By which plan: the one that was named, or the only one.
fn which(device: &Device, typed: Option<&str>) -> Result<MessageId, CommandError> {
    let plans = own_plans(device)?;
    if let Some(typed) = typed {
        let is_plan = |id: &MessageId| plans.iter().any(|(plan, _)| plan == id);
        return match find_sent(device, typed)? {
            FoundSent::One(id) if is_plan(&id) => Ok(id),
            FoundSent::Several => Err(CommandError::new("error-sent-several").misuse()),
            FoundSent::One(_) | FoundSent::Nothing => {
                let words = vec![("case", typed.trim().to_owned())];
                Err(CommandError::with("error-no-such-plan", words))
            }
        };
    }
    let going = plans.iter().filter(|(_, is_ended)| !is_ended);
    let going: Vec<MessageId> = going.map(|(plan, _)| *plan).collect();
    match going.as_slice() {
        [one] => Ok(*one),
        [] => Err(CommandError::new("error-no-plan")),
        several => {
            let names: Vec<String> = several.iter().map(|plan| plan_letters(*plan)).collect();
            let words = vec![("cases", names.join(", "))];
            Err(CommandError::with("error-plans-several", words).misuse())
        }
    }
}

/// The word, unseen; a script gives it as a line, or nothing.
fn typed(ui: &mut Ui) -> Result<Zeroizing<String>, CommandError> {
    if ui.is_attended() {
        let question = ui.messages.plain("ask-check-in-word");
        return ui.answer(Shape::Secret, &question, "");
    }
    // That there is no line is no word.
    Ok(ui
        .asking
        .ask(Shape::Line, "", "", &ui.messages)
        .unwrap_or_default())
}

/// How far it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Stored,
    Queued,
    Lost,
}

impl Sent {
    fn key(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Queued => "queued",
            Self::Lost => "lost",
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Stored => DONE,
            Self::Queued => QUEUED,
            Self::Lost => FAILED,
        }
    }
}

/// Tries the network; what is on no disk, for as long as it takes.
fn send(
    ui: &mut Ui,
    background: &Background,
    engine: &Engine,
    sealed: &SealedAlert,
) -> Result<Sent, CommandError> {
    let report = if sealed.unkept.is_some() {
        ui.asking.leave_signals();
        background.end_when(stopped());
        let sending = engine.send_held(|error| ui.failed(error));
        let sent = background.wait(async {
            tokio::select! {
                sent = sending => Some(sent),
                () = stopped() => None,
            }
        });
        match sent.transpose()? {
            Some(report) => report,
            None => return Ok(Sent::Lost),
        }
    } else {
        background.wait(engine.send_alerts())?
    };
    let is_stored = is_at_relay(engine.device(), sealed.id)?;
    match report.failed.into_iter().next() {
        None => return Ok(Sent::Stored),
        Some(error) => ui.failed(error),
    }
    Ok(if is_stored {
        Sent::Stored
    } else {
        Sent::Queued
    })
}

/// Makes a plan.
fn plan(ui: &mut Ui, args: &args::CheckInPlanArgs) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    may_send(&device)?;
    let background = Background::start()?;
    let engine = background.engine(&device, EngineOptions::default());
    // Who came in last reads it too.
    let fresh = engine.refresh();
    let (terms, fields) = Asked { ui, args }.all(&device)?;
    let mut fields = fields;
    terms.put(&mut fields);
    let alert = Alert::new(fields)?;
    background.wait(fresh.done());
    if !args.yes {
        if !ui.is_attended() {
            return Err(CommandError::new("error-needs-yes").misuse());
        }
        let to = addressees(&device, &alert, &[])?.text(&ui.messages);
        let line = plan_line(&terms, &ui.messages);
        ui.status("check-in-look", &[("to", to.into())]);
        ui.output.status(&line);
        if !agreed(ui)? {
            ui.status("check-in-not-made", &[]);
            return Ok(DONE);
        }
    }
    let sealed = plan_check_ins(&device, &alert, now()).map_err(not_said)?;
    drop(alert);
    let sent = send(ui, &background, &engine, &sealed)?;
    background.wait(engine.stop());
    let listed = Outbox::of(&device, now())?;
    let case = listed
        .get(sealed.id)
        .map(SentAlert::case)
        .unwrap_or_default();
    if args.json {
        ui.json(json!({
            "id": sealed.id.to_string(),
            "case": case,
            "readers": sealed.to.people,
            "state": sent.key(),
        }))?;
        return Ok(sent.code());
    }
    let to = sealed.to.text(&ui.messages);
    ui.print(
        "check-in-planned",
        &[("case", case.into()), ("to", to.into())],
    )?;
    let line = plan_line(&terms, &ui.messages);
    ui.content(&line)?;
    if terms.has_words() {
        let words = [
            ("well", escape(&terms.well).into()),
            ("forced", escape(&terms.forced).into()),
        ];
        ui.print("check-in-plan-words", &words)?;
    }
    ui.print("check-in-plan-keep", &[])?;
    if sent != Sent::Stored {
        ui.status("check-in-plan-queued", &[]);
    }
    Ok(sent.code())
}

fn agreed(ui: &mut Ui) -> Result<bool, CommandError> {
    loop {
        let answer = ui.ask("ask-check-in-send")?;
        match parse_yes_no(&answer) {
            Some(agreed) => return Ok(agreed),
            None if answer.trim().is_empty() => return Ok(true),
            None => {}
        }
    }
}

/// What the command line has not said is asked for.
struct Asked<'a> {
    ui: &'a mut Ui,
    args: &'a args::CheckInPlanArgs,
}

impl Asked<'_> {
    fn all(&mut self, device: &Device) -> Result<(CheckInPlan, Fields), CommandError> {
        let (zone, args) = (TimeZone::system(), self.args);
        let is_asked = self.ui.is_attended();
        let every = self.one("--every", &args.every, "ask-check-in-every", |text| {
            let every = parse_span(text).filter(|every| (EVERY[0]..=EVERY[1]).contains(every));
            every.ok_or_else(|| CommandError::new("error-check-in-every"))
        })?;
        let ahead = |option, text: &str| {
            let read = parse_ahead(text, now(), &zone);
            read.map_err(|error| CommandError::of_option(option, error))
        };
        let until = self.one("--until", &args.until, "ask-check-in-until", |text| {
            ahead("--until", text)
        })?;
        let first = match &args.first {
            Some(text) => ahead("--first", text)?,
            None => now().plus(u64::from(every)).min(until),
        };
        let grace = match &args.grace {
            Some(text) => {
                parse_span(text).ok_or_else(|| CommandError::new("error-check-in-grace"))?
            }
            None => GRACE,
        };
        let home = device.country()?;
        let place = self.text(&args.place, "ask-check-in-where", is_asked)?;
        let place = parse_place(&place, home);
        let place = place.map_err(|error| CommandError::of_option("--where", error))?;
        let summary = self.text(&args.summary, "ask-check-in-summary", is_asked)?;
        let text = self.text(&args.text, "ask-check-in-text", is_asked)?;
        let (well, forced) = self.words(is_asked)?;
        let terms = CheckInPlan {
            every,
            grace,
            first,
            until,
            well,
            forced,
            extensions: Extensions::none(),
        };
        terms.check().map_err(refused)?;
        let mut fields = Fields::of_kind(Kind::CheckIn);
        fields.urgency = Urgency::Normal;
        fields.place = place;
        fields.summary = summary;
        fields.narrative = text;
        Ok((terms, fields))
    }

    /// What there must be.
    fn one<T>(
        &mut self,
        option: &'static str,
        given: &Option<String>,
        question: &'static str,
        read: impl Fn(&str) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        if let Some(given) = given {
            return read(given).map_err(CommandError::misuse);
        }
        if !self.ui.is_attended() {
            let words = vec![("option", option.to_owned())];
            return Err(CommandError::with("error-check-in-needs", words).misuse());
        }
        loop {
            let answer = self.ui.ask(question)?;
            match read(answer.trim()) {
                Ok(read) => return Ok(read),
                Err(error) => {
                    let said = error.say(&self.ui.messages);
                    self.ui.output.status(&said);
                }
            }
        }
    }

    /// What there may be.
    fn text(
        &mut self,
        given: &Option<String>,
        question: &'static str,
        is_asked: bool,
    ) -> Result<String, CommandError> {
        match given {
            Some(given) => Ok(given.trim().to_owned()),
            None if is_asked => Ok(self.ui.ask(question)?.trim().to_owned()),
            None => Ok(String::new()),
        }
    }

    /// The word for "I am well", and the one for "I am forced".
    fn words(&mut self, is_asked: bool) -> Result<(String, String), CommandError> {
        if let Some(path) = &self.args.words {
            let text = read_text(path)?;
            let mut lines = text.lines().map(word);
            let mut next = || lines.next().unwrap_or_default();
            return Ok((next(), next()));
        }
        if !is_asked {
            return Ok((String::new(), String::new()));
        }
        self.ui.status("check-in-words-why", &[]);
        let well = word(&self.ui.ask("ask-check-in-well")?);
        let forced = match well.is_empty() {
            true => String::new(),
            false => word(&self.ui.ask("ask-check-in-forced")?),
        };
        Ok((well, forced))
    }
}

fn not_said(error: CheckInError) -> CommandError {
    match error {
        CheckInError::NoPlan => CommandError::new("error-no-plan"),
        CheckInError::Several => CommandError::new("error-check-in-several"),
        CheckInError::Compose(error) => error.into(),
    }
}

fn refused(error: PlanError) -> CommandError {
    let id = match error {
        PlanError::Every => "error-check-in-every",
        PlanError::Grace => "error-check-in-grace",
        PlanError::Until => "error-check-in-until",
        PlanError::TooMany => "error-check-in-many",
        PlanError::Words => "error-check-in-words",
    };
    CommandError::new(id).misuse()
}
