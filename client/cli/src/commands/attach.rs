//! `bellrope attach`: adds files to a case, for everybody who reads it; and untouched originals for those who keep its evidence.

use bellrope_client::{
    CaseError, EngineError, EngineOptions, FilesError, NotAttached, Provenance, ReadyFile,
    add_files,
    alert::EventTime,
    attachment::ATTACHMENTS_MAX,
    may_add_files, now,
    show::{CaseView, Outbox, SentFiles, size_text},
};
use serde_json::json;

use super::{
    case::no_case,
    events::say_ready,
    inbox,
    papers::{self, Given, GoesWith, agrees},
    sending::sent,
};
use crate::{
    args,
    command_error::{CommandError, DONE, QUEUED},
    ui::{Background, Ui},
};

/// So many parts go without a pause; of more it is said how long they take.
const AT_ONCE: usize = 100;

/// Parts that go in a minute after that, where the network is fast.
const PARTS_A_MINUTE: usize = 60;

pub(super) fn attach(ui: &mut Ui, args: &args::Attach) -> Result<u8, CommandError> {
    if args.files.len() > ATTACHMENTS_MAX {
        let max = ("max", ATTACHMENTS_MAX.to_string());
        return Err(CommandError::with("error-files-many", vec![max]).misuse());
    }
    let when = papers::time("--when", args.when.as_deref())?;
    let device = ui.unlock()?;
    let received = inbox::open(&device)?;
    let alert = inbox::find(&received, &args.case)?;
    let case = alert.case.as_str();
    // Before anybody waits for pictures that go nowhere.
    may_add_files(&device, alert.id, args.with_original)
        .map_err(|error| refused(ui, (&args.case, case), error))?;
    let files = prepare(ui, args)?;
    if files.is_empty() {
        ui.status("attach-nothing", &[]);
        return Ok(DONE);
    }
    let provenance = provenance(ui, args, when)?;
    let with = add_files(&device, alert.id, &files, &provenance, now())
        .map_err(|error| refused(ui, (&args.case, case), error))?;
    drop(files);

    let background = Background::start()?;
    let mut engine = background.engine(&device, EngineOptions::default());
    let failed = sent(&background, &engine, None)?;
    let view = inbox::open(&device)?.case(&alert)?;
    if !args.json {
        say_added(ui, case, with, view.as_ref())?;
    }
    let mut failed = failed;
    if failed.is_none() {
        say_how_long(ui, &Outbox::of(&device, now())?);
        failed = background.wait(engine.send_parts())?.failed;
    }
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    let outbox = Outbox::of(&device, now())?;
    let files = outbox.files.iter().find(|files| files.id == with);
    let waits = failed.is_some() || files.is_some_and(SentFiles::waits);
    if args.json {
        let state = if waits { "queued" } else { "stored" };
        ui.json(json!({
            "id": with.to_string(),
            "case": case,
            "state": state,
            "attachments": view.iter().flat_map(|view| view.added_json(with)).collect::<Vec<_>>(),
        }))?;
    } else if let Some(files) = files {
        let lines = files.lines(&ui.messages).join("\n");
        ui.output.status(&lines);
    }
    Ok(say_how_it_ended(ui, failed, waits))
}

/// What went wrong, and what becomes of the parts that wait.
pub(super) fn say_how_it_ended(ui: &mut Ui, failed: Option<EngineError>, waits: bool) -> u8 {
    let is_full = failed.as_ref().is_some_and(EngineError::is_full);
    if let Some(error) = failed {
        ui.failed(error);
    }
    match (waits, is_full) {
        (false, _) => return DONE,
        (true, true) => ui.status("parts-no-room", &[]),
        (true, false) => ui.status("attach-parts-wait", &[]),
    }
    QUEUED
}

