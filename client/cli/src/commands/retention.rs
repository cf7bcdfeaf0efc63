//! `bellrope retention`: how long the group keeps cases, what is due by that, and changing it.

use std::sync::Arc;

use bellrope_client::{
    Device, RetentionError, now, plan_retention, set_retention,
    show::{RetentionNow, planned_retention},
    text::Messages,
};

use super::{
    inbox,
    planned::{Planned, decide},
};
use crate::{
    args::retention::{Retention, RetentionAct},
    command_error::{CommandError, DONE},
    ui::Ui,
};

pub(super) fn retention(ui: &mut Ui, args: &Retention) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    match &args.act {
        None => list(ui, &device, args.json),
        Some(RetentionAct::Set(act)) => change(ui, &device, Some(act.months), act.yes),
        Some(RetentionAct::Off(act)) => change(ui, &device, None, act.yes),
    }
}

fn list(ui: &mut Ui, device: &Device, as_json: bool) -> Result<u8, CommandError> {
    let all = inbox::open(device)?.cases()?;
    let stands = RetentionNow::of(device, &all.cases, now())?;
    let stands = stands.ok_or_else(|| CommandError::new("error-no-roster"))?;
    if as_json {
        ui.json(stands.to_json())?;
    } else {
        let text = stands.text(&ui.messages);
        ui.content(&text)?;
    }
    all.damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()))
}

fn change(
    ui: &mut Ui,
    device: &Arc<Device>,
    months: Option<u16>,
    is_agreed: bool,
) -> Result<u8, CommandError> {
    let plan = |device: &Device, messages: &Messages| {
        let change = plan_retention(device, months)?;
        let all = inbox::open(device)?.cases()?;
        let text = planned_retention(&all.cases, months, now(), messages);
        Ok(Planned {
            change,
            headline: text.clone(),
            text,
            is_agreed,
        })
    };
    let set = |device: &Device, planned| set_retention(device, planned, now());
    let words = ("error-retention-needs-yes", "retention-set-done");
    decide(ui, device, plan, set, words)
}

impl From<RetentionError> for CommandError {
    fn from(error: RetentionError) -> Self {
        match error {
            RetentionError::NoTime => Self::new("error-retention-months").misuse(),
            RetentionError::Same => Self::new("error-retention-same").misuse(),
            RetentionError::Changed => Self::new("error-retention-changed"),
            RetentionError::Admission(error) => error.into(),
        }
    }
}
