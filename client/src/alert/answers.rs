//! Reading what people type: numbers from a list that was shown, keys, or labels in any language.
//! The questions of a flash, the flags and the templates all read through here.

use super::{
    AlertError,
    country::{Country, NotACountry},
    unclear::{Candidate, Label, Unclear, Why},
};
use crate::text::Lexicon;

pub use super::{
    listed::{parse_acts, parse_one, parse_several},
    places::parse_place,
    times::parse_when,
    whom::{Whom, parse_victim},
};

/// An answer that was not understood, or cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The question has no default.
    #[error("this question needs an answer")]
    Required,
    /// Not in the list.
    #[error("not in the list: {part}")]
    NotInList {
        /// What was typed.
        part: String,
    },
    /// Not a date or a time.
    #[error("not a date or a time: {part}")]
    NotATime {
        /// What was typed.
        part: String,
    },
    /// No country is called this.
    #[error("no country: {part}")]
    NoCountry {
        /// What was typed.
        part: String,
    },
    /// It says that a name follows, and none does.
    #[error("a name is announced and missing")]
    NoName,
    /// Two answers of which only one can hold.
    #[error("only one of these can hold: {part}")]
    OnlyOne {
        /// What was typed.
        part: String,
    },
    /// It raises a question of its own.
    #[error("not clear: {}", .0.part)]
    Unclear(Box<Unclear>),
    /// It breaks a rule of the alert.
    #[error(transparent)]
    Rule(#[from] AlertError),
}

/// Reads a country where nothing but one can be said: there a code in small letters is no word.
///
/// # Errors
/// [`AnswerError::Unclear`] with the nearest, or [`AnswerError::NoCountry`] where none is near.
pub fn parse_country(text: &str) -> Result<Country, AnswerError> {
    let code = text.trim().to_ascii_uppercase();
    let read = Country::parse(text).or_else(|_| Country::parse(&code));
    read.map_err(|NotACountry| {
        let part = text.trim().to_owned();
        let near = Country::nearest(text).into_iter();
        let candidates: Vec<Candidate> = near
            .map(|country| Candidate {
                answer: country.first_name(),
                label: Label::Message(country.message_id()),
            })
            .collect();
        if candidates.is_empty() {
            return AnswerError::NoCountry { part };
        }
        Unclear::about(Why::Nearest, &part, candidates).into()
    })
}

/// Reads a yes or a no in any language; `None` for anything else.
#[must_use]
pub fn parse_yes_no(text: &str) -> Option<bool> {
    let lexicon = Lexicon::shipped();
    if lexicon.is_name(text, "word-yes") {
        return Some(true);
    }
    lexicon.is_name(text, "word-no").then_some(false)
}

/// What can be typed in place of an answer, alone on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// To the question before.
    Back,
    /// What can be typed.
    Help,
}

/// Reads such a word in any language; `None` for an answer.
#[must_use]
pub fn parse_aside(text: &str) -> Option<Aside> {
    let lexicon = Lexicon::shipped();
    if lexicon.is_name(text, "word-back") {
        return Some(Aside::Back);
    }
    lexicon.is_name(text, "word-help").then_some(Aside::Help)
}

/// Reads whether something was told by somebody else: a number of the two, or a word. Nothing is no.
///
/// # Errors
/// [`AnswerError::NotInList`].
pub fn parse_about(text: &str) -> Result<bool, AnswerError> {
    let (text, lexicon) = (text.trim(), Lexicon::shipped());
    match text.trim_end_matches(['.', ')']) {
        "" | "1" => return Ok(false),
        "2" => return Ok(true),
        _ => {}
    }
    if lexicon.is_name(text, "word-myself") {
        return Ok(false);
    }
    if lexicon.is_name(text, "word-another") {
        return Ok(true);
    }
    let part = text.to_owned();
    Err(AnswerError::NotInList { part })
}

/// Whether somebody wants a text cut off where it is too long.
#[must_use]
pub fn is_cut(text: &str) -> bool {
    Lexicon::shipped().is_name(text, "word-cut")
}
