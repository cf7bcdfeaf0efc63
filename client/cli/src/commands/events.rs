//! What the engine tells, in words: for `watch`, and for every command that reads the mailbox before it does something.

use std::collections::BTreeSet;

use bellrope_client::{
    Engine, EngineError, Event, MessageId, ReplyUpdate, RosterError,
    show::{Explain as _, clocks_line},
    text::escape,
};
use bellrope_proto::ids::Timestamp;

use crate::{
    command_error::CommandError,
    paths::shell_word,
    ui::{Background, Ui},
};

/// Says what is neither a message nor about the connection.
pub(super) fn say(ui: &mut Ui, event: Event) -> Result<(), CommandError> {
    match event {
        // The last two are said by `watch`, and once.
        Event::Unshown(_)
        | Event::Online(_)
        | Event::Offline(_)
        | Event::ComparisonsFailed
        | Event::InCase
        | Event::Shifts
        | Event::Recovery
        | Event::TwoKeysForAWeek => {}
        // Only for whom shows messages.
        Event::NotKept(_, error) => {
            let said = CommandError::from(error).say(&ui.messages);
            ui.output.status(&said);
        }
        Event::PartNotKept(error) => {
            let said = CommandError::from(error).say(&ui.messages);
            ui.output.status(&said);
            ui.status("watch-part-not-kept", &[]);
        }
        Event::SetAside => ui.set_aside(),
        Event::Evidence => ui.status("watch-evidence", &[]),
        Event::ReadingAgain => ui.status("watch-reading-again", &[]),
        Event::Stored { id, time } => say_stored(ui, id, time),
        Event::Missed(count) => ui.status("watch-missed", &[("count", count.into())]),
        Event::ClocksDiffer(differ) => {
            let said = clocks_line(differ, &ui.messages);
            ui.output.status(&said);
        }
        Event::AskedAgain => ui.status("watch-asked-again", &[]),
        Event::Forgotten(case) => ui.status("watch-forgotten", &[("case", case.into())]),
        Event::PassedOn(count) => ui.status("watch-passed-on", &[("count", count.into())]),
        Event::SentAgain { name, messages } => {
            let words = [("name", escape(&name).into()), ("count", messages.into())];
            ui.status("watch-sent-again", &words);
        }
        Event::Undone(names) => {
            let names = ui.called(&names).join(", ");
            ui.status("watch-undone", &[("names", names.into())]);
        }
        Event::RosterBehind => ui.status("watch-roster-behind", &[]),
        Event::Rejected(sequence, error) => {
            let reason = error.explain(&ui.messages);
            let words = [("sequence", sequence.0.into()), ("reason", reason.into())];
            ui.status("watch-refused", &words);
        }
        Event::SameId(sequence, id) => {
            let words = [
                ("sequence", sequence.0.into()),
                ("id", id.to_string().into()),
            ];
            ui.status("watch-same-id", &words);
        }
        Event::Damaged(sequence) => {
            ui.status("watch-damaged", &[("sequence", sequence.0.into())]);
        }
        Event::ToTranslate(name) => {
            ui.status("watch-to-translate", &[("name", escape(&name).into())]);
        }
        Event::Contact { handle, by } => {
            let words = [
                ("handle", escape(&handle).into()),
                ("by", escape(&by).into()),
            ];
            ui.status("watch-contact", &words);
        }
        Event::Newer => ui.status("watch-newer", &[]),
        Event::RosterNewer => ui.status("watch-roster-newer", &[]),
        Event::OtherLog { name, evidence } => {
            let name = ui.called(&[name]).concat();
            ui.status("watch-other-log", &[("name", name.into())]);
            if evidence {
                ui.status("watch-evidence", &[]);
            }
        }
        Event::Spoiled(name) => {
            let name = ui.called(&[name]).concat();
            ui.status("watch-spoiled", &[("name", name.into())]);
        }
        Event::CallWanted { name, at } => {
            let name = escape(&name);
            let words = [
                ("word", shell_word(&name).into()),
                ("name", name.into()),
                ("at", ui.messages.moment(at).into()),
            ];
            ui.status("watch-call-wanted", &words);
        }
        Event::CallDiffers(name) => {
            ui.status("watch-call-differs", &[("name", escape(&name).into())]);
        }
        Event::RosterChanged => ui.status("watch-roster", &[]),
        Event::CircleChanged => ui.status("watch-circle", &[]),
        Event::DutyChanged => ui.status("watch-duty", &[]),
        Event::RetentionChanged => ui.status("watch-retention", &[]),
        Event::SeenElsewhere(count) => {
            ui.status("watch-seen-elsewhere", &[("count", count.into())]);
        }
        Event::DeviceAsks => ui.status("watch-device-asks", &[]),
        Event::Agreed(name) => ui.status("watch-agreed", &[("name", escape(&name).into())]),
        Event::Wish(line) => {
            let words = [
                ("what", line.what(&ui.messages).into()),
                ("by", escape(&line.by).into()),
            ];
            match (line.came, line.why(&ui.messages)) {
                (None, _) => ui.status("watch-wish", &words),
                (Some(_), None) => ui.status("watch-wish-written", &words),
                (Some(_), Some(why)) => {
                    let words = [words.as_slice(), &[("why", why.into())]].concat();
                    ui.status("watch-wish-refused", &words);
                }
            }
        }
        Event::Pen(name) => ui.status("watch-pen", &[("name", escape(&name).into())]),
        Event::Overtaken(names) => {
            let names = ui.called(&names).join(", ");
            ui.status("watch-overtaken", &[("names", names.into())]);
        }
        Event::Turned(names) if names.is_empty() => ui.status("watch-turned", &[]),
        Event::Turned(names) => {
            let names = ui.called(&names).join(", ");
            ui.status("watch-removed", &[("names", names.into())]);
        }
        Event::Moved => ui.status("watch-moved", &[]),
        Event::RosterRefused(sequence, error) => {
            let id = match error {
                RosterError::Fork => "watch-fork",
                RosterError::Newer => "watch-roster-newer",
                RosterError::Gap => "watch-roster-gap",
                _ => "watch-roguish",
            };
            ui.status(id, &[("sequence", sequence.0.into())]);
        }
        Event::Asks(name) => ui.status("watch-asks", &[("name", escape(&name).into())]),
        Event::Admitted(name) => {
            let name = ui.called(&[name]).concat();
            ui.status("watch-admitted", &[("name", name.into())]);
        }
        Event::Full(name) => say_full(ui, &[name]),
        Event::Lease(notice) => ui.lease(&notice),
        Event::Reply(update) => return reply(ui, update),
        Event::EpochOver => {
            let error = CommandError::from(EngineError::EpochOver);
            ui.output.status(&error.say(&ui.messages));
        }
        Event::AccountGone => {
            let error = CommandError::from(EngineError::AccountGone);
            ui.output.status(&error.say(&ui.messages));
        }
        Event::TookPen => ui.status("watch-took-pen", &[]),
        Event::Removed => return Err(EngineError::Removed.into()),
        Event::NoMailbox => return Err(EngineError::NoMailbox.into()),
        Event::Broken => return Err(EngineError::Stopped.into()),
        Event::Failed(error) | Event::RosterNotKept(error) => {
            let error = CommandError::from(error);
            ui.output.status(&error.say(&ui.messages));
        }
        Event::NotAdmitted(error) => {
            let error = CommandError::from(error);
            ui.output.status(&error.say(&ui.messages));
        }
    }
    Ok(())
}

