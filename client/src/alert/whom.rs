//! Reading to whom it was done: a name or several, initials, a pseudonym, or that it is withheld. A number of people is no
//! name, and is asked about.

use super::{
    Victim,
    answers::AnswerError,
    listed::{parse_one, split_at_and},
    unclear::{Candidate, Label, Unclear, Why},
    vocabulary::{Naming, Subject, Vocabulary},
};
use crate::text::{Lexicon, fold};

/// The answer to question 2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whom {
    /// How they are named.
    pub victim: Victim,
    /// A group where several were named; otherwise nobody said.
    pub subject: Subject,
}

/// Reads whom an alert is about: nothing or "withheld", names with commas, line breaks or "and" between them, "initials:
/// A. B.", "pseudonym: …". All names of several are kept, in the order in which they were typed.
///
/// # Errors
/// [`AnswerError::NoName`] for a word such as "pseudonym" with nothing after it; [`AnswerError::Unclear`] for a number of
/// people.
pub fn parse_victim(text: &str) -> Result<Whom, AnswerError> {
    let text = text.trim();
    let lexicon = Lexicon::shipped();
    if text.is_empty() || lexicon.is_name(text, "word-withheld") {
        return Ok(Whom::default());
    }
    if Subject::from_key(&fold(text)) == Some(Subject::Group) {
        return Ok(Whom {
            subject: Subject::Group,
            ..Whom::default()
        });
    }
    if is_a_number_of_people(text) {
        let candidates = vec![Candidate {
            answer: Subject::Group.key().into_owned(),
            label: Label::Message("unclear-group-unnamed".to_owned()),
        }];
        return Err(Unclear::about(Why::NoName, text, candidates).into());
    }
    if let Ok(naming) = parse_one(text, Naming::ALL) {
        return match naming {
            Naming::Withheld => Ok(Whom::default()),
            _ => Err(AnswerError::NoName),
        };
    }
    if let Some((head, rest)) = text.split_once([':', ' '])
        && let Ok(naming) = parse_one(head, Naming::ALL)
    {
        return match (naming, rest.trim()) {
            (_, "") => Err(AnswerError::NoName),
            // "2 withheld"? Whoever mentions withholding and a name is asked again.
            (Naming::Withheld, rest) => Err(only_one(&format!("{head}, {rest}"))),
            (naming, rest) => Ok(named(naming, rest)),
        };
    }
    let withheld = |name: &String| lexicon.is_name(name, "word-withheld");
    let names = names(text);
    if names.iter().any(withheld) {
        return Err(only_one(text));
    }
    let naming = if names.iter().all(|name| is_initials(name)) {
        Naming::Initials
    } else {
        Naming::Name
    };
    Ok(named(naming, text))
}

fn only_one(part: &str) -> AnswerError {
    AnswerError::OnlyOne {
        part: part.to_owned(),
    }
}

fn named(naming: Naming, text: &str) -> Whom {
    let lines = text
        .lines()
        .map(|line| line.trim().trim_end_matches([',', ';']));
    let reference: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    Whom {
        victim: Victim {
            naming,
            reference: reference.join(", "),
            ..Victim::default()
        },
        subject: if are_several(text) {
            Subject::Group
        } else {
            Subject::NotSaid
        },
    }
}

fn names(text: &str) -> Vec<String> {
    text.split([',', ';', '\n'])
        .flat_map(split_at_and)
        .collect()
}

/// Whether these are names of several people. "Surname, Name" is one, and so is "Law and freedom".
fn are_several(text: &str) -> bool {
    let names = names(text);
    let all_are_names = names.iter().all(|name| {
        let first = name.chars().find(|c| c.is_alphanumeric());
        first.is_some_and(|first| !first.is_lowercase()) && !name.contains(['«', '"', '“'])
    });
    let whole = |name: &String| name.split_whitespace().count() > 1;
    let joined = text.lines().count() > 1
        || text
            .split([',', ';'])
            .any(|part| split_at_and(part).len() > 1);
    match names.len() {
        0 | 1 => false,
        2 => all_are_names && (joined || names.iter().all(whole)),
        _ => all_are_names,
    }
}

