//! `bellrope duty`: who is on duty when, changing that, and when this device's own person is not woken.

use std::sync::Arc;

use bellrope_client::{
    Asked, Days, Device, DutyChange, DutyError, Line, PlannedDuty, QuietHours, Shift,
    alert::answers::parse_yes_no,
    duty_moment, keep_quiet, may_wish_roster, now, parse_days, parse_hours, parse_quiet, plan_duty,
    quiet_hours, set_duty,
    show::{DutyRota, Members},
};
use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    facts::zone_of,
    members::{say_asked, settle},
};
use crate::{
    args::duty::{Duty, DutyAct, DutyQuiet, DutySet},
    command_error::{CommandError, DONE},
    ui::{Background, Ui},
};

type Key = PublicKey<DeviceKey>;

pub(super) fn duty(ui: &mut Ui, args: &Duty) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    match &args.act {
        None => list(ui, &device, args.json),
        Some(DutyAct::Quiet(act)) => quiet(ui, &device, act),
        Some(act) => change(ui, &device, act),
    }
}

fn list(ui: &mut Ui, device: &Device, as_json: bool) -> Result<u8, CommandError> {
    let rota = DutyRota::of(device, now())?;
    let rota = rota.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let quiet = quiet_hours(device)?;
    if as_json {
        let mut value = rota.to_json();
        if let Some(object) = value.as_object_mut() {
            object.insert("quiet".to_owned(), quiet.map(QuietHours::text).into());
        }
        ui.json(value)?;
        return Ok(DONE);
    }
    let text = rota.text(&ui.messages);
    ui.content(&text)?;
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
    may_wish_roster(device)?;
    let background = Background::start()?;
    // Who came last can be named, too.
    let settled = settle(ui, device, &background)?;
    let (change, is_agreed) = read(device, act)?;
    let planned = plan_duty(device, change, now())?;
    if !is_agreed && !agreed(ui, &planned)? {
        ui.status("circle-not-set", &[]);
        return Ok(settled.code);
    }
    let headline = planned.shown.headline(&ui.messages);
    let asked = set_duty(device, planned, now())?;
    let settled = settled.again(ui, device, &background)?;
    match asked {
        Asked::Of(holder) => say_asked(ui, &holder)?,
        Asked::Written => {
            ui.content(&headline)?;
            ui.status("duty-set", &[]);
        }
    }
    Ok(settled.code_for_all())
}

/// Whether the person at the keyboard wants what it comes to.
fn agreed(ui: &mut Ui, planned: &PlannedDuty) -> Result<bool, CommandError> {
    if !ui.is_attended() {
        return Err(CommandError::new("error-duty-needs-yes").misuse());
    }
    ui.status("circle-look", &[]);
    let text = planned.shown.text(&ui.messages);
    ui.output.status(&text);
    loop {
        let answer = ui.ask("ask-circle")?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}

/// What is to be different, and whether nobody is asked.
fn read(device: &Device, act: &DutyAct) -> Result<(DutyChange, bool), CommandError> {
    Ok(match act {
        DutyAct::Set(set) => (week(device, set)?, set.yes),
        DutyAct::Swap(swap) => {
            let first = person(device, &swap.name)?;
            let second = swap.second.as_deref().map(|name| person(device, name));
            let line = Line {
                first,
                second: second.transpose()?,
            };
            let days = days(device, (&swap.begins, &swap.until), Some(line))?;
            (DutyChange::Days(days), swap.yes)
        }
        DutyAct::Nobody(nobody) => {
            let days = days(device, (&nobody.begins, &nobody.until), None)?;
            (DutyChange::Days(days), nobody.yes)
        }
        DutyAct::Off(off) => (DutyChange::Off, off.yes),
        // Nothing that others see.
        DutyAct::Quiet(_) => (DutyChange::Off, false),
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
    (begins, until): (&str, &str),
    line: Option<Line<Key>>,
) -> Result<Days<Key>, CommandError> {
    let at = |text: &str| -> Result<Timestamp, CommandError> {
        duty_moment(device, text)?.ok_or_else(|| bad_time(text))
    };
    Ok(Days {
        from: at(begins)?,
        until: at(until)?,
        line,
    })
}

fn bad_time(text: &str) -> CommandError {
    CommandError::with("error-duty-time", vec![("time", text.to_owned())]).misuse()
}

/// The device of whom this name names.
fn person(device: &Device, name: &str) -> Result<Key, CommandError> {
    let members = Members::of(device, now())?;
    let members = members.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let found = members.find_person(name).and_then(|person| person.key);
    found.ok_or_else(|| {
        CommandError::with("error-no-such-person", vec![("name", name.to_owned())]).misuse()
    })
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
