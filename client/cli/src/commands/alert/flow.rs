//! The questions of an alert, one after the other, back and forth, and the last look. What somebody else told is
//! asked for after the seven: a caller may hang up.
//!
//! What an answer means, the library decides; here is which question comes next. Nothing that was typed is lost to an
//! error: it is shown with the refusal, or is there to be changed.

use bellrope_client::{
    MessageId,
    alert::{
        Alert, AlertError, Field, SUMMARY_CHARS_MAX,
        answers::{AnswerError, Aside, is_cut, parse_about, parse_aside, parse_yes_no},
        country::Country,
        questions::{FlashAnswers, INTAKE, Question},
        unclear::Unclear,
        vocabulary::Kind,
    },
    now,
    show::{Explain as _, alert_text, intake_lines, question_lines, unclear_lines},
    text::escape,
};
use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use super::{super::answers, few::Few, post::Post};
use crate::{args, asking::Shape, command_error::CommandError, ui::Ui};

/// A first line that is longer was not meant as a summary.
const MEANT_AS_SUMMARY_CHARS_MAX: usize = 2 * SUMMARY_CHARS_MAX;

/// What every question stands behind.
const PROMPT: &str = ">";

/// Asks what the command line has not said, and shows the whole; `None` when it is thrown away.
///
/// Who reads alerts is told them on the telephone, and is asked whether this is one of those.
pub(super) fn write(
    ui: &mut Ui,
    (post, few): (&mut Post, &mut Few),
    (home, about): (Option<Country>, Option<(Kind, MessageId)>),
    args: &args::alert::Alert,
    is_reader: bool,
) -> Result<Option<Alert>, CommandError> {
    let flow = Flow::new(
        ui,
        (post, few),
        (home, about),
        args,
        is_reader && about.is_none(),
    )?;
    // A script gives what has no default, and is asked nothing.
    let has_what = args.what.is_some() || about.is_some();
    let is_script = args.yes && has_what && args.summary.is_some();
    if is_script || !flow.ui.is_attended() {
        let alert = flow.answers.finish()?;
        return if args.yes {
            Ok(Some(alert))
        } else {
            Err(nobody_looks())
        };
    }
    flow.ui.asking.hold();
    let written = flow.run(args.yes);
    ui.asking.release();
    written
}

/// Shows what a form says; `None` when it is not to be sent.
pub(super) fn look_at_form(
    ui: &mut Ui,
    (post, few): (&mut Post, &mut Few),
    alert: Alert,
    is_agreed: bool,
) -> Result<Option<Alert>, CommandError> {
    if is_agreed {
        return Ok(Some(alert));
    }
    if !ui.is_attended() {
        return Err(nobody_looks());
    }
    if few.is_missing() {
        few.ask(ui, post, &alert)?;
    }
    show(ui, (post, few), &alert)?;
    loop {
        let answer = ui.ask("ask-send-form")?;
        match parse_yes_no(&answer) {
            Some(false) => return Ok(None),
            None if Few::is_wanted(answer.trim()) => {
                few.ask(ui, post, &alert)?;
                show(ui, (post, few), &alert)?;
            }
            None if !answer.trim().is_empty() => {}
            _ if few.is_for_somebody(post, &alert)? => return Ok(Some(alert)),
            _ => ui.status("few-gone", &[]),
        }
    }
}

fn nobody_looks() -> CommandError {
    CommandError::new("error-needs-yes").misuse()
}

fn show(
    ui: &mut Ui,
    (post, few): (&mut Post, &mut Few),
    alert: &Alert,
) -> Result<(), CommandError> {
    let to = post.addressees(alert)?.text(&ui.messages);
    // What has come while this was typed.
    answers::say(ui, post.device());
    ui.status("alert-last-look", &[("to", to.into())]);
    let page = Zeroizing::new(alert_text(alert.fields(), &ui.messages));
    ui.output.status(&page);
    few.look(ui, post, alert)
}

/// How a question was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Answered,
    Back,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// For oneself, or for somebody who told it.
    About,
    Flash(Question),
    /// How it came to whoever enters it.
    Intake(Field),
}

