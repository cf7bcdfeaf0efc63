//! `bellrope translate`: what there is to translate in a case and its translations, the text for whoever translates it, and a translation. Nothing is
//! sent to anybody who translates but whom a person asks: who pastes a text into an on-line translator does that themselves.

use std::{io::ErrorKind, sync::Arc};

use bellrope_client::{
    AskTranslation, CaseError, Device, EngineOptions, MessageId,
    alert::answers::parse_yes_no,
    answer_with_translation, ask_for_translation, new_private_file, now,
    show::{ByLetters, ReceivedAlert, Translatable, by_letters},
    text::escape,
};
use zeroize::Zeroizing;

use super::{
    case::{Saying, ask_text, joined, no_case, refused, say, whom},
    events::say_ready,
    inbox,
    sending::{done_or_queued, sent},
};
use crate::{
    args,
    command_error::{CommandError, DONE},
    given::read_text,
    ui::{Background, Ui},
};

pub(super) fn translate(
    ui: &mut Ui,
    args: &args::Translate,
    case: &str,
) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, case)?;
    let all = received.translatable(&alert)?;
    if all.is_empty() {
        return Err(no_case(case));
    }
    if let Some(check) = &args.check {
        let ids = all.iter().flat_map(|it| &it.translations).map(|it| it.id);
        let id = found(case, by_letters(ids, check), check)?;
        return say(ui, &Saying::CheckTranslation(case, id));
    }
    let of = of(args, case, &all)?;
    if let Some(name) = &args.whom {
        let mut texts = all.iter();
        let text = texts.find(|it| it.id == of).map(|it| it.text.as_str());
        let text = match &args.from {
            Some(file) => read_text(file)?,
            None => Zeroizing::new(received.without_identity(&alert, text.unwrap_or_default())),
        };
        return ask(ui, &device, (&alert, name), (args, of, &text));
    }
    if args.into.is_some() {
        let text = match &args.from {
            Some(file) => read_text(file)?,
            None if args.words.is_empty() => ask_text(ui, "ask-translation")?,
            None => joined(&args.words),
        };
        return say(ui, &Saying::Translate(case, args, of, &text));
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

/// Asks somebody for a translation who does not read the case, once a person has seen what they are given.
fn ask(
    ui: &mut Ui,
    device: &Arc<Device>,
    (alert, name): (&ReceivedAlert, &str),
    (args, of, text): (&args::Translate, Option<MessageId>, &str),
) -> Result<u8, CommandError> {
    let whom = whom(device, name)?;
    ui.status("translate-given", &[("name", escape(name).into())]);
    ui.content(text)?;
    if !args.yes {
        if !ui.is_attended() {
            return Err(CommandError::new("error-translate-needs-yes").misuse());
        }
        let answer = ui.ask("ask-translate")?;
        if parse_yes_no(&answer) != Some(true) {
            return Err(CommandError::new("error-translate-not-asked"));
        }
    }
    let case = alert.case.as_str();
    let what = AskTranslation {
        of,
        language: args.into.as_deref().unwrap_or_default(),
        whom,
        text,
    };
    sending(ui, device, |device| {
        ask_for_translation(device, alert.id, what, now())
            .map_err(|error| refused(device, None, case, error))
    })
    .and_then(|code| {
        let words = [("case", case.into()), ("name", escape(name).into())];
        ui.print("translate-asked", &words)?;
        Ok(code)
    })
}

/// What this device's person is asked to translate, or the translation of it.
pub(super) fn asked(ui: &mut Ui, args: &args::Translate) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let all = inbox::open(&device)?.asked_texts();
    let Some(letters) = &args.asked else {
        for it in &all {
            match args.json {
                true => ui.json(it.to_json())?,
                false => {
                    let page = it.page(&ui.messages);
                    ui.content(&page)?;
                }
            }
        }
        if !args.json {
            let id = match all.is_empty() {
                true => "asked-none",
                false => "asked-next",
            };
            ui.status(id, &[]);
        }
        return Ok(DONE);
    };
    let mut named = all.iter().filter(|it| it.is_named(letters));
    let it = match (named.next(), named.next()) {
        (Some(it), None) => it,
        _ => {
            let words = vec![("letters", letters.trim().to_owned())];
            return Err(CommandError::with("error-asked-none", words).misuse());
        }
    };
    if args.text {
        give(ui, args, &it.text)?;
        return Ok(DONE);
    }
    let text = match &args.from {
        Some(file) => read_text(file)?,
        None => ask_text(ui, "ask-translation")?,
    };
    let code = sending(ui, &device, |device| {
        let said = (text.as_str(), args.by_machine.as_deref());
        answer_with_translation(device, it.asked, said, now())
            .map_err(|error| refused_text(device, error))
    })?;
    ui.print("asked-done", &[("name", escape(&it.name).into())])?;
    Ok(code)
}

/// Why a translation that somebody asked for was not said.
fn refused_text(device: &Device, error: CaseError) -> CommandError {
    match error {
        CaseError::Empty => CommandError::new("error-translation-empty").misuse(),
        CaseError::TooLong(max) => {
            let words = vec![("max", max.to_string())];
            CommandError::with("error-translation-long", words).misuse()
        }
        error => refused(device, None, "", error),
    }
}

/// Says something, and sends what waits.
fn sending(
    ui: &mut Ui,
    device: &Arc<Device>,
    say: impl FnOnce(&Device) -> Result<(), CommandError>,
) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let mut engine = background.engine(device, EngineOptions::default());
    let read = background.wait(engine.catch_up());
    say_ready(ui, &background, &mut engine)?;
    say(device)?;
    let failed = sent(&background, &engine, read.err())?;
    background.wait(engine.stop());
    Ok(done_or_queued(ui, failed, "case-queued"))
}

/// What is translated: the alert where nothing is named.
fn of(
    args: &args::Translate,
    case: &str,
    all: &[Translatable],
) -> Result<Option<MessageId>, CommandError> {
    let Some(letters) = &args.of else {
        return Ok(None);
    };
    let ids = all.iter().filter_map(|it| it.id);
    found(case, by_letters(ids, letters), letters).map(Some)
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
