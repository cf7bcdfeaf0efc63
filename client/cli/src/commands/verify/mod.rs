//! `bellrope verify`: two people compare, or a whole group does.

use bellrope_client::{
    Compare, Device, Outcome, SAID_DIGITS_MAX, TypedHalf, alert::answers::parse_yes_no,
    compare_typed, digits_in, group_number, here, in_groups, may_send, note_here, now, own_half,
    tell_here, text::escape,
};

mod call;

use super::status;
use crate::{
    args,
    asking::Shape,
    command_error::{CommandError, DONE, FAILED},
    qr,
    ui::Ui,
};

/// Groups of five digits in a line: what is read out at one breath, and fits any screen.
const GROUPS_IN_LINE: usize = 4;

pub(super) fn verify(ui: &mut Ui, args: &args::people::Verify) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    if args.group {
        return group(ui, &device, args);
    }
    match (Compare::on(&device)?, &args.name) {
        (Compare::AsDefender, None) if args.here => as_defender(ui, &device, args.qr),
        (Compare::AsDefender, _) => Err(CommandError::new("error-verify-no-names").misuse()),
        (Compare::ByName, None) => Err(CommandError::new("error-verify-whom").misuse()),
        (Compare::ByName, Some(name)) if !args.here => call::call(ui, &device, name, args.tell),
        (Compare::ByName, Some(name)) => by_name(ui, &device, name, args),
    }
}

/// Face to face, on a device that knows the other by name.
fn by_name(
    ui: &mut Ui,
    device: &Device,
    name: &str,
    args: &args::people::Verify,
) -> Result<u8, CommandError> {
    let here = here(device, name)?;
    let name = escape(here.name());
    let role = here.role_name(&ui.messages);
    let words = [("name", name.as_str().into()), ("role", role.into())];
    if here.is_with_defender() {
        ui.print("verify-half-theirs", &words)?;
        digits(ui, here.theirs(), args.qr)?;
        ui.print("verify-half-mine", &words)?;
        digits(ui, here.mine(), args.qr)?;
        ui.status("verify-half-how", &[]);
    } else {
        ui.print("verify-here", &words)?;
        digits(ui, &here.digits(), args.qr)?;
        ui.status("verify-here-how", &[]);
    }
    let outcome = same_or_not(ui, "ask-verify-same")?;
    let is_alarm = note_here(device, &here, outcome, now())?;
    let words = [("name", name.as_str().into())];
    match outcome {
        Outcome::Same => {
            ui.print("verify-same", &words)?;
            if wants_to_tell(ui, device, args.tell)? {
                tell_here(device, &here, now())?;
                ui.status("verify-told-later", &[]);
            }
            Ok(DONE)
        }
        Outcome::Differ => {
            ui.print("verify-differ", &words)?;
            if is_alarm {
                ui.status("verify-alarm", &words);
            }
            Ok(FAILED)
        }
    }
}

/// Whether the others are told: only where the person wants it.
fn wants_to_tell(ui: &mut Ui, device: &Device, tell: bool) -> Result<bool, CommandError> {
    if may_send(device).is_err() {
        return Ok(false);
    }
    if tell || !ui.is_attended() {
        return Ok(tell);
    }
    loop {
        let answer = ui.ask("ask-verify-tell")?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}

/// Asks until one of both is said: Enter is neither.
fn same_or_not(ui: &mut Ui, question: &str) -> Result<Outcome, CommandError> {
    loop {
        let answer = ui.ask(question)?;
        match answer.trim().trim_end_matches(['.', ')']) {
            "1" => return Ok(Outcome::Same),
            "2" => return Ok(Outcome::Differ),
            _ => {}
        }
    }
}

/// Face to face, on a device that knows keys and no names.
fn as_defender(ui: &mut Ui, device: &Device, qr: bool) -> Result<u8, CommandError> {
    ui.print("verify-own-half", &[])?;
    digits(ui, &own_half(device)?, qr)?;
    loop {
        let typed = ui.ask("ask-verify-half")?;
        if typed.trim().is_empty() {
            return Ok(DONE);
        }
        let heard = digits_in(&typed).unwrap_or_default();
        match compare_typed(device, &heard, now())? {
            TypedHalf::Incomplete => {
                ui.status("verify-half-incomplete", &[("found", heard.len().into())]);
            }
            TypedHalf::AReader => {
                ui.print("verify-reader", &[])?;
                return Ok(DONE);
            }
            TypedHalf::Nobody => {
                ui.print("verify-nobody", &[])?;
                return Ok(FAILED);
            }
        }
    }
}

/// Digits in groups of five, a few in a line.
fn digits(ui: &mut Ui, digits: &str, qr: bool) -> Result<(), CommandError> {
    for line in in_groups(digits, 5).chunks(GROUPS_IN_LINE) {
        ui.content(&format!("    {}", line.join(" ")))?;
    }
    if qr {
        let drawn = qr::draw(digits)?;
        ui.verbatim(&drawn)?;
    }
    Ok(())
}

/// The number of the whole group.
fn group(
    ui: &mut Ui,
    device: &std::sync::Arc<Device>,
    args: &args::people::Verify,
) -> Result<u8, CommandError> {
    if Compare::on(device)? == Compare::AsDefender {
        return Err(CommandError::new("error-no-roster"));
    }
    let heard = status::read_first(ui, device)?;
    let said = match &args.said {
        Some(said) => said.clone(),
        None if ui.is_attended() => just_said(ui)?,
        None => String::new(),
    };
    let number =
        group_number(device, &said)?.ok_or_else(|| CommandError::new("error-no-roster"))?;
    ui.content(&format!("    {}", in_groups(&number.digits, 4).join(" ")))?;
    if !heard {
        ui.status("verify-group-offline", &[]);
    }
    let words = [
        ("entries", number.entries.into()),
        ("epoch", number.epoch.0.into()),
    ];
    ui.print("verify-group-how", &words)?;
    Ok(DONE)
}

/// Asks until only digits are typed, or nothing.
fn just_said(ui: &mut Ui) -> Result<String, CommandError> {
    loop {
        let question = ui.messages.plain("ask-verify-said");
        let typed = ui.answer(Shape::Line, &question, "")?;
        let digits = digits_in(&typed).filter(|digits| digits.len() <= SAID_DIGITS_MAX);
        match digits {
            Some(digits) => return Ok(digits),
            None => ui.status("verify-said-form", &[("max", SAID_DIGITS_MAX.into())]),
        }
    }
}

/// Alerts that came while people compared are in the inbox, and nobody has shown them.
fn warn_of_unread(ui: &mut Ui, before: Option<usize>, after: Option<usize>) {
    let (before, after) = (before.unwrap_or(0), after.unwrap_or(0));
    if after > before {
        ui.status("verify-alerts-came", &[("count", after.into())]);
    }
}
