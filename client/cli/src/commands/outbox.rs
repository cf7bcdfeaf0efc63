//! `bellrope outbox`: sends what waits, and says honestly how far each alert got.

use bellrope_client::{
    EngineOptions, now,
    show::{Delivery, Outbox},
};

use super::{answers, events::say_ready};
use crate::{
    args,
    command_error::{CommandError, DONE, QUEUED},
    ui::{Background, Ui},
};

pub(super) fn outbox(ui: &mut Ui, args: &args::alert::Outbox) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    if !args.offline {
        let background = Background::start()?;
        let mut engine = background.engine(&device, EngineOptions::default());
        let mut report = background.wait(engine.send_outbox())?;
        // Nothing else brings a defender what they are answered. New keys that come with it are confirmed at once: else that would wait, and be told
        // as something that was not sent.
        if report.failed.is_empty() && !device.reads()? {
            let _ = background.wait(engine.catch_up());
            say_ready(ui, &background, &mut engine)?;
            let again = background.wait(engine.send_outbox())?;
            report.failed.extend(again.failed);
            report.evidence |= again.evidence;
        }
        // What goes with alerts goes after them.
        if report.failed.is_empty() {
            let parts = background.wait(engine.send_parts())?;
            report.failed.extend(parts.failed);
        }
        for error in report.failed {
            ui.failed(error);
        }
        if report.evidence {
            ui.status("watch-evidence", &[]);
        }
        background.wait(engine.stop());
        ui.unsaid_restore(&device)?;
    }
    answers::show(ui, &device, args.json)?;
    let outbox = Outbox::of(&device, now())?;
    for sent in &outbox.alerts {
        if args.json {
            ui.json(sent.to_json())?;
            continue;
        }
        let stored = match sent.delivery {
            Delivery::Stored { time, .. } => ui.messages.moment(time),
            Delivery::Queued | Delivery::Late => String::new(),
        };
        let words = [
            ("case", sent.case().into()),
            ("id", sent.id.to_string().into()),
            ("queued", ui.messages.moment(sent.queued).into()),
            ("stored", stored.into()),
        ];
        ui.print(&format!("outbox-{}", sent.delivery.key()), &words)?;
        for paper in &sent.papers {
            let line = paper.line(&ui.messages);
            ui.content(&line)?;
        }
    }
    for files in &outbox.files {
        if args.json {
            ui.json(files.to_json())?;
        } else {
            let lines = files.lines(&ui.messages).join("\n");
            ui.content(&lines)?;
        }
    }
    if !args.json {
        if outbox.is_unanswered {
            ui.status("outbox-unanswered", &[]);
        }
        if outbox.words > 0 {
            ui.status("outbox-words", &[("count", outbox.words.into())]);
        }
        if outbox.others > 0 {
            ui.status("outbox-others", &[("count", outbox.others.into())]);
        }
        if outbox.alerts.is_empty()
            && outbox.files.is_empty()
            && outbox.others == 0
            && outbox.words == 0
        {
            ui.status("outbox-empty", &[]);
        }
    }
    Ok(if outbox.waits { QUEUED } else { DONE })
}
