//! `bellrope duty`: who is on duty when, changing that, and when this device's own person is not woken.

use std::sync::Arc;

use bellrope_client::{
    Days, Device, DutyChange, DutyError, Line, QuietHours, Shift, duty_moment, keep_quiet, now,
    parse_days, parse_hours, parse_quiet, plan_duty, quiet_hours, set_duty,
    show::{DutyRota, ShiftsNow},
    text::Messages,
};
use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    facts::zone_of,
    planned::{Planned, decide, person},
    shift,
};
use crate::{
    args::duty::{Duty, DutyAct, DutyQuiet, DutySet},
    command_error::{CommandError, DONE},
    ui::Ui,
};

type Key = PublicKey<DeviceKey>;

pub(super) fn duty(ui: &mut Ui, args: &Duty) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    match &args.act {
        None => list(ui, &device, args.json),
        Some(DutyAct::Quiet(act)) => quiet(ui, &device, act),
        Some(DutyAct::HandOver(act)) => shift::hand_over(ui, &device, act),
        Some(DutyAct::Swap(act)) if act.with.is_some() => shift::swap(ui, &device, act),
        Some(DutyAct::Accept(act)) => shift::accept(ui, &device, act),
        Some(DutyAct::Refuse(act)) => shift::refuse(ui, &device, act),
        Some(DutyAct::TakeBack(act)) => shift::take_back(ui, &device, act),
        Some(act) => change(ui, &device, act),
    }
}

fn list(ui: &mut Ui, device: &Device, as_json: bool) -> Result<u8, CommandError> {
    let rota = DutyRota::of(device, now())?;
    let rota = rota.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let quiet = quiet_hours(device)?;
    let shifts = ShiftsNow::of(device, now())?;
    if as_json {
        let mut value = rota.to_json();
        if let Some(object) = value.as_object_mut() {
            let json = shifts.as_ref().map(ShiftsNow::to_json);
            object.insert(
                "shifts".to_owned(),
                json.unwrap_or_else(|| Vec::<bool>::new().into()),
            );
            let is_missing = shifts.is_some_and(|it| it.is_missing());
            object.insert("no_hand_over".to_owned(), is_missing.into());
            object.insert("quiet".to_owned(), quiet.map(QuietHours::text).into());
        }
        ui.json(value)?;
        return Ok(DONE);
    }
    let text = rota.text(&ui.messages);
    ui.content(&text)?;
    for line in shifts
        .iter()
        .flat_map(|it| it.lines(&ui.messages))
        .collect::<Vec<_>>()
    {
        ui.content(&line)?;
    }
    if let Some(quiet) = quiet {
        ui.print("duty-quiet", &[("hours", quiet.text().into())])?;
    }
    Ok(DONE)
}

fn quiet(ui: &mut Ui, device: &Device, act: &DutyQuiet) -> Result<u8, CommandError> {
    if let Some(hours) = &act.hours {
        let (from, minutes) = parse_quiet(hours).map_err(|_| bad_time(hours))?;
        keep_quiet(device, Some(QuietHours { from, minutes }))?;
    } else if act.off {
        keep_quiet(device, None)?;
    }
    match quiet_hours(device)? {
        Some(quiet) => ui.print("duty-quiet", &[("hours", quiet.text().into())])?,
        None => ui.print("duty-quiet-none", &[])?,
    }
    Ok(DONE)
}

fn change(ui: &mut Ui, device: &Arc<Device>, act: &DutyAct) -> Result<u8, CommandError> {
    let plan = |device: &Device, messages: &Messages| {
        let (change, is_agreed) = read(device, act)?;
        let change = plan_duty(device, change, now())?;
        Ok(Planned {
            headline: change.shown.headline(messages),
            text: change.shown.text(messages),
            change,
            is_agreed,
        })
    };
    let set = |device: &Device, planned| set_duty(device, planned, now());
    decide(ui, device, plan, set, ("error-duty-needs-yes", "duty-set"))
}

/// What is to be different, and whether nobody is asked.
fn read(device: &Device, act: &DutyAct) -> Result<(DutyChange, bool), CommandError> {
    Ok(match act {
        DutyAct::Set(set) => (week(device, set)?, set.yes),
        DutyAct::Swap(swap) => {
            let first = person(device, swap.name.as_deref().unwrap_or_default())?;
            let second = swap.second.as_deref().map(|name| person(device, name));
            let line = Line {
                first,
                second: second.transpose()?,
            };
            let days = days(
                device,
                (swap.begins.as_deref(), swap.until.as_deref()),
                Some(line),
            )?;
            (DutyChange::Days(days), swap.yes)
        }
        DutyAct::Nobody(nobody) => {
            let days = days(device, (Some(&nobody.begins), Some(&nobody.until)), None)?;
            (DutyChange::Days(days), nobody.yes)
        }
        DutyAct::Off(off) => (DutyChange::Off, off.yes),
        // Nothing that a coordinator decides.
        DutyAct::Quiet(_)
        | DutyAct::HandOver(_)
        | DutyAct::Accept(_)
        | DutyAct::Refuse(_)
        | DutyAct::TakeBack(_) => (DutyChange::Off, false),
    })
}

fn week(device: &Device, set: &DutySet) -> Result<DutyChange, CommandError> {
    let mut week = Vec::new();
    for text in &set.shift {
        let bad = || CommandError::with("error-duty-shift", vec![("shift", text.clone())]).misuse();
        let mut words = text.split_whitespace();
        let (days, hours) = words.next().zip(words.next()).ok_or_else(bad)?;
        let names = words.collect::<Vec<_>>().join(" ");
        let (first, second) = match names.split_once('/') {
            Some((first, second)) => (first.trim(), Some(second.trim())),
            None => (names.as_str(), None),
        };
        let (from, minutes) = parse_hours(hours).map_err(|_| bad())?;
        if first.is_empty() {
            return Err(bad());
        }
        let line = Line {
            first: person(device, first)?,
            second: second.map(|name| person(device, name)).transpose()?,
        };
        for day in parse_days(days).map_err(|_| bad())? {
            let from = day.saturating_mul(24 * 60).saturating_add(from);
            week.push(Shift {
                from,
                minutes,
                line,
            });
        }
    }
    Ok(DutyChange::Week {
        place: set.place.trim().to_owned(),
        zone: zone_of(&set.place)?,
        week,
    })
}

fn days(
    device: &Device,
    (begins, until): (Option<&str>, Option<&str>),
    line: Option<Line<Key>>,
) -> Result<Days<Key>, CommandError> {
    Ok(Days {
        from: moment(device, begins.unwrap_or_default())?,
        until: moment(device, until.unwrap_or_default())?,
        line,
    })
}

/// A moment on the clocks of the rota.
pub(super) fn moment(device: &Device, text: &str) -> Result<Timestamp, CommandError> {
    duty_moment(device, text)?.ok_or_else(|| bad_time(text))
}

fn bad_time(text: &str) -> CommandError {
    CommandError::with("error-duty-time", vec![("time", text.to_owned())]).misuse()
}

impl From<DutyError> for CommandError {
    fn from(error: DutyError) -> Self {
        match error {
            DutyError::NoMember => Self::new("error-duty-no-member").misuse(),
            DutyError::NoRota => Self::new("error-duty-no-rota").misuse(),
            DutyError::NoTime => Self::new("error-duty-no-time").misuse(),
            DutyError::Same => Self::new("error-duty-same").misuse(),
            DutyError::TooMuch => Self::new("error-duty-too-much"),
            DutyError::Changed => Self::new("error-duty-changed"),
            DutyError::Admission(error) => error.into(),
        }
    }
}