/// That they follow, before they do: it takes a while, and costs everybody as much.
pub(super) fn say_how_long(ui: &mut Ui, outbox: &Outbox) {
    let papers = outbox.files.iter().flat_map(|files| &files.papers);
    let parts: usize = papers
        .map(|it| usize::from(it.parts.saturating_sub(it.stored)))
        .sum();
    ui.status("attach-parts", &[]);
    if parts > AT_ONCE {
        let minutes = parts.div_ceil(PARTS_A_MINUTE);
        let words = [("parts", parts.into()), ("minutes", minutes.into())];
        ui.status("attach-takes", &words);
    }
}

fn say_added(
    ui: &mut Ui,
    case: &str,
    with: bellrope_client::MessageId,
    view: Option<&CaseView>,
) -> Result<(), CommandError> {
    let mut story = view.iter().flat_map(|view| &view.story);
    let what = story.find(|told| told.id == with);
    let what = what.map(|told| told.what(&ui.messages));
    let words = [
        ("case", case.into()),
        ("what", what.unwrap_or_default().into()),
    ];
    ui.print("said-done", &words)
}

/// The files that the command line names, all read before anything is asked. One that is kept as it is goes only if whoever sits here agrees.
fn prepare(ui: &mut Ui, args: &args::Attach) -> Result<Vec<ReadyFile>, CommandError> {
    let mut all = Vec::new();
    for path in &args.files {
        let bytes = papers::read(path, GoesWith::Case)?;
        if !args.as_it_is {
            let paper = papers::rewritten(ui, (path, &bytes), GoesWith::Case)?;
            let original = match args.with_original {
                true => Some(papers::as_it_is(ui, (path, bytes), GoesWith::Evidence)?),
                false => None,
            };
            all.push(ReadyFile { paper, original });
            continue;
        }
        let paper = papers::as_it_is(ui, (path, bytes), GoesWith::Case)?;
        if args.yes || !ui.is_attended() || agrees(ui, "ask-attach-as-it-is")? {
            let original = None;
            all.push(ReadyFile { paper, original });
        } else {
            ui.status("files-left-out", &[("file", papers::name(path).into())]);
        }
    }
    Ok(all)
}

/// Where they come from.
fn provenance(
    ui: &mut Ui,
    args: &args::Attach,
    at: Option<EventTime>,
) -> Result<Provenance, CommandError> {
    let given = Given {
        caption: args.caption.as_deref(),
        by: args.by.as_deref(),
        at,
        how: args.how.as_deref(),
    };
    let asks = ui.is_attended() && !args.yes;
    papers::provenance(ui, given, asks)
}

/// Why none was added.
pub(super) fn refused(ui: &Ui, (typed, case): (&str, &str), error: FilesError) -> CommandError {
    let of_case = |id| CommandError::with(id, vec![("case", case.to_owned())]);
    match error {
        FilesError::None => CommandError::new("error-not-possible").misuse(),
        FilesError::TooLarge(max) => {
            let max = (max / 1_000).to_string();
            CommandError::with("error-files-large", vec![("max", max)]).misuse()
        }
        FilesError::NoKeeper => of_case("error-files-no-keeper"),
        FilesError::NotAttached(NotAttached::TooMuch(bytes)) => {
            let size = size_text(bytes, &ui.messages);
            CommandError::with("error-files-much", vec![("size", size)])
        }
        FilesError::NotAttached(error) => (&error).into(),
        FilesError::Case(error) => of_case_error((typed, case), error),
    }
}

fn of_case_error((typed, case): (&str, &str), error: CaseError) -> CommandError {
    let of_case = |id| CommandError::with(id, vec![("case", case.to_owned())]);
    match error {
        CaseError::NoCase => no_case(typed),
        CaseError::NotForYou => of_case("error-case-not-for-you"),
        CaseError::Behind => of_case("error-case-behind"),
        CaseError::TooLong(max) => {
            CommandError::with("error-reason-long", vec![("max", max.to_string())]).misuse()
        }
        CaseError::Compose(error) => error.into(),
        _ => CommandError::new("error-not-possible").misuse(),
    }
}
