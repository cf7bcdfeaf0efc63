//! Reading values of the closed lists as people type them: a number of the menu that was shown, a key, a label or another
//! word in any language, several at once, with the other keyboard layout switched on. What means several things, or nearly
//! something, is asked about; nothing is guessed.

use super::{
    answers::AnswerError,
    unclear::{Candidate, Label, Unclear, Why},
    vocabulary::{Act, ActGroup, Vocabulary},
};
use crate::text::{Lexicon, fold, nearest, other_layouts};

/// Reads one value of a list: its place among `shown` counted from 1, its key, its label, or another word for it.
///
/// # Errors
/// [`AnswerError::Unclear`] with the values that are meant or near, or [`AnswerError::NotInList`] where none is near.
pub fn parse_one<V: Vocabulary>(text: &str, shown: &[V]) -> Result<V, AnswerError> {
    let text = text.trim();
    let by_number = number(text).and_then(|number| shown.get(number.checked_sub(1)?));
    by_number.copied().map_or_else(|| by_words(text, shown), Ok)
}

/// Reads values of a list with commas, semicolons or words such as "and" between them; numbers also with spaces.
///
/// # Errors
/// As [`parse_one`], of the first part that is not clear; the answers that it offers hold the other parts too.
pub fn parse_several<V: Vocabulary>(text: &str, shown: &[V]) -> Result<Vec<V>, AnswerError> {
    several(text, |part| parse_one(part, shown))
}

/// Reads what was done: words as [`parse_several`] does, and numbers of the first menu, each of which opens another.
///
/// # Errors
/// As [`parse_several`].
pub fn parse_acts(text: &str) -> Result<Vec<Act>, AnswerError> {
    several(text, parse_act)
}

fn parse_act(text: &str) -> Result<Act, AnswerError> {
    let text = text.trim();
    let opened = |group: ActGroup| Err(choice(Why::Group, text, group.acts()));
    if let Some(number) = number(text) {
        let group = number.checked_sub(1).and_then(|at| ActGroup::ALL.get(at));
        return group
            .copied()
            .map_or_else(|| Err(not_in_list(text)), opened);
    }
    let act = by_words(text, Act::ALL);
    if is_understood(&act) {
        return act;
    }
    match meant(text, ActGroup::ALL).as_slice() {
        [group] => opened(*group),
        _ => act,
    }
}

/// Asks which of these values is meant.
pub(super) fn choice<V: Vocabulary>(why: Why, part: &str, values: &[V]) -> AnswerError {
    let candidates = values.iter().map(|value| Candidate {
        answer: value.key().into_owned(),
        label: Label::Message(value.message_id()),
    });
    Unclear::about(why, part, candidates.collect()).into()
}

fn not_in_list(text: &str) -> AnswerError {
    AnswerError::NotInList {
        part: text.to_owned(),
    }
}

fn number(text: &str) -> Option<usize> {
    text.trim_end_matches(['.', ')']).parse().ok()
}

/// As it was typed, then as it would read had the layout been switched.
fn readings(text: &str) -> impl Iterator<Item = String> {
    core::iter::once(text.to_owned()).chain(other_layouts(text))
}

fn by_words<V: Vocabulary>(text: &str, shown: &[V]) -> Result<V, AnswerError> {
    for reading in readings(text) {
        match meant(&reading, shown).as_slice() {
            [] => {}
            [value] => return Ok(*value),
            values => return Err(choice(Why::Ambiguous, text, values)),
        }
    }
    let lexicon = Lexicon::shipped();
    for reading in readings(text) {
        let names = shown.iter().flat_map(|value| {
            let names = lexicon.names_of(&value.message_id());
            names.into_iter().map(|name| (name, *value))
        });
        let near = nearest(&reading, names);
        if !near.is_empty() {
            return Err(choice(Why::Nearest, text, &near));
        }
    }
    Err(not_in_list(text))
}

/// The values that a word may mean. A key and a label mean their value alone, whatever else the word may stand for.
fn meant<V: Vocabulary>(text: &str, shown: &[V]) -> Vec<V> {
    let lexicon = Lexicon::shipped();
    let key = fold(text);
    let is_its_own =
        |value: &&V| fold(&value.key()) == key || lexicon.is_label(text, &value.message_id());
    if let Some(value) = shown.iter().find(is_its_own) {
        return vec![*value];
    }
    let named = |value: &&V| lexicon.is_typed_name(text, &value.message_id());
    shown.iter().filter(named).copied().collect()
}

