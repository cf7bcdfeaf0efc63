//! `bellrope circle`: who reads new alerts, and changing that.

use std::sync::Arc;

use bellrope_client::{
    About, Asked, CircleChange, CircleError, Device, PlannedCircle,
    alert::{
        answers::{AnswerError, parse_acts, parse_country, parse_several, parse_yes_no},
        vocabulary::{Subject, ThreatOrigin, Vocabulary},
    },
    may_wish_roster, now, plan_circle, set_circle,
    show::{Members, ReadingCircle},
};
use bellrope_proto::signing::{Device as DeviceKey, PublicKey};

use super::members::{say_asked, settle};
use crate::{
    args::{self, CircleAct},
    command_error::{CommandError, DONE},
    ui::{Background, Ui},
};

pub(super) fn circle(ui: &mut Ui, args: &args::Circle) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    match &args.act {
        None => list(ui, &device, args.json),
        Some(act) => change(ui, &device, act),
    }
}

fn list(ui: &mut Ui, device: &Device, as_json: bool) -> Result<u8, CommandError> {
    let circle = ReadingCircle::of(device)?;
    let circle = circle.ok_or_else(|| CommandError::new("error-no-roster"))?;
    if as_json {
        ui.json(circle.to_json())?;
    } else {
        let text = circle.text(&ui.messages);
        ui.content(&text)?;
    }
    Ok(DONE)
}

fn change(ui: &mut Ui, device: &Arc<Device>, act: &CircleAct) -> Result<u8, CommandError> {
    may_wish_roster(device)?;
    let background = Background::start()?;
    // Who came last can be named, too.
    let settled = settle(ui, device, &background)?;
    let (change, is_agreed) = read(device, act)?;
    let planned = plan_circle(device, change)?;
    if !is_agreed && !agreed(ui, &planned)? {
        ui.status("circle-not-set", &[]);
        return Ok(settled.code);
    }
    let headline = planned.shown.headline(&ui.messages);
    let asked = set_circle(device, planned, now())?;
    let settled = settled.again(ui, device, &background)?;
    match asked {
        Asked::Of(holder) => say_asked(ui, &holder)?,
        Asked::Written => {
            ui.content(&headline)?;
            ui.status("circle-set", &[]);
        }
    }
    Ok(settled.code_for_all())
}

/// Whether the person at the keyboard wants what it comes to.
fn agreed(ui: &mut Ui, planned: &PlannedCircle) -> Result<bool, CommandError> {
    if !ui.is_attended() {
        return Err(CommandError::new("error-circle-needs-yes").misuse());
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
fn read(device: &Device, act: &CircleAct) -> Result<(CircleChange, bool), CommandError> {
    Ok(match act {
        CircleAct::Set(named) => (CircleChange::Duty(people(device, &named.name)?), named.yes),
        CircleAct::All(all) => (CircleChange::Everybody, all.yes),
        CircleAct::Add(rule) => {
            let who = people(device, &rule.name)?;
            (CircleChange::Besides(who, about(&rule.about)?), rule.yes)
        }
        CircleAct::KeepOut(rule) => {
            let who = people(device, &rule.name)?;
            (CircleChange::KeepOut(who, about(&rule.about)?), rule.yes)
        }
        CircleAct::Remove(numbered) => (CircleChange::Remove(numbered.number), numbered.yes),
    })
}

/// The devices of whom these names name.
fn people(device: &Device, names: &[String]) -> Result<Vec<PublicKey<DeviceKey>>, CommandError> {
    let members = Members::of(device, now())?;
    let members = members.ok_or_else(|| CommandError::new("error-no-roster"))?;
    let key = |name: &String| {
        let found = members.find_person(name).and_then(|person| person.key);
        found.ok_or_else(|| {
            CommandError::with("error-no-such-person", vec![("name", name.clone())]).misuse()
        })
    };
    names.iter().map(key).collect()
}

/// Which alerts, as people type it.
pub(super) fn about(given: &args::AboutArgs) -> Result<About, CommandError> {
    let countries = |text: &str| {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(parse_country).collect()
    };
    let subjects: Vec<Subject> = said(Subject::ALL, &[Subject::NotSaid]);
    let origins = [ThreatOrigin::State, ThreatOrigin::NonState];
    Ok(About {
        countries: each("--country", &given.country, countries)?,
        acts: each("--act", &given.act, parse_acts)?,
        subjects: each("--about", &given.about, |text| {
            parse_several(text, &subjects)
        })?,
        origins: each("--source", &given.source, |text| {
            parse_several(text, &origins)
        })?,
        ..About::default()
    })
}

fn said<V: Vocabulary>(all: &[V], but: &[V]) -> Vec<V> {
    let all = all.iter().copied();
    all.filter(|value| !but.contains(value)).collect()
}

fn each<T>(
    option: &'static str,
    given: &[String],
    parse: impl Fn(&str) -> Result<Vec<T>, AnswerError>,
) -> Result<Vec<T>, CommandError> {
    let mut all = Vec::new();
    for text in given {
        let read = parse(text).map_err(|error| CommandError::of_option(option, error))?;
        all.extend(read);
    }
    Ok(all)
}

impl From<CircleError> for CommandError {
    fn from(error: CircleError) -> Self {
        match error {
            CircleError::NoMember => Self::new("error-circle-no-member").misuse(),
            CircleError::NoSuchNumber => Self::new("error-circle-no-number").misuse(),
            CircleError::NotSaidWhich => Self::new("error-circle-which").misuse(),
            CircleError::Same => Self::new("error-circle-same").misuse(),
            CircleError::TooMuch => Self::new("error-circle-too-much"),
            CircleError::Changed => Self::new("error-circle-changed"),
            CircleError::Admission(error) => error.into(),
        }
    }
}
