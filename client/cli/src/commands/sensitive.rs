//! `bellrope sensitive`: what few read of a case. Written by who confirms first who will read it; shown to who asks for it, and by no other command.

use bellrope_client::{
    CaseError, Device, EngineError, EngineOptions, SENSITIVE_CHARS_MAX, Written,
    alert::{
        answers::{AnswerError, parse_one, parse_yes_no},
        vocabulary::{SensitiveKind, Vocabulary as _},
    },
    block_readers, is_block_untold, now,
    show::{BlockNow, ReceivedAlert},
    text::escape,
    widen_block, write_block,
};
use bellrope_proto::signing::{Device as DeviceKey, PublicKey};
use zeroize::Zeroizing;

use super::{
    case::{name_of, no_case, refused, whom},
    events::say_ready,
    inbox,
    sending::{done_or_queued, sent},
};
use crate::{
    args,
    asking::Shape,
    command_error::{CommandError, DONE, QUEUED},
    given::read_text,
    ui::{Background, Ui},
};

pub(super) fn sensitive(ui: &mut Ui, args: &args::Sensitive) -> Result<u8, CommandError> {
    if args.show {
        return show(ui, args);
    }
    match args.also_to.is_empty() {
        true => write(ui, args),
        false => widen(ui, args),
    }
}

/// What this device's person may read, and that there is more.
fn show(ui: &mut Ui, args: &args::Sensitive) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, &args.case)?;
    let blocks = received.blocks(&alert)?;
    let blocks = blocks.ok_or_else(|| no_case(&args.case))?;
    if blocks.is_empty() && !args.json {
        ui.status("sensitive-none", &[("case", alert.case.as_str().into())]);
    }
    for block in &blocks {
        if args.json {
            ui.json(block.to_json())?;
        } else {
            let text = block.text(&ui.messages);
            ui.content(&text)?;
        }
    }
    Ok(DONE)
}

fn write(ui: &mut Ui, args: &args::Sensitive) -> Result<u8, CommandError> {
    let given = args.kind.as_deref().map(kind).transpose()?;
    let file = args.from.as_ref().map(read_text).transpose()?;
    let device = ui.unlock()?;
    let alert = inbox::find(&inbox::open(&device)?, &args.case)?;
    let case = alert.case.as_str();
    let named = people(&device, &args.to)?;
    let background = Background::start()?;
    let mut engine = background.engine(&device, EngineOptions::default());
    // Who leads by now, and who stays out. Without a network it is written all the same, and posted later.
    let read = background.wait(engine.catch_up());
    say_ready(ui, &background, &mut engine)?;
    let failed = |error| refused(&device, None, case, error);
    // Before a word of it is typed.
    let readers = block_readers(&device, alert.id, &named).map_err(failed)?;
    let names = called(&device, &readers);
    let count = names.len().into();
    let words = [("count", count), ("names", names.join(", ").into())];
    ui.status("sensitive-readers", &words);
    if !args.yes && !agreed(ui, "ask-sensitive-readers")? {
        return Err(CommandError::new("error-sensitive-not-written"));
    }
    let kind = match given {
        Some(kind) => kind,
        None => ask_kind(ui)?,
    };
    let mut text = match file {
        Some(text) => text,
        None => {
            ui.status("ask-sensitive", &[]);
            ui.answer(Shape::Text, ">", "")?
        }
    };
    let written = loop {
        let written = write_block(&device, alert.id, (kind, &text), &readers, now());
        let error = match written {
            Ok(written) => break written,
            Err(CaseError::Empty) => CommandError::new("error-sensitive-empty").misuse(),
            Err(CaseError::TooLong(_)) => {
                let max = vec![("max", SENSITIVE_CHARS_MAX.to_string())];
                CommandError::with("error-sensitive-long", max).misuse()
            }
            Err(error) => return Err(failed(error)),
        };
        if !ui.is_attended() || args.from.is_some() {
            return Err(error);
        }
        // Nothing of what was typed is lost.
        let said = error.say(&ui.messages);
        ui.output.status(&said);
        text = ui.answer(Shape::Text, ">", &text)?;
    };
    drop(text);
    let done = ("sensitive-done", case);
    let Written::ToldLater(error) = written else {
        return ended(ui, (&background, engine), read.err(), done);
    };
    // Perhaps this program can by now.
    let _ = background.wait(engine.catch_up());
    if !is_block_untold(&device, alert.id) {
        return ended(ui, (&background, engine), read.err(), done);
    }
    background.wait(engine.stop());
    let said = failed(error).say(&ui.messages);
    ui.output.status(&said);
    ui.print("sensitive-told-later", &[("case", case.into())])?;
    Ok(QUEUED)
}

