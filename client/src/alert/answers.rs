//! Reading what people type: numbers from a list that was shown, keys, or labels in any language.
//! The questions of a flash, the flags and the templates all read through here.

use super::{
    AlertError, Victim,
    country::{Country, NotACountry},
    unclear::{Candidate, Label, Unclear, Why},
    vocabulary::{Naming, Vocabulary},
};
use crate::text::{Lexicon, fold, nearest};

pub use super::{places::parse_place, times::parse_when};

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

/// Reads one value of a list: its place among `shown` counted from 1, its key, or its label.
///
/// # Errors
/// [`AnswerError::Unclear`] with the nearest values, or [`AnswerError::NotInList`] where none is near.
pub fn parse_one<V: Vocabulary>(text: &str, shown: &[V]) -> Result<V, AnswerError> {
    let text = text.trim().trim_end_matches(['.', ')']);
    let by_number = text
        .parse::<usize>()
        .ok()
        .and_then(|number| shown.get(number.checked_sub(1)?).copied());
    let folded = fold(text);
    by_number
        .or_else(|| {
            shown
                .iter()
                .copied()
                .find(|value| fold(&value.key()) == folded)
        })
        .or_else(|| {
            shown
                .iter()
                .copied()
                .find(|value| Lexicon::shipped().is_name(text, &value.message_id()))
        })
        .ok_or_else(|| near_one(text, shown))
}

/// The values whose names are near to what is in no list.
fn near_one<V: Vocabulary>(text: &str, shown: &[V]) -> AnswerError {
    let lexicon = Lexicon::shipped();
    let names = shown.iter().flat_map(|value| {
        let names = lexicon.names_of(&value.message_id());
        names.into_iter().map(|name| (name, *value))
    });
    let near = nearest(text, names);
    if near.is_empty() {
        let part = text.to_owned();
        return AnswerError::NotInList { part };
    }
    choice(Why::Nearest, text, &near)
}

/// Asks which of these values is meant.
pub(super) fn choice<V: Vocabulary>(why: Why, part: &str, values: &[V]) -> AnswerError {
    let candidates = values.iter().map(|value| Candidate {
        answer: value.key().into_owned(),
        label: Label::Message(value.message_id()),
    });
    let unclear = Unclear {
        why,
        part: part.to_owned(),
        candidates: candidates.collect(),
    };
    unclear.into()
}

/// Reads values of a list separated by commas or semicolons; numbers also by spaces.
///
/// # Errors
/// [`AnswerError::NotInList`] with the first part that is not one, [`AnswerError::Unclear`] with the first that is not
/// clear.
pub fn parse_several<V: Vocabulary>(text: &str, shown: &[V]) -> Result<Vec<V>, AnswerError> {
    let numbers_only = text
        .chars()
        .all(|c| c.is_ascii_digit() || c.is_whitespace() || c == ',' || c == ';');
    let parts: Vec<&str> = text
        .split(|c: char| matches!(c, ',' | ';') || (numbers_only && c.is_whitespace()))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let mut values = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let value = parse_one(part, shown).map_err(|error| match error {
            AnswerError::Unclear(unclear) => {
                let whole = |meant: &str| {
                    let (before, after) = (parts.iter().take(at), parts.iter().skip(at).skip(1));
                    let all = before.copied().chain([meant]).chain(after.copied());
                    all.collect::<Vec<_>>().join(", ")
                };
                unclear.within(whole).into()
            }
            other => other,
        })?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

/// Reads a country alone.
///
/// # Errors
/// [`AnswerError::Unclear`] with the nearest, or [`AnswerError::NoCountry`] where none is near.
pub fn parse_country(text: &str) -> Result<Country, AnswerError> {
    Country::parse(text).map_err(|NotACountry| {
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
        let why = Why::Nearest;
        Unclear {
            why,
            part,
            candidates,
        }
        .into()
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

/// Whether somebody wants a text cut off where it is too long.
#[must_use]
pub fn is_cut(text: &str) -> bool {
    Lexicon::shipped().is_name(text, "word-cut")
}

/// Reads whom an alert is about: nothing or "withheld", a name, "initials: A. B.", "pseudonym: …".
///
/// # Errors
/// [`AnswerError::NoName`] for a word such as "pseudonym" with nothing after it.
pub fn parse_victim(text: &str) -> Result<Victim, AnswerError> {
    let text = text.trim();
    let named = |naming, reference: &str| Victim {
        naming,
        reference: reference.trim().to_owned(),
        ..Victim::default()
    };
    if text.is_empty() || Lexicon::shipped().is_name(text, "word-withheld") {
        return Ok(Victim::default());
    }
    if let Ok(naming) = parse_one(text, Naming::ALL) {
        return match naming {
            Naming::Withheld => Ok(Victim::default()),
            _ => Err(AnswerError::NoName),
        };
    }
    if let Some((head, rest)) = text.split_once([':', ' '])
        && let Ok(naming) = parse_one(head, Naming::ALL)
    {
        return match (naming, rest.trim()) {
            (_, "") => Err(AnswerError::NoName),
            // "2 withheld"? Whoever mentions withholding and a name is asked again.
            (Naming::Withheld, rest) => Err(AnswerError::OnlyOne {
                part: format!("{head}, {rest}"),
            }),
            (naming, rest) => Ok(named(naming, rest)),
        };
    }
    let initials = text.contains('.')
        && text
            .split(|c: char| c == '.' || c.is_whitespace())
            .all(|part| part.chars().count() <= 1);
    Ok(if initials {
        named(Naming::Initials, text)
    } else {
        named(Naming::Name, text)
    })
}
