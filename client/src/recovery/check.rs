//! The check of a part's text: six letters by which any four wrong ones are noticed for certain, and by which the place of one or two
//! is worked out. People type these from paper, on a day that is bad already: "something is wrong in 65 letters" is no help.
//!
//! It is the code of Bech32m (BIP 350): of up to 89 symbols of five bits, any two texts that fit differ in five places or more. It
//! notices mistakes and no malice; whether parts belong together, the set's id decides.

use core::iter::successors;
use std::collections::BTreeMap;

/// Symbols that the check takes.
pub(super) const SYMBOLS: usize = 6;

const GENERATORS: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];

/// What is left over of a text that fits.
const FITS: u32 = 0x2bc8_30a3;

fn step(state: u32, symbol: u8) -> u32 {
    let top = state >> 25;
    let next = ((state & 0x01ff_ffff) << 5) ^ u32::from(symbol);
    let generators = GENERATORS.iter().enumerate();
    generators.fold(next, |next, (bit, generator)| {
        if (top >> bit) & 1 == 1 {
            next ^ generator
        } else {
            next
        }
    })
}

/// What a text lacks to fit; 0 when it does.
#[must_use]
pub(super) fn lacks(symbols: &[u8]) -> u32 {
    symbols.iter().fold(1, |state, it| step(state, *it)) ^ FITS
}

/// The check of symbols that stand before it.
#[must_use]
pub(super) fn of(symbols: &[u8]) -> [u8; SYMBOLS] {
    let state = symbols.iter().fold(1, |state, it| step(state, *it));
    let rest = (0..SYMBOLS).fold(state, |state, _| step(state, 0)) ^ FITS;
    let mut check = [0; SYMBOLS];
    for (at, symbol) in check.iter_mut().rev().enumerate() {
        *symbol = u8::try_from((rest >> (5 * at)) & 31).unwrap_or(0);
    }
    check
}

/// Where a text of so many symbols is wrong that lacks this: one place or two, if that explains it. Two explanations of two places
/// each would be two texts that differ in four places and fit; there are none.
#[must_use]
pub(super) fn wrong_places(lacks: u32, symbols: usize) -> Option<Vec<usize>> {
    // What each wrong symbol comes to at each place: the code is linear.
    let each = (1..32_u32).flat_map(|wrong| {
        let comes_to = successors(Some(wrong), |state| Some(step(*state, 0)));
        comes_to.zip((0..symbols).rev())
    });
    if let Some((_, place)) = each.clone().find(|(comes_to, _)| *comes_to == lacks) {
        return Some(vec![place]);
    }
    let of_one: BTreeMap<u32, usize> = each.collect();
    of_one.iter().find_map(|(comes_to, place)| {
        let other = of_one.get(&(lacks ^ comes_to))?;
        Some(vec![*place.min(other), *place.max(other)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "a1lqfn3a" of BIP 350: the expanded prefix `a`, then the data, which is nothing but the check.
    #[test]
    fn it_is_the_code_of_bech32m() {
        let prefix = [3, 0, 1];
        let check = [31, 0, 9, 19, 17, 29];
        assert_eq!(of(&prefix), check);
        assert_eq!(lacks(&[prefix.as_slice(), &check].concat()), 0);
    }
}