/// Says what reading the mailbox brought, for a command that does not show messages: those wait for `watch`.
pub(super) fn say_ready(
    ui: &mut Ui,
    background: &Background,
    engine: &mut Engine,
) -> Result<(), CommandError> {
    // One that is let go is given again.
    let mut unshown = Vec::new();
    while let Some(event) = background.wait(engine.next_ready()) {
        match event {
            Event::Unshown(message) => unshown.push(message),
            // The list says it, with more.
            Event::Asks(_) => {}
            // What is sent next is sealed by them, and of a no there is nothing to show here.
            Event::Reply(ReplyUpdate::NewKeys | ReplyUpdate::Refused | ReplyUpdate::Answer) => {}
            event => say(ui, event)?,
        }
    }
    Ok(())
}

/// Says for whom new keys wait, as their mailboxes are full.
pub(super) fn say_full(ui: &mut Ui, names: &[String]) {
    let names: BTreeSet<String> = ui.called(names).into_iter().collect();
    for name in names {
        ui.status("mailbox-full", &[("name", name.into())]);
    }
}

pub(super) fn say_stored(ui: &mut Ui, id: MessageId, time: Timestamp) {
    let words = [
        ("time", ui.messages.moment(time).into()),
        ("id", id.to_string().into()),
    ];
    ui.status("alert-stored", &words);
}

fn reply(ui: &mut Ui, update: ReplyUpdate) -> Result<(), CommandError> {
    let id = match update {
        ReplyUpdate::Welcome => "watch-let-in",
        ReplyUpdate::NewKeys => "watch-new-keys",
        ReplyUpdate::Moved => "watch-moved",
        // The engine says it as well, and has nothing more to do.
        ReplyUpdate::Removed => return Ok(()),
        // Shown by who shows answers.
        ReplyUpdate::Answer => return Ok(()),
        ReplyUpdate::ForeignAnswer => "watch-foreign-answer",
        ReplyUpdate::Taken => "watch-taken",
        ReplyUpdate::Newer => "watch-reply-newer",
        ReplyUpdate::TakenBack => "watch-taken-back",
        ReplyUpdate::Refused => return Err(CommandError::new("error-not-let-in")),
    };
    ui.status(id, &[]);
    Ok(())
}
