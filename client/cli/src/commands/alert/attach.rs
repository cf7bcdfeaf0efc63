//! What is to go with an alert.

use bellrope_client::attachment::{ATTACHMENTS_MAX, Paper};

use crate::{
    args,
    command_error::CommandError,
    commands::papers::{self, GoesWith, agrees},
    ui::Ui,
};

/// The photographs and papers that the command line names. One that is kept as it is goes only if whoever sits here agrees, having read what it
/// tells; who said `--yes` has.
///
/// # Errors
/// [`CommandError`] of the first that cannot go.
pub(super) fn prepare(ui: &mut Ui, args: &args::Alert) -> Result<Vec<Paper>, CommandError> {
    let count = args.attach.len().saturating_add(args.attach_as_it_is.len());
    if count > ATTACHMENTS_MAX {
        let max = ("max", ATTACHMENTS_MAX.to_string());
        return Err(CommandError::with("error-attach-many", vec![max]).misuse());
    }
    let with = GoesWith::Alert;
    let mut all = Vec::new();
    for path in &args.attach {
        let bytes = papers::read(path, with)?;
        all.push(papers::rewritten(ui, (path, &bytes), with)?);
    }
    for path in &args.attach_as_it_is {
        let bytes = papers::read(path, with)?;
        let paper = papers::as_it_is(ui, (path, bytes), with)?;
        if args.yes || !ui.is_attended() || agrees(ui, "ask-attach-as-it-is")? {
            all.push(paper);
        } else {
            ui.status("attach-left-out", &[("file", papers::name(path).into())]);
        }
    }
    Ok(all)
}
