//! Texts that come from elsewhere: named by a file, `-` for what is piped in, given as they are, or asked for.

use std::io::{self, Read as _};

use bellrope_client::{
    read_limited,
    text::{decode_text, unquoted},
};
use bellrope_proto::codec::Blob;
use zeroize::Zeroizing;

use crate::{asking::Shape, command_error::CommandError, paths::GivenPath, ui::Ui};

/// A file with an invitation is below 90 KiB, a filled-in form is a few pages.
const TEXT_BYTES_MAX: u64 = 256 * 1024;

/// A typing error or two is nobody's fault.
const TRIES: usize = 3;

/// The text of a file, or of what is piped in when the path is `-`: whatever encoding an editor gave it, and without a
/// mail program's quoting.
///
/// # Errors
/// [`CommandError`] also for one that is too large: none of it is left out.
pub(crate) fn read_text(given: &GivenPath) -> Result<Zeroizing<String>, CommandError> {
    let path = given.meant();
    let bytes = if given.is_piped() {
        read_piped()
    } else {
        read_limited(&path, TEXT_BYTES_MAX)
            .and_then(|bytes| bytes.ok_or_else(|| io::ErrorKind::NotFound.into()))
    };
    let file = || ("file", path.display().to_string());
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => {
            let max = (TEXT_BYTES_MAX / 1024).to_string();
            CommandError::with("error-file-large", vec![file(), ("max", max)]).misuse()
        }
        _ => CommandError::of_file(path.display(), &error),
    })?;
    let text = decode_text(&bytes).map_err(|error| {
        tracing::debug!(%error, "a file from elsewhere");
        CommandError::with("error-file-encoding", vec![file()]).misuse()
    })?;
    Ok(unquoted(&text))
}

fn read_piped() -> io::Result<Blob> {
    let mut bytes = Blob::default();
    io::stdin()
        .take(TEXT_BYTES_MAX.saturating_add(1))
        .read_to_end(&mut bytes.0)?;
    if bytes.len() as u64 > TEXT_BYTES_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// What was given: the code itself, a file that has it, or `-`. Asked for when it was left out, so that it need not stand in a
/// shell's history or in the list of processes.
///
/// # Errors
/// [`CommandError`], `read`'s when what was given is not it.
pub(crate) fn given<T>(
    ui: &mut Ui,
    given: Option<&str>,
    question: &'static str,
    read: impl Fn(&str) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    if let Some(given) = given {
        return read(&text_of(given)?);
    }
    for _ in 1..TRIES {
        match asked(ui, question, &read)? {
            Ok(found) => return Ok(found),
            Err(error) if ui.is_attended() => {
                let said = error.say(&ui.messages);
                ui.output.status(&said);
            }
            Err(error) => return Err(error),
        }
    }
    asked(ui, question, &read)?
}

/// What is in the file of this name, if there is one; else the text itself.
///
/// # Errors
/// [`CommandError`] when the file cannot be read.
pub(crate) fn text_of(given: &str) -> Result<Zeroizing<String>, CommandError> {
    let path = GivenPath::from(given);
    if path.is_piped() || path.meant().is_file() {
        return read_text(&path);
    }
    Ok(unquoted(given))
}

/// Asks once. What is pasted at a terminal is one answer, with all its lines. Where lines are piped in, they are read until they
/// are what is asked for, or until an empty one.
fn asked<T>(
    ui: &mut Ui,
    question: &'static str,
    read: &impl Fn(&str) -> Result<T, CommandError>,
) -> Result<Result<T, CommandError>, CommandError> {
    let first = ui.ask(question)?;
    let mut text = text_of(first.trim())?;
    loop {
        let error = match read(&unquoted(&text)) {
            Ok(found) => return Ok(Ok(found)),
            Err(error) => error,
        };
        if ui.is_attended() || text.len() as u64 > TEXT_BYTES_MAX {
            return Ok(Err(error));
        }
        match ui.answer(Shape::Line, "", "") {
            Ok(line) if !line.trim().is_empty() => {
                text.push('\n');
                text.push_str(&line);
            }
            _ => return Ok(Err(error)),
        }
    }
}
