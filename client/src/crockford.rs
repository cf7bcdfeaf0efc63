//! Crockford's base32: no I, L, O or U among its letters, and the first three are read as the digits that they look like.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

/// The letter of each value.
const LETTERS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Of whole bytes.
pub(crate) static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str(LETTERS);
    spec.translate.from.push_str("OIL");
    spec.translate.to.push_str("011");
    spec.encoding()
        .expect("32 distinct symbols, and translations onto them")
});

/// The letter of a value below 32.
#[must_use]
pub(crate) fn letter(value: u8) -> char {
    let letter = LETTERS.as_bytes().get(usize::from(value & 31));
    char::from(letter.copied().unwrap_or(b'0'))
}

/// The value of a capital letter or digit.
#[must_use]
pub(crate) fn value(letter: char) -> Option<u8> {
    let letter = match letter {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    LETTERS.find(letter).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_letter_has_its_value_here_as_in_whole_bytes() {
        for at in 0..32_u8 {
            assert_eq!(value(letter(at)), Some(at));
            let five_bits = BASE32.encode(&[at << 3]);
            assert!(five_bits.starts_with(letter(at)), "{at}");
        }
        assert_eq!(
            (value('O'), value('I'), value('L')),
            (Some(0), Some(1), Some(1))
        );
        for none in ['U', 'a', '?', ' ', 'Ж'] {
            assert_eq!(value(none), None, "{none}");
        }
    }
}
