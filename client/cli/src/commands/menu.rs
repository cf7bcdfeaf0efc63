//! `bellrope` without a command: asks what somebody wants to do. Numbers only, so that nobody has to type Latin letters
//! to send an alert. What this device may not do is not offered.

use bellrope_client::{
    Device,
    alert::vocabulary::{ClosingReason, Vocabulary as _},
    may_send, own_plans,
};

use crate::{asking::Shape, command_error::CommandError, ui::Ui};

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Alert,
    CheckIn,
    OnBehalf,
    Watch,
    Inbox,
    Cases,
    Case,
    Outbox,
    Members,
    Verify,
    VerifyAsDefender,
    Invite,
    Drill,
    Join,
    Create,
}

impl Choice {
    fn message(self) -> &'static str {
        match self {
            Self::Alert => "menu-alert",
            Self::CheckIn => "menu-check-in",
            Self::OnBehalf => "menu-on-behalf",
            Self::Watch => "menu-watch",
            Self::Inbox => "menu-inbox",
            Self::Cases => "menu-cases",
            Self::Case => "menu-case",
            Self::Outbox => "menu-outbox",
            Self::Members => "menu-members",
            Self::Verify | Self::VerifyAsDefender => "menu-verify",
            Self::Invite => "menu-invite",
            Self::Drill => "menu-drill",
            Self::Join => "menu-join",
            Self::Create => "menu-create",
        }
    }
}

/// What somebody would have typed who knows the commands.
pub(super) fn choose(ui: &mut Ui) -> Result<Vec<String>, CommandError> {
    let choices = offered(ui)?;
    let title = ui.messages.plain("menu-title");
    ui.output.status(&title);
    for (number, choice) in (1_usize..).zip(&choices) {
        let what = ui.messages.plain(choice.message());
        ui.output.status(&format!("  {number}. {what}"));
    }
    let typed = match number(ui, "ask-menu", &choices)? {
        Choice::Alert => vec!["alert"],
        Choice::CheckIn => vec!["check-in"],
        Choice::OnBehalf => vec!["alert", "--for"],
        Choice::Drill => vec!["alert", "--drill"],
        Choice::Watch => vec!["watch"],
        Choice::Inbox => vec!["inbox"],
        Choice::Cases => vec!["cases"],
        Choice::Case => return case(ui),
        Choice::Outbox => vec!["outbox"],
        Choice::Members => vec!["members"],
        Choice::Join => vec!["join"],
        Choice::Verify => return verify(ui),
        Choice::VerifyAsDefender => vec!["verify", "--here"],
        Choice::Invite => return invite(ui),
        Choice::Create => vec!["create"],
    };
    Ok(typed.into_iter().map(str::to_owned).collect())
}

/// By the role of this device.
fn offered(ui: &mut Ui) -> Result<Vec<Choice>, CommandError> {
    if !Device::is_in(&ui.dir) {
        return Ok(vec![Choice::Join, Choice::Create]);
    }
    let device = ui.unlock()?;
    let (sends, reads) = (may_send(&device).is_ok(), device.reads()?);
    let coordinates = device.has_pen()?;
    let checks_in = own_plans(&device)?.iter().any(|(_, is_ended)| !is_ended);
    let offers = [
        (sends, Choice::Alert),
        (sends && checks_in, Choice::CheckIn),
        (sends && reads, Choice::OnBehalf),
        (true, Choice::Watch),
        (reads, Choice::Inbox),
        (reads, Choice::Cases),
        (sends && reads, Choice::Case),
        (sends, Choice::Outbox),
        (reads, Choice::Members),
        (reads, Choice::Verify),
        (sends && !reads, Choice::VerifyAsDefender),
        (coordinates, Choice::Invite),
        (sends, Choice::Drill),
    ];
    let offered = offers.into_iter().filter(|(is_offered, _)| *is_offered);
    Ok(offered.map(|(_, choice)| choice).collect())
}

/// Asks until a number of the list is typed.
fn number<T: Copy>(ui: &mut Ui, id: &str, list: &[T]) -> Result<T, CommandError> {
    loop {
        let words = [("count", list.len().into())];
        let question = ui.messages.say(id, &words);
        let answer = ui.answer(Shape::Line, &question, "")?;
        let number = answer.trim().trim_end_matches(['.', ')']).parse::<usize>();
        let chosen = number
            .ok()
            .and_then(|number| list.get(number.checked_sub(1)?));
        if let Some(chosen) = chosen {
            return Ok(*chosen);
        }
    }
}

/// Asks until something is typed.
fn said(ui: &mut Ui, id: &str) -> Result<String, CommandError> {
    loop {
        let answer = ui.ask(id)?;
        if !answer.trim().is_empty() {
            return Ok(answer.trim().to_owned());
        }
    }
}

/// What to say in which case: what of it is more than that is asked next.
fn case(ui: &mut Ui) -> Result<Vec<String>, CommandError> {
    let case = said(ui, "ask-case")?;
    let ways = [
        "case",
        "ack",
        "lead",
        "support",
        "hand-over",
        "conflict",
        "note",
        "answer",
        "close",
        "reopen",
    ];
    for (number, way) in (1_usize..).zip(ways) {
        let what = ui.messages.plain(&format!("menu-case-{way}"));
        ui.output.status(&format!("  {number}. {what}"));
    }
    let way = number(ui, "ask-menu", &ways)?;
    let mut typed = vec![way.to_owned()];
    match way {
        "lead" | "hand-over" | "conflict" => {
            let reason = ui.ask("ask-case-reason")?;
            if !reason.trim().is_empty() {
                typed.push(format!("--reason={}", reason.trim()));
            }
        }
        "close" => typed.push(format!("--reason={}", closing(ui)?)),
        _ => {}
    }
    typed.extend(["--".to_owned(), case]);
    if way == "hand-over" {
        typed.push(said(ui, "ask-hand-over")?);
    }
    Ok(typed)
}

/// Why a case ends, by the number of the list.
fn closing(ui: &mut Ui) -> Result<String, CommandError> {
    for (number, reason) in (1_usize..).zip(ClosingReason::ALL) {
        let what = ui.messages.plain(&reason.message_id());
        ui.output.status(&format!("  {number}. {what}"));
    }
    let reason = number(ui, "ask-menu", ClosingReason::ALL)?;
    Ok(reason.key().into_owned())
}

fn invite(ui: &mut Ui) -> Result<Vec<String>, CommandError> {
    let name = said(ui, "ask-invite-name")?;
    let roles = ["defender", "member", "observer"];
    for (number, role) in (1_usize..).zip(roles) {
        let may = ui.messages.plain(&format!("help-invite-role-{role}"));
        ui.output.status(&format!("  {number}. {may}"));
    }
    let role = number(ui, "ask-invite-role", &roles)?;
    Ok(vec![
        "invite".to_owned(),
        format!("--role={role}"),
        "--".to_owned(),
        name,
    ])
}

fn verify(ui: &mut Ui) -> Result<Vec<String>, CommandError> {
    let ways = ["call", "here", "group"];
    for (number, way) in (1_usize..).zip(ways) {
        let what = ui.messages.plain(&format!("menu-verify-{way}"));
        ui.output.status(&format!("  {number}. {what}"));
    }
    let way = number(ui, "ask-menu", &ways)?;
    let mut typed = vec!["verify".to_owned()];
    if way != "call" {
        typed.push(format!("--{way}"));
    }
    if way != "group" {
        typed.extend(["--".to_owned(), said(ui, "ask-verify-name")?]);
    }
    Ok(typed)
}