fn is_initials(text: &str) -> bool {
    text.contains('.')
        && text
            .split(|c: char| c == '.' || c.is_whitespace())
            .all(|part| part.chars().count() <= 1)
}

/// "2 people", "несколько человек", "двое активистов": nothing in it is a name, and it is more than a number.
fn is_a_number_of_people(text: &str) -> bool {
    let lexicon = Lexicon::shipped();
    let is_such = |word: &str| {
        ["word-several", "word-people"]
            .iter()
            .any(|id| lexicon.is_name(word, id))
    };
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | '~'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.iter().any(|word| is_such(word))
        && words
            .iter()
            .all(|word| word.parse::<u32>().is_ok() || is_such(word))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn all_names_of_several_are_kept() {
        for (text, naming, reference, subject) in [
            (
                "Алена Прыкладная",
                Naming::Name,
                "Алена Прыкладная",
                Subject::NotSaid,
            ),
            (
                "Алена Прыкладная, Ян Пример",
                Naming::Name,
                "Алена Прыкладная, Ян Пример",
                Subject::Group,
            ),
            (
                "Алена Прыкладная\nЯн Пример,\n\nNina Sample",
                Naming::Name,
                "Алена Прыкладная, Ян Пример, Nina Sample",
                Subject::Group,
            ),
            ("Алена и Ян", Naming::Name, "Алена и Ян", Subject::Group),
            (
                "Anna and Jan Sample",
                Naming::Name,
                "Anna and Jan Sample",
                Subject::Group,
            ),
            ("Алена і Ян", Naming::Name, "Алена і Ян", Subject::Group),
            (
                "Прыкладная, Алена",
                Naming::Name,
                "Прыкладная, Алена",
                Subject::NotSaid,
            ),
            (
                "Алена, Ян, Нина",
                Naming::Name,
                "Алена, Ян, Нина",
                Subject::Group,
            ),
            (
                "Право и свобода",
                Naming::Name,
                "Право и свобода",
                Subject::NotSaid,
            ),
            (
                "А. П., Я. П.",
                Naming::Initials,
                "А. П., Я. П.",
                Subject::Group,
            ),
            (
                "псевдоним: Ласточка, Сокол, Чиж",
                Naming::Pseudonym,
                "Ласточка, Сокол, Чиж",
                Subject::Group,
            ),
            ("group", Naming::Withheld, "", Subject::Group),
        ] {
            let whom = parse_victim(text).unwrap();
            assert_eq!(
                (
                    whom.victim.naming,
                    whom.victim.reference.as_str(),
                    whom.subject
                ),
                (naming, reference, subject),
                "{text}"
            );
        }
        assert!(matches!(
            parse_victim("Алена Прыкладная, не указывать"),
            Err(AnswerError::OnlyOne { .. })
        ));
    }

    #[test]
    fn a_number_of_people_is_no_name() {
        for text in [
            "2 человека",
            "5 чел.",
            "несколько человек",
            "двое",
            "трое активистов",
            "3-4 человека",
            "2 people",
            "Several people",
            "two journalists",
            "двое мужчин",
            "2 чалавекі",
            "некалькі чалавек",
            "много людей",
        ] {
            let Err(AnswerError::Unclear(unclear)) = parse_victim(text) else {
                panic!("{text}");
            };
            assert_eq!((unclear.why, unclear.part.as_str()), (Why::NoName, text));
            let meant = parse_victim(&unclear.answer("1").unwrap()).unwrap();
            assert_eq!(
                (meant.victim, meant.subject),
                (Victim::default(), Subject::Group)
            );
            assert_eq!(
                unclear.answer("Алена Прыкладная").as_deref(),
                Some("Алена Прыкладная")
            );
        }
        for name in ["Людмила", "Иван Человеков", "Мария Много"] {
            assert!(parse_victim(name).is_ok(), "{name}");
        }
    }
}
