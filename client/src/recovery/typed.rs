//! What somebody typed or pasted as a part: read however it was handed on, and where it is not right, said which letters are not. It is
//! never put right by itself, though that can be worked out of one or two wrong letters: of a text that is wrong in more, it
//! would make another part.

use core::str::FromStr;

use bellrope_proto::pasted::{self, FOREIGN};
use zeroize::Zeroizing;

use super::{
    check,
    part::{GROUP, LETTERS, Part, VERSION, symbols_of},
};
use crate::{
    crockford::{letter, value},
    text::other_layouts,
};

/// Stretches of a text that are looked at for mistakes: a text with more of them that could be a part is none.
const STRETCHES_MAX: usize = 16;

/// With fewer letters it is something else, or the beginning of one.
const LETTERS_MIN: usize = 30;

/// A letter or more in one place that was not given out so. Places are counted from 1, on the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// In which group of five.
    pub group: usize,
    /// Which letter of it.
    pub place: usize,
    /// What is wrong there.
    pub what: What,
}

/// See [`Mistake`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Another letter stands there; this was typed.
    Wrong(char),
    /// The letter there was left out.
    LeftOut,
    /// This was typed before it, and is not on the paper.
    TooMany(char),
}

/// Why a text is no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPart {
    /// It is something else, or nothing.
    #[error("this is no part of a recovery key")]
    Form,
    /// It is in order, but for a newer program.
    #[error("the part was made by a newer version")]
    Newer,
    /// These are wrong, and nothing else.
    #[error("letters of the part are not what was given out")]
    Mistakes(Vec<Mistake>),
    /// It has so many letters, and where they are too many or too few cannot be told.
    #[error("the part has {0} letters")]
    Count(usize),
    /// More letters are wrong than can be told; of these it is known.
    #[error("many letters of the part are not what was given out")]
    TooManyWrong(Vec<Mistake>),
}

/// See the module.
#[derive(Clone)]
pub struct Typed(Zeroizing<String>);

impl Typed {
    /// Of a text; `None` for one that is far too long. One that is a part as it would be with the keyboard switched is taken for that.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let as_typed = Self(pasted::plain(text)?);
        let switched = other_layouts(text).into_iter().map(Zeroizing::new);
        let mut switched = switched.filter_map(|text| pasted::plain(&text).map(Self));
        let is_part = |it: &Self| it.find().is_some();
        let meant = switched.find(|it| is_part(it) && !is_part(&as_typed));
        Some(meant.unwrap_or(as_typed))
    }

    /// The part that it is.
    ///
    /// # Errors
    /// [`NotAPart`].
    pub fn read(&self) -> Result<Part, NotAPart> {
        if let Some(part) = self.find() {
            return part.ok_or(NotAPart::Newer);
        }
        let stretches = self.stretches();
        let mut explained: Vec<Vec<Mistake>> =
            stretches.iter().filter_map(|it| explain(it)).collect();
        explained.sort_by_key(Vec::len);
        if let Some(mistakes) = explained.into_iter().next() {
            return Err(NotAPart::Mistakes(mistakes));
        }
        let Some(most_likely) = stretches.first() else {
            return Err(NotAPart::Form);
        };
        Err(match most_likely.chars().count() {
            LETTERS => NotAPart::TooManyWrong(foreign(most_likely)),
            count => NotAPart::Count(count),
        })
    }

    /// Letters in it that fit their check.
    fn find(&self) -> Option<Option<Part>> {
        let found = pasted::find_in(&self.0, |letters| read(letters).ok_or(())).ok();
        found.or_else(|| self.stretches().iter().find_map(|it| read(it)))
    }

    /// Whether fewer letters are there than a part has: the next row of it may follow.
    #[must_use]
    pub fn may_go_on(&self) -> bool {
        self.0.chars().filter(|c| is_letter(*c)).count() < LETTERS - 1
    }

    /// What was typed, as it is read: in groups of five where it is nothing else than a part, to be put right.
    #[must_use]
    pub fn groups(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * self.0.len()));
        for (at, c) in self.0.chars().filter(|c| is_letter(*c)).enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push(' ');
            }
            text.push(c);
        }
        text
    }

    /// What of the text could be meant for a part, the likeliest first: all of it; what stands in groups of five; and from where a group
    /// begins as parts do.
    fn stretches(&self) -> Vec<Zeroizing<String>> {
        let pieces = self.0.split(|c| !is_letter(c));
        let pieces: Vec<&str> = pieces.filter(|piece| !piece.is_empty()).collect();
        let fives = pieces.iter().filter(|piece| piece.len() == GROUP);
        let fives: Vec<&str> = fives.copied().collect();
        let first = letter(VERSION);
        let begins = pieces.iter().enumerate();
        let begins = begins.filter(|(_, piece)| piece.starts_with(first));
        let from: Vec<Vec<&str>> = begins.map(|(at, _)| up_to_a_part(&pieces, at)).collect();
        let all = [pieces.clone(), fives].into_iter().chain(from);
        let all = all.map(|pieces| Zeroizing::new(pieces.concat()));
        let fits = |it: &Zeroizing<String>| (LETTERS_MIN..=LETTERS + GROUP).contains(&it.len());
        all.filter(fits).take(STRETCHES_MAX).collect()
    }
}

