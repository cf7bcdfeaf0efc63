//! An answer that raises a question of its own: it means several things, or none but there are near ones, or says a
//! place and no country. Nothing is chosen for anybody: whoever sits there is asked, and a script is told what to write.

use super::{Place, answers::AnswerError, country::Country, listed::split_at_and};
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
    /// The rest of the answer that the part stood in, which stays whatever is typed to this.
    pub rest: Rest,
}

/// What stood before and behind a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    before: String,
    after: String,
}

impl Rest {
    /// The whole answer, with this in the part's place.
    fn around(&self, part: &str) -> String {
        joined(&[&self.before, part, &self.after])
    }
}

fn joined(parts: &[&str]) -> String {
    let said = parts.iter().filter(|part| !part.is_empty());
    said.copied().collect::<Vec<_>>().join(", ")
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
    /// Of a part that is the whole answer, until it is put [within](Self::within) one.
    pub(crate) fn about(why: Why, part: &str, candidates: Vec<Candidate>) -> Self {
        Self {
            why,
            part: part.to_owned(),
            candidates,
            rest: Rest::default(),
        }
    }

    /// The answer to the first question that is meant by what was typed to this one: numbers of the list, a yes to
    /// an only candidate, or other words for the part. `None` for a number that is not in the list, and for nothing: it is asked
    /// again.
    #[must_use]
    pub fn answer(&self, typed: &str) -> Option<String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        if let Some(numbers) = numbers(typed) {
            let meant = numbers.into_iter().map(|number| {
                let candidate = self.candidates.get(number.checked_sub(1)?)?;
                Some(candidate.answer.as_str())
            });
            let meant: Option<Vec<&str>> = meant.collect();
            return meant.map(|meant| meant.join(", "));
        }
        let is_yes = super::answers::parse_yes_no(typed) == Some(true);
        if let (true, Some(first)) = (is_yes, self.candidates.first()) {
            return Some(first.answer.clone());
        }
        if self.why == Why::Country {
            let is_unknown = Lexicon::shipped().is_name(typed, "word-unknown");
            if is_unknown || Country::parse(typed).is_ok() {
                return Some(self.rest.around(&format!("{typed}, {}", self.part)));
            }
        }
        Some(self.rest.around(typed))
    }

    /// The same question about a whole answer, of which the part is one.
    #[must_use]
    pub(crate) fn within(mut self, before: &str, after: &str) -> Self {
        for candidate in &mut self.candidates {
            candidate.answer = joined(&[before, &candidate.answer, after]);
        }
        self.rest = Rest {
            before: joined(&[before, &self.rest.before]),
            after: joined(&[&self.rest.after, after]),
        };
        self
    }
}

/// The numbers that a text is made of: with commas, spaces or words that mean "and" between them. A date such as `24.11` is none.
fn numbers(text: &str) -> Option<Vec<usize>> {
    let text = split_at_and(text).join(" ");
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let number = |part: &str| {
        let digits = part.trim_end_matches(['.', ')']);
        let is_one = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // No list has one that is larger than a number can be.
        is_one.then(|| digits.parse().unwrap_or(usize::MAX))
    };
    let numbers: Option<Vec<usize>> = parts.filter(|part| !part.is_empty()).map(number).collect();
    numbers.filter(|numbers| !numbers.is_empty())
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
            answers::{parse_acts, parse_several},
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
        }
    }

    #[test]
    fn another_word_stands_for_the_part_that_was_asked_about() {
        for (text, reply, acts) in [
            (
                "обыск и арест",
                "сутки",
                [Act::SearchOrSeizure, Act::AdministrativeArrest].as_slice(),
            ),
            (
                "search, arrest, threat",
                "remand and beaten",
                &[
                    Act::SearchOrSeizure,
                    Act::PreTrialDetention,
                    Act::PhysicalAttack,
                    Act::Threat,
                ],
            ),
            (
                "обыск и арест",
                "1 и 3",
                &[
                    Act::SearchOrSeizure,
                    Act::ArbitraryArrest,
                    Act::PreTrialDetention,
                ],
            ),
            // Who says all of it once more has said it once.
            (
                "обыск и арест",
                "обыск, домашний арест",
                &[Act::SearchOrSeizure, Act::RestrictionWithoutCustody],
            ),
            ("арест", "обыск", &[Act::SearchOrSeizure]),
        ] {
            let asked = unclear(parse_acts(text).unwrap_err());
            let meant = asked.answer(reply).unwrap();
            assert_eq!(parse_acts(&meant).as_deref(), Ok(acts), "{meant}");
        }
        // Nor is a word that is not understood the end of the rest.
        let asked = unclear(parse_acts("обыск и арест").unwrap_err());
        let again = unclear(parse_acts(&asked.answer("сутк").unwrap()).unwrap_err());
        assert_eq!(
            parse_acts(&again.answer("1").unwrap()),
            Ok(vec![Act::SearchOrSeizure, Act::AdministrativeArrest])
        );
    }

    #[test]
    fn a_date_is_no_number_of_a_list() {
        assert_eq!(numbers("1, 2"), Some(vec![1, 2]));
        assert_eq!(numbers("1) 2."), Some(vec![1, 2]));
        for text in ["24.11", "14:30", "two", "", ",", "and"] {
            assert_eq!(numbers(text), None, "{text}");
        }
    }
}