fn widen(ui: &mut Ui, args: &args::Sensitive) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let alert = inbox::find(&inbox::open(&device)?, &args.case)?;
    let case = alert.case.as_str();
    let named = people(&device, &args.also_to)?;
    let background = Background::start()?;
    let mut engine = background.engine(&device, EngineOptions::default());
    let read = background.wait(engine.catch_up());
    say_ready(ui, &background, &mut engine)?;
    let failed = |error| refused(&device, None, case, error);
    let block = which(&device, &alert, args)?;
    // Who may not is said before anybody is asked.
    let readers = block_readers(&device, alert.id, &named).map_err(failed)?;
    let names = called(&device, &readers).join(", ");
    let words = [
        ("names", names.into()),
        ("block", block.letters.as_str().into()),
    ];
    ui.status("sensitive-widens", &words);
    if !args.yes && !agreed(ui, "ask-sensitive-widen")? {
        return Err(CommandError::new("error-sensitive-not-widened"));
    }
    let reason = args.reason.as_deref().unwrap_or_default();
    let of_block = (alert.id, block.id);
    match widen_block(&device, of_block, (&readers, reason), now()) {
        Ok(()) => {}
        Err(CaseError::Again) => {
            ui.print("case-said-before", &[("case", case.into())])?;
            return Ok(DONE);
        }
        Err(error) => return Err(failed(error)),
    }
    let done = ("sensitive-widened", case);
    ended(ui, (&background, engine), read.err(), done)
}

/// Posts what was said, and says how far it came.
fn ended(
    ui: &mut Ui,
    (background, mut engine): (&Background, bellrope_client::Engine),
    unread: Option<EngineError>,
    (done, case): (&str, &str),
) -> Result<u8, CommandError> {
    let failed = sent(background, &engine, unread)?;
    if failed.is_none() {
        let _ = background.wait(engine.catch_up());
    }
    say_ready(ui, background, &mut engine)?;
    background.wait(engine.stop());
    ui.print(done, &[("case", case.into())])?;
    Ok(done_or_queued(ui, failed, "case-queued"))
}

/// The block that is meant: by its letters, or the only one that this device's person lets others read.
fn which(
    device: &Device,
    alert: &ReceivedAlert,
    args: &args::Sensitive,
) -> Result<BlockNow, CommandError> {
    let blocks = inbox::open(device)?.blocks(alert)?;
    let blocks = blocks.ok_or_else(|| no_case(&args.case))?;
    let mine = blocks.into_iter().map(|block| block.now);
    let mine = mine.filter(|block| block.may_widen);
    let named = args
        .block
        .as_ref()
        .map(|it| it.trim().trim_matches(['[', ']']).to_uppercase());
    let mut meant: Vec<BlockNow> = match &named {
        Some(letters) => mine.filter(|block| block.letters == *letters).collect(),
        None => mine.collect(),
    };
    let words = || vec![("case", alert.case.clone())];
    match (meant.pop(), meant.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(CommandError::with("error-no-block", words())),
        (Some(_), false) => Err(CommandError::with("error-blocks-several", words()).misuse()),
    }
}

fn people(device: &Device, names: &[String]) -> Result<Vec<PublicKey<DeviceKey>>, CommandError> {
    names.iter().map(|name| whom(device, name)).collect()
}

fn called(device: &Device, people: &[PublicKey<DeviceKey>]) -> Vec<String> {
    let mut names: Vec<String> = people
        .iter()
        .map(|key| escape(&name_of(device, key)))
        .collect();
    names.sort_unstable();
    names
}

fn kind(text: &str) -> Result<SensitiveKind, CommandError> {
    parse_one(text, SensitiveKind::ALL).map_err(of_kind)
}

fn of_kind(error: AnswerError) -> CommandError {
    CommandError::of_option("--kind", error)
}

fn ask_kind(ui: &mut Ui) -> Result<SensitiveKind, CommandError> {
    let labels = SensitiveKind::ALL.iter();
    let labels: Vec<String> = labels
        .map(|it| ui.messages.plain(&it.message_id()))
        .collect();
    ui.status("sensitive-kinds", &[("kinds", labels.join("; ").into())]);
    loop {
        let typed: Zeroizing<String> = ui.ask("ask-sensitive-kind")?;
        match kind(&typed) {
            Ok(kind) => return Ok(kind),
            Err(error) if !ui.is_attended() => return Err(error),
            Err(error) => {
                let said = error.say(&ui.messages);
                ui.output.status(&said);
            }
        }
    }
}

/// Whether a person says so. Nobody else does.
pub(super) fn agreed(ui: &mut Ui, question: &str) -> Result<bool, CommandError> {
    if !ui.is_attended() {
        return Err(CommandError::new("error-case-needs-yes").misuse());
    }
    loop {
        let answer = ui.ask(question)?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}
