//! `bellrope inbox` and `bellrope show`: what came, from this device's own disk.

use super::{desk::Desk, page::Reading};
use crate::{
    alert::AlertId,
    cli::{Listing, Show},
    device::Device,
    failure::{DONE, Failure},
    home::Turn,
    inbox::{self, Kept},
};

/// Fewer characters of an id are a typing error.
const ID_CHARS_MIN: usize = 4;

pub(super) fn inbox(desk: &mut Desk, args: &Listing) -> Result<u8, Failure> {
    let device = desk.unlock()?;
    let reading = Reading::of(&device)?;
    let all = inbox::all(&device)?;
    if all.is_empty() && !args.json {
        desk.status("inbox-empty", &[]);
    }
    for (id, kept, shown) in &all {
        if args.json {
            let value = reading.json(*id, kept, *shown)?;
            desk.json(&value)?;
        } else {
            let line = reading.line(kept, &desk.words)?;
            if *shown {
                desk.content(&line)?;
            } else {
                desk.print("inbox-new", &[("line", line.into())])?;
            }
        }
    }
    Ok(DONE)
}

pub(super) fn show(desk: &mut Desk, args: &Show) -> Result<u8, Failure> {
    let device = desk.unlock()?;
    let reading = Reading::of(&device)?;
    let (id, kept, shown) = find(&device, &args.id)?;
    if args.json {
        let value = reading.json(id, &kept, shown)?;
        desk.json(&value)?;
    } else {
        let page = reading.page(id, &kept, &desk.words)?;
        desk.content(&page)?;
    }
    if !shown {
        let _turn = device.turn(Turn::Show)?;
        inbox::shown(&device, id)?;
    }
    Ok(DONE)
}

fn find(device: &Device, wanted: &str) -> Result<(AlertId, Kept, bool), Failure> {
    let wanted = wanted.trim();
    let fits = |id: &AlertId, kept: &Kept| {
        kept.case.eq_ignore_ascii_case(wanted)
            || (wanted.len() >= ID_CHARS_MIN
                && id.to_string().starts_with(&wanted.to_ascii_lowercase()))
    };
    let mut found = inbox::all(device)?
        .into_iter()
        .filter(|(id, kept, _)| fits(id, kept));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Failure::new("error-several-alerts").misuse()),
        (None, _) => {
            let id = vec![("id", wanted.to_owned())];
            Err(Failure::with("error-no-such-alert", id))
        }
    }
}
