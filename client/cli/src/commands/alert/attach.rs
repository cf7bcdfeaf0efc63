//! What is to go with an alert.

use bellrope_client::{
    CaseError, FilesError, Provenance, ReadyFile, attachment::ATTACHMENTS_MAX, tidy_provenance,
};

use crate::{
    args,
    command_error::CommandError,
    commands::papers::{self, Given, GoesWith, agrees},
    paths::GivenPath,
    ui::Ui,
};

/// The photographs and papers that the command line names, and where their originals come from. One that is kept as it is goes only if whoever sits here
/// agrees, having read what it tells; who said `--yes` has.
///
/// # Errors
/// [`CommandError`] of the first that cannot go.
pub(super) fn prepare(
    ui: &mut Ui,
    args: &args::alert::Alert,
) -> Result<(Vec<ReadyFile>, Provenance), CommandError> {
    let count = args.attach.len().saturating_add(args.attach_as_it_is.len());
    if count > ATTACHMENTS_MAX {
        let max = ("max", ATTACHMENTS_MAX.to_string());
        return Err(CommandError::with("error-attach-many", vec![max]).misuse());
    }
    let with = GoesWith::Alert;
    let given = Given {
        // The alert's words say it.
        caption: Some(""),
        by: args.taken_by.as_deref(),
        at: papers::time("--taken-when", args.taken_when.as_deref())?,
        how: args.taken_how.as_deref(),
    };
    let mut all = Vec::new();
    for path in &args.attach {
        let bytes = papers::read(path, with)?;
        let paper = papers::rewritten(ui, (path, &bytes), with)?;
        let original = match args.with_original {
            true => Some(papers::as_it_is(
                ui,
                (path, bytes),
                GoesWith::AlertOriginal,
            )?),
            false => None,
        };
        let original = match original {
            Some(_) if !is_agreed(ui, args, "ask-attach-original")? => {
                say_left_out(ui, "attach-original-left-out", path);
                None
            }
            original => original,
        };
        all.push(ReadyFile { paper, original });
    }
    for path in &args.attach_as_it_is {
        let bytes = papers::read(path, with)?;
        let paper = papers::as_it_is(ui, (path, bytes), with)?;
        if is_agreed(ui, args, "ask-attach-as-it-is")? {
            let original = None;
            all.push(ReadyFile { paper, original });
        } else {
            say_left_out(ui, "attach-left-out", path);
        }
    }
    let has_original = all.iter().any(|file| file.original.is_some());
    let asks = has_original && ui.is_attended() && !args.yes;
    let provenance = papers::provenance(ui, given, asks)?;
    let provenance = tidy_provenance(&provenance).map_err(|error| match error {
        FilesError::Case(CaseError::TooLong(max)) => {
            let max = ("max", max.to_string());
            CommandError::with("error-reason-long", vec![max]).misuse()
        }
        _ => CommandError::new("error-not-possible").misuse(),
    })?;
    Ok((all, provenance))
}

fn is_agreed(ui: &mut Ui, args: &args::alert::Alert, question: &str) -> Result<bool, CommandError> {
    Ok(args.yes || !ui.is_attended() || agrees(ui, question)?)
}

fn say_left_out(ui: &mut Ui, id: &str, path: &GivenPath) {
    ui.status(id, &[("file", papers::name(path).into())]);
}
