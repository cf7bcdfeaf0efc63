//! Reading where something happened. A country is taken from whoever says it and from nobody else: a town that is known
//! leads to a question, and so does one that is not.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    Place,
    answers::AnswerError,
    country::Country,
    unclear::{Candidate, Label, Unclear, Why},
    vocabulary::PlacePrecision,
};
use crate::text::{Lexicon, fold, nearest};

/// Towns and regions that people name alone, in the order of the file.
const PLACES: &str = include_str!("../../i18n/places.txt");

/// No country and town together have more words.
const SIDE_BY_SIDE_WORDS_MAX: usize = 8;

/// More than the longest of what is written before a town's name.
const BEFORE_WORDS_MAX: usize = 4;

/// A place of the file, under one of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    name: &'static str,
    /// None where it is not for us to say.
    country: Option<Country>,
    is_region: bool,
}

static KNOWN: LazyLock<BTreeMap<String, Vec<Known>>> = LazyLock::new(|| {
    let mut known: BTreeMap<String, Vec<Known>> = BTreeMap::new();
    for line in PLACES.lines().filter(|line| !line.starts_with('#')) {
        let Some((lies, names)) = line.split_once(": ") else {
            continue;
        };
        let (code, is_region) = match lies.split_once('/') {
            Some((code, _)) => (code, true),
            None => (lies, false),
        };
        for name in names.split(';').map(str::trim) {
            let place = Known {
                name,
                country: Country::from_code(code).ok(),
                is_region,
            };
            let same = known.entry(fold(name)).or_default();
            if same.iter().all(|other| other.country != place.country) {
                same.push(place);
            }
        }
    }
    known
});

/// Reads where: a country and after a comma a town, and after another the rest of an address; or the town first and
/// the country last. A word such as "region" makes it a region. "unknown" stands for a country that is not said, and
/// alone for a place that is not; "withheld" gives nothing away. Nothing is `home`, where that is set: the question
/// says so.
///
/// # Errors
/// [`AnswerError::Unclear`] when the country is not said, or not clear.
pub fn parse_place(text: &str, home: Option<Country>) -> Result<Place, AnswerError> {
    let text = text.trim();
    if is_word(text, "word-withheld") {
        return Ok(Place {
            precision: PlacePrecision::Withheld,
            ..Place::default()
        });
    }
    let parts: Vec<&str> = text
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let Some((first, rest)) = parts.split_first() else {
        return Ok(place(home, String::new()));
    };
    if let Some(country) = said_country(first) {
        return Ok(place(country, rest.join(", ")));
    }
    if let Some((last, before)) = parts.split_last()
        && let Ok(country) = Country::parse(last)
    {
        return country_last(country, before);
    }
    // "Northern Cyprus" is a name of its own.
    if known(first).is_empty()
        && let Some(said) = side_by_side(first, rest)
    {
        return said;
    }
    Err(ask(&parts, home))
}

/// A country, or the word for one that is not known.
fn said_country(part: &str) -> Option<Option<Country>> {
    if is_word(part, "word-unknown") {
        return Some(None);
    }
    let country = Country::parse(part).or_else(|_| Country::parse(&bare(part)));
    country.ok().map(Some)
}

/// "Gomel, Belarus". What is a country may be a region of another one: of "Atlanta, Georgia" it is asked.
fn country_last(country: Country, before: &[&str]) -> Result<Place, AnswerError> {
    let name = before.join(", ");
    let known = before.first().map(|first| known(first));
    let others = known.unwrap_or_default();
    let agrees = |known: &Known| known.country.is_none_or(|other| other == country);
    if others.is_empty() || others.iter().any(agrees) {
        return Ok(place(Some(country), name));
    }
    let countries = others.iter().map(|known| known.country);
    let meant = countries.chain([Some(country)]);
    let candidates = meant.map(|country| candidate(country, &name));
    Err(Unclear::about(Why::Country, &name, candidates.collect()).into())
}

/// "Belarus Gomel", "Gomel Belarus". Taken where the town is known to be there, as "Jersey City" and "Niger State" are
/// no countries; asked about otherwise.
fn side_by_side(first: &str, rest: &[&str]) -> Option<Result<Place, AnswerError>> {
    let words: Vec<&str> = first.split_whitespace().collect();
    if words.len() > SIDE_BY_SIDE_WORDS_MAX {
        return None;
    }
    let splits = (1..words.len())
        .rev()
        .filter_map(|at| words.split_at_checked(at));
    let mut asked = Vec::new();
    for (left, right) in splits {
        let (left, right) = (left.join(" "), right.join(" "));
        for (country, name) in [(&left, &right), (&right, &left)] {
            let Ok(country) = Country::parse(country) else {
                continue;
            };
            let whole = with_rest(name, rest);
            if known(name)
                .iter()
                .any(|known| known.country == Some(country))
            {
                return Some(Ok(place(Some(country), whole)));
            }
            asked.push(candidate(Some(country), &whole));
        }
    }
    if asked.is_empty() {
        return None;
    }
    let typed = with_rest(first, rest);
    asked.push(candidate(None, &typed));
    Some(Err(Unclear::about(Why::Country, &typed, asked).into()))
}

