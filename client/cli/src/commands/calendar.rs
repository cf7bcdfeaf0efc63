//! `bellrope calendar`: what is due in all cases, for people, programs, and calendars of others.

use bellrope_client::{new_private_file, now, show::Due, text::escape};

use super::inbox;
use crate::{
    args::Calendar,
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
