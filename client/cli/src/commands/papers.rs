//! Photographs, papers and files that the command line names, read and made ready before anything is asked: what cannot go is said while nothing is
//! typed yet.

use std::io;

use bellrope_client::{
    Provenance,
    alert::{
        EventTime,
        answers::{AnswerError, parse_when},
        vocabulary::Timing,
    },
    attachment::{
        ATTACHMENT_BYTES_MAX, CASE_BYTES_MAX, FILE_BYTES_MAX, NotTaken, ORIGINAL_BYTES_MAX, Paper,
        Told, keep, rewrite,
    },
    now, read_limited,
    show::size_text,
    text::escape,
};
use bellrope_proto::codec::Blob;
use jiff::tz::TimeZone;

use crate::{command_error::CommandError, paths::GivenPath, ui::Ui};

/// With what it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GoesWith {
    /// An alert, for those who read it.
    Alert,
    /// Something said in a case.
    Case,
    /// The same, for those alone who keep its evidence.
    Evidence,
    /// An alert, untouched, for those alone who keep its originals.
    AlertOriginal,
}

impl GoesWith {
    fn bytes_max(self) -> usize {
        match self {
            Self::Alert => ATTACHMENT_BYTES_MAX,
            Self::Case | Self::Evidence => CASE_BYTES_MAX,
            Self::AlertOriginal => ORIGINAL_BYTES_MAX,
        }
    }

    /// The beginning of the ids of its messages.
    fn id(self) -> &'static str {
        match self {
            Self::Alert => "attach",
            Self::Case => "files",
            Self::Evidence => "original",
            Self::AlertOriginal => "alert-original",
        }
    }
}

/// A picture, written anew.
///
/// # Errors
/// [`CommandError`].
pub(super) fn rewritten(
    ui: &mut Ui,
    (path, bytes): (&GivenPath, &[u8]),
    with: GoesWith,
) -> Result<Paper, CommandError> {
    let paper = rewrite(bytes).map_err(|error| not_taken(path, with, error))?;
    say(ui, &format!("{}-ready", with.id()), path, &paper);
    Ok(paper)
}

/// A file as it is, with what it tells said first.
///
/// # Errors
/// [`CommandError`].
pub(super) fn as_it_is(
    ui: &mut Ui,
    (path, bytes): (&GivenPath, Blob),
    with: GoesWith,
) -> Result<Paper, CommandError> {
    let paper = keep(bytes, with.bytes_max()).map_err(|error| not_taken(path, with, error))?;
    say(ui, &format!("{}-as-it-is", with.id()), path, &paper);
    for told in &paper.told {
        let words = [("text", escape(told.text()).into())];
        ui.status(&format!("attach-told-{}", Told::key(told)), &words);
    }
    let may_tell = match paper.kind.is_picture() {
        true => "picture",
        false => "paper",
    };
    ui.status(&format!("{}-may-tell-{may_tell}", with.id()), &[]);
    Ok(paper)
}

