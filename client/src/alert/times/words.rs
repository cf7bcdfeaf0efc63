//! A time that was typed, taken apart: words of any language with what they mean, and figures with what they may be.
//! The words are in `i18n/*/times.ftl`; how they go together is in [`said`](super::said).

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{
    ToSpan as _,
    civil::{Date, Time},
};

use super::PART_HOURS;
use crate::text::{Lexicon, fold};

/// Parts of a name such as "day before yesterday".
const NAME_WORDS_MAX: usize = 6;

/// No time is said in more; what is longer is an account.
pub(super) const WORDS_MAX: usize = 16;

/// A part of a day, as people speak of one. Each is eight hours here, as nobody means the same hours by a word: a time
/// must not be shown closer than it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// 4 to 12.
    Morning,
    /// 10 to 18.
    Afternoon,
    /// 16 to 24.
    Evening,
    /// 22 to 6.
    Night,
}

/// What a word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Filler,
    At,
    About,
    Last,
    Utc,
    /// Days from today.
    Day(i8),
    Ago,
    Part(Part),
    LastNight,
    /// The night before a day; and before the second of two.
    NightTo,
    NightFrom,
    Noon,
    Am,
    Pm,
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
    /// So many minutes.
    Span(u16),
    Count(u16),
    /// From Monday, 0.
    Weekday(i8),
    /// From January, 1.
    Month(i8),
}

/// What a piece of the text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// A number without anything, and how many digits it has.
    Number(u16, usize),
    /// What figures may be, never nothing.
    Figures(Vec<Figure>),
    /// The eight hours from here.
    Window(Time),
    Unknown,
}

/// What figures may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Clock(Time),
    Date(Date),
    /// Without a year.
    DayMonth {
        day: i8,
        month: i8,
    },
    /// The first of it.
    Month(Date),
}

static WORDS: LazyLock<BTreeMap<String, Word>> = LazyLock::new(|| {
    let mut words = BTreeMap::new();
    let lexicon = Lexicon::shipped();
    for (id, word) in meanings() {
        for name in lexicon.names_of(&id) {
            words.entry(name).or_insert(word);
        }
    }
    words
});

fn meanings() -> Vec<(String, Word)> {
    let mut all: Vec<(String, Word)> = [
        ("word-today", Word::Day(0)),
        ("word-yesterday", Word::Day(-1)),
        ("word-tomorrow", Word::Day(1)),
        ("time-before-yesterday", Word::Day(-2)),
        ("word-at", Word::At),
        ("time-about", Word::About),
        ("time-ago", Word::Ago),
        ("time-last", Word::Last),
        ("time-morning", Word::Part(Part::Morning)),
        ("time-afternoon", Word::Part(Part::Afternoon)),
        ("time-evening", Word::Part(Part::Evening)),
        ("time-night", Word::Part(Part::Night)),
        ("time-last-night", Word::LastNight),
        ("time-night-to", Word::NightTo),
        ("time-night-from", Word::NightFrom),
        ("time-noon", Word::Noon),
        ("time-am", Word::Am),
        ("time-pm", Word::Pm),
        ("time-minute", Word::Minutes),
        ("time-hour", Word::Hours),
        ("time-day", Word::Days),
        ("time-week", Word::Weeks),
        ("time-month", Word::Months),
        ("time-half-hour", Word::Span(30)),
        ("time-hour-and-half", Word::Span(90)),
        ("time-filler", Word::Filler),
    ]
    .map(|(id, word)| (id.to_owned(), word))
    .into();
    all.push(("time-utc".to_owned(), Word::Utc));
    let numbered = |names: &'static str, word: fn(i8) -> Word, first: i8| {
        let numbers = first..;
        let named = names.split(' ').zip(numbers);
        named.map(move |(name, number)| (format!("time-{name}"), word(number)))
    };
    all.extend(numbered(
        "monday tuesday wednesday thursday friday saturday sunday",
        Word::Weekday,
        0,
    ));
    all.extend(numbered(
        "january february march april may june july august september october november december",
        Word::Month,
        1,
    ));
    all.extend(numbered(
        "one two three four five six seven eight nine ten eleven twelve",
        |number| Word::Count(u16::try_from(number).unwrap_or_default()),
        1,
    ));
    all
}

/// Every word, for guesses.
pub(super) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let words = WORDS.iter();
    words.map(|(name, _)| (name.as_str(), name.as_str()))
}

