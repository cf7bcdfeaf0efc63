//! `bellrope calendar`: what is due in all cases, for people, programs, and calendars of others. `bellrope digest`: what somebody who looks once a
//! day has to know.

use bellrope_client::{
    new_private_file, now,
    show::{Digest, Due, MissedCheckIn, RetentionNow, ShiftsNow},
    text::escape,
};
use bellrope_proto::ids::Timestamp;

use super::inbox;
use crate::{
    args::{self, facts::Calendar},
    command_error::{CommandError, DONE},
    ui::Ui,
};

pub(super) fn calendar(ui: &mut Ui, args: &Calendar) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let all = inbox::open(&device)?.cases()?;
    let due = Due::of(&all.cases, args.all);
    if let Some(file) = &args.file {
        let path = file.meant();
        let text = Due::calendar_file(&due, now(), &ui.messages);
        new_private_file(&path, text.as_bytes())
            .map_err(|error| CommandError::of_file(path.display(), &error))?;
        let words = [
            ("count", due.len().into()),
            ("file", escape(&path.display().to_string()).into()),
        ];
        ui.print("calendar-file", &words)?;
        return all.damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()));
    }
    for one in &due {
        if args.json {
            ui.json(one.to_json())?;
        } else {
            let line = one.line(now(), &ui.messages);
            ui.content(&line)?;
        }
    }
    if due.is_empty() && !args.json && all.damaged.is_none() {
        ui.status("calendar-empty", &[]);
    }
    all.damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()))
}

pub(super) fn digest(ui: &mut Ui, args: &args::facts::Digest) -> Result<u8, CommandError> {
    const DAY: u64 = 24 * 3_600;
    let device = ui.unlock()?;
    let all = inbox::open(&device)?.cases()?;
    let since = now()
        .0
        .saturating_sub(u64::from(args.days).saturating_mul(DAY));
    let shifts = ShiftsNow::of(&device, now())?;
    let missed = MissedCheckIn::all(&device, None, now())?;
    let retention = RetentionNow::of(&device, &all.cases, now())?;
    let digest = Digest::of(&all.cases, missed, Timestamp(since), now());
    let digest = digest.with(shifts).with_retention(retention);
    if args.json {
        ui.json(digest.to_json())?;
    } else {
        let text = digest.text(&ui.messages);
        ui.content(&text)?;
    }
    all.damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()))
}