/// The questions and what was typed.
struct Flow<'a> {
    ui: &'a mut Ui,
    post: &'a mut Post,
    few: &'a mut Few,
    home: Option<Country>,
    answers: FlashAnswers,
    /// What is asked of everybody, in order; the command line has said the rest.
    asked: Vec<Step>,
    is_for_another: bool,
    typed: Vec<(Step, Zeroizing<String>)>,
    summary: Zeroizing<String>,
    account: Zeroizing<String>,
}

impl<'a> Flow<'a> {
    /// Given answers are checked before anything is asked.
    fn new(
        ui: &'a mut Ui,
        (post, few): (&'a mut Post, &'a mut Few),
        (home, about): (Option<Country>, Option<(Kind, MessageId)>),
        args: &args::alert::Alert,
        may_be_another: bool,
    ) -> Result<Self, CommandError> {
        let mut answers = FlashAnswers::new(home, TimeZone::system());
        if args.drill {
            answers = answers.as_drill();
        }
        if let Some((kind, original)) = about {
            answers = answers.about(kind, original);
        }
        let account = Zeroizing::new(args.text.clone().unwrap_or_default());
        if args.on_behalf {
            answers = answers.for_another();
        }
        let (mut asked, mut typed) = (Vec::new(), Vec::new());
        if may_be_another && !args.on_behalf && given(args).iter().all(|given| given.2.is_none()) {
            asked.push(Step::About);
        }
        let mut summary = Zeroizing::default();
        for (question, option, answer) in given(args) {
            // Of an alert that was sent already only what is new is asked.
            if answer.is_none() && about.is_some() && question != Question::Words {
                continue;
            }
            let Some(answer) = answer else {
                asked.push(Step::Flash(question));
                continue;
            };
            let read = if question == Question::Words {
                summary = Zeroizing::new(answer.clone());
                answers.write(answer, &account)
            } else {
                typed.push((Step::Flash(question), Zeroizing::new(answer.clone())));
                answers.answer(question, answer, now())
            };
            read.map_err(|error| CommandError::of_option(option, error))?;
        }
        Ok(Self {
            ui,
            post,
            few,
            home,
            answers,
            asked,
            is_for_another: args.on_behalf,
            typed,
            summary,
            account,
        })
    }

    fn run(mut self, is_agreed: bool) -> Result<Option<Alert>, CommandError> {
        if !self.steps().is_empty() {
            self.ui.status("ask-aside-help", &[]);
        }
        self.ask_from(0)?;
        if is_agreed && let Ok(alert) = self.answers.clone().finish() {
            return Ok(Some(alert));
        }
        loop {
            let finished = self.answers.clone().finish();
            match &finished {
                Ok(alert) => {
                    if self.few.is_missing() {
                        self.few.ask(self.ui, self.post, alert)?;
                    }
                    show(self.ui, (self.post, self.few), alert)?;
                }
                Err(error) => self.refuse(&AnswerError::from(*error)),
            }
            let id = if finished.is_ok() {
                "ask-send"
            } else {
                "ask-change"
            };
            let count = [("count", self.numbered().len().into())];
            let question = self.ui.messages.say(id, &count);
            let answer = self.ui.answer(Shape::Line, &question, "")?;
            let answer = answer.trim();
            let number = answer.trim_end_matches('.').parse::<usize>().ok();
            let step = number.and_then(|number| number.checked_sub(1));
            let step = step.and_then(|at| self.numbered().get(at).copied());
            match (step, parse_yes_no(answer), finished) {
                (Some(step), ..) => _ = self.ask(step)?,
                (_, Some(false), _) => return Ok(None),
                (_, None, Ok(alert)) if Few::is_wanted(answer) => {
                    self.few.ask(self.ui, self.post, &alert)?;
                }
                (_, yes, Ok(alert)) if yes == Some(true) || answer.is_empty() => {
                    if self.few.is_for_somebody(self.post, &alert)? {
                        return Ok(Some(alert));
                    }
                    self.ui.status("few-gone", &[]);
                }
                _ if parse_aside(answer) == Some(Aside::Back) => {
                    self.ask_from(self.steps().len().saturating_sub(1))?;
                }
                _ => self.ui.status("ask-change-how", &[]),
            }
        }
    }

    /// What is asked one after the other.
    fn steps(&self) -> Vec<Step> {
        let intake = INTAKE.into_iter().filter(|_| self.is_for_another);
        let asked = self.asked.iter().copied();
        asked.chain(intake.map(Step::Intake)).collect()
    }

