//! `bellrope inbox` and `bellrope show`: what came, from this device's own disk.

use bellrope_client::{
    Device,
    alert::{
        EventTime,
        answers::{AnswerError, parse_country, parse_several, parse_when},
        vocabulary::{Urgency, Vocabulary as _},
    },
    now,
    show::{self, Forgotten, Found, Inbox, MessageReaders, ReceivedAlert, Wanted},
};
use jiff::tz::TimeZone;

use crate::{
    args::inbox::{Listing, Show},
    command_error::{CommandError, DONE},
    ui::Ui,
};

pub(super) fn inbox(ui: &mut Ui, args: &Listing) -> Result<u8, CommandError> {
    let wanted = wanted(args)?;
    let device = ui.unlock()?;
    let show::Listing { alerts, damaged } = open(&device)?.all()?;
    let is_empty = alerts.is_empty();
    let found = wanted.among(alerts, &ui.messages);
    if args.json {
        ui.json_list(found, |received| received.to_json())?;
    } else if found.is_empty() && damaged.is_none() {
        let id = match is_empty {
            true => empty(&device)?,
            false => "inbox-none-fit",
        };
        ui.status(id, &[]);
    } else {
        ui.list(found, |received, words| received.line(words))?;
    }
    ui.unsaid_lease(&device);
    damaged.map_or(Ok(DONE), |damaged| Err(damaged.into()))
}

/// That there is nothing here: as nothing came, or as what came was forgotten.
pub(super) fn empty(device: &Device) -> Result<&'static str, CommandError> {
    Ok(match Forgotten::all(device)?.is_empty() {
        true => "inbox-empty",
        false => "inbox-forgotten",
    })
}

pub(super) fn show(ui: &mut Ui, args: &Show) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let inbox = open(&device)?;
    let received = find(&inbox, &args.id)?;
    if args.readers {
        return readers(ui, &device, &received, args.json);
    }
    if args.json {
        ui.json(received.to_json())?;
    } else {
        let page = received.page(&ui.messages);
        ui.content(&page)?;
    }
    // It was shown; that a disk that cannot be written to does not know it is said, and no failure of this.
    if !received.shown
        && let Err(error) = inbox.shown(received.id)
    {
        ui.failed(error.into());
    }
    Ok(DONE)
}

/// On whose devices an alert is, as far as can be told.
pub(super) fn readers(
    ui: &mut Ui,
    device: &Device,
    received: &ReceivedAlert,
    as_json: bool,
) -> Result<u8, CommandError> {
    let readers = MessageReaders::of(device, received.id)?;
    let readers = readers.ok_or_else(|| CommandError::new("error-readers-other-version"))?;
    if as_json {
        for reader in readers.to_json() {
            ui.json(reader)?;
        }
    } else {
        let said = readers.text(&ui.messages);
        ui.content(&said)?;
    }
    Ok(DONE)
}

/// What is looked for, as it was typed.
fn wanted(args: &Listing) -> Result<Wanted, CommandError> {
    let typed = |text: &Option<String>| text.clone().unwrap_or_default();
    let country = args.country.as_deref().map(parse_country);
    let since = args.since.as_deref().map(when).transpose()?;
    Ok(Wanted {
        unread: args.unread,
        urgency: parse_several(&typed(&args.urgency), Urgency::ALL)?,
        country: country.transpose()?,
        since: since.and_then(|since| since.at),
        drills: args.drills,
        search: typed(&args.search),
    })
}

/// A time, as it was typed.
pub(super) fn when(text: &str) -> Result<EventTime, CommandError> {
    let part = text.to_owned();
    let when = parse_when(text, now(), &TimeZone::system())?;
    match when.at {
        Some(_) => Ok(when),
        None => Err(AnswerError::NotATime { part }.into()),
    }
}

/// The alert that a text names.
pub(super) fn find(inbox: &Inbox<'_>, typed: &str) -> Result<Box<ReceivedAlert>, CommandError> {
    match inbox.find(typed)? {
        Found::One(received) => Ok(received),
        Found::Several => Err(CommandError::new("error-several-alerts").misuse()),
        Found::Nothing => {
            if let Some(forgotten) = inbox.forgotten(typed)? {
                let case = vec![("case", forgotten.case)];
                return Err(CommandError::with("error-forgotten", case));
            }
            let id = vec![("id", typed.trim().to_owned())];
            Err(CommandError::with("error-no-such-alert", id))
        }
    }
}

pub(super) fn open(device: &Device) -> Result<Inbox<'_>, CommandError> {
    Inbox::open(device)?.ok_or_else(|| CommandError::new("error-no-inbox"))
}