/// Whether whoever sits here agrees, having read what a file tells. What cannot be taken back is not done by Enter alone.
///
/// # Errors
/// [`CommandError`] when nobody answers.
pub(super) fn agrees(ui: &mut Ui, question: &str) -> Result<bool, CommandError> {
    loop {
        let answer = ui.ask(question)?;
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

/// What the command line says of where files come from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given<'a> {
    /// What is to be seen; of an alert its words say it.
    pub(super) caption: Option<&'a str>,
    /// Who took or wrote it.
    pub(super) by: Option<&'a str>,
    /// When.
    pub(super) at: Option<EventTime>,
    /// How.
    pub(super) how: Option<&'a str>,
}

/// Where files come from: what is not given is asked for, where somebody sits here, and may be left out.
///
/// # Errors
/// [`CommandError`] when nobody answers.
pub(super) fn provenance(
    ui: &mut Ui,
    given: Given<'_>,
    asks: bool,
) -> Result<Provenance, CommandError> {
    let text = |ui: &mut Ui, given: Option<&str>, question: &str| match given {
        Some(given) => Ok(given.to_owned()),
        None if asks => Ok(ui.ask(question)?.to_string()),
        None => Ok::<_, CommandError>(String::new()),
    };
    let caption = text(ui, given.caption, "ask-files-caption")?;
    let by = text(ui, given.by, "ask-files-by")?;
    let mut at = given.at;
    while asks && at.is_none() {
        let typed = ui.ask("ask-files-when")?;
        let typed = Some(typed).filter(|typed| !typed.trim().is_empty());
        match time("--when", typed.as_ref().map(|it| it.as_str())) {
            Ok(read) => at = Some(read.unwrap_or_default()),
            Err(error) => {
                let said = error.say(&ui.messages);
                ui.output.status(&said);
            }
        }
    }
    let how = text(ui, given.how, "ask-files-how")?;
    Ok(Provenance {
        caption,
        by,
        at: at.unwrap_or_default(),
        how,
    })
}

/// A moment that this option says.
///
/// # Errors
/// [`CommandError`] of what is none.
pub(super) fn time(
    option: &'static str,
    typed: Option<&str>,
) -> Result<Option<EventTime>, CommandError> {
    let Some(typed) = typed else {
        return Ok(None);
    };
    let option = |error| CommandError::of_option(option, error);
    let read = parse_when(typed, now(), &TimeZone::system()).map_err(option)?;
    let part = typed.to_owned();
    match read.at {
        None => Err(option(AnswerError::NotATime { part })),
        Some(_) => Ok(Some(EventTime {
            timing: Timing::NotSaid,
            ..read
        })),
    }
}

/// A path as it can be shown.
pub(super) fn name(path: &GivenPath) -> String {
    escape(&path.meant().display().to_string())
}

/// The bytes of a file, once: what is shown of it, and what goes, is the same whatever becomes of the file meanwhile.
///
/// # Errors
/// [`CommandError`].
pub(super) fn read(path: &GivenPath, with: GoesWith) -> Result<Blob, CommandError> {
    let path = path.meant();
    let file = || path.display().to_string();
    // A pipe would be waited for, and a device never ends.
    if path.exists() && !path.is_file() {
        return Err(CommandError::with("error-attach-no-file", vec![("file", file())]).misuse());
    }
    let bytes = read_limited(&path, FILE_BYTES_MAX)
        .and_then(|bytes| bytes.ok_or_else(|| io::ErrorKind::NotFound.into()));
    bytes.map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(file(), with),
        _ => CommandError::of_file(file(), &error),
    })
}

fn too_large(file: String, with: GoesWith) -> CommandError {
    let max = (with.bytes_max() / 1_000).to_string();
    let id = match with {
        GoesWith::Alert => "error-attach-large",
        GoesWith::Case | GoesWith::Evidence => "error-files-file-large",
        GoesWith::AlertOriginal => "error-original-large",
    };
    CommandError::with(id, vec![("file", file), ("max", max)]).misuse()
}

fn not_taken(path: &GivenPath, with: GoesWith, error: NotTaken) -> CommandError {
    let file = path.meant().display().to_string();
    let option = match with {
        GoesWith::Alert | GoesWith::AlertOriginal => "--attach-as-it-is",
        GoesWith::Case | GoesWith::Evidence => "--as-it-is",
    };
    let id = match error {
        NotTaken::Empty => "error-attach-empty",
        NotTaken::Heic => "error-attach-heic",
        NotTaken::NoPicture => "error-attach-no-picture",
        NotTaken::TooManyPixels => "error-attach-pixels",
        NotTaken::Damaged => "error-attach-damaged",
        NotTaken::TooLarge(_) => return too_large(file, with),
    };
    let words = vec![("file", file), ("option", option.to_owned())];
    CommandError::with(id, words).misuse()
}