impl FromStr for Part {
    type Err = NotAPart;

    fn from_str(text: &str) -> Result<Self, NotAPart> {
        Typed::new(text).ok_or(NotAPart::Form)?.read()
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == FOREIGN
}

/// Pieces from one on, until they have a part's letters or more.
fn up_to_a_part<'a>(pieces: &[&'a str], from: usize) -> Vec<&'a str> {
    let mut letters = 0;
    let pieces = pieces.iter().skip(from).copied();
    let taken = pieces.take_while(|piece| {
        let is_short = letters < LETTERS - 1;
        letters += piece.len();
        is_short
    });
    taken.collect()
}

/// Letters that fit their check: a part, or `None` for one of another version.
fn read(letters: &str) -> Option<Option<Part>> {
    if letters.len() != LETTERS {
        return None;
    }
    let symbols = symbols_of(letters)?;
    (check::lacks(symbols.bytes()) == 0).then(|| Part::of_symbols(&symbols))
}

/// The mistakes that make this of a part, if one or two letters are wrong, or one is left out or one too many.
fn explain(letters: &str) -> Option<Vec<Mistake>> {
    match letters.len() {
        LETTERS => wrong(letters),
        count if count + 1 == LETTERS => left_out(letters),
        count if count == LETTERS + 1 => too_many(letters),
        _ => None,
    }
}

fn wrong(letters: &str) -> Option<Vec<Mistake>> {
    let symbols = letters.chars().map(|c| value(c).unwrap_or(0));
    let symbols = Zeroizing::new(symbols.collect::<Vec<u8>>());
    let places = match check::lacks(&symbols) {
        0 => Vec::new(),
        lacks => check::wrong_places(lacks, LETTERS)?,
    };
    let mistakes = letters.chars().enumerate().filter_map(|(at, c)| {
        // What is no letter of a part is wrong also where it happens to fit as the value that it was taken for.
        let is_wrong = value(c).is_none() || places.contains(&at);
        is_wrong.then(|| mistake(at, What::Wrong(c)))
    });
    Some(mistakes.collect())
}

fn left_out(letters: &str) -> Option<Vec<Mistake>> {
    let mut whole = Zeroizing::new(String::with_capacity(LETTERS));
    for at in 0..LETTERS {
        for lost in 0..32 {
            let (before, after) = letters.split_at_checked(at)?;
            whole.clear();
            whole.push_str(before);
            whole.push(letter(lost));
            whole.push_str(after);
            if read(&whole).is_some() {
                return Some(vec![mistake(at, What::LeftOut)]);
            }
        }
    }
    None
}

fn too_many(letters: &str) -> Option<Vec<Mistake>> {
    let mut whole = Zeroizing::new(String::with_capacity(LETTERS));
    for (at, c) in letters.char_indices() {
        let (before, after) = letters.split_at_checked(at)?;
        whole.clear();
        whole.push_str(before);
        whole.extend(after.chars().skip(1));
        if read(&whole).is_some() {
            return Some(vec![mistake(at, What::TooMany(c))]);
        }
    }
    None
}

/// Letters that no part has.
fn foreign(letters: &str) -> Vec<Mistake> {
    let all = letters.chars().enumerate();
    let foreign = all.filter(|(_, c)| value(*c).is_none());
    foreign.map(|(at, c)| mistake(at, What::Wrong(c))).collect()
}

fn mistake(at: usize, what: What) -> Mistake {
    Mistake {
        group: at / GROUP + 1,
        place: at % GROUP + 1,
        what,
    }
}

#[cfg(test)]
#[path = "typed_tests.rs"]
mod tests;