    /// What the last look can change, from 1.
    fn numbered(&self) -> Vec<Step> {
        let intake = INTAKE.into_iter().filter(|_| self.is_for_another);
        let flash = Question::ALL.into_iter().map(Step::Flash);
        flash.chain(intake.map(Step::Intake)).collect()
    }

    fn ask_from(&mut self, first: usize) -> Result<(), CommandError> {
        let mut at = first;
        while let Some(step) = self.steps().get(at).copied() {
            match self.ask(step)? {
                Left::Answered => at = at.saturating_add(1),
                Left::Back if at == 0 => self.ui.status("ask-first", &[]),
                Left::Back => at = at.saturating_sub(1),
            }
        }
        Ok(())
    }

    fn put(&mut self, step: Step) {
        let words = &self.ui.messages;
        let lines = match step {
            Step::About => vec![words.plain("ask-about")],
            Step::Flash(question) => question_lines(question, self.home, words),
            Step::Intake(field) => {
                let steps = self.numbered();
                let at = steps.iter().position(|other| *other == step);
                let number = at.unwrap_or_default().saturating_add(1);
                intake_lines(field, number, steps.len(), words)
            }
        };
        self.ui.output.status("");
        for line in lines {
            self.ui.output.status(&line);
        }
    }

    /// Asks until the answer is understood.
    fn ask(&mut self, step: Step) -> Result<Left, CommandError> {
        self.put(step);
        if step == Step::Flash(Question::Words) {
            return self.ask_words();
        }
        let shape = match step {
            Step::Intake(Field::IntakeOwnWords) => Shape::Text,
            _ => Shape::Line,
        };
        let before = self.typed.iter().position(|(of, _)| *of == step);
        let before = before.map(|at| self.typed.swap_remove(at).1);
        if let Some(before) = before.as_ref().filter(|before| !before.is_empty()) {
            let answer = escape(before);
            self.ui.status("ask-now", &[("answer", answer.into())]);
        }
        // An answer may raise a question of its own, to which what is typed next is the answer.
        let mut raised: Option<Box<Unclear>> = None;
        loop {
            let mut answer = self.ui.answer(shape, PROMPT, "")?;
            match (&before, parse_aside(&answer)) {
                (_, Some(Aside::Help)) => {
                    self.ui.status("ask-aside-help", &[]);
                    continue;
                }
                (_, Some(Aside::Back)) => {
                    self.typed.extend(before.map(|before| (step, before)));
                    return Ok(Left::Back);
                }
                (Some(before), None) if answer.trim().is_empty() && raised.is_none() => {
                    answer = before.clone();
                }
                _ => {}
            }
            if let Some(unclear) = &raised {
                match unclear.answer(&answer) {
                    Some(meant) => answer = Zeroizing::new(meant),
                    None => continue,
                }
            }
            let answer = match line_end(step) {
                Some(end) => Zeroizing::new(answer.replace('\n', end)),
                None => answer,
            };
            match self.take(step, &answer) {
                Ok(()) => {
                    self.typed.push((step, answer));
                    return Ok(Left::Answered);
                }
                Err(AnswerError::Unclear(unclear)) => {
                    for line in unclear_lines(&unclear, &self.ui.messages) {
                        self.ui.output.status(&line);
                    }
                    raised = Some(unclear);
                }
                // What was raised before is asked still: the rest of that answer is not lost by a word that nobody knows.
                Err(error) => self.refuse(&error),
            }
        }
    }

    fn take(&mut self, step: Step, answer: &str) -> Result<(), AnswerError> {
        match step {
            Step::Flash(question) => self.answers.answer(question, answer, now()),
            Step::Intake(field) => self.answers.answer_intake(field, answer, now()),
            Step::About => {
                self.is_for_another = parse_about(answer)?;
                let answers = self.answers.clone();
                self.answers = match self.is_for_another {
                    true => answers.for_another(),
                    false => answers.for_oneself(),
                };
                Ok(())
            }
        }
    }

    fn refuse(&mut self, error: &AnswerError) {
        let said = error.explain(&self.ui.messages);
        self.ui.output.status(&said);
    }