/// The pieces of a text, each with the part of it where it stands.
pub(super) fn tokens(text: &str) -> Vec<(String, Token)> {
    let pieces: Vec<String> = text.split_whitespace().flat_map(pieces).collect();
    let mut tokens = Vec::new();
    let mut rest = pieces.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let longest = (1..=rest.len().min(NAME_WORDS_MAX))
            .rev()
            .find_map(|count| {
                let (name, after) = rest.split_at_checked(count)?;
                let name = name.join(" ");
                let word = WORDS.get(&fold(&name))?;
                Some((name, *word, after))
            });
        if let Some((name, word, after)) = longest {
            tokens.push((name, Token::Word(word)));
            rest = after;
            continue;
        }
        tokens.push((first.clone(), figures(first)));
        rest = after;
    }
    tokens
}

/// "2pm", "24th", "14ч" and "~14:00" are two.
fn pieces(piece: &str) -> Vec<String> {
    let (about, piece) = match piece.strip_prefix('~') {
        Some(rest) => (Some("~".to_owned()), rest),
        None => (None, piece),
    };
    let letters = piece.starts_with(|c: char| c.is_ascii_digit());
    let split = letters.then(|| piece.find(char::is_alphabetic)).flatten();
    let parts = match split.and_then(|at| piece.split_at_checked(at)) {
        Some((figures, letters)) => {
            vec![figures.trim_end_matches('-').to_owned(), letters.to_owned()]
        }
        None => vec![piece.to_owned()],
    };
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    about.into_iter().chain(parts).collect()
}

fn figures(piece: &str) -> Token {
    if let Some((from, to)) = piece.split_once("..") {
        let window = clock(from, ':').zip(clock(to, ':'));
        return match window {
            Some((from, to)) if to == from.wrapping_add(PART_HOURS.hours()) => Token::Window(from),
            _ => Token::Unknown,
        };
    }
    let piece = piece.trim_end_matches('.');
    if !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit()) {
        return match piece.parse() {
            Ok(number) if piece.len() <= 4 => Token::Number(number, piece.len()),
            _ => Token::Unknown,
        };
    }
    let may_be = may_be(piece);
    if may_be.is_empty() {
        Token::Unknown
    } else {
        Token::Figures(may_be)
    }
}

fn may_be(piece: &str) -> Vec<Figure> {
    let mut found = Vec::new();
    for mark in [':', '.', '-', '/'] {
        let parts: Vec<&str> = piece.split(mark).collect();
        let figures = |part: &&str| {
            (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if parts.len() < 2 || !parts.iter().all(figures) {
            continue;
        }
        match (mark, parts.as_slice()) {
            (':', [hour, minute] | [hour, minute, _]) => found.extend(of_clock(hour, minute)),
            (_, [one, two]) => {
                if mark != '/' {
                    found.extend(of_clock(one, two));
                }
                if one.len() == 4 {
                    found.extend(date(one, two, "1").map(Figure::Month));
                } else if two.len() == 4 {
                    found.extend(date(two, one, "1").map(Figure::Month));
                } else {
                    found.extend(day_month(one, two));
                    if mark == '/' {
                        found.extend(day_month(two, one));
                    }
                }
            }
            (_, [one, two, three]) => {
                let year_first = date(one, two, three);
                let day_first = date(three, two, one);
                let month_first = (mark == '/').then(|| date(three, one, two)).flatten();
                let all = [year_first, day_first, month_first];
                // A year of two digits is the last part, except where dashes may mean the other order as well.
                let may_lead = one.len() == 4 || mark == '-';
                let all = all.into_iter().skip(usize::from(!may_lead));
                found.extend(all.flatten().map(Figure::Date));
            }
            _ => {}
        }
    }
    let mut once = Vec::new();
    for figure in found {
        if !once.contains(&figure) {
            once.push(figure);
        }
    }
    once
}

fn of_clock(hour: &str, minute: &str) -> Option<Figure> {
    time(hour, minute).map(Figure::Clock)
}

fn clock(text: &str, mark: char) -> Option<Time> {
    let (hour, minute) = text.split_once(mark)?;
    time(hour, minute)
}

fn time(hour: &str, minute: &str) -> Option<Time> {
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn day_month(day: &str, month: &str) -> Option<Figure> {
    if day.len() > 2 || month.len() > 2 {
        return None;
    }
    let (day, month) = (day.parse().ok()?, month.parse().ok()?);
    // Whether it is in the calendar, in a year that has the 29th of February.
    Date::new(2000, month, day).ok()?;
    Some(Figure::DayMonth { day, month })
}

/// Two digits of a year are of this century.
fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = match year.len() {
        4 => year.parse().ok()?,
        2 => 2000 + year.parse::<i16>().ok()?,
        _ => return None,
    };
    let date = Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
    (date.year() >= 1970 && month.len() <= 2 && day.len() <= 2).then_some(date)
}
