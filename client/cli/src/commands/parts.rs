//! Parts of a recovery key as people type them: what is wrong with one is said at once, and what was right is kept.

use bellrope_client::{
    recovery::{Gathered, Mistake, NotAPart, NotAdded, Part, RecoveryKey, Taken, Typed, What},
    text::Messages,
};
use zeroize::Zeroizing;

use crate::{
    asking::Shape,
    command_error::CommandError,
    given::{read_text, text_of},
    paths::GivenPath,
    ui::Ui,
};

/// What came together.
pub(super) enum Came {
    /// The key.
    Key(RecoveryKey),
    /// Fewer parts than it takes.
    Fewer(Gathered),
}

/// Reads parts from files, and asks for what is lacking until it is the key, or until nothing is typed.
pub(super) fn gather(ui: &mut Ui, files: &[GivenPath]) -> Result<Came, CommandError> {
    let mut gathered = Gathered::default();
    for file in files {
        let text = read_text(file)?;
        let part = text.parse::<Part>().map_err(|error| {
            let said = part_error(&error, &ui.messages).say(&ui.messages);
            ui.output.status(&said);
            let file = file.meant().display().to_string();
            CommandError::with("error-part-file", vec![("file", file)]).misuse()
        })?;
        take(ui, &mut gathered, part)?;
    }
    loop {
        match gathered.lacking() {
            Some(0) => match gathered.key() {
                Ok(key) => return Ok(Came::Key(key)),
                Err(_) => ui.status("parts-do-not-fit", &[]),
            },
            Some(lacking) => ui.status("parts-lacking", &[("count", lacking.into())]),
            None => {}
        }
        match ask(ui)? {
            Some(part) => take(ui, &mut gathered, part)?,
            None => return Ok(Came::Fewer(gathered)),
        }
    }
}

fn take(ui: &mut Ui, gathered: &mut Gathered, part: Part) -> Result<(), CommandError> {
    let number = ("number", part.number().into());
    match gathered.add(part) {
        Ok(Taken::Fits) => ui.status("part-fits", &[number]),
        Ok(Taken::OtherSet) => ui.status("part-other-set", &[number]),
        Err(NotAdded::Twice(_)) => ui.status("part-twice", &[number]),
        Err(NotAdded::TooMany) => return Err(CommandError::new("error-parts-many").misuse()),
    }
    Ok(())
}

/// One part; `None` when nothing is typed. Rows of it may come one after the other.
fn ask(ui: &mut Ui) -> Result<Option<Part>, CommandError> {
    let question = ui.messages.plain("ask-part");
    let mut start = Zeroizing::new(String::new());
    loop {
        let Some(first) = answer(ui, &question, &start)? else {
            return Ok(None);
        };
        let mut text = text_of(first.trim())?;
        let (typed, error) = loop {
            let typed =
                Typed::new(&text).ok_or_else(|| CommandError::new("error-part-form").misuse())?;
            let error = match typed.read() {
                Ok(part) => return Ok(Some(part)),
                Err(error) => error,
            };
            let goes_on = matches!(error, NotAPart::Form | NotAPart::Count(_)) && typed.may_go_on();
            let rest = ui.messages.plain("ask-part-rest");
            match goes_on
                .then(|| answer(ui, &rest, ""))
                .transpose()?
                .flatten()
            {
                Some(row) => {
                    text.push('\n');
                    text.push_str(&row);
                }
                None => break (typed, error),
            }
        };
        let error = part_error(&error, &ui.messages);
        if !ui.is_attended() {
            return Err(error);
        }
        let said = error.say(&ui.messages);
        ui.output.status(&said);
        start = typed.groups();
    }
}

/// What is typed; `None` for nothing, also where a file in the keyboard's place has ended.
fn answer(
    ui: &mut Ui,
    question: &str,
    start: &str,
) -> Result<Option<Zeroizing<String>>, CommandError> {
    let typed = match ui.answer(Shape::Line, question, start) {
        Err(_) if !ui.is_attended() => return Ok(None),
        typed => typed?,
    };
    Ok(Some(typed).filter(|typed| !typed.trim().is_empty()))
}

/// What is wrong with it, letter by letter where that is known.
fn part_error(error: &NotAPart, messages: &Messages) -> CommandError {
    let places = |mistakes: &[Mistake]| {
        let places = mistakes.iter().map(|it| place(it, messages));
        vec![("where", places.collect::<Vec<String>>().join("; "))]
    };
    let error = match error {
        NotAPart::Form => CommandError::new("error-part-form"),
        NotAPart::Newer => CommandError::new("error-part-newer"),
        NotAPart::Mistakes(mistakes) => CommandError::with("error-part-mistakes", places(mistakes)),
        NotAPart::Count(count) => {
            CommandError::with("error-part-count", vec![("found", count.to_string())])
        }
        NotAPart::TooManyWrong(mistakes) if mistakes.is_empty() => {
            CommandError::new("error-part-wrong")
        }
        NotAPart::TooManyWrong(mistakes) => {
            CommandError::with("error-part-wrong-some", places(mistakes))
        }
    };
    error.misuse()
}

fn place(mistake: &Mistake, messages: &Messages) -> String {
    let (id, letter) = match mistake.what {
        What::Wrong(letter) => ("part-place-wrong", Some(letter)),
        What::LeftOut => ("part-place-left-out", None),
        What::TooMany(letter) => ("part-place-too-many", Some(letter)),
    };
    let letter = letter.map(String::from).unwrap_or_default();
    let words = [
        ("group", mistake.group.into()),
        ("place", mistake.place.into()),
        ("letter", letter.into()),
    ];
    messages.say(id, &words)
}
