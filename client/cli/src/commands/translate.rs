//! `bellrope translate`: what there is to translate in a case and its translations, the text for whoever translates it, and a translation. Nothing is
//! sent to anybody who translates: who pastes a text into an on-line translator does that themselves.

use bellrope_client::{
    MessageId, new_private_file,
    show::{ByLetters, Translatable, by_letters},
    text::escape,
};
use std::io::ErrorKind;
use zeroize::Zeroizing;

use super::{
    case::{Saying, ask_text, joined, no_case, say},
    inbox,
};
use crate::{
    args,
    command_error::{CommandError, DONE},
    given::read_text,
    ui::Ui,
};

pub(super) fn translate(ui: &mut Ui, args: &args::Translate) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, &args.case)?;
    let all = received.translatable(&alert)?;
    if all.is_empty() {
        return Err(no_case(&args.case));
    }
    if let Some(check) = &args.check {
        let ids = all.iter().flat_map(|it| &it.translations).map(|it| it.id);
        let id = found(&args.case, by_letters(ids, check), check)?;
        return say(ui, &Saying::CheckTranslation(args, id));
    }
    let of = of(args, &all)?;
    if args.into.is_some() {
        let text = match &args.from {
            Some(file) => read_text(file)?,
            None if args.words.is_empty() => ask_text(ui, "ask-translation")?,
            None => joined(&args.words),
        };
        return say(ui, &Saying::Translate(args, of, &text));
    }
    if args.text {
        let mut texts = all.iter();
        let text = texts.find(|it| it.id == of).map(|it| it.text.as_str());
        give(ui, args, text.unwrap_or_default())?;
        return Ok(DONE);
    }
    for it in &all {
        if args.json {
            ui.json(it.to_json())?;
        } else {
            let page = it.page(&ui.messages);
            ui.content(&page)?;
        }
    }
    if !args.json {
        ui.status("translate-next", &[("case", alert.case.as_str().into())]);
    }
    Ok(DONE)
}

/// What is translated: the alert where nothing is named.
fn of(args: &args::Translate, all: &[Translatable]) -> Result<Option<MessageId>, CommandError> {
    let Some(letters) = &args.of else {
        return Ok(None);
    };
    let ids = all.iter().filter_map(|it| it.id);
    found(&args.case, by_letters(ids, letters), letters).map(Some)
}

fn found(case: &str, found: ByLetters, letters: &str) -> Result<MessageId, CommandError> {
    let id = match found {
        ByLetters::Found(id) => return Ok(id),
        ByLetters::Several => "error-translate-several",
        ByLetters::None => "error-translate-none",
    };
    let words = vec![
        ("case", case.trim().to_owned()),
        ("letters", letters.trim().to_owned()),
    ];
    Err(CommandError::with(id, words).misuse())
}

/// Gives the text to whoever translates it: into a file, or as it is.
fn give(ui: &mut Ui, args: &args::Translate, text: &str) -> Result<(), CommandError> {
    match args.save.as_ref() {
        Some(path) => {
            let path = path.meant();
            let file = path.display().to_string();
            let bytes = Zeroizing::new(format!("{text}\n").into_bytes());
            new_private_file(&path, &bytes).map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => {
                    CommandError::with("error-file-exists", vec![("file", file.clone())]).misuse()
                }
                _ => CommandError::of_file(&file, &error),
            })?;
            ui.print("translate-saved", &[("file", escape(&file).into())])?;
        }
        None => ui.content(text)?,
    }
    ui.status("translate-tells", &[]);
    Ok(())
}
