//! What is to go with an alert, read and made ready before anything is asked: a file that cannot go is said while nothing is typed yet.

use std::io;

use bellrope_client::{
    attachment::{
        ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX, FILE_BYTES_MAX, NotTaken, Paper, Told, keep, rewrite,
    },
    read_limited,
    show::size_text,
    text::escape,
};
use zeroize::Zeroizing;

use crate::{args, command_error::CommandError, paths::GivenPath, ui::Ui};

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
    let mut papers = Vec::new();
    for path in &args.attach {
        let paper = rewrite(read(path)?).map_err(|error| not_taken(path, error))?;
        say(ui, "attach-ready", path, &paper);
        papers.push(paper);
    }
    for path in &args.attach_as_it_is {
        let paper = keep(read(path)?).map_err(|error| not_taken(path, error))?;
        say(ui, "attach-as-it-is", path, &paper);
        for told in &paper.told {
            let words = [("text", escape(told.text()).into())];
            ui.status(&format!("attach-told-{}", Told::key(told)), &words);
        }
        let may_tell = match paper.kind.is_picture() {
            true => "attach-may-tell-picture",
            false => "attach-may-tell-paper",
        };
        ui.status(may_tell, &[]);
        if args.yes || !ui.is_attended() || agrees(ui)? {
            papers.push(paper);
        } else {
            ui.status("attach-left-out", &[("file", name(path).into())]);
        }
    }
    Ok(papers)
}

fn agrees(ui: &mut Ui) -> Result<bool, CommandError> {
    loop {
        let answer = ui.ask("ask-attach-as-it-is")?;
        // What cannot be taken back is not done by Enter alone.
        match bellrope_client::alert::answers::parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}

fn say(ui: &mut Ui, id: &str, path: &GivenPath, paper: &Paper) {
    let size = size_text(paper.size() as u64, &ui.messages);
    let kind = ui
        .messages
        .plain(&format!("attachment-{}", paper.kind.key()));
    let words = [
        ("file", name(path).into()),
        ("kind", kind.into()),
        ("size", size.into()),
    ];
    ui.status(id, &words);
}

fn name(path: &GivenPath) -> String {
    escape(&path.meant().display().to_string())
}

fn read(path: &GivenPath) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let path = path.meant();
    let file = || path.display().to_string();
    // A pipe would be waited for, and a device never ends.
    if path.exists() && !path.is_file() {
        return Err(CommandError::with("error-attach-no-file", vec![("file", file())]).misuse());
    }
    let bytes = read_limited(&path, FILE_BYTES_MAX)
        .and_then(|bytes| bytes.ok_or_else(|| io::ErrorKind::NotFound.into()));
    bytes.map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(file()),
        _ => CommandError::of_file(file(), &error),
    })
}

fn too_large(file: String) -> CommandError {
    let max = (ATTACHMENT_BYTES_MAX / 1_000).to_string();
    CommandError::with("error-attach-large", vec![("file", file), ("max", max)]).misuse()
}

fn not_taken(path: &GivenPath, error: NotTaken) -> CommandError {
    let file = path.meant().display().to_string();
    let id = match error {
        NotTaken::Empty => "error-attach-empty",
        NotTaken::Heic => "error-attach-heic",
        NotTaken::NoPicture => "error-attach-no-picture",
        NotTaken::TooManyPixels => "error-attach-pixels",
        NotTaken::Damaged => "error-attach-damaged",
        NotTaken::TooLarge(_) => return too_large(file),
    };
    CommandError::with(id, vec![("file", file)]).misuse()
}