    fn ask_words(&mut self) -> Result<Left, CommandError> {
        loop {
            if self.ask_summary()? == Left::Back {
                return Ok(Left::Back);
            }
            if self.ask_account()? == Left::Answered {
                return Ok(Left::Answered);
            }
        }
    }

    /// A text that was pasted whole begins with its summary, or is the account.
    fn ask_summary(&mut self) -> Result<Left, CommandError> {
        loop {
            let start = self.summary.clone();
            let answer = self.ui.answer(Shape::Line, PROMPT, &start)?;
            match parse_aside(&answer) {
                Some(Aside::Back) => return Ok(Left::Back),
                Some(Aside::Help) => {
                    self.ui.status("ask-aside-help", &[]);
                    continue;
                }
                None => {}
            }
            let (first, rest) = answer.split_once('\n').unwrap_or((&answer, ""));
            let found = first.trim().chars().count();
            let is_whole = !rest.is_empty() || found > MEANT_AS_SUMMARY_CHARS_MAX;
            if found > SUMMARY_CHARS_MAX && is_whole {
                self.keep_as_account(&answer);
                self.summary = Zeroizing::default();
                let words = [("found", found.into()), ("max", SUMMARY_CHARS_MAX.into())];
                self.ui.status("ask-summary-moved", &words);
                continue;
            }
            if !rest.trim().is_empty() {
                self.keep_as_account(rest);
            }
            self.summary = Zeroizing::new(first.to_owned());
            match self.answers.write(first, "") {
                Ok(()) => return Ok(Left::Answered),
                Err(error) => {
                    self.refuse(&error);
                    if found > SUMMARY_CHARS_MAX {
                        self.ui.status("ask-summary-edit", &[]);
                    }
                }
            }
        }
    }

    /// Nothing that was there before is lost to it.
    fn keep_as_account(&mut self, text: &str) {
        if !self.account.is_empty() {
            self.account.push('\n');
        }
        self.account.push_str(text.trim_matches('\n'));
    }

    fn ask_account(&mut self) -> Result<Left, CommandError> {
        loop {
            let id = if self.account.is_empty() {
                "ask-account"
            } else {
                "ask-account-there"
            };
            self.ui
                .status(id, &[("max", self.answers.narrative_max().into())]);
            let start = self.account.clone();
            let answer = self.ui.answer(Shape::Text, PROMPT, &start)?;
            // The newest line alone, behind what was there already.
            let last = answer
                .strip_prefix(start.as_str())
                .unwrap_or(&answer)
                .trim();
            match parse_aside(last) {
                Some(Aside::Back) => return Ok(Left::Back),
                Some(Aside::Help) => {
                    self.ui.status("ask-aside-help", &[]);
                    continue;
                }
                None => self.account = answer,
            }
            loop {
                let error = match self.answers.write(&self.summary, &self.account) {
                    Ok(()) => return Ok(Left::Answered),
                    Err(error) => error,
                };
                self.refuse(&error);
                let AnswerError::Rule(AlertError::TooLong { max, .. }) = error else {
                    break;
                };
                let question = self
                    .ui
                    .messages
                    .say("ask-account-cut", &[("max", max.into())]);
                let answer = self.ui.answer(Shape::Line, &question, "")?;
                if !is_cut(&answer) {
                    break;
                }
                self.account = Zeroizing::new(self.account.chars().take(max).collect());
            }
        }
    }
}

/// The answers of the command line, by their options.
fn given(args: &args::alert::Alert) -> [(Question, &'static str, &Option<String>); 7] {
    [
        (Question::Acts, "--what", &args.what),
        (Question::Victim, "--whom", &args.whom),
        (Question::Place, "--where", &args.place),
        (Question::Time, "--when", &args.when),
        (Question::Urgency, "--urgency", &args.urgency),
        (Question::Words, "--summary", &args.summary),
        (Question::Sharing, "--share", &args.share),
    ]
}

/// What a line end means in an answer of one line; `None` where it is one.
fn line_end(step: Step) -> Option<&'static str> {
    match step {
        Step::Flash(Question::Acts | Question::Victim | Question::Place | Question::Sharing) => {
            Some(", ")
        }
        Step::Intake(Field::IntakeOwnWords) => None,
        _ => Some(" "),
    }
}
