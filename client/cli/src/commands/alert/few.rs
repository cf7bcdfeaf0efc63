//! What few read of an alert: who they are is said before a word of it is typed, and at the last look once more. It is never given on the command line, which a
//! shell keeps, nor shown again but to who changes it.

use bellrope_client::{
    alert::{
        Alert, PART_CHARS_MAX, PartError, SensitiveWords,
        answers::{Aside, parse_aside, parse_several},
        vocabulary::{SensitiveKind, Vocabulary as _},
    },
    show::SensitiveReaders,
    text::Messages,
};
use zeroize::Zeroizing;

use super::post::Post;
use crate::{args, asking::Shape, command_error::CommandError, given::read_text, ui::Ui};

/// What is typed at the last look to come here.
const WANTED: [&str; 2] = ["+", "\u{ff0b}"];

/// More was not meant as the name of a kind.
const MEANT_AS_KINDS_CHARS_MAX: usize = 120;

/// See the module.
#[derive(Default)]
pub(super) struct Few {
    kinds: Vec<SensitiveKind>,
    /// As it was typed: nothing of it is lost to an error.
    text: Zeroizing<String>,
    words: Option<SensitiveWords>,
    told: Option<SensitiveReaders>,
}

impl Few {
    /// What the command line says of it.
    ///
    /// # Errors
    /// [`CommandError`].
    pub(super) fn given(args: &args::alert::Alert) -> Result<Self, CommandError> {
        let mut few = Self::default();
        for kinds in &args.sensitive {
            let read = parse_several(kinds, SensitiveKind::ALL);
            few.kinds
                .extend(read.map_err(|error| CommandError::of_option("--sensitive", error))?);
        }
        if let Some(path) = &args.sensitive_from {
            few.text = read_text(path)?;
            few.words = Some(SensitiveWords::new(&few.kinds, &few.text).map_err(refused)?);
        }
        Ok(few)
    }

    /// Whether somebody means to write it, and has not.
    pub(super) fn is_missing(&self) -> bool {
        self.words.is_none() && !self.kinds.is_empty()
    }

    /// Whether an answer at the last look asks for it.
    pub(super) fn is_wanted(answer: &str) -> bool {
        WANTED.contains(&answer)
    }

    /// What is to be sealed, and who its author was told reads it.
    pub(super) fn sealed(&self) -> Option<(&SensitiveWords, &SensitiveReaders)> {
        self.words.as_ref().zip(self.told.as_ref())
    }

    /// Tells who reads it, for who is asked nothing more.
    ///
    /// # Errors
    /// [`CommandError`] where there is nobody, or nothing to read.
    pub(super) fn settle(
        &mut self,
        ui: &mut Ui,
        post: &mut Post,
        alert: &Alert,
    ) -> Result<(), CommandError> {
        if self.is_missing() {
            if !ui.is_attended() {
                return Err(CommandError::new("error-few-nothing").misuse());
            }
            self.ask(ui, post, alert)?;
        }
        if self.words.is_none() || self.told.is_some() {
            return Ok(());
        }
        let readers = post.sensitive_readers(alert)?;
        if readers.people == 0 {
            return Err(CommandError::new("error-few-nobody"));
        }
        let said = readers.text(&ui.messages);
        ui.output.status(&said);
        self.told = Some(readers);
        Ok(())
    }

