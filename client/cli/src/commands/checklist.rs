//! `bellrope checklist`: what is done in the first hours of a case, and what of it is done.

use bellrope_client::{
    alert::{
        answers::parse_one,
        vocabulary::{Checklist, Vocabulary as _},
    },
    show::Checklists,
};

use super::{
    case::{Saying, no_case, say},
    facts::Stated,
    inbox,
};
use crate::{
    args,
    command_error::{CommandError, DONE},
    ui::Ui,
};

pub(super) fn checklist(ui: &mut Ui, args: &args::facts::Checklist) -> Result<u8, CommandError> {
    let list = args.list.as_deref();
    let list = list.map(|list| parse_one(list, Checklist::ALL));
    let list = list.transpose();
    let list = list.map_err(|error| CommandError::of_option("--list", error))?;
    let Some(case) = &args.case else {
        if let Some(list) = list {
            let text = Checklists::written(list, &ui.messages);
            ui.content(&text)?;
        }
        return Ok(DONE);
    };
    let says = [&args.done, &args.dropped, &args.open, &args.add];
    if args.from.is_some() || says.iter().any(|said| !said.is_empty()) {
        return say(ui, &Saying::Facts(Stated::Steps(case, args)));
    }
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, case)?;
    let view = received.case(&alert)?.ok_or_else(|| no_case(case))?;
    let lists = match list {
        Some(list) => Checklists::with(&view, vec![list]),
        None => Checklists::of(&view),
    };
    if args.json {
        ui.json(lists.to_json())?;
    } else {
        let text = lists.text(&ui.messages);
        ui.content(&text)?;
    }
    Ok(DONE)
}
