//! What people on duty agree between them: a shift is handed over with a note, or swapped, by two commands of two people.

use std::sync::Arc;

use bellrope_client::{
    Device, EngineOptions, PlannedHandOver, SayOfShift, ShiftError, WaitingShift, given_shifts,
    now, plan_hand_over, plan_swap, say_of_shift, show::HandOverDraft, text::escape,
    waiting_shifts,
};
use zeroize::Zeroizing;

use super::{
    case::ask_text,
    duty::moment,
    events::say_ready,
    planned::{agrees, must_be_attended, person},
    sending::{done_or_queued, sent},
};
use crate::{
    args::duty::{DutyAccept, DutyHandOver, DutyRefuse, DutySwap, DutyTakeBack},
    command_error::{CommandError, DONE},
    given::text_of,
    ui::{Background, Ui},
};

/// Does something once what others said last is here, and sends it. Without a network it is said all the same, and posted later.
fn say(
    ui: &mut Ui,
    device: &Arc<Device>,
    act: impl FnOnce(&mut Ui) -> Result<Option<Done>, CommandError>,
) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let mut engine = background.engine(device, EngineOptions::default());
    let read = background.wait(engine.catch_up());
    say_ready(ui, &background, &mut engine)?;
    let Some(done) = act(ui)? else {
        background.wait(engine.stop());
        ui.status("shift-not-said", &[]);
        return Ok(DONE);
    };
    let failed = sent(&background, &engine, read.err())?;
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    let from = ui.messages.moment(done.from);
    let until = ui.messages.moment(done.until);
    let words = [
        ("name", escape(&done.name).into()),
        ("second", escape(&done.second).into()),
        ("from", from.into()),
        ("until", until.into()),
    ];
    ui.print(done.id, &words)?;
    Ok(done_or_queued(ui, failed, "shift-queued"))
}

/// What was said, for the last line.
struct Done {
    id: &'static str,
    name: String,
    second: String,
    from: bellrope_proto::ids::Timestamp,
    until: bellrope_proto::ids::Timestamp,
}

pub(super) fn hand_over(
    ui: &mut Ui,
    device: &Arc<Device>,
    args: &DutyHandOver,
) -> Result<u8, CommandError> {
    let to = args.name.as_deref().map(|name| person(device, name));
    let to = to.transpose()?;
    let given = args.text.as_deref().map(text_of).transpose()?;
    say(ui, device, |ui| {
        let planned = plan_hand_over(device, to, now())?;
        let notes = notes(ui, device, &planned, args.without_cases)?;
        let text = match given {
            Some(given) => given,
            None if args.yes || !ui.is_attended() => Zeroizing::default(),
            None => ask_text(ui, "ask-shift-note")?,
        };
        if !args.yes {
            must_be_attended(ui, "error-duty-needs-yes")?;
            let question = match planned.second {
                Some(_) => "ask-shift-two",
                None => "ask-shift",
            };
            let second = planned.second.as_ref().map(|(_, name)| escape(name));
            let words = [
                ("name", escape(&planned.name).into()),
                ("second", second.unwrap_or_default().into()),
            ];
            ui.status(question, &words);
            if !agrees(ui, "ask-circle")? {
                return Ok(None);
            }
        }
        let with =
            |note: &str| Zeroizing::new([note.trim(), text.trim()].join("\n").trim().to_owned());
        let (first, second) = (with(&notes.0), with(&notes.1));
        if let Err(error) = bellrope_client::hand_over(device, &planned, (&first, &second), now()) {
            // Nobody writes it twice.
            ui.output.status(&text);
            return Err(error.into());
        }
        let second = planned.second.map(|(_, name)| name);
        Ok(Some(Done {
            id: match second {
                Some(_) => "shift-handed-two",
                None => "shift-handed",
            },
            name: planned.name,
            second: second.unwrap_or_default(),
            from: planned.turn,
            until: planned.waits_until,
        }))
    })
}

/// What whoever goes on, and the second line, are told of the cases; shown to whoever hands over.
fn notes(
    ui: &mut Ui,
    device: &Device,
    planned: &PlannedHandOver,
    without: bool,
) -> Result<(String, String), CommandError> {
    if without {
        return Ok((String::new(), String::new()));
    }
    let messages = &ui.messages;
    let first = HandOverDraft::of(device, planned.to, planned.turn, messages)?;
    let second = planned.second.as_ref();
    let second = second.map(|(who, _)| HandOverDraft::of(device, *who, planned.turn, messages));
    let second = second.transpose()?;
    match first.text.is_empty() {
        true => ui.status("shift-draft-none", &[]),
        false => {
            ui.status("shift-draft", &[("name", escape(&planned.name).into())]);
            ui.output.status(&first.text);
        }
    }
    let of_second = planned.second.iter().zip(&second);
    let of_second = of_second.map(|((_, name), draft)| (name, draft.left_out));
    for (name, count) in [(&planned.name, first.left_out)]
        .into_iter()
        .chain(of_second)
    {
        if count > 0 {
            let words = [("name", escape(name).into()), ("count", count.into())];
            ui.status("shift-left-out", &words);
        }
    }
    Ok((first.text, second.map(|it| it.text).unwrap_or_default()))
}

