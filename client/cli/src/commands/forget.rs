//! `bellrope forget`: that what identifies people in a case goes from every device, when two people wish it; and what is left of those that are gone. And
//! `bellrope keep`: that one is kept longer than it would be.

use bellrope_client::{
    CaseError, EngineOptions, SayInCase, now, say_in_case,
    show::{CaseView, Forgotten, RetentionNow},
};

use super::{
    case::{Saying, no_case, refused, say},
    events::say_ready,
    inbox,
    planned::{agrees, must_be_attended},
    sending::{done_or_queued, sent},
};
use crate::{
    args,
    command_error::{CommandError, DONE},
    ui::{Background, Ui},
};

pub(super) fn forget(ui: &mut Ui, args: &args::Forget) -> Result<u8, CommandError> {
    if args.due {
        return due(ui, args.yes);
    }
    let Some(case) = &args.case else {
        return list(ui, args.json);
    };
    if args.because.is_none() && !args.agree && !args.not {
        return look(ui, case, args.json);
    }
    if !args.not && !args.yes && !agreed(ui, args, case)? {
        return Err(CommandError::new("error-not-forgotten"));
    }
    let code = say(ui, &Saying::Forget(args, case))?;
    // Where the second person said it, it is done here by now.
    let device = ui.unlock()?;
    if let Some(forgotten) = Forgotten::find(&device, case)? {
        let page = forgotten.page(&ui.messages);
        ui.content(&page)?;
    }
    Ok(code)
}

/// What somebody wishes, and what is left of what was forgotten.
fn list(ui: &mut Ui, as_json: bool) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let all = inbox::open(&device)?.cases()?;
    let wished = all.cases.iter().filter(|it| !it.now.to_forget.is_empty());
    let wished: Vec<&CaseView> = wished.collect();
    let forgotten = Forgotten::all(&device)?;
    if as_json {
        for one in &forgotten {
            ui.json(one.to_json())?;
        }
        return Ok(DONE);
    }
    for case in &wished {
        let lines = case.forget_lines(now(), &ui.messages);
        ui.content(&lines)?;
    }
    for one in &forgotten {
        let line = one.line(&ui.messages);
        ui.content(&line)?;
    }
    if wished.is_empty() && forgotten.is_empty() {
        ui.status("forget-none", &[]);
    }
    Ok(DONE)
}

/// Wishes it of all that is due, or agrees with who does: one question for all, after a look at each.
fn due(ui: &mut Ui, is_yes: bool) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let background = Background::start()?;
    let mut engine = background.engine(&device, EngineOptions::default());
    // That somebody keeps one longer, or wishes it too.
    let read = background.wait(engine.catch_up());
    say_ready(ui, &background, &mut engine)?;
    let all = inbox::open(&device)?.cases()?;
    let stands = RetentionNow::of(&device, &all.cases, now())?;
    let stands = stands.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let due = stands.to_forget(&ui.messages);
    if due.is_empty() {
        background.wait(engine.stop());
        ui.status("forget-due-none", &[]);
        return all.damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()));
    }
    let count = [("count", due.len().into())];
    ui.status("forget-due-look", &count);
    for (_, row) in &due {
        ui.output.status(row);
    }
    if !is_yes {
        must_be_attended(ui, "error-forget-needs-yes")?;
        if !agrees(ui, "ask-forget-due")? {
            return Err(CommandError::new("error-not-forgotten"));
        }
    }
    let mut said: usize = 0;
    for (alert, _) in &due {
        match say_in_case(&device, *alert, SayInCase::ForgetDue, now()) {
            Ok(()) => said = said.saturating_add(1),
            // Another program of this device said so, or has erased it, meanwhile.
            Err(CaseError::Again | CaseError::NoCase) => {}
            Err(error) => {
                let case = alert.to_string();
                return Err(refused(&device, None, &case, error));
            }
        }
    }
    let failed = sent(&background, &engine, read.err())?;
    if failed.is_none() {
        // What others wished goes as soon as this has come back from the relay.
        let _ = background.wait(engine.catch_up());
    }
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    ui.print("forget-due-done", &[("count", said.into())])?;
    Ok(done_or_queued(ui, failed, "case-queued"))
}

/// That a case is kept longer, or not; how that stands.
pub(super) fn keep(ui: &mut Ui, args: &args::Keep) -> Result<u8, CommandError> {
    if let Some(until) = &args.until {
        let until = inbox::when(until)?;
        return say(ui, &Saying::Keep(args, until.at));
    }
    if args.not {
        return say(ui, &Saying::Keep(args, None));
    }
    if args.because.is_some() {
        return Err(CommandError::new("error-keep-until").misuse());
    }
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, &args.case)?;
    let case = received.case(&alert)?;
    let case = case.ok_or_else(|| no_case(&args.case))?;
    if args.json {
        ui.json(case.to_json())?;
        return Ok(DONE);
    }
    let line = case.kept_line(now(), &ui.messages);
    match line.is_empty() {
        true => ui.print("keep-not", &[("case", case.alert.case.as_str().into())])?,
        false => ui.content(&line)?,
    };
    Ok(DONE)
}

/// How it stands with one case.
fn look(ui: &mut Ui, typed: &str, as_json: bool) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    if let Some(forgotten) = received.forgotten(typed)? {
        return show(ui, &forgotten, as_json);
    }
    let alert = inbox::find(&received, typed)?;
    let case = received.case(&alert)?;
    let case = case.ok_or_else(|| no_case(typed))?;
    if as_json {
        ui.json(case.to_json())?;
        return Ok(DONE);
    }
    if case.now.to_forget.is_empty() {
        ui.print(
            "forget-nobody",
            &[("case", case.alert.case.as_str().into())],
        )?;
        return Ok(DONE);
    }
    let lines = case.forget_lines(now(), &ui.messages);
    ui.content(&lines)?;
    Ok(DONE)
}

/// What is left of one.
pub(super) fn show(ui: &mut Ui, one: &Forgotten, as_json: bool) -> Result<u8, CommandError> {
    if as_json {
        ui.json(one.to_json())?;
    } else {
        let page = one.page(&ui.messages);
        ui.content(&page)?;
    }
    Ok(DONE)
}

/// Whether the person at the keyboard means it: what follows cannot be undone.
fn agreed(ui: &mut Ui, args: &args::Forget, typed: &str) -> Result<bool, CommandError> {
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, typed)?;
    let view = received.case(&alert)?.ok_or_else(|| no_case(typed))?;
    must_be_attended(ui, "error-forget-needs-yes")?;
    let case = view.alert.case.as_str();
    let title = view.line(&ui.messages);
    ui.output.status(&title);
    if args.agree {
        let lines = view.forget_lines(now(), &ui.messages);
        ui.output.status(&lines);
    }
    let kept = view.kept_line(now(), &ui.messages);
    if !kept.is_empty() {
        ui.output.status(&kept);
    }
    ui.status("forget-look", &[("case", case.into())]);
    let linked = view.linked();
    if !linked.is_empty() {
        ui.status("forget-linked", &[("cases", linked.join(", ").into())]);
    }
    agrees(ui, "ask-forget")
}
