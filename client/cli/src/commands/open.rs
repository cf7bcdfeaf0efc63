//! `bellrope open`: who reads a case, and to whom a person opens it, or no longer.

use bellrope_client::{Device, OpenTo, alert::answers::parse_yes_no, show::ReceivedAlert};
use bellrope_proto::signing::{Device as DeviceKey, PublicKey};

use super::{
    case::{Saying, say, whom},
    inbox,
};
use crate::{args, command_error::CommandError, ui::Ui};

/// Before the names, as one says it. It may be left out.
const TO: &str = "to";

/// Every member and coordinator.
const GROUP: &str = "group";

/// Who reads a case, or who is to.
pub(super) fn open(ui: &mut Ui, args: &args::Open) -> Result<u8, CommandError> {
    if args.people.is_empty() && args.no_longer_to.is_empty() {
        let device = ui.unlock()?;
        let received = inbox::open(&device)?;
        let alert = inbox::find(&received, &args.case)?;
        return inbox::readers(ui, &device, &alert, args.json);
    }
    if args.no_longer_to.is_empty() && !args.yes {
        let device = ui.unlock()?;
        let received = inbox::open(&device)?;
        let alert = inbox::find(&received, &args.case)?;
        if !agreed(ui, &alert)? {
            return Err(CommandError::new("error-not-opened"));
        }
    }
    say(ui, &Saying::Open(args))
}

/// Whether it is wanted that others read what its sender wrote to a chosen few. Of an alert to whom the group names, it goes without asking.
fn agreed(ui: &mut Ui, alert: &ReceivedAlert) -> Result<bool, CommandError> {
    if alert.chosen_readers == 0 {
        return Ok(true);
    }
    if !ui.is_attended() {
        return Err(CommandError::new("error-open-needs-yes").misuse());
    }
    ui.status("open-chosen", &[("count", alert.chosen_readers.into())]);
    loop {
        let answer = ui.ask("ask-open")?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}

/// Whom the words name, each by a device of theirs.
pub(super) struct Named {
    people: Vec<PublicKey<DeviceKey>>,
    is_group: bool,
}

impl Named {
    pub(super) fn of(device: &Device, args: &args::Open) -> Result<Self, CommandError> {
        let names = match args.people.split_first() {
            Some((first, names)) if first == TO && !names.is_empty() => names,
            Some(_) => &args.people,
            None => &args.no_longer_to,
        };
        let is_group = matches!(names, [name] if name == GROUP) && args.no_longer_to.is_empty();
        let people = names.iter().filter(|_| !is_group);
        let people = people
            .map(|name| whom(device, name))
            .collect::<Result<_, _>>()?;
        Ok(Self { people, is_group })
    }

    pub(super) fn open_to(&self) -> OpenTo<'_> {
        match self.is_group {
            true => OpenTo::Group,
            false => OpenTo::People(&self.people),
        }
    }

    pub(super) fn people(&self) -> &[PublicKey<DeviceKey>] {
        &self.people
    }
}
