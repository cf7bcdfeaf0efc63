//! An answer that raises a question of its own: it means several things, or none but there are near ones, or says a
//! place and no country. Nothing is chosen for anybody: whoever sits there is asked, and a script is told what to write.

use super::{Place, answers::AnswerError, country::Country};
use crate::text::Lexicon;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// Why it is asked.
    pub why: Why,
    /// What was typed.
    pub part: String,
    /// What may be meant.
    pub candidates: Vec<Candidate>,
}

/// Why an answer is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It means several things.
    Ambiguous,
    /// It means nothing here; these are near.
    Nearest,
    /// It is a group of things; this is what is in it.
    Group,
    /// It is a number of people and no name.
    NoName,
    /// It is a place, and its country was not said. The country may be answered as it is.
    Country,
}

/// One thing that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The answer to the question that means this and nothing else.
    pub answer: String,
    /// What people read.
    pub label: Label,
}

/// How a candidate reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// As it is to be answered.
    Answer,
    /// A message of the library.
    Message(String),
    /// A message of the library about a day or a place, which is its `$what`.
    About(&'static str, String),
    /// A place.
    Place(Place),
}

impl Unclear {
    /// The answer to the first question that is meant by what was typed to this one: numbers of the list, a yes to
    /// an only candidate, or another answer. `None` for a number that is not in the list, and for nothing: it is asked
    /// again.
    #[must_use]
    pub fn answer(&self, typed: &str) -> Option<String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.' | ')');
        if typed.chars().all(|c| c.is_ascii_digit() || apart(c)) {
            let numbers = typed.split(apart).filter(|part| !part.is_empty());
            let meant: Option<Vec<&str>> = numbers
                .map(|number| {
                    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
                    Some(self.candidates.get(index)?.answer.as_str())
                })
                .collect();
            return meant
                .filter(|meant| !meant.is_empty())
                .map(|meant| meant.join(", "));
        }
        let is_yes = super::answers::parse_yes_no(typed) == Some(true);
        if let (true, Some(first)) = (is_yes, self.candidates.first()) {
            return Some(first.answer.clone());
        }
        if self.why == Why::Country {
            let is_unknown = Lexicon::shipped().is_name(typed, "word-unknown");
            if is_unknown || Country::parse(typed).is_ok() {
                return Some(format!("{typed}, {}", self.part));
            }
        }
        Some(typed.to_owned())
    }

    /// The same question about a whole answer, of which the part is one: in the candidates, `put` puts it back.
    #[must_use]
    pub(crate) fn within(mut self, put: impl Fn(&str) -> String) -> Self {
        for candidate in &mut self.candidates {
            candidate.answer = put(&candidate.answer);
        }
        self
    }
}

impl From<Unclear> for AnswerError {
    fn from(unclear: Unclear) -> Self {
        Self::Unclear(Box::new(unclear))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::{
        super::{
            answers::parse_several,
            vocabulary::{Act, Vocabulary as _},
        },
        *,
    };

    fn unclear(error: AnswerError) -> Unclear {
        match error {
            AnswerError::Unclear(unclear) => *unclear,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_near_word_is_asked_about_and_the_other_words_are_kept() {
        for text in ["пытки, обысск, угроза", "1 ; serach,6"] {
            let asked = unclear(parse_several(text, Act::ALL).unwrap_err());
            assert_eq!(asked.why, Why::Nearest);
            let meant = asked.answer("1").unwrap();
            let acts = parse_several(&meant, Act::ALL).unwrap();
            assert_eq!(acts.len(), 3, "{meant}");
            assert_eq!(acts.get(1), Some(&Act::SearchOrSeizure), "{meant}");
            assert_eq!(asked.answer("да"), Some(meant));
            for nothing in ["", "0", "9", "99999999999999999999999", " "] {
                assert_eq!(asked.answer(nothing), None, "{nothing}");
            }
            assert_eq!(asked.answer("угроза").as_deref(), Some("угроза"));
        }
    }
}