pub(super) fn swap(ui: &mut Ui, device: &Arc<Device>, args: &DutySwap) -> Result<u8, CommandError> {
    let to = person(device, args.with.as_deref().unwrap_or_default())?;
    let from = args.which.as_deref().map(|text| moment(device, text));
    let from = from.transpose()?;
    say(ui, device, |ui| {
        let planned = plan_swap(device, to, from, now())?;
        if !args.yes {
            must_be_attended(ui, "error-duty-needs-yes")?;
            let words = [
                ("name", escape(&planned.name).into()),
                ("from", ui.messages.moment(planned.from).into()),
                ("until", ui.messages.moment(planned.until).into()),
            ];
            ui.status("ask-shift-swap", &words);
            if !agrees(ui, "ask-circle")? {
                return Ok(None);
            }
        }
        bellrope_client::swap(device, &planned, now())?;
        Ok(Some(Done {
            id: "shift-asked",
            name: planned.name,
            second: String::new(),
            from: planned.from,
            until: planned.until,
        }))
    })
}

pub(super) fn accept(
    ui: &mut Ui,
    device: &Arc<Device>,
    args: &DutyAccept,
) -> Result<u8, CommandError> {
    answer(ui, device, args.name.as_deref(), SayOfShift::Accept)
}

pub(super) fn refuse(
    ui: &mut Ui,
    device: &Arc<Device>,
    args: &DutyRefuse,
) -> Result<u8, CommandError> {
    let because = args.because.as_deref().unwrap_or_default();
    answer(
        ui,
        device,
        args.name.as_deref(),
        SayOfShift::Refuse(because),
    )
}

pub(super) fn take_back(
    ui: &mut Ui,
    device: &Arc<Device>,
    args: &DutyTakeBack,
) -> Result<u8, CommandError> {
    answer(ui, device, args.name.as_deref(), SayOfShift::TakeBack)
}

fn answer(
    ui: &mut Ui,
    device: &Arc<Device>,
    name: Option<&str>,
    what: SayOfShift<'_>,
) -> Result<u8, CommandError> {
    say(ui, device, |_| {
        let waiting = match what {
            SayOfShift::TakeBack => given_shifts(device, now())?,
            SayOfShift::Accept | SayOfShift::Refuse(_) => waiting_shifts(device, now())?,
        };
        let shift = which(waiting, name)?;
        say_of_shift(device, &shift, what, now())?;
        Ok(Some(Done {
            id: match (what, shift.is_hand_over) {
                (SayOfShift::Accept, true) => "shift-accepted",
                (SayOfShift::Accept, false) => "shift-accepted-swap",
                (SayOfShift::Refuse(_), _) => "shift-refused",
                (SayOfShift::TakeBack, _) => "shift-taken-back",
            },
            name: shift.name,
            second: String::new(),
            from: shift.from,
            until: shift.until,
        }))
    })
}

/// The one that is meant: of somebody who was named the first; else the only one.
fn which(waiting: Vec<WaitingShift>, name: Option<&str>) -> Result<WaitingShift, CommandError> {
    let is_same = |shift: &WaitingShift| {
        name.is_none_or(|name| shift.name.to_lowercase() == name.trim().to_lowercase())
    };
    let mut all: Vec<WaitingShift> = waiting.into_iter().filter(is_same).collect();
    if name.is_none() && all.len() > 1 {
        let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
        let words = vec![("names", names.join(", "))];
        return Err(CommandError::with("error-shift-several", words).misuse());
    }
    match all.is_empty() {
        true => Err(ShiftError::NothingWaits.into()),
        false => Ok(all.swap_remove(0)),
    }
}

impl From<ShiftError> for CommandError {
    fn from(error: ShiftError) -> Self {
        let id = match error {
            ShiftError::NoRota => "error-duty-no-rota",
            ShiftError::NotOnDuty => "error-shift-not-yours",
            ShiftError::NobodyNext => "error-shift-nobody",
            ShiftError::NoShift => "error-shift-none",
            ShiftError::Oneself => "error-shift-oneself",
            ShiftError::CannotBe => "error-shift-cannot",
            ShiftError::NothingWaits => "error-shift-nothing",
            ShiftError::TooLong(max) => {
                let words = vec![("max", max.to_string())];
                return Self::with("error-shift-long", words).misuse();
            }
            ShiftError::Compose(error) => return error.into(),
        };
        match id {
            "error-shift-oneself" | "error-shift-cannot" => Self::new(id).misuse(),
            _ => Self::new(id),
        }
    }
}
