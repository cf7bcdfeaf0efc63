//! `bellrope circle`: who reads new alerts, and changing that.

use std::sync::Arc;

use bellrope_client::{
    About, CircleChange, CircleError, Device,
    alert::{
        answers::{AnswerError, parse_acts, parse_country, parse_several},
        vocabulary::{Subject, ThreatOrigin, Vocabulary},
    },
    now, plan_circle, set_circle,
    show::ReadingCircle,
    text::Messages,
};
use bellrope_proto::signing::{Device as DeviceKey, PublicKey};

use super::planned::{Planned, decide, person};
use crate::{
    args::{self, circle::CircleAct},
    command_error::{CommandError, DONE},
    ui::Ui,
};

pub(super) fn circle(ui: &mut Ui, args: &args::circle::Circle) -> Result<u8, CommandError> {
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
    let plan = |device: &Device, messages: &Messages| {
        let (change, is_agreed) = read(device, act)?;
        let change = plan_circle(device, change)?;
        let headline = match act {
            // Who reads new alerts is the same as before.
            CircleAct::Sensitive(_) => change.shown.sensitive_line(messages),
            _ => change.shown.headline(messages),
        };
        Ok(Planned {
            headline,
            text: change.shown.text(messages),
            change,
            is_agreed,
        })
    };
    let set = |device: &Device, planned| set_circle(device, planned, now());
    decide(
        ui,
        device,
        plan,
        set,
        ("error-circle-needs-yes", "circle-set"),
    )
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
        CircleAct::Sensitive(named) => {
            let who = people(device, &named.name)?;
            (CircleChange::Sensitive(who), named.yes)
        }
        CircleAct::Remove(numbered) => (CircleChange::Remove(numbered.number), numbered.yes),
    })
}

/// The devices of whom these names name.
fn people(device: &Device, names: &[String]) -> Result<Vec<PublicKey<DeviceKey>>, CommandError> {
    names.iter().map(|name| person(device, name)).collect()
}

/// Which alerts, as people type it.
pub(super) fn about(given: &args::circle::AboutArgs) -> Result<About, CommandError> {
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
            CircleError::NotFew(max) => {
                let words = vec![("max", max.to_string())];
                Self::with("error-circle-not-few", words).misuse()
            }
            CircleError::NoSuchNumber => Self::new("error-circle-no-number").misuse(),
            CircleError::NotSaidWhich => Self::new("error-circle-which").misuse(),
            CircleError::Same => Self::new("error-circle-same").misuse(),
            CircleError::TooMuch => Self::new("error-circle-too-much"),
            CircleError::Changed => Self::new("error-circle-changed"),
            CircleError::Admission(error) => error.into(),
        }
    }
}