/// Asks for the country of a place that was said without one.
fn ask(parts: &[&str], home: Option<Country>) -> AnswerError {
    let typed = parts.join(", ");
    let Some((first, rest)) = parts.split_first() else {
        return AnswerError::Required;
    };
    let exact: Vec<Known> = parts.iter().flat_map(|part| known(part)).collect();
    // Not decided by us, not even by a suggestion.
    if exact.iter().any(|known| known.country.is_none()) {
        let nothing = vec![candidate(None, &typed)];
        return Unclear::about(Why::Country, &typed, nothing).into();
    }
    let first_is_known = !known(first).is_empty();
    let countries = if first_is_known {
        Vec::new()
    } else {
        Country::nearest(&bare(first))
    };
    let mut meant: Vec<Candidate> = Vec::new();
    let why = if countries.is_empty() {
        Why::Country
    } else {
        let name = rest.join(", ");
        let near = countries.into_iter();
        meant.extend(near.map(|country| candidate(Some(country), &name)));
        Why::Nearest
    };
    if exact.is_empty() {
        let names = KNOWN.iter();
        let names = names.flat_map(|(name, same)| same.iter().map(move |place| (name, *place)));
        let near = nearest(&bare(first), names).into_iter();
        meant.extend(near.map(|near| candidate(near.country, &with_rest(near.name, rest))));
    }
    if meant.is_empty() {
        let name = if first_is_known {
            with_rest(&bare(first), rest)
        } else {
            typed.clone()
        };
        let mut countries: Vec<Country> = exact.iter().filter_map(|known| known.country).collect();
        // Where the device's own country is one of them it comes first; as a guess it comes last.
        match (
            home,
            countries.iter().position(|country| Some(*country) == home),
        ) {
            (_, Some(at)) => countries.swap(0, at),
            (Some(home), None) => countries.push(home),
            (None, None) => {}
        }
        let lying = countries.into_iter();
        meant.extend(lying.map(|country| candidate(Some(country), &name)));
    } else if let Some(home) = home {
        meant.push(candidate(Some(home), &typed));
    }
    meant.push(candidate(None, &typed));
    let mut once: Vec<Candidate> = Vec::new();
    for candidate in meant {
        if !once.contains(&candidate) {
            once.push(candidate);
        }
    }
    Unclear::about(why, &typed, once).into()
}

/// The place in this country, or in none that is said. Its answer leads with the country, which nothing contradicts.
fn candidate(country: Option<Country>, name: &str) -> Candidate {
    let lead = match country {
        Some(country) => country.first_name(),
        None => Lexicon::shipped().first_name("word-unknown"),
    };
    let answer = if name.is_empty() {
        lead
    } else {
        format!("{lead}, {name}")
    };
    let label = match country {
        Some(_) => Label::Place(place(country, name.to_owned())),
        None => Label::About("unclear-no-country", name.to_owned()),
    };
    Candidate { answer, label }
}

/// The place of this name, as closely as the name has it.
fn place(country: Option<Country>, name: String) -> Place {
    let is_region = |name: &str| {
        let region = Lexicon::shipped().names_of("word-region");
        let folded = fold(name);
        known(name).iter().any(|known| known.is_region)
            || folded
                .split(' ')
                .any(|word| region.iter().any(|region| region == word))
    };
    let precision = match (name.is_empty(), country) {
        (true, Some(_)) => PlacePrecision::Country,
        (true, None) => PlacePrecision::NotSaid,
        (false, _) if name.contains(',') => PlacePrecision::Exact,
        (false, _) if is_region(&name) => PlacePrecision::Region,
        (false, _) => PlacePrecision::City,
    };
    Place {
        country,
        name,
        precision,
    }
}

/// The places of this name, with or without what people write before one.
fn known(name: &str) -> Vec<Known> {
    let same = KNOWN
        .get(&fold(name))
        .or_else(|| KNOWN.get(&fold(&bare(name))));
    same.cloned().unwrap_or_default()
}