/// Whether it is clear what somebody talks about, if not yet which of it.
fn is_understood<V>(read: &Result<V, AnswerError>) -> bool {
    clearness(read) >= Clearness::Meant
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Clearness {
    Nothing,
    Near,
    Meant,
    Clear,
}

fn clearness<V>(read: &Result<V, AnswerError>) -> Clearness {
    match read {
        Ok(_) => Clearness::Clear,
        Err(AnswerError::Unclear(unclear)) if unclear.why == Why::Nearest => Clearness::Near,
        Err(AnswerError::Unclear(_)) => Clearness::Meant,
        Err(_) => Clearness::Nothing,
    }
}

/// Reads the parts of an answer. In another layout, the keys of commas and semicolons write letters: so the whole is also
/// read as it would be there, and what is clearest is taken; as it was typed, where nothing is clearer.
fn several<V: Copy + PartialEq>(
    text: &str,
    one: impl Fn(&str) -> Result<V, AnswerError>,
) -> Result<Vec<V>, AnswerError> {
    let typed = parts(text, &one);
    if typed.is_ok() {
        return typed;
    }
    // A comma before a space was meant as one, on whatever layout.
    let apart: Vec<String> = text
        .split(", ")
        .map(|part| {
            other_layouts(part)
                .into_iter()
                .next()
                .unwrap_or(part.to_owned())
        })
        .collect();
    let others = other_layouts(text).into_iter().chain([apart.join(", ")]);
    // Of two that are as clear, the one that is less cut up: a cut within a word leaves pieces that are near to something.
    let rank = |reading: &str, read: &Result<Vec<V>, AnswerError>| {
        let cuts = reading.matches([',', ';']).count();
        (clearness(read), core::cmp::Reverse(cuts))
    };
    let best = (rank(text, &typed), typed);
    let (_, best) = others.fold(best, |best, reading| {
        let read = parts(&reading, &one);
        let other = rank(&reading, &read);
        let is_clearer = other > best.0 && other.0 > Clearness::Nothing;
        if is_clearer { (other, read) } else { best }
    });
    best
}

fn parts<V: Copy + PartialEq>(
    text: &str,
    one: &impl Fn(&str) -> Result<V, AnswerError>,
) -> Result<Vec<V>, AnswerError> {
    let numbers_only = text
        .chars()
        .all(|c| c.is_ascii_digit() || c.is_whitespace() || c == ',' || c == ';');
    let parts: Vec<String> = text
        .split(|c: char| matches!(c, ',' | ';' | '\n') || (numbers_only && c.is_whitespace()))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .flat_map(|part| unjoined(part, one))
        .collect();
    let mut values = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let value = one(part).map_err(|error| match error {
            AnswerError::Unclear(unclear) => {
                let (before, after) = parts.split_at(at);
                let after = after.get(1..).unwrap_or_default();
                let (before, after) = (before.join(", "), after.join(", "));
                unclear.within(&before, &after).into()
            }
            other => other,
        })?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

/// "A search and an arrest" is two parts, unless the whole is the name of one thing.
fn unjoined<V>(part: &str, one: &impl Fn(&str) -> Result<V, AnswerError>) -> Vec<String> {
    let whole = one(part);
    if is_understood(&whole) {
        return vec![part.to_owned()];
    }
    let split = split_at_and(part);
    let all = split.iter().all(|part| is_understood(&one(part)));
    if all || clearness(&whole) == Clearness::Nothing {
        return split;
    }
    vec![part.to_owned()]
}

/// The parts of a text between words that mean "and".
pub(super) fn split_at_and(text: &str) -> Vec<String> {
    let and = Lexicon::shipped().names_of("word-and");
    let text = text.replace('&', " & ").replace('+', " + ");
    let mut parts = vec![Vec::new()];
    for word in text.split_whitespace() {
        if and.contains(&fold(word)) {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(word);
        }
    }
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.map(|part| part.join(" ")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
    use std::collections::BTreeSet;

    use super::{
        super::vocabulary::{
            ConsentGiver, Naming, Need, Share, Source, Timing, Urgency, every_number,
        },
        *,
    };
    use crate::text::{Language, Messages};

    fn asked(text: &str) -> Unclear {
        match parse_acts(text) {
            Err(AnswerError::Unclear(unclear)) => *unclear,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn keys(unclear: &Unclear) -> Vec<&str> {
        unclear
            .candidates
            .iter()
            .map(|one| one.answer.as_str())
            .collect()
    }

    #[test]
    fn peoples_words_are_acts() {
        use Act::*;
        for (texts, acts) in [
            (
                &[
                    "detained",
                    "Detained.",
                    "taken away",
                    "задержали",
                    "Задержан",
                    "забрали",
                    "винтят",
                    "затрымалі",
                    "затрыманне",
                    "задержание",
                    "arbitrary_arrest",
                    "pflth;fkb",
                    "PFLTH;FKB",
                    "pfnhsvfkb",
                    "вуефштув",
                ][..],
                &[ArbitraryArrest][..],
            ),
            (
                &[
                    "raid",
                    "search",
                    "обыск",
                    "маски-шоу",
                    "маски шоу",
                    "личный досмотр",
                    "ператрус",
                    "j,scr",
                    "обыск или изъятие",
                ],
                &[SearchOrSeizure],
            ),
            (
                &[
                    "beaten",
                    "beaten up",
                    "избили",
                    "избиение",
                    "збілі",
                    "bp,bkb",
                ],
                &[PhysicalAttack],
            ),
            (
                &[
                    "допрос",
                    "вызвали",
                    "выклік",
                    "допыт",
                    "interrogation",
                    "summons",
                    "dsrkbr",
                ],
                &[SummonsOrInterrogation],
            ),
            (
                &["сутки", "дали сутки", "суткі", "15 суток"],
                &[AdministrativeArrest],
            ),
            (
                &["химия", "хімія", "приговор", "sentenced"],
                &[ConvictionOrSentence],
            ),
            (
                &["домашняя химия", "house arrest"],
                &[RestrictionWithoutCustody],
            ),
            (
                &["в сизо", "remand", "заключение под стражу"],
                &[PreTrialDetention],
            ),
            (&["шизо", "solitary"], &[PunitiveIsolation]),
            (&["покаялка"], &[ForcedConfession]),
            (
                &[
                    "обыск и задержание",
                    "обыск, задержание",
                    "search and detained",
                    "обыск + задержали",
                    "raid & detained",
                    "ператрус і затрыманне",
                    "обыск; задержали",
                    "обыск\nзадержание",
                    "j,scr b pflth;fybt",
                    "j,scr? pflth;fkb",
                    "j,scr, pflth;fkb",
                    "кфшв фтв вуефштув",
                ],
                &[SearchOrSeizure, ArbitraryArrest],
            ),
            (
                &[
                    "пришли с обыском, избили и забрали",
                    "raid, beaten and taken",
                ],
                &[SearchOrSeizure, PhysicalAttack, ArbitraryArrest],
            ),
            // A word for "and" inside the name of one thing divides nothing.
            (
                &["преследование через суд и следствие"],
                &[JudicialHarassment],
            ),
            (&["other", "другое", "something else", "іншае"], &[Other]),
        ] {
            for text in texts {
                assert_eq!(parse_acts(text).as_deref(), Ok(acts), "{text}");
            }
        }
    }

    #[test]
    fn a_word_for_several_things_is_asked_about() {
        let arrests = [
            "arbitrary_arrest",
            "administrative_arrest",
            "pre_trial_detention",
        ];
        for text in [
            "арест",
            "арестовали",
            "Arrest",
            "arrested",
            "арышт",
            "fhtcn",
            "фккуые",
        ] {
            let unclear = asked(text);
            assert_eq!(
                (unclear.why, keys(&unclear)),
                (Why::Ambiguous, arrests.to_vec()),
                "{text}"
            );
        }
        // The other parts are kept, and several may be meant.
        let unclear = asked("обыск и арест");
        let meant = unclear.answer("2").unwrap();
        assert_eq!(
            parse_acts(&meant),
            Ok(vec![Act::SearchOrSeizure, Act::AdministrativeArrest])
        );
        let both = unclear.answer("1, 3").unwrap();
        assert_eq!(
            parse_acts(&both),
            Ok(vec![
                Act::SearchOrSeizure,
                Act::ArbitraryArrest,
                Act::PreTrialDetention
            ])
        );
        assert_eq!(unclear.answer("1, 9"), None);
        assert_eq!(asked("взлом").candidates.len(), 2);
    }

    #[test]
    fn what_is_near_is_asked_about_on_either_layout() {
        for (text, key) in [
            ("задержалм", "arbitrary_arrest"),
            ("обысск", "search_or_seizure"),
            ("detaned", "arbitrary_arrest"),
            ("pflth;fkv", "arbitrary_arrest"),
            ("ператрусс", "search_or_seizure"),
        ] {
            let unclear = asked(text);
            assert_eq!(unclear.why, Why::Nearest, "{text}");
            assert!(keys(&unclear).contains(&key), "{text}: {unclear:?}");
        }
        for text in [
            "dancing",
            "танцы",
            "нет",
            "99",
            "0",
            "1000000000000000000000000",
            "?",
            "逮捕",
        ] {
            assert!(
                matches!(parse_acts(text), Err(AnswerError::NotInList { .. })),
                "{text}: {:?}",
                parse_acts(text)
            );
        }
    }

    #[test]
    fn numbers_of_the_first_menu_open_another() {
        let mut reached = BTreeSet::new();
        for (at, group) in ActGroup::ALL.iter().enumerate() {
            let acts = group.acts();
            assert!((1..=6).contains(&acts.len()), "{group:?}");
            let unclear = asked(&(at + 1).to_string());
            assert_eq!(unclear.why, Why::Group);
            for (number, act) in acts.iter().enumerate() {
                let meant = unclear.answer(&(number + 1).to_string()).unwrap();
                assert_eq!(parse_acts(&meant).as_deref(), Ok(&[*act][..]));
                reached.insert(*act);
            }
        }
        let unreached: Vec<_> = Act::ALL
            .iter()
            .filter(|act| !reached.contains(act))
            .collect();
        assert!(unreached.is_empty(), "in no menu: {unreached:?}");
        // Two groups open one after the other.
        let first = asked("1 2");
        let second = asked(&first.answer("1").unwrap());
        assert_eq!(
            parse_acts(&second.answer("1").unwrap()),
            Ok(vec![Act::ArbitraryArrest, Act::SearchOrSeizure])
        );
    }

    /// Every word that stands in a file leads where it stands, as it is and on the other layout.
    #[test]
    fn every_word_finds_its_act() {
        let lexicon = Lexicon::shipped();
        let mut words = BTreeSet::new();
        for act in Act::ALL {
            for name in lexicon.names_of(&act.message_id()) {
                assert!(!name.is_empty(), "{act:?} has an empty word");
                words.insert((name, *act));
            }
        }
        assert!(words.len() > 900, "{}", words.len());
        for (word, act) in &words {
            let found = |typed: &str| match parse_acts(typed) {
                Ok(acts) => acts == [*act],
                Err(AnswerError::Unclear(unclear)) => {
                    unclear.why == Why::Ambiguous && keys(&unclear).contains(&act.key().as_ref())
                }
                Err(_) => false,
            };
            // A word of one thing may be the label of another, which then is meant.
            let label = Act::ALL
                .iter()
                .any(|other| other != act && lexicon.is_label(word, &other.message_id()));
            assert!(
                label || found(word),
                "{word}: {act:?} {:?}",
                parse_acts(word)
            );
        }
        for word in [
            "задержали",
            "обыск",
            "избили",
            "допрос",
            "сутки",
            "винтят",
            "угрозы",
            "пытки",
            "суд",
            "шизо",
            "розыск",
        ] {
            let typed = other_layouts(word).remove(0);
            assert_eq!(parse_acts(&typed), parse_acts(word), "{typed}");
        }
    }

    #[test]
    fn other_lists_are_read_on_either_layout_and_in_belarusian() {
        assert_eq!(parse_one("dscjrfz", Urgency::ALL), Ok(Urgency::High));
        assert_eq!(parse_one("тэрмінова", Urgency::ALL), Ok(Urgency::High));
        assert_eq!(parse_one("цяпер", Timing::ALL).ok(), None);
        assert_eq!(parse_one("працягваецца", Timing::ALL), Ok(Timing::Ongoing));
        assert_eq!(parse_one("rjkktuf", Source::ALL), Ok(Source::Colleague));
        assert_eq!(parse_one("псеўданім", Naming::ALL), Ok(Naming::Pseudonym));
        assert_eq!(
            parse_one("fldjrfn", ConsentGiver::ALL),
            Ok(ConsentGiver::Lawyer)
        );
        assert_eq!(
            parse_several("адвокат и врач, деньги", Need::ALL),
            Ok(vec![Need::Lawyer, Need::Medical, Need::Money])
        );
        assert_eq!(
            parse_several("2 and 6", Share::ALL),
            Ok(vec![Share::Organisations, Share::Name])
        );
    }

    /// Of one question, in one language, no two choices read the same.
    #[test]
    fn no_two_choices_read_the_same() {
        for language in Language::ALL {
            let words = Messages::new(language, &[]);
            let mut of_question_one = BTreeSet::new();
            for (list, values) in every_number() {
                let mut of_list = BTreeSet::new();
                for (_, key) in values {
                    let id = format!("{list}-{}", key.replace('_', "-"));
                    let label = fold(&words.plain(&id));
                    assert!(of_list.insert(label.clone()), "{id}: {label}");
                    if list.starts_with("act") {
                        assert!(of_question_one.insert(label.clone()), "{id}: {label}");
                    }
                }
            }
        }
    }
}
