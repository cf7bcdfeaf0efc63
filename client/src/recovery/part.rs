//! One part and its text: 65 letters and digits in 13 groups of five. There is no name in it, no group, no relay: who finds one learns
//! that it is a part, of how many it takes, and which it is.
//!
//! `version || needed (3 bits) || number (3) || set (28) || value (256)`, five bits a letter of Crockford's base32, then the check.

use core::fmt;

use zeroize::Zeroizing;

use super::{
    check,
    key::{Division, SetId},
};
use crate::{
    crockford::{letter, value},
    secret::{SecretBytes, Seed},
};

/// The version's letter is the first. No invitation's code begins with it.
pub(super) const VERSION: u8 = 24;

/// Letters of a part's text.
pub(super) const LETTERS: usize = 65;

/// Letters that stand together.
pub(super) const GROUP: usize = 5;

/// Groups in a row of what is printed: no wider than the narrowest screen.
const GROUPS_IN_ROW: usize = 5;

/// The text's letters by their values.
pub(super) type Symbols = SecretBytes<LETTERS>;

/// See the module.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    pub(super) set: SetId,
    pub(super) needed: u8,
    pub(super) number: u8,
    pub(super) value: Seed,
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({} of {} needed, hidden)", self.number, self.needed)
    }
}

impl Part {
    /// Which it is, from 1.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    /// How many are the key together.
    #[must_use]
    pub fn needed(&self) -> u8 {
        self.needed
    }

    /// To which set it belongs.
    #[must_use]
    pub fn set(&self) -> SetId {
        self.set
    }

    /// One that says this, for tests.
    #[cfg(test)]
    pub(crate) fn of(set: SetId, (needed, number): (u8, u8), value: Seed) -> Self {
        Self {
            set,
            needed,
            number,
            value,
        }
    }

    /// Its bytes, for tests.
    #[cfg(test)]
    pub(crate) fn value(&self) -> &Seed {
        &self.value
    }

    /// Its text as a later version may have it, for tests.
    #[cfg(test)]
    pub(crate) fn newer_text(&self) -> String {
        let mut symbols = self.symbols().bytes().to_vec();
        if let Some(version) = symbols.first_mut() {
            *version += 1;
        }
        symbols.truncate(LETTERS - check::SYMBOLS);
        symbols.extend(check::of(&symbols));
        symbols.into_iter().map(letter).collect()
    }

    /// Its letters without a space between them, which a QR code holds compactly.
    #[must_use]
    pub fn letters(&self) -> Zeroizing<String> {
        // Of its whole size: one that grows leaves the secret behind.
        let mut text = Zeroizing::new(String::with_capacity(LETTERS));
        text.extend(self.symbols().bytes().iter().map(|it| letter(*it)));
        text
    }

    /// In groups and rows, to be written down.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * LETTERS));
        for (at, symbol) in self.symbols().bytes().iter().enumerate() {
            if at > 0 && at % (GROUP * GROUPS_IN_ROW) == 0 {
                text.push('\n');
            } else if at > 0 && at % GROUP == 0 {
                text.push(' ');
            }
            text.push(letter(*symbol));
        }
        text
    }

    /// The first group of a part, which says nothing that is secret: enough for asking on the phone whether somebody still has theirs.
    #[must_use]
    pub fn begins(set: SetId, needed: u8, number: u8) -> String {
        let part = Self {
            set,
            needed,
            number,
            value: Seed::new(&[0; 32]),
        };
        part.letters().chars().take(GROUP).collect()
    }

    fn symbols(&self) -> Symbols {
        Symbols::make(|symbols| {
            let (said, check) = symbols.split_at_mut(LETTERS - check::SYMBOLS);
            let [first, set @ ..] = self.set.0.to_be_bytes();
            let numbers = [(VERSION, 5), (self.needed, 3), (self.number, 3), (first, 4)];
            let bytes = set.iter().chain(self.value.bytes());
            let fields = numbers.into_iter().chain(bytes.map(|byte| (*byte, 8)));
            let mut bits = Bits::default();
            let mut places = said.iter_mut();
            for (field, count) in fields {
                bits.put(field, count);
                while let Some(next) = bits.take(5) {
                    if let Some(place) = places.next() {
                        *place = next;
                    }
                }
            }
            check.copy_from_slice(&check::of(said));
        })
    }

    /// Reads letters that fit their check; `None` for those of another version, or of a part that cannot be.
    pub(super) fn of_symbols(symbols: &Symbols) -> Option<Self> {
        let (said, _) = symbols.bytes().split_at(LETTERS - check::SYMBOLS);
        let mut said = said.iter();
        let mut bits = Bits::default();
        let mut next = |count| {
            loop {
                if let Some(field) = bits.take(count) {
                    return Some(field);
                }
                bits.put(*said.next()?, 5);
            }
        };
        if next(5)? != VERSION {
            return None;
        }
        let (needed, number) = (next(3)?, next(3)?);
        Division::new(needed, needed.max(number)).ok()?;
        let set = [next(4)?, next(8)?, next(8)?, next(8)?];
        let value = Seed::make(|value| {
            for byte in value {
                *byte = next(8).unwrap_or(0);
            }
        });
        (number > 0).then_some(Self {
            set: SetId(u32::from_be_bytes(set)),
            needed,
            number,
            value,
        })
    }
}

/// Bits on their way from fields of one size to those of another: the highest first.
#[derive(Default)]
struct Bits {
    waiting: u32,
    count: u32,
}

impl Bits {
    /// The lowest bits of a field.
    fn put(&mut self, field: u8, count: u32) {
        self.waiting = (self.waiting << count) | u32::from(field);
        self.count += count;
    }

    /// The next so many, if they are there.
    fn take(&mut self, count: u32) -> Option<u8> {
        self.count = self.count.checked_sub(count)?;
        let taken = self.waiting >> self.count;
        self.waiting &= (1 << self.count) - 1;
        u8::try_from(taken).ok()
    }
}

/// The values of letters; `None` for others, or another number of them.
pub(super) fn symbols_of(text: &str) -> Option<Symbols> {
    let mut all = true;
    let mut letters = text.chars();
    let symbols = Symbols::make(|symbols| {
        for symbol in symbols {
            match letters.next().and_then(value) {
                Some(value) => *symbol = value,
                None => all = false,
            }
        }
    });
    (all && letters.next().is_none()).then_some(symbols)
}