/// The name without "in", "the town of" and the like before it.
fn bare(name: &str) -> String {
    let before = Lexicon::shipped().names_of("word-in-place");
    let spaced = name.replace('.', ". ");
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    while let Some(count) = (1..words.len().min(BEFORE_WORDS_MAX)).rev().find(|count| {
        let head = words.get(..*count).unwrap_or_default().join(" ");
        before.contains(&fold(&head))
    }) {
        words.drain(..count);
    }
    words.join(" ")
}

fn with_rest(name: &str, rest: &[&str]) -> String {
    let all = [name].into_iter().chain(rest.iter().copied());
    all.collect::<Vec<_>>().join(", ")
}

fn is_word(text: &str, id: &str) -> bool {
    Lexicon::shipped().is_name(text, id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
    use proptest::prelude::*;

    use super::*;

    fn by() -> Option<Country> {
        Country::from_code("BY").ok()
    }

    fn read(text: &str) -> Result<(String, String, PlacePrecision), Unclear> {
        match parse_place(text, None) {
            Ok(place) => {
                let code = place.country.map_or("-".to_owned(), Country::code);
                Ok((code, place.name, place.precision))
            }
            Err(AnswerError::Unclear(unclear)) => Err(*unclear),
            Err(other) => panic!("{text}: {other:?}"),
        }
    }

    /// What the candidates mean when they are chosen.
    fn meant(text: &str) -> Vec<(String, String)> {
        let unclear = read(text).unwrap_err();
        let places = (1..=unclear.candidates.len()).map(|number| {
            let answer = unclear.answer(&number.to_string()).unwrap();
            let (code, name, _) =
                read(&answer).unwrap_or_else(|again| panic!("{answer}: {again:?}"));
            (code, name)
        });
        places.collect()
    }

    fn pairs(said: &[(&str, &str)]) -> Vec<(String, String)> {
        said.iter()
            .map(|(code, name)| ((*code).into(), (*name).into()))
            .collect()
    }

    #[test]
    fn a_country_that_is_said_is_taken() {
        use PlacePrecision as P;
        for (text, code, name, precision) in [
            ("Беларусь", "BY", "", P::Country),
            ("Беларусь Минск", "BY", "Минск", P::City),
            ("Беларусь, Минск", "BY", "Минск", P::City),
            ("Минск, Беларусь", "BY", "Минск", P::City),
            ("Минск Беларусь", "BY", "Минск", P::City),
            ("РБ, Минск", "BY", "Минск", P::City),
            ("РБ Минск", "BY", "Минск", P::City),
            ("BY, Гомель", "BY", "Гомель", P::City),
            ("Казахстан, Алматы", "KZ", "Алматы", P::City),
            ("США", "US", "", P::Country),
            ("USA", "US", "", P::Country),
            ("UK, London", "GB", "London", P::City),
            ("Czech Republic, Prague", "CZ", "Prague", P::City),
            ("Georgia", "GE", "", P::Country),
            ("Georgia, Tbilisi", "GE", "Tbilisi", P::City),
            ("Georgia Tbilisi", "GE", "Tbilisi", P::City),
            ("Tbilisi, Georgia", "GE", "Tbilisi", P::City),
            ("Украина, Крым", "UA", "Крым", P::Region),
            ("Россия, Минск", "RU", "Минск", P::City),
            ("Севастополь, Россия", "RU", "Севастополь", P::City),
            (
                "Belarus, Гомельская область",
                "BY",
                "Гомельская область",
                P::Region,
            ),
            ("Россия, Чечня", "RU", "Чечня", P::Region),
            (
                "Belarus, Exampleville, Sample street 5",
                "BY",
                "Exampleville, Sample street 5",
                P::Exact,
            ),
            ("Беларусь,", "BY", "", P::Country),
            ("неизвестно", "-", "", P::NotSaid),
            ("unknown", "-", "", P::NotSaid),
            ("", "-", "", P::NotSaid),
            (" , ", "-", "", P::NotSaid),
            ("неизвестно, Крым", "-", "Крым", P::Region),
            ("не указывать", "-", "", P::Withheld),
        ] {
            let said = (code.to_owned(), name.to_owned(), precision);
            assert_eq!(read(text), Ok(said), "{text}");
        }
    }

    #[test]
    fn a_town_alone_leads_to_its_country_by_a_question() {
        for (text, expected) in [
            ("Минск", &[("BY", "Минск"), ("-", "Минск")][..]),
            ("Minsk", &[("BY", "Minsk"), ("-", "Minsk")]),
            ("Мінск", &[("BY", "Мінск"), ("-", "Мінск")]),
            ("г. Минск", &[("BY", "Минск"), ("-", "г. Минск")]),
            ("г.Минск", &[("BY", "Минск"), ("-", "г.Минск")]),
            (
                "в городе Гомеле",
                &[("BY", "Гомель"), ("-", "в городе Гомеле")],
            ),
            ("в Минске", &[("BY", "Минск"), ("-", "в Минске")]),
            ("in Paris", &[("FR", "Paris"), ("-", "in Paris")]),
            ("Paris", &[("FR", "Paris"), ("-", "Paris")]),
            ("Tbilisi", &[("GE", "Tbilisi"), ("-", "Tbilisi")]),
            ("Brest", &[("BY", "Brest"), ("FR", "Brest"), ("-", "Brest")]),
            (
                "Минск, улица Примерная 5",
                &[
                    ("BY", "Минск, улица Примерная 5"),
                    ("-", "Минск, улица Примерная 5"),
                ],
            ),
            ("Минцк", &[("BY", "Минск"), ("-", "Минцк")]),
            (
                "Беларсь, Минск",
                &[("BY", "Минск"), ("-", "Беларсь, Минск")],
            ),
            ("Jersey City", &[("JE", "City"), ("-", "Jersey City")]),
            (
                "Казахстан Алматы",
                &[("KZ", "Алматы"), ("-", "Казахстан Алматы")],
            ),
            ("Atlanta, Georgia", &[("US", "Atlanta"), ("GE", "Atlanta")]),
            ("by", &[("BY", ""), ("-", "by")]),
            ("no", &[("NO", ""), ("-", "no")]),
            ("Где-то у реки", &[("-", "Где-то у реки")]),
        ] {
            assert_eq!(meant(text), pairs(expected), "{text}");
        }
    }

    #[test]
    fn disputed_places_are_not_decided_here() {
        for text in [
            "Крым",
            "Crimea",
            "Севастополь",
            "Донецк",
            "Приднестровье",
            "Abkhazia",
            "Северный Кипр",
            "Крым, Симферополь",
            "в Донецке, в центре",
        ] {
            let unclear = read(text).unwrap_err();
            if text.starts_with("в ") {
                assert!(unclear.candidates.len() > 1);
                continue;
            }
            assert_eq!(meant(text), pairs(&[("-", text)]), "{text}");
            let said = unclear.answer("Украина").unwrap();
            assert_eq!(read(&said).unwrap().0, "UA", "{said}");
            let nobody = unclear.answer("не знаю").unwrap();
            assert_eq!(
                (read(&nobody).unwrap().0, read(&nobody).unwrap().1),
                ("-".into(), text.into())
            );
        }
    }

    #[test]
    fn the_devices_country_is_offered_and_never_taken() {
        assert_eq!(parse_place("", by()).unwrap().country, by());
        let AnswerError::Unclear(asked) = parse_place("Малые Примеры", by()).unwrap_err()
        else {
            panic!("taken");
        };
        assert_eq!(asked.answer("1").as_deref(), Some("Belarus, Малые Примеры"));
        let AnswerError::Unclear(asked) = parse_place("Киев", by()).unwrap_err() else {
            panic!("taken");
        };
        assert_eq!(asked.answer("1").as_deref(), Some("Ukraine, Киев"));
        assert_eq!(
            asked.answer("Казахстан").as_deref(),
            Some("Казахстан, Киев")
        );
    }

    #[test]
    fn the_file_is_whole() {
        for line in PLACES
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (lies, names) = line.split_once(": ").unwrap();
            let code = lies.split('/').next().unwrap();
            assert!(
                code == "disputed" || Country::from_code(code).unwrap().is_named(),
                "{line}"
            );
            assert!(!names.contains(','), "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_no_country_comes_from_nowhere(text in "\\PC{0,40}|[а-яёA-Z ,.;\u{301}\u{202e}\u{5d0}-\u{5ea}]{0,60}") {
            // The space of a web page is one, too.
            let is_nothing = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
            match parse_place(&text, by()) {
                Ok(place) => prop_assert!(
                    place.country.is_none() || text.chars().all(is_nothing) || text.chars().count() > 1
                ),
                Err(AnswerError::Unclear(unclear)) => {
                    for number in 1..=unclear.candidates.len() {
                        let answer = unclear.answer(&number.to_string()).unwrap();
                        prop_assert!(parse_place(&answer, None).is_ok(), "{answer}");
                    }
                }
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn spaces_of_every_kind_say_nothing() {
        for text in ["", " ", "\u{a0}", "\u{3000}", "\u{2009},\u{a0};"] {
            assert_eq!(parse_place(text, by()).unwrap().country, by(), "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_read_in_no_time() {
        let long = "Минск ".repeat(20_000);
        assert!(parse_place(&long, by()).is_err());
    }
}