    /// At the last look: that there is something, for whom, and not what.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(super) fn look(
        &mut self,
        ui: &mut Ui,
        post: &mut Post,
        alert: &Alert,
    ) -> Result<(), CommandError> {
        let Some(words) = &self.words else {
            return Ok(());
        };
        let readers = post.sensitive_readers(alert)?;
        let args = [
            ("kinds", kinds(words.kinds(), &ui.messages).into()),
            ("count", words.text().chars().count().into()),
            ("readers", readers.text(&ui.messages).into()),
        ];
        ui.status("few-look", &args);
        self.told = Some(readers);
        Ok(())
    }

    /// Whether what was told at the last look can still be so: a person may look for an hour.
    ///
    /// # Errors
    /// [`CommandError`] when the device cannot be read.
    pub(super) fn is_for_somebody(
        &self,
        post: &mut Post,
        alert: &Alert,
    ) -> Result<bool, CommandError> {
        let Some((_, told)) = self.sealed() else {
            return Ok(true);
        };
        Ok(post.sensitive_readers(alert)?.has_one_of(told))
    }

    /// Asks for it, or for what is to be changed in it. Nothing is as it was before if there are no words.
    ///
    /// # Errors
    /// [`CommandError`] when nobody answers.
    pub(super) fn ask(
        &mut self,
        ui: &mut Ui,
        post: &mut Post,
        alert: &Alert,
    ) -> Result<(), CommandError> {
        let readers = post.sensitive_readers(alert)?;
        let said = readers.text(&ui.messages);
        ui.output.status(&said);
        if readers.people == 0 || !self.ask_kinds(ui)? {
            return Ok(());
        }
        let max = [("max", PART_CHARS_MAX.into())];
        ui.status("ask-few", &max);
        loop {
            let start = self.text.clone();
            self.text = ui.answer(Shape::Text, ">", &start)?;
            match SensitiveWords::new(&self.kinds, &self.text) {
                Ok(words) => {
                    self.words = Some(words);
                    self.told = Some(readers);
                    return Ok(());
                }
                Err(PartError::Empty) => {
                    *self = Self::default();
                    ui.status("few-none", &[]);
                    return Ok(());
                }
                Err(error) => {
                    let said = refused(error).say(&ui.messages);
                    ui.output.status(&said);
                }
            }
        }
    }

    /// Whether somebody said what it is about.
    fn ask_kinds(&mut self, ui: &mut Ui) -> Result<bool, CommandError> {
        if self.words.is_none() && !self.kinds.is_empty() {
            return Ok(true);
        }
        loop {
            let possible = [("kinds", kinds(SensitiveKind::ALL, &ui.messages).into())];
            ui.status("few-kinds", &possible);
            if !self.kinds.is_empty() {
                let now = [("answer", kinds(&self.kinds, &ui.messages).into())];
                ui.status("ask-now", &now);
            }
            let answer = ui.ask("ask-few-kinds")?;
            match parse_aside(&answer) {
                Some(Aside::Back) => return Ok(false),
                Some(Aside::Help) => continue,
                None => {}
            }
            if answer.trim().is_empty() {
                return Ok(!self.kinds.is_empty());
            }
            let is_text =
                answer.contains('\n') || answer.chars().count() > MEANT_AS_KINDS_CHARS_MAX;
            match parse_several(&answer, SensitiveKind::ALL) {
                Ok(kinds) if !kinds.is_empty() => {
                    self.kinds = kinds;
                    return Ok(true);
                }
                // What was pasted here was meant for the next question.
                Err(_) if is_text => {
                    if !self.text.is_empty() {
                        self.text.push('\n');
                    }
                    self.text.push_str(answer.trim());
                    ui.status("few-moved", &[]);
                }
                Ok(_) => {}
                Err(error) => {
                    let said = CommandError::of_option("--sensitive", error).say(&ui.messages);
                    ui.output.status(&said);
                }
            }
        }
    }
}

fn kinds(kinds: &[SensitiveKind], words: &Messages) -> String {
    let labels = kinds.iter().map(|kind| words.plain(&kind.message_id()));
    labels.collect::<Vec<_>>().join("; ")
}

fn refused(error: PartError) -> CommandError {
    match error {
        PartError::NoKind => CommandError::new("error-few-no-kind"),
        PartError::Empty => CommandError::new("error-sensitive-empty"),
        PartError::TooLong => {
            let max = vec![("max", PART_CHARS_MAX.to_string())];
            CommandError::with("error-sensitive-long", max)
        }
    }
    .misuse()
}
