//! `bellrope forget`: that what identifies people in a case goes from every device, when two people wish it; and what is left of those that are gone.

use bellrope_client::{
    alert::answers::parse_yes_no,
    show::{CaseView, Forgotten},
};

use super::{
    case::{Saying, no_case, say},
    inbox,
};
use crate::{
    args,
    command_error::{CommandError, DONE},
    ui::Ui,
};

pub(super) fn forget(ui: &mut Ui, args: &args::Forget) -> Result<u8, CommandError> {
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
        let lines = case.forget_lines(&ui.messages);
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
    let lines = case.forget_lines(&ui.messages);
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
    if !ui.is_attended() {
        return Err(CommandError::new("error-forget-needs-yes").misuse());
    }
    let case = view.alert.case.as_str();
    let title = view.line(&ui.messages);
    ui.output.status(&title);
    if args.agree {
        let lines = view.forget_lines(&ui.messages);
        ui.output.status(&lines);
    }
    ui.status("forget-look", &[("case", case.into())]);
    let linked = view.linked();
    if !linked.is_empty() {
        ui.status("forget-linked", &[("cases", linked.join(", ").into())]);
    }
    loop {
        let answer = ui.ask("ask-forget")?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}
